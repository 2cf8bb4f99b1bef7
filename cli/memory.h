/* Memory that lives together: everything read from one file, or said in one fetch, is taken from
 * one `struct memory` and given back at once. Taking never fails: a program out of memory says so
 * and exits with status 2. A zeroed struct is an empty one. */
#ifndef CORSIM_MEMORY_H
#define CORSIM_MEMORY_H

#include "corsim.h"

#include <stdarg.h>

struct memory {
    struct memory_chunk *newest;
};

/* `size` zeroed bytes, aligned for anything. */
void *memory_take(struct memory *memory, size_t size);
/* A copy, NUL-terminated behind its end; null stays null. */
struct cors_bytes memory_copy(struct memory *memory, struct cors_bytes bytes);
struct cors_bytes memory_copy_string(struct memory *memory, const char *string);
struct cors_bytes memory_format(struct memory *memory, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A copy of names and values, capacity 0 (the core never writes to such a list). */
struct cors_header_list memory_copy_headers(struct memory *memory,
                                            const struct cors_header_list *headers);
/* Gives everything back but one chunk of ordinary size, so that a long run neither grows nor
 * thrashes. */
void memory_reset(struct memory *memory);
void memory_free(struct memory *memory);

/* malloc and realloc that never return NULL: they say "out of memory" and exit with status 2. */
void *memory_allocate(size_t size);
void *memory_reallocate(void *old, size_t size);

/* Makes room for one more item in an array of `size` bytes an item, and returns the (moved) array:
 * `items = memory_grow(items, count, &capacity, sizeof *items)`. */
void *memory_grow(void *items, size_t count, size_t *capacity, size_t size);

/* What is wrong with something from outside, as a sentence without a full stop, already escaped for
 * a terminal. `line` is 0 where there is no file. */
struct complaint {
    unsigned line;
    char text[600];
};

/* Fills the complaint (which may be NULL); always false, to be returned. */
bool complain(struct complaint *complaint, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* All of a file's bytes into `memory`; "-" is standard input. A complaint if it cannot be read or
 * is longer than `limit`. */
bool read_whole_file(const char *path, size_t limit, struct cors_bytes *text, struct memory *memory,
                     struct complaint *complaint);

/* The slice over a C string; NULL gives null. */
struct cors_bytes bytes_of(const char *string);
bool bytes_are(struct cors_bytes a, struct cors_bytes b);
bool bytes_are_string(struct cors_bytes a, const char *string);

#endif
