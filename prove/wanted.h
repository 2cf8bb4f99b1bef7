/* Which origins are looked for, whatever the pattern accepts: those that are sendable, not intended
 * and, if there is an old check, not accepted by that. Deterministic, and made while it is walked:
 * a state is what the three automata are in. */
#ifndef CORSIM_PROVE_WANTED_H
#define CORSIM_PROVE_WANTED_H

#include "intended.h"
#include "lookup.h"
#include "subset.h"

enum { WANTED_DEAD = 0, WANTED_START = 1 };

/* What is known of a state. */
enum {
    WANTED_GOAL = 1,     /* the origin that ends here is wanted */
    WANTED_SENDABLE = 2, /* it can be sent */
    WANTED_INTENDED = 4, /* it is intended, and can be sent */
    WANTED_ACCEPTED = 8, /* and the pattern accepts it: the search marks that */
};

struct wanted_state {
    uint64_t intended; /* as of prove/intended.h */
    uint32_t sendable, old;
    unsigned char flags, part; /* WANTED_*; enum sendable_part */
};

struct wanted {
    struct sendable sendable;
    struct intended intended;
    struct subset *old; /* NULL: there is none */
    const struct classes *classes;
    struct wanted_state *states;
    uint32_t count, capacity;
    struct lookup lookup;
    uint32_t *rows; /* by state and class: the next state and one more; 0: not known */
    struct prove_memory *memory;
};

/* `sendable` and `intended` have to be open. False: memory is out. */
bool wanted_open(struct wanted *wanted, const struct classes *classes, struct subset *old,
                 struct prove_memory *memory);
uint32_t wanted_make(struct wanted *wanted, uint32_t state, unsigned class);
/* WANTED_DEAD also if memory is out, which memory->exhausted tells. */
static inline uint32_t wanted_step(struct wanted *wanted, uint32_t state, unsigned class)
{
    const uint32_t known = wanted->rows[(size_t)state * wanted->classes->count + class];
    return known != 0 ? known - 1 : wanted_make(wanted, state, class);
}

#endif
