/* A machine, made deterministic while it is walked: a state is the set of the places in which the
 * machine can be. Invariant: what it accepts is what the machine accepts. It can grow beyond any
 * bound; then memory is out. */
#ifndef CORSIM_PROVE_SUBSET_H
#define CORSIM_PROVE_SUBSET_H

#include "classes.h"
#include "lookup.h"

enum { SUBSET_EMPTY = 0, SUBSET_START = 1 };

struct subset {
    struct machine *machine;
    const struct classes *classes;
    struct subset_state *states;
    uint32_t count, capacity;
    struct lookup lookup;
    uint32_t *rows; /* by state and class: the next state and one more; 0: not known */
    uint32_t *found, found_capacity;
    struct prove_memory *memory;
};

bool subset_open(struct subset *subset, struct machine *machine, const struct classes *classes,
                 struct prove_memory *memory);
/* False: memory is out. */
bool subset_step(struct subset *subset, uint32_t state, unsigned class, uint32_t *next);
bool subset_accepts(struct subset *subset, uint32_t state);

#endif
