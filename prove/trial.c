/* Trying a check, as prove/trial.h says: one question for the proof, and one that compares it with
 * the owner's. */
#include "trial.h"

#include "own.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_TRIALS = 200 };
static const double most_seconds = 2; /* of prove_clock() */

/* ---- What is refused ----------------------------------------------------------------------- */

/* Whether an origin of an entry is accepted: one that stands for many, if more than one is meant.
 */
static bool takes_sample(struct machine *machine, const struct intent_entry *entry, bool https,
                         const char *below, const char *port)
{
    char text[2048], number[16] = "";
    if (entry->port_kind == INTENT_PORT_NUMBER && entry->port != (https ? 443 : 80))
        snprintf(number, sizeof number, ":%u", (unsigned)entry->port);
    const int length = snprintf(text, sizeof text, "%s://%s%.*s%s%s", https ? "https" : "http",
                                below, (int)entry->host.len, entry->host.at, number, port);
    return length > 0 && (size_t)length < sizeof text &&
           machine_accepts(machine, text, (size_t)length) > 0;
}

static bool takes_some(struct machine *machine, const struct intent_entry *entry)
{
    static const char *const names[] = {"a.", "www.", "api.", ""}, *const ports[] = {"", ":8080"};
    const size_t first = entry->below ? 0 : 3, last = entry->below ? 3 : 4;
    if (entry->null)
        return machine_accepts(machine, "null", 4) > 0;
    for (size_t name = first; name < last; name++)
        for (size_t port = 0; port < (entry->port_kind == INTENT_PORT_ANY ? 2 : 1); port++)
            if ((entry->https && takes_sample(machine, entry, true, names[name], ports[port])) ||
                (entry->http && takes_sample(machine, entry, false, names[name], ports[port])))
                return true;
    return false;
}

static bool is_refused(const struct prove_answer *answer, const struct intent *intent, size_t entry)
{
    if (answer->refused != NULL && (answer->refused[entry] || answer->refused_is_whole))
        return answer->refused[entry];
    return !takes_some(&answer->own->machine, &intent->entries[entry]);
}

static bool refuses_no_more(const struct trials *trials, const struct prove_answer *answer,
                            size_t *refused)
{
    const struct intent *intent = trials->question->intent;
    *refused = 0;
    for (size_t i = 0; i < intent->count; i++)
        if (is_refused(answer, intent, i)) {
            if (!trials->refused[i])
                return false;
            ++*refused;
        }
    return true;
}

/* ---- What is lost -------------------------------------------------------------------------- */

/* Whether all that is intended and the owner's check accepts is accepted by another. */
static bool keeps_intended(const struct trials *trials, const struct prove_check *check)
{
    struct prove_question question = *trials->question;
    struct prove_answer answer;
    question.old = check;
    question.profile = PROFILE_ABNF;
    question.accepts = NULL;
    question.nodes = trials->nodes;
    question.seconds = trials->each;
    bool kept = prove(&question, &answer) && answer.verdict != PROVE_MALFORMED &&
                answer.own->search.products != NULL && answer.own->search.stopped == NULL;
    if (kept) {
        struct wanted *wanted = &answer.own->search.wanted;
        for (uint32_t i = WANTED_START; i < wanted->count && kept; i++) {
            const unsigned flags = wanted->states[i].flags;
            kept = (flags & WANTED_INTENDED) == 0 || (flags & WANTED_ACCEPTED) == 0 ||
                   subset_accepts(wanted->old, wanted->states[i].old);
        }
    }
    prove_free(&answer);
    return kept;
}

/* ---- Trials -------------------------------------------------------------------------------- */

bool trials_open(struct trials *trials, const struct prove_question *question,
                 const struct prove_answer *answer)
{
    enum { NODES_MORE = 100000 };
    *trials = (struct trials){.question = question,
                              .most = MOST_TRIALS,
                              .nodes = 4 * answer->states + NODES_MORE,
                              .each = 1,
                              .until = prove_clock() + most_seconds};
    trials->refused = calloc(question->intent->count + 1, sizeof *trials->refused);
    if (trials->refused == NULL)
        return false;
    trials_accept(trials, answer);
    return true;
}

void trials_close(struct trials *trials)
{
    free(trials->refused);
}

bool trials_are_over(const struct trials *trials)
{
    return trials->tried >= trials->most || prove_clock() > trials->until;
}

void trials_accept(struct trials *trials, const struct prove_answer *answer)
{
    const struct intent *intent = trials->question->intent;
    trials->refused_count = 0;
    for (size_t i = 0; i < intent->count; i++) {
        trials->refused[i] = is_refused(answer, intent, i);
        trials->refused_count += trials->refused[i];
    }
}

enum trial_result trial_run(struct trials *trials, const struct cors_bytes *patterns, size_t count,
                            const struct cors_bytes *gone, struct prove_answer *answer)
{
    struct prove_question question = *trials->question;
    size_t refused;
    question.check.patterns = patterns;
    question.check.pattern_count = count;
    question.accepts = NULL;
    question.nodes = trials->nodes;
    question.seconds = trials->each;
    trials->tried++;
    if (!prove(&question, answer) ||
        (answer->verdict != PROVE_PROVEN && answer->verdict != PROVE_BYPASS) ||
        answer->inexact != NULL || !refuses_no_more(trials, answer, &refused))
        return TRIAL_WORSE;
    const bool good = answer->verdict == PROVE_PROVEN && refused == 0;
    if (!good &&
        (gone == NULL || (refused == trials->refused_count &&
                          machine_accepts(&answer->own->machine, gone->at, gone->len) != 0)))
        return TRIAL_WORSE;
    if (!keeps_intended(trials, &question.check))
        return TRIAL_WORSE;
    return good ? TRIAL_GOOD : TRIAL_BETTER;
}
