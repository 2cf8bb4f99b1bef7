/* What a browser says: see words.h. Of the rows of spec-tables/messages.tsv for a browser and a
 * sort of words, the first that fits the error counts. A text may hold {names}: of other sorts,
 * which may have no row that fits and are then nothing, or of what happened. Invariant: parts are
 * not looked for in what came from the network. */
#include "words.h"

#include "case.h"
#include "texts.h"

#include <string.h>

/* A fetch that failed, and who speaks about it. */
struct speech {
    const struct played *played;
    const char *engine;
    struct memory *memory;
};

enum { DEEPEST = 4 }; /* parts within parts */

/* ---- What happened ------------------------------------------------------------------------ */

static const struct exchange *last_exchange(const struct played *played)
{
    return played->exchange_count == 0 ? NULL : &played->exchanges[played->exchange_count - 1];
}

static struct cors_bytes page_origin(const struct speech *speech)
{
    enum { SIZE = 4096 };
    const struct cors_origin *origin = &speech->played->request->client->origin;
    const size_t size = SIZE + origin->host.serialized.len;
    struct cors_arena arena = cors_arena_over(memory_take(speech->memory, size), size);
    return cors_origin_serialize(origin, &arena);
}

/* A URL against the page's; false if it is none. */
static bool parse(const struct speech *speech, struct cors_bytes text, struct cors_url *url)
{
    const struct cors_client *client = speech->played->request->client;
    const size_t size = 8192 + 32 * text.len;
    struct cors_arena arena = cors_arena_over(memory_take(speech->memory, size), size);
    return cors_url_parse(url, text, client->creation_url, cors_domain_to_ascii_by_libidn2, &arena);
}

static struct cors_bytes serialize(const struct speech *speech, const struct cors_url *url)
{
    const size_t size = 8192 + 2 * (url->host.serialized.len + url->path.len + url->query.len +
                                    url->fragment.len + url->username.len + url->password.len);
    struct cors_arena arena = cors_arena_over(memory_take(speech->memory, size), size);
    return cors_url_serialize(url, CORS_URL_WITH_FRAGMENT, &arena);
}

static struct cors_bytes initial_url(const struct speech *speech)
{
    const struct cors_request *request = speech->played->request;
    struct cors_url url;
    if (request->url != NULL)
        return serialize(speech, request->url);
    return parse(speech, request->url_string, &url) ? serialize(speech, &url) : request->url_string;
}

static struct cors_bytes page_url(const struct speech *speech)
{
    const struct cors_client *client = speech->played->request->client;
    if (client->creation_url != NULL)
        return serialize(speech, client->creation_url);
    const struct cors_bytes origin = page_origin(speech);
    return memory_format(speech->memory, "%.*s/", (int)origin.len, origin.at);
}

/* Where it went wrong: the last URL on the wire. */
static struct cors_bytes last_url(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    return last == NULL ? initial_url(speech) : last->url;
}

static struct cors_bytes origin_header(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    const struct cors_bytes sent =
        last == NULL ? (struct cors_bytes){0}
                     : combined_value(&last->headers, CORS_BYTES("Origin"), speech->memory);
    return sent.at == NULL ? page_origin(speech) : sent;
}

static bool is_cross_origin(const struct speech *speech)
{
    enum { SIZE = 4096 };
    struct cors_url url;
    if (!parse(speech, last_url(speech), &url))
        return false;
    struct cors_arena arena = cors_arena_over(memory_take(speech->memory, SIZE), SIZE);
    const struct cors_origin origin =
        cors_url_origin(&url, cors_domain_to_ascii_by_libidn2, &arena);
    return !cors_same_origin(&origin, &speech->played->request->client->origin);
}

static bool was_redirected(const struct speech *speech)
{
    return !bytes_are(last_url(speech), initial_url(speech));
}

static struct cors_bytes subject(const struct speech *speech)
{
    const struct cors_bytes subject = speech->played->outcome.subject;
    return subject.at == NULL ? CORS_BYTES("") : subject;
}

static bool has_any(struct cors_bytes text, const char *bytes)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr(bytes, text.at[i]) != NULL)
            return true;
    return false;
}

static bool is_several(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    size_t count = 0;
    for (size_t i = 0; last != NULL && i < last->answer.headers.count; i++)
        count += bytes_are_string(last->answer.headers.at[i].name, "Access-Control-Allow-Origin");
    return count > 1;
}

static bool is_redirect(const struct speech *speech)
{
    const struct exchange *last = last_exchange(speech->played);
    const unsigned status = last == NULL ? 0 : last->answer.status;
    return (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) &&
           cors_header_list_contains(&last->answer.headers, CORS_BYTES("Location"));
}

static bool is_url(const struct speech *speech, struct cors_bytes text)
{
    struct cors_url url;
    const size_t size = 8192 + 32 * text.len;
    struct cors_arena arena = cors_arena_over(memory_take(speech->memory, size), size);
    return bytes_are_string(text, "null") ||
           cors_url_parse(&url, text, NULL, cors_domain_to_ascii_by_libidn2, &arena);
}

static bool is_of_class(const struct speech *speech, enum message_class class)
{
    const struct cors_outcome *outcome = &speech->played->outcome;
    switch (class) {
    case MESSAGE_CLASS_ANY:
        return true;
    case MESSAGE_CLASS_ABSENT:
        return outcome->subject.at == NULL;
    case MESSAGE_CLASS_WILDCARD:
        return bytes_are_string(subject(speech), "*");
    case MESSAGE_CLASS_SEVERAL:
        return is_several(speech);
    case MESSAGE_CLASS_SPACE_OR_COMMA:
        return has_any(subject(speech), " ,");
    case MESSAGE_CLASS_COMMA:
        return has_any(subject(speech), ",");
    case MESSAGE_CLASS_NOT_A_URL:
        return !is_url(speech, subject(speech));
    case MESSAGE_CLASS_REDIRECT:
        return is_redirect(speech);
    case MESSAGE_CLASS_METHODS:
        return outcome->error != NULL &&
               strcmp(outcome->error, "InvalidAllowMethodsPreflightResponse") == 0;
    case MESSAGE_CLASS_REDIRECTED:
        return was_redirected(speech);
    case MESSAGE_CLASS_CROSS_ORIGIN:
        return is_cross_origin(speech);
    }
    return false;
}

/* ---- Texts -------------------------------------------------------------------------------- */

static bool fits(const struct speech *speech, const struct message_text *row)
{
    const struct cors_outcome *outcome = &speech->played->outcome;
    const bool xhr = speech->played->request->entry == CORS_ENTRY_XMLHTTPREQUEST;
    if (*row->algorithm != '\0' &&
        (outcome->algorithm == NULL || outcome->step == NULL ||
         strcmp(row->algorithm, outcome->algorithm) != 0 || strcmp(row->step, outcome->step) != 0))
        return false;
    if (strcmp(row->stage, "any") != 0 &&
        strcmp(row->stage, outcome->in_preflight ? "preflight" : "actual") != 0)
        return false;
    if (strcmp(row->api, "any") != 0 && strcmp(row->api, xhr ? "xhr" : "fetch") != 0)
        return false;
    return is_of_class(speech, row->class);
}

/* The first row of a sort that fits, or NULL. */
static const struct message_text *row_of(const struct speech *speech, struct cors_bytes sort)
{
    for (size_t i = 0; i < message_text_count; i++) {
        const struct message_text *row = &message_texts[i];
        if (strcmp(row->engine, speech->engine) == 0 && bytes_are_string(sort, row->sort) &&
            fits(speech, row))
            return row;
    }
    return NULL;
}

static struct cors_bytes lower_case(struct cors_bytes text, struct memory *memory)
{
    char *lower = memory_take(memory, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        lower[i] =
            text.at[i] >= 'A' && text.at[i] <= 'Z' ? (char)(text.at[i] - 'A' + 'a') : text.at[i];
    return (struct cors_bytes){lower, text.len};
}

/* A header's name as the script spells it. */
static struct cors_bytes given_name(const struct speech *speech)
{
    const struct cors_header_list *headers = &speech->played->request->headers;
    const struct cors_bytes sought = lower_case(subject(speech), speech->memory);
    for (size_t i = 0; i < headers->count; i++)
        if (bytes_are(lower_case(headers->at[i].name, speech->memory), sought))
            return headers->at[i].name;
    return subject(speech);
}

/* The first element of a list that is no token. */
static struct cors_bytes bad_token(const struct speech *speech)
{
    const struct cors_bytes list = subject(speech);
    for (size_t from = 0; from <= list.len;) {
        size_t to = from;
        while (to < list.len && list.at[to] != ',')
            to++;
        const struct cors_bytes element =
            cors_normalize_header_value((struct cors_bytes){list.at + from, to - from});
        if (element.len > 0 && !cors_is_header_name(element))
            return element;
        from = to + 1;
    }
    return list;
}

/* Chromium shows what is not printable ASCII by its code point. */
static struct cors_bytes value_of(const struct speech *speech, struct cors_bytes value)
{
    struct cors_bytes shown = CORS_BYTES("");
    bool plain = true;
    for (size_t i = 0; i < value.len; i++)
        plain = plain && value.at[i] >= 0x20 && value.at[i] < 0x7F;
    if (plain || strcmp(speech->engine, "chromium") != 0)
        return value;
    for (size_t i = 0; i < value.len; i++) {
        const unsigned char byte = (unsigned char)value.at[i];
        shown = memory_format(speech->memory, byte >= 0x20 && byte < 0x7F ? "%s%c" : "%s\\u%04X",
                              shown.at, byte);
    }
    return shown;
}

static bool happened(const struct speech *speech, struct cors_bytes name, struct cors_bytes *value)
{
    const struct exchange *last = last_exchange(speech->played);
    if (bytes_are_string(name, "url"))
        *value = last_url(speech);
    else if (bytes_are_string(name, "initial-url"))
        *value = initial_url(speech);
    else if (bytes_are_string(name, "page"))
        *value = page_url(speech);
    else if (bytes_are_string(name, "origin"))
        *value = page_origin(speech);
    else if (bytes_are_string(name, "origin-header"))
        *value = origin_header(speech);
    else if (bytes_are_string(name, "status"))
        *value = memory_format(speech->memory, "%u", last == NULL ? 0U : last->answer.status);
    else if (bytes_are_string(name, "value"))
        *value = value_of(speech, subject(speech));
    else if (bytes_are_string(name, "lower-value"))
        *value = lower_case(subject(speech), speech->memory);
    else if (bytes_are_string(name, "given-name"))
        *value = given_name(speech);
    else if (bytes_are_string(name, "bad-token"))
        *value = bad_token(speech);
    else
        return false;
    return true;
}

/* What is written so far; it is long enough for whatever is appended. */
struct text {
    char *at;
    size_t len, capacity;
    struct memory *memory;
};

static void put(struct text *text, struct cors_bytes more)
{
    if (text->len + more.len > text->capacity) {
        text->capacity = 2 * (text->len + more.len) + 256;
        char *longer = memory_take(text->memory, text->capacity);
        if (text->len > 0)
            memcpy(longer, text->at, text->len);
        text->at = longer;
    }
    if (more.len > 0)
        memcpy(text->at + text->len, more.at, more.len);
    text->len += more.len;
}

static void say(const struct speech *speech, struct text *text, const struct message_text *row,
                unsigned depth);

static void put_part(const struct speech *speech, struct text *text, struct cors_bytes name,
                     unsigned depth)
{
    struct cors_bytes value;
    if (happened(speech, name, &value)) {
        put(text, value);
        return;
    }
    const struct message_text *row = depth == DEEPEST ? NULL : row_of(speech, name);
    if (row != NULL)
        say(speech, text, row, depth + 1);
}

static void say(const struct speech *speech, struct text *text, const struct message_text *row,
                unsigned depth)
{
    for (size_t i = 0; i < row->length;) {
        const char *at = row->text + i;
        const char *end = *at == '{' ? memchr(at, '}', row->length - i) : NULL;
        if (end == NULL) {
            put(text, (struct cors_bytes){at, 1});
            i++;
        } else {
            put_part(speech, text, (struct cors_bytes){at + 1, (size_t)(end - at) - 1}, depth);
            i += (size_t)(end - at) + 1;
        }
    }
}

/* Null if there is nothing of that sort. */
static struct cors_bytes words_of_sort(const struct speech *speech, const char *sort)
{
    const struct message_text *row = row_of(speech, bytes_of(sort));
    struct text text = {.memory = speech->memory};
    if (row == NULL)
        return (struct cors_bytes){0};
    put(&text, CORS_BYTES(""));
    say(speech, &text, row, 0);
    return (struct cors_bytes){text.at == NULL ? "" : text.at, text.len};
}

struct words words_of(const struct played *played, struct memory *memory)
{
    static const char *const lines[MOST_CONSOLE_LINES] = {"console", "console-2", "console-3",
                                                          "console-4"};
    const struct speech speech = {played, choice_word(engine_words, (int)played->engine), memory};
    struct words words = {0};
    if (played->outcome.result != CORS_RESULT_NETWORK_ERROR)
        return words;
    for (size_t i = 0; i < MOST_CONSOLE_LINES; i++) {
        const struct cors_bytes line = words_of_sort(&speech, lines[i]);
        if (line.at != NULL)
            words.console[words.console_count++] = line;
    }
    words.exception = words_of_sort(&speech, "exception");
    return words;
}

const char *browser_name(enum cors_engine engine)
{
    static const char *const names[] = {[CORS_ENGINE_SPEC] = "The standard",
                                        [CORS_ENGINE_CHROMIUM] = "Chrome",
                                        [CORS_ENGINE_FIREFOX] = "Firefox",
                                        [CORS_ENGINE_WEBKIT] = "Safari"};
    return names[engine];
}
