/* What bench/bypass gives its programs: a validator and what it is meant to let in, as the flags of
 * `corsim fuzz`, in the environment. No standard applies. Invariant: what cannot be read or opened
 * is said on standard error, and nothing is left open. */
#ifndef CORSIM_BENCH_GIVEN_H
#define CORSIM_BENCH_GIVEN_H

#include "intent.h"
#include "validator.h"

/* Lines: --regex, --dialect, --match, --flags, --echo, --exec, --function, each with its value. */
#define GIVEN_VALIDATOR "BYPASS_VALIDATOR"
/* Lines: entries of an intent. */
#define GIVEN_INTENT "BYPASS_INTENT"

struct given {
    struct validator *validator;
    struct intent intent;
    char *text; /* that the validator's strings are in */
};

/* With `linked` the validator is that function and GIVEN_VALIDATOR is not looked at. */
bool given_open(struct given *given, int (*linked)(const char *, size_t));
void given_close(struct given *given);

/* One question; false, after saying why: the validator cannot go on. */
bool given_ask(struct given *given, struct cors_bytes origin, struct answer *answer);

#endif
