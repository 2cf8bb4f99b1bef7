/* How long the prover takes: reads questions, a line each (dialect, match, flags or -, pattern and
 * the intent, with tabs between), asks each of them a few times and prints the fastest time of each
 * in milliseconds with its verdict, then the median, the slowest and the sum. pace [TIMES] < LINES;
 * fails if the slowest takes more than pace -m MILLISECONDS. */
#include "corsim_prove.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINES = 1000, LONGEST = 1 << 20 };

static int order(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static char *cut(char **rest)
{
    char *field = *rest, *tab = strchr(field, '\t');
    *rest = tab == NULL ? field + strlen(field) : tab + 1;
    if (tab != NULL)
        *tab = '\0';
    return field;
}

static double ask(char *line, int times, const struct public_suffixes *suffixes)
{
    static const char *const verdicts[] = {"PROVEN", "BYPASS", "UNDECIDED", "MALFORMED"};
    struct intent intent = {0};
    struct intent_error error;
    struct prove_answer answer;
    char *rest = line, *fields[4];
    for (int i = 0; i < 4; i++)
        fields[i] = cut(&rest);
    while (*rest != '\0') {
        const char *entry = cut(&rest);
        if (!intent_add(&intent, (struct cors_bytes){entry, strlen(entry)}, &error))
            exit(2);
    }
    const struct cors_bytes pattern = {fields[3], strlen(fields[3])};
    const struct prove_question question = {.check = {.dialect = fields[0],
                                                      .match = fields[1],
                                                      .flags = *fields[2] == '-' ? "" : fields[2],
                                                      .patterns = &pattern,
                                                      .pattern_count = 1},
                                            .profile = PROFILE_BROWSER,
                                            .intent = &intent,
                                            .suffixes = suffixes};
    double fastest = 1e9;
    for (int i = 0; i < times; i++) {
        if (!prove(&question, &answer))
            exit(2);
        if (answer.seconds * 1e3 < fastest)
            fastest = answer.seconds * 1e3;
        if (i + 1 == times)
            printf("%7.3f ms  %-9s %7zu states  %s\n", fastest, verdicts[answer.verdict],
                   answer.states, fields[3]);
        prove_free(&answer);
    }
    intent_free(&intent);
    return fastest;
}

int main(int argc, char **argv)
{
    static char line[LONGEST];
    static double all[MOST_LINES];
    double sum = 0, most = 1e9;
    size_t count = 0;
    int times = 5;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "-m") == 0 && i + 1 < argc)
            most = atof(argv[++i]);
        else
            times = atoi(argv[i]);
    struct public_suffixes *suffixes = public_suffixes_open();
    while (count < MOST_LINES && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        sum += all[count] = ask(line, times, suffixes);
        count++;
    }
    public_suffixes_close(suffixes);
    if (count == 0)
        return 1;
    qsort(all, count, sizeof *all, order);
    printf("%zu questions: median %.3f ms, slowest %.3f ms, all %.1f ms\n", count, all[count / 2],
           all[count - 1], sum);
    return all[count - 1] > most;
}
