/* Every short origin over a small alphabet against the prover, by PCRE2 and the model of the hunt:
 * exhaust LENGTH [mistaken] reads lines of MATCH, ALPHABET, PATTERN in hexadecimal and entries of
 * an intent, with tabs between them, and prints for each the prover's verdict and what is wrong
 * with it, if anything. `mistaken` asks the prover about another pattern, so that something must
 * be. Invariant: what is sendable, accepted and intended is asked of others than the prover. */
#define _POSIX_C_SOURCE 200809L
#define PCRE2_CODE_UNIT_WIDTH 8
#include "corsim_prove.h"
#include "engines/question.h"

#include <pcre2.h>
#include <stdlib.h>

enum { MOST_LENGTH = 8, ORIGIN_ROOM = 24, NONE = 1000 };

struct origins {
    char alphabet[16];
    char (*texts)[ORIGIN_ROOM];
    size_t count, room;
};

struct engine {
    pcre2_code *code;
    pcre2_match_data *data;
    uint32_t how;
};

/* What was found by trying, or by the prover: the shortest of each kind, behind the scheme. */
struct found {
    size_t shortest[TIER_COUNT][CLASS_COUNT];
    char example[TIER_COUNT][CLASS_COUNT][ORIGIN_ROOM];
};

/* ---- All origins --------------------------------------------------------------------------- */

static void keep(struct origins *origins, const char *text, size_t length)
{
    if (!origin_sendable((struct cors_bytes){text, length}, PROFILE_BROWSER))
        return;
    if (origins->count == origins->room) {
        origins->room = origins->room == 0 ? 4096 : origins->room * 2;
        origins->texts = realloc(origins->texts, origins->room * sizeof *origins->texts);
        if (origins->texts == NULL)
            abort();
    }
    memcpy(origins->texts[origins->count], text, length);
    origins->texts[origins->count++][length] = '\0';
}

/* Those of `length` bytes behind the scheme, counted through like a number. */
static void keep_all(struct origins *origins, const char *scheme, size_t length)
{
    const size_t base = strlen(origins->alphabet), start = strlen(scheme);
    size_t digits[MOST_LENGTH] = {0}, at = 0;
    char text[ORIGIN_ROOM];
    memcpy(text, scheme, start);
    while (at < length) {
        for (size_t i = 0; i < length; i++)
            text[start + i] = origins->alphabet[digits[i]];
        keep(origins, text, start + length);
        for (at = 0; at < length && ++digits[at] == base; at++)
            digits[at] = 0;
    }
}

static void enumerate(struct origins *origins, const char *alphabet, size_t longest)
{
    if (strcmp(origins->alphabet, alphabet) == 0 || strlen(alphabet) >= sizeof origins->alphabet)
        return;
    memcpy(origins->alphabet, alphabet, strlen(alphabet) + 1);
    origins->count = 0;
    keep(origins, "null", 4);
    for (size_t length = 1; length <= longest; length++) {
        keep_all(origins, "https://", length);
        keep_all(origins, "http://", length);
    }
}

/* ---- The engine ---------------------------------------------------------------------------- */

static bool engine_open(struct engine *engine, const struct question *question)
{
    int error;
    PCRE2_SIZE where;
    engine->code =
        pcre2_compile((PCRE2_SPTR)question->pattern, question->length, 0, &error, &where, NULL);
    engine->data = pcre2_match_data_create(1, NULL);
    engine->how = *question->match == 's'   ? 0
                  : *question->match == 'p' ? PCRE2_ANCHORED
                                            : PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    return engine->code != NULL && engine->data != NULL;
}

static void engine_close(struct engine *engine)
{
    pcre2_match_data_free(engine->data);
    pcre2_code_free(engine->code);
}

static bool engine_accepts(void *context, struct cors_bytes origin)
{
    const struct engine *engine = context;
    return pcre2_match(engine->code, (PCRE2_SPTR)origin.at, origin.len, 0, engine->how,
                       engine->data, NULL) >= 0;
}

/* ---- Comparing ----------------------------------------------------------------------------- */

static size_t behind(struct cors_bytes origin)
{
    const char *colon = memchr(origin.at, ':', origin.len);
    return colon == NULL ? origin.len : origin.len - (size_t)(colon - origin.at) - 3;
}

static void note(struct found *found, struct kind_of_witness kind, struct cors_bytes origin)
{
    if (behind(origin) >= found->shortest[kind.tier][kind.class])
        return;
    found->shortest[kind.tier][kind.class] = behind(origin);
    const size_t length = origin.len < ORIGIN_ROOM ? origin.len : ORIGIN_ROOM - 1;
    memcpy(found->example[kind.tier][kind.class], origin.at, length);
    found->example[kind.tier][kind.class][length] = '\0';
}

static void forget(struct found *found)
{
    for (size_t tier = 0; tier < TIER_COUNT; tier++)
        for (size_t class = 0; class < CLASS_COUNT; class ++)
            found->shortest[tier][class] = NONE;
}

static size_t least_of_tier(const struct found *found, size_t tier)
{
    size_t least = NONE;
    for (size_t class = 0; class < CLASS_COUNT; class ++)
        if (found->shortest[tier][class] < least)
            least = found->shortest[tier][class];
    return least;
}

/* What trying found, and the prover's witnesses do not beat or equal. Where it does not claim to
 * have searched everything, that is said. */
static void compare(const struct found *tried, const struct found *proved,
                    const struct prove_answer *answer)
{
    const bool claimed =
        answer->verdict == PROVE_PROVEN || (answer->is_whole && answer->inexact == NULL);
    const char *between = claimed ? "\t" : "\tunclaimed ";
    size_t all_tried = NONE, all_proved = NONE;
    for (size_t tier = 0; tier < TIER_COUNT; tier++) {
        const size_t there = least_of_tier(tried, tier), said = least_of_tier(proved, tier);
        if (there < said)
            printf("%stier %s: %zu, not %zu", between, tier_words[tier], there, said);
        all_tried = there < all_tried ? there : all_tried;
        all_proved = said < all_proved ? said : all_proved;
        for (size_t class = 0; class < CLASS_COUNT; class ++)
            if (tried->shortest[tier][class] < proved->shortest[tier][class])
                printf("%sclass %s %s: %s", between, tier_words[tier], bypass_class_words[class],
                       tried->example[tier][class]);
    }
    if (all_tried < all_proved)
        printf("%sall: %zu, not %zu", between, all_tried, all_proved);
}

/* ---- Entries that the pattern refuses ------------------------------------------------------ */

static bool is_accepted(const struct prove_question *question, const struct intent *alone,
                        struct cors_bytes origin)
{
    return intent_holds(alone, origin) && origin_sendable(origin, PROFILE_BROWSER) &&
           question->accepts(question->context, origin);
}

/* Of an entry that is one host: whether one of its origins is accepted. */
static bool one_is_accepted(const struct prove_question *question, const struct intent *alone)
{
    static const char *const schemes[] = {"https://", "http://"};
    const struct intent_entry *entry = &alone->entries[0];
    bool accepted = false;
    for (int i = 0; i < 2; i++) {
        char text[64];
        const int length =
            snprintf(text, sizeof text, "%s%.*s", schemes[i], (int)entry->host.len, entry->host.at);
        accepted |= is_accepted(question, alone, (struct cors_bytes){text, (size_t)length});
        const int longer =
            snprintf(text + length, sizeof text - (size_t)length, ":%u", entry->port);
        accepted |=
            is_accepted(question, alone, (struct cors_bytes){text, (size_t)(length + longer)});
    }
    return accepted;
}

static void check_refused(const struct prove_question *question, const struct prove_answer *answer,
                          const struct origins *origins)
{
    for (size_t i = 0; answer->refused != NULL && i < question->intent->count; i++) {
        const struct intent alone = {&question->intent->entries[i], 1, 1};
        const struct intent_entry *entry = alone.entries;
        for (size_t k = 0; k < origins->count && answer->refused[i]; k++) {
            const struct cors_bytes origin = {origins->texts[k], strlen(origins->texts[k])};
            if (is_accepted(question, &alone, origin))
                printf("\trefused, but accepted: %s", origins->texts[k]);
        }
        if (answer->refused_is_whole && !answer->refused[i] && !entry->below &&
            entry->port_kind != INTENT_PORT_ANY && !one_is_accepted(question, &alone))
            printf("\trefused, which is not said: %.*s", (int)entry->text.len, entry->text.at);
    }
}

/* ---- All of it ----------------------------------------------------------------------------- */

static void try_all(const struct origins *origins, const struct prove_question *question,
                    struct found *tried)
{
    for (size_t i = 0; i < origins->count; i++) {
        const struct cors_bytes origin = {origins->texts[i], strlen(origins->texts[i])};
        if (question->accepts(question->context, origin) && !intent_holds(question->intent, origin))
            note(tried, kind_of_witness(question->intent, origin, question->suffixes), origin);
    }
}

static void check_witness(const struct prove_question *question,
                          const struct prove_witness *witness)
{
    if (!origin_sendable(witness->origin, PROFILE_BROWSER) ||
        intent_holds(question->intent, witness->origin) ||
        !question->accepts(question->context, witness->origin))
        printf("\tno witness: %.*s", (int)witness->origin.len, witness->origin.at);
}

static void answer(const struct prove_question *question, const struct origins *origins)
{
    static const char *const verdicts[] = {"PROVEN", "BYPASS", "UNDECIDED", "MALFORMED"};
    static struct found tried, proved;
    struct prove_answer made;
    forget(&tried);
    forget(&proved);
    if (!prove(question, &made))
        abort();
    fputs(verdicts[made.verdict], stdout);
    for (size_t i = 0; i < made.witness_count; i++) {
        note(&proved, made.witnesses[i].kind, made.witnesses[i].origin);
        check_witness(question, &made.witnesses[i]);
    }
    if (made.verdict == PROVE_PROVEN || made.verdict == PROVE_BYPASS) {
        try_all(origins, question, &tried);
        compare(&tried, &proved, &made);
        check_refused(question, &made, origins);
    }
    putchar('\n');
    prove_free(&made);
}

static void ask(struct question *asked, char *entries, const struct origins *origins,
                const struct public_suffixes *suffixes, bool mistaken)
{
    struct intent intent = {0};
    struct intent_error error;
    struct engine engine;
    while (*entries != '\0') {
        const char *entry = next_field(&entries);
        if (!intent_add(&intent, (struct cors_bytes){entry, strlen(entry)}, &error))
            abort();
    }
    const struct cors_bytes other = CORS_BYTES("^https://a$");
    const struct cors_bytes pattern =
        mistaken ? other : (struct cors_bytes){asked->pattern, asked->length};
    const struct prove_question question = {.check = {.dialect = "pcre2",
                                                      .match = asked->match,
                                                      .patterns = &pattern,
                                                      .pattern_count = 1},
                                            .profile = PROFILE_BROWSER,
                                            .intent = &intent,
                                            .suffixes = suffixes,
                                            .accepts = engine_accepts,
                                            .context = &engine,
                                            .seconds = 20};
    if (engine_open(&engine, asked))
        answer(&question, origins);
    else
        puts("REFUSED");
    engine_close(&engine);
    intent_free(&intent);
}

int main(int argc, char **argv)
{
    struct origins origins = {0};
    char *line = NULL;
    size_t room = 0;
    const size_t longest = argc < 2 ? 0 : strtoul(argv[1], NULL, 10);
    struct public_suffixes *suffixes = public_suffixes_open();
    if (longest == 0 || longest > MOST_LENGTH || suffixes == NULL)
        return 2;
    while (getline(&line, &room, stdin) > 0) {
        char *at = line;
        line[strcspn(line, "\n")] = '\0';
        struct question question = {.match = next_field(&at)};
        enumerate(&origins, next_field(&at), longest);
        char *end = question.pattern = next_field(&at);
        question.length = decode_hex(&end);
        ask(&question, at, &origins, suffixes, argc > 2);
        fflush(stdout);
    }
    free(line);
    free(origins.texts);
    public_suffixes_close(suffixes);
    return 0;
}
