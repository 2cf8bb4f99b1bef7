/* The player: answers are asked for once, expectations are all compared, what is recorded replays,
 * and nothing grows with the number of fetches. */
#include "case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* A server that counts and allows everything, with `padding` headers more. */
struct server {
    unsigned asked;
    size_t padding;
};

static void serve(void *context, const struct cors_network_request *request, struct answer *answer,
                  struct memory *memory)
{
    struct server *server = context;
    (void)request;
    server->asked++;
    answer->status = 200;
    answer->headers.at = memory_take(memory, (3 + server->padding) * sizeof *answer->headers.at);
    answer->headers.at[0] = (struct cors_header){CORS_BYTES("Access-Control-Allow-Origin"),
                                                 CORS_BYTES(" \thttps://app.example\r\n ")};
    answer->headers.at[1] =
        (struct cors_header){CORS_BYTES("Access-Control-Allow-Methods"), CORS_BYTES("PUT")};
    answer->headers.at[2] =
        (struct cors_header){CORS_BYTES("Access-Control-Expose-Headers"), CORS_BYTES("*")};
    for (size_t i = 0; i < server->padding; i++)
        answer->headers.at[3 + i] = (struct cors_header){memory_format(memory, "X-Padding-%zu", i),
                                                         memory_format(memory, "value %zu", i)};
    answer->headers.count = 3 + server->padding;
}

static struct fetch_description put(void)
{
    return (struct fetch_description){.url = CORS_BYTES("https://api.example/item#part"),
                                      .origin = CORS_BYTES("https://app.example"),
                                      .method = CORS_BYTES("PUT"),
                                      .body = CORS_BYTES("x")};
}

static void test_asked_once(void **state)
{
    (void)state;
    struct server server = {.padding = 5000};
    const struct answers answers = {.ask = serve, .context = &server};
    const struct fetch_description description = put();
    struct player player;
    struct played played;
    player_begin(&player);
    player.tracing = true;
    size_t arena_before = player.arena_size;
    assert_true(play(&player, &description, &answers, &played, NULL));
    assert_int_equal(played.outcome.result, CORS_RESULT_CORS);
    assert_true(player.arena_size > arena_before);
    assert_int_equal(server.asked, 2);
    assert_int_equal(played.exchange_count, 2);
    assert_true(played.exchanges[0].preflight && !played.exchanges[1].preflight);
    assert_true(bytes_are_string(played.exchanges[1].url, "https://api.example/item"));
    assert_true(
        bytes_are_string(played.exchanges[1].answer.headers.at[0].value, "https://app.example"));
    assert_true(played.trace->count > 100 && !played.trace->truncated);
    assert_true(play(&player, &description, &answers, &played, NULL));
    assert_int_equal(server.asked, 3);
    assert_int_equal(played.outcome.preflights, 0);
    player_end(&player);
}

static void test_refused(void **state)
{
    static const struct {
        const char *url, *origin, *page, *method, *says;
    } rows[] = {
        {NULL, "https://a.test", NULL, NULL, "the url is missing"},
        {"/", NULL, NULL, NULL, "the origin is missing"},
        {"/", "https://a.test/", NULL, NULL, "\"https://a.test\""},
        {"/", "HTTPS://A.TEST", NULL, NULL, "\"https://a.test\""},
        {"/", "file:///x", NULL, NULL, "\"null\""},
        {"/", "\033", NULL, NULL, "\\x1b"},
        {"/", "https://a.test", "relative", NULL, "is not an absolute URL"},
    };
    (void)state;
    struct player player;
    player_begin(&player);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct fetch_description description = {.url = bytes_of(rows[i].url),
                                                      .origin = bytes_of(rows[i].origin),
                                                      .page = bytes_of(rows[i].page),
                                                      .method = bytes_of(rows[i].method)};
        struct complaint complaint = {0};
        struct played played;
        assert_false(play(&player, &description, &(struct answers){0}, &played, &complaint));
        if (strstr(complaint.text, rows[i].says) == NULL)
            fail_msg("row %zu: %s", i, complaint.text);
    }
    player_end(&player);
}

static const char script[] = "A claim.\n\n"
                             "-- fetch --\nurl https://api.example/x\norigin https://app.example\n"
                             "method PUT\n"
                             "-- response --\n204\nAccess-Control-Allow-Origin: *\n"
                             "Access-Control-Allow-Methods: PUT\n"
                             "-- response --\n200 OK\nAccess-Control-Allow-Origin: *\nETag: 1\n"
                             "\nhello\n"
                             "-- expect --\n";

/* Compares the script's fetch with these expectations; what differs, joined by semicolons. */
static struct cors_bytes compare(const char *expect, struct memory *memory)
{
    struct case_file file;
    struct complaint complaint = {0};
    struct player player;
    struct played played;
    struct mismatches mismatches = {0};
    struct cors_bytes text = memory_format(memory, "%s%s", script, expect);
    if (!case_read(&file, "script", text, &complaint))
        fail_msg("%u: %s", complaint.line, complaint.text);
    player_begin(&player);
    player.tracing = true;
    assert_true(case_play(&player, &file, 0, &played, NULL));
    case_compare(&file, 0, &played, &mismatches, memory);
    struct cors_bytes list = CORS_BYTES("");
    for (size_t i = 0; i < mismatches.count; i++) {
        const struct mismatch *m = &mismatches.at[i];
        assert_true(m->line > 0);
        list = memory_format(memory, "%s%s: %s/%s;", list.at, m->what.at,
                             m->expected.at == NULL ? "null" : m->expected.at,
                             m->actual.at == NULL ? "null" : m->actual.at);
    }
    free(mismatches.at);
    player_end(&player);
    case_free(&file);
    return list;
}

#define RIGHT "result cors\nstep cors-check 3\n"

static void test_every_expectation(void **state)
{
    static const struct {
        const char *expect, *differs;
    } rows[] = {
        {RIGHT "sent 1\npreflights 1\nreadable yes\nstatus 200\nurl https://api.example/x\n"
               "redirected no\nheader !ETag\nbody hello\nin-preflight no\n",
         ""},
        {"result basic\nstep cors-check 3\n", "result: basic/cors;"},
        {"result cors\nstep cors-check 2\n", "step: cors-check 2/cors-check 3;"},
        {RIGHT "error X\n", "error: X/null;"},
        {RIGHT "in-preflight yes\n", "in-preflight: yes/no;"},
        {RIGHT "sent 2\n", "sent: 2/1;"},
        {RIGHT "preflights 0\n", "preflights: 0/1;"},
        {RIGHT "readable no\n", "readable: no/yes;"},
        {RIGHT "status 204\n", "status: 204/200;"},
        {RIGHT "url\n", "url: /https://api.example/x;"},
        {RIGHT "redirected yes\n", "redirected: yes/no;"},
        {RIGHT "header ETag: 1\n", "header ETag: 1/absent;"},
        {RIGHT "body\n", "body: /hello;"},
        {RIGHT "-- sent --\n", "request 1: nothing more/OPTIONS https://api.example/x;"
                               "request 2: nothing more/PUT https://api.example/x;"},
        {RIGHT "-- sent --\nOPTIONS https://api.example/x\n!Origin\n"
               "Access-Control-Request-Method: POST\n\nPUT https://api.example/x\nX-A: 1\n"
               "\nGET https://api.example/y\n",
         "request 1 header Origin: absent/https://app.example;"
         "request 1 header Access-Control-Request-Method: POST/PUT;"
         "request 2 header X-A: 1/absent;"
         "request 3: GET https://api.example/y/nothing more;"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct memory memory = {0};
        assert_string_equal(compare(rows[i].expect, &memory).at, rows[i].differs);
        memory_free(&memory);
    }
    struct memory memory = {0};
    assert_non_null(
        strstr(compare(RIGHT "-- trace --\nnonsense\n", &memory).at, "trace: nonsense/"));
    memory_free(&memory);
}

/* Too many answers, or too few, are a failure of their own. */
static void test_answers_left(void **state)
{
    (void)state;
    struct memory memory = {0};
    const char *first = strstr(script, "-- response --\n200");
    const char *expect = strstr(script, "-- expect --");
    const struct {
        struct cors_bytes text;
        const char *says;
    } rows[] = {
        {memory_format(&memory, "%.*s%sresult network error\nstep x 1\n", (int)(first - script),
                       script, expect),
         "none is left for PUT https://api.example/x"},
        {memory_format(&memory, "%.*s%s%s" RIGHT, (int)(expect - script), script,
                       "-- network error --\n", expect),
         "only 2"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct case_file file;
        struct player player;
        struct played played;
        struct mismatches mismatches = {0};
        bool found = false;
        assert_true(case_read(&file, "script", rows[i].text, NULL));
        player_begin(&player);
        assert_true(case_play(&player, &file, 0, &played, NULL));
        case_compare(&file, 0, &played, &mismatches, &memory);
        for (size_t j = 0; j < mismatches.count; j++)
            found = found || strcmp(mismatches.at[j].actual.at, rows[i].says) == 0;
        assert_true(found);
        free(mismatches.at);
        player_end(&player);
        case_free(&file);
    }
    memory_free(&memory);
}

/* What was played becomes a case that passes, with trace and hostile bytes. */
static void test_record(void **state)
{
    (void)state;
    static const char body[] = "-- x --\n\0\\ \n\n";
    struct cors_header odd[] = {{CORS_BYTES("Access-Control-Allow-Origin"), CORS_BYTES("*")},
                                {CORS_BYTES("X-\xE9 :!"), CORS_BYTES("\x01 \\ \xFF\x7F")},
                                {CORS_BYTES("!"), CORS_BYTES("")}};
    const struct answer answer = {.status = 200,
                                  .status_message = CORS_BYTES(" odd\t"),
                                  .headers = {.at = odd, .count = 3},
                                  .body = {body, sizeof body - 1}};
    const struct answers answers = {.at = &answer, .count = 1};
    const struct fetch_description description = {.url = CORS_BYTES("https://api.example/?\x01"),
                                                  .origin = CORS_BYTES("https://app.example")};
    struct player player;
    struct played played;
    player_begin(&player);
    assert_true(play(&player, &description, &answers, &played, NULL));
    struct case_file file = {.title = CORS_BYTES("A \033 claim.")}, again;
    case_add_flag(&file, "recorded");
    case_record(&file, &description, &played);
    char *text = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&text, &len);
    case_write(stream, &file);
    fclose(stream);
    case_free(&file);
    struct complaint complaint = {0};
    if (!case_read(&again, "recorded", (struct cors_bytes){text, len}, &complaint))
        fail_msg("%u: %s in\n%s", complaint.line, complaint.text, text);
    struct mismatches mismatches = {0};
    struct memory memory = {0};
    assert_true(case_play(&player, &again, 0, &played, NULL));
    case_compare(&again, 0, &played, &mismatches, &memory);
    assert_int_equal(mismatches.count, 0);
    assert_memory_equal(again.fetches[0].answers[0].body.at, body, sizeof body - 1);
    assert_true(bytes_are(again.fetches[0].answers[0].headers.at[1].name, odd[1].name));
    memory_free(&memory);
    free(text);
    case_free(&again);
    player_end(&player);
}

static long resident(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* 10,000 fetches take no more memory than 100. */
static void test_memory(void **state)
{
    (void)state;
    struct server server = {0};
    const struct answers answers = {.ask = serve, .context = &server};
    struct player player;
    long after_100 = 0;
    size_t arena = 0, exchanges = 0, events = 0;
    player_begin(&player);
    player.tracing = true;
    for (unsigned i = 0; i < 10000; i++) {
        char url[64];
        struct played played;
        struct fetch_description description = put();
        snprintf(url, sizeof url, "https://api.example/%u", i);
        description.url = bytes_of(url);
        assert_true(play(&player, &description, &answers, &played, NULL));
        assert_int_equal(played.outcome.result, CORS_RESULT_CORS);
        player.settings.now += i % 3;
        if (i != 99)
            continue;
        after_100 = resident();
        arena = player.arena_size;
        exchanges = player.exchange_capacity;
        events = player.trace.capacity;
    }
    assert_int_equal(server.asked, 20000);
    assert_int_equal(player.arena_size, arena);
    assert_int_equal(player.exchange_capacity, exchanges);
    assert_int_equal(player.trace.capacity, events);
    /* A sanitizer keeps freed memory; 256 KiB is the preflight cache filling up. */
    if (!SANITIZED)
        assert_true(resident() - after_100 <= 1024);
    player_end(&player);
}

/* What the description is not to blame for is told apart: it is undecided, and no usage error. */
static void test_too_large(void **state)
{
    enum { LENGTH = 100 << 20 };
    (void)state;
    char *url = malloc(LENGTH);
    assert_non_null(url);
    memset(url, '\x80', LENGTH); /* three bytes of the parsed URL each */
    memcpy(url, "https://api.example/", 20);
    const struct fetch_description description = {.url = {url, LENGTH},
                                                  .origin = CORS_BYTES("https://app.example")};
    struct player player;
    struct played played;
    struct complaint complaint = {0};
    player_begin(&player);
    assert_false(play(&player, &description, &(struct answers){0}, &played, &complaint));
    assert_true(played.too_large);
    assert_non_null(strstr(complaint.text, "needs more than 256 MiB"));
    const struct fetch_description incomplete = {0};
    assert_false(play(&player, &incomplete, &(struct answers){0}, &played, &complaint));
    assert_false(played.too_large);
    player_end(&player);
    free(url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asked_once),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_every_expectation),
        cmocka_unit_test(test_answers_left),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
