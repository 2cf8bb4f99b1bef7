/* What a browser can put into the Origin header: the form that
 * https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin gives the origin of a page of http
 * or https, judged from its bytes alone. This does not parse URLs; it says what their parser
 * (https://url.spec.whatwg.org/) can have left. Which bytes stand in a host comes from
 * spec-tables/host-bytes.tsv, lengths and labels from spec-tables/host-shapes.tsv. Invariant: what
 * one profile sends, PROFILE_URL sends too; so Chromium's %20 and %2A in hosts, which the URL
 * Standard does not know and no name in the DNS has, are left out. */
#include "model.h"

#include "host_bytes.h"
#include "idna.h"
#include "tables.h"

#include <string.h>

enum {
    PIECES = 8,               /* of an IPv6 address */
    IPV6_LONGEST = 41,        /* with its brackets */
    FIREFOX_HOST = 253,       /* bytes of a host that can be loaded */
    CHROMIUM_HTTPS_HOST = 255 /* likewise; over http there is no limit */
};

const char *const tier_words[TIER_COUNT] = {"stranger", "owner", "network", "null"};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alphanumeric(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

/* The value of a lower-case hexadecimal digit; -1: it is none. */
static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool same(struct cors_bytes a, struct cors_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Takes `prefix` off the front. */
static bool skip(struct cors_bytes *bytes, struct cors_bytes prefix)
{
    if (bytes->len < prefix.len || memcmp(bytes->at, prefix.at, prefix.len) != 0)
        return false;
    bytes->at += prefix.len, bytes->len -= prefix.len;
    return true;
}

/* A decimal number of at most `most` without leading zeros; -1: it is none. */
static int32_t number(struct cors_bytes digits, int32_t most)
{
    int32_t value = 0;
    if (digits.len == 0 || digits.len > 5 || (digits.len > 1 && digits.at[0] == '0'))
        return -1;
    for (size_t i = 0; i < digits.len; i++) {
        if (!is_digit(digits.at[i]))
            return -1;
        value = value * 10 + (digits.at[i] - '0');
    }
    return value <= most ? value : -1;
}

/* ---- Addresses ----------------------------------------------------------------------------- */

/* The text before the next dot, which is taken off with it. */
static struct cors_bytes next_label(struct cors_bytes *rest)
{
    const char *dot = rest->len == 0 ? NULL : memchr(rest->at, '.', rest->len);
    struct cors_bytes label = {rest->at, dot == NULL ? rest->len : (size_t)(dot - rest->at)};
    const size_t taken = label.len + (dot != NULL);
    rest->at += taken, rest->len -= taken;
    return label;
}

/* Four decimal numbers and nothing else. */
static bool is_canonical_ipv4(struct cors_bytes host)
{
    for (int i = 0; i < 4; i++) {
        const bool dotted = memchr(host.at, '.', host.len) != NULL;
        if (dotted != (i < 3) || number(next_label(&host), 255) < 0)
            return false;
    }
    return true;
}

/* Such a host is an IPv4 address or nothing: https://url.spec.whatwg.org/#ends-in-a-number-checker
 */
static bool ends_in_a_number(struct cors_bytes host)
{
    if (host.len > 1 && host.at[host.len - 1] == '.')
        host.len--;
    size_t start = host.len;
    while (start > 0 && host.at[start - 1] != '.')
        start--;
    struct cors_bytes last = {host.at + start, host.len - start};
    bool decimal = last.len > 0;
    for (size_t i = 0; i < last.len; i++)
        decimal = decimal && is_digit(last.at[i]);
    if (decimal || !skip(&last, CORS_BYTES("0x")))
        return decimal;
    for (size_t i = 0; i < last.len; i++)
        if (hex_digit(last.at[i]) < 0)
            return false;
    return true;
}

/* The next piece, without leading zeros; -1: there is none. */
static int32_t next_piece(struct cors_bytes *rest)
{
    int32_t value = 0;
    size_t len = 0;
    while (len < rest->len && len < 4 && hex_digit(rest->at[len]) >= 0)
        value = value * 16 + hex_digit(rest->at[len++]);
    if (len == 0 || (len > 1 && rest->at[0] == '0'))
        return -1;
    rest->at += len, rest->len -= len;
    return value;
}

/* Pieces from one end of the address, or from `::` to the other; how many, or -1. */
static int pieces(struct cors_bytes *rest, int32_t *out, int most)
{
    int count = 0;
    while (rest->len > 0 && rest->at[0] != ':' && count < most) {
        out[count] = next_piece(rest);
        if (out[count++] < 0)
            return -1;
        const bool more = rest->len > 1 && rest->at[0] == ':' && rest->at[1] != ':';
        if (!more)
            return count;
        skip(rest, CORS_BYTES(":"));
    }
    return count;
}

/* The length of the first of the longest runs of zeros, and where it begins. */
static int longest_zeros(const int32_t *all, int *start)
{
    int longest = 0;
    for (int i = 0; i < PIECES; i++) {
        int run = 0;
        while (i + run < PIECES && all[i + run] == 0)
            run++;
        if (run > longest)
            longest = run, *start = i;
    }
    return longest;
}

/* https://url.spec.whatwg.org/#concept-ipv6-serializer gives just this: `::` stands for the first
 * longest run of zeros, if that is longer than one. */
static bool is_canonical_ipv6(struct cors_bytes host)
{
    int32_t all[PIECES] = {0}, behind[PIECES];
    int start = 0;
    if (host.len > IPV6_LONGEST || !skip(&host, CORS_BYTES("[")) || host.len == 0 ||
        host.at[host.len - 1] != ']')
        return false;
    host.len--;
    const int before = pieces(&host, all, PIECES);
    if (before < 0)
        return false;
    if (!skip(&host, CORS_BYTES("::")))
        return before == PIECES && host.len == 0 && longest_zeros(all, &start) < 2;
    const int after = pieces(&host, behind, PIECES);
    const int elided = PIECES - before - after;
    if (after < 0 || elided < 2 || host.len != 0)
        return false;
    for (int i = 0; i < after; i++)
        all[before + elided + i] = behind[i];
    return longest_zeros(all, &start) == elided && start == before;
}

/* ---- Taking apart -------------------------------------------------------------------------- */

static bool is_address(struct cors_bytes host)
{
    return host.at[0] == '[' || ends_in_a_number(host);
}

static bool bytes_sendable(struct cors_bytes host, enum host_profile profile,
                           enum host_scheme scheme)
{
    for (size_t i = 0; i < host.len; i++)
        if (!host_byte_sendable(profile, scheme, (unsigned char)host.at[i]))
            return false;
    return true;
}

static enum host_scheme scheme_of(const struct origin_parts *parts)
{
    return same(parts->scheme, CORS_BYTES("https")) ? HOST_SCHEME_HTTPS : HOST_SCHEME_HTTP;
}

static bool is_host(const struct origin_parts *parts)
{
    const struct cors_bytes host = parts->host;
    if (host.len == 0)
        return false;
    if (host.at[0] == '[')
        return is_canonical_ipv6(host);
    return ends_in_a_number(host) ? is_canonical_ipv4(host)
                                  : bytes_sendable(host, HOST_PROFILE_URL, scheme_of(parts));
}

bool origin_take_apart(struct cors_bytes origin, struct origin_parts *parts)
{
    *parts = (struct origin_parts){.port = -1};
    if (same(origin, CORS_BYTES("null"))) {
        parts->opaque = true;
        return true;
    }
    parts->scheme = (struct cors_bytes){origin.at, 4};
    if (!skip(&origin, CORS_BYTES("http")))
        return false;
    parts->scheme.len += skip(&origin, CORS_BYTES("s"));
    if (!skip(&origin, CORS_BYTES("://")) || origin.len == 0)
        return false;
    const char *close = memchr(origin.at, ']', origin.len);
    const size_t inside = close == NULL ? 0 : (size_t)(close - origin.at);
    const char *colon = memchr(origin.at + inside, ':', origin.len - inside);
    parts->host = origin;
    if (colon != NULL) {
        parts->host.len = (size_t)(colon - origin.at);
        const struct cors_bytes digits = {colon + 1, origin.len - parts->host.len - 1};
        parts->port = number(digits, UINT16_MAX);
        if (parts->port < 0 || parts->port == (scheme_of(parts) == HOST_SCHEME_HTTPS ? 443 : 80))
            return false;
    }
    return is_host(parts);
}

/* ---- Profiles ------------------------------------------------------------------------------ */

/* https://fetch.spec.whatwg.org/#origin-header: a label begins and ends with a letter or digit. */
static bool labels_begin_and_end_well(struct cors_bytes host)
{
    for (size_t i = 0; i < host.len; i++) {
        const bool at_start = i == 0 || host.at[i - 1] == '.';
        const bool at_end = i + 1 == host.len || host.at[i + 1] == '.';
        if ((at_start || at_end) && !is_alphanumeric(host.at[i]))
            return false;
    }
    return true;
}

/* Whether a label begins like Punycode. */
static bool has_punycode(struct cors_bytes host)
{
    while (host.len > 0) {
        struct cors_bytes label = next_label(&host);
        if (skip(&label, CORS_BYTES("xn--")))
            return true;
    }
    return false;
}

static const enum host_profile columns[PROFILE_COUNT] = {
    [PROFILE_CHROMIUM] = HOST_PROFILE_CHROMIUM,
    [PROFILE_FIREFOX] = HOST_PROFILE_FIREFOX,
    [PROFILE_WEBKIT] = HOST_PROFILE_WEBKIT,
};

static bool browser_sends(const struct origin_parts *parts, enum profile profile)
{
    const enum host_scheme scheme = scheme_of(parts);
    if (parts->port >= 0 && is_bad_port(parts->port))
        return false;
    if (profile == PROFILE_FIREFOX && parts->host.len > FIREFOX_HOST)
        return false;
    if (profile == PROFILE_CHROMIUM && scheme == HOST_SCHEME_HTTPS &&
        parts->host.len > CHROMIUM_HTTPS_HOST)
        return false;
    return is_address(parts->host) || (bytes_sendable(parts->host, columns[profile], scheme) &&
                                       (profile == PROFILE_CHROMIUM || !has_punycode(parts->host) ||
                                        host_survives_idna(parts->host)));
}

struct cors_bytes origin_server(const struct origin_parts *parts, enum profile profile)
{
    struct cors_bytes host = parts->host;
    for (size_t i = 0; i < host.len; i++)
        if (host_byte_cuts(columns[profile], scheme_of(parts), (unsigned char)host.at[i]))
            host.len = i;
    return host;
}

bool origin_goes_astray(struct cors_bytes origin, enum profile profile, enum profile *browser,
                        struct cors_bytes *server)
{
    struct origin_parts parts;
    if (!origin_take_apart(origin, &parts) || parts.opaque)
        return false;
    for (*browser = PROFILE_CHROMIUM; *browser <= PROFILE_WEBKIT; ++*browser) {
        if (profile != PROFILE_BROWSER && profile != *browser)
            continue;
        *server = origin_server(&parts, *browser);
        if (server->len > 0 && server->len < parts.host.len && origin_sendable(origin, *browser))
            return true;
    }
    return false;
}

bool origin_sendable(struct cors_bytes origin, enum profile profile)
{
    struct origin_parts parts;
    if (!origin_take_apart(origin, &parts))
        return false;
    if (parts.opaque || profile == PROFILE_URL)
        return true;
    if (profile == PROFILE_ABNF)
        return is_address(parts.host) ||
               (bytes_sendable(parts.host, HOST_PROFILE_ABNF, scheme_of(&parts)) &&
                labels_begin_and_end_well(parts.host));
    if (profile != PROFILE_BROWSER)
        return browser_sends(&parts, profile);
    return browser_sends(&parts, PROFILE_CHROMIUM) || browser_sends(&parts, PROFILE_FIREFOX) ||
           browser_sends(&parts, PROFILE_WEBKIT);
}
