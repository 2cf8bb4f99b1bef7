/* The form that a host is to have: a small nondeterministic automaton over its bytes, for each
 * class of witness whose form can be said by one. What it accepts is nearly the class;
 * kind_of_witness() has the last word. Invariant: arcs lead from a node to itself or to a later
 * one. */
#ifndef CORSIM_PROVE_TEMPLATE_H
#define CORSIM_PROVE_TEMPLATE_H

#include "machine.h"

#include "intent.h"

struct arc {
    struct byte_set set;
    uint16_t from, to;
};

enum { MOST_ARCS = 2048, MOST_NODES = 640 };

struct template
{
    uint16_t count, arc_count;
    uint16_t first[MOST_NODES + 1]; /* of the arcs, which are sorted by `from` */
    uint16_t least[MOST_NODES];     /* bytes until it may end; UINT16_MAX: it never may */
    bool ends[MOST_NODES];
    struct arc arcs[MOST_ARCS];
};

/* False: there is no form for that class, or the host is too long. */
bool template_of_class(struct template *form, enum bypass_class class, struct cors_bytes host);

#endif
