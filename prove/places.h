/* The places of a machine, each kept once and known by its number, and where bytes lead from them.
 * A demand is a state with the words that slots hold, and whether it must or must not be satisfied.
 * Invariant: sets of demands are sorted, without doubles. */
#ifndef CORSIM_PROVE_PLACES_H
#define CORSIM_PROVE_PLACES_H

#include "lookup.h"
#include "machine.h"

typedef uint64_t demand_t;

#define DEMAND_NOT ((demand_t)1 << 63)

static inline demand_t demand_of(uint32_t state, uint32_t words, bool negative)
{
    return (negative ? DEMAND_NOT : 0) | (demand_t)words << 32 | state;
}

static inline uint32_t demand_state(demand_t demand)
{
    return (uint32_t)demand;
}

static inline uint32_t demand_words(demand_t demand)
{
    return (uint32_t)(demand >> 32) & INT32_MAX;
}

struct demands {
    const demand_t *at;
    uint32_t count;
};

struct place {
    demand_t main;
    uint32_t rest, behind;        /* numbers of sets */
    signed char ends[SIDE_COUNT]; /* 0: unknown, 1: accepted, -1: not */
    uint32_t mark;
};

struct known_moves {
    uint64_t key; /* and one more; 0: none */
    struct moves moves;
};

struct places {
    struct place *places;
    uint32_t count, capacity;
    struct demands *sets; /* the first is empty */
    uint32_t set_count, set_capacity;
    struct known_moves *known;
    uint32_t known_count, known_size;
    struct lookup lookup, set_lookup;
    uint32_t mark;
    struct prove_memory *memory;
};

enum { MOST_PLACES = 2000000 };

bool places_open(struct places *places, struct prove_memory *memory);
/* The number of a set or a place; NO_STATE: no memory, or too many. */
uint32_t places_set(struct places *places, const demand_t *demands, uint32_t count);
uint32_t places_add(struct places *places, demand_t main, uint32_t rest, uint32_t behind);
/* What is known of a key, or room for it; NULL: no memory. It holds until the next call. */
struct known_moves *places_known(struct places *places, uint64_t key);

#endif
