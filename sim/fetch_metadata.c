/* Fetch Metadata Request Headers (https://w3c.github.io/webappsec-fetch-metadata/#framework): what
 * a browser tells servers, on its own account, about how a request came to be made. Invariants: a
 * script cannot set these headers; Sec-Fetch-Site never gets closer again along a redirect chain;
 * an untrustworthy URL gets none of them. */
#include "fetch.h"

static struct cors_bytes destination_token(enum cors_destination destination)
{
    static const char *const tokens[] = {
        [CORS_DESTINATION_EMPTY] = "empty",
        [CORS_DESTINATION_AUDIO] = "audio",
        [CORS_DESTINATION_AUDIOWORKLET] = "audioworklet",
        [CORS_DESTINATION_DOCUMENT] = "document",
        [CORS_DESTINATION_EMBED] = "embed",
        [CORS_DESTINATION_FONT] = "font",
        [CORS_DESTINATION_FRAME] = "frame",
        [CORS_DESTINATION_IFRAME] = "iframe",
        [CORS_DESTINATION_IMAGE] = "image",
        [CORS_DESTINATION_JSON] = "json",
        [CORS_DESTINATION_MANIFEST] = "manifest",
        [CORS_DESTINATION_OBJECT] = "object",
        [CORS_DESTINATION_PAINTWORKLET] = "paintworklet",
        [CORS_DESTINATION_REPORT] = "report",
        [CORS_DESTINATION_SCRIPT] = "script",
        [CORS_DESTINATION_SERVICEWORKER] = "serviceworker",
        [CORS_DESTINATION_SHAREDWORKER] = "sharedworker",
        [CORS_DESTINATION_STYLE] = "style",
        [CORS_DESTINATION_TEXT] = "text",
        [CORS_DESTINATION_TRACK] = "track",
        [CORS_DESTINATION_VIDEO] = "video",
        [CORS_DESTINATION_WEBIDENTITY] = "webidentity",
        [CORS_DESTINATION_WORKER] = "worker",
        [CORS_DESTINATION_XSLT] = "xslt",
    };
    const char *token = tokens[destination];
    size_t len = 0;
    while (token[len] != '\0')
        len++;
    return (struct cors_bytes){token, len};
}

/* https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-dest */
static void set_dest(const struct steps *caller, struct request *r)
{
    struct steps s = begin(caller, "abstract-opdef-set-dest");

    /* 1. The URL is trustworthy. */
    /* 2. The value is a token. */
    /* 3. Where there is no destination it says so. */
    struct cors_bytes header = let(&s, "3", "header", destination_token(r->destination));

    /* 4. Set the header. */
    cors_header_list_set(&r->header_list, CORS_BYTES("Sec-Fetch-Dest"), header, arena_of(&s));
}

static struct cors_bytes mode_token(enum cors_mode mode)
{
    switch (mode) {
    case CORS_MODE_DEFAULT:
    case CORS_MODE_NO_CORS:
        break;
    case CORS_MODE_CORS:
        return CORS_BYTES("cors");
    case CORS_MODE_SAME_ORIGIN:
        return CORS_BYTES("same-origin");
    case CORS_MODE_NAVIGATE:
        return CORS_BYTES("navigate");
    case CORS_MODE_WEBSOCKET:
        return CORS_BYTES("websocket");
    case CORS_MODE_WEBTRANSPORT:
        return CORS_BYTES("webtransport");
    }
    return CORS_BYTES("no-cors");
}

/* https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-mode */
static void set_mode(const struct steps *caller, struct request *r)
{
    struct steps s = begin(caller, "abstract-opdef-set-mode");

    /* 1. The URL is trustworthy. */
    /* 2. The value is a token. */
    /* 3. It is the request's mode. */
    struct cors_bytes header = let(&s, "3", "header", mode_token(r->mode));

    /* 4. Set the header. */
    cors_header_list_set(&r->header_list, CORS_BYTES("Sec-Fetch-Mode"), header, arena_of(&s));
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

    /* 6. Set the header. */
    cors_header_list_set(&r->header_list, CORS_BYTES("Sec-Fetch-Site"),
                         let(&s, "6", "header", header), arena_of(&s));
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

/* clang-format off */
/* https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-append-the-fetch-metadata-headers-for-a-request */
/* clang-format on */
void append_the_fetch_metadata_headers(const struct steps *caller, struct request *r)
{
    struct steps s =
        begin(caller, "abstract-opdef-append-the-fetch-metadata-headers-for-a-request");

    /* 1. Nothing for a URL that is not trustworthy. */
    if (whether(&s, "1",
                !cors_is_url_potentially_trustworthy(
                    current_url_of(r), agent_of(&s)->domain_to_ascii, arena_of(&s))))
        return;

    /* 2. What for. */
    set_dest(&s, r);

    /* 3. In which mode. */
    set_mode(&s, r);

    /* 4. From where. */
    set_site(&s, r);

    /* 5. Whether the user wanted it. */
    set_user(&s);
}
