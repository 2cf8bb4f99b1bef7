/* The suggestions of prove/suggest.h: at the beginning and the end of a branch, in place of a
 * piece, and about the groups around it. */
#include "suggest.h"

#include <string.h>

/* ---- Words --------------------------------------------------------------------------------- */

/* Joined, until NULL. */
static struct cors_bytes join(const struct suggestions *suggestions, const char *const *words)
{
    struct writing writing = {.memory = suggestions->memory};
    for (; *words != NULL; words++)
        put_word(&writing, *words);
    return written(&writing);
}
#define JOIN(suggestions, ...) join(suggestions, (const char *const[]){__VA_ARGS__, NULL})

static const char *slashes(const struct suggestions *suggestions)
{
    return suggestions->hand->escaped_slashes ? "\\/\\/" : "//";
}

static bool intends_below(const struct intent *intent)
{
    for (size_t i = 0; i < intent->count; i++)
        if (intent->entries[i].below)
            return true;
    return false;
}

static bool intends_ports(const struct intent *intent)
{
    for (size_t i = 0; i < intent->count; i++)
        if (intent->entries[i].port_kind == INTENT_PORT_ANY)
            return true;
    return false;
}

static void add_part(const struct suggestions *suggestions, struct suggestion *suggestion,
                     uint32_t start, uint32_t end, struct cors_bytes text)
{
    suggestion->parts[suggestion->count++] = (struct edit){suggestions->pattern, start, end, text};
}

static void keep(struct suggestions *suggestions, const struct suggestion *suggestion)
{
    if (suggestions->count < MOST_SUGGESTIONS)
        suggestions->at[suggestions->count++] = *suggestion;
}

static void add(struct suggestions *suggestions, uint32_t start, uint32_t end,
                struct cors_bytes text)
{
    struct suggestion suggestion = {0};
    add_part(suggestions, &suggestion, start, end, text);
    keep(suggestions, &suggestion);
}

static const struct piece *at(const struct suggestions *suggestions, uint32_t piece)
{
    return &suggestions->pieces->at[piece];
}

static bool is_literal(const struct suggestions *suggestions, uint32_t piece, char literal)
{
    return piece < suggestions->pieces->count && at(suggestions, piece)->kind == PIECE_LITERAL &&
           at(suggestions, piece)->literal == literal;
}

static bool is_once(const struct piece *piece)
{
    return piece->atom == piece->end;
}

/* ---- At the beginning ---------------------------------------------------------------------- */

struct branch {
    uint32_t first, behind; /* pieces */
    uint32_t start, inner;  /* offsets: of it, and behind its anchor */
    uint32_t end, cut;      /* offsets: of its end, and of the anchor there */
    uint32_t colon;         /* the piece before :// ; NO_PIECE: none */
};

static bool starts_text(const struct suggestions *suggestions, const struct piece *piece)
{
    const char *text = suggestions->pieces->text.at + piece->start;
    return piece->kind == PIECE_ASSERTION &&
           (text[0] == '^' || (text[0] == '\\' && text[1] == 'A'));
}

/* Whether a piece closes a group that only looks ahead. */
static bool closes_look(const struct suggestions *suggestions, const struct piece *piece)
{
    if (piece->kind != PIECE_CLOSE)
        return false;
    const struct piece *open = at(suggestions, piece->partner);
    const char *text = suggestions->pieces->text.at + open->start;
    return open->end - open->start == 3 && (text[2] == '!' || text[2] == '=');
}

static struct branch branch_at(const struct suggestions *suggestions, uint32_t piece)
{
    const struct pieces *pieces = suggestions->pieces;
    struct branch branch = {.colon = NO_PIECE};
    branch_of(pieces, piece, &branch.first, &branch.behind);
    branch.start = branch.inner = piece_start(pieces, branch.first);
    branch.end = branch.cut = piece_start(pieces, branch.behind);
    if (branch.first < branch.behind && starts_text(suggestions, &pieces->at[branch.first]))
        branch.inner = pieces->at[branch.first].end;
    if (branch.first < branch.behind && pieces->at[branch.behind - 1].kind == PIECE_ASSERTION)
        branch.cut = pieces->at[branch.behind - 1].start;
    else if (branch.first < branch.behind &&
             closes_look(suggestions, &pieces->at[branch.behind - 1]))
        branch.cut = pieces->at[pieces->at[branch.behind - 1].partner].start;
    if (branch.cut < branch.inner)
        branch.cut = branch.end;
    for (uint32_t i = branch.behind; i > branch.first; i--)
        if (is_literal(suggestions, i - 1, ':') && is_literal(suggestions, i, '/') &&
            is_literal(suggestions, i + 1, '/'))
            branch.colon = i - 1;
    return branch;
}

/* Where the scheme before the colon begins. */
static uint32_t scheme_of(const struct suggestions *suggestions, uint32_t colon)
{
    uint32_t i = colon;
    while (i > 0) {
        const struct piece *before = at(suggestions, i - 1);
        if (before->kind == PIECE_OPEN || before->kind == PIECE_BAR ||
            before->kind == PIECE_ASSERTION)
            break;
        i = before->kind == PIECE_CLOSE ? before->partner : i - 1;
    }
    return i;
}

static void suggest_scheme(struct suggestions *suggestions, const struct branch *branch)
{
    const char *start = branch->inner > branch->start ? "" : hand_start(suggestions->hand);
    const char *schemes = schemes_of(suggestions->intent), *label = hand_label(suggestions->hand);
    const char *open = hand_open(suggestions->hand), *slash = slashes(suggestions);
    if (is_literal(suggestions, branch->first, ':'))
        add(suggestions, branch->inner, branch->inner, JOIN(suggestions, start, schemes));
    if (is_literal(suggestions, branch->first, '/'))
        add(suggestions, branch->inner, branch->inner, JOIN(suggestions, start, schemes, ":"));
    add(suggestions, branch->inner, branch->inner, JOIN(suggestions, start, schemes, ":", slash));
    if (!intends_below(suggestions->intent))
        return;
    add(suggestions, branch->inner, branch->inner,
        JOIN(suggestions, start, schemes, ":", slash, open, label, "\\.)*"));
    add(suggestions, branch->inner, branch->inner,
        JOIN(suggestions, start, schemes, ":", slash, open, label, "\\.)+"));
}

static void suggest_beginning(struct suggestions *suggestions, uint32_t piece)
{
    const struct branch branch = branch_at(suggestions, piece);
    const char *start = hand_start(suggestions->hand);
    const bool open = branch.inner == branch.start && *start != '\0';
    if (branch.colon == NO_PIECE) {
        suggest_scheme(suggestions, &branch);
        return;
    }
    const uint32_t from = scheme_of(suggestions, branch.colon);
    const uint32_t begin = at(suggestions, from)->start;
    if (open)
        add(suggestions, branch.start, branch.start, JOIN(suggestions, start));
    add(suggestions, begin, at(suggestions, branch.colon)->start,
        JOIN(suggestions, open && begin == branch.start ? start : "",
             schemes_of(suggestions->intent)));
}

/* ---- At the end ---------------------------------------------------------------------------- */

static void suggest_end(struct suggestions *suggestions, uint32_t piece)
{
    const struct branch branch = branch_at(suggestions, piece);
    const char *end = hand_end(suggestions->hand);
    if (*end != '\0')
        add(suggestions, branch.cut, branch.end, JOIN(suggestions, end));
    if (intends_ports(suggestions->intent))
        add(suggestions, branch.cut, branch.end,
            JOIN(suggestions, hand_open(suggestions->hand), ":[0-9]+)?", end));
}

/* One group around all branches, and anchors around that. */
static void suggest_group(struct suggestions *suggestions)
{
    const struct pieces *pieces = suggestions->pieces;
    const struct branch first = branch_at(suggestions, 0);
    const struct branch last = branch_at(suggestions, pieces->count - 1);
    struct suggestion suggestion = {0};
    if (suggestions->hand->match == PATTERN_FULL || first.first == last.first)
        return;
    add_part(suggestions, &suggestion, first.start, first.inner,
             JOIN(suggestions, hand_start(suggestions->hand), hand_open(suggestions->hand)));
    add_part(suggestions, &suggestion, last.cut, last.end,
             JOIN(suggestions, ")", hand_end(suggestions->hand)));
    keep(suggestions, &suggestion);
}

/* Whether there are branches, of which the first alone has an anchor at its beginning, and only the
 * last one at its end: as if they had been taken for a group. */
static bool looks_like_group(const struct suggestions *suggestions)
{
    const struct pieces *pieces = suggestions->pieces;
    unsigned bars = 0, anchors = 0;
    for (uint32_t i = 0; i < pieces->count; i++) {
        bars += pieces->at[i].kind == PIECE_BAR && pieces->at[i].outer == NO_PIECE;
        anchors += i > 0 && i + 1 < pieces->count && pieces->at[i].kind == PIECE_ASSERTION;
    }
    return bars > 0 && anchors == 0 && starts_text(suggestions, &pieces->at[0]);
}

/* ---- In place of a piece ------------------------------------------------------------------- */

/* What the pieces are as a literal; false: they are none. */
static bool literal_of(const struct suggestions *suggestions, uint32_t from, uint32_t to,
                       struct writing *writing)
{
    for (uint32_t i = from; i < to; i++) {
        const struct piece *piece = at(suggestions, i);
        if (piece->kind == PIECE_ASSERTION)
            continue;
        if (piece->kind != PIECE_LITERAL || !is_once(piece))
            return false;
        put(writing, (struct cors_bytes){&piece->literal, 1});
    }
    return true;
}

static bool is_between(struct cors_bytes text, const struct writing *before,
                       const struct writing *after, struct cors_bytes *middle)
{
    if (text.len < before->length + after->length)
        return false;
    *middle =
        (struct cors_bytes){text.at + before->length, text.len - before->length - after->length};
    return (before->length == 0 || memcmp(text.at, before->text, before->length) == 0) &&
           (after->length == 0 ||
            memcmp(middle->at + middle->len, after->text, after->length) == 0);
}

/* What the intent has between the literals around a piece. */
static void suggest_meant(struct suggestions *suggestions, uint32_t index)
{
    enum { MOST_STRINGS = 50 };
    const struct branch branch = branch_at(suggestions, index);
    const struct piece *piece = at(suggestions, index);
    struct writing before = {.memory = suggestions->memory}, after = before, text = before;
    size_t count = 0, found = 0;
    if (suggestions->intent->count > MOST_STRINGS ||
        !literal_of(suggestions, branch.first, index, &before) ||
        !literal_of(suggestions, index + 1, branch.behind, &after))
        return;
    const struct cors_bytes *strings =
        anew_strings(suggestions->intent, suggestions->memory, &count);
    put_word(&text, hand_open(suggestions->hand));
    for (size_t i = 0; i < count && strings != NULL; i++) {
        struct cors_bytes middle;
        if (memchr(strings[i].at, '*', strings[i].len) != NULL ||
            !is_between(strings[i], &before, &after, &middle))
            continue;
        if (found++ > 0)
            put_word(&text, "|");
        put_literal(&text, suggestions->hand, middle);
    }
    put_word(&text, ")");
    const size_t open = strlen(hand_open(suggestions->hand));
    struct cors_bytes made = written(&text);
    if (found == 1 && made.at != NULL)
        made = (struct cors_bytes){made.at + open, made.len - open - 1};
    if (found > 0)
        add(suggestions, piece->start, piece->end, made);
}

/* What stands for several characters. */
static void suggest_wide(struct suggestions *suggestions, uint32_t index)
{
    const struct piece *piece = at(suggestions, index);
    const char *label = hand_label(suggestions->hand), *open = hand_open(suggestions->hand);
    const bool is_v = suggestions->hand->dialect == DIALECT_JAVASCRIPT_V;
    const uint32_t start = piece->start, end = piece->end;
    if (is_once(piece)) {
        add(suggestions, start, end, CORS_BYTES("\\."));
        add(suggestions, start, end, JOIN(suggestions, hand_end(suggestions->hand)));
    }
    suggest_meant(suggestions, index);
    add(suggestions, start, end, JOIN(suggestions, open, label, "\\.)*"));
    add(suggestions, start, end, JOIN(suggestions, open, label, "\\.)+"));
    add(suggestions, start, end, JOIN(suggestions, label, open, "\\.", label, ")*"));
    add(suggestions, start, end, JOIN(suggestions, label));
    add(suggestions, start, end, JOIN(suggestions, is_v ? "[a-z0-9.\\-]*" : "[a-z0-9.-]*"));
    add(suggestions, start, end, JOIN(suggestions, open, "[a-z0-9.-]*\\.)?"));
    add(suggestions, start, end, CORS_BYTES(""));
    add(suggestions, start, end, CORS_BYTES("\\."));
    add(suggestions, start, end, CORS_BYTES("[0-9]+"));
    add(suggestions, start, end, JOIN(suggestions, open, ":[0-9]+)?"));
}

static void suggest_instead(struct suggestions *suggestions, uint32_t index)
{
    const struct piece *piece = at(suggestions, index);
    const char *label = hand_label(suggestions->hand), *open = hand_open(suggestions->hand);
    switch (piece->kind) {
    case PIECE_ANY:
    case PIECE_SET:
        suggest_wide(suggestions, index);
        break;
    case PIECE_ASSERTION:
        add(suggestions, piece->start, piece->end, JOIN(suggestions, hand_end(suggestions->hand)));
        break;
    case PIECE_LITERAL:
        if (is_once(piece))
            break;
        add(suggestions, piece->atom, piece->end,
            JOIN(suggestions, label, open, "\\.", label, ")*"));
        add(suggestions, piece->atom, piece->end, CORS_BYTES(""));
        add(suggestions, piece->start, piece->end, CORS_BYTES(""));
        break;
    default:
        break;
    }
}

/* Without the branch in which a piece stands, and the bar beside it. */
static void suggest_without_branch(struct suggestions *suggestions, uint32_t piece)
{
    const struct pieces *pieces = suggestions->pieces;
    const struct branch branch = branch_at(suggestions, piece);
    const bool bar_before = branch.first > 0 && pieces->at[branch.first - 1].kind == PIECE_BAR;
    const bool bar_behind =
        branch.behind < pieces->count && pieces->at[branch.behind].kind == PIECE_BAR;
    if (bar_before)
        add(suggestions, pieces->at[branch.first - 1].start, branch.end, CORS_BYTES(""));
    else if (bar_behind)
        add(suggestions, branch.start, pieces->at[branch.behind].end, CORS_BYTES(""));
}

/* From the piece to the end of its branch, nothing. */
static void suggest_cut(struct suggestions *suggestions, uint32_t piece)
{
    const struct branch branch = branch_at(suggestions, piece);
    add(suggestions, at(suggestions, piece)->start, branch.end,
        JOIN(suggestions, hand_end(suggestions->hand)));
}

static void suggest_groups(struct suggestions *suggestions, uint32_t index)
{
    const struct pieces *pieces = suggestions->pieces;
    uint32_t piece = index;
    suggest_without_branch(suggestions, piece);
    while ((piece = pieces->at[piece].outer) != NO_PIECE) {
        const struct piece *open = &pieces->at[piece], *close = &pieces->at[open->partner];
        if (!is_once(close))
            add(suggestions, close->atom, close->end, CORS_BYTES(""));
        add(suggestions, open->start, close->end, JOIN(suggestions, hand_end(suggestions->hand)));
        add(suggestions, open->start, close->end, CORS_BYTES(""));
        suggest_without_branch(suggestions, piece);
    }
}

/* The end instead of a group that ends with it, or with something else. */
static void suggest_end_of_group(struct suggestions *suggestions, uint32_t index)
{
    const struct pieces *pieces = suggestions->pieces;
    const uint32_t open = pieces->at[index].outer;
    for (uint32_t i = open + 1; open != NO_PIECE && i < pieces->at[open].partner; i++)
        if (pieces->at[i].kind == PIECE_ASSERTION && pieces->at[i].outer == open) {
            add(suggestions, pieces->at[open].start, pieces->at[pieces->at[open].partner].end,
                JOIN(suggestions, hand_end(suggestions->hand)));
            return;
        }
}

/* As if asterisks stood for names, as in globs. */
static void suggest_glob(struct suggestions *suggestions)
{
    const struct hand *hand = suggestions->hand;
    const struct pieces *pieces = suggestions->pieces;
    const struct branch branch = branch_at(suggestions, 0);
    struct suggestion suggestion = {.whole = true};
    struct writing writing = {.memory = suggestions->memory};
    bool is_glob = false;
    put_word(&writing, hand_start(hand));
    for (uint32_t i = branch.inner; i < branch.cut; i++) {
        const char c = pieces->text.at[i];
        if (c == '\0' || strchr("\\()[]{}|^$+?", c) != NULL)
            return;
        if (c != '*')
            put_literal(&writing, hand, (struct cors_bytes){&c, 1});
        else {
            is_glob |= i > branch.inner && pieces->text.at[i - 1] != '.';
            put(&writing, JOIN(suggestions, hand_label(hand), hand_open(hand), "\\.",
                               hand_label(hand), ")*"));
        }
    }
    put_word(&writing, hand_end(hand));
    add_part(suggestions, &suggestion, pieces->from, pieces->to, written(&writing));
    if (is_glob)
        keep(suggestions, &suggestion);
}

/* ---- All ----------------------------------------------------------------------------------- */

void suggest(struct suggestions *suggestions, size_t offset, enum prove_cause cause)
{
    const uint32_t piece = piece_at(suggestions->pieces, offset);
    uint32_t top = piece;
    suggestions->count = 0;
    if (piece == NO_PIECE)
        return;
    while (at(suggestions, top)->outer != NO_PIECE)
        top = at(suggestions, top)->outer;
    suggest_glob(suggestions);
    if (looks_like_group(suggestions))
        suggest_group(suggestions);
    if (cause == PROVE_NOTHING_BEFORE)
        suggest_beginning(suggestions, top);
    if (cause == PROVE_NOTHING_BEHIND)
        suggest_end(suggestions, top);
    suggest_end_of_group(suggestions, piece);
    suggest_instead(suggestions, piece);
    if (cause != PROVE_NOTHING_BEFORE)
        suggest_beginning(suggestions, top);
    if (cause != PROVE_NOTHING_BEHIND)
        suggest_end(suggestions, top);
    if (top != piece)
        suggest_end(suggestions, piece);
    suggest_group(suggestions);
    suggest_groups(suggestions, piece);
    suggest_cut(suggestions, piece);
}

void suggest_more(struct suggestions *suggestions)
{
    const struct pieces *pieces = suggestions->pieces;
    const char *label = hand_label(suggestions->hand), *open = hand_open(suggestions->hand);
    suggestions->count = 0;
    if (pieces->count == 0)
        return;
    suggest_glob(suggestions);
    for (uint32_t i = 0; i + 2 < pieces->count; i++) {
        const uint32_t start = pieces->at[i].start;
        const bool is_80 =
            is_literal(suggestions, i + 1, '8') && is_literal(suggestions, i + 2, '0');
        const bool is_443 = is_literal(suggestions, i + 1, '4') &&
                            is_literal(suggestions, i + 2, '4') &&
                            is_literal(suggestions, i + 3, '3');
        if (is_literal(suggestions, i, ':') && (is_80 || is_443))
            add(suggestions, start, pieces->at[i + (is_80 ? 2 : 3)].end, CORS_BYTES(""));
        if (is_literal(suggestions, i, ':') && is_literal(suggestions, i + 1, '/') &&
            is_literal(suggestions, i + 2, '/'))
            add(suggestions, pieces->at[i + 2].end, pieces->at[i + 2].end,
                JOIN(suggestions, open, label, "\\.)*"));
    }
    const struct branch last = branch_at(suggestions, pieces->count - 1);
    for (uint32_t i = last.behind; i > last.first; i--)
        if (is_literal(suggestions, i - 1, '/') && pieces->at[i - 1].end == last.cut)
            add(suggestions, pieces->at[i - 1].start, last.cut, CORS_BYTES(""));
}

void suggest_start(struct suggestions *suggestions)
{
    suggestions->count = 0;
    if (suggestions->pieces->count == 0)
        return;
    const struct branch branch = branch_at(suggestions, 0);
    if (branch.inner == branch.start && branch.behind == suggestions->pieces->count &&
        *hand_start(suggestions->hand) != '\0')
        add(suggestions, branch.start, branch.start,
            JOIN(suggestions, hand_start(suggestions->hand)));
}
