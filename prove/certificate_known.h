/* What a certificate says is known of the bytes read so far (CERTIFICATE.md): the bytes themselves
 * where they may become something that is meant, else the scheme, a star, and the end that may. A
 * star after a colon is any port. Invariant: what is known of a text is known of each longer form
 * of it too; the number of states is bounded. */
#ifndef CORSIM_PROVE_CERTIFICATE_KNOWN_H
#define CORSIM_PROVE_CERTIFICATE_KNOWN_H

#include "corsim_prove.h"
#include "memory.h"

enum { KNOWN_STATES = 2048, KNOWN_LENGTH = 320, KNOWN_NOWHERE = -1, KNOWN_FULL = -2 };

struct known {
    enum profile profile;
    char **meant; /* lines: http://, https:// and null; a star in front of the host, or as port */
    size_t meant_count, meant_capacity;
    char *texts[KNOWN_STATES]; /* the first is empty */
    int count;
    struct prove_memory *memory;
};

/* False: no memory, or an entry is too long. */
bool known_open(struct known *known, enum profile profile, const struct intent *intent,
                struct prove_memory *memory);
/* What is known behind a byte more; KNOWN_NOWHERE: no browser sends that; KNOWN_FULL: there is no
 * room for more. */
int known_step(struct known *known, int state, unsigned byte);
/* Whether a browser may send what is known, and the intent does not hold it. */
bool known_is_stray(const struct known *known, int state);

#endif
