/* Escaping: whatever bytes come, each format's output is valid and harmless. */
#include "output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct cors_bytes escape(struct cors_bytes bytes, struct memory *memory);

struct row {
    escape *escape;
    struct cors_bytes bytes;
    const char *expected;
};

static void test_rows(void **state)
{
    static const struct row rows[] = {
        {escape_terminal, {"a\033[31m\r\n\t\\", 10}, "a\\x1b[31m\\x0d\\x0a\\x09\\\\"},
        {escape_terminal, {"\0\x7f", 2}, "\\x00\\x7f"},
        {escape_terminal, {"\xC3\xA4\xE2\x82\xAC", 5}, "\xC3\xA4\xE2\x82\xAC"},
        {escape_terminal,
         {"\xC2\x9B"
          "1m",
          4},
         "\\xc2\\x9b1m"},
        {escape_terminal,
         {"\xE2\x80\xAE" /* NOLINT(misc-misleading-bidirectional): that it misleads is the point */
          "x",
          4},
         "\\xe2\\x80\\xaex"},
        {escape_terminal, {"\xC0\xAF\xED\xA0\x80\xF5", 6}, "\\xc0\\xaf\\xed\\xa0\\x80\\xf5"},
        {escape_terminal, {"\xE2\x82", 2}, "\\xe2\\x82"},
        {escape_terminal, {NULL, 0}, ""},
        {escape_case, {"  a b ", 6}, "\\x20\\x20a b\\x20"},
        {escape_case, {"   ", 3}, "\\x20\\x20\\x20"},
        {escape_case, {"\t\\", 2}, "\\x09\\\\"},
        {escape_xml,
         {"<a href=\"x\">&'\0\033", 16},
         "&lt;a href=&quot;x&quot;&gt;&amp;&#39;"
         "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {escape_xml, {"\xFF", 1}, "\xEF\xBF\xBD"},
        {escape_tsv, {"a\tb\nc", 5}, "a\\x09b\\x0ac"},
        {escape_markdown, {"#a|*b*", 6}, "\\#a\\|\\*b\\*"},
        {escape_markdown, {"a\nb", 3}, "a\\\\x0ab"},
        {escape_json,
         {"a\"\\\n\x7f\xC3\xA4\xF0\x9F\x98\x80\xFF", 12},
         "\"a\\\"\\\\\\u000a\\u007f\\u00e4\\ud83d\\ude00\\ufffd\""},
        {escape_json, {NULL, 0}, "\"\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct memory memory = {0};
        struct cors_bytes made = rows[i].escape(rows[i].bytes, &memory);
        assert_int_equal(made.len, strlen(rows[i].expected));
        assert_string_equal(made.at, rows[i].expected);
        memory_free(&memory);
    }
}

/* Every byte and every pair of bytes: nothing a terminal obeys is left, and JSON parses. */
static void test_all_pairs(void **state)
{
    (void)state;
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        const char bytes[] = {(char)(pair >> 8), (char)pair};
        struct memory memory = {0};
        struct cors_bytes made = escape_terminal((struct cors_bytes){bytes, 2}, &memory);
        for (size_t i = 0; i < made.len; i++)
            assert_true((unsigned char)made.at[i] >= 0x20 && made.at[i] != 0x7F);
        json_t *parsed = json_loads(escape_json((struct cors_bytes){bytes, 2}, &memory).at,
                                    JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(parsed);
        json_decref(parsed);
        memory_free(&memory);
    }
}

static void test_json_values(void **state)
{
    (void)state;
    struct memory memory = {0};
    json_t *all = json_array();
    json_array_append_new(all, json_isomorphic((struct cors_bytes){"a\xE9\x00\x7F", 4}));
    json_array_append_new(all, json_text((struct cors_bytes){"\xFFz", 2}));
    json_array_append_new(all, json_text((struct cors_bytes){NULL, 0}));
    json_array_append_new(all, json_base64(CORS_BYTES("\xFF\xFE")));
    json_array_append_new(all, json_base64(CORS_BYTES("")));
    char *text = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&text, &len);
    json_print(stream, all, 0);
    fclose(stream);
    assert_string_equal(text, "[\"a\\u00E9\\u0000\\u007f\",\"\\uFFFDz\",null,\"//4=\",\"\"]\n");
    struct cors_bytes back;
    assert_true(json_isomorphic_bytes(json_array_get(all, 0), &back, &memory));
    assert_int_equal(back.len, 4);
    assert_memory_equal(back.at, "a\xE9\x00\x7F", 4);
    assert_false(json_isomorphic_bytes(json_array_get(all, 1), &back, &memory));
    assert_false(json_isomorphic_bytes(json_array_get(all, 2), &back, &memory));
    free(text);
    json_decref(all);
    memory_free(&memory);
}

static void test_messages(void **state)
{
    (void)state;
    char longest[4000];
    memset(longest, '\033', sizeof longest);
    const char *cut = escaped((struct cors_bytes){longest, sizeof longest});
    assert_true(strlen(cut) < 160);
    assert_string_equal(cut + strlen(cut) - 3, "\xE2\x80\xA6");
    assert_string_equal(escaped((struct cors_bytes){NULL, 0}), "");
}

/* A paragraph is folded at the width, indented, and its words are escaped. */
static void test_paragraph(void **state)
{
    (void)state;
    char *text = NULL;
    size_t len = 0;
    struct output output = {.stream = open_memstream(&text, &len), .width = 20};
    output_paragraph(&output, 4, 0, CORS_BYTES("one two  three\nfour five\033 six"));
    fclose(output.stream);
    assert_string_equal(text, "    one two three\n    four five\\x1b\n    six\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),        cmocka_unit_test(test_all_pairs),
        cmocka_unit_test(test_json_values), cmocka_unit_test(test_messages),
        cmocka_unit_test(test_paragraph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
