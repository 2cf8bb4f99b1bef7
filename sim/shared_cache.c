/* A shared HTTP cache between browsers and a server (https://httpwg.org/specs/rfc9111.html): a
 * server in front of a server. Invariants: the server behind it is asked at most once for each
 * message, and not at all for one that a fresh response answers; what is not GET or HEAD passes
 * through; of the requests that change something only the URL itself is invalidated; where memory
 * runs out it is as if nothing were stored. */
#include "http_cache.h"
#include "http_date.h"

/* Whether the client has what is stored: https://httpwg.org/specs/rfc9111.html#validation.received
 */
static bool client_has_it(const struct http_cache *cache, const struct cors_header_list *request,
                          const struct cors_stored_response *stored)
{
    const struct cors_values tags =
        header_list_get_decode_and_split(NULL, request, CORS_BYTES("If-None-Match"), cache->arena);
    const struct cors_bytes tag =
        cors_header_list_get(&stored->headers, CORS_BYTES("ETag"), cache->arena);
    if (tags.kind == CORS_VALUES_LIST) {
        for (size_t i = 0; i < tags.count; i++)
            if (bytes_equal(tags.at[i], CORS_BYTES("*")) ||
                (!is_null(tag) && entity_tags_match(tags.at[i], tag)))
                return true;
        return false;
    }
    uint64_t since = 0;
    uint64_t changed = stored->stored_at;
    if (!date_in_header(request, CORS_BYTES("If-Modified-Since"), cache->now, &since))
        return false;
    if (!date_in_header(&stored->headers, CORS_BYTES("Last-Modified"), cache->now, &changed))
        date_in_header(&stored->headers, CORS_BYTES("Date"), cache->now, &changed);
    return changed <= since;
}

/* The stored response with its age, or 304 without a body. */
static void answer_from(const struct http_cache *cache, const struct cache_request *request,
                        const struct cors_stored_response *stored,
                        struct cors_network_response *response)
{
    *response = (struct cors_network_response){
        .status = stored->status,
        .status_message = stored->status_message,
        .headers = header_list_clone(&stored->headers, 1, cache->arena),
        .body = stored->body,
    };
    cors_header_list_set(&response->headers, CORS_BYTES("Age"),
                         serialize_integer(current_age(cache, stored), cache->arena), cache->arena);
    if (stored->status != 200 || !client_has_it(cache, request->headers, stored))
        return;
    response->status = 304;
    response->status_message = CORS_BYTES("Not Modified");
    response->body = null_bytes();
    cors_header_list_delete(&response->headers, CORS_BYTES("Content-Length"), cache->arena);
}

/* https://httpwg.org/specs/rfc9111.html#validation.sent: the request, with the stored validators
 * instead of the client's. False: there are none. */
static bool add_validators(const struct http_cache *cache,
                           const struct cors_stored_response *stored, struct cors_header_list *list)
{
    const struct cors_bytes tag =
        cors_header_list_get(&stored->headers, CORS_BYTES("ETag"), cache->arena);
    const struct cors_bytes date =
        cors_header_list_get(&stored->headers, CORS_BYTES("Last-Modified"), cache->arena);
    if (is_null(tag) && is_null(date))
        return false;
    cors_header_list_delete(list, CORS_BYTES("If-None-Match"), cache->arena);
    cors_header_list_delete(list, CORS_BYTES("If-Modified-Since"), cache->arena);
    if (!is_null(tag))
        cors_header_list_append(list, CORS_BYTES("If-None-Match"), tag, cache->arena);
    if (!is_null(date))
        cors_header_list_append(list, CORS_BYTES("If-Modified-Since"), date, cache->arena);
    return true;
}

/* What came from the server: it is passed on, it changes what is stored, or it says that this is
 * still valid and to be used. True: the last of them. */
static bool take_answer(const struct http_cache *cache, const struct cache_request *request,
                        struct selection *selection, bool validating,
                        const struct cors_network_response *response)
{
    if (validating && response->status == 304) {
        freshen_stored_response(cache, selection, &response->headers, NULL);
        return !cache->arena->exhausted;
    }
    if ((method_sets(request->method) & METHOD_SAFE) != 0)
        store_response(cache, request, response);
    else if (response->status >= 200 && response->status <= 399)
        invalidate_stored_responses(cache, request->key, request->url);
    return false;
}

static enum cors_network_result answer(void *context, const struct cors_network_request *request,
                                       struct cors_network_response *response,
                                       struct cors_arena *arena)
{
    struct cors_shared_cache *shared = context;
    const struct http_cache cache = {
        .store = shared->store,
        .shared = true,
        .ignores_vary = shared->ignores_vary,
        .now = shared->now,
        .arena = arena,
    };
    const struct cache_request asked = {
        .key = CORS_BYTES(""),
        .method = request->method,
        .url = cors_url_serialize(request->url, CORS_URL_EXCLUDE_FRAGMENT, arena),
        .headers = request->headers,
    };
    struct selection selection = select_stored_response(&cache, &asked);
    shared->reused = selection.found && !selection.needs_validation;
    if (!shared->reused) {
        struct cors_header_list headers = header_list_clone(request->headers, 2, arena);
        struct cors_network_request message = *request;
        const bool validating =
            selection.found && add_validators(&cache, &selection.stored, &headers);
        if (validating && !arena->exhausted)
            message.headers = &headers;
        const enum cors_network_result result =
            shared->server.answer(shared->server.context, &message, response, arena);
        if (result != CORS_NETWORK_RESPONSE)
            return result;
        shared->reused =
            take_answer(&cache, &asked, &selection, message.headers == &headers, response);
    }
    shared->stored = selection.stored;
    if (shared->reused)
        answer_from(&cache, &asked, &selection.stored, response);
    return CORS_NETWORK_RESPONSE;
}

struct cors_server cors_shared_cache_server(struct cors_shared_cache *cache)
{
    return (struct cors_server){.answer = answer, .context = cache};
}
