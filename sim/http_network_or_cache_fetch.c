/* Fetch Standard, section "HTTP-network-or-cache fetch"
 * (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch): what goes out, with which headers,
 * and whether the cache (http_cache_use.c) or the network (http_network_fetch.c) answers. */
#include "engine.h"
#include "http_cache_use.h"

static bool is_conditional_header_name(struct cors_bytes name)
{
    static const struct cors_bytes names[] = {
        {"If-Modified-Since", 17}, {"If-None-Match", 13}, {"If-Unmodified-Since", 19},
        {"If-Match", 8},           {"If-Range", 8},
    };
    if (name.len < 3 || name.at[2] != '-')
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (byte_case_insensitive_match(name, names[i]))
            return true;
    return false;
}

bool is_conditional(const struct cors_header_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (is_conditional_header_name(list->at[i].name))
            return true;
    return false;
}

/* Appends a header unless the list has one of that name. */
static bool append_if_absent(const struct steps *s, const char *step, struct cors_header_list *list,
                             struct cors_bytes name, struct cors_bytes value, bool condition)
{
    bool absent = whether(s, step, condition && !cors_header_list_contains(list, name));
    if (absent)
        cors_header_list_append(list, name, value, arena_of(s));
    return absent;
}

/* https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch steps 8.5 to 8.10: the length
 * of the body. False: a network error. */
static bool append_content_length(const struct steps *s, struct request *http_request)
{
    /* 8.5. A streamed body has no length. */
    const bool has_length = !is_null(http_request->body) && !http_request->body_source_is_null;

    /* 8.6. Not every request has the header. */
    struct cors_bytes content_length_header_value = null_bytes();

    /* 8.7. Methods that normally have a body say so when they have none. */
    if (whether(s, "8.7",
                is_null(http_request->body) &&
                    (bytes_equal(http_request->method, CORS_BYTES("POST")) ||
                     bytes_equal(http_request->method, CORS_BYTES("PUT")))))
        content_length_header_value = CORS_BYTES("0");

    /* 8.8. The length of the body, in decimal. */
    if (whether(s, "8.8", has_length))
        content_length_header_value = serialize_integer(http_request->body.len, arena_of(s));

    /* 8.9. It goes out as Content-Length. */
    if (whether(s, "8.9", !is_null(content_length_header_value)))
        cors_header_list_append(&http_request->header_list, CORS_BYTES("Content-Length"),
                                content_length_header_value, arena_of(s));

    /* 8.10. Requests that may outlive their page are limited together. */
    if (whether(s, "8.10", has_length && http_request->keepalive)) {
        /* 8.10.1. Nothing else is in flight in a simulation. */
        /* 8.10.2. The page's fetch group. [scope: fetch-groups] */
        /* 8.10.3. Its records. [scope: fetch-groups] */
        /* 8.10.4. Their bodies. [scope: fetch-groups] */
        /* 8.10.5. More than 64 KiB: a network error. */
        if (when(s, "8.10.5", http_request->body.len > (size_t)64 * 1024))
            return false;
    }
    return true;
}

/* https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch steps 8.11 to 8.15: who asks.
 */
static void append_request_context(const struct steps *s, struct request *http_request)
{
    struct cors_header_list *list = &http_request->header_list;

    /* 8.11. A referrer that is a URL goes out. */
    if (whether(s, "8.11", http_request->referrer == CORS_REFERRER_URL)) {
        /* 8.11.1. Serialized. */
        struct cors_bytes referrer_value =
            cors_url_serialize(&http_request->referrer_url, CORS_URL_WITH_FRAGMENT, arena_of(s));

        /* 8.11.2. As Referer. */
        cors_header_list_append(list, CORS_BYTES("Referer"), referrer_value, arena_of(s));
    }

    /* 8.12. Origin, where one is due. */
    append_a_request_origin_header(s, http_request);

    /* 8.13. The Sec-Fetch-* headers. */
    append_the_fetch_metadata_headers(s, http_request);

    /* 8.14. A prefetch says so. */
    if (whether(s, "8.14", http_request->initiator == CORS_INITIATOR_PREFETCH))
        cors_header_list_set(list, CORS_BYTES("Sec-Purpose"), CORS_BYTES("prefetch"), arena_of(s));

    /* 8.15. A request without User-Agent gets the browser's. */
    if (whether(s, "8.15",
                !is_null(agent_of(s)->user_agent) &&
                    !cors_header_list_contains(list, CORS_BYTES("User-Agent")))) {
        /* 8.15.1. The agent's value. */
        /* 8.15.2. As User-Agent. */
        cors_header_list_append(list, CORS_BYTES("User-Agent"), agent_of(s)->user_agent,
                                arena_of(s));
    }
}

/* https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch steps 8.16 to 8.19: what
 * caches on the way are told. */
static void append_cache_headers(const struct steps *s, struct request *http_request)
{
    struct cors_header_list *list = &http_request->header_list;

    /* 8.16. A script that revalidates by itself does without the browser's cache. */
    if (whether(s, "8.16", http_request->cache_mode == CORS_CACHE_DEFAULT && is_conditional(list)))
        http_request->cache_mode = CORS_CACHE_NO_STORE;

    /* 8.17. no-cache asks every cache on the way to revalidate. */
    append_if_absent(s, "8.17", list, CORS_BYTES("Cache-Control"), CORS_BYTES("max-age=0"),
                     http_request->cache_mode == CORS_CACHE_NO_CACHE);

    /* 8.18. no-store and reload want a new response from the server. */
    if (whether(s, "8.18",
                http_request->cache_mode == CORS_CACHE_NO_STORE ||
                    http_request->cache_mode == CORS_CACHE_RELOAD)) {
        /* 8.18.1. For caches of HTTP/1.0. */
        append_if_absent(s, "8.18.1", list, CORS_BYTES("Pragma"), CORS_BYTES("no-cache"), true);

        /* 8.18.2. For all others. */
        append_if_absent(s, "8.18.2", list, CORS_BYTES("Cache-Control"), CORS_BYTES("no-cache"),
                         true);
    }

    /* 8.19. A part of a resource is asked for without a content coding. */
    if (whether(s, "8.19", cors_header_list_contains(list, CORS_BYTES("Range"))))
        cors_header_list_append(list, CORS_BYTES("Accept-Encoding"), CORS_BYTES("identity"),
                                arena_of(s));
}

/* Whether a browser lets a request that CORS does not govern keep what it had at home. */
static bool keeps_credentials(const struct steps *s, const struct request *request)
{
    return s->simulation->engine != 0 && request->mode == CORS_MODE_NO_CORS &&
           request->url_count > 1 && cors_same_origin(&request->origin, &request->url_origins[0]) &&
           deviates(s, CORS_DEV_NO_CORS_REDIRECT_KEEPS_CREDENTIALS);
}

/* https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch step 8. False: a network
 * error. */
static bool prepare(const struct steps *s, const struct request *request,
                    struct request *http_request, bool *include_credentials)
{
    /* 8.1. Prompts are possible, so the request is kept. [scope: user-prompts] */
    /* 8.2. What is changed from here on is a copy. */
    /* 8.2.1. The clone; its list has room for what is appended below. */
    *http_request = *request;
    http_request->header_list = header_list_clone(&request->header_list, 12, arena_of(s));

    /* 8.2.2. The copy of the fetch params. */
    /* 8.2.3. It holds the clone. */
    /* 8.3. Credentials go along if the mode says so for where the request goes. */
    *include_credentials = whether(
        s, "8.3",
        request->credentials_mode == CORS_CREDENTIALS_INCLUDE ||
            (request->credentials_mode == CORS_CREDENTIALS_SAME_ORIGIN &&
             (request->response_tainting == TAINTING_BASIC || keeps_credentials(s, request))));

    /* 8.4. The page's embedder policy can take them away. */
    if (whether(s, "8.4", !embedder_policy_allows_credentials(s, request)))
        *include_credentials = false;

    if (!append_content_length(s, http_request))
        return false;
    append_request_context(s, http_request);
    append_cache_headers(s, http_request);

    /* 8.20. Host and the like are the transport's. [scope: connections] */
    /* 8.21. Where credentials are included: */
    if (whether(s, "8.21", *include_credentials)) {
        /* 8.21.1. The cookies. */
        append_a_request_cookie_header(s, http_request);

        /* 8.21.2. Authentication entries. [scope: authentication] */
    } else {
        leave_cookies_out(s, http_request);
    }
    /* 8.22. Proxies. [scope: authentication] */
    /* 8.23. WebDriver is told. [scope: webdriver] */
    return true;
}

/* https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch steps 8.24 to 8.26: what the
 * cache has. NULL: the network has to be asked. */
static struct response *look_into_the_cache(const struct steps *s, struct request *http_request,
                                            struct cache_use *use)
{
    if (use->cache.store == NULL)
        return NULL;

    /* 8.24. The cache of this partition. */
    use->request.key = determine_the_http_cache_partition(s, http_request);
    if (s->simulation->engine != 0 && !is_null(use->request.key) && !use->include_credentials &&
        deviates(s, CORS_DEV_HTTP_CACHE_KEY_HAS_CREDENTIALS))
        use->request.key =
            BYTES_CONCAT(arena_of(s), use->request.key, CORS_BYTES(" without credentials"));

    /* 8.25. Without one nothing is stored. */
    if (whether(s, "8.25", is_null(use->request.key)))
        http_request->cache_mode = CORS_CACHE_NO_STORE;

    /* 8.26. Unless the request wants nothing stored. */
    if (!whether(s, "8.26",
                 http_request->cache_mode != CORS_CACHE_NO_STORE &&
                     http_request->cache_mode != CORS_CACHE_RELOAD))
        return NULL;

    /* 8.26.1. A response to the same request, as far as Vary says. */
    select_response(s, use);

    /* 8.26.2. If there is one: */
    if (!whether(s, "8.26.2", use->stored_response.found))
        return NULL;

    /* 8.26.2.1. Stale for now, revalidated afterwards. [scope: stale-while-revalidate] */
    /* 8.26.2.2. It is used, or asked about. */
    /* 8.26.2.2.1. Not one that is stale, or that is not to be used unasked. */
    use->revalidating_flag = whether(s, "8.26.2.2.1",
                                     use->stored_response.needs_validation ||
                                         http_request->cache_mode == CORS_CACHE_NO_CACHE);

    /* 8.26.2.2.2. Then the server is asked, unless the request takes what there is. */
    if (whether(
            s, "8.26.2.2.2",
            use->revalidating_flag &&
                (use->is_for_another || (http_request->cache_mode != CORS_CACHE_FORCE_CACHE &&
                                         http_request->cache_mode != CORS_CACHE_ONLY_IF_CACHED)))) {
        /* 8.26.2.2.2.1. Whether it still has this entity tag, */
        append_validator(s, &http_request->header_list, CORS_BYTES("If-None-Match"), use,
                         CORS_BYTES("ETag"));

        /* 8.26.2.2.2.2. and whether it has changed since. */
        if (!use->is_for_another)
            append_validator(s, &http_request->header_list, CORS_BYTES("If-Modified-Since"), use,
                             CORS_BYTES("Last-Modified"));
        return NULL;
    }

    /* 8.26.2.2.3. Otherwise it is the response. */
    return reuse_stored_response(s, http_request, use);
}

/* https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch steps 11.3 to 11.5: what the
 * network's response means to the cache, and which of both responses it is. */
static struct response *tell_the_cache(const struct steps *s, const struct request *http_request,
                                       struct cache_use *use, struct response *forward_response)
{
    const uint16_t status = forward_response->status;
    if (use->cache.store == NULL)
        return forward_response;

    /* 11.3. What a request has changed is not valid any more. */
    if (whether(s, "11.3",
                (method_sets(http_request->method) & METHOD_SAFE) == 0 &&
                    ((status >= 200 && status <= 399) ||
                     deviates(s, CORS_DEV_FAILED_CHANGE_INVALIDATES))) &&
        !is_null(use->request.key))
        invalidate_what_changed(s, http_request, use, forward_response);

    /* 11.4. The server has nothing newer than what is stored. */
    if (whether(s, "11.4", use->revalidating_flag && status == 304)) {
        /* 11.4.1. The headers that it sent take the place of the stored ones. */
        freshen_stored_response(&use->cache, &use->stored_response, &forward_response->header_list,
                                use->is_for_another ? &http_request->header_list : NULL);

        /* 11.4.2. It is the response, */
        /* 11.4.3. found to be valid. */
        return reuse_stored_response(s, http_request, use);
    }

    /* 11.5. Otherwise it is the one from the network. */
    /* 11.5.1. That one it is. */
    /* 11.5.2. It is stored, if it may be: no-store means past the cache, and not into it. */
    if (http_request->cache_mode != CORS_CACHE_NO_STORE)
        store_if_storable(s, http_request, use, forward_response);
    return forward_response;
}

/* A decimal number at `position`, which moves behind it; CORS_NO_LIMIT: there is none. */
static uint64_t number_at(struct cors_bytes text, size_t *position)
{
    const size_t start = *position;
    while (*position < text.len && is_ascii_digit(text.at[*position]))
        ++*position;
    return *position == start ? CORS_NO_LIMIT
                              : parse_delta_seconds(bytes_slice(text, start, *position));
}

static bool skip_byte(struct cors_bytes text, size_t *position, char byte)
{
    const bool is_there = *position < text.len && text.at[*position] == byte;
    *position += is_there;
    return is_there;
}

/* The length of a part as Content-Range has it; CORS_NO_LIMIT: it is not just what Range asks for.
 */
static uint64_t length_of_range(struct cors_bytes range, struct cors_bytes content_range)
{
    static const struct cors_bytes asked_unit = {"bytes=", 6}, unit = {"bytes ", 6};
    size_t asked = asked_unit.len, at = unit.len;
    if (!starts_with(range, asked_unit) || !starts_with(content_range, unit))
        return CORS_NO_LIMIT;
    const uint64_t asked_start = number_at(range, &asked);
    const bool asked_dash = skip_byte(range, &asked, '-');
    const uint64_t asked_end = number_at(range, &asked);
    const uint64_t start = number_at(content_range, &at);
    const bool dash = skip_byte(content_range, &at, '-');
    const uint64_t end = number_at(content_range, &at);
    const bool slash = skip_byte(content_range, &at, '/');
    const uint64_t whole = number_at(content_range, &at);
    const bool parsed = asked_dash && dash && slash && asked == range.len &&
                        at == content_range.len && whole != CORS_NO_LIMIT;
    return parsed && start == asked_start && start <= end && end < whole &&
                   (asked_end == CORS_NO_LIMIT || asked_end == end)
               ? end - start + 1
               : CORS_NO_LIMIT;
}

/* https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch step 13: what Chromium's
 * cache, through which parts go even where none is kept, adds to them. */
static void say_length_of_range(const struct steps *s, const struct request *http_request,
                                enum cors_cache_mode cache_mode, struct response *response)
{
    const struct cors_header_list *sent = &http_request->header_list;
    const uint64_t length = length_of_range(
        cors_header_list_get(sent, CORS_BYTES("Range"), arena_of(s)),
        cors_header_list_get(&response->header_list, CORS_BYTES("Content-Range"), arena_of(s)));
    if (response->status != 206 || length == CORS_NO_LIMIT || cache_mode == CORS_CACHE_NO_STORE ||
        is_conditional(sent) || !bytes_equal(http_request->method, CORS_BYTES("GET")) ||
        cors_header_list_contains(&response->header_list, CORS_BYTES("Content-Length")) ||
        !deviates(s, CORS_DEV_RANGE_RESPONSE_HAS_LENGTH))
        return;
    response->header_list = header_list_clone(&response->header_list, 1, arena_of(s));
    cors_header_list_append(&response->header_list, CORS_BYTES("Content-Length"),
                            serialize_integer(length, arena_of(s)), arena_of(s));
}

/* https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch step 11: no stored response
 * will do. */
static struct response *forward(const struct steps *s, struct fetch_params *http_fetch_params,
                                struct cache_use *use)
{
    const struct request *http_request = http_fetch_params->request;

    /* 11. There is no response yet. */
    /* 11.1. A page that wants nothing but the cache gets nothing. */
    if (when(s, "11.1",
             http_request->cache_mode == CORS_CACHE_ONLY_IF_CACHED &&
                 !deviates(s, CORS_DEV_ONLY_IF_CACHED_GOES_OUT)))
        return network_error(s);

    /* 11.2. The network answers, or it does not. */
    struct response *response = http_network_fetch(s, http_fetch_params, use->include_credentials);
    if (when(s, "11.2", is_network_error(response)))
        return response;
    return tell_the_cache(s, http_request, use, response);
}

/* https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch */
struct response *http_network_or_cache_fetch(const struct steps *caller,
                                             struct fetch_params *fetch_params,
                                             bool is_new_connection_fetch)
{
    struct steps s = begin(caller, "http-network-or-cache-fetch");

    /* 1. The request is in the fetch params. */
    const struct request *request = fetch_params->request;

    /* 2. The fetch params that go to the network. */
    /* 3. The request that goes to the network. */
    struct request http_request;
    struct fetch_params http_fetch_params = {.request = &http_request};

    /* 4. There is no response yet. */
    /* 5. Nor a stored one. */
    /* 6. No cache is chosen. */
    /* 7. Nothing is revalidated. */
    /* 8. Make the request ready to be sent. */
    bool include_credentials = false;
    if (!prepare(&s, request, &http_request, &include_credentials))
        return network_error(&s);
    if (s.simulation->engine != 0 && request->response_tainting != TAINTING_CORS &&
        is_null(request->first_origin))
        fetch_params->request->first_origin =
            cors_header_list_get(&http_request.header_list, CORS_BYTES("Origin"), arena_of(&s));
    struct cache_use use = use_of_cache(&s, &http_request, include_credentials);
    struct response *response = look_into_the_cache(&s, &http_request, &use);

    /* 9. Nobody cancels a simulated fetch. [scope: cancellation] */
    /* 10. A response from the cache is reported. [scope: webdriver] */
    if (response == NULL)
        response = forward(&s, &http_fetch_params, &use);
    if (is_network_error(response))
        return response;

    /* 12. The response has come by way of all URLs of the request. */
    response->url_list = http_request.url_list;
    response->url_origins = http_request.url_origins;
    response->url_count = http_request.url_count;

    /* 13. Whether a part was asked for. */
    if (whether(&s, "13",
                cors_header_list_contains(&http_request.header_list, CORS_BYTES("Range"))))
        response->range_requested = true;

    if (s.simulation->engine != 0 && response->range_requested)
        say_length_of_range(&s, &http_request, request->cache_mode, response);

    /* 14. Whether credentials may have gone along. */
    response->request_includes_credentials = include_credentials;

    /* 15. 401: the prompt is dismissed and the response stands. [scope: user-prompts] */
    /* 16. 407: no proxy asks for a password. [scope: authentication] */
    /* 17. 421: wrong connection; once more on a new one, if the body can be sent again. */
    if (whether(&s, "17",
                response->status == 421 && !is_new_connection_fetch &&
                    (is_null(request->body) || !request->body_source_is_null))) {
        /* 17.1. Nobody cancels a simulated fetch. [scope: cancellation] */
        /* 17.2. The same, on a new connection. */
        response = http_network_or_cache_fetch(&s, fetch_params, true);
    }

    /* 18. Authentication entries. [scope: authentication] */
    /* 19. The response. */
    return response;
}
