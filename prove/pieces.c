/* Taking a pattern's text apart, for all dialects alike. */
#include "pieces.h"

#include <string.h>

enum { LONGEST_TEXT = 1 << 14, MOST_DEPTH = 64 };

/* ---- Pieces -------------------------------------------------------------------------------- */

static bool is_in(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Behind what begins at `at` with an opening brace; `at` itself: it does not. */
static uint32_t behind_braces(const struct pieces *pieces, uint32_t at)
{
    if (at >= pieces->to || pieces->text.at[at] != '{')
        return at;
    const char *close = memchr(pieces->text.at + at, '}', pieces->to - at);
    return close == NULL ? at : (uint32_t)(close - pieces->text.at) + 1;
}

static uint32_t behind_repetition(const struct pieces *pieces, uint32_t at)
{
    const char *text = pieces->text.at;
    uint32_t end = at;
    if (at < pieces->to && is_in(text[at], "*+?"))
        end = at + 1;
    else if (at + 1 < pieces->to && text[at] == '{' && is_in(text[at + 1], "0123456789,"))
        end = behind_braces(pieces, at);
    if (end > at && end < pieces->to && is_in(text[end], "?+"))
        end++;
    return end;
}

/* 0: it does not end. */
static uint32_t behind_set(const struct pieces *pieces, uint32_t at)
{
    const char *text = pieces->text.at;
    uint32_t i = at + 1;
    if (i < pieces->to && text[i] == '^')
        i++;
    if (i < pieces->to && text[i] == ']')
        i++;
    for (; i < pieces->to && text[i] != ']'; i++) {
        if (text[i] == '\\')
            i++;
        else if (i + 1 < pieces->to && text[i] == '[' && is_in(text[i + 1], ":.=")) {
            const char *close = memchr(text + i + 2, ']', pieces->to - i - 2);
            if (close == NULL)
                return 0;
            i = (uint32_t)(close - text);
        }
    }
    return i < pieces->to ? i + 1 : 0;
}

/* Behind what says of which kind a group is. */
static uint32_t behind_opening(const struct pieces *pieces, uint32_t at)
{
    const char *text = pieces->text.at;
    uint32_t i = at + 1;
    if (i >= pieces->to || text[i] != '?')
        return i;
    for (i++; i < pieces->to && (is_alphanumeric(text[i]) || is_in(text[i], "-^"));)
        i++;
    if (i + 1 < pieces->to && text[i] == '<' && !is_in(text[i + 1], "=!")) {
        const char *close = memchr(text + i, '>', pieces->to - i);
        return close == NULL ? 0 : (uint32_t)(close - text) + 1;
    }
    if (i + 1 < pieces->to && text[i] == '<')
        i++;
    return i < pieces->to && is_in(text[i], ":=!>") ? i + 1
           : i < pieces->to && text[i] == ')'       ? i
                                                    : 0;
}

/* False: it quotes. */
static bool read_escape(const struct pieces *pieces, struct piece *piece)
{
    const char escaped = pieces->text.at[piece->start + 1];
    piece->atom = piece->start + 2;
    if (is_in(escaped, "bBAzZG"))
        piece->kind = PIECE_ASSERTION;
    else if (is_alphanumeric(escaped)) {
        piece->kind = PIECE_SET;
        if (is_in(escaped, "xuopPN"))
            piece->atom = behind_braces(pieces, piece->atom);
    } else
        piece->literal = escaped;
    return escaped != 'Q' && escaped != 'E';
}

static bool read_piece(const struct pieces *pieces, struct piece *piece)
{
    const char c = pieces->text.at[piece->start];
    piece->atom = piece->start + 1;
    switch (c) {
    case '\\':
        if (piece->start + 1 >= pieces->to || !read_escape(pieces, piece))
            return false;
        break;
    case '[':
        piece->kind = PIECE_SET;
        piece->atom = behind_set(pieces, piece->start);
        break;
    case '(':
        piece->kind = PIECE_OPEN;
        piece->atom = behind_opening(pieces, piece->start);
        break;
    case ')':
        piece->kind = PIECE_CLOSE;
        break;
    case '|':
        piece->kind = PIECE_BAR;
        break;
    case '^':
    case '$':
        piece->kind = PIECE_ASSERTION;
        break;
    case '.':
        piece->kind = PIECE_ANY;
        break;
    default:
        piece->literal = c;
    }
    piece->end = piece->atom;
    if (piece->kind != PIECE_OPEN && piece->kind != PIECE_BAR)
        piece->end = behind_repetition(pieces, piece->atom);
    return piece->atom > 0;
}

bool pieces_read(struct pieces *pieces, struct prove_memory *memory)
{
    uint32_t open[MOST_DEPTH], depth = 0;
    if (pieces->text.len > LONGEST_TEXT)
        return false;
    pieces->count = 0;
    pieces->at = prove_take(memory, (pieces->text.len + 1) * sizeof *pieces->at);
    if (pieces->at == NULL)
        return false;
    for (uint32_t at = pieces->from; at < pieces->to; at = pieces->at[pieces->count++].end) {
        struct piece *piece = &pieces->at[pieces->count];
        *piece = (struct piece){.start = at, .partner = NO_PIECE};
        if (!read_piece(pieces, piece))
            return false;
        if (piece->kind == PIECE_CLOSE) {
            if (depth == 0)
                return false;
            piece->partner = open[--depth];
            pieces->at[piece->partner].partner = pieces->count;
        }
        piece->outer = depth == 0 ? NO_PIECE : open[depth - 1];
        if (piece->kind == PIECE_OPEN && depth == MOST_DEPTH)
            return false;
        if (piece->kind == PIECE_OPEN)
            open[depth++] = pieces->count;
    }
    return depth == 0;
}

uint32_t piece_at(const struct pieces *pieces, size_t offset)
{
    uint32_t found = NO_PIECE;
    for (uint32_t i = 0; i < pieces->count && pieces->at[i].start <= offset; i++)
        found = i;
    return found == NO_PIECE && pieces->count > 0 ? 0 : found;
}

void branch_of(const struct pieces *pieces, uint32_t piece, uint32_t *first, uint32_t *behind)
{
    const uint32_t outer = pieces->at[piece].outer;
    uint32_t i = piece;
    while (i > 0 && i - 1 != outer &&
           !(pieces->at[i - 1].kind == PIECE_BAR && pieces->at[i - 1].outer == outer))
        i--;
    *first = i;
    for (i = piece; i < pieces->count; i++)
        if (pieces->at[i].kind == PIECE_BAR ? pieces->at[i].outer == outer
                                            : outer != NO_PIECE && i == pieces->at[outer].partner)
            break;
    *behind = i;
}

uint32_t piece_start(const struct pieces *pieces, uint32_t piece)
{
    return piece < pieces->count ? pieces->at[piece].start : pieces->to;
}

/* ---- Changes ------------------------------------------------------------------------------- */

static bool is_before(const struct edit *a, const struct edit *b)
{
    if (a->pattern != b->pattern)
        return a->pattern < b->pattern;
    return a->start != b->start ? a->start < b->start : a->end < b->end;
}

/* What is inserted at an edge is not within. */
static bool is_within(const struct edit *inner, const struct edit *outer)
{
    if (inner->pattern != outer->pattern)
        return false;
    if (inner->start == outer->start && inner->end == outer->end)
        return true;
    if (inner->start == inner->end)
        return inner->start > outer->start && inner->start < outer->end;
    return inner->start >= outer->start && inner->end <= outer->end;
}

static bool are_crossed(const struct edit *a, const struct edit *b)
{
    return a->pattern == b->pattern && a->start < b->end && b->start < a->end;
}

bool edits_add(struct edits *edits, const struct edit *edit)
{
    uint32_t kept = 0, at = 0;
    for (uint32_t i = 0; i < edits->count; i++)
        if (!is_within(&edits->at[i], edit) && are_crossed(&edits->at[i], edit))
            return false;
    for (uint32_t i = 0; i < edits->count; i++)
        if (!is_within(&edits->at[i], edit))
            edits->at[kept++] = edits->at[i];
    edits->count = kept;
    if (kept == MOST_EDITS)
        return false;
    while (at < kept && is_before(&edits->at[at], edit))
        at++;
    memmove(&edits->at[at + 1], &edits->at[at], (kept - at) * sizeof *edit);
    edits->at[at] = *edit;
    edits->count++;
    return true;
}

struct cors_bytes edits_apply(const struct edits *edits, uint32_t pattern, struct cors_bytes text,
                              struct prove_memory *memory)
{
    size_t size = text.len + 1, length = 0, from = 0;
    for (uint32_t i = 0; i < edits->count; i++)
        size += edits->at[i].text.len;
    char *made = prove_take(memory, size);
    if (made == NULL)
        return (struct cors_bytes){0};
    for (uint32_t i = 0; i < edits->count; i++) {
        const struct edit *edit = &edits->at[i];
        if (edit->pattern != pattern)
            continue;
        memcpy(made + length, text.at + from, edit->start - from);
        length += edit->start - from;
        if (edit->text.len > 0)
            memcpy(made + length, edit->text.at, edit->text.len);
        length += edit->text.len;
        from = edit->end;
    }
    memcpy(made + length, text.at + from, text.len - from);
    return (struct cors_bytes){made, length + text.len - from};
}

size_t edits_before(const struct edits *edits, uint32_t pattern, size_t offset)
{
    size_t made = 0, from = 0;
    for (uint32_t i = 0; i < edits->count; i++) {
        const struct edit *edit = &edits->at[i];
        if (edit->pattern != pattern)
            continue;
        const size_t unchanged = edit->start - from;
        if (offset < made + unchanged)
            break;
        made += unchanged;
        if (offset < made + edit->text.len)
            return edit->start;
        made += edit->text.len;
        from = edit->end;
    }
    return from + (offset - made);
}
