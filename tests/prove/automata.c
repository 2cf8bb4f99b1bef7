/* The prover's automata of what is sendable and of what is intended against the model of the hunt,
 * origin_sendable() and intent_holds(), text by text: automata TEXTS SEED. Texts are put together
 * of pieces of origins, and are mutated ones of the intent. The first may accept more only where
 * its header says so: of labels that begin like Punycode, and of long hosts. */
#include "intended.h"
#include "mutator.h"
#include "sendable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_ROOM = 400, SHOWN = 20 };

static const char *const pieces[] = {
    "http://", "https://", "null",      "[",         "]",           "::",          ":",
    "0",       "1",        "f",         "ff",        "abcd",        "0:",          "1:",
    "1:0:0:",  ".",        "255",       "256",       "a",           "0x",          "xn--",
    "-",       "_",        "~",         ":80",       "80",          ":443",        ":8080",
    ":65535",  "65536",    ":99",       "1.2.3.4",   "6",           "a.b",         ";",
    "{",       "%",        " ",         "\x7F",      "\xC3\xA9",    "A",           "/",
    "@",       "a.",       "127.0.0.1", "localhost", "example.com", ".example.com"};
static const char *const entries[] = {"https://example.com",
                                      "https://*.example.com",
                                      "http://a.b:8080",
                                      "*://*.b:*",
                                      "null",
                                      "https://1.2.3.4",
                                      "http://[1::]:*",
                                      "https://*.xn--a",
                                      "https://*.a.b",
                                      "http://localhost:*",
                                      "*://a",
                                      "https://*.om"};
enum { PIECES = sizeof pieces / sizeof *pieces, ENTRIES = sizeof entries / sizeof *entries };

struct random {
    uint64_t state;
};

static unsigned below(struct random *random, unsigned most)
{
    random->state = random->state * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(random->state >> 33) % most;
}

static size_t append(char *text, size_t length, const char *piece)
{
    const size_t more = strlen(piece);
    if (length + more > TEXT_ROOM)
        return length;
    memcpy(text + length, piece, more);
    return length + more;
}

static struct cors_bytes make_text(struct random *random, const struct intent *intent, char *text)
{
    size_t length = 0;
    if (intent->count > 0 && below(random, 3) == 0) {
        const struct cors_bytes from = intent->entries[below(random, (unsigned)intent->count)].text;
        memcpy(text, from.at, from.len);
        length = from.len;
        for (unsigned edits = below(random, 3); edits > 0; edits--)
            length =
                origin_mutate(intent, (uint8_t *)text, length, TEXT_ROOM, below(random, 1U << 30));
        return (struct cors_bytes){text, length};
    }
    if (below(random, 12) > 0)
        length = append(text, length, pieces[below(random, 2)]);
    const bool bracketed = below(random, 4) == 0;
    length = bracketed ? append(text, length, "[") : length;
    for (unsigned count = below(random, 9); count > 0; count--)
        length = append(text, length, pieces[2 + below(random, PIECES - 2)]);
    length = bracketed ? append(text, length, "]") : length;
    if (below(random, 5) == 0) {
        char port[16];
        snprintf(port, sizeof port, ":%u", below(random, 70000));
        length = append(text, length, port);
    }
    return (struct cors_bytes){text, length};
}

static bool sendable_says(struct sendable *sendable, struct cors_bytes text)
{
    uint32_t state = SENDABLE_START;
    for (size_t i = 0; i < text.len && state != SENDABLE_DEAD; i++) {
        if ((unsigned char)text.at[i] >= 0x80)
            return false; /* it is never asked about such a byte */
        state = sendable_step(sendable, state, (unsigned char)text.at[i]);
    }
    return state != SENDABLE_DEAD && sendable_accepts(sendable, state);
}

/* And whether what it says of each entry is so, if it says anything. */
static bool intended_says(const struct intended *intended, struct cors_bytes text,
                          bool *marked_well)
{
    const struct intent *intent = intended->intent;
    bool holds[ENTRIES] = {false};
    uint64_t state = INTENDED_START;
    for (size_t i = 0; i < text.len; i++)
        state = intended_step(intended, state, (unsigned char)text.at[i]);
    const bool known = intended_mark(intended, state, holds);
    for (size_t i = 0; i < intent->count && known; i++) {
        const struct intent alone = {&intent->entries[i], 1, 1};
        *marked_well &= holds[i] == intent_holds(&alone, text);
    }
    return intended_accepts(intended, state);
}

/* Whether the automaton of what is sendable may accept it though it is not. */
static bool may_be_more(struct cors_bytes text)
{
    for (size_t i = 0; i + 4 <= text.len; i++)
        if (memcmp(text.at + i, "xn--", 4) == 0)
            return true;
    return text.len > 255;
}

static size_t differs(const char *what, enum profile profile, struct cors_bytes text, bool ours,
                      size_t wrong)
{
    if (wrong < SHOWN)
        printf("WRONG: profile %d: %.*s is %s%s by the automaton only\n", (int)profile,
               (int)text.len, text.at, ours ? "" : "not ", what);
    return wrong + 1;
}

/* How many texts are told apart. */
static size_t compare(enum profile profile, size_t texts, struct random *random)
{
    struct prove_memory memory = {.limit = 256 << 20};
    struct sendable sendable;
    struct intended intended;
    struct intent intent = {0};
    struct intent_error error;
    char text[TEXT_ROOM];
    size_t wrong = 0, sent = 0, meant = 0;
    for (size_t i = 0; i < ENTRIES; i++)
        if (below(random, 2) == 0 &&
            !intent_add(&intent, (struct cors_bytes){entries[i], strlen(entries[i])}, &error))
            abort();
    if (!sendable_open(&sendable, profile, &memory) ||
        !intended_open(&intended, &intent, NULL, &memory))
        abort();
    for (size_t i = 0; i < texts; i++) {
        const struct cors_bytes made = make_text(random, &intent, text);
        const bool ours = sendable_says(&sendable, made), model = origin_sendable(made, profile);
        if (ours != model && !(ours && may_be_more(made)))
            wrong = differs("sendable", profile, made, ours, wrong);
        sent += model;
        if (!model)
            continue;
        bool marked_well = true;
        const bool ours_means = intended_says(&intended, made, &marked_well);
        const bool means = intent_holds(&intent, made);
        if (!marked_well)
            wrong = differs("marked well", profile, made, false, wrong);
        if (ours_means != means)
            wrong = differs("intended", profile, made, ours_means, wrong);
        meant += means;
    }
    printf("profile %d: %zu texts, %zu sendable, %zu intended, %zu wrong\n", (int)profile, texts,
           sent, meant, wrong);
    prove_release(&memory);
    intent_free(&intent);
    return wrong + (sent * 20 < texts || (intent.count > 0 && meant == 0));
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    struct random random = {strtoul(argv[2], NULL, 10)};
    size_t wrong = 0;
    for (unsigned round = 0; round < 4 * PROFILE_COUNT; round++)
        wrong +=
            compare((enum profile)(round % PROFILE_COUNT), strtoul(argv[1], NULL, 10), &random);
    return wrong > 0;
}
