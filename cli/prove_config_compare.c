/* Comparisons with the origin that are written by hand: origin.endsWith('...'), /.../.test(origin),
 * origin in LIST, strpos($origin, '...') === 0. What a method means is a row of a table.
 * Invariant: what the origin is compared with and cannot be read is said. */
#include "prove_config_flow.h"

#include <stdlib.h>
#include <string.h>

#define IN(language) (1u << CONFIG_##language)

/* Where the origin stands, and where what it is compared with. */
enum form {
    ON_ORIGIN,    /* origin.name(value) */
    ON_VALUE,     /* value.name(origin) */
    ORIGIN_FIRST, /* name(origin, value) */
    VALUE_FIRST,  /* name(value, origin) */
};

enum meaning { LITERAL = 0, PATTERN, ELEMENT, POSITION, UNKNOWN_MEANING };

struct method {
    unsigned languages;
    const char *name;
    const char *receiver; /* that it must have; NULL: any */
    enum form form;
    enum meaning meaning;
    const char *match;
    const char *flags;
};

static const struct method methods[] = {
    {IN(JAVASCRIPT) | IN(JAVA), "endsWith", NULL, ON_ORIGIN, LITERAL, "suffix", NULL},
    {IN(JAVASCRIPT) | IN(JAVA), "startsWith", NULL, ON_ORIGIN, LITERAL, "prefix", NULL},
    {IN(JAVASCRIPT), "includes", NULL, ON_ORIGIN, LITERAL, "search", NULL},
    {IN(JAVASCRIPT), "includes", NULL, ON_VALUE, ELEMENT, "full", NULL},
    {IN(JAVASCRIPT), "indexOf", NULL, ON_ORIGIN, POSITION, NULL, NULL},
    {IN(JAVASCRIPT), "indexOf", NULL, ON_VALUE, ELEMENT, "full", NULL},
    {IN(JAVASCRIPT), "has", NULL, ON_VALUE, ELEMENT, "full", NULL},
    {IN(JAVASCRIPT), "test", NULL, ON_VALUE, PATTERN, "search", NULL},
    {IN(JAVASCRIPT), "exec", NULL, ON_VALUE, PATTERN, "search", NULL},
    {IN(JAVASCRIPT) | IN(RUBY), "match", NULL, ON_ORIGIN, PATTERN, "search", NULL},
    {IN(JAVASCRIPT), "search", NULL, ON_ORIGIN, PATTERN, "search", NULL},
    {IN(PYTHON), "endswith", NULL, ON_ORIGIN, LITERAL, "suffix", NULL},
    {IN(PYTHON), "startswith", NULL, ON_ORIGIN, LITERAL, "prefix", NULL},
    {IN(PYTHON), "match", "re", VALUE_FIRST, PATTERN, "prefix", NULL},
    {IN(PYTHON), "search", "re", VALUE_FIRST, PATTERN, "search", NULL},
    {IN(PYTHON), "fullmatch", "re", VALUE_FIRST, PATTERN, "full", NULL},
    {IN(PYTHON), "match", NULL, ON_VALUE, PATTERN, "prefix", NULL},
    {IN(PYTHON), "search", NULL, ON_VALUE, PATTERN, "search", NULL},
    {IN(PYTHON), "fullmatch", NULL, ON_VALUE, PATTERN, "full", NULL},
    {IN(PYTHON), "fnmatch", NULL, ORIGIN_FIRST, UNKNOWN_MEANING, NULL, NULL},
    {IN(PYTHON), "find", NULL, ON_ORIGIN, UNKNOWN_MEANING, NULL, NULL},
    {IN(PHP), "str_ends_with", NULL, ORIGIN_FIRST, LITERAL, "suffix", NULL},
    {IN(PHP), "str_starts_with", NULL, ORIGIN_FIRST, LITERAL, "prefix", NULL},
    {IN(PHP), "str_contains", NULL, ORIGIN_FIRST, LITERAL, "search", NULL},
    {IN(PHP), "in_array", NULL, ORIGIN_FIRST, ELEMENT, "full", NULL},
    {IN(PHP), "strpos", NULL, ORIGIN_FIRST, POSITION, NULL, NULL},
    {IN(PHP), "stripos", NULL, ORIGIN_FIRST, POSITION, NULL, "i"},
    {IN(PHP), "preg_match", NULL, VALUE_FIRST, PATTERN, "search", NULL},
    {IN(PHP), "fnmatch", NULL, VALUE_FIRST, UNKNOWN_MEANING, NULL, NULL},
    {IN(PHP), "strstr", NULL, ORIGIN_FIRST, LITERAL, "search", NULL},
    {IN(PHP), "substr", NULL, ORIGIN_FIRST, UNKNOWN_MEANING, NULL, NULL},
    {IN(RUBY), "end_with?", NULL, ON_ORIGIN, LITERAL, "suffix", NULL},
    {IN(RUBY), "start_with?", NULL, ON_ORIGIN, LITERAL, "prefix", NULL},
    {IN(RUBY), "include?", NULL, ON_ORIGIN, LITERAL, "search", NULL},
    {IN(RUBY), "include?", NULL, ON_VALUE, ELEMENT, "full", NULL},
    {IN(RUBY), "match?", NULL, ON_ORIGIN, PATTERN, "search", NULL},
    {IN(RUBY), "match?", NULL, ON_VALUE, PATTERN, "search", NULL},
    {IN(RUBY), "match", NULL, ON_VALUE, PATTERN, "search", NULL},
    {IN(GO), "HasSuffix", "strings", ORIGIN_FIRST, LITERAL, "suffix", NULL},
    {IN(GO), "HasPrefix", "strings", ORIGIN_FIRST, LITERAL, "prefix", NULL},
    {IN(GO), "Contains", "strings", ORIGIN_FIRST, LITERAL, "search", NULL},
    {IN(GO), "EqualFold", "strings", ORIGIN_FIRST, LITERAL, "full", "i"},
    {IN(GO), "Contains", "slices", VALUE_FIRST, ELEMENT, "full", NULL},
    {IN(GO), "MatchString", "regexp", VALUE_FIRST, PATTERN, "search", NULL},
    {IN(GO), "MatchString", NULL, ON_VALUE, PATTERN, "search", NULL},
    {IN(JAVA), "contains", NULL, ON_ORIGIN, LITERAL, "search", NULL},
    {IN(JAVA), "contains", NULL, ON_VALUE, ELEMENT, "full", NULL},
    {IN(JAVA), "equals", NULL, ON_ORIGIN, LITERAL, "full", NULL},
    {IN(JAVA), "equals", NULL, ON_VALUE, LITERAL, "full", NULL},
    {IN(JAVA), "equalsIgnoreCase", NULL, ON_ORIGIN, LITERAL, "full", "i"},
    {IN(JAVA), "equalsIgnoreCase", NULL, ON_VALUE, LITERAL, "full", "i"},
    {IN(JAVA), "matches", "Pattern", VALUE_FIRST, PATTERN, "full", NULL},
    {IN(JAVA), "matches", NULL, ON_ORIGIN, PATTERN, "full", NULL},
    {IN(JAVA), "matcher", NULL, ON_VALUE, PATTERN, NULL, NULL},
};

static struct comparison *add(struct code *code, uint32_t from, uint32_t to, const char *name)
{
    code->comparisons = memory_grow(code->comparisons, code->comparison_count,
                                    &code->comparison_capacity, sizeof *code->comparisons);
    struct comparison *comparison = &code->comparisons[code->comparison_count++];
    *comparison = (struct comparison){.from = from, .to = to, .name = name, .flow = true};
    return comparison;
}

/* ---- What the origin is compared with ------------------------------------------------------ */

/* The elements of a list that the name goes through, or the value itself. */
static void read_compared(struct code *code, uint32_t from, uint32_t to, struct values *values)
{
    uint32_t list_from, list_to;
    if (from + 1 == to && is_name(code, from) && list_of_name(code, from, &list_from, &list_to))
        read_values(code, list_from, list_to, values);
    else
        read_values(code, from, to, values);
}

/* Whether every value has the shape that the comparison wants; NULL, or why not. */
static const char *check_shape(const struct values *values, enum meaning meaning)
{
    if (values->count == 0)
        return "it is compared with nothing that could be read";
    for (size_t i = 0; i < values->count; i++) {
        const struct value *value = &values->at[i];
        if (value->kind == VALUE_UNREAD)
            return value->reason;
        if (value->kind == VALUE_PATTERN && meaning != PATTERN)
            return "a pattern is compared as if it were a string";
        if (value->kind != VALUE_STRING && value->kind != VALUE_PATTERN)
            return "what it is compared with is neither a string nor a pattern";
        if (meaning == ELEMENT && !value->listed)
            return "the origin is looked for in a string, not in a list";
        if (i > 0 && strcmp(value->letters, values->at[0].letters) != 0)
            return "patterns with different flags stand in one list";
    }
    return NULL;
}

static void fill(struct code *code, struct comparison *comparison, const struct values *values,
                 enum meaning meaning)
{
    comparison->reason = check_shape(values, meaning);
    if (comparison->reason != NULL)
        return;
    comparison->strings =
        memory_take(code->reading->memory, values->count * sizeof(struct config_string));
    comparison->count = values->count;
    comparison->dialect = "literal";
    for (size_t i = 0; i < values->count; i++)
        comparison->strings[i] = values->at[i].string;
    if (meaning != PATTERN)
        return;
    struct found found = {.match = comparison->match};
    comparison->is_php_pattern = code->language == CONFIG_PHP;
    if (comparison->is_php_pattern) {
        comparison->dialect = "pcre2";
        return;
    }
    comparison->reason = pattern_dialect(code, values->at, &found);
    comparison->dialect = found.dialect;
    comparison->match = found.match;
    comparison->flags = found.flags;
}

enum position { POSITION_UNREAD = 0, POSITION_FOUND, POSITION_AT_BEGIN };

/* What is asked about a position that is behind a call: `=== 0`, `!== -1`, `!== false`. */
static enum position read_position(const struct code *code, uint32_t *at, bool *negated)
{
    static const char *const equal[] = {"==", "===", "!=", "!==", NULL};
    const uint32_t sign = *at;
    const bool minus = token_is(code, sign + 1, "-");
    const uint32_t number = sign + (minus ? 2 : 1);
    const bool zero = !minus && token_is(code, number, "0");
    const bool none =
        (minus && token_is(code, number, "1")) || same_letters(token_bytes(code, number), "false");
    const bool equals = is_one_of(code, sign, equal), differs = token_byte(code, sign) == '!';
    *at = number < code->count ? number + 1 : code->count;
    *negated = equals && differs == zero;
    if (equals && (zero || none))
        return zero ? POSITION_AT_BEGIN : POSITION_FOUND;
    *negated = token_is(code, sign, "<");
    return (token_is(code, sign, ">") && none && minus) ||
                   ((token_is(code, sign, ">=") || token_is(code, sign, "<")) && zero)
               ? POSITION_FOUND
               : POSITION_UNREAD;
}

bool position_found(const struct code *code, uint32_t *at, bool *found)
{
    bool negated = false;
    const bool known = read_position(code, at, &negated) == POSITION_FOUND;
    *found = !negated;
    return known;
}

static const char position_reason[] = "what the position is compared with could not be read";

static void fill_position(struct code *code, struct comparison *comparison)
{
    const uint32_t sign = comparison->to;
    const bool strict = token_is(code, sign, "===") || token_is(code, sign, "!==");
    const bool loose = token_is(code, sign, "==") || token_is(code, sign, "!=");
    const enum position position = read_position(code, &comparison->to, &comparison->negated);
    if (position == POSITION_UNREAD)
        comparison->reason = position_reason;
    comparison->match = position == POSITION_AT_BEGIN ? "prefix" : "search";
    if (code->language == CONFIG_PHP && position == POSITION_AT_BEGIN && !strict)
        comparison->dialect = "any";
    if (code->language == CONFIG_PHP && position == POSITION_FOUND && loose)
        comparison->reason = "a position of 0 is taken for false here";
}

/* JavaScript: the place of the origin in a list, or of a pattern in the origin. */
static void fill_place(struct code *code, struct comparison *comparison)
{
    bool found = true;
    uint32_t to = comparison->to;
    if (comparison->from > 0 && token_is(code, comparison->from - 1, "~"))
        comparison->from--;
    else if (position_found(code, &to, &found))
        comparison->to = to;
    else
        comparison->is_position = true;
    comparison->negated = !found;
}

/* Java: what is asked of a matcher. */
static const char *match_of_matcher(const struct code *code, uint32_t end)
{
    if (!token_is(code, end, "."))
        return NULL;
    return token_is(code, end + 1, "matches")     ? "full"
           : token_is(code, end + 1, "find")      ? "search"
           : token_is(code, end + 1, "lookingAt") ? "prefix"
                                                  : NULL;
}

static void add_method(struct code *code, const struct method *method, uint32_t from,
                       uint32_t close, uint32_t value_from, uint32_t value_to)
{
    struct values values = {0};
    struct comparison *comparison = add(code, from, close + 1, method->name);
    comparison->match = method->match;
    comparison->flags = method->flags;
    if (method->meaning == UNKNOWN_MEANING) {
        comparison->reason = "this comparison is none of those that can be read";
        return;
    }
    read_compared(code, value_from, value_to, &values);
    /* A third argument of a function that takes a pattern holds its flags. */
    const bool has_flags = method->form == VALUE_FIRST && method->meaning == PATTERN &&
                           code->language == CONFIG_PYTHON;
    const uint32_t second = list_part_end(code, value_to + 1, close);
    if (has_flags && second < close && values.count == 1) {
        free(values.at);
        comparison->reason = "flags stand behind the pattern";
        return;
    }
    fill(code, comparison, &values, method->meaning);
    free(values.at);
    if (method->meaning == POSITION && comparison->reason == NULL)
        fill_position(code, comparison);
    if (comparison->reason == NULL && method->meaning != POSITION &&
        (strcmp(method->name, "indexOf") == 0 ||
         (code->language == CONFIG_JAVASCRIPT && strcmp(method->name, "search") == 0)))
        fill_place(code, comparison);
    if (method->match == NULL && method->meaning == PATTERN) {
        comparison->match = match_of_matcher(code, comparison->to);
        if (comparison->match == NULL)
            comparison->reason = "what is asked of the matcher could not be read";
        else
            comparison->to = token_after(code, comparison->to + 2);
    }
}

/* ---- Calls --------------------------------------------------------------------------------- */

struct call {
    uint32_t name, open, close;
    uint32_t receiver_from, receiver_to; /* equal: none */
    uint32_t first_to, second_from, second_to;
};

static bool is_dot(const struct code *code, uint32_t token)
{
    return token_is(code, token, ".") || token_is(code, token, "?.") ||
           token_is(code, token, "&") || token_is(code, token, "::");
}

static bool read_call(const struct code *code, uint32_t name, struct call *call)
{
    uint32_t open = name + 1;
    if (token_is(code, open, "?."))
        open++;
    if (!token_is(code, open, "(") || code->tokens[open].partner == NOWHERE)
        return false;
    *call = (struct call){.name = name, .open = open, .close = code->tokens[open].partner};
    if (name > 0 && is_dot(code, name - 1)) {
        call->receiver_to = name - 1;
        if (token_is(code, name - 2, "&"))
            call->receiver_to--;
        call->receiver_from = operand_begin(code, call->receiver_to);
    }
    call->first_to = list_part_end(code, open + 1, call->close);
    call->second_from = call->first_to < call->close ? call->first_to + 1 : call->close;
    call->second_to = list_part_end(code, call->second_from, call->close);
    return true;
}

/* Whether the call is of this form, and if so what the origin is compared with. */
static bool fits(struct code *code, const struct call *call, const struct method *method,
                 uint32_t *value_from, uint32_t *value_to)
{
    const bool has_receiver = call->receiver_from < call->receiver_to;
    if (method->receiver != NULL &&
        !(has_receiver && call->receiver_to - call->receiver_from == 1 &&
          token_is(code, call->receiver_from, method->receiver)))
        return false;
    const uint32_t first = call->open + 1;
    uint32_t origin_from = first, origin_to = call->first_to;
    switch (method->form) {
    case ON_ORIGIN:
        origin_from = call->receiver_from;
        origin_to = call->receiver_to;
        *value_from = first;
        *value_to = call->first_to;
        break;
    case ON_VALUE:
        *value_from = call->receiver_from;
        *value_to = call->receiver_to;
        break;
    case ORIGIN_FIRST:
        *value_from = call->second_from;
        *value_to = call->second_to;
        break;
    case VALUE_FIRST:
        origin_from = call->second_from;
        origin_to = call->second_to;
        *value_from = first;
        *value_to = call->first_to;
        break;
    }
    return *value_from < *value_to && origin_from < origin_to &&
           is_origin(code, origin_from, origin_to);
}

/* Whether a part of the origin stands where the origin itself is looked for. */
static bool compares_part(struct code *code, const struct call *call, const struct method *method)
{
    if (method->form == ON_ORIGIN)
        return call->receiver_from < call->receiver_to &&
               is_part_of_origin(code, call->receiver_from, call->receiver_to);
    if (method->form == VALUE_FIRST)
        return is_part_of_origin(code, call->second_from, call->second_to);
    return is_part_of_origin(code, call->open + 1, call->first_to);
}

static const char part_reason[] = "only a part of the origin is compared";

static void look_at_call(struct code *code, uint32_t name)
{
    struct call call;
    const struct method *part = NULL;
    if (!read_call(code, name, &call))
        return;
    const uint32_t from = call.receiver_from < call.receiver_to ? call.receiver_from : name;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        const struct method *method = &methods[i];
        uint32_t value_from = 0, value_to = 0;
        if ((method->languages & 1u << code->language) == 0 || !token_is(code, name, method->name))
            continue;
        if (fits(code, &call, method, &value_from, &value_to)) {
            add_method(code, method, from, call.close, value_from, value_to);
            return;
        }
        if (part == NULL && compares_part(code, &call, method))
            part = method;
    }
    if (part != NULL)
        add(code, from, call.close + 1, part->name)->reason = part_reason;
}

/* ---- Operators ----------------------------------------------------------------------------- */

static bool is_equality(const struct code *code, uint32_t token)
{
    return token_is(code, token, "==") || token_is(code, token, "===") ||
           token_is(code, token, "!=") || token_is(code, token, "!==");
}

/* null, '', numbers, typeof: no comparison with an origin. */
static bool is_trivial(const struct code *code, uint32_t from, uint32_t to)
{
    static const char *const words[] = {"null", "undefined", "None", "nil",   "false",
                                        "true", "NULL",      "True", "False", "typeof"};
    if (from >= to)
        return true;
    if (to - from > 1 && !token_is(code, from, "typeof"))
        return false;
    if (code->tokens[from].kind == TOKEN_NUMBER)
        return true;
    if (code->tokens[from].kind == TOKEN_STRING)
        return code->tokens[from].to - code->tokens[from].from == 2 ||
               is_string(code, from, "undefined");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is(code, from, words[i]))
            return true;
    return false;
}

static bool is_declared(const struct code *code, uint32_t token)
{
    return token > 0 && (token_is(code, token - 1, "for") || token_is(code, token - 1, "const") ||
                         token_is(code, token - 1, "let") || token_is(code, token - 1, "var"));
}

/* An operator between two operands; tokens. */
struct operation {
    uint32_t sign, from, left_to, to;
    bool in, matches, negated;
};

static void add_operator(struct code *code, const struct operation *at, uint32_t value_from,
                         uint32_t value_to, enum meaning meaning, const char *match)
{
    struct values values = {0};
    struct comparison *comparison = add(code, at->from, at->to, "a comparison");
    comparison->match = match;
    comparison->negated = at->negated;
    read_compared(code, value_from, value_to, &values);
    fill(code, comparison, &values, meaning);
    free(values.at);
}

static bool read_operation(const struct code *code, uint32_t sign, struct operation *operation)
{
    operation->sign = sign;
    operation->in =
        token_is(code, sign, "in") && (code->language == CONFIG_PYTHON || is_kotlin(code));
    operation->matches = token_is(code, sign, "=~") || token_is(code, sign, "!~");
    if (!is_equality(code, sign) && !operation->matches && !operation->in)
        return false;
    const bool not_in = operation->in && sign > 0 &&
                        (token_is(code, sign - 1, "not") || token_is(code, sign - 1, "!"));
    operation->negated = not_in || token_byte(code, sign) == '!';
    operation->left_to = not_in ? sign - 1 : sign;
    operation->from = operand_begin(code, operation->left_to);
    operation->to = operand_end(code, sign + 1);
    const uint32_t from = operation->from;
    return !is_declared(code, from) && !(from > 0 && token_is(code, from - 1, "typeof")) &&
           !is_trivial(code, from, operation->left_to) &&
           !is_trivial(code, sign + 1, operation->to);
}

static void look_at_operator(struct code *code, uint32_t sign)
{
    struct operation at;
    if (!read_operation(code, sign, &at))
        return;
    const bool left = is_origin(code, at.from, at.left_to),
               right = is_origin(code, sign + 1, at.to);
    const enum meaning meaning = at.matches ? PATTERN : LITERAL;
    if (left && right)
        return;
    if (left)
        add_operator(code, &at, sign + 1, at.to, at.in ? ELEMENT : meaning,
                     at.matches ? "search" : "full");
    else if (right)
        add_operator(code, &at, at.from, at.left_to, meaning,
                     at.in || at.matches ? "search" : "full");
    else if (is_part_of_origin(code, at.from, at.left_to) ||
             is_part_of_origin(code, sign + 1, at.to))
        add(code, at.from, at.to, "a comparison")->reason = part_reason;
}

/* ---- Cases --------------------------------------------------------------------------------- */

/* `switch (origin) { case 'a': case 'b': ... }`. */
static void look_at_case(struct code *code, const struct branch *branch)
{
    struct values values = {0};
    if (branch->of_from == branch->of_to || branch->cond_from >= branch->cond_to ||
        !is_origin(code, branch->of_from, branch->of_to))
        return;
    struct comparison *comparison = add(code, branch->cond_from, branch->cond_to, "a case");
    comparison->match = "full";
    for (uint32_t at = branch->cond_from; at < branch->cond_to;) {
        uint32_t to = at;
        while (to < branch->cond_to && !token_is(code, to, ",") && !token_is(code, to, ":"))
            to = token_after(code, to);
        if (!token_is(code, at, "default"))
            read_values(code, at, to, &values);
        at = token_is(code, to + 1, "case") ? to + 2 : to + 1;
    }
    fill(code, comparison, &values, LITERAL);
    free(values.at);
}

/* ---- All of them --------------------------------------------------------------------------- */

void code_compares(struct code *code)
{
    if (!is_about_origins(code))
        return;
    for (uint32_t i = 0; i < code->count && code->comparison_count < CONFIG_MOST_FINDINGS; i++) {
        if (code->tokens[i].kind == TOKEN_NAME)
            look_at_call(code, i);
        if (code->tokens[i].kind != TOKEN_STRING)
            look_at_operator(code, i);
    }
    for (uint32_t i = 0; i < code->branch_count && code->comparison_count < CONFIG_MOST_FINDINGS;
         i++)
        if (code->branches[i].kind == BRANCH_CASE)
            look_at_case(code, &code->branches[i]);
}
