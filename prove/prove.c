/* One question, answered: parse, build, search; then the witnesses, or that there is none. */
#include "candidates.h"
#include "cause.h"
#include "clock.h"
#include "narrow.h"
#include "own.h"
#include "refused.h"
#include "witness.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_NODES = 2000000, MOST_MEMORY = 200 << 20 };

/* The part of the time for the search itself. */
static const double SEARCHING = 0.9;
static const char no_memory[] = "the pattern takes more memory than it may";
static const struct intent no_intent;

static bool end(struct prove_answer *answer, enum prove_verdict verdict, const char *reason,
                size_t column)
{
    answer->verdict = verdict;
    answer->reason = reason;
    answer->column = column;
    return verdict == PROVE_PROVEN || verdict == PROVE_BYPASS;
}

/* False: the answer says why. */
static bool build_check(const struct prove_check *given, struct prove_memory *memory,
                        struct check *check, struct machine *machine, struct prove_answer *answer)
{
    struct pattern_error error = {0};
    if (check_read(given, memory, check, &error) && check_build(check, memory, machine, &error))
        return true;
    answer->pattern = error.pattern;
    return end(answer, error.not_modelled ? PROVE_UNDECIDED : PROVE_MALFORMED, error.what,
               error.column);
}

/* Of a long intent: the entries of which the machine accepts no origin, as they change nothing.
 * NULL: none is left out. */
static const bool *leave_out(struct prove_own *own)
{
    enum { LONG = 64 };
    const struct intent *intent = own->question.intent;
    bool *left_out =
        intent->count > LONG ? prove_take(&own->memory, intent->count * sizeof *left_out) : NULL;
    for (size_t i = 0; i < intent->count && left_out != NULL; i++)
        left_out[i] = entry_is_refused(&own->machine, &intent->entries[i]);
    return left_out;
}

static bool open_search(struct prove_own *own, struct prove_answer *answer)
{
    const struct prove_question *question = &own->question;
    struct search *search = &own->search;
    struct subset *old = NULL;
    const double from = search->from;
    *search = (struct search){
        .question = question,
        .machine = &own->machine,
        .left_out = leave_out(own),
        .classes = &own->classes,
        .memory = &own->memory,
        .from = from,
        .until = from + question->seconds * SEARCHING,
        .latest = from + question->seconds,
        .most = (uint32_t)(question->nodes > MOST_NODES ? MOST_NODES : question->nodes)};
    if (!sendable_open(&search->wanted.sendable, question->profile, &own->memory) ||
        !intended_open(&search->wanted.intended, question->intent, search->left_out, &own->memory))
        return end(answer, PROVE_UNDECIDED, no_memory, 0);
    classes_make(&own->classes, &own->machine, question->old == NULL ? NULL : &own->old_machine,
                 question->intent, search->left_out, &search->wanted.sendable);
    if (question->old != NULL) {
        old = &own->old;
        if (!subset_open(old, &own->old_machine, &own->classes, &own->memory))
            return end(answer, PROVE_UNDECIDED, no_memory, 0);
    }
    return wanted_open(&search->wanted, &own->classes, old, &own->memory) ||
           end(answer, PROVE_UNDECIDED, no_memory, 0);
}

/* ---- The verdict --------------------------------------------------------------------------- */

static int order(const void *a, const void *b)
{
    const struct prove_witness *left = a, *right = b;
    if (left->kind.tier != right->kind.tier)
        return left->kind.tier < right->kind.tier ? -1 : 1;
    const size_t one = witness_length(left->origin), other = witness_length(right->origin);
    if (one != other)
        return one < other ? -1 : 1;
    return left->kind.class < right->kind.class ? -1 : 1;
}

static void take_witnesses(struct prove_own *own, struct witnesses *witnesses,
                           struct prove_answer *answer)
{
    for (unsigned tier = 0; tier < TIER_COUNT; tier++)
        for (unsigned class = 0; class < CLASS_COUNT; class ++) {
            struct prove_witness *witness = &witnesses->best[tier][class];
            if (witness->origin.at == NULL)
                continue;
            find_cause(&own->machine, own->question.intent, witness);
            if (witness->pattern < own->check.count) {
                witness->answer = check_answer(&own->check, witness->pattern, witness->origin);
                witness->pattern = own->check.sources[witness->pattern].configured;
            }
            answer->witnesses[answer->witness_count++] = *witness;
        }
    qsort(answer->witnesses, answer->witness_count, sizeof *answer->witnesses, order);
    answer->is_whole = witnesses->is_whole;
}

static void decide(struct prove_own *own, struct prove_answer *answer)
{
    enum { FEW = 1000 };
    struct search *search = &own->search;
    struct witnesses witnesses = {.search = search};
    hope_find(&search->hope, search->machine);
    if (search->left_out != NULL) /* the intent is a long one */
        witnesses_try(&witnesses, FEW);
    search_run(search);
    witnesses_find(&witnesses);
    take_witnesses(own, &witnesses, answer);
    refused_find(search, answer);
    answer->states = search->count;
    answer->seconds = clock_passed() - own->began;
    if (answer->witness_count > 0)
        end(answer, PROVE_BYPASS, NULL, 0);
    else if (search->stopped != NULL)
        end(answer, PROVE_UNDECIDED, search->stopped, 0);
    else if (witnesses.failed > 0 && own->machine.inexact != NULL) {
        end(answer, PROVE_UNDECIDED, own->machine.inexact, own->machine.inexact_column);
        answer->pattern = own->machine.inexact_pattern;
    } else if (witnesses.failed > 0)
        end(answer, PROVE_UNDECIDED, "no witness was one that the browser's host rules allow", 0);
    else if (own->question.old != NULL && own->old_machine.inexact != NULL) {
        end(answer, PROVE_UNDECIDED, own->old_machine.inexact, own->old_machine.inexact_column);
        answer->pattern = own->old_machine.inexact_pattern;
        answer->in_old = true;
    } else
        end(answer, PROVE_PROVEN, NULL, 0);
}

/* ---- References that can be anything ------------------------------------------------------- */

/* False: there is no machine that is worth a try. */
static bool build_narrowed(const struct prove_own *own, struct prove_own *narrowed,
                           struct prove_answer *answer)
{
    const struct prove_question *question = &narrowed->question;
    struct prove_memory *memory = &narrowed->memory;
    struct pattern_error error;
    if (!check_read(&question->check, memory, &narrowed->check, &error) ||
        !narrow_references(&narrowed->check) ||
        !check_build(&narrowed->check, memory, &narrowed->machine, &error))
        return false;
    narrowed->machine.inexact = own->machine.inexact; /* so that each witness is tried */
    return question->old == NULL ||
           build_check(question->old, memory, &narrowed->old_check, &narrowed->old_machine, answer);
}

/* False: no memory. */
static bool copy_origin(struct prove_memory *memory, struct cors_bytes *origin)
{
    char *copy = prove_take(memory, origin->len + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, origin->at, origin->len);
    origin->at = copy;
    return true;
}

static bool copy_witness(struct prove_memory *memory, struct prove_witness *witness)
{
    const bool echoed = witness->answer.at == witness->origin.at;
    if (!copy_origin(memory, &witness->origin))
        return false;
    if (echoed)
        witness->answer = witness->origin;
    return true;
}

static void take_over(struct prove_own *own, const struct prove_answer *found,
                      struct prove_answer *answer)
{
    for (size_t i = 0; i < found->witness_count; i++) {
        struct prove_witness *witness = &answer->witnesses[answer->witness_count];
        *witness = found->witnesses[i];
        answer->witness_count += copy_witness(&own->memory, witness);
    }
    if (answer->witness_count > 0) {
        answer->is_whole = false;
        answer->pattern = 0;
        end(answer, PROVE_BYPASS, NULL, 0);
    }
}

/* Where no witness was confirmed: what stands for a reference may have been too much for any to be
 * one. Those of fewer words, for which references are exact, are tried then. */
static void try_narrowed(struct prove_own *own, struct prove_answer *answer)
{
    enum { MOST_BYTES = 32 << 20 };
    const double left = own->search.latest - prove_clock();
    struct prove_answer found = {0};
    if (answer->verdict != PROVE_UNDECIDED || own->machine.inexact == NULL ||
        own->question.accepts == NULL || left <= 0)
        return;
    struct prove_own *narrowed = found.own = calloc(1, sizeof *narrowed);
    if (narrowed == NULL)
        return;
    narrowed->question = own->question;
    narrowed->question.seconds = left;
    narrowed->memory.limit = own->memory.limit - own->memory.used;
    if (narrowed->memory.limit > MOST_BYTES)
        narrowed->memory.limit = MOST_BYTES;
    narrowed->search.from = prove_clock();
    if (build_narrowed(own, narrowed, &found) && open_search(narrowed, &found)) {
        decide(narrowed, &found);
        take_over(own, &found, answer);
        answer->seconds = clock_passed() - own->began;
    }
    prove_free(&found);
}

/* ---- What a wildcard holds and should not --------------------------------------------------- */

static bool surely_accepts(struct prove_own *own, struct cors_bytes origin)
{
    const struct prove_question *question = &own->question;
    if (machine_accepts(&own->machine, origin.at, origin.len) != 1)
        return false;
    return own->machine.inexact == NULL ||
           (question->accepts != NULL && question->accepts(question->context, origin));
}

static void find_astray(struct prove_own *own, struct prove_answer *answer)
{
    struct origins origins = {0};
    if (answer->verdict == PROVE_PROVEN && own->question.old == NULL)
        astray_origins(own->question.intent, own->question.profile, &origins);
    for (size_t i = 0; i < origins.count && answer->astray.len == 0; i++) {
        struct cors_bytes origin = origins_at(&origins, i);
        if (surely_accepts(own, origin) && copy_origin(&own->memory, &origin))
            answer->astray = origin;
    }
    origins_free(&origins);
}

/* ---- The question -------------------------------------------------------------------------- */

bool prove(const struct prove_question *given, struct prove_answer *answer)
{
    *answer = (struct prove_answer){0};
    struct prove_own *own = answer->own = calloc(1, sizeof *own);
    if (own == NULL)
        return false;
    struct prove_question *question = &own->question;
    own->began = clock_passed();
    own->search.from = prove_clock();
    *question = *given;
    if (question->intent == NULL)
        question->intent = &no_intent;
    if (question->seconds == 0)
        question->seconds = 1;
    if (question->nodes == 0)
        question->nodes = MOST_NODES;
    own->memory.limit = question->memory == 0 ? MOST_MEMORY : question->memory;
    if (!build_check(&question->check, &own->memory, &own->check, &own->machine, answer))
        return true;
    if (question->old != NULL &&
        !build_check(question->old, &own->memory, &own->old_check, &own->old_machine, answer)) {
        answer->in_old = true;
        return true;
    }
    answer->inexact = own->machine.inexact;
    answer->inexact_column = own->machine.inexact_column;
    if (open_search(own, answer)) {
        decide(own, answer);
        try_narrowed(own, answer);
        find_astray(own, answer);
    }
    return true;
}

void prove_free(struct prove_answer *answer)
{
    if (answer->own != NULL)
        prove_release(&answer->own->memory);
    free(answer->own);
    *answer = (struct prove_answer){0};
}
