/* The model (fuzz/model.h) against the library's URL parser, which it does not know: an origin is
 * sendable under the URL Standard exactly if the parser gives it back unchanged. Enumerated hosts
 * and ports, random strings of telling tokens, and what each profile adds or takes away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model.h"

#include <stdio.h>
#include <string.h>

static char memory[1 << 16];

static struct cors_bytes bytes(const char *text)
{
    return (struct cors_bytes){text, strlen(text)};
}

static bool parser_gives_back(const char *text)
{
    struct cors_arena arena = cors_arena_over(memory, sizeof memory);
    struct cors_url url;
    if (!cors_url_parse(&url, bytes(text), NULL, cors_domain_to_ascii_by_libidn2, &arena) ||
        !cors_url_is_http_s(&url))
        return strcmp(text, "null") == 0;
    const struct cors_origin origin = cors_url_origin(&url, NULL, &arena);
    const struct cors_bytes serialized = cors_origin_serialize(&origin, &arena);
    assert_false(arena.exhausted);
    return serialized.len == strlen(text) && memcmp(serialized.at, text, serialized.len) == 0;
}

static unsigned sendable;

static void agree(const char *text)
{
    struct origin_parts parts;
    const bool expected = parser_gives_back(text);
    if (origin_sendable(bytes(text), PROFILE_URL) != expected)
        fail_msg("%s: the parser says %d", text, expected);
    if (origin_take_apart(bytes(text), &parts) != expected)
        fail_msg("%s: the parser says %d, but parts", text, expected);
    for (enum profile profile = PROFILE_ABNF; profile < PROFILE_COUNT; profile++)
        if (!expected && origin_sendable(bytes(text), profile))
            fail_msg("%s: sendable in profile %d only", text, (int)profile);
    sendable += expected;
}

static void every_byte_and_port(void **state)
{
    (void)state;
    char text[64];
    sendable = 0;
    for (int byte = 1; byte < 256; byte++)
        for (int place = 0; place < 3; place++) {
            snprintf(text, sizeof text, "http%s://%s%c%s", byte % 2 ? "s" : "", place ? "a" : "",
                     byte, place == 1 ? "a" : "");
            agree(text);
        }
    for (int port = 0; port < 66000; port += port < 1100 ? 1 : 97) {
        snprintf(text, sizeof text, "https://a.test:%d", port);
        agree(text);
        snprintf(text, sizeof text, "http://a.test:%d", port);
        agree(text);
    }
    assert_in_range(sendable, 1000, 100000);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void random_strings(const char *const *tokens, size_t count, const char *before,
                           const char *behind, uint32_t seed, int rounds)
{
    for (int round = 0; round < rounds; round++) {
        char text[256];
        size_t length = (size_t)snprintf(text, sizeof text, "%s", before);
        for (uint32_t left = next_random(&seed) % 17; left > 0; left--)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s",
                                       tokens[next_random(&seed) % count]);
        snprintf(text + length, sizeof text - length, "%s", behind);
        agree(text);
    }
}

static void random_origins(void **state)
{
    (void)state;
    static const char *const names[] = {
        "a",    "z",  "0", "1", "9",  "255", "256", "-",        ".",    ".",   ".",
        "xn--", "0x", "_", "~", "!",  ";",   "*",   "%41",      "%",    ":80", ":443",
        ":8",   ":",  "@", "/", "\\", "A",   "#",   "\xC3\xBC", "null", "[",   "]",
    };
    static const char *const numbers[] = {"0",  "1", "9", "10", "255", "256", "01",
                                          "0x", ".", ".", ".",  ".",   "f"};
    static const char *const pieces[] = {"0",   ":0", ":0", ":",  "::",  ":1",        ":ff",
                                         ":0a", ":A", "1",  ":f", ":12", ":127.0.0.1"};
    enum { ROUNDS = 60000 };
    sendable = 0;
    random_strings(names, sizeof names / sizeof *names, "https://", "", 1, ROUNDS);
    random_strings(numbers, sizeof numbers / sizeof *numbers, "http://", "", 2, ROUNDS);
    random_strings(pieces, sizeof pieces / sizeof *pieces, "http://[", "]", 3, ROUNDS);
    random_strings(names, sizeof names / sizeof *names, "", "", 4, ROUNDS / 10);
    assert_in_range(sendable, 500, ROUNDS * 4);
}

/* The address whose pieces are the bits of `set`; those from `from` up to `to` are left out. */
static void write_address(char *text, unsigned set, unsigned from, unsigned to)
{
    text += sprintf(text, "http://[");
    for (unsigned i = 0; i < 8; i++) {
        if (i == from && from < to)
            text += sprintf(text, "::");
        if (i >= from && i < to)
            continue;
        const bool colon = i > 0 && !(i == to && from < to);
        text += sprintf(text, "%s%u", colon ? ":" : "", set >> i & 1);
    }
    sprintf(text, "]");
}

/* Every address of zeros and ones, with every way to shorten it. */
static void every_ipv6(void **state)
{
    (void)state;
    sendable = 0;
    for (unsigned set = 0; set < 256; set++)
        for (unsigned from = 0; from <= 8; from++)
            for (unsigned to = from; to <= 8; to++) {
                char text[64];
                const unsigned elided = ((1u << to) - 1) & ~((1u << from) - 1);
                if ((set & elided) != 0 || (from == to && from > 0))
                    continue;
                write_address(text, set, from, to);
                agree(text);
            }
    /* Each has one canonical form. */
    assert_int_equal(sendable, 256);
}

static void what_is_cut_off(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "n",
                                        "nul",
                                        "null",
                                        "nulls",
                                        "http",
                                        "https",
                                        "http:",
                                        "http://",
                                        "https://",
                                        "https:/",
                                        "https://.",
                                        "https://..",
                                        "https://[",
                                        "https://]",
                                        "https://[]",
                                        "https://:",
                                        "https://a:",
                                        "https://a:00",
                                        "https://a:080",
                                        "https://1.2.3.4.",
                                        "https://1.2.3.4..",
                                        "https://0x",
                                        "https://a.0x",
                                        "https://a.0xg",
                                        "ftp://a",
                                        "file://",
                                        "http://[::1]a",
                                        "http://[::1]:",
                                        "http://[::1]:8",
                                        "http://a]:8"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        agree(texts[i]);
    assert_false(origin_sendable((struct cors_bytes){0}, PROFILE_URL));
    assert_false(origin_sendable((struct cors_bytes){"http://a\0", 9}, PROFILE_URL));
}

static void profiles_differ(void **state)
{
    (void)state;
    static const struct {
        const char *origin;
        bool sent[PROFILE_COUNT]; /* ABNF, URL, Chromium, Firefox, WebKit, any browser */
    } rows[] = {
        {"null", {1, 1, 1, 1, 1, 1}},
        {"https://example.com", {1, 1, 1, 1, 1, 1}},
        {"https://example.com.", {0, 1, 1, 1, 1, 1}},
        {"https://a_b.example", {0, 1, 1, 1, 1, 1}},
        {"https://a!.example", {0, 1, 1, 0, 1, 1}},
        {"https://a*.example", {0, 1, 0, 0, 1, 1}},
        {"https://a;.example", {0, 1, 1, 0, 1, 1}},
        {"https://a%20b.example", {0, 0, 0, 0, 0, 0}},
        {"https://-a.example", {0, 1, 1, 1, 1, 1}},
        {"https://a.example:25", {1, 1, 0, 0, 0, 0}},
        {"https://a.example:0", {1, 1, 0, 0, 0, 0}},
        {"https://[::1]:8443", {1, 1, 1, 1, 1, 1}},
        {"http://127.0.0.1", {1, 1, 1, 1, 1, 1}},
        {"https://xn--bcher-kva.example", {1, 1, 1, 1, 1, 1}},
        {"https://xn--53h.example", {1, 1, 1, 1, 1, 1}},
        {"https://xn--a.example", {1, 1, 1, 0, 0, 1}},
        {"https://xn--.example", {0, 1, 1, 0, 0, 1}},
        {"https://xn--ascii-.example", {0, 1, 1, 0, 0, 1}},
        {"https://xn--99999999.example", {1, 1, 1, 0, 0, 1}},
        {"https://xn--a-0hb.example", {1, 1, 1, 0, 0, 1}}, /* begins with a mark */
        {"https://xn--b-6ub.example", {1, 1, 1, 1, 1, 1}},
        {"https://xn--4ca.example", {1, 1, 1, 1, 1, 1}},
        {"https://xn--7ba.example", {1, 1, 1, 0, 0, 1}}, /* a capital letter */
        {"https://xn--strae-oqa.example", {1, 1, 1, 1, 1, 1}},
        {"https://xn--u-ccb.example", {1, 1, 1, 0, 0, 1}}, /* not composed */
        {"https://xn--4dbc.example", {1, 1, 1, 1, 1, 1}},
        {"https://xn--a-0hc.example", {1, 1, 1, 0, 0, 1}},  /* both directions in a label */
        {"https://1.xn--4dbc.example", {1, 1, 1, 0, 0, 1}}, /* in a domain */
        {"https://a.xn--4ca.xn--7ba.example", {1, 1, 1, 0, 0, 1}},
        {"https://xn--xn---epa.example", {1, 1, 1, 0, 0, 1}}, /* twice */
        {"https://-xn--a.example", {0, 1, 1, 1, 1, 1}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (enum profile profile = PROFILE_ABNF; profile < PROFILE_COUNT; profile++)
            if (origin_sendable(bytes(rows[i].origin), profile) != rows[i].sent[profile])
                fail_msg("%s, profile %d", rows[i].origin, (int)profile);
}

static void long_hosts(void **state)
{
    (void)state;
    static const struct {
        size_t length;
        bool https_chromium, firefox;
    } rows[] = {{253, true, true}, {254, true, false}, {255, true, false}, {256, false, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[300] = "https://";
        memset(text + 8, 'a', rows[i].length);
        const struct cors_bytes https = {text, 8 + rows[i].length};
        assert_int_equal(origin_sendable(https, PROFILE_CHROMIUM), rows[i].https_chromium);
        assert_int_equal(origin_sendable(https, PROFILE_FIREFOX), rows[i].firefox);
        assert_true(origin_sendable(https, PROFILE_WEBKIT));
        memcpy(text + 1, "http://", 7);
        assert_true(
            origin_sendable((struct cors_bytes){text + 1, 7 + rows[i].length}, PROFILE_CHROMIUM));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_and_port), cmocka_unit_test(random_origins),
        cmocka_unit_test(every_ipv6),          cmocka_unit_test(what_is_cut_off),
        cmocka_unit_test(profiles_differ),     cmocka_unit_test(long_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
