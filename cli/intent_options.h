/* The flags that `corsim fuzz` and `corsim prove` share: what is meant to be let in, who must be
 * able to send a witness, how a pattern is applied. Invariant: a complaint names the flag or the
 * file, and the column. */
#ifndef CORSIM_CLI_INTENT_OPTIONS_H
#define CORSIM_CLI_INTENT_OPTIONS_H

#include "intent.h"
#include "memory.h"
#include "options.h"

/* --engine: an enum profile. */
extern const struct choice profile_words[];
/* --match: an enum regex_match. */
extern const struct choice match_words[];

/* --intend, which may be repeated, and --intend-file. */
struct intent_options {
    struct string_list entries;
    const char *file; /* NULL: none */
};

/* Adds what the flags say to `intent`. EXIT_HOLDS, or an error has been printed. */
int intent_options_read(const struct command *command, const struct intent_options *options,
                        struct intent *intent, struct memory *memory);

#endif
