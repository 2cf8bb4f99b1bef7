/* The set of origins.h: text in one piece, and a table of slots that is probed one by one. */
#include "origins.h"

#include <stdlib.h>
#include <string.h>

struct cors_bytes origins_at(const struct origins *origins, size_t which)
{
    const size_t start = which == 0 ? 0 : origins->ends[which - 1];
    return (struct cors_bytes){origins->text + start, origins->ends[which] - start};
}

/* http://www.isthe.com/chongo/tech/comp/fnv/: FNV-1a, 64 bits */
static size_t hash(struct cors_bytes bytes)
{
    uint64_t value = 0xCBF29CE484222325u;
    for (size_t i = 0; i < bytes.len; i++)
        value = (value ^ (unsigned char)bytes.at[i]) * 0x100000001B3u;
    return (size_t)(value ^ value >> 32);
}

/* Where it is, or would be. */
static uint32_t *slot_of(const struct origins *origins, struct cors_bytes origin)
{
    size_t at = hash(origin) & (origins->slot_count - 1);
    while (origins->slots[at] != 0) {
        const struct cors_bytes other = origins_at(origins, origins->slots[at] - 1);
        if (other.len == origin.len && memcmp(other.at, origin.at, origin.len) == 0)
            break;
        at = (at + 1) & (origins->slot_count - 1);
    }
    return &origins->slots[at];
}

/* Room for one more; slots are a power of two. */
static bool grow_table(struct origins *origins)
{
    if (origins->count < origins->slot_count / 2)
        return true;
    const size_t more = origins->slot_count == 0 ? 256 : origins->slot_count * 2;
    uint32_t *slots = calloc(more, sizeof *slots);
    size_t *ends = realloc(origins->ends, more / 2 * sizeof *ends);
    if (ends != NULL)
        origins->ends = ends;
    if (slots == NULL || ends == NULL) {
        free(slots);
        return false;
    }
    free(origins->slots);
    origins->slots = slots;
    origins->slot_count = more;
    origins->capacity = more / 2;
    for (size_t i = 0; i < origins->count; i++)
        *slot_of(origins, origins_at(origins, i)) = (uint32_t)i + 1;
    return true;
}

static bool grow_text(struct origins *origins, size_t len)
{
    if (len <= origins->room - origins->size)
        return true;
    const size_t room = origins->room == 0 ? 1 << 14 : origins->room * 2;
    const size_t most = origins->most == 0 ? ORIGINS_MOST : origins->most;
    char *text = len > room - origins->size || room > most ? NULL : realloc(origins->text, room);
    if (text == NULL)
        return false;
    origins->text = text;
    origins->room = room;
    return true;
}

bool origins_add(struct origins *origins, struct cors_bytes origin)
{
    if (origin.len == 0)
        return false;
    if (!grow_table(origins) || !grow_text(origins, origin.len)) {
        origins->exhausted = true;
        origins->left_out++;
        return false;
    }
    uint32_t *slot = slot_of(origins, origin);
    if (*slot != 0)
        return false;
    memcpy(origins->text + origins->size, origin.at, origin.len);
    origins->size += origin.len;
    origins->ends[origins->count++] = origins->size;
    *slot = (uint32_t)origins->count;
    return true;
}

bool origins_find(const struct origins *origins, struct cors_bytes origin, size_t *which)
{
    const uint32_t found = origins->slot_count == 0 ? 0 : *slot_of(origins, origin);
    if (found > 0)
        *which = found - 1;
    return found > 0;
}

void origins_free(struct origins *origins)
{
    free(origins->text);
    free(origins->ends);
    free(origins->slots);
    *origins = (struct origins){0};
}
