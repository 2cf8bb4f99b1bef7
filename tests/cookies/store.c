/* Cookies (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html) where cases do
 * not reach: what a file may bring into the store, and pages that nobody can tell apart but by
 * their ids. */
#include "../http/http_test.h"

#include "corsim.h"

/* What the server was sent as Cookie, and what it sets. */
struct cookie_server {
    const char *cookie;
    const char *set_cookie; /* NULL: nothing */
};

static enum cors_network_result serve(void *context, const struct cors_network_request *request,
                                      struct cors_network_response *response,
                                      struct cors_arena *arena)
{
    struct cookie_server *server = context;
    server->cookie = text_of(cors_header_list_get(request->headers, CORS_BYTES("Cookie"), arena));
    response->status = 200;
    if (server->set_cookie != NULL)
        cors_header_list_append(&response->headers, CORS_BYTES("Set-Cookie"),
                                bytes_of(server->set_cookie), arena);
    return CORS_NETWORK_RESPONSE;
}

/* The Cookie of a request for https://api.example.com/me. */
static const char *sent_by(struct cors_agent *agent, const struct cors_origin *page,
                           const char *set_cookie)
{
    const struct cors_client client = {.origin = *page};
    const struct cors_request request = {.client = &client,
                                         .url_string = CORS_BYTES("https://api.example.com/me"),
                                         .mode = CORS_MODE_CORS,
                                         .credentials_mode = CORS_CREDENTIALS_INCLUDE};
    struct cookie_server server = {.set_cookie = set_cookie};
    struct cors_arena arena = fresh_arena();
    struct cors_outcome outcome;
    agent->server = (struct cors_server){.answer = serve, .context = &server};
    assert_int_equal(cors_fetch(&outcome, &request, agent, &arena), CORS_OK);
    return server.cookie;
}

static void public_suffix_from_a_file(void **state)
{
    static char kept[4096];
    struct cors_cookie_store store = cors_cookie_store_over(kept, sizeof kept);
    struct cors_agent agent = {.cookies = &store};
    const struct cors_origin page = {.kind = CORS_ORIGIN_TUPLE,
                                     .scheme = CORS_BYTES("https"),
                                     .host = {CORS_HOST_DOMAIN, CORS_BYTES("api.example.com")},
                                     .port = CORS_PORT_NULL};
    static const char *const hosts[] = {"com", "example.com", "api.example.com"};
    (void)state;
    for (size_t i = 0; i < COUNT(hosts); i++) {
        const struct cors_cookie cookie = {.name = bytes_of(hosts[i]),
                                           .value = CORS_BYTES("1"),
                                           .host = bytes_of(hosts[i]),
                                           .path = CORS_BYTES("/"),
                                           .expiry_time = CORS_COOKIE_SESSION};
        assert_true(cors_cookie_store_put(&store, &cookie));
    }
    assert_string_equal(sent_by(&agent, &page, NULL), "`example.com=1; api.example.com=1`");
}

static void opaque_pages(void **state)
{
    static char kept[4096];
    struct cors_cookie_store store = cors_cookie_store_over(kept, sizeof kept);
    struct cors_agent agent = {.cookies = &store,
                               .third_party_cookies = CORS_THIRD_PARTY_COOKIES_PARTITION};
    const struct cors_origin nobody = {.kind = CORS_ORIGIN_OPAQUE};
    const struct cors_origin one = {.kind = CORS_ORIGIN_OPAQUE, .id = 1};
    const struct cors_origin other = {.kind = CORS_ORIGIN_OPAQUE, .id = 2};
    (void)state;
    sent_by(&agent, &nobody, "nobody=1; Secure; SameSite=None");
    sent_by(&agent, &one, "one=1; Secure; SameSite=None");
    assert_string_equal(sent_by(&agent, &one, NULL), "`one=1`");
    assert_string_equal(sent_by(&agent, &other, NULL), "null");
    assert_string_equal(sent_by(&agent, &nobody, NULL), "null");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_suffix_from_a_file),
        cmocka_unit_test(opaque_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
