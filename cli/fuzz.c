/* `corsim fuzz`: hunts for origins that a validator lets in and its owner does not mean. The hunt
 * is fuzz/hunt.h, the validators are fuzz/validator.h. Invariants: exactly one validator is asked;
 * what is meant is read before anything is asked; nothing is sent to an address that is not
 * loopback unless --i-am-authorised is given. */
#include "commands.h"
#include "hunt_report.h"
#include "intent_options.h"
#include "validator.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum fuzz_format { FUZZ_TEXT, FUZZ_JSON, FUZZ_SARIF };
static const struct choice format_words[] = {
    {"text", FUZZ_TEXT}, {"json", FUZZ_JSON}, {"sarif", FUZZ_SARIF}, {NULL, 0}};
enum echo { ECHO_ORIGIN, ECHO_MATCHED };
static const struct choice echo_words[] = {
    {"origin", ECHO_ORIGIN}, {"matched", ECHO_MATCHED}, {NULL, 0}};

#define DIGITS "0123456789"

enum {
    MOST_DIGITS = 15,
    TEXT_LIMIT = 8 << 20, /* of a validator's own text */
    WORDS_MOST = 400,
    /* Questions, where no budget is given. */
    BUDGET_PCRE2 = 2000000,
    BUDGET_FUNCTION = 1000000,
    BUDGET_PROGRAM = 100000,
    BUDGET_SERVER = 1500,
    BUDGET_SECONDS = 600, /* too, but for servers, which have a rate */
};

struct fuzz {
    const struct command *command;
    const char *function, *regex, *exec, *url; /* one of them is given */
    const char *dialect, *flags, *budget, *folder;
    int match, echo, engine, format;
    double rate, timeout; /* 0: not given */
    const char *rate_given, *timeout_given, *cacert;
    bool authorised, simple_only, insecure, learn, no_save;
    unsigned long seed;
    struct intent_options intend;
    struct string_list ask, headers, word_files;
    struct intent intent;
    struct origins words, asked;
    uint64_t executions;
    double seconds;
    struct memory memory;
};

/* ---- Reading what was given ---------------------------------------------------------------- */

static int read_intent(struct fuzz *fuzz)
{
    const int status =
        intent_options_read(fuzz->command, &fuzz->intend, &fuzz->intent, &fuzz->memory);
    if (status == EXIT_HOLDS && fuzz->intent.count == 0)
        return usage_error(fuzz->command, "say what the validator is meant to let in, with "
                                          "--intend or --intend-file");
    return status;
}

static const char *dialect_of(const struct fuzz *fuzz)
{
    return fuzz->dialect == NULL ? "pcre2" : fuzz->dialect;
}

static uint64_t default_budget(const struct fuzz *fuzz)
{
    if (fuzz->regex == NULL)
        return fuzz->function != NULL ? BUDGET_FUNCTION
               : fuzz->exec != NULL   ? BUDGET_PROGRAM
                                      : BUDGET_SERVER;
    return strcmp(dialect_of(fuzz), "pcre2") == 0       ? BUDGET_PCRE2
           : strcmp(dialect_of(fuzz), "posix-ere") == 0 ? BUDGET_FUNCTION
                                                        : BUDGET_PROGRAM;
}

/* Digits, with `fraction` perhaps a dot and more of them; what follows is at `end`. 0: it is none,
 * or is 0. */
static double read_number(const char *text, bool fraction, const char **end)
{
    const size_t whole = strspn(text, DIGITS);
    const size_t rest = fraction && text[whole] == '.' ? 1 + strspn(text + whole + 1, DIGITS) : 0;
    *end = text + whole + rest;
    return whole == 0 || whole > MOST_DIGITS || rest == 1 ? 0 : strtod(text, NULL);
}

/* "5000" or "30s". */
static int read_budget(struct fuzz *fuzz)
{
    const char *end;
    fuzz->executions = default_budget(fuzz);
    fuzz->seconds = fuzz->url == NULL ? BUDGET_SECONDS : 0;
    if (fuzz->budget == NULL)
        return EXIT_HOLDS;
    const bool is_time = fuzz->budget[strspn(fuzz->budget, DIGITS ".")] == 's';
    const double number = read_number(fuzz->budget, is_time, &end);
    if (number <= 0 || strcmp(end, is_time ? "s" : "") != 0)
        return usage_error(fuzz->command,
                           "--budget %s: expected a number of questions, as in 5000, or of "
                           "seconds, as in 30s",
                           escaped_string(fuzz->budget));
    fuzz->executions = is_time ? 0 : (uint64_t)number;
    fuzz->seconds = is_time ? number : 0;
    return EXIT_HOLDS;
}

/* More than 0, where it was given. */
static int read_positive(const struct fuzz *fuzz, const char *flag, const char *given,
                         double *number)
{
    const char *end = "";
    if (given == NULL)
        return EXIT_HOLDS;
    *number = read_number(given, true, &end);
    if (*number > 0 && *end == '\0')
        return EXIT_HOLDS;
    return usage_error(fuzz->command, "--%s %s: expected a number above 0, as in 10 or 2.5", flag,
                       escaped_string(given));
}

static int read_numbers(struct fuzz *fuzz)
{
    const int status = read_positive(fuzz, "rate", fuzz->rate_given, &fuzz->rate);
    return status == EXIT_HOLDS
               ? read_positive(fuzz, "timeout", fuzz->timeout_given, &fuzz->timeout)
               : status;
}

static int read_asked(struct fuzz *fuzz)
{
    for (size_t i = 0; i < fuzz->ask.count; i++) {
        const struct cors_bytes origin = bytes_of(fuzz->ask.at[i]);
        if (origin.len > LONGEST_ORIGIN || !origin_sendable(origin, (enum profile)fuzz->engine))
            return usage_error(fuzz->command, "--ask %s: no browser sends that as an Origin",
                               escaped_string(fuzz->ask.at[i]));
        if (intent_holds(&fuzz->intent, origin))
            return usage_error(fuzz->command, "--ask %s: that is meant to be let in",
                               escaped_string(fuzz->ask.at[i]));
        origins_add(&fuzz->asked, origin);
    }
    return EXIT_HOLDS;
}

static bool is_header_of_ours(const char *line)
{
    const size_t name = strcspn(line, ":");
    return name > 0 && line[name] == ':' && line[strcspn(line, "\r\n")] == '\0' &&
           !(name == 6 && strncasecmp(line, "Origin", name) == 0);
}

static int check_flags(struct fuzz *fuzz)
{
    const int given = (fuzz->function != NULL) + (fuzz->regex != NULL) + (fuzz->exec != NULL) +
                      (fuzz->url != NULL);
    if (given != 1)
        return usage_error(fuzz->command, "give one validator: --function, --regex, --exec or "
                                          "--url");
    if (fuzz->regex == NULL && (fuzz->dialect != NULL || fuzz->flags != NULL ||
                                fuzz->match != REGEX_SEARCH || fuzz->echo != ECHO_ORIGIN))
        return usage_error(fuzz->command, "--dialect, --match, --flags and --echo go with --regex");
    if (fuzz->url == NULL && (fuzz->rate_given != NULL || fuzz->authorised || fuzz->simple_only))
        return usage_error(fuzz->command, "--rate, --i-am-authorised and --simple-only go with "
                                          "--url");
    if (fuzz->url == NULL && (fuzz->headers.count > 0 || fuzz->insecure || fuzz->cacert != NULL))
        return usage_error(fuzz->command, "--header, --insecure and --cacert go with --url");
    for (size_t i = 0; i < fuzz->headers.count; i++)
        if (!is_header_of_ours(fuzz->headers.at[i]))
            return usage_error(fuzz->command,
                               "--header %s: expected NAME: VALUE, and not Origin, which is what "
                               "is asked about",
                               escaped_string(fuzz->headers.at[i]));
    if (fuzz->timeout_given != NULL && fuzz->url == NULL && fuzz->exec == NULL)
        return usage_error(fuzz->command, "--timeout goes with --exec and --url");
    return EXIT_HOLDS;
}

/* ---- The validator ------------------------------------------------------------------------- */

static struct validator *open_validator(const struct fuzz *fuzz, char *error, size_t size)
{
    if (fuzz->regex != NULL) {
        const struct regex_options options = {.match = (enum regex_match)fuzz->match,
                                              .flags = fuzz->flags,
                                              .echo_matched = fuzz->echo == ECHO_MATCHED};
        return validator_open_regex(dialect_of(fuzz), fuzz->regex, &options, error, size);
    }
    if (fuzz->function != NULL)
        return validator_open_function(fuzz->function, error, size);
    if (fuzz->exec != NULL) {
        const struct exec_options options = {.seconds = fuzz->timeout};
        return validator_open_exec(fuzz->exec, &options, error, size);
    }
    const struct url_options options = {.per_second = fuzz->rate,
                                        .seconds = fuzz->timeout,
                                        .authorised = fuzz->authorised,
                                        .preflight = !fuzz->simple_only,
                                        .headers = fuzz->headers.at,
                                        .header_count = fuzz->headers.count,
                                        .insecure = fuzz->insecure,
                                        .cacert = fuzz->cacert};
    return validator_open_url(fuzz->url, &options, error, size);
}

static bool read_words_of_file(struct fuzz *fuzz, const char *path, struct complaint *complaint)
{
    struct cors_bytes text;
    if (!read_whole_file(path, TEXT_LIMIT, &text, &fuzz->memory, complaint))
        return false;
    origin_words(text, WORDS_MOST, &fuzz->words);
    return true;
}

static int read_word_files(struct fuzz *fuzz)
{
    struct complaint complaint = {0};
    for (size_t i = 0; i < fuzz->word_files.count; i++)
        if (!read_words_of_file(fuzz, fuzz->word_files.at[i], &complaint))
            return command_error(fuzz->command, EXIT_USAGE, "%s %s",
                                 escaped_string(fuzz->word_files.at[i]), complaint.text);
    return EXIT_HOLDS;
}

/* The files that a command line names, such as the script that an interpreter runs. */
static void read_words_of_command(struct fuzz *fuzz)
{
    char *copy = memory_allocate(strlen(fuzz->exec) + 1), *state = NULL;
    struct complaint unread;
    memcpy(copy, fuzz->exec, strlen(fuzz->exec) + 1);
    for (char *word = strtok_r(copy, " \t'\"", &state); word != NULL;
         word = strtok_r(NULL, " \t'\"", &state))
        if (strchr(word, '.') != NULL && access(word, R_OK) == 0)
            read_words_of_file(fuzz, word, &unread);
    free(copy);
    origin_words(bytes_of(fuzz->exec), WORDS_MOST, &fuzz->words);
}

/* What stands in the validator's own text may be what it looks for. */
static void read_words(struct fuzz *fuzz)
{
    if (fuzz->regex != NULL)
        origin_words(bytes_of(fuzz->regex), WORDS_MOST, &fuzz->words);
    if (fuzz->exec != NULL)
        read_words_of_command(fuzz);
    if (fuzz->function != NULL) {
        const size_t len = strcspn(fuzz->function, ":");
        struct complaint unread;
        read_words_of_file(fuzz, memory_format(&fuzz->memory, "%.*s", (int)len, fuzz->function).at,
                           &unread);
    }
}

/* ---- Hunting ------------------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

/* Once: who is in a hurry does it again. */
static void interrupt(int signal_number)
{
    interrupted = signal_number;
}

static void heed_interrupts(void)
{
    const struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;
    if (sigaction(SIGINT, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGINT, &action, NULL);
}

/* What was asked counts. */
static void take_interrupt(struct hunt_result *result)
{
    if (interrupted == 0 || result->gave_up)
        return;
    result->gave_up = true;
    snprintf(result->error, sizeof result->error, "interrupted");
}

static const char *describe(struct fuzz *fuzz)
{
    if (fuzz->regex != NULL)
        return memory_format(&fuzz->memory, "the %s pattern %s", dialect_of(fuzz), fuzz->regex).at;
    if (fuzz->function != NULL)
        return memory_format(&fuzz->memory, "the function %s", fuzz->function).at;
    return fuzz->exec != NULL ? memory_format(&fuzz->memory, "the program %s", fuzz->exec).at
                              : memory_format(&fuzz->memory, "the server %s", fuzz->url).at;
}

/* The flags with which a reproducer asks the same validator: everything but what was hunted how. */
static void collect_arguments(struct fuzz *fuzz, struct string_list *arguments)
{
    const char *const pairs[][2] = {
        {"--function", fuzz->function},
        {"--regex", fuzz->regex},
        {"--exec", fuzz->exec},
        {"--url", fuzz->url},
        {"--dialect", fuzz->dialect},
        {"--flags", fuzz->flags},
        {"--match", fuzz->match == REGEX_SEARCH ? NULL : choice_word(match_words, fuzz->match)},
        {"--echo", fuzz->echo == ECHO_ORIGIN ? NULL : "matched"},
        {"--engine", choice_word(profile_words, fuzz->engine)},
        {"--rate", fuzz->rate_given},
        {"--timeout", fuzz->timeout_given},
        {"--cacert", fuzz->cacert},
        {"--intend-file", fuzz->intend.file}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][1] != NULL) {
            string_list_append(arguments, pairs[i][0]);
            string_list_append(arguments, pairs[i][1]);
        }
    for (size_t i = 0; i < fuzz->intend.entries.count; i++) {
        string_list_append(arguments, "--intend");
        string_list_append(arguments, fuzz->intend.entries.at[i]);
    }
    for (size_t i = 0; i < fuzz->headers.count; i++) {
        string_list_append(arguments, "--header");
        string_list_append(arguments, fuzz->headers.at[i]);
    }
    if (fuzz->authorised)
        string_list_append(arguments, "--i-am-authorised");
    if (fuzz->simple_only)
        string_list_append(arguments, "--simple-only");
    if (fuzz->insecure)
        string_list_append(arguments, "--insecure");
}

static void print(const struct fuzz *fuzz, const struct hunt_report *report, enum colour colour)
{
    if (fuzz->format == FUZZ_TEXT) {
        const struct output output = output_to(stdout, colour);
        hunt_text(&output, report);
        return;
    }
    json_t *value = fuzz->format == FUZZ_JSON ? hunt_json(report) : hunt_sarif(report);
    json_print(stdout, value, 2);
    json_decref(value);
}

static int status_of(const struct hunt_report *report, const struct validator *validator)
{
    if (report->result->kinds > 0)
        return EXIT_DOES_NOT;
    if (hunt_undecided(report) == NULL)
        return EXIT_HOLDS;
    return validator->unreachable ? EXIT_UNREACHABLE : EXIT_UNDECIDED;
}

static void name_place(const struct fuzz *fuzz, struct hunt_report *report)
{
    const char *const places[][2] = {{fuzz->regex, "pattern"},
                                     {fuzz->function, "function"},
                                     {fuzz->exec, "program"},
                                     {fuzz->url, "resource"}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (places[i][0] != NULL) {
            report->place = places[i][0];
            report->place_is = places[i][1];
        }
}

static int report_hunt(struct fuzz *fuzz, const struct hunt_result *result,
                       const struct validator *validator, enum colour colour)
{
    struct string_list arguments = {0};
    struct complaint complaint = {0};
    collect_arguments(fuzz, &arguments);
    const bool saves = !fuzz->no_save && result->kinds > 0;
    struct hunt_report report = {.result = result,
                                 .seed = fuzz->seed,
                                 .validator = describe(fuzz),
                                 .remark = validator->remark,
                                 .is_pattern = fuzz->regex != NULL,
                                 .only_asked = fuzz->ask.count > 0,
                                 .folder = saves ? fuzz->folder : NULL,
                                 .arguments = arguments.at,
                                 .argument_count = arguments.count,
                                 .memory = &fuzz->memory};
    name_place(fuzz, &report);
    const int status = status_of(&report, validator);
    if (saves && !hunt_save(&report, &report.older_cases, &complaint)) {
        command_error(fuzz->command, status, "%s", complaint.text);
        report.folder = NULL;
    }
    print(fuzz, &report, colour);
    if (hunt_undecided(&report) != NULL)
        command_error(fuzz->command, status, "%s", hunt_undecided(&report));
    string_list_free(&arguments);
    return status;
}

static int run_hunt(struct fuzz *fuzz, enum colour colour)
{
    char error[512] = "";
    struct hunt_watcher watcher = hunt_watch(fuzz->ask.count > 0 ? NULL : "fuzz");
    struct validator *validator = open_validator(fuzz, error, sizeof error);
    if (validator == NULL)
        return command_error(fuzz->command, EXIT_USAGE, "%s",
                             error[0] == '\0' ? "out of memory" : error);
    read_words(fuzz);
    const struct hunt_options options = {.intent = &fuzz->intent,
                                         .profile = (enum profile)fuzz->engine,
                                         .seed = fuzz->seed,
                                         .executions = fuzz->executions,
                                         .seconds = fuzz->seconds,
                                         .learn = fuzz->learn || validator->counter_count == 0,
                                         .words = &fuzz->words,
                                         .ask = fuzz->ask.count > 0 ? &fuzz->asked : NULL,
                                         .progress = hunt_show_progress,
                                         .context = &watcher,
                                         .interrupted = &interrupted};
    struct hunt_result *result = memory_allocate(sizeof *result);
    int status;
    heed_interrupts();
    if (hunt(validator, &options, result)) {
        hunt_clear_progress(&watcher);
        take_interrupt(result);
        status = report_hunt(fuzz, result, validator, colour);
    } else {
        status = command_error(fuzz->command, EXIT_USAGE, "out of memory");
    }
    free(result);
    validator_close(validator);
    return status;
}

static int fuzz_with(struct fuzz *fuzz, enum colour colour)
{
    int status = check_flags(fuzz);
    if (status == EXIT_HOLDS)
        status = read_intent(fuzz);
    if (status == EXIT_HOLDS)
        status = read_numbers(fuzz);
    if (status == EXIT_HOLDS)
        status = read_budget(fuzz);
    if (status == EXIT_HOLDS)
        status = read_word_files(fuzz);
    if (status == EXIT_HOLDS)
        status = read_asked(fuzz);
    return status == EXIT_HOLDS ? run_hunt(fuzz, colour) : status;
}

int command_fuzz(int argc, char **argv)
{
    struct fuzz fuzz = {.engine = PROFILE_BROWSER, .seed = 1, .folder = "corsim-found"};
    const struct option options[] = {
        {"regex", 0, "PATTERN", "a regular expression", OPTION_STRING, &fuzz.regex, NULL},
        {"dialect", 0, "NAME",
         "of the pattern: pcre2 (default), posix-ere, javascript, python, "
         "ruby, go, php, perl, java",
         OPTION_STRING, &fuzz.dialect, NULL},
        {"match", 0, "search|prefix|full", "how the pattern is applied (default search)",
         OPTION_CHOICE, &fuzz.match, match_words},
        {"flags", 0, "LETTERS", "of the pattern: i, m, s, x", OPTION_STRING, &fuzz.flags, NULL},
        {"echo", 0, "origin|matched", "what is answered: the origin, or the part that matched",
         OPTION_CHOICE, &fuzz.echo, echo_words},
        {"function", 0, "LIB.so:SYMBOL", "int validate(const char *origin, size_t length)",
         OPTION_STRING, &fuzz.function, NULL},
        {"exec", 0, "COMMAND", "a program that answers lines: see fuzz/protocol.md", OPTION_STRING,
         &fuzz.exec, NULL},
        {"url", 0, "URL", "a live server, on loopback", OPTION_STRING, &fuzz.url, NULL},
        {"i-am-authorised", 0, NULL, "with --url: the server may be somewhere else", OPTION_TRUE,
         &fuzz.authorised, NULL},
        {"rate", 0, "N", "with --url: requests a second, at most (default 10)", OPTION_STRING,
         &fuzz.rate_given, NULL},
        {"simple-only", 0, NULL, "with --url: send no preflights, which witnesses get else",
         OPTION_TRUE, &fuzz.simple_only, NULL},
        {"header", 0, "NAME: VALUE", "with --url: sent too; may be repeated", OPTION_STRINGS,
         &fuzz.headers, NULL},
        {"cacert", 0, "FILE", "with --url: certificates to trust", OPTION_STRING, &fuzz.cacert,
         NULL},
        {"insecure", 0, NULL, "with --url: trust any certificate", OPTION_TRUE, &fuzz.insecure,
         NULL},
        {"timeout", 0, "SECONDS", "for a batch of a program (5), a response of a server (10)",
         OPTION_STRING, &fuzz.timeout_given, NULL},
        {"intend", 0, "ORIGIN",
         "meant to be let in; may be repeated: https://example.com, "
         "https://*.example.com, *://example.com, https://example.com:*, null",
         OPTION_STRINGS, &fuzz.intend.entries, NULL},
        {"intend-file", 0, "FILE", "the same, one a line", OPTION_STRING, &fuzz.intend.file, NULL},
        {"engine", 0, "all|spec|chromium|firefox|webkit", "who must be able to send a witness",
         OPTION_CHOICE, &fuzz.engine, profile_words},
        {"budget", 0, "N|Ns", "questions, or seconds", OPTION_STRING, &fuzz.budget, NULL},
        {"words", 0, "FILE", "whose words are tried, too, such as a module; may be repeated",
         OPTION_STRINGS, &fuzz.word_files, NULL},
        {"seed", 0, "N", "of the random part (default 1)", OPTION_NUMBER, &fuzz.seed, NULL},
        {"learn", 0, NULL, "learn what is accepted, as for all but PCRE2 patterns", OPTION_TRUE,
         &fuzz.learn, NULL},
        {"ask", 0, "ORIGIN", "ask only about this one; may be repeated", OPTION_STRINGS, &fuzz.ask,
         NULL},
        {"save", 0, "FOLDER",
         "where a case and a script for each witness go "
         "(default ./corsim-found)",
         OPTION_STRING, &fuzz.folder, NULL},
        {"no-save", 0, NULL, "nowhere", OPTION_TRUE, &fuzz.no_save, NULL},
        {"format", 0, "text|json|sarif", "how to print", OPTION_CHOICE, &fuzz.format, format_words},
    };
    const struct command command = {
        .name = "fuzz",
        .summary = "Looks for origins that a validator lets in, that a browser can send, and that "
                   "you do not mean.",
        .example = "corsim fuzz --regex 'example\\.com$' --intend https://example.com\n"
                   "corsim fuzz --exec 'node validator.mjs' --intend 'https://*.example.com' "
                   "--budget 30s\n"
                   "corsim fuzz --url http://127.0.0.1:8080/api --intend https://app.example.com",
        .notes = "Exit status: 0 nothing was found, 1 something was, 2 wrong flags, or what they "
                 "name is no validator, 3 the server "
                 "could not be reached, 4 nothing was found, but the validator could not go on, or "
                 "lets in nothing of what is meant, or the hunt was interrupted.",
        .options = options,
        .option_count = sizeof options / sizeof *options};
    struct command_line line;
    fuzz.command = &command;
    int status = EXIT_USAGE;
    if (!command_parse(&command, argc, argv, &line))
        status = line.status;
    else
        status = fuzz_with(&fuzz, line.colour);
    command_line_free(&line);
    string_list_free(&fuzz.intend.entries);
    string_list_free(&fuzz.ask);
    string_list_free(&fuzz.headers);
    string_list_free(&fuzz.word_files);
    intent_free(&fuzz.intent);
    origins_free(&fuzz.words);
    origins_free(&fuzz.asked);
    memory_free(&fuzz.memory);
    return status;
}
