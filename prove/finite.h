/* Groups to which something refers and that match only a few words: all ways through them. */
#ifndef CORSIM_PROVE_FINITE_H
#define CORSIM_PROVE_FINITE_H

#include "build.h"

enum step_kind { STEP_BYTE, STEP_NODE, STEP_BIND };

/* A piece of a way: a byte, what takes none, or that a slot holds a word from here on. */
struct step {
    const struct node *node;
    uint32_t word;
    uint16_t kind, slot;
    unsigned char byte;
};

struct walk {
    const struct step *steps;
    uint32_t count;
    uint32_t word; /* which its bytes are, from 1 */
};

struct finite {
    const struct node *group;
    struct walk *walks; /* what is tried first, first */
    uint32_t walk_count, slot, word_count;
    struct cors_text {
        const unsigned char *at;
        uint32_t length;
    } * words; /* from 1 */
};

enum { MOST_WALKS = 600, MOST_STEPS = 1 << 16 };

/* All walks through a node; false: they are not few, or there is no memory. */
struct walks {
    struct walk *at;
    uint32_t count;
};
bool finite_walks(struct builder *builder, const struct node *node, struct walks *walks);

#endif
