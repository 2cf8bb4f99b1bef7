/* Fetch Standard, section "Port blocking" (https://fetch.spec.whatwg.org/#port-blocking): no
 * request reaches a port on which a server of another protocol might take it for its own. */
#include "fetch.h"
#include "tables.h"

/* https://fetch.spec.whatwg.org/#block-bad-port */
bool blocked_due_to_a_bad_port(const struct steps *caller, const struct request *request)
{
    struct steps s = begin(caller, "block-bad-port");

    /* 1. Every URL of a redirect chain is looked at when its turn comes. */
    const struct cors_url *url = current_url_of(request);

    /* 2. HTTP to a port on the standard's list: blocked. */
    if (when(&s, "2", cors_url_is_http_s(url) && is_bad_port(url->port))) {
        let(&s, "2", "port", serialize_integer((uint64_t)url->port, arena_of(&s)));
        return true;
    }

    /* 3. Any other: allowed. */
    return false;
}
