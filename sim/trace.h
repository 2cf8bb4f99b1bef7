/* How the algorithms say which step they are at. Each algorithm opens a `struct steps` with the
 * algorithm's name in spec-tables/algorithms.tsv and then wraps the conditions and values of its
 * steps; every wrapper returns its last argument, so the code reads as if it were not there:
 *
 *     when(&s, "4", c)     the step's condition is c; if it holds, this is the deciding step so far
 *     unless(&s, "7", c)   the step's condition is c; if it does NOT hold, this is the deciding
 * step whether(&s, "3", c)  the step's condition is c; it leads elsewhere but decides nothing by
 * itself let(&s, "1", "origin", v)  the step gives the variable `origin` the value v
 *
 * The last deciding step is the one the outcome names; together with the value of the last `let`
 * before the fetch ended it selects the row of errors.tsv (sim/error.c). Pure algorithms may be
 * called with s == NULL where nobody is watching. */
#ifndef CORSIM_TRACE_H
#define CORSIM_TRACE_H

#include "infra.h"

struct response;

/* One run of cors_fetch: what every algorithm can reach. */
struct simulation {
    struct cors_agent *agent;
    struct cors_arena *arena;
    struct cors_trace *trace; /* agent->trace, or NULL */
    const char *algorithm;    /* the deciding step so far */
    const char *step;
    const char *subject_algorithm; /* where the last `let` was, */
    const char *subject_name;      /* its variable: what the next step is about, */
    struct cors_bytes subject; /* and its value */
    bool in_preflight;         /* the deciding step looked at a preflight's response */
    bool preflighting;         /* a CORS-preflight fetch is under way */
    struct response *network_error;
    unsigned sent;
    unsigned preflights;
};

struct steps {
    struct simulation *simulation; /* NULL: nobody is watching */
    const char *algorithm;
    unsigned depth;
};

void trace_record(const struct steps *s, enum cors_trace_kind kind, const char *step, bool held,
                  const char *name, struct cors_bytes value);

static inline struct cors_trace *trace_of(const struct steps *s)
{
    return s->simulation == NULL ? NULL : s->simulation->trace;
}

/* Opens an algorithm; `caller` may be NULL. */
static inline struct steps begin(const struct steps *caller, const char *algorithm)
{
    struct steps s = {.algorithm = algorithm};
    if (caller != NULL) {
        s.simulation = caller->simulation;
        s.depth = caller->depth + 1;
        if (trace_of(&s) != NULL)
            trace_record(&s, CORS_TRACE_ENTER, NULL, false, NULL, null_bytes());
    }
    return s;
}

static inline void decide(const struct steps *s, const char *step)
{
    if (s->simulation == NULL)
        return;
    s->simulation->algorithm = s->algorithm;
    s->simulation->step = step;
    s->simulation->in_preflight = s->simulation->preflighting;
}

static inline bool whether(const struct steps *s, const char *step, bool condition)
{
    if (trace_of(s) != NULL)
        trace_record(s, CORS_TRACE_WHEN, step, condition, NULL, null_bytes());
    return condition;
}

static inline bool when(const struct steps *s, const char *step, bool condition)
{
    if (condition)
        decide(s, step);
    return whether(s, step, condition);
}

static inline bool unless(const struct steps *s, const char *step, bool condition)
{
    if (!condition)
        decide(s, step);
    return whether(s, step, condition);
}

static inline struct cors_bytes let(const struct steps *s, const char *step, const char *name,
                                    struct cors_bytes value)
{
    if (s->simulation != NULL) {
        s->simulation->subject_algorithm = s->algorithm;
        s->simulation->subject_name = name;
        s->simulation->subject = value;
    }
    if (trace_of(s) != NULL)
        trace_record(s, CORS_TRACE_LET, step, false, name, value);
    return value;
}

/* Like `let`, for values that no error is about: nothing happens unless somebody is watching, so
 * guard with `watched` what it costs to make the value. */
static inline void show(const struct steps *s, const char *step, const char *name,
                        struct cors_bytes value)
{
    if (trace_of(s) != NULL)
        trace_record(s, CORS_TRACE_LET, step, false, name, value);
}

static inline bool watched(const struct steps *s)
{
    return trace_of(s) != NULL;
}

#endif
