/* Fetch Standard, section "Headers", extracting values
 * (https://fetch.spec.whatwg.org/#extract-header-values), with the grammars of "HTTP new-header
 * syntax" (https://fetch.spec.whatwg.org/#http-new-header-syntax), `Origin` and
 * `Cross-Origin-Resource-Policy`. Invariants: null (no such header), failure (one that is not as
 * its grammar says) and the empty list are never confused; values are slices of the header's. */
#include "headers.h"

/* Which ABNFs are of the form #element or 1#element, so that several headers count as one. */
static bool allows_several_headers(enum header_abnf abnf)
{
    return abnf == ABNF_FIELD_NAMES || abnf == ABNF_ONE_OR_MORE_FIELD_NAMES || abnf == ABNF_METHODS;
}

static size_t skip_tab_or_space(struct cors_bytes value, size_t position)
{
    while (position < value.len && (value.at[position] == ' ' || value.at[position] == '\t'))
        position++;
    return position;
}

/* https://httpwg.org/specs/rfc9110.html#abnf.extension.recipient: elements that are tokens,
 * commas and space between them; empty elements do not count. False: something else is there. */
static bool parse_tokens(struct cors_bytes value, struct cors_bytes *tokens, size_t *count)
{
    *count = 0;
    for (size_t position = 0;; position++) {
        position = skip_tab_or_space(value, position);
        const size_t start = position;
        while (position < value.len && byte_is(value.at[position], BYTE_TOKEN))
            position++;
        if (position > start)
            tokens[(*count)++] = bytes_slice(value, start, position);
        position = skip_tab_or_space(value, position);
        if (position >= value.len || value.at[position] != ',')
            return position >= value.len;
    }
}

/* https://httpwg.org/specs/rfc9111.html#delta-seconds: digits, as many as there may be. */
static bool is_delta_seconds(struct cors_bytes value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!is_ascii_digit(value.at[i]))
            return false;
    return value.len > 0;
}

static bool is_lower_alpha(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_lower_alphanum(char c)
{
    return is_lower_alpha(c) || is_ascii_digit(c);
}

/* https://fetch.spec.whatwg.org/#serialized-scheme */
static bool is_serialized_scheme(struct cors_bytes scheme)
{
    for (size_t i = 0; i < scheme.len; i++)
        if (!is_lower_alphanum(scheme.at[i]) && !bytes_contain(CORS_BYTES("+-."), scheme.at[i]))
            return false;
    return scheme.len > 0 && is_lower_alpha(scheme.at[0]);
}

/* https://fetch.spec.whatwg.org/#serialized-domain; a serialized-ipv4 is one as well. */
static bool is_serialized_domain(struct cors_bytes domain)
{
    for (size_t position = 0; position <= domain.len; position++) {
        const size_t start = position;
        position = position_of(domain, position, '.', '.');
        if (start == position || domain.at[start] == '-' || domain.at[position - 1] == '-')
            return false;
        for (size_t i = start; i < position; i++)
            if (!is_lower_alphanum(domain.at[i]) && domain.at[i] != '-')
                return false;
    }
    return true;
}

/* https://fetch.spec.whatwg.org/#h16 */
static bool is_h16(struct cors_bytes piece)
{
    for (size_t i = 0; i < piece.len; i++)
        if (!is_ascii_digit(piece.at[i]) && !(piece.at[i] >= 'a' && piece.at[i] <= 'f'))
            return false;
    return piece.len == 1 || (piece.len > 1 && piece.len <= 4 && piece.at[0] != '0');
}

/* The pieces of `h16 *( ":" h16 )`; 0 for the empty string; 9, which is too many, for all else. */
static size_t count_h16(struct cors_bytes address)
{
    size_t count = 0;
    if (address.len == 0)
        return 0;
    for (size_t position = 0; position <= address.len; position++) {
        const size_t start = position;
        position = position_of(address, position, ':', ':');
        if (!is_h16(bytes_slice(address, start, position)))
            return 9;
        count++;
    }
    return count;
}

/* https://fetch.spec.whatwg.org/#serialized-ipv6: eight pieces, or at most six around a "::". */
static bool is_serialized_ipv6(struct cors_bytes address)
{
    for (size_t i = 0; i + 1 < address.len; i++)
        if (address.at[i] == ':' && address.at[i + 1] == ':')
            return count_h16(bytes_slice(address, 0, i)) +
                       count_h16(bytes_slice(address, i + 2, address.len)) <=
                   6;
    return count_h16(address) == 8;
}

/* https://fetch.spec.whatwg.org/#serialized-port behind its ":"; nothing is fine too. */
static bool is_colon_and_serialized_port(struct cors_bytes port)
{
    return port.len == 0 ||
           (port.at[0] == ':' && port.len <= 6 && is_delta_seconds(bytes_slice(port, 1, port.len)));
}

/* https://fetch.spec.whatwg.org/#serialized-origin */
static bool is_serialized_origin(struct cors_bytes value)
{
    const size_t colon = position_of(value, 0, ':', ':');
    if (!is_serialized_scheme(bytes_slice(value, 0, colon)) ||
        !starts_with(bytes_slice(value, colon, value.len), CORS_BYTES("://")))
        return false;
    struct cors_bytes host = bytes_slice(value, colon + 3, value.len);
    const bool bracket = host.len > 0 && host.at[0] == '[';
    if (bracket)
        host = bytes_slice(host, 1, host.len);
    size_t end = bracket ? position_of(host, 0, ']', ']') : position_of(host, 0, ':', ':');
    if (bracket && end == host.len)
        return false;
    const struct cors_bytes rest = bytes_slice(host, bracket ? end + 1 : end, host.len);
    host.len = end;
    return (bracket ? is_serialized_ipv6(host) : is_serialized_domain(host)) &&
           is_colon_and_serialized_port(rest);
}

/* https://fetch.spec.whatwg.org/#origin-or-null */
static bool is_origin_or_null(struct cors_bytes value)
{
    return bytes_equal(value, CORS_BYTES("null")) || is_serialized_origin(value);
}

/* https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header */
static bool is_resource_policy(struct cors_bytes value)
{
    return bytes_equal(value, CORS_BYTES("same-origin")) ||
           bytes_equal(value, CORS_BYTES("same-site")) ||
           bytes_equal(value, CORS_BYTES("cross-origin"));
}

/* Parses per the ABNF into `values`, which has room for one more than there are commas. */
static bool parse_by_abnf(enum header_abnf abnf, struct cors_bytes value, struct cors_bytes *values,
                          size_t *count)
{
    values[0] = value;
    *count = 1;
    switch (abnf) {
    case ABNF_FIELD_NAMES:
    case ABNF_METHODS:
        return parse_tokens(value, values, count);
    case ABNF_ONE_OR_MORE_FIELD_NAMES:
        return parse_tokens(value, values, count) && *count > 0;
    case ABNF_METHOD:
        return is_token(value);
    case ABNF_ORIGIN_OR_NULL_OR_WILDCARD:
        return bytes_equal(value, CORS_BYTES("*")) || is_origin_or_null(value);
    case ABNF_ORIGIN_OR_NULL:
        return is_origin_or_null(value);
    case ABNF_TRUE:
        return bytes_equal(value, CORS_BYTES("true"));
    case ABNF_DELTA_SECONDS:
        return is_delta_seconds(value);
    case ABNF_RESOURCE_POLICY:
        return is_resource_policy(value);
    case ABNF_SINGLE_URL: /* what is and is not a URL is the URL parser's to say */
    case ABNF_ANY:
        break;
    }
    return true;
}

/* https://fetch.spec.whatwg.org/#extract-header-values */
static struct cors_values extract_header_values(const struct steps *caller, enum header_abnf abnf,
                                                struct cors_bytes value, struct cors_bytes *values)
{
    struct steps s = begin(caller, "extract-header-values");
    size_t count = 0;

    /* 1. A value that is not as its header's grammar says: failure. */
    if (whether(&s, "1", !parse_by_abnf(abnf, value, values, &count)))
        return (struct cors_values){.kind = CORS_VALUES_FAILURE};

    /* 2. The elements of a list, or the whole of anything else. */
    return (struct cors_values){CORS_VALUES_LIST, values, count};
}

/* At least as many as the values in all headers of that name, of which `first` is the first. */
static size_t count_values(const struct cors_header_list *list, struct cors_bytes name,
                           size_t first)
{
    size_t count = 0;
    for (size_t i = first; i < list->count; i = header_list_find(list, name, i + 1)) {
        const struct cors_bytes value = list->at[i].value;
        count++;
        for (size_t j = 0; j < value.len; j++)
            count += value.at[j] == ',';
    }
    return count;
}

/* https://fetch.spec.whatwg.org/#extract-header-list-values */
struct cors_values extract_header_list_values(const struct steps *caller, struct cors_bytes name,
                                              const struct cors_header_list *list,
                                              struct cors_arena *arena)
{
    struct steps s = begin(caller, "extract-header-list-values");
    show(&s, "1", "name", name);

    /* 1. No such header: null. */
    const size_t first = header_list_find(list, name, 0);
    if (whether(&s, "1", first == list->count))
        return (struct cors_values){.kind = CORS_VALUES_NULL};

    /* 2. Several where only one makes sense: failure. */
    const enum header_abnf abnf = header_abnf(name);
    const bool several = header_list_find(list, name, first + 1) < list->count;
    if (whether(&s, "2", !allows_several_headers(abnf) && several))
        return (struct cors_values){.kind = CORS_VALUES_FAILURE};

    /* 3. No values yet. Behind a single header there is nothing more to look for. */
    const struct cors_header_list headers = {list->at, several ? list->count : first + 1, 0};
    struct cors_bytes *values =
        ARENA_NEW(arena, struct cors_bytes, count_values(&headers, name, first));
    size_t count = 0;
    if (values == NULL)
        return (struct cors_values){.kind = CORS_VALUES_NULL};

    /* 4. Each header of that name, in order. */
    for (size_t i = first; i < headers.count; i = header_list_find(&headers, name, i + 1)) {
        /* 4.1. What its value holds, per its grammar. */
        const struct cors_bytes value = not_null(headers.at[i].value);
        show(&s, "4.1", "header", value);
        struct cors_values extract = extract_header_values(&s, abnf, value, values + count);

        /* 4.2. One bad header spoils them all: failure. */
        if (whether(&s, "4.2", extract.kind == CORS_VALUES_FAILURE))
            return extract;

        /* 4.3. They stand behind the earlier ones already. */
        count += extract.count;
    }

    /* 5. The list, which may be empty. */
    arena->at = (char *)(values + count);
    return (struct cors_values){CORS_VALUES_LIST, values, count};
}

struct cors_values cors_extract_header_list_values(struct cors_bytes name,
                                                   const struct cors_header_list *list,
                                                   struct cors_arena *arena)
{
    return extract_header_list_values(NULL, name, list, arena);
}

uint64_t parse_delta_seconds(struct cors_bytes digits)
{
    uint64_t seconds = 0;
    for (size_t i = 0; i < digits.len; i++) {
        const uint64_t digit = (uint64_t)(digits.at[i] - '0');
        if (seconds > (UINT64_MAX - digit) / 10)
            return UINT64_MAX;
        seconds = seconds * 10 + digit;
    }
    return seconds;
}
