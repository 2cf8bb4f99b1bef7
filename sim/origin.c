/* URL Standard, section "Origin" (https://url.spec.whatwg.org/#origin), and HTML, sections
 * "Origins" and "Sites" (https://html.spec.whatwg.org/multipage/browsers.html#origin). There is no
 * blob URL store, so a blob: URL's origin is that of the URL in its path; there is no
 * document.domain, so an origin has none. An opaque origin that was made here has no id and is the
 * same as no other, not even itself. */
#include "url.h"

static struct cors_origin new_opaque_origin(void)
{
    return (struct cors_origin){.kind = CORS_ORIGIN_OPAQUE, .port = CORS_PORT_NULL};
}

static bool has_scheme(const struct cors_url *url, struct cors_bytes scheme)
{
    return bytes_equal(url->scheme, scheme);
}

/* https://url.spec.whatwg.org/#concept-url-origin, but for blob: */
static struct cors_origin origin_by_scheme(const struct cors_url *url)
{
    /* b. The schemes of the network: a tuple origin. */
    if (cors_url_is_special(url) && !has_scheme(url, CORS_BYTES("file")))
        return (struct cors_origin){
            .kind = CORS_ORIGIN_TUPLE, .scheme = url->scheme, .host = url->host, .port = url->port};

    /* c. Files: in doubt an opaque one. d. Anything else: an opaque one. */
    return new_opaque_origin();
}

/* https://url.spec.whatwg.org/#concept-url-origin */
struct cors_origin cors_url_origin(const struct cors_url *url,
                                   cors_domain_to_ascii *domain_to_ascii, struct cors_arena *arena)
{
    if (!has_scheme(url, CORS_BYTES("blob")))
        return origin_by_scheme(url);

    /* a.2. The URL in the path (a.1. would ask the blob URL store). */
    struct cors_url path_url;
    const bool success = cors_url_parse(&path_url, url->path, NULL, domain_to_ascii, arena);

    /* a.3. If there is none: an opaque origin. */
    if (!success)
        return new_opaque_origin();

    /* a.4. Its origin, if it is one that can have made the blob. */
    if (cors_url_is_http_s(&path_url) || has_scheme(&path_url, CORS_BYTES("file")))
        return origin_by_scheme(&path_url);

    /* a.5. Otherwise an opaque origin. */
    return new_opaque_origin();
}

/* https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin */
struct cors_bytes cors_origin_serialize(const struct cors_origin *origin, struct cors_arena *arena)
{
    /* 1. An opaque origin has no serialization of its own. */
    if (origin->kind == CORS_ORIGIN_OPAQUE)
        return CORS_BYTES("null");

    /* 2. to 4. Scheme and host. */
    const char *result = arena->at;
    append(arena, origin->scheme.at, origin->scheme.len);
    append(arena, "://", 3);
    append(arena, origin->host.serialized.at, origin->host.serialized.len);

    /* 5. The port, unless it is null. */
    if (origin->port != CORS_PORT_NULL) {
        append_byte(arena, ':');
        serialize_integer((uint64_t)origin->port, arena);
    }

    /* 6. That is all. */
    return appended_since(result, arena);
}

/* https://url.spec.whatwg.org/#concept-host-equals */
static bool hosts_are_equal(const struct cors_host *a, const struct cors_host *b)
{
    return a->kind == b->kind && bytes_equal(a->serialized, b->serialized);
}

/* The same opaque origin. */
static bool same_opaque_origin(const struct cors_origin *a, const struct cors_origin *b)
{
    return a->kind == CORS_ORIGIN_OPAQUE && b->kind == CORS_ORIGIN_OPAQUE && a->id != 0 &&
           a->id == b->id;
}

/* https://html.spec.whatwg.org/multipage/browsers.html#same-origin */
bool cors_same_origin(const struct cors_origin *a, const struct cors_origin *b)
{
    /* 1. An opaque origin is the same as itself. */
    if (same_opaque_origin(a, b))
        return true;

    /* 2. Tuple origins are the same if scheme, host and port are. */
    if (a->kind == CORS_ORIGIN_TUPLE && b->kind == CORS_ORIGIN_TUPLE && a->port == b->port &&
        hosts_are_equal(&a->host, &b->host) && bytes_equal(a->scheme, b->scheme))
        return true;

    /* 3. All others are not. */
    return false;
}

/* The public suffix list's default rule: the last label. */
static size_t last_label(struct cors_bytes domain)
{
    const char *label = domain.at + domain.len;
    while (label > domain.at && label[-1] != '.')
        label--;
    return domain.len - (size_t)(label - domain.at);
}

/* https://url.spec.whatwg.org/#host-registrable-domain */
struct cors_bytes cors_registrable_domain(const struct cors_host *host,
                                          cors_public_suffix *public_suffix)
{
    /* https://url.spec.whatwg.org/#host-public-suffix, 1. Only domains have one. */
    if (host->kind != CORS_HOST_DOMAIN)
        return null_bytes();

    /* 2. A full stop at the end is no part of what the list knows. */
    struct cors_bytes domain = host->serialized;
    const size_t trailing_dot = domain.len > 0 && domain.at[domain.len - 1] == '.' ? 1 : 0;
    domain.len -= trailing_dot;
    if (domain.len > 0 && domain.at[domain.len - 1] == '.')
        return null_bytes(); /* a second one: an empty label, of which the list knows nothing */
    const size_t suffix = public_suffix == NULL ? last_label(domain) : public_suffix(domain);

    /* 1. A host that is its own public suffix has none, */
    if (suffix == 0 || suffix >= domain.len || domain.at[domain.len - 1 - suffix] != '.')
        return null_bytes();

    /* 3. nor has one without a label in front of it. */
    const size_t label = last_label(bytes_slice(domain, 0, domain.len - suffix - 1));
    if (label == 0)
        return null_bytes();

    /* 5. That label and the suffix, with the full stop if there was one. */
    return bytes_slice(host->serialized, domain.len - suffix - 1 - label, host->serialized.len);
}

/* https://html.spec.whatwg.org/multipage/browsers.html#obtain-a-site, for tuple origins: the host;
 * the scheme is the origin's. Step 1, opaque origins, is the callers'. */
static struct cors_bytes host_of_site(const struct cors_origin *origin,
                                      cors_public_suffix *public_suffix)
{
    const struct cors_bytes registrable_domain =
        cors_registrable_domain(&origin->host, public_suffix);

    /* 2. Without a registrable domain the host itself. */
    if (is_null(registrable_domain))
        return origin->host.serialized;

    /* 3. Otherwise that. */
    return registrable_domain;
}

/* https://html.spec.whatwg.org/multipage/browsers.html#same-site. Serialized hosts are equal only
 * if the hosts are: a domain never looks like an IP address, and only a special URL's host gets
 * into a tuple origin. */
bool cors_same_site(const struct cors_origin *a, const struct cors_origin *b,
                    cors_public_suffix *public_suffix)
{
    /* https://html.spec.whatwg.org/multipage/browsers.html#concept-site-same-site, 1. An opaque
     * origin is its own site. */
    if (same_opaque_origin(a, b))
        return true;

    /* 2. No other opaque origin is. */
    if (a->kind == CORS_ORIGIN_OPAQUE || b->kind == CORS_ORIGIN_OPAQUE)
        return false;

    /* 3. The schemes must be the same, */
    if (!bytes_equal(a->scheme, b->scheme))
        return false;

    /* 4. and the hosts of both sites. */
    if (!bytes_equal(host_of_site(a, public_suffix), host_of_site(b, public_suffix)))
        return false;

    /* 5. Then they are the same site. */
    return true;
}

/* https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site */
bool cors_schemelessly_same_site(const struct cors_origin *a, const struct cors_origin *b,
                                 cors_public_suffix *public_suffix)
{
    /* 1. An opaque origin is its own site. */
    if (same_opaque_origin(a, b))
        return true;

    /* 2. Tuple origins: */
    if (a->kind == CORS_ORIGIN_TUPLE && b->kind == CORS_ORIGIN_TUPLE) {
        /* 2.1. Their hosts, and what can be registered of them. */
        const struct cors_bytes domain_a = cors_registrable_domain(&a->host, public_suffix);
        const struct cors_bytes domain_b = cors_registrable_domain(&b->host, public_suffix);

        /* 2.2. Where nothing can be registered the hosts must be equal, */
        if (hosts_are_equal(&a->host, &b->host) && is_null(domain_a))
            return true;

        /* 2.3. otherwise the registrable domains. */
        if (!is_null(domain_a) && !is_null(domain_b) && bytes_equal(domain_a, domain_b))
            return true;
    }

    /* 3. All others are not. */
    return false;
}

/* https://html.spec.whatwg.org/multipage/browsers.html#serialization-of-a-site */
struct cors_bytes cors_site_serialize(const struct cors_origin *origin,
                                      cors_public_suffix *public_suffix, struct cors_arena *arena)
{
    /* 1. An opaque origin has no serialization of its own. */
    if (origin->kind == CORS_ORIGIN_OPAQUE)
        return CORS_BYTES("null");

    /* 2. to 5. Scheme and host of the site. */
    return BYTES_CONCAT(arena, origin->scheme, CORS_BYTES("://"),
                        host_of_site(origin, public_suffix));
}
