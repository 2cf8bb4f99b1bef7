/* Somebody's server: a handler that gets a request and fills in a response. It knows nothing of
 * corsim. */
#ifndef SERVER_H
#define SERVER_H

#include <stddef.h>

struct field {
    char name[64];
    char value[192];
};

struct server_request {
    const char *method, *path;
    const struct field *headers;
    size_t header_count;
};

struct server_response {
    int status;
    struct field headers[8];
    size_t header_count;
};

void server_handle(const struct server_request *request, struct server_response *response);

#endif
