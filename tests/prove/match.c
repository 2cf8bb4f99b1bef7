/* The prover's own engine, speaking the protocol of tests/prove/engines/README.md: match DIALECT.
 * Answers of a machine that is not exact end in `~`. */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t unhex(const char *hex, char *out)
{
    size_t length = 0;
    for (unsigned byte; sscanf(hex + 2 * length, "%2x", &byte) == 1;)
        out[length++] = (char)byte;
    return length;
}

static void answer(const struct pattern_source *source, char *subjects)
{
    struct prove_memory memory = {.limit = 64 << 20};
    struct pattern pattern;
    struct pattern_error error;
    struct machine machine;
    char text[4096];
    if (!pattern_parse(source, &memory, &pattern, &error) ||
        !machine_build(&pattern, &memory, &machine, &error)) {
        printf("error %zu %s%s\n", error.column, error.not_modelled ? "(not modelled) " : "",
               error.what);
        prove_release(&memory);
        return;
    }
    for (char *subject = strtok(subjects, ","); subject != NULL; subject = strtok(NULL, ",")) {
        const size_t length = unhex(subject, text);
        const int accepts = machine_accepts(&machine, text, length);
        putchar(accepts < 0 ? '?' : '0' + accepts);
    }
    puts(machine.inexact != NULL ? "~" : "");
    prove_release(&memory);
}

int main(int argc, char **argv)
{
    static char line[1 << 20], text[1 << 19];
    static const char *const match_words[] = {"search", "prefix", "full"};
    struct pattern_source source = {.text = text};
    if (argc != 2)
        return 2;
    while (source.dialect < DIALECT_COUNT && strcmp(dialect_words[source.dialect], argv[1]) != 0)
        source.dialect++;
    while (source.dialect < DIALECT_COUNT && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *flags = strchr(line, '\t'), *hex = flags == NULL ? NULL : strchr(flags + 1, '\t');
        char *subjects = hex == NULL ? NULL : strchr(hex + 1, '\t');
        if (subjects == NULL)
            return 2;
        *flags++ = *hex++ = *subjects++ = '\0';
        source.match = PATTERN_SEARCH;
        while (source.match < PATTERN_FULL && strcmp(match_words[source.match], line) != 0)
            source.match++;
        source.flags = strcmp(flags, "-") == 0 ? "" : flags;
        source.length = unhex(hex, text);
        answer(&source, subjects);
    }
    return source.dialect < DIALECT_COUNT ? 0 : 2;
}
