/* `corsim audit` as JSON, and as SARIF 2.1.0
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), in which a finding is a
 * result whose place is the URL and whose request and answer are those that show it best.
 * Invariants: header values are code points U+0000 to U+00FF in JSON, one for each byte, and
 * repaired UTF-8 in SARIF, whose readers show them. */
#include "audit_report.h"

#include "case.h"
#include "sarif.h"

#include <string.h>

static json_t *indices(const size_t *at, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_integer((json_int_t)at[i]));
    return array;
}

static json_t *words(const char *text)
{
    return json_text(bytes_of(text));
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *exchanges_json(const struct audit_result *result)
{
    json_t *array = json_array();
    for (size_t i = 0; i < result->exchange_count; i++) {
        const struct audit_exchange *one = &result->exchanges[i];
        json_t *object = report_json_exchange(&one->exchange);
        json_object_set_new(object, "purpose", words(audit_purpose_words[one->purpose]));
        json_object_set_new(object, "origin", json_text(one->origin));
        json_object_set_new(object, "sent", json_boolean(!one->unsent));
        json_object_set_new(object, "began", json_real(one->began));
        json_object_set_new(object, "took", json_real(one->took));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *verdicts_json(const struct audit_request *request)
{
    json_t *object = json_object();
    for (size_t i = 0; i < ENGINE_COUNT; i++) {
        const struct audit_verdict *verdict = &request->verdicts[i];
        json_object_set_new(
            object, choice_word(engine_words, (int)i),
            json_pack("{s:o, s:b, s:o, s:o, s:o, s:b, s:I, s:I, s:o}", "verdict",
                      words(verdict->asked ? verdict_words[verdict->verdict] : NULL), "assumed",
                      verdict->assumed, "step", json_text(verdict->step), "error",
                      words(verdict->error), "reason", json_text(verdict->reason), "inPreflight",
                      verdict->in_preflight, "preflights", (json_int_t)verdict->preflights,
                      "status", (json_int_t)verdict->status, "exchanges",
                      indices(verdict->exchanges, verdict->exchange_count)));
    }
    return object;
}

static json_t *requests_json(const struct audit_result *result)
{
    json_t *array = json_array();
    for (size_t i = 0; i < result->request_count; i++) {
        const struct audit_request *request = &result->requests[i];
        json_array_append_new(
            array, json_pack("{s:o, s:o, s:o, s:o, s:b, s:o}", "origin", json_text(request->origin),
                             "method", json_text(request->method), "url", json_text(request->url),
                             "headers", json_headers(&request->headers), "credentials",
                             request->credentials, "verdicts", verdicts_json(request)));
    }
    return array;
}

static json_t *case_json(const struct audit_finding *finding)
{
    if (finding->case_text.at == NULL)
        return json_null();
    return json_pack("{s:o, s:o}", "name", json_text(finding->case_name), "text",
                     json_text(finding->case_text));
}

static json_t *findings_json(const struct audit_result *result)
{
    json_t *array = json_array();
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct audit_finding *one = &result->findings[i];
        json_array_append_new(
            array, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", one->id,
                             "severity", audit_severity_words[one->severity], "title",
                             json_text(one->title), "detail", json_text(one->detail), "explanation",
                             words(one->explanation), "url", words(one->url), "repair",
                             words(one->repair), "fix", json_text(one->fix), "exchanges",
                             indices(one->exchanges, one->exchange_count), "case", case_json(one)));
    }
    return array;
}

static json_t *stranger_json(const struct audit_stranger *stranger)
{
    return json_pack(
        "{s:s, s:s, s:o, s:s, s:o, s:s, s:o, s:b, s:o}", "read", audit_reach_words[stranger->read],
        "send", audit_reach_words[stranger->send.reach], "sends", json_text(stranger->send.methods),
        "disguisedRead", audit_reach_words[stranger->disguised_read], "disguises",
        json_text(stranger->disguises), "nullSend", audit_reach_words[stranger->null_send.reach],
        "nullSends", json_text(stranger->null_send.methods), "sendsSimple", stranger->sends_simple,
        "exchanges", indices(stranger->exchanges, stranger->exchange_count));
}

static json_t *hunt_of(const struct audit_hunt *hunt)
{
    return json_pack("{s:b, s:o, s:I, s:I, s:b}", "ran", hunt->ran, "whyNot", words(hunt->why_not),
                     "asked", (json_int_t)hunt->asked, "budget", (json_int_t)hunt->budget,
                     "completeNearby", hunt->complete_nearby);
}

static json_t *counts_json(const struct audit_result *result)
{
    json_t *object = json_object();
    for (size_t i = 0; i < AUDIT_SEVERITIES; i++)
        json_object_set_new(object, audit_severity_words[i],
                            json_integer((json_int_t)result->counts[i]));
    return object;
}

static json_t *origins_json(const struct audit_result *result)
{
    json_t *array = json_array();
    for (size_t i = 0; i < result->origin_count; i++)
        json_array_append_new(array, json_text(result->origins[i]));
    return array;
}

static json_t *system_json(const struct audit_result *result)
{
    if (result->system == NULL)
        return json_null();
    return json_pack("{s:s, s:o}", "name", result->system, "how", json_text(result->system_how));
}

json_t *audit_json(const struct audit_result *result)
{
    json_t *object = json_pack("{s:o, s:o, s:b, s:b, s:o, s:o, s:o}", "url", json_text(result->url),
                               "origins", origins_json(result), "credentials", result->credentials,
                               "dryRun", result->dry_run, "counts", counts_json(result), "findings",
                               findings_json(result), "requests", requests_json(result));
    json_object_set_new(object, "stranger",
                        result->dry_run ? json_null() : stranger_json(&result->stranger));
    json_object_set_new(object, "system", system_json(result));
    json_object_set_new(object, "exchanges", exchanges_json(result));
    json_object_set_new(object, "hunt", hunt_of(&result->hunt));
    json_object_set_new(object, "sent", json_integer((json_int_t)result->sent));
    json_object_set_new(object, "unanswered", json_integer((json_int_t)result->unanswered));
    json_object_set_new(object, "mostRequests", json_integer((json_int_t)result->most));
    json_object_set_new(object, "seconds", json_real(result->seconds));
    json_object_set_new(object, "endedEarly", json_text(result->ended_early));
    json_object_set_new(object, "unreachable", json_boolean(result->unreachable));
    return object;
}

/* ---- SARIF --------------------------------------------------------------------------------- */

static const char *const levels[AUDIT_SEVERITIES] = {[AUDIT_HIGH] = "error",
                                                     [AUDIT_MEDIUM] = "warning",
                                                     [AUDIT_LOW] = "note",
                                                     [AUDIT_NOTE] = "note"};

/* An object of names and values (sections 3.46.6, 3.47.6): a name that came twice is there once,
 * its values joined. Only the first of very many. */
static json_t *joined_headers(const struct cors_header_list *headers, struct memory *memory)
{
    enum { MOST = 200 };
    json_t *object = json_object();
    for (size_t i = 0; i < headers->count && i < MOST; i++) {
        const struct cors_header_list before = {.at = headers->at, .count = i};
        const struct cors_bytes name = headers->at[i].name;
        if (cors_header_list_contains(&before, name))
            continue;
        json_t *key = json_text(name);
        json_object_set_new(object, json_string_value(key),
                            json_text(combined_value(headers, name, memory)));
        json_decref(key);
    }
    return object;
}

static void add_exchange(json_t *object, const struct exchange *exchange, struct memory *memory)
{
    const struct answer *answer = &exchange->answer;
    json_object_set_new(object, "webRequest",
                        json_pack("{s:s, s:o, s:o, s:o}", "protocol", "HTTP", "method",
                                  json_text(exchange->method), "target", json_text(exchange->url),
                                  "headers", joined_headers(&exchange->headers, memory)));
    if (answer->network_error) {
        json_object_set_new(object, "webResponse", json_pack("{s:b}", "noResponseReceived", true));
        return;
    }
    json_object_set_new(
        object, "webResponse",
        json_pack(
            "{s:s, s:I, s:o, s:o}", "protocol", "HTTP", "statusCode", (json_int_t)answer->status,
            "reasonPhrase",
            json_text(answer->status_message.at == NULL ? CORS_BYTES("") : answer->status_message),
            "headers", joined_headers(&answer->headers, memory)));
}

static json_t *result_of(const struct audit_result *audit, const struct audit_finding *finding,
                         struct memory *memory)
{
    const struct cors_bytes message =
        memory_format(memory, "%.*s%s%.*s Change: %s", (int)finding->title.len, finding->title.at,
                      finding->detail.len == 0 ? "." : ". ", (int)finding->detail.len,
                      finding->detail.at == NULL ? "" : finding->detail.at, finding->repair);
    const struct sarif_result result = {
        .rule = finding->id,
        .level = levels[finding->severity],
        .message = message.at,
        .locations = sarif_url_location(audit->url, memory),
        .fingerprint = finding->case_name,
        .properties =
            json_pack("{s:s, s:o, s:o}", "severity", audit_severity_words[finding->severity], "fix",
                      json_text(finding->fix), "case", case_json(finding))};
    json_t *object = sarif_result(&result);
    if (finding->exchange_count > 0)
        add_exchange(object, &audit->exchanges[finding->exchanges[0]].exchange, memory);
    return object;
}

/* Code scanning of GitHub sorts by "security-severity", from 0 to 10. */
static json_t *rule_of(const struct audit_finding *finding)
{
    static const char *const scores[AUDIT_SEVERITIES] = {
        [AUDIT_HIGH] = "8.0", [AUDIT_MEDIUM] = "5.0", [AUDIT_LOW] = "3.0", [AUDIT_NOTE] = "1.0"};
    json_t *rule = sarif_rule(finding->id, finding->explanation);
    json_object_set_new(rule, "help", json_pack("{s:s}", "text", finding->repair));
    if (finding->url != NULL && *finding->url != '\0')
        json_object_set_new(rule, "helpUri", words(finding->url));
    json_object_set_new(rule, "defaultConfiguration",
                        json_pack("{s:s}", "level", levels[finding->severity]));
    json_object_set_new(rule, "properties",
                        json_pack("{s:s, s:[s, s]}", "security-severity", scores[finding->severity],
                                  "tags", "security", "cors"));
    return rule;
}

static bool is_first_of_its_rule(const struct audit_result *result, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(result->findings[i].id, result->findings[index].id) == 0)
            return false;
    return true;
}

json_t *audit_sarif(const struct audit_result *result, struct memory *memory)
{
    json_t *rules = json_array(), *results = json_array();
    for (size_t i = 0; i < result->finding_count; i++) {
        json_array_append_new(results, result_of(result, &result->findings[i], memory));
        if (is_first_of_its_rule(result, i))
            json_array_append_new(rules, rule_of(&result->findings[i]));
    }
    const char *trouble = result->unreachable ? "the server could not be reached"
                                              : memory_copy(memory, result->ended_early).at;
    json_t *log = sarif_log("corsim audit", trouble, rules, results);
    sarif_set_origin(log, result->url, memory);
    return log;
}
