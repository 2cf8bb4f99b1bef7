/* A command line, as somebody pastes it, in words. Two readings of quotes: that of POSIX shells
 * (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html, 2.2 Quoting, with
 * $'...' as bash has it) and that of Windows: what cmd.exe does with ^ and ", and what a
 * program's start-up code makes of the rest. Nothing is expanded or run: where a shell would put
 * something else in place of what is written, reading ends with a complaint. */
#ifndef CORSIM_CLI_SHELL_WORDS_H
#define CORSIM_CLI_SHELL_WORDS_H

#include "options.h"

enum shell { SHELL_ANY = 0, SHELL_POSIX, SHELL_CMD };
extern const struct choice shell_words_choices[]; /* "auto", "posix", "cmd" */

struct shell_word {
    struct cors_bytes text; /* NUL-terminated behind its end, and without NUL in it */
    size_t offset;          /* in the command line */
};

struct shell_words {
    const struct shell_word *at;
    size_t count;
};

/* Words of one command. Complaints name line and column. */
bool shell_words_read(struct shell_words *words, struct cors_bytes text, enum shell shell,
                      struct memory *memory, struct complaint *complaint);

/* "line 2, column 5" */
const char *place_in_text(struct cors_bytes text, size_t offset, struct memory *memory);

#endif
