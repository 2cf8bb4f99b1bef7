/* What a fetch that was played means, for `check` and `session`: the verdict, the reason as a
 * sentence, and both as JSON. Everything is derived from what play.h recorded and from the spec
 * tables' texts (https://fetch.spec.whatwg.org/); nothing is decided here. */
#ifndef CORSIM_CLI_REPORT_H
#define CORSIM_CLI_REPORT_H

#include "play.h"

/* A fetch, for those who report on it. */
struct report {
    const struct fetch_description *description;
    const struct played *played;
    const char *note;      /* what was left out of a body; NULL: nothing */
    const char *pasted;    /* how a pasted command was read; NULL: there was none */
    const char *otherwise; /* which browsers decide otherwise; NULL: none, or that was not asked */
    bool same_origin;      /* the URL and the page have one origin: CORS is not asked */
    bool verbose;          /* all headers, and the trace */
    struct memory *memory;
};

enum verdict {
    VERDICT_ALLOWED,     /* script can read the response */
    VERDICT_BLOCKED,     /* script gets a network error */
    VERDICT_OPAQUE,      /* script gets a response of which it can read nothing */
    VERDICT_UNREACHABLE, /* a message that had to be sent got no response */
};

extern const char *const verdict_words[]; /* "allowed", ... */

enum verdict verdict_of(const struct played *played);
/* The last message on the wire, if it was left without a response; else NULL. */
const struct exchange *unanswered(const struct played *played);
/* Why, as one or two sentences; may hold bytes from the network. */
struct cors_bytes reason_of(const struct played *played, struct memory *memory);
/* What is to be changed and where; false: nothing on the server would help. */
bool repair_of(const struct played *played, const char **fix, const char **where);
/* No API writes it in upper case, and servers know no other. */
bool has_lower_case_method(const struct played *played);
/* The standard's text of the deciding step; NULL: none. */
const char *step_url(const struct cors_outcome *outcome);
/* remarks.c: further sentences, about same origin, headers left out, curl and Postman, a body that
 * was cut. Returns how many. */
enum { MOST_REMARKS = 16 };
size_t remarks_on(const struct report *report, const char *remarks[MOST_REMARKS]);

/* Response headers of the last exchange that script does not see: their names, lower-case, once
 * each. */
struct cors_values hidden_headers(const struct played *played, struct memory *memory);

/* The fields of a session's answer to a fetch. */
void report_json_outcome(json_t *object, const struct played *played, struct memory *memory);
/* One message on the wire and its answer. */
json_t *report_json_exchange(const struct exchange *exchange);
/* The answer of `check --format json`: the same fields and more. */
json_t *report_json(const struct report *report);
/* check_text.c, mermaid.c */
void report_text(const struct output *output, const struct report *report);
/* A message and its answer below a heading: the headers that matter here and those in `always`
 * (NULL: none), or all of them. */
void report_text_exchange(const struct output *output, const struct exchange *exchange,
                          const struct cors_header_list *always, bool all);
void report_mermaid(FILE *stream, const struct report *report);

#endif
