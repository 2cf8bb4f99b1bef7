/* Whether caches can mix up answers for different origins:
 * https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches and
 * https://httpwg.org/specs/rfc9111.html#caching.negotiated.responses. Invariants: where
 * Access-Control-Allow-Origin is the same for everybody no Vary is needed; preflights are not
 * looked at, as no HTTP cache keeps an answer to OPTIONS. */
#include "audit_parts.h"

#include <string.h>

#define BYTES(bytes) (int)(bytes).len, (bytes).at == NULL ? "" : (bytes).at

/* How a cache is invited to keep an answer. */
enum keeping { KEPT_NEVER, KEPT_PERHAPS, KEPT_SURELY };

static bool has_directive(struct cors_bytes list, const char *name)
{
    for (size_t at = 0; at < list.len;) {
        const char *comma = memchr(list.at + at, ',', list.len - at);
        const size_t end = comma == NULL ? list.len : (size_t)(comma - list.at);
        struct cors_bytes one =
            cors_normalize_header_value((struct cors_bytes){list.at + at, end - at});
        const char *equals = one.len == 0 ? NULL : memchr(one.at, '=', one.len);
        if (equals != NULL)
            one.len = (size_t)(equals - one.at);
        if (list_has(one, bytes_of(name), true))
            return true;
        at = end + 1;
    }
    return false;
}

static enum keeping keeping_of(struct audit *audit, const struct audit_exchange *exchange)
{
    const struct cors_bytes control = header_of(audit, exchange, "Cache-Control");
    if (has_directive(control, "no-store"))
        return KEPT_NEVER;
    if (is_of_a_cache(audit, exchange))
        return KEPT_SURELY;
    if (has_directive(control, "no-cache") || has_directive(control, "private"))
        return KEPT_PERHAPS;
    if (has_directive(control, "max-age") || has_directive(control, "s-maxage") ||
        has_directive(control, "public") || has_directive(control, "immutable") ||
        header_of(audit, exchange, "Expires").at != NULL ||
        header_of(audit, exchange, "Last-Modified").at != NULL)
        return KEPT_SURELY;
    return KEPT_PERHAPS;
}

static bool varies(struct audit *audit, const struct audit_exchange *exchange)
{
    const struct cors_bytes vary = header_of(audit, exchange, "Vary");
    return list_has(vary, CORS_BYTES("origin"), true) || list_has(vary, CORS_BYTES("*"), true);
}

/* A GET of the URL itself, as a cache would see it. */
static const struct audit_exchange *get_of(const struct audit *audit,
                                           const struct audit_probe *probe)
{
    const struct audit_exchange *answer = last_answer(probe, false);
    return !probe->only_preflight && answer != NULL &&
                   bytes_are_string(answer->exchange.method, "GET") &&
                   bytes_are(probe->description.url, audit->result.url)
               ? answer
               : NULL;
}

static bool allows_its_origin(struct audit *audit, const struct audit_exchange *exchange)
{
    return exchange->origin.at != NULL &&
           bytes_are(header_of(audit, exchange, "Access-Control-Allow-Origin"), exchange->origin);
}

/* The first answer of those purposes whose Access-Control-Allow-Origin is not that one. */
static const struct audit_probe *answered_otherwise(struct audit *audit, struct cors_bytes allowed)
{
    static const enum audit_purpose others[] = {PURPOSE_NO_ORIGIN, PURPOSE_STRANGER, PURPOSE_NULL,
                                                PURPOSE_FRESH};
    const struct audit_probe *probe;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        for (size_t from = 0; (probe = next_of(audit, others[i], &from)) != NULL;) {
            const struct audit_exchange *answer =
                probe->only_preflight ? NULL : last_answer(probe, false);
            if (answer != NULL &&
                !bytes_are(header_of(audit, answer, "Access-Control-Allow-Origin"), allowed))
                return probe;
        }
    return NULL;
}

/* Less severe where nothing invites a cache to keep the answer. */
static void weigh(struct audit_finding *finding, enum keeping keeping, enum audit_severity perhaps)
{
    if (keeping == KEPT_NEVER)
        soften(finding, AUDIT_NOTE);
    else if (keeping == KEPT_PERHAPS)
        soften(finding, perhaps);
}

static const char *how_kept(enum keeping keeping)
{
    if (keeping == KEPT_NEVER)
        return " Cache-Control: no-store keeps caches out, as long as it stays.";
    if (keeping == KEPT_PERHAPS)
        return " Nothing invites a shared cache to keep the answer, so it matters only where one "
               "does so by itself.";
    return " The answer may be kept by caches.";
}

static void judge_refused(struct audit *audit)
{
    static const enum audit_purpose others[] = {PURPOSE_NO_ORIGIN, PURPOSE_STRANGER};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct audit_probe *probe = first_of(audit, others[i]);
        const struct audit_exchange *answer = probe == NULL ? NULL : get_of(audit, probe);
        if (answer == NULL || varies(audit, answer) || !is_ok(answer))
            continue;
        const enum keeping keeping = keeping_of(audit, answer);
        weigh(find(audit, FINDING_VARY_MISSING_WHEN_REFUSED, probe, answer,
                   "The answer to %s%.*s has no Vary: Origin; that to the front end has.%s",
                   answer->origin.at == NULL ? "a request without Origin" : "Origin: ",
                   BYTES(answer->origin), how_kept(keeping)),
              keeping, AUDIT_NOTE);
    }
}

void judge_caching(struct audit *audit)
{
    const struct audit_probe *allowed = NULL, *probe;
    for (size_t from = 0;
         allowed == NULL && (probe = next_of(audit, PURPOSE_METHOD, &from)) != NULL;)
        if (get_of(audit, probe) != NULL && allows_its_origin(audit, get_of(audit, probe)))
            allowed = probe;
    if (allowed == NULL)
        return;
    const struct audit_exchange *answer = get_of(audit, allowed);
    const struct audit_probe *other = answered_otherwise(audit, answer->origin);
    if (other == NULL)
        return;
    if (varies(audit, answer)) {
        judge_refused(audit);
        return;
    }
    const enum keeping keeping = keeping_of(audit, answer);
    struct audit_finding *finding =
        find(audit, FINDING_VARY_MISSING, allowed, answer,
             "Access-Control-Allow-Origin is %.*s for that origin and another one, or none, for "
             "others.%s",
             BYTES(answer->origin), how_kept(keeping));
    find(audit, FINDING_VARY_MISSING, other, last_answer(other, false), " ");
    weigh(finding, keeping, AUDIT_LOW);
}
