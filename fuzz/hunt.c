/* The order of the hunt, its budget, and its witnesses (hunt.h). Of each tier and class the
 * shortest witness is kept. A part of the budget is kept back for making them shorter and for
 * asking about them again. */
#include "hunt_parts.h"

#include "clock.h"
#include "random.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    CLOCK_EVERY = 256,
    FIRST_BATCH = 16, /* it is not known yet how long they take */
    SLOW_BATCH = 64,
    KEPT_BACK = 5,       /* a fifth of the budget */
    TOLD_TEXT = 1 << 18, /* bytes of what the learner is told */
    LIST_TEXT = 1 << 27, /* bytes of what is asked about in a stage */
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
    const volatile sig_atomic_t *interrupted = hunt->options->interrupted;
    if (hunt->over || hunt->asked >= hunt->asked_most || (interrupted != NULL && *interrupted != 0))
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
    witness->asked = witness->let_in = 1;
    witness->steady = true;
    if (!is_first)
        return;
    witness->found = true;
    witness->found_by = hunt->stage;
    witness->executions = hunt->asked;
    hunt->result->kinds++;
    show_progress(hunt, witness, clock_passed());
}

/* For the learner: all answers of the first stages, and then what is let in. */
static void keep_for_learning(struct hunt *hunt, struct cors_bytes origin, bool allowed)
{
    if (!hunt->options->learn || hunt->stage >= STAGE_LEARNING)
        return;
    if (allowed)
        origins_add(&hunt->let_in, origin);
    else if (hunt->stage < STAGE_ONE_EDIT)
        origins_add(&hunt->refused, origin);
}

/* Whether the page may read. */
static bool take_answer(struct hunt *hunt, struct cors_bytes origin, const struct answer *answer)
{
    const struct hunt_options *options = hunt->options;
    const enum judgement judgement = judge_answer(origin, answer);
    hunt->asked++;
    hunt->answered += answer->kind == ANSWER_NONE || answer->kind == ANSWER_VALUE;
    const bool is_meant = judgement != JUDGED_REFUSED && intent_holds(options->intent, origin);
    if (judgement == JUDGED_PUBLIC && !is_meant)
        hunt->result->is_public = true;
    if (judgement == JUDGED_REFUSED || judgement == JUDGED_PUBLIC) {
        keep_for_learning(hunt, origin, is_meant);
        return is_meant;
    }
    keep_for_learning(hunt, origin, true);
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

/* How many answers there are before the first that is missing. */
static size_t ask_batch(struct hunt *hunt, const struct cors_bytes *origins, size_t count,
                        bool *allowed)
{
    struct answer answers[HUNT_BATCH];
    struct validator *validator = hunt->validator;
    const double begun = count > 1 ? clock_passed() : 0;
    size_t answered = count;
    memset(answers, 0, count * sizeof *answers);
    validator->error[0] = '\0';
    validator->deadline = hunt->options->seconds > 0 ? hunt->end : 0;
    if (!validator->kind->ask(validator, origins, count, answers)) {
        snprintf(hunt->result->error, sizeof hunt->result->error, "%s", validator->error);
        hunt->result->gave_up = hunt->over = true;
    } else if (validator->error[0] != '\0') {
        note(&hunt->result->troubles, validator->error);
    }
    for (size_t i = 0; i < count; i++) {
        if (answers[i].kind != ANSWER_UNASKED)
            allowed[i] = take_answer(hunt, origins[i], &answers[i]);
        else if (i < answered)
            answered = i;
    }
    if (count > 1)
        adapt_batch(hunt, clock_passed() - begun);
    return answered;
}

bool hunt_ask(struct hunt *hunt, const struct cors_bytes *origins, size_t count, bool *allowed,
              size_t *asked)
{
    size_t done = 0;
    while (done < count && hunt_may_ask(hunt)) {
        size_t now = count - done < hunt->batch ? count - done : hunt->batch;
        if (now > hunt->asked_most - hunt->asked)
            now = (size_t)(hunt->asked_most - hunt->asked);
        const size_t answered = ask_batch(hunt, origins + done, now, allowed + done);
        done += answered;
        if (answered < now)
            break;
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

static void note_refused(struct hunt *hunt, const struct cors_bytes *origins, const bool *allowed,
                         size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!allowed[i])
            note_origin(&hunt->result->refused, origins[i]);
}

/* Whether it stands in the intent, and is not only what a wildcard holds. */
static bool is_listed(const struct intent *intent, struct cors_bytes origin)
{
    for (size_t i = 0; i < intent->count; i++) {
        struct intent_entry *entry = &intent->entries[i];
        const struct intent one = {.entries = entry, .count = 1};
        if (!entry->below && entry->port_kind != INTENT_PORT_ANY &&
            !(entry->http && entry->https) && intent_holds(&one, origin))
            return true;
    }
    return false;
}

static void take_meant(struct hunt *hunt, const struct cors_bytes *origins, const bool *allowed,
                       size_t count)
{
    hunt->result->meant.asked += count;
    for (size_t i = 0; i < count; i++) {
        hunt->result->meant.let_in += allowed[i];
        if (!hunt->result->meant.has_listed)
            hunt->result->meant.has_listed = is_listed(hunt->options->intent, origins[i]);
    }
    note_refused(hunt, origins, allowed, count);
}

/* A stranger's name of random letters that has nothing of what is meant. False: there is none of
 * this form. */
static bool make_up(const struct hunt *hunt, const char *form, uint64_t *random, char *text,
                    size_t room)
{
    for (int tries = 0; tries < 8; tries++) {
        char label[11] = "";
        for (size_t i = 0; i < sizeof label - 1; i++)
            label[i] = (char)('a' + random_below(random, 26));
        const struct cors_bytes origin = {text, (size_t)snprintf(text, room, form, label)};
        const struct kind_of_witness kind =
            kind_of_witness(hunt->options->intent, origin, hunt->suffixes);
        if (!intent_holds(hunt->options->intent, origin) && kind.tier == TIER_STRANGER &&
            kind.class == CLASS_REFLECTED)
            return true;
    }
    return false;
}

/* Whether it lets in whoever asks: names are made up, and not one of them is refused. */
static bool lets_in_made_up(struct hunt *hunt, const char *const *forms, size_t count)
{
    uint64_t random = hunt->options->seed;
    bool allowed = false;
    for (size_t i = 0; i < count; i++) {
        char text[64];
        if (!make_up(hunt, forms[i], &random, text, sizeof text))
            continue;
        const struct cors_bytes origin = {text, strlen(text)};
        if (!hunt_ask(hunt, &origin, 1, &allowed, NULL) || !allowed)
            return false;
    }
    return allowed;
}

/* Where whoever asks is let in, most witnesses say nothing more: none are left but those that are
 * not explained by it. */
static void keep_what_tells(struct hunt_result *result)
{
    for (int tier = 0; tier < TIER_COUNT; tier++)
        for (int class = 0; class < CLASS_COUNT; class ++) {
            struct witness *witness = &result->witnesses[tier][class];
            const bool is_http = strncmp(witness->origin, "http:", 5) == 0;
            if (!witness->found || (tier == TIER_STRANGER && class == CLASS_REFLECTED) ||
                tier == TIER_NULL || (is_http && !result->reflects_http))
                continue;
            witness->found = false;
            result->kinds--;
        }
}

/* Looked at once, when a stranger's name was let in that has nothing of what is meant: which can
 * have something of what the validator looks for. */
static bool is_reflecting(struct hunt *hunt)
{
    static const char *const https[] = {"https://%s.org", "https://%s.info", "https://x-7%s.de",
                                        "https://%s.net"};
    static const char *const http[] = {"http://%s.org", "http://x-7%s.de"};
    struct hunt_result *result = hunt->result;
    const struct cors_bytes null = CORS_BYTES("null");
    bool allowed;
    if (hunt->looked || !result->witnesses[TIER_STRANGER][CLASS_REFLECTED].found)
        return false;
    hunt->looked = true;
    if (!lets_in_made_up(hunt, https, sizeof https / sizeof *https))
        return false;
    result->is_reflecting = true;
    result->reflects_http = lets_in_made_up(hunt, http, sizeof http / sizeof *http);
    (void)hunt_ask(hunt, &null, 1, &allowed, NULL);
    keep_what_tells(result);
    return true;
}

static void run_list(struct hunt *hunt, enum hunt_stage stage, const struct origins *origins)
{
    struct stage_report *report = &hunt->result->stages[stage];
    const uint64_t before = hunt->asked;
    uint64_t listed = 0;
    hunt->stage = stage;
    report->planned = origins->count + origins->left_out;
    for (size_t first = 0; first < origins->count && hunt_may_ask(hunt);) {
        struct cors_bytes batch[HUNT_BATCH];
        bool allowed[HUNT_BATCH];
        size_t count = 0, asked = 0;
        const size_t most = first == 0 ? FIRST_BATCH : HUNT_BATCH;
        for (; count < most && first < origins->count; first++)
            batch[count++] = origins_at(origins, first);
        hunt_ask(hunt, batch, count, allowed, &asked);
        listed += asked;
        if (stage == STAGE_INTENDED)
            take_meant(hunt, batch, allowed, asked);
        if (hunt->options->ask != NULL)
            note_refused(hunt, batch, allowed, asked);
        if (stage == STAGE_FIXED && hunt->options->ask == NULL && is_reflecting(hunt))
            break;
    }
    report->asked += hunt->asked - before;
    report->complete = listed == report->planned;
}

typedef void (*make_origins)(const struct intent *, enum profile, struct origins *);

static void run_made(struct hunt *hunt, enum hunt_stage stage, make_origins make)
{
    struct origins origins = {.most = LIST_TEXT};
    make(hunt->options->intent, hunt->options->profile, &origins);
    run_list(hunt, stage, &origins);
    hunt->exhausted = hunt->exhausted || (origins.exhausted && origins.size < LIST_TEXT / 4);
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

static void give_up_without_answers(struct hunt *hunt)
{
    if (hunt->answered > 0 || hunt->over)
        return;
    snprintf(hunt->result->error, sizeof hunt->result->error,
             "not one of %" PRIu64 " questions got an answer", hunt->asked);
    hunt->result->gave_up = hunt->over = true;
}

/* All that does not follow from what the fixed classes told. */
static void run_rest(struct hunt *hunt)
{
    /* A server has not the time for everything within one edit; learning takes a few hundred. */
    const bool is_slow = hunt->options->learn && hunt->validator->kind->batch < SLOW_BATCH;
    run_astray(hunt);
    run_words(hunt);
    if (is_slow)
        run_open(hunt, STAGE_LEARNING, hunt_learn);
    run_made(hunt, STAGE_ONE_EDIT, near_origins);
    if (hunt->options->learn && !is_slow)
        run_open(hunt, STAGE_LEARNING, hunt_learn);
    run_open(hunt, STAGE_FUZZING, hunt_fuzz);
}

static void run_stages(struct hunt *hunt)
{
    if (hunt->options->ask != NULL) {
        run_list(hunt, STAGE_FIXED, hunt->options->ask);
        return;
    }
    if (!hunt->looked)
        run_made(hunt, STAGE_INTENDED, intended_origins);
    run_made(hunt, STAGE_FIXED, fixed_origins);
    give_up_without_answers(hunt);
    if (!hunt->result->is_reflecting)
        run_rest(hunt);
}

/* The stages with what is not kept back of the budget, and then the witnesses. */
static void run_budget(struct hunt *hunt)
{
    const struct hunt_options *options = hunt->options;
    const uint64_t most = options->executions == 0 ? UINT64_MAX : options->executions;
    const double seconds = options->seconds <= 0 ? 1e9 : options->seconds;
    hunt->asked_most = most - most / KEPT_BACK;
    hunt->end = hunt->began + seconds - seconds / KEPT_BACK;
    run_stages(hunt);
    hunt->asked_most = most;
    hunt->end = hunt->began + seconds;
    run_open(hunt, STAGE_SHRINKING, hunt_confirm);
}

bool hunt(struct validator *validator, const struct hunt_options *options,
          struct hunt_result *result)
{
    struct hunt hunt = {.validator = validator,
                        .options = options,
                        .result = result,
                        .let_in = {.most = TOLD_TEXT},
                        .refused = {.most = TOLD_TEXT}};
    *result = (struct hunt_result){0};
    hunt.batch = validator->kind->batch < FIRST_BATCH ? validator->kind->batch : FIRST_BATCH;
    hunt.suffixes = public_suffixes_open();
    hunt.began = hunt.next_progress = clock_passed();
    run_budget(&hunt);
    /* It does not let in whoever asks, but did for a while. */
    if (result->is_reflecting && !result->witnesses[TIER_STRANGER][CLASS_REFLECTED].steady) {
        result->is_reflecting = false;
        run_budget(&hunt);
    }
    hunt_check_learnt(&hunt);
    learn_free(hunt.model);
    origins_free(&hunt.let_in);
    origins_free(&hunt.refused);
    public_suffixes_close(hunt.suffixes);
    result->executions = hunt.asked;
    result->seconds = clock_passed() - hunt.began;
    return !hunt.exhausted;
}
