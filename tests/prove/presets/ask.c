/* What the prover makes of a preset: ask PRESET FLAGS yes|no STRING... (FLAGS `-`: none; yes: with
 * credentials). First a line: answers, exact or not; else malformed or undecided, the index of the
 * string, the column and why. Then for each line of standard input, an origin with \xHH for what is
 * not printable: what is sent if that passes a browser's CORS check, else `-`. Each tree is asked
 * for itself, and the machine of all has to agree. With `--list` the presets and their settings. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "preset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct asked {
    struct prove_memory memory;
    struct check check;
    struct machine *machines; /* of each tree, and of all */
};

static bool build_machines(struct asked *asked, struct pattern_error *error)
{
    const size_t count = asked->check.count;
    asked->machines = prove_take(&asked->memory, (count + 1) * sizeof *asked->machines);
    if (asked->machines == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!machine_build(&asked->check.trees[i], 1, &asked->memory, &asked->machines[i], error))
            return false;
    return check_build(&asked->check, &asked->memory, &asked->machines[count], error);
}

/* In place: \xHH and \\ become bytes. */
static size_t unescape(char *text)
{
    size_t length = 0;
    for (const char *at = text; *at != '\0' && *at != '\n'; at++) {
        if (at[0] == '\\' && at[1] == 'x' && at[2] != '\0' && at[3] != '\0') {
            const char digits[] = {at[2], at[3], '\0'};
            text[length++] = (char)strtoul(digits, NULL, 16);
            at += 3;
        } else {
            at += at[0] == '\\' && at[1] != '\0';
            text[length++] = *at;
        }
    }
    return length;
}

static bool answer_line(struct asked *asked, char *line)
{
    const struct cors_bytes origin = {line, unescape(line)};
    const size_t count = asked->check.count;
    size_t tree = 0;
    while (tree < count && machine_accepts(&asked->machines[tree], origin.at, origin.len) == 0)
        tree++;
    if (machine_accepts(&asked->machines[count], origin.at, origin.len) != (tree < count)) {
        fprintf(stderr, "one tree and all trees differ about %.*s\n", (int)origin.len, origin.at);
        return false;
    }
    if (tree == count) {
        puts("-");
        return true;
    }
    const struct cors_bytes answer = check_answer(&asked->check, tree, origin);
    printf("%.*s\n", (int)answer.len, answer.at);
    return true;
}

static int answer_all(const struct prove_check *given)
{
    struct asked asked = {.memory = {.limit = 200 << 20}};
    struct pattern_error error = {0};
    char *line = NULL;
    size_t room = 0;
    bool fine = true;
    if (!check_read(given, &asked.memory, &asked.check, &error) ||
        !build_machines(&asked, &error)) {
        printf("%s %zu %zu %s\n", error.not_modelled ? "undecided" : "malformed", error.pattern,
               error.column, error.what == NULL ? "no memory" : error.what);
        prove_release(&asked.memory);
        return 0;
    }
    const bool is_exact = asked.machines[asked.check.count].inexact == NULL;
    printf("answers %s\n", is_exact ? "exact" : "inexact");
    while (fine && getline(&line, &room, stdin) > 0)
        fine = answer_line(&asked, line);
    free(line);
    prove_release(&asked.memory);
    return fine ? 0 : 1;
}

static int list(void)
{
    for (const struct preset_row *row = preset_next(NULL); row != NULL; row = preset_next(row))
        printf("%s\t%s\t%s\t%s\n", row->preset, row->system, row->setting, row->known);
    return 0;
}

int main(int argc, char **argv)
{
    enum { FIRST_STRING = 4, MOST_STRINGS = 64 };
    struct cors_bytes strings[MOST_STRINGS];
    struct prove_check given = {.patterns = strings};
    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list();
    if (argc <= FIRST_STRING || argc > FIRST_STRING + MOST_STRINGS)
        return 2;
    given.preset = argv[1];
    given.flags = strcmp(argv[2], "-") == 0 ? NULL : argv[2];
    given.credentials = strcmp(argv[3], "yes") == 0;
    for (int i = FIRST_STRING; i < argc; i++)
        strings[given.pattern_count++] = (struct cors_bytes){argv[i], strlen(argv[i])};
    return answer_all(&given);
}
