/* Opens what bench/bypass gives (given.h). The flags are read here once more, so that the peers'
 * programs have nothing of the hunt in them, and none of its counters. */
#include "given.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct flags {
    const char *regex, *dialect, *match, *flags, *echo, *exec, *function;
};

/* The next line, ended by a NUL, or NULL. */
static char *next_line(char **rest)
{
    char *line = *rest;
    if (line == NULL || *line == '\0')
        return NULL;
    char *end = strchr(line, '\n');
    *rest = end == NULL ? NULL : end + 1;
    if (end != NULL)
        *end = '\0';
    return line;
}

static const char **flag_named(struct flags *flags, const char *name)
{
    const struct {
        const char *name, **value;
    } known[] = {{"--regex", &flags->regex},      {"--dialect", &flags->dialect},
                 {"--match", &flags->match},      {"--flags", &flags->flags},
                 {"--echo", &flags->echo},        {"--exec", &flags->exec},
                 {"--function", &flags->function}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i].name) == 0)
            return known[i].value;
    return NULL;
}

static bool read_flags(char *text, struct flags *flags)
{
    for (const char *name; (name = next_line(&text)) != NULL;) {
        const char **value = flag_named(flags, name);
        if (value == NULL || (*value = next_line(&text)) == NULL) {
            fprintf(stderr, "%s: %s is no flag of it, or has no value\n", GIVEN_VALIDATOR, name);
            return false;
        }
    }
    return true;
}

static struct validator *open_regex(const struct flags *flags, char *error, size_t size)
{
    const char *dialect = flags->dialect == NULL ? "pcre2" : flags->dialect;
    const char *match = flags->match == NULL ? "search" : flags->match;
    const struct regex_options options = {.flags = flags->flags,
                                          .match = regex_match_of(match),
                                          .echo_matched = flags->echo != NULL &&
                                                          strcmp(flags->echo, "matched") == 0};
    return validator_open_regex(dialect, flags->regex, &options, error, size);
}

static struct validator *open_validator(const struct flags *flags, char *error, size_t size)
{
    if (flags->regex != NULL)
        return open_regex(flags, error, size);
    if (flags->exec != NULL)
        return validator_open_exec(flags->exec, &(struct exec_options){0}, error, size);
    if (flags->function != NULL)
        return validator_open_function(flags->function, error, size);
    snprintf(error, size, "%s has no validator", GIVEN_VALIDATOR);
    return NULL;
}

static bool read_intent(struct intent *intent)
{
    const char *text = getenv(GIVEN_INTENT);
    struct intent_error error = {0};
    if (text != NULL && intent_add_lines(intent, (struct cors_bytes){text, strlen(text)}, &error))
        return true;
    fprintf(stderr, "%s: line %zu, column %zu: expected %s\n", GIVEN_INTENT, error.line,
            error.column, error.expected == NULL ? "entries" : error.expected);
    return false;
}

bool given_open(struct given *given, int (*linked)(const char *, size_t))
{
    const char *text = getenv(GIVEN_VALIDATOR);
    struct flags flags = {0};
    char error[512] = "out of memory";
    *given = (struct given){.text = strdup(text == NULL ? "" : text)};
    if (!read_intent(&given->intent) || given->text == NULL || !read_flags(given->text, &flags)) {
        given_close(given);
        return false;
    }
    given->validator = linked != NULL ? validator_open_linked(linked)
                                      : open_validator(&flags, error, sizeof error);
    if (given->validator != NULL)
        return true;
    fprintf(stderr, "%s\n", error);
    given_close(given);
    return false;
}

void given_close(struct given *given)
{
    if (given->validator != NULL)
        validator_close(given->validator);
    intent_free(&given->intent);
    free(given->text);
    *given = (struct given){0};
}

bool given_ask(struct given *given, struct cors_bytes origin, struct answer *answer)
{
    struct validator *validator = given->validator;
    if (validator->kind->ask(validator, &origin, 1, answer))
        return true;
    fprintf(stderr, "%s\n", validator->error);
    return false;
}
