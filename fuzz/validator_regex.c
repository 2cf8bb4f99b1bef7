/* Validators that are regular expressions: PCRE2 in process, POSIX extended ones in a worker
 * (regcomp and regexec know no limits). PCRE2 calls back at each position of the pattern, and one
 * counter of 8 bits for each tells a fuzzer how far into the pattern an origin got: coverage of the
 * pattern is what finds bypasses, not that of the library. Optimisations that would skip callouts
 * are off (https://www.pcre.org/current/doc/html/pcre2callout.html, "Missing callouts"). Invariant:
 * a pattern that takes exponential time gives ANSWER_HUNG, at a limit of steps, not of time. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pcre2_options.h"
#include "validator_parts.h"

#include <inttypes.h>
#include <pcre2.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MATCH_LIMIT = 1000000,
    HEAP_LIMIT_KIB = 65536,
    FULL_LIMITS = 8,  /* so many times the limit is what it is, then it is REGEX_FEW_STEPS */
    CLOCK_EVERY = 16, /* questions */
};

struct regex {
    struct validator base;
    bool echo_matched;
    pcre2_code *code;
    pcre2_match_context *limits;
    pcre2_match_data *match;
    uint32_t anchors;
    unsigned limits_hit;
    struct validator_values values;
};

/* ---- PCRE2 --------------------------------------------------------------------------------- */

static int count_position(pcre2_callout_block *block, void *context)
{
    struct regex *regex = context;
    uint8_t *counter = &regex->base.counters[block->pattern_position];
    if (block->pattern_position < regex->base.counter_count && *counter < UINT8_MAX)
        ++*counter;
    return 0;
}

/* A pattern that takes exponential time does so for most of what is like an origin that it did for,
 * and a hunt would be nothing but waiting. */
static uint32_t most_steps(const struct regex *regex)
{
    if (regex->base.most_steps != 0)
        return regex->base.most_steps;
    return regex->limits_hit < FULL_LIMITS ? MATCH_LIMIT : REGEX_FEW_STEPS;
}

/* What PCRE2 says about its own error. */
static struct answer failed(struct regex *regex, size_t which, int code, struct cors_bytes origin)
{
    PCRE2_UCHAR message[120];
    pcre2_get_error_message(code, message, sizeof message);
    struct cors_bytes said = {(const char *)message, strlen((const char *)message)};
    bool gave_up = code == PCRE2_ERROR_MATCHLIMIT || code == PCRE2_ERROR_DEPTHLIMIT ||
                   code == PCRE2_ERROR_HEAPLIMIT;
    char what[200];
    if (gave_up)
        snprintf(what, sizeof what, "the pattern takes more than %" PRIu32 " steps (%s)",
                 most_steps(regex), (const char *)message);
    else
        snprintf(what, sizeof what, "PCRE2 fails (%s)", (const char *)message);
    regex->limits_hit += gave_up;
    validator_complain(&regex->base, what, origin);
    return (struct answer){.kind = gave_up ? ANSWER_HUNG : ANSWER_BROKEN,
                           .value = validator_value(&regex->values, which, origin, said)};
}

static struct answer ask_once(struct regex *regex, size_t which, struct cors_bytes origin)
{
    PCRE2_SPTR subject = (PCRE2_SPTR)(origin.len == 0 ? "" : origin.at);
    int code = pcre2_match(regex->code, subject, origin.len, 0, regex->anchors, regex->match,
                           regex->limits);
    if (code == PCRE2_ERROR_NOMATCH)
        return (struct answer){.kind = ANSWER_NONE};
    if (code < 0)
        return failed(regex, which, code, origin);
    if (!regex->echo_matched)
        return (struct answer){.kind = ANSWER_VALUE, .value = origin};
    /* \K can set the start behind the end. */
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(regex->match);
    PCRE2_SIZE from = ends[0] < ends[1] ? ends[0] : ends[1];
    struct cors_bytes part = {(const char *)subject + from, ends[1] - from};
    return (struct answer){.kind = ANSWER_VALUE, .value = part};
}

static bool ask_pcre2(struct validator *base, const struct cors_bytes *origins, size_t count,
                      struct answer *answers)
{
    struct regex *regex = (struct regex *)base;
    for (size_t i = 0; i < count; i++) {
        if (i % CLOCK_EVERY == CLOCK_EVERY - 1 && validator_is_late(base))
            break;
        pcre2_set_match_limit(regex->limits, most_steps(regex));
        answers[i] = ask_once(regex, i % VALIDATOR_BATCH, origins[i]);
        base->questions++;
    }
    return true;
}

static void close_pcre2(struct validator *base)
{
    struct regex *regex = (struct regex *)base;
    pcre2_match_data_free(regex->match);
    pcre2_match_context_free(regex->limits);
    pcre2_code_free(regex->code);
    free(base->counters);
    free(regex);
}

static bool make_limits(struct regex *regex, size_t pattern_length)
{
    regex->limits = pcre2_match_context_create(NULL);
    regex->match = pcre2_match_data_create_from_pattern(regex->code, NULL);
    /* One for each position, and one for the end. */
    regex->base.counter_count = pattern_length + 1;
    regex->base.counters = calloc(regex->base.counter_count, 1);
    if (regex->limits == NULL || regex->match == NULL || regex->base.counters == NULL)
        return false;
    pcre2_set_heap_limit(regex->limits, HEAP_LIMIT_KIB);
    pcre2_set_callout(regex->limits, count_position, regex);
    return true;
}

struct validator *validator_open_pcre2(const char *pattern, const struct regex_options *options,
                                       char *error, size_t size)
{
    static const struct validator_kind kind = {"regex", VALIDATOR_BATCH, true, ask_pcre2,
                                               close_pcre2};
    uint32_t flags = PCRE2_AUTO_CALLOUT | PCRE2_NO_START_OPTIMIZE | PCRE2_NO_AUTO_POSSESS;
    if (options->flags != NULL && !pcre2_flags(options->flags, &flags))
        return validator_refuse(error, size, "PCRE2 patterns have the flags i, m, s and x here");
    int code = 0;
    PCRE2_SIZE offset = 0;
    size_t length = strlen(pattern);
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)pattern, length, flags, &code, &offset, NULL);
    if (compiled == NULL) {
        PCRE2_UCHAR message[160];
        pcre2_get_error_message(code, message, sizeof message);
        return validator_refuse(error, size, "the pattern is none: %s at character %zu",
                                (const char *)message, offset + 1);
    }
    struct regex *regex = calloc(1, sizeof *regex);
    if (regex == NULL) {
        pcre2_code_free(compiled);
        return validator_refuse(error, size, "out of memory");
    }
    regex->base.kind = &kind;
    regex->code = compiled;
    regex->echo_matched = options->echo_matched;
    regex->anchors = pcre2_anchors(options->match);
    if (!make_limits(regex, length)) {
        close_pcre2(&regex->base);
        return validator_refuse(error, size, "out of memory");
    }
    return &regex->base;
}

/* ---- POSIX --------------------------------------------------------------------------------- */

struct posix {
    struct validator base;
    struct worker *worker;
    const char *pattern;
    bool echo_matched;
    enum regex_match match;
    int flags;
    regex_t compiled; /* in the worker */
};

static bool compile(void *context, char *error, size_t size)
{
    struct posix *posix = context;
    int code = regcomp(&posix->compiled, posix->pattern, posix->flags);
    if (code == 0)
        return true;
    char message[160];
    regerror(code, &posix->compiled, message, sizeof message);
    validator_refuse(error, size, "the pattern is none: %s", message);
    return false;
}

/* POSIX finds the leftmost match, and of those the longest: one from the start, or of the whole, is
 * the one that is found if there is one. */
static bool trusts(void *context, const char *origin, size_t length, size_t *from, size_t *to)
{
    const struct posix *posix = context;
    regmatch_t match;
    if (regexec(&posix->compiled, origin, 1, &match, 0) != 0)
        return false;
    *from = (size_t)match.rm_so;
    *to = (size_t)match.rm_eo;
    return posix->match == REGEX_SEARCH ||
           (*from == 0 && (posix->match == REGEX_PREFIX || *to == length));
}

static bool ask_posix(struct validator *base, const struct cors_bytes *origins, size_t count,
                      struct answer *answers)
{
    struct posix *posix = (struct posix *)base;
    return worker_ask(posix->worker, base, origins, count, posix->echo_matched, answers);
}

static void close_posix(struct validator *base)
{
    worker_close(((struct posix *)base)->worker);
    free(base);
}

struct validator *validator_open_posix(const char *pattern, const struct regex_options *options,
                                       char *error, size_t size)
{
    static const struct validator_kind kind = {"regex", VALIDATOR_BATCH, false, ask_posix,
                                               close_posix};
    int flags = REG_EXTENDED;
    for (const char *flag = options->flags == NULL ? "" : options->flags; *flag != '\0'; flag++) {
        if (*flag != 'i' && *flag != 'm')
            return validator_refuse(error, size, "POSIX patterns have the flags i and m here");
        flags |= *flag == 'i' ? REG_ICASE : REG_NEWLINE;
    }
    struct posix *posix = calloc(1, sizeof *posix);
    if (posix == NULL)
        return validator_refuse(error, size, "out of memory");
    posix->base.kind = &kind;
    posix->pattern = pattern;
    posix->echo_matched = options->echo_matched;
    posix->match = options->match;
    posix->flags = flags;
    posix->worker = worker_open((struct worker_job){compile, trusts, posix}, error, size);
    if (posix->worker == NULL) {
        free(posix);
        return NULL;
    }
    return &posix->base;
}
