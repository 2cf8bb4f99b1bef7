/* Fetch Standard, section "CORS-preflight fetch"
 * (https://fetch.spec.whatwg.org/#cors-preflight-fetch): the OPTIONS request that asks the server
 * whether it wants the method and the headers. Invariants: the preflight carries no credentials;
 * its response is checked for the request itself, whose credentials mode counts. */
#include "engine.h"

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

    if (request->url_count > 1 && request->first_referrer == CORS_REFERRER_URL &&
        deviates(s, CORS_DEV_PREFLIGHT_HAS_THE_FIRST_REFERRER)) {
        preflight->referrer = request->first_referrer;
        preflight->referrer_url = request->first_referrer_url;
    }

    /* 2. Any content will do. */
    cors_header_list_append(&preflight->header_list, CORS_BYTES("Accept"), CORS_BYTES("*/*"),
                            arena);

    /* 3. The method that is wanted. */
    cors_header_list_append(&preflight->header_list, CORS_BYTES("Access-Control-Request-Method"),
                            request->method, arena);

    /* 4. The header names that a form could not have sent. */
    struct cors_values headers = cors_unsafe_request_header_names(s, asked_headers(request), arena);

    /* 5. If there are any, they are asked for too. */
    if (whether(s, "5", headers.count > 0)) {
        /* 5.1. With commas between them and no spaces. */
        struct cors_bytes value = bytes_join(headers.at, headers.count, CORS_BYTES(","), arena);

        /* 5.2. As Access-Control-Request-Headers. */
        cors_header_list_append(&preflight->header_list,
                                CORS_BYTES("Access-Control-Request-Headers"), value, arena);
    }
}

static bool method_is_refused(const struct request *request, const struct cors_values *methods)
{
    return !values_contain(methods, request->method) &&
           !cors_is_cors_safelisted_method(request->method) &&
           (request->credentials_mode == CORS_CREDENTIALS_INCLUDE ||
            !values_contain(methods, CORS_BYTES("*")));
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
    if (when(s, "7.5", method_is_refused(request, methods)))
        return true;

    /* 7.6. Authorization must be listed by name, whatever `*` allows. */
    for (size_t i = 0; i < asked_headers(request)->count; i++) {
        struct cors_bytes name = asked_headers(request)->at[i].name;
        let(s, "7.6", values_contain(header_names, CORS_BYTES("*")) ? "name beside *" : "name",
            name);
        if (when(s, "7.6",
                 is_cors_non_wildcard_request_header_name(name) &&
                     !values_contain_insensitively(header_names, name) &&
                     !(!include && values_contain(header_names, CORS_BYTES("*")) &&
                       deviates(s, CORS_DEV_AUTHORIZATION_COVERED_BY_WILDCARD))))
            return true;
    }

    /* 7.7. A header name that is not listed; `*` lists all, but not with credentials. */
    struct cors_values unsafe_names =
        cors_unsafe_request_header_names(s, asked_headers(request), arena_of(s));
    for (size_t i = 0; i < unsafe_names.count; i++) {
        let(s, "7.7", "unsafeName", unsafe_names.at[i]);
        if (when(s, "7.7",
                 !values_contain_insensitively(header_names, unsafe_names.at[i]) &&
                     (include || !values_contain(header_names, CORS_BYTES("*")))))
            return true;
    }
    return false;
}

/* For how long a server's answer holds. */
struct max_age {
    uint64_t seconds;
    bool unusable; /* it is not to be remembered at all */
};

/* What browsers take for an integer: perhaps a sign, then digits, within 64 bits. Less than nothing
 * is nothing. */
static bool is_signed_integer(struct cors_bytes value, uint64_t *number)
{
    const bool has_sign = value.len > 0 && (value.at[0] == '-' || value.at[0] == '+');
    const bool negative = has_sign && value.at[0] == '-';
    const struct cors_bytes digits = bytes_slice(value, has_sign, value.len);
    for (size_t i = 0; i < digits.len; i++)
        if (!is_ascii_digit(digits.at[i]))
            return false;
    const uint64_t magnitude = parse_delta_seconds(digits);
    *number = negative ? 0 : magnitude;
    return digits.len > 0 && magnitude <= (uint64_t)INT64_MAX + negative;
}

/* https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 steps 7.8 to 7.10 */
static struct max_age extract_max_age(const struct steps *s, const struct response *response)
{
    static const struct cors_bytes name = {"Access-Control-Max-Age", 22};
    struct max_age max_age = {0};

    /* 7.8. Null, failure or a number. */
    struct cors_values values =
        extract_header_list_values(s, name, &response->header_list, arena_of(s));
    bool found = values.kind == CORS_VALUES_LIST;
    if (found)
        max_age.seconds = parse_delta_seconds(values.at[0]);
    const struct cors_bytes value = cors_header_list_get(&response->header_list, name, arena_of(s));
    if ((values.kind == CORS_VALUES_FAILURE || max_age.seconds > INT64_MAX) &&
        deviates(s, CORS_DEV_MAX_AGE_IS_SIGNED))
        found = is_signed_integer(value, &max_age.seconds);

    /* 7.9. Nothing that can be read as seconds: five. */
    if (!found && value.len > 0 && deviates(s, CORS_DEV_UNREADABLE_MAX_AGE_IS_NOT_KEPT))
        max_age.unusable = true;
    if (whether(s, "7.9", !found))
        max_age.seconds = constants_of(s)->max_age_default;

    /* 7.10. Not longer than this user agent is willing to. */
    uint64_t limit = agent_of(s)->max_age_limit;
    if (limit == 0)
        limit = constants_of(s)->max_age_cap;
    if (whether(s, "7.10", max_age.seconds > limit))
        max_age.seconds = limit;
    if (watched(s))
        show(s, "7.10", "max-age", serialize_integer(max_age.seconds, arena_of(s)));
    if (max_age.seconds == 0 && deviates(s, CORS_DEV_MAX_AGE_ZERO_IS_NOT_KEPT))
        max_age.unusable = true;
    return max_age;
}

/* https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 step 7.11: whether this browser's cache
 * does without the answer. */
static bool is_not_kept(const struct steps *s, const struct request *request)
{
    const uint64_t limit = constants_of(s)->cache_url_limit;
    if (limit != CORS_NO_LIMIT &&
        cors_url_serialize(current_url_of(request), CORS_URL_WITH_FRAGMENT, arena_of(s)).len >
            limit)
        return true;
    return request->cache_mode == CORS_CACHE_NO_STORE &&
           deviates(s, CORS_DEV_NO_STORE_PREFLIGHT_IS_NOT_KEPT);
}

/* https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 steps 7.12 to 7.15 */
static void remember(const struct steps *s, const struct request *request, uint64_t max_age,
                     const struct cors_values *methods, const struct cors_values *header_names)
{
    begin_cache_entry(s, request, max_age);

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
    if (when(s, "7.3",
             failed_methods || (header_names.kind == CORS_VALUES_FAILURE &&
                                !(method_is_refused(request, &methods) &&
                                  deviates(s, CORS_DEV_METHOD_IS_CHECKED_BEFORE_HEADER_NAMES)))))
        return network_error(s);

    /* 7.4. A preflight that was only due to an upload listener allows the method by itself. */
    if (whether(s, "7.4",
                methods.kind == CORS_VALUES_NULL && request->use_cors_preflight &&
                    !deviates(s, CORS_DEV_FORCED_PREFLIGHT_ALLOWS_NO_METHOD)))
        methods = (struct cors_values){CORS_VALUES_LIST, &request->method, 1};

    const bool refused = preflight_refuses(s, request, &methods, &header_names);
    if (refused && !deviates(s, CORS_DEV_REFUSAL_IS_REMEMBERED))
        return network_error(s);
    const struct max_age max_age = extract_max_age(s, response);

    /* 7.11. Without a cache that is all. */
    if (whether(s, "7.11",
                agent_of(s)->cache == NULL || max_age.unusable || is_not_kept(s, request)))
        return refused ? network_error(s) : response;

    remember(s, request, max_age.seconds, &methods, &header_names);

    /* 7.16. The server agrees. */
    return refused ? network_error(s) : response;
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
        const unsigned sets = status_sets(response->status);
        const bool ok = (sets & STATUS_OK) != 0;
        const bool checked =
            (!ok && deviates(&s, CORS_DEV_PREFLIGHT_STATUS_BEFORE_CORS_CHECK)) ||
            ((sets & STATUS_REDIRECT) != 0 &&
             cors_header_list_contains(&response->header_list, CORS_BYTES("Location")) &&
             deviates(&s, CORS_DEV_PREFLIGHT_REDIRECT_BEFORE_CORS_CHECK)) ||
            (cors_same_origin(current_url_origin(request), &request->origin) &&
             deviates(&s, CORS_DEV_PREFLIGHT_AT_HOME_IS_NOT_CHECKED)) ||
            cors_check_steps(&s, request, response) == CHECK_SUCCESS;
        if (checked)
            let(&s, "7", "status", serialize_integer(response->status, arena_of(&s)));
        if (checked && unless(&s, "7", ok))
            response = allowed(&s, request, response);
        else
            /* 8. Otherwise: a network error. */
            response = network_error(&s);
    }
    simulation->preflighting = false;
    return response;
}
