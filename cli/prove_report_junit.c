/* Proofs as the JUnit XML that CI systems read: a testcase for each check. Invariant: what is not
 * proven is no success: a bypass is a failure, what could not be decided or read an error. */
#include "prove_report.h"

#include "junit.h"

#include <stdlib.h>

/* What a testcase is called: its place, or its patterns. */
static const char *name_of(const struct prove_report *report)
{
    struct cors_bytes name = CORS_BYTES("");
    if (report->file != NULL)
        return memory_format(report->memory, "line %zu: %s", report->place.line, report->system).at;
    for (size_t i = 0; i < report->pattern_count; i++)
        name = memory_format(report->memory, "%s%s%s", name.at, i == 0 ? "" : " ",
                             report->patterns[i].text.at);
    return name.at;
}

static const char *message_of(const struct prove_report *report)
{
    struct cors_bytes message = CORS_BYTES("");
    if (report_verdict(report) != PROVE_BYPASS)
        return report_reason(report);
    for (size_t i = 0; i < report->answer.witness_count; i++) {
        const struct prove_witness *witness = &report->answer.witnesses[i];
        message = memory_format(report->memory, "%s%.*s (%s): accepted because %s\n", message.at,
                                (int)witness->origin.len, witness->origin.at,
                                report_use(report, witness), report_cause(report, witness));
    }
    for (size_t i = 0; i < report->fix_count; i++)
        message = memory_format(report->memory, "%sfix: %s\n", message.at, report->fixes[i]);
    return message.len > 0 ? message.at : "a hunt found a bypass";
}

static struct junit_case case_of(const struct prove_report *report)
{
    const enum prove_verdict verdict = report_verdict(report);
    struct junit_case one = {.group = report->file == NULL ? report->system : report->file,
                             .name = name_of(report),
                             .seconds = report->answer.seconds};
    if (verdict == PROVE_PROVEN)
        return one;
    one.status = verdict == PROVE_BYPASS ? JUNIT_FAILURE : JUNIT_ERROR;
    one.type = report->unread != NULL ? "unread" : prove_verdict_words[verdict];
    one.message = verdict == PROVE_BYPASS  ? "a browser can send an origin that gets in"
                  : report->unread != NULL ? "it could not be read"
                                           : prove_verdict_words[verdict];
    one.text = message_of(report);
    return one;
}

void prove_junit(const struct output *output, const struct prove_reports *reports)
{
    struct junit_case *cases = memory_allocate((reports->count + 1) * sizeof *cases);
    for (size_t i = 0; i < reports->count; i++)
        cases[i] = case_of(&reports->at[i]);
    junit_print(output, "corsim prove", cases, reports->count);
    free(cases);
}
