/* Chromium's order of headers: see chromium_headers.h. Blink keeps them in a hash map, which is
 * walked from its first slot to its last when the request is handed to the network. The order thus
 * follows from the names' hashes (rapidhash of the lower-case name in UTF-16, of which 24 bits
 * count), from how large the map has grown, and from what else the browser puts into it. Held
 * against the wire of 1,469 requests of Chromium 156. Invariant: no more than half of a map is
 * filled, so that a free slot is always found. */
#include "chromium_headers.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t seed = 0xbdd89aa982704029;
static const uint64_t secrets[] = {0x2d358dccaa6c78a5, 0x8bb84b93962eacc9, 0x4b33a62ed433d4a3};

struct product {
    uint64_t low, high;
};

static struct product multiply(uint64_t a, uint64_t b)
{
    const uint64_t half = 0xFFFFFFFF;
    const uint64_t low = (a & half) * (b & half);
    const uint64_t middle = (a >> 32) * (b & half) + (low >> 32);
    const uint64_t other = (a & half) * (b >> 32) + (middle & half);
    return (struct product){(other << 32) | (low & half),
                            (a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32)};
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    const struct product product = multiply(a, b);
    return product.low ^ product.high;
}

/* `count` characters as UTF-16, little-endian. */
static uint64_t units(struct cors_bytes name, size_t at, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value |= (uint64_t)(unsigned char)name.at[at + i] << (16 * i);
    return value;
}

static uint64_t two(struct cors_bytes name, size_t at)
{
    return units(name, at, 2);
}

static uint64_t four(struct cors_bytes name, size_t at)
{
    return units(name, at, 4);
}

/* What is left of a long name when its beginning, 24 characters at a time, is in the hash. */
static size_t hash_beginning(struct cors_bytes name, uint64_t *hash)
{
    uint64_t first = *hash, second = *hash, third = *hash;
    size_t at = 0;
    if (name.len <= 24)
        return 0;
    do {
        first = mix(four(name, at) ^ secrets[0], four(name, at + 4) ^ first);
        second = mix(four(name, at + 8) ^ secrets[1], four(name, at + 12) ^ second);
        third = mix(four(name, at + 16) ^ secrets[2], four(name, at + 20) ^ third);
        at += 24;
    } while (name.len - at >= 24);
    *hash = first ^ second ^ third;
    return at;
}

static uint32_t hash_of(struct cors_bytes name)
{
    const uint64_t length = 2 * name.len;
    uint64_t hash = seed ^ mix(seed ^ secrets[0], secrets[1]) ^ length;
    uint64_t a = 0, b = 0;
    if (name.len > 8) {
        const size_t at = hash_beginning(name, &hash);
        if (name.len - at > 8)
            hash = mix(four(name, at) ^ secrets[2], four(name, at + 4) ^ hash ^ secrets[1]);
        if (name.len - at > 16)
            hash = mix(four(name, at + 8) ^ secrets[2], four(name, at + 12) ^ hash);
        a = four(name, name.len - 8);
        b = four(name, name.len - 4);
    } else if (name.len > 1) {
        const size_t last = name.len - 2;
        const size_t inward = ((length & 24) >> (length >> 3)) / 2;
        a = two(name, 0) << 32 | two(name, last);
        b = two(name, inward) << 32 | two(name, last - inward);
    } else if (name.len == 1) {
        a = units(name, 0, 1);
    }
    const struct product product = multiply(a ^ secrets[1], b ^ hash);
    const uint32_t kept =
        mix(product.low ^ secrets[0] ^ length, product.high ^ secrets[1]) & 0xFFFFFF;
    return kept == 0 ? 0x800000 : kept;
}

struct map {
    struct cors_bytes *slots; /* a free one is null */
    size_t size, count;
    struct memory *memory;
};

static void put(struct map *map, struct cors_bytes name)
{
    size_t slot = hash_of(name) & (map->size - 1);
    for (size_t tries = 1; map->slots[slot].at != NULL; tries++) {
        if (bytes_are(map->slots[slot], name))
            return;
        slot = (slot + tries) & (map->size - 1);
    }
    map->slots[slot] = name;
    map->count++;
}

static struct map map_of_size(size_t size, struct memory *memory)
{
    return (struct map){memory_take(memory, size * sizeof(struct cors_bytes)), size, 0, memory};
}

static void insert(struct map *map, struct cors_bytes name)
{
    put(map, name);
    if (2 * map->count < map->size)
        return;
    struct map larger = map_of_size(2 * map->size, map->memory);
    for (size_t i = 0; i < map->size; i++)
        if (map->slots[i].at != NULL)
            put(&larger, map->slots[i]);
    *map = larger;
}

static int compare(const void *a, const void *b)
{
    const struct cors_bytes *left = a, *right = b;
    const size_t shorter = left->len < right->len ? left->len : right->len;
    const int order = memcmp(left->at, right->at, shorter);
    return order != 0 ? order : (left->len > right->len) - (left->len < right->len);
}

/* What the browser adds by itself; where there is such a name already it changes nothing. */
static const struct cors_bytes own_names[] = {
    {"sec-ch-ua", 9}, {"sec-ch-ua-mobile", 16}, {"sec-ch-ua-platform", 18}, {"user-agent", 10}};
enum { OWN_COUNT = sizeof own_names / sizeof *own_names, HINT_COUNT = OWN_COUNT - 1 };

static bool is_own(struct cors_bytes name)
{
    for (size_t i = 0; i < OWN_COUNT; i++)
        if (name.at == own_names[i].at)
            return true;
    return false;
}

size_t chromium_header_order(struct cors_bytes *names, size_t count, enum chromium_api api,
                             bool hinted, struct memory *memory)
{
    enum { SMALLEST = 8 };
    struct map called = map_of_size(SMALLEST, memory);
    struct map map = map_of_size(SMALLEST, memory);
    size_t kept = 0;
    if (api == CHROMIUM_FETCH && count > 0)
        qsort(names, count, sizeof *names, compare);
    for (size_t i = 0; i < count; i++)
        insert(api == CHROMIUM_FETCH ? &map : &called, names[i]);
    for (size_t i = 0; i < called.size; i++)
        if (called.slots[i].at != NULL)
            insert(&map, called.slots[i]);
    for (size_t i = hinted ? 0 : HINT_COUNT; i < OWN_COUNT; i++)
        insert(&map, own_names[i]);
    for (size_t i = 0; i < map.size; i++)
        if (map.slots[i].at != NULL && !is_own(map.slots[i]))
            names[kept++] = map.slots[i];
    return kept;
}
