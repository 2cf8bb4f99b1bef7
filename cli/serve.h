/* Cases that are being served: what serve.c answers from and serve_page.c describes. */
#ifndef CORSIM_CLI_SERVE_H
#define CORSIM_CLI_SERVE_H

#include "case.h"

/* A message that the case's fetches send, and the response it gets. */
struct message {
    size_t fetch; /* which fetch of the case sends it */
    bool preflight;
    struct cors_bytes method;
    struct cors_bytes path; /* with the query */
    struct cors_header_list headers;
    struct cors_bytes body; /* null: none */
    struct answer answer;
    unsigned long answered; /* how often, so far */
};

struct served_case {
    struct cors_bytes id; /* "" when it is served alone */
    struct case_file file;
    struct message *messages;
    size_t count, capacity;
};

struct served {
    const char *host;
    unsigned port;
    const char *map; /* --map; NULL: every byte as it is in the case */
    bool alone;      /* one file */
    struct served_case *cases;
    size_t count, capacity;
    struct memory memory;
    struct complaint complaint;
};

/* Where a path of a case is served. */
struct cors_bytes served_url(const struct served *served, const struct served_case *one,
                             struct cors_bytes path, struct memory *memory);

/* The page for a path that no message has: the index, a case's description, or an explanation why
 * there is nothing, with status 404. HTML. */
struct cors_bytes served_page(const struct served *served, const char *uri, unsigned *status,
                              struct memory *memory);

#endif
