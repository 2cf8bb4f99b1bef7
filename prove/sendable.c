/* The automaton of prove/sendable.h. A state is a few small fields; equal fields are one state. For
 * addresses of IPv6 they say whether `::` stands for the first of the longest runs of zeros. */
#include "sendable.h"

#include "host_bytes.h"
#include "tables.h"

#include <string.h>

enum phase { PHASE_WORD = 1, PHASE_NULL, PHASE_HOST, PHASE_SIX, PHASE_BEHIND, PHASE_PORT };
enum label { LABEL_EMPTY, LABEL_DIGITS, LABEL_ZERO, LABEL_HEX, LABEL_OTHER };
enum octet {
    OCTET_NONE,
    OCTET_ZERO,
    OCTET_ONE,
    OCTET_TWO,
    OCTET_HIGH,
    OCTET_TEN,
    OCTET_25,
    OCTET_FULL
};
enum { NO_ADDRESS = 7, PIECES = 8, LEAST_ELIDED = 2, WORST = 65535 };

struct fields {
    unsigned phase, https;
    union {
        struct {
            unsigned null, at;
        } word;
        struct {
            unsigned mask, label, number_before, some, octets, octet, alphanumeric;
        } host;
        struct {
            /* pieces that are written; how many at least `::` must stand for, so that it is the
             * first of the longest runs of zeros; the run that goes on; whether `::` was there;
             * digits of the piece, and whether it is 0; 0 at the start, 1 in a piece, 2 behind a
             * colon, 3 behind :: */
            unsigned shown, need, run, elided, digits, zero, colon;
        } six;
        struct {
            unsigned digits, value, exact, above;
        } port;
    } as;
};

static uint64_t pack(const unsigned *values, const unsigned *widths, size_t count, uint64_t key)
{
    for (size_t i = 0; i < count; i++)
        key = key << widths[i] | values[i];
    return key;
}

/* The fields of a phase, and how many bits each has. */
static const unsigned widths[][7] = {
    [PHASE_WORD] = {1, 4},
    [PHASE_NULL] = {1, 4},
    [PHASE_HOST] = {3, 3, 1, 1, 3, 3, 1},
    [PHASE_SIX] = {4, 4, 4, 1, 3, 1, 2},
    [PHASE_BEHIND] = {1, 1},
    [PHASE_PORT] = {3, 17, 1, 1},
};
static const size_t widths_count[] = {0, 2, 2, 7, 7, 2, 4};

static uint64_t key_of(const struct fields *fields)
{
    unsigned values[7];
    memcpy(values, &fields->as, sizeof values);
    return pack(values, widths[fields->phase], widths_count[fields->phase],
                (uint64_t)fields->phase << 1 | fields->https | 16);
}

/* ---- Hosts --------------------------------------------------------------------------------- */

static unsigned all_senders(enum profile profile)
{
    return profile == PROFILE_BROWSER ? 7 : 1;
}

static unsigned senders(enum profile profile, unsigned https, unsigned byte)
{
    static const enum host_profile browsers[] = {HOST_PROFILE_CHROMIUM, HOST_PROFILE_FIREFOX,
                                                 HOST_PROFILE_WEBKIT};
    static const enum host_profile one[PROFILE_COUNT] = {[PROFILE_ABNF] = HOST_PROFILE_ABNF,
                                                         [PROFILE_URL] = HOST_PROFILE_URL,
                                                         [PROFILE_CHROMIUM] = HOST_PROFILE_CHROMIUM,
                                                         [PROFILE_FIREFOX] = HOST_PROFILE_FIREFOX,
                                                         [PROFILE_WEBKIT] = HOST_PROFILE_WEBKIT};
    const enum host_scheme scheme = https ? HOST_SCHEME_HTTPS : HOST_SCHEME_HTTP;
    unsigned mask = 0;
    if (!host_byte_sendable(HOST_PROFILE_URL, scheme, (unsigned char)byte))
        return 0;
    if (profile != PROFILE_BROWSER)
        return host_byte_sendable(one[profile], scheme, (unsigned char)byte);
    for (unsigned i = 0; i < 3; i++)
        mask |= (unsigned)host_byte_sendable(browsers[i], scheme, (unsigned char)byte) << i;
    return mask;
}

static bool is_digit(unsigned byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_hex(unsigned byte)
{
    return is_digit(byte) || (byte >= 'a' && byte <= 'f');
}

static unsigned next_label(unsigned label, unsigned byte)
{
    if (label == LABEL_EMPTY)
        return byte == '0' ? LABEL_ZERO : is_digit(byte) ? LABEL_DIGITS : LABEL_OTHER;
    if (label == LABEL_ZERO && byte == 'x')
        return LABEL_HEX;
    if ((label == LABEL_ZERO || label == LABEL_DIGITS) && is_digit(byte))
        return LABEL_DIGITS;
    return label == LABEL_HEX && is_hex(byte) ? LABEL_HEX : LABEL_OTHER;
}

/* NO_ADDRESS: no octet goes on like that. */
static unsigned next_octet(unsigned octet, unsigned byte)
{
    switch (octet) {
    case OCTET_NONE:
        return byte == '0'   ? OCTET_ZERO
               : byte == '1' ? OCTET_ONE
               : byte == '2' ? OCTET_TWO
                             : OCTET_HIGH;
    case OCTET_ONE:
        return OCTET_TEN;
    case OCTET_TWO:
        return byte < '5' ? OCTET_TEN : byte == '5' ? OCTET_25 : OCTET_FULL;
    case OCTET_HIGH:
    case OCTET_TEN:
        return OCTET_FULL;
    case OCTET_25:
        return byte <= '5' ? (unsigned)OCTET_FULL : NO_ADDRESS + 1U;
    default:
        return NO_ADDRESS + 1U;
    }
}

static void step_octets(struct fields *fields, unsigned byte)
{
    unsigned octets = fields->as.host.octets, octet = fields->as.host.octet;
    if (octets == NO_ADDRESS)
        return;
    if (byte == '.' && octet != OCTET_NONE && octets < 3) {
        octets++;
        octet = OCTET_NONE;
    } else if (is_digit(byte)) {
        octet = next_octet(octet, byte);
    } else {
        octet = NO_ADDRESS + 1;
    }
    if (octet > NO_ADDRESS)
        octets = NO_ADDRESS, octet = OCTET_NONE;
    fields->as.host.octets = octets;
    fields->as.host.octet = octet;
}

static bool is_host(const struct fields *fields, enum profile profile)
{
    const unsigned label = fields->as.host.label;
    const bool number = label == LABEL_EMPTY ? fields->as.host.number_before : label != LABEL_OTHER;
    if (!fields->as.host.some)
        return false;
    if (number)
        return fields->as.host.octets == 3 && fields->as.host.octet != OCTET_NONE;
    return profile != PROFILE_ABNF || fields->as.host.alphanumeric;
}

static struct fields port_of(unsigned https)
{
    struct fields fields = {.phase = PHASE_PORT, .https = https};
    fields.as.port.exact = 1;
    return fields;
}

static bool step_host(const struct sendable *sendable, struct fields *fields, unsigned byte)
{
    if (byte == ':') {
        const bool ends = is_host(fields, sendable->profile);
        *fields = port_of(fields->https);
        return ends;
    }
    if (byte == '[' && !fields->as.host.some) {
        *fields = (struct fields){.phase = PHASE_SIX, .https = fields->https};
        fields->as.six.need = LEAST_ELIDED;
        return true;
    }
    const bool alphanumeric = is_digit(byte) || (byte >= 'a' && byte <= 'z');
    const bool fresh = fields->as.host.label == LABEL_EMPTY;
    if (sendable->profile == PROFILE_ABNF &&
        ((byte == '.' && !fields->as.host.alphanumeric) || (fresh && !alphanumeric)))
        return false;
    fields->as.host.mask &= senders(sendable->profile, fields->https, byte);
    fields->as.host.some = 1;
    fields->as.host.alphanumeric = sendable->profile == PROFILE_ABNF && alphanumeric;
    step_octets(fields, byte);
    if (byte == '.') {
        fields->as.host.number_before =
            fields->as.host.label != LABEL_EMPTY && fields->as.host.label != LABEL_OTHER;
        fields->as.host.label = LABEL_EMPTY;
    } else {
        fields->as.host.label = next_label(fields->as.host.label, byte);
        fields->as.host.number_before = 0;
    }
    return fields->as.host.mask != 0;
}

/* ---- Addresses of IPv6 --------------------------------------------------------------------- */

/* The piece that was read has ended. */
static void end_piece(struct fields *fields)
{
    const unsigned before = !fields->as.six.elided; /* then `::` must stand for more than a run */
    fields->as.six.shown++;
    fields->as.six.run = fields->as.six.zero ? fields->as.six.run + 1 : 0;
    if (fields->as.six.run + before > fields->as.six.need)
        fields->as.six.need = fields->as.six.run + before;
    fields->as.six.digits = fields->as.six.zero = 0;
}

/* Whether what `::` stands for would be the first of the longest runs. */
static bool is_elision_possible(const struct fields *fields)
{
    return fields->as.six.shown <= PIECES && PIECES - fields->as.six.shown >= fields->as.six.need;
}

static bool end_address(struct fields *fields)
{
    if (fields->as.six.colon == 1)
        end_piece(fields);
    else if (fields->as.six.colon != 3)
        return false;
    return fields->as.six.elided
               ? is_elision_possible(fields)
               : fields->as.six.shown == PIECES && fields->as.six.need == LEAST_ELIDED;
}

static bool step_colon(struct fields *fields)
{
    const unsigned colon = fields->as.six.colon;
    if (colon == 1) {
        end_piece(fields);
        fields->as.six.colon = 2;
        return is_elision_possible(fields) ||
               (!fields->as.six.elided && fields->as.six.shown < PIECES &&
                fields->as.six.need == LEAST_ELIDED);
    }
    if (colon == 3 || fields->as.six.elided)
        return false;
    if (colon == 0 && fields->as.six.shown == 0) { /* the first of two, at the very start */
        fields->as.six.colon = 2;
        fields->as.six.shown = PIECES + 1;
        return true;
    }
    if (fields->as.six.shown == PIECES + 1)
        fields->as.six.shown = 0;
    if (fields->as.six.shown > 0 && fields->as.six.run > 0)
        return false; /* a zero next to it belongs to it */
    fields->as.six.elided = 1;
    fields->as.six.run = 0;
    fields->as.six.colon = 3;
    return is_elision_possible(fields);
}

static bool step_six(struct fields *fields, unsigned byte)
{
    if (byte == ']') {
        const bool ends = end_address(fields);
        *fields = (struct fields){.phase = PHASE_BEHIND, .https = fields->https};
        return ends;
    }
    if (byte == ':')
        return step_colon(fields);
    if (!is_hex(byte) || fields->as.six.shown == PIECES + 1 || fields->as.six.zero ||
        fields->as.six.digits == 4 || (!fields->as.six.elided && fields->as.six.shown == PIECES))
        return false;
    if (fields->as.six.colon == 3 && byte == '0')
        return false; /* likewise */
    fields->as.six.zero = fields->as.six.digits == 0 && byte == '0';
    fields->as.six.digits++;
    fields->as.six.colon = 1;
    return true;
}

/* ---- Ports --------------------------------------------------------------------------------- */

static bool begins(unsigned whole, unsigned start)
{
    while (whole > start)
        whole /= 10;
    return whole == start;
}

/* Of each scheme the ports that no origin has: those that browsers do not ask, and its own. */
static void find_bad_ports(struct sendable *sendable)
{
    const bool asked = sendable->profile != PROFILE_URL && sendable->profile != PROFILE_ABNF;
    for (int32_t port = 0; port <= WORST && !sendable->has_bad_ports; port++) {
        const bool bad = asked && is_bad_port(port);
        for (unsigned https = 0; https < 2 && (bad || port == 80 || port == 443); https++)
            if ((bad || port == (https ? 443 : 80)) &&
                sendable->bad_port_count[https] < SENDABLE_BAD_PORTS)
                sendable->bad_ports[https][sendable->bad_port_count[https]++] = (uint32_t)port;
    }
    sendable->has_bad_ports = true;
}

static bool step_port(struct sendable *sendable, struct fields *fields, unsigned byte)
{
    const unsigned https = fields->https, digits = fields->as.port.digits + 1;
    unsigned worst = WORST, value;
    if (!is_digit(byte) || digits > 5 ||
        (digits > 1 && fields->as.port.exact && fields->as.port.value == 0))
        return false;
    find_bad_ports(sendable);
    for (unsigned i = digits; i < 5; i++)
        worst /= 10;
    value = fields->as.port.value * 10 + (byte - '0');
    if (fields->as.port.exact) {
        fields->as.port.above = value > worst;
        bool exact = value == worst || value == 0;
        for (unsigned i = 0; i < sendable->bad_port_count[https] && !exact; i++)
            exact = begins(sendable->bad_ports[https][i], value);
        fields->as.port.exact = exact;
        fields->as.port.value = exact ? value : 0;
    }
    fields->as.port.digits = digits;
    return digits < 5 || !fields->as.port.above;
}

static bool is_port(struct sendable *sendable, const struct fields *fields)
{
    if (fields->as.port.digits == 0)
        return false;
    find_bad_ports(sendable);
    for (unsigned i = 0; fields->as.port.exact && i < sendable->bad_port_count[fields->https]; i++)
        if (sendable->bad_ports[fields->https][i] == fields->as.port.value)
            return false;
    return true;
}

/* ---- States -------------------------------------------------------------------------------- */

static bool step_word(const struct sendable *sendable, struct fields *fields, unsigned byte)
{
    const char *word = fields->as.word.null ? "null" : fields->https ? "https://" : "http://";
    const unsigned at = fields->as.word.at++;
    if (at == 0 && byte == 'n')
        fields->as.word.null = 1, word = "null";
    if (!fields->as.word.null && at == 4 && byte == 's')
        fields->https = 1, word = "https://";
    if ((unsigned char)word[at] != byte)
        return false;
    if (word[at + 1] != '\0')
        return true;
    if (fields->as.word.null) {
        *fields = (struct fields){.phase = PHASE_NULL};
        return true;
    }
    *fields = (struct fields){.phase = PHASE_HOST, .https = fields->https};
    fields->as.host.mask = all_senders(sendable->profile);
    return true;
}

static bool step(struct sendable *sendable, struct fields *fields, unsigned byte)
{
    switch (fields->phase) {
    case PHASE_WORD:
        return step_word(sendable, fields, byte);
    case PHASE_HOST:
        return step_host(sendable, fields, byte);
    case PHASE_SIX:
        return step_six(fields, byte);
    case PHASE_BEHIND:
        *fields = port_of(fields->https);
        return byte == ':';
    case PHASE_PORT:
        return step_port(sendable, fields, byte);
    default:
        return false;
    }
}

static bool is_same(const void *owner, uint32_t number, const void *thing)
{
    return ((const struct sendable *)owner)->keys[number] == *(const uint64_t *)thing;
}

static bool make_room(struct sendable *sendable)
{
    struct prove_memory *memory = sendable->memory;
    const uint32_t old = sendable->capacity;
    if (sendable->count < old)
        return true;
    sendable->keys = prove_double(memory, sendable->keys, old, sizeof *sendable->keys);
    sendable->rows = prove_double(memory, sendable->rows, old, sizeof *sendable->rows);
    sendable->fields = prove_double(memory, sendable->fields, old, sizeof *sendable->fields);
    if (memory->exhausted || !lookup_double(&sendable->lookup, memory))
        return false;
    sendable->capacity = old * 2;
    for (uint32_t i = SENDABLE_START; i < sendable->count; i++)
        lookup_put(&sendable->lookup, lookup_hash(sendable->keys[i]), i);
    return true;
}

static uint32_t state_of(struct sendable *sendable, const struct fields *fields)
{
    const uint64_t key = key_of(fields);
    if (!make_room(sendable))
        return SENDABLE_DEAD;
    uint32_t *number = lookup_find(&sendable->lookup, lookup_hash(key), is_same, sendable, &key);
    if (*number != 0)
        return *number;
    sendable->keys[sendable->count] = key;
    sendable->fields[sendable->count] = *fields;
    *number = sendable->count++;
    return *number;
}

bool sendable_open(struct sendable *sendable, enum profile profile, struct prove_memory *memory)
{
    enum { STATES = 1 << 8 };
    *sendable =
        (struct sendable){.profile = profile, .memory = memory, .count = 1, .capacity = STATES};
    sendable->keys = prove_take(memory, STATES * sizeof *sendable->keys);
    sendable->fields = prove_take(memory, STATES * sizeof *sendable->fields);
    sendable->rows = prove_take(memory, STATES * sizeof *sendable->rows);
    if (!lookup_open(&sendable->lookup, STATES, memory) || memory->exhausted)
        return false;
    const struct fields start = {.phase = PHASE_WORD};
    return state_of(sendable, &start) == SENDABLE_START;
}

uint32_t sendable_step(struct sendable *sendable, uint32_t state, unsigned byte)
{
    enum { NOT_KNOWN = 0, NOWHERE = 1 }; /* else the state, and one more */
    uint32_t known = sendable->rows[state][byte & 127];
    if (known == NOT_KNOWN) {
        struct fields fields = sendable->fields[state];
        const bool goes_on = step(sendable, &fields, byte);
        const uint32_t next = goes_on ? state_of(sendable, &fields) : SENDABLE_DEAD;
        if (goes_on && next == SENDABLE_DEAD)
            sendable->memory->exhausted = true;
        known = next + NOWHERE;
        sendable->rows[state][byte & 127] = known;
    }
    return known - NOWHERE;
}

enum sendable_part sendable_part(const struct sendable *sendable, uint32_t state)
{
    static const enum sendable_part parts[] = {
        [PHASE_WORD] = SENDABLE_SCHEME, [PHASE_NULL] = SENDABLE_NULL,
        [PHASE_HOST] = SENDABLE_HOST,   [PHASE_SIX] = SENDABLE_ADDRESS,
        [PHASE_BEHIND] = SENDABLE_HOST, [PHASE_PORT] = SENDABLE_PORT};
    return parts[sendable->fields[state].phase];
}

bool sendable_accepts(struct sendable *sendable, uint32_t state)
{
    const struct fields fields = sendable->fields[state];
    switch (fields.phase) {
    case PHASE_NULL:
    case PHASE_BEHIND:
        return true;
    case PHASE_HOST:
        return is_host(&fields, sendable->profile);
    case PHASE_PORT:
        return is_port(sendable, &fields);
    default:
        return false;
    }
}

unsigned sendable_kind(const struct sendable *sendable, unsigned byte)
{
    static const char apart[] = "0123456789abcdefxhtpsnul:/.[]-";
    const char *found = strchr(apart, (int)byte);
    if (found != NULL)
        return 1U + (unsigned)(found - apart);
    const bool alphanumeric = byte >= 'a' && byte <= 'z';
    return 64U + (senders(sendable->profile, 0, byte) | senders(sendable->profile, 1, byte) << 3 |
                  (unsigned)alphanumeric << 6);
}
