/* Writes certificates: for what is proven, the patterns are run on what is known of the bytes read,
 * and each item that can have taken a byte is a place with what is known then. That is the product
 * of the three automata again, in words that the checker can make for itself. */
#include "certificate.h"

#include "certificate_known.h"
#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TEXT = 4096, MOST_MEMORY = 128 << 20, MOST_WORK = 1 << 26 };

/* What may be known; in the second half: and nothing may follow. */
struct places {
    bool has[2 * KNOWN_STATES];
};

struct writer {
    struct known known;
    unsigned char (*reached)[MOST_TEXT]; /* by what is known, and the place in the whole text */
    int (*next)[128];                    /* of known_step, and 3; 0: not asked yet */
    size_t offset;                       /* of the pattern that is run, in the whole text */
    size_t work;
    const char *reason;
    struct prove_memory memory;
};

static bool give_up(struct writer *writer, const char *reason)
{
    if (writer->reason == NULL)
        writer->reason = reason;
    return false;
}

static bool merge(struct places *into, const struct places *more)
{
    bool changed = false;
    for (int i = 0; i < 2 * KNOWN_STATES; i++) {
        changed |= more->has[i] && !into->has[i];
        into->has[i] |= more->has[i];
    }
    return changed;
}

/* ---- Running ------------------------------------------------------------------------------- */

static void run_set(struct writer *writer, const struct byte_set *set, size_t place,
                    const struct places *from, struct places *to)
{
    *to = (struct places){{false}};
    if (place >= MOST_TEXT)
        give_up(writer, "the patterns are too long for the checker");
    for (int state = 0; state < KNOWN_STATES && writer->reason == NULL; state++)
        for (unsigned byte = FIRST_BYTE; from->has[state] && byte <= LAST_BYTE; byte++) {
            int *next = &writer->next[state][byte];
            if (!set_has(set, byte))
                continue;
            if (*next == 0)
                *next = known_step(&writer->known, state, byte) + 3;
            if (*next - 3 == KNOWN_FULL)
                give_up(writer, "it takes more states than the checker takes");
            else if (*next - 3 != KNOWN_NOWHERE) {
                to->has[*next - 3] = true;
                writer->reached[*next - 3][place] = 1;
            }
            if (++writer->work > MOST_WORK)
                give_up(writer, "it takes more work than the checker does");
        }
}

static void run_assertion(enum meaning meaning, const struct places *from, struct places *to)
{
    *to = (struct places){{false}};
    for (int i = 0; i < 2 * KNOWN_STATES; i++) {
        const int state = i % KNOWN_STATES;
        if (from->has[i] && (meaning != MEANS_START || state == 0))
            to->has[meaning == MEANS_END ? KNOWN_STATES + state : i] = true;
    }
}

static void run(struct writer *writer, const struct node *node, const struct places *from,
                struct places *to);

static void run_all(struct writer *writer, const struct node *node, const struct places *from,
                    struct places *to)
{
    struct places all = {{false}}, then;
    const bool is_choice = node->kind == NODE_CHOICE;
    if (!is_choice)
        all = *from;
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        run(writer, child, is_choice ? from : &all, &then);
        if (is_choice)
            merge(&all, &then);
        else
            all = then;
    }
    *to = all;
}

static void run_repeat(struct writer *writer, const struct node *node, const struct places *from,
                       struct places *to)
{
    struct places all = {{false}}, now = *from, then;
    for (unsigned times = 0; writer->reason == NULL; times++) {
        if (times >= node->least && !merge(&all, &now))
            break;
        if (node->most != REPEAT_ENDLESS && times == node->most)
            break;
        run(writer, node->first, &now, &then);
        now = then;
    }
    *to = all;
}

static void run(struct writer *writer, const struct node *node, const struct places *from,
                struct places *to)
{
    *to = *from;
    switch ((enum node_kind)node->kind) {
    case NODE_SET:
        run_set(writer, &node->set, writer->offset + node->column - 1, from, to);
        break;
    case NODE_SEQUENCE:
    case NODE_CHOICE:
    case NODE_GROUP:
        run_all(writer, node, from, to);
        break;
    case NODE_REPEAT:
        run_repeat(writer, node, from, to);
        break;
    case NODE_ASSERTION:
        run_assertion((enum meaning)node->meaning, from, to);
        break;
    case NODE_EMPTY:
    case NODE_LOOK: /* as if it held, which is enough for a proof */
        break;
    case NODE_ATOMIC:
    case NODE_REFERENCE:
        give_up(writer, "the checker knows no atomic groups and no references");
        break;
    }
}

/* Anything, any number of times, by the item at `place`. */
static void run_anything(struct writer *writer, size_t place, struct places *now)
{
    const struct byte_set any = {{~(uint64_t)0, ~(uint64_t)0}};
    struct places then;
    do {
        run_set(writer, &any, place, now, &then);
    } while (merge(now, &then));
}

/* ---- The claim ----------------------------------------------------------------------------- */

struct claim {
    const struct pattern_source *source; /* the dialect, match and flags of all patterns */
    struct check check;
};

static bool is_printable(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] < FIRST_BYTE || text[i] > LAST_BYTE)
            return false;
    return true;
}

/* The patterns that the engines of the system are given, which have to be of one sort. */
static bool read_claim(struct writer *writer, const struct prove_question *question,
                       struct claim *claim)
{
    struct pattern_error error;
    if (question->old != NULL)
        return give_up(writer, "there are none of comparisons");
    if (!check_read(&question->check, &writer->memory, &claim->check, &error))
        return give_up(writer, error.what);
    if (claim->check.count == 0)
        return give_up(writer, "there is no pattern");
    claim->source = &claim->check.sources[0].pattern;
    for (size_t i = 0; i < claim->check.count; i++) {
        const struct check_source *source = &claim->check.sources[i];
        const struct pattern_source *pattern = &source->pattern;
        if (pattern->text == NULL || source->matched)
            return give_up(writer, "it is not a pattern alone that decides");
        if (pattern->dialect != claim->source->dialect || pattern->match != claim->source->match ||
            strcmp(pattern->flags, claim->source->flags) != 0)
            return give_up(writer, "its patterns are of several dialects, matches or flags");
        if (!is_printable(pattern->text, pattern->length))
            return give_up(writer, "a pattern has a byte that is not printable ASCII");
    }
    return true;
}

static bool run_pattern(struct writer *writer, const struct pattern_source *source, size_t *offset)
{
    struct pattern pattern;
    struct pattern_error error;
    struct places now = {{true}}, then;
    *offset += *offset > 0;
    if (source->match == PATTERN_SEARCH) {
        run_anything(writer, *offset, &now);
        *offset += 2;
    }
    writer->offset = ++*offset;
    if (!pattern_parse(source, &writer->memory, &pattern, &error))
        return give_up(writer, error.what);
    run(writer, pattern.root, &now, &then);
    *offset += source->length + 1;
    if (source->match != PATTERN_FULL) {
        run_anything(writer, *offset, &then);
        *offset += 2;
    }
    for (int i = 0; i < writer->known.count; i++)
        if ((then.has[i] || then.has[KNOWN_STATES + i]) && known_is_stray(&writer->known, i))
            return give_up(writer,
                           "the proof needs finer rules about origins than the checker has");
    return writer->reason == NULL;
}

static bool find_places(struct writer *writer, const struct claim *claim)
{
    size_t offset = 0;
    writer->reached = prove_take(&writer->memory, KNOWN_STATES * sizeof *writer->reached);
    writer->next = prove_take(&writer->memory, KNOWN_STATES * sizeof *writer->next);
    if (writer->reached == NULL || writer->next == NULL)
        return give_up(writer, "it takes more memory than it may");
    for (size_t i = 0; i < claim->check.count; i++)
        if (!run_pattern(writer, &claim->check.sources[i].pattern, &offset))
            return false;
    return true;
}

/* ---- Writing ------------------------------------------------------------------------------- */

/* The file, and the sum over all that was written: FNV-1a. */
struct paper {
    FILE *file;
    uint64_t sum;
};

static void put(struct paper *paper, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        paper->sum = (paper->sum ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    fwrite(text, 1, length, paper->file);
}

static void put_line(struct paper *paper, const char *word, const char *text, size_t length)
{
    put(paper, word, strlen(word));
    put(paper, " ", 1);
    put(paper, text, length);
    put(paper, "\n", 1);
}

static void put_word(struct paper *paper, const char *word, const char *text)
{
    put_line(paper, word, text, strlen(text));
}

static size_t stars_of(const char *text)
{
    size_t stars = 0;
    for (; *text != '\0'; text++)
        stars += *text == '*';
    return stars;
}

/* What says more goes first: what is known exactly, then what names the most bytes. */
static int compare_texts(const void *a, const void *b)
{
    const char *first = *(char *const *)a, *second = *(char *const *)b;
    const size_t stars[] = {stars_of(first), stars_of(second)};
    const size_t named[] = {strlen(first) - stars[0], strlen(second) - stars[1]};
    if ((stars[0] == 0) != (stars[1] == 0))
        return stars[0] == 0 ? -1 : 1;
    if (stars[0] > 0 && named[0] != named[1])
        return named[0] > named[1] ? -1 : 1;
    if (stars[0] != stars[1])
        return stars[0] < stars[1] ? -1 : 1;
    return strcmp(first, second);
}

static void put_places(struct paper *paper, const struct writer *writer)
{
    char *sorted[KNOWN_STATES], line[KNOWN_LENGTH + 32];
    memcpy(sorted, writer->known.texts, sizeof sorted);
    qsort(sorted, (size_t)writer->known.count, sizeof *sorted, compare_texts);
    for (int i = 0; i < writer->known.count; i++) {
        int state = 0;
        while (strcmp(writer->known.texts[state], sorted[i]) != 0)
            state++;
        for (size_t place = 0; place < MOST_TEXT; place++)
            if (writer->reached[state][place]) {
                snprintf(line, sizeof line, "%zu %s", place, sorted[i]);
                put_word(paper, "place", line);
            }
    }
}

static void put_certificate(struct paper *paper, const struct writer *writer,
                            const struct claim *claim, const struct prove_answer *answer)
{
    static const char *const profiles[PROFILE_COUNT] = {
        [PROFILE_ABNF] = "abnf",       [PROFILE_URL] = "url",       [PROFILE_CHROMIUM] = "chromium",
        [PROFILE_FIREFOX] = "firefox", [PROFILE_WEBKIT] = "webkit", [PROFILE_BROWSER] = "browser"};
    static const char *const matches[] = {"search", "prefix", "full"};
    const char *flags = claim->source->flags;
    put_word(paper, "corsim-certificate", "1");
    put_word(paper, "profile", profiles[writer->known.profile]);
    put_word(paper, "dialect", dialect_words[claim->source->dialect]);
    put_word(paper, "match", matches[claim->source->match]);
    put_word(paper, "flags", *flags == '\0' ? "-" : flags);
    for (size_t i = 0; i < claim->check.count; i++)
        put_line(paper, "pattern", claim->check.sources[i].pattern.text,
                 claim->check.sources[i].pattern.length);
    for (size_t i = 0; i < writer->known.meant_count; i++)
        put_word(paper, "intend", writer->known.meant[i]);
    put_word(paper, "verdict", answer->verdict == PROVE_PROVEN ? "PROVEN" : "BYPASS");
    if (answer->verdict == PROVE_PROVEN)
        put_places(paper, writer);
    else
        put_line(paper, "witness", answer->witnesses[0].origin.at, answer->witnesses[0].origin.len);
    fprintf(paper->file, "sum %016" PRIx64 "\n", paper->sum);
}

static bool put_file(struct writer *writer, const struct claim *claim,
                     const struct prove_answer *answer, const char *path, certificate_check *holds)
{
    static const char end[] = ".part";
    struct paper paper = {.sum = UINT64_C(14695981039346656037)};
    char *unfinished = prove_take(&writer->memory, strlen(path) + sizeof end);
    if (unfinished == NULL)
        return give_up(writer, "it takes more memory than it may");
    memcpy(unfinished, path, strlen(path));
    memcpy(unfinished + strlen(path), end, sizeof end);
    paper.file = fopen(unfinished, "wb");
    if (paper.file == NULL)
        return give_up(writer, "its file, with .part behind the name, cannot be made");
    put_certificate(&paper, writer, claim, answer);
    bool right = ferror(paper.file) == 0;
    right = fclose(paper.file) == 0 && right;
    const bool refused = right && !holds(unfinished);
    if (right && !refused && rename(unfinished, path) == 0)
        return true;
    remove(unfinished);
    if (refused)
        return give_up(writer, "the checker refuses it");
    return give_up(writer, "its file cannot be written");
}

bool certificate_write(const struct prove_question *question, const struct prove_answer *answer,
                       const char *path, certificate_check *holds, const char **reason)
{
    struct claim claim = {0};
    struct writer writer = {.memory.limit = MOST_MEMORY};
    bool right = answer->verdict == PROVE_PROVEN ||
                 (answer->verdict == PROVE_BYPASS && answer->witness_count > 0) ||
                 give_up(&writer, "nothing was decided");
    right = right && read_claim(&writer, question, &claim);
    if (right && !known_open(&writer.known, question->profile, question->intent, &writer.memory))
        right = give_up(&writer, "the intent is too large for the checker");
    if (right && answer->verdict == PROVE_PROVEN)
        right = find_places(&writer, &claim);
    right = right && put_file(&writer, &claim, answer, path, holds);
    prove_release(&writer.memory);
    *reason = right ? NULL : writer.reason;
    return right;
}
