/* Fetch Standard, section "HTTP" (https://fetch.spec.whatwg.org/#http): what methods.c,
 * headers.c, header_values.c, safelist.c and mime.c share with each other and with nobody but the
 * serializer of MIME types. What the rest of the core calls is in fetch.h. */
#ifndef CORSIM_HEADERS_H
#define CORSIM_HEADERS_H

#include "fetch.h"
#include "tables.h"

/* Whether there is a byte in `bytes` that is in the class, or one that is not. */
static inline bool contains_byte_of(struct cors_bytes bytes, unsigned byte_class)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (byte_is(bytes.at[i], byte_class))
            return true;
    return false;
}

static inline bool contains_byte_outside(struct cors_bytes bytes, unsigned byte_class)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (!byte_is(bytes.at[i], byte_class))
            return true;
    return false;
}

/* https://httpwg.org/specs/rfc9110.html#rule.token.separators: the token production. */
static inline bool is_token(struct cors_bytes bytes)
{
    return bytes.len > 0 && !contains_byte_outside(bytes, BYTE_TOKEN);
}

/* The position of the first byte from `position` on that is `stop` or `or_stop`, or the end: what
 * is in between is the sequence collected of bytes that are neither. */
static inline size_t position_of(struct cors_bytes input, size_t position, char stop, char or_stop)
{
    while (position < input.len && input.at[position] != stop && input.at[position] != or_stop)
        position++;
    return position;
}

/* Up to so many names the plain way of searching or sorting is the quicker one. */
enum { FEW = 8 };

/* A caller's mistake made good: an empty header value has an `at`. */
static inline struct cors_bytes not_null(struct cors_bytes value)
{
    return is_null(value) ? CORS_BYTES("") : value;
}

/* safelist.c: whether it is in a set as cors_convert_header_names_to_a_sorted_lowercase_set makes
 * it */
bool sorted_lowercase_set_contains(const struct cors_values *set, struct cors_bytes name);

/* https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name, where `exposed` was made
 * searchable. */
static inline bool is_cors_safelisted_response_header_name(struct cors_bytes name,
                                                           const struct cors_values *exposed)
{
    const unsigned sets = header_name_sets(name);
    if ((sets & (HEADER_CORS_SAFELISTED_RESPONSE | HEADER_FORBIDDEN_RESPONSE)) != 0)
        return (sets & HEADER_CORS_SAFELISTED_RESPONSE) != 0;
    return exposed->count <= FEW ? values_contain_insensitively(exposed, name)
                                 : sorted_lowercase_set_contains(exposed, name);
}

/* headers.c: the index of the first header of that name from `from` on, or the list's count. */
size_t header_list_find(const struct cors_header_list *list, struct cors_bytes name, size_t from);

/* headers.c: an HTTP quoted string at the position, which must be a U+0022 ("). The standard's
 * extract-value is true where there is an arena to build the value in: without one the result is
 * the string as it stands, quotes and backslashes included. */
struct cors_bytes collect_an_http_quoted_string(struct cors_bytes input, size_t *position,
                                                struct cors_arena *arena);

/* headers.c: a header value's parts between its commas. */
struct cors_values header_value_get_decode_and_split(const struct steps *caller,
                                                     struct cors_bytes value,
                                                     struct cors_arena *arena);

/* safelist.c: numbers stay the digits they were written with, so that none is too large; null
 * where there is no number. */
struct range_value {
    bool failure;
    struct cors_bytes start;
    struct cors_bytes end;
};
enum whitespace { WHITESPACE_DISALLOWED = 0, WHITESPACE_ALLOWED };
struct range_value parse_a_single_range_header_value(const struct steps *caller,
                                                     struct cors_bytes value,
                                                     enum whitespace allow_whitespace);

/* mime.c: a parameter of a MIME type: its name as it was written, its value without quotes. */
struct parameter {
    struct cors_bytes name;
    struct cors_bytes value;
};
/* mime.c: the parameter behind the semicolon at the position, which ends up at the next semicolon
 * or at the end. False: what is there has no value. */
bool collect_a_parameter(const struct steps *s, struct cors_bytes input, size_t *position,
                         struct parameter *parameter, struct cors_arena *arena);

/* mime.c: parse_a_mime_type under somebody's eyes. */
struct mime_type parse_a_mime_type_steps(const struct steps *caller, struct cors_bytes input,
                                         struct cors_arena *arena);

#endif
