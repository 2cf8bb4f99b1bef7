/* The learner's questions: each is asked once and its answer kept; what cannot be sent is answered
 * here; the budget ends them. */
#include "learn_parts.h"
#include "random.h"

#include <stdlib.h>
#include <string.h>

enum { ASK_ONCE = 512, ASK_AGAIN = 32 };

size_t learn_below(struct learning *learning, size_t bound)
{
    return random_below(&learning->random, bound);
}

void word_add(struct word *word, struct cors_bytes bytes)
{
    if (word->too_long || bytes.len > sizeof word->at - word->length) {
        word->too_long = true;
        return;
    }
    if (bytes.len > 0)
        memcpy(word->at + word->length, bytes.at, bytes.len);
    word->length += bytes.len;
}

struct cors_bytes word_bytes(const struct word *word)
{
    return (struct cors_bytes){word->at, word->too_long ? 0 : word->length};
}

struct word word_of(struct cors_bytes bytes)
{
    struct word word;
    word.length = 0;
    word.too_long = false;
    word_add(&word, bytes);
    return word;
}

struct cors_bytes cached_word(const struct learning *learning, size_t which)
{
    const struct cached *cached = &learning->cached[which];
    return (struct cors_bytes){learning->text + cached->from, cached->length};
}

/* ---- The cache ----------------------------------------------------------------------------- */

static size_t hash_of(struct cors_bytes bytes)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.at[i]) * 0x100000001B3u;
    return (size_t)(hash ^ hash >> 29);
}

/* The slot of the word, or the free one where it belongs. */
static uint32_t *slot_of(const struct learning *learning, struct cors_bytes word)
{
    for (size_t slot = hash_of(word);; slot++) {
        uint32_t *found = &learning->slots[slot & (learning->slot_count - 1)];
        if (*found == 0)
            return found;
        const struct cors_bytes there = cached_word(learning, *found - 1);
        if (there.len == word.len && memcmp(there.at, word.at, word.len) == 0)
            return found;
    }
}

static bool more_room(void **memory, size_t *room, size_t needed, size_t size)
{
    if (needed <= *room)
        return true;
    const size_t wanted = needed < 512 ? 1024 : needed * 2;
    void *grown = realloc(*memory, wanted * size);
    if (grown == NULL)
        return false;
    *memory = grown;
    *room = wanted;
    return true;
}

static bool more_slots(struct learning *learning)
{
    if (learning->cached_count * 2 + 2 <= learning->slot_count)
        return true;
    const size_t wanted = learning->slot_count == 0 ? 4096 : learning->slot_count * 2;
    uint32_t *slots = calloc(wanted, sizeof *slots);
    if (slots == NULL)
        return false;
    free(learning->slots);
    learning->slots = slots;
    learning->slot_count = wanted;
    for (size_t i = 0; i < learning->cached_count; i++)
        *slot_of(learning, cached_word(learning, i)) = (uint32_t)i + 1;
    return true;
}

static bool keep(struct learning *learning, struct cors_bytes word, bool allowed)
{
    void *text = learning->text, *cached = learning->cached;
    const bool room = more_room(&text, &learning->text_room, learning->text_size + word.len, 1) &&
                      more_room(&cached, &learning->cached_room, learning->cached_count + 1,
                                sizeof *learning->cached) &&
                      learning->cached_count < UINT32_MAX / 2;
    learning->text = text;
    learning->cached = cached;
    if (!room || !more_slots(learning)) {
        learning->end = LEARNED_NO_MEMORY;
        return false;
    }
    memcpy(learning->text + learning->text_size, word.at, word.len);
    *slot_of(learning, word) = (uint32_t)learning->cached_count + 1;
    learning->cached[learning->cached_count++] =
        (struct cached){learning->text_size, word.len, allowed, learn_in_language(learning, word)};
    learning->text_size += word.len;
    return true;
}

static bool is_kept(const struct learning *learning, struct cors_bytes word, bool *allowed)
{
    const uint32_t found = learning->slot_count == 0 ? 0 : *slot_of(learning, word);
    *allowed = found != 0 && learning->cached[found - 1].allowed;
    return found != 0;
}

/* ---- Asking -------------------------------------------------------------------------------- */

static bool is_address(struct cors_bytes host)
{
    size_t last = host.len;
    while (last > 0 && host.at[last - 1] >= '0' && host.at[last - 1] <= '9')
        last--;
    return (last < host.len && (last == 0 || host.at[last - 1] == '.')) ||
           (host.len > 0 && host.at[0] == '[');
}

bool learn_in_language(const struct learning *learning, struct cors_bytes word)
{
    struct origin_parts parts;
    return origin_sendable(word, learning->options->profile) && origin_take_apart(word, &parts) &&
           !parts.opaque && (learning->addresses || !is_address(parts.host));
}

/* Asks `count` words, which are not kept. */
static bool ask_now(struct learning *learning, const struct cors_bytes *words, size_t count)
{
    bool allowed[ASK_ONCE];
    const uint64_t left = learning->most - learning->questions;
    const size_t now = left < count ? (size_t)left : count;
    if (now > 0 && !learning->options->ask(learning->options->context, words, now, allowed)) {
        learning->end = LEARNED_STOPPED;
        return false;
    }
    learning->questions += now;
    for (size_t i = 0; i < now; i++)
        if (!keep(learning, words[i], allowed[i]))
            return false;
    if (now < count)
        learning->end = LEARNED_BUDGET;
    return now == count;
}

static bool is_among(const struct cors_bytes *words, size_t count, struct cors_bytes word)
{
    for (size_t i = 0; i < count; i++)
        if (words[i].len == word.len && memcmp(words[i].at, word.at, word.len) == 0)
            return true;
    return false;
}

static bool is_asked(const struct learning *learning, struct cors_bytes word, bool any)
{
    return any ? origin_sendable(word, learning->options->profile)
               : learn_in_language(learning, word);
}

static bool ask(struct learning *learning, const struct word *words, size_t count, bool *allowed,
                bool any)
{
    struct cors_bytes unknown[LEARN_BATCH];
    size_t unknown_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct cors_bytes word = word_bytes(&words[i]);
        if (is_asked(learning, word, any) && !is_kept(learning, word, &allowed[i]) &&
            !is_among(unknown, unknown_count, word))
            unknown[unknown_count++] = word;
        if (unknown_count == LEARN_BATCH || (i + 1 == count && unknown_count > 0)) {
            if (!ask_now(learning, unknown, unknown_count))
                return false;
            unknown_count = 0;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct cors_bytes word = word_bytes(&words[i]);
        allowed[i] =
            is_asked(learning, word, any) && is_kept(learning, word, &allowed[i]) && allowed[i];
    }
    return true;
}

bool learn_ask(struct learning *learning, const struct word *words, size_t count, bool *allowed)
{
    return ask(learning, words, count, allowed, false);
}

bool learn_ask_any(struct learning *learning, const struct word *words, size_t count, bool *allowed)
{
    return ask(learning, words, count, allowed, true);
}

bool learn_is_steady(struct learning *learning)
{
    struct cors_bytes words[ASK_AGAIN];
    bool before[ASK_AGAIN], now[ASK_AGAIN];
    size_t count = 0;
    const uint64_t left = learning->most - learning->questions;
    const size_t most = left < ASK_AGAIN ? (size_t)left : ASK_AGAIN;
    /* Half of them such that were allowed; the others from everywhere. */
    for (size_t i = 0; i < learning->cached_count && count < most / 2; i++)
        if (learning->cached[i].allowed) {
            before[count] = true;
            words[count++] = cached_word(learning, i);
        }
    for (size_t tries = 0; learning->cached_count > 0 && tries < most && count < most; tries++) {
        const size_t which = learn_below(learning, learning->cached_count);
        before[count] = learning->cached[which].allowed;
        words[count++] = cached_word(learning, which);
    }
    if (count == 0)
        return true;
    if (!learning->options->ask(learning->options->context, words, count, now)) {
        learning->end = LEARNED_STOPPED;
        return true;
    }
    learning->questions += count;
    return memcmp(before, now, count * sizeof *now) == 0;
}
