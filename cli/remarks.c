/* What `corsim check` adds to a verdict (https://fetch.spec.whatwg.org/#http-cors-protocol): what
 * other clients would show, what the server has done nevertheless, what was not sent, and what the
 * next obstacles are. Invariant: a remark decides nothing, and names from outside stand in it as
 * bytes that the caller prints through output.h or as JSON. */
#include "case.h"
#include "report.h"

#include <string.h>

static const struct exchange *last_exchange(const struct played *played)
{
    return played->exchange_count == 0 ? NULL : &played->exchanges[played->exchange_count - 1];
}

static bool is_ok(const struct exchange *exchange)
{
    return !exchange->answer.network_error && exchange->answer.status >= 200 &&
           exchange->answer.status < 300;
}

static bool is_error(const struct played *played, const char *error)
{
    return played->outcome.error != NULL && strcmp(played->outcome.error, error) == 0;
}

static const char *about_same_origin(const struct report *report)
{
    if (!report->same_origin)
        return NULL;
    return report->played->outcome.result == CORS_RESULT_BASIC
               ? "The page and the URL have the same origin, so CORS does not apply. Give the "
                 "origin of a page elsewhere to see what it would be allowed."
               : "The page and the URL have the same origin: CORS does not apply between them.";
}

/* ---- What was not sent -------------------------------------------------------------------- */

static struct cors_arena arena_for(size_t bytes, struct memory *memory)
{
    bytes = 4096 + 64 * bytes;
    return cors_arena_over(memory_take(memory, bytes), bytes);
}

static bool is_left_out(const struct report *report, const struct cors_header *header)
{
    struct cors_arena arena = arena_for(header->name.len + header->value.len, report->memory);
    if (!cors_is_header_name(header->name))
        return false;
    return cors_is_forbidden_request_header(header->name, header->value, &arena) ||
           (report->description->mode == CORS_MODE_NO_CORS &&
            !cors_is_no_cors_safelisted_request_header(header->name, header->value, &arena));
}

static struct cors_bytes name_list(struct cors_bytes list, struct cors_bytes name,
                                   struct memory *memory)
{
    return memory_format(memory, "%.*s%s%.*s", (int)list.len, list.len == 0 ? "" : list.at,
                         list.len == 0 ? "" : ", ", (int)name.len, name.at);
}

/* The standard drops them without a word, which is no help to who wonders why nothing changes. */
static const char *about_left_out(const struct report *report)
{
    const struct cors_header_list *headers = &report->description->headers;
    struct cors_bytes names = CORS_BYTES("");
    for (size_t i = 0; i < headers->count; i++)
        if (is_left_out(report, &headers->at[i]))
            names = name_list(names, headers->at[i].name, report->memory);
    if (names.len == 0)
        return NULL;
    return memory_format(report->memory,
                         "A browser does not let script set these headers%s, so they were left "
                         "out: %s.",
                         report->description->mode == CORS_MODE_NO_CORS ? " in no-cors mode" : "",
                         names.at)
        .at;
}

static const char *about_cookies(const struct report *report)
{
    const struct exchange *last = last_exchange(report->played);
    if (last == NULL || last->preflight || !last->include_credentials ||
        cors_header_list_contains(&last->headers, CORS_BYTES("Cookie")) ||
        (last->answer.status != 401 && last->answer.status != 403))
        return NULL;
    return "No cookies were sent: the server saw somebody who is not logged in. With -b the "
           "request has those that a browser would send.";
}

/* ---- What else there is to know about BLOCKED --------------------------------------------- */

/* People who are told BLOCKED have usually seen the same request succeed. */
static const char *about_other_clients(const struct report *report)
{
    const struct exchange *last = last_exchange(report->played);
    if (last == NULL)
        return NULL;
    if (last->preflight)
        return "curl and Postman send no preflight, so they would get an answer to the request "
               "itself: that it works there says nothing about a browser.";
    if (is_ok(last))
        return "curl and Postman would show this answer: they read whatever a server sends. Only a "
               "browser asks whether the page may.";
    return NULL;
}

/* Nobody fears that a GET has been acted on. */
static const char *about_writes(const struct report *report)
{
    static const char *const harmless[] = {"GET", "HEAD", "OPTIONS"};
    const struct exchange *last = last_exchange(report->played);
    for (size_t i = 0; last != NULL && i < sizeof harmless / sizeof *harmless; i++)
        if (bytes_are_string(last->method, harmless[i]))
            return NULL;
    return last == NULL
               ? NULL
               : "The request was sent all the same, and the server may have acted on it: CORS "
                 "decides who may read, it does not protect against writes.";
}

/* Servers that set the headers on success only, which is most of them at first. */
static const char *about_error_pages(const struct report *report)
{
    const struct exchange *last = last_exchange(report->played);
    if (!is_error(report->played, "MissingAllowOriginHeader") || last == NULL || last->preflight ||
        last->answer.status < 400)
        return NULL;
    return "If other answers have the header, look at how errors are made: nginx's add_header "
           "needs "
           "always, and a framework's CORS middleware has to stand outside of what makes the "
           "error.";
}

static bool allows(const struct cors_values *allowed, struct cors_bytes name, bool by_wildcard)
{
    struct cors_header header = {name, CORS_BYTES("")};
    const struct cors_header_list asked = {.at = &header, .count = 1};
    for (size_t i = 0; i < allowed->count; i++)
        if (cors_header_list_contains(&asked, allowed->at[i]) ||
            (by_wildcard && bytes_are_string(allowed->at[i], "*") &&
             !bytes_are_string(name, "authorization")))
            return true;
    return false;
}

/* The standard stops at the first header that is not allowed; the server needs all of them. */
static const char *about_missing_names(const struct report *report)
{
    const struct exchange *last = last_exchange(report->played);
    if (last == NULL || !(is_error(report->played, "HeaderDisallowedByPreflightResponse") ||
                          is_error(report->played, "AuthorizationNotCoveredByWildcard")))
        return NULL;
    size_t bytes = 0;
    for (size_t i = 0; i < last->headers.count; i++)
        bytes += last->headers.at[i].value.len;
    for (size_t i = 0; i < last->answer.headers.count; i++)
        bytes += last->answer.headers.at[i].value.len;
    struct cors_arena arena = arena_for(bytes, report->memory);
    struct cors_values asked = cors_extract_header_list_values(
        CORS_BYTES("Access-Control-Request-Headers"), &last->headers, &arena);
    struct cors_values allowed = cors_extract_header_list_values(
        CORS_BYTES("Access-Control-Allow-Headers"), &last->answer.headers, &arena);
    const bool by_wildcard = report->description->credentials_mode != CORS_CREDENTIALS_INCLUDE;
    struct cors_bytes names = CORS_BYTES("");
    size_t count = 0;
    for (size_t i = 0; i < asked.count; i++)
        if (!allows(&allowed, asked.at[i], by_wildcard)) {
            names = name_list(names, asked.at[i], report->memory);
            count++;
        }
    if (arena.exhausted || count < 2)
        return NULL;
    return memory_format(report->memory, "Access-Control-Allow-Headers lacks %zu of the names: %s.",
                         count, names.at)
        .at;
}

/* ---- Browsers -------------------------------------------------------------------------------- */

static const char *about_browsers(const struct report *report)
{
    return report->otherwise;
}

/* The server that lists it as it is spelled is the next to refuse it. */
static const char *about_method(const struct report *report)
{
    const struct cors_bytes method = report->played->request->method;
    if (!has_lower_case_method(report->played) ||
        is_error(report->played, "MethodDisallowedByPreflightResponse"))
        return NULL;
    return memory_format(report->memory,
                         "The method goes out as \"%.*s\". Browsers write GET, POST, PUT, DELETE, "
                         "HEAD and OPTIONS in upper case by themselves, no other one, and servers "
                         "know methods in upper case only.",
                         (int)method.len, method.at)
        .at;
}

static bool begins(struct cors_bytes text, const char *prefix)
{
    return text.len >= strlen(prefix) && memcmp(text.at, prefix, strlen(prefix)) == 0;
}

static bool is_local_name(struct cors_bytes name)
{
    static const char localhost[] = "localhost";
    const size_t length = sizeof localhost - 1;
    return name.len >= length && memcmp(name.at + name.len - length, localhost, length) == 0 &&
           (name.len == length || name.at[name.len - length - 1] == '.');
}

/* Loopback, RFC 1918 and RFC 3927; for IPv6 loopback, RFC 4193 and link-local. */
static bool is_local(const struct cors_host *host)
{
    static const char *const beginnings[] = {"127.",     "10.",   "192.168.",
                                             "169.254.", "[::1]", "[fe80:"};
    const struct cors_bytes text = host->serialized;
    if (host->kind == CORS_HOST_DOMAIN)
        return is_local_name(text);
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (begins(text, beginnings[i]))
            return true;
    if (begins(text, "[fc") || begins(text, "[fd"))
        return text.at[5] == ':';
    return begins(text, "172.") && text.at[6] == '.' && memcmp(text.at + 4, "16", 2) >= 0 &&
           memcmp(text.at + 4, "31", 2) <= 0;
}

/* What browsers do about that is in no standard that is played here. */
static const char *about_local_network(const struct report *report)
{
    const struct cors_outcome *outcome = &report->played->outcome;
    const struct cors_origin *page = &report->played->request->client->origin;
    if (!outcome->readable || outcome->url == NULL || page->kind == CORS_ORIGIN_OPAQUE ||
        !is_local(&outcome->url->host) || is_local(&page->host))
        return NULL;
    return "The address is a loopback or private one. Where the page's is public, a browser may "
           "ask "
           "the user first (Local Network Access); that is not simulated.";
}

/* What was meant to be shown is hidden, and the header is there. */
static const char *about_exposed(const struct report *report)
{
    static const struct cors_bytes name = {"Access-Control-Expose-Headers", 29};
    const struct exchange *last = last_exchange(report->played);
    if (last == NULL || !report->played->outcome.readable)
        return NULL;
    const struct cors_bytes value = combined_value(&last->answer.headers, name, report->memory);
    struct cors_arena arena = arena_for(value.len, report->memory);
    if (value.at == NULL ||
        cors_extract_header_list_values(name, &last->answer.headers, &arena).kind !=
            CORS_VALUES_FAILURE)
        return NULL;
    return memory_format(report->memory,
                         "Access-Control-Expose-Headers is \"%.*s\", which is no list of header "
                         "names, so it names none. Separate the names by commas: ETag, Link.",
                         (int)value.len, value.at)
        .at;
}

/* ---- Caches ------------------------------------------------------------------------------- */

static bool names_origin(const struct cors_header_list *headers, struct memory *memory)
{
    const struct cors_header origin[] = {{CORS_BYTES("*"), CORS_BYTES("")},
                                         {CORS_BYTES("Origin"), CORS_BYTES("")}};
    const struct cors_header_list names = {.at = (struct cors_header *)origin, .count = 2};
    size_t bytes = 0;
    for (size_t i = 0; i < headers->count; i++)
        bytes += headers->at[i].value.len;
    struct cors_arena arena = arena_for(bytes, memory);
    const struct cors_values vary =
        cors_header_list_get_decode_and_split(headers, CORS_BYTES("Vary"), &arena);
    for (size_t i = 0; i < vary.count; i++)
        if (cors_header_list_contains(&names, vary.at[i]))
            return true;
    return false;
}

/* Whether somebody else's answer was served, since nothing said that it is only for them. */
static const char *whose_answer(const struct exchange *exchange, struct memory *memory)
{
    const struct cors_bytes origin =
        combined_value(&exchange->headers, CORS_BYTES("Origin"), memory);
    if (bytes_are(origin, exchange->stored_for))
        return "";
    if (names_origin(&exchange->answer.headers, memory))
        return " The cache does not keep to Vary: Origin.";
    return " Vary: Origin is missing: send it with every answer of this URL, also with those that "
           "have no Access-Control-Allow-Origin.";
}

/* What was read is older than the request, and perhaps of another page. */
static const char *about_caches(const struct report *report)
{
    const struct exchange *last = last_exchange(report->played);
    if (last == NULL || last->from_cache == NO_CACHE)
        return NULL;
    const struct cors_bytes origin = last->stored_for;
    return memory_format(
               report->memory,
               "The answer came from %s: it was stored %llu s ago, for a request %s%.*s.%s",
               last->from_cache == HTTP_CACHE ? "the browser's HTTP cache" : "a shared cache",
               (unsigned long long)last->stored_ago,
               origin.at == NULL ? "without Origin" : "with Origin: ", (int)origin.len,
               origin.at == NULL ? "" : origin.at, whose_answer(last, report->memory))
        .at;
}

/* A live answer that had been in a cache on the way, and may be one for another page. */
static const char *about_age(const struct report *report)
{
    const struct exchange *last = last_exchange(report->played);
    if (last == NULL || last->from_cache != NO_CACHE || last->preflight ||
        !(is_error(report->played, "MissingAllowOriginHeader") ||
          is_error(report->played, "AllowOriginMismatch")))
        return NULL;
    const struct cors_bytes age =
        combined_value(&last->answer.headers, CORS_BYTES("Age"), report->memory);
    if (age.at == NULL || names_origin(&last->answer.headers, report->memory))
        return NULL;
    return memory_format(report->memory,
                         "The answer comes from a cache on the way (Age: %.*s), and may have been "
                         "made for another page, or for none: Vary: Origin is missing.",
                         (int)age.len, age.at)
        .at;
}

static const char *about_pasted(const struct report *report)
{
    return report->pasted;
}

size_t remarks_on(const struct report *report, const char *remarks[MOST_REMARKS])
{
    static const struct {
        const char *(*remark)(const struct report *report);
        bool if_blocked;
    } rows[] = {{about_pasted, false},       {about_same_origin, false},
                {about_left_out, false},     {about_missing_names, true},
                {about_error_pages, true},   {about_browsers, false},
                {about_method, false},       {about_local_network, false},
                {about_exposed, false},      {about_cookies, false},
                {about_other_clients, true}, {about_writes, true},
                {about_caches, false},       {about_age, true}};
    _Static_assert(sizeof rows / sizeof *rows < MOST_REMARKS, "there is room for the note, too");
    const bool blocked = verdict_of(report->played) == VERDICT_BLOCKED;
    size_t count = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *remark = blocked || !rows[i].if_blocked ? rows[i].remark(report) : NULL;
        if (remark != NULL)
            remarks[count++] = remark;
    }
    if (report->note != NULL)
        remarks[count++] = report->note;
    return count;
}
