/* The states of prove/wanted.h: each is kept once, and found by a hash. */
#include "wanted.h"

static uint32_t hash_of(const struct wanted_state *state)
{
    return lookup_hash(state->intended ^ (uint64_t)state->sendable << 40 ^
                       (uint64_t)state->old << 20);
}

static bool is_same(const void *owner, uint32_t number, const void *thing)
{
    const struct wanted_state *other = &((const struct wanted *)owner)->states[number];
    const struct wanted_state *made = thing;
    return other->intended == made->intended && other->sendable == made->sendable &&
           other->old == made->old;
}

static bool make_room(struct wanted *wanted)
{
    struct prove_memory *memory = wanted->memory;
    const uint32_t old = wanted->capacity;
    if (wanted->count < old)
        return true;
    wanted->states = prove_double(memory, wanted->states, old, sizeof *wanted->states);
    wanted->rows = prove_double(memory, wanted->rows, (size_t)old * wanted->classes->count,
                                sizeof *wanted->rows);
    if (memory->exhausted || !lookup_double(&wanted->lookup, memory))
        return false;
    wanted->capacity = old * 2;
    for (uint32_t i = WANTED_START; i < wanted->count; i++)
        lookup_put(&wanted->lookup, hash_of(&wanted->states[i]), i);
    return true;
}

static uint32_t intern(struct wanted *wanted, const struct wanted_state *made)
{
    if (!make_room(wanted))
        return WANTED_DEAD;
    uint32_t *number = lookup_find(&wanted->lookup, hash_of(made), is_same, wanted, made);
    if (*number != 0)
        return *number;
    struct wanted_state *state = &wanted->states[wanted->count];
    *state = *made;
    state->part = (unsigned char)sendable_part(&wanted->sendable, made->sendable);
    if (sendable_accepts(&wanted->sendable, made->sendable)) {
        const bool intended = intended_accepts(&wanted->intended, made->intended);
        const bool old = wanted->old != NULL && subset_accepts(wanted->old, made->old);
        state->flags = WANTED_SENDABLE | (intended ? WANTED_INTENDED : old ? 0 : WANTED_GOAL);
    }
    *number = wanted->count++;
    return *number;
}

bool wanted_open(struct wanted *wanted, const struct classes *classes, struct subset *old,
                 struct prove_memory *memory)
{
    enum { FIRST = 1 << 9 };
    wanted->classes = classes, wanted->old = old, wanted->memory = memory;
    wanted->capacity = FIRST, wanted->count = WANTED_START;
    wanted->states = prove_take(memory, FIRST * sizeof *wanted->states);
    wanted->rows = prove_take(memory, (size_t)FIRST * classes->count * sizeof *wanted->rows);
    if (!lookup_open(&wanted->lookup, FIRST, memory) || memory->exhausted)
        return false;
    const struct wanted_state start = {
        .intended = INTENDED_START, .sendable = SENDABLE_START, .old = SUBSET_START};
    return intern(wanted, &start) == WANTED_START;
}

uint32_t wanted_make(struct wanted *wanted, uint32_t state, unsigned class)
{
    const struct wanted_state at = wanted->states[state];
    const unsigned byte = wanted->classes->natural[class];
    struct wanted_state made = {.old = at.old};
    uint32_t next = WANTED_DEAD;
    made.sendable = sendable_step(&wanted->sendable, at.sendable, byte);
    if (made.sendable != SENDABLE_DEAD) {
        if (wanted->old != NULL && !subset_step(wanted->old, at.old, class, &made.old))
            wanted->memory->exhausted = true;
        made.intended = intended_step(&wanted->intended, at.intended, byte);
        next = intern(wanted, &made);
    }
    if (!wanted->memory->exhausted)
        wanted->rows[(size_t)state * wanted->classes->count + class] = next + 1;
    return next;
}
