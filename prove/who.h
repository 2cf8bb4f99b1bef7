/* Who can use the origins that are looked for, read from the host while it goes by: a walk through
 * a small nondeterministic automaton that guesses where the name begins which somebody can
 * register. What it accepts is nearly the tier of that name; kind_of_witness() has the last word.
 * Invariant: it misses no stranger below a top-level domain of prove/top_levels.h or a public
 * suffix of the intent's hosts. */
#ifndef CORSIM_PROVE_WHO_H
#define CORSIM_PROVE_WHO_H

#include "intent.h"
#include "memory.h"

enum who { WHO_ANY = 0, WHO_STRANGER, WHO_OWNER, WHO_NETWORK };

struct who_word {
    struct cors_bytes text;
    bool is_own;   /* the owner can register it; else it is a public suffix */
    bool is_whole; /* nobody can, so that it counts only with nothing before it */
};

/* Sorted by their bytes. */
struct who_names {
    struct who_word *suffixes; /* at which a registrable name ends, without a dot before it */
    uint32_t suffix_count;
    struct who_word *own; /* what the owner registered, and the public suffixes of that */
    uint32_t own_count;
    bool own_begins[256]; /* one of them begins with that byte */
};

enum { WHO_MOST_STEPS = 6 };

struct who_steps {
    uint64_t states[WHO_MOST_STEPS];
    unsigned count;
};

/* False: memory is out. */
bool who_open(struct who_names *names, const struct intent *intent,
              const struct public_suffixes *suffixes, struct prove_memory *memory);
/* At the beginning of a host. */
uint64_t who_start(enum who who, bool is_https);
void who_step(const struct who_names *names, enum who who, uint64_t state, unsigned byte,
              struct who_steps *steps);
/* Whether the host may end there. */
bool who_ends(const struct who_names *names, uint64_t state);
/* Whether the bytes of a class lead to different states: the suffix is being read. */
bool who_is_in_suffix(uint64_t state);
/* The bytes that it may have, what reads best first. */
extern const char who_suffix_bytes[];
/* At least so many bytes are missing until it may end. */
unsigned who_least(const struct who_names *names, enum who who, uint64_t state);
/* At most so many, if there is such a limit; else UINT_MAX. */
unsigned who_most(const struct who_names *names, uint64_t state);
/* How strange the top-level domain is with which it ends, at least: 0 is com. */
unsigned who_strangeness(const struct who_names *names, uint64_t state);

#endif
