/* The bounded memory of prove/memory.h. */
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 16, LARGE = 1 << 13, ALIGNED = 16 };

struct prove_block {
    struct prove_block *next, *previous;
    size_t used, size;
    max_align_t at[];
};

static void *refuse(struct prove_memory *memory)
{
    memory->exhausted = true;
    return NULL;
}

static struct prove_block *new_block(struct prove_memory *memory, struct prove_block **list,
                                     size_t size)
{
    struct prove_block *block = NULL;
    if (size > memory->limit - memory->used || (block = calloc(1, sizeof *block + size)) == NULL)
        return refuse(memory);
    *block = (struct prove_block){.next = *list, .size = size};
    if (*list != NULL)
        (*list)->previous = block;
    *list = block;
    memory->used += size;
    return block;
}

void *prove_take(struct prove_memory *memory, size_t size)
{
    if (size > memory->limit || memory->exhausted)
        return refuse(memory);
    size = (size + ALIGNED - 1) / ALIGNED * ALIGNED;
    if (size >= LARGE) {
        struct prove_block *own = new_block(memory, &memory->own, size);
        return own == NULL ? NULL : own->at;
    }
    struct prove_block *block = memory->shared;
    if (block == NULL || block->size - block->used < size) {
        block = new_block(memory, &memory->shared, BLOCK);
        if (block == NULL)
            return NULL;
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

/* Of a block of its own. */
static void *resize_own(struct prove_memory *memory, struct prove_block *block, size_t size)
{
    const size_t old_size = block->size;
    size = (size + ALIGNED - 1) / ALIGNED * ALIGNED;
    if (size <= old_size)
        return block->at;
    if (size - old_size > memory->limit - memory->used)
        return refuse(memory);
    block = realloc(block, sizeof *block + size);
    if (block == NULL)
        return refuse(memory);
    memset((char *)block->at + old_size, 0, size - old_size);
    block->size = size;
    if (block->next != NULL)
        block->next->previous = block;
    if (block->previous != NULL)
        block->previous->next = block;
    else
        memory->own = block;
    memory->used += size - old_size;
    return block->at;
}

void *prove_resize(struct prove_memory *memory, void *array, size_t old_size, size_t size)
{
    if (size > memory->limit || memory->exhausted)
        return refuse(memory);
    if ((old_size + ALIGNED - 1) / ALIGNED * ALIGNED < LARGE)
        return prove_grow(memory, array, old_size, size);
    void *header = (char *)array - offsetof(struct prove_block, at);
    return resize_own(memory, header, size);
}

void *prove_double(struct prove_memory *memory, void *array, size_t count, size_t size)
{
    void *doubled = prove_resize(memory, array, count * size, count * size * 2);
    return doubled == NULL ? array : doubled;
}

void prove_release(struct prove_memory *memory)
{
    struct prove_block *const lists[] = {memory->shared, memory->own};
    for (int i = 0; i < 2; i++)
        for (struct prove_block *block = lists[i], *next; block != NULL; block = next) {
            next = block->next;
            free(block);
        }
    *memory = (struct prove_memory){.limit = memory->limit};
}
