/* One fetch in every engine, side by side: what `check` and `explain` print with --engine all. Each
 * engine has a player of its own, so that what it remembers is its own. */
#ifndef CORSIM_CLI_ENGINES_H
#define CORSIM_CLI_ENGINES_H

#include "report.h"

enum { ENGINE_COUNT = CORS_ENGINE_WEBKIT + 1 };

/* A player for each engine, and what it played last. */
struct engines {
    struct player players[ENGINE_COUNT];
    struct played played[ENGINE_COUNT];
};

void engines_begin(struct engines *engines);
void engines_end(struct engines *engines);

/* What a row of deviations.tsv says; "" if there is none. */
const char *deviation_text(const char *id);

/* Whether script or the server can see a difference between two engines' fetches. */
bool engines_differ(const struct played *a, const struct played *b, struct memory *memory);

/* Plays the fetch in every browser, with the answers that played[CORS_ENGINE_SPEC] got: nothing is
 * sent. Where a browser would send something else, `missing` is set. */
void engines_replay(struct engines *engines, const struct fetch_description *description,
                    struct memory *memory);
/* Which browsers decide otherwise than the standard and by which rows of deviations.tsv, in some
 * sentences; NULL: none. */
const char *engines_otherwise(const struct engines *engines, struct memory *memory);

/* A verdict for each engine, which of them differ from the standard and by which rows of
 * deviations.tsv, and the browsers' words. */
void engines_text(const struct output *output, const struct engines *engines,
                  struct memory *memory);
/* The same as a list; each with the fields of a session's answer and more. */
json_t *engines_json(const struct engines *engines, const struct report *report);

#endif
