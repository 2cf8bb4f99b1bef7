/* nginx: map $http_origin (https://nginx.org/en/docs/http/ngx_http_map_module.html), conditions of
 * if (https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#if), and add_header. Invariants:
 * an origin that is sent back under a condition is a finding of that condition, not of the header;
 * what an earlier entry of a map refuses is not known to the later ones, and this is said. */
#include "prove_config_words.h"

#include <stdlib.h>
#include <string.h>

struct nginx {
    struct reading *reading;
    struct directives directives;
};

enum { MOST_DIRECTIVE_LOOKS = 100 << 20 };

static const char header_name[] = "Access-Control-Allow-Origin";

static bool is_variable(const struct directive *directive, size_t word, const char *name)
{
    if (word >= directive->count)
        return false;
    struct cors_bytes bytes = directive->words[word].bytes;
    while (bytes.len > 0 && *bytes.at == '(') {
        bytes.at++;
        bytes.len--;
    }
    while (bytes.len > 0 && bytes.at[bytes.len - 1] == ')')
        bytes.len--;
    if (bytes.len > 3 && bytes.at[1] == '{' && bytes.at[bytes.len - 1] == '}')
        return same_letters((struct cors_bytes){bytes.at + 2, bytes.len - 3}, name + 1);
    return same_letters(bytes, name);
}

static bool is_origin(const struct directive *directive, size_t word)
{
    return is_variable(directive, word, "$http_origin");
}

/* Whether cookies are allowed beside a header, or, for a map, anywhere. */
static enum config_credentials credentials_in(const struct nginx *nginx, size_t parent)
{
    for (size_t i = 0; i < nginx->directives.count; i++) {
        const struct directive *directive = &nginx->directives.at[i];
        if ((parent == SIZE_MAX || directive->parent == parent) &&
            word_is(directive, 0, "add_header") &&
            word_is_like(directive, 1, "Access-Control-Allow-Credentials"))
            return word_is_like(directive, 2, "true") ? CONFIG_CREDENTIALS
                                                      : CONFIG_CREDENTIALS_UNSAID;
    }
    return CONFIG_CREDENTIALS_UNSAID;
}

/* ---- map ----------------------------------------------------------------------------------- */

static bool refuses(const struct config_string *value)
{
    return value->bytes.len == 0 || bytes_are_string(value->bytes, "0") ||
           same_letters(value->bytes, "false") || same_letters(value->bytes, "off");
}

static void find_pattern(const struct nginx *nginx, struct found *found,
                         const struct config_string *key)
{
    const bool ignores = key->bytes.len > 1 && key->bytes.at[1] == '*';
    found->preset = ignores ? "nginx-i" : "nginx";
    find_word(nginx->reading, found, key, ignores ? 2 : 1);
}

/* One entry that accepts; `refused` is whether one before it refuses. */
static void find_entry(const struct nginx *nginx, struct found *found,
                       const struct directive *entry, bool refused)
{
    const struct config_string *key = &entry->words[0], *value = &entry->words[1];
    const bool pattern = key->bytes.len > 0 && *key->bytes.at == '~';
    if (mentions(value->bytes, "://")) {
        find_sent(nginx->reading, found, value);
    } else if (same_letters(key->bytes, "default")) {
        const bool any =
            mentions(value->bytes, "$http_origin") || bytes_are_string(value->bytes, "*");
        found->star = bytes_are_string(value->bytes, "*");
        if (any)
            find_any(nginx->reading, found);
        else
            find_unread(nginx->reading, found, "what the default stands for could not be read");
    } else if (pattern && refused) {
        find_unread(nginx->reading, found, "entries before it refuse some origins");
    } else if (pattern) {
        find_pattern(nginx, found, key);
    } else {
        const size_t skip = key->bytes.len > 1 && *key->bytes.at == '\\' ? 1 : 0;
        found->preset = "nginx-string";
        find_word(nginx->reading, found, key, skip);
    }
}

static void read_map(const struct nginx *nginx, size_t map)
{
    const struct directive *at = &nginx->directives.at[map];
    const enum config_credentials credentials = credentials_in(nginx, SIZE_MAX);
    bool refused = false;
    if (!is_origin(at, 1)) {
        struct found found = found_at(at, "nginx, map");
        if (word_mentions(at, 1, "$http_origin"))
            find_unread(nginx->reading, &found, "more than the origin is mapped");
        return;
    }
    for (size_t i = map + 1; i < at->end; i++) {
        const struct directive *entry = &nginx->directives.at[i];
        struct found found = found_at(entry, "nginx, map $http_origin");
        found.key = (uint64_t)at->from + 1;
        found.credentials = credentials;
        if (word_is(entry, 0, "include"))
            find_unread(nginx->reading, &found, "the entries are in another file");
        if (entry->count < 2 || word_is(entry, 0, "include"))
            continue;
        if (!refuses(&entry->words[1]))
            find_entry(nginx, &found, entry, refused);
        else
            refused = refused || !word_is(entry, 0, "default");
    }
}

/* ---- if ------------------------------------------------------------------------------------ */

static bool asks_origin(const struct directive *directive)
{
    return word_is(directive, 0, "if") && is_origin(directive, 1) && directive->count > 3;
}

/* The last word without the bracket that ends the condition. */
static struct config_string condition_value(const struct nginx *nginx,
                                            const struct directive *directive)
{
    const struct config_string *last = &directive->words[directive->count - 1];
    if (bytes_are_string(last->bytes, ")"))
        return directive->words[directive->count - 2];
    const size_t len = last->bytes.len;
    const bool closes = len > 0 && last->bytes.at[len - 1] == ')' &&
                        nginx->reading->bytes.at[last->offsets[len] - 1] == ')';
    return string_part(nginx->reading, *last, 0, closes ? len - 1 : len);
}

static void read_if(const struct nginx *nginx, size_t index)
{
    const struct directive *at = &nginx->directives.at[index];
    struct found found = found_at(at, "nginx, if ($http_origin ...)");
    const struct config_string value = condition_value(nginx, at);
    found.credentials = credentials_in(nginx, index);
    found.key = at->parent == SIZE_MAX ? 1 : (uint64_t)nginx->directives.at[at->parent].from + 1;
    if (word_is(at, 2, "~") || word_is(at, 2, "!~")) {
        found.dialect = "pcre2";
        found.match = "search";
    } else if (word_is(at, 2, "~*") || word_is(at, 2, "!~*")) {
        found.preset = "nginx-i";
    } else if (word_is(at, 2, "=") || word_is(at, 2, "!=")) {
        found.dialect = "literal";
        found.match = "full";
        if (value.bytes.len == 0)
            return;
    } else {
        find_unread(nginx->reading, &found, "the condition could not be read");
        return;
    }
    if (found.dialect != NULL && strcmp(found.dialect, "literal") == 0 &&
        mentions(value.bytes, "$"))
        find_unread(nginx->reading, &found, "the origin is compared with a variable");
    else
        find_word(nginx->reading, &found, &value, 0);
}

/* ---- add_header ---------------------------------------------------------------------------- */

/* Whether a variable is given something only where the origin was asked for, or by a map of it. */
static bool is_decided(const struct nginx *nginx, struct cors_bytes name)
{
    bool decided = false;
    for (size_t i = 0; i < nginx->directives.count; i++) {
        const struct directive *at = &nginx->directives.at[i];
        if (word_is(at, 0, "map") && at->count > 2 && bytes_are(at->words[2].bytes, name))
            decided = decided || word_mentions(at, 1, "$http_origin");
        if (!word_is(at, 0, "set") || at->count < 3 || !bytes_are(at->words[1].bytes, name))
            continue;
        if (at->parent != SIZE_MAX && asks_origin(&nginx->directives.at[at->parent]))
            decided = true;
        else if (word_mentions(at, 2, "$http_origin"))
            return false;
    }
    return decided;
}

static bool is_if_decided(const struct nginx *nginx, const struct directive *at)
{
    if (asks_origin(at))
        return true;
    if (!word_is(at, 0, "if") || at->count < 2)
        return false;
    struct cors_bytes name = at->words[1].bytes;
    while (name.len > 0 && *name.at == '(') {
        name.at++;
        name.len--;
    }
    while (name.len > 0 && name.at[name.len - 1] == ')')
        name.len--;
    return is_decided(nginx, name);
}

/* Whether the origin was asked for around a directive, or before it with a return. */
static bool is_guarded(const struct nginx *nginx, size_t index)
{
    for (size_t at = index; at != SIZE_MAX; at = nginx->directives.at[at].parent) {
        if (is_if_decided(nginx, &nginx->directives.at[at]))
            return true;
        const size_t parent = nginx->directives.at[at].parent;
        for (size_t i = parent == SIZE_MAX ? 0 : parent + 1; i < at; i++) {
            const struct directive *before = &nginx->directives.at[i];
            if (before->parent != parent || !asks_origin(before) || !word_mentions(before, 2, "!"))
                continue;
            for (size_t k = i + 1; k < before->end; k++)
                if (word_is(&nginx->directives.at[k], 0, "return"))
                    return true;
        }
    }
    return false;
}

/* A variable of the header's value: one that is set to the origin is the origin. */
static bool is_set_to_origin(const struct nginx *nginx, struct cors_bytes name)
{
    for (size_t i = 0; i < nginx->directives.count; i++) {
        const struct directive *at = &nginx->directives.at[i];
        if (word_is(at, 0, "set") && at->count > 2 && bytes_are(at->words[1].bytes, name) &&
            is_origin(at, 2))
            return true;
    }
    return false;
}

static void find_header(const struct nginx *nginx, size_t index, struct found *found,
                        const struct config_string *value)
{
    const struct directive *at = &nginx->directives.at[index];
    found->credentials = credentials_in(nginx, at->parent);
    found->key = at->parent == SIZE_MAX ? 1 : (uint64_t)nginx->directives.at[at->parent].from + 1;
    if (!mentions(value->bytes, "$")) {
        find_sent(nginx->reading, found, value);
        return;
    }
    const bool origin = same_letters(value->bytes, "$http_origin") ||
                        same_letters(value->bytes, "${http_origin}") ||
                        is_set_to_origin(nginx, value->bytes);
    if (is_decided(nginx, value->bytes) || (origin && is_guarded(nginx, index)))
        return;
    if (origin)
        find_any(nginx->reading, found);
    else
        find_unread(nginx->reading, found, "the value is put together from variables");
}

static void read_header(const struct nginx *nginx, size_t index)
{
    const struct directive *at = &nginx->directives.at[index];
    struct found found = found_at(at, "nginx, add_header");
    if (word_is(at, 0, "add_header") && word_is_like(at, 1, header_name) && at->count > 2) {
        find_header(nginx, index, &found, &at->words[2]);
        return;
    }
    const size_t name_len = strlen(header_name);
    for (size_t i = 1; word_is(at, 0, "more_set_headers") && i < at->count; i++) {
        const struct config_string *word = &at->words[i];
        if (word->bytes.len <= name_len || word->bytes.at[name_len] != ':' ||
            !same_letters((struct cors_bytes){word->bytes.at, name_len}, header_name))
            continue;
        size_t skip = name_len + 1;
        while (skip < word->bytes.len && word->bytes.at[skip] == ' ')
            skip++;
        const struct config_string value =
            string_part(nginx->reading, *word, skip, word->bytes.len);
        found.what = "nginx, more_set_headers";
        find_header(nginx, index, &found, &value);
    }
}

void read_nginx(struct reading *reading)
{
    struct nginx nginx = {.reading = reading};
    read_directives(reading, &nginx.directives);
    uint64_t looks = 0;
    for (size_t i = 0; i < nginx.directives.count && looks <= MOST_DIRECTIVE_LOOKS; i++) {
        const struct directive *at = &nginx.directives.at[i];
        /* What decides about one of these is looked for among all directives. */
        if (at->is_block || at->count > 2)
            looks += nginx.directives.count;
        if (looks > MOST_DIRECTIVE_LOOKS)
            find_broken(reading, at->from, "the file has too many directives from here on");
        if (word_is(at, 0, "map") && at->is_block)
            read_map(&nginx, i);
        else if (asks_origin(at))
            read_if(&nginx, i);
        else
            read_header(&nginx, i);
    }
    free(nginx.directives.at);
}
