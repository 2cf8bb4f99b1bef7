/* RFC 6265bis, section 5.7, "Storage Model"
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model): whether a
 * cookie that was received is kept, and as what. Every reason to ignore one is a row of
 * spec-tables/cookie-rules.tsv. Invariants: all cookies come from HTTP; what is stored has a host
 * that the request's host domain-matches. */
#include "cookies.h"

static bool starts_with_prefix(struct cors_bytes bytes, struct cors_bytes prefix)
{
    return bytes.len >= prefix.len &&
           byte_case_insensitive_match(bytes_slice(bytes, 0, prefix.len), prefix);
}

static const struct cors_bytes secure_prefix = {"__Secure-", 9};
static const struct cors_bytes host_prefix = {"__Host-", 7};

static bool is_ascii(struct cors_bytes bytes)
{
    return !has_byte_beyond_ascii(bytes);
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model step 6 */
static uint64_t expiry_time_of(const struct steps *s, const struct received_cookie *received)
{
    /* 6. How long it lives: */
    if (whether(s, "6", received->has_max_age || received->has_expires)) {
        /* 6.a.1. It outlives the session, */
        /* 6.a.2. by Max-Age, which counts before Expires. */
        /* 6.b.1. It outlives the session, */
        /* 6.b.2. by Expires. */
        const bool by_expires =
            received->expires_is_last &&
            (!received->has_max_age || deviates(s, CORS_DEV_EXPIRES_BEHIND_MAX_AGE_COUNTS));
        return received->has_max_age && !by_expires ? received->max_age : received->expires;
    }
    /* 6.c.1. It ends with the session, */
    /* 6.c.2. whenever that is. */
    return CORS_COOKIE_SESSION;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model steps 7 to
 * 10: which hosts it is for. NULL, or the rule that is against it. */
static const char *take_host(const struct steps *s, const struct received_cookie *received,
                             const struct cookie_context *context, struct cors_cookie *cookie)
{
    /* 7. The domain: */
    /* 7.a.1. the last that was said, */
    /* 7.b.1. or none. */
    struct cors_bytes domain_attribute =
        is_null(received->domain) ? CORS_BYTES("") : received->domain;

    /* 8. It is ASCII. */
    if (whether(s, "8", !is_ascii(domain_attribute)))
        return "domain-not-ascii";

    /* 9. Nobody sets cookies for everybody below a public suffix. */
    if (whether(s, "9", is_a_public_suffix(s, domain_attribute))) {
        /* 9.1. The host of the URL. */
        /* 9.2. The URL parser made it canonical. */
        /* 9.3. A host that is itself such a suffix */
        if (whether(s, "9.3", bytes_equal(domain_attribute, context->url->host.serialized))) {
            /* 9.3.a.1. sets a cookie for itself. */
            domain_attribute = CORS_BYTES("");
        } else {
            /* 9.3.b.1. No other does. */
            return "public-suffix";
        }
    }

    /* 10. A domain, or the host alone. */
    if (whether(s, "10", domain_attribute.len > 0)) {
        /* 10.a.1. The host must be the domain, or below it: */
        if (whether(s, "10.a.1", !domain_matches(s, &context->url->host, domain_attribute))) {
            /* 10.a.1.a.1. a server sets nothing for others. */
            return "domain-mismatch";
        }
        /* 10.a.1.b.1. It is for all hosts */
        cookie->host_only = false;

        /* 10.a.1.b.2. below the domain. */
        cookie->host = domain_attribute;
        return NULL;
    }
    /* 10.b.1. It is for no host but */
    cookie->host_only = true;

    /* 10.b.2. the one that set it. */
    cookie->host = context->url->host.serialized;
    return NULL;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model step 16 */
static bool overlays_secure_cookie(const struct steps *s, const struct cors_cookie *cookie)
{
    struct stored_cookie old;
    for (size_t position = 0; stored_cookie_next(agent_of(s)->cookies, &position, &old);) {
        const struct cors_host old_host = {CORS_HOST_DOMAIN, old.cookie.host};
        const struct cors_host host = {CORS_HOST_DOMAIN, cookie->host};

        /* 16.1. One of that name, */
        /* 16.2. that is secure, */
        /* 16.3. of a host at or above or below, */
        /* 16.4. and for a path at or above. */
        if (whether(s, "16.4",
                    bytes_equal(old.cookie.name, cookie->name) && old.cookie.secure &&
                        (domain_matches(NULL, &old_host, cookie->host) ||
                         domain_matches(NULL, &host, old.cookie.host)) &&
                        path_matches(cookie->path, old.cookie.path)))
            return true;
    }
    return false;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model steps 13 to
 * 16: what a connection may set that anybody can read. */
static const char *judge_connection(const struct steps *s, const struct cookie_context *context,
                                    const struct cors_cookie *cookie)
{
    /* 13. Over plain http: nothing is set that is secure, */
    if (whether(s, "13", !context->is_secure && cookie->secure))
        return "secure-over-http";

    /* 14. Whether scripts may see it was said. */
    /* 15. It came from HTTP. */
    /* 16. and nothing that hides such a cookie. */
    if (whether(s, "16",
                !cookie->secure && !context->is_secure && overlays_secure_cookie(s, cookie)))
        return "hides-secure";
    return NULL;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model steps 17 to
 * 19: from where it may be set. */
static const char *judge_same_site(const struct steps *s, const struct cookie_context *context,
                                   const struct cors_cookie *cookie)
{
    /* 17. What SameSite said. */
    const bool is_none = cookie->same_site == CORS_SAME_SITE_NONE ||
                         (cookie->same_site == CORS_SAME_SITE_DEFAULT &&
                          deviates(s, CORS_DEV_COOKIES_ARE_SAME_SITE_NONE));

    /* 18. A cookie that is not for everybody: */
    if (whether(s, "18", !is_none)) {
        /* 18.1. It came from HTTP. */
        /* 18.2. is set by requests of its own site, */
        /* 18.3. and by going there. */
        /* 18.4. Others set none. */
        if (whether(s, "18.4",
                    !context->is_navigation && context->same_site >= SAME_SITE_UNSET_OR_LESS &&
                        !deviates(s, CORS_DEV_SAME_SITE_COOKIES_ARE_SET_FROM_ANYWHERE)))
            return context->same_site == SAME_SITE_UNSET_OR_LESS ? "set-cross-site"
                                                                 : "set-cross-site-by-redirect";
    }

    /* 19. One that is for everybody is secure. */
    if (whether(s, "19", cookie->same_site == CORS_SAME_SITE_NONE && !cookie->secure) &&
        !deviates(s, CORS_DEV_SAME_SITE_NONE_NEED_NOT_BE_SECURE))
        return "none-not-secure";
    return NULL;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model steps 20 to
 * 22: what names promise. */
static const char *judge_prefix(const struct steps *s, const struct received_cookie *received,
                                const struct cors_cookie *cookie)
{
    const struct cors_bytes promise = cookie->name.len == 0 ? cookie->value : cookie->name;
    if ((starts_with_prefix(promise, secure_prefix) || starts_with_prefix(promise, host_prefix)) &&
        deviates(s, CORS_DEV_NAME_PREFIXES_MEAN_NOTHING))
        return NULL;

    /* 20. __Secure- is secure. */
    if (whether(s, "20", starts_with_prefix(cookie->name, secure_prefix) && !cookie->secure))
        return "prefix-secure";

    /* 21. __Host- is */
    /* 21.1. secure, */
    /* 21.2. for one host */
    /* 21.3. and for all its paths, said in so many words. */
    if (whether(
            s, "21",
            starts_with_prefix(cookie->name, host_prefix) &&
                !(cookie->secure && cookie->host_only &&
                  bytes_equal(cookie->path, CORS_BYTES("/")) &&
                  (!is_null(received->path) || deviates(s, CORS_DEV_HOST_PREFIX_NEEDS_NO_PATH)))))
        return "prefix-host";

    /* 22. A value without a name does not pretend to be one of these. */
    if (whether(s, "22",
                cookie->name.len == 0 && (starts_with_prefix(cookie->value, secure_prefix) ||
                                          starts_with_prefix(cookie->value, host_prefix))))
        return "prefix-in-value";
    return NULL;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model steps 23 and
 * 24 */
static void insert(const struct steps *s, struct cors_cookie *cookie)
{
    struct cors_cookie_store *store = agent_of(s)->cookies;
    struct stored_cookie old;
    bool found = false;
    uint64_t order = store->created++;
    for (size_t position = 0; !found && stored_cookie_next(store, &position, &old);)
        found = same_cookie(&old.cookie, cookie);

    /* 23. The same cookie once more: */
    if (whether(s, "23", found)) {
        /* 23.1. the one that is there */
        /* 23.2. (it came from HTTP) */
        /* 23.3. gives it its age */
        cookie->creation_time = old.cookie.creation_time;
        order = old.order;

        /* 23.4. and goes. */
        cookie_store_remove(store, old.position);
    }

    /* 24. It is in the store, unless it had expired when it came. */
    if (!is_expired(cookie->expiry_time, agent_of(s)->now))
        cookie_store_insert(store, cookie, order);
}

/* Whether the cookie would go along to the host in the address bar. */
static bool is_for_the_page(const struct received_cookie *received,
                            const struct cookie_context *context)
{
    return received->domain.len == 0
               ? bytes_equal(context->url->host.serialized, context->page_host->serialized)
               : domain_matches(NULL, context->page_host, received->domain);
}

/* Whether it is kept apart for each site in the address bar; and if it may not be kept at all, the
 * rule. */
static const char *take_partition(const struct steps *s, const struct received_cookie *received,
                                  const struct cookie_context *context, struct cors_cookie *cookie)
{
    const bool partitioned = received->partitioned && deviates(s, CORS_DEV_PARTITIONED_IS_KNOWN);
    if (partitioned && !received->secure)
        return "partitioned-not-secure";
    if (partitioned || (context->is_third_party &&
                        context->third_party_cookies == CORS_THIRD_PARTY_COOKIES_PARTITION))
        cookie->partition = context->partition;
    else if (context->is_third_party &&
             context->third_party_cookies == CORS_THIRD_PARTY_COOKIES_BLOCK)
        return "third-party-blocked";
    if (context->page_host != NULL && !is_for_the_page(received, context) &&
        deviates(s, CORS_DEV_COOKIE_MUST_BE_OF_THE_PAGE))
        return "not-of-the-page";
    return NULL;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model */
const char *store_a_cookie(const struct steps *caller, const struct received_cookie *received,
                           const struct cookie_context *context, bool *removed)
{
    struct steps s = begin(caller, "storage-model");
    const uint64_t now = agent_of(&s)->now;
    cookie_store_remove_expired(agent_of(&s)->cookies, now);

    /* 1. A browser that takes no cookies from other sites ignores it. */
    struct cors_cookie cookie = {.name = received->name, .value = received->value};
    const char *rule = take_partition(&s, received, context, &cookie);
    if (whether(&s, "1", rule != NULL))
        return rule;

    /* 2. There is something in it. */
    if (whether(&s, "2", received->name.len == 0 && received->value.len == 0))
        return "empty";

    /* 3. Without control characters, which the parser saw to. */
    /* 4. Not too long, likewise. */
    /* 5. The cookie, made now. */
    cookie.creation_time = cookie.last_access_time = now;
    cookie.expiry_time = expiry_time_of(&s, received);
    rule = take_host(&s, received, context, &cookie);
    if (rule != NULL)
        return rule;

    /* 11. Its path, or that of the URL. */
    cookie.path = is_null(received->path) ? cookie_default_path(&s, context->url) : received->path;

    /* 12. Whether it is secure. */
    cookie.secure = received->secure;
    cookie.http_only = received->http_only;
    cookie.same_site = received->same_site;
    rule = judge_connection(&s, context, &cookie);
    if (rule == NULL)
        rule = judge_same_site(&s, context, &cookie);
    if (rule == NULL)
        rule = judge_prefix(&s, received, &cookie);
    if (rule != NULL)
        return rule;
    *removed = is_expired(cookie.expiry_time, now);
    if (!arena_of(&s)->exhausted)
        insert(&s, &cookie);
    return NULL;
}
