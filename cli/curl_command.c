/* A pasted curl command: its words (shell_words.h), its flags, and the request that follows from
 * them (https://curl.se/docs/manpage.html). Invariants: each flag of curl's is in one table,
 * with what it does to the request or that it does nothing; the first argument that makes no
 * sense ends the reading, with its line and column. */
#include "curl_command.h"

#include "browser_headers.h"
#include "curl_data.h"

#include <stdlib.h>
#include <string.h>

enum effect {
    EFFECT_NOTHING = 0,
    EFFECT_ARGUMENT_FOR_NOTHING,
    EFFECT_METHOD,
    EFFECT_HEADER,
    EFFECT_DATA,
    EFFECT_DATA_RAW,
    EFFECT_DATA_BINARY,
    EFFECT_DATA_URLENCODE,
    EFFECT_JSON,
    EFFECT_FORM,
    EFFECT_FORM_STRING,
    EFFECT_COOKIE,
    EFFECT_USER,
    EFFECT_BEARER,
    EFFECT_REFERER,
    EFFECT_USER_AGENT,
    EFFECT_RANGE,
    EFFECT_URL,
    EFFECT_URL_QUERY,
    EFFECT_GET,
    EFFECT_HEAD,
    EFFECT_UPLOAD,
    EFFECT_INSECURE,
    EFFECT_PROXY,
    EFFECT_MAX_TIME,
    EFFECT_CONNECT_TIMEOUT,
    EFFECT_RESOLVE,
    EFFECT_CONNECT_TO,
    EFFECT_CACERT,
    EFFECT_HTTP_1_1,
    EFFECT_HTTP_2,
    EFFECT_NEXT,
    EFFECT_GLOBOFF,
};

struct flag {
    const char *name;
    char letter; /* 0: none */
    enum effect effect;
};

/* A browser follows redirects, decodes, and does its own authentication, whatever curl is told. */
static const struct flag flags[] = {
    {"request", 'X', EFFECT_METHOD},
    {"header", 'H', EFFECT_HEADER},
    {"data", 'd', EFFECT_DATA},
    {"data-ascii", 0, EFFECT_DATA},
    {"data-raw", 0, EFFECT_DATA_RAW},
    {"data-binary", 0, EFFECT_DATA_BINARY},
    {"data-urlencode", 0, EFFECT_DATA_URLENCODE},
    {"json", 0, EFFECT_JSON},
    {"form", 'F', EFFECT_FORM},
    {"form-string", 0, EFFECT_FORM_STRING},
    {"cookie", 'b', EFFECT_COOKIE},
    {"user", 'u', EFFECT_USER},
    {"oauth2-bearer", 0, EFFECT_BEARER},
    {"referer", 'e', EFFECT_REFERER},
    {"user-agent", 'A', EFFECT_USER_AGENT},
    {"range", 'r', EFFECT_RANGE},
    {"url", 0, EFFECT_URL},
    {"url-query", 0, EFFECT_URL_QUERY},
    {"get", 'G', EFFECT_GET},
    {"head", 'I', EFFECT_HEAD},
    {"upload-file", 'T', EFFECT_UPLOAD},
    {"insecure", 'k', EFFECT_INSECURE},
    {"proxy", 'x', EFFECT_PROXY},
    {"max-time", 'm', EFFECT_MAX_TIME},
    {"connect-timeout", 0, EFFECT_CONNECT_TIMEOUT},
    {"resolve", 0, EFFECT_RESOLVE},
    {"connect-to", 0, EFFECT_CONNECT_TO},
    {"cacert", 0, EFFECT_CACERT},
    {"http1.1", 0, EFFECT_HTTP_1_1},
    {"http1.0", '0', EFFECT_HTTP_1_1},
    {"http2", 0, EFFECT_HTTP_2},
    {"next", ':', EFFECT_NEXT},
    {"anyauth", 0, EFFECT_NOTHING},
    {"basic", 0, EFFECT_NOTHING},
    {"compressed", 0, EFFECT_NOTHING},
    {"create-dirs", 0, EFFECT_NOTHING},
    {"disable", 'q', EFFECT_NOTHING},
    {"fail", 'f', EFFECT_NOTHING},
    {"fail-early", 0, EFFECT_NOTHING},
    {"fail-with-body", 0, EFFECT_NOTHING},
    {"globoff", 'g', EFFECT_GLOBOFF},
    {"http2-prior-knowledge", 0, EFFECT_NOTHING},
    {"http3", 0, EFFECT_NOTHING},
    {"http3-only", 0, EFFECT_NOTHING},
    {"include", 'i', EFFECT_NOTHING},
    {"ipv4", '4', EFFECT_NOTHING},
    {"ipv6", '6', EFFECT_NOTHING},
    {"junk-session-cookies", 'j', EFFECT_NOTHING},
    {"keepalive", 0, EFFECT_NOTHING},
    {"location", 'L', EFFECT_NOTHING},
    {"location-trusted", 0, EFFECT_NOTHING},
    {"buffer", 'N', EFFECT_NOTHING},
    {"parallel", 'Z', EFFECT_NOTHING},
    {"path-as-is", 0, EFFECT_NOTHING},
    {"post301", 0, EFFECT_NOTHING},
    {"post302", 0, EFFECT_NOTHING},
    {"post303", 0, EFFECT_NOTHING},
    {"progress-bar", '#', EFFECT_NOTHING},
    {"progress-meter", 0, EFFECT_NOTHING},
    {"raw", 0, EFFECT_NOTHING},
    {"remote-header-name", 'J', EFFECT_NOTHING},
    {"remote-name", 'O', EFFECT_NOTHING},
    {"retry-all-errors", 0, EFFECT_NOTHING},
    {"retry-connrefused", 0, EFFECT_NOTHING},
    {"show-error", 'S', EFFECT_NOTHING},
    {"show-headers", 0, EFFECT_NOTHING},
    {"silent", 's', EFFECT_NOTHING},
    {"ssl-no-revoke", 0, EFFECT_NOTHING},
    {"styled-output", 0, EFFECT_NOTHING},
    {"tcp-fastopen", 0, EFFECT_NOTHING},
    {"tcp-nodelay", 0, EFFECT_NOTHING},
    {"tlsv1", '1', EFFECT_NOTHING},
    {"tlsv1.2", 0, EFFECT_NOTHING},
    {"tlsv1.3", 0, EFFECT_NOTHING},
    {"tr-encoding", 0, EFFECT_NOTHING},
    {"trace-time", 0, EFFECT_NOTHING},
    {"verbose", 'v', EFFECT_NOTHING},
    {"ciphers", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"continue-at", 'C', EFFECT_ARGUMENT_FOR_NOTHING},
    {"cookie-jar", 'c', EFFECT_ARGUMENT_FOR_NOTHING},
    {"dump-header", 'D', EFFECT_ARGUMENT_FOR_NOTHING},
    {"expect100-timeout", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"interface", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"keepalive-time", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"limit-rate", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"max-filesize", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"max-redirs", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"noproxy", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"output", 'o', EFFECT_ARGUMENT_FOR_NOTHING},
    {"output-dir", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"retry", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"retry-delay", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"retry-max-time", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"speed-limit", 'Y', EFFECT_ARGUMENT_FOR_NOTHING},
    {"speed-time", 'y', EFFECT_ARGUMENT_FOR_NOTHING},
    {"stderr", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"tls-max", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"tls13-ciphers", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"trace", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"trace-ascii", 0, EFFECT_ARGUMENT_FOR_NOTHING},
    {"write-out", 'w', EFFECT_ARGUMENT_FOR_NOTHING},
};
enum { FLAGS = sizeof flags / sizeof *flags };

static bool takes_argument(enum effect effect)
{
    switch (effect) {
    case EFFECT_NOTHING:
    case EFFECT_GET:
    case EFFECT_HEAD:
    case EFFECT_INSECURE:
    case EFFECT_HTTP_1_1:
    case EFFECT_HTTP_2:
    case EFFECT_NEXT:
    case EFFECT_GLOBOFF:
        return false;
    default:
        return true;
    }
}

/* What is known while the arguments are read. */
struct reading {
    struct curl_command *command;
    struct cors_bytes text;
    const struct shell_words *words;
    size_t next;
    size_t header_capacity;
    bool get, head, upload, form, json, globoff;
    struct curl_body body;
    struct curl_body query; /* of --url-query */
    struct memory *memory;
    struct complaint *complaint;
};

/* ---- Headers and bodies ------------------------------------------------------------------- */

static void add_header(struct reading *reading, struct cors_bytes name, struct cors_bytes value)
{
    struct cors_header_list *headers = &reading->command->headers;
    if (headers->count == reading->header_capacity) {
        const size_t capacity = 2 * reading->header_capacity + 16;
        struct cors_header *longer = memory_take(reading->memory, capacity * sizeof *longer);
        if (headers->count > 0)
            memcpy(longer, headers->at, headers->count * sizeof *longer);
        headers->at = longer;
        reading->header_capacity = capacity;
    }
    headers->at[headers->count++] = (struct cors_header){name, value};
}

/* "Name:" takes a header of curl's own away, and a browser has its own anyway. */
static bool take_header(struct reading *reading, const char *line)
{
    struct cors_header header;
    if (curl_header(line, &header))
        add_header(reading, header.name, header.value);
    else if (line[0] == '@')
        return complain(reading->complaint, "headers from a file are not read");
    else if (strchr(line, ':') == NULL)
        return complain(reading->complaint, "\"%s\" is no header", escaped_string(line));
    return true;
}

static void take_cookies(struct reading *reading, const char *cookies)
{
    /* Without = it is the name of a file. */
    if (strchr(cookies, '=') == NULL)
        reading->command->cookie_file = cookies;
    else
        add_header(reading, CORS_BYTES("Cookie"), bytes_of(cookies));
}

static void take_user(struct reading *reading, const char *user)
{
    struct cors_bytes pair =
        strchr(user, ':') == NULL ? memory_format(reading->memory, "%s:", user) : bytes_of(user);
    add_header(reading, CORS_BYTES("Authorization"),
               memory_format(reading->memory, "Basic %s", base64(pair, reading->memory).at));
}

/* "https://app.example/;auto" */
static void take_referrer(struct reading *reading, struct cors_bytes referrer)
{
    static const char automatic[] = ";auto";
    const size_t len = sizeof automatic - 1;
    if (referrer.len >= len && memcmp(referrer.at + referrer.len - len, automatic, len) == 0)
        referrer.len -= len;
    if (referrer.len > 0)
        add_header(reading, CORS_BYTES("Referer"), referrer);
}

static bool take_data(struct reading *reading, enum effect effect, const char *given)
{
    struct cors_bytes data = bytes_of(given);
    const enum curl_file how = effect == EFFECT_DATA ? FILE_WITHOUT_NEWLINES : FILE_AS_IT_IS;
    bool right = true;
    if (effect == EFFECT_DATA_URLENCODE)
        right = curl_urlencoded(given, &data, reading->memory, reading->complaint);
    else if (effect != EFFECT_DATA_RAW)
        right = curl_data(given, how, &data, reading->memory, reading->complaint);
    if (right)
        curl_append(&reading->body, effect == EFFECT_JSON ? "" : "&", data, reading->memory);
    reading->json = reading->json || effect == EFFECT_JSON;
    return right;
}

/* Any that is no part of what people send will do; a browser's is as random as ours is not. */
#define BOUNDARY "----corsim-form-boundary"

/* The parameters behind a part's value: NULL, or where they begin. */
static char *parameters_of(char *value)
{
    static const char *const names[] = {";type=", ";filename="};
    char *first = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *found = strstr(value, names[i]);
        if (found != NULL && (first == NULL || found < first))
            first = found;
    }
    return first;
}

static const char *parameter(const char *parameters, const char *name, struct memory *memory)
{
    const char *found = parameters == NULL ? NULL : strstr(parameters, name);
    if (found == NULL)
        return NULL;
    found += strlen(name);
    return memory_format(memory, "%.*s", (int)strcspn(found, ";"), found).at;
}

/* NAME=VALUE, NAME=@FILE and NAME=<FILE, the latter two with ;type= and ;filename=. */
static bool take_part(struct reading *reading, enum effect effect, const char *given)
{
    struct memory *memory = reading->memory;
    struct curl_body *body = &reading->body;
    char *copy = (char *)memory_copy_string(memory, given).at;
    char *value = strchr(copy, '=');
    if (value == NULL)
        return complain(reading->complaint, "a part of a form is NAME=VALUE");
    *value++ = '\0';
    char *parameters = effect == EFFECT_FORM ? parameters_of(value) : NULL;
    const char *type = parameter(parameters, ";type=", memory);
    const char *filename = parameter(parameters, ";filename=", memory);
    if (parameters != NULL)
        *parameters = '\0';
    struct cors_bytes content = bytes_of(value);
    const bool is_file = effect == EFFECT_FORM && (value[0] == '@' || value[0] == '<');
    if (is_file && !curl_file_data(value + 1, FILE_AS_IT_IS, &content, memory, reading->complaint))
        return false;
    if (is_file && value[0] == '@' && filename == NULL)
        filename = strrchr(value, '/') == NULL ? value + 1 : strrchr(value, '/') + 1;
    if (is_file && value[0] == '@' && type == NULL)
        type = "application/octet-stream";
    curl_append(body, "",
                memory_format(memory, "--%s\r\nContent-Disposition: form-data; name=\"%s\"%s%s%s",
                              BOUNDARY, copy, filename == NULL ? "" : "; filename=\"",
                              filename == NULL ? "" : filename, filename == NULL ? "" : "\""),
                memory);
    curl_append(body, "",
                memory_format(memory, "%s%s\r\n\r\n",
                              type == NULL ? "" : "\r\nContent-Type: ", type == NULL ? "" : type),
                memory);
    curl_append(body, "", content, memory);
    curl_append(body, "", CORS_BYTES("\r\n"), memory);
    reading->form = true;
    return true;
}

static bool take_upload(struct reading *reading, const char *path)
{
    if (*path == '\0')
        return complain(reading->complaint, "there is no name of a file");
    reading->upload = true;
    reading->body = (struct curl_body){0};
    return curl_file_data(path, FILE_AS_IT_IS, &reading->body.bytes, reading->memory,
                          reading->complaint);
}

/* ---- Flags -------------------------------------------------------------------------------- */

static bool take_url(struct reading *reading, const char *url)
{
    if (reading->command->url.at != NULL)
        return complain(reading->complaint, "\"%s\" is a second URL: give one",
                        escaped_string(url));
    reading->command->url = strstr(url, "://") != NULL
                                ? bytes_of(url)
                                : memory_format(reading->memory, "http://%s", url);
    return true;
}

static bool take_seconds(struct reading *reading, const char *given, double *seconds)
{
    char *end;
    *seconds = strtod(given, &end);
    return (*end == '\0' && end != given && *seconds >= 0 && *seconds < 1e9) ||
           complain(reading->complaint, "\"%s\" are no seconds", escaped_string(given));
}

static bool take_flag_of_transport(struct reading *reading, enum effect effect, const char *given)
{
    struct transport_flags *transport = &reading->command->transport;
    switch (effect) {
    case EFFECT_INSECURE:
        transport->insecure = true;
        break;
    case EFFECT_PROXY:
        transport->proxy = given;
        break;
    case EFFECT_CACERT:
        transport->cacert = given;
        break;
    case EFFECT_MAX_TIME:
        return take_seconds(reading, given, &transport->max_seconds);
    case EFFECT_CONNECT_TIMEOUT:
        return take_seconds(reading, given, &transport->connect_seconds);
    case EFFECT_RESOLVE:
        string_list_append(&transport->resolve, given);
        break;
    case EFFECT_CONNECT_TO:
        string_list_append(&transport->connect_to, given);
        break;
    case EFFECT_HTTP_1_1:
        transport->http_1_1 = true;
        break;
    case EFFECT_HTTP_2:
        transport->http_2 = true;
        break;
    default: /* nothing that a browser would be told */
        break;
    }
    return true;
}

/* Flags that stand for a header. False: it is another one. */
static bool take_header_flag(struct reading *reading, enum effect effect, const char *given)
{
    struct memory *memory = reading->memory;
    switch (effect) {
    case EFFECT_COOKIE:
        take_cookies(reading, given);
        return true;
    case EFFECT_USER:
        take_user(reading, given);
        return true;
    case EFFECT_BEARER:
        add_header(reading, CORS_BYTES("Authorization"), memory_format(memory, "Bearer %s", given));
        return true;
    case EFFECT_REFERER:
        take_referrer(reading, bytes_of(given));
        return true;
    case EFFECT_USER_AGENT:
        add_header(reading, CORS_BYTES("User-Agent"), bytes_of(given));
        return true;
    case EFFECT_RANGE:
        add_header(reading, CORS_BYTES("Range"), memory_format(memory, "bytes=%s", given));
        return true;
    default:
        return false;
    }
}

static bool take_flag(struct reading *reading, enum effect effect, const char *given)
{
    if (take_header_flag(reading, effect, given))
        return true;
    switch (effect) {
    case EFFECT_METHOD:
        reading->command->method = bytes_of(given);
        return true;
    case EFFECT_HEADER:
        return take_header(reading, given);
    case EFFECT_DATA:
    case EFFECT_DATA_RAW:
    case EFFECT_DATA_BINARY:
    case EFFECT_DATA_URLENCODE:
    case EFFECT_JSON:
        return take_data(reading, effect, given);
    case EFFECT_FORM:
    case EFFECT_FORM_STRING:
        return take_part(reading, effect, given);
    case EFFECT_URL:
        return take_url(reading, given);
    case EFFECT_URL_QUERY:
        curl_append(&reading->query, "&", bytes_of(given), reading->memory);
        return true;
    case EFFECT_GET:
        reading->get = true;
        return true;
    case EFFECT_HEAD:
        reading->head = true;
        return true;
    case EFFECT_UPLOAD:
        return take_upload(reading, given);
    case EFFECT_GLOBOFF:
        reading->globoff = true;
        return true;
    case EFFECT_NEXT:
        return complain(reading->complaint, "begins another request: give one");
    default:
        return take_flag_of_transport(reading, effect, given);
    }
}

static const struct flag *find_flag(struct cors_bytes name)
{
    for (size_t i = 0; i < FLAGS; i++)
        if (bytes_are_string(name, flags[i].name))
            return &flags[i];
    return NULL;
}

/* "--no-silent" turns off what changes nothing. */
static bool is_negated(struct cors_bytes name)
{
    if (name.len < 4 || memcmp(name.at, "no-", 3) != 0)
        return false;
    const struct flag *flag = find_flag((struct cors_bytes){name.at + 3, name.len - 3});
    return flag != NULL && flag->effect == EFFECT_NOTHING;
}

/* Says of what the complaint is, and where that stands. */
static bool complain_of(struct reading *reading, const struct shell_word *word, const char *flag,
                        const char *what)
{
    return complain(reading->complaint, "%s: %s: %s",
                    place_in_text(reading->text, word->offset, reading->memory), flag, what);
}

static bool unknown_flag(struct reading *reading, const struct shell_word *word,
                         struct cors_bytes name)
{
    const char *names[FLAGS];
    for (size_t i = 0; i < FLAGS; i++)
        names[i] = flags[i].name;
    const char *nearest = nearest_word(name, names, FLAGS);
    return complain_of(reading, word, escaped(word->text),
                       nearest == NULL
                           ? "this flag of curl is not known here"
                           : memory_format(reading->memory,
                                           "this flag of curl is not known here; did you mean "
                                           "--%s?",
                                           nearest)
                                 .at);
}

/* `given` is NULL where the value has to be the next word. */
static bool apply(struct reading *reading, const struct shell_word *word, const struct flag *flag,
                  const char *given)
{
    struct complaint *outer = reading->complaint, inner = {0};
    const char *shown = memory_format(reading->memory, "--%s", flag->name).at;
    if (takes_argument(flag->effect) && given == NULL) {
        if (reading->next == reading->words->count)
            return complain_of(reading, word, shown, "its value is missing");
        given = reading->words->at[reading->next++].text.at;
    }
    reading->complaint = &inner;
    const bool right = take_flag(reading, flag->effect, given);
    reading->complaint = outer;
    return right || complain_of(reading, word, shown, inner.text);
}

static bool take_letters(struct reading *reading, const struct shell_word *word)
{
    for (const char *at = word->text.at + 1; *at != '\0'; at++) {
        const struct flag *flag = NULL;
        for (size_t i = 0; i < FLAGS && flag == NULL; i++)
            if (flags[i].letter == *at)
                flag = &flags[i];
        if (flag == NULL)
            return unknown_flag(reading, word, (struct cors_bytes){at, 1});
        if (takes_argument(flag->effect))
            return apply(reading, word, flag, at[1] == '\0' ? NULL : at + 1);
        if (!apply(reading, word, flag, NULL))
            return false;
    }
    return true;
}

static bool take_word(struct reading *reading, const struct shell_word *word)
{
    const char *text = word->text.at;
    if (text[0] != '-' || text[1] == '\0') {
        struct complaint inner = {0}, *outer = reading->complaint;
        reading->complaint = &inner;
        const bool right = take_url(reading, text);
        reading->complaint = outer;
        return right ||
               complain(outer, "%s: %s",
                        place_in_text(reading->text, word->offset, reading->memory), inner.text);
    }
    if (text[1] != '-')
        return take_letters(reading, word);
    const struct cors_bytes name = {text + 2, word->text.len - 2};
    const struct flag *flag = find_flag(name);
    if (flag != NULL)
        return apply(reading, word, flag, NULL);
    return is_negated(name) || unknown_flag(reading, word, name);
}

/* ---- The request -------------------------------------------------------------------------- */

/* More of a query, before the fragment. */
static void add_query(struct reading *reading, struct cors_bytes query)
{
    struct cors_bytes url = reading->command->url;
    const size_t before = strcspn(url.at, "#");
    if (query.at == NULL)
        return;
    reading->command->url = memory_format(reading->memory, "%.*s%s%.*s%s", (int)before, url.at,
                                          memchr(url.at, '?', before) == NULL ? "?" : "&",
                                          (int)query.len, query.at, url.at + before);
}

/* In a URL curl has a meaning for brackets and braces, unless it is told otherwise; Chrome writes a
 * backslash before each. */
static void remove_glob_escapes(struct reading *reading)
{
    struct cors_bytes *url = &reading->command->url;
    char *kept = memory_take(reading->memory, url->len + 1);
    size_t len = 0;
    for (size_t i = 0; i < url->len; i++)
        if (reading->globoff || url->at[i] != '\\' || i + 1 == url->len ||
            strchr("[]{}", url->at[i + 1]) == NULL)
            kept[len++] = url->at[i];
    *url = (struct cors_bytes){kept, len};
}

static bool has_header(const struct curl_command *command, const char *name)
{
    return cors_header_list_contains(&command->headers, bytes_of(name));
}

static void finish_body(struct reading *reading)
{
    struct curl_command *command = reading->command;
    if (reading->form) {
        command->body_type = CORS_BYTES("multipart/form-data; boundary=" BOUNDARY);
    } else if (reading->json) {
        if (!has_header(command, "Content-Type"))
            add_header(reading, CORS_BYTES("Content-Type"), CORS_BYTES("application/json"));
        if (!has_header(command, "Accept"))
            add_header(reading, CORS_BYTES("Accept"), CORS_BYTES("application/json"));
    } else if (command->body.at != NULL && !reading->upload) {
        command->body_type = CORS_BYTES("application/x-www-form-urlencoded");
    }
}

static void finish(struct reading *reading)
{
    struct curl_command *command = reading->command;
    if (reading->form)
        curl_append(&reading->body, "", CORS_BYTES("--" BOUNDARY "--\r\n"), reading->memory);
    command->body = reading->body.bytes;
    remove_glob_escapes(reading);
    add_query(reading, reading->query.bytes);
    if (reading->get && !reading->form) {
        add_query(reading, command->body);
        command->body = (struct cors_bytes){0};
    }
    finish_body(reading);
    if (command->method.at != NULL)
        return;
    if (reading->head)
        command->method = CORS_BYTES("HEAD");
    else if (reading->upload)
        command->method = CORS_BYTES("PUT");
    else if (command->body.at != NULL)
        command->method = CORS_BYTES("POST");
}

/* "curl", "/usr/bin/curl", "curl.exe"; behind a prompt's "$". */
static bool begin(struct reading *reading)
{
    const struct shell_words *words = reading->words;
    if (words->count > 0 && bytes_are_string(words->at[0].text, "$"))
        reading->next = 1;
    if (reading->next == words->count)
        return complain(reading->complaint, "there is no command");
    const char *name = words->at[reading->next++].text.at;
    const char *slash = strrchr(name, '/');
    const char *last = slash == NULL ? name : slash + 1;
    if (strcmp(last, "curl") == 0 || strcmp(last, "curl.exe") == 0)
        return true;
    return complain(reading->complaint, "a curl command begins with curl, not with \"%s\"",
                    escaped_string(name));
}

static bool read_words(struct reading *reading)
{
    if (!begin(reading))
        return false;
    while (reading->next < reading->words->count)
        if (!take_word(reading, &reading->words->at[reading->next++]))
            return false;
    if (reading->command->url.at == NULL)
        return complain(reading->complaint, "the command has no URL");
    if (reading->form + reading->json + (reading->upload ? 1 : 0) > 1)
        return complain(reading->complaint, "the command has two kinds of bodies");
    finish(reading);
    return true;
}

/* What DevTools copies besides, and people paste by mistake. */
static const char *other_language(struct cors_bytes text)
{
    static const char *const begins[][2] = {
        {"fetch(", "JavaScript"},   {"await fetch(", "JavaScript"}, {"Invoke-", "PowerShell"},
        {"$session", "PowerShell"}, {"iwr ", "PowerShell"},
    };
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        const size_t len = strlen(begins[i][0]);
        if (text.len > len && memcmp(text.at, begins[i][0], len) == 0)
            return begins[i][1];
    }
    return NULL;
}

bool curl_command_text(const char *given, struct cors_bytes *text, struct memory *memory,
                       struct complaint *complaint)
{
    struct complaint why = {0};
    const char *path = given[0] == '@' ? given + 1 : "-";
    *text = bytes_of(given);
    if (given[0] != '@' && strcmp(given, "-") != 0)
        return text->len <= LONGEST_CURL_COMMAND ||
               complain(complaint, "the command is longer than %d bytes", LONGEST_CURL_COMMAND);
    return read_whole_file(path, LONGEST_CURL_COMMAND, text, memory, &why) ||
           complain(complaint, "%s %s",
                    strcmp(path, "-") == 0 ? "standard input" : escaped_string(path), why.text);
}

bool curl_command_read(struct curl_command *command, struct cors_bytes text, enum shell shell,
                       struct memory *memory, struct complaint *complaint)
{
    struct shell_words words = {0};
    struct reading reading = {.command = command,
                              .text = text,
                              .words = &words,
                              .memory = memory,
                              .complaint = complaint};
    const char *language = other_language(text);
    *command = (struct curl_command){0};
    if (language != NULL)
        return complain(complaint, "this is %s: in DevTools take \"Copy as cURL\"", language);
    if (shell_words_read(&words, text, shell, memory, complaint) && read_words(&reading))
        return true;
    transport_flags_free(&command->transport);
    return false;
}
