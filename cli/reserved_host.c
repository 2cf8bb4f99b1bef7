/* Which hosts a case may name: those that can belong to nobody. RFC 2606 and RFC 6761 reserve the
 * names, RFC 1122, 1918, 3849, 3927, 4193, 4291 and 5737 the addresses. Invariant: a text is looked
 * at as it stands, without parsing it as a URL, so that no odd spelling of a URL hides a host. */
#include "case.h"

#include <stdlib.h>
#include <string.h>

static bool ends_with_label(struct cors_bytes host, const char *suffix)
{
    size_t len = strlen(suffix);
    if (host.len < len)
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = host.at[host.len - len + i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != suffix[i])
            return false;
    }
    return host.len == len || host.at[host.len - len - 1] == '.';
}

static bool is_reserved_name(struct cors_bytes host)
{
    static const char *const names[] = {"example",     "test",        "invalid",    "localhost",
                                        "example.com", "example.net", "example.org"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ends_with_label(host, names[i]))
            return true;
    return false;
}

/* Dotted, decimal; anything else is not recognised. */
static bool is_reserved_ipv4(struct cors_bytes host)
{
    static const struct {
        uint32_t network;
        unsigned bits;
    } ranges[] = {{0x00000000, 8},  {0x0A000000, 8},  {0x7F000000, 8},
                  {0xA9FE0000, 16}, {0xAC100000, 12}, {0xC0000200, 24},
                  {0xC0A80000, 16}, {0xC6336400, 24}, {0xCB007100, 24}};
    uint32_t address = 0, part = 0;
    unsigned dots = 0;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.at[i];
        if (c != '.' && (c < '0' || c > '9'))
            return false;
        if (c == '.') {
            address = address << 8 | part;
            part = 0;
            dots++;
        } else {
            part = part * 10 + (uint32_t)(c - '0');
        }
        if (part > 255 || dots > 3)
            return false;
    }
    address = address << 8 | part;
    for (size_t i = 0; dots == 3 && i < sizeof ranges / sizeof *ranges; i++)
        if (address >> (32 - ranges[i].bits) == ranges[i].network >> (32 - ranges[i].bits))
            return true;
    return false;
}

static bool is_reserved_ipv6(struct cors_bytes host)
{
    static const char *const beginnings[] = {
        "[::", "[2001:db8:", "[2001:0db8:", "[fe80:", "[fc", "[fd"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        size_t len = strlen(beginnings[i]);
        if (host.len >= len && memcmp(host.at, beginnings[i], len) == 0)
            return true;
    }
    return false;
}

static bool is_reserved(struct cors_bytes host)
{
    while (host.len > 0 && host.at[host.len - 1] == '.')
        host.len--;
    if (host.len == 0 || bytes_are_string(host, "*") || bytes_are_string(host, "null"))
        return true;
    if (host.at[0] == '[')
        return is_reserved_ipv6(host);
    return is_reserved_name(host) || is_reserved_ipv4(host);
}

/* What stands behind "//", up to where a URL's host ends or a text goes on. */
static struct cors_bytes host_at(struct cors_bytes text, size_t from)
{
    static const char ends[] = "/?#\\,;\"' \t\r\n<>()";
    size_t to = from;
    while (to < text.len && memchr(ends, text.at[to], sizeof ends - 1) == NULL)
        to++;
    for (size_t i = from; i < to; i++)
        if (text.at[i] == '@')
            from = i + 1;
    bool bracketed = from < to && text.at[from] == '[';
    for (size_t i = from; i < to; i++) {
        if (text.at[i] == ']')
            bracketed = false;
        if (text.at[i] == ':' && !bracketed)
            to = i;
    }
    return (struct cors_bytes){text.at + from, to - from};
}

bool hosts_are_reserved(struct cors_bytes text, struct cors_bytes *host)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        bool slashes = (text.at[i] == '/' || text.at[i] == '\\') &&
                       (text.at[i + 1] == '/' || text.at[i + 1] == '\\');
        bool begins = i == 0 || text.at[i - 1] == ':' || text.at[i - 1] == ' ' ||
                      text.at[i - 1] == '<' || text.at[i - 1] == '"';
        if (!slashes || !begins)
            continue;
        *host = host_at(text, i + 2);
        if (!is_reserved(*host))
            return false;
    }
    return true;
}
