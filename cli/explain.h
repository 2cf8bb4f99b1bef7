/* The walk along the standard's steps (https://fetch.spec.whatwg.org/), which `explain` and
 * `check -v` print. */
#ifndef CORSIM_CLI_EXPLAIN_H
#define CORSIM_CLI_EXPLAIN_H

#include "play.h"

/* What was played must have a trace. */
void explain_trace(const struct output *output, const struct played *played);

/* Which inputs the decision table of the deciding step decides in the same way; nothing where no
 * table speaks of that step. */
void explain_decision(const struct output *output, const struct cors_outcome *outcome,
                      struct memory *memory);

#endif
