/* Secure Contexts, sections "Is origin potentially trustworthy?" and "Is url potentially
 * trustworthy?" (https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy). localhost
 * is taken to be local, as every browser does. No scheme and no origin is trusted by configuration,
 * and a file: URL's origin is opaque here (the URL Standard leaves it open), so files are not. */
#include "url.h"

static bool ends_with(struct cors_bytes bytes, struct cors_bytes suffix)
{
    return bytes.len >= suffix.len &&
           bytes_equal(bytes_slice(bytes, bytes.len - suffix.len, bytes.len), suffix);
}

static bool is_loopback(const struct cors_host *host)
{
    return (host->kind == CORS_HOST_IPV4 && starts_with(host->serialized, CORS_BYTES("127."))) ||
           (host->kind == CORS_HOST_IPV6 && bytes_equal(host->serialized, CORS_BYTES("[::1]")));
}

static bool is_localhost(const struct cors_host *host)
{
    return host->kind == CORS_HOST_DOMAIN &&
           (bytes_equal(host->serialized, CORS_BYTES("localhost")) ||
            bytes_equal(host->serialized, CORS_BYTES("localhost.")) ||
            ends_with(host->serialized, CORS_BYTES(".localhost")) ||
            ends_with(host->serialized, CORS_BYTES(".localhost.")));
}

/* https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy */
bool is_origin_potentially_trustworthy(const struct steps *caller, const struct cors_origin *origin)
{
    struct steps s = begin(caller, "is-origin-trustworthy");

    /* 1. Nothing is known of an opaque origin: not trustworthy. */
    if (whether(&s, "1", origin->kind == CORS_ORIGIN_OPAQUE))
        return false;

    /* 2. The origin is a tuple origin, then. */

    /* 3. What comes over TLS: trustworthy. */
    if (whether(&s, "3",
                bytes_equal(origin->scheme, CORS_BYTES("https")) ||
                    bytes_equal(origin->scheme, CORS_BYTES("wss"))))
        return true;

    /* 4. What comes from a loopback address: trustworthy. */
    if (whether(&s, "4", is_loopback(&origin->host)))
        return true;

    /* 5. What comes from localhost or a name below it: trustworthy. */
    if (whether(&s, "5", is_localhost(&origin->host)))
        return true;

    /* 6. Files: trustworthy. */
    if (whether(&s, "6", bytes_equal(origin->scheme, CORS_BYTES("file"))))
        return true;

    /* 7. Schemes that one browser trusts. [scope: trusted-by-configuration] */

    /* 8. Origins that one browser was told to trust. [scope: trusted-by-configuration] */

    /* 9. Otherwise: not trustworthy. */
    return false;
}

/* https://html.spec.whatwg.org/multipage/urls-and-fetching.html#matches-about:blank, and
 * about:srcdoc likewise */
static bool matches_about(const struct cors_url *url, struct cors_bytes path)
{
    return bytes_equal(url->scheme, CORS_BYTES("about")) && bytes_equal(url->path, path) &&
           !cors_url_includes_credentials(url) && url->host.kind == CORS_HOST_NULL;
}

/* https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy */
bool is_url_potentially_trustworthy(const struct steps *caller, const struct cors_url *url,
                                    cors_domain_to_ascii *domain_to_ascii, struct cors_arena *arena)
{
    struct steps s = begin(caller, "is-url-trustworthy");

    /* 1. Documents that their creator vouches for: trustworthy. */
    if (whether(&s, "1",
                matches_about(url, CORS_BYTES("blank")) ||
                    matches_about(url, CORS_BYTES("srcdoc"))))
        return true;

    /* 2. Data that is in the URL itself: trustworthy. */
    if (whether(&s, "2", bytes_equal(url->scheme, CORS_BYTES("data"))))
        return true;

    /* 3. Otherwise as its origin. */
    const struct cors_origin origin = cors_url_origin(url, domain_to_ascii, arena);
    return is_origin_potentially_trustworthy(&s, &origin);
}

bool cors_is_origin_potentially_trustworthy(const struct cors_origin *origin)
{
    return is_origin_potentially_trustworthy(NULL, origin);
}

bool cors_is_url_potentially_trustworthy(const struct cors_url *url,
                                         cors_domain_to_ascii *domain_to_ascii,
                                         struct cors_arena *arena)
{
    return is_url_potentially_trustworthy(NULL, url, domain_to_ascii, arena);
}
