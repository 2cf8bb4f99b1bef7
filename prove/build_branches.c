/* Choices, with what branches have in common in front of them built once: ten thousand words are a
 * tree of letters. Two branches of different patterns share what stands at the same column of both,
 * but for the last of a branch, which so tells whose it is. */
#include "build.h"
#include "lookup.h"

/* A set, an assertion or a plain repetition that branches begin with, behind those of its parents.
 */
struct shared {
    const struct node *node;
    uint32_t pattern, parent, child, sibling, rest; /* 0: none */
    uint32_t state;
    uint32_t key; /* of the node: not the same, not the same node */
};

/* What is left of a branch. */
struct rest {
    struct branch branch;
    uint32_t next;
};

struct tree {
    struct shared *shared; /* the first is the root */
    struct rest *rests;    /* from 1 */
    uint32_t count, rest_count;
    struct lookup lookup; /* the shared ones, by parent and key */
};

static uint32_t key_of(const struct node *node)
{
    const uint64_t bits = node->set.bits[0] * 0x9E3779B97F4A7C15U ^
                          node->set.bits[1] * 0xBF58476D1CE4E5B9U ^ node->meaning;
    return (uint32_t)(bits >> 32) ^ (uint32_t)bits ^ node->kind ^ (uint32_t)node->least << 8 ^
           (uint32_t)node->most << 16;
}

/* Without what is counted, or stands for more than it is. */
static bool is_plain(const struct node *node)
{
    for (; node != NULL; node = node->next)
        if (node->kind > NODE_REPEAT || !is_plain(node->first))
            return false;
    return true;
}

static bool is_shared(const struct node *node)
{
    return node->kind == NODE_SET || node->kind == NODE_ASSERTION ||
           (node->kind == NODE_REPEAT && is_plain(node->first));
}

static bool is_same_tree(const struct node *a, const struct node *b);

static bool is_same_node(const struct node *a, const struct node *b)
{
    return a->kind == b->kind && a->meaning == b->meaning && a->least == b->least &&
           a->most == b->most && a->lazy == b->lazy && a->set.bits[0] == b->set.bits[0] &&
           a->set.bits[1] == b->set.bits[1] && is_same_tree(a->first, b->first);
}

static bool is_same_tree(const struct node *a, const struct node *b)
{
    while (a != NULL && b != NULL && is_same_node(a, b))
        a = a->next, b = b->next;
    return a == NULL && b == NULL;
}

static bool is_same(const void *owner, uint32_t number, const void *thing)
{
    const struct shared *other = &((const struct tree *)owner)->shared[number], *made = thing;
    const struct node *node = made->node;
    return other->key == made->key && other->parent == made->parent &&
           is_same_node(other->node, node) &&
           (other->pattern == made->pattern ||
            (other->node->column == node->column && node->next != NULL));
}

/* The child of a shared one that a node is; made, where it is not there. */
static uint32_t child_of(struct tree *tree, uint32_t at, const struct node *node, uint32_t pattern)
{
    const struct shared made = {.node = node,
                                .pattern = pattern,
                                .parent = at,
                                .sibling = tree->shared[at].child,
                                .key = key_of(node)};
    const uint32_t hash = lookup_hash((uint64_t)made.key << 32 ^ at);
    uint32_t *number = lookup_find(&tree->lookup, hash, is_same, tree, &made);
    if (*number == 0) {
        tree->shared[tree->count] = made;
        tree->shared[at].child = *number = tree->count++;
    }
    return *number;
}

static void put_branch(struct tree *tree, const struct branch *branch)
{
    const struct node *node = branch->first;
    uint32_t at = 0;
    for (; node != NULL && is_shared(node); node = node->next)
        at = child_of(tree, at, node, branch->pattern);
    tree->rests[tree->rest_count] =
        (struct rest){{node, branch->pattern, branch->alone}, tree->shared[at].rest};
    tree->shared[at].rest = tree->rest_count++;
}

static uint32_t build_branch(struct builder *builder, const struct branch *branch, uint32_t next)
{
    select_pattern(builder, branch->pattern);
    return branch->alone ? build(builder, branch->first, next)
                         : build_sequence(builder, branch->first, next);
}

/* Its children are built already. */
static uint32_t build_shared(struct builder *builder, const struct tree *tree, uint32_t at,
                             uint32_t next)
{
    const struct shared *shared = &tree->shared[at];
    uint32_t choice = NO_STATE;
    const uint32_t column = shared->node == NULL ? 0 : shared->node->column;
    for (uint32_t child = shared->child; child != 0; child = tree->shared[child].sibling) {
        const uint32_t state = tree->shared[child].state;
        choice = choice == NO_STATE ? state : add_split(builder, choice, state, column);
    }
    for (uint32_t rest = shared->rest; rest != 0; rest = tree->rests[rest].next) {
        const uint32_t state = build_branch(builder, &tree->rests[rest].branch, next);
        if (state == NO_STATE)
            return NO_STATE;
        choice = choice == NO_STATE ? state : add_split(builder, choice, state, column);
    }
    if (shared->node == NULL)
        return choice;
    select_pattern(builder, shared->pattern);
    struct node alone = *shared->node;
    alone.next = NULL;
    return build(builder, &alone, choice);
}

uint32_t build_branches(struct builder *builder, const struct branch *branches, size_t count,
                        uint32_t next)
{
    struct tree tree = {.count = 1, .rest_count = 1};
    const uint32_t pattern = builder->index;
    uint32_t nodes = 1, room = 32;
    if (count == 1)
        return build_branch(builder, &branches[0], next);
    for (size_t i = 0; i < count; i++)
        for (const struct node *node = branches[i].first; node != NULL && !branches[i].alone;
             node = node->next)
            nodes++;
    tree.shared = prove_take(builder->memory, nodes * sizeof *tree.shared);
    tree.rests = prove_take(builder->memory, (count + 1) * sizeof *tree.rests);
    while (room < nodes)
        room *= 2;
    if (!lookup_open(&tree.lookup, room, builder->memory) || tree.shared == NULL ||
        tree.rests == NULL) {
        builder->full = true;
        return NO_STATE;
    }
    for (size_t i = 0; i < count; i++)
        put_branch(&tree, &branches[i]);
    for (uint32_t at = tree.count; at-- > 0;) {
        tree.shared[at].state = build_shared(builder, &tree, at, next);
        if (tree.shared[at].state == NO_STATE)
            return NO_STATE;
    }
    select_pattern(builder, pattern);
    return tree.shared[0].state;
}
