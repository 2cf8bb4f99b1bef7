/* What the browser itself says in a request: Origin and the Sec-Fetch headers. */
#include "entry.h"

struct origin_row {
    const char *name;
    const char *page;
    const char *urls[4];
    const char *method;
    enum cors_mode mode;
    enum response_tainting tainting;
    enum cors_referrer_policy policy;
    const char *expected;
};

#define HTTPS "https://page.example"
#define POLICY(name) CORS_REFERRER_POLICY_##name

static const struct origin_row origin_rows[] = {
    {"CORS GET",
     HTTPS,
     {"https://api.example/"},
     "GET",
     CORS_MODE_CORS,
     TAINTING_CORS,
     POLICY(NO_REFERRER),
     HTTPS},
    {"CORS HEAD over http",
     HTTPS,
     {"http://api.example/"},
     "HEAD",
     CORS_MODE_CORS,
     TAINTING_CORS,
     POLICY(SAME_ORIGIN),
     HTTPS},
    {"CORS, tainted redirect",
     HTTPS,
     {"https://api.example/", "https://other.test/"},
     "GET",
     CORS_MODE_CORS,
     TAINTING_CORS,
     POLICY(UNSAFE_URL),
     "null"},
    {"CORS, redirect from the own origin",
     HTTPS,
     {"https://page.example/", "https://other.test/"},
     "GET",
     CORS_MODE_CORS,
     TAINTING_CORS,
     POLICY(UNSAFE_URL),
     HTTPS},
    {"CORS, opaque",
     "null",
     {"https://api.example/"},
     "GET",
     CORS_MODE_CORS,
     TAINTING_CORS,
     POLICY(UNSAFE_URL),
     "null"},
    {"WebSocket",
     HTTPS,
     {"https://api.example/"},
     "GET",
     CORS_MODE_WEBSOCKET,
     TAINTING_BASIC,
     POLICY(NO_REFERRER),
     HTTPS},
    {"WebTransport",
     HTTPS,
     {"https://api.example/"},
     "CONNECT",
     CORS_MODE_WEBTRANSPORT,
     TAINTING_BASIC,
     POLICY(NO_REFERRER),
     HTTPS},
    {"same-origin GET",
     HTTPS,
     {"https://page.example/"},
     "GET",
     CORS_MODE_CORS,
     TAINTING_BASIC,
     POLICY(UNSAFE_URL),
     "(null)"},
    {"no-cors HEAD",
     HTTPS,
     {"https://api.example/"},
     "HEAD",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(UNSAFE_URL),
     "(null)"},
    {"same-origin POST in cors mode",
     HTTPS,
     {"https://page.example/"},
     "POST",
     CORS_MODE_CORS,
     TAINTING_BASIC,
     POLICY(NO_REFERRER),
     HTTPS},
    {"no-cors POST, no-referrer",
     HTTPS,
     {"https://api.example/"},
     "POST",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(NO_REFERRER),
     "null"},
    {"no-cors POST, when-downgrade, https",
     HTTPS,
     {"https://api.example/"},
     "POST",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(NO_REFERRER_WHEN_DOWNGRADE),
     HTTPS},
    {"no-cors POST, when-downgrade, http",
     HTTPS,
     {"http://api.example/"},
     "POST",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(NO_REFERRER_WHEN_DOWNGRADE),
     "null"},
    {"no-cors POST, strict-origin, http",
     HTTPS,
     {"http://api.example/"},
     "POST",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(STRICT_ORIGIN),
     "null"},
    {"no-cors POST, strict-origin-when, http",
     HTTPS,
     {"http://api.example/"},
     "POST",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(STRICT_ORIGIN_WHEN_CROSS_ORIGIN),
     "null"},
    {"from http there is no downgrade",
     "http://page.example",
     {"http://api.example/"},
     "POST",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(STRICT_ORIGIN),
     "http://page.example"},
    {"opaque is no tuple",
     "null",
     {"http://api.example/"},
     "POST",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(STRICT_ORIGIN),
     "null"},
    {"no-cors POST, same-origin, other",
     HTTPS,
     {"https://api.example/"},
     "POST",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(SAME_ORIGIN),
     "null"},
    {"same-origin POST, same-origin, own",
     HTTPS,
     {"https://page.example/x"},
     "POST",
     CORS_MODE_SAME_ORIGIN,
     TAINTING_BASIC,
     POLICY(SAME_ORIGIN),
     HTTPS},
    {"no-cors POST, origin",
     HTTPS,
     {"http://api.example/"},
     "POST",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(ORIGIN),
     HTTPS},
    {"no-cors POST, origin-when",
     HTTPS,
     {"http://api.example/"},
     "POST",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(ORIGIN_WHEN_CROSS_ORIGIN),
     HTTPS},
    {"no-cors POST, unsafe-url",
     HTTPS,
     {"http://api.example/"},
     "POST",
     CORS_MODE_NO_CORS,
     TAINTING_OPAQUE,
     POLICY(UNSAFE_URL),
     HTTPS},
    {"methods are compared exactly",
     HTTPS,
     {"https://page.example/"},
     "get",
     CORS_MODE_SAME_ORIGIN,
     TAINTING_BASIC,
     POLICY(UNSAFE_URL),
     HTTPS},
};

static void origin_header(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof origin_rows / sizeof *origin_rows; i++) {
        const struct origin_row *row = &origin_rows[i];
        struct world w;
        begin_world(&w);
        struct request request = {
            .method = bytes_of(row->method),
            .origin = origin_of(&w, row->page),
            .mode = row->mode,
            .response_tainting = row->tainting,
            .referrer_policy = row->policy,
        };
        give_urls(&w, &request, row->urls);
        append_a_request_origin_header(&w.top, &request);
        CHECK_TEXT(row->name, header(&w, &request.header_list, "Origin"), row->expected);
        CHECK_TEXT(row->name, decided(&w), "");
        end_world(&w);
    }
}

struct site_row {
    const char *page;
    const char *urls[4];
    const char *expected; /* without public suffixes the last label is one */
};

static const struct site_row site_rows[] = {
    {HTTPS, {"https://page.example/"}, "same-origin"},
    {HTTPS, {"https://page.example:443/"}, "same-origin"},
    {HTTPS, {"https://page.example:8443/"}, "same-site"},
    {HTTPS, {"https://api.page.example/"}, "same-site"},
    {HTTPS, {"https://other.example/"}, "cross-site"},
    {HTTPS, {"https://page.test/"}, "cross-site"},
    {"http://page.example", {"https://page.example/"}, "cross-site"},
    {"null", {"https://page.example/"}, "cross-site"},
    {HTTPS, {"https://page.example/", "https://page.example/x"}, "same-origin"},
    {HTTPS, {"https://page.example/", "https://api.page.example/"}, "same-site"},
    {HTTPS, {"https://api.page.example/", "https://page.example/"}, "same-site"},
    {HTTPS,
     {"https://page.example/", "https://other.test/", "https://page.example/"},
     "cross-site"},
    {HTTPS,
     {"https://page.example/", "https://api.page.example/", "https://other.test/",
      "https://page.example/"},
     "cross-site"},
    {HTTPS,
     {"https://other.test/", "https://api.page.example/", "https://page.example/"},
     "cross-site"},
    {HTTPS, {"http://page.example/", "https://page.example/"}, "(null)"},
    {HTTPS, {"http://page.example/"}, "(null)"},
    {HTTPS, {"https://page.example/", "http://page.example/"}, "cross-site"},
    {"http://localhost:3000", {"http://localhost:8080/"}, "same-site"},
    {"http://localhost:3000", {"http://127.0.0.1:8080/"}, "cross-site"},
    {"http://127.0.0.1:3000", {"http://127.0.0.1:8080/"}, "same-site"},
};

static void sec_fetch_site(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof site_rows / sizeof *site_rows; i++) {
        const struct site_row *row = &site_rows[i];
        struct world w;
        begin_world(&w);
        struct request request = {.origin = origin_of(&w, row->page), .mode = CORS_MODE_CORS};
        char name[30];
        snprintf(name, sizeof name, "row %zu", i);
        give_urls(&w, &request, row->urls);
        append_the_fetch_metadata_headers(&w.top, &request);
        const bool sent = strcmp(row->expected, "(null)") != 0;
        CHECK_TEXT(name, header(&w, &request.header_list, "Sec-Fetch-Site"), row->expected);
        CHECK_TEXT(name, header(&w, &request.header_list, "Sec-Fetch-Dest"),
                   sent ? "empty" : "(null)");
        CHECK_TEXT(name, header(&w, &request.header_list, "Sec-Fetch-Mode"),
                   sent ? "cors" : "(null)");
        CHECK_TEXT(name, header(&w, &request.header_list, "Sec-Fetch-User"), "(null)");
        assert_int_equal(request.header_list.count, sent ? 3 : 0);
        end_world(&w);
    }
}

static void sec_fetch_dest_and_mode(void **state)
{
    (void)state;
    static const char *const modes[] = {
        [CORS_MODE_NO_CORS] = "no-cors",         [CORS_MODE_CORS] = "cors",
        [CORS_MODE_SAME_ORIGIN] = "same-origin", [CORS_MODE_NAVIGATE] = "navigate",
        [CORS_MODE_WEBSOCKET] = "websocket",     [CORS_MODE_WEBTRANSPORT] = "webtransport",
    };
    static const struct {
        enum cors_destination destination;
        const char *expected;
    } destinations[] = {
        {CORS_DESTINATION_EMPTY, "empty"},       {CORS_DESTINATION_AUDIO, "audio"},
        {CORS_DESTINATION_DOCUMENT, "document"}, {CORS_DESTINATION_IMAGE, "image"},
        {CORS_DESTINATION_SCRIPT, "script"},     {CORS_DESTINATION_SERVICEWORKER, "serviceworker"},
        {CORS_DESTINATION_STYLE, "style"},       {CORS_DESTINATION_XSLT, "xslt"},
    };
    struct world w;
    begin_world(&w);
    struct request request = {.origin = origin_of(&w, HTTPS)};
    give_urls(&w, &request, (const char *const[4]){"https://api.example/"});
    for (int mode = CORS_MODE_NO_CORS; mode <= CORS_MODE_WEBTRANSPORT; mode++) {
        request.mode = (enum cors_mode)mode;
        append_the_fetch_metadata_headers(&w.top, &request);
        CHECK_TEXT("mode", header(&w, &request.header_list, "Sec-Fetch-Mode"), modes[mode]);
    }
    for (size_t i = 0; i < sizeof destinations / sizeof *destinations; i++) {
        request.destination = destinations[i].destination;
        append_the_fetch_metadata_headers(&w.top, &request);
        CHECK_TEXT("destination", header(&w, &request.header_list, "Sec-Fetch-Dest"),
                   destinations[i].expected);
    }
    /* Set, not appended: the headers of the last call took the place of the others. */
    assert_int_equal(request.header_list.count, 3);
    end_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(origin_header),
        cmocka_unit_test(sec_fetch_site),
        cmocka_unit_test(sec_fetch_dest_and_mode),
    };
    return RUN_WATCHED_AND_UNWATCHED(tests);
}
