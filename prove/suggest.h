/* What might be changed in a pattern where it let an origin in: likely mistakes and what their
 * owners had in mind, the smallest change first. Each is only a suggestion, to be tried. */
#ifndef CORSIM_PROVE_SUGGEST_H
#define CORSIM_PROVE_SUGGEST_H

#include "anew.h"
#include "pieces.h"

enum { MOST_PARTS = 4, MOST_SUGGESTIONS = 64 };

/* Changes that belong together. */
struct suggestion {
    struct edit parts[MOST_PARTS];
    uint32_t count;
    bool whole; /* instead of all other changes */
};

struct suggestions {
    struct suggestion at[MOST_SUGGESTIONS];
    uint32_t count;
    /* Of what: */
    const struct pieces *pieces;
    uint32_t pattern; /* its number */
    const struct hand *hand;
    const struct intent *intent;
    struct prove_memory *memory;
};

/* For an origin that came in at an offset, for a cause. */
void suggest(struct suggestions *suggestions, size_t offset, enum prove_cause cause);
/* For an intent of which something is refused. */
void suggest_more(struct suggestions *suggestions);
/* To begin with an anchor, for who reads it. */
void suggest_start(struct suggestions *suggestions);

#endif
