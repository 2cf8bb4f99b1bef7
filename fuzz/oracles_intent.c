/* Oracles for the language of intents (intent.h), against a naive reading of its own first comment:
 * the text of an entry is compared with the text of an origin, and nothing is parsed before. */
#include "oracles.h"

#include "intent.h"

#include <string.h>

static bool starts(struct cors_bytes text, const char *with)
{
    const size_t length = strlen(with);
    return text.len >= length && memcmp(text.at, with, length) == 0;
}

static struct cors_bytes from(struct cors_bytes text, size_t start)
{
    return (struct cors_bytes){text.at + start, text.len - start};
}

/* Where the port begins, with its colon; the text's length if there is none. */
static size_t port_at(struct cors_bytes text)
{
    size_t at = text.len;
    while (at > 0 && text.at[at - 1] != ':' && text.at[at - 1] != ']')
        at--;
    return at > 0 && text.at[at - 1] == ':' ? at - 1 : text.len;
}

/* Behind `scheme`, which origin and entry have in common: host and port. */
static bool naive_rest_holds(struct cors_bytes entry, struct cors_bytes origin,
                             const char *default_port)
{
    const struct cors_bytes entry_port = from(entry, port_at(entry));
    const struct cors_bytes port = from(origin, port_at(origin));
    entry.len -= entry_port.len;
    origin.len -= port.len;
    const bool is_port = bytes_are_string(entry_port, ":*") || bytes_are(entry_port, port) ||
                         (port.len == 0 && bytes_are_string(entry_port, default_port));
    if (!starts(entry, "*."))
        return is_port && equal_in_any_case(entry, origin);
    const struct cors_bytes above = from(entry, 1);
    return is_port && origin.len >= above.len &&
           equal_in_any_case(above, from(origin, origin.len - above.len));
}

static bool naive_entry_holds(struct cors_bytes entry, struct cors_bytes origin)
{
    static const struct {
        const char *scheme, *port;
    } schemes[] = {{"http://", ":80"}, {"https://", ":443"}};
    entry = cors_normalize_header_value(entry);
    if (bytes_are_string(origin, "null"))
        return bytes_are_string(entry, "null");
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        const size_t length = strlen(schemes[i].scheme);
        const bool same =
            entry.len >= length &&
            equal_in_any_case((struct cors_bytes){entry.at, length}, bytes_of(schemes[i].scheme));
        if (starts(origin, schemes[i].scheme) && (same || starts(entry, "*://")))
            return naive_rest_holds(from(entry, same ? length : strlen("*://")),
                                    from(origin, length), schemes[i].port);
    }
    return false;
}

void intent_oracles(struct cors_bytes origin, struct cors_bytes lines)
{
    struct intent intent = {0};
    struct origin_parts parts;
    const bool is_origin = origin_take_apart(origin, &parts);
    bool expected = false;
    while (lines.at != NULL) {
        const struct cors_bytes line = take_line(&lines);
        const bool before = intent_holds(&intent, origin);
        struct intent_error error = {0};
        if (!intent_add(&intent, line, &error)) {
            must_hold(error.column > 0 && error.column <= line.len + 1 && error.expected != NULL,
                      "what cannot be read is an error at its column", line);
            continue;
        }
        must_hold(!before || intent_holds(&intent, origin), "adding an entry takes no origin out",
                  line);
        expected = expected || (is_origin && naive_entry_holds(line, origin));
        must_hold(intent_holds(&intent, origin) == expected, "an entry holds what its text says",
                  line);
    }
    intent_free(&intent);
}
