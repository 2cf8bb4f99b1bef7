/* Header lists and header values: looking headers up, and reading the values that CORS depends on.
 */
#include "bench.h"

#include <string.h>

static const struct cors_header headers[] = {
    HEADER("Accept", "application/json"),
    HEADER("Accept-Language", "en-GB,en;q=0.7"),
    HEADER("Content-Type", "text/plain; charset=UTF-8"),
    HEADER("Content-Length", "1843"),
    HEADER("X-Requested-With", "XMLHttpRequest"),
    HEADER("X-Request-Id", "0b2c7d4e-7a1f-4f0e-9a44-6f2f9d6b1c11"),
    HEADER("Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG"),
    HEADER("Access-Control-Allow-Headers",
           "Authorization, Content-Type, If-Match, X-Requested-With, X-Request-Id, X-Revision, "
           "X-Client-Version, X-Trace"),
    HEADER("Access-Control-Allow-Methods", "GET, HEAD, PUT, PATCH, POST, DELETE"),
    HEADER("Access-Control-Max-Age", "86400"),
    HEADER("Vary", "Origin"),
    HEADER("Vary", "Accept-Encoding"),
};

struct reading {
    struct cors_bytes name;
    char memory[8192];
    struct cors_bytes value;
    struct cors_values values;
    struct cors_header_list list;
    size_t expected;
};

static const struct cors_header_list list = {(struct cors_header *)headers, COUNT(headers), 0};

static void get(void *given)
{
    struct reading *reading = given;
    struct cors_arena arena = cors_arena_over(reading->memory, sizeof reading->memory);
    reading->value = cors_header_list_get(&list, reading->name, &arena);
}

static bool got(const void *given)
{
    const struct reading *reading = given;
    return reading->value.len == reading->expected;
}

static void split(void *given)
{
    struct reading *reading = given;
    struct cors_arena arena = cors_arena_over(reading->memory, sizeof reading->memory);
    reading->values = cors_header_list_get_decode_and_split(&list, reading->name, &arena);
}

static void extract(void *given)
{
    struct reading *reading = given;
    struct cors_arena arena = cors_arena_over(reading->memory, sizeof reading->memory);
    reading->values = cors_extract_header_list_values(reading->name, &list, &arena);
}

static void find_unsafe(void *given)
{
    struct reading *reading = given;
    struct cors_arena arena = cors_arena_over(reading->memory, sizeof reading->memory);
    reading->values = cors_cors_unsafe_request_header_names(&list, &arena);
}

static bool has_values(const void *given)
{
    const struct reading *reading = given;
    return reading->values.kind == CORS_VALUES_LIST && reading->values.count == reading->expected;
}

/* A list made header by header, as the Headers class does. */
static void build(void *given)
{
    struct reading *reading = given;
    struct cors_arena arena = cors_arena_over(reading->memory, sizeof reading->memory);
    reading->list = (struct cors_header_list){0};
    for (size_t i = 0; i < COUNT(headers); i++)
        cors_header_list_append(&reading->list, headers[i].name,
                                cors_normalize_header_value(headers[i].value), &arena);
}

static void sort_and_combine(void *given)
{
    struct reading *reading = given;
    struct cors_arena arena = cors_arena_over(reading->memory, sizeof reading->memory);
    reading->list = cors_header_list_sort_and_combine(&list, &arena);
}

static bool has_headers(const void *given)
{
    const struct reading *reading = given;
    return reading->list.count == reading->expected;
}

static void add(const char *name, void (*run)(void *), bool (*holds)(const void *),
                const char *header_name, size_t expected)
{
    struct reading *reading = bench_memory(sizeof *reading);
    reading->name = (struct cors_bytes){header_name, strlen(header_name)};
    reading->expected = expected;
    bench_add((struct operation){
        .name = name,
        .of = "call",
        .units = 1,
        .run = run,
        .holds = holds,
        .given = reading,
    });
}

void add_headers(void)
{
    add("get/present", get, got, "access-control-max-age", 5);
    add("get/absent", get, got, "access-control-allow-origin", 0);
    add("get/two", get, got, "vary", 23);
    add("split/8", split, has_values, "access-control-allow-headers", 8);
    add("extract/8-names", extract, has_values, "access-control-allow-headers", 8);
    add("extract/6-methods", extract, has_values, "access-control-allow-methods", 6);
    add("extract/max-age", extract, has_values, "access-control-max-age", 1);
    add("unsafe-names/12", find_unsafe, has_values, "", 8);
    add("append/12", build, has_headers, "", 12);
    add("sort-and-combine/12", sort_and_combine, has_headers, "", 11);
}
