/* XMLHttpRequest: what open() and setRequestHeader() throw, drop and combine, and what send() makes
 * of the body's type. */
#include "entry.h"

#define HTTPS "https://page.example"

static bool make(struct world *w, struct cors_request *given, struct request *request)
{
    static struct cors_client client;
    client = (struct cors_client){.origin = origin_of(w, HTTPS)};
    given->entry = CORS_ENTRY_XMLHTTPREQUEST;
    given->client = &client;
    if (is_null(given->url_string))
        given->url_string = CORS_BYTES("https://api.example/");
    *request = (struct request){
        .url_list = ARENA_NEW(&w->arena, struct cors_url, REDIRECT_LIMIT + 1),
        .url_origins = ARENA_NEW(&w->arena, struct cors_origin, REDIRECT_LIMIT + 1),
    };
    return xhr_request(&w->top, given, request);
}

static void exceptions(void **state)
{
    (void)state;
    static const struct {
        const char *method, *url, *header, *decided;
    } rows[] = {
        {NULL, NULL, NULL, ""},
        {"", NULL, NULL, "dom-xmlhttprequest-open 2"},
        {"A B", NULL, NULL, "dom-xmlhttprequest-open 2"},
        {"trace", NULL, NULL, "dom-xmlhttprequest-open 3"},
        {"TRACK", NULL, NULL, "dom-xmlhttprequest-open 3"},
        {"Connect", NULL, NULL, "dom-xmlhttprequest-open 3"},
        {NULL, "https://a b/", NULL, "dom-xmlhttprequest-open 6"},
        {NULL, "https://user:pw@api.example/", NULL, ""}, /* unlike fetch() */
        {NULL, NULL, "a b: x", "dom-xmlhttprequest-setrequestheader 4"},
        {NULL, NULL, "X-A: a\nb", "dom-xmlhttprequest-setrequestheader 4"},
        {NULL, NULL, ": x", "dom-xmlhttprequest-setrequestheader 4"},
        {NULL, NULL, "X-A:", ""},
        {"patch", "relative", NULL, ""},
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
        };
        const bool made = make(&w, &given, &request);
        CHECK_TEXT(name, decided(&w), rows[i].decided);
        assert_int_equal(made, *rows[i].decided == '\0');
        end_world(&w);
    }
}

static void request_that_comes_out(void **state)
{
    (void)state;
    struct world w;
    struct request request;
    begin_world(&w);
    struct cors_request given = {
        .method = CORS_BYTES("put"),
        .url_string = CORS_BYTES("x"),
        .mode = CORS_MODE_NO_CORS, /* a script has no say in this */
        .redirect_mode = CORS_REDIRECT_ERROR,
        .cache_mode = CORS_CACHE_RELOAD,
        .referrer = CORS_REFERRER_NO_REFERRER,
        .referrer_policy = CORS_REFERRER_POLICY_UNSAFE_URL,
        .keepalive = true,
        .credentials_mode = CORS_CREDENTIALS_OMIT,
    };
    assert_true(make(&w, &given, &request));
    CHECK_TEXT("method", text_of(&w, request.method), "PUT");
    CHECK_TEXT(
        "URL",
        text_of(&w, cors_url_serialize(&request.url_list[0], CORS_URL_WITH_FRAGMENT, &w.arena)),
        HTTPS "/x");
    assert_int_equal(request.url_count, 1);
    struct cors_origin origin = origin_of(&w, HTTPS);
    assert_true(cors_same_origin(&request.url_origins[0], &origin));
    assert_ptr_equal(request.client, given.client);
    assert_true(request.unsafe_request);
    assert_false(request.use_cors_preflight);
    assert_false(request.keepalive);
    assert_true(is_null(request.body));
    assert_int_equal(request.mode, CORS_MODE_CORS);
    assert_int_equal(request.credentials_mode, CORS_CREDENTIALS_SAME_ORIGIN);
    assert_int_equal(request.redirect_mode, CORS_REDIRECT_FOLLOW);
    assert_int_equal(request.cache_mode, CORS_CACHE_DEFAULT);
    assert_int_equal(request.referrer, CORS_REFERRER_CLIENT);
    assert_int_equal(request.referrer_policy, CORS_REFERRER_POLICY_EMPTY);

    given.credentials_mode = CORS_CREDENTIALS_INCLUDE;
    given.use_cors_preflight = true;
    assert_true(make(&w, &given, &request));
    assert_int_equal(request.credentials_mode, CORS_CREDENTIALS_INCLUDE);
    assert_true(request.use_cors_preflight);
    end_world(&w);
}

static void set_request_header(void **state)
{
    (void)state;
    struct world w;
    struct request request;
    begin_world(&w);
    struct cors_request given = {
        .headers = headers_of(
            &w, (const char *const[8]){"X-Test: one", "Origin: https://evil.example",
                                       "x-test:  two ", "Sec-X: y", "X-HTTP-Method: trace",
                                       "X-HTTP-Method: put", "Cookie: a=b", "Authorization: x"}),
    };
    assert_true(make(&w, &given, &request));
    CHECK_TEXT("nothing is thrown", decided(&w), "");
    assert_int_equal(request.header_list.count, 3);
    CHECK_TEXT("combined", text_of(&w, request.header_list.at[0].name), "X-Test");
    CHECK_TEXT("combined", text_of(&w, request.header_list.at[0].value), "one, two");
    CHECK_TEXT("a method that may be", header(&w, &request.header_list, "X-HTTP-Method"), "put");
    CHECK_TEXT("Authorization", header(&w, &request.header_list, "Authorization"), "x");
    end_world(&w);
}

#define TEXT "text/plain;charset=UTF-8"
#define FORM "application/x-www-form-urlencoded;charset=UTF-8"
#define HTML "text/html;charset=UTF-8"
#define XML "application/xml;charset=UTF-8"

static const struct {
    const char *method, *body, *type;
    const char *lines[8];
    const char *expected;
} content_types[] = {
    /* what the body brings */
    {"POST", "x", TEXT, {NULL}, TEXT},
    {"POST", "x", FORM, {NULL}, FORM},
    {"POST", "x", HTML, {NULL}, HTML},
    {"POST", "x", XML, {NULL}, XML},
    {"POST", "x", "image/png", {NULL}, "image/png"},
    {"POST", "x", NULL, {NULL}, "(null)"},
    {"POST", "", TEXT, {NULL}, TEXT},
    {"POST", NULL, TEXT, {NULL}, "(null)"},
    /* no body with these */
    {"GET", "x", TEXT, {NULL}, "(null)"},
    {"head", "x", TEXT, {NULL}, "(null)"},
    {"GET", "x", TEXT, {"Content-Type: text/plain;charset=x"}, "text/plain;charset=x"},
    {"DELETE", "x", TEXT, {NULL}, TEXT},
    /* what the script says holds */
    {"POST", "x", TEXT, {"Content-Type: application/json"}, "application/json"},
    {"POST",
     "x",
     TEXT,
     {"Content-Type: application/json;charset=utf-8"},
     "application/json;charset=utf-8"},
    {"POST",
     "x",
     TEXT,
     {"Content-Type: Text/HTML ; CharSet=\"UTF-8\""},
     "Text/HTML ; CharSet=\"UTF-8\""},
    {"POST", "x", TEXT, {"Content-Type:"}, ""},
    {"POST", "x", TEXT, {"Content-Type: bogus;charset=x"}, "bogus;charset=x"},
    {"POST", "x", TEXT, {"Content-Type: a/b, c/d;charset=x"}, "a/b, c/d;charset=x"},
    {"POST", "x", TEXT, {"Content-Type: a/b;charset"}, "a/b;charset"},
    {"POST", "x", TEXT, {"Content-Type: a/b;charset="}, "a/b;charset="},
    /* but for another charset */
    {"POST",
     "x",
     TEXT,
     {"Content-Type: text/plain;charset=iso-8859-1"},
     "text/plain;charset=UTF-8"},
    {"POST", "x", FORM, {"Content-Type: text/plain;charset=x"}, "text/plain;charset=UTF-8"},
    {"POST", "x", HTML, {"Content-Type: text/plain;charset=x"}, "text/plain;charset=UTF-8"},
    {"POST", "x", XML, {"Content-Type: text/plain;charset=x"}, "text/plain;charset=UTF-8"},
    {"POST", "x", "image/png", {"Content-Type: text/plain;charset=x"}, "text/plain;charset=x"},
    {"POST", "x", NULL, {"Content-Type: text/plain;charset=x"}, "text/plain;charset=x"},
    {"POST", "x", "text/plain;charset=utf-8", {"Content-Type: a/b;charset=x"}, "a/b;charset=x"},
    /* and then it is written anew */
    {"POST",
     "x",
     TEXT,
     {"Content-Type: Text/Plain ; A=\"b c\"; CHARSET = x; charset=y;d=\"e\""},
     "text/plain;a=\"b c\";charset=UTF-8;d=e"},
    {"POST",
     "x",
     TEXT,
     {"Content-Type: a/b;q=\"x\\\"y\\\\z\";charset=w"},
     "a/b;q=\"x\\\"y\\\\z\";charset=UTF-8"},
    {"POST", "x", TEXT, {"Content-Type: a/b;q=\"\";charset=w;q=1"}, "a/b;q=\"\";charset=UTF-8"},
    {"POST",
     "x",
     TEXT,
     {"Content-Type: a/b;;=x; =y;b;c=;d d=1;charset=w;e=\"f\"g"},
     "a/b;charset=UTF-8;e=f"},
    {"POST", "x", TEXT, {"Content-Type: a/b;charset=\"w"}, "a/b;charset=UTF-8"},
    {"POST", "x", TEXT, {"Content-Type: a/b;charset=\"\""}, "a/b;charset=UTF-8"},
    {"POST", "x", TEXT, {"Content-Type: a/b;charset=\"utf-8;\"; x=y"}, "a/b;charset=UTF-8;x=y"},
    {"POST", "x", TEXT, {"Content-Type: a/b;q=\xe9;charset=w"}, "a/b;q=\"\xe9\";charset=UTF-8"},
    /* two calls are one value */
    {"POST", "x", TEXT, {"Content-Type: a/b;charset=x", "content-type: c/d"}, "a/b;charset=UTF-8"},
};

static void send_content_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof content_types / sizeof *content_types; i++) {
        struct world w;
        struct request request;
        char name[30];
        begin_world(&w);
        snprintf(name, sizeof name, "row %zu", i);
        struct cors_request given = {
            .method = bytes_of(content_types[i].method),
            .body = bytes_of(content_types[i].body),
            .body_type = bytes_of(content_types[i].type),
            .headers = headers_of(&w, content_types[i].lines),
        };
        assert_true(make(&w, &given, &request));
        CHECK_TEXT(name, header(&w, &request.header_list, "Content-Type"),
                   content_types[i].expected);
        const bool has_body = content_types[i].body != NULL &&
                              strcmp(content_types[i].method, "GET") != 0 &&
                              strcmp(content_types[i].method, "head") != 0;
        assert_int_equal(!is_null(request.body), has_body);
        end_world(&w);
    }
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
            .headers = headers_of(&w, (const char *const[8]){"Content-Type: A/b;C=\"d e\"",
                                                             "Content-Type: f;charset=x"}),
            .body = CORS_BYTES("x"),
            .body_type = CORS_BYTES(TEXT),
        };
        char *memory = malloc(size);
        struct cors_arena small = cors_arena_over(memory, size);
        w.simulation.arena = &small;
        w.top.trace = NULL;
        const bool made = xhr_request(&w.top, &given, &request);
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
        cmocka_unit_test(exceptions),         cmocka_unit_test(request_that_comes_out),
        cmocka_unit_test(set_request_header), cmocka_unit_test(send_content_type),
        cmocka_unit_test(no_memory),
    };
    return RUN_WATCHED_AND_UNWATCHED(tests);
}
