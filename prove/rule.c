/* Rules, from a row of the table or from the words of a command line. */
#include "rule.h"

#include <string.h>

bool rule_refuse(struct pattern_error *error, const char *what, bool not_modelled)
{
    *error = (struct pattern_error){.what = what, .not_modelled = not_modelled};
    return false;
}

/* ---- Words --------------------------------------------------------------------------------- */

static bool dialect_of_word(const char *word, enum dialect *dialect)
{
    static const char *const aliases[][2] = {{"js", "javascript"}, {"php", "pcre2"}, {"re2", "go"}};
    unsigned found = 0;
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(word, aliases[i][0]) == 0)
            word = aliases[i][1];
    while (found < DIALECT_COUNT && strcmp(word, dialect_words[found]) != 0)
        found++;
    *dialect = (enum dialect)found;
    return found < DIALECT_COUNT;
}

static bool match_of_word(const char *word, enum preset_match *match)
{
    static const char *const words[] = {
        [PRESET_MATCH_FULL] = "full",
        [PRESET_MATCH_SEARCH] = "search",
        [PRESET_MATCH_PREFIX] = "prefix",
        [PRESET_MATCH_SUFFIX] = "suffix",
    };
    for (unsigned i = PRESET_MATCH_FULL; i <= PRESET_MATCH_SUFFIX; i++)
        if (strcmp(word, words[i]) == 0) {
            *match = (enum preset_match)i;
            return true;
        }
    return false;
}

/* ---- Rules --------------------------------------------------------------------------------- */

/* What the words of a question say that has no preset. */
bool rule_of_words(const struct prove_check *given, struct rule *rule, struct pattern_error *error)
{
    static const unsigned char no_steps[] = {PRESET_STEP_NONE};
    static const unsigned char stars[] = {PRESET_STEP_STAR, PRESET_STEP_NONE};
    const char *dialect = given->dialect, *match = given->match;
    *rule = (struct rule){.steps = no_steps,
                          .match = PRESET_MATCH_FULL,
                          .case_rule = PRESET_CASE_EXACT,
                          .answer = PRESET_ANSWER_ORIGIN};
    if (dialect == NULL)
        return rule_refuse(error, "no dialect and no preset says what the pattern means", false);
    rule->is_any = strcmp(dialect, "any") == 0;
    rule->is_text = strcmp(dialect, "literal") == 0 || strcmp(dialect, "glob") == 0;
    if (strcmp(dialect, "glob") == 0)
        rule->steps = stars;
    if (!rule->is_any && !rule->is_text && !dialect_of_word(dialect, &rule->dialect))
        return rule_refuse(error, "there is no such dialect", false);
    if (rule->is_any || (rule->is_text && match == NULL))
        return true;
    if (match == NULL || !match_of_word(match, &rule->match) ||
        (rule->match == PRESET_MATCH_SUFFIX && !rule->is_text))
        return rule_refuse(error, "there is no such way of matching", false);
    return true;
}

/* False: the row, or the flags that were given, say that there is no check. */
bool rule_of_row(const struct prove_check *given, const struct preset_row *row, struct rule *rule,
                 struct pattern_error *error)
{
    static const char *const words[] = {
        [PRESET_DIALECT_PCRE2] = "pcre2",
        [PRESET_DIALECT_PYTHON] = "python",
        [PRESET_DIALECT_JAVASCRIPT] = "javascript",
        [PRESET_DIALECT_RUBY] = "ruby",
        [PRESET_DIALECT_RE2] = "re2",
    };
    const bool credentials = given->credentials;
    const char *flags = given->flags;
    *rule = (struct rule){.steps = row->steps,
                          .flags = row->flags == PRESET_FLAGS_I ? "i" : NULL,
                          .match = (enum preset_match)row->match,
                          .case_rule = (enum preset_case)row->case_rule,
                          .part = (enum preset_part)row->part,
                          .answer = (enum preset_answer)row->answer,
                          .is_any = row->dialect == PRESET_DIALECT_ANY,
                          .is_text = row->dialect == PRESET_DIALECT_LITERAL ||
                                     row->dialect == PRESET_DIALECT_GLOB,
                          .lasting = row->flags == PRESET_FLAGS_LASTING};
    if (row->answer == PRESET_ANSWER_REFUSED || row->answer == PRESET_ANSWER_UNKNOWN)
        return rule_refuse(error, row->refusal, row->answer == PRESET_ANSWER_UNKNOWN);
    if (credentials && (row->credentials == PRESET_CREDENTIALS_REFUSED ||
                        row->credentials == PRESET_CREDENTIALS_ERROR))
        return rule_refuse(error, row->refusal_with_credentials, false);
    if (credentials && row->credentials == PRESET_CREDENTIALS_ORIGIN)
        rule->answer = PRESET_ANSWER_ORIGIN;
    if (flags != NULL && *flags != '\0' && row->flags != PRESET_FLAGS_GIVEN &&
        row->flags != PRESET_FLAGS_LASTING)
        return rule_refuse(error, "this setting takes no flags", false);
    return rule->is_any || rule->is_text || dialect_of_word(words[row->dialect], &rule->dialect);
}

/* ---- Flags --------------------------------------------------------------------------------- */

enum { MOST_FLAGS = 32 };

/* What a flag of JavaScript makes of the dialect; false: that is a SyntaxError. */
static bool change_dialect(char flag, enum dialect *dialect)
{
    const bool is_first = *dialect == DIALECT_JAVASCRIPT;
    *dialect = flag == 'u' ? DIALECT_JAVASCRIPT_U : DIALECT_JAVASCRIPT_V;
    return is_first;
}

static bool add_flags(const struct rule *rule, const char *from, char *flags, enum dialect *dialect,
                      struct pattern_error *error)
{
    size_t count = strlen(flags);
    for (; from != NULL && *from != '\0'; from++) {
        const bool is_dialect = rule->dialect == DIALECT_JAVASCRIPT && strchr("uv", *from) != NULL;
        if (is_dialect && !change_dialect(*from, dialect))
            return rule_refuse(error, "flags that exclude each other, or one twice", false);
        if (is_dialect)
            continue;
        if (*from == 'y' && rule->lasting)
            return rule_refuse(
                error, "with y it depends on the origins that were asked about before", true);
        if (count == MOST_FLAGS)
            return rule_refuse(error, "too many flags", true);
        flags[count++] = *from;
    }
    return true;
}

const char *rule_flags(const struct rule *rule, const struct prove_check *given,
                       const struct configured *string, enum dialect *dialect)
{
    char *flags = prove_take(string->memory, MOST_FLAGS + 1);
    if (flags == NULL) {
        rule_refuse(string->error, "the check takes more memory than it may", true);
        return NULL;
    }
    return add_flags(rule, rule->flags, flags, dialect, string->error) &&
                   add_flags(rule, given->flags, flags, dialect, string->error) &&
                   add_flags(rule, string->flags, flags, dialect, string->error)
               ? flags
               : NULL;
}
