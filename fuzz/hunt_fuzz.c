/* Fuzzing of a validator: origins that were worth something are changed again and again. Of an
 * in-process validator with counters (fuzz/validator.h) an origin is worth keeping when a counter
 * reached a range of values that it had not (https://lcamtuf.coredump.cx/afl/technical_details.txt,
 * section 2: the ranges); of others only what is meant, and the fixed classes, are changed.
 * Invariant: the same seed gives the same questions. */
#include "hunt_parts.h"
#include "mutator.h"
#include "random.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEPT_MOST = 4096,
    SEEDS = 48,
    SHORT_RUN = 3, /* bytes of one kind that are put in together, mostly */
    LONG_RUN = 16,
    LONGEST_FUZZED = 160,  /* bytes */
    IN_VAIN_MOST = 100000, /* origins in a row that are not worth a question */
};

/* How far what the validator compares with has been put into one of `kept`. */
struct sweep {
    uint16_t position, constant;
};

struct fuzzing {
    struct hunt *hunt;
    struct origins kept;
    struct sweep sweeps[KEPT_MOST];
    size_t swept;       /* of `kept`: the one before it is to be swept next, or earlier ones */
    uint8_t *seen;      /* a bit for each range of each counter */
    size_t meant;       /* how many of `kept`, from the first, are meant */
    char run[LONG_RUN]; /* see piece() */
    uint64_t random;
};

static size_t below(struct fuzzing *fuzzing, size_t bound)
{
    return random_below(&fuzzing->random, bound);
}

static struct cors_bytes constant(const struct fuzzing *fuzzing, size_t which)
{
    const struct reached_constant *one = &fuzzing->hunt->validator->constants[which];
    const size_t most = sizeof one->bytes;
    return (struct cors_bytes){one->bytes, one->length < most ? one->length : most};
}

/* What the validator compares with, a word of its text, a byte, or some bytes of one kind. */
static struct cors_bytes piece(struct fuzzing *fuzzing)
{
    const size_t constants = fuzzing->hunt->validator->constant_count;
    if (constants > 0 && below(fuzzing, 3) == 0)
        return constant(fuzzing, below(fuzzing, constants));
    static const char bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789-.:_";
    static const struct cors_bytes kinds[] = {{bytes, 26}, {bytes + 26, 10}, {bytes, 37}};
    const struct origins *words = fuzzing->hunt->options->words;
    if (words != NULL && words->count > 0 && below(fuzzing, 3) == 0)
        return origins_at(words, below(fuzzing, words->count));
    if (below(fuzzing, 2) == 0)
        return (struct cors_bytes){bytes + below(fuzzing, sizeof bytes - 1), 1};
    const struct cors_bytes kind = kinds[below(fuzzing, sizeof kinds / sizeof *kinds)];
    const size_t most = below(fuzzing, 8) == 0 ? LONG_RUN : SHORT_RUN;
    for (size_t i = 0; i < most; i++)
        fuzzing->run[i] = kind.at[below(fuzzing, kind.len)];
    return (struct cors_bytes){fuzzing->run, 1 + below(fuzzing, most)};
}

/* A piece somewhere, in the place of nothing, of a byte, or of the rest. */
static size_t change(struct fuzzing *fuzzing, char *text, size_t size)
{
    for (size_t left = 1 + below(fuzzing, 2); left > 0; left--) {
        const size_t from = below(fuzzing, size + 1);
        const size_t how = below(fuzzing, 8);
        const size_t to = how < 3 || from == size ? from : how < 7 ? from + 1 : size;
        const struct cors_bytes by = how == 3 ? CORS_BYTES("") : piece(fuzzing);
        size = text_replace(text, size, LONGEST_FUZZED, from, to, by);
    }
    return size;
}

static size_t next(struct fuzzing *fuzzing, char *text)
{
    /* Mostly one of the latest, which got the furthest, or one that is meant. */
    const size_t count = fuzzing->kept.count, latest = count < 8 ? count : 8;
    const size_t how = below(fuzzing, 3);
    const size_t which = how == 0                         ? below(fuzzing, count)
                         : how == 1 && fuzzing->meant > 0 ? below(fuzzing, fuzzing->meant)
                                                          : count - 1 - below(fuzzing, latest);
    struct cors_bytes origin = origins_at(&fuzzing->kept, which);
    if (origin.len > LONGEST_FUZZED)
        origin.len = LONGEST_FUZZED;
    memcpy(text, origin.at, origin.len);
    if (below(fuzzing, 2) == 0)
        return change(fuzzing, text, origin.len);
    return origin_mutate(fuzzing->hunt->options->intent, (uint8_t *)text, origin.len,
                         LONGEST_FUZZED, (unsigned)below(fuzzing, UINT32_MAX));
}

/* The next constant at the next place of what got the furthest. 0: there is none. */
static size_t sweep(struct fuzzing *fuzzing, char *text)
{
    const size_t constants = fuzzing->hunt->validator->constant_count;
    for (; fuzzing->swept > 0; fuzzing->swept--) {
        struct sweep *at = &fuzzing->sweeps[fuzzing->swept - 1];
        const struct cors_bytes origin = origins_at(&fuzzing->kept, fuzzing->swept - 1);
        if (at->constant >= constants)
            at->constant = 0, at->position++;
        if (at->position >= origin.len || origin.len > LONGEST_FUZZED)
            continue;
        const struct cors_bytes by = constant(fuzzing, at->constant++);
        const size_t end = at->position + by.len;
        memcpy(text, origin.at, origin.len);
        return text_replace(text, origin.len, LONGEST_FUZZED, at->position,
                            end < origin.len ? end : origin.len, by);
    }
    return 0;
}

static void keep(struct fuzzing *fuzzing, struct cors_bytes origin)
{
    static const struct sweep behind_the_scheme = {7, 0};
    if (fuzzing->kept.count == KEPT_MOST || !origins_add(&fuzzing->kept, origin))
        return;
    fuzzing->swept = fuzzing->kept.count;
    fuzzing->sweeps[fuzzing->swept - 1] = behind_the_scheme;
}

/* Whether something was reached that had not been. */
static bool is_new(struct fuzzing *fuzzing)
{
    const struct validator *validator = fuzzing->hunt->validator;
    bool found = false;
    for (size_t i = 0; i < validator->counter_count; i++) {
        const uint8_t count = validator->counters[i];
        const unsigned range = count < 4    ? count
                               : count < 8  ? 4
                               : count < 16 ? 5
                               : count < 32 ? 6
                                            : 7;
        const uint8_t bit = (uint8_t)(1u << range);
        if (count > 0 && (fuzzing->seen[i] & bit) == 0) {
            fuzzing->seen[i] |= bit;
            found = true;
        }
    }
    return found;
}

static void ask_watched(struct fuzzing *fuzzing)
{
    struct validator *validator = fuzzing->hunt->validator;
    char text[LONGEST_ORIGIN + 1];
    while (hunt_may_ask(fuzzing->hunt)) {
        struct cors_bytes origin = {text, 0};
        bool allowed;
        if (validator->constant_count > 0 && below(fuzzing, 2) == 0)
            origin.len = sweep(fuzzing, text);
        if (origin.len == 0)
            origin.len = next(fuzzing, text);
        memset(validator->counters, 0, validator->counter_count);
        if (!hunt_ask(fuzzing->hunt, &origin, 1, &allowed, NULL))
            return;
        if (is_new(fuzzing))
            keep(fuzzing, origin);
    }
}

/* What no browser sends is not asked: there is nothing to be learnt from it. Nor is anything asked
 * twice, as far as memory goes. */
static void ask_blindly(struct fuzzing *fuzzing)
{
    struct hunt *hunt = fuzzing->hunt;
    struct origins asked = {0};
    uint64_t in_vain = 0;
    while (hunt_may_ask(hunt) && in_vain < IN_VAIN_MOST) {
        struct cors_bytes batch[HUNT_BATCH];
        bool allowed[HUNT_BATCH];
        const size_t first = asked.count, most = hunt->validator->kind->batch;
        for (; asked.count - first < most && asked.count - first < HUNT_BATCH &&
               in_vain < IN_VAIN_MOST && !asked.exhausted;
             in_vain++) {
            char text[LONGEST_ORIGIN + 1];
            const struct cors_bytes origin = {text, next(fuzzing, text)};
            if (origin_sendable(origin, hunt->options->profile) &&
                !intent_holds(hunt->options->intent, origin) && origins_add(&asked, origin))
                in_vain = 0;
        }
        const size_t count = asked.count - first;
        for (size_t i = 0; i < count; i++)
            batch[i] = origins_at(&asked, first + i);
        if (!hunt_ask(hunt, batch, count, allowed, NULL))
            break;
        if (asked.exhausted) {
            origins_free(&asked);
            in_vain = 0;
        }
    }
    origins_free(&asked);
}

static void add_seeds(struct fuzzing *fuzzing)
{
    const struct hunt_options *options = fuzzing->hunt->options;
    struct origins fixed = {0};
    intended_origins(options->intent, options->profile, &fuzzing->kept);
    fuzzing->meant = fuzzing->kept.count;
    fixed_origins(options->intent, options->profile, &fixed);
    for (size_t i = 0; i < fixed.count && i < SEEDS; i++)
        origins_add(&fuzzing->kept, origins_at(&fixed, i));
    origins_free(&fixed);
    origins_add(&fuzzing->kept, CORS_BYTES("https://a"));
}

void hunt_fuzz(struct hunt *hunt)
{
    struct fuzzing fuzzing = {.hunt = hunt, .random = hunt->options->seed};
    const size_t counters = hunt->validator->counter_count;
    add_seeds(&fuzzing);
    fuzzing.seen = counters == 0 ? NULL : calloc(counters, 1);
    hunt->exhausted =
        hunt->exhausted || fuzzing.kept.count == 0 || (counters > 0 && fuzzing.seen == NULL);
    if (fuzzing.kept.count > 0 && fuzzing.seen != NULL)
        ask_watched(&fuzzing);
    else if (fuzzing.kept.count > 0 && counters == 0)
        ask_blindly(&fuzzing);
    free(fuzzing.seen);
    origins_free(&fuzzing.kept);
}
