/* HAProxy: acl lines and anonymous conditions of the Origin header
 * (https://docs.haproxy.org/2.6/configuration.html#7.1), and the header that is sent. Invariant: a
 * header under a condition is a finding of that condition; one whose condition has nothing to do
 * with the origin lets every origin in. */
#include "prove_config_words.h"

#include <stdlib.h>
#include <string.h>

struct haproxy {
    struct reading *reading;
    struct directives directives;
    enum config_credentials credentials;
};

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
    return NULL;
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

static bool mentions_origin(const struct directive *at, size_t word)
{
    return word_mentions(at, word, "(origin)") || word_mentions(at, word, ".origin)");
}

/* One key for the lines of one name. */
static uint64_t key_of(struct cors_bytes name)
{
    uint64_t key = 14695981039346656037u;
    for (size_t i = 0; i < name.len; i++)
        key = (key ^ (unsigned char)name.at[i]) * 1099511628211u;
    return key | 1ull << 63;
}

static void read_anonymous(const struct haproxy *haproxy, const struct directive *at)
{
    for (size_t i = 1; i + 1 < at->count; i++) {
        if (!word_is(at, i, "{") || !mentions_origin(at, i + 1))
            continue;
        size_t to = i + 1;
        while (to < at->count && !word_is(at, to, "}"))
            to++;
        read_condition(haproxy, at, i + 1, to, (uint64_t)at->from + 1);
        i = to;
    }
}

/* ---- The header ---------------------------------------------------------------------------- */

/* Whether a condition of the line is one of the origin. */
static bool is_guarded(const struct haproxy *haproxy, const struct directive *at)
{
    for (size_t i = 3; i < at->count; i++) {
        if (word_is(at, i, "{") && mentions_origin(at, i + 1))
            return true;
        struct cors_bytes name = at->words[i].bytes;
        if (name.len > 0 && *name.at == '!')
            name = (struct cors_bytes){name.at + 1, name.len - 1};
        for (size_t a = 0; a < haproxy->directives.count; a++) {
            const struct directive *acl = &haproxy->directives.at[a];
            const char *reason = NULL;
            if (!word_is(acl, 0, "acl") || acl->count < 3 ||
                !bytes_are(acl->words[1].bytes, name) || !mentions_origin(acl, 2))
                continue;
            const struct fetch *fetch = fetch_of(acl->words[2].bytes, &reason);
            if (fetch == NULL || !only_asks_if_any(read_flags(acl, 3, acl->count, fetch).method))
                return true;
        }
    }
    return false;
}

/* %[req.hdr(origin)], or a variable or capture that holds it. */
static bool is_origin(const struct haproxy *haproxy, struct cors_bytes value)
{
    if (mentions(value, "hdr(origin)"))
        return true;
    if (mentions(value, "capture.req.hdr("))
        return mentions(haproxy->reading->bytes, "capture request header origin");
    return mentions(value, "%[var(") && mentions(value, "origin");
}

static void read_header(const struct haproxy *haproxy, const struct directive *at)
{
    const bool sets = word_is(at, 1, "set-header") || word_is(at, 1, "add-header") ||
                      word_is(at, 1, "replace-header");
    const size_t name = word_is(at, 0, "rspadd") ? 1 : 2;
    if (!sets || at->count < 4 || !word_is_like(at, name, "Access-Control-Allow-Origin") ||
        is_guarded(haproxy, at))
        return;
    struct found found = found_at(at, "HAProxy, Access-Control-Allow-Origin");
    const struct config_string *value = &at->words[3];
    found.credentials = haproxy->credentials;
    if (is_origin(haproxy, value->bytes))
        find_any(haproxy->reading, &found);
    else if (mentions(value->bytes, "%["))
        find_unread(haproxy->reading, &found, "the value could not be read");
    else
        find_sent(haproxy->reading, &found, value);
}

void read_haproxy(struct reading *reading)
{
    struct haproxy haproxy = {.reading = reading};
    uint64_t looks = 0;
    read_directives(reading, &haproxy.directives);
    if (mentions(reading->bytes, "Access-Control-Allow-Credentials"))
        haproxy.credentials = CONFIG_CREDENTIALS;
    for (size_t i = 0; i < haproxy.directives.count; i++) {
        const struct directive *at = &haproxy.directives.at[i];
        const bool is_acl = word_is(at, 0, "acl") && at->count > 2;
        looks += is_acl ? 1 : haproxy.directives.count * at->count;
        if (looks > 100 << 20) {
            find_broken(reading, at->from, "the file has too many directives from here on");
            break;
        }
        if (is_acl && mentions_origin(at, 2))
            read_condition(&haproxy, at, 2, at->count, key_of(at->words[1].bytes));
        if (!is_acl) {
            read_anonymous(&haproxy, at);
            read_header(&haproxy, at);
        }
    }
    free(haproxy.directives.at);
}
