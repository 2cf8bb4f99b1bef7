/* A pattern as its text, in pieces that can be changed one by one, and changes to it. The parser
 * keeps no text, and so cannot say what would have to be written instead of it. What is read
 * wrongly here does no harm: a changed pattern is only given once it is proven. */
#ifndef CORSIM_PROVE_PIECES_H
#define CORSIM_PROVE_PIECES_H

#include "corsim_prove.h"
#include "memory.h"

#define NO_PIECE UINT32_MAX

enum piece_kind {
    PIECE_LITERAL,   /* `literal`, escaped or not */
    PIECE_ANY,       /* the dot */
    PIECE_SET,       /* in brackets, or an escape that stands for several characters */
    PIECE_ASSERTION, /* ^ $ and escapes */
    PIECE_OPEN,
    PIECE_CLOSE,
    PIECE_BAR
};

struct piece {
    uint32_t start, atom, end; /* offsets; how often it is repeated stands from `atom` to `end` */
    uint32_t partner;          /* of what opens or closes: the other */
    uint32_t outer;            /* the piece that opens the group in which it is; NO_PIECE: none */
    unsigned char kind;
    char literal;
};

struct pieces {
    struct cors_bytes text;
    uint32_t from, to; /* of the text: without delimiters */
    struct piece *at;
    uint32_t count;
};

/* False: it cannot be taken apart, or there is no memory. */
bool pieces_read(struct pieces *pieces, struct prove_memory *memory);
/* The piece at an offset, or before it; NO_PIECE: there are none. */
uint32_t piece_at(const struct pieces *pieces, size_t offset);
/* Of the branch in which a piece stands: the first piece, and the one behind the last. */
void branch_of(const struct pieces *pieces, uint32_t piece, uint32_t *first, uint32_t *behind);
/* Where a piece starts; of the one behind the last: the end. */
uint32_t piece_start(const struct pieces *pieces, uint32_t piece);

/* Instead of what stands from `start` to `end` of a pattern as it was. */
struct edit {
    uint32_t pattern, start, end;
    struct cors_bytes text;
};

enum { MOST_EDITS = 48 };

/* Sorted, none within another. */
struct edits {
    struct edit at[MOST_EDITS];
    uint32_t count;
};

/* Takes the place of those within it. False: it crosses another, or there are too many. */
bool edits_add(struct edits *edits, const struct edit *edit);
/* The text of a pattern, changed; null: no memory. */
struct cors_bytes edits_apply(const struct edits *edits, uint32_t pattern, struct cors_bytes text,
                              struct prove_memory *memory);
/* Where an offset of the changed text was before. */
size_t edits_before(const struct edits *edits, uint32_t pattern, size_t offset);

#endif
