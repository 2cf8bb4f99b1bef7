/* The forms of prove/template.h, each put together from what stands in front of the intended host,
 * the host itself and what stands behind. */
#include "template.h"

#include <string.h>

static void add_arc(struct template *form, size_t from, size_t to, struct byte_set set)
{
    if (form->arc_count == MOST_ARCS || from >= MOST_NODES || to >= MOST_NODES) {
        form->arc_count = MOST_ARCS;
        return;
    }
    form->arcs[form->arc_count++] = (struct arc){set, (uint16_t)from, (uint16_t)to};
    if (to >= form->count)
        form->count = (uint16_t)(to + 1);
}

static struct byte_set only(char byte)
{
    struct byte_set set = {{0, 0}};
    set_add(&set, (unsigned char)byte);
    return set;
}

static struct byte_set any_but(char byte)
{
    struct byte_set set = {{0, 0}};
    for (unsigned i = FIRST_BYTE; i <= LAST_BYTE; i++)
        if (i != (unsigned char)byte)
            set_add(&set, i);
    return set;
}

static struct byte_set any(void)
{
    return any_but('\0');
}

/* A byte of no name: neither letter, digit, hyphen nor dot. */
static struct byte_set special(void)
{
    struct byte_set set = {{0, 0}};
    for (unsigned i = FIRST_BYTE; i <= LAST_BYTE; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-.[]:", (int)i) == NULL)
            set_add(&set, i);
    return set;
}

/* The text from a node on; the node behind it. */
static size_t add_text(struct template *form, size_t node, struct cors_bytes text)
{
    for (size_t i = 0; i < text.len; i++, node++)
        add_arc(form, node, node + 1, only(text.at[i]));
    return node;
}

/* Sorts the arcs, and counts what is left from each node. False: too large. */
static bool finish(struct template *form)
{
    static const uint16_t never = UINT16_MAX;
    if (form->arc_count == MOST_ARCS)
        return false;
    for (size_t i = 1; i < form->arc_count; i++) {
        const struct arc arc = form->arcs[i];
        size_t at = i;
        for (; at > 0 && form->arcs[at - 1].from > arc.from; at--)
            form->arcs[at] = form->arcs[at - 1];
        form->arcs[at] = arc;
    }
    for (size_t node = 0, i = 0; node <= form->count; node++) {
        form->first[node] = (uint16_t)i;
        while (i < form->arc_count && form->arcs[i].from == node)
            i++;
    }
    for (size_t node = form->count; node-- > 0;) {
        form->least[node] = form->ends[node] ? 0 : never;
        for (size_t i = form->first[node]; i < form->first[node + 1]; i++) {
            const uint16_t behind = form->least[form->arcs[i].to];
            if (form->arcs[i].to != node && behind < never - 1 && behind + 1 < form->least[node])
                form->least[node] = (uint16_t)(behind + 1);
        }
    }
    return true;
}

/* The host with other bytes for some of its dots: in a second row of nodes once there was one. */
static void add_any_character(struct template *form, struct cors_bytes host)
{
    const size_t row = host.len + 1;
    for (size_t i = 0; i < host.len; i++) {
        add_arc(form, i, i + 1, only(host.at[i]));
        add_arc(form, row + i, row + i + 1, host.at[i] == '.' ? any() : only(host.at[i]));
        if (host.at[i] == '.')
            add_arc(form, i, row + i + 1, any_but('.'));
    }
    form->ends[row + host.len] = true;
}

/* The host with one byte replaced, put in or taken out. */
static void add_one_edit(struct template *form, struct cors_bytes host)
{
    const size_t row = host.len + 1;
    for (size_t i = 0; i < host.len; i++) {
        add_arc(form, i, i + 1, only(host.at[i]));
        add_arc(form, i, row + i + 1, any_but(host.at[i]));
        add_arc(form, i, row + i, any());
        add_arc(form, row + i, row + i + 1, only(host.at[i]));
        if (i + 1 < host.len)
            add_arc(form, i, row + i + 2, only(host.at[i + 1]));
    }
    add_arc(form, host.len, row + host.len, any());
    form->ends[row + host.len] = true;
    form->ends[host.len - 1] = true;
}

/* More behind the host, which begins with a byte of a set. */
static void add_behind(struct template *form, size_t node, struct byte_set set)
{
    add_arc(form, node, node + 1, set);
    add_arc(form, node + 1, node + 1, any());
    form->ends[node + 1] = true;
}

/* More before a text, which ends with a byte of a set: the node behind the text. */
static size_t add_before(struct template *form, struct byte_set set, struct cors_bytes text)
{
    add_arc(form, 0, 0, any());
    add_arc(form, 0, 1, set);
    return add_text(form, 1, text);
}

static void add_shared_suffix(struct template *form, struct cors_bytes host)
{
    const char *dot = memchr(host.at, '.', host.len);
    if (dot != NULL)
        form->ends[add_before(form, any(),
                              (struct cors_bytes){dot, host.len - (size_t)(dot - host.at)})] = true;
}

/* A label or more, and the host below them. */
static size_t add_subdomain(struct template *form, struct cors_bytes host)
{
    add_arc(form, 0, 1, any_but('.'));
    add_arc(form, 1, 1, any());
    add_arc(form, 1, 2, only('.'));
    return add_text(form, 2, host);
}

/* The text, and no more. */
static void add_only(struct template *form, struct cors_bytes text)
{
    form->ends[add_text(form, 0, text)] = true;
}

/* The host and a dot; and then more, or not. */
static void add_dot(struct template *form, struct cors_bytes host, bool more)
{
    const size_t node = add_text(form, 0, host);
    add_arc(form, node, node + 1, only('.'));
    form->ends[node + 1] = !more;
    if (more)
        add_behind(form, node + 1, any());
}

/* False: that class has no form. */
static bool add_class(struct template *form, enum bypass_class class, struct cors_bytes host)
{
    switch (class) {
    case CLASS_PREFIX:
    case CLASS_TRAILING_DOT:
        add_dot(form, host, class == CLASS_PREFIX);
        return true;
    case CLASS_PREFIX_UNBROKEN:
        add_behind(form, add_text(form, 0, host), any_but('.'));
        return true;
    case CLASS_SUFFIX_UNBROKEN:
        form->ends[add_before(form, any_but('.'), host)] = true;
        return true;
    case CLASS_SUBDOMAIN:
        form->ends[add_subdomain(form, host)] = true;
        return true;
    case CLASS_CONTAINS:
        add_behind(form, add_before(form, any(), host), any());
        return true;
    case CLASS_ANY_CHARACTER:
        add_any_character(form, host);
        return true;
    case CLASS_ONE_EDIT:
        add_one_edit(form, host);
        return true;
    case CLASS_SPECIAL:
        add_arc(form, 0, 0, any());
        add_behind(form, 0, special());
        return true;
    case CLASS_SCHEME:
    case CLASS_PORT:
        add_only(form, host);
        return true;
    case CLASS_LOCAL:
        add_only(form, CORS_BYTES("localhost"));
        return true;
    case CLASS_SHARED_SUFFIX:
        add_shared_suffix(form, host);
        return true;
    default:
        return false;
    }
}

bool template_of_class(struct template *form, enum bypass_class class, struct cors_bytes host)
{
    form->count = form->arc_count = 0;
    memset(form->ends, 0, sizeof form->ends);
    return host.len > 0 && host.len * 2 + 4 <= MOST_NODES && add_class(form, class, host) &&
           finish(form);
}
