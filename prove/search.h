/* The search in the product of what is sendable, what the pattern accepts, and what is intended. */
#ifndef CORSIM_PROVE_SEARCH_H
#define CORSIM_PROVE_SEARCH_H

#include "corsim_prove.h"
#include "intended.h"
#include "machine.h"
#include "sendable.h"

#define NO_PRODUCT UINT32_MAX
enum { MOST_CLASSES = 96 };

/* A place in the product, and how it was reached. */
struct product {
    uint64_t intended;
    uint32_t sendable, machine, parent;
    uint32_t through; /* the machine's state that took the byte */
    unsigned char before, byte;
};

struct search {
    const struct prove_question *question;
    struct machine *machine;
    struct sendable sendable;
    struct intended intended;
    struct product *products;
    uint32_t *slots, slot_count, count, capacity, most;
    unsigned char classes[MOST_CLASSES]; /* one byte of each, the most natural first */
    size_t class_count;
    double until;
    const char *stopped; /* why it is not whole; NULL: it is */
    struct prove_memory *memory;
};

double prove_clock(void);
bool search_open(struct search *search);
/* The next place, after `place`, that is sendable, accepted and not intended; NO_PRODUCT: none.
 * Places are in the order of their distance. `place` is NO_PRODUCT at first. */
uint32_t search_next(struct search *search, uint32_t place);

#endif
