/* RFC 6265bis, sections 5.1.3 and 5.1.4
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#domain-matching and
 * #cookie-path): which hosts and paths a cookie is for. Invariant: both sides are canonical: hosts
 * as the URL parser gives them, domains in lower case. */
#include "cookies.h"

static bool ends_with(struct cors_bytes bytes, struct cors_bytes suffix)
{
    return bytes.len >= suffix.len &&
           bytes_equal(bytes_slice(bytes, bytes.len - suffix.len, bytes.len), suffix);
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#domain-matching */
bool domain_matches(const struct steps *caller, const struct cors_host *host,
                    struct cors_bytes domain)
{
    struct steps s = begin(caller, "domain-matching");
    const struct cors_bytes string = host->serialized;
    return whether(&s, "-",
                   bytes_equal(string, domain) ||
                       (host->kind == CORS_HOST_DOMAIN && string.len > domain.len &&
                        ends_with(string, domain) &&
                        string.at[string.len - domain.len - 1] == '.'));
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#cookie-path */
struct cors_bytes cookie_default_path(const struct steps *caller, const struct cors_url *url)
{
    struct steps s = begin(caller, "cookie-path");

    /* 1. The path of the URL. */
    const struct cors_bytes uri_path = url->path;
    size_t slash = uri_path.len;
    while (slash > 0 && uri_path.at[slash - 1] != '/')
        slash--;

    /* 2. Without a slash at its start: all paths. The URL parser leaves no http: URL like that. */
    if (uri_path.len == 0 || uri_path.at[0] != '/')
        return CORS_BYTES("/");

    /* 3. With no other slash: all paths, too. */
    if (whether(&s, "3", slash <= 1))
        return CORS_BYTES("/");

    /* 4. Otherwise what stands before the last slash. */
    return bytes_slice(uri_path, 0, slash - 1);
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#cookie-path, path-match */
bool path_matches(struct cors_bytes request_path, struct cors_bytes cookie_path)
{
    return starts_with(request_path, cookie_path) &&
           (request_path.len == cookie_path.len ||
            (cookie_path.len > 0 && cookie_path.at[cookie_path.len - 1] == '/') ||
            request_path.at[cookie_path.len] == '/');
}

bool is_a_public_suffix(const struct steps *s, struct cors_bytes domain)
{
    cors_public_suffix *public_suffix = agent_of(s)->public_suffix;
    if (domain.len > 0 && domain.at[domain.len - 1] == '.')
        domain.len--;
    if (domain.len == 0)
        return false;
    return public_suffix == NULL ? !bytes_contain(domain, '.')
                                 : public_suffix(domain) >= domain.len;
}
