/* `corsim explain`: a case, fetch by fetch and step by step. For each algorithm entered the link to
 * the standard, for each step what it decides (spec-tables/steps.tsv), how its condition came out
 * and which values it saw; then the report that `check` prints. Invariant: bytes of the case are
 * printed escaped. */
#include "case.h"
#include "commands.h"
#include "engines.h"
#include "explain.h"

#include "texts.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

enum explain_format { EXPLAIN_TEXT, EXPLAIN_JSON };

static const struct choice format_words[] = {
    {"text", EXPLAIN_TEXT}, {"json", EXPLAIN_JSON}, {NULL, 0}};

/* A trace with what is needed to lay it out. */
struct walk {
    const struct output *output;
    const struct played *played;
    unsigned least_depth;
    size_t deciding; /* index of the event that decided */
};

static struct walk walk_of(const struct output *output, const struct played *played)
{
    const struct cors_trace *trace = played->trace;
    const struct cors_outcome *outcome = &played->outcome;
    struct walk walk = {output, played, UINT_MAX, SIZE_MAX};
    for (size_t i = 0; i < trace->count; i++) {
        const struct cors_trace_event *event = &trace->at[i];
        if (event->depth < walk.least_depth)
            walk.least_depth = event->depth;
        if (event->kind == CORS_TRACE_WHEN && outcome->algorithm != NULL && outcome->step != NULL &&
            strcmp(event->algorithm, outcome->algorithm) == 0 &&
            strcmp(event->step, outcome->step) == 0)
            walk.deciding = i;
    }
    return walk;
}

/* ---- Text --------------------------------------------------------------------------------- */

static unsigned indent_of(const struct walk *walk, const struct cors_trace_event *event)
{
    enum { DEEPEST = 24 };
    unsigned indent = 2 * (event->depth - walk->least_depth + 1);
    return indent > DEEPEST ? DEEPEST : indent;
}

static void algorithm_line(const struct walk *walk, const struct cors_trace_event *event)
{
    const struct algorithm_text *text = algorithm_text(event->algorithm);
    output_format(walk->output, "%*s", (int)indent_of(walk, event), "");
    output_styled(walk->output, STYLE_STRONG, "%s", text == NULL ? event->algorithm : text->title);
    output_styled(walk->output, STYLE_QUIET, "  %s", text == NULL ? "" : text->url);
    output_format(walk->output, "\n");
}

static const char *summary_of(const struct cors_trace_event *event)
{
    const struct step_text *text =
        event->step == NULL ? NULL : step_text(event->algorithm, event->step);
    return text == NULL ? "" : text->summary;
}

enum { LABEL_WIDTH = 7, OUTCOME_WIDTH = 5 };

static void condition_line(const struct walk *walk, size_t index)
{
    const struct cors_trace_event *event = &walk->played->trace->at[index];
    const unsigned indent = indent_of(walk, event) + 2;
    const bool decides = index == walk->deciding;
    struct memory memory = {0};
    output_format(walk->output, "%*s", (int)indent, "");
    output_styled(walk->output, decides ? STYLE_STRONG : STYLE_NAME, "%-*s", LABEL_WIDTH - 1,
                  event->step);
    output_format(walk->output, " ");
    enum style how = decides ? STYLE_CAUTION : event->held ? STYLE_PLAIN : STYLE_QUIET;
    output_styled(walk->output, how, "%-*s", OUTCOME_WIDTH, event->held ? "yes" : "no");
    unsigned column = indent + LABEL_WIDTH + OUTCOME_WIDTH;
    output_paragraph(walk->output, column, column,
                     memory_format(&memory, "%s%s", summary_of(event),
                                   decides ? " \xE2\x97\x80 decided here" : ""));
    memory_free(&memory);
}

static void value_line(const struct walk *walk, const struct cors_trace_event *event)
{
    enum { LONGEST = 400 };
    const unsigned indent = indent_of(walk, event) + 2;
    const unsigned column = indent + LABEL_WIDTH + OUTCOME_WIDTH;
    struct cors_bytes value = event->value;
    output_format(walk->output, "%*s", (int)indent, "");
    output_styled(walk->output, STYLE_NAME, "%-*s", LABEL_WIDTH + OUTCOME_WIDTH - 1, event->step);
    output_format(walk->output, " ");
    output_paragraph(walk->output, column, column, bytes_of(summary_of(event)));
    output_format(walk->output, "%*s%s", (int)column, "", event->name);
    output_styled(walk->output, STYLE_QUIET, value.at == NULL ? " is " : " = ");
    bool cut = value.len > LONGEST;
    if (cut)
        value.len = LONGEST;
    output_bytes(walk->output, value);
    output_format(walk->output, cut ? "\xE2\x80\xA6\n" : "\n");
}

static void deviation_line(const struct walk *walk, const struct cors_trace_event *event)
{
    const unsigned indent = indent_of(walk, event) + 2;
    const unsigned column = indent + LABEL_WIDTH + OUTCOME_WIDTH;
    struct memory memory = {0};
    output_format(walk->output, "%*s", (int)indent, "");
    output_styled(walk->output, STYLE_CAUTION, "%-*s", LABEL_WIDTH + OUTCOME_WIDTH - 1,
                  event->step);
    output_format(walk->output, " ");
    output_paragraph(walk->output, column, column,
                     memory_format(&memory, "%s deviates, %s: %s",
                                   browser_name(walk->played->engine), event->name,
                                   deviation_text(event->name)));
    memory_free(&memory);
}

static void print_walk(const struct walk *walk)
{
    const struct cors_trace *trace = walk->played->trace;
    for (size_t i = 0; i < trace->count; i++) {
        switch (trace->at[i].kind) {
        case CORS_TRACE_ENTER:
            algorithm_line(walk, &trace->at[i]);
            break;
        case CORS_TRACE_WHEN:
            condition_line(walk, i);
            break;
        case CORS_TRACE_LET:
            value_line(walk, &trace->at[i]);
            break;
        case CORS_TRACE_DEVIATION:
            deviation_line(walk, &trace->at[i]);
            break;
        }
    }
    if (trace->truncated)
        output_format(walk->output, "  The trace was too long: the rest is missing.\n");
}

void explain_trace(const struct output *output, const struct played *played)
{
    struct walk walk = walk_of(output, played);
    print_walk(&walk);
}

/* The request in a line. */
static void request_line(const struct output *output, const struct case_file *file, size_t index)
{
    const struct case_fetch *fetch = &file->fetches[index];
    const struct fetch_description *description = &fetch->description;
    if (fetch->waits)
        output_format(output, "\n%llu seconds later\n", (unsigned long long)fetch->wait);
    output_format(output, "\n");
    output_styled(output, STYLE_STRONG, "Fetch");
    if (file->fetch_count > 1)
        output_styled(output, STYLE_STRONG, " %zu of %zu", index + 1, file->fetch_count);
    output_format(output, "  ");
    output_bytes(output, description->method.at == NULL ? CORS_BYTES("GET") : description->method);
    output_format(output, " ");
    output_bytes(output, description->url);
    output_format(output, " from ");
    output_bytes(output, description->origin);
    for (size_t i = 0; i < fetch_key_count; i++) {
        struct cors_bytes value = fetch_key_get(&fetch_keys[i], description);
        if (value.at == NULL || fetch_keys[i].value == FETCH_BYTES)
            continue;
        output_format(output, ", %s ", fetch_keys[i].key);
        output_bytes(output, value);
    }
    output_format(output, "\n\n");
}

static void print_claim(const struct output *output, const struct case_file *file)
{
    output_styled(output, STYLE_QUIET, "%s\n", escaped(file->path));
    output_format(output, "%s", style(output, STYLE_STRONG));
    output_paragraph(output, 0, 0, file->title);
    output_format(output, "%s", style(output, STYLE_PLAIN));
    struct cors_bytes prose = file->prose;
    for (size_t from = 0; from < prose.len;) {
        size_t to = from;
        while (to < prose.len && (prose.at[to] != '\n' || to + 1 == prose.len ||
                                  (prose.at[to + 1] != '\n' && prose.at[to + 1] != '\r')))
            to++;
        output_format(output, "\n");
        output_paragraph(output, 2, 0, (struct cors_bytes){prose.at + from, to - from});
        while (to < prose.len && (prose.at[to] == '\n' || prose.at[to] == '\r'))
            to++;
        from = to;
    }
}

/* ---- JSON --------------------------------------------------------------------------------- */

static json_t *json_event(const struct walk *walk, size_t index)
{
    static const char *const kinds[] = {[CORS_TRACE_ENTER] = "algorithm",
                                        [CORS_TRACE_WHEN] = "condition",
                                        [CORS_TRACE_LET] = "value",
                                        [CORS_TRACE_DEVIATION] = "deviation"};
    const struct cors_trace_event *event = &walk->played->trace->at[index];
    const struct algorithm_text *text = algorithm_text(event->algorithm);
    json_t *object = json_object();
    json_object_set_new(object, "kind", json_string(kinds[event->kind]));
    json_object_set_new(object, "depth", json_integer(event->depth - walk->least_depth));
    json_object_set_new(object, "algorithm", json_string(event->algorithm));
    if (event->kind == CORS_TRACE_ENTER) {
        json_object_set_new(object, "title", json_text(bytes_of(text == NULL ? "" : text->title)));
        json_object_set_new(object, "url", json_text(bytes_of(text == NULL ? "" : text->url)));
        return object;
    }
    json_object_set_new(object, "step", json_string(event->step));
    json_object_set_new(object, "summary", json_text(bytes_of(summary_of(event))));
    if (event->kind == CORS_TRACE_WHEN) {
        json_object_set_new(object, "held", json_boolean(event->held));
        json_object_set_new(object, "decides", json_boolean(index == walk->deciding));
    } else {
        json_object_set_new(object, "name", json_string(event->name));
        if (event->kind == CORS_TRACE_LET)
            json_object_set_new(object, "value", json_isomorphic(event->value));
    }
    return object;
}

static json_t *json_walk(const struct walk *walk)
{
    json_t *list = json_array();
    for (size_t i = 0; i < walk->played->trace->count; i++)
        json_array_append_new(list, json_event(walk, i));
    return list;
}

static json_t *json_request(const struct fetch_description *description)
{
    json_t *object = json_object();
    for (size_t i = 0; i < fetch_key_count; i++) {
        struct cors_bytes value = fetch_key_get(&fetch_keys[i], description);
        if (value.at != NULL)
            json_object_set_new(object, fetch_keys[i].json, json_text(value));
    }
    json_object_set_new(object, "headers", json_headers(&description->headers));
    return object;
}

/* ---- The command -------------------------------------------------------------------------- */

/* What one run of the command prints. */
struct explanation {
    struct output output;
    const struct case_file *file;
    json_t *fetches; /* NULL: text */
};

static bool is_same_origin(const struct played *played, struct memory *memory)
{
    const struct cors_client *client = played->request->client;
    const size_t size = (8 << 10) + 16 * played->request->url_string.len;
    struct cors_arena arena = cors_arena_over(memory_take(memory, size), size);
    struct cors_url url;
    if (!cors_url_parse(&url, played->request->url_string, client->creation_url,
                        cors_domain_to_ascii_by_libidn2, &arena))
        return false;
    struct cors_origin origin = cors_url_origin(&url, cors_domain_to_ascii_by_libidn2, &arena);
    return !arena.exhausted && cors_same_origin(&origin, &client->origin);
}

/* ---- What the case expects ---------------------------------------------------------------- */

/* A case that is explained to learn what happens need not have said so. */
static bool says_what_happens(const struct case_fetch *fetch)
{
    return fetch->expect.says_result && fetch->expect.algorithm.at != NULL;
}

static void mismatches_text(const struct output *output, const struct mismatches *mismatches)
{
    output_format(output, "\n");
    output_styled(output, STYLE_CAUTION, "The case expects otherwise\n");
    for (size_t i = 0; i < mismatches->count; i++) {
        const struct mismatch *mismatch = &mismatches->at[i];
        output_format(output, "  line %u, ", mismatch->line);
        output_bytes(output, mismatch->what);
        output_format(output, ": expected ");
        output_bytes(output, mismatch->expected);
        output_format(output, ", is ");
        output_bytes(output, mismatch->actual);
        output_format(output, "\n");
    }
}

static json_t *mismatches_json(const struct mismatches *mismatches)
{
    json_t *list = json_array();
    for (size_t i = 0; i < mismatches->count; i++) {
        const struct mismatch *mismatch = &mismatches->at[i];
        json_t *object = json_object();
        json_object_set_new(object, "line", json_integer(mismatch->line));
        json_object_set_new(object, "what", json_text(mismatch->what));
        json_object_set_new(object, "expected", json_text(mismatch->expected));
        json_object_set_new(object, "actual", json_text(mismatch->actual));
        json_array_append_new(list, object);
    }
    return list;
}

/* Where the case does not say what happens, the block that would: as the standard has it, which is
 * what cases expect. */
static void compare_with_case(const struct explanation *explanation, size_t index,
                              const struct played *played, json_t *object, struct memory *memory)
{
    const struct case_fetch *fetch = &explanation->file->fetches[index];
    struct mismatches mismatches = {0};
    if (says_what_happens(fetch))
        case_compare(explanation->file, index, played, &mismatches, memory);
    if (object != NULL)
        json_object_set_new(object, "mismatches", mismatches_json(&mismatches));
    else if (mismatches.count > 0)
        mismatches_text(&explanation->output, &mismatches);
    else if (!says_what_happens(fetch) && played->engine == CORS_ENGINE_SPEC) {
        output_format(&explanation->output, "\n");
        output_styled(&explanation->output, STYLE_STRONG, "What the case could expect\n");
        case_write_outcome(explanation->output.stream, played);
    }
    free(mismatches.at);
}

static void explain_fetch(struct explanation *explanation, size_t index,
                          const struct played *played, const char *otherwise)
{
    const struct fetch_description *description = &explanation->file->fetches[index].description;
    struct memory memory = {0};
    const struct report report = {.description = description,
                                  .played = played,
                                  .otherwise = otherwise,
                                  .same_origin = is_same_origin(played, &memory),
                                  .memory = &memory};
    struct walk walk = walk_of(&explanation->output, played);
    if (explanation->fetches != NULL) {
        json_t *object = report_json(&report);
        json_object_set_new(object, "request", json_request(description));
        json_object_set_new(object, "trace", json_walk(&walk));
        compare_with_case(explanation, index, played, object, &memory);
        json_array_append_new(explanation->fetches, object);
    } else {
        request_line(&explanation->output, explanation->file, index);
        print_walk(&walk);
        output_format(&explanation->output, "\n");
        report_text(&explanation->output, &report);
        explain_decision(&explanation->output, &played->outcome, &memory);
        compare_with_case(explanation, index, played, NULL, &memory);
    }
    memory_free(&memory);
}

/* Fetch number `index` in every engine. */
static bool play_in_all(struct engines *engines, const struct case_file *file, size_t index,
                        struct complaint *complaint)
{
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        if (!case_play(&engines->players[i], file, index, &engines->played[i], complaint))
            return false;
    return true;
}

/* The others are played for what they decide otherwise than the standard. */
static bool explain_fetches(struct explanation *explanation, enum cors_engine engine,
                            struct complaint *complaint)
{
    struct engines engines;
    bool right = true;
    engines_begin(&engines);
    for (size_t i = 0; i < explanation->file->fetch_count && right; i++) {
        struct memory memory = {0};
        right = play_in_all(&engines, explanation->file, i, complaint);
        if (right)
            explain_fetch(explanation, i, &engines.played[engine],
                          engine == CORS_ENGINE_SPEC ? engines_otherwise(&engines, &memory) : NULL);
        memory_free(&memory);
    }
    engines_end(&engines);
    return right;
}

static void compare_fetch(struct explanation *explanation, size_t index,
                          const struct engines *engines)
{
    const struct fetch_description *description = &explanation->file->fetches[index].description;
    const struct played *spec = &engines->played[CORS_ENGINE_SPEC];
    struct memory memory = {0};
    if (explanation->fetches != NULL) {
        const struct report report = {.description = description,
                                      .played = spec,
                                      .same_origin = is_same_origin(spec, &memory),
                                      .memory = &memory};
        json_t *object = json_object();
        json_object_set_new(object, "request", json_request(description));
        json_object_set_new(object, "engines", engines_json(engines, &report));
        compare_with_case(explanation, index, spec, object, &memory);
        json_array_append_new(explanation->fetches, object);
    } else {
        request_line(&explanation->output, explanation->file, index);
        engines_text(&explanation->output, engines, &memory);
        compare_with_case(explanation, index, spec, NULL, &memory);
    }
    memory_free(&memory);
}

static bool compare_fetches(struct explanation *explanation, struct complaint *complaint)
{
    struct engines engines;
    bool right = true;
    engines_begin(&engines);
    for (size_t i = 0; i < explanation->file->fetch_count && right; i++) {
        right = play_in_all(&engines, explanation->file, i, complaint);
        if (right)
            compare_fetch(explanation, i, &engines);
    }
    engines_end(&engines);
    return right;
}

static bool explain(struct output output, const struct case_file *file, int format, int engine,
                    struct complaint *complaint)
{
    struct explanation explanation = {.output = output, .file = file};
    if (format == EXPLAIN_JSON)
        explanation.fetches = json_array();
    else
        print_claim(&output, file);
    bool right = engine == ALL_ENGINES
                     ? compare_fetches(&explanation, complaint)
                     : explain_fetches(&explanation, (enum cors_engine)engine, complaint);
    if (format == EXPLAIN_JSON) {
        json_t *document = json_object();
        json_object_set_new(document, "case", json_text(file->path));
        json_object_set_new(document, "title", json_text(file->title));
        json_object_set_new(document, "prose", json_text(file->prose));
        json_object_set_new(document, "fetches", explanation.fetches);
        if (right)
            json_print(output.stream, document, 2);
        json_decref(document);
    }
    return right;
}

int command_explain(int argc, char **argv)
{
    int format = EXPLAIN_TEXT, engine = CORS_ENGINE_SPEC;
    const struct option options[] = {
        {"engine", 0, "ENGINE",
         "spec (default), chromium, firefox, webkit; all: the verdicts of all, side by side",
         OPTION_CHOICE, &engine, engine_option_words},
        {"format", 0, "FORMAT", "text (default) or json", OPTION_CHOICE, &format, format_words}};
    const struct command command = {
        .name = "explain",
        .operands = "FILE|-",
        .summary = "Plays a case and shows every step of the standard on the way: its condition, "
                   "its values, where it was decided, and what to change.",
        .example = "corsim explain corpus/cases/cors-check/wildcard-with-credentials.case",
        .notes = "What the case expects need not be there: then the block that it could have is\n"
                 "printed.",
        .least = 1,
        .most = 1,
        .options = options,
        .option_count = sizeof options / sizeof *options};
    struct command_line line;
    if (!command_parse(&command, argc, argv, &line))
        return line.status;
    struct case_file file;
    struct complaint complaint = {0};
    const char *path = line.operands[0];
    bool right = case_read_file_to_play(&file, path, &complaint);
    if (right) {
        right = explain(output_to(stdout, line.colour), &file, format, engine, &complaint);
        case_free(&file);
    }
    int status = EXIT_HOLDS;
    if (!right && complaint.line > 0)
        status = command_error(&command, EXIT_USAGE, "%s:%u: %s", escaped_string(path),
                               complaint.line, complaint.text);
    else if (!right)
        status = command_error(&command, EXIT_USAGE, "%s %s", escaped_string(path), complaint.text);
    command_line_free(&line);
    return status;
}
