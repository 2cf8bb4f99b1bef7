/* See reached.h. */
#include "reached.h"

#include <string.h>

enum { REGIONS = 64 };

static struct {
    struct {
        uint8_t *start;
        size_t count;
    } regions[REGIONS];
    size_t region_count;
    uint8_t hashed[REACHED_COUNTERS];
    struct reached_constant constants[REACHED_CONSTANTS];
    size_t constant_count;
    uintptr_t base; /* the first place: where code is loaded differs from run to run */
    bool tells;
} reached;

void reached_add(uint8_t *start, uint8_t *stop)
{
    if (start == stop)
        return;
    for (size_t i = 0; i < reached.region_count; i++)
        if (reached.regions[i].start == start)
            return;
    reached.tells = true;
    if (reached.region_count == REGIONS)
        return;
    reached.regions[reached.region_count].start = start;
    reached.regions[reached.region_count++].count = (size_t)(stop - start);
}

static void count(uint8_t *counter, unsigned by)
{
    *counter = by > (unsigned)(UINT8_MAX - *counter) ? UINT8_MAX : (uint8_t)(*counter + by);
}

/* Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, 6.4). */
static size_t hash(uint64_t number)
{
    enum { BITS = 14 };
    _Static_assert(REACHED_COUNTERS == 1 << BITS, "the bits are those of the counters' numbers");
    return (size_t)(number * 0x9E3779B97F4A7C15U >> (64 - BITS));
}

static uint64_t place_in_code(uintptr_t place)
{
    if (reached.base == 0)
        reached.base = place;
    reached.tells = true;
    return place - reached.base;
}

void reached_place(uintptr_t place)
{
    count(&reached.hashed[hash(place_in_code(place))], 1);
}

void reached_comparison(uintptr_t place, uint64_t one, uint64_t other)
{
    unsigned equal = 0;
    for (uint64_t differ = one ^ other; equal < 64 && (differ >> equal & 1) == 0;)
        equal++;
    for (uint64_t differ = one ^ other; differ != 0; differ &= differ - 1)
        equal += 64; /* how many bits differ, too */
    count(&reached.hashed[hash(place_in_code(place) << 13 ^ equal)], 1);
}

static bool is_host_byte(unsigned byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '-' && byte <= ':') || byte == '_';
}

void reached_constant(uint64_t constant, size_t size)
{
    struct reached_constant made = {.length = 0};
    char bytes[sizeof constant];
    memcpy(bytes, &constant, sizeof constant);
    /* Characters become int to be compared: what is there is what counts. */
    for (; made.length < size && is_host_byte((unsigned char)bytes[made.length]); made.length++)
        made.bytes[made.length] = bytes[made.length];
    if (made.length == 0 || reached.constant_count == REACHED_CONSTANTS)
        return;
    for (size_t i = 0; i < reached.constant_count; i++)
        if (memcmp(&reached.constants[i], &made, sizeof made) == 0)
            return;
    reached.constants[reached.constant_count++] = made;
}

size_t reached_constants(const struct reached_constant **constants)
{
    *constants = reached.constants;
    return reached.constant_count;
}

bool reached_tells(void)
{
    return reached.tells;
}

void reached_clear(void)
{
    memset(reached.hashed, 0, sizeof reached.hashed);
    for (size_t i = 0; i < reached.region_count; i++)
        memset(reached.regions[i].start, 0, reached.regions[i].count);
}

void reached_take(uint8_t *counters)
{
    size_t at = 0;
    memcpy(counters, reached.hashed, sizeof reached.hashed);
    for (size_t i = 0; i < reached.region_count; i++)
        for (size_t k = 0; k < reached.regions[i].count; k++, at++)
            count(&counters[at % REACHED_COUNTERS], reached.regions[i].start[k]);
}
