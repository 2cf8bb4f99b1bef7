/* decision-main-fetch.tsv against main fetch's switch
 * (https://fetch.spec.whatwg.org/#concept-main-fetch, step 12), seen in the trace. Once through
 * cors_fetch, where a request becomes tainted by following a redirect; and once through main_fetch
 * alone with the tainting set, which also reaches what no redirect leads to: a redirect mode other
 * than follow, or a scheme other than HTTP(S), at a tainted request. */
#include "decisions.h"

#include "fetch.h"

enum { MOST_EVENTS = 2048 };

/* The table's words for a request, as the library's. */
struct asked {
    const char *url;
    enum cors_mode mode;
    enum cors_redirect_mode redirect_mode;
    struct cors_bytes method;
    struct cors_header header;
    struct cors_header_list headers;
};

static int value_of(const struct situation *situation, const char *column)
{
    int value;
    if (!enumeration_value(column, class_of(situation, column), &value))
        give_up(situation, column);
    return value;
}

/* NULL: there is no such URL. */
static const char *current_url_text(const struct situation *situation)
{
    const bool same = class_is(situation, "same-origin", "yes");
    if (class_is(situation, "scheme", "http-s"))
        return same ? "https://app.example/" : "https://other.example/";
    if (class_is(situation, "scheme", "data"))
        return same ? NULL : "data:,";
    return same ? "blob:https://app.example/0" : "about:blank";
}

/* False: it cannot be. */
static bool ask(const struct situation *situation, struct asked *asked)
{
    *asked = (struct asked){
        .url = current_url_text(situation),
        .mode = (enum cors_mode)value_of(situation, "mode"),
        .redirect_mode = (enum cors_redirect_mode)value_of(situation, "redirect-mode"),
        .method =
            class_is(situation, "method", "safelisted") ? CORS_BYTES("GET") : CORS_BYTES("PUT"),
        .header = {CORS_BYTES("X-A"), CORS_BYTES("1")},
    };
    asked->headers.at = &asked->header;
    asked->headers.count = class_is(situation, "unsafe-headers", "some");
    return asked->url != NULL;
}

/* ---- A server that agrees to everything ----------------------------------------------------- */

/* Allows the request's own origin; at /redirect it leads to the URL of the context. */
static enum cors_network_result answer(void *context, const struct cors_network_request *request,
                                       struct cors_network_response *response,
                                       struct cors_arena *arena)
{
    struct cors_header_list *headers = &response->headers;
    const struct cors_bytes origin =
        cors_header_list_get(request->headers, CORS_BYTES("Origin"), arena);
    response->status = 200;
    if (!is_null(origin))
        cors_header_list_append(headers, CORS_BYTES("Access-Control-Allow-Origin"), origin, arena);
    if (request->preflight) {
        cors_header_list_append(headers, CORS_BYTES("Access-Control-Allow-Methods"),
                                CORS_BYTES("PUT"), arena);
        cors_header_list_append(headers, CORS_BYTES("Access-Control-Allow-Headers"),
                                CORS_BYTES("X-A"), arena);
    } else if (bytes_equal(request->url->path, CORS_BYTES("/redirect"))) {
        response->status = 307;
        cors_header_list_append(headers, CORS_BYTES("Location"), bytes_of(context), arena);
    }
    return CORS_NETWORK_RESPONSE;
}

static struct cors_server agreeing_server(const struct asked *asked)
{
    union {
        const char *url;
        void *context;
    } target = {.url = asked->url};
    return (struct cors_server){.answer = answer, .context = target.context};
}

/* ---- What the trace shows ------------------------------------------------------------------- */

static struct cors_trace fresh_trace(void)
{
    static struct cors_trace_event events[MOST_EVENTS];
    return (struct cors_trace){.at = events, .capacity = MOST_EVENTS};
}

static bool is_entry_to(const struct cors_trace_event *event, const char *algorithm)
{
    return event->kind == CORS_TRACE_ENTER && strcmp(event->algorithm, algorithm) == 0;
}

/* Where the last main fetch begins. */
static size_t last_main_fetch(const struct situation *situation, const struct cors_trace *trace)
{
    for (size_t i = trace->count; i-- > 0;)
        if (!trace->truncated && is_entry_to(&trace->at[i], "main-fetch"))
            return i;
    give_up(situation, "no main fetch in the trace");
}

static bool is_branch(const struct cors_trace_event *event)
{
    return event->kind == CORS_TRACE_WHEN && event->held &&
           strcmp(event->algorithm, "main-fetch") == 0 && strncmp(event->step, "12.", 3) == 0 &&
           strcmp(event->step, "12.f.3") != 0;
}

/* The branch that was taken, and what it runs. */
static void look_at(const struct cors_trace *trace, size_t from, struct sight *sight)
{
    sight->outputs[0] = "";
    sight->outputs[2] = "network-error";
    for (size_t i = from; i < trace->count; i++) {
        const struct cors_trace_event *event = &trace->at[i];
        if (is_branch(event))
            sight->outputs[0] = event->step;
        const bool first = strcmp(sight->outputs[2], "network-error") == 0;
        if (first && is_entry_to(event, "scheme-fetch"))
            sight->outputs[2] = "scheme-fetch";
        if (first && is_entry_to(event, "http-fetch"))
            sight->outputs[2] = "http-fetch";
        if (strcmp(sight->outputs[2], "http-fetch") == 0 &&
            is_entry_to(event, "cors-preflight-fetch"))
            sight->outputs[2] = "http-fetch-with-preflight";
    }
}

/* The error, if the switch itself made it. */
static const char *switch_error(const struct sight *sight, const char *algorithm, const char *step,
                                const char *error)
{
    if (strcmp(sight->outputs[2], "network-error") != 0)
        return "";
    if (strcmp(algorithm, "main-fetch") != 0 || strcmp(step, sight->outputs[0]) != 0)
        return "decided elsewhere";
    return or_empty(error);
}

/* ---- Through cors_fetch --------------------------------------------------------------------- */

/* A request becomes tainted in the modes that taint, and by following a redirect to HTTP(S). */
static bool can_be_redirected(const struct situation *situation)
{
    const char *mode = class_is(situation, "tainting", "cors") ? "cors" : "no-cors";
    return class_is(situation, "tainting", "basic") ||
           (class_is(situation, "mode", mode) && class_is(situation, "redirect-mode", "follow") &&
            class_is(situation, "scheme", "http-s"));
}

static const char *tainting_of(const struct cors_outcome *outcome)
{
    switch (outcome->result) {
    case CORS_RESULT_BASIC:
        return "basic";
    case CORS_RESULT_CORS:
        return "cors";
    case CORS_RESULT_OPAQUE:
        return "opaque";
    case CORS_RESULT_OPAQUE_REDIRECT:
        return "opaque-redirect";
    case CORS_RESULT_NETWORK_ERROR:
        break;
    }
    /* It cannot be seen behind an error of the switch, nor behind a blob: URL, which never has a
     * response. */
    return strcmp(outcome->algorithm, "main-fetch") == 0 || strcmp(outcome->step, "3.b") == 0
               ? NULL
               : "a network error";
}

bool main_fetch_by_redirects(const struct situation *situation, struct sight *sight)
{
    struct asked asked;
    if (!ask(situation, &asked) || !can_be_redirected(situation))
        return false;
    struct cors_arena arena = fresh_arena();
    const bool tainted = !class_is(situation, "tainting", "basic");
    const struct cors_url url =
        url_of(tainted ? "https://other.example/redirect" : asked.url, &arena);
    const struct cors_client client = {.origin = origin_of("https://app.example", &arena)};
    const struct cors_request request = {
        .entry = CORS_ENTRY_NONE,
        .method = asked.method,
        .url = &url,
        .headers = asked.headers,
        .client = &client,
        .mode = asked.mode,
        .redirect_mode = asked.redirect_mode,
        .use_cors_preflight = class_is(situation, "use-cors-preflight", "set"),
        .unsafe_request = class_is(situation, "unsafe-request", "set"),
    };
    struct cors_trace trace = fresh_trace();
    struct cors_agent agent = {.server = agreeing_server(&asked), .trace = &trace};
    struct cors_outcome outcome;
    if (cors_fetch(&outcome, &request, &agent, &arena) != CORS_OK)
        give_up(situation, "cors_fetch");
    const size_t from = last_main_fetch(situation, &trace);
    if (tainted == (trace.at[from].depth == 1))
        give_up(situation, "the redirect was not followed");
    look_at(&trace, from, sight);
    sight->outputs[1] = tainting_of(&outcome);
    sight->outputs[3] = switch_error(sight, outcome.algorithm, outcome.step, outcome.error);
    return true;
}

/* ---- Through main_fetch alone --------------------------------------------------------------- */

static const char *const taintings[] = {"basic", "cors", "opaque"};

static enum response_tainting tainting_at_first(const struct situation *situation)
{
    for (size_t i = 0; i < sizeof taintings / sizeof taintings[0]; i++)
        if (class_is(situation, "tainting", taintings[i]))
            return (enum response_tainting)i;
    give_up(situation, "tainting");
}

bool main_fetch_by_itself(const struct situation *situation, struct sight *sight)
{
    struct asked asked;
    if (!ask(situation, &asked))
        return false;
    struct cors_arena arena = fresh_arena();
    struct cors_trace trace = fresh_trace();
    struct cors_agent agent = {.server = agreeing_server(&asked), .trace = &trace};
    struct response error = {.type = RESPONSE_ERROR};
    struct simulation simulation = {.agent = &agent, .arena = &arena, .network_error = &error};
    const struct steps top = {
        .simulation = &simulation, .trace = &trace, .algorithm = "test", .depth = (unsigned)-1};
    const struct cors_client client = {.origin = origin_of("https://app.example", &arena)};
    struct cors_url url_list[REDIRECT_LIMIT + 1] = {url_of(asked.url, &arena)};
    struct cors_origin url_origins[REDIRECT_LIMIT + 1] = {
        cors_url_origin(&url_list[0], NULL, &arena)};
    struct request request = {
        .method = asked.method,
        .url_list = url_list,
        .url_origins = url_origins,
        .url_count = 1,
        .header_list = asked.headers,
        .client = &client,
        .origin = client.origin,
        .mode = asked.mode,
        .redirect_mode = asked.redirect_mode,
        .use_cors_preflight = class_is(situation, "use-cors-preflight", "set"),
        .unsafe_request = class_is(situation, "unsafe-request", "set"),
        .response_tainting = tainting_at_first(situation),
    };
    main_fetch(&top, &(struct fetch_params){.request = &request}, true);
    if (arena.exhausted)
        give_up(situation, "main_fetch");
    look_at(&trace, last_main_fetch(situation, &trace), sight);
    sight->outputs[1] = taintings[request.response_tainting];
    sight->outputs[3] =
        switch_error(sight, simulation.algorithm, simulation.step, error_of(&simulation));
    return true;
}
