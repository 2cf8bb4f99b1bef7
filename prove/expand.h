/* One step of a machine from a place: everything that can hold together behind a byte, or at the
 * end. A demand that must be satisfied follows one way; one that must not be satisfied follows all.
 * Work and what is kept in between are bounded. */
#ifndef CORSIM_PROVE_EXPAND_H
#define CORSIM_PROVE_EXPAND_H

#include "places.h"

/* Where a step is made. */
struct where {
    enum side before, behind;
    unsigned byte; /* unless it is the end */
    bool end;
    uint32_t truths; /* bit by look-behind: what it seeks has just ended */
};

/* A list, of which another can be the rest. */
struct cell {
    demand_t demand;
    uint32_t next; /* 0: none */
};

/* A state that was met without a byte. */
struct met {
    uint32_t state, words;
    uint32_t demands; /* a list: what has to hold on the way there */
    uint32_t same;    /* the one before it of the same state */
};

/* A way on for a demand. */
struct way {
    demand_t next;
    uint32_t through, demands;
    bool satisfied; /* there is nothing left of it */
};

/* What holds together. */
struct part {
    demand_t main;
    uint32_t through;
    uint32_t todo, done, seen; /* lists: before the byte, behind it; what was divided */
};

struct expansion {
    struct cell *cells;
    struct met *met;
    struct way *ways;
    struct part *parts;
    struct move *moves;
    demand_t *sorted;
    uint32_t cell_count, cell_capacity, met_count, met_capacity, way_count, way_capacity;
    uint32_t part_count, part_capacity, move_count, move_capacity, sorted_capacity;
    uint32_t *stack, depth, stack_capacity;
    uint32_t *heads, *marks, mark; /* by state */
    uint64_t work;
    bool accepts;
};

bool expansion_open(struct machine *machine);
/* The moves, or whether the end is accepted, into machine->expansion. False: it takes too much. */
bool expand(struct machine *machine, uint32_t place, const struct where *where);
/* The set of the demands of all look-behinds before the first byte. */
uint32_t expand_behinds(struct machine *machine);

#endif
