/* `corsim prove`: whether a browser can send an origin that a pattern accepts and its owner did not
 * mean; the prover is prove/corsim_prove.h. Invariants: nothing is asked of a network; what is not
 * proven does not end with status 0. */
#include "commands.h"
#include "intent_options.h"
#include "preset.h"
#include "prove_files.h"

#include <stdlib.h>
#include <string.h>

enum prove_format { PROVE_TEXT, PROVE_JSON, PROVE_SARIF, PROVE_JUNIT };
static const struct choice format_words[] = {{"text", PROVE_TEXT},
                                             {"json", PROVE_JSON},
                                             {"sarif", PROVE_SARIF},
                                             {"junit", PROVE_JUNIT},
                                             {NULL, 0}};

enum {
    MATCH_UNSAID = -1,
};

struct prove_command {
    const struct command *command;
    const char *dialect, *preset, *flags, *budget, *old, *kind;
    int match, engine, format;
    bool credentials, verbose;
    struct intent_options intend;
    struct string_list config;
    struct intent intent;
    struct prove_settings settings;
    struct memory memory;
};

/* What is proven, as it is given to the prover. */
struct given {
    const struct preset_row *preset;         /* NULL: a dialect is given */
    const struct pattern_language *language; /* NULL: a preset whose strings are no literals */
    struct written_pattern *patterns, *old;
    size_t count;
    struct pattern_flags flags;
    struct prove_check check, old_check;
    struct real_engine engine;
};

/* ---- Reading what was given ---------------------------------------------------------------- */

static int read_intent(struct prove_command *prove)
{
    const int status =
        intent_options_read(prove->command, &prove->intend, &prove->intent, &prove->memory);
    if (status == EXIT_HOLDS && prove->intent.count == 0 && prove->old == NULL)
        return usage_error(prove->command, "say what is meant to be let in, with --intend or "
                                           "--intend-file, or with what to compare, with --old");
    return status;
}

/* "5" or "0.5s". */
static int read_budget(struct prove_command *prove)
{
    enum { LONGEST = 86400 };
    if (prove->budget == NULL)
        return EXIT_HOLDS;
    char *end;
    const double seconds = strtod(prove->budget, &end);
    const bool right = prove->budget[0] >= '0' && prove->budget[0] <= '9' && seconds > 0 &&
                       seconds <= LONGEST && (*end == '\0' || strcmp(end, "s") == 0);
    if (!right)
        return usage_error(prove->command, "--budget %s: expected seconds, as in 5s",
                           escaped_string(prove->budget));
    prove->settings.seconds = seconds;
    return EXIT_HOLDS;
}

static int refuse_preset(const struct prove_command *prove)
{
    const char **names = memory_allocate(preset_row_count * sizeof *names);
    size_t count = 0;
    for (const struct preset_row *row = preset_next(NULL); row != NULL; row = preset_next(row))
        names[count++] = row->preset;
    const char *nearest = nearest_word(bytes_of(prove->preset), names, count);
    free(names);
    return usage_error(prove->command, "there is no preset %s%s%s; `corsim table presets` has them",
                       escaped_string(prove->preset), nearest == NULL ? "" : "; did you mean ",
                       nearest == NULL ? "" : nearest);
}

/* A preset whose setting is a pattern of the language itself, which may be a literal. */
static const struct pattern_language *language_of(const struct preset_row *row)
{
    if (row->steps[0] != PRESET_STEP_NONE)
        return NULL;
    return row->dialect == PRESET_DIALECT_JAVASCRIPT ? pattern_language("js")
           : row->dialect == PRESET_DIALECT_RUBY     ? pattern_language("ruby")
                                                     : NULL;
}

static int read_preset(struct prove_command *prove, struct given *given)
{
    if (prove->dialect != NULL || prove->match != MATCH_UNSAID)
        return usage_error(prove->command, "--preset says what --dialect and --match would");
    given->preset = preset_find(prove->preset);
    if (given->preset == NULL)
        return refuse_preset(prove);
    given->language = language_of(given->preset);
    return EXIT_HOLDS;
}

static int read_language(struct prove_command *prove, struct given *given)
{
    if (prove->preset != NULL)
        return read_preset(prove, given);
    if (prove->credentials)
        return usage_error(prove->command, "--credentials goes with --preset");
    if (prove->dialect == NULL)
        return usage_error(prove->command,
                           "say what the pattern is of: with --preset a system, or "
                           "with --dialect a language: %s",
                           pattern_languages(&prove->memory).at);
    given->language = pattern_language(prove->dialect);
    if (given->language == NULL)
        return usage_error(prove->command, "--dialect %s: expected %s",
                           escaped_string(prove->dialect), pattern_languages(&prove->memory).at);
    return EXIT_HOLDS;
}

/* A pattern or literal; its letters must be those of the first, as one check has one set. */
static int read_pattern(struct prove_command *prove, const struct given *given, const char *text,
                        struct written_pattern *written)
{
    struct complaint complaint;
    if (given->language == NULL) {
        *written = (struct written_pattern){.text = bytes_of(text), .pattern = bytes_of(text)};
        return EXIT_HOLDS;
    }
    if (!pattern_read(given->language, text, written, &prove->memory, &complaint))
        return command_error(prove->command, EXIT_USAGE, "%s: %s", escaped_string(text),
                             complaint.text);
    if (strcmp(written->letters, given->patterns[0].letters) != 0)
        return command_error(prove->command, EXIT_USAGE,
                             "%s has other flags than the first pattern: prove it by itself",
                             escaped_string(text));
    return EXIT_HOLDS;
}

static int read_patterns(struct prove_command *prove, const struct command_line *line,
                         struct given *given)
{
    given->count = line->operand_count;
    given->patterns = memory_take(&prove->memory, (given->count + 1) * sizeof *given->patterns);
    given->old = prove->old == NULL ? NULL : &given->patterns[given->count];
    for (size_t i = 0; i < given->count; i++)
        if (read_pattern(prove, given, line->operands[i], &given->patterns[i]) != EXIT_HOLDS)
            return EXIT_USAGE;
    if (given->old != NULL)
        return read_pattern(prove, given, prove->old, given->old);
    return EXIT_HOLDS;
}

/* --flags, and the letters of literals. */
static int read_flags(struct prove_command *prove, struct given *given)
{
    const char *flags = prove->flags == NULL ? "" : prove->flags;
    const struct cors_bytes letters =
        memory_format(&prove->memory, "%s%s", flags, given->patterns[0].letters);
    struct complaint complaint;
    given->flags = (struct pattern_flags){.flags = flags};
    if (given->language == NULL)
        return EXIT_HOLDS;
    for (size_t i = 0; i < given->count + (given->old != NULL); i++)
        if (!pattern_flags(given->language, letters.at, given->patterns[i].pattern, &given->flags,
                           &prove->memory, &complaint))
            return command_error(prove->command, EXIT_USAGE, "%s", complaint.text);
    if (given->preset != NULL)
        given->flags = (struct pattern_flags){.flags = letters.at};
    return EXIT_HOLDS;
}

/* ---- The question -------------------------------------------------------------------------- */

static struct prove_check check_of(struct prove_command *prove, const struct given *given,
                                   const struct written_pattern *patterns, size_t count)
{
    struct cors_bytes *texts = memory_take(&prove->memory, (count + 1) * sizeof *texts);
    int match = prove->match == MATCH_UNSAID ? REGEX_SEARCH : prove->match;
    if (given->flags.at_start && match == REGEX_SEARCH)
        match = REGEX_PREFIX;
    for (size_t i = 0; i < count; i++)
        texts[i] = patterns[i].pattern;
    if (given->preset != NULL)
        return (struct prove_check){.preset = prove->preset,
                                    .flags = given->flags.flags,
                                    .patterns = texts,
                                    .pattern_count = count,
                                    .credentials = prove->credentials};
    return (struct prove_check){.dialect = given->flags.dialect,
                                .match = choice_word(match_words, match),
                                .flags = given->flags.flags,
                                .patterns = texts,
                                .pattern_count = count};
}

/* ---- The answer ---------------------------------------------------------------------------- */

static void print(const struct prove_command *prove, const struct prove_reports *reports,
                  enum colour colour)
{
    const struct output output = output_to(stdout, colour);
    if (prove->format == PROVE_TEXT) {
        prove_text(&output, reports, prove->verbose);
        return;
    }
    if (prove->format == PROVE_JUNIT) {
        prove_junit(&output, reports);
        return;
    }
    json_t *value = prove->format == PROVE_JSON ? prove_json(reports) : prove_sarif(reports);
    json_print(stdout, value, 2);
    json_decref(value);
}

static int status_of(enum prove_verdict verdict)
{
    switch (verdict) {
    case PROVE_PROVEN:
        return EXIT_HOLDS;
    case PROVE_BYPASS:
        return EXIT_DOES_NOT;
    case PROVE_MALFORMED:
        return EXIT_USAGE;
    default:
        return EXIT_UNDECIDED;
    }
}

/* The command line's pattern is none: an error, at its column. */
static int refuse_pattern(const struct prove_command *prove, const struct prove_report *report,
                          enum colour colour)
{
    const struct prove_answer *answer = &report->answer;
    const struct output output = output_to(stderr, colour);
    command_error(prove->command, EXIT_USAGE, "%s", report_reason(report));
    if (answer->in_old && report->old != NULL)
        report_put_marked(&output, report->old, answer->column, 2);
    else if (answer->pattern < report->pattern_count)
        report_put_marked(&output, &report->patterns[answer->pattern], answer->column, 2);
    return EXIT_USAGE;
}

static int prove_given(struct prove_command *prove, struct given *given, enum colour colour)
{
    struct prove_report report = {.system = given->preset == NULL ? prove->dialect : prove->preset,
                                  .patterns = given->patterns,
                                  .pattern_count = given->count,
                                  .old = given->old};
    const struct prove_reports reports = {.at = &report, .count = 1};
    given->check = check_of(prove, given, given->patterns, given->count);
    if (given->old != NULL)
        given->old_check = check_of(prove, given, given->old, 1);
    const bool has_engine = real_engine_of(&given->check, &given->engine, &prove->memory);
    prove_ask(&prove->settings, &given->check, given->old == NULL ? NULL : &given->old_check,
              has_engine ? &given->engine : NULL, &report);
    real_engine_close(&given->engine);
    if (report.answer.verdict == PROVE_MALFORMED)
        return refuse_pattern(prove, &report, colour);
    print(prove, &reports, colour);
    if (report.uncertified != NULL)
        return command_error(prove->command, EXIT_USAGE, "there is no certificate: %s",
                             report.uncertified);
    return status_of(reports_verdict(&reports));
}

static int prove_patterns(struct prove_command *prove, const struct command_line *line)
{
    struct given given = {0};
    int status = read_language(prove, &given);
    if (status == EXIT_HOLDS && prove->old != NULL && prove->settings.then_fuzz)
        status = usage_error(prove->command, "a hunt compares nothing: --then-fuzz does not go "
                                             "with --old");
    if (status == EXIT_HOLDS && line->operand_count == 0)
        status = usage_error(prove->command, "give a pattern, or files with --config");
    if (status == EXIT_HOLDS)
        status = read_patterns(prove, line, &given);
    if (status == EXIT_HOLDS)
        status = read_flags(prove, &given);
    return status == EXIT_HOLDS ? prove_given(prove, &given, line->colour) : status;
}

static int read_kind(const struct prove_command *prove, enum config_kind *kind)
{
    *kind = CONFIG_UNKNOWN;
    if (prove->kind == NULL)
        return EXIT_HOLDS;
    for (int i = CONFIG_UNKNOWN + 1; i < CONFIG_KINDS; i++)
        if (strcmp(config_kind_words[i], prove->kind) == 0)
            *kind = (enum config_kind)i;
    if (*kind != CONFIG_UNKNOWN)
        return EXIT_HOLDS;
    const char *nearest =
        nearest_word(bytes_of(prove->kind), config_kind_words + 1, CONFIG_KINDS - 1);
    return usage_error(prove->command, "--config-kind %s: there is no such kind%s%s",
                       escaped_string(prove->kind), nearest == NULL ? "" : "; did you mean ",
                       nearest == NULL ? "" : nearest);
}

static int prove_config(struct prove_command *prove, const struct command_line *line)
{
    struct prove_reports reports = {0};
    struct complaint complaint;
    enum config_kind kind;
    if (prove->dialect != NULL || prove->preset != NULL || prove->old != NULL ||
        prove->flags != NULL || prove->match != MATCH_UNSAID ||
        prove->settings.certificate != NULL || prove->credentials)
        return usage_error(prove->command, "--config finds checks, and what they are, by itself: "
                                           "--dialect, --preset, --match, --flags, --credentials, "
                                           "--old and --certificate go with a pattern");
    int status = read_kind(prove, &kind);
    if (status != EXIT_HOLDS)
        return status;
    for (size_t i = 0; i < line->operand_count; i++)
        string_list_append(&prove->config, line->operands[i]);
    if (prove_files(&prove->settings, prove->config.at, prove->config.count, kind, &reports,
                    &complaint)) {
        print(prove, &reports, line->colour);
        status = status_of(reports_verdict(&reports));
    } else {
        status = command_error(prove->command, EXIT_USAGE, "%s", complaint.text);
    }
    free(reports.at);
    return status;
}

static int prove_with(struct prove_command *prove, const struct command_line *line)
{
    int status = read_intent(prove);
    if (status == EXIT_HOLDS)
        status = read_budget(prove);
    if (status != EXIT_HOLDS)
        return status;
    struct public_suffixes *suffixes = public_suffixes_open();
    prove->settings.profile = (enum profile)prove->engine;
    prove->settings.intent = &prove->intent;
    prove->settings.suffixes = suffixes;
    prove->settings.memory = &prove->memory;
    status = prove->config.count > 0 ? prove_config(prove, line) : prove_patterns(prove, line);
    public_suffixes_close(suffixes);
    return status;
}

/* ---- The command --------------------------------------------------------------------------- */

int command_prove(int argc, char **argv)
{
    struct prove_command prove = {.engine = PROFILE_BROWSER, .match = MATCH_UNSAID};
    const struct option options[] = {
        {"dialect", 0, "NAME",
         "of the pattern: js, javascript-u, javascript-v, pcre2, php, python, ruby, go, re2, java, "
         "posix-ere, perl",
         OPTION_STRING, &prove.dialect, NULL},
        {"preset", 0, "NAME",
         "the system that is configured with the pattern, instead of a dialect: "
         "`corsim table presets`",
         OPTION_STRING, &prove.preset, NULL},
        {"match", 0, "search|prefix|full", "how the pattern is applied (default search)",
         OPTION_CHOICE, &prove.match, match_words},
        {"flags", 0, "LETTERS", "of the pattern, as its language has them: i, m, s, x, g, y, u, v",
         OPTION_STRING, &prove.flags, NULL},
        {"intend", 0, "ORIGIN",
         "meant to be let in; may be repeated: https://example.com, "
         "https://*.example.com, *://example.com, https://example.com:*, null",
         OPTION_STRINGS, &prove.intend.entries, NULL},
        {"intend-file", 0, "FILE", "the same, one a line", OPTION_STRING, &prove.intend.file, NULL},
        {"old", 0, "PATTERN", "compare: only what this one did not accept is a bypass",
         OPTION_STRING, &prove.old, NULL},
        {"credentials", 0, NULL, "with --preset: credentials are allowed there, too", OPTION_TRUE,
         &prove.credentials, NULL},
        {"config", 0, "FILE",
         "find the checks in configuration or source files, and prove each; operands are more "
         "files",
         OPTION_STRINGS, &prove.config, NULL},
        {"config-kind", 0, "KIND",
         "of the files, where their names do not say it: nginx, apache, haproxy, caddy, yaml, "
         "json, xml, toml, properties, terraform, javascript, python, php, ruby, go, java",
         OPTION_STRING, &prove.kind, NULL},
        {"allows", 0, NULL, "list in globs what is let in", OPTION_TRUE, &prove.settings.allows,
         NULL},
        {"certificate", 0, "FILE",
         "where a proof or bypass is kept for `corsim verify-certificate`", OPTION_STRING,
         &prove.settings.certificate, NULL},
        {"engine", 0, "all|spec|chromium|firefox|webkit", "who must be able to send a witness",
         OPTION_CHOICE, &prove.engine, profile_words},
        {"then-fuzz", 0, NULL, "hunt, where nothing could be decided", OPTION_TRUE,
         &prove.settings.then_fuzz, NULL},
        {"budget", 0, "Ns", "seconds for the proof (1s), and for the hunt", OPTION_STRING,
         &prove.budget, NULL},
        {"verbose", 'v', NULL, "every witness, with its place in the pattern", OPTION_TRUE,
         &prove.verbose, NULL},
        {"format", 0, "text|json|sarif|junit", "how to print", OPTION_CHOICE, &prove.format,
         format_words},
    };
    const struct command command = {
        .name = "prove",
        .operands = "PATTERN...|--config FILE...",
        .summary = "Says whether a browser can send an origin that a pattern accepts and that you "
                   "do not mean: the shortest, or a proof that there is none. Of several patterns "
                   "one is enough to be let in.",
        .example = "corsim prove '/example\\.com$/' --dialect js --intend https://example.com\n"
                   "corsim prove '^https://([a-z]+\\.)?example\\.com$' --dialect pcre2 --intend "
                   "'https://*.example.com' --intend https://example.com\n"
                   "corsim prove --config nginx.conf --intend https://example.com --format sarif",
        .notes = "Patterns of js, ruby, php and perl may be literals, as /.../i.\n"
                 "Exit status: 0 proven, 1 there is a bypass, 2 wrong flags or a pattern that is "
                 "none, 4 undecided.",
        .most = UINT_MAX,
        .options = options,
        .option_count = sizeof options / sizeof *options};
    struct command_line line;
    prove.command = &command;
    int status = EXIT_USAGE;
    if (!command_parse(&command, argc, argv, &line))
        status = line.status;
    else
        status = prove_with(&prove, &line);
    command_line_free(&line);
    string_list_free(&prove.intend.entries);
    string_list_free(&prove.config);
    intent_free(&prove.intent);
    memory_free(&prove.memory);
    return status;
}
