/* `corsim audit` for a reader: how bad it is first, then what the front end gets and what a
 * stranger can do, then each finding with what shows it and what to change. Invariant: bytes from
 * outside are printed by output_bytes and output_paragraph only, which escape them; lines of a fix
 * that are plain text are printed as they are, so that they can be copied. */
#include "audit_report.h"

enum { INDENT = 8, MOST_EXCHANGES = 3 };

static const enum style severity_styles[AUDIT_SEVERITIES] = {[AUDIT_HIGH] = STYLE_BAD,
                                                             [AUDIT_MEDIUM] = STYLE_BAD,
                                                             [AUDIT_LOW] = STYLE_CAUTION,
                                                             [AUDIT_NOTE] = STYLE_NAME};

static void put_paragraph(const struct output *output, struct cors_bytes text)
{
    if (text.len > 0)
        output_paragraph(output, INDENT, 0, text);
}

/* A word in the margin, and what it is about. */
static void put_labelled(const struct output *output, const char *label, struct cors_bytes text)
{
    output_styled(output, STYLE_STRONG, "%-*s", INDENT, label);
    output_paragraph(output, INDENT, INDENT, text);
}

static void put_lines(const struct output *output, struct cors_bytes text)
{
    size_t at = 0;
    for (struct cors_bytes line; (line = audit_next_line(text, &at)).at != NULL;) {
        output_format(output, "%*s", INDENT + 4, "");
        if (is_plain_text(line))
            fwrite(line.at, 1, line.len, output->stream);
        else
            output_bytes(output, line);
        output_format(output, "\n");
    }
}

/* ---- What will be sent --------------------------------------------------------------------- */

static void put_planned(const struct output *output, const struct audit_result *result)
{
    struct memory memory = {0};
    output_styled(output, STYLE_STRONG, "would send");
    output_format(output, "  %zu messages\n", result->exchange_count);
    for (size_t i = 0; i < result->exchange_count; i++) {
        const struct audit_exchange *one = &result->exchanges[i];
        output_format(output, "%4zu. ", i + 1);
        output_bytes(output, audit_message_text(&one->exchange, &memory));
        if (one->origin.at != NULL) {
            output_format(output, "  Origin: ");
            output_bytes(output, one->origin);
        }
        if (cors_header_list_contains(&one->exchange.headers, CORS_BYTES("Cookie")))
            output_format(output, "  with the cookie");
        output_styled(output, STYLE_QUIET, "  (%s)", audit_purpose_texts[one->purpose]);
        output_format(output, "\n");
    }
    memory_free(&memory);
}

/* ---- Who can do what ----------------------------------------------------------------------- */

static void put_verdict(const struct output *output, const struct audit_verdict *verdict,
                        const char *engines)
{
    const enum style style = verdict->verdict == VERDICT_ALLOWED  ? STYLE_GOOD
                             : verdict->verdict == VERDICT_OPAQUE ? STYLE_CAUTION
                                                                  : STYLE_BAD;
    output_format(output, "%*s", INDENT, "");
    output_styled(output, style, "%s", verdict_words[verdict->verdict]);
    output_format(output, " in %s%s", engines,
                  verdict->assumed ? ", if it is answered as GET is (it was not sent)" : "");
    if (verdict->step.len > 0) {
        output_format(output, ": ");
        output_bytes(output, verdict->step);
    }
    output_format(output, "\n");
    if (verdict->verdict != VERDICT_ALLOWED && verdict->reason.len > 0)
        output_paragraph(output, INDENT + 2, 0, verdict->reason);
}

static void put_requests(const struct output *output, const struct audit_result *result)
{
    struct memory memory = {0};
    for (size_t i = 0; i < result->request_count; i++) {
        const struct audit_request *request = &result->requests[i];
        put_labelled(output, i == 0 ? "page" : "", audit_request_title(request, &memory));
        for (size_t engine = 0; engine < ENGINE_COUNT; engine++) {
            const char *engines = audit_engines_alike(request, engine, &memory);
            if (engines != NULL)
                put_verdict(output, &request->verdicts[engine], engines);
        }
    }
    if (!result->unreachable)
        put_labelled(output, "others", audit_stranger_text(&result->stranger, &memory));
    memory_free(&memory);
}

/* ---- Findings ------------------------------------------------------------------------------ */

static void put_exchanges(const struct output *output, const struct audit_result *result,
                          const struct audit_finding *finding)
{
    for (size_t i = 0; i < finding->exchange_count && i < MOST_EXCHANGES; i++) {
        const struct audit_exchange *one = &result->exchanges[finding->exchanges[i]];
        output_format(output, "%4zu. ", finding->exchanges[i] + 1);
        report_text_exchange(output, &one->exchange, NULL, false);
    }
    if (finding->exchange_count > MOST_EXCHANGES)
        output_format(output, "      and %zu more\n", finding->exchange_count - MOST_EXCHANGES);
}

static void put_fix(const struct output *output, const struct audit_result *result, size_t index)
{
    const size_t same = audit_same_fix(result, index);
    if (result->findings[index].fix.len == 0)
        return;
    output_format(output, "%*sfor %s:", INDENT, "", result->system);
    if (same < index) {
        output_format(output, " the lines of %s\n", result->findings[same].id);
        return;
    }
    output_format(output, "\n");
    put_lines(output, result->findings[index].fix);
}

static void put_finding(const struct output *output, const struct audit_result *result,
                        size_t index)
{
    const struct audit_finding *finding = &result->findings[index];
    output_format(output, "\n");
    output_styled(output, severity_styles[finding->severity], "%-*s", INDENT,
                  audit_severity_words[finding->severity]);
    output_bytes(output, finding->title);
    output_styled(output, STYLE_QUIET, "  (%s)", finding->id);
    output_format(output, "\n");
    put_paragraph(output, finding->detail);
    put_paragraph(output, bytes_of(finding->explanation));
    put_exchanges(output, result, finding);
    put_labelled(output, "change", bytes_of(finding->repair));
    put_fix(output, result, index);
    if (finding->case_text.len > 0) {
        output_styled(output, STYLE_STRONG, "%-*s", INDENT, "again");
        output_format(output, "corsim explain ");
        output_bytes(output, finding->case_name);
        output_format(output, "  (--save FOLDER writes it)\n");
    }
    output_styled(output, STYLE_QUIET, "%*s%s", INDENT, "", finding->url);
    output_format(output, "\n");
}

void audit_text(const struct output *output, const struct audit_result *result)
{
    struct memory memory = {0};
    if (result->dry_run) {
        put_planned(output, result);
        return;
    }
    const bool bad =
        result->unreachable || result->counts[AUDIT_HIGH] > 0 || result->counts[AUDIT_MEDIUM] > 0;
    output_styled(output,
                  bad                             ? STYLE_BAD
                  : result->counts[AUDIT_LOW] > 0 ? STYLE_CAUTION
                                                  : STYLE_GOOD,
                  "%s", audit_summary(result, &memory));
    output_format(output, "  ");
    output_bytes(output, result->url);
    output_format(output, "\n\n");
    put_requests(output, result);
    for (size_t i = 0; i < result->finding_count; i++)
        put_finding(output, result, i);
    output_format(output, "\n");
    put_labelled(output, "sent", bytes_of(audit_sent_text(result, &memory)));
    put_paragraph(output, bytes_of(audit_hunt_text(&result->hunt, &memory)));
    if (result->ended_early.len > 0)
        put_labelled(output, "ended", result->ended_early);
    if (result->system != NULL)
        put_labelled(output, "system",
                     memory_format(&memory, "%s, %.*s", result->system, (int)result->system_how.len,
                                   result->system_how.at));
    else if (result->finding_count > 0)
        put_labelled(output, "system",
                     CORS_BYTES("not recognised; with --system NAME, as --system nginx, the lines "
                                "to write are shown"));
    memory_free(&memory);
}
