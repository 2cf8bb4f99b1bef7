/* Caddyfile: matchers of the Origin header
 * (https://caddyserver.com/docs/caddyfile/matchers#header-regexp), and the header directive.
 * Invariants: a header that a matcher of the origin guards is a finding of that matcher; a matcher
 * that is negated, or could not be read, is said. */
#include "prove_config_words.h"

#include <stdlib.h>
#include <string.h>

struct caddy {
    struct reading *reading;
    struct directives directives;
    bool refuses;    /* something in the file turns origins away */
    uint64_t *looks; /* at directives, for what decides about another one */
};

enum { MOST_DIRECTIVE_LOOKS = 100 << 20 };

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

/* Where the field of `header_regexp [NAME] FIELD PATTERN` is. */
static size_t field_of(const struct directive *directive, size_t at)
{
    return directive->count > at + 3 ? at + 2 : at + 1;
}

static bool is_matcher(const struct directive *directive)
{
    return directive->words[0].bytes.len > 1 && *directive->words[0].bytes.at == '@';
}

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

/* Whether a matcher stands in front of a directive, or of one around it. */
static bool is_under(const struct caddy *caddy, size_t index, struct cors_bytes matcher)
{
    for (size_t at = index; at != SIZE_MAX; at = caddy->directives.at[at].parent) {
        const struct directive *directive = &caddy->directives.at[at];
        if (directive->count > 1 && bytes_are(directive->words[1].bytes, matcher))
            return true;
    }
    return false;
}

/* Whether a header under a matcher sends something else than what has `whole` in it. */
static bool sends_other(const struct caddy *caddy, struct cors_bytes matcher, const char *whole)
{
    for (size_t i = 0; i < caddy->directives.count; i++) {
        const struct directive *at = &caddy->directives.at[i];
        for (size_t w = 0; w + 1 < at->count; w++)
            if (is_header(at, w) && !word_mentions(at, w + 1, whole) && is_under(caddy, i, matcher))
                return true;
    }
    return false;
}

static void read_pattern(const struct caddy *caddy, const struct directive *directive, size_t at,
                         struct found *found)
{
    const size_t field = field_of(directive, at);
    found->what = "Caddy, header_regexp Origin";
    const struct cors_bytes name =
        field == at + 1 ? (struct cors_bytes){"", 0} : directive->words[at + 1].bytes;
    const struct cors_bytes matcher = at == 1
                                          ? directive->words[0].bytes
                                          : caddy->directives.at[directive->parent].words[0].bytes;
    struct memory *memory = caddy->reading->memory;
    const struct cors_bytes whole =
        memory_format(memory, "re.%.*s%s0}", (int)name.len, name.at, name.len > 0 ? "." : "");
    const struct cors_bytes group =
        memory_format(memory, "re.%.*s%s1}", (int)name.len, name.at, name.len > 0 ? "." : "");
    found->preset =
        mentions(caddy->reading->bytes, whole.at) && !sends_other(caddy, matcher, whole.at)
            ? "caddy-matched"
            : "caddy";
    if (mentions(caddy->reading->bytes, group.at))
        find_unread(caddy->reading, found, "only a part of what matched is sent");
    else
        find_word(caddy->reading, found, &directive->words[field + 1], 0);
}

static bool mentions_origin(const struct directive *directive, size_t from)
{
    for (size_t i = from; i < directive->count; i++)
        if (word_is_like(directive, i, "Origin") || word_is_like(directive, i, "!Origin") ||
            word_mentions(directive, i, "header.origin") ||
            word_mentions(directive, i, ">origin}") || word_mentions(directive, i, "'origin'") ||
            word_mentions(directive, i, "\"origin\""))
            return true;
    return false;
}

/* A matcher whose words begin at `at`. */
static enum guard guard_of_words(const struct directive *directive, size_t at)
{
    const bool value = word_is(directive, at, "header") && directive->count > at + 2 &&
                       word_is_like(directive, at + 1, "Origin");
    const bool pattern = word_is(directive, at, "header_regexp") && directive->count > at + 2 &&
                         word_is_like(directive, field_of(directive, at), "Origin");
    if (value || pattern)
        return GUARD_READ;
    const bool other = word_is(directive, at, "header") || word_is(directive, at, "header_regexp");
    return mentions_origin(directive, other ? at + 1 : at) &&
                   !(word_is(directive, at, "header_regexp") &&
                     !word_is_like(directive, field_of(directive, at), "!Origin"))
               ? GUARD_UNREAD
               : GUARD_NONE;
}

/* One of a matcher's block, with its own block: `not { ... }`. */
static enum guard guard_of_line(const struct caddy *caddy, size_t index)
{
    const struct directive *at = &caddy->directives.at[index];
    for (size_t i = index + 1; i < at->end; i++)
        if (mentions_origin(&caddy->directives.at[i], 0))
            return GUARD_UNREAD;
    return guard_of_words(at, 0);
}

/* What the definition of a matcher says: all of its lines hold. */
static enum guard guard_of_matcher(const struct caddy *caddy, size_t index)
{
    const struct directive *at = &caddy->directives.at[index];
    enum guard guard = at->is_block ? GUARD_NONE : guard_of_words(at, 1);
    for (size_t i = index + 1; i < at->end; i++)
        if (caddy->directives.at[i].parent == index)
            guard = stronger_guard(guard, guard_of_line(caddy, i));
    return guard;
}

/* Whether a definition is one of a block that a directive stands in. */
static bool is_in_scope(const struct caddy *caddy, size_t definition, size_t index)
{
    for (size_t at = index; at != SIZE_MAX; at = caddy->directives.at[at].parent)
        if (caddy->directives.at[at].parent == caddy->directives.at[definition].parent)
            return true;
    return false;
}

/* What a name says where a directive stands. One that could not be read is a finding too; what is
 * defined elsewhere is none. */
static enum guard guard_of_name(const struct caddy *caddy, struct cors_bytes name, size_t index)
{
    for (size_t i = 0; i < caddy->directives.count; i++) {
        if (++*caddy->looks > MOST_DIRECTIVE_LOOKS)
            break;
        const struct directive *at = &caddy->directives.at[i];
        if (is_matcher(at) && bytes_are(at->words[0].bytes, name) && is_in_scope(caddy, i, index))
            return guard_of_matcher(caddy, i) == GUARD_NONE ? GUARD_NONE : GUARD_READ;
    }
    return GUARD_UNREAD;
}

static enum guard guard_of(const struct caddy *caddy, size_t index)
{
    enum guard guard = GUARD_NONE;
    for (size_t at = index; at != SIZE_MAX; at = caddy->directives.at[at].parent) {
        const struct directive *directive = &caddy->directives.at[at];
        if (directive->count > 1 && directive->words[1].bytes.len > 1 &&
            *directive->words[1].bytes.at == '@' && !is_matcher(directive))
            guard = stronger_guard(guard, guard_of_name(caddy, directive->words[1].bytes, at));
    }
    return guard;
}

static bool is_refusal(const struct directive *at)
{
    if (word_is(at, 0, "abort"))
        return true;
    for (size_t i = 1; (word_is(at, 0, "respond") || word_is(at, 0, "error")) && i < at->count; i++)
        if (at->words[i].bytes.len == 3 && strchr("45", *at->words[i].bytes.at) != NULL)
            return true;
    return false;
}

/* Whether a directive, with its block, only turns requests away. */
static bool only_refuses(const struct caddy *caddy, size_t index)
{
    bool refuses = false;
    for (size_t i = index; i < caddy->directives.at[index].end; i++) {
        const struct directive *at = &caddy->directives.at[i];
        for (size_t w = 0; w < at->count; w++)
            if (is_header(at, w))
                return false;
        refuses = refuses || is_refusal(at);
    }
    return refuses;
}

/* Whether a matcher is there for nothing else but to turn requests away. */
static bool is_for_refusals(const struct caddy *caddy, size_t definition)
{
    const struct cors_bytes name = caddy->directives.at[definition].words[0].bytes;
    bool refuses = false;
    for (size_t i = 0; i < caddy->directives.count; i++) {
        const struct directive *at = &caddy->directives.at[i];
        if (at->count < 2 || !bytes_are(at->words[1].bytes, name) ||
            !is_in_scope(caddy, definition, i))
            continue;
        if (!only_refuses(caddy, i))
            return false;
        refuses = true;
    }
    return refuses;
}

/* A line of a matcher, or one that is a matcher by itself; its words begin at `at`. */
static void read_matcher(const struct caddy *caddy, size_t index, size_t at)
{
    const struct directive *directive = &caddy->directives.at[index];
    const size_t definition = at == 1 ? index : directive->parent;
    const enum guard guard = at == 1 ? guard_of_words(directive, 1) : guard_of_line(caddy, index);
    struct found found = found_at(directive, "Caddy, a matcher");
    found.credentials = credentials_in(caddy);
    found.key = (uint64_t)caddy->directives.at[definition].from + 1;
    if (guard == GUARD_UNREAD)
        find_unread(caddy->reading, &found,
                    word_is(directive, at, "not") ? "the condition is negated"
                                                  : "an expression decides");
    else if (guard == GUARD_READ && is_for_refusals(caddy, definition))
        find_unread(caddy->reading, &found, "it says who is refused");
    else if (guard == GUARD_READ && word_is(directive, at, "header"))
        read_value(caddy, directive, at, &found);
    else if (guard == GUARD_READ)
        read_pattern(caddy, directive, at, &found);
}

/* ---- Headers ------------------------------------------------------------------------------- */

static void read_header(const struct caddy *caddy, size_t index, size_t word)
{
    const struct directive *at = &caddy->directives.at[index];
    struct found found = found_at(at, "Caddy, header Access-Control-Allow-Origin");
    const enum guard guard = guard_of(caddy, index);
    if (word + 1 >= at->count || guard == GUARD_READ)
        return;
    const struct config_string *value = &at->words[word + 1];
    const bool origin = same_letters(value->bytes, "{http.request.header.Origin}") ||
                        same_letters(value->bytes, "{header.Origin}") ||
                        same_letters(value->bytes, "{>Origin}");
    found.credentials = credentials_in(caddy);
    if (word + 2 < at->count)
        find_unread(caddy->reading, &found, "a part of the header is replaced");
    else if ((origin && (guard == GUARD_UNREAD || caddy->refuses)) ||
             (guard == GUARD_UNREAD && bytes_are_string(value->bytes, "*")))
        find_unread(caddy->reading, &found, guard_unread_reason);
    else if (origin)
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
        read_matcher(caddy, index, 1);
    else if (parent != NULL && is_matcher(parent))
        read_matcher(caddy, index, 0);
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
    uint64_t looks = 0;
    struct caddy caddy = {.reading = reading, .looks = &looks};
    read_directives(reading, &caddy.directives);
    for (size_t i = 0; i < caddy.directives.count && !caddy.refuses; i++)
        caddy.refuses = is_refusal(&caddy.directives.at[i]) && guard_of(&caddy, i) != GUARD_NONE;
    for (size_t i = 0; i < caddy.directives.count; i++) {
        const struct directive *at = &caddy.directives.at[i];
        bool is_one = is_matcher(at);
        for (size_t w = 0; w < at->count && w < 4; w++)
            is_one = is_one || is_header(at, w);
        looks += is_one ? reading->bytes.len / 8 : 1;
        if (looks > MOST_DIRECTIVE_LOOKS) {
            find_broken(reading, at->from, "the file has too many directives from here on");
            break;
        }
        read_directive(&caddy, i);
    }
    free(caddy.directives.at);
}
