/* Memory of one question to the prover: taken until a limit, and given back together. What is small
 * shares blocks; what is large has one of its own, and so can grow in place. Invariant: nothing is
 * handed out beyond the limit; NULL says so, and stays. */
#ifndef CORSIM_PROVE_MEMORY_H
#define CORSIM_PROVE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct prove_memory {
    struct prove_block *shared, *own;
    size_t used, limit; /* bytes */
    bool exhausted;
};

void *prove_take(struct prove_memory *memory, size_t size); /* zeroed */
/* A larger copy of an array that was taken; the old one stays until the end. */
void *prove_grow(struct prove_memory *memory, const void *array, size_t old_size, size_t size);
/* An array of `size` bytes that begins as `array`, of `old_size`, which is no more; its rest is
 * zeroed. NULL: there is no memory, and the old one stays. */
void *prove_resize(struct prove_memory *memory, void *array, size_t old_size, size_t size);
/* An array of `count` things made one of twice as many; the old one, if there is no memory, which
 * `exhausted` tells. */
void *prove_double(struct prove_memory *memory, void *array, size_t count, size_t size);
void prove_release(struct prove_memory *memory);

#endif
