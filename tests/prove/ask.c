/* Asks the prover: ask DIALECT MATCH FLAGS PATTERN INTENT... (FLAGS `-`: none) asks one question,
 * ask - [SECONDS] those of the lines of standard input, which are the same with tabs between, the
 * pattern in hexadecimal, several of them with commas between. Prints for each the verdict and what
 * it took, then, a line each, tier, class, cause and origin; behind a line's answer, an empty line.
 */
#define _POSIX_C_SOURCE 200809L
#include "corsim_prove.h"
#include "engines/question.h"
#include "validator.h"

#include <stdlib.h>

struct asked {
    const char *dialect, *match, *flags;
    struct cors_bytes *patterns;
    size_t pattern_count;
    struct intent intent;
    double seconds; /* 0: as the prover has it */
};

/* What the real engine says, where the prover's machine is not exact. */
static bool accepts(void *context, struct cors_bytes origin)
{
    struct validator *validator = context;
    struct answer answer = {0};
    validator->most_steps = REGEX_FEW_STEPS;
    return validator->kind->ask(validator, &origin, 1, &answer) &&
           judge_answer(origin, &answer) != JUDGED_REFUSED;
}

static struct validator *engine_of(const struct asked *asked)
{
    char error[256];
    const struct regex_options options = {.match = regex_match_of(asked->match),
                                          .flags = asked->flags};
    return strcmp(asked->dialect, "pcre2") == 0 && asked->pattern_count == 1 &&
                   memchr(asked->patterns->at, '\0', asked->patterns->len) == NULL
               ? validator_open_regex(asked->dialect, asked->patterns->at, &options, error,
                                      sizeof error)
               : NULL;
}

static void print(const struct prove_answer *answer)
{
    static const char *const verdicts[] = {"PROVEN", "BYPASS", "UNDECIDED", "MALFORMED"};
    static const char *const causes[] = {"within", "nothing before", "nothing behind"};
    printf("%s %s column %zu  (%.3f ms, %zu states)\n", verdicts[answer->verdict],
           answer->reason == NULL ? "" : answer->reason, answer->column, answer->seconds * 1e3,
           answer->states);
    for (size_t i = 0; i < answer->witness_count; i++)
        printf("%s\t%s\t%s column %zu\t%.*s\n", tier_words[answer->witnesses[i].kind.tier],
               bypass_class_words[answer->witnesses[i].kind.class],
               causes[answer->witnesses[i].cause], answer->witnesses[i].column,
               (int)answer->witnesses[i].origin.len, answer->witnesses[i].origin.at);
}

/* An exit status: 0 is proven. */
static int ask(struct asked *asked, const struct public_suffixes *suffixes)
{
    struct prove_answer answer;
    struct validator *engine = engine_of(asked);
    const struct prove_question question = {.check = {.dialect = asked->dialect,
                                                      .match = asked->match,
                                                      .flags = asked->flags,
                                                      .patterns = asked->patterns,
                                                      .pattern_count = asked->pattern_count},
                                            .profile = PROFILE_BROWSER,
                                            .intent = &asked->intent,
                                            .suffixes = suffixes,
                                            .accepts = engine == NULL ? NULL : accepts,
                                            .context = engine,
                                            .seconds = asked->seconds};
    const bool made = prove(&question, &answer);
    const int status = !made ? 2 : answer.verdict != PROVE_PROVEN;
    if (made)
        print(&answer);
    prove_free(&answer);
    if (engine != NULL)
        validator_close(engine);
    return status;
}

static bool mean(struct intent *intent, const char *entry)
{
    struct intent_error error;
    return intent_add(intent, (struct cors_bytes){entry, strlen(entry)}, &error);
}

/* Patterns in hexadecimal, decoded where they stand; false: no memory. */
static bool read_patterns(struct asked *asked, char *hex)
{
    size_t room = 1;
    for (const char *at = hex; *at != '\0'; at++)
        room += *at == ',';
    asked->patterns = calloc(room, sizeof *asked->patterns);
    if (asked->patterns == NULL)
        return false;
    for (bool more = true; more;) {
        char *const start = hex;
        more = strchr(hex, ',') != NULL;
        const size_t length = decode_hex(&hex);
        start[length] = '\0';
        asked->patterns[asked->pattern_count++] = (struct cors_bytes){start, length};
    }
    return true;
}

static bool ask_line(char *line, const struct public_suffixes *suffixes, double seconds)
{
    struct asked asked = {.dialect = next_field(&line), .match = next_field(&line)};
    asked.flags = next_field(&line);
    asked.seconds = seconds;
    bool fine = read_patterns(&asked, next_field(&line));
    while (fine && *line != '\0')
        fine = mean(&asked.intent, next_field(&line));
    if (strcmp(asked.flags, "-") == 0)
        asked.flags = "";
    fine = fine && ask(&asked, suffixes) != 2;
    puts("");
    fflush(stdout);
    free(asked.patterns);
    intent_free(&asked.intent);
    return fine;
}

static int ask_lines(const struct public_suffixes *suffixes, double seconds)
{
    char *line = NULL;
    size_t room = 0;
    bool fine = true;
    while (fine && getline(&line, &room, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        fine = ask_line(line, suffixes, seconds);
    }
    free(line);
    return fine ? 0 : 2;
}

int main(int argc, char **argv)
{
    struct public_suffixes *suffixes = public_suffixes_open();
    int status = 2;
    if (argc > 1 && strcmp(argv[1], "-") == 0) {
        status = ask_lines(suffixes, argc > 2 ? strtod(argv[2], NULL) : 0);
    } else if (argc >= 5) {
        struct cors_bytes pattern = {argv[4], strlen(argv[4])};
        struct asked asked = {.dialect = argv[1],
                              .match = argv[2],
                              .flags = strcmp(argv[3], "-") == 0 ? "" : argv[3],
                              .patterns = &pattern,
                              .pattern_count = 1};
        bool fine = true;
        for (int i = 5; i < argc && fine; i++)
            fine = mean(&asked.intent, argv[i]);
        status = fine ? ask(&asked, suffixes) : 2;
        intent_free(&asked.intent);
    }
    public_suffixes_close(suffixes);
    return status;
}
