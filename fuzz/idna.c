/* The round trip of a host through Unicode (idna.h): its labels of Punycode are decoded, and the
 * whole is made ASCII again, with the data of libidn2, as https://www.unicode.org/reports/tr46/
 * wants it. What comes back is the same only if each label is Punycode
 * (https://www.rfc-editor.org/rfc/rfc3492#section-6.2), of code points that a domain may have, in
 * the form that they are normalized to, and in directions that go together. Invariants: no
 * allocation; a host that is too long for the buffers, which no name in the DNS is, does not
 * survive. */
#include "idna.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    LONGEST_HOST = 1024,
    LONGEST_CODE_POINT = 4, /* bytes of UTF-8 */
    ARENA_SIZE = 64 << 10,
    MOST_CODE_POINT = 0x10FFFF,
};

/* A label, decoded as far as its code points are known. */
struct decoding {
    struct cors_bytes rest;
    uint32_t points[LONGEST_HOST];
    uint32_t count, position, code_point, bias;
};

/* https://www.rfc-editor.org/rfc/rfc3492#section-6.1 */
static uint32_t adapted(uint32_t delta, uint32_t count, bool first)
{
    uint32_t k = 0;
    delta = first ? delta / 700 : delta / 2;
    for (delta += delta / count; delta > 455; k += 36)
        delta /= 35;
    return k + 36 * delta / (delta + 38);
}

/* The value of the next digit, 36 if there is none. */
static uint32_t take_digit(struct cors_bytes *rest)
{
    if (rest->len == 0)
        return 36;
    const char c = *rest->at;
    rest->at++, rest->len--;
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0') + 26;
    return c >= 'a' && c <= 'z' ? (uint32_t)(c - 'a') : 36;
}

/* How far the next code point is from the last; false: no number, or a large one. */
static bool take_delta(struct decoding *label, uint32_t *delta)
{
    uint64_t sum = 0, weight = 1;
    for (uint32_t k = 36;; k += 36) {
        const uint32_t digit = take_digit(&label->rest);
        const uint32_t above = k <= label->bias ? 1 : k - label->bias;
        const uint32_t threshold = above > 26 ? 26 : above;
        sum += digit * weight;
        if (digit == 36 || sum > INT32_MAX)
            return false;
        if (digit < threshold)
            break;
        weight *= 36 - threshold;
        if (weight > INT32_MAX)
            return false;
    }
    *delta = (uint32_t)sum;
    return true;
}

/* One more code point, at its place among the others. */
static bool insert_code_point(struct decoding *label)
{
    uint32_t delta;
    if (label->count == LONGEST_HOST || !take_delta(label, &delta))
        return false;
    const bool first = label->code_point == 0;
    const uint32_t count = label->count + 1, sum = label->position + delta;
    label->bias = adapted(delta, count, first);
    label->code_point = (first ? 0x80 : label->code_point) + sum / count;
    label->position = sum % count;
    const bool is_surrogate = label->code_point >= 0xD800 && label->code_point <= 0xDFFF;
    if (label->code_point > MOST_CODE_POINT || is_surrogate)
        return false;
    uint32_t *at = label->points + label->position;
    memmove(at + 1, at, (label->count - label->position) * sizeof *at);
    *at = label->code_point;
    label->count = count;
    label->position++;
    return true;
}

/* What stands behind "xn--", which is not empty: false if it is no Punycode. */
static bool decode(struct decoding *label, struct cors_bytes punycode)
{
    *label = (struct decoding){.rest = punycode, .bias = 72};
    for (size_t i = punycode.len; i > 0; i--)
        if (punycode.at[i - 1] == '-') {
            label->count = (uint32_t)i - 1;
            label->rest = (struct cors_bytes){punycode.at + i, punycode.len - i};
            break;
        }
    for (uint32_t i = 0; i < label->count; i++)
        label->points[i] = (unsigned char)punycode.at[i];
    while (label->rest.len > 0)
        if (!insert_code_point(label))
            return false;
    return true;
}

static size_t write_utf8(char *to, uint32_t c)
{
    const size_t bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = bytes; i > 1; i--, c >>= 6)
        to[i - 1] = (char)(0x80 | (c & 0x3F));
    to[0] = (char)(first[bytes] | c);
    return bytes;
}

/* The label as it is, or what it stands for; the bytes written, SIZE_MAX if it is no Punycode. */
static size_t write_label(char *to, struct cors_bytes label)
{
    static const char prefix[] = {'x', 'n', '-', '-'};
    struct decoding decoding;
    size_t written = 0;
    if (label.len < sizeof prefix || memcmp(label.at, prefix, sizeof prefix) != 0) {
        memcpy(to, label.at, label.len);
        return label.len;
    }
    label.at += sizeof prefix, label.len -= sizeof prefix;
    if (!decode(&decoding, label))
        return SIZE_MAX;
    for (uint32_t i = 0; i < decoding.count; i++)
        written += write_utf8(to + written, decoding.points[i]);
    return written;
}

bool host_survives_idna(struct cors_bytes host)
{
    char unicode[LONGEST_HOST * LONGEST_CODE_POINT];
    _Alignas(max_align_t) char memory[ARENA_SIZE];
    size_t length = 0;
    if (host.len > LONGEST_HOST)
        return false;
    for (size_t at = 0; at < host.len;) {
        const char *dot = memchr(host.at + at, '.', host.len - at);
        const size_t end = dot == NULL ? host.len : (size_t)(dot - host.at);
        const size_t written =
            write_label(unicode + length, (struct cors_bytes){host.at + at, end - at});
        if (written == SIZE_MAX)
            return false;
        length += written;
        if (dot != NULL)
            unicode[length++] = '.';
        at = end + 1;
    }
    struct cors_arena arena = cors_arena_over(memory, sizeof memory);
    struct cors_bytes again;
    return cors_domain_to_ascii_by_libidn2((struct cors_bytes){unicode, length}, false, &again,
                                           &arena) &&
           again.len == host.len && memcmp(again.at, host.at, host.len) == 0;
}
