/* Flags: every form of every kind, and what is said about wrong ones. */
#include "options.h"

#include "commands.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { RED, GREEN };
static const struct choice hues[] = {{"red", RED}, {"green", GREEN}, {NULL, 0}};

struct flags {
    bool loud;
    const char *name;
    struct string_list headers;
    unsigned long count;
    double seconds;
    int hue;
};

/* What the parse of one line gave, and what it wrote to stderr. */
struct parsed {
    bool right;
    struct flags flags;
    struct command_line line;
    char said[2000];
};

static void parse(struct parsed *parsed, int argc, const char *const *argv)
{
    struct flags *flags = &parsed->flags;
    *parsed = (struct parsed){.flags = {.hue = -1}};
    const struct option options[] = {
        {"loud", 'l', NULL, "be loud", OPTION_TRUE, &flags->loud, NULL},
        {"name", 'n', "NAME", "a name", OPTION_STRING, &flags->name, NULL},
        {"header", 'H', "LINE", "a header", OPTION_STRINGS, &flags->headers, NULL},
        {"count", 0, "N", "a number", OPTION_NUMBER, &flags->count, NULL},
        {"max-time", 'm', "SECONDS", "a time", OPTION_SECONDS, &flags->seconds, NULL},
        {"hue", 0, "HUE", "a colour", OPTION_CHOICE, &flags->hue, hues},
    };
    const struct command command = {.name = "frob",
                                    .operands = "FILE",
                                    .summary = "Frobs.",
                                    .example = "corsim frob x",
                                    .least = 1,
                                    .most = 2,
                                    .options = options,
                                    .option_count = sizeof options / sizeof *options};
    FILE *said = tmpfile();
    assert_non_null(said);
    fflush(stderr);
    int saved = dup(2);
    dup2(fileno(said), 2);
    parsed->right = command_parse(&command, argc, (char **)(uintptr_t)argv, &parsed->line);
    fflush(stderr);
    dup2(saved, 2);
    close(saved);
    rewind(said);
    parsed->said[fread(parsed->said, 1, sizeof parsed->said - 1, said)] = '\0';
    fclose(said);
}

#define PARSE(parsed, ...)                                                                         \
    do {                                                                                           \
        const char *const line[] = {"frob", __VA_ARGS__, NULL};                                    \
        parse((parsed), sizeof line / sizeof *line - 1, line);                                     \
    } while (0)

static void done(struct parsed *parsed)
{
    command_line_free(&parsed->line);
    string_list_free(&parsed->flags.headers);
}

static void test_every_form(void **state)
{
    (void)state;
    struct parsed parsed;
    PARSE(&parsed, "-lHa: 1", "--header=b: 2", "-H", "c", "--name", "x", "--count", "12", "-m2.5",
          "--hue=green", "file", "--color", "always");
    assert_true(parsed.right);
    assert_true(parsed.flags.loud);
    assert_int_equal(parsed.flags.headers.count, 3);
    assert_string_equal(parsed.flags.headers.at[0], "a: 1");
    assert_string_equal(parsed.flags.headers.at[1], "b: 2");
    assert_string_equal(parsed.flags.headers.at[2], "c");
    assert_string_equal(parsed.flags.name, "x");
    assert_int_equal(parsed.flags.count, 12);
    assert_true(parsed.flags.seconds > 2.49 && parsed.flags.seconds < 2.51);
    assert_int_equal(parsed.flags.hue, GREEN);
    assert_int_equal(parsed.line.colour, COLOUR_ALWAYS);
    assert_int_equal(parsed.line.operand_count, 1);
    done(&parsed);
}

static void test_operands(void **state)
{
    (void)state;
    struct parsed parsed;
    PARSE(&parsed, "-", "--", "--loud");
    assert_true(parsed.right);
    assert_false(parsed.flags.loud);
    assert_string_equal(parsed.line.operands[0], "-");
    assert_string_equal(parsed.line.operands[1], "--loud");
    done(&parsed);
}

/* Each wrong line, and words that its complaint must have. */
static void test_wrong(void **state)
{
    static const struct {
        const char *arguments[3];
        const char *says;
    } lines[] = {
        {{"--heder", "x"}, "no flag --heder; did you mean --header?"},
        {{"--xyzzy", "x"}, "no flag --xyzzy\n"},
        {{"-q", "x"}, "no flag -q"},
        {{"--colour", "x"}, "did you mean --color?"},
        {{"x", "--name"}, "--name needs a value"},
        {{"x", "-n"}, "--name needs a value"},
        {{"x", "--loud=yes"}, "--loud takes no value"},
        {{"x", "--count=-1"}, "--count takes a whole number, not \"-1\""},
        {{"x", "--count=99999999999999999999"}, "--count takes a whole number"},
        {{"x", "--count="}, "--count takes a whole number"},
        {{"x", "-m1."}, "--max-time takes seconds"},
        {{"x", "-mnan"}, "--max-time takes seconds"},
        {{"x", "--hue=gren"}, "red or green, not \"gren\"; did you mean \"green\"?"},
        {{"x", "--hue="}, "red or green, not \"\""},
        {{"-l"}, "FILE is missing"},
        {{"a", "b", "c"}, "no use for \"c\""},
        {{"--\033[31m", "x"}, "no flag --\\x1b[31m"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *argv[] = {"frob", lines[i].arguments[0], lines[i].arguments[1],
                              lines[i].arguments[2], NULL};
        int argc = 1;
        while (argc < 4 && argv[argc] != NULL)
            argc++;
        struct parsed parsed;
        parse(&parsed, argc, argv);
        assert_false(parsed.right);
        assert_int_equal(parsed.line.status, EXIT_USAGE);
        if (strstr(parsed.said, lines[i].says) == NULL)
            fail_msg("expected \"%s\" in \"%s\"", lines[i].says, parsed.said);
        assert_non_null(strstr(parsed.said, "See: corsim frob --help"));
    }
}

static void test_nearest(void **state)
{
    static const char *const words[] = {"include", "omit", "same-origin"};
    (void)state;
    assert_string_equal(nearest_word(CORS_BYTES("inlcude"), words, 3), "include");
    assert_string_equal(nearest_word(CORS_BYTES("same"), words, 3), "same-origin");
    assert_null(nearest_word(CORS_BYTES("zzz"), words, 3));
    assert_null(nearest_word(CORS_BYTES(""), words, 3));
    char longest[5000];
    memset(longest, 'a', sizeof longest);
    assert_null(nearest_word((struct cors_bytes){longest, sizeof longest}, words, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_form),
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
