/* Parsing of flags from a command's own table, its --help, and usage errors that name the nearest
 * right word. No standard applies; the forms of a flag are those of curl. Nothing from the command
 * line is printed unescaped. */
#include "options.h"

#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct choice colour_words[] = {
    {"auto", COLOUR_AUTO}, {"always", COLOUR_ALWAYS}, {"never", COLOUR_NEVER}, {NULL, 0}};

static const struct option help_option = {"help",      'h',  NULL, "show this and stop",
                                          OPTION_TRUE, NULL, NULL};
static const struct option color_option = {
    "color",       0,    "WHEN",      "auto, always or never (NO_COLOR is honoured)",
    OPTION_CHOICE, NULL, colour_words};

const char *choice_word(const struct choice *choices, int value)
{
    for (; choices->word != NULL; choices++)
        if (choices->value == value)
            return choices->word;
    return NULL;
}

const struct choice *choice_find(const struct choice *choices, struct cors_bytes word)
{
    for (; choices->word != NULL; choices++)
        if (bytes_are_string(word, choices->word))
            return choices;
    return NULL;
}

void string_list_append(struct string_list *list, const char *string)
{
    list->at = memory_grow(list->at, list->count, &list->capacity, sizeof *list->at);
    list->at[list->count++] = string;
}

void string_list_free(struct string_list *list)
{
    free(list->at);
    *list = (struct string_list){0};
}

struct cors_bytes alternatives(const char *const *words, size_t count, struct memory *memory)
{
    struct cors_bytes list = CORS_BYTES("");
    for (size_t i = 0; i < count; i++) {
        const char *between = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        list = memory_format(memory, "%s%s%s", list.at, between, words[i]);
    }
    return list;
}

struct cors_bytes choice_list(const struct choice *choices, struct memory *memory)
{
    struct string_list words = {0};
    for (const struct choice *choice = choices; choice->word != NULL; choice++)
        string_list_append(&words, *choice->word == '\0' ? "(empty)" : choice->word);
    const struct cors_bytes list = alternatives(words.at, words.count, memory);
    string_list_free(&words);
    return list;
}

/* How many single-character edits lead from one word to the other, neighbours swapped being one. */
static unsigned edit_distance(struct cors_bytes a, struct cors_bytes b)
{
    enum { LONGEST = 40 };
    unsigned rows[3][LONGEST + 1];
    if (a.len > LONGEST || b.len > LONGEST)
        return UINT_MAX;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned least = above[j - 1] + (a.at[i - 1] == b.at[j - 1] ? 0 : 1);
            if (above[j] + 1 < least)
                least = above[j] + 1;
            if (row[j - 1] + 1 < least)
                least = row[j - 1] + 1;
            if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1] &&
                before[j - 2] + 1 < least)
                least = before[j - 2] + 1;
            row[j] = least;
        }
    }
    return rows[a.len % 3][b.len];
}

enum { ONLY_BEGINNING = 100 };

/* Near enough: a third of the letters may be wrong; or one is the beginning of the other. */
static unsigned unlikeness(struct cors_bytes given, const char *candidate)
{
    struct cors_bytes word = bytes_of(candidate);
    size_t shorter = given.len < word.len ? given.len : word.len;
    unsigned distance = edit_distance(given, word);
    if (distance <= (word.len + 2) / 3)
        return distance;
    if (shorter >= 2 && memcmp(given.at, candidate, shorter) == 0)
        return ONLY_BEGINNING;
    return UINT_MAX;
}

const char *nearest_word(struct cors_bytes given, const char *const *candidates, size_t count)
{
    const char *nearest = NULL;
    unsigned least = UINT_MAX;
    for (size_t i = 0; i < count; i++) {
        unsigned distance = unlikeness(given, candidates[i]);
        if (distance < least) {
            least = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

const char *nearest_choice(struct cors_bytes given, const struct choice *choices)
{
    const char *words[128];
    size_t count = 0;
    for (; choices->word != NULL && count < sizeof words / sizeof *words; choices++)
        words[count++] = choices->word;
    return nearest_word(given, words, count);
}

static void say(const struct command *command, const char *format, va_list arguments)
{
    fprintf(stderr, "corsim %s: ", command->name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

int command_error(const struct command *command, int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(command, format, arguments);
    va_end(arguments);
    return status;
}

int usage_error(const struct command *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(command, format, arguments);
    va_end(arguments);
    fprintf(stderr, "See: corsim %s --help\n", command->name);
    return EXIT_USAGE;
}

/* ---- Help --------------------------------------------------------------------------------- */

static void help_for_option(const struct output *output, const struct option *option)
{
    char flag[80];
    int length = option->letter == 0
                     ? snprintf(flag, sizeof flag, "      --%s", option->name)
                     : snprintf(flag, sizeof flag, "  -%c, --%s", option->letter, option->name);
    if (option->argument != NULL && length > 0 && (size_t)length < sizeof flag)
        snprintf(flag + length, sizeof flag - (size_t)length, " %s", option->argument);
    enum { HELP_COLUMN = 30 };
    output_styled(output, STYLE_NAME, "%-*s", HELP_COLUMN - 1, flag);
    if (strlen(flag) > HELP_COLUMN - 2)
        output_format(output, "\n%*s", HELP_COLUMN, "");
    else
        output_format(output, " ");
    output_paragraph(output, HELP_COLUMN, HELP_COLUMN, bytes_of(option->help));
}

static void help(const struct command *command, enum colour colour)
{
    struct output output = output_to(stdout, colour);
    output_styled(&output, STYLE_STRONG, "Usage:");
    output_format(&output, " corsim %s [OPTION...]%s%s\n\n", command->name,
                  command->operands == NULL ? "" : " ",
                  command->operands == NULL ? "" : command->operands);
    output_paragraph(&output, 0, 0, bytes_of(command->summary));
    output_format(&output, "\n");
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].help != NULL)
            help_for_option(&output, &command->options[i]);
    help_for_option(&output, &color_option);
    help_for_option(&output, &help_option);
    if (command->notes != NULL)
        output_format(&output, "\n%s\n", command->notes);
    output_styled(&output, STYLE_STRONG, "\nExample:");
    output_format(&output, "\n");
    for (const char *at = command->example; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        output_format(&output, "  %.*s\n", (int)length, at);
        at += length + (at[length] == '\n');
    }
}

/* ---- Parsing ------------------------------------------------------------------------------ */

/* What is known while a command line is read. */
struct parser {
    const struct command *command;
    struct command_line *line;
    int argc;
    char **argv;
    int next;
    bool help;
};

static const struct option *find_letter(const struct command *command, char letter)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].letter == letter)
            return &command->options[i];
    return letter == help_option.letter ? &help_option : NULL;
}

static const struct option *find_name(const struct command *command, struct cors_bytes name)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (bytes_are_string(name, command->options[i].name))
            return &command->options[i];
    if (bytes_are_string(name, color_option.name))
        return &color_option;
    return bytes_are_string(name, help_option.name) ? &help_option : NULL;
}

static bool fail(struct parser *parser)
{
    parser->line->status = EXIT_USAGE;
    return false;
}

static bool unknown_flag(struct parser *parser, const char *flag, struct cors_bytes name)
{
    const struct command *command = parser->command;
    const char **names = memory_allocate((command->option_count + 2) * sizeof *names);
    size_t count = 0;
    for (; count < command->option_count; count++)
        names[count] = command->options[count].name;
    names[count++] = color_option.name;
    names[count++] = help_option.name;
    const char *nearest = nearest_word(name, names, count);
    if (nearest != NULL)
        usage_error(command, "there is no flag %s; did you mean --%s?", escaped_string(flag),
                    nearest);
    else
        usage_error(command, "there is no flag %s", escaped_string(flag));
    free(names);
    return fail(parser);
}

static bool set_number(struct parser *parser, const struct option *option, const char *value)
{
    errno = 0;
    char *end = NULL;
    unsigned long number = *value >= '0' && *value <= '9' ? strtoul(value, &end, 10) : 0;
    if (end == NULL || *end != '\0' || errno != 0) {
        usage_error(parser->command, "--%s takes a whole number, not \"%s\"", option->name,
                    escaped_string(value));
        return fail(parser);
    }
    *(unsigned long *)option->target = number;
    return true;
}

static bool set_seconds(struct parser *parser, const struct option *option, const char *value)
{
    size_t digits = strspn(value, "0123456789");
    size_t fraction = value[digits] == '.' ? 1 + strspn(value + digits + 1, "0123456789") : 0;
    if (digits == 0 || digits > 9 || fraction == 1 || value[digits + fraction] != '\0') {
        usage_error(parser->command, "--%s takes seconds, like 10 or 2.5, not \"%s\"", option->name,
                    escaped_string(value));
        return fail(parser);
    }
    *(double *)option->target = strtod(value, NULL);
    return true;
}

static bool set_choice(struct parser *parser, const struct option *option, const char *value)
{
    const struct choice *choice = choice_find(option->choices, bytes_of(value));
    if (choice == NULL) {
        struct memory memory = {0};
        const char *nearest = nearest_choice(bytes_of(value), option->choices);
        usage_error(parser->command, "--%s takes %s, not \"%s\"%s%s%s", option->name,
                    choice_list(option->choices, &memory).at, escaped_string(value),
                    nearest == NULL ? "" : "; did you mean \"", nearest == NULL ? "" : nearest,
                    nearest == NULL ? "" : "\"?");
        memory_free(&memory);
        return fail(parser);
    }
    if (option == &color_option)
        parser->line->colour = (enum colour)choice->value;
    else
        *(int *)option->target = choice->value;
    return true;
}

static bool set_option(struct parser *parser, const struct option *option, const char *value)
{
    switch (option->kind) {
    case OPTION_TRUE:
        if (option == &help_option)
            parser->help = true;
        else
            *(bool *)option->target = true;
        return true;
    case OPTION_STRING:
        *(const char **)option->target = value;
        return true;
    case OPTION_STRINGS:
        string_list_append(option->target, value);
        return true;
    case OPTION_NUMBER:
        return set_number(parser, option, value);
    case OPTION_SECONDS:
        return set_seconds(parser, option, value);
    case OPTION_CHOICE:
        return set_choice(parser, option, value);
    }
    return fail(parser);
}

/* The value stands in the next argument. */
static bool take_value(struct parser *parser, const struct option *option)
{
    if (parser->next >= parser->argc) {
        usage_error(parser->command, "--%s needs a value: --%s %s", option->name, option->name,
                    option->argument);
        return fail(parser);
    }
    return set_option(parser, option, parser->argv[parser->next++]);
}

static bool parse_long(struct parser *parser, const char *argument)
{
    const char *equals = strchr(argument, '=');
    struct cors_bytes name = bytes_of(argument + 2);
    if (equals != NULL)
        name.len = (size_t)(equals - argument) - 2;
    const struct option *option = find_name(parser->command, name);
    if (option == NULL)
        return unknown_flag(parser, argument, name);
    if (option->kind == OPTION_TRUE) {
        if (equals == NULL)
            return set_option(parser, option, NULL);
        usage_error(parser->command, "--%s takes no value", option->name);
        return fail(parser);
    }
    return equals == NULL ? take_value(parser, option) : set_option(parser, option, equals + 1);
}

static bool parse_letters(struct parser *parser, const char *argument)
{
    for (const char *at = argument + 1; *at != '\0'; at++) {
        const struct option *option = find_letter(parser->command, *at);
        if (option == NULL)
            return unknown_flag(parser, argument, bytes_of(argument + 1));
        if (option->kind != OPTION_TRUE)
            return at[1] == '\0' ? take_value(parser, option) : set_option(parser, option, at + 1);
        set_option(parser, option, NULL);
    }
    return true;
}

static bool parse_arguments(struct parser *parser)
{
    bool only_operands = false;
    while (parser->next < parser->argc) {
        const char *argument = parser->argv[parser->next++];
        bool right = true;
        if (only_operands || argument[0] != '-' || argument[1] == '\0')
            parser->line->operands[parser->line->operand_count++] = argument;
        else if (strcmp(argument, "--") == 0)
            only_operands = true;
        else if (argument[1] == '-')
            right = parse_long(parser, argument);
        else
            right = parse_letters(parser, argument);
        if (!right)
            return false;
    }
    return true;
}

static bool count_operands(struct parser *parser)
{
    const struct command *command = parser->command;
    const struct command_line *line = parser->line;
    if (line->operand_count < command->least)
        usage_error(command, "%s is missing",
                    command->operands == NULL ? "an operand" : command->operands);
    else if (line->operand_count > command->most)
        usage_error(command, "there is no use for \"%s\"",
                    escaped_string(line->operands[command->most]));
    else
        return true;
    return fail(parser);
}

/* After --help and usage errors the command has no more use for anything. */
static void free_all(struct parser *parser)
{
    for (size_t i = 0; i < parser->command->option_count; i++)
        if (parser->command->options[i].kind == OPTION_STRINGS)
            string_list_free(parser->command->options[i].target);
    command_line_free(parser->line);
}

bool command_parse(const struct command *command, int argc, char **argv, struct command_line *line)
{
    *line = (struct command_line){.operands =
                                      memory_allocate((size_t)(argc + 1) * sizeof *line->operands)};
    struct parser parser = {
        .command = command, .line = line, .argc = argc, .argv = argv, .next = 1};
    bool right = parse_arguments(&parser);
    if (right && parser.help) {
        help(command, line->colour);
        right = false;
    } else if (right) {
        right = count_operands(&parser);
    }
    if (!right)
        free_all(&parser);
    return right;
}

void command_line_free(struct command_line *line)
{
    free(line->operands);
    line->operands = NULL;
    line->operand_count = 0;
}
