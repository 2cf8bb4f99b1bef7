/* Referrer Policy (https://w3c.github.io/webappsec-referrer-policy/#algorithms): how much of a
 * page's address its requests give away. Invariants: a referrer never carries credentials or a
 * fragment, and never comes from a local URL; of a client without a creation URL the origin is all
 * that can be given away. Nothing is serialized here unless somebody watches. */
#include "engine.h"
#include "tables.h"

/* A URL, or the standard's "no referrer". */
struct referrer {
    bool is_url;
    struct cors_url url;
};

/* Whether a list's item is a policy-token or an extension-token; lists may have empty items. */
static bool is_policy_token_or_empty(struct cors_bytes item)
{
    for (size_t i = 0; i < item.len; i++) {
        const char c = byte_lowercase(item.at[i]);
        if (c != '-' && (c < 'a' || c > 'z'))
            return false;
    }
    return true;
}

/* https://fetch.spec.whatwg.org/#extract-header-list-values by the ABNF of Referrer-Policy. */
static struct cors_values extract_policy_tokens(const struct steps *s,
                                                const struct cors_header_list *list)
{
    struct cors_values values =
        header_list_get_decode_and_split(s, list, CORS_BYTES("Referrer-Policy"), arena_of(s));
    for (size_t i = 0; i < values.count; i++)
        if (!is_policy_token_or_empty(values.at[i]))
            return (struct cors_values){.kind = CORS_VALUES_FAILURE};
    return values;
}

/* https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header */
static enum cors_referrer_policy
parse_a_referrer_policy_from_a_referrer_policy_header(const struct steps *caller,
                                                      const struct response *response)
{
    struct steps s = begin(caller, "parse-referrer-policy-from-header");

    /* 1. The tokens of Referrer-Policy; null and failure hold none. */
    struct cors_values policy_tokens = extract_policy_tokens(&s, &response->header_list);

    /* 2. Without a token that is known nothing is said. */
    enum cors_referrer_policy policy = CORS_REFERRER_POLICY_EMPTY;

    /* 3. The last token that is known wins, so that new ones can be put behind old ones. */
    for (size_t i = 0; i < policy_tokens.count; i++) {
        enum cors_referrer_policy token = CORS_REFERRER_POLICY_EMPTY;
        if (whether(&s, "3",
                    policy_tokens.at[i].len > 0 &&
                        referrer_policy_by_name(policy_tokens.at[i], &token)))
            policy = token;
    }

    /* 4. That policy. */
    return policy;
}

/* https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect */
void set_referrer_policy_on_redirect(const struct steps *caller, struct request *request,
                                     const struct response *response)
{
    struct steps s = begin(caller, "set-requests-referrer-policy-on-redirect");

    /* 1. What the redirecting server says. */
    enum cors_referrer_policy policy =
        parse_a_referrer_policy_from_a_referrer_policy_header(&s, response);
    show(&s, "1", "policy", referrer_policy_name(policy));

    /* 2. If it says something, that holds from here on. */
    if (whether(&s, "2", policy != CORS_REFERRER_POLICY_EMPTY))
        request->referrer_policy = policy;
}

/* https://w3c.github.io/webappsec-referrer-policy/#strip-url */
static void strip_for_use_as_a_referrer(const struct steps *caller, const struct cors_url *url,
                                        bool origin_only, struct referrer *stripped)
{
    struct steps s = begin(caller, "strip-url");

    /* 1. It is a URL. */
    /* 2. What was never fetched from anywhere has no address to give away. */
    stripped->is_url = !whether(&s, "2", cors_url_is_local(url));
    if (!stripped->is_url)
        return;
    stripped->url = *url;

    /* 3. The user's name goes. */
    stripped->url.username = CORS_BYTES("");

    /* 4. The password goes. */
    stripped->url.password = CORS_BYTES("");

    /* 5. The fragment goes. */
    stripped->url.fragment = null_bytes();

    /* 6. If asked for, all goes but the origin: */
    if (whether(&s, "6", origin_only)) {
        /* 6.1. the path, and */
        stripped->url.has_opaque_path = false;
        stripped->url.path = CORS_BYTES("/");

        /* 6.2. the query. */
        stripped->url.query = null_bytes();
    }

    /* 7. What is left. */
}

static size_t decimal_digits(int32_t number)
{
    size_t digits = 1;
    for (; number >= 10; number /= 10)
        digits++;
    return digits;
}

/* How long the URL serializer's result would be, for a URL that has been stripped. */
static size_t serialized_length(const struct cors_url *url)
{
    size_t length = url->scheme.len + 1;
    if (url->host.kind != CORS_HOST_NULL)
        length += 2 + url->host.serialized.len +
                  (url->port == CORS_PORT_NULL ? 0 : 1 + decimal_digits(url->port));
    else if (!url->has_opaque_path && starts_with(url->path, CORS_BYTES("//")))
        length += 2; /* "/." keeps such a path from looking like a host */
    return length + url->path.len + (is_null(url->query) ? 0 : 1 + url->query.len);
}

static void show_referrer(const struct steps *s, const char *step, const char *name,
                          const struct referrer *referrer)
{
    if (watched(s))
        show(s, step, name,
             referrer->is_url
                 ? cors_url_serialize(&referrer->url, CORS_URL_WITH_FRAGMENT, arena_of(s))
                 : CORS_BYTES("no referrer"));
}

/* From a trustworthy page to an untrustworthy URL. */
static bool is_downgrade(const struct steps *s, const struct referrer *referrer_url,
                         const struct request *request)
{
    return referrer_url->is_url && is_trustworthy_url(s, &referrer_url->url) &&
           !is_trustworthy_url(s, current_url_of(request));
}

/* https://w3c.github.io/webappsec-referrer-policy/#same-origin-referrer-request */
static bool is_same_origin_referrer_request(const struct steps *s,
                                            const struct referrer *referrer_url,
                                            const struct request *request)
{
    if (!referrer_url->is_url)
        return false;
    struct cors_origin origin =
        cors_url_origin(&referrer_url->url, agent_of(s)->domain_to_ascii, arena_of(s));
    return cors_same_origin(&origin, current_url_origin(request));
}

/* https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer step 3: NULL where
 * there is no referrer; `made` is room for a URL that has to be made. */
static const struct cors_url *referrer_source(const struct steps *s, const struct request *request,
                                              struct cors_url *made)
{
    const struct cors_client *environment = request->client;

    if (whether(s, "3.a", request->referrer == CORS_REFERRER_CLIENT)) {
        /* 3.a. The page's own address, unless a script named another: */
        /* 3.a.1. in a window the document's, where */
        /* 3.a.1.1. the document is the client; */
        /* 3.a.1.2. a sandboxed one has nothing to give away; */
        if (whether(s, "3.a.1.2",
                    environment->origin.kind == CORS_ORIGIN_OPAQUE &&
                        !(environment->creation_url != NULL &&
                          deviates(s, CORS_DEV_SANDBOXED_PAGE_HAS_A_REFERRER))))
            return NULL;

        /* 3.a.1.3. one without an address has that of the page around it; [scope: srcdoc] */
        /* 3.a.1.4. so it is the document's URL; */
        if (environment->creation_url != NULL)
            return environment->creation_url;
        *made = api_base_url(environment);
        return made;

        /* 3.a.2. in a worker its script's. [scope: workers] */
    }

    /* 3.b. The address that a script named, or what was given away before a redirect. */
    return &request->referrer_url;
}

/* https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer step 8 */
static const struct referrer *referrer_by_policy(const struct steps *s,
                                                 const struct request *request,
                                                 const struct referrer *referrer_url,
                                                 const struct referrer *referrer_origin)
{
    static const struct referrer no_referrer = {.is_url = false};

    switch (request->referrer_policy) {
    case CORS_REFERRER_POLICY_NO_REFERRER:
        /* 8.a. Nothing to anybody. */
        return &no_referrer;
    case CORS_REFERRER_POLICY_ORIGIN:
        /* 8.b. The origin to everybody. */
        return referrer_origin;
    case CORS_REFERRER_POLICY_UNSAFE_URL:
        /* 8.c. Everything to everybody. */
        return referrer_url;
    case CORS_REFERRER_POLICY_STRICT_ORIGIN:
        /* 8.d. The origin, but not over an insecure connection: */
        /* 8.d.1. a downgrade gets nothing; */
        if (whether(s, "8.d.1", is_downgrade(s, referrer_url, request)))
            return &no_referrer;

        /* 8.d.2. any other URL gets the origin. */
        return referrer_origin;
    case CORS_REFERRER_POLICY_EMPTY:
    case CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN:
        /* 8.e. Everything to oneself, the origin to others, but not insecurely: */
        /* 8.e.1. the same origin gets everything; */
        if (whether(s, "8.e.1", is_same_origin_referrer_request(s, referrer_url, request)))
            return referrer_url;

        /* 8.e.2. a downgrade gets nothing; */
        if (whether(s, "8.e.2", is_downgrade(s, referrer_url, request)))
            return &no_referrer;

        /* 8.e.3. any other URL gets the origin. */
        return referrer_origin;
    case CORS_REFERRER_POLICY_SAME_ORIGIN:
        /* 8.f. Everything to oneself, nothing to others: */
        /* 8.f.1. the same origin gets everything; */
        if (whether(s, "8.f.1", is_same_origin_referrer_request(s, referrer_url, request)))
            return referrer_url;

        /* 8.f.2. any other nothing. */
        return &no_referrer;
    case CORS_REFERRER_POLICY_ORIGIN_WHEN_CROSS_ORIGIN:
        /* 8.g. Everything to oneself, the origin to others: */
        /* 8.g.1. the same origin gets everything; */
        if (whether(s, "8.g.1", is_same_origin_referrer_request(s, referrer_url, request)))
            return referrer_url;

        /* 8.g.2. any other the origin. */
        return referrer_origin;
    case CORS_REFERRER_POLICY_NO_REFERRER_WHEN_DOWNGRADE:
        /* 8.h. Everything to everybody, but not insecurely: */
        /* 8.h.1. a downgrade gets nothing; */
        if (whether(s, "8.h.1", is_downgrade(s, referrer_url, request)))
            return &no_referrer;

        /* 8.h.2. any other URL gets everything. */
        return referrer_url;
    }
    return &no_referrer;
}

/* https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer */
void determine_the_referrer(const struct steps *caller, struct request *request)
{
    struct steps s = begin(caller, "determine-requests-referrer");
    struct cors_url made;

    /* 1. The request's policy is the caller's or the page's by now. */
    show(&s, "1", "policy", referrer_policy_name(request->referrer_policy));

    /* 2. The page that the request is made for is its client. */
    /* 3. Whose address it is about. */
    const struct cors_url *source = referrer_source(&s, request, &made);
    if (source == NULL) {
        request->referrer = CORS_REFERRER_NO_REFERRER;
        return;
    }

    /* 4. The most that may be given away. */
    struct referrer referrer_url;
    strip_for_use_as_a_referrer(&s, source, false, &referrer_url);
    show_referrer(&s, "4", "referrerURL", &referrer_url);

    /* 5. The least. */
    struct referrer referrer_origin;
    strip_for_use_as_a_referrer(&s, source, true, &referrer_origin);
    show_referrer(&s, "5", "referrerOrigin", &referrer_origin);

    /* 6. A very long address is cut down to the origin. */
    if (whether(&s, "6", referrer_url.is_url && serialized_length(&referrer_url.url) > 4096))
        referrer_url = referrer_origin;

    /* 7. A browser may give away less; this one does not. */
    /* 8. What the policy gives this request. */
    const struct referrer *referrer =
        referrer_by_policy(&s, request, &referrer_url, &referrer_origin);
    show_referrer(&s, "8", "referrer", referrer);
    request->referrer = referrer->is_url ? CORS_REFERRER_URL : CORS_REFERRER_NO_REFERRER;
    if (referrer->is_url)
        request->referrer_url = referrer->url;
}
