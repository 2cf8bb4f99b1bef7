/* Java's .properties (https://docs.oracle.com/javase/8/docs/api/java/util/Properties.html#load) as
 * Spring reads them: the last part of a name says what it is, an index behind it is one element of
 * a list. Invariant: another name that speaks of origins and CORS is said. */
#include "prove_config_tree.h"

#include <ctype.h>
#include <string.h>

/* The code unit of \uXXXX, whose digits begin at `at`; NOWHERE: it is none. */
static uint32_t code_unit(struct cors_bytes bytes, uint32_t at)
{
    uint32_t unit = 0;
    for (uint32_t i = at; i < at + 4; i++) {
        if (i >= bytes.len || !isxdigit((unsigned char)bytes.at[i]))
            return NOWHERE;
        const int digit = tolower((unsigned char)bytes.at[i]);
        unit = 16 * unit + (uint32_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    return unit;
}

/* The value, with its escapes and continued lines; `*at` goes to the line behind it. */
static struct config_string read_value(struct reading *reading, uint32_t *at)
{
    const struct cors_bytes bytes = reading->bytes;
    uint32_t end = *at;
    while (end < bytes.len && bytes.at[end] != '\n')
        end += bytes.at[end] == '\\' && end + 1 < bytes.len ? 2 : 1;
    end = end > bytes.len ? (uint32_t)bytes.len : end;
    struct decoded decoded = decode_begin(reading, end - *at);
    uint32_t i = *at;
    while (i < end) {
        if (bytes.at[i] != '\\') {
            decode_byte(&decoded, bytes.at[i], i);
            i++;
            continue;
        }
        const char next = i + 1 < end ? bytes.at[i + 1] : '\n';
        const uint32_t unit = next == 'u' ? code_unit(piece(reading, 0, end), i + 2) : NOWHERE;
        if (unit != NOWHERE) {
            decode_code_point(&decoded, unit, i);
            i += 6;
            continue;
        }
        if (next != '\n' && next != '\r')
            decode_byte(&decoded, next == 't' ? '\t' : next, i);
        i += 2;
        while ((next == '\n' || next == '\r') && i < end && isspace((unsigned char)bytes.at[i]))
            i++;
    }
    *at = end;
    return decode_end(&decoded, end);
}

static struct cors_bytes last_part(struct cors_bytes name)
{
    if (name.len > 0 && name.at[name.len - 1] == ']')
        while (name.len > 0 && name.at[name.len - 1] != '[')
            name.len--;
    if (name.len > 0 && name.at[name.len - 1] == '[')
        name.len--;
    for (size_t i = name.len; i > 0; i--)
        if (name.at[i - 1] == '.')
            return (struct cors_bytes){name.at + i, name.len - i};
    return name;
}

static void read_setting(struct reading *reading, uint32_t from, struct cors_bytes name,
                         uint32_t *at, enum config_credentials credentials)
{
    const bool list = same_key(last_part(name), "allowedOrigins");
    const bool patterns = same_key(last_part(name), "allowedOriginPatterns");
    const struct config_string value = read_value(reading, at);
    const bool speaks =
        mentions(name, "origin") && (mentions(name, "cors") || mentions(name, "allow"));
    if (!list && !patterns && !speaks)
        return;
    struct found found = {.from = from,
                          .to = *at,
                          .what =
                              list ? "Spring, allowed-origins" : "Spring, allowed-origin-patterns",
                          .credentials = credentials,
                          .key = 1};
    if (list || patterns) {
        find_setting(reading, &found, list ? "spring-7" : "spring-patterns", value);
        return;
    }
    found.what = "a name that speaks of origins";
    find_unread(reading, &found, "which system reads this is not known");
}

void read_properties(struct reading *reading)
{
    const struct cors_bytes bytes = reading->bytes;
    const enum config_credentials credentials =
        mentions(bytes, "allow-credentials=true") ? CONFIG_CREDENTIALS : CONFIG_CREDENTIALS_UNSAID;
    for (uint32_t at = 0; at < bytes.len; at++) {
        while (at < bytes.len && isspace((unsigned char)bytes.at[at]))
            at++;
        const uint32_t from = at;
        const bool comment = at < bytes.len && (bytes.at[at] == '#' || bytes.at[at] == '!');
        while (at < bytes.len && bytes.at[at] != '\n' &&
               (comment || strchr("=: \t", bytes.at[at]) == NULL))
            at++;
        if (comment)
            continue;
        const struct cors_bytes name = piece(reading, from, at);
        while (at < bytes.len && strchr("=: \t", bytes.at[at]) != NULL)
            at++;
        read_setting(reading, from, name, &at, credentials);
    }
}
