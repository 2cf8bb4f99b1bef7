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

static const uint64_t every_byte = 0x0101010101010101;

/* Of eight bytes that differ from others by `difference` in nothing but the case bit, 0x20: whether
 * those that do are letters. Adding to seven bits sets the eighth, and carries nothing into the
 * next byte, where they are `a` or more, and where they are more than `z`. */
static bool differ_in_letters(uint64_t bytes, uint64_t difference)
{
    const uint64_t lower = (bytes | every_byte * 0x20) & every_byte * 0x7F;
    const uint64_t from_a = lower + every_byte * (0x80 - 'a');
    const uint64_t beyond_z = lower + every_byte * (0x7F - 'z');
    const uint64_t letters = from_a & ~beyond_z & ~bytes & every_byte * 0x80;
    return (difference << 2 & ~letters) == 0;
}

/* In which order the machine loads the eight bytes does not matter. */
static inline bool eight_bytes_match(const char *a, const char *b)
{
    uint64_t x;
    uint64_t y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    const uint64_t difference = x ^ y;
    return difference == 0 ||
           ((difference & ~(every_byte * 0x20)) == 0 && differ_in_letters(x, difference));
}

static inline bool byte_matches(char a, char b)
{
    return a == b || byte_lowercase(a) == byte_lowercase(b);
}

/* From the end, as names that are not equal often begin alike. The first eight bytes, which come
 * last, may be looked at twice. */
bool equal_but_for_case(const char *a, const char *b, size_t len)
{
    if (len < 8) {
        while (len > 0 && byte_matches(a[len - 1], b[len - 1]))
            len--;
        return len == 0;
    }
    for (; len > 8; len = len < 16 ? 8 : len - 8)
        if (!eight_bytes_match(a + len - 8, b + len - 8))
            return false;
    return eight_bytes_match(a, b);
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

bool has_byte_beyond_ascii(struct cors_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if ((unsigned char)bytes.at[i] >= 0x80)
            return true;
    return false;
}

struct cors_bytes from_latin_1(struct cors_bytes bytes, struct cors_arena *arena)
{
    char *text = ARENA_NEW(arena, char, 2 * bytes.len);
    size_t length = 0;
    for (size_t i = 0; text != NULL && i < bytes.len; i++) {
        const unsigned char byte = (unsigned char)bytes.at[i];
        if (byte >= 0x80)
            text[length++] = (char)(0xC0 | (byte >> 6));
        text[length++] = (char)(byte >= 0x80 ? 0x80 | (byte & 0x3F) : byte);
    }
    return text == NULL ? bytes : (struct cors_bytes){text, length};
}

static char *put(char *at, struct cors_bytes piece)
{
    if (piece.len > 0)
        memcpy(at, piece.at, piece.len);
    return at + piece.len;
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
    for (size_t i = 0; i < count; i++)
        at = put(i > 0 ? put(at, between) : at, parts[i]);
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
