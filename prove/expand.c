/* The steps of prove/expand.h. What must hold together is a part; a part is divided where a
 * demand can be met in more than one way, until each of its demands stands behind the byte. */
#include "expand.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WORK = 12000000, MOST_PARTS = 1 << 17, FIRST = 64 };

static const char too_much[] =
    "its look-arounds, references and empty parts take more than they may";

enum side side_of(unsigned byte)
{
    const bool word = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                      (byte >= 'a' && byte <= 'z') || byte == '_';
    return word ? SIDE_WORD : SIDE_OTHER;
}

static bool holds(enum meaning meaning, const struct where *where)
{
    const bool word_before = where->before == SIDE_WORD, word_behind = where->behind == SIDE_WORD;
    switch (meaning) {
    case MEANS_START:
        return where->before == SIDE_EDGE;
    case MEANS_END:
        return where->behind == SIDE_EDGE;
    case MEANS_BOUNDARY:
        return word_before != word_behind;
    case MEANS_NOT_BOUNDARY:
        return word_before == word_behind;
    case MEANS_WORD_START:
        return !word_before && word_behind;
    case MEANS_WORD_END:
        return word_before && !word_behind;
    default:
        return false;
    }
}

/* ---- Arrays -------------------------------------------------------------------------------- */

/* Room for one more of `size` bytes. */
static bool make_room(struct machine *machine, void **array, uint32_t count, uint32_t *capacity,
                      size_t size)
{
    if (count < *capacity)
        return true;
    const uint32_t more = *capacity == 0 ? FIRST : *capacity * 2;
    void *made = prove_resize(machine->memory, *array, *capacity * size, more * size);
    if (made == NULL)
        return false;
    *array = made;
    *capacity = more;
    return true;
}

#define ROOM(machine, expansion, array, name)                                                      \
    make_room(machine, (void **)&(expansion)->array, (expansion)->name##_count,                    \
              &(expansion)->name##_capacity, sizeof *(expansion)->array)

bool expansion_open(struct machine *machine)
{
    struct prove_memory *memory = machine->memory;
    struct expansion *made = machine->expansion = prove_take(memory, sizeof *made);
    machine->places = prove_take(memory, sizeof *machine->places);
    if (made == NULL || machine->places == NULL || !places_open(machine->places, memory))
        return false;
    made->heads = prove_take(memory, machine->count * sizeof *made->heads);
    made->marks = prove_take(memory, machine->count * sizeof *made->marks);
    made->stack = prove_take(memory, FIRST * sizeof *made->stack);
    made->cells = prove_take(memory, FIRST * sizeof *made->cells);
    made->met = prove_take(memory, FIRST * sizeof *made->met);
    made->ways = prove_take(memory, FIRST * sizeof *made->ways);
    made->parts = prove_take(memory, FIRST * sizeof *made->parts);
    made->moves = prove_take(memory, FIRST * sizeof *made->moves);
    made->sorted = prove_take(memory, FIRST * sizeof *made->sorted);
    made->stack_capacity = made->cell_capacity = made->met_capacity = made->way_capacity = FIRST;
    made->part_capacity = made->move_capacity = made->sorted_capacity = FIRST;
    return !memory->exhausted;
}

/* The list with one more in front; NO_STATE: no memory. */
static uint32_t listed(struct machine *machine, demand_t demand, uint32_t list)
{
    struct expansion *expansion = machine->expansion;
    expansion->work++;
    if (list == NO_STATE || !ROOM(machine, expansion, cells, cell))
        return NO_STATE;
    expansion->cells[expansion->cell_count] = (struct cell){demand, list};
    return expansion->cell_count++;
}

static bool is_listed(const struct expansion *expansion, demand_t demand, uint32_t list)
{
    while (list != 0 && expansion->cells[list].demand != demand)
        list = expansion->cells[list].next;
    return list != 0;
}

/* Both lists; NO_STATE: no memory. */
static uint32_t joined(struct machine *machine, uint32_t list, uint32_t to)
{
    for (; list != 0 && to != NO_STATE; list = machine->expansion->cells[list].next)
        to = listed(machine, machine->expansion->cells[list].demand, to);
    return to;
}

/* ---- States that are met without a byte ---------------------------------------------------- */

static bool is_dominated(struct expansion *expansion, uint32_t state, uint32_t words,
                         uint32_t demands)
{
    for (uint32_t i = expansion->heads[state]; i != NO_STATE; i = expansion->met[i].same) {
        uint32_t list = expansion->met[i].demands;
        expansion->work++;
        if (expansion->met[i].words != words)
            continue;
        while (list != 0 && is_listed(expansion, expansion->cells[list].demand, demands))
            list = expansion->cells[list].next;
        if (list == 0)
            return true;
    }
    return false;
}

/* To be looked at, unless that adds nothing. */
static bool meet(struct machine *machine, uint32_t state, uint32_t words, uint32_t demands)
{
    struct expansion *expansion = machine->expansion;
    if (demands == NO_STATE)
        return false;
    if (++expansion->work > MOST_WORK) {
        machine->stopped = too_much;
        return false;
    }
    if (expansion->marks[state] != expansion->mark) {
        expansion->marks[state] = expansion->mark;
        expansion->heads[state] = NO_STATE;
    } else if (is_dominated(expansion, state, words, demands)) {
        return true;
    }
    if (!ROOM(machine, expansion, met, met) ||
        !make_room(machine, (void **)&expansion->stack, expansion->depth,
                   &expansion->stack_capacity, sizeof *expansion->stack))
        return false;
    expansion->met[expansion->met_count] =
        (struct met){state, words, demands, expansion->heads[state]};
    expansion->heads[state] = expansion->met_count;
    expansion->stack[expansion->depth++] = expansion->met_count++;
    return true;
}

static bool begin(struct machine *machine, uint32_t state, uint32_t words)
{
    struct expansion *expansion = machine->expansion;
    expansion->mark++;
    expansion->met_count = expansion->depth = 0;
    return meet(machine, state, words, 0);
}

static uint32_t bound(const struct machine *machine, uint32_t words, const struct state *state)
{
    const struct slot *slot = &machine->slots[state->meaning];
    uint32_t mask = 1;
    while (mask <= slot->words)
        mask <<= 1;
    return (words & ~((mask - 1) << slot->shift)) | state->other << slot->shift;
}

/* From a state that takes no byte and divides nothing. */
static bool pass(struct machine *machine, const struct met *met, const struct where *where)
{
    const struct state *state = &machine->states[met->state];
    bool goes = true;
    uint32_t words = met->words;
    switch ((enum state_kind)state->kind) {
    case STATE_SPLIT:
        if (!meet(machine, state->other, words, met->demands))
            return false;
        break;
    case STATE_ASSERTION:
        goes = holds((enum meaning)state->meaning, where);
        break;
    case STATE_BEHIND:
        goes = (where->truths >> state->other & 1) != state->meaning;
        break;
    case STATE_BIND:
        words = bound(machine, words, state);
        break;
    case STATE_BOUND:
        goes = bound(machine, words, state) == words;
        break;
    default:
        goes = false;
        break;
    }
    return !goes || meet(machine, state->next, words, met->demands);
}

/* ---- Look-behinds -------------------------------------------------------------------------- */

/* From all of a set, as far as those below `known` are known. */
static bool walk_behinds(struct machine *machine, uint32_t set, struct where *where, uint32_t known,
                         uint32_t *found)
{
    struct expansion *expansion = machine->expansion;
    const struct demands demands = machine->places->sets[set];
    *found = 0;
    expansion->mark++;
    expansion->met_count = expansion->depth = expansion->way_count = 0;
    for (uint32_t i = 0; i < demands.count; i++)
        if (!meet(machine, demand_state(demands.at[i]), 0, 0))
            return false;
    while (expansion->depth > 0) {
        const struct met met = expansion->met[expansion->stack[--expansion->depth]];
        const struct state *state = &machine->states[met.state];
        if (state->kind == STATE_FOUND)
            *found |= (uint32_t)1 << state->other;
        else if (state->kind == STATE_BEHIND && state->other >= known)
            continue;
        else if (state->kind == STATE_BYTE) {
            if (!where->end && set_has(&machine->sets[state->other], where->byte)) {
                if (!ROOM(machine, expansion, ways, way))
                    return false;
                expansion->ways[expansion->way_count++].next = demand_of(state->next, 0, false);
            }
        } else if (!pass(machine, &met, where))
            return false;
    }
    return true;
}

static int order(const void *a, const void *b)
{
    const demand_t left = *(const demand_t *)a, right = *(const demand_t *)b;
    return (left > right) - (left < right);
}

/* The set of what is in `sorted`; NO_STATE: no memory. */
static uint32_t set_of_sorted(struct machine *machine, uint32_t count)
{
    demand_t *sorted = machine->expansion->sorted;
    uint32_t kept = 0;
    qsort(sorted, count, sizeof *sorted, order);
    for (uint32_t i = 0; i < count; i++)
        if (kept == 0 || sorted[kept - 1] != sorted[i])
            sorted[kept++] = sorted[i];
    return places_set(machine->places, sorted, kept);
}

static bool put_sorted(struct machine *machine, uint32_t count, demand_t demand)
{
    struct expansion *expansion = machine->expansion;
    if (!make_room(machine, (void **)&expansion->sorted, count, &expansion->sorted_capacity,
                   sizeof *expansion->sorted))
        return false;
    expansion->sorted[count] = demand;
    return true;
}

/* Where the look-behinds are behind the byte; what has just ended, into `where`. */
static bool step_behinds(struct machine *machine, uint32_t *set, struct where *where)
{
    uint32_t found = 0, first = machine->nested_behinds ? 0 : machine->behind_count;
    if (machine->behind_count == 0)
        return true;
    for (uint32_t known = first; known <= machine->behind_count; known++) {
        if (!walk_behinds(machine, *set, where, known, &found))
            return false;
        where->truths = found;
    }
    for (uint32_t i = 0; i < machine->expansion->way_count; i++)
        if (!put_sorted(machine, i, machine->expansion->ways[i].next))
            return false;
    *set = set_of_sorted(machine, machine->expansion->way_count);
    return *set != NO_STATE;
}

uint32_t expand_behinds(struct machine *machine)
{
    for (uint32_t i = 0; i < machine->behind_count; i++)
        if (!put_sorted(machine, i, demand_of(machine->behinds[i], 0, false)))
            return NO_STATE;
    return set_of_sorted(machine, machine->behind_count);
}

/* ---- Ways of one demand -------------------------------------------------------------------- */

static bool add_way(struct machine *machine, struct way way)
{
    struct expansion *expansion = machine->expansion;
    if (!ROOM(machine, expansion, ways, way))
        return false;
    expansion->ways[expansion->way_count++] = way;
    return true;
}

/* All ways in which what must be satisfied can go on. */
static bool find_ways(struct machine *machine, demand_t demand, const struct where *where)
{
    struct expansion *expansion = machine->expansion;
    expansion->way_count = 0;
    if (!begin(machine, demand_state(demand), demand_words(demand)))
        return false;
    while (expansion->depth > 0) {
        const struct met met = expansion->met[expansion->stack[--expansion->depth]];
        const struct state *state = &machine->states[met.state];
        bool fine = true;
        if (state->kind == STATE_BYTE) {
            if (!where->end && set_has(&machine->sets[state->other], where->byte))
                fine = add_way(machine, (struct way){demand_of(state->next, met.words, false),
                                                     met.state, met.demands, false});
        } else if (state->kind == STATE_HOLDS || state->kind == STATE_ACCEPT) {
            if (state->kind == STATE_HOLDS || where->end)
                fine = add_way(machine, (struct way){0, met.state, met.demands, true});
        } else if (state->kind == STATE_LOOK) {
            const demand_t look = demand_of(state->other, met.words, state->meaning != 0);
            fine =
                meet(machine, state->next, met.words,
                     is_listed(expansion, look, met.demands) ? met.demands
                                                             : listed(machine, look, met.demands));
        } else
            fine = pass(machine, &met, where);
        if (!fine)
            return false;
    }
    return true;
}

static bool push_part(struct machine *machine, const struct part *part)
{
    struct expansion *expansion = machine->expansion;
    if (part->todo == NO_STATE || part->done == NO_STATE || part->seen == NO_STATE)
        return false;
    if (expansion->part_count >= MOST_PARTS) {
        machine->stopped = too_much;
        return false;
    }
    if (!ROOM(machine, expansion, parts, part))
        return false;
    expansion->parts[expansion->part_count++] = *part;
    return true;
}

static bool satisfy(struct machine *machine, const struct part *part, demand_t demand,
                    const struct where *where)
{
    if (!find_ways(machine, demand, where))
        return false;
    for (uint32_t i = machine->expansion->way_count; i-- > 0;) {
        const struct way way = machine->expansion->ways[i];
        struct part then = *part;
        then.todo = joined(machine, way.demands, then.todo);
        if (!way.satisfied)
            then.done = listed(machine, way.next, then.done);
        if (!push_part(machine, &then))
            return false;
    }
    return true;
}

/* A look-around on the way of what must not be satisfied: it is not met itself, or what follows is
 * not. */
static bool divide(struct machine *machine, const struct part *part, demand_t demand)
{
    const struct state *state = &machine->states[demand_state(demand)];
    const uint32_t words = demand_words(demand);
    struct part then = *part;
    if (is_listed(machine->expansion, demand, part->seen))
        return push_part(machine, part);
    then.seen = listed(machine, demand, part->seen);
    struct part other = then;
    then.todo = listed(machine, demand_of(state->next, words, true), part->todo);
    other.todo = listed(machine, demand_of(state->other, words, state->meaning == 0), part->todo);
    return push_part(machine, &then) && push_part(machine, &other);
}

/* What must not be satisfied goes all its ways. */
static bool refute(struct machine *machine, const struct part *part, demand_t demand,
                   const struct where *where)
{
    struct expansion *expansion = machine->expansion;
    struct part then = *part;
    if (machine->states[demand_state(demand)].kind == STATE_LOOK)
        return divide(machine, part, demand);
    if (!begin(machine, demand_state(demand), demand_words(demand)))
        return false;
    while (expansion->depth > 0) {
        const struct met met = expansion->met[expansion->stack[--expansion->depth]];
        const struct state *state = &machine->states[met.state];
        if (state->kind == STATE_HOLDS || (state->kind == STATE_ACCEPT && where->end))
            return true;
        if (state->kind == STATE_BYTE) {
            if (!where->end && set_has(&machine->sets[state->other], where->byte))
                then.done = listed(machine, demand_of(state->next, met.words, true), then.done);
        } else if (state->kind == STATE_LOOK) {
            then.todo = listed(machine, demand_of(met.state, met.words, true), then.todo);
        } else if (!pass(machine, &met, where)) {
            return false;
        }
    }
    return push_part(machine, &then);
}

/* ---- What holds together ------------------------------------------------------------------- */

static bool emit(struct machine *machine, const struct part *part, uint32_t behind)
{
    struct expansion *expansion = machine->expansion;
    uint32_t count = 0;
    for (uint32_t list = part->done; list != 0; list = expansion->cells[list].next)
        if (!put_sorted(machine, count++, expansion->cells[list].demand))
            return false;
    const uint32_t rest = set_of_sorted(machine, count);
    if (rest == NO_STATE)
        return false;
    const struct demands set = machine->places->sets[rest];
    for (uint32_t i = 0, k = 0; i < set.count && (set.at[i] & DEMAND_NOT) == 0; i++) {
        while (k < set.count && set.at[k] < (set.at[i] | DEMAND_NOT))
            k++;
        if (k < set.count && set.at[k] == (set.at[i] | DEMAND_NOT))
            return true; /* it must and must not */
    }
    const uint32_t place = places_add(machine->places, part->main, rest, behind);
    if (place == NO_STATE || !ROOM(machine, expansion, moves, move))
        return false;
    if (machine->places->places[place].mark == machine->places->mark)
        return true;
    machine->places->places[place].mark = machine->places->mark;
    expansion->moves[expansion->move_count++] = (struct move){place, part->through};
    return true;
}

static bool contains(const struct demands *set, const struct demands *part)
{
    uint32_t k = 0;
    for (uint32_t i = 0; i < part->count; i++) {
        while (k < set->count && set->at[k] < part->at[i])
            k++;
        if (k == set->count || set->at[k] != part->at[i])
            return false;
    }
    return true;
}

/* Leaves out moves that demand more than another. */
static void drop_dominated(struct machine *machine)
{
    enum { MOST_COMPARED = 256 };
    struct expansion *expansion = machine->expansion;
    const struct places *places = machine->places;
    uint32_t kept = 0;
    if (expansion->move_count > MOST_COMPARED || expansion->cell_count == 1)
        return;
    for (uint32_t i = 0; i < expansion->move_count; i++) {
        const struct place *place = &places->places[expansion->moves[i].next];
        bool dominated = false;
        for (uint32_t k = 0; k < expansion->move_count && !dominated; k++) {
            const struct place *other = &places->places[expansion->moves[k].next];
            dominated = k != i && other->main == place->main &&
                        contains(&places->sets[place->rest], &places->sets[other->rest]);
        }
        if (!dominated)
            expansion->moves[kept++] = expansion->moves[i];
    }
    expansion->move_count = kept;
}

/* The parts with which a place begins: one for each way of the pattern itself. */
static bool begin_parts(struct machine *machine, const struct place *place,
                        const struct where *where)
{
    struct expansion *expansion = machine->expansion;
    const struct demands rest = machine->places->sets[place->rest];
    uint32_t todo = 0;
    for (uint32_t i = 0; i < rest.count; i++)
        todo = listed(machine, rest.at[i], todo);
    if (!find_ways(machine, place->main, where))
        return false;
    for (uint32_t i = expansion->way_count; i-- > 0;) {
        const struct way way = expansion->ways[i];
        const struct part part = {
            .main = way.next, .through = way.through, .todo = joined(machine, way.demands, todo)};
        if (!push_part(machine, &part))
            return false;
    }
    return true;
}

bool expand(struct machine *machine, uint32_t at, const struct where *given)
{
    struct expansion *expansion = machine->expansion;
    const struct place place = machine->places->places[at];
    struct where where = *given;
    uint32_t behind = place.behind;
    expansion->cell_count = 1; /* 0 is no list */
    expansion->part_count = expansion->move_count = 0;
    expansion->accepts = false;
    machine->places->mark++;
    expansion->work += 4;
    if (!step_behinds(machine, &behind, &where) || !begin_parts(machine, &place, &where))
        return false;
    while (expansion->part_count > 0 && !expansion->accepts) {
        struct part part = expansion->parts[--expansion->part_count];
        expansion->work += 4;
        if (part.todo == 0) {
            expansion->accepts = where.end;
            if (!where.end && !emit(machine, &part, behind))
                return false;
            continue;
        }
        const demand_t demand = expansion->cells[part.todo].demand;
        part.todo = expansion->cells[part.todo].next;
        if (!((demand & DEMAND_NOT) != 0 ? refute(machine, &part, demand, &where)
                                         : satisfy(machine, &part, demand, &where)))
            return false;
    }
    drop_dominated(machine);
    return true;
}
