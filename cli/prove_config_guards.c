/* What is known of a request's origin at some place of a source file: by the conditions around it,
 * and by those before it behind which the way ends. Invariants: that a comparison holds is only
 * said if whoever comes to the place has passed it; what asks about the origin and could not be
 * read makes the place unread, with the reason. */
#include "prove_config_flow.h"

/* Of two ways that lead to one place. */
static enum guard either(struct guards *guards, enum guard a, enum guard b, uint32_t token)
{
    if (a == GUARD_NO_ORIGIN || b == GUARD_NO_ORIGIN)
        return a == GUARD_NO_ORIGIN ? b : a;
    if (a == GUARD_UNREAD || b == GUARD_UNREAD)
        return GUARD_UNREAD;
    if ((a == GUARD_NONE) != (b == GUARD_NONE)) {
        if (guards->reason == NULL)
            guards->reason = memory_format(guards->code->reading->memory,
                                           "line %u lets it be sent without a comparison, too",
                                           token_line(guards->code, token))
                                 .at;
        return GUARD_UNREAD;
    }
    return a < b ? a : b;
}

static enum guard both(enum guard a, enum guard b)
{
    return a > b ? a : b;
}

static enum guard unread(struct guards *guards, uint32_t token)
{
    if (guards->reason == NULL)
        guards->reason =
            memory_format(guards->code->reading->memory,
                          "what decides about the origin, in line %u, could not be read",
                          token_line(guards->code, token))
                .at;
    return GUARD_UNREAD;
}

/* ---- Comparisons --------------------------------------------------------------------------- */

static enum guard guard_of_comparison(struct comparison *comparison, bool holds)
{
    /* How conditions are joined is what lets in says: `else` asks the same the other way round. */
    if ((comparison->senses & SENSE_HOLDS) == 0 || holds != comparison->negated)
        comparison->flow = holds;
    if (holds != comparison->negated) {
        comparison->senses |= SENSE_HOLDS | SENSE_SEEN;
        return GUARD_HOLDS;
    }
    comparison->senses |= SENSE_MAY_EXCLUDE | SENSE_SEEN;
    return GUARD_EXCLUDED;
}

void keep_excluded(struct code *code)
{
    for (size_t i = 0; i < code->comparison_count; i++)
        if ((code->comparisons[i].senses & SENSE_MAY_EXCLUDE) != 0)
            code->comparisons[i].senses |= SENSE_EXCLUDES;
    forget_excluded(code);
}

void forget_excluded(struct code *code)
{
    *code->looks += code->comparison_count;
    for (size_t i = 0; i < code->comparison_count; i++)
        code->comparisons[i].senses &= ~(unsigned)SENSE_MAY_EXCLUDE;
}

static struct comparison *comparison_in(struct code *code, uint32_t from, uint32_t to)
{
    *code->looks += code->comparison_count;
    for (size_t i = 0; i < code->comparison_count; i++)
        if (code->comparisons[i].from >= from && code->comparisons[i].to <= to)
            return &code->comparisons[i];
    return NULL;
}

/* ---- What is asked of a value -------------------------------------------------------------- */

static const char *const yes[] = {"true", "True", "TRUE", "1", NULL};
static const char *const no[] = {"false", "False", "FALSE", "null",      "None", "nil",
                                 "NULL",  "Null",  "0",     "undefined", NULL};

static bool is_empty_string(const struct code *code, uint32_t token)
{
    return token < code->count && code->tokens[token].kind == TOKEN_STRING &&
           (code->tokens[token].to - code->tokens[token].from == 2 ||
            is_string(code, token, "undefined"));
}

enum answer { ANSWER_UNREAD = 0, ANSWER_TRUE, ANSWER_FALSE };

/* What it says that these tokens, behind a value, hold: `=== true`, `!== null`, `is not None`. */
static enum answer answer_behind(const struct code *code, uint32_t from, uint32_t to)
{
    static const char *const equal[] = {"==", "===", "is", NULL};
    static const char *const differs[] = {"!=", "!==", NULL};
    static const char *const greater[] = {">", ">=", NULL};
    if (from == to)
        return ANSWER_TRUE;
    bool same = is_one_of(code, from, equal);
    uint32_t value = from + 1;
    if (is_one_of(code, from, greater) && value + 1 == to)
        return token_is(code, value, token_is(code, from, ">") ? "0" : "1") ? ANSWER_TRUE
                                                                            : ANSWER_UNREAD;
    if (!same && !is_one_of(code, from, differs))
        return ANSWER_UNREAD;
    if (token_is(code, from, "is") && token_is(code, value, "not")) {
        same = false;
        value++;
    }
    const bool is_yes = is_one_of(code, value, yes);
    if (value + 1 != to ||
        (!is_yes && !is_one_of(code, value, no) && !is_empty_string(code, value)))
        return ANSWER_UNREAD;
    return same == is_yes ? ANSWER_TRUE : ANSWER_FALSE;
}

/* The same for tokens before a value: `false !==`, `m =`. */
static enum answer answer_before(const struct code *code, uint32_t from, uint32_t to)
{
    if (from == to)
        return ANSWER_TRUE;
    if (from + 2 != to)
        return ANSWER_UNREAD;
    if (is_name(code, from) && (token_is(code, from + 1, "=") || token_is(code, from + 1, ":=")))
        return ANSWER_TRUE;
    const bool is_yes = is_one_of(code, from, yes);
    if (!is_yes && !is_one_of(code, from, no))
        return ANSWER_UNREAD;
    const bool same = token_is(code, from + 1, "==") || token_is(code, from + 1, "===");
    if (!same && !token_is(code, from + 1, "!=") && !token_is(code, from + 1, "!=="))
        return ANSWER_UNREAD;
    return same == is_yes ? ANSWER_TRUE : ANSWER_FALSE;
}

/* ---- Lists of which each element is asked -------------------------------------------------- */

static const char *const any_words[] = {"some", "find",     "findIndex", "filter", "any?",
                                        "any",  "anyMatch", "detect",    NULL};
static const char *const all_words[] = {"every", "all", "all?", "allMatch", NULL};
static const char *const none_words[] = {"none?", "none", "noneMatch", NULL};

/* Behind a function's parameters: `(a) =>`, `a ->`, `|a|`, `function (a) { return`. */
static bool function_body(const struct code *code, uint32_t *from, uint32_t *to)
{
    for (uint32_t i = *from; i < *to && i < *from + 12; i = token_after(code, i)) {
        if (!token_is(code, i, "=>") && !token_is(code, i, "->") &&
            !(token_is(code, i, "|") && i > *from) &&
            !(token_is(code, i, ")") && token_is(code, i + 1, "{")) &&
            !(token_is(code, i, "(") && token_is(code, *from, "function")))
            continue;
        *from = token_is(code, i, "(") ? token_after(code, i) : i + 1;
        break;
    }
    if (token_is(code, *from, "{") && code->tokens[*from].partner == *to - 1) {
        ++*from;
        --*to;
        if (!token_is(code, *from, "return"))
            return false;
        ++*from;
        if (token_is(code, *to - 1, ";"))
            --*to;
    }
    for (uint32_t i = *from; i < *to; i = token_after(code, i))
        if (token_is(code, i, ";") || (i > *from && begins_statement(code, i)))
            return false;
    return *from < *to;
}

/* `list.some(x => ...)`, `any(... for x in list)`, and what may stand behind it. */
static bool asks_each(struct guards *guards, uint32_t from, uint32_t to, bool holds,
                      enum guard *guard)
{
    struct code *code = guards->code;
    uint32_t call = from;
    while (call < to && !is_one_of(code, call, any_words) && !is_one_of(code, call, all_words) &&
           !is_one_of(code, call, none_words))
        call = token_after(code, call);
    uint32_t open = call + 1;
    if (call >= to || !(token_is(code, open, "(") || token_is(code, open, "{")) ||
        code->tokens[open].partner == NOWHERE || code->tokens[open].partner >= to)
        return false;
    uint32_t end = code->tokens[open].partner + 1, body = open + 1, body_to = end - 1;
    if (token_is(code, end, ".") && token_is(code, end + 1, "length"))
        end += 2;
    bool found = true;
    const bool position = token_is(code, call, "findIndex");
    const enum answer answer = position ? ANSWER_TRUE : answer_behind(code, end, to);
    const uint32_t begin = operand_begin(code, code->tokens[open].partner + 1);
    if (begin < from || answer_before(code, from, begin) == ANSWER_UNREAD ||
        (token_is(code, call, "filter") && !token_is(code, end - 1, "length")))
        return false;
    if (answer == ANSWER_UNREAD || (position && !position_found(code, &end, &found)) ||
        (position && end != to))
        return false;
    if (code->language == CONFIG_PYTHON) {
        for (uint32_t i = body; i < body_to; i = token_after(code, i)) {
            if (token_is(code, i, "if"))
                return false;
            if (token_is(code, i, "for"))
                body_to = i;
        }
    } else if (!function_body(code, &body, &body_to)) {
        return false;
    }
    const bool none = is_one_of(code, call, none_words);
    const bool before_is_false = answer_before(code, from, begin) == ANSWER_FALSE;
    const bool flips = ((answer == ANSWER_FALSE) != before_is_false) != !found;
    *guard = guard_of_condition(guards, body, body_to, (holds != none) != flips);
    return true;
}

/* ---- Names --------------------------------------------------------------------------------- */

/* What is known by one of the places where a name is given a value, if that is true, or false.
 * False: it is the other one there. */
static bool guard_of_given(struct guards *guards, uint32_t at, uint32_t from, uint32_t to,
                           bool holds, enum guard *guard)
{
    const struct code *code = guards->code;
    const bool is_yes = from + 1 == to && is_one_of(code, from, yes);
    const bool is_no = from + 1 == to && (is_one_of(code, from, no) || is_empty_string(code, from));
    if (holds ? is_no : is_yes)
        return false;
    *guard = guard_of_place(guards, at);
    if (!is_yes && !is_no)
        *guard = both(*guard, guard_of_condition(guards, from, to, holds));
    return true;
}

/* Names of which it is likely that they stand for a decision. */
static bool is_telling(const struct code *code, uint32_t from, uint32_t to)
{
    static const char *const words[] = {"origin", "allowed", "trusted", "whitelist", "permitted"};
    for (uint32_t i = from; i < to; i++)
        for (size_t w = 0; is_name(code, i) && w < sizeof words / sizeof *words; w++)
            if (mentions(token_bytes(code, i), words[w]))
                return true;
    return false;
}

/* By all the places where a name is given a value. False: there is none. */
static bool guard_of_values(struct guards *guards, uint32_t name, bool holds, enum guard *guard)
{
    struct code *code = guards->code;
    uint32_t begin, end, value_from, value_to;
    bool given = false, known = false;
    const bool covered = variable_scope(code, name, name, &begin, &end);
    *guard = GUARD_NONE;
    for (uint32_t at = begin;
         (at = next_given(code, name, at, end, &value_from, &value_to)) != NOWHERE; at++) {
        enum guard one = GUARD_NONE;
        known = true;
        if (!guard_of_given(guards, at, value_from, value_to, holds, &one))
            continue;
        *guard = given ? either(guards, *guard, one, at) : one;
        given = true;
    }
    if (known && !covered && is_parameter(code, name, name))
        *guard = unread(guards, name);
    return known;
}

static enum guard guard_of_name(struct guards *guards, uint32_t name, bool holds)
{
    const struct code *code = guards->code;
    const struct resolved resolved = {name, holds, guards->resolved};
    enum guard guard;
    for (const struct resolved *outer = guards->resolved; outer != NULL; outer = outer->outer)
        if (bytes_are(token_bytes(code, name), token_bytes(code, outer->name)))
            /* `ok = ok && ...`: what it was before is known by the other places. */
            return outer->holds == holds ? GUARD_NO_ORIGIN : unread(guards, name);
    guards->resolved = &resolved;
    const bool known = guard_of_values(guards, name, holds, &guard);
    guards->resolved = resolved.outer;
    return known || !is_telling(code, name, name + 1) ? guard : unread(guards, name);
}

/* ---- Conditions ---------------------------------------------------------------------------- */

static bool is_chain(const struct code *code, uint32_t from, uint32_t to)
{
    static const char *const dots[] = {".", "->", "?.", "::", NULL};
    for (uint32_t i = from; i < to; i++)
        if ((i - from) % 2 == 0 ? !is_name(code, i) : !is_one_of(code, i, dots))
            return false;
    return (to - from) % 2 == 1;
}

/* Whether names in it are the origin. */
static bool is_about_origin(struct code *code, uint32_t from, uint32_t to)
{
    if (holds_origin(code, from, to))
        return true;
    for (uint32_t i = from; i < to; i++)
        if (is_name(code, i) && is_origin(code, i, i + 1))
            return true;
    return false;
}

/* `!origin`, `origin == null`, `empty($origin)`: whether it says that there is an origin. */
static enum answer asks_presence(const struct code *code, uint32_t from, uint32_t to)
{
    static const char *const signs[] = {"==", "===", "!=", "!==", "<", ">", "<=", ">=", "is", NULL};
    static const char *const words[] = {"empty",   "isEmpty",       "isBlank", "nil?", "blank?",
                                        "is_null", "isNullOrEmpty", "empty?",  NULL};
    for (uint32_t i = from; i < to; i++) {
        if (is_one_of(code, i, words))
            return ANSWER_FALSE;
        if (token_is(code, i, "in"))
            return token_is(code, i - 1, "not") ? ANSWER_FALSE : ANSWER_TRUE;
        if (is_one_of(code, i, signs))
            return answer_behind(code, i, to);
    }
    return ANSWER_TRUE;
}

/* `index !== -1` of a variable that is given a position: which comparison that is, and whether it
 * holds. */
static bool asks_position(struct code *code, uint32_t from, uint32_t to, bool *holds,
                          struct comparison **comparison)
{
    uint32_t begin, end, value_from, value_to, behind = from + 1;
    const uint32_t name = from;
    bool found;
    if (!is_name(code, name) || !position_found(code, &behind, &found) || behind != to ||
        !variable_scope(code, name, name, &begin, &end))
        return false;
    const uint32_t at = next_given(code, name, begin, end, &value_from, &value_to);
    if (at == NOWHERE)
        return false;
    *comparison = comparison_in(code, value_from, value_to);
    if (*comparison == NULL || !(*comparison)->is_position || (*comparison)->from != value_from ||
        (*comparison)->to != value_to ||
        next_given(code, name, at + 1, end, &value_from, &value_to) != NOWHERE)
        return false;
    *holds = *holds == found;
    return true;
}

/* Whether a name in it is given a value by a comparison, or if one holds. */
static bool holds_compared(struct code *code, uint32_t from, uint32_t to)
{
    uint32_t begin, end, value_from, value_to;
    for (uint32_t i = from; i < to; i++) {
        if (!is_name(code, i))
            continue;
        variable_scope(code, i, i, &begin, &end);
        for (uint32_t at = begin;
             (at = next_given(code, i, at, end, &value_from, &value_to)) != NOWHERE; at++) {
            const uint32_t around = branch_around(code, at);
            if (comparison_in(code, value_from, value_to) != NULL ||
                (around != NOWHERE && comparison_in(code, code->branches[around].cond_from,
                                                    code->branches[around].cond_to) != NULL))
                return true;
        }
    }
    return false;
}

/* A comparison, and what is asked of its value. */
static enum guard guard_of_compared(struct guards *guards, struct comparison *comparison,
                                    uint32_t from, uint32_t to, bool holds)
{
    const enum answer before = answer_before(guards->code, from, comparison->from);
    const enum answer behind = answer_behind(guards->code, comparison->to, to);
    if (before == ANSWER_UNREAD || behind == ANSWER_UNREAD || comparison->is_position)
        return unread(guards, from);
    return guard_of_comparison(comparison, holds == (before == behind));
}

/* What asks about the origin, but compares it with nothing. */
static enum guard guard_of_origin(struct guards *guards, uint32_t from, uint32_t to, bool holds)
{
    struct code *code = guards->code;
    if (says_more(code, from, to) && !is_origin(code, from, to))
        return is_chain(code, from, to) ? guard_of_name(guards, to - 1, holds)
                                        : unread(guards, from);
    return asks_presence(code, from, to) == (holds ? ANSWER_FALSE : ANSWER_TRUE) ? GUARD_NO_ORIGIN
                                                                                 : GUARD_NONE;
}

static enum guard guard_of_leaf(struct guards *guards, uint32_t from, uint32_t to, bool holds)
{
    struct code *code = guards->code;
    enum guard guard;
    struct comparison *comparison = comparison_in(code, from, to);
    if (asks_each(guards, from, to, holds, &guard))
        return guard;
    if (comparison != NULL)
        return guard_of_compared(guards, comparison, from, to, holds);
    if (asks_position(code, from, to, &holds, &comparison))
        return guard_of_comparison(comparison, holds);
    if (from + 1 == to && is_name(code, from)) {
        guard = guard_of_name(guards, from, holds);
        if (guard == GUARD_HOLDS || guard == GUARD_EXCLUDED)
            return guard;
    }
    if (is_about_origin(code, from, to))
        return guard_of_origin(guards, from, to, holds);
    for (uint32_t end = to; end > from; end--) {
        const enum answer answer = answer_behind(code, end, to);
        if (answer != ANSWER_UNREAD && is_chain(code, from, end))
            return guard_of_name(guards, end - 1, holds == (answer == ANSWER_TRUE));
    }
    return is_telling(code, from, to) || holds_compared(code, from, to) ? unread(guards, from)
                                                                        : GUARD_NONE;
}

/* The end of the part that begins at a token, before one of two signs. */
static uint32_t part_end(const struct code *code, uint32_t from, uint32_t to, const char *sign,
                         const char *word)
{
    uint32_t at = from;
    while (at < to && !token_is(code, at, sign) && !token_is(code, at, word))
        at = token_after(code, at);
    return at < to ? at : to;
}

/* Parts between || or &&. */
static enum guard guard_of_parts(struct guards *guards, uint32_t from, uint32_t to, bool is_or,
                                 bool holds)
{
    enum guard guard = GUARD_NONE;
    for (uint32_t at = from; at < to;) {
        const uint32_t end =
            part_end(guards->code, at, to, is_or ? "||" : "&&", is_or ? "or" : "and");
        const enum guard one = guard_of_condition(guards, at, end, holds);
        if (at == from)
            guard = one;
        else
            guard = is_or == holds ? either(guards, guard, one, at) : both(guard, one);
        at = end + 1;
    }
    return guard;
}

static enum guard guard_of_expression(struct guards *guards, uint32_t from, uint32_t to, bool holds)
{
    const struct code *code = guards->code;
    if (part_end(code, from, to, "||", "or") < to)
        return guard_of_parts(guards, from, to, true, holds);
    if (part_end(code, from, to, "&&", "and") < to)
        return guard_of_parts(guards, from, to, false, holds);
    if (token_is(code, from, "!") || token_is(code, from, "not"))
        return guard_of_condition(guards, from + 1, to, !holds);
    if (token_is(code, from, "(") && code->tokens[from].partner == to - 1)
        return guard_of_condition(guards, from + 1, to - 1, holds);
    if ((token_is(code, from, "Boolean") || token_is(code, from, "bool")) &&
        token_is(code, from + 1, "(") && code->tokens[from + 1].partner == to - 1)
        return guard_of_condition(guards, from + 2, to - 1, holds);
    return guard_of_leaf(guards, from, to, holds);
}

enum guard guard_of_condition(struct guards *guards, uint32_t from, uint32_t to, bool holds)
{
    if (from >= to)
        return GUARD_NONE;
    *guards->code->looks += to - from;
    if (guards->depth >= MOST_DEPTH || *guards->code->looks > MOST_LOOKS)
        return unread(guards, from);
    guards->depth++;
    const enum guard guard = guard_of_expression(guards, from, to, holds);
    guards->depth--;
    return guard;
}

/* ---- Places -------------------------------------------------------------------------------- */

/* What is known within a branch, or, if there is no `else`, where none was taken. */
static enum guard guard_of_branch(struct guards *guards, const struct branch *branch, bool taken)
{
    const struct code *code = guards->code;
    enum guard guard =
        guard_of_condition(guards, branch->cond_from, branch->cond_to, taken != branch->inverted);
    for (uint32_t i = branch->before; i != NOWHERE; i = code->branches[i].before)
        guard =
            both(guard, guard_of_condition(guards, code->branches[i].cond_from,
                                           code->branches[i].cond_to, code->branches[i].inverted));
    return guard;
}

/* Leaves, or gives what is sent another value. */
static bool leaves(struct guards *guards, const struct branch *branch)
{
    struct code *code = guards->code;
    uint32_t from, to;
    if (branch->leaves)
        return true;
    if (guards->sent == NOWHERE)
        return false;
    const uint32_t at = next_given(code, guards->sent, branch->from, branch->to, &from, &to);
    return at != NOWHERE && &code->branches[branch_around(code, at)] == branch &&
           !is_origin(code, from, to);
}

/* What is known behind an `if`, of which this is the last branch: nothing, if none leaves. */
static enum guard guard_behind(struct guards *guards, const struct branch *last)
{
    const struct code *code = guards->code;
    enum guard guard = GUARD_NO_ORIGIN;
    bool leaving = false, is_first = true;
    for (const struct branch *at = last;; at = &code->branches[at->before]) {
        leaving = leaving || leaves(guards, at);
        if (at->before == NOWHERE)
            break;
    }
    if (!leaving)
        return GUARD_NONE;
    if (last->kind == BRANCH_IF) {
        guard = guard_of_branch(guards, last, false);
        is_first = false;
    }
    for (const struct branch *at = last;; at = &code->branches[at->before]) {
        if (!leaves(guards, at)) {
            const enum guard one = guard_of_branch(guards, at, true);
            guard = is_first ? one : either(guards, guard, one, at->keyword);
            is_first = false;
        }
        if (at->before == NOWHERE)
            return guard;
    }
}

/* Whether whoever comes to a token has passed the `if` that this branch ends. */
static bool is_passed(struct code *code, const struct branch *last, uint32_t token)
{
    const struct branch *first = last;
    while (first->before != NOWHERE)
        first = &code->branches[first->before];
    const uint32_t opener = code->tokens[first->keyword].opener;
    if (last->to > token || first->keyword > token ||
        (opener != NOWHERE && code->tokens[opener].partner <= token))
        return false;
    const uint32_t around = branch_around(code, first->keyword);
    return around == NOWHERE || is_in_body(&code->branches[around], token);
}

/* What stands before an operand in its expression, `a && `, `a ? ` and `a ? b : `. */
static enum guard guard_of_operand(struct guards *guards, uint32_t begin)
{
    static const char *const ends[] = {",", "(",  "[",   "{",      ";", "=",
                                       ":", "=>", "...", "return", NULL};
    const struct code *code = guards->code;
    const uint32_t sign = begin - 1;
    const bool is_and = token_is(code, sign, "&&") || token_is(code, sign, "and");
    if (begin == 0 || (!is_and && !token_is(code, sign, "?")))
        return GUARD_NONE;
    uint32_t from = sign;
    while (from > 0 && !is_one_of(code, from - 1, ends) && !begins_statement(code, from)) {
        const bool closes = token_is(code, from - 1, ")") || token_is(code, from - 1, "]") ||
                            token_is(code, from - 1, "}");
        ++*guards->code->looks;
        from = closes && code->tokens[from - 1].partner != NOWHERE ? code->tokens[from - 1].partner
                                                                   : from - 1;
    }
    return guard_of_condition(guards, from, sign, true);
}

/* The conditions in the expressions around a token, up to its function. */
static enum guard guard_of_expressions(struct guards *guards, uint32_t token, uint32_t begin)
{
    const struct code *code = guards->code;
    enum guard guard = GUARD_NONE;
    for (uint32_t open = code->tokens[token].opener; open != NOWHERE && open >= begin;
         open = code->tokens[open].opener) {
        const uint32_t close = code->tokens[open].partner;
        if (close == NOWHERE || *code->looks > MOST_LOOKS)
            break;
        *code->looks += 10;
        guard = both(guard, guard_of_operand(guards, operand_begin(code, close + 1)));
    }
    return guard;
}

enum guard guard_of_place(struct guards *guards, uint32_t token)
{
    struct code *code = guards->code;
    uint32_t begin, end;
    enum guard guard = GUARD_NONE;
    if (guards->depth >= MOST_DEPTH || *code->looks > MOST_LOOKS)
        return unread(guards, token);
    guards->depth++;
    function_around(code, token, &begin, &end);
    *code->looks += code->branch_count;
    guard = guard_of_expressions(guards, token, begin);
    for (uint32_t i = 0; i < code->branch_count; i++) {
        const struct branch *branch = &code->branches[i];
        if (branch->kind > BRANCH_CASE || branch->keyword < begin || branch->keyword >= end)
            continue;
        if (is_in_body(branch, token))
            guard = both(guard, guard_of_branch(guards, branch, true));
        else if (branch->kind != BRANCH_CASE && branch->after == NOWHERE &&
                 is_passed(code, branch, token))
            guard = both(guard, guard_behind(guards, branch));
    }
    /* What is known where the function itself stands may be of another request. */
    if (guard == GUARD_NONE && begin > 0 && guard_of_place(guards, begin - 1) != GUARD_NONE)
        guard = unread(guards, token);
    guards->depth--;
    return guard;
}
