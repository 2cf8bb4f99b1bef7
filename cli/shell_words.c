/* Words of a pasted command line. POSIX: an unquoted backslash, '...', "..." and $'...';
 * Windows: first cmd.exe's carets, then the rules by which a program splits what it gets: 2n
 * backslashes before a quote are n, a quote behind an odd one is a character, and "" within
 * quotes is one, too. Invariants: no word is longer than what it was written as, so that one
 * buffer holds all of them; every byte of the text is looked at once, or twice with carets. */
#include "shell_words.h"

#include <string.h>

const struct choice shell_words_choices[] = {
    {"auto", SHELL_ANY}, {"posix", SHELL_POSIX}, {"cmd", SHELL_CMD}, {NULL, 0}};

struct reader {
    struct cors_bytes text;
    const size_t *offsets; /* of each byte in what was pasted; NULL: its own */
    size_t at;
    char *end; /* of what is written; there is room for the whole text and a NUL
                  for each word */
    struct shell_word *words;
    size_t count, capacity;
    struct cors_bytes pasted;
    struct memory *memory;
    struct complaint *complaint;
};

const char *place_in_text(struct cors_bytes text, size_t offset, struct memory *memory)
{
    size_t line = 1, column = 1;
    for (size_t i = 0; i < offset && i < text.len; i++) {
        column = text.at[i] == '\n' ? 1 : column + 1;
        line += text.at[i] == '\n';
    }
    return memory_format(memory, "line %zu, column %zu", line, column).at;
}

static size_t offset_of(const struct reader *reader, size_t at)
{
    return reader->offsets == NULL ? at : reader->offsets[at];
}

/* `what` is our own. */
static bool fail(struct reader *reader, size_t at, const char *what)
{
    return complain(reader->complaint, "%s: %s",
                    place_in_text(reader->pasted, offset_of(reader, at), reader->memory), what);
}

static bool more(const struct reader *reader)
{
    return reader->at < reader->text.len;
}

static char peek(const struct reader *reader, size_t ahead)
{
    return ahead < reader->text.len - reader->at ? reader->text.at[reader->at + ahead] : '\0';
}

static void put(struct reader *reader, char c)
{
    *reader->end++ = c;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void begin_word(struct reader *reader)
{
    struct shell_word *longer;
    if (reader->count == reader->capacity) {
        const size_t capacity = reader->capacity == 0 ? 32 : 2 * reader->capacity;
        longer = memory_take(reader->memory, capacity * sizeof *longer);
        if (reader->count > 0)
            memcpy(longer, reader->words, reader->count * sizeof *longer);
        reader->words = longer;
        reader->capacity = capacity;
    }
    reader->words[reader->count++] =
        (struct shell_word){.text = {reader->end, 0}, .offset = offset_of(reader, reader->at)};
}

static void end_word(struct reader *reader)
{
    struct shell_word *word = &reader->words[reader->count - 1];
    word->text.len = (size_t)(reader->end - word->text.at);
    put(reader, '\0');
}

static bool holds(struct cors_bytes text, const char *part)
{
    const size_t len = strlen(part);
    for (size_t i = 0; i + len <= text.len; i++)
        if (memcmp(text.at + i, part, len) == 0)
            return true;
    return false;
}

/* ---- POSIX -------------------------------------------------------------------------------- */

/* A backslash and the newline behind it, which are nothing. */
static size_t continuation(const struct reader *reader)
{
    if (peek(reader, 0) != '\\')
        return 0;
    if (peek(reader, 1) == '\n')
        return 2;
    return peek(reader, 1) == '\r' && peek(reader, 2) == '\n' ? 3 : 0;
}

static bool is_expansion(const struct reader *reader)
{
    const char next = peek(reader, 1);
    return peek(reader, 0) == '`' ||
           (peek(reader, 0) == '$' &&
            (next == '{' || next == '(' || next == '_' || (next >= 'a' && next <= 'z') ||
             (next >= 'A' && next <= 'Z')));
}

static bool refuse_expansion(struct reader *reader)
{
    return fail(reader, reader->at,
                "the shell would put a value here (a $variable or a command): "
                "corsim runs no "
                "shell, so write the value itself");
}

static bool read_single(struct reader *reader)
{
    const size_t from = reader->at++;
    while (more(reader) && peek(reader, 0) != '\'')
        put(reader, reader->text.at[reader->at++]);
    if (!more(reader))
        return fail(reader, from, "this quote ' is not closed");
    reader->at++;
    return true;
}

static bool read_double(struct reader *reader)
{
    const size_t from = reader->at++;
    while (more(reader) && peek(reader, 0) != '"') {
        const size_t nothing = continuation(reader);
        if (is_expansion(reader))
            return refuse_expansion(reader);
        reader->at += nothing;
        if (nothing > 0)
            continue;
        if (peek(reader, 0) == '\\' && peek(reader, 1) != '\0' &&
            strchr("$`\"\\", peek(reader, 1)) != NULL)
            reader->at++;
        put(reader, reader->text.at[reader->at++]);
    }
    if (!more(reader))
        return fail(reader, from, "this quote \" is not closed");
    reader->at++;
    return true;
}

/* UTF-8, never longer than the escape was. False: no code point. */
static bool put_code_point(struct reader *reader, unsigned long c)
{
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        return false;
    if (c < 0x80) {
        put(reader, (char)c);
    } else if (c < 0x800) {
        put(reader, (char)(0xC0 | c >> 6));
        put(reader, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        put(reader, (char)(0xE0 | c >> 12));
        put(reader, (char)(0x80 | (c >> 6 & 0x3F)));
        put(reader, (char)(0x80 | (c & 0x3F)));
    } else {
        put(reader, (char)(0xF0 | c >> 18));
        put(reader, (char)(0x80 | (c >> 12 & 0x3F)));
        put(reader, (char)(0x80 | (c >> 6 & 0x3F)));
        put(reader, (char)(0x80 | (c & 0x3F)));
    }
    return true;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* Up to `most` digits of the base; returns how many there are. */
static size_t read_digits(struct reader *reader, int base, size_t most, unsigned long *value)
{
    size_t count = 0;
    *value = 0;
    while (count < most && more(reader) && digit_of(peek(reader, 0)) < base) {
        *value = *value * (unsigned long)base + (unsigned long)digit_of(peek(reader, 0));
        reader->at++;
        count++;
    }
    return count;
}

static bool is_high_surrogate(unsigned long c)
{
    return c >= 0xD800 && c <= 0xDBFF;
}

/* \uXXXX and \UXXXXXXXX. Some browsers write a pair of surrogates. */
static bool read_unicode(struct reader *reader, size_t from, size_t most)
{
    unsigned long c, low;
    if (read_digits(reader, 16, most, &c) == 0)
        return fail(reader, from, "there are no digits behind this escape");
    if (is_high_surrogate(c) && peek(reader, 0) == '\\' && peek(reader, 1) == 'u') {
        reader->at += 2;
        if (read_digits(reader, 16, 4, &low) == 4 && low >= 0xDC00 && low <= 0xDFFF)
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
    }
    return put_code_point(reader, c) || fail(reader, from, "this escape is no character");
}

static bool read_number(struct reader *reader, size_t from, int base, size_t most)
{
    unsigned long c;
    if (read_digits(reader, base, most, &c) == 0)
        return fail(reader, from, "there are no digits behind this escape");
    if ((c & 0xFF) == 0)
        return fail(reader, from, "a NUL cannot be in an argument");
    put(reader, (char)(c & 0xFF));
    return true;
}

/* Behind the backslash of $'...'. */
static bool read_escape(struct reader *reader, size_t from)
{
    static const char letters[] = "abeEfnrtv\\'\"?";
    static const char meanings[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
    const char c = peek(reader, 0);
    const char *letter = c == '\0' ? NULL : strchr(letters, c);
    if (letter != NULL) {
        reader->at++;
        put(reader, meanings[letter - letters]);
        return true;
    }
    if (c >= '0' && c <= '7')
        return read_number(reader, from, 8, 3);
    if (c == 'x' || c == 'u' || c == 'U') {
        reader->at++;
        return c == 'x' ? read_number(reader, from, 16, 2)
                        : read_unicode(reader, from, c == 'u' ? 4 : 8);
    }
    /* As bash has it, the backslash stays. */
    put(reader, '\\');
    return true;
}

static bool read_ansi(struct reader *reader)
{
    const size_t from = reader->at;
    reader->at += 2;
    while (more(reader) && peek(reader, 0) != '\'') {
        const size_t escape = reader->at;
        const char c = reader->text.at[reader->at++];
        if (c != '\\')
            put(reader, c);
        else if (!read_escape(reader, escape))
            return false;
    }
    if (!more(reader))
        return fail(reader, from, "this quote $' is not closed");
    reader->at++;
    return true;
}

/* Within a word, outside quotes. */
static bool read_plain(struct reader *reader)
{
    const char c = peek(reader, 0);
    if (c == '\'')
        return read_single(reader);
    if (c == '"')
        return read_double(reader);
    if (c == '$' && peek(reader, 1) == '\'')
        return read_ansi(reader);
    if (c == '$' && peek(reader, 1) == '"') {
        reader->at++;
        return read_double(reader);
    }
    if (is_expansion(reader))
        return refuse_expansion(reader);
    if (c == '\\' && reader->at + 1 < reader->text.len)
        reader->at++;
    put(reader, reader->text.at[reader->at++]);
    return true;
}

static bool is_operator(char c)
{
    return c == '|' || c == '&' || c == ';' || c == '<' || c == '>' || c == '(' || c == ')';
}

/* What stands behind the command. A pipe is what many people have there, and the request does
 * not depend on it. */
static bool end_command(struct reader *reader)
{
    if (peek(reader, 0) == '|' && peek(reader, 1) != '|') {
        reader->at = reader->text.len;
        return true;
    }
    const size_t from = reader->at;
    while (more(reader) && (is_space(peek(reader, 0)) || peek(reader, 0) == ';'))
        reader->at++;
    if (!more(reader))
        return true;
    if (is_operator(reader->text.at[from]) && reader->text.at[from] != ';')
        return fail(reader, from,
                    "the shell takes this character for itself: put the argument "
                    "in quotes");
    return fail(reader, reader->at, "a second command begins here: give one");
}

static bool read_posix(struct reader *reader)
{
    while (more(reader)) {
        const size_t nothing = continuation(reader);
        const char c = peek(reader, 0);
        reader->at += nothing;
        if (nothing > 0)
            continue;
        if (is_operator(c) || (c == '\n' && reader->count > 0))
            return end_command(reader);
        if (is_space(c)) {
            reader->at++;
            continue;
        }
        begin_word(reader);
        while (more(reader) && !is_space(peek(reader, 0)) && !is_operator(peek(reader, 0)) &&
               continuation(reader) == 0)
            if (!read_plain(reader))
                return false;
        end_word(reader);
    }
    return true;
}

/* ---- Windows ------------------------------------------------------------------------------ */

/* Takes cmd.exe's carets out. A caret at the end of a line takes the newline with it, and what
 * comes behind stands for itself, were it another newline. */
static bool remove_carets(struct reader *reader)
{
    char *kept = memory_take(reader->memory, reader->text.len + 1);
    size_t *offsets = memory_take(reader->memory, (reader->text.len + 1) * sizeof *offsets);
    size_t len = 0;
    bool quoted = false, escaped = false;
    /* Chrome 92 or so wrote "a: ^\^"b^\^"", which cmd.exe does not read as it was meant. */
    const bool meant_as_carets = holds(reader->text, "^\\^\"");
    for (; more(reader); reader->at++) {
        const char c = peek(reader, 0);
        if (c == '\r' && peek(reader, 1) == '\n')
            continue;
        if (!escaped && !quoted && c == '^') {
            escaped = true;
            if (peek(reader, 1) == '\r' && peek(reader, 2) == '\n')
                reader->at++;
            if (peek(reader, 1) == '\n')
                reader->at++;
            continue;
        }
        if (c == '\n' && !escaped && len > 0) {
            if (!end_command(reader))
                return false;
            break;
        }
        if (c == '"' && !escaped && !meant_as_carets)
            quoted = !quoted;
        escaped = false;
        offsets[len] = reader->at;
        kept[len++] = c;
    }
    offsets[len] = reader->at;
    reader->text = (struct cors_bytes){kept, len};
    reader->offsets = offsets;
    reader->at = 0;
    return true;
}

/* Backslashes, and the quote behind them if they make it a character. */
static void put_backslashes(struct reader *reader)
{
    size_t count = 0;
    while (peek(reader, 0) == '\\') {
        reader->at++;
        count++;
    }
    const bool before_quote = peek(reader, 0) == '"';
    for (size_t i = 0; i < (before_quote ? count / 2 : count); i++)
        put(reader, '\\');
    if (!before_quote || count % 2 == 0)
        return;
    put(reader, '"');
    reader->at++;
}

static bool read_windows_word(struct reader *reader)
{
    const size_t from = reader->at;
    bool quoted = false;
    while (more(reader) && (quoted || !is_space(peek(reader, 0)))) {
        if (peek(reader, 0) == '\\') {
            put_backslashes(reader);
        } else if (peek(reader, 0) != '"') {
            put(reader, reader->text.at[reader->at++]);
        } else if (quoted && peek(reader, 1) == '"') {
            put(reader, '"');
            reader->at += 2;
        } else {
            quoted = !quoted;
            reader->at++;
        }
    }
    return !quoted || fail(reader, from, "a quote \" in this argument is not closed");
}

static bool read_windows(struct reader *reader)
{
    if (!remove_carets(reader))
        return false;
    while (more(reader)) {
        if (is_space(peek(reader, 0))) {
            reader->at++;
            continue;
        }
        begin_word(reader);
        if (!read_windows_word(reader))
            return false;
        end_word(reader);
    }
    return true;
}

/* ---- Which of them ------------------------------------------------------------------------ */
/* A quote outside of others that only Windows writes: carets before it or at the end of a line,
 * or "" in the middle of a text when nothing is quoted otherwise. */
static enum shell shell_of(struct cors_bytes text)
{
    if (holds(text, "^\"") || holds(text, "^\n") || holds(text, "^\r\n") ||
        (text.len > 8 && memcmp(text.at, "curl.exe", 8) == 0))
        return SHELL_CMD;
    if (!holds(text, " '") && !holds(text, "$'") && !holds(text, "\\\n") &&
        (holds(text, "{\"\"") || holds(text, ":\"\"") || holds(text, "\"%\"")))
        return SHELL_CMD;
    return SHELL_POSIX;
}

bool shell_words_read(struct shell_words *words, struct cors_bytes text, enum shell shell,
                      struct memory *memory, struct complaint *complaint)
{
    struct reader reader = {.text = text, .pasted = text, .memory = memory, .complaint = complaint};
    if (memchr(text.at, '\0', text.len) != NULL)
        return complain(complaint, "there is a NUL byte in the command");
    /* A word is at least one byte of the text, so there are no more NULs than bytes. */
    reader.end = memory_take(memory, 2 * text.len + 1);
    if (shell == SHELL_ANY)
        shell = shell_of(text);
    if (!(shell == SHELL_CMD ? read_windows(&reader) : read_posix(&reader)))
        return false;
    *words = (struct shell_words){reader.words, reader.count};
    return true;
}
