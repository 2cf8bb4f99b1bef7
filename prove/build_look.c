/* Look-arounds and atomic groups. A look-around becomes a state that makes demands (ahead) or asks
 * what has just ended (behind); an atomic group becomes choices whose other branch is open only
 * where the preferred one, by itself, cannot match. Over-approximated, with a mark: an atomic group
 * that repeats what may match nothing, as engines differ there; look-aheads and atomic groups
 * within look-behinds; and a look-around that forbids, or is behind, whose contents are. */
#include "build.h"

/* ---- Choices in order ---------------------------------------------------------------------- */

uint32_t begin_choice(struct builder *builder)
{
    struct preferred *preferred = builder->preferred;
    if (builder->order == ORDER_FOLLOWED)
        return builder->followed++;
    if (builder->order == ORDER_NONE)
        return NO_STATE;
    if (preferred->count == preferred->capacity) {
        const uint32_t capacity = preferred->capacity == 0 ? 16 : preferred->capacity * 2;
        uint32_t *states =
            prove_resize(builder->memory, preferred->states, preferred->capacity * sizeof *states,
                         capacity * sizeof *states);
        if (states == NULL) {
            builder->full = true;
            return NO_STATE;
        }
        preferred->states = states, preferred->capacity = capacity;
    }
    return preferred->count++;
}

uint32_t end_choice(struct builder *builder, uint32_t number, uint32_t preferred, uint32_t other,
                    uint32_t column)
{
    if (preferred == NO_STATE || other == NO_STATE || builder->full)
        return NO_STATE;
    if (builder->order == ORDER_RECORDED)
        builder->preferred->states[number] = preferred;
    if (builder->order == ORDER_FOLLOWED)
        other = add_state(builder, (struct state){other, builder->preferred->states[number], column,
                                                  0, STATE_LOOK, 1});
    return add_split(builder, preferred, other, column);
}

/* ---- Atomic groups ------------------------------------------------------------------------- */

static bool repeats_nothing(const struct node *node)
{
    for (; node != NULL; node = node->next)
        if ((node->kind == NODE_REPEAT && node->most > 1 && node_is_nullable(node->first)) ||
            repeats_nothing(node->first))
            return true;
    return false;
}

static uint32_t build_plain(struct builder *builder, const struct node *node, uint32_t next)
{
    const enum order order = builder->order;
    builder->order = ORDER_NONE;
    const uint32_t made = build(builder, node->first, next);
    builder->order = order;
    return made;
}

uint32_t build_atomic(struct builder *builder, const struct node *node, uint32_t next)
{
    static const char what[] = "an atomic group, or a possessive quantifier";
    const enum order order = builder->order;
    struct preferred preferred = {NULL, 0, 0}, *before = builder->preferred;
    const uint32_t followed = builder->followed;
    const bool inexact = builder->inexact;
    if (builder->in_reference ||
        (node_length(node->first) != LENGTH_VARIES && builder->finite[builder->index] == NULL))
        return build_plain(builder, node, next);
    if (builder->in_behind > 0 || builder->in_loose > 0 || repeats_nothing(node->first)) {
        mark_inexact(builder, node, what);
        return build_plain(builder, node, next);
    }
    builder->order = ORDER_RECORDED;
    builder->preferred = &preferred;
    builder->inexact = false;
    const uint32_t holds = add_state(builder, (struct state){.kind = STATE_HOLDS});
    uint32_t made = build(builder, node->first, holds);
    if (builder->inexact) {
        mark_inexact(builder, node, what);
        made = build_plain(builder, node, next);
    } else if (made != NO_STATE) {
        builder->order = ORDER_FOLLOWED;
        builder->followed = 0;
        made = build(builder, node->first, next);
    }
    builder->order = order, builder->preferred = before, builder->followed = followed;
    builder->inexact = builder->inexact || inexact;
    return made;
}

/* ---- Look-arounds -------------------------------------------------------------------------- */

/* Its contents, by themselves: a state, or a look-behind's number. NULL: no room. */
static struct look_built *build_contents(struct builder *builder, const struct node *node)
{
    struct machine *machine = builder->machine;
    for (uint32_t i = 0; i < builder->look_count; i++)
        if (builder->looks[i].node == node)
            return &builder->looks[i];
    if (builder->look_count == MOST_LOOKS)
        return NULL;
    const bool inexact = builder->inexact;
    const enum order order = builder->order;
    builder->order = ORDER_NONE, builder->inexact = false;
    builder->in_behind += node->behind;
    const uint32_t end =
        add_state(builder, (struct state){.kind = node->behind ? STATE_FOUND : STATE_HOLDS});
    uint32_t made = end == NO_STATE ? NO_STATE : build(builder, node->first, end);
    if (node->behind && made != NO_STATE)
        made = add_anything(builder, made);
    builder->in_behind -= node->behind;
    struct look_built built = {node, made, builder->inexact};
    builder->order = order, builder->inexact = builder->inexact || inexact;
    if (made == NO_STATE || builder->look_count == MOST_LOOKS)
        return NULL;
    if (node->behind && machine->behind_count == MOST_BEHINDS) {
        built.inexact = true;
    } else if (node->behind && !built.inexact) {
        machine->nested_behinds = machine->nested_behinds || builder->in_behind > 0;
        built.state = machine->states[end].other = machine->behind_count;
        machine->behinds[machine->behind_count++] = made;
    }
    builder->looks[builder->look_count] = built;
    return &builder->looks[builder->look_count++];
}

uint32_t build_look(struct builder *builder, const struct node *node, uint32_t next)
{
    static const char what[] = "a look-around";
    if (builder->in_reference)
        return next;
    if (!node->behind && builder->in_behind > 0) {
        mark_inexact(builder, node, "a look-ahead within a look-behind");
        return next;
    }
    const struct look_built *built =
        builder->look_count < MOST_LOOKS ? build_contents(builder, node) : NULL;
    if (builder->full)
        return NO_STATE;
    if (built == NULL || (built->inexact && (node->negative || node->behind))) {
        mark_inexact(builder, node, what);
        return next;
    }
    builder->inexact = builder->inexact || built->inexact;
    return add_state(builder,
                     (struct state){next, built->state, node->column, 0,
                                    node->behind ? STATE_BEHIND : STATE_LOOK, node->negative});
}
