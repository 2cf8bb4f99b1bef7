/* What a recorded fetch came to, for a reader and as JSON. The reasons, steps and changes are those
 * of every report (report.h, https://fetch.spec.whatwg.org/); added is where in the recording it
 * stands and how that compares. Invariant: bytes from the recording are printed by output.h only.
 */
#include "har.h"

#include "texts.h"
#include "words.h"

#include <string.h>

const char *const har_verdict_words[] = {[HAR_ALLOWED] = "allowed",
                                         [HAR_BLOCKED] = "blocked",
                                         [HAR_OPAQUE] = "opaque",
                                         [HAR_UNDECIDED] = "undecided"};
const char *const har_preflight_words[] = {[PREFLIGHT_NOT_NEEDED] = "not needed",
                                           [PREFLIGHT_RECORDED] = "recorded",
                                           [PREFLIGHT_REMEMBERED] = "remembered",
                                           [PREFLIGHT_MISSING] = "not recorded"};
const char *const har_other_words[] = {[OTHER_SAME_ORIGIN] = "of the page's own origin",
                                       [OTHER_NO_CORS] = "without CORS (images, scripts, no-cors)",
                                       [OTHER_PAGE_LOAD] = "page loads and sockets",
                                       [OTHER_NOT_HTTP] = "that no script could make over HTTP",
                                       [OTHER_NO_ORIGIN] =
                                           "whose page the recording does not name (see --origin)",
                                       [OTHER_LONE_PREFLIGHT] = "preflights without their request"};
const char *const har_other_names[] = {
    [OTHER_SAME_ORIGIN] = "sameOrigin", [OTHER_NO_CORS] = "noCORS",
    [OTHER_PAGE_LOAD] = "pageLoad",     [OTHER_NOT_HTTP] = "notHTTP",
    [OTHER_NO_ORIGIN] = "noOrigin",     [OTHER_LONE_PREFLIGHT] = "lonePreflight"};
static const char *const recorded_words[] = {
    [RECORDED_NOTHING] = "unknown", [RECORDED_ALLOWED] = "allowed", [RECORDED_BLOCKED] = "blocked"};

/* ---- Text --------------------------------------------------------------------------------- */

static void entries_text(const struct output *output, const struct har_fetch *fetch)
{
    output_format(output, "  entry %zu", fetch->hops[0].request->number);
    for (size_t i = 1; i < fetch->hop_count; i++)
        output_format(output, ", redirected to %zu", fetch->hops[i].request->number);
    for (size_t i = 0; i < fetch->hop_count; i++)
        if (fetch->hops[i].preflight != NULL)
            output_format(output, ", preflight %zu", fetch->hops[i].preflight->number);
    output_format(output, ", from ");
    output_bytes(output, fetch->description.origin);
    output_format(output, "\n");
}

static void verdict_text(const struct output *output, const struct har_report *report)
{
    static const struct {
        const char *word;
        enum style style;
    } verdicts[] = {[HAR_ALLOWED] = {"ALLOWED", STYLE_GOOD},
                    [HAR_BLOCKED] = {"BLOCKED", STYLE_BAD},
                    [HAR_OPAQUE] = {"OPAQUE", STYLE_CAUTION},
                    [HAR_UNDECIDED] = {"UNDECIDED", STYLE_CAUTION}};
    const enum har_verdict verdict = report->judgement->verdict;
    output_styled(output, verdicts[verdict].style, "%s", verdicts[verdict].word);
    output_format(output, "  ");
    output_bytes(output, report->fetch->description.method);
    output_format(output, " ");
    output_bytes(output, report->fetch->description.url);
    output_format(output, "\n");
    entries_text(output, report->fetch);
}

static void change_text(const struct output *output, const char *fix, const char *where)
{
    output_styled(output, STYLE_STRONG, "  change  ");
    output_paragraph(output, 10, 10, bytes_of(fix));
    output_styled(output, STYLE_STRONG, "  where   ");
    output_paragraph(output, 10, 10, bytes_of(where));
}

static void why_text(const struct output *output, const struct har_report *report)
{
    const struct played *played = report->report.played;
    const char *fix, *where;
    const struct error_text *error =
        report->judgement->error == NULL ? NULL : error_text(report->judgement->error);
    if (error != NULL) {
        output_paragraph(output, 2, 0, bytes_of(error->means));
        output_styled(output, STYLE_STRONG, "  decided ");
        output_format(output, "in %s, by the browser's words\n", error->algorithm);
        change_text(output, error->fix, error->where);
        return;
    }
    if (report->judgement->verdict == HAR_UNDECIDED)
        return;
    output_paragraph(output, 2, 0, reason_of(played, report->report.memory));
    output_styled(output, STYLE_STRONG, "  decided ");
    output_format(output, "%s%s\n", outcome_step(&played->outcome, report->report.memory).at,
                  played->outcome.in_preflight ? ", on the preflight's response" : "");
    if (report->judgement->verdict != HAR_BLOCKED)
        return;
    if (step_url(&played->outcome) != NULL)
        output_styled(output, STYLE_QUIET, "          %s\n", step_url(&played->outcome));
    if (repair_of(played, &fix, &where))
        change_text(output, fix, where);
}

static void recorded_text(const struct output *output, const struct har_judgement *judgement)
{
    if (judgement->recorded == RECORDED_NOTHING)
        return;
    output_styled(output, STYLE_STRONG, "  browser ");
    output_styled(output, judgement->agrees ? STYLE_PLAIN : STYLE_CAUTION, "%s%s",
                  recorded_words[judgement->recorded], judgement->words.at == NULL ? "" : ": ");
    if (judgement->words.at != NULL)
        output_bytes(output, judgement->words);
    output_format(output, "\n");
}

void har_text_fetch(const struct output *output, const struct har_report *report)
{
    const struct har_judgement *judgement = report->judgement;
    verdict_text(output, report);
    why_text(output, report);
    recorded_text(output, judgement);
    for (size_t i = 0; i < judgement->note_count; i++) {
        output_styled(output, STYLE_STRONG, "  note    ");
        output_paragraph(output, 10, 10, bytes_of(judgement->notes[i]));
    }
    if (report->report.verbose) {
        output_format(output, "\n");
        for (size_t i = 0; i < report->report.played->exchange_count; i++)
            report_text_exchange(output, &report->report.played->exchanges[i], NULL, true);
    }
    output_format(output, "\n");
}

/* ---- JSON --------------------------------------------------------------------------------- */

static json_t *entries_json(const struct har_fetch *fetch)
{
    json_t *list = json_array();
    for (size_t i = 0; i < fetch->hop_count; i++) {
        const struct har_entry *preflight = fetch->hops[i].preflight;
        json_t *hop = json_object();
        json_object_set_new(hop, "request",
                            json_integer((json_int_t)fetch->hops[i].request->number));
        json_object_set_new(hop, "preflight",
                            preflight == NULL ? json_null()
                                              : json_integer((json_int_t)preflight->number));
        json_array_append_new(list, hop);
    }
    return list;
}

static json_t *recorded_json(const struct har_judgement *judgement)
{
    json_t *object = json_object();
    json_object_set_new(object, "outcome", json_string(recorded_words[judgement->recorded]));
    json_object_set_new(object, "words", json_text(judgement->words));
    json_object_set_new(object, "agrees", json_boolean(judgement->agrees));
    return object;
}

/* What the recording's words say in place of what could not be played: the algorithm, but not
 * always at which of its steps. */
static void by_words_json(json_t *object, const struct error_text *error)
{
    json_object_set_new(object, "error", json_string(error->id));
    json_object_set_new(object, "reason", json_string(error->means));
    json_object_set_new(object, "step", json_string(error->algorithm));
    json_object_set_new(object, "decided", json_null());
    json_object_set_new(object, "fix",
                        json_pack("{s:s,s:s}", "change", error->fix, "where", error->where));
}

json_t *har_json_fetch(const struct har_report *report)
{
    const struct har_judgement *judgement = report->judgement;
    const struct fetch_description *description = &report->fetch->description;
    json_t *object = report_json(&report->report);
    json_t *notes = json_object_get(object, "notes");
    json_object_set_new(object, "verdict", json_string(har_verdict_words[judgement->verdict]));
    json_object_set_new(object, "origin", json_text(description->origin));
    json_object_set_new(object, "method", json_text(description->method));
    json_object_set_new(object, "requestURL", json_text(description->url));
    json_object_set_new(object, "entries", entries_json(report->fetch));
    json_object_set_new(object, "preflight",
                        json_string(har_preflight_words[judgement->preflight]));
    json_object_set_new(object, "recorded", recorded_json(judgement));
    if (judgement->error != NULL)
        by_words_json(object, error_text(judgement->error));
    for (size_t i = 0; i < judgement->note_count; i++)
        json_array_append_new(notes, json_string(judgement->notes[i]));
    return object;
}
