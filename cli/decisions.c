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

/* ---- Boxes -------------------------------------------------------------------------------- */

/* The rows that are decided alike, as few sets of combinations as merging gives: for each input
 * column of each box a bit for each of the column's classes. All combinations of a box are decided
 * alike, which is not so of all combinations of what stands in a column of any row. */
struct boxes {
    const struct cors_table *table;
    size_t columns;
    uint64_t *classes; /* count times columns */
    size_t count;
};

static bool has_class(const char *cell, const char *class)
{
    size_t len = strlen(class);
    if (strcmp(cell, "any") == 0)
        return true;
    /* Cells hold one class or several between bars. */
    for (const char *at = cell; at != NULL; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, class, len) == 0 && (at[len] == '|' || at[len] == '\0'))
            return true;
    }
    return false;
}

static void add_row(struct boxes *boxes, size_t row)
{
    const struct cors_table *table = boxes->table;
    uint64_t *box = &boxes->classes[boxes->count++ * boxes->columns];
    for (size_t column = 0; column < boxes->columns; column++) {
        uint64_t bit = 1;
        for (size_t i = 0; i < table->input_count; i++)
            if (strcmp(table->inputs[i].column, table->columns[column]) == 0) {
                if (has_class(cors_table_cell(table, row, column), table->inputs[i].value))
                    box[column] |= bit;
                bit <<= 1;
            }
    }
}

/* Two boxes that differ in one column alone are one. */
static bool merge(uint64_t *box, const uint64_t *other, size_t columns)
{
    size_t differing = 0, at = 0;
    for (size_t column = 0; column < columns; column++)
        if (box[column] != other[column]) {
            differing++;
            at = column;
        }
    if (differing != 1)
        return false;
    box[at] |= other[at];
    return true;
}

static bool merge_some(struct boxes *boxes)
{
    const size_t columns = boxes->columns;
    for (size_t i = 0; i < boxes->count; i++)
        for (size_t j = i + 1; j < boxes->count; j++)
            if (merge(&boxes->classes[i * columns], &boxes->classes[j * columns], columns)) {
                boxes->count--;
                memmove(&boxes->classes[j * columns], &boxes->classes[boxes->count * columns],
                        columns * sizeof *boxes->classes);
                return true;
            }
    return false;
}

static void input_line(const struct output *output, const struct boxes *boxes, size_t box,
                       size_t column)
{
    const struct cors_table *table = boxes->table;
    const uint64_t classes = boxes->classes[box * boxes->columns + column];
    struct memory memory = {0};
    const char *text = "";
    uint64_t bit = 1;
    bool all = true;
    for (size_t i = 0; i < table->input_count; i++)
        if (strcmp(table->inputs[i].column, table->columns[column]) == 0) {
            if ((classes & bit) != 0)
                text = memory_format(&memory, "%s%s%s", text, *text == '\0' ? "" : ", ",
                                     table->inputs[i].value)
                           .at;
            else
                all = false;
            bit <<= 1;
        }
    output_format(output, "  %-20s%s\n", table->columns[column], all ? "any" : text);
    memory_free(&memory);
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
    struct boxes boxes = {.table = table, .columns = cors_table_input_columns(table)};
    boxes.classes = memory_take(memory, table->row_count * boxes.columns * sizeof *boxes.classes);
    for (size_t row = 0; row < table->row_count; row++)
        if (is_decided_alike(table, row, place, outcome))
            add_row(&boxes, row);
    if (boxes.count == 0)
        return;
    output_format(output, "\n");
    output_styled(output, STYLE_STRONG, "Decided alike");
    output_format(output, ": %zu of the %zu rows of `corsim table %s`\n", boxes.count,
                  table->row_count, table->name);
    while (merge_some(&boxes))
        continue;
    for (size_t box = 0; box < boxes.count; box++) {
        output_format(output, box == 0 ? "" : "  or\n");
        for (size_t column = 0; column < boxes.columns; column++)
            input_line(output, &boxes, box, column);
    }
}
