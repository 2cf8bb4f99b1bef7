/* The allowlist as a deterministic automaton over what browsers send: a trie of the hosts, and for
 * the hosts above which any label may stand, an automaton that finds them at the end (Aho and
 * Corasick). A state is one number. On sendable origins it accepts what intent_holds says. */
#ifndef CORSIM_PROVE_INTENDED_H
#define CORSIM_PROVE_INTENDED_H

#include "intent.h"
#include "memory.h"

struct intended {
    const struct intent *intent;
    struct trie_node *nodes;
    uint32_t count, capacity, below; /* the root of the second */
    uint32_t *next_entry;            /* of those at one node */
    struct prove_memory *memory;
};

enum { INTENDED_START = 1 };

/* `left_out`, if it is not NULL: for each entry, that it does not count. False: memory is out. */
bool intended_open(struct intended *intended, const struct intent *intent, const bool *left_out,
                   struct prove_memory *memory);
uint64_t intended_step(const struct intended *intended, uint64_t state, unsigned byte);
bool intended_accepts(const struct intended *intended, uint64_t state);
/* Sets those that hold the origin that ends in a state. False: with its port, which may be any, it
 * is not known any more which they are. */
bool intended_mark(const struct intended *intended, uint64_t state, bool *holds);

#endif
