/* Configurations of servers as directives: words, and blocks of further directives. Invariants: a
 * directive has at least one word; a block's directives follow it, up to its `end`. */
#ifndef CORSIM_CLI_PROVE_CONFIG_WORDS_H
#define CORSIM_CLI_PROVE_CONFIG_WORDS_H

#include "prove_config_parts.h"

struct directive {
    uint32_t from, to; /* in the file, without its block */
    const struct config_string *words;
    size_t count;
    size_t parent; /* SIZE_MAX: none */
    size_t end;    /* behind the last directive of its block */
    bool is_block;
};

struct directives {
    struct directive *at;
    size_t count, capacity;
};

/* What is known of an origin where a directive is reached: nothing; that something was asked about
 * it, which was not read; that a condition holds which is a finding of its own. */
enum guard { GUARD_NONE = 0, GUARD_UNREAD, GUARD_READ };

enum guard stronger_guard(enum guard left, enum guard right);

extern const char guard_unread_reason[];

/* For nginx, Apache, HAProxy and Caddy. What `at` holds is the caller's to free. */
void read_directives(struct reading *reading, struct directives *directives);

bool word_is(const struct directive *directive, size_t word, const char *text);
/* ASCII case is ignored. */
bool word_is_like(const struct directive *directive, size_t word, const char *text);
bool word_mentions(const struct directive *directive, size_t word, const char *text);
/* A finding of a directive: its place and the system. */
struct found found_at(const struct directive *directive, const char *what);
/* A word as a check of one string; from `skip` bytes on. */
void find_word(struct reading *reading, struct found *found, const struct config_string *word,
               size_t skip);
/* What a response always says: a star, one origin, or nothing. */
void find_sent(struct reading *reading, struct found *found, const struct config_string *value);

#endif
