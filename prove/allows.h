/* What a check lets in, as globs that a person can read: https://(*).example.com,
 * (*)://(*)example.com, https://example.com:(*), where the asterisks stand without parentheses
 * (here they would end, or begin, the comment). An asterisk stands for any characters, also for
 * none, but for one at least between :// and a dot; a question mark stands for one, all else for
 * itself. Hosts that begin with a dot do not count anywhere here: no name does.
 *
 * Invariants: unless `more` is set, every origin that a browser of the profile can send and the
 * check accepts is in one of the globs: that was proven. The other way round, of a glob that is
 * exact every origin that a browser can send is accepted, which was proven too; one that is not
 * exact covers more than what is let in. Of each, `member` is an origin that the check accepts
 * (unless the check is not kept exactly: then perhaps). The intent does not count, nor does `old`.
 * The same question has the same globs, unless time runs out. */
#ifndef CORSIM_PROVE_ALLOWS_H
#define CORSIM_PROVE_ALLOWS_H

#include "corsim_prove.h"

enum { ALLOWS_MOST = 20 };

struct allowed {
    struct cors_bytes glob, member;
    bool is_exact;
};

struct allows {
    struct allowed
        globs[ALLOWS_MOST]; /* in the order in which they were found: the shortest first */
    size_t count;
    bool more;          /* there are, or may be, origins beside these */
    const char *reason; /* why that is not known: a constant; NULL: it is known */
    struct prove_memory *memory;
};

/* False: no memory. Whatever it returns, allows_free() has to be called. */
bool allows_find(const struct prove_question *question, struct allows *allows);
void allows_free(struct allows *allows);

#endif
