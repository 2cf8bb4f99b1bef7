/* String literals of programming languages become the strings they stand for, each byte with the
 * place where it was written. What a backslash means is each language's own: Python and PHP keep
 * one that means nothing, the others drop it. Invariant: a string into which something is put when
 * the program runs has no value here, but a reason. */
#include "prove_config_code.h"

#include <ctype.h>
#include <string.h>

/* A literal while it is decoded. */
struct literal {
    enum config_kind language;
    const char *bytes; /* of the file */
    uint32_t at, to;   /* what is between the quotes */
    char quote;
    bool raw, kotlin;
    const char *reason;
    struct decoded decoded;
};

static int hex_value(char byte)
{
    if (isdigit((unsigned char)byte))
        return byte - '0';
    return isxdigit((unsigned char)byte) ? tolower((unsigned char)byte) - 'a' + 10 : -1;
}

/* Up to `most` digits of a base from `*at` on. False: there are fewer than `least`. */
static bool digits(const struct literal *literal, uint32_t *at, unsigned base, unsigned least,
                   unsigned most, uint32_t *value)
{
    unsigned count = 0;
    *value = 0;
    while (*at < literal->to && count < most) {
        const int digit = hex_value(literal->bytes[*at]);
        if (digit < 0 || (unsigned)digit >= base)
            break;
        *value = *value * base + (unsigned)digit;
        ++*at;
        count++;
    }
    return count >= least;
}

/* \xHH, \uHHHH, \UHHHHHHHH, \u{H}: `at` is behind the letter. False: it is none. */
static bool decode_number(struct literal *literal, char letter, uint32_t *at)
{
    const uint32_t from = literal->at;
    uint32_t value = 0;
    if (letter == 'u' && *at < literal->to && literal->bytes[*at] == '{') {
        ++*at;
        if (!digits(literal, at, 16, 1, 6, &value) || *at >= literal->to ||
            literal->bytes[*at] != '}')
            return false;
        ++*at;
    } else {
        const unsigned most = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;
        const bool short_one =
            letter == 'x' && (literal->language == CONFIG_PHP || literal->language == CONFIG_RUBY);
        if (!digits(literal, at, 16, short_one ? 1 : most, most, &value))
            return false;
    }
    if (value > 0x10FFFF)
        return false;
    const bool is_byte = letter == 'x' && literal->language != CONFIG_JAVASCRIPT &&
                         literal->language != CONFIG_PYTHON;
    if (is_byte)
        decode_byte(&literal->decoded, (char)value, from);
    else
        decode_code_point(&literal->decoded, value, from);
    return true;
}

static bool decode_letter(struct literal *literal, char letter)
{
    static const char letters[] = "n\nt\tr\rb\bf\fv\va\ae\033s ";
    const bool known[] = {
        ['e'] = literal->language == CONFIG_PHP || literal->language == CONFIG_RUBY,
        ['a'] = literal->language == CONFIG_PYTHON || literal->language == CONFIG_RUBY ||
                literal->language == CONFIG_GO,
        ['s'] = literal->language == CONFIG_RUBY || literal->language == CONFIG_JAVA,
        ['b'] = literal->language != CONFIG_PHP,
    };
    for (size_t i = 0; i + 1 < sizeof letters - 1; i += 2)
        if (letters[i] == letter) {
            if (strchr("aesb", letter) != NULL && !known[(unsigned char)letter])
                return false;
            decode_byte(&literal->decoded, letters[i + 1], literal->at);
            return true;
        }
    return false;
}

static bool keeps_backslash(const struct literal *literal)
{
    return literal->language == CONFIG_PYTHON || literal->language == CONFIG_PHP;
}

/* A backslash and what belongs to it. */
static void decode_escape(struct literal *literal)
{
    const char letter = literal->at + 1 < literal->to ? literal->bytes[literal->at + 1] : '\\';
    uint32_t behind = literal->at + 2 > literal->to ? literal->to : literal->at + 2;
    uint32_t value = 0, octal = literal->at + 1;
    const bool simple = literal->quote == '\'' &&
                        (literal->language == CONFIG_PHP || literal->language == CONFIG_RUBY);
    if (letter == '\\' || letter == literal->quote) {
        decode_byte(&literal->decoded, letter, literal->at);
    } else if (simple) {
        decode_byte(&literal->decoded, '\\', literal->at);
        decode_byte(&literal->decoded, letter, literal->at + 1);
    } else if (letter == '\n') {
        /* The line goes on. */
    } else if (letter != '\0' && strchr("xuU", letter) != NULL) {
        if (!decode_number(literal, letter, &behind)) {
            behind = literal->at + 1;
            decode_byte(&literal->decoded, '\\', literal->at);
        }
    } else if (letter == 'N' && literal->language == CONFIG_PYTHON) {
        literal->reason = "a character stands in it by its name";
    } else if (digits(literal, &octal, 8, 1, 3, &value)) {
        decode_code_point(&literal->decoded, value, literal->at);
        behind = octal;
    } else if (!decode_letter(literal, letter)) {
        if (keeps_backslash(literal) &&
            !(literal->language == CONFIG_PHP && (letter == '$' || letter == '"')) &&
            !(literal->language == CONFIG_PYTHON && (letter == '\'' || letter == '"')))
            decode_byte(&literal->decoded, '\\', literal->at);
        decode_byte(&literal->decoded, letter, literal->at + 1);
    }
    literal->at = behind;
}

/* Whether something is put in here when the program runs. */
static bool is_hole(const struct literal *literal)
{
    const char byte = literal->bytes[literal->at];
    const char next = literal->at + 1 < literal->to ? literal->bytes[literal->at + 1] : '\0';
    switch (literal->language) {
    case CONFIG_JAVASCRIPT:
        return literal->quote == '`' && byte == '$' && next == '{';
    case CONFIG_PHP:
        return literal->quote == '"' &&
               ((byte == '$' && (isalpha((unsigned char)next) || next == '_' || next == '{')) ||
                (byte == '{' && next == '$'));
    case CONFIG_RUBY:
        return literal->quote == '"' && byte == '#' && (next == '{' || next == '@' || next == '$');
    case CONFIG_TERRAFORM:
        return (byte == '$' || byte == '%') && next == '{';
    case CONFIG_JAVA:
        return literal->kotlin && byte == '$' && (isalpha((unsigned char)next) || next == '{');
    default:
        return false;
    }
}

static const char *decode(struct literal *literal, struct config_string *string)
{
    while (literal->at < literal->to && literal->reason == NULL) {
        const char byte = literal->bytes[literal->at];
        if (is_hole(literal)) {
            literal->reason = "something is put into the string";
        } else if (byte == '\\' && !literal->raw) {
            decode_escape(literal);
        } else {
            decode_byte(&literal->decoded, byte, literal->at);
            literal->at++;
        }
    }
    *string = decode_end(&literal->decoded, literal->to);
    return literal->reason;
}

/* Python's letters before the quote. */
static void read_prefix(struct literal *literal)
{
    for (; isalpha((unsigned char)literal->bytes[literal->at]); literal->at++) {
        const int letter = tolower((unsigned char)literal->bytes[literal->at]);
        literal->raw = literal->raw || letter == 'r';
        if (letter == 'f')
            literal->reason = "something is put into the string";
    }
}

const char *token_string(const struct code *code, uint32_t token, struct config_string *string)
{
    const struct token *at = &code->tokens[token];
    struct literal literal = {.language = code->language,
                              .bytes = code->reading->bytes.at,
                              .at = at->from,
                              .to = at->to,
                              .kotlin = is_kotlin(code)};
    if (code->language == CONFIG_PYTHON)
        read_prefix(&literal);
    literal.quote = literal.bytes[literal.at];
    const bool triple = at->to - literal.at >= 6 &&
                        literal.bytes[literal.at + 1] == literal.quote &&
                        literal.bytes[literal.at + 2] == literal.quote;
    literal.at += triple ? 3 : 1;
    literal.to -= triple ? 3 : 1;
    literal.raw = literal.raw || (literal.quote == '`' && code->language == CONFIG_GO) ||
                  (literal.quote == '\'' && code->language == CONFIG_TOML) ||
                  (triple && literal.kotlin);
    if (triple && code->language == CONFIG_JAVA && !literal.kotlin)
        literal.reason = "a block of text";
    /* An escape is never shorter than what it stands for. */
    literal.decoded = decode_begin(code->reading, literal.to - literal.at);
    return decode(&literal, string);
}

bool is_string(const struct code *code, uint32_t token, const char *value)
{
    if (token >= code->count || code->tokens[token].kind != TOKEN_STRING)
        return false;
    const struct token *at = &code->tokens[token];
    return at->to - at->from == strlen(value) + 2 &&
           same_letters(piece(code->reading, at->from + 1, at->to - 1), value);
}
