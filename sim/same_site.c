/* Fetch Standard, section "Cookie infrastructure"
 * (https://fetch.spec.whatwg.org/#cookie-infrastructure), and RFC 6265bis, section 5.2, "Same-site
 * and cross-site Requests"
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#same-site-requests): on
 * behalf of whom a request is made. Fetch looks at what led there and at the frames around the
 * page, but not at where the page itself is: that is the draft's part, so that a request must be
 * same-site to both. Invariant: sites are schemeful but where a browser's are not. */
#include "cookies.h"

static bool same_site(const struct steps *s, const struct cors_origin *a,
                      const struct cors_origin *b)
{
    cors_public_suffix *public_suffix = agent_of(s)->public_suffix;
    return cors_same_site(a, b, public_suffix) ||
           (cors_schemelessly_same_site(a, b, public_suffix) &&
            deviates(s, CORS_DEV_SAME_SITE_IGNORES_SCHEME));
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#document-requests; NULL: an
 * opaque origin. */
static const struct cors_origin *site_for_cookies(const struct steps *caller,
                                                  const struct cors_client *client)
{
    struct steps s = begin(caller, "document-requests");

    /* 1. The page in the address bar. */
    /* 2. Its origin. */
    const struct cors_origin *top_origin = top_level_origin(client);

    /* 3. The frames between that page and the one that asks: of these only the last is known. */
    /* 4. Each of them. */
    /* 4.1. Its origin. */
    const struct cors_origin *origin = &client->origin;

    /* 4.2. A single one of another site is enough: the request is for none. */
    if (whether(&s, "4.2", origin != top_origin && !same_site(&s, origin, top_origin)))
        return NULL;

    /* 5. The site of the page in the address bar. */
    return top_origin;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#same-site-requests */
static bool is_same_site(const struct steps *caller, const struct request *request)
{
    struct steps s = begin(caller, "same-site-requests");

    /* 1. Nobody reloads a page here. */
    /* 2. The request goes to the site that it is made for, or nobody made it. */
    if (request->client == NULL)
        return true;
    const struct cors_origin *site = site_for_cookies(&s, request->client);
    return whether(&s, "2", site != NULL && same_site(&s, current_url_origin(request), site));
}

/* Whether the chain left the page's site to the browser, too, which may overlook schemes. */
static bool left_the_site(const struct steps *s, const struct request *request)
{
    for (size_t i = 1; i < request->url_count; i++)
        if (!same_site(s, &request->url_origins[i], &request->url_origins[i - 1]) &&
            !same_site(s, &request->origin, &request->url_origins[i - 1]))
            return true;
    return false;
}

/* Whether redirects count against the request. */
static bool was_led_astray(const struct steps *s, const struct request *request)
{
    return request->url_count > 1 && redirect_taint(s, request) == TAINT_CROSS_SITE &&
           left_the_site(s, request) && !deviates(s, CORS_DEV_SAME_SITE_FORGETS_REDIRECTS);
}

/* Whether the request is same-site to a browser that looks at each hop by itself. */
static bool stayed_on_the_site(const struct steps *s, const struct request *request)
{
    const struct cors_origin *page = top_level_origin(request->client);
    cors_public_suffix *public_suffix = agent_of(s)->public_suffix;
    if (bytes_equal(current_url_origin(request)->host.serialized, page->host.serialized))
        return true;
    for (size_t i = 1; i < request->url_count; i++)
        if (!cors_same_site(&request->url_origins[i], &request->url_origins[i - 1], public_suffix))
            return false;
    return same_site(s, &request->url_origins[0], page);
}

/* https://fetch.spec.whatwg.org/#determine-the-same-site-mode step 5 and what follows, after
 * redirects: whether the browser thinks otherwise of them. */
static bool differs_on_redirects(const struct steps *s, const struct request *request,
                                 enum same_site_mode mode)
{
    return simulation_of(s)->engine != 0 && request->url_count > 1 && request->client != NULL &&
           stayed_on_the_site(s, request) != (mode == SAME_SITE_STRICT_OR_LESS) &&
           deviates(s, CORS_DEV_SAME_SITE_IS_LOST_ON_THE_WAY);
}

/* https://fetch.spec.whatwg.org/#determine-the-same-site-mode */
enum same_site_mode determine_the_same_site_mode(const struct steps *caller,
                                                 const struct request *request)
{
    struct steps s = begin(caller, "determine-the-same-site-mode");

    /* 1. Said of GET and POST, true of all methods. */
    /* 2. Who made the user go there. [scope: navigation] */
    /* 3. Going somewhere brings Lax cookies along. */
    if (whether(&s, "3", bytes_equal(request->method, CORS_BYTES("GET")) && goes_there(request)))
        /* To the draft a page of the same site brings all. */
        return is_same_site(&s, request) && !was_led_astray(&s, request) ? SAME_SITE_STRICT_OR_LESS
                                                                         : SAME_SITE_LAX_OR_LESS;

    /* 4. A page in a frame of another site asks for nobody. */
    if (whether(&s, "4",
                request->client != NULL &&
                    !cors_same_site(&request->client->origin, top_level_origin(request->client),
                                    agent_of(&s)->public_suffix) &&
                    !same_site(&s, &request->client->origin, top_level_origin(request->client))))
        return SAME_SITE_UNSET_OR_LESS;

    /* 5. Redirects by way of another site take the page's right away. */
    enum same_site_mode mode = SAME_SITE_STRICT_OR_LESS;
    if (whether(&s, "5", was_led_astray(&s, request)))
        mode = SAME_SITE_UNSET_OR_LESS_BY_REDIRECT;

    /* 6. Otherwise every cookie, if the request is same-site to RFC 6265bis, too. */
    else if (!is_same_site(&s, request))
        mode = SAME_SITE_UNSET_OR_LESS;
    if (!differs_on_redirects(&s, request, mode))
        return mode;
    return mode == SAME_SITE_STRICT_OR_LESS ? SAME_SITE_UNSET_OR_LESS_BY_REDIRECT
                                            : SAME_SITE_STRICT_OR_LESS;
}

/* The site in the address bar. That of an opaque origin without an id is "null", which is not even
 * its own. */
static struct cors_bytes site_of_page(const struct steps *s, const struct cors_origin *page)
{
    const struct cors_bytes site =
        cors_site_serialize(page, agent_of(s)->public_suffix, arena_of(s));
    return page->kind == CORS_ORIGIN_OPAQUE && page->id != 0
               ? BYTES_CONCAT(arena_of(s), site, CORS_BYTES(" "),
                              serialize_integer(page->id, arena_of(s)))
               : site;
}

bool is_third_party(const struct steps *s, const struct request *request,
                    struct cors_bytes *top_level_site)
{
    *top_level_site = CORS_BYTES("");
    if (request->client == NULL)
        return false;
    cors_public_suffix *public_suffix = agent_of(s)->public_suffix;
    const struct cors_origin *top =
        goes_there(request) ? current_url_origin(request) : top_level_origin(request->client);
    *top_level_site = site_of_page(s, top);
    if (goes_there(request))
        return false;
    return !cors_schemelessly_same_site(top, current_url_origin(request), public_suffix) ||
           !cors_schemelessly_same_site(top, &request->client->origin, public_suffix);
}
