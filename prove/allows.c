/* Finding globs, one by one: the prover is asked for an origin that the check accepts and no glob
 * has; its bytes are changed here and there, and where others are accepted as well, a wildcard
 * stands in the next glob. When there is no such origin, the globs cover all. */
#include "allows.h"

#include "anew.h"
#include "own.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_MEMORY = 32 << 20, LONGEST_ORIGIN = 300 };
static const double most_seconds = 2;
static const char dotted[] = "https?://\\..*";

/* What is asked about. */
struct asking {
    const struct prove_question *question;
    struct allows *allows;
    struct prove_memory *memory;
    struct machine *machine;                     /* the check's */
    struct prove_check so_far;                   /* the globs and what does not count, as a check */
    struct cors_bytes patterns[ALLOWS_MOST + 1]; /* the last: what does not count */
    double until;
};

/* ---- Questions ----------------------------------------------------------------------------- */

static bool takes_all(void *context, struct cors_bytes origin)
{
    (void)context;
    (void)origin;
    return true;
}

/* What `check` accepts and `old` does not. */
static bool ask(const struct asking *asking, const struct prove_check *check,
                const struct prove_check *old, struct prove_answer *answer)
{
    const double left = asking->until - prove_clock();
    const struct prove_question question = {.check = *check,
                                            .old = old,
                                            .profile = asking->question->profile,
                                            .suffixes = asking->question->suffixes,
                                            .accepts = takes_all,
                                            .nodes = asking->question->nodes,
                                            .memory = asking->question->memory,
                                            .seconds = left > 0.001 ? left : 0.001};
    return prove(&question, answer);
}

/* Whether a host begins at an offset. */
static bool is_host(struct cors_bytes glob, size_t at)
{
    return at >= 3 && memcmp(glob.at + at - 3, "://", 3) == 0;
}

/* Whether an asterisk stands for one character at least: a host begins with it and a dot follows.
 */
static bool is_name(struct cors_bytes glob, size_t at)
{
    return is_host(glob, at) && at + 1 < glob.len && glob.at[at + 1] == '.';
}

/* The glob as a pattern, for hosts that begin with no dot. */
static struct cors_bytes pattern_of(struct prove_memory *memory, struct cors_bytes glob)
{
    struct writing writing = {.memory = memory};
    const struct hand hand = {.dialect = DIALECT_PCRE2, .match = PATTERN_FULL};
    for (size_t i = 0; i < glob.len; i++) {
        const char c = glob.at[i];
        if (c == '*')
            put_word(&writing, is_name(glob, i)   ? "[^.].*"
                               : is_host(glob, i) ? "(?:[^.].*)?"
                                                  : ".*");
        else if (c == '?')
            put_word(&writing, is_host(glob, i) ? "[^.]" : ".");
        else
            put_literal(&writing, &hand, (struct cors_bytes){&c, 1});
    }
    return written(&writing);
}

static struct prove_check check_of(const struct cors_bytes *patterns, size_t count)
{
    return (struct prove_check){
        .dialect = "pcre2", .match = "full", .patterns = patterns, .pattern_count = count};
}

/* Whether all of the glob that can be sent is accepted. */
static bool is_exact(const struct asking *asking, struct cors_bytes glob)
{
    const struct cors_bytes pattern = pattern_of(asking->memory, glob);
    const struct prove_check check = check_of(&pattern, 1);
    struct prove_answer answer;
    const bool exact = pattern.at != NULL &&
                       ask(asking, &check, &asking->question->check, &answer) &&
                       answer.verdict == PROVE_PROVEN;
    if (pattern.at != NULL)
        prove_free(&answer);
    return exact;
}

/* ---- From an origin to a glob -------------------------------------------------------------- */

static bool is_member(const struct asking *asking, const char *text, size_t length)
{
    return origin_sendable((struct cors_bytes){text, length}, asking->question->profile) &&
           machine_accepts(asking->machine, text, length) > 0;
}

/* Whether it is a member with other bytes instead of `taken` bytes at an offset. */
static bool is_member_with(const struct asking *asking, struct cors_bytes origin, size_t at,
                           size_t taken, const char *instead)
{
    char text[LONGEST_ORIGIN + 16];
    const size_t length = strlen(instead);
    memcpy(text, origin.at, at);
    memcpy(text + at, instead, length);
    memcpy(text + at + length, origin.at + at + taken, origin.len - at - taken);
    return is_member(asking, text, origin.len - taken + length);
}

/* Whether some text may be inserted, whatever it is. */
static bool is_gap(const struct asking *asking, struct cors_bytes origin, size_t at)
{
    static const char *const probes[][2] = {{"q", "qz"}, {"7", "73"}};
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
        if (is_member_with(asking, origin, at, 0, probes[i][0]) &&
            is_member_with(asking, origin, at, 0, probes[i][1]))
            return true;
    return false;
}

/* Whether a byte may be another one. */
static bool is_free(const struct asking *asking, struct cors_bytes origin, size_t at)
{
    static const char *const probes[] = {"q", "z", "7", "3", "-"};
    unsigned found = 0;
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
        found += *probes[i] != origin.at[at] && is_member_with(asking, origin, at, 1, probes[i]);
    return found > 1;
}

/* A glob with a byte or a wildcard more. */
static size_t add_byte(char *glob, size_t length, char byte)
{
    const char last = length > 0 ? glob[length - 1] : '\0';
    if (byte == '?' && last == '*')
        return length;
    while (byte == '*' && length > 0 && (glob[length - 1] == '?' || glob[length - 1] == '*'))
        length--;
    glob[length++] = byte;
    return length;
}

static size_t scheme_length(struct cors_bytes origin)
{
    const char *colon = memchr(origin.at, ':', origin.len);
    return colon == NULL ? 0 : (size_t)(colon - origin.at);
}

/* Where the port's digits begin, if there is a port and it may be any; else the end. */
static size_t any_port(const struct asking *asking, struct cors_bytes origin)
{
    static const char *const probes[] = {"3000", "8080", "81", "65535"};
    size_t at = origin.len;
    while (at > 0 && origin.at[at - 1] >= '0' && origin.at[at - 1] <= '9')
        at--;
    if (at == origin.len || origin.at[at - 1] != ':')
        return origin.len;
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
        if (!is_member_with(asking, origin, at, origin.len - at, probes[i]))
            return origin.len;
    return at;
}

/* With wildcards behind the scheme; null: there is no memory. */
static struct cors_bytes widen(const struct asking *asking, struct cors_bytes origin)
{
    char *glob = prove_take(asking->memory, 2 * origin.len + 2);
    const size_t first = scheme_length(origin) + 3, port = any_port(asking, origin);
    if (glob == NULL)
        return (struct cors_bytes){0};
    memcpy(glob, origin.at, first);
    size_t length = first;
    for (size_t i = first; i < port; i++) {
        if (is_gap(asking, origin, i))
            length = add_byte(glob, length, '*');
        length = add_byte(glob, length, is_free(asking, origin, i) ? '?' : origin.at[i]);
    }
    if (port < origin.len || is_gap(asking, origin, port))
        length = add_byte(glob, length, '*');
    return (struct cors_bytes){glob, length};
}

/* The glob for both schemes, if the origin is a member in both; else null. */
static struct cors_bytes without_scheme(const struct asking *asking, struct cors_bytes origin,
                                        struct cors_bytes glob)
{
    const size_t scheme = scheme_length(origin);
    const char *other = scheme == strlen("https") ? "http" : "https";
    char *made = prove_take(asking->memory, glob.len + 1);
    if (made == NULL || !is_member_with(asking, origin, 0, scheme, other))
        return (struct cors_bytes){0};
    made[0] = '*';
    memcpy(made + 1, glob.at + scheme, glob.len - scheme);
    return (struct cors_bytes){made, glob.len - scheme + 1};
}

/* Whether a glob has all that another has, as far as that can be seen in their bytes. */
static bool covers(struct cors_bytes glob, struct cors_bytes other)
{
    size_t i = 0, k = 0, star = glob.len, resume = 0;
    while (k < other.len) {
        if (i < glob.len && glob.at[i] == '*') {
            k += is_name(glob, i);
            star = i++;
            resume = k;
        } else if (i < glob.len &&
                   (glob.at[i] == other.at[k] || (glob.at[i] == '?' && other.at[k] != '*'))) {
            i++, k++;
        } else if (star < glob.len) {
            i = star + 1;
            k = ++resume;
        } else
            return false;
    }
    while (i < glob.len && glob.at[i] == '*')
        i++;
    return i == glob.len;
}

static void find_glob(const struct asking *asking, struct allowed *allowed)
{
    const struct cors_bytes origin = allowed->member;
    allowed->glob = origin;
    if (scheme_length(origin) == 0 || origin.len > LONGEST_ORIGIN) {
        allowed->is_exact = is_exact(asking, origin);
        return;
    }
    const struct cors_bytes glob = widen(asking, origin);
    if (glob.at == NULL || !covers(glob, origin))
        return;
    const struct cors_bytes both = without_scheme(asking, origin, glob);
    allowed->glob = both.at == NULL ? glob : both;
    allowed->is_exact = is_exact(asking, allowed->glob);
    if (allowed->is_exact || both.at == NULL || !is_exact(asking, glob))
        return;
    allowed->glob = glob;
    allowed->is_exact = true;
}

/* ---- All of them --------------------------------------------------------------------------- */

/* In place of those that it covers. */
static void keep(struct asking *asking, const struct allowed *allowed)
{
    struct allows *allows = asking->allows;
    size_t kept = 0;
    for (size_t i = 0; i < allows->count; i++)
        if (!covers(allowed->glob, allows->globs[i].glob)) {
            asking->patterns[kept] = asking->patterns[i];
            allows->globs[kept++] = allows->globs[i];
        }
    asking->patterns[kept] = pattern_of(asking->memory, allowed->glob);
    allows->globs[kept] = *allowed;
    allows->count = kept + 1;
    asking->patterns[allows->count] = (struct cors_bytes){dotted, sizeof dotted - 1};
    asking->so_far = check_of(asking->patterns, allows->count + 1);
}

static struct cors_bytes shortest_of(const struct prove_answer *answer)
{
    struct cors_bytes best = answer->witnesses[0].origin;
    for (size_t i = 1; i < answer->witness_count; i++) {
        const struct cors_bytes origin = answer->witnesses[i].origin;
        if (origin.len - scheme_length(origin) < best.len - scheme_length(best))
            best = origin;
    }
    return best;
}

/* One glob more. False: that is all. */
static bool find_next(struct asking *asking)
{
    struct allows *allows = asking->allows;
    struct allowed allowed = {0};
    struct prove_answer answer;
    const bool asked = ask(asking, &asking->question->check, &asking->so_far, &answer);
    bool found = asked && answer.verdict == PROVE_BYPASS;
    allows->more = !asked || answer.verdict != PROVE_PROVEN;
    allows->reason = !asked ? "out of memory" : found ? NULL : answer.reason;
    if (found && allows->count < ALLOWS_MOST) {
        const struct cors_bytes origin = shortest_of(&answer);
        char *member = prove_take(asking->memory, origin.len);
        if (member != NULL) {
            memcpy(member, origin.at, origin.len);
            allowed.member = (struct cors_bytes){member, origin.len};
            asking->machine = &answer.own->machine;
            find_glob(asking, &allowed);
            keep(asking, &allowed);
        }
    } else
        found = false;
    prove_free(&answer);
    return found && !asking->memory->exhausted;
}

/* A check that accepts everything, in one line. */
static bool find_everything(struct asking *asking)
{
    struct allowed allowed = {CORS_BYTES("*"), CORS_BYTES("null"), true};
    if (!is_exact(asking, allowed.glob))
        return false;
    keep(asking, &allowed);
    return true;
}

bool allows_find(const struct prove_question *question, struct allows *allows)
{
    *allows = (struct allows){0};
    allows->memory = calloc(1, sizeof *allows->memory);
    if (allows->memory == NULL)
        return false;
    allows->memory->limit = MOST_MEMORY;
    struct asking asking = {.question = question,
                            .allows = allows,
                            .memory = allows->memory,
                            .until = prove_clock() + most_seconds};
    asking.patterns[0] = (struct cors_bytes){dotted, sizeof dotted - 1};
    asking.so_far = check_of(asking.patterns, 1);
    if (find_everything(&asking))
        return true;
    for (unsigned turns = 0; turns <= 2 * ALLOWS_MOST && find_next(&asking); turns++)
        continue;
    return true;
}

void allows_free(struct allows *allows)
{
    if (allows->memory != NULL)
        prove_release(allows->memory);
    free(allows->memory);
    *allows = (struct allows){0};
}
