/* Writes texts.h and texts.c (every table as text, for the command and the tests) and the fuzzing
 * dictionaries, in the format that libFuzzer and AFL++ share: name="word", with \xHH, \\ and \". */
#include "emit.h"

#include <string.h>

/* ---- Texts ---------------------------------------------------------------------------------- */

static void put_finding_types(FILE *out, const struct tables *tables)
{
    const struct table *findings = table_named(tables, "findings");
    fputs("/* The rows of findings.tsv, in its order. */\nenum finding {\n", out);
    for (size_t row = 0; row < findings->rows; row++) {
        const char *id = text_at(findings, row, "id");
        fputs("    FINDING_", out);
        put_upper(out, id, strlen(id));
        fputs(",\n", out);
    }
    fputs("    FINDING_COUNT,\n};\n"
          "struct finding_text {\n    const char *id, *severity, *title, *explanation, *url;\n"
          "    const char *fix, *repair;\n};\n"
          "extern const struct finding_text finding_texts[FINDING_COUNT];\n\n"
          "/* What puts findings right on a system; its lines end in newlines. */\n"
          "struct fix_text {\n    const char *fix, *system, *lines;\n};\n"
          "extern const struct fix_text fix_texts[];\nextern const size_t fix_text_count;\n\n",
          out);
}

void emit_texts_h(FILE *out, const struct tables *tables)
{
    fputs("/* Made by spec-tables/gen.c from the tables of spec-tables. Do not edit. */\n"
          "#ifndef CORSIM_TEXTS_H\n#define CORSIM_TEXTS_H\n\n"
          "#include <stdbool.h>\n#include <stddef.h>\n\n"
          "/* A class of an input column of a decision table. */\n"
          "struct cors_table_input {\n    const char *column;\n    const char *value;\n"
          "    const char *meaning;\n};\n\n"
          "/* A table as text. An empty cell is \"\". */\n"
          "struct cors_table {\n    const char *name;\n    const char *title;\n"
          "    const char *const *columns;\n    size_t column_count;\n"
          "    const char *const *cells; /* row by row */\n    size_t row_count;\n"
          "    const struct cors_table_input *inputs; /* decision tables: column by column */\n"
          "    size_t input_count;\n};\n\n"
          "extern const struct cors_table cors_tables[];\nextern const size_t cors_table_count;\n"
          "/* NULL: there is none of that name. */\n"
          "const struct cors_table *cors_table_by_name(const char *name);\n"
          "static inline const char *cors_table_cell(const struct cors_table *table, size_t row,\n"
          "                                          size_t column)\n{\n"
          "    return table->cells[row * table->column_count + column];\n}\n"
          "/* The column's index, or column_count. */\n"
          "size_t cors_table_column(const struct cors_table *table, const char *name);\n"
          "/* The row of a decision table that these classes of the input columns select. */\n"
          "size_t cors_table_decide(const struct cors_table *table, const char *const *classes);\n"
          "/* How many columns of a decision table are inputs. */\n"
          "size_t cors_table_input_columns(const struct cors_table *table);\n\n",
          out);
    fputs(
        "struct error_text {\n    const char *id, *algorithm, *step, *class, *stage;\n"
        "    const char *means, *fix, *where;\n};\n"
        "/* NULL: unknown. */\nconst struct error_text *error_text(const char *id);\n\n"
        "struct algorithm_text {\n    const char *algorithm, *title, *standard, *url, *file;\n};\n"
        "const struct algorithm_text *algorithm_text(const char *algorithm);\n\n"
        "struct step_text {\n    const char *algorithm, *step, *outcomes, *reason, *sha256;\n"
        "    const char *summary;\n};\n"
        "const struct step_text *step_text(const char *algorithm, const char *step);\n\n",
        out);
    put_finding_types(out, tables);
    fputs("/* The rows of messages.tsv; `class` 0 is any. */\n"
          "enum message_class {\n    MESSAGE_CLASS_ANY = 0,\n",
          out);
    const char *classes = words_of("messages", "class"), *word;
    for (size_t length; next_word(&classes, &word, &length);) {
        fputs("    MESSAGE_CLASS_", out);
        put_upper(out, word, length);
        fputs(",\n", out);
    }
    fputs("};\nstruct message_text {\n    const char *engine, *sort, *algorithm, *step;\n"
          "    enum message_class class;\n    const char *stage, *api;\n    const char *text;\n"
          "    size_t length;\n};\n"
          "extern const struct message_text message_texts[];\n"
          "extern const size_t message_text_count;\n\n"
          "/* The spelling of a value of an enumeration of enumerations.tsv, or of a destination;\n"
          " * NULL: none. And back: false if there is none of that name. */\n"
          "const char *enumeration_name(const char *enumeration, int value);\n"
          "bool enumeration_value(const char *enumeration, const char *name, int *value);\n\n"
          "#endif\n",
          out);
}

static void put_name(FILE *out, const struct table *table)
{
    put_lower(out, table->name, strlen(table->name));
}

static void put_strings(FILE *out, const struct cell *cells, size_t count, size_t columns)
{
    for (size_t i = 0; i < count; i++) {
        fputs(i % columns == 0 ? "    " : " ", out);
        put_literal(out, cells[i].text);
        fputs(i % columns == columns - 1 ? ",\n" : ",", out);
    }
}

static void put_table(FILE *out, const struct table *table)
{
    fputs("\nstatic const char *const ", out);
    put_name(out, table);
    fputs("_columns[] = {\n", out);
    put_strings(out, table->header, table->columns, table->columns);
    fputs("};\nstatic const char *const ", out);
    put_name(out, table);
    fputs("_cells[] = {\n", out);
    put_strings(out, table->cells, table->rows * table->columns, table->columns);
    fputs("};\n", out);
    if (table->input_count == 0)
        return;
    fputs("static const struct cors_table_input ", out);
    put_name(out, table);
    fputs("_inputs[] = {\n", out);
    for (size_t i = 0; i < table->input_count; i++) {
        const struct input *input = &table->inputs[i];
        const struct cell cells[] = {input->column, input->value, input->meaning};
        fputs("    {\n", out);
        put_strings(out, cells, 3, 3);
        fputs("    },\n", out);
    }
    fputs("};\n", out);
}

static void put_tables(FILE *out, const struct tables *tables)
{
    fputs("\nconst struct cors_table cors_tables[] = {\n", out);
    for (size_t i = 0; i < schema_count; i++) {
        const struct table *table = tables->at[i];
        fputs("    {", out);
        put_literal(out, table->name);
        fputs(", ", out);
        put_literal(out, table->title);
        fputs(", ", out);
        put_name(out, table);
        fprintf(out, "_columns, %zu, ", table->columns);
        put_name(out, table);
        fprintf(out, "_cells, %zu, ", table->rows);
        if (table->input_count > 0)
            put_name(out, table);
        fprintf(out, "%s, %zu},\n", table->input_count > 0 ? "_inputs" : "NULL",
                table->input_count);
    }
    fprintf(out, "};\nconst size_t cors_table_count = %zu;\n", schema_count);
}

static void put_table_functions(FILE *out)
{
    fputs("\nconst struct cors_table *cors_table_by_name(const char *name)\n{\n"
          "    for (size_t i = 0; i < cors_table_count; i++)\n"
          "        if (strcmp(cors_tables[i].name, name) == 0)\n"
          "            return &cors_tables[i];\n    return NULL;\n}\n\n"
          "size_t cors_table_column(const struct cors_table *table, const char *name)\n{\n"
          "    size_t i = 0;\n"
          "    while (i < table->column_count && strcmp(table->columns[i], name) != 0)\n"
          "        i++;\n    return i;\n}\n\n"
          "size_t cors_table_input_columns(const struct cors_table *table)\n{\n"
          "    size_t count = 0;\n"
          "    for (size_t i = 0; i < table->input_count; i++)\n"
          "        count += i == 0 ||\n"
          "                 strcmp(table->inputs[i].column, table->inputs[i - 1].column) != 0;\n"
          "    return count;\n}\n\n"
          "static bool takes(const char *cell, const char *value)\n{\n"
          "    const size_t length = strlen(value);\n"
          "    if (strcmp(cell, \"any\") == 0)\n        return true;\n"
          "    for (;; cell++) {\n        const size_t each = strcspn(cell, \"|\");\n"
          "        if (each == length && memcmp(cell, value, length) == 0)\n"
          "            return true;\n"
          "        cell += each;\n        if (*cell == '\\0')\n            return false;\n"
          "    }\n}\n\n",
          out);
    fputs("size_t cors_table_decide(const struct cors_table *table, const char *const *classes)\n"
          "{\n    const size_t inputs = cors_table_input_columns(table);\n"
          "    for (size_t row = 0; row < table->row_count; row++) {\n"
          "        bool match = true;\n"
          "        for (size_t i = 0; i < inputs && match; i++)\n"
          "            match = takes(cors_table_cell(table, row, i), classes[i]);\n"
          "        if (match)\n            return row;\n    }\n"
          "    return table->row_count;\n}\n",
          out);
}

/* The rows of a table as an array of structs, one string for each column. */
static void put_structs(FILE *out, const struct table *table, const char *type)
{
    fprintf(out, "\nstatic const struct %s %ss[] = {\n", type, type);
    for (size_t row = 0; row < table->rows; row++) {
        fputs("    {\n", out);
        put_strings(out, cell_at(table, row, 0), table->columns, table->columns);
        fputs("    },\n", out);
    }
    fputs("};\n", out);
}

static void put_struct_functions(FILE *out)
{
    static const char by_one[] = "\nconst struct %s *%s(const char *%s)\n{\n"
                                 "    for (size_t i = 0; i < sizeof %ss / sizeof %ss[0]; i++)\n"
                                 "        if (strcmp(%ss[i].%s, %s) == 0)\n"
                                 "            return &%ss[i];\n    return NULL;\n}\n";
    const char *error = "error_text", *algorithm = "algorithm_text";
    fprintf(out, by_one, error, error, "id", error, error, error, "id", "id", error);
    fprintf(out, by_one, algorithm, algorithm, "algorithm", algorithm, algorithm, algorithm,
            "algorithm", "algorithm", algorithm);
    fputs("\nconst struct step_text *step_text(const char *algorithm, const char *step)\n{\n"
          "    for (size_t i = 0; i < sizeof step_texts / sizeof step_texts[0]; i++)\n"
          "        if (strcmp(step_texts[i].step, step) == 0 &&\n"
          "            strcmp(step_texts[i].algorithm, algorithm) == 0)\n"
          "            return &step_texts[i];\n    return NULL;\n}\n",
          out);
}

static void put_enumerations(FILE *out, const struct tables *tables)
{
    const struct table *all = table_named(tables, "enumerations");
    const struct table *destinations = table_named(tables, "destinations");
    fputs("\nstatic const struct {\n    const char *enumeration;\n    const char *name;\n"
          "    int value;\n} enumerators[] = {\n",
          out);
    int value = 0;
    for (size_t row = 0; row < all->rows; row++) {
        const char *name = cell_at(all, row, 0)->text;
        value = row > 0 && strcmp(name, cell_at(all, row - 1, 0)->text) == 0 ? value + 1 : 0;
        fprintf(out, "    {\"%s\", \"%s\", %d},\n", name, text_at(all, row, "value"), value);
    }
    for (size_t row = 0; row < destinations->rows; row++)
        fprintf(out, "    {\"destination\", \"%s\", %zu},\n",
                text_at(destinations, row, "destination"), row);
    fputs("};\n\nconst char *enumeration_name(const char *enumeration, int value)\n{\n"
          "    for (size_t i = 0; i < sizeof enumerators / sizeof enumerators[0]; i++)\n"
          "        if (enumerators[i].value == value &&\n"
          "            strcmp(enumerators[i].enumeration, enumeration) == 0)\n"
          "            return enumerators[i].name;\n    return NULL;\n}\n\n"
          "bool enumeration_value(const char *enumeration, const char *name, int *value)\n{\n"
          "    for (size_t i = 0; i < sizeof enumerators / sizeof enumerators[0]; i++)\n"
          "        if (strcmp(enumerators[i].name, name) == 0 &&\n"
          "            strcmp(enumerators[i].enumeration, enumeration) == 0) {\n"
          "            *value = enumerators[i].value;\n            return true;\n        }\n"
          "    return false;\n}\n",
          out);
}

static void put_messages(FILE *out, const struct table *table)
{
    fputs("\nconst struct message_text message_texts[] = {\n", out);
    for (size_t row = 0; row < table->rows; row++) {
        const char *text = text_at(table, row, "text"), *class = text_at(table, row, "class");
        unsigned char *bytes = take(strlen(text) + 1);
        size_t length = 0, where = 0;
        fputs("    {", out);
        put_strings(out, cell_at(table, row, 0), 4, 4);
        fputs("MESSAGE_CLASS_", out);
        put_upper(out, *class == '\0' ? "any" : class, strlen(*class == '\0' ? "any" : class));
        fputs(",", out);
        put_strings(out, cell_at(table, row, 5), 2, 2);
        parse_escaped(text, bytes, &length, &where);
        put_literal(out, (const char *)bytes);
        fprintf(out, ", %zu},\n", length);
    }
    fprintf(out, "};\nconst size_t message_text_count = %zu;\n", table->rows);
}

static void put_findings(FILE *out, const struct tables *tables)
{
    const struct table *findings = table_named(tables, "findings");
    const struct table *fixes = table_named(tables, "fixes");
    fputs("\nconst struct finding_text finding_texts[FINDING_COUNT] = {\n", out);
    for (size_t row = 0; row < findings->rows; row++) {
        fputs("    {\n", out);
        put_strings(out, cell_at(findings, row, 0), findings->columns, findings->columns);
        fputs("    },\n", out);
    }
    fputs("};\n\nconst struct fix_text fix_texts[] = {\n", out);
    for (size_t row = 0; row < fixes->rows; row++) {
        const char *lines = text_at(fixes, row, "lines");
        unsigned char *bytes = take(strlen(lines) + 1);
        size_t length = 0, where = 0;
        parse_escaped(lines, bytes, &length, &where);
        fputs("    {", out);
        put_strings(out, cell_at(fixes, row, 0), 2, 2);
        put_literal(out, (const char *)bytes);
        fputs("},\n", out);
    }
    fprintf(out, "};\nconst size_t fix_text_count = %zu;\n", fixes->rows);
}

void emit_texts_c(FILE *out, const struct tables *tables)
{
    fputs("/* Made by spec-tables/gen.c from the tables of spec-tables. Do not edit. */\n"
          "#include \"texts.h\"\n\n#include <string.h>\n",
          out);
    for (size_t i = 0; i < schema_count; i++)
        put_table(out, tables->at[i]);
    put_tables(out, tables);
    put_table_functions(out);
    put_structs(out, table_named(tables, "errors"), "error_text");
    put_structs(out, table_named(tables, "algorithms"), "algorithm_text");
    put_structs(out, table_named(tables, "steps"), "step_text");
    put_struct_functions(out);
    put_messages(out, table_named(tables, "messages"));
    put_findings(out, tables);
    put_enumerations(out, tables);
}

/* ---- Dictionaries --------------------------------------------------------------------------- */

/* One dictionary being written; words already in it are not written again. */
struct dictionary {
    FILE *out;
    const char *name;
    unsigned count;
    struct {
        const unsigned char *bytes;
        size_t length;
    } words[2000];
};

static void put_word(struct dictionary *dictionary, const unsigned char *bytes, size_t length)
{
    for (unsigned i = 0; i < dictionary->count; i++)
        if (dictionary->words[i].length == length &&
            memcmp(dictionary->words[i].bytes, bytes, length) == 0)
            return;
    if (length == 0 || length > 128 || dictionary->count == 2000)
        return;
    dictionary->words[dictionary->count].bytes = bytes;
    dictionary->words[dictionary->count].length = length;
    fprintf(dictionary->out, "%s_%u=\"", dictionary->name, ++dictionary->count);
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '"' || bytes[i] == '\\')
            fprintf(dictionary->out, "\\%c", bytes[i]);
        else if (bytes[i] < 0x20 || bytes[i] > 0x7E)
            fprintf(dictionary->out, "\\x%02X", bytes[i]);
        else
            fputc(bytes[i], dictionary->out);
    fputs("\"\n", dictionary->out);
}

static void put_column(struct dictionary *dictionary, const struct tables *tables,
                       const char *table, const char *column)
{
    const struct table *from = table_named(tables, table);
    for (size_t row = 0; row < from->rows; row++) {
        const char *text = text_at(from, row, column);
        put_word(dictionary, (const unsigned char *)text, strlen(text));
    }
}

static void put_own_words(struct dictionary *dictionary, const struct tables *tables)
{
    const struct table *from = table_named(tables, "dictionary-words");
    for (size_t row = 0; row < from->rows; row++) {
        const char *text = text_at(from, row, "word");
        if (strcmp(text_at(from, row, "dictionary"), dictionary->name) != 0)
            continue;
        unsigned char *bytes = take(strlen(text) + 1);
        size_t length = 0, where = 0;
        parse_escaped(text, bytes, &length, &where);
        put_word(dictionary, bytes, length);
    }
}

void emit_dictionary(FILE *out, const struct tables *tables, const char *name)
{
    static const struct {
        const char *dictionary, *table, *column;
    } columns[] = {
        {"headers", "header-names", "name"},
        {"headers", "forbidden-prefixes", "prefix"},
        {"headers", "methods", "method"},
        {"headers", "mime-types", "essence"},
        {"headers", "enumerations", "value"},
        {"url", "schemes", "scheme"},
        {"url", "ports", "port"},
        {"origin", "schemes", "scheme"},
        {"case", "methods", "method"},
        {"case", "header-names", "name"},
        {"case", "enumerations", "value"},
        {"case", "destinations", "destination"},
        {"case", "errors", "id"},
        {"case", "algorithms", "algorithm"},
        {"session", "methods", "method"},
        {"session", "header-names", "name"},
        {"session", "enumerations", "value"},
        {"session", "destinations", "destination"},
    };
    struct dictionary *dictionary = take(sizeof *dictionary);
    dictionary->out = out;
    dictionary->name = name;
    fprintf(out, "# Made by spec-tables/gen.c for libFuzzer (-dict=) and AFL++ (-x).\n");
    put_own_words(dictionary, tables);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        if (strcmp(columns[i].dictionary, name) == 0)
            put_column(dictionary, tables, columns[i].table, columns[i].column);
}
