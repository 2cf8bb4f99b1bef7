/* A proof's result as JSON, and many as SARIF 2.1.0
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html). Invariants: the fields are
 * there whatever the verdict, null or empty where there is nothing to say; what is proven and what
 * is open are results of their own kind, not silence. */
#include "prove_report.h"

#include "sarif.h"

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *json_column(const struct prove_report *report, size_t pattern, size_t column)
{
    const size_t at = report_column(report, pattern, column);
    return at == 0 ? json_null() : json_integer((json_int_t)at);
}

static json_t *json_words(const char *text)
{
    return text == NULL ? json_null() : json_text(bytes_of(text));
}

static json_t *witness_json(const struct prove_report *report, const struct prove_witness *witness)
{
    json_t *object = json_pack(
        "{s:o, s:o, s:s, s:s, s:o, s:I, s:b, s:o, s:o, s:o}", "origin", json_text(witness->origin),
        "answer", json_text(witness->answer), "tier", tier_words[witness->kind.tier], "class",
        bypass_class_words[witness->kind.class], "column",
        json_column(report, witness->pattern, witness->column), "pattern",
        (json_int_t)witness->pattern, "certificate", !witness->kind.no_certificate, "use",
        json_words(report_use(report, witness)), "why", json_words(report_cause(report, witness)),
        "fix", json_words(report_fix(report, witness->pattern)));
    if (report->place_of != NULL) {
        const struct file_place at = report->place_of(report, witness->pattern, witness->column);
        json_object_set_new(
            object, "place",
            json_pack("{s:I, s:I}", "line", (json_int_t)at.line, "column", (json_int_t)at.column));
    }
    return object;
}

static json_t *hunted_json(const struct witness *witness)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:n, s:b, s:n}", "origin", witness->origin, "answer",
                     witness->origin, "tier", tier_words[witness->kind.tier], "class",
                     bypass_class_words[witness->kind.class], "column", "certificate",
                     !witness->kind.no_certificate, "fix");
}

static json_t *witnesses_json(const struct prove_report *report)
{
    enum { KINDS = TIER_COUNT * CLASS_COUNT };
    const struct witness *hunted[KINDS];
    json_t *array = json_array();
    for (size_t i = 0; i < report->answer.witness_count; i++)
        json_array_append_new(array, witness_json(report, &report->answer.witnesses[i]));
    const size_t count =
        report->hunt == NULL ? 0 : hunt_witnesses(report->hunt->result, hunted, KINDS);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, hunted_json(hunted[i]));
    return array;
}

static json_t *refused_json(const struct dead_rule *refused, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_words(refused[i].text));
    return array;
}

static json_t *patterns_json(const struct prove_report *report)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->pattern_count; i++)
        json_array_append_new(array, json_text(report->patterns[i].text));
    return array;
}

static const char *first_fix(const struct prove_report *report)
{
    for (size_t i = 0; i < report->pattern_count; i++)
        if (report_fix(report, i) != NULL)
            return report_fix(report, i);
    return NULL;
}

static void add_extras(json_t *object, const struct prove_report *report)
{
    if (report->allows != NULL) {
        json_t *globs = json_array();
        for (size_t i = 0; i < report->allow_count; i++)
            json_array_append_new(globs, json_pack("{s:o, s:o, s:b}", "glob",
                                                   json_words(report->allows[i].glob), "member",
                                                   json_words(report->allows[i].member), "exact",
                                                   report->allows[i].is_exact));
        json_object_set_new(object, "allows", globs);
        json_object_set_new(object, "allows_more", json_words(report->allows_more));
    }
    if (report->fix_count > 0) {
        json_t *fixes = json_array();
        for (size_t i = 0; i < report->fix_count; i++)
            json_array_append_new(fixes, json_words(report->fixes[i]));
        json_object_set_new(object, "fixes", fixes);
    }
    if (report->advice != NULL)
        json_object_set_new(object, "advice", json_words(report->advice));
    if (report->certificate != NULL)
        json_object_set_new(object, "certificate", json_words(report->certificate));
    if (report->hunt != NULL)
        json_object_set_new(object, "fuzz", hunt_json(report->hunt));
}

static json_t *report_json_of(const struct prove_report *report)
{
    const enum prove_verdict verdict = report_verdict(report);
    const bool open = report->unread != NULL || report->answer.verdict >= PROVE_UNDECIDED;
    json_t *object = json_pack(
        "{s:s, s:o, s:o, s:I, s:f, s:o, s:o, s:o, s:o, s:o}", "verdict",
        prove_verdict_words[verdict], "reason", json_words(open ? report_reason(report) : NULL),
        "column", json_column(report, report->answer.pattern, open ? report->answer.column : 0),
        "states", (json_int_t)report->answer.states, "seconds", report->answer.seconds, "refused",
        refused_json(report->refused, report->refused_count), "astray",
        json_words(report->answer.astray.len == 0 ? NULL : report->answer.astray.at), "witnesses",
        witnesses_json(report), "fix", json_words(first_fix(report)), "patterns",
        patterns_json(report));
    add_extras(object, report);
    return object;
}

json_t *prove_json(const struct prove_reports *reports)
{
    if (!reports->is_config)
        return report_json_of(&reports->at[0]);
    json_t *checks = json_array();
    for (size_t i = 0; i < reports->count; i++) {
        const struct prove_report *report = &reports->at[i];
        json_t *check = report_json_of(report);
        json_object_set_new(check, "file", json_words(report->file));
        json_object_set_new(check, "line", json_integer((json_int_t)report->place.line));
        json_object_set_new(check, "system", json_words(report->system));
        json_object_set_new(check, "read", json_boolean(report->unread == NULL));
        json_array_append_new(checks, check);
    }
    return json_pack("{s:s, s:o, s:o}", "verdict", prove_verdict_words[reports_verdict(reports)],
                     "refused", refused_json(reports->refused, reports->refused_count), "checks",
                     checks);
}

/* ---- SARIF --------------------------------------------------------------------------------- */

static json_t *location(const struct prove_report *report, size_t pattern, size_t column)
{
    if (report->file == NULL)
        return sarif_named_location(report->pattern_count == 0 ? bytes_of(report->system)
                                                               : report->patterns[pattern].text,
                                    "function");
    const struct file_place at = report->place_of == NULL || column == 0
                                     ? report->place
                                     : report->place_of(report, pattern, column);
    return sarif_file_location(report->file, at.line, at.column, report->memory);
}

static void add_result(json_t *results, const struct sarif_result *result)
{
    json_array_append_new(results, sarif_result(result));
}

static void add_witness(json_t *results, const struct prove_report *report,
                        const struct prove_witness *witness)
{
    const char *fix = report_fix(report, witness->pattern);
    const char *message =
        memory_format(report->memory,
                      "%.*s gets in and is not meant to: %s. It is accepted because %s.%s%s",
                      (int)witness->origin.len, witness->origin.at, report_use(report, witness),
                      report_cause(report, witness),
                      fix == NULL ? "" : " Write instead: ", fix == NULL ? "" : fix)
            .at;
    add_result(results, &(struct sarif_result){
                            .rule = bypass_class_words[witness->kind.class],
                            .level = tier_levels[witness->kind.tier],
                            .message = message,
                            .locations = location(report, witness->pattern, witness->column),
                            .fingerprint = witness->origin,
                            .properties = witness_json(report, witness)});
}

static void add_results(json_t *results, const struct prove_report *report)
{
    const struct prove_answer *answer = &report->answer;
    const bool is_read = report->unread == NULL;
    if (!is_read || answer->verdict >= PROVE_UNDECIDED)
        add_result(results, &(struct sarif_result){
                                .rule = is_read ? "undecided" : "unread",
                                .kind = "open",
                                .message = report_reason(report),
                                .locations = location(report, answer->pattern, answer->column)});
    if (is_read && answer->verdict == PROVE_PROVEN)
        add_result(results,
                   &(struct sarif_result){.rule = "proven",
                                          .kind = "pass",
                                          .message = "No origin that a browser can send and that "
                                                     "is not listed is accepted.",
                                          .locations = location(report, 0, 0)});
    for (size_t i = 0; i < answer->witness_count; i++)
        add_witness(results, report, &answer->witnesses[i]);
}

static void add_refused(json_t *results, const struct prove_report *report,
                        const struct dead_rule *refused, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *message = memory_format(report->memory, "%s is listed and never accepted%s%s",
                                            refused[i].text, refused[i].why == NULL ? "" : ": ",
                                            refused[i].why == NULL ? "" : refused[i].why)
                                  .at;
        add_result(results, &(struct sarif_result){.rule = "dead-rule",
                                                   .level = "note",
                                                   .message = message,
                                                   .locations = location(report, 0, 0)});
    }
}

static json_t *rules(void)
{
    static const char *const more[][2] = {
        {"undecided", "it could not be decided whether there is a bypass"},
        {"unread", "what looks like an origin check could not be read"},
        {"proven", "no browser can send an origin that gets in and is not meant"},
        {"dead-rule", "an origin that is listed is never accepted"}};
    json_t *array = bypass_class_rules();
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        json_array_append_new(array, sarif_rule(more[i][0], more[i][1]));
    return array;
}

json_t *prove_sarif(const struct prove_reports *reports)
{
    json_t *results = json_array();
    for (size_t i = 0; i < reports->count; i++) {
        add_results(results, &reports->at[i]);
        if (reports->at[i].hunt != NULL) {
            json_t *hunted = hunt_sarif_results(reports->at[i].hunt);
            json_array_extend(results, hunted);
            json_decref(hunted);
        }
        if (!reports->is_config)
            add_refused(results, &reports->at[i], reports->at[i].refused,
                        reports->at[i].refused_count);
    }
    if (reports->count > 0)
        add_refused(results, &reports->at[0], reports->refused, reports->refused_count);
    return sarif_log("corsim prove",
                     reports_verdict(reports) == PROVE_MALFORMED ? "a pattern is none" : NULL,
                     rules(), results);
}
