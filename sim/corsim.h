/* corsim: what a browser does with a cross-origin request, without a browser.
 *
 * The one public header of libcorsim: the CORS algorithms of the Fetch Standard
 * (https://fetch.spec.whatwg.org/) and what they stand on. Conventions, stated once:
 *
 * Names      are the standards' own, prefixed cors_ and unabbreviated.
 * Bytes      come in and go out as slices, never NUL-terminated. A slice whose `at` is NULL is the
 *            standard's null; an empty byte sequence has a non-NULL `at` and length 0. Null,
 *            failure and the empty list are three different things in the standard and here.
 * Memory     The library allocates nothing. Whatever it must build it builds in the caller's
 *            arena. Results point into the arena and into what the caller passed in: keep both
 *            alive for as long as the result is read. An arena that runs full stays `exhausted`;
 *            functions that return an enum cors_status then return CORS_NO_MEMORY, every other
 *            function returns null, failure or false, and no function touches memory outside the
 *            arena.
 * Defaults   A struct of zeros is the standard's default for everything in it.
 * Purity     No clock, no I/O, no globals: time is a number in the agent, the network is one
 *            callback. Functions are deterministic, and safe to call from several threads as long
 *            as they share no arena, agent, cache or trace.
 * Bounds     URLs, header values and bodies may have any length that fits the arena. A fetch
 *            follows at most 20 redirects and calls the server at most 84 times: for each of the
 *            21 URLs a preflight and a request, each once more where it is answered 421.
 */
#ifndef CORSIM_H
#define CORSIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32) && defined(CORSIM_SHARED)
#define CORS_API __declspec(dllimport)
#elif defined(__GNUC__)
#define CORS_API __attribute__((visibility("default")))
#else
#define CORS_API
#endif

/* ---- Bytes and memory -------------------------------------------------------------------- */

/* A byte sequence: https://infra.spec.whatwg.org/#byte-sequence. at == NULL is null. */
struct cors_bytes {
    const char *at;
    size_t len;
};

/* The slice over a string literal. */
#define CORS_BYTES(literal) ((struct cors_bytes){(literal), sizeof(literal) - 1})

/* Memory to build in. `at` moves towards `end`; setting it back frees what came after. */
struct cors_arena {
    char *at;
    char *end;
    bool exhausted; /* something did not fit: results since then are incomplete */
};

/* An arena over `size` bytes of the caller's memory. 64 KiB are ample for a fetch with ordinary
 * headers; bodies are not copied. */
CORS_API struct cors_arena cors_arena_over(void *memory, size_t size);

/* About the simulator itself, never about the fetch. */
enum cors_status {
    CORS_OK = 0,
    CORS_NO_MEMORY,   /* the arena was too small: the outcome is not to be used, the server may have
                         been called, and the cache may hold entries that it would not hold after
                         the whole fetch */
    CORS_BAD_REQUEST, /* the request is not one that a caller of the standard could make: no client,
                         a value out of its enum; with CORS_ENTRY_NONE a method that is no token;
                         with CORS_ENTRY_FETCH_API the mode websocket or webtransport; with
                         CORS_ENTRY_XMLHTTPREQUEST a body that is a stream */
};

/* ---- Headers: https://fetch.spec.whatwg.org/#terminology-headers ------------------------- */

struct cors_header {
    struct cors_bytes name;
    struct cors_bytes value;
};

/* An ordered list of headers. The functions below that change a list move it into the arena when
 * it must grow; a list with capacity 0 is the caller's array and is never written to. */
struct cors_header_list {
    struct cors_header *at;
    size_t count;
    size_t capacity;
};

/* Whether a header of that name is in the list; names compare byte-case-insensitively. */
CORS_API bool cors_header_list_contains(const struct cors_header_list *list,
                                        struct cors_bytes name);
/* https://fetch.spec.whatwg.org/#concept-header-list-get: null, or all values joined by ", ". */
CORS_API struct cors_bytes cors_header_list_get(const struct cors_header_list *list,
                                                struct cors_bytes name, struct cors_arena *arena);
CORS_API void cors_header_list_append(struct cors_header_list *list, struct cors_bytes name,
                                      struct cors_bytes value, struct cors_arena *arena);
CORS_API void cors_header_list_delete(struct cors_header_list *list, struct cors_bytes name,
                                      struct cors_arena *arena);
CORS_API void cors_header_list_set(struct cors_header_list *list, struct cors_bytes name,
                                   struct cors_bytes value, struct cors_arena *arena);
CORS_API void cors_header_list_combine(struct cors_header_list *list, struct cors_bytes name,
                                       struct cors_bytes value, struct cors_arena *arena);
/* https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine: a new list. */
CORS_API struct cors_header_list
cors_header_list_sort_and_combine(const struct cors_header_list *list, struct cors_arena *arena);

/* What extracting values gives: the standard's null, failure, or a list (possibly empty). */
enum cors_values_kind { CORS_VALUES_NULL = 0, CORS_VALUES_FAILURE, CORS_VALUES_LIST };

struct cors_values {
    enum cors_values_kind kind;
    const struct cors_bytes *at;
    size_t count;
};

/* https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split: null or a list. */
CORS_API struct cors_values
cors_header_list_get_decode_and_split(const struct cors_header_list *list, struct cors_bytes name,
                                      struct cors_arena *arena);
/* https://fetch.spec.whatwg.org/#extract-header-list-values. Knows the ABNF of the CORS headers,
 * of Location and of Cross-Origin-Resource-Policy; any other name is one header with any value.
 * Access-Control-Max-Age gives its digits. */
CORS_API struct cors_values cors_extract_header_list_values(struct cors_bytes name,
                                                            const struct cors_header_list *list,
                                                            struct cors_arena *arena);
/* https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set */
CORS_API struct cors_values
cors_convert_header_names_to_a_sorted_lowercase_set(const struct cors_bytes *names, size_t count,
                                                    struct cors_arena *arena);

CORS_API bool cors_is_header_name(struct cors_bytes name);   /* a field-name token */
CORS_API bool cors_is_header_value(struct cors_bytes value); /* no NUL, CR, LF, no outer space */
/* https://fetch.spec.whatwg.org/#concept-header-value-normalize: no copy is made. */
CORS_API struct cors_bytes cors_normalize_header_value(struct cors_bytes potential_value);

/* https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
CORS_API bool cors_is_cors_safelisted_request_header(struct cors_bytes name,
                                                     struct cors_bytes value,
                                                     struct cors_arena *arena);
/* https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names: a sorted-lowercase set. */
CORS_API struct cors_values
cors_cors_unsafe_request_header_names(const struct cors_header_list *headers,
                                      struct cors_arena *arena);
/* https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header */
CORS_API bool cors_is_no_cors_safelisted_request_header(struct cors_bytes name,
                                                        struct cors_bytes value,
                                                        struct cors_arena *arena);
/* https://fetch.spec.whatwg.org/#forbidden-request-header */
CORS_API bool cors_is_forbidden_request_header(struct cors_bytes name, struct cors_bytes value,
                                               struct cors_arena *arena);
/* https://fetch.spec.whatwg.org/#forbidden-response-header-name */
CORS_API bool cors_is_forbidden_response_header_name(struct cors_bytes name);
/* https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name; `exposed` is the response's
 * CORS-exposed header-name list. */
CORS_API bool cors_is_cors_safelisted_response_header_name(struct cors_bytes name,
                                                           const struct cors_values *exposed);

/* ---- Methods: https://fetch.spec.whatwg.org/#methods -------------------------------------- */

CORS_API bool cors_is_method(struct cors_bytes method); /* a token */
CORS_API bool cors_is_cors_safelisted_method(struct cors_bytes method);
CORS_API bool cors_is_forbidden_method(struct cors_bytes method);
/* https://fetch.spec.whatwg.org/#concept-method-normalize: upper-cased if it is one of six. */
CORS_API struct cors_bytes cors_normalize_method(struct cors_bytes method);

/* ---- URLs: https://url.spec.whatwg.org/ --------------------------------------------------- */

enum cors_host_kind {
    CORS_HOST_NULL = 0,
    CORS_HOST_DOMAIN,
    CORS_HOST_IPV4,
    CORS_HOST_IPV6,
    CORS_HOST_OPAQUE,
    CORS_HOST_EMPTY,
};

/* https://url.spec.whatwg.org/#concept-host. Two hosts are equal when kind and serialization are.
 */
struct cors_host {
    enum cors_host_kind kind;
    struct cors_bytes serialized; /* as the host serializer gives it, IPv6 with its brackets */
};

enum { CORS_PORT_NULL = -1 };

/* A URL record: https://url.spec.whatwg.org/#concept-url. The path is kept serialized: a list's
 * segments each behind a "/", an opaque path as it is. query and fragment have at == NULL when
 * they are null. */
struct cors_url {
    struct cors_bytes scheme;
    struct cors_bytes username;
    struct cors_bytes password;
    struct cors_host host;
    int32_t port; /* 0 to 65535, or CORS_PORT_NULL */
    bool has_opaque_path;
    struct cors_bytes path;
    struct cors_bytes query;
    struct cors_bytes fragment;
};

/* https://url.spec.whatwg.org/#concept-domain-to-ascii, without its steps about forbidden code
 * points, which the host parser does itself. `domain` is UTF-8. True and *result (in the arena),
 * or false for failure. NULL where one is expected: ASCII domains only, lower-cased, with
 * "xn--" labels let through unchecked. */
typedef bool cors_domain_to_ascii(struct cors_bytes domain, bool be_strict,
                                  struct cors_bytes *result, struct cors_arena *arena);
/* The length in bytes of the public suffix that ends `domain` (a lower-case ASCII domain without a
 * trailing dot). NULL where one is expected: the last label, the list's own default rule.
 * https://url.spec.whatwg.org/#host-public-suffix */
typedef size_t cors_public_suffix(struct cors_bytes domain);

/* UTS 46 by libidn2 and the public suffix list by libpsl, where the library was built with them. */
CORS_API cors_domain_to_ascii cors_domain_to_ascii_by_libidn2;
CORS_API cors_public_suffix cors_public_suffix_by_libpsl;

/* https://url.spec.whatwg.org/#concept-url-parser: `input` is UTF-8 (ill-formed parts count as
 * U+FFFD), `base` may be NULL. False is failure (or an exhausted arena). */
CORS_API bool cors_url_parse(struct cors_url *url, struct cors_bytes input,
                             const struct cors_url *base, cors_domain_to_ascii *domain_to_ascii,
                             struct cors_arena *arena);
enum cors_url_fragment { CORS_URL_WITH_FRAGMENT = 0, CORS_URL_EXCLUDE_FRAGMENT };
/* https://url.spec.whatwg.org/#concept-url-serializer */
CORS_API struct cors_bytes cors_url_serialize(const struct cors_url *url,
                                              enum cors_url_fragment fragment,
                                              struct cors_arena *arena);
/* https://url.spec.whatwg.org/#concept-url-equals */
CORS_API bool cors_url_equals(const struct cors_url *a, const struct cors_url *b,
                              enum cors_url_fragment fragment);
/* https://url.spec.whatwg.org/#include-credentials */
CORS_API bool cors_url_includes_credentials(const struct cors_url *url);
CORS_API bool cors_url_is_special(const struct cors_url *url);
CORS_API bool cors_url_is_http_s(const struct cors_url *url); /* an HTTP(S) scheme */
/* https://fetch.spec.whatwg.org/#is-local: about:, blob: or data: */
CORS_API bool cors_url_is_local(const struct cors_url *url);

/* ---- Origins and sites: https://html.spec.whatwg.org/#origin ------------------------------ */

enum cors_origin_kind { CORS_ORIGIN_OPAQUE = 0, CORS_ORIGIN_TUPLE };

struct cors_origin {
    enum cors_origin_kind kind;
    struct cors_bytes scheme;
    struct cors_host host;
    int32_t port;
    uint64_t id; /* opaque origins: the same origin if both ids are equal and not 0 */
};

/* https://url.spec.whatwg.org/#concept-url-origin. A blob: URL has the origin of the http(s) URL in
 * its path, every other non-special URL and file: an opaque one. */
CORS_API struct cors_origin cors_url_origin(const struct cors_url *url,
                                            cors_domain_to_ascii *domain_to_ascii,
                                            struct cors_arena *arena);
/* The serialization, "null" for an opaque origin. */
CORS_API struct cors_bytes cors_origin_serialize(const struct cors_origin *origin,
                                                 struct cors_arena *arena);
CORS_API bool cors_same_origin(const struct cors_origin *a, const struct cors_origin *b);
CORS_API bool cors_same_site(const struct cors_origin *a, const struct cors_origin *b,
                             cors_public_suffix *public_suffix);
CORS_API bool cors_schemelessly_same_site(const struct cors_origin *a, const struct cors_origin *b,
                                          cors_public_suffix *public_suffix);
/* https://html.spec.whatwg.org/#obtain-a-site, serialized; "null" for an opaque origin. */
CORS_API struct cors_bytes cors_site_serialize(const struct cors_origin *origin,
                                               cors_public_suffix *public_suffix,
                                               struct cors_arena *arena);
/* https://url.spec.whatwg.org/#host-registrable-domain: null where there is none. */
CORS_API struct cors_bytes cors_registrable_domain(const struct cors_host *host,
                                                   cors_public_suffix *public_suffix);
/* https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy and #is-url-trustworthy */
CORS_API bool cors_is_origin_potentially_trustworthy(const struct cors_origin *origin);
CORS_API bool cors_is_url_potentially_trustworthy(const struct cors_url *url,
                                                  cors_domain_to_ascii *domain_to_ascii,
                                                  struct cors_arena *arena);

/* ---- Requests: https://fetch.spec.whatwg.org/#requests ------------------------------------ */

/* In each of these, DEFAULT is what the standard gives when nothing is said. */
enum cors_mode {
    CORS_MODE_DEFAULT = 0, /* "no-cors" for a request, "cors" for fetch() and XMLHttpRequest */
    CORS_MODE_NO_CORS,
    CORS_MODE_CORS,
    CORS_MODE_SAME_ORIGIN,
    CORS_MODE_NAVIGATE,
    CORS_MODE_WEBSOCKET,
    CORS_MODE_WEBTRANSPORT,
};
enum cors_credentials_mode {
    CORS_CREDENTIALS_SAME_ORIGIN = 0,
    CORS_CREDENTIALS_OMIT,
    CORS_CREDENTIALS_INCLUDE,
};
enum cors_redirect_mode { CORS_REDIRECT_FOLLOW = 0, CORS_REDIRECT_ERROR, CORS_REDIRECT_MANUAL };
enum cors_cache_mode {
    CORS_CACHE_DEFAULT = 0,
    CORS_CACHE_NO_STORE,
    CORS_CACHE_RELOAD,
    CORS_CACHE_NO_CACHE,
    CORS_CACHE_FORCE_CACHE,
    CORS_CACHE_ONLY_IF_CACHED,
};
/* https://w3c.github.io/webappsec-referrer-policy/#referrer-policies */
enum cors_referrer_policy {
    CORS_REFERRER_POLICY_EMPTY = 0,
    CORS_REFERRER_POLICY_NO_REFERRER,
    CORS_REFERRER_POLICY_NO_REFERRER_WHEN_DOWNGRADE,
    CORS_REFERRER_POLICY_SAME_ORIGIN,
    CORS_REFERRER_POLICY_ORIGIN,
    CORS_REFERRER_POLICY_STRICT_ORIGIN,
    CORS_REFERRER_POLICY_ORIGIN_WHEN_CROSS_ORIGIN,
    CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
    CORS_REFERRER_POLICY_UNSAFE_URL,
};
enum cors_referrer { CORS_REFERRER_CLIENT = 0, CORS_REFERRER_NO_REFERRER, CORS_REFERRER_URL };
enum cors_embedder_policy {
    CORS_EMBEDDER_POLICY_UNSAFE_NONE = 0,
    CORS_EMBEDDER_POLICY_REQUIRE_CORP,
    CORS_EMBEDDER_POLICY_CREDENTIALLESS,
};
/* https://fetch.spec.whatwg.org/#concept-request-destination */
enum cors_destination {
    CORS_DESTINATION_EMPTY = 0,
    CORS_DESTINATION_AUDIO,
    CORS_DESTINATION_AUDIOWORKLET,
    CORS_DESTINATION_DOCUMENT,
    CORS_DESTINATION_EMBED,
    CORS_DESTINATION_FONT,
    CORS_DESTINATION_FRAME,
    CORS_DESTINATION_IFRAME,
    CORS_DESTINATION_IMAGE,
    CORS_DESTINATION_JSON,
    CORS_DESTINATION_MANIFEST,
    CORS_DESTINATION_OBJECT,
    CORS_DESTINATION_PAINTWORKLET,
    CORS_DESTINATION_REPORT,
    CORS_DESTINATION_SCRIPT,
    CORS_DESTINATION_SERVICEWORKER,
    CORS_DESTINATION_SHAREDWORKER,
    CORS_DESTINATION_STYLE,
    CORS_DESTINATION_TEXT,
    CORS_DESTINATION_TRACK,
    CORS_DESTINATION_VIDEO,
    CORS_DESTINATION_WEBIDENTITY,
    CORS_DESTINATION_WORKER,
    CORS_DESTINATION_XSLT,
};
/* https://fetch.spec.whatwg.org/#concept-request-initiator */
enum cors_initiator {
    CORS_INITIATOR_EMPTY = 0,
    CORS_INITIATOR_DOWNLOAD,
    CORS_INITIATOR_IMAGESET,
    CORS_INITIATOR_MANIFEST,
    CORS_INITIATOR_PREFETCH,
    CORS_INITIATOR_PRERENDER,
    CORS_INITIATOR_XSLT,
};

/* Which entry point makes the request. */
enum cors_entry {
    CORS_ENTRY_FETCH_API = 0,  /* fetch(): https://fetch.spec.whatwg.org/#fetch-method */
    CORS_ENTRY_XMLHTTPREQUEST, /* open(), setRequestHeader(), send(): https://xhr.spec.whatwg.org/
                                */
    CORS_ENTRY_NONE, /* another standard's request, used as it is: no unsafe-request flag unless
                        set, no validation, no header filtering */
};

/* The page (or worker) a request comes from: an environment settings object, as far as it matters
 * here. https://html.spec.whatwg.org/#environment-settings-object */
struct cors_client {
    struct cors_origin origin;
    const struct cors_url *creation_url;        /* API base URL and source of Referer; NULL: the
                                                   origin with the path "/" */
    const struct cors_origin *top_level_origin; /* NULL: `origin` */
    enum cors_referrer_policy referrer_policy;  /* EMPTY: strict-origin-when-cross-origin */
    enum cors_embedder_policy embedder_policy;
};

struct cors_request {
    enum cors_entry entry;
    struct cors_bytes method;        /* null: `GET` */
    const struct cors_url *url;      /* parsed; or NULL and */
    struct cors_bytes url_string;    /* to be parsed against the client's API base URL */
    struct cors_header_list headers; /* as the script gives them, in order */
    struct cors_bytes body;          /* null: no body */
    struct cors_bytes
        body_type;       /* Content-Type that the body brings with it (text/plain;charset=UTF-8
                            for a string), added unless `headers` has one; null: none */
    bool body_is_stream; /* a ReadableStream: no source, no length */
    const struct cors_client *client; /* never NULL */
    enum cors_mode mode;
    enum cors_credentials_mode credentials_mode; /* XMLHttpRequest: INCLUDE is withCredentials */
    enum cors_redirect_mode redirect_mode;
    enum cors_cache_mode cache_mode;
    enum cors_referrer referrer;
    const struct cors_url *referrer_url; /* when referrer is CORS_REFERRER_URL */
    enum cors_referrer_policy referrer_policy;
    enum cors_destination destination; /* ENTRY_NONE only */
    enum cors_initiator initiator;     /* ENTRY_NONE only */
    bool use_cors_preflight; /* the use-CORS-preflight flag; XMLHttpRequest: an upload listener */
    bool unsafe_request;     /* the unsafe-request flag; the APIs set it themselves */
    bool local_urls_only;    /* the local-URLs-only flag */
    bool keepalive;
};

struct cors_stored_response;

/* ---- The network: the seam of HTTP-network fetch ------------------------------------------ */

/* What goes out: https://fetch.spec.whatwg.org/#concept-http-network-fetch. */
struct cors_network_request {
    bool preflight;
    struct cors_bytes method;
    const struct cors_url *url;
    const struct cors_header_list *headers; /* all that the standard adds; Host and what else HTTP
                                               itself needs is the transport's */
    struct cors_bytes body;                 /* null: none */
    bool include_credentials;               /* cookies may be sent and stored */
};

/* What came back. Header values need not be normalised; order and duplicates are kept. */
struct cors_network_response {
    uint16_t status; /* 0 to 999 */
    struct cors_bytes status_message;
    struct cors_header_list headers;
    struct cors_bytes body; /* null: none */
};

enum cors_network_result {
    CORS_NETWORK_RESPONSE = 0,
    CORS_NETWORK_ERROR, /* no DNS, refused, TLS, cut off: a network error */
};

struct cors_server {
    /* Called once per message on the wire. May build the response in the arena. */
    enum cors_network_result (*answer)(void *context, const struct cors_network_request *request,
                                       struct cors_network_response *response,
                                       struct cors_arena *arena);
    void *context;
    /* Told, with the same context, of each response that was taken from the agent's http_cache: the
     * request that would have gone out, and what was stored. May be NULL. */
    void (*reused)(void *context, const struct cors_network_request *request,
                   const struct cors_stored_response *stored);
};

/* ---- HTTP caches: https://httpwg.org/specs/rfc9111.html ----------------------------------- */

/* Stored responses, in the caller's memory, between fetches. Entries are bytes in it, oldest first;
 * when it is full the oldest give way. One is a browser's private cache, with all its partitions,
 * or a shared cache: never both. */
struct cors_http_cache {
    char *at;
    size_t size;
    size_t used;
};

CORS_API struct cors_http_cache cors_http_cache_over(void *memory, size_t size);
CORS_API void cors_http_cache_clear(struct cors_http_cache *cache);

/* A stored response, and the request that it answered. */
struct cors_stored_response {
    struct cors_bytes key; /* the serialized network partition key; empty in a shared cache */
    struct cors_bytes url; /* without fragment */
    struct cors_header_list request_headers;
    uint64_t stored_at; /* when it came, or was last found to be valid */
    uint16_t status;
    struct cors_bytes status_message;
    struct cors_header_list headers;
    struct cors_bytes body; /* null: none */
};

/* Walks the cache: start with *position == 0; false when there are no more, or the arena is full.
 * The entry is a copy in the arena. */
CORS_API bool cors_http_cache_next(const struct cors_http_cache *cache, size_t *position,
                                   struct cors_stored_response *stored, struct cors_arena *arena);

/* A shared cache, as a CDN or a proxy has one, between browsers and a server. It knows neither
 * pages nor partitions, keeps RFC 9111 and asks the server behind it only when it has to. */
struct cors_shared_cache {
    struct cors_http_cache *store;
    struct cors_server server; /* behind it */
    uint64_t now;              /* as in the agent */
    bool ignores_vary;         /* answers alike whatever Vary says, as some are configured to */
    bool reused;               /* set by each answer: it is a stored one, this: */
    struct cors_stored_response stored;
};
/* The server to give to an agent. Points to the cache. */
CORS_API struct cors_server cors_shared_cache_server(struct cors_shared_cache *cache);

/* ---- The CORS-preflight cache: https://fetch.spec.whatwg.org/#cors-preflight-cache --------- */

/* Lives in the caller's memory, between fetches. Entries are bytes in it, oldest first; when it is
 * full the oldest give way. */
struct cors_cache {
    char *at;
    size_t size;
    size_t used;
};

CORS_API struct cors_cache cors_cache_over(void *memory, size_t size);
CORS_API void cors_cache_clear(struct cors_cache *cache);

struct cors_cache_entry {
    struct cors_bytes key; /* the serialized network partition key */
    struct cors_bytes origin;
    struct cors_bytes url;
    uint64_t stored_at;
    uint64_t max_age;
    bool credentials;
    struct cors_bytes method;      /* null in an entry for a header name */
    struct cors_bytes header_name; /* null in an entry for a method */
};

/* Walks the cache: start with *position == 0; false when there are no more. Stale entries are
 * shown until a fetch removes them. */
CORS_API bool cors_cache_next(const struct cors_cache *cache, size_t *position,
                              struct cors_cache_entry *entry);

/* ---- Cookies: RFC 6265bis ------------------------------------------------------------------ */

/* The draft: https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html. The store lives
 * in the caller's memory, between fetches; when it is full the cookies that were not used for the
 * longest time give way. With cookies the agent's `now` is in seconds since 1970. */
struct cors_cookie_store {
    char *at;
    size_t size;
    size_t used;
    uint64_t created; /* how many cookies have been created: their order */
};

CORS_API struct cors_cookie_store cors_cookie_store_over(void *memory, size_t size);
CORS_API void cors_cookie_store_clear(struct cors_cookie_store *store);

enum cors_same_site_attribute {
    CORS_SAME_SITE_DEFAULT = 0, /* not said, or in a word that nobody knows */
    CORS_SAME_SITE_NONE,
    CORS_SAME_SITE_LAX,
    CORS_SAME_SITE_STRICT,
};

#define CORS_COOKIE_SESSION UINT64_MAX /* expiry-time: when the browser is closed */

struct cors_cookie {
    struct cors_bytes name;
    struct cors_bytes value;
    struct cors_bytes host; /* the domain, without a dot before it; an address as URLs have it */
    struct cors_bytes path;
    struct cors_bytes partition; /* the site it is partitioned by; null: none */
    bool host_only;
    bool secure;
    bool http_only;
    enum cors_same_site_attribute same_site;
    uint64_t creation_time;
    uint64_t last_access_time;
    uint64_t expiry_time; /* or CORS_COOKIE_SESSION */
};

/* Walks the store: start with *position == 0; false when there are no more. Expired cookies are
 * shown until a fetch removes them. */
CORS_API bool cors_cookie_store_next(const struct cors_cookie_store *store, size_t *position,
                                     struct cors_cookie *cookie);
/* Puts a cookie there as it is, from a file for example, in the place of one with the same name,
 * host, path and partition; its bytes must not be those of the store. False: it is larger than the
 * store. */
CORS_API bool cors_cookie_store_put(struct cors_cookie_store *store,
                                    const struct cors_cookie *cookie);

/* What became of a cookie, and by which rule. */
enum cors_cookie_fate {
    CORS_COOKIE_SENT,
    CORS_COOKIE_WITHHELD, /* it is in the store, but did not go along */
    CORS_COOKIE_STORED,
    CORS_COOKIE_REMOVED, /* the server took it back: it had expired when it came */
    CORS_COOKIE_REFUSED, /* a Set-Cookie that stored nothing */
};

struct cors_cookie_decision {
    enum cors_cookie_fate fate;
    unsigned message;       /* which message of the fetch it is about, from 0 */
    struct cors_bytes name; /* of a Set-Cookie that cannot be read: all of it */
    struct cors_bytes host; /* where the cookie belongs, or who sent the Set-Cookie */
    bool ends_with_session; /* it has no expiry-time */
    const char *rule;       /* id in spec-tables/cookie-rules.tsv; NULL: sent, stored, removed */
};

/* The strings are static or live in the arena of the fetch. */
struct cors_cookie_log {
    struct cors_cookie_decision *at; /* the caller's array */
    size_t capacity;
    size_t count;
    bool truncated; /* there was more than capacity */
};

/* What a browser is set to do with cookies of other sites than that of the page in the address bar.
 */
enum cors_third_party_cookies {
    CORS_THIRD_PARTY_COOKIES_BY_ENGINE = 0, /* as the engine does by default; the draft: allow */
    CORS_THIRD_PARTY_COOKIES_ALLOW,
    CORS_THIRD_PARTY_COOKIES_PARTITION,
    CORS_THIRD_PARTY_COOKIES_BLOCK,
};

/* ---- The trace ---------------------------------------------------------------------------- */

enum cors_trace_kind {
    CORS_TRACE_ENTER,     /* an algorithm begins */
    CORS_TRACE_WHEN,      /* a step's condition was looked at: `held` */
    CORS_TRACE_LET,       /* a step gave `name` the value `value` (null: the standard's null) */
    CORS_TRACE_DEVIATION, /* the engine did otherwise than the step says: `name` in deviations.tsv
                           */
};

/* Algorithms and steps are named as in spec-tables/algorithms.tsv and steps.tsv. The strings are
 * static; the values live in the arena. `depth` tells where an algorithm ends. */
struct cors_trace_event {
    enum cors_trace_kind kind;
    unsigned depth; /* how many algorithms deep, from 0 */
    const char *algorithm;
    const char *step; /* NULL for ENTER */
    bool held;
    const char *name;
    struct cors_bytes value;
};

struct cors_trace {
    struct cors_trace_event *at; /* the caller's array */
    size_t capacity;
    size_t count;
    bool truncated; /* there was more than capacity */
};

/* ---- Engines ------------------------------------------------------------------------------ */

/* Whose behaviour is wanted. A browser is the standard and what spec-tables/deviations.tsv and
 * engines.tsv say that it does differently; each of its deviations is consulted at the step that it
 * changes. A cache must not be shared between engines: they keep different things in it. */
enum cors_engine {
    CORS_ENGINE_SPEC = 0, /* the standard's text */
    CORS_ENGINE_CHROMIUM,
    CORS_ENGINE_FIREFOX,
    CORS_ENGINE_WEBKIT,
};

/* ---- Fetch -------------------------------------------------------------------------------- */

/* Everything that is not in the request. */
struct cors_agent {
    struct cors_server server;
    enum cors_engine engine;               /* whose deviations from the standard count */
    struct cors_cache *cache;              /* the CORS-preflight cache; NULL: none is kept */
    struct cors_http_cache *http_cache;    /* the private HTTP cache; NULL: there is none */
    uint64_t now;                          /* seconds since any fixed moment; never goes back; with
                                              an HTTP cache since 1970, as servers send dates */
    uint64_t max_age_limit;                /* imposed limit on max-age in seconds; 0: none */
    cors_domain_to_ascii *domain_to_ascii; /* may be NULL, see above */
    cors_public_suffix *public_suffix;     /* may be NULL, see above */
    struct cors_bytes user_agent;          /* default `User-Agent` value; null: not sent */
    struct cors_bytes accept_language;     /* `Accept-Language` value; null: not sent */
    struct cors_trace *trace;              /* or NULL */
    struct cors_cookie_store *cookies;     /* NULL: none are kept, none are sent */
    enum cors_third_party_cookies third_party_cookies;
    struct cors_cookie_log *cookie_log; /* or NULL */
};

enum cors_result {
    CORS_RESULT_NETWORK_ERROR = 0,
    CORS_RESULT_BASIC,
    CORS_RESULT_CORS,
    CORS_RESULT_OPAQUE,
    CORS_RESULT_OPAQUE_REDIRECT,
};

/* The verdict, seen from the page and from the wire. */
struct cors_outcome {
    enum cors_result result; /* what script gets: a response of this type, or a network error */
    bool readable;           /* script can read status, headers and body: basic or cors */
    unsigned sent;           /* how often the request itself went out: 0 means the server's handler
                                never saw it, more than 1 that it was redirected, or answered 421 */
    unsigned preflights;     /* how many preflights went out */
    uint16_t status;         /* this and the rest as script sees them */
    struct cors_bytes status_message;
    struct cors_header_list headers;
    struct cors_bytes body;
    const struct cors_url *url; /* with its fragment, which script does not see; NULL: the empty
                                   string */
    bool redirected;
    const char *algorithm;     /* where it was decided: as in algorithms.tsv */
    const char *step;          /* and at which step: as in steps.tsv */
    bool in_preflight;         /* it was decided during a preflight */
    const char *error;         /* id in errors.tsv; NULL if it was not a network error */
    struct cors_bytes subject; /* what the error is about: a header's value, a method, a URL; may be
                                  null */
};

/* What a browser does with this request: https://fetch.spec.whatwg.org/#concept-fetch, by way of
 * the entry point named in the request. */
CORS_API enum cors_status cors_fetch(struct cors_outcome *outcome,
                                     const struct cors_request *request, struct cors_agent *agent,
                                     struct cors_arena *arena);

/* A Set-Cookie value that the user got from `url` by going there: https: URLs or http: URLs in the
 * address bar. False: no cookie came of it (the agent's cookie_log says why). */
CORS_API bool cors_cookie_receive(struct cors_agent *agent, const struct cors_url *url,
                                  struct cors_bytes set_cookie, struct cors_arena *arena);

/* https://fetch.spec.whatwg.org/#concept-cors-check alone: on a response's headers, for a request's
 * serialized origin and credentials mode. */
CORS_API bool cors_check(struct cors_bytes serialized_origin,
                         enum cors_credentials_mode credentials_mode,
                         const struct cors_header_list *response_headers, struct cors_arena *arena);

/* The version, "0.1.0". */
CORS_API const char *cors_version(void);

#ifdef __cplusplus
}
#endif

#endif
