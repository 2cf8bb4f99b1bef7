/* HAProxy: acl lines and anonymous conditions of the Origin header
 * (https://docs.haproxy.org/2.6/configuration.html#7.1), and the header that is sent. Invariants: a
 * header under a condition is a finding of that condition only if each alternative asks for the
 * origin, and none the other way round; one whose condition has nothing to do with the origin lets
 * every origin in. */
#include "prove_config_words.h"

#include <stdlib.h>
#include <string.h>

struct haproxy {
    struct reading *reading;
    struct directives directives;
    enum config_credentials credentials;
    bool refuses;    /* other lines turn origins away, or send them elsewhere */
    uint64_t *looks; /* at directives, for what decides about another one */
};

enum { MOST_DIRECTIVE_LOOKS = 100 << 20, MOST_STEPS = 4 };

static const char header_name[] = "Access-Control-Allow-Origin";

/* How the header's value is fetched: all of it, or each part between commas. */
struct fetch {
    const char *name;
    bool whole;
    const char *method; /* that the name has in it; NULL: -m says */
};

static const struct fetch fetches[] = {
    {"req.fhdr(origin)", true, NULL},        {"fhdr(origin)", true, NULL},
    {"req.hdr(origin)", false, NULL},        {"hdr(origin)", false, NULL},
    {"hdr_str(origin)", false, "str"},       {"hdr_reg(origin)", false, "reg"},
    {"hdr_beg(origin)", false, "beg"},       {"hdr_end(origin)", false, "end"},
    {"hdr_sub(origin)", false, "sub"},       {"hdr_dom(origin)", false, "dom"},
    {"hdr_dir(origin)", false, "dir"},       {"hdr_cnt(origin)", false, "found"},
    {"req.hdr_cnt(origin)", false, "found"},
};

struct method {
    const char *word;
    const char *parts; /* the preset where parts are compared */
    const char *whole; /* and where all is */
    const char *match; /* of a literal */
};

static const struct method methods[] = {
    {"reg", "haproxy-hdr", "haproxy", NULL},    {"str", "haproxy-hdr-list", NULL, "full"},
    {"beg", "haproxy-hdr-beg", NULL, "prefix"}, {"end", "haproxy-hdr-end", NULL, "suffix"},
    {"sub", "haproxy-hdr-sub", NULL, "search"},
};

static const char capture_name[] = "capture.req.hdr(";

static const struct fetch capture = {"capture.req.hdr", true, NULL};

/* What a line captures: its number in its section, and whether it is the origin. */
static bool is_capture(const struct directive *at, bool *origin)
{
    if (word_is(at, 0, "http-request") && word_is(at, 1, "capture")) {
        *origin = word_is_like(at, 2, "req.hdr(origin)") || word_is_like(at, 2, "req.fhdr(origin)");
        return true;
    }
    *origin = word_is_like(at, 3, "origin");
    return word_is(at, 0, "capture") && word_is(at, 1, "request") && word_is(at, 2, "header");
}

/* Whether %[capture.req.hdr(NUMBER)] is the origin, in each section that captures so many. */
static bool is_captured(const struct haproxy *haproxy, struct cors_bytes word)
{
    const char *name = strstr(word.at, capture_name);
    bool captured = false, origin;
    if (name == NULL)
        return false;
    const unsigned long number = strtoul(name + strlen(capture_name), NULL, 10);
    *haproxy->looks += haproxy->directives.count;
    unsigned long index = 0;
    for (size_t i = 0; i < haproxy->directives.count; i++) {
        const struct directive *at = &haproxy->directives.at[i];
        if (word_is(at, 0, "frontend") || word_is(at, 0, "listen"))
            index = 0;
        if (!is_capture(at, &origin))
            continue;
        if (index == number && !origin)
            return false;
        captured = captured || index == number;
        index++;
    }
    return captured;
}

/* hdr(origin) and hdr(origin),lower: a browser sends lower case. */
static const struct fetch *fetch_of(struct cors_bytes word, const char **reason)
{
    const char *comma = word.len == 0 ? NULL : memchr(word.at, ',', word.len);
    const size_t len = comma == NULL ? word.len : (size_t)(comma - word.at);
    for (size_t i = 0; i < sizeof fetches / sizeof *fetches; i++)
        if (same_letters((struct cors_bytes){word.at, len}, fetches[i].name)) {
            if (comma != NULL &&
                !same_letters((struct cors_bytes){comma, word.len - len}, ",lower"))
                *reason = "the origin is changed before it is compared";
            return &fetches[i];
        }
    return len > strlen(capture_name) && comma == NULL &&
                   memcmp(word.at, capture_name, strlen(capture_name)) == 0
               ? &capture
               : NULL;
}

/* Words of a condition from `from` to `to`: flags, then patterns. */
struct condition {
    const char *method, *flags, *reason;
    size_t patterns; /* the first */
};

static struct condition read_flags(const struct directive *at, size_t from, size_t to,
                                   const struct fetch *fetch)
{
    struct condition condition = {.method = fetch->method == NULL ? "str" : fetch->method,
                                  .patterns = from};
    while (condition.patterns < to) {
        const size_t i = condition.patterns;
        if (word_is(at, i, "-i")) {
            condition.flags = "i";
        } else if (word_is(at, i, "-m") && i + 1 < to) {
            condition.method = at->words[i + 1].bytes.at;
            condition.patterns++;
        } else if (word_is(at, i, "-f") || word_is(at, i, "-M")) {
            condition.reason = "the patterns are in another file";
            condition.patterns++;
        } else if (word_is(at, i, "--")) {
            condition.patterns++;
            break;
        } else if (!word_is(at, i, "-n")) {
            break;
        }
        condition.patterns++;
    }
    return condition;
}

static void find_patterns(const struct haproxy *haproxy, const struct directive *at,
                          struct found *found, size_t from, size_t to)
{
    struct config_string *strings =
        memory_take(haproxy->reading->memory, (to - from) * sizeof *strings);
    for (size_t i = from; i < to; i++)
        strings[i - from] = at->words[i];
    found->strings = strings;
    found->count = to - from;
    find_check(haproxy->reading, found);
}

/* Whether a condition only asks for there being an origin. */
static bool only_asks_if_any(const char *method)
{
    return strcmp(method, "found") == 0 || strcmp(method, "len") == 0 ||
           strcmp(method, "bool") == 0 || strcmp(method, "int") == 0;
}

/* A fetch at `word` and what follows it up to `to`. */
static void read_condition(const struct haproxy *haproxy, const struct directive *at, size_t word,
                           size_t to, uint64_t key)
{
    struct found found = found_at(at, "HAProxy, a condition of the Origin header");
    const char *reason = NULL;
    const struct fetch *fetch = fetch_of(at->words[word].bytes, &reason);
    found.credentials = haproxy->credentials;
    found.key = key;
    if (fetch == NULL) {
        find_unread(haproxy->reading, &found, "how the origin is fetched could not be read");
        return;
    }
    struct condition condition = read_flags(at, word + 1, to, fetch);
    if (reason == NULL)
        reason = condition.reason;
    if (only_asks_if_any(condition.method))
        return;
    const struct method *method = NULL;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(methods[i].word, condition.method) == 0)
            method = &methods[i];
    if (method == NULL && reason == NULL)
        reason = "this way to compare could not be read";
    if (reason == NULL && condition.patterns >= to)
        reason = "it is compared with nothing";
    if (reason != NULL) {
        find_unread(haproxy->reading, &found, reason);
        return;
    }
    found.flags = condition.flags;
    found.preset = fetch->whole ? method->whole : method->parts;
    if (found.preset == NULL) {
        found.dialect = "literal";
        found.match = method->match;
    }
    find_patterns(haproxy, at, &found, condition.patterns, to);
}

static bool mentions_origin(const struct haproxy *haproxy, const struct directive *at, size_t word)
{
    return word_mentions(at, word, "(origin)") || word_mentions(at, word, "(origin,") ||
           (word < at->count && is_captured(haproxy, at->words[word].bytes));
}

static bool is_variable(const struct directive *at, size_t word)
{
    return word_mentions(at, word, "var(");
}

/* One key for the lines of one name. */
static uint64_t key_of(struct cors_bytes name)
{
    uint64_t key = 14695981039346656037u;
    for (size_t i = 0; i < name.len; i++)
        key = (key ^ (unsigned char)name.at[i]) * 1099511628211u;
    return key | 1ull << 63;
}

/* Whether a value is looked up or changed on its way. */
static bool is_changed(struct cors_bytes value)
{
    const char *comma = value.len == 0 ? NULL : memchr(value.at, ',', value.len);
    return comma != NULL && strcmp(comma, ",lower") != 0 && strcmp(comma, ",lower]") != 0;
}

/* ---- Conditions ---------------------------------------------------------------------------- */

static enum guard guard_of(const struct haproxy *haproxy, const struct directive *at,
                           unsigned steps);

/* What is known of the origin where a variable, var(NAME), has a value: what the lines ask that set
 * it. `*origin` is whether they set it to the origin; *set: there are any. */
static enum guard guard_of_variable(const struct haproxy *haproxy, struct cors_bytes variable,
                                    bool *set, bool *origin, unsigned steps)
{
    enum guard guard = GUARD_NONE;
    const struct cors_bytes setter =
        memory_format(haproxy->reading->memory, "set-%.*s", (int)variable.len, variable.at);
    *haproxy->looks += haproxy->directives.count;
    *set = *origin = false;
    if (steps > MOST_STEPS || *haproxy->looks > MOST_DIRECTIVE_LOOKS)
        return GUARD_UNREAD;
    for (size_t i = 0; i < haproxy->directives.count; i++) {
        const struct directive *at = &haproxy->directives.at[i];
        if (!word_is(at, 1, setter.at))
            continue;
        const enum guard one = guard_of(haproxy, at, steps + 1);
        guard = !*set || guard == one ? one : GUARD_UNREAD;
        *origin = (!*set || *origin) && mentions_origin(haproxy, at, 2) &&
                  !is_changed(at->words[2].bytes);
        *set = true;
    }
    return *set ? guard : GUARD_UNREAD;
}

/* What a fetch with its flags says of the origin. */
static enum guard guard_of_fetch(const struct haproxy *haproxy, const struct directive *at,
                                 size_t word, size_t to, unsigned steps)
{
    const char *reason = NULL;
    const struct fetch *fetch = fetch_of(at->words[word].bytes, &reason);
    const struct fetch any = {"", true, NULL};
    const bool exists =
        only_asks_if_any(read_flags(at, word + 1, to, fetch == NULL ? &any : fetch).method);
    bool set, origin;
    if (is_variable(at, word)) {
        const enum guard guard =
            guard_of_variable(haproxy, at->words[word].bytes, &set, &origin, steps);
        return guard == GUARD_NONE && !exists && origin ? GUARD_UNREAD : guard;
    }
    if (!mentions_origin(haproxy, at, word))
        return word_mentions(at, word, capture_name) ? GUARD_UNREAD : GUARD_NONE;
    return fetch != NULL && exists ? GUARD_NONE : GUARD_READ;
}

/* What the lines of a name say: one of them is enough. */
static enum guard guard_of_name(const struct haproxy *haproxy, struct cors_bytes name,
                                unsigned steps)
{
    enum guard guard = GUARD_NONE;
    bool is_first = true;
    *haproxy->looks += haproxy->directives.count;
    for (size_t i = 0; i < haproxy->directives.count; i++) {
        const struct directive *acl = &haproxy->directives.at[i];
        if (!word_is(acl, 0, "acl") || acl->count < 3 || !bytes_are(acl->words[1].bytes, name))
            continue;
        const enum guard one = guard_of_fetch(haproxy, acl, 2, acl->count, steps);
        guard = is_first || one == guard ? one : GUARD_UNREAD;
        is_first = false;
    }
    return guard;
}

/* The word `if` or `unless`; or where there is none, the end. */
static size_t condition_of(const struct directive *at)
{
    size_t word = 1;
    while (word < at->count && !word_is(at, word, "if") && !word_is(at, word, "unless"))
        word++;
    return word;
}

/* One part of a condition: a name, or a fetch in brackets. */
struct part {
    bool negated, anonymous, is_or;
    struct cors_bytes name;
    size_t word, to; /* of a fetch */
};

/* The part at a word, which goes behind it. False: there is none. */
static bool next_part(const struct directive *at, size_t *word, struct part *part)
{
    *part = (struct part){0};
    for (; *word < at->count; (*word)++) {
        struct cors_bytes bytes = at->words[*word].bytes;
        while (bytes.len > 0 && *bytes.at == '!') {
            part->negated = !part->negated;
            bytes = (struct cors_bytes){bytes.at + 1, bytes.len - 1};
        }
        if (bytes.len == 0)
            continue;
        part->is_or = same_letters(bytes, "or") || same_letters(bytes, "||");
        part->anonymous = bytes_are_string(bytes, "{");
        part->name = bytes;
        part->word = part->to = ++*word;
        if (!part->anonymous)
            return true;
        while (part->to < at->count && !word_is(at, part->to, "}"))
            part->to++;
        *word = part->to < at->count ? part->to + 1 : part->to;
        return true;
    }
    return false;
}

static enum guard guard_of_part(const struct haproxy *haproxy, const struct directive *at,
                                const struct part *part, unsigned steps)
{
    const enum guard guard = !part->anonymous ? guard_of_name(haproxy, part->name, steps)
                             : part->word < part->to
                                 ? guard_of_fetch(haproxy, at, part->word, part->to, steps)
                                 : GUARD_NONE;
    return part->negated && guard == GUARD_READ ? GUARD_UNREAD : guard;
}

/* What is known of the origin where a line's condition lets it through. */
static enum guard guard_of(const struct haproxy *haproxy, const struct directive *at,
                           unsigned steps)
{
    size_t word = condition_of(at);
    const bool unless = word_is(at, word, "unless");
    enum guard guard = GUARD_NONE, alternative = GUARD_NONE;
    bool is_first = true;
    struct part part;
    word++;
    while (next_part(at, &word, &part)) {
        if (!part.is_or) {
            alternative = stronger_guard(alternative, guard_of_part(haproxy, at, &part, steps));
            continue;
        }
        guard = is_first || guard == alternative ? alternative : GUARD_UNREAD;
        is_first = false;
        alternative = GUARD_NONE;
    }
    guard = is_first || guard == alternative ? alternative : GUARD_UNREAD;
    return unless && guard == GUARD_READ ? GUARD_UNREAD : guard;
}

/* Where the value of the header is that a line sends; 0: it sends none. */
static size_t header_value(const struct directive *at)
{
    if ((word_is(at, 1, "set-header") || word_is(at, 1, "add-header")) &&
        word_is_like(at, 2, header_name))
        return at->count > 3 ? 3 : 0;
    for (size_t i = 2; i + 2 < at->count; i++)
        if (word_is(at, i, "hdr") && word_is_like(at, i + 1, header_name))
            return i + 2;
    return 0;
}

/* A line after which the request is not what it was. */
static bool is_refusal(const struct directive *at)
{
    static const char *const actions[] = {"deny",        "tarpit",   "reject",
                                          "silent-drop", "redirect", "return"};
    if (!word_is(at, 0, "http-request") && !word_is(at, 0, "http-response"))
        return word_is(at, 0, "block") || word_is(at, 0, "redirect");
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (word_is(at, 1, actions[i]))
            return header_value(at) == 0;
    return false;
}

/* Which way round a line asks: whether its part lets an origin in, when it holds. */
static bool lets_in(const struct directive *at, const struct part *part)
{
    const bool unless = word_is(at, condition_of(at), "unless");
    return part->negated == (unless != is_refusal(at));
}

static const char *reason_of(const struct directive *at)
{
    return is_refusal(at) ? "it says who is refused" : "the condition is negated";
}

/* NULL: some line asks for a name to let origins in, or none asks for it. */
static const char *reason_of_uses(const struct haproxy *haproxy, struct cors_bytes name)
{
    const char *reason = NULL;
    struct part part;
    *haproxy->looks += haproxy->directives.count;
    for (size_t i = 0; i < haproxy->directives.count; i++) {
        const struct directive *at = &haproxy->directives.at[i];
        size_t word = word_is(at, 0, "acl") ? at->count : condition_of(at) + 1;
        *haproxy->looks += at->count;
        while (next_part(at, &word, &part)) {
            if (part.anonymous || !bytes_are(part.name, name))
                continue;
            if (lets_in(at, &part))
                return NULL;
            reason = reason_of(at);
        }
    }
    return reason;
}

/* A fetch that a line has from `word` up to `to`, as a finding; `reason`: it lets nobody in. */
static void read_fetch(const struct haproxy *haproxy, const struct directive *at, size_t word,
                       size_t to, const struct found *found, const char *reason)
{
    const enum guard guard = guard_of_fetch(haproxy, at, word, to, 0);
    const bool variable = is_variable(at, word);
    if (guard == GUARD_NONE || (variable && guard == GUARD_READ) ||
        (variable && !word_mentions(at, word, "origin")))
        return;
    if (reason != NULL)
        find_unread(haproxy->reading, found, reason);
    else
        read_condition(haproxy, at, word, to, found->key);
}

static void read_acl(const struct haproxy *haproxy, const struct directive *at)
{
    const struct cors_bytes name = at->words[1].bytes;
    struct found found = found_at(at, "HAProxy, a condition of the Origin header");
    found.credentials = haproxy->credentials;
    found.key = key_of(name);
    if (mentions_origin(haproxy, at, 2) || is_variable(at, 2))
        read_fetch(haproxy, at, 2, at->count, &found, reason_of_uses(haproxy, name));
}

static void read_anonymous(const struct haproxy *haproxy, const struct directive *at)
{
    size_t word = condition_of(at) + 1;
    struct part part;
    while (next_part(at, &word, &part)) {
        if (!part.anonymous || part.word >= part.to ||
            !(mentions_origin(haproxy, at, part.word) || is_variable(at, part.word)))
            continue;
        struct found found = found_at(at, "HAProxy, a condition of the Origin header");
        found.credentials = haproxy->credentials;
        read_fetch(haproxy, at, part.word, part.to, &found,
                   lets_in(at, &part) ? NULL : reason_of(at));
    }
}

/* ---- The header ---------------------------------------------------------------------------- */

/* %[req.hdr(origin)], or a capture that holds it. */
static bool is_origin(const struct haproxy *haproxy, struct cors_bytes value)
{
    return !is_changed(value) && (mentions(value, "hdr(origin)") || is_captured(haproxy, value));
}

static void find_header(const struct haproxy *haproxy, const struct directive *at, size_t value)
{
    struct found found = found_at(at, "HAProxy, Access-Control-Allow-Origin");
    const struct cors_bytes bytes = at->words[value].bytes;
    const bool variable = bytes.len > 4 && strncmp(bytes.at, "%[var(", strlen("%[var(")) == 0 &&
                          ends_with_letters(bytes, ")]");
    enum guard guard = guard_of(haproxy, at, 0);
    bool set, origin = is_origin(haproxy, bytes);
    found.credentials = haproxy->credentials;
    if (guard != GUARD_READ && variable) {
        const struct cors_bytes name = {bytes.at + strlen("%["), bytes.len - strlen("%[]")};
        guard = stronger_guard(guard, guard_of_variable(haproxy, name, &set, &origin, 0));
    }
    if (guard == GUARD_READ)
        return;
    if (origin) {
        if (guard == GUARD_UNREAD || haproxy->refuses)
            find_unread(haproxy->reading, &found, guard_unread_reason);
        else
            find_any(haproxy->reading, &found);
    } else if (mentions(bytes, "%[")) {
        find_unread(haproxy->reading, &found, "the value could not be read");
    } else if (guard == GUARD_UNREAD && bytes_are_string(bytes, "*")) {
        find_unread(haproxy->reading, &found, guard_unread_reason);
    } else {
        find_sent(haproxy->reading, &found, &at->words[value]);
    }
}

/* Lines that change the header that is there, or that older versions had. */
static bool may_send(const struct directive *at)
{
    if (word_is(at, 1, "replace-header") || word_is(at, 1, "replace-value"))
        return word_is_like(at, 2, header_name);
    return (word_is(at, 0, "rspadd") || word_is(at, 0, "rspirep") || word_is(at, 0, "rsprep")) &&
           (word_mentions(at, 1, header_name) || word_mentions(at, 2, header_name));
}

static void read_directive(const struct haproxy *haproxy, const struct directive *at)
{
    const size_t value = header_value(at);
    if (word_is(at, 0, "acl")) {
        if (at->count > 2)
            read_acl(haproxy, at);
        return;
    }
    read_anonymous(haproxy, at);
    if (value > 0) {
        find_header(haproxy, at, value);
    } else if (may_send(at)) {
        struct found found = found_at(at, "HAProxy, Access-Control-Allow-Origin");
        found.credentials = haproxy->credentials;
        find_unread(haproxy->reading, &found, "how the header is sent could not be read");
    }
}

void read_haproxy(struct reading *reading)
{
    uint64_t looks = 0;
    struct haproxy haproxy = {.reading = reading, .looks = &looks};
    read_directives(reading, &haproxy.directives);
    if (mentions(reading->bytes, "Access-Control-Allow-Credentials"))
        haproxy.credentials = CONFIG_CREDENTIALS;
    for (size_t i = 0; i < haproxy.directives.count && !haproxy.refuses; i++) {
        const struct directive *at = &haproxy.directives.at[i];
        haproxy.refuses =
            looks > MOST_DIRECTIVE_LOOKS || ((is_refusal(at) || word_is(at, 0, "use_backend")) &&
                                             guard_of(&haproxy, at, 0) != GUARD_NONE);
    }
    for (size_t i = 0; i < haproxy.directives.count; i++) {
        looks += haproxy.directives.at[i].count;
        if (looks > MOST_DIRECTIVE_LOOKS) {
            find_broken(reading, haproxy.directives.at[i].from,
                        "the file has too many directives from here on");
            break;
        }
        read_directive(&haproxy, &haproxy.directives.at[i]);
    }
    free(haproxy.directives.at);
}
