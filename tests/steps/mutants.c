/* Changes one thing that sim/check.c decides at a time and plays the corpus: some case must then
 * fail. Unchanged, none may. The places are found by playing the unchanged check.
 *
 *     mutants CASES_DIR */
#include "mutants.h"

#include "corpus.h"

#include <stdio.h>
#include <string.h>

enum { MAX_PLACES = 64 };

/* What can be done to a place. */
enum change {
    CHANGE_NOTHING = 0,
    CHANGE_NEGATE,
    CHANGE_TRUE,
    CHANGE_FALSE,
    CHANGE_INSENSITIVE, /* comparisons: letters in either case */
    CHANGE_PREFIX,      /* comparisons: one begins with the other */
    CHANGE_OMIT,        /* modes */
    CHANGE_SAME_ORIGIN,
    CHANGE_COUNT,
};

static const char *const change_names[CHANGE_COUNT] = {
    "nothing", "negated",    "always true",      "never true", "case-insensitively",
    "prefix",  "mode: omit", "mode: same-origin"};

enum kind { KIND_CONDITION, KIND_COMPARISON, KIND_MODE };

struct place {
    enum kind kind;
    int line;
    const char *where;
};

static struct place places[MAX_PLACES];
static size_t place_count;
static size_t changed_place;
static enum change change;

/* What is to be done at this place now. */
static enum change change_at(enum kind kind, int line, const char *where)
{
    size_t i = 0;
    while (i < place_count && (places[i].line != line || strcmp(places[i].where, where) != 0))
        i++;
    if (i == place_count && place_count < MAX_PLACES)
        places[place_count++] = (struct place){kind, line, where};
    return i == changed_place ? change : CHANGE_NOTHING;
}

static bool apply(enum change to, bool condition)
{
    if (to == CHANGE_TRUE || to == CHANGE_FALSE)
        return to == CHANGE_TRUE;
    return to == CHANGE_NEGATE ? !condition : condition;
}

bool mutated(int line, const char *where, bool condition)
{
    return apply(change_at(KIND_CONDITION, line, where), condition);
}

bool mutated_equal(int line, const char *where, struct cors_bytes a, struct cors_bytes b)
{
    enum change to = change_at(KIND_COMPARISON, line, where);
    if (to == CHANGE_INSENSITIVE)
        return byte_case_insensitive_match(a, b);
    if (to == CHANGE_PREFIX)
        return starts_with(a, b) || starts_with(b, a);
    return apply(to, bytes_equal(a, b));
}

enum cors_credentials_mode mutated_mode(int line, enum cors_credentials_mode mode)
{
    enum change to = change_at(KIND_MODE, line, "the credentials mode");
    if (to == CHANGE_OMIT)
        return CORS_CREDENTIALS_OMIT;
    return to == CHANGE_SAME_ORIGIN ? CORS_CREDENTIALS_SAME_ORIGIN : mode;
}

static bool is_possible(const struct place *place, enum change to)
{
    if (place->kind == KIND_MODE)
        return to >= CHANGE_OMIT;
    if (to == CHANGE_INSENSITIVE && strstr(place->where, "\"*\"") != NULL)
        return false; /* it has no letters */
    if (to == CHANGE_TRUE && strstr(place->where, ": true") != NULL)
        return false; /* it is */
    return to <= (place->kind == KIND_COMPARISON ? CHANGE_PREFIX : CHANGE_FALSE);
}

/* A change must be noticed by what comes of it, not by the way there. */
static void leave_traces_out(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++)
        for (size_t j = 0; j < corpus->cases[i].fetch_count; j++)
            corpus->cases[i].fetches[j].trace_line = 0;
}

int main(int argc, char **argv)
{
    struct corpus corpus;
    if (argc != 2 || !corpus_read(&corpus, argv[1]))
        return 2;
    leave_traces_out(&corpus);
    changed_place = MAX_PLACES;
    size_t failed = corpus_play(&corpus, false, true, NULL, NULL);
    size_t count = 0, survivors = 0, found = place_count;
    for (changed_place = 0; changed_place < found; changed_place++)
        for (change = CHANGE_NEGATE; change < CHANGE_COUNT; change++) {
            const struct place *place = &places[changed_place];
            if (!is_possible(place, change))
                continue;
            count++;
            if (corpus_fails(&corpus))
                continue;
            survivors++;
            printf("check.c:%d: %s, %s: no case fails\n", place->line, place->where,
                   change_names[change]);
        }
    printf("%zu cases, %zu failed; %zu changes in %zu places of check.c, %zu unnoticed\n",
           corpus.count, failed, count, found, survivors);
    corpus_free(&corpus);
    return failed > 0 || survivors > 0 || count == 0;
}
