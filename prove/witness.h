/* The witnesses of a searched product: the shortest of each tier and class. */
#ifndef CORSIM_PROVE_WITNESS_H
#define CORSIM_PROVE_WITNESS_H

#include "search.h"

struct witnesses {
    struct search *search;
    struct prove_witness best[TIER_COUNT][CLASS_COUNT]; /* `origin.at` NULL: none */
    size_t count;
    size_t failed; /* origins of the product that were none after all */
    size_t asked;  /* of the real engine */
    bool is_whole; /* the shortest of each tier is the shortest there is */
};

/* What an origin is, if it is a witness, which is kept if it is the shortest of its kind. False: it
 * is none. The bytes are the memory's. */
bool witnesses_offer(struct witnesses *witnesses, struct cors_bytes origin,
                     struct kind_of_witness *kind);
/* Of an origin: the bytes behind the scheme. */
size_t witness_length(struct cors_bytes origin);
/* Without the product: tries at most so many origins that are usual, until one is a witness. */
void witnesses_try(struct witnesses *witnesses, size_t most);
/* After the search. */
void witnesses_find(struct witnesses *witnesses);

#endif
