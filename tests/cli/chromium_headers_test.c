/* Chromium's order of headers, held against what Chromium 156 sent, or said, in the laboratory. */
#include "chromium_headers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 12 };

struct row {
    enum chromium_api api;
    bool hinted;
    const char *given[MOST];
    const char *seen[MOST];
};

#define TEN "abcdefghij"
#define LONG_NAME "x-" TEN TEN TEN TEN

static const struct row rows[] = {
    {CHROMIUM_FETCH, false, {"0", "x_under", "range", "0"}, {"x_under", "0", "range"}},
    {CHROMIUM_FETCH, true, {"content-type", "x-http-method"}, {"x-http-method", "content-type"}},
    {CHROMIUM_FETCH,
     true,
     {"content-type", "x-csrf-token", "!#$%&'*+-.^_`|~z", "x-http-method-override"},
     {"x-csrf-token", "x-http-method-override", "content-type", "!#$%&'*+-.^_`|~z"}},
    {CHROMIUM_XMLHTTPREQUEST,
     false,
     {"z-last", "content_type", "accept", "x-b", "foo", "content-type", "x-custom", "range-unit",
      "accept", "authorization"},
     {"x-custom", "authorization", "foo", "range-unit", "content_type", "accept", "content-type",
      "z-last", "x-b"}},
    {CHROMIUM_FETCH,
     true,
     {"if-unmodified-since", LONG_NAME, "ping-to", "range", "content-type", "x-b"},
     {"ping-to", LONG_NAME, "range", "content-type", "if-unmodified-since", "x-b"}},
    {CHROMIUM_FETCH, true, {NULL}, {NULL}},
};

static void test_orders(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct memory memory = {0};
        struct cors_bytes names[MOST];
        size_t count = 0, seen = 0;
        while (rows[i].given[count] != NULL) {
            names[count] = bytes_of(rows[i].given[count]);
            count++;
        }
        count = chromium_header_order(names, count, rows[i].api, rows[i].hinted, &memory);
        while (rows[i].seen[seen] != NULL) {
            assert_true(seen < count);
            assert_true(bytes_are_string(names[seen], rows[i].seen[seen]));
            seen++;
        }
        assert_int_equal(seen, count);
        memory_free(&memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_orders)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
