/* `corsim session`: a scriptable browser. One JSON object a line comes in, one answer a line goes
 * out, in order and flushed; the preflight cache and the clock live as long as the process. What is
 * done with a fetch is https://fetch.spec.whatwg.org/#concept-fetch by way of play.h. Invariants: a
 * line that cannot be understood changes nothing and is answered by one error; nothing that one
 * line needed is kept for the next but buffers of bounded size. */
#include "commands.h"
#include "report.h"
#include "transport.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    LONGEST_LINE = 16 << 20,
    ORDINARY_LINE = 64 << 10, /* a buffer that had to be longer is given back */
};

struct session {
    struct player player;
    struct transport_flags flags;
    struct transport *transport; /* opened by the first fetch that needs it */
    struct memory memory;        /* of the line in hand */
    struct complaint complaint;
};

/* ---- Reading a line ----------------------------------------------------------------------- */

struct line {
    char *at;
    size_t len;
    size_t capacity;
    bool too_long;
};

/* False at the end of the input. What is beyond the limit is read and thrown away. */
static bool read_line(FILE *stream, struct line *line)
{
    int c = getc(stream);
    if (line->capacity > ORDINARY_LINE) {
        free(line->at);
        *line = (struct line){0};
    }
    line->len = 0;
    line->too_long = false;
    if (c == EOF)
        return false;
    for (; c != EOF && c != '\n'; c = getc(stream)) {
        if (line->len == LONGEST_LINE) {
            line->too_long = true;
            continue;
        }
        if (line->len == line->capacity) {
            line->capacity = line->capacity == 0 ? 4096 : 2 * line->capacity;
            line->at = memory_reallocate(line->at, line->capacity);
        }
        line->at[line->len++] = (char)c;
    }
    return true;
}

/* ---- The fields of a fetch ---------------------------------------------------------------- */

static struct cors_bytes string_of(const json_t *value)
{
    return (struct cors_bytes){json_string_value(value), json_string_length(value)};
}

static bool set_field(const struct fetch_key *key, const json_t *value,
                      struct fetch_description *description, struct complaint *complaint)
{
    struct cors_bytes word = string_of(value);
    if (key->value == FETCH_YES_NO) {
        if (!json_is_boolean(value))
            return complain(complaint, "\"%s\" is true or false", key->json);
        word = json_is_true(value) ? CORS_BYTES("yes") : CORS_BYTES("no");
    } else if (json_is_null(value) && key->value == FETCH_BYTES) {
        /* An opaque origin is `null`; anything else that is null is not given. */
        if (strcmp(key->json, "origin") != 0)
            return true;
        word = CORS_BYTES("null");
    } else if (!json_is_string(value)) {
        return complain(complaint, "\"%s\" is a string", key->json);
    }
    return fetch_key_set(key, description, word, complaint);
}

/* A name or value: its code points are bytes, as the standard's isomorphic encode has it. */
static bool header_part(const json_t *value, struct cors_bytes *bytes, struct memory *memory,
                        struct complaint *complaint)
{
    if (!json_is_string(value))
        return complain(complaint, "a header is a pair of strings: [\"name\",\"value\"]");
    if (!json_isomorphic_bytes(value, bytes, memory))
        return complain(complaint, "a header has a character beyond U+00FF");
    return true;
}

static bool read_headers(const json_t *value, struct cors_header_list *headers,
                         struct memory *memory, struct complaint *complaint)
{
    const json_t *pair;
    size_t i;
    if (!json_is_array(value))
        return complain(complaint, "headers are a list of pairs: [[\"name\",\"value\"]]");
    headers->at = memory_take(memory, (json_array_size(value) + 1) * sizeof *headers->at);
    json_array_foreach(value, i, pair)
    {
        struct cors_header *header = &headers->at[headers->count++];
        if (!json_is_array(pair) || json_array_size(pair) != 2)
            return complain(complaint, "a header is a pair of strings: [\"name\",\"value\"]");
        if (!header_part(json_array_get(pair, 0), &header->name, memory, complaint) ||
            !header_part(json_array_get(pair, 1), &header->value, memory, complaint))
            return false;
    }
    return true;
}

static bool no_such_field(const char *name, const char *const *extra, size_t extra_count,
                          struct complaint *complaint)
{
    const char *names[64];
    size_t count = 0;
    for (size_t i = 0; i < extra_count; i++)
        names[count++] = extra[i];
    for (size_t i = 0; i < fetch_key_count && count < sizeof names / sizeof *names; i++)
        names[count++] = fetch_keys[i].json;
    const char *nearest = nearest_word(bytes_of(name), names, count);
    return complain(complaint, "there is no field \"%s\"%s%s%s", escaped_string(name),
                    nearest == NULL ? "" : "; did you mean \"", nearest == NULL ? "" : nearest,
                    nearest == NULL ? "" : "\"?");
}

/* ---- Scripted responses ------------------------------------------------------------------- */

static bool set_status(const json_t *value, struct answer *answer, struct complaint *complaint)
{
    json_int_t status = json_integer_value(value);
    if (!json_is_integer(value) || status < 0 || status > 999)
        return complain(complaint, "\"status\" is a number from 0 to 999");
    answer->status = (uint16_t)status;
    return true;
}

static bool set_error(const json_t *value, struct answer *answer, struct complaint *complaint)
{
    if (!json_is_string(value))
        return complain(complaint, "\"error\" is a string");
    answer->network_error = true;
    answer->message = string_of(value);
    return true;
}

static bool set_body(const json_t *value, struct answer *answer, struct complaint *complaint)
{
    if (!json_is_string(value) && !json_is_null(value))
        return complain(complaint, "\"body\" of a response is a string or null");
    answer->body = string_of(value);
    return true;
}

static bool read_answer(const json_t *object, struct answer *answer, struct memory *memory,
                        struct complaint *complaint)
{
    const char *name;
    json_t *value;
    *answer = (struct answer){.status = 200, .status_message = CORS_BYTES("")};
    if (!json_is_object(object))
        return complain(complaint, "a response is an object");
    json_object_foreach((json_t *)object, name, value)
    {
        bool good;
        if (strcmp(name, "status") == 0)
            good = set_status(value, answer, complaint);
        else if (strcmp(name, "statusText") == 0)
            good =
                header_part(value, &answer->status_message, memory, complaint) ||
                complain(complaint, "\"statusText\" is a string without characters beyond U+00FF");
        else if (strcmp(name, "headers") == 0)
            good = read_headers(value, &answer->headers, memory, complaint);
        else if (strcmp(name, "body") == 0)
            good = set_body(value, answer, complaint);
        else if (strcmp(name, "error") == 0)
            good = set_error(value, answer, complaint);
        else
            good =
                complain(complaint, "there is no field \"%s\" in a response", escaped_string(name));
        if (!good)
            return false;
    }
    return true;
}

static bool read_answers(const json_t *list, struct answers *answers, struct memory *memory,
                         struct complaint *complaint)
{
    size_t count = json_array_size(list);
    struct answer *at = memory_take(memory, (count + 1) * sizeof *at);
    if (!json_is_array(list))
        return complain(complaint, "\"responses\" is a list of objects");
    for (size_t i = 0; i < count; i++)
        if (!read_answer(json_array_get(list, i), &at[i], memory, complaint))
            return false;
    *answers = (struct answers){.at = at, .count = count};
    return true;
}

/* ---- fetch -------------------------------------------------------------------------------- */

static void ask_network(void *context, const struct cors_network_request *request,
                        struct answer *answer, struct memory *memory)
{
    struct session *session = context;
    const char *error = NULL;
    if (session->transport == NULL)
        session->transport = transport_open(&session->flags, &error);
    if (session->transport != NULL)
        transport_ask(session->transport, request, answer, memory);
    else
        *answer =
            (struct answer){.network_error = true, .message = memory_copy_string(memory, error)};
}

static bool read_fetch(struct session *session, const json_t *object,
                       struct fetch_description *description, struct answers *answers)
{
    static const char *const extra[] = {"op", "id", "headers", "responses"};
    const char *name;
    json_t *value;
    *answers = (struct answers){.ask = ask_network, .context = session};
    json_object_foreach((json_t *)object, name, value)
    {
        bool good = true;
        const struct fetch_key *key = fetch_key_find_json(bytes_of(name));
        if (strcmp(name, "headers") == 0)
            good =
                read_headers(value, &description->headers, &session->memory, &session->complaint);
        else if (strcmp(name, "responses") == 0)
            good = read_answers(value, answers, &session->memory, &session->complaint);
        else if (key != NULL)
            good = set_field(key, value, description, &session->complaint);
        else if (strcmp(name, "op") != 0 && strcmp(name, "id") != 0)
            good = no_such_field(name, extra, sizeof extra / sizeof *extra, &session->complaint);
        if (!good)
            return false;
    }
    return true;
}

static bool do_fetch(struct session *session, const json_t *object, json_t *reply)
{
    struct fetch_description description = {0};
    struct answers answers;
    struct played played;
    if (!read_fetch(session, object, &description, &answers))
        return false;
    if (session->transport != NULL)
        transport_begin(session->transport);
    if (!play(&session->player, &description, &answers, &played, &session->complaint))
        return false;
    report_json_outcome(reply, &played, &session->memory);
    return true;
}

/* ---- The other operations ----------------------------------------------------------------- */

/* The one field that an operation has; any other is an error. NULL with a complaint. */
static const json_t *only_field(const json_t *object, const char *field,
                                struct complaint *complaint)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        if (strcmp(name, field) != 0 && strcmp(name, "op") != 0 && strcmp(name, "id") != 0) {
            complain(complaint, "there is no field \"%s\"; this operation has \"%s\"",
                     escaped_string(name), field);
            return NULL;
        }
    }
    const json_t *found = json_object_get(object, field);
    if (found == NULL)
        complain(complaint, "\"%s\" is missing", field);
    return found;
}

static bool do_wait(struct session *session, const json_t *object, json_t *reply)
{
    const json_t *seconds = only_field(object, "seconds", &session->complaint);
    uint64_t *now = &session->player.settings.now;
    (void)reply;
    if (seconds == NULL)
        return false;
    if (!json_is_integer(seconds) || json_integer_value(seconds) < 0)
        return complain(&session->complaint, "\"seconds\" is a whole number, 0 or more");
    uint64_t more = (uint64_t)json_integer_value(seconds);
    if (more > UINT64_MAX - *now)
        return complain(&session->complaint, "\"seconds\" is more than the clock can show");
    *now += more;
    return true;
}

static bool do_clear(struct session *session, const json_t *object, json_t *reply)
{
    enum { PREFLIGHT_CACHE = 1, COOKIES = 2, HTTP_CACHES = 4 };
    static const struct choice whats[] = {{"preflight-cache", PREFLIGHT_CACHE},
                                          {"cookies", COOKIES},
                                          {"http-cache", HTTP_CACHES},
                                          {"all", PREFLIGHT_CACHE | COOKIES | HTTP_CACHES},
                                          {NULL, 0}};
    const json_t *what = only_field(object, "what", &session->complaint);
    (void)reply;
    if (what == NULL)
        return false;
    const struct choice *choice = choice_find(whats, string_of(what));
    if (!json_is_string(what) || choice == NULL)
        return complain(&session->complaint, "\"what\" is %s",
                        choice_list(whats, &session->memory).at);
    if ((choice->value & PREFLIGHT_CACHE) != 0)
        cors_cache_clear(&session->player.cache);
    if ((choice->value & COOKIES) != 0)
        cors_cookie_store_clear(&session->player.cookies);
    if ((choice->value & HTTP_CACHES) != 0) {
        cors_http_cache_clear(&session->player.http_cache);
        cors_http_cache_clear(&session->player.shared_cache);
    }
    return true;
}

/* Set-Cookie values: code points are bytes. */
static bool read_set_cookies(struct session *session, const json_t *list,
                             struct cookie_visit *visit)
{
    const json_t *value;
    size_t i;
    if (!json_is_array(list))
        return complain(&session->complaint, "\"setCookie\" is a list of strings");
    struct cors_bytes *values =
        memory_take(&session->memory, (json_array_size(list) + 1) * sizeof *values);
    json_array_foreach(list, i, value)
    {
        if (!json_is_string(value))
            return complain(&session->complaint, "\"setCookie\" is a list of strings");
        if (!json_isomorphic_bytes(value, &values[i], &session->memory))
            return complain(&session->complaint, "a cookie has a character beyond U+00FF");
    }
    visit->set_cookies = values;
    visit->count = json_array_size(list);
    return true;
}

/* The user goes to a page, and gets cookies there. */
static bool do_visit(struct session *session, const json_t *object, json_t *reply)
{
    struct cookie_visit visit = {0};
    const char *name;
    json_t *value;
    (void)reply;
    json_object_foreach((json_t *)object, name, value)
    {
        bool good = true;
        if (strcmp(name, "url") == 0)
            visit.url = string_of(value);
        else if (strcmp(name, "setCookie") == 0)
            good = read_set_cookies(session, value, &visit);
        else if (strcmp(name, "op") != 0 && strcmp(name, "id") != 0)
            good = complain(&session->complaint,
                            "there is no field \"%s\"; a visit has \"url\" and \"setCookie\"",
                            escaped_string(name));
        if (!good)
            return false;
    }
    if (visit.url.at == NULL)
        return complain(&session->complaint, "\"url\" is missing, or no string");
    return player_visit(&session->player, &visit, &session->complaint);
}

/* Another engine is another browser, with caches and cookies of its own; a shared cache is none of
 * its. */
static bool do_engine(struct session *session, const json_t *object, json_t *reply)
{
    const json_t *engine = only_field(object, "engine", &session->complaint);
    (void)reply;
    if (engine == NULL)
        return false;
    const struct choice *choice = choice_find(engine_words, string_of(engine));
    if (!json_is_string(engine) || choice == NULL)
        return complain(&session->complaint, "\"engine\" is %s",
                        choice_list(engine_words, &session->memory).at);
    if (session->player.engine != (enum cors_engine)choice->value) {
        cors_cache_clear(&session->player.cache);
        cors_http_cache_clear(&session->player.http_cache);
        cors_cookie_store_clear(&session->player.cookies);
    }
    session->player.engine = (enum cors_engine)choice->value;
    return true;
}

/* ---- One line ----------------------------------------------------------------------------- */

static bool do_operation(struct session *session, const json_t *object, json_t *reply)
{
    static const struct operation {
        const char *name;
        bool (*act)(struct session *session, const json_t *object, json_t *reply);
    } operations[] = {{"fetch", do_fetch},
                      {"visit", do_visit},
                      {"wait", do_wait},
                      {"clear", do_clear},
                      {"engine", do_engine}};
    const json_t *op = json_object_get(object, "op");
    if (op == NULL)
        return complain(&session->complaint, "\"op\" is missing");
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (json_is_string(op) && bytes_are_string(string_of(op), operations[i].name))
            return operations[i].act(session, object, reply);
    return complain(&session->complaint, "\"op\" is fetch, visit, wait, clear or engine%s%s%s",
                    json_is_string(op) ? ", not \"" : "",
                    json_is_string(op) ? escaped(string_of(op)) : "",
                    json_is_string(op) ? "\"" : "");
}

static json_t *read_object(struct session *session, const struct line *line)
{
    json_error_t error;
    if (line->too_long) {
        complain(&session->complaint, "the line is longer than %d MiB", LONGEST_LINE >> 20);
        return NULL;
    }
    json_t *object = json_loadb(line->len == 0 ? "" : line->at, line->len,
                                JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
    if (object == NULL)
        complain(&session->complaint, "not JSON: %s", escaped_string(error.text));
    return object;
}

static json_t *answer_line(struct session *session, const struct line *line)
{
    json_t *reply = json_object();
    json_t *object = read_object(session, line);
    json_t *id = json_object_get(object, "id");
    bool good = false;
    json_object_set_new(reply, "id", id == NULL ? json_null() : json_incref(id));
    if (json_is_object(object))
        good = do_operation(session, object, reply);
    else if (object != NULL)
        complain(&session->complaint, "a line is one JSON object");
    if (!good)
        json_object_set_new(reply, "error",
                            json_pack("{s:s,s:o}", "kind", "bad-request", "message",
                                      json_text(bytes_of(session->complaint.text))));
    else if (json_object_size(reply) == 1)
        json_object_set_new(reply, "ok", json_true());
    json_decref(object);
    return reply;
}

static int run_session(struct session *session)
{
    struct line line = {0};
    while (read_line(stdin, &line)) {
        json_t *reply = answer_line(session, &line);
        json_print(stdout, reply, 0);
        json_decref(reply);
        memory_reset(&session->memory);
        if (fflush(stdout) != 0)
            break; /* nobody reads the answers any more */
    }
    free(line.at);
    return ferror(stdout) || ferror(stdin) ? EXIT_USAGE : EXIT_HOLDS;
}

int command_session(int argc, char **argv)
{
    struct session session = {0};
    enum { OWN_OPTION_COUNT = 3 };
    int engine = CORS_ENGINE_SPEC, shared_cache = SHARED_CACHE_NO;
    bool http_cache = false;
    struct option options[TRANSPORT_OPTION_COUNT + OWN_OPTION_COUNT] = {
        {"engine", 0, "ENGINE", "spec (default), chromium, firefox or webkit", OPTION_CHOICE,
         &engine, engine_words},
        {"http-cache", 0, NULL, "the browser has an HTTP cache", OPTION_TRUE, &http_cache, NULL},
        {"shared-cache", 0, "KIND",
         "a shared HTTP cache before the servers: no (default), yes or ignores-vary", OPTION_CHOICE,
         &shared_cache, shared_cache_words}};
    transport_options(options + OWN_OPTION_COUNT, &session.flags);
    const struct command command = {
        .name = "session",
        .summary = "A scriptable browser: one JSON object a line on standard input, one answer a "
                   "line on standard output. Preflight cache, cookies and clock live as long "
                   "as the process. See corsim-session(1) for the fields.",
        .example = "echo '{\"op\":\"fetch\",\"url\":\"https://api.example/\","
                   "\"origin\":\"https://app.example\",\"responses\":[{\"status\":200}]}' | "
                   "corsim session",
        .options = options,
        .option_count = TRANSPORT_OPTION_COUNT + OWN_OPTION_COUNT,
    };
    struct command_line line;
    int status = EXIT_USAGE;
    if (command_parse(&command, argc, argv, &line)) {
        player_begin(&session.player);
        session.player.engine = (enum cors_engine)engine;
        session.player.settings.http_cache = http_cache;
        session.player.settings.shared_cache = (enum shared_cache)shared_cache;
        session.player.settings.cookies = true;
        session.player.settings.now = (uint64_t)time(NULL); /* servers send dates */
        if (session.flags.user_agent != NULL && *session.flags.user_agent != '\0')
            session.player.settings.user_agent = bytes_of(session.flags.user_agent);
        status = run_session(&session);
        player_end(&session.player);
        command_line_free(&line);
    } else {
        status = line.status;
    }
    transport_close(session.transport);
    transport_flags_free(&session.flags);
    memory_free(&session.memory);
    return status;
}
