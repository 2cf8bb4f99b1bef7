/* https://fetch.spec.whatwg.org/#cors-safelisted-request-header and the sets that follow it: each
 * rule at its edges, and every byte against predicates that were written from the standard's text
 * without the tables. */
#include "http_test.h"

static bool safelisted(const char *name, struct cors_bytes value)
{
    struct cors_arena arena = fresh_arena();
    return cors_is_cors_safelisted_request_header(bytes_of(name), value, &arena);
}

/* Less than 0x20 and not HT, or one of the listed ones. */
static bool is_unsafe_byte(unsigned b)
{
    switch (b) {
    case 0x22:
    case 0x28:
    case 0x29:
    case 0x3a:
    case 0x3c:
    case 0x3e:
    case 0x3f:
    case 0x40:
    case 0x5b:
    case 0x5c:
    case 0x5d:
    case 0x7b:
    case 0x7d:
    case 0x7f:
        return true;
    default:
        return b < 0x20 && b != 0x09;
    }
}

static bool is_language_byte(unsigned b)
{
    return (b >= 0x30 && b <= 0x39) || (b >= 0x41 && b <= 0x5a) || (b >= 0x61 && b <= 0x7a) ||
           b == 0x20 || b == 0x2a || b == 0x2c || b == 0x2d || b == 0x2e || b == 0x3b || b == 0x3d;
}

static void every_byte_of_every_rule(void **state)
{
    (void)state;
    for (unsigned b = 0; b < 256; b++)
        for (size_t at = 0; at < 3; at++) {
            char value[] = {'a', 'a', 'a'};
            value[at] = (char)b;
            const struct cors_bytes bytes = {value, 3};
            assert_int_equal(safelisted("Accept", bytes), !is_unsafe_byte(b));
            assert_int_equal(safelisted("accept-LANGUAGE", bytes), is_language_byte(b));
            assert_int_equal(safelisted("Content-Language", bytes), is_language_byte(b));
            char type[] = "text/plain;a=aaa";
            type[13 + at] = (char)b;
            assert_int_equal(safelisted("CONTENT-type", (struct cors_bytes){type, 16}),
                             !is_unsafe_byte(b));
        }
}

struct row {
    const char *name;
    const char *value;
    bool expected;
};

static const struct row rows[] = {
    {"Accept", "", true},
    {"Accept", "text/html,*/*;q=0.8", true},
    {"Accept", "text/html;a=\"b\"", false},
    {"Accept-Language", "", true},
    {"Accept-Language", "de-AT, de;q=0.9, *;q=0.1", true},
    {"Accept-Language", "de_AT", false},
    {"Content-Language", "de/AT", false},
    {"Accept-Charset", "utf-8", false},
    {"Accep", "a", false},
    {"Accept-Languages", "a", false},
    {"X-A", "", false},
    {"", "", false},
    {"Authorization", "a", false},
    {"DPR", "2", false},
    {"Save-Data", "on", false},
    {"Content-Type", "text/plain", true},
    {"Content-Type", "TEXT/Plain", true},
    {"Content-Type", "text/plain;charset=utf-8", true},
    {"Content-Type", "text/plain; charset = utf-8 ; x", true},
    {"Content-Type", "text/plain;", true},
    {"Content-Type", " text/plain ", true},
    {"Content-Type", "multipart/form-data", true},
    {"Content-Type", "multipart/form-data; boundary=a", true},
    {"Content-Type", "multipart/form-data; boundary=\"a\"", false},
    {"Content-Type", "application/x-www-form-urlencoded", true},
    {"Content-Type", "application/json", false},
    {"Content-Type", "text/html", false},
    {"Content-Type", "text/plain, application/json", false},
    {"Content-Type", "text/plain;a=b, application/json", true},
    {"Content-Type", "application/json;text/plain", false},
    {"Content-Type", "text/plain+json", false},
    {"Content-Type", "text/plain/", false},
    {"Content-Type", "text /plain", false},
    {"Content-Type", "text/ plain", false},
    {"Content-Type", "text", false},
    {"Content-Type", "", false},
    {"Range", "bytes=0-", true},
    {"Range", "bytes=0-0", true},
    {"Range", "bytes=9-10", true},
    {"range", "bytes=10-9", false},
    {"Range", "bytes=-500", false},
    {"Range", "bytes=-", false},
    {"Range", "bytes=", false},
    {"Range", "bytes", false},
    {"Range", "", false},
    {"Range", "Bytes=0-", false},
    {"Range", "bytex=0-", false},
    {"Range", "xbytes=0-", false},
    {"Range", "byte=0-", false},
    {"Range", "bytes 0-", false},
    {"Range", "bytes =0-", false},
    {"Range", "bytes= 0-", false},
    {"Range", "bytes=0 -", false},
    {"Range", "bytes=0- 1", false},
    {"Range", "bytes=0-1 ", false},
    {"Range", " bytes=0-1", false},
    {"Range", "bytes=0-1,2-3", false},
    {"Range", "bytes=0-1,", false},
    {"Range", "bytes=+0-1", false},
    {"Range", "bytes=0x0-1", false},
    {"Range", "bytes=00002-1", false},
    {"Range", "bytes=1-00002", true},
    {"Range", "bytes=000-0", true},
    {"Range", "bytes=18446744073709551617-18446744073709551616", false},
    {"Range", "bytes=18446744073709551616-18446744073709551616", true},
    {"Range", "bytes=18446744073709551616-0018446744073709551617", true},
    {"Range", "bytes=99999999999999999999-100000000000000000000", true},
};

static void every_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("%s: %s\n", rows[i].name, rows[i].value);
        assert_int_equal(safelisted(rows[i].name, bytes_of(rows[i].value)), rows[i].expected);
    }
}

/* `head` and as many `fill` as make `len` bytes. */
static struct cors_bytes value_of(size_t len, const char *head, char fill)
{
    static char values[8][2048];
    static unsigned next;
    char *value = values[next++ % 8];
    memset(value, fill, sizeof *values);
    memcpy(value, head, strlen(head));
    return (struct cors_bytes){value, len};
}

static void at_most_128_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *head;
        char fill;
    } headers[] = {
        {"Accept", "", 'a'},           {"Accept-Language", "", 'a'},
        {"Content-Language", "", 'a'}, {"Content-Type", "text/plain;a=", 'a'},
        {"Range", "bytes=0-", '9'},
    };
    for (size_t i = 0; i < COUNT(headers); i++) {
        assert_true(safelisted(headers[i].name, value_of(127, headers[i].head, headers[i].fill)));
        assert_true(safelisted(headers[i].name, value_of(128, headers[i].head, headers[i].fill)));
        assert_false(safelisted(headers[i].name, value_of(129, headers[i].head, headers[i].fill)));
    }
}

static const char *unsafe_names(const struct cors_header_list *list)
{
    struct cors_arena arena = fresh_arena();
    return values_text(cors_cors_unsafe_request_header_names(list, &arena));
}

static void unsafe_request_header_names(void **state)
{
    (void)state;
    struct cors_header_list list = list_of("");
    assert_string_equal(unsafe_names(&list), "[]");
    list = list_of("Accept: a\nRange: bytes=0-");
    assert_string_equal(unsafe_names(&list), "[]");
    list = list_of("X-B: 1\nAccept: a\nx-a: 2\nX-b: 3\nAUTHORIZATION: 4");
    assert_string_equal(unsafe_names(&list), "[authorization|x-a|x-b]");
    list = list_of("Accept: a\nAccept: (");
    assert_string_equal(unsafe_names(&list), "[accept]");
}

static void at_most_1024_bytes_together(void **state)
{
    (void)state;
    for (size_t sum = 1023; sum <= 1025; sum++) {
        struct cors_header headers[10];
        struct cors_header_list list = {.at = headers};
        size_t left = sum;
        while (left > 0) {
            const size_t len = left < 128 ? left : 128;
            headers[list.count] = (struct cors_header){
                bytes_of(list.count % 2 == 0 ? "Accept" : "content-Language"),
                value_of(len, "", 'a'),
            };
            list.count++;
            left -= len;
        }
        assert_string_equal(unsafe_names(&list), sum <= 1024 ? "[]" : "[accept|content-language]");
        /* Values of headers that are unsafe anyway do not count. */
        headers[list.count] = (struct cors_header){CORS_BYTES("X"), value_of(500, "", 'a')};
        list.count++;
        assert_string_equal(unsafe_names(&list),
                            sum <= 1024 ? "[x]" : "[accept|content-language|x]");
    }
}

static void no_cors_rules(void **state)
{
    (void)state;
    struct cors_arena arena = fresh_arena();
    static const struct row no_cors[] = {
        {"Accept", "a", true},
        {"accept", "(", false},
        {"ACCEPT-LANGUAGE", "a", true},
        {"Content-Language", "/", false},
        {"Content-Language", "a", true},
        {"Content-Type", "text/plain", true},
        {"Content-Type", "text/html", false},
        {"Range", "bytes=0-", false},
        {"X", "a", false},
    };
    for (size_t i = 0; i < COUNT(no_cors); i++)
        assert_int_equal(cors_is_no_cors_safelisted_request_header(
                             bytes_of(no_cors[i].name), bytes_of(no_cors[i].value), &arena),
                         no_cors[i].expected);
    assert_false(cors_is_no_cors_safelisted_request_header(CORS_BYTES("Accept"),
                                                           value_of(129, "", 'a'), &arena));
}

static const struct row forbidden[] = {
    {"Accept-Charset", "", true},
    {"accept-encoding", "", true},
    {"Access-Control-Request-Headers", "", true},
    {"access-control-request-method", "", true},
    {"Access-Control-Request-Private-Network", "", false},
    {"Connection", "", true},
    {"CONTENT-LENGTH", "", true},
    {"Cookie", "", true},
    {"Cookie2", "", true},
    {"Date", "", true},
    {"dnt", "", true},
    {"Expect", "", true},
    {"Host", "", true},
    {"Keep-Alive", "", true},
    {"Origin", "", true},
    {"Referer", "", true},
    {"Referrer", "", false},
    {"Set-Cookie", "", true},
    {"Set-Cookie2", "", false},
    {"TE", "", true},
    {"Trailer", "", true},
    {"Transfer-Encoding", "", true},
    {"Upgrade", "", true},
    {"Via", "", true},
    {"User-Agent", "", false},
    {"Authorization", "", false},
    {"proxy-", "", true},
    {"Proxy-Authorization", "", true},
    {"Proxy", "", false},
    {"X-Proxy-A", "", false},
    {"sEc-", "", true},
    {"Sec-Fetch-Mode", "", true},
    {"Sec", "", false},
    {"Secret", "", false},
    {"X-HTTP-Method", "TRACE", true},
    {"x-http-method-override", "track", true},
    {"X-Method-Override", "Connect", true},
    {"X-Method", "TRACE", false},
    {"X-HTTP-Method-Overrides", "TRACE", false},
    {"X-HTTP-Method", "", false},
    {"X-HTTP-Method", "GET", false},
    {"X-HTTP-Method", "PATCH, trace", true},
    {"X-HTTP-Method", " trace\t,GET", true},
    {"X-HTTP-Method", ",,CONNECT,,", true},
    {"X-HTTP-Method", "TRACES, XTRACE", false},
    {"X-HTTP-Method", "GET TRACE", false},
    {"X-HTTP-Method", "\"TRACE\"", false},
    {"X-HTTP-Method", "\",TRACE,\"", false},
    {"X-HTTP-Method", "\"a\",TRACE", true},
    {"X-HTTP-Method", "\"a,TRACE", false},
};

static void forbidden_request_headers(void **state)
{
    (void)state;
    struct cors_arena arena = fresh_arena();
    for (size_t i = 0; i < COUNT(forbidden); i++) {
        print_message("%s: %s\n", forbidden[i].name, forbidden[i].value);
        assert_int_equal(cors_is_forbidden_request_header(bytes_of(forbidden[i].name),
                                                          bytes_of(forbidden[i].value), &arena),
                         forbidden[i].expected);
    }
    /* A null value, which no header has, is taken for an empty one. */
    assert_false(
        cors_is_forbidden_request_header(CORS_BYTES("X-HTTP-Method"), null_bytes(), &arena));
}

static void non_wildcard_names(void **state)
{
    (void)state;
    assert_true(is_cors_non_wildcard_request_header_name(CORS_BYTES("Authorization")));
    assert_true(is_cors_non_wildcard_request_header_name(CORS_BYTES("aUTHORIZATION")));
    assert_false(is_cors_non_wildcard_request_header_name(CORS_BYTES("Proxy-Authorization")));
    assert_false(is_cors_non_wildcard_request_header_name(CORS_BYTES("*")));
}

static void forbidden_response_header_names(void **state)
{
    (void)state;
    assert_true(cors_is_forbidden_response_header_name(CORS_BYTES("Set-Cookie")));
    assert_true(cors_is_forbidden_response_header_name(CORS_BYTES("set-cookie2")));
    assert_false(cors_is_forbidden_response_header_name(CORS_BYTES("Set-Cookie3")));
    assert_false(cors_is_forbidden_response_header_name(CORS_BYTES("Cookie")));
}

static void safelisted_response_header_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool always;
        bool exposed;
    } names[] = {
        {"Cache-Control", true, true},
        {"content-language", true, true},
        {"Content-Length", true, true},
        {"CONTENT-TYPE", true, true},
        {"Expires", true, true},
        {"Last-Modified", true, true},
        {"Pragma", true, true},
        {"Content-Encoding", false, false},
        {"Date", false, false},
        {"ETag", false, true},
        {"etag", false, true},
        {"X-A", false, true},
        {"x-a", false, true},
        {"X-", false, false},
        {"X-Aa", false, false},
        {"x-z", false, true},
        {"Set-Cookie", false, false},
        {"SET-COOKIE2", false, false},
        {"a", false, true},
        {"*", false, false},
        {"zz", false, false},
        {"", false, false},
    };
    const struct cors_bytes as_sent[] = {CORS_BYTES("X-Z"),         CORS_BYTES("Set-Cookie"),
                                         CORS_BYTES("ETag"),        CORS_BYTES("x-a"),
                                         CORS_BYTES("set-cookie2"), CORS_BYTES("A")};
    const struct cors_values unsorted = {CORS_VALUES_LIST, as_sent, COUNT(as_sent)};
    struct cors_arena arena = fresh_arena();
    const struct cors_values sorted =
        cors_convert_header_names_to_a_sorted_lowercase_set(as_sent, COUNT(as_sent), &arena);
    const struct cors_values none = {.kind = CORS_VALUES_LIST};
    for (size_t i = 0; i < COUNT(names); i++) {
        const struct cors_bytes name = bytes_of(names[i].name);
        print_message("%s\n", names[i].name);
        assert_int_equal(cors_is_cors_safelisted_response_header_name(name, &none),
                         names[i].always);
        assert_int_equal(is_cors_safelisted_response_header_name(name, &none), names[i].always);
        assert_int_equal(cors_is_cors_safelisted_response_header_name(name, &unsorted),
                         names[i].exposed);
        assert_int_equal(is_cors_safelisted_response_header_name(name, &sorted), names[i].exposed);
    }
}

/* In a set of any size the binary search finds what is there and nothing else. */
static void exposed_names_searched(void **state)
{
    (void)state;
    static char names[64][4];
    struct cors_bytes set[64];
    for (size_t count = 0; count <= 64; count++) {
        for (size_t i = 0; i < count; i++) {
            sprintf(names[i], "k%02u", (unsigned)(2 * i + 1) % 100);
            set[i] = bytes_of(names[i]);
        }
        const struct cors_values values = {CORS_VALUES_LIST, set, count < 50 ? count : 50};
        for (unsigned k = 0; k < 100; k++) {
            char name[8];
            sprintf(name, "K%02u", k);
            assert_int_equal(is_cors_safelisted_response_header_name(bytes_of(name), &values),
                             k % 2 == 1 && k / 2 < values.count);
        }
    }
}

/* Every value of a range over a small alphabet, with and without whitespace, against the grammar
 * in words: digits, dash, digits, of which not both are missing. */
static void every_short_range(void **state)
{
    (void)state;
    char suffix[16] = "";
    do {
        char value[32];
        sprintf(value, "bytes%s", suffix);
        for (int allowed = 0; allowed < 2; allowed++) {
            const char *at = suffix;
            const char *const space = allowed ? " " : "";
            char start[16] = "";
            char end[16] = "";
            at += strspn(at, space);
            bool valid = *at == '=';
            at += valid;
            at += strspn(at, space);
            size_t len = strspn(at, "012");
            memcpy(start, at, len);
            at += len;
            at += strspn(at, space);
            valid = valid && *at == '-';
            at += *at == '-';
            at += strspn(at, space);
            len = strspn(at, "012");
            memcpy(end, at, len);
            at += len;
            valid = valid && *at == '\0' && (*start != '\0' || *end != '\0') &&
                    (*start == '\0' || *end == '\0' || atoi(start) <= atoi(end));
            const struct range_value range = parse_a_single_range_header_value(
                NULL, bytes_of(value), allowed ? WHITESPACE_ALLOWED : WHITESPACE_DISALLOWED);
            if (range.failure == valid)
                fail_msg("%s, whitespace %d: expected %d", value, allowed, valid);
            if (!valid)
                continue;
            assert_int_equal(is_null(range.start), *start == '\0');
            assert_int_equal(is_null(range.end), *end == '\0');
            if (*start != '\0')
                assert_int_equal(parse_delta_seconds(range.start), atoi(start));
            if (*end != '\0')
                assert_int_equal(parse_delta_seconds(range.end), atoi(end));
        }
    } while (next_string(suffix, "=-012 ", 7));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_of_every_rule),
        cmocka_unit_test(every_rule),
        cmocka_unit_test(at_most_128_bytes),
        cmocka_unit_test(unsafe_request_header_names),
        cmocka_unit_test(at_most_1024_bytes_together),
        cmocka_unit_test(no_cors_rules),
        cmocka_unit_test(forbidden_request_headers),
        cmocka_unit_test(non_wildcard_names),
        cmocka_unit_test(forbidden_response_header_names),
        cmocka_unit_test(safelisted_response_header_names),
        cmocka_unit_test(exposed_names_searched),
        cmocka_unit_test(every_short_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
