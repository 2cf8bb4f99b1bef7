/* Fetch Standard, section "HTTP-network-or-cache fetch"
 * (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch): what its steps about the HTTP cache
 * do, and what browsers do otherwise (spec-tables/deviations.tsv). Invariant: nothing here is
 * called for a fetch without a store, but use_of_cache(). */
#include "http_cache_use.h"

struct cache_use use_of_cache(const struct steps *s, const struct request *http_request,
                              bool include_credentials)
{
    struct cache_use use = {
        .cache = {.store = agent_of(s)->http_cache, .now = agent_of(s)->now, .arena = arena_of(s)},
        .include_credentials = include_credentials,
    };
    if (use.cache.store != NULL)
        use.request = (struct cache_request){
            .method = http_request->method,
            .url = cors_url_serialize(current_url_of(http_request), CORS_URL_EXCLUDE_FRAGMENT,
                                      arena_of(s)),
            .headers = &http_request->header_list,
        };
    return use;
}

struct response *reuse_stored_response(const struct steps *s, const struct request *http_request,
                                       const struct cache_use *use)
{
    const struct cors_stored_response *stored = &use->stored_response.stored;
    const struct cors_server *server = &agent_of(s)->server;
    const struct cors_network_request message = {
        .preflight = s->simulation->preflighting,
        .method = http_request->method,
        .url = current_url_of(http_request),
        .headers = &http_request->header_list,
        .body = http_request->body,
        .include_credentials = use->include_credentials,
    };
    struct response *response = ARENA_NEW(arena_of(s), struct response, 1);
    if (arena_of(s)->exhausted)
        return network_error(s);
    *response = (struct response){
        .status = stored->status,
        .status_message = stored->status_message,
        .header_list = header_list_clone(&stored->headers, 0, arena_of(s)),
        .body = stored->body,
    };
    if (server->reused != NULL)
        server->reused(server->context, &message, stored);
    return response;
}

void append_validator(const struct steps *s, struct cors_header_list *list, struct cors_bytes name,
                      const struct cache_use *use, struct cors_bytes validator)
{
    const struct cors_stored_response *stored = &use->stored_response.stored;
    const struct cors_bytes value = cors_header_list_get(&stored->headers, validator, arena_of(s));
    if (!is_null(value) &&
        !(stored->status != 200 && deviates(s, CORS_DEV_ONLY_200_IS_REVALIDATED)))
        cors_header_list_append(list, name, value, arena_of(s));
}

static bool says_nothing_of_its_life(const struct steps *s,
                                     const struct cors_stored_response *stored)
{
    const struct cache_control control = cache_control_of(&stored->headers, arena_of(s));
    return !control.has_max_age && !control.no_cache &&
           !cors_header_list_contains(&stored->headers, CORS_BYTES("Expires"));
}

/* What browsers select: perhaps one that is to be asked about by its entity tag, since Vary says
 * that it is for another request; and not for every method. */
static void browser_selects(const struct steps *s, struct cache_use *use)
{
    struct selection *selection = &use->stored_response;
    struct http_cache any = use->cache;
    any.ignores_vary = true;
    const struct selection other =
        selection->found ? *selection : select_stored_response(&any, &use->request);
    if (!selection->found && other.found &&
        cors_header_list_contains(&other.stored.headers, CORS_BYTES("ETag")) &&
        deviates(s, CORS_DEV_VARY_MISMATCH_IS_REVALIDATED)) {
        *selection = other;
        selection->needs_validation = use->is_for_another = true;
    }
    if (selection->found && selection->needs_validation && selection->stored.status == 410 &&
        says_nothing_of_its_life(s, &selection->stored) &&
        deviates(s, CORS_DEV_GONE_IS_FRESH_FOR_EVER))
        selection->needs_validation = false;
    if (selection->found && bytes_equal(use->request.method, CORS_BYTES("HEAD")) &&
        deviates(s, CORS_DEV_HEAD_IS_NOT_ANSWERED_FROM_THE_CACHE))
        selection->found = false;
}

void select_response(const struct steps *s, struct cache_use *use)
{
    use->stored_response = select_stored_response(&use->cache, &use->request);
    if (s->simulation->engine != 0)
        browser_selects(s, use);
}

/* https://httpwg.org/specs/rfc9111.html#invalidation of what a header of the response names, if it
 * is of the same origin. */
static void invalidate_what_it_names(const struct steps *s, const struct request *http_request,
                                     const struct cache_use *use, struct cors_bytes name,
                                     const struct response *response)
{
    const struct cors_bytes value = cors_header_list_get(&response->header_list, name, arena_of(s));
    cors_domain_to_ascii *const to_ascii = agent_of(s)->domain_to_ascii;
    struct cors_url url;
    if (is_null(value) ||
        !cors_url_parse(&url, value, current_url_of(http_request), to_ascii, arena_of(s)))
        return;
    const struct cors_origin origin = cors_url_origin(&url, to_ascii, arena_of(s));
    if (cors_same_origin(&origin, current_url_origin(http_request)))
        invalidate_stored_responses(
            &use->cache, use->request.key,
            cors_url_serialize(&url, CORS_URL_EXCLUDE_FRAGMENT, arena_of(s)));
}

void invalidate_what_changed(const struct steps *s, const struct request *http_request,
                             const struct cache_use *use, const struct response *response)
{
    invalidate_stored_responses(&use->cache, use->request.key, use->request.url);
    invalidate_what_it_names(s, http_request, use, CORS_BYTES("Location"), response);
    invalidate_what_it_names(s, http_request, use, CORS_BYTES("Content-Location"), response);
}

/* Whether a response to GET will not pass the CORS check, which nobody watches here. */
static bool will_be_blocked(const struct steps *s, const struct request *http_request,
                            const struct response *response)
{
    struct simulation aside = *s->simulation;
    const struct steps unwatched = {.simulation = &aside, .algorithm = s->algorithm};
    return http_request->response_tainting == TAINTING_CORS &&
           bytes_equal(http_request->method, CORS_BYTES("GET")) &&
           cors_check_steps(&unwatched, http_request, response) == CHECK_FAILURE;
}

/* What browsers do not store, and what they remove from the store. True: nothing more is to be
 * done. */
static bool browser_keeps(const struct steps *s, const struct request *http_request,
                          const struct cache_use *use, const struct response *response)
{
    const bool get = bytes_equal(http_request->method, CORS_BYTES("GET"));
    const bool stored = has_stored_responses(&use->cache, use->request.key, use->request.url);
    const bool is_blocked = will_be_blocked(s, http_request, response) &&
                            deviates(s, CORS_DEV_BLOCKED_RESPONSE_IS_NOT_STORED);
    const bool is_error =
        (get && response->status == 404 && deviates(s, CORS_DEV_NOT_FOUND_IS_NOT_STORED)) ||
        (get && response->status == 500 && deviates(s, CORS_DEV_SERVER_ERROR_IS_NOT_STORED));
    if (stored &&
        (is_blocked ? deviates(s, CORS_DEV_BLOCKED_RESPONSE_REMOVES)
                    : is_error || (get && deviates(s, CORS_DEV_ONE_RESPONSE_FOR_EACH_URL))))
        invalidate_stored_responses(&use->cache, use->request.key, use->request.url);
    return is_blocked || is_error;
}

/* Whether a response that may not be stored removes what is. */
static bool removes_unstored(const struct steps *s, const struct request *http_request,
                             const struct cache_use *use)
{
    return has_stored_responses(&use->cache, use->request.key, use->request.url) &&
           ((bytes_equal(http_request->method, CORS_BYTES("GET")) &&
             deviates(s, CORS_DEV_UNSTORED_RESPONSE_REMOVES)) ||
            (bytes_equal(http_request->method, CORS_BYTES("HEAD")) &&
             deviates(s, CORS_DEV_HEAD_REMOVES_STORED_RESPONSE)));
}

void store_if_storable(const struct steps *s, const struct request *http_request,
                       const struct cache_use *use, const struct response *response)
{
    const struct cors_network_response message = {
        .status = response->status,
        .status_message = response->status_message,
        .headers = response->header_list,
        .body = response->body,
    };
    const bool storable = is_storable(&use->cache, &use->request, &message);
    if (s->simulation->engine != 0 && !storable && removes_unstored(s, http_request, use))
        invalidate_stored_responses(&use->cache, use->request.key, use->request.url);
    if (storable && !(s->simulation->engine != 0 && browser_keeps(s, http_request, use, response)))
        store_response(&use->cache, &use->request, &message);
}
