/* Why an origin that is listed is never accepted: guesses from the look of the patterns, for people
 * to check; that it is never accepted is the prover's word. */
#ifndef CORSIM_CLI_PROVE_DEAD_H
#define CORSIM_CLI_PROVE_DEAD_H

#include "intent.h"
#include "prove_pattern.h"

/* NULL: nothing is to be seen. */
const char *why_dead(const struct intent_entry *entry, const struct written_pattern *patterns,
                     size_t count);

#endif
