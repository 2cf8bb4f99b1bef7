/* Infra Standard: byte sequences (https://infra.spec.whatwg.org/#byte-sequences) and the arena they
 * are built in. Invariants: nothing is ever written outside the arena; once something did not fit,
 * the arena stays exhausted and gives no more memory. */
#include "infra.h"

struct cors_arena cors_arena_over(void *memory, size_t size)
{
    char *at = memory;
    return (struct cors_arena){.at = at, .end = size == 0 ? at : at + size};
}

void *cors_arena_take(struct cors_arena *arena, size_t size, size_t align)
{
    size_t padding = (size_t)(-(uintptr_t)arena->at & (align - 1));
    size_t left = (size_t)(arena->end - arena->at);
    if (arena->exhausted || left < padding || left - padding < size) {
        arena->exhausted = true;
        return NULL;
    }
    void *taken = arena->at + padding;
    arena->at += padding + size;
    return taken;
}

bool byte_case_insensitive_match(struct cors_bytes a, struct cors_bytes b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (a.at[i] != b.at[i] && byte_lowercase(a.at[i]) != byte_lowercase(b.at[i]))
            return false;
    return true;
}

struct cors_bytes bytes_lowercase(struct cors_bytes bytes, struct cors_arena *arena)
{
    size_t i = 0;
    while (i < bytes.len && byte_lowercase(bytes.at[i]) == bytes.at[i])
        i++;
    if (i == bytes.len)
        return bytes;
    char *lower = ARENA_NEW(arena, char, bytes.len);
    if (lower == NULL)
        return CORS_BYTES("");
    for (i = 0; i < bytes.len; i++)
        lower[i] = byte_lowercase(bytes.at[i]);
    return (struct cors_bytes){lower, bytes.len};
}

bool byte_less_than(struct cors_bytes a, struct cors_bytes b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.at, b.at, shorter);
    return order < 0 || (order == 0 && a.len < b.len);
}

bool bytes_contain(struct cors_bytes bytes, char byte)
{
    return bytes.len > 0 && memchr(bytes.at, (unsigned char)byte, bytes.len) != NULL;
}

struct cors_bytes strip_tab_or_space(struct cors_bytes bytes)
{
    while (bytes.len > 0 && (*bytes.at == ' ' || *bytes.at == '\t')) {
        bytes.at++;
        bytes.len--;
    }
    while (bytes.len > 0 && (bytes.at[bytes.len - 1] == ' ' || bytes.at[bytes.len - 1] == '\t'))
        bytes.len--;
    return bytes;
}

struct cors_bytes bytes_join(const struct cors_bytes *parts, size_t count,
                             struct cors_bytes between, struct cors_arena *arena)
{
    size_t len = count > 1 ? (count - 1) * between.len : 0;
    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    char *joined = ARENA_NEW(arena, char, len);
    if (joined == NULL)
        return CORS_BYTES("");
    char *at = joined;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && between.len > 0) {
            memcpy(at, between.at, between.len);
            at += between.len;
        }
        if (parts[i].len > 0) {
            memcpy(at, parts[i].at, parts[i].len);
            at += parts[i].len;
        }
    }
    return (struct cors_bytes){joined, len};
}

struct cors_bytes serialize_integer(uint64_t number, struct cors_arena *arena)
{
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return bytes_join(&(struct cors_bytes){digits + first, sizeof digits - first}, 1,
                      CORS_BYTES(""), arena);
}
