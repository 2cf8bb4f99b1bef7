/* Writing case files in their canonical form (corpus/README.md), and making a case of what was
 * played. Invariant: what is written reads back as the same case, whatever bytes it holds. */
#include "case.h"

#include <string.h>

/* Bodies that are recorded are cut here: no verdict depends on what is behind. */
enum { RECORDED_BODY_LIMIT = 4096 };

/* What is being written, and scratch memory for it. */
struct writer {
    FILE *stream;
    struct memory memory;
};

static void put(struct writer *writer, struct cors_bytes bytes)
{
    fwrite(bytes.at, 1, bytes.len, writer->stream);
}

/* ---- Text --------------------------------------------------------------------------------- */

/* Prose has no escapes: what cannot stand in it is replaced. */
static void put_prose(struct writer *writer, struct cors_bytes prose)
{
    for (size_t from = 0; from < prose.len;) {
        size_t to = from;
        while (to < prose.len && prose.at[to] != '\n')
            to++;
        struct cors_bytes line = {prose.at + from, to - from};
        if (line.len > 0 && line.at[line.len - 1] == '\r')
            line.len--;
        if (is_plain_text(line))
            put(writer, line);
        else
            put(writer, escape_terminal(line, &writer->memory));
        fputc('\n', writer->stream);
        from = to + 1;
    }
}

/* In a name, a colon would end it and a space would be taken for the space around it. */
static void put_name(struct writer *writer, struct cors_bytes name)
{
    struct cors_bytes text = escape_case(name, &writer->memory);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == ':' || text.at[i] == ' ' || (i == 0 && text.at[i] == '!'))
            fprintf(writer->stream, "\\x%02x", (unsigned)(unsigned char)text.at[i]);
        else
            fputc(text.at[i], writer->stream);
    }
}

static void put_header(struct writer *writer, struct cors_bytes name, struct cors_bytes value)
{
    put_name(writer, name);
    fputs(value.len == 0 ? ":" : ": ", writer->stream);
    put(writer, escape_case(value, &writer->memory));
    fputc('\n', writer->stream);
}

static void put_expected_header(struct writer *writer, const struct expected_header *header)
{
    if (header->absent) {
        fputc('!', writer->stream);
        put_name(writer, header->name);
        fputc('\n', writer->stream);
    } else {
        put_header(writer, header->name, header->value);
    }
}

static void put_key(struct writer *writer, const char *key, unsigned width)
{
    fprintf(writer->stream, "%-*s", (int)width + 2, key);
}

static void put_entry(struct writer *writer, const char *key, unsigned width,
                      struct cors_bytes value)
{
    if (value.len == 0) {
        fprintf(writer->stream, "%s\n", key);
        return;
    }
    put_key(writer, key, width);
    put(writer, escape_case(value, &writer->memory));
    fputc('\n', writer->stream);
}

static void put_number(struct writer *writer, const char *key, unsigned width, uint64_t number)
{
    put_key(writer, key, width);
    fprintf(writer->stream, "%llu\n", (unsigned long long)number);
}

/* ---- Blocks ------------------------------------------------------------------------------- */

static void put_preamble(struct writer *writer, const struct case_file *file)
{
    put_prose(writer, file->title);
    if (file->prose.at != NULL) {
        fputc('\n', writer->stream);
        put_prose(writer, file->prose);
    }
    if (file->flag_count > 0) {
        fputs("\nFlags:", writer->stream);
        for (size_t i = 0; i < file->flag_count; i++) {
            fputc(' ', writer->stream);
            put(writer, file->flags[i]);
        }
        fputc('\n', writer->stream);
    }
}

static void put_agent(struct writer *writer, const struct agent_settings *agent, bool has_visits)
{
    const unsigned width = agent->third_party_cookies != CORS_THIRD_PARTY_COOKIES_BY_ENGINE
                               ? sizeof "third-party-cookies" - 1
                               : sizeof "accept-language" - 1;
    fputs("\n-- agent --\n", writer->stream);
    if (agent->now != 0)
        put_number(writer, "now", width, agent->now);
    if (agent->max_age_limit != 0)
        put_number(writer, "max-age-limit", width, agent->max_age_limit);
    if (agent->no_preflight_cache)
        put_entry(writer, "preflight-cache", width, CORS_BYTES("no"));
    if (agent->http_cache)
        put_entry(writer, "http-cache", width, CORS_BYTES("yes"));
    if (agent->shared_cache != SHARED_CACHE_NO)
        put_entry(writer, "shared-cache", width,
                  bytes_of(choice_word(shared_cache_words, (int)agent->shared_cache)));
    if (agent->cookies && !has_visits)
        put_entry(writer, "cookies", width, CORS_BYTES("yes"));
    if (agent->third_party_cookies != CORS_THIRD_PARTY_COOKIES_BY_ENGINE)
        put_entry(
            writer, "third-party-cookies", width,
            bytes_of(choice_word(third_party_cookies_words, (int)agent->third_party_cookies)));
    if (agent->user_agent.at != NULL)
        put_entry(writer, "user-agent", width, agent->user_agent);
    if (agent->accept_language.at != NULL)
        put_entry(writer, "accept-language", width, agent->accept_language);
}

/* A line that does not look as if a block began. */
static void put_line(struct writer *writer, struct cors_bytes line)
{
    if (line.len >= 3 && memcmp(line.at, "-- ", 3) == 0) {
        fputs("\\x2d", writer->stream);
        line = (struct cors_bytes){line.at + 1, line.len - 1};
    }
    put(writer, escape_case(line, &writer->memory));
}

static void put_visit(struct writer *writer, const struct cookie_visit *visit)
{
    fputs("\n-- cookies ", writer->stream);
    put(writer, escape_case(visit->url, &writer->memory));
    fputs(" --\n", writer->stream);
    for (size_t i = 0; i < visit->count; i++) {
        put_line(writer, visit->set_cookies[i]);
        fputc('\n', writer->stream);
    }
}

static unsigned wider(unsigned width, const char *key)
{
    return strlen(key) > width ? (unsigned)strlen(key) : width;
}

static void put_fetch(struct writer *writer, const struct fetch_description *description)
{
    unsigned width = description->headers.count > 0 ? sizeof "header" - 1 : 0;
    for (size_t i = 0; i < fetch_key_count; i++)
        if (fetch_key_get(&fetch_keys[i], description).at != NULL)
            width = wider(width, fetch_keys[i].key);
    fputs("\n-- fetch --\n", writer->stream);
    for (size_t i = 0; i < fetch_key_count; i++) {
        if (strcmp(fetch_keys[i].key, "body-type") == 0) {
            for (size_t j = 0; j < description->headers.count; j++) {
                put_key(writer, "header", width);
                put_header(writer, description->headers.at[j].name,
                           description->headers.at[j].value);
            }
        }
        struct cors_bytes value = fetch_key_get(&fetch_keys[i], description);
        if (value.at != NULL)
            put_entry(writer, fetch_keys[i].key, width, value);
    }
}

/* Indentation stays as it is; space at the end would be lost. */
static void put_body_line(struct writer *writer, struct cors_bytes line)
{
    size_t indent = 0;
    while (indent < line.len && line.at[indent] == ' ')
        indent++;
    if (indent == line.len)
        indent = 0;
    fprintf(writer->stream, "%*s", (int)indent, "");
    if (line.len >= 3 && memcmp(line.at, "-- ", 3) == 0) {
        fputs("\\x2d", writer->stream);
        line = (struct cors_bytes){line.at + 1, line.len - 1};
    }
    put(writer,
        escape_case((struct cors_bytes){line.at + indent, line.len - indent}, &writer->memory));
}

/* Newlines at the end would be lost with the empty lines before the next block. */
static void put_body(struct writer *writer, struct cors_bytes body)
{
    size_t newlines = 0;
    while (newlines < body.len && body.at[body.len - 1 - newlines] == '\n')
        newlines++;
    fputc('\n', writer->stream);
    for (size_t from = 0; from <= body.len - newlines;) {
        size_t to = from;
        while (to < body.len - newlines && body.at[to] != '\n')
            to++;
        put_body_line(writer, (struct cors_bytes){body.at + from, to - from});
        from = to + 1;
        if (from <= body.len - newlines)
            fputc('\n', writer->stream);
    }
    for (size_t i = 0; i < newlines; i++)
        fputs("\\x0a", writer->stream);
    fputc('\n', writer->stream);
}

static void put_answer(struct writer *writer, const struct answer *answer)
{
    static const char *const purposes[] = {
        [ANSWER_TO_ANY] = "", [ANSWER_TO_PREFLIGHT] = " preflight", [ANSWER_TO_ACTUAL] = " actual"};
    const char *purpose = purposes[answer->purpose];
    if (answer->network_error) {
        fprintf(writer->stream, "\n-- network error%s --\n", purpose);
        if (answer->message.len > 0) {
            put(writer, escape_case(answer->message, &writer->memory));
            fputc('\n', writer->stream);
        }
        return;
    }
    fprintf(writer->stream, "\n-- response%s --\n%u%s", purpose, (unsigned)answer->status,
            answer->status_message.len > 0 ? " " : "");
    put(writer, escape_case(answer->status_message, &writer->memory));
    fputc('\n', writer->stream);
    for (size_t i = 0; i < answer->headers.count; i++)
        put_header(writer, answer->headers.at[i].name, answer->headers.at[i].value);
    if (answer->body.len > 0)
        put_body(writer, answer->body);
}

static const char *yes_or_no(enum answered said)
{
    return said == SAID_YES ? "yes" : "no";
}

static unsigned expect_width(const struct expectation *expect, bool has_deviations)
{
    static const char *const short_keys[] = {"step",   "error",  "sent", "status",
                                             "header", "cookie", "body"};
    const bool given[] = {expect->algorithm.at != NULL, expect->error.at != NULL,
                          expect->sent.given,           expect->status.given,
                          expect->headers.count > 0,    expect->cookies.count > 0,
                          expect->body.at != NULL};
    unsigned width = has_deviations ? sizeof "deviation" - 1 : 0;
    if (expect->says_result)
        width = wider(width, "result");
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        if (given[i])
            width = wider(width, short_keys[i]);
    if (expect->in_preflight != UNSAID)
        width = wider(width, "in-preflight");
    if (expect->subject.at != NULL)
        width = wider(width, "subject");
    if (expect->preflights.given)
        width = wider(width, "preflights");
    if (expect->from_cache != UNSAID)
        width = wider(width, "from-cache");
    if (expect->readable != UNSAID)
        width = wider(width, "readable");
    if (expect->redirected != UNSAID)
        width = wider(width, "redirected");
    return width;
}

static void put_expected_cookie(struct writer *writer, const struct expected_cookie *cookie,
                                unsigned width)
{
    put_key(writer, "cookie", width);
    fprintf(writer->stream, "%s ", choice_word(cookie_fate_words, (int)cookie->fate));
    if (bytes_are_string(cookie->name, "="))
        fputs("\\x3d", writer->stream);
    else
        put_name(writer, cookie->name.len == 0 ? CORS_BYTES("=") : cookie->name);
    if (cookie->rule.at != NULL) {
        fputc(' ', writer->stream);
        put(writer, escape_case(cookie->rule, &writer->memory));
    }
    fputc('\n', writer->stream);
}

static void put_script_view(struct writer *writer, const struct expectation *expect, unsigned width)
{
    if (expect->from_cache != UNSAID)
        put_entry(writer, "from-cache", width, bytes_of(yes_or_no(expect->from_cache)));
    if (expect->readable != UNSAID)
        put_entry(writer, "readable", width, bytes_of(yes_or_no(expect->readable)));
    if (expect->status.given)
        put_number(writer, "status", width, expect->status.value);
    if (expect->url.at != NULL)
        put_entry(writer, "url", width, expect->url);
    if (expect->redirected != UNSAID)
        put_entry(writer, "redirected", width, bytes_of(yes_or_no(expect->redirected)));
    for (size_t i = 0; i < expect->headers.count; i++) {
        put_key(writer, "header", width);
        put_expected_header(writer, &expect->headers.at[i]);
    }
    for (size_t i = 0; i < expect->cookies.count; i++)
        put_expected_cookie(writer, &expect->cookies.at[i], width);
    if (expect->body.at != NULL)
        put_entry(writer, "body", width, expect->body);
}

/* " chromium webkit", in the order of the engines. */
static void put_engines(struct writer *writer, unsigned engines)
{
    for (const struct choice *engine = engine_words; engine->word != NULL; engine++)
        if ((engines >> engine->value & 1) != 0)
            fprintf(writer->stream, " %s", engine->word);
}

static void put_decision(struct writer *writer, const struct expectation *expect, unsigned width)
{
    if (expect->says_result)
        put_entry(writer, "result", width,
                  bytes_of(choice_word(result_words, (int)expect->result)));
    if (expect->algorithm.at != NULL) {
        put_key(writer, "step", width);
        put(writer, escape_case(expect->algorithm, &writer->memory));
        fputc(' ', writer->stream);
        put(writer, escape_case(expect->step, &writer->memory));
        fputc('\n', writer->stream);
    }
}

static void put_expect(struct writer *writer, const struct expectation *expect, unsigned engines,
                       struct cors_bytes deviations)
{
    const unsigned width = expect_width(expect, deviations.at != NULL);
    fputs("\n-- expect", writer->stream);
    put_engines(writer, engines);
    fputs(" --\n", writer->stream);
    if (deviations.at != NULL)
        put_entry(writer, "deviation", width, deviations);
    put_decision(writer, expect, width);
    if (expect->error.at != NULL)
        put_entry(writer, "error", width, expect->error);
    if (expect->in_preflight != UNSAID)
        put_entry(writer, "in-preflight", width, bytes_of(yes_or_no(expect->in_preflight)));
    if (expect->subject.at != NULL)
        put_entry(writer, "subject", width, expect->subject);
    if (expect->sent.given)
        put_number(writer, "sent", width, expect->sent.value);
    if (expect->preflights.given)
        put_number(writer, "preflights", width, expect->preflights.value);
    put_script_view(writer, expect, width);
}

static void put_sent(struct writer *writer, const struct expected_requests *sent, unsigned engines)
{
    fputs("\n-- sent", writer->stream);
    put_engines(writer, engines);
    fputs(" --\n", writer->stream);
    for (size_t i = 0; i < sent->count; i++) {
        const struct expected_request *request = &sent->at[i];
        if (i > 0)
            fputc('\n', writer->stream);
        put_name(writer, request->method);
        fputc(' ', writer->stream);
        put(writer, escape_case(request->url, &writer->memory));
        if (request->credentials != UNSAID)
            fputs(request->credentials == SAID_YES ? " with credentials" : " without credentials",
                  writer->stream);
        fputc('\n', writer->stream);
        for (size_t j = 0; j < request->headers.count; j++)
            put_expected_header(writer, &request->headers.at[j]);
    }
}

static void put_trace(struct writer *writer, const struct case_fetch *fetch)
{
    fputs("\n-- trace --\n", writer->stream);
    for (size_t i = 0; i < fetch->trace_count; i++) {
        put(writer, fetch->trace[i]);
        fputc('\n', writer->stream);
    }
}

static void put_override(struct writer *writer, const struct engine_expectation *override)
{
    put_expect(writer, &override->expect, override->engines, override->deviations);
    if (override->sent.given)
        put_sent(writer, &override->sent, override->engines);
}

void case_write(FILE *stream, const struct case_file *file)
{
    struct writer writer = {.stream = stream};
    put_preamble(&writer, file);
    bool has_visits = false;
    for (size_t i = 0; i < file->fetch_count; i++)
        has_visits = has_visits || file->fetches[i].visit_count > 0;
    if (file->has_agent)
        put_agent(&writer, &file->agent, has_visits);
    for (size_t i = 0; i < file->fetch_count; i++) {
        const struct case_fetch *fetch = &file->fetches[i];
        for (size_t j = 0; j < fetch->visit_count; j++)
            put_visit(&writer, &fetch->visits[j]);
        if (fetch->waits)
            fprintf(stream, "\n-- wait %llu --\n", (unsigned long long)fetch->wait);
        put_fetch(&writer, &fetch->description);
        for (size_t j = 0; j < fetch->answer_count; j++)
            put_answer(&writer, &fetch->answers[j]);
        put_expect(&writer, &fetch->expect, 0, (struct cors_bytes){0});
        if (fetch->sent.given)
            put_sent(&writer, &fetch->sent, 0);
        for (size_t j = 0; j < fetch->override_count; j++)
            put_override(&writer, &fetch->overrides[j]);
        if (fetch->trace_line > 0)
            put_trace(&writer, fetch);
        memory_reset(&writer.memory);
    }
    memory_free(&writer.memory);
}

/* ---- Recording ---------------------------------------------------------------------------- */

static struct fetch_description copy_description(const struct fetch_description *description,
                                                 struct memory *memory)
{
    struct fetch_description copy = *description;
    for (size_t i = 0; i < fetch_key_count; i++)
        if (fetch_keys[i].value == FETCH_BYTES)
            fetch_key_set(&fetch_keys[i], &copy,
                          memory_copy(memory, fetch_key_get(&fetch_keys[i], description)), NULL);
    copy.headers = memory_copy_headers(memory, &description->headers);
    return copy;
}

struct answer answer_copy(const struct answer *answer, size_t body_most, struct memory *memory)
{
    struct answer copy = *answer;
    copy.message = memory_copy(memory, answer->message);
    copy.status_message = memory_copy(memory, answer->status_message);
    copy.headers = memory_copy_headers(memory, &answer->headers);
    if (copy.body.len > body_most)
        copy.body.len = body_most;
    copy.body = memory_copy(memory, copy.body);
    return copy;
}

static bool same_name(struct cors_bytes a, struct cors_bytes b)
{
    struct cors_header header = {.name = a};
    struct cors_header_list list = {.at = &header, .count = 1};
    return cors_header_list_contains(&list, b);
}

/* Each name once, with all its values. */
static struct expected_headers expect_headers(const struct cors_header_list *headers,
                                              struct memory *memory)
{
    struct expected_header *expected = memory_take(memory, headers->count * sizeof *expected);
    size_t count = 0;
    for (size_t i = 0; i < headers->count; i++) {
        size_t j = 0;
        while (j < count && !same_name(expected[j].name, headers->at[i].name))
            j++;
        if (j < count)
            continue;
        expected[count].name = memory_copy(memory, headers->at[i].name);
        expected[count++].value =
            memory_copy(memory, combined_value(headers, headers->at[i].name, memory));
    }
    return (struct expected_headers){expected, count};
}

static enum answered said(bool yes)
{
    return yes ? SAID_YES : SAID_NO;
}

static struct expectation expect_outcome(const struct cors_outcome *outcome, struct memory *memory)
{
    return (struct expectation){
        .says_result = true,
        .result = outcome->result,
        .algorithm = memory_copy_string(memory, outcome->algorithm),
        .step = memory_copy_string(memory, outcome->step),
        .in_preflight = said(outcome->in_preflight),
        .error = memory_copy_string(memory, outcome->error),
        .subject = memory_copy(memory, outcome->subject),
        .sent = {.given = true, .value = outcome->sent},
        .preflights = {.given = true, .value = outcome->preflights},
        .readable = said(outcome->readable),
        .status = {.given = true, .value = outcome->status},
        .url = memory_copy(memory, outcome_url(outcome, memory)),
        .redirected = said(outcome->redirected),
        .headers = expect_headers(&outcome->headers, memory),
    };
}

void case_write_outcome(FILE *stream, const struct played *played)
{
    struct writer writer = {.stream = stream};
    const struct expectation expect = expect_outcome(&played->outcome, &writer.memory);
    put_expect(&writer, &expect, 0, (struct cors_bytes){0});
    memory_free(&writer.memory);
}

static void record_sent(struct case_fetch *fetch, const struct played *played,
                        struct memory *memory)
{
    struct expected_request *sent = memory_take(memory, played->exchange_count * sizeof *sent);
    size_t count = 0;
    for (size_t i = 0; i < played->exchange_count; i++)
        if (played->exchanges[i].from_cache != HTTP_CACHE)
            sent[count++] = (struct expected_request){
                .method = memory_copy(memory, played->exchanges[i].method),
                .url = memory_copy(memory, played->exchanges[i].url),
                .credentials = said(played->exchanges[i].include_credentials),
                .headers = expect_headers(&played->exchanges[i].headers, memory),
            };
    fetch->sent = (struct expected_requests){.given = true, .at = sent, .count = count};
}

void case_record(struct case_file *file, const struct fetch_description *description,
                 const struct played *played)
{
    struct memory *memory = &file->memory;
    struct case_fetch *fetches =
        memory_take(memory, (file->fetch_count + 1) * sizeof *file->fetches);
    if (file->fetch_count > 0)
        memcpy(fetches, file->fetches, file->fetch_count * sizeof *fetches);
    file->fetches = fetches;
    struct case_fetch *fetch = &file->fetches[file->fetch_count++];
    struct answer *answers = memory_take(memory, played->exchange_count * sizeof *answers);
    for (size_t i = 0; i < played->exchange_count; i++)
        if (played->exchanges[i].from_cache == NO_CACHE)
            answers[fetch->answer_count++] =
                answer_copy(&played->exchanges[i].answer, RECORDED_BODY_LIMIT, memory);
    fetch->description = copy_description(description, memory);
    fetch->answers = answers;
    fetch->expect = expect_outcome(&played->outcome, memory);
    record_sent(fetch, played, memory);
}

void case_add_flag(struct case_file *file, const char *flag)
{
    struct cors_bytes *flags = memory_take(&file->memory, (file->flag_count + 1) * sizeof *flags);
    for (size_t i = 0; i < file->flag_count; i++)
        flags[i] = file->flags[i];
    flags[file->flag_count++] = memory_copy_string(&file->memory, flag);
    file->flags = flags;
}
