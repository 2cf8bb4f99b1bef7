/* The generator: reads every table of this folder, checks them all, and only then writes tables.h
 * and tables.c (what the core is made from), texts.h and texts.c (what the command and the tests
 * print), host_bytes.h and host_bytes.c (what the origin fuzzer and prover ask), dialects.h,
 * dialects.c, presets.h and presets.c (what the prover asks) and the fuzzing dictionaries. A host
 * tool: gen OUTPUT-FOLDER TABLE.tsv...
 * Exit status: 0 written, 1 a table is malformed, 2 usage or an output could not be written. */
#include "emit.h"

#include <stdlib.h>
#include <string.h>

void put_literal(FILE *out, const char *text)
{
    fputc('"', out);
    for (const char *at = text; *at != '\0'; at++) {
        const unsigned char byte = (unsigned char)*at;
        if (byte == '"' || byte == '\\' || byte == '?')
            fprintf(out, "\\%c", byte);
        else if (byte < 0x20 || byte > 0x7E)
            fprintf(out, "\\%03o", byte);
        else
            fputc(byte, out);
    }
    fputc('"', out);
}

void put_upper(FILE *out, const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        fputc(word[i] == '-'                     ? '_'
              : word[i] >= 'a' && word[i] <= 'z' ? word[i] - 'a' + 'A'
                                                 : word[i],
              out);
}

void put_lower(FILE *out, const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        fputc(word[i] == '-' ? '_' : word[i], out);
}

void put_sets(FILE *out, const char *prefix, const char *words)
{
    const char *word, *between = "";
    size_t length;
    if (*words == '\0')
        fputc('0', out);
    while (next_word(&words, &word, &length)) {
        fprintf(out, "%s%s", between, prefix);
        put_upper(out, word, length);
        between = " | ";
    }
}

static void read_tables(struct tables *tables, int count, char **paths)
{
    for (int i = 0; i < count; i++) {
        struct table *table = table_read(paths[i]);
        if (table == NULL)
            continue;
        size_t at = 0;
        while (at < schema_count && strcmp(schemas[at].name, table->name) != 0)
            at++;
        if (at == schema_count)
            complain(paths[i], 1, 1, "unknown table: expected one that schema.c describes");
        else if (tables->at[at] != NULL)
            complain(paths[i], 1, 1, "table %s twice", table->name);
        else
            tables->at[at] = table;
    }
    for (size_t i = 0; i < schema_count && complaints() == 0; i++)
        if (tables->at[i] == NULL) {
            complain("gen", 1, 1, "expected table %s.tsv among the arguments", schemas[i].name);
            return;
        }
}

static FILE *open_output(const char *folder, const char *name, const char *suffix)
{
    char path[4096];
    const int length = snprintf(path, sizeof path, "%s/%s%s", folder, name, suffix);
    FILE *out = length < 0 || (size_t)length >= sizeof path ? NULL : fopen(path, "wb");
    if (out == NULL) {
        fprintf(stderr, "gen: cannot write %s/%s%s\n", folder, name, suffix);
        exit(2);
    }
    return out;
}

static void close_output(FILE *out)
{
    const int failed = ferror(out);
    if (fclose(out) != 0 || failed) {
        fputs("gen: an output could not be written\n", stderr);
        exit(2);
    }
}

static void write_all(const struct tables *tables, const char *folder)
{
    static const struct {
        const char *name;
        void (*emit)(FILE *, const struct tables *);
    } outputs[] = {
        {"tables.h", emit_tables_h},         {"tables.c", emit_tables_c},
        {"texts.h", emit_texts_h},           {"texts.c", emit_texts_c},
        {"host_bytes.h", emit_host_bytes_h}, {"host_bytes.c", emit_host_bytes_c},
        {"dialects.h", emit_dialects_h},     {"dialects.c", emit_dialects_c},
        {"presets.h", emit_presets_h},       {"presets.c", emit_presets_c},
    };
    for (size_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++) {
        FILE *out = open_output(folder, outputs[i].name, "");
        outputs[i].emit(out, tables);
        close_output(out);
    }
    const char *dictionaries = words_of("dictionary-words", "dictionary"), *word;
    for (size_t length; next_word(&dictionaries, &word, &length);) {
        const char *name = copy_text(word, length);
        FILE *out = open_output(folder, name, ".dict");
        emit_dictionary(out, tables, name);
        close_output(out);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: gen OUTPUT-FOLDER TABLE.tsv...\n", stderr);
        return 2;
    }
    static struct tables tables;
    read_tables(&tables, argc - 2, argv + 2);
    if (complaints() == 0)
        check_tables(&tables);
    if (complaints() > 0) {
        fprintf(stderr, "gen: %u malformed; nothing written\n", complaints());
        return 1;
    }
    write_all(&tables, argv[1]);
    return 0;
}
