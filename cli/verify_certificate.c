/* `corsim verify-certificate`: whether a certificate holds, shown without the prover. The format,
 * and why this suffices, are in prove/CERTIFICATE.md; verify_pattern.h runs the patterns on what is
 * known of the bytes read. Invariants: nothing in the file is believed unchecked; what is not
 * surely understood is refused; size and work are bounded. */
#include "commands.h"
#include "host_bytes.h"
#include "options.h"
#include "verify_pattern.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 8 << 20, MOST_PATTERN = 4096, MOST_INTENTS = 1024 };

struct checker {
    struct run run;
    char pattern[MOST_PATTERN], *rest; /* all that is run; the lines that were not read yet */
    char hosts[2][128];                /* the bytes of hosts, by https; a star is any of them */
    const char *intents[MOST_INTENTS], *known[RUN_STATES];
    int intent_count, next[RUN_STATES][128];        /* 0: not asked yet; else the state, and 2 */
    unsigned char places[RUN_STATES][MOST_PATTERN]; /* 1: in the certificate; 2: reached too */
    char wrong[300];                                /* why it does not hold */
};

static bool refuse(struct checker *checker, const char *why, const char *what)
{
    if (checker->wrong[0] == '\0')
        snprintf(checker->wrong, sizeof checker->wrong, "%s%.200s", why, what);
    checker->run.wrong = checker->run.at = "";
    return false;
}

/* Whether all that `text` says is in `glob`, whose stars do not stand for brackets. */
static bool implies(const char *text, const char *glob)
{
    for (; *glob != '*'; text++, glob++)
        if (*text != *glob || *glob == '\0')
            return *text == *glob;
    do {
        if (implies(text, glob + 1))
            return true;
    } while (*text != '\0' && *text++ != '[');
    return false;
}

/* With more, implies() would take too long. */
static bool has_few_stars(const char *glob)
{
    int stars = 0;
    for (; *glob != '\0'; glob++)
        stars += *glob == '*';
    return stars <= 2;
}

/* Whether an origin that a browser sends may be, or begin with, what is known. */
static bool is_sendable(const struct checker *checker, const char *known, bool whole)
{
    static const char *const starts[] = {"null", "http://", "https://"};
    const bool https = strncmp(known, starts[2], 8) == 0;
    const char *host = known + 7 + https;
    for (int i = 0; i < 3; i++)
        if (strncmp(starts[i], known, strlen(known)) == 0)
            return !whole || strcmp(known, starts[0]) == 0;
    if (!https && strncmp(known, starts[1], 7) != 0)
        return false;
    size_t end = strspn(host, checker->hosts[https]);
    if (*host == '[') {
        end = 1 + strspn(host + 1, "0123456789abcdef:*");
        end += host[end] == ']';
        if (whole && strchr(host, ']') == NULL && strchr(host, '*') == NULL)
            return false;
    }
    const char *port = host + end + 1;
    const bool is_own = strcmp(port, https ? "443" : "80") == 0;
    if (end > 0 && port[-1] == ':' && !(whole && (*port == '\0' || is_own)))
        end += 1 + strspn(port, "0123456789*");
    return end > 0 && host[end] == '\0';
}

static bool is_bypass(const struct checker *checker, const char *origin)
{
    bool meant = false;
    for (int i = 0; i < checker->intent_count; i++)
        meant |= implies(origin, checker->intents[i]);
    return !meant && is_sendable(checker, origin, true);
}

/* The state behind one byte more, taken by the item at `at`. */
static int next_state(void *context, const char *at, int state, int byte)
{
    struct checker *checker = context;
    const ptrdiff_t column = at - checker->pattern;
    const int count = checker->run.state_count;
    int *next = &checker->next[state][byte], to = 0;
    if (checker->run.exact != NULL)
        return checker->run.exact[state] == byte ? state + 1 : -1;
    if (*next == 0) {
        char text[MOST_PATTERN];
        snprintf(text, sizeof text, "%s%c", checker->known[state], byte);
        while (to < count && (byte == '/' ? strcmp(text, checker->known[to]) != 0
                                          : !implies(text, checker->known[to])))
            to++;
        *next = is_sendable(checker, text, false) ? to + 2 : 1;
        checker->run.work += (unsigned long)to * strlen(text);
    }
    to = *next - 2;
    if (to < 0)
        return -1;
    if (to == count || checker->places[to][column] == 0)
        return refuse(checker, "a place is missing, behind ", checker->known[state]) - 1;
    checker->places[to][column] = 2;
    return to;
}

/* ---- Reading ------------------------------------------------------------------------------- */

/* What the next line says, if it begins with this word. */
static char *field(struct checker *checker, const char *word)
{
    const size_t length = strlen(word);
    char *line = checker->rest, *end = strchr(line, '\n');
    if (end == NULL || strncmp(line, word, length) != 0 || line[length] != ' ')
        return NULL;
    *end = '\0';
    checker->rest = end + 1;
    return line + length + 1;
}

/* The number of the word that the next line has; -1: it has none of them. */
static int choice_of(struct checker *checker, const char *name, const char *const *words, int count)
{
    const char *given = field(checker, name);
    int i = 0;
    while (given != NULL && i < count && strcmp(given, words[i]) != 0)
        i++;
    return given != NULL && i < count ? i : refuse(checker, "it has no such ", name) - 1;
}

static void read_profile(struct checker *checker)
{
    static const char *const words[] = {"abnf", "url", "chromium", "firefox", "webkit", "browser"};
    const int profile = choice_of(checker, "profile", words, HOST_PROFILE_COUNT + 1);
    for (int https = 0; https < 2; https++) {
        char *end = checker->hosts[https];
        *end++ = '*';
        for (int byte = ' '; byte <= '~'; byte++)
            for (int one = 0; one < HOST_PROFILE_COUNT; one++)
                if ((one == profile || (profile == HOST_PROFILE_COUNT && one > HOST_PROFILE_URL)) &&
                    host_byte_sendable((enum host_profile)one, (enum host_scheme)https,
                                       (unsigned char)byte) &&
                    strchr(checker->hosts[https], byte) == NULL)
                    *end++ = (char)byte;
    }
}

static void read_flags(struct checker *checker)
{
    static const enum syntax flags[128] = {
        ['i'] = SYNTAX_FLAG_I, ['m'] = SYNTAX_FLAG_M, ['s'] = SYNTAX_FLAG_S, ['g'] = SYNTAX_FLAG_G};
    const char *flag = field(checker, "flags");
    if (flag == NULL)
        refuse(checker, "it has no such ", "flags");
    for (; flag != NULL && *flag != '\0' && strcmp(flag, "-") != 0; flag++) {
        const int means = dialect_syntax[checker->run.dialect][flags[(int)*flag]];
        if (means == MEANS_IGNORE_CASE)
            checker->run.ignore_case = true;
        else if (means != MEANS_LINES && means != MEANS_DOT_ALL && means != MEANS_IGNORED)
            refuse(checker, "this cannot be checked: flag ", flag);
    }
}

/* One pattern more, of which one is enough. */
static void read_pattern(struct checker *checker, const char *pattern, int match)
{
    static const struct run_set nothing;
    struct run_set ends;
    const size_t used = strlen(checker->pattern), room = MOST_PATTERN - used;
    checker->run.at = pattern;
    run_pattern(&checker->run, &nothing, &ends);
    if (checker->run.wrong != NULL || *checker->run.at != '\0')
        refuse(checker, "this cannot be checked: ",
               checker->run.wrong != NULL ? checker->run.wrong : checker->run.at);
    const int length = snprintf(checker->pattern + used, room, "%s%s(%s)%s", used > 0 ? "|" : "",
                                match == 0 ? ".*" : "", pattern, match < 2 ? ".*" : "");
    if (length < 0 || (size_t)length >= room)
        refuse(checker, "the patterns are too long", "");
}

/* What is claimed; false: it cannot be checked. */
static bool read_claim(struct checker *checker)
{
    static const char *const matches[] = {"search", "prefix", "full"};
    const char *line = field(checker, "corsim-certificate");
    if (line == NULL || strcmp(line, "1") != 0)
        return refuse(checker, "it is no corsim-certificate 1", "");
    read_profile(checker);
    const int dialect = choice_of(checker, "dialect", dialect_words, DIALECT_COUNT);
    const int match = choice_of(checker, "match", matches, 3);
    checker->run.dialect = (enum dialect)(dialect < 0 ? 0 : dialect);
    read_flags(checker);
    while ((line = field(checker, "pattern")) != NULL && checker->wrong[0] == '\0')
        read_pattern(checker, line, match);
    while ((line = field(checker, "intend")) != NULL) {
        if (checker->intent_count == MOST_INTENTS || !has_few_stars(line) ||
            !is_sendable(checker, line, true))
            return refuse(checker, "this is no origin, or one too many: ", line);
        checker->intents[checker->intent_count++] = line;
    }
    return checker->pattern[0] != '\0' && checker->wrong[0] == '\0';
}

/* The places, by what is known there; each state that is named must be one of an origin. */
static void read_places(struct checker *checker)
{
    char *line;
    int state = 0;
    checker->known[0] = "";
    while ((line = field(checker, "place")) != NULL) {
        const long column = strtol(line, &line, 10);
        line += *line == ' ';
        if (strcmp(checker->known[state], line) != 0 && ++state < RUN_STATES)
            checker->known[state] = line;
        if (state == RUN_STATES || column < 0 || column >= MOST_PATTERN ||
            !is_sendable(checker, line, false) || !has_few_stars(line) ||
            checker->places[state][column]++ != 0) {
            refuse(checker, "this is no place: ", line);
            return;
        }
    }
    checker->run.state_count = state + 1;
}

static void check_proven(struct checker *checker)
{
    struct run_set start = {{true}}, ends;
    read_places(checker);
    run_pattern(&checker->run, &start, &ends);
    for (int i = 0; i < checker->run.state_count; i++) {
        if ((ends.has[i] || ends.has[RUN_STATES + i]) && is_bypass(checker, checker->known[i]))
            refuse(checker, "accepted, and not intended: ", checker->known[i]);
        for (int column = 0; column < MOST_PATTERN; column++)
            if (checker->places[i][column] == 1)
                refuse(checker, "nothing leads to a place of ", checker->known[i]);
    }
}

static void check_bypass(struct checker *checker)
{
    struct run_set start = {{true}}, ends;
    const char *witness = field(checker, "witness");
    const int length = witness == NULL ? 0 : (int)strlen(witness);
    if (length == 0 || length >= RUN_STATES) {
        refuse(checker, "it has no witness", "");
        return;
    }
    checker->run.exact = witness;
    checker->run.state_count = length + 1;
    run_pattern(&checker->run, &start, &ends);
    if (!ends.has[length] && !ends.has[RUN_STATES + length])
        refuse(checker, "not accepted: ", witness);
    else if (!is_bypass(checker, witness))
        refuse(checker, "not sent by browsers, or intended: ", witness);
}

/* Its last line sums up the others: FNV-1a, so that no accident goes unnoticed. */
static bool is_whole(const char *text, size_t length)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    char line[32];
    size_t at = 0;
    for (const char *last = strstr(text, "\nsum "); last != NULL && at <= (size_t)(last - text);
         at++)
        sum = (sum ^ (unsigned char)text[at]) * UINT64_C(1099511628211);
    snprintf(line, sizeof line, "sum %016" PRIx64 "\n", sum);
    for (size_t i = 0; i < length; i++)
        if (text[i] != '\n' && (text[i] < ' ' || text[i] > '~'))
            return false;
    return at > 0 && strcmp(text + at, line) == 0;
}

static int check(const char *path, struct complaint *complaint, struct memory *memory)
{
    struct cors_bytes text = {0};
    static const char *const verdicts[] = {"PROVEN", "BYPASS"};
    struct checker *checker = memory_take(memory, sizeof *checker);
    checker->run.next = next_state;
    checker->run.context = checker;
    if (!read_whole_file(path, MOST_BYTES, &text, memory, complaint))
        return EXIT_USAGE;
    if (!is_whole(text.at, text.len)) {
        complain(complaint, "is no certificate, or was changed");
        return EXIT_USAGE;
    }
    checker->rest = (char *)text.at;
    const bool claimed = read_claim(checker);
    const int verdict = choice_of(checker, "verdict", verdicts, 2);
    checker->run.at = checker->pattern;
    if (claimed && verdict == 0)
        check_proven(checker);
    else if (claimed && verdict == 1)
        check_bypass(checker);
    if (checker->wrong[0] == '\0' &&
        (checker->run.wrong != NULL || field(checker, "sum") == NULL || checker->rest[0] != '\0'))
        refuse(checker, "it takes too much to check, or has lines that it should not have", "");
    if (checker->wrong[0] != '\0' || verdict < 0) {
        complain(complaint, claimed ? "does not hold: %s" : "is refused: %s",
                 escaped_string(checker->wrong));
        return claimed ? EXIT_DOES_NOT : EXIT_USAGE;
    }
    complain(complaint, "holds: %s", verdicts[verdict]);
    return EXIT_HOLDS;
}

int verify_certificate(const char *path, struct complaint *complaint)
{
    struct memory memory = {0};
    const int status = check(path, complaint, &memory);
    memory_free(&memory);
    return status;
}

int command_verify_certificate(int argc, char **argv)
{
    const struct command command = {
        .name = "verify-certificate",
        .operands = "FILE...",
        .summary = "Checks certificates of corsim prove, without the prover.",
        .example = "corsim verify-certificate allowlist.certificate",
        .notes = "Exit status: 0 they hold, 1 one does not, 2 one cannot be checked.",
        .least = 1,
        .most = UINT_MAX};
    struct command_line line;
    int worst = EXIT_HOLDS;
    if (!command_parse(&command, argc, argv, &line))
        return line.status;
    for (size_t i = 0; i < line.operand_count; i++) {
        struct complaint said;
        const int status = verify_certificate(line.operands[i], &said);
        if (status == EXIT_HOLDS)
            printf("%s %s\n", escaped_string(line.operands[i]), said.text);
        else
            command_error(&command, status, "%s %s", escaped_string(line.operands[i]), said.text);
        worst = status > worst ? status : worst;
    }
    command_line_free(&line);
    return worst;
}
