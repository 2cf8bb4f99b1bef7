/* Asking a validator in a test: a few origins as strings, and the answers as they are to be. */
#ifndef CORSIM_TESTS_ASKING_H
#define CORSIM_TESTS_ASKING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "validator_parts.h"

#include <string.h>

enum { MOST = 512 };

static struct answer answers[MOST];
static char opening_error[600];

static inline struct cors_bytes bytes_of_string(const char *string)
{
    return (struct cors_bytes){string, strlen(string)};
}

/* Up to the NULL that ends them. */
static inline bool ask_strings(struct validator *validator, const char *const *strings)
{
    struct cors_bytes origins[MOST];
    size_t count = 0;
    while (strings[count] != NULL) {
        origins[count] = bytes_of_string(strings[count]);
        count++;
    }
    validator->error[0] = '\0';
    memset(answers, 0, count * sizeof *answers);
    return validator->kind->ask(validator, origins, count, answers);
}

#define ASK(validator, ...) ask_strings(validator, (const char *const[]){__VA_ARGS__, NULL})

static inline void assert_value(const struct answer *answer, const char *value)
{
    assert_int_equal(answer->kind, ANSWER_VALUE);
    assert_int_equal(answer->value.len, strlen(value));
    assert_memory_equal(answer->value.at, value, strlen(value));
}

static inline void assert_says(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", part, text);
}

#endif
