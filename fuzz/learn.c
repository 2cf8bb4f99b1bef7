/* Active learning: model, counterexamples, model, until none is found; then patterns, whose samples
 * are counterexamples too where they do not hold. Counterexamples are looked for among the intended
 * and the fixed origins, everything within one edit, mutations, and walks over the model. */
#include "learn_parts.h"
#include "mutator.h"

#include <stdlib.h>
#include <string.h>

enum {
    QUIET = 768, /* so many origins without a counterexample: the model is called stable */
    TESTS = 64,
    ROUNDS = 16,
    RESERVE = 192, /* questions for the summary and for asking again */
    AGAIN = 32,
    MOST_TEXT = 1 << 28, /* bytes of what was asked */
};

/* Asks about each, and corrects the model by the answers; null and addresses are asked too. */
static bool learn_from(struct learning *learning, const struct origins *origins)
{
    bool allowed[LEARN_BATCH], changed = false;
    for (size_t from = 0; from < origins->count; from += LEARN_BATCH) {
        size_t count = origins->count - from < LEARN_BATCH ? origins->count - from : LEARN_BATCH;
        struct word *words = malloc(count * sizeof *words);
        if (words == NULL) {
            learning->end = LEARNED_NO_MEMORY;
            return false;
        }
        for (size_t i = 0; i < count; i++)
            words[i] = word_of(origins_at(origins, from + i));
        const bool fine = learn_ask_any(learning, words, count, allowed) &&
                          model_correct(learning, words, allowed, count, &changed);
        free(words);
        if (!fine)
            return false;
    }
    return true;
}

/* Adds them to what is known and to what is learnt from. */
static bool take_known(struct learning *learning, const struct origins *known, bool allowed,
                       struct origins *out)
{
    for (size_t i = 0; known != NULL && i < known->count; i++) {
        const struct cors_bytes origin = origins_at(known, i);
        if (!learn_keep(learning, origin, allowed))
            return false;
        (void)origins_add(out, origin);
    }
    return true;
}

static bool learn_fixed(struct learning *learning)
{
    struct origins origins = {.most = MOST_TEXT};
    const struct learn_options *options = &learning->options;
    intended_origins(options->intent, options->profile, &origins);
    (void)(take_known(learning, options->let_in, true, &origins) &&
           take_known(learning, options->refused, false, &origins));
    fixed_origins(options->intent, options->profile, &origins);
    (void)origins_add(&origins, CORS_BYTES("null"));
    if (origins.exhausted)
        learning->end = LEARNED_NO_MEMORY;
    const bool fine = learning->end != LEARNED_NO_MEMORY && model_close(learning) &&
                      learn_from(learning, &origins);
    origins_free(&origins);
    return fine;
}

/* An origin that has been let in, or else an intended host's. */
static struct word some_origin(struct learning *learning)
{
    for (size_t tries = 0; tries < 32 && learning->words.count > 0; tries++) {
        const size_t which = learn_below(learning, learning->words.count);
        if (learning->allowed[which])
            return word_of(origins_at(&learning->words, which));
    }
    return word_of(CORS_BYTES("https://"));
}

static struct word mutated(struct learning *learning)
{
    struct word word = some_origin(learning);
    uint8_t bytes[LONGEST_ORIGIN];
    memcpy(bytes, word.at, word.length);
    word.length = origin_mutate(learning->options.intent, bytes, word.length, sizeof bytes,
                                (unsigned)learn_below(learning, UINT32_MAX));
    memcpy(word.at, bytes, word.length);
    return word;
}

static struct word test_word(struct learning *learning)
{
    const size_t kind = learn_below(learning, 4);
    if (kind == 0 && learning->near.count > 0)
        return word_of(origins_at(&learning->near, learn_below(learning, learning->near.count)));
    if (kind == 1)
        return mutated(learning);
    const struct word word = model_walk(learning);
    return kind == 2 ? word : symbols_vary(learning, &word);
}

/* True: no counterexample for long. */
static bool learn_by_tests(struct learning *learning)
{
    struct word words[TESTS];
    bool allowed[TESTS];
    for (size_t quiet = 0; quiet < QUIET; quiet += TESTS) {
        bool changed = false;
        for (size_t i = 0; i < TESTS; i++)
            words[i] = test_word(learning);
        if (!learn_ask(learning, words, TESTS, allowed) ||
            !model_correct(learning, words, allowed, TESTS, &changed))
            return false;
        if (changed)
            quiet = 0;
    }
    return true;
}

static void learn(struct learning *learning, struct learned *out)
{
    const uint64_t all = learning->most;
    learning->most = all > 4 * (uint64_t)RESERVE ? all - RESERVE : all - all / 4;
    bool stable = learn_fixed(learning);
    for (size_t round = 0; stable && round < ROUNDS; round++) {
        stable = learn_by_tests(learning);
        if (!stable)
            break;
        out->complete = patterns_make(learning, out);
        if (!learning->contradicted)
            break;
    }
    learning->most = all > 4 * (uint64_t)RESERVE ? all - AGAIN : all - all / 8;
    if (learning->end == LEARNED_BUDGET || learning->end == LEARNED_TOO_LARGE) {
        const enum learned_end end = learning->end;
        (void)patterns_make(learning, out);
        if (learning->end != LEARNED_STOPPED)
            learning->end = end;
        out->complete = false;
    }
    learning->most = all;
    if (learning->end != LEARNED_STOPPED && !learn_is_steady(learning)) {
        learning->end = LEARNED_UNSTEADY;
        out->pattern_count = out->patterns_left_out = 0;
    }
}

static bool has_address(const struct intent *intent)
{
    for (size_t i = 0; i < intent->count; i++) {
        const struct cors_bytes host = intent->entries[i].host;
        if (!intent->entries[i].null &&
            (host.at[0] == '[' || (host.at[host.len - 1] >= '0' && host.at[host.len - 1] <= '9' &&
                                   memchr(host.at, '.', host.len) != NULL)))
            return true;
    }
    return false;
}

bool learnt(const struct learning *model, struct cors_bytes origin)
{
    return model_allows(model, origin) || !learn_in_language(model, origin);
}

void learn_free(struct learning *model)
{
    free(model);
}

bool learn_origins(const struct learn_options *options, struct learned *out,
                   struct learning **model)
{
    memset(out, 0, sizeof *out);
    struct learning *learning = calloc(1, sizeof *learning);
    if (model != NULL)
        *model = learning;
    if (learning == NULL) {
        out->end = LEARNED_NO_MEMORY;
        return false;
    }
    learning->options = *options;
    learning->words.most = MOST_TEXT;
    learning->addresses = has_address(options->intent);
    learning->most = options->most_questions;
    learning->random = options->seed;
    near_origins(options->intent, options->profile, &learning->near);
    symbols_begin(learning);
    model_begin(learning);
    learn(learning, out);
    out->end = learning->end;
    out->complete = out->complete && out->end == LEARNED_STABLE;
    out->states = learning->state_count;
    out->symbols = learning->symbol_count;
    out->questions = learning->questions;
    origins_free(&learning->near);
    origins_free(&learning->words);
    free(learning->allowed);
    if (model == NULL)
        learn_free(learning);
    return out->end != LEARNED_NO_MEMORY;
}
