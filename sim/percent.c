/* URL Standard, section "Percent-encoded bytes"
 * (https://url.spec.whatwg.org/#percent-encoded-bytes). The percent-encode sets are byte classes of
 * the generated tables: every byte of a non-ASCII code point is in all of them, so a string that is
 * UTF-8 already can be encoded byte by byte. */
#include "url.h"
#include "tables.h"

/* https://url.spec.whatwg.org/#percent-encode */
void append_percent_encoded_byte(struct cors_arena *arena, char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    const unsigned value = (unsigned char)byte;
    append(arena, (const char[]){'%', digits[value >> 4], digits[value & 15]}, 3);
}

/* https://url.spec.whatwg.org/#string-utf-8-percent-encode */
void append_utf8_percent_encoded(struct cors_arena *arena, struct cors_bytes input, unsigned set)
{
    size_t i = 0;
    while (i < input.len) {
        size_t run = i;
        while (run < input.len && !byte_is(input.at[run], set))
            run++;
        append(arena, input.at + i, run - i);
        for (i = run; i < input.len && byte_is(input.at[i], set); i++)
            append_percent_encoded_byte(arena, input.at[i]);
    }
}

/* https://url.spec.whatwg.org/#percent-decode */
struct cors_bytes percent_decode(struct cors_bytes input, struct cors_arena *arena)
{
    /* 1. The output never gets longer than the input. */
    const char *output = arena->at;

    /* 2. For each byte: */
    for (size_t i = 0; i < input.len; i++) {
        const char byte = input.at[i];

        /* 2.1. Anything but a percent sign stands for itself. */
        if (byte != '%') {
            append_byte(arena, byte);
            continue;
        }

        /* 2.2. So does a percent sign without two hexadecimal digits behind it. */
        if (input.len - i < 3 || !byte_is(input.at[i + 1], BYTE_HEX_DIGIT) ||
            !byte_is(input.at[i + 2], BYTE_HEX_DIGIT)) {
            append_byte(arena, byte);
            continue;
        }

        /* 2.3.1. Otherwise the two digits are one byte's value. */
        const unsigned value = hex_value(input.at[i + 1]) << 4 | hex_value(input.at[i + 2]);

        /* 2.3.2. That byte is output. */
        append_byte(arena, (char)value);

        /* 2.3.3. The digits are done with. */
        i += 2;
    }

    /* 3. That is all. */
    return appended_since(output, arena);
}
