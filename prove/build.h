/* What the parts of the builder share: each makes states from the last to the first, so that what
 * follows is there already, and returns the first; NO_STATE: there is no room. What is built where
 * the order of attempts counts (within an atomic group) is built twice: at first to record what
 * each choice prefers, then with the other branch only where the preferred one fails. */
#ifndef CORSIM_PROVE_BUILD_H
#define CORSIM_PROVE_BUILD_H

#include "machine.h"

enum order { ORDER_NONE = 0, ORDER_RECORDED, ORDER_FOLLOWED };

/* What each choice within an atomic group prefers, in the order in which they are built. */
struct preferred {
    uint32_t *states;
    uint32_t count, capacity;
};

/* A look-around that has been built. */
struct look_built {
    const struct node *node;
    uint32_t state; /* or the number of a look-behind */
    bool inexact;
};

enum { MOST_LOOKS = 64 };

struct builder {
    struct machine *machine;
    const struct pattern *patterns, *pattern;
    uint32_t index;          /* of the pattern */
    struct finite ***finite; /* by pattern and group: NULL, or all words that it can match */
    struct prove_memory *memory;
    uint32_t most_states;
    unsigned steps;
    enum order order;
    struct preferred *preferred;
    uint32_t followed;
    struct look_built looks[MOST_LOOKS];
    uint32_t look_count;
    unsigned in_behind;
    unsigned in_loose; /* within what Java repeats less often than it says, if it matches nothing */
    bool in_reference; /* what is built stands for a copy of what it matches */
    bool inexact;      /* something was over-approximated since this was last reset */
    bool full;         /* there is no room for more */
};

void select_pattern(struct builder *builder, uint32_t index);
uint32_t add_state(struct builder *builder, struct state state);
uint32_t add_split(struct builder *builder, uint32_t next, uint32_t other, uint32_t column);
uint32_t add_bytes(struct builder *builder, const struct byte_set *set, uint32_t next,
                   uint32_t column);
uint32_t add_anything(struct builder *builder, uint32_t next);
void mark_inexact(struct builder *builder, const struct node *node, const char *what);
uint32_t build(struct builder *builder, const struct node *node, uint32_t next);
uint32_t build_sequence(struct builder *builder, const struct node *first, uint32_t next);

/* A choice, whose number is taken before what it chooses between is built. */
uint32_t begin_choice(struct builder *builder);
/* Keeps what is preferred; the other branch, which is guarded where the order is followed. */
uint32_t end_choice(struct builder *builder, uint32_t number, uint32_t preferred, uint32_t other,
                    uint32_t column);
uint32_t build_look(struct builder *builder, const struct node *node, uint32_t next);
uint32_t build_atomic(struct builder *builder, const struct node *node, uint32_t next);

/* build_branches.c: of one choice, or of several patterns. */
struct branch {
    const struct node *first; /* of its children; NULL: it is empty */
    uint32_t pattern;
    bool alone; /* what follows `first` is no part of it */
};
static inline struct branch branch_of(const struct node *node, uint32_t pattern)
{
    const bool alone = node->kind != NODE_SEQUENCE;
    return (struct branch){alone ? node : node->first, pattern, alone};
}
uint32_t build_branches(struct builder *builder, const struct branch *branches, size_t count,
                        uint32_t next);

/* build_start.c: of the pattern that is selected. */
void mark_start(struct builder *builder);

/* finite.c, build_reference.c */
bool find_finite(struct builder *builder); /* of the pattern that is selected */
uint32_t build_finite(struct builder *builder, const struct finite *finite, uint32_t next);
uint32_t build_reference(struct builder *builder, const struct node *node, uint32_t next);
/* Nothing is kept of the groups within it, where a dialect has it so. */
uint32_t build_resets(struct builder *builder, const struct node *node, uint32_t next);

#endif
