/* `corsim check --format mermaid`: the exchanges as a sequence diagram of https://mermaid.js.org/.
 * Invariant: of what comes from outside only letters, digits and harmless punctuation reach the
 * diagram as they are; everything else becomes one of its character references ("#35;"), so that no
 * server can add a line, end a message or start a directive. */
#include "report.h"

#include "texts.h"

#include <string.h>

enum { LONGEST_TEXT = 200 };

static void put_code_point(FILE *stream, unsigned code_point)
{
    fprintf(stream, "#%u;", code_point);
}

/* Escaped for a terminal first, so that what is invisible can be seen; beyond ASCII byte by byte
 * nothing is left that the diagram could misread. */
static void put_escaped(FILE *stream, struct cors_bytes bytes, struct memory *memory)
{
    static const char harmless[] = " !$&'()*+,-./0123456789:=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_"
                                   "abcdefghijklmnopqrstuvwxyz~|";
    struct cors_bytes text = escape_terminal(bytes, memory);
    size_t shown = text.len < LONGEST_TEXT ? text.len : LONGEST_TEXT;
    while (shown < text.len && shown > 0 && ((unsigned char)text.at[shown] & 0xC0) == 0x80)
        shown--;
    for (size_t i = 0; i < shown; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c >= 0x80 || strchr(harmless, (char)c) != NULL)
            fputc(c, stream);
        else
            put_code_point(stream, c);
    }
    if (shown < text.len)
        fputs("...", stream);
}

static void put_header(FILE *stream, const struct exchange *exchange, const char *name,
                       bool of_response, struct memory *memory)
{
    const struct cors_header_list *list =
        of_response ? &exchange->answer.headers : &exchange->headers;
    for (size_t i = 0; i < list->count; i++) {
        struct cors_header_list one = {.at = &list->at[i], .count = 1};
        if (!cors_header_list_contains(&one, bytes_of(name)))
            continue;
        fprintf(stream, "<br/>%s: ", name);
        put_escaped(stream, list->at[i].value, memory);
    }
}

static void put_request(FILE *stream, const struct exchange *exchange, struct memory *memory)
{
    static const char *const names[] = {"Origin", "Access-Control-Request-Method",
                                        "Access-Control-Request-Headers"};
    fputs("    B->>S: ", stream);
    put_escaped(stream, exchange->method, memory);
    fputs(" ", stream);
    put_escaped(stream, exchange->url, memory);
    fputs(exchange->preflight ? " (preflight)" : "", stream);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put_header(stream, exchange, names[i], false, memory);
    fputs("\n", stream);
}

static void put_answer(FILE *stream, const struct exchange *exchange, struct memory *memory)
{
    static const char *const names[] = {"Access-Control-Allow-Origin",
                                        "Access-Control-Allow-Credentials",
                                        "Access-Control-Allow-Methods",
                                        "Access-Control-Allow-Headers",
                                        "Access-Control-Expose-Headers",
                                        "Access-Control-Max-Age",
                                        "Location"};
    if (exchange->answer.network_error) {
        fputs("    S--xB: no response: ", stream);
        put_escaped(stream, exchange->answer.message, memory);
    } else {
        fprintf(stream, "    S-->>B: %u", exchange->answer.status);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            put_header(stream, exchange, names[i], true, memory);
    }
    fputs("\n", stream);
}

void report_mermaid(FILE *stream, const struct report *report)
{
    static const char *const arrows[] = {
        [VERDICT_ALLOWED] = "B-->>P: readable",
        [VERDICT_BLOCKED] = "B--xP: blocked",
        [VERDICT_OPAQUE] = "B-->>P: opaque",
        [VERDICT_UNREACHABLE] = "B--xP: network error",
    };
    const struct played *played = report->played;
    fputs("sequenceDiagram\n    participant P as Page ", stream);
    put_escaped(stream, report->description->origin, report->memory);
    fputs("\n    participant B as Browser\n    participant S as Server\n    P->>B: ", stream);
    struct cors_bytes method = report->description->method;
    put_escaped(stream, method.at == NULL ? CORS_BYTES("GET") : method, report->memory);
    fputs(" ", stream);
    put_escaped(stream, report->description->url, report->memory);
    fputs("\n", stream);
    for (size_t i = 0; i < played->exchange_count; i++) {
        put_request(stream, &played->exchanges[i], report->memory);
        put_answer(stream, &played->exchanges[i], report->memory);
    }
    if (played->outcome.algorithm != NULL) {
        fputs("    Note over B: ", stream);
        put_escaped(stream, outcome_step(&played->outcome, report->memory), report->memory);
        fputs("<br/>", stream);
        put_escaped(stream, reason_of(played, report->memory), report->memory);
        fputs("\n", stream);
    }
    fprintf(stream, "    %s\n", arrows[verdict_of(played)]);
}
