/* Which parts of a source file are run only if a condition holds. Read are `if` and what belongs to
 * it; other blocks that may be passed over, as loops, are known as such. Invariant: a branch that
 * ends by leaving is only called so if nothing within decides about that. */
#ifndef CORSIM_CLI_PROVE_CONFIG_FLOW_H
#define CORSIM_CLI_PROVE_CONFIG_FLOW_H

#include "prove_config_code.h"

enum branch_kind { BRANCH_IF = 0, BRANCH_ELSE, BRANCH_CASE, BRANCH_OTHER, BRANCH_FUNCTION };

/* Numbers are of tokens. */
struct branch {
    enum branch_kind kind;
    uint32_t keyword;
    uint32_t cond_from, cond_to; /* equal: there is none; of a case the values */
    uint32_t of_from, of_to;     /* of a case: what is compared with them; equal: nothing */
    uint32_t from, to;           /* its body */
    uint32_t before, after;      /* branches of the same `if`; NOWHERE */
    bool inverted;               /* unless */
    bool leaves;                 /* who comes into it does not come out behind it */
};

/* prove_config_flow.c, prove_config_blocks.c. They are the caller's to free. */
void code_branches(struct code *code);
struct branch *add_branch(struct code *code, enum branch_kind kind, uint32_t keyword);
void join_branches(struct code *code, uint32_t before, uint32_t after);
void ruby_branches(struct code *code);
void python_branches(struct code *code);

/* The innermost branch whose body holds a token; NOWHERE. */
uint32_t branch_around(struct code *code, uint32_t token);
bool is_in_body(const struct branch *branch, uint32_t token);
/* Whether a token is a word that leaves: return, throw, exit. */
bool is_leaving(const struct code *code, uint32_t token);
/* The tokens of the function around a token, or of the whole file. */
void function_around(struct code *code, uint32_t token, uint32_t *from, uint32_t *to);
unsigned token_line(const struct code *code, uint32_t token);

/* ---- Comparisons: prove_config_compare.c ---------------------------------------------------- */

/* What a comparison is needed for where a header is sent. */
enum sense {
    SENSE_HOLDS = 1,       /* it is sent if it holds */
    SENSE_MAY_EXCLUDE = 2, /* it is not, in what is looked at just now */
    SENSE_EXCLUDES = 4,    /* it is sent if it does not hold */
    SENSE_SEEN = 8,        /* a place has needed it */
};

/* A comparison as it was read. */
struct comparison {
    uint32_t from, to; /* tokens */
    const char *name;
    const char *reason; /* why it could not be read; NULL */
    const char *match, *flags;
    struct config_string *strings;
    const char *dialect; /* "literal" or the language's; "any": it is always true */
    size_t count;
    bool is_php_pattern; /* with delimiters, which the preset takes off */
    bool is_position;    /* its value is a position, and not whether it holds */
    bool negated;        /* it is true if the strings do not match */
    bool flow;           /* whether it was asked for being true */
    unsigned senses;     /* enum sense */
};

/* Whether the position that is asked about behind a call is one that was found: `!== -1`. `*at`
 * moves behind it. False: it could not be read. */
bool position_found(const struct code *code, uint32_t *at, bool *found);

/* ---- Variables: prove_config_variables.c ---------------------------------------------------- */

/* The next place from `from` on and before `to` where the same name is given a value, whose tokens
 * these are; NOWHERE. */
uint32_t next_given(struct code *code, uint32_t name, uint32_t from, uint32_t to,
                    uint32_t *value_from, uint32_t *value_to);
/* Where a variable that stands at a token is given its values: the function, if one is there
 * whatever is decided; if not, false, and the file. */
bool variable_scope(struct code *code, uint32_t name, uint32_t token, uint32_t *begin,
                    uint32_t *end);
/* Whether a name is a parameter of the function around a token. */
bool is_parameter(struct code *code, uint32_t name, uint32_t token);

/* ---- Conditions: prove_config_guards.c ------------------------------------------------------ */

/* What is known of a request at some place. Of two that both hold the greater is. */
enum guard {
    GUARD_NONE = 0,  /* nothing about its origin */
    GUARD_EXCLUDED,  /* a comparison with it does not hold */
    GUARD_UNREAD,    /* something that could not be read */
    GUARD_NO_ORIGIN, /* it has none */
    GUARD_HOLDS,     /* a comparison with it holds */
};

/* A variable whose values are looked at just now, and those around it. */
struct resolved {
    uint32_t name;
    bool holds;
    const struct resolved *outer;
};

struct guards {
    struct code *code;
    const char *reason; /* why something could not be read; NULL */
    uint32_t sent; /* a name: where it is given another value, that counts as leaving; or NOWHERE */
    const struct resolved *resolved;
    unsigned depth;
};

/* What is known if an expression holds, or does not. */
enum guard guard_of_condition(struct guards *guards, uint32_t from, uint32_t to, bool holds);
/* What is known where a token stands. */
enum guard guard_of_place(struct guards *guards, uint32_t token);
/* Comparisons that were found not to hold are what is accepted: all but what they accept. */
void keep_excluded(struct code *code);
void forget_excluded(struct code *code);

#endif
