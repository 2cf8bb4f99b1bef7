/* Mutation by lines (lines.h). Invariants: nothing longer than `most` bytes comes out; the result
 * depends on the arguments alone, but for what the engine's own mutation does. */
#include "lines.h"

#include <stdbool.h>
#include <string.h>

enum { LONGEST_LINE = 512 };

struct span {
    size_t start, end;
};

/* Where the script of a case begins; what is above it is prose. 0: it is no case. */
static size_t script_start(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i + 4 < size; i++)
        if (memcmp(data + i, "\n-- ", 4) == 0)
            return i + 1;
    return 0;
}

static unsigned next(unsigned *seed, size_t below)
{
    *seed = *seed * 1103515245U + 12345U;
    return below == 0 ? 0 : (*seed >> 8) % (unsigned)below;
}

/* The line, with its newline, that the byte is in. */
static struct span line_at(const uint8_t *data, size_t size, size_t at)
{
    struct span line = {at, at};
    while (line.start > 0 && data[line.start - 1] != '\n')
        line.start--;
    while (line.end < size && data[line.end] != '\n')
        line.end++;
    line.end += line.end < size;
    return line;
}

/* The first word of a line: a header's name and its colon, or a key. */
static struct span name_of(const uint8_t *data, struct span line)
{
    struct span name = {line.start, line.start};
    while (name.end < line.end && memchr(": \n", data[name.end], 3) == NULL)
        name.end++;
    name.end += name.end < line.end && data[name.end] == ':';
    return name;
}

static struct span value_of(const uint8_t *data, struct span line)
{
    struct span value = {name_of(data, line).end, line.end};
    while (value.start < line.end && data[value.start] == ' ')
        value.start++;
    value.end -= value.end > value.start && data[value.end - 1] == '\n';
    return value;
}

static bool is_header(const uint8_t *data, struct span line)
{
    const struct span name = name_of(data, line);
    return name.end > name.start + 1 && data[name.end - 1] == ':';
}

/* A random line, but for prose. */
static struct span any_line(const uint8_t *data, size_t size, unsigned *seed)
{
    const size_t start = script_start(data, size);
    return line_at(data, size, start + next(seed, size - start));
}

static size_t length_of(struct span span)
{
    return span.end - span.start;
}

/* From a random line on the first header, or where `name` is not NULL the first line of that name.
 * An empty span: there is none. */
static struct span find(const uint8_t *data, size_t size, const uint8_t *name, size_t length,
                        unsigned *seed)
{
    const size_t first = any_line(data, size, seed).start;
    for (size_t seen = 0; seen < size;) {
        const struct span line = line_at(data, size, (first + seen) % size);
        const struct span own = name_of(data, line);
        if (name == NULL ? is_header(data, line)
                         : length_of(own) == length && memcmp(data + own.start, name, length) == 0)
            return line;
        seen = seen + line.end - (first + seen) % size;
    }
    return (struct span){0};
}

/* data[place] becomes `text`, if that fits. */
static size_t put(uint8_t *data, size_t size, size_t most, struct span place, const uint8_t *text,
                  size_t length)
{
    const size_t left = size - length_of(place);
    if (left + length > most)
        return size;
    memmove(data + place.start + length, data + place.end, size - place.end);
    if (length > 0)
        memcpy(data + place.start, text, length);
    return left + length;
}

/* As the engine does it, and made printable: a case escapes what is not. */
static size_t mutate_value(uint8_t *data, size_t size, size_t most, unsigned *seed)
{
    uint8_t value[LONGEST_LINE];
    const struct span place = value_of(data, any_line(data, size, seed));
    if (LLVMFuzzerMutate == NULL || length_of(place) > LONGEST_LINE)
        return size;
    memcpy(value, data + place.start, length_of(place));
    const size_t length = LLVMFuzzerMutate(value, length_of(place), LONGEST_LINE);
    for (size_t i = 0; i < length; i++)
        if (value[i] < ' ' || value[i] > '~')
            value[i] = (uint8_t)(' ' + value[i] % ('~' - ' '));
    return put(data, size, most, place, value, length);
}

/* A line of `from` takes the place of one of the same name, or comes before a header if it is one.
 */
static size_t take_line(uint8_t *data, size_t size, size_t most, const uint8_t *from,
                        size_t from_size, unsigned *seed)
{
    uint8_t text[LONGEST_LINE];
    struct span place = any_line(data, size, seed);
    struct span line = {0};
    if (next(seed, 2) == 0) {
        const struct span name = name_of(data, place);
        line = find(from, from_size, data + name.start, length_of(name), seed);
    } else {
        line = find(from, from_size, NULL, 0, seed);
        place = find(data, size, NULL, 0, seed);
        place.end = place.start;
    }
    if (length_of(line) == 0 || length_of(line) > LONGEST_LINE)
        return size;
    memcpy(text, from + line.start, length_of(line));
    return put(data, size, most, place, text, length_of(line));
}

size_t mutate_lines(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    enum { WHOLE, DELETE, TAKE, VALUE = TAKE + 2, WAYS = VALUE + 4 };
    const unsigned way = size == 0 ? WHOLE : next(&seed, WAYS);
    if (way == WHOLE)
        return LLVMFuzzerMutate == NULL ? size : LLVMFuzzerMutate(data, size, most);
    if (way == DELETE)
        return put(data, size, most, any_line(data, size, &seed), NULL, 0);
    return way < VALUE ? take_line(data, size, most, data, size, &seed)
                       : mutate_value(data, size, most, &seed);
}

size_t cross_lines(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                   size_t most, unsigned seed)
{
    size_t size = a_size < most ? a_size : most;
    if (size > 0)
        memcpy(out, a, size);
    for (unsigned times = size == 0 || b_size == 0 ? 0 : 1 + next(&seed, 4); times > 0; times--)
        size = take_line(out, size, most, b, b_size, &seed);
    return size;
}
