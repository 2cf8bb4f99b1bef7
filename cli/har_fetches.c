/* From entries to fetches: which of a recording's entries belong to one call of a page's script,
 * and what that call was (https://fetch.spec.whatwg.org/#concept-request). Invariants: an entry is
 * part of at most one fetch; one that is part of none is counted under the reason; the work grows
 * with the number of entries only, since what belongs together is not far apart. */
#include "har.h"

#include "url_text.h"

#include <string.h>

struct finder {
    struct har_fetches *fetches;
    struct har *har;
    struct cors_bytes origin; /* of the flag; may be null */
    size_t capacity;
    struct memory *memory;
};

bool is_redirect(const struct har_entry *entry)
{
    return (entry->status == 301 || entry->status == 302 || entry->status == 303 ||
            entry->status == 307 || entry->status == 308) &&
           cors_header_list_contains(&entry->headers, CORS_BYTES("Location"));
}

static struct cors_bytes header_of(const struct cors_header_list *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++)
        if (is_header_named(headers->at[i].name, name))
            return headers->at[i].value;
    return (struct cors_bytes){0};
}

/* Script cannot set Access-Control-Request-Method. */
static bool is_preflight(const struct har_entry *entry)
{
    return bytes_are_string(entry->method, "OPTIONS") &&
           header_of(&entry->request_headers, "Access-Control-Request-Method").at != NULL;
}

/* ---- Who asks, and how -------------------------------------------------------------------- */

static bool is_http(struct cors_bytes url)
{
    return (url.len > 7 && memcmp(url.at, "http://", 7) == 0) ||
           (url.len > 8 && memcmp(url.at, "https://", 8) == 0);
}

static struct cors_bytes origin_of(const struct finder *finder, const struct har_entry *entry)
{
    const struct cors_bytes urls[] = {entry->browser.referrer, entry->page};
    if (entry->browser.origin.at != NULL)
        return entry->browser.origin;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        if (urls[i].at != NULL && is_http(urls[i]))
            return origin_of_text(urls[i], finder->memory);
    return finder->origin;
}

/* Chrome leaves fetch metadata out of what it did not send, but says what a request was for. */
static enum cors_mode mode_of(const struct har_entry *entry)
{
    const struct choice *said =
        entry->browser.mode.at == NULL ? NULL : choice_find(mode_words, entry->browser.mode);
    static const char *const navigations[] = {"document", "websocket"};
    static const char *const scripts[] = {"fetch", "xhr", "preflight"};
    if (said != NULL)
        return (enum cors_mode)said->value;
    for (size_t i = 0; entry->type.at != NULL && i < sizeof navigations / sizeof *navigations; i++)
        if (bytes_are_string(entry->type, navigations[i]))
            return CORS_MODE_NAVIGATE;
    for (size_t i = 0; entry->type.at != NULL && i < sizeof scripts / sizeof *scripts; i++)
        if (bytes_are_string(entry->type, scripts[i]))
            return CORS_MODE_CORS;
    return entry->browser.origin.at != NULL ? CORS_MODE_CORS : CORS_MODE_NO_CORS;
}

/* Whether it is explained; if not, under what it is counted. */
static bool is_explained(const struct finder *finder, const struct har_entry *entry,
                         struct cors_bytes *origin, enum har_other *other)
{
    const enum cors_mode mode = mode_of(entry);
    const struct cors_bytes own = origin_of_text(entry->url, finder->memory);
    *origin = origin_of(finder, entry);
    if (!is_http(entry->url) || own.at == NULL || !cors_is_method(entry->method))
        *other = OTHER_NOT_HTTP;
    else if (mode == CORS_MODE_NAVIGATE || mode == CORS_MODE_WEBSOCKET)
        *other = OTHER_PAGE_LOAD;
    else if (origin->at != NULL && bytes_are(own, *origin) && !is_redirect(entry))
        *other = OTHER_SAME_ORIGIN;
    else if (mode == CORS_MODE_NO_CORS)
        *other = OTHER_NO_CORS;
    else if (origin->at == NULL)
        *other = OTHER_NO_ORIGIN;
    else
        return true;
    return false;
}

/* ---- What belongs to it ------------------------------------------------------------------- */

/* The nearest preflight for this request that is nobody's yet. */
static struct har_entry *find_preflight(struct har *har, const struct har_entry *request)
{
    const size_t index = request->number - 1;
    for (size_t distance = 1; distance < FARTHEST_ENTRY; distance++) {
        const size_t places[] = {index >= distance ? index - distance : har->count,
                                 index + distance};
        for (size_t i = 0; i < 2; i++) {
            struct har_entry *entry = places[i] < har->count ? &har->at[places[i]] : NULL;
            if (entry != NULL && !entry->taken && is_preflight(entry) &&
                bytes_are(entry->url, request->url) &&
                bytes_are(header_of(&entry->request_headers, "Access-Control-Request-Method"),
                          request->method))
                return entry;
        }
    }
    return NULL;
}

/* Without a fragment: recordings have none. */
static struct cors_bytes location_of(const struct har_entry *from, struct memory *memory)
{
    struct memory scratch = {0};
    struct cors_url base, url;
    struct cors_bytes location = {0};
    if (url_of_text(&base, from->url, NULL, &scratch) &&
        url_of_text(&url, header_of(&from->headers, "Location"), &base, &scratch)) {
        url.fragment = (struct cors_bytes){0};
        location = url_to_text(&url, CORS_URL_WITH_FRAGMENT, memory);
    }
    memory_free(&scratch);
    return location;
}

/* Where a redirect leads to, if that was recorded. */
static struct har_entry *find_target(const struct finder *finder, const struct har_entry *from)
{
    struct har *har = finder->har;
    if (!is_redirect(from))
        return NULL;
    const struct cors_bytes wanted = location_of(from, finder->memory);
    for (size_t i = from->number; i < har->count && i < from->number + FARTHEST_ENTRY; i++)
        if (!har->at[i].taken && !is_preflight(&har->at[i]) && bytes_are(har->at[i].url, wanted))
            return &har->at[i];
    return NULL;
}

static void take_hops(struct finder *finder, struct har_entry *first, struct har_fetch *fetch)
{
    enum { MOST_HOPS = 21 };
    struct har_hop *hops = memory_take(finder->memory, MOST_HOPS * sizeof *hops);
    size_t count = 0;
    for (struct har_entry *entry = first; entry != NULL && count < MOST_HOPS;
         entry = find_target(finder, entry)) {
        struct har_entry *preflight = find_preflight(finder->har, entry);
        entry->taken = true;
        if (preflight != NULL)
            preflight->taken = true;
        hops[count++] = (struct har_hop){.request = entry, .preflight = preflight};
    }
    fetch->hops = hops;
    fetch->hop_count = count;
}

static void describe(const struct finder *finder, const struct har_entry *entry,
                     struct cors_bytes origin, struct fetch_description *description)
{
    description->url = entry->url;
    description->origin = origin;
    description->method = entry->method;
    description->headers = entry->browser.script;
    if (entry->type.at != NULL && bytes_are_string(entry->type, "xhr"))
        description->api = CORS_ENTRY_XMLHTTPREQUEST;
    else
        description->mode = mode_of(entry);
    if (entry->has_cookies || entry->browser.credentials)
        description->credentials_mode = CORS_CREDENTIALS_INCLUDE;
    if (entry->has_body && !bytes_are_string(entry->method, "GET") &&
        !bytes_are_string(entry->method, "HEAD")) {
        description->body = CORS_BYTES("");
        description->body_type = entry->body_type.at == NULL ? CORS_BYTES("") : entry->body_type;
    }
    if (entry->browser.no_cache)
        description->cache_mode = CORS_CACHE_RELOAD;
    /* Mixed content and the referrer are about the page, whose path does not matter. */
    if (entry->page.at != NULL && is_http(entry->page) &&
        bytes_are(origin_of_text(entry->page, finder->memory), origin))
        description->page = entry->page;
}

static void add_fetch(struct finder *finder, struct har_entry *entry, struct cors_bytes origin)
{
    struct har_fetches *fetches = finder->fetches;
    struct har_fetch *fetch = &fetches->at[fetches->count++];
    take_hops(finder, entry, fetch);
    describe(finder, entry, origin, &fetch->description);
}

void har_find_fetches(struct har_fetches *fetches, struct har *har, struct cors_bytes origin,
                      struct memory *memory)
{
    struct finder finder = {.fetches = fetches, .har = har, .origin = origin, .memory = memory};
    *fetches = (struct har_fetches){0};
    fetches->at = memory_take(memory, (har->count + 1) * sizeof *fetches->at);
    for (size_t i = 0; i < har->count; i++) {
        struct har_entry *entry = &har->at[i];
        struct cors_bytes of;
        enum har_other other;
        if (entry->taken || is_preflight(entry))
            continue;
        if (is_explained(&finder, entry, &of, &other))
            add_fetch(&finder, entry, of);
        else
            fetches->others[other]++;
    }
    for (size_t i = 0; i < har->count; i++)
        if (is_preflight(&har->at[i]) && !har->at[i].taken)
            fetches->others[OTHER_LONE_PREFLIGHT]++;
}
