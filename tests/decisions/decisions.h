/* What the tests of the decision tables (spec-tables/decision-*.tsv) share. An observer makes the
 * situation that one combination of input classes describes, fetches, and says what it saw, in the
 * words of the table's output columns. Invariant: an observer never looks at the table's rows. */
#ifndef CORSIM_TESTS_DECISIONS_H
#define CORSIM_TESTS_DECISIONS_H

#include "corsim.h"
#include "texts.h"

#include <string.h>

enum { MOST_INPUTS = 16, MOST_OUTPUTS = 4 };

/* One combination of classes, in the order of the input columns. */
struct situation {
    const struct cors_table *table;
    const char *classes[MOST_INPUTS];
};

/* What was seen, in the order of the output columns; NULL: this observer cannot see it. */
struct sight {
    const char *outputs[MOST_OUTPUTS];
};

/* False: the situation cannot be, as the notes on the table's inputs say. */
typedef bool observe(const struct situation *situation, struct sight *sight);

observe cors_check_of_the_response;
observe cors_check_of_the_preflight;
observe preflight_on_method;
observe preflight_on_header;
observe cache_match;
observe main_fetch_by_redirects;
observe main_fetch_by_itself;

/* Stops the program: the situation could not be made, so nothing can be said about the library. */
_Noreturn void give_up(const struct situation *situation, const char *reason);

/* The class of this input column; its name must be one of the table's. */
const char *class_of(const struct situation *situation, const char *column);
bool class_is(const struct situation *situation, const char *column, const char *value);
enum cors_credentials_mode credentials_mode_of(const struct situation *situation);

/* Memory for one fetch; what the last one gave is gone. */
struct cors_arena fresh_arena(void);

static inline struct cors_bytes bytes_of(const char *text)
{
    return text == NULL ? (struct cors_bytes){0} : (struct cors_bytes){text, strlen(text)};
}

struct cors_url url_of(const char *text, struct cors_arena *arena);
/* The text may be "null", which is an opaque origin. */
struct cors_origin origin_of(const char *text, struct cors_arena *arena);

/* Headers of a response that is being written. */
struct headers {
    struct cors_header at[8];
    size_t count;
};

/* Adds the header; unless the value is NULL. */
void add_header(struct headers *headers, const char *name, const char *value);
struct cors_header_list list_of(struct headers *headers);

/* A server that has one answer to preflights and one to everything else. */
struct answers {
    uint16_t preflight_status;
    struct headers preflight;
    uint16_t status;
    struct headers actual;
};

struct cors_server server_of(struct answers *answers);

/* What an output column says where there is nothing to say. */
static inline const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

#endif
