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

/* ---- The cache ----------------------------------------------------------------------------- */

static bool more_room(struct learning *learning)
{
    if (learning->words.count < learning->allowed_room)
        return true;
    const size_t wanted = learning->allowed_room == 0 ? 1024 : learning->allowed_room * 2;
    bool *grown = realloc(learning->allowed, wanted * sizeof *grown);
    if (grown == NULL)
        return false;
    learning->allowed = grown;
    learning->allowed_room = wanted;
    return true;
}

bool learn_keep(struct learning *learning, struct cors_bytes word, bool allowed)
{
    size_t which;
    if (origins_find(&learning->words, word, &which))
        return true;
    if (!more_room(learning) || !origins_add(&learning->words, word)) {
        learning->end = LEARNED_NO_MEMORY;
        return false;
    }
    learning->allowed[learning->words.count - 1] = allowed;
    return true;
}

static bool is_kept(const struct learning *learning, struct cors_bytes word, bool *allowed)
{
    size_t which;
    const bool is_there = origins_find(&learning->words, word, &which);
    *allowed = is_there && learning->allowed[which];
    return is_there;
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
    return origin_sendable(word, learning->options.profile) && origin_take_apart(word, &parts) &&
           !parts.opaque && (learning->addresses || !is_address(parts.host));
}

/* Asks `count` words, which are not kept. */
static bool ask_now(struct learning *learning, const struct cors_bytes *words, size_t count)
{
    bool allowed[ASK_ONCE];
    const uint64_t left = learning->most - learning->questions;
    const size_t now = left < count ? (size_t)left : count;
    if (now > 0 && !learning->options.ask(learning->options.context, words, now, allowed)) {
        learning->end = LEARNED_STOPPED;
        return false;
    }
    learning->questions += now;
    for (size_t i = 0; i < now; i++)
        if (!learn_keep(learning, words[i], allowed[i]))
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
    return any ? origin_sendable(word, learning->options.profile)
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
    for (size_t i = 0; i < learning->words.count && count < most / 2; i++)
        if (learning->allowed[i]) {
            before[count] = true;
            words[count++] = origins_at(&learning->words, i);
        }
    for (size_t tries = 0; learning->words.count > 0 && tries < most && count < most; tries++) {
        const size_t which = learn_below(learning, learning->words.count);
        before[count] = learning->allowed[which];
        words[count++] = origins_at(&learning->words, which);
    }
    if (count == 0)
        return true;
    if (!learning->options.ask(learning->options.context, words, count, now)) {
        learning->end = LEARNED_STOPPED;
        return true;
    }
    learning->questions += count;
    return memcmp(before, now, count * sizeof *now) == 0;
}
