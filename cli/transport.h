/* The network under a check: one HTTP exchange for each message the standard puts on the wire, by
 * libcurl. This is "HTTP-network fetch" (https://fetch.spec.whatwg.org/#concept-http-network-fetch)
 * as far as a client outside a browser can do it. Invariants: exactly the request headers given go
 * out, plus what HTTP itself needs (Host, and a length where there is a body without one); response
 * headers come back in their order, with their duplicates and their case; nothing is followed,
 * stored or retried with credentials; every exchange ends within the time of its check and keeps no
 * more than the limits say. */
#ifndef CORSIM_CLI_TRANSPORT_H
#define CORSIM_CLI_TRANSPORT_H

#include "play.h"

/* The flags that `check` and `session` share; zeros are the defaults. */
struct transport_flags {
    bool insecure;                 /* -k */
    const char *cacert;            /* --cacert FILE */
    const char *proxy;             /* -x URL; NULL: the environment's, as curl does */
    double max_seconds;            /* -m: for a whole check with its preflights and redirects */
    double connect_seconds;        /* --connect-timeout: for each connection */
    struct string_list resolve;    /* --resolve HOST:PORT:ADDRESS */
    struct string_list connect_to; /* --connect-to HOST:PORT:HOST:PORT */
    bool http_1_1, http_2;         /* --http1.1, --http2; HTTP/2 where TLS negotiates it */
    const char *user_agent;        /* -A; NULL: the command's default; empty: none */
    unsigned long max_header;      /* bytes of all header lines of an exchange */
    unsigned long max_body;        /* bytes of a body that are kept; the rest is not waited for */
};

/* Their rows in a command's table of options: writes TRANSPORT_OPTION_COUNT of them. */
enum { TRANSPORT_OPTION_COUNT = 12 };
void transport_options(struct option *options, struct transport_flags *flags);
void transport_flags_free(struct transport_flags *flags);
/* The value for agent_settings: of --user-agent, else as it is, else our own; null for none.
 * EXIT_HOLDS, or an error has been printed. */
int transport_user_agent(const struct command *command, const struct transport_flags *flags,
                         struct cors_bytes *value, struct memory *memory);

struct transport;

/* NULL where libcurl cannot be set up or a flag has a value that it does not take; *error
 * then says so. What the flags point to must outlive the transport. */
struct transport *transport_open(const struct transport_flags *flags, const char **error);
void transport_close(struct transport *transport);

/* A new check begins: its time runs from now. */
void transport_begin(struct transport *transport);
/* The same with a time of its own. */
void transport_begin_for(struct transport *transport, double seconds);

/* The transport as one who answers a player (play.h): the context is the transport. Why there was
 * no response is the answer's message, which may hold bytes from the network. */
void transport_ask(void *context, const struct cors_network_request *request, struct answer *answer,
                   struct memory *memory);

/* What was left out of a body since the check began; NULL: nothing. Our own words. */
const char *transport_note(const struct transport *transport);

#endif
