/* The walk along the standard's steps (https://fetch.spec.whatwg.org/), which `explain` and
 * `check -v` print. */
#ifndef CORSIM_CLI_EXPLAIN_H
#define CORSIM_CLI_EXPLAIN_H

#include "play.h"

/* What was played must have a trace. */
void explain_trace(const struct output *output, const struct played *played);

#endif
