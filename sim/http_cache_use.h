/* The HTTP cache, as far as one fetch has to do with it: what HTTP-network-or-cache fetch
 * (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch) asks it, and tells it. */
#ifndef CORSIM_HTTP_CACHE_USE_H
#define CORSIM_HTTP_CACHE_USE_H

#include "engine.h"
#include "http_cache.h"

struct cache_use {
    struct http_cache cache; /* its store is NULL: there is none */
    struct cache_request request;
    struct selection stored_response;
    bool is_for_another; /* the stored response is one that Vary keeps apart: some browsers only */
    bool revalidating_flag;
    bool include_credentials;
};

/* Nothing is looked up yet, and request.key is null. */
struct cache_use use_of_cache(const struct steps *s, const struct request *http_request,
                              bool include_credentials);

/* Step 8.26.1: sets `stored_response`, as Vary has it. */
void select_response(const struct steps *s, struct cache_use *use);

/* Steps 8.26.2.2.2.1 and 8.26.2.2.2.2: appends `name` with the value of the stored response's
 * header `validator`, if it has that. */
void append_validator(const struct steps *s, struct cors_header_list *list, struct cors_bytes name,
                      const struct cache_use *use, struct cors_bytes validator);

/* The stored response, as a response of this fetch; a network error when memory is out. */
struct response *reuse_stored_response(const struct steps *s, const struct request *http_request,
                                       const struct cache_use *use);

/* Step 11.3: removes what the response to a request with an unsafe method makes invalid
 * (https://httpwg.org/specs/rfc9111.html#invalidation). */
void invalidate_what_changed(const struct steps *s, const struct request *http_request,
                             const struct cache_use *use, const struct response *response);

/* Step 11.5.2. */
void store_if_storable(const struct steps *s, const struct request *http_request,
                       const struct cache_use *use, const struct response *response);

#endif
