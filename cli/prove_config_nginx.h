/* nginx: which directives decide whether another one is reached, and with which origins. Invariant:
 * what an `if` or a variable says of the origin is GUARD_READ only if it can hold for no origin
 * that a finding does not speak of. */
#ifndef CORSIM_CLI_PROVE_CONFIG_NGINX_H
#define CORSIM_CLI_PROVE_CONFIG_NGINX_H

#include "prove_config_words.h"

struct nginx {
    struct reading *reading;
    struct directives directives;
    uint64_t looks; /* at directives, for what decides about another one */
};

enum { MOST_DIRECTIVE_LOOKS = 100 << 20, MOST_VALUES = 32 };

/* A variable's name, without its $ and the brackets around it; empty: this is no variable. */
struct cors_bytes nginx_variable(struct cors_bytes word);
bool nginx_is_origin(const struct directive *directive, size_t word);
/* Whether it sends the header; and whether a word of it, from one on, mentions it. */
bool nginx_is_header(const struct directive *directive);
bool nginx_mentions_header(const struct directive *directive, size_t from);

/* What an `if` asks; the sign is empty where it asks whether there is a value other than 0. */
struct condition {
    struct cors_bytes variable, sign, value;
    const struct config_string *word; /* that begins with the value */
};

/* False: it is no `if`, or one of files and the like. */
bool nginx_condition(const struct nginx *nginx, size_t index, struct condition *condition);
bool is_negated(const struct condition *condition);
/* Of the origin, but not only of there being one. */
bool is_of_origin(const struct condition *condition);
/* A block of `if` that ends the request, and sends no header of its own. */
bool nginx_is_refusal(struct nginx *nginx, size_t index);

/* The values that a variable may have without a condition of the origin that was read. */
struct unchecked {
    bool of_header; /* to be sent: what is found in maps of the origin is left out */
    bool given;     /* something gives it a value at all */
    bool asked;     /* the origin decides about one of its values, checked or not */
    bool reflects;  /* one is the origin */
    bool withdrawn; /* a condition of the origin may take that back */
    bool unread;
    const struct config_string *values[MOST_VALUES];
    size_t count;
    struct cors_bytes suffixes[MOST_VALUES]; /* set $v "${v}get" */
    size_t suffix_count;
};

/* The values of a variable where a directive is reached. */
void nginx_collect(struct nginx *nginx, struct cors_bytes name, size_t index,
                   struct unchecked *unchecked, unsigned steps);
/* A value that stands for no. */
bool nginx_refuses(struct cors_bytes value);
/* Whether an origin that a map gives a value is refused: by a block that asks for the variable, or
 * else because the value looks like it. */
bool nginx_is_refused(struct nginx *nginx, size_t map, struct cors_bytes value);
bool nginx_is_entry(const struct directive *directive);

/* What is known of the origin where a directive is reached; `steps` is 0. */
enum guard nginx_guard(struct nginx *nginx, size_t index, unsigned steps);

#endif
