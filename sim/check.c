/* Fetch Standard, section "CORS check" (https://fetch.spec.whatwg.org/#cors-check). Null is not the
 * byte sequence `null`: an absent header fails at step 2, a header that says null is compared. */
#include "fetch.h"

/* The check needs no more of a request than this, which lets callers without one use it. */
struct check_subject {
    const struct request *request;       /* or NULL and */
    struct cors_bytes serialized_origin; /* the result of byte-serializing the request's origin */
    enum cors_credentials_mode credentials_mode;
    const struct cors_header_list *response_headers;
    struct cors_arena *arena;
};

static struct cors_bytes byte_serialized_origin(const struct steps *s,
                                                const struct check_subject *subject)
{
    return subject->request == NULL ? subject->serialized_origin
                                    : byte_serialize_a_request_origin(s, subject->request);
}

/* https://fetch.spec.whatwg.org/#concept-cors-check */
static enum check check(const struct steps *caller, const struct check_subject *subject)
{
    struct steps s = begin(caller, "cors-check");
    const bool include = subject->credentials_mode == CORS_CREDENTIALS_INCLUDE;

    /* 1. All values of Access-Control-Allow-Origin, joined, or null. */
    struct cors_bytes origin =
        let(&s, "1", "origin",
            cors_header_list_get(subject->response_headers,
                                 CORS_BYTES("Access-Control-Allow-Origin"), subject->arena));

    /* 2. The server did not say that anyone may read: failure. */
    if (when(&s, "2", is_null(origin)))
        return CHECK_FAILURE;

    /* 3. Without credentials `*` means everyone: success. */
    if (when(&s, "3", !include && bytes_equal(origin, CORS_BYTES("*"))))
        return CHECK_SUCCESS;

    /* 4. Anything but the request's own origin, byte for byte: failure. */
    if (when(&s, "4", !bytes_equal(byte_serialized_origin(&s, subject), origin)))
        return CHECK_FAILURE;

    /* 5. Without credentials the matching origin is enough: success. */
    if (when(&s, "5", !include))
        return CHECK_SUCCESS;

    /* 6. All values of Access-Control-Allow-Credentials, joined, or null. */
    struct cors_bytes credentials =
        let(&s, "6", "credentials",
            cors_header_list_get(subject->response_headers,
                                 CORS_BYTES("Access-Control-Allow-Credentials"), subject->arena));

    /* 7. With credentials the server must also say `true`, in this case: success. */
    if (when(&s, "7", bytes_equal(credentials, CORS_BYTES("true"))))
        return CHECK_SUCCESS;

    /* 8. Otherwise: failure. */
    when(&s, "8", true);
    return CHECK_FAILURE;
}

enum check cors_check_steps(const struct steps *caller, const struct request *request,
                            const struct response *response)
{
    return check(caller, &(struct check_subject){
                             .request = request,
                             .credentials_mode = request->credentials_mode,
                             .response_headers = &response->header_list,
                             .arena = arena_of(caller),
                         });
}

bool cors_check(struct cors_bytes serialized_origin, enum cors_credentials_mode credentials_mode,
                const struct cors_header_list *response_headers, struct cors_arena *arena)
{
    return check(NULL, &(struct check_subject){
                           .serialized_origin = serialized_origin,
                           .credentials_mode = credentials_mode,
                           .response_headers = response_headers,
                           .arena = arena,
                       }) == CHECK_SUCCESS;
}
