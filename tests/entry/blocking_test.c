/* What is not fetched, or not handed over: bad ports, mixed content, MIME types, nosniff and
 * Cross-Origin-Resource-Policy. A check that allows must not be the deciding step. */
#include "entry.h"

#define HTTPS "https://page.example"

static void check_verdict(struct world *w, const char *row, bool blocked, const char *expected)
{
    if (blocked != (*expected != '\0'))
        fail_msg("%s: %s", row, blocked ? "blocked" : "allowed");
    CHECK_TEXT(row, decided(w), expected);
}

static void bad_ports(void **state)
{
    (void)state;
    static const struct {
        const char *urls[4];
        const char *decided;
    } rows[] = {
        {{"https://api.example/"}, ""},
        {{"https://api.example:8443/"}, ""},
        {{"http://api.example:22/"}, "block-bad-port 2"},
        {{"https://api.example:25/"}, "block-bad-port 2"},
        {{"http://api.example:0/"}, "block-bad-port 2"},
        {{"http://api.example:6667/"}, "block-bad-port 2"},
        {{"http://api.example:10080/"}, "block-bad-port 2"},
        {{"http://api.example:10081/"}, ""},
        {{"ws://api.example:22/"}, ""}, /* WebSocket requests are made as http: ones */
        {{"foo://api.example:22/"}, ""},
        {{"http://api.example:22/", "http://api.example/"}, ""},
        {{"http://api.example/", "http://api.example:22/"}, "block-bad-port 2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        begin_world(&w);
        struct request request = {0};
        give_urls(&w, &request, rows[i].urls);
        check_verdict(&w, rows[i].urls[0], blocked_due_to_a_bad_port(&w.top, &request),
                      rows[i].decided);
        end_world(&w);
    }
}

struct mixed_row {
    const char *name, *page, *top_level, *url;
    enum cors_destination destination;
    enum cors_initiator initiator;
    const char *upgraded; /* what the URL becomes; NULL: it stays */
    bool blocked;         /* without the upgrade */
};

static const struct mixed_row mixed_rows[] = {
    {"https to https", HTTPS, NULL, "https://api.example/", 0, 0, NULL, false},
    {"https to http", HTTPS, NULL, "http://api.example/", 0, 0, NULL, true},
    {"http to http", "http://page.example", NULL, "http://api.example/", 0, 0, NULL, false},
    {"http in https", "http://page.example", HTTPS, "http://api.example/", 0, 0, NULL, true},
    {"http in http", "http://page.example", "http://top.example", "http://api.example/", 0, 0, NULL,
     false},
    {"opaque in https", "null", HTTPS, "http://api.example/", 0, 0, NULL, true},
    {"opaque alone", "null", NULL, "http://api.example/", 0, 0, NULL, false},
    {"https to localhost", HTTPS, NULL, "http://localhost:3000/", 0, 0, NULL, false},
    {"https to 127.0.0.1", HTTPS, NULL, "http://127.0.0.1/", CORS_DESTINATION_IMAGE, 0, NULL,
     false},
    {"localhost to http", "http://localhost:3000", NULL, "http://api.example/", 0, 0, NULL, true},
    {"data:", HTTPS, NULL, "data:,x", 0, 0, NULL, false},
    {"image", HTTPS, NULL, "http://api.example/i", CORS_DESTINATION_IMAGE, 0,
     "https://api.example/i", true},
    {"image with a port", HTTPS, NULL, "http://api.example:8080/", CORS_DESTINATION_IMAGE, 0,
     "https://api.example:8080/", true},
    {"video", HTTPS, NULL, "http://api.example/", CORS_DESTINATION_VIDEO, 0, "https://api.example/",
     true},
    {"audio", HTTPS, NULL, "http://api.example/", CORS_DESTINATION_AUDIO, CORS_INITIATOR_IMAGESET,
     "https://api.example/", true},
    {"image set", HTTPS, NULL, "http://api.example/", CORS_DESTINATION_IMAGE,
     CORS_INITIATOR_IMAGESET, NULL, true},
    {"image from IPv4", HTTPS, NULL, "http://192.0.2.1/", CORS_DESTINATION_IMAGE, 0, NULL, true},
    {"image from IPv6", HTTPS, NULL, "http://[2001:db8::1]/", CORS_DESTINATION_IMAGE, 0, NULL,
     true},
    {"image on http", "http://page.example", NULL, "http://api.example/", CORS_DESTINATION_IMAGE, 0,
     NULL, false},
    {"image over ftp", HTTPS, NULL, "ftp://api.example/", CORS_DESTINATION_IMAGE, 0, NULL, true},
    {"script", HTTPS, NULL, "http://api.example/", CORS_DESTINATION_SCRIPT, 0, NULL, true},
    {"document", HTTPS, NULL, "http://api.example/", CORS_DESTINATION_DOCUMENT, 0, NULL, false},
    {"iframe", HTTPS, NULL, "http://api.example/", CORS_DESTINATION_IFRAME, 0, NULL, true},
};

static void mixed_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mixed_rows / sizeof *mixed_rows; i++) {
        const struct mixed_row *row = &mixed_rows[i];
        struct world w;
        begin_world(&w);
        struct cors_origin top_level;
        struct cors_client client = {.origin = origin_of(&w, row->page)};
        if (row->top_level != NULL) {
            top_level = origin_of(&w, row->top_level);
            client.top_level_origin = &top_level;
        }
        struct request request = {
            .client = &client,
            .destination = row->destination,
            .initiator = row->initiator,
        };
        give_urls(&w, &request, (const char *const[4]){row->url});
        check_verdict(&w, row->name, fetching_blocked_as_mixed_content(&w.top, &request),
                      row->blocked ? "should-block-fetch 2" : "");

        struct response response = {
            .url_list = request.url_list,
            .url_origins = request.url_origins,
            .url_count = 1,
        };
        check_verdict(&w, row->name, response_blocked_as_mixed_content(&w.top, &request, &response),
                      row->blocked ? "should-block-response 2" : "");

        upgrade_a_mixed_content_request(&w.top, &request);
        const char *expected = row->upgraded == NULL ? row->url : row->upgraded;
        CHECK_TEXT(
            row->name,
            text_of(&w, cors_url_serialize(&request.url_list[0], CORS_URL_WITH_FRAGMENT, &w.arena)),
            expected);
        struct cors_origin origin = origin_of(&w, expected);
        if (origin.kind == CORS_ORIGIN_TUPLE)
            assert_true(cors_same_origin(&request.url_origins[0], &origin));
        end_world(&w);
    }
}

/* A response without a URL is not trustworthy. */
static void mixed_content_without_url(void **state)
{
    (void)state;
    struct world w;
    begin_world(&w);
    struct cors_client client = {.origin = origin_of(&w, HTTPS)};
    struct request request = {.client = &client};
    struct response response = {0};
    give_urls(&w, &request, (const char *const[4]){"https://api.example/"});
    check_verdict(&w, "no URL", response_blocked_as_mixed_content(&w.top, &request, &response),
                  "should-block-response 2");
    end_world(&w);
}

#define MIME "should-response-to-request-be-blocked-due-to-mime-type? 4"
#define NOSNIFF_4 "should-response-to-request-be-blocked-due-to-nosniff? 4"
#define NOSNIFF_5 "should-response-to-request-be-blocked-due-to-nosniff? 5"

struct type_row {
    const char *lines[8];
    enum cors_destination destination;
    const char *mime, *nosniff;
};

static const struct type_row type_rows[] = {
    {{"Content-Type: image/png"}, CORS_DESTINATION_EMPTY, "", ""},
    {{"Content-Type: image/png"}, CORS_DESTINATION_IMAGE, "", ""},
    {{"Content-Type: image/png"}, CORS_DESTINATION_SCRIPT, MIME, ""},
    {{"Content-Type: IMAGE/PNG"}, CORS_DESTINATION_SCRIPT, MIME, ""},
    {{"Content-Type: audio/x;a=b"}, CORS_DESTINATION_WORKER, MIME, ""},
    {{"Content-Type: video/mp4"}, CORS_DESTINATION_SERVICEWORKER, MIME, ""},
    {{"Content-Type: text/csv"}, CORS_DESTINATION_SHAREDWORKER, MIME, ""},
    {{"Content-Type: text/csv"}, CORS_DESTINATION_AUDIOWORKLET, MIME, ""},
    {{"Content-Type: text/csv"}, CORS_DESTINATION_PAINTWORKLET, MIME, ""},
    {{"Content-Type: text/csvx"}, CORS_DESTINATION_SCRIPT, "", ""},
    {{"Content-Type: text/html"}, CORS_DESTINATION_SCRIPT, "", ""},
    {{"Content-Type: text/csv"}, CORS_DESTINATION_STYLE, "", ""},
    {{"Content-Type: image/"}, CORS_DESTINATION_SCRIPT, "", ""},
    {{NULL}, CORS_DESTINATION_SCRIPT, "", ""},
    {{"X-Content-Type-Options: nosniff"}, CORS_DESTINATION_SCRIPT, "", NOSNIFF_4},
    {{"X-Content-Type-Options: nosniff"}, CORS_DESTINATION_STYLE, "", NOSNIFF_5},
    {{"X-Content-Type-Options: nosniff"}, CORS_DESTINATION_EMPTY, "", ""},
    {{"X-Content-Type-Options: nosniff"}, CORS_DESTINATION_IMAGE, "", ""},
    {{"X-Content-Type-Options: NoSniff", "Content-Type: text/html"},
     CORS_DESTINATION_SCRIPT,
     "",
     NOSNIFF_4},
    {{"X-Content-Type-Options: nosniff,x", "Content-Type: text/html"},
     CORS_DESTINATION_SCRIPT,
     "",
     NOSNIFF_4},
    {{"X-Content-Type-Options: x, nosniff", "Content-Type: text/html"},
     CORS_DESTINATION_SCRIPT,
     "",
     ""},
    {{"X-Content-Type-Options: x", "X-Content-Type-Options: nosniff", "Content-Type: text/html"},
     CORS_DESTINATION_SCRIPT,
     "",
     ""},
    {{"X-Content-Type-Options:", "Content-Type: text/html"}, CORS_DESTINATION_SCRIPT, "", ""},
    {{"X-Content-Type-Options: nosniff", "Content-Type: Text/JavaScript; charset=x"},
     CORS_DESTINATION_SCRIPT,
     "",
     ""},
    {{"X-Content-Type-Options: nosniff", "Content-Type: application/x-javascript"},
     CORS_DESTINATION_WORKER,
     "",
     ""},
    {{"X-Content-Type-Options: nosniff", "Content-Type: text/javascript1.6"},
     CORS_DESTINATION_WORKER,
     "",
     NOSNIFF_4},
    {{"X-Content-Type-Options: nosniff", "Content-Type: text/css"}, CORS_DESTINATION_STYLE, "", ""},
    {{"X-Content-Type-Options: nosniff", "Content-Type: text/javascript"},
     CORS_DESTINATION_STYLE,
     "",
     NOSNIFF_5},
    {{"X-Content-Type-Options: nosniff", "Content-Type: text/css"},
     CORS_DESTINATION_SCRIPT,
     "",
     NOSNIFF_4},
};

static void mime_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof type_rows / sizeof *type_rows; i++) {
        const struct type_row *row = &type_rows[i];
        struct world w;
        char name[30];
        snprintf(name, sizeof name, "row %zu", i);
        begin_world(&w);
        struct request request = {.destination = row->destination};
        struct response response = {.header_list = headers_of(&w, row->lines)};
        check_verdict(&w, name, blocked_due_to_its_mime_type(&w.top, &response, &request),
                      row->mime);
        w.simulation.algorithm = NULL;
        check_verdict(&w, name, blocked_due_to_nosniff(&w.top, &response, &request), row->nosniff);
        end_world(&w);
    }
}

#define SAME_ORIGIN "cross-origin-resource-policy-internal-check 5.b"
#define SAME_SITE "cross-origin-resource-policy-internal-check 5.c"
#define EMBEDDER "cross-origin-resource-policy-check 7"

struct resource_row {
    const char *page, *url;
    const char *lines[8];
    enum cors_embedder_policy embedder;
    bool with_credentials;
    const char *decided;
};

static const struct resource_row resource_rows[] = {
    {HTTPS, "https://api.test/", {NULL}, 0, false, ""},
    {HTTPS, "https://api.test/", {"Cross-Origin-Resource-Policy: cross-origin"}, 0, false, ""},
    {HTTPS,
     "https://api.test/",
     {"Cross-Origin-Resource-Policy: same-origin"},
     0,
     false,
     SAME_ORIGIN},
    {HTTPS, "https://page.example/x", {"Cross-Origin-Resource-Policy: same-origin"}, 0, false, ""},
    {HTTPS,
     "https://page.example:1/",
     {"Cross-Origin-Resource-Policy: same-origin"},
     0,
     false,
     SAME_ORIGIN},
    {HTTPS, "https://api.test/", {"Cross-Origin-Resource-Policy: same-site"}, 0, false, SAME_SITE},
    {HTTPS, "https://api.page.example/", {"Cross-Origin-Resource-Policy: same-site"}, 0, false, ""},
    {HTTPS, "http://api.page.example/", {"Cross-Origin-Resource-Policy: same-site"}, 0, false, ""},
    {"http://page.example",
     "https://page.example/",
     {"Cross-Origin-Resource-Policy: same-site"},
     0,
     false,
     SAME_SITE},
    {"http://page.example",
     "http://api.page.example/",
     {"Cross-Origin-Resource-Policy: same-site"},
     0,
     false,
     ""},
    {"null",
     "https://page.example/",
     {"Cross-Origin-Resource-Policy: same-site"},
     0,
     false,
     SAME_SITE},
    {"null",
     "https://page.example/",
     {"Cross-Origin-Resource-Policy: same-origin"},
     0,
     false,
     SAME_ORIGIN},
    {HTTPS, "https://api.test/", {"Cross-Origin-Resource-Policy: Same-Origin"}, 0, false, ""},
    {HTTPS,
     "https://api.test/",
     {"Cross-Origin-Resource-Policy: same-site, same-origin"},
     0,
     false,
     ""},
    {HTTPS,
     "https://api.test/",
     {"Cross-Origin-Resource-Policy: same-origin", "Cross-Origin-Resource-Policy: same-origin"},
     0,
     false,
     ""},
    {HTTPS, "https://api.test/", {NULL}, CORS_EMBEDDER_POLICY_REQUIRE_CORP, false, EMBEDDER},
    {HTTPS, "https://page.example/", {NULL}, CORS_EMBEDDER_POLICY_REQUIRE_CORP, false, ""},
    {HTTPS,
     "https://api.test/",
     {"Cross-Origin-Resource-Policy: cross-origin"},
     CORS_EMBEDDER_POLICY_REQUIRE_CORP,
     false,
     ""},
    {HTTPS,
     "https://api.test/",
     {"Cross-Origin-Resource-Policy: bogus"},
     CORS_EMBEDDER_POLICY_REQUIRE_CORP,
     false,
     EMBEDDER},
    {HTTPS,
     "https://api.test/",
     {"Cross-Origin-Resource-Policy: same-origin"},
     CORS_EMBEDDER_POLICY_REQUIRE_CORP,
     false,
     SAME_ORIGIN},
    {HTTPS, "https://api.test/", {NULL}, CORS_EMBEDDER_POLICY_CREDENTIALLESS, false, ""},
    {HTTPS, "https://api.test/", {NULL}, CORS_EMBEDDER_POLICY_CREDENTIALLESS, true, EMBEDDER},
    {HTTPS, "https://page.example/", {NULL}, CORS_EMBEDDER_POLICY_CREDENTIALLESS, true, ""},
};

static void resource_policy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof resource_rows / sizeof *resource_rows; i++) {
        const struct resource_row *row = &resource_rows[i];
        struct world w;
        char name[30];
        snprintf(name, sizeof name, "row %zu", i);
        begin_world(&w);
        struct cors_client client = {
            .origin = origin_of(&w, row->page),
            .embedder_policy = row->embedder,
        };
        struct request request;
        give_urls(&w, &request, (const char *const[4]){row->url});
        struct response response = {
            .url_list = request.url_list,
            .url_origins = request.url_origins,
            .url_count = 1,
            .header_list = headers_of(&w, row->lines),
            .request_includes_credentials = row->with_credentials,
        };
        check_verdict(&w, name,
                      cross_origin_resource_policy_blocks(&w.top, &client.origin, &client,
                                                          CORS_DESTINATION_IMAGE, &response),
                      row->decided);
        end_world(&w);
    }
}

/* A response that came from no URL is nobody's own. */
static void resource_policy_without_url(void **state)
{
    (void)state;
    struct world w;
    begin_world(&w);
    struct cors_client client = {.origin = origin_of(&w, HTTPS)};
    struct response response = {
        .header_list =
            headers_of(&w, (const char *const[8]){"Cross-Origin-Resource-Policy:same-origin"}),
    };
    check_verdict(&w, "no URL",
                  cross_origin_resource_policy_blocks(&w.top, &client.origin, &client,
                                                      CORS_DESTINATION_IMAGE, &response),
                  SAME_ORIGIN);
    end_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_ports),
        cmocka_unit_test(mixed_content),
        cmocka_unit_test(mixed_content_without_url),
        cmocka_unit_test(mime_types),
        cmocka_unit_test(resource_policy),
        cmocka_unit_test(resource_policy_without_url),
    };
    return RUN_WATCHED_AND_UNWATCHED(tests);
}
