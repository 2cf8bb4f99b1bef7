/* The search in the product of what is wanted (prove/wanted.h) and what the machine accepts. Places
 * are found breadth first, so in the order of their distance from the end of the scheme; https goes
 * first. Invariant: unless `stopped` says why not, all places that can be reached are there, but
 * for those from which the machine can accept nothing. */
#ifndef CORSIM_PROVE_SEARCH_H
#define CORSIM_PROVE_SEARCH_H

#include "corsim_prove.h"
#include "hope.h"
#include "wanted.h"

#define NO_PRODUCT UINT32_MAX

/* A place in the product, and how it was reached first. */
struct product {
    uint32_t wanted, machine, parent;
    uint16_t level; /* bytes behind the scheme */
    unsigned char before, class;
};

/* Where the places lead to: those of place i are from `first[i]` to before `first[i + 1]`, in the
 * order of their classes. */
struct edges {
    uint32_t *first, *to;
    unsigned char *class;
    uint32_t count, capacity;
    bool kept; /* there was room for them */
};

struct search {
    const struct prove_question *question;
    struct machine *machine;
    const struct classes *classes;
    const bool *left_out; /* entries of the intent of which nothing is accepted; NULL: not known */
    struct hope hope;     /* places of the machine without it are left out */
    struct wanted wanted;
    struct product *products;
    uint32_t count, capacity, most;
    struct lookup lookup;
    struct edges edges;
    uint32_t *goals, goal_count, goal_capacity; /* places where a wanted origin ends */
    uint32_t roots[2][2];                       /* places behind http:// and https://: from, to */
    double from, until, latest; /* of the clock: begun, to be searched until, over */
    bool has_witness;           /* one is known, before the search */
    const char *stopped;        /* why it is not whole; NULL: it is */
    struct prove_memory *memory;
};

/* Seconds that bound a question: of the processor, as a busy machine must not change an answer, and
 * an eighth of what passes, as an engine that is asked takes none of ours. */
double prove_clock(void);
/* What is given: question, machine, classes, an open `wanted`, most, from, until, memory. */
void search_run(struct search *search);

#endif
