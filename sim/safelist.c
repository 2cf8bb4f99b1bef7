/* Fetch Standard, section "Headers", the sets that decide about headers
 * (https://fetch.spec.whatwg.org/#cors-safelisted-request-header and what follows it): what needs
 * no preflight, what a script may not set, what it may read. Invariants: which names are in which
 * set is in spec-tables/; nothing here changes the deciding step, that is for the callers. */
#include "engine.h"
#include "headers.h"

enum { SAFELISTED_VALUE_LIMIT = 128 };

static bool is_digits(struct cors_bytes value)
{
    for (size_t i = 0; i < value.len; i++)
        if (!is_ascii_digit(value.at[i]))
            return false;
    return value.len > 0;
}

/* Digits, perhaps a point and digits. */
static bool is_decimal(struct cors_bytes value)
{
    const size_t point = position_of(value, 0, '.', '.');
    return is_digits(bytes_slice(value, 0, point)) &&
           (point == value.len || is_digits(bytes_slice(value, point + 1, value.len)));
}

static bool is_connection_type(struct cors_bytes value)
{
    return bytes_equal(value, CORS_BYTES("slow-2g")) || bytes_equal(value, CORS_BYTES("2g")) ||
           bytes_equal(value, CORS_BYTES("3g")) || bytes_equal(value, CORS_BYTES("4g"));
}

static bool is_on(struct cors_bytes value)
{
    return byte_case_insensitive_match(value, CORS_BYTES("on"));
}

static bool is_anything(struct cors_bytes value)
{
    (void)value;
    return true;
}

/* Headers that Chromium sends by itself, with such values as it would send. */
static bool is_client_hint(struct cors_bytes name, struct cors_bytes value)
{
    static const struct {
        struct cors_bytes name;
        bool (*rule)(struct cors_bytes value);
    } hints[] = {
        {{"device-memory", 13}, is_decimal}, {{"dpr", 3}, is_decimal},
        {{"downlink", 8}, is_decimal},       {{"width", 5}, is_digits},
        {{"viewport-width", 14}, is_digits}, {{"rtt", 3}, is_digits},
        {{"ect", 3}, is_connection_type},    {{"save-data", 9}, is_on},
        {{"intervention", 12}, is_anything},
    };
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (byte_case_insensitive_match(name, hints[i].name))
            return hints[i].rule(value);
    return false;
}

static bool is_beyond_ascii(struct cors_bytes value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.at[i] >= 0x80)
            return true;
    return false;
}

/* https://fetch.spec.whatwg.org/#cors-safelisted-request-header step 2.e: further names that a
 * browser safelists. */
static bool is_safelisted_by_browser(const struct steps *s, struct cors_bytes name,
                                     struct cors_bytes value)
{
    if (s->simulation == NULL || s->simulation->engine == 0)
        return false;
    return is_client_hint(name, value) && deviates(s, CORS_DEV_CLIENT_HINTS_ARE_SAFELISTED);
}

/* https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
bool is_cors_safelisted_request_header(const struct steps *caller, struct cors_bytes name,
                                       struct cors_bytes value, struct cors_arena *arena)
{
    struct steps s = begin(caller, "cors-safelisted-request-header");

    /* 1. No long values: they could carry an attack on the server. */
    if (whether(&s, "1", value.len > SAFELISTED_VALUE_LIMIT))
        return false;

    /* 2. Each name has a rule for its values. */
    switch (header_value_rule(name)) {
    /* 2.a. Accept: none of the bytes that servers are known to stumble over. */
    case VALUE_RULE_ACCEPT:
        if (whether(
                &s, "2.a",
                contains_byte_of(value, BYTE_CORS_UNSAFE_REQUEST_HEADER) ||
                    (is_beyond_ascii(value) && deviates(&s, CORS_DEV_NON_ASCII_ACCEPT_IS_UNSAFE))))
            return false;
        break;

    /* 2.b. Accept-Language, Content-Language: nothing that no list of languages needs. */
    case VALUE_RULE_LANGUAGE:
        if (whether(&s, "2.b", contains_byte_outside(value, BYTE_LANGUAGE)))
            return false;
        break;

    /* 2.c. Content-Type: what a form could send. */
    case VALUE_RULE_CONTENT_TYPE: {
        /* 2.c.1. None of the unsafe bytes. */
        if (whether(&s, "2.c.1",
                    contains_byte_of(value, BYTE_CORS_UNSAFE_REQUEST_HEADER) ||
                        (is_beyond_ascii(value) &&
                         deviates(&s, CORS_DEV_NON_ASCII_CONTENT_TYPE_IS_UNSAFE))))
            return false;

        /* 2.c.2. The one MIME type that the whole value is. */
        struct mime_type mime_type = parse_a_mime_type_steps(&s, value, arena);

        /* 2.c.3. It is none. */
        if (whether(&s, "2.c.3",
                    mime_type.failure ||
                        (bytes_contain(value, ',') &&
                         deviates(&s, CORS_DEV_CONTENT_TYPE_WITH_COMMA_IS_UNSAFE))))
            return false;

        /* 2.c.4. Only the three encodings of forms. */
        if (whether(&s, "2.c.4",
                    (mime_type_sets(mime_type.essence) & MIME_TYPE_CORS_SAFELISTED) == 0))
            return false;
        break;
    }

    /* 2.d. Range: what media elements send. */
    case VALUE_RULE_RANGE: {
        /* 2.d.1. A single range of bytes without any space in it. */
        struct range_value range_value =
            parse_a_single_range_header_value(&s, value, WHITESPACE_DISALLOWED);

        /* 2.d.2. It is none. */
        if (whether(&s, "2.d.2", range_value.failure))
            return false;

        /* 2.d.3. Browsers never asked for the last bytes without saying from where. */
        if (whether(&s, "2.d.3", is_null(range_value.start)))
            return false;
        break;
    }

    /* 2.e. No other name is safelisted. */
    case VALUE_RULE_NONE:
        return !whether(&s, "2.e", !is_safelisted_by_browser(&s, name, value));
    }

    /* 3. Its value keeps the rule. */
    return true;
}

bool cors_is_cors_safelisted_request_header(struct cors_bytes name, struct cors_bytes value,
                                            struct cors_arena *arena)
{
    return is_cors_safelisted_request_header(NULL, name, value, arena);
}

/* Only browsers' deviations ask. */
static bool has_repeated_name(const struct steps *s, const struct cors_header_list *headers,
                              struct cors_arena *arena)
{
    return s->simulation != NULL && s->simulation->engine != 0 &&
           sorted_header_names(headers, arena).count < headers->count;
}

/* The position of a name in a sorted-lowercase set that holds it. */
static size_t position_in(const struct cors_values *set, struct cors_bytes lower)
{
    size_t low = 0;
    for (size_t high = set->count; low < high;) {
        const size_t middle = low + (high - low) / 2;
        if (byte_less_than(set->at[middle], lower))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The names of the set as often as they were found. */
static struct cors_values repeated(const struct cors_values *set, const struct cors_bytes *names,
                                   size_t count, struct cors_arena *arena)
{
    struct cors_bytes *all = ARENA_NEW(arena, struct cors_bytes, count);
    size_t *often = ARENA_NEW(arena, size_t, set->count);
    size_t found = 0;
    if (all == NULL || often == NULL)
        return (struct cors_values){.kind = CORS_VALUES_NULL};
    memset(often, 0, set->count * sizeof *often);
    for (size_t i = 0; i < count; i++)
        often[position_in(set, bytes_lowercase(names[i], arena))]++;
    if (arena->exhausted)
        return (struct cors_values){.kind = CORS_VALUES_NULL};
    for (size_t i = 0; i < set->count; i++)
        for (size_t j = 0; j < often[i]; j++)
            all[found++] = set->at[i];
    return (struct cors_values){CORS_VALUES_LIST, all, found};
}

/* https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names */
struct cors_values cors_unsafe_request_header_names(const struct steps *caller,
                                                    const struct cors_header_list *headers,
                                                    struct cors_arena *arena)
{
    struct steps s = begin(caller, "cors-unsafe-request-header-names");
    struct cors_header_list joined;

    /* 1. The names that need the server's consent. */
    struct cors_bytes *unsafe_names = ARENA_NEW(arena, struct cors_bytes, headers->count);
    size_t unsafe_count = 0;

    /* 2. The names that need it if all their values are too much together. */
    struct cors_bytes *potentially_unsafe_names =
        ARENA_NEW(arena, struct cors_bytes, headers->count);
    size_t potentially_unsafe_count = 0;
    if (unsafe_names == NULL || potentially_unsafe_names == NULL)
        return (struct cors_values){.kind = CORS_VALUES_NULL};

    /* 3. The length of those values together. */
    size_t safelist_value_size = 0;

    if (has_repeated_name(&s, headers, arena) && deviates(&s, CORS_DEV_HEADERS_ARE_JOINED)) {
        joined = cors_header_list_sort_and_combine(headers, arena);
        headers = &joined;
    }

    /* 4. Each header by itself. */
    for (size_t i = 0; i < headers->count; i++) {
        const struct cors_header *header = &headers->at[i];
        show(&s, "4", "header", header->name);

        /* 4.1. Not safelisted: unsafe. */
        if (whether(&s, "4.1",
                    !is_cors_safelisted_request_header(&s, header->name, header->value, arena)))
            unsafe_names[unsafe_count++] = header->name;

        /* 4.2. Safelisted: its value counts. */
        else {
            potentially_unsafe_names[potentially_unsafe_count++] = header->name;
            safelist_value_size += header->value.len;
        }
    }

    /* 5. Too much together: none of them is safe. */
    if (whether(&s, "5", safelist_value_size > constants_of(&s)->safelist_sum_limit))
        for (size_t i = 0; i < potentially_unsafe_count; i++)
            unsafe_names[unsafe_count++] = potentially_unsafe_names[i];

    /* 6. Each once, in lower case and in order, as Access-Control-Request-Headers has them. */
    struct cors_values set =
        cors_convert_header_names_to_a_sorted_lowercase_set(unsafe_names, unsafe_count, arena);
    if (set.count < unsafe_count && deviates(&s, CORS_DEV_UNSAFE_NAMES_ARE_REPEATED))
        return repeated(&set, unsafe_names, unsafe_count, arena);
    return set;
}

struct cors_values cors_cors_unsafe_request_header_names(const struct cors_header_list *headers,
                                                         struct cors_arena *arena)
{
    return cors_unsafe_request_header_names(NULL, headers, arena);
}

/* https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name */
bool is_cors_non_wildcard_request_header_name(struct cors_bytes name)
{
    return (header_name_sets(name) & HEADER_CORS_NON_WILDCARD) != 0;
}

/* https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name */
bool cors_is_cors_safelisted_response_header_name(struct cors_bytes name,
                                                  const struct cors_values *exposed)
{
    const unsigned sets = header_name_sets(name);
    return (sets & HEADER_CORS_SAFELISTED_RESPONSE) != 0 ||
           ((sets & HEADER_FORBIDDEN_RESPONSE) == 0 && values_contain_insensitively(exposed, name));
}

/* Whether `name` in lower case comes before (< 0), is (0) or comes behind `lower`. */
static int order_lowercased(struct cors_bytes name, struct cors_bytes lower)
{
    for (size_t i = 0; i < name.len && i < lower.len; i++) {
        const int difference =
            (unsigned char)byte_lowercase(name.at[i]) - (unsigned char)lower.at[i];
        if (difference != 0)
            return difference;
    }
    return (name.len > lower.len) - (name.len < lower.len);
}

bool sorted_lowercase_set_contains(const struct cors_values *set, struct cors_bytes name)
{
    size_t low = 0;
    size_t high = set->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = order_lowercased(name, set->at[middle]);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

struct cors_values make_searchable(const struct cors_values *names, struct cors_arena *arena)
{
    return names->count <= FEW ? *names
                               : cors_convert_header_names_to_a_sorted_lowercase_set(
                                     names->at, names->count, arena);
}

/* https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name */
static bool is_no_cors_safelisted_request_header_name(struct cors_bytes name)
{
    return (header_name_sets(name) & HEADER_NO_CORS_SAFELISTED_REQUEST) != 0;
}

/* https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header */
bool is_no_cors_safelisted_request_header(const struct steps *caller, struct cors_bytes name,
                                          struct cors_bytes value, struct cors_arena *arena)
{
    struct steps s = begin(caller, "no-cors-safelisted-request-header");

    /* 1. Fewer names than for a CORS request: Range is not among them. */
    if (whether(&s, "1", !is_no_cors_safelisted_request_header_name(name)))
        return false;

    /* 2. The values' rules are the same. */
    return whether(&s, "2", is_cors_safelisted_request_header(&s, name, value, arena));
}

bool cors_is_no_cors_safelisted_request_header(struct cors_bytes name, struct cors_bytes value,
                                               struct cors_arena *arena)
{
    return is_no_cors_safelisted_request_header(NULL, name, value, arena);
}

/* https://fetch.spec.whatwg.org/#forbidden-request-header */
bool is_forbidden_request_header(const struct steps *caller, struct cors_bytes name,
                                 struct cors_bytes value, struct cors_arena *arena)
{
    struct steps s = begin(caller, "forbidden-request-header");
    const unsigned sets = header_name_sets(name);

    /* 1. The browser alone speaks through these. */
    if (whether(&s, "1",
                (sets & HEADER_FORBIDDEN_REQUEST) != 0 ||
                    (s.simulation != NULL && s.simulation->engine != 0 &&
                     byte_case_insensitive_match(name, CORS_BYTES("User-Agent")) &&
                     deviates(&s, CORS_DEV_USER_AGENT_IS_FORBIDDEN))))
        return true;

    /* 2. And through all that begin like this. */
    if (whether(&s, "2", header_name_has_forbidden_prefix(name)))
        return true;

    /* 3. These make some servers take another method for the request's. */
    if (whether(&s, "3", (sets & HEADER_METHOD_OVERRIDE) != 0)) {
        /* 3.1. The methods that the value may be read as. */
        struct cors_values parsed_values = header_value_get_decode_and_split(&s, value, arena);

        /* 3.2. One that could not be asked for directly is not to be had this way either. */
        for (size_t i = 0; i < parsed_values.count; i++)
            if (whether(&s, "3.2", cors_is_forbidden_method(parsed_values.at[i])))
                return true;
    }

    /* 4. All others are a script's to set. */
    return false;
}

bool cors_is_forbidden_request_header(struct cors_bytes name, struct cors_bytes value,
                                      struct cors_arena *arena)
{
    return is_forbidden_request_header(NULL, name, value, arena);
}

/* https://fetch.spec.whatwg.org/#forbidden-response-header-name */
bool cors_is_forbidden_response_header_name(struct cors_bytes name)
{
    return (header_name_sets(name) & HEADER_FORBIDDEN_RESPONSE) != 0;
}

static size_t skip_tab_or_space(struct cors_bytes data, size_t position)
{
    while (position < data.len && (data.at[position] == '\t' || data.at[position] == ' '))
        position++;
    return position;
}

static size_t skip_ascii_digits(struct cors_bytes data, size_t position)
{
    while (position < data.len && is_ascii_digit(data.at[position]))
        position++;
    return position;
}

/* Digits as a decimal number: what leading zeros there are do not count. */
static struct cors_bytes without_leading_zeros(struct cors_bytes digits)
{
    while (digits.len > 1 && digits.at[0] == '0')
        digits = bytes_slice(digits, 1, digits.len);
    return digits;
}

static bool is_greater_than(struct cors_bytes a, struct cors_bytes b)
{
    return a.len != b.len ? a.len > b.len : byte_less_than(b, a);
}

static bool is_beyond_64_bits(struct cors_bytes digits)
{
    return !is_null(digits) && parse_delta_seconds(digits) > INT64_MAX;
}

/* https://fetch.spec.whatwg.org/#simple-range-header-value */
struct range_value parse_a_single_range_header_value(const struct steps *caller,
                                                     struct cors_bytes value,
                                                     enum whitespace allow_whitespace)
{
    struct steps s = begin(caller, "simple-range-header-value");
    const struct range_value failure = {.failure = true};

    /* 1. The string has the bytes for its code points. */
    const struct cors_bytes data = value;

    /* 2. The unit, in this case. */
    if (whether(&s, "2",
                !starts_with(data, CORS_BYTES("bytes")) &&
                    !(data.len >= 5 && equal_but_for_case(data.at, "bytes", 5) &&
                      deviates(&s, CORS_DEV_RANGE_UNIT_IN_ANY_CASE))))
        return failure;

    /* 3. Go on behind it. */
    size_t position = 5;

    /* 4. Space before the equals sign, where it may be. */
    if (whether(&s, "4", allow_whitespace == WHITESPACE_ALLOWED))
        position = skip_tab_or_space(data, position);

    /* 5. Nothing but the equals sign can be here. */
    if (whether(&s, "5", position >= data.len || data.at[position] != '='))
        return failure;

    /* 6. Go on behind it. */
    position += 1;

    /* 7. Space behind it, where it may be. */
    if (whether(&s, "7", allow_whitespace == WHITESPACE_ALLOWED))
        position = skip_tab_or_space(data, position);

    /* 8. The digits of the first byte's number. */
    size_t start = position;
    position = skip_ascii_digits(data, position);
    const struct cors_bytes range_start = bytes_slice(data, start, position);

    /* 9. Null, which is not zero, if there are none. */
    const struct cors_bytes range_start_value =
        range_start.len == 0 ? null_bytes() : without_leading_zeros(range_start);

    /* 10. Space behind it, where it may be. */
    if (whether(&s, "10", allow_whitespace == WHITESPACE_ALLOWED))
        position = skip_tab_or_space(data, position);

    /* 11. Nothing but the dash can be here. */
    if (whether(&s, "11", position >= data.len || data.at[position] != '-'))
        return failure;

    /* 12. Go on behind it. */
    position += 1;

    /* 13. Space behind it, where it may be. */
    if (whether(&s, "13", allow_whitespace == WHITESPACE_ALLOWED))
        position = skip_tab_or_space(data, position);

    /* 14. The digits of the last byte's number. */
    start = position;
    position = skip_ascii_digits(data, position);
    const struct cors_bytes range_end = bytes_slice(data, start, position);

    /* 15. Null if there are none. */
    const struct cors_bytes range_end_value =
        range_end.len == 0 ? null_bytes() : without_leading_zeros(range_end);

    if ((is_beyond_64_bits(range_start_value) || is_beyond_64_bits(range_end_value)) &&
        deviates(&s, CORS_DEV_RANGE_NUMBERS_ARE_64_BIT))
        return failure;

    /* 16. Nothing may follow, no second range either. */
    if (whether(&s, "16", position < data.len))
        return failure;

    /* 17. A range without any end is none. */
    if (whether(&s, "17", is_null(range_end_value) && is_null(range_start_value)))
        return failure;

    /* 18. One that ends before it starts is none either. */
    if (whether(&s, "18",
                !is_null(range_start_value) && !is_null(range_end_value) &&
                    is_greater_than(range_start_value, range_end_value)))
        return failure;

    /* 19. Both numbers, of which one may be null. */
    return (struct range_value){.start = range_start_value, .end = range_end_value};
}
