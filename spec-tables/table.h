/* The table files of this folder, as the generator sees them: read, split into cells and located,
 * so that every complaint can name file, line and column. The format itself is in README.md. */
#ifndef CORSIM_TABLE_H
#define CORSIM_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct cell {
    const char *text; /* "" where the file has "-" */
    unsigned line;
    unsigned column; /* in bytes, from 1 */
};

/* One "#input" line of a decision table: a class of an input column and what is in it. */
struct input {
    struct cell column;
    struct cell value;
    struct cell meaning;
};

struct table {
    const char *path;
    const char *name;  /* the file's name without ".tsv" */
    const char *title; /* the first comment line */
    struct cell *header;
    size_t columns;
    struct cell *cells; /* row by row */
    size_t rows;
    struct input *inputs;
    size_t input_count;
};

static inline const struct cell *cell_at(const struct table *table, size_t row, size_t column)
{
    return &table->cells[row * table->columns + column];
}

/* Memory that lives as long as the program. */
void *take(size_t size);
char *copy_text(const char *text, size_t length);

#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void complain(const char *path, unsigned line, unsigned column, const char *format, ...);
unsigned complaints(void);

/* Reads and splits; complains about what no table may contain. NULL if there is nothing to go on
 * with. */
struct table *table_read(const char *path);

/* The index of a column by its name; the caller knows that it is there. */
size_t column_index(const struct table *table, const char *column);
const char *text_at(const struct table *table, size_t row, const char *column);

/* Walks the words of a list separated by single spaces: false when there are no more. */
bool next_word(const char **list, const char **word, size_t *length);
bool word_is(const char *word, size_t length, const char *text);
bool list_contains(const char *list, const char *word, size_t length);

#endif
