/* What the observers of the decision tables make their situations from: memory, URLs, origins,
 * headers, and a server that is not there. Memory is one fixed block, used anew for each fetch. */
#include "decisions.h"

#include <stdio.h>
#include <stdlib.h>

struct cors_arena fresh_arena(void)
{
    static _Alignas(16) char memory[1 << 17];
    return cors_arena_over(memory, sizeof memory);
}

enum cors_credentials_mode credentials_mode_of(const struct situation *situation)
{
    int value;
    if (!enumeration_value("credentials-mode", class_of(situation, "credentials-mode"), &value))
        give_up(situation, "no such credentials mode");
    return (enum cors_credentials_mode)value;
}

struct cors_url url_of(const char *text, struct cors_arena *arena)
{
    struct cors_url url;
    if (!cors_url_parse(&url, bytes_of(text), NULL, NULL, arena)) {
        fprintf(stderr, "not a URL: %s\n", text);
        exit(2);
    }
    return url;
}

struct cors_origin origin_of(const char *text, struct cors_arena *arena)
{
    if (strcmp(text, "null") == 0)
        return (struct cors_origin){.kind = CORS_ORIGIN_OPAQUE, .id = 1};
    const struct cors_url url = url_of(text, arena);
    return cors_url_origin(&url, NULL, arena);
}

void add_header(struct headers *headers, const char *name, const char *value)
{
    if (value == NULL)
        return;
    if (headers->count == sizeof headers->at / sizeof headers->at[0]) {
        fprintf(stderr, "too many headers\n");
        exit(2);
    }
    headers->at[headers->count++] = (struct cors_header){bytes_of(name), bytes_of(value)};
}

struct cors_header_list list_of(struct headers *headers)
{
    return (struct cors_header_list){.at = headers->at, .count = headers->count};
}

static enum cors_network_result answer(void *context, const struct cors_network_request *request,
                                       struct cors_network_response *response,
                                       struct cors_arena *arena)
{
    struct answers *answers = context;
    (void)arena;
    response->status = request->preflight ? answers->preflight_status : answers->status;
    response->headers = list_of(request->preflight ? &answers->preflight : &answers->actual);
    return CORS_NETWORK_RESPONSE;
}

struct cors_server server_of(struct answers *answers)
{
    return (struct cors_server){.answer = answer, .context = answers};
}
