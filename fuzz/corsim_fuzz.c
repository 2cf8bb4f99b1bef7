/* A validator of somebody's under any fuzzing engine (corsim_fuzz.h). Invariants: the validator is
 * asked about every input, as what it does with those that no browser sends is a way to others;
 * only an origin that a browser can send is a finding. */
#include "corsim_fuzz.h"

#include "intent.h"
#include "mutator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* libFuzzer's; AFL++'s driver has one that does nothing, other engines have none. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) __attribute__((weak));

/* What the target means to trust, read once. A target has one intent. */
static const struct intent *intent_of(const struct corsim_fuzz *fuzz)
{
    static struct intent intent;
    static const struct corsim_fuzz *of;
    if (of == fuzz)
        return &intent;
    intent_free(&intent);
    for (const char *const *entry = fuzz->intended; *entry != NULL; entry++) {
        struct intent_error error = {0};
        if (intent_add(&intent, (struct cors_bytes){*entry, strlen(*entry)}, &error))
            continue;
        fprintf(stderr, "corsim_fuzz: \"%s\", column %zu: expected %s\n", *entry, error.column,
                error.expected == NULL ? "memory" : error.expected);
        exit(2);
    }
    of = fuzz;
    return &intent;
}

/* What is sendable is printable. */
static void report(const struct intent *intent, struct cors_bytes origin)
{
    struct public_suffixes *suffixes = public_suffixes_open();
    const struct kind_of_witness kind = kind_of_witness(intent, origin, suffixes);
    fprintf(stderr, "\nBYPASS %.*s\n  who: %s; how: %s%s\n", (int)origin.len, origin.at,
            tier_words[kind.tier], bypass_class_words[kind.class],
            kind.no_certificate ? "; no public authority certifies such a name" : "");
    public_suffixes_close(suffixes);
}

int corsim_fuzz_one(const struct corsim_fuzz *fuzz, const uint8_t *data, size_t size)
{
    const struct intent *intent = intent_of(fuzz);
    const struct cors_bytes origin = {size == 0 ? "" : (const char *)data, size};
    if (fuzz->validate(origin.at, origin.len) == 0)
        return 0;
    if (!origin_sendable(origin, PROFILE_BROWSER) || intent_holds(intent, origin))
        return 0;
    report(intent, origin);
    abort();
}

size_t corsim_fuzz_mutate(const struct corsim_fuzz *fuzz, uint8_t *data, size_t size, size_t most,
                          unsigned seed)
{
    if (LLVMFuzzerMutate != NULL && seed % 2 == 0)
        return LLVMFuzzerMutate(data, size, most);
    return origin_mutate(intent_of(fuzz), data, size, most, seed / 2);
}
