/* The states of prove/wanted.h: each is kept once, and found by a hash. */
#include "wanted.h"

#include <string.h>

static uint32_t slot_of(const struct wanted *wanted, const struct wanted_state *made)
{
    uint64_t hash = (made->intended ^ (uint64_t)made->sendable << 40 ^ (uint64_t)made->old << 20) *
                    0x9E3779B97F4A7C15U;
    uint32_t slot = (uint32_t)(hash >> 32) & (wanted->slot_count - 1);
    for (; wanted->slots[slot] != 0; slot = (slot + 1) & (wanted->slot_count - 1)) {
        const struct wanted_state *other = &wanted->states[wanted->slots[slot]];
        if (other->intended == made->intended && other->sendable == made->sendable &&
            other->old == made->old)
            break;
    }
    return slot;
}

static bool make_room(struct wanted *wanted)
{
    const uint32_t old = wanted->capacity, capacity = old * 2;
    const size_t row = wanted->classes->count * sizeof *wanted->rows;
    if (wanted->count < old)
        return true;
    struct wanted_state *states = prove_resize(wanted->memory, wanted->states, old * sizeof *states,
                                               capacity * sizeof *states);
    if (states == NULL)
        return false;
    wanted->states = states;
    uint32_t *rows = prove_resize(wanted->memory, wanted->rows, old * row, capacity * row);
    if (rows == NULL)
        return false;
    wanted->rows = rows;
    uint32_t *slots = prove_resize(wanted->memory, wanted->slots, (size_t)old * 2 * sizeof *slots,
                                   (size_t)capacity * 2 * sizeof *slots);
    if (slots == NULL)
        return false;
    wanted->slots = slots, wanted->capacity = capacity, wanted->slot_count = capacity * 2;
    memset(slots, 0, wanted->slot_count * sizeof *slots);
    for (uint32_t i = WANTED_START; i < wanted->count; i++)
        slots[slot_of(wanted, &states[i])] = i;
    return true;
}

static uint32_t intern(struct wanted *wanted, const struct wanted_state *made)
{
    if (!make_room(wanted))
        return WANTED_DEAD;
    const uint32_t slot = slot_of(wanted, made);
    if (wanted->slots[slot] != 0)
        return wanted->slots[slot];
    struct wanted_state *state = &wanted->states[wanted->count];
    *state = *made;
    state->part = (unsigned char)sendable_part(&wanted->sendable, made->sendable);
    if (sendable_accepts(&wanted->sendable, made->sendable)) {
        const bool intended = intended_accepts(&wanted->intended, made->intended);
        const bool old = wanted->old != NULL && subset_accepts(wanted->old, made->old);
        state->flags = WANTED_SENDABLE | (intended ? WANTED_INTENDED : old ? 0 : WANTED_GOAL);
    }
    wanted->slots[slot] = wanted->count;
    return wanted->count++;
}

bool wanted_open(struct wanted *wanted, const struct classes *classes, struct subset *old,
                 struct prove_memory *memory)
{
    enum { FIRST = 1 << 9 };
    wanted->classes = classes, wanted->old = old, wanted->memory = memory;
    wanted->capacity = FIRST, wanted->slot_count = FIRST * 2, wanted->count = WANTED_START;
    wanted->states = prove_take(memory, FIRST * sizeof *wanted->states);
    wanted->slots = prove_take(memory, (size_t)2 * FIRST * sizeof *wanted->slots);
    wanted->rows = prove_take(memory, (size_t)FIRST * classes->count * sizeof *wanted->rows);
    if (wanted->states == NULL || wanted->slots == NULL || wanted->rows == NULL)
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
