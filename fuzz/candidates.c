/* Origins worth asking about (candidates.h). The classes are those of bypasses that were found in
 * the wild, see corpus/validators/README.md; each is a form, filled with the parts of what is
 * meant. Invariant: nothing is added unchecked, so a form may give what no browser sends. */
#include "candidates.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    ENTRIES = 64,         /* whose targets are made at once */
    TARGETS_OF_ENTRY = 6, /* at most */
    WORD_TARGETS = 8,     /* to which words are put */
    SHORTEST_WORD = 2,
    LONGEST_WORD = 100,
    LONGEST_RUN = 16,
    LONGEST_LABEL = 63,
    WORDS_BETWEEN = 4, /* two that are put together */
};

/* An origin to be near to: one that is meant, or for a wildcard the host without its label. */
struct target {
    struct cors_bytes scheme;
    char host[256]; /* NUL-terminated */
    char port[8];   /* with its colon, or "" */
    bool meant;
};

struct candidates {
    const struct intent *intent;
    enum profile profile;
    struct origins *out;
    struct target targets[ENTRIES * TARGETS_OF_ENTRY];
    size_t count;
    bool meant; /* what is added must be held by the intent, instead of not */
};

/* ---- What is meant ------------------------------------------------------------------------- */

static void add_target(struct candidates *candidates, const struct intent_entry *entry,
                       struct cors_bytes scheme, const char *labels, bool meant)
{
    struct target *target = &candidates->targets[candidates->count];
    *target = (struct target){.scheme = scheme, .meant = meant};
    const int len = snprintf(target->host, sizeof target->host, "%s%.*s", labels,
                             (int)entry->host.len, entry->host.at);
    if (len < 0 || (size_t)len >= sizeof target->host)
        return;
    if (entry->port_kind == INTENT_PORT_NUMBER)
        snprintf(target->port, sizeof target->port, ":%u", entry->port);
    candidates->count++;
}

static void add_targets(struct candidates *candidates, const struct intent_entry *entry)
{
    const struct cors_bytes schemes[] = {CORS_BYTES("https"), CORS_BYTES("http")};
    for (size_t i = 0; i < 2; i++) {
        if (!(i == 0 ? entry->https : entry->http))
            continue;
        if (entry->below) {
            add_target(candidates, entry, schemes[i], "a.", true);
            add_target(candidates, entry, schemes[i], "a.b.", true);
        }
        add_target(candidates, entry, schemes[i], "", !entry->below);
    }
}

static void begin(struct candidates *candidates, const struct intent *intent, enum profile profile,
                  struct origins *out)
{
    candidates->intent = intent;
    candidates->profile = profile;
    candidates->out = out;
    candidates->count = 0;
    candidates->meant = false;
}

/* The targets of some entries from `*entry` on. False: there are no more. */
static bool next_targets(struct candidates *candidates, size_t *entry)
{
    const struct intent *intent = candidates->intent;
    candidates->count = 0;
    if (*entry >= intent->count)
        return false;
    for (size_t i = 0; i < ENTRIES && *entry < intent->count; i++, ++*entry)
        if (!intent->entries[*entry].null)
            add_targets(candidates, &intent->entries[*entry]);
    return true;
}

/* ---- Adding -------------------------------------------------------------------------------- */

static void add(struct candidates *candidates, struct cors_bytes origin)
{
    if (origin.len <= LONGEST_ORIGIN && origin_sendable(origin, candidates->profile) &&
        intent_holds(candidates->intent, origin) == candidates->meant)
        origins_add(candidates->out, origin);
}

static void add_format(struct candidates *candidates, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add_format(struct candidates *candidates, const char *format, ...)
{
    char text[2 * LONGEST_ORIGIN];
    va_list arguments;
    va_start(arguments, format);
    const int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (len > 0 && (size_t)len < sizeof text)
        add(candidates, (struct cors_bytes){text, (size_t)len});
}

/* The host with something else for its dots, in `changed`. */
static struct cors_bytes without_dots(const struct target *target, char instead, char *changed)
{
    const size_t len = strlen(target->host);
    for (size_t i = 0; i < len; i++)
        changed[i] = target->host[i] == '.' ? instead : target->host[i];
    return (struct cors_bytes){changed, len};
}

/* What a letter of a form stands for: S and O are the target's scheme and the other one, H the
 * host, P the port, F the host's first label, R the rest behind its dot, D the host with hyphens
 * for dots, X with an x for each. Anything else stands for itself. */
static struct cors_bytes part_of(const struct target *target, const char *letter, char *changed)
{
    const bool is_https = target->scheme.len == strlen("https");
    const size_t label = strcspn(target->host, ".");
    const char *rest = target->host + label + (target->host[label] == '.');
    switch (*letter) {
    case 'S':
        return target->scheme;
    case 'O':
        return is_https ? CORS_BYTES("http") : CORS_BYTES("https");
    case 'H':
        return (struct cors_bytes){target->host, strlen(target->host)};
    case 'P':
        return (struct cors_bytes){target->port, strlen(target->port)};
    case 'F':
        return (struct cors_bytes){target->host, label};
    case 'R':
        return (struct cors_bytes){rest, strlen(rest)};
    case 'D':
        return without_dots(target, '-', changed);
    case 'X':
        return without_dots(target, 'x', changed);
    default:
        return (struct cors_bytes){letter, 1};
    }
}

static void add_filled(struct candidates *candidates, const struct target *target, const char *form)
{
    char text[2 * LONGEST_ORIGIN], changed[sizeof target->host];
    size_t size = 0;
    for (; *form != '\0'; form++) {
        const struct cors_bytes part = part_of(target, form, changed);
        if (part.len > sizeof text - size)
            return;
        memcpy(text + size, part.at, part.len);
        size += part.len;
    }
    add(candidates, (struct cors_bytes){text, size});
}

static void add_all_filled(struct candidates *candidates, const char *const *forms, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < candidates->count; j++)
            add_filled(candidates, &candidates->targets[j], forms[i]);
}
#define ADD_ALL_FILLED(candidates, forms)                                                          \
    add_all_filled(candidates, forms, sizeof(forms) / sizeof *(forms))

void intended_origins(const struct intent *intent, enum profile profile, struct origins *out)
{
    struct candidates candidates;
    begin(&candidates, intent, profile, out);
    candidates.meant = true;
    add(&candidates, CORS_BYTES("null"));
    for (size_t entry = 0; next_targets(&candidates, &entry);)
        for (size_t i = 0; i < candidates.count; i++)
            if (candidates.targets[i].meant)
                add_filled(&candidates, &candidates.targets[i], "S://HP");
}

static void add_astray(struct candidates *candidates, const struct target *target)
{
    char origin[sizeof target->host + 32];
    for (int c = '!'; c <= '~'; c++) {
        enum profile browser;
        struct cors_bytes server;
        const int len = snprintf(origin, sizeof origin, "%s://evil.net%c.%s%s", target->scheme.at,
                                 c, target->host, target->port);
        const struct cors_bytes text = {origin, len < 0 ? 0 : (size_t)len};
        if (origin_goes_astray(text, candidates->profile, &browser, &server))
            add(candidates, text);
    }
}

void astray_origins(const struct intent *intent, enum profile profile, struct origins *out)
{
    struct candidates candidates;
    begin(&candidates, intent, profile, out);
    candidates.meant = true;
    for (size_t entry = 0; next_targets(&candidates, &entry);)
        for (size_t i = 0; i < candidates.count; i++)
            if (!candidates.targets[i].meant)
                add_astray(&candidates, &candidates.targets[i]);
}

/* ---- The classes --------------------------------------------------------------------------- */

/* One dot of the host after the other, and the port with a digit more. */
static void add_without_a_dot(struct candidates *candidates, const struct target *target)
{
    for (const char *dot = strchr(target->host, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const int before = (int)(dot - target->host);
        add_format(candidates, "%s://%.*sx%s%s", target->scheme.at, before, target->host, dot + 1,
                   target->port);
        add_format(candidates, "%s://%.*s.evil.net", target->scheme.at, before, target->host);
        add_format(candidates, "%s://%.*sx%s.evil.net", target->scheme.at, before, target->host,
                   dot + 1);
    }
}

/* A top-level domain that begins like another: example.community. */
static void add_longer_top_level(struct candidates *candidates, const struct target *target)
{
    static const char *const longer[][2] = {
        {".com", "munity"}, {".co", "m"},  {".co", "mmunity"}, {".net", "work"},
        {".org", "anic"},   {".in", "fo"}, {".de", "sign"},    {".ca", "fe"},
        {".me", "dia"},     {".io", "t"},  {".app", "le"},     {".us", "er"}};
    const size_t len = strlen(target->host);
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++) {
        const size_t end = strlen(longer[i][0]);
        if (len > end && strcmp(target->host + len - end, longer[i][0]) == 0)
            add_format(candidates, "%s://%s%s", target->scheme.at, target->host, longer[i][1]);
    }
}

static void add_specials(struct candidates *candidates, const struct target *target)
{
    for (const char *special = "_!$&'()*+,;=`{}~\""; *special != '\0'; special++) {
        add_format(candidates, "%s://%s%c.evil.net", target->scheme.at, target->host, *special);
        add_format(candidates, "%s://evil.net%c.%s", target->scheme.at, *special, target->host);
        add_format(candidates, "http://%s%c.evil.net", target->host, *special);
    }
}

/* What it begins with, where that is a name or a host that one can have: it is let in where a list
 * in one string is searched for the origin. */
static void add_beginnings(struct candidates *candidates, const struct target *target,
                           const struct public_suffixes *suffixes)
{
    const char *dot = strchr(target->host, '.');
    add_format(candidates, "%s://%.1s", target->scheme.at, target->host);
    for (size_t len = dot == NULL ? 0 : (size_t)(dot - target->host) + 2;
         dot != NULL && target->host[len] != '\0'; len++) {
        const struct cors_bytes host = {target->host, len};
        if (registrable_domain(host, suffixes).at != NULL && top_level_is_known(host, suffixes))
            add_format(candidates, "%s://%.*s", target->scheme.at, (int)len, target->host);
    }
}

/* What a replacement somewhere in the host would take out again: exwww.ample.com. */
static void add_taken_out(struct candidates *candidates, const struct target *target)
{
    for (size_t i = 1; target->host[i] != '\0'; i++)
        add_format(candidates, "%s://%.*swww.%s%s", target->scheme.at, (int)i, target->host,
                   target->host + i, target->port);
}

/* Two intended hosts put together. */
static void add_pairs(struct candidates *candidates)
{
    const size_t most = candidates->count < 12 ? candidates->count : 12;
    for (size_t i = 0; i < most; i++)
        for (size_t j = 0; j < most; j++) {
            const struct target *a = &candidates->targets[i], *b = &candidates->targets[j];
            const int first = (int)strcspn(a->host, ".");
            if (i == j)
                continue;
            add_format(candidates, "%s://%.*s%s%s", b->scheme.at, first, a->host, b->host, b->port);
            add_format(candidates, "%s://%s.%s%s", b->scheme.at, a->host, b->host, b->port);
            add_format(candidates, "%s://%s%s", a->scheme.at, b->host, a->port);
            add_format(candidates, "%s://%.*s.%s.evil.net", a->scheme.at, first, a->host, b->host);
        }
}

static const char *const usual_forms[] = {
    "S://evil.net",  "S://H.evil.net",     "S://evilHP",  "S://evil.HP",      "O://HP",
    "S://H:8443",    "S://evilH.evil.net", "null",        "S://H-evil.net",   "S://x.evilHP",
    "S://XP",        "S://D.evil.net",     "S://H:8080",  "http://localhost", "O://evil.net",
    "S://Hevil.net", "http://127.0.0.1",   "S://evil.RP", "S://F-evil.RP"};
static const char *const rarer_forms[] = {"S://RP",
                                          "S://H.P",
                                          "S://evil-HP",
                                          "S://Fevil.RP",
                                          "S://evil-F.RP",
                                          "S://evil.F-evil.R",
                                          "S://x-D.evil.net",
                                          "S://HP0",
                                          "S://HP1",
                                          "S://H:3000",
                                          "S://H",
                                          "S://x.XP",
                                          "S://x-X.evil.net",
                                          "S://x.X.evil.net",
                                          "S://evil.F.evil.R",
                                          "S://x.H.evil.net",
                                          "S://x-H.evil.net",
                                          "S://evil.net:8080",
                                          "S://evil.net-H",
                                          "O://H.evil.net",
                                          "O://evilH",
                                          "S://x.evil.HP",
                                          "http://localhost:3000",
                                          "http://localhost:8080",
                                          "https://localhost",
                                          "http://[::1]",
                                          "http://10.0.0.1",
                                          "http://192.168.1.1",
                                          "http://172.16.0.1",
                                          "http://203.0.113.7",
                                          "https://203.0.113.7",
                                          "http://0.0.0.0",
                                          "http://intranet",
                                          "http://x.localhost",
                                          "http://localhost.evil.net",
                                          "https://localhost.evil.net",
                                          "http://127.0.0.1.evil.net",
                                          "http://192.168.evil.net",
                                          "http://10.evil.net",
                                          "http://172.16.evil.net"};

static void add_classes(struct candidates *candidates)
{
    struct public_suffixes *suffixes = public_suffixes_open();
    ADD_ALL_FILLED(candidates, usual_forms);
    for (size_t i = 0; i < candidates->count; i++) {
        add_without_a_dot(candidates, &candidates->targets[i]);
        add_longer_top_level(candidates, &candidates->targets[i]);
    }
    ADD_ALL_FILLED(candidates, rarer_forms);
    add_pairs(candidates);
    for (size_t i = 0; i < candidates->count; i++) {
        add_specials(candidates, &candidates->targets[i]);
        add_taken_out(candidates, &candidates->targets[i]);
    }
    for (size_t i = 0; i < candidates->count; i++)
        add_beginnings(candidates, &candidates->targets[i], suffixes);
    public_suffixes_close(suffixes);
}

void fixed_origins(const struct intent *intent, enum profile profile, struct origins *out)
{
    struct candidates candidates;
    size_t entry = 0, count = 0;
    begin(&candidates, intent, profile, out);
    for (; next_targets(&candidates, &entry); count += candidates.count)
        if (candidates.count > 0)
            add_classes(&candidates);
    if (count > 0)
        return;
    /* nothing but null is meant */
    candidates.targets[0] = (struct target){CORS_BYTES("https"), "example.com", "", false};
    candidates.count = 1;
    add_classes(&candidates);
}

/* ---- One edit ------------------------------------------------------------------------------ */

static void add_edits(struct candidates *candidates, const char *text, size_t len)
{
    char edited[LONGEST_ORIGIN + 1];
    for (size_t at = 0; at <= len; at++) {
        memcpy(edited, text, at);
        memcpy(edited + at, text + at + 1, at < len ? len - at - 1 : 0);
        if (at < len)
            add(candidates, (struct cors_bytes){edited, len - 1});
        if (at + 1 < len) {
            edited[at] = text[at + 1], edited[at + 1] = text[at];
            memcpy(edited + at + 2, text + at + 2, len - at - 2);
            add(candidates, (struct cors_bytes){edited, len});
        }
        for (int c = '!'; c <= '~'; c++) {
            edited[at] = (char)c;
            memcpy(edited + at + 1, text + at, len - at);
            add(candidates, (struct cors_bytes){edited, len + 1});
            memcpy(edited + at + 1, text + at + 1, at < len ? len - at - 1 : 0);
            if (at < len)
                add(candidates, (struct cors_bytes){edited, len});
        }
    }
}

void near_origins(const struct intent *intent, enum profile profile, struct origins *out)
{
    struct candidates candidates;
    begin(&candidates, intent, profile, out);
    for (size_t entry = 0; next_targets(&candidates, &entry);)
        for (size_t i = 0; i < candidates.count; i++) {
            const struct target *target = &candidates.targets[i];
            char text[LONGEST_ORIGIN + 1];
            const int len = snprintf(text, sizeof text, "%s://%s%s", target->scheme.at,
                                     target->host, target->port);
            if (len > 0 && len < LONGEST_ORIGIN)
                add_edits(&candidates, text, (size_t)len);
        }
}

/* ---- Words --------------------------------------------------------------------------------- */

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The next byte of a word, or 0 where one ends: a backslash before a sign is an escape of it, one
 * before a letter a class of characters. */
static char byte_of_word(struct cors_bytes *rest)
{
    char c = rest->at[0];
    const size_t taken = c == '\\' && rest->len > 1 && !is_alphanumeric(rest->at[1]) ? 2 : 1;
    c = rest->at[taken - 1];
    rest->at += taken, rest->len -= taken;
    if (c >= 'A' && c <= 'Z')
        return (char)(c | 0x20);
    return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' ? c : '\0';
}

/* {n} or {n,m} of a regular expression: n digits, and n letters. How many bytes it takes, if it is
 * that. */
static size_t add_runs(struct cors_bytes text, struct origins *words, size_t *most)
{
    char run[LONGEST_LABEL];
    size_t count = 0, i = 1;
    for (; i < text.len && i < 4 && text.at[i] >= '0' && text.at[i] <= '9'; i++)
        count = count * 10 + (size_t)(text.at[i] - '0');
    if (i == text.len || (text.at[i] != '}' && text.at[i] != ',') || count < SHORTEST_WORD ||
        count > sizeof run)
        return 0;
    for (const char *kind = "0a"; *kind != '\0' && *most > 0; kind++) {
        memset(run, *kind, count);
        *most -= origins_add(words, (struct cors_bytes){run, count});
    }
    return i;
}

void origin_words(struct cors_bytes text, size_t most, struct origins *words)
{
    char word[LONGEST_WORD];
    size_t len = 0;
    while (most > 0) {
        const bool is_brace = text.len > 0 && text.at[0] == '{';
        const char c = text.len == 0 ? '\0' : byte_of_word(&text);
        if (c != '\0' && len < sizeof word) {
            word[len++] = c;
            continue;
        }
        /* _start and the like are names in a library, not of hosts. */
        if (len >= SHORTEST_WORD && len < sizeof word && word[0] != '_')
            most -= origins_add(words, (struct cors_bytes){word, len});
        len = 0;
        if (is_brace && most > 0) {
            const struct cors_bytes brace = {text.at - 1, text.len + 1};
            const size_t taken = add_runs(brace, words, &most);
            text.at += taken - (taken > 0), text.len -= taken - (taken > 0);
        }
        if (c == '\0' && text.len == 0)
            return;
    }
}

static void add_word(struct candidates *candidates, const struct target *target,
                     struct cors_bytes word)
{
    const int len = (int)word.len;
    const char *scheme = target->scheme.at, *host = target->host;
    const char *rest = host + strcspn(host, ".");
    char changed[sizeof target->host];
    const struct cors_bytes flat = without_dots(target, '-', changed);
    add_format(candidates, "%s://%.*s%s", scheme, len, word.at, target->port);
    add_format(candidates, "%s://x%.*s%s", scheme, len, word.at, target->port);
    add_format(candidates, "%s://x.%.*s%s", scheme, len, word.at, target->port);
    add_format(candidates, "%s://%.*s.evil.net", scheme, len, word.at);
    add_format(candidates, "%s://%.*s-%.*s.evil.net", scheme, len, word.at, (int)flat.len, flat.at);
    add_format(candidates, "%s://%.*s%s%s", scheme, len, word.at, host, target->port);
    add_format(candidates, "%s://%.*s.%s%s", scheme, len, word.at, host, target->port);
    add_format(candidates, "%s://%s.%.*s%s", scheme, host, len, word.at, target->port);
    add_format(candidates, "%s://%s%.*s%s", scheme, host, len, word.at, target->port);
    add_format(candidates, "%s://%.*s%s%s", scheme, len, word.at, rest, target->port);
    add_format(candidates, "%s://%s:%.*s", scheme, host, len, word.at);
}

/* Preview deployments: https://shop-[0-9a-f]{8}.vercel.app. */
static void add_joined(struct candidates *candidates, const struct target *target,
                       struct cors_bytes first, struct cors_bytes last)
{
    char run[LONGEST_RUN];
    for (const char *kind = "0a"; *kind != '\0'; kind++) {
        memset(run, *kind, sizeof run);
        for (int length = 1; length <= LONGEST_RUN; length++)
            add_format(candidates, "%s://%.*s%.*s%.*s%s", target->scheme.at, (int)first.len,
                       first.at, length, run, (int)last.len, last.at, target->port);
    }
}

/* What stands shortly before a word that ends as a host does, runs between them, and that word. */
static void add_behind_others(struct candidates *candidates, const struct target *target,
                              const struct origins *words, size_t last)
{
    const struct cors_bytes end = origins_at(words, last);
    const size_t from = last < WORDS_BETWEEN ? 0 : last - WORDS_BETWEEN;
    add_joined(candidates, target, CORS_BYTES(""), end);
    for (size_t i = from; i < last; i++) {
        const struct cors_bytes first = origins_at(words, i);
        add_joined(candidates, target, first, end);
        for (size_t j = i + 1; j < last; j++) {
            const struct cors_bytes middle = origins_at(words, j);
            add_format(candidates, "%s://%.*s%.*s%.*s%s", target->scheme.at, (int)first.len,
                       first.at, (int)middle.len, middle.at, (int)end.len, end.at, target->port);
        }
    }
}

void word_origins(const struct intent *intent, enum profile profile, const struct origins *words,
                  struct origins *out)
{
    struct candidates candidates;
    struct public_suffixes *suffixes = public_suffixes_open();
    size_t entry = 0;
    begin(&candidates, intent, profile, out);
    (void)next_targets(&candidates, &entry);
    for (size_t i = 0; i < words->count; i++)
        for (size_t j = 0; j < candidates.count && j < WORD_TARGETS; j++)
            add_word(&candidates, &candidates.targets[j], origins_at(words, i));
    for (size_t i = 0; i < words->count && candidates.count > 0; i++) {
        const struct cors_bytes word = origins_at(words, i);
        if (memchr(word.at, '.', word.len) != NULL && top_level_is_known(word, suffixes))
            add_behind_others(&candidates, &candidates.targets[0], words, i);
    }
    public_suffixes_close(suffixes);
}
