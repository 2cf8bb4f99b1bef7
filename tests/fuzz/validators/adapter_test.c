/* The adapters of fuzz/adapters, each with its real interpreter: the adapter's path is the first
 * argument, a folder with a validator for each (yours.*) the second. Skipped where the interpreter
 * is not there. */
#include "asking.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SKIP = 77 };

static const struct interpreter {
    const char *adapter, *program;
} interpreters[] = {
    {"javascript.mjs", "node"}, {"python.py", "python3"}, {"ruby.rb", "ruby"}, {"go.go", "go"},
    {"php.php", "php"},
};

static char command[4096], go_program[60];

static void answers_and_crashes(void **state)
{
    (void)state;
    const struct exec_options options = {.seconds = 60, .start_seconds = 120};
    struct validator *validator =
        validator_open_exec(command, &options, opening_error, sizeof opening_error);
    if (validator == NULL) {
        fail_msg("%s", opening_error);
        return;
    }
    assert_true(ASK(validator, "true", "star", "credentials", "bytes", "https://no.test",
                    "a \"\\\x80\xff'$", "\"", "\\x41"));
    assert_value(&answers[0], "true");
    assert_false(answers[0].credentials);
    assert_value(&answers[1], "*");
    assert_true(answers[1].credentials);
    assert_value(&answers[2], "credentials");
    assert_true(answers[2].credentials);
    assert_value(&answers[3], "\n\\\xff");
    assert_int_equal(answers[4].kind, ANSWER_NONE);
    assert_value(&answers[5], "a \"\\\x80\xff'$");
    assert_int_equal(answers[6].kind, ANSWER_NONE);
    assert_int_equal(answers[7].kind, ANSWER_NONE);
    /* What is thrown is a refusal, however often: that is how many refuse. */
    assert_true(ASK(validator, "throw", "throw", "throw", "throw", "throw", "throw", "throw",
                    "throw", "throw", "true"));
    for (size_t i = 0; i < 9; i++)
        assert_int_equal(answers[i].kind, ANSWER_NONE);
    assert_value(&answers[9], "true");
    assert_int_equal(validator->restarts, 0);
    assert_true(ASK(validator, "true", "crash", "true"));
    assert_value(&answers[0], "true");
    assert_int_equal(answers[1].kind, ANSWER_CRASHED);
    assert_value(&answers[2], "true");
    assert_says(validator->error, "no such origin");
    validator_close(validator);
}

static void full_batches(void **state)
{
    (void)state;
    const struct exec_options options = {.seconds = 60, .start_seconds = 120};
    static struct cors_bytes origins[MOST];
    for (size_t i = 0; i < MOST; i++)
        origins[i] = bytes_of_string(i % 3 == 0 ? "true" : "a long enough origin to fill a pipe");
    struct validator *validator =
        validator_open_exec(command, &options, opening_error, sizeof opening_error);
    assert_non_null(validator);
    for (int round = 0; round < 20; round++) {
        assert_true(validator->kind->ask(validator, origins, MOST, answers));
        for (size_t i = 0; i < MOST; i++)
            assert_int_equal(answers[i].kind, i % 3 == 0 ? ANSWER_VALUE : ANSWER_NONE);
    }
    assert_int_equal(validator->restarts, 0);
    validator_close(validator);
}

static int skip_without(const char *program)
{
    char test[60];
    snprintf(test, sizeof test, "command -v %s >/dev/null", program);
    if (system(test) == 0)
        return 0;
    printf("SKIP: there is no %s\n", program);
    return SKIP;
}

/* Go wants both files in one folder, and is asked to build them once only. */
static bool build_go(const char *adapter, const char *folder)
{
    char build[4096];
    snprintf(go_program, sizeof go_program, "/tmp/corsim-adapter-go.%ld", (long)getpid());
    snprintf(command, sizeof command, "exec %s", go_program);
    snprintf(build, sizeof build,
             "d=$(mktemp -d) && cp '%s' '%s/yours.go' \"$d\" && cd \"$d\" && "
             "go build -o %s go.go yours.go; s=$?; rm -rf \"$d\"; exit $s",
             adapter, folder, go_program);
    return system(build) == 0;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    const char *slash = strrchr(argv[1], '/'), *name = slash == NULL ? argv[1] : slash + 1;
    for (size_t i = 0; i < sizeof interpreters / sizeof *interpreters; i++) {
        const struct interpreter *interpreter = &interpreters[i];
        if (strcmp(interpreter->adapter, name) != 0)
            continue;
        if (skip_without(interpreter->program) != 0)
            return SKIP;
        const char *ending = strrchr(name, '.');
        if (strcmp(ending, ".go") == 0
                ? !build_go(argv[1], argv[2])
                : snprintf(command, sizeof command, "exec %s '%s' '%s/yours%s'",
                           interpreter->program, argv[1], argv[2], ending) < 0)
            return 1;
        const struct CMUnitTest tests[] = {cmocka_unit_test(answers_and_crashes),
                                           cmocka_unit_test(full_batches)};
        int failed = cmocka_run_group_tests(tests, NULL, NULL);
        remove(go_program);
        return failed;
    }
    printf("%s is no adapter\n", name);
    return 1;
}
