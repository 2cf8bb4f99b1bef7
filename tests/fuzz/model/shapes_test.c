/* The model (fuzz/model.h) against spec-tables/host-shapes.tsv, which was measured in browsers:
 * what each browser wrote into Origin, the model says that it sends, and names the host that was
 * asked; what has the form of an origin and could not be loaded, it says is not sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model.h"
#include "texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 1100 };

static const char *cell(const struct cors_table *table, size_t row, const char *column)
{
    return cors_table_cell(table, row, cors_table_column(table, column));
}

/* scheme://, and a<3> written out as aaa. False: it has %, or another byte that no model knows. */
static bool write_origin(char *to, size_t size, const char *scheme, const char *text)
{
    size_t length = (size_t)snprintf(to, size, "%s://", scheme);
    for (char *after; *text != '\0' && *text != ' '; text++) {
        unsigned long count = 1;
        if (text[1] == '<')
            count = strtoul(text + 2, &after, 10);
        if (*text == '%' || *text == '\\' || length + count >= size)
            return false;
        memset(to + length, *text, count);
        length += count;
        text = text[1] == '<' ? after : text;
    }
    to[length] = '\0';
    return true;
}

static bool sends(const char *origin, enum profile profile)
{
    return origin_sendable((struct cors_bytes){origin, strlen(origin)}, profile);
}

/* "host (asked part)": the model cuts it there, or nowhere. */
static void asks(const char *origin, const char *text, enum profile profile)
{
    static const char word[] = " (asked ";
    const char *asked = strstr(text, word);
    struct origin_parts parts;
    assert_true(origin_take_apart((struct cors_bytes){origin, strlen(origin)}, &parts));
    const struct cors_bytes host = origin_server(&parts, profile);
    if (asked == NULL) {
        assert_int_equal(host.len, parts.host.len);
        return;
    }
    asked += strlen(word);
    assert_int_equal(host.len, strlen(asked) - 1);
    assert_memory_equal(host.at, asked, host.len);
}

static unsigned sent, unsent;

struct browser {
    const char *column;
    enum profile profile;
};

/* One row, one column. */
static void hold(const struct cors_table *table, size_t row, const struct browser *browser,
                 const char *scheme)
{
    const char *text = cell(table, row, browser->column), *shape = cell(table, row, "shape");
    char origin[LONGEST];
    if (text[0] != '(') {
        if (!write_origin(origin, sizeof origin, scheme, text))
            return;
        if (!sends(origin, browser->profile))
            fail_msg("%s: %s has sent %s", shape, browser->column, origin);
        asks(origin, text, browser->profile);
        sent++;
        return;
    }
    /* Another form of the same origin may be loaded. */
    const char *authority = cell(table, row, "authority");
    if (strcmp(authority, cell(table, row, "url-standard")) != 0 ||
        !write_origin(origin, sizeof origin, scheme, authority))
        return;
    if (sends(origin, browser->profile))
        fail_msg("%s: %s has not sent %s", shape, browser->column, origin);
    unsent++;
}

static void model_is_what_was_measured(void **state)
{
    (void)state;
    static const struct browser browsers[] = {{"url-standard", PROFILE_URL},
                                              {"chromium", PROFILE_CHROMIUM},
                                              {"firefox", PROFILE_FIREFOX},
                                              {"webkit", PROFILE_WEBKIT}};
    static const char *const schemes[] = {"http", "https"};
    const struct cors_table *table = cors_table_by_name("host-shapes");
    assert_non_null(table);
    for (size_t row = 0; row < table->row_count; row++)
        for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
            const char *scheme = cell(table, row, "scheme");
            if (strcmp(scheme, "any") != 0 && strcmp(scheme, schemes[i]) != 0)
                continue;
            for (size_t j = 0; j < sizeof browsers / sizeof *browsers; j++)
                hold(table, row, &browsers[j], schemes[i]);
        }
    assert_in_range(sent, 500, 5000);
    assert_in_range(unsent, 30, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(model_is_what_was_measured)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
