/* The protocol of engines/README.md, for the programs in C: a line is one question. Invariant: what
 * is read stays inside its own buffer, which grows with the line. */
#ifndef CORSIM_TESTS_PROVE_QUESTION_H
#define CORSIM_TESTS_PROVE_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct question {
    const char *match, *flags; /* flags: letters, none of them is "" */
    char *pattern;             /* a NUL stands behind it */
    size_t length;
    char *subjects; /* those that have not been asked for yet */
};

static inline int hex_value(char digit)
{
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'a' && digit <= 'f' ? digit - 'W'
                                          : -1;
}

/* Decodes in place, up to what is no digit, which is passed; how many bytes. */
static inline size_t decode_hex(char **at)
{
    char *const out = *at;
    size_t length = 0;
    for (; hex_value((*at)[0]) >= 0 && hex_value((*at)[1]) >= 0; *at += 2)
        out[length++] = (char)(hex_value((*at)[0]) * 16 + hex_value((*at)[1]));
    *at += **at != '\0';
    return length;
}

/* What stands before the next tab, which becomes its end. */
static inline char *next_field(char **at)
{
    char *const field = *at, *tab = strchr(*at, '\t');
    if (tab != NULL)
        *tab = '\0';
    *at = tab == NULL ? field + strlen(field) : tab + 1;
    return field;
}

/* Reads a question from a line, which ends without a newline. */
static inline struct question question_of(char *line)
{
    struct question question = {.match = next_field(&line), .flags = next_field(&line)};
    if (strcmp(question.flags, "-") == 0)
        question.flags = "";
    question.pattern = next_field(&line);
    char *end = question.pattern;
    question.length = decode_hex(&end);
    question.pattern[question.length] = '\0';
    question.subjects = line;
    return question;
}

/* False: there is no other. */
static inline bool next_subject(struct question *question, const char **text, size_t *length)
{
    if (question->subjects == NULL)
        return false;
    char *at = question->subjects;
    *text = at;
    const bool last = strchr(at, ',') == NULL;
    *length = decode_hex(&at);
    question->subjects = last ? NULL : at;
    return true;
}

#endif
