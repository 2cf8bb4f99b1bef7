/* `corsim table`: a spec table or a decision table (spec-tables/README.md) as text, Markdown or
 * JSON. Nothing is computed here: what is printed is what the library was made from. */
#include "commands.h"
#include "options.h"

#include "texts.h"

#include <string.h>

enum table_format { TABLE_TEXT, TABLE_MARKDOWN, TABLE_JSON };

static const struct choice format_words[] = {
    {"text", TABLE_TEXT}, {"markdown", TABLE_MARKDOWN}, {"json", TABLE_JSON}, {NULL, 0}};

/* A table that is printed; the list of all tables is one, too. */
struct grid {
    const char *name;
    const char *title;
    const char *const *columns;
    size_t column_count;
    const char *const *cells;
    size_t row_count;
    const struct cors_table_input *inputs;
    size_t input_count;
};

static const char *cell(const struct grid *grid, size_t row, size_t column)
{
    const char *text = grid->cells[row * grid->column_count + column];
    return *text == '\0' ? "-" : text;
}

static unsigned columns_of(const char *text)
{
    unsigned columns = 0;
    for (; *text != '\0'; text++)
        columns += ((unsigned char)*text & 0xC0) != 0x80;
    return columns;
}

/* ---- Text --------------------------------------------------------------------------------- */

static void text_row(const struct output *output, const char *const *texts, const unsigned *widths,
                     size_t count)
{
    struct memory memory = {0};
    for (size_t i = 0; i < count; i++) {
        const char *text = escape_tsv(bytes_of(*texts[i] == '\0' ? "-" : texts[i]), &memory).at;
        unsigned columns = columns_of(text);
        unsigned padding = i + 1 < count && columns < widths[i] ? widths[i] - columns : 0;
        output_format(output, "%s%s%*s", i == 0 ? "" : "  ", text, (int)padding, "");
    }
    output_format(output, "\n");
    memory_free(&memory);
}

static void text_inputs(const struct output *output, const struct grid *grid)
{
    for (size_t i = 0; i < grid->input_count; i++) {
        const struct cors_table_input *input = &grid->inputs[i];
        bool first = i == 0 || strcmp(input->column, grid->inputs[i - 1].column) != 0;
        if (first)
            output_styled(output, STYLE_NAME, "%s\n", input->column);
        output_format(output, "  %-22s ", input->value);
        output_paragraph(output, 25, 25, bytes_of(input->meaning));
    }
    if (grid->input_count > 0)
        output_format(output, "\n");
}

static void print_text(const struct output *output, const struct grid *grid)
{
    enum { MOST_COLUMNS = 32 };
    unsigned widths[MOST_COLUMNS];
    struct memory memory = {0};
    for (size_t i = 0; i < grid->column_count && i < MOST_COLUMNS; i++) {
        widths[i] = columns_of(grid->columns[i]);
        for (size_t row = 0; row < grid->row_count; row++) {
            unsigned width = columns_of(escape_tsv(bytes_of(cell(grid, row, i)), &memory).at);
            widths[i] = width > widths[i] ? width : widths[i];
        }
    }
    memory_free(&memory);
    output_styled(output, STYLE_STRONG, "%s", grid->name);
    output_format(output, ": %s\n\n", grid->title);
    text_inputs(output, grid);
    output_format(output, "%s", style(output, STYLE_NAME));
    text_row(output, grid->columns, widths, grid->column_count);
    output_format(output, "%s", style(output, STYLE_PLAIN));
    for (size_t row = 0; row < grid->row_count; row++)
        text_row(output, grid->cells + row * grid->column_count, widths, grid->column_count);
}

/* ---- Markdown ----------------------------------------------------------------------------- */

static void markdown_row(const struct output *output, const char *const *texts, size_t count)
{
    struct memory memory = {0};
    for (size_t i = 0; i < count; i++)
        output_format(output, "| %s ", escape_markdown(bytes_of(texts[i]), &memory).at);
    output_format(output, "|\n");
    memory_free(&memory);
}

static void markdown_rule(const struct output *output, size_t count)
{
    for (size_t i = 0; i < count; i++)
        output_format(output, "| --- ");
    output_format(output, "|\n");
}

static void print_markdown(const struct output *output, const struct grid *grid)
{
    static const char *const input_columns[] = {"column", "class", "meaning"};
    struct memory memory = {0};
    output_format(output, "# %s\n\n", grid->name);
    output_format(output, "%s\n\n", escape_markdown(bytes_of(grid->title), &memory).at);
    memory_free(&memory);
    if (grid->input_count > 0) {
        markdown_row(output, input_columns, 3);
        markdown_rule(output, 3);
        for (size_t i = 0; i < grid->input_count; i++) {
            const struct cors_table_input *input = &grid->inputs[i];
            markdown_row(output, (const char *const[]){input->column, input->value, input->meaning},
                         3);
        }
        output_format(output, "\n");
    }
    markdown_row(output, grid->columns, grid->column_count);
    markdown_rule(output, grid->column_count);
    for (size_t row = 0; row < grid->row_count; row++)
        markdown_row(output, grid->cells + row * grid->column_count, grid->column_count);
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void print_json(const struct output *output, const struct grid *grid)
{
    json_t *document = json_object(), *columns = json_array();
    json_t *inputs = json_array(), *rows = json_array();
    for (size_t i = 0; i < grid->column_count; i++)
        json_array_append_new(columns, json_string(grid->columns[i]));
    for (size_t i = 0; i < grid->input_count; i++)
        json_array_append_new(inputs, json_pack("{s:s, s:s, s:s}", "column", grid->inputs[i].column,
                                                "class", grid->inputs[i].value, "meaning",
                                                grid->inputs[i].meaning));
    for (size_t row = 0; row < grid->row_count; row++) {
        json_t *object = json_object();
        for (size_t i = 0; i < grid->column_count; i++)
            json_object_set_new(object, grid->columns[i],
                                json_string(grid->cells[row * grid->column_count + i]));
        json_array_append_new(rows, object);
    }
    json_object_set_new(document, "name", json_string(grid->name));
    json_object_set_new(document, "title", json_string(grid->title));
    json_object_set_new(document, "columns", columns);
    json_object_set_new(document, "inputs", inputs);
    json_object_set_new(document, "rows", rows);
    json_print(output->stream, document, 2);
    json_decref(document);
}

/* ---- The command -------------------------------------------------------------------------- */

static void print(const struct output *output, const struct grid *grid, int format)
{
    switch ((enum table_format)format) {
    case TABLE_TEXT:
        print_text(output, grid);
        break;
    case TABLE_MARKDOWN:
        print_markdown(output, grid);
        break;
    case TABLE_JSON:
        print_json(output, grid);
        break;
    }
}

static void print_list(const struct output *output, int format)
{
    static const char *const columns[] = {"table", "rows", "title"};
    struct memory memory = {0};
    const char **cells = memory_take(&memory, 3 * cors_table_count * sizeof *cells);
    for (size_t i = 0; i < cors_table_count; i++) {
        cells[3 * i] = cors_tables[i].name;
        cells[3 * i + 1] = memory_format(&memory, "%zu", cors_tables[i].row_count).at;
        cells[3 * i + 2] = cors_tables[i].title;
    }
    print(output,
          &(struct grid){"tables", "what the standard enumerates and decides, as data", columns, 3,
                         cells, cors_table_count, NULL, 0},
          format);
    memory_free(&memory);
}

static int refuse(const struct command *command, const char *given)
{
    struct memory memory = {0};
    const char **names = memory_take(&memory, cors_table_count * sizeof *names);
    for (size_t i = 0; i < cors_table_count; i++)
        names[i] = cors_tables[i].name;
    const char *nearest = nearest_word(bytes_of(given), names, cors_table_count);
    if (nearest != NULL)
        usage_error(command, "there is no table %s; did you mean %s?", escaped_string(given),
                    nearest);
    else
        usage_error(command, "there is no table %s; `corsim table` lists them",
                    escaped_string(given));
    memory_free(&memory);
    return EXIT_USAGE;
}

int command_table(int argc, char **argv)
{
    int format = TABLE_TEXT;
    const struct option options[] = {{"format", 0, "FORMAT", "text (default), markdown or json",
                                      OPTION_CHOICE, &format, format_words}};
    const struct command command = {
        .name = "table",
        .operands = "[NAME]",
        .summary = "Prints a table of what the standard enumerates or decides; without a name, "
                   "the list of all tables.",
        .example = "corsim table decision-cors-check --format markdown",
        .most = 1,
        .options = options,
        .option_count = sizeof options / sizeof *options};
    struct command_line line;
    if (!command_parse(&command, argc, argv, &line))
        return line.status;
    struct output output = output_to(stdout, line.colour);
    int status = EXIT_HOLDS;
    const struct cors_table *table =
        line.operand_count == 0 ? NULL : cors_table_by_name(line.operands[0]);
    if (line.operand_count == 0)
        print_list(&output, format);
    else if (table == NULL)
        status = refuse(&command, line.operands[0]);
    else
        print(&output,
              &(struct grid){table->name, table->title, table->columns, table->column_count,
                             table->cells, table->row_count, table->inputs, table->input_count},
              format);
    command_line_free(&line);
    return status;
}
