/* Systems that compare only a part of the origin, or not every origin: a pattern for the part
 * becomes one for the whole origin, by look-arounds that know where the part begins and ends.
 * Invariant: columns stay; what is added has none. */
#ifndef CORSIM_PROVE_PART_H
#define CORSIM_PROVE_PART_H

#include "presets.h"
#include "tree.h"

/* Once for each tree. Without memory it stays as it was, and the memory says so. */
void part_apply(struct pattern *pattern, enum preset_part part, struct prove_memory *memory);

#endif
