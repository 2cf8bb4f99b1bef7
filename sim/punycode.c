/* RFC 3492, Punycode (https://www.rfc-editor.org/rfc/rfc3492): code points as letters, digits and
 * hyphens, and back. Both directions take time quadratic in the label's length, so both have a
 * limit, far above what DNS allows: that of ICU, by which browsers do this. Overflow is failure. */
#include "url.h"

/* https://www.rfc-editor.org/rfc/rfc3492#section-5 */
enum {
    BASE = 36,
    TMIN = 1,
    TMAX = 26,
    SKEW = 38,
    DAMP = 700,
    INITIAL_BIAS = 72,
    INITIAL_N = 0x80,
};

static char digit(uint32_t value)
{
    return "abcdefghijklmnopqrstuvwxyz0123456789"[value];
}

/* BASE if `c` is no digit. */
static uint32_t digit_value(char c)
{
    if (is_ascii_digit(c))
        return (uint32_t)(c - '0') + 26;
    return is_ascii_alpha(c) ? (uint32_t)(byte_lowercase(c) - 'a') : BASE;
}

/* https://www.rfc-editor.org/rfc/rfc3492#section-6.1 */
static uint32_t adapt(uint32_t delta, uint32_t count, bool first_time)
{
    delta = first_time ? delta / DAMP : delta / 2;
    delta += delta / count;
    uint32_t k = 0;
    while (delta > (BASE - TMIN) * TMAX / 2) {
        delta /= BASE - TMIN;
        k += BASE;
    }
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static uint32_t threshold(uint32_t k, uint32_t bias)
{
    if (k <= bias + TMIN)
        return TMIN;
    return k >= bias + TMAX ? TMAX : k - bias;
}

static void append_variable_length_integer(struct cors_arena *arena, uint32_t value, uint32_t bias)
{
    for (uint32_t k = BASE;; k += BASE) {
        const uint32_t t = threshold(k, bias);
        if (value < t)
            break;
        append_byte(arena, digit(t + (value - t) % (BASE - t)));
        value = (value - t) / (BASE - t);
    }
    append_byte(arena, digit(value));
}

/* The smallest code point that is at least `n`. */
static uint32_t next_code_point(const uint32_t *code_points, size_t count, uint32_t n)
{
    uint32_t next = UINT32_MAX;
    for (size_t i = 0; i < count; i++)
        if (code_points[i] >= n && code_points[i] < next)
            next = code_points[i];
    return next;
}

/* https://www.rfc-editor.org/rfc/rfc3492#section-6.3. No sum here can overflow: a delta is at most
 * the number of code points there are times that of those encoded. */
bool append_punycode(struct cors_arena *arena, const uint32_t *code_points, size_t count)
{
    if (count > PUNYCODE_MOST_CODE_POINTS)
        return false;
    uint32_t basic = 0;
    for (size_t i = 0; i < count; i++) {
        if (code_points[i] < INITIAL_N) {
            append_byte(arena, (char)code_points[i]);
            basic++;
        }
    }
    if (basic > 0)
        append_byte(arena, '-');
    uint32_t n = INITIAL_N;
    uint32_t delta = 0;
    uint32_t bias = INITIAL_BIAS;
    uint32_t handled = basic;
    while (handled < count) {
        const uint32_t next = next_code_point(code_points, count, n);
        delta += (next - n) * (handled + 1);
        n = next;
        for (size_t i = 0; i < count; i++) {
            if (code_points[i] < n)
                delta++;
            if (code_points[i] == n) {
                append_variable_length_integer(arena, delta, bias);
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled++;
            }
        }
        delta++;
        n++;
    }
    return !arena->exhausted;
}

/* One delta of the input from `*position` on, added to `*i`. */
static bool decode_delta(struct cors_bytes input, size_t *position, uint32_t bias, uint32_t *i)
{
    uint32_t weight = 1;
    for (uint32_t k = BASE;; k += BASE) {
        if (*position == input.len)
            return false;
        const uint32_t value = digit_value(input.at[(*position)++]);
        if (value == BASE || value > (UINT32_MAX - *i) / weight)
            return false;
        *i += value * weight;
        const uint32_t t = threshold(k, bias);
        if (value < t)
            return true;
        if (weight > UINT32_MAX / (BASE - t))
            return false;
        weight *= BASE - t;
    }
}

/* Everything before the last hyphen stands for itself; the place behind that hyphen. */
static size_t basic_code_points(struct cors_bytes input, uint32_t *output, size_t *count)
{
    size_t hyphen = input.len;
    while (hyphen > 0 && input.at[hyphen - 1] != '-')
        hyphen--;
    *count = 0;
    for (size_t i = 0; i + 1 < hyphen; i++)
        output[(*count)++] = (unsigned char)input.at[i];
    return hyphen;
}

/* https://www.rfc-editor.org/rfc/rfc3492#section-6.2, for ASCII input */
bool punycode_decode(struct cors_bytes input, uint32_t output[PUNYCODE_MOST_BYTES], size_t *count)
{
    if (input.len > PUNYCODE_MOST_BYTES)
        return false;
    size_t position = basic_code_points(input, output, count);
    uint32_t n = INITIAL_N;
    uint32_t i = 0;
    uint32_t bias = INITIAL_BIAS;
    while (position < input.len) {
        const uint32_t before = i;
        if (!decode_delta(input, &position, bias, &i))
            return false;
        const uint32_t length = (uint32_t)*count + 1;
        bias = adapt(i - before, length, before == 0);
        if (i / length > 0x10FFFF - n)
            return false;
        n += i / length;
        i %= length;
        if (n >= 0xD800 && n <= 0xDFFF)
            return false;
        memmove(output + i + 1, output + i, (*count - i) * sizeof *output);
        output[i++] = n;
        (*count)++;
    }
    return true;
}
