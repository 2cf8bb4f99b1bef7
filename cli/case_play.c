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
    if (event->kind == CORS_TRACE_DEVIATION)
        return memory_format(memory, "%*s%s deviates: %s", indent, "", event->step, event->name);
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
    if (expect->says_result && expect->result != outcome->result)
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

/* "withheld sid same-site-lax" */
static struct cors_bytes fate_line(enum cors_cookie_fate fate, struct cors_bytes name,
                                   struct cors_bytes rule, struct memory *memory)
{
    return memory_format(memory, "%s %.*s%s%.*s", choice_word(cookie_fate_words, (int)fate),
                         name.len < 200 ? (int)name.len : 200, name.at, rule.len > 0 ? " " : "",
                         (int)rule.len, rule.at == NULL ? "" : rule.at);
}

/* That something became of a cookie, among all that became of it. */
static void compare_cookies(struct comparison *comparison, const struct expected_cookies *expected,
                            const struct played *played)
{
    struct memory *memory = comparison->memory;
    for (size_t i = 0; i < expected->count; i++) {
        const struct expected_cookie *cookie = &expected->at[i];
        struct cors_bytes actual = CORS_BYTES("nothing");
        bool found = false;
        for (size_t j = 0; j < played->cookie_count && !found; j++) {
            const struct cors_cookie_decision *decision = &played->cookies[j];
            if (!bytes_are(decision->name, cookie->name))
                continue;
            actual = fate_line(decision->fate, decision->name, bytes_of(decision->rule), memory);
            found = decision->fate == cookie->fate &&
                    (cookie->rule.at == NULL || bytes_are(cookie->rule, bytes_of(decision->rule)));
        }
        comparison->line = cookie->line;
        if (!found)
            differ(comparison, CORS_BYTES("cookie"),
                   fate_line(cookie->fate, cookie->name, cookie->rule, memory), actual);
    }
}

static struct cors_bytes request_line(struct cors_bytes method, struct cors_bytes url,
                                      struct memory *memory)
{
    return memory_format(memory, "%.*s %.*s", (int)method.len, method.at, (int)url.len, url.at);
}

/* Those exchanges that were on the wire. */
static size_t messages_of(const struct played *played, const struct exchange ***messages,
                          struct memory *memory)
{
    size_t count = 0;
    *messages = memory_take(memory, (played->exchange_count + 1) * sizeof(const struct exchange *));
    for (size_t i = 0; i < played->exchange_count; i++)
        if (played->exchanges[i].from_cache != HTTP_CACHE)
            (*messages)[count++] = &played->exchanges[i];
    return count;
}

static void compare_sent(struct comparison *comparison, const struct expected_requests *sent,
                         const struct played *played)
{
    struct memory *memory = comparison->memory;
    const struct exchange **messages;
    const size_t count = messages_of(played, &messages, memory);
    const size_t most = sent->count > count ? sent->count : count;
    for (size_t i = 0; i < most; i++) {
        struct cors_bytes expected = CORS_BYTES("nothing more"), actual = expected;
        struct cors_bytes what = memory_format(memory, "request %zu", i + 1);
        comparison->line = i < sent->count ? sent->at[i].line : sent->line;
        if (i < sent->count)
            expected = request_line(sent->at[i].method, sent->at[i].url, memory);
        if (i < count)
            actual = request_line(messages[i]->method, messages[i]->url, memory);
        if (!bytes_are(expected, actual))
            differ(comparison, what, expected, actual);
        if (i >= sent->count || i >= count)
            continue;
        compare_answered(comparison, memory_format(memory, "request %zu credentials", i + 1).at,
                         sent->at[i].credentials, messages[i]->include_credentials);
        compare_headers(comparison, memory_format(memory, "request %zu header", i + 1).at,
                        &sent->at[i].headers, &messages[i]->headers);
    }
}

/* Where the response came from that was decided on. */
static void compare_source(struct comparison *comparison, const struct expectation *expect,
                           const struct played *played)
{
    const size_t count = played->exchange_count;
    comparison->line = expect->line;
    compare_answered(comparison, "from-cache", expect->from_cache,
                     count > 0 && played->exchanges[count - 1].from_cache != NO_CACHE);
}

/* Too few answers, or too many. An answer that says what it is for need not be asked for. */
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
    size_t taken = 0;
    for (size_t i = 0; i < fetch->answer_count; i++)
        taken += played->answers_taken[i];
    for (size_t i = 0; i < fetch->answer_count; i++) {
        if (played->answers_taken[i] || fetch->answers[i].purpose != ANSWER_TO_ANY)
            continue;
        comparison->line = fetch->answer_lines[i];
        differ(comparison, CORS_BYTES("responses"),
               memory_format(memory, "all %zu are asked for", fetch->answer_count),
               memory_format(memory, "only %zu", taken));
        return;
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

/* ---- Engines ------------------------------------------------------------------------------ */

static bool is_for(const struct engine_expectation *override, enum cors_engine engine)
{
    return (override->engines >> engine & 1) != 0;
}

bool case_overrides(const struct case_file *file, enum cors_engine engine)
{
    for (size_t i = 0; i < file->fetch_count; i++)
        for (size_t j = 0; j < file->fetches[i].override_count; j++)
            if (is_for(&file->fetches[i].overrides[j], engine))
                return true;
    return false;
}

static bool names_header(const struct expected_headers *headers, struct cors_bytes name)
{
    for (size_t i = 0; i < headers->count; i++)
        if (bytes_are(headers->at[i].name, name))
            return true;
    return false;
}

/* Those of `base` that `own` does not speak of, and `own`. */
static struct expected_headers merge_headers(const struct expected_headers *base,
                                             const struct expected_headers *own,
                                             struct memory *memory)
{
    struct expected_header *all = memory_take(memory, (base->count + own->count + 1) * sizeof *all);
    size_t count = 0;
    for (size_t i = 0; i < base->count; i++)
        if (!names_header(own, base->at[i].name))
            all[count++] = base->at[i];
    for (size_t i = 0; i < own->count; i++)
        all[count++] = own->at[i];
    return (struct expected_headers){all, count};
}

static void merge_bytes(struct cors_bytes *base, struct cors_bytes own)
{
    if (own.at != NULL)
        *base = own;
}

static void merge_answered(enum answered *base, enum answered own)
{
    if (own != UNSAID)
        *base = own;
}

static void merge_number(struct expected_number *base, struct expected_number own)
{
    if (own.given)
        *base = own;
}

/* What is said of another outcome need not be true of this one. */
static struct expectation base_of(const struct expectation *spec, const struct expectation *own)
{
    struct expectation base = *spec;
    if (own->algorithm.at != NULL) {
        base.error = base.subject = (struct cors_bytes){0};
        base.in_preflight = UNSAID;
    }
    if (own->says_result && own->result != spec->result) {
        base.readable = base.redirected = UNSAID;
        base.status.given = false;
        base.url = base.body = (struct cors_bytes){0};
        base.headers = (struct expected_headers){0};
    }
    return base;
}

static void merge(struct expectation *base, const struct expectation *own, struct memory *memory)
{
    *base = base_of(base, own);
    base->line = own->line;
    if (own->says_result)
        base->result = own->result;
    if (own->algorithm.at != NULL) {
        base->algorithm = own->algorithm;
        base->step = own->step;
    }
    merge_answered(&base->in_preflight, own->in_preflight);
    merge_bytes(&base->error, own->error);
    merge_bytes(&base->subject, own->subject);
    merge_number(&base->sent, own->sent);
    merge_number(&base->preflights, own->preflights);
    merge_answered(&base->from_cache, own->from_cache);
    merge_answered(&base->readable, own->readable);
    merge_number(&base->status, own->status);
    merge_bytes(&base->url, own->url);
    merge_answered(&base->redirected, own->redirected);
    base->headers = merge_headers(&base->headers, &own->headers, memory);
    if (own->cookies.count > 0)
        base->cookies = own->cookies;
    merge_bytes(&base->body, own->body);
}

struct expectation expectation_for(const struct case_fetch *fetch, enum cors_engine engine,
                                   struct memory *memory)
{
    struct expectation expect = fetch->expect;
    for (size_t i = 0; i < fetch->override_count; i++)
        if (is_for(&fetch->overrides[i], engine) && fetch->overrides[i].deviations.at != NULL)
            merge(&expect, &fetch->overrides[i].expect, memory);
    return expect;
}

/* A browser that is otherwise in something may send other messages: only those it is said to send
 * are compared. */
static const struct expected_requests *sent_for(const struct case_fetch *fetch,
                                                enum cors_engine engine)
{
    const struct expected_requests *sent = &fetch->sent;
    for (size_t i = 0; i < fetch->override_count; i++)
        if (is_for(&fetch->overrides[i], engine))
            sent = &fetch->overrides[i].sent;
    return sent;
}

void case_compare_expected(const struct case_file *file, size_t index, const struct played *played,
                           struct mismatches *mismatches, struct memory *memory)
{
    const struct case_fetch *fetch = &file->fetches[index];
    const struct expectation expect = expectation_for(fetch, played->engine, memory);
    const struct expected_requests *sent = sent_for(fetch, played->engine);
    struct comparison comparison = {
        .mismatches = mismatches, .memory = memory, .fetch = index + 1, .line = fetch->line};
    compare_expectation(&comparison, &expect, &played->outcome);
    compare_cookies(&comparison, &expect.cookies, played);
    compare_source(&comparison, &expect, played);
    if (sent->given)
        compare_sent(&comparison, sent, played);
}

void case_compare(const struct case_file *file, size_t index, const struct played *played,
                  struct mismatches *mismatches, struct memory *memory)
{
    const struct case_fetch *fetch = &file->fetches[index];
    struct comparison comparison = {
        .mismatches = mismatches, .memory = memory, .fetch = index + 1, .line = fetch->line};
    case_compare_expected(file, index, played, mismatches, memory);
    compare_answers(&comparison, fetch, played);
    if (fetch->trace_line > 0 && played->engine == CORS_ENGINE_SPEC)
        compare_trace(&comparison, fetch, played->trace);
}

/* ---- Playing ------------------------------------------------------------------------------ */

void case_begin(struct player *player, const struct case_file *file)
{
    player->settings = file->agent;
    player_clear_caches(player);
}

void case_wait(struct player *player, const struct case_fetch *fetch)
{
    for (size_t i = 0; i < fetch->visit_count; i++)
        (void)player_visit(player, &fetch->visits[i],
                           NULL); /* its URL is one: case_read saw to it */
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
