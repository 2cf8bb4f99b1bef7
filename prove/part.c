/* The parts of presets.tsv. Within a part, START and END are its own, and no byte stands that would
 * end it. A part between commas may hold a comma within double quotes: whether a place is within
 * quotes is asked of everything before it. */
#include "part.h"

struct part {
    struct node *start, *end; /* shared by all places */
    struct byte_set outside;  /* bytes that end the part */
    struct node *quoted;      /* within double quotes; NULL: outside of the part is outside */
    struct prove_memory *memory;
};

/* ---- Within -------------------------------------------------------------------------------- */

static void restrict_set(const struct part *part, struct node *node)
{
    struct byte_set allowed = node->set, quoted = node->set;
    for (size_t i = 0; i < 2; i++) {
        allowed.bits[i] &= ~part->outside.bits[i];
        quoted.bits[i] &= part->outside.bits[i];
    }
    node->set = allowed;
    if (part->quoted == NULL || (quoted.bits[0] == 0 && quoted.bits[1] == 0))
        return;
    struct prove_memory *memory = part->memory;
    struct node *outside = tree_sequence(memory, tree_group(memory, part->quoted),
                                         tree_set(memory, &quoted, node->column), NULL, NULL);
    struct node *choice = tree_choice(memory, tree_set(memory, &allowed, node->column), outside);
    if (choice == NULL)
        return;
    node->kind = NODE_CHOICE;
    node->first = choice->first;
}

static void restrict_all(const struct part *part, struct node *node)
{
    for (; node != NULL; node = node->next) {
        if (node->kind == NODE_SET) {
            restrict_set(part, node);
        } else if (node->kind == NODE_ASSERTION && node->meaning == MEANS_START) {
            node->kind = NODE_GROUP;
            node->first = part->start;
        } else if (node->kind == NODE_ASSERTION && node->meaning == MEANS_END) {
            node->kind = NODE_GROUP;
            node->first = part->end;
        } else {
            restrict_all(part, node->first);
        }
    }
}

/* The root of a pattern for one of the parts, which is searched. */
static void put_within(const struct part *part, struct pattern *pattern, bool everywhere)
{
    struct prove_memory *memory = part->memory;
    struct node *start = NULL, *before = NULL, *end = NULL;
    if (pattern->match != PATTERN_SEARCH || !everywhere)
        start = tree_group(memory, part->start);
    if (pattern->match == PATTERN_SEARCH && !everywhere)
        before = tree_anything(memory, "", 0);
    if (pattern->match == PATTERN_FULL)
        end = tree_group(memory, part->end);
    restrict_all(part, before);
    restrict_all(part, pattern->root);
    pattern->root = tree_root(memory, tree_sequence(memory, start, before, pattern->root, end));
    pattern->match = PATTERN_SEARCH;
}

/* ---- Between commas ------------------------------------------------------------------------ */

/* Any number of bytes from one place outside of quotes to another. */
static struct node *balanced(struct prove_memory *memory)
{
    struct node *quote =
        tree_sequence(memory, tree_byte(memory, '"', 0), tree_anything(memory, "\"", 0),
                      tree_byte(memory, '"', 0), NULL);
    return tree_repeat(memory, tree_choice(memory, tree_any(memory, "\"", 0), quote), 0,
                       REPEAT_ENDLESS);
}

static struct node *balanced_behind(struct prove_memory *memory, struct node *comma, bool negative)
{
    struct node *behind =
        tree_sequence(memory, tree_assertion(memory, MEANS_START), balanced(memory), comma, NULL);
    return tree_look(memory, behind, true, negative);
}

/* At the beginning or behind a comma outside of quotes, where some byte of a part follows. */
static struct node *part_start(struct prove_memory *memory)
{
    struct node *comma = balanced_behind(memory, tree_byte(memory, ',', 0), false);
    struct node *place = tree_choice(memory, tree_assertion(memory, MEANS_START), comma);
    struct node *some = tree_look(memory, tree_any(memory, ",", 0), false, false);
    return tree_sequence(memory, place, some, NULL, NULL);
}

/* At the end, or before a comma outside of quotes. */
static struct node *part_end(struct prove_memory *memory)
{
    struct node *comma =
        tree_sequence(memory, balanced_behind(memory, NULL, false),
                      tree_look(memory, tree_byte(memory, ',', 0), false, false), NULL, NULL);
    return tree_choice(memory, tree_assertion(memory, MEANS_END), comma);
}

static void between_commas(struct pattern *pattern, struct prove_memory *memory)
{
    struct part part = {.start = part_start(memory),
                        .end = part_end(memory),
                        .quoted = balanced_behind(memory, NULL, true),
                        .memory = memory};
    set_add(&part.outside, ',');
    put_within(&part, pattern, true);
}

/* ---- The host ------------------------------------------------------------------------------ */

/* Behind the scheme of an origin whose host is no address in brackets; or at the beginning of what
 * has no scheme. */
static struct node *host_start(struct prove_memory *memory)
{
    struct node *scheme = tree_sequence(
        memory, tree_assertion(memory, MEANS_START), tree_anything(memory, ":/", 0),
        tree_byte(memory, ':', 0),
        tree_sequence(memory, tree_byte(memory, '/', 0), tree_byte(memory, '/', 0), NULL, NULL));
    struct node *name = tree_look(memory, tree_any(memory, "[", 0), false, false);
    struct node *rest = tree_sequence(memory, tree_anything(memory, ":", 0),
                                      tree_assertion(memory, MEANS_END), NULL, NULL);
    return tree_choice(
        memory, tree_sequence(memory, tree_look(memory, scheme, true, false), name, NULL, NULL),
        tree_sequence(memory, tree_assertion(memory, MEANS_START),
                      tree_look(memory, rest, false, false), NULL, NULL));
}

/* Before a port, or at the end. */
static struct node *host_end(struct prove_memory *memory)
{
    struct node *port =
        tree_sequence(memory, tree_byte(memory, ':', 0),
                      tree_repeat(memory, tree_digit(memory, 0), 0, REPEAT_ENDLESS), NULL, NULL);
    struct node *rest = tree_sequence(memory, tree_repeat(memory, port, 0, 1),
                                      tree_assertion(memory, MEANS_END), NULL, NULL);
    return tree_look(memory, rest, false, false);
}

static void within_host(struct pattern *pattern, struct prove_memory *memory)
{
    struct part part = {.start = host_start(memory), .end = host_end(memory), .memory = memory};
    for (const char *byte = ":/[]"; *byte != '\0'; byte++)
        set_add(&part.outside, (unsigned char)*byte);
    put_within(&part, pattern, false);
}

/* ---- Some origins only --------------------------------------------------------------------- */

/* What must, or must not, stand somewhere in the origin. */
static void guard(struct pattern *pattern, struct node *text, bool negative,
                  struct prove_memory *memory)
{
    struct node *somewhere = tree_sequence(memory, tree_anything(memory, "", 0), text, NULL, NULL);
    struct node *look = tree_look(memory, somewhere, false, negative);
    struct node *before = NULL;
    if (pattern->match == PATTERN_SEARCH) {
        before = tree_anything(memory, "", 0);
        pattern->match = PATTERN_PREFIX;
    }
    pattern->root = tree_root(memory, tree_sequence(memory, look, before, pattern->root, NULL));
}

void part_apply(struct pattern *pattern, enum preset_part part, struct prove_memory *memory)
{
    if (part == PRESET_PART_COMMA_PARTS)
        between_commas(pattern, memory);
    else if (part == PRESET_PART_HOST)
        within_host(pattern, memory);
    else if (part == PRESET_PART_UNBRACKETED)
        guard(pattern, tree_byte(memory, '[', 0), true, memory);
    else if (part == PRESET_PART_URL)
        guard(pattern,
              tree_sequence(memory, tree_byte(memory, ':', 0), tree_byte(memory, '/', 0),
                            tree_byte(memory, '/', 0), NULL),
              false, memory);
}
