/* `corsim check --format mermaid`: the exchanges as a sequence diagram of https://mermaid.js.org/.
 * Invariant: of what comes from outside only letters, digits and harmless punctuation reach the
 * diagram as they are; everything else becomes one of its character references ("#35;"), so that no
 * server can add a line, end a message or start a directive. */
#include "report.h"

#include "sequence.h"

#include <string.h>

enum { LONGEST_TEXT = 240 };

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

static void put_lines(FILE *stream, const char *arrow, struct sequence_lines lines,
                      struct memory *memory)
{
    fprintf(stream, "    %s: ", arrow);
    for (size_t i = 0; i < lines.count; i++) {
        fputs(i == 0 ? "" : "<br/>", stream);
        put_escaped(stream, lines.at[i], memory);
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
        const struct exchange *exchange = &played->exchanges[i];
        const bool by_itself = exchange->from_cache == HTTP_CACHE;
        put_lines(stream, by_itself ? "B->>B" : "B->>S", sequence_request(exchange, report->memory),
                  report->memory);
        put_lines(stream,
                  by_itself                        ? "B-->>B"
                  : exchange->answer.network_error ? "S--xB"
                                                   : "S-->>B",
                  sequence_answer(exchange, report->memory), report->memory);
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
