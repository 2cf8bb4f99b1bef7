/* The sequence diagrams of the HTML report, as SVG (https://www.w3.org/TR/SVG11/) that stands in
 * the document: messages between a browser and the server, and what the browser makes of them.
 * Invariants: nothing is referred to but the document's own style; all text is escaped, and cut
 * where it is long; who cannot see the diagram is told the same by its title and description. */
#include "audit_report.h"

#include "sequence.h"

#include <string.h>

enum {
    WIDTH = 760,
    LEFT = 24, /* where the browser's line and the server's are */
    RIGHT = 736,
    TOP = 44, /* below the names of both */
    LINE_HEIGHT = 16,
    GAP = 12,
    LONGEST_LINE = 92,  /* characters that fit between the two lines */
    LONGEST_TEXT = 400, /* bytes; what is longer is cut */
    LONGEST_NAME = 50,
};

void audit_put_html(FILE *stream, struct cors_bytes bytes)
{
    struct memory memory = {0};
    const struct cors_bytes text = escape_xml(escape_terminal(bytes, &memory), &memory);
    fwrite(text.at, 1, text.len, stream);
    memory_free(&memory);
}

/* ---- What is drawn, from top to bottom ----------------------------------------------------- */

enum shape { SHAPE_TEXT, SHAPE_NOTE, SHAPE_REQUEST, SHAPE_ANSWER, SHAPE_NO_ANSWER };

/* A line of text, escaped for a terminal, or an arrow. */
struct row {
    enum shape shape;
    bool begins; /* the first line of a text */
    struct cors_bytes text;
};

struct rows {
    struct row *at;
    size_t count, capacity;
    struct memory memory;
};

static void add_row(struct rows *rows, enum shape shape, bool begins, struct cors_bytes text)
{
    if (rows->count == rows->capacity) {
        const size_t capacity = rows->capacity == 0 ? 32 : rows->capacity * 2;
        struct row *moved = memory_take(&rows->memory, capacity * sizeof *moved);
        if (rows->count > 0)
            memcpy(moved, rows->at, rows->count * sizeof *moved);
        rows->at = moved;
        rows->capacity = capacity;
    }
    rows->at[rows->count++] = (struct row){shape, begins, text};
}

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* How many bytes of a text go on one line: at a space, if there is one in its second half. What is
 * beyond the first rows of Unicode may be twice as wide. */
static size_t line_length(struct cors_bytes text)
{
    size_t length = 0, space = 0;
    for (size_t columns = 0; length < text.len; length++) {
        if (!continues(text.at[length]))
            columns += (unsigned char)text.at[length] >= 0xE1 ? 2 : 1;
        if (columns > LONGEST_LINE)
            break;
        if (text.at[length] == ' ' && columns > LONGEST_LINE / 2)
            space = length + 1;
    }
    return length < text.len && space > 0 ? space : length;
}

/* As it is shown, at most so many bytes of it. */
static struct cors_bytes shown(struct cors_bytes foreign, size_t most, struct memory *memory)
{
    const struct cors_bytes text = escape_terminal(foreign, memory);
    size_t length = most;
    if (text.len <= most)
        return text;
    while (length > 0 && continues(text.at[length]))
        length--;
    return memory_format(memory, "%.*s...", (int)length, text.at);
}

static void add_text(struct rows *rows, enum shape shape, struct cors_bytes foreign)
{
    struct cors_bytes text = shown(foreign, LONGEST_TEXT, &rows->memory);
    for (bool begins = true; text.len > 0; begins = false) {
        const size_t length = line_length(text);
        add_row(rows, shape, begins, (struct cors_bytes){text.at, length});
        text = (struct cors_bytes){text.at + length, text.len - length};
    }
}

static void add_lines(struct rows *rows, struct sequence_lines lines)
{
    for (size_t i = 0; i < lines.count; i++)
        add_text(rows, SHAPE_TEXT, lines.at[i]);
}

static void add_exchange(struct rows *rows, const struct audit_exchange *one)
{
    add_lines(rows, sequence_request(&one->exchange, &rows->memory));
    add_row(rows, SHAPE_REQUEST, true, CORS_BYTES(""));
    add_lines(rows, sequence_answer(&one->exchange, &rows->memory));
    add_row(rows, one->exchange.answer.network_error ? SHAPE_NO_ANSWER : SHAPE_ANSWER, true,
            CORS_BYTES(""));
}

static void add_verdict(struct rows *rows, const struct audit_verdict *verdict)
{
    const struct cors_bytes step = verdict->step;
    add_text(rows, SHAPE_NOTE,
             memory_format(&rows->memory, "%s%s%.*s%s%.*s", verdict_words[verdict->verdict],
                           step.len == 0 ? "" : ", decided by ", (int)step.len,
                           step.at == NULL ? "" : step.at, verdict->reason.len == 0 ? "" : ": ",
                           (int)verdict->reason.len,
                           verdict->reason.at == NULL ? "" : verdict->reason.at));
}

/* ---- Drawing ------------------------------------------------------------------------------- */

static bool is_arrow(enum shape shape)
{
    return shape >= SHAPE_REQUEST;
}

static unsigned height_of(const struct row *row)
{
    return LINE_HEIGHT +
           (is_arrow(row->shape) || (row->shape == SHAPE_NOTE && row->begins) ? GAP : 0);
}

static void put_arrow(FILE *stream, enum shape shape, unsigned y)
{
    const unsigned from = shape == SHAPE_REQUEST ? LEFT : RIGHT;
    const unsigned to = shape == SHAPE_REQUEST ? RIGHT : LEFT;
    const int back = shape == SHAPE_REQUEST ? -9 : 9;
    if (shape == SHAPE_NO_ANSWER) {
        fprintf(stream, "<path class=\"lost\" d=\"M%u %uH%u m-6 -6l12 12m0 -12l-12 12\"/>\n", from,
                y, (LEFT + RIGHT) / 2);
        return;
    }
    fprintf(stream,
            "<path class=\"%s\" d=\"M%u %uH%u\"/><path class=\"head\" d=\"M%u %ul%d -5v10z\"/>\n",
            shape == SHAPE_REQUEST ? "request" : "answer", from, y, to, to, y, back);
}

static void put_text(FILE *stream, const char *class, unsigned x, unsigned y,
                     struct cors_bytes escaped_for_terminal)
{
    struct memory memory = {0};
    const struct cors_bytes text = escape_xml(escaped_for_terminal, &memory);
    fprintf(stream, "<text class=\"%s\" x=\"%u\" y=\"%u\">%.*s</text>\n", class, x, y,
            (int)text.len, text.at);
    memory_free(&memory);
}

static void put_rows(FILE *stream, const struct rows *rows)
{
    unsigned y = TOP;
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->at[i];
        const unsigned height = height_of(row);
        if (row->shape == SHAPE_NOTE)
            fprintf(stream, "<rect class=\"note\" x=\"%d\" y=\"%u\" width=\"%d\" height=\"%d\"/>\n",
                    LEFT - 14, y + height - LINE_HEIGHT, RIGHT - LEFT + 28, LINE_HEIGHT + 4);
        if (is_arrow(row->shape))
            put_arrow(stream, row->shape, y + LINE_HEIGHT / 2);
        else
            put_text(stream, row->begins ? "first" : "more", LEFT + (row->begins ? 10 : 24),
                     y + height - 3, row->text);
        y += height;
    }
}

/* The same in words. */
static void put_description(FILE *stream, const struct rows *rows)
{
    static const char *const after[] = {[SHAPE_TEXT] = " ",
                                        [SHAPE_NOTE] = " ",
                                        [SHAPE_REQUEST] = "; to the server. ",
                                        [SHAPE_ANSWER] = "; to the browser. ",
                                        [SHAPE_NO_ANSWER] = ". "};
    struct memory memory = {0};
    for (size_t i = 0; i < rows->count; i++)
        fprintf(stream, "%s%s", escape_xml(rows->at[i].text, &memory).at, after[rows->at[i].shape]);
    memory_free(&memory);
}

void audit_put_diagram(FILE *stream, const struct audit_diagram *diagram)
{
    struct rows rows = {0};
    unsigned height = TOP + GAP;
    for (size_t i = 0; i < diagram->exchange_count; i++)
        add_exchange(&rows, &diagram->all[diagram->exchanges[i]]);
    if (diagram->verdict != NULL)
        add_verdict(&rows, diagram->verdict);
    for (size_t i = 0; i < rows.count; i++)
        height += height_of(&rows.at[i]);
    fprintf(stream,
            "<svg role=\"img\" viewBox=\"0 0 %d %u\" width=\"%d\" height=\"%u\" "
            "aria-labelledby=\"%s-title\" aria-describedby=\"%s-words\">\n<title id=\"%s-title\">",
            WIDTH, height, WIDTH, height, diagram->id, diagram->id, diagram->id);
    audit_put_html(stream, bytes_of(diagram->title));
    fprintf(stream, "</title>\n<desc id=\"%s-words\">", diagram->id);
    put_description(stream, &rows);
    fprintf(stream, "</desc>\n<path class=\"life\" d=\"M%d 26V%u M%d 26V%u\"/>\n", LEFT, height,
            RIGHT, height);
    put_text(stream, "who", 4, 16, shown(diagram->from, LONGEST_NAME, &rows.memory));
    put_text(stream, "who end", WIDTH - 4, 16, shown(diagram->to, LONGEST_NAME, &rows.memory));
    put_rows(stream, &rows);
    fprintf(stream, "</svg>\n");
    memory_free(&rows.memory);
}
