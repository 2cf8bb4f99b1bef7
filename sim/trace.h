/* How the algorithms say which step they are at. Each algorithm opens a `struct steps` with the
 * algorithm's name in spec-tables/algorithms.tsv and then wraps the conditions and values of its
 * steps; every wrapper returns its last argument, so the code reads as if it were not there:
 *
 *     when(&s, "4", c)     the step's condition is c; if it holds, this is the deciding step so far
 *     unless(&s, "7", c)   the step's condition is c; if it does not hold, it is the deciding step
 *     whether(&s, "3", c)  the step's condition is c; it leads elsewhere but decides nothing
 *     let(&s, "1", "origin", v)  the step gives the variable `origin` the value v
 *
 * The last deciding step is the one the outcome names; together with the value of the last `let`
 * before the fetch ended it selects the row of errors.tsv (sim/error.c). Pure algorithms may be
 * called with s == NULL where nobody is watching. */
#ifndef CORSIM_TRACE_H
#define CORSIM_TRACE_H

#include "infra.h"

struct response;
struct engine_constants;

/* sim/request.c: the origin that a request may speak for. */
struct serialized_origin {
    size_t url_count; /* how many URLs the request had; 0: not made yet */
    struct cors_bytes bytes;
    bool opaque; /* the page's origin is: null even without redirects */
};

/* sim/preflight_cache.c: which entries of the CORS-preflight cache are the request's. */
struct cache_key {
    size_t url_count; /* how many URLs the request had; 0: not made yet */
    struct cors_bytes key;
    struct cors_bytes origin;
    struct cors_bytes url;
};

/* One run of cors_fetch: what every algorithm can reach. */
struct simulation {
    struct cors_agent *agent;
    struct cors_arena *arena;
    unsigned char engine;                     /* 1 << the agent's engine; 0: the standard's text */
    const struct engine_constants *constants; /* its numbers; NULL: the standard's */
    const char *algorithm;                    /* the deciding step so far */
    const char *step;
    const char *subject_algorithm; /* where the last `let` was, */
    const char *subject_name;      /* its variable: what the next step is about, */
    struct cors_bytes subject;     /* and its value */
    bool in_preflight;             /* the deciding step looked at a preflight's response */
    bool preflighting;             /* a CORS-preflight fetch is under way */
    struct response *network_error;
    struct serialized_origin serialized_origin[2]; /* [1]: of preflights, in browsers, which may
                                                      tell them apart */
    struct cache_key cache_key;
    unsigned sent;
    unsigned preflights;
};

struct steps {
    struct simulation *simulation; /* NULL: an algorithm by itself */
    struct cors_trace *trace;      /* NULL: nobody is watching */
    const char *algorithm;
    unsigned depth;
};

void trace_record(const struct steps *s, enum cors_trace_kind kind, const char *step, bool held,
                  const char *name, struct cors_bytes value);
void trace_enter(const struct steps *caller, const char *algorithm);

/* Algorithms that look at the agent, the arena or the network error are only called with somebody
 * watching. A static analyser cannot know, as it sees the others ask. */
static inline struct simulation *simulation_of(const struct steps *s)
{
#ifdef __clang_analyzer__
    if (s->simulation == NULL)
        __builtin_unreachable();
#endif
    return s->simulation;
}

/* Opens an algorithm; `caller` may be NULL. */
static inline struct steps begin(const struct steps *caller, const char *algorithm)
{
    if (caller == NULL)
        return (struct steps){.algorithm = algorithm};
    if (caller->trace != NULL)
        trace_enter(caller, algorithm);
    return (struct steps){caller->simulation, caller->trace, algorithm, caller->depth + 1};
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
    if (s->trace != NULL)
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
    if (s->trace != NULL)
        trace_record(s, CORS_TRACE_LET, step, false, name, value);
    return value;
}

/* Like `let`, for values that no error is about: nothing happens unless somebody is watching, so
 * guard with `watched` what it costs to make the value. */
static inline void show(const struct steps *s, const char *step, const char *name,
                        struct cors_bytes value)
{
    if (s->trace != NULL)
        trace_record(s, CORS_TRACE_LET, step, false, name, value);
}

/* No value is what the next step is about. */
static inline void about_nothing(const struct steps *s)
{
    if (s->simulation != NULL)
        s->simulation->subject_algorithm = NULL;
}

static inline bool watched(const struct steps *s)
{
    return s->trace != NULL;
}

#endif
