/* A pasted curl command as the fetch of a page's script, for `check --curl`. What the browser added
 * to the request says who asked and how (Origin, Sec-Fetch-Mode, Cookie, Referer) and is left to
 * the simulated browser; what is left is what the script set. */
#ifndef CORSIM_CLI_CURL_FETCH_H
#define CORSIM_CLI_CURL_FETCH_H

#include "browser_headers.h"
#include "curl_command.h"

struct curl_fetch {
    struct fetch_description description; /* its headers have room for two more */
    struct browser_headers headers;
    struct transport_flags transport; /* to be freed */
    const char *cookies;              /* as -b takes them; NULL: none */
    bool navigation;                  /* it was no script's request but the load of a page */
};

/* `origin` of the page, if it is known otherwise; else NULL. A complaint where nothing says it. On
 * false there is nothing to be freed. */
bool curl_fetch_read(struct curl_fetch *fetch, const char *given, enum shell shell,
                     const char *origin, struct memory *memory, struct complaint *complaint);

/* How it was read, in sentences; may hold names from the command. */
const char *curl_fetch_note(const struct curl_fetch *fetch, struct memory *memory);

#endif
