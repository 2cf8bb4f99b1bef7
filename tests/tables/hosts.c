/* host-bytes.tsv and host-shapes.tsv, where no browser is needed: the generated bit sets say what
 * the table says; the column of the URL Standard is what the library's parser does; the column of
 * Fetch is its ABNF of Origin (https://fetch.spec.whatwg.org/#origin-header), matched here by code
 * of its own. The browsers' columns are held against browsers in tests/browsers/hosts.mjs. */
#include "corsim.h"
#include "host_bytes.h"
#include "texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char memory[1 << 16];

static const char *cell(const struct cors_table *table, size_t row, const char *column)
{
    return cors_table_cell(table, row, cors_table_column(table, column));
}

static const struct cors_table *table_of(const char *name)
{
    const struct cors_table *table = cors_table_by_name(name);
    assert_non_null(table);
    return table;
}

static bool scheme_is(const char *cell, enum host_scheme scheme)
{
    return strcmp(cell, "any") == 0 ||
           strcmp(cell, scheme == HOST_SCHEME_HTTP ? "http" : "https") == 0;
}

/* "host[:port]" of the origin of a URL, or "(rejected)". */
static void origin_of(enum host_scheme scheme, const char *authority, char *to, size_t size)
{
    char text[2048];
    struct cors_url url;
    struct cors_arena arena = cors_arena_over(memory, sizeof memory);
    const int length = snprintf(text, sizeof text, "%s://%s/",
                                scheme == HOST_SCHEME_HTTP ? "http" : "https", authority);
    assert_in_range(length, 0, sizeof text - 1);
    snprintf(to, size, "(rejected)");
    if (!cors_url_parse(&url, (struct cors_bytes){text, (size_t)length}, NULL,
                        cors_domain_to_ascii_by_libidn2, &arena))
        return;
    const struct cors_origin origin =
        cors_url_origin(&url, cors_domain_to_ascii_by_libidn2, &arena);
    const struct cors_bytes serialized = cors_origin_serialize(&origin, &arena);
    const size_t before = strlen(scheme == HOST_SCHEME_HTTP ? "http://" : "https://");
    assert_false(arena.exhausted);
    snprintf(to, size, "%.*s", (int)(serialized.len - before), serialized.at + before);
}

/* ---- Fetch's ABNF ---------------------------------------------------------------------------- */

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static const char digits[] = "0123456789";
static const char hexadecimal[] = "0123456789abcdef";
static const char alphanumeric[] = "abcdefghijklmnopqrstuvwxyz0123456789";

/* domain-label, and serialized-domain: where it ends, or NULL. An IPv4 address is one, too. */
static const char *after_domain(const char *at)
{
    for (;;) {
        const size_t length = strspn(at, "-abcdefghijklmnopqrstuvwxyz0123456789");
        if (length == 0 || !is_one_of(at[0], alphanumeric) ||
            !is_one_of(at[length - 1], alphanumeric))
            return NULL;
        at += length;
        if (*at != '.')
            return at;
        at++;
    }
}

/* serialized-ipv6: eight pieces, or at most six around a "::". */
static const char *after_ipv6(const char *at)
{
    unsigned pieces = 0;
    bool compressed = false;
    if (strncmp(at, "::", 2) == 0) {
        compressed = true;
        at += 2;
    }
    while (*at != ']') {
        const size_t length = strspn(at, hexadecimal);
        if (length == 0 || length > 4 || (length > 1 && at[0] == '0'))
            return NULL;
        pieces++;
        at += length;
        if (*at == ']')
            break;
        if (*at++ != ':')
            return NULL;
        if (*at == ':' && !compressed) {
            compressed = true;
            at++;
        } else if (*at == ']') {
            return NULL;
        }
    }
    return (compressed ? pieces <= 6 : pieces == 8) ? at + 1 : NULL;
}

/* serialized-host [ ":" serialized-port ] */
static bool is_of_the_abnf(const char *text)
{
    const char *at = text[0] == '[' ? after_ipv6(text + 1) : after_domain(text);
    if (at == NULL || *at == '\0')
        return at != NULL;
    const size_t length = *at == ':' ? strspn(at + 1, digits) : 0;
    return length >= 1 && length <= 5 && at[1 + length] == '\0';
}

static void the_matcher_knows_the_abnf(void **state)
{
    (void)state;
    static const char *const good[] = {"a",
                                       "a-b.c",
                                       "1.2.3.4",
                                       "a:1",
                                       "[::]",
                                       "[::1]",
                                       "[1:2:3:4:5:6:7:8]",
                                       "[1::8]",
                                       "[1:2:3:4:5:6::]",
                                       "[::ffff:7f00:1]:65535"};
    static const char *const bad[] = {"",
                                      "a.",
                                      ".a",
                                      "a..b",
                                      "-a",
                                      "a-",
                                      "a_b",
                                      "A",
                                      "a:",
                                      "a:123456",
                                      "[]",
                                      "[1:2]",
                                      "[1:2:3::5:6:7:8]",
                                      "[::01]",
                                      "[::A]",
                                      "[1::2::3]",
                                      "[1:2:3:4:5:6:7:8:9]",
                                      "[::1:]",
                                      "[::12345]"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!is_of_the_abnf(good[i]))
            fail_msg("%s is of the ABNF", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (is_of_the_abnf(bad[i]))
            fail_msg("%s is not of the ABNF", bad[i]);
}

/* ---- Bytes ----------------------------------------------------------------------------------- */

static unsigned char byte_of(const struct cors_table *table, size_t row)
{
    return (unsigned char)strtoul(cell(table, row, "byte"), NULL, 16);
}

static void generated_sets_are_the_table(void **state)
{
    (void)state;
    static const char *const words[] = {"rejected", "unloadable", "lowered",
                                        "as-is",    "escaped",    "cut"};
    static const char *const columns[HOST_PROFILE_COUNT] = {"fetch-abnf", "url-standard",
                                                            "chromium", "firefox", "webkit"};
    const struct cors_table *table = table_of("host-bytes");
    unsigned rows = 0;
    for (size_t row = 0; row < table->row_count; row++)
        for (enum host_scheme scheme = 0; scheme < HOST_SCHEME_COUNT; scheme++) {
            if (!scheme_is(cell(table, row, "scheme"), scheme))
                continue;
            rows++;
            for (enum host_profile profile = 0; profile < HOST_PROFILE_COUNT; profile++) {
                const unsigned char byte = byte_of(table, row);
                const char *word = cell(table, row, columns[profile]);
                const bool cut = strcmp(word, "cut") == 0;
                assert_string_equal(words[host_byte(profile, scheme, byte)], word);
                assert_int_equal(host_byte_sendable(profile, scheme, byte),
                                 cut || strcmp(word, "as-is") == 0);
                assert_int_equal(host_byte_sendable_escaped(profile, scheme, byte),
                                 strcmp(word, "escaped") == 0);
                assert_int_equal(host_byte_cuts(profile, scheme, byte), cut);
                assert_false(host_byte_sendable(profile, scheme, 0x80));
            }
        }
    assert_int_equal(rows, 2 * 128);
}

static const char *word_of(unsigned char byte, const char *before, const char *written,
                           const char *behind, enum host_scheme scheme)
{
    char authority[64], origin[64], expected[64];
    snprintf(authority, sizeof authority, "%s%s%s.hosts.example", before, written, behind);
    origin_of(scheme, authority, origin, sizeof origin);
    if (strcmp(origin, "(rejected)") == 0)
        return "rejected";
    snprintf(expected, sizeof expected, "%s%c%s.hosts.example", before, byte, behind);
    if (strcmp(origin, expected) == 0)
        return "as-is";
    snprintf(expected, sizeof expected, "%s%c%s.hosts.example", before, byte | 0x20, behind);
    return strcmp(origin, expected) == 0 ? "lowered" : origin[0] == '\0' ? "empty" : "other";
}

/* At each place of a label, as itself where it does not end the host, and percent-encoded. */
static void url_column_is_what_the_parser_does(void **state)
{
    (void)state;
    static const char *const around[][2] = {{"q", "z"}, {"", "z"}, {"q", ""}, {"", ""}};
    const struct cors_table *table = table_of("host-bytes");
    for (size_t row = 0; row < table->row_count; row++)
        for (size_t i = 0; i < 2 * sizeof around / sizeof *around; i++) {
            const unsigned char byte = byte_of(table, row);
            const bool encoded = i % 2 == 0;
            const char *const *place = around[i / 2];
            char written[4] = {(char)byte};
            if (!encoded && (byte < 0x20 || byte == 0x7F || is_one_of((char)byte, "#%/:?@\\")))
                continue;
            if (encoded)
                snprintf(written, sizeof written, "%%%02X", byte);
            for (enum host_scheme scheme = 0; scheme < HOST_SCHEME_COUNT; scheme++)
                if (scheme_is(cell(table, row, "scheme"), scheme))
                    assert_string_equal(word_of(byte, place[0], written, place[1], scheme),
                                        cell(table, row, "url-standard"));
        }
}

static void abnf_column_is_the_abnf(void **state)
{
    (void)state;
    const struct cors_table *table = table_of("host-bytes");
    for (size_t row = 0; row < table->row_count; row++) {
        const char host[] = {'q', (char)byte_of(table, row), 'z', '\0'};
        const bool whole = strlen(host) == 3;
        /* A colon would begin a port. */
        assert_string_equal(whole && host[1] != ':' && is_of_the_abnf(host) ? "as-is" : "rejected",
                            cell(table, row, "fetch-abnf"));
    }
}

/* Whatever the ABNF allows, every browser sends; no browser sends by itself what no URL has. */
static void profiles_are_nested(void **state)
{
    (void)state;
    for (unsigned char byte = 0; byte < 128; byte++)
        for (enum host_scheme scheme = 0; scheme < HOST_SCHEME_COUNT; scheme++)
            for (enum host_profile profile = HOST_PROFILE_URL; profile < HOST_PROFILE_COUNT;
                 profile++) {
                const bool sendable = host_byte_sendable(profile, scheme, byte);
                assert_true(sendable || !host_byte_sendable(HOST_PROFILE_ABNF, scheme, byte));
                assert_true(!sendable || host_byte_sendable(HOST_PROFILE_URL, scheme, byte));
            }
}

/* ---- Shapes ---------------------------------------------------------------------------------- */

static char *put_code_point(char *to, unsigned long code)
{
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    const unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    *to++ = (char)(lead[more] | (unsigned char)(code >> (6 * more)));
    for (unsigned i = more; i-- > 0;)
        *to++ = (char)(0x80 | ((code >> (6 * i)) & 0x3F));
    return to;
}

/* "a<63>" is 63 times "a", and \u{E9} a code point. */
static void expand(const char *text, char *to, size_t size)
{
    char *const end = to + size - 5;
    for (char *after; *text != '\0' && to < end;) {
        if (strncmp(text, "\\u{", 3) == 0) {
            to = put_code_point(to, strtoul(text + 3, &after, 16));
            text = after + 1;
        } else if (*text == '<') {
            for (unsigned long count = strtoul(text + 1, &after, 10); count > 1 && to < end;
                 count--)
                *to++ = text[-1];
            text = after + 1;
        } else {
            *to++ = *text++;
        }
    }
    *to = '\0';
}

static void shapes_are_what_the_parser_does(void **state)
{
    (void)state;
    const struct cors_table *table = table_of("host-shapes");
    for (size_t row = 0; row < table->row_count; row++)
        for (enum host_scheme scheme = 0; scheme < HOST_SCHEME_COUNT; scheme++) {
            char authority[1100], expected[1100], origin[1100];
            if (!scheme_is(cell(table, row, "scheme"), scheme))
                continue;
            expand(cell(table, row, "authority"), authority, sizeof authority);
            expand(cell(table, row, "url-standard"), expected, sizeof expected);
            origin_of(scheme, authority, origin, sizeof origin);
            if (strcmp(origin, expected) != 0)
                fail_msg("%s: %s, and the table says %s", cell(table, row, "shape"), origin,
                         expected);
            if (is_of_the_abnf(origin) != (strcmp(cell(table, row, "fetch-abnf"), "yes") == 0))
                fail_msg("%s: %s and the ABNF", cell(table, row, "shape"), origin);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_matcher_knows_the_abnf),
        cmocka_unit_test(generated_sets_are_the_table),
        cmocka_unit_test(url_column_is_what_the_parser_does),
        cmocka_unit_test(abnf_column_is_the_abnf),
        cmocka_unit_test(profiles_are_nested),
        cmocka_unit_test(shapes_are_what_the_parser_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
