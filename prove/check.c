/* From a check to the trees of its machine: each configured string goes through the row of its
 * preset, or through a rule that is made of the words of the command line. */
#include "check.h"

#include "glob.h"
#include "part.h"
#include "preset.h"
#include "rule.h"

#include <string.h>

struct reading {
    const struct prove_check *given;
    struct check *check;
    struct check_source *sources;
    size_t capacity;
    size_t configured; /* the string that is read */
    struct preset_rules *rules;
    struct prove_memory *memory;
    struct pattern_error *error;
};

static const char no_memory[] = "the check takes more memory than it may";

static bool refuse(struct reading *reading, const char *what, bool not_modelled)
{
    return rule_refuse(reading->error, what, not_modelled);
}

/* ---- Trees --------------------------------------------------------------------------------- */

static bool add_tree(struct reading *reading, const struct pattern *tree,
                     const struct check_source *source)
{
    struct check *check = reading->check;
    if (reading->sources == NULL || check->count == reading->capacity) {
        const size_t capacity = reading->capacity * 2 + 4;
        struct pattern *trees = prove_grow(reading->memory, check->trees,
                                           check->count * sizeof *trees, capacity * sizeof *trees);
        struct check_source *sources =
            prove_grow(reading->memory, reading->sources, check->count * sizeof *sources,
                       capacity * sizeof *sources);
        if (trees == NULL || sources == NULL)
            return refuse(reading, no_memory, true);
        check->trees = trees;
        check->sources = reading->sources = sources;
        reading->capacity = capacity;
    }
    check->trees[check->count] = *tree;
    reading->sources[check->count] = *source;
    reading->sources[check->count++].configured = reading->configured;
    return true;
}

/* A tree that was made here, for the whole origin. */
static bool made_tree(struct reading *reading, struct node *root, struct pattern *tree)
{
    *tree = (struct pattern){.dialect = DIALECT_PCRE2,
                             .match = PATTERN_FULL,
                             .root = root,
                             .groups = prove_take(reading->memory, sizeof(struct node *))};
    if (root == NULL || tree->groups == NULL || reading->memory->exhausted)
        return reading->error->what == NULL ? refuse(reading, no_memory, true) : false;
    return true;
}

static bool read_any(struct reading *reading, struct pattern *tree)
{
    return made_tree(reading, tree_root(reading->memory, tree_anything(reading->memory, "", 1)),
                     tree);
}

static bool read_none(struct reading *reading, struct pattern *tree)
{
    const struct byte_set none = {{0, 0}};
    struct node *byte = tree_set(reading->memory, &none, 1);
    return made_tree(reading, tree_root(reading->memory, byte), tree);
}

static bool read_text(struct reading *reading, const struct rule *rule, struct configured *string,
                      struct pattern *tree)
{
    const char *flags = reading->given->flags;
    const bool folded = flags != NULL && strcmp(flags, "i") == 0;
    if (flags != NULL && *flags != '\0' && !folded)
        return refuse(reading, "a string that is no pattern has no flags but i", false);
    struct node *root =
        glob_tree(string, rule->steps, folded ? PRESET_CASE_IGNORED : rule->case_rule);
    if (!made_tree(reading, root, tree))
        return false;
    if (rule->match == PRESET_MATCH_SEARCH)
        tree->match = PATTERN_SEARCH;
    if (rule->match == PRESET_MATCH_PREFIX)
        tree->match = PATTERN_PREFIX;
    if (rule->match == PRESET_MATCH_SUFFIX)
        tree->root = tree_root(reading->memory,
                               tree_sequence(reading->memory, tree_anything(reading->memory, "", 0),
                                             root, NULL, NULL));
    return true;
}

static bool read_pattern(struct reading *reading, const struct rule *rule,
                         const struct configured *string, struct pattern *tree,
                         struct check_source *source)
{
    struct pattern_source *pattern = &source->pattern;
    *pattern =
        (struct pattern_source){.dialect = rule->dialect,
                                .match = rule->match == PRESET_MATCH_FULL     ? PATTERN_FULL
                                         : rule->match == PRESET_MATCH_PREFIX ? PATTERN_PREFIX
                                                                              : PATTERN_SEARCH,
                                .text = string->at,
                                .length = string->length};
    if (string->anchored && pattern->match == PATTERN_SEARCH)
        pattern->match = PATTERN_PREFIX;
    pattern->flags = rule_flags(rule, reading->given, string, &pattern->dialect);
    if (pattern->flags == NULL)
        return false;
    if (!pattern_parse(pattern, reading->memory, tree, reading->error)) {
        reading->error->column = configured_column(string, reading->error->column);
        reading->error->not_modelled = reading->error->not_modelled || string->unicode;
        return false;
    }
    configured_columns(string, tree->root);
    return true;
}

/* ---- What the answer lets in --------------------------------------------------------------- */

/* The configured string is sent, which HTTP trims, to everybody (`is_any`) or to whom it equals:
 * the browsers of that one origin take it, and no others. */
static bool send_configured(struct reading *reading, bool is_any, struct configured *string,
                            struct pattern *tree, struct check_source *source)
{
    static const unsigned char no_steps[] = {PRESET_STEP_NONE};
    const size_t length = string->length;
    if (!configured_trim(string))
        return false;
    if (!is_any && string->length < length)
        return read_none(reading, tree);
    source->star = string->length == 1 && string->at[0] == '*';
    return source->star ? read_any(reading, tree)
                        : made_tree(reading, glob_tree(string, no_steps, PRESET_CASE_EXACT), tree);
}

/* Only the part that matched first is sent. If the whole origin can match, the first match begins
 * at its beginning; it is the whole if what is preferred there ends at the end. */
static bool send_matched(struct reading *reading, struct pattern *tree)
{
    struct node *first = tree_node(reading->memory, NODE_ATOMIC, 0);
    if (first == NULL)
        return refuse(reading, no_memory, true);
    first->first = tree->root;
    first->column = tree->root->column;
    tree->root = tree_root(reading->memory, first);
    tree->match = PATTERN_FULL;
    return true;
}

/* If it accepts the text *, which no browser sends, the system lets everybody in. */
static bool open_by_star(struct reading *reading, struct pattern *tree, struct check_source *source)
{
    struct machine machine;
    if (!machine_build(tree, 1, reading->memory, &machine, reading->error))
        return false;
    const int accepts = machine_accepts(&machine, "*", 1);
    if (accepts < 0 || (accepts > 0 && machine.inexact != NULL)) {
        *reading->error = (struct pattern_error){
            .column = machine.inexact_column,
            .what = "whether this accepts the text *, by which every origin is let in",
            .not_modelled = true,
        };
        return false;
    }
    if (accepts == 0)
        return true;
    source->pattern.text = NULL;
    return read_any(reading, tree);
}

/* ---- One configured string ----------------------------------------------------------------- */

/* Whether a step before the end says that the string is taken as it is. */
static bool take_steps(const struct reading *reading, const struct rule *rule,
                       struct configured *string, bool *alone)
{
    for (const unsigned char *step = rule->steps; *step != PRESET_STEP_NONE && !*alone; step++) {
        *alone = *step == PRESET_STEP_ALONE && reading->given->pattern_count == 1;
        if (!configured_step(string, (enum preset_step) * step))
            return false;
    }
    return true;
}

static bool read_tree(struct reading *reading, const struct rule *rule, struct configured *string,
                      struct pattern *tree, struct check_source *source)
{
    bool alone = false;
    source->star = rule->answer == PRESET_ANSWER_STAR;
    if (!take_steps(reading, rule, string, &alone))
        return false;
    if (alone || rule->answer == PRESET_ANSWER_CONFIGURED)
        return send_configured(reading, alone || rule->is_any, string, tree, source);
    if (rule->answer == PRESET_ANSWER_UNEXPANDED)
        return read_none(reading, tree);
    if (rule->is_any)
        return read_any(reading, tree);
    if (!(rule->is_text ? read_text(reading, rule, string, tree)
                        : read_pattern(reading, rule, string, tree, source)))
        return false;
    if (has_step(rule->steps, PRESET_STEP_STAR_OPENS) && !open_by_star(reading, tree, source))
        return false;
    if (rule->part != PRESET_PART_ORIGIN && rule->part != PRESET_PART_NONE) {
        part_apply(tree, rule->part, reading->memory);
        source->pattern.text = NULL;
    }
    source->matched = rule->answer == PRESET_ANSWER_MATCHED;
    if (source->matched && !send_matched(reading, tree))
        return false;
    return !reading->memory->exhausted || refuse(reading, no_memory, true);
}

static bool read_string(struct reading *reading, struct configured *string, size_t from);

/* Each part between commas, for the rows behind that which says so. */
static bool read_several(struct reading *reading, const struct preset_row *row,
                         const struct configured *string)
{
    const bool brackets = has_step(row->steps, PRESET_STEP_BRACKETS);
    bool within = false;
    size_t start = 0;
    for (size_t at = 0; at <= string->length; at++) {
        const char byte = at < string->length ? string->at[at] : ',';
        within = brackets && byte != ']' && (byte == '[' || within);
        if ((byte != ',' || within) && at < string->length)
            continue;
        struct configured part = *string;
        configured_cut(&part, start, at);
        if (at == string->length && start == at && at > 0)
            return true;
        start = at + 1;
        if (!configured_trim(&part) ||
            !read_string(reading, &part, (size_t)(row - reading->rules->rows) + 1))
            return false;
    }
    return true;
}

static bool read_string(struct reading *reading, struct configured *string, size_t from)
{
    struct rule rule;
    struct pattern tree;
    struct check_source source = {0};
    if (reading->rules == NULL) {
        if (!rule_of_words(reading->given, &rule, reading->error))
            return false;
    } else {
        const struct preset_row *row =
            preset_row_of(reading->rules, from, string->at, string->length);
        if (row == NULL)
            return refuse(reading, "finding what the system makes of it takes too long", true);
        if (row->dialect == PRESET_DIALECT_SEVERAL)
            return read_several(reading, row, string);
        if (!rule_of_row(reading->given, row, &rule, reading->error))
            return false;
    }
    return read_tree(reading, &rule, string, &tree, &source) && add_tree(reading, &tree, &source);
}

/* ---- The whole ----------------------------------------------------------------------------- */

static bool read_all(struct reading *reading)
{
    const struct prove_check *given = reading->given;
    struct configured string;
    struct rule rule;
    if (given->pattern_count == 0 && given->preset != NULL)
        return refuse(reading, "nothing is configured", false);
    if (given->pattern_count == 0) {
        struct pattern tree;
        if (!rule_of_words(reading->given, &rule, reading->error))
            return false;
        return !rule.is_any ||
               (read_any(reading, &tree) && add_tree(reading, &tree, &(struct check_source){0}));
    }
    for (size_t i = 0; i < given->pattern_count; i++) {
        reading->configured = i;
        if (!configured_read(&string, given->patterns[i].at, given->patterns[i].len,
                             reading->memory, reading->error) ||
            !read_string(reading, &string, 0))
            return false;
    }
    return true;
}

bool check_read(const struct prove_check *given, struct prove_memory *memory, struct check *check,
                struct pattern_error *error)
{
    struct preset_rules rules = {0};
    struct reading reading = {.given = given, .check = check, .memory = memory, .error = error};
    bool is_read = false;
    *check = (struct check){0};
    *error = (struct pattern_error){0};
    if (given->preset != NULL) {
        const struct preset_row *first = preset_find(given->preset);
        if (first == NULL)
            return refuse(&reading, "there is no such preset", false);
        reading.rules = &rules;
        is_read =
            preset_open(&rules, first) ? read_all(&reading) : refuse(&reading, no_memory, true);
        preset_close(&rules);
    } else {
        is_read = read_all(&reading);
    }
    error->pattern = reading.configured;
    return is_read;
}

bool check_build(const struct check *check, struct prove_memory *memory, struct machine *machine,
                 struct pattern_error *error)
{
    const bool is_built = machine_build(check->trees, check->count, memory, machine, error);
    if (!is_built && error->pattern < check->count)
        error->pattern = check->sources[error->pattern].configured;
    if (is_built && machine->inexact_pattern < check->count)
        machine->inexact_pattern = (uint32_t)check->sources[machine->inexact_pattern].configured;
    return is_built;
}

struct cors_bytes check_answer(const struct check *check, size_t tree, struct cors_bytes origin)
{
    static const char star[] = "*";
    return check->sources[tree].star ? (struct cors_bytes){star, 1} : origin;
}
