/* The cookie store of RFC 6265bis, section 5.7
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model), in memory
 * of the caller's: one run of records, each a fixed part and behind it the bytes of name, value,
 * host, path and partition. Invariants: a record lies wholly within `used`; no two cookies are the
 * same (name, host, host-only, path, partition); when there is no room, or a host has too many, the
 * draft's order decides who goes: not secure ones of a crowded host, others of it, then all, each
 * time the one that was not used for the longest. */
#include "cookies.h"

enum { PART_NAME, PART_VALUE, PART_HOST, PART_PATH, PART_PARTITION, PARTS };

/* The number that the draft names; no two browsers have the same. */
enum { MOST_COOKIES_OF_A_HOST = 50 };

struct record {
    uint64_t creation_time;
    uint64_t last_access_time;
    uint64_t expiry_time;
    uint64_t order;
    uint64_t len[PARTS];
    uint64_t same_site;
    uint64_t host_only; /* booleans, as wide as the rest so that there is no padding */
    uint64_t secure;
    uint64_t http_only;
    uint64_t partitioned;
};

struct cors_cookie_store cors_cookie_store_over(void *memory, size_t size)
{
    return (struct cors_cookie_store){.at = memory, .size = size};
}

void cors_cookie_store_clear(struct cors_cookie_store *store)
{
    store->used = 0;
}

static struct record record_at(const struct cors_cookie_store *store, size_t position)
{
    struct record record;
    memcpy(&record, store->at + position, sizeof record);
    return record;
}

static size_t record_size(const struct record *record)
{
    size_t size = sizeof *record;
    for (size_t i = 0; i < PARTS; i++)
        size += (size_t)record->len[i];
    return size;
}

bool stored_cookie_next(const struct cors_cookie_store *store, size_t *position,
                        struct stored_cookie *stored)
{
    if (*position >= store->used)
        return false;
    const struct record record = record_at(store, *position);
    struct cors_bytes part[PARTS];
    const char *at = store->at + *position + sizeof record;
    for (size_t i = 0; i < PARTS; i++) {
        part[i] = (struct cors_bytes){at, (size_t)record.len[i]};
        at += record.len[i];
    }
    *stored = (struct stored_cookie){
        .cookie = {.name = part[PART_NAME],
                   .value = part[PART_VALUE],
                   .host = part[PART_HOST],
                   .path = part[PART_PATH],
                   .partition = record.partitioned != 0 ? part[PART_PARTITION] : null_bytes(),
                   .host_only = record.host_only != 0,
                   .secure = record.secure != 0,
                   .http_only = record.http_only != 0,
                   .same_site = (enum cors_same_site_attribute)record.same_site,
                   .creation_time = record.creation_time,
                   .last_access_time = record.last_access_time,
                   .expiry_time = record.expiry_time},
        .order = record.order,
        .position = *position,
    };
    *position += record_size(&record);
    return true;
}

bool cors_cookie_store_next(const struct cors_cookie_store *store, size_t *position,
                            struct cors_cookie *cookie)
{
    struct stored_cookie stored;
    if (!stored_cookie_next(store, position, &stored))
        return false;
    *cookie = stored.cookie;
    return true;
}

void cookie_store_remove(struct cors_cookie_store *store, size_t position)
{
    const struct record record = record_at(store, position);
    const size_t next = position + record_size(&record);
    memmove(store->at + position, store->at + next, store->used - next);
    store->used -= next - position;
}

void cookie_store_remove_expired(struct cors_cookie_store *store, uint64_t now)
{
    for (size_t position = 0; position < store->used;) {
        const struct record record = record_at(store, position);
        if (is_expired(record.expiry_time, now))
            cookie_store_remove(store, position);
        else
            position += record_size(&record);
    }
}

void cookie_store_touch(struct cors_cookie_store *store, size_t position, uint64_t now)
{
    struct record record = record_at(store, position);
    record.last_access_time = now;
    memcpy(store->at + position, &record, sizeof record);
}

bool same_cookie(const struct cors_cookie *a, const struct cors_cookie *b)
{
    return a->host_only == b->host_only && is_null(a->partition) == is_null(b->partition) &&
           bytes_equal(a->name, b->name) && bytes_equal(a->host, b->host) &&
           bytes_equal(a->path, b->path) && bytes_equal(a->partition, b->partition);
}

/* Of the cookies of `host` (null: of all), secure ones only if `secure`, the one that was not used
 * for the longest time goes. False: there is none. */
static bool evict(struct cors_cookie_store *store, struct cors_bytes host, bool secure)
{
    struct stored_cookie oldest = {0}, stored;
    bool found = false;
    for (size_t position = 0; stored_cookie_next(store, &position, &stored);) {
        if ((!is_null(host) && !bytes_equal(stored.cookie.host, host)) ||
            (stored.cookie.secure && !secure))
            continue;
        if (!found || stored.cookie.last_access_time < oldest.cookie.last_access_time ||
            (stored.cookie.last_access_time == oldest.cookie.last_access_time &&
             stored.order < oldest.order))
            oldest = stored;
        found = true;
    }
    if (found)
        cookie_store_remove(store, oldest.position);
    return found;
}

static size_t cookies_of(const struct cors_cookie_store *store, struct cors_bytes host)
{
    struct stored_cookie stored;
    size_t count = 0;
    for (size_t position = 0; stored_cookie_next(store, &position, &stored);)
        count += bytes_equal(stored.cookie.host, host);
    return count;
}

bool cookie_store_insert(struct cors_cookie_store *store, const struct cors_cookie *cookie,
                         uint64_t order)
{
    const struct cors_bytes part[PARTS] = {cookie->name, cookie->value, cookie->host, cookie->path,
                                           cookie->partition};
    struct record record = {
        .creation_time = cookie->creation_time,
        .last_access_time = cookie->last_access_time,
        .expiry_time = cookie->expiry_time,
        .order = order,
        .same_site = cookie->same_site,
        .host_only = cookie->host_only,
        .secure = cookie->secure,
        .http_only = cookie->http_only,
        .partitioned = !is_null(cookie->partition),
    };
    for (size_t i = 0; i < PARTS; i++)
        record.len[i] = part[i].len;
    const size_t size = record_size(&record);
    if (size > store->size)
        return false;
    if (cookies_of(store, cookie->host) >= MOST_COOKIES_OF_A_HOST &&
        !evict(store, cookie->host, false))
        evict(store, cookie->host, true);
    while (store->size - store->used < size)
        evict(store, null_bytes(), true);
    memcpy(store->at + store->used, &record, sizeof record);
    store->used += sizeof record;
    for (size_t i = 0; i < PARTS; i++) {
        if (part[i].len > 0)
            memcpy(store->at + store->used, part[i].at, part[i].len);
        store->used += part[i].len;
    }
    return true;
}

bool cors_cookie_store_put(struct cors_cookie_store *store, const struct cors_cookie *cookie)
{
    struct stored_cookie old;
    for (size_t position = 0; stored_cookie_next(store, &position, &old);)
        if (same_cookie(&old.cookie, cookie)) {
            cookie_store_remove(store, old.position);
            break;
        }
    return cookie_store_insert(store, cookie, store->created++);
}
