/* The tables of prove/lookup.h: made, doubled and cleared. */
#include "lookup.h"

#include <string.h>

bool lookup_open(struct lookup *lookup, uint32_t things, struct prove_memory *memory)
{
    lookup->size = things * 2;
    lookup->slots = prove_take(memory, lookup->size * sizeof *lookup->slots);
    return lookup->slots != NULL;
}

bool lookup_double(struct lookup *lookup, struct prove_memory *memory)
{
    const size_t size = lookup->size * sizeof *lookup->slots;
    uint32_t *slots = prove_resize(memory, lookup->slots, size, size * 2);
    if (slots == NULL)
        return false;
    lookup->slots = slots, lookup->size *= 2;
    memset(slots, 0, size * 2);
    return true;
}

void lookup_clear(struct lookup *lookup, uint32_t things)
{
    lookup->size = things * 2;
    memset(lookup->slots, 0, lookup->size * sizeof *lookup->slots);
}
