/* The operations of the origin mutator: edits of one character, pieces that validators stumble
 * over, hosts of the intent before, behind and in the middle of others, other schemes and ports.
 * Each is one replacement of a part of the text, so that the bounds are kept in one place. What of
 * these finds what was measured: see the table of classes in corpus/validators/README.md. */
#include "mutator.h"
#include "random.h"

#include <string.h>

struct mutation {
    const struct intent *intent;
    char *text;
    size_t size, most;
    uint64_t random;
};

size_t text_replace(char *text, size_t size, size_t most, size_t from, size_t to,
                    struct cors_bytes by)
{
    const size_t behind = size - to;
    if (from + by.len > most || behind > most - from - by.len)
        return size;
    memmove(text + from + by.len, text + to, behind);
    if (by.len > 0)
        memcpy(text + from, by.at, by.len);
    return from + by.len + behind;
}

static size_t below(struct mutation *mutation, size_t bound)
{
    return random_below(&mutation->random, bound);
}

static void replace(struct mutation *mutation, size_t from, size_t to, struct cors_bytes by)
{
    mutation->size = text_replace(mutation->text, mutation->size, mutation->most, from, to, by);
}

static size_t find(const struct mutation *mutation, size_t from, char c)
{
    while (from < mutation->size && mutation->text[from] != c)
        from++;
    return from;
}

/* Behind the scheme's "://", or 0. */
static size_t host_start(const struct mutation *mutation)
{
    const size_t colon = find(mutation, 0, ':');
    return colon + 3 <= mutation->size && memcmp(mutation->text + colon, "://", 3) == 0 ? colon + 3
                                                                                        : 0;
}

/* Where the port's colon is, or the end. */
static size_t host_end(const struct mutation *mutation)
{
    const size_t start = host_start(mutation);
    return find(mutation,
                start < mutation->size && mutation->text[start] == '[' ? find(mutation, start, ']')
                                                                       : start,
                ':');
}

static struct cors_bytes character(struct mutation *mutation)
{
    static const char common[] = "abcdefghijklmnopqrstuvwxyz0123456789-..";
    static const char special[] = "_!\"$&'()*+,;=`{}~";
    const bool is_special = below(mutation, 8) == 0;
    const char *set = is_special ? special : common;
    const size_t count = is_special ? sizeof special - 1 : sizeof common - 1;
    return (struct cors_bytes){set + below(mutation, count), 1};
}

/* The host of an entry, or a stranger's. */
static struct cors_bytes meant_host(struct mutation *mutation)
{
    if (mutation->intent->count > 0) {
        const struct intent_entry *entry =
            &mutation->intent->entries[below(mutation, mutation->intent->count)];
        if (!entry->null)
            return entry->host;
    }
    return CORS_BYTES("evil.net");
}

static struct cors_bytes token(struct mutation *mutation)
{
    static const char *const tokens[] = {
        "evil.net", ".evil.net", "-evil.net", "evil", "evil.", "www.",      "api.",       ".com",
        ".net",     ".",         "-",         "_",    "x",     "localhost", ".localhost", "xn--",
    };
    const char *text = tokens[below(mutation, sizeof tokens / sizeof *tokens)];
    return (struct cors_bytes){text, strlen(text)};
}

static size_t place(struct mutation *mutation)
{
    const size_t start = host_start(mutation), end = host_end(mutation);
    return start + below(mutation, end - start + 1);
}

/* ---- Operations ---------------------------------------------------------------------------- */

static void insert_character(struct mutation *mutation)
{
    const size_t at = place(mutation);
    replace(mutation, at, at, character(mutation));
}

static void replace_character(struct mutation *mutation)
{
    const size_t at = place(mutation);
    if (at < mutation->size)
        replace(mutation, at, at + 1, character(mutation));
}

static void delete_character(struct mutation *mutation)
{
    const size_t at = place(mutation);
    if (at < mutation->size)
        replace(mutation, at, at + 1, CORS_BYTES(""));
}

static void swap_characters(struct mutation *mutation)
{
    const size_t at = place(mutation);
    if (at + 1 >= mutation->size)
        return;
    const char first = mutation->text[at];
    mutation->text[at] = mutation->text[at + 1];
    mutation->text[at + 1] = first;
}

static void replace_dot(struct mutation *mutation)
{
    const size_t at = find(mutation, place(mutation), '.');
    if (at < mutation->size)
        replace(mutation, at, at + 1, character(mutation));
}

static void insert_token(struct mutation *mutation)
{
    const size_t at = place(mutation);
    replace(mutation, at, at, token(mutation));
}

static void append_to_host(struct mutation *mutation)
{
    const size_t at = host_end(mutation);
    replace(mutation, at, at, token(mutation));
}

static void prepend_to_host(struct mutation *mutation)
{
    const size_t at = host_start(mutation);
    replace(mutation, at, at, token(mutation));
}

static void insert_meant_host(struct mutation *mutation)
{
    const size_t at = place(mutation);
    replace(mutation, at, at, meant_host(mutation));
}

static void become_meant_host(struct mutation *mutation)
{
    replace(mutation, host_start(mutation), host_end(mutation), meant_host(mutation));
}

static void delete_label(struct mutation *mutation)
{
    const size_t start = host_start(mutation);
    const size_t dot = find(mutation, start, '.');
    if (dot < host_end(mutation))
        replace(mutation, start, dot + 1, CORS_BYTES(""));
}

static void cut_host(struct mutation *mutation)
{
    replace(mutation, place(mutation), host_end(mutation), CORS_BYTES(""));
}

static void repeat_part(struct mutation *mutation)
{
    char part[32];
    const size_t from = place(mutation);
    size_t length = host_end(mutation) - from;
    if (length > sizeof part)
        length = sizeof part;
    memcpy(part, mutation->text + from, length);
    replace(mutation, from, from, (struct cors_bytes){part, length});
}

static void change_scheme(struct mutation *mutation)
{
    const bool is_https = mutation->size > 5 && memcmp(mutation->text, "https:", 6) == 0;
    replace(mutation, 0, host_start(mutation),
            is_https ? CORS_BYTES("http://") : CORS_BYTES("https://"));
}

static void change_port(struct mutation *mutation)
{
    static const char *const ports[] = {"", ":80", ":443", ":8080", ":8443", ":3000", ":65535"};
    const char *port = ports[below(mutation, sizeof ports / sizeof *ports)];
    replace(mutation, host_end(mutation), mutation->size, (struct cors_bytes){port, strlen(port)});
}

static void become_fixed(struct mutation *mutation)
{
    static const char *const origins[] = {
        "null",         "http://localhost", "https://evil.net", "http://127.0.0.1",
        "http://[::1]", "http://10.0.0.1",  "https://a"};
    const char *origin = origins[below(mutation, sizeof origins / sizeof *origins)];
    replace(mutation, 0, mutation->size, (struct cors_bytes){origin, strlen(origin)});
}

/* A text that is no origin, such as null: back to one that is meant. */
static void become_origin(struct mutation *mutation)
{
    replace(mutation, 0, mutation->size, CORS_BYTES("https://"));
    replace(mutation, mutation->size, mutation->size, meant_host(mutation));
}

size_t origin_mutate(const struct intent *intent, uint8_t *data, size_t size, size_t most,
                     unsigned seed)
{
    static void (*const operations[])(struct mutation *) = {
        insert_character,  replace_character, delete_character, swap_characters,
        replace_dot,       insert_token,      append_to_host,   prepend_to_host,
        insert_meant_host, become_meant_host, delete_label,     cut_host,
        repeat_part,       change_scheme,     change_port,      become_fixed,
    };
    struct mutation mutation = {intent, (char *)data, size < most ? size : most, most, seed};
    if (host_start(&mutation) == 0)
        become_origin(&mutation);
    for (size_t left = 1 + below(&mutation, 3); left > 0; left--)
        operations[below(&mutation, sizeof operations / sizeof *operations)](&mutation);
    return mutation.size;
}
