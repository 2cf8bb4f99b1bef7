/* The narrowing of prove/narrow.h: in a group to which something refers, a set of many bytes
 * becomes the one that reads best, and a repetition goes on no more than once beyond what it must.
 */
#include "narrow.h"

#include "classes.h"

static unsigned count_bytes(const struct byte_set *set)
{
    unsigned count = 0;
    for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
        count += set_has(set, byte);
    return count;
}

static bool narrow_set(struct byte_set *set)
{
    enum { FEW = 2 };
    const char *best = natural_bytes;
    if (count_bytes(set) <= FEW)
        return false;
    while (*best != '\0' && !set_has(set, (unsigned char)*best))
        best++;
    if (*best == '\0')
        return false;
    *set = (struct byte_set){{0, 0}};
    set_add(set, (unsigned char)*best);
    return true;
}

static bool narrow(struct node *node)
{
    bool any = false;
    for (; node != NULL; node = node->next) {
        if (node->kind == NODE_SET)
            any = narrow_set(&node->set) || any;
        if (node->kind == NODE_REPEAT && node->most > node->least + 1) {
            node->most = (uint16_t)(node->least + 1);
            any = true;
        }
        any = narrow(node->first) || any;
    }
    return any;
}

static bool narrow_referred(const struct pattern *pattern, const struct node *node)
{
    bool any = false;
    for (; node != NULL; node = node->next) {
        if (node->kind == NODE_REFERENCE)
            any = narrow(pattern->groups[node->number]->first) || any;
        any = narrow_referred(pattern, node->first) || any;
    }
    return any;
}

bool narrow_references(struct check *check)
{
    bool any = false;
    for (size_t i = 0; i < check->count; i++)
        if (check->trees[i].has_references)
            any = narrow_referred(&check->trees[i], check->trees[i].root) || any;
    return any;
}
