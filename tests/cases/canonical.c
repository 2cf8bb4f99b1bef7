/* Every case given is in canonical form, and what the writer gives reads back the same. */
#include "case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct cors_bytes written(const struct case_file *file, struct memory *memory)
{
    char *text = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&text, &len);
    if (stream == NULL)
        return CORS_BYTES("");
    case_write(stream, file);
    fclose(stream);
    struct cors_bytes copy = memory_copy(memory, (struct cors_bytes){text, len});
    free(text);
    return copy;
}

/* The first line in which they differ, from 1. */
static unsigned first_difference(struct cors_bytes a, struct cors_bytes b)
{
    unsigned line = 1;
    for (size_t i = 0; i < a.len && i < b.len && a.at[i] == b.at[i]; i++)
        line += a.at[i] == '\n';
    return line;
}

static bool is_canonical(const char *path, struct memory *memory)
{
    struct case_file file;
    struct complaint complaint = {0};
    struct cors_bytes text;
    if (!read_whole_file(path, CASE_SIZE_LIMIT, &text, memory, &complaint) ||
        !case_read(&file, path, text, &complaint)) {
        printf("%s:%u: %s\n", path, complaint.line, complaint.text);
        return false;
    }
    struct cors_bytes canonical = written(&file, memory);
    case_free(&file);
    if (bytes_are(text, canonical))
        return true;
    printf("%s:%u: is not in canonical form; that is:\n%s", path, first_difference(text, canonical),
           canonical.at);
    return false;
}

int main(int argc, char **argv)
{
    int wrong = 0;
    for (int i = 1; i < argc; i++) {
        struct memory memory = {0};
        wrong += !is_canonical(argv[i], &memory);
        memory_free(&memory);
    }
    printf("%d cases, %d not canonical\n", argc - 1, wrong);
    return argc > 1 && wrong == 0 ? 0 : 1;
}
