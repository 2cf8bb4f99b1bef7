/* Intents (fuzz/intent.h): what an entry holds and what not, what is wrong with one and at which
 * column, and that an entry more never takes an origin out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "intent.h"

#include <string.h>

static struct cors_bytes bytes(const char *text)
{
    return (struct cors_bytes){text, strlen(text)};
}

static void entries_hold(void **state)
{
    (void)state;
    static const struct {
        const char *entry, *origin;
        bool holds;
    } rows[] = {
        {"https://example.com", "https://example.com", true},
        {"https://example.com", "http://example.com", false},
        {"https://example.com", "https://example.com.", false},
        {"https://example.com", "https://example.com:8443", false},
        {"https://example.com", "https://a.example.com", false},
        {"https://example.com", "null", false},
        {" HTTPS://Example.COM\t", "https://example.com", true},
        {"https://example.com:443", "https://example.com", true},
        {"http://example.com:443", "http://example.com:443", true},
        {"https://example.com:8443", "https://example.com:8443", true},
        {"https://example.com:8443", "https://example.com", false},
        {"https://example.com:*", "https://example.com:1234", true},
        {"https://example.com:*", "https://example.com", true},
        {"https://*.example.com", "https://a.example.com", true},
        {"https://*.example.com", "https://a.b.example.com", true},
        {"https://*.example.com", "https://example.com", false},
        {"https://*.example.com", "https://aexample.com", false},
        {"https://*.example.com", "https://.example.com", true},
        {"https://*.example.com", "https://a.example.com.", false},
        {"https://*.example.com:*", "https://a.example.com:1", true},
        {"*://example.com", "http://example.com", true},
        {"*://example.com", "https://example.com", true},
        {"*://example.com", "https://example.com:80", false},
        {"*://example.com:80", "http://example.com", true},
        {"*://example.com:80", "https://example.com:80", true},
        {"http://[::1]:3000", "http://[::1]:3000", true},
        {"http://127.0.0.1:*", "http://127.0.0.1:9", true},
        {"null", "null", true},
        {"null", "https://example.com", false},
        {"https://example.com", "https://example.com/", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct intent intent = {0};
        struct intent_error error;
        if (!intent_add(&intent, bytes(rows[i].entry), &error))
            fail_msg("%s: column %zu, %s", rows[i].entry, error.column, error.expected);
        if (intent_holds(&intent, bytes(rows[i].origin)) != rows[i].holds)
            fail_msg("%s, %s", rows[i].entry, rows[i].origin);
        intent_free(&intent);
    }
}

static void errors_are_at_their_column(void **state)
{
    (void)state;
    static const struct {
        const char *entry;
        size_t column;
    } rows[] = {
        {"", 1},
        {"Null", 1},
        {"example.com", 1},
        {"  ftp://a", 3},
        {"https://", 9},
        {"https://*.", 11},
        {"https://*", 9},
        {"https://*example.com", 9},
        {"https://*://example.com", 9},
        {"https://a.*.com", 11},
        {"https://a b", 10},
        {"https://a/", 10},
        {"https://user@a", 13},
        {"https://a:", 11},
        {"https://a:x", 11},
        {"https://a:8x", 12},
        {"https://a:80/", 13},
        {"https://a:080", 11},
        {"https://a:65536", 11},
        {"https://a:*1", 11},
        {"https://b\xC3\xBC"
         "cher.example",
         10},
        {"https://1.2.3", 9},
        {"https://[::0]", 9},
        {"https://[::1]x", 9},
        {"https://*.[::1]", 11},
        {"https://*.127.0.0.1", 11},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct intent intent = {0};
        struct intent_error error;
        if (intent_add(&intent, bytes(rows[i].entry), &error))
            fail_msg("\"%s\" is read", rows[i].entry);
        if (error.column != rows[i].column || error.expected == NULL || error.line != 0)
            fail_msg("\"%s\": column %zu, %s", rows[i].entry, error.column, error.expected);
        assert_int_equal(intent.count, 0);
        intent_free(&intent);
    }
}

static void files_have_lines(void **state)
{
    (void)state;
    struct intent intent = {0};
    struct intent_error error;
    assert_true(
        intent_add_lines(&intent, bytes("# ours\n\n  https://a.test\r\n   # more\nnull"), &error));
    assert_int_equal(intent.count, 2);
    assert_true(intent_holds(&intent, bytes("null")));
    assert_false(intent_add_lines(&intent, bytes("https://b.test\n\n http//c.test\n"), &error));
    assert_int_equal(error.line, 3);
    assert_int_equal(error.column, 2);
    assert_int_equal(intent.count, 3);
    intent_free(&intent);
}

static void more_entries_hold_more(void **state)
{
    (void)state;
    static const char *const entries[] = {"https://a.test", "https://*.a.test",   "*://a.test:*",
                                          "null",           "http://*.test:8080", "https://b.test"};
    static const char *const origins[] = {"https://a.test", "https://b.a.test",   "http://a.test:9",
                                          "null",           "http://x.test:8080", "https://b.test"};
    enum { COUNT = sizeof entries / sizeof *entries };
    for (size_t first = 0; first < COUNT; first++) {
        struct intent intent = {0};
        struct intent_error error;
        bool held[COUNT] = {0};
        for (size_t i = 0; i < COUNT; i++) {
            assert_true(intent_add(&intent, bytes(entries[(first + i) % COUNT]), &error));
            for (size_t j = 0; j < COUNT; j++) {
                const bool holds = intent_holds(&intent, bytes(origins[j]));
                assert_true(holds || !held[j]);
                held[j] = holds;
            }
        }
        for (size_t j = 0; j < COUNT; j++)
            assert_true(held[j]);
        intent_free(&intent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_hold),
        cmocka_unit_test(errors_are_at_their_column),
        cmocka_unit_test(files_have_lines),
        cmocka_unit_test(more_entries_hold_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
