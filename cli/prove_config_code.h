/* Source files as tokens, for every language alike: names, strings, patterns, numbers, marks; what
 * stands in comments is not there. A bracket knows its partner. Invariant: a token that could not
 * be told, as a string that is not closed, is a mark of one byte, and the reading knows of it. */
#ifndef CORSIM_CLI_PROVE_CONFIG_CODE_H
#define CORSIM_CLI_PROVE_CONFIG_CODE_H

#include "prove_config_parts.h"

enum token_kind {
    TOKEN_END = 0,
    TOKEN_NAME,
    TOKEN_STRING,
    TOKEN_PATTERN, /* a literal of JavaScript or Ruby */
    TOKEN_WORDS,   /* Ruby's %w[] */
    TOKEN_NUMBER,
    TOKEN_MARK,
};

struct token {
    uint32_t from, to;
    uint32_t partner; /* of a bracket, the token that closes or opens it; else NOWHERE */
    uint32_t opener;  /* of the innermost bracket around it; NOWHERE */
    uint8_t kind;
    bool first; /* of its line */
};

struct code {
    struct reading *reading;
    enum config_kind language;
    struct token *tokens; /* the last one is TOKEN_END */
    uint32_t count;       /* without it */
    size_t capacity;
    struct comparison *comparisons; /* with the origin; prove_config_flow.h */
    size_t comparison_count, comparison_capacity;
    struct branch *branches; /* prove_config_flow.h */
    uint32_t branch_count;
    size_t branch_capacity;
    enum config_credentials credentials; /* that headers by hand allow */
    uint64_t *looks; /* at tokens; beyond MOST_LOOKS nothing is looked up any more */
};

enum { MOST_LOOKS = 16 << 20 };

/* prove_config_tokens.c. The tokens are the caller's to free. */
void code_tokens(struct code *code);
/* prove_config_lexemes.c: where a string, pattern or comment that begins at `at` ends, behind its
 * last byte; `at` itself: it does not end; NOWHERE: there is none. */
uint32_t string_end(const struct code *code, uint32_t at);
uint32_t comment_end(const struct code *code, uint32_t at);
uint32_t pattern_end(const struct code *code, uint32_t at);
uint32_t words_end(const struct code *code, uint32_t at);
/* Behind a here-document whose mark is at `at`, if there is one; `rest` is where its text begins.
 */
uint32_t here_document_end(const struct code *code, uint32_t at, uint32_t *rest);

struct cors_bytes token_bytes(const struct code *code, uint32_t token);
bool token_is(const struct code *code, uint32_t token, const char *text);
bool is_name(const struct code *code, uint32_t token);
/* Whether it is one of some words, of which NULL is the last. */
bool is_one_of(const struct code *code, uint32_t token, const char *const *words);
bool is_kotlin(const struct code *code);
/* Whether a statement ends with its line in the language. */
bool lines_end(const struct code *code);
/* Whether a token is the first of a line that does not go on with the one before it. */
bool begins_statement(const struct code *code, uint32_t token);
char token_byte(const struct code *code, uint32_t token); /* the first; 0 at the end */
/* A string's value; NULL, or why it is not known. */
const char *token_string(const struct code *code, uint32_t token, struct config_string *string);
/* Whether it is a string with this value; ASCII case is ignored. */
bool is_string(const struct code *code, uint32_t token, const char *value);
/* The token behind the one that ends at a bracket's partner, or behind the token itself. */
uint32_t token_after(const struct code *code, uint32_t token);
/* Where the expression that begins at a token ends: before a comma, a closing bracket, a semicolon,
 * or, where lines matter, the end of the line. */
uint32_t expression_end(const struct code *code, uint32_t from);
uint32_t list_part_end(const struct code *code, uint32_t from, uint32_t to);

/* ---- Values: prove_config_values.c --------------------------------------------------------- */

enum value_kind { VALUE_STRING = 0, VALUE_PATTERN, VALUE_TRUE, VALUE_FALSE, VALUE_UNREAD };

struct value {
    enum value_kind kind;
    bool listed;       /* it stood in a list */
    uint32_t from, to; /* tokens */
    struct config_string string;
    const char *letters; /* of a pattern; "" */
    const char *reason;  /* why it could not be read */
};

struct values {
    struct value *at;
    size_t count, capacity;
};

/* The values that an expression stands for: of a list each. The array is the caller's to free. */
void read_values(struct code *code, uint32_t from, uint32_t to, struct values *values);

/* The dialect and the flags of a pattern of the file's language, into `found`, and, if it has to,
 * the match. NULL, or why they are not known. */
const char *pattern_dialect(struct code *code, const struct value *value, struct found *found);

/* ---- What is looked for -------------------------------------------------------------------- */

void code_options(struct code *code); /* prove_config_options.c: settings of frameworks */
/* The same, of Terraform and TOML: names that speak of origins, and about which nothing was found.
 */
void code_unknown_settings(struct code *code);
void code_compares(struct code *code); /* prove_config_compare.c: comparisons, by hand */
void code_headers(struct code *code);  /* prove_config_headers.c: the header, by hand */
void code_compared(struct code *code); /* prove_config_joint.c: what the comparisons let in */

/* ---- Origins: prove_config_origin.c -------------------------------------------------------- */

/* Whether the file has to do with CORS at all. */
bool is_about_origins(const struct code *code);
/* Whether an expression is the request's origin, and nothing but it; `from` and `to` are tokens. */
bool is_origin(struct code *code, uint32_t from, uint32_t to);
/* Whether it is a part of the request's origin, as its host. */
bool is_part_of_origin(struct code *code, uint32_t from, uint32_t to);
/* Where the operand that ends before a token begins, and where the one that begins at a token ends:
 * literals, names, dots, calls and indices. */
uint32_t operand_begin(const struct code *code, uint32_t end);
uint32_t operand_end(const struct code *code, uint32_t begin);
/* The list that a name goes through in a loop or in a function for each element. */
bool list_of_name(struct code *code, uint32_t name, uint32_t *from, uint32_t *to);
/* Whether the names in an expression say more than that there is an origin. */
bool says_more(const struct code *code, uint32_t from, uint32_t to);
bool holds_origin(const struct code *code, uint32_t from, uint32_t to);
/* What stands in one block of code, for groups. */
uint64_t block_key(const struct code *code, uint32_t token);

#endif
