/* Writes presets.h and presets.c from presets.tsv: what the prover asks about the systems that
 * check origins. The words of a column become an enumeration whose first value, 0, is an empty
 * cell. They need no header of the library. */
#include "emit.h"

#include <string.h>

static const char banner[] =
    "/* Made by spec-tables/gen.c from spec-tables/presets.tsv. Do not edit. */\n";

/* Columns of words, and what they are called in C. What is malformed is the prover's own to say. */
static const struct {
    const char *column, *field;
} enumerations[] = {
    {"steps", "step"}, {"dialect", "dialect"}, {"match", "match"},   {"flags", "flags"},
    {"case", "case"},  {"part", "part"},       {"answer", "answer"}, {"credentials", "credentials"},
};
enum { ENUMERATIONS = sizeof enumerations / sizeof *enumerations, STEPS_MOST = 8 };

/* Columns of text. */
static const char *const texts[] = {"preset", "system", "setting", "when", "known"};
enum { TEXTS = sizeof texts / sizeof *texts };

static void put_constant(FILE *out, const char *field, const char *word, size_t length)
{
    fputs("PRESET_", out);
    put_upper(out, field, strlen(field));
    fputc('_', out);
    put_upper(out, word, length);
}

static void put_enumeration(FILE *out, const char *column, const char *field)
{
    const char *words = words_of("presets", column), *word;
    fprintf(out, "enum preset_%s {\n    ", field);
    put_constant(out, field, "none", strlen("none"));
    fputs(" = 0,\n", out);
    for (size_t length; next_word(&words, &word, &length);) {
        fputs("    ", out);
        put_constant(out, field, word, length);
        fputs(",\n", out);
    }
    fputs("};\n", out);
}

void emit_presets_h(FILE *out, const struct tables *tables)
{
    (void)tables;
    fputs(banner, out);
    fputs("#ifndef CORSIM_PRESETS_H\n#define CORSIM_PRESETS_H\n\n#include <stddef.h>\n\n", out);
    for (size_t i = 0; i < ENUMERATIONS; i++)
        put_enumeration(out, enumerations[i].column, enumerations[i].field);
    fputs("\n/* A row; an empty cell is \"\". */\nstruct preset_row {\n    const char ", out);
    for (size_t i = 0; i < TEXTS; i++)
        fprintf(out, "%s*%s", i == 0 ? "" : ", ", texts[i]);
    fprintf(out,
            ";\n    /* Why there is no check, as a sentence: ever, and where credentials are "
            "allowed. */\n"
            "    const char *refusal, *refusal_with_credentials;\n"
            "    unsigned char steps[%d]; /* ends with 0 */\n    unsigned char ",
            STEPS_MOST);
    for (size_t i = 1; i < ENUMERATIONS; i++)
        fprintf(out, "%s%s%s", i == 1 ? "" : ", ", enumerations[i].field,
                strcmp(enumerations[i].field, "case") == 0 ? "_rule" : "");
    fputs(";\n};\n/* In the order of the table: the rows of one preset are together. */\n"
          "extern const struct preset_row preset_rows[];\nextern const size_t preset_row_count;\n\n"
          "#endif\n",
          out);
}

/* Literals beside each other are one. */
static void put_refusal(FILE *out, const struct table *table, size_t row)
{
    const char *system = text_at(table, row, "system"), *summary = text_at(table, row, "summary");
    const bool unknown = strcmp(text_at(table, row, "answer"), "unknown") == 0;
    const bool error = strcmp(text_at(table, row, "credentials"), "error") == 0;
    fputs(unknown ? "     \"what this is for \" " : "     ", out);
    put_literal(out, system);
    fputs(unknown ? " \" is not known: \" " : " \" does not start with this: \" ", out);
    put_literal(out, *summary == '\0' ? "its rules forbid it" : summary);
    fputs(",\n     ", out);
    put_literal(out, system);
    fputs(error ? " \" fails in each request, as credentials are allowed\",\n"
                : " \" does not start with this, as credentials are allowed\",\n",
          out);
}

static void put_row(FILE *out, const struct table *table, size_t row)
{
    const char *steps = text_at(table, row, "steps"), *word;
    fputs("    {", out);
    for (size_t i = 0; i < TEXTS; i++) {
        put_literal(out, text_at(table, row, texts[i]));
        fputs(",\n     ", out);
    }
    put_refusal(out, table, row);
    fputs("     {", out);
    for (size_t length; next_word(&steps, &word, &length);) {
        put_constant(out, "step", word, length);
        fputs(", ", out);
    }
    fputs("PRESET_STEP_NONE},\n     ", out);
    for (size_t i = 1; i < ENUMERATIONS; i++) {
        word = text_at(table, row, enumerations[i].column);
        if (*word == '\0')
            word = "none";
        put_constant(out, enumerations[i].field, word, strlen(word));
        fputs(i + 1 < ENUMERATIONS ? ", " : "},\n", out);
    }
}

void emit_presets_c(FILE *out, const struct tables *tables)
{
    const struct table *table = table_named(tables, "presets");
    fputs(banner, out);
    fputs("#include \"presets.h\"\n\nconst struct preset_row preset_rows[] = {\n", out);
    for (size_t row = 0; row < table->rows; row++)
        put_row(out, table, row);
    fprintf(out, "};\nconst size_t preset_row_count = %zu;\n", table->rows);
}
