/* Runs a pattern, as it is read from its text, on a set of states: for `corsim verify-certificate`
 * alone, which must not share code with the prover. Invariants: what is not surely read as the
 * dialect reads it is refused; depth and work are bounded; the states at which it ends are those
 * that it leads to, and with `exact` no others. */
#ifndef CORSIM_VERIFY_PATTERN_H
#define CORSIM_VERIFY_PATTERN_H

#include "dialects.h"

#include <stdbool.h>

/* State 0 is that nothing was read. In the second half: the same, and nothing may follow. */
enum { RUN_STATES = 2048 };
struct run_set {
    bool has[2 * RUN_STATES];
};

struct run {
    enum dialect dialect;
    bool ignore_case;
    /* Where a byte leads from the state that is about to meet the item at `at`; -1: nowhere. */
    int (*next)(void *context, const char *at, int state, int byte);
    void *context;
    const char *exact;  /* the text, whose prefixes are the states; NULL: look-aheads and \b hold */
    const char *at;     /* what is read next */
    const char *wrong;  /* the first place that cannot be checked; NULL: none */
    unsigned long work; /* so far */
    unsigned depth;
    int state_count;
};

/* Runs the alternatives at `at`, until a ) or the end. */
void run_pattern(struct run *run, const struct run_set *from, struct run_set *to);

#endif
