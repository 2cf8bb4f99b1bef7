/* References to groups. Where a group can match only a few words, a slot holds which it was, and a
 * reference is a choice between them. Else a reference is over-approximated, with a mark, as
 * anything that its group can match. */
#include "finite.h"

static uint32_t build_step(struct builder *builder, const struct step *step, uint32_t next)
{
    struct byte_set set = {{0, 0}};
    if (next == NO_STATE)
        return NO_STATE;
    switch ((enum step_kind)step->kind) {
    case STEP_BYTE:
        set_add(&set, step->byte);
        return add_bytes(builder, &set, next, step->node->column);
    case STEP_BIND:
        return add_state(builder, (struct state){next, step->word, 0, 0, STATE_BIND, step->slot});
    default:
        return build(builder, step->node, next);
    }
}

uint32_t build_finite(struct builder *builder, const struct finite *finite, uint32_t next)
{
    uint32_t choice = NO_STATE;
    for (uint32_t i = 0; i < finite->walk_count; i++) {
        const struct walk *walk = &finite->walks[i];
        const struct step bind = {
            .kind = STEP_BIND, .slot = (uint16_t)finite->slot, .word = walk->word};
        const uint32_t number = i == 0 ? NO_STATE : begin_choice(builder);
        uint32_t made = build_step(builder, &bind, next);
        for (uint32_t k = walk->count; k-- > 0;)
            made = build_step(builder, &walk->steps[k], made);
        choice = i == 0 ? made : end_choice(builder, number, choice, made, finite->group->column);
        if (choice == NO_STATE)
            return NO_STATE;
    }
    return choice;
}

static uint32_t build_word(struct builder *builder, const struct node *node,
                           const struct finite *finite, uint32_t word, uint32_t next)
{
    for (uint32_t i = finite->words[word].length; i-- > 0 && next != NO_STATE;) {
        struct byte_set set = {{0, 0}};
        const unsigned byte = finite->words[word].at[i], small = byte | 0x20;
        set_add(&set, byte);
        if (node->ignore_case && small >= 'a' && small <= 'z') {
            set_add(&set, small);
            set_add(&set, small & ~0x20U);
        }
        next = add_bytes(builder, &set, next, node->column);
    }
    if (next == NO_STATE)
        return NO_STATE;
    return add_state(
        builder, (struct state){next, word, node->column, 0, STATE_BOUND, (uint16_t)finite->slot});
}

static bool is_unset_empty(const struct builder *builder)
{
    return dialect_syntax[builder->pattern->dialect][SYNTAX_UNSET_GROUP] == MEANS_EMPTY;
}

uint32_t build_reference(struct builder *builder, const struct node *node, uint32_t next)
{
    struct finite **all = builder->finite[builder->index];
    const struct finite *finite = all == NULL ? NULL : all[node->number];
    if (finite != NULL && !builder->in_reference) {
        struct byte_set none = {{0, 0}};
        uint32_t choice =
            is_unset_empty(builder)
                ? add_state(builder, (struct state){next, 0, node->column, 0, STATE_BOUND,
                                                    (uint16_t)finite->slot})
                : add_bytes(builder, &none, next, node->column);
        for (uint32_t word = 1; word <= finite->word_count && choice != NO_STATE; word++)
            choice = add_split(builder, choice, build_word(builder, node, finite, word, next),
                               node->column);
        return choice;
    }
    mark_inexact(builder, node, "a reference to a group");
    if (builder->in_reference)
        return add_anything(builder, next);
    builder->in_reference = true;
    const enum order order = builder->order;
    builder->order = ORDER_NONE;
    const uint32_t empty = next;
    const uint32_t word = build(builder, builder->pattern->groups[node->number]->first, next);
    builder->in_reference = false, builder->order = order;
    return add_split(builder, word, empty, node->column);
}

uint32_t build_resets(struct builder *builder, const struct node *node, uint32_t next)
{
    struct finite **finite = builder->finite[builder->index];
    if (finite == NULL || builder->in_reference || !is_unset_empty(builder))
        return next;
    if (node->kind == NODE_GROUP && node->number > 0 && finite[node->number] != NULL &&
        next != NO_STATE)
        next = add_state(builder, (struct state){next, 0, 0, 0, STATE_BIND,
                                                 (uint16_t)finite[node->number]->slot});
    for (const struct node *child = node->first; child != NULL; child = child->next)
        next = build_resets(builder, child, next);
    return next;
}
