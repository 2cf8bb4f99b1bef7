/* Smaller patterns, in which references can be kept exactly: what they refer to may be a few words
 * only. Invariant: what such a pattern matches is worth a try; nothing follows from what it does
 * not. */
#ifndef CORSIM_PROVE_NARROW_H
#define CORSIM_PROVE_NARROW_H

#include "check.h"

/* Changes the trees of a check. False: no tree has anything to narrow. */
bool narrow_references(struct check *check);

#endif
