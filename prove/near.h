/* Of a long intent the entries that an origin is like: what kind of witness it is depends on those,
 * and asking all of many thousands about each of many origins would take too long. */
#ifndef CORSIM_PROVE_NEAR_H
#define CORSIM_PROVE_NEAR_H

#include "intent.h"

enum { NEAR_MOST = 64 };

struct near {
    struct intent intent; /* the entries are copies, or the whole intent */
    struct intent_entry entries[NEAR_MOST];
};

/* How many bytes two texts have in common. */
size_t common_start(struct cors_bytes a, struct cors_bytes b);
size_t common_end(struct cors_bytes a, struct cors_bytes b);
/* Those that begin or end most like the host, or stand in it. */
void near_find(struct near *near, const struct intent *intent, struct cors_bytes origin);

#endif
