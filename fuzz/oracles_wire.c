/* What goes out, and what a script gets to read, judged anew from the Fetch Standard
 * (https://fetch.spec.whatwg.org/) by someone who sees only the messages on the wire: who may send
 * what without a preflight, what Origin says, when an answer may be read. Each check is a condition
 * that must hold in the standard's own profile for requests of the mode "cors" that a script makes;
 * none claims to be sufficient. */
#include "oracles.h"

#include <stdlib.h>
#include <string.h>

/* A preflight that went out, and what it was answered. */
struct grant {
    struct cors_bytes url;
    struct cors_bytes origin; /* as it went out */
    struct cors_bytes asked_method;
    struct answer answer;
    bool include;    /* it was made for a request with credentials */
    bool allows_own; /* no list of methods is needed: the use-CORS-preflight flag */
    uint64_t at;
};

struct wire {
    struct memory memory;
    struct grant *grants;
    size_t count, capacity;
    uint64_t longest; /* for which any of them may be remembered */
};

/* A fetch, as it is judged. */
struct judged {
    const struct fetch_description *description;
    bool include;
    bool tainted; /* null is what it says: it has left another's origin */
    bool crossed; /* it has been to another origin than the page's */
    struct cors_bytes last_origin;
    size_t first_grant; /* of this fetch */
    uint64_t now;
};

struct wire *wire_begin(void)
{
    struct wire *wire = memory_allocate(sizeof *wire);
    *wire = (struct wire){0};
    return wire;
}

void wire_end(struct wire *wire)
{
    memory_free(&wire->memory);
    free(wire->grants);
    free(wire);
}

/* ---- Headers -------------------------------------------------------------------------------- */

static struct cors_bytes value_of(const struct cors_header_list *list, const char *name,
                                  struct wire *wire)
{
    return combined_value(list, bytes_of(name), &wire->memory);
}

/* Whether an item between commas, without the space around it, is `item`. */
static bool lists(struct cors_bytes value, struct cors_bytes item, bool in_any_case)
{
    size_t start = 0;
    for (size_t i = 0; value.at != NULL && i <= value.len; i++) {
        if (i < value.len && value.at[i] != ',')
            continue;
        const struct cors_bytes part =
            cors_normalize_header_value((struct cors_bytes){value.at + start, i - start});
        start = i + 1;
        if (bytes_are(part, item) || (in_any_case && equal_in_any_case(part, item)))
            return true;
    }
    return false;
}

static bool is_one_of(struct cors_bytes name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (equal_in_any_case(name, bytes_of(*names)))
            return true;
    return false;
}

/* Headers that a browser may send by itself, or that are safelisted with some values. */
static bool may_go_unasked(struct cors_bytes name)
{
    static const char *const names[] = {"Accept",
                                        "Accept-Language",
                                        "Content-Language",
                                        "Range",
                                        "Accept-Encoding",
                                        "Cookie",
                                        "Content-Length",
                                        "Cache-Control",
                                        "Pragma",
                                        "Origin",
                                        "Referer",
                                        "Content-Type",
                                        NULL};
    return is_one_of(name, names) ||
           (name.len > 4 && equal_in_any_case((struct cors_bytes){name.at, 4}, CORS_BYTES("Sec-")));
}

/* The three types that a form can send, whatever their parameters. */
static bool is_form_type(struct cors_bytes value)
{
    static const char *const types[] = {"application/x-www-form-urlencoded", "multipart/form-data",
                                        "text/plain", NULL};
    const char *semicolon = value.len == 0 ? NULL : memchr(value.at, ';', value.len);
    if (semicolon != NULL)
        value.len = (size_t)(semicolon - value.at);
    return is_one_of(cors_normalize_header_value(value), types);
}

/* ---- Origins -------------------------------------------------------------------------------- */

/* scheme://host:port of a serialized URL, whose authority may hold a user. */
static struct cors_bytes origin_of(struct cors_bytes url, struct memory *memory)
{
    const char *colon = memchr(url.at, ':', url.len);
    const size_t scheme = colon == NULL ? 0 : (size_t)(colon - url.at);
    size_t host = scheme + 3, end = host;
    for (; end < url.len && memchr("/?#", url.at[end], 3) == NULL; end++)
        if (url.at[end] == '@')
            host = end + 1;
    return memory_format(memory, "%.*s://%.*s", (int)scheme, url.at, (int)(end - host),
                         url.at + host);
}

/* https://fetch.spec.whatwg.org/#concept-request-tainted-origin, one URL further. */
static void go_to(struct judged *judged, struct cors_bytes origin)
{
    const struct cors_bytes page = judged->description->origin;
    if (judged->last_origin.at != NULL && !bytes_are(judged->last_origin, origin) &&
        !bytes_are(judged->last_origin, page))
        judged->tainted = true;
    if (!bytes_are(origin, page))
        judged->crossed = true;
    judged->last_origin = origin;
}

/* ---- Preflights ----------------------------------------------------------------------------- */

static bool check_passes(const struct answer *answer, struct cors_bytes origin, bool include,
                         struct wire *wire)
{
    const struct cors_bytes allowed =
        value_of(&answer->headers, "Access-Control-Allow-Origin", wire);
    const struct cors_bytes credentials =
        value_of(&answer->headers, "Access-Control-Allow-Credentials", wire);
    if (!include)
        return bytes_are_string(allowed, "*") || (allowed.at != NULL && bytes_are(allowed, origin));
    return allowed.at != NULL && bytes_are(allowed, origin) &&
           bytes_are_string(credentials, "true");
}

/* Digits as a number; anything else is what counts without one. */
static uint64_t naive_max_age(struct cors_bytes value)
{
    uint64_t seconds = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] < '0' || value.at[i] > '9')
            return 5;
        seconds = seconds > UINT64_MAX / 100 ? UINT64_MAX / 10
                                             : seconds * 10 + (uint64_t)(value.at[i] - '0');
    }
    return value.len == 0 ? 5 : seconds;
}

static void remember(struct wire *wire, const struct judged *judged,
                     const struct exchange *exchange)
{
    struct memory *memory = &wire->memory;
    struct grant grant = {
        .url = memory_copy(memory, exchange->url),
        .origin = memory_copy(memory, value_of(&exchange->headers, "Origin", wire)),
        .asked_method = memory_copy(
            memory, value_of(&exchange->headers, "Access-Control-Request-Method", wire)),
        .answer = exchange->answer,
        .include = judged->include,
        .allows_own =
            judged->description->use_cors_preflight || judged->description->body_is_stream,
        .at = judged->now,
    };
    grant.answer.headers = memory_copy_headers(memory, &exchange->answer.headers);
    const uint64_t max_age =
        naive_max_age(value_of(&grant.answer.headers, "Access-Control-Max-Age", wire));
    if (max_age > wire->longest)
        wire->longest = max_age;
    if (exchange->answer.network_error || exchange->answer.status < 200 ||
        exchange->answer.status > 299 ||
        !check_passes(&grant.answer, grant.origin, grant.include, wire))
        return;
    wire->grants = memory_grow(wire->grants, wire->count, &wire->capacity, sizeof *wire->grants);
    wire->grants[wire->count++] = grant;
}

static bool is_just_made(const struct wire *wire, const struct grant *grant,
                         const struct judged *judged)
{
    return grant >= wire->grants + judged->first_grant;
}

/* Whether this preflight, just made or remembered, can be why the exchange needs no other. */
static bool is_for(const struct wire *wire, const struct grant *grant, const struct judged *judged,
                   const struct exchange *exchange, struct cors_bytes origin)
{
    return bytes_are(grant->url, exchange->url) && bytes_are(grant->origin, origin) &&
           (grant->include || !judged->include) &&
           (is_just_made(wire, grant, judged) || judged->now - grant->at <= wire->longest);
}

/* `*` lists all for requests without credentials. Remembered it does so for others too, as the
 * standard's cache does not tell the two apart: corpus/cases/cors-preflight-cache/. */
static bool lists_all(const struct grant *grant, bool just_made, struct cors_bytes listed)
{
    return (!grant->include || !just_made) && lists(listed, CORS_BYTES("*"), false);
}

static bool grants_method(const struct grant *grant, bool just_made, struct cors_bytes method,
                          struct wire *wire)
{
    const struct cors_bytes listed =
        value_of(&grant->answer.headers, "Access-Control-Allow-Methods", wire);
    if (listed.at == NULL && grant->allows_own && bytes_are(grant->asked_method, method))
        return true;
    return lists(listed, method, false) || lists_all(grant, just_made, listed);
}

static bool grants_header(const struct grant *grant, bool just_made, struct cors_bytes name,
                          struct wire *wire)
{
    const struct cors_bytes listed =
        value_of(&grant->answer.headers, "Access-Control-Allow-Headers", wire);
    return lists(listed, name, true) || (lists_all(grant, just_made, listed) &&
                                         !equal_in_any_case(name, CORS_BYTES("Authorization")));
}

/* Some preflight allows the method, or where `name` is not null the header. */
static bool is_granted(struct wire *wire, const struct judged *judged,
                       const struct exchange *exchange, struct cors_bytes name)
{
    const struct cors_bytes origin = value_of(&exchange->headers, "Origin", wire);
    for (size_t i = 0; i < wire->count; i++) {
        const struct grant *grant = &wire->grants[i];
        const bool just_made = is_just_made(wire, grant, judged);
        if (is_for(wire, grant, judged, exchange, origin) &&
            (name.at == NULL ? grants_method(grant, just_made, exchange->method, wire)
                             : grants_header(grant, just_made, name, wire)))
            return true;
    }
    return false;
}

/* ---- One exchange --------------------------------------------------------------------------- */

static bool was_given(const struct fetch_description *description, struct cors_bytes name)
{
    for (size_t i = 0; i < description->headers.count; i++)
        if (equal_in_any_case(description->headers.at[i].name, name))
            return true;
    return false;
}

static void judge_need_of_preflight(struct wire *wire, const struct judged *judged,
                                    const struct exchange *exchange)
{
    static const char *const safelisted[] = {"GET", "HEAD", "POST", NULL};
    bool is_safelisted = false;
    for (const char *const *method = safelisted; *method != NULL; method++)
        is_safelisted = is_safelisted || bytes_are_string(exchange->method, *method);
    must_hold(is_safelisted || is_granted(wire, judged, exchange, (struct cors_bytes){0}),
              "a method that is not safelisted goes out only where a preflight allows it",
              exchange->method);
    for (size_t i = 0; i < exchange->headers.count; i++) {
        const struct cors_header *header = &exchange->headers.at[i];
        const bool is_type = equal_in_any_case(header->name, CORS_BYTES("Content-Type"));
        if (is_type ? is_form_type(header->value)
                    : may_go_unasked(header->name) || !was_given(judged->description, header->name))
            continue;
        must_hold(is_granted(wire, judged, exchange, header->name),
                  "a header that is not safelisted goes out only where a preflight allows it",
                  header->name);
    }
}

/* The Origin that a request has which CORS governs. */
static void judge_origin(struct wire *wire, const struct judged *judged,
                         const struct exchange *exchange)
{
    const struct cors_bytes origin = value_of(&exchange->headers, "Origin", wire);
    must_hold(bytes_are(origin, judged->tainted ? CORS_BYTES("null") : judged->description->origin),
              "Origin names the page, unless redirects taint it", origin);
}

static void judge_credentials(const struct judged *judged, const struct exchange *exchange)
{
    const bool may_go = !exchange->preflight &&
                        judged->description->credentials_mode != CORS_CREDENTIALS_OMIT &&
                        (judged->include || !judged->crossed);
    must_hold(may_go || !exchange->include_credentials,
              "credentials go along only where the mode says so, and never with a preflight",
              exchange->url);
}

/* Of a fetch that is not judged only what it lets later ones do is looked at. */
static bool is_judged(const struct fetch_description *description)
{
    return description->api != CORS_ENTRY_NONE &&
           (description->mode == CORS_MODE_CORS || description->mode == CORS_MODE_DEFAULT);
}

static void judge(struct wire *wire, struct judged *judged, const struct exchange *exchange,
                  bool succeeded)
{
    go_to(judged, origin_of(exchange->url, &wire->memory));
    judge_credentials(judged, exchange);
    if (!judged->crossed)
        return;
    judge_origin(wire, judged, exchange);
    if (exchange->preflight)
        return;
    judge_need_of_preflight(wire, judged, exchange);
    const struct cors_bytes origin = value_of(&exchange->headers, "Origin", wire);
    must_hold(!succeeded || exchange->answer.status == 421 ||
                  check_passes(&exchange->answer, origin, judged->include, wire),
              "who may read was named by every answer on the way, with credentials by name",
              exchange->url);
}

/* A 304 to the browser's own question: not it is read, but the stored response behind it. */
static bool is_revalidation(const struct played *played, size_t index)
{
    return played->exchanges[index].answer.status == 304 && index + 1 < played->exchange_count &&
           played->exchanges[index + 1].from_cache == HTTP_CACHE;
}

void wire_oracles(struct wire *wire, const struct fetch_description *description,
                  const struct played *played, const struct agent_settings *settings)
{
    struct judged judged = {.description = description,
                            .include = description->credentials_mode == CORS_CREDENTIALS_INCLUDE,
                            .first_grant = wire->count,
                            .now = settings->now};
    const bool succeeded = played->outcome.result != CORS_RESULT_NETWORK_ERROR;
    for (size_t i = 0; i < played->exchange_count; i++) {
        if (is_judged(description))
            judge(wire, &judged, &played->exchanges[i], succeeded && !is_revalidation(played, i));
        if (played->exchanges[i].preflight)
            remember(wire, &judged, &played->exchanges[i]);
    }
}
