/* https://fetch.spec.whatwg.org/#terminology-headers: reading and changing header lists, sets of
 * names, names and values. */
#include "http_test.h"

static void contains_ignores_case_only(void **state)
{
    (void)state;
    const struct cors_header_list list = list_of("Accept: a\nX-@: b\nx-`: c\nX-[: d");
    assert_true(cors_header_list_contains(&list, CORS_BYTES("accept")));
    assert_true(cors_header_list_contains(&list, CORS_BYTES("ACCEPT")));
    assert_false(cors_header_list_contains(&list, CORS_BYTES("accep")));
    assert_false(cors_header_list_contains(&list, CORS_BYTES("accept ")));
    assert_false(cors_header_list_contains(&list, CORS_BYTES("")));
    assert_true(cors_header_list_contains(&list, CORS_BYTES("x-@")));
    assert_false(cors_header_list_contains(&list, CORS_BYTES("x-{")));
    assert_false(cors_header_list_contains(&(struct cors_header_list){0}, CORS_BYTES("a")));
}

/* Bytes that differ in the bit that is the case of letters are the same only if they are letters.
 */
static void names_fold_letters_only(void **state)
{
    (void)state;
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++) {
            const char name[] = {'x', (char)a};
            const char other[] = {(char)b};
            struct cors_header header = {.name = {name + 1, 1}};
            const struct cors_header_list list = {.at = &header, .count = 1};
            const bool same = a == b || (a >= 'A' && a <= 'Z' && b == a + 32) ||
                              (b >= 'A' && b <= 'Z' && a == b + 32);
            assert_int_equal(cors_header_list_contains(&list, (struct cors_bytes){other, 1}), same);
        }
}

static void get_joins_in_order(void **state)
{
    (void)state;
    struct cors_arena arena = fresh_arena();
    const struct cors_header_list list = list_of("A: 1\nB: x\na: \nC:\nA: 3");
    assert_string_equal(text_of(cors_header_list_get(&list, CORS_BYTES("a"), &arena)), "`1, , 3`");
    assert_string_equal(text_of(cors_header_list_get(&list, CORS_BYTES("b"), &arena)), "`x`");
    assert_string_equal(text_of(cors_header_list_get(&list, CORS_BYTES("c"), &arena)), "``");
    assert_string_equal(text_of(cors_header_list_get(&list, CORS_BYTES("d"), &arena)), "null");
}

static void get_copies_no_single_value(void **state)
{
    (void)state;
    struct cors_arena arena = cors_arena_over(memory, 0);
    const struct cors_header_list list = list_of("A: value");
    assert_ptr_equal(cors_header_list_get(&list, CORS_BYTES("a"), &arena).at, list.at[0].value.at);
    assert_false(arena.exhausted);
}

struct split {
    const char *headers;
    const char *expected;
};

/* The first eleven are the standard's own, #example-header-list-get-decode-split. */
static const struct split splits[] = {
    {"A: nosniff,", "[nosniff|]"},
    {"A: nosniff\nB: sniff\nA:", "[nosniff|]"},
    {"A:\nB: sniff", "[]"},
    {"B: sniff", "null"},
    {"A: text/html;\", x/x", "[text/html;\", x/x]"},
    {"A: text/html;\"\nA: x/x", "[text/html;\", x/x]"},
    {"A: x/x;test=\"hi\",y/y", "[x/x;test=\"hi\"|y/y]"},
    {"A: x/x;test=\"hi\"\nC: **bingo**\nA: y/y", "[x/x;test=\"hi\"|y/y]"},
    {"A: x / x,,,1", "[x / x|||1]"},
    {"A: x / x\nA: ,\nA: 1", "[x / x|||1]"},
    {"A: \"1,2\", 3", "[\"1,2\"|3]"},
    {"A: \"1,2\"\nD: 4\nA: 3", "[\"1,2\"|3]"},
    {"a: 1 ,\t2\t", "[1|2]"},
    {"A: ,", "[|]"},
    {"A: \"\\\",\",b", "[\"\\\",\"|b]"},
    {"A: \"\\\\\",b", "[\"\\\\\"|b]"},
    {"A: \"a", "[\"a]"},
    {"A: \"a\\", "[\"a\\]"},
    {"A: x\"1,2\"y\"3,4\"z,5", "[x\"1,2\"y\"3,4\"z|5]"},
    {"A: \" 1 \" ,2", "[\" 1 \"|2]"},
    {"A: '1,2'", "['1|2']"},
};

static void get_decode_and_split_examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(splits); i++) {
        struct cors_arena arena = fresh_arena();
        const struct cors_header_list list = list_of(splits[i].headers);
        assert_string_equal(
            values_text(cors_header_list_get_decode_and_split(&list, CORS_BYTES("A"), &arena)),
            splits[i].expected);
    }
    /* An empty value is a list of one empty string, not the empty list. */
    struct cors_arena arena = fresh_arena();
    const struct cors_header_list list = list_of("A:");
    assert_int_equal(cors_header_list_get_decode_and_split(&list, CORS_BYTES("A"), &arena).count,
                     1);
}

/* The same split by looking at each byte once. */
static void split_naively(const char *value, char *text)
{
    bool quoted = false;
    const char *start = value;
    char *out = text + sprintf(text, "[");
    for (const char *at = value;; at++) {
        if (quoted && *at == '\\' && at[1] != '\0') {
            at++;
            continue;
        }
        if (*at == '"')
            quoted = !quoted;
        if (*at != '\0' && (*at != ',' || quoted))
            continue;
        const char *end = at;
        while (start < end && *start == ' ')
            start++;
        while (end > start && end[-1] == ' ')
            end--;
        out += sprintf(out, "%.*s%s", (int)(end - start), start, *at == '\0' ? "]" : "|");
        start = at + 1;
        if (*at == '\0')
            return;
    }
}

static void get_decode_and_split_every_short_value(void **state)
{
    (void)state;
    char value[8] = "";
    char expected[64];
    do {
        struct cors_arena arena = fresh_arena();
        split_naively(value, expected);
        assert_string_equal(
            values_text(header_value_get_decode_and_split(NULL, bytes_of(value), &arena)),
            expected);
    } while (next_string(value, "a ,\"\\", 6));
}

struct quoted {
    const char *input;
    const char *as_written;
    const char *extracted;
    size_t position;
};

/* The first three are the standard's own, #example-http-quoted-string. */
static const struct quoted quoted_strings[] = {
    {"\"\\", "`\"\\`", "`\\`", 2},
    {"\"Hello\" World", "`\"Hello\"`", "`Hello`", 7},
    {"\"Hello \\\\ World\\\"\"", "`\"Hello \\\\ World\\\"\"`", "`Hello \\ World\"`", 18},
    {"\"", "`\"`", "``", 1},
    {"\"\"", "`\"\"`", "``", 2},
    {"\"\"x", "`\"\"`", "``", 2},
    {"\"a", "`\"a`", "`a`", 2},
    {"\"\\a\\b\"c", "`\"\\a\\b\"`", "`ab`", 6},
    {"\"\\\"", "`\"\\\"`", "`\"`", 3},
};

static void quoted_strings_collected(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(quoted_strings); i++) {
        struct cors_arena arena = fresh_arena();
        const struct cors_bytes input = bytes_of(quoted_strings[i].input);
        size_t position = 0;
        assert_string_equal(text_of(collect_an_http_quoted_string(input, &position, NULL)),
                            quoted_strings[i].as_written);
        assert_int_equal(position, quoted_strings[i].position);
        position = 0;
        assert_string_equal(text_of(collect_an_http_quoted_string(input, &position, &arena)),
                            quoted_strings[i].extracted);
        assert_int_equal(position, quoted_strings[i].position);
    }
}

static void append_reuses_the_first_spelling(void **state)
{
    (void)state;
    struct cors_arena arena = fresh_arena();
    struct cors_header_list list = {0};
    cors_header_list_append(&list, CORS_BYTES("X-a"), CORS_BYTES("1"), &arena);
    cors_header_list_append(&list, CORS_BYTES("B"), CORS_BYTES(""), &arena);
    cors_header_list_append(&list, CORS_BYTES("x-A"), CORS_BYTES("2"), &arena);
    assert_string_equal(list_text(&list), "X-a: 1; B: ; X-a: 2");
}

static void append_many(void **state)
{
    (void)state;
    struct cors_arena arena = fresh_arena();
    struct cors_header_list list = {0};
    static char names[1000][8];
    for (int i = 0; i < 1000; i++) {
        sprintf(names[i], "n%d", i);
        cors_header_list_append(&list, bytes_of(names[i]), CORS_BYTES("v"), &arena);
    }
    assert_false(arena.exhausted);
    assert_int_equal(list.count, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_true(bytes_equal(list.at[i].name, bytes_of(names[i])));
    /* Growing copies less than the list itself over again. */
    assert_true((size_t)(arena.at - memory) < 4000 * sizeof(struct cors_header));
}

static void delete_removes_all(void **state)
{
    (void)state;
    struct cors_arena arena = fresh_arena();
    struct cors_header_list list = list_of("A: 1\nB: 2\na: 3\nC: 4\nA: 5");
    cors_header_list_delete(&list, CORS_BYTES("a"), &arena);
    assert_string_equal(list_text(&list), "B: 2; C: 4");
    cors_header_list_delete(&list, CORS_BYTES("A"), &arena);
    assert_string_equal(list_text(&list), "B: 2; C: 4");
    cors_header_list_delete(&list, CORS_BYTES("b"), &arena);
    cors_header_list_delete(&list, CORS_BYTES("c"), &arena);
    assert_int_equal(list.count, 0);
    cors_header_list_append(&list, CORS_BYTES("D"), CORS_BYTES("6"), &arena);
    assert_string_equal(list_text(&list), "D: 6");
}

static void set_keeps_the_first_place_and_name(void **state)
{
    (void)state;
    struct cors_arena arena = fresh_arena();
    struct cors_header_list list = list_of("X: 0\nA: 1\nB: 2\na: 3\nC: 4");
    cors_header_list_set(&list, CORS_BYTES("a"), CORS_BYTES("5"), &arena);
    assert_string_equal(list_text(&list), "X: 0; A: 5; B: 2; C: 4");
    cors_header_list_set(&list, CORS_BYTES("d"), CORS_BYTES("6"), &arena);
    assert_string_equal(list_text(&list), "X: 0; A: 5; B: 2; C: 4; d: 6");
    cors_header_list_set(&list, CORS_BYTES("D"), CORS_BYTES(""), &arena);
    assert_string_equal(list_text(&list), "X: 0; A: 5; B: 2; C: 4; d: ");
}

static void combine_changes_the_first_only(void **state)
{
    (void)state;
    struct cors_arena arena = fresh_arena();
    struct cors_header_list list = list_of("A: 1\nB: 2\nA: 3");
    cors_header_list_combine(&list, CORS_BYTES("a"), CORS_BYTES("4"), &arena);
    assert_string_equal(list_text(&list), "A: 1, 4; B: 2; A: 3");
    cors_header_list_combine(&list, CORS_BYTES("c"), CORS_BYTES(""), &arena);
    cors_header_list_combine(&list, CORS_BYTES("C"), CORS_BYTES(""), &arena);
    assert_string_equal(list_text(&list), "A: 1, 4; B: 2; A: 3; c: , ");
}

/* Lists with capacity 0 are their caller's, whatever is done to them. */
static void callers_lists_are_not_written_to(void **state)
{
    (void)state;
    static void (*const changes[])(struct cors_header_list *, struct cors_bytes, struct cors_bytes,
                                   struct cors_arena *) = {
        cors_header_list_append,
        cors_header_list_set,
        cors_header_list_combine,
    };
    static const char *const names[] = {"A", "b", "new"};
    struct cors_header before[3];
    for (size_t i = 0; i <= COUNT(changes); i++)
        for (size_t j = 0; j < COUNT(names); j++) {
            struct cors_arena arena = fresh_arena();
            const struct cors_header_list original = list_of("A: 1\nB: 2\nA: 3");
            struct cors_header_list list = original;
            memcpy(before, original.at, sizeof before);
            if (i < COUNT(changes))
                changes[i](&list, bytes_of(names[j]), CORS_BYTES("x"), &arena);
            else
                cors_header_list_delete(&list, bytes_of(names[j]), &arena);
            assert_memory_equal(before, original.at, sizeof before);
            assert_true(list.at != original.at || list.count == 3);
        }
}

static void clones_are_independent(void **state)
{
    (void)state;
    struct cors_arena arena = fresh_arena();
    struct cors_header_list list = {0};
    cors_header_list_append(&list, CORS_BYTES("A"), CORS_BYTES("1"), &arena);
    struct cors_header_list clone = header_list_clone(&list, 2, &arena);
    struct cors_header *const at = clone.at;
    cors_header_list_append(&clone, CORS_BYTES("B"), CORS_BYTES("2"), &arena);
    cors_header_list_append(&clone, CORS_BYTES("C"), CORS_BYTES("3"), &arena);
    cors_header_list_set(&clone, CORS_BYTES("A"), CORS_BYTES("4"), &arena);
    assert_ptr_equal(clone.at, at);
    assert_string_equal(list_text(&list), "A: 1");
    assert_string_equal(list_text(&clone), "A: 4; B: 2; C: 3");
    clone = header_list_clone(&(struct cors_header_list){0}, 0, &arena);
    cors_header_list_append(&clone, CORS_BYTES("B"), CORS_BYTES("2"), &arena);
    assert_string_equal(list_text(&clone), "B: 2");
}

static const char *set_of(const char *const *names, size_t count)
{
    static struct cors_bytes slices[16];
    struct cors_arena arena = fresh_arena();
    for (size_t i = 0; i < count; i++)
        slices[i] = bytes_of(names[i]);
    return values_text(cors_convert_header_names_to_a_sorted_lowercase_set(slices, count, &arena));
}

static void sorted_lowercase_sets(void **state)
{
    (void)state;
    assert_string_equal(set_of(NULL, 0), "[]");
    assert_string_equal(set_of((const char *const[]){"B"}, 1), "[b]");
    assert_string_equal(set_of((const char *const[]){"b", "A", "B", "a", "B"}, 5), "[a|b]");
    assert_string_equal(set_of((const char *const[]){"x-b", "x", "X-A", "x-", "X-a1"}, 5),
                        "[x|x-|x-a|x-a1|x-b]");
    assert_string_equal(set_of((const char *const[]){"_", "A", "~", "!", "9", "Z"}, 6),
                        "[!|9|_|a|z|~]");
    assert_string_equal(set_of((const char *const[]){"\xc3", "z", "\xc3\x84"}, 3),
                        "[z|\xc3|\xc3\x84]");
}

/* `count` names of which many are equal: each is there, none twice, in order. */
static void sort_random_names(size_t count)
{
    static char names[3000][8];
    static struct cors_bytes slices[3000];
    bool seen[2001] = {false};
    size_t distinct = 0;
    unsigned random = (unsigned)count;
    struct cors_arena arena = fresh_arena();
    for (size_t i = 0; i < count; i++) {
        random = random * 1103515245 + 12345;
        const unsigned number = (random >> 17) % (unsigned)(count * 2 / 3 + 1);
        sprintf(names[i], "%c%u", random & 0x10000 ? 'a' : 'A', number);
        slices[i] = bytes_of(names[i]);
        distinct += !seen[number];
        seen[number] = true;
    }
    const struct cors_values set =
        cors_convert_header_names_to_a_sorted_lowercase_set(slices, count, &arena);
    assert_int_equal(set.kind, CORS_VALUES_LIST);
    assert_int_equal(set.count, distinct);
    for (size_t i = 0; i + 1 < set.count; i++)
        assert_true(byte_less_than(set.at[i], set.at[i + 1]));
    for (size_t i = 0; i < count; i++)
        assert_true(values_contain_insensitively(&set, slices[i]));
    /* What sorting needed is given back; half of the names had to be copied. */
    assert_true((size_t)(arena.at - memory) <= count * (sizeof *slices + 8));
}

static void sorted_lowercase_sets_of_any_size(void **state)
{
    (void)state;
    for (size_t count = 0; count <= 40; count++)
        sort_random_names(count);
    sort_random_names(3000);
}

struct combined {
    const char *headers;
    const char *expected;
};

static const struct combined sorted_and_combined[] = {
    {"", ""},
    {"B: 1\nA: 2", "a: 2; b: 1"},
    {"b: 1\nA: 2\nB: 3\na: 4\nB: 5", "a: 2, 4; b: 1, 3, 5"},
    {"Set-Cookie: b\nX: 1\nset-cookie: a\nSET-COOKIE: b",
     "set-cookie: b; set-cookie: a; set-cookie: b; x: 1"},
    {"Set-Cookie2: b\nset-cookie2: a", "set-cookie2: b, a"},
    {"X:\nx:", "x: , "},
};

static void sort_and_combine(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sorted_and_combined); i++) {
        struct cors_arena arena = fresh_arena();
        const struct cors_header_list list = list_of(sorted_and_combined[i].headers);
        const struct cors_header_list result = cors_header_list_sort_and_combine(&list, &arena);
        assert_string_equal(list_text(&result), sorted_and_combined[i].expected);
    }
}

/* Values of one name keep their order, however many headers there are. */
static void sort_and_combine_is_stable(void **state)
{
    (void)state;
    static char values[999][8];
    struct cors_arena arena = fresh_arena();
    struct cors_header_list list = {0};
    for (int i = 0; i < 999; i++) {
        sprintf(values[i], "%03d", i);
        cors_header_list_append(&list,
                                bytes_of(i % 3 == 0   ? "Set-Cookie"
                                         : i % 3 == 1 ? "Zeta"
                                                      : "Alpha"),
                                bytes_of(values[i]), &arena);
    }
    const struct cors_header_list result = cors_header_list_sort_and_combine(&list, &arena);
    assert_int_equal(result.count, 1 + 333 + 1);
    for (size_t i = 0; i < 333; i++) {
        assert_true(bytes_equal(result.at[1 + i].value, bytes_of(values[3 * i])));
        assert_memory_equal(result.at[0].value.at + 5 * i, values[3 * i + 2], 3);
        assert_memory_equal(result.at[334].value.at + 5 * i, values[3 * i + 1], 3);
    }
    assert_true(bytes_equal(result.at[0].name, CORS_BYTES("alpha")));
    assert_true(bytes_equal(result.at[334].name, CORS_BYTES("zeta")));
}

static void names_and_values(void **state)
{
    (void)state;
    assert_true(cors_is_header_name(CORS_BYTES("X-A_b.c~")));
    assert_false(cors_is_header_name(CORS_BYTES("")));
    assert_false(cors_is_header_name(CORS_BYTES("a b")));
    assert_false(cors_is_header_name(CORS_BYTES("a:")));
    assert_false(cors_is_header_name(CORS_BYTES("\xc3\xa4")));
    assert_true(cors_is_header_value(CORS_BYTES("")));
    assert_true(cors_is_header_value(CORS_BYTES("a \t\x01\x7f\xff\f b")));
    assert_true(cors_is_header_value(CORS_BYTES("\f")));
    for (const char *c = "\t "; *c != '\0'; c++) {
        assert_false(cors_is_header_value((struct cors_bytes){(const char[]){*c, 'a'}, 2}));
        assert_false(cors_is_header_value((struct cors_bytes){(const char[]){'a', *c}, 2}));
        assert_true(cors_is_header_value((struct cors_bytes){(const char[]){'a', *c, 'a'}, 3}));
    }
    for (int i = 0; i < 3; i++)
        assert_false(
            cors_is_header_value((struct cors_bytes){(const char[]){'a', "\0\r\n"[i], 'a'}, 3}));
}

static void values_normalized(void **state)
{
    (void)state;
    assert_string_equal(text_of(cors_normalize_header_value(CORS_BYTES(" \t\r\na\r\nb\t \n"))),
                        "`a\r\nb`");
    assert_string_equal(text_of(cors_normalize_header_value(CORS_BYTES("\f a \v"))), "`\f a \v`");
    assert_string_equal(text_of(cors_normalize_header_value(CORS_BYTES(" \n"))), "``");
    assert_string_equal(text_of(cors_normalize_header_value(CORS_BYTES(""))), "``");
    assert_int_equal(cors_normalize_header_value(CORS_BYTES("\0 ")).len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contains_ignores_case_only),
        cmocka_unit_test(names_fold_letters_only),
        cmocka_unit_test(get_joins_in_order),
        cmocka_unit_test(get_copies_no_single_value),
        cmocka_unit_test(get_decode_and_split_examples),
        cmocka_unit_test(get_decode_and_split_every_short_value),
        cmocka_unit_test(quoted_strings_collected),
        cmocka_unit_test(append_reuses_the_first_spelling),
        cmocka_unit_test(append_many),
        cmocka_unit_test(delete_removes_all),
        cmocka_unit_test(set_keeps_the_first_place_and_name),
        cmocka_unit_test(combine_changes_the_first_only),
        cmocka_unit_test(callers_lists_are_not_written_to),
        cmocka_unit_test(clones_are_independent),
        cmocka_unit_test(sorted_lowercase_sets),
        cmocka_unit_test(sorted_lowercase_sets_of_any_size),
        cmocka_unit_test(sort_and_combine),
        cmocka_unit_test(sort_and_combine_is_stable),
        cmocka_unit_test(names_and_values),
        cmocka_unit_test(values_normalized),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
