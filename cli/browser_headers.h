/* The headers of a request that a browser has made, as DevTools' "Copy as cURL" and recordings
 * have them: which of them the page's script set, and what those say that the browser added by
 * itself (https://fetch.spec.whatwg.org/#forbidden-request-header, and what browsers add
 * besides). Only the former are for the CORS protocol to ask about. */
#ifndef CORSIM_CLI_BROWSER_HEADERS_H
#define CORSIM_CLI_BROWSER_HEADERS_H

#include "memory.h"

/* What is not there is null. */
struct browser_headers {
    bool copied;                    /* a browser has made the request, not a person */
    struct cors_header_list script; /* capacity 0; room for two more */
    struct cors_bytes added;        /* names of the browser's own, "Cookie, Referer"; may be null */
    struct cors_bytes origin, referrer, cookie, user_agent, accept_language;
    struct cors_bytes mode, destination, site; /* Sec-Fetch-Mode, -Dest, -Site */
    bool credentials;                          /* were included, as far as that can be seen */
    bool no_cache; /* as a page has it that is reloaded, or with the cache off in
                      DevTools */
};

struct browser_headers browser_headers_of(const struct cors_header_list *all,
                                          struct memory *memory);

/* Byte-case-insensitively. */
bool is_header_named(struct cors_bytes name, const char *other);
/* Cookie, Set-Cookie, Authorization, Proxy-Authorization: values that nobody else is to see. */
bool is_secret_header(struct cors_bytes name);

#endif
