/* The usual reasons why a rule is dead: what a browser never writes into Origin
 * (https://fetch.spec.whatwg.org/#origin-header): a path, a default port, an upper-case letter; and
 * a glob that is read as a regular expression. Invariant: only a pattern that has the entry's first
 * label in it is blamed. */
#include "prove_dead.h"

#include <string.h>

static bool has(struct cors_bytes text, const char *part)
{
    const size_t length = strlen(part);
    for (size_t i = 0; i + length <= text.len; i++)
        if (memcmp(text.at + i, part, length) == 0)
            return true;
    return false;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether a word of the host stands in the pattern, whatever its case. */
static bool is_about(struct cors_bytes pattern, struct cors_bytes host)
{
    size_t length = 0;
    while (length < host.len && host.at[length] != '.')
        length++;
    for (size_t i = 0; i + length <= pattern.len; i++) {
        size_t same = 0;
        while (same < length && lower(pattern.at[i + same]) == host.at[same])
            same++;
        if (same == length)
            return true;
    }
    return false;
}

static bool has_upper_case(struct cors_bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] >= 'A' && text.at[i] <= 'Z' && (i == 0 || text.at[i - 1] != '\\'))
            return true;
    return false;
}

static bool ends_in_slash(struct cors_bytes text)
{
    if (text.len > 0 && text.at[text.len - 1] == '$')
        text.len--;
    return text.len > 1 && text.at[text.len - 1] == '/';
}

/* The first reason that is seen in a pattern that is about the entry. */
static const char *why_of(const struct intent_entry *entry, const struct written_pattern *pattern)
{
    const struct cors_bytes text = pattern->pattern;
    if (text.len > 0 && text.at[0] == '/')
        return "an origin does not begin with a slash";
    if (ends_in_slash(text))
        return "an origin has no slash at its end";
    if ((entry->https && has(text, ":443")) || (entry->http && has(text, ":80")))
        return "an origin leaves its scheme's own port out";
    if (text.len > 0 && text.at[0] == '~')
        return "a ~ before the pattern is nginx's own, and is left out here";
    if (has_upper_case(text) && strchr(pattern->letters, 'i') == NULL)
        return "an origin is in lower case";
    if (entry->below && (has(text, "/*.") || has(text, "^*.")))
        return "* is no wildcard for a host here";
    return NULL;
}

const char *why_dead(const struct intent_entry *entry, const struct written_pattern *patterns,
                     size_t count)
{
    const char *why = NULL;
    for (size_t i = 0; i < count && why == NULL && !entry->null; i++)
        if (is_about(patterns[i].pattern, entry->host))
            why = why_of(entry, &patterns[i]);
    return why;
}
