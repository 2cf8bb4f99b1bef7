/* Sending what an audit plans: each probe is a fetch that the player of play.h makes over the
 * transport of transport.h, several at a time. Invariants: no message is sent beyond the limits;
 * none but GET, HEAD and OPTIONS unless told; none to a host that was not named; what engines send
 * alike is sent once; every message that was sent is recorded. */
#ifndef CORSIM_CLI_AUDIT_WIRE_H
#define CORSIM_CLI_AUDIT_WIRE_H

#include "audit.h"
#include "transport.h"

struct audit_limits {
    unsigned long most;               /* messages */
    unsigned long parallel;           /* connections */
    double per_second;                /* messages; 0: as fast as they are answered */
    double seconds;                   /* for one */
    double whole;                     /* for all */
    bool send;                        /* the front end's own methods, whichever they are */
    bool dry_run;                     /* nothing at all */
    struct cors_bytes cookie;         /* where credentials are included; null: none */
    const struct string_list *follow; /* further hosts to which redirects may lead */
    struct cors_bytes host;           /* of the URL */
    bool secure;                      /* whose scheme is https: */
};

/* A fetch, and what became of it. */
struct audit_probe {
    enum audit_purpose purpose;
    enum cors_engine engine;
    struct fetch_description description;
    bool only_preflight; /* whatever the limits say, the request itself is not sent */
    size_t request;      /* PURPOSE_FRONT_END: which of result->requests */
    int user;            /* PURPOSE_HUNT and PLAIN_HTTP: enum lookalike_user of audit_hunt.h */
    int cause;           /* the same: enum lookalike_cause */
    const char *how;     /* the same: in which way the origin is like one that is meant */
    /* What is filled in by wire_run(). */
    bool played;
    bool assumed;    /* a GET stood in for another method */
    bool other_host; /* a redirect led to a host that was not named, and was not followed */
    bool withheld;   /* the preflight, if any, was passed, and the request itself not sent */
    enum verdict verdict;
    struct cors_outcome outcome; /* its url is NULL */
    struct cors_bytes reason;
    struct audit_exchange **exchanges; /* in the order on the wire */
    size_t exchange_count, exchange_capacity;
};

struct audit_probes {
    struct audit_probe *at;
    size_t count, capacity;
};

/* What lives through an audit. */
struct wire;
struct wire *wire_open(const struct audit_limits *limits, const struct transport_flags *flags,
                       const struct agent_settings *settings, struct memory *memory);
void wire_close(struct wire *wire);

/* Plays the probes from `first` on, in parallel if there is more than one connection. False with an
 * error if the transport cannot be set up. */
bool wire_run(struct wire *wire, struct audit_probes *probes, size_t first, bool in_parallel,
              const char **error);

/* How many seconds are left for messages; 0: none is to be sent any more. */
double wire_seconds_left(struct wire *wire);

/* Numbers the exchanges in the order of the probes and says how much was sent and how it ended. */
void wire_result(const struct wire *wire, struct audit_probes *probes, struct audit_result *result);

#endif
