/* Fetch Standard, section "CORS-preflight fetch"
 * (https://fetch.spec.whatwg.org/#cors-preflight-fetch): the OPTIONS request that asks the server
 * whether it wants the method and the headers. Invariants: the preflight carries no credentials;
 * its response is checked for the request itself, whose credentials mode counts. */
#include "fetch.h"
#include "tables.h"

/* https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 steps 1 to 5 */
static void make_preflight(const struct steps *s, const struct request *request,
                           struct request *preflight)
{
    struct cors_arena *arena = arena_of(s);

    /* 1. An OPTIONS request to where the request is going, for the same page. */
    *preflight = (struct request){
        .method = CORS_BYTES("OPTIONS"),
        .url_list = request->url_list,
        .url_origins = request->url_origins,
        .url_count = request->url_count,
        .initiator = request->initiator,
        .destination = request->destination,
        .origin = request->origin,
        .referrer = request->referrer,
        .referrer_url = request->referrer_url,
        .referrer_policy = request->referrer_policy,
        .mode = CORS_MODE_CORS,
        .response_tainting = TAINTING_CORS,
    };

    /* 2. Any content will do. */
    cors_header_list_append(&preflight->header_list, CORS_BYTES("Accept"), CORS_BYTES("*/*"),
                            arena);

    /* 3. The method that is wanted. */
    cors_header_list_append(&preflight->header_list, CORS_BYTES("Access-Control-Request-Method"),
                            request->method, arena);

    /* 4. The header names that a form could not have sent. */
    struct cors_values headers = cors_unsafe_request_header_names(s, &request->header_list, arena);

    /* 5. If there are any, they are asked for too. */
    if (whether(s, "5", headers.count > 0)) {
        /* 5.1. With commas between them and no spaces. */
        struct cors_bytes value = bytes_join(headers.at, headers.count, CORS_BYTES(","), arena);

        /* 5.2. As Access-Control-Request-Headers. */
        cors_header_list_append(&preflight->header_list,
                                CORS_BYTES("Access-Control-Request-Headers"), value, arena);
    }
}

/* https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 steps 7.5 to 7.7: whether the server does
 * not allow the method, or one of the headers. */
static bool preflight_refuses(const struct steps *s, const struct request *request,
                              const struct cors_values *methods,
                              const struct cors_values *header_names)
{
    const bool include = request->credentials_mode == CORS_CREDENTIALS_INCLUDE;

    /* 7.5. A method that is neither safelisted nor listed; `*` lists all, but not with
     * credentials. */
    let(s, "7.5", "method", request->method);
    if (when(s, "7.5",
             !values_contain(methods, request->method) &&
                 !cors_is_cors_safelisted_method(request->method) &&
                 (include || !values_contain(methods, CORS_BYTES("*")))))
        return true;

    /* 7.6. Authorization must be listed by name, whatever `*` allows. */
    for (size_t i = 0; i < request->header_list.count; i++) {
        struct cors_bytes name = request->header_list.at[i].name;
        let(s, "7.6", values_contain(header_names, CORS_BYTES("*")) ? "name beside *" : "name",
            name);
        if (when(s, "7.6",
                 is_cors_non_wildcard_request_header_name(name) &&
                     !values_contain_insensitively(header_names, name)))
            return true;
    }

    /* 7.7. A header name that is not listed; `*` lists all, but not with credentials. */
    struct cors_values unsafe_names =
        cors_unsafe_request_header_names(s, &request->header_list, arena_of(s));
    for (size_t i = 0; i < unsafe_names.count; i++) {
        let(s, "7.7", "unsafeName", unsafe_names.at[i]);
        if (when(s, "7.7",
                 !values_contain_insensitively(header_names, unsafe_names.at[i]) &&
                     (include || !values_contain(header_names, CORS_BYTES("*")))))
            return true;
    }
    return false;
}

/* https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 steps 7.8 to 7.10: for how long the
 * server's answer holds, in seconds. */
static uint64_t extract_max_age(const struct steps *s, const struct response *response)
{
    /* 7.8. Null, failure or a number. */
    struct cors_values values = extract_header_list_values(s, CORS_BYTES("Access-Control-Max-Age"),
                                                           &response->header_list, arena_of(s));
    uint64_t max_age = 0;
    if (values.kind == CORS_VALUES_LIST)
        max_age = parse_delta_seconds(values.at[0]);

    /* 7.9. Nothing that can be read as seconds: five. */
    if (whether(s, "7.9", values.kind != CORS_VALUES_LIST))
        max_age = 5;

    /* 7.10. Not longer than this user agent is willing to. */
    const uint64_t limit = agent_of(s)->max_age_limit;
    if (whether(s, "7.10", limit != 0 && max_age > limit))
        max_age = limit;
    if (watched(s))
        show(s, "7.10", "max-age", serialize_integer(max_age, arena_of(s)));
    return max_age;
}

/* https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 steps 7.12 to 7.15 */
static void remember(const struct steps *s, const struct request *request, uint64_t max_age,
                     const struct cors_values *methods, const struct cors_values *header_names)
{
    /* 7.12. A method that is already in the cache has the max-age that was said now. */
    for (size_t i = 0; i < methods->count; i++)
        whether(s, "7.12", method_cache_entry_match(s, methods->at[i], request, &max_age));

    /* 7.13. A method that is not in the cache is added. */
    for (size_t i = 0; i < methods->count; i++)
        if (whether(s, "7.13", !method_cache_entry_match(s, methods->at[i], request, NULL)))
            create_a_new_cache_entry(s, request, max_age, methods->at[i], null_bytes());

    /* 7.14. A header name that is already in the cache has the max-age that was said now. */
    for (size_t i = 0; i < header_names->count; i++)
        whether(s, "7.14",
                header_name_cache_entry_match(s, header_names->at[i], request, &max_age));

    /* 7.15. A header name that is not in the cache is added. */
    for (size_t i = 0; i < header_names->count; i++)
        if (whether(s, "7.15",
                    !header_name_cache_entry_match(s, header_names->at[i], request, NULL)))
            create_a_new_cache_entry(s, request, max_age, null_bytes(), header_names->at[i]);
}

/* https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 step 7 */
static struct response *allowed(const struct steps *s, const struct request *request,
                                struct response *response)
{
    /* 7.1. The methods that the server names: null, failure or a list. */
    struct cors_values methods = extract_header_list_values(
        s, CORS_BYTES("Access-Control-Allow-Methods"), &response->header_list, arena_of(s));

    /* 7.2. The header names: null, failure or a list. */
    struct cors_values header_names = extract_header_list_values(
        s, CORS_BYTES("Access-Control-Allow-Headers"), &response->header_list, arena_of(s));

    /* 7.3. A list that cannot be parsed allows nothing: a network error. */
    const bool failed_methods = methods.kind == CORS_VALUES_FAILURE;
    let(s, "7.3", failed_methods ? "methods" : "headerNames",
        cors_header_list_get(&response->header_list,
                             failed_methods ? CORS_BYTES("Access-Control-Allow-Methods")
                                            : CORS_BYTES("Access-Control-Allow-Headers"),
                             arena_of(s)));
    if (when(s, "7.3", failed_methods || header_names.kind == CORS_VALUES_FAILURE))
        return network_error(s);

    /* 7.4. A preflight that was only due to an upload listener allows the method by itself. */
    if (whether(s, "7.4", methods.kind == CORS_VALUES_NULL && request->use_cors_preflight))
        methods = (struct cors_values){CORS_VALUES_LIST, &request->method, 1};

    if (preflight_refuses(s, request, &methods, &header_names))
        return network_error(s);
    const uint64_t max_age = extract_max_age(s, response);

    /* 7.11. Without a cache that is all. */
    if (whether(s, "7.11", agent_of(s)->cache == NULL))
        return response;

    remember(s, request, max_age, &methods, &header_names);

    /* 7.16. The server agrees. */
    return response;
}

/* https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 */
struct response *cors_preflight_fetch(const struct steps *caller, struct request *request)
{
    struct steps s = begin(caller, "cors-preflight-fetch");
    struct simulation *simulation = s.simulation;
    struct request preflight;
    make_preflight(&s, request, &preflight);

    /* 6. The server's answer. A network error has no headers to check. */
    simulation->preflighting = true;
    struct response *response =
        http_network_or_cache_fetch(&s, &(struct fetch_params){.request = &preflight}, false);

    /* 7. The server must let the page read the answer, for the request itself, and answer with an
     * ok status. */
    if (!is_network_error(response)) {
        const bool checked = cors_check_steps(&s, request, response) == CHECK_SUCCESS;
        if (checked)
            let(&s, "7", "status", serialize_integer(response->status, arena_of(&s)));
        if (checked && unless(&s, "7", (status_sets(response->status) & STATUS_OK) != 0))
            response = allowed(&s, request, response);
        else
            /* 8. Otherwise: a network error. */
            response = network_error(&s);
    }
    simulation->preflighting = false;
    return response;
}
