/* Numbers that look random and are the same each time: the hunt, the learner and the mutator draw
 * from these, so that a seed repeats a run. Not for secrets. https://prng.di.unimi.it/splitmix64.c:
 * any seed will do, 0 too. */
#ifndef CORSIM_FUZZ_RANDOM_H
#define CORSIM_FUZZ_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Below `bound`, which is not 0; the state moves on. */
static inline size_t random_below(uint64_t *state, size_t bound)
{
    uint64_t mixed = *state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
    return (size_t)((mixed ^ mixed >> 31) % bound);
}

#endif
