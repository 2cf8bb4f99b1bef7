/* HTTP-network fetch (https://fetch.spec.whatwg.org/#concept-http-network-fetch) by libcurl, with
 * everything switched off that curl would decide by itself: redirects, cookies, authentication,
 * HSTS, alternative services, .netrc, decoding, and its default headers. Invariants: an exchange is
 * a response only if its header section came to its end; interim (1xx) responses and trailers are
 * not part of it, but count towards the limit; no limit can be passed by any number of messages. */
#include "transport.h"

#include "commands.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    DEFAULT_MAX_SECONDS = 60,
    DEFAULT_CONNECT_SECONDS = 10,
    DEFAULT_MAX_HEADER = 256 * 1024,
    DEFAULT_MAX_BODY = 1024 * 1024,
};

struct buffer {
    char *at;
    size_t len;
    size_t capacity;
};

/* A header while its bytes may still move. */
struct field {
    size_t name;
    size_t name_len;
    size_t value;
    size_t value_len;
};

enum section { SECTION_STATUS_LINE, SECTION_HEADERS, SECTION_BODY };
enum stop { STOP_NOTHING, STOP_HEADER_LIMIT, STOP_BODY_LIMIT, STOP_MALFORMED };

struct transport {
    struct transport_flags flags;
    CURL *easy;
    struct curl_slist *resolve;
    struct curl_slist *connect_to;
    double deadline;
    char curl_says[CURL_ERROR_SIZE];
    char failure[512];
    char note[256];
    /* the exchange under way */
    enum section section;
    enum stop stop;
    unsigned status;
    size_t received;    /* bytes of header lines, of interim responses and trailers too */
    size_t message_len; /* of the status message, with which head begins */
    struct buffer head;
    struct buffer body;
    struct field *fields;
    size_t field_count;
    size_t field_capacity;
    bool may_continue; /* a folded line continues the last field */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void buffer_add(struct buffer *buffer, const char *at, size_t len)
{
    if (len > buffer->capacity - buffer->len) {
        size_t capacity = buffer->capacity == 0 ? 4096 : buffer->capacity;
        while (capacity - buffer->len < len)
            capacity *= 2;
        buffer->at = memory_reallocate(buffer->at, capacity);
        buffer->capacity = capacity;
    }
    if (len > 0)
        memcpy(buffer->at + buffer->len, at, len);
    buffer->len += len;
}

/* ---- What comes back ---------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct cors_bytes trimmed(struct cors_bytes bytes)
{
    while (bytes.len > 0 && is_blank(bytes.at[0])) {
        bytes.at++;
        bytes.len--;
    }
    while (bytes.len > 0 && is_blank(bytes.at[bytes.len - 1]))
        bytes.len--;
    return bytes;
}

/* Copies to the head. A bare CR inside a line becomes a space, as
 * https://www.rfc-editor.org/rfc/rfc9112#section-2.2 lets a recipient do: no header value of the
 * standard can hold one. */
static void keep(struct transport *t, struct cors_bytes bytes)
{
    size_t from = t->head.len;
    buffer_add(&t->head, bytes.at, bytes.len);
    for (size_t i = from; i < t->head.len; i++)
        if (t->head.at[i] == '\r')
            t->head.at[i] = ' ';
}

static bool status_line(struct transport *t, struct cors_bytes line)
{
    const char *space = memchr(line.at, ' ', line.len);
    if (line.len < 5 || memcmp(line.at, "HTTP/", 5) != 0 || space == NULL) {
        t->stop = STOP_MALFORMED;
        return false;
    }
    struct cors_bytes rest =
        trimmed((struct cors_bytes){space, line.len - (size_t)(space - line.at)});
    t->status = 0;
    size_t digits = 0;
    while (digits < rest.len && digits < 3 && rest.at[digits] >= '0' && rest.at[digits] <= '9')
        t->status = t->status * 10 + (unsigned)(rest.at[digits++] - '0');
    if (digits != 3 || (rest.len > 3 && rest.at[3] != ' ')) {
        t->stop = STOP_MALFORMED;
        return false;
    }
    t->section = SECTION_HEADERS;
    t->head.len = 0;
    t->field_count = 0;
    t->may_continue = false;
    struct cors_bytes message = trimmed((struct cors_bytes){rest.at + 3, rest.len - 3});
    t->message_len = message.len;
    keep(t, message);
    return true;
}

/* Obsolete line folding: Chromium and https://www.rfc-editor.org/rfc/rfc9112#section-5.2 put one
 * space in place of the fold, Firefox keeps the blanks of the continued line; for every header of
 * CORS the two are the same. A fold of a line that was passed over, or of the status line, goes
 * with it. */
static void fold(struct transport *t, struct cors_bytes line)
{
    if (!t->may_continue)
        return;
    struct field *last = &t->fields[t->field_count - 1];
    struct cors_bytes more = trimmed(line);
    if (more.len == 0)
        return;
    if (last->value_len > 0)
        keep(t, CORS_BYTES(" "));
    keep(t, more);
    last->value_len = t->head.len - last->value;
}

/* Browsers pass over a line without a colon and over one whose name is no token. */
static void field_line(struct transport *t, struct cors_bytes line)
{
    const char *colon = memchr(line.at, ':', line.len);
    t->may_continue = false;
    if (colon == NULL)
        return;
    size_t at = (size_t)(colon - line.at);
    struct cors_bytes name = trimmed((struct cors_bytes){line.at, at});
    struct cors_bytes value = trimmed((struct cors_bytes){colon + 1, line.len - at - 1});
    if (!cors_is_header_name(name))
        return;
    t->may_continue = true;
    t->fields = memory_grow(t->fields, t->field_count, &t->field_capacity, sizeof *t->fields);
    struct field *field = &t->fields[t->field_count++];
    *field = (struct field){.name = t->head.len, .name_len = name.len, .value_len = value.len};
    keep(t, name);
    field->value = t->head.len;
    keep(t, value);
}

/* An interim response is followed by another status line. 101 is not: nobody asked for another
 * protocol, so what follows it is no HTTP. */
static void end_of_headers(struct transport *t)
{
    if (t->status == 101)
        t->stop = STOP_MALFORMED;
    t->section = t->status >= 100 && t->status < 200 ? SECTION_STATUS_LINE : SECTION_BODY;
}

static bool header_line(struct transport *t, struct cors_bytes line)
{
    while (line.len > 0 && (line.at[line.len - 1] == '\n' || line.at[line.len - 1] == '\r'))
        line.len--;
    if (t->section == SECTION_BODY) /* a trailer */
        return true;
    if (t->section == SECTION_STATUS_LINE)
        return status_line(t, line);
    if (line.len == 0) {
        end_of_headers(t);
        return t->stop == STOP_NOTHING;
    }
    if (is_blank(line.at[0]))
        fold(t, line);
    else
        field_line(t, line);
    return true;
}

static size_t on_header(char *at, size_t size, size_t count, void *context)
{
    struct transport *t = context;
    size_t len = size * count;
    t->received += len;
    if (t->received > t->flags.max_header) {
        t->stop = STOP_HEADER_LIMIT;
        return 0;
    }
    return header_line(t, (struct cors_bytes){at, len}) ? len : 0;
}

static size_t on_body(char *at, size_t size, size_t count, void *context)
{
    struct transport *t = context;
    size_t len = size * count;
    size_t room = t->flags.max_body - t->body.len;
    buffer_add(&t->body, at, len < room ? len : room);
    if (len <= room)
        return len;
    t->stop = STOP_BODY_LIMIT;
    return 0;
}

/* ---- What goes out ------------------------------------------------------------------------ */

/* The URL without its fragment, which stays in the client, and without user name and password,
 * which the standard has made into a header where they are to be sent. */
static const char *url_text(const struct cors_url *url, struct memory *memory)
{
    struct cors_bytes query = url->query.at == NULL ? CORS_BYTES("") : url->query;
    char port[16] = "";
    if (url->port != CORS_PORT_NULL)
        snprintf(port, sizeof port, ":%d", (int)url->port);
    struct cors_bytes parts[] = {
        url->scheme,    CORS_BYTES("://"), url->host.serialized,
        bytes_of(port), url->path,         url->query.at == NULL ? CORS_BYTES("") : CORS_BYTES("?"),
        query};
    size_t size = 1;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        size += parts[i].len;
    char *text = memory_take(memory, size);
    char *end = text;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].len > 0)
            memcpy(end, parts[i].at, parts[i].len);
        end += parts[i].len;
    }
    return text;
}

static void add_line(struct curl_slist **lines, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*lines, line);
    if (longer == NULL) {
        fputs("corsim: out of memory\n", stderr);
        exit(EXIT_USAGE);
    }
    *lines = longer;
}

/* curl's way to say it: "Name: value", or "Name;" for an empty value. */
static void add_header(struct curl_slist **lines, const struct cors_header *header)
{
    size_t len = header->name.len;
    char *line = memory_allocate(len + header->value.len + 3);
    memcpy(line, header->name.at, len);
    line[len++] = header->value.len == 0 ? ';' : ':';
    if (header->value.len > 0) {
        line[len++] = ' ';
        memcpy(line + len, header->value.at, header->value.len);
        len += header->value.len;
    }
    line[len] = '\0';
    add_line(lines, line);
    free(line);
}

static bool can_be_sent(const struct cors_header *header)
{
    return cors_is_header_name(header->name) && cors_is_header_value(header->value);
}

static struct curl_slist *header_lines(const struct cors_header_list *headers)
{
    static const char *const own[] = {
        "Accept:", "Expect:", "Content-Type:", "User-Agent:", "Proxy-Connection:"};
    struct curl_slist *lines = NULL;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (!cors_header_list_contains(headers, (struct cors_bytes){own[i], strlen(own[i]) - 1}))
            add_line(&lines, own[i]);
    for (size_t i = 0; i < headers->count; i++)
        add_header(&lines, &headers->at[i]);
    return lines;
}

/* ---- Saying what went wrong --------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void fail(struct transport *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(t->failure, sizeof t->failure, format, arguments);
    va_end(arguments);
}

static const char *where(const struct transport *t)
{
    return t->received == 0 ? "before the first byte of a response" : "in the headers";
}

static void fail_to_connect(struct transport *t)
{
    long error = 0;
    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &error);
    if (error == ECONNREFUSED)
        fail(t, "connection refused (%s)", t->curl_says);
    else
        fail(t, "could not connect: %s",
             error != 0 ? strerror((int)error) : (const char *)t->curl_says);
}

static void fail_by_code(struct transport *t, CURLcode code)
{
    const char *says = t->curl_says[0] != '\0' ? t->curl_says : curl_easy_strerror(code);
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        fail(t, "could not resolve the name (%s)", says);
        break;
    case CURLE_COULDNT_CONNECT:
        fail_to_connect(t);
        break;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_USE_SSL_FAILED:
        fail(t, "TLS: %s", says);
        break;
    case CURLE_OPERATION_TIMEDOUT:
        fail(t, "timed out %s (%s)", where(t), says);
        break;
    case CURLE_OUT_OF_MEMORY: /* also curl's answer to one header line of more than 100 KiB */
        fail(t, "headers too large: one line is longer than curl takes (100 KiB)");
        break;
    case CURLE_RECV_ERROR:
        fail(t, "the connection broke %s (%s)", where(t), says);
        break;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2_STREAM:
        fail(t, "the response was cut off %s (%s)", where(t), says);
        break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
        fail(t, "malformed response: %s", says);
        break;
    default:
        fail(t, "%s", says);
    }
}

/* Whether the exchange gave a response; says why not, or what is left out of it. Once the headers
 * are there it is one, whatever becomes of the body. */
static bool is_response(struct transport *t, CURLcode code)
{
    if (t->stop == STOP_HEADER_LIMIT)
        fail(t, "headers too large: more than %lu bytes", t->flags.max_header);
    else if (t->stop == STOP_MALFORMED)
        fail(t, t->status == 101 ? "malformed response: 101 although no upgrade was asked for"
                                 : "malformed response: no status line");
    else if (t->section == SECTION_BODY && t->stop == STOP_BODY_LIMIT)
        snprintf(t->note, sizeof t->note, "the body was cut after %zu bytes", t->body.len);
    else if (t->section == SECTION_BODY && code == CURLE_OPERATION_TIMEDOUT)
        snprintf(t->note, sizeof t->note, "the body did not end in time, %zu bytes were read",
                 t->body.len);
    else if (t->section == SECTION_BODY && code != CURLE_OK)
        snprintf(t->note, sizeof t->note,
                 "the body broke off after %zu bytes (%s): fetch() gives the response, but reading "
                 "its body fails, and XMLHttpRequest reports an error",
                 t->body.len, curl_easy_strerror(code));
    else if (code != CURLE_OK)
        fail_by_code(t, code);
    else if (t->section != SECTION_BODY)
        fail(t, "the response was cut off %s", where(t));
    return t->failure[0] == '\0';
}

/* ---- One exchange ------------------------------------------------------------------------- */

static void set_method_and_body(struct transport *t, const struct cors_network_request *request,
                                const char *method)
{
    curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
    else if (request->body.at != NULL) {
        curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, request->body.at);
    }
    curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, method);
}

static void set_time(struct transport *t)
{
    double left = (t->deadline - now()) * 1000;
    double connect = t->flags.connect_seconds * 1000;
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, left < 1 ? 1L : (long)left);
    curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, connect < 1 ? 1L : (long)connect);
}

static CURLcode perform(struct transport *t, const struct cors_network_request *request,
                        struct memory *memory)
{
    struct curl_slist *lines = header_lines(request->headers);
    curl_easy_setopt(t->easy, CURLOPT_URL, url_text(request->url, memory));
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, lines);
    set_method_and_body(t, request, memory_copy(memory, request->method).at);
    set_time(t);
    CURLcode code = curl_easy_perform(t->easy);
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, NULL);
    curl_slist_free_all(lines);
    return code;
}

/* Copies what was received out of the buffers, which the next exchange fills again. */
static void give_response(const struct transport *t, struct answer *answer, struct memory *memory)
{
    const char *head = memory_copy(memory, (struct cors_bytes){t->head.at, t->head.len}).at;
    struct cors_header *headers = memory_take(memory, (t->field_count + 1) * sizeof *headers);
    for (size_t i = 0; i < t->field_count; i++) {
        const struct field *field = &t->fields[i];
        headers[i].name = (struct cors_bytes){head + field->name, field->name_len};
        headers[i].value = (struct cors_bytes){head + field->value, field->value_len};
    }
    *answer = (struct answer){
        .status = (uint16_t)t->status,
        .status_message = {head == NULL ? "" : head, t->message_len},
        .headers = {.at = headers, .count = t->field_count},
        .body =
            memory_copy(memory, t->body.at == NULL ? CORS_BYTES("")
                                                   : (struct cors_bytes){t->body.at, t->body.len}),
    };
}

static void begin_exchange(struct transport *t)
{
    t->failure[0] = '\0';
    t->curl_says[0] = '\0';
    t->section = SECTION_STATUS_LINE;
    t->stop = STOP_NOTHING;
    t->status = 0;
    t->received = 0;
    t->field_count = 0;
    t->head.len = 0;
    t->body.len = 0;
}

/* Why nothing can be sent at all; true if it can. */
static bool may_begin(struct transport *t, const struct cors_network_request *request)
{
    for (size_t i = 0; i < request->headers->count; i++)
        if (!can_be_sent(&request->headers->at[i]))
            fail(t, "a request header cannot be sent");
    if (now() >= t->deadline)
        fail(t, "timed out: no time is left for another exchange");
    return t->failure[0] == '\0';
}

void transport_ask(void *context, const struct cors_network_request *request, struct answer *answer,
                   struct memory *memory)
{
    struct transport *t = context;
    begin_exchange(t);
    if (may_begin(t, request) && is_response(t, perform(t, request, memory))) {
        give_response(t, answer, memory);
        return;
    }
    *answer =
        (struct answer){.network_error = true, .message = memory_copy_string(memory, t->failure)};
}

const char *transport_note(const struct transport *transport)
{
    return transport->note[0] == '\0' ? NULL : transport->note;
}

/* ---- Opening and closing ------------------------------------------------------------------ */

static void take_defaults(struct transport_flags *flags)
{
    if (flags->max_seconds <= 0)
        flags->max_seconds = DEFAULT_MAX_SECONDS;
    if (flags->connect_seconds <= 0)
        flags->connect_seconds = DEFAULT_CONNECT_SECONDS;
    if (flags->max_header == 0)
        flags->max_header = DEFAULT_MAX_HEADER;
    if (flags->max_body == 0)
        flags->max_body = DEFAULT_MAX_BODY;
}

static void set_limits_of_curl(struct transport *t)
{
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(t->easy, CURLOPT_NOPROGRESS, 1L);
    curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(t->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(t->easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(t->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(t->easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    curl_easy_setopt(t->easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->curl_says);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
}

/* libcurl says so only when it connects, as if the server were to blame. */
static bool can_be_read(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file != NULL)
        fclose(file);
    return file != NULL;
}

/* HOST:PORT:ADDRESS, of which libcurl, too, complains only when it connects. */
static bool is_resolve_entry(const char *entry)
{
    size_t host = strcspn(entry, ":");
    size_t port = entry[host] == ':' ? strspn(entry + host + 1, "0123456789") : 0;
    const char *rest = entry + host + 1 + port;
    return host > 0 && port > 0 && port <= 5 && rest[0] == ':' && rest[1] != '\0' &&
           rest[1 + strspn(rest + 1, "0123456789abcdefABCDEF.:[],")] == '\0';
}

/* NULL, or the flag that is not taken. */
static const char *set_flags(struct transport *t)
{
    const struct transport_flags *flags = &t->flags;
    set_limits_of_curl(t);
    curl_easy_setopt(t->easy, CURLOPT_HTTP_VERSION,
                     flags->http_1_1 ? (long)CURL_HTTP_VERSION_1_1 : (long)CURL_HTTP_VERSION_2TLS);
    if (flags->insecure) {
        curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (flags->cacert != NULL && !can_be_read(flags->cacert))
        return "the file of --cacert cannot be read";
    if (flags->cacert != NULL &&
        curl_easy_setopt(t->easy, CURLOPT_CAINFO, flags->cacert) != CURLE_OK)
        return "libcurl does not take --cacert";
    if (flags->proxy != NULL && curl_easy_setopt(t->easy, CURLOPT_PROXY, flags->proxy) != CURLE_OK)
        return "libcurl does not take --proxy";
    for (size_t i = 0; i < flags->resolve.count; i++) {
        if (!is_resolve_entry(flags->resolve.at[i]))
            return "--resolve takes HOST:PORT:ADDRESS, as api.example:443:127.0.0.1";
        add_line(&t->resolve, flags->resolve.at[i]);
    }
    for (size_t i = 0; i < flags->connect_to.count; i++)
        add_line(&t->connect_to, flags->connect_to.at[i]);
    curl_easy_setopt(t->easy, CURLOPT_RESOLVE, t->resolve);
    curl_easy_setopt(t->easy, CURLOPT_CONNECT_TO, t->connect_to);
    return NULL;
}

struct transport *transport_open(const struct transport_flags *flags, const char **error)
{
    *error = "libcurl cannot be set up";
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return NULL;
    struct transport *t = memory_allocate(sizeof *t);
    *t = (struct transport){.flags = *flags, .easy = curl_easy_init()};
    take_defaults(&t->flags);
    if (t->easy == NULL || (*error = set_flags(t)) != NULL) {
        transport_close(t);
        return NULL;
    }
    transport_begin(t);
    return t;
}

void transport_options(struct option *options, struct transport_flags *flags)
{
    const struct option rows[TRANSPORT_OPTION_COUNT] = {
        {"insecure", 'k', NULL, "accept any TLS certificate", OPTION_TRUE, &flags->insecure, NULL},
        {"cacert", 0, "FILE", "certificates to trust", OPTION_STRING, &flags->cacert, NULL},
        {"proxy", 'x', "URL", "go through this proxy", OPTION_STRING, &flags->proxy, NULL},
        {"max-time", 'm', "SECONDS", "for all of it; for each fetch of run and session (60)",
         OPTION_SECONDS, &flags->max_seconds, NULL},
        {"connect-timeout", 0, "SECONDS", "for each connection (10)", OPTION_SECONDS,
         &flags->connect_seconds, NULL},
        {"resolve", 0, "HOST:PORT:ADDRESS", "the address of a host", OPTION_STRINGS,
         &flags->resolve, NULL},
        {"connect-to", 0, "HOST:PORT:HOST2:PORT2", "connect there instead", OPTION_STRINGS,
         &flags->connect_to, NULL},
        {"user-agent", 'A', "TEXT", "of the browser; empty for none", OPTION_STRING,
         &flags->user_agent, NULL},
        {"http1.1", 0, NULL, "HTTP/1.1 only", OPTION_TRUE, &flags->http_1_1, NULL},
        {"http2", 0, NULL, "HTTP/2 where TLS agrees (default)", OPTION_TRUE, &flags->http_2, NULL},
        {"max-header", 0, "BYTES", "of a response's header lines (262144)", OPTION_NUMBER,
         &flags->max_header, NULL},
        {"max-body", 0, "BYTES", "of a body to keep (1048576)", OPTION_NUMBER, &flags->max_body,
         NULL},
    };
    memcpy(options, rows, sizeof rows);
}

/* Some servers refuse requests without one, which no browser sends. */
int transport_user_agent(const struct command *command, const struct transport_flags *flags,
                         struct cors_bytes *value, struct memory *memory)
{
    if (flags->user_agent != NULL)
        *value = cors_normalize_header_value(bytes_of(flags->user_agent));
    else if (value->at == NULL)
        *value = memory_format(memory, "corsim/%s", cors_version());
    if (!cors_is_header_value(*value))
        return usage_error(command, "--user-agent \"%s\" cannot be sent in a header",
                           escaped(*value));
    if (value->len == 0)
        *value = (struct cors_bytes){0};
    return EXIT_HOLDS;
}

void transport_flags_free(struct transport_flags *flags)
{
    string_list_free(&flags->resolve);
    string_list_free(&flags->connect_to);
}

void transport_begin_for(struct transport *t, double seconds)
{
    t->deadline = now() + seconds;
    t->note[0] = '\0';
}

void transport_begin(struct transport *t)
{
    transport_begin_for(t, t->flags.max_seconds);
}

void transport_close(struct transport *t)
{
    if (t == NULL)
        return;
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->resolve);
    curl_slist_free_all(t->connect_to);
    free(t->head.at);
    free(t->body.at);
    free(t->fields);
    free(t);
    curl_global_cleanup();
}
