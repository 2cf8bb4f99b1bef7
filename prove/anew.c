/* Writing what prove/anew.h says. Entries that differ in the scheme alone, or in whether hosts
 * below count, become one; what all have in common is written once. */
#include "anew.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_MERGED = 1000 }; /* it takes time that grows with their square */

/* ---- The hand ------------------------------------------------------------------------------ */

const char *hand_start(const struct hand *hand)
{
    return hand->match != PATTERN_SEARCH ? "" : hand->dialect == DIALECT_RUBY ? "\\A" : "^";
}

const char *hand_end(const struct hand *hand)
{
    return hand->match == PATTERN_FULL ? "" : hand->dialect == DIALECT_RUBY ? "\\z" : "$";
}

const char *hand_label(const struct hand *hand)
{
    return hand->dialect == DIALECT_JAVASCRIPT_V ? "[a-z0-9\\-]+" : "[a-z0-9-]+";
}

const char *hand_open(const struct hand *hand)
{
    return hand->dialect == DIALECT_POSIX_ERE ? "(" : "(?:";
}

/* ---- Text ---------------------------------------------------------------------------------- */

void put(struct writing *writing, struct cors_bytes bytes)
{
    const size_t needed = writing->length + bytes.len + 1;
    if (needed > writing->capacity) {
        const size_t capacity = needed * 2 + 64;
        char *text = writing->text == NULL ? prove_take(writing->memory, capacity)
                                           : prove_resize(writing->memory, writing->text,
                                                          writing->capacity, capacity);
        if (text == NULL)
            return;
        writing->text = text, writing->capacity = capacity;
    }
    if (bytes.len > 0 && writing->text != NULL)
        memcpy(writing->text + writing->length, bytes.at, bytes.len);
    writing->length += bytes.len;
}

void put_word(struct writing *writing, const char *word)
{
    put(writing, (struct cors_bytes){word, strlen(word)});
}

void put_literal(struct writing *writing, const struct hand *hand, struct cors_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        const char c = bytes.at[i];
        const bool special = strchr("$()*+.?[\\]^{|}", c) != NULL && c != '\0';
        if (special || (c == '/' && hand->escaped_slashes))
            put_word(writing, "\\");
        put(writing, (struct cors_bytes){&c, 1});
    }
}

struct cors_bytes written(const struct writing *writing)
{
    return writing->memory->exhausted ? (struct cors_bytes){0}
                                      : (struct cors_bytes){writing->text, writing->length};
}

/* ---- What is meant ------------------------------------------------------------------------- */

/* Hosts that are written as one. */
struct meant {
    struct cors_bytes host;
    bool null, http, https, itself, below;
    enum intent_port port_kind;
    uint16_t port;
};

struct meants {
    struct meant *at;
    size_t count;
};

static bool is_same_host(const struct meant *a, const struct meant *b)
{
    return a->null == b->null && a->port_kind == b->port_kind && a->port == b->port &&
           a->host.len == b->host.len &&
           (a->host.len == 0 || memcmp(a->host.at, b->host.at, a->host.len) == 0);
}

/* True: `b` is now in `a`. */
static bool is_merged(struct meant *a, const struct meant *b)
{
    const bool same_schemes = a->http == b->http && a->https == b->https;
    const bool same_hosts = a->itself == b->itself && a->below == b->below;
    if (!is_same_host(a, b) || !(same_schemes || same_hosts))
        return false;
    a->http |= b->http, a->https |= b->https;
    a->itself |= b->itself, a->below |= b->below;
    return true;
}

static void merge(struct meants *meants)
{
    size_t kept = 0;
    for (size_t i = 0; i < meants->count; i++) {
        size_t k = 0;
        while (k < kept && !is_merged(&meants->at[k], &meants->at[i]))
            k++;
        if (k == kept)
            meants->at[kept++] = meants->at[i];
    }
    meants->count = kept;
}

/* By scheme, as only then a port is the default one, and is not written. */
static void add_entry(struct meants *meants, const struct intent_entry *entry, bool https)
{
    struct meant meant = {.host = entry->host,
                          .null = entry->null,
                          .http = !https && !entry->null,
                          .https = https,
                          .itself = !entry->below,
                          .below = entry->below,
                          .port_kind = entry->port_kind};
    if (meant.port_kind == INTENT_PORT_NUMBER && entry->port == (https ? 443 : 80))
        meant.port_kind = INTENT_PORT_DEFAULT;
    if (meant.port_kind == INTENT_PORT_NUMBER)
        meant.port = entry->port;
    meants->at[meants->count++] = meant;
}

static bool read_meants(struct meants *meants, const struct intent *intent,
                        struct prove_memory *memory)
{
    meants->at = prove_take(memory, (2 * intent->count + 1) * sizeof *meants->at);
    if (meants->at == NULL)
        return false;
    for (size_t i = 0; i < intent->count; i++) {
        const struct intent_entry *entry = &intent->entries[i];
        if (entry->http || entry->null)
            add_entry(meants, entry, false);
        if (entry->https)
            add_entry(meants, entry, true);
    }
    return true;
}

static const char *scheme_words(bool http, bool https)
{
    return http && https ? "https?" : https ? "https" : "http";
}

const char *schemes_of(const struct intent *intent)
{
    bool http = false, https = false;
    for (size_t i = 0; i < intent->count; i++)
        http |= intent->entries[i].http, https |= intent->entries[i].https;
    return scheme_words(http, https);
}

/* ---- As a pattern -------------------------------------------------------------------------- */

/* What all have in common, and so is written once. */
struct common {
    bool scheme, port;
};

static struct common common_of(const struct meants *meants)
{
    const struct meant *first = &meants->at[0];
    struct common common = {true, true};
    for (size_t i = 0; i < meants->count; i++) {
        const struct meant *meant = &meants->at[i];
        if (meant->null || meant->http != first->http || meant->https != first->https)
            common.scheme = false;
        if (meant->null || meant->port_kind != first->port_kind || meant->port != first->port)
            common.port = false;
    }
    return common;
}

static void put_scheme(struct writing *writing, const struct hand *hand, const struct meant *meant)
{
    put_word(writing, scheme_words(meant->http, meant->https));
    put_literal(writing, hand, CORS_BYTES("://"));
}

static void put_port(struct writing *writing, const struct hand *hand, const struct meant *meant)
{
    char port[16];
    if (meant->port_kind == INTENT_PORT_ANY) {
        put_word(writing, hand_open(hand));
        put_word(writing, ":[0-9]+)?");
    } else if (meant->port_kind == INTENT_PORT_NUMBER) {
        snprintf(port, sizeof port, ":%u", (unsigned)meant->port);
        put_word(writing, port);
    }
}

static void put_host(struct writing *writing, const struct hand *hand, const struct meant *meant)
{
    if (meant->below) {
        put_word(writing, hand_open(hand));
        put_word(writing, hand_label(hand));
        put_word(writing, meant->itself ? "\\.)*" : "\\.)+");
    }
    put_literal(writing, hand, meant->host);
}

static void put_meant(struct writing *writing, const struct hand *hand, const struct meant *meant,
                      struct common common)
{
    if (meant->null) {
        put_word(writing, "null");
        return;
    }
    if (!common.scheme)
        put_scheme(writing, hand, meant);
    put_host(writing, hand, meant);
    if (!common.port)
        put_port(writing, hand, meant);
}

struct cors_bytes anew_pattern(const struct hand *hand, const struct intent *intent,
                               struct prove_memory *memory)
{
    struct writing writing = {.memory = memory};
    struct meants meants = {0};
    if (!read_meants(&meants, intent, memory))
        return (struct cors_bytes){0};
    for (unsigned pass = 0; pass < 2 && meants.count <= MOST_MERGED; pass++)
        merge(&meants);
    const struct common common = common_of(&meants);
    const bool grouped =
        meants.count > 1 && (common.scheme || common.port || hand->match != PATTERN_FULL);
    put_word(&writing, hand_start(hand));
    if (common.scheme)
        put_scheme(&writing, hand, &meants.at[0]);
    if (grouped)
        put_word(&writing, hand_open(hand));
    for (size_t i = 0; i < meants.count; i++) {
        if (i > 0)
            put_word(&writing, "|");
        put_meant(&writing, hand, &meants.at[i], common);
    }
    if (grouped)
        put_word(&writing, ")");
    if (common.port)
        put_port(&writing, hand, &meants.at[0]);
    put_word(&writing, hand_end(hand));
    return written(&writing);
}

/* ---- As strings ---------------------------------------------------------------------------- */

static struct cors_bytes string_of(const struct meant *meant, struct prove_memory *memory)
{
    struct writing writing = {.memory = memory};
    char port[16];
    if (meant->null)
        return CORS_BYTES("null");
    put_word(&writing, meant->https ? "https://" : "http://");
    if (meant->below)
        put_word(&writing, "*.");
    put(&writing, meant->host);
    if (meant->port_kind == INTENT_PORT_ANY)
        put_word(&writing, ":*");
    if (meant->port_kind == INTENT_PORT_NUMBER) {
        snprintf(port, sizeof port, ":%u", (unsigned)meant->port);
        put_word(&writing, port);
    }
    return written(&writing);
}

struct cors_bytes *anew_strings(const struct intent *intent, struct prove_memory *memory,
                                size_t *count)
{
    struct meants meants = {0};
    if (!read_meants(&meants, intent, memory))
        return NULL;
    struct cors_bytes *strings = prove_take(memory, (2 * meants.count + 1) * sizeof *strings);
    *count = 0;
    for (size_t i = 0; i < meants.count && strings != NULL; i++) {
        struct meant meant = meants.at[i];
        strings[(*count)++] = string_of(&meant, memory);
        if (meant.port_kind == INTENT_PORT_ANY) { /* for some a port must be there if it may */
            meant.port_kind = INTENT_PORT_DEFAULT;
            strings[(*count)++] = string_of(&meant, memory);
        }
    }
    return memory->exhausted ? NULL : strings;
}
