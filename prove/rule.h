/* What is done with one configured string: a row of presets.tsv, or what the words of a check say
 * that has no preset. */
#ifndef CORSIM_PROVE_RULE_H
#define CORSIM_PROVE_RULE_H

#include "configured.h"
#include "corsim_prove.h"
#include "presets.h"

struct rule {
    const unsigned char *steps;
    const char *flags; /* of the row; NULL: none */
    enum preset_match match;
    enum preset_case case_rule;
    enum preset_part part;
    enum preset_answer answer;
    bool is_any, is_text; /* is_text: a literal or a glob; neither: a pattern */
    bool lasting;         /* where the last match ended lasts */
    enum dialect dialect;
};

/* False: there is no check, as the error says. */
bool rule_of_words(const struct prove_check *given, struct rule *rule, struct pattern_error *error);
bool rule_of_row(const struct prove_check *given, const struct preset_row *row, struct rule *rule,
                 struct pattern_error *error);
/* The flags of the row, of the check and of the string, as the parser takes them; the dialect may
 * be one of them. NULL: the error says why. */
const char *rule_flags(const struct rule *rule, const struct prove_check *given,
                       const struct configured *string, enum dialect *dialect);
/* Sets the error; false. */
bool rule_refuse(struct pattern_error *error, const char *what, bool not_modelled);

#endif
