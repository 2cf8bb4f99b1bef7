/* https://mimesniff.spec.whatwg.org/#parsing-a-mime-type and
 * https://fetch.spec.whatwg.org/#concept-header-extract-mime-type: essence and charset. */
#include "http_test.h"

static const char *mime_type_text(struct mime_type mime_type)
{
    char *text = next_text();
    if (mime_type.failure)
        return "failure";
    snprintf(text, 4096, "%.*s charset=%s", (int)mime_type.essence.len, mime_type.essence.at,
             text_of(mime_type.charset));
    return text;
}

struct row {
    const char *input;
    const char *expected;
};

static const struct row rows[] = {
    {"text/html", "text/html charset=null"},
    {"TEXT/HTML", "text/html charset=null"},
    {"text/html;", "text/html charset=null"},
    {" \t\r\ntext/html\n", "text/html charset=null"},
    {"text/html \t;a=b", "text/html charset=null"},
    {"a+b.c-d!/#$%&'*+^_`|~", "a+b.c-d!/#$%&'*+^_`|~ charset=null"},
    {"*/*", "*/* charset=null"},
    {"", "failure"},
    {" ", "failure"},
    {"/", "failure"},
    {"text", "failure"},
    {"text/", "failure"},
    {"text/ ", "failure"},
    {"text/;a=b", "failure"},
    {"/html", "failure"},
    {"text /html", "failure"},
    {"text/ html", "failure"},
    {"text/ht ml", "failure"},
    {"text/html/x", "failure"},
    {"text/html,text/plain", "failure"},
    {"text/html\f", "failure"},
    {"\vtext/html", "failure"},
    {"text;/html", "failure"},
    {"(text)/html", "failure"},
    {"text/\xc3\xa4", "failure"},
    {"text/html;charset=gbk", "text/html charset=`gbk`"},
    {"text/html;CHARSET=GBK", "text/html charset=`GBK`"},
    {"text/html; \t\n charset=gbk \t", "text/html charset=`gbk`"},
    {"text/html; charset =gbk", "text/html charset=null"},
    {"text/html;charset= gbk", "text/html charset=` gbk`"},
    {"text/html;charset=", "text/html charset=null"},
    {"text/html;charset=;charset=gbk", "text/html charset=`gbk`"},
    {"text/html;charset", "text/html charset=null"},
    {"text/html;charset;charset=gbk", "text/html charset=`gbk`"},
    {"text/html;charset=gbk;charset=utf-8", "text/html charset=`gbk`"},
    {"text/html;=gbk;charset=utf-8", "text/html charset=`utf-8`"},
    {"text/html;;;;charset=gbk;;", "text/html charset=`gbk`"},
    {"text/html;x=y;charset=gbk", "text/html charset=`gbk`"},
    {"text/html;xcharset=gbk", "text/html charset=null"},
    {"text/html;charset=\"gbk\"", "text/html charset=`gbk`"},
    {"text/html;charset=\"\"", "text/html charset=``"},
    {"text/html;charset=\"\";charset=gbk", "text/html charset=``"},
    {"text/html;charset=\"shift_jis\"iso-2022-jp", "text/html charset=`shift_jis`"},
    {"text/html;charset=\"g\\b\\\"k\"", "text/html charset=`gb\"k`"},
    {"text/html;charset=\" gbk \"", "text/html charset=` gbk `"},
    {"text/html;charset=\"gbk", "text/html charset=`gbk`"},
    {"text/html;charset=\"gbk\\", "text/html charset=`gbk\\`"},
    {"text/html;charset=\"", "text/html charset=``"},
    {"text/html;charset=\"a;b\";charset=c", "text/html charset=`a;b`"},
    {"text/html;x=\";charset=a\";charset=b", "text/html charset=`b`"},
    {"text/html;x=\"\\\";charset=a\";charset=b", "text/html charset=`b`"},
    {"text/html;x=\";charset=a", "text/html charset=null"},
    {"text/html;charset=g\"b\"k", "text/html charset=`g\"b\"k`"},
    {"text/html;charset=\x01;charset=gbk", "text/html charset=`gbk`"},
    {"text/html;charset=\"\x7f\";charset=gbk", "text/html charset=`gbk`"},
    {"text/html;charset=\xff\x80", "text/html charset=`\xff\x80`"},
    {"text/html;charset=a\tb", "text/html charset=`a\tb`"},
    {"text/html;charset=gbk,text/plain", "text/html charset=`gbk,text/plain`"},
};

static void parsed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cors_arena arena = fresh_arena();
        print_message("%s\n", rows[i].input);
        assert_string_equal(mime_type_text(parse_a_mime_type(bytes_of(rows[i].input), &arena)),
                            rows[i].expected);
    }
    struct cors_arena arena = fresh_arena();
    assert_true(parse_a_mime_type(null_bytes(), &arena).failure);
}

/* Which bytes may be in a type, a subtype and a charset. */
static void every_byte(void **state)
{
    (void)state;
    for (unsigned b = 0; b < 256; b++) {
        struct cors_arena arena = fresh_arena();
        const bool token = b < 128 && b > ' ' && b != 127 && !strchr("\"(),/:;<=>?@[\\]{}", (int)b);
        char type[] = "x?x/xx";
        type[1] = (char)b;
        assert_int_equal(parse_a_mime_type((struct cors_bytes){type, 6}, &arena).failure,
                         !token && b != '/' ? true : b == '/');
        char subtype[] = "xx/x?x";
        subtype[4] = (char)b;
        assert_int_equal(parse_a_mime_type((struct cors_bytes){subtype, 6}, &arena).failure,
                         !token && b != ';');
        char value[] = "x/x;charset=x?x";
        value[13] = (char)b;
        const struct mime_type mime_type =
            parse_a_mime_type((struct cors_bytes){value, 15}, &arena);
        const bool allowed = b == '\t' || (b >= ' ' && b <= '~') || b >= 0x80;
        assert_int_equal(!is_null(mime_type.charset), allowed);
    }
}

/* The first seven are the standard's own, #example-extract-a-mime-type. */
static const struct row extracted_rows[] = {
    {"Content-Type: text/plain;charset=gbk, text/html", "text/html charset=null"},
    {"Content-Type: text/html;charset=gbk;a=b, text/html;x=y", "text/html charset=`gbk`"},
    {"Content-Type: text/html;charset=gbk;a=b\nContent-Type: text/html;x=y",
     "text/html charset=`gbk`"},
    {"Content-Type: text/html;charset=gbk\nContent-Type: x/x\nContent-Type: text/html;x=y",
     "text/html charset=null"},
    {"Content-Type: text/html\nContent-Type: cannot-parse", "text/html charset=null"},
    {"Content-Type: text/html\nContent-Type: */*", "text/html charset=null"},
    {"Content-Type: text/html\nContent-Type:", "text/html charset=null"},
    {"", "failure"},
    {"X: text/html", "failure"},
    {"Content-Type:", "failure"},
    {"Content-Type: */*", "failure"},
    {"Content-Type: cannot-parse, text", "failure"},
    {"Content-Type: */*, x/x", "x/x charset=null"},
    {"Content-Type: text/html;charset=gbk, text/html;charset=utf-8", "text/html charset=`utf-8`"},
    {"Content-Type: text/html;charset=gbk, text/html;charset=utf-8, text/html",
     "text/html charset=`gbk`"},
    {"Content-Type: text/html;charset=gbk, */*, bad, TEXT/HTML", "text/html charset=`gbk`"},
    {"Content-Type: text/html;charset=gbk, x/x;charset=a, x/x", "x/x charset=`a`"},
    {"Content-Type: text/html;charset=gbk, x/x, x/x", "x/x charset=null"},
    {"Content-Type: text/html;charset=\"\", text/html", "text/html charset=``"},
    {"Content-Type: text/html;\" \\\"\nContent-Type: text/plain ;charset=UTF-8",
     "text/html charset=`UTF-8`"},
    {"content-type: text/html;x=\", text/plain\", */*", "text/html charset=null"},
};

static void extracted(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(extracted_rows); i++) {
        struct cors_arena arena = fresh_arena();
        const struct cors_header_list list = list_of(extracted_rows[i].input);
        print_message("%s\n", extracted_rows[i].input);
        assert_string_equal(mime_type_text(extract_a_mime_type(NULL, &list, &arena)),
                            extracted_rows[i].expected);
    }
}

/* However many parameters there are, no more is kept of them than one value. */
static void parameters_take_no_memory(void **state)
{
    (void)state;
    static char value[60000];
    struct cors_arena arena = cors_arena_over(memory, 64);
    char *at = value + sprintf(value, "TEXT/html");
    while (at < value + sizeof value - 32)
        at += sprintf(at, ";a=\"\\b\\c\\d\"");
    sprintf(at, ";charset=\"\\x\"");
    assert_string_equal(mime_type_text(parse_a_mime_type(bytes_of(value), &arena)),
                        "text/html charset=`x`");
    assert_false(arena.exhausted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parsed),
        cmocka_unit_test(every_byte),
        cmocka_unit_test(extracted),
        cmocka_unit_test(parameters_take_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
