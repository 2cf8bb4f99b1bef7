/* A configured string while a system's steps are done with it (spec-tables/presets.tsv). Invariant:
 * each byte knows its column in the string as it was written, from 1, or that the system put it
 * there (0). */
#ifndef CORSIM_PROVE_CONFIGURED_H
#define CORSIM_PROVE_CONFIGURED_H

#include "pattern.h"
#include "presets.h"

struct configured {
    char *at;
    uint32_t *columns; /* of each byte, and of the end */
    size_t length;
    bool is_as_written; /* column i + 1 is that of byte i */
    char flags[24];     /* letters that stand in the string itself */
    bool anchored;      /* one of them says that a match begins where the text begins */
    bool unicode;       /* one of them says that escapes mean more than the dialect knows */
    struct prove_memory *memory;
    struct pattern_error *error;
};

/* False: no memory, or the string is too long; the error says so. */
bool configured_read(struct configured *string, const char *text, size_t length,
                     struct prove_memory *memory, struct pattern_error *error);
/* The bytes from `from` to before `to`, only. */
void configured_cut(struct configured *string, size_t from, size_t to);
/* The steps that change the text; others change nothing here. False: the system refuses the string,
 * or what it makes of it is not known; the error says why. */
bool configured_step(struct configured *string, enum preset_step step);
bool configured_trim(struct configured *string);
/* The columns of a pattern that was parsed from the string, or of an error in it. */
void configured_columns(const struct configured *string, struct node *node);
size_t configured_column(const struct configured *string, size_t column);

#endif
