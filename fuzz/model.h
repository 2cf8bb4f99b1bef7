/* What a browser can put into the Origin header, what the owner of a server means to let in, and
 * how bad it is when something else gets in. Written without a look at sim/url.c, so that each
 * checks the other: https://fetch.spec.whatwg.org/#origin-header (the ABNF),
 * https://url.spec.whatwg.org/ (hosts), spec-tables/host-bytes.tsv (measured in browsers).
 * Invariants: no allocation in questions about one origin; an answer depends on the bytes given and
 * on nothing else. */
#ifndef CORSIM_FUZZ_MODEL_H
#define CORSIM_FUZZ_MODEL_H

#include "corsim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who is asked whether it can send an origin. */
enum profile {
    PROFILE_ABNF = 0, /* serialized-origin of the Fetch Standard: the narrowest */
    PROFILE_URL,      /* whatever the URL Standard lets through: the widest */
    PROFILE_CHROMIUM,
    PROFILE_FIREFOX,
    PROFILE_WEBKIT,
    PROFILE_BROWSER, /* any of the three browsers: the default of the hunt */
    PROFILE_COUNT,
};

/* An origin, taken apart. The bytes are the caller's. */
struct origin_parts {
    bool opaque; /* it is "null"; nothing below counts */
    struct cors_bytes scheme;
    struct cors_bytes host; /* as serialized: IPv6 in brackets */
    int32_t port;           /* -1: the scheme's default one, which is not written */
};

/* False: not a serialized origin of http or https, and not null. Only the canonical form counts:
 * lower case, canonical addresses, no default port, no leading zeros. */
CORS_API bool origin_take_apart(struct cors_bytes origin, struct origin_parts *parts);

/* Whether a page can make that browser send these bytes as the value of Origin. */
CORS_API bool origin_sendable(struct cors_bytes origin, enum profile profile);

/* The host that this browser asks for a page of that origin, which is not opaque: a part of the
 * origin's host where host-bytes.tsv says that it cuts there. */
CORS_API struct cors_bytes origin_server(const struct origin_parts *parts, enum profile profile);

/* Whether a browser of the profile can send this origin and asks another host for its page; then
 * `browser` says which, and `server` whom, in the origin's bytes. */
CORS_API bool origin_goes_astray(struct cors_bytes origin, enum profile profile,
                                 enum profile *browser, struct cors_bytes *server);

/* Who can use a witness. In this order: the earlier is the worse. */
enum tier {
    TIER_STRANGER = 0, /* anybody, by registering a name */
    TIER_OWNER,        /* who controls another host or port of the owner's */
    TIER_NETWORK,      /* only who sits in the network, or on the machine: http, one label, an IP */
    TIER_NULL,         /* anybody, by a sandboxed frame or a redirect */
    TIER_COUNT,
};
extern CORS_API const char *const tier_words[TIER_COUNT]; /* stranger, owner, network, null */

#endif
