/* Asks the prover one question: ask DIALECT MATCH FLAGS PATTERN INTENT... (FLAGS `-`: none).
 * Prints the verdict and, a line each, tier, class, column and origin. */
#include "corsim_prove.h"
#include "validator.h"

#include <stdio.h>
#include <string.h>

/* What the real engine says, where the prover's machine is not exact. */
static bool accepts(void *context, struct cors_bytes origin)
{
    struct validator *validator = context;
    struct answer answer = {0};
    return validator->kind->ask(validator, &origin, 1, &answer) &&
           judge_answer(origin, &answer) != JUDGED_REFUSED;
}

static struct validator *engine_of(char **argv)
{
    char error[256];
    struct regex_options options = {.flags = strcmp(argv[3], "-") == 0 ? "" : argv[3]};
    options.match = strcmp(argv[2], "prefix") == 0 ? REGEX_PREFIX
                    : strcmp(argv[2], "full") == 0 ? REGEX_FULL
                                                   : REGEX_SEARCH;
    return strcmp(argv[1], "pcre2") == 0
               ? validator_open_regex(argv[4], &options, error, sizeof error)
               : NULL;
}

int main(int argc, char **argv)
{
    static const char *const verdicts[] = {"PROVEN", "BYPASS", "UNDECIDED", "MALFORMED"};
    static const char *const causes[] = {"within", "nothing before", "nothing behind"};
    struct intent intent = {0};
    struct intent_error error;
    struct prove_answer answer;
    if (argc < 5)
        return 2;
    for (int i = 5; i < argc; i++)
        if (!intent_add(&intent, (struct cors_bytes){argv[i], strlen(argv[i])}, &error))
            return 2;
    struct public_suffixes *suffixes = public_suffixes_open();
    struct validator *engine = engine_of(argv);
    const struct cors_bytes pattern = {argv[4], strlen(argv[4])};
    const struct prove_question question = {
        .check = {.dialect = argv[1],
                  .match = argv[2],
                  .flags = strcmp(argv[3], "-") == 0 ? "" : argv[3],
                  .patterns = &pattern,
                  .pattern_count = 1},
        .profile = PROFILE_BROWSER,
        .intent = &intent,
        .suffixes = suffixes,
        .accepts = engine == NULL ? NULL : accepts,
        .context = engine};
    if (!prove(&question, &answer))
        return 2;
    printf("%s %s column %zu  (%.1f ms, %zu states)\n", verdicts[answer.verdict],
           answer.reason == NULL ? "" : answer.reason, answer.column, answer.seconds * 1e3,
           answer.states);
    for (size_t i = 0; i < answer.witness_count; i++)
        printf("%s\t%s\t%s column %zu\t%.*s\n", tier_words[answer.witnesses[i].kind.tier],
               bypass_class_words[answer.witnesses[i].kind.class],
               causes[answer.witnesses[i].cause], answer.witnesses[i].column,
               (int)answer.witnesses[i].origin.len, answer.witnesses[i].origin.at);
    const int status = answer.verdict == PROVE_PROVEN ? 0 : 1;
    prove_free(&answer);
    if (engine != NULL)
        validator_close(engine);
    intent_free(&intent);
    public_suffixes_close(suffixes);
    return status;
}
