/* The origin hunt of `corsim fuzz` (fuzz/hunt.h) as a part of an audit: origins that are like those
 * that are meant, who can use them, and which of them a live server lets in. It has a header of its
 * own because a validator's answer and a message's share a name. */
#ifndef CORSIM_CLI_AUDIT_HUNT_H
#define CORSIM_CLI_AUDIT_HUNT_H

#include "options.h"

/* Who can make a browser send an origin that is not meant; the worse first. */
enum lookalike_user {
    USED_BY_ANYBODY = 0,
    USED_BY_OTHER_HOSTS,
    USED_BY_THE_NETWORK,
    USED_BY_FRAMES
};

/* What lets such an origin in, as far as it can be told from that one. */
enum lookalike_cause {
    CAUSE_OTHER = 0,
    CAUSE_PART,      /* a part of what is meant is looked at, and more may stand beside it */
    CAUSE_CHARACTER, /* a dot is taken for any character */
};

struct lookalike {
    struct cors_bytes origin;
    enum lookalike_user user;
    enum lookalike_cause cause;
    const char *how; /* in which way it is like one that is meant, in words */
};

/* What is meant: the front end's origins and the patterns of --intend. */
struct lookalike_intent {
    const struct string_list *origins, *patterns;
};

/* False with a complaint if a pattern cannot be read. */
bool intent_is_readable(const struct lookalike_intent *meant, struct complaint *complaint);

/* Whether that origin is meant. */
bool is_meant(const struct lookalike_intent *meant, struct cors_bytes origin);

/* One origin of each class of bypasses, the most usual classes first; how many. Not among them are
 * those that an audit always asks: null, a stranger, and another scheme. */
enum { LOOKALIKES_MOST = 24 };
size_t lookalikes(const struct lookalike_intent *meant, struct lookalike *out, size_t most,
                  struct memory *memory);

struct audit_hunt_options {
    struct lookalike_intent meant;
    const char *url;
    uint64_t budget;
    double per_second, seconds; /* for a request; per_second 0: as fast as it answers */
    double whole;               /* for all of it */
    bool authorised;
};

struct audit_hunt_found {
    struct lookalike at[LOOKALIKES_MOST]; /* the worst first */
    size_t count;
    bool complete_nearby;
    uint64_t asked;
    const char *why_not; /* NULL: to its end or its budget; else a sentence, escaped */
};

void audit_hunt(const struct audit_hunt_options *options, struct audit_hunt_found *found,
                struct memory *memory);

#endif
