/* HTTP Caching, sections "Storing Responses in Caches" and "Constructing Responses from Caches"
 * (https://httpwg.org/specs/rfc9111.html#response.cacheability,
 * https://httpwg.org/specs/rfc9111.html#constructing.responses.from.caches), for private and shared
 * caches, and Fetch Standard, section "HTTP cache partitions"
 * (https://fetch.spec.whatwg.org/#http-cache-partitions). Invariants: only responses to GET are
 * stored, no partial ones, and a request for a range gets none; no method but GET and HEAD is
 * answered; of two responses that both fit a request, the store keeps the newer; what a request's
 * Cache-Control asks for, which no cache needs to do, a private cache does and a shared one does
 * not, as nginx, Varnish and most CDNs. */
#include "http_cache.h"
#include "http_date.h"

/* https://fetch.spec.whatwg.org/#determine-the-http-cache-partition: the key of the partition. */
struct cors_bytes determine_the_http_cache_partition(const struct steps *caller,
                                                     const struct request *request)
{
    struct steps s = begin(caller, "determine-the-http-cache-partition");

    /* 1. Whose page it is. */
    const struct cors_bytes key = determine_the_network_partition_key(&s, request);

    /* 2. Nobody's: there is no cache for it. */
    if (whether(&s, "2", is_null(key)))
        return null_bytes();

    /* 3. The part of the cache that this page's site has for itself. */
    return key;
}

/* ---- Vary --------------------------------------------------------------------------------- */

static bool same_header(const struct http_cache *cache, struct cors_bytes name,
                        const struct cors_header_list *a, const struct cors_header_list *b)
{
    const struct cors_bytes left = cors_header_list_get(a, name, cache->arena);
    const struct cors_bytes right = cors_header_list_get(b, name, cache->arena);
    return is_null(left) == is_null(right) && bytes_equal(left, right);
}

/* Whether the name is among names that were made searchable. */
static bool names_contain(const struct cors_values *names, struct cors_bytes name)
{
    return names->count <= FEW ? values_contain_insensitively(names, name)
                               : sorted_lowercase_set_contains(names, name);
}

/* Whether those headers of `a` that are named have the same values in `b`. */
static bool agree(const struct http_cache *cache, const struct cors_values *names,
                  const struct cors_header_list *a, const struct cors_header_list *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (names_contain(names, a->at[i].name) && !same_header(cache, a->at[i].name, a, b))
            return false;
    return true;
}

/* https://httpwg.org/specs/rfc9111.html#caching.negotiated.responses: whether the headers that Vary
 * names are those of the request that was answered. */
static bool matches(const struct http_cache *cache, const struct cors_stored_response *stored,
                    const struct cors_header_list *request_headers)
{
    if (cache->ignores_vary)
        return true;
    const struct cors_values listed =
        header_list_get_decode_and_split(NULL, &stored->headers, CORS_BYTES("Vary"), cache->arena);
    const struct cors_values names = make_searchable(&listed, cache->arena);
    return !names_contain(&names, CORS_BYTES("*")) &&
           agree(cache, &names, &stored->request_headers, request_headers) &&
           agree(cache, &names, request_headers, &stored->request_headers);
}

/* ---- Storing ------------------------------------------------------------------------------ */

/* https://httpwg.org/specs/rfc9111.html#caching.authenticated.responses */
static bool may_be_shared(const struct cache_control *control,
                          const struct cors_header_list *request_headers)
{
    return !control->is_private &&
           (!cors_header_list_contains(request_headers, CORS_BYTES("Authorization")) ||
            control->must_revalidate || control->is_public || control->has_s_maxage);
}

/* What of it is enough to let a response be kept: how long, or that it may be. */
static bool says_how_long(const struct http_cache *cache, const struct cache_control *control,
                          const struct cors_network_response *response)
{
    return control->is_public || (control->is_private && !cache->shared) || control->has_max_age ||
           (control->has_s_maxage && cache->shared) ||
           cors_header_list_contains(&response->headers, CORS_BYTES("Expires")) ||
           (status_sets(response->status) & STATUS_HEURISTICALLY_CACHEABLE) != 0;
}

/* https://httpwg.org/specs/rfc9111.html#response.cacheability */
bool is_storable(const struct http_cache *cache, const struct cache_request *request,
                 const struct cors_network_response *response)
{
    const struct cache_control control = cache_control_of(&response->headers, cache->arena);
    const bool understood = (status_sets(response->status) & STATUS_HEURISTICALLY_CACHEABLE) != 0;
    if (!bytes_equal(request->method, CORS_BYTES("GET")) || response->status < 200 ||
        response->status == 206 || response->status == 304)
        return false;
    if (control.must_understand ? !understood : control.no_store)
        return false;
    if (cache->shared ? !may_be_shared(&control, request->headers)
                      : cache_control_of(request->headers, cache->arena).no_store)
        return false;
    return says_how_long(cache, &control, response);
}

/* https://httpwg.org/specs/rfc9111.html#storing.fields: the headers that no intermediary passes on,
 * with those that Connection lists. */
static struct cors_header_list kept_headers(const struct cors_header_list *headers,
                                            struct cors_arena *arena)
{
    static const struct cors_bytes hop_by_hop[] = {
        {"Connection", 10},
        {"Keep-Alive", 10},
        {"Proxy-Authenticate", 18},
        {"Proxy-Authentication-Info", 25},
        {"Proxy-Connection", 16},
        {"TE", 2},
        {"Trailer", 7},
        {"Transfer-Encoding", 17},
        {"Upgrade", 7},
    };
    const struct cors_values never = {.kind = CORS_VALUES_LIST,
                                      .at = hop_by_hop,
                                      .count = sizeof hop_by_hop / sizeof *hop_by_hop};
    const struct cors_values listed =
        header_list_get_decode_and_split(NULL, headers, CORS_BYTES("Connection"), arena);
    const struct cors_values names = make_searchable(&listed, arena);
    struct cors_header_list kept = header_list_clone(headers, 0, arena);
    size_t count = 0;
    for (size_t i = 0; i < kept.count; i++)
        if (!values_contain_insensitively(&never, kept.at[i].name) &&
            !names_contain(&names, kept.at[i].name))
            kept.at[count++] = kept.at[i];
    kept.count = count;
    return kept;
}

/* Removes what a new response to the request takes the place of. */
static void remove_replaced(const struct http_cache *cache, const struct cache_request *request)
{
    for (size_t position = 0, next = 0; position < cache->store->used;) {
        if (stored_response_is_for(cache->store, position, &next, request->key, request->url)) {
            const struct cors_stored_response stored =
                stored_response_at(cache->store, position, &next, cache->arena);
            if (matches(cache, &stored, request->headers) && !cache->arena->exhausted) {
                remove_stored_response(cache->store, position);
                continue;
            }
        }
        position = next;
    }
}

void store_response(const struct http_cache *cache, const struct cache_request *request,
                    const struct cors_network_response *response)
{
    if (!is_storable(cache, request, response))
        return;
    const struct cors_stored_response stored = {
        .key = request->key,
        .url = request->url,
        .request_headers = *request->headers,
        .stored_at = cache->now,
        .status = response->status,
        .status_message = response->status_message,
        .headers = kept_headers(&response->headers, cache->arena),
        .body = response->body,
    };
    remove_replaced(cache, request);
    if (!cache->arena->exhausted)
        add_stored_response(cache->store, &stored);
}

/* ---- Selecting ---------------------------------------------------------------------------- */

/* What the request asks of caches: https://httpwg.org/specs/rfc9111.html#cache-request-directive */
static bool asks_for_validation(const struct http_cache *cache, const struct cache_request *request,
                                uint64_t age)
{
    if (cache->shared)
        return false;
    const struct cache_control control = cache_control_of(request->headers, cache->arena);
    return control.no_cache ||
           (control.has_max_age && (control.max_age == 0 || age > control.max_age));
}

static bool needs_validation(const struct http_cache *cache, const struct cache_request *request,
                             const struct cors_stored_response *stored)
{
    const uint64_t age = current_age(cache, stored);
    return cache_control_of(&stored->headers, cache->arena).no_cache ||
           freshness_lifetime(cache, stored) <= age || asks_for_validation(cache, request, age);
}

/* Which of two responses that fit is the better: one that has Vary, then the more recent one. */
static bool is_better(const struct cors_stored_response *stored,
                      const struct cors_stored_response *than)
{
    const bool varies = cors_header_list_contains(&stored->headers, CORS_BYTES("Vary"));
    uint64_t date = stored->stored_at;
    uint64_t than_date = than->stored_at;
    if (varies != cors_header_list_contains(&than->headers, CORS_BYTES("Vary")))
        return varies;
    date_in_header(&stored->headers, CORS_BYTES("Date"), stored->stored_at, &date);
    date_in_header(&than->headers, CORS_BYTES("Date"), than->stored_at, &than_date);
    return date >= than_date;
}

struct selection select_stored_response(const struct http_cache *cache,
                                        const struct cache_request *request)
{
    struct selection selection = {0};
    const bool head = bytes_equal(request->method, CORS_BYTES("HEAD"));
    if (!(head || bytes_equal(request->method, CORS_BYTES("GET"))) ||
        cors_header_list_contains(request->headers, CORS_BYTES("Range")))
        return selection;
    for (size_t position = 0, next = 0; position < cache->store->used; position = next) {
        if (!stored_response_is_for(cache->store, position, &next, request->key, request->url))
            continue;
        const struct cors_stored_response stored =
            stored_response_at(cache->store, position, &next, cache->arena);
        if (cache->arena->exhausted || !matches(cache, &stored, request->headers) ||
            (selection.found && !is_better(&stored, &selection.stored)))
            continue;
        selection = (struct selection){.found = true, .position = position, .stored = stored};
    }
    if (selection.found)
        selection.needs_validation = needs_validation(cache, request, &selection.stored);
    if (head)
        selection.stored.body = null_bytes();
    selection.found = selection.found && !cache->arena->exhausted;
    return selection;
}

/* ---- Freshening --------------------------------------------------------------------------- */

static struct cors_bytes first_value(const struct cors_header_list *headers, struct cors_bytes name)
{
    const size_t at = header_list_find(headers, name, 0);
    return at == headers->count ? null_bytes() : strip_tab_or_space(headers->at[at].value);
}

/* Whether the 304 is about the stored response: by the validators of both. */
static bool is_about(const struct cors_header_list *headers,
                     const struct cors_stored_response *stored)
{
    const struct cors_bytes tag = first_value(headers, CORS_BYTES("ETag"));
    const struct cors_bytes date = first_value(headers, CORS_BYTES("Last-Modified"));
    const struct cors_bytes stored_tag = first_value(&stored->headers, CORS_BYTES("ETag"));
    const struct cors_bytes stored_date =
        first_value(&stored->headers, CORS_BYTES("Last-Modified"));
    if (!is_null(tag) && !starts_with(tag, CORS_BYTES("W/")))
        return bytes_equal(tag, stored_tag);
    if (!is_null(tag))
        return !is_null(stored_tag) && entity_tags_match(tag, stored_tag);
    if (!is_null(date))
        return bytes_equal(date, stored_date);
    return is_null(stored_tag) && is_null(stored_date);
}

/* https://httpwg.org/specs/rfc9111.html#update: the stored headers, and the new ones instead of
 * those of the same names. It is now that the server said so: an older Date or Age is of no use. */
static struct cors_header_list updated_headers(const struct cors_header_list *stored,
                                               const struct cors_header_list *headers,
                                               struct cors_arena *arena)
{
    struct cors_header_list news = kept_headers(headers, arena);
    cors_header_list_delete(&news, CORS_BYTES("Content-Length"), arena);
    const struct cors_values names = sorted_header_names(&news, arena);
    struct cors_header_list list = {
        .at = ARENA_NEW(arena, struct cors_header, stored->count + news.count)};
    for (size_t i = 0; i < stored->count && list.at != NULL; i++)
        if (!sorted_lowercase_set_contains(&names, stored->at[i].name) &&
            !byte_case_insensitive_match(stored->at[i].name, CORS_BYTES("Date")) &&
            !byte_case_insensitive_match(stored->at[i].name, CORS_BYTES("Age")))
            list.at[list.count++] = stored->at[i];
    for (size_t i = 0; i < news.count && list.at != NULL; i++)
        list.at[list.count++] = news.at[i];
    return list;
}

void freshen_stored_response(const struct http_cache *cache, struct selection *selection,
                             const struct cors_header_list *headers,
                             const struct cors_header_list *request_headers)
{
    if (!is_about(headers, &selection->stored))
        return;
    size_t next = 0;
    struct cors_stored_response whole =
        stored_response_at(cache->store, selection->position, &next, cache->arena);
    whole.headers = updated_headers(&whole.headers, headers, cache->arena);
    whole.stored_at = cache->now;
    if (request_headers != NULL)
        whole.request_headers = *request_headers;
    if (cache->arena->exhausted)
        return;
    remove_stored_response(cache->store, selection->position);
    add_stored_response(cache->store, &whole);
    selection->stored.headers = whole.headers;
    selection->stored.stored_at = whole.stored_at;
}

/* ---- Invalidating ------------------------------------------------------------------------- */

bool has_stored_responses(const struct http_cache *cache, struct cors_bytes key,
                          struct cors_bytes url)
{
    for (size_t position = 0, next = 0; position < cache->store->used; position = next)
        if (stored_response_is_for(cache->store, position, &next, key, url))
            return true;
    return false;
}

void invalidate_stored_responses(const struct http_cache *cache, struct cors_bytes key,
                                 struct cors_bytes url)
{
    for (size_t position = 0, next = 0; position < cache->store->used;)
        if (stored_response_is_for(cache->store, position, &next, key, url))
            remove_stored_response(cache->store, position);
        else
            position = next;
}
