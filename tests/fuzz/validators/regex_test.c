/* What an answer means, the escaping of the line protocol, and validators that are patterns. */
#include "asking.h"
#include "clock.h"

static enum judgement judged(const char *origin, enum answer_kind kind, const char *value,
                             bool credentials)
{
    const struct answer answer = {kind, bytes_of_string(value), credentials};
    return judge_answer(bytes_of_string(origin), &answer);
}

static void judging(void **state)
{
    (void)state;
    const char *a = "https://a.test";
    assert_int_equal(judged(a, ANSWER_VALUE, a, false), JUDGED_ALLOWED);
    assert_int_equal(judged(a, ANSWER_VALUE, a, true), JUDGED_ALLOWED_WITH_CREDENTIALS);
    assert_int_equal(judged(a, ANSWER_VALUE, "*", false), JUDGED_PUBLIC);
    assert_int_equal(judged(a, ANSWER_VALUE, "*", true), JUDGED_PUBLIC);
    assert_int_equal(judged("null", ANSWER_VALUE, "null", true), JUDGED_ALLOWED_WITH_CREDENTIALS);
    assert_int_equal(judged(a, ANSWER_VALUE, " \thttps://a.test \r\n", false), JUDGED_ALLOWED);
    assert_int_equal(judged(a, ANSWER_VALUE, "https://a.tes", false), JUDGED_REFUSED);
    assert_int_equal(judged(a, ANSWER_VALUE, "https://a.test:443", false), JUDGED_REFUSED);
    assert_int_equal(judged(a, ANSWER_VALUE, "HTTPS://A.test", false), JUDGED_REFUSED);
    assert_int_equal(judged(a, ANSWER_VALUE, "https://a.test, https://a.test", true),
                     JUDGED_REFUSED);
    assert_int_equal(judged(a, ANSWER_VALUE, "", true), JUDGED_REFUSED);
    assert_int_equal(judged(a, ANSWER_VALUE, "**", true), JUDGED_REFUSED);
    for (int kind = ANSWER_NONE; kind <= ANSWER_BROKEN; kind++)
        if (kind != ANSWER_VALUE)
            assert_int_equal(judged(a, (enum answer_kind)kind, a, true), JUDGED_REFUSED);
}

static void escaping(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char one = (char)byte, out[8], back[8];
        struct cors_bytes bytes = {&one, 1};
        size_t len = validator_escape(bytes, out, sizeof out);
        assert_int_equal(len, byte == '\\' ? 2 : byte >= ' ' && byte <= '~' ? 1 : 4);
        struct cors_bytes escaped = {out, len};
        assert_true(validator_unescape(&escaped, back));
        assert_int_equal(escaped.len, 1);
        assert_int_equal(escaped.at[0], one);
    }
    char out[6];
    assert_int_equal(validator_escape(CORS_BYTES("abc\x01"), out, sizeof out), 3);
    assert_string_equal(out, "abc");
    static const char *const wrong[] = {"\\", "a\\", "\\x", "\\x1", "\\xg0", "\\n", "\t", "\x80"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char back[8];
        struct cors_bytes bytes = bytes_of_string(wrong[i]);
        assert_false(validator_unescape(&bytes, back));
    }
}

/* A value that is cut must not become an origin that is shorter. */
static void long_values(void **state)
{
    (void)state;
    static struct validator_values values;
    char text[VALIDATOR_VALUE + 1];
    memset(text, 'a', sizeof text);
    struct cors_bytes origin = {text, 5}, whole = {text, sizeof text};
    struct cors_bytes cut = validator_value(&values, 3, origin, whole);
    assert_int_equal(cut.len, VALIDATOR_VALUE);
    assert_memory_equal(cut.at + cut.len - 4, "a\xE2\x80\xA6", 4);
    assert_ptr_equal(validator_value(&values, 3, whole, whole).at, text);
    whole.len--;
    assert_int_equal(validator_value(&values, 3, origin, whole).len, VALIDATOR_VALUE);
}

static const char *const dialects[] = {"pcre2", "posix-ere"};
enum { DIALECTS = sizeof dialects / sizeof *dialects };

static struct validator *opened(const char *dialect, const char *pattern,
                                struct regex_options options)
{
    opening_error[0] = '\0';
    return validator_open_regex(dialect, pattern, &options, opening_error, sizeof opening_error);
}

static bool trusts(const char *dialect, const char *pattern, struct regex_options options,
                   const char *origin)
{
    struct validator *validator = opened(dialect, pattern, options);
    assert_non_null(validator);
    assert_true(ASK(validator, origin));
    if (answers[0].kind == ANSWER_VALUE)
        assert_value(&answers[0], origin);
    bool trusted = answers[0].kind == ANSWER_VALUE;
    validator_close(validator);
    return trusted;
}

static void ways_to_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < DIALECTS; i++) {
        const char *dialect = dialects[i];
        struct regex_options options = {0};
        assert_true(trusts(dialect, "b|bc", options, "abcd"));
        options.match = REGEX_PREFIX;
        assert_false(trusts(dialect, "b|bc", options, "abcd"));
        assert_true(trusts(dialect, "b|bc", options, "bcd"));
        options.match = REGEX_FULL;
        assert_false(trusts(dialect, "b|bc", options, "bcd"));
        assert_true(trusts(dialect, "b|bc", options, "bc")); /* not the first alternative */
        assert_false(trusts(dialect, "b", options, "B"));
        options.flags = "i";
        assert_true(trusts(dialect, "b", options, "B"));
        options = (struct regex_options){.flags = "m"};
        assert_true(trusts(dialect, "^b$", options, "a\nb\nc"));
        assert_true(trusts(dialect, "", options, "") && trusts(dialect, "$", options, "a"));
    }
    struct regex_options options = {.flags = "sx"};
    assert_true(trusts("pcre2", "a . b # comment", options, "a\nb"));
    options.flags = NULL;
    assert_false(trusts("pcre2", "a.b", options, "a\nb"));
}

static void matched_part(void **state)
{
    (void)state;
    for (size_t i = 0; i < DIALECTS; i++) {
        struct validator *validator =
            opened(dialects[i], "https://a\\.test", (struct regex_options){.echo_matched = true});
        assert_non_null(validator);
        assert_true(ASK(validator, "https://a.test.evil.test", "https://a.test", "no"));
        assert_value(&answers[0], "https://a.test");
        assert_int_equal(judge_answer(CORS_BYTES("https://a.test.evil.test"), &answers[0]),
                         JUDGED_REFUSED);
        assert_int_equal(judge_answer(CORS_BYTES("https://a.test"), &answers[1]), JUDGED_ALLOWED);
        assert_int_equal(answers[2].kind, ANSWER_NONE);
        validator_close(validator);
    }
}

/* The further into the pattern, the more counters count. */
static size_t positions(struct validator *validator, const char *origin)
{
    memset(validator->counters, 0, validator->counter_count);
    assert_true(ASK(validator, origin));
    size_t hit = 0;
    for (size_t i = 0; i < validator->counter_count; i++)
        hit += validator->counters[i] > 0;
    return hit;
}

static void coverage_of_the_pattern(void **state)
{
    (void)state;
    struct validator *validator = opened("pcre2", "^https://(a|bcd)$", (struct regex_options){0});
    assert_non_null(validator);
    assert_true(validator->kind->in_process);
    size_t nothing = positions(validator, "x"), scheme = positions(validator, "https://x"),
           most = positions(validator, "https://bc"), all = positions(validator, "https://bcd");
    assert_true(nothing > 0 && nothing < scheme && scheme < most && most < all);
    validator_close(validator);
    validator = opened("pcre2", "x*", (struct regex_options){.match = REGEX_FULL});
    assert_non_null(validator);
    char many[1001] = {0};
    memset(many, 'x', 1000);
    positions(validator, many);
    for (int i = 0; i < 50; i++)
        assert_true(ASK(validator, many));
    assert_int_equal(validator->counters[0], 51); /* they add up, and stay at the most */
    for (int i = 0; i < 300; i++)
        assert_true(ASK(validator, many));
    assert_int_equal(validator->counters[0], UINT8_MAX);
    validator_close(validator);
}

static void catastrophes(void **state)
{
    (void)state;
    double begun = clock_passed();
    struct validator *validator =
        opened("pcre2", "^(([a-z])+.)+[A-Z]([a-z])+$", (struct regex_options){0});
    assert_non_null(validator);
    assert_true(ASK(validator, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abAa"));
    assert_int_equal(answers[0].kind, ANSWER_HUNG);
    assert_says(validator->error,
                "more than 1000000 steps (match limit exceeded) at the origin aa");
    assert_value(&answers[1], "abAa");
    /* Not so many steps for each of thousands; and none beyond the deadline. */
    for (int i = 0; i < 8; i++)
        assert_true(ASK(validator, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    assert_says(validator->error, "more than 50000 steps (match limit exceeded) at the origin aa");
    validator->deadline = clock_passed();
    static struct cors_bytes many[MOST];
    for (size_t i = 0; i < MOST; i++)
        many[i] = bytes_of_string("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    memset(answers, 0, sizeof answers);
    assert_true(validator->kind->ask(validator, many, MOST, answers));
    assert_int_equal(answers[0].kind, ANSWER_HUNG);
    assert_int_equal(answers[MOST - 1].kind, ANSWER_UNASKED);
    validator_close(validator);
    assert_true(clock_passed() - begun < 10);
}

static void assert_no_pattern(const char *dialect, const char *pattern,
                              struct regex_options options, const char *why)
{
    assert_null(opened(dialect, pattern, options));
    assert_says(opening_error, why);
}

static void what_is_no_pattern(void **state)
{
    (void)state;
    struct regex_options options = {0};
    assert_no_pattern("pcre2", "a(b", options, "missing closing parenthesis at character 4");
    assert_no_pattern("posix-ere", "a(b", options, "the pattern is none: Unmatched (");
    options.flags = "ig";
    assert_no_pattern("pcre2", "a", options, "flags i, m, s and x");
    options.flags = "s";
    assert_no_pattern("posix-ere", "a", options, "flags i and m");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judging),      cmocka_unit_test(escaping),
        cmocka_unit_test(long_values),  cmocka_unit_test(ways_to_match),
        cmocka_unit_test(matched_part), cmocka_unit_test(coverage_of_the_pattern),
        cmocka_unit_test(catastrophes), cmocka_unit_test(what_is_no_pattern),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
