/* Writes tables.h and tables.c: what the core looks up. The lookups are switches on length and on
 * the byte that divides the names of that length best, and then one comparison, eight bytes at a
 * time: a decision has about 3,000 instructions and looks up every header of a response. */
#include "emit.h"

#include <string.h>

static const char banner[] =
    "/* Made by spec-tables/gen.c from the tables of spec-tables. Do not edit. */\n";

/* ---- Declarations --------------------------------------------------------------------------- */

static void put_flags(FILE *out, const char *prefix, const char *words)
{
    const char *word;
    size_t length;
    fputs("enum {\n", out);
    for (unsigned bit = 0; next_word(&words, &word, &length); bit++) {
        fprintf(out, "    %s", prefix);
        put_upper(out, word, length);
        fprintf(out, " = 1 << %u,\n", bit);
    }
    fputs("};\n", out);
}

static void put_enum(FILE *out, const char *name, const char *prefix, const char *zero,
                     const char *words)
{
    const char *word;
    size_t length;
    fprintf(out, "enum %s {\n    %s%s = 0,\n", name, prefix, zero);
    while (next_word(&words, &word, &length)) {
        fprintf(out, "    %s", prefix);
        put_upper(out, word, length);
        fputs(",\n", out);
    }
    fputs("};\n", out);
}

static void put_byte_classes(FILE *out, const struct table *table)
{
    fputs("enum {\n", out);
    for (size_t row = 0; row < table->rows; row++) {
        const char *name = text_at(table, row, "class");
        fputs("    BYTE_", out);
        put_upper(out, name, strlen(name));
        fprintf(out, " = 1 << %zu, /* %s */\n", row, text_at(table, row, "url"));
    }
    fputs("};\nextern const uint32_t byte_classes[256];\n"
          "static inline bool byte_is(char c, unsigned class)\n{\n"
          "    return (byte_classes[(unsigned char)c] & class) != 0;\n}\n",
          out);
}

static void put_enumeration_declarations(FILE *out)
{
    const char *names = words_of("enumerations", "enumeration"), *word;
    fputs("\n/* The standard's spelling of an enumerator, and the enumerator of a spelling. */\n",
          out);
    for (size_t length; next_word(&names, &word, &length);) {
        const char *name = copy_text(word, length);
        fputs("struct cors_bytes ", out);
        put_lower(out, name, length);
        fputs("_name(enum cors_", out);
        put_lower(out, name, length);
        fputs(" value);\nbool ", out);
        put_lower(out, name, length);
        fputs("_by_name(struct cors_bytes name, enum cors_", out);
        put_lower(out, name, length);
        fputs(" *value);\n", out);
    }
    fputs("struct cors_bytes destination_name(enum cors_destination value);\n"
          "bool destination_by_name(struct cors_bytes name, enum cors_destination *value);\n"
          "/* The `Accept` value that goes with a destination; null: none of its own. */\n"
          "struct cors_bytes destination_accept(enum cors_destination value);\n"
          "unsigned destination_sets(enum cors_destination value);\n",
          out);
}

static void put_lookup_declarations(FILE *out)
{
    fputs("\n/* A header name's row, byte-case-insensitively; NULL: in no set. */\n"
          "struct header_name_row {\n    struct cors_bytes name;\n    uint16_t sets;\n"
          "    uint8_t value_rule;\n    uint8_t abnf;\n};\n"
          "const struct header_name_row *header_name_row(struct cors_bytes name);\n"
          "static inline unsigned header_name_sets(struct cors_bytes name)\n{\n"
          "    const struct header_name_row *row = header_name_row(name);\n"
          "    return row == NULL ? 0 : row->sets;\n}\n"
          "static inline enum value_rule header_value_rule(struct cors_bytes name)\n{\n"
          "    const struct header_name_row *row = header_name_row(name);\n"
          "    return row == NULL ? VALUE_RULE_NONE : (enum value_rule)row->value_rule;\n}\n"
          "static inline enum header_abnf header_abnf(struct cors_bytes name)\n{\n"
          "    const struct header_name_row *row = header_name_row(name);\n"
          "    return row == NULL ? ABNF_ANY : (enum header_abnf)row->abnf;\n}\n"
          "bool header_name_has_forbidden_prefix(struct cors_bytes name);\n"
          "extern const struct cors_bytes request_body_header_names[];\n"
          "extern const size_t request_body_header_name_count;\n"
          "extern const struct cors_bytes privileged_no_cors_request_header_names[];\n"
          "extern const size_t privileged_no_cors_request_header_name_count;\n"
          "extern const struct cors_bytes cors_non_wildcard_request_header_names[];\n"
          "extern const size_t cors_non_wildcard_request_header_name_count;\n"
          "\n/* Safelisted and safe methods are matched exactly, forbidden and normalized ones\n"
          " * byte-case-insensitively. */\n"
          "unsigned method_sets(struct cors_bytes method);\n"
          "/* The upper-case method if it is one of those that are normalized, else itself. */\n"
          "struct cors_bytes method_normalized(struct cors_bytes method);\n"
          "\n/* Matched exactly: an essence is in lower case. */\n"
          "unsigned mime_type_sets(struct cors_bytes essence);\n"
          "\nunsigned status_sets(uint16_t status);\nbool is_bad_port(int32_t port);\n"
          "unsigned scheme_sets(struct cors_bytes scheme);\n"
          "/* -2: not special; CORS_PORT_NULL: special, but without a port. */\n"
          "enum { SCHEME_NOT_SPECIAL = -2 };\n"
          "int32_t special_scheme_default_port(struct cors_bytes scheme);\n"
          "\nstruct error_row {\n    const char *id;\n    const char *algorithm;\n"
          "    const char *step;\n    enum error_class class;\n    enum error_stage stage;\n};\n"
          "extern const struct error_row error_rows[];\nextern const size_t error_row_count;\n",
          out);
}

static void put_engine_declarations(FILE *out, const struct table *deviations,
                                    const struct table *constants)
{
    fputs("\n/* What browsers do otherwise; the rows of deviations.tsv. */\nenum deviation {\n",
          out);
    for (size_t row = 0; row < deviations->rows; row++) {
        const char *id = text_at(deviations, row, "id");
        fputs("    CORS_DEV_", out);
        put_upper(out, id, strlen(id));
        fprintf(out, ", /* %s %s */\n", text_at(deviations, row, "algorithm"),
                text_at(deviations, row, "step"));
    }
    fputs("    CORS_DEV_COUNT\n};\n"
          "struct deviation_row {\n    const char *id;\n    const char *algorithm;\n"
          "    const char *step; /* \"-\": the algorithm has none */\n};\n"
          "extern const struct deviation_row deviation_rows[];\n"
          "/* The engines that deviate, each 1 << its enumerator. */\n"
          "extern const unsigned char deviation_engines[];\n\n"
          "/* The rows of engines.tsv, by engine. */\n"
          "struct engine_constants {\n",
          out);
    for (size_t row = 0; row < constants->rows; row++) {
        const char *name = text_at(constants, row, "constant");
        fputs("    uint64_t ", out);
        put_lower(out, name, strlen(name));
        fprintf(out, ";\n");
    }
    fputs("};\n#define CORS_NO_LIMIT UINT64_MAX\n"
          "extern const struct engine_constants engine_constants[];\n",
          out);
}

void emit_tables_h(FILE *out, const struct tables *tables)
{
    fputs(banner, out);
    fputs("#ifndef CORSIM_TABLES_H\n#define CORSIM_TABLES_H\n\n#include \"corsim.h\"\n\n", out);
    put_flags(out, "HEADER_", words_of("header-names", "sets"));
    put_enum(out, "value_rule", "VALUE_RULE_", "NONE", words_of("header-names", "value-rule"));
    put_enum(out, "header_abnf", "ABNF_", "ANY", words_of("header-names", "abnf"));
    put_flags(out, "METHOD_", words_of("methods", "sets"));
    put_flags(out, "MIME_TYPE_", words_of("mime-types", "sets"));
    put_flags(out, "STATUS_", words_of("statuses", "sets"));
    put_flags(out, "SCHEME_", words_of("schemes", "sets"));
    put_flags(out, "DESTINATION_", words_of("destinations", "sets"));
    put_enum(out, "error_class", "ERROR_CLASS_", "ANY", words_of("errors", "class"));
    put_enum(out, "error_stage", "ERROR_STAGE_", "ANY", "preflight actual");
    put_byte_classes(out, table_named(tables, "byte-classes"));
    put_lookup_declarations(out);
    put_enumeration_declarations(out);
    put_engine_declarations(out, table_named(tables, "deviations"), table_named(tables, "engines"));
    fputs("\n#endif\n", out);
}

/* ---- Lookups by name ------------------------------------------------------------------------ */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t longest_in(const struct table *table)
{
    size_t longest = 8;
    for (size_t row = 0; row < table->rows; row++)
        if (strlen(cell_at(table, row, 0)->text) > longest)
            longest = strlen(cell_at(table, row, 0)->text);
    return longest;
}

/* The bytes lower-cased, or the mask that lower-cases a letter and leaves every other byte. */
static void put_padded(FILE *out, const char *name, bool mask)
{
    fputs("{", out);
    for (const char *at = name; *at != '\0'; at++) {
        const char c = lower(*at);
        fprintf(out, "%d,", mask ? (c >= 'a' && c <= 'z' ? 0x20 : 0) : c);
    }
    fputs("}", out);
}

/* How many rows of that length have at `position` a byte that no row above has there. */
static size_t distinct_at(const struct table *table, size_t length, size_t position)
{
    size_t distinct = 0;
    for (size_t row = 0; row < table->rows; row++) {
        const char *name = cell_at(table, row, 0)->text;
        bool seen = strlen(name) != length;
        for (size_t above = 0; above < row && !seen; above++) {
            const char *other = cell_at(table, above, 0)->text;
            seen = strlen(other) == length && lower(other[position]) == lower(name[position]);
        }
        distinct += !seen;
    }
    return distinct;
}

static void put_candidates(FILE *out, const struct table *table, size_t length, size_t position,
                           char byte)
{
    const char *between = "            return ";
    for (size_t row = 0; row < table->rows; row++) {
        const char *name = cell_at(table, row, 0)->text;
        if (strlen(name) != length || lower(name[position]) != byte)
            continue;
        fprintf(out, "%sname_is(name, %zu) ? %zu\n", between, row, row);
        between = "                 : ";
    }
    fputs("                 : NO_ROW;\n", out);
}

static void put_length(FILE *out, const struct table *table, size_t length)
{
    size_t position = 0;
    for (size_t i = 1; i < length; i++)
        if (distinct_at(table, length, i) > distinct_at(table, length, position))
            position = i;
    if (distinct_at(table, length, position) == 0)
        return;
    fprintf(out, "    case %zu:\n        switch (name.at[%zu] | 0x20) {\n", length, position);
    for (int byte = 0x20; byte < 0x7F; byte++) {
        bool used = false;
        for (size_t row = 0; row < table->rows && !used; row++) {
            const char *name = cell_at(table, row, 0)->text;
            used = strlen(name) == length && lower(name[position]) == byte;
        }
        if (!used)
            continue;
        fprintf(out,
                byte == '\'' || byte == '\\' ? "        case '\\%c':\n" : "        case '%c':\n",
                byte | 0x20);
        put_candidates(out, table, length, position, (char)byte);
    }
    fputs("        default:\n            return NO_ROW;\n        }\n", out);
}

/* A function from a name to the number of its row, byte-case-insensitively. */
static void put_lookup(FILE *out, const struct table *table, const char *function)
{
    const size_t longest = longest_in(table);
    fprintf(out, "\nstatic const struct folded %s_folded[] = {\n", function);
    for (size_t row = 0; row < table->rows; row++) {
        const char *name = cell_at(table, row, 0)->text;
        fputs("    {", out);
        put_padded(out, name, false);
        fputs(",\n     ", out);
        put_padded(out, name, true);
        fputs("},\n", out);
    }
    fprintf(out,
            "};\n\n#define name_is(name, row) is_folded((name), &%s_folded[row])\n"
            "static size_t %s(struct cors_bytes name)\n{\n    switch (name.len) {\n",
            function, function);
    for (size_t length = 1; length <= longest; length++)
        put_length(out, table, length);
    fputs("    default:\n        return NO_ROW;\n    }\n}\n#undef name_is\n", out);
}

static void put_matching(FILE *out, size_t longest)
{
    fprintf(out, "enum { NO_ROW = 255, LONGEST = %zu };\n\n", longest);
    fputs("/* A name in lower case, and the bits that lower-case its letters and nothing else. */\n"
          "struct folded {\n    char lower[LONGEST];\n    char mask[LONGEST];\n};\n\n"
          "static bool chunk_is(const char *at, const struct folded *name, size_t from)\n{\n"
          "    uint64_t bytes, mask, lower;\n"
          "    memcpy(&bytes, at + from, sizeof bytes);\n"
          "    memcpy(&mask, name->mask + from, sizeof mask);\n"
          "    memcpy(&lower, name->lower + from, sizeof lower);\n"
          "    return (bytes | mask) == lower;\n}\n\n"
          "static bool is_folded(struct cors_bytes bytes, const struct folded *name)\n{\n"
          "    if (bytes.len < 8) {\n"
          "        for (size_t i = 0; i < bytes.len; i++)\n"
          "            if ((bytes.at[i] | name->mask[i]) != name->lower[i])\n"
          "                return false;\n"
          "        return true;\n    }\n"
          "    for (size_t i = 0; i + 8 < bytes.len; i += 8)\n"
          "        if (!chunk_is(bytes.at, name, i))\n            return false;\n"
          "    return chunk_is(bytes.at, name, bytes.len - 8);\n}\n\n"
          "static inline bool bytes_are(struct cors_bytes a, struct cors_bytes b)\n{\n"
          "    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);\n}\n",
          out);
}

/* ---- Header names --------------------------------------------------------------------------- */

static void put_bytes(FILE *out, const char *text)
{
    fprintf(out, "{");
    put_literal(out, text);
    fprintf(out, ", %zu}", strlen(text));
}

static void put_word(FILE *out, const char *prefix, const char *zero, const char *word)
{
    fputs(prefix, out);
    if (*word == '\0')
        fputs(zero, out);
    else
        put_upper(out, word, strlen(word));
}

static void put_header_names(FILE *out, const struct table *table)
{
    put_lookup(out, table, "header_name_number");
    fputs("\nstatic const struct header_name_row header_name_rows[] = {\n", out);
    for (size_t row = 0; row < table->rows; row++) {
        fputs("    {", out);
        put_bytes(out, text_at(table, row, "name"));
        fputs(",\n     ", out);
        put_sets(out, "HEADER_", text_at(table, row, "sets"));
        fputs(", ", out);
        put_word(out, "VALUE_RULE_", "NONE", text_at(table, row, "value-rule"));
        fputs(", ", out);
        put_word(out, "ABNF_", "ANY", text_at(table, row, "abnf"));
        fputs("},\n", out);
    }
    fputs("};\n\nconst struct header_name_row *header_name_row(struct cors_bytes name)\n{\n"
          "    const size_t number = header_name_number(name);\n"
          "    return number == NO_ROW ? NULL : &header_name_rows[number];\n}\n",
          out);
}

static void put_name_list(FILE *out, const struct table *table, const char *set, const char *name)
{
    size_t count = 0;
    fprintf(out, "\nconst struct cors_bytes %ss[] = {\n", name);
    for (size_t row = 0; row < table->rows; row++)
        if (list_contains(text_at(table, row, "sets"), set, strlen(set))) {
            fputs("    ", out);
            put_bytes(out, text_at(table, row, "name"));
            fputs(",\n", out);
            count++;
        }
    fprintf(out, "};\nconst size_t %s_count = %zu;\n", name, count);
}

static void put_prefixes(FILE *out, const struct table *table)
{
    fputs("\nbool header_name_has_forbidden_prefix(struct cors_bytes name)\n{\n", out);
    for (size_t row = 0; row < table->rows; row++) {
        const char *prefix = text_at(table, row, "prefix");
        fprintf(out, "    if (name.len >= %zu", strlen(prefix));
        for (size_t i = 0; prefix[i] != '\0'; i++) {
            const char c = lower(prefix[i]);
            fprintf(out, " &&\n        (name.at[%zu]%s) == %d", i,
                    c >= 'a' && c <= 'z' ? " | 0x20" : "", c);
        }
        fputs(")\n        return true;\n", out);
    }
    fputs("    return false;\n}\n", out);
}

/* ---- Methods, MIME types, bytes, statuses, ports, schemes ------------------------------------ */

static void put_methods(FILE *out, const struct table *table)
{
    put_lookup(out, table, "method_number");
    fputs("\nstatic const struct {\n    struct cors_bytes name;\n    unsigned sets;\n} "
          "method_rows[] = {\n",
          out);
    for (size_t row = 0; row < table->rows; row++) {
        fputs("    {", out);
        put_bytes(out, text_at(table, row, "method"));
        fputs(", ", out);
        put_sets(out, "METHOD_", text_at(table, row, "sets"));
        fputs("},\n", out);
    }
    fputs("};\n\nunsigned method_sets(struct cors_bytes method)\n{\n"
          "    const size_t number = method_number(method);\n"
          "    if (number == NO_ROW)\n        return 0;\n"
          "    return bytes_are(method, method_rows[number].name)\n"
          "               ? method_rows[number].sets\n"
          "               : method_rows[number].sets & (METHOD_FORBIDDEN | METHOD_NORMALIZED);\n"
          "}\n\n"
          "struct cors_bytes method_normalized(struct cors_bytes method)\n{\n"
          "    const size_t number = method_number(method);\n"
          "    if (number == NO_ROW || !(method_rows[number].sets & METHOD_NORMALIZED))\n"
          "        return method;\n    return method_rows[number].name;\n}\n",
          out);
}

static void put_mime_types(FILE *out, const struct table *table)
{
    put_lookup(out, table, "mime_type_number");
    fputs("\nstatic const struct {\n    struct cors_bytes essence;\n    unsigned sets;\n} "
          "mime_type_rows[] = {\n",
          out);
    for (size_t row = 0; row < table->rows; row++) {
        fputs("    {", out);
        put_bytes(out, text_at(table, row, "essence"));
        fputs(", ", out);
        put_sets(out, "MIME_TYPE_", text_at(table, row, "sets"));
        fputs("},\n", out);
    }
    fputs("};\n\nunsigned mime_type_sets(struct cors_bytes essence)\n{\n"
          "    const size_t number = mime_type_number(essence);\n"
          "    return number != NO_ROW && bytes_are(essence, mime_type_rows[number].essence)\n"
          "               ? mime_type_rows[number].sets\n               : 0;\n}\n",
          out);
}

static void put_bytes_table(FILE *out, const struct table *table)
{
    static bool members[32][256];
    size_t where;
    for (size_t row = 0; row < table->rows && row < 32; row++)
        parse_bytes(text_at(table, row, "bytes"), table, row, members[row], &where);
    fputs("\nconst uint32_t byte_classes[256] = {", out);
    for (unsigned byte = 0; byte < 256; byte++) {
        unsigned classes = 0;
        for (size_t row = 0; row < table->rows; row++)
            classes |= (unsigned)members[row][byte] << row;
        fprintf(out, "%s0x%05X,", byte % 8 == 0 ? "\n    " : " ", classes);
    }
    fputs("\n};\n", out);
}

static void put_statuses(FILE *out, const struct table *table)
{
    fputs("\nunsigned status_sets(uint16_t status)\n{\n    unsigned sets = 0;\n", out);
    for (size_t row = 0; row < table->rows; row++) {
        long from = 0, to = 0;
        parse_numbers(text_at(table, row, "status"), &from, &to);
        if (from == to)
            fprintf(out, "    if (status == %ld)\n        sets |= ", from);
        else
            fprintf(out, "    if (status >= %ld && status <= %ld)\n        sets |= ", from, to);
        put_sets(out, "STATUS_", text_at(table, row, "sets"));
        fputs(";\n", out);
    }
    fputs("    return sets;\n}\n", out);
}

static void put_ports(FILE *out, const struct table *table)
{
    fputs("\nbool is_bad_port(int32_t port)\n{\n    switch (port) {\n", out);
    for (size_t row = 0; row < table->rows; row++)
        fprintf(out, "    case %s:\n", text_at(table, row, "port"));
    fputs("        return true;\n    default:\n        return false;\n    }\n}\n", out);
}

static void put_scheme_tests(FILE *out, const struct table *table, bool ports)
{
    for (size_t row = 0; row < table->rows; row++) {
        const char *scheme = text_at(table, row, "scheme");
        const char *sets = text_at(table, row, "sets"), *port = text_at(table, row, "default-port");
        if (ports && !list_contains(sets, "special", 7))
            continue;
        fprintf(out, "    if (scheme.len == %zu && memcmp(scheme.at, ", strlen(scheme));
        put_literal(out, scheme);
        fprintf(out, ", %zu) == 0)\n        return ", strlen(scheme));
        if (ports)
            fputs(*port == '\0' ? "CORS_PORT_NULL" : port, out);
        else
            put_sets(out, "SCHEME_", sets);
        fputs(";\n", out);
    }
}

static void put_schemes(FILE *out, const struct table *table)
{
    fputs("\nunsigned scheme_sets(struct cors_bytes scheme)\n{\n", out);
    put_scheme_tests(out, table, false);
    fputs("    return 0;\n}\n\nint32_t special_scheme_default_port(struct cors_bytes scheme)\n{\n",
          out);
    put_scheme_tests(out, table, true);
    fputs("    return SCHEME_NOT_SPECIAL;\n}\n", out);
}

/* ---- Enumerations and errors ----------------------------------------------------------------- */

/* Rows [from, to) of a table are the enumerators of one enumeration, from 0. */
struct enumeration {
    const char *name;
    const struct table *table;
    size_t from, to;
    const char *value_column;
};

static void put_enumeration(FILE *out, const struct enumeration *e)
{
    const size_t length = strlen(e->name);
    fputs("\nstatic const struct cors_bytes ", out);
    put_lower(out, e->name, length);
    fputs("_names[] = {\n", out);
    for (size_t row = e->from; row < e->to; row++) {
        fputs("    ", out);
        put_bytes(out, text_at(e->table, row, e->value_column));
        fputs(",\n", out);
    }
    fputs("};\n", out);
    for (size_t row = e->from; row < e->to; row++)
        fprintf(out, "_Static_assert((int)%s == %zu, \"%s.tsv has the order of corsim.h\");\n",
                text_at(e->table, row, "constant"), row - e->from, e->table->name);
    fputs("\nstruct cors_bytes ", out);
    put_lower(out, e->name, length);
    fputs("_name(enum cors_", out);
    put_lower(out, e->name, length);
    fprintf(out, " value)\n{\n    return (size_t)value < %zu ? ", e->to - e->from);
    put_lower(out, e->name, length);
    fputs("_names[value] : (struct cors_bytes){0};\n}\n\nbool ", out);
    put_lower(out, e->name, length);
    fputs("_by_name(struct cors_bytes name, enum cors_", out);
    put_lower(out, e->name, length);
    fprintf(out, " *value)\n{\n    for (size_t i = 0; i < %zu; i++)\n        if (bytes_are(name, ",
            e->to - e->from);
    put_lower(out, e->name, length);
    fputs("_names[i])) {\n            *value = (enum cors_", out);
    put_lower(out, e->name, length);
    fputs(")i;\n            return true;\n        }\n    return false;\n}\n", out);
}

static void put_enumerations(FILE *out, const struct table *table)
{
    const char *names = words_of("enumerations", "enumeration"), *word;
    for (size_t length; next_word(&names, &word, &length);) {
        struct enumeration e = {copy_text(word, length), table, 0, 0, "value"};
        while (e.from < table->rows && strcmp(cell_at(table, e.from, 0)->text, e.name) != 0)
            e.from++;
        e.to = e.from;
        while (e.to < table->rows && strcmp(cell_at(table, e.to, 0)->text, e.name) == 0)
            e.to++;
        put_enumeration(out, &e);
    }
}

static void put_destinations(FILE *out, const struct table *table)
{
    put_enumeration(out,
                    &(struct enumeration){"destination", table, 0, table->rows, "destination"});
    fputs("\nstruct cors_bytes destination_accept(enum cors_destination value)\n{\n"
          "    static const struct cors_bytes values[] = {\n",
          out);
    for (size_t row = 0; row < table->rows; row++) {
        const char *accept = text_at(table, row, "accept");
        fputs("        ", out);
        if (*accept == '\0')
            fputs("{0}", out);
        else
            put_bytes(out, accept);
        fputs(",\n", out);
    }
    fprintf(out,
            "    };\n    return (size_t)value < %zu ? values[value] : (struct cors_bytes){0};\n}\n"
            "\nunsigned destination_sets(enum cors_destination value)\n{\n"
            "    static const unsigned char sets[] = {\n",
            table->rows);
    for (size_t row = 0; row < table->rows; row++) {
        fputs("        ", out);
        put_sets(out, "DESTINATION_", text_at(table, row, "sets"));
        fputs(",\n", out);
    }
    fprintf(out, "    };\n    return (size_t)value < %zu ? sets[value] : 0;\n}\n", table->rows);
}

static void put_errors(FILE *out, const struct table *table)
{
    fputs("\nconst struct error_row error_rows[] = {\n", out);
    for (size_t row = 0; row < table->rows; row++) {
        const char *stage = text_at(table, row, "stage");
        fputs("    {", out);
        for (size_t i = 0; i < 3; i++) {
            put_literal(out, cell_at(table, row, i)->text);
            fputs(", ", out);
        }
        put_word(out, "ERROR_CLASS_", "ANY", text_at(table, row, "class"));
        fputs(", ", out);
        put_word(out, "ERROR_STAGE_", "ANY", stage);
        fputs("},\n", out);
    }
    fprintf(out, "};\nconst size_t error_row_count = %zu;\n", table->rows);
}

static const char *const engines[] = {"spec", "chromium", "firefox", "webkit"};

static void put_engine(FILE *out, const char *engine)
{
    fputs("CORS_ENGINE_", out);
    put_upper(out, engine, strlen(engine));
}

static void put_deviations(FILE *out, const struct table *table)
{
    fputs("\nconst struct deviation_row deviation_rows[] = {\n", out);
    for (size_t row = 0; row < table->rows; row++) {
        const char *step = text_at(table, row, "step");
        fprintf(out, "    {\"%s\", \"%s\", \"%s\"},\n", text_at(table, row, "id"),
                text_at(table, row, "algorithm"), *step == '\0' ? "-" : step);
    }
    fputs("};\n\nconst unsigned char deviation_engines[] = {\n", out);
    for (size_t row = 0; row < table->rows; row++) {
        fputs("    0", out);
        for (size_t i = 1; i < sizeof engines / sizeof *engines; i++)
            if (strcmp(text_at(table, row, engines[i]), "yes") == 0) {
                fputs(" | 1 << ", out);
                put_engine(out, engines[i]);
            }
        fputs(",\n", out);
    }
    fputs("};\n", out);
}

static void put_constants(FILE *out, const struct table *table)
{
    fputs("\nconst struct engine_constants engine_constants[] = {\n", out);
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        fputs("    [", out);
        put_engine(out, engines[i]);
        fputs("] = {", out);
        for (size_t row = 0; row < table->rows; row++) {
            const char *number = text_at(table, row, engines[i]);
            fprintf(out, "%s%s", row == 0 ? "" : ", ", *number == '\0' ? "CORS_NO_LIMIT" : number);
        }
        fputs("},\n", out);
    }
    fputs("};\n", out);
}

void emit_tables_c(FILE *out, const struct tables *tables)
{
    const struct table *names = table_named(tables, "header-names");
    fputs(banner, out);
    fputs("#include \"tables.h\"\n\n#include <string.h>\n\n", out);
    const struct table *mime_types = table_named(tables, "mime-types");
    const size_t longest = longest_in(names);
    put_matching(out, longest > longest_in(mime_types) ? longest : longest_in(mime_types));
    put_header_names(out, names);
    put_name_list(out, names, "request-body", "request_body_header_name");
    put_name_list(out, names, "privileged-no-cors", "privileged_no_cors_request_header_name");
    put_name_list(out, names, "cors-non-wildcard", "cors_non_wildcard_request_header_name");
    put_prefixes(out, table_named(tables, "forbidden-prefixes"));
    put_methods(out, table_named(tables, "methods"));
    put_mime_types(out, mime_types);
    put_bytes_table(out, table_named(tables, "byte-classes"));
    put_statuses(out, table_named(tables, "statuses"));
    put_ports(out, table_named(tables, "ports"));
    put_schemes(out, table_named(tables, "schemes"));
    put_enumerations(out, table_named(tables, "enumerations"));
    put_destinations(out, table_named(tables, "destinations"));
    put_errors(out, table_named(tables, "errors"));
    put_deviations(out, table_named(tables, "deviations"));
    put_constants(out, table_named(tables, "engines"));
}
