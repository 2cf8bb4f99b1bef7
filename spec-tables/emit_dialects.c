/* Writes dialects.h and dialects.c from dialects.tsv: what the prover asks about the dialects of
 * regular expressions. They need no header of the library. */
#include "emit.h"

#include <string.h>

static const char banner[] =
    "/* Made by spec-tables/gen.c from spec-tables/dialects.tsv. Do not edit. */\n";

/* Behind place and construct, in the order of the table. */
static const char *const dialects[] = {"pcre2",     "javascript", "javascript-u", "javascript-v",
                                       "python",    "ruby",       "go",           "java",
                                       "posix-ere", "perl"};
enum { DIALECTS = sizeof dialects / sizeof *dialects, FIRST_DIALECT = 2 };

static void put_name(FILE *out, const char *prefix, const char *word, size_t length)
{
    fputs(prefix, out);
    put_upper(out, word, length);
}

void emit_dialects_h(FILE *out, const struct tables *tables)
{
    const struct table *table = table_named(tables, "dialects");
    const char *words = words_of("dialects", "pcre2"), *word;
    fputs(banner, out);
    fputs("#ifndef CORSIM_DIALECTS_H\n#define CORSIM_DIALECTS_H\n\nenum dialect {\n", out);
    for (size_t i = 0; i < DIALECTS; i++) {
        put_name(out, "    DIALECT_", dialects[i], strlen(dialects[i]));
        fputs(",\n", out);
    }
    fputs("    DIALECT_COUNT\n};\nextern const char *const dialect_words[DIALECT_COUNT];\n\n"
          "/* What a construct means in a dialect; the words of the table. */\nenum meaning {\n",
          out);
    for (size_t length; next_word(&words, &word, &length);) {
        put_name(out, "    MEANS_", word, length);
        fputs(",\n", out);
    }
    fputs("};\n\nenum syntax {\n", out);
    for (size_t row = 0; row < table->rows; row++)
        if (strcmp(text_at(table, row, "place"), "syntax") == 0) {
            const char *name = text_at(table, row, "construct");
            put_name(out, "    SYNTAX_", name, strlen(name));
            fputs(",\n", out);
        }
    fputs("    SYNTAX_COUNT\n};\n\n"
          "extern const unsigned char dialect_syntax[DIALECT_COUNT][SYNTAX_COUNT];\n"
          "/* Of a byte of ASCII after a backslash: outside of a class, and within one. */\n"
          "extern const unsigned char dialect_escapes[DIALECT_COUNT][2][128];\n\n#endif\n",
          out);
}

static void put_meaning(FILE *out, const struct table *table, size_t row, size_t dialect)
{
    const char *word = cell_at(table, row, FIRST_DIALECT + dialect)->text;
    put_name(out, "MEANS_", word, strlen(word));
    fputs(",\n", out);
}

static void put_escapes(FILE *out, const struct table *table, size_t dialect, const char *place)
{
    fputs("        {\n", out);
    for (size_t row = 0; row < table->rows; row++) {
        const char *text = text_at(table, row, "construct");
        unsigned char bytes[512];
        size_t length = 0, where;
        if (strcmp(text_at(table, row, "place"), place) != 0 || strlen(text) >= sizeof bytes ||
            !parse_escaped(text, bytes, &length, &where))
            continue;
        for (size_t i = 0; i < length; i++) {
            fprintf(out, "            [0x%02X] = ", bytes[i] & 0x7FU);
            put_meaning(out, table, row, dialect);
        }
    }
    fputs("        },\n", out);
}

void emit_dialects_c(FILE *out, const struct tables *tables)
{
    const struct table *table = table_named(tables, "dialects");
    fputs(banner, out);
    fputs("#include \"dialects.h\"\n\nconst char *const dialect_words[DIALECT_COUNT] = {\n", out);
    for (size_t i = 0; i < DIALECTS; i++)
        fprintf(out, "    \"%s\",\n", dialects[i]);
    fputs("};\n\nconst unsigned char dialect_syntax[DIALECT_COUNT][SYNTAX_COUNT] = {\n", out);
    for (size_t i = 0; i < DIALECTS; i++) {
        fputs("    {\n", out);
        for (size_t row = 0; row < table->rows; row++)
            if (strcmp(text_at(table, row, "place"), "syntax") == 0) {
                fputs("        ", out);
                put_meaning(out, table, row, i);
            }
        fputs("    },\n", out);
    }
    fputs("};\n\nconst unsigned char dialect_escapes[DIALECT_COUNT][2][128] = {\n", out);
    for (size_t i = 0; i < DIALECTS; i++) {
        fputs("    {\n", out);
        put_escapes(out, table, i, "escape");
        put_escapes(out, table, i, "class");
        fputs("    },\n", out);
    }
    fputs("};\n", out);
}
