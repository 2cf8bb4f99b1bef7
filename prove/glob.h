/* Configured strings that are no patterns, as trees: literals, and globs with what the steps of
 * spec-tables/presets.tsv say of their stars, question marks and ports. */
#ifndef CORSIM_PROVE_GLOB_H
#define CORSIM_PROVE_GLOB_H

#include "configured.h"

/* The root for the whole of an origin; of a literal, if there are no steps. NULL: no memory, or the
 * string's error says why. */
struct node *glob_tree(struct configured *string, const unsigned char *steps,
                       enum preset_case rule);
bool has_step(const unsigned char *steps, enum preset_step step);

#endif
