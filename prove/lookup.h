/* What is found by a hash: the numbers of things that are kept elsewhere, once each. An open table,
 * at the most half full. Invariant: no number is 0, which says that a slot is free. */
#ifndef CORSIM_PROVE_LOOKUP_H
#define CORSIM_PROVE_LOOKUP_H

#include "memory.h"

#include <stdint.h>

struct lookup {
    uint32_t *slots, size; /* a power of two */
};

/* For so many things, a power of two. False: no memory. */
bool lookup_open(struct lookup *lookup, uint32_t things, struct prove_memory *memory);
/* Twice as large, and empty: everything has to be put in again. False: no memory. */
bool lookup_double(struct lookup *lookup, struct prove_memory *memory);
/* As when it was opened for so many, no more than it has room for. */
void lookup_clear(struct lookup *lookup, uint32_t things);

static inline bool lookup_is_full(const struct lookup *lookup, uint32_t count)
{
    return count >= lookup->size / 2;
}

static inline uint32_t lookup_hash(uint64_t key)
{
    key *= 0x9E3779B97F4A7C15U;
    key ^= key >> 29;
    key *= 0xBF58476D1CE4E5B9U;
    return (uint32_t)(key >> 32);
}

/* Of several numbers, one after the other. */
static inline uint64_t lookup_key(uint64_t key, uint64_t number)
{
    return (key ^ number) * 0x9E3779B97F4A7C15U + (key >> 31);
}

/* Whether the thing of a number is this one; `owner` has the things. */
typedef bool lookup_same(const void *owner, uint32_t number, const void *thing);

/* The number of a thing; 0: it is not there, and this is where its number goes. */
static inline uint32_t *lookup_find(const struct lookup *lookup, uint32_t hash,
                                    lookup_same *is_same, const void *owner, const void *thing)
{
    const uint32_t mask = lookup->size - 1;
    uint32_t slot = hash & mask;
    while (lookup->slots[slot] != 0 && !is_same(owner, lookup->slots[slot], thing))
        slot = (slot + 1) & mask;
    return &lookup->slots[slot];
}

/* What is not there. */
static inline void lookup_put(const struct lookup *lookup, uint32_t hash, uint32_t number)
{
    const uint32_t mask = lookup->size - 1;
    uint32_t slot = hash & mask;
    while (lookup->slots[slot] != 0)
        slot = (slot + 1) & mask;
    lookup->slots[slot] = number;
}

#endif
