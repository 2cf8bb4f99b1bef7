/* What an answer owns: the question's automata and the product that was searched. A certificate is
 * written from it, after prove() and before prove_free(). The product is whole if
 * `search.stopped` is NULL: place i of `search.products` is the state `wanted` of `search.wanted`
 * (sendable, intended, old) together with the state `machine` and the side `before` of `machine`;
 * place 0 is the start, and what a class of bytes leads to is among the places again, unless
 * hope_has() says that the machine can accept nothing from there. */
#ifndef CORSIM_PROVE_OWN_H
#define CORSIM_PROVE_OWN_H

#include "check.h"
#include "search.h"

struct prove_own {
    struct prove_memory memory;
    struct check check, old_check;
    struct machine machine, old_machine;
    struct classes classes;
    struct subset old;
    struct search search;
    double began;                   /* clock_passed() */
    struct prove_question question; /* with its limits filled in; the pointers are the caller's */
};

#endif
