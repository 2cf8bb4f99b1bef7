/* Where variables of a source file are given their values. Invariant: a place where that could
 * happen in another function is one of them, unless the variable is surely given one in its own. */
#include "prove_config_flow.h"

/* Whether a name is given a value at this token; where that begins. */
static uint32_t given_at(const struct code *code, uint32_t token)
{
    static const char *const signs[] = {"=", ":=", "|=", "&=", "+=", ".=", NULL};
    static const char *const parts[] = {"||", "&&", "??", NULL}; /* of ||= */
    uint32_t at = token + 1;
    const uint32_t opener = code->tokens[token].opener;
    if (opener != NOWHERE && token_byte(code, opener) == '(' && !token_is(code, at, ":="))
        return NOWHERE;
    /* Go: `matched, err :=`, of which the first is what is asked for. */
    if (code->language == CONFIG_GO && token_is(code, at, ",") && is_name(code, at + 1))
        at += 2;
    if (is_one_of(code, at, parts) && token_is(code, at + 1, "="))
        at++;
    /* A type. */
    for (unsigned i = 0; token_is(code, token + 1, ":") && i < 6 && at < code->count; i++) {
        if (token_is(code, at, "=") || code->tokens[at].first)
            break;
        at = token_after(code, at);
    }
    return is_one_of(code, at, signs) && (at == token + 1 || !code->tokens[at].first) ? at + 1
                                                                                      : NOWHERE;
}

uint32_t next_given(struct code *code, uint32_t name, uint32_t from, uint32_t to,
                    uint32_t *value_from, uint32_t *value_to)
{
    *code->looks += to - from;
    if (*code->looks > MOST_LOOKS)
        return NOWHERE;
    for (uint32_t i = from; i < to; i++) {
        if (!is_name(code, i) || !bytes_are(token_bytes(code, i), token_bytes(code, name)))
            continue;
        const uint32_t value = given_at(code, i);
        if (value == NOWHERE)
            continue;
        *value_from = value;
        *value_to = expression_end(code, value);
        if (*value_to > value)
            return i;
    }
    return NOWHERE;
}

/* Whether a variable is given a value at a token, whatever is decided, before another. */
static bool is_covered(struct code *code, uint32_t at, uint32_t token)
{
    const uint32_t around = branch_around(code, at);
    return at < token && (around == NOWHERE || is_in_body(&code->branches[around], token));
}

/* `let name;` */
static bool is_declared_empty(const struct code *code, uint32_t name, uint32_t from, uint32_t to)
{
    static const char *const ends[] = {";", ",", NULL}, *const words[] = {"let", "var", NULL};
    for (uint32_t i = from; i < to; i++)
        if (is_name(code, i) && bytes_are(token_bytes(code, i), token_bytes(code, name)) &&
            is_one_of(code, i - 1, words) &&
            (is_one_of(code, i + 1, ends) || code->language == CONFIG_GO ||
             code->tokens[i + 1].first))
            return true;
    return false;
}

bool is_parameter(struct code *code, uint32_t name, uint32_t token)
{
    uint32_t begin, end;
    function_around(code, token, &begin, &end);
    static const char *const ends[] = {";", "}", NULL};
    for (uint32_t i = begin; i > 0 && begin - i < 80 && !is_one_of(code, i - 1, ends); i--)
        if (is_name(code, i - 1) && bytes_are(token_bytes(code, i - 1), token_bytes(code, name)))
            return true;
    return false;
}

bool variable_scope(struct code *code, uint32_t name, uint32_t token, uint32_t *begin,
                    uint32_t *end)
{
    uint32_t from, to;
    function_around(code, token, begin, end);
    bool covered = is_declared_empty(code, name, *begin, *end);
    for (uint32_t at = *begin;
         !covered && (at = next_given(code, name, at, *end, &from, &to)) != NOWHERE; at++)
        covered = is_covered(code, at, token);
    if (covered || is_parameter(code, name, token))
        return covered;
    *begin = 0;
    *end = code->count;
    return false;
}
