/* The arena cut at every size: each algorithm is run with as much memory as it needs, then with one
 * byte less, and so on down to none. It must say so (exhausted), give null, failure or false, leave
 * lists as they were, and touch nothing outside; the sanitizers watch the latter. */
#include "http_test.h"

/* One run of an algorithm; whether the result is one that an exhausted arena may give. */
typedef bool run(struct cors_arena *arena);

static bool values_are_null(struct cors_values values)
{
    return values.kind == CORS_VALUES_NULL && values.count == 0;
}

static bool get(struct cors_arena *arena)
{
    const struct cors_header_list list = list_of("A: one\nB: two\na: three\nA: four");
    return is_null(cors_header_list_get(&list, CORS_BYTES("A"), arena));
}

static bool get_decode_and_split(struct cors_arena *arena)
{
    const struct cors_header_list list = list_of("A: one, \"two\\\", 2\"\na: three\nA: four,,");
    return values_are_null(cors_header_list_get_decode_and_split(&list, CORS_BYTES("A"), arena));
}

static bool quoted_string(struct cors_arena *arena)
{
    size_t position = 0;
    return collect_an_http_quoted_string(CORS_BYTES("\"one\\\"two\\"), &position, arena).len == 0;
}

static const char three_headers[] = "A: 1\nB: 2\na: 3";

static bool append(struct cors_arena *arena)
{
    struct cors_header_list list = list_of(three_headers);
    cors_header_list_append(&list, CORS_BYTES("c"), CORS_BYTES("4"), arena);
    return strcmp(list_text(&list), "A: 1; B: 2; a: 3") == 0;
}

static bool append_many(struct cors_arena *arena)
{
    struct cors_header_list list = {0};
    for (int i = 0; i < 30; i++)
        cors_header_list_append(&list, CORS_BYTES("c"), CORS_BYTES("4"), arena);
    for (size_t i = 0; i < list.count; i++)
        if (!bytes_equal(list.at[i].value, CORS_BYTES("4")))
            return false;
    return list.count < 30;
}

static bool delete_all(struct cors_arena *arena)
{
    struct cors_header_list list = list_of(three_headers);
    cors_header_list_delete(&list, CORS_BYTES("a"), arena);
    return strcmp(list_text(&list), "A: 1; B: 2; a: 3") == 0;
}

static bool set(struct cors_arena *arena)
{
    struct cors_header_list list = list_of(three_headers);
    cors_header_list_set(&list, CORS_BYTES("a"), CORS_BYTES("4"), arena);
    return strcmp(list_text(&list), "A: 1; B: 2; a: 3") == 0;
}

static bool combine(struct cors_arena *arena)
{
    struct cors_header_list list = list_of(three_headers);
    cors_header_list_combine(&list, CORS_BYTES("a"), CORS_BYTES("4"), arena);
    return strcmp(list_text(&list), "A: 1; B: 2; a: 3") == 0;
}

static bool clone(struct cors_arena *arena)
{
    const struct cors_header_list list = list_of(three_headers);
    return header_list_clone(&list, 2, arena).count == 0;
}

static bool sorted_lowercase_set(struct cors_arena *arena)
{
    const struct cors_header_list list = list_of("Bee: 1\na: 2\nBEE: 3\nCat: 4\ndog: 5");
    return values_are_null(sorted_header_names(&list, arena));
}

static bool large_sorted_lowercase_set(struct cors_arena *arena)
{
    const struct cors_header_list list =
        list_of("k:\nj:\nI:\nh:\ng:\nF:\ne:\nd:\nc:\nb:\na:\nA:\nB:\nC:");
    return values_are_null(sorted_header_names(&list, arena));
}

static bool sort_and_combine(struct cors_arena *arena)
{
    const struct cors_header_list list =
        list_of("Bee: 1\nSet-Cookie: 2\nbee: 3\nset-cookie: 4\nA: 5");
    return cors_header_list_sort_and_combine(&list, arena).count == 0;
}

static bool extract(struct cors_arena *arena)
{
    const struct cors_header_list list =
        list_of("Access-Control-Allow-Headers: a, b,,\nAccess-Control-Allow-Headers: c");
    return values_are_null(
        cors_extract_header_list_values(CORS_BYTES("access-control-allow-headers"), &list, arena));
}

static bool safelisted(struct cors_arena *arena)
{
    return !cors_is_cors_safelisted_request_header(CORS_BYTES("Content-Type"),
                                                   CORS_BYTES("TEXT/plain;charset=a"), arena);
}

static bool unsafe_names(struct cors_arena *arena)
{
    const struct cors_header_list list =
        list_of("X-B: 1\nContent-Type: TEXT/plain\nx-a: 2\nAccept: (\naccept: [");
    return values_are_null(cors_cors_unsafe_request_header_names(&list, arena));
}

static bool forbidden(struct cors_arena *arena)
{
    return !cors_is_forbidden_request_header(CORS_BYTES("X-HTTP-Method"),
                                             CORS_BYTES("GET, POST, TRACE"), arena);
}

static bool mime_type(struct cors_arena *arena)
{
    const struct cors_header_list list =
        list_of("Content-Type: TEXT/html;charset=\"a\\b\"\nContent-Type: TEXT/html;x=\"\\y\"");
    const struct mime_type extracted = extract_a_mime_type(NULL, &list, arena);
    return extracted.failure || extracted.essence.len == 0 ||
           !bytes_equal(extracted.charset, CORS_BYTES("ab"));
}

static run *const runs[] = {
    get,
    get_decode_and_split,
    quoted_string,
    append,
    append_many,
    delete_all,
    set,
    combine,
    clone,
    sorted_lowercase_set,
    large_sorted_lowercase_set,
    sort_and_combine,
    extract,
    safelisted,
    unsafe_names,
    forbidden,
    mime_type,
};

/* From more than enough, scratch memory included, down to nothing. */
static void cut(run *const algorithm, size_t kept, size_t misaligned)
{
    size_t exhausted = 0;
    for (size_t size = 8 * kept + 64; size-- > 0;) {
        char *block = malloc(misaligned + size + (misaligned + size == 0));
        assert_non_null(block);
        struct cors_arena arena = cors_arena_over(block + misaligned, size);
        const bool nothing = algorithm(&arena);
        free(block);

        /* Nothing comes of it if and only if there was too little, and once there was too little
         * every smaller size is too little. */
        assert_int_equal(nothing, arena.exhausted);
        assert_true(exhausted == 0 || arena.exhausted);
        exhausted += arena.exhausted;
    }
    /* Less than what is kept in the end cannot have been enough, but for some padding. */
    assert_true(exhausted + 8 * misaligned >= kept);
}

static void cut_at_every_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(runs); i++) {
        struct cors_arena arena = fresh_arena();
        assert_false(runs[i](&arena));
        assert_false(arena.exhausted);
        const size_t kept = (size_t)(arena.at - memory);
        assert_true(kept > 0);
        cut(runs[i], kept, 0);
        cut(runs[i], kept, 1);
    }
}

/* An arena that was full before stays full, and nothing is built in it. */
static void exhausted_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(runs); i++) {
        struct cors_arena arena = fresh_arena();
        arena.exhausted = true;
        assert_true(runs[i](&arena));
        assert_ptr_equal(arena.at, memory);
        assert_true(arena.exhausted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_at_every_size),
        cmocka_unit_test(exhausted_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
