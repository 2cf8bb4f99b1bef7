/* What else shows in the answers: errors without CORS headers, refusals that are errors, how long
 * preflights are kept (https://fetch.spec.whatwg.org/#http-access-control-max-age), what script
 * cannot read (#http-access-control-expose-headers), what is allowed and not needed, cookies that
 * do not arrive, and what needs no preflight. Invariant: only what the front end or a stranger
 * would notice is more than a note. */
#include "audit_parts.h"
#include "tables.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BYTES(bytes) (int)(bytes).len, (bytes).at == NULL ? "" : (bytes).at

/* The front end's first request, in the standard's own engine. */
static const struct audit_probe *front_end(const struct audit *audit)
{
    const struct audit_probe *probe = first_of(audit, PURPOSE_FRONT_END);
    return probe != NULL && probe->engine == CORS_ENGINE_SPEC ? probe : NULL;
}

/* The first probe of another method that is sent itself, GET or HEAD. */
static const struct audit_probe *plain(const struct audit *audit, const char *method)
{
    const struct audit_probe *probe;
    for (size_t from = 0; (probe = next_of(audit, PURPOSE_METHOD, &from)) != NULL;)
        if (!probe->only_preflight && bytes_are_string(probe->description.method, method) &&
            last_answer(probe, false) != NULL)
            return probe;
    return NULL;
}

/* ---- Errors --------------------------------------------------------------------------------- */

static void judge_error(struct audit *audit, const struct audit_probe *probe,
                        enum audit_severity most, const char *what)
{
    const struct audit_exchange *answer = probe == NULL ? NULL : last_answer(probe, false);
    if (answer == NULL || answer->exchange.answer.status < 400 || probe->verdict != VERDICT_BLOCKED)
        return;
    soften(find(audit, FINDING_ERRORS_UNREADABLE, probe, answer,
                "%s was answered %u, and the front end may not read that.", what,
                answer->exchange.answer.status),
           most);
}

/* Where the front end may read nothing at all, errors are not the matter. */
static void judge_errors(struct audit *audit)
{
    const struct audit_probe *get = plain(audit, "GET");
    if (get == NULL || get->verdict != VERDICT_ALLOWED)
        return;
    judge_error(audit, first_of(audit, PURPOSE_ERROR_PATH), AUDIT_MEDIUM,
                "The path of --error-path");
    judge_error(audit, first_of(audit, PURPOSE_NOT_FOUND), AUDIT_LOW, "A path that does not exist");
    judge_error(audit, plain(audit, "HEAD"), AUDIT_NOTE, "HEAD");
}

static void judge_refusals(struct audit *audit)
{
    const struct audit_probe *get = plain(audit, "GET"),
                             *stranger = first_of(audit, PURPOSE_STRANGER),
                             *none = first_of(audit, PURPOSE_NO_ORIGIN);
    const struct audit_exchange *own = get == NULL ? NULL : last_answer(get, false),
                                *foreign = stranger == NULL ? NULL : last_answer(stranger, false),
                                *bare = none == NULL ? NULL : last_answer(none, false);
    const bool own_is_ok = own != NULL && is_ok(own), bare_is_ok = bare != NULL && is_ok(bare);
    if (foreign != NULL && foreign->exchange.answer.status >= 500 && (own_is_ok || bare_is_ok))
        find(audit, FINDING_REFUSAL_IS_ERROR, stranger, foreign, "Origin: %.*s was answered %u.",
             BYTES(foreign->origin), foreign->exchange.answer.status);
    if (own_is_ok && bare != NULL && bare->exchange.answer.status >= 400)
        find(audit, FINDING_NO_ORIGIN_REFUSED, none, bare,
             "The same GET was answered %u without Origin, and %u with the front end's.",
             bare->exchange.answer.status, own->exchange.answer.status);
}

/* ---- Preflights ----------------------------------------------------------------------------- */

/* A preflight of an origin that is meant, which was passed; the front end's own first. */
static const struct audit_exchange *good_preflight(const struct audit *audit,
                                                   const struct audit_probe **by)
{
    static const enum audit_purpose purposes[] = {PURPOSE_FRONT_END, PURPOSE_METHOD,
                                                  PURPOSE_HEADER};
    for (size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
        for (size_t from = 0; (*by = next_of(audit, purposes[i], &from)) != NULL;) {
            const struct audit_exchange *preflight = last_answer(*by, true);
            if (preflight != NULL && !(*by)->outcome.in_preflight)
                return preflight;
        }
    return NULL;
}

static bool is_number(struct cors_bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.len > 0;
}

static void judge_max_age(struct audit *audit)
{
    enum { MOST_DIGITS = 18 };
    const struct audit_probe *probe;
    const struct audit_exchange *preflight = good_preflight(audit, &probe);
    unsigned long long longest = 0;
    if (preflight == NULL)
        return;
    for (int engine = CORS_ENGINE_CHROMIUM; engine <= CORS_ENGINE_WEBKIT; engine++)
        if (engine_constants[engine].max_age_cap > longest)
            longest = engine_constants[engine].max_age_cap;
    const struct cors_bytes age = header_of(audit, preflight, "Access-Control-Max-Age");
    if (age.at == NULL)
        find(audit, FINDING_MAX_AGE_MISSING, probe, preflight,
             "The answer to OPTIONS has no Access-Control-Max-Age.");
    else if (!is_number(age))
        find(audit, FINDING_MAX_AGE_MALFORMED, probe, preflight,
             "Access-Control-Max-Age is \"%.*s\".", BYTES(age));
    else if (age.len > MOST_DIGITS || strtoull(age.at, NULL, 10) > longest)
        find(
            audit, FINDING_MAX_AGE_BEYOND_CAPS, probe, preflight,
            "Access-Control-Max-Age is %.*s; Chrome keeps it for %llu seconds at most, Firefox for "
            "%llu, Safari for %llu.",
            BYTES(age), (unsigned long long)engine_constants[CORS_ENGINE_CHROMIUM].max_age_cap,
            (unsigned long long)engine_constants[CORS_ENGINE_FIREFOX].max_age_cap,
            (unsigned long long)engine_constants[CORS_ENGINE_WEBKIT].max_age_cap);
}

static bool is_probed_name(struct cors_bytes name)
{
    return bytes_are_string(name, "CORSIM") || bytes_are_string(name, "x-corsim-audit");
}

/* What nobody can need is let through. */
static void judge_lists(struct audit *audit)
{
    const struct audit_probe *probe;
    for (size_t from = 0; (probe = next_of(audit, PURPOSE_METHOD, &from)) != NULL;)
        if (passed_preflight(probe) && is_probed_name(probe->description.method))
            find(audit, FINDING_ANY_METHOD_ALLOWED, probe, last_answer(probe, true),
                 "OPTIONS allows the method %.*s.", BYTES(probe->description.method));
    for (size_t from = 0; (probe = next_of(audit, PURPOSE_HEADER, &from)) != NULL;)
        if (passed_preflight(probe) && is_probed_name(probe->description.headers.at[0].name))
            find(audit, FINDING_ANY_HEADER_ALLOWED, probe, last_answer(probe, true),
                 "OPTIONS allows the header %.*s.", BYTES(probe->description.headers.at[0].name));
}

static bool is_used(const struct audit *audit, struct cors_bytes method)
{
    for (size_t i = 0; i < audit->methods.count; i++)
        if (bytes_are_string(method, audit->methods.at[i]))
            return true;
    return false;
}

/* Only where it was said which methods are used. */
static void judge_methods(struct audit *audit)
{
    const struct audit_probe *probe;
    if (!audit->says_methods || has_finding(audit, FINDING_ANY_METHOD_ALLOWED))
        return;
    for (size_t from = 0; (probe = next_of(audit, PURPOSE_METHOD, &from)) != NULL;)
        if (passed_preflight(probe) && !is_used(audit, probe->description.method) &&
            !cors_is_cors_safelisted_method(probe->description.method))
            find(audit, FINDING_METHODS_NOT_NEEDED, probe, last_answer(probe, true),
                 "Access-Control-Allow-Methods is \"%.*s\".",
                 BYTES(header_of(audit, last_answer(probe, true), "Access-Control-Allow-Methods")));
}

/* The front end sends nothing that needs a preflight; whether one would be answered. */
static void judge_unneeded_preflight(struct audit *audit)
{
    const struct audit_probe *own = front_end(audit), *probe;
    if (own == NULL || own->verdict != VERDICT_ALLOWED || last_answer(own, true) != NULL ||
        good_preflight(audit, &probe) != NULL)
        return;
    for (size_t from = 0; (probe = next_of(audit, PURPOSE_METHOD, &from)) != NULL;) {
        const struct audit_exchange *preflight = last_answer(probe, true);
        if (preflight == NULL || !probe->only_preflight || !probe->outcome.in_preflight ||
            bytes_are_string(bytes_of(probe->outcome.error), "MethodDisallowedByPreflightResponse"))
            continue;
        find(audit, FINDING_PREFLIGHT_NOT_NEEDED, probe, preflight, "OPTIONS was answered %u: %.*s",
             preflight->exchange.answer.status, BYTES(probe->reason));
        return;
    }
}

/* ---- What script reads ---------------------------------------------------------------------- */

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

/* As it can be put between quotes in the lines of any system. A token of
 * https://httpwg.org/specs/rfc9110.html#tokens may hold ' and ` as well. */
static bool is_plain_name(struct cors_bytes name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is_plain(name.at[i]))
            return false;
    return true;
}

/* Headers that front ends are known to read. */
static bool is_read_by_scripts(struct cors_bytes name)
{
    static const char *const names[] = {"etag",
                                        "link",
                                        "location",
                                        "retry-after",
                                        "x-total-count",
                                        "x-request-id",
                                        "request-id",
                                        "x-correlation-id",
                                        "content-disposition",
                                        "content-range",
                                        "accept-ranges",
                                        "www-authenticate",
                                        "deprecation",
                                        "sunset",
                                        "server-timing"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (name.len == strlen(names[i]) && strncasecmp(name.at, names[i], name.len) == 0)
            return true;
    for (size_t i = 0; i + 9 <= name.len; i++)
        if (strncasecmp(name.at + i, "ratelimit", 9) == 0 ||
            (i + 10 <= name.len && strncasecmp(name.at + i, "rate-limit", 10) == 0))
            return true;
    return false;
}

enum { NAMES_MOST = 20 };

/* The list with one more name, if it has none of that spelling and is not too long. */
static struct cors_bytes with_name(struct audit *audit, struct cors_bytes names, size_t *count,
                                   struct cors_bytes name)
{
    if (*count >= NAMES_MOST || list_has(names, name, true))
        return names;
    return memory_format(audit->memory, "%s%s%.*s", names.at, (*count)++ == 0 ? "" : ", ",
                         BYTES(name));
}

/* Headers of the answer that script does not see, of those that it is likely to read. */
static struct cors_bytes hidden_names(struct audit *audit, const struct audit_probe *probe,
                                      const struct cors_header_list *headers)
{
    struct cors_bytes names = CORS_BYTES("");
    size_t count = 0;
    for (size_t i = 0; i < headers->count; i++) {
        const struct cors_bytes name = headers->at[i].name;
        if (is_plain_name(name) && is_read_by_scripts(name) &&
            !cors_header_list_contains(&probe->outcome.headers, name))
            names = with_name(audit, names, &count, name);
    }
    return names;
}

/* What a list was meant to name that is none. */
static struct cors_bytes names_within(struct audit *audit, struct cors_bytes text)
{
    struct cors_bytes names = CORS_BYTES("");
    size_t count = 0;
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && is_plain(text.at[end]))
            end++;
        if (end > at)
            names = with_name(audit, names, &count, (struct cors_bytes){text.at + at, end - at});
        at = end + 1;
    }
    return names;
}

/* https://fetch.spec.whatwg.org/#extract-header-list-values fails. */
static bool is_malformed_list(struct audit *audit, const struct cors_header_list *headers,
                              const char *name, struct cors_bytes value)
{
    const size_t size = 4096 + 64 * value.len;
    struct cors_arena arena = cors_arena_over(memory_take(audit->memory, size), size);
    return cors_extract_header_list_values(bytes_of(name), headers, &arena).kind ==
               CORS_VALUES_FAILURE &&
           !arena.exhausted;
}

static void judge_exposure(struct audit *audit)
{
    static const char expose[] = "Access-Control-Expose-Headers";
    const struct audit_probe *probe = front_end(audit);
    const struct audit_exchange *answer = probe == NULL ? NULL : last_answer(probe, false);
    if (answer == NULL || probe->verdict != VERDICT_ALLOWED)
        return;
    const struct cors_header_list *headers = &answer->exchange.answer.headers;
    const struct cors_bytes exposed = header_of(audit, answer, expose);
    audit->hidden = hidden_names(audit, probe, headers);
    if (probe->outcome.result == CORS_RESULT_CORS &&
        is_malformed_list(audit, headers, expose, exposed)) {
        audit->hidden = names_within(audit, exposed);
        find(audit, FINDING_EXPOSE_MALFORMED, probe, answer, "%s is \"%.*s\".", expose,
             BYTES(exposed));
    } else if (audit->hidden.len > 0)
        find(audit, FINDING_HEADERS_HIDDEN, probe, answer, "Script does not see: %.*s.",
             BYTES(audit->hidden));
    if (audit->credentials && bytes_are_string(exposed, "*"))
        find(audit, FINDING_EXPOSE_WILDCARD_WITH_CREDENTIALS, probe, answer,
             "Access-Control-Expose-Headers is *, and the front end sends credentials.");
}

/* ---- Credentials ---------------------------------------------------------------------------- */

static void judge_credentials(struct audit *audit)
{
    const struct audit_probe *get = plain(audit, "GET");
    const struct audit_exchange *answer = get == NULL ? NULL : last_answer(get, false);
    if (answer == NULL || audit->credentials || !allows_credentials(audit, answer))
        return;
    if (bytes_are_string(header_of(audit, answer, "Access-Control-Allow-Origin"), "*"))
        find(audit, FINDING_WILDCARD_AND_CREDENTIALS, get, answer,
             "Access-Control-Allow-Origin is *, and Access-Control-Allow-Credentials is true.");
    else if (reach_of(audit, answer) == REACH_WITH_CREDENTIALS)
        find(audit, FINDING_CREDENTIALS_NOT_NEEDED, get, answer,
             "Access-Control-Allow-Credentials is true for %.*s.", BYTES(answer->origin));
}

/* A name that a session is likely to have; others may well be meant for the server's own pages. */
static bool is_session(struct cors_bytes name)
{
    static const char *const parts[] = {"sess", "sid", "auth", "token"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (size_t at = 0; at + strlen(parts[i]) <= name.len; at++)
            if (strncasecmp(name.at + at, parts[i], strlen(parts[i])) == 0)
                return true;
    return false;
}

/* What a browser would keep of it. The server is taken to be one of https:, as loopback stands for
 * one that will be. False: nothing; *decision says why. */
static bool keep_cookie(struct audit *audit, struct cors_bytes set_cookie,
                        struct cors_cookie *cookie, struct cors_cookie_decision *decision)
{
    const size_t size = 16384 + 4 * set_cookie.len;
    struct cors_url url = audit->url;
    struct cors_cookie_store store = cors_cookie_store_over(memory_take(audit->memory, size), size);
    struct cors_arena arena = cors_arena_over(memory_take(audit->memory, size), size);
    struct cors_cookie_log log = {.at = decision, .capacity = 1};
    struct cors_agent agent = {.now = audit->once,
                               .cookies = &store,
                               .cookie_log = &log,
                               .domain_to_ascii = cors_domain_to_ascii_by_libidn2,
                               .public_suffix = cors_public_suffix_by_libpsl};
    size_t position = 0;
    url.scheme = CORS_BYTES("https");
    *decision = (struct cors_cookie_decision){0};
    return cors_cookie_receive(&agent, &url, set_cookie, &arena) &&
           cors_cookie_store_next(&store, &position, cookie);
}

static void judge_cookie(struct audit *audit, const struct audit_probe *probe,
                         const struct audit_exchange *answer, struct cors_bytes set_cookie)
{
    struct cors_cookie cookie = {0};
    struct cors_cookie_decision decision;
    struct audit_finding *finding = NULL;
    if (keep_cookie(audit, set_cookie, &cookie, &decision)) {
        if (cookie.same_site != CORS_SAME_SITE_NONE)
            finding =
                find(audit, FINDING_COOKIE_NOT_SENT, probe, answer,
                     "The cookie %.*s is set without SameSite=None, and %.*s is another site.",
                     BYTES(cookie.name), BYTES(answer->origin));
    } else if (bytes_are_string(bytes_of(decision.rule), "none-not-secure")) {
        cookie.name = decision.name;
        finding = find(audit, FINDING_COOKIE_NOT_SENT, probe, answer,
                       "The cookie %.*s is set with SameSite=None, but without Secure: browsers do "
                       "not keep it.",
                       BYTES(cookie.name));
    }
    if (finding != NULL && !is_session(cookie.name))
        soften(finding, AUDIT_LOW);
}

static void judge_cookies(struct audit *audit)
{
    const struct audit_probe *probe = front_end(audit);
    const struct audit_exchange *answer = probe == NULL ? NULL : last_answer(probe, false);
    if (answer == NULL || !audit->credentials ||
        cors_same_site(&audit->server, &audit->page, cors_public_suffix_by_libpsl))
        return;
    const struct cors_header_list *headers = &answer->exchange.answer.headers;
    for (size_t i = 0; i < headers->count; i++) {
        const struct cors_header_list one = {.at = &headers->at[i], .count = 1};
        if (cors_header_list_contains(&one, CORS_BYTES("Set-Cookie")))
            judge_cookie(audit, probe, answer, headers->at[i].value);
    }
}

/* ---- Without preflight, and the connection -------------------------------------------------- */

static void judge_simple_requests(struct audit *audit)
{
    const struct audit_probe *probe;
    for (size_t from = 0; (probe = next_of(audit, PURPOSE_FRONT_END, &from)) != NULL;)
        if (audit->credentials && bytes_are_string(probe->description.method, "POST") &&
            probe->engine == CORS_ENGINE_SPEC && last_answer(probe, true) == NULL &&
            !probe->outcome.in_preflight)
            find(audit, FINDING_SENT_WITHOUT_PREFLIGHT, probe,
                 probe->exchanges[probe->exchange_count - 1],
                 "%.*s %.*s needs no preflight as the front end sends it.",
                 BYTES(probe->description.method), BYTES(probe->description.url));
}

static void judge_connection(struct audit *audit)
{
    enum { SCRATCH = 4096 };
    char scratch[SCRATCH];
    struct cors_arena arena = cors_arena_over(scratch, sizeof scratch);
    for (size_t i = 0; i < audit->probes.count; i++) {
        const struct audit_probe *probe = &audit->probes.at[i];
        if (!probe->other_host || probe->exchange_count == 0)
            continue;
        find(audit, FINDING_REDIRECT_NOT_FOLLOWED, probe,
             probe->exchanges[probe->exchange_count - 1], "The redirect leads to %.*s.",
             BYTES(header_of(audit, probe->exchanges[probe->exchange_count - 1], "Location")));
        if (probe->purpose == PURPOSE_FRONT_END && audit->result.ended_early.at == NULL)
            audit->result.ended_early =
                CORS_BYTES("a redirect leads to another host, which was not asked");
    }
    const struct audit_probe *get = plain(audit, "GET");
    if (get != NULL &&
        !cors_is_url_potentially_trustworthy(&audit->url, cors_domain_to_ascii_by_libidn2, &arena))
        find(audit, FINDING_PLAIN_HTTP, get, last_answer(get, false), "The URL is %.*s.",
             BYTES(audit->result.url));
}

void judge_behaviour(struct audit *audit)
{
    judge_errors(audit);
    judge_refusals(audit);
    judge_max_age(audit);
    judge_lists(audit);
    judge_methods(audit);
    judge_unneeded_preflight(audit);
    judge_exposure(audit);
    judge_credentials(audit);
    judge_cookies(audit);
    judge_simple_requests(audit);
    judge_connection(audit);
}
