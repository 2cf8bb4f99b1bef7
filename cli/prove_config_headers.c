/* Where a source file sends Access-Control-Allow-Origin itself: a star, one fixed origin, or what
 * the request said. The latter is a check of its own only if nothing decides before. Invariant: if
 * something decides and none of it is a comparison that was found, then that is said. */
#include "prove_config_code.h"

#include <stdlib.h>
#include <string.h>

static const char header_name[] = "Access-Control-Allow-Origin";
static const char what[] = "by hand, Access-Control-Allow-Origin";

struct sent {
    uint32_t name;     /* the token of the header's name */
    uint32_t from, to; /* tokens of the value; equal: it is in the name's string */
};

/* ---- The function around it ---------------------------------------------------------------- */

static bool is_control(const struct code *code, uint32_t opener)
{
    static const char *const words[] = {"if",    "for",     "while", "switch", "elseif",
                                        "catch", "foreach", "else",  "try",    "do"};
    uint32_t before = opener == 0 ? 0 : opener - 1;
    if (token_is(code, before, ")") && code->tokens[before].partner != NOWHERE &&
        code->tokens[before].partner > 0)
        before = code->tokens[before].partner - 1;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is(code, before, words[i]))
            return true;
    return false;
}

static bool is_object(const struct code *code, uint32_t opener)
{
    static const char *const words[] = {",", "(", ":", "=", "return", "[", "??", "||"};
    for (size_t i = 0; opener > 0 && i < sizeof words / sizeof *words; i++)
        if (token_is(code, opener - 1, words[i]))
            return true;
    return false;
}

/* Where the function that holds a token begins; 0: it is in none. Go's `if x := ...; y {` has no
 * bracket before its block. */
static uint32_t function_begin(const struct code *code, uint32_t token)
{
    uint32_t opener = code->tokens[token].opener;
    while (opener != NOWHERE &&
           (token_byte(code, opener) != '{' || is_control(code, opener) ||
            is_object(code, opener) ||
            (code->language == CONFIG_GO && code->tokens[opener].opener != NOWHERE)))
        opener = code->tokens[opener].opener;
    if (opener != NOWHERE)
        return opener;
    uint32_t at = token;
    while (at > 0 && !token_is(code, at, "def"))
        at--;
    return at;
}

static bool is_compared(const struct code *code, uint32_t from, uint32_t to)
{
    for (size_t i = 0; i < code->compared_count; i++)
        if (code->compared[i] >= from && code->compared[i] < to)
            return true;
    return false;
}

/* Whether a condition between two tokens asks something about the origin. */
static bool is_asked(const struct code *code, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        if (!token_is(code, i, "if") && !token_is(code, i, "unless") &&
            !token_is(code, i, "elsif") && !token_is(code, i, "elseif") &&
            !token_is(code, i, "elif"))
            continue;
        uint32_t end = i + 1;
        if (token_is(code, end, "("))
            end = token_after(code, end);
        else
            while (end < to && !token_is(code, end, ":") && !token_is(code, end, "{") &&
                   !code->tokens[end].first)
                end++;
        if (holds_origin(code, i + 1, end) && says_more(code, i + 1, end))
            return true;
    }
    return false;
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

static void find_reflected(struct code *code, struct found *found, uint32_t token)
{
    const uint32_t from = function_begin(code, token);
    *code->looks += token - from;
    if (*code->looks > MOST_LOOKS)
        find_unread(code->reading, found, "the file is too large to be read whole");
    else if (is_compared(code, from, token))
        return;
    else if (is_asked(code, from, token))
        find_unread(code->reading, found, "what decides about the origin could not be read");
    else
        find_any(code->reading, found);
}

static void find_value(struct code *code, struct found *found, const struct sent *sent)
{
    struct values values = {0};
    if (is_origin(code, sent->from, sent->to)) {
        find_reflected(code, found, sent->name);
        return;
    }
    /* `origin || '*'`, `origin ?? 'null'`: the origin, if there is one. */
    const uint32_t first = operand_end(code, sent->from);
    if ((token_is(code, first, "||") || token_is(code, first, "??") ||
         token_is(code, first, "or")) &&
        is_origin(code, sent->from, first)) {
        find_reflected(code, found, sent->name);
        return;
    }
    if (is_compared(code, sent->from, sent->to))
        return;
    read_values(code, sent->from, sent->to, &values);
    for (size_t i = 0; i < values.count; i++) {
        struct found one = *found;
        if (values.at[i].kind == VALUE_STRING)
            find_literal(code, &one, values.at[i].string);
        else if (values.at[i].kind != VALUE_FALSE &&
                 !is_compared(code, function_begin(code, sent->name), sent->name))
            find_unread(code->reading, &one,
                        values.at[i].reason != NULL ? values.at[i].reason
                                                    : "the value could not be read");
    }
    free(values.at);
}

/* ---- Where it is sent ---------------------------------------------------------------------- */

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
        if (mentions(bytes, "origin}") || mentions(bytes, "HTTP_ORIGIN") ||
            ends_with_letters((struct cors_bytes){bytes.at, bytes.len - 1}, "$origin"))
            find_reflected(code, found, token);
        else
            find_unread(code->reading, found, reason);
        return true;
    }
    while (value < string.bytes.len && string.bytes.at[value] == ' ')
        value++;
    const struct sent sent = {token, token + 2, expression_end(code, token + 2)};
    if (value < string.bytes.len)
        find_literal(code, found, string_part(code->reading, string, value, string.bytes.len));
    else if (token_is(code, token + 1, ".") || token_is(code, token + 1, "+"))
        find_value(code, found, &sent);
    found->from = at->from;
    return true;
}

static bool read_sent(const struct code *code, uint32_t token, struct sent *sent)
{
    uint32_t sign = token + 1;
    if (token_is(code, sign, "]"))
        sign++;
    const bool follows = token_is(code, sign, ",") || token_is(code, sign, ":") ||
                         token_is(code, sign, "=>") || token_is(code, sign, "=");
    *sent = (struct sent){token, sign + 1, expression_end(code, sign + 1)};
    return follows && sent->to > sent->from;
}

/* What is sent as `sent->from` may itself be a name within a list of names: no value. */
static bool is_header_list(const struct code *code, const struct sent *sent)
{
    const uint32_t opener = code->tokens[sent->name].opener;
    return opener != NOWHERE && token_byte(code, opener) == '[' &&
           token_is(code, sent->from - 1, ",");
}

void code_headers(struct code *code)
{
    if (!mentions(code->reading->bytes, "access-control-allow-origin") &&
        !mentions(code->reading->bytes, "ACCESS_CONTROL_ALLOW_ORIGIN"))
        return;
    for (uint32_t i = 0; i < code->count; i++) {
        struct sent sent;
        struct found found = {.from = code->tokens[i].from,
                              .to = code->tokens[i].to,
                              .what = what,
                              .credentials = code->credentials,
                              .key = block_key(code, i)};
        if (*code->looks > MOST_LOOKS)
            break;
        const bool named =
            is_string(code, i, header_name) || token_is(code, i, "ACCESS_CONTROL_ALLOW_ORIGIN");
        if (!named && code->tokens[i].kind == TOKEN_STRING && sent_in_string(code, i, &found))
            continue;
        if (!named || !read_sent(code, i, &sent) || is_header_list(code, &sent))
            continue;
        found.to = code->tokens[sent.to - 1].to;
        *code->looks += code->count / 16;
        find_value(code, &found, &sent);
    }
}
