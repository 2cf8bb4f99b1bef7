/* What the parts of the parser share. Every function that makes a node returns NULL when there is
 * an error, which is then kept. */
#ifndef CORSIM_PROVE_PARSE_H
#define CORSIM_PROVE_PARSE_H

#include "pattern.h"

enum { MOST_REFERENCE = 99, MOST_NAMES = 32 };

struct group_name {
    size_t start, length;
    uint32_t number;
};

struct parser {
    enum dialect dialect;
    const unsigned char *at;
    size_t length, position;
    bool ignore_case, extended, quoting;
    size_t flags_end; /* of those that stand at the very start */
    uint32_t groups, references_most, reference_column;
    bool closed[MOST_REFERENCE + 1]; /* groups by number */
    unsigned depth, behind;
    struct group_name names[MOST_NAMES];
    unsigned name_count;
    bool numbered; /* something refers to a group by its number */
    struct prove_memory *memory;
    struct pattern *pattern;
    struct pattern_error *error;
};

void *refuse(struct parser *parser, size_t position, const char *what);            /* NULL */
void *refuse_unmodelled(struct parser *parser, size_t position, const char *what); /* NULL */
/* By the meaning of a row; true: neither error nor refused. */
bool is_known(struct parser *parser, enum meaning meaning, size_t position);
enum meaning meaning_of(const struct parser *parser, enum syntax syntax);
struct node *new_node(struct parser *parser, enum node_kind kind, size_t position);
struct node *new_set(struct parser *parser, const struct byte_set *set, size_t position);
bool looking_at(const struct parser *parser, const char *text);
bool is_at_end(const struct parser *parser);

struct node *parse_choice(struct parser *parser); /* parse.c */
struct node *parse_group(struct parser *parser);  /* parse_group.c */
bool parse_flag(struct parser *parser, char letter, bool on, size_t position);
struct node *parse_escape(struct parser *parser); /* parse_escape.c */
struct node *parse_class(struct parser *parser);  /* parse_class.c */
/* parse_name.c: the name of the group that is about to begin, up to what closes it. */
bool parse_name(struct parser *parser, char close);
/* What refers to a group by its name, with `position` at the name. */
struct node *parse_named_reference(struct parser *parser, size_t start, char close);
struct node *new_reference(struct parser *parser, uint32_t number, size_t start);
/* A property of characters, with `position` at the p or P. */
bool parse_property(struct parser *parser, struct byte_set *set);
/* The set of a meaning that is one; false: it is none. */
bool set_of_meaning(enum meaning meaning, unsigned char literal, struct byte_set *set);
/* A code after \x or \u, with `position` at the letter; -1: an error. */
int parse_code(struct parser *parser, enum meaning meaning);
void fold_case(struct byte_set *set);
/* A byte or character from U+0080: passes it; false: an error. */
bool pass_non_ascii(struct parser *parser);

#endif
