/* MIME Sniffing Standard, section "Parsing a MIME type"
 * (https://mimesniff.spec.whatwg.org/#parsing-a-mime-type), and Fetch Standard, section
 * "Content-Type header" (https://fetch.spec.whatwg.org/#content-type-header). Of a MIME type's
 * parameters only `charset` is kept: no CORS decision asks for another. Invariants: failure, no
 * charset and an empty charset are three things; however many parameters there are, the arena
 * holds one value of them. */
#include "headers.h"

static const struct mime_type mime_type_failure = {.failure = true};

static size_t skip_http_whitespace(struct cors_bytes input, size_t position)
{
    while (position < input.len && bytes_contain(CORS_BYTES("\t\n\r "), input.at[position]))
        position++;
    return position;
}

static struct cors_bytes without_trailing_http_whitespace(struct cors_bytes bytes)
{
    while (bytes.len > 0 && bytes_contain(CORS_BYTES("\t\n\r "), bytes.at[bytes.len - 1]))
        bytes.len--;
    return bytes;
}

/* https://mimesniff.spec.whatwg.org/#parse-a-mime-type steps 11.1 to 11.9 */
bool collect_a_parameter(const struct steps *s, struct cors_bytes input, size_t *position,
                         struct parameter *parameter, struct cors_arena *arena)
{
    /* 11.1. Go on behind the semicolon. */
    *position += 1;

    /* 11.2. Space before the name is not part of it. */
    *position = skip_http_whitespace(input, *position);

    /* 11.3. The name is what stands before the equals sign. */
    size_t start = *position;
    *position = position_of(input, *position, ';', '=');
    parameter->name = bytes_slice(input, start, *position);

    /* 11.4. Case does not matter; whoever compares names sees to that. */
    /* 11.5. Something follows the name. */
    if (whether(s, "11.5", *position < input.len)) {
        /* 11.5.1. A name without a value is no parameter. */
        if (whether(s, "11.5.1", input.at[*position] == ';'))
            return false;

        /* 11.5.2. Go on behind the equals sign. */
        *position += 1;
    }

    /* 11.6. Nothing follows: it has no value. */
    if (whether(s, "11.6", *position >= input.len))
        return false;

    /* 11.7. The value is not known. */
    /* 11.8. The value is quoted. */
    if (whether(s, "11.8", input.at[*position] == '"')) {
        /* 11.8.1. It is what stands in the quotes. */
        parameter->value = collect_an_http_quoted_string(input, position, arena);

        /* 11.8.2. What follows the quotes is ignored. */
        *position = position_of(input, *position, ';', ';');
    }
    /* 11.9. The value is not quoted. */
    else {
        /* 11.9.1. It is what stands before the next parameter. */
        start = *position;
        *position = position_of(input, *position, ';', ';');
        parameter->value = bytes_slice(input, start, *position);

        /* 11.9.2. Space behind it is not part of it. */
        parameter->value = without_trailing_http_whitespace(parameter->value);

        /* 11.9.3. Only quotes can make an empty value. */
        if (whether(s, "11.9.3", parameter->value.len == 0))
            return false;
    }
    return true;
}

/* https://mimesniff.spec.whatwg.org/#parse-a-mime-type step 11 */
static void parse_parameters(const struct steps *s, struct cors_bytes input, size_t position,
                             struct mime_type *mime_type, struct cors_arena *arena)
{
    /* 11. One parameter after the other. */
    while (whether(s, "11", position < input.len)) {
        struct parameter parameter;
        char *const mark = arena->at;
        if (!collect_a_parameter(s, input, &position, &parameter, arena)) {
            if (position >= input.len)
                break;
            continue;
        }

        /* 11.10. The first parameter of a name counts, if its value could be written. */
        if (whether(s, "11.10",
                    byte_case_insensitive_match(parameter.name, CORS_BYTES("charset")) &&
                        !contains_byte_outside(parameter.value, BYTE_HTTP_QUOTED_STRING_TOKEN) &&
                        is_null(mime_type->charset)))
            mime_type->charset = parameter.value;
        else
            arena->at = mark;
    }
}

/* https://mimesniff.spec.whatwg.org/#parse-a-mime-type */
struct mime_type parse_a_mime_type_steps(const struct steps *caller, struct cors_bytes input,
                                         struct cors_arena *arena)
{
    struct steps s = begin(caller, "parse-a-mime-type");

    /* 1. Space around it is not part of it. */
    input = cors_normalize_header_value(not_null(input));

    /* 2. Start at its first byte. */
    size_t position = 0;

    /* 3. The type is what stands before the slash. */
    position = position_of(input, position, '/', '/');
    const struct cors_bytes type = bytes_slice(input, 0, position);

    /* 4. It must be a token. */
    if (whether(&s, "4", !is_token(type)))
        return mime_type_failure;

    /* 5. There must be a slash. */
    if (whether(&s, "5", position >= input.len))
        return mime_type_failure;

    /* 6. Go on behind it. */
    position += 1;

    /* 7. The subtype is what stands before the parameters. */
    const size_t subtype_start = position;
    position = position_of(input, position, ';', ';');
    struct cors_bytes subtype = bytes_slice(input, subtype_start, position);

    /* 8. Space behind it is not part of it. */
    subtype = without_trailing_http_whitespace(subtype);

    /* 9. It must be a token. */
    if (whether(&s, "9", !is_token(subtype)))
        return mime_type_failure;

    /* 10. Both in lower case; they stand together already. */
    struct mime_type mime_type = {
        .essence = bytes_lowercase(bytes_slice(input, 0, subtype_start + subtype.len), arena),
    };
    show(&s, "10", "essence", mime_type.essence);

    parse_parameters(&s, input, position, &mime_type, arena);

    /* 12. The MIME type. */
    return arena->exhausted ? mime_type_failure : mime_type;
}

struct mime_type parse_a_mime_type(struct cors_bytes input, struct cors_arena *arena)
{
    return parse_a_mime_type_steps(NULL, input, arena);
}

/* https://fetch.spec.whatwg.org/#concept-header-extract-mime-type */
struct mime_type extract_a_mime_type(const struct steps *caller,
                                     const struct cors_header_list *headers,
                                     struct cors_arena *arena)
{
    struct steps s = begin(caller, "header-extract-mime-type");

    /* 1. No charset yet. */
    struct cors_bytes charset = null_bytes();

    /* 2. No essence yet. */
    struct cors_bytes essence = null_bytes();

    /* 3. No MIME type yet; none in the end is failure. */
    struct mime_type mime_type = mime_type_failure;

    /* 4. What stands between the commas of all Content-Type headers. */
    const struct cors_values values =
        header_list_get_decode_and_split(&s, headers, CORS_BYTES("Content-Type"), arena);

    /* 5. No such header: failure. */
    if (whether(&s, "5", values.kind == CORS_VALUES_NULL))
        return mime_type_failure;

    /* 6. The last one that is any good counts. */
    for (size_t i = 0; i < values.count; i++) {
        /* 6.1. Read it as a MIME type. */
        struct mime_type temporary_mime_type = parse_a_mime_type_steps(&s, values.at[i], arena);

        /* 6.2. It is none, or says nothing. */
        if (whether(&s, "6.2",
                    temporary_mime_type.failure ||
                        bytes_equal(temporary_mime_type.essence, CORS_BYTES("*/*"))))
            continue;

        /* 6.3. It takes the place of the earlier ones. */
        mime_type = temporary_mime_type;

        /* 6.4. Another type: what was said of the earlier ones is void. */
        if (whether(&s, "6.4", !bytes_equal(mime_type.essence, essence))) {
            /* 6.4.1. Their charset is. */
            charset = null_bytes();

            /* 6.4.2. This one may bring its own. */
            if (whether(&s, "6.4.2", !is_null(mime_type.charset)))
                charset = mime_type.charset;

            /* 6.4.3. Later ones are compared with this one. */
            essence = mime_type.essence;
        }
        /* 6.5. The same type without a charset: it keeps the earlier one's. */
        else if (whether(&s, "6.5", is_null(mime_type.charset) && !is_null(charset)))
            mime_type.charset = charset;
    }

    /* 7. None was any good: failure. */
    if (whether(&s, "7", mime_type.failure))
        return mime_type_failure;

    /* 8. The last good one. */
    return arena->exhausted ? mime_type_failure : mime_type;
}
