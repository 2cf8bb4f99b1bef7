/* The real engines behind the patterns of a check: they confirm witnesses that the prover is not
 * sure of, and are what a hunt asks. They are started when they are first asked, as most proofs
 * need none. Invariant: a witness counts only if an engine said so; an engine that is not there
 * says nothing, and why is kept. */
#ifndef CORSIM_CLI_PROVE_ENGINE_H
#define CORSIM_CLI_PROVE_ENGINE_H

#include "corsim_prove.h"
#include "memory.h"
#include "validator.h"

/* What an engine is given. */
struct real_pattern {
    const char *dialect; /* a column of dialects.tsv */
    enum regex_match match;
    const char *flags;
    const char *text;
    bool echo_matched; /* what is sent is the part that matched */
};

struct real_engine {
    const struct real_pattern *patterns; /* one of them accepts */
    size_t pattern_count;
    /* Zero at first. */
    struct validator *validator;
    bool was_asked;
    char error[512]; /* why there is none; escaped */
};

/* The engine of a check, not started yet. False: the check has no patterns, or its system gives
 * them something else than the origin. */
bool real_engine_of(const struct prove_check *check, struct real_engine *engine,
                    struct memory *memory);
/* The validator, started if it was not; NULL: `error` says why. */
struct validator *real_engine_open(struct real_engine *engine);
/* prove_question's `accepts`; the context is a struct real_engine. */
bool real_engine_accepts(void *engine, struct cors_bytes origin);
void real_engine_close(struct real_engine *engine);

#endif
