/* From a tree to a machine. Each node is built before the state that follows it, so a repetition is
 * its child built again and again. Over-approximated, with a mark: look-arounds (as if they held),
 * atomic groups and possessive quantifiers (as if they gave back), references (as anything that
 * their group can match). Nothing that is over-approximated stands where it is negated. */
#include "machine.h"

enum { MOST_STATES = 200000 };

struct builder {
    struct machine *machine;
    const struct pattern *pattern;
    struct prove_memory *memory;
    bool in_reference;
    bool full; /* there is no room for more */
};

static uint32_t build(struct builder *builder, const struct node *node, uint32_t next);

static uint32_t add_state(struct builder *builder, struct state state)
{
    struct machine *machine = builder->machine;
    if (machine->count == machine->capacity) {
        const uint32_t capacity = machine->capacity * 2;
        struct state *states =
            capacity > MOST_STATES * 2
                ? NULL
                : prove_grow(builder->memory, machine->states, machine->count * sizeof *states,
                             capacity * sizeof *states);
        if (states == NULL) {
            builder->full = true;
            return NO_STATE;
        }
        machine->states = states;
        machine->capacity = capacity;
    }
    if (machine->count >= MOST_STATES) {
        builder->full = true;
        return NO_STATE;
    }
    machine->states[machine->count] = state;
    return machine->count++;
}

static uint32_t add_split(struct builder *builder, uint32_t next, uint32_t other, uint32_t column)
{
    if (next == NO_STATE || other == NO_STATE)
        return NO_STATE;
    return add_state(builder, (struct state){next, other, column, STATE_SPLIT, 0});
}

/* The index of a set, each of which is there once while there are few. */
static uint32_t index_of_set(struct builder *builder, const struct byte_set *set)
{
    struct machine *machine = builder->machine;
    const uint32_t look_at = machine->set_count < 256 ? machine->set_count : 256;
    for (uint32_t i = machine->set_count - look_at; i < machine->set_count; i++)
        if (machine->sets[i].bits[0] == set->bits[0] && machine->sets[i].bits[1] == set->bits[1])
            return i;
    if (machine->set_count == machine->set_capacity) {
        const uint32_t capacity = machine->set_capacity * 2;
        struct byte_set *sets =
            prove_grow(builder->memory, machine->sets, machine->set_count * sizeof *sets,
                       capacity * sizeof *sets);
        if (sets == NULL) {
            builder->full = true;
            return 0;
        }
        machine->sets = sets;
        machine->set_capacity = capacity;
    }
    machine->sets[machine->set_count] = *set;
    return machine->set_count++;
}

static uint32_t add_bytes(struct builder *builder, const struct byte_set *set, uint32_t next,
                          uint32_t column)
{
    const uint32_t index = index_of_set(builder, set);
    if (next == NO_STATE || builder->full)
        return NO_STATE;
    return add_state(builder, (struct state){next, index, column, STATE_BYTE, 0});
}

/* Anything, any number of times. */
static uint32_t add_anything(struct builder *builder, uint32_t next)
{
    struct byte_set any = {{0, 0}};
    for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
        set_add(&any, byte);
    const uint32_t loop = add_split(builder, next, next, 0);
    const uint32_t bytes = add_bytes(builder, &any, loop, 0);
    if (bytes != NO_STATE)
        builder->machine->states[loop].other = bytes;
    return bytes == NO_STATE ? NO_STATE : loop;
}

static void mark_inexact(struct builder *builder, const struct node *node, const char *what)
{
    if (builder->machine->inexact != NULL)
        return;
    builder->machine->inexact = what;
    builder->machine->inexact_column = node->column;
}

static uint32_t build_sequence(struct builder *builder, const struct node *node, uint32_t next)
{
    size_t count = 0, at = 0;
    for (const struct node *child = node->first; child != NULL; child = child->next)
        count++;
    const struct node **children = prove_take(builder->memory, count * sizeof *children);
    if (children == NULL) {
        builder->full = true;
        return NO_STATE;
    }
    for (const struct node *child = node->first; child != NULL; child = child->next)
        children[at++] = child;
    while (at > 0 && next != NO_STATE)
        next = build(builder, children[--at], next);
    return next;
}

static uint32_t build_choice(struct builder *builder, const struct node *node, uint32_t next)
{
    uint32_t choice = NO_STATE;
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        const uint32_t branch = build(builder, child, next);
        choice = choice == NO_STATE ? branch : add_split(builder, choice, branch, node->column);
        if (branch == NO_STATE || choice == NO_STATE)
            return NO_STATE;
    }
    return choice;
}

static uint32_t build_repeat(struct builder *builder, const struct node *node, uint32_t next)
{
    const uint32_t behind = next;
    if (node->most == REPEAT_ENDLESS) {
        const uint32_t loop = add_split(builder, next, next, node->column);
        const uint32_t again = loop == NO_STATE ? NO_STATE : build(builder, node->first, loop);
        if (again == NO_STATE)
            return NO_STATE;
        builder->machine->states[loop].other = again;
        next = loop;
    } else {
        for (uint32_t i = node->least; i < node->most && next != NO_STATE; i++)
            next = add_split(builder, build(builder, node->first, next), behind, node->column);
    }
    for (uint32_t i = 0; i < node->least && next != NO_STATE; i++)
        next = build(builder, node->first, next);
    return next;
}

static uint32_t build_reference(struct builder *builder, const struct node *node, uint32_t next)
{
    mark_inexact(builder, node, "a reference to a group");
    if (builder->in_reference)
        return add_anything(builder, next);
    builder->in_reference = true;
    const uint32_t group = build(builder, builder->pattern->groups[node->number]->first, next);
    builder->in_reference = false;
    return add_split(builder, group, next, node->column);
}

static uint32_t build_assertion(struct builder *builder, const struct node *node, uint32_t next)
{
    const enum meaning meaning = (enum meaning)node->meaning;
    if (builder->in_reference)
        return next;
    if (meaning != MEANS_START && meaning != MEANS_END)
        builder->machine->has_sides = true;
    return add_state(builder,
                     (struct state){next, 0, node->column, STATE_ASSERTION, node->meaning});
}

static uint32_t build_set(struct builder *builder, const struct node *node, uint32_t next)
{
    struct byte_set set = node->set;
    for (unsigned small = 'a'; builder->in_reference && small <= 'z'; small++)
        if (set_has(&set, small) || set_has(&set, small - 0x20)) {
            set_add(&set, small);
            set_add(&set, small - 0x20);
        }
    return add_bytes(builder, &set, next, node->column);
}

static uint32_t build(struct builder *builder, const struct node *node, uint32_t next)
{
    if (next == NO_STATE)
        return NO_STATE;
    switch ((enum node_kind)node->kind) {
    case NODE_EMPTY:
        return next;
    case NODE_SET:
        return build_set(builder, node, next);
    case NODE_SEQUENCE:
        return build_sequence(builder, node, next);
    case NODE_CHOICE:
        return build_choice(builder, node, next);
    case NODE_REPEAT:
        return build_repeat(builder, node, next);
    case NODE_ATOMIC:
        mark_inexact(builder, node, "an atomic group, or a possessive quantifier");
        return build(builder, node->first, next);
    case NODE_GROUP:
        return build(builder, node->first, next);
    case NODE_ASSERTION:
        return build_assertion(builder, node, next);
    case NODE_LOOK:
        mark_inexact(builder, node, "a look-around");
        return next;
    case NODE_REFERENCE:
        return build_reference(builder, node, next);
    }
    return NO_STATE;
}

bool machine_build(const struct pattern *pattern, struct prove_memory *memory,
                   struct machine *machine, struct pattern_error *error)
{
    enum { FIRST_STATES = 256, FIRST_SETS = 64 };
    *machine =
        (struct machine){.memory = memory, .capacity = FIRST_STATES, .set_capacity = FIRST_SETS};
    machine->states = prove_take(memory, FIRST_STATES * sizeof *machine->states);
    machine->sets = prove_take(memory, FIRST_SETS * sizeof *machine->sets);
    struct builder builder = {.machine = machine, .pattern = pattern, .memory = memory};
    *error = (struct pattern_error){
        0, "the pattern is too large, once its repetitions are written out", true};
    if (machine->states == NULL || machine->sets == NULL)
        return false;
    uint32_t next = add_state(&builder, (struct state){0, 0, 0, STATE_ACCEPT, 0});
    if (pattern->match != PATTERN_FULL)
        next = add_anything(&builder, next);
    next = build(&builder, pattern->root, next);
    if (pattern->match == PATTERN_SEARCH && next != NO_STATE)
        next = add_anything(&builder, next);
    if (next == NO_STATE || builder.full)
        return false;
    machine->start = next;
    machine->closures = prove_take(memory, (size_t)machine->count * SIDE_COUNT * SIDE_COUNT *
                                               sizeof *machine->closures);
    machine->marks = prove_take(memory, machine->count * sizeof *machine->marks);
    machine->stack = prove_take(memory, 2 * (size_t)machine->count * sizeof *machine->stack);
    if (machine->closures == NULL || machine->marks == NULL || machine->stack == NULL)
        return false;
    *error = (struct pattern_error){0, NULL, false};
    return true;
}
