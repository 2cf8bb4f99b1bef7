/* Tests the server's handler as browsers would meet it, without a network and without a browser:
 * libcorsim asks struct cors_server, which hands each message to the handler
 * (https://fetch.spec.whatwg.org/#http-cors-protocol). */
#include "server.h"

#include <corsim.h>
#include <stdio.h>
#include <string.h>

enum { MEMORY = 256 * 1024 };

/* ---- The seam ------------------------------------------------------------------------------ */

static void copy(char *to, size_t size, struct cors_bytes from)
{
    snprintf(to, size, "%.*s", (int)from.len, from.at == NULL ? "" : from.at);
}

static struct cors_bytes bytes(const char *string)
{
    return (struct cors_bytes){string, strlen(string)};
}

/* One message at a time: what is answered lies here until the next one. */
struct wire {
    struct field fields[32];
    struct server_response response;
    struct cors_header headers[8];
};

static enum cors_network_result answer(void *context, const struct cors_network_request *request,
                                       struct cors_network_response *response,
                                       struct cors_arena *arena)
{
    struct wire *wire = context;
    char method[32], path[128];
    size_t count = 0;
    (void)arena;
    for (; count < request->headers->count && count < 32; count++) {
        copy(wire->fields[count].name, sizeof wire->fields->name, request->headers->at[count].name);
        copy(wire->fields[count].value, sizeof wire->fields->value,
             request->headers->at[count].value);
    }
    copy(method, sizeof method, request->method);
    copy(path, sizeof path, request->url->path);
    wire->response = (struct server_response){0};
    server_handle(&(struct server_request){method, path, wire->fields, count}, &wire->response);
    for (size_t i = 0; i < wire->response.header_count; i++)
        wire->headers[i] = (struct cors_header){bytes(wire->response.headers[i].name),
                                                bytes(wire->response.headers[i].value)};
    response->status = (uint16_t)wire->response.status;
    response->headers =
        (struct cors_header_list){.at = wire->headers, .count = wire->response.header_count};
    return CORS_NETWORK_RESPONSE;
}

/* ---- What must hold ------------------------------------------------------------------------ */

struct expectation {
    const char *page, *method, *path;
    const char *content_type; /* that the script sets; NULL: none */
    bool readable;
    const char *error; /* NULL where it is readable */
};

static const struct expectation expectations[] = {
    {"https://app.example", "GET", "/documents/1", NULL, true, NULL},
    {"https://app.example", "PUT", "/documents/1", "application/json", true, NULL},
    {"https://admin.example", "DELETE", "/documents/1", NULL, true, NULL},
    /* An error is as readable as a success. */
    {"https://app.example", "GET", "/nothing", NULL, true, NULL},
    {"https://app.example", "PATCH", "/documents/1", NULL, false,
     "MethodDisallowedByPreflightResponse"},
    {"http://app.example", "GET", "/documents/1", NULL, false, "MissingAllowOriginHeader"},
    {"https://app.example.evil.test", "GET", "/documents/1", NULL, false,
     "MissingAllowOriginHeader"},
    {"null", "PUT", "/documents/1", NULL, false, "MissingAllowOriginHeader"},
};

static bool holds(const struct expectation *expected, enum cors_engine engine)
{
    static char memory[MEMORY];
    static struct wire wire;
    struct cors_arena arena = cors_arena_over(memory, sizeof memory);
    struct cors_url page;
    struct cors_client client = {0};
    char url[192];
    snprintf(url, sizeof url, "https://api.example%s", expected->path);
    /* A zeroed origin is an opaque one, as a sandboxed frame has it. */
    if (cors_url_parse(&page, bytes(expected->page), NULL, NULL, &arena))
        client.origin = cors_url_origin(&page, NULL, &arena);
    struct cors_header header = {CORS_BYTES("Content-Type"), {expected->content_type, 0}};
    if (expected->content_type != NULL)
        header.value = bytes(expected->content_type);
    const struct cors_request request = {
        .method = bytes(expected->method),
        .url_string = bytes(url),
        .headers = {.at = &header, .count = expected->content_type != NULL},
        .client = &client,
        .credentials_mode = CORS_CREDENTIALS_INCLUDE};
    struct cors_agent browser = {.server = {.answer = answer, .context = &wire}, .engine = engine};
    struct cors_outcome outcome;
    if (cors_fetch(&outcome, &request, &browser, &arena) != CORS_OK)
        return false;
    const char *error = outcome.error == NULL ? "" : outcome.error;
    const bool right = outcome.readable == expected->readable &&
                       strcmp(error, expected->error == NULL ? "" : expected->error) == 0;
    printf("%-5s %-6s %-13s from %-30s %s\n", right ? "ok" : "WRONG", expected->method,
           expected->path, expected->page, outcome.readable ? "readable" : error);
    return right;
}

int main(void)
{
    static const enum cors_engine engines[] = {CORS_ENGINE_SPEC, CORS_ENGINE_CHROMIUM,
                                               CORS_ENGINE_FIREFOX, CORS_ENGINE_WEBKIT};
    bool right = true;
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
        for (size_t j = 0; j < sizeof expectations / sizeof *expectations; j++)
            right = holds(&expectations[j], engines[i]) && right;
    return right ? 0 : 1;
}
