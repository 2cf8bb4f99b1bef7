/* Patterns as a nondeterministic automaton over printable ASCII, with obligations. States are made
 * from the trees; a place is a configuration of them: the state in which the pattern is, what
 * look-aheads still demand or forbid, and how far each look-behind has come. Places are made when
 * they are reached. Invariants: what it accepts is exactly what the patterns match, unless
 * `inexact` is set: then it accepts at least that, so that a proof holds and a witness has to be
 * tried; states, places and work are bounded. */
#ifndef CORSIM_PROVE_MACHINE_H
#define CORSIM_PROVE_MACHINE_H

#include "pattern.h"

enum state_kind {
    STATE_BYTE,      /* `other`: the index of the set */
    STATE_SPLIT,     /* to both */
    STATE_ASSERTION, /* `meaning` */
    STATE_LOOK,      /* what begins at `other` follows; `meaning`: 1 if it must not */
    STATE_BEHIND,    /* what look-behind `other` seeks has just ended; `meaning` as above */
    STATE_FOUND,     /* here it ends */
    STATE_BIND,      /* slot `meaning` holds word `other` from here on */
    STATE_BOUND,     /* slot `meaning` holds word `other` */
    STATE_HOLDS,     /* a look-ahead is satisfied, whatever follows */
    STATE_ACCEPT,    /* at the end of the text */
};

#define NO_STATE UINT32_MAX

struct state {
    uint32_t next, other;
    uint32_t column;  /* of the pattern; 0: the mode of matching put it there */
    uint32_t pattern; /* from 0; where there is a column */
    uint16_t kind, meaning;
};

/* What stands before a place, and what behind. */
enum side { SIDE_EDGE = 0, SIDE_WORD, SIDE_OTHER, SIDE_COUNT };
enum side side_of(unsigned byte);

/* Where a byte leads to, and the state in `states` that took it. */
struct move {
    uint32_t next, through;
};
struct moves {
    const struct move *moves;
    uint32_t count;
};

/* The word that each slot holds is part of one number. */
enum { MOST_SLOTS = 8, MOST_BEHINDS = 32 };
struct slot {
    uint32_t group, words; /* 0 is no word: the group took no part */
    unsigned shift;
};

struct machine {
    struct state *states;
    uint32_t count, capacity;
    struct byte_set *sets;
    uint32_t set_count, set_capacity;
    uint32_t first_state;
    uint32_t behinds[MOST_BEHINDS], behind_count; /* the first states of what is sought */
    bool nested_behinds;
    struct slot slots[MOST_SLOTS];
    uint32_t slot_count;
    bool has_sides;                       /* an assertion asks for what stands before */
    unsigned char classes[LAST_BYTE + 1]; /* of bytes that nothing tells apart: their number */
    unsigned class_count;
    uint32_t inexact_pattern, inexact_column;
    const char *inexact; /* what stands there; NULL: exact */
    uint32_t start;      /* the first place */
    const char *stopped; /* why an answer is missing; NULL: there was no memory */
    struct moves moves;  /* the last that were not kept */
    struct places *places;
    struct expansion *expansion;
    struct run *run; /* what machine_accepts() keeps */
    struct prove_memory *memory;
};

/* Of patterns of which one is enough. False: too large; `error` says so. */
bool machine_build(const struct pattern *patterns, size_t count, struct prove_memory *memory,
                   struct machine *machine, struct pattern_error *error);
/* What a place keeps of the byte before it. */
static inline enum side machine_side(const struct machine *machine, unsigned byte)
{
    return machine->has_sides ? side_of(byte) : SIDE_OTHER;
}
/* How many places there are so far: their numbers are below that. */
uint32_t machine_places(const struct machine *machine);
/* Where a byte leads to, until the next call; NULL: it takes more than it may. */
const struct moves *machine_moves(struct machine *machine, uint32_t place, enum side before,
                                  unsigned byte);
/* Whether the end is accepted there; -1: it takes more than it may. */
int machine_ends(struct machine *machine, uint32_t place, enum side before);
/* Whether it accepts the bytes, which are printable ASCII; -1: it takes more than it may. */
int machine_accepts(struct machine *machine, const char *text, size_t length);

#endif
