/* MIME Sniffing Standard, section "Serializing a MIME type"
 * (https://mimesniff.spec.whatwg.org/#serializing-a-mime-type), for the one place that writes a
 * MIME type: XMLHttpRequest, where it sets the charset of what a script said. mime.c decides what
 * a MIME type is and keeps its charset only; here its other parameters are read once more, as the
 * same standard's parser reads them, and kept. Invariants: the parameters stay in their order, the
 * first of a name counts; the result parses to the same MIME type, but for its charset. */
#include "headers.h"

struct parameter {
    struct cors_bytes name;  /* lower case */
    struct cors_bytes value; /* unquoted */
};

static size_t skip_http_whitespace(struct cors_bytes input, size_t position)
{
    while (position < input.len && bytes_contain(CORS_BYTES("\t\n\r "), input.at[position]))
        position++;
    return position;
}

/* What an unquoted value is, or the inside of a quoted one; what follows the quotes is ignored. */
static struct cors_bytes collect_value(struct cors_bytes input, size_t *position,
                                       struct cors_arena *arena)
{
    const size_t start = *position;
    if (start < input.len && input.at[start] == '"') {
        struct cors_bytes value = collect_an_http_quoted_string(input, position, arena);
        *position = position_of(input, *position, ';', ';');
        return value;
    }
    *position = position_of(input, start, ';', ';');
    size_t end = *position;
    while (end > start && bytes_contain(CORS_BYTES("\t\n\r "), input.at[end - 1]))
        end--;
    return end == start ? null_bytes() : bytes_slice(input, start, end);
}

/* The parameter behind the semicolon at the position, which ends up at the next semicolon. A name
 * or value that cannot be written again leaves the name empty. */
static struct parameter collect_parameter(struct cors_bytes input, size_t *position,
                                          struct cors_arena *arena)
{
    const size_t start = skip_http_whitespace(input, *position + 1);
    *position = position_of(input, start, ';', '=');
    struct parameter parameter = {.name = bytes_slice(input, start, *position)};
    if (*position >= input.len || input.at[*position] == ';')
        return (struct parameter){.name = CORS_BYTES("")};
    *position += 1;
    parameter.value = collect_value(input, position, arena);
    if (!is_token(parameter.name) || is_null(parameter.value) ||
        contains_byte_outside(parameter.value, BYTE_HTTP_QUOTED_STRING_TOKEN))
        return (struct parameter){.name = CORS_BYTES("")};
    parameter.name = bytes_lowercase(parameter.name, arena);
    return parameter;
}

static bool is_among(const struct parameter *parameters, size_t count, struct cors_bytes name)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_equal(parameters[i].name, name))
            return true;
    return false;
}

static struct cors_bytes quoted(struct cors_bytes value, struct cors_arena *arena)
{
    char *const at = ARENA_NEW(arena, char, 2 * value.len + 2);
    if (at == NULL)
        return CORS_BYTES("");
    size_t len = 0;
    at[len++] = '"';
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == '"' || value.at[i] == '\\')
            at[len++] = '\\';
        at[len++] = value.at[i];
    }
    at[len++] = '"';
    return (struct cors_bytes){at, len};
}

/* https://mimesniff.spec.whatwg.org/#serialize-a-mime-type */
static struct cors_bytes serialize(struct cors_bytes essence, const struct parameter *parameters,
                                   size_t count, struct cors_arena *arena)
{
    struct cors_bytes *const pieces = ARENA_NEW(arena, struct cors_bytes, 4 * count + 1);
    if (pieces == NULL)
        return CORS_BYTES("");
    pieces[0] = essence;
    for (size_t i = 0; i < count; i++) {
        struct cors_bytes *const piece = pieces + 1 + 4 * i;
        piece[0] = CORS_BYTES(";");
        piece[1] = parameters[i].name;
        piece[2] = CORS_BYTES("=");
        piece[3] = is_token(parameters[i].value) ? parameters[i].value
                                                 : quoted(parameters[i].value, arena);
    }
    return bytes_join(pieces, 4 * count + 1, CORS_BYTES(""), arena);
}

struct cors_bytes serialize_with_charset(struct cors_bytes input, struct cors_bytes charset,
                                         struct cors_arena *arena)
{
    size_t capacity = 0;
    for (size_t i = 0; i < input.len; i++)
        capacity += input.at[i] == ';';
    struct parameter *const parameters = ARENA_NEW(arena, struct parameter, capacity);
    if (parameters == NULL)
        return CORS_BYTES("");

    size_t count = 0;
    size_t position = position_of(input, 0, ';', ';');
    while (position < input.len) {
        struct parameter parameter = collect_parameter(input, &position, arena);
        if (parameter.name.len == 0 || is_among(parameters, count, parameter.name))
            continue;
        if (bytes_equal(parameter.name, CORS_BYTES("charset")))
            parameter.value = charset;
        parameters[count++] = parameter;
    }
    return serialize(parse_a_mime_type(input, arena).essence, parameters, count, arena);
}
