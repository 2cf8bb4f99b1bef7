/* The small languages inside cells (README.md): numbers and ranges, sets of bytes, escaped text. */
#include "schema.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool is_token(const char *text)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (const char *at = text; *at != '\0'; at++) {
        const bool letter = (*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z');
        if (!letter && !is_digit(*at) && strchr(others, *at) == NULL)
            return false;
    }
    return *text != '\0';
}

/* Decimal digits without superfluous zeros; moves *text behind them. */
bool parse_number(const char **text, long *number)
{
    const char *at = *text;
    long value = 0;
    while (is_digit(*at) && value < 100000000)
        value = value * 10 + (*at++ - '0');
    if (at == *text || is_digit(*at) || (**text == '0' && at - *text > 1))
        return false;
    *text = at;
    *number = value;
    return true;
}

bool parse_numbers(const char *text, long *from, long *to)
{
    if (!parse_number(&text, from))
        return false;
    *to = *from;
    if (*text == '-') {
        text++;
        if (!parse_number(&text, to))
            return false;
    }
    return *text == '\0' && *from <= *to;
}

bool parse_hex_byte(const char **text, unsigned *byte)
{
    const int high = hex_digit((*text)[0]);
    const int low = high < 0 ? -1 : hex_digit((*text)[1]);
    if (low < 0)
        return false;
    *byte = (unsigned)(high * 16 + low);
    *text += 2;
    return true;
}

static bool add_range(const char *word, size_t length, bool bytes[256])
{
    unsigned from, to;
    const char *at = word;
    if (!parse_hex_byte(&at, &from))
        return false;
    to = from;
    if (at < word + length && *at == '-') {
        at++;
        if (!parse_hex_byte(&at, &to))
            return false;
    }
    for (unsigned byte = from; byte <= to; byte++)
        bytes[byte] = true;
    return at == word + length && from <= to;
}

static bool add_class(const char *name, size_t length, const struct table *classes, size_t rows,
                      bool bytes[256])
{
    size_t where;
    for (size_t row = 0; row < rows; row++)
        if (word_is(name, length, text_at(classes, row, "class")))
            return parse_bytes(text_at(classes, row, "bytes"), classes, row, bytes, &where);
    return false;
}

bool parse_bytes(const char *text, const struct table *classes, size_t rows, bool bytes[256],
                 size_t *where)
{
    const char *rest = text, *word;
    size_t length;
    while (next_word(&rest, &word, &length)) {
        *where = (size_t)(word - text);
        if (word[0] == '+' ? !add_class(word + 1, length - 1, classes, rows, bytes)
                           : !add_range(word, length, bytes))
            return false;
    }
    return true;
}

bool parse_escaped(const char *text, unsigned char *bytes, size_t *length, size_t *where)
{
    *length = 0;
    for (const char *at = text; *at != '\0';) {
        *where = (size_t)(at - text);
        unsigned byte = (unsigned char)*at++;
        if (byte == '\\' && *at == 'x') {
            at++;
            if (!parse_hex_byte(&at, &byte))
                return false;
        } else if (byte == '\\' && *at++ != '\\') {
            return false;
        }
        bytes[(*length)++] = (unsigned char)byte;
    }
    return true;
}
