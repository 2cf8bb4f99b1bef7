/* Where an engine begins to try. Onigmo (Ruby) takes a search that begins with `.*` or the like for
 * one that can only match at the start of a line, even if a word's boundary stands before that: it
 * then finds less than it should. Such a pattern is kept as it should be, with a mark, so that a
 * witness has to be tried. */
#include "build.h"

enum start { START_GOES_ON = 0, START_FOUND, START_OTHER };

static enum start look_at(const struct node *node, const struct node **boundary);

static enum start look_at_all(const struct node *node, const struct node **boundary)
{
    enum start start = START_GOES_ON;
    for (; node != NULL && start == START_GOES_ON; node = node->next)
        start = look_at(node, boundary);
    return start;
}

/* Whether one of the branches begins so, or may let what follows begin. */
static enum start look_at_choice(const struct node *node, const struct node **boundary)
{
    bool goes_on = false;
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        const enum start start = look_at(child, boundary);
        if (start == START_FOUND)
            return start;
        goes_on = goes_on || start == START_GOES_ON;
    }
    return goes_on ? START_GOES_ON : START_OTHER;
}

/* `boundary`: the last that was passed, in any branch; NULL: none. */
static enum start look_at(const struct node *node, const struct node **boundary)
{
    switch (node->kind) {
    case NODE_SEQUENCE:
    case NODE_GROUP:
    case NODE_ATOMIC:
        return look_at_all(node->first, boundary);
    case NODE_CHOICE:
        return look_at_choice(node, boundary);
    case NODE_REPEAT:
        if (node->most == REPEAT_ENDLESS && *boundary != NULL)
            return START_FOUND;
        return node_is_nullable(node) ? START_GOES_ON : START_OTHER;
    case NODE_ASSERTION:
        if (node->meaning == MEANS_BOUNDARY || node->meaning == MEANS_NOT_BOUNDARY)
            *boundary = node;
        return START_GOES_ON;
    case NODE_EMPTY:
    case NODE_LOOK:
        return START_GOES_ON;
    default:
        return START_OTHER;
    }
}

void mark_start(struct builder *builder)
{
    const struct pattern *pattern = builder->pattern;
    const struct node *boundary = NULL;
    if (pattern->dialect == DIALECT_RUBY && pattern->match == PATTERN_SEARCH &&
        look_at(pattern->root, &boundary) == START_FOUND)
        mark_inexact(builder, boundary, "a boundary before what a search begins with");
}
