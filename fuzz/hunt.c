/* The order of the hunt, its budget, and its witnesses (hunt.h). Of each tier and class the
 * shortest witness is kept. A part of the budget is kept back for making them shorter and for
 * asking about them twice more: what does not answer the same three times is no witness. */
#include "hunt_parts.h"

#include "clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    CLOCK_EVERY = 256,
    SLOW_BATCH = 64,
    CONFIRMATIONS = 2,
    KEPT_BACK = 5 /* a fifth of the budget */
};

const char *const stage_words[STAGE_COUNT] = {"intended", "fixed",   "words",    "one-edit",
                                              "learning", "fuzzing", "shrinking"};

static const double LONG_BATCH = 0.5; /* seconds */

/* ---- Asking -------------------------------------------------------------------------------- */

static void show_progress(struct hunt *hunt, const struct witness *latest, double now)
{
    if (hunt->options->progress == NULL)
        return;
    const struct hunt_progress progress = {hunt->stage, hunt->asked, now - hunt->began,
                                           hunt->result->kinds, latest};
    hunt->options->progress(hunt->options->context, &progress);
    hunt->next_progress = now + 0.2;
}

bool hunt_may_ask(struct hunt *hunt)
{
    if (hunt->over || hunt->asked >= hunt->asked_most)
        return false;
    if (hunt->batch == HUNT_BATCH && hunt->asked < hunt->next_look)
        return true;
    hunt->next_look = hunt->asked + CLOCK_EVERY;
    const double now = clock_passed();
    if (now >= hunt->next_progress)
        show_progress(hunt, NULL, now);
    return now < hunt->end;
}

static void note(struct hunt_notes *notes, const char *text)
{
    if (notes->count++ < HUNT_NOTES)
        snprintf(notes->at[notes->count - 1].text, sizeof notes->at->text, "%s", text);
}

/* An https origin is worth more than an http one, then the shorter one. */
static bool is_better(const struct witness *witness, struct cors_bytes origin)
{
    const bool was_https = strncmp(witness->origin, "https:", 6) == 0;
    const bool is_https = origin.len > 6 && memcmp(origin.at, "https:", 6) == 0;
    return was_https == is_https ? origin.len < witness->length : is_https;
}

static void take_witness(struct hunt *hunt, struct cors_bytes origin, bool credentials)
{
    const struct kind_of_witness kind =
        kind_of_witness(hunt->options->intent, origin, hunt->suffixes);
    struct witness *witness = &hunt->result->witnesses[kind.tier][kind.class];
    const bool is_first = !witness->found;
    if (!is_first && (hunt->stage == STAGE_SHRINKING || !is_better(witness, origin)))
        return;
    memcpy(witness->origin, origin.at, origin.len);
    witness->origin[origin.len] = '\0';
    witness->length = origin.len;
    witness->credentials = credentials;
    witness->kind = kind;
    if (!is_first)
        return;
    witness->found = true;
    witness->found_by = hunt->stage;
    witness->executions = hunt->asked;
    hunt->result->kinds++;
    show_progress(hunt, witness, clock_passed());
}

/* Whether the page may read. */
static bool take_answer(struct hunt *hunt, struct cors_bytes origin, const struct answer *answer)
{
    const struct hunt_options *options = hunt->options;
    const enum judgement judgement = judge_answer(origin, answer);
    hunt->asked++;
    hunt->answered += answer->kind == ANSWER_NONE || answer->kind == ANSWER_VALUE;
    if (judgement == JUDGED_REFUSED)
        return false;
    const bool is_meant = intent_holds(options->intent, origin);
    if (judgement == JUDGED_PUBLIC) {
        hunt->result->is_public = hunt->result->is_public || !is_meant;
        return is_meant;
    }
    if (!is_meant && origin.len <= LONGEST_ORIGIN && hunt->stage != STAGE_INTENDED &&
        origin_sendable(origin, options->profile))
        take_witness(hunt, origin, judgement == JUDGED_ALLOWED_WITH_CREDENTIALS);
    return true;
}

/* A validator that is started anew after every crash can take minutes for a batch, and between two
 * of them only is the clock looked at. */
static void adapt_batch(struct hunt *hunt, double took)
{
    const size_t most = hunt->validator->kind->batch;
    if (took > LONG_BATCH && hunt->batch > 1)
        hunt->batch /= 4;
    else if (took < LONG_BATCH / 4 && hunt->batch < HUNT_BATCH && hunt->batch < most)
        hunt->batch *= 2;
    if (hunt->batch == 0)
        hunt->batch = 1;
    if (hunt->batch > most)
        hunt->batch = most;
}

static bool ask_batch(struct hunt *hunt, const struct cors_bytes *origins, size_t count,
                      bool *allowed)
{
    struct answer answers[HUNT_BATCH];
    struct validator *validator = hunt->validator;
    const double begun = count > 1 ? clock_passed() : 0;
    validator->error[0] = '\0';
    if (!validator->kind->ask(validator, origins, count, answers)) {
        snprintf(hunt->result->error, sizeof hunt->result->error, "%s", validator->error);
        hunt->result->gave_up = hunt->over = true;
        return false;
    }
    if (validator->error[0] != '\0')
        note(&hunt->result->troubles, validator->error);
    for (size_t i = 0; i < count; i++)
        allowed[i] = take_answer(hunt, origins[i], &answers[i]);
    if (count > 1)
        adapt_batch(hunt, clock_passed() - begun);
    return true;
}

bool hunt_ask(struct hunt *hunt, const struct cors_bytes *origins, size_t count, bool *allowed,
              size_t *asked)
{
    size_t done = 0;
    while (done < count && hunt_may_ask(hunt)) {
        size_t now = count - done < hunt->batch ? count - done : hunt->batch;
        if (now > hunt->asked_most - hunt->asked)
            now = (size_t)(hunt->asked_most - hunt->asked);
        if (!ask_batch(hunt, origins + done, now, allowed + done))
            break;
        done += now;
    }
    if (asked != NULL)
        *asked = done;
    return done == count;
}

/* ---- Stages -------------------------------------------------------------------------------- */

static void note_origin(struct hunt_notes *notes, struct cors_bytes origin)
{
    char text[LONGEST_ORIGIN + 1];
    memcpy(text, origin.at, origin.len); /* sendable: printable, and not too long */
    text[origin.len] = '\0';
    note(notes, text);
}

static void run_list(struct hunt *hunt, enum hunt_stage stage, const struct origins *origins)
{
    struct stage_report *report = &hunt->result->stages[stage];
    const uint64_t before = hunt->asked;
    hunt->stage = stage;
    report->planned = origins->count;
    for (size_t first = 0; first < origins->count && hunt_may_ask(hunt); first += HUNT_BATCH) {
        struct cors_bytes batch[HUNT_BATCH];
        bool allowed[HUNT_BATCH];
        size_t count = 0, asked = 0;
        while (count < HUNT_BATCH && first + count < origins->count) {
            batch[count] = origins_at(origins, first + count);
            count++;
        }
        hunt_ask(hunt, batch, count, allowed, &asked);
        for (size_t i = 0; i < asked; i++)
            if (!allowed[i] && stage == STAGE_INTENDED)
                note_origin(&hunt->result->refused, batch[i]);
    }
    report->asked = hunt->asked - before;
    report->complete = report->asked == report->planned && !origins->exhausted;
    hunt->exhausted = hunt->exhausted || (origins->exhausted && origins->size < ORIGINS_MOST / 2);
}

typedef void (*make_origins)(const struct intent *, enum profile, struct origins *);

static void run_made(struct hunt *hunt, enum hunt_stage stage, make_origins make)
{
    struct origins origins = {0};
    make(hunt->options->intent, hunt->options->profile, &origins);
    run_list(hunt, stage, &origins);
    origins_free(&origins);
}

/* They are no witnesses: the owner's wildcard holds them. */
static void run_astray(struct hunt *hunt)
{
    struct origins origins = {0};
    astray_origins(hunt->options->intent, hunt->options->profile, &origins);
    for (size_t i = 0; i < origins.count; i++) {
        const struct cors_bytes origin = origins_at(&origins, i);
        bool allowed;
        if (hunt_ask(hunt, &origin, 1, &allowed, NULL) && allowed)
            note_origin(&hunt->result->astray, origin);
    }
    origins_free(&origins);
}

static void run_words(struct hunt *hunt)
{
    struct origins origins = {0};
    const struct hunt_options *options = hunt->options;
    if (options->words == NULL || options->words->count == 0)
        return;
    word_origins(options->intent, options->profile, options->words, &origins);
    run_list(hunt, STAGE_WORDS, &origins);
    origins_free(&origins);
}

static void run_open(struct hunt *hunt, enum hunt_stage stage, void (*run)(struct hunt *))
{
    struct stage_report *report = &hunt->result->stages[stage];
    const uint64_t before = hunt->asked;
    if (hunt->over)
        return;
    hunt->stage = stage;
    run(hunt);
    report->asked = hunt->asked - before;
}

/* A stranger's name was let in that was not chosen for this validator: so is everybody else, but
 * perhaps null, and there is nothing left to find out. */
static void keep_what_tells(struct hunt_result *result)
{
    result->is_reflecting = result->witnesses[TIER_STRANGER][CLASS_REFLECTED].found;
    for (int tier = 0; result->is_reflecting && tier < TIER_COUNT; tier++)
        for (int class = 0; class < CLASS_COUNT; class ++) {
            struct witness *witness = &result->witnesses[tier][class];
            if (!witness->found || (tier == TIER_STRANGER && class == CLASS_REFLECTED) ||
                tier == TIER_NULL)
                continue;
            witness->found = false;
            result->kinds--;
        }
}

static void give_up_without_answers(struct hunt *hunt)
{
    if (hunt->answered > 0 || hunt->over)
        return;
    snprintf(hunt->result->error, sizeof hunt->result->error,
             "not one of %" PRIu64 " questions got an answer", hunt->asked);
    hunt->result->gave_up = hunt->over = true;
}

static void run_stages(struct hunt *hunt)
{
    /* A server has not the time for everything within one edit; learning takes a few hundred. */
    const bool is_slow = hunt->options->learn && hunt->validator->kind->batch < SLOW_BATCH;
    if (hunt->options->ask != NULL) {
        run_list(hunt, STAGE_FIXED, hunt->options->ask);
        return;
    }
    run_made(hunt, STAGE_INTENDED, intended_origins);
    run_made(hunt, STAGE_FIXED, fixed_origins);
    keep_what_tells(hunt->result);
    give_up_without_answers(hunt);
    if (hunt->result->is_reflecting)
        return;
    run_astray(hunt);
    run_words(hunt);
    if (is_slow)
        run_open(hunt, STAGE_LEARNING, hunt_learn);
    run_made(hunt, STAGE_ONE_EDIT, near_origins);
    if (hunt->options->learn && !is_slow)
        run_open(hunt, STAGE_LEARNING, hunt_learn);
    run_open(hunt, STAGE_FUZZING, hunt_fuzz);
}

/* ---- Afterwards ---------------------------------------------------------------------------- */

static bool is_confirmed(struct hunt *hunt, const struct witness *witness)
{
    const struct cors_bytes origin = {witness->origin, witness->length};
    bool allowed = true;
    for (int i = 0; allowed && i < CONFIRMATIONS; i++)
        if (!hunt_ask(hunt, &origin, 1, &allowed, NULL))
            return true; /* nobody to ask any more */
    return allowed;
}

static void shrink_and_confirm(struct hunt *hunt)
{
    for (int tier = 0; tier < TIER_COUNT; tier++)
        for (int class = 0; class < CLASS_COUNT; class ++) {
            struct witness *witness = &hunt->result->witnesses[tier][class];
            if (!witness->found)
                continue;
            if (hunt->options->ask == NULL)
                hunt_shrink(hunt, witness);
            if (is_confirmed(hunt, witness))
                continue;
            witness->found = false;
            hunt->result->kinds--;
            hunt->result->unsteady++;
        }
}

bool hunt(struct validator *validator, const struct hunt_options *options,
          struct hunt_result *result)
{
    struct hunt hunt = {.validator = validator, .options = options, .result = result};
    const uint64_t most = options->executions == 0 ? UINT64_MAX : options->executions;
    const double seconds = options->seconds <= 0 ? 1e9 : options->seconds;
    *result = (struct hunt_result){0};
    hunt.batch = validator->kind->batch < HUNT_BATCH ? validator->kind->batch : HUNT_BATCH;
    hunt.suffixes = public_suffixes_open();
    hunt.began = hunt.next_progress = clock_passed();
    hunt.asked_most = most - most / KEPT_BACK;
    hunt.end = hunt.began + seconds - seconds / KEPT_BACK;
    run_stages(&hunt);
    hunt.asked_most = most;
    hunt.end = hunt.began + seconds;
    run_open(&hunt, STAGE_SHRINKING, shrink_and_confirm);
    public_suffixes_close(hunt.suffixes);
    result->executions = hunt.asked;
    result->seconds = clock_passed() - hunt.began;
    return !hunt.exhausted;
}
