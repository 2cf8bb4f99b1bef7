/* `corsim check URL`: what a browser would do with this request, done on the network. The flags
 * make a fetch as a page's script would (https://fetch.spec.whatwg.org/#fetch-method or
 * XMLHttpRequest), play.h runs the standard over transport.h, and report.h says what happened.
 * Invariant: the exit status follows from the verdict alone, whatever the format. */
#include "case.h"
#include "commands.h"
#include "cookies.h"
#include "curl_data.h"
#include "curl_fetch.h"
#include "engines.h"
#include "transport.h"
#include "url_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_MERMAID };
enum { UNSAID_MODE = -1 }; /* of credentials: 0 is a mode */

struct check {
    const struct command *command;
    struct memory memory;
    struct fetch_description description;
    struct agent_settings settings;
    struct transport_flags transport;
    /* flags as they are given */
    const char *origin, *method, *referrer, *page, *save, *curl;
    const char *cookies, *cookie_jar;
    int third_party_cookies;
    struct string_list headers, data, raw, json;
    int api, mode, credentials, redirect, cache, referrer_policy, format, engine, quoting;
    bool upload_listener, verbose;
    const char *pasted; /* how the command of --curl was read; NULL: there is none */
    /* what is known of the URL */
    bool same_origin;
};

/* ---- The URL and the page ----------------------------------------------------------------- */

static bool have_same_origin(struct check *check, const struct cors_url *url)
{
    struct cors_url page;
    if (!url_of_text(&page, check->description.origin, NULL, &check->memory))
        return false;
    const struct cors_origin a = url_origin(url, &check->memory);
    const struct cors_origin b = url_origin(&page, &check->memory);
    return cors_same_origin(&a, &b);
}

static int take_url(struct check *check, const char *given)
{
    struct cors_url url;
    if (!url_of_text(&url, bytes_of(given), NULL, &check->memory))
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
    if (check->page != NULL)
        check->description.page = bytes_of(check->page);
    check->same_origin = have_same_origin(check, &url);
    return EXIT_HOLDS;
}

/* The page in the address bar: the one that asks, or one with that in a frame. */
static int take_page(struct check *check)
{
    struct cors_url page;
    if (check->page == NULL)
        return EXIT_HOLDS;
    if (!url_of_text(&page, bytes_of(check->page), NULL, &check->memory))
        return usage_error(check->command, "--page \"%s\" is not an absolute URL",
                           escaped_string(check->page));
    const struct cors_bytes top_level = origin_of_url(&page, &check->memory);
    if (bytes_are_string(top_level, check->origin))
        return EXIT_HOLDS;
    check->description.page = (struct cors_bytes){0};
    check->description.top_level = top_level;
    return EXIT_HOLDS;
}

/* ---- Cookies ------------------------------------------------------------------------------ */

/* Nothing is kept or sent unless a flag is about cookies. */
static void take_cookie_settings(struct check *check)
{
    struct agent_settings *settings = &check->settings;
    settings->third_party_cookies = (enum cors_third_party_cookies)check->third_party_cookies;
    settings->cookies = check->cookies != NULL || check->cookie_jar != NULL;
    if (settings->cookies)
        settings->now = (uint64_t)time(NULL);
}

static bool load_cookies(struct check *check, struct player *player, struct complaint *complaint)
{
    if (check->cookies == NULL ||
        cookies_load(player, check->cookies, check->description.url, &check->memory, complaint))
        return true;
    if (complaint->line > 0)
        command_error(check->command, EXIT_USAGE, "%s:%u: %s", escaped_string(check->cookies),
                      complaint->line, complaint->text);
    else
        usage_error(check->command, "-b \"%s\": %s", escaped_string(check->cookies),
                    complaint->text);
    return false;
}

/* ---- Headers ------------------------------------------------------------------------------ */

static int take_headers(struct check *check)
{
    const struct cors_header_list pasted = check->description.headers;
    const size_t count = check->headers.count;
    struct cors_header *headers =
        memory_take(&check->memory, (pasted.count + count + 2) * sizeof *headers);
    if (pasted.count > 0)
        memcpy(headers, pasted.at, pasted.count * sizeof *headers);
    if (curl_headers(check->command, &check->headers, headers + pasted.count) != EXIT_HOLDS)
        return EXIT_USAGE;
    check->description.headers =
        (struct cors_header_list){.at = headers, .count = pasted.count + count};
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

static int take_body(struct check *check)
{
    struct cors_bytes data;
    struct curl_body body = {.bytes = check->description.body};
    struct complaint complaint = {0};
    const size_t flags = check->data.count + check->raw.count;
    if (check->json.count > 0 && flags > 0)
        return usage_error(check->command, "--json and --data are two bodies: give one");
    if (body.bytes.at != NULL && check->json.count + flags > 0)
        return usage_error(check->command, "the command of --curl has a body already");
    for (size_t i = 0; i < check->data.count + check->json.count; i++) {
        const bool form = i < check->data.count;
        const char *given = form ? check->data.at[i] : check->json.at[i - check->data.count];
        if (!curl_data(given, form ? FILE_WITHOUT_NEWLINES : FILE_AS_IT_IS, &data, &check->memory,
                       &complaint))
            return usage_error(check->command, "%s", complaint.text);
        curl_append(&body, form ? "&" : "", data, &check->memory);
    }
    for (size_t i = 0; i < check->raw.count; i++)
        curl_append(&body, "&", bytes_of(check->raw.at[i]), &check->memory);
    check->description.body = body.bytes;
    if (check->json.count > 0) {
        add_header(check, CORS_BYTES("Content-Type"), CORS_BYTES("application/json"));
        add_header(check, CORS_BYTES("Accept"), CORS_BYTES("application/json"));
    }
    if (flags > 0)
        check->description.body_type =
            CORS_BYTES("application/x-www-form-urlencoded;charset=UTF-8");
    return EXIT_HOLDS;
}

/* ---- A pasted command --------------------------------------------------------------------- */

static void take_lists(struct string_list *list, const struct string_list *more)
{
    for (size_t i = 0; i < more->count; i++)
        string_list_append(list, more->at[i]);
}

/* What the flags do not say. */
static void take_transport(struct transport_flags *flags, const struct transport_flags *pasted)
{
    flags->insecure = flags->insecure || pasted->insecure;
    flags->http_1_1 = flags->http_1_1 || pasted->http_1_1;
    flags->http_2 = flags->http_2 || pasted->http_2;
    if (flags->cacert == NULL)
        flags->cacert = pasted->cacert;
    if (flags->proxy == NULL)
        flags->proxy = pasted->proxy;
    if (flags->max_seconds <= 0)
        flags->max_seconds = pasted->max_seconds;
    if (flags->connect_seconds <= 0)
        flags->connect_seconds = pasted->connect_seconds;
    take_lists(&flags->resolve, &pasted->resolve);
    take_lists(&flags->connect_to, &pasted->connect_to);
}

/* What the command says is said before the flags, which have the last word. */
static int take_curl(struct check *check)
{
    struct curl_fetch pasted;
    struct complaint complaint = {0};
    if (!curl_fetch_read(&pasted, check->curl, (enum shell)check->quoting, check->origin,
                         &check->memory, &complaint))
        return usage_error(check->command, "--curl: %s", complaint.text);
    check->description = pasted.description;
    check->origin = memory_copy(&check->memory, pasted.description.origin).at;
    check->settings.user_agent = pasted.headers.user_agent;
    check->settings.accept_language = pasted.headers.accept_language;
    if (check->cookies == NULL)
        check->cookies = pasted.cookies;
    if (check->credentials != UNSAID_MODE)
        pasted.description.credentials_mode = (enum cors_credentials_mode)check->credentials;
    check->pasted = curl_fetch_note(&pasted, &check->memory);
    take_transport(&check->transport, &pasted.transport);
    transport_flags_free(&pasted.transport);
    return take_url(check, pasted.description.url.at);
}

/* ---- The fetch ---------------------------------------------------------------------------- */

static int describe_page(struct check *check, const struct command_line *line)
{
    if (check->curl != NULL && line->operand_count > 0)
        return usage_error(check->command, "the URL is that of --curl: there is no use for \"%s\"",
                           escaped_string(line->operands[0]));
    if (check->curl != NULL)
        return take_curl(check);
    if (line->operand_count == 0)
        return usage_error(check->command, "URL is missing");
    return take_url(check, line->operands[0]);
}

static int describe(struct check *check, const struct command_line *line)
{
    struct fetch_description *description = &check->description;
    int status = describe_page(check, line);
    take_cookie_settings(check);
    if (status == EXIT_HOLDS)
        status = take_page(check);
    if (status == EXIT_HOLDS)
        status = take_headers(check);
    if (status == EXIT_HOLDS)
        status = take_body(check);
    if (status == EXIT_HOLDS)
        status = transport_user_agent(check->command, &check->transport,
                                      &check->settings.user_agent, &check->memory);
    if (status != EXIT_HOLDS)
        return status;
    description->api = (enum cors_entry)check->api;
    description->redirect_mode = (enum cors_redirect_mode)check->redirect;
    if (check->mode != CORS_MODE_DEFAULT)
        description->mode = (enum cors_mode)check->mode;
    if (check->credentials != UNSAID_MODE)
        description->credentials_mode = (enum cors_credentials_mode)check->credentials;
    if (check->cache != CORS_CACHE_DEFAULT)
        description->cache_mode = (enum cors_cache_mode)check->cache;
    if (check->referrer_policy != CORS_REFERRER_POLICY_EMPTY)
        description->referrer_policy = (enum cors_referrer_policy)check->referrer_policy;
    description->referrer = bytes_of(check->referrer);
    description->use_cors_preflight = check->upload_listener;
    if (check->method != NULL)
        description->method = bytes_of(check->method);
    if (description->method.at == NULL && description->body.at != NULL)
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

static int save(struct check *check, const struct played *played, const struct cookie_visit *visits,
                size_t visit_count)
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
    file.has_agent = check->settings.user_agent.at != NULL || check->settings.cookies;
    file.agent = check->settings;
    case_record(&file, &check->description, played);
    file.fetches[0].visits = visits;
    file.fetches[0].visit_count = visit_count;
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

/* The standard's verdict may be none that a browser gives. */
static const char *otherwise(struct check *check, const struct played *played)
{
    struct engines engines;
    if (played->engine != CORS_ENGINE_SPEC)
        return NULL;
    engines_begin(&engines);
    engines.played[CORS_ENGINE_SPEC] = *played;
    bool right = true;
    for (size_t i = CORS_ENGINE_SPEC + 1; i < ENGINE_COUNT && right; i++) {
        struct complaint complaint = {0};
        engines.players[i].settings = check->settings;
        right = load_cookies(check, &engines.players[i], &complaint);
    }
    if (right)
        engines_replay(&engines, &check->description, &check->memory);
    const char *text = right ? engines_otherwise(&engines, &check->memory) : NULL;
    engines_end(&engines);
    return text;
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
    if (!load_cookies(check, &player, &complaint)) {
        player_end(&player);
        return EXIT_USAGE;
    }
    size_t visit_count;
    const struct cookie_visit *visits = cookies_as_visits(&player, &visit_count, &check->memory);
    if (play(&player, &check->description, &answers, &played, &complaint)) {
        const struct report report = {.description = &check->description,
                                      .played = &played,
                                      .note = transport_note(transport),
                                      .pasted = check->pasted,
                                      .otherwise = otherwise(check, &played),
                                      .same_origin = check->same_origin,
                                      .verbose = check->verbose,
                                      .memory = &check->memory};
        print(&report, (enum format)check->format, colour);
        status = status_of(&played);
        if (status == EXIT_UNREACHABLE)
            command_error(check->command, status, "%s",
                          escaped(unanswered(&played)->answer.message));
        if (check->save != NULL && save(check, &played, visits, visit_count) != EXIT_HOLDS)
            status = EXIT_USAGE;
        if (check->cookie_jar != NULL && !cookies_save(&player, check->cookie_jar, &complaint))
            status = command_error(check->command, EXIT_USAGE, "%s", complaint.text);
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
                                  .pasted = check->pasted,
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
        if (!load_cookies(check, &engines.players[i], &complaint)) {
            engines_end(&engines);
            return EXIT_USAGE;
        }
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
    if (check->engine == ALL_ENGINES && check->cookie_jar != NULL)
        return usage_error(check->command, "-c keeps the cookies of one engine, not of all");
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

enum { OWN_OPTION_COUNT = 24 };

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
        {"page", 0, "URL",
         "in the address bar: of the page that asks, or around the frame that does", OPTION_STRING,
         &check->page, NULL},
        {"cookie", 'b', "COOKIE|FILE", "\"sid=1; Secure; SameSite=None\", or a file of -c or curl",
         OPTION_STRING, &check->cookies, NULL},
        {"cookie-jar", 'c', "FILE", "where cookies are written afterwards; - for standard output",
         OPTION_STRING, &check->cookie_jar, NULL},
        {"third-party-cookies", 0, "SETTING", "by-engine (default), allow, partition or block",
         OPTION_CHOICE, &check->third_party_cookies, third_party_cookies_words},
        {"engine", 0, "ENGINE",
         "spec (default), chromium, firefox, webkit; all: each, side by side", OPTION_CHOICE,
         &check->engine, engine_option_words},
        {"format", 0, "FORMAT", "text, json or mermaid", OPTION_CHOICE, &check->format, formats},
        {"verbose", 'v', NULL, "all headers, and the whole trace", OPTION_TRUE, &check->verbose,
         NULL},
        {"curl", 0, "COMMAND", "the request of a pasted curl command; @FILE, - for standard input",
         OPTION_STRING, &check->curl, NULL},
        {"curl-quoting", 0, "SHELL", "auto (default), posix or cmd", OPTION_CHOICE, &check->quoting,
         shell_words_choices},
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
        .operands = "URL|--curl COMMAND",
        .summary = "Does on the network what a browser would do with a script's request, and says "
                   "whether the page may read the answer, why, and what to change.",
        .example = "corsim check https://api.example.com/me --origin https://app.example.com\n"
                   "corsim check https://api.example.com/me --origin https://app.example.com \\\n"
                   "    --credentials include -X PUT -H 'X-A: 1'\n"
                   "corsim check --curl \"curl 'https://api.example.com/me' -H 'Origin: "
                   "https://app.example.com'\"",
        .notes = "Exit status: 0 allowed (or opaque, as asked for), 1 blocked, 2 usage, 3 no\n"
                 "response where one was needed, 4 undecided.",
        .least = 0,
        .most = 1,
        .options = options,
        .option_count = sizeof options / sizeof *options};
    struct command_line line;
    if (!command_parse(&command, argc, argv, &line))
        return line.status;
    check->command = &command;
    int status = describe(check, &line);
    if (status == EXIT_HOLDS)
        status = run_check(check, line.colour);
    check->command = NULL;
    command_line_free(&line);
    return status;
}

int command_check(int argc, char **argv)
{
    struct check check = {.credentials = UNSAID_MODE};
    int status = with_flags(&check, argc, argv);
    transport_flags_free(&check.transport);
    string_list_free(&check.headers);
    string_list_free(&check.data);
    string_list_free(&check.raw);
    string_list_free(&check.json);
    memory_free(&check.memory);
    return status;
}
