/* Mixed Content (https://w3c.github.io/webappsec-mixed-content/#algorithms): a page that came
 * securely neither fetches nor shows what does not. Invariants: only images, sounds and films are
 * upgraded, and only before their first fetch; what an upgrade does not reach is blocked, whatever
 * its kind. Of a page's ancestors only the top-level one is known here. */
#include "engine.h"
#include "url.h"

/* Blocked, and the URL is why. */
static bool block(const struct steps *s, const struct cors_url *url)
{
    if (url != NULL)
        let(s, "2", "url", cors_url_serialize(url, CORS_URL_WITH_FRAGMENT, arena_of(s)));
    return true;
}

/* Most are https:, and trustworthy by their scheme: unless somebody watches, that is enough. */
static bool is_https(const struct steps *s, struct cors_bytes scheme)
{
    return !watched(s) && bytes_equal(scheme, CORS_BYTES("https"));
}

bool is_trustworthy_origin(const struct steps *s, const struct cors_origin *origin)
{
    return (origin->kind == CORS_ORIGIN_TUPLE && is_https(s, origin->scheme)) ||
           is_origin_potentially_trustworthy(s, origin);
}

bool is_trustworthy_url(const struct steps *s, const struct cors_url *url)
{
    return is_https(s, url->scheme) ||
           is_url_potentially_trustworthy(s, url, agent_of(s)->domain_to_ascii, arena_of(s));
}

/* Browsers look at the scheme of the page's URL: a sandboxed page from https: may not mix, a page
 * from http://localhost may. */
static bool is_otherwise_for_browsers(const struct cors_client *settings, bool trustworthy)
{
    const struct cors_bytes scheme =
        settings->creation_url == NULL ? settings->origin.scheme : settings->creation_url->scheme;
    return trustworthy != bytes_equal(scheme, CORS_BYTES("https"));
}

/* https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object */
static bool prohibits_mixed_security_contexts(const struct steps *caller,
                                              const struct cors_client *settings)
{
    struct steps s = begin(caller, "categorize-settings-object");

    /* 1. A trustworthy page: yes. */
    const bool trustworthy = is_trustworthy_origin(&s, &settings->origin);
    if (whether(&s, "1",
                trustworthy != (is_otherwise_for_browsers(settings, trustworthy) &&
                                deviates(&s, CORS_DEV_PAGES_FROM_HTTPS_ONLY_DO_NOT_MIX))))
        return true;

    /* 2. A page in a frame answers for the pages around it too. */
    if (whether(&s, "2", settings->top_level_origin != NULL)) {
        /* 2.1. The document is the client. */
        /* 2.2. Its ancestors are the one in the address bar. */
        /* 2.2.1. That one is trustworthy: yes. */
        if (whether(&s, "2.2.1", is_trustworthy_origin(&s, settings->top_level_origin)))
            return true;
    }

    /* 3. Otherwise: no. */
    return false;
}

/* https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm */
void upgrade_a_mixed_content_request(const struct steps *caller, struct request *request)
{
    struct steps s = begin(caller, "upgrade-algorithm");
    struct cors_url *url = &request->url_list[0];
    const enum cors_destination destination = request->destination;

    /* 1. In some cases nothing is changed: */
    /* 1.1. There is nothing to upgrade; */
    if (whether(&s, "1.1", is_trustworthy_url(&s, url)))
        return;

    /* 1.2. certificates for IP addresses are rare; */
    if (whether(&s, "1.2", url->host.kind == CORS_HOST_IPV4 || url->host.kind == CORS_HOST_IPV6))
        return;

    /* 1.3. the page may mix; */
    if (whether(&s, "1.3", !prohibits_mixed_security_contexts(&s, request->client)))
        return;

    /* 1.4. it is of a kind that is blocked instead; */
    if (whether(&s, "1.4",
                destination != CORS_DESTINATION_IMAGE && destination != CORS_DESTINATION_AUDIO &&
                    destination != CORS_DESTINATION_VIDEO))
        return;

    /* 1.5. or an image out of a set, which was always blocked. */
    if (whether(&s, "1.5",
                destination == CORS_DESTINATION_IMAGE &&
                    request->initiator == CORS_INITIATOR_IMAGESET))
        return;

    /* 2. http: becomes https:, the port stays as it is. */
    if (whether(&s, "2", bytes_equal(url->scheme, CORS_BYTES("http")))) {
        url->scheme = CORS_BYTES("https");
        request->url_origins[0].scheme = CORS_BYTES("https");
    }
}

/* https://w3c.github.io/webappsec-mixed-content/#should-block-fetch */
bool fetching_blocked_as_mixed_content(const struct steps *caller, const struct request *request)
{
    struct steps s = begin(caller, "should-block-fetch");

    /* 1. In some cases it is allowed: */
    /* 1.1. The page may mix; */
    if (whether(&s, "1.1", !prohibits_mixed_security_contexts(&s, request->client)))
        return false;

    /* 1.2. the URL is as trustworthy as the page; */
    if (whether(&s, "1.2", is_trustworthy_url(&s, current_url_of(request))))
        return false;

    /* 1.3. the user insists; [scope: mixed-content-user-controls] */
    /* 1.4. or it becomes a page of its own. */
    if (whether(&s, "1.4", request->destination == CORS_DESTINATION_DOCUMENT))
        return false;

    /* 2. Otherwise: blocked. */
    when(&s, "2", true);
    return block(&s, current_url_of(request));
}

/* https://w3c.github.io/webappsec-mixed-content/#should-block-response */
bool response_blocked_as_mixed_content(const struct steps *caller, const struct request *request,
                                       const struct response *response)
{
    struct steps s = begin(caller, "should-block-response");
    const struct cors_url *url = response_url(response);

    /* 1. In some cases it is allowed: */
    /* 1.1. The page may mix; */
    if (whether(&s, "1.1", !prohibits_mixed_security_contexts(&s, request->client)))
        return false;

    /* 1.2. the response is as trustworthy as the page; */
    if (whether(&s, "1.2", url != NULL && is_trustworthy_url(&s, url)))
        return false;

    /* 1.3. the user insists; [scope: mixed-content-user-controls] */
    /* 1.4. or it becomes a page of its own. */
    if (whether(&s, "1.4", request->destination == CORS_DESTINATION_DOCUMENT))
        return false;

    /* 2. Otherwise: blocked. */
    when(&s, "2", true);
    return block(&s, url);
}
