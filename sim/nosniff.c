/* Fetch Standard, section "`X-Content-Type-Options` header"
 * (https://fetch.spec.whatwg.org/#x-content-type-options-header): a server that says nosniff has
 * its Content-Type taken at its word where the response would become a script or a style sheet. */
#include "fetch.h"
#include "tables.h"

/* https://fetch.spec.whatwg.org/#determine-nosniff */
static bool determine_nosniff(const struct steps *caller, const struct cors_header_list *list)
{
    struct steps s = begin(caller, "determine-nosniff");

    /* 1. The values of X-Content-Type-Options, or null. */
    struct cors_values values = header_list_get_decode_and_split(
        &s, list, CORS_BYTES("X-Content-Type-Options"), arena_of(&s));

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
    return (mime_type_sets(mime_type->essence) & MIME_TYPE_JAVASCRIPT) != 0;
}

/* https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff? */
bool blocked_due_to_nosniff(const struct steps *caller, const struct response *response,
                            const struct request *request)
{
    struct steps s = begin(caller, "should-response-to-request-be-blocked-due-to-nosniff?");
    const bool script_like =
        (destination_sets(request->destination) & DESTINATION_SCRIPT_LIKE) != 0;
    const bool style = request->destination == CORS_DESTINATION_STYLE;

    /* 1. The server does not insist on its Content-Type: allowed. The header is not read where
     * neither step 4 nor step 5 can hold and nobody watches. */
    if (whether(&s, "1",
                !(script_like || style || watched(&s)) ||
                    !determine_nosniff(&s, &response->header_list)))
        return false;

    /* 2. What the server says the response is. */
    struct mime_type mime_type = extract_a_mime_type(&s, &response->header_list, arena_of(&s));

    /* 3. What the page wants it for is a script, a style sheet or neither. */
    /* 4. No JavaScript in the place of a script: blocked. */
    if (when(&s, "4", script_like && (mime_type.failure || !is_javascript_mime_type(&mime_type)))) {
        let(&s, "4", "mimeType", mime_type.essence);
        return true;
    }

    /* 5. No CSS in the place of a style sheet: blocked. */
    if (when(&s, "5",
             style &&
                 (mime_type.failure || !bytes_equal(mime_type.essence, CORS_BYTES("text/css"))))) {
        let(&s, "5", "mimeType", mime_type.essence);
        return true;
    }

    /* 6. Anything else: allowed. */
    return false;
}
