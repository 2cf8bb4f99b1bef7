/* `corsim run`: plays cases and compares. No standard applies; TAP 13 and the JUnit XML that CI
 * systems read are formats of the output. Invariant: the output is the same whatever the number of
 * threads: cases are played in any order and printed in the order of their sorted paths. */
#include "against.h"
#include "case.h"
#include "commands.h"
#include "junit.h"
#include "report.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum run_format { RUN_TEXT, RUN_TAP, RUN_JUNIT, RUN_JSON };

static const struct choice format_words[] = {
    {"text", RUN_TEXT}, {"tap", RUN_TAP}, {"junit", RUN_JUNIT}, {"json", RUN_JSON}, {NULL, 0}};

/* The last two are of --against alone. */
enum case_status { CASE_PASSED, CASE_FAILED, CASE_MALFORMED, CASE_SKIPPED, CASE_UNREACHABLE };
static const char *const case_status_words[] = {[CASE_PASSED] = "passed",
                                                [CASE_FAILED] = "failed",
                                                [CASE_MALFORMED] = "malformed",
                                                [CASE_SKIPPED] = "skipped",
                                                [CASE_UNREACHABLE] = "unreachable"};
enum { CASE_STATUSES = sizeof case_status_words / sizeof *case_status_words };

/* One case and how it went. */
struct result {
    char *path;
    enum case_status status;
    unsigned line;              /* of the first thing that is wrong; 0: the file itself */
    struct cors_bytes messages; /* what differs, one line */
    struct memory memory;
};

struct results {
    struct result *at;
    size_t count;
    size_t capacity;
};

/* ---- Finding cases ------------------------------------------------------------------------ */

static void add_path(struct results *results, const char *path)
{
    results->at = memory_grow(results->at, results->count, &results->capacity, sizeof *results->at);
    char *copy = memory_allocate(strlen(path) + 1);
    memcpy(copy, path, strlen(path) + 1);
    results->at[results->count++] = (struct result){.path = copy};
}

static bool is_case_name(const char *name)
{
    size_t len = strlen(name);
    return len > 5 && strcmp(name + len - 5, ".case") == 0;
}

/* Every .case file below the folder; a folder reached again by a symbolic link is not entered, and
 * a pipe would be waited for without end. */
static bool add_folder(struct results *results, const char *path, struct complaint *complaint)
{
    DIR *folder = opendir(path);
    bool right = true;
    if (folder == NULL)
        return complain(complaint, "%s cannot be opened: %s", escaped_string(path),
                        strerror(errno));
    for (struct dirent *entry; right && (entry = readdir(folder)) != NULL;) {
        struct memory memory = {0};
        struct stat about;
        const char *between = path[strlen(path) - 1] == '/' ? "" : "/";
        const char *child = entry->d_name[0] == '.'
                                ? NULL
                                : memory_format(&memory, "%s%s%s", path, between, entry->d_name).at;
        if (child != NULL && lstat(child, &about) == 0) {
            if (S_ISDIR(about.st_mode))
                right = add_folder(results, child, complaint);
            else if (is_case_name(entry->d_name) && !S_ISFIFO(about.st_mode))
                add_path(results, child);
        }
        memory_free(&memory);
    }
    closedir(folder);
    return right;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct result *)a)->path, ((const struct result *)b)->path);
}

/* Folders are searched, files are taken whatever their name; no case is run twice. */
static bool find_cases(struct results *results, const struct command_line *line,
                       struct complaint *complaint)
{
    for (size_t i = 0; i < line->operand_count; i++) {
        const char *path = line->operands[i];
        const size_t before = results->count;
        struct stat about;
        if (strcmp(path, "-") != 0 && stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
            if (!add_folder(results, path, complaint))
                return false;
            if (results->count == before)
                return complain(complaint, "there is no .case file in %s", escaped_string(path));
        } else {
            add_path(results, path);
        }
    }
    if (results->count > 0)
        qsort(results->at, results->count, sizeof *results->at, by_path);
    size_t kept = 0;
    for (size_t i = 0; i < results->count; i++) {
        if (kept > 0 && strcmp(results->at[kept - 1].path, results->at[i].path) == 0)
            free(results->at[i].path);
        else
            results->at[kept++] = results->at[i];
    }
    results->count = kept;
    return true;
}

/* ---- Playing ------------------------------------------------------------------------------ */

static void append(struct result *result, struct cors_bytes message)
{
    struct cors_bytes before = result->messages;
    result->messages = before.at == NULL
                           ? message
                           : memory_format(&result->memory, "%s; %s", before.at, message.at);
}

static const char *quoted(struct result *result, struct cors_bytes bytes)
{
    if (bytes.at == NULL)
        return "null";
    return memory_format(&result->memory, "\"%s\"", escape_terminal(bytes, &result->memory).at).at;
}

/* Expected and actual step always, then whatever else differs. */
static void describe_fetch(struct result *result, const struct case_file *file, size_t index,
                           const struct played *played, const struct mismatches *mismatches)
{
    struct memory *memory = &result->memory;
    const struct expectation for_engine =
        expectation_for(&file->fetches[index], played->engine, memory);
    const struct expectation *expect = &for_engine;
    struct cors_bytes actual = outcome_step(&played->outcome, memory);
    struct cors_bytes text = CORS_BYTES("");
    if (played->engine != CORS_ENGINE_SPEC)
        text = memory_format(memory, "%s: ", choice_word(engine_words, (int)played->engine));
    if (file->fetch_count > 1)
        text = memory_format(memory, "%sfetch %zu: ", text.at, index + 1);
    text =
        memory_format(memory, "%sexpected step %s %s, actual step %s", text.at,
                      escape_terminal(expect->algorithm, memory).at,
                      escape_terminal(expect->step, memory).at, escape_terminal(actual, memory).at);
    for (size_t i = 0; i < mismatches->count; i++) {
        const struct mismatch *mismatch = &mismatches->at[i];
        if (result->line == 0)
            result->line = mismatch->line;
        if (!bytes_are_string(mismatch->what, "step"))
            text =
                memory_format(memory, "%s, %s: expected %s, actual %s", text.at,
                              escape_terminal(mismatch->what, memory).at,
                              quoted(result, mismatch->expected), quoted(result, mismatch->actual));
    }
    append(result, text);
}

static bool has_trace(const struct case_file *file)
{
    for (size_t i = 0; i < file->fetch_count; i++)
        if (file->fetches[i].trace_line > 0)
            return true;
    return false;
}

/* What plays cases: a thread has one. */
struct stage {
    struct player player;
    struct against *against; /* NULL: the answers are the script's */
    unsigned engines;
};

static bool play_fetch(struct stage *stage, const struct case_file *file, size_t index,
                       struct played *played, struct complaint *complaint)
{
    return stage->against == NULL
               ? case_play(&stage->player, file, index, played, complaint)
               : against_play(stage->against, &stage->player, file, index, played, complaint);
}

/* A server that does not answer has not broken its contract, but nor has it kept it. */
static void tell_unreachable(struct result *result, size_t index, const struct played *played)
{
    struct memory *memory = &result->memory;
    result->status = CASE_UNREACHABLE;
    append(result, memory_format(memory, "fetch %zu: %s", index + 1,
                                 escape_terminal(reason_of(played, memory), memory).at));
}

static void compare_fetch(const struct stage *stage, const struct case_file *file, size_t index,
                          const struct played *played, struct result *result)
{
    struct mismatches mismatches = {0};
    if (stage->against != NULL && unanswered(played) != NULL) {
        tell_unreachable(result, index, played);
        return;
    }
    if (stage->against == NULL)
        case_compare(file, index, played, &mismatches, &result->memory);
    else
        case_compare_expected(file, index, played, &mismatches, &result->memory);
    if (mismatches.count > 0) {
        if (result->status == CASE_PASSED)
            result->status = CASE_FAILED;
        describe_fetch(result, file, index, played, &mismatches);
    }
    free(mismatches.at);
}

static void play_as(struct stage *stage, const struct case_file *file, enum cors_engine engine,
                    struct result *result)
{
    struct complaint complaint = {0};
    struct played played;
    stage->player.engine = engine;
    stage->player.tracing = stage->against == NULL && engine == CORS_ENGINE_SPEC && has_trace(file);
    for (size_t i = 0; i < file->fetch_count; i++) {
        if (!play_fetch(stage, file, i, &played, &complaint)) {
            result->status = CASE_FAILED;
            result->line = result->line == 0 ? complaint.line : result->line;
            append(result, memory_format(&result->memory, "fetch %zu cannot be made: %s", i + 1,
                                         complaint.text));
            return;
        }
        compare_fetch(stage, file, i, &played, result);
    }
}

/* As those engines that were asked for, each 1 << its enumerator; if none was, as the standard and
 * as each browser that the case speaks of. */
static void play_case(struct stage *stage, const struct case_file *file, struct result *result)
{
    const unsigned engines = stage->engines;
    const char *reason = stage->against == NULL ? NULL : against_refuses(file);
    if (reason != NULL) {
        result->status = CASE_SKIPPED;
        append(result, bytes_of(reason));
        return;
    }
    for (const struct choice *engine = engine_words; engine->word != NULL; engine++) {
        const enum cors_engine each = (enum cors_engine)engine->value;
        if (engines != 0 ? (engines >> each & 1) != 0
                         : each == CORS_ENGINE_SPEC || case_overrides(file, each))
            play_as(stage, file, each, result);
    }
}

static void run_case(struct stage *stage, struct result *result)
{
    struct case_file file;
    struct complaint complaint = {0};
    if (!case_read_file(&file, result->path, &complaint)) {
        result->status = CASE_MALFORMED;
        result->line = complaint.line;
        result->messages = memory_copy_string(&result->memory, complaint.text);
        return;
    }
    play_case(stage, &file, result);
    case_free(&file);
}

/* What the threads share: each takes the next case until there is none. */
struct work {
    pthread_mutex_t lock;
    struct results *results;
    unsigned engines;
    const struct against_flags *against; /* NULL: no server */
    size_t next;
};

static void *work_on(void *shared)
{
    struct work *work = shared;
    struct stage stage = {.engines = work->engines};
    struct complaint complaint;
    /* The flags were tried before: only memory could be missing, which ends the program. */
    if (work->against != NULL)
        stage.against = against_open(work->against, &complaint);
    player_begin(&stage.player);
    for (;;) {
        pthread_mutex_lock(&work->lock);
        size_t index = work->next++;
        pthread_mutex_unlock(&work->lock);
        if (index >= work->results->count)
            break;
        run_case(&stage, &work->results->at[index]);
    }
    player_end(&stage.player);
    against_close(stage.against);
    return NULL;
}

/* This thread works, too; a thread that cannot be started is done without. */
static void run_cases(struct results *results, unsigned engines,
                      const struct against_flags *against, unsigned long jobs)
{
    struct work work = {.lock = PTHREAD_MUTEX_INITIALIZER,
                        .results = results,
                        .engines = engines,
                        .against = against};
    size_t most = jobs < results->count ? jobs : results->count;
    pthread_t *threads = memory_allocate((most + 1) * sizeof *threads);
    size_t started = 0;
    while (started + 1 < most && pthread_create(&threads[started], NULL, work_on, &work) == 0)
        started++;
    work_on(&work);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&work.lock);
    free(threads);
}

/* ---- Printing ----------------------------------------------------------------------------- */

static size_t count_of(const struct results *results, enum case_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < results->count; i++)
        count += results->at[i].status == status;
    return count;
}

static void print_summary(const struct output *output, const struct results *results)
{
    const size_t passed = count_of(results, CASE_PASSED), failed = count_of(results, CASE_FAILED);
    const size_t skipped = count_of(results, CASE_SKIPPED);
    const enum style how = passed + skipped == results->count ? STYLE_GOOD : STYLE_BAD;
    output_styled(output, how, "%zu passed, %zu failed", passed, failed);
    for (size_t i = CASE_MALFORMED; i < CASE_STATUSES; i++)
        if (count_of(results, (enum case_status)i) > 0)
            output_styled(output, how, ", %zu %s", count_of(results, (enum case_status)i),
                          case_status_words[i]);
    output_format(output, "\n");
}

/* "path:line", escaped. */
static const char *place_of(struct result *result)
{
    const char *path = escape_terminal(bytes_of(result->path), &result->memory).at;
    return result->line == 0 ? path
                             : memory_format(&result->memory, "%s:%u", path, result->line).at;
}

static void print_text(const struct output *output, struct results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        struct result *result = &results->at[i];
        /* What is malformed has a line; else there was no case to be read. */
        const bool plain = result->status == CASE_FAILED ||
                           (result->status == CASE_MALFORMED && result->line == 0);
        if (result->status != CASE_PASSED)
            output_format(output, "%s: %s%s%s\n", place_of(result),
                          plain ? "" : case_status_words[result->status], plain ? "" : ": ",
                          result->messages.at);
    }
    print_summary(output, results);
}

/* A description ends where a # begins a directive. */
static void put_tap_name(const struct output *output, struct result *result, const char *skipped)
{
    for (const char *at = escape_terminal(bytes_of(result->path), &result->memory).at; *at != '\0';
         at++)
        output_format(output, "%s%c", *at == '#' ? "\\" : "", *at);
    if (skipped != NULL)
        output_format(output, " # SKIP %s", skipped);
    output_format(output, "\n");
}

static void print_tap(const struct output *output, struct results *results)
{
    output_format(output, "TAP version 13\n1..%zu\n", results->count);
    for (size_t i = 0; i < results->count; i++) {
        struct result *result = &results->at[i];
        const bool skipped = result->status == CASE_SKIPPED;
        const bool passed = result->status == CASE_PASSED || skipped;
        output_format(output, "%s %zu - ", passed ? "ok" : "not ok", i + 1);
        put_tap_name(output, result, skipped ? result->messages.at : NULL);
        if (passed)
            continue;
        output_format(output, "  ---\n  at: %s\n  severity: %s\n  message: %s\n  ...\n",
                      escape_json(bytes_of(place_of(result)), &result->memory).at,
                      result->status == CASE_FAILED ? "fail" : "error",
                      escape_json(result->messages, &result->memory).at);
    }
}

/* The folder is what a case belongs to: "corpus/cases/cors-check" and "wildcard.case". */
static struct junit_case junit_of(struct result *result)
{
    static const enum junit_status statuses[] = {[CASE_PASSED] = JUNIT_PASSED,
                                                 [CASE_FAILED] = JUNIT_FAILURE,
                                                 [CASE_MALFORMED] = JUNIT_ERROR,
                                                 [CASE_UNREACHABLE] = JUNIT_ERROR};
    const char *path = result->path, *slash = strrchr(path, '/');
    struct junit_case one = {.group = ".", .name = slash == NULL ? path : slash + 1};
    if (slash != NULL)
        one.group = memory_format(&result->memory, "%.*s", (int)(slash - path), path).at;
    one.status = statuses[result->status];
    if (result->status == CASE_PASSED)
        return one;
    one.type = case_status_words[result->status];
    one.message = result->messages.at;
    one.text = place_of(result);
    return one;
}

/* One of the schemas in use has no word for what was skipped: the summary has it. */
static void print_junit(const struct output *output, struct results *results)
{
    struct junit_case *cases = memory_allocate((results->count + 1) * sizeof *cases);
    size_t count = 0;
    for (size_t i = 0; i < results->count; i++)
        if (results->at[i].status != CASE_SKIPPED)
            cases[count++] = junit_of(&results->at[i]);
    junit_print(output, "corsim run", cases, count);
    free(cases);
}

static void print_json(const struct output *output, struct results *results)
{
    json_t *cases = json_array();
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->at[i];
        json_t *object = json_object();
        json_object_set_new(object, "path", json_text(bytes_of(result->path)));
        json_object_set_new(object, "status", json_string(case_status_words[result->status]));
        if (result->status != CASE_PASSED) {
            json_object_set_new(object, "line", json_integer(result->line));
            json_object_set_new(object, "message", json_text(result->messages));
        }
        json_array_append_new(cases, object);
    }
    json_t *document = json_object();
    for (size_t i = 0; i < CASE_STATUSES; i++)
        json_object_set_new(document, case_status_words[i],
                            json_integer((json_int_t)count_of(results, (enum case_status)i)));
    json_object_set_new(document, "cases", cases);
    json_print(output->stream, document, 2);
    json_decref(document);
}

static void print(struct results *results, int format, enum colour colour)
{
    struct output output = output_to(stdout, colour);
    struct output errors = output_to(stderr, colour);
    switch ((enum run_format)format) {
    case RUN_TEXT:
        print_text(&output, results);
        return;
    case RUN_TAP:
        print_tap(&output, results);
        break;
    case RUN_JUNIT:
        print_junit(&output, results);
        break;
    case RUN_JSON:
        print_json(&output, results);
        break;
    }
    print_summary(&errors, results);
}

/* ---- The command -------------------------------------------------------------------------- */

static void results_free(struct results *results)
{
    for (size_t i = 0; i < results->count; i++) {
        free(results->at[i].path);
        memory_free(&results->at[i].memory);
    }
    free(results->at);
}

static unsigned long processors(void)
{
    enum { MOST = 16 };
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online > MOST ? MOST : (unsigned long)online;
}

#define JOBS_BY_DEFAULT ULONG_MAX

/* What the flags say. */
struct run_flags {
    int format, engine;
    unsigned long jobs;
    struct against_flags against;
};

static int status_of(const struct results *results)
{
    if (count_of(results, CASE_MALFORMED) > 0)
        return EXIT_USAGE;
    if (count_of(results, CASE_UNREACHABLE) > 0)
        return EXIT_UNREACHABLE;
    return count_of(results, CASE_FAILED) > 0 ? EXIT_DOES_NOT : EXIT_HOLDS;
}

static int run_all(const struct command *command, const struct command_line *line,
                   const struct run_flags *flags)
{
    const struct against_flags *against = flags->against.servers.count > 0 ? &flags->against : NULL;
    struct results results = {0};
    struct complaint complaint = {0};
    int status = EXIT_USAGE;
    if (!find_cases(&results, line, &complaint)) {
        command_error(command, status, "%s", complaint.text);
    } else {
        run_cases(&results, engines_of(flags->engine), against, flags->jobs);
        print(&results, flags->format, line->colour);
        status = status_of(&results);
    }
    results_free(&results);
    return status;
}

/* One case after another where there is a server: what they send there must have an order. */
static bool take_flags(const struct command *command, struct run_flags *flags)
{
    enum { MOST_JOBS = 256 };
    struct complaint complaint = {0};
    const bool against = flags->against.servers.count > 0;
    if (flags->jobs == JOBS_BY_DEFAULT)
        flags->jobs = against ? 1 : processors();
    if (flags->jobs < 1 || flags->jobs > MOST_JOBS) {
        usage_error(command, "--jobs takes a number from 1 to %d", MOST_JOBS);
        return false;
    }
    struct against *tried = against ? against_open(&flags->against, &complaint) : NULL;
    if (against && tried == NULL)
        usage_error(command, "%s", complaint.text);
    against_close(tried);
    return !against || tried != NULL;
}

int command_run(int argc, char **argv)
{
    enum { OWN_OPTION_COUNT = 3 };
    struct run_flags flags = {.format = RUN_TEXT, .engine = NO_ENGINE, .jobs = JOBS_BY_DEFAULT};
    struct option options[OWN_OPTION_COUNT + AGAINST_OPTION_COUNT] = {
        {"format", 0, "FORMAT", "text (default), tap, junit or json", OPTION_CHOICE, &flags.format,
         format_words},
        {"engine", 0, "ENGINE",
         "spec, chromium, firefox, webkit or all (default: spec, and each browser that a case "
         "speaks of)",
         OPTION_CHOICE, &flags.engine, engine_option_words},
        {"jobs", 'j', "N",
         "play N cases at a time (default: one per processor; with --against one)", OPTION_NUMBER,
         &flags.jobs, NULL},
    };
    against_options(options + OWN_OPTION_COUNT, &flags.against);
    const struct command command = {
        .name = "run",
        .operands = "FILE|DIR...",
        .summary = "Plays cases and compares what happens with what they expect: one line for "
                   "each case that fails, then a summary. Folders are searched for .case files.",
        .example = "corsim run corpus/cases\ncorsim run --format junit -j 4 corpus > results.xml\n"
                   "corsim run --against http://localhost:3000 contract.case",
        .notes = "With --against the messages go to that server, with the method that the case "
                 "gives,\nand what it answers is compared with what the case expects. The flags "
                 "from --insecure\non are for that alone.\n\nExit status: 0 all pass, 1 some do "
                 "not, 2 a file is malformed, 3 a server did not\nanswer.",
        .least = 1,
        .most = UINT_MAX,
        .options = options,
        .option_count = sizeof options / sizeof *options};
    struct command_line line;
    if (!command_parse(&command, argc, argv, &line))
        return line.status;
    const int status = take_flags(&command, &flags) ? run_all(&command, &line, &flags) : EXIT_USAGE;
    command_line_free(&line);
    against_flags_free(&flags.against);
    return status;
}
