/* The sets of prove/subset.h: each is kept once, its places sorted, and found by a hash. */
#include "subset.h"

#include <stdlib.h>
#include <string.h>

struct subset_state {
    const uint32_t *places; /* sorted: of the machine, times SIDE_COUNT, and the side */
    uint32_t count;
};

static uint32_t hash_of(const struct subset_state *state)
{
    uint64_t key = state->count;
    for (uint32_t i = 0; i < state->count; i++)
        key = lookup_key(key, state->places[i]);
    return lookup_hash(key);
}

static bool is_same(const void *owner, uint32_t number, const void *thing)
{
    const struct subset_state *other = &((const struct subset *)owner)->states[number - 1];
    const struct subset_state *made = thing;
    return other->count == made->count &&
           memcmp(other->places, made->places, made->count * sizeof *made->places) == 0;
}

static bool make_room(struct subset *subset)
{
    struct prove_memory *memory = subset->memory;
    const uint32_t old = subset->capacity;
    if (subset->count < old)
        return true;
    subset->states = prove_double(memory, subset->states, old, sizeof *subset->states);
    subset->rows = prove_double(memory, subset->rows, (size_t)old * subset->classes->count,
                                sizeof *subset->rows);
    if (memory->exhausted || !lookup_double(&subset->lookup, memory))
        return false;
    subset->capacity = old * 2;
    for (uint32_t i = 0; i < subset->count; i++)
        lookup_put(&subset->lookup, hash_of(&subset->states[i]), i + 1);
    return true;
}

static bool intern(struct subset *subset, const uint32_t *places, uint32_t count, uint32_t *state)
{
    const struct subset_state made = {places, count};
    if (!make_room(subset))
        return false;
    uint32_t *number = lookup_find(&subset->lookup, hash_of(&made), is_same, subset, &made);
    if (*number == 0) {
        uint32_t *copy = prove_take(subset->memory, count * sizeof *copy);
        if (copy == NULL)
            return false;
        memcpy(copy, places, count * sizeof *copy);
        subset->states[subset->count++] = (struct subset_state){copy, count};
        *number = subset->count;
    }
    *state = *number - 1;
    return true;
}

bool subset_open(struct subset *subset, struct machine *machine, const struct classes *classes,
                 struct prove_memory *memory)
{
    enum { FIRST = 64 };
    *subset = (struct subset){.machine = machine,
                              .classes = classes,
                              .capacity = FIRST,
                              .found_capacity = FIRST,
                              .memory = memory};
    subset->states = prove_take(memory, FIRST * sizeof *subset->states);
    subset->rows = prove_take(memory, (size_t)FIRST * classes->count * sizeof *subset->rows);
    subset->found = prove_take(memory, FIRST * sizeof *subset->found);
    if (!lookup_open(&subset->lookup, FIRST, memory) || memory->exhausted)
        return false;
    const uint32_t start = machine->start * SIDE_COUNT + SIDE_EDGE;
    uint32_t empty = SUBSET_EMPTY, first = SUBSET_START;
    return intern(subset, &start, 0, &empty) && intern(subset, &start, 1, &first);
}

static int order(const void *a, const void *b)
{
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Sorted, each once: how many there are then. */
static uint32_t sort_places(uint32_t *places, uint32_t count)
{
    uint32_t kept = 0;
    qsort(places, count, sizeof *places, order);
    for (uint32_t i = 0; i < count; i++)
        if (kept == 0 || places[kept - 1] != places[i])
            places[kept++] = places[i];
    return kept;
}

/* Into `found`, behind the first `count`. */
static bool find_moves(struct subset *subset, uint32_t place, unsigned byte, uint32_t *count)
{
    const enum side side = machine_side(subset->machine, byte);
    const struct moves *moves =
        machine_moves(subset->machine, place / SIDE_COUNT, (enum side)(place % SIDE_COUNT), byte);
    if (moves == NULL)
        return false;
    while (subset->found_capacity - *count < moves->count) {
        const size_t size = subset->found_capacity * sizeof *subset->found;
        *count = sort_places(subset->found, *count);
        uint32_t *found = prove_resize(subset->memory, subset->found, size, size * 2);
        if (found == NULL)
            return false;
        subset->found = found, subset->found_capacity *= 2;
    }
    for (uint32_t i = 0; i < moves->count; i++)
        subset->found[(*count)++] = moves->moves[i].next * SIDE_COUNT + side;
    return true;
}

bool subset_step(struct subset *subset, uint32_t state, unsigned class, uint32_t *next)
{
    const size_t cell = (size_t)state * subset->classes->count + class;
    const unsigned byte = subset->classes->natural[class];
    const struct subset_state at = subset->states[state];
    uint32_t count = 0;
    if (subset->rows[cell] != 0) {
        *next = subset->rows[cell] - 1;
        return true;
    }
    for (uint32_t i = 0; i < at.count; i++)
        if (!find_moves(subset, at.places[i], byte, &count))
            return false;
    count = sort_places(subset->found, count);
    if (!intern(subset, subset->found, count, next))
        return false;
    subset->rows[cell] = *next + 1;
    return true;
}

bool subset_accepts(struct subset *subset, uint32_t state)
{
    const struct subset_state at = subset->states[state];
    for (uint32_t i = 0; i < at.count; i++)
        if (machine_ends(subset->machine, at.places[i] / SIDE_COUNT,
                         (enum side)(at.places[i] % SIDE_COUNT)) > 0)
            return true;
    return false;
}
