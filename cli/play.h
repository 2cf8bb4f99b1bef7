/* A fetch, described, and the player that makes it: what case files, the lines of a session and the
 * flags of `check` have in common. A description is words, as a person writes them; play() turns it
 * into the core's request, feeds it answers, scripted or from a transport, and says what happened.
 *
 * A player is what lives between fetches: the preflight cache, the clock, the agent's settings and
 * memory that is used again for each fetch. Nothing grows with the number of fetches. */
#ifndef CORSIM_PLAY_H
#define CORSIM_PLAY_H

#include "options.h"

/* ---- A description ------------------------------------------------------------------------ */

/* Zeroed, everything is what the standard gives when nothing is said, but for the mode, which is
 * "cors" for every api. Bytes that are null were not given. */
struct fetch_description {
    struct cors_bytes url;    /* relative to the page; must be given */
    struct cors_bytes origin; /* of the page: serialized, or `null` (opaque); must be given */
    enum cors_entry api;      /* fetch, xhr, none */
    struct cors_bytes method;
    struct cors_header_list headers; /* as the script gives them; capacity 0 */
    struct cors_bytes body;
    struct cors_bytes
        body_type; /* the Content-Type the body brings with it; null: that of a string,
                      text/plain;charset=UTF-8 (api none: none); empty: none */
    bool body_is_stream;
    enum cors_mode mode;
    enum cors_credentials_mode credentials_mode;
    enum cors_redirect_mode redirect_mode;
    enum cors_cache_mode cache_mode;
    struct cors_bytes referrer; /* null or `about:client`: the client; empty: none; or a URL */
    enum cors_referrer_policy referrer_policy;
    enum cors_destination destination; /* api none only, like initiator and unsafe-request */
    enum cors_initiator initiator;
    bool keepalive;
    bool use_cors_preflight; /* XMLHttpRequest: an upload listener */
    bool unsafe_request;
    bool local_urls_only;
    struct cors_bytes page;      /* the client's creation URL; null: origin + "/" */
    struct cors_bytes top_level; /* the top-level origin, as `origin`; null: the origin */
    enum cors_referrer_policy client_referrer_policy;
    enum cors_embedder_policy embedder_policy;
};

enum fetch_value { FETCH_BYTES, FETCH_YES_NO, FETCH_CHOICE };

/* A field of the description by its names: `key` in a case file ("referrer-policy"), `json` in a
 * session ("referrerPolicy"). Headers are not among them. */
struct fetch_key {
    const char *key;
    const char *json;
    enum fetch_value value;
    size_t offset;
    const struct choice *choices; /* FETCH_CHOICE, and yes/no for FETCH_YES_NO */
    const char *help;
};

extern const struct fetch_key fetch_keys[]; /* in canonical order */
extern const size_t fetch_key_count;

extern const struct choice api_words[], mode_words[], credentials_words[], redirect_words[],
    cache_words[], referrer_policy_words[], destination_words[], initiator_words[],
    embedder_policy_words[], yes_no_words[];
extern const struct choice third_party_cookies_words[], cookie_fate_words[];
/* "spec", "chromium", "firefox", "webkit". */
extern const struct choice engine_words[];
/* The same and "all", for --engine. */
enum { ALL_ENGINES = -1, NO_ENGINE = -2 };
extern const struct choice engine_option_words[];
/* Each 1 << its enumerator; NO_ENGINE: 0. */
unsigned engines_of(int engine_option);
/* "network error", "basic", "cors", "opaque", "opaque-redirect" (in JSON "network-error"). */
extern const struct choice result_words[];

const struct fetch_key *fetch_key_find(struct cors_bytes key);
const struct fetch_key *fetch_key_find_json(struct cors_bytes name);
/* Sets one field from its word; a complaint names what was expected. Bytes are not copied. */
bool fetch_key_set(const struct fetch_key *key, struct fetch_description *description,
                   struct cors_bytes value, struct complaint *complaint);
/* The field as a word; null if it is what a zeroed description has. */
struct cors_bytes fetch_key_get(const struct fetch_key *key,
                                const struct fetch_description *description);

/* ---- Answers and exchanges ---------------------------------------------------------------- */

/* What an answer of a list is for. */
enum answer_purpose { ANSWER_TO_ANY = 0, ANSWER_TO_PREFLIGHT, ANSWER_TO_ACTUAL };

/* What came back for one message on the wire. */
struct answer {
    enum answer_purpose purpose;
    bool network_error;
    struct cors_bytes message; /* why there was no response; may be null */
    uint16_t status;
    struct cors_bytes status_message;
    struct cors_header_list headers; /* as they came: order, duplicates */
    struct cors_bytes body;          /* null: none */
};

/* Asks the network. Everything the answer points to is taken from `memory`, which lives until the
 * player's next fetch. Called once per message on the wire, never again for the same one. */
typedef void ask(void *context, const struct cors_network_request *request, struct answer *answer,
                 struct memory *memory);

/* Where answers come from: a callback, or if there is none a list, of which each message gets the
 * first that is left and fits it. When there is none the answer is a network error, and `missing`
 * is set in what was played. */
struct answers {
    ask *ask;
    void *context;
    const struct answer *at;
    size_t count;
};

/* Which HTTP cache a response came from, if not from the server. */
enum cache_kind {
    NO_CACHE = 0,
    HTTP_CACHE,   /* the browser's own: nothing went out for it */
    SHARED_CACHE, /* one on the way: the message went out, but not as far as the server */
};

/* One message on the wire and what came back, or a request that a browser's HTTP cache answered
 * (after a message of its own where the server was asked whether what is stored is still valid).
 * Lives until the player's next fetch. */
struct exchange {
    bool preflight;
    struct cors_bytes method;
    struct cors_bytes url; /* serialized, without fragment */
    struct cors_header_list headers;
    struct cors_bytes body; /* null: none */
    bool include_credentials;
    enum cache_kind from_cache;
    struct cors_bytes stored_for; /* from a cache: `Origin` of the request it was stored for */
    uint64_t stored_ago;          /* and how many seconds ago it came, or was found to be valid */
    bool missing;                 /* the list of answers had run out */
    size_t traced;                /* how many events the trace had when it was sent */
    struct answer answer;         /* header values normalised */
};

/* ---- The player --------------------------------------------------------------------------- */

enum shared_cache { SHARED_CACHE_NO = 0, SHARED_CACHE_YES, SHARED_CACHE_IGNORES_VARY };
extern const struct choice shared_cache_words[];

/* Settings of the agent that outlive a fetch. `now` in seconds. */
struct agent_settings {
    uint64_t now;
    uint64_t max_age_limit;            /* 0: none */
    bool no_preflight_cache;           /* nothing that a preflight allows is remembered */
    bool http_cache;                   /* the browser has a private HTTP cache */
    enum shared_cache shared_cache;    /* and there is one before the server */
    struct cors_bytes user_agent;      /* null: not sent */
    struct cors_bytes accept_language; /* null: not sent */
    bool cookies;                      /* cookies are kept and sent */
    enum cors_third_party_cookies third_party_cookies;
};

/* Going to a URL, in the address bar, and the Set-Cookie values of what came back. */
struct cookie_visit {
    struct cors_bytes url;
    const struct cors_bytes *set_cookies;
    size_t count;
    unsigned line; /* in a file; else 0 */
};

/* The message of a cookie's fate that comes of a visit. */
#define COOKIE_OF_VISIT UINT_MAX

struct player {
    struct agent_settings settings; /* change them between fetches as you like */
    enum cors_engine engine;        /* whose deviations count; another one needs an empty cache */
    bool tracing;                   /* keep a trace of each fetch */
    struct cors_cache cache;        /* the preflight cache; cors_cache_clear() empties it */
    struct cors_http_cache http_cache, shared_cache; /* likewise, with cors_http_cache_clear() */
    struct cors_cookie_store cookies;                /* cors_cookie_store_clear() empties it */
    /* The rest is the player's own. */
    char *cookies_saved;
    struct cors_cookie_log cookie_log; /* of visits, and behind them of the fetch */
    size_t visit_count;                /* how much of it is of visits */
    size_t visit_trace_count;          /* and how much of the trace */
    bool visits_are_told;              /* by a fetch: the next visit begins anew */
    struct memory visit_memory;
    char *cache_memory, *cache_saved, *http_cache_saved;
    char *arena_memory;
    size_t arena_size;
    struct cors_trace trace;
    struct memory memory; /* what the last fetch said */
    struct exchange *exchanges;
    size_t exchange_count, exchange_capacity, exchange_next;
    const struct answers *answers;
    bool *answers_taken;
};

void player_begin(struct player *player);
/* Empties the preflight cache, the HTTP caches and the cookie store. */
void player_clear_caches(struct player *player);
void player_end(struct player *player);

/* What happened. Everything lives until the player's next fetch. */
struct played {
    struct cors_outcome outcome;
    const struct exchange *exchanges;
    size_t exchange_count;
    const bool *answers_taken;      /* of a list: which were asked for */
    bool missing;                   /* the list ran out */
    bool too_large;                 /* play() was false, but not because of the description */
    const struct cors_trace *trace; /* NULL unless the player is tracing */
    const struct cors_cookie_decision *cookies; /* what became of each: visits before it, too */
    size_t cookie_count;
    const struct cors_request *request; /* as it was given to cors_fetch */
    enum cors_engine engine;
};

/* What the user did before the fetch: cookies are set as the agent's settings allow. False with a
 * complaint: that is no http: or https: URL. */
bool player_visit(struct player *player, const struct cookie_visit *visit,
                  struct complaint *complaint);

/* Puts a cookie into the store as it is. */
void player_put_cookie(struct player *player, const struct cors_cookie *cookie);

/* False with a complaint if the description is not one of a fetch: no URL, an origin that is not a
 * serialized one, a request that the core rejects; or if a fetch needs more than 256 MiB. */
bool play(struct player *player, const struct fetch_description *description,
          const struct answers *answers, struct played *played, struct complaint *complaint);

/* For those who call cors_fetch themselves: the core's request for a description, in `memory`. */
bool fetch_request(const struct fetch_description *description, struct cors_request *request,
                   struct memory *memory, struct complaint *complaint);

/* The URL of an outcome, "" where there is none. */
struct cors_bytes outcome_url(const struct cors_outcome *outcome, struct memory *memory);
/* "cors-check 4" */
struct cors_bytes outcome_step(const struct cors_outcome *outcome, struct memory *memory);

#endif
