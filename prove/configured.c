/* What a system does with a configured string before it is compared or compiled: one function for
 * each step of spec-tables/presets.tsv that changes the text. Where the systems' own languages
 * differ about characters beyond ASCII, the string is not modelled. */
#include "configured.h"

#include <string.h>

enum { MOST_CONFIGURED = 1 << 21 };

static bool refuse(struct configured *string, size_t at, const char *what, bool not_modelled)
{
    *string->error = (struct pattern_error){
        .column = string->columns == NULL ? 0 : string->columns[at],
        .what = what,
        .not_modelled = not_modelled,
    };
    return false;
}

static bool no_room(struct configured *string)
{
    *string->error =
        (struct pattern_error){.what = "the configured string is too long", .not_modelled = true};
    return false;
}

bool configured_read(struct configured *string, const char *text, size_t length,
                     struct prove_memory *memory, struct pattern_error *error)
{
    *string = (struct configured){
        .length = length, .is_as_written = true, .memory = memory, .error = error};
    if (length > MOST_CONFIGURED)
        return no_room(string);
    string->at = prove_take(memory, length + 1);
    string->columns = prove_take(memory, (length + 1) * sizeof *string->columns);
    if (string->at == NULL || string->columns == NULL)
        return no_room(string);
    if (length > 0)
        memcpy(string->at, text, length);
    for (size_t i = 0; i <= length; i++)
        string->columns[i] = (uint32_t)i + 1;
    return true;
}

void configured_cut(struct configured *string, size_t from, size_t to)
{
    string->at += from;
    string->columns += from;
    string->length = to - from;
    string->is_as_written = string->is_as_written && from == 0;
}

static bool begins(const struct configured *string, const char *text)
{
    const size_t length = strlen(text);
    return string->length >= length && memcmp(string->at, text, length) == 0;
}

static bool ends(const struct configured *string, const char *text)
{
    const size_t length = strlen(text);
    return string->length >= length &&
           memcmp(string->at + string->length - length, text, length) == 0;
}

/* Where :// begins; the length if nowhere. */
static size_t separator(const struct configured *string)
{
    size_t at = 0;
    while (at < string->length &&
           (string->length - at < 3 || memcmp(string->at + at, "://", 3) != 0))
        at++;
    return at;
}

/* ---- What is put into it ------------------------------------------------------------------- */

/* A copy with `least` bytes more room, to be filled anew. */
static bool open_copy(const struct configured *string, struct configured *copy, size_t least)
{
    *copy = *string;
    copy->at = prove_take(string->memory, string->length + least + 1);
    copy->columns =
        prove_take(string->memory, (string->length + least + 1) * sizeof *copy->columns);
    copy->length = 0;
    copy->is_as_written = false;
    return copy->at != NULL && copy->columns != NULL;
}

static void put(struct configured *copy, char byte, uint32_t column)
{
    copy->columns[copy->length] = column;
    copy->at[copy->length++] = byte;
}

static void put_text(struct configured *copy, const char *text)
{
    for (; *text != '\0'; text++)
        put(copy, *text, 0);
}

static void put_all(struct configured *copy, const struct configured *string)
{
    for (size_t i = 0; i < string->length; i++)
        put(copy, string->at[i], string->columns[i]);
}

static void close_copy(struct configured *copy, struct configured *string)
{
    copy->columns[copy->length] = string->columns[string->length];
    *string = *copy;
}

/* Every special character of Ruby's, the only language whose step this is, gets a backslash. */
static bool quote(struct configured *string)
{
    struct configured copy;
    if (!open_copy(string, &copy, string->length))
        return no_room(string);
    for (size_t i = 0; i < string->length; i++) {
        if (string->at[i] != '\0' && strchr("[]{}()|-*.\\?+^$# ", string->at[i]) != NULL)
            put(&copy, '\\', string->columns[i]);
        put(&copy, string->at[i], string->columns[i]);
    }
    close_copy(&copy, string);
    return true;
}

static bool any_scheme(struct configured *string)
{
    static const char before[] = "^[a-z][a-z0-9.+-]*://";
    struct configured copy;
    if (!open_copy(string, &copy, sizeof before))
        return no_room(string);
    put_text(&copy, before);
    put_all(&copy, string);
    put_text(&copy, "$");
    close_copy(&copy, string);
    return true;
}

static bool end_anchor(struct configured *string)
{
    struct configured copy;
    const bool has_end = ends(string, "$");
    if (!open_copy(string, &copy, 1))
        return no_room(string);
    put_all(&copy, string);
    if (!has_end)
        put_text(&copy, "$");
    close_copy(&copy, string);
    if (begins(string, "^"))
        configured_cut(string, 1, string->length);
    return true;
}

/* ---- What is taken off --------------------------------------------------------------------- */

static bool is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* What may be white space in one language and not in another. */
static bool is_doubtful(char byte)
{
    return (unsigned char)byte < ' ' || (unsigned char)byte > '~';
}

static bool trim_start(struct configured *string)
{
    size_t from = 0;
    while (from < string->length && is_blank(string->at[from]))
        from++;
    configured_cut(string, from, string->length);
    if (string->length > 0 && is_doubtful(string->at[0]))
        return refuse(string, 0, "a character at the beginning that may be white space", true);
    return true;
}

bool configured_trim(struct configured *string)
{
    size_t to = string->length;
    while (to > 0 && is_blank(string->at[to - 1]))
        to--;
    configured_cut(string, 0, to);
    if (to > 0 && is_doubtful(string->at[to - 1]))
        return refuse(string, to - 1, "a character at the end that may be white space", true);
    return trim_start(string);
}

static bool unslash(struct configured *string)
{
    if (ends(string, "/"))
        configured_cut(string, 0, string->length - 1);
    return true;
}

static bool unstar(struct configured *string)
{
    if (begins(string, "*"))
        configured_cut(string, 1, string->length);
    return true;
}

static bool no_default_port(struct configured *string)
{
    if (begins(string, "http://") && ends(string, ":80"))
        configured_cut(string, 0, string->length - strlen(":80"));
    else if (begins(string, "https://") && ends(string, ":443"))
        configured_cut(string, 0, string->length - strlen(":443"));
    return true;
}

static bool authority(struct configured *string)
{
    const size_t start = separator(string);
    for (size_t at = start + 3; at < string->length; at++)
        if (string->at[at] == '/') {
            configured_cut(string, 0, at);
            break;
        }
    return true;
}

static bool lower(struct configured *string)
{
    for (size_t i = 0; i < string->length; i++) {
        if ((unsigned char)string->at[i] >= 0x80)
            return refuse(string, i, "a character beyond ASCII, in any case", true);
        if (string->at[i] >= 'A' && string->at[i] <= 'Z')
            string->at[i] = (char)(string->at[i] - 'A' + 'a');
    }
    return true;
}

/* As preset rows take it: the row's `when` has seen to it that they are there. */
static bool undelimited_slashes(struct configured *string)
{
    size_t to = string->length;
    while (to > 1 && string->at[to - 1] != '/')
        to--;
    if (to > 1 && begins(string, "/"))
        configured_cut(string, 1, to - 1);
    return true;
}

/* ---- Delimiters and modifiers of PHP ------------------------------------------------------- */

/* Where the delimiter stands that ends the pattern which begins at 1; the length if nowhere. */
static size_t delimiter_end(const struct configured *string)
{
    static const char opening[] = "([{<", closing[] = ")]}>";
    const char open = string->at[0], *pair = strchr(opening, open);
    const char close = pair == NULL ? open : closing[pair - opening];
    unsigned depth = 1;
    size_t at = 1;
    for (; at < string->length; at++) {
        if (string->at[at] == '\\')
            at++;
        else if (string->at[at] == close && --depth == 0)
            return at;
        else if (string->at[at] == open && pair != NULL)
            depth++;
    }
    return string->length;
}

static bool is_delimiter(char byte)
{
    return byte > ' ' && byte <= '~' && byte != '\\' && !(byte >= '0' && byte <= '9') &&
           !((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

/* What preg_match makes of a letter behind the pattern. D, S and X change nothing about texts
 * without a newline, U only which match is found. */
static bool take_modifier(struct configured *string, size_t at)
{
    const char letter = string->at[at];
    const size_t count = strlen(string->flags);
    if (letter != '\0' && strchr("imsx", letter) != NULL) {
        if (strchr(string->flags, letter) == NULL)
            string->flags[count] = letter;
    } else if (letter == 'A') {
        string->anchored = true;
    } else if (letter == 'u') {
        string->unicode = true;
    } else if (letter != '\0' && strchr("nJ", letter) != NULL) {
        return refuse(string, at, "a modifier that the prover does not know", true);
    } else if (letter == '\0' || strchr("DSXU \n\r", letter) == NULL) {
        return refuse(string, at, "preg_match knows no such modifier", false);
    }
    return true;
}

static bool undelimited(struct configured *string)
{
    size_t from = 0;
    while (from < string->length && is_blank(string->at[from]))
        from++;
    configured_cut(string, from, string->length);
    if (string->length == 0 || !is_delimiter(string->at[0]))
        return refuse(string, 0, "preg_match wants a delimiter here", false);
    const size_t end = delimiter_end(string);
    if (end >= string->length)
        return refuse(string, 0, "the pattern has no delimiter at its end", false);
    for (size_t at = end + 1; at < string->length; at++)
        if (!take_modifier(string, at))
            return false;
    configured_cut(string, 1, end);
    for (size_t at = 0; string->unicode && at < string->length; at++)
        if ((unsigned char)string->at[at] >= 0x80)
            return refuse(string, at, "a character beyond ASCII, with the modifier u", true);
    string->unicode = string->unicode && memchr(string->at, '\\', string->length) != NULL;
    return true;
}

/* ---- All of them --------------------------------------------------------------------------- */

bool configured_step(struct configured *string, enum preset_step step)
{
    static bool (*const steps[])(struct configured *) = {
        [PRESET_STEP_TRIM] = configured_trim,
        [PRESET_STEP_TRIM_START] = trim_start,
        [PRESET_STEP_LOWER] = lower,
        [PRESET_STEP_UNSLASH] = unslash,
        [PRESET_STEP_NO_DEFAULT_PORT] = no_default_port,
        [PRESET_STEP_UNDELIMITED] = undelimited,
        [PRESET_STEP_UNDELIMITED_SLASHES] = undelimited_slashes,
        [PRESET_STEP_END_ANCHOR] = end_anchor,
        [PRESET_STEP_UNSTAR] = unstar,
        [PRESET_STEP_QUOTE] = quote,
        [PRESET_STEP_ANY_SCHEME] = any_scheme,
        [PRESET_STEP_AUTHORITY] = authority,
    };
    if ((size_t)step >= sizeof steps / sizeof *steps || steps[step] == NULL)
        return true;
    return steps[step](string);
}

size_t configured_column(const struct configured *string, size_t column)
{
    return column == 0 || column > string->length + 1 ? 0 : string->columns[column - 1];
}

void configured_columns(const struct configured *string, struct node *node)
{
    for (; node != NULL && !string->is_as_written; node = node->next) {
        node->column = (uint32_t)configured_column(string, node->column);
        configured_columns(string, node->first);
    }
}
