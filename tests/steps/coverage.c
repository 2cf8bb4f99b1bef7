/* Plays every case with a trace and looks which outcomes each step's condition had: a step of
 * spec-tables/steps.tsv with outcomes `both` must have been decided both ways, one with `true` or
 * `false` that way and no other, if it is not one whose reason begins with "never reached".
 *
 *     coverage STEPS.TSV CASES_DIR
 *     coverage STEPS.TSV CASES_DIR --self-test   with no case played, every step must be missed */
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_STEPS = 4000 };

/* A step with a condition. */
struct step {
    const char *algorithm, *label, *outcomes, *reason;
    bool seen[2]; /* false, true */
};

struct coverage {
    struct memory memory;
    struct step steps[MAX_STEPS];
    size_t count;
    size_t latest; /* where the last event was found: the next is near */
    size_t unknown;
};

/* Cuts a field off the line; the line goes on behind its tab. */
static char *take_field(char **line)
{
    char *field = *line;
    char *tab = field == NULL ? NULL : strchr(field, '\t');
    if (tab != NULL)
        *tab++ = '\0';
    *line = tab;
    return field;
}

/* Not modelled further, but perhaps decided: either outcome will do. */
static bool is_scope(const struct step *step)
{
    return strncmp(step->outcomes, "scope:", strlen("scope:")) == 0;
}

static void add_step(struct coverage *coverage, char *line)
{
    struct step step = {.algorithm = take_field(&line)};
    step.label = take_field(&line);
    step.outcomes = take_field(&line);
    step.reason = take_field(&line);
    if (step.reason == NULL || coverage->count == MAX_STEPS)
        return;
    if (strcmp(step.outcomes, "both") == 0 || strcmp(step.outcomes, "true") == 0 ||
        strcmp(step.outcomes, "false") == 0 || is_scope(&step))
        coverage->steps[coverage->count++] = step;
}

static bool read_steps(struct coverage *coverage, const char *path)
{
    struct cors_bytes text;
    struct complaint complaint = {0};
    if (!read_whole_file(path, 8 << 20, &text, &coverage->memory, &complaint)) {
        fprintf(stderr, "%s: %s\n", path, complaint.text);
        return false;
    }
    text = memory_copy(&coverage->memory, text); /* NUL-terminated, and ours to cut */
    for (char *line = (char *)text.at; line != NULL;) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        if (line[0] != '#')
            add_step(coverage, line);
        line = end;
    }
    return coverage->count > 0;
}

static struct step *find_step(struct coverage *coverage, const char *algorithm, const char *label)
{
    for (size_t i = 0; i < coverage->count; i++) {
        size_t at = (coverage->latest + i) % coverage->count;
        struct step *step = &coverage->steps[at];
        if (strcmp(step->algorithm, algorithm) == 0 && strcmp(step->label, label) == 0) {
            coverage->latest = at;
            return step;
        }
    }
    return NULL;
}

static void look_at_trace(void *context, const struct played *played)
{
    struct coverage *coverage = context;
    for (size_t i = 0; i < played->trace->count; i++) {
        const struct cors_trace_event *event = &played->trace->at[i];
        if (event->kind != CORS_TRACE_WHEN)
            continue;
        struct step *step = find_step(coverage, event->algorithm, event->step);
        if (step != NULL)
            step->seen[event->held] = true;
        else if (coverage->unknown++ == 0)
            printf("%s %s has a condition that steps.tsv does not know of\n", event->algorithm,
                   event->step);
    }
}

static bool is_reached(const struct step *step)
{
    static const char never[] = "never reached";
    return strncmp(step->reason, never, sizeof(never) - 1) != 0;
}

/* How many of the step's outcomes are missed or too many; says which. */
static size_t judge(const struct step *step)
{
    const bool reached = is_reached(step);
    size_t wrong = 0;
    for (int held = 0; held < 2; held++) {
        bool wanted = reached && strcmp(step->outcomes, held ? "false" : "true") != 0;
        if (step->seen[held] == wanted)
            continue;
        wrong++;
        printf("%s %s: %s %s\n", step->algorithm, step->label,
               wanted ? "in no case" : "in spite of steps.tsv", held ? "true" : "false");
    }
    return wrong;
}

int main(int argc, char **argv)
{
    const bool self_test = argc == 4 && strcmp(argv[3], "--self-test") == 0;
    if (argc != 3 && !self_test) {
        fprintf(stderr, "usage: coverage STEPS.TSV CASES_DIR [--self-test]\n");
        return 2;
    }
    struct coverage *coverage = calloc(1, sizeof(*coverage));
    struct corpus corpus;
    if (coverage == NULL || !read_steps(coverage, argv[1]) || !corpus_read(&corpus, argv[2]))
        return 2;
    size_t failed = 0, conditions = 0, missed = 0, reached = 0;
    if (!self_test)
        failed = corpus_play(&corpus, true, true, look_at_trace, coverage);
    for (size_t i = 0; i < coverage->count; i++) {
        if (is_scope(&coverage->steps[i]))
            continue;
        conditions++;
        missed += judge(&coverage->steps[i]) > 0;
        reached += is_reached(&coverage->steps[i]);
    }
    printf("%zu cases, %zu failed; %zu of %zu steps with a condition are decided as they must be\n",
           corpus.count, failed, conditions - missed, conditions);
    bool holds = failed == 0 && missed == 0 && coverage->unknown == 0;
    if (self_test)
        holds = missed == reached;
    corpus_free(&corpus);
    memory_free(&coverage->memory);
    free(coverage);
    return !holds;
}
