/* Asking a machine: where a byte leads to, and whether bytes are accepted. */
#include "expand.h"

#include <string.h>

uint32_t machine_places(const struct machine *machine)
{
    return machine->places->count;
}

/* Nothing but a state that takes one byte: its way needs not be found. */
static bool move_through(struct machine *machine, const struct place *place, unsigned byte,
                         struct moves *moves)
{
    const uint32_t through = demand_state(place->main);
    const struct state *state = &machine->states[through];
    *moves = (struct moves){machine->expansion->moves, 0};
    if (!set_has(&machine->sets[state->other], byte))
        return true;
    const uint32_t next =
        places_add(machine->places, demand_of(state->next, demand_words(place->main), false), 0, 0);
    machine->expansion->moves[moves->count++] = (struct move){next, through};
    return next != NO_STATE;
}

const struct moves *machine_moves(struct machine *machine, uint32_t place, enum side before,
                                  unsigned byte)
{
    struct places *places = machine->places;
    const struct place from = places->places[place];
    if (from.rest == 0 && from.behind == 0 &&
        machine->states[demand_state(from.main)].kind == STATE_BYTE)
        return move_through(machine, &from, byte, &machine->moves) ? &machine->moves : NULL;
    const uint64_t key = ((uint64_t)place * SIDE_COUNT + before) << 7 | machine->classes[byte];
    struct known_moves *known = places_known(places, key);
    if (known != NULL && known->key == key + 1)
        return &known->moves;
    const struct where where = {.before = before, .behind = side_of(byte), .byte = byte};
    if (known == NULL || !expand(machine, place, &where))
        return NULL;
    const struct expansion *expansion = machine->expansion;
    const size_t size = expansion->move_count * sizeof *expansion->moves;
    struct move *moves = prove_take(machine->memory, size);
    if (moves == NULL)
        return NULL;
    memcpy(moves, expansion->moves, size);
    *known = (struct known_moves){key + 1, {moves, expansion->move_count}};
    places->known_count++;
    return &known->moves;
}

int machine_ends(struct machine *machine, uint32_t place, enum side before)
{
    const struct where where = {.before = before, .behind = SIDE_EDGE, .end = true};
    if (machine->places->places[place].ends[before] == 0) {
        if (!expand(machine, place, &where))
            return -1;
        machine->places->places[place].ends[before] = machine->expansion->accepts ? 1 : -1;
    }
    return machine->places->places[place].ends[before] > 0;
}

/* ---- A text -------------------------------------------------------------------------------- */

struct run {
    uint32_t *now, *then;
    uint32_t count, made, capacity[2];
    uint32_t *marks, mark, mark_capacity; /* by place */
};

static bool grow(struct machine *machine, uint32_t **array, uint32_t *capacity, uint32_t least)
{
    uint32_t more = *capacity;
    while (more < least)
        more *= 2;
    if (more == *capacity)
        return true;
    uint32_t *made =
        prove_resize(machine->memory, *array, *capacity * sizeof *made, more * sizeof *made);
    if (made == NULL)
        return false;
    *array = made, *capacity = more;
    return true;
}

/* One byte further, from the places in `now` to those in `then`. */
static bool step(struct machine *machine, struct run *run, unsigned byte, enum side before)
{
    run->made = 0;
    run->mark++;
    for (uint32_t i = 0; i < run->count; i++) {
        const struct moves *moves = machine_moves(machine, run->now[i], before, byte);
        if (moves == NULL ||
            !grow(machine, &run->marks, &run->mark_capacity, machine_places(machine)) ||
            !grow(machine, &run->then, &run->capacity[1], run->made + moves->count))
            return false;
        for (uint32_t k = 0; k < moves->count; k++) {
            const uint32_t next = moves->moves[k].next;
            if (run->marks[next] != run->mark)
                run->then[run->made++] = next;
            run->marks[next] = run->mark;
        }
    }
    uint32_t *now = run->now;
    const uint32_t capacity = run->capacity[0];
    run->now = run->then, run->capacity[0] = run->capacity[1], run->count = run->made;
    run->then = now, run->capacity[1] = capacity;
    return true;
}

/* NULL: no memory. */
static struct run *open_run(struct machine *machine)
{
    enum { FIRST = 64 };
    if (machine->run != NULL)
        return machine->run;
    struct run *run = prove_take(machine->memory, sizeof *run);
    if (run == NULL)
        return NULL;
    *run = (struct run){.capacity = {FIRST, FIRST}, .mark_capacity = FIRST};
    run->now = prove_take(machine->memory, FIRST * sizeof *run->now);
    run->then = prove_take(machine->memory, FIRST * sizeof *run->then);
    run->marks = prove_take(machine->memory, FIRST * sizeof *run->marks);
    if (machine->memory->exhausted)
        return NULL;
    machine->run = run;
    return run;
}

int machine_accepts(struct machine *machine, const char *text, size_t length)
{
    struct run *run = open_run(machine);
    enum side before = SIDE_EDGE;
    if (run == NULL)
        return -1;
    run->count = 1;
    run->now[0] = machine->start;
    for (size_t at = 0; at < length && run->count > 0; at++) {
        const unsigned byte = (unsigned char)text[at];
        if (!step(machine, run, byte, before))
            return -1;
        before = machine_side(machine, byte);
    }
    int accepts = 0;
    for (uint32_t i = 0; i < run->count && accepts == 0; i++)
        accepts = machine_ends(machine, run->now[i], before);
    return accepts;
}
