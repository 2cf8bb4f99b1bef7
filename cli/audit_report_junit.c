/* `corsim audit` as the JUnit XML that CI systems read: a testcase for each request of the front
 * end in each engine, and one for each finding. Invariants: what is a note fails nothing; a server
 * that cannot be reached is an error, and never a success. */
#include "audit_report.h"

#include "junit.h"
#include "texts.h"

#include <string.h>

static struct junit_case case_of_verdict(const struct audit_request *request, size_t engine,
                                         struct memory *memory)
{
    const struct audit_verdict *verdict = &request->verdicts[engine];
    const struct cors_bytes title = audit_request_title(request, memory);
    struct junit_case one = {
        .group =
            memory_format(memory, "front end in %s", choice_word(engine_words, (int)engine)).at,
        .name = title.at,
        .type = verdict_words[verdict->verdict]};
    if (verdict->verdict == VERDICT_ALLOWED)
        return one;
    one.status = verdict->verdict == VERDICT_UNREACHABLE ? JUNIT_ERROR : JUNIT_FAILURE;
    one.message = memory_copy(memory, verdict->reason).at;
    one.text = memory_format(memory, "%s, decided by %.*s", title.at, (int)verdict->step.len,
                             verdict->step.at == NULL ? "" : verdict->step.at)
                   .at;
    return one;
}

static struct junit_case case_of_finding(const struct audit_finding *finding, struct memory *memory)
{
    struct junit_case one = {.group = "findings",
                             .name = memory_format(memory, "%s: %.*s", finding->id,
                                                   (int)finding->title.len, finding->title.at)
                                         .at,
                             .type = finding->id};
    if (finding->severity == AUDIT_NOTE)
        return one;
    one.status = JUNIT_FAILURE;
    one.message = memory_format(memory, "%s: %.*s", audit_severity_words[finding->severity],
                                (int)finding->title.len, finding->title.at)
                      .at;
    one.text = memory_format(memory, "%.*s\n%s\nChange: %s\n%.*s\n", (int)finding->detail.len,
                             finding->detail.at == NULL ? "" : finding->detail.at,
                             finding->explanation, finding->repair, (int)finding->fix.len,
                             finding->fix.at == NULL ? "" : finding->fix.at)
                   .at;
    return one;
}

static bool is_found(const struct audit_result *result, const char *id)
{
    for (size_t i = 0; i < result->finding_count; i++)
        if (strcmp(result->findings[i].id, id) == 0)
            return true;
    return false;
}

static size_t add_not_found(struct junit_case *cases, const struct audit_result *result,
                            struct memory *memory)
{
    size_t count = 0;
    for (size_t i = 0; i < FINDING_COUNT; i++) {
        const struct finding_text *row = &finding_texts[i];
        if (!is_found(result, row->id))
            cases[count++] = (struct junit_case){
                .group = "findings",
                .name = memory_format(memory, "%s: %s", row->id, row->title).at};
    }
    return count;
}

void audit_junit(const struct output *output, const struct audit_result *result)
{
    struct memory memory = {0};
    const bool ended = result->unreachable || result->ended_early.at != NULL;
    size_t count = 0;
    struct junit_case *cases = memory_take(&memory, (result->request_count * ENGINE_COUNT +
                                                     result->finding_count + FINDING_COUNT + 1) *
                                                        sizeof *cases);
    if (ended)
        cases[count++] = (struct junit_case){.group = "audit",
                                             .name = "runs to its end",
                                             .status = JUNIT_ERROR,
                                             .type = result->unreachable ? "unreachable" : "ended",
                                             .message = audit_summary(result, &memory),
                                             .text = memory_copy(&memory, result->ended_early).at};
    for (size_t i = 0; i < result->request_count; i++)
        for (size_t engine = 0; engine < ENGINE_COUNT; engine++)
            if (result->requests[i].verdicts[engine].asked)
                cases[count++] = case_of_verdict(&result->requests[i], engine, &memory);
    for (size_t i = 0; i < result->finding_count; i++)
        cases[count++] = case_of_finding(&result->findings[i], &memory);
    if (!ended && !result->dry_run)
        count += add_not_found(&cases[count], result, &memory);
    cases[0].seconds = result->seconds;
    junit_print(output, "corsim audit", cases, count);
    memory_free(&memory);
}
