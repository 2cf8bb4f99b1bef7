/* `corsim audit --format html`: one file that people can pass on, read and print
 * (https://html.spec.whatwg.org/). Invariants: it loads nothing and runs no script, and a policy in
 * it says so to the browser; everything from outside is written by audit_put_html, or line by line
 * by put_lines, and becomes text; without colours and pictures it says the same. */
#include "audit_report.h"

#include "words.h"

#include <string.h>

enum {
    MOST_OF_A_FINDING = 6, /* exchanges in its diagram */
    MOST_HEADERS = 60,
    LONGEST_HEADER = 1000, /* bytes that are shown of a name or a value */
};

static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>CORS audit of ";

static const char styles[] =
    "</title>\n<style>\n"
    ":root{color-scheme:light dark;--text:#1b1d21;--page:#fff;--soft:#f2f4f7;--line:#6a7280;"
    "--high:#a1111c;--medium:#8a4500;--low:#5d5300;--note:#1d4f91;--good:#17662f}\n"
    "@media(prefers-color-scheme:dark){:root{--text:#e6e8eb;--page:#15171a;--soft:#23262b;"
    "--line:#9aa3af;--high:#ff9a9a;--medium:#ffb870;--low:#e8d97a;--note:#9cc4ff;"
    "--good:#84d99b}}\n"
    "body{margin:0 auto;padding:1rem;max-width:54rem;color:var(--text);background:var(--page);"
    "font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
    "h1,h2,h3{line-height:1.25}h2{margin-top:2.5rem}a{color:var(--note)}\n"
    "pre,code,svg text{font-family:ui-monospace,monospace}\n"
    "pre{background:var(--soft);padding:.75rem;overflow-x:auto;white-space:pre-wrap;"
    "font-size:.85rem}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dd{margin:0}\n"
    "table{border-collapse:collapse;width:100%;font-size:.9rem}caption{text-align:left}\n"
    "th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid "
    "var(--line)}\n"
    "article{border-top:2px solid var(--line);margin-top:2rem}figure{margin:1rem 0}\n"
    "svg{max-width:100%;height:auto;background:var(--soft)}"
    "svg text{font-size:12px;fill:var(--text)}svg .who{font-weight:bold}svg .end{text-anchor:end}"
    "svg .life{stroke:var(--line);stroke-dasharray:3 3}svg .request{stroke:var(--text)}"
    "svg .answer{stroke:var(--text);stroke-dasharray:6 3}svg .lost{stroke:var(--high);fill:none}"
    "svg .head{fill:var(--text)}svg .note{fill:var(--page)}\n"
    ".high{color:var(--high)}.medium{color:var(--medium)}.low{color:var(--low)}"
    ".note{color:var(--note)}.good{color:var(--good)}.severity{font-weight:bold}\n"
    "@media print{:root{--text:#000;--page:#fff;--soft:#fff;--line:#555;--high:#a1111c;"
    "--medium:#8a4500;--low:#5d5300;--note:#1d4f91;--good:#17662f}body{max-width:none;padding:0}"
    "pre{border:1px solid #555}figure,tr{break-inside:avoid}h2,h3,h4{break-after:avoid}}\n"
    "</style>\n</head>\n<body>\n";

static const char *const severity_classes[AUDIT_SEVERITIES] = {
    [AUDIT_HIGH] = "high", [AUDIT_MEDIUM] = "medium", [AUDIT_LOW] = "low", [AUDIT_NOTE] = "note"};

/* ---- Pieces -------------------------------------------------------------------------------- */

/* <name>text</name>, unless there is no text. */
static void put_element(FILE *stream, const char *name, struct cors_bytes text)
{
    if (text.len == 0)
        return;
    fprintf(stream, "<%s>", name);
    audit_put_html(stream, text);
    fprintf(stream, "</%s>\n", name);
}

/* Plain text as it is, with its tabs. */
static void put_plain(FILE *stream, struct cors_bytes line)
{
    struct memory memory = {0};
    for (size_t from = 0, to = 0; from <= line.len; from = ++to) {
        while (to < line.len && line.at[to] != '\t')
            to++;
        fputs(escape_xml((struct cors_bytes){line.at + from, to - from}, &memory).at, stream);
        fputs(to < line.len ? "\t" : "", stream);
    }
    memory_free(&memory);
}

/* A text of several lines, to be copied: those that are plain as they are. */
static void put_lines(FILE *stream, struct cors_bytes text)
{
    size_t at = 0;
    fputs("<pre>", stream);
    for (struct cors_bytes line; (line = audit_next_line(text, &at)).at != NULL;) {
        if (is_plain_text(line))
            put_plain(stream, line);
        else
            audit_put_html(stream, line);
        fputc('\n', stream);
    }
    fputs("</pre>\n", stream);
}

/* As long as they are of a length that anybody reads. */
static void put_headers(FILE *stream, const struct cors_header_list *headers)
{
    const size_t count = headers->count < MOST_HEADERS ? headers->count : MOST_HEADERS;
    for (size_t i = 0; i < count; i++) {
        struct cors_bytes name = headers->at[i].name, value = headers->at[i].value;
        const bool is_cut = name.len > LONGEST_HEADER || value.len > LONGEST_HEADER;
        name.len = name.len > LONGEST_HEADER ? LONGEST_HEADER : name.len;
        value.len = value.len > LONGEST_HEADER ? LONGEST_HEADER : value.len;
        audit_put_html(stream, name);
        fputs(": ", stream);
        audit_put_html(stream, value);
        fputs(is_cut ? "...\n" : "\n", stream);
    }
    if (headers->count > count)
        fprintf(stream, "and %zu more\n", headers->count - count);
}

/* A message and its answer, with their headers, as text. */
static void put_exchange(FILE *stream, size_t index, const struct audit_exchange *one)
{
    const struct answer *answer = &one->exchange.answer;
    fprintf(stream, "<pre>");
    audit_put_html(stream, one->exchange.method);
    fputc(' ', stream);
    audit_put_html(stream, one->exchange.url);
    fprintf(stream, "   (message %zu%s: %s)\n", index + 1,
            one->exchange.preflight ? ", a preflight" : "", audit_purpose_texts[one->purpose]);
    put_headers(stream, &one->exchange.headers);
    if (answer->network_error) {
        fputs("\nno response: ", stream);
        audit_put_html(stream, answer->message);
    } else {
        fprintf(stream, "\n%u ", answer->status);
        audit_put_html(stream, answer->status_message);
        fputc('\n', stream);
        put_headers(stream, &answer->headers);
    }
    fputs("</pre>\n", stream);
}

static struct cors_bytes host_of(struct cors_bytes url)
{
    size_t from = 0;
    while (from + 2 < url.len && memcmp(url.at + from, "://", 3) != 0)
        from++;
    from = from + 2 < url.len ? from + 3 : 0;
    size_t to = from;
    while (to < url.len && strchr("/?#", url.at[to]) == NULL)
        to++;
    return (struct cors_bytes){url.at + from, to - from};
}

/* ---- Parts of the page --------------------------------------------------------------------- */

static void put_term(FILE *stream, const char *term, struct cors_bytes text)
{
    fprintf(stream, "<dt>%s</dt><dd>", term);
    audit_put_html(stream, text);
    fputs("</dd>\n", stream);
}

static void put_facts(FILE *stream, const struct audit_result *result, struct memory *memory)
{
    fputs("<dl>\n", stream);
    for (size_t i = 0; i < result->origin_count; i++)
        put_term(stream, "For pages of", result->origins[i]);
    put_term(stream, "Credentials",
             bytes_of(result->credentials ? "cookies and the like are sent along" : "none"));
    if (result->system != NULL)
        put_term(stream, "System",
                 memory_format(memory, "%s, %.*s", result->system, (int)result->system_how.len,
                               result->system_how.at));
    put_term(stream, "Sent", bytes_of(audit_sent_text(result, memory)));
    if (result->ended_early.len > 0)
        put_term(stream, "Ended early", result->ended_early);
    put_term(stream, "Made by", memory_format(memory, "corsim %s", cors_version()));
    fputs("</dl>\n", stream);
}

static void put_contents(FILE *stream, const struct audit_result *result)
{
    if (result->finding_count == 0)
        return;
    fputs("<ol>\n", stream);
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct audit_finding *one = &result->findings[i];
        fprintf(stream, "<li><span class=\"severity %s\">%s</span> <a href=\"#finding-%zu\">",
                severity_classes[one->severity], audit_severity_words[one->severity], i + 1);
        audit_put_html(stream, one->title);
        fputs("</a></li>\n", stream);
    }
    fputs("</ol>\n", stream);
}

static void put_verdict(FILE *stream, const struct audit_result *result,
                        const struct audit_request *request, size_t engine, const char *id)
{
    struct memory memory = {0};
    const struct audit_verdict *verdict = &request->verdicts[engine];
    const char *engines = audit_engines_alike(request, engine, &memory);
    if (engines != NULL) {
        fprintf(stream, "<p><span class=\"severity %s\">%s</span> in %s%s.</p>\n",
                verdict->verdict == VERDICT_ALLOWED ? "good" : "high",
                verdict_words[verdict->verdict], engines,
                verdict->assumed ? ", if it is answered as GET is: the method itself was not sent"
                                 : "");
        const struct audit_diagram diagram = {
            .id = id,
            .title = memory_format(&memory, "What %s sends and what comes back", engines).at,
            .from = memory_format(&memory, "page of %.*s", (int)request->origin.len,
                                  request->origin.at),
            .to = host_of(request->url),
            .all = result->exchanges,
            .exchanges = verdict->exchanges,
            .exchange_count = verdict->exchange_count,
            .verdict = verdict};
        fputs("<figure>", stream);
        audit_put_diagram(stream, &diagram);
        fputs("</figure>\n", stream);
    }
    memory_free(&memory);
}

static void put_requests(FILE *stream, const struct audit_result *result)
{
    struct memory memory = {0};
    fputs("<section>\n<h2>What the front end gets</h2>\n", stream);
    for (size_t i = 0; i < result->request_count; i++) {
        put_element(stream, "h3", audit_request_title(&result->requests[i], &memory));
        for (size_t engine = 0; engine < ENGINE_COUNT; engine++)
            put_verdict(stream, result, &result->requests[i], engine,
                        memory_format(&memory, "request-%zu-%s", i + 1,
                                      choice_word(engine_words, (int)engine))
                            .at);
    }
    fputs("</section>\n", stream);
    if (!result->unreachable) {
        fputs("<section>\n<h2>What any other site can do</h2>\n", stream);
        put_element(stream, "p", audit_stranger_text(&result->stranger, &memory));
        put_element(stream, "p", bytes_of(audit_hunt_text(&result->hunt, &memory)));
        fputs("</section>\n", stream);
    }
    memory_free(&memory);
}

static void put_shown_by(FILE *stream, const struct audit_result *result,
                         const struct audit_finding *finding, size_t index)
{
    struct memory memory = {0};
    const size_t count =
        finding->exchange_count < MOST_OF_A_FINDING ? finding->exchange_count : MOST_OF_A_FINDING;
    if (count == 0)
        return;
    const struct audit_exchange *first = &result->exchanges[finding->exchanges[0]];
    const struct audit_diagram diagram = {
        .id = memory_format(&memory, "diagram-%zu", index + 1).at,
        .title = memory_format(&memory, "The messages that show finding %zu", index + 1).at,
        .from = first->origin.at == NULL ? CORS_BYTES("a client without Origin")
                                         : memory_format(&memory, "page of %.*s",
                                                         (int)first->origin.len, first->origin.at),
        .to = host_of(first->exchange.url),
        .all = result->exchanges,
        .exchanges = finding->exchanges,
        .exchange_count = count};
    fputs("<h4>What shows it</h4>\n<figure>", stream);
    audit_put_diagram(stream, &diagram);
    fputs("</figure>\n<details open><summary>The same messages with all headers</summary>\n",
          stream);
    for (size_t i = 0; i < count; i++)
        put_exchange(stream, finding->exchanges[i], &result->exchanges[finding->exchanges[i]]);
    fputs("</details>\n", stream);
    memory_free(&memory);
}

static void put_fix(FILE *stream, const struct audit_result *result, size_t index)
{
    const size_t same = audit_same_fix(result, index);
    if (result->findings[index].fix.len == 0)
        return;
    if (same < index) {
        fprintf(stream, "<p>For %s: the lines of <a href=\"#finding-%zu\">finding %zu</a>.</p>\n",
                result->system, same + 1, same + 1);
        return;
    }
    fprintf(stream, "<p>For %s:</p>\n", result->system);
    put_lines(stream, result->findings[index].fix);
}

static void put_finding(FILE *stream, const struct audit_result *result, size_t index)
{
    const struct audit_finding *finding = &result->findings[index];
    fprintf(stream, "<article id=\"finding-%zu\">\n<h3>%zu. ", index + 1, index + 1);
    audit_put_html(stream, finding->title);
    fprintf(
        stream, "</h3>\n<p><span class=\"severity %s\">Severity: %s</span> <code>%s</code></p>\n",
        severity_classes[finding->severity], audit_severity_words[finding->severity], finding->id);
    put_element(stream, "p", finding->detail);
    put_element(stream, "p", bytes_of(finding->explanation));
    fputs("<h4>What to change</h4>\n", stream);
    put_element(stream, "p", bytes_of(finding->repair));
    put_fix(stream, result, index);
    put_shown_by(stream, result, finding, index);
    if (finding->case_text.len > 0) {
        fputs("<h4>To see it again</h4>\n<p>Save this as <code>", stream);
        audit_put_html(stream, finding->case_name);
        fputs("</code>; <code>corsim explain</code> walks through it, and <code>corsim run "
              "--against</code> asks the server again.</p>\n",
              stream);
        put_lines(stream, finding->case_text);
    }
    if (finding->url != NULL && *finding->url != '\0') {
        fputs("<p>In the standard: <a rel=\"noreferrer\" href=\"", stream);
        audit_put_html(stream, bytes_of(finding->url));
        fputs("\">", stream);
        audit_put_html(stream, bytes_of(finding->url));
        fputs("</a></p>\n", stream);
    }
    fputs("</article>\n", stream);
}

static void put_cell(FILE *stream, struct cors_bytes text)
{
    fputs("<td>", stream);
    audit_put_html(stream, text);
    fputs("</td>", stream);
}

static void put_messages(FILE *stream, const struct audit_result *result)
{
    struct memory memory = {0};
    fprintf(stream,
            "<section>\n<h2>%s</h2>\n<table>\n<thead><tr><th scope=\"col\">No.</th><th "
            "scope=\"col\">Message</th><th scope=\"col\">Origin</th><th scope=\"col\">Why</th><th "
            "scope=\"col\">Status</th></tr></thead>\n<tbody>\n",
            result->dry_run ? "What would be sent" : "Everything that was sent");
    for (size_t i = 0; i < result->exchange_count; i++) {
        const struct audit_exchange *one = &result->exchanges[i];
        fprintf(stream, "<tr><td>%zu</td>", i + 1);
        put_cell(stream, audit_message_text(&one->exchange, &memory));
        put_cell(stream, one->origin.at == NULL ? CORS_BYTES("none") : one->origin);
        put_cell(stream, bytes_of(audit_purpose_texts[one->purpose]));
        if (one->unsent)
            fputs("<td>not sent</td></tr>\n", stream);
        else if (one->exchange.answer.network_error)
            fputs("<td>no response</td></tr>\n", stream);
        else
            fprintf(stream, "<td>%u</td></tr>\n", one->exchange.answer.status);
    }
    fputs("</tbody>\n</table>\n</section>\n", stream);
    memory_free(&memory);
}

/* ---- The page ------------------------------------------------------------------------------ */

void audit_html(FILE *stream, const struct audit_result *result)
{
    struct memory memory = {0};
    fputs(head, stream);
    audit_put_html(stream, result->url);
    fputs(styles, stream);
    fputs("<header>\n<h1>CORS audit of ", stream);
    audit_put_html(stream, result->url);
    fputs("</h1>\n", stream);
    if (!result->dry_run)
        put_element(stream, "p", bytes_of(audit_summary(result, &memory)));
    put_facts(stream, result, &memory);
    fputs("</header>\n<main>\n", stream);
    if (!result->dry_run) {
        put_contents(stream, result);
        put_requests(stream, result);
        if (result->finding_count > 0)
            fputs("<section>\n<h2>Findings</h2>\n", stream);
        for (size_t i = 0; i < result->finding_count; i++)
            put_finding(stream, result, i);
        if (result->finding_count > 0)
            fputs("</section>\n", stream);
    }
    put_messages(stream, result);
    fputs("</main>\n</body>\n</html>\n", stream);
    memory_free(&memory);
}
