/* Asks the validator that the flags of `corsim fuzz` say about each origin of standard input, which
 * is ended by a NUL each: an origin of the corpus may hold any other byte. For each comes out,
 * ended by a NUL too and with tabs between: what came of it (none, value, crashed, hung, broken),
 * whether a browser sends the origin, whether it is meant (1 or 0), its class, and the value.
 * `check` reads it. Invariant: what cannot be read or opened is said on standard error, and the
 * exit status is 1. */
#include "intent.h"
#include "validator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_LINE = 4096 };

struct asked {
    const char *regex, *dialect, *match, *flags, *echo, *exec, *function;
    struct intent intent;
};

static bool add_intent(struct intent *intent, const char *text)
{
    struct intent_error error = {0};
    if (intent_add(intent, (struct cors_bytes){text, strlen(text)}, &error))
        return true;
    fprintf(stderr, "--intend %s: column %zu: expected %s\n", text, error.column,
            error.expected == NULL ? "more memory" : error.expected);
    return false;
}

static bool read_flag(struct asked *asked, const char *flag, const char *value)
{
    const struct {
        const char *flag, **value;
    } known[] = {{"--regex", &asked->regex},      {"--dialect", &asked->dialect},
                 {"--match", &asked->match},      {"--flags", &asked->flags},
                 {"--echo", &asked->echo},        {"--exec", &asked->exec},
                 {"--function", &asked->function}};
    if (strcmp(flag, "--intend") == 0)
        return add_intent(&asked->intent, value);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(flag, known[i].flag) == 0) {
            *known[i].value = value;
            return true;
        }
    fprintf(stderr, "unknown flag %s\n", flag);
    return false;
}

static struct validator *open_validator(const struct asked *asked, char *error, size_t size)
{
    const char *dialect = asked->dialect == NULL ? "pcre2" : asked->dialect;
    const char *match = asked->match == NULL ? "search" : asked->match;
    const struct regex_options options = {.match = regex_match_of(match),
                                          .flags = asked->flags,
                                          .echo_matched = asked->echo != NULL &&
                                                          strcmp(asked->echo, "matched") == 0};
    if (asked->exec != NULL)
        return validator_open_exec(asked->exec, &(struct exec_options){0}, error, size);
    if (asked->function != NULL)
        return validator_open_function(asked->function, error, size);
    if (asked->regex != NULL)
        return validator_open_regex(dialect, asked->regex, &options, error, size);
    snprintf(error, size, "--regex, --exec or --function");
    return NULL;
}

static bool ask(struct validator *validator, const struct intent *intent,
                const struct public_suffixes *suffixes, struct cors_bytes origin)
{
    static const char *const kinds[] = {"unasked", "none", "value", "crashed", "hung", "broken"};
    struct answer answer;
    if (!validator->kind->ask(validator, &origin, 1, &answer))
        return false;
    printf("%s\t%d\t%d\t%s\t", kinds[answer.kind], origin_sendable(origin, PROFILE_BROWSER),
           intent_holds(intent, origin),
           bypass_class_words[kind_of_witness(intent, origin, suffixes).class]);
    if (answer.kind == ANSWER_VALUE)
        fwrite(answer.value.at, 1, answer.value.len, stdout);
    putchar('\0');
    return true;
}

static int ask_all(const struct asked *asked)
{
    char error[600] = "out of memory";
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    struct validator *validator = open_validator(asked, error, sizeof error);
    if (validator == NULL) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    struct public_suffixes *suffixes = public_suffixes_open();
    bool goes_on = true;
    while (goes_on && (len = getdelim(&line, &room, '\0', stdin)) > 0)
        goes_on = len <= LONGEST_LINE && ask(validator, &asked->intent, suffixes,
                                             (struct cors_bytes){line, (size_t)len - 1});
    if (!goes_on)
        fprintf(stderr, "%s\n", validator->error);
    free(line);
    public_suffixes_close(suffixes);
    validator_close(validator);
    return !goes_on;
}

int main(int argc, char **argv)
{
    struct asked asked = {0};
    int status = argc % 2 == 0;
    for (int i = 1; status == 0 && i + 1 < argc; i += 2)
        status = !read_flag(&asked, argv[i], argv[i + 1]);
    if (status == 0)
        status = ask_all(&asked);
    intent_free(&asked.intent);
    return status;
}
