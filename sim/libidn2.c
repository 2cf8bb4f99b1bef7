/* UTS 46, Unicode IDNA Compatibility Processing (https://www.unicode.org/reports/tr46/), as the URL
 * Standard's domain parser wants it (https://url.spec.whatwg.org/#idna), with the data of libidn2.
 *
 * libidn2 itself does more than that: it always checks hyphens and lengths, refuses what IDNA 2008
 * refuses, such as symbols, and looks at the Bidi Rule one label at a time. So the processing is
 * done here, and libidn2 is asked about single code points, which it knows all about: what one is
 * mapped to, how a few are normalized, which are marks, how they behave next to a joiner and in
 * right-to-left text. Its data is older than the standard's; what later versions of Unicode decided
 * anew is in a table below, what they added is refused. The work is linear in the domain's length
 * but for Punycode, which has a limit of its own. */
#include "url.h"

#include <idn2.h>

enum {
    ZERO_WIDTH_NON_JOINER = 0x200C,
    ZERO_WIDTH_JOINER = 0x200D,
    SHARP_S = 0xDF,
    FINAL_SIGMA = 0x3C2,
    CAPITAL_SHARP_S = 0x1E9E,
    ALEF = 0x5D0, /* a right-to-left letter */
};

/* Code points, building up at the arena's end. */
struct code_points {
    uint32_t *at;
    size_t count;
};

static struct code_points no_code_points(struct cors_arena *arena)
{
    return (struct code_points){cors_arena_take(arena, 0, _Alignof(uint32_t)), 0};
}

static void add(struct code_points *list, uint32_t code_point, struct cors_arena *arena)
{
    append(arena, (const char *)&code_point, sizeof code_point);
    if (!arena->exhausted)
        list->count++;
}

static bool is_ascii(uint32_t code_point)
{
    return code_point < 0x80;
}

/* The code point at `*position` of well-formed UTF-8, which is stepped over. */
static uint32_t next_code_point(struct cors_bytes utf8, size_t *position)
{
    const unsigned char *at = (const unsigned char *)utf8.at + *position;
    const size_t continuations = at[0] < 0x80 ? 0 : at[0] < 0xE0 ? 1 : at[0] < 0xF0 ? 2 : 3;
    uint32_t code_point = continuations == 0 ? at[0] : at[0] & (0x3Fu >> continuations);
    for (size_t i = 1; i <= continuations; i++)
        code_point = code_point << 6 | (at[i] & 0x3Fu);
    *position += continuations + 1;
    return code_point;
}

enum bidi_class {
    BIDI_LEFT_TO_RIGHT, /* L */
    BIDI_RIGHT_TO_LEFT, /* R and AL */
    BIDI_ARABIC_NUMBER,
    BIDI_EUROPEAN_NUMBER,
    BIDI_NONSPACING_MARK,
    BIDI_NEUTRAL, /* ES, CS, ET, ON and BN */
    BIDI_UNKNOWN,
};

/* A range of code points of one class. */
struct bidi_range {
    uint32_t first;
    uint32_t last;
    enum bidi_class class;
};

/* What most domains are written in: letters that are valid and no marks, about which libidn2 need
 * not be asked. */
static const struct bidi_range common_letters[] = {
    {0x00E0, 0x00F6, BIDI_LEFT_TO_RIGHT}, {0x00F8, 0x00FF, BIDI_LEFT_TO_RIGHT},
    {0x03AC, 0x03CE, BIDI_LEFT_TO_RIGHT}, {0x0430, 0x045F, BIDI_LEFT_TO_RIGHT},
    {0x05D0, 0x05EA, BIDI_RIGHT_TO_LEFT}, {0x0620, 0x063F, BIDI_RIGHT_TO_LEFT},
    {0x0641, 0x064A, BIDI_RIGHT_TO_LEFT}, {0x0904, 0x0939, BIDI_LEFT_TO_RIGHT},
    {0x0E01, 0x0E30, BIDI_LEFT_TO_RIGHT}, {0x3041, 0x3096, BIDI_LEFT_TO_RIGHT},
    {0x30A1, 0x30FA, BIDI_LEFT_TO_RIGHT}, {0x4E00, 0x9FFC, BIDI_LEFT_TO_RIGHT},
    {0xAC00, 0xD7A3, BIDI_LEFT_TO_RIGHT},
};

/* The class of a code point that is in one of the ranges. */
static enum bidi_class class_in(const struct bidi_range *ranges, size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return ranges[i].class;
    return BIDI_UNKNOWN;
}

#define CLASS_IN(ranges, c) class_in((ranges), sizeof(ranges) / sizeof *(ranges), (c))

static bool is_common_letter(uint32_t c)
{
    return CLASS_IN(common_letters, c) != BIDI_UNKNOWN;
}

/* ---- Questions to libidn2 ----------------------------------------------------------------- */

/* A short label in UTF-8, with room for what libidn2 takes at most. */
struct question {
    char at[IDN2_DOMAIN_MAX_LENGTH + 5];
    size_t len;
};

static void put(struct question *question, uint32_t code_point)
{
    char *at = question->at + question->len;
    if (question->len > IDN2_DOMAIN_MAX_LENGTH)
        return; /* libidn2 will find it too long */
    if (code_point < 0x80) {
        at[0] = (char)code_point;
        question->len += 1;
    } else if (code_point < 0x800) {
        at[0] = (char)(0xC0 | code_point >> 6);
        at[1] = (char)(0x80 | (code_point & 0x3F));
        question->len += 2;
    } else if (code_point < 0x10000) {
        at[0] = (char)(0xE0 | code_point >> 12);
        at[1] = (char)(0x80 | (code_point >> 6 & 0x3F));
        at[2] = (char)(0x80 | (code_point & 0x3F));
        question->len += 3;
    } else {
        at[0] = (char)(0xF0 | code_point >> 18);
        at[1] = (char)(0x80 | (code_point >> 12 & 0x3F));
        at[2] = (char)(0x80 | (code_point >> 6 & 0x3F));
        at[3] = (char)(0x80 | (code_point & 0x3F));
        question->len += 4;
    }
}

static struct question question_of(const uint32_t *code_points, size_t count)
{
    struct question question = {.len = 0};
    for (size_t i = 0; i < count; i++)
        put(&question, code_points[i]);
    return question;
}

/* Whether libidn2 would register the label: the checks of IDNA 2008, in a known order. */
static int check_label(struct question *question)
{
    question->at[question->len] = '\0';
    return idn2_lookup_u8((const uint8_t *)question->at, NULL, IDN2_NONTRANSITIONAL);
}

/* Adds what a label of libidn2's answer stands for. */
static bool add_label_of_answer(struct code_points *list, struct cors_bytes label,
                                struct cors_arena *arena)
{
    uint32_t decoded[PUNYCODE_MOST_BYTES];
    size_t count = 0;
    if (!starts_with(label, CORS_BYTES("xn--"))) {
        for (size_t i = 0; i < label.len; i++)
            add(list, (unsigned char)label.at[i], arena);
        return true;
    }
    if (!punycode_decode(bytes_slice(label, 4, label.len), decoded, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        add(list, decoded[i], arena);
    return true;
}

/* Adds what libidn2 makes of code points: mapped and normalized, unless one of them is disallowed.
 * Transitional processing is used because it checks nothing that IDNA 2008 adds; the code points
 * that it treats differently must not be asked about. A `q` at either end, which no mark combines
 * with, keeps marks and hyphens from being the first or the last. */
static bool add_processed(struct code_points *list, const uint32_t *code_points, size_t count,
                          struct cors_arena *arena)
{
    struct question question = {.at = "q", .len = 1};
    for (size_t i = 0; i < count; i++)
        put(&question, code_points[i]);
    put(&question, 'q');
    if (question.len > IDN2_DOMAIN_MAX_LENGTH)
        return false;
    question.at[question.len] = '\0';
    uint8_t *answer = NULL;
    if (idn2_lookup_u8((const uint8_t *)question.at, &answer,
                       IDN2_TRANSITIONAL | IDN2_NO_ALABEL_ROUNDTRIP) != IDN2_OK)
        return false;
    struct code_points processed = no_code_points(arena);
    bool success = true;
    const char *at = (const char *)answer;
    while (success && at != NULL) {
        const size_t rest = strlen(at);
        const char *end = memchr(at, '.', rest);
        const size_t len = end == NULL ? rest : (size_t)(end - at);
        success = add_label_of_answer(&processed, (struct cors_bytes){at, len}, arena);
        if (end != NULL)
            add(&processed, '.', arena);
        at = end == NULL ? NULL : end + 1;
    }
    idn2_free(answer);
    if (!success || arena->exhausted)
        return false;
    memmove(processed.at, processed.at + 1, (processed.count - 2) * sizeof *processed.at);
    arena->at = (char *)(processed.at + processed.count - 2);
    list->count += processed.count - 2;
    return true;
}

/* https://www.unicode.org/reports/tr46/#Validity_Criteria: General_Category=Mark. */
static bool is_mark(uint32_t code_point)
{
    if (code_point < 0x300 || is_common_letter(code_point))
        return false;
    struct question question = question_of(&code_point, 1);
    question.at[question.len] = '\0';
    return idn2_lookup_u8((const uint8_t *)question.at, NULL,
                          IDN2_TRANSITIONAL | IDN2_NO_ALABEL_ROUNDTRIP) == IDN2_LEADING_COMBINING;
}

/* ---- Mapping: https://www.unicode.org/reports/tr46/#ProcessingStepMap --------------------- */

enum idna_status { STATUS_IGNORED, STATUS_VALID, STATUS_MAPPED };

/* Where the IDNA Mapping Table of Unicode 17 differs from that of Unicode 14, which libidn2 2.3.3
 * has, for code points that Unicode 14 knows. The first of a range is mapped to `to`, the others
 * to what follows it. */
static const struct {
    uint32_t first;
    uint32_t last;
    enum idna_status status;
    uint32_t to;
} changes[] = {
    {0x04C0, 0x04C0, STATUS_MAPPED, 0x04CF},
    {0x10A0, 0x10C5, STATUS_MAPPED, 0x2D00},
    {0x115F, 0x1160, STATUS_IGNORED, 0},
    {0x17B4, 0x17B5, STATUS_IGNORED, 0},
    {0x1806, 0x1806, STATUS_VALID, 0},
    {0x180E, 0x180E, STATUS_IGNORED, 0},
    {CAPITAL_SHARP_S, CAPITAL_SHARP_S, STATUS_MAPPED, SHARP_S},
    {0x2061, 0x2063, STATUS_IGNORED, 0},
    {0x206A, 0x206F, STATUS_IGNORED, 0},
    {0x2132, 0x2132, STATUS_MAPPED, 0x214E},
    {0x2183, 0x2183, STATUS_MAPPED, 0x2184},
    {0x3164, 0x3164, STATUS_IGNORED, 0},
    {0xFFA0, 0xFFA0, STATUS_IGNORED, 0},
    {0x1D173, 0x1D17A, STATUS_IGNORED, 0},
    {0x2F868, 0x2F868, STATUS_MAPPED, 0x36FC},
    {0x2F874, 0x2F874, STATUS_MAPPED, 0x5F53},
    {0x2F91F, 0x2F91F, STATUS_MAPPED, 0x243AB},
    {0x2F95F, 0x2F95F, STATUS_MAPPED, 0x7AEE},
    {0x2F9BF, 0x2F9BF, STATUS_MAPPED, 0x45D7},
};

/* Those that are valid, but not to libidn2, or not in transitional processing. */
static bool libidn2_must_not_be_asked(uint32_t code_point)
{
    return code_point == SHARP_S || code_point == FINAL_SIGMA ||
           code_point == ZERO_WIDTH_NON_JOINER || code_point == ZERO_WIDTH_JOINER ||
           code_point == 0x1806;
}

/* Adds what a code point is mapped to. False: it is disallowed. */
static bool add_mapped(struct code_points *list, uint32_t code_point, struct cors_arena *arena)
{
    if (is_ascii(code_point)) {
        add(list, (unsigned char)byte_lowercase((char)code_point), arena);
        return true;
    }
    if (libidn2_must_not_be_asked(code_point) || is_common_letter(code_point)) {
        add(list, code_point, arena);
        return true;
    }
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (code_point >= changes[i].first && code_point <= changes[i].last) {
            if (changes[i].status == STATUS_MAPPED)
                add(list, changes[i].to + (code_point - changes[i].first), arena);
            return true;
        }
    }
    return add_processed(list, &code_point, 1, arena);
}

/* Whether a code point is valid as it is. */
static bool is_valid(uint32_t code_point, struct cors_arena *arena)
{
    char *const start = arena->at;
    struct code_points mapped = no_code_points(arena);
    const bool valid =
        add_mapped(&mapped, code_point, arena) && mapped.count == 1 && mapped.at[0] == code_point;
    if (!arena->exhausted)
        arena->at = start;
    return valid;
}

/* ---- Normalization: https://www.unicode.org/reports/tr46/#ProcessingStepNormalize --------- */

/* Whether a code point may combine with what stands before it: marks, and the vowels and final
 * consonants that Hangul syllables are made of. */
static bool may_combine(uint32_t code_point)
{
    return (code_point >= 0x1161 && code_point <= 0x1175) ||
           (code_point >= 0x11A8 && code_point <= 0x11C2) || is_mark(code_point);
}

/* Adds the code points in Normalization Form C: each that begins anew, with all that may combine
 * with it. More of those than libidn2 takes at once, about a dozen, are refused. */
static bool add_normalized(struct code_points *list, const uint32_t *code_points, size_t count,
                           struct cors_arena *arena)
{
    for (size_t i = 0; i < count;) {
        size_t end = i + 1;
        while (end < count && may_combine(code_points[end]))
            end++;
        if (end == i + 1 || code_points[i] == '.' || libidn2_must_not_be_asked(code_points[i]))
            add(list, code_points[i++], arena);
        if (end > i && !add_processed(list, code_points + i, end - i, arena))
            return false;
        i = end;
    }
    return true;
}

/* ---- Validity: https://www.unicode.org/reports/tr46/#Validity_Criteria -------------------- */

/* https://www.rfc-editor.org/rfc/rfc5892#appendix-A: what stands around a joiner. libidn2 knows,
 * given the joiner with only the code points that matter to it. */
static bool joiner_is_valid(struct code_points label, size_t i)
{
    if (i == 0)
        return false;
    const uint32_t after_virama[] = {'q', label.at[i - 1], label.at[i]};
    struct question question = question_of(after_virama, 3);
    if (check_label(&question) == IDN2_OK)
        return true;
    if (label.at[i] == ZERO_WIDTH_JOINER)
        return false;
    size_t first = i - 1;
    while (first > 0 && is_mark(label.at[first]))
        first--;
    size_t end = i + 1;
    while (end < label.count && is_mark(label.at[end]))
        end++;
    if (end < label.count)
        end++;
    question = question_of(label.at + first, end - first);
    const int result = check_label(&question);
    return result == IDN2_OK || result == IDN2_BIDI; /* the Bidi Rule is checked afterwards */
}

static bool joiners_are_valid(struct code_points label)
{
    for (size_t i = 0; i < label.count; i++)
        if ((label.at[i] == ZERO_WIDTH_NON_JOINER || label.at[i] == ZERO_WIDTH_JOINER) &&
            !joiner_is_valid(label, i))
            return false;
    return true;
}

static bool has_hyphens_at(struct code_points label, size_t first, size_t second)
{
    return first < label.count && second < label.count && label.at[first] == '-' &&
           label.at[second] == '-';
}

/* CheckHyphens and UseSTD3ASCIIRules. */
static bool is_strictly_valid(struct code_points label)
{
    for (size_t i = 0; i < label.count; i++) {
        const uint32_t c = label.at[i];
        if (is_ascii(c) && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return !has_hyphens_at(label, 2, 3) && !has_hyphens_at(label, 0, 0) &&
           !has_hyphens_at(label, label.count - 1, label.count - 1);
}

static bool starts_with_xn(struct code_points label)
{
    return label.count >= 4 && label.at[0] == 'x' && label.at[1] == 'n' &&
           has_hyphens_at(label, 2, 3);
}

/* What is checked of every label, whether it came in Punycode or not. */
static bool label_is_valid(struct code_points label, bool be_strict)
{
    if (label.count == 0)
        return true;
    return !starts_with_xn(label) && (!be_strict || is_strictly_valid(label)) &&
           !is_mark(label.at[0]) && joiners_are_valid(label);
}

/* What was in Punycode was neither mapped nor normalized, and must not have needed it. */
static bool decoded_label_is_valid(struct code_points label, struct cors_arena *arena)
{
    bool non_ascii = false;
    for (size_t i = 0; i < label.count; i++) {
        if (label.at[i] == '.' || !is_valid(label.at[i], arena))
            return false;
        non_ascii |= !is_ascii(label.at[i]);
    }
    char *const start = arena->at;
    struct code_points normalized = no_code_points(arena);
    const bool valid = non_ascii && add_normalized(&normalized, label.at, label.count, arena) &&
                       normalized.count == label.count &&
                       memcmp(normalized.at, label.at, label.count * sizeof *label.at) == 0;
    if (!arena->exhausted)
        arena->at = start;
    return valid;
}

/* ---- The Bidi Rule: https://www.rfc-editor.org/rfc/rfc5893#section-2 ---------------------- */

/* The classes of code points that UTS 46 allows but IDNA 2008 does not, of which libidn2 therefore
 * does not tell: those of Unicode 14 that are neither neutral nor nonspacing marks. What stands
 * between those of one class is no matter. */
static const struct bidi_range symbols[] = {
    {0x0482, 0x0482, BIDI_LEFT_TO_RIGHT},     {0x055A, 0x0589, BIDI_LEFT_TO_RIGHT},
    {0x05BE, 0x05C6, BIDI_RIGHT_TO_LEFT},     {0x0608, 0x0608, BIDI_RIGHT_TO_LEFT},
    {0x060B, 0x060B, BIDI_RIGHT_TO_LEFT},     {0x060D, 0x060D, BIDI_RIGHT_TO_LEFT},
    {0x061B, 0x0640, BIDI_RIGHT_TO_LEFT},     {0x066B, 0x066C, BIDI_ARABIC_NUMBER},
    {0x066D, 0x06D4, BIDI_RIGHT_TO_LEFT},     {0x0700, 0x070D, BIDI_RIGHT_TO_LEFT},
    {0x07FA, 0x088E, BIDI_RIGHT_TO_LEFT},     {0x08B5, 0x08C9, BIDI_RIGHT_TO_LEFT},
    {0x0964, 0x0970, BIDI_LEFT_TO_RIGHT},     {0x09F4, 0x09FA, BIDI_LEFT_TO_RIGHT},
    {0x09FD, 0x0AF0, BIDI_LEFT_TO_RIGHT},     {0x0B70, 0x0BF2, BIDI_LEFT_TO_RIGHT},
    {0x0C5D, 0x0C77, BIDI_LEFT_TO_RIGHT},     {0x0C7F, 0x0D79, BIDI_LEFT_TO_RIGHT},
    {0x0DF4, 0x0DF4, BIDI_LEFT_TO_RIGHT},     {0x0E4F, 0x0F38, BIDI_LEFT_TO_RIGHT},
    {0x0F85, 0x137C, BIDI_LEFT_TO_RIGHT},     {0x166D, 0x166E, BIDI_LEFT_TO_RIGHT},
    {0x16EB, 0x17DA, BIDI_LEFT_TO_RIGHT},     {0x19DA, 0x19DA, BIDI_LEFT_TO_RIGHT},
    {0x1A1E, 0x1AAD, BIDI_LEFT_TO_RIGHT},     {0x1B4C, 0x1CD3, BIDI_LEFT_TO_RIGHT},
    {0x214F, 0x2188, BIDI_LEFT_TO_RIGHT},     {0x2336, 0x237A, BIDI_LEFT_TO_RIGHT},
    {0x2395, 0x2395, BIDI_LEFT_TO_RIGHT},     {0x26AC, 0x26AC, BIDI_LEFT_TO_RIGHT},
    {0x2800, 0x28FF, BIDI_LEFT_TO_RIGHT},     {0x2C5F, 0x2C5F, BIDI_LEFT_TO_RIGHT},
    {0x2D70, 0x2D70, BIDI_LEFT_TO_RIGHT},     {0x3021, 0x302F, BIDI_LEFT_TO_RIGHT},
    {0x3031, 0x3035, BIDI_LEFT_TO_RIGHT},     {0x303B, 0x303B, BIDI_LEFT_TO_RIGHT},
    {0x3190, 0x31BF, BIDI_LEFT_TO_RIGHT},     {0x3248, 0x4DBF, BIDI_LEFT_TO_RIGHT},
    {0x9FF0, 0x9FFF, BIDI_LEFT_TO_RIGHT},     {0xA4FE, 0xA4FF, BIDI_LEFT_TO_RIGHT},
    {0xA6E6, 0xA6F7, BIDI_LEFT_TO_RIGHT},     {0xA789, 0xA7F6, BIDI_LEFT_TO_RIGHT},
    {0xA830, 0xA837, BIDI_LEFT_TO_RIGHT},     {0xA8CE, 0xAB68, BIDI_LEFT_TO_RIGHT},
    {0xABEB, 0xD7FB, BIDI_LEFT_TO_RIGHT},     {0xFBB2, 0xFBC2, BIDI_RIGHT_TO_LEFT},
    {0x10100, 0x10100, BIDI_LEFT_TO_RIGHT},   {0x10102, 0x1013F, BIDI_LEFT_TO_RIGHT},
    {0x1018D, 0x1018E, BIDI_LEFT_TO_RIGHT},   {0x101D0, 0x101FC, BIDI_LEFT_TO_RIGHT},
    {0x102E1, 0x102FB, BIDI_EUROPEAN_NUMBER}, {0x10320, 0x10780, BIDI_LEFT_TO_RIGHT},
    {0x10857, 0x1091B, BIDI_RIGHT_TO_LEFT},   {0x1093F, 0x10AF6, BIDI_RIGHT_TO_LEFT},
    {0x10B58, 0x10CFF, BIDI_RIGHT_TO_LEFT},   {0x10E60, 0x10E7E, BIDI_ARABIC_NUMBER},
    {0x10E80, 0x10EA9, BIDI_RIGHT_TO_LEFT},   {0x10EAD, 0x10F81, BIDI_RIGHT_TO_LEFT},
    {0x10F86, 0x10FCB, BIDI_RIGHT_TO_LEFT},   {0x11047, 0x1104D, BIDI_LEFT_TO_RIGHT},
    {0x11071, 0x11072, BIDI_LEFT_TO_RIGHT},   {0x11075, 0x110C1, BIDI_LEFT_TO_RIGHT},
    {0x11140, 0x111CE, BIDI_LEFT_TO_RIGHT},   {0x111DB, 0x11643, BIDI_LEFT_TO_RIGHT},
    {0x116B9, 0x11938, BIDI_LEFT_TO_RIGHT},   {0x1193D, 0x1193D, BIDI_LEFT_TO_RIGHT},
    {0x1193F, 0x11942, BIDI_LEFT_TO_RIGHT},   {0x11944, 0x11FD4, BIDI_LEFT_TO_RIGHT},
    {0x11FFF, 0x16E9A, BIDI_LEFT_TO_RIGHT},   {0x16FF0, 0x1BC9F, BIDI_LEFT_TO_RIGHT},
    {0x1CF50, 0x1D166, BIDI_LEFT_TO_RIGHT},   {0x1D16A, 0x1D172, BIDI_LEFT_TO_RIGHT},
    {0x1D183, 0x1D184, BIDI_LEFT_TO_RIGHT},   {0x1D18C, 0x1D1A9, BIDI_LEFT_TO_RIGHT},
    {0x1D1AE, 0x1D1E8, BIDI_LEFT_TO_RIGHT},   {0x1D2E0, 0x1D2F3, BIDI_LEFT_TO_RIGHT},
    {0x1D360, 0x1E2AD, BIDI_LEFT_TO_RIGHT},   {0x1E7E0, 0x1E7FE, BIDI_LEFT_TO_RIGHT},
    {0x1E8C7, 0x1ED3D, BIDI_RIGHT_TO_LEFT},   {0x1F150, 0x1F169, BIDI_LEFT_TO_RIGHT},
    {0x1F170, 0x1F1AC, BIDI_LEFT_TO_RIGHT},   {0x1F1E6, 0x1F1FF, BIDI_LEFT_TO_RIGHT},
    {0x2A6D7, 0x3134A, BIDI_LEFT_TO_RIGHT},
};

static enum bidi_class bidi_class_of_symbol(uint32_t code_point)
{
    const enum bidi_class class = CLASS_IN(symbols, code_point);
    if (class != BIDI_UNKNOWN)
        return class;
    return is_mark(code_point) ? BIDI_NONSPACING_MARK : BIDI_NEUTRAL;
}

/* The blocks with right-to-left letters or Arabic numbers in them. */
static bool may_be_right_to_left(uint32_t c)
{
    return (c >= 0x590 && c <= 0x8FF) || (c >= 0xFB1D && c <= 0xFDFF) ||
           (c >= 0xFE70 && c <= 0xFEFF) || (c >= 0x10800 && c <= 0x10FFF) ||
           (c >= 0x1E800 && c <= 0x1EFFF);
}

static bool violates_the_bidi_rule(const uint32_t *code_points, size_t count)
{
    struct question question = question_of(code_points, count);
    return check_label(&question) == IDN2_BIDI;
}

/* libidn2 does not tell the class, but it tells which labels violate the rule. */
static enum bidi_class bidi_class_of(uint32_t c)
{
    if (is_ascii(c) && c >= '0' && c <= '9')
        return BIDI_EUROPEAN_NUMBER;
    if (is_ascii(c))
        return c >= 'a' && c <= 'z' ? BIDI_LEFT_TO_RIGHT : BIDI_NEUTRAL;
    const enum bidi_class common = CLASS_IN(common_letters, c);
    if (common != BIDI_UNKNOWN)
        return common;
    struct question question = question_of((const uint32_t[]){'q', c}, 2);
    const int result = check_label(&question);
    if (result != IDN2_OK && result != IDN2_BIDI)
        return bidi_class_of_symbol(c);
    if (result == IDN2_BIDI)
        return violates_the_bidi_rule((const uint32_t[]){c, ALEF}, 2) ? BIDI_ARABIC_NUMBER
                                                                      : BIDI_RIGHT_TO_LEFT;
    if (violates_the_bidi_rule((const uint32_t[]){ALEF, c, ALEF}, 3))
        return BIDI_LEFT_TO_RIGHT;
    if (violates_the_bidi_rule((const uint32_t[]){ALEF, c}, 2))
        return BIDI_NEUTRAL;
    return is_mark(c) ? BIDI_NONSPACING_MARK : BIDI_EUROPEAN_NUMBER;
}

static bool is_bidi_domain(struct code_points domain)
{
    for (size_t i = 0; i < domain.count; i++) {
        if (!may_be_right_to_left(domain.at[i]))
            continue;
        const enum bidi_class class = bidi_class_of(domain.at[i]);
        if (class == BIDI_RIGHT_TO_LEFT || class == BIDI_ARABIC_NUMBER)
            return true;
    }
    return false;
}

/* Whether a label that begins with L, R or AL keeps to the rule. */
static bool satisfies_the_bidi_rule(struct code_points label)
{
    enum bidi_class first = BIDI_UNKNOWN;
    unsigned seen = 0;                   /* the classes, as bits */
    enum bidi_class last = BIDI_NEUTRAL; /* but for nonspacing marks at the end */
    for (size_t i = 0; i < label.count; i++) {
        const enum bidi_class class = bidi_class_of(label.at[i]);
        if (i == 0)
            first = class;
        seen |= 1u << class;
        if (class != BIDI_NONSPACING_MARK)
            last = class;
    }
    const unsigned both_numbers = 1u << BIDI_ARABIC_NUMBER | 1u << BIDI_EUROPEAN_NUMBER;
    const unsigned right_to_left = 1u << BIDI_RIGHT_TO_LEFT | 1u << BIDI_ARABIC_NUMBER;
    switch (first) {
    case BIDI_LEFT_TO_RIGHT:
        return (seen & right_to_left) == 0 &&
               (last == BIDI_LEFT_TO_RIGHT || last == BIDI_EUROPEAN_NUMBER);
    case BIDI_RIGHT_TO_LEFT:
        return (seen & 1u << BIDI_LEFT_TO_RIGHT) == 0 && (seen & both_numbers) != both_numbers &&
               (last == BIDI_RIGHT_TO_LEFT || last == BIDI_ARABIC_NUMBER ||
                last == BIDI_EUROPEAN_NUMBER);
    default:
        return false;
    }
}

/* ---- Processing: https://www.unicode.org/reports/tr46/#Processing ------------------------- */

/* The label that begins at `first`. */
static struct code_points label_at(struct code_points domain, size_t first)
{
    size_t end = first;
    while (end < domain.count && domain.at[end] != '.')
        end++;
    return (struct code_points){domain.at + first, end - first};
}

static bool map_and_normalize(struct code_points *normalized, struct cors_bytes domain,
                              struct cors_arena *arena)
{
    struct code_points mapped = no_code_points(arena);
    for (size_t position = 0; position < domain.len && !arena->exhausted;)
        if (!add_mapped(&mapped, next_code_point(domain, &position), arena))
            return false;
    *normalized = no_code_points(arena);
    return add_normalized(normalized, mapped.at, mapped.count, arena);
}

/* Adds a label as it is in Unicode. False: its Punycode is none. */
static bool add_decoded(struct code_points *list, struct code_points label,
                        struct cors_arena *arena)
{
    char punycode[PUNYCODE_MOST_BYTES];
    uint32_t decoded[PUNYCODE_MOST_BYTES];
    size_t count = 0;
    if (label.count - 4 > PUNYCODE_MOST_BYTES)
        return false;
    for (size_t i = 4; i < label.count; i++) {
        if (!is_ascii(label.at[i]))
            return false;
        punycode[i - 4] = (char)label.at[i];
    }
    if (!punycode_decode((struct cors_bytes){punycode, label.count - 4}, decoded, &count))
        return false;
    if (!decoded_label_is_valid((struct code_points){decoded, count}, arena))
        return false;
    for (size_t i = 0; i < count; i++)
        add(list, decoded[i], arena);
    return true;
}

/* Converts and validates each label of a mapped and normalized domain. */
static bool convert_labels(struct code_points *unicode, struct code_points domain, bool be_strict,
                           struct cors_arena *arena)
{
    *unicode = no_code_points(arena);
    for (size_t first = 0; first <= domain.count && !arena->exhausted;) {
        const struct code_points label = label_at(domain, first);
        const size_t start = unicode->count;
        if (starts_with_xn(label)) {
            if (!add_decoded(unicode, label, arena))
                return false;
        } else {
            for (size_t i = 0; i < label.count; i++)
                add(unicode, label.at[i], arena);
        }
        if (!label_is_valid((struct code_points){unicode->at + start, unicode->count - start},
                            be_strict))
            return false;
        first += label.count + 1;
        if (first <= domain.count)
            add(unicode, '.', arena);
    }
    return true;
}

static bool check_bidi(struct code_points domain)
{
    if (!is_bidi_domain(domain))
        return true;
    for (size_t first = 0; first <= domain.count;) {
        const struct code_points label = label_at(domain, first);
        if (label.count > 0 && !satisfies_the_bidi_rule(label))
            return false;
        first += label.count + 1;
    }
    return true;
}

/* ---- ToASCII: https://www.unicode.org/reports/tr46/#ToASCII ------------------------------- */

static bool append_label(struct cors_arena *arena, struct code_points label)
{
    bool non_ascii = false;
    for (size_t i = 0; i < label.count; i++)
        non_ascii |= !is_ascii(label.at[i]);
    if (non_ascii) {
        append(arena, "xn--", 4);
        return append_punycode(arena, label.at, label.count);
    }
    for (size_t i = 0; i < label.count; i++)
        append_byte(arena, (char)label.at[i]);
    return true;
}

/* VerifyDnsLength; the root's empty label does not count. */
static bool lengths_are_valid(struct cors_bytes domain)
{
    if (domain.len > 0 && domain.at[domain.len - 1] == '.')
        domain.len--;
    size_t label = 0;
    for (size_t i = 0; i < domain.len; i++) {
        if (domain.at[i] == '.' && label == 0)
            return false;
        label = domain.at[i] == '.' ? 0 : label + 1;
        if (label > IDN2_LABEL_MAX_LENGTH)
            return false;
    }
    return label > 0 && domain.len <= 253;
}

static bool to_ascii(struct cors_bytes *result, struct cors_bytes domain, bool be_strict,
                     struct cors_arena *arena)
{
    struct code_points normalized;
    struct code_points unicode;
    if (!map_and_normalize(&normalized, domain, arena) ||
        !convert_labels(&unicode, normalized, be_strict, arena) || arena->exhausted ||
        !check_bidi(unicode))
        return false;
    const char *start = arena->at;
    for (size_t first = 0; first <= unicode.count;) {
        const struct code_points label = label_at(unicode, first);
        if (!append_label(arena, label))
            return false;
        first += label.count + 1;
        if (first <= unicode.count)
            append_byte(arena, '.');
    }
    *result = appended_since(start, arena);
    return !be_strict || lengths_are_valid(*result);
}

/* https://url.spec.whatwg.org/#concept-domain-to-ascii, but for its steps about the empty string
 * and forbidden domain code points, which the host parser has */
bool cors_domain_to_ascii_by_libidn2(struct cors_bytes domain, bool be_strict,
                                     struct cors_bytes *result, struct cors_arena *arena)
{
    unsigned char all = 0;
    for (size_t i = 0; i < domain.len; i++)
        all |= (unsigned char)domain.at[i];
    if (all < 0x80 && !be_strict) {
        *result = bytes_lowercase(domain, arena);
        return !arena->exhausted;
    }
    if (!is_utf8(domain) || bytes_contain(domain, '\0'))
        return false;
    char *const start = arena->at;
    const bool success = to_ascii(result, domain, be_strict, arena);
    if (success)
        memmove(start, result->at, result->len);
    if (!arena->exhausted)
        arena->at = start + (success ? result->len : 0);
    *result = appended_since(start, arena);
    return success && !arena->exhausted;
}
