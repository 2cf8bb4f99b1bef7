/* What the tests of the HTTP algorithms share: results as text, so that a table row holds both
 * what goes in and what must come out, and a failure shows both. */
#ifndef HTTP_TEST_H
#define HTTP_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "headers.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Memory that is taken anew for each test. */
static _Alignas(16) char memory[1 << 20];

static inline struct cors_arena fresh_arena(void)
{
    return cors_arena_over(memory, sizeof memory);
}

/* The bytes of a C string; NULL is null. */
static inline struct cors_bytes bytes_of(const char *string)
{
    return (struct cors_bytes){string, string == NULL ? 0 : strlen(string)};
}

/* A result as text that stays until 16 more were made. */
static inline char *next_text(void)
{
    static char texts[16][4096];
    static unsigned next;
    char *text = texts[next++ % COUNT(texts)];
    text[0] = '\0';
    return text;
}

static inline const char *text_of(struct cors_bytes bytes)
{
    char *text = next_text();
    if (is_null(bytes))
        return "null";
    snprintf(text, 4096, "`%.*s`", (int)bytes.len, bytes.at);
    return text;
}

/* null, failure, or [first|second]. */
static inline const char *values_text(struct cors_values values)
{
    char *text = next_text();
    size_t len = 0;
    if (values.kind != CORS_VALUES_LIST)
        return values.kind == CORS_VALUES_NULL ? "null" : "failure";
    len += (size_t)snprintf(text, 4096, "[");
    for (size_t i = 0; i < values.count && len < 3000; i++)
        len += (size_t)snprintf(text + len, 4096 - len, "%s%.*s", i == 0 ? "" : "|",
                                (int)values.at[i].len, values.at[i].at);
    snprintf(text + len, 4096 - len, "]");
    return text;
}

/* name: value; name: value */
static inline const char *list_text(const struct cors_header_list *list)
{
    char *text = next_text();
    size_t len = 0;
    for (size_t i = 0; i < list->count && len < 3000; i++)
        len += (size_t)snprintf(text + len, 4096 - len, "%s%.*s: %.*s", i == 0 ? "" : "; ",
                                (int)list->at[i].name.len, list->at[i].name.at,
                                (int)list->at[i].value.len, list->at[i].value.at);
    return text;
}

/* A header list from lines "name: value"; the value is what stands between the colon's space and
 * the end of the line, spaces included. */
static inline struct cors_header_list list_of(const char *lines)
{
    static struct cors_header headers[64];
    struct cors_header_list list = {.at = headers};
    while (*lines != '\0') {
        const char *colon = strchr(lines, ':');
        const char *end = strchr(lines, '\n');
        if (end == NULL)
            end = lines + strlen(lines);
        const char *value = colon + 1 < end ? colon + 2 : end;
        assert_true(list.count < COUNT(headers));
        headers[list.count++] = (struct cors_header){
            {lines, (size_t)(colon - lines)},
            {value, (size_t)(end - value)},
        };
        lines = *end == '\0' ? end : end + 1;
    }
    return list;
}

/* Counts through all strings over an alphabet, the shortest first: start with an empty `text`;
 * false behind the last one of `max_len` bytes. */
static inline bool next_string(char *text, const char *alphabet, size_t max_len)
{
    const size_t len = strlen(text);
    for (size_t i = len; i-- > 0;) {
        const char *next = strchr(alphabet, text[i]) + 1;
        if (*next != '\0') {
            text[i] = *next;
            return true;
        }
        text[i] = alphabet[0];
    }
    if (len == max_len)
        return false;
    text[len] = alphabet[0];
    text[len + 1] = '\0';
    return true;
}

#endif
