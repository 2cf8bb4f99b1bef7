/* One fetch in every engine: see engines.h. What makes an engine differ is in its trace: the rows
 * of spec-tables/deviations.tsv that were consulted and changed something. */
#include "engines.h"

#include "case.h"
#include "cookies.h"
#include "texts.h"
#include "url_text.h"
#include "words.h"

#include <string.h>

void engines_begin(struct engines *engines)
{
    for (size_t i = 0; i < ENGINE_COUNT; i++) {
        player_begin(&engines->players[i]);
        engines->players[i].engine = (enum cors_engine)i;
        engines->players[i].tracing = true;
    }
}

void engines_end(struct engines *engines)
{
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        player_end(&engines->players[i]);
}

/* ---- Differences -------------------------------------------------------------------------- */

static bool same_value(const struct cors_header_list *a, const struct cors_header_list *b,
                       const char *name, struct memory *memory)
{
    return bytes_are(combined_value(a, bytes_of(name), memory),
                     combined_value(b, bytes_of(name), memory));
}

/* What a server can answer differently because of CORS. */
static bool same_question(const struct cors_header_list *a, const struct cors_header_list *b,
                          struct memory *memory)
{
    return same_value(a, b, "Origin", memory) &&
           same_value(a, b, "Access-Control-Request-Method", memory) &&
           same_value(a, b, "Access-Control-Request-Headers", memory);
}

static bool same_wire(const struct played *a, const struct played *b, struct memory *memory)
{
    if (a->exchange_count != b->exchange_count)
        return false;
    for (size_t i = 0; i < a->exchange_count; i++) {
        const struct exchange *left = &a->exchanges[i], *right = &b->exchanges[i];
        if (!bytes_are(left->method, right->method) || !bytes_are(left->url, right->url) ||
            !same_question(&left->headers, &right->headers, memory))
            return false;
    }
    return true;
}

static bool same_headers(const struct cors_header_list *a, const struct cors_header_list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!bytes_are(a->at[i].name, b->at[i].name) || !bytes_are(a->at[i].value, b->at[i].value))
            return false;
    return true;
}

bool engines_differ(const struct played *a, const struct played *b, struct memory *memory)
{
    const struct cors_outcome *left = &a->outcome, *right = &b->outcome;
    return left->result != right->result || left->status != right->status ||
           left->redirected != right->redirected ||
           !same_headers(&left->headers, &right->headers) || !same_wire(a, b, memory);
}

static bool decided_otherwise(const struct played *a, const struct played *b, struct memory *memory)
{
    return !bytes_are(outcome_step(&a->outcome, memory), outcome_step(&b->outcome, memory)) ||
           !bytes_are(bytes_of(a->outcome.error), bytes_of(b->outcome.error));
}

/* The deviations in the trace, each once. Returns how many. */
enum { MOST_DEVIATIONS = 16 };

static size_t deviations_until(const struct played *played, size_t end,
                               const char *ids[MOST_DEVIATIONS])
{
    size_t count = 0;
    for (size_t i = 0; i < end; i++) {
        const struct cors_trace_event *event = &played->trace->at[i];
        size_t j = 0;
        if (event->kind != CORS_TRACE_DEVIATION)
            continue;
        while (j < count && strcmp(ids[j], event->name) != 0)
            j++;
        if (j == count && count < MOST_DEVIATIONS)
            ids[count++] = event->name;
    }
    return count;
}

static size_t deviations_of(const struct played *played, const char *ids[MOST_DEVIATIONS])
{
    return deviations_until(played, played->trace == NULL ? 0 : played->trace->count, ids);
}

static const char *deviation_cell(const char *id, const char *column)
{
    const struct cors_table *table = cors_table_by_name("deviations");
    for (size_t row = 0; row < table->row_count; row++)
        if (strcmp(cors_table_cell(table, row, 0), id) == 0)
            return cors_table_cell(table, row, cors_table_column(table, column));
    return "";
}

const char *deviation_text(const char *id)
{
    return deviation_cell(id, "what");
}

/* ---- The same answers for every engine ---------------------------------------------------- */

/* Who answers a browser with what the standard's fetch was answered. */
struct replay {
    const struct played *played;
    bool *taken; /* of its exchanges, which were given */
    struct player *player;
};

static bool is_same_message(const struct exchange *exchange,
                            const struct cors_network_request *request, struct memory *memory)
{
    return exchange->preflight == request->preflight &&
           bytes_are(exchange->method, request->method) &&
           bytes_are(exchange->url, url_to_text(request->url, CORS_URL_EXCLUDE_FRAGMENT, memory)) &&
           same_question(&exchange->headers, request->headers, memory) &&
           same_value(&exchange->headers, request->headers, "Cookie", memory);
}

static void ask_replay(void *context, const struct cors_network_request *request,
                       struct answer *answer, struct memory *memory)
{
    struct replay *replay = context;
    for (size_t i = 0; i < replay->played->exchange_count; i++) {
        const struct exchange *exchange = &replay->played->exchanges[i];
        if (!replay->taken[i] && is_same_message(exchange, request, memory)) {
            replay->taken[i] = true;
            *answer = exchange->answer;
            return;
        }
    }
    /* The exchange that the player is at. */
    replay->player->exchanges[replay->player->exchange_count - 1].missing = true;
    *answer = (struct answer){.network_error = true};
}

void engines_replay(struct engines *engines, const struct fetch_description *description,
                    struct memory *memory)
{
    const struct played *spec = &engines->played[CORS_ENGINE_SPEC];
    for (size_t i = CORS_ENGINE_SPEC + 1; i < ENGINE_COUNT; i++) {
        struct replay replay = {
            .played = spec,
            .taken = memory_take(memory, (spec->exchange_count + 1) * sizeof *replay.taken),
            .player = &engines->players[i]};
        const struct answers answers = {.ask = ask_replay, .context = &replay};
        struct complaint complaint = {0};
        if (!play(&engines->players[i], description, &answers, &engines->played[i], &complaint))
            engines->played[i] = *spec;
    }
}

enum way { AS_THE_STANDARD, READS, READS_NOT, SENDS, DECIDES, WAYS };

static enum way way_of(const struct played *played, const struct played *spec)
{
    const enum verdict verdict = verdict_of(played);
    if (spec->missing || verdict_of(spec) == VERDICT_UNREACHABLE)
        return AS_THE_STANDARD;
    if (played->missing)
        return SENDS;
    if (verdict == verdict_of(spec))
        return AS_THE_STANDARD;
    return verdict == VERDICT_ALLOWED ? READS : verdict == VERDICT_BLOCKED ? READS_NOT : DECIDES;
}

/* "Chrome, Firefox and Safari" */
static const char *join_names(const char *names[ENGINE_COUNT], size_t count, struct memory *memory)
{
    const char *joined = names[0];
    for (size_t i = 1; i < count; i++)
        joined =
            memory_format(memory, "%s%s%s", joined, i + 1 < count ? ", " : " and ", names[i]).at;
    return joined;
}

/* What follows the decision has no part in it, nor what follows a message without an answer. */
static size_t end_of_decision(const struct played *played)
{
    const struct cors_outcome *outcome = &played->outcome;
    size_t end = played->trace->count;
    for (size_t i = 0; i < played->exchange_count; i++)
        if (played->exchanges[i].missing && played->exchanges[i].traced < end)
            end = played->exchanges[i].traced;
    for (size_t i = end; i > 0 && outcome->algorithm != NULL && outcome->step != NULL; i--) {
        const struct cors_trace_event *event = &played->trace->at[i - 1];
        if (event->kind == CORS_TRACE_WHEN && strcmp(event->algorithm, outcome->algorithm) == 0 &&
            strcmp(event->step, outcome->step) == 0)
            return i;
    }
    return end;
}

static bool is_known(const char *const *ids, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ids[i], id) == 0)
            return true;
    return false;
}

/* The rows by which they do so, each once; not those that only change what is reported. */
static const char *by_rows(const struct engines *engines, enum way way, struct memory *memory)
{
    const char *all[ENGINE_COUNT * MOST_DEVIATIONS];
    size_t all_count = 0;
    for (size_t i = 0; i < ENGINE_COUNT; i++) {
        const char *ids[MOST_DEVIATIONS];
        const struct played *played = &engines->played[i];
        if (way_of(played, &engines->played[CORS_ENGINE_SPEC]) != way)
            continue;
        const size_t count = deviations_until(played, end_of_decision(played), ids);
        for (size_t j = 0; j < count; j++)
            if (strcmp(deviation_cell(ids[j], "kind"), "error") != 0 &&
                !is_known(all, all_count, ids[j]))
                all[all_count++] = ids[j];
    }
    if (all_count == 0)
        return ".";
    if (all_count == 1)
        return memory_format(memory, " (%s): %s", all[0], deviation_text(all[0])).at;
    const char *text = all[0];
    for (size_t i = 1; i < all_count; i++)
        text = memory_format(memory, "%s, %s", text, all[i]).at;
    return memory_format(memory, " (%s).", text).at;
}

const char *engines_otherwise(const struct engines *engines, struct memory *memory)
{
    static const char *const ways[WAYS] = {
        [READS] = "the page may read the answer",
        [READS_NOT] = "the page may not read the answer",
        [SENDS] = "a message goes out that was not sent here",
        [DECIDES] = "it is decided otherwise",
    };
    const char *text = NULL;
    for (enum way way = READS; way < WAYS; way++) {
        const char *names[ENGINE_COUNT];
        size_t count = 0;
        for (size_t i = 0; i < ENGINE_COUNT; i++)
            if (way_of(&engines->played[i], &engines->played[CORS_ENGINE_SPEC]) == way)
                names[count++] = browser_name((enum cors_engine)i);
        if (count > 0)
            text = memory_format(memory, "%sIn %s %s%s ", text == NULL ? "" : text,
                                 join_names(names, count, memory), ways[way],
                                 by_rows(engines, way, memory))
                       .at;
    }
    return text == NULL ? NULL : memory_format(memory, "%sSee --engine all.", text).at;
}

/* ---- Text --------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    enum style style;
} verdicts[] = {
    [VERDICT_ALLOWED] = {"allowed", STYLE_GOOD},
    [VERDICT_BLOCKED] = {"blocked", STYLE_BAD},
    [VERDICT_OPAQUE] = {"opaque", STYLE_CAUTION},
    [VERDICT_UNREACHABLE] = {"unreachable", STYLE_BAD},
};

enum { ENGINE_COLUMN = 11 };

static void row_text(const struct output *output, const struct played *played,
                     const struct played *spec, struct memory *memory)
{
    const enum verdict verdict = verdict_of(played);
    const struct cors_outcome *outcome = &played->outcome;
    const bool differs = engines_differ(played, spec, memory);
    output_styled(output, STYLE_STRONG, "  %-*s", ENGINE_COLUMN - 2,
                  choice_word(engine_words, (int)played->engine));
    output_styled(output, verdicts[verdict].style, "%-12s", verdicts[verdict].word);
    output_format(output, "%-5u %-11u", outcome->sent, outcome->preflights);
    output_format(output, "%s%s%s", outcome_step(outcome, memory).at,
                  outcome->error == NULL ? "" : " ", outcome->error == NULL ? "" : outcome->error);
    if (differs)
        output_styled(output, STYLE_CAUTION, "  DIFFERS");
    else if (decided_otherwise(played, spec, memory))
        output_styled(output, STYLE_QUIET, "  (decided otherwise)");
    output_format(output, "\n");
}

static void reasons_text(const struct output *output, const struct played *played,
                         struct memory *memory)
{
    const char *ids[MOST_DEVIATIONS];
    const size_t count = deviations_of(played, ids);
    const struct words words = words_of(played, memory);
    const char *fix = NULL;
    const struct cors_bytes cookie = cookie_reason(played, &fix, memory);
    if (count + words.console_count == 0 && words.exception.at == NULL && cookie.at == NULL)
        return;
    output_format(output, "\n");
    output_styled(output, STYLE_STRONG, "%s\n", browser_name(played->engine));
    if (cookie.at != NULL)
        output_paragraph(output, 2, 0, cookie);
    for (size_t i = 0; i < count; i++) {
        output_styled(output, STYLE_NAME, "  %s\n", ids[i]);
        output_paragraph(output, 4, 0, bytes_of(deviation_text(ids[i])));
    }
    for (size_t i = 0; i < words.console_count; i++)
        output_paragraph(output, 2, 0,
                         memory_format(memory, "%s says: %.*s", browser_name(played->engine),
                                       (int)words.console[i].len, words.console[i].at));
    if (words.exception.at != NULL)
        output_paragraph(output, 2, 0,
                         memory_format(memory, "fetch() rejects with: %.*s",
                                       (int)words.exception.len, words.exception.at));
}

void engines_text(const struct output *output, const struct engines *engines, struct memory *memory)
{
    const struct played *spec = &engines->played[CORS_ENGINE_SPEC];
    output_styled(output, STYLE_QUIET, "  %-*s%-12s%-5s %-11s%s\n", ENGINE_COLUMN - 2, "engine",
                  "verdict", "sent", "preflights", "decided");
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        row_text(output, &engines->played[i], spec, memory);
    output_format(output, "\n");
    output_paragraph(output, 2, 0, reason_of(spec, memory));
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        reasons_text(output, &engines->played[i], memory);
}

/* ---- JSON --------------------------------------------------------------------------------- */

json_t *engines_json(const struct engines *engines, const struct report *report)
{
    const struct played *spec = &engines->played[CORS_ENGINE_SPEC];
    json_t *list = json_array();
    for (size_t i = 0; i < ENGINE_COUNT; i++) {
        const struct played *played = &engines->played[i];
        const char *ids[MOST_DEVIATIONS];
        const size_t count = deviations_of(played, ids);
        struct report one = *report;
        one.played = played;
        json_t *object = report_json(&one), *deviations = json_array();
        for (size_t j = 0; j < count; j++)
            json_array_append_new(deviations, json_string(ids[j]));
        json_object_set_new(object, "differs",
                            json_boolean(engines_differ(played, spec, report->memory)));
        json_object_set_new(object, "deviations", deviations);
        json_array_append_new(list, object);
    }
    return list;
}
