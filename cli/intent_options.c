/* What --intend and --intend-file say, read into an intent (fuzz/intent.h). Invariant: a file is
 * read whole or not at all. */
#include "intent_options.h"

#include "commands.h"
#include "validator.h"

enum { INTENT_FILE_LIMIT = 4 << 20 }; /* bytes */

const struct choice profile_words[] = {{"all", PROFILE_BROWSER},       {"spec", PROFILE_URL},
                                       {"chromium", PROFILE_CHROMIUM}, {"firefox", PROFILE_FIREFOX},
                                       {"webkit", PROFILE_WEBKIT},     {NULL, 0}};
const struct choice match_words[] = {
    {"search", REGEX_SEARCH}, {"prefix", REGEX_PREFIX}, {"full", REGEX_FULL}, {NULL, 0}};

/* `file` or else `text` is where the error was found. */
static int refuse(const struct command *command, const char *file, const char *text,
                  const struct intent_error *error)
{
    if (error->column == 0)
        return command_error(command, EXIT_USAGE, "out of memory");
    if (error->line > 0)
        return command_error(command, EXIT_USAGE, "%s:%zu: column %zu: expected %s",
                             escaped_string(file), error->line, error->column, error->expected);
    return usage_error(command, "--intend %s: column %zu: expected %s", escaped_string(text),
                       error->column, error->expected);
}

int intent_options_read(const struct command *command, const struct intent_options *options,
                        struct intent *intent, struct memory *memory)
{
    struct intent_error error;
    for (size_t i = 0; i < options->entries.count; i++)
        if (!intent_add(intent, bytes_of(options->entries.at[i]), &error))
            return refuse(command, NULL, options->entries.at[i], &error);
    if (options->file == NULL)
        return EXIT_HOLDS;
    struct cors_bytes text;
    struct complaint complaint = {0};
    if (!read_whole_file(options->file, INTENT_FILE_LIMIT, &text, memory, &complaint))
        return command_error(command, EXIT_USAGE, "%s %s", escaped_string(options->file),
                             complaint.text);
    if (!intent_add_lines(intent, text, &error))
        return refuse(command, options->file, NULL, &error);
    return EXIT_HOLDS;
}
