/* Trees of patterns that are made, not parsed. Invariant: a node that there was no memory for is
 * NULL, is left out, and the memory says that it is exhausted. */
#ifndef CORSIM_PROVE_TREE_H
#define CORSIM_PROVE_TREE_H

#include "pattern.h"

struct node *tree_node(struct prove_memory *memory, enum node_kind kind, size_t column);
struct node *tree_set(struct prove_memory *memory, const struct byte_set *set, size_t column);
/* Of printable ASCII; the empty set for any other byte. */
struct node *tree_byte(struct prove_memory *memory, unsigned char byte, size_t column);
struct node *tree_digit(struct prove_memory *memory, size_t column);
/* One byte, or any number of bytes, none of them in `without`, a string. */
struct node *tree_any(struct prove_memory *memory, const char *without, size_t column);
struct node *tree_anything(struct prove_memory *memory, const char *without, size_t column);
struct node *tree_repeat(struct prove_memory *memory, struct node *child, unsigned least,
                         unsigned most);
struct node *tree_assertion(struct prove_memory *memory, enum meaning meaning);
/* A look-around for a child. */
struct node *tree_look(struct prove_memory *memory, struct node *child, bool behind, bool negative);
/* A group that is not kept: a node that stands elsewhere, too, can stand here in it. */
struct node *tree_group(struct prove_memory *memory, struct node *child);

/* A sequence or choice, that children are put into from the left. */
struct children {
    struct node *parent, **end;
};
struct children tree_children(struct prove_memory *memory, enum node_kind kind, size_t column);
void tree_put(struct children *children, struct node *child);
/* Of up to four; NULL: left out. */
struct node *tree_sequence(struct prove_memory *memory, struct node *first, struct node *second,
                           struct node *third, struct node *fourth);
/* Each branch is a sequence, as in all choices. */
struct node *tree_choice(struct prove_memory *memory, struct node *first, struct node *second);
/* What the root of a pattern has to be: a choice. */
struct node *tree_root(struct prove_memory *memory, struct node *sequence);

#endif
