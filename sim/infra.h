/* Infra Standard (https://infra.spec.whatwg.org/): byte sequences, and building them in an arena.
 * Nothing here decides anything. Building in a full arena gives an empty, non-null sequence and
 * leaves the arena exhausted, so that algorithms need not look after every step. */
#ifndef CORSIM_INFRA_H
#define CORSIM_INFRA_H

#include "corsim.h"

#include <string.h>

/* `size` bytes of the arena aligned to `align` (a power of two), or NULL once it is exhausted. */
void *cors_arena_take(struct cors_arena *arena, size_t size, size_t align);

#define ARENA_NEW(arena, type, count)                                                              \
    ((type *)cors_arena_take((arena), (count) * sizeof(type), _Alignof(type)))

static inline bool is_null(struct cors_bytes bytes)
{
    return bytes.at == NULL;
}

static inline struct cors_bytes null_bytes(void)
{
    return (struct cors_bytes){0};
}

static inline bool bytes_equal(struct cors_bytes a, struct cors_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool starts_with(struct cors_bytes bytes, struct cors_bytes prefix)
{
    return bytes.len >= prefix.len &&
           bytes_equal((struct cors_bytes){bytes.at, prefix.len}, prefix);
}

/* The bytes from `from` up to, not including, `to`. A part of null is null: C does not let 0 be
 * added to its pointer. */
static inline struct cors_bytes bytes_slice(struct cors_bytes bytes, size_t from, size_t to)
{
    return bytes.at == NULL ? bytes : (struct cors_bytes){bytes.at + from, to - from};
}

static inline bool is_ascii_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* https://infra.spec.whatwg.org/#byte-lowercase, one byte */
static inline char byte_lowercase(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool equal_but_for_case(const char *a, const char *b, size_t len);
/* https://infra.spec.whatwg.org/#byte-case-insensitive */
static inline bool byte_case_insensitive_match(struct cors_bytes a, struct cors_bytes b)
{
    return a.len == b.len && equal_but_for_case(a.at, b.at, a.len);
}
/* https://infra.spec.whatwg.org/#byte-lowercase: copied only where something changes. */
struct cors_bytes bytes_lowercase(struct cors_bytes bytes, struct cors_arena *arena);
/* https://infra.spec.whatwg.org/#byte-less-than */
bool byte_less_than(struct cors_bytes a, struct cors_bytes b);
/* Whether `bytes` holds `byte`. */
bool bytes_contain(struct cors_bytes bytes, char byte);
/* The bytes without any of HTTP tab or space at either end. */
struct cors_bytes strip_tab_or_space(struct cors_bytes bytes);

bool has_byte_beyond_ascii(struct cors_bytes bytes);
/* The UTF-8 of the text whose characters are these bytes:
 * https://infra.spec.whatwg.org/#isomorphic-decode, and encoded anew. */
struct cors_bytes from_latin_1(struct cors_bytes bytes, struct cors_arena *arena);

/* All of `count` sequences one behind the other, `between` between them. */
struct cors_bytes bytes_join(const struct cors_bytes *parts, size_t count,
                             struct cors_bytes between, struct cors_arena *arena);
/* https://infra.spec.whatwg.org/#serialize-an-integer */
struct cors_bytes serialize_integer(uint64_t number, struct cors_arena *arena);

#define BYTES_CONCAT(arena, ...)                                                                   \
    bytes_join((const struct cors_bytes[]){__VA_ARGS__},                                           \
               sizeof((const struct cors_bytes[]){__VA_ARGS__}) / sizeof(struct cors_bytes),       \
               CORS_BYTES(""), (arena))

#endif
