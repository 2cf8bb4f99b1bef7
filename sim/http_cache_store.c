/* The stored responses of an HTTP cache (https://httpwg.org/specs/rfc9111.html#caching.overview),
 * in memory of the caller's. The store is one run of records, oldest first: a fixed part, and
 * behind it the bytes of key, URL, status message and body and the header lines, each with its two
 * lengths. Invariants: a record lies wholly within `used`; nothing in the store needs to be
 * aligned; when there is no room the oldest go; what is read from it is a copy, so that the store
 * may change while the copy is used. */
#include "http_cache.h"

struct record {
    uint64_t size; /* all of it */
    uint64_t stored_at;
    uint64_t status;
    uint64_t has_body;
    uint64_t request_header_count;
    uint64_t header_count;
    uint64_t key_len, url_len, message_len, body_len;
};

struct line {
    uint64_t name_len, value_len;
};

struct cors_http_cache cors_http_cache_over(void *memory, size_t size)
{
    return (struct cors_http_cache){.at = memory, .size = size};
}

void cors_http_cache_clear(struct cors_http_cache *cache)
{
    cache->used = 0;
}

static struct record record_at(const struct cors_http_cache *store, size_t position)
{
    struct record record;
    memcpy(&record, store->at + position, sizeof record);
    return record;
}

bool stored_response_is_for(const struct cors_http_cache *store, size_t position, size_t *next,
                            struct cors_bytes key, struct cors_bytes url)
{
    const struct record record = record_at(store, position);
    const char *at = store->at + position + sizeof record;
    *next = position + (size_t)record.size;
    return bytes_equal(key, (struct cors_bytes){at, (size_t)record.key_len}) &&
           bytes_equal(url, (struct cors_bytes){at + record.key_len, (size_t)record.url_len});
}

void remove_stored_response(struct cors_http_cache *store, size_t position)
{
    const size_t size = (size_t)record_at(store, position).size;
    memmove(store->at + position, store->at + position + size, store->used - position - size);
    store->used -= size;
}

/* ---- Reading ------------------------------------------------------------------------------ */

static struct cors_bytes take(const char **at, uint64_t len)
{
    const struct cors_bytes bytes = {*at, (size_t)len};
    *at += len;
    return bytes;
}

static struct cors_header_list take_lines(const char **at, uint64_t count, struct cors_arena *arena)
{
    struct cors_header *headers = ARENA_NEW(arena, struct cors_header, (size_t)count);
    if (headers == NULL)
        return (struct cors_header_list){0};
    for (size_t i = 0; i < count; i++) {
        struct line line;
        memcpy(&line, *at, sizeof line);
        *at += sizeof line;
        headers[i].name = take(at, line.name_len);
        headers[i].value = take(at, line.value_len);
    }
    return (struct cors_header_list){.at = headers, .count = (size_t)count};
}

struct cors_stored_response stored_response_at(const struct cors_http_cache *store, size_t position,
                                               size_t *next, struct cors_arena *arena)
{
    const struct record record = record_at(store, position);
    char *copy = ARENA_NEW(arena, char, (size_t)record.size);
    *next = position + (size_t)record.size;
    if (copy == NULL)
        return (struct cors_stored_response){0};
    memcpy(copy, store->at + position, (size_t)record.size);
    const char *at = copy + sizeof record;
    struct cors_stored_response stored = {
        .key = take(&at, record.key_len),
        .url = take(&at, record.url_len),
        .stored_at = record.stored_at,
        .status = (uint16_t)record.status,
        .status_message = take(&at, record.message_len),
        .body = take(&at, record.body_len),
    };
    if (record.has_body == 0)
        stored.body = null_bytes();
    stored.request_headers = take_lines(&at, record.request_header_count, arena);
    stored.headers = take_lines(&at, record.header_count, arena);
    return stored;
}

bool cors_http_cache_next(const struct cors_http_cache *cache, size_t *position,
                          struct cors_stored_response *stored, struct cors_arena *arena)
{
    if (*position >= cache->used)
        return false;
    *stored = stored_response_at(cache, *position, position, arena);
    return !arena->exhausted;
}

/* ---- Writing ------------------------------------------------------------------------------ */

static size_t size_of_lines(const struct cors_header_list *list)
{
    size_t size = list->count * sizeof(struct line);
    for (size_t i = 0; i < list->count; i++)
        size += list->at[i].name.len + list->at[i].value.len;
    return size;
}

static void put(struct cors_http_cache *store, const void *at, size_t len)
{
    if (len > 0)
        memcpy(store->at + store->used, at, len);
    store->used += len;
}

static void put_lines(struct cors_http_cache *store, const struct cors_header_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct cors_header *header = &list->at[i];
        const struct line line = {header->name.len, header->value.len};
        put(store, &line, sizeof line);
        put(store, header->name.at, header->name.len);
        put(store, header->value.at, header->value.len);
    }
}

void add_stored_response(struct cors_http_cache *store, const struct cors_stored_response *stored)
{
    struct record record = {
        .stored_at = stored->stored_at,
        .status = stored->status,
        .has_body = !is_null(stored->body),
        .request_header_count = stored->request_headers.count,
        .header_count = stored->headers.count,
        .key_len = stored->key.len,
        .url_len = stored->url.len,
        .message_len = stored->status_message.len,
        .body_len = stored->body.len,
    };
    record.size = sizeof record + record.key_len + record.url_len + record.message_len +
                  record.body_len + size_of_lines(&stored->request_headers) +
                  size_of_lines(&stored->headers);
    if (record.size > store->size)
        return;
    while (store->size - store->used < record.size)
        remove_stored_response(store, 0);
    put(store, &record, sizeof record);
    put(store, stored->key.at, stored->key.len);
    put(store, stored->url.at, stored->url.len);
    put(store, stored->status_message.at, stored->status_message.len);
    put(store, stored->body.at, stored->body.len);
    put_lines(store, &stored->request_headers);
    put_lines(store, &stored->headers);
}
