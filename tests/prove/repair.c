/* Asks for a repair, and holds it against the real engine:
 * repair DIALECT MATCH FLAGS PATTERN INTENT... [!WITNESS]... (FLAGS `-`: none; MATCH `preset`:
 * DIALECT is one, of which no engine is asked). Prints how it was found, the patterns, and a line
 * that starts with WRONG for all that is not as it should be. */
#include "repair.h"
#include "validator.h"

#include <stdio.h>
#include <string.h>

struct asked {
    const char *dialect;
    struct regex_options options;
    struct intent intent;
    unsigned wrong;
};

static struct validator *engine_of(const struct asked *asked, const char *pattern)
{
    char error[256] = "";
    struct regex_options options = asked->options;
    const char *dialect = asked->dialect;
    if (strncmp(dialect, "javascript-", strlen("javascript-")) == 0) {
        options.flags = dialect + strlen("javascript-");
        dialect = "javascript";
    }
    struct validator *validator =
        validator_open_regex(dialect, pattern, &options, error, sizeof error);
    if (validator == NULL)
        printf("no engine: %s\n", error);
    return validator;
}

static bool accepts(struct validator *validator, const char *origin)
{
    struct answer answer = {0};
    const struct cors_bytes bytes = {origin, strlen(origin)};
    return validator->kind->ask(validator, &bytes, 1, &answer) &&
           judge_answer(bytes, &answer) != JUDGED_REFUSED;
}

static void complain(struct asked *asked, const char *what, const char *origin)
{
    printf("WRONG %s: %s\n", what, origin);
    asked->wrong++;
}

/* Origins of an entry, one for each number: names below it, schemes, ports. False: it has none of
 * that number. */
enum { SAMPLES = 36 };

static bool sample(const struct intent_entry *entry, unsigned number, char *text, size_t size)
{
    static const char *const names[] = {"", "a.", "www.", "api.", "api.a.", "a-b.c1."};
    static const char *const ports[] = {"", ":8080", ":1"};
    const bool https = number % 2 == 0;
    const char *name = names[number / 2 % 6], *any_port = ports[number / 12];
    char port[16] = "";
    if (entry->null) {
        snprintf(text, size, "null");
        return number == 0;
    }
    if (entry->port_kind == INTENT_PORT_NUMBER)
        snprintf(port, sizeof port, ":%u", (unsigned)entry->port);
    snprintf(text, size, "http%s://%s%.*s%s%s", https ? "s" : "", name, (int)entry->host.len,
             entry->host.at, port, any_port);
    return (https ? entry->https : entry->http) && (*name != '\0') == entry->below &&
           (*any_port == '\0' || entry->port_kind == INTENT_PORT_ANY);
}

/* What the old pattern took the new one has to take, and of each entry something. */
static void check_entry(struct asked *asked, const struct intent_entry *entry,
                        struct validator *old, struct validator *new)
{
    char text[2048];
    bool taken = false;
    for (unsigned i = 0; i < SAMPLES; i++) {
        if (!sample(entry, i, text, sizeof text))
            continue;
        const bool is_taken = accepts(new, text);
        taken |= is_taken;
        if (!is_taken && accepts(old, text))
            complain(asked, "lost", text);
    }
    if (!taken)
        complain(asked, "refused", entry->text.at);
}

static void check_engine(struct asked *asked, const char *pattern, const struct repair *repair,
                         char **witnesses, int count)
{
    char text[4096];
    snprintf(text, sizeof text, "%.*s", (int)repair->patterns[0].len, repair->patterns[0].at);
    struct validator *old = engine_of(asked, pattern), *new = engine_of(asked, text);
    for (size_t i = 0; i < asked->intent.count && old != NULL && new != NULL; i++)
        check_entry(asked, &asked->intent.entries[i], old, new);
    for (int i = 0; i < count && new != NULL; i++)
        if (*witnesses[i] == '!' && accepts(new, witnesses[i] + 1))
            complain(asked, "let in", witnesses[i] + 1);
    if (old != NULL)
        validator_close(old);
    if (new != NULL)
        validator_close(new);
}

/* The repair is proven by a question of its own. */
static void check_proof(struct asked *asked, const struct prove_question *question,
                        const struct repair *repair)
{
    struct prove_question again = *question;
    struct prove_answer answer;
    again.check.patterns = repair->patterns;
    again.check.pattern_count = repair->pattern_count;
    if (!prove(&again, &answer) || answer.verdict != PROVE_PROVEN)
        complain(asked, "not proven", "the repair");
    prove_free(&answer);
}

int main(int argc, char **argv)
{
    static const char *const kinds[] = {"none", "edited", "anew"};
    struct asked asked = {.dialect = argc > 1 ? argv[1] : ""};
    struct intent_error error;
    struct prove_answer answer;
    struct repair repair;
    if (argc < 6)
        return 2;
    asked.options.flags = strcmp(argv[3], "-") == 0 ? "" : argv[3];
    asked.options.match = strcmp(argv[2], "prefix") == 0 ? REGEX_PREFIX
                          : strcmp(argv[2], "full") == 0 ? REGEX_FULL
                                                         : REGEX_SEARCH;
    for (int i = 5; i < argc; i++)
        if (*argv[i] != '!' &&
            !intent_add(&asked.intent, (struct cors_bytes){argv[i], strlen(argv[i])}, &error))
            return 2;
    struct public_suffixes *suffixes = public_suffixes_open();
    const struct cors_bytes pattern = {argv[4], strlen(argv[4])};
    const bool is_preset = strcmp(argv[2], "preset") == 0;
    const struct prove_question question = {.check = {.preset = is_preset ? argv[1] : NULL,
                                                      .dialect = argv[1],
                                                      .match = argv[2],
                                                      .flags = asked.options.flags,
                                                      .patterns = &pattern,
                                                      .pattern_count = 1},
                                            .profile = PROFILE_BROWSER,
                                            .intent = &asked.intent,
                                            .suffixes = suffixes};
    if (!prove(&question, &answer) || !repair_find(&question, &answer, &repair))
        return 2;
    printf("%s\t%zu\t%s\n", kinds[repair.kind], repair.tried,
           repair.advice != NULL   ? repair.advice
           : repair.reason != NULL ? repair.reason
                                   : "");
    for (size_t i = 0; i < repair.pattern_count; i++)
        printf("%s%.*s", i == 0 ? "" : " ", (int)repair.patterns[i].len, repair.patterns[i].at);
    putchar('\n');
    if (repair.kind != REPAIR_NONE)
        check_proof(&asked, &question, &repair);
    if (repair.kind != REPAIR_NONE && !is_preset)
        check_engine(&asked, argv[4], &repair, argv + 5, argc - 5);
    repair_free(&repair);
    prove_free(&answer);
    intent_free(&asked.intent);
    public_suffixes_close(suffixes);
    return asked.wrong > 0 ? 1 : 0;
}
