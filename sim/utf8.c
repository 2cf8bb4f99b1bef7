/* Encoding Standard, section "UTF-8" (https://encoding.spec.whatwg.org/#utf-8-decoder): whether
 * bytes are UTF-8, and U+FFFD in place of what is not. What is replaced is always the longest
 * prefix of a code point that the bytes could still have become, as the standard's decoder has it.
 * Nothing is dropped: a byte order mark is a code point like any other. */
#include "url.h"

/* How many continuation bytes follow a lead byte, and the range of the first of them, which is what
 * keeps out overlong forms, surrogates and what is above U+10FFFF. */
struct lead {
    size_t continuations; /* 0: no lead byte */
    unsigned char lower;
    unsigned char upper;
};

static struct lead lead_of(unsigned char byte)
{
    if (byte >= 0xC2 && byte <= 0xDF)
        return (struct lead){1, 0x80, 0xBF};
    if (byte >= 0xE0 && byte <= 0xEF)
        return (struct lead){2, byte == 0xE0 ? 0xA0 : 0x80, byte == 0xED ? 0x9F : 0xBF};
    if (byte >= 0xF0 && byte <= 0xF4)
        return (struct lead){3, byte == 0xF0 ? 0x90 : 0x80, byte == 0xF4 ? 0x8F : 0xBF};
    return (struct lead){0};
}

/* The length of the code point at `at`, or of the ill-formed bytes there that count as one. */
static size_t code_point_length(const char *at, size_t len, bool *well_formed)
{
    const struct lead lead = lead_of((unsigned char)*at);
    *well_formed = (unsigned char)*at < 0x80 || lead.continuations > 0;
    unsigned char lower = lead.lower;
    unsigned char upper = lead.upper;
    for (size_t i = 1; i <= lead.continuations; i++) {
        if (i == len || (unsigned char)at[i] < lower || (unsigned char)at[i] > upper) {
            *well_formed = false;
            return i;
        }
        lower = 0x80;
        upper = 0xBF;
    }
    return lead.continuations + 1;
}

/* The length of the longest prefix that is UTF-8. */
static size_t well_formed_prefix(struct cors_bytes bytes)
{
    bool well_formed = true;
    size_t i = 0;
    while (i < bytes.len) {
        const size_t length = code_point_length(bytes.at + i, bytes.len - i, &well_formed);
        if (!well_formed)
            break;
        i += length;
    }
    return i;
}

bool is_utf8(struct cors_bytes bytes)
{
    return well_formed_prefix(bytes) == bytes.len;
}

struct cors_bytes utf8_decode_without_bom(struct cors_bytes bytes, struct cors_arena *arena)
{
    size_t done = well_formed_prefix(bytes);
    if (done == bytes.len)
        return bytes;
    const char *start = arena->at;
    append(arena, bytes.at, done);
    while (done < bytes.len && !arena->exhausted) {
        bool well_formed;
        const size_t length = code_point_length(bytes.at + done, bytes.len - done, &well_formed);
        if (well_formed)
            append(arena, bytes.at + done, length);
        else
            append(arena, "\xEF\xBF\xBD", 3);
        done += length;
    }
    return appended_since(start, arena);
}
