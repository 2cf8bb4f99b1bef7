/* The walk of prove/who.h. A state is a stage, the range of suffixes that begin with what was read
 * of one, and the range of own names that begin with what was read of the name: a range is its
 * first word and how many bytes of it were read. */
#include "who.h"

#include "top_levels.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

const char who_suffix_bytes[] = "abcdefghijklmnopqrstuvwxyz.0123456789-;";

enum stage {
    STAGE_ANY,     /* nothing is asked for, or it is decided */
    STAGE_START,   /* before the host */
    STAGE_REST,    /* in a label before the name */
    STAGE_LABEL,   /* before a label, not the first */
    STAGE_NAME,    /* in the first label of the name */
    STAGE_SUFFIX,  /* behind that */
    STAGE_DOTTED,  /* behind the dot at the end */
    STAGE_OWN,     /* in a name that must be an own one */
    STAGE_BAD,     /* in a label that nobody can register */
    STAGE_SINGLE,  /* in the only label */
    STAGE_LAST,    /* in the last label, which must be no suffix */
    STAGE_UNKNOWN, /* which begins as none */
};

struct range {
    uint32_t first;
    unsigned read; /* RANGE_NONE: there is no such word */
};

enum { RANGE_NONE = 255, LOW = 6, FIRST_BITS = 20, READ_BITS = 8 };

struct walk {
    enum stage stage;
    bool http;  /* of whom only the network can use what is the owner's */
    bool whole; /* the own name begins where the host begins */
    struct range suffix, own;
};

static uint64_t state_of(const struct walk *walk)
{
    enum { RANGE = FIRST_BITS + READ_BITS };
    return (uint64_t)walk->stage | (uint64_t)walk->http << 4 | (uint64_t)walk->whole << 5 |
           (uint64_t)walk->suffix.read << LOW | (uint64_t)walk->suffix.first << (LOW + READ_BITS) |
           (uint64_t)walk->own.read << (LOW + RANGE) |
           (uint64_t)walk->own.first << (LOW + RANGE + READ_BITS);
}

static struct walk walk_of(uint64_t state)
{
    enum { RANGE = FIRST_BITS + READ_BITS, FIRST = (1 << FIRST_BITS) - 1, READ = 255 };
    return (struct walk){
        (enum stage)(state & 15),
        (state >> 4 & 1) != 0,
        (state >> 5 & 1) != 0,
        {(uint32_t)(state >> (LOW + READ_BITS)) & FIRST, (state >> LOW) & READ},
        {(uint32_t)(state >> (LOW + RANGE + READ_BITS)) & FIRST, (state >> (LOW + RANGE)) & READ}};
}

/* ---- Words --------------------------------------------------------------------------------- */

static int order(const void *a, const void *b)
{
    const struct who_word *left = a, *right = b;
    const size_t least = left->text.len < right->text.len ? left->text.len : right->text.len;
    const int bytes = least == 0 ? 0 : memcmp(left->text.at, right->text.at, least);
    if (bytes != 0)
        return bytes;
    if (left->text.len != right->text.len)
        return left->text.len < right->text.len ? -1 : 1;
    if (left->is_own != right->is_own)
        return left->is_own ? -1 : 1;
    return (int)left->is_whole - (int)right->is_whole;
}

static uint32_t sort_words(struct who_word *words, uint32_t count)
{
    uint32_t kept = 0;
    qsort(words, count, sizeof *words, order);
    for (uint32_t i = 0; i < count; i++)
        if (kept == 0 || words[kept - 1].text.len != words[i].text.len ||
            memcmp(words[kept - 1].text.at, words[i].text.at, words[i].text.len) != 0)
            words[kept++] = words[i];
    return kept;
}

static bool begins_like(struct cors_bytes word, const char *start, unsigned length)
{
    if (word.len < length)
        return false;
    for (unsigned i = 0; i < length; i++)
        if (word.at[i] != start[i])
            return false;
    return true;
}

/* The words of the range that go on with a byte. */
static struct range narrow(const struct who_word *words, uint32_t count, struct range range,
                           unsigned byte)
{
    static const struct range none = {0, RANGE_NONE};
    if (range.read >= RANGE_NONE - 1 || count == 0)
        return none;
    const char *start = words[range.first].text.at;
    uint32_t low = range.first, high = count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const struct cors_bytes word = words[middle].text;
        const bool shares = begins_like(word, start, range.read);
        if (shares && (word.len == range.read || (unsigned char)word.at[range.read] < byte))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == count || words[low].text.len <= range.read ||
        !begins_like(words[low].text, start, range.read) ||
        (unsigned char)words[low].text.at[range.read] != byte)
        return none;
    return (struct range){low, range.read + 1};
}

static const struct who_word *whole(const struct who_word *words, uint32_t count,
                                    struct range range)
{
    return range.read != RANGE_NONE && range.first < count &&
                   words[range.first].text.len == range.read
               ? &words[range.first]
               : NULL;
}

static void add_top_levels(struct who_names *names)
{
    for (size_t i = 0; i < TOP_LEVEL_LINES; i++)
        for (const char *at = top_levels[i]; *at != '\0';) {
            const size_t length = strcspn(at, " ");
            names->suffixes[names->suffix_count++].text = (struct cors_bytes){at, length};
            at += length + (at[length] == ' ');
        }
}

/* Whether a stranger could have a name like that: its top-level domain is known. */
static bool is_suffix_known(struct cors_bytes name, const struct public_suffixes *suffixes)
{
    enum { LONGEST = 253 };
    static const struct intent nothing;
    char text[LONGEST + 8] = "https://";
    if (name.len > LONGEST)
        return false;
    memcpy(text + strlen("https://"), name.at, name.len);
    const struct cors_bytes origin = {text, strlen("https://") + name.len};
    return kind_of_witness(&nothing, origin, suffixes).tier == TIER_STRANGER;
}

/* The host of an entry, taken apart: what its owner registered, and the suffix of that. */
static void add_entry(struct who_names *names, struct cors_bytes host,
                      const struct public_suffixes *suffixes)
{
    const struct cors_bytes name = registrable_domain(host, suffixes);
    const char *dot = name.at == NULL ? NULL : memchr(name.at, '.', name.len);
    if (dot == NULL) {
        names->own[names->own_count++] = (struct who_word){host, true, true};
        return;
    }
    const struct cors_bytes suffix = {dot + 1, name.len - (size_t)(dot + 1 - name.at)};
    const struct who_word word = {suffix, false, false};
    names->own[names->own_count++] = (struct who_word){name, true, false};
    if (bsearch(&word, names->suffixes, TOP_LEVELS, sizeof word, order) != NULL)
        return;
    names->own[names->own_count++] = word;
    if (is_suffix_known(name, suffixes))
        names->suffixes[names->suffix_count++] = word;
}

bool who_open(struct who_names *names, const struct intent *intent,
              const struct public_suffixes *suffixes, struct prove_memory *memory)
{
    *names = (struct who_names){0};
    names->suffixes = prove_take(memory, (TOP_LEVELS + intent->count) * sizeof *names->suffixes);
    names->own = prove_take(memory, (2 * intent->count + 1) * sizeof *names->own);
    if (names->suffixes == NULL || names->own == NULL || intent->count > 1U << (FIRST_BITS - 1))
        return false;
    add_top_levels(names);
    for (size_t i = 0; i < intent->count; i++)
        if (!intent->entries[i].null)
            add_entry(names, intent->entries[i].host, suffixes);
    if (names->suffix_count > TOP_LEVELS)
        names->suffix_count = sort_words(names->suffixes, names->suffix_count);
    names->own_count = sort_words(names->own, names->own_count);
    for (uint32_t i = 0; i < names->own_count; i++)
        names->own_begins[(unsigned char)names->own[i].text.at[0]] = true;
    return true;
}

/* ---- Steps --------------------------------------------------------------------------------- */

static bool is_alphanumeric(unsigned byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

static void put(struct who_steps *steps, struct walk walk)
{
    if (steps->count < WHO_MOST_STEPS)
        steps->states[steps->count++] = state_of(&walk);
}

static void put_stage(struct who_steps *steps, const struct walk *walk, enum stage stage)
{
    put(steps, (struct walk){.stage = stage, .http = walk->http});
}

static bool is_stranger_at(const struct who_names *names, const struct walk *walk)
{
    return whole(names->suffixes, names->suffix_count, walk->suffix) != NULL &&
           whole(names->own, names->own_count, walk->own) == NULL;
}

static bool is_own_at(const struct who_names *names, const struct walk *walk)
{
    const struct who_word *word = whole(names->own, names->own_count, walk->own);
    return word != NULL && word->is_own && (walk->whole || !word->is_whole);
}

static struct range begin_range(const struct who_names *names, unsigned byte)
{
    return narrow(names->own, names->own_begins[byte & 255] ? names->own_count : 0,
                  (struct range){0, 0}, byte);
}

static void begin_own(const struct who_names *names, const struct walk *walk, unsigned byte,
                      struct who_steps *steps)
{
    struct walk made = {
        .stage = STAGE_OWN, .http = walk->http, .whole = walk->stage == STAGE_START};
    made.own = begin_range(names, byte);
    if (made.own.read != RANGE_NONE)
        put(steps, made);
}

/* At the beginning of a label: the name may begin here. */
static void begin_name(const struct who_names *names, enum who who, const struct walk *walk,
                       unsigned byte, struct who_steps *steps)
{
    struct walk made = {.stage = STAGE_NAME, .http = walk->http};
    if (who == WHO_STRANGER && is_alphanumeric(byte)) {
        made.own = begin_range(names, byte);
        put(steps, made);
    }
    if (who == WHO_OWNER || (who == WHO_NETWORK && walk->http))
        begin_own(names, walk, byte, steps);
    if (who != WHO_NETWORK)
        return;
    if (!is_alphanumeric(byte))
        put_stage(steps, walk, STAGE_BAD);
    made.stage = STAGE_LAST;
    made.suffix = narrow(names->suffixes, names->suffix_count, (struct range){0, 0}, byte);
    if (made.suffix.read == RANGE_NONE)
        made = (struct walk){.stage = STAGE_UNKNOWN, .http = walk->http};
    put(steps, made);
}

static void step_before_name(const struct who_names *names, enum who who, const struct walk *walk,
                             unsigned byte, struct who_steps *steps)
{
    if (who != WHO_NETWORK && walk->stage == STAGE_START && byte == '.')
        return; /* nobody has registered what ends an empty label */
    if (who == WHO_NETWORK && walk->stage == STAGE_START && byte != '.')
        put_stage(steps, walk, byte == '[' ? STAGE_ANY : STAGE_SINGLE);
    put_stage(steps, walk, byte == '.' ? STAGE_LABEL : STAGE_REST);
    if (walk->stage != STAGE_REST && byte != '.')
        begin_name(names, who, walk, byte, steps);
}

static void step_suffix(const struct who_names *names, const struct walk *walk, unsigned byte,
                        struct who_steps *steps)
{
    struct walk made = *walk;
    if ((byte == '.' || byte == ';') && is_stranger_at(names, walk)) {
        made.stage = byte == '.' ? STAGE_DOTTED : STAGE_ANY; /* a browser cuts the host at ; */
        put(steps, made);
        made.stage = STAGE_SUFFIX;
    }
    made.own = narrow(names->own, names->own_count, walk->own, byte);
    made.suffix = narrow(names->suffixes, names->suffix_count, walk->suffix, byte);
    if (made.suffix.read != RANGE_NONE)
        put(steps, made);
}

static void step_name(const struct who_names *names, const struct walk *walk, unsigned byte,
                      struct who_steps *steps)
{
    struct walk made = *walk;
    if (byte == '.')
        made.stage = STAGE_SUFFIX;
    else if (!is_alphanumeric(byte) && byte != '-')
        return;
    made.own = narrow(names->own, names->own_count, walk->own, byte);
    put(steps, made);
}

static void step_bad(const struct who_names *names, const struct walk *walk, unsigned byte,
                     struct who_steps *steps)
{
    struct walk made = {.stage = byte == '.' ? STAGE_SUFFIX : STAGE_BAD, .http = walk->http};
    (void)names;
    made.own.read = RANGE_NONE;
    put(steps, made);
}

static void step_own(const struct who_names *names, const struct walk *walk, unsigned byte,
                     struct who_steps *steps)
{
    struct walk made = *walk;
    if (byte == '.' && is_own_at(names, walk)) {
        made.stage = STAGE_DOTTED;
        put(steps, made);
        made.stage = STAGE_OWN;
    }
    made.own = narrow(names->own, names->own_count, walk->own, byte);
    if (made.own.read != RANGE_NONE)
        put(steps, made);
}

static void step_last(const struct who_names *names, const struct walk *walk, unsigned byte,
                      struct who_steps *steps)
{
    struct walk made = *walk;
    if (byte == '.') {
        if (who_ends(names, state_of(walk)))
            put_stage(steps, walk, STAGE_DOTTED);
        return;
    }
    if (walk->stage == STAGE_LAST)
        made.suffix = narrow(names->suffixes, names->suffix_count, walk->suffix, byte);
    if (made.suffix.read == RANGE_NONE)
        made = (struct walk){.stage = STAGE_UNKNOWN, .http = walk->http};
    put(steps, made);
}

void who_step(const struct who_names *names, enum who who, uint64_t state, unsigned byte,
              struct who_steps *steps)
{
    const struct walk walk = walk_of(state);
    steps->count = 0;
    switch (walk.stage) {
    case STAGE_ANY:
        put(steps, walk);
        break;
    case STAGE_START:
    case STAGE_REST:
    case STAGE_LABEL:
        step_before_name(names, who, &walk, byte, steps);
        break;
    case STAGE_NAME:
        step_name(names, &walk, byte, steps);
        break;
    case STAGE_SUFFIX:
        step_suffix(names, &walk, byte, steps);
        break;
    case STAGE_OWN:
        step_own(names, &walk, byte, steps);
        break;
    case STAGE_BAD:
        step_bad(names, &walk, byte, steps);
        break;
    case STAGE_SINGLE:
        put_stage(steps, &walk, byte == '.' ? STAGE_DOTTED : STAGE_SINGLE);
        break;
    case STAGE_LAST:
    case STAGE_UNKNOWN:
        step_last(names, &walk, byte, steps);
        break;
    case STAGE_DOTTED:
        if (byte == ';')
            put_stage(steps, &walk, STAGE_ANY);
        break;
    }
}

uint64_t who_start(enum who who, bool is_https)
{
    const struct walk walk = {.stage = who == WHO_ANY ? STAGE_ANY : STAGE_START, .http = !is_https};
    return state_of(&walk);
}

bool who_ends(const struct who_names *names, uint64_t state)
{
    const struct walk walk = walk_of(state);
    switch (walk.stage) {
    case STAGE_SUFFIX:
        return is_stranger_at(names, &walk);
    case STAGE_OWN:
        return is_own_at(names, &walk);
    case STAGE_LAST:
        return whole(names->suffixes, names->suffix_count, walk.suffix) == NULL;
    case STAGE_ANY:
    case STAGE_DOTTED:
    case STAGE_SINGLE:
    case STAGE_UNKNOWN:
        return true;
    default:
        return false;
    }
}

bool who_is_in_suffix(uint64_t state)
{
    return (state & 15) == STAGE_SUFFIX;
}

unsigned who_least(const struct who_names *names, enum who who, uint64_t state)
{
    static const unsigned least[] = {
        [STAGE_START] = 4, [STAGE_LABEL] = 4, [STAGE_REST] = 5, [STAGE_NAME] = 3};
    const struct walk walk = walk_of(state);
    if (walk.stage == STAGE_SUFFIX)
        return walk.suffix.read == 0
                   ? 2
                   : whole(names->suffixes, names->suffix_count, walk.suffix) == NULL;
    return who == WHO_STRANGER && walk.stage >= STAGE_START && walk.stage <= STAGE_NAME
               ? least[walk.stage]
               : 0;
}

unsigned who_most(const struct who_names *names, uint64_t state)
{
    enum { FEW = 40, DOT = 1 };
    const struct walk walk = walk_of(state);
    const struct range range = walk.suffix;
    unsigned most = 0;
    if (walk.stage == STAGE_DOTTED)
        return 0;
    if (walk.stage != STAGE_SUFFIX)
        return UINT_MAX;
    const char *start = names->suffixes[range.first].text.at;
    for (uint32_t i = range.first; i < names->suffix_count; i++) {
        const struct cors_bytes word = names->suffixes[i].text;
        if (i == range.first + FEW)
            return UINT_MAX;
        if (word.len < range.read || memcmp(word.at, start, range.read) != 0)
            break;
        if (word.len - range.read > most)
            most = (unsigned)(word.len - range.read);
    }
    return most + DOT;
}

unsigned who_strangeness(const struct who_names *names, uint64_t state)
{
    static const char *const well_known[] = {"com", "net", "org", "example",
                                             "io",  "co",  "dev", "app"};
    enum { COUNT = sizeof well_known / sizeof *well_known };
    const struct walk walk = walk_of(state);
    if (walk.stage != STAGE_SUFFIX)
        return 0;
    const char *start = names->suffixes[walk.suffix.first].text.at;
    for (unsigned i = 0; i < COUNT; i++)
        if (begins_like((struct cors_bytes){well_known[i], strlen(well_known[i])}, start,
                        walk.suffix.read))
            return i;
    return COUNT;
}
