/* What a played fetch means, in words and as JSON. The verdict is the outcome's own
 * (https://fetch.spec.whatwg.org/#concept-fetch), but for one distinction that a page cannot make:
 * a network error because nothing answered is told apart from one that the server's answer caused.
 * Invariant: whatever came from outside leaves this file either escaped for JSON or as bytes that
 * the caller prints through output.h. */
#include "report.h"

#include "case.h"
#include "cookies.h"
#include "texts.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

/* ---- The verdict -------------------------------------------------------------------------- */

const char *const verdict_words[] = {[VERDICT_ALLOWED] = "allowed",
                                     [VERDICT_BLOCKED] = "blocked",
                                     [VERDICT_OPAQUE] = "opaque",
                                     [VERDICT_UNREACHABLE] = "unreachable"};

const struct exchange *unanswered(const struct played *played)
{
    if (played->outcome.result != CORS_RESULT_NETWORK_ERROR || played->exchange_count == 0)
        return NULL;
    const struct exchange *last = &played->exchanges[played->exchange_count - 1];
    return last->answer.network_error ? last : NULL;
}

enum verdict verdict_of(const struct played *played)
{
    switch (played->outcome.result) {
    case CORS_RESULT_BASIC:
    case CORS_RESULT_CORS:
        return VERDICT_ALLOWED;
    case CORS_RESULT_OPAQUE:
    case CORS_RESULT_OPAQUE_REDIRECT:
        return VERDICT_OPAQUE;
    case CORS_RESULT_NETWORK_ERROR:
        break;
    }
    return unanswered(played) != NULL ? VERDICT_UNREACHABLE : VERDICT_BLOCKED;
}

static struct cors_bytes why_unanswered(const struct exchange *exchange, struct memory *memory)
{
    struct cors_bytes message = exchange->answer.message;
    return memory_format(memory, "There was no response to the %s %.*s %.*s: %.*s.",
                         exchange->preflight ? "preflight" : "request", (int)exchange->method.len,
                         exchange->method.at, (int)exchange->url.len, exchange->url.at,
                         (int)message.len, message.at == NULL ? "" : message.at);
}

/* The URL itself is already known to the reader, a count is not about where it ended, and some
 * sentences have the value in them. */
static bool is_worth_showing(const struct played *played)
{
    static const char *const not_shown[] = {"TooManyRedirects", "WildcardOriginNotAllowed",
                                            "AuthorizationNotCoveredByWildcard"};
    const struct cors_outcome *outcome = &played->outcome;
    for (size_t i = 0; i < sizeof not_shown / sizeof *not_shown; i++)
        if (bytes_are_string(bytes_of(outcome->error), not_shown[i]))
            return false;
    return outcome->subject.at != NULL && !bytes_are(outcome->subject, played->request->url_string);
}

static bool is_ok_status(unsigned status)
{
    return status >= 200 && status < 300;
}

static bool is_redirect_status(unsigned status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool is_decided_by(const struct played *played, const char *algorithm)
{
    return played->outcome.algorithm != NULL && strcmp(played->outcome.algorithm, algorithm) == 0;
}

/* Whose headers the CORS check looked at, if that is not what one would think of first. */
static struct cors_bytes which_response(const struct played *played, struct memory *memory)
{
    if (played->exchange_count == 0 || !is_decided_by(played, "cors-check"))
        return CORS_BYTES("");
    const struct exchange *last = &played->exchanges[played->exchange_count - 1];
    const unsigned status = last->answer.status;
    if (last->preflight && is_ok_status(status))
        return CORS_BYTES(" This is about the preflight's response.");
    if (last->preflight)
        return memory_format(memory,
                             " This is about the preflight's response, and its status, %u, would "
                             "not do either.",
                             status);
    if (is_redirect_status(status))
        return memory_format(memory, " The response is a redirect, with status %u.", status);
    if (status >= 400)
        return memory_format(memory, " The response is an error, with status %u.", status);
    return CORS_BYTES("");
}

/* Redirects, or the page itself, made the request say Origin: null, and the check of the answer's
 * headers failed. */
static bool is_refused_as_null(const struct played *played)
{
    if (!is_decided_by(played, "cors-check") || played->outcome.error == NULL ||
        played->exchange_count == 0)
        return false;
    const struct cors_header_list *headers = &played->exchanges[played->exchange_count - 1].headers;
    for (size_t i = 0; i < headers->count; i++)
        if (bytes_are_string(headers->at[i].name, "Origin"))
            return bytes_are_string(headers->at[i].value, "null");
    return false;
}

static bool is_page_opaque(const struct played *played)
{
    return played->request->client->origin.kind == CORS_ORIGIN_OPAQUE;
}

/* The row that speaks of Origin: null does so only where the answer names an origin. */
static const char *why_null(const struct played *played)
{
    if (!is_refused_as_null(played) || is_page_opaque(played) ||
        strcmp(played->outcome.error, "OriginNullAfterRedirect") == 0)
        return "";
    return " Redirects led from one foreign origin to another, so the request says Origin: null.";
}

/* What the request has, and what the preflight's answer says of it. */
static struct cors_bytes why_not_listed(const struct played *played, const char *what,
                                        const char *header, struct memory *memory)
{
    const struct cors_bytes subject = played->outcome.subject;
    const struct cors_header_list *headers =
        &played->exchanges[played->exchange_count - 1].answer.headers;
    const struct cors_bytes listed = combined_value(headers, bytes_of(header), memory);
    const char *beside = bytes_are_string(listed, "*") &&
                                 played->request->credentials_mode == CORS_CREDENTIALS_INCLUDE
                             ? ", which counts only without credentials"
                             : "";
    if (listed.at == NULL)
        return memory_format(memory, " The %s is \"%.*s\"; the answer has no such list.", what,
                             (int)subject.len, subject.at);
    return memory_format(memory, " The %s is \"%.*s\"; the answer lists \"%.*s\"%s.", what,
                         (int)subject.len, subject.at, (int)listed.len, listed.at, beside);
}

/* The value that decided, and whose it is. */
static struct cors_bytes which_value(const struct played *played, struct memory *memory)
{
    const struct cors_outcome *outcome = &played->outcome;
    const char *error = outcome->error == NULL ? "" : outcome->error;
    const char *whose = "It was";
    if (strcmp(error, "InvalidAllowCredentials") == 0 && outcome->subject.at == NULL)
        return CORS_BYTES(" There is no such header.");
    if (!is_worth_showing(played))
        return CORS_BYTES("");
    if (strcmp(error, "MethodDisallowedByPreflightResponse") == 0 && played->exchange_count > 0)
        return why_not_listed(played, "method", "Access-Control-Allow-Methods", memory);
    if (strcmp(error, "HeaderDisallowedByPreflightResponse") == 0 && played->exchange_count > 0)
        return why_not_listed(played, "header", "Access-Control-Allow-Headers", memory);
    if (is_decided_by(played, "cors-check"))
        whose = "The header says";
    else if (strcmp(error, "InvalidHeader") == 0 || strcmp(error, "XHRInvalidHeader") == 0)
        whose = "The header's name is";
    return memory_format(memory, " %s \"%.*s\".", whose, (int)outcome->subject.len,
                         outcome->subject.at);
}

/* A sentence of the tables, with the value and the response it is about. */
static struct cors_bytes why_blocked(const struct played *played, struct memory *memory)
{
    const struct error_text *text = error_text(played->outcome.error);
    const char *means = text == NULL ? "The fetch ends in a network error." : text->means;
    return memory_format(memory, "%s%s%s%s", means, which_value(played, memory).at,
                         which_response(played, memory).at, why_null(played));
}

static const char *why_allowed(const struct cors_outcome *outcome)
{
    bool by_check = outcome->algorithm != NULL && strcmp(outcome->algorithm, "cors-check") == 0;
    if (by_check && strcmp(outcome->step, "3") == 0)
        return "The server lets every page read the response, and no credentials are included.";
    if (by_check && strcmp(outcome->step, "5") == 0)
        return "The server names the page's origin, and no credentials are included.";
    if (by_check && strcmp(outcome->step, "7") == 0)
        return "The server names the page's origin and allows credentials.";
    return "The server allows the page to read the response.";
}

static struct cors_bytes why_basic(const struct cors_outcome *outcome)
{
    if (outcome->url != NULL && bytes_are_string(outcome->url->scheme, "data"))
        return CORS_BYTES("A data: URL has its content in itself: CORS does not apply to it.");
    return CORS_BYTES("The response is of the page's own origin: CORS does not apply to it.");
}

struct cors_bytes reason_of(const struct played *played, struct memory *memory)
{
    const struct exchange *exchange = unanswered(played);
    switch (played->outcome.result) {
    case CORS_RESULT_BASIC:
        return why_basic(&played->outcome);
    case CORS_RESULT_CORS:
        return bytes_of(why_allowed(&played->outcome));
    case CORS_RESULT_OPAQUE:
        return CORS_BYTES("The mode is \"no-cors\": the request is sent, but script sees an opaque "
                          "response, with status 0, no headers and no body.");
    case CORS_RESULT_OPAQUE_REDIRECT:
        return CORS_BYTES("The server redirects and the redirect mode is \"manual\": script sees "
                          "that there was a redirect, and nothing else.");
    case CORS_RESULT_NETWORK_ERROR:
        break;
    }
    return exchange != NULL ? why_unanswered(exchange, memory) : why_blocked(played, memory);
}

/* What has to be changed may be elsewhere than where it was decided. With Origin: null no list of
 * origins helps, and to answer null would be worse. And where OPTIONS is answered like any request
 * that the server does not know, one header more on it would only lead to the next error: what has
 * to be changed is the status, and that is said to come with the CORS headers. */
static const char *error_to_repair(const struct played *played)
{
    const char *error = played->outcome.error;
    if (is_refused_as_null(played))
        return is_page_opaque(played) ? "OpaqueOriginNotAllowed" : "OriginNullAfterRedirect";
    if (error == NULL || strcmp(error, "MissingAllowOriginHeader") != 0 ||
        !played->outcome.in_preflight || played->exchange_count == 0)
        return error;
    const unsigned status = played->exchanges[played->exchange_count - 1].answer.status;
    if (is_redirect_status(status))
        return "PreflightDisallowedRedirect";
    return is_ok_status(status) ? error : "PreflightInvalidStatus";
}

bool has_lower_case_method(const struct played *played)
{
    const struct cors_bytes method = cors_normalize_method(played->request->method);
    for (size_t i = 0; i < method.len; i++)
        if (method.at[i] >= 'a' && method.at[i] <= 'z')
            return true;
    return false;
}

bool repair_of(const struct played *played, const char **fix, const char **where)
{
    const char *error = error_to_repair(played);
    const struct error_text *text = error == NULL ? NULL : error_text(error);
    if (text == NULL || *text->fix == '\0')
        return false;
    *fix = text->fix;
    *where = text->where;
    const struct exchange *last =
        played->exchange_count == 0 ? NULL : &played->exchanges[played->exchange_count - 1];
    if (strcmp(error, "MethodDisallowedByPreflightResponse") == 0 &&
        has_lower_case_method(played)) {
        *fix = "Write the method in upper case in the page: a browser does that by itself for GET, "
               "POST, PUT, DELETE, HEAD and OPTIONS only. Then name it so in "
               "Access-Control-Allow-Methods, if it is not there.";
        *where = "the front-end code; then the answer to OPTIONS";
    } else if (strcmp(error, "MissingAllowOriginHeader") == 0 && last != NULL && !last->preflight &&
               is_redirect_status(last->answer.status)) {
        *fix = "If the redirect leads to a login page, answer requests of scripts with 401 and the "
               "CORS headers instead, which a page can read. Else send Access-Control-Allow-Origin "
               "with the redirect, too, or let the page call the URL that it leads to.";
        *where = "what redirects: the login check, the route or the proxy";
    } else if (is_decided_by(played, "cors-check") && error == played->outcome.error &&
               played->outcome.in_preflight && strcmp(error, "MultipleAllowOriginValues") != 0) {
        *where = "the answer to OPTIONS, where it was decided; the response itself needs it, too";
    }
    return true;
}

const char *step_url(const struct cors_outcome *outcome)
{
    const struct algorithm_text *text =
        outcome->algorithm == NULL ? NULL : algorithm_text(outcome->algorithm);
    return text == NULL ? NULL : text->url;
}

/* ---- Headers ------------------------------------------------------------------------------ */

struct cors_values hidden_headers(const struct played *played, struct memory *memory)
{
    struct cors_values hidden = {.kind = CORS_VALUES_LIST};
    if (!played->outcome.readable || played->exchange_count == 0)
        return hidden;
    const struct cors_header_list *all =
        &played->exchanges[played->exchange_count - 1].answer.headers;
    struct cors_bytes *names = memory_take(memory, (all->count + 1) * sizeof *names);
    size_t count = 0, bytes = 256;
    for (size_t i = 0; i < all->count; i++)
        if (!cors_header_list_contains(&played->outcome.headers, all->at[i].name)) {
            bytes += 64 + 2 * all->at[i].name.len;
            names[count++] = all->at[i].name;
        }
    bytes *= 4;
    struct cors_arena arena = cors_arena_over(memory_take(memory, bytes), bytes);
    return cors_convert_header_names_to_a_sorted_lowercase_set(names, count, &arena);
}

/* What iterating over Headers gives: sorted, lower-case, combined. */
static struct cors_header_list iterated(const struct cors_header_list *headers,
                                        struct memory *memory)
{
    size_t bytes = 4096;
    for (size_t i = 0; i < headers->count; i++)
        bytes += 256 + 4 * (headers->at[i].name.len + headers->at[i].value.len);
    for (;; bytes *= 4) {
        struct cors_arena arena = cors_arena_over(memory_take(memory, bytes), bytes);
        struct cors_header_list list = cors_header_list_sort_and_combine(headers, &arena);
        if (!arena.exhausted)
            return list;
    }
}

/* ---- JSON --------------------------------------------------------------------------------- */

static json_t *string_or_null(const char *string)
{
    return string == NULL ? json_null() : json_string(string);
}

static const char *json_result(enum cors_result result)
{
    return result == CORS_RESULT_NETWORK_ERROR ? "network-error"
                                               : choice_word(result_words, (int)result);
}

json_t *report_json_exchange(const struct exchange *exchange)
{
    const struct answer *answer = &exchange->answer;
    json_t *object = json_object();
    json_object_set_new(object, "preflight", json_boolean(exchange->preflight));
    json_object_set_new(object, "method", json_text(exchange->method));
    json_object_set_new(object, "url", json_text(exchange->url));
    json_object_set_new(object, "headers", json_headers(&exchange->headers));
    json_object_set_new(object, "status",
                        answer->network_error ? json_null() : json_integer(answer->status));
    json_object_set_new(object, "responseHeaders", json_headers(&answer->headers));
    json_object_set_new(object, "fromCache", json_boolean(exchange->from_cache != NO_CACHE));
    if (exchange->from_cache != NO_CACHE) {
        json_object_set_new(
            object, "cache",
            json_string(exchange->from_cache == HTTP_CACHE ? "http-cache" : "shared-cache"));
        json_object_set_new(object, "storedFor", json_text(exchange->stored_for));
        json_object_set_new(object, "storedAgo", json_integer((json_int_t)exchange->stored_ago));
    }
    if (answer->network_error)
        json_object_set_new(object, "error", json_text(answer->message));
    return object;
}

static json_t *json_exchanges(const struct played *played)
{
    json_t *list = json_array();
    for (size_t i = 0; i < played->exchange_count; i++)
        json_array_append_new(list, report_json_exchange(&played->exchanges[i]));
    return list;
}

/* The index of the exchange that message number `message` is: those that the browser's cache
 * answered were no messages. One that would have followed the last was answered by it. */
static size_t exchange_of(const struct played *played, unsigned message)
{
    unsigned messages = 0;
    for (size_t i = 0; i < played->exchange_count; i++)
        if (played->exchanges[i].from_cache != HTTP_CACHE && messages++ == message)
            return i;
    return played->exchange_count == 0 ? 0 : played->exchange_count - 1;
}

/* What became of each cookie, in order. */
static json_t *json_cookies(const struct played *played)
{
    json_t *list = json_array();
    for (size_t i = 0; i < played->cookie_count; i++) {
        const struct cors_cookie_decision *cookie = &played->cookies[i];
        json_t *object = json_object();
        json_object_set_new(object, "name", json_isomorphic(cookie->name));
        json_object_set_new(object, "host", json_text(cookie->host));
        json_object_set_new(object, "fate",
                            json_string(choice_word(cookie_fate_words, (int)cookie->fate)));
        json_object_set_new(object, "rule", string_or_null(cookie->rule));
        json_object_set_new(object, "exchange",
                            cookie->message == COOKIE_OF_VISIT
                                ? json_null()
                                : json_integer((json_int_t)exchange_of(played, cookie->message)));
        json_array_append_new(list, object);
    }
    return list;
}

/* Only browsers have words. */
static void json_words(json_t *object, const struct played *played, struct memory *memory)
{
    const struct words words = words_of(played, memory);
    json_t *console = json_array();
    for (size_t i = 0; i < words.console_count; i++)
        json_array_append_new(console, json_text(words.console[i]));
    json_object_set_new(object, "console", console);
    json_object_set_new(object, "exception", json_text(words.exception));
}

void report_json_outcome(json_t *object, const struct played *played, struct memory *memory)
{
    const struct cors_outcome *outcome = &played->outcome;
    struct cors_header_list headers = iterated(&outcome->headers, memory);
    json_object_set_new(object, "result", json_string(json_result(outcome->result)));
    json_object_set_new(object, "url", json_text(outcome_url(outcome, memory)));
    json_object_set_new(object, "redirected", json_boolean(outcome->redirected));
    json_object_set_new(object, "status", json_integer(outcome->status));
    json_object_set_new(object, "statusText",
                        outcome->status_message.at == NULL
                            ? json_string("")
                            : json_isomorphic(outcome->status_message));
    json_object_set_new(object, "headers", json_headers(&headers));
    json_object_set_new(object, "body", json_base64(outcome->body));
    json_object_set_new(object, "step", json_text(outcome_step(outcome, memory)));
    json_object_set_new(object, "error", string_or_null(outcome->error));
    json_object_set_new(object, "reason", json_text(reason_of(played, memory)));
    json_object_set_new(object, "exchanges", json_exchanges(played));
    if (played->cookie_count > 0)
        json_object_set_new(object, "cookies", json_cookies(played));
    if (played->engine != CORS_ENGINE_SPEC)
        json_words(object, played, memory);
}

static json_t *json_decided(const struct cors_outcome *outcome)
{
    const struct step_text *step = outcome->algorithm == NULL || outcome->step == NULL
                                       ? NULL
                                       : step_text(outcome->algorithm, outcome->step);
    json_t *object = json_object();
    json_object_set_new(object, "algorithm", string_or_null(outcome->algorithm));
    json_object_set_new(object, "step", string_or_null(outcome->step));
    json_object_set_new(object, "url", string_or_null(step_url(outcome)));
    json_object_set_new(object, "summary", string_or_null(step == NULL ? NULL : step->summary));
    json_object_set_new(object, "inPreflight", json_boolean(outcome->in_preflight));
    json_object_set_new(object, "subject", json_text(outcome->subject));
    return object;
}

static json_t *json_fix(const struct played *played)
{
    const char *fix, *where;
    if (!repair_of(played, &fix, &where))
        return json_null();
    json_t *object = json_object();
    json_object_set_new(object, "change", json_string(fix));
    json_object_set_new(object, "where", json_string(where));
    return object;
}

static json_t *json_names(struct cors_values names)
{
    json_t *list = json_array();
    for (size_t i = 0; i < names.count; i++)
        json_array_append_new(list, json_text(names.at[i]));
    return list;
}

json_t *report_json(const struct report *report)
{
    const struct played *played = report->played;
    const char *remarks[MOST_REMARKS];
    size_t count = remarks_on(report, remarks);
    json_t *object = json_object();
    json_t *notes = json_array();
    json_object_set_new(object, "engine",
                        json_string(choice_word(engine_words, (int)played->engine)));
    json_object_set_new(object, "verdict", json_string(verdict_words[verdict_of(played)]));
    json_object_set_new(object, "sent", json_integer(played->outcome.sent));
    json_object_set_new(object, "readable", json_boolean(played->outcome.readable));
    json_object_set_new(object, "preflights", json_integer(played->outcome.preflights));
    json_object_set_new(object, "sameOrigin", json_boolean(report->same_origin));
    report_json_outcome(object, played, report->memory);
    json_object_set_new(object, "decided", json_decided(&played->outcome));
    json_object_set_new(object, "fix", json_fix(played));
    const char *cookie_fix = NULL;
    json_object_set_new(object, "cookieReason",
                        json_text(cookie_reason(played, &cookie_fix, report->memory)));
    json_object_set_new(object, "cookieFix", string_or_null(cookie_fix));
    json_object_set_new(object, "hiddenHeaders",
                        json_names(hidden_headers(played, report->memory)));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(notes, json_text(bytes_of(remarks[i])));
    json_object_set_new(object, "notes", notes);
    return object;
}
