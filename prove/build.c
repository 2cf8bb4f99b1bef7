/* From a tree to the states of a machine. Each node is built before the state that follows it, so a
 * repetition is its child built again and again. Over-approximated, with a mark: references to
 * groups that match more than a few words, and what build_look.c and finite.c say. Nothing that is
 * over-approximated stands where it is negated. */
#include "expand.h"

#include "build.h"

enum { MOST_STATES = 200000, MOST_STEPS_BUILT = 8000000 };

/* ---- States -------------------------------------------------------------------------------- */

uint32_t add_state(struct builder *builder, struct state state)
{
    struct machine *machine = builder->machine;
    if (machine->count >= builder->most_states)
        builder->full = true;
    if (machine->count == machine->capacity && !builder->full) {
        const uint32_t capacity = machine->capacity * 2;
        struct state *states =
            prove_resize(builder->memory, machine->states, machine->count * sizeof *states,
                         capacity * sizeof *states);
        builder->full = states == NULL;
        if (states != NULL)
            machine->states = states, machine->capacity = capacity;
    }
    if (builder->full)
        return NO_STATE;
    state.pattern = builder->index;
    machine->states[machine->count] = state;
    return machine->count++;
}

uint32_t add_split(struct builder *builder, uint32_t next, uint32_t other, uint32_t column)
{
    if (next == NO_STATE || other == NO_STATE)
        return NO_STATE;
    return add_state(builder, (struct state){next, other, column, 0, STATE_SPLIT, 0});
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
            prove_resize(builder->memory, machine->sets, machine->set_count * sizeof *sets,
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

uint32_t add_bytes(struct builder *builder, const struct byte_set *set, uint32_t next,
                   uint32_t column)
{
    const uint32_t index = index_of_set(builder, set);
    if (next == NO_STATE || builder->full)
        return NO_STATE;
    return add_state(builder, (struct state){next, index, column, 0, STATE_BYTE, 0});
}

/* Anything, any number of times. */
uint32_t add_anything(struct builder *builder, uint32_t next)
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

void mark_inexact(struct builder *builder, const struct node *node, const char *what)
{
    struct machine *machine = builder->machine;
    builder->inexact = true;
    if (machine->inexact != NULL &&
        (machine->inexact_pattern != builder->index || machine->inexact_column <= node->column))
        return;
    machine->inexact = what;
    machine->inexact_pattern = builder->index;
    machine->inexact_column = node->column;
}

void select_pattern(struct builder *builder, uint32_t index)
{
    builder->index = index;
    builder->pattern = &builder->patterns[index];
}

/* ---- Nodes --------------------------------------------------------------------------------- */

uint32_t build_sequence(struct builder *builder, const struct node *first, uint32_t next)
{
    size_t count = 0, at = 0;
    for (const struct node *child = first; child != NULL; child = child->next)
        count++;
    if (count == 1)
        return build(builder, first, next);
    const struct node **children = prove_take(builder->memory, count * sizeof(struct node *));
    if (children == NULL) {
        builder->full = true;
        return NO_STATE;
    }
    for (const struct node *child = first; child != NULL; child = child->next)
        children[at++] = child;
    while (at > 0 && next != NO_STATE)
        next = build(builder, children[--at], next);
    return next;
}

static uint32_t build_choice(struct builder *builder, const struct node *node, uint32_t next)
{
    uint32_t choice = NO_STATE;
    size_t count = 0;
    for (const struct node *child = node->first; child != NULL; child = child->next)
        count++;
    if (builder->order == ORDER_NONE && count > 1) {
        struct branch *branches = prove_take(builder->memory, count * sizeof *branches);
        size_t at = 0;
        if (branches == NULL)
            return NO_STATE;
        for (const struct node *child = node->first; child != NULL; child = child->next)
            branches[at++] = branch_of(child, builder->index);
        return build_branches(builder, branches, count, next);
    }
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        const uint32_t number = child == node->first ? NO_STATE : begin_choice(builder);
        const uint32_t branch = build(builder, child, next);
        choice = child == node->first ? branch
                                      : end_choice(builder, number, choice, branch, node->column);
        if (choice == NO_STATE)
            return NO_STATE;
    }
    return choice;
}

static uint32_t build_once(struct builder *builder, const struct node *node, uint32_t next)
{
    return build_resets(builder, node->first, build(builder, node->first, next));
}

/* Any number of times. */
static uint32_t build_loop(struct builder *builder, const struct node *node, uint32_t next)
{
    const uint32_t number = begin_choice(builder);
    const uint32_t loop = add_split(builder, next, next, node->column);
    const uint32_t again = loop == NO_STATE ? NO_STATE : build_once(builder, node, loop);
    if (again == NO_STATE)
        return NO_STATE;
    const uint32_t made = end_choice(builder, number, node->lazy ? next : again,
                                     node->lazy ? again : next, node->column);
    if (made == NO_STATE)
        return NO_STATE;
    builder->machine->states[loop] = builder->machine->states[made];
    return loop;
}

static bool has_condition(const struct node *node)
{
    for (; node != NULL; node = node->next)
        if (node->kind == NODE_ASSERTION || node->kind == NODE_LOOK ||
            node->kind == NODE_REFERENCE || has_condition(node->first))
            return true;
    return false;
}

static uint32_t build_repeat(struct builder *builder, const struct node *node, uint32_t next)
{
    const uint32_t behind = next;
    const bool loose = builder->pattern->dialect == DIALECT_JAVA && node->most > 1 &&
                       node_is_nullable(node->first);
    if (loose && node->least > 1 && has_condition(node->first))
        mark_inexact(builder, node, "a repetition of what may match nothing, under a condition");
    builder->in_loose += loose;
    if (node->most == REPEAT_ENDLESS)
        next = build_loop(builder, node, next);
    for (uint32_t i = node->least;
         node->most != REPEAT_ENDLESS && i < node->most && next != NO_STATE; i++) {
        const uint32_t number = begin_choice(builder);
        const uint32_t again = next == NO_STATE ? NO_STATE : build_once(builder, node, next);
        next = end_choice(builder, number, node->lazy ? behind : again, node->lazy ? again : behind,
                          node->column);
    }
    for (uint32_t i = 0; i < node->least && next != NO_STATE; i++)
        next = build_once(builder, node, next);
    builder->in_loose -= loose;
    return next;
}

static uint32_t build_assertion(struct builder *builder, const struct node *node, uint32_t next)
{
    const enum meaning meaning = (enum meaning)node->meaning;
    if (builder->in_reference)
        return next;
    if (meaning != MEANS_START && meaning != MEANS_END)
        builder->machine->has_sides = true;
    return add_state(builder,
                     (struct state){next, 0, node->column, 0, STATE_ASSERTION, node->meaning});
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

static uint32_t build_group(struct builder *builder, const struct node *node, uint32_t next)
{
    struct finite **finite = builder->finite[builder->index];
    if (node->number > 0 && finite != NULL && finite[node->number] != NULL &&
        !builder->in_reference)
        return build_finite(builder, finite[node->number], next);
    return node->first == NULL ? next : build(builder, node->first, next);
}

uint32_t build(struct builder *builder, const struct node *node, uint32_t next)
{
    if (next == NO_STATE || ++builder->steps > MOST_STEPS_BUILT) {
        builder->full = true;
        return NO_STATE;
    }
    switch ((enum node_kind)node->kind) {
    case NODE_EMPTY:
        return next;
    case NODE_SET:
        return build_set(builder, node, next);
    case NODE_SEQUENCE:
        return build_sequence(builder, node->first, next);
    case NODE_CHOICE:
        return build_choice(builder, node, next);
    case NODE_REPEAT:
        return build_repeat(builder, node, next);
    case NODE_ATOMIC:
        return build_atomic(builder, node, next);
    case NODE_GROUP:
        return build_group(builder, node, next);
    case NODE_ASSERTION:
        return build_assertion(builder, node, next);
    case NODE_LOOK:
        return build_look(builder, node, next);
    case NODE_REFERENCE:
        return build_reference(builder, node, next);
    }
    return NO_STATE;
}

/* ---- The whole ----------------------------------------------------------------------------- */

/* A number for each behaviour of a byte. */
static void make_classes(struct machine *machine)
{
    unsigned char made[LAST_BYTE + 1] = {0};
    machine->class_count = 1;
    for (uint32_t i = 0; i <= machine->set_count; i++) {
        unsigned char numbers[LAST_BYTE + 1][2] = {{0}};
        unsigned count = 0;
        for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++) {
            const bool in = i < machine->set_count
                                ? set_has(&machine->sets[i], byte)
                                : machine->has_sides && side_of(byte) == SIDE_WORD;
            unsigned char *number = &numbers[machine->classes[byte]][in];
            if (*number == 0)
                *number = (unsigned char)++count;
            made[byte] = (unsigned char)(*number - 1);
        }
        for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
            machine->classes[byte] = made[byte];
        machine->class_count = count;
    }
}

/* The branches of the patterns that are matched in one way, into `branches`, if it is not NULL. */
static size_t put_branches(const struct builder *builder, size_t count, enum pattern_match match,
                           struct branch *branches)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        const struct node *root = builder->patterns[i].root;
        const bool is_choice = root->kind == NODE_CHOICE;
        if (builder->patterns[i].match != match)
            continue;
        for (const struct node *branch = is_choice ? root->first : root; branch != NULL;
             branch = is_choice ? branch->next : NULL) {
            if (branches != NULL)
                branches[total] = branch_of(branch, (uint32_t)i);
            total++;
        }
    }
    return total;
}

/* All patterns that are matched in one way. */
static uint32_t build_matched(struct builder *builder, size_t count, enum pattern_match match,
                              uint32_t accept)
{
    const size_t total = put_branches(builder, count, match, NULL);
    if (total == 0)
        return NO_STATE;
    struct branch *branches = prove_take(builder->memory, total * sizeof *branches);
    if (branches == NULL) {
        builder->full = true;
        return NO_STATE;
    }
    put_branches(builder, count, match, branches);
    uint32_t next = match == PATTERN_FULL ? accept : add_anything(builder, accept);
    next = next == NO_STATE ? NO_STATE : build_branches(builder, branches, total, next);
    if (next == NO_STATE)
        builder->full = true;
    return match == PATTERN_SEARCH && next != NO_STATE ? add_anything(builder, next) : next;
}

static bool build_all(struct builder *builder, size_t count)
{
    struct machine *machine = builder->machine;
    const uint32_t accept = add_state(builder, (struct state){.kind = STATE_ACCEPT});
    uint32_t start = NO_STATE;
    for (int match = PATTERN_SEARCH; match <= PATTERN_FULL; match++) {
        const uint32_t made = build_matched(builder, count, (enum pattern_match)match, accept);
        if (builder->full)
            return false;
        if (made != NO_STATE)
            start = start == NO_STATE ? made : add_split(builder, start, made, 0);
    }
    if (start == NO_STATE)
        start = add_bytes(builder, &(struct byte_set){{0, 0}}, accept, 0);
    machine->first_state = start;
    make_classes(machine);
    if (start == NO_STATE || builder->full || !expansion_open(machine))
        return false;
    const uint32_t behinds = expand_behinds(machine);
    if (behinds == NO_STATE)
        return false;
    machine->start = places_add(machine->places, demand_of(start, 0, false), 0, behinds);
    return machine->start != NO_STATE;
}

static uint32_t count_nodes(const struct node *node)
{
    uint32_t count = 0;
    for (; node != NULL; node = node->next)
        count += 1 + count_nodes(node->first);
    return count;
}

bool machine_build(const struct pattern *patterns, size_t count, struct prove_memory *memory,
                   struct machine *machine, struct pattern_error *error)
{
    enum { FIRST_SETS = 64 };
    struct builder *builder = prove_take(memory, sizeof *builder);
    uint32_t nodes = 64;
    for (size_t i = 0; i < count; i++)
        nodes += count_nodes(patterns[i].root);
    *machine = (struct machine){.memory = memory, .capacity = nodes, .set_capacity = FIRST_SETS};
    machine->states = prove_take(memory, nodes * sizeof *machine->states);
    machine->sets = prove_take(memory, FIRST_SETS * sizeof *machine->sets);
    *error = (struct pattern_error){
        .what = "the pattern is too large, once its repetitions are written out",
        .not_modelled = true};
    if (machine->states == NULL || machine->sets == NULL || builder == NULL)
        return false;
    *builder = (struct builder){.machine = machine,
                                .patterns = patterns,
                                .memory = memory,
                                .most_states = MOST_STATES + 2 * nodes};
    builder->finite = prove_take(memory, count * sizeof *builder->finite);
    for (size_t i = 0; i < count && builder->finite != NULL; i++) {
        select_pattern(builder, (uint32_t)i);
        mark_start(builder);
        if (!find_finite(builder))
            return false;
    }
    if (builder->finite == NULL || !build_all(builder, count)) {
        error->pattern = builder->index;
        return false;
    }
    *error = (struct pattern_error){.what = NULL};
    return true;
}
