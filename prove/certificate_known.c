/* The states of prove/certificate_known.h, as texts. */
#include "certificate_known.h"

#include "host_bytes.h"

#include <stdio.h>
#include <string.h>

/* ---- What is meant ------------------------------------------------------------------------- */

static bool add_meant(struct known *known, const char *scheme, const struct intent_entry *entry,
                      const char *port)
{
    if (known->meant_count == known->meant_capacity) {
        const size_t size = known->meant_capacity * sizeof *known->meant;
        known->meant_capacity = known->meant_capacity * 2 + 16;
        known->meant = prove_grow(known->memory, known->meant, size,
                                  known->meant_capacity * sizeof *known->meant);
        if (known->meant == NULL)
            return false;
    }
    char *text = prove_take(known->memory, KNOWN_LENGTH);
    if (text == NULL || entry->host.len > KNOWN_LENGTH - 24)
        return false;
    snprintf(text, KNOWN_LENGTH, "%s%s%.*s%s", scheme, entry->below ? "*." : "",
             (int)entry->host.len, entry->host.at == NULL ? "" : entry->host.at, port);
    known->meant[known->meant_count++] = text;
    return true;
}

static bool add_scheme(struct known *known, const struct intent_entry *entry, bool https)
{
    const char *scheme = https ? "https://" : "http://";
    const bool is_own =
        entry->port_kind == INTENT_PORT_DEFAULT ||
        (entry->port_kind == INTENT_PORT_NUMBER && entry->port == (https ? 443 : 80));
    char port[16] = "";
    if (entry->port_kind == INTENT_PORT_NUMBER && !is_own)
        snprintf(port, sizeof port, ":%u", (unsigned)entry->port);
    return add_meant(known, scheme, entry, port) &&
           (entry->port_kind != INTENT_PORT_ANY || add_meant(known, scheme, entry, ":*"));
}

bool known_open(struct known *known, enum profile profile, const struct intent *intent,
                struct prove_memory *memory)
{
    *known = (struct known){.profile = profile, .memory = memory, .count = 1};
    known->texts[0] = prove_take(memory, 1);
    for (size_t i = 0; intent != NULL && i < intent->count; i++) {
        const struct intent_entry *entry = &intent->entries[i];
        if ((entry->null && !add_meant(known, "null", &(struct intent_entry){0}, "")) ||
            (entry->https && !add_scheme(known, entry, true)) ||
            (entry->http && !add_scheme(known, entry, false)))
            return false;
    }
    return known->texts[0] != NULL;
}

/* Whether something that is meant begins with the text, or is it. */
static bool is_begun(const struct known *known, const char *text, bool whole)
{
    const size_t length = strlen(text);
    for (size_t i = 0; i < known->meant_count; i++)
        if (strncmp(known->meant[i], text, length) == 0 &&
            (!whole || known->meant[i][length] == '\0'))
            return true;
    return false;
}

/* The most that is worth to be known of a text: itself, or a star and its longest end, which has to
 * begin before `last`. */
static bool shorten(const struct known *known, char *text, size_t scheme, size_t last, bool whole)
{
    if (is_begun(known, text, whole))
        return true;
    for (size_t from = scheme; from < last; from++) {
        char shorter[KNOWN_LENGTH + 8];
        snprintf(shorter, sizeof shorter, "%.*s*%s", (int)scheme, text, text + from);
        if (is_begun(known, shorter, whole)) {
            memcpy(text, shorter, strlen(shorter) + 1);
            return true;
        }
    }
    return false;
}

/* ---- What is sent -------------------------------------------------------------------------- */

static bool is_sent(enum profile profile, bool https, unsigned byte)
{
    static const enum host_profile columns[PROFILE_COUNT] = {
        [PROFILE_ABNF] = HOST_PROFILE_ABNF,         [PROFILE_URL] = HOST_PROFILE_URL,
        [PROFILE_CHROMIUM] = HOST_PROFILE_CHROMIUM, [PROFILE_FIREFOX] = HOST_PROFILE_FIREFOX,
        [PROFILE_WEBKIT] = HOST_PROFILE_WEBKIT,
    };
    if (profile == PROFILE_BROWSER)
        return is_sent(PROFILE_CHROMIUM, https, byte) || is_sent(PROFILE_FIREFOX, https, byte) ||
               is_sent(PROFILE_WEBKIT, https, byte);
    return host_byte_sendable(columns[profile], https ? HOST_SCHEME_HTTPS : HOST_SCHEME_HTTP,
                              (unsigned char)byte);
}

static size_t scheme_length(const char *text)
{
    return strncmp(text, "https://", 8) == 0 ? 8 : strncmp(text, "http://", 7) == 0 ? 7 : 0;
}

static bool begins_scheme(const char *text)
{
    const size_t length = strlen(text);
    return strncmp("https://", text, length) == 0 || strncmp("http://", text, length) == 0 ||
           strncmp("null", text, length) == 0;
}

/* Behind the colon of a port, or a digit of it. */
static bool step_port(const struct known *known, char *text, size_t scheme, size_t colon)
{
    const char *own = scheme == 8 ? "443" : "80";
    char any[KNOWN_LENGTH + 8], digits[KNOWN_LENGTH + 8];
    if (shorten(known, text, scheme, colon + 1, false))
        return true;
    snprintf(digits, sizeof digits, "%s", text + colon + 1);
    snprintf(any, sizeof any, "%.*s*", (int)colon + 1, text);
    if (shorten(known, any, scheme, colon + 1, true))
        memcpy(text, any, strlen(any) + 1);
    else if (strncmp(own, digits, strlen(digits)) == 0)
        snprintf(text + scheme, KNOWN_LENGTH - scheme, "*:%.3s", digits);
    else
        memcpy(text + scheme, "*:*", sizeof "*:*");
    return true;
}

/* The text with the byte at its end, as what is known of it; false: no browser sends it. */
static bool step_text(const struct known *known, char *text, unsigned byte)
{
    const size_t scheme = scheme_length(text), length = strlen(text);
    char *host = text + scheme;
    const char *colon = strchr(host, ':');
    if (scheme == 0 || *host == '\0')
        return begins_scheme(text);
    if (*host == '[') {
        if (host[1] != '\0' && strchr("0123456789abcdef:]", (int)byte) == NULL)
            return false;
        if (strchr(host, '*') == NULL && is_begun(known, text, false))
            return true;
        char any[KNOWN_LENGTH + 8] = "";
        const char *port = strstr(host, "]:");
        if (port != NULL)
            snprintf(any, sizeof any, "%.*s*", (int)(port + 2 - text), text);
        if (port != NULL && is_begun(known, any, true))
            memcpy(text, any, strlen(any) + 1);
        else
            memcpy(host, "[*", sizeof "[*");
        return true;
    }
    if (colon == NULL && !is_sent(known->profile, scheme == 8, byte))
        return false;
    if (colon == NULL) {
        if (!shorten(known, text, scheme, length, false))
            memcpy(host, "*", sizeof "*");
        return true;
    }
    const bool is_digit = byte >= '0' && byte <= '9';
    if (colon == host || (colon == text + length - 1 ? byte != ':' : !is_digit))
        return false;
    return step_port(known, text, scheme, (size_t)(colon - text));
}

int known_step(struct known *known, int state, unsigned byte)
{
    char text[KNOWN_LENGTH + 8];
    int found = 0;
    snprintf(text, sizeof text, "%s%c", known->texts[state], (int)byte);
    if (!step_text(known, text, byte))
        return KNOWN_NOWHERE;
    while (found < known->count && strcmp(known->texts[found], text) != 0)
        found++;
    if (found < known->count)
        return found;
    char *copy = found == KNOWN_STATES ? NULL : prove_take(known->memory, strlen(text) + 1);
    if (copy == NULL || strlen(text) >= KNOWN_LENGTH)
        return KNOWN_FULL;
    memcpy(copy, text, strlen(text) + 1);
    known->texts[known->count++] = copy;
    return found;
}

bool known_is_stray(const struct known *known, int state)
{
    char text[KNOWN_LENGTH + 8];
    snprintf(text, sizeof text, "%s", known->texts[state]);
    const size_t scheme = scheme_length(text), length = strlen(text);
    const char *host = text + scheme, *colon = strchr(host, ':');
    if (scheme == 0)
        return strcmp(text, "null") == 0 && !is_begun(known, text, true);
    if (*host == '\0')
        return false;
    if (*host == '[')
        colon = strstr(host, "]:") == NULL ? NULL : strstr(host, "]:") + 1;
    if (*host == '[' && strchr(host, '*') == NULL && strchr(host, ']') == NULL)
        return false;
    if (colon != NULL && (colon[1] == '\0' || strcmp(colon, scheme == 8 ? ":443" : ":80") == 0))
        return false;
    if (shorten(known, text, scheme, length, true))
        return false;
    if (colon == NULL)
        return true;
    memcpy(text + (colon - text) + 1, "*", sizeof "*");
    return !shorten(known, text, scheme, (size_t)(colon - text) + 1, true);
}
