/* Playing a case and comparing what happened with what it expects (corpus/README.md), and traces as
 * lines. Invariant: everything a case states is compared; what it does not state may be anything,
 * but every answer of its script must have been asked for, and none more. */
#include "case.h"

#include <stdlib.h>
#include <string.h>

/* ---- Traces ------------------------------------------------------------------------------- */

static struct cors_bytes trace_line(const struct cors_trace_event *event, unsigned depth,
                                    struct memory *memory)
{
    const int indent = (int)(2 * (depth + (event->kind == CORS_TRACE_ENTER ? 0 : 1)));
    if (event->kind == CORS_TRACE_ENTER)
        return memory_format(memory, "%*s%s", indent, "", event->algorithm);
    if (event->kind == CORS_TRACE_WHEN)
        return memory_format(memory, "%*s%s %s", indent, "", event->step,
                             event->held ? "yes" : "no");
    if (event->value.at == NULL)
        return memory_format(memory, "%*s%s %s is null", indent, "", event->step, event->name);
    struct cors_bytes value = escape_case(event->value, memory);
    return memory_format(memory, "%*s%s %s =%s%s", indent, "", event->step, event->name,
                         value.len > 0 ? " " : "", value.at);
}

size_t trace_lines(const struct cors_trace *trace, struct cors_bytes **lines, struct memory *memory)
{
    unsigned least = UINT_MAX;
    for (size_t i = 0; i < trace->count; i++)
        if (trace->at[i].depth < least)
            least = trace->at[i].depth;
    *lines = memory_take(memory, trace->count * sizeof **lines);
    for (size_t i = 0; i < trace->count; i++)
        (*lines)[i] = trace_line(&trace->at[i], trace->at[i].depth - least, memory);
    return trace->count;
}

/* ---- Comparing ---------------------------------------------------------------------------- */

/* What is being compared, and where differences go. */
struct comparison {
    struct mismatches *mismatches;
    struct memory *memory;
    size_t fetch;  /* from 1 */
    unsigned line; /* of what is being compared */
};

static void differ(struct comparison *comparison, struct cors_bytes what,
                   struct cors_bytes expected, struct cors_bytes actual)
{
    struct mismatches *all = comparison->mismatches;
    all->at = memory_grow(all->at, all->count, &all->capacity, sizeof *all->at);
    all->at[all->count++] = (struct mismatch){
        .line = comparison->line,
        .fetch = comparison->fetch,
        .what = memory_copy(comparison->memory, what),
        .expected = memory_copy(comparison->memory, expected),
        .actual = memory_copy(comparison->memory, actual),
    };
}

/* Null and empty are the same to a script. */
static void compare_bytes(struct comparison *comparison, const char *what,
                          struct cors_bytes expected, struct cors_bytes actual)
{
    if (expected.at != NULL && !bytes_are(expected, actual))
        differ(comparison, bytes_of(what), expected, actual);
}

static void compare_number(struct comparison *comparison, const char *what,
                           struct expected_number expected, unsigned actual)
{
    if (expected.given && expected.value != actual)
        differ(comparison, bytes_of(what), memory_format(comparison->memory, "%u", expected.value),
               memory_format(comparison->memory, "%u", actual));
}

static void compare_answered(struct comparison *comparison, const char *what,
                             enum answered expected, bool actual)
{
    if (expected != UNSAID && (expected == SAID_YES) != actual)
        differ(comparison, bytes_of(what), bytes_of(expected == SAID_YES ? "yes" : "no"),
               bytes_of(actual ? "yes" : "no"));
}

struct cors_bytes combined_value(const struct cors_header_list *headers, struct cors_bytes name,
                                 struct memory *memory)
{
    size_t size = 64 + name.len;
    for (size_t i = 0; i < headers->count; i++)
        size += headers->at[i].value.len + 2;
    size += headers->count * sizeof(struct cors_bytes);
    struct cors_arena arena = cors_arena_over(memory_take(memory, size), size);
    return cors_header_list_get(headers, name, &arena);
}

/* `where` is "header", or "request 2 header". */
static void compare_headers(struct comparison *comparison, const char *where,
                            const struct expected_headers *expected,
                            const struct cors_header_list *actual)
{
    for (size_t i = 0; i < expected->count; i++) {
        const struct expected_header *header = &expected->at[i];
        struct cors_bytes value = combined_value(actual, header->name, comparison->memory);
        struct cors_bytes what =
            memory_format(comparison->memory, "%s %.*s", where,
                          header->name.len < 200 ? (int)header->name.len : 200, header->name.at);
        comparison->line = header->line;
        if (header->absent && value.at != NULL)
            differ(comparison, what, CORS_BYTES("absent"), value);
        else if (!header->absent && value.at == NULL)
            differ(comparison, what, header->value, CORS_BYTES("absent"));
        else if (!header->absent && !bytes_are(header->value, value))
            differ(comparison, what, header->value, value);
    }
}

static void compare_expectation(struct comparison *comparison, const struct expectation *expect,
                                const struct cors_outcome *outcome)
{
    struct memory *memory = comparison->memory;
    comparison->line = expect->line;
    if (expect->result != outcome->result)
        differ(comparison, CORS_BYTES("result"),
               bytes_of(choice_word(result_words, (int)expect->result)),
               bytes_of(choice_word(result_words, (int)outcome->result)));
    struct cors_bytes step =
        memory_format(memory, "%.*s %.*s", (int)expect->algorithm.len, expect->algorithm.at,
                      (int)expect->step.len, expect->step.at);
    compare_bytes(comparison, "step", step, outcome_step(outcome, memory));
    compare_bytes(comparison, "error", expect->error, bytes_of(outcome->error));
    compare_answered(comparison, "in-preflight", expect->in_preflight, outcome->in_preflight);
    compare_bytes(comparison, "subject", expect->subject, outcome->subject);
    compare_number(comparison, "sent", expect->sent, outcome->sent);
    compare_number(comparison, "preflights", expect->preflights, outcome->preflights);
    compare_answered(comparison, "readable", expect->readable, outcome->readable);
    compare_number(comparison, "status", expect->status, outcome->status);
    compare_bytes(comparison, "url", expect->url, outcome_url(outcome, memory));
    compare_answered(comparison, "redirected", expect->redirected, outcome->redirected);
    compare_bytes(comparison, "body", expect->body, outcome->body);
    compare_headers(comparison, "header", &expect->headers, &outcome->headers);
}

static struct cors_bytes request_line(struct cors_bytes method, struct cors_bytes url,
                                      struct memory *memory)
{
    return memory_format(memory, "%.*s %.*s", (int)method.len, method.at, (int)url.len, url.at);
}

static void compare_sent(struct comparison *comparison, const struct case_fetch *fetch,
                         const struct played *played)
{
    struct memory *memory = comparison->memory;
    size_t most =
        fetch->sent_count > played->exchange_count ? fetch->sent_count : played->exchange_count;
    for (size_t i = 0; i < most; i++) {
        struct cors_bytes expected = CORS_BYTES("nothing more"), actual = expected;
        struct cors_bytes what = memory_format(memory, "request %zu", i + 1);
        comparison->line = i < fetch->sent_count ? fetch->sent[i].line : fetch->sent_line;
        if (i < fetch->sent_count)
            expected = request_line(fetch->sent[i].method, fetch->sent[i].url, memory);
        if (i < played->exchange_count)
            actual = request_line(played->exchanges[i].method, played->exchanges[i].url, memory);
        if (!bytes_are(expected, actual))
            differ(comparison, what, expected, actual);
        if (i >= fetch->sent_count || i >= played->exchange_count)
            continue;
        compare_answered(comparison, memory_format(memory, "request %zu credentials", i + 1).at,
                         fetch->sent[i].credentials, played->exchanges[i].include_credentials);
        compare_headers(comparison, memory_format(memory, "request %zu header", i + 1).at,
                        &fetch->sent[i].headers, &played->exchanges[i].headers);
    }
}

/* Too few answers, or too many. */
static void compare_answers(struct comparison *comparison, const struct case_fetch *fetch,
                            const struct played *played)
{
    struct memory *memory = comparison->memory;
    comparison->line = fetch->line;
    for (size_t i = 0; i < played->exchange_count; i++) {
        const struct exchange *exchange = &played->exchanges[i];
        if (!exchange->missing)
            continue;
        differ(comparison, CORS_BYTES("responses"),
               memory_format(memory, "%zu are enough", fetch->answer_count),
               memory_format(memory, "none is left for %s",
                             request_line(exchange->method, exchange->url, memory).at));
        return;
    }
    if (played->answers_used < fetch->answer_count) {
        comparison->line = fetch->answer_lines[played->answers_used];
        differ(comparison, CORS_BYTES("responses"),
               memory_format(memory, "all %zu are asked for", fetch->answer_count),
               memory_format(memory, "only %zu", played->answers_used));
    }
}

/* The first line that differs is enough. */
static void compare_trace(struct comparison *comparison, const struct case_fetch *fetch,
                          const struct cors_trace *trace)
{
    struct cors_bytes *lines = NULL;
    size_t count = trace == NULL ? 0 : trace_lines(trace, &lines, comparison->memory);
    for (size_t i = 0; i < count || i < fetch->trace_count; i++) {
        struct cors_bytes expected = CORS_BYTES("the end"), actual = expected;
        comparison->line = i < fetch->trace_count ? fetch->trace_lines[i] : fetch->trace_line;
        if (i < fetch->trace_count)
            expected = fetch->trace[i];
        if (i < count)
            actual = lines[i];
        if (bytes_are(expected, actual))
            continue;
        differ(comparison, CORS_BYTES("trace"), expected, actual);
        return;
    }
}

void case_compare(const struct case_file *file, size_t index, const struct played *played,
                  struct mismatches *mismatches, struct memory *memory)
{
    const struct case_fetch *fetch = &file->fetches[index];
    struct comparison comparison = {
        .mismatches = mismatches, .memory = memory, .fetch = index + 1, .line = fetch->line};
    compare_expectation(&comparison, &fetch->expect, &played->outcome);
    compare_answers(&comparison, fetch, played);
    if (fetch->says_sent)
        compare_sent(&comparison, fetch, played);
    if (fetch->trace_line > 0)
        compare_trace(&comparison, fetch, played->trace);
}

/* ---- Playing ------------------------------------------------------------------------------ */

void case_begin(struct player *player, const struct case_file *file)
{
    player->settings = file->agent;
    cors_cache_clear(&player->cache);
}

void case_wait(struct player *player, const struct case_fetch *fetch)
{
    if (fetch->waits)
        player->settings.now += fetch->wait;
}

bool case_play(struct player *player, const struct case_file *file, size_t index,
               struct played *played, struct complaint *complaint)
{
    const struct case_fetch *fetch = &file->fetches[index];
    const struct answers answers = {.at = fetch->answers, .count = fetch->answer_count};
    if (index == 0)
        case_begin(player, file);
    case_wait(player, fetch);
    if (complaint != NULL)
        complaint->line = fetch->line;
    return play(player, &fetch->description, &answers, played, complaint);
}
