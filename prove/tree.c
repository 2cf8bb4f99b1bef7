/* The makers of prove/tree.h. */
#include "tree.h"

#include <string.h>

struct node *tree_node(struct prove_memory *memory, enum node_kind kind, size_t column)
{
    struct node *node = prove_take(memory, sizeof *node);
    if (node != NULL) {
        node->kind = (uint16_t)kind;
        node->column = (uint32_t)column;
    }
    return node;
}

struct node *tree_set(struct prove_memory *memory, const struct byte_set *set, size_t column)
{
    struct node *node = tree_node(memory, NODE_SET, column);
    if (node != NULL)
        node->set = *set;
    return node;
}

struct node *tree_byte(struct prove_memory *memory, unsigned char byte, size_t column)
{
    struct byte_set set = {{0, 0}};
    if (byte >= FIRST_BYTE && byte <= LAST_BYTE)
        set_add(&set, byte);
    return tree_set(memory, &set, column);
}

struct node *tree_digit(struct prove_memory *memory, size_t column)
{
    struct byte_set set = {{0, 0}};
    for (unsigned byte = '0'; byte <= '9'; byte++)
        set_add(&set, byte);
    return tree_set(memory, &set, column);
}

struct node *tree_any(struct prove_memory *memory, const char *without, size_t column)
{
    struct byte_set set = {{0, 0}};
    for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
        if (strchr(without, (int)byte) == NULL)
            set_add(&set, byte);
    return tree_set(memory, &set, column);
}

struct node *tree_repeat(struct prove_memory *memory, struct node *child, unsigned least,
                         unsigned most)
{
    struct node *repeat = child == NULL ? NULL : tree_node(memory, NODE_REPEAT, child->column);
    if (repeat != NULL) {
        repeat->first = child;
        repeat->least = (uint16_t)least;
        repeat->most = (uint16_t)most;
    }
    return repeat;
}

struct node *tree_anything(struct prove_memory *memory, const char *without, size_t column)
{
    return tree_repeat(memory, tree_any(memory, without, column), 0, REPEAT_ENDLESS);
}

struct node *tree_assertion(struct prove_memory *memory, enum meaning meaning)
{
    struct node *assertion = tree_node(memory, NODE_ASSERTION, 0);
    if (assertion != NULL)
        assertion->meaning = (uint16_t)meaning;
    return assertion;
}

struct node *tree_look(struct prove_memory *memory, struct node *child, bool behind, bool negative)
{
    struct node *look = tree_node(memory, NODE_LOOK, 0);
    if (look != NULL) {
        look->first = child;
        look->behind = behind;
        look->negative = negative;
    }
    return look;
}

struct node *tree_group(struct prove_memory *memory, struct node *child)
{
    struct node *group = tree_node(memory, NODE_GROUP, 0);
    if (group != NULL)
        group->first = child;
    return group;
}

struct children tree_children(struct prove_memory *memory, enum node_kind kind, size_t column)
{
    struct children children = {.parent = tree_node(memory, kind, column)};
    if (children.parent != NULL)
        children.end = &children.parent->first;
    return children;
}

void tree_put(struct children *children, struct node *child)
{
    if (child == NULL || children->end == NULL)
        return;
    *children->end = child;
    children->end = &child->next;
}

struct node *tree_sequence(struct prove_memory *memory, struct node *first, struct node *second,
                           struct node *third, struct node *fourth)
{
    struct children children = tree_children(memory, NODE_SEQUENCE, 0);
    tree_put(&children, first);
    tree_put(&children, second);
    tree_put(&children, third);
    tree_put(&children, fourth);
    return children.parent;
}

static struct node *branch(struct prove_memory *memory, struct node *node)
{
    return node == NULL || node->kind == NODE_SEQUENCE
               ? node
               : tree_sequence(memory, node, NULL, NULL, NULL);
}

struct node *tree_choice(struct prove_memory *memory, struct node *first, struct node *second)
{
    struct children children = tree_children(memory, NODE_CHOICE, 0);
    tree_put(&children, branch(memory, first));
    tree_put(&children, branch(memory, second));
    return children.parent;
}

struct node *tree_root(struct prove_memory *memory, struct node *sequence)
{
    return tree_choice(memory, sequence, NULL);
}
