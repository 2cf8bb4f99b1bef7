/* A better check for one that lets too much in. Invariants: what is given here has been proven, for
 * the same intent, profile and `old`; no entry of the intent is refused by it, and what is intended
 * and was accepted still is, for hosts of letters, digits, hyphens and dots (the standard's own
 * serialized origins; a rarer byte in a host that is intended may be lost). Tries, time and memory
 * are bounded; the same question has the same repair, unless time runs out. */
#ifndef CORSIM_PROVE_REPAIR_H
#define CORSIM_PROVE_REPAIR_H

#include "corsim_prove.h"

enum repair_kind {
    REPAIR_NONE = 0, /* `reason` says why; `advice`, if it is set, what to configure instead */
    REPAIR_EDITED,   /* the owner's patterns, with as few changes as were found to be enough */
    REPAIR_ANEW,     /* written from the intent */
};

struct repair {
    enum repair_kind kind;
    const char *reason; /* a constant */
    const char *advice; /* of a preset that cannot be configured so; a constant, or NULL */
    /* What to configure instead of check.patterns, all of them, in the form that the check has: for
     * the same dialect, match and flags, or for the preset as it is written there. A slash stands
     * for itself, or is escaped if all of the owner's are: who puts delimiters around it escapes
     * those that are not, as pattern_write() of cli/prove_pattern.h does. */
    const struct cors_bytes *patterns;
    size_t pattern_count;
    /* The first of them that is new, from 0, and how many are. The others are as they were and
     * where they were if `pattern_count` is that of the check. */
    size_t pattern, changed;
    size_t tried; /* how many checks were put to the prover */
    struct prove_memory *memory;
};

/* Of an answer that is a bypass, to the same question; the answer stays as it is. False: no memory.
 * Whatever it returns, repair_free() has to be called. */
bool repair_find(const struct prove_question *question, const struct prove_answer *answer,
                 struct repair *repair);
void repair_free(struct repair *repair);

#endif
