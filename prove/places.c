/* The places of prove/places.h: three tables that are found by a hash. */
#include "places.h"

#include <string.h>

enum { FIRST_PLACES = 256, FIRST_SETS = 16, FIRST_KNOWN = 256 };

static uint32_t mix(uint64_t hash)
{
    hash *= 0x9E3779B97F4A7C15U;
    hash ^= hash >> 29;
    hash *= 0xBF58476D1CE4E5B9U;
    return (uint32_t)(hash >> 32);
}

bool places_open(struct places *places, struct prove_memory *memory)
{
    *places = (struct places){.capacity = FIRST_PLACES,
                              .set_capacity = FIRST_SETS,
                              .set_count = 1,
                              .known_size = FIRST_KNOWN,
                              .memory = memory};
    places->places = prove_take(memory, FIRST_PLACES * sizeof *places->places);
    places->slots = prove_take(memory, (size_t)2 * FIRST_PLACES * sizeof *places->slots);
    places->sets = prove_take(memory, FIRST_SETS * sizeof *places->sets);
    places->set_slots = prove_take(memory, (size_t)2 * FIRST_SETS * sizeof *places->set_slots);
    places->known = prove_take(memory, FIRST_KNOWN * sizeof *places->known);
    return !memory->exhausted;
}

/* ---- Sets ---------------------------------------------------------------------------------- */

static uint32_t set_slot(const struct places *places, const struct demands *set)
{
    uint64_t hash = set->count;
    for (uint32_t i = 0; i < set->count; i++)
        hash = (hash ^ set->at[i]) * 0x9E3779B97F4A7C15U + (hash >> 31);
    const uint32_t mask = places->set_capacity * 2 - 1;
    uint32_t slot = mix(hash) & mask;
    for (; places->set_slots[slot] != 0; slot = (slot + 1) & mask) {
        const struct demands *other = &places->sets[places->set_slots[slot]];
        if (other->count == set->count &&
            memcmp(other->at, set->at, set->count * sizeof *set->at) == 0)
            break;
    }
    return slot;
}

static bool make_set_room(struct places *places)
{
    const uint32_t old = places->set_capacity, capacity = old * 2;
    if (places->set_count < old)
        return true;
    struct demands *sets =
        prove_resize(places->memory, places->sets, old * sizeof *sets, capacity * sizeof *sets);
    if (sets == NULL)
        return false;
    places->sets = sets;
    uint32_t *slots =
        prove_resize(places->memory, places->set_slots, (size_t)2 * old * sizeof *slots,
                     (size_t)2 * capacity * sizeof *slots);
    if (slots == NULL)
        return false;
    memset(slots, 0, (size_t)2 * capacity * sizeof *slots);
    places->set_slots = slots, places->set_capacity = capacity;
    for (uint32_t i = 1; i < places->set_count; i++)
        slots[set_slot(places, &sets[i])] = i;
    return true;
}

uint32_t places_set(struct places *places, const demand_t *demands, uint32_t count)
{
    const struct demands set = {demands, count};
    if (count == 0)
        return 0;
    if (!make_set_room(places))
        return NO_STATE;
    const uint32_t slot = set_slot(places, &set);
    if (places->set_slots[slot] == 0) {
        demand_t *copy = prove_take(places->memory, count * sizeof *copy);
        if (copy == NULL)
            return NO_STATE;
        memcpy(copy, demands, count * sizeof *copy);
        places->sets[places->set_count] = (struct demands){copy, count};
        places->set_slots[slot] = places->set_count++;
    }
    return places->set_slots[slot];
}

/* ---- Places -------------------------------------------------------------------------------- */

static uint32_t place_slot(const struct places *places, const struct place *place)
{
    const uint32_t mask = places->capacity * 2 - 1;
    uint32_t slot =
        mix(place->main ^ (uint64_t)place->rest << 40 ^ (uint64_t)place->behind << 20) & mask;
    for (; places->slots[slot] != 0; slot = (slot + 1) & mask) {
        const struct place *other = &places->places[places->slots[slot] - 1];
        if (other->main == place->main && other->rest == place->rest &&
            other->behind == place->behind)
            break;
    }
    return slot;
}

static bool make_room(struct places *places)
{
    const uint32_t old = places->capacity, capacity = old * 2;
    if (places->count < old)
        return true;
    if (places->count >= MOST_PLACES)
        return false;
    struct place *made =
        prove_resize(places->memory, places->places, old * sizeof *made, capacity * sizeof *made);
    if (made == NULL)
        return false;
    places->places = made;
    uint32_t *slots = prove_resize(places->memory, places->slots, (size_t)2 * old * sizeof *slots,
                                   (size_t)2 * capacity * sizeof *slots);
    if (slots == NULL)
        return false;
    memset(slots, 0, (size_t)2 * capacity * sizeof *slots);
    places->slots = slots, places->capacity = capacity;
    for (uint32_t i = 0; i < places->count; i++)
        slots[place_slot(places, &made[i])] = i + 1;
    return true;
}

uint32_t places_add(struct places *places, demand_t main, uint32_t rest, uint32_t behind)
{
    const struct place place = {.main = main, .rest = rest, .behind = behind};
    if (!make_room(places))
        return NO_STATE;
    const uint32_t slot = place_slot(places, &place);
    if (places->slots[slot] == 0) {
        places->places[places->count++] = place;
        places->slots[slot] = places->count;
    }
    return places->slots[slot] - 1;
}

/* ---- Moves --------------------------------------------------------------------------------- */

static struct known_moves *known_slot(struct known_moves *known, uint32_t size, uint64_t key)
{
    uint32_t slot = mix(key) & (size - 1);
    while (known[slot].key != 0 && known[slot].key != key + 1)
        slot = (slot + 1) & (size - 1);
    return &known[slot];
}

struct known_moves *places_known(struct places *places, uint64_t key)
{
    struct known_moves *known = known_slot(places->known, places->known_size, key);
    if (known->key != 0 || places->known_count * 2 < places->known_size)
        return known;
    const uint32_t size = places->known_size * 2;
    struct known_moves *made = prove_take(places->memory, size * sizeof *made);
    if (made == NULL)
        return NULL;
    for (uint32_t i = 0; i < places->known_size; i++)
        if (places->known[i].key != 0)
            *known_slot(made, size, places->known[i].key - 1) = places->known[i];
    places->known = made, places->known_size = size;
    return known_slot(made, size, key);
}
