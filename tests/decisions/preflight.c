/* decision-preflight-method.tsv and decision-preflight-header.tsv against CORS-preflight fetch,
 * steps 7.1 to 7.7 (https://fetch.spec.whatwg.org/#cors-preflight-fetch-0). The preflight's
 * response passes the CORS check and the status; the request's own is readable whenever it is sent.
 */
#include "decisions.h"

#include <stdio.h>

/* One class of Access-Control-Allow-Methods or -Headers: the value is the template with the
 * request's own word, as it is or in the other case, in place of %s. NULL: no such header. */
struct template
{
    const char *name;
    const char *value;
    bool other_case;
};

static const char *fill(const struct situation *situation, const char *column,
                        const struct template *templates, const char *word, const char *other_case)
{
    static char value[64];
    for (; templates->name != NULL; templates++) {
        if (!class_is(situation, column, templates->name))
            continue;
        if (templates->value == NULL)
            return NULL;
        const char *at = strstr(templates->value, "%s");
        if (at == NULL)
            return templates->value;
        snprintf(value, sizeof value, "%.*s%s", (int)(at - templates->value), templates->value,
                 templates->other_case ? other_case : word);
        return value;
    }
    give_up(situation, column);
}

static struct headers passing_headers(void)
{
    struct headers headers = {.count = 0};
    add_header(&headers, "Access-Control-Allow-Origin", "https://app.example");
    add_header(&headers, "Access-Control-Allow-Credentials", "true");
    return headers;
}

static struct answers passing_answers(void)
{
    return (struct answers){
        .preflight_status = 204,
        .preflight = passing_headers(),
        .status = 200,
        .actual = passing_headers(),
    };
}

/* Fetches with what differs between the tables set in `request`. */
static void fetch_preflighted(const struct situation *situation, struct cors_request *request,
                              struct answers *answers, struct sight *sight)
{
    struct cors_arena arena = fresh_arena();
    const struct cors_url url = url_of("https://api.example/", &arena);
    const struct cors_client client = {.origin = origin_of("https://app.example", &arena)};
    request->entry = CORS_ENTRY_NONE;
    request->unsafe_request = true;
    request->mode = CORS_MODE_CORS;
    request->url = &url;
    request->client = &client;
    request->credentials_mode = credentials_mode_of(situation);
    struct cors_agent agent = {.server = server_of(answers)};
    struct cors_outcome outcome;
    if (cors_fetch(&outcome, request, &agent, &arena) != CORS_OK || outcome.preflights != 1)
        give_up(situation, "no preflight was sent");
    const bool refused = strcmp(outcome.algorithm, "cors-preflight-fetch") == 0;
    if (refused != outcome.in_preflight || outcome.readable == refused ||
        outcome.sent != (refused ? 0 : 1))
        give_up(situation, "it was decided elsewhere");
    sight->outputs[0] = refused ? "network-error" : "continue";
    sight->outputs[1] = refused ? outcome.step : "";
    sight->outputs[2] = or_empty(outcome.error);
}

bool preflight_on_method(const struct situation *situation, struct sight *sight)
{
    static const struct template templates[] = {
        {"absent", NULL, false},
        {"invalid", "PUT POST", false},
        {"empty", "", false},
        {"same", "%s", false},
        {"other-case", "%s", true},
        {"among", "DELETE, %s", false},
        {"other", "DELETE", false},
        {"wildcard", "*", false},
        {"wildcard-and-same", "*, %s", false},
        {NULL, NULL, false},
    };
    const bool safelisted = class_is(situation, "method", "safelisted");
    const char *method = safelisted ? "POST" : "PUT";
    struct cors_header header = {CORS_BYTES("X-A"), CORS_BYTES("1")};
    struct cors_request request = {
        .method = bytes_of(method),
        .use_cors_preflight = class_is(situation, "use-cors-preflight", "set"),
    };
    struct answers answers = passing_answers();
    add_header(&answers.preflight, "Access-Control-Allow-Methods",
               fill(situation, "allow-methods", templates, method, safelisted ? "post" : "put"));
    if (safelisted && !request.use_cors_preflight) {
        request.headers = (struct cors_header_list){.at = &header, .count = 1};
        add_header(&answers.preflight, "Access-Control-Allow-Headers", "x-a");
    }
    fetch_preflighted(situation, &request, &answers, sight);
    return true;
}

bool preflight_on_header(const struct situation *situation, struct sight *sight)
{
    static const struct template templates[] = {
        {"absent", NULL, false}, {"invalid", "X A", false},  {"empty", "", false},
        {"same", "%s", false},   {"other-case", "%s", true}, {"among", "x-b, %s", false},
        {"other", "x-b", false}, {"wildcard", "*", false},   {"wildcard-and-same", "*, %s", false},
        {NULL, NULL, false},
    };
    const bool authorization = class_is(situation, "header", "authorization");
    struct cors_header header = {bytes_of(authorization ? "Authorization" : "X-A"),
                                 CORS_BYTES("x")};
    struct cors_request request = {.headers = {.at = &header, .count = 1}};
    struct answers answers = passing_answers();
    add_header(&answers.preflight, "Access-Control-Allow-Headers",
               fill(situation, "allow-headers", templates, authorization ? "authorization" : "x-a",
                    authorization ? "AUTHORIZATION" : "X-A"));
    fetch_preflighted(situation, &request, &answers, sight);
    return true;
}
