/* nginx: map $http_origin (https://nginx.org/en/docs/http/ngx_http_map_module.html), conditions of
 * if (https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#if), and add_header. Invariants:
 * an origin that is sent back under a condition is a finding of that condition, not of the header,
 * only if the condition cannot hold for an origin that was not checked; where that is not known, or
 * the condition is negated, this is said; what an earlier entry of a map refuses is not known to
 * the later ones, and this is said. */
#include "prove_config_nginx.h"

#include <stdlib.h>
#include <string.h>

static const char header_name[] = "Access-Control-Allow-Origin";

/* One group is what stands in one block. */
static uint64_t key_of_block(const struct nginx *nginx, size_t block)
{
    return block == SIZE_MAX ? 1 : (uint64_t)nginx->directives.at[block].from + 1;
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

static void find_pattern(const struct nginx *nginx, struct found *found,
                         const struct config_string *key)
{
    const bool ignores = key->bytes.len > 1 && key->bytes.at[1] == '*';
    found->preset = ignores ? "nginx-i" : "nginx";
    find_word(nginx->reading, found, key, ignores ? 2 : 1);
}

static void decode_text(struct decoded *decoded, const char *text, uint32_t offset)
{
    for (; *text != '\0'; text++)
        decode_byte(decoded, *text, offset);
}

static bool is_wildcard(struct cors_bytes key)
{
    return key.len > 2 &&
           (memcmp(key.at, "*.", 2) == 0 || *key.at == '.' || ends_with_letters(key, ".*"));
}

/* A key behind "hostnames", as a pattern: the value is cut at its dots, whatever it is, a star is
 * some parts of it, and a dot at its end is passed over. */
static void find_host_name(const struct nginx *nginx, struct found *found,
                           const struct config_string *key)
{
    const struct cors_bytes bytes = key->bytes;
    const bool at_begin = is_wildcard(bytes) && !ends_with_letters(bytes, ".*");
    const bool at_end = is_wildcard(bytes) && !at_begin;
    const size_t from = at_begin ? (size_t)(*bytes.at == '*') : 0;
    const size_t to = bytes.len - (at_end ? 1 : 0);
    const uint32_t first = key->offsets[0], last = key->offsets[bytes.len];
    struct decoded pattern = decode_begin(nginx->reading, 2 * bytes.len + 8);
    struct config_string *string = memory_take(nginx->reading->memory, sizeof *string);
    decode_text(&pattern, at_begin ? "^.+" : "^", first);
    for (size_t i = from; i < to; i++) {
        if (strchr("\\^$.[]|()?*+{}", bytes.at[i]) != NULL)
            decode_byte(&pattern, '\\', key->offsets[i]);
        decode_byte(&pattern, bytes.at[i], key->offsets[i]);
    }
    decode_text(&pattern, at_end ? ".+$" : "\\.?$", last);
    *string = decode_end(&pattern, last);
    found->preset = "nginx-i";
    found->strings = string;
    found->count = 1;
    find_check(nginx->reading, found);
}

/* A map while its entries are read. */
struct map {
    size_t at;
    bool host_names; /* from here on */
    bool refused;    /* an entry before refuses */
    bool excepts;    /* some entry that is a pattern refuses */
};

/* One entry that accepts. */
static void find_entry(const struct nginx *nginx, struct found *found,
                       const struct directive *entry, const struct map *map)
{
    const struct config_string *key = &entry->words[0], *value = &entry->words[1];
    const bool pattern = key->bytes.len > 0 && *key->bytes.at == '~';
    if (mentions(value->bytes, "://") && !mentions(value->bytes, "$")) {
        find_sent(nginx->reading, found, value);
    } else if (same_letters(key->bytes, "default")) {
        found->star = bytes_are_string(value->bytes, "*");
        if (!found->star && !nginx_is_origin(entry, 1))
            find_unread(nginx->reading, found, "what the default stands for could not be read");
        else if (map->excepts)
            find_unread(nginx->reading, found, "other entries refuse some origins");
        else
            find_any(nginx->reading, found);
    } else if (map->refused && (pattern || (map->host_names && is_wildcard(key->bytes)))) {
        find_unread(nginx->reading, found, "entries before it refuse some origins");
    } else if (pattern) {
        find_pattern(nginx, found, key);
    } else if (map->host_names && key->bytes.len > 0) {
        find_host_name(nginx, found, key);
    } else {
        const size_t skip = key->bytes.len > 1 && *key->bytes.at == '\\' ? 1 : 0;
        found->preset = "nginx-string";
        find_word(nginx->reading, found, key, skip);
    }
}

static bool has_exceptions(struct nginx *nginx, size_t index)
{
    const struct directive *at = &nginx->directives.at[index];
    for (size_t i = index + 1; i < at->end; i++) {
        const struct directive *entry = &nginx->directives.at[i];
        const struct cors_bytes key = entry->words[0].bytes;
        if (nginx_is_entry(entry) && (is_wildcard(key) || (key.len > 0 && *key.at == '~')) &&
            nginx_is_refused(nginx, index, entry->words[1].bytes))
            return true;
    }
    return false;
}

static void read_map(struct nginx *nginx, size_t index)
{
    const struct directive *at = &nginx->directives.at[index];
    const enum config_credentials credentials = credentials_in(nginx, SIZE_MAX);
    struct map map = {.at = index};
    if (!nginx_is_origin(at, 1)) {
        struct found found = found_at(at, "nginx, map");
        if (word_mentions(at, 1, "http_origin"))
            find_unread(nginx->reading, &found, "more than the origin is mapped");
        return;
    }
    map.excepts = has_exceptions(nginx, index);
    for (size_t i = index + 1; i < at->end && nginx->looks <= MOST_DIRECTIVE_LOOKS; i++) {
        const struct directive *entry = &nginx->directives.at[i];
        struct found found = found_at(entry, "nginx, map $http_origin");
        found.key = (uint64_t)at->from + 1;
        found.credentials = credentials;
        map.host_names = map.host_names || (entry->count == 1 && word_is(entry, 0, "hostnames"));
        if (word_is(entry, 0, "include"))
            find_unread(nginx->reading, &found, "the entries are in another file");
        if (!nginx_is_entry(entry))
            continue;
        if (!nginx_is_refused(nginx, index, entry->words[1].bytes))
            find_entry(nginx, &found, entry, &map);
        else
            map.refused = map.refused || !word_is(entry, 0, "default");
    }
}

/* ---- if ------------------------------------------------------------------------------------ */

/* Whether a block does nothing but take the values of variables away. */
static bool only_empties(const struct nginx *nginx, size_t index)
{
    const struct directive *block = &nginx->directives.at[index];
    for (size_t i = index + 1; i < block->end; i++) {
        const struct directive *at = &nginx->directives.at[i];
        if (!word_is(at, 0, "set") || !word_is(at, 2, ""))
            return false;
    }
    return block->end > index + 1;
}

static void read_if(struct nginx *nginx, size_t index, const struct condition *condition)
{
    const struct directive *at = &nginx->directives.at[index];
    struct found found = found_at(at, "nginx, if ($http_origin ...)");
    const struct config_string value =
        string_part(nginx->reading, *condition->word, 0, condition->value.len);
    struct cors_bytes sign = condition->sign;
    const bool negated = is_negated(condition), refuses_them = nginx_is_refusal(nginx, index);
    found.credentials = credentials_in(nginx, index);
    found.key = key_of_block(nginx, at->parent);
    if (negated) {
        sign.at++;
        sign.len--;
    } else if (refuses_them) {
        return; /* those who are let in are the others */
    }
    if ((negated && !refuses_them) || only_empties(nginx, index)) {
        find_unread(nginx->reading, &found,
                    negated ? "the condition is negated" : "it says who is refused");
        return;
    }
    if (same_letters(sign, "~")) {
        found.dialect = "pcre2";
        found.match = "search";
    } else if (same_letters(sign, "~*")) {
        found.preset = "nginx-i";
    } else if (!same_letters(sign, "=")) {
        find_unread(nginx->reading, &found, "the condition could not be read");
        return;
    } else if (mentions(value.bytes, "$")) {
        find_unread(nginx->reading, &found, "the origin is compared with a variable");
        return;
    } else {
        found.dialect = "literal";
        found.match = "full";
    }
    find_word(nginx->reading, &found, &value, 0);
}

/* ---- add_header ---------------------------------------------------------------------------- */

/* A header whose value is a variable other than the origin. */
static void find_variable(struct nginx *nginx, size_t index, struct found *found,
                          struct cors_bytes name, enum guard guard)
{
    struct unchecked unchecked = {.of_header = true};
    nginx_collect(nginx, name, index, &unchecked, 0);
    if (!unchecked.given || unchecked.unread || unchecked.suffix_count > 0) {
        find_unread(nginx->reading, found, "the value is put together from variables");
        return;
    }
    if (unchecked.reflects) {
        if (guard == GUARD_NONE && !unchecked.withdrawn)
            find_any(nginx->reading, found);
        else
            find_unread(nginx->reading, found, guard_unread_reason);
        return;
    }
    for (size_t i = 0; i < unchecked.count; i++) {
        const struct config_string *value = unchecked.values[i];
        if (mentions(value->bytes, "$"))
            find_unread(nginx->reading, found,
                        unchecked.asked ? guard_unread_reason
                                        : "the value is put together from variables");
        else if (!nginx_refuses(value->bytes))
            find_sent(nginx->reading, found, value);
    }
}

static void find_header(struct nginx *nginx, size_t index, struct found *found,
                        const struct config_string *value)
{
    const struct cors_bytes name = nginx_variable(value->bytes);
    const bool origin = same_letters(name, "http_origin");
    const bool star = bytes_are_string(value->bytes, "*");
    const enum guard guard = nginx_guard(nginx, index, 0);
    found->credentials = credentials_in(nginx, nginx->directives.at[index].parent);
    found->key = key_of_block(nginx, nginx->directives.at[index].parent);
    if (guard == GUARD_READ && (origin || star || name.len > 0))
        return;
    if (guard == GUARD_UNREAD && (origin || star))
        find_unread(nginx->reading, found, guard_unread_reason);
    else if (origin)
        find_any(nginx->reading, found);
    else if (name.len > 0)
        find_variable(nginx, index, found, name, guard);
    else if (mentions(value->bytes, "$"))
        find_unread(nginx->reading, found, "the value is put together from variables");
    else
        find_sent(nginx->reading, found, value);
}

static void read_header(struct nginx *nginx, size_t index)
{
    const struct directive *at = &nginx->directives.at[index];
    struct found found = found_at(at, "nginx, add_header");
    if (word_is(at, 0, "add_header")) {
        find_header(nginx, index, &found, &at->words[2]);
        return;
    }
    const size_t name_len = strlen(header_name);
    found.what = "nginx, more_set_headers";
    for (size_t i = 1; i < at->count; i++) {
        const struct config_string *word = &at->words[i];
        if (word->bytes.len <= name_len || word->bytes.at[name_len] != ':' ||
            !same_letters((struct cors_bytes){word->bytes.at, name_len}, header_name))
            continue;
        size_t skip = name_len + 1;
        while (skip < word->bytes.len && word->bytes.at[skip] == ' ')
            skip++;
        const struct config_string value =
            string_part(nginx->reading, *word, skip, word->bytes.len);
        find_header(nginx, index, &found, &value);
    }
}

/* Another directive that may send it, as one of a programming language. */
static bool may_send(const struct directive *at)
{
    static const char *const others[] = {"add_header", "more_set_headers", "more_clear_headers",
                                         "return",     "log_format",       "sub_filter"};
    if (!nginx_mentions_header(at, 0) || word_mentions(at, 0, "hide_header") ||
        word_mentions(at, 0, "pass_header"))
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (word_is(at, 0, others[i]))
            return false;
    return true;
}

static void read_directive(struct nginx *nginx, size_t index)
{
    const struct directive *at = &nginx->directives.at[index];
    struct condition condition;
    if (word_is(at, 0, "map") && at->is_block) {
        read_map(nginx, index);
    } else if (nginx_condition(nginx, index, &condition)) {
        if (is_of_origin(&condition))
            read_if(nginx, index, &condition);
    } else if (nginx_is_header(at)) {
        read_header(nginx, index);
    } else if (may_send(at)) {
        struct found found = found_at(at, "nginx, Access-Control-Allow-Origin");
        find_unread(nginx->reading, &found, "how the header is sent could not be read");
    }
}

void read_nginx(struct reading *reading)
{
    struct nginx nginx = {.reading = reading};
    read_directives(reading, &nginx.directives);
    for (size_t i = 0; i < nginx.directives.count; i++) {
        const struct directive *at = &nginx.directives.at[i];
        /* What decides about one of these is looked for among all directives. */
        if (at->is_block || at->count > 2)
            nginx.looks += nginx.directives.count;
        if (nginx.looks > MOST_DIRECTIVE_LOOKS) {
            find_broken(reading, at->from, "the file has too many directives from here on");
            break;
        }
        read_directive(&nginx, i);
    }
    free(nginx.directives.at);
}
