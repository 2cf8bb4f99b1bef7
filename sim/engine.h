/* Engines: what the algorithms ask at the steps where browsers do otherwise than the standard says
 * (spec-tables/deviations.tsv), and the numbers in which they differ (spec-tables/engines.tsv).
 * Invariants: the engine is consulted at the step that the row names and nowhere else, as the last
 * operand of a condition, so that it is asked only where the answer changes something; the
 * standard's engine deviates from nothing. */
#ifndef CORSIM_ENGINE_H
#define CORSIM_ENGINE_H

#include "fetch.h"
#include "tables.h"

/* engine.c: records that the engine did deviate here; true. */
bool deviated(const struct steps *s, enum deviation deviation);
/* engine.c: the numbers of an engine. */
const struct engine_constants *constants_of_engine(enum cors_engine engine);

/* Whether the engine does what the row says, instead of what this step says. */
static inline bool deviates(const struct steps *s, enum deviation deviation)
{
    return s->simulation != NULL && (deviation_engines[deviation] & s->simulation->engine) != 0 &&
           deviated(s, deviation);
}

/* The engine's numbers; algorithms by themselves have the standard's. */
static inline const struct engine_constants *constants_of(const struct steps *s)
{
    return s->simulation == NULL || s->simulation->constants == NULL
               ? &engine_constants[CORS_ENGINE_SPEC]
               : s->simulation->constants;
}

/* A run of the algorithms from the outside; `error` is its network error. */
static inline struct simulation new_simulation(struct cors_agent *agent, struct cors_arena *arena,
                                               struct response *error)
{
    return (struct simulation){
        .agent = agent,
        .arena = arena,
        .engine = agent->engine == CORS_ENGINE_SPEC ? 0 : (unsigned char)(1U << agent->engine),
        .constants = constants_of_engine(agent->engine),
        .network_error = error,
    };
}

#endif
