/* One fetch in every engine: see engines.h. What makes an engine differ is in its trace: the rows
 * of spec-tables/deviations.tsv that were consulted and changed something. */
#include "engines.h"

#include "case.h"
#include "cookies.h"
#include "texts.h"
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

static bool same_wire(const struct played *a, const struct played *b, struct memory *memory)
{
    static const char *const names[] = {"Origin", "Access-Control-Request-Method",
                                        "Access-Control-Request-Headers"};
    if (a->exchange_count != b->exchange_count)
        return false;
    for (size_t i = 0; i < a->exchange_count; i++) {
        const struct exchange *left = &a->exchanges[i], *right = &b->exchanges[i];
        if (!bytes_are(left->method, right->method) || !bytes_are(left->url, right->url))
            return false;
        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            if (!bytes_are(combined_value(&left->headers, bytes_of(names[j]), memory),
                           combined_value(&right->headers, bytes_of(names[j]), memory)))
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

static size_t deviations_of(const struct played *played, const char *ids[MOST_DEVIATIONS])
{
    size_t count = 0;
    for (size_t i = 0; played->trace != NULL && i < played->trace->count; i++) {
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

const char *deviation_text(const char *id)
{
    const struct cors_table *table = cors_table_by_name("deviations");
    for (size_t row = 0; row < table->row_count; row++)
        if (strcmp(cors_table_cell(table, row, 0), id) == 0)
            return cors_table_cell(table, row, cors_table_column(table, "what"));
    return "";
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
