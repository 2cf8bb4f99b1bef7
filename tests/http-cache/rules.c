/* HTTP caching (https://httpwg.org/specs/rfc9111.html) where cases do not reach: dates in all three
 * formats, freshness and storability as tables, the store when it is full, and a shared cache as a
 * library's user has it. */
#include "../http/http_test.h"

#include "http_cache.h"
#include "http_date.h"

enum { NOW = 1790000000 };

/* ---- Dates -------------------------------------------------------------------------------- */

static void dates(void **state)
{
    static const struct {
        const char *text;
        uint64_t seconds;
    } rows[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        {"Sun Nov  6 08:49:37 1994", 784111777},
        {"Sun Nov 16 08:49:37 1994", 784975777},
        {"sun, 06 nov 1994 08:49:37 gmt", 784111777},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Wed, 31 Dec 1969 23:59:59 GMT", 0},
        {"Mon, 01 Jan 0001 00:00:00 GMT", 0},
        {"Thu, 29 Feb 2024 00:00:00 GMT", 1709164800},
        {"Tue, 29 Feb 2000 00:00:00 GMT", 951782400},
        {"Thu, 31 Dec 2026 23:59:60 GMT", 1798761600},
        {"Friday, 31-Dec-76 00:00:00 GMT", 3376598400},  /* 50 years from now: 2076 */
        {"Saturday, 31-Dec-77 00:00:00 GMT", 252374400}, /* more: 1977 */
        {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t seconds = 1;
        print_message("%s\n", rows[i].text);
        assert_true(parse_http_date(bytes_of(rows[i].text), NOW, &seconds));
        assert_int_equal(seconds, rows[i].seconds);
    }
}

static void no_dates(void **state)
{
    static const char *const rows[] = {
        "",
        "0",
        "-1",
        "Sun",
        "Sun,",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06-Nov-1994 08:49:37 GMT",
        "Sunday, 06 Nov 1994 08:49:37 GMT",
        "Sunday 06-Nov-94 08:49:37 GMT",
        "Sunday Nov  6 08:49:37 1994",
        "06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Wed, 29 Feb 2023 00:00:00 GMT",
        "Mon, 29 Feb 2100 00:00:00 GMT",
        "Sun, 06 Nox 1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t seconds = 1;
        print_message("%s\n", rows[i]);
        assert_false(parse_http_date(bytes_of(rows[i]), NOW, &seconds));
        assert_int_equal(seconds, 1);
    }
    uint64_t seconds = 1;
    assert_false(parse_http_date(null_bytes(), NOW, &seconds));
}

/* No prefix of a date is one, and nothing behind its end is read: each is in memory of its own. */
static void cut_dates(void **state)
{
    static const char *const rows[] = {"Sun, 06 Nov 1994 08:49:37 GMT",
                                       "Sunday, 06-Nov-94 08:49:37 GMT",
                                       "Sun Nov  6 08:49:37 1994"};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t len = 1; len < strlen(rows[i]); len++) {
            char *copy = malloc(len);
            uint64_t seconds;
            assert_non_null(copy);
            memcpy(copy, rows[i], len);
            assert_false(parse_http_date((struct cors_bytes){copy, len}, NOW, &seconds));
            free(copy);
        }
}

/* ---- Freshness ---------------------------------------------------------------------------- */

/* "Name: value" lines, as a list in the arena. */
static struct cors_header_list headers_of(const char *const *lines, struct cors_arena *arena)
{
    struct cors_header_list list = {0};
    for (; *lines != NULL; lines++) {
        const char *colon = strchr(*lines, ':');
        cors_header_list_append(&list, (struct cors_bytes){*lines, (size_t)(colon - *lines)},
                                bytes_of(colon + 2), arena);
    }
    return list;
}

struct freshness {
    const char *headers[5];
    uint64_t of_private, of_shared; /* lifetimes */
    uint64_t age;
    uint16_t status; /* 0: 200 */
};

static const struct freshness freshness_rows[] = {
    {{NULL}, 0, 0, 0, 0},
    {{"Cache-Control: max-age=60"}, 60, 60, 0, 0},
    {{"Cache-Control: MAX-AGE=\"60\""}, 60, 60, 0, 0},
    {{"Cache-Control: max-age=60, s-maxage=5"}, 60, 5, 0, 0},
    {{"Cache-Control: s-maxage=5", "Expires: Mon, 21 Sep 2026 14:13:50 GMT"}, 30, 5, 0, 0},
    {{"Cache-Control: max-age=60", "Cache-Control: max-age=5"}, 60, 60, 0, 0},
    {{"Cache-Control: max-age=99999999999999999999"}, UINT64_MAX, UINT64_MAX, 0, 0},
    {{"Cache-Control: max-age=-1"}, 0, 0, 0, 0},
    {{"Cache-Control: max-age=1.5"}, 0, 0, 0, 0},
    {{"Cache-Control: max-age"}, 0, 0, 0, 0},
    {{"Cache-Control: max-age="}, 0, 0, 0, 0},
    {{"Cache-Control: x=\"max-age=60\""}, 0, 0, 0, 0},
    {{"Cache-Control: max-age = 60"}, 60, 60, 0, 0},
    {{"Expires: 0"}, 0, 0, 0, 0},
    {{"Expires: Mon, 21 Sep 2026 14:13:50 GMT"}, 30, 30, 0, 0},
    {{"Expires: Mon, 21 Sep 2026 14:13:50 GMT", "Date: Mon, 21 Sep 2026 14:13:00 GMT"},
     50,
     50,
     20,
     0},
    {{"Expires: Mon, 21 Sep 2026 14:13:00 GMT"}, 0, 0, 0, 0},
    {{"Age: 7"}, 0, 0, 7, 0},
    {{"Age: 7, 8"}, 0, 0, 7, 0},
    {{"Age: x"}, 0, 0, 0, 0},
    {{"Age: \"7\""}, 0, 0, 0, 0},
    {{"Age: 7", "Date: Mon, 21 Sep 2026 14:13:00 GMT"}, 0, 0, 20, 0},
    {{"Age: 70", "Date: Mon, 21 Sep 2026 14:13:00 GMT"}, 0, 0, 70, 0},
    {{"Date: Mon, 21 Sep 2026 14:14:00 GMT"}, 0, 0, 0, 0},
    {{"Last-Modified: Mon, 21 Sep 2026 14:11:40 GMT"}, 10, 10, 0, 0},
    {{"Last-Modified: Mon, 21 Sep 2026 14:11:40 GMT"}, 10, 10, 0, 404},
    {{"Last-Modified: Mon, 21 Sep 2026 14:11:40 GMT"}, 0, 0, 0, 302},
    {{"Last-Modified: Mon, 21 Sep 2026 14:11:40 GMT", "Cache-Control: public"}, 10, 10, 0, 302},
    {{"Last-Modified: Mon, 21 Sep 2026 14:15:00 GMT"}, 0, 0, 0, 0},
};

static void freshness(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(freshness_rows); i++) {
        const struct freshness *row = &freshness_rows[i];
        struct cors_arena arena = fresh_arena();
        struct cors_http_cache store = {0};
        struct http_cache cache = {.store = &store, .now = NOW, .arena = &arena};
        const struct cors_stored_response stored = {
            .status = row->status == 0 ? 200 : row->status,
            .stored_at = NOW,
            .headers = headers_of(row->headers, &arena),
        };
        print_message("row %zu: %s\n", i, row->headers[0] == NULL ? "" : row->headers[0]);
        assert_int_equal(freshness_lifetime(&cache, &stored), row->of_private);
        assert_int_equal(current_age(&cache, &stored), row->age);
        cache.shared = true;
        cache.now = NOW + 3;
        assert_int_equal(freshness_lifetime(&cache, &stored), row->of_shared);
        assert_int_equal(current_age(&cache, &stored), row->age + 3);
    }
}

/* ---- Storing ------------------------------------------------------------------------------ */

static struct cache_request request_for(const char *url, const struct cors_header_list *headers)
{
    return (struct cache_request){.key = CORS_BYTES("https://app.example"),
                                  .method = CORS_BYTES("GET"),
                                  .url = bytes_of(url),
                                  .headers = headers};
}

struct storability {
    const char *headers[3];
    uint16_t status;
    bool in_private, in_shared;
};

static const struct storability storability_rows[] = {
    {{NULL}, 200, true, true},
    {{NULL}, 404, true, true},
    {{NULL}, 302, false, false},
    {{NULL}, 500, false, false},
    {{NULL}, 103, false, false},
    {{"Cache-Control: max-age=1"}, 103, false, false},
    {{"Cache-Control: max-age=1"}, 206, false, false},
    {{"Cache-Control: max-age=1"}, 304, false, false},
    {{"Cache-Control: max-age=1"}, 302, true, true},
    {{"Cache-Control: s-maxage=1"}, 302, false, true},
    {{"Cache-Control: public"}, 302, true, true},
    {{"Cache-Control: private"}, 302, true, false},
    {{"Cache-Control: private=\"X-A\""}, 200, true, false},
    {{"Cache-Control: max-age=1, private"}, 200, true, false},
    {{"Expires: 0"}, 302, true, true},
    {{"Cache-Control: no-cache"}, 200, true, true},
    {{"Cache-Control: no-store"}, 200, false, false},
    {{"Cache-Control: no-store, must-understand"}, 200, true, true},
    {{"Cache-Control: no-store, must-understand"}, 599, false, false},
    {{"Cache-Control: max-age=1, must-understand"}, 599, false, false},
};

static void storability(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * COUNT(storability_rows); i++) {
        static char kept[4096];
        const struct storability *row = &storability_rows[i / 2];
        struct cors_arena arena = fresh_arena();
        struct cors_http_cache store = cors_http_cache_over(kept, sizeof kept);
        const struct http_cache cache = {
            .store = &store, .shared = i % 2 != 0, .now = NOW, .arena = &arena};
        const struct cors_header_list none = {0};
        const struct cache_request request = request_for("https://api.example/", &none);
        const struct cors_network_response response = {.status = row->status,
                                                       .headers = headers_of(row->headers, &arena)};
        print_message("row %zu\n", i / 2);
        store_response(&cache, &request, &response);
        assert_int_equal(store.used > 0, cache.shared ? row->in_shared : row->in_private);
    }
}

/* A full store gives up its oldest, in whatever sizes they come; what is larger is not kept. */
static void full_store(void **state)
{
    static char kept[1000], body[2000];
    struct cors_http_cache store = cors_http_cache_over(kept, sizeof kept);
    uint64_t stored = 0;
    (void)state;
    memset(body, 'x', sizeof body);
    for (size_t i = 0; i < 5000; i++) {
        struct cors_header header = {CORS_BYTES("X-A"), {body, i * 7 % 50}};
        const struct cors_stored_response response = {
            .key = CORS_BYTES(""),
            .url = {body, 1 + i % 30},
            .stored_at = i,
            .status = 200,
            .status_message = CORS_BYTES("OK"),
            .headers = {.at = &header, .count = 1},
            .request_headers = {.at = &header, .count = i % 2},
            .body = i % 5 == 0 ? null_bytes() : (struct cors_bytes){body, i * 31 % 1200},
        };
        add_stored_response(&store, &response);
        assert_true(store.used <= store.size);
        size_t count = 0;
        struct cors_stored_response entry = {0};
        struct cors_arena arena = fresh_arena();
        for (size_t position = 0; cors_http_cache_next(&store, &position, &entry, &arena); count++)
            assert_true(entry.status == 200 && entry.stored_at <= i);
        assert_false(arena.exhausted);
        if (count == 0 || entry.stored_at != i)
            continue;
        stored++;
        assert_true(bytes_equal(entry.url, response.url));
        assert_true(bytes_equal(entry.headers.at[0].value, header.value));
        assert_int_equal(entry.request_headers.count, i % 2);
        assert_int_equal(is_null(entry.body), is_null(response.body));
        assert_true(bytes_equal(entry.body, response.body));
    }
    assert_true(stored > 1000);
    cors_http_cache_clear(&store);
    size_t position = 0;
    struct cors_stored_response entry;
    struct cors_arena arena = {0};
    assert_false(cors_http_cache_next(&store, &position, &entry, &arena));
}

/* ---- A shared cache, through corsim.h alone ----------------------------------------------- */

/* A server that counts, and answers as it is told. */
struct origin_server {
    unsigned asked;
    const char *condition; /* If-None-Match of the last request; NULL: none */
    const char *lines[5];
    uint16_t status;
    bool is_down;
};

static enum cors_network_result serve(void *context, const struct cors_network_request *request,
                                      struct cors_network_response *response,
                                      struct cors_arena *arena)
{
    struct origin_server *server = context;
    const struct cors_bytes condition =
        cors_header_list_get(request->headers, CORS_BYTES("If-None-Match"), arena);
    server->asked++;
    server->condition = condition.at == NULL ? NULL : text_of(condition);
    response->status = server->status;
    response->status_message = CORS_BYTES("");
    response->headers = headers_of(server->lines, arena);
    response->body = server->status == 304 ? null_bytes() : CORS_BYTES("body");
    return server->is_down ? CORS_NETWORK_ERROR : CORS_NETWORK_RESPONSE;
}

static struct cors_network_response ask(struct cors_shared_cache *cache, const char *method,
                                        const char *const *lines)
{
    struct cors_arena arena = fresh_arena();
    const struct cors_server server = cors_shared_cache_server(cache);
    const struct cors_header_list headers = headers_of(lines, &arena);
    struct cors_url url;
    assert_true(cors_url_parse(&url, CORS_BYTES("https://api.example/a#b"), NULL, NULL, &arena));
    const struct cors_network_request request = {
        .method = bytes_of(method), .url = &url, .headers = &headers};
    struct cors_network_response response = {0};
    assert_int_equal(server.answer(server.context, &request, &response, &arena),
                     CORS_NETWORK_RESPONSE);
    assert_false(arena.exhausted);
    return response;
}

static void conditions(void **state)
{
    static const struct {
        const char *lines[3];
        uint16_t status;
    } rows[] = {
        {{NULL}, 200},
        {{"If-None-Match: \"1\""}, 304},
        {{"If-None-Match: \"0\", W/\"1\""}, 304},
        {{"If-None-Match: *"}, 304},
        {{"If-None-Match: \"2\""}, 200},
        {{"If-None-Match: \"2\"", "If-Modified-Since: Mon, 21 Sep 2026 14:13:20 GMT"}, 200},
        {{"If-Modified-Since: Mon, 21 Sep 2026 14:13:20 GMT"}, 304},
        {{"If-Modified-Since: Mon, 21 Sep 2026 14:11:39 GMT"}, 200},
        {{"If-Modified-Since: never"}, 200},
    };
    static char kept[4096];
    struct cors_http_cache store = cors_http_cache_over(kept, sizeof kept);
    struct origin_server origin = {.status = 200,
                                   .lines = {"ETag: \"1\"", "Content-Length: 4",
                                             "Last-Modified: Mon, 21 Sep 2026 14:11:40 GMT",
                                             "Cache-Control: max-age=60"}};
    struct cors_shared_cache cache = {
        .store = &store, .now = NOW, .server = {.answer = serve, .context = &origin}};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct cors_network_response response = ask(&cache, "GET", rows[i].lines);
        print_message("row %zu\n", i);
        assert_int_equal(response.status, rows[i].status);
        assert_int_equal(is_null(response.body), rows[i].status == 304);
        assert_int_equal(cors_header_list_contains(&response.headers, CORS_BYTES("Content-Length")),
                         rows[i].status == 200);
        assert_int_equal(cache.reused, i > 0);
    }
    assert_int_equal(origin.asked, 1);
}

static void shared_life(void **state)
{
    static const char *const nothing[] = {NULL};
    static char kept[4096];
    struct cors_http_cache store = cors_http_cache_over(kept, sizeof kept);
    struct origin_server origin = {.status = 200,
                                   .lines = {"ETag: \"1\"", "Cache-Control: max-age=60"}};
    struct cors_shared_cache cache = {
        .store = &store, .now = NOW, .server = {.answer = serve, .context = &origin}};
    (void)state;
    ask(&cache, "GET", nothing);
    assert_true(origin.asked == 1 && !cache.reused);
    ask(&cache, "HEAD", nothing);
    assert_true(origin.asked == 1 && cache.reused);
    ask(&cache, "OPTIONS", nothing);
    assert_true(origin.asked == 2 && !cache.reused);
    ask(&cache, "GET", (const char *const[]){"Range: bytes=0-1", NULL});
    assert_true(origin.asked == 3 && !cache.reused);
    cache.now += 60; /* its age is its lifetime */
    origin.status = 304;
    ask(&cache, "GET", (const char *const[]){"If-None-Match: \"of the client's\"", NULL});
    assert_true(origin.asked == 4 && cache.reused);
    assert_string_equal(origin.condition, "`\"1\"`");
    ask(&cache, "GET", nothing);
    assert_true(origin.asked == 4 && cache.reused && cache.stored.stored_at == NOW + 60);
    origin.status = 500;
    ask(&cache, "POST", nothing);
    ask(&cache, "GET", nothing);
    assert_true(origin.asked == 5 && cache.reused);
    origin.status = 303;
    ask(&cache, "POST", nothing);
    origin.status = 200;
    ask(&cache, "GET", nothing);
    assert_true(origin.asked == 7 && !cache.reused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates),      cmocka_unit_test(no_dates),    cmocka_unit_test(cut_dates),
        cmocka_unit_test(freshness),  cmocka_unit_test(storability), cmocka_unit_test(full_store),
        cmocka_unit_test(conditions), cmocka_unit_test(shared_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
