/* Every origin of a few bytes against the prover: tiers PAIRS SEED
 *
 * Random patterns over a small alphabet in which names with a public suffix can be written, each
 * with an intent, and half of them with an old pattern; PCRE2 says what they accept,
 * kind_of_witness who can use it. No origin may be shorter than the prover's witness of its tier;
 * none may be there where it named no witness of that tier; what it calls refused is; and each of
 * its witnesses is one. */
#include "corsim_prove.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 6, MOST_TEXT = 2048, ENTRIES = 6 };

static const char alphabet[] = "aco.-";
static uint64_t state;

static unsigned random_below(unsigned count)
{
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (unsigned)((state >> 33) % count);
}

/* ---- Questions ----------------------------------------------------------------------------- */

/* The longest pattern there can be is shorter than MOST_TEXT. */
static void append(char *text, const char *more)
{
    memcpy(text + strlen(text), more, strlen(more) + 1);
}

static void add_sequence(char *text, int depth);

static void add_piece(char *text, int depth)
{
    static const char *const atoms[] = {"a",     "c",    "o",   "\\.", "-",   ".",
                                        "[aco]", "[^.]", "\\w", "co",  "\\b", "[a-]"};
    static const char *const repeats[] = {"*", "+", "?", "{2}", "{1,2}"};
    const size_t start = strlen(text);
    if (depth > 0 && random_below(5) < 2) {
        append(text, "(");
        add_sequence(text, depth - 1);
        if (random_below(2) == 0) {
            append(text, "|");
            add_sequence(text, depth - 1);
        }
        append(text, ")");
    } else
        append(text, atoms[random_below(sizeof atoms / sizeof *atoms)]);
    if (random_below(3) == 0 && strcmp(text + start, "\\b") != 0)
        append(text, repeats[random_below(sizeof repeats / sizeof *repeats)]);
}

static void add_sequence(char *text, int depth)
{
    for (unsigned i = 0, count = 1 + random_below(3); i < count; i++)
        add_piece(text, depth);
}

static void make_pattern(char *text)
{
    static const char *const starts[] = {"^https://", "https://", "^https?://", "", "^http://"};
    static const char *const ends[] = {"$", "$", "", "\\.co$", "a\\.co"};
    append(text, starts[random_below(5)]);
    add_sequence(text, 2);
    append(text, ends[random_below(5)]);
}

static void make_intent(struct intent *intent)
{
    static const char *const entries[] = {"https://a.co",   "https://*.a.co", "*://c.co",
                                          "https://a.co:*", "http://o.co",    "https://*.co",
                                          "https://a",      "null",           "*://*.o.co:*"};
    struct intent_error error;
    for (unsigned i = 0, count = 1 + random_below(3); i < count; i++) {
        const char *entry = entries[random_below(sizeof entries / sizeof *entries)];
        if (!intent_add(intent, (struct cors_bytes){entry, strlen(entry)}, &error))
            exit(2);
    }
}

/* ---- The other side ------------------------------------------------------------------------ */

struct engine {
    pcre2_code *code;
    pcre2_match_data *data;
};

static bool open_engine(struct engine *engine, const char *pattern)
{
    int error;
    size_t at;
    engine->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, 0, &error, &at, NULL);
    if (engine->code == NULL)
        return false;
    engine->data = pcre2_match_data_create_from_pattern(engine->code, NULL);
    return engine->data != NULL;
}

static void close_engine(struct engine *engine)
{
    pcre2_match_data_free(engine->data);
    pcre2_code_free(engine->code);
}

static bool engine_accepts(const struct engine *engine, struct cors_bytes origin)
{
    return pcre2_match(engine->code, (PCRE2_SPTR)origin.at, origin.len, 0, 0, engine->data, NULL) >=
           0;
}

struct pair {
    struct engine engine, old;
    bool has_old;
    struct intent intent;
    const struct public_suffixes *suffixes;
    size_t shortest[TIER_COUNT]; /* behind the scheme; SIZE_MAX: there is none */
    char texts[TIER_COUNT][32];
    bool accepted[ENTRIES]; /* of each entry one */
};

static bool is_witness(const struct pair *pair, struct cors_bytes origin)
{
    return origin_sendable(origin, PROFILE_BROWSER) && engine_accepts(&pair->engine, origin) &&
           !intent_holds(&pair->intent, origin) &&
           !(pair->has_old && engine_accepts(&pair->old, origin));
}

static void try_origin(struct pair *pair, const char *text, size_t length, size_t behind)
{
    const struct cors_bytes origin = {text, length};
    if (!engine_accepts(&pair->engine, origin) || !origin_sendable(origin, PROFILE_BROWSER))
        return;
    for (size_t i = 0; i < pair->intent.count; i++) {
        const struct intent one = {&pair->intent.entries[i], 1, 1};
        pair->accepted[i] = pair->accepted[i] || intent_holds(&one, origin);
    }
    if (!is_witness(pair, origin))
        return;
    const enum tier tier = kind_of_witness(&pair->intent, origin, pair->suffixes).tier;
    if (behind >= pair->shortest[tier])
        return;
    pair->shortest[tier] = behind;
    memcpy(pair->texts[tier], text, length + 1);
}

static void try_hosts(struct pair *pair, char *text, size_t start, size_t length)
{
    text[start + length] = '\0';
    if (length > 0)
        try_origin(pair, text, start + length, length);
    for (const char *byte = alphabet; *byte != '\0' && length < LONGEST; byte++) {
        text[start + length] = *byte;
        try_hosts(pair, text, start, length + 1);
    }
}

static void try_all(struct pair *pair)
{
    char https[32] = "https://", http[32] = "http://";
    memset(pair->shortest, 255, sizeof pair->shortest);
    memset(pair->accepted, 0, sizeof pair->accepted);
    try_hosts(pair, https, strlen(https), 0);
    try_hosts(pair, http, strlen(http), 0);
    try_origin(pair, "null", strlen("null"), strlen("null"));
}

/* ---- Both sides ---------------------------------------------------------------------------- */

static size_t behind_scheme(struct cors_bytes origin)
{
    const char *slash = memchr(origin.at, '/', origin.len);
    return slash == NULL ? origin.len : origin.len - (size_t)(slash + 2 - origin.at);
}

static unsigned compare(struct pair *pair, const struct prove_answer *answer)
{
    unsigned wrong = 0;
    size_t named[TIER_COUNT];
    memset(named, 255, sizeof named);
    for (size_t i = 0; i < answer->witness_count; i++) {
        const struct prove_witness *witness = &answer->witnesses[i];
        const size_t length = behind_scheme(witness->origin);
        if (length < named[witness->kind.tier])
            named[witness->kind.tier] = length;
        if (!is_witness(pair, witness->origin)) {
            printf("no witness: %.*s\n", (int)witness->origin.len, witness->origin.at);
            wrong++;
        }
    }
    for (unsigned tier = 0; tier < TIER_COUNT; tier++) {
        if (named[tier] <= pair->shortest[tier] || (!answer->is_whole && named[tier] < SIZE_MAX))
            continue;
        printf("%s: %s, but the prover has %zu\n", tier_words[tier], pair->texts[tier],
               named[tier]);
        wrong++;
    }
    for (size_t i = 0; i < pair->intent.count && answer->refused != NULL; i++) {
        const struct intent_entry *entry = &pair->intent.entries[i];
        const bool is_one = !entry->below && entry->port_kind != INTENT_PORT_ANY;
        if (answer->refused[i] ? pair->accepted[i]
                               : is_one && answer->refused_is_whole && !pair->accepted[i]) {
            printf("entry %zu is %srefused\n", i, answer->refused[i] ? "" : "not ");
            wrong++;
        }
    }
    return wrong;
}

static unsigned ask_pair(struct pair *pair, const char *pattern, const char *old,
                         unsigned counts[4], unsigned *not_whole)
{
    const struct cors_bytes texts[] = {{pattern, strlen(pattern)}, {old, strlen(old)}};
    const struct prove_check old_check = {
        .dialect = "pcre2", .match = "search", .patterns = &texts[1], .pattern_count = 1};
    const struct prove_question question = {
        .check = {.dialect = "pcre2", .match = "search", .patterns = &texts[0], .pattern_count = 1},
        .old = pair->has_old ? &old_check : NULL,
        .profile = PROFILE_BROWSER,
        .intent = &pair->intent,
        .suffixes = pair->suffixes};
    struct prove_answer answer;
    if (!prove(&question, &answer))
        exit(2);
    counts[answer.verdict]++;
    *not_whole += answer.verdict == PROVE_BYPASS && !answer.is_whole;
    unsigned wrong = 0;
    if (answer.verdict == PROVE_PROVEN || answer.verdict == PROVE_BYPASS) {
        try_all(pair);
        wrong = compare(pair, &answer);
        if (wrong > 0) {
            printf("  %s%s%s\n", pattern, pair->has_old ? "  old " : "", pair->has_old ? old : "");
            for (size_t i = 0; i < pair->intent.count; i++)
                printf("  %.*s\n", (int)pair->intent.entries[i].text.len,
                       pair->intent.entries[i].text.at);
        }
    }
    prove_free(&answer);
    return wrong;
}

int main(int argc, char **argv)
{
    unsigned counts[4] = {0}, wrong = 0, not_whole = 0;
    if (argc != 3)
        return 2;
    const int pairs = atoi(argv[1]);
    state = strtoull(argv[2], NULL, 10) * 0x9E3779B97F4A7C15U + 1;
    struct public_suffixes *suffixes = public_suffixes_open();
    for (int i = 0; i < pairs; i++) {
        char pattern[MOST_TEXT] = "", old[MOST_TEXT] = "";
        struct pair pair = {.has_old = random_below(2) == 0, .suffixes = suffixes};
        make_pattern(pattern);
        make_pattern(old);
        make_intent(&pair.intent);
        if (!open_engine(&pair.engine, pattern) || !open_engine(&pair.old, old))
            return 2;
        wrong += ask_pair(&pair, pattern, old, counts, &not_whole);
        close_engine(&pair.engine);
        close_engine(&pair.old);
        intent_free(&pair.intent);
    }
    public_suffixes_close(suffixes);
    printf("seed %s, %d pairs: %u proven, %u bypass (%u not whole), %u undecided, %u wrong\n",
           argv[2], pairs, counts[PROVE_PROVEN], counts[PROVE_BYPASS], not_whole,
           counts[PROVE_UNDECIDED], wrong);
    return wrong > 0 || counts[PROVE_MALFORMED] > 0 || counts[PROVE_BYPASS] == 0 ||
           counts[PROVE_PROVEN] == 0;
}
