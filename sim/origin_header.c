/* Fetch Standard, section "`Origin` header" (https://fetch.spec.whatwg.org/#origin-header): when a
 * request says where it comes from, and when it says `null` instead. Invariants: a CORS request
 * always has the header, whatever the referrer policy; the header is appended at most once per
 * call, and a GET or HEAD request without CORS never gets one. */
#include "engine.h"

/* https://fetch.spec.whatwg.org/#append-a-request-origin-header step 4.1 */
static struct cors_bytes hide_origin(const struct steps *s, const struct request *request,
                                     struct cors_bytes serialized_origin)
{
    switch (request->referrer_policy) {
    case CORS_REFERRER_POLICY_NO_REFERRER:
        /* 4.1.a. A page that sends no referrer does not name itself here either. */
        return CORS_BYTES("null");
    case CORS_REFERRER_POLICY_NO_REFERRER_WHEN_DOWNGRADE:
    case CORS_REFERRER_POLICY_STRICT_ORIGIN:
    case CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN:
        /* 4.1.b. A page from https: does not name itself to anything else. */
        if (whether(s, "4.1.b",
                    request->origin.kind == CORS_ORIGIN_TUPLE &&
                        bytes_equal(request->origin.scheme, CORS_BYTES("https")) &&
                        !bytes_equal(current_url_of(request)->scheme, CORS_BYTES("https"))))
            return CORS_BYTES("null");
        return serialized_origin;
    case CORS_REFERRER_POLICY_SAME_ORIGIN:
        /* 4.1.c. The page names itself to its own origin only. */
        if (whether(s, "4.1.c", !cors_same_origin(&request->origin, current_url_origin(request))))
            return CORS_BYTES("null");
        return serialized_origin;
    case CORS_REFERRER_POLICY_EMPTY:
    case CORS_REFERRER_POLICY_ORIGIN:
    case CORS_REFERRER_POLICY_ORIGIN_WHEN_CROSS_ORIGIN:
    case CORS_REFERRER_POLICY_UNSAFE_URL:
        break;
    }
    /* 4.1.d. The other policies give the origin away in any case. */
    return serialized_origin;
}

/* https://fetch.spec.whatwg.org/#append-a-request-origin-header */
void append_a_request_origin_header(const struct steps *caller, struct request *request)
{
    struct steps s = begin(caller, "append-a-request-origin-header");

    /* 1. The origin is known by now. */
    /* 2. The origin the request may speak for, or null after a tainted redirect. */
    struct cors_bytes serialized_origin =
        let(&s, "2", "serializedOrigin", byte_serialize_a_request_origin(&s, request));

    /* 3. CORS and its kin work by this header, so they always send it. */
    if (whether(&s, "3",
                request->response_tainting == TAINTING_CORS ||
                    request->mode == CORS_MODE_WEBSOCKET ||
                    request->mode == CORS_MODE_WEBTRANSPORT)) {
        cors_header_list_append(&request->header_list, CORS_BYTES("Origin"), serialized_origin,
                                arena_of(&s));
    }
    /* What there was before a redirect stays, in some browsers. */
    else if (!is_null(request->first_origin) && request->url_count > 1 &&
             deviates(&s, CORS_DEV_ORIGIN_STAYS_ON_REDIRECT)) {
        cors_header_list_append(&request->header_list, CORS_BYTES("Origin"), request->first_origin,
                                arena_of(&s));
    }
    /* 4. Without CORS the header goes with methods that may change something, against CSRF. */
    else if (whether(&s, "4",
                     !bytes_equal(request->method, CORS_BYTES("GET")) &&
                         !bytes_equal(request->method, CORS_BYTES("HEAD")))) {
        /* 4.1. A page that did not ask for CORS is named only as far as its policy allows. */
        if (whether(&s, "4.1", request->mode != CORS_MODE_CORS)) {
            const struct cors_bytes hidden = hide_origin(&s, request, serialized_origin);
            if (bytes_equal(hidden, serialized_origin) ||
                !deviates(&s, CORS_DEV_ORIGIN_IGNORES_REFERRER_POLICY))
                serialized_origin = hidden;
        }

        /* 4.2. Append what is left of it. */
        cors_header_list_append(&request->header_list, CORS_BYTES("Origin"), serialized_origin,
                                arena_of(&s));
    }
}
