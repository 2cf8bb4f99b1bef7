/* URL Standard, sections "IDNA", "Host parsing" and "Host serializing"
 * (https://url.spec.whatwg.org/#host-parsing). A host is kept serialized, so the parsers of IP
 * addresses end in their serializers. Validation errors are not recorded: steps that do nothing
 * else have no code. The input is UTF-8; every loop is bounded by it. */
#include "url.h"
#include "tables.h"

/* Whether one of `bytes` is in a class of tables.h. */
static bool contains_byte_of(struct cors_bytes bytes, unsigned class)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (byte_is(bytes.at[i], class))
            return true;
    return false;
}

static bool is_ascii_string(struct cors_bytes bytes)
{
    unsigned char all = 0;
    for (size_t i = 0; i < bytes.len; i++)
        all |= (unsigned char)bytes.at[i];
    return all < 0x80;
}

/* https://url.spec.whatwg.org/#concept-domain-to-ascii, for what is not failure. beStrict is false
 * here, so the result of the strict attempt (steps 1 to 3) would only be a validation error. */
static bool parse_a_domain(struct cors_bytes *result, struct cors_bytes domain,
                           cors_domain_to_ascii *domain_to_ascii, struct cors_arena *arena)
{
    /* 4. No result yet. */
    *result = null_bytes();

    /* 5. An ASCII domain is only lowercased, whatever its "xn--" labels may hold. */
    if (is_ascii_string(domain)) {
        const char *start = arena->at;
        append(arena, domain.at, domain.len);
        for (char *at = arena->at - (arena->exhausted ? 0 : domain.len); at < arena->at; at++)
            *at = byte_lowercase(*at);
        *result = appended_since(start, arena);
    }

    /* 6. Otherwise: */
    else {
        /* 6.1. UTS 46 says what it is in ASCII. */
        const bool success =
            domain_to_ascii != NULL && domain_to_ascii(domain, false, result, arena);

        /* 6.2. It may be no domain at all. */
        if (!success)
            return false;
    }

    /* 7. Nothing left of it is failure. */
    if (result->len == 0)
        return false;

    /* 8. So is anything that could not be told apart from the rest of a URL. */
    if (contains_byte_of(*result, BYTE_FORBIDDEN_DOMAIN))
        return false;

    /* 9. That is the domain. */
    return true;
}

/* https://url.spec.whatwg.org/#ipv4-number-parser. False is failure; numbers above 32 bits are all
 * the same number. */
static bool parse_an_ipv4_number(uint64_t *number, struct cors_bytes input)
{
    /* 1. The empty string is no number. */
    if (input.len == 0)
        return false;

    /* 3. Decimal, unless a prefix says otherwise. */
    unsigned radix = 10;

    /* 4. `0x`: */
    if (input.len >= 2 && input.at[0] == '0' && byte_lowercase(input.at[1]) == 'x') {
        /* 4.2. The prefix is done with. */
        input = bytes_slice(input, 2, input.len);

        /* 4.3. Hexadecimal. */
        radix = 16;
    }

    /* 5. Otherwise `0`: */
    else if (input.len >= 2 && input.at[0] == '0') {
        /* 5.2. The prefix is done with. */
        input = bytes_slice(input, 1, input.len);

        /* 5.3. Octal. */
        radix = 8;
    }

    /* 6. A prefix alone is zero, as the sum below has it. */
    *number = 0;
    for (size_t i = 0; i < input.len; i++) {
        /* 7. Anything that is not a digit of that radix is failure. */
        if (!byte_is(input.at[i], BYTE_HEX_DIGIT) || hex_value(input.at[i]) >= radix)
            return false;

        /* 8. The digits' value. */
        if (*number <= UINT32_MAX)
            *number = *number * radix + hex_value(input.at[i]);
    }

    /* 9. That is the number. */
    return true;
}

/* The part of `input` from `*position` up to the next full stop, which is stepped over. */
static struct cors_bytes next_part(struct cors_bytes input, size_t *position)
{
    const size_t start = *position;
    size_t end = start;
    while (end < input.len && input.at[end] != '.')
        end++;
    *position = end + 1;
    return bytes_slice(input, start, end);
}

/* https://url.spec.whatwg.org/#ends-in-a-number-checker */
static bool ends_in_a_number(struct cors_bytes input)
{
    /* 3. A full stop at the end does not count (step 2 splits at them all). */
    if (input.len > 0 && input.at[input.len - 1] == '.')
        input.len--;

    /* 4. The last part. */
    size_t start = input.len;
    while (start > 0 && input.at[start - 1] != '.')
        start--;
    const struct cors_bytes last = bytes_slice(input, start, input.len);

    /* Both kinds of number begin with a digit. */
    if (last.len == 0 || !is_ascii_digit(*last.at))
        return false;

    /* 5. Digits only, even if they are no IPv4 number, as in `09`. */
    size_t digits = 1;
    while (digits < last.len && is_ascii_digit(last.at[digits]))
        digits++;
    if (digits == last.len)
        return true;

    /* 6. Or an IPv4 number, which here can only be a hexadecimal one. */
    uint64_t number;
    if (parse_an_ipv4_number(&number, last))
        return true;

    /* 7. Or not. */
    return false;
}

/* https://url.spec.whatwg.org/#concept-ipv4-serializer */
static struct cors_bytes serialize_an_ipv4_address(uint32_t address, struct cors_arena *arena)
{
    const char *output = arena->at;
    for (int shift = 24; shift >= 0; shift -= 8) {
        const unsigned number = address >> shift & 0xFF;
        if (number >= 100)
            append_byte(arena, (char)('0' + number / 100));
        if (number >= 10)
            append_byte(arena, (char)('0' + number / 10 % 10));
        append_byte(arena, (char)('0' + number % 10));
        if (shift > 0)
            append_byte(arena, '.');
    }
    return appended_since(output, arena);
}

/* https://url.spec.whatwg.org/#concept-ipv4-parser. False is failure. */
static bool parse_an_ipv4_address(uint32_t *address, struct cors_bytes input)
{
    /* 2. An empty part at the end does not count. */
    if (input.len > 1 && input.at[input.len - 1] == '.')
        input.len--;

    /* 1. The parts between full stops, and 5. the numbers they are. */
    uint64_t numbers[4];
    size_t size = 0;
    size_t position = 0;
    do {
        const struct cors_bytes part = next_part(input, &position);

        /* 4. More than four of them are failure. */
        if (size == 4)
            return false;

        /* 6. So is one that is no number. */
        if (!parse_an_ipv4_number(&numbers[size], part))
            return false;
        size++;
    } while (position <= input.len);

    /* 8. All but the last are one byte each. */
    for (size_t i = 0; i + 1 < size; i++)
        if (numbers[i] > 255)
            return false;

    /* 9. The last fills what the others leave. */
    if (numbers[size - 1] >= UINT64_C(1) << 8 * (5 - size))
        return false;

    /* 10. It is the low bytes of the address. */
    uint64_t ipv4 = numbers[size - 1];

    /* 13. The others are the bytes above, the first the highest. */
    for (size_t counter = 0; counter + 1 < size; counter++)
        ipv4 += numbers[counter] << 8 * (3 - counter);

    /* 14. That is the address. */
    *address = (uint32_t)ipv4;
    return true;
}

/* What is being read of an IPv6 address. */
struct ipv6_parser {
    struct cors_bytes input;
    size_t pointer;
    uint16_t pieces[8];
    size_t piece_index;
};

enum { EOF_CODE_POINT = -1 };

/* The standard's c: bytes of non-ASCII code points are none of those that steps ask for. */
static int c_of(const struct ipv6_parser *p)
{
    return p->pointer < p->input.len ? (unsigned char)p->input.at[p->pointer] : EOF_CODE_POINT;
}

static bool c_is_digit(const struct ipv6_parser *p)
{
    return c_of(p) >= '0' && c_of(p) <= '9';
}

/* Step 6.5.5.4 of the IPv6 parser: a decimal number without leading zeros, at most 255. */
static bool parse_an_ipv4_piece(struct ipv6_parser *p, unsigned *ipv4_piece)
{
    const size_t start = p->pointer;
    *ipv4_piece = 0;
    while (c_is_digit(p)) {
        /* 6.5.5.4.1. */
        const unsigned number = (unsigned)(c_of(p) - '0');

        /* 6.5.5.4.3. A zero with something behind it is failure. */
        if (p->pointer > start && *ipv4_piece == 0)
            return false;

        /* 6.5.5.4.4. (6.5.5.4.2. is the same from zero.) */
        *ipv4_piece = *ipv4_piece * 10 + number;

        /* 6.5.5.4.5. It must fit a byte. */
        if (*ipv4_piece > 255)
            return false;

        /* 6.5.5.4.6. */
        p->pointer++;
    }
    return true;
}

/* Step 6.5 of the IPv6 parser: the last two pieces written as an IPv4 address. */
static bool parse_ipv4_in_ipv6(struct ipv6_parser *p, size_t length)
{
    /* 6.5.1. A full stop needs a digit before it. */
    if (length == 0)
        return false;

    /* 6.5.2. What was read as hexadecimal is read again. */
    p->pointer -= length;

    /* 6.5.3. There must be room for two pieces. */
    if (p->piece_index > 6)
        return false;

    /* 6.5.4. No numbers yet. */
    unsigned numbers_seen = 0;

    /* 6.5.5. Up to the end: */
    while (c_of(p) != EOF_CODE_POINT) {
        /* 6.5.5.2. Between two numbers stands one full stop, and there are four numbers. */
        if (numbers_seen > 0) {
            if (c_of(p) != '.' || numbers_seen == 4)
                return false;
            p->pointer++;
        }

        /* 6.5.5.3. Then comes a digit. */
        if (!c_is_digit(p))
            return false;

        /* 6.5.5.1. and 6.5.5.4. The number. */
        unsigned ipv4_piece;
        if (!parse_an_ipv4_piece(p, &ipv4_piece))
            return false;

        /* 6.5.5.5. Two of them make a piece. */
        p->pieces[p->piece_index] = (uint16_t)(p->pieces[p->piece_index] * 0x100 + ipv4_piece);

        /* 6.5.5.6. One more. */
        numbers_seen++;

        /* 6.5.5.7. After the second and the fourth the piece is full. */
        if (numbers_seen == 2 || numbers_seen == 4)
            p->piece_index++;
    }

    /* 6.5.6. Fewer than four are failure. */
    return numbers_seen == 4;
}

enum piece { PIECE_FAILURE = 0, PIECE_LAST, PIECE_MORE };

/* Steps 6.3 to 6.10 of the IPv6 parser: one piece, with what stands behind it. */
static enum piece parse_an_ipv6_piece(struct ipv6_parser *p)
{
    /* 6.3. Nothing read yet. */
    unsigned value = 0;
    size_t length = 0;

    /* 6.4. Up to four hexadecimal digits. */
    while (length < 4 && c_of(p) != EOF_CODE_POINT &&
           byte_is(p->input.at[p->pointer], BYTE_HEX_DIGIT)) {
        value = value * 0x10 + hex_value(p->input.at[p->pointer]);
        p->pointer++;
        length++;
    }

    /* 6.5. A full stop: it was the start of an IPv4 address, which is the end. */
    if (c_of(p) == '.')
        return parse_ipv4_in_ipv6(p, length) ? PIECE_LAST : PIECE_FAILURE;

    /* 6.6. Otherwise a colon: */
    if (c_of(p) == ':') {
        /* 6.6.1. It is done with. */
        p->pointer++;

        /* 6.6.2. Something must follow it. */
        if (c_of(p) == EOF_CODE_POINT)
            return PIECE_FAILURE;
    }

    /* 6.7. Otherwise it must be the end. */
    else if (c_of(p) != EOF_CODE_POINT) {
        return PIECE_FAILURE;
    }

    /* 6.9. That is the piece (6.8. would only find fault with leading zeros). */
    p->pieces[p->piece_index] = (uint16_t)value;

    /* 6.10. On to the next. */
    p->piece_index++;
    return PIECE_MORE;
}

/* Step 7 of the IPv6 parser: moves the pieces behind the compression to the end. */
static void decompress(struct ipv6_parser *p, size_t compress)
{
    /* 7.1. How many there are. */
    size_t swaps = p->piece_index - compress;

    /* 7.2. From the last place on: */
    p->piece_index = 7;

    /* 7.3. Each changes places with a zero. */
    while (p->piece_index != 0 && swaps > 0) {
        const uint16_t piece = p->pieces[p->piece_index];
        p->pieces[p->piece_index] = p->pieces[compress + swaps - 1];
        p->pieces[compress + swaps - 1] = piece;
        p->piece_index--;
        swaps--;
    }
}

/* https://url.spec.whatwg.org/#concept-ipv6-parser. False is failure. */
static bool parse_an_ipv6_address(uint16_t address[8], struct cors_bytes input)
{
    /* 1. to 4. All pieces zero, at the first of them, no compression, at the input's start. */
    struct ipv6_parser p = {.input = input};
    enum { NO_COMPRESSION = 0 }; /* a compression is never before piece 1 */
    size_t compress = NO_COMPRESSION;

    /* 5. A colon at the start: */
    if (c_of(&p) == ':') {
        /* 5.1. It must be two. */
        if (input.len < 2 || input.at[1] != ':')
            return false;

        /* 5.2. They are done with. */
        p.pointer += 2;

        /* 5.3. The compression is here. */
        compress = ++p.piece_index;
    }

    /* 6. Up to the end: */
    while (c_of(&p) != EOF_CODE_POINT) {
        /* 6.1. There are only eight pieces. */
        if (p.piece_index == 8)
            return false;

        /* 6.2. A second colon: */
        if (c_of(&p) == ':') {
            /* 6.2.1. Only one compression. */
            if (compress != NO_COMPRESSION)
                return false;

            /* 6.2.2. It is here. */
            p.pointer++;
            compress = ++p.piece_index;
            continue;
        }

        const enum piece piece = parse_an_ipv6_piece(&p);
        if (piece == PIECE_FAILURE)
            return false;
        if (piece == PIECE_LAST)
            break;
    }

    /* 7. The compression stands for as many zeros as are missing. */
    if (compress != NO_COMPRESSION)
        decompress(&p, compress);

    /* 8. Without one, none may be missing. */
    else if (p.piece_index != 8)
        return false;

    /* 9. That is the address. */
    memcpy(address, p.pieces, sizeof p.pieces);
    return true;
}

/* https://url.spec.whatwg.org/#find-the-ipv6-address-compressed-piece-index: -1 is null. */
static int find_the_compressed_piece_index(const uint16_t address[8])
{
    /* 1. to 4. None found; one zero alone would not be worth it. */
    int longest_index = -1;
    int longest_size = 1;
    int found_index = -1;
    int found_size = 0;

    /* 5. For each piece: */
    for (int piece_index = 0; piece_index < 8; piece_index++) {
        /* 5.1. One that is not 0 ends a run, */
        if (address[piece_index] != 0) {
            /* 5.1.1. which may be the longest so far. */
            if (found_size > longest_size) {
                longest_index = found_index;
                longest_size = found_size;
            }

            /* 5.1.2. and 5.1.3. There is none now. */
            found_index = -1;
            found_size = 0;
        }

        /* 5.2. Otherwise: */
        else {
            /* 5.2.1. It may be the first of a run, */
            if (found_index < 0)
                found_index = piece_index;

            /* 5.2.2. which is one longer. */
            found_size++;
        }
    }

    /* 6. The run at the end may be the longest. */
    if (found_size > longest_size)
        return found_index;

    /* 7. Otherwise the first of the longest. */
    return longest_index;
}

/* The shortest lowercase hexadecimal number. */
static void append_hexadecimal(struct cors_arena *arena, uint16_t piece)
{
    int shift = 12;
    while (shift > 0 && piece >> shift == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        append_byte(arena, "0123456789abcdef"[piece >> shift & 15]);
}

/* https://url.spec.whatwg.org/#concept-ipv6-serializer, in the brackets of the host serializer */
static struct cors_bytes serialize_an_ipv6_address(const uint16_t address[8],
                                                   struct cors_arena *arena)
{
    /* 1. Nothing yet, but the host serializer's bracket. */
    const char *output = arena->at;
    append_byte(arena, '[');

    /* 2. Where zeros are left out. */
    const int compress = find_the_compressed_piece_index(address);

    /* 3. Not among them yet. */
    bool ignore0 = false;

    /* 4. For each piece: */
    for (int piece_index = 0; piece_index < 8; piece_index++) {
        /* 4.1. One of those left out. */
        if (ignore0 && address[piece_index] == 0)
            continue;

        /* 4.2. They end here. */
        ignore0 = false;

        /* 4.3. They begin here: */
        if (compress == piece_index) {
            /* 4.3.1. and 4.3.2. Two colons, one of which may be there already. */
            append(arena, "::", piece_index == 0 ? 2 : 1);

            /* 4.3.3. On to the first that is not 0. */
            ignore0 = true;
            continue;
        }

        /* 4.4. The piece. */
        append_hexadecimal(arena, address[piece_index]);

        /* 4.5. A colon, but for the last. */
        if (piece_index != 7)
            append_byte(arena, ':');
    }

    /* 5. That is the address. */
    append_byte(arena, ']');
    return appended_since(output, arena);
}

/* https://url.spec.whatwg.org/#concept-opaque-host-parser. False is failure. */
static bool parse_an_opaque_host(struct cors_host *host, struct cors_bytes input,
                                 struct cors_arena *arena)
{
    /* 1. Code points that would not survive in a URL are failure. */
    if (contains_byte_of(input, BYTE_FORBIDDEN_HOST))
        return false;

    /* 4. The rest is kept, percent-encoded (2. and 3. are validation errors). */
    const char *start = arena->at;
    append_utf8_percent_encoded(arena, input, BYTE_C0_CONTROL_SET);
    host->kind = input.len == 0 ? CORS_HOST_EMPTY : CORS_HOST_OPAQUE;
    host->serialized = appended_since(start, arena);
    return true;
}

/* https://url.spec.whatwg.org/#concept-host-parser */
bool parse_a_host(struct cors_host *host, struct cors_bytes input, bool is_opaque,
                  cors_domain_to_ascii *domain_to_ascii, struct cors_arena *arena)
{
    /* 1. A bracket: */
    if (input.len > 0 && *input.at == '[') {
        /* 1.1. It must be closed at the end. */
        if (input.at[input.len - 1] != ']')
            return false;

        /* 1.2. Between them is an IPv6 address. */
        uint16_t address[8];
        if (!parse_an_ipv6_address(address, bytes_slice(input, 1, input.len - 1)))
            return false;
        *host = (struct cors_host){CORS_HOST_IPV6, serialize_an_ipv6_address(address, arena)};
        return true;
    }

    /* 2. The host of a URL that is not special means nothing here. */
    if (is_opaque)
        return parse_an_opaque_host(host, input, arena);

    /* 5. Percent-encoded bytes stand for themselves. Bytes that are not UTF-8 can only become
     * U+FFFD, on which the domain parser fails. (3. asserts; 4. is a validation error.) */
    struct cors_bytes domain = input;
    if (bytes_contain(input, '%')) {
        domain = percent_decode(input, arena);
        if (!is_utf8(domain))
            return false;
    }

    /* 6. The domain in ASCII. */
    struct cors_bytes ascii_domain;
    const bool success = parse_a_domain(&ascii_domain, domain, domain_to_ascii, arena);

    /* 7. There may be none. */
    if (!success)
        return false;

    /* 8. If it ends in a number it must be an IPv4 address. */
    if (ends_in_a_number(ascii_domain)) {
        uint32_t address;
        if (!parse_an_ipv4_address(&address, ascii_domain))
            return false;
        *host = (struct cors_host){CORS_HOST_IPV4, serialize_an_ipv4_address(address, arena)};
        return true;
    }

    /* 9. Otherwise it is the domain. */
    *host = (struct cors_host){CORS_HOST_DOMAIN, ascii_domain};
    return true;
}
