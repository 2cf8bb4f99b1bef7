/* What a page of an origin that nobody means can do: read answers
 * (https://fetch.spec.whatwg.org/#cors-check) and send what needs a preflight
 * (https://fetch.spec.whatwg.org/#cors-preflight-fetch); and whether more is open to it under an
 * origin that any site can get. Invariants: nothing is said of what was not asked; nothing is sent
 * for it, as a preflight looks the same with credentials and without, so that its answer can be
 * played again. */
#include "audit_hunt.h"
#include "audit_parts.h"

/* ---- Sending -------------------------------------------------------------------------------- */

/* Whether a preflight that refuses a request with credentials lets one without them through. The
 * recorded answers end with it: what matters is whether more is asked for. */
static bool passes_without_credentials(struct audit *audit, const struct audit_probe *probe)
{
    struct player player;
    struct played played;
    struct answers answers = {0};
    struct fetch_description description = probe->description;
    description.credentials_mode = CORS_CREDENTIALS_OMIT;
    answers.at = answers_of(audit, probe, &answers.count);
    player_begin(&player);
    player.settings = audit->settings;
    const bool passes =
        play(&player, &description, &answers, &played, NULL) && !played.outcome.in_preflight;
    player_end(&player);
    return passes;
}

/* One more of which those that reach the most are named. */
static void name_if_most(struct audit *audit, enum audit_reach reach, struct cors_bytes name,
                         enum audit_reach *most, struct cors_bytes *names)
{
    if (reach < *most)
        return;
    if (reach > *most)
        *names = CORS_BYTES("");
    *most = reach;
    if (reach > REACH_NO)
        *names = memory_format(audit->memory, "%s%s%.*s", names->at, names->len == 0 ? "" : ", ",
                               (int)name.len, name.at);
}

static void read_sending(struct audit *audit, const struct audit_probe *probe,
                         struct audit_sending *sending)
{
    const enum audit_reach reach = probe->withheld ? REACH_WITH_CREDENTIALS
                                   : passes_without_credentials(audit, probe) ? REACH_PUBLIC
                                                                              : REACH_NO;
    name_if_most(audit, reach, probe->description.method, &sending->reach, &sending->methods);
}

/* ---- Reading -------------------------------------------------------------------------------- */

static void read_disguised(struct audit *audit, const struct audit_exchange *answer)
{
    struct audit_stranger *stranger = &audit->result.stranger;
    name_if_most(audit, reach_of(audit, answer), answer->origin, &stranger->disguised_read,
                 &stranger->disguises);
}

/* The answer to the look-alike that reads most, of those that anybody can register; NULL: none. */
static const struct audit_exchange *best_lookalike(struct audit *audit)
{
    const struct audit_probe *probe;
    const struct audit_exchange *best = NULL;
    for (size_t from = 0; (probe = next_of(audit, PURPOSE_HUNT, &from)) != NULL;) {
        const struct audit_exchange *answer = last_answer(probe, false);
        if (answer != NULL && probe->user == USED_BY_ANYBODY &&
            (best == NULL || reach_of(audit, answer) > reach_of(audit, best)))
            best = answer;
    }
    return best;
}

/* ---- All of it ------------------------------------------------------------------------------ */

static void read_foreign(struct audit *audit, const struct audit_probe *probe)
{
    struct audit_stranger *stranger = &audit->result.stranger;
    const bool is_stranger = probe->purpose == PURPOSE_STRANGER;
    const struct audit_exchange *answer = last_answer(probe, probe->only_preflight);
    if (answer == NULL)
        return;
    if (probe->only_preflight)
        read_sending(audit, probe, is_stranger ? &stranger->send : &stranger->null_send);
    else if (is_stranger)
        stranger->read = reach_of(audit, answer);
    else
        read_disguised(audit, answer);
    if (is_stranger)
        stranger->exchanges[stranger->exchange_count++] =
            (size_t)(answer - audit->result.exchanges);
}

void read_stranger(struct audit *audit)
{
    static const enum audit_purpose purposes[] = {PURPOSE_STRANGER, PURPOSE_NULL};
    const struct audit_sending none = {.methods = CORS_BYTES("")};
    audit->result.stranger = (struct audit_stranger){
        .send = none,
        .null_send = none,
        .disguises = CORS_BYTES(""),
        .sends_simple = true,
        .exchanges =
            memory_take(audit->memory, (audit->result.exchange_count + 1) * sizeof(size_t))};
    const struct audit_probe *probe;
    for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
        for (size_t from = 0; (probe = next_of(audit, purposes[i], &from)) != NULL;)
            read_foreign(audit, probe);
    const struct audit_exchange *lookalike = best_lookalike(audit);
    if (lookalike != NULL)
        read_disguised(audit, lookalike);
}
