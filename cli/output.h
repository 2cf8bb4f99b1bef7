/* Everything that is printed goes through here. Bytes from the network or a file are never printed
 * as they are: each format has one function that escapes them. Colours only where a person looks:
 * on a terminal unless NO_COLOR is set (to anything but nothing) or TERM is dumb, or when asked for
 * with --color. */
#ifndef CORSIM_OUTPUT_H
#define CORSIM_OUTPUT_H

#include "memory.h"

#include <jansson.h>
#include <stdio.h>

enum colour { COLOUR_AUTO = 0, COLOUR_ALWAYS, COLOUR_NEVER };

enum style {
    STYLE_PLAIN = 0,
    STYLE_GOOD,    /* allowed, passed */
    STYLE_BAD,     /* blocked, failed */
    STYLE_CAUTION, /* neither */
    STYLE_STRONG,  /* headings, what decides */
    STYLE_QUIET,   /* links, what can be skipped */
    STYLE_NAME,    /* algorithms, header names */
};

/* Where text goes. `width` is 0 when lines are not to be folded. */
struct output {
    FILE *stream;
    bool coloured;
    unsigned width;
};

struct output output_to(FILE *stream, enum colour colour);
/* The escape sequence that begins a style ("" without colours); STYLE_PLAIN ends it. */
const char *style(const struct output *output, enum style style);
/* Our own words, as they are. */
void output_format(const struct output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Our own words in a style. */
void output_styled(const struct output *output, enum style which, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Foreign bytes, escaped for a terminal. Null prints as "null". */
void output_bytes(const struct output *output, struct cors_bytes bytes);
/* A paragraph: folded at the output's width, every line indented by `indent` columns, the first
 * one only as far as it is not already at column `column`; ends with a newline. `text` may hold
 * foreign bytes: it is escaped. */
void output_paragraph(const struct output *output, unsigned indent, unsigned column,
                      struct cors_bytes text);

/* Foreign bytes for a terminal and for error messages: control characters (C0, DEL, C1), the
 * backslash, ill-formed UTF-8, and code points that change direction or are invisible become \xHH,
 * byte by byte. The result lives in `memory`. */
struct cors_bytes escape_terminal(struct cors_bytes bytes, struct memory *memory);
/* The same as a C string, cut after about 120 bytes with an ellipsis, for use in messages: the
 * result is overwritten by the 8th following call in the same thread. */
const char *escaped(struct cors_bytes bytes);
const char *escaped_string(const char *string);

/* Case files: control characters, bytes >= 0x80 that are ill-formed UTF-8 or invisible, and the
 * backslash; a space or tab at either end. */
struct cors_bytes escape_case(struct cors_bytes bytes, struct memory *memory);
/* Text and double-quoted attributes of XML and HTML: & < > " ' and control characters (those that
 * XML cannot hold become U+FFFD, like ill-formed UTF-8). */
struct cors_bytes escape_xml(struct cors_bytes bytes, struct memory *memory);
/* One field of a tab-separated row: escape_terminal, in which tab and newline are escaped too. */
struct cors_bytes escape_tsv(struct cors_bytes bytes, struct memory *memory);
/* Markdown: escape_terminal, and a backslash before what would be markup. */
struct cors_bytes escape_markdown(struct cors_bytes bytes, struct memory *memory);
/* A JSON string literal with its quotes; ill-formed UTF-8 becomes U+FFFD, and what is not printable
 * ASCII \uHHHH, so that no terminal is harmed by it. */
struct cors_bytes escape_json(struct cors_bytes bytes, struct memory *memory);

/* JSON values, by jansson (a new reference; null for null).
 * _text: UTF-8, ill-formed parts become U+FFFD. Messages, URLs.
 * _isomorphic: every byte a code point U+0000 to U+00FF, as script sees header values.
 * _base64: bodies. */
json_t *json_text(struct cors_bytes bytes);
json_t *json_isomorphic(struct cors_bytes bytes);
json_t *json_base64(struct cors_bytes bytes);
/* The other way round: false if a code point is beyond U+00FF. The bytes live in `memory`. */
bool json_isomorphic_bytes(const json_t *string, struct cors_bytes *bytes, struct memory *memory);
/* [["name","value"],…], both isomorphic. */
json_t *json_headers(const struct cors_header_list *headers);
/* One line (`indent` 0) or a pretty document, with a newline, ASCII only. */
void json_print(FILE *stream, const json_t *value, unsigned indent);

/* Whether text can be shown as it is: well-formed UTF-8 without control characters (a tab is none)
 * and without code points that are invisible or change direction. */
bool is_plain_text(struct cors_bytes bytes);

/* Base64 with padding. */
struct cors_bytes base64(struct cors_bytes bytes, struct memory *memory);

#endif
