/* Several patterns asked as one validator. Invariant: an answer of one pattern that lets an origin
 * in is the answer of all; otherwise what went wrong in one of them is. */
#include "prove_engine.h"

#include "check.h"
#include "preset.h"
#include "prove_pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- One pattern --------------------------------------------------------------------------- */

/* The flags that the engine's program is given: javascript-u and javascript-v are flags of one
 * engine; y is a way of matching, and g and d change nothing about the first match. */
static void flags_of(const struct real_pattern *pattern, char *flags, size_t size)
{
    const char *dash = strchr(pattern->dialect, '-');
    const bool javascript = strncmp(pattern->dialect, "javascript", strlen("javascript")) == 0;
    size_t count = 0;
    for (const char *flag = pattern->flags; *flag != '\0' && count + 2 < size; flag++)
        if (!javascript || strchr("dgy", *flag) == NULL)
            flags[count++] = *flag;
    if (javascript && dash != NULL)
        flags[count++] = dash[1];
    flags[count] = '\0';
}

static struct validator *open_one(struct real_engine *engine, const struct real_pattern *pattern)
{
    char flags[16];
    const char *dialect = pattern->dialect;
    struct regex_options options = {
        .match = pattern->match, .flags = flags, .echo_matched = pattern->echo_matched};
    flags_of(pattern, flags, sizeof flags);
    if (strncmp(dialect, "javascript", strlen("javascript")) == 0) {
        if (options.match == REGEX_SEARCH && strchr(pattern->flags, 'y') != NULL)
            options.match = REGEX_PREFIX;
        dialect = "javascript";
    }
    return validator_open_regex(dialect, pattern->text, &options, engine->error,
                                sizeof engine->error);
}

/* ---- Several ------------------------------------------------------------------------------- */

struct patterns {
    struct validator base;
    struct validator_kind kind;
    size_t count;
    struct validator *each[];
};

static void take_answer(struct cors_bytes origin, struct answer *so_far, const struct answer *next)
{
    if (judge_answer(origin, so_far) != JUDGED_REFUSED)
        return;
    if (so_far->kind <= ANSWER_NONE || judge_answer(origin, next) != JUDGED_REFUSED)
        *so_far = *next;
}

static bool ask_each(struct validator *base, const struct cors_bytes *origins, size_t count,
                     struct answer *answers)
{
    struct patterns *patterns = (struct patterns *)base;
    struct answer *given = calloc(count, sizeof *given);
    bool goes_on = given != NULL;
    memset(answers, 0, count * sizeof *answers);
    for (size_t i = 0; i < patterns->count && goes_on; i++) {
        struct validator *one = patterns->each[i];
        one->error[0] = '\0';
        one->most_steps = base->most_steps;
        goes_on = one->kind->ask(one, origins, count, given);
        if (one->error[0] != '\0')
            memcpy(base->error, one->error, sizeof base->error);
        for (size_t k = 0; k < count && goes_on; k++)
            take_answer(origins[k], &answers[k], &given[k]);
    }
    base->questions += count;
    free(given);
    return goes_on;
}

static void close_each(struct validator *base)
{
    struct patterns *patterns = (struct patterns *)base;
    for (size_t i = 0; i < patterns->count; i++)
        if (patterns->each[i] != NULL)
            validator_close(patterns->each[i]);
    free(patterns);
}

static struct validator *open_each(struct real_engine *engine)
{
    const size_t count = engine->pattern_count;
    struct patterns *patterns =
        memory_allocate(sizeof *patterns + count * sizeof(struct validator *));
    *patterns = (struct patterns){.kind = {"regex", SIZE_MAX, true, ask_each, close_each}};
    patterns->base.kind = &patterns->kind;
    for (; patterns->count < count; patterns->count++) {
        struct validator *one = open_one(engine, &engine->patterns[patterns->count]);
        if (one == NULL) {
            close_each(&patterns->base);
            return NULL;
        }
        patterns->each[patterns->count] = one;
        patterns->kind.in_process = patterns->kind.in_process && one->kind->in_process;
        if (one->kind->batch < patterns->kind.batch)
            patterns->kind.batch = one->kind->batch;
    }
    return &patterns->base;
}

/* ---- The engine ---------------------------------------------------------------------------- */

static void take_pattern(const struct check_source *source, struct real_pattern *pattern,
                         struct memory *memory)
{
    static const enum regex_match matches[] = {[PATTERN_SEARCH] = REGEX_SEARCH,
                                               [PATTERN_PREFIX] = REGEX_PREFIX,
                                               [PATTERN_FULL] = REGEX_FULL};
    const struct cors_bytes text = {source->pattern.text, source->pattern.length};
    const char *flags = source->pattern.flags == NULL ? "" : source->pattern.flags;
    *pattern = (struct real_pattern){.dialect = dialect_words[source->pattern.dialect],
                                     .match = matches[source->pattern.match],
                                     .flags = memory_copy_string(memory, flags).at,
                                     .text = memory_copy(memory, text).at,
                                     .echo_matched = source->matched};
}

/* The dialect and match of a preset's row that gives its engine the string as it is. */
static bool row_of(const struct prove_check *check, struct cors_bytes text, const char **dialect,
                   const char **match)
{
    static const char *const dialects[] = {[PRESET_DIALECT_PCRE2] = "pcre2",
                                           [PRESET_DIALECT_PYTHON] = "python",
                                           [PRESET_DIALECT_JAVASCRIPT] = "javascript",
                                           [PRESET_DIALECT_RUBY] = "ruby",
                                           [PRESET_DIALECT_RE2] = "go"};
    static const char *const matches[] = {[PRESET_MATCH_FULL] = "full",
                                          [PRESET_MATCH_SEARCH] = "search",
                                          [PRESET_MATCH_PREFIX] = "prefix"};
    const struct preset_row *first = preset_find(check->preset), *row = NULL;
    struct preset_rules rules = {0};
    if (first != NULL && preset_open(&rules, first))
        row = preset_row_of(&rules, 0, text.at, text.len);
    preset_close(&rules);
    if (row == NULL || row->steps[0] != PRESET_STEP_NONE || row->part != PRESET_PART_ORIGIN ||
        row->dialect < PRESET_DIALECT_PCRE2 || row->match == PRESET_MATCH_NONE ||
        row->match > PRESET_MATCH_PREFIX || row->flags == PRESET_FLAGS_I ||
        row->answer != PRESET_ANSWER_ORIGIN)
        return false;
    *dialect = dialects[row->dialect];
    *match = matches[row->match];
    return true;
}

/* A check that the prover cannot read: its patterns go to the engine as they stand. */
static void take_as_written(const struct prove_check *check, struct real_engine *engine,
                            struct memory *memory)
{
    struct real_pattern *patterns =
        memory_take(memory, (check->pattern_count + 1) * sizeof *patterns);
    engine->patterns = patterns;
    for (size_t i = 0; i < check->pattern_count; i++) {
        const char *dialect = check->dialect, *match = check->match;
        if (check->preset != NULL && !row_of(check, check->patterns[i], &dialect, &match))
            continue;
        const struct pattern_language *language = pattern_language(dialect);
        if (language == NULL || match == NULL)
            continue;
        patterns[engine->pattern_count++] =
            (struct real_pattern){.dialect = language->dialect,
                                  .match = regex_match_of(match),
                                  .flags = check->flags == NULL ? "" : check->flags,
                                  .text = memory_copy(memory, check->patterns[i]).at};
    }
}

bool real_engine_of(const struct prove_check *check, struct real_engine *engine,
                    struct memory *memory)
{
    enum { MOST_MEMORY = 64 << 20 };
    struct prove_memory scratch = {.limit = MOST_MEMORY};
    struct pattern_error error;
    struct check read;
    *engine = (struct real_engine){0};
    if (check_read(check, &scratch, &read, &error)) {
        struct real_pattern *patterns = memory_take(memory, (read.count + 1) * sizeof *patterns);
        for (size_t i = 0; i < read.count; i++)
            if (read.sources[i].pattern.text != NULL)
                take_pattern(&read.sources[i], &patterns[engine->pattern_count++], memory);
        engine->patterns = patterns;
    } else if (error.not_modelled) {
        take_as_written(check, engine, memory);
    }
    prove_release(&scratch);
    return engine->pattern_count > 0;
}

struct validator *real_engine_open(struct real_engine *engine)
{
    if (engine->validator != NULL || engine->was_asked)
        return engine->validator;
    engine->was_asked = true;
    engine->validator =
        engine->pattern_count == 1 ? open_one(engine, &engine->patterns[0]) : open_each(engine);
    if (engine->validator == NULL && engine->error[0] == '\0')
        snprintf(engine->error, sizeof engine->error, "out of memory");
    return engine->validator;
}

bool real_engine_accepts(void *context, struct cors_bytes origin)
{
    struct real_engine *engine = context;
    struct validator *validator = real_engine_open(engine);
    struct answer answer = {0};
    if (validator == NULL)
        return false;
    validator->most_steps = REGEX_FEW_STEPS;
    const bool answered = validator->kind->ask(validator, &origin, 1, &answer);
    validator->most_steps = 0;
    if (!answered)
        snprintf(engine->error, sizeof engine->error, "%s", validator->error);
    return answered && judge_answer(origin, &answer) != JUDGED_REFUSED;
}

void real_engine_close(struct real_engine *engine)
{
    if (engine->validator != NULL)
        validator_close(engine->validator);
    engine->validator = NULL;
}
