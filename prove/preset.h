/* The systems of spec-tables/presets.tsv, and which of a system's rows is about a configured
 * string. */
#ifndef CORSIM_PROVE_PRESET_H
#define CORSIM_PROVE_PRESET_H

#include "presets.h"

#include <stdbool.h>

/* The first row of a preset, by its name or another one that it goes by; NULL: there is none. */
const struct preset_row *preset_find(const char *name);
/* The first row of the preset behind that of a row; of NULL: of the first; NULL: there are no
 * more. */
const struct preset_row *preset_next(const struct preset_row *row);

/* The `when` of a preset's rows, compiled. */
enum { PRESET_MOST_ROWS = 8 };
struct preset_rules {
    const struct preset_row *rows;
    size_t count;
    void *whens[PRESET_MOST_ROWS]; /* of pcre2; NULL: every string */
    void *match;
};

/* False: no memory. It has to be closed all the same. */
bool preset_open(struct preset_rules *rules, const struct preset_row *first);
/* The row of a string, from row `from` on. NULL: finding it takes more than it may. */
const struct preset_row *preset_row_of(const struct preset_rules *rules, size_t from,
                                       const char *text, size_t length);
void preset_close(struct preset_rules *rules);

#endif
