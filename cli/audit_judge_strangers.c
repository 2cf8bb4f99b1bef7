/* Who gets at what is not theirs: origins that nobody means, and what the server lets them read
 * (https://fetch.spec.whatwg.org/#cors-check) and send (#cors-preflight-fetch). Invariants: *
 * without credentials is no finding; where everybody is let in nothing else is said about who is.
 */
#include "audit_hunt.h"
#include "audit_parts.h"

#define BYTES(bytes) (int)(bytes).len, (bytes).at == NULL ? "" : (bytes).at

/* ---- Reading -------------------------------------------------------------------------------- */

/* What the probe's page may read; *exchange is what shows it. `*` counts as nothing. */
static enum audit_reach read_by(struct audit *audit, const struct audit_probe *probe,
                                const struct audit_exchange **exchange)
{
    *exchange = last_answer(probe, false);
    if (probe->only_preflight || *exchange == NULL ||
        bytes_are_string(header_of(audit, *exchange, "Access-Control-Allow-Origin"), "*"))
        return REACH_NO;
    return reach_of(audit, *exchange);
}

static bool judge_stranger(struct audit *audit)
{
    const struct audit_probe *probe = first_of(audit, PURPOSE_STRANGER);
    const struct audit_exchange *exchange;
    if (probe == NULL)
        return false;
    switch (read_by(audit, probe, &exchange)) {
    case REACH_WITH_CREDENTIALS:
        find(audit, FINDING_ANY_ORIGIN_CREDENTIALS, probe, exchange,
             "To Origin: %.*s the server answers Access-Control-Allow-Origin: %.*s and "
             "Access-Control-Allow-Credentials: true.",
             BYTES(exchange->origin), BYTES(exchange->origin));
        return true;
    case REACH_PUBLIC:
        find(audit, FINDING_ANY_ORIGIN_REFLECTED, probe, exchange,
             "To Origin: %.*s the server answers Access-Control-Allow-Origin: %.*s.",
             BYTES(exchange->origin), BYTES(exchange->origin));
        return true;
    case REACH_NO:
    case REACH_UNKNOWN:
        break;
    }
    return false;
}

static void judge_null(struct audit *audit)
{
    const struct audit_probe *probe = first_of(audit, PURPOSE_NULL);
    const struct audit_exchange *exchange;
    if (probe == NULL)
        return;
    const enum audit_reach reach = read_by(audit, probe, &exchange);
    if (reach == REACH_WITH_CREDENTIALS)
        find(audit, FINDING_NULL_ORIGIN_CREDENTIALS, probe, exchange,
             "To Origin: null the server answers Access-Control-Allow-Origin: null and "
             "Access-Control-Allow-Credentials: true.");
    else if (reach == REACH_PUBLIC)
        find(audit, FINDING_NULL_ORIGIN, probe, exchange,
             "To Origin: null the server answers Access-Control-Allow-Origin: null.");
}

/* How what is let in is like what is meant. That a dot is taken for any character can be a check of
 * a part as well, where such a check lets others in. */
static const char *how(struct audit *audit, const struct audit_probe *probe)
{
    const struct audit_exchange *exchange;
    const struct audit_probe *other;
    if (probe->cause != CAUSE_CHARACTER)
        return probe->how;
    for (size_t from = 0; (other = next_of(audit, PURPOSE_HUNT, &from)) != NULL;)
        if (other->cause == CAUSE_PART && read_by(audit, other, &exchange) > REACH_NO)
            return memory_format(audit->memory, "%s; or %s", probe->how, other->how).at;
    return probe->how;
}

static void judge_lookalike(struct audit *audit, const struct audit_probe *probe)
{
    static const enum finding ids[] = {
        [USED_BY_ANYBODY] = FINDING_LOOKALIKE_ORIGIN_CREDENTIALS,
        [USED_BY_OTHER_HOSTS] = FINDING_OTHER_HOST_CREDENTIALS,
        [USED_BY_THE_NETWORK] = FINDING_HTTP_ORIGIN_CREDENTIALS,
        [USED_BY_FRAMES] = FINDING_NULL_ORIGIN_CREDENTIALS,
    };
    const struct audit_exchange *exchange;
    const enum audit_reach reach = read_by(audit, probe, &exchange);
    if (reach == REACH_WITH_CREDENTIALS)
        find(audit, ids[probe->user], probe, exchange, "Allowed, with credentials: %.*s (%s).",
             BYTES(exchange->origin), how(audit, probe));
    else if (reach == REACH_PUBLIC)
        find(audit, FINDING_LOOKALIKE_ORIGIN, probe, exchange, "Allowed: %.*s (%s).",
             BYTES(exchange->origin), how(audit, probe));
}

/* The first names the finding: those that show best what is wrong come first. */
static void judge_lookalikes(struct audit *audit)
{
    static const enum audit_purpose purposes[] = {PURPOSE_PLAIN_HTTP, PURPOSE_HUNT};
    const struct audit_probe *probe;
    for (int telling = 1; telling >= 0; telling--)
        for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
            for (size_t from = 0; (probe = next_of(audit, purposes[i], &from)) != NULL;)
                if ((probe->cause == CAUSE_PART || i == 0) == telling)
                    judge_lookalike(audit, probe);
}

/* ---- Sending -------------------------------------------------------------------------------- */

static void judge_sending(struct audit *audit)
{
    const struct audit_probe *probe;
    for (size_t from = 0; (probe = next_of(audit, PURPOSE_STRANGER, &from)) != NULL;) {
        const struct audit_exchange *exchange = last_answer(probe, true);
        if (passed_preflight(probe) && exchange != NULL &&
            reach_of(audit, exchange) == REACH_WITH_CREDENTIALS)
            find(audit, FINDING_ANY_ORIGIN_PREFLIGHT, probe, exchange,
                 "The preflight of %.*s lets %.*s through, with credentials.",
                 BYTES(exchange->origin), BYTES(probe->description.method));
    }
}

void judge_strangers(struct audit *audit)
{
    if (judge_stranger(audit))
        return;
    judge_sending(audit);
    judge_null(audit);
    judge_lookalikes(audit);
}
