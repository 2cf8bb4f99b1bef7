/* Fetch Standard, sections "Main fetch" (https://fetch.spec.whatwg.org/#main-fetch) and "Override
 * fetch": which kind of fetch a request gets, and what of the response its page may see. Invariant:
 * the response handed over is a network error or a filtered response. */
#include "engine.h"

enum override_type { OVERRIDE_SCHEME_FETCH, OVERRIDE_HTTP_FETCH };

/* https://fetch.spec.whatwg.org/#concept-override-fetch */
static struct response *override_fetch(const struct steps *caller, enum override_type type,
                                       struct fetch_params *fetch_params, bool make_cors_preflight)
{
    struct steps s = begin(caller, "override-fetch");

    /* 1. The request is in the fetch params. */
    /* 2. The user agent does not intervene: null. */
    /* 3. So nothing is returned here. */
    /* 4. Go on as the caller asked. */
    switch (type) {
    case OVERRIDE_SCHEME_FETCH:
        /* 4.a. By scheme. */
        return scheme_fetch(&s, fetch_params);
    case OVERRIDE_HTTP_FETCH:
        /* 4.b. By HTTP, perhaps with a preflight. */
        return http_fetch(&s, fetch_params, make_cors_preflight);
    }
    /* 5. The response of either. */
    return network_error(&s);
}

static bool is_same_origin_or_unchecked(const struct request *request)
{
    return (cors_same_origin(current_url_origin(request), &request->origin) &&
            request->response_tainting == TAINTING_BASIC) ||
           bytes_equal(current_url_of(request)->scheme, CORS_BYTES("data")) ||
           request->mode == CORS_MODE_NAVIGATE || request->mode == CORS_MODE_WEBSOCKET ||
           request->mode == CORS_MODE_WEBTRANSPORT;
}

static bool needs_preflight(const struct steps *s, const struct request *request)
{
    return request->use_cors_preflight ||
           (request->preflighted && deviates(s, CORS_DEV_LATER_HOPS_ARE_PREFLIGHTED)) ||
           (request->unsafe_request &&
            (!cors_is_cors_safelisted_method(request->method) ||
             cors_unsafe_request_header_names(s, first_headers(request), arena_of(s)).count > 0));
}

/* https://fetch.spec.whatwg.org/#concept-main-fetch step 12.f.3: whether a browser keeps what it
 * remembers all the same. */
static bool cache_outlives(const struct steps *s, const struct request *request)
{
    return cache_knows(s, request) &&
           (deviates(s, CORS_DEV_CACHE_OUTLIVES_FAILURE) ||
            (request->redirect_refused && deviates(s, CORS_DEV_CACHE_OUTLIVES_REFUSED_REDIRECT)));
}

/* https://fetch.spec.whatwg.org/#concept-main-fetch step 12 */
static struct response *response_by_kind_of_request(const struct steps *s,
                                                    struct fetch_params *fetch_params)
{
    struct request *request = fetch_params->request;

    /* 12.a. A preloaded response. [scope: preload] */
    /* 12.b. The page's own origin, a data: URL, or a mode that CORS does not govern. */
    if (when(s, "12.b", is_same_origin_or_unchecked(request))) {
        /* 12.b.1. The page may see all of the response. */
        request->response_tainting = TAINTING_BASIC;

        /* 12.b.2. Fetch by scheme. */
        return override_fetch(s, OVERRIDE_SCHEME_FETCH, fetch_params, false);
    }

    /* 12.c. Another origin, where the script asked for its own only: a network error. */
    if (when(s, "12.c", request->mode == CORS_MODE_SAME_ORIGIN))
        return network_error(s);

    /* 12.d. Another origin without CORS: the page may have the response but not look into it. */
    if (when(s, "12.d", request->mode == CORS_MODE_NO_CORS)) {
        /* 12.d.1. Redirects would be visible, so they must be followed: else a network error. */
        if (when(s, "12.d.1", request->redirect_mode != CORS_REDIRECT_FOLLOW))
            return network_error(s);

        /* 12.d.2. The response will be opaque. */
        request->response_tainting = TAINTING_OPAQUE;

        /* 12.d.3. Fetch by scheme. */
        return override_fetch(s, OVERRIDE_SCHEME_FETCH, fetch_params, false);
    }

    if (cors_url_includes_credentials(current_url_of(request)) &&
        deviates(s, CORS_DEV_CORS_URL_LOSES_USERINFO))
        current_url(request)->username = current_url(request)->password = CORS_BYTES("");

    /* 12.e. CORS is a protocol over HTTP(S): a network error for every other scheme. */
    if (when(s, "12.e", !cors_url_is_http_s(current_url_of(request))))
        return network_error(s);

    /* 12.f. A method or header that a plain HTML form could not send: ask the server first. */
    if (when(s, "12.f", needs_preflight(s, request))) {
        /* 12.f.1. The response must pass the CORS check. */
        request->response_tainting = TAINTING_CORS;
        request->preflighted = true;

        /* 12.f.2. Fetch with a preflight. */
        struct response *response = override_fetch(s, OVERRIDE_HTTP_FETCH, fetch_params, true);

        /* 12.f.3. After a failure nothing that an earlier preflight allowed is trusted. */
        if (whether(s, "12.f.3", is_network_error(response) && !cache_outlives(s, request)))
            clear_cache_entries(s, request);

        /* 12.f.4. That response. */
        return response;
    }

    /* 12.g. Any other cross-origin request is sent as it is. */
    when(s, "12.g", true);
    /* 12.g.1. The response must pass the CORS check. */
    request->response_tainting = TAINTING_CORS;

    /* 12.g.2. Fetch without a preflight. */
    struct response *response = override_fetch(s, OVERRIDE_HTTP_FETCH, fetch_params, false);
    if (is_network_error(response) && cache_knows(s, request) &&
        deviates(s, CORS_DEV_ANY_FAILURE_CLEARS_CACHE))
        clear_cache_entries(s, request);
    return response;
}

/* Whether in a list that cannot be parsed a `*` stands before what is no token. */
static bool wildcard_comes_first(const struct steps *s, const struct response *response)
{
    struct cors_bytes list = cors_header_list_get(
        &response->header_list, CORS_BYTES("Access-Control-Expose-Headers"), arena_of(s));
    for (size_t from = 0; !is_null(list) && from <= list.len;) {
        size_t to = from;
        while (to < list.len && list.at[to] != ',')
            to++;
        const struct cors_bytes element = strip_tab_or_space(bytes_slice(list, from, to));
        if (bytes_equal(element, CORS_BYTES("*")))
            return true;
        if (element.len > 0 && !cors_is_header_name(element))
            return false;
        from = to + 1;
    }
    return false;
}

/* https://fetch.spec.whatwg.org/#concept-main-fetch step 14 */
static struct response *filter(const struct steps *s, const struct request *request,
                               struct response *response)
{
    /* 14.1. A response that passed the CORS check shows the headers that the server exposes. */
    if (whether(s, "14.1", request->response_tainting == TAINTING_CORS)) {
        /* 14.1.1. The names in Access-Control-Expose-Headers: null, failure or a list. */
        struct cors_values header_names = extract_header_list_values(
            s, CORS_BYTES("Access-Control-Expose-Headers"), &response->header_list, arena_of(s));

        /* 14.1.2. Without credentials `*` exposes every header there is. */
        if (whether(s, "14.1.2",
                    request->credentials_mode != CORS_CREDENTIALS_INCLUDE &&
                        (values_contain(&header_names, CORS_BYTES("*")) ||
                         (header_names.kind == CORS_VALUES_FAILURE && !request->is_xhr &&
                          wildcard_comes_first(s, response) &&
                          deviates(s, CORS_DEV_WILDCARD_OUTLIVES_BAD_LIST)))))
            response->exposes_all = true;

        /* 14.1.3. Otherwise the list itself; null and failure expose nothing more. */
        else if (whether(s, "14.1.3", header_names.kind == CORS_VALUES_LIST))
            response->exposed = make_searchable(&header_names, arena_of(s));

        if (!response->exposes_all && values_contain(&header_names, CORS_BYTES("*")) &&
            cors_header_list_contains(&response->header_list, CORS_BYTES("Accept")) &&
            deviates(s, CORS_DEV_WILDCARD_EXPOSES_ACCEPT))
            response->exposes_accept = true;
    }

    /* 14.2. Filter by what the request was tainted with. */
    switch (request->response_tainting) {
    case TAINTING_BASIC:
        /* 14.2.a. All but the cookie headers. */
        return basic_filtered_response(s, response);
    case TAINTING_CORS:
        /* 14.2.b. Safelisted and exposed headers. */
        return cors_filtered_response(s, response);
    case TAINTING_OPAQUE:
        /* 14.2.c. Nothing at all. */
        return opaque_filtered_response(s, response);
    }
    return network_error(s);
}

/* https://fetch.spec.whatwg.org/#fetch-finale */
static void fetch_response_handover(const struct steps *caller, struct fetch_params *fetch_params,
                                    struct response *response)
{
    begin(caller, "fetch-finale");

    /* 1. The timing info. [scope: timing] */
    /* 2. Server-Timing. [scope: timing] */
    /* 3. The document's timing. [scope: timing] */
    /* 4. What happens at the end of the body. [scope: event-loop] */
    /* 5. The caller is given the response. */
    fetch_params->response = response;

    /* 6. The internal response is needed for its body only. [scope: event-loop] */
    /* 7. WebDriver is told. [scope: webdriver] */
    /* 8. Without a body it ends here. [scope: event-loop] */
    /* 9. The body is piped through. [scope: event-loop] */
    /* 10. The whole body is read for those who want it so. [scope: event-loop] */
}

/* A policy container starts with the default policy:
 * https://w3c.github.io/webappsec-referrer-policy/#default-referrer-policy */
static enum cors_referrer_policy page_referrer_policy(const struct cors_client *client)
{
    return client->referrer_policy == CORS_REFERRER_POLICY_EMPTY
               ? CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN
               : client->referrer_policy;
}

/* https://fetch.spec.whatwg.org/#concept-main-fetch step 20 */
static bool response_is_blocked(const struct steps *s, const struct request *request,
                                const struct response *internal_response)
{
    return response_blocked_as_mixed_content(s, request, internal_response) ||
           blocked_due_to_its_mime_type(s, internal_response, request) ||
           blocked_due_to_nosniff(s, internal_response, request);
}

/* https://fetch.spec.whatwg.org/#concept-main-fetch step 22 */
static bool must_not_have_a_body(const struct request *request,
                                 const struct response *internal_response)
{
    return bytes_equal(request->method, CORS_BYTES("HEAD")) ||
           bytes_equal(request->method, CORS_BYTES("CONNECT")) ||
           (status_sets(internal_response->status) & STATUS_NULL_BODY) != 0;
}

/* https://fetch.spec.whatwg.org/#concept-main-fetch step 7: whether the request is blocked, and not
 * by a browser that looks at redirects only when it is about to follow them. */
static bool is_mixed_content(const struct steps *s, struct request *request)
{
    if (!fetching_blocked_as_mixed_content(s, request))
        return false;
    request->is_mixed_content = request->redirect_count > 0 &&
                                deviates(s, CORS_DEV_REDIRECT_IS_PREFLIGHTED_BEFORE_IT_IS_BLOCKED);
    return !request->is_mixed_content;
}

/* https://fetch.spec.whatwg.org/#concept-main-fetch */
struct response *main_fetch(const struct steps *caller, struct fetch_params *fetch_params,
                            bool recursive)
{
    struct steps s = begin(caller, "main-fetch");

    /* 1. The request is in the fetch params. */
    struct request *request = fetch_params->request;

    /* 2. There is no response yet. */
    struct response *response = NULL;

    /* 3. A request for local URLs only must not go to the network. */
    if (when(&s, "3", request->local_urls_only && !cors_url_is_local(current_url_of(request))))
        response = network_error(&s);

    /* 4. Content Security Policy reports. [scope: content-security-policy] */
    /* 5. Upgrade-Insecure-Requests. [scope: content-security-policy] */
    /* 6. An image, a sound or a film from http: is fetched from https: instead. */
    upgrade_a_mixed_content_request(&s, request);

    /* 7. Blocked ports and mixed content are not fetched. */
    if (whether(&s, "7", blocked_due_to_a_bad_port(&s, request) || is_mixed_content(&s, request)))
        response = network_error(&s);

    /* 8. Without a referrer policy of its own the request has the page's. */
    if (whether(&s, "8", request->referrer_policy == CORS_REFERRER_POLICY_EMPTY))
        request->referrer_policy = page_referrer_policy(request->client);

    /* 9. What of the page's address goes out as Referer. */
    if (whether(&s, "9", request->referrer != CORS_REFERRER_NO_REFERRER))
        determine_the_referrer(&s, request);
    if (request->url_count == 1) {
        request->first_referrer = request->referrer;
        request->first_referrer_url = request->referrer_url;
    }

    /* 10. Known HTTPS hosts. [scope: hsts] */
    /* 11. In a browser the rest runs in parallel. [scope: event-loop] */
    /* 12. Fetch as the kind of request demands. */
    if (whether(&s, "12", response == NULL))
        response = response_by_kind_of_request(&s, fetch_params);

    /* 13. After a redirect the first run of this algorithm finishes the work. */
    if (whether(&s, "13", recursive))
        return response;

    /* 14. Hide from the page what it may not see. */
    if (whether(&s, "14", !is_network_error(response) && response->internal == NULL))
        response = filter(&s, request, response);

    /* 15. The response behind the filter. */
    struct response *internal_response = is_network_error(response) ? response : response->internal;

    /* 16. A response that came from no URL gets the request's. */
    if (whether(&s, "16", internal_response->url_count == 0)) {
        internal_response->url_list = request->url_list;
        internal_response->url_origins = request->url_origins;
        internal_response->url_count = request->url_count;
    }

    /* 17. The response's redirect taint. [scope: navigation] */
    /* 18. Timing of navigations. [scope: timing] */
    /* 19. Timing of resources. [scope: timing] */
    /* 20. Some responses are blocked by what they turn out to be. */
    if (whether(&s, "20",
                !is_network_error(response) && response_is_blocked(&s, request, internal_response)))
        response = internal_response = network_error(&s);

    /* 21. A part of a resource where the whole was asked for, unreadable: a network error. */
    if (when(&s, "21",
             response->type == RESPONSE_OPAQUE &&
                 (status_sets(internal_response->status) & STATUS_RANGE) != 0 &&
                 internal_response->range_requested &&
                 !cors_header_list_contains(&request->header_list, CORS_BYTES("Range"))))
        response = internal_response = network_error(&s);

    /* 22. Some methods and statuses have no body, whatever the server sends. */
    if (whether(&s, "22",
                !is_network_error(response) && must_not_have_a_body(request, internal_response)))
        internal_response->body = null_bytes();

    /* 23. Subresource Integrity. [scope: integrity] */
    /* 24. Hand the response over. */
    fetch_response_handover(&s, fetch_params, response);
    return response;
}
