/* A set of origins in the order in which they came, each once. No standard applies. Invariants: the
 * bytes are the set's own; out of memory or full, it stays as it is and says so. */
#ifndef CORSIM_FUZZ_ORIGINS_H
#define CORSIM_FUZZ_ORIGINS_H

#include "corsim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORIGINS_MOST = 1 << 22 };

/* A zeroed one is empty. */
struct origins {
    char *text;
    size_t size, room;
    size_t *ends; /* of each, in `text` */
    size_t count, capacity;
    uint32_t *slots; /* the number of an origin, from 1; 0: free. Half of them at least are free */
    size_t slot_count;
    size_t most;     /* bytes of text and, well below that, origins; 0: ORIGINS_MOST */
    bool exhausted;  /* something could not be taken in */
    size_t left_out; /* how often that happened */
};

/* False: it was there already, or could not be taken in. */
bool origins_add(struct origins *origins, struct cors_bytes origin);
/* Whether it is there, and which it is. */
bool origins_find(const struct origins *origins, struct cors_bytes origin, size_t *which);
/* Until the next one is added. */
struct cors_bytes origins_at(const struct origins *origins, size_t which);
void origins_free(struct origins *origins);

#endif
