/* Flags of the subcommands. A command describes itself once, as a `struct command` with a table of
 * options; its --help, its parsing and its usage errors are all made from that. Every command has
 * --help and --color without listing them. Flags follow curl: `--flag VALUE`, `--flag=VALUE`,
 * `-fVALUE`, `-f VALUE`, `-abc` for flags without a value; `--` ends them; a lone `-` is an
 * operand.
 *
 *     static int frob(int argc, char **argv)
 *     {
 *         int format = FORMAT_TEXT;
 *         bool verbose = false;
 *         struct string_list headers = {0};
 *         const struct option options[] = {
 *             {"format", 0, "text|json", "how to print", OPTION_CHOICE, &format, formats},
 *             {"header", 'H', "LINE", "send this header", OPTION_STRINGS, &headers, NULL},
 *             {"verbose", 'v', NULL, "say more", OPTION_TRUE, &verbose, NULL},
 *         };
 *         const struct command command = {
 *             .name = "frob", .operands = "FILE...", .summary = "Frobs files.",
 *             .example = "corsim frob a.case", .least = 1, .most = UINT_MAX,
 *             .options = options, .option_count = sizeof options / sizeof *options};
 *         struct command_line line;
 *         if (!command_parse(&command, argc, argv, &line))
 *             return line.status;             // 0 after --help, 2 after a usage error
 *         ...
 *         command_line_free(&line); string_list_free(&headers);
 */
#ifndef CORSIM_OPTIONS_H
#define CORSIM_OPTIONS_H

#include "output.h"

#include <limits.h>

/* A word and what it stands for. Tables end with a NULL word. */
struct choice {
    const char *word;
    int value;
};

/* NULL if no choice has that value. */
const char *choice_word(const struct choice *choices, int value);
/* NULL if there is no such word. */
const struct choice *choice_find(const struct choice *choices, struct cors_bytes word);
/* "a, b or c", into `memory`. */
struct cors_bytes alternatives(const char *const *words, size_t count, struct memory *memory);
/* The same of the words of choices. */
struct cors_bytes choice_list(const struct choice *choices, struct memory *memory);

/* Values of a flag that may be repeated, in order. The strings are argv's. */
struct string_list {
    const char **at;
    size_t count;
    size_t capacity;
};

void string_list_append(struct string_list *list, const char *string);
void string_list_free(struct string_list *list);

enum option_kind {
    OPTION_TRUE = 0, /* no value; target: bool, set to true */
    OPTION_STRING,   /* target: const char *; the last one counts */
    OPTION_STRINGS,  /* target: struct string_list */
    OPTION_NUMBER,   /* target: unsigned long; decimal digits only */
    OPTION_SECONDS,  /* target: double; digits, optionally a point and digits */
    OPTION_CHOICE,   /* target: int; one of `choices` */
};

struct option {
    const char *name;     /* without the dashes */
    char letter;          /* 0: none */
    const char *argument; /* what --help calls the value; NULL: takes none */
    const char *help;     /* one line; NULL: works, but is not listed */
    enum option_kind kind;
    void *target;
    const struct choice *choices;
};

struct command {
    const char *name;
    const char *operands; /* as in the usage line, "URL"; NULL: none */
    const char *summary;  /* what it does, in a sentence */
    const char *example;  /* whole command lines, one below the other */
    const char *notes;    /* paragraphs below the options; may be NULL */
    unsigned least, most; /* operands */
    const struct option *options;
    size_t option_count;
};

struct command_line {
    int status; /* to exit with, when command_parse returned false */
    const char **operands;
    size_t operand_count;
    enum colour colour;
};

bool command_parse(const struct command *command, int argc, char **argv, struct command_line *line);
void command_line_free(struct command_line *line);

/* "corsim check: MESSAGE" and where to find help, on stderr; returns EXIT_USAGE. The message's
 * arguments must be escaped already (see escaped() in output.h). */
int usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "corsim check: MESSAGE" alone; returns `status`. */
int command_error(const struct command *command, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The candidate nearest to `given` if it is near enough to be what was meant, else NULL. */
const char *nearest_word(struct cors_bytes given, const char *const *candidates, size_t count);
const char *nearest_choice(struct cors_bytes given, const struct choice *choices);

#endif
