/* Programs as validators, well-behaved and hostile ones: fuzz/protocol.md. Each program is a few
 * words of shell. That one is started anew, that the guilty origin is found and the others get
 * their answers, what is said about it, and that it takes no longer than it may. */
#include "asking.h"
#include "clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HELLO "echo 'corsim-validator 1'; "
/* Trusts everything that is not caught before. */
#define EACH(cases)                                                                                \
    HELLO "while IFS= read -r o; do case $o in " cases " *) printf '%s\\n' \"$o\";; esac; done"

static struct validator *opened(const char *command, double seconds)
{
    const struct exec_options options = {.seconds = seconds, .start_seconds = 10};
    opening_error[0] = '\0';
    return validator_open_exec(command, &options, opening_error, sizeof opening_error);
}

static void assert_not_opened(const char *command, const char *why)
{
    double begun = clock_passed();
    const struct exec_options options = {.start_seconds = 1};
    assert_null(validator_open_exec(command, &options, opening_error, sizeof opening_error));
    assert_says(opening_error, why);
    assert_true(clock_passed() - begun < 5);
}

static void answers_in_order(void **state)
{
    (void)state;
    struct validator *validator = opened(EACH("a) echo -;; b) printf 'b\\tcredentials\\n';; c) "
                                              "echo '*';; d) printf '%s\\n' '\\x0a\\\\\\xFf';;"),
                                         5);
    assert_non_null(validator);
    assert_true(ASK(validator, "a", "b", "c", "d", "https://e", "\\ \x80"));
    assert_int_equal(answers[0].kind, ANSWER_NONE);
    assert_value(&answers[1], "b");
    assert_true(answers[1].credentials);
    assert_value(&answers[2], "*");
    assert_false(answers[2].credentials);
    assert_value(&answers[3], "\n\\\xFF");
    assert_value(&answers[4], "https://e");
    assert_value(&answers[5], "\\ \x80");
    assert_int_equal(validator->questions, 6);
    assert_int_equal(validator->restarts, 0);
    assert_string_equal(validator->error, "");
    validator_close(validator);
}

/* Long enough to fill every pipe both ways if the one side waited for the other. */
static void no_deadlock(void **state)
{
    (void)state;
    static char text[4000];
    static struct cors_bytes origins[MOST];
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < MOST; i++)
        origins[i] = (struct cors_bytes){text, sizeof text};
    struct validator *validator = opened(HELLO "exec cat", 20);
    assert_non_null(validator);
    assert_true(validator->kind->ask(validator, origins, MOST, answers));
    for (size_t i = 0; i < MOST; i++)
        assert_int_equal(judge_answer(origins[i], &answers[i]), JUDGED_ALLOWED);
    assert_int_equal(validator->restarts, 0);
    validator_close(validator);
}

/* 300 origins, of which number 137 is `bad`. */
static bool ask_many(struct validator *validator, const char *bad)
{
    static char texts[300][16];
    struct cors_bytes origins[300];
    for (size_t i = 0; i < 300; i++) {
        snprintf(texts[i], sizeof texts[i], "%s%zu", i == 137 ? bad : "o", i);
        origins[i] = bytes_of_string(texts[i]);
    }
    bool asked = validator->kind->ask(validator, origins, 300, answers);
    for (size_t i = 0; asked && i < 300; i++)
        if (i != 137)
            assert_int_equal(judge_answer(origins[i], &answers[i]), JUDGED_ALLOWED);
    return asked;
}

static void assert_guilty(const char *command, const char *bad, enum answer_kind kind,
                          const char *why)
{
    double begun = clock_passed();
    struct validator *validator = opened(command, kind == ANSWER_HUNG ? 1 : 10);
    assert_non_null(validator);
    assert_true(ask_many(validator, bad));
    assert_int_equal(answers[137].kind, kind);
    assert_says(validator->error, why);
    assert_says(validator->error, "at the origin bad137");
    assert_true(validator->restarts > 0);
    assert_int_equal(validator->questions, 300);
    assert_true(ASK(validator, "https://after"));
    assert_value(&answers[0], "https://after");
    validator_close(validator);
    assert_true(clock_passed() - begun < 30);
}

static void crash_on_one(void **state)
{
    (void)state;
    assert_guilty(EACH("bad*) kill -SEGV $$;;"), "bad", ANSWER_CRASHED,
                  "the program ended by signal 11");
    assert_guilty(EACH("bad*) echo some Error: no 'x' >&2; exit 3;;"), "bad", ANSWER_CRASHED,
                  "ended with exit status 3");
    assert_guilty(EACH("bad*) printf 'one\\nan Error: \\033[31mno\\nlast\\n' >&2; exit 3;;"), "bad",
                  ANSWER_CRASHED, "it said: an Error: \\x1b[31mno");
    /* Above the signals: PHP ends so. */
    assert_guilty(EACH("bad*) exit 255;;"), "bad", ANSWER_CRASHED, "ended with exit status 255");
}

static void hang_on_one(void **state)
{
    (void)state;
    assert_guilty(EACH("bad*) sleep 60;;"), "bad", ANSWER_HUNG, "did not answer within 1 seconds");
}

/* What it has computed is more than what it has said: only bisection finds it. */
static void crash_with_buffered_output(void **state)
{
    (void)state;
    assert_guilty("exec perl -e '$| = 1; print qq(corsim-validator 1\\n); "
                  "while (sysread(STDIN, $in, 65536)) { my $out = qq(); "
                  "for (split(/\\n/, $in)) { exit 9 if /^bad/; $out .= qq($_\\n); } print $out; }'",
                  "bad", ANSWER_CRASHED, "ended with exit status 9");
}

static void shut_pipes(void **state)
{
    (void)state;
    assert_guilty(EACH("bad*) exec >&-; sleep 60;;"), "bad", ANSWER_CRASHED,
                  "closed its output and had to be killed");
}

static void rubbish_on_one(void **state)
{
    (void)state;
    struct validator *validator = opened(
        EACH("a) printf '\\033[31m\\n';; b) echo;; c) printf 'c\\tcookies\\n';; d) echo '\\xg0';;"),
        5);
    assert_non_null(validator);
    assert_true(ASK(validator, "a", "b", "c", "d", "e"));
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(answers[i].kind, ANSWER_BROKEN);
    assert_memory_equal(answers[0].value.at, "\x1B[31m", 5);
    assert_value(&answers[4], "e");
    assert_says(validator->error, "a line that is no answer at the origin d");
    validator_close(validator);
}

static void flood_on_one(void **state)
{
    (void)state;
    assert_guilty(EACH("bad*) exec yes;;"), "bad", ANSWER_BROKEN, "more lines than it was asked");
    assert_guilty(EACH("bad*) exec tr '\\0' x </dev/zero;;"), "bad", ANSWER_BROKEN,
                  "a line of more than 8192 bytes");
    assert_guilty(EACH("bad*) yes >&2;;"), "bad", ANSWER_HUNG, "did not answer");
}

static void assert_given_up(const char *command, double seconds, const char *why)
{
    double begun = clock_passed();
    struct validator *validator = opened(command, seconds);
    assert_non_null(validator);
    assert_false(ask_many(validator, "o"));
    assert_says(validator->error, why);
    assert_says(validator->error, "given up after");
    validator_close(validator);
    assert_true(clock_passed() - begun < 20);
}

static void given_up_in_time(void **state)
{
    (void)state;
    assert_given_up(HELLO "while read -r o; do exit 1; done", 5, "ended with exit status 1");
    assert_given_up(HELLO "exec sleep 60", 0.2, "did not answer within 0.2 seconds");
    assert_given_up(HELLO "while read -r o; do echo -; echo -; done", 5, "more lines than");
    assert_given_up(HELLO "while read -r o; do read -r o; echo -; done", 0.2,
                    "did not answer within");
    assert_given_up(HELLO "exec <&-; sleep 60", 5, "closed its input and had to be killed");
    assert_given_up(HELLO "exec yes", 5, "more lines than");
    assert_given_up(HELLO "exec >&-; sleep 60", 5, "closed its output and had to be killed");
}

/* What it said before counts. */
static void answers_before_it_is_given_up(void **state)
{
    (void)state;
    struct validator *validator = opened(EACH("bad*) exit 3;;"), 5);
    assert_non_null(validator);
    assert_false(ASK(validator, "https://a", "-", "bad1", "bad2", "bad3", "bad4", "bad5", "bad6",
                     "bad7", "bad8", "bad9", "never"));
    assert_value(&answers[0], "https://a");
    assert_int_equal(answers[1].kind, ANSWER_NONE);
    for (size_t i = 2; i < 11; i++)
        assert_int_equal(answers[i].kind, ANSWER_CRASHED);
    assert_int_equal(answers[11].kind, ANSWER_UNASKED);
    validator_close(validator);
}

static void assert_cut(const char *command)
{
    struct validator *validator = opened(command, 30);
    assert_non_null(validator);
    const double begun = clock_passed();
    validator->deadline = begun + 0.5;
    assert_true(ASK(validator, "https://a", "bad", "https://b"));
    assert_value(&answers[0], "https://a");
    assert_int_equal(answers[1].kind, ANSWER_UNASKED);
    assert_int_equal(answers[2].kind, ANSWER_UNASKED);
    assert_string_equal(validator->error, ""); /* it is nobody's fault */
    assert_true(ASK(validator, "https://a"));
    assert_int_equal(answers[0].kind, ANSWER_UNASKED);
    assert_true(clock_passed() - begun < 2);
    validator->deadline = 0;
    assert_true(ASK(validator, "https://b"));
    assert_value(&answers[0], "https://b");
    validator_close(validator);
}

static void no_longer_than_the_deadline(void **state)
{
    (void)state;
    assert_cut(EACH("bad*) sleep 60;;"));
}

static void no_hello(void **state)
{
    (void)state;
    assert_not_opened("echo hello", "first line must be \"corsim-validator 1\"; it was \"hello\"");
    assert_not_opened("echo corsim-validator 2", "it was \"corsim-validator 2\"");
    assert_not_opened("printf '\\033]0;x\\007\\n'", "it was \"\\x1b]0;x\\x07\"");
    assert_not_opened("exec tr '\\0' x </dev/zero", "it was \"xxxxx");
    assert_not_opened("exit 4", "ended with exit status 4 before it printed");
    assert_not_opened("/nonexistent/validator", "not found");
    assert_not_opened("exec sleep 60", "did not print \"corsim-validator 1\" in time");
    assert_not_opened("yes >&2", "did not print \"corsim-validator 1\" in time");
    assert_not_opened("exec yes >&2", "had to be killed before it printed");
}

static void slow_start(void **state)
{
    (void)state;
    struct validator *validator = opened("sleep 1; " HELLO "exec cat", 0.8);
    assert_non_null(validator);
    assert_true(ASK(validator, "a"));
    assert_value(&answers[0], "a");
    validator_close(validator);
}

/* A process that nobody has waited for yet is not alive. */
static bool alive(pid_t pid)
{
    char path[40], state = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    if (fscanf(file, "%*d %*s %c", &state) != 1)
        state = 0;
    fclose(file);
    return state != 'Z' && state != 0;
}

static void pause_a_little(void)
{
    const struct timespec moment = {0, 10000000};
    nanosleep(&moment, NULL);
}

/* What the program started ends with it. */
static void no_orphans(void **state)
{
    (void)state;
    struct validator *validator = opened("sleep 1000 & " EACH("pid) echo $!;;"), 5);
    assert_non_null(validator);
    assert_true(ASK(validator, "pid"));
    char text[16] = {0};
    memcpy(text, answers[0].value.at, answers[0].value.len < 15 ? answers[0].value.len : 15);
    pid_t orphan = (pid_t)strtol(text, NULL, 10);
    assert_true(orphan > 1);
    validator_close(validator);
    for (int i = 0; i < 100 && alive(orphan); i++)
        pause_a_little();
    assert_false(alive(orphan));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_in_order),
        cmocka_unit_test(no_deadlock),
        cmocka_unit_test(crash_on_one),
        cmocka_unit_test(hang_on_one),
        cmocka_unit_test(crash_with_buffered_output),
        cmocka_unit_test(shut_pipes),
        cmocka_unit_test(rubbish_on_one),
        cmocka_unit_test(flood_on_one),
        cmocka_unit_test(given_up_in_time),
        cmocka_unit_test(answers_before_it_is_given_up),
        cmocka_unit_test(no_longer_than_the_deadline),
        cmocka_unit_test(no_hello),
        cmocka_unit_test(slow_start),
        cmocka_unit_test(no_orphans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
