/* A check that is tried instead of another. Invariant: what is said to be good has been proven,
 * refuses no entry of the intent, and loses nothing intended that the owner's check accepts, for
 * the hosts that prove/repair.h names. */
#ifndef CORSIM_PROVE_TRIAL_H
#define CORSIM_PROVE_TRIAL_H

#include "corsim_prove.h"

enum trial_result {
    TRIAL_WORSE = 0, /* or no better, or not known */
    TRIAL_BETTER,    /* it does not let in what has to go, or it refuses less of the intent */
    TRIAL_GOOD,
};

struct trials {
    const struct prove_question *question; /* the owner's */
    bool *refused;                         /* by entry: by the best check so far */
    size_t refused_count;
    size_t nodes, tried, most;
    double each;  /* seconds for one */
    double until; /* of prove_clock() */
};

/* False: no memory. `answer` is the owner's. */
bool trials_open(struct trials *trials, const struct prove_question *question,
                 const struct prove_answer *answer);
void trials_close(struct trials *trials);
bool trials_are_over(const struct trials *trials);
/* `gone`: an origin that has to go; NULL: only what is good will do. Whatever is returned, the
 * answer has to be given back. */
enum trial_result trial_run(struct trials *trials, const struct cors_bytes *patterns, size_t count,
                            const struct cors_bytes *gone, struct prove_answer *answer);
/* What that answer refuses is what may be refused from now on. */
void trials_accept(struct trials *trials, const struct prove_answer *answer);

#endif
