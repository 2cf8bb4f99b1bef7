/* A pattern as a nondeterministic automaton over printable ASCII. Assertions stay edges, and are
 * decided when the bytes before and behind are known. Invariants: what it accepts is exactly what
 * the pattern matches, unless `inexact_column` is set: then it accepts at least that, so that a
 * proof holds and a witness has to be tried; its size is bounded. */
#ifndef CORSIM_PROVE_MACHINE_H
#define CORSIM_PROVE_MACHINE_H

#include "pattern.h"

enum state_kind { STATE_BYTE, STATE_SPLIT, STATE_ASSERTION, STATE_ACCEPT };

#define NO_STATE UINT32_MAX

struct state {
    uint32_t next, other; /* `other` of a split; of a byte, the index of its set */
    uint32_t column;      /* of the pattern; 0: the mode of matching put it there */
    uint16_t kind, meaning;
};

/* What stands before a place, and what behind. */
enum side { SIDE_EDGE = 0, SIDE_WORD, SIDE_OTHER, SIDE_COUNT };
enum side side_of(unsigned byte);

/* The states of bytes, and perhaps STATE_ACCEPT, that are reached from one without a byte. */
struct closure {
    const uint32_t *states;
    uint32_t count;
    bool accepts, known;
};

struct machine {
    struct state *states;
    uint32_t count, capacity;
    struct byte_set *sets;
    uint32_t set_count, set_capacity;
    uint32_t start;
    bool has_sides; /* an assertion asks for what stands before */
    uint32_t inexact_column;
    const char *inexact; /* what stands there; NULL: exact */
    struct closure *closures;
    uint32_t *marks, *stack, mark;
    struct prove_memory *memory;
};

/* False: too large; `error` says so. */
bool machine_build(const struct pattern *pattern, struct prove_memory *memory,
                   struct machine *machine, struct pattern_error *error);
/* NULL: out of memory. */
const struct closure *machine_closure(struct machine *machine, uint32_t state, enum side before,
                                      enum side behind);
/* Whether it accepts the bytes, which are printable ASCII; -1: out of memory. */
int machine_accepts(struct machine *machine, const char *text, size_t length);

#endif
