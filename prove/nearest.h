/* The shortest origin of a searched product that somebody of a kind can use and whose host has a
 * form: a search of the product together with the walks of prove/who.h and prove/template.h, in
 * which the known distance to the nearest goal leads the way (A*). Invariant: origins come in the
 * order of their length; among those of one length, what reads well first. */
#ifndef CORSIM_PROVE_NEAREST_H
#define CORSIM_PROVE_NEAREST_H

#include "search.h"
#include "template.h"
#include "who.h"

struct nearest {
    const struct search *search;
    struct who_names names;
    uint32_t *to_goal; /* of each place: bytes to the nearest goal; UINT32_MAX: there is none */
    uint32_t *to_end;  /* the same, to where a host ends from which there is a goal */
    struct edges live; /* those of the product that lead to where there is a way to a goal */
    struct trail *trails;
    uint32_t count, capacity;
    struct lookup lookup; /* of the trails */
    uint64_t *heap;
    uint32_t heap_count, heap_capacity;
    struct prove_memory *memory;
    bool failed; /* the memory is out */
};

struct nearest_question {
    enum who who;
    const struct template *form; /* NULL: any */
    bool schemes[2];             /* http, https */
    bool port;                   /* it must have one */
    size_t most;                 /* trails */
    /* Whether an origin is what is looked for. The bytes are the memory's. */
    bool (*is_it)(void *context, struct cors_bytes origin);
    void *context;
};

/* After the search. False: memory is out, or the product has no edges. */
bool nearest_open(struct nearest *nearest, const struct search *search);
enum found { FOUND_ONE = 0, FOUND_NONE, FOUND_TOO_FAR };
/* FOUND_NONE: there is no such origin, as far as the walks can tell; FOUND_TOO_FAR: `most` was not
 * enough to find one, or the product is not whole. */
enum found nearest_find(struct nearest *nearest, const struct nearest_question *question);

#endif
