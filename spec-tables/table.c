/* Reads a table file (format: README.md). What is refused here is refused in every table: bytes
 * that are not UTF-8, control bytes and CR, blank lines, cells that are empty or padded, rows that
 * are longer or shorter than the header row. */
#include "table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COMPLAINTS = 20, LARGEST_FILE = 8 << 20, MOST_COLUMNS = 32 };

static unsigned complaint_count;

/* Kept reachable, so that a leak checker has nothing to say at the end. */
struct taken {
    struct taken *before;
};
static struct taken *last_taken;

void *take(size_t size)
{
    const size_t head = (sizeof(struct taken) + 15) & ~(size_t)15;
    struct taken *taken = calloc(1, head + size);
    if (taken == NULL) {
        fputs("gen: no memory\n", stderr);
        exit(2);
    }
    taken->before = last_taken;
    last_taken = taken;
    return (char *)taken + head;
}

char *copy_text(const char *text, size_t length)
{
    char *copy = take(length + 1);
    memcpy(copy, text, length);
    return copy;
}

void complain(const char *path, unsigned line, unsigned column, const char *format, ...)
{
    if (complaint_count++ >= MOST_COMPLAINTS)
        return;
    fprintf(stderr, "%s:%u:%u: ", path, line, column);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

unsigned complaints(void)
{
    return complaint_count;
}

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    if (file != NULL) {
        bytes = take((size_t)LARGEST_FILE + 1);
        *length = fread(bytes, 1, LARGEST_FILE + 1, file);
        if (ferror(file) || *length > LARGEST_FILE)
            bytes = NULL;
        fclose(file);
    }
    if (bytes == NULL)
        complain(path, 1, 1, "cannot be read, or is larger than %d bytes", LARGEST_FILE);
    return bytes;
}

/* The length of the UTF-8 sequence at `at`, 0 if it is none: no overlong form, no surrogate. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    if (at[0] < 0x80)
        return 1;
    size_t length = at[0] < 0xC2 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : at[0] < 0xF5 ? 4 : 0;
    if (length == 0 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    if ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F) ||
        (at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F))
        return 0;
    return length;
}

static bool check_bytes(const char *path, const char *bytes, size_t length)
{
    const unsigned before = complaint_count;
    unsigned line = 1;
    size_t start = 0;
    for (size_t i = 0; i < length;) {
        const unsigned char byte = (unsigned char)bytes[i];
        const unsigned column = (unsigned)(i - start) + 1;
        const size_t sequence = utf8_length((const unsigned char *)bytes + i, length - i);
        if (sequence == 0)
            complain(path, line, column, "byte 0x%02X is not UTF-8", byte);
        else if (byte == '\r')
            complain(path, line, column, "CR: expected lines that end in LF alone");
        else if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F)
            complain(path, line, column, "control byte 0x%02X: expected text, tabs and LF", byte);
        if (byte == '\n') {
            line++;
            start = i + 1;
        }
        i += sequence == 0 ? 1 : sequence;
    }
    if (length == 0 || bytes[length - 1] != '\n')
        complain(path, line, (unsigned)(length - start) + 1, "expected LF at the end of the file");
    return complaint_count == before;
}

static struct cell make_cell(const struct table *table, const char *at, size_t length,
                             unsigned line, unsigned column)
{
    if (length == 0)
        complain(table->path, line, column, "empty cell: expected text, or \"-\" for nothing");
    else if (at[0] == ' ' || at[length - 1] == ' ')
        complain(table->path, line, column, "expected a cell without spaces at its ends");
    if (length == 1 && at[0] == '-')
        length = 0;
    return (struct cell){copy_text(at, length), line, column};
}

/* Splits a line at its tabs. At most `most` cells are stored; the return value counts all. */
static size_t split(const struct table *table, const char *at, size_t length, unsigned line,
                    struct cell *cells, size_t most)
{
    size_t count = 0;
    for (size_t start = 0, i = 0; i <= length; i++) {
        if (i < length && at[i] != '\t')
            continue;
        if (count < most)
            cells[count] = make_cell(table, at + start, i - start, line, (unsigned)start + 1);
        else if (count == most)
            complain(table->path, line, (unsigned)start + 1, "unexpected cell: expected %zu", most);
        count++;
        start = i + 1;
    }
    return count;
}

static void read_comment(struct table *table, const char *at, size_t length, unsigned line)
{
    static const char input[] = "#input\t";
    if (length > sizeof input - 1 && memcmp(at, input, sizeof input - 1) == 0) {
        struct cell cells[4];
        if (split(table, at, length, line, cells, 4) != 4)
            complain(table->path, line, 1, "expected #input, column, class and meaning");
        else
            table->inputs[table->input_count++] = (struct input){cells[1], cells[2], cells[3]};
    } else if (length > 2 && at[1] == ' ') {
        if (table->title == NULL)
            table->title = copy_text(at + 2, length - 2);
    } else if (length > 1) {
        complain(table->path, line, 2, "expected \"# \" and a comment, or #input and a tab");
    }
}

static void read_header(struct table *table, const char *at, size_t length, unsigned line)
{
    table->header = take(MOST_COLUMNS * sizeof *table->header);
    table->columns = split(table, at, length, line, table->header, MOST_COLUMNS);
    if (table->columns > MOST_COLUMNS)
        table->columns = MOST_COLUMNS;
}

static void read_row(struct table *table, const char *at, size_t length, unsigned line)
{
    struct cell *cells = &table->cells[table->rows * table->columns];
    const size_t count = split(table, at, length, line, cells, table->columns);
    if (count < table->columns)
        complain(table->path, line, (unsigned)length + 1, "%zu cells: expected %zu, next \"%s\"",
                 count, table->columns, table->header[count].text);
    if (count == table->columns)
        table->rows++;
}

static void read_lines(struct table *table, const char *bytes, size_t length)
{
    unsigned line = 1;
    for (const char *at = bytes; at < bytes + length; line++) {
        const char *end = memchr(at, '\n', (size_t)(bytes + length - at));
        const size_t size = (size_t)(end - at);
        if (size == 0)
            complain(table->path, line, 1, "blank line");
        else if (at[0] == '#' && table->header == NULL)
            read_comment(table, at, size, line);
        else if (at[0] == '#')
            complain(table->path, line, 1, "expected comments above the header row only");
        else if (table->header == NULL)
            read_header(table, at, size, line);
        else
            read_row(table, at, size, line);
        if (table->header != NULL && table->cells == NULL) {
            size_t lines = 0;
            for (size_t i = 0; i < length; i++)
                lines += bytes[i] == '\n';
            table->cells = take(lines * table->columns * sizeof *table->cells);
        }
        at = end + 1;
    }
    if (table->header == NULL)
        complain(table->path, line, 1, "expected a header row");
    if (table->title == NULL)
        complain(table->path, 1, 1, "expected a comment that says what the table is for");
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    return copy_text(name, dot == NULL ? strlen(name) : (size_t)(dot - name));
}

struct table *table_read(const char *path)
{
    struct table *table = take(sizeof *table);
    table->path = path;
    table->name = name_of(path);
    size_t length = 0;
    const char *bytes = read_file(path, &length);
    if (bytes == NULL || !check_bytes(path, bytes, length))
        return NULL;
    const unsigned before = complaint_count;
    table->inputs = take(length * sizeof *table->inputs / 8 + sizeof *table->inputs);
    read_lines(table, bytes, length);
    return complaint_count == before ? table : NULL;
}

size_t column_index(const struct table *table, const char *column)
{
    size_t i = 0;
    while (strcmp(table->header[i].text, column) != 0)
        i++;
    return i;
}

const char *text_at(const struct table *table, size_t row, const char *column)
{
    return cell_at(table, row, column_index(table, column))->text;
}

bool next_word(const char **list, const char **word, size_t *length)
{
    if (**list == '\0')
        return false;
    *word = *list;
    *length = strcspn(*list, " ");
    *list += *length + ((*list)[*length] == ' ');
    return true;
}

bool word_is(const char *word, size_t length, const char *text)
{
    return strlen(text) == length && memcmp(word, text, length) == 0;
}

bool list_contains(const char *list, const char *word, size_t length)
{
    const char *each;
    size_t each_length;
    while (next_word(&list, &each, &each_length))
        if (each_length == length && memcmp(each, word, length) == 0)
            return true;
    return false;
}
