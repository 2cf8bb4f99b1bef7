/* Whole fetches, from the script's call to what the script may read: without a trace, with parsed
 * URLs, each in a fresh arena. The server is a function that hands out a response made beforehand,
 * so that nothing is measured but the decision. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

/* What an API behind a content delivery network answers: 12 headers. */
static const struct cors_header response_headers[] = {
    HEADER("Date", "Tue, 18 Nov 2025 09:41:00 GMT"),
    HEADER("Content-Type", "application/json; charset=utf-8"),
    HEADER("Content-Length", "1843"),
    HEADER("Connection", "keep-alive"),
    HEADER("Server", "nginx"),
    HEADER("Cache-Control", "private, max-age=0, must-revalidate"),
    HEADER("ETag", "\"5f2b-a81c93de\""),
    HEADER("Vary", "Origin, Accept-Encoding"),
    HEADER("X-Request-Id", "0b2c7d4e-7a1f-4f0e-9a44-6f2f9d6b1c11"),
    HEADER("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    HEADER("Access-Control-Allow-Origin", "https://app.example.com"),
    HEADER("Access-Control-Expose-Headers", "X-Request-Id, ETag"),
};

static const struct cors_header preflight_headers[] = {
    HEADER("Date", "Tue, 18 Nov 2025 09:41:00 GMT"),
    HEADER("Server", "nginx"),
    HEADER("Vary", "Origin"),
    HEADER("Access-Control-Allow-Origin", "https://app.example.com"),
    HEADER("Access-Control-Allow-Methods", "GET, PUT, DELETE"),
    HEADER("Access-Control-Allow-Headers", "Content-Type, X-Revision"),
    HEADER("Access-Control-Max-Age", "600"),
};

static const struct cors_header refusing_headers[] = {
    HEADER("Date", "Tue, 18 Nov 2025 09:41:00 GMT"),
    HEADER("Content-Type", "application/json; charset=utf-8"),
    HEADER("Access-Control-Allow-Origin", "https://other.example.com"),
};

static const struct cors_header custom_header[] = {HEADER("X-Revision", "7")};

#define LIST(array) ((struct cors_header_list){(struct cors_header *)(array), COUNT(array), 0})

enum cache_state { CACHE_NONE, CACHE_EMPTY, CACHE_FILLED };

/* A request, the server it goes to and the memory it is decided in. */
struct decision {
    struct cors_url url;
    struct cors_client client;
    struct cors_request request;
    struct cors_agent agent;
    struct cors_cache cache;
    struct cors_network_response preflight;
    struct cors_network_response response;
    enum cors_result expected;
    unsigned expected_preflights;
    size_t expected_headers;
    char *memory;
    size_t size;
    enum cors_status status;
    struct cors_outcome outcome;
};

static enum cors_network_result answer(void *context, const struct cors_network_request *request,
                                       struct cors_network_response *response,
                                       struct cors_arena *arena)
{
    const struct decision *decision = context;
    (void)arena;
    *response = request->preflight ? decision->preflight : decision->response;
    return CORS_NETWORK_RESPONSE;
}

static void decide(void *given)
{
    struct decision *decision = given;
    struct cors_arena arena = cors_arena_over(decision->memory, decision->size);
    decision->status = cors_fetch(&decision->outcome, &decision->request, &decision->agent, &arena);
}

static void forget(void *given)
{
    struct decision *decision = given;
    cors_cache_clear(&decision->cache);
}

static bool decided(const void *given)
{
    const struct decision *decision = given;
    const struct cors_outcome *outcome = &decision->outcome;
    return decision->status == CORS_OK && outcome->result == decision->expected &&
           outcome->sent == 1 && outcome->preflights == decision->expected_preflights &&
           outcome->headers.count == decision->expected_headers;
}

static void parse(struct cors_url *url, struct cors_bytes input)
{
    enum { ENOUGH = 1024 };
    struct cors_arena arena = cors_arena_over(bench_memory(ENOUGH), ENOUGH);
    if (!cors_url_parse(url, input, NULL, NULL, &arena)) {
        fprintf(stderr, "bench: %.*s: no URL\n", (int)input.len, input.at);
        memset(url, 0, sizeof *url);
    }
}

/* https://app.example.com/ asks https://api.example.net/. */
static struct decision *new_decision(enum cors_entry entry, const char *target, size_t size)
{
    struct decision *decision = bench_memory(sizeof *decision);
    struct cors_url page;
    parse(&page, CORS_BYTES("https://app.example.com/items/17"));
    parse(&decision->url, (struct cors_bytes){target, strlen(target)});
    struct cors_url *creation_url = bench_memory(sizeof *creation_url);
    *creation_url = page;
    decision->client.creation_url = creation_url;
    decision->client.origin = cors_url_origin(&page, NULL, NULL);
    decision->request = (struct cors_request){
        .entry = entry,
        .url = &decision->url,
        .client = &decision->client,
        .mode = CORS_MODE_CORS,
        .unsafe_request = true,
    };
    decision->agent.server = (struct cors_server){.answer = answer, .context = decision};
    decision->response = (struct cors_network_response){
        .status = 200, .headers = LIST(response_headers), .body = CORS_BYTES("{}")};
    decision->expected = CORS_RESULT_CORS;
    decision->expected_headers = 5; /* three safelisted ones that are there, and two exposed */
    decision->memory = bench_memory(size);
    decision->size = size;
    return decision;
}

enum { ORDINARY = 64 * 1024 };
#define API "https://api.example.net/v1/items/17?fields=name,price"

static struct operation operation_of(const char *name, struct decision *decision)
{
    return (struct operation){
        .name = name,
        .of = "decision",
        .units = 1,
        .run = decide,
        .holds = decided,
        .given = decision,
    };
}

static struct decision *add_simple(const char *name, enum cors_entry entry)
{
    struct decision *decision = new_decision(entry, API, ORDINARY);
    bench_add(operation_of(name, decision));
    return decision;
}

/* A PUT with one header that no form could send, and a body. */
static void add_put(const char *name, enum cors_entry entry, enum cache_state cache_state)
{
    enum { CACHE_SIZE = 4096 };
    struct decision *decision = new_decision(entry, API, ORDINARY);
    struct operation operation = operation_of(name, decision);
    decision->request.method = CORS_BYTES("PUT");
    decision->request.headers = LIST(custom_header);
    decision->request.body = CORS_BYTES("{\"price\":12}");
    decision->preflight =
        (struct cors_network_response){.status = 204, .headers = LIST(preflight_headers)};
    decision->expected_preflights = 1;
    if (cache_state != CACHE_NONE) {
        decision->cache = cors_cache_over(bench_memory(CACHE_SIZE), CACHE_SIZE);
        decision->agent.cache = &decision->cache;
        operation.prepare = forget;
    }
    if (cache_state == CACHE_FILLED) {
        decide(decision);
        operation.prepare = NULL;
        decision->expected_preflights = 0;
    }
    bench_add(operation);
}

static void add_refused(const char *name)
{
    struct decision *decision = new_decision(CORS_ENTRY_FETCH_API, API, ORDINARY);
    decision->response.headers = LIST(refusing_headers);
    decision->expected = CORS_RESULT_NETWORK_ERROR;
    decision->expected_headers = 0;
    bench_add(operation_of(name, decision));
}

static void add_same_origin(const char *name)
{
    struct decision *decision =
        new_decision(CORS_ENTRY_FETCH_API, "https://app.example.com/v1/items/17", ORDINARY);
    decision->expected = CORS_RESULT_BASIC;
    decision->expected_headers = COUNT(response_headers);
    bench_add(operation_of(name, decision));
}

/* The response of 12 headers with others put in front of it, all exposed or none. */
static struct cors_header *many_headers(size_t count)
{
    enum { NAME = 32 };
    struct cors_header *headers = bench_memory(count * sizeof *headers);
    char *names = bench_memory(count * NAME);
    const size_t more = count - COUNT(response_headers);
    for (size_t i = 0; i < more; i++) {
        char *name = names + i * NAME;
        const int len = snprintf(name, NAME, "X-Telemetry-%04zu", i);
        headers[i] = (struct cors_header){{name, (size_t)len}, CORS_BYTES("0.000417")};
    }
    memcpy(headers + more, response_headers, sizeof response_headers);
    return headers;
}

static void add_growth(const char *kind, size_t count, bool all_exposed)
{
    enum { NAME = 48 };
    const size_t size = ORDINARY + 512 * count;
    struct decision *decision = new_decision(CORS_ENTRY_FETCH_API, API, size);
    struct cors_header *headers = many_headers(count);
    decision->response.headers = (struct cors_header_list){headers, count, 0};
    if (all_exposed) {
        headers[count - 1].value = CORS_BYTES("*");
        decision->expected_headers = count;
    }
    char *name = bench_memory(NAME);
    snprintf(name, NAME, "%s/%zu", kind, count);
    bench_add(operation_of(name, decision));
}

void add_decisions(void)
{
    add_simple("simple", CORS_ENTRY_FETCH_API);
    add_simple("simple/none", CORS_ENTRY_NONE);
    add_simple("simple/xhr", CORS_ENTRY_XMLHTTPREQUEST);
    add_simple("simple/libpsl", CORS_ENTRY_FETCH_API)->agent.public_suffix =
        cors_public_suffix_by_libpsl;
    add_put("preflighted", CORS_ENTRY_FETCH_API, CACHE_EMPTY);
    add_put("preflighted/none", CORS_ENTRY_NONE, CACHE_EMPTY);
    add_put("preflighted/xhr", CORS_ENTRY_XMLHTTPREQUEST, CACHE_EMPTY);
    add_put("preflighted/uncached", CORS_ENTRY_FETCH_API, CACHE_NONE);
    add_put("from-cache", CORS_ENTRY_FETCH_API, CACHE_FILLED);
    add_put("from-cache/none", CORS_ENTRY_NONE, CACHE_FILLED);
    add_put("from-cache/xhr", CORS_ENTRY_XMLHTTPREQUEST, CACHE_FILLED);
    add_refused("refused");
    add_same_origin("same-origin");
    for (size_t count = COUNT(response_headers); count <= 3072; count *= 4) {
        add_growth("headers", count, false);
        add_growth("headers-exposed", count, true);
    }
}
