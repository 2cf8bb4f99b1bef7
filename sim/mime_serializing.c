/* MIME Sniffing Standard, section "Serializing a MIME type"
 * (https://mimesniff.spec.whatwg.org/#serializing-a-mime-type), for the one place that writes a
 * MIME type: XMLHttpRequest, where it sets the charset of what a script said. mime.c decides what
 * a MIME type is and keeps its charset only; here its parameters are collected once more, and all
 * are kept. Invariants: the parameters stay in their order, the first of a name counts; the result
 * parses to the same MIME type, but for its charset. */
#include "headers.h"

/* Whether a parameter's name and value can be written again. */
static bool can_be_written(const struct parameter *parameter)
{
    return is_token(parameter->name) &&
           !contains_byte_outside(parameter->value, BYTE_HTTP_QUOTED_STRING_TOKEN);
}

/* By name, and of one name as they stand in the MIME type. */
static bool is_before(const struct parameter *a, const struct parameter *b)
{
    return bytes_equal(a->name, b->name) ? a < b : byte_less_than(a->name, b->name);
}

static void sift_down(struct parameter **heap, size_t count, size_t at)
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && is_before(heap[child], heap[child + 1]))
            child++;
        if (!is_before(heap[at], heap[child]))
            return;
        struct parameter *const greater = heap[child];
        heap[child] = heap[at];
        heap[at] = greater;
        at = child;
    }
}

static void sort(struct parameter **parameters, size_t count)
{
    for (size_t i = count / 2; i > 0; i--)
        sift_down(parameters, count, i - 1);
    for (size_t end = count; end > 1; end--) {
        struct parameter *const greatest = parameters[0];
        parameters[0] = parameters[end - 1];
        parameters[end - 1] = greatest;
        sift_down(parameters, end - 1, 0);
    }
}

/* Leaves the first of each name where it is; how many are left. A name can be long and there can be
 * many, so they are sorted rather than searched. */
static size_t remove_repeated(struct parameter *parameters, size_t count, struct cors_arena *arena)
{
    struct parameter **const sorted = ARENA_NEW(arena, struct parameter *, count);
    if (sorted == NULL)
        return 0;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &parameters[i];
    sort(sorted, count);
    const struct parameter *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (first != NULL && bytes_equal(first->name, sorted[i]->name))
            sorted[i]->value = null_bytes();
        else
            first = sorted[i];
    }
    size_t left = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_null(parameters[i].value))
            parameters[left++] = parameters[i];
    return left;
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

    const struct steps unwatched = {.algorithm = "serialize-a-mime-type"};
    size_t count = 0;
    size_t position = position_of(input, 0, ';', ';');
    while (position < input.len) {
        struct parameter parameter;
        if (!collect_a_parameter(&unwatched, input, &position, &parameter, arena) ||
            !can_be_written(&parameter))
            continue;
        parameter.name = bytes_lowercase(parameter.name, arena);
        if (bytes_equal(parameter.name, CORS_BYTES("charset")))
            parameter.value = charset;
        parameters[count++] = parameter;
    }
    count = remove_repeated(parameters, count, arena);
    return serialize(parse_a_mime_type(input, arena).essence, parameters, count, arena);
}
