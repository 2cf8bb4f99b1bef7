/* A pattern written from an intent: for each origin that is meant, and no other. What is written
 * accepts in wildcards what hosts usually are: letters, digits and hyphens, between dots. */
#ifndef CORSIM_PROVE_ANEW_H
#define CORSIM_PROVE_ANEW_H

#include "corsim_prove.h"
#include "pattern.h"

/* How patterns are written. */
struct hand {
    enum dialect dialect;
    enum pattern_match match;
    bool escaped_slashes;
};

const char *hand_start(const struct hand *hand); /* what stands for the beginning, or "" */
const char *hand_end(const struct hand *hand);
/* What matches one label of a host. */
const char *hand_label(const struct hand *hand);
const char *hand_open(const struct hand *hand); /* of a group that is not kept */

/* Text that grows; what does not fit sets memory->exhausted. */
struct writing {
    struct prove_memory *memory;
    char *text;
    size_t length, capacity;
};
void put(struct writing *writing, struct cors_bytes bytes);
void put_word(struct writing *writing, const char *word);
struct cors_bytes written(const struct writing *writing); /* null: there was no memory */
/* As a part of a pattern that matches just that. */
void put_literal(struct writing *writing, const struct hand *hand, struct cors_bytes bytes);
/* "https", "http" or "https?". */
const char *schemes_of(const struct intent *intent);

/* Null: there is no memory. The intent has entries. */
struct cors_bytes anew_pattern(const struct hand *hand, const struct intent *intent,
                               struct prove_memory *memory);
/* An origin for each scheme and entry, with an asterisk for what may stand below, and for ports.
 * NULL: no memory. */
struct cors_bytes *anew_strings(const struct intent *intent, struct prove_memory *memory,
                                size_t *count);

#endif
