/* Where comments, strings, patterns and here-documents of a programming language end. The
 * languages' own grammars are kept only as far as it takes to find that. Invariant: an end is
 * behind its beginning and within the file. */
#include "prove_config_code.h"

#include <ctype.h>
#include <string.h>

/* The byte at a place; 0 behind the end, where no file has one. */
static char byte_at(const struct code *code, uint32_t at)
{
    const struct cors_bytes bytes = code->reading->bytes;
    return at < bytes.len ? bytes.at[at] : '\0';
}

static bool stands_at(const struct code *code, uint32_t at, const char *text)
{
    const struct cors_bytes bytes = code->reading->bytes;
    const size_t len = strlen(text);
    return at <= bytes.len && bytes.len - at >= len && memcmp(bytes.at + at, text, len) == 0;
}

static uint32_t end_of_line(const struct code *code, uint32_t at)
{
    const struct cors_bytes bytes = code->reading->bytes;
    while (at < bytes.len && bytes.at[at] != '\n')
        at++;
    return at;
}

/* Behind the next place where a text stands; the file's end. */
static uint32_t behind(const struct code *code, uint32_t at, const char *text)
{
    const struct cors_bytes bytes = code->reading->bytes;
    while (at < bytes.len) {
        const char *next = memchr(bytes.at + at, *text, bytes.len - at);
        if (next == NULL)
            break;
        at = (uint32_t)(next - bytes.at);
        if (stands_at(code, at, text))
            return at + (uint32_t)strlen(text);
        at++;
    }
    return (uint32_t)bytes.len;
}

static bool is_first_of_line(const struct code *code, uint32_t at)
{
    return at == 0 || byte_at(code, at - 1) == '\n';
}

static bool has_hash_comments(enum config_kind language)
{
    return language == CONFIG_PYTHON || language == CONFIG_RUBY || language == CONFIG_PHP ||
           language == CONFIG_TOML || language == CONFIG_TERRAFORM;
}

static bool has_slash_comments(enum config_kind language)
{
    return language != CONFIG_PYTHON && language != CONFIG_RUBY && language != CONFIG_TOML;
}

uint32_t comment_end(const struct code *code, uint32_t at)
{
    const enum config_kind language = code->language;
    const char byte = byte_at(code, at);
    if (byte == '#' && has_hash_comments(language))
        return language == CONFIG_PHP && byte_at(code, at + 1) == '[' ? NOWHERE
                                                                      : end_of_line(code, at);
    if (byte == '/' && has_slash_comments(language)) {
        if (byte_at(code, at + 1) == '/')
            return end_of_line(code, at);
        if (byte_at(code, at + 1) == '*')
            return behind(code, at + 2, "*/");
    }
    if (language == CONFIG_RUBY && is_first_of_line(code, at) && stands_at(code, at, "=begin"))
        return end_of_line(code, behind(code, at, "\n=end"));
    if (language == CONFIG_RUBY && is_first_of_line(code, at) && stands_at(code, at, "__END__"))
        return (uint32_t)code->reading->bytes.len;
    return NOWHERE;
}

/* ---- Strings ------------------------------------------------------------------------------- */

static bool has_triple(enum config_kind language, char quote)
{
    return language == CONFIG_PYTHON || language == CONFIG_TOML ||
           (language == CONFIG_JAVA && quote == '"');
}

/* Whether a string of this kind may hold ends of lines. */
static bool has_lines(enum config_kind language, char quote)
{
    return quote == '`' || language == CONFIG_PHP || language == CONFIG_RUBY;
}

/* Whether a backslash takes the next byte's meaning. */
static bool has_escapes(enum config_kind language, char quote)
{
    return !(quote == '`' && language == CONFIG_GO) && !(quote == '\'' && language == CONFIG_TOML);
}

static uint32_t template_end(const struct code *code, uint32_t at, unsigned depth);

/* Behind the } of a ${ whose text begins at `at`; the file's end if there is none. */
static uint32_t hole_end(const struct code *code, uint32_t at, unsigned depth)
{
    const uint32_t end = (uint32_t)code->reading->bytes.len;
    size_t braces = 1;
    while (at < end) {
        const char byte = byte_at(code, at);
        if (byte == '`') {
            at = template_end(code, at, depth + 1);
            continue;
        }
        at++;
        if (byte == '{')
            braces++;
        else if (byte == '}' && --braces == 0)
            return at;
    }
    return end;
}

/* JavaScript's `...${...}...`, which may hold others. */
static uint32_t template_end(const struct code *code, uint32_t at, unsigned depth)
{
    const uint32_t end = (uint32_t)code->reading->bytes.len;
    for (at++; at < end;) {
        const char byte = byte_at(code, at);
        if (byte == '`')
            return at + 1;
        if (byte == '\\')
            at += 2;
        else if (stands_at(code, at, "${") && depth < MOST_DEPTH)
            at = hole_end(code, at + 2, depth);
        else
            at++;
    }
    return end + 1;
}

static bool is_quote(enum config_kind language, char byte)
{
    if (byte == '"')
        return true;
    if (byte == '\'')
        return language != CONFIG_TERRAFORM;
    return byte == '`' && (language == CONFIG_JAVASCRIPT || language == CONFIG_GO);
}

uint32_t string_end(const struct code *code, uint32_t at)
{
    const enum config_kind language = code->language;
    const uint32_t end = (uint32_t)code->reading->bytes.len;
    uint32_t quote = at;
    if (language == CONFIG_PYTHON)
        while (quote < at + 2 && byte_at(code, quote) != '\0' &&
               strchr("rRbBuUfF", byte_at(code, quote)) != NULL)
            quote++;
    const char byte = byte_at(code, quote);
    if (!is_quote(language, byte))
        return NOWHERE;
    if (byte == '`' && language == CONFIG_JAVASCRIPT) {
        const uint32_t close = template_end(code, quote, 0);
        return close > end ? at : close;
    }
    const char triple[] = {byte, byte, byte, '\0'};
    const bool is_triple = has_triple(language, byte) && stands_at(code, quote, triple);
    for (uint32_t i = quote + (is_triple ? 3 : 1); i < end; i++) {
        const char next = byte_at(code, i);
        if (next == '\\' && has_escapes(language, byte))
            i++;
        else if (next == '\n' && !is_triple && !has_lines(language, byte))
            return at;
        else if (next == byte && (!is_triple || stands_at(code, i, triple)))
            return i + (is_triple ? 3 : 1);
    }
    return at;
}

/* ---- Patterns and words -------------------------------------------------------------------- */

static char closing(char open)
{
    switch (open) {
    case '(':
        return ')';
    case '[':
        return ']';
    case '{':
        return '}';
    case '<':
        return '>';
    default:
        return open;
    }
}

/* Behind the delimiter that closes what begins at `at` with the delimiter; NOWHERE. */
static uint32_t delimited_end(const struct code *code, uint32_t at)
{
    const char open = byte_at(code, at), close = closing(open);
    size_t depth = 1;
    for (uint32_t i = at + 1; i < code->reading->bytes.len; i++) {
        const char byte = byte_at(code, i);
        if (byte == '\\')
            i++;
        else if (byte == close && --depth == 0)
            return i + 1;
        else if (byte == open)
            depth++;
    }
    return NOWHERE;
}

static uint32_t behind_letters(const struct code *code, uint32_t at)
{
    while (isalpha((unsigned char)byte_at(code, at)))
        at++;
    return at;
}

uint32_t pattern_end(const struct code *code, uint32_t at)
{
    const bool ruby = code->language == CONFIG_RUBY;
    if (ruby && stands_at(code, at, "%r") && ispunct((unsigned char)byte_at(code, at + 2))) {
        const uint32_t end = delimited_end(code, at + 2);
        return end == NOWHERE ? at : behind_letters(code, end);
    }
    if (byte_at(code, at) != '/' || (!ruby && code->language != CONFIG_JAVASCRIPT))
        return NOWHERE;
    bool in_class = false;
    for (uint32_t i = at + 1; i < code->reading->bytes.len; i++) {
        const char byte = byte_at(code, i);
        if (byte == '\n')
            return at;
        if (byte == '\\')
            i++;
        else if (byte == '/' && (ruby || !in_class))
            return behind_letters(code, i + 1);
        else
            in_class = byte == '[' || (in_class && byte != ']');
    }
    return at;
}

uint32_t words_end(const struct code *code, uint32_t at)
{
    if (code->language != CONFIG_RUBY ||
        !(stands_at(code, at, "%w") || stands_at(code, at, "%q") || stands_at(code, at, "%Q") ||
          stands_at(code, at, "%W") || stands_at(code, at, "%i")) ||
        !ispunct((unsigned char)byte_at(code, at + 2)))
        return NOWHERE;
    const uint32_t end = delimited_end(code, at + 2);
    return end == NOWHERE ? at : end;
}

/* ---- Here-documents ------------------------------------------------------------------------ */

static uint32_t here_word(const struct code *code, uint32_t at)
{
    if (code->language == CONFIG_PHP && stands_at(code, at, "<<<"))
        at += 3;
    else if ((code->language == CONFIG_RUBY || code->language == CONFIG_TERRAFORM) &&
             stands_at(code, at, "<<"))
        at += 2;
    else
        return NOWHERE;
    while (byte_at(code, at) == ' ' && code->language == CONFIG_PHP)
        at++;
    if (code->language != CONFIG_PHP && (byte_at(code, at) == '~' || byte_at(code, at) == '-'))
        at++;
    if (byte_at(code, at) == '"' || byte_at(code, at) == '\'')
        at++;
    return isupper((unsigned char)byte_at(code, at)) ? at : NOWHERE;
}

uint32_t here_document_end(const struct code *code, uint32_t at, uint32_t *rest)
{
    const uint32_t word = here_word(code, at), end = (uint32_t)code->reading->bytes.len;
    if (word == NOWHERE)
        return NOWHERE;
    uint32_t word_end = word;
    while (isalnum((unsigned char)byte_at(code, word_end)) || byte_at(code, word_end) == '_')
        word_end++;
    const struct cors_bytes name = piece(code->reading, word, word_end);
    *rest = end_of_line(code, word_end);
    for (uint32_t line = *rest + 1; line < end; line = end_of_line(code, line) + 1) {
        uint32_t i = line;
        while (byte_at(code, i) == ' ' || byte_at(code, i) == '\t')
            i++;
        if (end - i >= name.len && memcmp(code->reading->bytes.at + i, name.at, name.len) == 0 &&
            !isalnum((unsigned char)byte_at(code, i + (uint32_t)name.len)))
            return i + (uint32_t)name.len;
    }
    return end;
}
