/* Fetch Metadata Request Headers (https://w3c.github.io/webappsec-fetch-metadata/#framework): what
 * a browser tells servers, on its own account, about how a request came to be made. Invariants: a
 * script cannot set these headers; Sec-Fetch-Site never gets closer again along a redirect chain;
 * an untrustworthy URL gets none of them. */
#include "engine.h"

/* https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-dest */
static void set_dest(const struct steps *caller, struct request *r)
{
    struct steps s = begin(caller, "abstract-opdef-set-dest");

    /* 1. The URL is trustworthy. */
    /* 2. The value is a token. */
    /* 3. Where there is no destination it says so. */
    struct cors_bytes header = r->destination == CORS_DESTINATION_EMPTY
                                   ? CORS_BYTES("empty")
                                   : destination_name(r->destination);
    show(&s, "3", "header", header);

    /* 4. Set the header. */
    cors_header_list_set(&r->header_list, CORS_BYTES("Sec-Fetch-Dest"), header, arena_of(&s));
}

/* https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-mode */
static void set_mode(const struct steps *caller, struct request *r)
{
    struct steps s = begin(caller, "abstract-opdef-set-mode");

    /* 1. The URL is trustworthy. */
    /* 2. The value is a token. */
    /* 3. It is the request's mode. */
    struct cors_bytes header = mode_name(r->mode);
    show(&s, "3", "header", header);

    /* 4. Set the header. */
    cors_header_list_set(&r->header_list, CORS_BYTES("Sec-Fetch-Mode"), header, arena_of(&s));
}

/* https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site step 5: where a
 * preflight goes, and in some browsers what its Origin says. */
static struct cors_bytes site_of_preflight(const struct steps *s, const struct request *r)
{
    const struct cors_origin *url = current_url_origin(r);
    if (bytes_equal(byte_serialize_a_request_origin(s, r), CORS_BYTES("null")) &&
        !deviates(s, CORS_DEV_PREFLIGHT_SITE_FORGETS_REDIRECTS))
        return CORS_BYTES("cross-site");
    if (cors_same_origin(url, &r->origin))
        return CORS_BYTES("same-origin");
    return cors_same_site(&r->origin, url, agent_of(s)->public_suffix) ? CORS_BYTES("same-site")
                                                                       : CORS_BYTES("cross-site");
}

/* https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site */
static void set_site(const struct steps *caller, struct request *r)
{
    struct steps s = begin(caller, "abstract-opdef-set-site");

    /* 1. The URL is trustworthy. */
    /* 2. The value is a token. */
    /* 3. Until shown otherwise the request never left the page's origin. */
    struct cors_bytes header = CORS_BYTES("same-origin");

    /* 4. What the user typed into the address bar comes from nowhere. [scope: navigation] */
    /* 5. Look at every URL of the redirect chain. */
    for (size_t i = 0; i < r->url_count; i++) {
        const struct cors_origin *url = &r->url_origins[i];

        /* 5.1. The page's own origin changes nothing. */
        if (whether(&s, "5.1", cors_same_origin(url, &r->origin)))
            continue;

        /* 5.2. Another origin is another site until shown otherwise. */
        header = CORS_BYTES("cross-site");

        /* 5.3. One URL on another site is enough. */
        if (whether(&s, "5.3", !cors_same_site(&r->origin, url, agent_of(&s)->public_suffix)))
            break;

        /* 5.4. It is the same site after all. */
        header = CORS_BYTES("same-site");
    }

    if (r->url_count > 1 && simulation_of(&s)->preflighting &&
        (deviates(&s, CORS_DEV_PREFLIGHT_SITE_BY_LAST_URL) ||
         deviates(&s, CORS_DEV_PREFLIGHT_SITE_FORGETS_REDIRECTS)))
        header = site_of_preflight(&s, r);

    /* 6. Set the header. */
    show(&s, "6", "header", header);
    cors_header_list_set(&r->header_list, CORS_BYTES("Sec-Fetch-Site"), header, arena_of(&s));
}

/* https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-user */
static void set_user(const struct steps *caller)
{
    begin(caller, "abstract-opdef-set-user");

    /* 1. The URL is trustworthy. */
    /* 2. Only a navigation that the user set off goes further; there are none here. */
    /* 3. The value is a token. [scope: navigation] */
    /* 4. It is true. [scope: navigation] */
    /* 5. Set the header. [scope: navigation] */
}

/* Whether a browser leaves the headers out that are due after a redirect. */
static bool loses_them(const struct steps *s, const struct request *r)
{
    if (r->url_count == 1 || simulation_of(s)->engine == 0)
        return false;
    if (simulation_of(s)->preflighting)
        return !is_trustworthy_url(s, &r->url_list[0]) &&
               deviates(s, CORS_DEV_PREFLIGHT_SEC_FETCH_BY_FIRST_URL);
    return r->response_tainting == TAINTING_CORS &&
           !cors_same_origin(current_url_origin(r), &r->url_origins[r->url_count - 2]) &&
           deviates(s, CORS_DEV_SEC_FETCH_LOST_ON_REDIRECT);
}

/* https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-append-the-fetch-metadata-headers-for-a-request
 */
void append_the_fetch_metadata_headers(const struct steps *caller, struct request *r)
{
    struct steps s =
        begin(caller, "abstract-opdef-append-the-fetch-metadata-headers-for-a-request");

    /* 1. Nothing for a request whose URL is not trustworthy: its first one, wherever it was
     * redirected to since. */
    bool trustworthy = is_trustworthy_url(&s, &r->url_list[0]);
    if (r->url_count > 1 && simulation_of(&s)->engine != 0 &&
        trustworthy != is_trustworthy_url(&s, current_url_of(r)) &&
        deviates(&s, CORS_DEV_SEC_FETCH_BY_CURRENT_URL))
        trustworthy = !trustworthy;
    if (whether(&s, "1", !trustworthy || loses_them(&s, r))) {
        if (simulation_of(&s)->engine != 0 && simulation_of(&s)->preflighting &&
            deviates(&s, CORS_DEV_PREFLIGHT_HAS_SEC_FETCH_MODE))
            set_mode(&s, r);
        return;
    }

    /* 2. What for. */
    set_dest(&s, r);

    /* 3. In which mode. */
    set_mode(&s, r);

    /* 4. From where. */
    set_site(&s, r);

    /* 5. Whether the user wanted it. */
    set_user(&s);
}
