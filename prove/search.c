/* Breadth first: the places of the product in the order of their distance from the start, so that
 * the first that is accepted and not intended is the shortest witness. Of both schemes, https goes
 * first, and what follows is counted. A byte stands for all that nothing tells from it. */
#include "search.h"

#include <string.h>
#include <time.h>

double prove_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- Classes of bytes ---------------------------------------------------------------------- */

static void split(unsigned classes[128], unsigned *count, const unsigned kinds[128])
{
    unsigned made[128], total = 0, first[128];
    for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++) {
        unsigned same = FIRST_BYTE;
        while (same < byte && (classes[same] != classes[byte] || kinds[same] != kinds[byte]))
            same++;
        if (same == byte)
            first[byte] = total++;
        else
            first[byte] = first[same];
        made[byte] = first[byte];
    }
    memcpy(classes, made, sizeof made);
    *count = total;
}

static void mark_hosts(const struct intent *intent, unsigned kinds[128])
{
    for (size_t i = 0; i < intent->count; i++)
        for (size_t k = 0; k < intent->entries[i].host.len; k++) {
            const unsigned char byte = (unsigned char)intent->entries[i].host.at[k];
            kinds[byte & 127] = byte;
        }
    kinds['.'] = '.';
}

static void make_classes(struct search *search)
{
    static const char natural[] =
        "abcdefghijklmnopqrstuvwxyz.0123456789-:/_[]~!$&'()*+,;=`{}\"|^<>?@#%\\ "
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    unsigned classes[128] = {0}, kinds[128] = {0}, count = 1;
    bool done[128] = {false};
    mark_hosts(search->question->intent, kinds);
    split(classes, &count, kinds);
    for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
        kinds[byte] = sendable_kind(&search->sendable, byte) * 4 +
                      (search->machine->has_sides ? side_of(byte) : 0);
    split(classes, &count, kinds);
    for (uint32_t i = 0; i < search->machine->set_count && count < MOST_CLASSES - 1; i++) {
        for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
            kinds[byte] = set_has(&search->machine->sets[i], byte);
        split(classes, &count, kinds);
    }
    for (const char *byte = natural; *byte != '\0'; byte++)
        if (!done[classes[(unsigned char)*byte]]) {
            done[classes[(unsigned char)*byte]] = true;
            search->classes[search->class_count++] = (unsigned char)*byte;
        }
}

/* ---- Places -------------------------------------------------------------------------------- */

static bool stop(struct search *search, const char *why)
{
    if (search->stopped == NULL)
        search->stopped = why;
    return false;
}

static uint32_t slot_of(const struct search *search, const struct product *made)
{
    uint64_t hash = made->intended * 0x9E3779B97F4A7C15U ^
                    ((uint64_t)made->sendable << 34 ^ (uint64_t)made->machine << 2 ^ made->before) *
                        0xD6E8FEB86659FD93U;
    hash ^= hash >> 32;
    uint32_t slot = (uint32_t)hash & (search->slot_count - 1);
    for (; search->slots[slot] != 0; slot = (slot + 1) & (search->slot_count - 1)) {
        const struct product *other = &search->products[search->slots[slot] - 1];
        if (other->intended == made->intended && other->sendable == made->sendable &&
            other->machine == made->machine && other->before == made->before)
            break;
    }
    return slot;
}

static bool make_room(struct search *search)
{
    if (search->count < search->capacity)
        return true;
    if (search->capacity >= search->most)
        return stop(search, "the search takes more states than it may");
    const uint32_t capacity = search->capacity * 2, slot_count = capacity * 2;
    struct product *products =
        prove_grow(search->memory, search->products, search->count * sizeof *products,
                   capacity * sizeof *products);
    uint32_t *slots =
        products == NULL ? NULL : prove_take(search->memory, slot_count * sizeof *slots);
    if (slots == NULL)
        return stop(search, "the search takes more memory than it may");
    search->products = products, search->capacity = capacity;
    search->slots = slots, search->slot_count = slot_count;
    for (uint32_t i = 0; i < search->count; i++)
        search->slots[slot_of(search, &products[i])] = i + 1;
    return true;
}

static bool add(struct search *search, const struct product *made)
{
    uint32_t slot = slot_of(search, made);
    if (search->slots[slot] != 0)
        return true;
    if (!make_room(search))
        return false;
    slot = slot_of(search, made);
    search->products[search->count++] = *made;
    search->slots[slot] = search->count;
    return true;
}

/* Every place that one byte leads to. */
static bool add_behind(struct search *search, uint32_t index, unsigned byte)
{
    const struct product from = search->products[index];
    struct machine *machine = search->machine;
    const enum side side = side_of(byte);
    struct product made = {.parent = index,
                           .byte = (unsigned char)byte,
                           .before = machine->has_sides ? (unsigned char)side : SIDE_OTHER};
    made.sendable = sendable_step(&search->sendable, from.sendable, byte);
    if (made.sendable == SENDABLE_DEAD)
        return true;
    made.intended = intended_step(&search->intended, from.intended, byte);
    const struct closure *closure =
        machine_closure(machine, from.machine, (enum side)from.before, side);
    if (closure == NULL)
        return stop(search, "the search takes more memory than it may");
    for (uint32_t i = 0; i < closure->count; i++) {
        const struct state *state = &machine->states[closure->states[i]];
        if (!set_has(&machine->sets[state->other], byte))
            continue;
        made.machine = state->next;
        made.through = closure->states[i];
        if (!add(search, &made))
            return false;
    }
    return true;
}

/* The places behind a scheme go first, together. */
static bool add_schemes(struct search *search)
{
    static const char *const starts[] = {"https://", "http://"};
    uint32_t last[2][2];
    for (int i = 0; i < 2; i++) {
        uint32_t from = 0, to = 1;
        for (const char *byte = starts[i]; *byte != '\0'; byte++) {
            const uint32_t begin = search->count;
            for (uint32_t k = from; k < to; k++)
                if (!add_behind(search, k, (unsigned char)*byte))
                    return false;
            from = begin, to = search->count;
        }
        last[i][0] = from, last[i][1] = to;
    }
    return last[0][0] <= last[1][1];
}

bool search_open(struct search *search)
{
    enum { FIRST = 1 << 12 };
    search->capacity = FIRST, search->slot_count = FIRST * 2;
    search->products = prove_take(search->memory, FIRST * sizeof *search->products);
    search->slots = prove_take(search->memory, (size_t)2 * FIRST * sizeof *search->slots);
    if (search->products == NULL || search->slots == NULL ||
        !sendable_open(&search->sendable, search->question->profile, search->memory) ||
        !intended_open(&search->intended, search->question->intent, search->memory))
        return stop(search, "the search takes more memory than it may");
    make_classes(search);
    const struct product start = {.intended = INTENDED_START,
                                  .sendable = SENDABLE_START,
                                  .machine = search->machine->start,
                                  .parent = NO_PRODUCT,
                                  .through = NO_STATE};
    return add(search, &start);
}

static bool is_witness(struct search *search, const struct product *place)
{
    if (!sendable_accepts(&search->sendable, place->sendable) ||
        intended_accepts(&search->intended, place->intended))
        return false;
    const struct closure *closure =
        machine_closure(search->machine, place->machine, (enum side)place->before, SIDE_EDGE);
    if (closure == NULL)
        return stop(search, "the search takes more memory than it may");
    return closure->accepts;
}

uint32_t search_next(struct search *search, uint32_t place)
{
    enum { OFTEN = 256 };
    for (place++; place < search->count && search->stopped == NULL; place++) {
        if (place % OFTEN == 0 && prove_clock() > search->until)
            stop(search, "the search takes longer than it may");
        if (place == 0 && !add_schemes(search))
            break;
        for (size_t i = 0; i < search->class_count; i++)
            if (!add_behind(search, place, search->classes[i]))
                return NO_PRODUCT;
        if (search->memory->exhausted)
            stop(search, "the search takes more memory than it may");
        const struct product at = search->products[place];
        if (is_witness(search, &at))
            return place;
    }
    return NO_PRODUCT;
}
