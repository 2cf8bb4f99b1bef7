/* `corsim audit URL`: asks what audit_probe.c plans, finds what audit_judge*.c knows, and prints
 * what audit_report*.c makes of it. Invariants: nothing is sent before all flags have been read;
 * nothing but GET, HEAD and OPTIONS unless --send is given; the hunt stays on loopback unless
 * --i-am-authorised is; the exit status follows from the findings alone, whatever the format. */
#include "audit_hunt.h"
#include "audit_parts.h"
#include "commands.h"
#include "curl_data.h"
#include "url_text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MESSAGES_MOST = 150,
    PARALLEL = 4,
    PER_SECOND = 20, /* where the server is not on loopback */
    SECONDS = 10,    /* for one answer */
    WHOLE = 60,
    HUNT_BUDGET = 1500,
};

/* Flags as they are given, where the audit itself wants something else. */
struct flags {
    struct audit *audit;
    const char *data, *cookie, *error_path, *system, *save;
    struct string_list headers, follow;
    unsigned long most, parallel, budget;
    double rate, timeout;
    int format;
    bool send, hunt, no_hunt, authorised, dry_run;
};

/* ---- Reading what was given ----------------------------------------------------------------- */

static int read_url(struct audit *audit, const char *given)
{
    if (!url_of_text(&audit->url, bytes_of(given), NULL, audit->memory))
        return usage_error(audit->command, "\"%s\" is not an absolute URL: https://host/path",
                           escaped_string(given));
    if (!cors_url_is_http_s(&audit->url))
        return usage_error(audit->command, "\"%s\" is no http: or https: URL",
                           escaped_string(given));
    if (cors_url_includes_credentials(&audit->url))
        return usage_error(audit->command, "no script can ask a URL with a user name or password");
    audit->result.url = url_to_text(&audit->url, CORS_URL_EXCLUDE_FRAGMENT, audit->memory);
    audit->server = url_origin(&audit->url, audit->memory);
    audit->limits.host = audit->url.host.serialized;
    return EXIT_HOLDS;
}

static int read_origins(struct audit *audit)
{
    const size_t count = audit->origins.count;
    const struct lookalike_intent meant = {&audit->origins, &audit->intend};
    struct complaint complaint;
    if (count == 0)
        return usage_error(audit->command, "--origin is missing: name the front end's, as --origin "
                                           "https://app.example; it may be repeated");
    struct cors_bytes *origins = memory_take(audit->memory, count * sizeof *origins);
    for (size_t i = 0; i < count; i++) {
        struct cors_request request;
        origins[i] = bytes_of(audit->origins.at[i]);
        const struct fetch_description fetch = {.url = audit->result.url, .origin = origins[i]};
        if (strchr(audit->origins.at[i], '*') != NULL)
            return usage_error(audit->command,
                               "--origin \"%s\" is a pattern: name an origin of the front end, and "
                               "give the pattern to --intend",
                               escaped_string(audit->origins.at[i]));
        if (!fetch_request(&fetch, &request, audit->memory, &complaint))
            return usage_error(audit->command, "%s", complaint.text);
    }
    audit->result.origins = origins;
    audit->result.origin_count = count;
    if (!intent_is_readable(&meant, &complaint))
        return usage_error(audit->command, "%s", complaint.text);
    struct cors_url page;
    if (url_of_text(&page, origins[0], NULL, audit->memory))
        audit->page = url_origin(&page, audit->memory);
    return EXIT_HOLDS;
}

static int read_headers(struct flags *flags)
{
    struct audit *audit = flags->audit;
    const size_t count = flags->headers.count;
    struct cors_header *headers = memory_take(audit->memory, (count + 1) * sizeof *headers);
    if (curl_headers(audit->command, &flags->headers, headers) != EXIT_HOLDS)
        return EXIT_USAGE;
    audit->headers = (struct cors_header_list){.at = headers, .count = count};
    audit->body = bytes_of(flags->data);
    audit->limits.cookie = cors_normalize_header_value(bytes_of(flags->cookie));
    if (!cors_is_header_value(audit->limits.cookie) || audit->limits.cookie.len == 0)
        return usage_error(audit->command, "--cookie \"%s\" cannot be sent in a header",
                           escaped_string(flags->cookie));
    return EXIT_HOLDS;
}

static int read_error_path(struct flags *flags)
{
    struct audit *audit = flags->audit;
    struct cors_url url;
    if (flags->error_path == NULL)
        return EXIT_HOLDS;
    if (!url_of_text(&url, bytes_of(flags->error_path), &audit->url, audit->memory) ||
        !bytes_are(url.host.serialized, audit->limits.host))
        return usage_error(audit->command,
                           "--error-path \"%s\" is no path of that server: write /path",
                           escaped_string(flags->error_path));
    audit->error_path = url_to_text(&url, CORS_URL_EXCLUDE_FRAGMENT, audit->memory);
    return EXIT_HOLDS;
}

/* Whether nobody else's machine is asked: the rule for loopback is the one of
 * https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy without its schemes. */
static bool is_loopback(const struct audit *audit)
{
    struct cors_origin plain = audit->server;
    plain.scheme = CORS_BYTES("http");
    return cors_is_origin_potentially_trustworthy(&plain);
}

static int read_limits(struct flags *flags)
{
    struct audit *audit = flags->audit;
    struct audit_limits *limits = &audit->limits;
    if (flags->most == 0 || flags->parallel == 0 || flags->timeout <= 0)
        return usage_error(audit->command,
                           "--max-requests, --parallel and --timeout must be more than 0");
    if (flags->system != NULL && !is_system(flags->system))
        return usage_error(audit->command, "--system %s: known are %s",
                           escaped_string(flags->system), system_names(audit->memory).at);
    if (flags->hunt && flags->no_hunt)
        return usage_error(audit->command, "--hunt and --no-hunt: give one");
    if (flags->hunt && !flags->authorised && !is_loopback(audit))
        return usage_error(audit->command, "the hunt asks many questions: outside loopback it "
                                           "needs --i-am-authorised");
    limits->most = flags->most;
    limits->parallel = flags->parallel;
    limits->seconds = flags->timeout;
    limits->per_second = flags->rate > 0 ? flags->rate : is_loopback(audit) ? 0 : PER_SECOND;
    limits->whole = audit->transport.max_seconds > 0 ? audit->transport.max_seconds : WHOLE;
    limits->secure = bytes_are_string(audit->url.scheme, "https");
    limits->send = flags->send;
    limits->dry_run = flags->dry_run;
    limits->follow = &flags->follow;
    audit->result.dry_run = flags->dry_run;
    audit->result.credentials = audit->credentials;
    audit->result.system = flags->system;
    audit->result.system_how =
        flags->system == NULL ? (struct cors_bytes){0} : CORS_BYTES("by --system");
    return EXIT_HOLDS;
}

/* The front end's requests must be such that a script could make them. */
static int check_requests(struct audit *audit)
{
    struct complaint complaint;
    for (size_t i = 0; i < audit->probes.count; i++) {
        struct cors_request request;
        if (!fetch_request(&audit->probes.at[i].description, &request, audit->memory, &complaint))
            return usage_error(audit->command, "%s", complaint.text);
    }
    for (size_t i = 0; i < audit->methods.count; i++)
        if (!cors_is_method(bytes_of(audit->methods.at[i])) ||
            cors_is_forbidden_method(bytes_of(audit->methods.at[i])))
            return usage_error(audit->command, "-X %s: no script can send that",
                               escaped_string(audit->methods.at[i]));
    return EXIT_HOLDS;
}

static int read_flags(struct flags *flags, const char *url)
{
    struct audit *audit = flags->audit;
    audit->says_methods = audit->methods.count > 0;
    if (!audit->says_methods)
        string_list_append(&audit->methods, "GET");
    int status = read_url(audit, url);
    if (status == EXIT_HOLDS)
        status = read_origins(audit);
    if (status == EXIT_HOLDS)
        status = read_headers(flags);
    if (status == EXIT_HOLDS)
        status = read_error_path(flags);
    if (status == EXIT_HOLDS)
        status = transport_user_agent(audit->command, &audit->transport,
                                      &audit->settings.user_agent, audit->memory);
    return status == EXIT_HOLDS ? read_limits(flags) : status;
}

/* ---- The hunt ------------------------------------------------------------------------------- */

/* Why there is nothing to hunt for, or nobody to ask; NULL: there is. */
static const char *no_hunt(const struct flags *flags, double left)
{
    struct audit *audit = flags->audit;
    const struct audit_probe *stranger = first_of(audit, PURPOSE_STRANGER);
    const struct audit_exchange *answer = stranger == NULL ? NULL : last_answer(stranger, false);
    if (flags->no_hunt)
        return "--no-hunt";
    if (flags->dry_run)
        return "--dry-run";
    if (!flags->authorised && !is_loopback(audit))
        return "outside loopback --i-am-authorised is needed";
    if (audit->transport.resolve.count + audit->transport.connect_to.count > 0 ||
        audit->transport.insecure || audit->transport.cacert != NULL ||
        audit->transport.proxy != NULL)
        return "it does not know --resolve, --connect-to, --proxy, --cacert and --insecure";
    if (answer == NULL)
        return "the server does not answer";
    if (left <= 0)
        return "the audit has ended before it";
    if (header_of(audit, answer, "Access-Control-Allow-Origin").at == NULL)
        return NULL;
    return reach_of(audit, answer) == REACH_NO ? NULL : "every origin is let in";
}

/* What the hunt found is asked once more as a page would, so that there is an exchange of it: a
 * quarter of the time that is left is for that. */
static void hunt_origins(struct flags *flags, double left)
{
    struct audit *audit = flags->audit;
    struct audit_hunt *report = &audit->result.hunt;
    struct audit_hunt_found *found = memory_take(audit->memory, sizeof *found);
    const struct audit_hunt_options options = {.meant = {&audit->origins, &audit->intend},
                                               .url = audit->result.url.at,
                                               .budget = flags->budget,
                                               .per_second = audit->limits.per_second,
                                               .seconds = audit->limits.seconds,
                                               .whole = left * 3 / 4,
                                               .authorised = flags->authorised};
    report->budget = flags->budget;
    report->why_not = no_hunt(flags, left);
    if (report->why_not != NULL)
        return;
    audit_hunt(&options, found, audit->memory);
    report->ran = true;
    report->why_not = found->why_not;
    report->asked = found->asked;
    report->complete_nearby = found->complete_nearby;
    for (size_t i = 0; i < found->count; i++)
        plan_lookalike(audit, PURPOSE_HUNT, &found->at[i]);
}

/* ---- Running -------------------------------------------------------------------------------- */

/* The front end's requests come first and one by one, as a page's do; the rest side by side. */
static bool ask_all(struct flags *flags, struct wire *wire, const char **error)
{
    struct audit *audit = flags->audit;
    const size_t own = audit->probes.count;
    if (!wire_run(wire, &audit->probes, 0, false, error))
        return false;
    plan_probes(audit);
    if (!wire_run(wire, &audit->probes, own, true, error))
        return false;
    const size_t planned = audit->probes.count;
    hunt_origins(flags, wire_seconds_left(wire));
    return audit->probes.count == planned || wire_run(wire, &audit->probes, planned, true, error);
}

static int status_of(const struct audit_result *result)
{
    if (result->unreachable)
        return EXIT_UNREACHABLE;
    if (result->counts[AUDIT_HIGH] + result->counts[AUDIT_MEDIUM] + result->counts[AUDIT_LOW] > 0)
        return EXIT_DOES_NOT;
    return result->ended_early.at == NULL ? EXIT_HOLDS : EXIT_UNDECIDED;
}

static int run_audit(struct flags *flags, enum colour colour)
{
    struct audit *audit = flags->audit;
    struct audit_result *result = &audit->result;
    struct complaint complaint;
    const char *error = NULL;
    plan_front_end(audit);
    int status = check_requests(audit);
    if (status != EXIT_HOLDS)
        return status;
    struct wire *wire =
        wire_open(&audit->limits, &audit->transport, &audit->settings, audit->memory);
    const bool asked = ask_all(flags, wire, &error);
    wire_result(wire, &audit->probes, result);
    wire_close(wire);
    if (!asked)
        return command_error(audit->command, EXIT_USAGE, "%s", error);
    hide_secrets(audit);
    read_probes(audit);
    if (!flags->dry_run)
        judge(audit);
    status = status_of(result);
    if (flags->save != NULL && !flags->dry_run && !save_cases(result, flags->save, &complaint))
        status = command_error(audit->command, EXIT_USAGE, "%s", complaint.text);
    audit_report(stdout, (enum audit_format)flags->format, colour, result);
    if (status == EXIT_UNREACHABLE || status == EXIT_UNDECIDED)
        command_error(audit->command, status, "%s: %s",
                      status == EXIT_UNREACHABLE ? "the server does not answer"
                                                 : "not everything could be asked",
                      escaped(result->ended_early));
    return status;
}

/* ---- The command ---------------------------------------------------------------------------- */

enum { OWN_OPTION_COUNT = 22 };

static void own_options(struct flags *flags, struct option *options)
{
    struct audit *audit = flags->audit;
    const struct option rows[OWN_OPTION_COUNT] = {
        {"origin", 0, "ORIGIN", "of the front end; needed, may be repeated", OPTION_STRINGS,
         &audit->origins, NULL},
        {"credentials", 0, NULL, "the front end sends credentials", OPTION_TRUE,
         &audit->credentials, NULL},
        {"request", 'X', "METHOD", "one that the front end sends (GET); may be repeated",
         OPTION_STRINGS, &audit->methods, NULL},
        {"header", 'H', "NAME: VALUE", "that the front end's script sets", OPTION_STRINGS,
         &flags->headers, NULL},
        {"data", 'd', "TEXT", "the body of other methods than GET and HEAD", OPTION_STRING,
         &flags->data, NULL},
        {"cookie", 'b', "NAME=VALUE; ...", "sent where credentials are included (corsim-audit=1)",
         OPTION_STRING, &flags->cookie, NULL},
        {"send", 0, NULL, "send the front end's methods, whichever they are", OPTION_TRUE,
         &flags->send, NULL},
        {"error-path", 0, "PATH", "a path that the server answers with an error", OPTION_STRING,
         &flags->error_path, NULL},
        {"system", 0, "NAME",
         "whose fixes are shown: express, django, flask, fastapi, rails, laravel, php, go, nginx, "
         "apache, caddy, spring or bucket; else guessed",
         OPTION_STRING, &flags->system, NULL},
        {"intend", 0, "ORIGIN", "meant to be let in too, as https://*.example.com", OPTION_STRINGS,
         &audit->intend, NULL},
        {"follow", 0, "HOST", "redirects may lead to that host too", OPTION_STRINGS, &flags->follow,
         NULL},
        {"hunt", 0, NULL, "hunt for origins that get in (on loopback: always)", OPTION_TRUE,
         &flags->hunt, NULL},
        {"no-hunt", 0, NULL, "do not hunt", OPTION_TRUE, &flags->no_hunt, NULL},
        {"hunt-budget", 0, "N", "questions of the hunt (1500)", OPTION_NUMBER, &flags->budget,
         NULL},
        {"i-am-authorised", 0, NULL, "the hunt may leave loopback: the server is yours to test",
         OPTION_TRUE, &flags->authorised, NULL},
        {"dry-run", 0, NULL, "show what would be sent, and send nothing", OPTION_TRUE,
         &flags->dry_run, NULL},
        {"max-requests", 0, "N", "at most, without the hunt (150)", OPTION_NUMBER, &flags->most,
         NULL},
        {"rate", 0, "N", "requests a second (20; on loopback as fast as it answers)",
         OPTION_SECONDS, &flags->rate, NULL},
        {"timeout", 0, "SECONDS", "for one answer (10)", OPTION_SECONDS, &flags->timeout, NULL},
        {"parallel", 0, "N", "connections (4)", OPTION_NUMBER, &flags->parallel, NULL},
        {"save", 0, "FOLDER", "where a case for each finding goes", OPTION_STRING, &flags->save,
         NULL},
        {"format", 0, "FORMAT", "text (default), json, sarif, junit or html", OPTION_CHOICE,
         &flags->format, audit_format_words},
    };
    memcpy(options, rows, sizeof rows);
}

static int with_flags(struct flags *flags, int argc, char **argv)
{
    struct audit *audit = flags->audit;
    struct option options[OWN_OPTION_COUNT + TRANSPORT_OPTION_COUNT];
    own_options(flags, options);
    transport_options(options + OWN_OPTION_COUNT, &audit->transport);
    const struct command command = {
        .name = "audit",
        .operands = "URL",
        .summary = "Asks a server what a front end would ask it, and what others could, and says "
                   "what is wrong with its CORS, how bad it is, and what to change.",
        .example = "corsim audit https://api.example.com/me --origin https://app.example.com\n"
                   "corsim audit http://127.0.0.1:8080/me --origin https://app.example.com \\\n"
                   "    --credentials -X PUT -H 'Content-Type: application/json' --system nginx",
        .notes = "Exit status: 0 nothing above a note, 1 findings, 2 usage, 3 the server does not\n"
                 "answer, 4 nothing was found, but not everything could be asked.",
        .least = 1,
        .most = 1,
        .options = options,
        .option_count = sizeof options / sizeof *options};
    struct command_line line;
    if (!command_parse(&command, argc, argv, &line))
        return line.status;
    audit->command = &command;
    int status = read_flags(flags, line.operands[0]);
    if (status == EXIT_HOLDS)
        status = run_audit(flags, line.colour);
    audit->command = NULL;
    command_line_free(&line);
    return status;
}

void audit_result_free(struct audit_result *result)
{
    memory_free(&result->memory);
    *result = (struct audit_result){0};
}

int command_audit(int argc, char **argv)
{
    struct audit audit = {0};
    struct flags flags = {.audit = &audit,
                          .most = MESSAGES_MOST,
                          .parallel = PARALLEL,
                          .budget = HUNT_BUDGET,
                          .timeout = SECONDS,
                          /* some servers answer otherwise as soon as there is any */
                          .cookie = "corsim-audit=1"};
    audit.once = (unsigned)time(NULL);
    audit.memory = &audit.result.memory;
    const int status = with_flags(&flags, argc, argv);
    for (size_t i = 0; i < audit.probes.count; i++)
        free(audit.probes.at[i].exchanges);
    free(audit.probes.at);
    transport_flags_free(&audit.transport);
    string_list_free(&audit.origins);
    string_list_free(&audit.methods);
    string_list_free(&audit.intend);
    string_list_free(&flags.headers);
    string_list_free(&flags.follow);
    audit_result_free(&audit.result);
    return status;
}
