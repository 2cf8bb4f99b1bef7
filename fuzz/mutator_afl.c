/* The origin mutator (mutator.h) for AFL++, which does not call libFuzzer's hook: a shared library
 * for AFL_CUSTOM_MUTATOR_LIBRARY, with the functions of
 * https://aflplus.plus/docs/custom_mutators/. It is loaded into afl-fuzz and not into the target,
 * so it is told the intent by the environment: CORSIM_INTEND, entries with spaces between them.
 * Invariant: beside it AFL++ mutates as it always does, unless AFL_CUSTOM_MUTATOR_ONLY is set. */
#include "intent.h"
#include "mutator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

enum { LONGEST = 1024 };

struct mutator {
    struct intent intent;
    unsigned seed;
    uint8_t text[LONGEST];
};

EXPORTED void *afl_custom_init(void *afl, unsigned seed);
EXPORTED size_t afl_custom_fuzz(void *mutator, uint8_t *data, size_t size, uint8_t **out,
                                const uint8_t *other, size_t other_size, size_t most);
EXPORTED void afl_custom_deinit(void *mutator);

/* False: an entry cannot be read, and it has been said which. */
static bool read_intent(struct intent *intent, const char *entries)
{
    for (const char *at = entries + strspn(entries, " "); *at != '\0'; at += strspn(at, " ")) {
        const struct cors_bytes entry = {at, strcspn(at, " ")};
        struct intent_error error = {0};
        at += entry.len;
        if (intent_add(intent, entry, &error))
            continue;
        fprintf(stderr, "CORSIM_INTEND: \"%.*s\", column %zu: expected %s\n", (int)entry.len,
                entry.at, error.column, error.expected == NULL ? "memory" : error.expected);
        return false;
    }
    return true;
}

void *afl_custom_init(void *afl, unsigned seed)
{
    struct mutator *mutator = calloc(1, sizeof *mutator);
    const char *entries = getenv("CORSIM_INTEND");
    (void)afl;
    if (mutator == NULL || !read_intent(&mutator->intent, entries == NULL ? "" : entries)) {
        afl_custom_deinit(mutator);
        return NULL;
    }
    mutator->seed = seed;
    return mutator;
}

size_t afl_custom_fuzz(void *mutator, uint8_t *data, size_t size, uint8_t **out,
                       const uint8_t *other, size_t other_size, size_t most)
{
    struct mutator *self = mutator;
    (void)other;
    (void)other_size;
    if (size > LONGEST)
        size = LONGEST;
    if (most > LONGEST)
        most = LONGEST;
    memcpy(self->text, data, size);
    *out = self->text;
    return origin_mutate(&self->intent, self->text, size, most, self->seed++);
}

void afl_custom_deinit(void *mutator)
{
    struct mutator *self = mutator;
    if (self != NULL)
        intent_free(&self->intent);
    free(self);
}
