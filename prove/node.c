/* What can be said about a tree alone. */
#include "pattern.h"

static long length_of_all(const struct node *node, bool is_choice)
{
    long total = 0;
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        const long length = node_length(child);
        if (length == LENGTH_VARIES || (is_choice && child != node->first && length != total))
            return LENGTH_VARIES;
        total = is_choice ? length : total + length;
    }
    return total;
}

long node_length(const struct node *node)
{
    switch (node->kind) {
    case NODE_SET:
        return 1;
    case NODE_SEQUENCE:
    case NODE_GROUP:
    case NODE_ATOMIC:
        return length_of_all(node, false);
    case NODE_CHOICE:
        return length_of_all(node, true);
    case NODE_REPEAT: {
        const long once = node_length(node->first);
        return once == LENGTH_VARIES || node->least != node->most ? LENGTH_VARIES
                                                                  : once * node->least;
    }
    case NODE_REFERENCE:
        return LENGTH_VARIES;
    default:
        return 0;
    }
}

bool node_is_bounded(const struct node *node)
{
    for (; node != NULL; node = node->next)
        if ((node->kind == NODE_REPEAT &&
             (node->most == REPEAT_ENDLESS || node->first->kind != NODE_SET)) ||
            node->kind == NODE_REFERENCE || !node_is_bounded(node->first))
            return false;
    return true;
}

bool node_is_nullable(const struct node *node)
{
    const struct node *child = node->first;
    switch (node->kind) {
    case NODE_SET:
        return false;
    case NODE_SEQUENCE:
        while (child != NULL && node_is_nullable(child))
            child = child->next;
        return child == NULL;
    case NODE_CHOICE:
        while (child != NULL && !node_is_nullable(child))
            child = child->next;
        return child != NULL;
    case NODE_REPEAT:
        return node->least == 0 || node_is_nullable(child);
    case NODE_GROUP:
    case NODE_ATOMIC:
        return child == NULL || node_is_nullable(child);
    default:
        return true;
    }
}
