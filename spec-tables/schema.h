/* What each table must hold: its columns, what may stand in their cells, and how tables refer to
 * each other. */
#ifndef CORSIM_SCHEMA_H
#define CORSIM_SCHEMA_H

#include "table.h"

enum kind {
    KIND_TEXT,       /* any text */
    KIND_WORD,       /* one of `words` */
    KIND_WORDS,      /* some of `words`, single spaces between them */
    KIND_TOKEN,      /* an HTTP token */
    KIND_ESSENCE,    /* a MIME type without parameters, lower case */
    KIND_IDENTIFIER, /* lower-case words joined by hyphens */
    KIND_NAME,       /* letters and digits, a capital first: an error's id */
    KIND_CONSTANT,   /* an enumerator of corsim.h */
    KIND_NUMBER,     /* decimal, `least` to `most` */
    KIND_NUMBERS,    /* a number, or two joined by a hyphen */
    KIND_BYTES,      /* HH, HH-HH and +class, single spaces between them */
    KIND_ESCAPED,    /* text with \xHH and \\ */
    KIND_URL,        /* https:// */
    KIND_FILE,       /* sim/name.c */
    KIND_CASE,       /* folder/name, of a case below corpus/cases */
    KIND_COMMIT,     /* 7 or more hexadecimal digits */
    KIND_SHA256,     /* 64 hexadecimal digits */
    KIND_STEP,       /* numbers and letters joined by dots */
    KIND_OUTCOMES,   /* both, true, false, none, or scope: and a row of scope.tsv */
    KIND_REFERENCE,  /* a value of the first column of the table named in `words` */
    KIND_STEP_OF,    /* a step; with the cell in column `words`, a row of steps.tsv */
};

enum { OPTIONAL = 1, KEY = 2, CASELESS = 4 };

struct column {
    const char *name;
    enum kind kind;
    unsigned flags;
    const char *words;
    long least, most;
};

enum { MOST_SCHEMA_COLUMNS = 17 };

struct schema {
    const char *name;
    struct column columns[MOST_SCHEMA_COLUMNS];
    /* Decision tables: the columns are the #input columns of the file and then these. Each step in
     * them is one of this algorithm. */
    const char *decides;
};

extern const struct schema schemas[];
extern const size_t schema_count;

/* All tables, in the order of `schemas`. */
struct tables {
    struct table *at[64];
};

const struct table *table_named(const struct tables *tables, const char *name);
const char *words_of(const char *table, const char *column);
/* The schemes of a row of host-bytes: 1 is http, 2 is https. */
enum { HOST_SCHEMES = 2 };
unsigned host_schemes_of(const struct table *table, size_t row);
bool is_decision_table(const struct table *table);

/* Complains about everything that is not as the schemas say. */
void check_tables(const struct tables *tables);
/* decision.c: every combination of classes of the first `inputs` columns is in exactly one row. */
void check_decision(const struct table *table, size_t inputs);
/* A row's cell takes in a class: it is `any`, or one of its alternatives is the class. */
bool input_takes(const char *cell, const char *value);

/* values.c: what stands in a cell, as a value. False if it is malformed. */
bool parse_number(const char **text, long *number);
bool parse_numbers(const char *text, long *from, long *to);
bool parse_hex_byte(const char **text, unsigned *byte);
/* Marks the bytes of a byte-class cell; `classes` holds the rows above. On failure *where is the
 * place in the cell. */
bool parse_bytes(const char *text, const struct table *classes, size_t rows, bool bytes[256],
                 size_t *where);
/* The bytes that an escaped text stands for. */
bool parse_escaped(const char *text, unsigned char *bytes, size_t *length, size_t *where);
bool is_token(const char *text);

#endif
