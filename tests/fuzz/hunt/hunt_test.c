/* The hunt with validators whose holes are known: what is found, where, and how it is reported. */
#include "clock.h"
#include "hunt.h"
#include "validator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
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

static int now_and_then(const char *origin, size_t length)
{
    return exact(origin, length) || (suffix(origin, length) && asked_before++ % 3 == 0);
}

static int for_a_while(const char *origin, size_t length)
{
    return asked_before++ < 28 || suffix(origin, length);
}

/* A pattern without an end, whose dot is any character. */
static int any_dot(const char *origin, size_t length)
{
    return length > 19 && starts(origin, "https://example") && starts(origin + 16, "com");
}

static int below_evil(const char *origin, size_t length)
{
    (void)length;
    return starts(origin, "https://") && ends(origin, ".evil.net") && strchr(origin, '.') != NULL;
}

static int everybody_over_https(const char *origin, size_t length)
{
    (void)length;
    return starts(origin, "https://") || strcmp(origin, "http://example.com") == 0;
}

static int eight_digits(const char *origin, size_t length)
{
    return exact(origin, length) ||
           (length == 27 && starts(origin, "https://") && strspn(origin + 8, "0123456789") == 8 &&
            ends(origin, "example.com"));
}

/* The last of a hundred has a dot that is any character. */
static int hundred(const char *origin, size_t length)
{
    (void)length;
    for (int i = 0; i < 100; i++) {
        char own[40];
        snprintf(own, sizeof own, "https://h%d.ex%d.org", i, i);
        if (strcmp(origin, own) == 0)
            return 1;
    }
    return strlen(origin) == 20 && starts(origin, "https://h99") && ends(origin, "ex99.org");
}

static int or_a_tunnel(const char *origin, size_t length)
{
    return exact(origin, length) || (starts(origin, "https://") && ends(origin, ".tunnel.test"));
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
    assert_int_equal(result.meant.asked, 3);
    assert_int_equal(result.meant.let_in, 0);
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
    assert_true(result.is_reflecting && result.reflects_http);
    assert_string_equal(found(TIER_STRANGER, CLASS_REFLECTED)->origin, "https://a.at");
    found(TIER_NULL, CLASS_NULL);
    assert_int_equal(result.kinds, 2);
    assert_in_range(result.executions, 1, 60);
    assert_false(result.stages[STAGE_FIXED].complete);
    run(everybody_over_https, 20000);
    assert_true(result.is_reflecting && !result.reflects_http);
    found(TIER_STRANGER, CLASS_REFLECTED);
    found(TIER_NETWORK, CLASS_SCHEME);
    assert_int_equal(result.kinds, 2);
}

/* Names that only look as if they had nothing of what the validator looks for. */
static void not_reflecting(void **state)
{
    (void)state;
    MEAN("https://example.com");
    run(any_dot, 20000);
    assert_false(result.is_reflecting);
    found(TIER_STRANGER, CLASS_OTHER);
    found(TIER_STRANGER, CLASS_PREFIX);
    found(TIER_STRANGER, CLASS_PREFIX_UNBROKEN);
    found(TIER_OWNER, CLASS_PORT);
    run(below_evil, 20000);
    assert_false(result.is_reflecting);
    found(TIER_STRANGER, CLASS_REFLECTED);
    found(TIER_STRANGER, CLASS_PREFIX);
    /* It was so for a while: the hunt goes on. */
    asked_before = 0;
    run(for_a_while, 20000);
    assert_false(result.is_reflecting);
    assert_false(found(TIER_STRANGER, CLASS_REFLECTED)->steady);
    assert_true(found(TIER_STRANGER, CLASS_SUFFIX_UNBROKEN)->steady);
    assert_true(result.stages[STAGE_FIXED].complete && result.stages[STAGE_ONE_EDIT].complete);
}

static void by_fuzzing(void **state)
{
    (void)state;
    MEAN("https://example.com");
    run(digits_too, 2000000);
    assert_int_equal(found(TIER_STRANGER, CLASS_SUFFIX_UNBROKEN)->found_by, STAGE_FUZZING);
    run(eight_digits, 600000);
    assert_int_equal(found(TIER_STRANGER, CLASS_SUFFIX_UNBROKEN)->found_by, STAGE_FUZZING);
}

static void unsteady(void **state)
{
    (void)state;
    MEAN("https://example.com");
    asked_before = 0;
    run(wavering, 20000);
    assert_int_equal(result.kinds, 1);
    assert_int_equal(result.unsteady, 1);
    const struct witness *witness = found(TIER_STRANGER, CLASS_PREFIX);
    assert_string_equal(witness->origin, "https://example.com.evil.net");
    assert_false(witness->steady);
    assert_int_equal(witness->let_in, 1);
    assert_int_equal(witness->asked, 10);
    asked_before = 0;
    run(now_and_then, 20000);
    witness = found(TIER_STRANGER, CLASS_SUFFIX_UNBROKEN);
    assert_false(witness->steady);
    assert_in_range(witness->let_in, 3, 5);
    assert_int_equal(witness->asked, 10);
    run(suffix, 20000);
    assert_int_equal(result.unsteady, 0);
    witness = found(TIER_STRANGER, CLASS_SUFFIX_UNBROKEN);
    assert_true(witness->steady);
    assert_int_equal(witness->let_in, witness->asked);
}

/* ---- A validator that cannot go on, and one that is slow */

static size_t answers_left, largest_batch;
static double seconds_of_one;
static bool is_out_of_time;

static bool answer_some(struct validator *validator, const struct cors_bytes *origins, size_t count,
                        struct answer *answers)
{
    if (largest_batch == 0)
        largest_batch = count;
    for (size_t i = 0; i < count; i++) {
        char origin[LONGEST_ORIGIN + 1] = "";
        memcpy(origin, origins[i].at, origins[i].len);
        clock_sleep(seconds_of_one);
        is_out_of_time = validator->deadline > 0 && clock_passed() >= validator->deadline;
        if (answers_left == 0 || is_out_of_time)
            break;
        answers_left--;
        answers[i].kind = prefix(origin, origins[i].len) ? ANSWER_VALUE : ANSWER_NONE;
        answers[i].value = origins[i];
    }
    snprintf(validator->error, sizeof validator->error, "%s", is_out_of_time ? "" : "it ended");
    return is_out_of_time || answers_left > 0;
}

static void run_stub(size_t answers, double seconds, double of_one)
{
    static const struct validator_kind kind = {"stub", 512, true, answer_some, NULL};
    struct validator validator = {.kind = &kind};
    const struct hunt_options options = {.intent = &intent,
                                         .profile = PROFILE_BROWSER,
                                         .seed = 1,
                                         .executions = 100000,
                                         .seconds = seconds};
    answers_left = answers, seconds_of_one = of_one, largest_batch = 0;
    assert_true(hunt(&validator, &options, &result));
}

static void gives_up(void **state)
{
    (void)state;
    MEAN("https://example.com");
    run_stub(5, 0, 0);
    assert_true(result.gave_up);
    assert_string_equal(result.error, "it ended");
    assert_int_equal(result.executions, 5);
    assert_int_equal(result.stages[STAGE_FIXED].asked, 4);
    assert_false(result.stages[STAGE_FIXED].complete);
    assert_int_equal(found(TIER_STRANGER, CLASS_PREFIX)->executions, 3);
}

static void seconds_are_kept(void **state)
{
    (void)state;
    MEAN("https://example.com");
    run_stub(100000, 0.6, 0.1);
    assert_false(result.gave_up);
    assert_true(result.seconds >= 0.4 && result.seconds < 1.2);
    assert_in_range(result.executions, 2, 12);
    found(TIER_STRANGER, CLASS_PREFIX);
    run_stub(200, 0, 0);
    assert_in_range(largest_batch, 1, 16);
}

/* ---- Long intents */

static void long_intents(void **state)
{
    (void)state;
    struct intent_error error;
    intent_free(&intent);
    for (int i = 0; i < 100; i++) {
        char own[40];
        snprintf(own, sizeof own, "https://h%d.ex%d.org", i, i);
        assert_true(intent_add(&intent, bytes_of(own), &error));
    }
    run(hundred, 400000);
    assert_int_equal(result.stages[STAGE_INTENDED].planned, 100);
    assert_int_equal(result.meant.asked, 100);
    assert_int_equal(result.meant.let_in, 100);
    assert_true(result.stages[STAGE_FIXED].complete && result.stages[STAGE_ONE_EDIT].complete);
    found(TIER_STRANGER, CLASS_ANY_CHARACTER);
    /* What there was no room for is planned too. */
    struct origins all = {.most = 1 << 27}, some = {.most = 1 << 14};
    near_origins(&intent, PROFILE_BROWSER, &all);
    assert_false(all.exhausted);
    near_origins(&intent, PROFILE_BROWSER, &some);
    assert_true(some.exhausted && some.count > 0);
    assert_in_range(some.count + some.left_out, all.count, all.count + all.count / 4);
    origins_free(&all);
    origins_free(&some);
}

/* ---- Learning */

static void learnt_from_all(void **state)
{
    (void)state;
    struct origins words = {0};
    struct hunt_options options = {.intent = &intent,
                                   .profile = PROFILE_BROWSER,
                                   .seed = 1,
                                   .executions = 100000,
                                   .learn = true,
                                   .words = &words};
    bool is_told = false;
    MEAN("https://example.com");
    origin_words(bytes_of("/\\.tunnel\\.test$/"), 10, &words);
    struct validator *validator = validator_open_linked(or_a_tunnel);
    assert_true(hunt(validator, &options, &result));
    found(TIER_STRANGER, CLASS_REFLECTED);
    assert_true(result.learned.complete);
    for (size_t i = 0; i < result.learned.pattern_count; i++)
        is_told = is_told || strstr(result.learned.patterns[i], ".tunnel.test") != NULL;
    assert_true(is_told);
    origins_free(&words);
    validator_close(validator);
    /* What is found later is not what was learnt. */
    validator = validator_open_linked(digits_too);
    options.executions = 300000;
    assert_true(hunt(validator, &options, &result));
    assert_int_equal(found(TIER_STRANGER, CLASS_SUFFIX_UNBROKEN)->found_by, STAGE_FUZZING);
    assert_false(result.learned.complete);
    validator_close(validator);
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
    origin_words(bytes_of("[0-9a-f]{8}[a-z]{2,}{}{1}{999}{x}{8"), 20, &set);
    static const char *const runs[] = {"0-9a-f", "00000000", "aaaaaaaa", "a-z", "00", "aa", "999"};
    assert_int_equal(set.count, sizeof runs / sizeof *runs);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        assert_false(origins_add(&set, bytes_of(runs[i])));
    origins_free(&set);
}

static bool has(const struct origins *origins, const char *origin)
{
    size_t which;
    return origins_find(origins, bytes_of(origin), &which);
}

/* Names of preview deployments are two words and a run between them. */
static void joined(void **state)
{
    (void)state;
    struct origins set = {0}, out = {0};
    MEAN("https://shop.example.com");
    origin_words(bytes_of("^https://shop-[0-9a-f]{40}\\.vercel\\.app$"), 100, &set);
    word_origins(&intent, PROFILE_BROWSER, &set, &out);
    assert_true(has(&out, "https://shop-aaaaaaaa.vercel.app"));
    assert_true(has(&out, "https://shop-0.vercel.app"));
    assert_true(has(&out, "https://shop-0000000000000000000000000000000000000000.vercel.app"));
    origins_free(&set);
    origins_free(&out);
    origin_words(bytes_of("/^deploy-preview-\\d+--shop\\.netlify\\.app$/"), 100, &set);
    word_origins(&intent, PROFILE_BROWSER, &set, &out);
    assert_true(has(&out, "https://deploy-preview-0--shop.netlify.app"));
    origins_free(&set);
    origins_free(&out);
}

/* What an intended origin begins with, where somebody can have it. */
static void beginnings(void **state)
{
    (void)state;
    struct origins out = {0};
    MEAN("https://example.com", "https://console.acme.io");
    fixed_origins(&intent, PROFILE_BROWSER, &out);
    assert_true(has(&out, "https://e"));
    assert_true(has(&out, "https://example.co"));
    assert_true(has(&out, "https://console.ac"));
    assert_false(has(&out, "https://console.acm"));
    origins_free(&out);
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
        cmocka_unit_test(none),
        cmocka_unit_test(classes),
        cmocka_unit_test(reflecting),
        cmocka_unit_test(not_reflecting),
        cmocka_unit_test(words),
        cmocka_unit_test(joined),
        cmocka_unit_test(beginnings),
        cmocka_unit_test(by_fuzzing),
        cmocka_unit_test(unsteady),
        cmocka_unit_test(gives_up),
        cmocka_unit_test(seconds_are_kept),
        cmocka_unit_test(long_intents),
        cmocka_unit_test(learnt_from_all),
        cmocka_unit_test(budget),
        cmocka_unit_test(same_seed),
        cmocka_unit_test(pattern),
        cmocka_unit_test(near),
    };
    return cmocka_run_group_tests(tests, NULL, end);
}
