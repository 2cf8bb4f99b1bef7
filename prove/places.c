/* The places of prove/places.h: three tables that are found by a hash. */
#include "places.h"

#include <string.h>

enum { FIRST_PLACES = 256, FIRST_SETS = 16, FIRST_KNOWN = 256 };

bool places_open(struct places *places, struct prove_memory *memory)
{
    *places = (struct places){.capacity = FIRST_PLACES,
                              .set_capacity = FIRST_SETS,
                              .set_count = 1,
                              .known_size = FIRST_KNOWN,
                              .memory = memory};
    places->places = prove_take(memory, FIRST_PLACES * sizeof *places->places);
    places->sets = prove_take(memory, FIRST_SETS * sizeof *places->sets);
    places->known = prove_take(memory, FIRST_KNOWN * sizeof *places->known);
    return lookup_open(&places->lookup, FIRST_PLACES, memory) &&
           lookup_open(&places->set_lookup, FIRST_SETS, memory) && !memory->exhausted;
}

/* ---- Sets ---------------------------------------------------------------------------------- */

static uint32_t set_hash(const struct demands *set)
{
    uint64_t key = set->count;
    for (uint32_t i = 0; i < set->count; i++)
        key = lookup_key(key, set->at[i]);
    return lookup_hash(key);
}

static bool is_same_set(const void *owner, uint32_t number, const void *thing)
{
    const struct demands *other = &((const struct places *)owner)->sets[number], *set = thing;
    return other->count == set->count &&
           memcmp(other->at, set->at, set->count * sizeof *set->at) == 0;
}

static bool make_set_room(struct places *places)
{
    const uint32_t old = places->set_capacity;
    if (places->set_count < old)
        return true;
    places->sets = prove_double(places->memory, places->sets, old, sizeof *places->sets);
    if (places->memory->exhausted || !lookup_double(&places->set_lookup, places->memory))
        return false;
    places->set_capacity = old * 2;
    for (uint32_t i = 1; i < places->set_count; i++)
        lookup_put(&places->set_lookup, set_hash(&places->sets[i]), i);
    return true;
}

uint32_t places_set(struct places *places, const demand_t *demands, uint32_t count)
{
    const struct demands set = {demands, count};
    if (count == 0)
        return 0;
    if (!make_set_room(places))
        return NO_STATE;
    uint32_t *number = lookup_find(&places->set_lookup, set_hash(&set), is_same_set, places, &set);
    if (*number == 0) {
        demand_t *copy = prove_take(places->memory, count * sizeof *copy);
        if (copy == NULL)
            return NO_STATE;
        memcpy(copy, demands, count * sizeof *copy);
        places->sets[places->set_count] = (struct demands){copy, count};
        *number = places->set_count++;
    }
    return *number;
}

/* ---- Places -------------------------------------------------------------------------------- */

static uint32_t place_hash(const struct place *place)
{
    return lookup_hash(place->main ^ (uint64_t)place->rest << 40 ^ (uint64_t)place->behind << 20);
}

static bool is_same_place(const void *owner, uint32_t number, const void *thing)
{
    const struct place *other = &((const struct places *)owner)->places[number - 1];
    const struct place *place = thing;
    return other->main == place->main && other->rest == place->rest &&
           other->behind == place->behind;
}

static bool make_room(struct places *places)
{
    const uint32_t old = places->capacity;
    if (places->count < old)
        return true;
    if (places->count >= MOST_PLACES)
        return false;
    places->places = prove_double(places->memory, places->places, old, sizeof *places->places);
    if (places->memory->exhausted || !lookup_double(&places->lookup, places->memory))
        return false;
    places->capacity = old * 2;
    for (uint32_t i = 0; i < places->count; i++)
        lookup_put(&places->lookup, place_hash(&places->places[i]), i + 1);
    return true;
}

uint32_t places_add(struct places *places, demand_t main, uint32_t rest, uint32_t behind)
{
    const struct place place = {.main = main, .rest = rest, .behind = behind};
    if (!make_room(places))
        return NO_STATE;
    uint32_t *number =
        lookup_find(&places->lookup, place_hash(&place), is_same_place, places, &place);
    if (*number == 0) {
        places->places[places->count++] = place;
        *number = places->count;
    }
    return *number - 1;
}

/* ---- Moves --------------------------------------------------------------------------------- */

static struct known_moves *known_slot(struct known_moves *known, uint32_t size, uint64_t key)
{
    uint32_t slot = lookup_hash(key) & (size - 1);
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
