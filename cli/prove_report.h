/* What `corsim prove` says of a check: for people, as JSON, as SARIF 2.1.0 and as JUnit. A report
 * holds copies, so that the prover's memory can be given back before the next check is proven. */
#ifndef CORSIM_CLI_PROVE_REPORT_H
#define CORSIM_CLI_PROVE_REPORT_H

#include "corsim_prove.h"
#include "hunt_report.h"
#include "prove_pattern.h"

/* An intended entry of which no origin is accepted. */
struct dead_rule {
    const char *text;
    const char *why; /* NULL: not known */
    size_t entry;    /* of the intent */
};

/* What is let in. */
struct allowed_glob {
    const char *glob, *member; /* an origin of it */
    bool is_exact;             /* all of it is let in */
};

/* Where something stands in a file. */
struct file_place {
    size_t line, column; /* from 1 */
};

struct prove_report {
    const char *file; /* of --config; NULL: the command line */
    struct file_place place;
    const char *system; /* what the check is of, in a word or two */
    const char *unread; /* why it could not be read; then nothing below counts */
    enum profile profile;
    const struct written_pattern *patterns;
    size_t pattern_count;
    const struct written_pattern *old; /* what it is compared with; NULL: with the intent alone */
    struct prove_answer answer;        /* without its memory */
    bool out_of_time;
    const char *unconfirmed; /* why the real engine could not be asked; NULL: it was not needed */
    const struct dead_rule *refused;
    size_t refused_count;
    const char **fixes; /* what to write instead, all patterns; NULL: nothing was found */
    size_t fix_count;
    const char *advice;                /* what to configure otherwise; NULL: nothing */
    const struct allowed_glob *allows; /* NULL: not asked for */
    size_t allow_count;
    const char *allows_more;        /* that there may be others, and why; NULL: there are none */
    const char *certificate;        /* the file it is in; NULL: none */
    const char *uncertified;        /* why there is none, though it was asked for */
    const struct hunt_report *hunt; /* --then-fuzz; NULL: there was none */
    struct memory *memory;
    /* Of a column of a pattern, in the file; NULL: there is no file. */
    struct file_place (*place_of)(const struct prove_report *report, size_t pattern, size_t column);
    const void *places;
};

struct prove_reports {
    struct prove_report *at;
    size_t count, capacity;
    bool is_config;                  /* checks with places, though it may be one */
    const struct dead_rule *refused; /* is_config: what each of the checks refuses */
    size_t refused_count;
};

extern const char *const prove_verdict_words[]; /* by enum prove_verdict */

/* The verdict with what a hunt found. */
enum prove_verdict report_verdict(const struct prove_report *report);
/* The worst of all: bypass, malformed, undecided, proven. */
enum prove_verdict reports_verdict(const struct prove_reports *reports);

/* Sentences that the formats share. */
const char *report_use(const struct prove_report *report, const struct prove_witness *witness);
const char *report_cause(const struct prove_report *report, const struct prove_witness *witness);
const char *report_reason(const struct prove_report *report);
/* A column of a pattern, in characters as it was written; 0: none. */
size_t report_column(const struct prove_report *report, size_t pattern, size_t column);
/* The pattern, and below it a mark at that column, indented; nothing, if it cannot be shown so. */
void report_put_marked(const struct output *output, const struct written_pattern *pattern,
                       size_t column, unsigned indent);

/* What to write instead of a pattern (from 0); NULL: it is not known, or it can stay. */
const char *report_fix(const struct prove_report *report, size_t pattern);

void prove_text(const struct output *output, const struct prove_reports *reports, bool verbose);
json_t *prove_json(const struct prove_reports *reports);
json_t *prove_sarif(const struct prove_reports *reports);
void prove_junit(const struct output *output, const struct prove_reports *reports);

#endif
