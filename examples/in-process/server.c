/* Somebody's server: two front ends may use it, with credentials. Invariants: an origin is compared
 * as a whole; every answer depends on Origin and says so; OPTIONS is answered before anything else
 * is asked of it. */
#include "server.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *header_of(const struct server_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    return NULL;
}

static void add_header(struct server_response *response, const char *name, const char *value)
{
    struct field *field = &response->headers[response->header_count++];
    snprintf(field->name, sizeof field->name, "%s", name);
    snprintf(field->value, sizeof field->value, "%s", value);
}

static bool is_front_end(const char *origin)
{
    static const char *const front_ends[] = {"https://app.example", "https://admin.example"};
    for (size_t i = 0; origin != NULL && i < sizeof front_ends / sizeof *front_ends; i++)
        if (strcmp(origin, front_ends[i]) == 0)
            return true;
    return false;
}

void server_handle(const struct server_request *request, struct server_response *response)
{
    const char *origin = header_of(request, "Origin");
    add_header(response, "Vary", "Origin");
    if (is_front_end(origin)) {
        add_header(response, "Access-Control-Allow-Origin", origin);
        add_header(response, "Access-Control-Allow-Credentials", "true");
        add_header(response, "Access-Control-Expose-Headers", "ETag");
    }
    if (strcmp(request->method, "OPTIONS") == 0) {
        add_header(response, "Access-Control-Allow-Methods", "PUT, DELETE");
        add_header(response, "Access-Control-Allow-Headers", "content-type");
        add_header(response, "Access-Control-Max-Age", "600");
        response->status = 204;
        return;
    }
    add_header(response, "ETag", "\"1\"");
    response->status = strcmp(request->path, "/documents/1") == 0 ? 200 : 404;
}
