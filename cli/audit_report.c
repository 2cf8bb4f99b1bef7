/* What `corsim audit` prints: the formats and the sentences that they share. Nothing is decided
 * here: audit.h has it all. Invariant: sentences are our own words and bytes from outside, still to
 * be escaped by the format that prints them. */
#include "audit_report.h"

#include "case.h"
#include "words.h"

#include <inttypes.h>
#include <string.h>

const struct choice audit_format_words[] = {{"text", AUDIT_TEXT},   {"json", AUDIT_JSON},
                                            {"sarif", AUDIT_SARIF}, {"junit", AUDIT_JUNIT},
                                            {"html", AUDIT_HTML},   {NULL, 0}};

/* ---- Sentences ----------------------------------------------------------------------------- */

const char *audit_summary(const struct audit_result *result, struct memory *memory)
{
    struct cors_bytes text = CORS_BYTES("");
    if (result->unreachable)
        return "the server could not be reached";
    for (size_t i = 0; i < AUDIT_SEVERITIES; i++)
        if (result->counts[i] > 0)
            text = memory_format(memory, "%s%s%zu %s%s", text.at, text.len == 0 ? "" : ", ",
                                 result->counts[i], audit_severity_words[i],
                                 i == AUDIT_NOTE && result->counts[i] > 1 ? "s" : "");
    return text.len > 0 ? text.at : "nothing was found";
}

struct cors_bytes audit_request_title(const struct audit_request *request, struct memory *memory)
{
    return memory_format(memory, "%.*s %.*s from %.*s, %s credentials", (int)request->method.len,
                         request->method.at, (int)request->url.len, request->url.at,
                         (int)request->origin.len, request->origin.at,
                         request->credentials ? "with" : "without");
}

static bool alike(const struct audit_verdict *a, const struct audit_verdict *b)
{
    if (!a->asked || !b->asked || a->verdict != b->verdict || a->assumed != b->assumed ||
        !bytes_are(a->step, b->step) || a->exchange_count != b->exchange_count ||
        !bytes_are(a->reason, b->reason))
        return false;
    for (size_t i = 0; i < a->exchange_count; i++)
        if (a->exchanges[i] != b->exchanges[i])
            return false;
    return true;
}

const char *audit_engines_alike(const struct audit_request *request, size_t engine,
                                struct memory *memory)
{
    struct cors_bytes names = CORS_BYTES("");
    size_t count = 0;
    if (!request->verdicts[engine].asked)
        return NULL;
    /* The standard, which is the first, is named last. */
    for (size_t i = 1; i <= ENGINE_COUNT; i++) {
        const size_t other = i % ENGINE_COUNT;
        if (!alike(&request->verdicts[other], &request->verdicts[engine]))
            continue;
        if (other < engine)
            return NULL;
        names = memory_format(memory, "%s%s%s", names.at, count++ == 0 ? "" : ", ",
                              other == CORS_ENGINE_SPEC ? "the standard"
                                                        : browser_name((enum cors_engine)other));
    }
    return count == ENGINE_COUNT ? "every browser" : names.at;
}

/* "...: PUT, DELETE." where it can, else a sentence by itself. */
static struct cors_bytes sending_text(const struct audit_sending *sending, struct memory *memory)
{
    static const char *const send[] = {
        [REACH_UNKNOWN] = "Whether it can send what needs a preflight is not known",
        [REACH_NO] = "Of what needs a preflight it can send neither PUT nor DELETE",
        [REACH_PUBLIC] = "It can send without credentials what needs a preflight",
        [REACH_WITH_CREDENTIALS] = "It can send with credentials what needs a preflight",
    };
    return memory_format(memory, "%s%s%.*s.", send[sending->reach],
                         sending->methods.len > 0 ? ": " : "", (int)sending->methods.len,
                         sending->methods.at);
}

/* What is open under other origins and not under that of a stranger; empty: nothing. */
static const char *disguised_read_text(const struct audit_stranger *stranger, struct memory *memory)
{
    if (stranger->disguised_read <= stranger->read || stranger->disguises.len == 0)
        return "";
    return memory_format(memory, " But under an origin that any site can get it can%s: %.*s.",
                         stranger->disguised_read == REACH_WITH_CREDENTIALS
                             ? ", and with the visitor's credentials"
                             : "",
                         (int)stranger->disguises.len, stranger->disguises.at)
        .at;
}

static const char *null_send_text(const struct audit_stranger *stranger, struct memory *memory)
{
    if (stranger->null_send.reach <= stranger->send.reach || stranger->null_send.methods.len == 0)
        return "";
    return memory_format(memory, " With Origin: null, which any site can send: %s",
                         sending_text(&stranger->null_send, memory).at)
        .at;
}

struct cors_bytes audit_stranger_text(const struct audit_stranger *stranger, struct memory *memory)
{
    static const char *const read[] = {
        [REACH_UNKNOWN] = "Whether a page of another site can read what is answered is not known.",
        [REACH_NO] = "A page of another site cannot read what is answered.",
        [REACH_PUBLIC] = "A page of any site can read what is answered without credentials, as "
                         "anybody can with curl.",
        [REACH_WITH_CREDENTIALS] = "A page of any site can read what is answered to its visitor, "
                                   "with the visitor's credentials.",
    };
    return memory_format(
        memory, "%s%s %s%s%s", read[stranger->read], disguised_read_text(stranger, memory),
        sending_text(&stranger->send, memory).at, null_send_text(stranger, memory),
        stranger->sends_simple ? " GET, HEAD and the POST of a form it can send in any case: CORS "
                                 "does not stop them, and the server acts on them."
                               : "");
}

const char *audit_sent_text(const struct audit_result *result, struct memory *memory)
{
    return memory_format(memory, "%zu messages of at most %zu in %.2f s, %zu without an answer",
                         result->sent, result->most, result->seconds, result->unanswered)
        .at;
}

struct cors_bytes audit_message_text(const struct exchange *exchange, struct memory *memory)
{
    struct cors_bytes text =
        memory_format(memory, "%.*s %.*s", (int)exchange->method.len, exchange->method.at,
                      (int)exchange->url.len, exchange->url.at);
    const struct cors_bytes method =
        combined_value(&exchange->headers, CORS_BYTES("Access-Control-Request-Method"), memory);
    const struct cors_bytes names =
        combined_value(&exchange->headers, CORS_BYTES("Access-Control-Request-Headers"), memory);
    if (!exchange->preflight)
        return text;
    if (method.len > 0)
        text =
            memory_format(memory, "%s, a preflight for %.*s", text.at, (int)method.len, method.at);
    if (names.len > 0)
        text = memory_format(memory, "%s with %.*s", text.at, (int)names.len, names.at);
    return text;
}

const char *audit_hunt_text(const struct audit_hunt *hunt, struct memory *memory)
{
    if (!hunt->ran)
        return memory_format(memory, "There was no hunt for origins%s%s.",
                             hunt->why_not == NULL ? "" : ": ",
                             hunt->why_not == NULL ? "" : hunt->why_not)
            .at;
    return memory_format(
               memory, "The hunt for origins asked about %" PRIu64 " of at most %" PRIu64 "%s%s%s.",
               hunt->asked, hunt->budget,
               hunt->complete_nearby ? ", everything within one edit among them" : "",
               hunt->why_not == NULL ? "" : "; it ended early: ",
               hunt->why_not == NULL ? "" : hunt->why_not)
        .at;
}

size_t audit_same_fix(const struct audit_result *result, size_t finding)
{
    size_t first = 0;
    while (!bytes_are(result->findings[first].fix, result->findings[finding].fix))
        first++;
    return first;
}

struct cors_bytes audit_next_line(struct cors_bytes text, size_t *at)
{
    if (*at >= text.len)
        return (struct cors_bytes){NULL, 0};
    const size_t from = *at;
    while (*at < text.len && text.at[*at] != '\n')
        *at += 1;
    const struct cors_bytes line = {text.at + from, *at - from};
    *at += 1;
    return line;
}

/* ---- The formats --------------------------------------------------------------------------- */

static void put_json(FILE *stream, json_t *value)
{
    json_print(stream, value, 2);
    json_decref(value);
}

void audit_report(FILE *stream, enum audit_format format, enum colour colour,
                  const struct audit_result *result)
{
    struct memory memory = {0};
    const struct output output = output_to(stream, format == AUDIT_TEXT ? colour : COLOUR_NEVER);
    switch (format) {
    case AUDIT_TEXT:
        audit_text(&output, result);
        break;
    case AUDIT_JSON:
        put_json(stream, audit_json(result));
        break;
    case AUDIT_SARIF:
        put_json(stream, audit_sarif(result, &memory));
        break;
    case AUDIT_JUNIT:
        audit_junit(&output, result);
        break;
    case AUDIT_HTML:
        audit_html(stream, result);
        break;
    }
    memory_free(&memory);
}
