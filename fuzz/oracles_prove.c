/* Oracles for the prover (prove/corsim_prove.h), which is asked about any pattern and allowlist. A
 * witness is sendable by the model, not intended, and accepted by PCRE2 where the pattern is in its
 * dialect; where it is proven that there is none, none is among the origins near those intended,
 * nor among those that the pattern's own text looks like; what is decided is a pattern that PCRE2
 * compiles; errors have a place in the pattern; no more of the product is searched than was
 * allowed. Invariant: what PCRE2 gives up on counts as unknown. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "oracles.h"

#include "corsim_prove.h"
#include "mutator.h"
#include "pcre2_options.h"

#include <pcre2.h>
#include <string.h>

enum { MOST_NODES = 1024, MOST_MEMORY = 32 << 20, TRIES = 96, ORIGIN_ROOM = 128 };

struct engine {
    pcre2_code *code; /* NULL: it refuses the pattern, or it is in another dialect */
    pcre2_match_data *data;
    uint32_t how;
    bool too_large; /* it refuses the pattern for what it would take, which is a limit of its build
                     */
};

enum engine_answer { ENGINE_REFUSES, ENGINE_ACCEPTS, ENGINE_UNKNOWN };

/* ---- The engine ---------------------------------------------------------------------------- */

static struct engine engine_open(const struct prove_check *check)
{
    int error;
    uint32_t flags = 0;
    PCRE2_SIZE where;
    struct engine engine = {NULL, NULL, 0, false};
    const struct cors_bytes pattern = check->patterns[0];
    if (strcmp(check->dialect, "pcre2") != 0)
        return engine;
    (void)pcre2_flags(check->flags, &flags); /* it takes what it knows */
    engine.code = pcre2_compile((PCRE2_SPTR)pattern.at, pattern.len, flags, &error, &where, NULL);
    engine.too_large = engine.code == NULL && error == PCRE2_ERROR_PATTERN_TOO_LARGE;
    engine.data = pcre2_match_data_create(1, NULL);
    engine.how = pcre2_anchors(regex_match_of(check->match));
    return engine;
}

static void engine_close(struct engine *engine)
{
    pcre2_match_data_free(engine->data);
    pcre2_code_free(engine->code);
}

static enum engine_answer engine_asked(const struct engine *engine, struct cors_bytes origin)
{
    if (engine->code == NULL || engine->data == NULL)
        return ENGINE_UNKNOWN;
    const int made = pcre2_match(engine->code, (PCRE2_SPTR)origin.at, origin.len, 0, engine->how,
                                 engine->data, NULL);
    return made >= 0                     ? ENGINE_ACCEPTS
           : made == PCRE2_ERROR_NOMATCH ? ENGINE_REFUSES
                                         : ENGINE_UNKNOWN;
}

static bool engine_accepts(void *context, struct cors_bytes origin)
{
    return engine_asked(context, origin) == ENGINE_ACCEPTS;
}

/* ---- What is asked ------------------------------------------------------------------------- */

/* The word before the next space, with a null behind it; the last of `words` if it is none. */
static const char *take_word(struct cors_bytes *line, const char *const *words)
{
    size_t length = 0;
    while (length < line->len && line->at[length] != ' ')
        length++;
    while (words[1] != NULL && !bytes_are_string((struct cors_bytes){line->at, length}, words[0]))
        words++;
    const size_t passed = length + (length < line->len);
    line->at += passed, line->len -= passed;
    return words[0];
}

/* Letters as they are, up to some. */
static void copy_flags(struct cors_bytes from, char *flags, size_t most)
{
    size_t length = 0;
    for (size_t i = 0; i < from.len && length < most; i++)
        if (from.at[i] >= 'a' && from.at[i] <= 'z')
            flags[length++] = from.at[i];
    flags[length] = '\0';
}

static void read_intent(struct intent *intent, struct cors_bytes lines)
{
    enum { MOST_ENTRIES = 16 };
    while (lines.at != NULL && intent->count < MOST_ENTRIES) {
        struct intent_error error;
        (void)intent_add(intent, take_line(&lines), &error);
    }
}

/* ---- What must hold ------------------------------------------------------------------------ */

static void hold_witnesses(const struct prove_question *question, const struct prove_answer *answer)
{
    const struct engine *engine = question->context;
    for (size_t i = 0; i < answer->witness_count; i++) {
        const struct prove_witness *witness = &answer->witnesses[i];
        must_hold(origin_sendable(witness->origin, question->profile), "a witness can be sent",
                  witness->origin);
        must_hold(!intent_holds(question->intent, witness->origin), "a witness is not intended",
                  witness->origin);
        must_hold(engine_asked(engine, witness->origin) != ENGINE_REFUSES,
                  "a witness is accepted by PCRE2", witness->origin);
        must_hold(witness->pattern < question->check.pattern_count &&
                      witness->column <= question->check.patterns[0].len + 1,
                  "a witness has its place in the pattern", witness->origin);
    }
}

static void hold_refused(const struct prove_question *question, struct cors_bytes origin)
{
    must_hold(engine_asked(question->context, origin) != ENGINE_ACCEPTS ||
                  !origin_sendable(origin, question->profile) ||
                  intent_holds(question->intent, origin),
              "no origin is a witness where it is proven that there is none", origin);
}

/* The pattern's text without what only a pattern has. */
static void hold_own_text(const struct prove_question *question)
{
    static const char *const schemes[] = {"", "https://", "http://"};
    const struct cors_bytes pattern = question->check.patterns[0];
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        char text[ORIGIN_ROOM];
        size_t length = strlen(schemes[i]);
        memcpy(text, schemes[i], length);
        for (size_t k = 0; k < pattern.len && length < sizeof text; k++)
            if (strchr("\\^$()?*+|", pattern.at[k]) == NULL)
                text[length++] = pattern.at[k];
        hold_refused(question, (struct cors_bytes){text, length});
    }
}

/* Origins near those of the intent, and near the pattern's text. */
static void hold_proof(const struct prove_question *question)
{
    static const char *const starts[] = {"https://example.com", "https://a", "null",
                                         "http://a.b:1"};
    enum { STARTS = sizeof starts / sizeof *starts };
    const struct intent *intent = question->intent;
    hold_own_text(question);
    for (unsigned i = 0; i < TRIES; i++) {
        char text[ORIGIN_ROOM];
        const size_t which = i % (intent->count + STARTS);
        const struct cors_bytes start = which < intent->count
                                            ? intent->entries[which].text
                                            : bytes_of(starts[which - intent->count]);
        size_t length = start.len < sizeof text ? start.len : sizeof text;
        memcpy(text, start.at, length);
        for (unsigned edits = 0; edits <= i % 3; edits++) {
            hold_refused(question, (struct cors_bytes){text, length});
            length = origin_mutate(intent, (uint8_t *)text, length, sizeof text, i * 3 + edits);
        }
        hold_refused(question, (struct cors_bytes){text, length});
    }
}

static void hold_answer(const struct prove_question *question, const struct prove_answer *answer)
{
    const struct cors_bytes pattern = question->check.patterns[0];
    const struct engine *engine = question->context;
    const bool decided = answer->verdict == PROVE_PROVEN || answer->verdict == PROVE_BYPASS;
    must_hold(decided == (answer->reason == NULL), "what is not decided has a reason", pattern);
    must_hold(answer->column <= pattern.len + 1, "an error has its place in the pattern", pattern);
    must_hold(answer->states <= question->nodes, "no more is searched than may be", pattern);
    must_hold((answer->verdict == PROVE_BYPASS) == (answer->witness_count > 0),
              "there are witnesses if there is a bypass", pattern);
    must_hold(!decided || engine->code != NULL || engine->too_large ||
                  strcmp(question->check.dialect, "pcre2") != 0,
              "what is decided is a pattern to PCRE2", pattern);
    hold_witnesses(question, answer);
    if (answer->verdict == PROVE_PROVEN)
        hold_proof(question);
}

void prove_oracles(struct cors_bytes how, struct cors_bytes pattern, struct cors_bytes lines)
{
    static const char *const dialects[] = {
        "javascript", "javascript-u", "javascript-v", "python", "ruby", "go",
        "java",       "posix-ere",    "perl",         "pcre2",  NULL};
    static const char *const matches[] = {"prefix", "full", "search", NULL};
    static struct public_suffixes *suffixes;
    struct intent intent = {0};
    struct prove_answer answer;
    char flags[8];
    if (suffixes == NULL)
        suffixes = public_suffixes_open();
    if (how.at == NULL || pattern.at == NULL)
        return;
    struct prove_check check = {.patterns = &pattern, .pattern_count = 1, .flags = flags};
    check.dialect = take_word(&how, dialects);
    check.match = take_word(&how, matches);
    copy_flags(how, flags, sizeof flags - 1);
    read_intent(&intent, lines);
    struct engine engine = engine_open(&check);
    const struct prove_question question = {.check = check,
                                            .profile = PROFILE_BROWSER,
                                            .intent = &intent,
                                            .suffixes = suffixes,
                                            .accepts = engine.code == NULL ? NULL : engine_accepts,
                                            .context = &engine,
                                            .nodes = MOST_NODES,
                                            .memory = MOST_MEMORY,
                                            .seconds = 60};
    if (prove(&question, &answer))
        hold_answer(&question, &answer);
    prove_free(&answer);
    engine_close(&engine);
    intent_free(&intent);
}
