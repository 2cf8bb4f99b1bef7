/* Fetch Standard, sections "HTTP-network-or-cache fetch"
 * (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch) and "HTTP-network fetch": what goes
 * out, with which headers, and the seam to the network, which is the agent's server. Invariant: the
 * server is never called once the arena is exhausted, so that nothing incomplete is ever sent. */
#include "engine.h"
#include "http_cache.h"
#include "url.h"

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

/* The headers as the standard has them: values without whitespace around them, and never null. */
static struct cors_header_list normalized(const struct steps *s,
                                          const struct cors_header_list *given)
{
    struct cors_header_list list = header_list_clone(given, 0, arena_of(s));
    for (size_t i = 0; i < list.count; i++) {
        struct cors_bytes *value = &list.at[i].value;
        if (is_null(*value))
            *value = CORS_BYTES("");
        /* Most values have nothing at their ends that could be whitespace. */
        if (value->len > 0 && (value->at[0] <= ' ' || value->at[value->len - 1] <= ' '))
            *value = cors_normalize_header_value(*value);
        if (s->simulation->engine != 0 && !is_utf8(*value) &&
            deviates(s, CORS_DEV_HEADER_VALUES_ARE_MADE_UTF_8))
            *value = utf8_decode_without_bom(*value, arena_of(s));
    }
    return list;
}

static bool is_one_of(struct cors_bytes name, const struct cors_bytes *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (byte_case_insensitive_match(name, names[i]))
            return true;
    return false;
}

/* Of these Firefox keeps the first only. */
static bool is_singleton(struct cors_bytes name)
{
    static const struct cors_bytes names[] = {
        {"Content-Disposition", 19},
        {"Content-Length", 14},
        {"Location", 8},
        {"Strict-Transport-Security", 25},
    };
    return is_one_of(name, names, sizeof names / sizeof *names);
}

/* Nor do Firefox and Chromium take another value for these than the first. */
static bool is_suspect(struct cors_bytes name)
{
    static const struct cors_bytes names[] = {
        {"Content-Disposition", 19}, {"Content-Length", 14}, {"Location", 8}};
    return is_one_of(name, names, sizeof names / sizeof *names);
}

/* What becomes of a further header of the same name. */
enum further { FURTHER_STAYS, FURTHER_GOES, FURTHER_REPLACES, FURTHER_FAILS };

static enum further further_header(const struct steps *s, const struct request *request,
                                   const struct cors_header *first,
                                   const struct cors_header *further)
{
    if (is_suspect(first->name) && !bytes_equal(first->value, further->value) &&
        deviates(s, CORS_DEV_DIFFERENT_HEADERS_FAIL))
        return FURTHER_FAILS;
    if (is_singleton(first->name) && deviates(s, CORS_DEV_SINGLETON_HEADERS_ARE_NOT_JOINED))
        return is_suspect(first->name) && !bytes_equal(first->value, further->value) ? FURTHER_FAILS
                                                                                     : FURTHER_GOES;
    /* The CORS check wants one header of this name, so that empty ones count too. */
    if (request->response_tainting == TAINTING_CORS &&
        byte_case_insensitive_match(first->name, CORS_BYTES("Access-Control-Allow-Origin")))
        return FURTHER_STAYS;
    if (further->value.len == 0 && deviates(s, CORS_DEV_EMPTY_VALUES_ARE_NOT_JOINED))
        return FURTHER_GOES;
    if (first->value.len == 0 && deviates(s, CORS_DEV_EMPTY_VALUES_ARE_NOT_JOINED))
        return FURTHER_REPLACES;
    return FURTHER_STAYS;
}

/* https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch step 11.2: several headers of
 * one name, as a browser takes them in. False: a network error. */
static bool browser_takes_headers(const struct steps *s, const struct request *request,
                                  struct cors_header_list *list)
{
    enum { MOST = 1024 }; /* each is compared with all others; no browser takes so many */
    size_t kept = 0;
    if (list->count > MOST || sorted_header_names(list, arena_of(s)).count == list->count)
        return true;
    for (size_t i = 0; i < list->count; i++) {
        const size_t first = header_list_find(list, list->at[i].name, 0);
        const enum further further =
            first >= kept ? FURTHER_STAYS
                          : further_header(s, request, &list->at[first], &list->at[i]);
        if (further == FURTHER_FAILS)
            return false;
        if (further == FURTHER_REPLACES)
            list->at[first].value = list->at[i].value;
        if (further == FURTHER_STAYS)
            list->at[kept++] = list->at[i];
    }
    list->count = kept;
    return true;
}

/* Whether Content-Length, in one line or several, names two lengths. */
static bool has_two_lengths(const struct steps *s, const struct cors_header_list *list)
{
    const struct cors_bytes value =
        cors_header_list_get(list, CORS_BYTES("Content-Length"), arena_of(s));
    struct cors_bytes first = null_bytes();
    for (size_t from = 0; from < value.len;) {
        size_t to = from;
        while (to < value.len && value.at[to] != ',')
            to++;
        const struct cors_bytes length = strip_tab_or_space(bytes_slice(value, from, to));
        if (!is_null(first) && !bytes_equal(first, length))
            return true;
        first = length;
        from = to + 1;
    }
    return false;
}

static bool has_nul(const struct cors_header_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (bytes_contain(list->at[i].value, '\0'))
            return true;
    return false;
}

/* What a browser's network library makes of the headers that it sends. */
static struct cors_header_list sent_headers(const struct steps *s, const struct request *request)
{
    struct cors_arena *arena = arena_of(s);
    if (s->simulation->engine == 0)
        return request->header_list;
    struct cors_header_list list = header_list_clone(&request->header_list, 0, arena);
    for (size_t i = 0; i < list.count; i++) {
        const struct cors_bytes name = list.at[i].name;
        const struct cors_bytes value = cors_header_list_get(&list, name, arena);
        const struct cors_bytes stripped = cors_normalize_header_value(value);
        if (stripped.len < value.len && deviates(s, CORS_DEV_SENT_VALUES_ARE_STRIPPED))
            cors_header_list_set(&list, name, stripped, arena);
        if (has_byte_beyond_ascii(list.at[i].value) && deviates(s, CORS_DEV_SENT_VALUES_ARE_UTF_8))
            list.at[i].value = from_latin_1(list.at[i].value, arena);
    }
    return list;
}

/* https://fetch.spec.whatwg.org/#concept-http-network-fetch: connections and streams are the
 * server's; what comes back is a response or a network error. */
struct response *http_network_fetch(const struct steps *caller, struct fetch_params *fetch_params,
                                    bool include_credentials)
{
    struct simulation *simulation = caller->simulation;
    const struct request *request = fetch_params->request;
    struct cors_arena *arena = arena_of(caller);
    struct response *response = ARENA_NEW(arena, struct response, 1);
    if (arena->exhausted)
        return network_error(caller);

    if (simulation->preflighting)
        simulation->preflights++;
    else
        simulation->sent++;
    const struct cors_header_list headers = sent_headers(caller, request);
    const struct cors_network_request message = {
        .preflight = simulation->preflighting,
        .method = request->method,
        .url = current_url_of(request),
        .headers = &headers,
        .body = request->body,
        .include_credentials = include_credentials,
    };
    struct cors_network_response answer = {0};
    const struct cors_server *server = &agent_of(caller)->server;
    if (server->answer(server->context, &message, &answer, arena) != CORS_NETWORK_RESPONSE)
        return network_error(caller);
    *response = (struct response){
        .status = answer.status,
        .status_message = answer.status_message,
        .header_list = normalized(caller, &answer.headers),
        .body = answer.body,
    };
    if (simulation->engine != 0 && has_nul(&response->header_list) &&
        deviates(caller, CORS_DEV_NUL_IN_HEADER_FAILS))
        return network_error(caller);
    if (simulation->engine != 0 && has_two_lengths(caller, &response->header_list) &&
        deviates(caller, CORS_DEV_DIFFERENT_HEADERS_FAIL))
        return network_error(caller);
    if (simulation->engine != 0 &&
        !browser_takes_headers(caller, fetch_params->request, &response->header_list))
        return network_error(caller);
    if (include_credentials)
        parse_and_store_response_set_cookie_headers(caller, request, response);
    else
        leave_set_cookies_out(caller, request, response);
    return arena->exhausted ? network_error(caller) : response;
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

/* The HTTP cache, as far as one fetch has to do with it. */
struct cache_use {
    struct http_cache cache; /* its store is NULL: there is none */
    struct cache_request request;
    struct selection stored_response;
    bool is_for_another; /* the stored response is one that Vary keeps apart: some browsers only */
    bool revalidating_flag;
    bool include_credentials;
};

static struct cache_use use_of_cache(const struct steps *s, const struct request *http_request,
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

/* The stored response, as a response of this fetch. */
static struct response *reuse(const struct steps *s, const struct request *http_request,
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

static void append_validator(const struct steps *s, struct cors_header_list *list,
                             struct cors_bytes name, const struct cache_use *use,
                             struct cors_bytes validator)
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
    use->stored_response = select_stored_response(&use->cache, &use->request);
    if (s->simulation->engine != 0)
        browser_selects(s, use);

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
    return reuse(s, http_request, use);
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

static void keep(const struct steps *s, const struct request *http_request,
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
        !is_null(use->request.key)) {
        invalidate_stored_responses(&use->cache, use->request.key, use->request.url);
        invalidate_what_it_names(s, http_request, use, CORS_BYTES("Location"), forward_response);
        invalidate_what_it_names(s, http_request, use, CORS_BYTES("Content-Location"),
                                 forward_response);
    }

    /* 11.4. The server has nothing newer than what is stored. */
    if (whether(s, "11.4", use->revalidating_flag && status == 304)) {
        /* 11.4.1. The headers that it sent take the place of the stored ones. */
        freshen_stored_response(&use->cache, &use->stored_response, &forward_response->header_list,
                                use->is_for_another ? &http_request->header_list : NULL);

        /* 11.4.2. It is the response, */
        /* 11.4.3. found to be valid. */
        return reuse(s, http_request, use);
    }

    /* 11.5. Otherwise it is the one from the network. */
    /* 11.5.1. That one it is. */
    /* 11.5.2. It is stored, if it may be: no-store means past the cache, and not into it. */
    if (http_request->cache_mode != CORS_CACHE_NO_STORE)
        keep(s, http_request, use, forward_response);
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
