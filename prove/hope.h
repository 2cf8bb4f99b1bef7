/* From which places a machine can still accept something: the others need not be searched. In
 * `^a|b$`, matched anywhere, that leaves out what waits for a beginning that is gone. */
#ifndef CORSIM_PROVE_HOPE_H
#define CORSIM_PROVE_HOPE_H

#include "machine.h"

struct hope {
    unsigned char *has; /* by place and side: 1 if there is some; NULL: every place has some */
    uint32_t count;
};

/* Without memory, and for large machines, every place is taken to have some. */
void hope_find(struct hope *hope, struct machine *machine);
static inline bool hope_has(const struct hope *hope, uint32_t place, enum side before)
{
    const size_t at = (size_t)place * SIDE_COUNT + before;
    return hope->has == NULL || at >= hope->count || hope->has[at] != 0;
}

#endif
