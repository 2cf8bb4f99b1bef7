/* What all oracles stand on (oracles.h): saying what does not hold, taking an input apart into
 * lines and headers. Nothing here uses the core's own way of doing so. */
#include "oracles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_SIZE = 4 << 20 };

void must_hold(bool holds, const char *claim, struct cors_bytes of)
{
    if (holds)
        return;
    fprintf(stderr, "\nDoes not hold: %s\n  of: %s\n", claim, escaped(of));
    abort();
}

struct cors_bytes input_bytes(const uint8_t *data, size_t size)
{
    return size == 0 ? CORS_BYTES("") : (struct cors_bytes){(const char *)data, size};
}

struct cors_arena input_arena(void)
{
    static char *memory;
    if (memory == NULL)
        memory = memory_allocate(ARENA_SIZE);
    return cors_arena_over(memory, ARENA_SIZE);
}

struct cors_bytes take_line(struct cors_bytes *text)
{
    struct cors_bytes line = *text;
    const char *newline = text->at == NULL ? NULL : memchr(text->at, '\n', text->len);
    if (newline == NULL) {
        *text = (struct cors_bytes){0};
    } else {
        line.len = (size_t)(newline - line.at);
        *text = (struct cors_bytes){newline + 1, text->len - line.len - 1};
    }
    if (line.at != NULL && line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

struct cors_header_list header_block(struct cors_bytes text, struct cors_arena *arena)
{
    struct cors_header_list list = {0};
    for (struct cors_bytes line = take_line(&text); line.len > 0; line = take_line(&text)) {
        const char *colon = memchr(line.at, ':', line.len);
        if (colon == NULL)
            continue;
        const struct cors_bytes name = {line.at, (size_t)(colon - line.at)};
        const struct cors_bytes value = {colon + 1, line.len - name.len - 1};
        if (is_naive_token(name) && cors_is_header_value(cors_normalize_header_value(value)))
            cors_header_list_append(&list, name, cors_normalize_header_value(value), arena);
    }
    return list;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct cors_bytes other_case(struct cors_bytes bytes, struct memory *memory)
{
    if (bytes.at == NULL)
        return bytes;
    char *other = memory_take(memory, bytes.len + 1);
    for (size_t i = 0; i < bytes.len; i++)
        other[i] = is_letter(bytes.at[i]) ? (char)(bytes.at[i] ^ 0x20) : bytes.at[i];
    return (struct cors_bytes){other, bytes.len};
}

bool equal_in_any_case(struct cors_bytes a, struct cors_bytes b)
{
    bool equal = a.len == b.len;
    for (size_t i = 0; i < a.len && equal; i++)
        equal = a.at[i] == b.at[i] || (is_letter(a.at[i]) && (a.at[i] ^ 0x20) == b.at[i]);
    return equal;
}

bool is_naive_token(struct cors_bytes bytes)
{
    bool token = bytes.len > 0;
    for (size_t i = 0; i < bytes.len && token; i++)
        token = is_letter(bytes.at[i]) || (bytes.at[i] >= '0' && bytes.at[i] <= '9') ||
                (bytes.at[i] != '\0' && strchr("!#$%&'*+-.^_`|~", bytes.at[i]) != NULL);
    return token;
}
