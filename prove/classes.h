/* Bytes that nothing in a question tells apart: one stands for all of its class. */
#ifndef CORSIM_PROVE_CLASSES_H
#define CORSIM_PROVE_CLASSES_H

#include "machine.h"
#include "sendable.h"

#include "intent.h"

enum { MOST_CLASSES = LAST_BYTE - FIRST_BYTE + 1 };

struct classes {
    unsigned count;
    unsigned char of[LAST_BYTE + 1];       /* by byte */
    unsigned char natural[MOST_CLASSES];   /* of each class the byte that reads best */
    struct byte_set members[MOST_CLASSES]; /* of each */
};

/* Classes in the order in which their bytes read well: letters, dot, digits, marks. `old` may be
 * NULL. Every byte of an intended host that is not `left_out` (which may be NULL) has a class of
 * its own. */
void classes_make(struct classes *classes, const struct machine *machine, const struct machine *old,
                  const struct intent *intent, const bool *left_out,
                  const struct sendable *sendable);
/* The bytes of FIRST_BYTE to LAST_BYTE, what reads best first. */
extern const char natural_bytes[];

#endif
