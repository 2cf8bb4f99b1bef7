/* A regular expression as a tree. What it matches is a language over printable ASCII (0x20 to
 * 0x7E): no origin that a browser sends has another byte, so that nothing which differs only about
 * newlines, control characters or Unicode has to be decided. Invariants: what dialects.tsv does not
 * know, or says that the prover does not, is an error at its column; the depth is bounded. */
#ifndef CORSIM_PROVE_PATTERN_H
#define CORSIM_PROVE_PATTERN_H

#include "dialects.h"
#include "memory.h"

#include <stdint.h>

struct byte_set {
    uint64_t bits[2];
};

static inline bool set_has(const struct byte_set *set, unsigned byte)
{
    return (set->bits[byte >> 6 & 1] >> (byte & 63) & 1) != 0;
}

static inline void set_add(struct byte_set *set, unsigned byte)
{
    set->bits[byte >> 6 & 1] |= (uint64_t)1 << (byte & 63);
}

enum { FIRST_BYTE = 0x20, LAST_BYTE = 0x7E };

enum node_kind {
    NODE_EMPTY = 0,
    NODE_SET,       /* one byte of `set`, which may have none */
    NODE_SEQUENCE,  /* of the children */
    NODE_CHOICE,    /* between the children */
    NODE_REPEAT,    /* the child, `least` to `most` times */
    NODE_GROUP,     /* the child; `number` from 1, 0: it is not kept */
    NODE_ATOMIC,    /* the child, as what it matches first */
    NODE_ASSERTION, /* `meaning`: of start, end, boundary... */
    NODE_LOOK,      /* the child, `behind` or ahead, `negative` */
    NODE_REFERENCE, /* what group `number` matched */
};

enum { REPEAT_ENDLESS = UINT16_MAX };

struct node {
    struct node *first, *next; /* child; sibling */
    struct byte_set set;
    uint32_t column; /* from 1 */
    uint16_t kind, meaning, least, most;
    uint32_t number;
    bool behind, negative;
    bool lazy;        /* a repetition, that is as short as possible */
    bool ignore_case; /* a reference, that is */
};

/* The one length of everything that it matches; LENGTH_VARIES: there is none. */
enum { LENGTH_VARIES = -1 };
long node_length(const struct node *node);
/* Whether all that it matches is plainly shorter than some length. */
bool node_is_bounded(const struct node *node);
/* Whether it may match nothing. */
bool node_is_nullable(const struct node *node);

enum pattern_match { PATTERN_SEARCH = 0, PATTERN_PREFIX, PATTERN_FULL };

struct pattern_error {
    size_t column;     /* from 1; 0: it is about no place */
    const char *what;  /* what is wrong there */
    bool not_modelled; /* the engine may well know it */
    size_t pattern;    /* of those that are asked about together, from 0 */
};

struct pattern {
    enum dialect dialect;
    enum pattern_match match;
    struct node *root;
    struct node **groups; /* by number */
    uint32_t group_count;
    bool has_references;
};

struct pattern_source {
    enum dialect dialect;
    enum pattern_match match;
    const char *flags; /* letters */
    const char *text;
    size_t length;
};

bool pattern_parse(const struct pattern_source *source, struct prove_memory *memory,
                   struct pattern *pattern, struct pattern_error *error);

#endif
