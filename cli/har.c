/* `corsim har`: what became of the cross-origin requests of a recording, and why. The engine is
 * that of the browser that recorded, unless --engine says otherwise. Invariants: nothing is sent
 * anywhere; the exit status follows from the verdicts that are shown alone. */
#include "har.h"

#include "commands.h"
#include "url_text.h"
#include "words.h"

#include <string.h>

enum { HAR_TEXT, HAR_JSON };

static const struct choice format_words[] = {{"text", HAR_TEXT}, {"json", HAR_JSON}, {NULL, 0}};

struct har_command {
    const struct command *command;
    struct memory memory;
    struct har har;
    struct har_fetches fetches;
    struct player player;
    struct output output;
    json_t *list; /* NULL: text */
    size_t verdicts[HAR_UNDECIDED + 1];
    size_t left_out; /* by --only */
    /* flags */
    const char *origin, *only;
    int format, engine;
    bool verbose;
};

/* ---- --only ------------------------------------------------------------------------------- */

/* * is any number of characters, ? is one. */
static bool matches(const char *glob, struct cors_bytes text)
{
    const char *star = NULL;
    size_t at = 0, behind = 0;
    while (at < text.len) {
        if (*glob == '*') {
            star = glob++;
            behind = at;
        } else if (*glob == '?' || *glob == text.at[at]) {
            glob++;
            at++;
        } else if (star != NULL) {
            glob = star + 1;
            at = ++behind;
        } else {
            return false;
        }
    }
    while (*glob == '*')
        glob++;
    return *glob == '\0';
}

/* ---- Printing ----------------------------------------------------------------------------- */

static void print_head(const struct har_command *har)
{
    if (har->list != NULL)
        return;
    output_styled(&har->output, STYLE_STRONG, "Recorded by %s",
                  har->har.recorder == CORS_ENGINE_SPEC ? "another tool"
                                                        : browser_name(har->har.recorder));
    output_format(&har->output, " (");
    output_bytes(&har->output,
                 har->har.creator.len == 0 ? CORS_BYTES("it does not say") : har->har.creator);
    output_format(&har->output, "), explained as %s does it: %zu entries\n\n",
                  har->engine == CORS_ENGINE_SPEC ? "the standard"
                                                  : browser_name((enum cors_engine)har->engine),
                  har->har.count);
}

static void summary_text(const struct har_command *har)
{
    const char *between = "";
    for (size_t i = 0; i <= HAR_UNDECIDED; i++) {
        if (har->verdicts[i] == 0)
            continue;
        output_format(&har->output, "%s%zu %s", between, har->verdicts[i], har_verdict_words[i]);
        between = ", ";
    }
    output_format(&har->output, "%s\n",
                  *between != '\0'     ? ""
                  : har->left_out == 0 ? "no cross-origin request"
                                       : "no cross-origin request that matches");
    if (har->left_out > 0)
        output_format(&har->output, "left out, as --only \"%s\" wants it: %zu\n",
                      escaped_string(har->only), har->left_out);
    between = har->only == NULL ? "not explained: " : "not explained, of all entries: ";
    for (size_t i = 0; i < OTHERS; i++) {
        if (har->fetches.others[i] == 0)
            continue;
        output_format(&har->output, "%s%zu %s", between, har->fetches.others[i],
                      har_other_words[i]);
        between = ", ";
    }
    if (strcmp(between, ", ") == 0)
        output_format(&har->output, "\n");
}

static void summary_json(struct har_command *har)
{
    json_t *document = json_object(), *others = json_object();
    for (size_t i = 0; i < OTHERS; i++)
        json_object_set_new(others, har_other_names[i],
                            json_integer((json_int_t)har->fetches.others[i]));
    json_object_set_new(document, "creator", json_text(har->har.creator));
    json_object_set_new(document, "engine", json_string(choice_word(engine_words, har->engine)));
    json_object_set_new(document, "entries", json_integer((json_int_t)har->har.count));
    for (size_t i = 0; i <= HAR_UNDECIDED; i++)
        json_object_set_new(document, har_verdict_words[i],
                            json_integer((json_int_t)har->verdicts[i]));
    json_object_set_new(document, "leftOut", json_integer((json_int_t)har->left_out));
    json_object_set_new(document, "notExplained", others);
    json_object_set_new(document, "fetches", har->list);
    json_print(har->output.stream, document, 2);
    json_decref(document);
}

/* ---- Explaining --------------------------------------------------------------------------- */

/* All are played, for what their preflights allow is remembered; those that match are shown. */
static void explain(struct har_command *har, const struct har_fetch *fetch)
{
    struct played played;
    struct har_judgement judgement;
    struct memory memory = {0};
    if (!har_play(&har->player, &har->har, fetch, &played, &judgement, NULL)) {
        har->fetches.others[OTHER_NOT_HTTP]++;
        return;
    }
    if (har->only != NULL && !matches(har->only, fetch->description.url)) {
        har->left_out++;
        return;
    }
    const struct har_report report = {.fetch = fetch,
                                      .judgement = &judgement,
                                      .report = {.description = &fetch->description,
                                                 .played = &played,
                                                 .verbose = har->verbose,
                                                 .memory = &memory}};
    har->verdicts[judgement.verdict]++;
    if (har->list != NULL)
        json_array_append_new(har->list, har_json_fetch(&report));
    else
        har_text_fetch(&har->output, &report);
    memory_free(&memory);
}

static int explain_all(struct har_command *har)
{
    if (har->engine == NO_ENGINE)
        har->engine = (int)har->har.recorder;
    player_begin(&har->player);
    har->player.engine = (enum cors_engine)har->engine;
    print_head(har);
    for (size_t i = 0; i < har->fetches.count; i++)
        explain(har, &har->fetches.at[i]);
    player_end(&har->player);
    if (har->list != NULL)
        summary_json(har);
    else
        summary_text(har);
    if (har->verdicts[HAR_BLOCKED] > 0)
        return EXIT_DOES_NOT;
    return har->verdicts[HAR_UNDECIDED] > 0 || har->har.count == 0 ? EXIT_UNDECIDED : EXIT_HOLDS;
}

static int run_har(struct har_command *har, const char *path)
{
    struct cors_bytes text;
    struct complaint complaint = {0};
    struct memory of_file = {0};
    if (!read_whole_file(path, LONGEST_HAR, &text, &of_file, &complaint))
        return command_error(har->command, EXIT_USAGE, "%s %s", escaped_string(path),
                             complaint.text);
    const bool right = har_read(&har->har, text, &har->memory, &complaint);
    memory_free(&of_file);
    if (!right)
        return command_error(har->command, EXIT_USAGE, "%s: %s", escaped_string(path),
                             complaint.text);
    har_find_fetches(&har->fetches, &har->har, bytes_of(har->origin), &har->memory);
    if (har->format == HAR_JSON)
        har->list = json_array();
    return explain_all(har);
}

static bool has_right_origin(struct har_command *har)
{
    const struct cors_bytes given = bytes_of(har->origin);
    if (given.at == NULL || bytes_are_string(given, "null") ||
        bytes_are(origin_of_text(given, &har->memory), given))
        return true;
    usage_error(har->command,
                "--origin \"%s\" is no origin: scheme, host and port, as https://app.example",
                escaped_string(har->origin));
    return false;
}

int command_har(int argc, char **argv)
{
    struct har_command har = {.engine = NO_ENGINE};
    const struct option options[] = {
        {"origin", 0, "ORIGIN", "of the page, where the recording does not say", OPTION_STRING,
         &har.origin, NULL},
        {"only", 0, "GLOB", "requests whose URL matches, as 'https://api.example/*'", OPTION_STRING,
         &har.only, NULL},
        {"engine", 0, "ENGINE",
         "spec, chromium, firefox or webkit (default: the browser that recorded)", OPTION_CHOICE,
         &har.engine, engine_words},
        {"format", 0, "FORMAT", "text (default) or json", OPTION_CHOICE, &har.format, format_words},
        {"verbose", 'v', NULL, "all messages with all headers", OPTION_TRUE, &har.verbose, NULL},
    };
    const struct command command = {
        .name = "har",
        .operands = "FILE|-",
        .summary = "Explains the cross-origin requests of a recording (HAR, as DevTools exports "
                   "it): allowed or blocked, why, and what the missing preflights mean.",
        .example = "corsim har recording.har\n"
                   "corsim har --only 'https://api.example.com/*' --format json recording.har",
        .notes = "Nothing is sent. Values of cookies and of Authorization are not shown.\n\nExit "
                 "status: 0 none is blocked, 1 some are, 2 no HAR, 4 the recording does not say\n"
                 "or is empty.",
        .least = 1,
        .most = 1,
        .options = options,
        .option_count = sizeof options / sizeof *options};
    struct command_line line;
    if (!command_parse(&command, argc, argv, &line))
        return line.status;
    har.command = &command;
    har.output = output_to(stdout, line.colour);
    const int status = has_right_origin(&har) ? run_har(&har, line.operands[0]) : EXIT_USAGE;
    memory_free(&har.memory);
    command_line_free(&line);
    return status;
}
