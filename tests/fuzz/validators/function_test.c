/* Functions as validators, linked ones and those of a library that crashes, exits, hangs and
 * prints. The library's path is the first argument. */
#include "asking.h"
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>

static const char *library;

static struct validator *opened(const char *symbol)
{
    static char both[4096];
    snprintf(both, sizeof both, "%s:%s", library, symbol);
    opening_error[0] = '\0';
    return validator_open_function(both, opening_error, sizeof opening_error);
}

static int is_short(const char *origin, size_t length)
{
    assert_int_equal(origin[length], '\0');
    return length < 3;
}

static void linked(void **state)
{
    (void)state;
    struct validator *validator = validator_open_linked(is_short);
    assert_non_null(validator);
    assert_true(validator->kind->in_process);
    assert_true(ASK(validator, "ab", "abc", ""));
    assert_value(&answers[0], "ab");
    assert_int_equal(answers[1].kind, ANSWER_NONE);
    assert_value(&answers[2], "");
    validator_close(validator);
}

static void well_behaved(void **state)
{
    (void)state;
    static char texts[MOST][24];
    static struct cors_bytes origins[MOST];
    struct validator *validator = opened("trusts_long");
    assert_non_null(validator);
    for (size_t round = 0; round < 50; round++) {
        for (size_t i = 0; i < MOST; i++) {
            snprintf(texts[i], sizeof texts[i], i % 2 == 0 ? "%zu" : "%zu is a long one", i);
            origins[i] = bytes_of_string(texts[i]);
        }
        assert_true(validator->kind->ask(validator, origins, MOST, answers));
        for (size_t i = 0; i < MOST; i++)
            assert_int_equal(judge_answer(origins[i], &answers[i]),
                             i % 2 == 0 ? JUDGED_REFUSED : JUDGED_ALLOWED);
    }
    assert_int_equal(validator->questions, 50 * MOST);
    assert_int_equal(validator->restarts, 0);
    validator_close(validator);
}

static void got_over(void **state)
{
    (void)state;
    double begun = clock_passed();
    struct validator *validator = opened("evil");
    assert_non_null(validator);
    assert_true(ASK(validator, "a", "crash", "b", "exit", "print", "c"));
    assert_value(&answers[0], "a");
    assert_int_equal(answers[1].kind, ANSWER_CRASHED);
    assert_value(&answers[2], "b");
    assert_int_equal(answers[3].kind, ANSWER_CRASHED);
    assert_value(&answers[4], "print");
    assert_value(&answers[5], "c");
    assert_says(validator->error, "the validator ended with exit status 3 at the origin exit");
    assert_true(ASK(validator, "crash", "a"));
    assert_says(validator->error, "the validator ended by signal 6 (Aborted) at the origin crash");
    assert_memory_equal(answers[0].value.at, "by signal 6", 11);
    assert_int_equal(validator->restarts, 3);
    assert_true(ASK(validator, "hang", "a"));
    assert_int_equal(answers[0].kind, ANSWER_HUNG);
    assert_value(&answers[1], "a");
    assert_says(validator->error, "did not answer within 2 seconds at the origin hang");
    validator_close(validator);
    assert_true(clock_passed() - begun < 10);
}

static void no_longer_than_the_deadline(void **state)
{
    (void)state;
    const double begun = clock_passed();
    struct validator *validator = opened("evil");
    assert_non_null(validator);
    validator->deadline = begun + 0.3;
    assert_true(ASK(validator, "a", "hang", "b"));
    assert_true(clock_passed() - begun < 1.5);
    assert_value(&answers[0], "a");
    assert_int_equal(answers[1].kind, ANSWER_UNASKED);
    assert_int_equal(answers[2].kind, ANSWER_UNASKED);
    assert_string_equal(validator->error, "");
    validator->deadline = 0;
    assert_true(ASK(validator, "b"));
    assert_value(&answers[0], "b");
    validator_close(validator);
}

static void given_up(void **state)
{
    (void)state;
    struct validator *validator = opened("always_evil");
    assert_non_null(validator);
    assert_false(ASK(validator, "1", "2", "3", "4", "5", "6", "7", "8", "9"));
    assert_says(validator->error, "at the origin 8; given up after 8 origins in a row");
    validator_close(validator);
}

static void too_long(void **state)
{
    (void)state;
    size_t len = 3 << 20;
    char *text = calloc(len, 1);
    assert_non_null(text);
    struct validator *validator = opened("trusts_long");
    assert_non_null(validator);
    struct cors_bytes origins[] = {{text, len / 6}, {text, len / 6}, {text, len / 6}, {text, len}};
    assert_true(validator->kind->ask(validator, origins, 3, answers));
    assert_false(validator->kind->ask(validator, origins, 4, answers));
    assert_says(validator->error, "too long to be asked at the origin \\x00");
    validator_close(validator);
    free(text);
}

static void not_to_be_had(void **state)
{
    (void)state;
    assert_null(opened("nothing"));
    assert_says(opening_error, "nothing");
    assert_null(validator_open_function("./nowhere.so:f", opening_error, sizeof opening_error));
    assert_says(opening_error, "nowhere.so");
    static const char *const wrong[] = {"lib.so", "lib.so:", ":f", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_null(validator_open_function(wrong[i], opening_error, sizeof opening_error));
        assert_says(opening_error, "LIBRARY:SYMBOL");
    }
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    library = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linked),
        cmocka_unit_test(well_behaved),
        cmocka_unit_test(got_over),
        cmocka_unit_test(given_up),
        cmocka_unit_test(no_longer_than_the_deadline),
        cmocka_unit_test(too_long),
        cmocka_unit_test(not_to_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
