/* HTTP Caching (https://httpwg.org/specs/rfc9111.html): what the files about HTTP caches share.
 * http_cache_store.c keeps entries in the caller's memory, http_cache_control.c reads what is said
 * about caching, http_cache.c decides; the browser's cache and shared_cache.c, which is on the way,
 * ask it. */
#ifndef CORSIM_HTTP_CACHE_H
#define CORSIM_HTTP_CACHE_H

#include "headers.h"

/* Whose cache it is, and when it is asked. Memory is taken from the arena; once that is full
 * nothing is found, stored or changed any more. */
struct http_cache {
    struct cors_http_cache *store; /* never NULL */
    bool shared;
    bool ignores_vary;
    uint64_t now;
    struct cors_arena *arena;
};

/* What a cache is asked for. */
struct cache_request {
    struct cors_bytes key; /* of the partition */
    struct cors_bytes method;
    struct cors_bytes url; /* serialized, without fragment */
    const struct cors_header_list *headers;
};

/* A stored response that was selected; a copy in the arena. */
struct selection {
    bool found;
    bool needs_validation; /* it must not be used unless the server says that it is still valid */
    size_t position;       /* in the store, as long as nothing is stored or removed */
    struct cors_stored_response stored;
};

/* http_cache_control.c: https://httpwg.org/specs/rfc9111.html#field.cache-control; the directives
 * that matter here, of a request or a response. */
struct cache_control {
    bool is_public, is_private, no_store, no_cache, must_revalidate, must_understand;
    bool has_max_age, has_s_maxage;
    uint64_t max_age, s_maxage;
};
struct cache_control cache_control_of(const struct cors_header_list *headers,
                                      struct cors_arena *arena);
/* Seconds since 1970 in a header; false: there is no such header, or no date in it. */
bool date_in_header(const struct cors_header_list *headers, struct cors_bytes name, uint64_t now,
                    uint64_t *seconds);
/* https://httpwg.org/specs/rfc9111.html#age.calculations and #calculating.freshness.lifetime */
uint64_t current_age(const struct http_cache *cache, const struct cors_stored_response *stored);
uint64_t freshness_lifetime(const struct http_cache *cache,
                            const struct cors_stored_response *stored);
/* Whether two entity tags are the same, weak or not; without the tags' `W/`. */
bool entity_tags_match(struct cors_bytes a, struct cors_bytes b);

/* http_cache_store.c: positions are where an entry begins; `next` where the one behind it does. */
struct cors_stored_response stored_response_at(const struct cors_http_cache *store, size_t position,
                                               size_t *next, struct cors_arena *arena);
/* Without a copy: whether the entry at the position is of that partition and that URL. */
bool stored_response_is_for(const struct cors_http_cache *store, size_t position, size_t *next,
                            struct cors_bytes key, struct cors_bytes url);
void remove_stored_response(struct cors_http_cache *store, size_t position);
/* The newest; entries that are in its way go, oldest first. One that is larger than the store is
 * not added. Nothing in it may point into the store. */
void add_stored_response(struct cors_http_cache *store, const struct cors_stored_response *stored);

/* http_cache.c: https://httpwg.org/specs/rfc9111.html#constructing.responses.from.caches */
struct selection select_stored_response(const struct http_cache *cache,
                                        const struct cache_request *request);
/* https://httpwg.org/specs/rfc9111.html#response.cacheability: whether it may be stored; and
 * storing it, where it may be. */
bool is_storable(const struct http_cache *cache, const struct cache_request *request,
                 const struct cors_network_response *response);
void store_response(const struct http_cache *cache, const struct cache_request *request,
                    const struct cors_network_response *response);
/* https://httpwg.org/specs/rfc9111.html#freshening.responses: the selection, updated from the
 * headers of a 304, here and in the store. `request_headers`, if not NULL, are those of the request
 * that it answers from now on. */
void freshen_stored_response(const struct http_cache *cache, struct selection *selection,
                             const struct cors_header_list *headers,
                             const struct cors_header_list *request_headers);
/* Whether there is any, whatever Vary says. */
bool has_stored_responses(const struct http_cache *cache, struct cors_bytes key,
                          struct cors_bytes url);
/* https://httpwg.org/specs/rfc9111.html#invalidation of one URL. */
void invalidate_stored_responses(const struct http_cache *cache, struct cors_bytes key,
                                 struct cors_bytes url);

#endif
