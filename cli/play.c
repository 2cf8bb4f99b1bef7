/* A described fetch and the player that makes it, on top of cors_fetch
 * (https://fetch.spec.whatwg.org/#concept-fetch). Invariants: the network is asked once for each
 * message on the wire, however often the core has to start again for want of memory: what was
 * answered is remembered and the core is deterministic; every attempt begins with the preflight
 * cache as it was before the fetch; no memory but the largest fetch's outlives a fetch. */
#include "play.h"

#include "url_text.h"

#include <stdlib.h>
#include <string.h>

enum {
    CACHE_SIZE = 256 << 10,
    HTTP_CACHE_SIZE = 4 << 20,
    COOKIES_SIZE = 256 << 10,
    SMALLEST_LOG = 1 << 6,
    LARGEST_LOG = 1 << 20,
    SMALLEST_ARENA = 64 << 10,
    LARGEST_ARENA = 256 << 20,
    SMALLEST_TRACE = 1 << 10,
    LARGEST_TRACE = 1 << 20,
};

/* ---- Words -------------------------------------------------------------------------------- */

const struct choice api_words[] = {{"fetch", CORS_ENTRY_FETCH_API},
                                   {"xhr", CORS_ENTRY_XMLHTTPREQUEST},
                                   {"none", CORS_ENTRY_NONE},
                                   {NULL, 0}};
const struct choice engine_words[] = {{"spec", CORS_ENGINE_SPEC},
                                      {"chromium", CORS_ENGINE_CHROMIUM},
                                      {"firefox", CORS_ENGINE_FIREFOX},
                                      {"webkit", CORS_ENGINE_WEBKIT},
                                      {NULL, 0}};
const struct choice engine_option_words[] = {{"spec", CORS_ENGINE_SPEC},
                                             {"chromium", CORS_ENGINE_CHROMIUM},
                                             {"firefox", CORS_ENGINE_FIREFOX},
                                             {"webkit", CORS_ENGINE_WEBKIT},
                                             {"all", ALL_ENGINES},
                                             {NULL, 0}};
const struct choice shared_cache_words[] = {{"no", SHARED_CACHE_NO},
                                            {"yes", SHARED_CACHE_YES},
                                            {"ignores-vary", SHARED_CACHE_IGNORES_VARY},
                                            {NULL, 0}};
const struct choice third_party_cookies_words[] = {
    {"by-engine", CORS_THIRD_PARTY_COOKIES_BY_ENGINE},
    {"allow", CORS_THIRD_PARTY_COOKIES_ALLOW},
    {"partition", CORS_THIRD_PARTY_COOKIES_PARTITION},
    {"block", CORS_THIRD_PARTY_COOKIES_BLOCK},
    {NULL, 0}};
const struct choice cookie_fate_words[] = {
    {"sent", CORS_COOKIE_SENT},       {"withheld", CORS_COOKIE_WITHHELD},
    {"stored", CORS_COOKIE_STORED},   {"removed", CORS_COOKIE_REMOVED},
    {"refused", CORS_COOKIE_REFUSED}, {NULL, 0}};
const struct choice mode_words[] = {{"cors", CORS_MODE_CORS},
                                    {"no-cors", CORS_MODE_NO_CORS},
                                    {"same-origin", CORS_MODE_SAME_ORIGIN},
                                    {"navigate", CORS_MODE_NAVIGATE},
                                    {"websocket", CORS_MODE_WEBSOCKET},
                                    {"webtransport", CORS_MODE_WEBTRANSPORT},
                                    {NULL, 0}};
const struct choice credentials_words[] = {{"same-origin", CORS_CREDENTIALS_SAME_ORIGIN},
                                           {"omit", CORS_CREDENTIALS_OMIT},
                                           {"include", CORS_CREDENTIALS_INCLUDE},
                                           {NULL, 0}};
const struct choice redirect_words[] = {{"follow", CORS_REDIRECT_FOLLOW},
                                        {"error", CORS_REDIRECT_ERROR},
                                        {"manual", CORS_REDIRECT_MANUAL},
                                        {NULL, 0}};
const struct choice cache_words[] = {{"default", CORS_CACHE_DEFAULT},
                                     {"no-store", CORS_CACHE_NO_STORE},
                                     {"reload", CORS_CACHE_RELOAD},
                                     {"no-cache", CORS_CACHE_NO_CACHE},
                                     {"force-cache", CORS_CACHE_FORCE_CACHE},
                                     {"only-if-cached", CORS_CACHE_ONLY_IF_CACHED},
                                     {NULL, 0}};
const struct choice referrer_policy_words[] = {
    {"", CORS_REFERRER_POLICY_EMPTY},
    {"no-referrer", CORS_REFERRER_POLICY_NO_REFERRER},
    {"no-referrer-when-downgrade", CORS_REFERRER_POLICY_NO_REFERRER_WHEN_DOWNGRADE},
    {"same-origin", CORS_REFERRER_POLICY_SAME_ORIGIN},
    {"origin", CORS_REFERRER_POLICY_ORIGIN},
    {"strict-origin", CORS_REFERRER_POLICY_STRICT_ORIGIN},
    {"origin-when-cross-origin", CORS_REFERRER_POLICY_ORIGIN_WHEN_CROSS_ORIGIN},
    {"strict-origin-when-cross-origin", CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN},
    {"unsafe-url", CORS_REFERRER_POLICY_UNSAFE_URL},
    {NULL, 0}};
const struct choice destination_words[] = {{"", CORS_DESTINATION_EMPTY},
                                           {"audio", CORS_DESTINATION_AUDIO},
                                           {"audioworklet", CORS_DESTINATION_AUDIOWORKLET},
                                           {"document", CORS_DESTINATION_DOCUMENT},
                                           {"embed", CORS_DESTINATION_EMBED},
                                           {"font", CORS_DESTINATION_FONT},
                                           {"frame", CORS_DESTINATION_FRAME},
                                           {"iframe", CORS_DESTINATION_IFRAME},
                                           {"image", CORS_DESTINATION_IMAGE},
                                           {"json", CORS_DESTINATION_JSON},
                                           {"manifest", CORS_DESTINATION_MANIFEST},
                                           {"object", CORS_DESTINATION_OBJECT},
                                           {"paintworklet", CORS_DESTINATION_PAINTWORKLET},
                                           {"report", CORS_DESTINATION_REPORT},
                                           {"script", CORS_DESTINATION_SCRIPT},
                                           {"serviceworker", CORS_DESTINATION_SERVICEWORKER},
                                           {"sharedworker", CORS_DESTINATION_SHAREDWORKER},
                                           {"style", CORS_DESTINATION_STYLE},
                                           {"text", CORS_DESTINATION_TEXT},
                                           {"track", CORS_DESTINATION_TRACK},
                                           {"video", CORS_DESTINATION_VIDEO},
                                           {"webidentity", CORS_DESTINATION_WEBIDENTITY},
                                           {"worker", CORS_DESTINATION_WORKER},
                                           {"xslt", CORS_DESTINATION_XSLT},
                                           {NULL, 0}};
const struct choice initiator_words[] = {{"", CORS_INITIATOR_EMPTY},
                                         {"download", CORS_INITIATOR_DOWNLOAD},
                                         {"imageset", CORS_INITIATOR_IMAGESET},
                                         {"manifest", CORS_INITIATOR_MANIFEST},
                                         {"prefetch", CORS_INITIATOR_PREFETCH},
                                         {"prerender", CORS_INITIATOR_PRERENDER},
                                         {"xslt", CORS_INITIATOR_XSLT},
                                         {NULL, 0}};
const struct choice embedder_policy_words[] = {
    {"unsafe-none", CORS_EMBEDDER_POLICY_UNSAFE_NONE},
    {"require-corp", CORS_EMBEDDER_POLICY_REQUIRE_CORP},
    {"credentialless", CORS_EMBEDDER_POLICY_CREDENTIALLESS},
    {NULL, 0}};
const struct choice yes_no_words[] = {{"no", 0}, {"yes", 1}, {NULL, 0}};
const struct choice result_words[] = {{"network error", CORS_RESULT_NETWORK_ERROR},
                                      {"basic", CORS_RESULT_BASIC},
                                      {"cors", CORS_RESULT_CORS},
                                      {"opaque", CORS_RESULT_OPAQUE},
                                      {"opaque-redirect", CORS_RESULT_OPAQUE_REDIRECT},
                                      {NULL, 0}};

/* ---- Fields of a description -------------------------------------------------------------- */

#define FIELD(name) offsetof(struct fetch_description, name)

const struct fetch_key fetch_keys[] = {
    {"url", "url", FETCH_BYTES, FIELD(url), NULL, "what is fetched"},
    {"origin", "origin", FETCH_BYTES, FIELD(origin), NULL, "of the page, or null"},
    {"page", "page", FETCH_BYTES, FIELD(page), NULL, "URL of the page"},
    {"top-level", "topLevel", FETCH_BYTES, FIELD(top_level), NULL, "top-level origin"},
    {"client-referrer-policy", "clientReferrerPolicy", FETCH_CHOICE, FIELD(client_referrer_policy),
     referrer_policy_words, "the page's own referrer policy"},
    {"embedder-policy", "embedderPolicy", FETCH_CHOICE, FIELD(embedder_policy),
     embedder_policy_words, "the page's Cross-Origin-Embedder-Policy"},
    {"api", "api", FETCH_CHOICE, FIELD(api), api_words, "what the page calls"},
    {"method", "method", FETCH_BYTES, FIELD(method), NULL, "as the script gives it"},
    {"mode", "mode", FETCH_CHOICE, FIELD(mode), mode_words, "request mode"},
    {"credentials", "credentials", FETCH_CHOICE, FIELD(credentials_mode), credentials_words,
     "credentials mode"},
    {"redirect", "redirect", FETCH_CHOICE, FIELD(redirect_mode), redirect_words, "redirect mode"},
    {"cache", "cache", FETCH_CHOICE, FIELD(cache_mode), cache_words, "cache mode"},
    {"referrer", "referrer", FETCH_BYTES, FIELD(referrer), NULL,
     "about:client, nothing for no referrer, or a URL"},
    {"referrer-policy", "referrerPolicy", FETCH_CHOICE, FIELD(referrer_policy),
     referrer_policy_words, "referrer policy"},
    {"destination", "destination", FETCH_CHOICE, FIELD(destination), destination_words,
     "destination (api none)"},
    {"initiator", "initiator", FETCH_CHOICE, FIELD(initiator), initiator_words,
     "initiator (api none)"},
    {"keepalive", "keepalive", FETCH_YES_NO, FIELD(keepalive), yes_no_words, "keepalive flag"},
    {"use-cors-preflight", "useCORSPreflight", FETCH_YES_NO, FIELD(use_cors_preflight),
     yes_no_words, "use-CORS-preflight flag; XMLHttpRequest: an upload listener"},
    {"unsafe-request", "unsafeRequest", FETCH_YES_NO, FIELD(unsafe_request), yes_no_words,
     "unsafe-request flag (api none)"},
    {"local-urls-only", "localURLsOnly", FETCH_YES_NO, FIELD(local_urls_only), yes_no_words,
     "local-URLs-only flag"},
    {"body-type", "bodyType", FETCH_BYTES, FIELD(body_type), NULL,
     "Content-Type the body brings with it"},
    {"body-stream", "bodyStream", FETCH_YES_NO, FIELD(body_is_stream), yes_no_words,
     "the body is a stream"},
    {"body", "body", FETCH_BYTES, FIELD(body), NULL, "request body"},
};
const size_t fetch_key_count = sizeof fetch_keys / sizeof *fetch_keys;

const struct fetch_key *fetch_key_find(struct cors_bytes key)
{
    for (size_t i = 0; i < fetch_key_count; i++)
        if (bytes_are_string(key, fetch_keys[i].key))
            return &fetch_keys[i];
    return NULL;
}

const struct fetch_key *fetch_key_find_json(struct cors_bytes name)
{
    for (size_t i = 0; i < fetch_key_count; i++)
        if (bytes_are_string(name, fetch_keys[i].json))
            return &fetch_keys[i];
    return NULL;
}

/* The enums of a description are read and written as the int that holds them. */
_Static_assert(sizeof(enum cors_mode) == sizeof(int), "an enum of a description is as wide as int");

static bool refuse_word(const struct fetch_key *key, struct cors_bytes value,
                        struct complaint *complaint)
{
    struct memory memory = {0};
    const char *nearest = nearest_choice(value, key->choices);
    complain(complaint, "%s is %s, not \"%s\"%s%s%s", key->key,
             choice_list(key->choices, &memory).at, escaped(value),
             nearest == NULL ? "" : "; did you mean \"", nearest == NULL ? "" : nearest,
             nearest == NULL ? "" : "\"?");
    memory_free(&memory);
    return false;
}

bool fetch_key_set(const struct fetch_key *key, struct fetch_description *description,
                   struct cors_bytes value, struct complaint *complaint)
{
    char *field = (char *)description + key->offset;
    if (key->value == FETCH_BYTES) {
        memcpy(field, &value, sizeof value);
        return true;
    }
    const struct choice *choice = choice_find(key->choices, value);
    if (choice == NULL)
        return refuse_word(key, value, complaint);
    if (key->value == FETCH_YES_NO)
        *(bool *)field = choice->value == 1;
    else
        memcpy(field, &choice->value, sizeof choice->value);
    return true;
}

struct cors_bytes fetch_key_get(const struct fetch_key *key,
                                const struct fetch_description *description)
{
    const char *field = (const char *)description + key->offset;
    struct cors_bytes bytes;
    int number;
    switch (key->value) {
    case FETCH_BYTES:
        memcpy(&bytes, field, sizeof bytes);
        return bytes;
    case FETCH_YES_NO:
        return *(const bool *)field ? CORS_BYTES("yes") : (struct cors_bytes){0};
    case FETCH_CHOICE:
        memcpy(&number, field, sizeof number);
        return number == 0 ? (struct cors_bytes){0} : bytes_of(choice_word(key->choices, number));
    }
    return (struct cors_bytes){0};
}

/* ---- The core's request ------------------------------------------------------------------- */

/* What a parse needs lives as long as `memory`; an arena that was too small is thrown away. */
static bool parse_url(struct cors_url *url, struct cors_bytes input, const struct cors_url *base,
                      struct memory *memory)
{
    enum { FIRST = 4096, LAST = 64 << 20 };
    for (size_t size = FIRST + 8 * input.len;; size *= 4) {
        struct cors_arena arena = cors_arena_over(memory_take(memory, size), size);
        if (cors_url_parse(url, input, base, cors_domain_to_ascii_by_libidn2, &arena) &&
            !arena.exhausted)
            return true;
        if (!arena.exhausted || size > LAST)
            return false;
    }
}

static bool parse_origin(struct cors_origin *origin, const char *key, struct cors_bytes text,
                         struct memory *memory, struct complaint *complaint)
{
    struct cors_url url;
    if (bytes_are_string(text, "null")) {
        *origin = (struct cors_origin){.kind = CORS_ORIGIN_OPAQUE, .id = 1};
        return true;
    }
    if (!parse_url(&url, text, NULL, memory))
        return complain(complaint, "%s \"%s\" is not an origin: write it as https://host or null",
                        key, escaped(text));
    size_t size = 4096 + 4 * text.len;
    struct cors_arena arena = cors_arena_over(memory_take(memory, size), size);
    *origin = cors_url_origin(&url, cors_domain_to_ascii_by_libidn2, &arena);
    struct cors_bytes serialized = cors_origin_serialize(origin, &arena);
    if (arena.exhausted)
        return complain(complaint, "%s is too long", key);
    if (!bytes_are(serialized, text))
        return complain(complaint, "%s \"%s\" is not serialized as an origin is: that is \"%s\"",
                        key, escaped(text), escaped(serialized));
    return true;
}

static bool parse_key_url(const struct cors_url **parsed, const char *key, struct cors_bytes text,
                          struct memory *memory, struct complaint *complaint)
{
    struct cors_url *url = memory_take(memory, sizeof *url);
    if (!parse_url(url, text, NULL, memory))
        return complain(complaint, "%s \"%s\" is not an absolute URL", key, escaped(text));
    *parsed = url;
    return true;
}

static bool fetch_client(const struct fetch_description *description, struct cors_client *client,
                         struct memory *memory, struct complaint *complaint)
{
    client->referrer_policy = description->client_referrer_policy;
    client->embedder_policy = description->embedder_policy;
    if (!parse_origin(&client->origin, "origin", description->origin, memory, complaint))
        return false;
    if (description->page.at != NULL &&
        !parse_key_url(&client->creation_url, "page", description->page, memory, complaint))
        return false;
    if (description->top_level.at != NULL) {
        struct cors_origin *top_level = memory_take(memory, sizeof *top_level);
        if (!parse_origin(top_level, "top-level", description->top_level, memory, complaint))
            return false;
        client->top_level_origin = top_level;
    }
    return true;
}

/* Parses `input` against the page's URL, as the APIs do: the base URL of a page. */
static bool parse_against_page(struct cors_url *url, struct cors_bytes input,
                               const struct fetch_description *description, struct memory *memory)
{
    struct cors_bytes page = description->page.at == NULL ? description->origin : description->page;
    struct cors_url base;
    bool has_base = parse_url(&base, page, NULL, memory);
    return parse_url(url, input, has_base ? &base : NULL, memory);
}

/* The APIs parse the URL themselves; another standard comes with a URL that is parsed already. */
static bool fetch_url(const struct fetch_description *description, struct cors_request *request,
                      struct memory *memory, struct complaint *complaint)
{
    if (request->entry != CORS_ENTRY_NONE)
        return true;
    struct cors_url *url = memory_take(memory, sizeof *url);
    if (!parse_against_page(url, description->url, description, memory))
        return complain(complaint, "url \"%s\" is not a URL", escaped(description->url));
    request->url = url;
    return true;
}

static bool fetch_referrer(const struct fetch_description *description,
                           struct cors_request *request, struct memory *memory,
                           struct complaint *complaint)
{
    const struct cors_bytes referrer = description->referrer;
    if (referrer.at == NULL || bytes_are_string(referrer, "about:client")) {
        request->referrer = CORS_REFERRER_CLIENT;
        return true;
    }
    if (referrer.len == 0) {
        request->referrer = CORS_REFERRER_NO_REFERRER;
        return true;
    }
    struct cors_url *url = memory_take(memory, sizeof *url);
    if (!parse_against_page(url, referrer, description, memory))
        return complain(complaint, "referrer \"%s\" is not a URL", escaped(referrer));
    request->referrer = CORS_REFERRER_URL;
    request->referrer_url = url;
    return true;
}

static struct cors_bytes body_type_of(const struct fetch_description *description)
{
    bool is_string = description->body.at != NULL && !description->body_is_stream &&
                     description->api != CORS_ENTRY_NONE;
    if (description->body_type.at == NULL && is_string)
        return CORS_BYTES("text/plain;charset=UTF-8");
    return description->body_type.len == 0 ? (struct cors_bytes){0} : description->body_type;
}

static void normalize_headers(struct cors_header_list *headers, struct memory *memory)
{
    struct cors_header *normalized = memory_take(memory, headers->count * sizeof *normalized);
    for (size_t i = 0; i < headers->count; i++) {
        normalized[i].name = headers->at[i].name;
        normalized[i].value = cors_normalize_header_value(headers->at[i].value);
    }
    *headers = (struct cors_header_list){.at = normalized, .count = headers->count};
}

bool fetch_request(const struct fetch_description *description, struct cors_request *request,
                   struct memory *memory, struct complaint *complaint)
{
    struct cors_client *client = memory_take(memory, sizeof *client);
    if (description->url.at == NULL)
        return complain(complaint, "the url is missing");
    if (description->origin.at == NULL)
        return complain(complaint, "the origin is missing");
    *request = (struct cors_request){
        .entry = description->api,
        .method = description->method,
        .url_string = description->url,
        .headers = description->headers,
        .body = description->body,
        .body_type = body_type_of(description),
        .body_is_stream = description->body_is_stream,
        .client = client,
        .mode = description->mode,
        .credentials_mode = description->credentials_mode,
        .redirect_mode = description->redirect_mode,
        .cache_mode = description->cache_mode,
        .referrer_policy = description->referrer_policy,
        .destination = description->destination,
        .initiator = description->initiator,
        .use_cors_preflight = description->use_cors_preflight,
        .unsafe_request = description->unsafe_request,
        .local_urls_only = description->local_urls_only,
        .keepalive = description->keepalive,
    };
    /* The APIs do both of these themselves. */
    if (request->entry == CORS_ENTRY_NONE) {
        normalize_headers(&request->headers, memory);
        if (request->mode == CORS_MODE_DEFAULT)
            request->mode = CORS_MODE_CORS;
    }
    return fetch_client(description, client, memory, complaint) &&
           fetch_url(description, request, memory, complaint) &&
           fetch_referrer(description, request, memory, complaint);
}

/* ---- Engines ------------------------------------------------------------------------------ */

unsigned engines_of(int engine_option)
{
    if (engine_option == NO_ENGINE)
        return 0;
    if (engine_option == ALL_ENGINES)
        return (2U << CORS_ENGINE_WEBKIT) - 1;
    return 1U << engine_option;
}

/* ---- Answers ------------------------------------------------------------------------------ */

static struct exchange *record(struct player *player, const struct cors_network_request *request)
{
    player->exchanges = memory_grow(player->exchanges, player->exchange_count,
                                    &player->exchange_capacity, sizeof *player->exchanges);
    struct exchange *exchange = &player->exchanges[player->exchange_count++];
    *exchange = (struct exchange){
        .preflight = request->preflight,
        .method = memory_copy(&player->memory, request->method),
        .url = url_to_text(request->url, CORS_URL_EXCLUDE_FRAGMENT, &player->memory),
        .headers = memory_copy_headers(&player->memory, request->headers),
        .body = memory_copy(&player->memory, request->body),
        .include_credentials = request->include_credentials,
        .traced = player->trace.count,
    };
    return exchange;
}

/* The first answer of the list that is left and fits; NULL: none. */
static const struct answer *take_answer(struct player *player, bool preflight)
{
    const struct answers *answers = player->answers;
    const enum answer_purpose other = preflight ? ANSWER_TO_ACTUAL : ANSWER_TO_PREFLIGHT;
    for (size_t i = 0; i < answers->count; i++)
        if (!player->answers_taken[i] && answers->at[i].purpose != other) {
            player->answers_taken[i] = true;
            return &answers->at[i];
        }
    return NULL;
}

static void ask_server(struct player *player, const struct cors_network_request *request,
                       struct exchange *exchange)
{
    const struct answers *answers = player->answers;
    const struct answer *given =
        answers->ask == NULL ? take_answer(player, request->preflight) : NULL;
    if (answers->ask != NULL) {
        answers->ask(answers->context, request, &exchange->answer, &player->memory);
    } else if (given != NULL) {
        exchange->answer = *given;
    } else {
        exchange->missing = true;
        exchange->answer = (struct answer){
            .network_error = true, .message = CORS_BYTES("there is no answer left in the script")};
    }
}

static struct cors_network_response response_of(const struct answer *answer)
{
    return (struct cors_network_response){
        .status = answer->status,
        .status_message = answer->status_message,
        .headers = answer->headers,
        .body = answer->body,
    };
}

/* The exchange whose answer is being looked for. */
struct asking {
    struct player *player;
    struct exchange *exchange;
};

static enum cors_network_result ask_behind(void *context,
                                           const struct cors_network_request *request,
                                           struct cors_network_response *response,
                                           struct cors_arena *arena)
{
    const struct asking *asking = context;
    (void)arena;
    ask_server(asking->player, request, asking->exchange);
    *response = response_of(&asking->exchange->answer);
    return asking->exchange->answer.network_error ? CORS_NETWORK_ERROR : CORS_NETWORK_RESPONSE;
}

/* Where an exchange's response was stored, and for whom. */
static void came_from(struct exchange *exchange, enum cache_kind cache, uint64_t now,
                      const struct cors_stored_response *stored, struct memory *memory)
{
    exchange->from_cache = cache;
    exchange->stored_ago = now - stored->stored_at;
    for (size_t i = 0; i < stored->request_headers.count; i++)
        if (bytes_are_string(stored->request_headers.at[i].name, "Origin"))
            exchange->stored_for = memory_copy(memory, stored->request_headers.at[i].value);
}

/* What is taken from the shared cache is copied in it, several times at most. */
static void ask_shared_cache(struct player *player, const struct cors_network_request *request,
                             struct exchange *exchange)
{
    struct asking asking = {.player = player, .exchange = exchange};
    struct cors_shared_cache cache = {
        .store = &player->shared_cache,
        .server = {.answer = ask_behind, .context = &asking},
        .now = player->settings.now,
        .ignores_vary = player->settings.shared_cache == SHARED_CACHE_IGNORES_VARY,
    };
    const struct cors_server server = cors_shared_cache_server(&cache);
    const size_t size = ((size_t)256 << 10) + 8 * player->shared_cache.used;
    struct cors_arena arena = cors_arena_over(memory_take(&player->memory, size), size);
    struct cors_network_response response = {0};
    if (server.answer(server.context, request, &response, &arena) != CORS_NETWORK_RESPONSE)
        return;
    exchange->answer.status = response.status;
    exchange->answer.status_message = response.status_message;
    exchange->answer.headers = response.headers;
    exchange->answer.body = response.body;
    if (cache.reused)
        came_from(exchange, SHARED_CACHE, player->settings.now, &cache.stored, &player->memory);
}

static void find_answer(struct player *player, const struct cors_network_request *request,
                        struct exchange *exchange)
{
    if (player->settings.shared_cache == SHARED_CACHE_NO)
        ask_server(player, request, exchange);
    else
        ask_shared_cache(player, request, exchange);
    normalize_headers(&exchange->answer.headers, &player->memory);
}

static enum cors_network_result answer(void *context, const struct cors_network_request *request,
                                       struct cors_network_response *response,
                                       struct cors_arena *arena)
{
    struct player *player = context;
    /* The request may be incomplete: nobody is to see it. */
    if (arena->exhausted)
        return CORS_NETWORK_ERROR;
    if (player->exchange_next == player->exchange_count)
        find_answer(player, request, record(player, request));
    const struct answer *given = &player->exchanges[player->exchange_next++].answer;
    if (given->network_error)
        return CORS_NETWORK_ERROR;
    *response = response_of(given);
    return CORS_NETWORK_RESPONSE;
}

/* The browser took a response from its HTTP cache. */
static void reused(void *context, const struct cors_network_request *request,
                   const struct cors_stored_response *stored)
{
    struct player *player = context;
    struct memory *memory = &player->memory;
    if (player->exchange_next == player->exchange_count) {
        struct exchange *exchange = record(player, request);
        came_from(exchange, HTTP_CACHE, player->settings.now, stored, memory);
        exchange->answer = (struct answer){
            .status = stored->status,
            .status_message = memory_copy(memory, stored->status_message),
            .headers = memory_copy_headers(memory, &stored->headers),
            .body = memory_copy(memory, stored->body),
        };
    }
    player->exchange_next++;
}

/* ---- The player --------------------------------------------------------------------------- */

void player_begin(struct player *player)
{
    *player = (struct player){.cache_memory = memory_allocate(CACHE_SIZE),
                              .cache_saved = memory_allocate(CACHE_SIZE),
                              .arena_memory = memory_allocate(SMALLEST_ARENA),
                              .arena_size = SMALLEST_ARENA};
    player->cache = cors_cache_over(player->cache_memory, CACHE_SIZE);
}

void player_clear_caches(struct player *player)
{
    cors_cache_clear(&player->cache);
    cors_http_cache_clear(&player->http_cache);
    cors_http_cache_clear(&player->shared_cache);
    cors_cookie_store_clear(&player->cookies);
}

void player_end(struct player *player)
{
    free(player->http_cache.at);
    free(player->shared_cache.at);
    free(player->http_cache_saved);
    free(player->cookies.at);
    free(player->cookies_saved);
    free(player->cookie_log.at);
    memory_free(&player->visit_memory);
    free(player->cache_memory);
    free(player->cache_saved);
    free(player->arena_memory);
    free(player->trace.at);
    free(player->exchanges);
    memory_free(&player->memory);
    *player = (struct player){0};
}

static struct cors_agent agent_of(struct player *player)
{
    return (struct cors_agent){
        .server = {.answer = answer, .context = player, .reused = reused},
        .engine = player->engine,
        .cache = player->settings.no_preflight_cache ? NULL : &player->cache,
        .http_cache = player->settings.http_cache ? &player->http_cache : NULL,
        .now = player->settings.now,
        .max_age_limit = player->settings.max_age_limit,
        .domain_to_ascii = cors_domain_to_ascii_by_libidn2,
        .public_suffix = cors_public_suffix_by_libpsl,
        .user_agent = player->settings.user_agent,
        .accept_language = player->settings.accept_language,
        .trace = player->tracing ? &player->trace : NULL,
        .cookies = player->settings.cookies ? &player->cookies : NULL,
        .third_party_cookies = player->settings.third_party_cookies,
        .cookie_log = player->settings.cookies ? &player->cookie_log : NULL,
    };
}

/* More of what was too small; false if there is no more to be had. */
static bool grow_arena(struct player *player)
{
    if (player->arena_size >= LARGEST_ARENA)
        return false;
    player->arena_size *= 2;
    free(player->arena_memory);
    player->arena_memory = memory_allocate(player->arena_size);
    return true;
}

static bool grow_trace(struct player *player)
{
    struct cors_trace *trace = &player->trace;
    if (trace->capacity >= LARGEST_TRACE)
        return false;
    trace->capacity = trace->capacity == 0 ? SMALLEST_TRACE : trace->capacity * 2;
    trace->at = memory_reallocate(trace->at, trace->capacity * sizeof *trace->at);
    return true;
}

/* Most players need none. */
static void make_http_caches(struct player *player)
{
    if (player->settings.http_cache && player->http_cache.at == NULL) {
        player->http_cache =
            cors_http_cache_over(memory_allocate(HTTP_CACHE_SIZE), HTTP_CACHE_SIZE);
        player->http_cache_saved = memory_allocate(HTTP_CACHE_SIZE);
    }
    if (player->settings.shared_cache != SHARED_CACHE_NO && player->shared_cache.at == NULL)
        player->shared_cache =
            cors_http_cache_over(memory_allocate(HTTP_CACHE_SIZE), HTTP_CACHE_SIZE);
}

/* More room for what becomes of cookies; false if there is no more to be had. */
static bool grow_log(struct player *player)
{
    struct cors_cookie_log *log = &player->cookie_log;
    if (log->capacity >= LARGEST_LOG)
        return false;
    log->capacity = log->capacity == 0 ? SMALLEST_LOG : log->capacity * 2;
    log->at = memory_reallocate(log->at, log->capacity * sizeof *log->at);
    return true;
}

/* Likewise. */
static void make_cookie_store(struct player *player)
{
    if (!player->settings.cookies || player->cookies.at != NULL)
        return;
    player->cookies = cors_cookie_store_over(memory_allocate(COOKIES_SIZE), COOKIES_SIZE);
    player->cookies_saved = memory_allocate(COOKIES_SIZE);
    grow_log(player);
}

void player_put_cookie(struct player *player, const struct cors_cookie *cookie)
{
    make_cookie_store(player);
    if (player->settings.cookies)
        (void)cors_cookie_store_put(&player->cookies, cookie);
}

/* One cookie of a visit. A trace that was too short for it is made again: to set a cookie twice is
 * to set it once. */
static void receive_cookie(struct player *player, const struct cors_url *url,
                           struct cors_bytes set_cookie)
{
    const size_t size = 16384 + 4 * (set_cookie.len + url->path.len);
    const size_t traced = player->visit_trace_count;
    struct cors_agent agent = agent_of(player);
    if (player->visit_count == player->cookie_log.capacity)
        grow_log(player);
    do {
        struct cors_arena arena = cors_arena_over(memory_take(&player->visit_memory, size), size);
        player->cookie_log.count = player->visit_count;
        player->trace.count = traced;
        player->trace.truncated = false;
        (void)cors_cookie_receive(&agent, url, set_cookie, &arena);
    } while (player->tracing && player->trace.truncated && grow_trace(player));
    player->visit_trace_count = player->trace.count;
    if (player->cookie_log.count > player->visit_count)
        player->cookie_log.at[player->visit_count++].message = COOKIE_OF_VISIT;
}

bool player_visit(struct player *player, const struct cookie_visit *visit,
                  struct complaint *complaint)
{
    struct cors_url url;
    make_cookie_store(player);
    if (player->visits_are_told) {
        memory_reset(&player->visit_memory);
        player->visit_count = player->visit_trace_count = 0;
        player->visits_are_told = false;
    }
    if (!parse_url(&url, visit->url, NULL, &player->visit_memory) || !cors_url_is_http_s(&url))
        return complain(complaint, "\"%s\" is no http: or https: URL", escaped(visit->url));
    for (size_t i = 0; i < visit->count; i++)
        receive_cookie(player, &url, visit->set_cookies[i]);
    return true;
}

/* Runs the core until nothing is too small for it, each time from the same state. */
static enum cors_status run(struct player *player, const struct cors_request *request,
                            struct cors_outcome *outcome)
{
    const size_t cache_used = player->cache.used, http_cache_used = player->http_cache.used;
    memcpy(player->cache_saved, player->cache.at, cache_used);
    const struct cors_cookie_store cookies = player->cookies;
    if (cookies.used > 0)
        memcpy(player->cookies_saved, cookies.at, cookies.used);
    if (http_cache_used > 0)
        memcpy(player->http_cache_saved, player->http_cache.at, http_cache_used);
    if (player->tracing && player->trace.capacity == 0)
        grow_trace(player);
    for (;;) {
        struct cors_agent agent = agent_of(player);
        struct cors_arena arena = cors_arena_over(player->arena_memory, player->arena_size);
        player->exchange_next = 0;
        player->trace.count = player->visit_trace_count;
        player->trace.truncated = false;
        player->cookie_log.count = player->visit_count;
        player->cookie_log.truncated = false;
        enum cors_status status = cors_fetch(outcome, request, &agent, &arena);
        bool again = status == CORS_NO_MEMORY
                         ? grow_arena(player)
                         : (player->trace.truncated && grow_trace(player)) ||
                               (player->cookie_log.truncated && grow_log(player));
        if (!again)
            return status;
        memcpy(player->cache.at, player->cache_saved, cache_used);
        player->cache.used = cache_used;
        if (http_cache_used > 0)
            memcpy(player->http_cache.at, player->http_cache_saved, http_cache_used);
        player->http_cache.used = http_cache_used;
        player->cookies = cookies;
        if (cookies.used > 0)
            memcpy(player->cookies.at, player->cookies_saved, cookies.used);
    }
}

bool play(struct player *player, const struct fetch_description *description,
          const struct answers *answers, struct played *played, struct complaint *complaint)
{
    memory_reset(&player->memory);
    player->exchange_count = 0;
    if (player->visits_are_told)
        player->visit_count = player->visit_trace_count = 0;
    player->visits_are_told = true;
    player->answers = answers;
    player->answers_taken = memory_take(&player->memory, answers->count + 1);
    *played = (struct played){0};
    make_http_caches(player);
    make_cookie_store(player);
    struct cors_request *request = memory_take(&player->memory, sizeof *request);
    if (!fetch_request(description, request, &player->memory, complaint))
        return false;
    switch (run(player, request, &played->outcome)) {
    case CORS_OK:
        break;
    case CORS_NO_MEMORY:
        played->too_large = true;
        return complain(complaint, "the fetch needs more than %d MiB", LARGEST_ARENA >> 20);
    case CORS_BAD_REQUEST:
        return complain(complaint, "no script could make this request: the method is not a token, "
                                   "or a value does not go with the others");
    }
    played->exchanges = player->exchanges;
    played->exchange_count = player->exchange_count;
    played->answers_taken = player->answers_taken;
    for (size_t i = 0; i < player->exchange_count; i++)
        played->missing = played->missing || player->exchanges[i].missing;
    played->trace = player->tracing ? &player->trace : NULL;
    played->cookies = player->cookie_log.at;
    played->cookie_count = player->settings.cookies ? player->cookie_log.count : 0;
    played->request = request;
    played->engine = player->engine;
    return true;
}

struct cors_bytes outcome_url(const struct cors_outcome *outcome, struct memory *memory)
{
    return outcome->url == NULL ? CORS_BYTES("")
                                : url_to_text(outcome->url, CORS_URL_EXCLUDE_FRAGMENT, memory);
}

struct cors_bytes outcome_step(const struct cors_outcome *outcome, struct memory *memory)
{
    if (outcome->algorithm == NULL)
        return CORS_BYTES("");
    return memory_format(memory, "%s %s", outcome->algorithm,
                         outcome->step == NULL ? "" : outcome->step);
}
