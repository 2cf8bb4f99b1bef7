/* What `explain` shows of the decision tables: which combinations of inputs are decided at the step
 * that decided the fetch, with the same error. The rows were written by hand from the standard and
 * are held against the library by tests/decisions, so this is a second opinion, not an echo. */
#include "explain.h"

#include "texts.h"

#include <string.h>

/* Which table speaks of a step, and in which of its columns the step stands. */
struct decision_place {
    const char *algorithm;
    const char *steps; /* a step is meant if it begins like one of these, between commas */
    const char *table;
    const char *step_column;
};

static const struct decision_place places[] = {
    {"cors-check", "2,3,4,5,7,8", "decision-cors-check", "step"},
    {"cors-preflight-fetch", "7.5", "decision-preflight-method", "step"},
    {"cors-preflight-fetch", "7.6,7.7", "decision-preflight-header", "step"},
    {"main-fetch", "12.b,12.c,12.d,12.d.1,12.e,12.f,12.g", "decision-main-fetch", "branch"},
};

static bool is_listed(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, len) == 0 && (at[len] == ',' || at[len] == '\0'))
            return true;
    }
    return false;
}

static const struct decision_place *place_of(const struct cors_outcome *outcome)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strcmp(places[i].algorithm, outcome->algorithm) == 0 &&
            is_listed(places[i].steps, outcome->step))
            return &places[i];
    return NULL;
}

static bool is_decided_alike(const struct cors_table *table, size_t row,
                             const struct decision_place *place, const struct cors_outcome *outcome)
{
    const char *step = cors_table_cell(table, row, cors_table_column(table, place->step_column));
    const char *error = cors_table_cell(table, row, cors_table_column(table, "error"));
    return strcmp(step, outcome->step) == 0 &&
           strcmp(error, outcome->error == NULL ? "" : outcome->error) == 0;
}

/* Whether some row that is decided alike has this class in this column. */
static bool is_among(const struct cors_table *table, const bool *alike, size_t column,
                     const char *class)
{
    for (size_t row = 0; row < table->row_count; row++) {
        const char *cell = cors_table_cell(table, row, column);
        if (!alike[row])
            continue;
        if (strcmp(cell, "any") == 0)
            return true;
        /* Cells hold one class or several between bars. */
        size_t len = strlen(class);
        for (const char *at = cell; at != NULL; at = strchr(at, '|')) {
            at += *at == '|';
            if (strncmp(at, class, len) == 0 && (at[len] == '|' || at[len] == '\0'))
                return true;
        }
    }
    return false;
}

static void input_line(const struct output *output, const struct cors_table *table,
                       const bool *alike, size_t column)
{
    size_t all = 0, shown = 0;
    for (size_t i = 0; i < table->input_count; i++)
        if (strcmp(table->inputs[i].column, table->columns[column]) == 0) {
            all++;
            shown += is_among(table, alike, column, table->inputs[i].value);
        }
    output_format(output, "  %-20s", table->columns[column]);
    if (shown == all) {
        output_format(output, "any\n");
        return;
    }
    const char *between = "";
    for (size_t i = 0; i < table->input_count; i++)
        if (strcmp(table->inputs[i].column, table->columns[column]) == 0 &&
            is_among(table, alike, column, table->inputs[i].value)) {
            output_format(output, "%s%s", between, table->inputs[i].value);
            between = ", ";
        }
    output_format(output, "\n");
}

void explain_decision(const struct output *output, const struct cors_outcome *outcome,
                      struct memory *memory)
{
    if (outcome->algorithm == NULL || outcome->step == NULL)
        return;
    const struct decision_place *place = place_of(outcome);
    const struct cors_table *table = place == NULL ? NULL : cors_table_by_name(place->table);
    if (table == NULL)
        return;
    bool *alike = memory_take(memory, table->row_count * sizeof *alike);
    size_t count = 0;
    for (size_t row = 0; row < table->row_count; row++)
        count += alike[row] = is_decided_alike(table, row, place, outcome);
    if (count == 0)
        return;
    output_format(output, "\n");
    output_styled(output, STYLE_STRONG, "Decided alike");
    output_format(output, ": %zu of the %zu rows of `corsim table %s`\n", count, table->row_count,
                  table->name);
    for (size_t column = 0; column < cors_table_input_columns(table); column++)
        input_line(output, table, alike, column);
}
