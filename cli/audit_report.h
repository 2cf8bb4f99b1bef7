/* The formats of `corsim audit`, and the sentences that they share. What is passed is only read. */
#ifndef CORSIM_CLI_AUDIT_REPORT_H
#define CORSIM_CLI_AUDIT_REPORT_H

#include "audit.h"

void audit_text(const struct output *output, const struct audit_result *result);
json_t *audit_json(const struct audit_result *result);
json_t *audit_sarif(const struct audit_result *result, struct memory *memory);
void audit_junit(const struct output *output, const struct audit_result *result);
void audit_html(FILE *stream, const struct audit_result *result);

/* "1 high, 2 notes", "nothing was found", "the server could not be reached". */
const char *audit_summary(const struct audit_result *result, struct memory *memory);
/* "GET https://api.example.com/me from https://app.example.com, with credentials" */
struct cors_bytes audit_request_title(const struct audit_request *request, struct memory *memory);
/* Which engines make of a request what this one makes of it: "Chrome, Safari"; NULL if an engine
 * before it was among them, so that each verdict is told once. */
const char *audit_engines_alike(const struct audit_request *request, size_t engine,
                                struct memory *memory);
/* What a page of any site can do, as sentences. */
struct cors_bytes audit_stranger_text(const struct audit_stranger *stranger, struct memory *memory);
/* "34 messages of at most 150 in 0.42 s, 2 without an answer". */
const char *audit_sent_text(const struct audit_result *result, struct memory *memory);
/* "OPTIONS https://api.example.com/me, a preflight for PUT with x-a". */
struct cors_bytes audit_message_text(const struct exchange *exchange, struct memory *memory);
/* What the hunt did, as a sentence. */
const char *audit_hunt_text(const struct audit_hunt *hunt, struct memory *memory);

/* The first finding that has the same fix as this one. */
size_t audit_same_fix(const struct audit_result *result, size_t finding);

/* The next line of a text of several, without its end; null behind the last. */
struct cors_bytes audit_next_line(struct cors_bytes text, size_t *at);

/* audit_report_diagram.c: an svg element, in HTML, of messages between a browser and the server,
 * and what the browser makes of them. */
struct audit_diagram {
    const char *id;         /* within the document */
    const char *title;      /* what it shows: for those who cannot see it */
    struct cors_bytes from; /* who is on the left: an origin */
    struct cors_bytes to;   /* who is on the right: a host */
    const struct audit_exchange *all;
    const size_t *exchanges; /* indices */
    size_t exchange_count;
    const struct audit_verdict *verdict; /* NULL: none is shown */
};

void audit_put_diagram(FILE *stream, const struct audit_diagram *diagram);
/* Foreign bytes as text of HTML or in a double-quoted attribute: what is invisible becomes \xHH
 * that is seen, and what would be markup a reference. */
void audit_put_html(FILE *stream, struct cors_bytes bytes);

#endif
