/* Oracles for cookies (oracles.h), from RFC 6265bis
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model): what may
 * be in a store, and what a request may take from it, each written anew. The user visits URLs and
 * gets cookies there; then a page of each URL, and one of another site, fetch it. */
#include "oracles.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_COOKIES_OF_A_HOST = 50, MOST_LINES = 60, LARGE_STORE = 256 << 10, SMALL_STORE = 700 };

static bool begins(struct cors_bytes bytes, const char *prefix)
{
    const size_t len = strlen(prefix);
    return bytes.len >= len &&
           equal_in_any_case((struct cors_bytes){bytes.at, len}, bytes_of(prefix));
}

static bool ends(struct cors_bytes bytes, struct cors_bytes suffix)
{
    return bytes.len >= suffix.len &&
           bytes_are((struct cors_bytes){bytes.at + bytes.len - suffix.len, suffix.len}, suffix);
}

static bool has_control(struct cors_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (((unsigned char)bytes.at[i] < 0x20 && bytes.at[i] != '\t') || bytes.at[i] == 0x7F)
            return true;
    return false;
}

/* ---- What may be in a store --------------------------------------------------------------- */

static void cookie_oracle(const struct cors_cookie *cookie)
{
    const struct cors_bytes promise = cookie->name.len > 0 ? cookie->name : cookie->value;
    must_hold(cookie->name.len + cookie->value.len <= 4096, "it has at most 4096 bytes",
              cookie->name);
    must_hold(cookie->name.len + cookie->value.len > 0, "there is something in it", cookie->host);
    must_hold(!has_control(cookie->name) && !has_control(cookie->value),
              "it has no control characters", cookie->name);
    must_hold(cookie->host.len > 0 && cookie->path.len > 0 && cookie->path.at[0] == '/',
              "it has a host and a path", cookie->name);
    must_hold(cookie->same_site != CORS_SAME_SITE_NONE || cookie->secure, "SameSite=None is Secure",
              cookie->name);
    must_hold(!begins(promise, "__Secure-") || (cookie->secure && cookie->name.len > 0),
              "__Secure- is Secure", promise);
    must_hold(!begins(promise, "__Host-") ||
                  (cookie->secure && cookie->host_only && bytes_are_string(cookie->path, "/")),
              "__Host- is for a host", promise);
}

static bool are_one(const struct cors_cookie *a, const struct cors_cookie *b)
{
    return bytes_are(a->name, b->name) && bytes_are(a->host, b->host) &&
           bytes_are(a->path, b->path) && a->host_only == b->host_only;
}

static void store_oracles(const struct cors_cookie_store *store, uint64_t now)
{
    struct cors_cookie cookie, other;
    must_hold(store->used <= store->size, "the store keeps to its size", (struct cors_bytes){0});
    for (size_t position = 0; cors_cookie_store_next(store, &position, &cookie);) {
        size_t of_host = 1;
        cookie_oracle(&cookie);
        must_hold(cookie.expiry_time > now && (cookie.expiry_time == CORS_COOKIE_SESSION ||
                                               cookie.expiry_time <= now + (uint64_t)400 * 86400),
                  "it lives at most 400 days", cookie.name);
        for (size_t next = position; cors_cookie_store_next(store, &next, &other);) {
            of_host += bytes_are(cookie.host, other.host);
            must_hold(!are_one(&cookie, &other), "no cookie is there twice", cookie.name);
        }
        must_hold(of_host <= MOST_COOKIES_OF_A_HOST, "no host has more than fifty", cookie.host);
    }
}

/* ---- What may go along -------------------------------------------------------------------- */

static bool naively_goes(const struct cors_cookie *cookie, const struct cors_url *url,
                         bool same_site)
{
    const struct cors_bytes host = url->host.serialized;
    const bool below =
        url->host.kind == CORS_HOST_DOMAIN && ends(host, cookie->host) &&
        (host.len == cookie->host.len || host.at[host.len - cookie->host.len - 1] == '.');
    const bool in_path =
        begins(url->path, "/") && cookie->path.len <= url->path.len &&
        memcmp(cookie->path.at, url->path.at, cookie->path.len) == 0 &&
        (cookie->path.len == url->path.len || ends(cookie->path, CORS_BYTES("/")) ||
         url->path.at[cookie->path.len] == '/');
    return (bytes_are(host, cookie->host) || (!cookie->host_only && below)) && in_path &&
           (!cookie->secure || bytes_are_string(url->scheme, "https")) &&
           (same_site || cookie->same_site == CORS_SAME_SITE_NONE);
}

/* Keeps what the request had as Cookie. */
static enum cors_network_result answer(void *context, const struct cors_network_request *request,
                                       struct cors_network_response *response,
                                       struct cors_arena *arena)
{
    struct cors_bytes *sent = context;
    *sent = cors_header_list_get(request->headers, CORS_BYTES("Cookie"), arena);
    response->status = 200;
    return CORS_NETWORK_RESPONSE;
}

/* A page of a site that URL is not of. */
static struct cors_origin other_site(const struct cors_url *url)
{
    const bool is_x = ends(url->host.serialized, CORS_BYTES("x.test"));
    return (struct cors_origin){
        .kind = CORS_ORIGIN_TUPLE,
        .scheme = url->scheme,
        .host = {CORS_HOST_DOMAIN, is_x ? CORS_BYTES("y.test") : CORS_BYTES("x.test")},
        .port = CORS_PORT_NULL};
}

/* How many bytes the cookies take that go along, and the same of what went. */
static void fetch_oracle(struct cors_agent *agent, const struct cors_url *url, bool same_site,
                         struct cors_arena *arena)
{
    struct cors_bytes sent = {0};
    struct cors_cookie cookie;
    struct cors_client client = {.origin = same_site ? cors_url_origin(url, NULL, arena)
                                                     : other_site(url)};
    const struct cors_request request = {.entry = CORS_ENTRY_NONE,
                                         .url = url,
                                         .client = &client,
                                         .mode = CORS_MODE_CORS,
                                         .credentials_mode = CORS_CREDENTIALS_INCLUDE};
    struct cors_outcome outcome;
    size_t length = 0;
    agent->server = (struct cors_server){.answer = answer, .context = &sent};
    for (size_t position = 0; cors_cookie_store_next(agent->cookies, &position, &cookie);)
        if (naively_goes(&cookie, url, same_site))
            length += (length > 0 ? 2 : 0) + cookie.name.len + (cookie.name.len > 0 ? 1 : 0) +
                      cookie.value.len;
    if (cors_fetch(&outcome, &request, agent, arena) != CORS_OK || outcome.sent == 0)
        return;
    must_hold(sent.len == length, "the cookies go along that are for the URL, and no others", sent);
}

/* ---- The visits --------------------------------------------------------------------------- */

/* All lines once, into the store; each URL is handed to the fetches afterwards. */
static void visit_all(struct cors_agent *agent, struct cors_bytes lines, bool fetches,
                      struct cors_arena *arena)
{
    struct cors_url url;
    bool has_url = false;
    for (size_t count = 0; lines.at != NULL && count < MOST_LINES; count++) {
        struct cors_bytes line = take_line(&lines);
        if (begins(line, "> ")) {
            line = (struct cors_bytes){line.at + 2, line.len - 2};
            has_url = cors_url_parse(&url, line, NULL, NULL, arena) && cors_url_is_http_s(&url);
        } else if (has_url && !fetches) {
            (void)cors_cookie_receive(agent, &url, line, arena);
            continue;
        }
        if (has_url && fetches && begins(line, "http")) {
            fetch_oracle(agent, &url, true, arena);
            fetch_oracle(agent, &url, false, arena);
        }
    }
}

void cookie_oracles(struct cors_bytes lines)
{
    static const size_t sizes[] = {LARGE_STORE, SMALL_STORE};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *memory = malloc(sizes[i]);
        struct cors_arena arena = input_arena();
        struct cors_cookie_store store = cors_cookie_store_over(memory, sizes[i]);
        struct cors_agent agent = {.cookies = &store, .now = 1700000000};
        visit_all(&agent, lines, false, &arena);
        store_oracles(&store, agent.now);
        const size_t used = store.used;
        visit_all(&agent, lines, true, &arena);
        must_hold(store.used == used, "a fetch changes nothing in the store", lines);
        free(memory);
    }
}
