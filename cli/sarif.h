/* What `prove`, `fuzz` and `audit` find as SARIF 2.1.0
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), which code scanning services
 * read. A command makes results and rules; the document around them is the same for all. Every
 * function gives a new reference; what is passed as json_t * is taken over. */
#ifndef CORSIM_CLI_SARIF_H
#define CORSIM_CLI_SARIF_H

#include "output.h"

/* Section 3.27. The texts may hold bytes from outside. */
struct sarif_result {
    const char *rule;
    const char *kind;  /* "fail", "pass", "open"; NULL: "fail" */
    const char *level; /* "error", "warning", "note"; NULL: "none" */
    const char *message;
    json_t *locations;             /* an array */
    struct cors_bytes fingerprint; /* what makes it the same finding next time; null: nothing */
    json_t *properties;            /* of our own; NULL: none */
};

json_t *sarif_result(const struct sarif_result *result);
/* Section 3.49: an id and a sentence. */
json_t *sarif_rule(const char *id, const char *description);

/* Arrays of one location (section 3.28): something with a name, a URL, and a place in a file; line
 * and column from 1. */
json_t *sarif_named_location(struct cors_bytes name, const char *kind);
json_t *sarif_url_location(struct cors_bytes url, struct memory *memory);
/* The origin of all such URLs, which are told relative to it (section 3.14.14): code scanning
 * services refuse others. */
void sarif_set_origin(json_t *log, struct cors_bytes url, struct memory *memory);
json_t *sarif_file_location(const char *path, size_t line, size_t column, struct memory *memory);

/* The log file (section 3.13) of one run of `tool`; `trouble` is why it did not run to its end,
 * NULL if it did. */
json_t *sarif_log(const char *tool, const char *trouble, json_t *rules, json_t *results);

#endif
