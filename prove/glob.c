/* Literals and globs. A glob is a choice between ways, as some systems take it for more than one
 * thing, each of them a sequence of bytes and wildcards; ports may follow. */
#include "glob.h"

#include "tree.h"

#include <string.h>

struct glob {
    const struct configured *string;
    const unsigned char *steps;
    enum preset_case rule;
    size_t length;     /* without the ports */
    size_t scheme_end; /* where :// begins, or the length */
    size_t star;       /* the first, or the length */
    struct prove_memory *memory;
};

bool has_step(const unsigned char *steps, enum preset_step step)
{
    for (; *steps != PRESET_STEP_NONE; steps++)
        if (*steps == (unsigned char)step)
            return true;
    return false;
}

/* ---- Bytes --------------------------------------------------------------------------------- */

static bool is_letter(unsigned byte)
{
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

static struct node *literal_byte(const struct glob *glob, size_t at)
{
    const size_t column = glob->string->columns[at];
    unsigned char byte = (unsigned char)glob->string->at[at];
    if (glob->rule == PRESET_CASE_LOWERED && byte >= 'A' && byte <= 'Z')
        byte |= 0x20;
    struct node *node = tree_byte(glob->memory, byte, column);
    const bool folded = glob->rule == PRESET_CASE_IGNORED ||
                        (glob->rule == PRESET_CASE_SCHEME && at < glob->scheme_end);
    if (node != NULL && folded && is_letter(byte))
        set_add(&node->set, byte ^ 0x20U);
    return node;
}

static void put_literal_span(const struct glob *glob, struct children *way, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++)
        tree_put(way, literal_byte(glob, at));
}

static struct node *star_at(const struct glob *glob, size_t at)
{
    return tree_anything(glob->memory, "", glob->string->columns[at]);
}

/* ---- Ways ---------------------------------------------------------------------------------- */

/* Every star is one, and with that step every question mark. */
static struct node *starred_way(const struct glob *glob)
{
    const bool question = has_step(glob->steps, PRESET_STEP_QUESTION);
    struct children way = tree_children(glob->memory, NODE_SEQUENCE, 0);
    for (size_t at = 0; at < glob->length; at++) {
        const char byte = glob->string->at[at];
        if (byte == '*')
            tree_put(&way, star_at(glob, at));
        else if (byte == '?' && question)
            tree_put(&way, tree_any(glob->memory, "", glob->string->columns[at]));
        else
            tree_put(&way, literal_byte(glob, at));
    }
    return way.parent;
}

/* Where the last whole label that is a star ends, behind ://; 0: there is none. */
static size_t star_label_end(const struct glob *glob)
{
    const char *text = glob->string->at;
    size_t start = glob->scheme_end + 3, end = 0;
    for (size_t at = start; at <= glob->length && glob->scheme_end < glob->length; at++)
        if (at == glob->length || text[at] == '.') {
            if (at == start + 1 && text[start] == '*')
                end = at;
            start = at + 1;
        }
    return end;
}

/* The scheme, anything, and what follows the last label that is a star. */
static struct node *subdomains_way(const struct glob *glob)
{
    const size_t end = star_label_end(glob);
    struct children way = tree_children(glob->memory, NODE_SEQUENCE, 0);
    if (end == 0)
        return NULL;
    put_literal_span(glob, &way, 0, glob->scheme_end + 3);
    tree_put(&way, star_at(glob, end - 1));
    put_literal_span(glob, &way, end, glob->length);
    return way.parent;
}

static struct node *outer_stars_way(const struct glob *glob)
{
    const char *text = glob->string->at;
    const bool first = glob->length > 0 && text[0] == '*';
    const bool last = glob->length > 1 && text[glob->length - 1] == '*';
    struct children way = tree_children(glob->memory, NODE_SEQUENCE, 0);
    if (first)
        tree_put(&way, star_at(glob, 0));
    put_literal_span(glob, &way, first, glob->length - last);
    if (last)
        tree_put(&way, star_at(glob, glob->length - 1));
    return way.parent;
}

/* One label or more for a star: none of them empty, of bytes that Go takes in a host. */
static void put_labels(const struct glob *glob, struct children *way, size_t at)
{
    static const char none[] = ".`{}";
    const size_t column = glob->string->columns[at];
    struct prove_memory *memory = glob->memory;
    struct node *more = tree_sequence(
        memory, tree_byte(memory, '.', column),
        tree_repeat(memory, tree_any(memory, none, column), 1, REPEAT_ENDLESS), NULL, NULL);
    tree_put(way, tree_repeat(memory, tree_any(memory, none, column), 1, REPEAT_ENDLESS));
    if (more != NULL)
        more->column = (uint32_t)column;
    tree_put(way, tree_repeat(memory, more, 0, REPEAT_ENDLESS));
}

static struct node *first_star_way(const struct glob *glob)
{
    struct children way = tree_children(glob->memory, NODE_SEQUENCE, 0);
    put_literal_span(glob, &way, 0, glob->star);
    if (glob->star < glob->length) {
        if (has_step(glob->steps, PRESET_STEP_WHOLE_LABELS))
            put_labels(glob, &way, glob->star);
        else
            tree_put(&way, star_at(glob, glob->star));
        put_literal_span(glob, &way, glob->star + 1, glob->length);
    }
    return way.parent;
}

/* What stands before the star, and what stands behind it but for what both have. */
static void put_overlaps(const struct glob *glob, struct children *ways)
{
    const char *text = glob->string->at;
    for (size_t size = 1; size <= glob->star && glob->star + size < glob->length; size++) {
        if (memcmp(text + glob->star - size, text + glob->star + 1, size) != 0)
            continue;
        struct children way = tree_children(glob->memory, NODE_SEQUENCE, 0);
        put_literal_span(glob, &way, 0, glob->star);
        put_literal_span(glob, &way, glob->star + 1 + size, glob->length);
        tree_put(ways, way.parent);
        if (glob->memory->exhausted)
            return;
    }
}

static struct node *ways_of(const struct glob *glob)
{
    struct children ways = tree_children(glob->memory, NODE_CHOICE, glob->string->columns[0]);
    const unsigned char *steps = glob->steps;
    if (has_step(steps, PRESET_STEP_STAR)) {
        tree_put(&ways, starred_way(glob));
        if (has_step(steps, PRESET_STEP_SUBDOMAINS))
            tree_put(&ways, subdomains_way(glob));
    } else if (has_step(steps, PRESET_STEP_OUTER_STARS)) {
        tree_put(&ways, outer_stars_way(glob));
    } else if (has_step(steps, PRESET_STEP_FIRST_STAR) ||
               has_step(steps, PRESET_STEP_WHOLE_LABELS)) {
        tree_put(&ways, first_star_way(glob));
    } else if (has_step(steps, PRESET_STEP_OVERLAP_STAR)) {
        tree_put(&ways, first_star_way(glob));
        put_overlaps(glob, &ways);
    } else {
        struct children way = tree_children(glob->memory, NODE_SEQUENCE, 0);
        put_literal_span(glob, &way, 0, glob->length);
        tree_put(&ways, way.parent);
    }
    return ways.parent;
}

/* ---- Ports --------------------------------------------------------------------------------- */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Where :[*] or :[8080,8081] at the end begins; the length: there is none. */
static size_t ports_start(const struct configured *string)
{
    const char *text = string->at;
    size_t end = string->length, at;
    if (end < 4 || text[end - 1] != ']')
        return end;
    for (at = end - 1; at > 0 && text[at - 1] != '[';)
        at--;
    if (at < 2 || text[at - 2] != ':')
        return end;
    if (at == end - 2 && text[at] == '*')
        return at - 2;
    for (size_t i = at; i < end; i++)
        if (!is_digit(text[i]) &&
            (i == at || !is_digit(text[i - 1]) || (i < end - 1 ? text[i] != ',' : text[i] != ']')))
            return end;
    return at - 2;
}

static struct node *ports_tree(const struct glob *glob)
{
    const struct configured *string = glob->string;
    struct prove_memory *memory = glob->memory;
    size_t at = glob->length + 2;
    struct node *colon = tree_byte(memory, ':', string->columns[glob->length]);
    if (string->at[at] == '*') {
        struct node *digits =
            tree_repeat(memory, tree_digit(memory, string->columns[at]), 1, REPEAT_ENDLESS);
        return tree_repeat(memory, tree_sequence(memory, colon, digits, NULL, NULL), 0, 1);
    }
    struct children ports = tree_children(memory, NODE_CHOICE, string->columns[at]);
    for (; at < string->length; at++) {
        struct children port = tree_children(memory, NODE_SEQUENCE, string->columns[at]);
        for (; is_digit(string->at[at]); at++)
            tree_put(&port, tree_byte(memory, (unsigned char)string->at[at], string->columns[at]));
        tree_put(&ports, port.parent);
    }
    return tree_sequence(memory, colon, ports.parent, NULL, NULL);
}

/* ---- The whole ----------------------------------------------------------------------------- */

/* Beyond ASCII, where case does not count, a character may equal an ASCII letter. */
static bool is_case_known(const struct configured *string, enum preset_case rule)
{
    if (rule != PRESET_CASE_IGNORED && rule != PRESET_CASE_LOWERED)
        return true;
    for (size_t i = 0; i < string->length; i++)
        if ((unsigned char)string->at[i] >= 0x80) {
            *string->error = (struct pattern_error){
                .column = string->columns[i],
                .what = "a character beyond ASCII, in any case",
                .not_modelled = true,
            };
            return false;
        }
    return true;
}

struct node *glob_tree(struct configured *string, const unsigned char *steps, enum preset_case rule)
{
    struct glob glob = {.string = string,
                        .steps = steps,
                        .rule = rule,
                        .length = string->length,
                        .memory = string->memory};
    if (!is_case_known(string, rule))
        return NULL;
    if (has_step(steps, PRESET_STEP_PORTS))
        glob.length = ports_start(string);
    while (glob.scheme_end < glob.length && (glob.length - glob.scheme_end < 3 ||
                                             memcmp(string->at + glob.scheme_end, "://", 3) != 0))
        glob.scheme_end++;
    if (glob.rule == PRESET_CASE_SCHEME && glob.scheme_end == glob.length)
        glob.rule = PRESET_CASE_EXACT;
    while (glob.star < glob.length && string->at[glob.star] != '*')
        glob.star++;
    struct node *ways = ways_of(&glob);
    if (glob.length < string->length)
        ways = tree_root(string->memory,
                         tree_sequence(string->memory, ways, ports_tree(&glob), NULL, NULL));
    return string->memory->exhausted ? NULL : ways;
}
