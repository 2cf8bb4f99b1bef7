/* Proofs as the JUnit XML that CI systems read: a testcase for each check. Invariant: what is not
 * proven is no success: a bypass is a failure, what could not be decided or read an error. */
#include "prove_report.h"

#include <string.h>

static size_t count_of(const struct prove_reports *reports, bool failures)
{
    size_t count = 0;
    for (size_t i = 0; i < reports->count; i++) {
        const enum prove_verdict verdict = report_verdict(&reports->at[i]);
        count += failures ? verdict == PROVE_BYPASS : verdict >= PROVE_UNDECIDED;
    }
    return count;
}

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

static void put_testcase(const struct output *output, const struct prove_report *report)
{
    const enum prove_verdict verdict = report_verdict(report);
    const char *element = verdict == PROVE_BYPASS ? "failure" : "error";
    output_format(
        output, "    <testcase classname=\"%s\" name=\"%s\" time=\"%.4f\"",
        escape_xml(bytes_of(report->file == NULL ? report->system : report->file), report->memory)
            .at,
        escape_xml(bytes_of(name_of(report)), report->memory).at, report->answer.seconds);
    if (verdict == PROVE_PROVEN) {
        output_format(output, "/>\n");
        return;
    }
    output_format(output, ">\n      <%s message=\"%s\">%s</%s>\n    </testcase>\n", element,
                  verdict == PROVE_BYPASS  ? "a browser can send an origin that gets in"
                  : report->unread != NULL ? "it could not be read"
                                           : prove_verdict_words[verdict],
                  escape_xml(bytes_of(message_of(report)), report->memory).at, element);
}

void prove_junit(const struct output *output, const struct prove_reports *reports)
{
    output_format(output,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                  "  <testsuite name=\"corsim prove\" tests=\"%zu\" failures=\"%zu\" "
                  "errors=\"%zu\" skipped=\"0\">\n",
                  reports->count, count_of(reports, true), count_of(reports, false));
    for (size_t i = 0; i < reports->count; i++)
        put_testcase(output, &reports->at[i]);
    output_format(output, "  </testsuite>\n</testsuites>\n");
}
