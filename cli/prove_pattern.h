/* Patterns as their owners write them: for some languages between slashes and with letters behind
 * (`/example\.com$/i`). Invariants: columns count in what was written; a letter or a place that the
 * language gives another meaning is refused, never passed over. */
#ifndef CORSIM_CLI_PROVE_PATTERN_H
#define CORSIM_CLI_PROVE_PATTERN_H

#include "memory.h"

enum { LITERAL_LETTERS = 15 };

struct written_pattern {
    struct cors_bytes text;            /* as it was written */
    struct cors_bytes pattern;         /* what is between the delimiters; NUL-terminated */
    size_t before;                     /* bytes of `text` in front of `pattern` */
    char delimiter;                    /* 0: none */
    char letters[LITERAL_LETTERS + 1]; /* behind the second delimiter */
};

/* How a dialect is called by its users, what the prover calls it, and how it writes patterns. */
struct pattern_language {
    const char *word;
    const char *dialect;      /* a column of dialects.tsv */
    const char *delimiters;   /* of literals; NULL: it has none */
    const char *letters;      /* that a literal may have */
    const char *ignored;      /* of these, those that change nothing about what is accepted */
    const char *interpolates; /* what begins something else within a literal */
};

/* NULL: there is none. */
const struct pattern_language *pattern_language(const char *word);
/* "js, javascript, ..." */
struct cors_bytes pattern_languages(struct memory *memory);

/* False: it is a literal, and a wrong one. */
bool pattern_read(const struct pattern_language *language, const char *text,
                  struct written_pattern *written, struct memory *memory,
                  struct complaint *complaint);

/* What the flags and letters mean together. */
struct pattern_flags {
    const char *dialect; /* may change with a flag: javascript-u */
    const char *flags;   /* without those that change nothing */
    bool at_start;       /* php's A: only at the beginning */
};
bool pattern_flags(const struct pattern_language *language, const char *letters,
                   struct cors_bytes pattern, struct pattern_flags *flags, struct memory *memory,
                   struct complaint *complaint);

/* Another pattern written in the same way, as a literal with the same letters. */
struct cors_bytes pattern_write(const struct written_pattern *like, struct cors_bytes pattern,
                                struct memory *memory);

/* The part of a text that stands at a column (from 1): a word, a class, a group, an escape, with
 * what repeats it. */
struct cors_bytes pattern_piece(struct cors_bytes text, size_t column);

#endif
