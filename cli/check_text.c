/* `corsim check` for a reader: the verdict, then what went over the wire as a browser would send
 * it, then where the standard (https://fetch.spec.whatwg.org/) decided and what to change.
 * Invariant: bytes from outside are printed by output_bytes and output_paragraph only, which escape
 * them. */
#include "cookies.h"
#include "explain.h"
#include "report.h"

#include "texts.h"
#include "words.h"

#include <string.h>

enum { LABEL_COLUMN = 14 };

static bool begins(struct cors_bytes name, const char *prefix)
{
    struct cors_header header = {{name.at, strlen(prefix)}, CORS_BYTES("")};
    struct cors_header_list list = {.at = &header, .count = 1};
    return name.len >= header.name.len && cors_header_list_contains(&list, bytes_of(prefix));
}

/* Names that have a say in CORS, or that people look for when it fails. */
static bool is_of_interest(struct cors_bytes name)
{
    static const char *const names[] = {"access-control-",
                                        "authorization",
                                        "content-type",
                                        "cookie",
                                        "cross-origin-",
                                        "location",
                                        "origin",
                                        "referer",
                                        "set-cookie",
                                        "vary",
                                        "x-content-type-options"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (begins(name, names[i]))
            return true;
    return false;
}

static void headers_text(const struct output *output, const struct cors_header_list *headers,
                         const char *arrow, const struct cors_header_list *always, bool all)
{
    size_t left_out = 0;
    for (size_t i = 0; i < headers->count; i++) {
        const struct cors_header *header = &headers->at[i];
        if (!all && !is_of_interest(header->name) &&
            (always == NULL || !cors_header_list_contains(always, header->name))) {
            left_out++;
            continue;
        }
        output_styled(output, STYLE_QUIET, "     %s ", arrow);
        output_styled(output, STYLE_NAME, "%s", escaped(header->name));
        output_format(output, ": ");
        output_bytes(output, header->value);
        output_format(output, "\n");
    }
    if (left_out > 0)
        output_styled(output, STYLE_QUIET, "     %s and %zu more\n", arrow, left_out);
}

void report_text_exchange(const struct output *output, const struct exchange *exchange,
                          const struct cors_header_list *always, bool all)
{
    const struct answer *answer = &exchange->answer;
    output_styled(output, STYLE_STRONG, "%s ", exchange->preflight ? "preflight" : "request");
    output_bytes(output, exchange->method);
    output_format(output, " ");
    output_bytes(output, exchange->url);
    output_format(output, "\n");
    headers_text(output, &exchange->headers, ">", always, all);
    if (answer->network_error) {
        output_styled(output, STYLE_BAD, "     < no response: ");
        output_bytes(output, answer->message);
        output_format(output, "\n");
        return;
    }
    output_styled(output, STYLE_QUIET, "     < ");
    output_format(output, "%u", answer->status);
    if (answer->status_message.len > 0) {
        output_format(output, " ");
        output_bytes(output, answer->status_message);
    }
    if (exchange->from_cache != NO_CACHE)
        output_styled(output, STYLE_CAUTION, "  %s, after %llu s",
                      exchange->from_cache == HTTP_CACHE ? "from the browser's cache"
                                                         : "from the shared cache",
                      (unsigned long long)exchange->stored_ago);
    output_format(output, "\n");
    headers_text(output, &answer->headers, "<", NULL, all);
}

static void label(const struct output *output, const char *text)
{
    output_styled(output, STYLE_STRONG, "%-*s", LABEL_COLUMN, text);
}

static void verdict_text(const struct output *output, const struct report *report)
{
    static const struct {
        const char *word;
        enum style style;
        const char *says;
    } verdicts[] = {
        [VERDICT_ALLOWED] = {"ALLOWED", STYLE_GOOD, "may read the answer of"},
        [VERDICT_BLOCKED] = {"BLOCKED", STYLE_BAD, "may not read the answer of"},
        [VERDICT_OPAQUE] = {"OPAQUE", STYLE_CAUTION, "sees nothing of the answer of"},
        [VERDICT_UNREACHABLE] = {"UNREACHABLE", STYLE_BAD, "gets no answer from"},
    };
    enum verdict verdict = verdict_of(report->played);
    struct cors_bytes reason = reason_of(report->played, report->memory);
    output_styled(output, verdicts[verdict].style, "%s", verdicts[verdict].word);
    if (report->played->engine != CORS_ENGINE_SPEC)
        output_format(output, " in %s", browser_name(report->played->engine));
    output_format(output, "  ");
    output_bytes(output, report->description->origin);
    output_format(output, " %s ", verdicts[verdict].says);
    output_bytes(output, report->description->url);
    output_format(output, "\n\n");
    output_paragraph(output, 2, 0, reason);
    const char *fix = NULL;
    const struct cors_bytes cookie = cookie_reason(report->played, &fix, report->memory);
    if (cookie.at != NULL)
        output_paragraph(output, 2, 0, cookie);
}

/* Where no response came, nobody knows whether the last one arrived. */
static void sent_text(const struct output *output, const struct played *played)
{
    const struct cors_outcome *outcome = &played->outcome;
    const struct exchange *lost = unanswered(played);
    label(output, "  sent");
    if (outcome->sent == 0)
        output_format(output, "no: the server's handler never sees the request\n");
    else if (lost != NULL && !lost->preflight && outcome->sent == 1)
        output_format(output, "tried, but there was no response\n");
    else if (lost != NULL && !lost->preflight)
        output_format(output, "yes, %u times, redirects included, and tried once more\n",
                      outcome->sent - 1);
    else if (outcome->sent == 1)
        output_format(output, "yes\n");
    else
        output_format(output, "yes, %u times, redirects included\n", outcome->sent);
    label(output, "  readable");
    output_format(output, outcome->readable ? "yes, with status %u\n" : "no\n", outcome->status);
    label(output, "  preflights");
    output_format(output, "%u\n", outcome->preflights);
}

/* The headers of CORS itself are for the browser; nobody misses them in a script. Returns how many
 * of the names could be seen by a script. */
static size_t names_text(const struct output *output, const char *what, struct cors_values names)
{
    size_t possible = 0;
    size_t shown = 0;
    label(output, what);
    for (size_t i = 0; i < names.count; i++) {
        if (begins(names.at[i], "access-control-"))
            continue;
        output_format(output, shown++ == 0 ? "" : ", ");
        output_bytes(output, names.at[i]);
        possible += cors_is_forbidden_response_header_name(names.at[i]) ? 0 : 1;
    }
    output_format(output, shown == 0 ? "none\n" : "\n");
    return possible;
}

static void readable_headers_text(const struct output *output, const struct report *report)
{
    const struct cors_header_list *headers = &report->played->outcome.headers;
    struct cors_bytes *names = memory_take(report->memory, (headers->count + 1) * sizeof *names);
    size_t bytes = 1024;
    for (size_t i = 0; i < headers->count; i++) {
        names[i] = headers->at[i].name;
        bytes += 256 + 8 * names[i].len;
    }
    struct cors_arena arena = cors_arena_over(memory_take(report->memory, bytes), bytes);
    struct cors_values seen =
        cors_convert_header_names_to_a_sorted_lowercase_set(names, headers->count, &arena);
    output_format(output, "\n");
    output_styled(output, STYLE_STRONG, "Headers\n");
    names_text(output, "  readable", seen);
    if (names_text(output, "  hidden", hidden_headers(report->played, report->memory)) > 0) {
        output_format(output, "%*s", LABEL_COLUMN, "");
        output_paragraph(output, LABEL_COLUMN, LABEL_COLUMN,
                         CORS_BYTES("Access-Control-Expose-Headers shows script those that it "
                                    "names; * names all, but not with credentials."));
    }
}

static void decided_text(const struct output *output, const struct report *report)
{
    const struct cors_outcome *outcome = &report->played->outcome;
    if (outcome->algorithm == NULL || outcome->step == NULL)
        return;
    const struct algorithm_text *algorithm = algorithm_text(outcome->algorithm);
    const struct step_text *step = step_text(outcome->algorithm, outcome->step);
    output_format(output, "\n");
    output_styled(output, STYLE_STRONG, "Decided");
    output_format(output, " in %s, step %s%s\n",
                  algorithm == NULL ? outcome->algorithm : algorithm->title, outcome->step,
                  outcome->in_preflight ? ", on the preflight's response" : "");
    if (step != NULL)
        output_paragraph(output, 2, 0, bytes_of(step->summary));
    if (step_url(outcome) != NULL) {
        output_styled(output, STYLE_QUIET, "  %s", step_url(outcome));
        output_format(output, "\n");
    }
}

/* "Chrome says: ..." and what the script is told. */
static void words_text(const struct output *output, const struct report *report)
{
    const enum cors_engine engine = report->played->engine;
    const struct words words = words_of(report->played, report->memory);
    for (size_t i = 0; i < words.console_count; i++) {
        output_styled(output, STYLE_STRONG, "%s%s says\n", i == 0 ? "\n" : "",
                      browser_name(engine));
        output_paragraph(output, 2, 0, words.console[i]);
    }
    if (words.exception.at != NULL) {
        output_styled(output, STYLE_STRONG, "%sfetch() rejects with\n",
                      words.console_count == 0 ? "\n" : "");
        output_paragraph(output, 2, 0, words.exception);
    }
}

static void repair_text(const struct output *output, const struct report *report)
{
    const char *fix, *where;
    if (!repair_of(report->played, &fix, &where))
        return;
    output_format(output, "\n");
    output_styled(output, STYLE_STRONG, "Change\n");
    output_paragraph(output, 2, 0, bytes_of(fix));
    label(output, "  where");
    output_paragraph(output, LABEL_COLUMN, LABEL_COLUMN, bytes_of(where));
}

/* What would make the cookie go along. */
static void cookie_text(const struct output *output, const struct report *report)
{
    const char *fix = NULL;
    if (cookie_reason(report->played, &fix, report->memory).at == NULL || fix == NULL)
        return;
    output_format(output, "\n");
    output_styled(output, STYLE_STRONG, "For the cookie\n");
    output_paragraph(output, 2, 0, bytes_of(fix));
}

static void remarks_text(const struct output *output, const struct report *report)
{
    const char *remarks[MOST_REMARKS];
    size_t count = remarks_on(report, remarks);
    if (count > 0) {
        output_format(output, "\n");
        output_styled(output, STYLE_STRONG, "Note\n");
    }
    for (size_t i = 0; i < count; i++)
        output_paragraph(output, 2, 0, bytes_of(remarks[i]));
}

void report_text(const struct output *output, const struct report *report)
{
    verdict_text(output, report);
    output_format(output, "\n");
    sent_text(output, report->played);
    output_format(output, "\n");
    output_styled(output, STYLE_STRONG, "On the wire");
    output_format(output, report->played->exchange_count == 0 ? ": nothing\n" : "\n");
    for (size_t i = 0; i < report->played->exchange_count; i++) {
        output_format(output, "\n  %zu. ", i + 1);
        report_text_exchange(output, &report->played->exchanges[i], &report->description->headers,
                             report->verbose);
    }
    decided_text(output, report);
    words_text(output, report);
    repair_text(output, report);
    cookie_text(output, report);
    if (report->played->outcome.readable)
        readable_headers_text(output, report);
    remarks_text(output, report);
    if (report->verbose && report->played->trace != NULL) {
        output_format(output, "\n");
        output_styled(output, STYLE_STRONG, "Step by step\n");
        explain_trace(output, report->played);
    }
}
