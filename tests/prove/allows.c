/* Asks what a pattern lets in, and holds the globs against PCRE2: allows MATCH FLAGS PATTERN
 * [ORIGIN]... (FLAGS `-`: none). All short origins, the globs' members and the given origins, each
 * with one byte or two changed: what PCRE2 takes is in a glob, and what is in an exact glob PCRE2
 * takes. Prints the globs, and a line that starts with WRONG for all that is not as it should be.
 */
#include "allows.h"
#include "validator.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 400, MOST_WRONG = 10 };

struct held {
    struct validator *engine;
    const struct allows *allows;
    size_t asked, taken;
    unsigned wrong;
};

static bool accepts(struct validator *validator, struct cors_bytes origin)
{
    struct answer answer = {0};
    return validator->kind->ask(validator, &origin, 1, &answer) &&
           judge_answer(origin, &answer) != JUDGED_REFUSED;
}

/* `start`: where the glob is a host's beginning. */
static bool matches(const char *start, const char *glob, const char *end, const char *text,
                    size_t left)
{
    if (glob == end)
        return left == 0;
    if (*glob == '*') {
        const bool some = glob == start && glob + 1 < end && glob[1] == '.';
        return (!some && matches(start, glob + 1, end, text, left)) ||
               (left > 0 && (matches(start, glob + 1, end, text + 1, left - 1) ||
                             matches(start, glob, end, text + 1, left - 1)));
    }
    return left > 0 && (*glob == '?' || *glob == *text) &&
           matches(start, glob + 1, end, text + 1, left - 1);
}

static bool is_in(const struct allowed *allowed, const char *text, size_t length)
{
    const char *glob = allowed->glob.at, *end = glob + allowed->glob.len, *start = glob;
    while (start < end && (start - glob < 3 || memcmp(start - 3, "://", 3) != 0))
        start++;
    return matches(start, glob, end, text, length);
}

/* Such hosts do not count. */
static bool is_dotted(const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    return colon != NULL && colon + 3 < text + length && colon[3] == '.';
}

static void complain(struct held *held, const char *what, struct cors_bytes origin)
{
    if (held->wrong++ < MOST_WRONG)
        printf("WRONG %s: %.*s\n", what, (int)origin.len, origin.at);
}

static void hold(struct held *held, const char *text, size_t length)
{
    const struct cors_bytes origin = {text, length};
    const struct allows *allows = held->allows;
    bool in_any = false, in_exact = false;
    if (!origin_sendable(origin, PROFILE_BROWSER) || is_dotted(text, length))
        return;
    for (size_t i = 0; i < allows->count; i++) {
        const struct allowed *allowed = &allows->globs[i];
        const bool in = is_in(allowed, text, length);
        in_any |= in;
        in_exact |= in && allowed->is_exact;
    }
    const bool taken = accepts(held->engine, origin);
    held->asked++;
    held->taken += taken;
    if (taken && !in_any && !allows->more)
        complain(held, "in no glob", origin);
    if (!taken && in_exact)
        complain(held, "in an exact glob", origin);
}

static const char bytes[] = "aq7-.:/_!x";

/* With one byte taken out, put in or changed; twice, if there is time for that. */
static void hold_near(struct held *held, const char *text, size_t length, unsigned depth)
{
    char near[LONGEST + 4];
    hold(held, text, length);
    if (depth == 0 || length + 1 > LONGEST)
        return;
    for (size_t at = 0; at <= length; at++)
        for (size_t i = 0; i < sizeof bytes; i++) {
            memcpy(near, text, at);
            near[at] = bytes[i];
            memcpy(near + at + 1, text + at, length - at);
            if (bytes[i] != '\0')
                hold_near(held, near, length + 1, depth - 1);
            if (at == length)
                continue;
            const size_t put = bytes[i] != '\0';
            memcpy(near + at + put, text + at + 1, length - at - 1);
            hold_near(held, near, length - 1 + put, depth - 1);
        }
}

static void hold_parts(struct held *held, const char *origin)
{
    static const char *const before[] = {"", "evil", "a.b."}, *const schemes[] = {"http", "https"};
    static const char *const behind[] = {"", ":8080", ".evil.net", "evil.net"};
    const char *host = strstr(origin, "://");
    char text[LONGEST];
    for (size_t i = 0; host != NULL && i < 24; i++) {
        const int length = snprintf(text, sizeof text, "%s://%s%s%s", schemes[i & 1],
                                    before[i / 2 % 3], host + 3, behind[i / 6]);
        if (length > 0 && (size_t)length < sizeof text)
            hold(held, text, (size_t)length);
    }
}

static void hold_short(struct held *held)
{
    static const char hosts[] = "aq7-.";
    char text[32];
    for (unsigned number = 0; number < 5 * 5 * 5 * 5; number++)
        for (unsigned https = 0; https < 2; https++) {
            const unsigned digits[] = {number % 5, number / 5 % 5, number / 25 % 5, number / 125};
            const int length =
                snprintf(text, sizeof text, "http%s://%c%c%c%c", https ? "s" : "", hosts[digits[0]],
                         hosts[digits[1]], hosts[digits[2]], hosts[digits[3]]);
            hold(held, text, (size_t)length);
        }
    hold(held, "null", 4);
}

int main(int argc, char **argv)
{
    char error[256];
    struct allows allows;
    if (argc < 4)
        return 2;
    const char *flags = strcmp(argv[2], "-") == 0 ? "" : argv[2];
    const struct regex_options options = {.match = regex_match_of(argv[1]), .flags = flags};
    const struct cors_bytes pattern = {argv[3], strlen(argv[3])};
    const struct prove_question question = {.check = {.dialect = "pcre2",
                                                      .match = argv[1],
                                                      .flags = flags,
                                                      .patterns = &pattern,
                                                      .pattern_count = 1},
                                            .profile = PROFILE_BROWSER};
    struct held held = {.engine =
                            validator_open_regex("pcre2", argv[3], &options, error, sizeof error),
                        .allows = &allows};
    if (held.engine == NULL || !allows_find(&question, &allows))
        return 2;
    for (size_t i = 0; i < allows.count; i++) {
        const struct allowed *allowed = &allows.globs[i];
        printf("%s\t%.*s\t%.*s\n", allowed->is_exact ? "all of" : "in", (int)allowed->glob.len,
               allowed->glob.at, (int)allowed->member.len, allowed->member.at);
        if (!accepts(held.engine, allowed->member))
            complain(&held, "no member", allowed->member);
        if (!is_in(allowed, allowed->member.at, allowed->member.len))
            complain(&held, "not in its glob", allowed->member);
        hold_near(&held, allowed->member.at, allowed->member.len, allowed->member.len < 16 ? 2 : 1);
    }
    printf("%s\t%s\n", allows.more ? "more" : "that is all",
           allows.reason == NULL ? "" : allows.reason);
    hold_short(&held);
    for (int i = 4; i < argc; i++) {
        hold_parts(&held, argv[i]);
        hold_near(&held, argv[i], strlen(argv[i]), 1);
    }
    printf("%zu asked, %zu taken, %u wrong\n", held.asked, held.taken, held.wrong);
    validator_close(held.engine);
    allows_free(&allows);
    return held.wrong > 0 ? 1 : 0;
}
