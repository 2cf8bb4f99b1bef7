/* How a system checks origins, as trees. Invariant: the trees accept exactly the origins to which
 * the system sends what passes the CORS check of a browser: the origin itself, or a star, with
 * which only what needs no credentials can be read. Who sends something else to an origin (another
 * one, the matched part) does not let it in, so that nobody who has a tree has to ask again.
 * Columns are those of the configured string as it was written; what a system adds to it has none
 * (0). */
#ifndef CORSIM_PROVE_CHECK_H
#define CORSIM_PROVE_CHECK_H

#include "corsim_prove.h"
#include "machine.h"

struct check_source {
    size_t configured; /* the string of prove_check.patterns that the tree is made of */
    bool star;         /* a star is sent, not the origin */
    /* What the system gives to its engine of regular expressions; text NULL: there is none, or what
     * the engine is given is not the origin. */
    struct pattern_source pattern;
    bool matched; /* it counts only if the engine's match is the whole origin */
};

struct check {
    struct pattern *trees;
    const struct check_source *sources; /* of each */
    size_t count;
};

/* False: there is no check: `error`, with the configured string's index as `pattern`. What a preset
 * refuses is an error with the words of its row. `given` has to stay. */
bool check_read(const struct prove_check *given, struct prove_memory *memory, struct check *check,
                struct pattern_error *error);
/* The machine of all trees: its states name the tree as `pattern`. The error names the configured
 * string, and so does what is over-approximated (machine.h). */
bool check_build(const struct check *check, struct prove_memory *memory, struct machine *machine,
                 struct pattern_error *error);
/* What is sent as Access-Control-Allow-Origin to an origin that a tree accepts. */
struct cors_bytes check_answer(const struct check *check, size_t tree, struct cors_bytes origin);

#endif
