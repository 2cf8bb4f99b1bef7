/* Regular expressions of other languages by their own interpreters: the dialect is the argument.
 * Skipped where the interpreter is not there. */
#include "asking.h"
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>

enum { SKIP = 77 };

static const struct dialect {
    const char *word, *interpreter;
    const char *many_lines; /* the flag with which ^ and $ are ends of lines; NULL: always */
    const char *any;        /* with which the dot is any character */
    bool extended, backtracks;
} dialects[] = {
    {"javascript", "node", "m", "s", false, true}, {"python", "python3", "m", "s", true, true},
    {"ruby", "ruby", NULL, "m", true, true},       {"go", "go", "m", "s", false, false},
    {"php", "php", "m", "s", true, false},         {"perl", "perl", "m", "s", true, false},
    {"java", "java", "m", "s", true, true},
};
static const struct dialect *dialect;

static struct validator *try_to_open(const char *pattern, struct regex_options options)
{
    opening_error[0] = '\0';
    return validator_open_regex(dialect->word, pattern, &options, opening_error,
                                sizeof opening_error);
}

static struct validator *opened(const char *pattern, struct regex_options options)
{
    struct validator *validator = try_to_open(pattern, options);
    if (validator == NULL)
        fail_msg("%s: %s", pattern, opening_error);
    return validator;
}

/* One letter for each origin: y if it is let in, n if not. */
static void assert_trusts(const char *pattern, struct regex_options options,
                          const char *const *origins, const char *expected)
{
    struct validator *validator = opened(pattern, options);
    assert_true(ask_strings(validator, origins));
    for (size_t i = 0; expected[i] != '\0'; i++) {
        const bool is_let_in = answers[i].kind == ANSWER_VALUE;
        if (is_let_in != (expected[i] == 'y'))
            fail_msg("%s: \"%s\": not %c", pattern, origins[i], expected[i]);
        if (is_let_in)
            assert_value(&answers[i], origins[i]);
    }
    assert_int_equal(validator->restarts, 0);
    assert_string_equal(validator->error, "");
    validator_close(validator);
}

#define TRUSTS(pattern, options, expected, ...)                                                    \
    assert_trusts(pattern, options, (const char *const[]){__VA_ARGS__, NULL}, expected)

static void ways_to_match(void **state)
{
    (void)state;
    struct regex_options search = {0}, prefix = {.match = REGEX_PREFIX},
                         full = {.match = REGEX_FULL};
    TRUSTS("b|bc", search, "yyyn", "abcd", "b", "bcd", "acd");
    TRUSTS("b|bc", prefix, "nyyy", "abcd", "b", "bcd", "bc");
    TRUSTS("b|bc", full, "nynyn", "abcd", "b", "bcd", "bc", "a\nb");
    TRUSTS("", search, "yy", "a", "b"); /* not the pattern that matched before */
    if (dialect->backtracks)
        TRUSTS("(a)(b)\\2", full, "yn", "abb", "aba");
}

/* Three with and without what no shell, no source text and no literal may see. */
static void hostile_patterns(void **state)
{
    (void)state;
    struct regex_options search = {0}, full = {.match = REGEX_FULL};
    TRUSTS("'\"`$HOME$", search, "n", "x");
    TRUSTS("\\$\\(id\\)'\";#\\\\", full, "yn", "$(id)'\";#\\", "$(id)");
    TRUSTS("a\nEND\n/~%!,:b", full, "yn", "a\nEND\n/~%!,:b", "a");
    TRUSTS("\x01\x02#{0}@a\\x00", full, "n", "\x01\x02#{0}@a");
    TRUSTS("[^a]", full, "yyyn", "\x80", "\x7f", "\\", "a");
}

static void flags(void **state)
{
    (void)state;
    TRUSTS("^https://A\\.test$", ((struct regex_options){.flags = "i"}), "yyn", "https://a.test",
           "https://A.TEST", "https://axtest");
    TRUSTS("^b$", ((struct regex_options){.flags = dialect->many_lines}), "yn", "a\nb\nc", "abc");
    TRUSTS("^b$", ((struct regex_options){.flags = dialect->many_lines, .match = REGEX_FULL}), "ny",
           "a\nb\nc", "b");
    TRUSTS("^a.b$", (struct regex_options){0}, "ny", "a\nb", "axb");
    TRUSTS("^a.b$", ((struct regex_options){.flags = dialect->any}), "yy", "a\nb", "axb");
    if (dialect->extended)
        TRUSTS("a b # rest", ((struct regex_options){.flags = "ix", .match = REGEX_FULL}), "yn",
               "AB", "a b");
}

static void the_same_answer_each_time(void **state)
{
    (void)state;
    struct validator *validator = opened("^https://a\\.test", (struct regex_options){0});
    static struct cors_bytes origins[MOST];
    for (size_t i = 0; i < MOST; i++)
        origins[i] = bytes_of_string(i % 3 == 0 ? "http://a.test" : "https://a.test.evil.test");
    for (int round = 0; round < 3; round++) {
        assert_true(validator->kind->ask(validator, origins, MOST, answers));
        for (size_t i = 0; i < MOST; i++)
            assert_int_equal(answers[i].kind, i % 3 == 0 ? ANSWER_NONE : ANSWER_VALUE);
    }
    assert_int_equal(validator->questions, 3 * MOST);
    assert_int_equal(validator->restarts, 0);
    validator_close(validator);
}

static void matched_part(void **state)
{
    (void)state;
    struct validator *validator =
        opened("https://a\\.(test|\x7f|\\\\)|q?$", (struct regex_options){.echo_matched = true});
    assert_true(ASK(validator, "https://a.test.evil.test", "https://a.test", "no",
                    "x https://a.\x7f", "https://a.\\"));
    assert_value(&answers[0], "https://a.test");
    assert_int_equal(judge_answer(CORS_BYTES("https://a.test.evil.test"), &answers[0]),
                     JUDGED_REFUSED);
    assert_int_equal(judge_answer(CORS_BYTES("https://a.test"), &answers[1]), JUDGED_ALLOWED);
    assert_int_equal(answers[2].kind, ANSWER_NONE); /* nothing is no origin */
    assert_value(&answers[3], "https://a.\x7f");
    assert_value(&answers[4], "https://a.\\");
    validator_close(validator);
}

/* The others know a limit, or take no time at all. (Java remembers where it has been, but not with
 * a reference back.) */
static void catastrophes(void **state)
{
    (void)state;
    static const char bad[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
    struct validator *validator =
        opened(dialect->backtracks ? "^(a|aa|b)+\\1?$" : "^(a|aa|b)+$", (struct regex_options){0});
    assert_true(ASK(validator, "aba", bad, "aba"));
    assert_value(&answers[0], "aba");
    assert_value(&answers[2], "aba");
    assert_int_equal(answers[1].kind, dialect->backtracks ? ANSWER_HUNG : ANSWER_NONE);
    if (dialect->backtracks) {
        assert_says(validator->error, "did not answer within");
        assert_true(validator->restarts > 0);
        const double begun = clock_passed();
        validator->deadline = begun + 0.3;
        assert_true(ASK(validator, "aba", bad));
        assert_int_equal(answers[1].kind, ANSWER_UNASKED);
        assert_true(clock_passed() - begun < 2); /* not 3 */
    }
    validator_close(validator);
}

static void assert_no_pattern(const char *pattern, struct regex_options options, const char *why)
{
    assert_null(try_to_open(pattern, options));
    assert_says(opening_error, why);
    if (strlen(opening_error) > 300 || strstr(opening_error, "corsim") != NULL)
        fail_msg("that is no sentence: %s", opening_error);
}

static void what_is_no_pattern(void **state)
{
    (void)state;
    struct regex_options search = {0}, full = {.match = REGEX_FULL}, wrong = {.flags = "ig"};
    assert_no_pattern("a(b", search, "the pattern is none: ");
    assert_no_pattern("a)|(b", full, "the pattern is none: "); /* closes what was put round it */
    assert_no_pattern("a(\n'", full, "the pattern is none: ");
    assert_no_pattern("a", wrong, " patterns have the flags i");
    wrong.flags = "iiiiii";
    assert_no_pattern("a", wrong, "each once");
    static char huge[20000];
    memset(huge, 'a', sizeof huge - 1);
    assert_no_pattern(huge, search, "longer than 16384 bytes");
    huge[16384] = '\0';
    validator_close(opened(huge, search));
}

/* The path is empty but for what finds that out. */
static void no_interpreter(void **state)
{
    (void)state;
    const char *found = getenv("PATH");
    char *path = strdup(found == NULL ? "/usr/bin:/bin" : found), expected[100];
    assert_non_null(path);
    setenv("PATH", "/nowhere", 1);
    snprintf(expected, sizeof expected, "there is no %s here, which patterns of the dialect %s",
             dialect->interpreter, dialect->word);
    assert_no_pattern("a", (struct regex_options){0}, expected);
    setenv("PATH", path, 1);
    free(path);
}

static void no_dialect(void **state)
{
    (void)state;
    struct regex_options options = {0};
    assert_null(
        validator_open_regex("c\x07obol", "a", &options, opening_error, sizeof opening_error));
    assert_says(opening_error, "there is no dialect c\\x07obol: it is pcre2, ");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways_to_match),  cmocka_unit_test(hostile_patterns),
        cmocka_unit_test(flags),          cmocka_unit_test(the_same_answer_each_time),
        cmocka_unit_test(matched_part),   cmocka_unit_test(catastrophes),
        cmocka_unit_test(no_interpreter), cmocka_unit_test(what_is_no_pattern),
        cmocka_unit_test(no_dialect),
    };
    char test[60];
    for (size_t i = 0; argc == 2 && i < sizeof dialects / sizeof *dialects; i++)
        if (strcmp(argv[1], dialects[i].word) == 0)
            dialect = &dialects[i];
    if (dialect == NULL)
        return 2;
    snprintf(test, sizeof test, "command -v %s >/dev/null", dialect->interpreter);
    if (system(test) != 0) {
        printf("SKIP: there is no %s\n", dialect->interpreter);
        return SKIP;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
