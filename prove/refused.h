/* Which entries of the intent a check lets nothing in of: rules that are dead. */
#ifndef CORSIM_PROVE_REFUSED_H
#define CORSIM_PROVE_REFUSED_H

#include "search.h"

/* Whether the machine surely accepts no origin of an entry: an entry of one host and one port. */
bool entry_is_refused(struct machine *machine, const struct intent_entry *entry);
/* After the search: fills in `refused` and `refused_is_whole` of the answer. */
void refused_find(struct search *search, struct prove_answer *answer);

#endif
