/* Referrer Policy: what of the page's address goes out, for every policy, kind of target and source
 * of the referrer; and what a redirect's Referrer-Policy does. */
#include "entry.h"

#define PAGE "https://user:pw@page.example/a/b?q#f"
#define FULL "https://page.example/a/b?q"
#define ORIGIN "https://page.example/"
#define NONE "no referrer"

static const char *determine(struct world *w, const struct cors_client *client,
                             const char *referrer, const char *url,
                             enum cors_referrer_policy policy)
{
    struct request request = {.client = client, .referrer_policy = policy};
    give_urls(w, &request, (const char *const[4]){url});
    request.origin = client->origin;
    if (referrer != NULL) {
        request.referrer = CORS_REFERRER_URL;
        request.referrer_url = *url_of(w, referrer);
    }
    determine_the_referrer(&w->top, &request);
    assert_true(request.referrer != CORS_REFERRER_CLIENT);
    if (request.referrer == CORS_REFERRER_NO_REFERRER)
        return NONE;
    return text_of(w, cors_url_serialize(&request.referrer_url, CORS_URL_WITH_FRAGMENT, &w->arena));
}

struct policy_row {
    enum cors_referrer_policy policy;
    const char *same, *cross, *downgrade;
};

/* From https:. */
static const struct policy_row policies[] = {
    {CORS_REFERRER_POLICY_NO_REFERRER, NONE, NONE, NONE},
    {CORS_REFERRER_POLICY_NO_REFERRER_WHEN_DOWNGRADE, FULL, FULL, NONE},
    {CORS_REFERRER_POLICY_SAME_ORIGIN, FULL, NONE, NONE},
    {CORS_REFERRER_POLICY_ORIGIN, ORIGIN, ORIGIN, ORIGIN},
    {CORS_REFERRER_POLICY_STRICT_ORIGIN, ORIGIN, ORIGIN, NONE},
    {CORS_REFERRER_POLICY_ORIGIN_WHEN_CROSS_ORIGIN, FULL, ORIGIN, ORIGIN},
    {CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN, FULL, ORIGIN, NONE},
    {CORS_REFERRER_POLICY_UNSAFE_URL, FULL, FULL, FULL},
};

/* The page itself, its own address named by a script, and another page's after a redirect. */
static const struct {
    const char *page, *creation_url, *referrer;
} referrer_sources[] = {
    {PAGE, PAGE, NULL},
    {PAGE, PAGE, PAGE},
    {"https://other.example", "https://other.example/secret", PAGE},
};

static void check_policy(const struct policy_row *row, size_t source)
{
    struct world w;
    char name[80];
    begin_world(&w);
    snprintf(name, sizeof name, "policy %d, source %zu", (int)row->policy, source);
    const struct cors_client page = {
        .origin = origin_of(&w, referrer_sources[source].page),
        .creation_url = url_of(&w, referrer_sources[source].creation_url),
    };
    const char *const referrer = referrer_sources[source].referrer;
    CHECK_TEXT(name, determine(&w, &page, referrer, "https://page.example/x", row->policy),
               row->same);
    CHECK_TEXT(name, determine(&w, &page, referrer, "https://api.example/x", row->policy),
               row->cross);
    CHECK_TEXT(name, determine(&w, &page, referrer, "http://page.example/x", row->policy),
               row->downgrade);
    end_world(&w);
}

static void every_policy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        for (size_t j = 0; j < sizeof referrer_sources / sizeof *referrer_sources; j++)
            check_policy(&policies[i], j);
}

/* From an untrustworthy page no URL is a downgrade. */
static void from_http(void **state)
{
    (void)state;
    static const struct policy_row rows[] = {
        {CORS_REFERRER_POLICY_NO_REFERRER_WHEN_DOWNGRADE, "http://page.example/a",
         "http://page.example/a", "http://page.example/a"},
        {CORS_REFERRER_POLICY_STRICT_ORIGIN, "http://page.example/", "http://page.example/",
         "http://page.example/"},
        {CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN, "http://page.example/a",
         "http://page.example/", "http://page.example/"},
    };
    struct world w;
    begin_world(&w);
    struct cors_client page = {
        .origin = origin_of(&w, "http://page.example"),
        .creation_url = url_of(&w, "http://page.example/a"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_TEXT("same", determine(&w, &page, NULL, "http://page.example/x", rows[i].policy),
                   rows[i].same);
        CHECK_TEXT("cross", determine(&w, &page, NULL, "http://api.example/x", rows[i].policy),
                   rows[i].cross);
        CHECK_TEXT("upgrade", determine(&w, &page, NULL, "https://page.example/x", rows[i].policy),
                   rows[i].downgrade);
    }
    end_world(&w);
}

/* A page on localhost is trustworthy, and so is what it asks there. */
static void to_localhost(void **state)
{
    (void)state;
    struct world w;
    begin_world(&w);
    struct cors_client page = {
        .origin = origin_of(&w, PAGE),
        .creation_url = url_of(&w, PAGE),
    };
    CHECK_TEXT("localhost",
               determine(&w, &page, NULL, "http://localhost:8080/x",
                         CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN),
               ORIGIN);
    end_world(&w);
}

static void sources(void **state)
{
    (void)state;
    static const struct {
        const char *name, *origin, *creation_url, *referrer, *expected;
    } rows[] = {
        {"no creation URL", "https://page.example:8443", NULL, NULL, "https://page.example:8443/"},
        {"opaque origin", "null", "https://page.example/a", NULL, NONE},
        {"opaque origin without a URL", "null", NULL, NULL, NONE},
        {"opaque origin, but a referrer", "null", NULL, "https://page.example/a#f",
         "https://page.example/a"},
        {"about:blank", "https://page.example", "about:blank", NULL, NONE},
        {"data:", "https://page.example", "data:text/html,x", NULL, NONE},
        {"blob:", "https://page.example", "blob:https://page.example/1-2", NULL, NONE},
        {"referrer about:", "https://page.example", NULL, "about:blank", NONE},
        {"port and query", "https://page.example", "https://page.example:1/?", NULL,
         "https://page.example:1/?"},
        {"not HTTP(S)", "https://page.example", "foo:bar?q#f", NULL, "foo:bar?q"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        begin_world(&w);
        struct cors_client page = {
            .origin = origin_of(&w, rows[i].origin),
            .creation_url = rows[i].creation_url == NULL ? NULL : url_of(&w, rows[i].creation_url),
        };
        CHECK_TEXT(rows[i].name,
                   determine(&w, &page, rows[i].referrer, "https://api.example/",
                             CORS_REFERRER_POLICY_UNSAFE_URL),
                   rows[i].expected);
        end_world(&w);
    }
}

/* 4096 bytes go out, 4097 are cut down to the origin. */
static void long_addresses(void **state)
{
    (void)state;
    static const char *const starts[] = {"https://page.example/",
                                         "https://page.example:8443/?q=", "https://[::1]/"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        for (size_t extra = 0; extra < 2; extra++) {
            struct world w;
            begin_world(&w);
            char text[4200];
            size_t length = strlen(starts[i]);
            memcpy(text, starts[i], length);
            memset(text + length, 'x', 4096 + extra - length);
            memcpy(text + 4096 + extra, "#f", 3);
            struct cors_client page = {
                .origin = origin_of(&w, starts[i]),
                .creation_url = url_of(&w, text),
            };
            const char *got =
                determine(&w, &page, NULL, "https://api.example/", CORS_REFERRER_POLICY_UNSAFE_URL);
            assert_int_equal(strlen(got),
                             extra == 0 ? 4096 : (size_t)(strchr(text + 8, '/') + 1 - text));
            end_world(&w);
        }
}

static void on_redirect(void **state)
{
    (void)state;
    static const struct {
        const char *lines[8];
        enum cors_referrer_policy expected;
    } rows[] = {
        {{NULL}, CORS_REFERRER_POLICY_ORIGIN},
        {{"Referrer-Policy:"}, CORS_REFERRER_POLICY_ORIGIN},
        {{"Referrer-Policy: , ,"}, CORS_REFERRER_POLICY_ORIGIN},
        {{"Referrer-Policy: no-referrer"}, CORS_REFERRER_POLICY_NO_REFERRER},
        {{"referrer-policy:same-origin"}, CORS_REFERRER_POLICY_SAME_ORIGIN},
        {{"Referrer-Policy: no-referrer, unsafe-url"}, CORS_REFERRER_POLICY_UNSAFE_URL},
        {{"Referrer-Policy: no-referrer", "Referrer-Policy: strict-origin"},
         CORS_REFERRER_POLICY_STRICT_ORIGIN},
        {{"Referrer-Policy: strict-origin, some-new-policy"}, CORS_REFERRER_POLICY_STRICT_ORIGIN},
        {{"Referrer-Policy: unknown"}, CORS_REFERRER_POLICY_ORIGIN},
        {{"Referrer-Policy: NO-REFERRER"}, CORS_REFERRER_POLICY_ORIGIN},
        {{"Referrer-Policy: no-referrer;"}, CORS_REFERRER_POLICY_ORIGIN},
        {{"Referrer-Policy: no-referrer, \"x\""}, CORS_REFERRER_POLICY_ORIGIN},
        {{"Referrer-Policy: no-referrer unsafe-url"}, CORS_REFERRER_POLICY_ORIGIN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct world w;
        begin_world(&w);
        struct request request = {.referrer_policy = CORS_REFERRER_POLICY_ORIGIN};
        struct response response = {.header_list = headers_of(&w, rows[i].lines)};
        set_referrer_policy_on_redirect(&w.top, &request, &response);
        if (request.referrer_policy != rows[i].expected)
            fail_msg("row %zu: policy %d", i, (int)request.referrer_policy);
        end_world(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_policy),   cmocka_unit_test(from_http),
        cmocka_unit_test(to_localhost),   cmocka_unit_test(sources),
        cmocka_unit_test(long_addresses), cmocka_unit_test(on_redirect),
    };
    return RUN_WATCHED_AND_UNWATCHED(tests);
}
