/* Which kind of witness an origin is: who can use it (by the public suffix list,
 * https://publicsuffix.org/, its private part included: who registers x.vercel.app is a stranger to
 * who registered y.vercel.app), in which way it is like an origin that is meant, and whether a
 * public certificate authority could issue for it
 * (https://cabforum.org/working-groups/server/baseline-requirements/documents/, 7.1.4.2: letters,
 * digits and hyphens, no underscore). Invariants: every origin has one kind; the class is the first
 * that fits, and the classes are tried from the most to the least telling. */
#include "intent.h"

#include <libpsl.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NAME = 253, LONGEST_LABEL = 63 };

const char *const bypass_class_words[CLASS_COUNT] = {
    [CLASS_REFLECTED] = "reflected",
    [CLASS_NULL] = "null",
    [CLASS_PREFIX] = "prefix",
    [CLASS_PREFIX_UNBROKEN] = "prefix-unbroken",
    [CLASS_SUFFIX_UNBROKEN] = "suffix-unbroken",
    [CLASS_CONTAINS] = "contains",
    [CLASS_SUBDOMAIN] = "subdomain",
    [CLASS_ANY_CHARACTER] = "any-character",
    [CLASS_ONE_EDIT] = "one-edit",
    [CLASS_SPECIAL] = "special",
    [CLASS_SCHEME] = "scheme",
    [CLASS_PORT] = "port",
    [CLASS_TRAILING_DOT] = "trailing-dot",
    [CLASS_LOCAL] = "local",
    [CLASS_SHARED_SUFFIX] = "shared-suffix",
    [CLASS_OTHER] = "other",
};

struct public_suffixes *public_suffixes_open(void)
{
    /* The list that libpsl was built with: nothing is loaded. */
    return (struct public_suffixes *)(void *)(uintptr_t)psl_builtin();
}

void public_suffixes_close(struct public_suffixes *suffixes)
{
    (void)suffixes;
}

/* ---- Names --------------------------------------------------------------------------------- */

static bool same(struct cors_bytes a, struct cors_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static bool ends_with(struct cors_bytes text, struct cors_bytes end)
{
    return text.len >= end.len && memcmp(text.at + text.len - end.len, end.at, end.len) == 0;
}

static bool starts_with(struct cors_bytes text, struct cors_bytes start)
{
    return text.len >= start.len && memcmp(text.at, start.at, start.len) == 0;
}

static bool contains(struct cors_bytes text, struct cors_bytes part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (memcmp(text.at + i, part.at, part.len) == 0)
            return true;
    return false;
}

static bool is_below(struct cors_bytes lower, struct cors_bytes parent)
{
    return lower.len > parent.len + 1 && ends_with(lower, parent) &&
           lower.at[lower.len - parent.len - 1] == '.';
}

static struct cors_bytes without_dot(struct cors_bytes host)
{
    host.len -= host.len > 1 && host.at[host.len - 1] == '.';
    return host;
}

static bool is_ldh(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static bool is_name_of_ldh(struct cors_bytes host)
{
    for (size_t i = 0; i < host.len; i++)
        if (!is_ldh(host.at[i]))
            return false;
    return true;
}

/* A serialized host that ends in a digit-only label, or begins with a bracket. */
static bool is_address(struct cors_bytes host)
{
    size_t digits = 0;
    while (digits < host.len && host.at[host.len - 1 - digits] >= '0' &&
           host.at[host.len - 1 - digits] <= '9')
        digits++;
    return host.at[0] == '[' ||
           (digits > 0 && digits < host.len && host.at[host.len - 1 - digits] == '.');
}

static bool is_local(struct cors_bytes host)
{
    const struct cors_bytes name = without_dot(host);
    return is_address(host) || same(name, CORS_BYTES("localhost")) ||
           is_below(name, CORS_BYTES("localhost"));
}

/* The part that somebody can register, or null: a public suffix, or a name without one. */
static struct cors_bytes registrable(struct cors_bytes host, const struct public_suffixes *suffixes)
{
    char name[LONGEST_NAME + 1];
    host = without_dot(host);
    if (host.len > LONGEST_NAME || memchr(host.at, '.', host.len) == NULL)
        return (struct cors_bytes){0};
    memcpy(name, host.at, host.len);
    name[host.len] = '\0';
    const psl_ctx_t *list = (const psl_ctx_t *)(const void *)suffixes;
    const char *found = list == NULL ? NULL : psl_registrable_domain(list, name);
    if (found == NULL || *found == '.')
        return (struct cors_bytes){0};
    const size_t start = (size_t)(found - name);
    return (struct cors_bytes){host.at + start, host.len - start};
}

/* Whether its last label is a top-level domain that the list has a rule for: not .community's
 * neighbour .communitx. The names reserved for examples count, as they stand for real ones. */
bool top_level_is_known(struct cors_bytes host, const struct public_suffixes *suffixes)
{
    char label[LONGEST_LABEL + 1];
    size_t len = 0;
    host = without_dot(host);
    while (len < host.len && host.at[host.len - 1 - len] != '.')
        len++;
    const struct cors_bytes last = {host.at + host.len - len, len};
    if (same(last, CORS_BYTES("example")) || same(last, CORS_BYTES("test")))
        return true;
    if (suffixes == NULL)
        return true;
    if (len > LONGEST_LABEL)
        return false;
    memcpy(label, last.at, len);
    label[len] = '\0';
    return psl_is_public_suffix2((const psl_ctx_t *)(const void *)suffixes, label,
                                 PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) != 0;
}

/* ---- Who ----------------------------------------------------------------------------------- */

static bool is_registrable_name(struct cors_bytes name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is_ldh(name.at[i]) || (i > 0 && name.at[i] == '.' && name.at[i - 1] == '.'))
            return false;
    return name.len > 0 && name.at[0] != '-' && name.at[0] != '.';
}

static bool is_owners(const struct intent *intent, const struct cors_bytes host,
                      struct cors_bytes name, const struct public_suffixes *suffixes)
{
    for (size_t i = 0; i < intent->count; i++) {
        const struct intent_entry *entry = &intent->entries[i];
        if (entry->null)
            continue;
        const struct cors_bytes own = registrable(entry->host, suffixes);
        if (same(without_dot(host), without_dot(entry->host)) ||
            (own.at != NULL && same(own, name)) ||
            (own.at == NULL && is_below(entry->host, without_dot(host))))
            return true;
    }
    return false;
}

static enum tier tier_of(const struct intent *intent, const struct origin_parts *parts,
                         const struct public_suffixes *suffixes)
{
    const bool is_http = same(parts->scheme, CORS_BYTES("http"));
    if (parts->opaque)
        return TIER_NULL;
    const struct cors_bytes name = registrable(parts->host, suffixes);
    if (is_owners(intent, parts->host, name, suffixes))
        return is_http ? TIER_NETWORK : TIER_OWNER;
    if (is_local(parts->host) || name.at == NULL || !is_registrable_name(name) ||
        !top_level_is_known(parts->host, suffixes))
        return TIER_NETWORK;
    return TIER_STRANGER;
}

/* The origin as the browser that is worst to its owner serves it: which cuts off what does not
 * belong to the name that it asks for. */
static struct origin_parts worst_served(const struct intent *intent, struct cors_bytes origin,
                                        const struct origin_parts *parts,
                                        const struct public_suffixes *suffixes)
{
    struct origin_parts worst = *parts;
    bool is_served = false;
    for (enum profile profile = PROFILE_CHROMIUM; profile <= PROFILE_WEBKIT; profile++) {
        struct origin_parts served = *parts;
        if (parts->opaque || !origin_sendable(origin, profile))
            continue;
        served.host = origin_server(parts, profile);
        if (served.host.len == 0)
            continue;
        if (!is_served || tier_of(intent, &served, suffixes) < tier_of(intent, &worst, suffixes))
            worst = served;
        is_served = true;
    }
    return worst;
}

static bool is_cut(const struct origin_parts *parts)
{
    return origin_server(parts, PROFILE_WEBKIT).len < parts->host.len ||
           origin_server(parts, PROFILE_FIREFOX).len < parts->host.len ||
           origin_server(parts, PROFILE_CHROMIUM).len < parts->host.len;
}

static bool has_no_certificate(const struct origin_parts *parts,
                               const struct public_suffixes *suffixes)
{
    if (parts->opaque || !same(parts->scheme, CORS_BYTES("https")) || parts->host.at[0] == '[')
        return false;
    struct cors_bytes rest = parts->host;
    if (!is_name_of_ldh(rest) || rest.len > LONGEST_NAME)
        return true;
    if (is_address(rest))
        return false;
    if (registrable(rest, suffixes).at == NULL || !top_level_is_known(rest, suffixes))
        return true;
    while (rest.len > 0) {
        const char *dot = memchr(rest.at, '.', rest.len);
        const size_t len = dot == NULL ? rest.len : (size_t)(dot - rest.at);
        if (len == 0 || len > LONGEST_LABEL || rest.at[0] == '-' || rest.at[len - 1] == '-')
            return true;
        rest.at += len + (dot != NULL), rest.len -= len + (dot != NULL);
    }
    return false;
}

/* ---- How ----------------------------------------------------------------------------------- */

/* One character inserted, taken out or replaced; `replaced`: where, if that is what it is. */
static bool is_one_edit(struct cors_bytes a, struct cors_bytes b, size_t *replaced)
{
    size_t front = 0, back = 0;
    const size_t least = a.len < b.len ? a.len : b.len, most = a.len < b.len ? b.len : a.len;
    while (front < least && a.at[front] == b.at[front])
        front++;
    while (back < least - front && a.at[a.len - 1 - back] == b.at[b.len - 1 - back])
        back++;
    *replaced = a.len == b.len ? front : SIZE_MAX;
    return most - front - back == 1;
}

static enum bypass_class edits(struct cors_bytes host, struct cors_bytes own)
{
    size_t differ = 0, at_dot = 0;
    for (size_t i = 0; host.len == own.len && i < own.len; i++)
        if (host.at[i] != own.at[i]) {
            differ++;
            at_dot += own.at[i] == '.';
        }
    size_t replaced;
    if (differ > 0 && differ == at_dot)
        return CLASS_ANY_CHARACTER;
    return is_one_edit(host, own, &replaced) ? CLASS_ONE_EDIT : CLASS_OTHER;
}

static bool shares_suffix(struct cors_bytes host, struct cors_bytes own,
                          const struct public_suffixes *suffixes)
{
    const struct cors_bytes other = registrable(host, suffixes), mine = registrable(own, suffixes);
    const char *dot = mine.at == NULL ? NULL : memchr(mine.at, '.', mine.len);
    if (dot == NULL || other.at == NULL || same(other, mine))
        return false;
    const struct cors_bytes suffix = {dot, mine.len - (size_t)(dot - mine.at)};
    return memchr(suffix.at + 1, '.', suffix.len - 1) != NULL && ends_with(other, suffix);
}

/* A host that is meant, but for scheme, port or a dot at its end; CLASS_OTHER: it is not. */
static enum bypass_class meant_host_class(const struct origin_parts *parts,
                                          const struct intent_entry *entry)
{
    const struct cors_bytes host = parts->host, plain = without_dot(host);
    const bool is_https = same(parts->scheme, CORS_BYTES("https"));
    const bool is_meant = entry->below ? is_below(host, entry->host) : same(host, entry->host);
    if (is_meant)
        return (is_https ? entry->https : entry->http) ? CLASS_PORT : CLASS_SCHEME;
    if (same(host, entry->host))
        return (is_https ? entry->https : entry->http) ? CLASS_SUBDOMAIN : CLASS_SCHEME;
    if (plain.len < host.len &&
        (same(plain, entry->host) || (entry->below && is_below(plain, entry->host))))
        return CLASS_TRAILING_DOT;
    return CLASS_OTHER;
}

static bool is_next_to(struct cors_bytes host, const struct intent_entry *entry)
{
    const struct cors_bytes meant = entry->host;
    const bool has_dot = memchr(host.at, '.', host.len) != NULL;
    return is_below(host, meant) || (has_dot && is_below(meant, host));
}

static enum bypass_class host_class(const struct origin_parts *parts,
                                    const struct intent_entry *entry,
                                    const struct public_suffixes *suffixes)
{
    const struct cors_bytes host = parts->host, own = entry->host;
    if (is_cut(parts))
        return CLASS_SPECIAL;
    const enum bypass_class meant = meant_host_class(parts, entry);
    if (meant != CLASS_OTHER)
        return meant;
    if (!is_name_of_ldh(host) && host.at[0] != '[')
        return CLASS_SPECIAL;
    if (is_next_to(host, entry))
        return CLASS_SUBDOMAIN;
    const enum bypass_class edited = edits(host, own);
    if (edited == CLASS_ANY_CHARACTER)
        return edited;
    if (starts_with(host, own))
        return host.at[own.len] == '.' ? CLASS_PREFIX : CLASS_PREFIX_UNBROKEN;
    if (ends_with(host, own))
        return CLASS_SUFFIX_UNBROKEN;
    if (contains(host, own))
        return CLASS_CONTAINS;
    if (edited == CLASS_OTHER && shares_suffix(host, own, suffixes))
        return CLASS_SHARED_SUFFIX;
    return edited;
}

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Whether a label is in the host: a short one only between other than letters and digits. */
static bool has_label(struct cors_bytes host, struct cors_bytes label)
{
    enum { SHORT = 2 };
    for (size_t i = 0; label.len > 0 && i + label.len <= host.len; i++) {
        const size_t end = i + label.len;
        if (memcmp(host.at + i, label.at, label.len) == 0 &&
            (label.len > SHORT || ((i == 0 || !is_alphanumeric(host.at[i - 1])) &&
                                   (end == host.len || !is_alphanumeric(host.at[end])))))
            return true;
    }
    return false;
}

/* Whether a host begins an intended one, or has one of its labels, but those of the suffix that it
 * shares with strangers, before its own top-level domain, which is nobody's. */
static bool has_something_of(struct cors_bytes host, struct cors_bytes own,
                             const struct public_suffixes *suffixes)
{
    const struct cors_bytes mine = registrable(own, suffixes);
    const char *dot = mine.at == NULL ? NULL : memchr(mine.at, '.', mine.len);
    const char *end = dot == NULL ? own.at + own.len : dot;
    if (starts_with(own, host))
        return true;
    if (memchr(host.at, '.', host.len) != NULL)
        while (host.at[--host.len] != '.')
            ;
    for (const char *label = own.at; label < end;) {
        const char *next = memchr(label, '.', (size_t)(end - label));
        next = next == NULL ? end : next;
        if (has_label(host, (struct cors_bytes){label, (size_t)(next - label)}))
            return true;
        label = next + 1;
    }
    return false;
}

/* How telling a class is: the lower, the more. */
static unsigned rank(enum bypass_class class)
{
    static const enum bypass_class telling[] = {
        CLASS_TRAILING_DOT,    CLASS_PORT,
        CLASS_SCHEME,          CLASS_PREFIX,
        CLASS_PREFIX_UNBROKEN, CLASS_SUFFIX_UNBROKEN,
        CLASS_SUBDOMAIN,       CLASS_CONTAINS,
        CLASS_ANY_CHARACTER,   CLASS_ONE_EDIT,
        CLASS_SHARED_SUFFIX,   CLASS_SPECIAL,
    };
    unsigned i = 0;
    while (i < sizeof telling / sizeof *telling && telling[i] != class)
        i++;
    return i;
}

static enum bypass_class class_of(const struct intent *intent, const struct origin_parts *parts,
                                  const struct public_suffixes *suffixes)
{
    if (parts->opaque)
        return CLASS_NULL;
    bool is_beside = false, is_like = false;
    enum bypass_class best = CLASS_OTHER;
    for (size_t i = 0; i < intent->count; i++) {
        if (intent->entries[i].null)
            continue;
        const enum bypass_class class = host_class(parts, &intent->entries[i], suffixes);
        if (rank(class) < rank(best))
            best = class;
        const struct cors_bytes own = registrable(intent->entries[i].host, suffixes);
        is_beside = is_beside || (own.at != NULL && same(own, registrable(parts->host, suffixes)));
        is_like = is_like || has_something_of(parts->host, intent->entries[i].host, suffixes);
    }
    if (best != CLASS_OTHER)
        return best;
    if (is_beside)
        return CLASS_SUBDOMAIN;
    if (is_local(parts->host))
        return CLASS_LOCAL;
    return is_like ? CLASS_OTHER : CLASS_REFLECTED;
}

struct cors_bytes registrable_domain(struct cors_bytes host, const struct public_suffixes *suffixes)
{
    return registrable(host, suffixes);
}

struct kind_of_witness kind_of_witness(const struct intent *intent, struct cors_bytes origin,
                                       const struct public_suffixes *suffixes)
{
    struct origin_parts parts;
    if (!origin_take_apart(origin, &parts))
        return (struct kind_of_witness){TIER_NETWORK, CLASS_OTHER, false};
    const struct origin_parts served = worst_served(intent, origin, &parts, suffixes);
    return (struct kind_of_witness){tier_of(intent, &served, suffixes),
                                    class_of(intent, &parts, suffixes),
                                    has_no_certificate(&served, suffixes)};
}
