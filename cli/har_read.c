/* HAR 1.2, read. Invariants: nothing is believed about a value's type; a member that is not there
 * is not said; values of Cookie, Set-Cookie, Authorization and Proxy-Authorization are replaced
 * here, so that nothing that comes later can print them; bodies are not kept. */
#include "har.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    struct har *har;
    json_t *pages; /* by their ids */
    struct memory *memory;
    struct complaint *complaint;
};

/* ---- Values ------------------------------------------------------------------------------- */

static struct cors_bytes text_of(const json_t *object, const char *name, struct memory *memory)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_string(value) || json_string_length(value) == 0)
        return (struct cors_bytes){0};
    return memory_copy(memory,
                       (struct cors_bytes){json_string_value(value), json_string_length(value)});
}

/* A name or value of a header: its code points are bytes where they can be. */
static struct cors_bytes header_text(const json_t *value, struct memory *memory)
{
    struct cors_bytes bytes;
    if (!json_is_string(value))
        return CORS_BYTES("");
    if (json_isomorphic_bytes(value, &bytes, memory))
        return cors_normalize_header_value(bytes);
    return memory_copy(memory,
                       (struct cors_bytes){json_string_value(value), json_string_length(value)});
}

static uint64_t digits_of(const char *at, size_t count)
{
    uint64_t number = 0;
    for (size_t i = 0; i < count; i++)
        number = at[i] >= '0' && at[i] <= '9' ? number * 10 + (uint64_t)(at[i] - '0') : number;
    return number;
}

/* Days since 1970 of a day of the Gregorian calendar. */
static uint64_t days_of(uint64_t year, uint64_t month, uint64_t day)
{
    const uint64_t y = month <= 2 ? year - 1 : year;
    const uint64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return 365 * y + y / 4 - y / 100 + y / 400 + of_year - 719468;
}

/* "2026-11-21T15:02:43.812Z", "...+01:00": https://www.rfc-editor.org/rfc/rfc3339, in seconds. */
static uint64_t time_of(struct cors_bytes text)
{
    enum { LENGTH = 19 };
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    if (text.len < LENGTH)
        return 0;
    for (size_t i = 0; i < LENGTH; i++) {
        const bool digit = text.at[i] >= '0' && text.at[i] <= '9';
        if (shape[i] == 'd' ? !digit : text.at[i] != shape[i])
            return 0;
    }
    const uint64_t year = digits_of(text.at, 4), month = digits_of(text.at + 5, 2);
    if (year < 1970 || month < 1 || month > 12)
        return 0;
    uint64_t seconds = days_of(year, month, digits_of(text.at + 8, 2)) * 86400 +
                       digits_of(text.at + 11, 2) * 3600 + digits_of(text.at + 14, 2) * 60 +
                       digits_of(text.at + 17, 2);
    const char *zone = text.len < LENGTH + 6 ? NULL : text.at + text.len - 6;
    if (zone == NULL || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':')
        return seconds;
    const uint64_t shift = digits_of(zone + 1, 2) * 3600 + digits_of(zone + 4, 2) * 60;
    return zone[0] == '-' ? seconds + shift : seconds > shift ? seconds - shift : 0;
}

/* ---- Headers ------------------------------------------------------------------------------ */

static struct cors_bytes redacted(const struct cors_header *header, struct memory *memory)
{
    return is_secret_header(header->name)
               ? memory_format(memory, "(%zu bytes, not shown)", header->value.len)
               : header->value;
}

/* A header's value has no newline: where one is recorded, it stands between several lines of that
 * name. */
static void add_lines(struct cors_header_list *headers, struct cors_header header,
                      struct memory *memory)
{
    const char *newline;
    struct cors_bytes rest = header.value;
    while (headers->count < headers->capacity &&
           (newline = memchr(rest.at, '\n', rest.len)) != NULL) {
        const size_t len = (size_t)(newline - rest.at);
        header.value = cors_normalize_header_value((struct cors_bytes){rest.at, len});
        header.value = redacted(&header, memory);
        headers->at[headers->count++] = header;
        rest = (struct cors_bytes){rest.at + len + 1, rest.len - len - 1};
    }
    header.value = cors_normalize_header_value(rest);
    header.value = redacted(&header, memory);
    headers->at[headers->count++] = header;
}

static size_t count_lines(const json_t *list)
{
    size_t count = 0, i;
    const json_t *item;
    json_array_foreach((json_t *)list, i, item)
    {
        const json_t *value = json_object_get(item, "value");
        const char *at = json_string_value(value);
        const size_t len = json_string_length(value); /* there may be a NUL before its end */
        count++;
        for (size_t j = 0; j < len; j++)
            count += at[j] == '\n';
    }
    return count;
}

/* Only what can be a header at all; HTTP/2's pseudo-headers are none. */
static struct cors_header_list headers_of(const json_t *message, struct memory *memory)
{
    const json_t *list = json_object_get(message, "headers"), *item;
    struct cors_header_list headers = {.capacity = count_lines(list)};
    size_t i;
    headers.at = memory_take(memory, (headers.capacity + 1) * sizeof *headers.at);
    json_array_foreach((json_t *)list, i, item)
    {
        const struct cors_header header = {header_text(json_object_get(item, "name"), memory),
                                           header_text(json_object_get(item, "value"), memory)};
        if (cors_is_header_name(header.name))
            add_lines(&headers, header, memory);
    }
    headers.capacity = 0;
    return headers;
}

/* ---- Entries ------------------------------------------------------------------------------ */

/* The title of a page is its URL in Chrome and Safari, and in Firefox where there is no title. */
static struct cors_bytes page_of(const struct reader *reader, const json_t *object)
{
    enum { LONGEST = 8192 }; /* each entry has a copy */
    const char *id = json_string_value(json_object_get(object, "pageref"));
    const json_t *page = id == NULL ? NULL : json_object_get(reader->pages, id);
    if (json_string_length(json_object_get(page, "title")) > LONGEST)
        return (struct cors_bytes){0};
    return text_of(page, "title", reader->memory);
}

/* Of pages with the same id the first counts. */
static json_t *pages_by_id(const json_t *log)
{
    const json_t *list = json_object_get(log, "pages");
    json_t *pages = json_object(), *page;
    size_t i;
    json_array_foreach((json_t *)list, i, page)
    {
        const char *id = json_string_value(json_object_get(page, "id"));
        if (id != NULL && json_object_get(pages, id) == NULL)
            json_object_set(pages, id, page);
    }
    return pages;
}

static unsigned status_of(const json_t *response)
{
    const json_t *status = json_object_get(response, "status");
    const json_int_t number = json_integer_value(status);
    return json_is_integer(status) && number > 0 && number <= 999 ? (unsigned)number : 0;
}

static void read_response(struct har_entry *entry, const json_t *response, struct memory *memory)
{
    entry->status = status_of(response);
    entry->status_message = text_of(response, "statusText", memory);
    entry->headers = headers_of(response, memory);
    entry->error = text_of(response, "_error", memory);
}

static bool read_request(struct har_entry *entry, const json_t *request, struct memory *memory,
                         struct complaint *complaint)
{
    const json_t *post = json_object_get(request, "postData");
    if (!json_is_object(request) || !json_is_string(json_object_get(request, "url")) ||
        !json_is_string(json_object_get(request, "method")))
        return complain(complaint, "entry %zu has no request with a method and a URL",
                        entry->number);
    entry->url = text_of(request, "url", memory);
    entry->method = text_of(request, "method", memory);
    entry->request_headers = headers_of(request, memory);
    entry->browser = browser_headers_of(&entry->request_headers, memory);
    entry->has_cookies = entry->browser.cookie.at != NULL ||
                         json_array_size(json_object_get(request, "cookies")) > 0;
    entry->has_body = json_is_object(post);
    entry->body_type = text_of(post, "mimeType", memory);
    return true;
}

static bool read_entry(const struct reader *reader, const json_t *object, struct har_entry *entry)
{
    struct memory *memory = reader->memory;
    const json_t *response = json_object_get(object, "response");
    const struct cors_bytes cache = text_of(object, "_fromCache", memory);
    if (!json_is_object(object))
        return complain(reader->complaint, "entry %zu is no object", entry->number);
    if (!read_request(entry, json_object_get(object, "request"), memory, reader->complaint))
        return false;
    if (response != NULL && !json_is_object(response))
        return complain(reader->complaint, "entry %zu has a response that is no object",
                        entry->number);
    entry->began = time_of(text_of(object, "startedDateTime", memory));
    entry->page = page_of(reader, object);
    entry->type = text_of(object, "_resourceType", memory);
    entry->from_cache = cache.at != NULL;
    read_response(entry, response, memory);
    return true;
}

/* ---- The recording ------------------------------------------------------------------------ */

/* Chrome calls itself as WebKit once called it; so the version decides. */
static enum cors_engine recorder_of(const char *creator, const char *version)
{
    if (strcmp(creator, "Firefox") == 0)
        return CORS_ENGINE_FIREFOX;
    if (strcmp(creator, "WebKit Web Inspector") == 0)
        return CORS_ENGINE_WEBKIT;
    return strcmp(creator, "WebInspector") == 0 && strcmp(version, "537.36") == 0
               ? CORS_ENGINE_CHROMIUM
               : CORS_ENGINE_SPEC;
}

static void read_creator(struct reader *reader, const json_t *log)
{
    const json_t *creator = json_object_get(log, "creator");
    const char *name = json_string_value(json_object_get(creator, "name"));
    const char *version = json_string_value(json_object_get(creator, "version"));
    reader->har->creator =
        memory_format(reader->memory, "%s%s%s", name == NULL ? "" : name,
                      version == NULL ? "" : " ", version == NULL ? "" : version);
    reader->har->recorder = recorder_of(name == NULL ? "" : name, version == NULL ? "" : version);
}

static bool read_log(struct reader *reader, const json_t *log)
{
    const json_t *entries = json_object_get(log, "entries"), *object;
    struct har *har = reader->har;
    size_t i;
    if (!json_is_object(log) || !json_is_array(entries))
        return complain(reader->complaint, "this is JSON, but no HAR: there is no \"log\" with a "
                                           "list of \"entries\"");
    if (json_array_size(entries) > MOST_ENTRIES)
        return complain(reader->complaint, "there are more than %d entries", MOST_ENTRIES);
    reader->pages = pages_by_id(log);
    read_creator(reader, log);
    har->at = memory_take(reader->memory, (json_array_size(entries) + 1) * sizeof *har->at);
    bool right = true;
    for (i = 0; right && (object = json_array_get(entries, i)) != NULL; i++) {
        struct har_entry *entry = &har->at[har->count++];
        entry->number = i + 1;
        right = read_entry(reader, object, entry);
    }
    json_decref(reader->pages);
    return right;
}

bool har_read(struct har *har, struct cors_bytes text, struct memory *memory,
              struct complaint *complaint)
{
    struct reader reader = {.har = har, .memory = memory, .complaint = complaint};
    json_error_t error;
    *har = (struct har){0};
    /* Some tools write a byte order mark. */
    if (text.len >= 3 && memcmp(text.at, "\xEF\xBB\xBF", 3) == 0)
        text = (struct cors_bytes){text.at + 3, text.len - 3};
    json_t *document = json_loadb(text.at, text.len, JSON_ALLOW_NUL, &error);
    if (document == NULL)
        return complain(complaint, "line %d: not JSON: %s", error.line, escaped_string(error.text));
    const bool right = read_log(&reader, json_object_get(document, "log"));
    json_decref(document);
    return right;
}
