/* Case files: what the reader understands, what it refuses and where, and that the writer loses
 * nothing. */
#include "case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct cors_bytes written(const struct case_file *file, struct memory *memory)
{
    char *text = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&text, &len);
    assert_non_null(stream);
    case_write(stream, file);
    fclose(stream);
    struct cors_bytes copy = memory_copy(memory, (struct cors_bytes){text, len});
    free(text);
    return copy;
}

/* Everything the format has, in canonical form. */
static const char full[] = "A claim.\n\nWhy it holds,\nin two lines.\n\nAnd a paragraph.\n\n"
                           "Flags: wildcard redirect\n"
                           "\n-- agent --\n"
                           "now              7\n"
                           "max-age-limit    600\n"
                           "preflight-cache  no\n"
                           "user-agent       Probe/1\n"
                           "accept-language  de\n"
                           "\n-- wait 3 --\n"
                           "\n-- fetch --\n"
                           "url                     https://api.example/a?b\n"
                           "origin                  null\n"
                           "page                    https://app.example/p\n"
                           "top-level               https://top.example\n"
                           "client-referrer-policy  origin\n"
                           "embedder-policy         require-corp\n"
                           "api                     none\n"
                           "method                  POST\n"
                           "mode                    no-cors\n"
                           "credentials             include\n"
                           "redirect                manual\n"
                           "cache                   reload\n"
                           "referrer\n"
                           "referrer-policy         unsafe-url\n"
                           "destination             script\n"
                           "initiator               prefetch\n"
                           "keepalive               yes\n"
                           "use-cors-preflight      yes\n"
                           "unsafe-request          yes\n"
                           "local-urls-only         yes\n"
                           "header                  X-A: 1\n"
                           "header                  : nameless\n"
                           "header                  X\\x3a\\x20B\\x20:\n"
                           "body-type               text/css\n"
                           "body-stream             yes\n"
                           "body                    a\\x00\\\\b\\x20\n"
                           "\n-- response --\n"
                           "301 Moved\n"
                           "Location: /next\n"
                           "Location: /again\n"
                           "\n"
                           "first line\n"
                           "\n"
                           "\\x2d- not a block --\n"
                           "  \"indented\"\\x0a\n"
                           "\n-- network error --\n"
                           "connection reset\n"
                           "\n-- network error --\n"
                           "\n-- expect --\n"
                           "result        opaque-redirect\n"
                           "step          main-fetch 12.f\n"
                           "error         SomeError\n"
                           "in-preflight  no\n"
                           "subject       *\n"
                           "sent          2\n"
                           "preflights    1\n"
                           "readable      no\n"
                           "status        0\n"
                           "url\n"
                           "redirected    yes\n"
                           "header        X-A: 1, 2\n"
                           "header        !ETag\n"
                           "body          x\n"
                           "\n-- sent --\n"
                           "POST https://api.example/a?b with credentials\n"
                           "X-A: 1\n"
                           "!Origin\n"
                           "\n"
                           "GET https://api.example/next without credentials\n"
                           "\n-- trace --\n"
                           "main-fetch\n"
                           "  1 no\n"
                           "\n-- fetch --\n"
                           "url     https://[::1]:8080/\n"
                           "origin  http://localhost\n"
                           "\n-- expect --\n"
                           "result  basic\n"
                           "step    http-fetch 1\n"
                           "\n-- sent --\n";

static void test_everything(void **state)
{
    (void)state;
    struct case_file file;
    struct complaint complaint = {0};
    if (!case_read(&file, "full", bytes_of(full), &complaint))
        fail_msg("%u: %s", complaint.line, complaint.text);
    const struct case_fetch *fetch = &file.fetches[0];
    assert_int_equal(file.fetch_count, 2);
    assert_int_equal(file.flag_count, 2);
    assert_int_equal(file.agent.max_age_limit, 600);
    assert_true(file.agent.no_preflight_cache);
    assert_int_equal(fetch->wait, 3);
    assert_int_equal(fetch->line, 19);
    assert_int_equal(fetch->description.headers.count, 3);
    assert_int_equal(fetch->description.headers.at[1].name.len, 0);
    assert_memory_equal(fetch->description.headers.at[2].name.at, "X: B ", 5);
    assert_true(fetch->description.referrer.at != NULL && fetch->description.referrer.len == 0);
    assert_int_equal(fetch->description.body.len, 5);
    assert_memory_equal(fetch->description.body.at, "a\0\\b ", 5);
    assert_int_equal(fetch->answer_count, 3);
    assert_int_equal(fetch->answers[0].headers.count, 2);
    assert_true(bytes_are_string(fetch->answers[0].body,
                                 "first line\n\n-- not a block --\n  \"indented\"\n"));
    assert_true(fetch->answers[2].network_error && fetch->answers[2].message.at == NULL);
    assert_int_equal(fetch->expect.result, CORS_RESULT_OPAQUE_REDIRECT);
    assert_true(bytes_are_string(fetch->expect.step, "12.f"));
    assert_int_equal(fetch->sent.count, 2);
    assert_true(file.fetches[1].sent.given && file.fetches[1].sent.count == 0);
    struct memory memory = {0};
    assert_string_equal(written(&file, &memory).at, full);
    memory_free(&memory);
    case_free(&file);
}

#define CLAIM "A claim.\n\n"
#define FETCH "-- fetch --\nurl https://a.test/\norigin https://b.test\n"
#define EXPECT "-- expect --\nresult cors\nstep cors-check 3\n"

/* Each malformed text, the line of its complaint, and words that must be in it. */
static void test_malformed(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
        const char *says;
    } rows[] = {
        {"", 1, "the claim"},
        {"\n" FETCH EXPECT, 1, "the claim"},
        {"No stop\n\n" FETCH EXPECT, 1, "full stop"},
        {"A claim.\nAnd more.\n\n" FETCH EXPECT, 2, "empty line"},
        {CLAIM, 2, "no -- fetch --"},
        {CLAIM "Flags: zzzz\n" FETCH EXPECT, 3, "unknown flag \"zzzz\""},
        {CLAIM "Flags: wildcrad\n" FETCH EXPECT, 3, "did you mean \"wildcard\"?"},
        {CLAIM "Flags: wildcard wildcard\n" FETCH EXPECT, 3, "twice"},
        {CLAIM "Flags: wildcard\n\nMore.\n\n" FETCH EXPECT, 3, "last line"},
        {CLAIM "Prose.\nFlags: wildcard\n" FETCH EXPECT, 4, "above the flags"},
        {CLAIM "Bell \a.\n" FETCH EXPECT, 3, "\\xHH"},
        {CLAIM "\xE2\x80\xAE\n" FETCH EXPECT, 3, "\\xHH"},
        {CLAIM "-- fetch\n", 3, "begins a block"},
        {CLAIM "-- ftech --\n", 3, "did you mean \"fetch\"?"},
        {CLAIM "-- wait x --\n" FETCH EXPECT, 3, "whole number"},
        {CLAIM "-- wait 4294967296 --\n" FETCH EXPECT, 3, "whole number"},
        {CLAIM "-- wait 1 --\n-- wait 1 --\n" FETCH EXPECT, 4, "comes a fetch"},
        {CLAIM FETCH EXPECT "-- wait 1 --\n", 9, "comes a fetch"},
        {CLAIM FETCH EXPECT "-- agent --\n", 9, "first block"},
        {CLAIM "-- agent --\nnow 1\nnow 1\n" FETCH EXPECT, 5, "twice"},
        {CLAIM "-- agent --\npreflight-cache maybe\n" FETCH EXPECT, 4, "known are no, yes"},
        {CLAIM "-- agent --\nmax-age 1\n" FETCH EXPECT, 4, "did you mean \"max-age-limit\"?"},
        {CLAIM EXPECT, 3, "behind a fetch"},
        {CLAIM "-- response --\n200\n" FETCH EXPECT, 3, "behind its fetch"},
        {CLAIM FETCH, 3, "no -- expect --"},
        {CLAIM FETCH FETCH EXPECT, 3, "no -- expect --"},
        {CLAIM FETCH EXPECT "-- response --\n200\n", 9, "before what is expected"},
        {CLAIM FETCH EXPECT EXPECT, 9, "already"},
        {CLAIM FETCH EXPECT "-- sent --\n-- sent --\n", 10, "already"},
        {CLAIM FETCH "-- sent --\n" EXPECT, 6, "behind -- expect --"},
        {CLAIM FETCH EXPECT "-- trace --\n", 9, "at least one line"},
        {CLAIM "-- fetch --\norigin https://b.test\n" EXPECT, 3, "the url is missing"},
        {CLAIM "-- fetch --\nurl https://b.test\n" EXPECT, 3, "the origin is missing"},
        {CLAIM "-- fetch --\nurl /\norigin https://b.test/\n" EXPECT, 3, "\"https://b.test\""},
        {CLAIM "-- fetch --\nurl /\norigin b.test\n" EXPECT, 3, "is not an origin"},
        {CLAIM FETCH "url https://c.test\n" EXPECT, 6, "url is given twice"},
        {CLAIM FETCH "mode crs\n" EXPECT, 6, "did you mean \"cors\"?"},
        {CLAIM FETCH "keepalive true\n" EXPECT, 6, "no or yes"},
        {CLAIM FETCH "credential include\n" EXPECT, 6, "did you mean \"credentials\"?"},
        {CLAIM FETCH "header X-A\n" EXPECT, 6, "Name: value"},
        {CLAIM FETCH "header X-A : 1\n" EXPECT, 6, "\\x20"},
        {CLAIM FETCH "body \\n\n" EXPECT, 6, "a backslash begins"},
        {CLAIM FETCH "body \\x1\n" EXPECT, 6, "a backslash begins"},
        {CLAIM FETCH "body \\\n" EXPECT, 6, "a backslash begins"},
        {CLAIM FETCH "-- response --\n" EXPECT, 6, "begins with its status"},
        {CLAIM FETCH "-- response --\nOK\n" EXPECT, 7, "whole number up to 999"},
        {CLAIM FETCH "-- response --\n1000\n" EXPECT, 7, "whole number up to 999"},
        {CLAIM FETCH "-- response --\n200\nX\n" EXPECT, 8, "Name: value"},
        {CLAIM FETCH "-- network error --\na\nb\n" EXPECT, 8, "one line"},
        {CLAIM FETCH "-- expect --\nresult cors\n", 6, "step is missing"},
        {CLAIM FETCH "-- expect --\nstep a 1\n", 6, "result is missing"},
        {CLAIM FETCH "-- expect --\nresult corse\n", 7, "did you mean \"cors\"?"},
        {CLAIM FETCH "-- expect --\nstep a\n", 7, "\"cors-check 4\""},
        {CLAIM FETCH EXPECT "step a 1\n", 9, "twice"},
        {CLAIM FETCH EXPECT "readible no\n", 9, "did you mean \"readable\"?"},
        {CLAIM FETCH EXPECT "readable maybe\n", 9, "known are no, yes"},
        {CLAIM FETCH EXPECT "sent many\n", 9, "whole number"},
        {CLAIM FETCH EXPECT "header !A: b\n", 9, "!Name"},
        {CLAIM FETCH EXPECT "-- sent --\nGET\n", 10, "METHOD URL"},
        {CLAIM FETCH EXPECT "-- sent --\nGET https://a.test/ with cookies\n", 10,
         "with credentials"},
        {CLAIM FETCH EXPECT "-- sent --\nX: with credentials\n", 10, "METHOD URL"},
        {CLAIM FETCH EXPECT "-- sent --\nGET https://a.test/\nX\n", 11, "Name: value"},
        {CLAIM "-- fetch --\nurl https://corp.com/\n", 4, "\"corp.com\" may belong"},
        {CLAIM "-- fetch --\nurl \\x5c/corp.com/\n", 4, "\"corp.com\" may belong"},
        {CLAIM "-- fetch --\nurl https://a.test@8.8.8.8:1/\n", 4, "\"8.8.8.8\" may belong"},
        {CLAIM "-- fetch --\nurl https://[2a00::1]/\n", 4, "may belong"},
        {CLAIM "-- fetch --\nurl blob:https://corp.com/x\n", 4, "\"corp.com\" may belong"},
        {CLAIM FETCH "header Referer: see https://notexample/x\n", 6, "\"notexample\""},
        {CLAIM FETCH "-- response --\n200\nLocation: //corp.com\n", 8, "may belong"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct case_file file;
        struct complaint complaint = {0};
        if (case_read(&file, "malformed", bytes_of(rows[i].text), &complaint))
            fail_msg("row %zu was accepted: %s", i, rows[i].text);
        if (complaint.line != rows[i].line || strstr(complaint.text, rows[i].says) == NULL)
            fail_msg("row %zu: expected %u: %s; got %u: %s", i, rows[i].line, rows[i].says,
                     complaint.line, complaint.text);
    }
}

static void test_accepted_hosts(void **state)
{
    static const char *const texts[] = {
        "https://a.example/",    "https://EXAMPLE.com:8/", "https://x.test./",
        "https://127.1.2.3/",    "https://10.0.0.1/",      "https://192.0.2.7/",
        "https://[::1]:1/",      "https://[2001:db8::1]/", "https://u:p@b.invalid/",
        "http://localhost:3000", "https://*.example.org",  "/relative//path",
        "data:text/html,x",      "a, https://b.test c",    "https://*",
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct cors_bytes host;
        if (!hosts_are_reserved(bytes_of(texts[i]), &host))
            fail_msg("%s", texts[i]);
    }
}

static void test_recorded(void **state)
{
    (void)state;
    struct case_file file;
    const char *text = CLAIM "Flags: recorded\n\n-- fetch --\nurl https://corp.com/\n"
                             "origin https://app.corp.com\n" EXPECT;
    assert_true(case_read(&file, "recorded", bytes_of(text), NULL));
    case_free(&file);
}

static void test_bounds(void **state)
{
    (void)state;
    const struct {
        const char *head, *unit;
        size_t times;
        const char *says;
    } rows[] = {
        {CLAIM, "x", CASE_SIZE_LIMIT, "bytes"},
        {CLAIM, "\n", CASE_LINE_LIMIT + 1, "lines"},
        {CLAIM, "-- response --\n", CASE_BLOCK_LIMIT + 1, "blocks"},
        {CLAIM, FETCH EXPECT, CASE_FETCH_LIMIT + 1, "fetches"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t head = strlen(rows[i].head), unit = strlen(rows[i].unit);
        char *text = memory_allocate(head + unit * rows[i].times);
        memcpy(text, rows[i].head, head);
        for (size_t j = 0; j < rows[i].times; j++)
            memcpy(text + head + j * unit, rows[i].unit, unit);
        struct case_file file;
        struct complaint complaint = {0};
        assert_false(case_read(&file, "long",
                               (struct cors_bytes){text, head + unit * rows[i].times}, &complaint));
        if (strstr(complaint.text, rows[i].says) == NULL)
            fail_msg("row %zu: %s", i, complaint.text);
        free(text);
    }
}

static uint32_t random_state = 1;

static uint32_t random_number(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

/* Damages a text here and there: with a byte, with a piece of the text, or by leaving some out. */
static size_t damage(char *text, size_t len)
{
    for (unsigned times = 1 + random_number() % 4; times > 0 && len > 40; times--) {
        size_t at = random_number() % (len - 20), from = random_number() % (len - 20);
        size_t piece = random_number() % 20;
        switch (random_number() % 3) {
        case 0:
            text[at] = (char)random_number();
            break;
        case 1:
            memmove(text + at, text + from, piece);
            break;
        default:
            memmove(text + at, text + at + piece, len - at - piece);
            len -= piece;
        }
    }
    return len;
}

/* What the reader still accepts, the writer writes so that it comes back the same. */
static void test_round_trips(void **state)
{
    (void)state;
    unsigned accepted = 0;
    char text[sizeof full];
    for (unsigned i = 0; i < 20000; i++) {
        struct case_file file, again;
        struct complaint complaint = {0};
        struct memory memory = {0};
        memcpy(text, full, sizeof full);
        struct cors_bytes damaged = {text, damage(text, sizeof full - 1)};
        if (case_read(&file, "damaged", damaged, NULL)) {
            accepted++;
            struct cors_bytes once = written(&file, &memory);
            if (!case_read(&again, "again", once, &complaint))
                fail_msg("%u: %s in\n%s", complaint.line, complaint.text, once.at);
            struct cors_bytes twice = written(&again, &memory);
            assert_string_equal(twice.at, once.at);
            assert_int_equal(again.fetch_count, file.fetch_count);
            for (size_t j = 0; j < file.fetch_count; j++) {
                const struct case_fetch *a = &file.fetches[j], *b = &again.fetches[j];
                assert_int_equal(a->answer_count, b->answer_count);
                assert_int_equal(a->sent.count, b->sent.count);
                assert_true(bytes_are(a->description.body, b->description.body));
                assert_int_equal(a->description.body.at == NULL, b->description.body.at == NULL);
                for (size_t k = 0; k < a->answer_count; k++)
                    assert_true(bytes_are(a->answers[k].body, b->answers[k].body));
            }
            case_free(&again);
            case_free(&file);
        }
        memory_free(&memory);
    }
    assert_true(accepted > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything),     cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_accepted_hosts), cmocka_unit_test(test_recorded),
        cmocka_unit_test(test_bounds),         cmocka_unit_test(test_round_trips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
