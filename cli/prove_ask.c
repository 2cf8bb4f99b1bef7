/* The parts of `corsim prove` in their order. Invariants: what is found on the way outlives the
 * prover's memory; the real engine is started only if a witness has to be tried or a hunt was asked
 * for. */
#include "prove_ask.h"

#include "allows.h"
#include "certificate.h"
#include "commands.h"
#include "prove_dead.h"
#include "repair.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORDS_MOST = 400,
    /* Questions of a hunt, where no seconds are given. */
    BUDGET_IN_PROCESS = 1000000,
    BUDGET_PROGRAM = 50000,
    REASONS_MOST = 100, /* of refused entries */
};

/* ---- Copies -------------------------------------------------------------------------------- */

static void keep_answer(const struct prove_settings *settings, const struct prove_answer *answer,
                        struct prove_report *report)
{
    report->answer = *answer;
    report->out_of_time = answer->seconds > 0.9 * (settings->seconds > 0 ? settings->seconds : 1);
    report->answer.own = NULL;
    report->answer.refused = NULL;
    report->answer.astray = memory_copy(settings->memory, answer->astray);
    for (size_t i = 0; i < answer->witness_count; i++) {
        struct prove_witness *witness = &report->answer.witnesses[i];
        witness->origin = memory_copy(settings->memory, witness->origin);
        witness->answer = memory_copy(settings->memory, witness->answer);
    }
}

static void keep_refused(const struct prove_settings *settings, const struct prove_answer *answer,
                         struct prove_report *report)
{
    const struct intent *intent = settings->intent;
    if (answer->refused == NULL)
        return;
    struct dead_rule *rules = memory_take(settings->memory, (intent->count + 1) * sizeof *rules);
    for (size_t i = 0; i < intent->count; i++)
        if (answer->refused[i])
            rules[report->refused_count++] = (struct dead_rule){
                .text = memory_copy(settings->memory, intent->entries[i].text).at,
                .entry = i,
                .why =
                    report->refused_count > REASONS_MOST
                        ? NULL
                        : why_dead(&intent->entries[i], report->patterns, report->pattern_count)};
    report->refused = rules;
}

/* ---- The hunt ------------------------------------------------------------------------------ */

static const char *describe(const struct prove_settings *settings,
                            const struct prove_report *report)
{
    if (report->pattern_count == 1)
        return memory_format(settings->memory, "the %s pattern %s", report->system,
                             report->patterns[0].text.at)
            .at;
    return memory_format(settings->memory, "the %zu %s patterns", report->pattern_count,
                         report->system)
        .at;
}

static const struct hunt_report *hunt_with(const struct prove_settings *settings,
                                           struct validator *validator, struct prove_report *report)
{
    struct hunt_watcher watcher = hunt_watch("prove");
    struct origins words = {0};
    struct hunt_result *result = memory_take(settings->memory, sizeof *result);
    struct hunt_report *hunted = memory_take(settings->memory, sizeof *hunted);
    for (size_t i = 0; i < report->pattern_count; i++)
        origin_words(report->patterns[i].pattern, WORDS_MOST, &words);
    const bool quick = validator->kind->in_process;
    const struct hunt_options options = {.intent = settings->intent,
                                         .profile = settings->profile,
                                         .seed = 1,
                                         .executions = settings->seconds > 0 ? 0
                                                       : quick               ? BUDGET_IN_PROCESS
                                                                             : BUDGET_PROGRAM,
                                         .seconds = settings->seconds,
                                         .learn = validator->counter_count == 0,
                                         .words = &words,
                                         .progress = hunt_show_progress,
                                         .context = &watcher};
    const bool hunted_well = hunt(validator, &options, result);
    hunt_clear_progress(&watcher);
    origins_free(&words);
    *hunted = (struct hunt_report){.result = result,
                                   .seed = 1,
                                   .validator = describe(settings, report),
                                   .memory = settings->memory};
    return hunted_well ? hunted : NULL;
}

/* ---- What to write instead, and what is let in --------------------------------------------- */

static void repair(const struct prove_settings *settings, const struct prove_question *question,
                   const struct prove_answer *answer, struct prove_report *report)
{
    struct repair *found = memory_take(settings->memory, sizeof *found);
    if (answer->verdict != PROVE_BYPASS)
        return;
    if (repair_find(question, answer, found) && found->kind != REPAIR_NONE) {
        report->fixes = memory_take(settings->memory, found->pattern_count * sizeof *report->fixes);
        report->fix_count = found->pattern_count;
        for (size_t i = 0; i < found->pattern_count; i++)
            report->fixes[i] = pattern_write(&report->patterns[i < report->pattern_count ? i : 0],
                                             found->patterns[i], settings->memory)
                                   .at;
    }
    report->advice = found->advice;
    repair_free(found);
}

static void list_allowed(const struct prove_settings *settings,
                         const struct prove_question *question, struct prove_report *report)
{
    struct allows *found = memory_take(settings->memory, sizeof *found);
    if (!settings->allows || report->answer.verdict == PROVE_MALFORMED)
        return;
    struct allowed_glob *globs = memory_take(settings->memory, ALLOWS_MOST * sizeof *globs);
    if (!allows_find(question, found))
        found->reason = "out of memory";
    for (size_t i = 0; i < found->count; i++)
        globs[i] = (struct allowed_glob){memory_copy(settings->memory, found->globs[i].glob).at,
                                         memory_copy(settings->memory, found->globs[i].member).at,
                                         found->globs[i].is_exact};
    report->allows = globs;
    report->allow_count = found->count;
    if (found->more || found->reason != NULL)
        report->allows_more = found->reason == NULL ? "there are too many to list" : found->reason;
    allows_free(found);
}

/* ---- The certificate ----------------------------------------------------------------------- */

/* As the checker says, so that nothing is kept that it would refuse. */
static bool certificate_holds(const char *path)
{
    struct complaint complaint;
    return verify_certificate(path, &complaint) == EXIT_HOLDS;
}

static void certify(const struct prove_settings *settings, const struct prove_question *question,
                    const struct prove_answer *answer, struct prove_report *report)
{
    const bool decided = answer->verdict == PROVE_PROVEN || answer->verdict == PROVE_BYPASS;
    if (settings->certificate == NULL || !decided)
        return;
    if (certificate_write(question, answer, settings->certificate, certificate_holds,
                          &report->uncertified))
        report->certificate = settings->certificate;
}

/* ---- What the engine will not take ---------------------------------------------------------- */

/* A pattern of PCRE2, which is at hand, may be more than its build takes: nothing is let in then,
 * and the server does not start. */
static void ask_for_size(const struct prove_settings *settings, struct real_engine *engine,
                         struct prove_answer *answer)
{
    bool all = engine != NULL && engine->pattern_count > 0 &&
               (answer->verdict == PROVE_PROVEN || answer->verdict == PROVE_BYPASS);
    for (size_t i = 0; all && i < engine->pattern_count; i++)
        all = strcmp(engine->patterns[i].dialect, "pcre2") == 0;
    if (!all || real_engine_open(engine) != NULL)
        return;
    answer->verdict = PROVE_MALFORMED;
    answer->witness_count = 0;
    answer->reason = memory_copy_string(settings->memory, engine->error).at;
}

/* ---- All ----------------------------------------------------------------------------------- */

static void settle(const struct prove_settings *settings, struct real_engine *engine,
                   struct prove_report *report)
{
    if (report->answer.verdict != PROVE_UNDECIDED || engine == NULL)
        return;
    if (settings->then_fuzz) {
        struct validator *validator = real_engine_open(engine);
        if (validator != NULL)
            report->hunt = hunt_with(settings, validator, report);
    }
    if (engine->error[0] != '\0')
        report->unconfirmed = memory_copy_string(settings->memory, engine->error).at;
}

void prove_ask(const struct prove_settings *settings, const struct prove_check *check,
               const struct prove_check *old, struct real_engine *engine,
               struct prove_report *report)
{
    struct prove_answer *answer = memory_take(settings->memory, sizeof *answer);
    const struct prove_question question = {.check = *check,
                                            .old = old,
                                            .profile = settings->profile,
                                            .intent = settings->intent,
                                            .suffixes = settings->suffixes,
                                            .accepts = engine == NULL ? NULL : real_engine_accepts,
                                            .context = engine,
                                            .seconds = settings->seconds};
    report->profile = settings->profile;
    report->memory = settings->memory;
    if (!prove(&question, answer))
        *answer = (struct prove_answer){.verdict = PROVE_UNDECIDED, .reason = "out of memory"};
    ask_for_size(settings, engine, answer);
    keep_answer(settings, answer, report);
    keep_refused(settings, answer, report);
    certify(settings, &question, answer, report);
    repair(settings, &question, answer, report);
    prove_free(answer);
    list_allowed(settings, &question, report);
    settle(settings, engine, report);
}
