/* fetch(), new Request() and Headers: every TypeError and its step, every header that is dropped
 * without a word, what no-cors lets through, and the request that comes out. */
#include "entry.h"

#define HTTPS "https://page.example"

/* Runs the entry point on `given`, whose client is https://page.example/dir/page. */
static bool make(struct world *w, struct cors_request *given, struct request *request)
{
    static struct cors_client client;
    if (given->client == NULL) {
        client = (struct cors_client){
            .origin = origin_of(w, HTTPS),
            .creation_url = url_of(w, HTTPS "/dir/page"),
        };
        given->client = &client;
    }
    if (given->url == NULL && is_null(given->url_string))
        given->url_string = CORS_BYTES("https://api.example/");
    *request = (struct request){
        .url_list = ARENA_NEW(&w->arena, struct cors_url, REDIRECT_LIMIT + 1),
        .url_origins = ARENA_NEW(&w->arena, struct cors_origin, REDIRECT_LIMIT + 1),
    };
    return fetch_api_request(&w->top, given, request);
}

static void defaults(void **state)
{
    (void)state;
    struct world w;
    struct request request;
    begin_world(&w);
    struct cors_request given = {0};
    assert_true(make(&w, &given, &request));
    CHECK_TEXT("defaults", decided(&w), "");
    CHECK_TEXT("method", text_of(&w, request.method), "GET");
    assert_int_equal(request.url_count, 1);
    CHECK_TEXT(
        "URL",
        text_of(&w, cors_url_serialize(&request.url_list[0], CORS_URL_WITH_FRAGMENT, &w.arena)),
        "https://api.example/");
    struct cors_origin origin = origin_of(&w, "https://api.example");
    assert_true(cors_same_origin(&request.url_origins[0], &origin));
    assert_true(request.unsafe_request);
    assert_false(request.use_cors_preflight);
    assert_false(request.local_urls_only);
    assert_false(request.keepalive);
    assert_true(is_null(request.body));
    assert_false(request.body_source_is_null);
    assert_ptr_equal(request.client, given.client);
    assert_int_equal(request.origin.kind, CORS_ORIGIN_OPAQUE);
    assert_int_equal(request.mode, CORS_MODE_CORS);
    assert_int_equal(request.credentials_mode, CORS_CREDENTIALS_SAME_ORIGIN);
    assert_int_equal(request.redirect_mode, CORS_REDIRECT_FOLLOW);
    assert_int_equal(request.cache_mode, CORS_CACHE_DEFAULT);
    assert_int_equal(request.referrer, CORS_REFERRER_CLIENT);
    assert_int_equal(request.referrer_policy, CORS_REFERRER_POLICY_EMPTY);
    assert_int_equal(request.destination, CORS_DESTINATION_EMPTY);
    assert_int_equal(request.header_list.count, 0);
    assert_true(request.header_list.capacity >= 8);
    end_world(&w);
}

static void given_members(void **state)
{
    (void)state;
    struct world w;
    struct request request;
    begin_world(&w);
    struct cors_request given = {
        .method = CORS_BYTES("patch"),
        .url = url_of(&w, "https://api.example/x"),
        .body = CORS_BYTES("x"),
        .mode = CORS_MODE_SAME_ORIGIN,
        .credentials_mode = CORS_CREDENTIALS_INCLUDE,
        .redirect_mode = CORS_REDIRECT_MANUAL,
        .cache_mode = CORS_CACHE_ONLY_IF_CACHED,
        .referrer_policy = CORS_REFERRER_POLICY_ORIGIN,
        .keepalive = true,
    };
    assert_true(make(&w, &given, &request));
    CHECK_TEXT("method", text_of(&w, request.method), "patch");
    CHECK_TEXT("body", text_of(&w, request.body), "x");
    assert_int_equal(request.mode, CORS_MODE_SAME_ORIGIN);
    assert_int_equal(request.credentials_mode, CORS_CREDENTIALS_INCLUDE);
    assert_int_equal(request.redirect_mode, CORS_REDIRECT_MANUAL);
    assert_int_equal(request.cache_mode, CORS_CACHE_ONLY_IF_CACHED);
    assert_int_equal(request.referrer_policy, CORS_REFERRER_POLICY_ORIGIN);
    assert_true(request.keepalive);
    end_world(&w);
}

static void type_errors(void **state)
{
    (void)state;
    static const struct {
        const char *url, *method, *header, *body;
        enum cors_mode mode;
        enum cors_cache_mode cache_mode;
        bool stream, keepalive;
        const char *decided;
    } rows[] = {
        {.url = "https://a b/", .decided = "dom-request 5.2"},
        {.url = "http://[::1", .decided = "dom-request 5.2"},
        {.url = "https://user@api.example/", .decided = "dom-request 5.3"},
        {.url = "https://:pw@api.example/", .decided = "dom-request 5.3"},
        {.url = "https://@api.example/", .decided = ""},
        {.mode = CORS_MODE_NAVIGATE, .decided = "dom-request 17"},
        {.cache_mode = CORS_CACHE_ONLY_IF_CACHED, .decided = "dom-request 21"},
        {.cache_mode = CORS_CACHE_ONLY_IF_CACHED,
         .mode = CORS_MODE_NO_CORS,
         .decided = "dom-request 21"},
        {.cache_mode = CORS_CACHE_ONLY_IF_CACHED, .mode = CORS_MODE_SAME_ORIGIN, .decided = ""},
        {.method = "", .decided = "dom-request 25.2"},
        {.method = "GET POST", .decided = "dom-request 25.2"},
        {.method = "G\xc3\x89T", .decided = "dom-request 25.2"},
        {.method = "CONNECT", .decided = "dom-request 25.2"},
        {.method = "trace", .decided = "dom-request 25.2"},
        {.method = "TrAcK", .decided = "dom-request 25.2"},
        {.method = "TRACKS", .decided = ""},
        {.method = "PUT", .mode = CORS_MODE_NO_CORS, .decided = "dom-request 32.1"},
        {.method = "OPTIONS", .mode = CORS_MODE_NO_CORS, .decided = "dom-request 32.1"},
        {.method = "head", .mode = CORS_MODE_NO_CORS, .decided = ""},
        {.header = "a b: x", .decided = "headers-validate 1"},
        {.header = ":x", .decided = "headers-validate 1"},
        {.header = "X-A: a\nb", .decided = "headers-validate 1"},
        {.header = "X-A: a\x0d", .decided = ""},
        {.header = "X-A: a\rb", .decided = "headers-validate 1"},
        {.header = "X-A:  \t a \r\n", .decided = ""},
        {.header = "X-A:", .decided = ""},
        {.header = "X-A: a\nb", .mode = CORS_MODE_NO_CORS, .decided = "headers-validate 1"},
        {.body = "x", .decided = "dom-request 35"},
        {.body = "", .decided = "dom-request 35"},
        {.body = "x", .method = "get", .decided = "dom-request 35"},
        {.body = "x", .method = "HEAD", .decided = "dom-request 35"},
        {.stream = true, .decided = "dom-request 35"},
        {.body = "x", .method = "POST", .decided = ""},
        {.stream = true, .method = "POST", .decided = ""},
        {.stream = true, .method = "POST", .keepalive = true, .decided = "dom-request 37.1"},
        {.body = "x", .method = "POST", .keepalive = true, .decided = ""},
        {.stream = true,
         .method = "POST",
         .mode = CORS_MODE_NO_CORS,
         .decided = "dom-request 39.2"},
        {.stream = true, .method = "POST", .mode = CORS_MODE_SAME_ORIGIN, .decided = ""},
        /* the first that throws decides */
        {.url = "https://a b/", .method = "TRACE", .decided = "dom-request 5.2"},
        {.method = "TRACE", .body = "x", .header = "a b: x", .decided = "dom-request 25.2"},
        {.header = "a b: x", .body = "x", .decided = "headers-validate 1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        struct request request;
        char name[30];
        begin_world(&w);
        snprintf(name, sizeof name, "row %zu", i);
        struct cors_request given = {
            .method = bytes_of(rows[i].method),
            .url_string = bytes_of(rows[i].url),
            .headers = headers_of(&w, (const char *const[8]){rows[i].header}),
            .body = bytes_of(rows[i].body),
            .body_is_stream = rows[i].stream,
            .mode = rows[i].mode,
            .cache_mode = rows[i].cache_mode,
            .keepalive = rows[i].keepalive,
        };
        const bool made = make(&w, &given, &request);
        CHECK_TEXT(name, decided(&w), rows[i].decided);
        assert_int_equal(made, *rows[i].decided == '\0');
        end_world(&w);
    }
}

static void urls(void **state)
{
    (void)state;
    static const struct {
        const char *origin, *creation_url, *input, *expected;
    } rows[] = {
        {HTTPS, HTTPS "/dir/page?q#f", "other", HTTPS "/dir/other"},
        {HTTPS, HTTPS "/dir/page", "/other#f", HTTPS "/other#f"},
        {HTTPS, HTTPS "/dir/page?q", "", HTTPS "/dir/page?q"},
        {HTTPS, HTTPS "/dir/page", "//api.example", "https://api.example/"},
        {HTTPS, NULL, "x", HTTPS "/x"},
        {"https://page.example:8443", NULL, "x", "https://page.example:8443/x"},
        {"null", NULL, "https://api.example", "https://api.example/"},
        {"null", NULL, "x", NULL},
        {"null", HTTPS "/dir/sandboxed", "x", HTTPS "/dir/x"},
        {HTTPS, "data:text/html,x", "/x", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        struct request request;
        char name[30];
        begin_world(&w);
        snprintf(name, sizeof name, "row %zu", i);
        struct cors_client client = {
            .origin = origin_of(&w, rows[i].origin),
            .creation_url = rows[i].creation_url == NULL ? NULL : url_of(&w, rows[i].creation_url),
        };
        struct cors_request given = {.client = &client, .url_string = bytes_of(rows[i].input)};
        if (make(&w, &given, &request))
            CHECK_TEXT(name,
                       text_of(&w, cors_url_serialize(&request.url_list[0], CORS_URL_WITH_FRAGMENT,
                                                      &w.arena)),
                       rows[i].expected == NULL ? "failure" : rows[i].expected);
        else
            assert_null(rows[i].expected);
        end_world(&w);
    }
}

static void methods(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"get", "GET"},       {"Post", "POST"},       {"hEAD", "HEAD"},   {"put", "PUT"},
        {"delete", "DELETE"}, {"options", "OPTIONS"}, {"patch", "patch"}, {"PATCH", "PATCH"},
        {"query", "query"},   {"GETS", "GETS"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        struct request request;
        begin_world(&w);
        struct cors_request given = {.method = bytes_of(rows[i][0])};
        assert_true(make(&w, &given, &request));
        CHECK_TEXT(rows[i][0], text_of(&w, request.method), rows[i][1]);
        end_world(&w);
    }
}

static void referrers(void **state)
{
    (void)state;
    static const struct {
        const char *referrer;
        enum cors_referrer expected;
    } rows[] = {
        {NULL, CORS_REFERRER_NO_REFERRER},
        {"https://page.example/other", CORS_REFERRER_URL},
        {"https://api.example/", CORS_REFERRER_CLIENT},
        {"http://page.example/", CORS_REFERRER_CLIENT},
        {"about:client", CORS_REFERRER_CLIENT},
        {"about:blank", CORS_REFERRER_CLIENT}, /* another origin */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        struct request request;
        begin_world(&w);
        struct cors_request given = {.referrer = CORS_REFERRER_NO_REFERRER};
        if (rows[i].referrer != NULL) {
            given.referrer = CORS_REFERRER_URL;
            given.referrer_url = url_of(&w, rows[i].referrer);
        }
        assert_true(make(&w, &given, &request));
        assert_int_equal(request.referrer, rows[i].expected);
        if (request.referrer == CORS_REFERRER_URL)
            assert_true(
                cors_url_equals(&request.referrer_url, given.referrer_url, CORS_URL_WITH_FRAGMENT));
        end_world(&w);
    }
}

/* Every one of these is dropped in every mode, and nothing is thrown. */
static const char *const forbidden[] = {
    "Accept-Charset: x",
    "Accept-Encoding: x",
    "Access-Control-Request-Headers: x",
    "Access-Control-Request-Method: x",
    "Connection: x",
    "Content-Length: 1",
    "Cookie: a=b",
    "Cookie2: x",
    "Date: x",
    "DNT: 1",
    "Expect: x",
    "Host: x",
    "Keep-Alive: x",
    "Origin: https://evil.example",
    "Referer: x",
    "Set-Cookie: a=b",
    "TE: x",
    "Trailer: x",
    "Transfer-Encoding: x",
    "Upgrade: x",
    "Via: x",
    "ORIGIN: x",
    "Proxy-Authorization: x",
    "proxy-: x",
    "Sec-Fetch-Site: same-origin",
    "sEC-: x",
    "X-HTTP-Method: TRACE",
    "X-HTTP-Method-Override: GET, connect",
    "X-Method-Override: track",
};

static void forbidden_headers(void **state)
{
    (void)state;
    static const enum cors_mode modes[] = {CORS_MODE_CORS, CORS_MODE_SAME_ORIGIN,
                                           CORS_MODE_NO_CORS};
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        for (size_t mode = 0; mode < sizeof modes / sizeof *modes; mode++) {
            struct world w;
            struct request request;
            begin_world(&w);
            struct cors_request given = {
                .mode = modes[mode],
                .headers = headers_of(&w, (const char *const[8]){"Accept: x", forbidden[i]}),
            };
            assert_true(make(&w, &given, &request));
            CHECK_TEXT(forbidden[i], decided(&w), "");
            if (request.header_list.count != 1)
                fail_msg("%s is not dropped", forbidden[i]);
            CHECK_TEXT(forbidden[i], header(&w, &request.header_list, "Accept"), "x");
            end_world(&w);
        }
}

static void headers(void **state)
{
    (void)state;
    struct world w;
    struct request request;
    begin_world(&w);
    struct cors_request given = {
        .headers = headers_of(
            &w, (const char *const[8]){"X-A:  one\t", "x-a: two", "Authorization: x", "Range: x",
                                       "X-HTTP-Method-Override: PUT", "Secret: x",
                                       "Access-Control-Request-Private-Network: x",
                                       "Accept-Charsets: x"}),
    };
    assert_true(make(&w, &given, &request));
    CHECK_TEXT("appended and normalized", header(&w, &request.header_list, "X-A"), "one, two");
    CHECK_TEXT("Authorization", header(&w, &request.header_list, "authorization"), "x");
    CHECK_TEXT("Range", header(&w, &request.header_list, "Range"), "x");
    CHECK_TEXT("a method that is not forbidden",
               header(&w, &request.header_list, "X-HTTP-Method-Override"), "PUT");
    CHECK_TEXT("Secret", header(&w, &request.header_list, "Secret"), "x");
    CHECK_TEXT("Accept-Charsets", header(&w, &request.header_list, "Accept-Charsets"), "x");
    end_world(&w);
}

static void no_cors_headers(void **state)
{
    (void)state;
    char long_value[140] = "Accept: ";
    memset(long_value + 8, 'x', 127);
    struct {
        const char *lines[8];
        const char *name, *expected;
    } rows[] = {
        {{"Accept: */*"}, "Accept", "*/*"},
        {{"Accept: a(b"}, "Accept", "(null)"},
        {{"Accept: a", "Accept: b"}, "Accept", "a, b"},
        {{"Accept: a", "Accept: (", "Accept: b"}, "Accept", "a, b"},
        {{long_value}, "Accept", long_value + 8},
        {{long_value, "Accept: b"}, "Accept", long_value + 8}, /* 130 bytes together */
        {{"Accept-Language: de, en;q=0.5"}, "Accept-Language", "de, en;q=0.5"},
        {{"Accept-Language: d\"e"}, "Accept-Language", "(null)"},
        {{"Content-Language: de"}, "Content-Language", "de"},
        {{"Content-Type: text/plain"}, "Content-Type", "text/plain"},
        {{"Content-Type: application/json"}, "Content-Type", "(null)"},
        {{"Content-Type: text/plain", "Content-Type: text/plain"}, "Content-Type", "text/plain"},
        {{"Range: bytes=0-1"}, "Range", "(null)"},
        {{"Authorization: x"}, "Authorization", "(null)"},
        {{"X-A: 1"}, "X-A", "(null)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        struct request request;
        char name[30];
        begin_world(&w);
        snprintf(name, sizeof name, "row %zu", i);
        struct cors_request given = {
            .mode = CORS_MODE_NO_CORS,
            .headers = headers_of(&w, rows[i].lines),
        };
        assert_true(make(&w, &given, &request));
        CHECK_TEXT(name, decided(&w), "");
        CHECK_TEXT(name, header(&w, &request.header_list, rows[i].name), rows[i].expected);
        end_world(&w);
    }
}

static void bodies(void **state)
{
    (void)state;
    static const struct {
        const char *body, *type;
        const char *lines[8];
        enum cors_mode mode;
        bool stream;
        const char *content_type;
        bool preflight;
    } rows[] = {
        {"x", NULL, {NULL}, CORS_MODE_DEFAULT, false, "(null)", false},
        {"x", "text/plain;charset=UTF-8", {NULL}, 0, false, "text/plain;charset=UTF-8", false},
        {"x",
         "text/plain;charset=UTF-8",
         {"Content-Type: application/json"},
         0,
         false,
         "application/json",
         false},
        {"x", "text/plain;charset=UTF-8", {"content-type:"}, 0, false, "", false},
        {"x", "application/json", {NULL}, CORS_MODE_CORS, false, "application/json", false},
        {"x", "application/json", {NULL}, CORS_MODE_NO_CORS, false, "(null)", false},
        {"x", "text/plain", {NULL}, CORS_MODE_NO_CORS, false, "text/plain", false},
        {"x",
         "text/plain",
         {"Content-Type: application/json"},
         CORS_MODE_NO_CORS,
         false,
         "text/plain",
         false},
        {NULL, "text/plain", {NULL}, 0, false, "(null)", false},
        {"x", "text/plain", {NULL}, 0, true, "(null)", true},
        {NULL, NULL, {"Content-Type: a/b"}, CORS_MODE_SAME_ORIGIN, true, "a/b", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        struct request request;
        char name[30];
        begin_world(&w);
        snprintf(name, sizeof name, "row %zu", i);
        struct cors_request given = {
            .method = CORS_BYTES("POST"),
            .mode = rows[i].mode,
            .body = bytes_of(rows[i].body),
            .body_type = bytes_of(rows[i].type),
            .body_is_stream = rows[i].stream,
            .headers = headers_of(&w, rows[i].lines),
        };
        assert_true(make(&w, &given, &request));
        CHECK_TEXT(name, header(&w, &request.header_list, "Content-Type"), rows[i].content_type);
        assert_int_equal(request.use_cors_preflight, rows[i].preflight);
        assert_int_equal(request.body_source_is_null, rows[i].stream);
        assert_int_equal(is_null(request.body), rows[i].body == NULL && !rows[i].stream);
        end_world(&w);
    }
}

/* A body type that a script cannot make, but a careless caller can. */
static void body_type_that_is_no_value(void **state)
{
    (void)state;
    struct world w;
    struct request request;
    begin_world(&w);
    struct cors_request given = {
        .method = CORS_BYTES("POST"),
        .body = CORS_BYTES("x"),
        .body_type = CORS_BYTES("a\nb"),
    };
    assert_false(make(&w, &given, &request));
    CHECK_TEXT("body type", decided(&w), "headers-validate 1");
    end_world(&w);
}

/* Wherever the arena ends, the entry point ends too and stays inside it. */
static void no_memory(void **state)
{
    (void)state;
    for (size_t size = 0; size < 1 << 14; size += 16) {
        struct world w;
        begin_world(&w);
        struct cors_client client = {.origin = origin_of(&w, HTTPS)};
        struct cors_url urls[REDIRECT_LIMIT + 1];
        struct cors_origin origins[REDIRECT_LIMIT + 1];
        struct request request = {.url_list = urls, .url_origins = origins};
        struct cors_request given = {
            .client = &client,
            .url_string = CORS_BYTES("/a?b"),
            .method = CORS_BYTES("POST"),
            .mode = CORS_MODE_NO_CORS,
            .headers = headers_of(&w, (const char *const[8]){"Accept: a", "Accept: b", "X: y"}),
            .body = CORS_BYTES("x"),
            .body_type = CORS_BYTES("text/plain"),
        };
        char *memory = malloc(size);
        struct cors_arena small = cors_arena_over(memory, size);
        w.simulation.arena = &small;
        w.top.trace = NULL;
        const bool made = fetch_api_request(&w.top, &given, &request);
        assert_true(made || small.exhausted);
        free(memory);
        end_world(&w);
        if (made && !small.exhausted)
            return;
    }
    fail_msg("16 KiB are not enough");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(given_members),
        cmocka_unit_test(type_errors),
        cmocka_unit_test(urls),
        cmocka_unit_test(methods),
        cmocka_unit_test(referrers),
        cmocka_unit_test(forbidden_headers),
        cmocka_unit_test(headers),
        cmocka_unit_test(no_cors_headers),
        cmocka_unit_test(bodies),
        cmocka_unit_test(body_type_that_is_no_value),
        cmocka_unit_test(no_memory),
    };
    return RUN_WATCHED_AND_UNWATCHED(tests);
}
