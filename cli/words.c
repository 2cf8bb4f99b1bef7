/* What a browser says: see words.h. Of the rows of spec-tables/messages.tsv for a browser and a
 * sort of words, the first that fits the error counts. A text may hold {names}: of other sorts,
 * which may have no row that fits and are then nothing, or of what happened. Invariant: parts are
 * not looked for in what came from the network. */
#include "words.h"

#include "case.h"
#include "chromium_headers.h"
#include "texts.h"
#include "url.h"
#include "url_text.h"

#include <string.h>

/* A fetch that failed, and who speaks about it. */
struct speech {
    const struct played *played;
    const char *engine;
    struct memory *memory;
    struct cors_header header; /* of the script: which the words are about */
};

enum { DEEPEST = 4 }; /* parts within parts */

/* ---- What happened ------------------------------------------------------------------------ */

static const struct exchange *last_exchange(const struct played *played)
{
    return played->exchange_count == 0 ? NULL : &played->exchanges[played->exchange_count - 1];
}

static struct cors_bytes page_origin(const struct speech *speech)
{
    enum { SIZE = 4096 };
    const struct cors_origin *origin = &speech->played->request->client->origin;
    const size_t size = SIZE + origin->host.serialized.len;
    struct cors_arena arena = cors_arena_over(memory_take(speech->memory, size), size);
    return cors_origin_serialize(origin, &arena);
}

static struct cors_bytes serialize(const struct speech *speech, const struct cors_url *url)
{
    return url_to_text(url, CORS_URL_WITH_FRAGMENT, speech->memory);
}

static struct cors_bytes page_url(const struct speech *speech)
{
    const struct cors_client *client = speech->played->request->client;
    if (client->creation_url != NULL)
        return serialize(speech, client->creation_url);
    const struct cors_bytes origin = page_origin(speech);
    return memory_format(speech->memory, "%.*s/", (int)origin.len, origin.at);
}

/* A URL against the page's; false if it is none. */
static bool parse(const struct speech *speech, struct cors_bytes text, struct cors_url *url)
{
    const struct cors_client *client = speech->played->request->client;
    struct cors_url page;
    const struct cors_url *base = client->creation_url;
    if (base == NULL && url_of_text(&page, page_url(speech), NULL, speech->memory))
        base = &page;
    return url_of_text(url, text, base, speech->memory);
}

static struct cors_bytes initial_url(const struct speech *speech)
{
    const struct cors_request *request = speech->played->request;
    struct cors_url url;
    if (request->url != NULL)
        return serialize(speech, request->url);
    return parse(speech, request->url_string, &url) ? serialize(speech, &url) : request->url_string;
}

/* Where it went wrong: the last URL on the wire. */
static struct cors_bytes last_url(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    return last == NULL ? initial_url(speech) : last->url;
}

/* The last message that was no preflight; NULL: none went out. */
static const struct exchange *last_actual(const struct played *played)
{
    for (size_t i = played->exchange_count; i > 0; i--)
        if (!played->exchanges[i - 1].preflight)
            return &played->exchanges[i - 1];
    return NULL;
}

/* The message that the error is about: a preflight, or the request itself, or NULL. */
static const struct exchange *erring(const struct played *played)
{
    return played->outcome.in_preflight ? last_exchange(played) : last_actual(played);
}

/* The part of a URL from its `#` on, or nothing. */
static struct cors_bytes fragment_of(struct cors_bytes url)
{
    const char *at = url.len == 0 ? NULL : memchr(url.at, '#', url.len);
    return at == NULL ? CORS_BYTES("") : (struct cors_bytes){at, (size_t)(url.at + url.len - at)};
}

/* WebKit takes each byte for a character. */
static struct cors_bytes from_latin1(const struct speech *speech, struct cors_bytes value)
{
    char *text = memory_take(speech->memory, 2 * value.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < value.len; i++) {
        const unsigned char byte = (unsigned char)value.at[i];
        if (byte >= 0x80)
            text[length++] = (char)(0xC0 | (byte >> 6));
        text[length++] = (char)(byte >= 0x80 ? 0x80 | (byte & 0x3F) : byte);
    }
    return (struct cors_bytes){text, length};
}

static struct cors_bytes location_of(const struct speech *speech, const struct exchange *exchange)
{
    const struct cors_bytes value =
        combined_value(&exchange->answer.headers, CORS_BYTES("Location"), speech->memory);
    if (strcmp(speech->engine, "webkit") != 0)
        return value;
    const size_t size = 4096 + 4 * value.len;
    struct cors_arena arena = cors_arena_over(memory_take(speech->memory, size), size);
    return from_latin1(speech, utf8_decode_without_bom(value, &arena));
}

/* The URL of a message with the fragment that it has from the script or from a redirect before it,
 * which is never sent. */
static struct cors_bytes url_with_fragment(const struct speech *speech,
                                           const struct exchange *exchange)
{
    struct cors_bytes fragment = fragment_of(initial_url(speech));
    if (exchange == NULL)
        return initial_url(speech);
    for (const struct exchange *each = speech->played->exchanges; each < exchange; each++) {
        const struct cors_bytes own = fragment_of(location_of(speech, each));
        if (!each->preflight && own.len > 0)
            fragment = own;
    }
    return memory_format(speech->memory, "%.*s%.*s", (int)exchange->url.len, exchange->url.at,
                         (int)fragment.len, fragment.at);
}

/* The URL that the script gave without user name, password and fragment. */
static struct cors_bytes bare_url(const struct speech *speech)
{
    struct cors_url url;
    if (!parse(speech, initial_url(speech), &url))
        return initial_url(speech);
    url.username = url.password = CORS_BYTES("");
    url.fragment = (struct cors_bytes){0};
    return serialize(speech, &url);
}

/* The URL that the script gave without its fragment. */
static struct cors_bytes requested_url(const struct speech *speech)
{
    struct cors_bytes url = initial_url(speech);
    url.len -= fragment_of(url).len;
    return url;
}

/* An empty Location leads nowhere, but two are a comma. */
static bool has_location(const struct cors_header_list *headers)
{
    size_t length = 0, count = 0;
    for (size_t i = 0; i < headers->count; i++) {
        const struct cors_header_list one = {.at = &headers->at[i], .count = 1};
        if (cors_header_list_contains(&one, CORS_BYTES("Location"))) {
            length += headers->at[i].value.len;
            count++;
        }
    }
    return length > 0 || count > 1;
}

static bool is_redirect_answer(const struct exchange *exchange)
{
    const unsigned status = exchange == NULL ? 0 : exchange->answer.status;
    return (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) &&
           has_location(&exchange->answer.headers);
}

/* The response that redirects, or the last one: to Firefox it may be a preflight's. */
static const struct exchange *redirecting(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    return strcmp(speech->engine, "firefox") == 0 && is_redirect_answer(last)
               ? last
               : last_actual(speech->played);
}

/* Where the last redirect leads, as browsers show it: without user name and password. False if its
 * Location is no URL; the text is that Location then. */
static bool parse_target(const struct speech *speech, struct cors_url *target,
                         struct cors_bytes *text)
{
    const struct exchange *actual = redirecting(speech);
    struct cors_url base;
    *text = actual == NULL ? CORS_BYTES("") : location_of(speech, actual);
    if (actual == NULL || !parse(speech, url_with_fragment(speech, actual), &base))
        return false;
    if (!url_of_text(target, *text, &base, speech->memory))
        return false;
    if (target->fragment.at == NULL)
        target->fragment = base.fragment;
    return true;
}

static struct cors_bytes target_url(const struct speech *speech)
{
    struct cors_url target;
    struct cors_bytes text;
    if (!parse_target(speech, &target, &text))
        return text;
    target.username = target.password = CORS_BYTES("");
    return serialize(speech, &target);
}

/* The same with user name and password, and without a fragment that it did not bring. */
static struct cors_bytes target_as_given(const struct speech *speech)
{
    struct cors_url target;
    struct cors_bytes text;
    if (!parse_target(speech, &target, &text))
        return text;
    if (fragment_of(text).len == 0)
        target.fragment = (struct cors_bytes){0};
    return serialize(speech, &target);
}

/* Whether it leads to one of these schemes, by a redirect or at once. */
static bool leads_to(const struct speech *speech, const char *const *schemes)
{
    struct cors_url target;
    struct cors_bytes text;
    const struct exchange *actual = redirecting(speech);
    if (actual != NULL ? !is_redirect_answer(actual) || !parse_target(speech, &target, &text)
                       : !parse(speech, initial_url(speech), &target))
        return false;
    while (*schemes != NULL && !bytes_are_string(target.scheme, *schemes))
        schemes++;
    return *schemes != NULL;
}

static struct cors_bytes origin_header(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    const struct cors_bytes sent =
        last == NULL ? (struct cors_bytes){0}
                     : combined_value(&last->headers, CORS_BYTES("Origin"), speech->memory);
    return sent.at == NULL ? page_origin(speech) : sent;
}

static bool crosses_origins(const struct speech *speech, struct cors_bytes to)
{
    struct cors_url url;
    if (!parse(speech, to, &url))
        return false;
    const struct cors_origin origin = url_origin(&url, speech->memory);
    return !cors_same_origin(&origin, &speech->played->request->client->origin);
}

static bool is_cross_origin(const struct speech *speech)
{
    return crosses_origins(speech, last_url(speech));
}

/* Whether it had to do with another origin under CORS before it failed. */
static bool is_tainted(const struct speech *speech)
{
    const struct played *played = speech->played;
    bool tainted = false;
    for (size_t i = 0; i < played->exchange_count; i++)
        tainted = tainted || crosses_origins(speech, played->exchanges[i].url);
    return tainted && played->request->mode != CORS_MODE_NO_CORS;
}

static bool page_is_secure(const struct speech *speech)
{
    const struct cors_bytes page = page_url(speech);
    return page.len > 6 && memcmp(page.at, "https:", 6) == 0;
}

/* To Chromium, fragments count. */
static bool was_redirected(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    const struct cors_bytes url = strcmp(speech->engine, "chromium") == 0
                                      ? url_with_fragment(speech, last)
                                      : last_url(speech);
    return !bytes_are(url, initial_url(speech));
}

static struct cors_bytes initial_scheme(const struct speech *speech)
{
    struct cors_url url;
    return parse(speech, initial_url(speech), &url) ? url.scheme : CORS_BYTES("");
}

static struct cors_bytes subject(const struct speech *speech)
{
    const struct cors_bytes subject = speech->played->outcome.subject;
    return subject.at == NULL ? CORS_BYTES("") : subject;
}

static bool has_any(struct cors_bytes text, const char *bytes)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr(bytes, text.at[i]) != NULL)
            return true;
    return false;
}

static bool is_several(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    size_t count = 0;
    for (size_t i = 0; last != NULL && i < last->answer.headers.count; i++)
        count += bytes_are_string(last->answer.headers.at[i].name, "Access-Control-Allow-Origin");
    return count > 1;
}

static bool is_redirect(const struct speech *speech)
{
    return is_redirect_answer(last_exchange(speech->played));
}

/* To Firefox an empty Location leads somewhere too: back. */
static bool is_followed(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    const unsigned status = last == NULL ? 0 : last->answer.status;
    return (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) &&
           cors_header_list_contains(&last->answer.headers, CORS_BYTES("Location")) &&
           speech->played->request->redirect_mode == CORS_REDIRECT_FOLLOW;
}

static struct cors_bytes allow_origin(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    return last == NULL ? CORS_BYTES("")
                        : combined_value(&last->answer.headers,
                                         CORS_BYTES("Access-Control-Allow-Origin"), speech->memory);
}

/* A preflight's redirect to another origin, after which only an opaque one would be allowed. */
static bool is_tainting(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    struct cors_url from, to;
    if (!is_followed(speech) || !last->preflight || !parse(speech, last->url, &from))
        return false;
    const struct cors_bytes text = location_of(speech, last), allowed = allow_origin(speech);
    if (!url_of_text(&to, text, &from, speech->memory))
        return false;
    const struct cors_origin origins[] = {url_origin(&from, speech->memory),
                                          url_origin(&to, speech->memory)};
    return !cors_same_origin(&origins[0], &origins[1]) && !bytes_are_string(allowed, "*") &&
           !bytes_are_string(allowed, "null");
}

static bool is_url(const struct speech *speech, struct cors_bytes text)
{
    struct cors_url url;
    return bytes_are_string(text, "null") || url_of_text(&url, text, NULL, speech->memory);
}

/* Whether it is fetched at once, or a redirect to it is followed. */
static bool is_fetched(const struct speech *speech)
{
    return last_exchange(speech->played) == NULL || is_followed(speech);
}

/* Whether Firefox takes it for a document of its own or of the system's. */
static bool leads_to_system(const struct speech *speech)
{
    static const char *const schemes[] = {"file", "resource", "chrome", "view-source", NULL},
                             *const about[] = {"about", NULL};
    struct cors_url url;
    struct cors_bytes text;
    if (!leads_to(speech, about))
        return leads_to(speech, schemes);
    return (last_exchange(speech->played) == NULL ? parse(speech, initial_url(speech), &url)
                                                  : parse_target(speech, &url, &text)) &&
           !bytes_are_string(url.path, "blank");
}

/* Whether a redirect leads a secure page to what may be read and changed on its way. */
static bool leads_to_mixed(const struct speech *speech)
{
    enum { SIZE = 8192 };
    static const char *const http[] = {"http", NULL};
    struct cors_url target;
    struct cors_bytes text;
    if (!page_is_secure(speech) || !leads_to(speech, http) || !parse_target(speech, &target, &text))
        return false;
    struct cors_arena arena = cors_arena_over(memory_take(speech->memory, SIZE), SIZE);
    return !cors_is_url_potentially_trustworthy(&target, cors_domain_to_ascii_by_libidn2, &arena);
}

/* Whether a redirect leads to a blob: of another origin than who is taken to ask for it. With
 * fetch() under CORS that is the server that redirects, else the page. */
static bool leads_to_foreign_blob(const struct speech *speech)
{
    enum { SIZE = 8192 };
    static const char *const blob[] = {"blob", NULL};
    const struct cors_request *request = speech->played->request;
    const bool of_page = request->entry != CORS_ENTRY_FETCH_API ||
                         request->mode == CORS_MODE_NO_CORS ||
                         request->mode == CORS_MODE_SAME_ORIGIN;
    struct cors_url from, target;
    struct cors_bytes text;
    if (!leads_to(speech, blob) || !parse_target(speech, &target, &text) ||
        !parse(speech, last_url(speech), &from))
        return false;
    struct cors_arena arena = cors_arena_over(memory_take(speech->memory, SIZE), SIZE);
    const struct cors_origin asking = of_page ? request->client->origin
                                              : cors_url_origin(
                                                    &from, cors_domain_to_ascii_by_libidn2, &arena),
                             origin =
                                 cors_url_origin(&target, cors_domain_to_ascii_by_libidn2, &arena);
    return !cors_same_origin(&asking, &origin);
}

/* A redirect that Firefox refuses before it looks at CORS: to what it cannot open or load. */
static bool is_unopened(const struct speech *speech)
{
    static const char *const closed[] = {"javascript", "data", "ws", "wss", "moz-extension", NULL};
    struct cors_url target;
    struct cors_bytes text;
    if (!is_followed(speech) || !is_redirect(speech))
        return false;
    return !parse_target(speech, &target, &text) || leads_to(speech, closed) ||
           leads_to_system(speech) || leads_to_mixed(speech) || leads_to_foreign_blob(speech);
}

/* A redirect that Firefox follows to what CORS does not allow, whatever it answers. */
static bool is_unfit(const struct speech *speech)
{
    static const char *const http[] = {"http", "https", NULL};
    struct cors_url target;
    struct cors_bytes text;
    return is_followed(speech) && is_redirect(speech) && parse_target(speech, &target, &text) &&
           (!leads_to(speech, http) || target.username.len > 0 || target.password.len > 0);
}

/* The classes that only Firefox's words need. */
static bool is_of_class_in_firefox(const struct speech *speech, enum message_class class)
{
    static const char *const closed[] = {"ws", "wss", "moz-extension", NULL}, *const blob[] = {
                                                                                  "blob", NULL};
    switch (class) {
    case MESSAGE_CLASS_KEEPALIVE:
        return speech->played->request->keepalive;
    case MESSAGE_CLASS_OPAQUE_PAGE:
        return speech->played->request->client->origin.kind == CORS_ORIGIN_OPAQUE;
    case MESSAGE_CLASS_TO_BLOB:
        return leads_to(speech, blob);
    case MESSAGE_CLASS_TO_CLOSED:
        return is_fetched(speech) && leads_to(speech, closed);
    case MESSAGE_CLASS_TO_SYSTEM:
        return is_fetched(speech) && leads_to_system(speech);
    case MESSAGE_CLASS_TO_MIXED:
        return leads_to_mixed(speech);
    case MESSAGE_CLASS_UNOPENED:
        return is_unopened(speech);
    case MESSAGE_CLASS_UNFIT:
        return is_unfit(speech);
    case MESSAGE_CLASS_CROSSED:
        return is_tainted(speech);
    case MESSAGE_CLASS_REDIRECT_FOLLOWED:
        return is_followed(speech);
    case MESSAGE_CLASS_TAINTING:
        return is_tainting(speech);
    case MESSAGE_CLASS_PUT:
        return bytes_are_string(cors_normalize_method(speech->played->request->method), "PUT");
    default:
        return false;
    }
}

static bool is_of_class(const struct speech *speech, enum message_class class)
{
    static const char *const ftp[] = {"ftp", NULL}, *const local[] = {"blob", "file", NULL},
                             *const harmless[] = {"https", "about", "data", NULL},
                             *const file[] = {"file", NULL},
                             *const http[] = {"http", "https", NULL},
                             *const known_to_chromium[] = {"about", "blob",       "chrome", "data",
                                                           "file",  "filesystem", NULL};
    struct cors_url target;
    struct cors_bytes text;
    const struct cors_outcome *outcome = &speech->played->outcome;
    switch (class) {
    case MESSAGE_CLASS_REDIRECTED_AWAY:
        return is_redirect_answer(redirecting(speech));
    case MESSAGE_CLASS_AT_ONCE:
        return speech->played->exchange_count == 0 &&
               speech->played->request->mode != CORS_MODE_SAME_ORIGIN;
    case MESSAGE_CLASS_TO_FTP:
        return leads_to(speech, ftp);
    case MESSAGE_CLASS_TO_LOCAL:
        return leads_to(speech, local);
    case MESSAGE_CLASS_TO_INSECURE:
        return page_is_secure(speech) && !leads_to(speech, harmless);
    case MESSAGE_CLASS_TO_FILE:
        return leads_to(speech, file);
    case MESSAGE_CLASS_TO_UNKNOWN:
        return !leads_to(speech, known_to_chromium);
    case MESSAGE_CLASS_NOT_HTTP:
        return !leads_to(speech, http);
    case MESSAGE_CLASS_TO_USERINFO:
        return parse_target(speech, &target, &text) &&
               (target.username.len > 0 || target.password.len > 0);
    case MESSAGE_CLASS_UNFOLLOWING:
        return speech->played->request->mode == CORS_MODE_NO_CORS &&
               speech->played->request->redirect_mode != CORS_REDIRECT_FOLLOW &&
               speech->played->exchange_count == 0;
    case MESSAGE_CLASS_TAINTED:
        return is_tainted(speech) && is_redirect_answer(last_actual(speech->played));
    case MESSAGE_CLASS_UNDER_CORS:
        return speech->played->request->mode != CORS_MODE_NO_CORS &&
               speech->played->request->mode != CORS_MODE_SAME_ORIGIN &&
               (is_tainted(speech) || crosses_origins(speech, target_url(speech)));
    case MESSAGE_CLASS_SAME_ORIGIN_MODE:
        return speech->played->request->mode == CORS_MODE_SAME_ORIGIN;
    case MESSAGE_CLASS_NO_CORS_MODE:
        return speech->played->request->mode == CORS_MODE_NO_CORS;
    case MESSAGE_CLASS_NOT_A_TOKEN:
        return !cors_is_header_name(subject(speech));
    case MESSAGE_CLASS_ANY:
        return true;
    case MESSAGE_CLASS_WILDCARD:
        return bytes_are_string(subject(speech), "*");
    case MESSAGE_CLASS_SEVERAL:
        return is_several(speech);
    case MESSAGE_CLASS_SPACE_OR_COMMA:
        return has_any(subject(speech), " ,");
    case MESSAGE_CLASS_COMMA:
        return has_any(subject(speech), ",");
    case MESSAGE_CLASS_NOT_A_URL:
        return !is_url(speech, subject(speech));
    case MESSAGE_CLASS_REDIRECT:
        return is_redirect(speech);
    case MESSAGE_CLASS_METHODS:
        return outcome->error != NULL &&
               strcmp(outcome->error, "InvalidAllowMethodsPreflightResponse") == 0;
    case MESSAGE_CLASS_REDIRECTED:
        return was_redirected(speech);
    case MESSAGE_CLASS_CROSS_ORIGIN:
        return is_cross_origin(speech);
    default:
        return is_of_class_in_firefox(speech, class);
    }
}

/* ---- Texts -------------------------------------------------------------------------------- */

static bool fits(const struct speech *speech, const struct message_text *row)
{
    const struct cors_outcome *outcome = &speech->played->outcome;
    const bool xhr = speech->played->request->entry == CORS_ENTRY_XMLHTTPREQUEST;
    if (*row->algorithm != '\0' &&
        (outcome->algorithm == NULL || outcome->step == NULL ||
         strcmp(row->algorithm, outcome->algorithm) != 0 || strcmp(row->step, outcome->step) != 0))
        return false;
    if (strcmp(row->stage, "any") != 0 &&
        strcmp(row->stage, outcome->in_preflight ? "preflight" : "actual") != 0)
        return false;
    if (strcmp(row->api, "any") != 0 && strcmp(row->api, xhr ? "xhr" : "fetch") != 0)
        return false;
    return is_of_class(speech, row->class);
}

/* The first row of a sort that fits, or NULL. */
static const struct message_text *row_of(const struct speech *speech, struct cors_bytes sort)
{
    for (size_t i = 0; i < message_text_count; i++) {
        const struct message_text *row = &message_texts[i];
        if (strcmp(row->engine, speech->engine) == 0 && bytes_are_string(sort, row->sort) &&
            fits(speech, row))
            return row;
    }
    return NULL;
}

static struct cors_bytes lower_case(struct cors_bytes text, struct memory *memory)
{
    char *lower = memory_take(memory, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        lower[i] =
            text.at[i] >= 'A' && text.at[i] <= 'Z' ? (char)(text.at[i] - 'A' + 'a') : text.at[i];
    return (struct cors_bytes){lower, text.len};
}

/* A header's name as the script spells it. */
static struct cors_bytes given_name(const struct speech *speech)
{
    const struct cors_header_list *headers = &speech->played->request->headers;
    const struct cors_bytes sought = lower_case(subject(speech), speech->memory);
    for (size_t i = 0; i < headers->count; i++)
        if (bytes_are(lower_case(headers->at[i].name, speech->memory), sought))
            return headers->at[i].name;
    return subject(speech);
}

/* The names that WebKit's network layer knows: it keeps them before all others, spelled so. */
static const char *const known_to_webkit[] = {
    "Accept",
    "Accept-Language",
    "Accept-Ranges",
    "Age",
    "Authorization",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Location",
    "Content-Range",
    "Content-Security-Policy",
    "Content-Security-Policy-Report-Only",
    "Content-Type",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Default-Style",
    "ETag",
    "Expires",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Last-Event-ID",
    "Last-Modified",
    "Link",
    "Location",
    "Ping-From",
    "Ping-To",
    "Pragma",
    "Purpose",
    "Range",
    "Referrer-Policy",
    "Refresh",
    "Report-To",
    "Server",
    "Server-Timing",
    "Service-Worker",
    "SourceMap",
    "Timing-Allow-Origin",
    "Upgrade-Insecure-Requests",
    "User-Agent",
    "Vary",
    "X-Content-Type-Options",
    "X-DNS-Prefetch-Control",
    "X-Frame-Options",
    "X-SourceMap",
    "X-XSS-Protection",
};

static const char *known_name(const struct speech *speech, struct cors_bytes name)
{
    const struct cors_bytes lower = lower_case(name, speech->memory);
    for (size_t i = 0; i < sizeof known_to_webkit / sizeof *known_to_webkit; i++)
        if (bytes_are(lower, lower_case(bytes_of(known_to_webkit[i]), speech->memory)))
            return known_to_webkit[i];
    return NULL;
}

/* Whether a list of names in a header holds this one, in any case. */
static bool lists(const struct speech *speech, const struct cors_header_list *headers,
                  const char *header, struct cors_bytes name)
{
    const struct cors_bytes list = combined_value(headers, bytes_of(header), speech->memory);
    const struct cors_bytes lower = lower_case(name, speech->memory);
    for (size_t from = 0; from < list.len;) {
        size_t to = from;
        while (to < list.len && list.at[to] != ',')
            to++;
        const struct cors_bytes element =
            cors_normalize_header_value((struct cors_bytes){list.at + from, to - from});
        if (bytes_are(lower_case(element, speech->memory), lower))
            return true;
        from = to + 1;
    }
    return false;
}

/* Whether the last preflight asked for a header and was not allowed it. */
static bool name_is_refused(const struct speech *speech, struct cors_bytes name)
{
    const struct exchange *last = last_exchange(speech->played);
    return last != NULL && last->preflight &&
           lists(speech, &last->headers, "Access-Control-Request-Headers", name) &&
           !lists(speech, &last->answer.headers, "Access-Control-Allow-Headers", name);
}

/* The first of the script's headers that a preflight was refused, in the order in which WebKit
 * keeps them: known names, and then the others. */
static struct cors_bytes first_refused_name(const struct speech *speech)
{
    const struct cors_header_list *headers = &speech->played->request->headers;
    for (size_t i = 0; i < headers->count; i++) {
        const char *known = known_name(speech, headers->at[i].name);
        if (known != NULL && name_is_refused(speech, headers->at[i].name))
            return bytes_of(known);
    }
    if (name_is_refused(speech, CORS_BYTES("Content-Type")))
        return CORS_BYTES("Content-Type");
    for (size_t i = 0; i < headers->count; i++)
        if (name_is_refused(speech, headers->at[i].name))
            return headers->at[i].name;
    return given_name(speech);
}

/* The first element of a list that is no token. */
static struct cors_bytes bad_token(const struct speech *speech)
{
    const struct cors_bytes list = subject(speech);
    for (size_t from = 0; from <= list.len;) {
        size_t to = from;
        while (to < list.len && list.at[to] != ',')
            to++;
        const struct cors_bytes element =
            cors_normalize_header_value((struct cors_bytes){list.at + from, to - from});
        if (element.len > 0 && !cors_is_header_name(element))
            return element;
        from = to + 1;
    }
    return list;
}

/* Chromium shows what is not printable ASCII by its code point. */
static struct cors_bytes value_of(const struct speech *speech, struct cors_bytes value)
{
    struct cors_bytes shown = CORS_BYTES("");
    bool plain = true;
    if (strcmp(speech->engine, "webkit") == 0)
        return from_latin1(speech, value);
    for (size_t i = 0; i < value.len; i++)
        plain = plain && value.at[i] >= 0x20 && value.at[i] < 0x7F;
    if (plain || strcmp(speech->engine, "chromium") != 0)
        return value;
    for (size_t i = 0; i < value.len; i++) {
        const unsigned char byte = (unsigned char)value.at[i];
        shown = memory_format(speech->memory, byte >= 0x20 && byte < 0x7F ? "%s%c" : "%s\\u%04X",
                              shown.at, byte);
    }
    return shown;
}

/* WebKit shows no more than 1,024 characters of some URLs. */
static struct cors_bytes shortened(const struct speech *speech, struct cors_bytes url)
{
    enum { MOST = 1024 };
    if (url.len <= MOST)
        return url;
    return memory_format(speech->memory, "%.*s...%.*s", MOST / 2 - 1, url.at, MOST / 2 - 2,
                         url.at + url.len - (MOST / 2 - 2));
}

/* The port of the URL that came to be fetched last. */
static struct cors_bytes last_port(const struct speech *speech)
{
    struct cors_url url;
    struct cors_bytes text = CORS_BYTES("");
    const bool parsed = is_redirect_answer(last_actual(speech->played))
                            ? parse_target(speech, &url, &text)
                            : parse(speech, initial_url(speech), &url);
    return parsed && url.port >= 0 ? memory_format(speech->memory, "%d", (int)url.port) : text;
}

static bool happened_in_webkit(const struct speech *speech, struct cors_bytes name,
                               struct cors_bytes *value)
{
    if (bytes_are_string(name, "current-url"))
        *value = url_with_fragment(speech, erring(speech->played));
    else if (bytes_are_string(name, "target"))
        *value = target_url(speech);
    else if (bytes_are_string(name, "target-as-given"))
        *value = target_as_given(speech);
    else if (bytes_are_string(name, "short-target"))
        *value = shortened(speech, target_url(speech));
    else if (bytes_are_string(name, "short-bare-url"))
        *value = shortened(speech, bare_url(speech));
    else if (bytes_are_string(name, "bare-url"))
        *value = bare_url(speech);
    else if (bytes_are_string(name, "short-page"))
        *value = shortened(speech, page_url(speech));
    else if (bytes_are_string(name, "refused-name"))
        *value = first_refused_name(speech);
    else if (bytes_are_string(name, "port"))
        *value = last_port(speech);
    else if (bytes_are_string(name, "header"))
        *value = from_latin1(speech, speech->header.name);
    else if (bytes_are_string(name, "header-value"))
        *value = from_latin1(speech, speech->header.value);
    else
        return false;
    return true;
}

/* User-Agent is the standard's to set, and not Chromium's. */
static bool is_forbidden(const struct speech *speech, const struct cors_header *header,
                         struct cors_bytes value, struct cors_arena *arena)
{
    return cors_is_forbidden_request_header(header->name, value, arena) ||
           (strcmp(speech->engine, "chromium") == 0 &&
            bytes_are_string(lower_case(header->name, speech->memory), "user-agent"));
}

/* A header that the script has set and may set, or that its body brings; null: not. In lower case.
 */
static struct cors_bytes sent_name(const struct speech *speech, const struct cors_header *header)
{
    enum { SIZE = 4096 };
    const struct cors_bytes value = cors_normalize_header_value(header->value);
    const size_t size = SIZE + 8 * value.len;
    struct cors_arena arena = cors_arena_over(memory_take(speech->memory, size), size);
    return is_forbidden(speech, header, value, &arena) ? (struct cors_bytes){0}
                                                       : lower_case(header->name, speech->memory);
}

/* The script's headers as Chromium keeps them, by name. */
static size_t names_in_chromium(const struct speech *speech, struct cors_bytes *names)
{
    const struct cors_request *request = speech->played->request;
    const bool xhr = request->entry == CORS_ENTRY_XMLHTTPREQUEST;
    const struct cors_bytes url = initial_url(speech);
    size_t count = 0;
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct cors_bytes name = sent_name(speech, &request->headers.at[i]);
        if (name.at != NULL)
            names[count++] = name;
    }
    if (request->body.at != NULL && request->body_type.at != NULL)
        names[count++] = CORS_BYTES("content-type");
    return chromium_header_order(names, count, xhr ? CHROMIUM_XMLHTTPREQUEST : CHROMIUM_FETCH,
                                 url.len > 6 && memcmp(url.at, "https:", 6) == 0, speech->memory);
}

/* Whether a header of the script's is unsafe by itself, and not only with all others together. */
static bool is_unsafe_by_itself(const struct speech *speech, struct cors_bytes name)
{
    const struct cors_request *request = speech->played->request;
    struct cors_bytes value = combined_value(&request->headers, name, speech->memory);
    if (value.at == NULL)
        value = request->body_type;
    const size_t size = 4096 + 8 * value.len;
    struct cors_arena arena = cors_arena_over(memory_take(speech->memory, size), size);
    return !cors_is_cors_safelisted_request_header(name, value, &arena);
}

/* The first name that a preflight was refused: Chromium looks at what is unsafe by itself first. */
static struct cors_bytes first_refused_in_chromium(const struct speech *speech)
{
    const size_t most = speech->played->request->headers.count + 1;
    struct cors_bytes *names = memory_take(speech->memory, most * sizeof *names);
    const size_t count = names_in_chromium(speech, names);
    for (int unsafe = 1; unsafe >= 0; unsafe--)
        for (size_t i = 0; i < count; i++)
            if (name_is_refused(speech, names[i]) &&
                is_unsafe_by_itself(speech, names[i]) == (unsafe == 1))
                return names[i];
    return lower_case(subject(speech), speech->memory);
}

/* Firefox replaces what is not ASCII, and sees nothing behind a NUL. */
static struct cors_bytes replaced(const struct speech *speech, struct cors_bytes text)
{
    char *shown = memory_take(speech->memory, 3 * text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len && text.at[i] != '\0'; i++) {
        if ((unsigned char)text.at[i] < 0x80)
            shown[len++] = text.at[i];
        else if ((unsigned char)text.at[i] >= 0xC0 || i == 0 ||
                 (unsigned char)text.at[i - 1] < 0x80)
            memcpy(shown + len, "\xEF\xBF\xBD", 3), len += 3;
    }
    return (struct cors_bytes){shown, len};
}

/* The first name that the last preflight asked for and was refused. */
static struct cors_bytes first_asked_name(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    const struct cors_bytes list =
        last == NULL ? CORS_BYTES("")
                     : combined_value(&last->headers, CORS_BYTES("Access-Control-Request-Headers"),
                                      speech->memory);
    for (size_t from = 0; from < list.len;) {
        const char *comma = memchr(list.at + from, ',', list.len - from);
        const size_t to = comma == NULL ? list.len : (size_t)(comma - list.at);
        const struct cors_bytes name = {list.at + from, to - from};
        if (name_is_refused(speech, name))
            return name;
        from = to + 1;
    }
    return lower_case(subject(speech), speech->memory);
}

static bool happened_in_firefox(const struct speech *speech, struct cors_bytes name,
                                struct cors_bytes *value)
{
    const struct cors_request *request = speech->played->request;
    if (bytes_are_string(name, "full-url"))
        *value = url_with_fragment(speech, last_exchange(speech->played));
    else if (bytes_are_string(name, "mode"))
        *value = bytes_of(choice_word(mode_words, (int)request->mode));
    else if (bytes_are_string(name, "allow-origin"))
        *value = allow_origin(speech);
    else if (bytes_are_string(name, "first-asked-name"))
        *value = first_asked_name(speech);
    else if (bytes_are_string(name, "replaced-subject"))
        *value = replaced(speech, subject(speech));
    else if (bytes_are_string(name, "replaced-header"))
        *value = replaced(speech, lower_case(speech->header.name, speech->memory));
    else if (bytes_are_string(name, "replaced-header-value"))
        *value = replaced(speech, speech->header.value);
    else
        return false;
    if (value->at == NULL)
        *value = CORS_BYTES("cors"); /* the mode that nobody gave */
    return true;
}

static bool happened(const struct speech *speech, struct cors_bytes name, struct cors_bytes *value)
{
    const struct exchange *last = last_exchange(speech->played);
    if (bytes_are_string(name, "url"))
        *value = strcmp(speech->engine, "chromium") == 0 ? url_with_fragment(speech, last)
                                                         : last_url(speech);
    else if (bytes_are_string(name, "first-refused-name"))
        *value = first_refused_in_chromium(speech);
    else if (bytes_are_string(name, "subject"))
        *value = subject(speech);
    else if (bytes_are_string(name, "scheme"))
        *value = initial_scheme(speech);
    else if (bytes_are_string(name, "method"))
        *value = cors_normalize_method(speech->played->request->method);
    else if (bytes_are_string(name, "short-initial-url"))
        *value = shortened(speech, initial_url(speech));
    else if (bytes_are_string(name, "short-requested-url"))
        *value = shortened(speech, requested_url(speech));
    else if (bytes_are_string(name, "initial-url"))
        *value = initial_url(speech);
    else if (bytes_are_string(name, "page"))
        *value = page_url(speech);
    else if (bytes_are_string(name, "origin"))
        *value = page_origin(speech);
    else if (bytes_are_string(name, "origin-header"))
        *value = origin_header(speech);
    else if (bytes_are_string(name, "status"))
        *value = memory_format(speech->memory, "%u", last == NULL ? 0U : last->answer.status);
    else if (bytes_are_string(name, "value"))
        *value = value_of(speech, subject(speech));
    else if (bytes_are_string(name, "bad-token"))
        *value = bad_token(speech);
    else
        return happened_in_webkit(speech, name, value) || happened_in_firefox(speech, name, value);
    return true;
}

/* What is written so far; it is long enough for whatever is appended. */
struct text {
    char *at;
    size_t len, capacity;
    struct memory *memory;
};

static void put(struct text *text, struct cors_bytes more)
{
    if (text->len + more.len > text->capacity) {
        text->capacity = 2 * (text->len + more.len) + 256;
        char *longer = memory_take(text->memory, text->capacity);
        if (text->len > 0)
            memcpy(longer, text->at, text->len);
        text->at = longer;
    }
    if (more.len > 0)
        memcpy(text->at + text->len, more.at, more.len);
    text->len += more.len;
}

static void say(const struct speech *speech, struct text *text, const struct message_text *row,
                unsigned depth);

static void put_part(const struct speech *speech, struct text *text, struct cors_bytes name,
                     unsigned depth)
{
    struct cors_bytes value;
    if (happened(speech, name, &value)) {
        put(text, value);
        return;
    }
    const struct message_text *row = depth == DEEPEST ? NULL : row_of(speech, name);
    if (row != NULL)
        say(speech, text, row, depth + 1);
}

static void say(const struct speech *speech, struct text *text, const struct message_text *row,
                unsigned depth)
{
    for (size_t i = 0; i < row->length;) {
        const char *at = row->text + i;
        const char *end = *at == '{' ? memchr(at, '}', row->length - i) : NULL;
        if (end == NULL) {
            put(text, (struct cors_bytes){at, 1});
            i++;
        } else {
            put_part(speech, text, (struct cors_bytes){at + 1, (size_t)(end - at) - 1}, depth);
            i += (size_t)(end - at) + 1;
        }
    }
}

/* Null if there is nothing of that sort. */
static struct cors_bytes words_of_sort(const struct speech *speech, const char *sort)
{
    const struct message_text *row = row_of(speech, bytes_of(sort));
    struct text text = {.memory = speech->memory};
    if (row == NULL)
        return (struct cors_bytes){0};
    put(&text, CORS_BYTES(""));
    say(speech, &text, row, 0);
    return (struct cors_bytes){text.at == NULL ? "" : text.at, text.len};
}

static bool is_header(const struct cors_header *header)
{
    return cors_is_header_name(header->name) &&
           cors_is_header_value(cors_normalize_header_value(header->value));
}

/* The first of the script's headers that cannot stand in a message. */
static struct cors_header bad_header(const struct cors_request *request)
{
    for (size_t i = 0; i < request->headers.count; i++)
        if (!is_header(&request->headers.at[i]))
            return (struct cors_header){request->headers.at[i].name,
                                        cors_normalize_header_value(request->headers.at[i].value)};
    return (struct cors_header){0};
}

/* A line for each header that XMLHttpRequest drops because scripts may not set it. */
static void say_refused_headers(struct speech speech, struct words *words)
{
    enum { SIZE = 4096 };
    const struct cors_request *request = speech.played->request;
    const struct cors_outcome *outcome = &speech.played->outcome;
    if (request->entry != CORS_ENTRY_XMLHTTPREQUEST ||
        row_of(&speech, CORS_BYTES("refused-header")) == NULL ||
        (outcome->algorithm != NULL && strcmp(outcome->algorithm, "dom-xmlhttprequest-open") == 0))
        return;
    for (size_t i = 0; i < request->headers.count; i++) {
        speech.header = request->headers.at[i];
        const size_t size = SIZE + 8 * speech.header.value.len;
        struct cors_arena arena = cors_arena_over(memory_take(speech.memory, size), size);
        if (!is_header(&speech.header) ||
            words->console_count == MOST_CONSOLE_LINES - LINES_OF_A_FAILURE)
            return;
        if (is_forbidden(&speech, &speech.header, cors_normalize_header_value(speech.header.value),
                         &arena))
            words->console[words->console_count++] = words_of_sort(&speech, "refused-header");
    }
}

struct words words_of(const struct played *played, struct memory *memory)
{
    static const char *const lines[LINES_OF_A_FAILURE] = {"console", "console-2", "console-3",
                                                          "console-4"};
    const struct speech speech = {played, choice_word(engine_words, (int)played->engine), memory,
                                  bad_header(played->request)};
    struct words words = {0};
    say_refused_headers(speech, &words);
    if (played->outcome.result != CORS_RESULT_NETWORK_ERROR)
        return words;
    for (size_t i = 0; i < LINES_OF_A_FAILURE; i++) {
        const struct cors_bytes line = words_of_sort(&speech, lines[i]);
        if (line.len > 0)
            words.console[words.console_count++] = line;
    }
    words.exception = words_of_sort(&speech, "exception");
    return words;
}

const char *browser_name(enum cors_engine engine)
{
    static const char *const names[] = {[CORS_ENGINE_SPEC] = "The standard",
                                        [CORS_ENGINE_CHROMIUM] = "Chrome",
                                        [CORS_ENGINE_FIREFOX] = "Firefox",
                                        [CORS_ENGINE_WEBKIT] = "Safari"};
    return names[engine];
}
