/* What the URL Standard's own test data does not reach: ill-formed UTF-8, equality, opaque origins,
 * sites by the public suffix list, trustworthiness, memory, and inputs made to be slow. */
#include "url.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

static char memory[1 << 16];

static struct cors_bytes bytes_of(const char *string)
{
    return (struct cors_bytes){string, strlen(string)};
}

static void assert_bytes(struct cors_bytes actual, const char *expected)
{
    assert_non_null(actual.at);
    assert_int_equal(actual.len, strlen(expected));
    assert_memory_equal(actual.at, expected, actual.len);
}

/* A URL that lives as long as the test. */
static struct cors_url url_of(const char *string, struct cors_arena *arena)
{
    struct cors_url url;
    if (!cors_url_parse(&url, bytes_of(string), NULL, cors_domain_to_ascii_by_libidn2, arena))
        fail_msg("%s does not parse", string);
    return url;
}

static struct cors_origin origin_of(const char *string, struct cors_arena *arena)
{
    const struct cors_url url = url_of(string, arena);
    return cors_url_origin(&url, cors_domain_to_ascii_by_libidn2, arena);
}

static void ill_formed_utf8_is_replaced(void **state)
{
    (void)state;
    static const struct {
        const char *input;
        const char *href;
    } rows[] = {
        {"a:\xFF", "a:%EF%BF%BD"},
        {"a:\x80z", "a:%EF%BF%BDz"},
        {"a:\xC0\xAF", "a:%EF%BF%BD%EF%BF%BD"},
        {"a:\xC3", "a:%EF%BF%BD"},
        {"a:\xC3/", "a:%EF%BF%BD/"},
        {"a:\xE2\x82", "a:%EF%BF%BD"},
        {"a:\xE2\x82\xC3\xA9", "a:%EF%BF%BD%C3%A9"},
        {"a:\xE0\x9F\x80", "a:%EF%BF%BD%EF%BF%BD%EF%BF%BD"},
        {"a:\xED\xA0\x80", "a:%EF%BF%BD%EF%BF%BD%EF%BF%BD"},
        {"a:\xF0\x9F\x92z", "a:%EF%BF%BDz"},
        {"a:\xF0\x8F\xBF\xBF", "a:%EF%BF%BD%EF%BF%BD%EF%BF%BD%EF%BF%BD"},
        {"a:\xF4\x90\x80\x80", "a:%EF%BF%BD%EF%BF%BD%EF%BF%BD%EF%BF%BD"},
        {"a:\xF5\x80", "a:%EF%BF%BD%EF%BF%BD"},
        {"a:\xEF\xBB\xBF", "a:%EF%BB%BF"},
        {"a:\xF4\x8F\xBF\xBF", "a:%F4%8F%BF%BF"},
        {"http://u\xFF@h/\xFF?\xFF#\xFF", "http://u%EF%BF%BD@h/%EF%BF%BD?%EF%BF%BD#%EF%BF%BD"},
        {"a://\xE2\x82/", "a://%EF%BF%BD/"},
        {"a:\xE2\t\x82\xAC", "a:%E2%82%AC"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cors_arena arena = cors_arena_over(memory, sizeof memory);
        const struct cors_url url = url_of(rows[i].input, &arena);
        assert_bytes(cors_url_serialize(&url, CORS_URL_WITH_FRAGMENT, &arena), rows[i].href);
    }
}

static void ill_formed_utf8_is_no_domain(void **state)
{
    (void)state;
    static const char *const rows[] = {"http://h\xFF/", "http://\xE2\x82/", "http://%FF/",
                                       "http://%E2%82/", "http://\xC3%A9/"};
    struct cors_url url;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cors_arena arena = cors_arena_over(memory, sizeof memory);
        assert_false(
            cors_url_parse(&url, bytes_of(rows[i]), NULL, cors_domain_to_ascii_by_libidn2, &arena));
    }
}

static void nothing_is_an_input_like_any_other(void **state)
{
    (void)state;
    struct cors_arena arena = cors_arena_over(memory, sizeof memory);
    struct cors_url url = url_of("http://h/p?q#f", &arena);
    struct cors_url relative;
    assert_true(cors_url_parse(&relative, null_bytes(), &url, NULL, &arena));
    assert_bytes(cors_url_serialize(&relative, CORS_URL_WITH_FRAGMENT, &arena), "http://h/p?q");
    assert_true(cors_url_parse(&relative, CORS_BYTES(" \n "), &url, NULL, &arena));
    assert_bytes(cors_url_serialize(&relative, CORS_URL_WITH_FRAGMENT, &arena), "http://h/p?q");
    assert_false(cors_url_parse(&relative, null_bytes(), NULL, NULL, &arena));
    assert_false(arena.exhausted);
}

static void a_url_may_replace_its_base(void **state)
{
    (void)state;
    struct cors_arena arena = cors_arena_over(memory, sizeof memory);
    struct cors_url url = url_of("http://h/a/b?q#f", &arena);
    assert_true(cors_url_parse(&url, CORS_BYTES("../c"), &url, NULL, &arena));
    assert_bytes(cors_url_serialize(&url, CORS_URL_WITH_FRAGMENT, &arena), "http://h/c");
    const char *at = arena.at;
    assert_false(cors_url_parse(&url, CORS_BYTES("http://[/"), &url, NULL, &arena));
    assert_ptr_equal(arena.at, at);
    assert_bytes(cors_url_serialize(&url, CORS_URL_WITH_FRAGMENT, &arena), "http://h/c");
}

static void without_domain_to_ascii_domains_are_ascii(void **state)
{
    (void)state;
    struct cors_arena arena = cors_arena_over(memory, sizeof memory);
    struct cors_url url;
    assert_true(cors_url_parse(&url, CORS_BYTES("http://XN--A.Example/"), NULL, NULL, &arena));
    assert_bytes(url.host.serialized, "xn--a.example");
    assert_false(cors_url_parse(&url, CORS_BYTES("http://f\xC3\xBC.example/"), NULL, NULL, &arena));
    assert_true(cors_url_parse(&url, CORS_BYTES("a://f\xC3\xBC.example/"), NULL, NULL, &arena));
}

static void urls_are_equal_if_their_serializations_are(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        bool equal;
        bool equal_without_fragment;
    } rows[] = {
        {"http://h", "HTTP://H:80/", true, true},
        {"http://h/#a", "http://h/#b", false, true},
        {"http://h/#", "http://h/", false, true},
        {"http://h/?", "http://h/", false, false},
        {"http://u@h/", "http://u:@h/", true, true},
        {"http://u@h/", "http://:u@h/", false, false},
        {"http://h:81/", "http://h:8/", false, false},
        {"a:/.//b", "a:/c/..//b", true, true},
        {"a:/.//b", "a://b", false, false},
        {"a:b", "a:/b", false, false},
        {"a://", "a:/", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cors_arena arena = cors_arena_over(memory, sizeof memory);
        const struct cors_url a = url_of(rows[i].a, &arena);
        const struct cors_url b = url_of(rows[i].b, &arena);
        assert_int_equal(cors_url_equals(&a, &b, CORS_URL_WITH_FRAGMENT), rows[i].equal);
        assert_int_equal(cors_url_equals(&b, &a, CORS_URL_WITH_FRAGMENT), rows[i].equal);
        assert_int_equal(cors_url_equals(&a, &b, CORS_URL_EXCLUDE_FRAGMENT),
                         rows[i].equal_without_fragment);
    }
}

static void the_small_questions_about_urls(void **state)
{
    (void)state;
    struct cors_arena arena = cors_arena_over(memory, sizeof memory);
    const struct cors_url user = url_of("https://u@h/#f", &arena);
    const struct cors_url password = url_of("ws://:p@h/", &arena);
    const struct cors_url none = url_of("a://h/", &arena);
    assert_true(cors_url_includes_credentials(&user));
    assert_true(cors_url_includes_credentials(&password));
    assert_false(cors_url_includes_credentials(&none));
    assert_true(cors_url_is_special(&user));
    assert_true(cors_url_is_special(&password));
    assert_false(cors_url_is_special(&none));
    assert_true(cors_url_is_http_s(&user));
    assert_false(cors_url_is_http_s(&password));
    assert_bytes(cors_url_serialize(&user, CORS_URL_EXCLUDE_FRAGMENT, &arena), "https://u@h/");
}

static void a_url_has_an_origin(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        const char *origin;
    } rows[] = {
        {"https://u:p@a.example/x?y#z", "https://a.example"},
        {"https://a.example:443/", "https://a.example"},
        {"https://a.example:8443/", "https://a.example:8443"},
        {"http://[::1]:0/", "http://[::1]:0"},
        {"http://1.2.3.4:65535/", "http://1.2.3.4:65535"},
        {"ws://h/", "ws://h"},
        {"ftp://h/", "ftp://h"},
        {"file://h/p", "null"},
        {"data:,", "null"},
        {"a://h/", "null"},
        {"blob:https://a.example:8443/3e1c", "https://a.example:8443"},
        {"blob:http://a.example/#f", "http://a.example"},
        {"blob:wss://a.example/", "null"},
        {"blob:file:///p", "null"},
        {"blob:blob:https://a.example/", "null"},
        {"blob:null/3e1c", "null"},
        {"blob:", "null"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cors_arena arena = cors_arena_over(memory, sizeof memory);
        const struct cors_origin origin = origin_of(rows[i].url, &arena);
        assert_bytes(cors_origin_serialize(&origin, &arena), rows[i].origin);
    }
}

static void origins_are_the_same_if_all_of_them_is(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } rows[] = {
        {"https://a.example/x", "https://a.example:443/y", true},
        {"https://a.example/", "http://a.example/", false},
        {"https://a.example/", "https://a.example:444/", false},
        {"https://a.example/", "https://b.example/", false},
        {"https://a.example/", "https://a.example./", false},
        {"http://0x7f.1/", "http://127.0.0.1/", true},
        {"data:,", "data:,", false},
        {"data:,", "https://a.example/", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cors_arena arena = cors_arena_over(memory, sizeof memory);
        const struct cors_origin a = origin_of(rows[i].a, &arena);
        const struct cors_origin b = origin_of(rows[i].b, &arena);
        assert_int_equal(cors_same_origin(&a, &b), rows[i].same);
        assert_int_equal(cors_same_origin(&b, &a), rows[i].same);
    }
}

static void opaque_origins_are_the_same_by_their_ids(void **state)
{
    (void)state;
    const struct cors_origin one = {.kind = CORS_ORIGIN_OPAQUE, .id = 1};
    const struct cors_origin same = {.kind = CORS_ORIGIN_OPAQUE, .id = 1};
    const struct cors_origin two = {.kind = CORS_ORIGIN_OPAQUE, .id = 2};
    const struct cors_origin none = {.kind = CORS_ORIGIN_OPAQUE};
    assert_true(cors_same_origin(&one, &same));
    assert_true(cors_same_site(&one, &same, NULL));
    assert_true(cors_schemelessly_same_site(&one, &same, NULL));
    assert_false(cors_same_origin(&one, &two));
    assert_false(cors_same_site(&one, &two, NULL));
    assert_false(cors_schemelessly_same_site(&one, &two, NULL));
    assert_false(cors_same_origin(&none, &none));
    assert_false(cors_same_site(&none, &none, NULL));
}

static void a_host_has_a_registrable_domain(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        const char *by_libpsl;
        const char *by_last_label;
    } rows[] = {
        {"com", NULL, NULL},
        {"example.com", "example.com", "example.com"},
        {"www.example.com", "example.com", "example.com"},
        {"sub.www.example.com", "example.com", "example.com"},
        {"EXAMPLE.COM", "example.com", "example.com"},
        {"example.com.", "example.com.", "example.com."},
        {"com.", NULL, NULL},
        {"github.io", NULL, "github.io"},
        {"whatwg.github.io", "whatwg.github.io", "github.io"},
        {"a.b.co.uk", "b.co.uk", "co.uk"},
        {"co.uk", NULL, "co.uk"},
        {"xn--kgbechtv", NULL, NULL},
        {"example.xn--kgbechtv", "example.xn--kgbechtv", "example.xn--kgbechtv"},
        {"a.b.ck", "a.b.ck", "b.ck"},
        {"b.ck", NULL, "b.ck"},
        {"a.www.ck", "www.ck", "www.ck"},
        {"nothing.example", "nothing.example", "nothing.example"},
        {"..com", NULL, NULL},
        {"a..com", NULL, NULL},
        {"a.com..", NULL, NULL},
        {".", NULL, NULL},
        {"..", NULL, NULL},
        {"127.0.0.1", NULL, NULL},
        {"[::1]", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cors_arena arena = cors_arena_over(memory, sizeof memory);
        struct cors_host host;
        assert_true(parse_a_host(&host, bytes_of(rows[i].host), false, NULL, &arena));
        const struct cors_bytes by_libpsl =
            cors_registrable_domain(&host, cors_public_suffix_by_libpsl);
        const struct cors_bytes by_last_label = cors_registrable_domain(&host, NULL);
        if (rows[i].by_libpsl == NULL)
            assert_null(by_libpsl.at);
        else
            assert_bytes(by_libpsl, rows[i].by_libpsl);
        if (rows[i].by_last_label == NULL)
            assert_null(by_last_label.at);
        else
            assert_bytes(by_last_label, rows[i].by_last_label);
    }
}

static void libpsl_takes_domains_of_any_length(void **state)
{
    (void)state;
    enum { LENGTH = 5000 };
    char domain[LENGTH + 1];
    for (size_t i = 0; i < LENGTH; i++)
        domain[i] = i % 3 == 2 ? '.' : 'a';
    memcpy(domain + LENGTH - 6, ".co.uk", 7);
    assert_int_equal(cors_public_suffix_by_libpsl(bytes_of(domain)), 5);
    memset(domain, 'a', LENGTH);
    assert_int_equal(cors_public_suffix_by_libpsl(bytes_of(domain)), LENGTH);
    domain[0] = '.';
    assert_int_equal(cors_public_suffix_by_libpsl(bytes_of(domain)), LENGTH - 1);
    assert_int_equal(cors_public_suffix_by_libpsl(CORS_BYTES("")), 0);
    assert_int_equal(cors_public_suffix_by_libpsl(CORS_BYTES("a.\0.b")), 1);
}

static void sites_are_schemes_and_registrable_domains(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        bool schemelessly_same;
        bool same;
    } rows[] = {
        {"https://example.com", "https://sub.example.com", true, true},
        {"https://example.com", "https://sub.other.example.com:8443", true, true},
        {"https://example.com", "http://non-secure.example.com", true, false},
        {"https://r.github.io", "https://sub.r.github.io", true, true},
        {"https://r.github.io", "https://other.github.io", false, false},
        {"https://r.github.io", "https://github.io", false, false},
        {"https://github.io", "https://github.io", true, true},
        {"https://github.io", "http://github.io", true, false},
        {"https://example.com", "https://example.com.", false, false},
        {"https://1.2.3.4", "https://1.2.3.4:1", true, true},
        {"https://1.2.3.4", "https://5.2.3.4", false, false},
        {"https://[::1]", "https://[::1]:1", true, true},
        {"https://localhost", "http://localhost:1", true, false},
        {"data:,", "https://example.com", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cors_arena arena = cors_arena_over(memory, sizeof memory);
        const struct cors_origin a = origin_of(rows[i].a, &arena);
        const struct cors_origin b = origin_of(rows[i].b, &arena);
        assert_int_equal(cors_schemelessly_same_site(&a, &b, cors_public_suffix_by_libpsl),
                         rows[i].schemelessly_same);
        assert_int_equal(cors_schemelessly_same_site(&b, &a, cors_public_suffix_by_libpsl),
                         rows[i].schemelessly_same);
        assert_int_equal(cors_same_site(&a, &b, cors_public_suffix_by_libpsl), rows[i].same);
        assert_int_equal(cors_same_site(&b, &a, cors_public_suffix_by_libpsl), rows[i].same);
    }
}

static void a_site_has_a_serialization(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"https://a.b.example.co.uk:8443/x", "https://example.co.uk"},
        {"http://github.io", "http://github.io"},
        {"http://127.0.0.1:1", "http://127.0.0.1"},
        {"http://[::1]:1", "http://[::1]"},
        {"data:,", "null"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cors_arena arena = cors_arena_over(memory, sizeof memory);
        const struct cors_origin origin = origin_of(rows[i][0], &arena);
        assert_bytes(cors_site_serialize(&origin, cors_public_suffix_by_libpsl, &arena),
                     rows[i][1]);
    }
}

static void what_is_secure_or_local_is_trustworthy(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool trustworthy;
        bool origin_trustworthy;
    } rows[] = {
        {"https://a.example/", true, true},
        {"wss://a.example/", true, true},
        {"http://a.example/", false, false},
        {"ws://a.example/", false, false},
        {"ftp://a.example/", false, false},
        {"http://127.0.0.1/", true, true},
        {"http://127.255.255.254/", true, true},
        {"http://128.0.0.1/", false, false},
        {"http://127.0.0.1.example/", false, false},
        {"http://[::1]/", true, true},
        {"http://[::2]/", false, false},
        {"http://[::ffff:127.0.0.1]/", false, false},
        {"http://localhost:3000/", true, true},
        {"http://localhost./", true, true},
        {"http://a.LocalHost/", true, true},
        {"http://a.localhost./", true, true},
        {"http://localhost../", false, false},
        {"http://notlocalhost/", false, false},
        {"http://localhost.example/", false, false},
        {"file:///p", false, false},
        {"about:blank", true, false},
        {"about:blank?x#y", true, false},
        {"about:srcdoc", true, false},
        {"about:config", false, false},
        {"about://u@/blank", false, false},
        {"data:,x", true, false},
        {"blob:https://a.example/x", true, true},
        {"blob:http://a.example/x", false, false},
        {"a:b", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cors_arena arena = cors_arena_over(memory, sizeof memory);
        struct cors_url url;
        if (!cors_url_parse(&url, bytes_of(rows[i].url), NULL, NULL, &arena)) {
            assert_false(rows[i].trustworthy);
            continue;
        }
        const struct cors_origin origin = cors_url_origin(&url, NULL, &arena);
        assert_int_equal(cors_is_url_potentially_trustworthy(&url, NULL, &arena),
                         rows[i].trustworthy);
        assert_int_equal(cors_is_origin_potentially_trustworthy(&origin),
                         rows[i].origin_trustworthy);
    }
}

static void files_are_trustworthy_where_they_have_an_origin(void **state)
{
    (void)state;
    const struct cors_origin file = {.kind = CORS_ORIGIN_TUPLE,
                                     .scheme = CORS_BYTES("file"),
                                     .host = {CORS_HOST_EMPTY, CORS_BYTES("")},
                                     .port = CORS_PORT_NULL};
    assert_true(cors_is_origin_potentially_trustworthy(&file));
}

static void nothing_is_written_outside_the_arena(void **state)
{
    (void)state;
    for (size_t size = 0; size < 256; size++) {
        char *small = malloc(size + 1);
        assert_non_null(small);
        struct cors_arena big = cors_arena_over(memory, sizeof memory);
        const struct cors_url url =
            url_of("blob:https://us\xC3\xA9r:p@a.b.example.co.uk:8443/x?y#z", &big);
        const struct cors_origin origin = origin_of("https://a.b.example.co.uk:8443", &big);
        const struct cors_bytes href = cors_url_serialize(&url, CORS_URL_WITH_FRAGMENT, &big);

        struct cors_arena arena = cors_arena_over(small + 1, size);
        const struct cors_bytes serialized =
            cors_url_serialize(&url, CORS_URL_WITH_FRAGMENT, &arena);
        assert_true(arena.exhausted || bytes_equal(serialized, href));
        arena = cors_arena_over(small + 1, size);
        const struct cors_origin blob =
            cors_url_origin(&url, cors_domain_to_ascii_by_libidn2, &arena);
        assert_true(arena.exhausted ? blob.kind == CORS_ORIGIN_OPAQUE
                                    : cors_same_origin(&blob, &origin));
        arena = cors_arena_over(small + 1, size);
        cors_origin_serialize(&origin, &arena);
        arena = cors_arena_over(small + 1, size);
        cors_site_serialize(&origin, cors_public_suffix_by_libpsl, &arena);
        arena = cors_arena_over(small + 1, size);
        assert_true(
            cors_is_url_potentially_trustworthy(&url, cors_domain_to_ascii_by_libidn2, &arena) ||
            arena.exhausted);
        free(small);
    }
}

/* Something repeated up to a length: what a parser with a loop in a loop would choke on. */
static void long_inputs_take_linear_time(void **state)
{
    (void)state;
    static const char *const beginnings[] = {
        "http://h/", "http://",     "http://h", "a:",    "a://",       "file:",     "file://",
        "",          "http://u@h:", "http://[", "blob:", "http://h/#", "http://h/?"};
    static const char *const repeated[] = {"../",
                                           "./",
                                           "/",
                                           "\\",
                                           "@",
                                           ":",
                                           "[",
                                           "]",
                                           ".",
                                           "%2e",
                                           "%",
                                           " ",
                                           "\t",
                                           "\xFF",
                                           "0",
                                           "a",
                                           "a/../",
                                           "?",
                                           "#",
                                           "\xF0\x9F\x92\x92",
                                           "\xE2\x80\x8D",
                                           "C|/"};
    enum { LENGTH = 30000, ROOM = 40 * LENGTH };
    char *input = malloc(LENGTH + 32);
    char *room = malloc(ROOM);
    assert_non_null(input);
    assert_non_null(room);
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        for (size_t j = 0; j < sizeof repeated / sizeof *repeated; j++) {
            struct cors_bytes string = {input, strlen(beginnings[i])};
            memcpy(input, beginnings[i], string.len);
            while (string.len + strlen(repeated[j]) <= LENGTH) {
                memcpy(input + string.len, repeated[j], strlen(repeated[j]));
                string.len += strlen(repeated[j]);
            }
            struct cors_arena arena = cors_arena_over(room, ROOM);
            struct cors_url base = url_of("http://h/a/b/c", &arena);
            struct cors_url url;
            if (!cors_url_parse(&url, string, &base, cors_domain_to_ascii_by_libidn2, &arena))
                continue;
            const struct cors_bytes href = cors_url_serialize(&url, CORS_URL_WITH_FRAGMENT, &arena);
            struct cors_url again;
            assert_true(
                cors_url_parse(&again, href, NULL, cors_domain_to_ascii_by_libidn2, &arena));
            assert_true(cors_url_equals(&url, &again, CORS_URL_WITH_FRAGMENT));
            assert_false(arena.exhausted);
        }
    }
    free(room);
    free(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ill_formed_utf8_is_replaced),
        cmocka_unit_test(ill_formed_utf8_is_no_domain),
        cmocka_unit_test(nothing_is_an_input_like_any_other),
        cmocka_unit_test(a_url_may_replace_its_base),
        cmocka_unit_test(without_domain_to_ascii_domains_are_ascii),
        cmocka_unit_test(urls_are_equal_if_their_serializations_are),
        cmocka_unit_test(the_small_questions_about_urls),
        cmocka_unit_test(a_url_has_an_origin),
        cmocka_unit_test(origins_are_the_same_if_all_of_them_is),
        cmocka_unit_test(opaque_origins_are_the_same_by_their_ids),
        cmocka_unit_test(a_host_has_a_registrable_domain),
        cmocka_unit_test(libpsl_takes_domains_of_any_length),
        cmocka_unit_test(sites_are_schemes_and_registrable_domains),
        cmocka_unit_test(a_site_has_a_serialization),
        cmocka_unit_test(what_is_secure_or_local_is_trustworthy),
        cmocka_unit_test(files_are_trustworthy_where_they_have_an_origin),
        cmocka_unit_test(nothing_is_written_outside_the_arena),
        cmocka_unit_test(long_inputs_take_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
