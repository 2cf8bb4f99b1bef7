/* URL Standard, "public suffix" (https://url.spec.whatwg.org/#host-public-suffix), by the public
 * suffix list that libpsl was built with. Looking a domain up allocates nothing and changes
 * nothing, so several threads may. libpsl wants a NUL behind the domain, so its end is copied: a
 * public suffix has a handful of labels, and none of more than 63 bytes. */
#include "infra.h"

#include <libpsl.h>

enum { LONGEST = 512 };

/* The length of the last label. */
static size_t last_label(struct cors_bytes domain)
{
    size_t length = 0;
    while (length < domain.len && domain.at[domain.len - 1 - length] != '.')
        length++;
    return length;
}

/* The last labels that fit. */
static struct cors_bytes tail(struct cors_bytes domain)
{
    if (domain.len < LONGEST)
        return domain;
    size_t from = domain.len - LONGEST + 1;
    while (from < domain.len && domain.at[from - 1] != '.')
        from++;
    return bytes_slice(domain, from, domain.len);
}

size_t cors_public_suffix_by_libpsl(struct cors_bytes domain)
{
    char copy[LONGEST];
    const struct cors_bytes end = tail(domain);
    if (end.len == 0 || bytes_contain(end, '\0'))
        return last_label(domain);
    memcpy(copy, end.at, end.len);
    copy[end.len] = '\0';
    const char *suffix = psl_unregistrable_domain(psl_builtin(), copy);
    if (suffix == NULL)
        return last_label(domain);
    if (*suffix == '.') /* an empty label: the rules know none */
        suffix++;
    return end.len - (size_t)(suffix - copy);
}
