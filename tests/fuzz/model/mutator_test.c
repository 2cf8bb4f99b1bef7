/* The origin mutator (fuzz/mutator.h): deterministic, within its bounds, mostly sendable, and able
 * to reach a witness of each of the common mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "mutator.h"

#include <string.h>

enum { ROOM = 64, ROUNDS = 20000 };
static const char seed_origin[] = "https://api.example.com";

static struct intent intent_of(const char *entry)
{
    struct intent intent = {0};
    struct intent_error error;
    assert_true(intent_add(&intent, (struct cors_bytes){entry, strlen(entry)}, &error));
    return intent;
}

static void same_seed_same_origin(void **state)
{
    (void)state;
    struct intent intent = intent_of(seed_origin);
    size_t sendable = 0, different = 0;
    for (unsigned seed = 0; seed < ROUNDS; seed++) {
        uint8_t a[ROOM], b[ROOM];
        memcpy(a, seed_origin, sizeof seed_origin);
        memcpy(b, seed_origin, sizeof seed_origin);
        const size_t size = origin_mutate(&intent, a, sizeof seed_origin - 1, ROOM, seed);
        assert_int_equal(origin_mutate(&intent, b, sizeof seed_origin - 1, ROOM, seed), size);
        assert_memory_equal(a, b, size);
        const struct cors_bytes origin = {(const char *)a, size};
        sendable += origin_sendable(origin, PROFILE_BROWSER);
        different += size != sizeof seed_origin - 1 || memcmp(a, seed_origin, size) != 0;
    }
    assert_in_range(sendable, ROUNDS / 2, ROUNDS);
    assert_in_range(different, ROUNDS * 9 / 10, ROUNDS);
    intent_free(&intent);
}

/* Whatever it gets, in whatever little room; AddressSanitizer sees a byte too far. */
static void bounds_are_kept(void **state)
{
    (void)state;
    struct intent intent = intent_of(seed_origin), nothing = {0};
    for (unsigned seed = 0; seed < ROUNDS; seed++) {
        uint8_t data[ROOM];
        const size_t most = seed % (ROOM - 1), size = seed / 3 % (most + 1);
        for (size_t i = 0; i < ROOM; i++)
            data[i] = (uint8_t)(i < size ? "https://[a:.]"[(i + seed) % 13] : 0xEE);
        assert_in_range(origin_mutate(seed % 2 ? &intent : &nothing, data, size, most, seed), 0,
                        most);
        for (size_t i = most; i < ROOM; i++)
            assert_int_equal(data[i], 0xEE);
    }
    intent_free(&intent);
}

/* Walks from one origin to the next, as an engine does. */
static void classes_are_reached(void **state)
{
    (void)state;
    struct intent intent = intent_of(seed_origin);
    struct public_suffixes *suffixes = public_suffixes_open();
    bool reached[CLASS_COUNT] = {0};
    uint8_t data[ROOM];
    for (unsigned seed = 0; seed < ROUNDS; seed++) {
        memcpy(data, seed_origin, sizeof seed_origin);
        const size_t size = origin_mutate(&intent, data, sizeof seed_origin - 1, ROOM, seed);
        const struct cors_bytes origin = {(const char *)data, size};
        if (origin_sendable(origin, PROFILE_BROWSER) && !intent_holds(&intent, origin))
            reached[kind_of_witness(&intent, origin, suffixes).class] = true;
    }
    for (enum bypass_class class = CLASS_REFLECTED; class < CLASS_COUNT; class ++)
        if (!reached[class] && class != CLASS_OTHER && class != CLASS_SHARED_SUFFIX)
            fail_msg("%s", bypass_class_words[class]);
    public_suffixes_close(suffixes);
    intent_free(&intent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_seed_same_origin),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(classes_are_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
