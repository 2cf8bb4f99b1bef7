/* Findings: how one is made of a row of spec-tables/findings.tsv and what was seen, and how they
 * are put in order. What is looked for stands in the judges, audit_judge_*.c. Invariants: a row is
 * found at most once, however often it is seen; a finding is never more severe than its row; every
 * one has an exchange, but for requests that browsers do not send. */
#include "audit_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_MOST = 8 /* exchanges of a finding */ };

const char *const audit_severity_words[AUDIT_SEVERITIES] = {
    [AUDIT_HIGH] = "high", [AUDIT_MEDIUM] = "medium", [AUDIT_LOW] = "low", [AUDIT_NOTE] = "note"};

const char *const audit_reach_words[] = {
    [REACH_UNKNOWN] = "not known",
    [REACH_NO] = "no",
    [REACH_PUBLIC] = "without credentials",
    [REACH_WITH_CREDENTIALS] = "with credentials",
};

const char *const audit_purpose_words[PURPOSE_COUNT] = {
    [PURPOSE_FRONT_END] = "front-end",
    [PURPOSE_STAND_IN] = "stand-in",
    [PURPOSE_NO_ORIGIN] = "no-origin",
    [PURPOSE_STRANGER] = "stranger",
    [PURPOSE_NULL] = "null",
    [PURPOSE_PLAIN_HTTP] = "plain-http",
    [PURPOSE_HUNT] = "hunt",
    [PURPOSE_NOT_FOUND] = "not-found",
    [PURPOSE_ERROR_PATH] = "error-path",
    [PURPOSE_METHOD] = "method",
    [PURPOSE_HEADER] = "header",
    [PURPOSE_FRESH] = "fresh",
};

const char *const audit_purpose_texts[PURPOSE_COUNT] = {
    [PURPOSE_FRONT_END] = "what the front end sends",
    [PURPOSE_STAND_IN] = "GET, in place of a method that is sent with --send only",
    [PURPOSE_NO_ORIGIN] = "no Origin: an image load, curl, another server",
    [PURPOSE_STRANGER] = "an origin that nobody means",
    [PURPOSE_NULL] = "Origin: null, which any site can send",
    [PURPOSE_PLAIN_HTTP] = "the front end's origin, but with http:",
    [PURPOSE_HUNT] = "an origin that is like one that is meant",
    [PURPOSE_NOT_FOUND] = "a path that should not exist",
    [PURPOSE_ERROR_PATH] = "the path of --error-path",
    [PURPOSE_METHOD] = "one method by itself",
    [PURPOSE_HEADER] = "one header by itself",
    [PURPOSE_FRESH] = "a query that no cache has an answer for",
};

/* ---- Making a finding ----------------------------------------------------------------------- */

static enum audit_severity severity_of(const char *word)
{
    int severity = AUDIT_HIGH;
    while (severity < AUDIT_NOTE && strcmp(audit_severity_words[severity], word) != 0)
        severity++;
    return (enum audit_severity)severity;
}

static struct audit_finding *known_finding(const struct audit *audit, enum finding which)
{
    for (size_t i = 0; i < audit->result.finding_count; i++)
        if (audit->result.findings[i].id == finding_texts[which].id)
            return &audit->result.findings[i];
    return NULL;
}

bool has_finding(const struct audit *audit, enum finding which)
{
    return known_finding(audit, which) != NULL;
}

/* There is room for every row from the beginning, so that findings do not move. */
static struct audit_finding *new_finding(struct audit *audit, enum finding which)
{
    struct audit_result *result = &audit->result;
    const struct finding_text *text = &finding_texts[which];
    if (result->findings == NULL)
        result->findings = memory_take(audit->memory, FINDING_COUNT * sizeof *result->findings);
    struct audit_finding *finding = &result->findings[result->finding_count++];
    *finding = (struct audit_finding){
        .id = text->id,
        .severity = severity_of(text->severity),
        .title = bytes_of(text->title),
        .explanation = text->explanation,
        .url = text->url,
        .repair = text->repair,
        .exchanges = memory_take(audit->memory, SHOWN_MOST * sizeof *finding->exchanges)};
    return finding;
}

static void show(struct audit *audit, struct audit_finding *finding,
                 const struct audit_exchange *exchange)
{
    const size_t index = (size_t)(exchange - audit->result.exchanges);
    for (size_t i = 0; i < finding->exchange_count; i++)
        if (finding->exchanges[i] == index)
            return;
    if (finding->exchange_count < SHOWN_MOST)
        finding->exchanges[finding->exchange_count++] = index;
}

static struct cors_bytes format_detail(struct audit *audit, const char *format, va_list arguments)
{
    enum { LONGEST = 2000 };
    char *text = memory_take(audit->memory, LONGEST);
    const int len = vsnprintf(text, LONGEST, format, arguments);
    return (struct cors_bytes){text, len < 0 ? 0 : len < LONGEST ? (size_t)len : LONGEST - 1};
}

struct audit_finding *find(struct audit *audit, enum finding which, const struct audit_probe *probe,
                           const struct audit_exchange *exchange, const char *format, ...)
{
    struct audit_finding *finding = known_finding(audit, which);
    if (finding == NULL) {
        va_list arguments;
        va_start(arguments, format);
        finding = new_finding(audit, which);
        finding->detail = format_detail(audit, format, arguments);
        va_end(arguments);
        add_case(audit, finding, probe);
    }
    if (exchange != NULL)
        show(audit, finding, exchange);
    return finding;
}

void soften(struct audit_finding *finding, enum audit_severity severity)
{
    if (finding->severity < severity)
        finding->severity = severity;
}

/* ---- All of them ---------------------------------------------------------------------------- */

/* Where a finding stands in the table. */
static size_t row_of(const struct audit_finding *finding)
{
    size_t row = 0;
    while (row + 1 < FINDING_COUNT && finding_texts[row].id != finding->id)
        row++;
    return row;
}

static int by_weight(const void *a, const void *b)
{
    const struct audit_finding *first = a, *second = b;
    if (first->severity != second->severity)
        return first->severity < second->severity ? -1 : 1;
    const size_t row = row_of(first), other = row_of(second);
    return row < other ? -1 : row > other;
}

void judge(struct audit *audit)
{
    struct audit_result *result = &audit->result;
    judge_front_end(audit);
    judge_strangers(audit);
    judge_caching(audit);
    judge_behaviour(audit);
    if (result->finding_count > 0)
        qsort(result->findings, result->finding_count, sizeof *result->findings, by_weight);
    for (size_t i = 0; i < result->finding_count; i++)
        result->counts[result->findings[i].severity]++;
    guess_system(audit);
    add_fixes(audit);
}
