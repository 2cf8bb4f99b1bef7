/* The top-level domains below which a stranger can register a name, so that a witness of a
 * stranger's can end in one: sorted by their bytes, several a line, with a space between two. */
#ifndef CORSIM_PROVE_TOP_LEVELS_H
#define CORSIM_PROVE_TOP_LEVELS_H

enum { TOP_LEVEL_LINES = 90, TOP_LEVELS = 1321, LONGEST_TOP_LEVEL = 18 };
extern const char *const top_levels[TOP_LEVEL_LINES];

#endif
