/* decision-cache-match.tsv against the CORS-preflight cache
 * (https://fetch.spec.whatwg.org/#concept-cache-match). A first request, preflighted, fills the
 * cache; a second one shows by sending no preflight that there was a match. */
#include "decisions.h"

enum { MAX_AGE = 600, STORED_AT = 1000 };

static const char *const url_of_request = "https://api.example/";
static const char *const origin_of_request = "https://app.example";
static const char *const site_of_request = "https://top.example";

/* One of the two requests, as far as it matters to the cache. */
struct side {
    const char *url;
    const char *origin;
    const char *top_level_origin;
    enum cors_credentials_mode credentials_mode;
    const char *method;
    const char *header_name; /* NULL: none */
};

static unsigned preflights_of(const struct situation *situation, const struct side *side,
                              struct cors_agent *agent)
{
    struct cors_arena arena = fresh_arena();
    const struct cors_url url = url_of(side->url, &arena);
    const struct cors_origin top_level_origin = origin_of(side->top_level_origin, &arena);
    const struct cors_client client = {
        .origin = origin_of(side->origin, &arena),
        .top_level_origin = &top_level_origin,
    };
    struct cors_header header = {bytes_of(side->header_name), CORS_BYTES("x")};
    const struct cors_request request = {
        .entry = CORS_ENTRY_NONE,
        .unsafe_request = true,
        .mode = CORS_MODE_CORS,
        .method = bytes_of(side->method),
        .url = &url,
        .headers = {.at = &header, .count = side->header_name == NULL ? 0 : 1},
        .client = &client,
        .credentials_mode = side->credentials_mode,
    };
    struct cors_outcome outcome;
    if (cors_fetch(&outcome, &request, agent, &arena) != CORS_OK || !outcome.readable)
        give_up(situation, "a request failed");
    return outcome.preflights;
}

static struct headers readable_headers(const char *origin)
{
    struct headers headers = {.count = 0};
    add_header(&headers, "Access-Control-Allow-Origin", origin);
    add_header(&headers, "Access-Control-Allow-Credentials", "true");
    return headers;
}

/* What the entry is for. */
static const char *entry_name(const struct situation *situation)
{
    const bool method = class_is(situation, "sought", "method");
    const bool authorization = class_is(situation, "sought", "authorization");
    if (class_is(situation, "entry-name", "wildcard"))
        return "*";
    if (class_is(situation, "entry-name", "other"))
        return method ? "DELETE" : "x-b";
    if (class_is(situation, "entry-name", "other-case"))
        return method ? "put" : authorization ? "AUTHORIZATION" : "X-A";
    return method ? "PUT" : authorization ? "authorization" : "x-a";
}

/* Sends the first request, and has the server allow the entry's name beside what this request
 * itself needs: a header where the entry is for a method, a method where it is for a header. */
static void fill_cache(const struct situation *situation, struct cors_agent *agent)
{
    const bool method = class_is(situation, "sought", "method");
    const bool credentials = class_is(situation, "entry-credentials", "true");
    const struct side first = {
        .url = class_is(situation, "url", "same") ? url_of_request : "https://api.example/other",
        .origin =
            class_is(situation, "origin", "same") ? origin_of_request : "https://other.example",
        .top_level_origin =
            class_is(situation, "partition-key", "same") ? site_of_request : "https://top.test",
        .credentials_mode = credentials ? CORS_CREDENTIALS_INCLUDE : CORS_CREDENTIALS_SAME_ORIGIN,
        .method = method ? "GET" : "PATCH",
        .header_name = method ? "X-Z" : NULL,
    };
    struct answers answers = {
        .preflight_status = 204,
        .preflight = readable_headers(first.origin),
        .status = 200,
        .actual = readable_headers(first.origin),
    };
    add_header(&answers.preflight, "Access-Control-Allow-Methods",
               method ? entry_name(situation) : "PATCH");
    add_header(&answers.preflight, "Access-Control-Allow-Headers",
               method ? "X-Z" : entry_name(situation));
    add_header(&answers.preflight, "Access-Control-Max-Age", "600");
    agent->server = server_of(&answers);
    agent->now = STORED_AT;
    if (preflights_of(situation, &first, agent) != 1)
        give_up(situation, "the first request was not preflighted");
}

static bool is_text(struct cors_bytes bytes, const char *text)
{
    return bytes.at != NULL && bytes.len == strlen(text) && memcmp(bytes.at, text, bytes.len) == 0;
}

/* The entry that is looked at: the one with the class's name. */
static struct cors_cache_entry find_entry(const struct situation *situation,
                                          const struct cors_cache *cache)
{
    const bool method = class_is(situation, "sought", "method");
    struct cors_cache_entry entry;
    for (size_t position = 0; cors_cache_next(cache, &position, &entry);)
        if (is_text(method ? entry.method : entry.header_name, entry_name(situation)))
            return entry;
    give_up(situation, "the cache does not have the entry");
}

/* The first of the standard's conditions that the entry, as it lies in the cache, does not meet. */
static const char *reason_of(const struct situation *situation,
                             const struct cors_cache_entry *entry, uint64_t now, bool match)
{
    if (match)
        return "all";
    if (now - entry->stored_at >= entry->max_age)
        return "expired";
    if (!is_text(entry->key, site_of_request))
        return "key";
    if (!is_text(entry->origin, origin_of_request))
        return "origin";
    if (!is_text(entry->url, url_of_request))
        return "url";
    if (credentials_mode_of(situation) == CORS_CREDENTIALS_INCLUDE && !entry->credentials)
        return "credentials";
    return "name";
}

bool cache_match(const struct situation *situation, struct sight *sight)
{
    static char store[4096], copy[4096];
    struct cors_cache cache = cors_cache_over(store, sizeof store);
    struct cors_agent agent = {.cache = &cache};
    fill_cache(situation, &agent);
    memcpy(copy, store, sizeof copy);
    struct cors_cache before = cache; /* as it was, for the second request may change it */
    before.at = copy;
    const struct cors_cache_entry entry = find_entry(situation, &before);
    agent.now = STORED_AT + (class_is(situation, "age", "fresh") ? MAX_AGE - 1 : MAX_AGE);

    const bool authorization = class_is(situation, "sought", "authorization");
    const bool method = class_is(situation, "sought", "method");
    const struct side second = {
        .url = url_of_request,
        .origin = origin_of_request,
        .top_level_origin = site_of_request,
        .credentials_mode = credentials_mode_of(situation),
        .method = method ? "PUT" : "GET",
        .header_name = method          ? NULL
                       : authorization ? "Authorization"
                                       : "X-A",
    };
    struct answers answers = {
        .preflight_status = 204,
        .preflight = readable_headers(second.origin),
        .status = 200,
        .actual = readable_headers(second.origin),
    };
    add_header(&answers.preflight, "Access-Control-Allow-Methods", "PUT");
    add_header(&answers.preflight, "Access-Control-Allow-Headers", "Authorization, X-A");
    agent.server = server_of(&answers);
    const bool match = preflights_of(situation, &second, &agent) == 0;
    sight->outputs[0] = match ? "yes" : "no";
    sight->outputs[1] = reason_of(situation, &entry, agent.now, match);
    return true;
}
