/* Fetch Standard, section "Fetch API" (https://fetch.spec.whatwg.org/#fetch-api): what the Request
 * and Headers classes and the fetch() method do to what a script asks for, before anything is
 * fetched. The input is a string, never a Request, and init always counts as given: an empty init
 * and one that says nothing have the same effect on a new request. Invariants: a request that comes
 * out of here has its unsafe-request flag set, no forbidden request-header and, in mode "no-cors",
 * none that is not no-CORS-safelisted; what a script may not do ends in a TypeError at the step
 * that throws it. */
#include "engine.h"
#include "tables.h"

/* ---- What the class constructors find in their surroundings ------------------------------- */

/* https://html.spec.whatwg.org/#api-base-url */
struct cors_url api_base_url(const struct cors_client *client)
{
    if (client->creation_url != NULL)
        return *client->creation_url;
    if (client->origin.kind == CORS_ORIGIN_OPAQUE)
        return (struct cors_url){
            .scheme = CORS_BYTES("about"),
            .username = CORS_BYTES(""),
            .password = CORS_BYTES(""),
            .port = CORS_PORT_NULL,
            .has_opaque_path = true,
            .path = CORS_BYTES("blank"),
        };
    return (struct cors_url){
        .scheme = client->origin.scheme,
        .username = CORS_BYTES(""),
        .password = CORS_BYTES(""),
        .host = client->origin.host,
        .port = client->origin.port,
        .path = CORS_BYTES("/"),
    };
}

bool parse_given_url(const struct steps *caller, const struct cors_request *given,
                     struct cors_url *url)
{
    if (given->url != NULL) {
        *url = *given->url;
        return true;
    }
    struct cors_url base_url = api_base_url(given->client);
    return cors_url_parse(url, given->url_string, &base_url, agent_of(caller)->domain_to_ascii,
                          arena_of(caller));
}

struct cors_header_list empty_header_list(size_t capacity, struct cors_arena *arena)
{
    struct cors_header *room = ARENA_NEW(arena, struct cors_header, capacity);
    return (struct cors_header_list){.at = room, .capacity = room == NULL ? 0 : capacity};
}

/* ---- Headers ------------------------------------------------------------------------------ */

/* The guards that a Request's headers can have. */
enum guard { GUARD_REQUEST, GUARD_REQUEST_NO_CORS };

struct headers {
    struct cors_header_list *header_list;
    enum guard guard;
};

enum validity { VALIDITY_THROWN = 0, VALIDITY_FALSE, VALIDITY_TRUE };

/* https://fetch.spec.whatwg.org/#headers-validate */
static enum validity validate(const struct steps *caller, struct cors_bytes name,
                              struct cors_bytes value, const struct headers *headers)
{
    struct steps s = begin(caller, "headers-validate");

    /* 1. What cannot stand in a message: a TypeError. */
    let(&s, "1", "name", name);
    if (when(&s, "1", !cors_is_header_name(name) || !cors_is_header_value(value)))
        return VALIDITY_THROWN;

    /* 2. Nobody appends to an immutable list. [scope: headers-guards] */
    /* 3. What only the browser may say is dropped without a word. */
    if (whether(&s, "3",
                headers->guard == GUARD_REQUEST &&
                    is_forbidden_request_header(&s, name, value, arena_of(&s))))
        return VALIDITY_FALSE;

    /* 4. These are no response's headers. [scope: headers-guards] */
    /* 5. The header may go in. */
    return VALIDITY_TRUE;
}

/* https://fetch.spec.whatwg.org/#concept-headers-remove-privileged-no-cors-request-headers */
static void remove_privileged(const struct steps *caller, struct headers *headers)
{
    struct steps s = begin(caller, "headers-remove-privileged-no-cors-request-headers");

    /* 1. For each of the names: */
    for (size_t i = 0; i < privileged_no_cors_request_header_name_count; i++) {
        /* 1.1. a script changed the list, so what the browser put there is gone. */
        cors_header_list_delete(headers->header_list, privileged_no_cors_request_header_names[i],
                                arena_of(&s));
    }
}

/* https://fetch.spec.whatwg.org/#concept-headers-append: false if it throws. */
static bool headers_append(const struct steps *caller, struct headers *headers,
                           struct cors_bytes name, struct cors_bytes potential_value)
{
    struct steps s = begin(caller, "headers-append");
    const bool no_cors = headers->guard == GUARD_REQUEST_NO_CORS;

    /* 1. Without the whitespace around it. */
    struct cors_bytes value = cors_normalize_header_value(potential_value);
    show(&s, "1", "value", value);

    /* 2. A header that may not go in is dropped. */
    enum validity validity = validate(&s, name, value, headers);
    if (whether(&s, "2", validity != VALIDITY_TRUE))
        return validity != VALIDITY_THROWN;

    /* 3. Without CORS only what an HTML form could send as well goes in: */
    if (whether(&s, "3", no_cors)) {
        /* 3.1. what there is by that name already, */
        struct cors_bytes temporary_value =
            cors_header_list_get(headers->header_list, name, arena_of(&s));

        /* 3.2. or nothing yet, */
        if (whether(&s, "3.2", is_null(temporary_value)))
            temporary_value = value;

        /* 3.3. counts together with the new value; */
        else
            temporary_value = BYTES_CONCAT(arena_of(&s), temporary_value, CORS_BYTES(", "), value);

        /* 3.4. if the whole is not safelisted, the header is dropped. */
        if (whether(&s, "3.4",
                    !is_no_cors_safelisted_request_header(&s, name, temporary_value, arena_of(&s))))
            return true;
    }

    /* 4. The header goes in. */
    cors_header_list_append(headers->header_list, name, value, arena_of(&s));

    /* 5. Without CORS a script's change drops what the browser put there. */
    if (whether(&s, "5", no_cors))
        remove_privileged(&s, headers);
    return true;
}

/* https://fetch.spec.whatwg.org/#concept-headers-fill: false if it throws. */
static bool headers_fill(const struct steps *caller, struct headers *headers,
                         const struct cors_header_list *object)
{
    struct steps s = begin(caller, "headers-fill");

    /* 1. In the order in which the script gives them: */
    for (size_t i = 0; i < object->count; i++) {
        /* 1.1. each is a name and a value; [scope: web-idl] */
        /* 1.2. append it. */
        if (!headers_append(&s, headers, object->at[i].name, object->at[i].value))
            return false;
    }

    /* 2. An object's properties come as such a sequence too. [scope: web-idl] */
    return true;
}

/* ---- new Request(input, init) ------------------------------------------------------------- */

/* https://fetch.spec.whatwg.org/#dom-request step 5: false if it throws. */
static bool take_input(const struct steps *s, const struct cors_request *given,
                       struct request *request)
{
    struct cors_url parsed_url;

    /* 5.1. A relative URL counts from the page's. */
    const bool parsed = parse_given_url(s, given, &parsed_url);
    let(s, "5.1", "input", given->url_string);

    /* 5.2. No URL: a TypeError. */
    if (when(s, "5.2", !parsed))
        return false;

    /* 5.3. A name or a password in the URL: a TypeError. */
    if (when(s, "5.3", cors_url_includes_credentials(&parsed_url)))
        return false;

    /* 5.4. A request for that URL and nothing else. */
    request->url_list[0] = parsed_url;
    request->url_origins[0] =
        cors_url_origin(&parsed_url, agent_of(s)->domain_to_ascii, arena_of(s));
    request->url_count = 1;

    /* 5.5. A script's request is "cors" unless it says otherwise; step 16 comes back to it. */
    return true;
}

/* https://fetch.spec.whatwg.org/#dom-request step 12 */
static void make_new_request(const struct cors_request *given, struct request *request)
{
    *request = (struct request){
        .url_list = request->url_list,
        .url_origins = request->url_origins,
        .url_count = request->url_count,
        .method = CORS_BYTES("GET"),
        .unsafe_request = true,
        .client = given->client,
        .mode = CORS_MODE_NO_CORS,
        .local_urls_only = given->local_urls_only,
        .use_cors_preflight = given->use_cors_preflight,
    };
}

/* https://fetch.spec.whatwg.org/#dom-request step 14 */
static void take_referrer(const struct steps *s, const struct cors_request *given,
                          const struct cors_origin *origin, struct request *request)
{
    /* 14.1. What the script names. */
    const struct cors_url *referrer = given->referrer_url;

    /* 14.2. The empty string: none. */
    if (whether(s, "14.2", given->referrer == CORS_REFERRER_NO_REFERRER)) {
        request->referrer = CORS_REFERRER_NO_REFERRER;
    } else {
        /* 14.3. Otherwise a URL, */
        /* 14.3.1. which was parsed by the caller, */
        /* 14.3.2. and is not failure. [scope: parsed-referrer] */
        struct cors_origin referrer_origin =
            cors_url_origin(referrer, agent_of(s)->domain_to_ascii, arena_of(s));

        /* 14.3.3. about:client, and any other origin, mean the page's own address. */
        if (whether(s, "14.3.3",
                    (bytes_equal(referrer->scheme, CORS_BYTES("about")) &&
                     bytes_equal(referrer->path, CORS_BYTES("client"))) ||
                        !cors_same_origin(&referrer_origin, origin))) {
            request->referrer = CORS_REFERRER_CLIENT;
        } else {
            /* 14.3.4. Within its own origin a page may name any URL. */
            request->referrer = CORS_REFERRER_URL;
            request->referrer_url = *referrer;
        }
    }
}

/* https://fetch.spec.whatwg.org/#dom-request steps 15 to 24: false if they throw. */
static bool take_modes(const struct steps *s, const struct cors_request *given,
                       struct request *request)
{
    /* 15. A referrer policy of its own, if given. */
    request->referrer_policy = given->referrer_policy;
    if (given->referrer == CORS_REFERRER_NO_REFERRER &&
        request->referrer_policy != CORS_REFERRER_POLICY_NO_REFERRER &&
        deviates(s, CORS_DEV_NO_REFERRER_IS_A_POLICY))
        request->referrer_policy = CORS_REFERRER_POLICY_NO_REFERRER;

    /* 16. The mode, if given; otherwise "cors". */
    const enum cors_mode mode = given->mode == CORS_MODE_DEFAULT ? CORS_MODE_CORS : given->mode;

    about_nothing(s);

    /* 17. A script does not navigate by fetching: a TypeError. */
    if (when(s, "17", mode == CORS_MODE_NAVIGATE))
        return false;

    /* 18. There is a mode, as the input is a string. */
    request->mode = mode;

    /* 19. The credentials mode, if given. */
    request->credentials_mode = given->credentials_mode;

    /* 20. The cache mode, if given. */
    request->cache_mode = given->cache_mode;

    /* 21. Whether another origin's response is in the cache is no script's business: a TypeError.
     */
    if (when(s, "21",
             request->cache_mode == CORS_CACHE_ONLY_IF_CACHED &&
                 request->mode != CORS_MODE_SAME_ORIGIN))
        return false;

    /* 22. The redirect mode, if given. */
    request->redirect_mode = given->redirect_mode;

    /* 23. Subresource Integrity. [scope: integrity] */
    /* 24. Whether the request outlives the page, if given. */
    request->keepalive = given->keepalive;
    return true;
}

/* https://fetch.spec.whatwg.org/#dom-request step 25: false if it throws. */
static bool take_method(const struct steps *s, const struct cors_request *given,
                        struct request *request)
{
    /* 25.1. As the script spells it. */
    struct cors_bytes method = let(s, "25.1", "method", given->method);

    /* 25.2. No token, or one of the three that no script may use: a TypeError. */
    if (when(s, "25.2", !cors_is_method(method) || cors_is_forbidden_method(method)))
        return false;

    /* 25.3. Six of them are upper-cased, `patch` is not one of these. */
    method = cors_normalize_method(method);

    /* 25.4. That is the method. */
    request->method = method;
    return true;
}

/* https://fetch.spec.whatwg.org/#dom-request steps 31 to 33: false if they throw. */
static bool take_headers(const struct steps *s, const struct cors_request *given,
                         struct request *request, struct headers *headers)
{
    /* 31. The script's view of the header list, under a guard. */
    *headers = (struct headers){.header_list = &request->header_list, .guard = GUARD_REQUEST};

    /* 32. Without CORS a request must look like one that HTML can make: */
    if (whether(s, "32", request->mode == CORS_MODE_NO_CORS)) {
        /* 32.1. any method but GET, HEAD and POST: a TypeError; */
        if (when(s, "32.1", !cors_is_cors_safelisted_method(request->method)))
            return false;

        /* 32.2. and a stricter guard. */
        headers->guard = GUARD_REQUEST_NO_CORS;
    }

    /* 33. Every header passes the guard: */
    /* 33.1. those that there are, which is none, */
    /* 33.2. or those that the script gives, */
    /* 33.3. into an emptied list, */
    /* 33.4. one by one out of another Headers object, [scope: web-idl] */
    /* 33.5. or out of the script's own. */
    return headers_fill(s, headers, &given->headers);
}

/* https://fetch.spec.whatwg.org/#dom-request steps 34 to 37: false if they throw. */
static bool take_body(const struct steps *s, const struct cors_request *given,
                      struct request *request, struct headers *headers)
{
    const bool body_exists = !is_null(given->body) || given->body_is_stream;

    /* 34. A string brings no body along. */
    /* 35. A body where none can be: a TypeError. */
    let(s, "35", "method", request->method);
    if (when(s, "35",
             body_exists && (bytes_equal(request->method, CORS_BYTES("GET")) ||
                             bytes_equal(request->method, CORS_BYTES("HEAD")))))
        return false;

    about_nothing(s);

    /* 36. There is no body yet. */
    request->body = null_bytes();

    /* 37. A body, if given: */
    if (whether(s, "37", body_exists)) {
        /* 37.1. its bytes and its type; a stream that should outlive the page: a TypeError; */
        if (when(s, "37.1", given->body_is_stream && request->keepalive))
            return false;

        /* 37.2. the bytes are the body; */
        request->body = is_null(given->body) ? CORS_BYTES("") : given->body;
        request->body_source_is_null = given->body_is_stream;

        /* 37.3. the type, */
        struct cors_bytes type = given->body_is_stream ? null_bytes() : given->body_type;

        /* 37.4. if there is one, goes into the headers unless the script named its own. */
        if (whether(s, "37.4",
                    !is_null(type) && !cors_header_list_contains(headers->header_list,
                                                                 CORS_BYTES("Content-Type")))) {
            if (headers->guard == GUARD_REQUEST_NO_CORS &&
                !cors_is_no_cors_safelisted_request_header(CORS_BYTES("Content-Type"), type,
                                                           arena_of(s)) &&
                deviates(s, CORS_DEV_NO_CORS_BODY_KEEPS_ITS_TYPE)) {
                cors_header_list_append(headers->header_list, CORS_BYTES("Content-Type"), type,
                                        arena_of(s));
                return true;
            }
            return headers_append(s, headers, CORS_BYTES("Content-Type"), type);
        }
    }
    return true;
}

/* https://fetch.spec.whatwg.org/#dom-request steps 38 and 39: false if they throw. */
static bool check_body(const struct steps *s, struct request *request)
{
    /* 38. Only init can have brought a body. */
    /* 39. A streamed body can be sent only once: */
    if (whether(s, "39", !is_null(request->body) && request->body_source_is_null)) {
        /* 39.1. the script must know that it is sent before the answer; [scope: duplex] */
        /* 39.2. without CORS: a TypeError; */
        if (when(s, "39.2",
                 request->mode != CORS_MODE_SAME_ORIGIN && request->mode != CORS_MODE_CORS))
            return false;

        /* 39.3. and the server is asked first, as no form could send it. */
        request->use_cors_preflight = true;
    }
    return true;
}

/* https://fetch.spec.whatwg.org/#dom-request: false if it throws. */
static bool new_request(const struct steps *caller, const struct cors_request *given,
                        struct request *request)
{
    struct steps s = begin(caller, "dom-request");
    struct headers headers;

    /* 1. There is no request yet. */
    /* 2. And no mode for it. */
    /* 3. The page's URL is what relative ones count from. */
    /* 4. Nothing can abort it. */
    /* 5. The input is a string: */
    if (!take_input(&s, given, request))
        return false;

    /* 6. It is not another Request. [scope: request-input] */
    /* 7. The page's origin. */
    const struct cors_origin *origin = &given->client->origin;

    /* 8. Whom to prompt. [scope: user-prompts] */
    /* 9. The same as another request. [scope: user-prompts] */
    /* 10. No window but null can be given. [scope: user-prompts] */
    /* 11. Nobody to prompt. [scope: user-prompts] */
    /* 12. A request of the page's own, for which unsafe methods and headers count. */
    make_new_request(given, request);

    /* 13. What a service worker passes on. [scope: request-input] */
    /* 14. A referrer, if given. */
    if (whether(&s, "14", given->referrer != CORS_REFERRER_CLIENT))
        take_referrer(&s, given, origin, request);
    if (!take_modes(&s, given, request))
        return false;

    /* 25. A method, if given. */
    if (whether(&s, "25", !is_null(given->method)) && !take_method(&s, given, request))
        return false;

    /* 26. A signal, if given. [scope: abort] */
    /* 27. A priority, if given. [scope: priority] */
    /* 28. That is the request so far; its header list is still empty. */
    request->header_list = empty_header_list(given->headers.count + 16, arena_of(&s));

    /* 29. Its signals. [scope: abort] */
    /* 30. What aborts it. [scope: abort] */
    if (!take_headers(&s, given, request, &headers))
        return false;
    if (!take_body(&s, given, request, &headers))
        return false;
    if (!check_body(&s, request))
        return false;

    /* 40. That is the body. */
    /* 41. It does not come out of another Request. [scope: request-input] */
    /* 42. The request has it already. */
    return true;
}

/* https://fetch.spec.whatwg.org/#dom-global-fetch */
bool fetch_api_request(const struct steps *caller, const struct cors_request *given,
                       struct request *request)
{
    struct steps s = begin(caller, "dom-global-fetch");

    /* 1. The promise; it is the outcome. [scope: event-loop] */
    /* 2. What cannot be a request rejects it. */
    if (whether(&s, "2", !new_request(&s, given, request)))
        return false;

    /* 3. What can is handed back, to be fetched. */
    /* 4. Unless it was aborted already. [scope: abort] */
    /* 5. Where it is called. [scope: service-workers] */
    /* 6. A service worker's own requests pass by it. [scope: service-workers] */
    /* 7. The script's view of the response. [scope: event-loop] */
    /* 8. Where that lives. [scope: event-loop] */
    /* 9. Nobody aborted it. [scope: abort] */
    /* 10. There is nothing to abort yet. [scope: abort] */
    /* 11. What aborting does. [scope: abort] */
    /* 12. The caller fetches; a network error is the promise's TypeError. [scope: event-loop] */
    /* 13. The promise; it is the outcome. [scope: event-loop] */
    return true;
}
