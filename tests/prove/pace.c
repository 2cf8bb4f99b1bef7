/* How long the prover takes: reads questions, a line each (dialect, match, flags or -, pattern in
 * hexadecimal and the intent, with tabs between), asks each of them a few times and prints the
 * fastest time of each in milliseconds with its verdict, then the median, the slowest and the sum.
 * pace [TIMES] < LINES; fails if the slowest takes more than pace -m MILLISECONDS. */
#include "corsim_prove.h"
#include "engines/question.h"

#include <stdlib.h>

enum { MOST_LINES = 1000, LONGEST = 1 << 20 };

static int order(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double ask(char *line, int times, const struct public_suffixes *suffixes)
{
    static const char *const verdicts[] = {"PROVEN", "BYPASS", "UNDECIDED", "MALFORMED"};
    struct intent intent = {0};
    struct intent_error error;
    struct prove_answer answer;
    const char *dialect = next_field(&line), *match = next_field(&line);
    const char *flags = next_field(&line);
    char *const text = next_field(&line), *end = text;
    const struct cors_bytes pattern = {text, decode_hex(&end)};
    while (*line != '\0') {
        const char *entry = next_field(&line);
        if (!intent_add(&intent, (struct cors_bytes){entry, strlen(entry)}, &error))
            exit(2);
    }
    const struct prove_question question = {.check = {.dialect = dialect,
                                                      .match = match,
                                                      .flags = *flags == '-' ? "" : flags,
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
            printf("%7.3f ms  %-9s %7zu states  %.*s\n", fastest, verdicts[answer.verdict],
                   answer.states, (int)pattern.len, pattern.at);
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
