/* Fetch Standard, section "HTTP-redirect fetch"
 * (https://fetch.spec.whatwg.org/#http-redirect-fetch). Invariant: the URL list never holds more
 * than the first URL and 20 redirects. */
#include "engine.h"

/* https://fetch.spec.whatwg.org/#concept-http-redirect-fetch step 12: a browser turns these into
 * GET, as browsers always did. */
static bool becomes_get(const struct request *request, uint16_t status)
{
    if (status == 301 || status == 302)
        return bytes_equal(request->method, CORS_BYTES("POST"));
    return status == 303 && !bytes_equal(request->method, CORS_BYTES("GET")) &&
           !bytes_equal(request->method, CORS_BYTES("HEAD"));
}

static void delete_headers(const struct steps *s, struct cors_header_list *list,
                           const struct cors_bytes *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cors_header_list_delete(list, names[i], arena_of(s));
}

/* https://fetch.spec.whatwg.org/#concept-http-redirect-fetch steps 12.2 and 13: takes off headers
 * that the target must not get, and so need not be asked for. */
static void drop_headers(const struct steps *s, struct request *request,
                         const struct cors_bytes *names, size_t count)
{
    delete_headers(s, &request->header_list, names, count);
    if (request->asked_headers.at != NULL && !deviates(s, CORS_DEV_DROPPED_HEADERS_ARE_ASKED_FOR))
        delete_headers(s, &request->asked_headers, names, count);
}

/* Some browsers go back to the first request's headers at every redirect. */
static void remember_first_headers(const struct steps *s, struct request *request)
{
    if (s->simulation->engine == 0 || !deviates(s, CORS_DEV_FIRST_HEADERS_ARE_ASKED_FOR))
        return;
    if (request->first_headers.at == NULL)
        request->first_headers = header_list_clone(&request->header_list, 0, arena_of(s));
    request->asked_headers = header_list_clone(&request->first_headers, 0, arena_of(s));
}

/* Others send them again, too; Authorization only if it is still there. */
static void restore_first_headers(const struct steps *s, struct request *request,
                                  const struct cors_origin *target)
{
    const bool governed =
        request->response_tainting == TAINTING_CORS ||
        (request->mode == CORS_MODE_CORS && !cors_same_origin(target, current_url_origin(request)));
    if (!governed || request->first_headers.at == NULL ||
        request->header_list.count == request->first_headers.count ||
        !deviates(s, CORS_DEV_FIRST_HEADERS_RETURN))
        return;
    const bool authorized =
        cors_header_list_contains(&request->header_list, CORS_BYTES("Authorization"));
    request->header_list = header_list_clone(&request->first_headers, 0, arena_of(s));
    if (!authorized)
        cors_header_list_delete(&request->header_list, CORS_BYTES("Authorization"), arena_of(s));
}

/* https://fetch.spec.whatwg.org/#concept-http-redirect-fetch step 13: what else is meant for one
 * origin only. Chromium has a permission for each of these client hints, which only the page's own
 * origin has. */
static void drop_client_hints(const struct steps *s, struct request *request,
                              const struct cors_origin *target)
{
    static const struct cors_bytes names[] = {
        {"Device-Memory", 13},  {"DPR", 3}, {"Downlink", 8}, {"ECT", 3}, {"RTT", 3}, {"Width", 5},
        {"Viewport-Width", 14},
    };
    enum { COUNT = sizeof names / sizeof *names };
    bool found = false;
    if (s->simulation->engine == 0 || cors_same_origin(target, &request->origin))
        return;
    for (size_t i = 0; i < COUNT; i++)
        found = found || cors_header_list_contains(&request->header_list, names[i]);
    if (found && deviates(s, CORS_DEV_CLIENT_HINTS_ARE_DROPPED))
        delete_headers(s, &request->header_list, names, COUNT);
}

/* https://fetch.spec.whatwg.org/#concept-http-redirect-fetch steps 9 to 11: whether the target must
 * not be followed. */
static bool is_refused(const struct steps *s, const struct request *request,
                       const struct response *response, const struct cors_url *location,
                       const struct cors_origin *origin)
{
    const bool credentials = cors_url_includes_credentials(location);

    /* 9. A page must not put a name and a password into a request to another origin. */
    if (when(
            s, "9",
            credentials &&
                ((request->mode == CORS_MODE_CORS && !cors_same_origin(&request->origin, origin)) ||
                 (!request->is_xhr && deviates(s, CORS_DEV_REDIRECT_WITH_USERINFO_IS_BLOCKED)))))
        return true;

    /* 10. Nor may another origin send the page back to its own with them. */
    if (when(s, "10", request->response_tainting == TAINTING_CORS && credentials))
        return true;

    /* 11. A body that was streamed cannot be sent a second time; 303 does not need it. */
    return when(s, "11",
                response->status != 303 && !is_null(request->body) && request->body_source_is_null);
}

/* https://fetch.spec.whatwg.org/#concept-http-redirect-fetch */
struct response *http_redirect_fetch(const struct steps *caller, struct fetch_params *fetch_params,
                                     struct response *response)
{
    struct steps s = begin(caller, "http-redirect-fetch");

    /* 1. The request is in the fetch params. */
    struct request *request = fetch_params->request;

    /* 2. A response straight from the network is its own internal response. */
    const struct response *internal_response = response;

    if (request->response_tainting == TAINTING_CORS &&
        cors_url_includes_credentials(current_url_of(request)) &&
        deviates(&s, CORS_DEV_CORS_REDIRECT_LOSES_USERINFO))
        current_url(request)->username = current_url(request)->password = CORS_BYTES("");

    /* 3. Where to. */
    struct cors_url location;
    enum location kind =
        location_url(&s, internal_response, current_url_of(request)->fragment, &location);

    let(&s, "3", "locationURL",
        kind == LOCATION_URL ? cors_url_serialize(&location, CORS_URL_WITH_FRAGMENT, arena_of(&s))
                             : cors_header_list_get(&internal_response->header_list,
                                                    CORS_BYTES("Location"), arena_of(&s)));

    /* 4. Nowhere: the redirect is an ordinary response. */
    if (when(&s, "4", kind == LOCATION_NULL))
        return response;

    /* 5. A Location that is no URL: a network error. */
    if (when(&s, "5", kind == LOCATION_FAILURE))
        return network_error(&s);

    /* 6. Out of HTTP(S): a network error. */
    if (when(&s, "6", !cors_url_is_http_s(&location)))
        return network_error(&s);

    /* 7. The twenty-first redirect: a network error. */
    if (when(&s, "7", request->redirect_count == REDIRECT_LIMIT))
        return network_error(&s);

    /* 8. Count it. */
    request->redirect_count++;

    struct cors_origin origin =
        cors_url_origin(&location, agent_of(&s)->domain_to_ascii, arena_of(&s));
    if (is_refused(&s, request, internal_response, &location, &origin))
        return network_error(&s);

    remember_first_headers(&s, request);
    restore_first_headers(&s, request, &origin);

    const bool drops_headers = becomes_get(request, internal_response->status);

    /* 12. Some methods do not survive some redirects. */
    if (whether(&s, "12",
                drops_headers || (bytes_equal(request->method, CORS_BYTES("DELETE")) &&
                                  !cors_same_origin(current_url_origin(request), &origin) &&
                                  deviates(&s, CORS_DEV_CROSS_ORIGIN_DELETE_BECOMES_GET)))) {
        /* 12.1. The method becomes GET and the body is dropped. */
        request->method = CORS_BYTES("GET");
        request->body = null_bytes();

        /* 12.2. The headers that described the body go with it. */
        if (drops_headers)
            drop_headers(&s, request, request_body_header_names, request_body_header_name_count);
    }

    /* 13. Authorization was meant for the origin that is being left. */
    if (whether(&s, "13", !cors_same_origin(current_url_origin(request), &origin))) {
        drop_headers(&s, request, cors_non_wildcard_request_header_names,
                     cors_non_wildcard_request_header_name_count);
        request->first_origin = null_bytes();
    }
    drop_client_hints(&s, request, &origin);

    /* 14. A body with a source is sent again from the start. */
    /* 15. The timing info. [scope: timing] */
    /* 16. When the redirect ended. [scope: timing] */
    /* 17. When the first redirect began. [scope: timing] */
    /* 18. The target is the current URL from now on. */
    request->url_list[request->url_count] = location;
    request->url_origins[request->url_count] = origin;
    request->url_count++;

    /* 19. The redirect may have set another referrer policy. */
    set_referrer_policy_on_redirect(&s, request, internal_response);

    /* 20. Main fetch gives the response back to here. */
    /* 21. Only a navigation continues by hand. [scope: navigation] */
    /* 22. Decide anew what kind of fetch this is. */
    return main_fetch(&s, fetch_params, true);
}
