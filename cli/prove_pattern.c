/* Literals of the languages that have some: JavaScript
 * (https://tc39.es/ecma262/#sec-literals-regular-expression-literals), Ruby
 * (https://docs.ruby-lang.org/en/3.1/doc/regexp_rdoc.html), PHP
 * (https://www.php.net/manual/en/regexp.reference.delimiters.php) and Perl
 * (https://perldoc.perl.org/perlop#Regexp-Quote-Like-Operators). Invariant: nothing is a literal
 * unless its second delimiter is followed by letters only, so that a pattern which merely begins
 * with a slash stays one. */
#include "prove_pattern.h"

#include "options.h"
#include "output.h"

#include <ctype.h>
#include <string.h>

static const struct pattern_language languages[] = {
    {"js", "javascript", "/", "dgimsuvy", "dg", ""},
    {"javascript", "javascript", "/", "dgimsuvy", "dg", ""},
    {"javascript-u", "javascript-u", "/", "dgimsuy", "dgu", ""},
    {"javascript-v", "javascript-v", "/", "dgimsvy", "dgv", ""},
    {"pcre2", "pcre2", NULL, "", "", ""},
    {"php", "pcre2", "/#~@%!", "imsxADSXu", "DSXu", ""},
    {"python", "python", NULL, "", "", ""},
    {"ruby", "ruby", "/", "imxo", "o", "#"},
    {"go", "go", NULL, "", "", ""},
    {"re2", "go", NULL, "", "", ""},
    {"java", "java", NULL, "", "", ""},
    {"posix-ere", "posix-ere", NULL, "", "", ""},
    {"perl", "perl", "/", "imsxo", "o", "$@"},
};
enum { LANGUAGES = sizeof languages / sizeof *languages };

const struct pattern_language *pattern_language(const char *word)
{
    for (size_t i = 0; i < LANGUAGES; i++)
        if (strcmp(languages[i].word, word) == 0)
            return &languages[i];
    return NULL;
}

struct cors_bytes pattern_languages(struct memory *memory)
{
    const char *words[LANGUAGES];
    for (size_t i = 0; i < LANGUAGES; i++)
        words[i] = languages[i].word;
    return alternatives(words, LANGUAGES, memory);
}

/* ---- Literals ------------------------------------------------------------------------------ */

/* Where the letters begin: behind the last delimiter, if there are only letters; 0: nowhere. */
static size_t end_of_literal(const char *delimiters, const char *text)
{
    size_t end = strlen(text);
    if (delimiters == NULL || *text == '\0' || strchr(delimiters, *text) == NULL)
        return 0;
    while (end > 1 && isalpha((unsigned char)text[end - 1]))
        end--;
    return end > 2 && text[end - 1] == *text ? end : 0;
}

/* Whether a value is put in here, that of a variable mostly. Perl: perldoc perlop, "Gory details of
 * parsing quoted constructs". */
static bool is_replaced(const struct pattern_language *language, const char *at)
{
    const char next = at[1];
    if (*at == '\0' || next == '\0' || strchr(language->interpolates, *at) == NULL)
        return false;
    if (*at == '$')
        return strchr("()|", next) == NULL;
    if (*at == '@')
        return isalnum((unsigned char)next) || strchr("_{$:", next) != NULL;
    return strchr("{$@", next) != NULL;
}

static bool check_literal(const struct pattern_language *language,
                          const struct written_pattern *written, struct complaint *complaint)
{
    const bool classes = strncmp(language->dialect, "javascript", strlen("javascript")) == 0;
    const char *pattern = written->pattern.at;
    bool in_class = false;
    for (size_t i = 0; i < written->pattern.len; i++) {
        if (pattern[i] == '\\' && i + 1 < written->pattern.len) {
            i++;
            continue;
        }
        if (pattern[i] == written->delimiter && !(classes && in_class))
            return complain(complaint,
                            "column %zu: the delimiter ends the literal here: write a backslash "
                            "before it",
                            written->before + i + 1);
        if (is_replaced(language, pattern + i))
            return complain(complaint,
                            "column %zu: a variable stands here, whose value is not known",
                            written->before + i + 1);
        in_class = pattern[i] == '[' || (in_class && pattern[i] != ']');
    }
    return true;
}

static bool check_letters(const struct pattern_language *language, const char *letters,
                          size_t column, struct complaint *complaint)
{
    for (size_t i = 0; letters[i] != '\0'; i++) {
        if (strchr(language->letters, letters[i]) == NULL)
            return complain(complaint, "column %zu: patterns of %s have no letter %c here",
                            column + i, language->word, letters[i]);
        if (memchr(letters, letters[i], i) != NULL)
            return complain(complaint, "column %zu: the letter %c stands here a second time",
                            column + i, letters[i]);
    }
    return true;
}

bool pattern_read(const struct pattern_language *language, const char *text,
                  struct written_pattern *written, struct memory *memory,
                  struct complaint *complaint)
{
    const size_t end = end_of_literal(language->delimiters, text);
    *written = (struct written_pattern){.text = bytes_of(text), .pattern = bytes_of(text)};
    if (end == 0)
        return true;
    written->delimiter = *text;
    written->before = 1;
    written->pattern = memory_copy(memory, (struct cors_bytes){text + 1, end - 2});
    if (!check_letters(language, text + end, end + 1, complaint))
        return false;
    memcpy(written->letters, text + end, strlen(text + end) + 1);
    return check_literal(language, written, complaint);
}

/* ---- Flags --------------------------------------------------------------------------------- */

static bool is_ascii(struct cors_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if ((unsigned char)bytes.at[i] >= 0x80)
            return false;
    return true;
}

/* The flags that make another dialect of a dialect. */
static const char *dialect_with(const struct pattern_language *language, const char *letters)
{
    if (strcmp(language->dialect, "javascript") != 0)
        return language->dialect;
    return strchr(letters, 'v') != NULL   ? "javascript-v"
           : strchr(letters, 'u') != NULL ? "javascript-u"
                                          : "javascript";
}

bool pattern_flags(const struct pattern_language *language, const char *letters,
                   struct cors_bytes pattern, struct pattern_flags *flags, struct memory *memory,
                   struct complaint *complaint)
{
    char *kept = memory_take(memory, strlen(letters) + 1);
    const bool javascript = strncmp(language->dialect, "javascript", 10) == 0;
    *flags = (struct pattern_flags){.dialect = dialect_with(language, letters), .flags = kept};
    if (javascript && strchr(letters, 'u') != NULL && strchr(letters, 'v') != NULL)
        return complain(complaint, "the flags u and v exclude each other");
    if (!javascript && strchr(letters, 'u') != NULL && !is_ascii(pattern))
        return complain(complaint, "with the flag u only patterns of ASCII can be read");
    for (; *letters != '\0'; letters++) {
        const bool unicode = javascript && (*letters == 'u' || *letters == 'v');
        if (*letters == 'A' && strcmp(language->word, "php") == 0)
            flags->at_start = true;
        else if (!unicode && strchr(language->ignored, *letters) == NULL &&
                 strchr(kept, *letters) == NULL)
            kept[strlen(kept)] = *letters;
    }
    return true;
}

/* ---- Writing ------------------------------------------------------------------------------- */

struct cors_bytes pattern_write(const struct written_pattern *like, struct cors_bytes pattern,
                                struct memory *memory)
{
    if (like->delimiter == '\0')
        return memory_copy(memory, pattern);
    char *text = memory_take(memory, 2 * pattern.len + LITERAL_LETTERS + 3), *end = text;
    *end++ = like->delimiter;
    for (size_t i = 0; i < pattern.len; i++) {
        const bool escape = pattern.at[i] == '\\' && i + 1 < pattern.len;
        if (pattern.at[i] == like->delimiter)
            *end++ = '\\';
        *end++ = pattern.at[i];
        if (escape)
            *end++ = pattern.at[++i];
    }
    *end++ = like->delimiter;
    memcpy(end, like->letters, strlen(like->letters));
    return bytes_of(text);
}

/* ---- Pieces -------------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static bool is_escaped(struct cors_bytes text, size_t at)
{
    size_t backslashes = 0;
    while (backslashes < at && text.at[at - 1 - backslashes] == '\\')
        backslashes++;
    return backslashes % 2 == 1;
}

/* Behind a class or a group that opens at `at`. */
static size_t behind(struct cors_bytes text, size_t at)
{
    const bool class = text.at[at] == '[';
    size_t depth = 0;
    for (size_t i = at; i < text.len; i++) {
        if (text.at[i] == '\\')
            i++;
        else if (!class && text.at[i] == '(')
            depth++;
        else if (class ? text.at[i] == ']' && i > at + 1 : text.at[i] == ')' && --depth == 0)
            return i + 1;
    }
    return text.len;
}

static size_t behind_repetition(struct cors_bytes text, size_t at)
{
    if (at < text.len && text.at[at] == '{') {
        const char *end = memchr(text.at + at, '}', text.len - at);
        at = end == NULL ? at : (size_t)(end - text.at) + 1;
    }
    while (at < text.len && strchr("*+?", text.at[at]) != NULL && text.at[at] != '\0')
        at++;
    return at;
}

struct cors_bytes pattern_piece(struct cors_bytes text, size_t column)
{
    if (column == 0 || column > text.len)
        return (struct cors_bytes){0};
    size_t from = column - 1, to = column;
    if (is_escaped(text, from)) {
        from--;
    } else if (text.at[from] == '\\') {
        to += to < text.len;
    } else if (is_word(text.at[from])) {
        while (from > 0 && is_word(text.at[from - 1]) && !is_escaped(text, from - 1))
            from--;
        while (to < text.len && is_word(text.at[to]))
            to++;
        return (struct cors_bytes){text.at + from, to - from};
    } else if (text.at[from] == '[' || text.at[from] == '(') {
        to = behind(text, from);
    }
    to = behind_repetition(text, to);
    return (struct cors_bytes){text.at + from, to - from};
}
