/* decision-cors-check.tsv against the CORS check
 * (https://fetch.spec.whatwg.org/#concept-cors-check) as fetch() runs into it, on the response
 * itself and on the preflight's, and against the check called alone. */
#include "decisions.h"

/* One class of Access-Control-Allow-Origin or Access-Control-Allow-Credentials. */
struct class_of_header {
    const char *name;
    const char *values[2]; /* NULL: no such header */
};

static const struct class_of_header allow_origins[] = {
    {"absent", {NULL}},
    {"wildcard", {"*"}},
    {"same", {"https://app.example"}},
    {"same-opaque", {"null"}},
    {"null", {"null"}},
    {"other", {"https://other.example"}},
    {"other-scheme", {"http://app.example"}},
    {"other-port", {"https://app.example:8443"}},
    {"default-port", {"https://app.example:443"}},
    {"upper-case", {"HTTPS://APP.EXAMPLE"}},
    {"trailing-slash", {"https://app.example/"}},
    {"bare-host", {"app.example"}},
    {"subdomain-wildcard", {"https://*.example"}},
    {"empty", {""}},
    {"list-comma", {"https://app.example, https://other.example"}},
    {"list-space", {"https://app.example https://other.example"}},
    {"twice", {"https://app.example", "https://app.example"}},
    {"wildcard-twice", {"*", "*"}},
};

static const struct class_of_header allow_credentials[] = {
    {"absent", {NULL}},   {"true", {"true"}}, {"other-case", {"True"}},
    {"other", {"false"}}, {"empty", {""}},    {"twice", {"true", "true"}},
};

static void add_class(const struct situation *situation, const char *column, const char *name,
                      const struct class_of_header *classes, size_t count, struct headers *headers)
{
    for (size_t i = 0; i < count; i++) {
        if (!class_is(situation, column, classes[i].name))
            continue;
        add_header(headers, name, classes[i].values[0]);
        add_header(headers, name, classes[i].values[1]);
        return;
    }
    give_up(situation, column);
}

static struct headers checked_headers(const struct situation *situation)
{
    struct headers headers = {.count = 0};
    add_class(situation, "allow-origin", "Access-Control-Allow-Origin", allow_origins,
              sizeof allow_origins / sizeof allow_origins[0], &headers);
    add_class(situation, "allow-credentials", "Access-Control-Allow-Credentials", allow_credentials,
              sizeof allow_credentials / sizeof allow_credentials[0], &headers);
    return headers;
}

static const char *page_origin(const struct situation *situation)
{
    return class_is(situation, "allow-origin", "same-opaque") ? "null" : "https://app.example";
}

static void fetch_checked(const struct situation *situation, const char *method,
                          struct answers *answers, struct cors_trace *trace,
                          struct cors_outcome *outcome)
{
    struct cors_arena arena = fresh_arena();
    const struct cors_url url = url_of("https://api.example/", &arena);
    const struct cors_client client = {.origin = origin_of(page_origin(situation), &arena)};
    const struct cors_request request = {
        .method = bytes_of(method),
        .url = &url,
        .client = &client,
        .credentials_mode = credentials_mode_of(situation),
    };
    struct cors_agent agent = {.server = server_of(answers), .trace = trace};
    if (cors_fetch(outcome, &request, &agent, &arena) != CORS_OK)
        give_up(situation, "cors_fetch");
}

static bool alone(const struct situation *situation)
{
    struct cors_arena arena = fresh_arena();
    struct headers headers = checked_headers(situation);
    const struct cors_header_list list = list_of(&headers);
    return cors_check(bytes_of(page_origin(situation)), credentials_mode_of(situation), &list,
                      &arena);
}

static const char *verdict_of(bool success)
{
    return success ? "success" : "failure";
}

bool cors_check_of_the_response(const struct situation *situation, struct sight *sight)
{
    struct answers answers = {.status = 200, .actual = checked_headers(situation)};
    struct cors_outcome outcome;
    fetch_checked(situation, "GET", &answers, NULL, &outcome);
    if (outcome.sent != 1 || outcome.preflights != 0 || outcome.in_preflight)
        give_up(situation, "the request was not sent as it is");
    const bool decided_here = strcmp(outcome.algorithm, "cors-check") == 0;
    sight->outputs[0] = alone(situation) == outcome.readable ? verdict_of(outcome.readable)
                                                             : "another if called alone";
    sight->outputs[1] = decided_here ? outcome.step : "";
    sight->outputs[2] = or_empty(outcome.error);
    return true;
}

/* The step that decided the first CORS check of the trace: the last one in it that held. */
static const char *step_of_first_check(const struct situation *situation,
                                       const struct cors_trace *trace)
{
    const char *step = NULL;
    unsigned checks = 0;
    for (size_t i = 0; i < trace->count; i++) {
        const struct cors_trace_event *event = &trace->at[i];
        if (strcmp(event->algorithm, "cors-check") != 0)
            continue;
        checks += event->kind == CORS_TRACE_ENTER;
        if (checks == 1 && event->kind == CORS_TRACE_WHEN && event->held)
            step = event->step;
    }
    if (trace->truncated || step == NULL)
        give_up(situation, "no CORS check in the trace");
    return step;
}

bool cors_check_of_the_preflight(const struct situation *situation, struct sight *sight)
{
    static struct cors_trace_event events[1024];
    struct cors_trace trace = {.at = events, .capacity = sizeof events / sizeof events[0]};
    struct answers answers = {
        .preflight_status = 204, .preflight = checked_headers(situation), .status = 200};
    add_header(&answers.preflight, "Access-Control-Allow-Methods", "PUT");
    struct cors_outcome outcome;
    fetch_checked(situation, "PUT", &answers, &trace, &outcome);
    if (outcome.preflights != 1)
        give_up(situation, "no preflight was sent");
    /* What succeeds goes on to the request itself, whose response has no header and fails. */
    const bool success = outcome.sent == 1;
    if (success == outcome.in_preflight || outcome.readable)
        give_up(situation, "it was decided elsewhere");
    sight->outputs[0] = verdict_of(success);
    sight->outputs[1] = step_of_first_check(situation, &trace);
    sight->outputs[2] = success ? "" : or_empty(outcome.error);
    return true;
}
