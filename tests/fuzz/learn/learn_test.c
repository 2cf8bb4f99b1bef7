/* Learning (fuzz/learn.h) of validators with the usual mistakes, as C functions: what is found and
 * what is said to be allowed, within so many questions; and that budgets, seeds and validators that
 * stop or flip their answers are dealt with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "learn.h"

#include <stdlib.h>
#include <string.h>

static bool begins(const char *origin, const char *with)
{
    return strncmp(origin, with, strlen(with)) == 0;
}

static bool ends(const char *origin, const char *with)
{
    const size_t length = strlen(origin), ending = strlen(with);
    return length >= ending && strcmp(origin + length - ending, with) == 0;
}

/* ---- Validators ---------------------------------------------------------------------------- */

static bool exact(const char *origin)
{
    return strcmp(origin, "https://example.com") == 0;
}

static bool two_hosts(const char *origin)
{
    return strcmp(origin, "https://app.example.com") == 0 ||
           strcmp(origin, "https://admin.example.org:8443") == 0;
}

static bool below(const char *origin)
{
    return begins(origin, "https://") && strlen(origin) > 20 && ends(origin, ".example.com");
}

static bool suffix(const char *origin)
{
    return begins(origin, "https://") && ends(origin, "example.com");
}

static bool prefix(const char *origin)
{
    return begins(origin, "https://example.com");
}

static bool contains(const char *origin)
{
    return strstr(origin, "example.com") != NULL;
}

static bool unescaped_dot(const char *origin)
{
    return strlen(origin) == 23 && begins(origin, "https://api") &&
           strcmp(origin + 12, "example.com") == 0;
}

static bool any_port(const char *origin)
{
    return exact(origin) || begins(origin, "https://example.com:");
}

static bool two_schemes(const char *origin)
{
    return exact(origin) || strcmp(origin, "http://example.com") == 0;
}

static bool reflect(const char *origin)
{
    return strcmp(origin, "null") != 0;
}

static bool refuse(const char *origin)
{
    (void)origin;
    return false;
}

static bool or_null(const char *origin)
{
    return exact(origin) || strcmp(origin, "null") == 0;
}

static bool numbered(const char *origin)
{
    return begins(origin, "https://app") && origin[11] >= '0' && origin[11] <= '9' &&
           strcmp(origin + 12, ".example.com") == 0;
}

static bool one_label(const char *origin)
{
    if (!begins(origin, "https://"))
        return false;
    origin += 8;
    const size_t label = strspn(origin, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return label > 0 && strcmp(origin + label, ".example.com") == 0;
}

/* https://app-one.example.com, and not only https://app?example.com. */
static bool dashed(const char *origin)
{
    const size_t length = strlen(origin);
    if (!begins(origin, "https://app") || length < 23 ||
        strcmp(origin + length - 11, "example.com") != 0)
        return false;
    return length == 23 || (origin[11] == '-' && length > 24 &&
                            strspn(origin + 12, "abcdefghijklmnopqrstuvwxyz") >= length - 24);
}

static bool half_the_top(const char *origin)
{
    return begins(origin, "https://example.c") && strlen(origin) == 19;
}

/* ---- Asking them --------------------------------------------------------------------------- */

struct box {
    bool (*validate)(const char *origin);
    const struct intent *intent;
    uint64_t asked, stop_after, hash;
    size_t witnesses;
    uint64_t flips; /* every so many answers one is wrong */
    char seen[1 << 20];
    size_t seen_size;
    size_t repeated;
};

static void note(struct box *box, const char *origin, bool allowed, struct cors_bytes bytes)
{
    char line[512];
    const size_t length = strlen(origin);
    line[0] = '\n';
    memcpy(line + 1, origin, length);
    memcpy(line + 1 + length, "\n", 2);
    box->repeated += strstr(box->seen, line) != NULL;
    if (box->seen_size + length + 2 < sizeof box->seen) {
        memcpy(box->seen + box->seen_size, line, length + 2);
        box->seen_size += length + 1;
        box->seen[box->seen_size + 1] = '\0';
    }
    for (size_t i = 0; i < length; i++)
        box->hash = (box->hash ^ (unsigned char)origin[i]) * 0x100000001B3u;
    box->witnesses += allowed && !intent_holds(box->intent, bytes);
}

static bool ask(void *context, const struct cors_bytes *origins, size_t count, bool *allowed)
{
    struct box *box = context;
    assert_in_range(count, 1, 512);
    if (box->stop_after > 0 && box->asked + count > box->stop_after)
        return false;
    for (size_t i = 0; i < count; i++) {
        char origin[512];
        assert_true(origin_sendable(origins[i], PROFILE_BROWSER));
        assert_in_range(origins[i].len, 1, sizeof origin - 8);
        memcpy(origin, origins[i].at, origins[i].len);
        origin[origins[i].len] = '\0';
        allowed[i] = box->validate(origin);
        box->asked++;
        if (box->flips > 0 && box->asked % box->flips == 0)
            allowed[i] = !allowed[i];
        note(box, origin, allowed[i], origins[i]);
    }
    return true;
}

static struct box *box_of(bool (*validate)(const char *), const struct intent *intent)
{
    struct box *box = calloc(1, sizeof *box);
    assert_non_null(box);
    box->validate = validate;
    box->intent = intent;
    return box;
}

static struct intent intent_of(const char *entries)
{
    struct intent intent = {0};
    struct intent_error error;
    assert_true(intent_add_lines(&intent, (struct cors_bytes){entries, strlen(entries)}, &error));
    return intent;
}

static struct learned learn(struct box *box, uint64_t seed, uint64_t most)
{
    struct learned learned;
    const struct learn_options options = {.intent = box->intent,
                                          .profile = PROFILE_BROWSER,
                                          .seed = seed,
                                          .most_questions = most,
                                          .ask = ask,
                                          .context = box};
    assert_true(learn_origins(&options, &learned, NULL));
    assert_int_equal(learned.questions, box->asked);
    assert_in_range(learned.questions, 0, most);
    assert_in_range(box->repeated, 0, 32); /* the last look, whether answers stay the same */
    return learned;
}

/* ---- What is learnt ------------------------------------------------------------------------ */

struct row {
    const char *name;
    bool (*validate)(const char *);
    const char *intent;
    bool witnesses;
    uint64_t most;
    const char *patterns[6];
};

static bool is_pattern(const struct row *row, const char *pattern)
{
    for (size_t i = 0; i < 6 && row->patterns[i] != NULL; i++)
        if (strcmp(row->patterns[i], pattern) == 0)
            return true;
    return false;
}

static void show(const struct row *row, uint64_t seed, const struct learned *learned,
                 const struct box *box)
{
    print_message("%s, seed %d: end %d, %zu states, %zu symbols, %d questions, %zu witnesses, "
                  "%zu patterns left out\n",
                  row->name, (int)seed, (int)learned->end, learned->states, learned->symbols,
                  (int)learned->questions, box->witnesses, learned->patterns_left_out);
    for (size_t i = 0; i < learned->pattern_count; i++)
        print_message("    %s\n", learned->patterns[i]);
}

static void check(const struct row *row, uint64_t seed)
{
    struct intent intent = intent_of(row->intent);
    struct box *box = box_of(row->validate, &intent);
    const struct learned learned = learn(box, seed, 6000);
    size_t expected = 0;
    while (expected < 6 && row->patterns[expected] != NULL)
        expected++;
    bool fine = learned.complete && learned.end == LEARNED_STABLE &&
                learned.questions <= row->most && (box->witnesses > 0) == row->witnesses &&
                learned.pattern_count == expected && learned.patterns_left_out == 0;
    for (size_t i = 0; i < learned.pattern_count; i++)
        fine = fine && is_pattern(row, learned.patterns[i]);
    show(row, seed, &learned, box);
    if (!fine)
        fail_msg("%s, seed %d: not as expected", row->name, (int)seed);
    free(box);
    intent_free(&intent);
}

static void validators_are_learnt(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"exact", exact, "https://example.com", false, 3000, {"https://example.com"}},
        {"two hosts",
         two_hosts,
         "https://app.example.com\nhttps://admin.example.org:8443",
         false,
         5000,
         {"https://app.example.com", "https://admin.example.org:8443"}},
        {"below", below, "https://*.example.com", false, 3000, {"https://*.example.com"}},
        {"suffix",
         suffix,
         "https://example.com",
         true,
         3000,
         {"https://example.com", "https://*example.com"}},
        {"prefix",
         prefix,
         "https://example.com",
         true,
         3000,
         {"https://example.com:*", "https://example.com*:*"}},
        {"contains",
         contains,
         "https://example.com",
         true,
         4000,
         {"*://example.com:*", "*://*example.com:*", "*://example.com*:*", "*://*example.com*:*"}},
        {"unescaped dot",
         unescaped_dot,
         "https://api.example.com",
         true,
         4000,
         {"https://api?example.com"}},
        {"any port", any_port, "https://example.com", true, 3000, {"https://example.com:*"}},
        {"two schemes", two_schemes, "https://example.com", true, 3000, {"*://example.com"}},
        {"reflect", reflect, "https://example.com", true, 3000, {"*://*:*"}},
        {"refuse", refuse, "https://example.com", false, 3000, {NULL}},
        {"null", or_null, "https://example.com", true, 3000, {"https://example.com", "null"}},
        {"numbered",
         numbered,
         "https://app1.example.com",
         true,
         5000,
         {"https://app[0-9].example.com"}},
        {"one label",
         one_label,
         "https://*.example.com",
         false,
         4000,
         {"https://[a-z0-9-]+.example.com"}},
        {"dashed",
         dashed,
         "https://app.example.com",
         true,
         4000,
         {"https://app?example.com", "https://app-[a-z]+?example.com"}},
        {"half the top", half_the_top, "https://example.com", true, 4000, {"https://example.c??"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (uint64_t seed = 0; seed < 3; seed++)
            check(&rows[i], seed);
}

/* ---- Bounds -------------------------------------------------------------------------------- */

static void same_seed_same_questions(void **state)
{
    (void)state;
    struct intent intent = intent_of("https://example.com");
    struct box *one = box_of(contains, &intent), *other = box_of(contains, &intent);
    struct box *third = box_of(contains, &intent);
    (void)learn(one, 7, 6000);
    (void)learn(other, 7, 6000);
    (void)learn(third, 8, 6000);
    assert_int_equal(one->asked, other->asked);
    assert_true(one->hash == other->hash);
    assert_true(one->hash != third->hash);
    free(one);
    free(other);
    free(third);
    intent_free(&intent);
}

static void budgets_are_kept(void **state)
{
    (void)state;
    struct intent intent = intent_of("https://*.example.com\nhttps://app1.example.org:*");
    for (uint64_t most = 0; most < 400; most += most < 20 ? 1 : 37) {
        struct box *box = box_of(below, &intent);
        const struct learned learned = learn(box, 1, most);
        assert_int_equal(learned.end, LEARNED_BUDGET);
        assert_false(learned.complete);
        free(box);
    }
    intent_free(&intent);
}

static void validators_may_stop(void **state)
{
    (void)state;
    struct intent intent = intent_of("https://*.example.com");
    for (uint64_t after = 1; after < 900; after += 53) {
        struct box *box = box_of(below, &intent);
        box->stop_after = after;
        const struct learned learned = learn(box, 1, 6000);
        assert_int_equal(learned.end, LEARNED_STOPPED);
        assert_false(learned.complete);
        free(box);
    }
    intent_free(&intent);
}

static void flipping_is_seen(void **state)
{
    (void)state;
    struct intent intent = intent_of("https://example.com");
    for (uint64_t flips = 2; flips < 7; flips++) {
        struct box *box = box_of(suffix, &intent);
        box->flips = flips;
        const struct learned learned = learn(box, flips, 6000);
        assert_int_equal(learned.end, LEARNED_UNSTEADY);
        assert_false(learned.complete);
        assert_int_equal(learned.pattern_count, 0);
        free(box);
    }
    intent_free(&intent);
}

static bool or_a_tunnel(const char *origin)
{
    const size_t length = strlen(origin);
    return exact(origin) || (begins(origin, "https://") && length > 21 &&
                             strcmp(origin + length - 13, ".tunnel.local") == 0);
}

/* What nothing that is meant leads to, but was let in before. */
static void what_is_known_is_learnt(void **state)
{
    (void)state;
    const struct cors_bytes known = CORS_BYTES("https://a.tunnel.local");
    struct intent intent = intent_of("https://example.com");
    struct origins let_in = {0}, refused = {0};
    struct learning *model;
    struct learned learned;
    for (int is_told = 0; is_told < 2; is_told++) {
        struct box *box = box_of(or_a_tunnel, &intent);
        const struct learn_options options = {.intent = &intent,
                                              .profile = PROFILE_BROWSER,
                                              .seed = 1,
                                              .most_questions = 6000,
                                              .let_in = is_told ? &let_in : NULL,
                                              .refused = &refused,
                                              .ask = ask,
                                              .context = box};
        assert_true(learn_origins(&options, &learned, &model));
        assert_true(learned.complete);
        assert_int_equal(learnt(model, known), is_told);
        assert_false(learnt(model, CORS_BYTES("https://tunnel.local")));
        learn_free(model);
        assert_int_equal(learned.pattern_count, 1 + is_told);
        assert_int_equal(learned.questions, box->asked);
        /* Nobody is asked what is known. */
        assert_int_equal(strstr(box->seen, "\nhttps://evil.net\n") == NULL, is_told);
        origins_add(&let_in, known);
        origins_add(&refused, CORS_BYTES("https://evil.net"));
        free(box);
    }
    origins_free(&let_in);
    origins_free(&refused);
    intent_free(&intent);
}

/* As random as a hash, but steady: no model of it fits. */
static bool hash(const char *origin)
{
    unsigned sum = 7;
    for (; *origin != '\0'; origin++)
        sum = sum * 31 + (unsigned char)*origin;
    return sum / 64 % 2 == 1;
}

static void nonsense_ends(void **state)
{
    (void)state;
    struct intent intent = intent_of("https://example.com");
    struct box *box = box_of(hash, &intent);
    const struct learned learned = learn(box, 1, 5000);
    assert_false(learned.complete);
    assert_in_range(learned.end, LEARNED_BUDGET, LEARNED_TOO_LARGE);
    free(box);
    intent_free(&intent);
}

static void intents_of_all_kinds(void **state)
{
    (void)state;
    static const char *const entries[] = {
        "null",
        "http://127.0.0.1:3000",
        "http://[::1]:8080",
        "http://localhost:*",
        "",
        "https://xn--bcher-kva.example",
        "*://a.b.c.d.e.f.g.h:*\nnull",
    };
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        struct intent intent = intent_of(entries[i]);
        struct box *box = box_of(reflect, &intent);
        const struct learned learned = learn(box, 1, 6000);
        assert_true(learned.complete);
        assert_in_range(learned.pattern_count, 1, 2);
        assert_string_equal(learned.patterns[0], "*://*:*");
        free(box);
        intent_free(&intent);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validators_are_learnt), cmocka_unit_test(same_seed_same_questions),
        cmocka_unit_test(budgets_are_kept),      cmocka_unit_test(validators_may_stop),
        cmocka_unit_test(flipping_is_seen),      cmocka_unit_test(nonsense_ends),
        cmocka_unit_test(intents_of_all_kinds),  cmocka_unit_test(what_is_known_is_learnt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
