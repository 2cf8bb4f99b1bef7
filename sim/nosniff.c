/* Fetch Standard, section "`X-Content-Type-Options` header"
 * (https://fetch.spec.whatwg.org/#x-content-type-options-header): a server that says nosniff has
 * its Content-Type taken at its word where the response would become a script or a style sheet. */
#include "fetch.h"

/* https://fetch.spec.whatwg.org/#request-destination-script-like */
bool is_script_like(enum cors_destination destination)
{
    switch (destination) {
    case CORS_DESTINATION_AUDIOWORKLET:
    case CORS_DESTINATION_PAINTWORKLET:
    case CORS_DESTINATION_SCRIPT:
    case CORS_DESTINATION_SERVICEWORKER:
    case CORS_DESTINATION_SHAREDWORKER:
    case CORS_DESTINATION_WORKER:
        return true;
    default:
        return false;
    }
}

/* https://fetch.spec.whatwg.org/#determine-nosniff */
static bool determine_nosniff(const struct steps *caller, const struct cors_header_list *list)
{
    struct steps s = begin(caller, "determine-nosniff");

    /* 1. The values of X-Content-Type-Options, or null. */
    struct cors_values values = cors_header_list_get_decode_and_split(
        list, CORS_BYTES("X-Content-Type-Options"), arena_of(&s));

    /* 2. There is no such header: no. */
    if (whether(&s, "2", values.kind == CORS_VALUES_NULL))
        return false;

    /* 3. Only the first value counts, in any case: yes. */
    if (whether(&s, "3",
                values.count > 0 &&
                    byte_case_insensitive_match(values.at[0], CORS_BYTES("nosniff"))))
        return true;

    /* 4. Anything else: no. */
    return false;
}

/* https://mimesniff.spec.whatwg.org/#javascript-mime-type */
static bool is_javascript_mime_type(const struct mime_type *mime_type)
{
    static const struct cors_bytes essences[] = {
        {"application/ecmascript", 22}, {"application/javascript", 22},
        {"application/x-ecmascript", 24}, {"application/x-javascript", 24},
        {"text/ecmascript", 15}, {"text/javascript", 15},
        {"text/javascript1.0", 18}, {"text/javascript1.1", 18},
        {"text/javascript1.2", 18}, {"text/javascript1.3", 18},
        {"text/javascript1.4", 18}, {"text/javascript1.5", 18},
        {"text/jscript", 12}, {"text/livescript", 15},
        {"text/x-ecmascript", 17}, {"text/x-javascript", 17},
    };
    for (size_t i = 0; i < sizeof essences / sizeof *essences; i++)
        if (bytes_equal(mime_type->essence, essences[i]))
            return true;
    return false;
}

/* https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff? */
bool blocked_due_to_nosniff(const struct steps *caller, const struct response *response,
                            const struct request *request)
{
    struct steps s = begin(caller, "should-response-to-request-be-blocked-due-to-nosniff?");

    /* 1. The server does not insist on its Content-Type: allowed. */
    if (whether(&s, "1", !determine_nosniff(&s, &response->header_list)))
        return false;

    /* 2. What the server says the response is. */
    struct mime_type mime_type = extract_a_mime_type(&s, &response->header_list, arena_of(&s));

    /* 3. What the page wants it for. */
    const enum cors_destination destination = request->destination;

    /* 4. No JavaScript in the place of a script: blocked. */
    if (when(&s, "4",
             is_script_like(destination) &&
                 (mime_type.failure || !is_javascript_mime_type(&mime_type))))
        return true;

    /* 5. No CSS in the place of a style sheet: blocked. */
    if (when(&s, "5",
             destination == CORS_DESTINATION_STYLE &&
                 (mime_type.failure || !bytes_equal(mime_type.essence, CORS_BYTES("text/css")))))
        return true;

    /* 6. Anything else: allowed. */
    return false;
}
