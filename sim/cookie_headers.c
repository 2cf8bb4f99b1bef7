/* Fetch Standard, sections "`Cookie` header" (https://fetch.spec.whatwg.org/#cookie-header) and
 * "`Set-Cookie` header" (https://fetch.spec.whatwg.org/#set-cookie-header), and the log that says
 * which cookie went along, was kept, or was not, and why. Invariants: without a store nothing here
 * happens; the agent's log is written to and never read. */
#include "cookies.h"

#include "headers.h"

void cookie_decided(const struct steps *s, struct cors_cookie_decision decision)
{
    struct cors_cookie_log *log = agent_of(s)->cookie_log;
    if (log == NULL)
        return;
    if (log->count == log->capacity) {
        log->truncated = true;
        return;
    }
    /* What is in the store moves. */
    decision.name = BYTES_CONCAT(arena_of(s), decision.name);
    decision.host = BYTES_CONCAT(arena_of(s), decision.host);
    log->at[log->count++] = decision;
}

/* What the browser is set to do with cookies of other sites. */
static enum cors_third_party_cookies third_party_cookies(const struct steps *s)
{
    const enum cors_third_party_cookies set = agent_of(s)->third_party_cookies;
    if (set != CORS_THIRD_PARTY_COOKIES_BY_ENGINE)
        return set;
    return deviates(s, CORS_DEV_THIRD_PARTY_COOKIES_ARE_PARTITIONED)
               ? CORS_THIRD_PARTY_COOKIES_PARTITION
               : CORS_THIRD_PARTY_COOKIES_ALLOW;
}

/* "https:", or a host that is as good to this browser. */
static bool is_secure_url(const struct steps *s, const struct cors_url *url)
{
    return bytes_equal(url->scheme, CORS_BYTES("https")) ||
           (is_trustworthy_url(s, url) && deviates(s, CORS_DEV_LOCALHOST_IS_SECURE));
}

static struct cookie_context context_of(const struct steps *s, const struct request *request)
{
    const struct simulation *simulation = simulation_of(s);
    struct cookie_context context = {.url = current_url_of(request),
                                     .is_navigation = goes_there(request),
                                     .message = simulation->sent + simulation->preflights};
    if (context.is_navigation)
        context.page_host = &context.url->host;
    else if (request->client != NULL)
        context.page_host = &top_level_origin(request->client)->host;
    context.is_third_party = is_third_party(s, request, &context.partition);
    context.third_party_cookies =
        context.is_third_party ? third_party_cookies(s) : CORS_THIRD_PARTY_COOKIES_ALLOW;
    return context;
}

/* https://fetch.spec.whatwg.org/#append-a-request-cookie-header */
void append_a_request_cookie_header(const struct steps *caller, struct request *request)
{
    if (agent_of(caller)->cookies == NULL)
        return;
    struct steps s = begin(caller, "append-a-request-cookie-header");

    /* 1. A browser without a store has returned already. */
    struct cookie_context context = context_of(&s, request);

    /* 2. For whom the request is made. */
    context.same_site = determine_the_same_site_mode(&s, request);

    /* 3. Whether anybody could listen. */
    context.is_secure = is_secure_url(&s, context.url);

    /* 4. Cookies that scripts may not see go along all the same. */
    /* 5. The cookies, */
    /* 6. if there are any, */
    /* 7. one behind the other. */
    const struct cors_bytes value = retrieve_cookies(&s, &context);
    if (whether(&s, "6", value.len == 0))
        return;

    /* 8. As Cookie. */
    cors_header_list_append(&request->header_list, CORS_BYTES("Cookie"), value, arena_of(&s));
}

/* One header: parsed, and stored or ignored. */
static bool receive(const struct steps *s, struct cors_bytes value,
                    const struct cookie_context *context)
{
    struct received_cookie cookie;
    bool removed = false;
    const char *rule = parse_a_set_cookie_string(s, value, &cookie);
    if (rule == NULL)
        rule = store_a_cookie(s, &cookie, context, &removed);
    const enum cors_cookie_fate fate = rule != NULL ? CORS_COOKIE_REFUSED
                                       : removed    ? CORS_COOKIE_REMOVED
                                                    : CORS_COOKIE_STORED;
    cookie_decided(s, (struct cors_cookie_decision){.fate = fate,
                                                    .message = context->message,
                                                    .name = cookie.name,
                                                    .host = context->url->host.serialized,
                                                    .ends_with_session =
                                                        !cookie.has_max_age && !cookie.has_expires,
                                                    .rule = rule});
    return rule == NULL && !removed;
}

static bool is_set_cookie(const struct cors_header *header)
{
    return byte_case_insensitive_match(header->name, CORS_BYTES("Set-Cookie"));
}

/* https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers */
void parse_and_store_response_set_cookie_headers(const struct steps *caller,
                                                 const struct request *request,
                                                 const struct response *response)
{
    if (agent_of(caller)->cookies == NULL ||
        !cors_header_list_contains(&response->header_list, CORS_BYTES("Set-Cookie")))
        return;
    struct steps s = begin(caller, "parse-and-store-response-set-cookie-headers");

    /* 1. A browser without a store has returned already. */
    struct cookie_context context = context_of(&s, request);
    context.message--; /* the response is of the message that has been sent */

    /* 2. Public suffixes get no cookies. */
    /* 3. Whether anybody could listen. */
    context.is_secure = is_secure_url(&s, context.url);

    /* 4. Cookies that scripts may not see are set, too. */
    /* 5. For whom the request was made. */
    context.same_site = determine_the_same_site_mode(&s, request);

    /* 6. Each header: */
    for (size_t i = 0; i < response->header_list.count; i++) {
        const struct cors_header *header = &response->header_list.at[i];

        /* 6.1. Others set nothing. */
        if (whether(&s, "6.1", !is_set_cookie(header)))
            continue;

        /* 6.2. It is read, and the cookie stored. */
        (void)receive(&s, header->value, &context);

        /* 6.3. Those that have expired go; what is too many went when there was no more room. */
        cookie_store_remove_expired(agent_of(&s)->cookies, agent_of(&s)->now);
    }
}

/* Why credentials are not included. */
static const char *rule_of_credentials(const struct request *request)
{
    if (request->credentials_mode == CORS_CREDENTIALS_OMIT)
        return "credentials-omit";
    return request->credentials_mode == CORS_CREDENTIALS_SAME_ORIGIN &&
                   request->response_tainting != TAINTING_BASIC
               ? "credentials-same-origin"
               : "embedder-policy";
}

static bool nobody_asks(const struct steps *s)
{
    const struct cors_agent *agent = agent_of(s);
    return agent->cookies == NULL || agent->cookie_log == NULL || simulation_of(s)->preflighting;
}

void leave_cookies_out(const struct steps *s, const struct request *request)
{
    if (nobody_asks(s))
        return;
    const struct steps unwatched = {s->simulation, NULL, s->algorithm, s->depth};
    struct cookie_context context = context_of(&unwatched, request);
    context.same_site = determine_the_same_site_mode(&unwatched, request);
    context.is_secure = is_secure_url(&unwatched, context.url);
    withhold_cookies(&unwatched, &context, rule_of_credentials(request));
}

void leave_set_cookies_out(const struct steps *s, const struct request *request,
                           const struct response *response)
{
    if (nobody_asks(s))
        return;
    const struct steps unwatched = {s->simulation, NULL, s->algorithm, s->depth};
    const unsigned message = simulation_of(s)->sent + simulation_of(s)->preflights - 1;
    for (size_t i = 0; i < response->header_list.count; i++) {
        struct received_cookie cookie;
        if (!is_set_cookie(&response->header_list.at[i]))
            continue;
        (void)parse_a_set_cookie_string(&unwatched, response->header_list.at[i].value, &cookie);
        cookie_decided(s, (struct cors_cookie_decision){
                              .fate = CORS_COOKIE_REFUSED,
                              .message = message,
                              .name = cookie.name,
                              .host = current_url_of(request)->host.serialized,
                              .ends_with_session = !cookie.has_max_age && !cookie.has_expires,
                              .rule = rule_of_credentials(request)});
    }
}

/* RFC 6265bis, section 5.7, step 18.3: who goes somewhere takes every cookie that is set there. */
bool cors_cookie_receive(struct cors_agent *agent, const struct cors_url *url,
                         struct cors_bytes set_cookie, struct cors_arena *arena)
{
    struct response error = {.type = RESPONSE_ERROR};
    struct simulation simulation = new_simulation(agent, arena, &error);
    const struct steps top = {&simulation, agent->trace, "corsim", (unsigned)-1};
    const struct cors_origin origin = cors_url_origin(url, agent->domain_to_ascii, arena);
    const struct cookie_context context = {
        .url = url,
        .is_secure = is_secure_url(&top, url),
        .is_navigation = true,
        .same_site = SAME_SITE_STRICT_OR_LESS,
        .partition = cors_site_serialize(&origin, agent->public_suffix, arena),
        .page_host = &url->host,
        .third_party_cookies = CORS_THIRD_PARTY_COOKIES_ALLOW,
    };
    return agent->cookies != NULL &&
           receive(&top, cors_normalize_header_value(set_cookie), &context) && !arena->exhausted;
}
