/* The prover's own engine, speaking the protocol of tests/prove/engines/README.md: match DIALECT.
 * Answers of a machine that is not exact end in `~`; `?` is a subject that took too much memory. */
#define _POSIX_C_SOURCE 200809L
#include "engines/question.h"
#include "machine.h"

#include <stdlib.h>

static void answer(struct pattern_source *source, struct question *question)
{
    static const char *const match_words[] = {"search", "prefix", "full"};
    struct prove_memory memory = {.limit = 64 << 20};
    struct pattern pattern;
    struct pattern_error error;
    struct machine machine;
    const char *text;
    size_t length;
    source->match = PATTERN_SEARCH;
    while (source->match < PATTERN_FULL && strcmp(match_words[source->match], question->match) != 0)
        source->match++;
    source->flags = question->flags;
    source->text = question->pattern;
    source->length = question->length;
    if (!pattern_parse(source, &memory, &pattern, &error) ||
        !machine_build(&pattern, 1, &memory, &machine, &error)) {
        printf("error %zu %s%s\n", error.column, error.not_modelled ? "(not modelled) " : "",
               error.what);
        prove_release(&memory);
        return;
    }
    while (next_subject(question, &text, &length)) {
        const int accepts = machine_accepts(&machine, text, length);
        putchar(accepts < 0 ? '?' : '0' + accepts);
    }
    puts(machine.inexact != NULL ? "~" : "");
    prove_release(&memory);
}

int main(int argc, char **argv)
{
    struct pattern_source source = {0};
    char *line = NULL;
    size_t room = 0;
    if (argc != 2)
        return 2;
    while (source.dialect < DIALECT_COUNT && strcmp(dialect_words[source.dialect], argv[1]) != 0)
        source.dialect++;
    if (source.dialect == DIALECT_COUNT)
        return 2;
    while (getline(&line, &room, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        struct question question = question_of(line);
        answer(&source, &question);
        fflush(stdout);
    }
    free(line);
    return 0;
}
