/* Fetch Standard, section "`Cross-Origin-Resource-Policy` header"
 * (https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header): a server's say in who may
 * embed its responses without CORS, and the embedding page's demand that there be such a say.
 * Invariants: the value is compared byte for byte, so a joined or misspelt one is none at all; what
 * the header alone forbids is decided in the internal check, what only the page's embedder policy
 * forbids in step 7 of the check. */
#include "fetch.h"

/* What two responses' checks have in common. */
struct resource {
    const struct cors_origin *origin; /* who wants to embed the response */
    const struct response *response;
};

static struct cors_origin response_origin(const struct response *response)
{
    return response->url_count == 0 ? (struct cors_origin){0}
                                    : response->url_origins[response->url_count - 1];
}

static bool is_resource_policy(struct cors_bytes policy)
{
    return bytes_equal(policy, CORS_BYTES("same-origin")) ||
           bytes_equal(policy, CORS_BYTES("same-site")) ||
           bytes_equal(policy, CORS_BYTES("cross-origin"));
}

/* https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check step 4 */
static struct cors_bytes policy_of_embedder(const struct steps *s, const struct response *response,
                                            enum cors_embedder_policy embedder_policy_value)
{
    switch (embedder_policy_value) {
    case CORS_EMBEDDER_POLICY_UNSAFE_NONE:
        /* 4.a. The page takes anything: the header stays null. */
        break;
    case CORS_EMBEDDER_POLICY_CREDENTIALLESS:
        /* 4.b. The page takes only what was fetched without credentials, unless it is its own. */
        if (whether(s, "4.b", response->request_includes_credentials))
            return CORS_BYTES("same-origin");
        break;
    case CORS_EMBEDDER_POLICY_REQUIRE_CORP:
        /* 4.c. The page takes only what says that it may be taken, unless it is its own. */
        return CORS_BYTES("same-origin");
    }
    return null_bytes();
}

/* https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check */
static bool internal_check_blocks(const struct steps *caller, const struct resource *resource,
                                  enum cors_embedder_policy embedder_policy_value)
{
    struct steps s = begin(caller, "cross-origin-resource-policy-internal-check");
    const struct cors_origin url_origin = response_origin(resource->response);

    /* 1. Navigations of frames are looser. [scope: navigation] */
    /* 2. All values of Cross-Origin-Resource-Policy, joined, or null. */
    struct cors_bytes policy =
        let(&s, "2", "policy",
            cors_header_list_get(&resource->response->header_list,
                                 CORS_BYTES("Cross-Origin-Resource-Policy"), arena_of(&s)));

    /* 3. Anything but the three values that there are counts as null. */
    if (whether(&s, "3", !is_resource_policy(policy)))
        policy = null_bytes();

    /* 4. Where the server says nothing, the embedding page's policy says it. */
    if (whether(&s, "4", is_null(policy)))
        policy = policy_of_embedder(&s, resource->response, embedder_policy_value);

    /* 5. Hold the page's origin against the policy. */
    /* 5.a. No policy, or one for everyone: allowed. */
    if (whether(&s, "5.a", is_null(policy) || bytes_equal(policy, CORS_BYTES("cross-origin"))))
        return false;

    /* 5.b. For the server's own origin only: blocked for every other. */
    if (bytes_equal(policy, CORS_BYTES("same-origin")))
        return when(&s, "5.b", !cors_same_origin(resource->origin, &url_origin));

    /* 5.c. For the server's own site only: blocked for every other, and for a page from http: that
     * wants a response from https:. */
    return when(
        &s, "5.c",
        !cors_schemelessly_same_site(resource->origin, &url_origin, agent_of(&s)->public_suffix) ||
            (!bytes_equal(resource->origin->scheme, CORS_BYTES("https")) &&
             bytes_equal(url_origin.scheme, CORS_BYTES("https"))));
}

/* https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check */
bool cross_origin_resource_policy_blocks(const struct steps *caller,
                                         const struct cors_origin *origin,
                                         const struct cors_client *client,
                                         enum cors_destination destination,
                                         const struct response *response)
{
    struct steps s = begin(caller, "cross-origin-resource-policy-check");
    const struct resource resource = {.origin = origin, .response = response};
    (void)destination; /* for reports only */

    /* 1. This is never a navigation of a frame. [scope: navigation] */
    /* 2. What the page demands of everything it embeds. */
    const enum cors_embedder_policy embedder_policy = client->embedder_policy;

    /* 3. What the server itself forbids: blocked. */
    if (whether(&s, "3", internal_check_blocks(&s, &resource, CORS_EMBEDDER_POLICY_UNSAFE_NONE)))
        return true;

    /* 4. What the page would only like to be told of. [scope: reporting] */
    /* 5. The page's own demand is met as well: allowed. */
    if (whether(&s, "5", !internal_check_blocks(&s, &resource, embedder_policy)))
        return false;

    /* 6. The page is told. [scope: reporting] */
    /* 7. It is not met: blocked. */
    return when(&s, "7", true);
}
