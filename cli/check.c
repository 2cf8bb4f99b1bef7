/* `corsim check URL`: what a browser would do with this request, done on the network. The flags
 * make a fetch as a page's script would (https://fetch.spec.whatwg.org/#fetch-method or
 * XMLHttpRequest), play.h runs the standard over transport.h, and report.h says what happened.
 * Invariant: the exit status follows from the verdict alone, whatever the format. */
#include "case.h"
#include "commands.h"
#include "engines.h"
#include "transport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_MERMAID };
enum { LONGEST_DATA = 16 << 20 };

struct check {
    const struct command *command;
    struct memory memory;
    struct fetch_description description;
    struct agent_settings settings;
    struct transport_flags transport;
    /* flags as they are given */
    const char *origin, *method, *referrer, *page, *save;
    struct string_list headers, data, raw, json;
    int api, mode, credentials, redirect, cache, referrer_policy, format, engine;
    bool upload_listener, verbose;
    /* what is known of the URL */
    bool same_origin;
};

/* ---- The URL and the page ----------------------------------------------------------------- */

static bool parse(struct check *check, struct cors_bytes text, struct cors_url *url)
{
    size_t size = 8192 + 32 * text.len;
    struct cors_arena arena = cors_arena_over(memory_take(&check->memory, size), size);
    return cors_url_parse(url, text, NULL, cors_domain_to_ascii_by_libidn2, &arena);
}

static bool have_same_origin(struct check *check, const struct cors_url *url)
{
    enum { SIZE = 8192 };
    struct cors_url page;
    struct cors_arena arena = cors_arena_over(memory_take(&check->memory, SIZE), SIZE);
    if (!parse(check, check->description.origin, &page))
        return false;
    struct cors_origin a = cors_url_origin(url, cors_domain_to_ascii_by_libidn2, &arena);
    struct cors_origin b = cors_url_origin(&page, cors_domain_to_ascii_by_libidn2, &arena);
    return cors_same_origin(&a, &b);
}

static int take_url(struct check *check, const char *given)
{
    struct cors_url url;
    if (!parse(check, bytes_of(given), &url))
        return usage_error(check->command, "\"%s\" is not an absolute URL: https://host/path",
                           escaped_string(given));
    if (!cors_url_is_http_s(&url))
        return usage_error(check->command, "\"%s\" is no http: or https: URL",
                           escaped_string(given));
    if (check->origin == NULL)
        return usage_error(check->command,
                           "--origin is missing: CORS asks whether the page at one origin may read "
                           "another, so name the page's, as --origin https://app.example (or "
                           "--origin null for a sandboxed frame or a local file)");
    check->description.url = bytes_of(given);
    check->description.origin = bytes_of(check->origin);
    check->description.page = bytes_of(check->page);
    check->same_origin = have_same_origin(check, &url);
    return EXIT_HOLDS;
}

/* ---- Headers ------------------------------------------------------------------------------ */

/* curl's "Name: value", and "Name;" for an empty value. */
static bool take_header(const char *line, struct cors_header *header)
{
    const char *colon = strchr(line, ':');
    size_t length = strlen(line);
    if (colon != NULL) {
        header->name = (struct cors_bytes){line, (size_t)(colon - line)};
        header->value = cors_normalize_header_value(bytes_of(colon + 1));
        return header->value.len > 0;
    }
    header->name = (struct cors_bytes){line, length - (length > 0)};
    header->value = CORS_BYTES("");
    return length > 1 && line[length - 1] == ';';
}

static int take_headers(struct check *check)
{
    const size_t count = check->headers.count;
    struct cors_header *headers = memory_take(&check->memory, (count + 2) * sizeof *headers);
    for (size_t i = 0; i < count; i++)
        if (!take_header(check->headers.at[i], &headers[i]))
            return usage_error(check->command,
                               "-H \"%s\" is no header: write \"Name: value\", or \"Name;\" for an "
                               "empty value",
                               escaped_string(check->headers.at[i]));
    check->description.headers = (struct cors_header_list){.at = headers, .count = count};
    return EXIT_HOLDS;
}

/* A header that a flag brings with it, unless -H has it. There is room for two. */
static void add_header(struct check *check, struct cors_bytes name, struct cors_bytes value)
{
    struct cors_header_list *headers = &check->description.headers;
    if (!cors_header_list_contains(headers, name))
        headers->at[headers->count++] = (struct cors_header){name, value};
}

/* ---- The body ----------------------------------------------------------------------------- */

/* @FILE as curl reads it: -d leaves out what text files have and forms do not. */
static bool read_data(struct check *check, const char *given, bool is_form, struct cors_bytes *data)
{
    struct complaint complaint = {0};
    *data = bytes_of(given);
    if (given[0] != '@')
        return true;
    if (!read_whole_file(given + 1, LONGEST_DATA, data, &check->memory, &complaint)) {
        usage_error(check->command, "%s: %s", escaped_string(given + 1), complaint.text);
        return false;
    }
    char *kept = memory_take(&check->memory, data->len + 1);
    size_t length = 0;
    for (size_t i = 0; i < data->len; i++)
        if (!is_form || strchr("\r\n", data->at[i]) == NULL)
            kept[length++] = data->at[i];
    *data = (struct cors_bytes){kept, length};
    return true;
}

static void append(struct check *check, struct cors_bytes more, const char *between)
{
    struct cors_bytes *body = &check->description.body;
    size_t gap = body->at == NULL ? 0 : strlen(between);
    char *longer = memory_take(&check->memory, body->len + gap + more.len + 1);
    if (body->len > 0)
        memcpy(longer, body->at, body->len);
    memcpy(longer + body->len, between, gap);
    if (more.len > 0)
        memcpy(longer + body->len + gap, more.at, more.len);
    *body = (struct cors_bytes){longer, body->len + gap + more.len};
}

static int take_body(struct check *check)
{
    struct cors_bytes data;
    if (check->json.count > 0 && check->data.count + check->raw.count > 0)
        return usage_error(check->command, "--json and --data are two bodies: give one");
    for (size_t i = 0; i < check->data.count; i++) {
        if (!read_data(check, check->data.at[i], true, &data))
            return EXIT_USAGE;
        append(check, data, "&");
    }
    for (size_t i = 0; i < check->raw.count; i++)
        append(check, bytes_of(check->raw.at[i]), "&");
    for (size_t i = 0; i < check->json.count; i++) {
        if (!read_data(check, check->json.at[i], false, &data))
            return EXIT_USAGE;
        append(check, data, "");
    }
    if (check->json.count > 0) {
        add_header(check, CORS_BYTES("Content-Type"), CORS_BYTES("application/json"));
        add_header(check, CORS_BYTES("Accept"), CORS_BYTES("application/json"));
    }
    if (check->data.count + check->raw.count > 0)
        check->description.body_type =
            CORS_BYTES("application/x-www-form-urlencoded;charset=UTF-8");
    return EXIT_HOLDS;
}

/* Some servers refuse requests without one, which no browser sends. */
static int take_user_agent(struct check *check)
{
    const char *given = check->transport.user_agent;
    struct cors_bytes *value = &check->settings.user_agent;
    *value = given == NULL ? memory_format(&check->memory, "corsim/%s", cors_version())
                           : cors_normalize_header_value(bytes_of(given));
    if (!cors_is_header_value(*value))
        return usage_error(check->command, "--user-agent \"%s\" cannot be sent in a header",
                           escaped_string(given));
    if (value->len == 0)
        *value = (struct cors_bytes){0};
    return EXIT_HOLDS;
}

static int describe(struct check *check, const char *url)
{
    struct fetch_description *description = &check->description;
    int status = take_url(check, url);
    if (status == EXIT_HOLDS)
        status = take_headers(check);
    if (status == EXIT_HOLDS)
        status = take_body(check);
    if (status == EXIT_HOLDS)
        status = take_user_agent(check);
    if (status != EXIT_HOLDS)
        return status;
    description->api = (enum cors_entry)check->api;
    description->mode = (enum cors_mode)check->mode;
    description->credentials_mode = (enum cors_credentials_mode)check->credentials;
    description->redirect_mode = (enum cors_redirect_mode)check->redirect;
    description->cache_mode = (enum cors_cache_mode)check->cache;
    description->referrer_policy = (enum cors_referrer_policy)check->referrer_policy;
    description->referrer = bytes_of(check->referrer);
    description->use_cors_preflight = check->upload_listener;
    description->method = bytes_of(check->method);
    if (check->method == NULL && description->body.at != NULL)
        description->method = CORS_BYTES("POST");
    return EXIT_HOLDS;
}

/* ---- Saving ------------------------------------------------------------------------------- */

static struct cors_bytes title_of(struct check *check, const struct played *played)
{
    static const char *const words[] = {[VERDICT_ALLOWED] = "may read",
                                        [VERDICT_BLOCKED] = "may not read",
                                        [VERDICT_OPAQUE] = "sees nothing of",
                                        [VERDICT_UNREACHABLE] = "gets no answer from"};
    const struct fetch_description *description = &check->description;
    return memory_format(&check->memory, "%s %s %s.", description->origin.at,
                         words[verdict_of(played)], description->url.at);
}

static int save(struct check *check, const struct played *played)
{
    struct case_file file = {0};
    FILE *stream = fopen(check->save, "w");
    if (stream == NULL)
        return command_error(check->command, EXIT_USAGE, "cannot write %s: %s",
                             escaped_string(check->save), strerror(errno));
    file.title = title_of(check, played);
    file.prose = memory_format(&check->memory, "Recorded from a live server by `corsim check`: %s",
                               reason_of(played, &check->memory).at);
    case_add_flag(&file, "recorded");
    file.has_agent = check->settings.user_agent.at != NULL;
    file.agent = check->settings;
    case_record(&file, &check->description, played);
    case_write(stream, &file);
    bool failed = ferror(stream) != 0;
    failed = fclose(stream) != 0 || failed;
    case_free(&file);
    return failed ? command_error(check->command, EXIT_USAGE, "cannot write %s",
                                  escaped_string(check->save))
                  : EXIT_HOLDS;
}

/* ---- Running ------------------------------------------------------------------------------ */

static void print(const struct report *report, enum format format, enum colour colour)
{
    if (format == FORMAT_JSON) {
        json_t *object = report_json(report);
        json_print(stdout, object, 2);
        json_decref(object);
    } else if (format == FORMAT_MERMAID) {
        report_mermaid(stdout, report);
    } else {
        struct output output = output_to(stdout, colour);
        report_text(&output, report);
    }
}

static int status_of(const struct played *played)
{
    switch (verdict_of(played)) {
    case VERDICT_ALLOWED:
    case VERDICT_OPAQUE:
        return EXIT_HOLDS;
    case VERDICT_BLOCKED:
        return EXIT_DOES_NOT;
    case VERDICT_UNREACHABLE:
        break;
    }
    return EXIT_UNREACHABLE;
}

static int refuse_fetch(struct check *check, const struct played *played,
                        const struct complaint *complaint)
{
    return played->too_large ? command_error(check->command, EXIT_UNDECIDED, "%s", complaint->text)
                             : usage_error(check->command, "%s", complaint->text);
}

static int check_as(struct check *check, struct transport *transport, enum colour colour)
{
    struct player player;
    struct played played;
    struct complaint complaint = {0};
    struct answers answers = {.ask = transport_ask, .context = transport};
    int status;
    player_begin(&player);
    player.engine = (enum cors_engine)check->engine;
    player.settings = check->settings;
    player.tracing = check->verbose || check->save != NULL;
    if (play(&player, &check->description, &answers, &played, &complaint)) {
        const struct report report = {.description = &check->description,
                                      .played = &played,
                                      .note = transport_note(transport),
                                      .same_origin = check->same_origin,
                                      .verbose = check->verbose,
                                      .memory = &check->memory};
        print(&report, (enum format)check->format, colour);
        status = status_of(&played);
        if (status == EXIT_UNREACHABLE)
            command_error(check->command, status, "%s",
                          escaped(unanswered(&played)->answer.message));
        if (check->save != NULL && save(check, &played) != EXIT_HOLDS)
            status = EXIT_USAGE;
    } else {
        status = refuse_fetch(check, &played, &complaint);
    }
    player_end(&player);
    return status;
}

static void print_all(struct check *check, const struct engines *engines, const char *note,
                      enum colour colour)
{
    const struct report report = {.description = &check->description,
                                  .played = &engines->played[CORS_ENGINE_SPEC],
                                  .note = note,
                                  .same_origin = check->same_origin,
                                  .memory = &check->memory};
    if (check->format == FORMAT_JSON) {
        json_t *object = json_object();
        json_object_set_new(object, "engines", engines_json(engines, &report));
        json_print(stdout, object, 2);
        json_decref(object);
    } else {
        struct output output = output_to(stdout, colour);
        engines_text(&output, engines, &check->memory);
    }
}

/* Each engine asks the network by itself, as each browser would. The status is the worst of them:
 * unreachable, blocked, allowed. */
static int check_as_all(struct check *check, struct transport *transport, enum colour colour)
{
    struct engines engines;
    struct complaint complaint = {0};
    struct answers answers = {.ask = transport_ask, .context = transport};
    int status = EXIT_HOLDS;
    bool right = true;
    engines_begin(&engines);
    for (size_t i = 0; i < ENGINE_COUNT && right; i++) {
        engines.players[i].settings = check->settings;
        transport_begin(transport);
        right = play(&engines.players[i], &check->description, &answers, &engines.played[i],
                     &complaint);
        if (!right)
            status = refuse_fetch(check, &engines.played[i], &complaint);
        else if (status_of(&engines.played[i]) > status)
            status = status_of(&engines.played[i]);
    }
    if (right)
        print_all(check, &engines, transport_note(transport), colour);
    engines_end(&engines);
    return status;
}

static int run_check(struct check *check, enum colour colour)
{
    const char *error = NULL;
    if (check->save != NULL && check->engine != CORS_ENGINE_SPEC)
        return usage_error(check->command, "--save goes with --engine spec: what a case expects "
                                           "is what the standard says");
    if (check->engine == ALL_ENGINES && check->format == FORMAT_MERMAID)
        return usage_error(check->command, "--format mermaid shows one engine, not all");
    struct transport *transport = transport_open(&check->transport, &error);
    if (transport == NULL)
        return command_error(check->command, EXIT_USAGE, "%s", error);
    const int status = check->engine == ALL_ENGINES ? check_as_all(check, transport, colour)
                                                    : check_as(check, transport, colour);
    transport_close(transport);
    return status;
}

enum { OWN_OPTION_COUNT = 19 };

static void own_options(struct check *check, struct option *options)
{
    static const struct choice formats[] = {
        {"text", FORMAT_TEXT}, {"json", FORMAT_JSON}, {"mermaid", FORMAT_MERMAID}, {NULL, 0}};
    static const struct choice apis[] = {
        {"fetch", CORS_ENTRY_FETCH_API}, {"xhr", CORS_ENTRY_XMLHTTPREQUEST}, {NULL, 0}};
    const struct option rows[OWN_OPTION_COUNT] = {
        {"origin", 0, "ORIGIN", "of the page that asks; needed", OPTION_STRING, &check->origin,
         NULL},
        {"request", 'X', "METHOD", "the method", OPTION_STRING, &check->method, NULL},
        {"header", 'H', "NAME: VALUE", "a header that the script sets", OPTION_STRINGS,
         &check->headers, NULL},
        {"data", 'd', "DATA", "a form's body, or @FILE", OPTION_STRINGS, &check->data, NULL},
        {"data-raw", 0, "DATA", "the same, @ has no meaning", OPTION_STRINGS, &check->raw, NULL},
        {"json", 0, "DATA", "a JSON body, or @FILE", OPTION_STRINGS, &check->json, NULL},
        {"credentials", 0, "MODE", "omit, same-origin or include", OPTION_CHOICE,
         &check->credentials, credentials_words},
        {"mode", 0, "MODE", "cors, no-cors or same-origin", OPTION_CHOICE, &check->mode,
         mode_words},
        {"redirect", 0, "MODE", "follow, error or manual", OPTION_CHOICE, &check->redirect,
         redirect_words},
        {"cache", 0, "MODE", "default, no-store, reload, no-cache or force-cache", OPTION_CHOICE,
         &check->cache, cache_words},
        {"referrer", 0, "URL", "as in fetch(); empty for none", OPTION_STRING, &check->referrer,
         NULL},
        {"referrer-policy", 0, "POLICY", "as in fetch()", OPTION_CHOICE, &check->referrer_policy,
         referrer_policy_words},
        {"api", 0, "API", "fetch or xhr", OPTION_CHOICE, &check->api, apis},
        {"upload-listener", 0, NULL, "XMLHttpRequest with an upload listener", OPTION_TRUE,
         &check->upload_listener, NULL},
        {"page", 0, "URL", "of the page, for Referer", OPTION_STRING, &check->page, NULL},
        {"engine", 0, "ENGINE",
         "spec (default), chromium, firefox, webkit; all: each, side by side", OPTION_CHOICE,
         &check->engine, engine_option_words},
        {"format", 0, "FORMAT", "text, json or mermaid", OPTION_CHOICE, &check->format, formats},
        {"verbose", 'v', NULL, "all headers, and the whole trace", OPTION_TRUE, &check->verbose,
         NULL},
        {"save", 0, "FILE.case", "make the run a case", OPTION_STRING, &check->save, NULL},
    };
    memcpy(options, rows, sizeof rows);
}

static int with_flags(struct check *check, int argc, char **argv)
{
    struct option options[OWN_OPTION_COUNT + TRANSPORT_OPTION_COUNT];
    own_options(check, options);
    transport_options(options + OWN_OPTION_COUNT, &check->transport);
    const struct command command = {
        .name = "check",
        .operands = "URL",
        .summary = "Does on the network what a browser would do with a script's request, and says "
                   "whether the page may read the answer, why, and what to change.",
        .example = "corsim check https://api.example.com/me --origin https://app.example.com\n"
                   "corsim check https://api.example.com/me --origin https://app.example.com \\\n"
                   "    --credentials include -X PUT -H 'X-A: 1'",
        .notes = "Exit status: 0 allowed (or opaque, as asked for), 1 blocked, 2 usage, 3 no\n"
                 "response where one was needed, 4 undecided.",
        .least = 1,
        .most = 1,
        .options = options,
        .option_count = sizeof options / sizeof *options};
    struct command_line line;
    if (!command_parse(&command, argc, argv, &line))
        return line.status;
    check->command = &command;
    int status = describe(check, line.operands[0]);
    if (status == EXIT_HOLDS)
        status = run_check(check, line.colour);
    check->command = NULL;
    command_line_free(&line);
    return status;
}

int command_check(int argc, char **argv)
{
    struct check check = {0};
    int status = with_flags(&check, argc, argv);
    transport_flags_free(&check.transport);
    string_list_free(&check.headers);
    string_list_free(&check.data);
    string_list_free(&check.raw);
    string_list_free(&check.json);
    memory_free(&check.memory);
    return status;
}
