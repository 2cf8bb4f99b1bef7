/* The comparisons with the origin that were read become checks. Invariants: conditions that are
 * joined by "and" are one check, exactly that or not read. Whether a comparison lets in or refuses
 * is what the places say where the header is sent; of one that none of them needs, what is done if
 * it holds. */
#include "prove_config_flow.h"

#include <ctype.h>
#include <string.h>

/* ---- Conditions that hold together --------------------------------------------------------- */

enum joint { APART = 0, JOINED, TANGLED };

static bool is_not(const struct code *code, uint32_t token)
{
    return token_is(code, token, "!") || token_is(code, token, "not");
}

/* How a comparison is joined with the next one. What is asked for not being true is joined by "or".
 */
static enum joint joint(const struct code *code, const struct comparison *a,
                        const struct comparison *b)
{
    bool has_sign = false, simple = true, flow = a->flow;
    for (uint32_t i = a->from; i > 0 && is_not(code, i - 1); i--)
        flow = !flow;
    if (b->from < a->to || b->from - a->to > 6)
        return APART;
    for (uint32_t i = a->to; i < b->from; i++) {
        const bool is_sign =
            token_is(code, i, flow ? "&&" : "||") || token_is(code, i, flow ? "and" : "or");
        simple = simple && (is_sign || is_not(code, i));
        has_sign = has_sign || is_sign;
        if (!is_sign && !is_not(code, i) && !token_is(code, i, "(") && !token_is(code, i, ")"))
            return APART;
    }
    if (!has_sign)
        return APART;
    return simple ? JOINED : TANGLED;
}

struct joined {
    struct decoded text;
    const char *dialect;
};

static void put(struct joined *joined, const char *text, uint32_t offset)
{
    for (; *text != '\0'; text++)
        decode_byte(&joined->text, *text, offset);
}

/* (?=one|another) in front of nothing, so that all of them must hold; (?!one) must not. */
static void put_comparison(struct joined *joined, const struct comparison *comparison)
{
    const bool excluded = comparison->flow == comparison->negated;
    const uint32_t at = comparison->strings[0].offsets[0];
    const bool literal = strcmp(comparison->dialect, "literal") == 0;
    const bool whole = strcmp(comparison->match, "full") == 0;
    const bool front = whole || strcmp(comparison->match, "prefix") == 0;
    put(joined, excluded ? "(?!" : "(?=", at);
    put(joined, front ? "(?:" : ".*(?:", at);
    for (size_t i = 0; i < comparison->count; i++) {
        const struct config_string *string = &comparison->strings[i];
        if (i > 0)
            put(joined, "|", at);
        for (size_t k = 0; k < string->bytes.len; k++) {
            const char byte = string->bytes.at[k];
            if (literal && ispunct((unsigned char)byte) && strchr("-_/:", byte) == NULL)
                decode_byte(&joined->text, '\\', string->offsets[k]);
            decode_byte(&joined->text, byte, string->offsets[k]);
        }
    }
    put(joined, whole || strcmp(comparison->match, "suffix") == 0 ? ")$)" : "))", at);
}

/* Whether it can be said by a look-ahead of the dialect. */
static bool can_join(const struct comparison *comparison, const char **dialect)
{
    if (comparison->reason != NULL || comparison->flags != NULL || comparison->is_php_pattern ||
        strcmp(comparison->dialect, "any") == 0 || strcmp(comparison->dialect, "go") == 0)
        return false;
    for (size_t i = 0; i < comparison->count; i++)
        for (size_t k = 0; k < comparison->strings[i].bytes.len; k++) {
            const char byte = comparison->strings[i].bytes.at[k];
            if ((unsigned char)byte >= 0x80 ||
                (byte == '\\' && comparison->strings[i].bytes.at[k + 1] >= '0' &&
                 comparison->strings[i].bytes.at[k + 1] <= '9'))
                return false;
        }
    if (strcmp(comparison->dialect, "literal") == 0)
        return true;
    if (*dialect != NULL && strcmp(*dialect, comparison->dialect) != 0)
        return false;
    *dialect = comparison->dialect;
    return true;
}

static void find_joined(struct code *code, const struct comparison *first, size_t count,
                        struct found *found)
{
    struct joined joined = {0};
    size_t most = 1;
    for (size_t i = 0; i < count; i++) {
        if (!can_join(&first[i], &joined.dialect)) {
            find_unread(code->reading, found,
                        count > 1 ? "several conditions must hold together"
                                  : "what it does not accept gets in");
            return;
        }
        most += 20;
        for (size_t k = 0; k < first[i].count; k++)
            most += 2 * first[i].strings[k].bytes.len + 1;
    }
    joined.text = decode_begin(code->reading, most);
    put(&joined, "^", first->strings[0].offsets[0]);
    for (size_t i = 0; i < count; i++)
        put_comparison(&joined, &first[i]);
    struct config_string *string = memory_take(code->reading->memory, sizeof *string);
    *string = decode_end(&joined.text, first->strings[0].offsets[0]);
    found->dialect = joined.dialect == NULL ? "javascript" : joined.dialect;
    found->match = "search";
    found->strings = string;
    found->count = 1;
    find_check(code->reading, found);
}

static void find_comparison(struct code *code, const struct comparison *comparison,
                            struct found *found)
{
    found->strings = comparison->strings;
    found->count = comparison->count;
    found->dialect = comparison->dialect;
    found->match = comparison->match;
    found->flags = comparison->flags;
    if (comparison->is_php_pattern) {
        found->preset = "laravel-patterns";
        found->dialect = found->match = found->flags = NULL;
    }
    if (strcmp(comparison->dialect, "any") == 0)
        find_any(code->reading, found);
    else
        find_check(code->reading, found);
}

/* ---- What no header needs ------------------------------------------------------------------ */

/* Whether a block keeps out whoever comes into it. */
static bool refuses(const struct code *code, const struct branch *branch)
{
    static const char *const lets_in[] = {"true", "True", "TRUE", "next", NULL};
    static const char *const keeps_out[] = {"false", "False", "FALSE", "Error",  "throw", "raise",
                                            "panic", "403",   "401",   "reject", "deny",  NULL};
    bool refused = branch->leaves;
    for (uint32_t i = branch->from; i < branch->to; i++) {
        if (is_one_of(code, i, lets_in) ||
            mentions(token_bytes(code, i), "access-control-allow-origin"))
            return false;
        refused = refused || is_one_of(code, i, keeps_out);
    }
    return refused;
}

/* A comparison that decides about no header decides for somebody else: by what is done if it holds,
 * or by its own value. */
static void judge_alone(struct code *code)
{
    struct guards guards = {.code = code, .sent = NOWHERE};
    for (uint32_t i = 0; i < code->branch_count; i++) {
        const struct branch *branch = &code->branches[i];
        bool seen = true;
        *code->looks += code->comparison_count;
        for (size_t c = 0; c < code->comparison_count; c++)
            seen = seen && !(code->comparisons[c].senses == 0 &&
                             code->comparisons[c].from >= branch->cond_from &&
                             code->comparisons[c].from < branch->cond_to);
        if (seen || *code->looks > MOST_LOOKS)
            continue;
        *code->looks += branch->to - branch->from;
        guard_of_condition(&guards, branch->cond_from, branch->cond_to,
                           branch->inverted == refuses(code, branch));
    }
    for (size_t i = 0; i < code->comparison_count; i++) {
        struct comparison *one = &code->comparisons[i];
        if (one->senses != 0)
            continue;
        for (uint32_t at = one->from;
             at > 0 && (is_not(code, at - 1) || token_is(code, at - 1, "(")); at--)
            one->flow = one->flow != is_not(code, at - 1);
        one->senses = one->flow != one->negated ? SENSE_HOLDS : SENSE_MAY_EXCLUDE;
    }
}

/* ---- All of them --------------------------------------------------------------------------- */

/* How many comparisons from this one on are one check. */
static size_t joint_count(const struct code *code, size_t from, bool *tangled)
{
    size_t count = 1;
    *tangled = false;
    while (from + count < code->comparison_count) {
        const struct comparison *last = &code->comparisons[from + count - 1];
        const enum joint next = joint(code, last, last + 1);
        if (next == APART)
            break;
        *tangled = *tangled || next == TANGLED;
        count++;
    }
    return count;
}

static void find_joint(struct code *code, const struct comparison *first, size_t count,
                       bool tangled)
{
    const struct comparison *last = &first[count - 1];
    struct found found = {.from = code->tokens[first->from].from,
                          .to = code->tokens[last->to - 1].to,
                          .what =
                              memory_format(code->reading->memory, "by hand, %s", first->name).at,
                          .credentials = code->credentials,
                          .key = block_key(code, first->from)};
    unsigned senses = 0;
    for (size_t i = 0; i < count; i++)
        senses |= first[i].senses;
    const bool holds = (senses & SENSE_HOLDS) != 0, excludes = (senses & SENSE_EXCLUDES) != 0;
    if (count == 1 && first->reason != NULL && senses != SENSE_SEEN) {
        find_unread(code->reading, &found, first->reason);
        return;
    }
    if (tangled)
        find_unread(code->reading, &found, "several conditions must hold together");
    else if (count > 1 && (holds || excludes))
        find_joined(code, first, count, &found);
    else if ((senses & SENSE_MAY_EXCLUDE) != 0)
        find_unread(code->reading, &found, "what is done if it does not hold could not be read");
    if (tangled || count > 1)
        return;
    struct found excluded = found;
    if (holds)
        find_comparison(code, first, &found);
    if (excludes) {
        struct comparison negated = *first;
        negated.flow = negated.negated;
        find_joined(code, &negated, 1, &excluded);
    }
}

void code_compared(struct code *code)
{
    judge_alone(code);
    for (size_t i = 0, count; i < code->comparison_count; i += count) {
        bool tangled;
        count = joint_count(code, i, &tangled);
        find_joint(code, &code->comparisons[i], count, tangled);
    }
}
