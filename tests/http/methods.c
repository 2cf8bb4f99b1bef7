/* https://fetch.spec.whatwg.org/#methods: the three sets and normalisation, in every case of the
 * letters. */
#include "http_test.h"

static void methods_are_tokens(void **state)
{
    (void)state;
    assert_true(cors_is_method(CORS_BYTES("CHICKEN")));
    assert_true(cors_is_method(CORS_BYTES("!#$%&'*+-.^_`|~09azAZ")));
    assert_false(cors_is_method(CORS_BYTES("")));
    assert_false(cors_is_method(null_bytes()));
    for (unsigned b = 0; b < 256; b++) {
        const char method[] = {'G', (char)b, 'T'};
        const bool token = b < 128 && b > ' ' && b != 127 && !strchr("\"(),/:;<=>?@[\\]{}", (int)b);
        assert_int_equal(cors_is_method((struct cors_bytes){method, 3}), token);
    }
}

struct row {
    const char *method;
    bool safelisted;
    bool forbidden;
    const char *normalized;
};

static const struct row rows[] = {
    {"GET", true, false, "GET"},          {"get", false, false, "GET"},
    {"gEt", false, false, "GET"},         {"HEAD", true, false, "HEAD"},
    {"head", false, false, "HEAD"},       {"POST", true, false, "POST"},
    {"pOST", false, false, "POST"},       {"PUT", false, false, "PUT"},
    {"put", false, false, "PUT"},         {"DELETE", false, false, "DELETE"},
    {"dElEtE", false, false, "DELETE"},   {"OPTIONS", false, false, "OPTIONS"},
    {"options", false, false, "OPTIONS"}, {"PATCH", false, false, "PATCH"},
    {"patch", false, false, "patch"},     {"CONNECT", false, true, "CONNECT"},
    {"connect", false, true, "connect"},  {"TRACE", false, true, "TRACE"},
    {"tRaCe", false, true, "tRaCe"},      {"TRACK", false, true, "TRACK"},
    {"track", false, true, "track"},      {"TRAC", false, false, "TRAC"},
    {"GETS", false, false, "GETS"},       {"GE", false, false, "GE"},
    {"eGg", false, false, "eGg"},         {"*", false, false, "*"},
    {"QUERY", false, false, "QUERY"},     {"query", false, false, "query"},
};

static void sets_and_normalization(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct cors_bytes method = bytes_of(rows[i].method);
        print_message("%s\n", rows[i].method);
        assert_int_equal(cors_is_cors_safelisted_method(method), rows[i].safelisted);
        assert_int_equal(cors_is_forbidden_method(method), rows[i].forbidden);
        assert_string_equal(text_of(cors_normalize_method(method)),
                            text_of(bytes_of(rows[i].normalized)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(methods_are_tokens),
        cmocka_unit_test(sets_and_normalization),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
