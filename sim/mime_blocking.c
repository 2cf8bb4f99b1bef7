/* Fetch Standard, section "Should response to request be blocked due to its MIME type?"
 * (https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?): images,
 * sounds, films and tables are not run as scripts. A response without a usable Content-Type passes
 * here; nosniff.c is stricter where the server asks for it. */
#include "fetch.h"
#include "tables.h"

/* https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type? */
bool blocked_due_to_its_mime_type(const struct steps *caller, const struct response *response,
                                  const struct request *request)
{
    struct steps s = begin(caller, "should-response-to-request-be-blocked-due-to-mime-type?");
    const bool script_like =
        (destination_sets(request->destination) & DESTINATION_SCRIPT_LIKE) != 0;

    /* 1. What the server says the response is; unread where step 4 cannot hold and nobody watches.
     */
    struct mime_type mime_type = {.failure = true};
    if (script_like || watched(&s))
        mime_type = extract_a_mime_type(&s, &response->header_list, arena_of(&s));

    /* 2. It says nothing usable: allowed. */
    if (whether(&s, "2", mime_type.failure))
        return false;

    /* 3. What the page wants it for is a script or it is not. */
    /* 4. Media or CSV in the place of a script: blocked. */
    if (when(&s, "4",
             script_like && (starts_with(mime_type.essence, CORS_BYTES("audio/")) ||
                             starts_with(mime_type.essence, CORS_BYTES("image/")) ||
                             starts_with(mime_type.essence, CORS_BYTES("video/")) ||
                             bytes_equal(mime_type.essence, CORS_BYTES("text/csv"))))) {
        let(&s, "4", "mimeType", mime_type.essence);
        return true;
    }

    /* 5. Anything else: allowed. */
    return false;
}
