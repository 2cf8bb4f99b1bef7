/* The pattern of verify_pattern.h, run while it is read: what is repeated is read again each time.
 * It knows bytes, classes, groups, choices, repetitions, ^ $ \b and look-aheads; which escapes mean
 * these is asked of spec-tables/dialects.tsv. */
#include "verify_pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH = 40, MOST_REPEAT = 1000, ENDLESS = MOST_REPEAT + 1 };
#define MOST_WORK (1UL << 28)

static void refuse(struct run *run)
{
    if (run->wrong == NULL)
        run->wrong = run->at;
    run->at = "";
}

static bool merge(struct run_set *into, const struct run_set *more)
{
    bool changed = false;
    for (int i = 0; i < 2 * RUN_STATES; i++) {
        changed |= more->has[i] && !into->has[i];
        into->has[i] |= more->has[i];
    }
    return changed;
}

static bool knows(const struct run *run, enum syntax syntax, enum meaning meaning)
{
    return dialect_syntax[run->dialect][syntax] == meaning;
}

/* ---- Bytes --------------------------------------------------------------------------------- */

static bool is_word(int byte)
{
    return isalnum(byte) || byte == '_';
}

static enum meaning meaning_at(const struct run *run, bool in_class)
{
    const int behind = run->at[0] == '\\' ? run->at[1] & 127 : 0;
    if (*run->at != '\\')
        return strchr(in_class ? "[]&" : "*+?{}[]()|", *run->at) == NULL ? MEANS_LITERAL
                                                                         : MEANS_ERROR;
    if (in_class && !knows(run, SYNTAX_CLASS_BACKSLASH, MEANS_ESCAPE))
        return MEANS_ERROR;
    const enum meaning meaning = (enum meaning)dialect_escapes[run->dialect][in_class][behind];
    return meaning == MEANS_LITERAL && isalnum(behind) ? MEANS_ERROR : meaning;
}

/* Adds what a byte or an escape stands for; the byte, or -1: it is none. */
static int read_member(struct run *run, bool in_class, bool set[128])
{
    const enum meaning meaning = meaning_at(run, in_class);
    const bool digit = meaning == MEANS_DIGIT || meaning == MEANS_NOT_DIGIT;
    const bool word = meaning == MEANS_WORD || meaning == MEANS_NOT_WORD;
    const bool space = meaning == MEANS_SPACE || meaning == MEANS_NOT_SPACE;
    const bool negated =
        meaning == MEANS_NOT_DIGIT || meaning == MEANS_NOT_WORD || meaning == MEANS_NOT_SPACE;
    if (meaning != MEANS_LITERAL && !digit && !word && !space) {
        refuse(run);
        return -1;
    }
    const int self = (unsigned char)run->at[*run->at == '\\'];
    run->at += 1 + (*run->at == '\\');
    for (int i = ' '; i <= '~'; i++) {
        const bool is = digit ? isdigit(i) != 0 : word ? is_word(i) : space ? i == ' ' : i == self;
        set[i] |= is != negated;
    }
    return meaning == MEANS_LITERAL ? self : -1;
}

static void read_class(struct run *run, bool set[128])
{
    while (run->wrong == NULL && *run->at != ']') {
        const int low = read_member(run, true, set);
        if (*run->at != '-' || run->at[1] == ']')
            continue;
        run->at++;
        const int high = read_member(run, true, set);
        if (low < 0 || high < low)
            refuse(run);
        if (*run->at == '-' && run->at[1] != ']' &&
            !knows(run, SYNTAX_CLASS_HYPHEN_AFTER_RANGE, MEANS_LITERAL))
            refuse(run);
        for (int i = low; i >= 0 && i <= high; i++)
            set[i] = true;
    }
}

static void read_set(struct run *run, bool set[128])
{
    bool named[128] = {false}, negated = false;
    if (*run->at == '.') {
        negated = true;
        run->at++;
    } else if (*run->at == '[' && run->dialect != DIALECT_JAVASCRIPT_V) {
        negated = run->at[1] == '^';
        run->at += 1 + negated;
        if (*run->at == ']')
            refuse(run);
        read_class(run, named);
        run->at += *run->at == ']';
    } else {
        read_member(run, false, named);
    }
    for (int i = ' '; i <= '~'; i++)
        set[i] = (named[i] || (run->ignore_case && isalpha(i) && named[i ^ 32])) != negated;
}

static void run_byte(struct run *run, const struct run_set *from, struct run_set *to)
{
    const char *at = run->at;
    bool set[128] = {false};
    read_set(run, set);
    for (int state = 0; state < run->state_count && run->wrong == NULL; state++)
        for (int byte = ' '; from->has[state] && byte <= '~'; byte++) {
            const int next = set[byte] ? run->next(run->context, at, state, byte) : -1;
            if (next >= 0)
                to->has[next] = true;
            run->work++;
        }
}

/* ---- What takes up nothing ----------------------------------------------------------------- */

static bool is_anything(const struct run_set *set)
{
    for (int i = 0; i < 2 * RUN_STATES; i++)
        if (set->has[i])
            return true;
    return false;
}

static void close_group(struct run *run)
{
    if (*run->at == ')')
        run->at++;
    else
        refuse(run);
}

static void run_look(struct run *run, const struct run_set *from, struct run_set *to)
{
    const char *start = run->at + 3;
    const bool negative = run->at[2] == '!';
    struct run_set one = {{false}}, then;
    run->work += 16UL * RUN_STATES;
    run->at = start;
    run_pattern(run, &one, &then);
    const char *end = run->at;
    for (int i = 0; i < 2 * RUN_STATES && run->wrong == NULL; i++) {
        if (from->has[i] && run->exact != NULL) {
            one.has[i] = true;
            run->at = start;
            run_pattern(run, &one, &then);
            one.has[i] = false;
        }
        to->has[i] = from->has[i] && (run->exact == NULL || is_anything(&then) != negative);
    }
    run->at = run->wrong == NULL ? end : "";
    close_group(run);
}

static void run_assertion(struct run *run, enum meaning meaning, const struct run_set *from,
                          struct run_set *to)
{
    run->at += 1 + (*run->at == '\\');
    for (int i = 0; i < 2 * RUN_STATES; i++) {
        const int read = i % RUN_STATES;
        bool holds = from->has[i];
        if (meaning == MEANS_START)
            holds &= read == 0;
        else if (meaning != MEANS_END && run->exact != NULL && holds)
            holds = (is_word(read == 0 ? 0 : run->exact[read - 1]) != is_word(run->exact[read])) ==
                    (meaning == MEANS_BOUNDARY);
        to->has[meaning == MEANS_END ? RUN_STATES + read : i] |= holds;
    }
}

/* ---- Structure ----------------------------------------------------------------------------- */

/* True: it may be repeated. */
static bool run_item(struct run *run, const struct run_set *from, struct run_set *to)
{
    const char *at = run->at;
    const enum meaning meaning = *at == '^'    ? MEANS_START
                                 : *at == '$'  ? MEANS_END
                                 : *at == '\\' ? meaning_at(run, false)
                                               : MEANS_LITERAL;
    *to = (struct run_set){{false}};
    run->work += RUN_STATES;
    if (run->work > MOST_WORK) {
        refuse(run);
        return false;
    }
    if (meaning == MEANS_START || meaning == MEANS_END || meaning == MEANS_BOUNDARY ||
        meaning == MEANS_NOT_BOUNDARY) {
        run_assertion(run, meaning, from, to);
        return false;
    }
    if (*at == '(' && at[1] == '?' && (at[2] == '=' || at[2] == '!') &&
        knows(run, SYNTAX_LOOK_AHEAD, MEANS_YES)) {
        run_look(run, from, to);
        return false;
    }
    if (*at != '(') {
        run_byte(run, from, to);
        return true;
    }
    const bool plain = at[1] == '?' && at[2] == ':' && knows(run, SYNTAX_GROUP_PLAIN, MEANS_YES);
    if (!plain && (at[1] == '?' || at[1] == '*')) {
        refuse(run);
        return false;
    }
    run->at += plain ? 3 : 1;
    run_pattern(run, from, to);
    close_group(run);
    return true;
}

/* {m}, {m,} or {m,n}. */
static void read_interval(struct run *run, long *least, long *most)
{
    char *end = (char *)run->at;
    if (isdigit(run->at[1]))
        *least = *most = strtol(run->at + 1, &end, 10);
    if (*end == ',' && isdigit(end[1]))
        *most = strtol(end + 1, &end, 10);
    else if (*end == ',') {
        *most = ENDLESS;
        end++;
    }
    if (*end != '}' || *least > MOST_REPEAT || *most < *least ||
        (*most > MOST_REPEAT && *most != ENDLESS))
        refuse(run);
    else
        run->at = end + 1;
}

static void read_quantifier(struct run *run, long *least, long *most)
{
    const bool braced = *run->at == '{';
    *least = *run->at == '+';
    *most = *run->at == '?' ? 1 : ENDLESS;
    if (braced)
        read_interval(run, least, most);
    else
        run->at++;
    if (*run->at == '?' && knows(run, braced ? SYNTAX_LAZY_EXACT : SYNTAX_LAZY, MEANS_LAZY))
        run->at++;
    if (*run->at != '\0' && strchr("*+?{", *run->at) != NULL)
        refuse(run);
}

/* An item and what repeats it. */
static void run_repeated(struct run *run, struct run_set *now)
{
    const char *start = run->at;
    struct run_set then, all = {{false}};
    const bool may = run_item(run, now, &then);
    if (*run->at == '\0' || strchr("*+?{", *run->at) == NULL) {
        *now = then;
        return;
    }
    long least, most;
    if (!may)
        refuse(run);
    read_quantifier(run, &least, &most);
    const char *end = run->at;
    for (long times = 0; run->wrong == NULL; times++) {
        if ((times >= least && !merge(&all, now)) || times == most)
            break;
        run->at = start;
        if (times > 0)
            run_item(run, now, &then);
        *now = then;
    }
    *now = all;
    run->at = run->wrong == NULL ? end : "";
}

void run_pattern(struct run *run, const struct run_set *from, struct run_set *to)
{
    struct run_set now;
    *to = (struct run_set){{false}};
    if (++run->depth > MOST_DEPTH)
        refuse(run);
    for (bool more = true; more; run->at += more) {
        now = *from;
        while (*run->at != '\0' && *run->at != '|' && *run->at != ')')
            run_repeated(run, &now);
        merge(to, &now);
        more = *run->at == '|';
    }
    run->depth--;
}
