/* Memory that lives together, complaints, and slices over C strings: what the files of the command
 * share. No standard applies. A chunk is never moved, so what was taken stays where it is. */
#include "memory.h"

#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDINARY_CHUNK = 16 << 10 };

struct memory_chunk {
    struct memory_chunk *older;
    size_t size;
    size_t used;
    _Alignas(max_align_t) char bytes[];
};

static void out_of_memory(void)
{
    fputs("corsim: out of memory\n", stderr);
    exit(EXIT_USAGE);
}

void *memory_allocate(size_t size)
{
    void *allocated = malloc(size == 0 ? 1 : size);
    if (allocated == NULL)
        out_of_memory();
    return allocated;
}

void *memory_reallocate(void *old, size_t size)
{
    void *allocated = realloc(old, size == 0 ? 1 : size);
    if (allocated == NULL)
        out_of_memory();
    return allocated;
}

void *memory_grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    size_t larger = *capacity == 0 ? 8 : *capacity * 2;
    if (larger > SIZE_MAX / size)
        out_of_memory();
    *capacity = larger;
    return memory_reallocate(items, larger * size);
}

static struct memory_chunk *new_chunk(size_t size, struct memory_chunk *older)
{
    if (size > SIZE_MAX / 2)
        out_of_memory();
    struct memory_chunk *chunk = memory_allocate(sizeof *chunk + size);
    *chunk = (struct memory_chunk){.older = older, .size = size};
    return chunk;
}

void *memory_take(struct memory *memory, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        out_of_memory();
    size_t rounded = (size + align - 1) / align * align;
    struct memory_chunk *chunk = memory->newest;
    if (chunk == NULL || chunk->size - chunk->used < rounded) {
        chunk = new_chunk(rounded > ORDINARY_CHUNK ? rounded : ORDINARY_CHUNK, chunk);
        memory->newest = chunk;
    }
    void *taken = chunk->bytes + chunk->used;
    chunk->used += rounded;
    memset(taken, 0, rounded);
    return taken;
}

struct cors_bytes memory_copy(struct memory *memory, struct cors_bytes bytes)
{
    if (bytes.at == NULL)
        return bytes;
    char *copy = memory_take(memory, bytes.len + 1);
    if (bytes.len > 0)
        memcpy(copy, bytes.at, bytes.len);
    return (struct cors_bytes){copy, bytes.len};
}

struct cors_bytes memory_copy_string(struct memory *memory, const char *string)
{
    return memory_copy(memory, bytes_of(string));
}

struct cors_bytes memory_format(struct memory *memory, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        return CORS_BYTES("");
    char *text = memory_take(memory, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return (struct cors_bytes){text, (size_t)length};
}

struct cors_header_list memory_copy_headers(struct memory *memory,
                                            const struct cors_header_list *headers)
{
    struct cors_header *copy = memory_take(memory, headers->count * sizeof *copy);
    for (size_t i = 0; i < headers->count; i++) {
        copy[i].name = memory_copy(memory, headers->at[i].name);
        copy[i].value = memory_copy(memory, headers->at[i].value);
    }
    return (struct cors_header_list){.at = copy, .count = headers->count};
}

void memory_reset(struct memory *memory)
{
    struct memory_chunk *kept = NULL;
    for (struct memory_chunk *chunk = memory->newest, *older; chunk != NULL; chunk = older) {
        older = chunk->older;
        if (kept == NULL && chunk->size == ORDINARY_CHUNK)
            kept = chunk;
        else
            free(chunk);
    }
    if (kept != NULL) {
        kept->older = NULL;
        kept->used = 0;
    }
    memory->newest = kept;
}

void memory_free(struct memory *memory)
{
    for (struct memory_chunk *chunk = memory->newest, *older; chunk != NULL; chunk = older) {
        older = chunk->older;
        free(chunk);
    }
    memory->newest = NULL;
}

bool complain(struct complaint *complaint, const char *format, ...)
{
    if (complaint != NULL) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(complaint->text, sizeof complaint->text, format, arguments);
        va_end(arguments);
    }
    return false;
}

struct cors_bytes bytes_of(const char *string)
{
    return string == NULL ? (struct cors_bytes){0} : (struct cors_bytes){string, strlen(string)};
}

bool bytes_are(struct cors_bytes a, struct cors_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool bytes_are_string(struct cors_bytes a, const char *string)
{
    return bytes_are(a, bytes_of(string));
}

static bool read_stream(FILE *stream, size_t limit, struct cors_bytes *text, struct memory *memory,
                        struct complaint *complaint)
{
    char *bytes = NULL;
    size_t len = 0, capacity = 0, got;
    do {
        if (capacity - len < 4096) {
            capacity = capacity == 0 ? 16384 : capacity * 2;
            bytes = memory_reallocate(bytes, capacity);
        }
        got = fread(bytes + len, 1, capacity - len, stream);
        len += got;
    } while (got > 0 && len <= limit);
    bool right = true;
    if (ferror(stream))
        right = complain(complaint, "cannot be read: %s", strerror(errno));
    else if (len > limit)
        right = complain(complaint, "is longer than %zu bytes", limit);
    else
        *text = memory_copy(memory, (struct cors_bytes){bytes, len});
    free(bytes);
    return right;
}

bool read_whole_file(const char *path, size_t limit, struct cors_bytes *text, struct memory *memory,
                     struct complaint *complaint)
{
    if (complaint != NULL)
        complaint->line = 0;
    if (strcmp(path, "-") == 0)
        return read_stream(stdin, limit, text, memory, complaint);
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return complain(complaint, "cannot be opened: %s", strerror(errno));
    bool right = read_stream(stream, limit, text, memory, complaint);
    fclose(stream);
    return right;
}
