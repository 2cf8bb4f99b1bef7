/* Fetch Standard, section "HTTP-network fetch"
 * (https://fetch.spec.whatwg.org/#concept-http-network-fetch): the seam to the network, which is
 * the agent's server, and what browsers make of the headers that go and come. Invariant: the server
 * is never called once the arena is exhausted, so that nothing incomplete is ever sent. */
#include "engine.h"
#include "headers.h"
#include "url.h"

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
