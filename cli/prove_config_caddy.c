/* Caddyfile: matchers of the Origin header
 * (https://caddyserver.com/docs/caddyfile/matchers#header-regexp), and the header directive.
 * Invariant: a header that a matcher of the origin guards is a finding of that matcher. */
#include "prove_config_words.h"

#include <stdlib.h>
#include <string.h>

struct caddy {
    struct reading *reading;
    struct directives directives;
};

static enum config_credentials credentials_in(const struct caddy *caddy)
{
    return mentions(caddy->reading->bytes, "Access-Control-Allow-Credentials")
               ? CONFIG_CREDENTIALS
               : CONFIG_CREDENTIALS_UNSAID;
}

/* ---- Matchers ------------------------------------------------------------------------------ */

/* `header Origin VALUE` from word `at` on. */
static void read_value(const struct caddy *caddy, const struct directive *directive, size_t at,
                       struct found *found)
{
    found->what = "Caddy, header Origin";
    found->preset = "caddy-header";
    if (at + 2 >= directive->count)
        return;
    const struct config_string *value = &directive->words[at + 2];
    if (mentions(value->bytes, "{"))
        find_unread(caddy->reading, found, "the value holds a placeholder");
    else
        find_word(caddy->reading, found, value, 0);
}

/* `header_regexp [NAME] Origin PATTERN`. */
static void read_pattern(const struct caddy *caddy, const struct directive *directive, size_t at,
                         struct found *found)
{
    const size_t field = word_is_like(directive, at + 1, "Origin") ? at + 1 : at + 2;
    found->what = "Caddy, header_regexp Origin";
    if (!word_is_like(directive, field, "Origin") || field + 1 >= directive->count)
        return;
    const struct cors_bytes name =
        field == at + 1 ? (struct cors_bytes){"", 0} : directive->words[at + 1].bytes;
    struct memory *memory = caddy->reading->memory;
    const struct cors_bytes whole =
        memory_format(memory, "re.%.*s%s0}", (int)name.len, name.at, name.len > 0 ? "." : "");
    const struct cors_bytes group =
        memory_format(memory, "re.%.*s%s1}", (int)name.len, name.at, name.len > 0 ? "." : "");
    found->preset = mentions(caddy->reading->bytes, whole.at) ? "caddy-matched" : "caddy";
    if (mentions(caddy->reading->bytes, group.at))
        find_unread(caddy->reading, found, "only a part of what matched is sent");
    else
        find_word(caddy->reading, found, &directive->words[field + 1], 0);
}

/* A matcher whose words begin at `at`. True if it is one of the origin. */
static bool read_matcher(const struct caddy *caddy, const struct directive *directive, size_t at,
                         uint64_t key)
{
    struct found found = found_at(directive, "Caddy, a matcher");
    found.credentials = credentials_in(caddy);
    found.key = key;
    if (word_is(directive, at, "header") && word_is_like(directive, at + 1, "Origin")) {
        read_value(caddy, directive, at, &found);
        return true;
    }
    if (word_is(directive, at, "header_regexp")) {
        read_pattern(caddy, directive, at, &found);
        return word_is_like(directive, at + 1, "Origin") ||
               word_is_like(directive, at + 2, "Origin");
    }
    for (size_t i = at; i < directive->count; i++)
        if (word_mentions(directive, i, "origin") &&
            (word_is(directive, at, "expression") || word_is(directive, at, "not") ||
             word_is(directive, at, "vars_regexp"))) {
            find_unread(caddy->reading, &found, "an expression decides");
            return true;
        }
    return false;
}

static bool is_matcher(const struct directive *directive)
{
    return directive->words[0].bytes.len > 1 && *directive->words[0].bytes.at == '@';
}

/* Whether a name is that of a matcher which asks for the origin. */
static bool asks_origin(const struct caddy *caddy, struct cors_bytes name)
{
    for (size_t i = 0; i < caddy->directives.count; i++) {
        const struct directive *at = &caddy->directives.at[i];
        if (!is_matcher(at) || !bytes_are(at->words[0].bytes, name))
            continue;
        for (size_t k = i; k < at->end; k++)
            for (size_t w = k == i ? 1 : 0; w < caddy->directives.at[k].count; w++)
                if (word_mentions(&caddy->directives.at[k], w, "origin"))
                    return true;
    }
    return false;
}

static bool is_guarded(const struct caddy *caddy, size_t index)
{
    for (size_t at = index; at != SIZE_MAX; at = caddy->directives.at[at].parent) {
        const struct directive *directive = &caddy->directives.at[at];
        if (directive->count > 1 && directive->words[1].bytes.len > 1 &&
            *directive->words[1].bytes.at == '@' && asks_origin(caddy, directive->words[1].bytes))
            return true;
    }
    return false;
}

/* ---- Headers ------------------------------------------------------------------------------- */

static bool is_header(const struct directive *directive, size_t word)
{
    if (word >= directive->count)
        return false;
    struct cors_bytes name = directive->words[word].bytes;
    while (name.len > 0 && strchr("+?>", *name.at) != NULL) {
        name.at++;
        name.len--;
    }
    return same_letters(name, "Access-Control-Allow-Origin");
}

static void read_header(const struct caddy *caddy, size_t index, size_t word)
{
    const struct directive *at = &caddy->directives.at[index];
    struct found found = found_at(at, "Caddy, header Access-Control-Allow-Origin");
    if (word + 1 >= at->count || is_guarded(caddy, index))
        return;
    const struct config_string *value = &at->words[word + 1];
    found.credentials = credentials_in(caddy);
    if (same_letters(value->bytes, "{http.request.header.Origin}") ||
        same_letters(value->bytes, "{header.Origin}") || same_letters(value->bytes, "{>Origin}"))
        find_any(caddy->reading, &found);
    else if (mentions(value->bytes, "{"))
        find_unread(caddy->reading, &found, "the value holds a placeholder");
    else
        find_sent(caddy->reading, &found, value);
}

static void read_directive(const struct caddy *caddy, size_t index)
{
    const struct directive *at = &caddy->directives.at[index];
    const struct directive *parent =
        at->parent == SIZE_MAX ? NULL : &caddy->directives.at[at->parent];
    if (is_matcher(at) && !at->is_block)
        read_matcher(caddy, at, 1, (uint64_t)at->from + 1);
    else if (parent != NULL && is_matcher(parent))
        read_matcher(caddy, at, 0, (uint64_t)parent->from + 1);
    else if (parent != NULL &&
             (word_is(parent, 0, "header") || word_is(parent, 0, "header_down")) &&
             is_header(at, 0))
        read_header(caddy, index, 0);
    else if (word_is(at, 0, "header") || word_is(at, 0, "header_down"))
        for (size_t i = 1; i < at->count; i++)
            if (is_header(at, i))
                read_header(caddy, index, i);
}

void read_caddy(struct reading *reading)
{
    struct caddy caddy = {.reading = reading};
    uint64_t looks = 0;
    read_directives(reading, &caddy.directives);
    for (size_t i = 0; i < caddy.directives.count; i++) {
        const struct directive *at = &caddy.directives.at[i];
        bool is_one = is_matcher(at);
        for (size_t w = 0; w < at->count && w < 4; w++)
            is_one = is_one || is_header(at, w);
        looks += is_one ? reading->bytes.len / 8 : 1;
        if (looks > 100 << 20) {
            find_broken(reading, at->from, "the file has too many directives from here on");
            break;
        }
        read_directive(&caddy, i);
    }
    free(caddy.directives.at);
}
