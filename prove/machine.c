/* Asking a machine: which states of bytes follow without a byte, and whether bytes are accepted. */
#include "machine.h"

#include <string.h>

enum side side_of(unsigned byte)
{
    const bool word = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                      (byte >= 'a' && byte <= 'z') || byte == '_';
    return word ? SIDE_WORD : SIDE_OTHER;
}

static bool holds(enum meaning meaning, enum side before, enum side behind)
{
    const bool word_before = before == SIDE_WORD, word_behind = behind == SIDE_WORD;
    switch (meaning) {
    case MEANS_START:
        return before == SIDE_EDGE;
    case MEANS_END:
        return behind == SIDE_EDGE;
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

static void push(struct machine *machine, uint32_t *depth, uint32_t state)
{
    if (machine->marks[state] == machine->mark)
        return;
    machine->marks[state] = machine->mark;
    machine->stack[(*depth)++] = state;
}

/* Into the upper part of the stack, which has room for each state once there too. */
static uint32_t collect(struct machine *machine, uint32_t from, enum side before, enum side behind,
                        bool *accepts)
{
    uint32_t depth = 0, count = 0, *found = machine->stack + machine->count;
    machine->mark++;
    push(machine, &depth, from);
    while (depth > 0) {
        const uint32_t index = machine->stack[--depth];
        const struct state *state = &machine->states[index];
        if (state->kind == STATE_BYTE)
            found[count++] = index;
        else if (state->kind == STATE_ACCEPT)
            *accepts = true;
        else if (state->kind == STATE_SPLIT) {
            push(machine, &depth, state->other);
            push(machine, &depth, state->next);
        } else if (holds((enum meaning)state->meaning, before, behind))
            push(machine, &depth, state->next);
    }
    return count;
}

const struct closure *machine_closure(struct machine *machine, uint32_t state, enum side before,
                                      enum side behind)
{
    if (!machine->has_sides) {
        before = before == SIDE_EDGE ? SIDE_EDGE : SIDE_OTHER;
        behind = behind == SIDE_EDGE ? SIDE_EDGE : SIDE_OTHER;
    }
    struct closure *closure =
        &machine->closures[((size_t)state * SIDE_COUNT + before) * SIDE_COUNT + behind];
    if (closure->known)
        return closure;
    bool accepts = false;
    const uint32_t count = collect(machine, state, before, behind, &accepts);
    uint32_t *states = prove_take(machine->memory, count * sizeof *states);
    if (states == NULL)
        return NULL;
    if (count > 0)
        memcpy(states, machine->stack + machine->count, count * sizeof *states);
    *closure = (struct closure){states, count, accepts, true};
    return closure;
}

/* One byte further: from the states in `now` to those in `then`; -1: out of memory. */
static long step(struct machine *machine, const uint32_t *now, long count, unsigned byte,
                 enum side before, uint32_t *then, bool *seen)
{
    long made = 0;
    memset(seen, 0, machine->count);
    for (long i = 0; i < count; i++) {
        const struct closure *closure = machine_closure(machine, now[i], before, side_of(byte));
        if (closure == NULL)
            return -1;
        for (uint32_t k = 0; k < closure->count; k++) {
            const struct state *state = &machine->states[closure->states[k]];
            if (set_has(&machine->sets[state->other], byte) && !seen[state->next]) {
                seen[state->next] = true;
                then[made++] = state->next;
            }
        }
    }
    return made;
}

int machine_accepts(struct machine *machine, const char *text, size_t length)
{
    const size_t size = machine->count * sizeof(uint32_t);
    uint32_t *now = prove_take(machine->memory, size), *then = prove_take(machine->memory, size);
    bool *seen = prove_take(machine->memory, machine->count);
    if (now == NULL || then == NULL || seen == NULL)
        return -1;
    long count = 1;
    now[0] = machine->start;
    enum side before = SIDE_EDGE;
    for (size_t at = 0; at < length && count > 0; at++) {
        const unsigned byte = (unsigned char)text[at];
        count = step(machine, now, count, byte, before, then, seen);
        uint32_t *other = now;
        now = then, then = other;
        before = side_of(byte);
    }
    for (long i = 0; i < count; i++) {
        const struct closure *closure = machine_closure(machine, now[i], before, SIDE_EDGE);
        if (closure == NULL)
            return -1;
        if (closure->accepts)
            return 1;
    }
    return count < 0 ? -1 : 0;
}
