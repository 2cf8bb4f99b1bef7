/* Which expressions of a source file are the origin of a request: the header's value as frameworks
 * hand it over, a variable that is given it, or one that is called origin. Invariant: what is not
 * plainly one of these is none; that a check is missed for this is said where the header is sent.
 */
#include "prove_config_code.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

bool is_about_origins(const struct code *code)
{
    static const char *const words[] = {"access-control-allow-origin",
                                        "cors",
                                        "headers.origin",
                                        "http_origin",
                                        "headers['origin",
                                        "headers[\"origin",
                                        "header(\"origin",
                                        "header('origin",
                                        "get(\"origin",
                                        "get('origin",
                                        "allow_origin",
                                        "alloworigin"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (mentions(code->reading->bytes, words[i]))
            return true;
    return false;
}

enum { MOST_PARTS = 1000 }; /* of an operand: x.y().z has three */

/* ---- Operands ------------------------------------------------------------------------------ */

static bool is_dot(const struct code *code, uint32_t token)
{
    return token_is(code, token, ".") || token_is(code, token, "?.") ||
           (token_is(code, token, "->") && code->language == CONFIG_PHP) ||
           token_is(code, token, "::");
}

static bool is_literal(const struct code *code, uint32_t token)
{
    return token < code->count && code->tokens[token].kind != TOKEN_MARK &&
           code->tokens[token].kind != TOKEN_NAME;
}

/* Words behind which an operand begins: what they stand before is not called. */
static bool is_word_before(const struct code *code, uint32_t token)
{
    static const char *const words[] = {"if",   "unless", "elsif",  "elif", "while",
                                        "and",  "or",     "not",    "in",   "of",
                                        "case", "when",   "return", "else", NULL};
    return is_one_of(code, token, words);
}

uint32_t operand_begin(const struct code *code, uint32_t end)
{
    uint32_t at = end;
    for (unsigned parts = 0; at > 0 && parts < MOST_PARTS; parts++) {
        uint32_t last = at - 1;
        if (token_is(code, last, ")") || token_is(code, last, "]") || token_is(code, last, "}")) {
            if (code->tokens[last].partner == NOWHERE)
                return at;
            last = code->tokens[last].partner;
            /* What is called or indexed belongs to it. */
            if (last > 0 && !is_word_before(code, last - 1) &&
                (is_name(code, last - 1) || token_is(code, last - 1, ")") ||
                 token_is(code, last - 1, "]"))) {
                at = last;
                continue;
            }
        } else if (!is_name(code, last) && !is_literal(code, last)) {
            return at;
        }
        if (last == 0 || !is_dot(code, last - 1))
            return last;
        at = last - 1;
    }
    return at;
}

uint32_t operand_end(const struct code *code, uint32_t begin)
{
    uint32_t at = begin;
    while (token_is(code, at, "new") || token_is(code, at, "!"))
        at++;
    bool wants_value = true;
    for (unsigned parts = 0; at < code->count && parts < MOST_PARTS; parts++) {
        const bool opens = token_is(code, at, "(") || token_is(code, at, "[") ||
                           (token_is(code, at, "{") && wants_value);
        if (is_dot(code, at))
            wants_value = true;
        else if (opens || (wants_value && (is_name(code, at) || is_literal(code, at))))
            wants_value = false;
        else
            return at;
        at = token_after(code, at);
    }
    return at;
}

/* ---- The origin ---------------------------------------------------------------------------- */

static bool is_origin_name(struct cors_bytes name)
{
    static const char *const others[] = {"allow", "cors",   "trust",   "white", "valid", "permit",
                                         "known", "expect", "default", "base",  "is",    "has",
                                         "good",  "site",   "app",     "my",    "main",  "$allow"};
    while (name.len > 0 && strchr("$@_", *name.at) != NULL) {
        name.at++;
        name.len--;
    }
    if (!ends_with_letters(name, "origin"))
        return same_letters(name, "HTTP_ORIGIN");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (name.len > strlen(others[i]) && strncasecmp(name.at, others[i], strlen(others[i])) == 0)
            return false;
    return true;
}

/* A call or an index with the header's name: get('Origin'), $_SERVER['HTTP_ORIGIN']. */
static bool is_header(const struct code *code, uint32_t open, uint32_t close)
{
    if (open + 1 >= close || open == 0)
        return false;
    const bool named = is_string(code, open + 1, "origin") ||
                       is_string(code, open + 1, "http_origin") ||
                       token_is(code, open + 1, "ORIGIN");
    return named && (open + 2 == close || token_is(code, open + 2, ","));
}

/* Whether something is asked of what stands before a token, so that it is no value. */
static bool is_asked(const struct code *code, uint32_t token)
{
    static const char *const signs[] = {"&&", "and", "==", "===", "!=", "!==", "=~",
                                        "in", "not", "is", "<",   ">",  NULL};
    return is_one_of(code, token, signs) ||
           (token_is(code, token, "?") && !token_is(code, token + 1, ":") &&
            !holds_origin(code, token + 1, operand_end(code, token + 1)));
}

/* Whether a name is given the origin somewhere. */
static bool is_given_origin(struct code *code, struct cors_bytes name)
{
    if (*code->looks > MOST_LOOKS)
        return false;
    *code->looks += code->count;
    for (uint32_t i = 0; i + 2 < code->count; i++) {
        if (code->tokens[i].kind != TOKEN_NAME || !bytes_are(token_bytes(code, i), name) ||
            !(token_is(code, i + 1, "=") || token_is(code, i + 1, ":=")))
            continue;
        const uint32_t end = operand_end(code, i + 2);
        if (end == i + 2 || token_is(code, i + 2, "!") || is_asked(code, end))
            continue;
        const bool closes = code->tokens[end - 1].partner != NOWHERE;
        if ((closes && is_header(code, code->tokens[end - 1].partner, end - 1)) ||
            (!closes && end - i > 3 && is_origin_name(token_bytes(code, end - 1))))
            return true;
    }
    return false;
}

/* Calls that change nothing about what a browser sends: it sends lower case without blanks. */
static bool is_harmless(const struct code *code, uint32_t token)
{
    static const char *const words[] = {
        "toLowerCase", "lower",  "downcase",   "trim",    "strip", "toString",  "to_s",
        "lowercase",   "String", "strtolower", "ToLower", "str",   "TrimSpace", "casefold"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is(code, token, words[i]))
            return true;
    return false;
}

/* `|| ''`, which stands for there being none. */
static bool ends_with_nothing(const struct code *code, uint32_t from, uint32_t last)
{
    return last >= from + 2 && code->tokens[last].kind == TOKEN_STRING &&
           code->tokens[last].to - code->tokens[last].from == 2 &&
           (token_is(code, last - 1, "||") || token_is(code, last - 1, "??") ||
            token_is(code, last - 1, "or"));
}

/* Takes one pair of brackets, one harmless call or one sign away. False: there is none. */
static bool strip_one(const struct code *code, uint32_t *from, uint32_t *to)
{
    const uint32_t last = *to - 1, open = code->tokens[last].partner;
    const bool closes = token_is(code, last, ")") && open != NOWHERE;
    if (token_is(code, *from, "!") || token_is(code, *from, "await")) {
        ++*from;
    } else if (token_is(code, last, "!") && last > *from) {
        --*to; /* TypeScript: it is there */
    } else if (closes && open == *from) {
        ++*from;
        --*to;
    } else if (closes && open > *from && is_harmless(code, open - 1)) {
        const bool method = open + 1 == last && open >= *from + 3 && is_dot(code, open - 2);
        *to = method ? open - 2 : last;
        *from = method ? *from : open + 1;
    } else if ((is_harmless(code, last) && last >= *from + 2 && is_dot(code, last - 1)) ||
               ends_with_nothing(code, *from, last)) {
        *to = last - 1;
    } else {
        return false;
    }
    return true;
}

static void strip(const struct code *code, uint32_t *from, uint32_t *to)
{
    while (*from < *to && strip_one(code, from, to))
        ;
}

bool is_origin(struct code *code, uint32_t from, uint32_t to)
{
    strip(code, &from, &to);
    if (from >= to || operand_end(code, from) < to)
        return false;
    const uint32_t last = to - 1, open = code->tokens[last].partner;
    if (open != NOWHERE)
        return open > from && is_header(code, open, last);
    if (!is_name(code, last))
        return false;
    return is_origin_name(token_bytes(code, last)) ||
           (last == from && is_given_origin(code, token_bytes(code, last)));
}

bool holds_origin(const struct code *code, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if ((is_name(code, i) && is_origin_name(token_bytes(code, i))) ||
            is_string(code, i, "origin") || is_string(code, i, "http_origin"))
            return true;
    return false;
}

bool is_part_of_origin(struct code *code, uint32_t from, uint32_t to)
{
    static const char *const parts[] = {"hostname", "host",      "netloc",    "Host",   "Hostname",
                                        "getHost",  "$host",     "domain",    "suffix", "replace",
                                        "slice",    "split",     "substring", "substr", "protocol",
                                        "port",     "parse_url", "authority"};
    strip(code, &from, &to);
    bool names_part = false;
    if (to - from > 100)
        return false;
    for (uint32_t i = from; i < to; i++)
        for (size_t p = 0; p < sizeof parts / sizeof *parts; p++)
            names_part = names_part || token_is(code, i, parts[p]);
    if (!names_part)
        return false;
    if (holds_origin(code, from, to))
        return true;
    if (*code->looks > MOST_LOOKS)
        return false;
    *code->looks += code->count;
    for (uint32_t i = 0; i + 2 < code->count; i++)
        if (is_name(code, i) && bytes_are(token_bytes(code, i), token_bytes(code, from)) &&
            (token_is(code, i + 1, "=") || token_is(code, i + 1, ":=") ||
             token_is(code, i + 1, ",")) &&
            !code->tokens[i + 1].first) {
            const uint32_t end = expression_end(code, i + 2);
            if (end - i < 100 && holds_origin(code, i + 2, end))
                return true;
        }
    return false;
}

/* ---- Loops --------------------------------------------------------------------------------- */

static bool same_name(const struct code *code, uint32_t a, uint32_t b)
{
    return is_name(code, a) && bytes_are(token_bytes(code, a), token_bytes(code, b));
}

/* `for (const x of list)`, `for x in list`, `for _, x := range list`, `for (String x : list)`,
 * `foreach ($list as $x)`: the name is at `at`. */
static bool is_loop(const struct code *code, uint32_t at, uint32_t *from, uint32_t *to)
{
    const uint32_t sign = at + 1;
    if (token_is(code, sign, "of") || token_is(code, sign, "in") ||
        (token_is(code, sign, ":") && code->language == CONFIG_JAVA)) {
        *from = sign + 1;
        *to = operand_end(code, *from);
        return true;
    }
    if (token_is(code, sign, ":=") && token_is(code, sign + 1, "range")) {
        *from = sign + 2;
        *to = operand_end(code, *from);
        /* `[]string{...}`; otherwise what follows the list is the loop's block. */
        if (token_is(code, *from, "[") && token_is(code, *from + 3, "{"))
            *to = token_after(code, *from + 3);
        return true;
    }
    if (at > 1 && token_is(code, at - 1, "as")) {
        *to = at - 1;
        *from = operand_begin(code, *to);
        return true;
    }
    return false;
}

/* `list.some(x => ...)`, `list.any? { |x| ... }`. */
static bool is_each(const struct code *code, uint32_t at, uint32_t *from, uint32_t *to)
{
    static const char *const words[] = {"some", "find",     "filter", "any?",     "findIndex",
                                        "any",  "anyMatch", "detect", "find_all", "stream"};
    uint32_t call = at;
    for (unsigned i = 0; i < 3 && call > 0; i++) {
        call--;
        if (!token_is(code, call, "(") && !token_is(code, call, "{") &&
            !token_is(code, call, "|") && !token_is(code, call, "do"))
            break;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (token_is(code, call, words[i]) && call > 1 && is_dot(code, call - 1)) {
            *to = call - 1;
            *from = operand_begin(code, *to);
            const uint32_t open = code->tokens[*to - 1].partner;
            if (open != NOWHERE && open > *from + 1 && token_is(code, open - 1, "stream"))
                *to = open - 2;
            return *from < *to;
        }
    return false;
}

bool list_of_name(struct code *code, uint32_t name, uint32_t *from, uint32_t *to)
{
    for (uint32_t i = name; i > 0 && name - i < 200; i--)
        if (same_name(code, i - 1, name) &&
            (is_loop(code, i - 1, from, to) || is_each(code, i - 1, from, to)))
            return true;
    /* Python: any(... for x in list). */
    for (uint32_t i = name + 1; code->language == CONFIG_PYTHON && i < code->count && i - name < 40;
         i++)
        if (token_is(code, i, "for") && same_name(code, i + 1, name))
            return is_loop(code, i + 1, from, to);
    return false;
}

/* ---- What is said about it ----------------------------------------------------------------- */

bool says_more(const struct code *code, uint32_t from, uint32_t to)
{
    static const char *const plain[] = {
        "req",    "request", "headers", "isset",    "empty", "$_SERVER",  "header",
        "get",    "ctx",     "context", "null",     "None",  "undefined", "nil",
        "not",    "in",      "META",    "environ",  "env",   "Header",    "array_key_exists",
        "is",     "r",       "c",       "present?", "Get",   "if",        "len",
        "method", "length",  "typeof"};
    for (uint32_t i = from; i < to; i++) {
        bool is_plain = !is_name(code, i) || is_origin_name(token_bytes(code, i));
        for (size_t p = 0; p < sizeof plain / sizeof *plain && !is_plain; p++)
            is_plain = same_letters(token_bytes(code, i), plain[p]);
        if (!is_plain)
            return true;
    }
    return false;
}

/* ---- Blocks -------------------------------------------------------------------------------- */

uint64_t block_key(const struct code *code, uint32_t token)
{
    uint32_t opener = code->tokens[token].opener;
    while (opener != NOWHERE && token_byte(code, opener) != '{')
        opener = code->tokens[opener].opener;
    if (opener != NOWHERE)
        return (uint64_t)code->tokens[opener].from + 2;
    uint32_t at = token;
    while (at > 0 && token - at < 2000 && !token_is(code, at, "def"))
        at--;
    return (uint64_t)code->tokens[at].from + 2;
}
