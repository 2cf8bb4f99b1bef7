/* Decision tables: each input column has classes, declared in "#input" lines, and the rows divide
 * all combinations of classes among them: none is missing and none is in two rows. */
#include "schema.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MOST_INPUTS = 16, MOST_CLASSES = 32, MOST_COMBINATIONS = 1 << 20 };

/* The classes of one input column. */
struct domain {
    const char *column;
    const char *values[MOST_CLASSES];
    size_t count;
};

struct space {
    struct domain domains[MOST_INPUTS];
    size_t inputs;
    size_t combinations;
};

bool input_takes(const char *cell, const char *value)
{
    if (strcmp(cell, "any") == 0)
        return true;
    const size_t length = strlen(value);
    for (const char *at = cell;; at++) {
        const size_t each = strcspn(at, "|");
        if (each == length && memcmp(at, value, length) == 0)
            return true;
        at += each;
        if (*at == '\0')
            return false;
    }
}

static bool add_input(struct space *space, const struct table *table, const struct input *input)
{
    struct domain *domain = space->inputs == 0 ? NULL : &space->domains[space->inputs - 1];
    const struct cell *where = &input->column;
    if (domain == NULL || strcmp(domain->column, input->column.text) != 0) {
        if (space->inputs == MOST_INPUTS || space->inputs >= table->columns ||
            strcmp(table->header[space->inputs].text, input->column.text) != 0) {
            complain(table->path, where->line, where->column,
                     "#input \"%s\": expected the columns' classes in the columns' order",
                     input->column.text);
            return false;
        }
        domain = &space->domains[space->inputs++];
        domain->column = input->column.text;
    }
    for (size_t i = 0; i < domain->count; i++)
        if (strcmp(domain->values[i], input->value.text) == 0) {
            complain(table->path, input->value.line, input->value.column, "class \"%s\" twice",
                     input->value.text);
            return false;
        }
    if (domain->count == MOST_CLASSES || strcmp(input->value.text, "any") == 0 ||
        strpbrk(input->value.text, "| ") != NULL || input->value.text[0] == '\0') {
        complain(table->path, input->value.line, input->value.column,
                 "class \"%s\": expected a word, other than any, at most %d in a column",
                 input->value.text, MOST_CLASSES);
        return false;
    }
    domain->values[domain->count++] = input->value.text;
    return true;
}

static bool read_space(struct space *space, const struct table *table, size_t inputs)
{
    for (size_t i = 0; i < table->input_count; i++)
        if (!add_input(space, table, &table->inputs[i]))
            return false;
    space->combinations = 1;
    for (size_t i = 0; i < space->inputs; i++)
        space->combinations *= space->domains[i].count;
    if (space->inputs != inputs || inputs == 0 || space->combinations > MOST_COMBINATIONS) {
        complain(table->path, table->header[0].line, 1,
                 "#input lines for %zu columns: expected %zu, and at most %d combinations",
                 space->inputs, inputs, MOST_COMBINATIONS);
        return false;
    }
    return true;
}

/* One bit per class that the cell takes in; complains about a class that is not declared. */
static uint32_t classes_in(const struct table *table, const struct domain *domain,
                           const struct cell *cell)
{
    uint32_t classes = 0;
    for (size_t i = 0; i < domain->count; i++)
        if (input_takes(cell->text, domain->values[i]))
            classes |= (uint32_t)1 << i;
    for (const char *at = cell->text; strcmp(cell->text, "any") != 0; at++) {
        const size_t length = strcspn(at, "|");
        bool known = false;
        for (size_t i = 0; i < domain->count; i++)
            known = known || word_is(at, length, domain->values[i]);
        if (!known)
            complain(table->path, cell->line, cell->column + (unsigned)(at - cell->text),
                     "unknown class \"%.*s\": expected one declared by #input %s", (int)length, at,
                     domain->column);
        at += length;
        if (*at == '\0')
            break;
    }
    return classes;
}

/* The combination with this number, as text and as classes. */
static void combination_at(const struct space *space, size_t number, size_t *classes)
{
    for (size_t i = space->inputs; i-- > 0;) {
        classes[i] = number % space->domains[i].count;
        number /= space->domains[i].count;
    }
}

static void describe(const struct space *space, const size_t *classes, char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < space->inputs && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%s=%s", i == 0 ? "" : ", ",
                                   space->domains[i].column, space->domains[i].values[classes[i]]);
}

static void check_combination(const struct table *table, const struct space *space,
                              const uint32_t *taken, size_t number)
{
    size_t classes[MOST_INPUTS], first = table->rows, matches = 0;
    combination_at(space, number, classes);
    char text[600];
    for (size_t row = 0; row < table->rows; row++) {
        bool match = true;
        for (size_t i = 0; i < space->inputs && match; i++)
            match = taken[row * space->inputs + i] >> classes[i] & 1;
        if (!match)
            continue;
        if (matches++ == 0) {
            first = row;
            continue;
        }
        describe(space, classes, text, sizeof text);
        complain(table->path, cell_at(table, row, 0)->line, 1, "overlaps line %u at %s",
                 cell_at(table, first, 0)->line, text);
    }
    if (matches == 0) {
        describe(space, classes, text, sizeof text);
        complain(table->path, table->header[0].line, 1, "incomplete: expected a row for %s", text);
    }
}

void check_decision(const struct table *table, size_t inputs)
{
    const unsigned before = complaints();
    struct space space = {0};
    if (!read_space(&space, table, inputs))
        return;
    uint32_t *taken = take((table->rows * space.inputs + 1) * sizeof *taken);
    for (size_t row = 0; row < table->rows; row++)
        for (size_t i = 0; i < space.inputs; i++)
            taken[row * space.inputs + i] =
                classes_in(table, &space.domains[i], cell_at(table, row, i));
    for (size_t number = 0; number < space.combinations && complaints() == before; number++)
        check_combination(table, &space, taken, number);
}
