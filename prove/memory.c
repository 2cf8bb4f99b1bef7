/* The bounded memory of prove/memory.h. */
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16, ALIGNED = 16 };

struct prove_block {
    struct prove_block *next;
    size_t used, size;
    max_align_t at[];
};

void *prove_take(struct prove_memory *memory, size_t size)
{
    struct prove_block *block = memory->blocks;
    if (size > memory->limit || memory->exhausted) {
        memory->exhausted = true;
        return NULL;
    }
    size = (size + ALIGNED - 1) / ALIGNED * ALIGNED;
    if (block == NULL || block->size - block->used < size) {
        const size_t room = size > BLOCK ? size : BLOCK;
        if (memory->used + room > memory->limit ||
            (block = calloc(1, sizeof *block + room)) == NULL) {
            memory->exhausted = true;
            return NULL;
        }
        *block = (struct prove_block){.next = memory->blocks, .size = room};
        memory->blocks = block;
        memory->used += room;
    }
    void *taken = (char *)block->at + block->used;
    block->used += size;
    return taken;
}

void *prove_grow(struct prove_memory *memory, const void *array, size_t old_size, size_t size)
{
    void *larger = prove_take(memory, size);
    if (larger != NULL && old_size > 0)
        memcpy(larger, array, old_size);
    return larger;
}

void prove_release(struct prove_memory *memory)
{
    while (memory->blocks != NULL) {
        struct prove_block *block = memory->blocks;
        memory->blocks = block->next;
        free(block);
    }
    *memory = (struct prove_memory){.limit = memory->limit};
}
