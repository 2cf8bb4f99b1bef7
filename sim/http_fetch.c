/* Fetch Standard, section "HTTP fetch" (https://fetch.spec.whatwg.org/#http-fetch): the preflight
 * if one is due, the request, the CORS check, and what a redirect leads to. */
#include "engine.h"

/* https://fetch.spec.whatwg.org/#concept-http-fetch step 4.1: whether the request's cache mode
 * keeps this browser from looking into the CORS-preflight cache. */
static bool cache_is_bypassed(const struct steps *s, const struct request *request)
{
    return ((request->cache_mode == CORS_CACHE_RELOAD ||
             request->cache_mode == CORS_CACHE_NO_STORE) &&
            deviates(s, CORS_DEV_RELOAD_BYPASSES_PREFLIGHT_CACHE)) ||
           (request->cache_mode == CORS_CACHE_NO_CACHE &&
            deviates(s, CORS_DEV_NO_CACHE_BYPASSES_PREFLIGHT_CACHE));
}

/* https://fetch.spec.whatwg.org/#concept-http-fetch step 4.1: the method's part. */
static bool method_needs_preflight(const struct steps *s, const struct request *request)
{
    if (method_cache_entry_match(s, request->method, request, NULL))
        return false;
    if (!cors_is_cors_safelisted_method(request->method))
        return true;
    if (bytes_equal(request->method, CORS_BYTES("HEAD")) &&
        deviates(s, CORS_DEV_CACHED_HEAD_MUST_BE_LISTED))
        return true;
    const bool forced =
        request->use_cors_preflight || (request->redirect_count > 0 && request->preflighted &&
                                        deviates(s, CORS_DEV_LATER_HOPS_ARE_PREFLIGHTED));
    return forced &&
           !(cache_has_entry(s, request) && deviates(s, CORS_DEV_FORCED_PREFLIGHT_NEEDS_NO_METHOD));
}

/* https://fetch.spec.whatwg.org/#concept-http-fetch step 4.1: whether the CORS-preflight cache does
 * not already allow the method and every unsafe header name. */
static bool cache_does_not_suffice(const struct steps *s, const struct request *request)
{
    if (method_needs_preflight(s, request))
        return true;
    struct cors_values names =
        cors_unsafe_request_header_names(s, asked_headers(request), arena_of(s));
    for (size_t i = 0; i < names.count; i++)
        if (!header_name_cache_entry_match(s, names.at[i], request, NULL))
            return true;
    return false;
}

static bool preflight_is_due(const struct steps *s, const struct request *request)
{
    if (cache_is_bypassed(s, request))
        return true;
    if (!cache_does_not_suffice(s, request))
        return false;
    if (simulation_of(s)->engine != 0 && cache_knows(s, request) &&
        deviates(s, CORS_DEV_INSUFFICIENT_ENTRY_IS_ERASED))
        clear_cache_entries(s, request);
    return true;
}

/* Whether a redirect has a Location with something in it. */
static bool leads_anywhere(const struct steps *s, const struct response *response)
{
    return cors_header_list_get(&response->header_list, CORS_BYTES("Location"), arena_of(s)).len >
           0;
}

/* https://fetch.spec.whatwg.org/#concept-http-fetch step 6 */
static struct response *redirected(const struct steps *s, struct fetch_params *fetch_params,
                                   struct response *response)
{
    struct request *request = fetch_params->request;

    /* 6.1. Timing of navigations. [scope: timing] */
    /* 6.2. Frames of HTTP/2. [scope: connections] */
    /* 6.3. What the request says about redirects. */
    /* 6.3.a. Redirect mode "error". */
    const bool fails = request->redirect_mode == CORS_REDIRECT_ERROR;
    request->redirect_refused = fails;
    if (fails && !leads_anywhere(s, response) &&
        deviates(s, CORS_DEV_REDIRECT_TO_NOWHERE_IS_NO_ERROR))
        return response;
    if (when(s, "6.3.a", fails)) {
        /* 6.3.a.1. A network error. */
        return network_error(s);
    }

    /* 6.3.b. Redirect mode "manual": the script wants to know of it and not to follow it. */
    if (when(s, "6.3.b", request->redirect_mode == CORS_REDIRECT_MANUAL)) {
        /* 6.3.b.1. For a navigation the redirect itself stands. [scope: navigation] */
        if (request->mode == CORS_MODE_NAVIGATE)
            return response;

        /* 6.3.b.2. The page gets a response that hides everything. */
        return opaque_redirect_filtered_response(s, response);
    }

    /* 6.3.c. Redirect mode "follow". */
    /* 6.3.c.1. WebDriver is told. [scope: webdriver] */
    /* 6.3.c.2. By HTTP-redirect fetch. */
    return http_redirect_fetch(s, fetch_params, response);
}

/* https://fetch.spec.whatwg.org/#concept-http-fetch step 4.4 */
static enum check cors_check_of(const struct steps *s, struct request *request,
                                const struct response *response)
{
    if (request->credentials_mode == CORS_CREDENTIALS_SAME_ORIGIN &&
        request->redirect_mode == CORS_REDIRECT_FOLLOW &&
        (status_sets(response->status) & STATUS_REDIRECT) != 0 &&
        cors_same_origin(&request->url_origins[0], &request->origin) &&
        deviates(s, CORS_DEV_REDIRECT_FROM_HOME_NEEDS_CREDENTIALS))
        request->redirect_to_check = response;
    return cors_check_steps(s, request, response);
}

/* https://fetch.spec.whatwg.org/#concept-http-fetch steps 4.1 and 4.4: whether a browser that looks
 * at a redirect once more, when the preflight for where it leads has been made, does not follow it.
 */
static bool redirect_is_not_followed(const struct steps *s, struct request *request)
{
    if (request->is_mixed_content && fetching_blocked_as_mixed_content(s, request))
        return true;
    if (request->redirect_to_check == NULL)
        return false;
    struct request before = *request;
    before.url_count--;
    before.credentials_mode = CORS_CREDENTIALS_INCLUDE;
    const struct response *redirect = request->redirect_to_check;
    request->redirect_to_check = NULL;
    return cors_check_steps(s, &before, redirect) == CHECK_FAILURE;
}

/* https://fetch.spec.whatwg.org/#concept-http-fetch step 4.4: whether a redirect leads to no URL,
 * and the browser's network library does not even hand it on. */
static bool location_fails_first(const struct steps *s, const struct request *request,
                                 const struct response *response)
{
    struct cors_url location;
    return simulation_of(s)->engine != 0 &&
           (status_sets(response->status) & STATUS_REDIRECT) != 0 && leads_anywhere(s, response) &&
           location_url(s, response, current_url_of(request)->fragment, &location) ==
               LOCATION_FAILURE &&
           deviates(s, CORS_DEV_BAD_LOCATION_FAILS_FIRST);
}

/* Where a script revalidates by itself the cache mode is no-store: step 8.16 of
 * HTTP-network-or-cache fetch, which some browsers take before the preflight. */
static void look_for_conditions(const struct steps *s, struct request *request)
{
    if (simulation_of(s)->engine != 0 && request->cache_mode == CORS_CACHE_DEFAULT &&
        is_conditional(&request->header_list) &&
        (deviates(s, CORS_DEV_CONDITIONAL_BYPASSES_PREFLIGHT_CACHE) ||
         (!request->is_xhr && deviates(s, CORS_DEV_CONDITIONAL_FETCH_BYPASSES_PREFLIGHT_CACHE))))
        request->cache_mode = CORS_CACHE_NO_STORE;
}

/* https://fetch.spec.whatwg.org/#concept-http-fetch */
struct response *http_fetch(const struct steps *caller, struct fetch_params *fetch_params,
                            bool make_cors_preflight)
{
    struct steps s = begin(caller, "http-fetch");

    /* 1. The request is in the fetch params. */
    struct request *request = fetch_params->request;

    /* 2. There is no response yet. */
    struct response *response = NULL;

    /* 3. A service worker could answer. [scope: service-workers] */
    look_for_conditions(&s, request);

    /* 4. There is still no response. */
    /* 4.1. Unless the CORS-preflight cache says it all, ask the server. */
    if (whether(&s, "4.1", make_cors_preflight && preflight_is_due(&s, request))) {
        /* 4.1.1. The preflight. */
        response = cors_preflight_fetch(&s, request);

        /* 4.1.2. If the server did not agree, the request itself is never sent. */
        if (whether(&s, "4.1.2", is_network_error(response)))
            return response;
    }

    if (redirect_is_not_followed(&s, request))
        return network_error(&s);

    /* 4.2. Service workers do not see redirects. [scope: service-workers] */
    /* 4.3. The request itself. A network error has no headers to check: the steps that follow could
     * only give another network error and a misleading reason. */
    response = http_network_or_cache_fetch(&s, fetch_params, false);
    if (is_network_error(response))
        return response;

    if (location_fails_first(&s, request, response))
        return http_redirect_fetch(&s, fetch_params, response);

    /* 4.4. Whoever is not of the page's origin must agree to be read. */
    if (whether(&s, "4.4",
                request->response_tainting == TAINTING_CORS &&
                    cors_check_of(&s, request, response) == CHECK_FAILURE))
        return network_error(&s);

    /* 4.5. The Timing-Allow-Origin check. [scope: timing] */
    /* 5. A response that the page may only have unread can still forbid even that. */
    if (whether(&s, "5",
                request->response_tainting == TAINTING_OPAQUE &&
                    cross_origin_resource_policy_blocks(&s, &request->origin, request->client,
                                                        request->destination, response)))
        return network_error(&s);

    /* 6. A redirect. */
    if (whether(&s, "6", (status_sets(response->status) & STATUS_REDIRECT) != 0))
        return redirected(&s, fetch_params, response);

    /* 7. The response. */
    return response;
}
