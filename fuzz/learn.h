/* Learning which origins a black box accepts, by asking alone: a discrimination tree with Rivest
 * and Schapire's treatment of counterexamples (https://doi.org/10.1006/inco.1993.1021), over
 * symbols that are schemes, the intent's labels, ports and one character for each class of
 * characters; a symbol more where one character of a class turns out to matter. Invariants: nothing
 * is asked that the profile does not send, nothing twice (but for the last look whether answers
 * stay the same), never more than `most_questions`; the same options and answers ask the same
 * questions in the same order; bounded states, symbols and memory. */
#ifndef CORSIM_FUZZ_LEARN_H
#define CORSIM_FUZZ_LEARN_H

#include "intent.h"
#include "origins.h"

struct learn_options {
    const struct intent *intent;
    enum profile profile;
    uint64_t seed;
    uint64_t most_questions;
    /* Answers that are known already; may be NULL. What is both is let in. */
    const struct origins *let_in, *refused;
    /* Whether each of at most 512 origins is let in. False: nothing more can be asked. What it
     * takes note of (witnesses) is its own business. */
    bool (*ask)(void *context, const struct cors_bytes *origins, size_t count, bool *allowed);
    void *context;
};

enum learned_end {
    LEARNED_STABLE = 0, /* no origin that was tried contradicts the model */
    LEARNED_BUDGET,     /* most_questions were not enough */
    LEARNED_STOPPED,    /* `ask` said so */
    LEARNED_TOO_LARGE,  /* more states or symbols than are kept */
    LEARNED_UNSTEADY,   /* the same question got two answers: nothing is known */
    LEARNED_NO_MEMORY,
};

enum { LEARNED_PATTERNS = 8, LEARNED_PATTERN = 160 };

/* The patterns are of well-formed names, and held for every origin that was made of them and asked:
 *     *                       one or more characters, dots too
 *     [a-z0-9-]+ [a-z]+ ...   as in regular expressions; ? is one character, dots too
 *     (*)://   :*             http and https; any port or none
 * (without the parentheses). */
struct learned {
    enum learned_end end;
    bool complete; /* end is LEARNED_STABLE, and the patterns hold whatever was let in */
    char patterns[LEARNED_PATTERNS][LEARNED_PATTERN];
    size_t pattern_count, patterns_left_out;
    size_t states, symbols;
    uint64_t questions;
};

struct learning; /* what was learnt, to be asked */

/* False: out of memory. What was learnt until then is in `out` whatever ended it; `model`, if not
 * NULL, gets it too, or NULL. */
bool learn_origins(const struct learn_options *options, struct learned *out,
                   struct learning **model);
/* Whether the model says of an origin that is let in that it is, or has no say. */
bool learnt(const struct learning *model, struct cors_bytes origin);
void learn_free(struct learning *model); /* NULL: nothing */

#endif
