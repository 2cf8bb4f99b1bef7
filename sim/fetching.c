/* Fetch Standard, section "Fetching" (https://fetch.spec.whatwg.org/#fetching): the way in, and the
 * library's one entry point around it. Invariant: whatever happens inside, the caller gets an
 * outcome that names its deciding step, or CORS_NO_MEMORY and an outcome that is all zeros. */
#include "engine.h"

/* https://fetch.spec.whatwg.org/#populate-request-from-client */
static void populate_request_from_client(const struct steps *caller, struct request *request)
{
    struct steps s = begin(caller, "populate-request-from-client");

    /* 1. Whom to prompt. [scope: user-prompts] */
    /* 2. The origin is still "client", as every entry point leaves it. */
    /* 2.1. There is a client. */
    /* 2.2. The request speaks for the page's origin. */
    request->origin = request->client->origin;
    if (watched(&s))
        show(&s, "2.2", "origin", cors_origin_serialize(&request->origin, arena_of(&s)));

    /* 3. The policy container is the client's. [scope: policy-container] */
}

/* https://fetch.spec.whatwg.org/#concept-fetch step 12.3: the value of Accept for a destination, or
 * null where the standard names none. */
static struct cors_bytes accept_for_destination(enum cors_destination destination)
{
    switch (destination) {
    /* 12.3.a. Documents, in whatever frame, ask for pages before images. */
    case CORS_DESTINATION_DOCUMENT:
    case CORS_DESTINATION_FRAME:
    case CORS_DESTINATION_IFRAME:
        return CORS_BYTES("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
    /* 12.3.b. Images ask for images. */
    case CORS_DESTINATION_IMAGE:
        return CORS_BYTES("image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5");
    /* 12.3.c. JSON modules ask for JSON. */
    case CORS_DESTINATION_JSON:
        return CORS_BYTES("application/json,*/*;q=0.5");
    /* 12.3.d. Style sheets ask for CSS. */
    case CORS_DESTINATION_STYLE:
        return CORS_BYTES("text/css,*/*;q=0.1");
    /* 12.3.e. Text modules ask for text. */
    case CORS_DESTINATION_TEXT:
        return CORS_BYTES("text/plain,*/*;q=0.5");
    default:
        return null_bytes();
    }
}

/* https://fetch.spec.whatwg.org/#concept-fetch */
struct response *fetch(const struct steps *caller, struct request *request)
{
    struct steps s = begin(caller, "fetch");

    /* 1. Early hints are for navigations. */
    /* 2. Where tasks would be queued. [scope: event-loop] */
    /* 3. What timers may show. [scope: timing] */
    /* 4. Fill in what the request leaves to its client. */
    populate_request_from_client(&s, request);

    /* 5. The client's global and its isolation. [scope: event-loop] */
    /* 6. A parallel queue. [scope: event-loop] */
    /* 7. The timing info. [scope: timing] */
    /* 8. The fetch params hold the request through all that follows. */
    struct fetch_params fetch_params = {.request = request};

    /* 9. A body given as bytes is a body with a source. */
    /* 10. WebDriver looks at the body. [scope: webdriver] */
    /* 11. A preload may answer. [scope: preload] */
    /* 12. Every request says what it accepts. */
    if (whether(&s, "12",
                !cors_header_list_contains(&request->header_list, CORS_BYTES("Accept")))) {
        /* 12.1. Anything. */
        struct cors_bytes value = CORS_BYTES("*/*");

        /* 12.2. A prefetch asks as a document does. */
        if (whether(&s, "12.2", request->initiator == CORS_INITIATOR_PREFETCH)) {
            value = accept_for_destination(CORS_DESTINATION_DOCUMENT);
        } else {
            /* 12.3. Some destinations prefer some types. */
            struct cors_bytes preferred = accept_for_destination(request->destination);
            if (whether(&s, "12.3", !is_null(preferred)))
                value = preferred;
        }

        /* 12.4. It goes into the request's header list. */
        cors_header_list_append(&request->header_list, CORS_BYTES("Accept"), value, arena_of(&s));
    }

    /* 13. A language that WebDriver emulates. [scope: webdriver] */
    /* 14. The user's languages, unless the script named its own. */
    if (whether(
            &s, "14",
            !is_null(agent_of(&s)->accept_language) &&
                !cors_header_list_contains(&request->header_list, CORS_BYTES("Accept-Language"))))
        cors_header_list_append(&request->header_list, CORS_BYTES("Accept-Language"),
                                agent_of(&s)->accept_language, arena_of(&s));

    /* 15. Priorities. [scope: priority] */
    /* 16. The page's record of its fetches. [scope: fetch-groups] */
    /* 17. Decide what kind of fetch this is. */
    main_fetch(&s, &fetch_params, false);

    /* 18. The controller; what matters here is the response that was handed over. */
    return fetch_params.response;
}

static bool in_range(int value, int last)
{
    return value >= 0 && value <= last;
}

/* What the API has no argument for: some modes of fetch(), streams in XMLHttpRequest. */
static bool is_beyond_its_api(const struct cors_request *request)
{
    if (request->entry == CORS_ENTRY_FETCH_API)
        return request->mode == CORS_MODE_WEBSOCKET || request->mode == CORS_MODE_WEBTRANSPORT;
    return request->entry == CORS_ENTRY_XMLHTTPREQUEST && request->body_is_stream;
}

/* What no caller of the standard could ask for. */
static bool is_bad_request(const struct cors_request *request, const struct cors_agent *agent)
{
    if (agent->server.answer == NULL || request->client == NULL)
        return true;
    if (request->url == NULL && (is_null(request->url_string) || request->entry == CORS_ENTRY_NONE))
        return true;
    if (request->referrer == CORS_REFERRER_URL && request->referrer_url == NULL)
        return true;
    if (request->entry == CORS_ENTRY_NONE && !is_null(request->method) &&
        !cors_is_method(request->method))
        return true;
    if (is_beyond_its_api(request))
        return true;
    return !(in_range((int)request->entry, CORS_ENTRY_NONE) &&
             in_range((int)request->mode, CORS_MODE_WEBTRANSPORT) &&
             in_range((int)request->credentials_mode, CORS_CREDENTIALS_INCLUDE) &&
             in_range((int)request->redirect_mode, CORS_REDIRECT_MANUAL) &&
             in_range((int)request->cache_mode, CORS_CACHE_ONLY_IF_CACHED) &&
             in_range((int)request->referrer, CORS_REFERRER_URL) &&
             in_range((int)request->referrer_policy, CORS_REFERRER_POLICY_UNSAFE_URL) &&
             in_range((int)request->destination, CORS_DESTINATION_XSLT) &&
             in_range((int)request->initiator, CORS_INITIATOR_XSLT) &&
             in_range((int)agent->engine, CORS_ENGINE_WEBKIT) &&
             in_range((int)request->client->referrer_policy, CORS_REFERRER_POLICY_UNSAFE_URL) &&
             in_range((int)request->client->embedder_policy, CORS_EMBEDDER_POLICY_CREDENTIALLESS));
}

/* The request of another standard, as it is. */
static bool plain_request(const struct steps *caller, const struct cors_request *given,
                          struct request *request)
{
    *request = (struct request){
        .method = is_null(given->method) ? CORS_BYTES("GET") : given->method,
        .url_list = request->url_list,
        .url_origins = request->url_origins,
        .url_count = 1,
        .local_urls_only = given->local_urls_only,
        .header_list = header_list_clone(&given->headers, 16, arena_of(caller)),
        .unsafe_request = given->unsafe_request,
        .body = given->body,
        .body_source_is_null = given->body_is_stream,
        .client = given->client,
        .keepalive = given->keepalive,
        .initiator = given->initiator,
        .destination = given->destination,
        .referrer = given->referrer,
        .referrer_policy = given->referrer_policy,
        .mode = given->mode == CORS_MODE_DEFAULT ? CORS_MODE_NO_CORS : given->mode,
        .use_cors_preflight = given->use_cors_preflight,
        .credentials_mode = given->credentials_mode,
        .cache_mode = given->cache_mode,
        .redirect_mode = given->redirect_mode,
    };
    if (given->referrer == CORS_REFERRER_URL)
        request->referrer_url = *given->referrer_url;
    request->url_list[0] = *given->url;
    request->url_origins[0] =
        cors_url_origin(given->url, agent_of(caller)->domain_to_ascii, arena_of(caller));
    return true;
}

static bool make_request(const struct steps *caller, const struct cors_request *given,
                         struct request *request)
{
    struct cors_arena *arena = arena_of(caller);
    request->url_list = ARENA_NEW(arena, struct cors_url, REDIRECT_LIMIT + 1);
    request->url_origins = ARENA_NEW(arena, struct cors_origin, REDIRECT_LIMIT + 1);
    if (request->url_list == NULL || request->url_origins == NULL)
        return false;
    switch (given->entry) {
    case CORS_ENTRY_FETCH_API:
        return fetch_api_request(caller, given, request);
    case CORS_ENTRY_XMLHTTPREQUEST:
        return xhr_request(caller, given, request);
    case CORS_ENTRY_NONE:
        break;
    }
    return plain_request(caller, given, request);
}

static enum cors_result result_of(enum response_type type)
{
    switch (type) {
    case RESPONSE_BASIC:
        return CORS_RESULT_BASIC;
    case RESPONSE_CORS:
        return CORS_RESULT_CORS;
    case RESPONSE_OPAQUE:
        return CORS_RESULT_OPAQUE;
    case RESPONSE_OPAQUE_REDIRECT:
        return CORS_RESULT_OPAQUE_REDIRECT;
    case RESPONSE_DEFAULT:
    case RESPONSE_ERROR:
        break;
    }
    return CORS_RESULT_NETWORK_ERROR;
}

/* What script sees of the response, through its filter. */
static void describe(struct cors_outcome *outcome, const struct response *response,
                     const struct request *request)
{
    outcome->result = result_of(response->type);
    outcome->readable = outcome->result == CORS_RESULT_BASIC || outcome->result == CORS_RESULT_CORS;
    if (outcome->readable) {
        outcome->status = response->status;
        outcome->status_message = response->status_message;
        outcome->headers = response->header_list;
        outcome->body = response->internal->body;
        outcome->url = response_url(response->internal);
        outcome->redirected = response->internal->url_count > 1;
    } else if (outcome->result == CORS_RESULT_OPAQUE_REDIRECT) {
        outcome->url = current_url_of(request);
    }
}

enum cors_status cors_fetch(struct cors_outcome *outcome, const struct cors_request *given,
                            struct cors_agent *agent, struct cors_arena *arena)
{
    *outcome = (struct cors_outcome){0};
    if (is_bad_request(given, agent))
        return CORS_BAD_REQUEST;

    struct response error = {.type = RESPONSE_ERROR};
    struct simulation simulation = new_simulation(agent, arena, &error);
    const struct steps top = {&simulation, agent->trace, "corsim", (unsigned)-1};
    struct request request = {0};
    const struct response *response = &error;
    if (make_request(&top, given, &request))
        response = fetch(&top, &request);
    if (arena->exhausted)
        return CORS_NO_MEMORY;

    describe(outcome, response, &request);
    outcome->sent = simulation.sent;
    outcome->preflights = simulation.preflights;
    outcome->algorithm = simulation.algorithm;
    outcome->step = simulation.step;
    outcome->in_preflight = simulation.in_preflight;
    if (outcome->result == CORS_RESULT_NETWORK_ERROR) {
        outcome->error = error_of(&simulation);
        outcome->subject = subject_of(&simulation);
    }
    if (arena->exhausted) { /* naming the error may parse a value as a URL */
        *outcome = (struct cors_outcome){0};
        return CORS_NO_MEMORY;
    }
    return CORS_OK;
}

const char *cors_version(void)
{
    return "0.1.0";
}
