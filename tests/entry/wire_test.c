/* The same from outside: what a server sees of Referer, Origin and Sec-Fetch-Site at each request
 * of a redirect chain, and what the outcome says of a request that never was one. */
#include "entry.h"

enum { MOST_MESSAGES = 8 };

struct server {
    const char *locations[4]; /* the first messages are answered by redirects to these */
    size_t count;
    char seen[MOST_MESSAGES][256];
};

static enum cors_network_result answer(void *context, const struct cors_network_request *request,
                                       struct cors_network_response *response,
                                       struct cors_arena *arena)
{
    struct server *server = context;
    char values[3][80] = {"-", "-", "-"};
    static const char *const names[3] = {"Referer", "Origin", "Sec-Fetch-Site"};
    for (size_t i = 0; i < 3; i++) {
        struct cors_bytes value = cors_header_list_get(request->headers, bytes_of(names[i]), arena);
        if (!is_null(value))
            snprintf(values[i], sizeof *values, "%.*s", (int)value.len, value.at);
    }
    assert_true(server->count < MOST_MESSAGES);
    snprintf(server->seen[server->count], sizeof *server->seen, "%s %s %s", values[0], values[1],
             values[2]);

    struct cors_header *headers = ARENA_NEW(arena, struct cors_header, 2);
    assert_non_null(headers);
    headers[0] = (struct cors_header){CORS_BYTES("Access-Control-Allow-Origin"), CORS_BYTES("*")};
    const char *location = server->count < 4 ? server->locations[server->count] : NULL;
    headers[1] = (struct cors_header){CORS_BYTES("Location"), bytes_of(location)};
    *response = (struct cors_network_response){
        .status = location == NULL ? 200 : 302,
        .headers = {headers, location == NULL ? 1 : 2, 0},
    };
    server->count++;
    return CORS_NETWORK_RESPONSE;
}

static struct cors_outcome run(struct world *w, struct server *server, struct cors_request *given)
{
    static struct cors_client client;
    struct cors_outcome outcome;
    client = (struct cors_client){
        .origin = origin_of(w, "https://page.example"),
        .creation_url = url_of(w, "https://page.example/dir/page?q#f"),
    };
    given->client = &client;
    w->agent.server = (struct cors_server){.answer = answer, .context = server};
    w->agent.trace = w->top.trace;
    assert_int_equal(cors_fetch(&outcome, given, &w->agent, &w->arena), CORS_OK);
    return outcome;
}

static const struct {
    const char *name;
    struct cors_request given;
    struct server server; /* with what it must have seen */
} rows[] = {
    {"own origin",
     {.url_string = {"x", 1}},
     {.count = 1, .seen = {"https://page.example/dir/page?q - same-origin"}}},
    {"own site",
     {.url_string = {"https://api.page.example/", 25}},
     {.count = 1, .seen = {"https://page.example/ https://page.example same-site"}}},
    {"no referrer",
     {.url_string = {"https://api.test/", 17}, .referrer = CORS_REFERRER_NO_REFERRER},
     {.count = 1, .seen = {"- https://page.example cross-site"}}},
    {"no-referrer policy",
     {.url_string = {"https://api.test/", 17}, .referrer_policy = CORS_REFERRER_POLICY_NO_REFERRER},
     {.count = 1, .seen = {"- https://page.example cross-site"}}},
    {"no-cors POST under no-referrer",
     {.url_string = {"https://api.test/", 17},
      .method = {"POST", 4},
      .mode = CORS_MODE_NO_CORS,
      .referrer_policy = CORS_REFERRER_POLICY_NO_REFERRER},
     {.count = 1, .seen = {"- null cross-site"}}},
    {"unsafe-url",
     {.url_string = {"https://api.test/", 17}, .referrer_policy = CORS_REFERRER_POLICY_UNSAFE_URL},
     {.count = 1, .seen = {"https://page.example/dir/page?q https://page.example cross-site"}}},
    {"XMLHttpRequest",
     {.entry = CORS_ENTRY_XMLHTTPREQUEST, .url_string = {"https://api.test/", 17}},
     {.count = 1, .seen = {"https://page.example/ https://page.example cross-site"}}},
    {"away, further, and back",
     {.url_string = {"x", 1}},
     {.locations = {"https://api.page.example/", "https://other.test/", "https://page.example/"},
      .count = 4,
      .seen = {"https://page.example/dir/page?q - same-origin",
               "https://page.example/ https://page.example same-site",
               "https://page.example/ null cross-site", "https://page.example/ null cross-site"}}},
};

static void wire(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        struct server server = {.count = 0};
        struct cors_request given = rows[i].given;
        begin_world(&w);
        memcpy(server.locations, rows[i].server.locations, sizeof server.locations);
        struct cors_outcome outcome = run(&w, &server, &given);
        for (size_t j = 0; j < rows[i].server.count; j++)
            CHECK_TEXT(rows[i].name, server.seen[j], rows[i].server.seen[j]);
        assert_int_equal(server.count, rows[i].server.count);
        assert_int_equal(outcome.sent, rows[i].server.count);
        end_world(&w);
    }
}

static void thrown(void **state)
{
    (void)state;
    struct world w;
    struct server server = {.count = 0};
    begin_world(&w);
    struct cors_request given = {
        .url_string = CORS_BYTES("https://api.test/"),
        .method = CORS_BYTES("Trace"),
    };
    struct cors_outcome outcome = run(&w, &server, &given);
    assert_int_equal(server.count, 0);
    assert_int_equal(outcome.result, CORS_RESULT_NETWORK_ERROR);
    assert_int_equal(outcome.sent, 0);
    assert_string_equal(outcome.algorithm, "dom-request");
    assert_string_equal(outcome.step, "25.2");
    assert_string_equal(text_of(&w, outcome.subject), "Trace");
    end_world(&w);
}

/* What no caller of the standard could ask for is refused, and the server never hears of it. */
static void bad_requests(void **state)
{
    (void)state;
    struct world w;
    begin_world(&w);
    const struct cors_client client = {.origin = origin_of(&w, "https://page.example")};
    const struct cors_request good = {.url = url_of(&w, "https://api.test/"), .client = &client};
    struct cors_request given[12];
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        given[i] = good;
    given[0].client = NULL;
    given[1].url = NULL;
    given[2].url = NULL;
    given[2].url_string = CORS_BYTES("https://api.test/");
    given[2].entry = CORS_ENTRY_NONE;
    given[3].referrer = CORS_REFERRER_URL;
    given[4].entry = CORS_ENTRY_NONE;
    given[4].method = CORS_BYTES("GET POST");
    given[5].mode = CORS_MODE_WEBSOCKET;
    given[6].mode = CORS_MODE_WEBTRANSPORT;
    given[7].entry = CORS_ENTRY_XMLHTTPREQUEST;
    given[7].body_is_stream = true;
    given[8].mode = (enum cors_mode)(CORS_MODE_WEBTRANSPORT + 1);
    given[9].referrer_policy = (enum cors_referrer_policy) - 1;
    given[10].destination = (enum cors_destination)(CORS_DESTINATION_XSLT + 1);
    given[11].entry = (enum cors_entry)(CORS_ENTRY_NONE + 1);
    struct server server = {0};
    w.agent.server = (struct cors_server){.answer = answer, .context = &server};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        struct cors_outcome outcome;
        if (cors_fetch(&outcome, &given[i], &w.agent, &w.arena) != CORS_BAD_REQUEST)
            fail_msg("request %zu is not refused", i);
    }
    assert_int_equal(server.count, 0);
    end_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wire),
        cmocka_unit_test(thrown),
        cmocka_unit_test(bad_requests),
    };
    return RUN_WATCHED_AND_UNWATCHED(tests);
}
