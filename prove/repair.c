/* Finding a repair: changes of the owner's patterns, one after the other, each of which makes the
 * check better and loses nothing; those without which it is good as well are taken back. Else lists
 * and patterns that are written from the intent. Invariant: nothing is given that trial_run() has
 * not called good. */
#include "repair.h"

#include "own.h"
#include "preset.h"
#include "suggest.h"
#include "trial.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_WITNESSES = 3, /* looked at in each step */
    MOST_EDITED = 50,   /* patterns of a check that is changed */
    MOST_MEMORY = 64 << 20
};

struct repairing {
    const struct prove_question *question;
    struct trials trials;
    struct hand hand;
    bool has_patterns, has_strings; /* what the check can be written as */
    bool delimited;
    bool single;           /* it takes one string, and sends that */
    struct pieces *pieces; /* of each of the owner's patterns; `at` NULL: it cannot be changed */
    struct edits edits;
    struct suggestions suggestions;
    struct prove_answer answers[2], *now; /* the best check's; NULL: it is the owner's own */
    const struct prove_answer *given;
    struct prove_memory *memory;
};

/* ---- How it is written --------------------------------------------------------------------- */

static bool read_dialect(const struct prove_check *check, struct hand *hand)
{
    static const char *const matches[] = {"search", "prefix", "full"};
    const char *dialect = check->dialect;
    if (dialect == NULL || check->match == NULL)
        return false;
    if (strcmp(dialect, "js") == 0)
        dialect = "javascript";
    if (strcmp(dialect, "php") == 0)
        dialect = "pcre2";
    while (hand->dialect < DIALECT_COUNT && strcmp(dialect_words[hand->dialect], dialect) != 0)
        hand->dialect++;
    while (hand->match < PATTERN_FULL && strcmp(matches[hand->match], check->match) != 0)
        hand->match++;
    return hand->dialect < DIALECT_COUNT;
}

static bool has_step(const struct preset_row *row, enum preset_step step)
{
    return memchr(row->steps, (int)step, sizeof row->steps) != NULL;
}

/* From the first of the preset's rows that is about patterns. */
static void read_rows(struct repairing *repairing, const struct preset_row *row)
{
    static const enum dialect dialects[] = {[PRESET_DIALECT_PCRE2] = DIALECT_PCRE2,
                                            [PRESET_DIALECT_PYTHON] = DIALECT_PYTHON,
                                            [PRESET_DIALECT_JAVASCRIPT] = DIALECT_JAVASCRIPT,
                                            [PRESET_DIALECT_RUBY] = DIALECT_RUBY,
                                            [PRESET_DIALECT_RE2] = DIALECT_GO};
    const struct preset_row *end = preset_next(row);
    for (; row != end && row < preset_rows + preset_row_count; row++) {
        if (row->dialect == PRESET_DIALECT_LITERAL || row->dialect == PRESET_DIALECT_GLOB ||
            row->dialect == PRESET_DIALECT_ANY)
            repairing->has_strings = true;
        repairing->single |=
            row->dialect == PRESET_DIALECT_ANY && row->answer == PRESET_ANSWER_CONFIGURED;
        if (row->dialect < PRESET_DIALECT_PCRE2 || repairing->has_patterns)
            continue;
        repairing->has_patterns = true;
        repairing->hand.dialect = dialects[row->dialect];
        repairing->hand.match = row->match == PRESET_MATCH_FULL     ? PATTERN_FULL
                                : row->match == PRESET_MATCH_PREFIX ? PATTERN_PREFIX
                                                                    : PATTERN_SEARCH;
        repairing->delimited = has_step(row, PRESET_STEP_UNDELIMITED) ||
                               has_step(row, PRESET_STEP_UNDELIMITED_SLASHES);
    }
}

/* Within delimiters, if it is written so. */
static void find_inside(const struct repairing *repairing, struct pieces *pieces)
{
    const struct cors_bytes text = pieces->text;
    pieces->to = (uint32_t)text.len;
    if (!repairing->delimited || text.len < 2)
        return;
    size_t last = text.len - 1;
    while (last > 0 && text.at[last] != text.at[0])
        last--;
    if (last > 0)
        pieces->from = 1, pieces->to = (uint32_t)last;
}

/* Whether slashes are escaped, and none is not. */
static bool escapes_slashes(const struct prove_check *check)
{
    bool escaped = false;
    for (size_t i = 0; i < check->pattern_count; i++)
        for (size_t k = 0; k < check->patterns[i].len; k++) {
            const char *text = check->patterns[i].at;
            if (text[k] == '\\' && k + 1 < check->patterns[i].len)
                escaped |= text[++k] == '/';
            else if (text[k] == '/')
                return false;
        }
    return escaped;
}

static void read_hand(struct repairing *repairing)
{
    const struct prove_check *check = &repairing->question->check;
    if (check->preset == NULL)
        repairing->has_patterns = read_dialect(check, &repairing->hand);
    else if (preset_find(check->preset) != NULL)
        read_rows(repairing, preset_find(check->preset));
    repairing->hand.escaped_slashes = repairing->delimited || escapes_slashes(check);
}

static bool read_pieces(struct repairing *repairing)
{
    const struct prove_check *check = &repairing->question->check;
    repairing->pieces =
        prove_take(repairing->memory, (check->pattern_count + 1) * sizeof *repairing->pieces);
    for (size_t i = 0; i < check->pattern_count && repairing->pieces != NULL; i++) {
        struct pieces *pieces = &repairing->pieces[i];
        pieces->text = check->patterns[i];
        find_inside(repairing, pieces);
        if (check->flags != NULL && strchr(check->flags, 'x') != NULL)
            continue; /* what is a space or a comment there is none to pieces_read() */
        if (i >= MOST_EDITED || !pieces_read(pieces, repairing->memory))
            pieces->at = NULL;
    }
    return repairing->pieces != NULL;
}

/* ---- Changes ------------------------------------------------------------------------------- */

static struct cors_bytes *drafts_of(const struct repairing *repairing, const struct edits *edits)
{
    const struct prove_check *check = &repairing->question->check;
    struct cors_bytes *drafts =
        prove_take(repairing->memory, (check->pattern_count + 1) * sizeof *drafts);
    for (size_t i = 0; i < check->pattern_count && drafts != NULL; i++)
        drafts[i] = edits_apply(edits, (uint32_t)i, check->patterns[i], repairing->memory);
    return repairing->memory->exhausted ? NULL : drafts;
}

static const struct prove_answer *current(const struct repairing *repairing)
{
    return repairing->now == NULL ? repairing->given : repairing->now;
}

/* Tries the changes; keeps them if they are better. */
static enum trial_result try_edits(struct repairing *repairing, const struct edits *edits,
                                   const struct cors_bytes *gone)
{
    struct prove_answer *answer =
        &repairing->answers[repairing->now == &repairing->answers[0] ? 1 : 0];
    const struct cors_bytes *drafts = drafts_of(repairing, edits);
    if (drafts == NULL || trials_are_over(&repairing->trials))
        return TRIAL_WORSE;
    const enum trial_result result = trial_run(
        &repairing->trials, drafts, repairing->question->check.pattern_count, gone, answer);
    if (result == TRIAL_WORSE) {
        prove_free(answer);
        return result;
    }
    trials_accept(&repairing->trials, answer);
    if (repairing->now != NULL)
        prove_free(repairing->now);
    repairing->now = answer;
    repairing->edits = *edits;
    return result;
}

static bool with_suggestion(const struct repairing *repairing, const struct suggestion *suggestion,
                            struct edits *edits)
{
    *edits = repairing->edits;
    if (suggestion->whole)
        edits->count = 0;
    for (uint32_t i = 0; i < suggestion->count; i++)
        if (suggestion->parts[i].text.at == NULL || !edits_add(edits, &suggestion->parts[i]))
            return false;
    return true;
}

/* The first suggestion that is better. */
static enum trial_result try_suggestions(struct repairing *repairing, const struct cors_bytes *gone)
{
    struct edits edits;
    for (uint32_t i = 0; i < repairing->suggestions.count; i++)
        if (with_suggestion(repairing, &repairing->suggestions.at[i], &edits)) {
            const enum trial_result result = try_edits(repairing, &edits, gone);
            if (result != TRIAL_WORSE)
                return result;
        }
    return TRIAL_WORSE;
}

static bool ask_about(struct repairing *repairing, size_t pattern)
{
    struct suggestions *suggestions = &repairing->suggestions;
    suggestions->count = 0;
    suggestions->pieces = &repairing->pieces[pattern];
    suggestions->pattern = (uint32_t)pattern;
    suggestions->hand = &repairing->hand;
    suggestions->intent = repairing->question->intent;
    suggestions->memory = repairing->memory;
    return repairing->pieces[pattern].at != NULL && repairing->pieces[pattern].count > 0;
}

static enum trial_result try_witness(struct repairing *repairing,
                                     const struct prove_witness *witness)
{
    const struct prove_check *check = &repairing->question->check;
    if (witness->pattern >= check->pattern_count || !ask_about(repairing, witness->pattern))
        return TRIAL_WORSE;
    const struct pieces *pieces = &repairing->pieces[witness->pattern];
    const size_t offset =
        witness->column > 0
            ? edits_before(&repairing->edits, (uint32_t)witness->pattern, witness->column - 1)
        : witness->cause == PROVE_NOTHING_BEFORE ? pieces->from
                                                 : pieces->to;
    suggest(&repairing->suggestions, offset, witness->cause);
    return try_suggestions(repairing, &witness->origin);
}

static enum trial_result try_step(struct repairing *repairing)
{
    const struct prove_answer *answer = current(repairing);
    const struct cors_bytes nothing = CORS_BYTES("");
    enum trial_result result = TRIAL_WORSE;
    if (repairing->trials.refused_count > 0)
        for (size_t i = 0; i < repairing->question->check.pattern_count && i < MOST_EDITED &&
                           result == TRIAL_WORSE;
             i++)
            if (ask_about(repairing, i)) {
                suggest_more(&repairing->suggestions);
                result = try_suggestions(
                    repairing, answer->witness_count > 0 ? &answer->witnesses[0].origin : &nothing);
            }
    for (size_t i = 0; i < answer->witness_count && i < MOST_WITNESSES && result == TRIAL_WORSE;
         i++)
        result = try_witness(repairing, &answer->witnesses[i]);
    return result;
}

/* Takes back what is not needed, and puts an anchor where people look for one. */
static void tidy(struct repairing *repairing)
{
    for (uint32_t i = 0; i < repairing->edits.count;) {
        struct edits edits = repairing->edits;
        memmove(&edits.at[i], &edits.at[i + 1], (edits.count - i - 1) * sizeof *edits.at);
        edits.count--;
        if (edits.count == 0 || try_edits(repairing, &edits, NULL) != TRIAL_GOOD)
            i++;
    }
    const char *start = hand_start(&repairing->hand);
    const struct edits before = repairing->edits;
    for (uint32_t i = 0; i < before.count; i++) {
        const uint32_t pattern = before.at[i].pattern;
        const bool starts = before.at[i].start == repairing->pieces[pattern].from &&
                            before.at[i].text.len >= strlen(start) &&
                            memcmp(before.at[i].text.at, start, strlen(start)) == 0;
        struct edits edits;
        if (starts || (i > 0 && before.at[i - 1].pattern == pattern) ||
            !ask_about(repairing, pattern))
            continue;
        suggest_start(&repairing->suggestions);
        if (repairing->suggestions.count > 0 &&
            with_suggestion(repairing, &repairing->suggestions.at[0], &edits))
            try_edits(repairing, &edits, NULL);
    }
}

static bool is_same(struct cors_bytes a, struct cors_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static void give(struct repairing *repairing, struct repair *repair, enum repair_kind kind,
                 const struct cors_bytes *patterns, size_t count)
{
    const struct prove_check *check = &repairing->question->check;
    repair->kind = kind;
    repair->reason = NULL;
    repair->patterns = patterns;
    repair->pattern_count = count;
    for (size_t i = count; i > 0; i--)
        if (i > check->pattern_count || !is_same(patterns[i - 1], check->patterns[i - 1])) {
            repair->changed++;
            repair->pattern = i - 1;
        }
}

static bool change(struct repairing *repairing, struct repair *repair)
{
    enum trial_result result = TRIAL_BETTER;
    while (result == TRIAL_BETTER && !trials_are_over(&repairing->trials))
        result = try_step(repairing);
    if (result != TRIAL_GOOD)
        return false;
    tidy(repairing);
    const struct cors_bytes *drafts = drafts_of(repairing, &repairing->edits);
    if (drafts == NULL)
        return false;
    give(repairing, repair, REPAIR_EDITED, drafts, repairing->question->check.pattern_count);
    return true;
}

/* ---- Written from the intent --------------------------------------------------------------- */

/* A last try is always allowed. */
static bool try_patterns(struct repairing *repairing, struct repair *repair, enum repair_kind kind,
                         const struct cors_bytes *patterns, size_t count)
{
    enum { SECONDS = 5 }; /* there are few of these, and what they say matters most */
    struct prove_answer answer;
    const size_t entries = repairing->question->intent->count;
    if (repairing->single && count > 1)
        return false;
    repairing->trials.each = SECONDS;
    for (size_t i = 0; i < entries; i++)
        repairing->trials.refused[i] = true; /* what is good refuses none all the same */
    const bool good = trial_run(&repairing->trials, patterns, count, NULL, &answer) == TRIAL_GOOD;
    prove_free(&answer);
    if (good)
        give(repairing, repair, kind, patterns, count);
    return good;
}

/* The owner's strings but for those that let in what they should not, and what is missing then. */
static bool mend_list(struct repairing *repairing, struct repair *repair)
{
    const struct prove_check *check = &repairing->question->check;
    struct prove_question question = *repairing->question;
    size_t meant_count = 0, count = check->pattern_count;
    const struct cors_bytes *meant = anew_strings(question.intent, repairing->memory, &meant_count);
    struct cors_bytes *list =
        prove_take(repairing->memory, (count + meant_count + 1) * sizeof *list);
    if (meant == NULL || list == NULL)
        return false;
    memcpy(list, check->patterns, count * sizeof *list);
    question.check.patterns = list;
    bool bad = true;
    while (bad && count > 0 && !trials_are_over(&repairing->trials)) {
        struct prove_answer answer;
        question.check.pattern_count = count;
        repairing->trials.tried++;
        bad = prove(&question, &answer) && answer.verdict == PROVE_BYPASS &&
              answer.witnesses[0].pattern < count;
        if (bad) {
            const size_t wrong = answer.witnesses[0].pattern;
            count--;
            memmove(&list[wrong], &list[wrong + 1], (count - wrong) * sizeof *list);
        }
        prove_free(&answer);
    }
    for (size_t i = 0; i < meant_count; i++) {
        size_t k = 0;
        while (k < count && !is_same(list[k], meant[i]))
            k++;
        if (k == count)
            list[count++] = meant[i];
    }
    return try_patterns(repairing, repair, REPAIR_EDITED, list, count) ||
           try_patterns(repairing, repair, REPAIR_ANEW, meant, meant_count);
}

static bool write_pattern(struct repairing *repairing, struct repair *repair)
{
    const struct prove_check *check = &repairing->question->check;
    struct cors_bytes *pattern = prove_take(repairing->memory, sizeof *pattern);
    struct writing writing = {.memory = repairing->memory};
    if (pattern == NULL)
        return false;
    *pattern = anew_pattern(&repairing->hand, repairing->question->intent, repairing->memory);
    if (repairing->delimited) {
        const struct pieces *first = &repairing->pieces[0];
        put_word(&writing, "/");
        put(&writing, *pattern);
        put_word(&writing, "/");
        if (check->pattern_count > 0 && first->from > 0)
            put(&writing, (struct cors_bytes){first->text.at + first->to + 1,
                                              first->text.len - first->to - 1});
        *pattern = written(&writing);
    }
    return pattern->at != NULL && try_patterns(repairing, repair, REPAIR_ANEW, pattern, 1);
}

/* ---- All ----------------------------------------------------------------------------------- */

static const char *advice_of(const struct prove_check *check)
{
    const struct preset_row *row = check->preset == NULL ? NULL : preset_find(check->preset);
    const struct preset_row *end = row == NULL ? NULL : preset_next(row);
    for (; row != end && row < preset_rows + preset_row_count; row++) {
        if (row->answer == PRESET_ANSWER_CONFIGURED)
            return "it sends what is configured to everybody, so it can let in one origin: "
                   "configure a list, or a function that answers with the origin where that is "
                   "meant";
        if (row->part == PRESET_PART_COMMA_PARTS)
            return "it takes the header apart at commas, and one part is enough: compare the whole "
                   "header, with req.fhdr(origin)";
        if (row->part == PRESET_PART_HOST)
            return "it compares the host alone: configure something that compares whole origins";
        if (row->dialect == PRESET_DIALECT_LITERAL && row->match != PRESET_MATCH_FULL)
            return "it compares a part of the origin, and anything may stand beside that: "
                   "configure "
                   "something that compares whole origins";
    }
    return NULL;
}

static void find(struct repairing *repairing, struct repair *repair)
{
    read_hand(repairing);
    if (!read_pieces(repairing))
        return;
    if (repairing->has_patterns && change(repairing, repair))
        return;
    if (repairing->has_strings && mend_list(repairing, repair))
        return;
    if (repairing->has_patterns && write_pattern(repairing, repair))
        return;
    repair->advice = advice_of(&repairing->question->check);
}

static const char *why_none(const struct prove_question *question,
                            const struct prove_answer *answer)
{
    if (question->intent == NULL || question->intent->count == 0)
        return "nothing is said to be meant, from which a better pattern could be written";
    if (answer->verdict == PROVE_PROVEN && answer->refused != NULL)
        for (size_t i = 0; i < question->intent->count; i++)
            if (answer->refused[i])
                return NULL;
    return answer->verdict == PROVE_BYPASS ? NULL : "it has no bypass";
}

bool repair_find(const struct prove_question *question, const struct prove_answer *answer,
                 struct repair *repair)
{
    *repair = (struct repair){.reason = why_none(question, answer)};
    if (repair->reason != NULL)
        return true;
    repair->reason = "none could be proven";
    repair->memory = calloc(1, sizeof *repair->memory);
    struct repairing *repairing = calloc(1, sizeof *repairing);
    bool fine = repair->memory != NULL && repairing != NULL;
    if (fine) {
        repair->memory->limit = MOST_MEMORY;
        *repairing =
            (struct repairing){.question = question, .given = answer, .memory = repair->memory};
        fine = trials_open(&repairing->trials, question, answer);
    }
    if (fine) {
        find(repairing, repair);
        repair->tried = repairing->trials.tried;
        if (repairing->now != NULL)
            prove_free(repairing->now);
        trials_close(&repairing->trials);
    }
    free(repairing);
    return fine;
}

void repair_free(struct repair *repair)
{
    if (repair->memory != NULL)
        prove_release(repair->memory);
    free(repair->memory);
    *repair = (struct repair){0};
}
