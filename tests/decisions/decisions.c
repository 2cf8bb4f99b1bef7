/* Every row of every decision table against the library, one combination of input classes after the
 * other: each is a check on the other. With --self-test each output cell of each row is made wrong
 * in turn, and that must be noticed. Says how many combinations and rows were checked, and which
 * rows cannot be reached. */
#include "decisions.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_ROWS = 512, MOST_CELLS = 8192 };

static const struct observer {
    const char *table;
    const char *name;
    observe *observe;
} observers[] = {
    {"decision-cors-check", "a response", cors_check_of_the_response},
    {"decision-cors-check", "a preflight's response", cors_check_of_the_preflight},
    {"decision-preflight-method", "a preflighted request", preflight_on_method},
    {"decision-preflight-header", "a preflighted request", preflight_on_header},
    {"decision-cache-match", "a second request", cache_match},
    {"decision-main-fetch", "a request, redirected where tainted", main_fetch_by_redirects},
    {"decision-main-fetch", "main fetch by itself", main_fetch_by_itself},
};
enum { OBSERVERS = sizeof observers / sizeof observers[0] };

/* A walk through the combinations of a table. */
struct walk {
    const struct cors_table *table;
    size_t only_row; /* or the table's row_count: all rows */
    bool is_quiet;
    size_t checked;
    size_t skipped;
    size_t mismatches;
    bool reached[MOST_ROWS];
};

/* ---- Combinations --------------------------------------------------------------------------- */

static bool is_first_class(const struct cors_table *table, size_t input)
{
    return input == 0 || strcmp(table->inputs[input].column, table->inputs[input - 1].column) != 0;
}

/* Starts with the first class of each column. */
static void first_combination(const struct cors_table *table, size_t *inputs)
{
    size_t column = 0;
    for (size_t input = 0; input < table->input_count; input++)
        if (is_first_class(table, input))
            inputs[column++] = input;
}

/* The next one, the last column's class changing first; false behind the last. */
static bool next_combination(const struct cors_table *table, size_t *inputs)
{
    for (size_t column = cors_table_input_columns(table); column-- > 0;) {
        const size_t next = inputs[column] + 1;
        if (next < table->input_count && !is_first_class(table, next)) {
            inputs[column] = next;
            return true;
        }
        while (!is_first_class(table, inputs[column]))
            inputs[column]--;
    }
    return false;
}

const char *class_of(const struct situation *situation, const char *column)
{
    const size_t index = cors_table_column(situation->table, column);
    if (index >= cors_table_input_columns(situation->table))
        give_up(situation, column);
    return situation->classes[index];
}

bool class_is(const struct situation *situation, const char *column, const char *value)
{
    return strcmp(class_of(situation, column), value) == 0;
}

static void print_situation(FILE *out, const struct situation *situation)
{
    const size_t inputs = cors_table_input_columns(situation->table);
    fprintf(out, "%s:", situation->table->name);
    for (size_t i = 0; i < inputs; i++)
        fprintf(out, "%s %s=%s", i == 0 ? "" : ",", situation->table->columns[i],
                situation->classes[i]);
}

_Noreturn void give_up(const struct situation *situation, const char *reason)
{
    fputs("cannot be made: ", stderr);
    print_situation(stderr, situation);
    fprintf(stderr, ": %s\n", reason);
    exit(2);
}

/* ---- Rows against the library --------------------------------------------------------------- */

/* A cell may say that a value stays what the input column of the same word had. */
static const char *expected_output(const struct situation *situation, size_t row, size_t column)
{
    const char *cell = cors_table_cell(situation->table, row, column);
    return strcmp(cell, "unchanged") == 0 ? class_of(situation, "tainting") : cell;
}

static void compare(struct walk *walk, const struct observer *observer,
                    const struct situation *situation, size_t row, const struct sight *sight)
{
    const size_t inputs = cors_table_input_columns(walk->table);
    for (size_t column = inputs; column < walk->table->column_count; column++) {
        const char *expected = expected_output(situation, row, column);
        const char *seen = sight->outputs[column - inputs];
        if (seen == NULL || strcmp(seen, expected) == 0)
            continue;
        walk->mismatches++;
        if (walk->is_quiet)
            continue;
        print_situation(stdout, situation);
        printf("\n    row %zu says %s \"%s\", %s gives \"%s\"\n", row + 1,
               walk->table->columns[column], expected, observer->name, seen);
    }
}

static void put_through(struct walk *walk, const struct observer *observer)
{
    size_t inputs[MOST_INPUTS] = {0};
    const size_t columns = cors_table_input_columns(walk->table);
    first_combination(walk->table, inputs);
    do {
        struct situation situation = {.table = walk->table};
        for (size_t i = 0; i < columns; i++)
            situation.classes[i] = walk->table->inputs[inputs[i]].value;
        const size_t row = cors_table_decide(walk->table, situation.classes);
        if (row == walk->table->row_count)
            give_up(&situation, "no row");
        if (walk->only_row != walk->table->row_count && walk->only_row != row)
            continue;
        struct sight sight = {{NULL}};
        if (!observer->observe(&situation, &sight)) {
            walk->skipped++;
            continue;
        }
        walk->checked++;
        walk->reached[row] = true;
        compare(walk, observer, &situation, row, &sight);
    } while (next_combination(walk->table, inputs));
}

static const struct cors_table *table_named(const char *name)
{
    const struct cors_table *table = cors_table_by_name(name);
    if (table == NULL || table->row_count > MOST_ROWS ||
        table->row_count * table->column_count > MOST_CELLS ||
        cors_table_input_columns(table) > MOST_INPUTS ||
        table->column_count - cors_table_input_columns(table) > MOST_OUTPUTS) {
        fprintf(stderr, "%s: no such table, or it is too large for this program\n", name);
        exit(2);
    }
    return table;
}

static size_t count_reached(const struct walk *walk)
{
    size_t count = 0;
    for (size_t row = 0; row < walk->table->row_count; row++)
        count += walk->reached[row];
    return count;
}

/* A row that no observer can reach holds nothing: its input cells are printed, to be compared with
 * the table's notes. */
static void print_unreached(const struct walk *walk)
{
    for (size_t row = 0; row < walk->table->row_count; row++) {
        if (walk->reached[row])
            continue;
        printf("    row %zu cannot be:", row + 1);
        for (size_t i = 0; i < cors_table_input_columns(walk->table); i++)
            printf(" %s", cors_table_cell(walk->table, row, i));
        printf("\n");
    }
}

/* Puts a table through all its observers; gives how many rows were reached and adds up mismatches.
 */
static size_t check_table(const char *name, size_t *mismatches)
{
    const struct cors_table *table = table_named(name);
    struct walk all = {.table = table};
    for (size_t i = 0; i < OBSERVERS; i++) {
        if (strcmp(observers[i].table, name) != 0)
            continue;
        struct walk walk = {.table = table, .only_row = table->row_count};
        put_through(&walk, &observers[i]);
        printf("%s by %s: %zu combinations checked, %zu skipped; %zu of %zu rows\n", name,
               observers[i].name, walk.checked, walk.skipped, count_reached(&walk),
               table->row_count);
        *mismatches += walk.mismatches;
        for (size_t row = 0; row < table->row_count; row++)
            all.reached[row] = all.reached[row] || walk.reached[row];
    }
    print_unreached(&all);
    return count_reached(&all);
}

/* ---- Self-test ------------------------------------------------------------------------------ */

/* Whether some observer notices that this cell is wrong; a row that none can reach is no matter. */
static bool is_noticed(const struct cors_table *table, size_t row, size_t column)
{
    static const char *cells[MOST_CELLS];
    memcpy(cells, table->cells, table->row_count * table->column_count * sizeof cells[0]);
    cells[row * table->column_count + column] = "altered";
    struct cors_table altered = *table;
    altered.cells = cells;
    struct walk walk = {.table = &altered, .only_row = row, .is_quiet = true};
    for (size_t i = 0; i < OBSERVERS; i++)
        if (strcmp(observers[i].table, table->name) == 0)
            put_through(&walk, &observers[i]);
    return walk.mismatches > 0 || walk.checked == 0;
}

static bool test_itself(const char *name)
{
    const struct cors_table *table = table_named(name);
    size_t altered = 0;
    bool passed = true;
    for (size_t row = 0; row < table->row_count; row++)
        for (size_t column = cors_table_input_columns(table); column < table->column_count;
             column++) {
            altered++;
            if (is_noticed(table, row, column))
                continue;
            printf("%s: a wrong %s in row %zu is not noticed\n", name, table->columns[column],
                   row + 1);
            passed = false;
        }
    printf("%s: %zu cells altered one at a time\n", name, altered);
    return passed;
}

/* ---- The program ---------------------------------------------------------------------------- */

static bool has_observer(const char *name)
{
    for (size_t i = 0; i < OBSERVERS; i++)
        if (strcmp(observers[i].table, name) == 0)
            return true;
    return false;
}

/* decisions [--self-test] TABLE ROWS: the table, and how many of its rows must be reached. */
int main(int count, char **arguments)
{
    const bool self_test = count > 1 && strcmp(arguments[1], "--self-test") == 0;
    char *const *rest = arguments + 1 + self_test;
    if (count != 3 + self_test || !has_observer(rest[0])) {
        fputs("usage: decisions [--self-test] TABLE ROWS\n", stderr);
        return 2;
    }
    if (self_test)
        return test_itself(rest[0]) ? 0 : 1;
    size_t mismatches = 0;
    const size_t reached = check_table(rest[0], &mismatches);
    const size_t expected = strtoul(rest[1], NULL, 10);
    if (reached != expected)
        printf("%zu rows were reached, not %zu\n", reached, expected);
    printf("%zu mismatches\n", mismatches);
    return mismatches == 0 && reached == expected ? 0 : 1;
}
