/* What is printed: escaping for each format, colours, folding. No standard applies but the formats'
 * own. Invariant: no byte from outside reaches a terminal or a document unescaped, whatever it is;
 * each escaping function gives valid output of its format for every input. */
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ILL_FORMED = -1 };

/* ---- UTF-8 -------------------------------------------------------------------------------- */

/* The code point at `*at` and past it; ILL_FORMED, and one byte further, where there is none. */
static int32_t next_code_point(struct cors_bytes bytes, size_t *at)
{
    static const int32_t least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *in = (const unsigned char *)bytes.at + *at;
    size_t left = bytes.len - *at;
    size_t more = in[0] < 0x80 ? 0 : in[0] < 0xC0 ? 4 : in[0] < 0xE0 ? 1 : in[0] < 0xF0 ? 2 : 3;
    int32_t point = in[0];
    *at += 1;
    if (more == 0)
        return point;
    if (more == 4 || in[0] > 0xF4 || left <= more)
        return ILL_FORMED;
    point &= 0x3F >> more;
    for (size_t i = 1; i <= more; i++) {
        if ((in[i] & 0xC0) != 0x80)
            return ILL_FORMED;
        point = point << 6 | (in[i] & 0x3F);
    }
    if (point < least[more] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return ILL_FORMED;
    *at += more;
    return point;
}

/* Control characters, and what a terminal shows as nothing or as something else: soft hyphen,
 * spaces other than the ordinary one, zero-width and direction-changing characters, line
 * separators, variation selectors, tags, private use and noncharacters; and U+FFFC and U+FFFD,
 * which stand for what is not there (U+FFFD is also what a terminal makes of bytes that are not
 * UTF-8). */
static bool is_deceptive(int32_t point)
{
    static const int32_t ranges[][2] = {
        {0, 0x1F},          {0x7F, 0xA0},       {0xAD, 0xAD},       {0x34F, 0x34F},
        {0x61C, 0x61C},     {0x115F, 0x1160},   {0x1680, 0x1680},   {0x17B4, 0x17B5},
        {0x180B, 0x180F},   {0x2000, 0x200F},   {0x2028, 0x202F},   {0x205F, 0x206F},
        {0x2800, 0x2800},   {0x3000, 0x3000},   {0x3164, 0x3164},   {0xE000, 0xF8FF},
        {0xFDD0, 0xFDEF},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFFF},   {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
        {0xF0000, 0x10FFFF}};
    if (point == ILL_FORMED)
        return true;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (point >= ranges[i][0] && point <= ranges[i][1])
            return true;
    return false;
}

bool is_plain_text(struct cors_bytes bytes)
{
    for (size_t at = 0; at < bytes.len;) {
        int32_t point = next_code_point(bytes, &at);
        if (is_deceptive(point) && point != '\t')
            return false;
    }
    return true;
}

/* ---- Escaping ----------------------------------------------------------------------------- */

/* What an escaping function is making. */
struct text {
    char *at;
    size_t len;
    size_t capacity;
};

static void put(struct text *text, const char *bytes, size_t len)
{
    while (text->capacity - text->len < len) {
        text->capacity = text->capacity == 0 ? 64 : text->capacity * 2;
        text->at = memory_reallocate(text->at, text->capacity);
    }
    if (len > 0)
        memcpy(text->at + text->len, bytes, len);
    text->len += len;
}

static void put_string(struct text *text, const char *string)
{
    put(text, string, strlen(string));
}

static void put_hex(struct text *text, struct cors_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        char escape[5];
        snprintf(escape, sizeof escape, "\\x%02x", (unsigned)(unsigned char)bytes.at[i]);
        put(text, escape, 4);
    }
}

static struct cors_bytes finish(struct text *text, struct memory *memory)
{
    struct cors_bytes made =
        memory_copy(memory, (struct cors_bytes){text->at == NULL ? "" : text->at, text->len});
    free(text->at);
    return made;
}

/* Puts one character as it is, or escaped. */
typedef void put_character(struct text *text, int32_t point, struct cors_bytes bytes);

static struct cors_bytes escape_each(struct cors_bytes bytes, struct memory *memory,
                                     put_character *put_one)
{
    struct text text = {0};
    for (size_t at = 0; at < bytes.len;) {
        size_t from = at;
        int32_t point = next_code_point(bytes, &at);
        put_one(&text, point, (struct cors_bytes){bytes.at + from, at - from});
    }
    return finish(&text, memory);
}

static void put_for_terminal(struct text *text, int32_t point, struct cors_bytes bytes)
{
    if (point == '\\')
        put_string(text, "\\\\");
    else if (is_deceptive(point))
        put_hex(text, bytes);
    else
        put(text, bytes.at, bytes.len);
}

struct cors_bytes escape_terminal(struct cors_bytes bytes, struct memory *memory)
{
    return escape_each(bytes, memory, put_for_terminal);
}

struct cors_bytes escape_tsv(struct cors_bytes bytes, struct memory *memory)
{
    return escape_each(bytes, memory, put_for_terminal);
}

struct cors_bytes escape_case(struct cors_bytes bytes, struct memory *memory)
{
    size_t first = 0, last = bytes.len;
    while (first < last && bytes.at[first] == ' ')
        first++;
    while (last > first && bytes.at[last - 1] == ' ')
        last--;
    struct text text = {0};
    put_hex(&text, (struct cors_bytes){bytes.at, first});
    for (size_t at = first; at < last;) {
        size_t from = at;
        int32_t point = next_code_point((struct cors_bytes){bytes.at, last}, &at);
        put_for_terminal(&text, point, (struct cors_bytes){bytes.at + from, at - from});
    }
    put_hex(&text,
            (struct cors_bytes){bytes.at == NULL ? NULL : bytes.at + last, bytes.len - last});
    return finish(&text, memory);
}

static void put_for_xml(struct text *text, int32_t point, struct cors_bytes bytes)
{
    if (point == '&')
        put_string(text, "&amp;");
    else if (point == '<')
        put_string(text, "&lt;");
    else if (point == '>')
        put_string(text, "&gt;");
    else if (point == '"')
        put_string(text, "&quot;");
    else if (point == '\'')
        put_string(text, "&#39;");
    else if (point == '\n')
        put_string(text, "\n");
    else if (is_deceptive(point))
        put_string(text, "\xEF\xBF\xBD");
    else
        put(text, bytes.at, bytes.len);
}

struct cors_bytes escape_xml(struct cors_bytes bytes, struct memory *memory)
{
    return escape_each(bytes, memory, put_for_xml);
}

/* What could be markup within a line; a # is markup where a line begins. */
static void put_for_markdown(struct text *text, int32_t point, struct cors_bytes bytes)
{
    static const char markup[] = "`*_[]<>|~&$";
    bool begins = text->len == 0 && (point == '#' || point == '-' || point == '+');
    if (begins || (point > 0 && point < 0x80 && strchr(markup, (char)point) != NULL))
        put_string(text, "\\");
    if (point == '\\')
        put_string(text, "\\\\\\\\");
    else if (is_deceptive(point)) {
        put_string(text, "\\");
        put_hex(text, bytes);
    } else
        put(text, bytes.at, bytes.len);
}

struct cors_bytes escape_markdown(struct cors_bytes bytes, struct memory *memory)
{
    return escape_each(bytes, memory, put_for_markdown);
}

static void put_for_json(struct text *text, int32_t point, struct cors_bytes bytes)
{
    char escape[16];
    if (point == ILL_FORMED)
        point = 0xFFFD;
    if (point == '"' || point == '\\')
        put_string(text, "\\");
    if (point >= 0x20 && point < 0x7F) {
        put(text, bytes.at, bytes.len);
        return;
    }
    if (point < 0x10000)
        snprintf(escape, sizeof escape, "\\u%04x", (unsigned)point);
    else
        snprintf(escape, sizeof escape, "\\u%04x\\u%04x",
                 0xD800 + ((unsigned)(point - 0x10000) >> 10),
                 0xDC00 + ((unsigned)(point - 0x10000) & 0x3FF));
    put_string(text, escape);
}

struct cors_bytes escape_json(struct cors_bytes bytes, struct memory *memory)
{
    struct memory scratch = {0};
    struct cors_bytes inner = escape_each(bytes, &scratch, put_for_json);
    char *quoted = memory_take(memory, inner.len + 3);
    quoted[0] = '"';
    memcpy(quoted + 1, inner.at, inner.len);
    quoted[inner.len + 1] = '"';
    memory_free(&scratch);
    return (struct cors_bytes){quoted, inner.len + 2};
}

const char *escaped(struct cors_bytes bytes)
{
    enum { SLOTS = 8, SLOT_SIZE = 160, LONGEST = 120 };
    static _Thread_local char slots[SLOTS][SLOT_SIZE];
    static _Thread_local unsigned next;
    struct memory memory = {0};
    char *slot = slots[next++ % SLOTS];
    struct text text = {0};
    for (size_t at = 0; at < bytes.len;) {
        size_t from = at;
        int32_t point = next_code_point(bytes, &at);
        if (text.len > LONGEST) {
            put_string(&text, "\xE2\x80\xA6");
            break;
        }
        put_for_terminal(&text, point, (struct cors_bytes){bytes.at + from, at - from});
    }
    struct cors_bytes made = finish(&text, &memory);
    size_t len = made.len < SLOT_SIZE - 1 ? made.len : SLOT_SIZE - 1;
    memcpy(slot, made.at, len);
    slot[len] = '\0';
    memory_free(&memory);
    return slot;
}

const char *escaped_string(const char *string)
{
    return escaped(bytes_of(string));
}

/* ---- Printing ----------------------------------------------------------------------------- */

static bool wants_colour(FILE *stream, enum colour colour)
{
    if (colour != COLOUR_AUTO)
        return colour == COLOUR_ALWAYS;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return (no_color == NULL || *no_color == '\0') && (term == NULL || strcmp(term, "dumb") != 0) &&
           isatty(fileno(stream)) == 1;
}

static unsigned width_of(FILE *stream)
{
    enum { NARROWEST = 40, WIDEST = 110, USUAL = 80 };
    struct winsize size;
    int descriptor = fileno(stream);
    if (descriptor < 0 || isatty(descriptor) != 1)
        return 0;
    unsigned width = USUAL;
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        width = size.ws_col;
    return width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
}

struct output output_to(FILE *stream, enum colour colour)
{
    return (struct output){stream, wants_colour(stream, colour), width_of(stream)};
}

const char *style(const struct output *output, enum style style)
{
    static const char *const sequences[] = {
        [STYLE_PLAIN] = "\033[0m",    [STYLE_GOOD] = "\033[1;32m", [STYLE_BAD] = "\033[1;31m",
        [STYLE_CAUTION] = "\033[33m", [STYLE_STRONG] = "\033[1m",  [STYLE_QUIET] = "\033[2m",
        [STYLE_NAME] = "\033[36m",
    };
    return output->coloured ? sequences[style] : "";
}

void output_format(const struct output *output, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(output->stream, format, arguments);
    va_end(arguments);
}

void output_styled(const struct output *output, enum style which, const char *format, ...)
{
    va_list arguments;
    fputs(style(output, which), output->stream);
    va_start(arguments, format);
    vfprintf(output->stream, format, arguments);
    va_end(arguments);
    fputs(style(output, STYLE_PLAIN), output->stream);
}

void output_bytes(const struct output *output, struct cors_bytes bytes)
{
    struct memory memory = {0};
    struct cors_bytes text =
        bytes.at == NULL ? CORS_BYTES("null") : escape_terminal(bytes, &memory);
    fwrite(text.at, 1, text.len, output->stream);
    memory_free(&memory);
}

/* Columns, roughly: one for every code point. */
static unsigned columns_of(struct cors_bytes word)
{
    unsigned columns = 0;
    for (size_t i = 0; i < word.len; i++)
        columns += ((unsigned char)word.at[i] & 0xC0) != 0x80;
    return columns;
}

static struct cors_bytes next_word(struct cors_bytes text, size_t *at)
{
    while (*at < text.len && (text.at[*at] == ' ' || text.at[*at] == '\n'))
        *at += 1;
    size_t from = *at;
    while (*at < text.len && text.at[*at] != ' ' && text.at[*at] != '\n')
        *at += 1;
    return (struct cors_bytes){text.at + from, *at - from};
}

void output_paragraph(const struct output *output, unsigned indent, unsigned column,
                      struct cors_bytes text)
{
    struct memory memory = {0};
    bool first = true;
    fprintf(output->stream, "%*s", (int)(indent > column ? indent - column : 0), "");
    if (column < indent)
        column = indent;
    for (size_t at = 0; at < text.len;) {
        struct cors_bytes word = escape_terminal(next_word(text, &at), &memory);
        unsigned columns = columns_of(word);
        if (columns == 0)
            continue;
        if (!first && output->width > 0 && column + 1 + columns > output->width) {
            fprintf(output->stream, "\n%*s", (int)indent, "");
            column = indent;
            first = true;
        }
        fprintf(output->stream, "%s", first ? "" : " ");
        fwrite(word.at, 1, word.len, output->stream);
        column += columns + (first ? 0 : 1);
        first = false;
    }
    fputc('\n', output->stream);
    memory_free(&memory);
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void put_utf8(struct text *text, int32_t point)
{
    unsigned p = (unsigned)point;
    char out[4];
    if (p < 0x80) {
        out[0] = (char)p;
        put(text, out, 1);
    } else if (p < 0x800) {
        out[0] = (char)(0xC0 | p >> 6);
        out[1] = (char)(0x80 | (p & 0x3F));
        put(text, out, 2);
    } else if (p < 0x10000) {
        out[0] = (char)(0xE0 | p >> 12);
        out[1] = (char)(0x80 | (p >> 6 & 0x3F));
        out[2] = (char)(0x80 | (p & 0x3F));
        put(text, out, 3);
    } else {
        out[0] = (char)(0xF0 | p >> 18);
        out[1] = (char)(0x80 | (p >> 12 & 0x3F));
        out[2] = (char)(0x80 | (p >> 6 & 0x3F));
        out[3] = (char)(0x80 | (p & 0x3F));
        put(text, out, 4);
    }
}

static json_t *json_string_of(struct text *text)
{
    json_t *string = json_stringn(text->at == NULL ? "" : text->at, text->len);
    free(text->at);
    return string;
}

json_t *json_text(struct cors_bytes bytes)
{
    if (bytes.at == NULL)
        return json_null();
    struct text text = {0};
    for (size_t at = 0; at < bytes.len;) {
        int32_t point = next_code_point(bytes, &at);
        put_utf8(&text, point == ILL_FORMED ? 0xFFFD : point);
    }
    return json_string_of(&text);
}

json_t *json_isomorphic(struct cors_bytes bytes)
{
    if (bytes.at == NULL)
        return json_null();
    struct text text = {0};
    for (size_t i = 0; i < bytes.len; i++)
        put_utf8(&text, (unsigned char)bytes.at[i]);
    return json_string_of(&text);
}

bool json_isomorphic_bytes(const json_t *string, struct cors_bytes *bytes, struct memory *memory)
{
    struct cors_bytes utf8 = {json_string_value(string), json_string_length(string)};
    if (utf8.at == NULL)
        return false;
    char *made = memory_take(memory, utf8.len + 1);
    size_t len = 0;
    for (size_t at = 0; at < utf8.len;) {
        int32_t point = next_code_point(utf8, &at);
        if (point < 0 || point > 0xFF)
            return false;
        made[len++] = (char)point;
    }
    *bytes = (struct cors_bytes){made, len};
    return true;
}

struct cors_bytes base64(struct cors_bytes bytes, struct memory *memory)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *made = memory_take(memory, (bytes.len + 2) / 3 * 4 + 1);
    size_t len = 0;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t count = bytes.len - i < 3 ? bytes.len - i : 3;
        unsigned group = 0;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (j < count ? (unsigned char)bytes.at[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            made[len++] = j <= count ? alphabet[group >> (18 - 6 * j) & 63] : '=';
    }
    return (struct cors_bytes){made, len};
}

json_t *json_base64(struct cors_bytes bytes)
{
    if (bytes.at == NULL)
        return json_null();
    struct memory memory = {0};
    struct cors_bytes text = base64(bytes, &memory);
    json_t *string = json_stringn(text.at, text.len);
    memory_free(&memory);
    return string;
}

json_t *json_headers(const struct cors_header_list *headers)
{
    json_t *array = json_array();
    for (size_t i = 0; i < headers->count; i++) {
        json_t *pair = json_array();
        json_array_append_new(pair, json_isomorphic(headers->at[i].name));
        json_array_append_new(pair, json_isomorphic(headers->at[i].value));
        json_array_append_new(array, pair);
    }
    return array;
}

void json_print(FILE *stream, const json_t *value, unsigned indent)
{
    size_t flags = JSON_ENCODE_ANY | JSON_ENSURE_ASCII |
                   (indent == 0 ? JSON_COMPACT : JSON_INDENT((size_t)indent));
    char *text = json_dumps(value, flags);
    if (text == NULL)
        return;
    /* JSON_ENSURE_ASCII leaves DEL as it is. */
    for (const char *at = text; *at != '\0'; at++)
        if (*at == '\x7F')
            fputs("\\u007f", stream);
        else
            fputc(*at, stream);
    fputc('\n', stream);
    free(text);
}
