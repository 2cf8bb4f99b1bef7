/* Reads the allowlist as the owner means it, and asks it about origins; the syntax is in intent.h.
 * An entry's host is taken apart by the model, as that of an origin, so that an entry which no
 * origin can ever be is an error and not a rule that never holds. Invariant: each error is at the
 * byte that is not as it should be; an entry is either added whole or not at all. */
#include "intent.h"

#include <stdlib.h>
#include <string.h>

enum { HTTPS_PREFIX = 8, LONGEST_HOST = 1024 };

/* What is left of an entry while it is read. */
struct reading {
    struct cors_bytes rest;
    const char *start; /* of the text as it was given */
    struct intent_error *error;
};

static bool refuse(const struct reading *reading, const char *at, const char *expected)
{
    reading->error->column = (size_t)(at - reading->start) + 1;
    reading->error->expected = expected;
    return false;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* In any case. */
static bool skip(struct cors_bytes *rest, const char *word)
{
    const size_t length = strlen(word);
    if (rest->len < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (lower(rest->at[i]) != word[i])
            return false;
    rest->at += length, rest->len -= length;
    return true;
}

static bool read_scheme(struct reading *reading, struct intent_entry *entry)
{
    const char *at = reading->rest.at;
    entry->http = skip(&reading->rest, "http://");
    entry->https = !entry->http && skip(&reading->rest, "https://");
    if (!entry->http && !entry->https && skip(&reading->rest, "*://"))
        entry->http = entry->https = true;
    return entry->http || entry->https || refuse(reading, at, "https://, http://, *:// or null");
}

/* The first byte that no host has, or NULL if the host is wrong as a whole. */
static const char *wrong_byte(struct cors_bytes host)
{
    for (size_t i = 0; i < host.len; i++) {
        const char text[] = {'h', 't', 't', 'p', ':', '/', '/', 'a', lower(host.at[i]), 'a'};
        struct origin_parts parts;
        if (host.at[0] != '[' && !origin_take_apart((struct cors_bytes){text, sizeof text}, &parts))
            return host.at + i;
    }
    return NULL;
}

/* The host as origins have it, into a new block of memory that starts with https://. */
static bool read_host(struct reading *reading, struct intent_entry *entry)
{
    struct cors_bytes host = reading->rest;
    const char *close = host.len > 0 && host.at[0] == '[' ? memchr(host.at, ']', host.len) : NULL;
    const size_t inside = close == NULL ? 0 : (size_t)(close - host.at);
    const char *colon = memchr(host.at + inside, ':', host.len - inside);
    if (colon != NULL)
        host.len = (size_t)(colon - host.at);
    if (host.len == 0)
        return refuse(reading, host.at, "a host");
    if (host.len > LONGEST_HOST)
        return refuse(reading, host.at + LONGEST_HOST, "a shorter host");
    char text[HTTPS_PREFIX + LONGEST_HOST] = "https://";
    for (size_t i = 0; i < host.len; i++)
        text[HTTPS_PREFIX + i] = lower(host.at[i]);
    struct origin_parts parts;
    if (memchr(host.at, '*', host.len) != NULL)
        return refuse(reading, memchr(host.at, '*', host.len),
                      "no * but in front, as *. (any labels), and as the port");
    if (!origin_take_apart((struct cors_bytes){text, HTTPS_PREFIX + host.len}, &parts)) {
        const char *at = wrong_byte(host);
        return at == NULL ? refuse(reading, host.at,
                                   "a host as browsers write it, or an address "
                                   "in canonical form")
                          : refuse(reading, at,
                                   "a letter, digit, hyphen or dot of a host (names "
                                   "in Punycode), or :PORT");
    }
    const bool is_number = host.at[host.len - 1] >= '0' && host.at[host.len - 1] <= '9';
    const char name[] = "https://a.";
    char below[sizeof name + LONGEST_HOST];
    memcpy(below, name, sizeof name - 1);
    memcpy(below + sizeof name - 1, text + HTTPS_PREFIX, host.len);
    if (entry->below && (host.at[0] == '[' || is_number) &&
        !origin_take_apart((struct cors_bytes){below, sizeof name - 1 + host.len}, &parts))
        return refuse(reading, host.at, "a name: there are no hosts below an address");
    char *copy = malloc(host.len);
    if (copy == NULL)
        return false;
    memcpy(copy, text + HTTPS_PREFIX, host.len);
    entry->host = (struct cors_bytes){copy, host.len};
    reading->rest.at += host.len, reading->rest.len -= host.len;
    return true;
}

static bool read_port(struct reading *reading, struct intent_entry *entry)
{
    struct cors_bytes *rest = &reading->rest;
    unsigned port = 0;
    if (rest->len == 0)
        return true;
    if (!skip(rest, ":"))
        return refuse(reading, rest->at, ":PORT, or the end");
    if (rest->len == 1 && rest->at[0] == '*') {
        entry->port_kind = INTENT_PORT_ANY;
        return true;
    }
    if (rest->len == 0)
        return refuse(reading, rest->at, "a port, or * for any");
    if (rest->len > 1 && rest->at[0] == '0')
        return refuse(reading, rest->at, "a port without leading zeros");
    for (size_t i = 0; i < rest->len; i++) {
        const char c = rest->at[i];
        if (c < '0' || c > '9')
            return refuse(reading, rest->at + i,
                          i == 0 ? "a port, or * for any" : "a digit, or the end: no path");
        port = port * 10 + (unsigned)(c - '0');
        if (port > UINT16_MAX)
            return refuse(reading, rest->at, "a port of at most 65535");
    }
    entry->port_kind = INTENT_PORT_NUMBER;
    entry->port = (uint16_t)port;
    return true;
}

static bool read_entry(struct reading *reading, struct intent_entry *entry)
{
    if (reading->rest.len == 4 && memcmp(reading->rest.at, "null", 4) == 0) {
        entry->null = true;
        return true;
    }
    if (!read_scheme(reading, entry))
        return false;
    entry->below = skip(&reading->rest, "*.");
    return read_host(reading, entry) && read_port(reading, entry);
}

static bool make_room(struct intent *intent)
{
    if (intent->count < intent->capacity)
        return true;
    const size_t capacity = intent->capacity == 0 ? 8 : intent->capacity * 2;
    struct intent_entry *entries = realloc(intent->entries, capacity * sizeof *entries);
    if (entries == NULL)
        return false;
    intent->entries = entries;
    intent->capacity = capacity;
    return true;
}

static void free_entry(struct intent_entry *entry)
{
    free((void *)entry->host.at);
    free((void *)entry->text.at);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool intent_add(struct intent *intent, struct cors_bytes text, struct intent_error *error)
{
    *error = (struct intent_error){0};
    if (text.at == NULL)
        text = CORS_BYTES("");
    struct reading reading = {text, text.at, error};
    struct intent_entry entry = {0};
    while (reading.rest.len > 0 && is_blank(reading.rest.at[0]))
        reading.rest.at++, reading.rest.len--;
    while (reading.rest.len > 0 && is_blank(reading.rest.at[reading.rest.len - 1]))
        reading.rest.len--;
    const struct cors_bytes given = reading.rest;
    if (!make_room(intent))
        return false;
    if (!read_entry(&reading, &entry)) {
        free_entry(&entry);
        return false;
    }
    char *copy = malloc(given.len);
    if (copy == NULL) {
        free_entry(&entry);
        return false;
    }
    memcpy(copy, given.at, given.len);
    entry.text = (struct cors_bytes){copy, given.len};
    intent->entries[intent->count++] = entry;
    return true;
}

bool intent_add_lines(struct intent *intent, struct cors_bytes text, struct intent_error *error)
{
    *error = (struct intent_error){0};
    for (size_t number = 1; text.len > 0; number++) {
        const char *end = memchr(text.at, '\n', text.len);
        struct cors_bytes line = {text.at, end == NULL ? text.len : (size_t)(end - text.at)};
        const size_t taken = line.len + (end != NULL);
        text.at += taken, text.len -= taken;
        size_t blank = 0;
        while (blank < line.len && is_blank(line.at[blank]))
            blank++;
        if (blank == line.len || line.at[blank] == '#')
            continue;
        if (!intent_add(intent, line, error)) {
            error->line = number;
            return false;
        }
    }
    return true;
}

void intent_free(struct intent *intent)
{
    for (size_t i = 0; i < intent->count; i++)
        free_entry(&intent->entries[i]);
    free(intent->entries);
    *intent = (struct intent){0};
}

static bool host_holds(const struct intent_entry *entry, struct cors_bytes host)
{
    const struct cors_bytes own = entry->host;
    if (!entry->below)
        return host.len == own.len && memcmp(host.at, own.at, own.len) == 0;
    /* An empty label in front counts: no name server knows such a host, so nobody else's it is. */
    return host.len > own.len && host.at[host.len - own.len - 1] == '.' &&
           memcmp(host.at + host.len - own.len, own.at, own.len) == 0;
}

static bool port_holds(const struct intent_entry *entry, int32_t port, bool is_https)
{
    const int32_t own = is_https ? 443 : 80;
    if (entry->port_kind == INTENT_PORT_ANY)
        return true;
    return (port < 0 ? own : port) == (entry->port_kind == INTENT_PORT_DEFAULT ? own : entry->port);
}

bool intent_holds(const struct intent *intent, struct cors_bytes origin)
{
    struct origin_parts parts;
    if (!origin_take_apart(origin, &parts))
        return false;
    const bool is_https = parts.scheme.len == strlen("https");
    for (size_t i = 0; i < intent->count; i++) {
        const struct intent_entry *entry = &intent->entries[i];
        if (parts.opaque
                ? entry->null
                : !entry->null && (is_https ? entry->https : entry->http) &&
                      host_holds(entry, parts.host) && port_holds(entry, parts.port, is_https))
            return true;
    }
    return false;
}
