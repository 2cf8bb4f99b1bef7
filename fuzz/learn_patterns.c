/* What was learnt, for people. Each origin that was let in, the shortest first, is made as general
 * as the model lets it be: pieces of its host become wildcards where samples of them are let in,
 * the largest pieces and the widest wildcards first. Then the validator itself is asked about
 * samples of the pattern. */
#include "learn_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ELEMENTS = 64, SAMPLES = 48, ENOUGH = 8, ASKED = 12, COUNTED = 32, PIECES = 24 };

struct wildcard {
    const char *text;
    const char *alphabet; /* what samples are made of */
    size_t most;          /* characters */
};
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
static const struct wildcard wildcards[] = {
    {"*", LETTERS "0123456789---....", 6},
    {"[a-z0-9-]+", LETTERS "0123456789---", 6},
    {"[a-z]+", LETTERS, 6},
    {"[0-9]+", "0123456789", 4},
    {"?", LETTERS "0123456789---....", 1},
    {"[a-z0-9-]", LETTERS "0123456789---", 1},
    {"[a-z]", LETTERS, 1},
    {"[0-9]", "0123456789", 1},
};
enum { WILDCARDS = sizeof wildcards / sizeof *wildcards };

struct element {
    const struct wildcard *wildcard; /* NULL: the bytes from, to of the origin */
    size_t from, to;
};

struct pattern {
    struct word origin; /* that it was made of */
    bool both_schemes, any_port, holds;
    size_t scheme, port; /* where the host begins and ends in the origin */
    struct element elements[ELEMENTS];
    size_t count;
};

/* ---- Matching ------------------------------------------------------------------------------ */

static bool is_of(const struct wildcard *wildcard, char c)
{
    return strchr(wildcard->alphabet, '.') != NULL || strchr(wildcard->alphabet, c) != NULL;
}

/* Marks where the element can end, given where it can begin. */
static void match_element(const struct pattern *pattern, const struct element *element,
                          struct cors_bytes host, const bool *begin, bool *end)
{
    memset(end, 0, (host.len + 1) * sizeof *end);
    const size_t length = element->to - element->from;
    for (size_t i = 0; i <= host.len; i++) {
        if (!begin[i])
            continue;
        if (element->wildcard == NULL) {
            if (length <= host.len - i &&
                memcmp(host.at + i, pattern->origin.at + element->from, length) == 0)
                end[i + length] = true;
            continue;
        }
        const size_t most = element->wildcard->most == 1 ? i + 1 : host.len;
        for (size_t j = i; j < most && j < host.len && is_of(element->wildcard, host.at[j]); j++)
            end[j + 1] = true;
    }
}

static bool matches(const struct pattern *pattern, struct cors_bytes origin)
{
    struct origin_parts parts;
    bool places[2][LONGEST_ORIGIN + 1] = {{true}};
    if (!origin_take_apart(origin, &parts) || parts.opaque)
        return false;
    const size_t start = (size_t)(parts.host.at - origin.at), end = start + parts.host.len;
    if (!pattern->both_schemes &&
        (start != pattern->scheme || memcmp(origin.at, pattern->origin.at, start) != 0))
        return false;
    const size_t port = pattern->origin.length - pattern->port;
    if (!pattern->any_port &&
        (origin.len - end != port ||
         memcmp(origin.at + end, pattern->origin.at + pattern->port, port) != 0))
        return false;
    for (size_t i = 0; i < pattern->count; i++)
        match_element(pattern, &pattern->elements[i], parts.host, places[i % 2],
                      places[(i + 1) % 2]);
    return places[pattern->count % 2][parts.host.len];
}

/* ---- Samples ------------------------------------------------------------------------------- */

static struct word sample(struct learning *learning, const struct pattern *pattern)
{
    const struct cors_bytes origin = word_bytes(&pattern->origin);
    struct word word = word_of(CORS_BYTES(""));
    if (pattern->both_schemes)
        word_add(&word,
                 learn_below(learning, 2) == 0 ? CORS_BYTES("http://") : CORS_BYTES("https://"));
    else
        word_add(&word, (struct cors_bytes){origin.at, pattern->scheme});
    for (size_t i = 0; i < pattern->count; i++) {
        const struct element *element = &pattern->elements[i];
        if (element->wildcard == NULL) {
            word_add(&word,
                     (struct cors_bytes){origin.at + element->from, element->to - element->from});
            continue;
        }
        const size_t letters = strlen(element->wildcard->alphabet);
        for (size_t left = 1 + learn_below(learning, element->wildcard->most); left > 0; left--)
            word_add(&word, (struct cors_bytes){
                                element->wildcard->alphabet + learn_below(learning, letters), 1});
    }
    if (pattern->any_port) {
        char port[16] = "";
        if (learn_below(learning, 4) > 0)
            snprintf(port, sizeof port, ":%zu", 1024 + learn_below(learning, 64000));
        word_add(&word, (struct cors_bytes){port, strlen(port)});
    } else {
        word_add(&word, (struct cors_bytes){origin.at + pattern->port, origin.len - pattern->port});
    }
    return word;
}

/* Of well-formed names only: a label that begins with a hyphen is nobody's. */
static bool counts(const struct learning *learning, const struct word *word)
{
    return origin_sendable(word_bytes(word), PROFILE_ABNF) &&
           learn_in_language(learning, word_bytes(word));
}

/* A sample that the model refuses after many that it has: perhaps it is the model that is wrong. */
static void doubt(struct learning *learning, const struct word *word)
{
    bool allowed;
    if (learning->end == LEARNED_STABLE && learn_ask(learning, word, 1, &allowed) && allowed)
        (void)model_correct(learning, word, &allowed, 1, &learning->contradicted);
}

static bool model_has(struct learning *learning, const struct pattern *pattern)
{
    size_t counted = 0;
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct word word = sample(learning, pattern);
        if (!counts(learning, &word))
            continue;
        if (!model_allows(learning, word_bytes(&word))) {
            if (counted >= ENOUGH)
                doubt(learning, &word);
            return false;
        }
        counted++;
    }
    return counted >= ENOUGH;
}

/* ---- Making one ---------------------------------------------------------------------------- */

static bool generalise_range(struct learning *learning, struct pattern *pattern, size_t first,
                             size_t last)
{
    for (size_t i = first; i <= last; i++)
        if (pattern->elements[i].wildcard != NULL)
            return false;
    for (size_t i = 0; i < WILDCARDS; i++) {
        struct pattern general = *pattern;
        general.elements[first].wildcard = &wildcards[i];
        memmove(&general.elements[first + 1], &pattern->elements[last + 1],
                (pattern->count - last - 1) * sizeof *general.elements);
        general.count = pattern->count - (last - first);
        /* One character does not stand for many. */
        if (matches(&general, word_bytes(&pattern->origin)) && model_has(learning, &general)) {
            *pattern = general;
            return true;
        }
    }
    return false;
}

static void generalise_host(struct learning *learning, struct pattern *pattern)
{
    for (size_t length = pattern->count; length > 0; length--)
        for (size_t first = 0; first + length <= pattern->count; first++)
            (void)generalise_range(learning, pattern, first, first + length - 1);
}

static void generalise(struct learning *learning, struct pattern *pattern)
{
    if (!learn_in_language(learning, word_bytes(&pattern->origin)))
        return;
    struct pattern general = *pattern;
    general.both_schemes = true;
    if (model_has(learning, &general))
        pattern->both_schemes = true;
    general = *pattern;
    general.any_port = true;
    if (model_has(learning, &general))
        pattern->any_port = true;
    if (pattern->count <= PIECES)
        generalise_host(learning, pattern);
}

static bool pattern_of(const struct learning *learning, struct cors_bytes origin,
                       struct pattern *out)
{
    struct reading reading;
    *out = (struct pattern){.origin = word_of(origin), .port = origin.len};
    if (!symbols_read(learning, origin, &reading)) { /* null */
        out->scheme = origin.len;
        return true;
    }
    out->scheme = reading.at[0].to;
    for (size_t i = 1; i < reading.count; i++) {
        if (learning->symbols[reading.at[i].symbol].kind == SYMBOL_PORT) {
            out->port = reading.at[i].from;
            break;
        }
        if (out->count == ELEMENTS)
            return false;
        out->elements[out->count++] = (struct element){NULL, reading.at[i].from, reading.at[i].to};
    }
    return true;
}

static bool write_pattern(const struct pattern *pattern, char *text, size_t room)
{
    struct word out = word_of(CORS_BYTES(""));
    const struct cors_bytes origin = word_bytes(&pattern->origin);
    word_add(&out, pattern->both_schemes ? CORS_BYTES("*://")
                                         : (struct cors_bytes){origin.at, pattern->scheme});
    for (size_t i = 0; i < pattern->count; i++) {
        const struct element *element = &pattern->elements[i];
        const char *wild = element->wildcard == NULL ? NULL : element->wildcard->text;
        word_add(&out, wild != NULL ? (struct cors_bytes){wild, strlen(wild)}
                                    : (struct cors_bytes){origin.at + element->from,
                                                          element->to - element->from});
    }
    if (pattern->any_port)
        word_add(&out, CORS_BYTES(":*"));
    else
        word_add(&out, (struct cors_bytes){origin.at + pattern->port, origin.len - pattern->port});
    if (out.too_long || out.length >= room)
        return false;
    memcpy(text, out.at, out.length);
    text[out.length] = '\0';
    return true;
}

/* ---- All of them --------------------------------------------------------------------------- */

/* False: nothing more can be asked. */
static bool holds(struct learning *learning, const struct pattern *pattern, bool *held)
{
    struct word words[ASKED];
    bool allowed[ASKED];
    size_t count = 0;
    for (size_t i = 0; i < SAMPLES && count < ASKED; i++) {
        words[count] = sample(learning, pattern);
        count += counts(learning, &words[count]);
    }
    *held = false;
    if (!learn_ask(learning, words, count, allowed))
        return false;
    *held = true;
    for (size_t i = 0; i < count; i++)
        *held = *held && allowed[i];
    return *held || learning->end != LEARNED_STABLE ||
           model_correct(learning, words, allowed, count, &learning->contradicted);
}

struct candidate {
    size_t which;
    bool odd; /* not well-formed: these come last */
    struct cors_bytes origin;
};

static int by_length(const void *a, const void *b)
{
    const struct candidate *one = a, *other = b;
    if (one->odd != other->odd)
        return one->odd ? 1 : -1;
    if (one->origin.len != other->origin.len)
        return one->origin.len < other->origin.len ? -1 : 1;
    return one->which < other->which ? -1 : 1;
}

/* What was let in; the caller frees it. */
static struct candidate *candidates(struct learning *learning, size_t *count)
{
    struct candidate *out = malloc((learning->words.count + 1) * sizeof *out);
    *count = 0;
    if (out == NULL) {
        learning->end = LEARNED_NO_MEMORY;
        return NULL;
    }
    for (size_t i = 0; i < learning->words.count; i++) {
        const struct cors_bytes origin = origins_at(&learning->words, i);
        if (learning->allowed[i])
            out[(*count)++] = (struct candidate){i, !origin_sendable(origin, PROFILE_ABNF), origin};
    }
    qsort(out, *count, sizeof *out, by_length);
    return out;
}

struct summary {
    struct pattern patterns[COUNTED];
    size_t count, left_out;
};

static bool is_covered(const struct summary *summary, struct cors_bytes origin)
{
    for (size_t i = 0; i < summary->count; i++)
        if (matches(&summary->patterns[i], origin))
            return true;
    return false;
}

/* What is left of the earlier ones beside a new one that has all their samples. */
static void drop_within(struct learning *learning, struct summary *summary,
                        const struct pattern *wider)
{
    size_t left = 0;
    for (size_t i = 0; i < summary->count; i++) {
        bool within = matches(wider, word_bytes(&summary->patterns[i].origin));
        for (size_t j = 0; within && j < SAMPLES; j++) {
            const struct word word = sample(learning, &summary->patterns[i]);
            within = !counts(learning, &word) || matches(wider, word_bytes(&word));
        }
        if (!within)
            summary->patterns[left++] = summary->patterns[i];
    }
    summary->count = left;
}

/* One pattern more, if it holds. False: stop. */
static bool take_pattern(struct learning *learning, struct cors_bytes origin,
                         struct summary *summary)
{
    struct pattern pattern;
    if (!pattern_of(learning, origin, &pattern)) {
        summary->left_out++;
        return true;
    }
    generalise(learning, &pattern);
    if (learning->contradicted || !holds(learning, &pattern, &pattern.holds) ||
        learning->contradicted)
        return false;
    drop_within(learning, summary, &pattern);
    summary->patterns[summary->count++] = pattern;
    return true;
}

/* Made of other pieces, two patterns may read the same. */
static bool is_there(const struct learned *out, const char *pattern)
{
    for (size_t i = 0; i < out->pattern_count; i++)
        if (strcmp(out->patterns[i], pattern) == 0)
            return true;
    return false;
}

static void write_all(const struct summary *summary, struct learned *out)
{
    out->pattern_count = 0;
    out->patterns_left_out = summary->left_out;
    for (size_t i = 0; i < summary->count; i++) {
        char text[LEARNED_PATTERN];
        const bool told =
            summary->patterns[i].holds && write_pattern(&summary->patterns[i], text, sizeof text);
        if (told && is_there(out, text))
            continue;
        if (told && out->pattern_count < LEARNED_PATTERNS)
            memcpy(out->patterns[out->pattern_count++], text, sizeof text);
        else
            out->patterns_left_out++;
    }
}

bool patterns_make(struct learning *learning, struct learned *out)
{
    size_t candidate_count;
    struct candidate *all = candidates(learning, &candidate_count);
    struct summary *summary = calloc(1, sizeof *summary);
    bool fine = all != NULL && summary != NULL;
    learning->contradicted = false;
    if (!fine)
        learning->end = LEARNED_NO_MEMORY;
    for (size_t i = 0; fine && i < candidate_count && summary->count < COUNTED; i++) {
        /* What is asked meanwhile can move the cache. */
        const struct cors_bytes origin = origins_at(&learning->words, all[i].which);
        if (!is_covered(summary, origin))
            fine = take_pattern(learning, origin, summary);
    }
    if (summary != NULL)
        write_all(summary, out);
    free(summary);
    free(all);
    return fine;
}
