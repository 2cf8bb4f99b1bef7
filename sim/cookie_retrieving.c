/* RFC 6265bis, section 5.8.3, "Retrieval Algorithm"
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#retrieval-algorithm):
 * which cookies go along, in which order, as which bytes. Every reason to leave one out is a row of
 * spec-tables/cookie-rules.tsv. Invariant: the store changes in times of last access only. */
#include "cookies.h"

/* Those that go along, while they are collected: at most as many as the store has. */
struct cookie_list {
    struct stored_cookie *at;
    size_t count;
};

/* For whom it is. Cookies of other sites are none of the request's business, nor are those
 * of a public suffix, which only a file can bring: no rule, but out. */
static bool belongs(const struct steps *s, const struct cors_cookie *cookie,
                    const struct cookie_context *context, const char **rule)
{
    const struct cors_host *host = &context->url->host;
    if (cookie->host_only
            ? bytes_equal(host->serialized, cookie->host)
            : domain_matches(s, host, cookie->host) && !is_a_public_suffix(s, cookie->host))
        return true;
    const struct cors_host owner = {CORS_HOST_DOMAIN, cookie->host};
    const struct cors_bytes site = cors_registrable_domain(host, agent_of(s)->public_suffix);
    *rule = NULL;
    if (!is_null(site) &&
        bytes_equal(site, cors_registrable_domain(&owner, agent_of(s)->public_suffix)))
        *rule = cookie->host_only ? "host-only" : "other-domain";
    return false;
}

/* By the site that asks. */
static const char *judge_same_site(const struct steps *s, const struct cors_cookie *cookie,
                                   const struct cookie_context *context)
{
    if (context->same_site == SAME_SITE_STRICT_OR_LESS || cookie->same_site == CORS_SAME_SITE_NONE)
        return NULL;
    if (cookie->same_site == CORS_SAME_SITE_STRICT)
        return context->same_site == SAME_SITE_UNSET_OR_LESS_BY_REDIRECT ? "same-site-by-redirect"
                                                                         : "same-site-strict";
    if (context->same_site == SAME_SITE_LAX_OR_LESS ||
        (cookie->same_site == CORS_SAME_SITE_DEFAULT &&
         deviates(s, CORS_DEV_COOKIES_ARE_SAME_SITE_NONE)))
        return NULL;
    if (context->same_site == SAME_SITE_UNSET_OR_LESS_BY_REDIRECT)
        return "same-site-by-redirect";
    return cookie->same_site == CORS_SAME_SITE_LAX ? "same-site-lax" : "same-site-default";
}

/* By the site in the address bar. */
static const char *judge_partition(const struct cors_cookie *cookie,
                                   const struct cookie_context *context)
{
    if (!is_null(cookie->partition))
        return bytes_equal(cookie->partition, context->partition) &&
                       !bytes_equal(context->partition, CORS_BYTES("null"))
                   ? NULL
                   : "other-partition";
    if (!context->is_third_party)
        return NULL;
    if (context->third_party_cookies == CORS_THIRD_PARTY_COOKIES_PARTITION)
        return "third-party-partitioned";
    return context->third_party_cookies == CORS_THIRD_PARTY_COOKIES_BLOCK ? "third-party-blocked"
                                                                          : NULL;
}

/* Whether it goes along; if not, *rule is why, or NULL: nobody would expect it to. */
static bool goes_along(const struct steps *s, const struct cors_cookie *cookie,
                       const struct cookie_context *context, const char **rule)
{
    if (!belongs(s, cookie, context, rule))
        return false;
    if (!path_matches(context->url->path, cookie->path))
        *rule = "other-path";
    else if (cookie->secure && !context->is_secure)
        *rule = "secure-not-sent";
    else
        *rule = judge_same_site(s, cookie, context);
    if (*rule == NULL)
        *rule = judge_partition(cookie, context);
    return *rule == NULL;
}

/* Domains are longer than those above them, and one counts for longer than a host of its name. */
static size_t rank_of(const struct cors_cookie *cookie)
{
    return 2 * cookie->host.len + (cookie->host_only ? 0 : 1);
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#retrieval-algorithm step 4:
 * longer paths first, then older cookies. */
static bool comes_before(const struct steps *s, const struct stored_cookie *a,
                         const struct stored_cookie *b)
{
    const size_t rank_a = rank_of(&a->cookie), rank_b = rank_of(&b->cookie);
    if (a->cookie.path.len != b->cookie.path.len)
        return a->cookie.path.len > b->cookie.path.len;
    if (rank_a != rank_b && (rank_a > rank_b) != (a->order < b->order) &&
        deviates(s, CORS_DEV_OWN_COOKIES_FIRST))
        return rank_a > rank_b;
    return a->order < b->order;
}

static void add_in_order(const struct steps *s, struct cookie_list *list,
                         const struct stored_cookie *cookie)
{
    size_t at = list->count++;
    for (; at > 0 && comes_before(s, cookie, &list->at[at - 1]); at--)
        list->at[at] = list->at[at - 1];
    list->at[at] = *cookie;
}

/* Not less than how many go along. */
static size_t count_cookies(const struct cors_cookie_store *store, struct cors_bytes host)
{
    struct stored_cookie stored;
    size_t count = 0;
    for (size_t position = 0; stored_cookie_next(store, &position, &stored);)
        count += stored.cookie.host.len <= host.len;
    return count;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#retrieval-algorithm step 6
 */
static struct cors_bytes serialize_cookies(const struct steps *s, const struct cookie_list *list)
{
    struct cors_arena *arena = arena_of(s);
    struct cors_bytes *part = ARENA_NEW(arena, struct cors_bytes, list->count * 4);
    size_t count = 0;
    if (arena->exhausted)
        return CORS_BYTES("");

    /* 6. One behind the other: */
    for (size_t i = 0; i < list->count; i++) {
        const struct cors_cookie *cookie = &list->at[i].cookie;

        /* 6.1. the name, unless it has none, */
        if (whether(s, "6.1", cookie->name.len > 0)) {
            part[count++] = cookie->name;
            part[count++] = CORS_BYTES("=");
        }

        /* 6.2. the value, */
        part[count++] = cookie->value;

        /* 6.3. and something between two of them. */
        if (whether(s, "6.3", i + 1 < list->count))
            part[count++] = CORS_BYTES("; ");
    }
    return bytes_join(part, count, CORS_BYTES(""), arena);
}

static void tell(const struct steps *s, const struct cors_cookie *cookie,
                 const struct cookie_context *context, enum cors_cookie_fate fate, const char *rule)
{
    cookie_decided(s, (struct cors_cookie_decision){.fate = fate,
                                                    .message = context->message,
                                                    .name = cookie->name,
                                                    .host = cookie->host,
                                                    .ends_with_session =
                                                        cookie->expiry_time == CORS_COOKIE_SESSION,
                                                    .rule = rule});
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#retrieval-algorithm */
struct cors_bytes retrieve_cookies(const struct steps *caller, const struct cookie_context *context)
{
    struct steps s = begin(caller, "retrieval-algorithm");
    struct cors_cookie_store *store = agent_of(&s)->cookies;
    const uint64_t now = agent_of(&s)->now;
    struct cookie_list list = {0};
    struct stored_cookie stored;
    cookie_store_remove_expired(store, now);
    list.at = ARENA_NEW(arena_of(&s), struct stored_cookie,
                        count_cookies(store, context->url->host.serialized));
    if (arena_of(&s)->exhausted)
        return CORS_BYTES("");

    /* 1. The host of the URL. */
    /* 2. The URL parser made it canonical. */
    /* 3. Each cookie that is for this host and path and connection, and for whoever asks. */
    for (size_t position = 0; stored_cookie_next(store, &position, &stored);) {
        const char *rule = NULL;
        const bool goes = goes_along(&s, &stored.cookie, context, &rule);
        show(&s, "3", "cookie", stored.cookie.name);
        if (whether(&s, "3", goes))
            /* 4. Longer paths first, then older cookies. */
            add_in_order(&s, &list, &stored);
        if (goes || rule != NULL)
            tell(&s, &stored.cookie, context, goes ? CORS_COOKIE_SENT : CORS_COOKIE_WITHHELD, rule);
    }

    /* 5. They have been used. */
    for (size_t i = 0; i < list.count; i++)
        cookie_store_touch(store, list.at[i].position, now);
    return serialize_cookies(&s, &list);
}

void withhold_cookies(const struct steps *s, const struct cookie_context *context, const char *rule)
{
    struct cors_cookie_store *store = agent_of(s)->cookies;
    struct stored_cookie stored;
    cookie_store_remove_expired(store, agent_of(s)->now);
    for (size_t position = 0; stored_cookie_next(store, &position, &stored);) {
        const char *otherwise = NULL; /* what would withhold it next */
        if (goes_along(s, &stored.cookie, context, &otherwise) || otherwise != NULL)
            tell(s, &stored.cookie, context, CORS_COOKIE_WITHHELD, rule);
    }
}
