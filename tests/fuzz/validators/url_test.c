/* A live server as a validator: one that is slow, resets connections, limits the rate, floods, and
 * says nothing at all. The server's script is the first argument; it needs Node.js. That each thing
 * is waited for and reported, that no more is asked than may be, and nothing that is not loopback.
 */
#include "asking.h"
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SKIP = 77 };

static int port;

static struct validator *opened_at(const char *path, struct url_options options)
{
    static char url[100]; /* curl keeps a copy */
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", port, path);
    opening_error[0] = '\0';
    return validator_open_url(url, &options, opening_error, sizeof opening_error);
}

static struct validator *opened(const char *path)
{
    return opened_at(path, (struct url_options){.per_second = 200, .seconds = 1});
}

/* "REQUESTS CONNECTIONS" that the server has counted at a path. */
static void assert_counted(const char *path, const char *counts)
{
    char counter[60];
    snprintf(counter, sizeof counter, "/count%s", path);
    struct validator *validator = opened(counter);
    assert_non_null(validator);
    assert_true(ASK(validator, "https://a.test"));
    assert_value(&answers[0], counts);
    validator_close(validator);
}

static void answers_of_a_server(void **state)
{
    (void)state;
    struct validator *validator = opened("/echo");
    assert_non_null(validator);
    assert_true(ASK(validator, "https://a.test", "null", "https://`{}.test"));
    assert_value(&answers[0], "https://a.test");
    assert_value(&answers[1], "null");
    assert_value(&answers[2], "https://`{}.test");
    assert_false(answers[0].credentials);
    assert_int_equal(validator->questions, 3);
    /* No line of a request is anybody's but ours. */
    assert_true(ASK(validator, "a\r\nX: b", "", "\x80"));
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(answers[i].kind, ANSWER_NONE);
    validator_close(validator);
    assert_counted("/echo", "3 1"); /* one connection, kept */
    validator = opened("/nothing");
    assert_true(ASK(validator, "https://a.test"));
    assert_int_equal(answers[0].kind, ANSWER_NONE);
    validator_close(validator);
    validator = opened("/twice");
    assert_true(ASK(validator, "https://a.test"));
    assert_value(&answers[0], "*, *");
    validator_close(validator);
    validator = opened("/credentials");
    assert_true(ASK(validator, "https://a.test"));
    assert_true(answers[0].credentials);
    validator_close(validator);
    validator = opened("/elsewhere");
    assert_true(ASK(validator, "https://a.test"));
    assert_int_equal(answers[0].kind, ANSWER_NONE); /* not followed */
    validator_close(validator);
}

/* What a preflight refuses is read by a simple request all the same: it is asked apart. */
static void preflight(void **state)
{
    (void)state;
    const struct cors_bytes a = CORS_BYTES("https://a.test"), b = CORS_BYTES("https://b.test");
    struct url_options options = {.per_second = 200, .preflight = true};
    struct validator *validator = opened_at("/strict-preflight", options);
    assert_non_null(validator);
    assert_true(ASK(validator, "https://a.test", "https://b.test"));
    assert_value(&answers[0], "https://a.test");
    assert_value(&answers[1], "https://b.test");
    assert_int_equal(validator->preflight(validator, a, false), PREFLIGHT_PASSES);
    assert_int_equal(validator->preflight(validator, a, true), PREFLIGHT_REFUSED);
    assert_int_equal(validator->preflight(validator, b, false), PREFLIGHT_REFUSED);
    validator->deadline = clock_passed();
    assert_int_equal(validator->preflight(validator, a, false), PREFLIGHT_UNASKED);
    validator_close(validator);
    assert_counted("/strict-preflight", "5 1");
    validator = opened_at("/no-preflight", options);
    assert_true(ASK(validator, "https://a.test"));
    assert_value(&answers[0], "https://a.test");
    assert_int_equal(validator->preflight(validator, a, false), PREFLIGHT_REFUSED);
    validator_close(validator);
    validator = opened("/echo");
    assert_null(validator->preflight);
    validator_close(validator);
}

static void assert_remark(const char *path, const char *said)
{
    struct validator *validator = opened(path);
    assert_non_null(validator);
    assert_true(ASK(validator, "https://a.test"));
    assert_says(validator->remark, said);
    validator_close(validator);
}

static void first_status(void **state)
{
    (void)state;
    assert_remark("/elsewhere", "answered 302 to http://127.0.0.1:");
    assert_remark("/elsewhere", "/echo, which is not followed");
    assert_remark("/nothing", "answered 200 without Access-Control-Allow-Origin");
    assert_remark("/twice", "answered 200 with Access-Control-Allow-Origin: *, *");
}

static void headers_of_ours(void **state)
{
    (void)state;
    static const char *const headers[] = {"X-Api-Key: secret", "Cookie: a=b"};
    struct url_options options = {
        .per_second = 200, .headers = headers, .header_count = 2, .preflight = true};
    struct validator *validator = opened_at("/key", options);
    assert_non_null(validator);
    assert_true(ASK(validator, "https://a.test"));
    assert_value(&answers[0], "secret a=b");
    validator_close(validator);
}

/* A server that is late, or wants to be waited for, costs no more than there is. */
static void no_longer_than_the_deadline(void **state)
{
    (void)state;
    static const char *const paths[] = {"/never", "/always-429", "/echo"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct validator *validator = opened_at(paths[i], (struct url_options){.per_second = 0.5});
        assert_non_null(validator);
        const double begun = clock_passed();
        validator->deadline = begun + 0.4;
        assert_true(ASK(validator, "https://a.test", "https://b.test"));
        assert_int_equal(answers[1].kind, ANSWER_UNASKED);
        assert_true(clock_passed() - begun < 0.9);
        validator_close(validator);
    }
}

static void no_faster_than_the_rate(void **state)
{
    (void)state;
    struct validator *validator = opened_at("/echo", (struct url_options){0});
    assert_non_null(validator);
    double begun = clock_passed();
    assert_true(ASK(validator, "1", "2", "3", "4", "5", "6"));
    double took = clock_passed() - begun;
    assert_true(took >= 0.5 && took < 3); /* 10 a second, the first at once */
    validator_close(validator);
}

static void slow(void **state)
{
    (void)state;
    struct validator *validator = opened("/slow");
    assert_non_null(validator);
    assert_true(ASK(validator, "https://a.test", "https://b.test"));
    assert_value(&answers[1], "https://b.test");
    validator_close(validator);
    validator = opened_at("/never", (struct url_options){.per_second = 200, .seconds = 0.2});
    assert_true(ASK(validator, "https://a.test"));
    assert_int_equal(answers[0].kind, ANSWER_HUNG);
    assert_says(validator->error, "did not answer in time");
    assert_false(ASK(validator, "1", "2", "3", "4", "5", "6", "7", "8", "9"));
    assert_says(validator->error, "given up after 8 origins in a row");
    validator_close(validator);
    assert_counted("/never", "8 8");
}

static void resets(void **state)
{
    (void)state;
    struct validator *validator = opened("/reset");
    assert_non_null(validator);
    assert_true(ASK(validator, "https://a.test", "https://b.test", "https://c.test"));
    assert_value(&answers[0], "https://a.test");
    assert_value(&answers[2], "https://c.test");
    assert_says(validator->error, "the connection was lost 1 times");
    assert_true(validator->restarts >= 1);
    validator_close(validator);
    validator = opened("/always-reset");
    assert_true(ASK(validator, "https://a.test"));
    assert_int_equal(answers[0].kind, ANSWER_CRASHED);
    assert_says(validator->error, "the connection was lost 5 times");
    validator_close(validator);
    validator = opened("/half");
    assert_true(ASK(validator, "https://a.test"));
    assert_int_equal(answers[0].kind, ANSWER_CRASHED);
    validator_close(validator);
    validator = opened("/rubbish");
    assert_false(ASK(validator, "https://a.test"));
    assert_says(validator->error, "the server cannot be asked: ");
    validator_close(validator);
}

static void rate_limits(void **state)
{
    (void)state;
    double begun = clock_passed();
    struct validator *validator = opened("/429");
    assert_non_null(validator);
    assert_true(ASK(validator, "1", "2", "3", "4"));
    assert_value(&answers[2], "3");
    assert_says(validator->error, "answered 429: waited 1 seconds, and ask half as often");
    assert_true(validator->waited >= 1);
    validator_close(validator);
    assert_counted("/429", "5 1");
    validator = opened("/503");
    assert_true(ASK(validator, "1"));
    assert_value(&answers[0], "1");
    assert_says(validator->error, "answered 503: waited 1 seconds");
    validator_close(validator);
    assert_true(clock_passed() - begun >= 2);
    validator = opened("/always-429");
    assert_false(ASK(validator, "1"));
    assert_says(validator->error, "the server still answers 429 after 4 waits");
    validator_close(validator);
    assert_counted("/always-429", "5 1");
    validator = opened("/go-away");
    assert_false(ASK(validator, "1", "2"));
    assert_says(validator->error, "answers 429 and wants to be left alone for 3600 seconds");
    validator_close(validator);
    assert_counted("/go-away", "1 1");
}

/* Three times 503 makes eight times slower; ten answers later it is nearly as fast as before. */
static void recovers(void **state)
{
    (void)state;
    struct validator *validator = opened_at("/503s", (struct url_options){.per_second = 20});
    assert_non_null(validator);
    assert_true(ASK(validator, "1", "2", "3"));
    assert_true(validator->waited >= 3);
    const double begun = clock_passed();
    assert_true(ASK(validator, "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"));
    assert_true(clock_passed() - begun < 3);
    validator_close(validator);
}

static void floods(void **state)
{
    (void)state;
    double begun = clock_passed();
    struct validator *validator = opened("/flood");
    assert_non_null(validator);
    assert_true(ASK(validator, "https://a.test", "https://b.test"));
    assert_value(&answers[1], "https://b.test");
    validator_close(validator);
    assert_true(clock_passed() - begun < 2);
}

static void only_what_is_allowed(void **state)
{
    (void)state;
    static const char *const others[] = {
        "http://192.0.2.1/",     "https://example.com/",          "http://localhost.example.com/",
        "http://[2001:db8::1]/", "http://127.0.0.1.example.com/", "http://evil.test@192.0.2.1/"};
    struct url_options options = {0};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_null(validator_open_url(others[i], &options, opening_error, sizeof opening_error));
        assert_says(opening_error, "only loopback may be asked without --i-am-authorised");
    }
    static const char *const none[] = {"ftp://127.0.0.1/", "127.0.0.1", "", "http://", "file:///x"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_null(validator_open_url(none[i], &options, opening_error, sizeof opening_error));
        assert_says(opening_error, "http or https URL");
    }
    static const char *const local[] = {"http://localhost/", "https://a.LOCALHOST/",
                                        "http://127.1.2.3/", "http://[::1]/"};
    for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
        struct validator *validator =
            validator_open_url(local[i], &options, opening_error, sizeof opening_error);
        assert_non_null(validator);
        validator_close(validator);
    }
    struct validator *validator =
        validator_open_url("http://127.0.0.1:1/", &options, opening_error, sizeof opening_error);
    assert_false(ASK(validator, "https://a.test"));
    assert_true(validator->unreachable);
    assert_says(validator->error, "the server cannot be asked: ");
    validator_close(validator);
}

/* The server's input is ours: it ends with us. */
static bool serve(const char *script)
{
    int in[2], out[2];
    if (pipe(in) != 0 || pipe(out) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[1]);
        execlp("node", "node", script, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    FILE *said = fdopen(out[0], "r");
    char line[20];
    port = said != NULL && fgets(line, sizeof line, said) != NULL ? (int)strtol(line, NULL, 10) : 0;
    if (said != NULL)
        fclose(said);
    return port > 0;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    if (system("command -v node >/dev/null") != 0) {
        puts("SKIP: there is no node to run the server");
        return SKIP;
    }
    if (!serve(argv[1])) {
        puts("the server does not start");
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_of_a_server),
        cmocka_unit_test(preflight),
        cmocka_unit_test(first_status),
        cmocka_unit_test(headers_of_ours),
        cmocka_unit_test(no_faster_than_the_rate),
        cmocka_unit_test(slow),
        cmocka_unit_test(resets),
        cmocka_unit_test(rate_limits),
        cmocka_unit_test(recovers),
        cmocka_unit_test(floods),
        cmocka_unit_test(only_what_is_allowed),
        cmocka_unit_test(no_longer_than_the_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
