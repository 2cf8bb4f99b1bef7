/* Included in front of every file of the core when it is compiled for arena_cut: allocations are
 * shown to the test before they are made. Nothing else of the core is changed. */
#ifndef CORSIM_ARENA_WATCH_H
#define CORSIM_ARENA_WATCH_H

#include "infra.h"

/* Defined in arena_cut.c. */
void *arena_take_watched(struct cors_arena *arena, size_t size, size_t align);

#undef ARENA_NEW
#define ARENA_NEW(arena, type, count)                                                              \
    ((type *)arena_take_watched((arena), (count) * sizeof(type), _Alignof(type)))

#endif
