/* Fetch Standard, section "Requests" (https://fetch.spec.whatwg.org/#requests) and "Network
 * partition keys" (https://fetch.spec.whatwg.org/#network-partition-keys): what is computed from a
 * request. Invariant: a request has at least one URL and an origin, never "client", by the time
 * these run. */
#include "engine.h"

/* https://fetch.spec.whatwg.org/#is-local */
bool cors_url_is_local(const struct cors_url *url)
{
    return bytes_equal(url->scheme, CORS_BYTES("about")) ||
           bytes_equal(url->scheme, CORS_BYTES("blob")) ||
           bytes_equal(url->scheme, CORS_BYTES("data"));
}

/* https://fetch.spec.whatwg.org/#concept-request-tainted-origin */
enum redirect_taint redirect_taint(const struct steps *caller, const struct request *request)
{
    struct steps s = begin(caller, "request-tainted-origin");
    cors_public_suffix *public_suffix = agent_of(&s)->public_suffix;

    /* 1. The origin is known by now. */
    /* 2. No URL has been looked at yet. */
    const struct cors_origin *last = NULL;

    /* 3. Until shown otherwise the chain never left the origins that the page may speak for. */
    enum redirect_taint taint = TAINT_SAME_ORIGIN;

    /* 4. Look at each hop of the redirect chain. */
    for (size_t i = 0; i < request->url_count; i++) {
        const struct cors_origin *url = &request->url_origins[i];

        /* 4.1. The first URL only gives the hop its start. */
        if (whether(&s, "4.1", last == NULL)) {
            last = url;
            continue;
        }

        /* 4.2. A hop to another site, from a URL that is not of the page's site: cross-site. */
        if (whether(&s, "4.2",
                    !cors_same_site(url, last, public_suffix) &&
                        !cors_same_site(&request->origin, last, public_suffix)))
            return TAINT_CROSS_SITE;

        /* 4.3. A hop to another origin, from a URL that is not of the page's origin: tainted, but
         * within the site so far. */
        if (whether(&s, "4.3",
                    !cors_same_origin(url, last) && !cors_same_origin(&request->origin, last)))
            taint = TAINT_SAME_SITE;

        /* 4.4. The next hop starts here. */
        last = url;
    }

    /* 5. The worst that was seen. */
    return taint;
}

/* Whether a request that CORS does not govern was redirected to another origin, and to a browser
 * speaks for nobody any more. */
static bool left_its_origin(const struct steps *s, const struct request *request)
{
    if (simulation_of(s)->engine == 0 || request->response_tainting == TAINTING_CORS)
        return false;
    for (size_t i = 1; i < request->url_count; i++)
        if (!cors_same_origin(&request->url_origins[i - 1], &request->url_origins[i]))
            return deviates(s, CORS_DEV_ORIGIN_IS_NULL_AFTER_LEAVING_HOME);
    return false;
}

/* https://fetch.spec.whatwg.org/#serializing-a-request-origin */
static struct cors_bytes serialize_a_request_origin(const struct steps *caller,
                                                    const struct request *request)
{
    struct steps s = begin(caller, "serializing-a-request-origin");

    /* 1. The origin is known by now. */
    /* 2. A tainted chain speaks for nobody: null. */
    if (whether(
            &s, "2",
            redirect_taint(&s, request) != TAINT_SAME_ORIGIN &&
                !(s.simulation->preflighting && deviates(&s, CORS_DEV_PREFLIGHT_IS_NEVER_NULL))) ||
        left_its_origin(&s, request))
        return CORS_BYTES("null");

    /* 3. Otherwise the page's origin, serialized. */
    return cors_origin_serialize(&request->origin, arena_of(&s));
}

/* https://fetch.spec.whatwg.org/#byte-serializing-a-request-origin has no numbered steps: a
 * serialized origin is ASCII and already bytes. They are the same until a redirect adds a URL, so
 * unless somebody watches they are made only once. */
struct cors_bytes byte_serialize_a_request_origin(const struct steps *caller,
                                                  const struct request *request)
{
    struct simulation *simulation = simulation_of(caller);
    struct serialized_origin *made =
        &simulation->serialized_origin[simulation->engine != 0 && simulation->preflighting];
    if (made->url_count != request->url_count || watched(caller))
        *made = (struct serialized_origin){
            .url_count = request->url_count,
            .bytes = serialize_a_request_origin(caller, request),
            .opaque = request->origin.kind == CORS_ORIGIN_OPAQUE,
        };
    return made->bytes;
}

/* https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials */
bool embedder_policy_allows_credentials(const struct steps *caller, const struct request *request)
{
    struct steps s = begin(caller, "cross-origin-embedder-policy-allows-credentials");

    /* 1. The origin is known by now. */
    /* 2. The policy is about no-cors requests only. */
    if (whether(&s, "2", request->mode != CORS_MODE_NO_CORS))
        return true;

    /* 3. Without a client there is no policy. */
    if (whether(&s, "3", request->client == NULL))
        return true;

    /* 4. Every policy but "credentialless" lets credentials through. */
    if (whether(&s, "4", request->client->embedder_policy != CORS_EMBEDDER_POLICY_CREDENTIALLESS))
        return true;

    /* 5. A request that came back to the page's own origin after leaving it may carry them. */
    if (whether(&s, "5",
                cors_same_origin(&request->origin, current_url_origin(request)) &&
                    redirect_taint(&s, request) != TAINT_SAME_ORIGIN))
        return true;

    /* 6. Everything else goes without credentials. */
    return false;
}

/* https://fetch.spec.whatwg.org/#determine-the-network-partition-key */
static struct cors_bytes partition_key_of_environment(const struct steps *caller,
                                                      const struct cors_client *environment)
{
    struct steps s = begin(caller, "determine-the-network-partition-key");

    /* 1. The origin of the page in the address bar. */
    const struct cors_origin *top_level_origin = environment->top_level_origin;

    /* 2. Where it is not known, the page is taken to be the top itself. */
    if (whether(&s, "2", top_level_origin == NULL))
        top_level_origin = &environment->origin;

    /* 3. There is an origin now. */
    /* 4. Its site is the partition. Two opaque origins are two sites though both serialize alike,
     * and one without an id is not even its own. */
    struct cors_bytes top_level_site =
        cors_site_serialize(top_level_origin, agent_of(&s)->public_suffix, arena_of(&s));
    if (top_level_origin->kind == CORS_ORIGIN_OPAQUE)
        top_level_site =
            top_level_origin->id == 0 || deviates(&s, CORS_DEV_OPAQUE_ORIGIN_IS_NO_PARTITION)
                ? null_bytes()
                : BYTES_CONCAT(arena_of(&s), top_level_site, CORS_BYTES(" "),
                               serialize_integer(top_level_origin->id, arena_of(&s)));

    /* 5. The second key is null in this implementation. */
    /* 6. The site alone, then. */
    return top_level_site;
}

/* https://fetch.spec.whatwg.org/#request-determine-the-network-partition-key */
struct cors_bytes determine_the_network_partition_key(const struct steps *caller,
                                                      const struct request *request)
{
    struct steps s = begin(caller, "request-determine-the-network-partition-key");

    /* 1. A reserved client would come first. [scope: navigation] */
    /* 2. The key of the page that asks. */
    if (whether(&s, "2", request->client != NULL))
        return partition_key_of_environment(&s, request->client);

    /* 3. Without a page there is none. */
    return null_bytes();
}
