/* https://fetch.spec.whatwg.org/#extract-header-list-values: null, failure and the list kept apart,
 * and every grammar held against a regular expression that was written from the ABNF. */
#include "http_test.h"

#include <regex.h>

struct row {
    const char *name;
    const char *headers;
    const char *expected;
};

static const struct row rows[] = {
    /* #field-name and #method */
    {"Access-Control-Allow-Methods", "", "null"},
    {"Access-Control-Allow-Methods", "Access-Control-Allow-Headers: PUT", "null"},
    {"Access-Control-Allow-Methods", "access-control-allow-methods: PUT", "[PUT]"},
    {"Access-Control-Allow-Methods", "Access-Control-Allow-Methods:", "[]"},
    {"Access-Control-Allow-Methods", "Access-Control-Allow-Methods: *", "[*]"},
    {"Access-Control-Allow-Methods", "Access-Control-Allow-Methods: PUT, patch", "[PUT|patch]"},
    {"Access-Control-Allow-Methods", "Access-Control-Allow-Methods: PUT,,\t , PUT,", "[PUT|PUT]"},
    {"Access-Control-Allow-Methods", "Access-Control-Allow-Methods: ,", "[]"},
    {"Access-Control-Allow-Methods", "Access-Control-Allow-Methods: PUT PATCH", "failure"},
    {"Access-Control-Allow-Methods", "Access-Control-Allow-Methods: PUT; PATCH", "failure"},
    {"Access-Control-Allow-Methods", "Access-Control-Allow-Methods: \"PUT\"", "failure"},
    {"Access-Control-Allow-Methods", "Access-Control-Allow-Methods: PUT, \xc3\xa4", "failure"},
    {"Access-Control-Allow-Headers",
     "Access-Control-Allow-Headers: x-a\nB: c\naccess-control-allow-headers: X-B, x-c",
     "[x-a|X-B|x-c]"},
    {"Access-Control-Allow-Headers",
     "Access-Control-Allow-Headers:\nAccess-Control-Allow-Headers: a", "[a]"},
    {"Access-Control-Allow-Headers",
     "Access-Control-Allow-Headers: a\nAccess-Control-Allow-Headers: (", "failure"},
    {"Access-Control-Allow-Headers",
     "Access-Control-Allow-Headers: [\nAccess-Control-Allow-Headers: a", "failure"},
    {"Access-Control-Expose-Headers", "Access-Control-Expose-Headers: A ,B", "[A|B]"},
    {"Access-Control-Expose-Headers", "Access-Control-Expose-Headers: a:b", "failure"},
    /* delta-seconds */
    {"Access-Control-Max-Age", "Access-Control-Max-Age: 0", "[0]"},
    {"Access-Control-Max-Age", "Access-Control-Max-Age: 007", "[007]"},
    {"Access-Control-Max-Age", "Access-Control-Max-Age: 99999999999999999999999999999999999",
     "[99999999999999999999999999999999999]"},
    {"Access-Control-Max-Age", "Access-Control-Max-Age:", "failure"},
    {"Access-Control-Max-Age", "Access-Control-Max-Age: -1", "failure"},
    {"Access-Control-Max-Age", "Access-Control-Max-Age: +1", "failure"},
    {"Access-Control-Max-Age", "Access-Control-Max-Age: 5s", "failure"},
    {"Access-Control-Max-Age", "Access-Control-Max-Age: 5.5", "failure"},
    {"Access-Control-Max-Age", "Access-Control-Max-Age: \"600\"", "failure"},
    {"Access-Control-Max-Age", "Access-Control-Max-Age: 600, 600", "failure"},
    {"Access-Control-Max-Age", "Access-Control-Max-Age: 600\nAccess-Control-Max-Age: 600",
     "failure"},
    {"Access-Control-Max-Age", "Max-Age: 600", "null"},
    /* %s"true" */
    {"Access-Control-Allow-Credentials", "Access-Control-Allow-Credentials: true", "[true]"},
    {"Access-Control-Allow-Credentials", "Access-Control-Allow-Credentials: True", "failure"},
    {"Access-Control-Allow-Credentials", "Access-Control-Allow-Credentials: false", "failure"},
    {"Access-Control-Allow-Credentials", "Access-Control-Allow-Credentials:", "failure"},
    {"Access-Control-Allow-Credentials", "A: true", "null"},
    /* origin-or-null / wildcard */
    {"Access-Control-Allow-Origin", "Access-Control-Allow-Origin: *", "[*]"},
    {"Access-Control-Allow-Origin", "Access-Control-Allow-Origin: null", "[null]"},
    {"Access-Control-Allow-Origin", "Access-Control-Allow-Origin: Null", "failure"},
    {"Access-Control-Allow-Origin", "Access-Control-Allow-Origin:", "failure"},
    {"Access-Control-Allow-Origin", "A: *", "null"},
    {"Access-Control-Allow-Origin", "Access-Control-Allow-Origin: https://a.example",
     "[https://a.example]"},
    {"Access-Control-Allow-Origin",
     "Access-Control-Allow-Origin: https://a.example, https://b.example", "failure"},
    {"Access-Control-Allow-Origin",
     "Access-Control-Allow-Origin: https://a.example\nAccess-Control-Allow-Origin: *", "failure"},
    /* Location: one header, whatever it holds */
    {"Location", "Location: /a, b", "[/a, b]"},
    {"location", "Location:", "[]"},
    {"Location", "Location: /\xc3\xa4 \"", "[/\xc3\xa4 \"]"},
    {"Location", "Location: /a\nLocation: /a", "failure"},
    {"Location", "Content-Location: /a", "null"},
    /* Cross-Origin-Resource-Policy */
    {"Cross-Origin-Resource-Policy", "Cross-Origin-Resource-Policy: same-origin", "[same-origin]"},
    {"Cross-Origin-Resource-Policy", "Cross-Origin-Resource-Policy: same-site", "[same-site]"},
    {"Cross-Origin-Resource-Policy", "Cross-Origin-Resource-Policy: cross-origin",
     "[cross-origin]"},
    {"Cross-Origin-Resource-Policy", "Cross-Origin-Resource-Policy: Same-Origin", "failure"},
    {"Cross-Origin-Resource-Policy", "Cross-Origin-Resource-Policy: same-origin, same-origin",
     "failure"},
    {"Cross-Origin-Resource-Policy", "Cross-Origin-Resource-Policy:", "failure"},
    /* The request's: method, 1#field-name, origin-or-null */
    {"Access-Control-Request-Method", "Access-Control-Request-Method: PUT", "[PUT]"},
    {"Access-Control-Request-Method", "Access-Control-Request-Method: PUT, GET", "failure"},
    {"Access-Control-Request-Method", "Access-Control-Request-Method:", "failure"},
    {"Access-Control-Request-Method",
     "Access-Control-Request-Method: PUT\nAccess-Control-Request-Method: PUT", "failure"},
    {"Access-Control-Request-Headers", "Access-Control-Request-Headers: a,b", "[a|b]"},
    {"Access-Control-Request-Headers", "Access-Control-Request-Headers: ,a,", "[a]"},
    {"Access-Control-Request-Headers", "Access-Control-Request-Headers:", "failure"},
    {"Access-Control-Request-Headers", "Access-Control-Request-Headers: ,", "failure"},
    {"Access-Control-Request-Headers",
     "Access-Control-Request-Headers: a\nAccess-Control-Request-Headers: b", "[a|b]"},
    {"Origin", "Origin: null", "[null]"},
    {"Origin", "Origin: *", "failure"},
    {"Origin", "Origin: https://a.example:8443", "[https://a.example:8443]"},
    /* Any other name is one header with any value. */
    {"X-Any", "X-Any: a, (b", "[a, (b]"},
    {"X-Any", "X-Any: a\nX-Any: b", "failure"},
    {"X-Any", "X-Other: a", "null"},
};

static void every_header(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cors_arena arena = fresh_arena();
        const struct cors_header_list list = list_of(rows[i].headers);
        print_message("%s <- %s\n", rows[i].name, rows[i].headers);
        assert_string_equal(
            values_text(cors_extract_header_list_values(bytes_of(rows[i].name), &list, &arena)),
            rows[i].expected);
    }
}

/* The empty list is a list: [] in the table above could also be one empty value. */
static void empty_lists_are_lists(void **state)
{
    (void)state;
    struct cors_arena arena = fresh_arena();
    struct cors_header_list list = list_of("Access-Control-Allow-Headers:\nLocation:");
    struct cors_values values =
        cors_extract_header_list_values(CORS_BYTES("Access-Control-Allow-Headers"), &list, &arena);
    assert_int_equal(values.kind, CORS_VALUES_LIST);
    assert_int_equal(values.count, 0);
    values = cors_extract_header_list_values(CORS_BYTES("Location"), &list, &arena);
    assert_int_equal(values.count, 1);
    assert_string_equal(text_of(values.at[0]), "``");
}

static struct cors_values extract_one(const char *name, struct cors_bytes value,
                                      struct cors_arena *arena)
{
    struct cors_header header = {bytes_of(name), value};
    return cors_extract_header_list_values(
        header.name, &(struct cors_header_list){.at = &header, .count = 1}, arena);
}

/* Every string over the alphabet is accepted if and only if the expression matches it. */
static void hold_against(const char *name, const char *prefix, const char *alphabet, size_t max_len,
                         const char *expression)
{
    regex_t regex;
    assert_int_equal(regcomp(&regex, expression, REG_EXTENDED | REG_NOSUB), 0);
    char suffix[32] = "";
    size_t accepted = 0;
    do {
        char value[64];
        struct cors_arena arena = fresh_arena();
        sprintf(value, "%s%s", prefix, suffix);
        const bool expected = regexec(&regex, value, 0, NULL, 0) == 0;
        const bool actual = extract_one(name, bytes_of(value), &arena).kind == CORS_VALUES_LIST;
        if (expected != actual)
            fail_msg("%s: %s: expected %d", name, value, expected);
        accepted += expected;
    } while (next_string(suffix, alphabet, max_len));
    regfree(&regex);
    assert_true(accepted > 0);
}

#define H16 "(0|[1-9a-f][0-9a-f]{0,3})"
#define H16C "(" H16 ":)"
#define IPV6                                                                                       \
    "(" H16C "{7}" H16 "|::" H16C "{5}" H16 "|(" H16 ")?::" H16C "{4}" H16 "|(" H16C "{0,1}" H16   \
    ")?::" H16C "{3}" H16 "|(" H16C "{0,2}" H16 ")?::" H16C "{2}" H16 "|(" H16C "{0,3}" H16        \
    ")?::" H16 ":" H16 "|(" H16C "{0,4}" H16 ")?::" H16 "|(" H16C "{0,5}" H16 ")?::)"
#define OCTET "([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
#define IPV4 "(" OCTET "\\." OCTET "\\." OCTET "\\." OCTET ")"
#define LABEL "([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])"
#define DOMAIN "((" LABEL "\\.)*" LABEL ")"
#define ORIGIN "[a-z][a-z0-9+.-]*://(" IPV4 "|\\[" IPV6 "\\]|" DOMAIN ")(:[0-9]{1,5})?"
#define ALLOW_ORIGIN "^(\\*|null|" ORIGIN ")$"

static void lists_as_in_rfc_9110(void **state)
{
    (void)state;
    /* [ element ] *( OWS "," OWS [ element ] ), with the space around it that no header value has
     */
    static const char expression[] = "^[ \t]*(a+)?([ \t]*,[ \t]*(a+)?)*[ \t]*$";
    hold_against("Access-Control-Allow-Methods", "", "a, \t\"", 6, expression);
    hold_against("Access-Control-Expose-Headers", "", "a, (", 6, expression);
}

static void origins_as_in_the_standard(void **state)
{
    (void)state;
    static const char name[] = "Access-Control-Allow-Origin";
    hold_against(name, "", "a:/.", 7, ALLOW_ORIGIN);
    hold_against(name, "a://b", ":09-", 7, ALLOW_ORIGIN);
    hold_against(name, "a://", "a-.1", 6, ALLOW_ORIGIN);
    hold_against(name, "", "aA+1:/", 6, ALLOW_ORIGIN);
    hold_against(name, "https", "a+:/.", 5, ALLOW_ORIGIN);
    hold_against(name, "a://[", "0:]", 9, ALLOW_ORIGIN);
    hold_against(name, "a://[", "10a:]", 6, ALLOW_ORIGIN);
    hold_against(name, "a://[1:1:1:1:1:1:", "1:]", 6, ALLOW_ORIGIN);
    hold_against(name, "a://[1::1:1:", "1:]", 9, ALLOW_ORIGIN);
    hold_against(name, "a://[::]", ":1]a", 7, ALLOW_ORIGIN);
}

struct origin_row {
    const char *value;
    bool accepted;
};

static const struct origin_row origin_rows[] = {
    {"https://xn--bcher-kva.example:8443", true},
    {"https://1.2.3.4", true},
    {"https://256.2.3.4", true}, /* a serialized-domain by its grammar */
    {"https://[2001:db8::ff00:42:8329]:65535", true},
    {"https://[2001:DB8::1]", false},
    {"https://[2001:0db8::1]", false},
    {"https://[::ffff:1.2.3.4]", false},
    {"https://a.example:123456", false},
    {"https://a.example/", false},
    {"https://A.example", false},
    {"https://a_b.example", false},
    {"https://user@a.example", false},
    {"https://a.example.", false},
    {"https://*.example", false},
    {"https:a.example", false},
    {"//a.example", false},
    {"a.example", false},
    {"file://", false},
};

static void origins_from_life(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(origin_rows); i++) {
        struct cors_arena arena = fresh_arena();
        print_message("%s\n", origin_rows[i].value);
        assert_int_equal(
            extract_one("Access-Control-Allow-Origin", bytes_of(origin_rows[i].value), &arena)
                    .kind == CORS_VALUES_LIST,
            origin_rows[i].accepted);
    }
}

static void every_byte(void **state)
{
    (void)state;
    for (unsigned b = 0; b < 256; b++) {
        const char value[] = {(char)b};
        const struct cors_bytes bytes = {value, 1};
        struct cors_arena arena = fresh_arena();
        const bool token = cors_is_header_name(bytes);
        const bool nothing = b == ',' || b == ' ' || b == '\t';
        struct cors_values list = extract_one("Access-Control-Allow-Headers", bytes, &arena);
        assert_int_equal(list.kind, token || nothing ? CORS_VALUES_LIST : CORS_VALUES_FAILURE);
        assert_int_equal(list.count, token ? 1 : 0);
        assert_int_equal(extract_one("Access-Control-Max-Age", bytes, &arena).kind,
                         b >= '0' && b <= '9' ? CORS_VALUES_LIST : CORS_VALUES_FAILURE);
    }
}

static void delta_seconds(void **state)
{
    (void)state;
    assert_int_equal(parse_delta_seconds(CORS_BYTES("0")), 0);
    assert_int_equal(parse_delta_seconds(CORS_BYTES("00086400")), 86400);
    assert_true(parse_delta_seconds(CORS_BYTES("18446744073709551614")) == UINT64_MAX - 1);
    assert_true(parse_delta_seconds(CORS_BYTES("18446744073709551615")) == UINT64_MAX);
    assert_true(parse_delta_seconds(CORS_BYTES("18446744073709551616")) == UINT64_MAX);
    assert_true(parse_delta_seconds(CORS_BYTES("99999999999999999999999")) == UINT64_MAX);
}

static void items_of_values(void **state)
{
    (void)state;
    const struct cors_bytes items[] = {CORS_BYTES("X-A"), CORS_BYTES("*")};
    const struct cors_values values = {CORS_VALUES_LIST, items, 2};
    assert_true(values_contain(&values, CORS_BYTES("*")));
    assert_true(values_contain(&values, CORS_BYTES("X-A")));
    assert_false(values_contain(&values, CORS_BYTES("x-a")));
    assert_true(values_contain_insensitively(&values, CORS_BYTES("x-a")));
    assert_false(values_contain_insensitively(&values, CORS_BYTES("x-b")));
    assert_false(values_contain(&(struct cors_values){0}, CORS_BYTES("")));
    assert_false(values_contain_insensitively(&(struct cors_values){.kind = CORS_VALUES_FAILURE},
                                              CORS_BYTES("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_header),         cmocka_unit_test(empty_lists_are_lists),
        cmocka_unit_test(lists_as_in_rfc_9110), cmocka_unit_test(origins_as_in_the_standard),
        cmocka_unit_test(origins_from_life),    cmocka_unit_test(every_byte),
        cmocka_unit_test(delta_seconds),        cmocka_unit_test(items_of_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
