/* What the parts of the learner share: words, the symbols they are read as, the model, and asking.
 * Everything but the cache of answers has a fixed size; a word that does not fit is one that is not
 * sent. */
#ifndef CORSIM_FUZZ_LEARN_PARTS_H
#define CORSIM_FUZZ_LEARN_PARTS_H

#include "candidates.h"
#include "learn.h"

enum {
    LEARN_STATES = 200,
    LEARN_NODES = 2 * LEARN_STATES,
    LEARN_SYMBOLS = 64,
    LEARN_SYMBOL = 64, /* bytes of one: a label, an IPv6 address */
    LEARN_BATCH = 256,
};

struct word {
    size_t length;
    bool too_long;
    char at[LONGEST_ORIGIN];
};

enum symbol_kind { SYMBOL_SCHEME = 0, SYMBOL_HOST, SYMBOL_PORT };
struct symbol {
    enum symbol_kind kind;
    size_t length;
    char at[LEARN_SYMBOL];
};

/* A word as symbols; from, to: the bytes that each stands for, which can be others of its class. */
struct reading {
    size_t count;
    struct {
        size_t symbol, from, to;
    } at[LONGEST_ORIGIN];
};

struct state {
    bool accepting;
    size_t leaf;
    struct word access;       /* the shortest known word that leads here */
    size_t to[LEARN_SYMBOLS]; /* nodes; one that is no leaf any more: not known yet */
};

/* Of the discrimination tree: words that are told apart by what follows them. */
struct node {
    bool leaf;
    size_t state;       /* of a leaf */
    struct word suffix; /* of the others */
    size_t child[2];    /* by the answer; 0: none */
};

struct learning {
    struct learn_options options;
    bool addresses; /* the intent has some, so that they are part of the language */
    enum learned_end end;
    uint64_t questions, most; /* `most` leaves some for the summary */
    uint64_t random;

    struct origins words; /* that were asked */
    bool *allowed;        /* of each */
    size_t allowed_room;

    struct symbol symbols[LEARN_SYMBOLS];
    size_t symbol_count;
    char letter, digit, special; /* what stands for its class; special '\0': there is none */
    int port;

    struct state states[LEARN_STATES];
    size_t state_count;
    struct node nodes[LEARN_NODES];
    size_t node_count;
    struct word batch[LEARN_BATCH];
    struct origins near;
    bool contradicted; /* the summary found an answer that the model did not have */
};

/* ---- learn_ask.c */
void word_add(struct word *word, struct cors_bytes bytes);
struct cors_bytes word_bytes(const struct word *word); /* empty where it is too long */
struct word word_of(struct cors_bytes bytes);
bool learn_in_language(const struct learning *learning, struct cors_bytes word);
/* An answer that is known already. False: out of memory. */
bool learn_keep(struct learning *learning, struct cors_bytes word, bool allowed);
/* Words outside the language are not allowed. False: nothing more can be asked; `end` says why. */
bool learn_ask(struct learning *learning, const struct word *words, size_t count, bool *allowed);
/* The same for null and addresses, whether the language has them or not. */
bool learn_ask_any(struct learning *learning, const struct word *words, size_t count,
                   bool *allowed);
/* Asks again what was asked. False: an answer was another one. */
bool learn_is_steady(struct learning *learning);
size_t learn_below(struct learning *learning, size_t bound);

/* ---- learn_symbols.c */
void symbols_begin(struct learning *learning);
struct cors_bytes symbol_bytes(const struct learning *learning, size_t which);
bool symbol_add(struct learning *learning, enum symbol_kind kind, struct cors_bytes bytes);
/* False: the word is no http or https origin. */
bool symbols_read(const struct learning *learning, struct cors_bytes word, struct reading *out);
struct word symbols_join(const struct learning *learning, const struct reading *reading);
/* The word, which is allowed or not, is read as one with the other answer: finds which bytes matter
 * and makes them symbols. */
bool symbols_refine(struct learning *learning, struct cors_bytes word, bool allowed);
/* Some of the characters that stand for a class replaced by others of it. */
struct word symbols_vary(struct learning *learning, const struct word *word);

/* ---- learn_model.c */
void model_begin(struct learning *learning);
bool model_close(struct learning *learning);
bool model_allows(const struct learning *learning, struct cors_bytes word);
/* Changes the model until it has these answers. `changed`: it did not have them. */
bool model_correct(struct learning *learning, const struct word *words, const bool *allowed,
                   size_t count, bool *changed);
/* A word that the model allows, by some detour; an empty one where it allows none. */
struct word model_walk(struct learning *learning);

/* ---- learn_patterns.c */
/* True: all that was let in is covered by patterns that hold, or there are too many. False and
 * `contradicted`: the model has been corrected, try again. */
bool patterns_make(struct learning *learning, struct learned *out);

#endif
