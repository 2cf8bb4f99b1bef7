/* Telling the browser's own headers from script's. The standard's list of forbidden
 * request-headers (https://fetch.spec.whatwg.org/#forbidden-request-header) is the core's; what
 * browsers add without its being forbidden is listed here, and counts as the browser's only in a
 * request that a browser has made: a person who writes `-H 'Cache-Control: no-cache'` means a
 * script that sets it. Invariant: every header is either among script's or named as added, none
 * is both. */
#include "browser_headers.h"

#include <string.h>

bool is_header_named(struct cors_bytes name, const char *other)
{
    struct cors_header header = {name, CORS_BYTES("")};
    const struct cors_header_list list = {.at = &header, .count = 1};
    return cors_header_list_contains(&list, bytes_of(other));
}

bool is_secret_header(struct cors_bytes name)
{
    static const char *const names[] = {"cookie", "set-cookie", "authorization",
                                        "proxy-authorization"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_header_named(name, names[i]))
            return true;
    return false;
}

static bool begins(struct cors_bytes name, const char *prefix)
{
    const size_t len = strlen(prefix);
    return name.len >= len && is_header_named((struct cors_bytes){name.at, len}, prefix);
}

/* Script could set these as well, but hardly ever does. */
static bool is_usually_added(struct cors_bytes name)
{
    static const char *const names[] = {
        "accept-language",
        "alt-used",
        "authority",
        "cache-control",
        "device-memory",
        "downlink",
        "dpr",
        "ect",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "pragma",
        "priority",
        "rtt",
        "save-data",
        "viewport-width",
        "width",
        "x-client-data",
        "upgrade-insecure-requests",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_header_named(name, names[i]))
            return true;
    return begins(name, "x-browser-");
}

/* A pseudo-header of HTTP/2, which recordings list among the headers. */
static bool is_pseudo(struct cors_bytes name)
{
    return name.len > 0 && name.at[0] == ':';
}

static bool is_forbidden(const struct cors_header *header)
{
    struct memory scratch = {0};
    const size_t size = 4096 + 64 * (header->name.len + header->value.len);
    struct cors_arena arena = cors_arena_over(memory_take(&scratch, size), size);
    const bool forbidden = cors_is_forbidden_request_header(header->name, header->value, &arena);
    memory_free(&scratch);
    return forbidden;
}

static bool is_added(const struct cors_header *header, bool copied)
{
    if (is_header_named(header->name, "user-agent") || is_header_named(header->name, "referer") ||
        is_forbidden(header))
        return true;
    if (!copied)
        return false;
    /* What fetch() sends unless script says otherwise. */
    if (is_header_named(header->name, "accept"))
        return bytes_are_string(header->value, "*/*");
    return is_usually_added(header->name);
}

/* Room for all names, with commas between them, and a NUL. */
static char *room_for_names(const struct cors_header_list *all, struct memory *memory)
{
    size_t size = 1;
    for (size_t i = 0; i < all->count; i++)
        size += all->at[i].name.len + strlen(", ");
    return memory_take(memory, size);
}

static void note_name(struct cors_bytes *names, struct cors_bytes name, char *room)
{
    const struct cors_bytes parts[] = {names->at == NULL ? CORS_BYTES("") : CORS_BYTES(", "), name};
    names->at = room;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        memcpy(room + names->len, parts[i].at, parts[i].len);
        names->len += parts[i].len;
    }
}

static void take(struct browser_headers *headers, const struct cors_header *header)
{
    const struct {
        const char *name;
        struct cors_bytes *value;
    } rows[] = {
        {"origin", &headers->origin},
        {"referer", &headers->referrer},
        {"cookie", &headers->cookie},
        {"user-agent", &headers->user_agent},
        {"accept-language", &headers->accept_language},
        {"sec-fetch-mode", &headers->mode},
        {"sec-fetch-dest", &headers->destination},
        {"sec-fetch-site", &headers->site},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (is_header_named(header->name, rows[i].name))
            *rows[i].value = header->value;
    /* The latter is sent when cookies may be, even where there are none. */
    if (is_header_named(header->name, "cookie") ||
        is_header_named(header->name, "sec-fetch-storage-access"))
        headers->credentials = true;
    if (is_header_named(header->name, "pragma") && bytes_are_string(header->value, "no-cache"))
        headers->no_cache = true;
}

/* By what no person writes by hand. */
static bool is_copied(const struct cors_header_list *all)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct cors_header *header = &all->at[i];
        if (begins(header->name, "sec-fetch-") || begins(header->name, "sec-ch-ua") ||
            (is_header_named(header->name, "user-agent") && header->value.len > 8 &&
             memcmp(header->value.at, "Mozilla/", 8) == 0))
            return true;
    }
    return false;
}

struct browser_headers browser_headers_of(const struct cors_header_list *all, struct memory *memory)
{
    struct browser_headers headers = {.copied = is_copied(all)};
    struct cors_header *script = memory_take(memory, (all->count + 2) * sizeof *script);
    char *names = room_for_names(all, memory);
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct cors_header header = {all->at[i].name,
                                           cors_normalize_header_value(all->at[i].value)};
        if (is_pseudo(header.name))
            continue;
        if (is_added(&header, headers.copied)) {
            take(&headers, &header);
            note_name(&headers.added, header.name, names);
        } else {
            script[count++] = header;
        }
    }
    headers.script = (struct cors_header_list){.at = script, .count = count};
    return headers;
}
