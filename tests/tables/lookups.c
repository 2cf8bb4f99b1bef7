/* tables.c against texts.c: each lookup gives what the table's rows say, for every row, in any
 * case where case does not count, and nothing for names that are nearly one. The expectations are
 * worked out from the text of the tables, not from what the generator made of them. */
#include "tables.h"
#include "texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *cell(const struct cors_table *table, size_t row, const char *column)
{
    return cors_table_cell(table, row, cors_table_column(table, column));
}

static struct cors_bytes bytes_of(const char *text)
{
    return (struct cors_bytes){text, strlen(text)};
}

static bool has_word(const char *list, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = list; *at != '\0';) {
        const size_t each = strcspn(at, " ");
        if (each == length && memcmp(at, word, length) == 0)
            return true;
        at += each + (at[each] == ' ');
    }
    return false;
}

struct set {
    const char *word;
    unsigned flag;
};

static unsigned flags_of(const char *list, const struct set *sets, size_t count)
{
    unsigned flags = 0;
    for (size_t i = 0; i < count; i++)
        if (has_word(list, sets[i].word))
            flags |= sets[i].flag;
    return flags;
}

static char swap_case(char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)(c - 'a' + 'A');
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* ---- Header names --------------------------------------------------------------------------- */

static const struct set header_sets[] = {
    {"cors-safelisted-request", HEADER_CORS_SAFELISTED_REQUEST},
    {"no-cors-safelisted-request", HEADER_NO_CORS_SAFELISTED_REQUEST},
    {"forbidden-request", HEADER_FORBIDDEN_REQUEST},
    {"method-override", HEADER_METHOD_OVERRIDE},
    {"privileged-no-cors", HEADER_PRIVILEGED_NO_CORS},
    {"cors-non-wildcard", HEADER_CORS_NON_WILDCARD},
    {"request-body", HEADER_REQUEST_BODY},
    {"cors-safelisted-response", HEADER_CORS_SAFELISTED_RESPONSE},
    {"forbidden-response", HEADER_FORBIDDEN_RESPONSE},
};

static const struct set value_rules[] = {
    {"", VALUE_RULE_NONE},
    {"accept", VALUE_RULE_ACCEPT},
    {"language", VALUE_RULE_LANGUAGE},
    {"content-type", VALUE_RULE_CONTENT_TYPE},
    {"range", VALUE_RULE_RANGE},
};

static const struct set abnfs[] = {
    {"", ABNF_ANY},
    {"origin-or-null-or-wildcard", ABNF_ORIGIN_OR_NULL_OR_WILDCARD},
    {"origin-or-null", ABNF_ORIGIN_OR_NULL},
    {"true", ABNF_TRUE},
    {"field-names", ABNF_FIELD_NAMES},
    {"one-or-more-field-names", ABNF_ONE_OR_MORE_FIELD_NAMES},
    {"methods", ABNF_METHODS},
    {"method", ABNF_METHOD},
    {"delta-seconds", ABNF_DELTA_SECONDS},
    {"single-url", ABNF_SINGLE_URL},
    {"resource-policy", ABNF_RESOURCE_POLICY},
};

static void assert_word(const struct set *sets, size_t count, const char *word, unsigned flag)
{
    size_t i = 0;
    while (i < count && strcmp(sets[i].word, word) != 0)
        i++;
    assert_true(i < count);
    assert_int_equal(sets[i].flag, flag);
}

static bool is_known(const struct cors_table *table, struct cors_bytes name)
{
    for (size_t row = 0; row < table->row_count; row++) {
        const char *other = cors_table_cell(table, row, 0);
        bool same = strlen(other) == name.len;
        for (size_t i = 0; i < name.len && same; i++)
            same = name.at[i] == other[i] || swap_case(name.at[i]) == other[i];
        if (same)
            return true;
    }
    return false;
}

/* Every name that differs in one byte, for each of the 256 values of that byte. */
static void check_neighbours(const struct cors_table *table, const char *name)
{
    char copy[64];
    const size_t length = strlen(name);
    assert_true(length < sizeof copy);
    for (size_t i = 0; i < length; i++) {
        memcpy(copy, name, length);
        for (int byte = 0; byte < 256; byte++) {
            copy[i] = (char)byte;
            const struct cors_bytes changed = {copy, length};
            assert_true((header_name_row(changed) != NULL) == is_known(table, changed));
        }
    }
    memcpy(copy, name, length);
    copy[length] = 'x';
    const struct cors_bytes longer = {copy, length + 1}, shorter = {copy, length - 1};
    assert_true((header_name_row(longer) != NULL) == is_known(table, longer));
    assert_true((header_name_row(shorter) != NULL) == is_known(table, shorter));
}

static void header_names(void **state)
{
    (void)state;
    const struct cors_table *table = cors_table_by_name("header-names");
    for (size_t row = 0; row < table->row_count; row++) {
        const char *name = cell(table, row, "name");
        char swapped[64] = "";
        for (size_t i = 0; name[i] != '\0'; i++)
            swapped[i] = swap_case(name[i]);
        const unsigned sets = flags_of(cell(table, row, "sets"), header_sets,
                                       sizeof header_sets / sizeof *header_sets);
        assert_int_equal(header_name_sets(bytes_of(name)), sets);
        assert_int_equal(header_name_sets(bytes_of(swapped)), sets);
        assert_word(value_rules, sizeof value_rules / sizeof *value_rules,
                    cell(table, row, "value-rule"), header_value_rule(bytes_of(swapped)));
        assert_word(abnfs, sizeof abnfs / sizeof *abnfs, cell(table, row, "abnf"),
                    header_abnf(bytes_of(swapped)));
        check_neighbours(table, name);
    }
    assert_null(header_name_row(CORS_BYTES("")));
    assert_null(header_name_row((struct cors_bytes){0}));
    assert_int_equal(header_name_sets(CORS_BYTES("X-Unknown")), 0);
}

static void forbidden_prefixes(void **state)
{
    (void)state;
    assert_true(header_name_has_forbidden_prefix(CORS_BYTES("Sec-Fetch-Site")));
    assert_true(header_name_has_forbidden_prefix(CORS_BYTES("sEC-")));
    assert_true(header_name_has_forbidden_prefix(CORS_BYTES("PROXY-Authorization")));
    assert_false(header_name_has_forbidden_prefix(CORS_BYTES("Sec")));
    assert_false(header_name_has_forbidden_prefix(CORS_BYTES("Sec\rX")));
    assert_false(header_name_has_forbidden_prefix(CORS_BYTES("Secure")));
    assert_false(header_name_has_forbidden_prefix(CORS_BYTES("X-Sec-A")));
    assert_false(header_name_has_forbidden_prefix(CORS_BYTES("")));
    assert_false(header_name_has_forbidden_prefix((struct cors_bytes){0}));
}

static void name_lists(void **state)
{
    (void)state;
    assert_int_equal(request_body_header_name_count, 4);
    assert_int_equal(privileged_no_cors_request_header_name_count, 1);
    assert_int_equal(cors_non_wildcard_request_header_name_count, 1);
    for (size_t i = 0; i < request_body_header_name_count; i++)
        assert_true(header_name_sets(request_body_header_names[i]) & HEADER_REQUEST_BODY);
    assert_true(header_name_sets(privileged_no_cors_request_header_names[0]) &
                HEADER_PRIVILEGED_NO_CORS);
    assert_true(header_name_sets(cors_non_wildcard_request_header_names[0]) &
                HEADER_CORS_NON_WILDCARD);
}

/* ---- Methods, bytes, statuses, ports, schemes ------------------------------------------------ */

static bool is_bytes(struct cors_bytes bytes, const char *text)
{
    return bytes.len == strlen(text) && memcmp(bytes.at, text, bytes.len) == 0;
}

static void methods(void **state)
{
    (void)state;
    static const struct set sets[] = {{"cors-safelisted", METHOD_CORS_SAFELISTED},
                                      {"safe", METHOD_SAFE},
                                      {"forbidden", METHOD_FORBIDDEN},
                                      {"normalized", METHOD_NORMALIZED}};
    const struct cors_table *table = cors_table_by_name("methods");
    for (size_t row = 0; row < table->row_count; row++) {
        const char *method = cell(table, row, "method");
        char lower[32] = "";
        for (size_t i = 0; method[i] != '\0'; i++)
            lower[i] = swap_case(method[i]);
        const unsigned flags = flags_of(cell(table, row, "sets"), sets, 4);
        assert_int_equal(method_sets(bytes_of(method)), flags);
        assert_int_equal(method_sets(bytes_of(lower)),
                         flags & (METHOD_FORBIDDEN | METHOD_NORMALIZED));
        assert_true(is_bytes(method_normalized(bytes_of(lower)),
                             flags & METHOD_NORMALIZED ? method : lower));
    }
    assert_int_equal(method_sets(CORS_BYTES("CHICKEN")), 0);
    assert_true(is_bytes(method_normalized(CORS_BYTES("eGg")), "eGg"));
    assert_true(is_bytes(method_normalized(CORS_BYTES("pAtCh")), "pAtCh"));
    assert_int_equal(method_sets((struct cors_bytes){0}), 0);
}

static void mime_types(void **state)
{
    (void)state;
    static const struct set sets[] = {{"cors-safelisted", MIME_TYPE_CORS_SAFELISTED},
                                      {"javascript", MIME_TYPE_JAVASCRIPT}};
    const struct cors_table *table = cors_table_by_name("mime-types");
    size_t javascript = 0, safelisted = 0;
    for (size_t row = 0; row < table->row_count; row++) {
        const char *essence = cell(table, row, "essence");
        char longer[64], upper[64];
        snprintf(longer, sizeof longer, "%sx", essence);
        snprintf(upper, sizeof upper, "T%s", essence + 1);
        const unsigned flags = flags_of(cell(table, row, "sets"), sets, 2);
        assert_int_equal(mime_type_sets(bytes_of(essence)), flags);
        assert_int_equal(mime_type_sets(bytes_of(longer)), 0);
        assert_int_equal(mime_type_sets(bytes_of(upper)), 0);
        javascript += (flags & MIME_TYPE_JAVASCRIPT) != 0;
        safelisted += (flags & MIME_TYPE_CORS_SAFELISTED) != 0;
    }
    assert_int_equal(javascript, 16);
    assert_int_equal(safelisted, 3);
    assert_int_equal(mime_type_sets(CORS_BYTES("application/json")), 0);
    assert_int_equal(mime_type_sets(CORS_BYTES("text/css")), 0);
    assert_int_equal(mime_type_sets((struct cors_bytes){0}), 0);
}

/* By the words of the standards, and not by the ranges of the table. */
static void bytes(void **state)
{
    (void)state;
    for (int i = 0; i < 256; i++) {
        const char c = (char)i;
        const bool alphanumeric =
            (i >= '0' && i <= '9') || (i >= 'A' && i <= 'Z') || (i >= 'a' && i <= 'z');
        const bool control = i <= 0x1F, beyond = i > 0x7E;
        const bool host = i == 0 || (i != 0 && strchr("\t\n\r #/:<>?@[\\]^|", i) != NULL);
        const bool fragment = control || beyond || (i != 0 && strchr(" \"<>`", i) != NULL);
        const bool query = control || beyond || (i != 0 && strchr(" \"#<>", i) != NULL);
        const bool path = query || (i != 0 && strchr("?^`{}", i) != NULL);
        const bool userinfo = path || (i != 0 && strchr("/:;=@[\\]|", i) != NULL);
        assert_int_equal(byte_is(c, BYTE_TOKEN),
                         alphanumeric || (i != 0 && strchr("!#$%&'*+-.^_`|~", i) != NULL));
        assert_int_equal(byte_is(c, BYTE_CORS_UNSAFE_REQUEST_HEADER),
                         (i < 0x20 && i != '\t') || i == 0x7F ||
                             (i != 0 && strchr("\"():<>?@[\\]{}", i) != NULL));
        assert_int_equal(byte_is(c, BYTE_LANGUAGE),
                         alphanumeric || (i != 0 && strchr(" *,-.;=", i) != NULL));
        assert_int_equal(byte_is(c, BYTE_HTTP_QUOTED_STRING_TOKEN),
                         i == '\t' || (i >= 0x20 && i <= 0x7E) || i >= 0x80);
        assert_int_equal(byte_is(c, BYTE_FORBIDDEN_HOST), host);
        assert_int_equal(byte_is(c, BYTE_FORBIDDEN_DOMAIN),
                         host || control || i == '%' || i == 0x7F);
        assert_int_equal(byte_is(c, BYTE_C0_CONTROL_SET), control || beyond);
        assert_int_equal(byte_is(c, BYTE_FRAGMENT_SET), fragment);
        assert_int_equal(byte_is(c, BYTE_QUERY_SET), query);
        assert_int_equal(byte_is(c, BYTE_SPECIAL_QUERY_SET), query || i == '\'');
        assert_int_equal(byte_is(c, BYTE_PATH_SET), path);
        assert_int_equal(byte_is(c, BYTE_USERINFO_SET), userinfo);
        assert_int_equal(byte_is(c, BYTE_COMPONENT_SET),
                         userinfo || (i != 0 && strchr("$%&+,", i) != NULL));
        assert_int_equal(byte_is(c, BYTE_HEX_DIGIT), (i >= '0' && i <= '9') ||
                                                         (i >= 'A' && i <= 'F') ||
                                                         (i >= 'a' && i <= 'f'));
    }
}

static void statuses(void **state)
{
    (void)state;
    for (unsigned status = 0; status < 1000; status++) {
        const bool null_body =
            status == 101 || status == 103 || status == 204 || status == 205 || status == 304;
        const bool redirect =
            status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        const bool cacheable = status == 200 || status == 203 || status == 204 || status == 206 ||
                               status == 300 || status == 301 || status == 308 || status == 404 ||
                               status == 405 || status == 410 || status == 414 || status == 501;
        const unsigned expected = (null_body ? STATUS_NULL_BODY : 0U) |
                                  (status >= 200 && status <= 299 ? STATUS_OK : 0U) |
                                  (status == 206 || status == 416 ? STATUS_RANGE : 0U) |
                                  (redirect ? STATUS_REDIRECT : 0U) |
                                  (cacheable ? STATUS_HEURISTICALLY_CACHEABLE : 0U);
        assert_int_equal(status_sets((uint16_t)status), expected);
    }
}

static void ports(void **state)
{
    (void)state;
    const struct cors_table *table = cors_table_by_name("ports");
    static bool bad[65536];
    for (size_t row = 0; row < table->row_count; row++)
        bad[strtol(cell(table, row, "port"), NULL, 10)] = true;
    for (int32_t port = 0; port < 65536; port++)
        assert_int_equal(is_bad_port(port), bad[port]);
    assert_int_equal(table->row_count, 83);
    assert_false(is_bad_port(CORS_PORT_NULL));
    assert_true(bad[0] && bad[25] && bad[6000] && bad[10080] && !bad[80] && !bad[8080]);
}

static void schemes(void **state)
{
    (void)state;
    assert_int_equal(special_scheme_default_port(CORS_BYTES("https")), 443);
    assert_int_equal(special_scheme_default_port(CORS_BYTES("http")), 80);
    assert_int_equal(special_scheme_default_port(CORS_BYTES("ws")), 80);
    assert_int_equal(special_scheme_default_port(CORS_BYTES("wss")), 443);
    assert_int_equal(special_scheme_default_port(CORS_BYTES("ftp")), 21);
    assert_int_equal(special_scheme_default_port(CORS_BYTES("file")), CORS_PORT_NULL);
    assert_int_equal(special_scheme_default_port(CORS_BYTES("data")), SCHEME_NOT_SPECIAL);
    assert_int_equal(special_scheme_default_port(CORS_BYTES("htt")), SCHEME_NOT_SPECIAL);
    assert_int_equal(special_scheme_default_port(CORS_BYTES("")), SCHEME_NOT_SPECIAL);
    assert_int_equal(scheme_sets(CORS_BYTES("blob")), SCHEME_LOCAL | SCHEME_FETCH);
    assert_int_equal(scheme_sets(CORS_BYTES("https")),
                     SCHEME_SPECIAL | SCHEME_HTTP_S | SCHEME_FETCH);
    assert_int_equal(scheme_sets(CORS_BYTES("gopher")), 0);
}

/* ---- Enumerations, errors, texts ------------------------------------------------------------- */

static void enumerations(void **state)
{
    (void)state;
    enum cors_mode mode = CORS_MODE_DEFAULT;
    enum cors_credentials_mode credentials_mode = CORS_CREDENTIALS_OMIT;
    enum cors_destination destination = CORS_DESTINATION_EMPTY;
    int value = -1;
    assert_true(is_bytes(mode_name(CORS_MODE_NO_CORS), "no-cors"));
    assert_true(mode_by_name(CORS_BYTES("same-origin"), &mode));
    assert_int_equal(mode, CORS_MODE_SAME_ORIGIN);
    assert_false(mode_by_name(CORS_BYTES("CORS"), &mode));
    assert_null(mode_name((enum cors_mode)99).at);
    assert_true(credentials_mode_by_name(CORS_BYTES("include"), &credentials_mode));
    assert_int_equal(credentials_mode, CORS_CREDENTIALS_INCLUDE);
    assert_true(destination_by_name(CORS_BYTES("xslt"), &destination));
    assert_int_equal(destination, CORS_DESTINATION_XSLT);
    assert_true(destination_by_name(CORS_BYTES(""), &destination));
    assert_int_equal(destination, CORS_DESTINATION_EMPTY);
    assert_true(is_bytes(destination_accept(CORS_DESTINATION_STYLE), "text/css,*/*;q=0.1"));
    assert_null(destination_accept(CORS_DESTINATION_EMPTY).at);
    assert_int_equal(destination_sets(CORS_DESTINATION_WORKER), DESTINATION_SCRIPT_LIKE);
    assert_int_equal(destination_sets(CORS_DESTINATION_IMAGE), 0);
    assert_string_equal(enumeration_name("referrer-policy", CORS_REFERRER_POLICY_UNSAFE_URL),
                        "unsafe-url");
    assert_true(enumeration_value("destination", "video", &value));
    assert_int_equal(value, CORS_DESTINATION_VIDEO);
    assert_false(enumeration_value("mode", "video", &value));
    assert_null(enumeration_name("mode", 99));
}

static void errors(void **state)
{
    (void)state;
    const struct cors_table *table = cors_table_by_name("errors");
    assert_int_equal(error_row_count, table->row_count);
    for (size_t row = 0; row < table->row_count; row++) {
        const struct error_row *error = &error_rows[row];
        assert_string_equal(error->id, cell(table, row, "id"));
        assert_string_equal(error->algorithm, cell(table, row, "algorithm"));
        assert_string_equal(error->step, cell(table, row, "step"));
        assert_int_equal(error->class == ERROR_CLASS_ANY, *cell(table, row, "class") == '\0');
        assert_string_equal(error_text(error->id)->means, cell(table, row, "means"));
        assert_non_null(step_text(error->algorithm, error->step));
    }
    assert_int_equal(error_rows[1].class, ERROR_CLASS_WILDCARD);
    assert_null(error_text("NoSuchError"));
}

static void texts(void **state)
{
    (void)state;
    assert_null(cors_table_by_name("no-such-table"));
    for (size_t i = 0; i < cors_table_count; i++) {
        const struct cors_table *table = &cors_tables[i];
        assert_ptr_equal(cors_table_by_name(table->name), table);
        assert_true(table->row_count > 0 && table->column_count > 1 && *table->title != '\0');
        assert_int_equal(cors_table_column(table, "no such column"), table->column_count);
    }
    assert_string_equal(algorithm_text("cors-check")->url,
                        "https://fetch.spec.whatwg.org/#concept-cors-check");
    assert_string_equal(step_text("cors-check", "4")->outcomes, "both");
    assert_null(step_text("cors-check", "9"));
    assert_null(algorithm_text("no-such-algorithm"));
}

static void decisions(void **state)
{
    (void)state;
    const struct cors_table *check = cors_table_by_name("decision-cors-check");
    const char *const wildcard[] = {"include", "wildcard", "true"};
    const size_t row = cors_table_decide(check, wildcard);
    assert_int_equal(cors_table_input_columns(check), 3);
    assert_string_equal(cell(check, row, "verdict"), "failure");
    assert_string_equal(cell(check, row, "step"), "4");
    assert_string_equal(cell(check, row, "error"), "WildcardOriginNotAllowed");
    const char *const unknown[] = {"include", "no such class", "true"};
    assert_int_equal(cors_table_decide(check, unknown), check->row_count);
    const struct cors_table *match = cors_table_by_name("decision-cache-match");
    const char *const classes[] = {"fresh", "same",        "same",   "same",
                                   "false", "same-origin", "header", "other-case"};
    assert_int_equal(cors_table_input_columns(match), 8);
    assert_string_equal(cell(match, cors_table_decide(match, classes), "match"), "yes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_names), cmocka_unit_test(forbidden_prefixes),
        cmocka_unit_test(name_lists),   cmocka_unit_test(methods),
        cmocka_unit_test(mime_types),   cmocka_unit_test(bytes),
        cmocka_unit_test(statuses),     cmocka_unit_test(ports),
        cmocka_unit_test(schemes),      cmocka_unit_test(enumerations),
        cmocka_unit_test(errors),       cmocka_unit_test(texts),
        cmocka_unit_test(decisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
