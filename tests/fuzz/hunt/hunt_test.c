/* The hunt with validators whose holes are known: what is found, where, and how it is reported. */
#include "hunt.h"
#include "validator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct intent intent;
static struct hunt_result result;

static struct cors_bytes bytes_of(const char *text)
{
    return (struct cors_bytes){text, strlen(text)};
}

static void mean(const char *const *entries)
{
    struct intent_error error;
    intent_free(&intent);
    for (; *entries != NULL; entries++)
        assert_true(intent_add(&intent, bytes_of(*entries), &error));
}
#define MEAN(...) mean((const char *const[]){__VA_ARGS__, NULL})

static void run(int (*validate)(const char *, size_t), uint64_t executions)
{
    const struct hunt_options options = {
        .intent = &intent, .profile = PROFILE_BROWSER, .seed = 1, .executions = executions};
    struct validator *validator = validator_open_linked(validate);
    assert_non_null(validator);
    assert_true(hunt(validator, &options, &result));
    validator_close(validator);
    assert_in_range(result.executions, 1, executions);
}

static const struct witness *found(enum tier tier, enum bypass_class class)
{
    const struct witness *witness = &result.witnesses[tier][class];
    assert_true(witness->found);
    assert_true(origin_sendable(bytes_of(witness->origin), PROFILE_BROWSER));
    assert_false(intent_holds(&intent, bytes_of(witness->origin)));
    return witness;
}

/* ---- Validators ---------------------------------------------------------------------------- */

static bool starts(const char *origin, const char *with)
{
    return strncmp(origin, with, strlen(with)) == 0;
}

static bool ends(const char *origin, const char *with)
{
    const size_t len = strlen(origin), end = strlen(with);
    return len >= end && strcmp(origin + len - end, with) == 0;
}

static int exact(const char *origin, size_t length)
{
    (void)length;
    return strcmp(origin, "https://example.com") == 0;
}

static int below_or_exact(const char *origin, size_t length)
{
    (void)length;
    return strcmp(origin, "https://example.com") == 0 ||
           (starts(origin, "https://") && ends(origin, ".example.com"));
}

static int everybody(const char *origin, size_t length)
{
    return origin != NULL && length > 0;
}

static int nobody(const char *origin, size_t length)
{
    return origin == NULL && length > 0;
}

static int prefix(const char *origin, size_t length)
{
    (void)length;
    return starts(origin, "https://example.com");
}

static int suffix(const char *origin, size_t length)
{
    (void)length;
    return starts(origin, "https://") && ends(origin, "example.com");
}

static int any_scheme(const char *origin, size_t length)
{
    (void)length;
    return starts(origin, "http") && ends(origin, "://example.com");
}

static int null_too(const char *origin, size_t length)
{
    return exact(origin, length) || strcmp(origin, "null") == 0;
}

static int two_joined(const char *origin, size_t length)
{
    return exact(origin, length) || strcmp(origin, "https://partner.test") == 0 ||
           strcmp(origin, "https://partnerexample.com") == 0;
}

/* Three edits away from what is meant. */
static int digits_too(const char *origin, size_t length)
{
    return exact(origin, length) ||
           (length == 21 && starts(origin, "https://") && strspn(origin + 8, "0123456789") == 2 &&
            ends(origin, "example.com"));
}

static unsigned asked_before;
static int wavering(const char *origin, size_t length)
{
    return exact(origin, length) || (starts(origin, "https://example.com") && asked_before++ == 0);
}

/* ---- Tests --------------------------------------------------------------------------------- */

static void none(void **state)
{
    (void)state;
    MEAN("https://example.com");
    run(exact, 20000);
    assert_int_equal(result.kinds, 0);
    assert_true(result.stages[STAGE_FIXED].complete);
    assert_true(result.stages[STAGE_ONE_EDIT].complete);
    assert_int_equal(result.refused.count, 0);
    MEAN("https://example.com", "https://*.example.com");
    run(below_or_exact, 20000);
    assert_int_equal(result.kinds, 0);
    run(nobody, 20000);
    assert_int_equal(result.kinds, 0);
    assert_int_equal(result.refused.count, 3);
    assert_string_equal(result.refused.at[0].text, "https://example.com");
}

static void classes(void **state)
{
    (void)state;
    MEAN("https://example.com");
    run(prefix, 20000);
    assert_int_equal(found(TIER_STRANGER, CLASS_PREFIX)->found_by, STAGE_FIXED);
    assert_in_range(found(TIER_STRANGER, CLASS_PREFIX)->executions, 1, 10);
    found(TIER_OWNER, CLASS_PORT);
    run(suffix, 20000);
    assert_string_equal(found(TIER_STRANGER, CLASS_SUFFIX_UNBROKEN)->origin,
                        "https://aexample.com");
    assert_string_equal(found(TIER_OWNER, CLASS_SUBDOMAIN)->origin, "https://a.example.com");
    run(any_scheme, 20000);
    assert_string_equal(found(TIER_NETWORK, CLASS_SCHEME)->origin, "http://example.com");
    assert_int_equal(result.kinds, 1);
    run(null_too, 20000);
    assert_string_equal(found(TIER_NULL, CLASS_NULL)->origin, "null");
    assert_int_equal(result.kinds, 1);
    MEAN("https://example.com", "https://partner.test");
    run(two_joined, 20000);
    assert_string_equal(found(TIER_STRANGER, CLASS_SUFFIX_UNBROKEN)->origin,
                        "https://partnerexample.com");
}

/* Who lets everybody in is not asked a thousand questions more. */
static void reflecting(void **state)
{
    (void)state;
    MEAN("https://example.com");
    run(everybody, 20000);
    assert_true(result.is_reflecting);
    assert_string_equal(found(TIER_STRANGER, CLASS_REFLECTED)->origin, "https://a.at");
    found(TIER_NULL, CLASS_NULL);
    assert_int_equal(result.kinds, 2);
    assert_in_range(result.executions, 1, 400);
}

static void by_fuzzing(void **state)
{
    (void)state;
    MEAN("https://example.com");
    run(digits_too, 2000000);
    assert_int_equal(found(TIER_STRANGER, CLASS_SUFFIX_UNBROKEN)->found_by, STAGE_FUZZING);
}

static void unsteady(void **state)
{
    (void)state;
    MEAN("https://example.com");
    asked_before = 0;
    run(wavering, 20000);
    assert_int_equal(result.kinds, 0);
    assert_int_equal(result.unsteady, 1);
}

static void budget(void **state)
{
    (void)state;
    MEAN("https://example.com");
    for (uint64_t most = 1; most < 60; most += 7) {
        run(exact, most);
        assert_false(result.stages[STAGE_ONE_EDIT].complete);
    }
    run(prefix, 40);
    found(TIER_STRANGER, CLASS_PREFIX);
}

static void same_seed(void **state)
{
    (void)state;
    static struct hunt_result first;
    MEAN("https://example.com");
    run(digits_too, 300000);
    first = result;
    run(digits_too, 300000);
    assert_int_equal(first.kinds, result.kinds);
    for (int class = 0; class < CLASS_COUNT; class ++) {
        const struct witness *a = &first.witnesses[TIER_STRANGER][class];
        const struct witness *b = &result.witnesses[TIER_STRANGER][class];
        assert_int_equal(a->executions, b->executions);
        assert_string_equal(a->origin, b->origin);
    }
}

/* Which parts of a pattern an origin reached leads to what no single edit finds. */
static void pattern(void **state)
{
    (void)state;
    char error[200];
    const struct regex_options regex = {.flags = ""};
    const struct hunt_options options = {
        .intent = &intent, .profile = PROFILE_BROWSER, .seed = 3, .executions = 2000000};
    struct validator *validator =
        validator_open_regex("pcre2", "^https://(example\\.com|[q][x][a][m][p][l][z]\\.com)$",
                             &regex, error, sizeof error);
    assert_non_null(validator);
    MEAN("https://example.com");
    assert_true(hunt(validator, &options, &result));
    validator_close(validator);
    assert_string_equal(found(TIER_STRANGER, CLASS_REFLECTED)->origin, "https://qxamplz.com");
    assert_int_equal(found(TIER_STRANGER, CLASS_REFLECTED)->found_by, STAGE_FUZZING);
}

static void words(void **state)
{
    (void)state;
    struct origins set = {0};
    origin_words(bytes_of("^https?:\\/\\/(?:app\\d|Legacy-Partner\\.TEST)$"), 10, &set);
    static const char *const expected[] = {"https", "app", "legacy-partner.test"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_false(origins_add(&set, bytes_of(expected[i])));
    origins_free(&set);
    origin_words(bytes_of("aa bb cc dd"), 2, &set);
    assert_int_equal(set.count, 2);
    origins_free(&set);
}

/* One edit: complete, by counting in another way. */
static void near(void **state)
{
    (void)state;
    struct origins set = {0};
    char text[] = "http://ab.io";
    MEAN(text);
    near_origins(&intent, PROFILE_ABNF, &set);
    size_t count = 0;
    for (size_t i = 0; i < set.count; i++) {
        const struct cors_bytes origin = origins_at(&set, i);
        assert_true(origin_sendable(origin, PROFILE_ABNF));
        assert_false(intent_holds(&intent, origin));
        count += origin.len == sizeof text - 1 && memcmp(origin.at, text, 7) == 0;
    }
    /* Of the host's five bytes each replaced: a and b and i and o by 35 (a hyphen and a dot cannot
     * stand at either end of a label; b., .a and so on are no labels), but for what differs by
     * neighbours swapped, which is three more; the dot by 36 and a hyphen, once. Checked by hand:
     * replacements 4 * 35, a dot in the place of one of them 0, instead of the dot 36 + 1, and
     * swapped: ba.io, a.bio, ab.oi, abi.o. */
    assert_int_equal(count, 4 * 35 + 37 + 4);
    origins_free(&set);
}

static int end(void **state)
{
    (void)state;
    intent_free(&intent);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none),   cmocka_unit_test(classes),    cmocka_unit_test(reflecting),
        cmocka_unit_test(words),  cmocka_unit_test(by_fuzzing), cmocka_unit_test(unsteady),
        cmocka_unit_test(budget), cmocka_unit_test(same_seed),  cmocka_unit_test(pattern),
        cmocka_unit_test(near),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
