/* Why the front end does not work: the first thing that is wrong, of those that the deciding step
 * (https://fetch.spec.whatwg.org/#cors-check, #cors-preflight-fetch) can have as its cause.
 * Invariant: a request that some engine refuses gives a finding, one that none refuses gives none.
 */
#include "audit_parts.h"

#include <string.h>

#define BYTES(bytes) (int)(bytes).len, (bytes).at == NULL ? "" : (bytes).at

/* A request of the front end that was refused, and on which answer. */
struct refusal {
    struct audit *audit;
    const struct audit_probe *probe;
    const struct audit_exchange *exchange;
    const struct cors_outcome *outcome;
    struct cors_bytes allowed; /* Access-Control-Allow-Origin of that answer */
    unsigned status;
};

static bool is_error(const struct refusal *refusal, const char *id)
{
    return bytes_are_string(bytes_of(refusal->outcome->error), id);
}

static const char *what(const struct refusal *refusal)
{
    return refusal->outcome->in_preflight ? "preflight" : "request";
}

/* ---- Other answers to compare with ---------------------------------------------------------- */

/* Whether any answer that is no preflight's, or any preflight's, has the header. */
static bool is_sent_somewhere(struct audit *audit, const char *name, bool preflight)
{
    for (size_t i = 0; i < audit->result.exchange_count; i++) {
        const struct audit_exchange *exchange = &audit->result.exchanges[i];
        if (exchange->exchange.preflight == preflight &&
            header_of(audit, exchange, name).at != NULL)
            return true;
    }
    return false;
}

/* Whether an answer of that kind lets the page's own origin in. What the audit asks of other paths
 * says nothing about this one. */
static bool is_allowed_elsewhere(const struct refusal *refusal, bool preflight)
{
    struct audit *audit = refusal->audit;
    for (size_t i = 0; i < audit->result.exchange_count; i++) {
        const struct audit_exchange *exchange = &audit->result.exchanges[i];
        const struct cors_bytes allowed = header_of(audit, exchange, "Access-Control-Allow-Origin");
        if (exchange->exchange.preflight == preflight && allowed.at != NULL &&
            exchange->purpose != PURPOSE_NOT_FOUND && exchange->purpose != PURPOSE_ERROR_PATH &&
            bytes_are(exchange->origin, refusal->probe->description.origin) &&
            (bytes_are(allowed, exchange->origin) || bytes_are_string(allowed, "*")))
            return true;
    }
    return false;
}

/* ---- Errors that are refusals --------------------------------------------------------------- */

static bool is_get(const struct audit_exchange *exchange)
{
    return !exchange->exchange.preflight && bytes_are_string(exchange->exchange.method, "GET");
}

/* What the page's own GET is answered; NULL: it was not asked for, or not answered. */
static const struct audit_exchange *own_get(const struct refusal *refusal)
{
    const struct audit_probe *probe;
    if (is_get(refusal->exchange))
        return refusal->exchange;
    for (size_t from = 0; (probe = next_of(refusal->audit, PURPOSE_METHOD, &from)) != NULL;) {
        const struct audit_exchange *answer = last_answer(probe, false);
        if (answer != NULL && is_get(answer) &&
            bytes_are(probe->description.origin, refusal->probe->description.origin))
            return answer;
    }
    return NULL;
}

/* Some servers answer an origin that is not in their list with an error. The page's GET gets the
 * status of a stranger's then, and the same GET without Origin gets none. */
static bool refused_by_an_error(const struct refusal *refusal)
{
    struct audit *audit = refusal->audit;
    const struct audit_probe *without = first_of(audit, PURPOSE_NO_ORIGIN),
                             *foreign = first_of(audit, PURPOSE_STRANGER);
    const struct audit_exchange *own = own_get(refusal),
                                *none = without == NULL ? NULL : last_answer(without, false),
                                *other = foreign == NULL ? NULL : last_answer(foreign, false);
    if (own == NULL || none == NULL || other == NULL || !is_ok(none) ||
        own->exchange.answer.status < 400 ||
        own->exchange.answer.status != other->exchange.answer.status ||
        is_allowed_elsewhere(refusal, false) || is_allowed_elsewhere(refusal, true))
        return false;
    find(audit, FINDING_ORIGIN_NOT_ALLOWED, refusal->probe, refusal->exchange,
         "GET is answered %u to Origin: %.*s, as it is to a stranger's, and %u without Origin: the "
         "server refuses the origin by an error.",
         own->exchange.answer.status, BYTES(own->origin), none->exchange.answer.status);
    find(audit, FINDING_ORIGIN_NOT_ALLOWED, refusal->probe, own, " ");
    find(audit, FINDING_ORIGIN_NOT_ALLOWED, without, none, " ");
    return true;
}

/* ---- Preflights ----------------------------------------------------------------------------- */

/* Whether a preflight by the same page for only that method, or only that header, is passed. */
static bool passes(const struct refusal *refusal, enum audit_purpose purpose,
                   struct cors_bytes method, struct cors_bytes header)
{
    const struct audit_probe *probe;
    for (size_t from = 0; (probe = next_of(refusal->audit, purpose, &from)) != NULL;) {
        const struct fetch_description *asked = &probe->description;
        if (passed_preflight(probe) && (method.at == NULL || bytes_are(asked->method, method)) &&
            (header.at == NULL ||
             (asked->headers.count > 0 && bytes_are(asked->headers.at[0].name, header))))
            return true;
    }
    return false;
}

/* Some servers refuse a preflight as a whole, without CORS headers or with 403, where one method or
 * header is not in their list. Other preflights of the same page are passed then. */
static bool refused_as_a_whole(const struct refusal *refusal)
{
    struct audit *audit = refusal->audit;
    const struct fetch_description *asked = &refusal->probe->description;
    const struct cors_bytes any = {0};
    if (!passes(refusal, PURPOSE_METHOD, any, any) && !passes(refusal, PURPOSE_HEADER, any, any))
        return false;
    for (size_t i = 0; i < asked->headers.count; i++)
        if (passes(refusal, PURPOSE_METHOD, asked->method, any) &&
            !passes(refusal, PURPOSE_HEADER, any, asked->headers.at[i].name)) {
            find(audit, FINDING_HEADER_NOT_ALLOWED, refusal->probe, refusal->exchange,
                 "OPTIONS was answered %u without CORS headers; without \"%.*s\" it is passed.",
                 refusal->status, BYTES(asked->headers.at[i].name));
            return true;
        }
    if (passes(refusal, PURPOSE_METHOD, asked->method, any))
        return false;
    find(audit, FINDING_METHOD_NOT_ALLOWED, refusal->probe, refusal->exchange,
         "OPTIONS was answered %u without CORS headers; for other methods than %.*s it is passed.",
         refusal->status, BYTES(asked->method));
    return true;
}

static void refused_status(const struct refusal *refusal)
{
    struct audit *audit = refusal->audit;
    const unsigned status = refusal->status;
    const struct cors_bytes location = header_of(audit, refusal->exchange, "Location");
    if (status == 403 && refused_as_a_whole(refusal))
        return;
    if (status >= 300 && status < 400)
        find(audit, FINDING_PREFLIGHT_REDIRECT, refusal->probe, refusal->exchange,
             "OPTIONS was answered %u, with a redirect to \"%.*s\".", status, BYTES(location));
    else if (refused_by_an_error(refusal))
        return;
    else if (status == 401 || status == 407 ||
             (status == 403 && header_of(audit, refusal->exchange, "WWW-Authenticate").at != NULL))
        find(audit, FINDING_PREFLIGHT_AUTHENTICATION, refusal->probe, refusal->exchange,
             "OPTIONS was answered %u.", status);
    else if (status == 403 && !is_allowed_elsewhere(refusal, false))
        find(audit, FINDING_ORIGIN_NOT_ALLOWED, refusal->probe, refusal->exchange,
             "OPTIONS was answered 403, and no other answer lets %.*s in either.",
             BYTES(refusal->probe->description.origin));
    else if (status == 403)
        find(audit, FINDING_PREFLIGHT_AUTHENTICATION, refusal->probe, refusal->exchange,
             "OPTIONS was answered 403, while requests of the same origin are let in.");
    else
        find(audit, FINDING_PREFLIGHT_STATUS, refusal->probe, refusal->exchange,
             "OPTIONS was answered %u.", status);
}

static void refused_lists(const struct refusal *refusal)
{
    struct audit *audit = refusal->audit;
    const bool is_method = is_error(refusal, "MethodDisallowedByPreflightResponse");
    const struct cors_bytes list =
        header_of(audit, refusal->exchange,
                  is_method ? "Access-Control-Allow-Methods" : "Access-Control-Allow-Headers");
    const struct cors_bytes subject = refusal->outcome->subject;
    if (bytes_are_string(list, "*") && refusal->exchange->exchange.answer.status != 0 &&
        refusal->probe->description.credentials_mode == CORS_CREDENTIALS_INCLUDE)
        find(audit, FINDING_LIST_WILDCARD_WITH_CREDENTIALS, refusal->probe, refusal->exchange,
             "%s is *, and the front end sends credentials.",
             is_method ? "Access-Control-Allow-Methods" : "Access-Control-Allow-Headers");
    else if (list.at == NULL)
        find(audit, is_method ? FINDING_METHOD_NOT_ALLOWED : FINDING_HEADER_NOT_ALLOWED,
             refusal->probe, refusal->exchange,
             "The preflight's answer has no Access-Control-Allow-%s; \"%.*s\" is "
             "needed.",
             is_method ? "Methods" : "Headers", BYTES(subject));
    else
        find(audit, is_method ? FINDING_METHOD_NOT_ALLOWED : FINDING_HEADER_NOT_ALLOWED,
             refusal->probe, refusal->exchange,
             "Access-Control-Allow-%s is \"%.*s\"; \"%.*s\" is needed.",
             is_method ? "Methods" : "Headers", BYTES(list), BYTES(subject));
}

/* ---- The CORS check ------------------------------------------------------------------------- */

/* The server itself lets the origin in, where no cache can answer for it. */
static bool refused_by_a_cache(const struct refusal *refusal)
{
    const struct audit_probe *probe;
    struct audit *audit = refusal->audit;
    for (size_t from = 0; (probe = next_of(audit, PURPOSE_FRESH, &from)) != NULL;) {
        const struct audit_exchange *answer = last_answer(probe, false);
        if (answer == NULL || refusal->outcome->in_preflight ||
            !bytes_are(answer->origin, refusal->exchange->origin) ||
            !bytes_are(header_of(audit, answer, "Access-Control-Allow-Origin"), answer->origin))
            continue;
        find(audit, FINDING_VARY_MISSING, refusal->probe, refusal->exchange,
             "The answer has \"%.*s\" as Access-Control-Allow-Origin; with a query that nobody "
             "has asked for yet it has the page's origin. A cache in between keeps one "
             "origin's answer and gives it to others.",
             BYTES(refusal->allowed));
        find(audit, FINDING_VARY_MISSING, probe, answer, " ");
        return true;
    }
    return false;
}

static void refused_without_origin(const struct refusal *refusal)
{
    struct audit *audit = refusal->audit;
    const bool in_preflight = refusal->outcome->in_preflight;
    const struct cors_bytes origin = refusal->probe->description.origin;
    if (in_preflight && refusal->status >= 200 && refusal->status < 300 &&
        refused_as_a_whole(refusal))
        return;
    if (in_preflight && (refusal->status < 200 || refusal->status > 299))
        refused_status(refusal);
    else if (is_allowed_elsewhere(refusal, !in_preflight) && in_preflight)
        find(audit, FINDING_PREFLIGHT_ORIGIN_MISSING, refusal->probe, refusal->exchange,
             "The answer to OPTIONS, with status %u, has no Access-Control-Allow-Origin.",
             refusal->status);
    else if (refused_by_a_cache(refusal) ||
             (refusal->status >= 400 && refused_by_an_error(refusal)))
        return;
    else if (refusal->status >= 400)
        find(audit, FINDING_ERRORS_UNREADABLE, refusal->probe, refusal->exchange,
             "%s was answered %u, without Access-Control-Allow-Origin.",
             refusal->probe->assumed ? "GET, in place of the front end's own request,"
                                     : "The front end's own request",
             refusal->status);
    else if (refusal->status >= 300)
        find(audit, FINDING_REDIRECT_BLOCKED, refusal->probe, refusal->exchange,
             "It was answered %u, a redirect to \"%.*s\" without Access-Control-Allow-Origin.",
             refusal->status, BYTES(header_of(audit, refusal->exchange, "Location")));
    else if (bytes_are_string(refusal->exchange->origin, "null") &&
             !bytes_are_string(origin, "null"))
        find(audit, FINDING_REDIRECT_BLOCKED, refusal->probe, refusal->exchange,
             "After redirects the request says Origin: null, and the answer has no "
             "Access-Control-Allow-Origin.");
    else if (is_allowed_elsewhere(refusal, !in_preflight))
        find(audit, FINDING_ANSWER_ORIGIN_MISSING, refusal->probe, refusal->exchange,
             "The answer to %.*s has no Access-Control-Allow-Origin.",
             BYTES(refusal->exchange->exchange.method));
    else if (is_sent_somewhere(audit, "Access-Control-Allow-Origin", false) ||
             is_sent_somewhere(audit, "Access-Control-Allow-Origin", true) ||
             list_has(header_of(audit, refusal->exchange, "Vary"), CORS_BYTES("origin"), true))
        find(audit, FINDING_ORIGIN_NOT_ALLOWED, refusal->probe, refusal->exchange,
             "There is no Access-Control-Allow-Origin for %.*s, although the server knows CORS.",
             BYTES(origin));
    else
        find(audit, FINDING_NO_CORS_HEADERS, refusal->probe, refusal->exchange,
             "The answer to %.*s, with status %u, has no Access-Control-Allow-Origin, and no other "
             "answer has it.",
             BYTES(refusal->exchange->exchange.method), refusal->status);
}

static size_t count_of(const struct audit_exchange *exchange, const char *name)
{
    const struct cors_header_list *headers = &exchange->exchange.answer.headers;
    size_t count = 0;
    for (size_t i = 0; i < headers->count; i++) {
        const struct cors_header_list one = {.at = &headers->at[i], .count = 1};
        count += cors_header_list_contains(&one, bytes_of(name));
    }
    return count;
}

static void refused_value(const struct refusal *refusal)
{
    struct audit *audit = refusal->audit;
    const struct cors_bytes origin = refusal->probe->description.origin;
    if (is_error(refusal, "AllowOriginMismatch") && refused_by_a_cache(refusal))
        return;
    if (is_error(refusal, "WildcardOriginNotAllowed"))
        find(audit, FINDING_WILDCARD_WITH_CREDENTIALS, refusal->probe, refusal->exchange,
             "The %s has credentials, and Access-Control-Allow-Origin is *.", what(refusal));
    else if (count_of(refusal->exchange, "Access-Control-Allow-Origin") > 1)
        find(audit, FINDING_ALLOW_ORIGIN_TWICE, refusal->probe, refusal->exchange,
             "The answer to the %s has the header twice: \"%.*s\".", what(refusal),
             BYTES(refusal->allowed));
    else if (is_error(refusal, "MultipleAllowOriginValues"))
        find(audit, FINDING_ALLOW_ORIGIN_LIST, refusal->probe, refusal->exchange,
             "Access-Control-Allow-Origin is \"%.*s\".", BYTES(refusal->allowed));
    else if (is_error(refusal, "InvalidAllowOriginValue"))
        find(audit, FINDING_ALLOW_ORIGIN_FORM, refusal->probe, refusal->exchange,
             "Access-Control-Allow-Origin is \"%.*s\"; the page's origin is \"%.*s\".",
             BYTES(refusal->allowed), BYTES(origin));
    else if (is_error(refusal, "OriginNullAfterRedirect"))
        find(audit, FINDING_REDIRECT_BLOCKED, refusal->probe, refusal->exchange,
             "After redirects the request says Origin: null, and Access-Control-Allow-Origin is "
             "\"%.*s\".",
             BYTES(refusal->allowed));
    else
        find(audit, FINDING_ORIGIN_NOT_ALLOWED, refusal->probe, refusal->exchange,
             "Access-Control-Allow-Origin is \"%.*s\"; the page's origin is \"%.*s\".",
             BYTES(refusal->allowed), BYTES(origin));
}

static void refused_credentials(const struct refusal *refusal)
{
    struct audit *audit = refusal->audit;
    const struct cors_bytes value =
        header_of(audit, refusal->exchange, "Access-Control-Allow-Credentials");
    if (value.at != NULL)
        find(audit, FINDING_CREDENTIALS_FORM, refusal->probe, refusal->exchange,
             "Access-Control-Allow-Credentials is \"%.*s\".", BYTES(value));
    else
        find(audit,
             refusal->outcome->in_preflight ? FINDING_PREFLIGHT_CREDENTIALS_MISSING
                                            : FINDING_CREDENTIALS_MISSING,
             refusal->probe, refusal->exchange,
             "The answer to %.*s has no Access-Control-Allow-Credentials.",
             BYTES(refusal->exchange->exchange.method));
}

/* ---- Which cause ---------------------------------------------------------------------------- */

static void refused_otherwise(const struct refusal *refusal)
{
    struct audit *audit = refusal->audit;
    const char *algorithm = refusal->outcome->algorithm;
    if (is_error(refusal, "InvalidAllowMethodsPreflightResponse") ||
        is_error(refusal, "InvalidAllowHeadersPreflightResponse"))
        find(audit, FINDING_PREFLIGHT_LISTS_MALFORMED, refusal->probe, refusal->exchange,
             "The list is \"%.*s\".", BYTES(refusal->outcome->subject));
    else if (algorithm != NULL && strcmp(algorithm, "http-redirect-fetch") == 0)
        find(audit, FINDING_REDIRECT_BLOCKED, refusal->probe, refusal->exchange, "%.*s",
             BYTES(refusal->probe->reason));
    else
        find(audit, FINDING_FRONT_END_BLOCKED, refusal->probe, refusal->exchange, "%.*s",
             BYTES(refusal->probe->reason));
}

static void judge_refusal(const struct refusal *refusal)
{
    if (is_error(refusal, "MissingAllowOriginHeader"))
        refused_without_origin(refusal);
    else if (is_error(refusal, "InvalidAllowCredentials"))
        refused_credentials(refusal);
    else if (is_error(refusal, "PreflightDisallowedRedirect") ||
             is_error(refusal, "PreflightInvalidStatus"))
        refused_status(refusal);
    else if (is_error(refusal, "MethodDisallowedByPreflightResponse") ||
             is_error(refusal, "HeaderDisallowedByPreflightResponse") ||
             is_error(refusal, "AuthorizationNotCoveredByWildcard"))
        refused_lists(refusal);
    else if (bytes_are_string(bytes_of(refusal->outcome->algorithm), "cors-check"))
        refused_value(refusal);
    else
        refused_otherwise(refusal);
}

/* The preflight stayed without an answer, and other requests did not. */
static void judge_silence(struct audit *audit, const struct audit_probe *probe)
{
    const struct audit_exchange *last = probe->exchanges[probe->exchange_count - 1];
    if (!last->exchange.answer.network_error || audit->result.unreachable)
        return;
    find(audit, last->exchange.preflight ? FINDING_PREFLIGHT_UNANSWERED : FINDING_FRONT_END_BLOCKED,
         probe, last, "%.*s %.*s: %.*s.", BYTES(last->exchange.method), BYTES(last->exchange.url),
         BYTES(last->exchange.answer.message));
}

/* Browsers do not even send it, so that there is no exchange to show. */
static void judge_unsent(struct audit *audit, const struct audit_probe *probe)
{
    if (bytes_are_string(bytes_of(probe->outcome.error), "MixedContent"))
        find(audit, FINDING_MIXED_CONTENT, probe, NULL, "The page is of %.*s, the API at %.*s.",
             BYTES(probe->description.origin), BYTES(audit->result.url));
    else
        find(audit, FINDING_FRONT_END_BLOCKED, probe, NULL, "%.*s", BYTES(probe->reason));
}

static void judge_request(struct audit *audit, const struct audit_probe *probe)
{
    if (!probe->played || probe->verdict == VERDICT_ALLOWED)
        return;
    if (probe->exchange_count == 0) {
        judge_unsent(audit, probe);
        return;
    }
    if (probe->verdict == VERDICT_UNREACHABLE) {
        judge_silence(audit, probe);
        return;
    }
    struct refusal refusal = {.audit = audit,
                              .probe = probe,
                              .exchange = probe->exchanges[probe->exchange_count - 1],
                              .outcome = &probe->outcome};
    refusal.status = refusal.exchange->exchange.answer.status;
    refusal.allowed = header_of(audit, refusal.exchange, "Access-Control-Allow-Origin");
    judge_refusal(&refusal);
}

/* ---- Engines -------------------------------------------------------------------------------- */

/* Only a difference in whether it works counts; what the standard refuses has its own finding. */
static void judge_engine(struct audit *audit, const struct audit_probe *probe)
{
    const struct audit_verdict *verdicts = audit->result.requests[probe->request].verdicts;
    if (probe->engine == CORS_ENGINE_SPEC || probe->exchange_count == 0 || !probe->played ||
        verdicts[CORS_ENGINE_SPEC].verdict != VERDICT_ALLOWED || probe->verdict != VERDICT_BLOCKED)
        return;
    find(audit, FINDING_ENGINE_BLOCKS, probe, probe->exchanges[probe->exchange_count - 1],
         "%s does not let it through: %.*s", choice_word(engine_words, (int)probe->engine),
         BYTES(probe->reason));
}

void judge_front_end(struct audit *audit)
{
    const struct audit_probe *probe;
    for (size_t from = 0; from < audit->probes.count; from++) {
        probe = &audit->probes.at[from];
        if (probe->purpose != PURPOSE_FRONT_END)
            continue;
        if (probe->engine == CORS_ENGINE_SPEC)
            judge_request(audit, probe);
        else
            judge_engine(audit, probe);
    }
}
