/* What a browser says about a fetch that failed: the lines in its console and what script is told,
 * from spec-tables/messages.tsv and what play.h recorded. The core knows nothing of it. */
#ifndef CORSIM_CLI_WORDS_H
#define CORSIM_CLI_WORDS_H

#include "play.h"

enum { LINES_OF_A_FAILURE = 4, MOST_CONSOLE_LINES = 36 };

struct words {
    struct cors_bytes console[MOST_CONSOLE_LINES];
    size_t console_count;
    struct cors_bytes exception; /* what fetch() rejects with; null: it does not */
};

/* Nothing for the standard, which has no words, and nothing where the table has none. */
struct words words_of(const struct played *played, struct memory *memory);

/* "Chrome", "Firefox", "Safari"; for the standard "The standard". */
const char *browser_name(enum cors_engine engine);

#endif
