/* Fetch Standard, internal declarations: requests and responses as the algorithms see and change
 * them, and every algorithm that more than one file calls. One file per section of the standard
 * defines them; the link stands above each definition. */
#ifndef CORSIM_FETCH_H
#define CORSIM_FETCH_H

#include "trace.h"

enum { REDIRECT_LIMIT = 20 };

enum response_tainting { TAINTING_BASIC = 0, TAINTING_CORS, TAINTING_OPAQUE };
enum redirect_taint { TAINT_SAME_ORIGIN = 0, TAINT_SAME_SITE, TAINT_CROSS_SITE };

/* https://fetch.spec.whatwg.org/#concept-request; what is not here is in scope.tsv. */
struct request {
    struct cors_bytes method;
    struct cors_url *url_list;       /* room for REDIRECT_LIMIT + 1; clones share it */
    struct cors_origin *url_origins; /* each URL's origin */
    size_t url_count;
    bool local_urls_only;
    struct cors_header_list header_list;
    bool unsafe_request;
    struct cors_bytes body; /* null: none */
    bool body_source_is_null;
    const struct cors_client *client;
    bool keepalive;
    enum cors_initiator initiator;
    enum cors_destination destination;
    struct cors_origin origin;
    enum cors_referrer referrer;
    struct cors_url referrer_url;
    enum cors_referrer_policy referrer_policy;
    enum cors_mode mode;
    bool use_cors_preflight;
    enum cors_credentials_mode credentials_mode;
    enum cors_cache_mode cache_mode;
    enum cors_redirect_mode redirect_mode;
    unsigned redirect_count;
    enum response_tainting response_tainting;
    /* Only some browsers know the following. */
    bool is_xhr;
    bool preflighted;      /* it had a preflight, or would have had one but for the cache */
    bool redirect_refused; /* it met a redirect, and its redirect mode is "error" */
    const struct response *redirect_to_check; /* its CORS check is made once more, or NULL */
    bool is_mixed_content;          /* and will be blocked once the preflight has been made */
    struct cors_bytes first_origin; /* the value of Origin, while CORS did not govern; or null */
    struct cors_header_list
        first_headers; /* before the first redirect; `at` is NULL: header_list */
    struct cors_header_list asked_headers; /* what preflights ask for; likewise */
    enum cors_referrer first_referrer;     /* what the first URL got as Referer */
    struct cors_url first_referrer_url;
};

/* The headers by which it is decided whether a preflight is needed, and those that it asks for. */
static inline const struct cors_header_list *first_headers(const struct request *request)
{
    return request->first_headers.at == NULL ? &request->header_list : &request->first_headers;
}

static inline const struct cors_header_list *asked_headers(const struct request *request)
{
    return request->asked_headers.at == NULL ? &request->header_list : &request->asked_headers;
}

static inline struct cors_url *current_url(struct request *request)
{
    return &request->url_list[request->url_count - 1];
}

static inline const struct cors_url *current_url_of(const struct request *request)
{
    return &request->url_list[request->url_count - 1];
}

/* The origin of the request's current URL. */
static inline const struct cors_origin *current_url_origin(const struct request *request)
{
    return &request->url_origins[request->url_count - 1];
}

enum response_type {
    RESPONSE_DEFAULT = 0,
    RESPONSE_ERROR, /* a network error */
    RESPONSE_BASIC,
    RESPONSE_CORS,
    RESPONSE_OPAQUE,
    RESPONSE_OPAQUE_REDIRECT,
};

/* https://fetch.spec.whatwg.org/#concept-response */
struct response {
    enum response_type type;
    const struct cors_url *url_list;
    const struct cors_origin *url_origins;
    size_t url_count;
    uint16_t status;
    struct cors_bytes status_message;
    struct cors_header_list header_list;
    struct cors_bytes body;     /* null: none */
    struct cors_values exposed; /* the CORS-exposed header-name list, made searchable, */
    bool exposes_accept;        /* some browsers only */
    bool exposes_all;           /* unless that has every name there is */
    bool range_requested;
    bool request_includes_credentials;
    struct response *internal; /* of a filtered response; else NULL */
};

static inline bool is_network_error(const struct response *response)
{
    return response->type == RESPONSE_ERROR;
}

/* The response's URL, NULL for the standard's null. */
static inline const struct cors_url *response_url(const struct response *response)
{
    return response->url_count == 0 ? NULL : &response->url_list[response->url_count - 1];
}

/* A network error; there is one per simulation. */
static inline struct response *network_error(const struct steps *s)
{
    return simulation_of(s)->network_error;
}

/* https://fetch.spec.whatwg.org/#fetch-params */
struct fetch_params {
    struct request *request;
    struct response *response; /* what fetch response handover was given */
};

/* headers.c */
bool is_cors_safelisted_request_header(const struct steps *caller, struct cors_bytes name,
                                       struct cors_bytes value, struct cors_arena *arena);
struct cors_values cors_unsafe_request_header_names(const struct steps *caller,
                                                    const struct cors_header_list *headers,
                                                    struct cors_arena *arena);
bool is_no_cors_safelisted_request_header(const struct steps *caller, struct cors_bytes name,
                                          struct cors_bytes value, struct cors_arena *arena);
bool is_forbidden_request_header(const struct steps *caller, struct cors_bytes name,
                                 struct cors_bytes value, struct cors_arena *arena);
bool is_cors_non_wildcard_request_header_name(struct cors_bytes name);
/* The names as they are, or where there are many of them as a sorted-lowercase set. */
struct cors_values make_searchable(const struct cors_values *names, struct cors_arena *arena);
struct cors_values extract_header_list_values(const struct steps *caller, struct cors_bytes name,
                                              const struct cors_header_list *list,
                                              struct cors_arena *arena);
/* The names of all headers, as a sorted-lowercase set. */
struct cors_values sorted_header_names(const struct cors_header_list *list,
                                       struct cors_arena *arena);
struct cors_values header_list_get_decode_and_split(const struct steps *caller,
                                                    const struct cors_header_list *list,
                                                    struct cors_bytes name,
                                                    struct cors_arena *arena);
/* A copy of the list that may be appended to. */
struct cors_header_list header_list_clone(const struct cors_header_list *list, size_t spare,
                                          struct cors_arena *arena);
/* Whether `name` is an item; byte-case-insensitively, or exactly. */
static inline bool values_contain_insensitively(const struct cors_values *values,
                                                struct cors_bytes name)
{
    for (size_t i = 0; i < values->count; i++)
        if (byte_case_insensitive_match(values->at[i], name))
            return true;
    return false;
}
bool values_contain(const struct cors_values *values, struct cors_bytes value);

/* The number behind the digits of a delta-seconds, as large as fits. */
uint64_t parse_delta_seconds(struct cors_bytes digits);

/* mime.c: MIME Sniffing Standard, and extracting a MIME type from a header list */
struct mime_type {
    bool failure;
    struct cors_bytes essence; /* "type/subtype", lower case */
    struct cors_bytes charset; /* the charset parameter; null: none */
};
struct mime_type parse_a_mime_type(struct cors_bytes input, struct cors_arena *arena);
/* mime_serializing.c: the MIME type that `input` parses to, with its charset parameter, which must
 * be there, set to `charset`. */
struct cors_bytes serialize_with_charset(struct cors_bytes input, struct cors_bytes charset,
                                         struct cors_arena *arena);
struct mime_type extract_a_mime_type(const struct steps *caller,
                                     const struct cors_header_list *headers,
                                     struct cors_arena *arena);

/* request.c */
enum redirect_taint redirect_taint(const struct steps *caller, const struct request *request);
struct cors_bytes byte_serialize_a_request_origin(const struct steps *caller,
                                                  const struct request *request);
bool embedder_policy_allows_credentials(const struct steps *caller, const struct request *request);
/* https://fetch.spec.whatwg.org/#request-determine-the-network-partition-key, serialized */
struct cors_bytes determine_the_network_partition_key(const struct steps *caller,
                                                      const struct request *request);
/* http_cache.c: likewise, null: there is no HTTP cache for it */
struct cors_bytes determine_the_http_cache_partition(const struct steps *caller,
                                                     const struct request *request);

/* response.c */
enum location { LOCATION_NULL = 0, LOCATION_FAILURE, LOCATION_URL };
enum location location_url(const struct steps *caller, const struct response *response,
                           struct cors_bytes request_fragment, struct cors_url *location);
struct response *basic_filtered_response(const struct steps *caller, struct response *response);
struct response *cors_filtered_response(const struct steps *caller, struct response *response);
struct response *opaque_filtered_response(const struct steps *caller, struct response *response);
struct response *opaque_redirect_filtered_response(const struct steps *caller,
                                                   struct response *response);

/* Blocking; true means blocked. port_blocking.c, mime_blocking.c, nosniff.c, mixed_content.c, and
 * resource_policy.c (Cross-Origin-Resource-Policy) */
bool blocked_due_to_a_bad_port(const struct steps *caller, const struct request *request);
bool blocked_due_to_its_mime_type(const struct steps *caller, const struct response *response,
                                  const struct request *request);
bool blocked_due_to_nosniff(const struct steps *caller, const struct response *response,
                            const struct request *request);
void upgrade_a_mixed_content_request(const struct steps *caller, struct request *request);
bool fetching_blocked_as_mixed_content(const struct steps *caller, const struct request *request);
bool response_blocked_as_mixed_content(const struct steps *caller, const struct request *request,
                                       const struct response *response);
/* mixed_content.c: whether an origin, or a URL, is potentially trustworthy. */
bool is_trustworthy_origin(const struct steps *s, const struct cors_origin *origin);
bool is_trustworthy_url(const struct steps *s, const struct cors_url *url);
bool cross_origin_resource_policy_blocks(const struct steps *caller,
                                         const struct cors_origin *origin,
                                         const struct cors_client *client,
                                         enum cors_destination destination,
                                         const struct response *response);

/* origin_header.c, referrer.c, fetch_metadata.c */
void append_a_request_origin_header(const struct steps *caller, struct request *request);
void determine_the_referrer(const struct steps *caller, struct request *request);
void set_referrer_policy_on_redirect(const struct steps *caller, struct request *request,
                                     const struct response *response);
void append_the_fetch_metadata_headers(const struct steps *caller, struct request *request);

/* cookie_headers.c: with cookies, and what is said where credentials are not included */
void append_a_request_cookie_header(const struct steps *caller, struct request *request);
void parse_and_store_response_set_cookie_headers(const struct steps *caller,
                                                 const struct request *request,
                                                 const struct response *response);
void leave_cookies_out(const struct steps *s, const struct request *request);
void leave_set_cookies_out(const struct steps *s, const struct request *request,
                           const struct response *response);

/* fetching.c, main_fetch.c, scheme_fetch.c, http_fetch.c, http_redirect_fetch.c,
 * http_network_or_cache_fetch.c, http_network_fetch.c, preflight_fetch.c, preflight_cache.c,
 * check.c */
struct response *fetch(const struct steps *caller, struct request *request);
struct response *main_fetch(const struct steps *caller, struct fetch_params *fetch_params,
                            bool recursive);
struct response *scheme_fetch(const struct steps *caller, struct fetch_params *fetch_params);
struct response *http_fetch(const struct steps *caller, struct fetch_params *fetch_params,
                            bool make_cors_preflight);
struct response *http_redirect_fetch(const struct steps *caller, struct fetch_params *fetch_params,
                                     struct response *response);
struct response *http_network_or_cache_fetch(const struct steps *caller,
                                             struct fetch_params *fetch_params,
                                             bool is_new_connection_fetch);
/* Whether a script asks for a change only. */
bool is_conditional(const struct cors_header_list *list);
struct response *http_network_fetch(const struct steps *caller, struct fetch_params *fetch_params,
                                    bool include_credentials);
struct response *cors_preflight_fetch(const struct steps *caller, struct request *request);
enum check { CHECK_FAILURE = 0, CHECK_SUCCESS };
enum check cors_check_steps(const struct steps *caller, const struct request *request,
                            const struct response *response);

void create_a_new_cache_entry(const struct steps *caller, const struct request *request,
                              uint64_t max_age, struct cors_bytes method,
                              struct cors_bytes header_name);
/* For browsers whose entries hold all that a preflight allowed: what was there before goes, and it
 * is noted that there was a preflight, whatever it allowed. */
void begin_cache_entry(const struct steps *s, const struct request *request, uint64_t max_age);
/* Whether anything is there for the request's page and URL. */
bool cache_knows(const struct steps *s, const struct request *request);
/* Whether it is noted that there was a preflight, and the note is for such a request. */
bool cache_has_entry(const struct steps *s, const struct request *request);
void clear_cache_entries(const struct steps *caller, const struct request *request);
/* Whether there is such an entry; if `max_age` is not NULL, a matching entry's max-age is set to
 * it. */
bool method_cache_entry_match(const struct steps *caller, struct cors_bytes method,
                              const struct request *request, const uint64_t *max_age);
bool header_name_cache_entry_match(const struct steps *caller, struct cors_bytes header_name,
                                   const struct request *request, const uint64_t *max_age);

/* fetch_api.c (Headers and Request classes), xhr.c: make the standard's request from what a script
 * asked for. False: a TypeError (or for XMLHttpRequest another exception) is thrown and nothing is
 * fetched. */
bool fetch_api_request(const struct steps *caller, const struct cors_request *given,
                       struct request *request);
bool xhr_request(const struct steps *caller, const struct cors_request *given,
                 struct request *request);
/* https://html.spec.whatwg.org/#api-base-url: the client's creation URL, or its origin with the
 * path "/", or about:blank if that is opaque. */
struct cors_url api_base_url(const struct cors_client *client);
/* The URL given, or the string given parsed against the API base URL; false is failure. */
bool parse_given_url(const struct steps *caller, const struct cors_request *given,
                     struct cors_url *url);
/* An empty list with room in the arena. */
struct cors_header_list empty_header_list(size_t capacity, struct cors_arena *arena);

/* error.c: the row of errors.tsv for the deciding step */
const char *error_of(const struct simulation *simulation);
struct cors_bytes subject_of(const struct simulation *simulation);

static inline struct cors_agent *agent_of(const struct steps *s)
{
    return simulation_of(s)->agent;
}

static inline struct cors_arena *arena_of(const struct steps *s)
{
    return simulation_of(s)->arena;
}

#endif
