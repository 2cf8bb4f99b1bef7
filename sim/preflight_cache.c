/* Fetch Standard, section "CORS-preflight cache"
 * (https://fetch.spec.whatwg.org/#cors-preflight-cache), in memory of the caller's. The store is
 * one run of records, oldest first: a fixed part and behind it the bytes of key, origin, URL and of
 * the method or header name. Invariants: a record lies wholly within `used`; records that are older
 * than their max-age are removed before anything is looked up; when there is no room the oldest go.
 * A request without a network partition key neither finds nor leaves anything here. */
#include "engine.h"

struct record {
    uint64_t stored_at;
    uint64_t max_age;
    size_t key_len;
    size_t origin_len;
    size_t url_len;
    size_t item_len;
    uint64_t credentials; /* a boolean, as wide as the rest so that there is no padding */
    uint64_t kind;        /* an enum item_kind */
};

enum item_kind {
    ITEM_HEADER_NAME = 0,
    ITEM_METHOD,
    ITEM_NONE, /* there was a preflight; only browsers' caches hold these */
};

static const size_t no_record = (size_t)-1;

struct cors_cache cors_cache_over(void *memory, size_t size)
{
    return (struct cors_cache){.at = memory, .size = size};
}

void cors_cache_clear(struct cors_cache *cache)
{
    cache->used = 0;
}

static struct record record_at(const struct cors_cache *cache, size_t position)
{
    struct record record;
    memcpy(&record, cache->at + position, sizeof record);
    return record;
}

static size_t record_size(const struct record *record)
{
    return sizeof *record + record->key_len + record->origin_len + record->url_len +
           record->item_len;
}

static void remove_record(struct cors_cache *cache, size_t position)
{
    struct record record = record_at(cache, position);
    size_t next = position + record_size(&record);
    memmove(cache->at + position, cache->at + next, cache->used - next);
    cache->used -= next - position;
}

static inline struct cors_cache_entry entry_at(const struct cors_cache *cache, size_t position,
                                               size_t *next)
{
    const struct record record = record_at(cache, position);
    const char *at = cache->at + position + sizeof record;
    struct cors_cache_entry entry = {
        .key = {at, record.key_len},
        .origin = {at + record.key_len, record.origin_len},
        .url = {at + record.key_len + record.origin_len, record.url_len},
        .stored_at = record.stored_at,
        .max_age = record.max_age,
        .credentials = record.credentials != 0,
    };
    struct cors_bytes item = {entry.url.at + record.url_len, record.item_len};
    if (record.kind == ITEM_METHOD)
        entry.method = item;
    else if (record.kind == ITEM_HEADER_NAME)
        entry.header_name = item;
    *next = position + record_size(&record);
    return entry;
}

bool cors_cache_next(const struct cors_cache *cache, size_t *position,
                     struct cors_cache_entry *entry)
{
    if (*position >= cache->used)
        return false;
    *entry = entry_at(cache, *position, position);
    return true;
}

/* Entries must go once their max-age has passed since they were stored. */
static void remove_stale(const struct steps *s, struct cors_cache *cache, uint64_t now)
{
    for (size_t position = 0; position < cache->used;) {
        struct record record = record_at(cache, position);
        if (now - record.stored_at >= record.max_age &&
            !(record.kind == ITEM_NONE && deviates(s, CORS_DEV_EMPTIED_ENTRY_STAYS)))
            remove_record(cache, position);
        else
            position += record_size(&record);
    }
}

/* The origin that a request and an entry for it have in common. */
static struct cors_bytes origin_of_key(const struct steps *s, const struct request *request)
{
    struct cors_bytes origin = byte_serialize_a_request_origin(s, request);
    if (request->origin.kind == CORS_ORIGIN_TUPLE && bytes_equal(origin, CORS_BYTES("null")) &&
        deviates(s, CORS_DEV_CACHE_KEY_HAS_PAGE_ORIGIN))
        return cors_origin_serialize(&request->origin, arena_of(s));
    return origin;
}

/* What an entry and the request must have in common. It is the same until a redirect adds a URL, so
 * unless somebody watches it is made only once. */
static const struct cache_key *key_of(const struct steps *s, const struct request *request)
{
    struct cache_key *key = &s->simulation->cache_key;
    if (key->url_count != request->url_count || watched(s))
        *key = (struct cache_key){
            .url_count = request->url_count,
            .key = determine_the_network_partition_key(s, request),
            .origin = origin_of_key(s, request),
            .url = cors_url_serialize(current_url_of(request), CORS_URL_WITH_FRAGMENT, arena_of(s)),
        };
    return key;
}

static bool same_key(const struct cors_cache_entry *entry, const struct cache_key *key)
{
    return bytes_equal(entry->url, key->url) && bytes_equal(entry->origin, key->origin) &&
           bytes_equal(entry->key, key->key);
}

/* https://fetch.spec.whatwg.org/#concept-cache-create-entry */
void create_a_new_cache_entry(const struct steps *caller, const struct request *request,
                              uint64_t max_age, struct cors_bytes method,
                              struct cors_bytes header_name)
{
    struct steps s = begin(caller, "cache-create-entry");
    struct cors_cache *cache = agent_of(&s)->cache;

    /* 1. The entry: for this page, this URL, this credentials mode. */
    const struct cache_key *key = key_of(&s, request);
    if (is_null(key->key))
        return;
    struct cors_bytes item = is_null(method) ? header_name : method;
    const enum item_kind kind = !is_null(method)        ? ITEM_METHOD
                                : !is_null(header_name) ? ITEM_HEADER_NAME
                                                        : ITEM_NONE;
    const struct record record = {
        .stored_at = agent_of(&s)->now,
        .max_age = max_age,
        .key_len = key->key.len,
        .origin_len = key->origin.len,
        .url_len = key->url.len,
        .item_len = item.len,
        .credentials = request->credentials_mode == CORS_CREDENTIALS_INCLUDE,
        .kind = kind,
    };
    show(&s, "1", is_null(method) ? "header name" : "method", item);

    /* 2. It becomes the last of the cache. */
    if (arena_of(&s)->exhausted || record_size(&record) > cache->size)
        return;
    while (cache->size - cache->used < record_size(&record))
        remove_record(cache, 0);
    const struct cors_bytes parts[] = {
        {(const char *)&record, sizeof record}, key->key, key->origin, key->url, item};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].len > 0)
            memcpy(cache->at + cache->used, parts[i].at, parts[i].len);
        cache->used += parts[i].len;
    }
}

/* https://fetch.spec.whatwg.org/#concept-cache-clear */
void clear_cache_entries(const struct steps *caller, const struct request *request)
{
    struct steps s = begin(caller, "cache-clear");
    struct cors_cache *cache = agent_of(&s)->cache;
    if (cache == NULL || cache->used == 0)
        return;
    const struct cache_key *key = key_of(&s, request);
    if (arena_of(&s)->exhausted)
        return;
    for (size_t position = 0, next = 0; position < cache->used;) {
        const struct cors_cache_entry entry = entry_at(cache, position, &next);
        if (same_key(&entry, key)) {
            remove_record(cache, position);
            next = position;
        } else {
            position = next;
        }
    }
}

/* https://fetch.spec.whatwg.org/#concept-cache-match */
static bool cache_entry_match(const struct steps *caller, const struct cors_cache_entry *entry,
                              const struct cache_key *key, const struct request *request)
{
    struct steps s = begin(caller, "cache-match");
    show(&s, "-", "byte-serialized origin", entry->origin);
    show(&s, "-", "URL", entry->url);
    const bool include = request->credentials_mode == CORS_CREDENTIALS_INCLUDE;
    return whether(
        &s, "-",
        same_key(entry, key) && (entry->credentials || !include) &&
            !(entry->credentials && !include && deviates(&s, CORS_DEV_CACHE_KEY_HAS_CREDENTIALS)));
}

/* Whether a `*` that an entry holds is no wildcard in this browser. */
static bool wildcard_is_literal(const struct steps *s, const struct cors_cache_entry *entry,
                                const struct request *request)
{
    return deviates(s, CORS_DEV_CACHED_WILDCARD_IS_LITERAL) ||
           (entry->credentials &&
            deviates(s, CORS_DEV_CACHED_WILDCARD_OF_CREDENTIALS_IS_LITERAL)) ||
           (request->credentials_mode == CORS_CREDENTIALS_INCLUDE &&
            deviates(s, CORS_DEV_CACHED_WILDCARD_IS_LITERAL_WITH_CREDENTIALS));
}

/* What is looked for: by the name of the entry, or by `*`. */
typedef bool matcher(const struct steps *s, const struct cors_cache_entry *entry,
                     struct cors_bytes item, const struct request *request);

/* https://fetch.spec.whatwg.org/#concept-cache-match-method */
static bool method_matches(const struct steps *s, const struct cors_cache_entry *entry,
                           struct cors_bytes method, const struct request *request)
{
    return !is_null(entry->method) &&
           (bytes_equal(entry->method, method) || (bytes_equal(entry->method, CORS_BYTES("*")) &&
                                                   !wildcard_is_literal(s, entry, request)));
}

/* https://fetch.spec.whatwg.org/#concept-cache-match-header */
static bool header_name_matches(const struct steps *s, const struct cors_cache_entry *entry,
                                struct cors_bytes header_name, const struct request *request)
{
    return !is_null(entry->header_name) &&
           (byte_case_insensitive_match(entry->header_name, header_name) ||
            (bytes_equal(entry->header_name, CORS_BYTES("*")) &&
             !wildcard_is_literal(s, entry, request) &&
             (!is_cors_non_wildcard_request_header_name(header_name) ||
              deviates(s, CORS_DEV_CACHED_WILDCARD_COVERS_AUTHORIZATION))));
}

/* An entry for the preflight itself. */
static bool is_preflight(const struct steps *s, const struct cors_cache_entry *entry,
                         struct cors_bytes item, const struct request *request)
{
    (void)s;
    (void)item;
    (void)request;
    return is_null(entry->method) && is_null(entry->header_name);
}

/* The position of the first entry that allows `item`, or no_record. */
static size_t find(const struct steps *s, const struct request *request, struct cors_bytes item,
                   matcher *matches)
{
    struct cors_cache *cache = agent_of(s)->cache;
    show(s, "-", "item", item);
    if (cache == NULL)
        return no_record;
    remove_stale(s, cache, agent_of(s)->now);
    if (cache->used == 0)
        return no_record;
    const struct cache_key *key = key_of(s, request);
    if (is_null(key->key))
        return no_record;
    for (size_t position = 0, next = 0; position < cache->used; position = next) {
        const struct cors_cache_entry entry = entry_at(cache, position, &next);
        if (matches(s, &entry, item, request) && cache_entry_match(s, &entry, key, request))
            return arena_of(s)->exhausted ? no_record : position;
    }
    return no_record;
}

/* Sets the max-age of the record, if there is one and it is to be set. */
static bool refresh(const struct steps *s, size_t position, const uint64_t *max_age)
{
    struct cors_cache *cache = agent_of(s)->cache;
    if (position == no_record)
        return false;
    if (max_age != NULL) {
        struct record record = record_at(cache, position);
        record.max_age = *max_age;
        if (record.stored_at != agent_of(s)->now &&
            deviates(s, CORS_DEV_REFRESHED_ENTRY_STARTS_ANEW))
            record.stored_at = agent_of(s)->now;
        memcpy(cache->at + position, &record, sizeof record);
    }
    return true;
}

/* https://fetch.spec.whatwg.org/#concept-cache-match-method */
bool method_cache_entry_match(const struct steps *caller, struct cors_bytes method,
                              const struct request *request, const uint64_t *max_age)
{
    struct steps s = begin(caller, "cache-match-method");
    return whether(&s, "-", refresh(&s, find(&s, request, method, method_matches), max_age));
}

/* https://fetch.spec.whatwg.org/#concept-cache-match-header */
bool header_name_cache_entry_match(const struct steps *caller, struct cors_bytes header_name,
                                   const struct request *request, const uint64_t *max_age)
{
    struct steps s = begin(caller, "cache-match-header");
    return whether(&s, "-",
                   refresh(&s, find(&s, request, header_name, header_name_matches), max_age));
}

bool cache_knows(const struct steps *s, const struct request *request)
{
    struct cors_cache *cache = agent_of(s)->cache;
    if (cache == NULL || cache->used == 0)
        return false;
    const struct cache_key *key = key_of(s, request);
    for (size_t position = 0, next = 0; position < cache->used; position = next) {
        const struct cors_cache_entry entry = entry_at(cache, position, &next);
        if (same_key(&entry, key))
            return true;
    }
    return false;
}

bool cache_has_entry(const struct steps *s, const struct request *request)
{
    return find(s, request, null_bytes(), is_preflight) != no_record;
}

void begin_cache_entry(const struct steps *s, const struct request *request, uint64_t max_age)
{
    if (s->simulation->engine == 0)
        return;
    const bool known = cache_knows(s, request);
    if (known && deviates(s, CORS_DEV_CACHE_ENTRY_IS_REPLACED))
        clear_cache_entries(s, request);
    else if (known && cache_has_entry(s, request))
        return;
    create_a_new_cache_entry(s, request, max_age, null_bytes(), null_bytes());
}
