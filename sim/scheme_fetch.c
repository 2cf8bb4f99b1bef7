/* Fetch Standard, section "Scheme fetch" (https://fetch.spec.whatwg.org/#scheme-fetch). Only
 * HTTP(S) reaches a server; the local schemes are here as far as their verdict goes. */
#include "engine.h"

static struct response *local_response(const struct steps *s, struct cors_bytes content_type)
{
    struct cors_arena *arena = arena_of(s);
    struct response *response = ARENA_NEW(arena, struct response, 1);
    if (response == NULL)
        return network_error(s);
    *response = (struct response){
        .status = 200, .status_message = CORS_BYTES("OK"), .body = CORS_BYTES("")};
    if (!is_null(content_type))
        cors_header_list_append(&response->header_list, CORS_BYTES("Content-Type"), content_type,
                                arena);
    return response;
}

/* https://fetch.spec.whatwg.org/#concept-scheme-fetch */
struct response *scheme_fetch(const struct steps *caller, struct fetch_params *fetch_params)
{
    struct steps s = begin(caller, "scheme-fetch");

    /* 1. Nobody cancels a simulated fetch. [scope: cancellation] */
    /* 2. The request is in the fetch params. */
    const struct cors_url *url = current_url_of(fetch_params->request);

    /* 3. Each scheme has its way. */
    /* 3.a. about:blank is an empty document; other about: URLs give nothing. */
    if (whether(&s, "3.a", bytes_equal(url->scheme, CORS_BYTES("about")))) {
        if (!when(&s, "3.a",
                  !bytes_equal(url->path, CORS_BYTES("blank")) ||
                      deviates(&s, CORS_DEV_ABOUT_BLANK_IS_NOT_FETCHED)))
            return local_response(&s, CORS_BYTES("text/html;charset=utf-8"));
        return network_error(&s);
    }

    /* 3.b. There are no blobs here, so a blob: URL has no entry: a network error. [scope:
     * blob-urls] */
    if (when(&s, "3.b", bytes_equal(url->scheme, CORS_BYTES("blob"))))
        return network_error(&s);

    /* 3.c. A data: URL is a response without a server; its content is not built. [scope: data-urls]
     */
    if (whether(&s, "3.c", bytes_equal(url->scheme, CORS_BYTES("data"))))
        return local_response(&s, null_bytes());

    /* 3.d. file: is left to the reader by the standard, and a network error when in doubt. */
    if (when(&s, "3.d", bytes_equal(url->scheme, CORS_BYTES("file"))))
        return network_error(&s);

    /* 3.e. HTTP(S) goes on to HTTP fetch. */
    if (whether(&s, "3.e", cors_url_is_http_s(url)))
        return http_fetch(&s, fetch_params, false);

    /* 4. Nothing is known of any other scheme: a network error. */
    when(&s, "4", true);
    return network_error(&s);
}
