/* Where a source file sends Access-Control-Allow-Origin itself: a star, one fixed origin, or what
 * the request said. Of the latter nothing is said here if comparisons decide that were found, which
 * are then the checks. Invariant: that they do was understood; if it was not, that is said, and if
 * nothing decides, every origin gets in. */
#include "prove_config_flow.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char header_name[] = "Access-Control-Allow-Origin";
static const char own_name[] = "ACCESS_CONTROL_ALLOW_ORIGIN"; /* of Java's constants */
static const char what[] = "by hand, Access-Control-Allow-Origin";

struct sent {
    uint32_t name; /* the token of the header's name, or of a variable that is given the value */
    uint32_t from, to; /* tokens of the value; equal: it is in the name's string */
    uint32_t variable; /* that is given the value; NOWHERE */
    enum guard guard;  /* what is known beside that place */
    const char *reason;
    unsigned depth;
};

static bool is_compared(const struct code *code, uint32_t from, uint32_t to)
{
    for (size_t i = 0; i < code->comparison_count; i++)
        if (code->comparisons[i].from >= from && code->comparisons[i].to <= to)
            return true;
    return false;
}

static bool is_compared_at(const struct code *code, uint32_t token)
{
    *code->looks += code->comparison_count;
    for (size_t i = 0; i < code->comparison_count; i++)
        if (code->comparisons[i].from == token)
            return true;
    return false;
}

/* ---- Comparisons that decide nothing ------------------------------------------------------- */

/* Whether a branch of the same `if` may answer or leave. */
static bool may_answer(const struct code *code, const struct branch *branch)
{
    static const char *const words[] = {"end",    "send",  "json",     "next",       "Error",
                                        "status", "abort", "redirect", "sendStatus", NULL};
    while (branch->before != NOWHERE)
        branch = &code->branches[branch->before];
    for (;; branch = &code->branches[branch->after]) {
        *code->looks += branch->to - branch->from;
        for (uint32_t i = branch->from; i < branch->to; i++)
            if (is_leaving(code, i) || is_one_of(code, i, words) ||
                mentions(token_bytes(code, i), "abort"))
                return true;
        if (branch->after == NOWHERE)
            return false;
    }
}

/* Whether it may depend on a branch's condition that a place behind it is reached. */
static bool may_decide(struct code *code, const struct branch *branch)
{
    const uint32_t from = branch->cond_from, to = branch->cond_to;
    *code->looks += to - from;
    return (is_compared(code, from, to) ||
            (holds_origin(code, from, to) && says_more(code, from, to))) &&
           may_answer(code, branch);
}

/* The token of something that asks about the origin before a place that knows nothing of it;
 * NOWHERE: there is none, or it is plain that it does not matter there. */
static uint32_t asked_before(struct code *code, uint32_t token)
{
    static const char *const cases[] = {"switch", "case", "match", "when", NULL};
    uint32_t from, to;
    function_around(code, token, &from, &to);
    for (uint32_t i = from; i < token; i++) {
        bool in_condition = false;
        if (is_one_of(code, i, cases) && holds_origin(code, i + 1, i + 4))
            return i;
        if (!is_compared_at(code, i))
            continue;
        *code->looks += code->branch_count;
        for (uint32_t b = 0; b < code->branch_count; b++)
            in_condition =
                in_condition || (i >= code->branches[b].cond_from && i < code->branches[b].cond_to);
        if (!in_condition)
            return i;
    }
    for (uint32_t b = 0; b < code->branch_count; b++) {
        const struct branch *branch = &code->branches[b];
        if (branch->cond_from >= from && branch->cond_to <= token && may_decide(code, branch))
            return branch->cond_from;
    }
    return NOWHERE;
}

/* ---- What is sent -------------------------------------------------------------------------- */

static void find_literal(struct code *code, struct found *found, struct config_string string)
{
    if (bytes_are_string(string.bytes, "*")) {
        found->star = true;
        find_any(code->reading, found);
        return;
    }
    if (string.bytes.len == 0)
        return;
    struct config_string *strings = memory_take(code->reading->memory, sizeof *strings);
    *strings = string;
    found->dialect = "literal";
    found->match = "full";
    found->strings = strings;
    found->count = 1;
    find_check(code->reading, found);
}

/* The guard of a place, beside what is known already. */
static enum guard guard_at(struct code *code, const struct sent *sent, uint32_t token,
                           uint32_t variable, const char **reason)
{
    struct guards guards = {.code = code, .reason = sent->reason, .sent = variable};
    const enum guard guard = guard_of_place(&guards, token);
    *reason = guards.reason;
    return guard > sent->guard ? guard : sent->guard;
}

/* The origin itself is sent: what decides whether it is. True: that is a finding. */
static bool find_reflected(struct code *code, const struct found *reflected,
                           const struct sent *sent)
{
    struct found found = *reflected;
    const bool is_variable = sent->to == sent->from + 1 && is_name(code, sent->from);
    const char *reason = NULL;
    const enum guard guard =
        guard_at(code, sent, sent->name, is_variable ? sent->from : NOWHERE, &reason);
    const uint32_t asked = guard == GUARD_NONE ? asked_before(code, sent->name) : NOWHERE;
    if (guard == GUARD_EXCLUDED)
        keep_excluded(code);
    else
        forget_excluded(code);
    if (*code->looks > MOST_LOOKS)
        find_unread(code->reading, &found, "the file is too large to be read whole");
    else if (guard == GUARD_UNREAD)
        find_unread(code->reading, &found, reason);
    else if (asked != NOWHERE)
        find_unread(code->reading, &found,
                    memory_format(code->reading->memory,
                                  "whether line %u decides about it could not be read",
                                  token_line(code, asked))
                        .at);
    else if (guard == GUARD_NONE)
        find_any(code->reading, &found);
    return guard == GUARD_NONE || guard == GUARD_UNREAD;
}

static void find_value(struct code *code, const struct found *found, const struct sent *sent);

/* A part of the value, or what a variable of it is given. */
static void find_part(struct code *code, const struct found *found, const struct sent *sent,
                      uint32_t from, uint32_t to)
{
    struct sent part = *sent;
    part.from = from;
    part.to = to;
    part.depth++;
    if (from < to)
        find_value(code, found, &part);
}

/* The same, of what is sent if a condition holds, or does not. */
static struct sent sent_if(struct code *code, const struct sent *sent, uint32_t from, uint32_t to,
                           bool holds)
{
    struct guards guards = {.code = code, .reason = sent->reason, .sent = NOWHERE};
    const enum guard guard = guard_of_condition(&guards, from, to, holds);
    struct sent part = *sent;
    part.guard = guard > sent->guard ? guard : sent->guard;
    part.reason = guards.reason;
    return part;
}

static uint32_t find_mark(const struct code *code, uint32_t from, uint32_t to,
                          const char *const *marks)
{
    uint32_t at = from;
    while (at < to && !is_one_of(code, at, marks))
        at = token_after(code, at);
    return at < to ? at : to;
}

static const char *const questions[] = {"?", NULL}, *const colons[] = {":", NULL};
static const char *const ifs[] = {"if", NULL}, *const elses[] = {"else", NULL};
static const char *const ors[] = {"||", "??", "or", NULL}, *const ands[] = {"&&", "and", NULL};

/* `a ? b : c`, `a ?: c`, `b if a else c`. */
static bool find_conditional(struct code *code, const struct found *found, const struct sent *sent)
{
    const bool python = code->language == CONFIG_PYTHON;
    const uint32_t mark = find_mark(code, sent->from, sent->to, python ? ifs : questions);
    if (mark == sent->to || mark == sent->from)
        return false;
    const uint32_t otherwise = find_mark(code, mark + 1, sent->to, python ? elses : colons);
    const uint32_t from = python ? mark + 1 : sent->from, to = python ? otherwise : mark;
    const bool is_short = otherwise == mark + 1;
    const struct sent holds = sent_if(code, sent, from, to, true);
    if (python || is_short)
        find_part(code, found, &holds, sent->from, mark);
    else
        find_part(code, found, &holds, mark + 1, otherwise);
    const struct sent fails = sent_if(code, sent, from, to, false);
    find_part(code, found, &fails, otherwise + 1, sent->to);
    return true;
}

/* `b || c`, `a && b`. */
static bool find_choice(struct code *code, const struct found *found, const struct sent *sent)
{
    const uint32_t to = sent->to;
    uint32_t at = find_mark(code, sent->from, to, ors);
    if (at < to) {
        find_part(code, found, sent, sent->from, at);
        /* `origin || '*'`: what is sent if there is none. */
        if (!is_origin(code, sent->from, at))
            find_part(code, found, sent, at + 1, to);
        return true;
    }
    uint32_t last = to;
    for (at = sent->from; (at = find_mark(code, at, to, ands)) < to; at++)
        last = at;
    if (last == to)
        return false;
    const struct sent holds = sent_if(code, sent, sent->from, last, true);
    find_part(code, found, &holds, last + 1, to);
    return true;
}

/* What a variable that is called after the origin is given may be read: a string, or a choice. */
static bool is_read(const struct code *code, uint32_t from, uint32_t to)
{
    static const char *const marks[] = {"?", "if", "&&", "and", "||", "??", "or", "false", NULL};
    if (code->tokens[from].kind == TOKEN_STRING || find_mark(code, from, to, marks) < to)
        return true;
    return is_compared(code, from, to) || (from + 1 == to && is_name(code, from));
}

static void find_unless_guarded(struct code *code, const struct found *found,
                                const struct sent *sent, const char *unread)
{
    const char *reason = NULL;
    const bool guarded = guard_at(code, sent, sent->name, NOWHERE, &reason) >= GUARD_NO_ORIGIN;
    forget_excluded(code);
    if (!guarded)
        find_unread(code->reading, found, unread);
}

/* A variable: what it is given, where it is. False: it is given nothing in the function. */
static bool find_variable(struct code *code, const struct found *found, const struct sent *sent)
{
    const bool is_origin_itself = is_origin(code, sent->from, sent->to);
    uint32_t begin, end, from, to;
    bool given = false, said = false;
    if (sent->variable != NOWHERE &&
        bytes_are(token_bytes(code, sent->from), token_bytes(code, sent->variable)))
        return !is_origin_itself;
    const bool covered = variable_scope(code, sent->from, sent->name, &begin, &end);
    for (uint32_t at = begin; (at = next_given(code, sent->from, at, end, &from, &to)) != NOWHERE;
         at++) {
        struct sent one = *sent;
        given = true;
        /* What it is given behind a comparison is not what was compared. */
        const bool is_late = is_compared(code, begin, at);
        one.guard = guard_at(code, sent, sent->name, is_late ? NOWHERE : sent->from, &one.reason);
        one.name = at;
        one.variable = sent->from;
        if (!is_origin(code, from, to) && (!is_origin_itself || is_late || is_read(code, from, to)))
            find_part(code, found, &one, from, to);
        else if (!said)
            said = find_reflected(code, found, &one);
    }
    if (given && !covered && is_origin_itself && !said)
        find_reflected(code, found, sent);
    else if (given && !covered && is_parameter(code, sent->from, sent->name))
        find_unless_guarded(code, found, sent, "the value of a variable is not in the file");
    return given;
}

/* `known[0]`: of the values before the brackets this one. */
static size_t take_index(struct code *code, uint32_t from, uint32_t *to)
{
    const uint32_t open = code->tokens[*to - 1].partner;
    if (!token_is(code, *to - 1, "]") || open == NOWHERE || open <= from || open + 3 != *to ||
        code->tokens[open + 1].kind != TOKEN_NUMBER)
        return SIZE_MAX;
    *to = open;
    return strtoul(token_bytes(code, open + 1).at, NULL, 10);
}

static void find_literals(struct code *code, const struct found *found, const struct sent *sent)
{
    struct values values = {0};
    uint32_t to = sent->to;
    if (token_is(code, sent->from, "{")) {
        find_unless_guarded(code, found, sent, "the value could not be read");
        return;
    }
    const size_t index = take_index(code, sent->from, &to);
    forget_excluded(code);
    read_values(code, sent->from, to, &values);
    for (size_t i = 0; i < values.count; i++) {
        struct found one = *found;
        if (index < values.count && i != index)
            continue;
        if (values.at[i].kind == VALUE_STRING)
            find_literal(code, &one, values.at[i].string);
        else if (values.at[i].kind != VALUE_FALSE)
            find_unless_guarded(code, &one, sent,
                                values.at[i].reason != NULL ? values.at[i].reason
                                                            : "the value could not be read");
    }
    free(values.at);
}

static void find_value(struct code *code, const struct found *found, const struct sent *sent)
{
    struct sent at = *sent;
    while (token_is(code, at.from, "(") && code->tokens[at.from].partner == at.to - 1) {
        at.from++;
        at.to--;
    }
    if (at.from >= at.to || at.depth > 6)
        return;
    if (find_conditional(code, found, &at) || find_choice(code, found, &at))
        return;
    if (at.to == at.from + 1 && is_name(code, at.from) && find_variable(code, found, &at))
        return;
    if (is_origin(code, at.from, at.to)) {
        find_reflected(code, found, &at);
    } else if (is_compared(code, at.from, at.to)) {
        const struct sent holds = sent_if(code, &at, at.from, at.to, true);
        find_reflected(code, found, &holds);
    } else {
        find_literals(code, found, &at);
    }
}

/* ---- Where it is sent ---------------------------------------------------------------------- */

/* The variable that a string ends with, as `$origin"` or `{$origin}"`: another token of its name;
 * NOWHERE: there is none. */
static uint32_t variable_in_string(const struct code *code, uint32_t token)
{
    const struct cors_bytes bytes = token_bytes(code, token);
    size_t to = bytes.len - 1;
    while (to > 0 && (bytes.at[to - 1] == '}' || bytes.at[to - 1] == ' '))
        to--;
    size_t from = to;
    while (from > 0 && (isalnum((unsigned char)bytes.at[from - 1]) || bytes.at[from - 1] == '_'))
        from--;
    if (from == 0 || from == to || bytes.at[from - 1] != '$')
        return NOWHERE;
    const struct cors_bytes name = {bytes.at + from - 1, to - from + 1};
    *code->looks += code->count;
    for (uint32_t i = token; i > 0 && *code->looks <= MOST_LOOKS; i--)
        if (is_name(code, i - 1) && bytes_are(token_bytes(code, i - 1), name))
            return i - 1;
    return NOWHERE;
}

/* "Access-Control-Allow-Origin: ..." in one string, or the beginning of one. */
static bool sent_in_string(struct code *code, uint32_t token, struct found *found)
{
    const struct token *at = &code->tokens[token];
    const struct cors_bytes bytes = token_bytes(code, token);
    const size_t name_len = strlen(header_name);
    struct config_string string;
    if (bytes.len < name_len + 3 ||
        !same_letters((struct cors_bytes){bytes.at + 1, name_len}, header_name) ||
        bytes.at[1 + name_len] != ':')
        return false;
    found->to = code->tokens[expression_end(code, token) - 1].to;
    const char *reason = token_string(code, token, &string);
    size_t value = name_len + 1;
    if (reason != NULL) {
        const uint32_t variable =
            code->language == CONFIG_PHP ? variable_in_string(code, token) : NOWHERE;
        if (variable != NOWHERE)
            find_value(
                code, found,
                &(struct sent){
                    .name = token, .from = variable, .to = variable + 1, .variable = NOWHERE});
        else if (mentions(bytes, "origin}") || mentions(bytes, "HTTP_ORIGIN") ||
                 ends_with_letters((struct cors_bytes){bytes.at, bytes.len - 1}, "$origin"))
            find_reflected(code, found, &(struct sent){.name = token, .variable = NOWHERE});
        else
            find_unread(code->reading, found, reason);
        return true;
    }
    while (value < string.bytes.len && string.bytes.at[value] == ' ')
        value++;
    const struct sent sent = {.name = token,
                              .from = token + 2,
                              .to = expression_end(code, token + 2),
                              .variable = NOWHERE};
    if (value < string.bytes.len && strpbrk(string.bytes.at + value, "%{") != NULL)
        find_unless_guarded(code, found, &sent, "something is put into the string");
    else if (value < string.bytes.len)
        find_literal(code, found, string_part(code->reading, string, value, string.bytes.len));
    else if (token_is(code, token + 1, ".") || token_is(code, token + 1, "+"))
        find_value(code, found, &sent);
    found->from = at->from;
    return true;
}

/* ---- Where the header's name stands in a constant ------------------------------------------ */

struct constants {
    uint32_t names[4]; /* tokens, where they are given it */
    bool used[4];
    size_t count;
};

/* `NAME = 'Access-Control-Allow-Origin'`, `NAME: '...'`: the name; NOWHERE. */
static uint32_t constant_of(const struct code *code, uint32_t token)
{
    const uint32_t sign = token - 1;
    uint32_t name = token - 2;
    if (token < 2 || !is_string(code, token, header_name))
        return NOWHERE;
    if (token_is(code, sign, ":")) {
        const struct cors_bytes bytes = token_bytes(code, name);
        for (size_t i = 0; i < bytes.len; i++)
            if (islower((unsigned char)bytes.at[i]))
                return NOWHERE;
    } else if (!token_is(code, sign, "=") && !token_is(code, sign, ":=")) {
        return NOWHERE;
    } else if (name > 1 && token_is(code, name - 1, ":")) {
        name -= 2; /* its type stands between them */
    }
    return is_name(code, name) ? name : NOWHERE;
}

static bool is_constant(const struct code *code, struct constants *constants, uint32_t token)
{
    static const char *const behind[] = {",", "]", "=>", NULL};
    if (!is_name(code, token) ||
        !(is_one_of(code, token + 1, behind) ||
          (token_is(code, token + 1, ":") && code->language == CONFIG_PYTHON)))
        return false;
    for (size_t i = 0; i < constants->count; i++)
        if (bytes_are(token_bytes(code, token), token_bytes(code, constants->names[i]))) {
            constants->used[i] = true;
            return true;
        }
    return false;
}

static void find_constants(struct code *code, struct constants *constants)
{
    if (code->language == CONFIG_TOML || code->language == CONFIG_TERRAFORM)
        return;
    for (uint32_t i = 0; i < code->count && constants->count < 4; i++)
        if (constant_of(code, i) != NOWHERE)
            constants->names[constants->count++] = constant_of(code, i);
}

static void find_unused(struct code *code, const struct constants *constants)
{
    for (size_t i = 0; i < constants->count; i++)
        if (!constants->used[i] && !token_is(code, constants->names[i], own_name)) {
            const uint32_t name = constants->names[i];
            const struct found found = {.from = code->tokens[name].from,
                                        .to = code->tokens[name + 2].to,
                                        .what = what,
                                        .credentials = code->credentials,
                                        .key = block_key(code, name)};
            find_unread(code->reading, &found,
                        "where the header of this name is sent could not be read");
        }
}

/* ---- All of them --------------------------------------------------------------------------- */

static bool read_sent(const struct code *code, uint32_t token, struct sent *sent)
{
    uint32_t sign = token + 1;
    if (token_is(code, sign, "]"))
        sign++;
    const bool follows = token_is(code, sign, ",") || token_is(code, sign, ":") ||
                         token_is(code, sign, "=>") || token_is(code, sign, "=");
    *sent = (struct sent){
        .name = token, .from = sign + 1, .to = expression_end(code, sign + 1), .variable = NOWHERE};
    return follows && sent->to > sent->from;
}

/* What is sent as `sent->from` may itself be a name within a list of names: no value. */
static bool is_header_list(struct code *code, const struct sent *sent)
{
    const uint32_t opener = code->tokens[sent->name].opener;
    return opener != NOWHERE && token_byte(code, opener) == '[' &&
           token_is(code, sent->from - 1, ",") && !is_origin(code, sent->from, sent->to);
}

void code_headers(struct code *code)
{
    if (!mentions(code->reading->bytes, "access-control-allow-origin") &&
        !mentions(code->reading->bytes, own_name))
        return;
    struct constants constants = {0};
    find_constants(code, &constants);
    for (uint32_t i = 0; i < code->count; i++) {
        struct sent sent;
        struct found found = {.from = code->tokens[i].from,
                              .to = code->tokens[i].to,
                              .what = what,
                              .credentials = code->credentials,
                              .key = block_key(code, i)};
        if (*code->looks > MOST_LOOKS)
            break;
        const bool named = is_constant(code, &constants, i) || is_string(code, i, header_name) ||
                           token_is(code, i, own_name);
        if (!named && code->tokens[i].kind == TOKEN_STRING && sent_in_string(code, i, &found))
            continue;
        if (!named || !read_sent(code, i, &sent) || is_header_list(code, &sent))
            continue;
        found.to = code->tokens[sent.to - 1].to;
        *code->looks += code->count / 16;
        forget_excluded(code);
        find_value(code, &found, &sent);
    }
    find_unused(code, &constants);
}
