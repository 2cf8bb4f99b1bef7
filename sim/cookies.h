/* RFC 6265bis, internal declarations
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html): what its sections share.
 * The Fetch Standard says when cookies are sent and stored (cookie_headers.c) and asks a later
 * draft for the algorithms; that one still takes cookies that say nothing about SameSite for
 * SameSite=None, and would not change the value of a cookie that is set anew. So the algorithms
 * here are those of the draft before it, which browsers are held to. */
#ifndef CORSIM_COOKIES_H
#define CORSIM_COOKIES_H

#include "engine.h"

/* https://fetch.spec.whatwg.org/#determine-the-same-site-mode, and for none of the last: why */
enum same_site_mode {
    SAME_SITE_STRICT_OR_LESS = 0,
    SAME_SITE_LAX_OR_LESS,
    SAME_SITE_UNSET_OR_LESS,
    SAME_SITE_UNSET_OR_LESS_BY_REDIRECT, /* unset-or-less, since redirects went to another site */
};

/* Who asks, or answers: what storage and retrieval look at. */
struct cookie_context {
    const struct cors_url *url;
    bool is_secure;
    bool is_navigation; /* of the page in the address bar */
    bool is_third_party;
    enum same_site_mode same_site;
    struct cors_bytes partition;       /* the site in the address bar */
    const struct cors_host *page_host; /* and its host; NULL: nobody's */
    enum cors_third_party_cookies third_party_cookies;
    unsigned message;
};

/* A cookie as it is received: of its attributes the last of each counts. */
struct received_cookie {
    struct cors_bytes name;
    struct cors_bytes value;
    bool has_max_age;
    bool has_expires;
    uint64_t max_age; /* as an expiry-time */
    uint64_t expires;
    bool expires_is_last;
    struct cors_bytes domain; /* null: no such attribute */
    struct cors_bytes path;   /* null: likewise */
    bool secure;
    bool http_only;
    bool partitioned;
    enum cors_same_site_attribute same_site;
};

/* cookies.c: the store. Positions are those of cors_cookie_store_next(). */
struct stored_cookie {
    struct cors_cookie cookie;
    uint64_t order; /* by creation */
    size_t position;
};
bool stored_cookie_next(const struct cors_cookie_store *store, size_t *position,
                        struct stored_cookie *cookie);
void cookie_store_remove(struct cors_cookie_store *store, size_t position);
void cookie_store_remove_expired(struct cors_cookie_store *store, uint64_t now);
/* Makes room for it. False: there is no such room. */
bool cookie_store_insert(struct cors_cookie_store *store, const struct cors_cookie *cookie,
                         uint64_t order);
void cookie_store_touch(struct cors_cookie_store *store, size_t position, uint64_t now);
/* Whether both are the same cookie: of one name, host, path and partition. */
bool same_cookie(const struct cors_cookie *a, const struct cors_cookie *b);
/* Whether it has expired. */
static inline bool is_expired(uint64_t expiry_time, uint64_t now)
{
    return expiry_time != CORS_COOKIE_SESSION && expiry_time <= now;
}

/* cookie_date.c. False: failure. A date before 1970 is 0. */
bool parse_a_cookie_date(const struct steps *caller, struct cors_bytes cookie_date,
                         uint64_t *seconds);

/* cookie_parsing.c. NULL, or the rule by which the string is ignored. */
const char *parse_a_set_cookie_string(const struct steps *caller,
                                      struct cors_bytes set_cookie_string,
                                      struct received_cookie *cookie);

/* cookie_matching.c */
bool domain_matches(const struct steps *caller, const struct cors_host *host,
                    struct cors_bytes domain);
struct cors_bytes cookie_default_path(const struct steps *caller, const struct cors_url *url);
bool path_matches(struct cors_bytes request_path, struct cors_bytes cookie_path);
bool is_a_public_suffix(const struct steps *s, struct cors_bytes domain);

/* cookie_storing.c. NULL, or the rule by which the cookie is ignored; *removed: the server took it
 * back. */
const char *store_a_cookie(const struct steps *caller, const struct received_cookie *received,
                           const struct cookie_context *context, bool *removed);

/* cookie_retrieving.c: the cookie-string, empty if no cookie goes along. */
struct cors_bytes retrieve_cookies(const struct steps *caller,
                                   const struct cookie_context *context);
/* Says of every cookie that would have gone along that none did, by `rule`. */
void withhold_cookies(const struct steps *s, const struct cookie_context *context,
                      const char *rule);

/* same_site.c */
static inline const struct cors_origin *top_level_origin(const struct cors_client *client)
{
    return client->top_level_origin == NULL ? &client->origin : client->top_level_origin;
}
/* Whether the URL will be that in the address bar. */
static inline bool goes_there(const struct request *request)
{
    return request->destination == CORS_DESTINATION_DOCUMENT;
}
enum same_site_mode determine_the_same_site_mode(const struct steps *caller,
                                                 const struct request *request);
/* Whether the URL's site is another than that of the page in the address bar, and that page's. */
bool is_third_party(const struct steps *s, const struct request *request,
                    struct cors_bytes *top_level_site);

/* cookie_headers.c */
/* Writes it to the agent's log, if there is one, with copies of its bytes. */
void cookie_decided(const struct steps *s, struct cors_cookie_decision decision);

#endif
