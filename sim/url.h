/* URL Standard, internal declarations: what its sections (url.c, host.c, percent.c) and those that
 * build on them (origin.c, secure_contexts.c) share. Strings here are UTF-8 byte sequences; a URL's
 * components are built one behind the other at the arena's end, each with append() and
 * appended_since(), so that nothing is measured beforehand and nothing is copied twice. */
#ifndef CORSIM_URL_H
#define CORSIM_URL_H

#include "trace.h"

/* Appends to what is being built at the arena's end; in a full arena nothing happens any more. */
static inline void append(struct cors_arena *arena, const char *at, size_t len)
{
    if (arena->exhausted || (size_t)(arena->end - arena->at) < len) {
        arena->exhausted = true;
        return;
    }
    if (len > 0)
        memcpy(arena->at, at, len);
    arena->at += len;
}

static inline void append_byte(struct cors_arena *arena, char byte)
{
    if (arena->exhausted || arena->at == arena->end) {
        arena->exhausted = true;
        return;
    }
    *arena->at++ = byte;
}

/* What was appended since the arena stood at `start`; never null. */
static inline struct cors_bytes appended_since(const char *start, const struct cors_arena *arena)
{
    return arena->at == start ? CORS_BYTES("")
                              : (struct cors_bytes){start, (size_t)(arena->at - start)};
}

/* https://infra.spec.whatwg.org/#ascii-alpha */
static inline bool is_ascii_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The value of an ASCII hex digit. */
static inline unsigned hex_value(char c)
{
    return is_ascii_digit(c) ? (unsigned)(c - '0') : (unsigned)(byte_lowercase(c) - 'a') + 10;
}

/* percent.c. `set` is one of the BYTE_..._SET classes of tables.h. */
void append_percent_encoded_byte(struct cors_arena *arena, char byte);
void append_utf8_percent_encoded(struct cors_arena *arena, struct cors_bytes input, unsigned set);
struct cors_bytes percent_decode(struct cors_bytes input, struct cors_arena *arena);

/* utf8.c: https://encoding.spec.whatwg.org/#utf-8-decode-without-bom-or-fail, and the same with
 * U+FFFD for what is ill-formed; neither makes a copy of what is well-formed. */
bool is_utf8(struct cors_bytes bytes);
struct cors_bytes utf8_decode_without_bom(struct cors_bytes bytes, struct cors_arena *arena);

/* host.c: https://url.spec.whatwg.org/#concept-host-parser. False is failure. */
bool parse_a_host(struct cors_host *host, struct cors_bytes input, bool is_opaque,
                  cors_domain_to_ascii *domain_to_ascii, struct cors_arena *arena);

/* punycode.c. False: not Punycode, too much of it, or an exhausted arena. */
enum { PUNYCODE_MOST_CODE_POINTS = 1000, PUNYCODE_MOST_BYTES = 2000 };
bool append_punycode(struct cors_arena *arena, const uint32_t *code_points, size_t count);
bool punycode_decode(struct cors_bytes input, uint32_t output[PUNYCODE_MOST_BYTES], size_t *count);

/* secure_contexts.c: the public functions, for those that trace. */
bool is_origin_potentially_trustworthy(const struct steps *caller,
                                       const struct cors_origin *origin);
bool is_url_potentially_trustworthy(const struct steps *caller, const struct cors_url *url,
                                    cors_domain_to_ascii *domain_to_ascii,
                                    struct cors_arena *arena);

#endif
