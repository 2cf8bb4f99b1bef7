/* One small interface to everything that decides "do I trust this Origin?": a C function, a regular
 * expression, a program in any language, a live server. Invariants: asking never ends the process,
 * whatever the validator does, unless it runs in process; answers come in the order of the
 * questions; a question that brought a validator down is told apart from an answer, and kept. */
#ifndef CORSIM_FUZZ_VALIDATOR_H
#define CORSIM_FUZZ_VALIDATOR_H

#include "corsim.h"
#include "reached.h"
#include "regex_match.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum answer_kind {
    ANSWER_UNASKED = 0, /* there was no time left, or the validator could not go on */
    ANSWER_NONE,        /* no Access-Control-Allow-Origin */
    ANSWER_VALUE,       /* it would send `value` */
    ANSWER_CRASHED, /* the validator ended, and has been started anew: `value` is how it ended */
    ANSWER_HUNG,    /* it did not answer in time, likewise; or the regex gave up (match limit) */
    ANSWER_BROKEN,  /* what it said is no answer: `value` is what it said, cut */
};

struct answer {
    enum answer_kind kind;
    struct cors_bytes value; /* the validator's or the origin's own bytes, until the next question;
                                what is cut ends in U+2026, which no origin does */
    bool credentials;        /* Access-Control-Allow-Credentials: true too */
};

/* What the CORS check makes of an answer to this origin: the page may read, with credentials or
 * without. An answer that is not the origin byte for byte, and not `*`, lets nobody in. */
enum judgement {
    JUDGED_REFUSED = 0,
    JUDGED_ALLOWED,
    JUDGED_ALLOWED_WITH_CREDENTIALS,
    JUDGED_PUBLIC
};
enum judgement judge_answer(struct cors_bytes origin, const struct answer *answer);

/* Of servers: what becomes of requests that a browser sends a preflight before. */
enum preflight_verdict { PREFLIGHT_UNASKED = 0, PREFLIGHT_PASSES, PREFLIGHT_REFUSED };

struct validator;

struct validator_kind {
    const char *word; /* function, regex, exec, url */
    size_t batch;     /* how many questions are asked at once, at most */
    bool in_process;  /* fast enough for coverage-guided fuzzing */
    /* Answers `count` questions; `answers` are zeroes before. False: it cannot go on, and
     * validator->error says why. True with an error: the last thing that went wrong and was got
     * over. What was not asked, as it cannot go on or validator->deadline is past, stays
     * ANSWER_UNASKED, and what was asked counts. */
    bool (*ask)(struct validator *validator, const struct cors_bytes *origins, size_t count,
                struct answer *answers);
    void (*close)(struct validator *validator);
};

struct validator {
    const struct validator_kind *kind;
    char error[512];     /* a sentence for people, escaped; empty: none */
    uint64_t questions;  /* how many have been answered */
    uint64_t restarts;   /* how often it had to be started, or connected to, anew */
    unsigned in_a_row;   /* questions without an answer since the last one that had one */
    double waited;       /* seconds, because a server asked for it (429, 503) */
    double deadline;     /* of clock_passed(): asking stops then, and is no error; 0: none */
    char remark[200];    /* escaped: a server's first status, a program's complaint; or empty */
    uint32_t most_steps; /* of PCRE2 for a question, before it counts as hung; 0: 1,000,000, and
                            after a few that did REGEX_FEW_STEPS */
    bool unreachable;    /* it could not be connected to at all: exit status 3 */
    /* Whether a preflight lets an origin through that was let in (with credentials, if
     * `credentials` says that it was so). NULL: the validator sends none. */
    enum preflight_verdict (*preflight)(struct validator *validator, struct cors_bytes origin,
                                        bool credentials);
    /* Of validators that tell where they got to, once they were asked: counters of 8 bits, to which
     * a single question adds; or NULL. */
    uint8_t *counters;
    size_t counter_count;
    /* What such a validator compares with, so far; lengths may be wrong (of hostile code). */
    const struct reached_constant *constants;
    size_t constant_count;
};

/* Each opens a validator; NULL: no memory or, with `error` filled (a sentence, escaped, of at most
 * `size` bytes with its NUL), it cannot be opened. The strings are the caller's and must outlive
 * it. */

/* int validate(const char *origin, size_t length): not 0: trusted; the answer echoes the origin.
 * A NUL stands behind the origin. A linked function runs in process and takes it down with it; one
 * in a library ("lib.so:symbol") runs in a worker that is started anew after a crash or a hang. */
struct validator *validator_open_linked(int (*validate)(const char *, size_t));
struct validator *validator_open_function(const char *library_and_symbol, char *error, size_t size);

enum { REGEX_FEW_STEPS = 50000 }; /* for most_steps: where an answer that takes more is no loss */
struct regex_options {
    enum regex_match match;
    const char *flags; /* letters of the dialect; NULL: none */
    bool echo_matched; /* answers with the matched part instead of the origin */
};
/* The dialect is pcre2, in process, posix-ere, in a worker, or a language, whose own engine is
 * asked through its interpreter: javascript, python, ruby, go, php, perl or java. */
struct validator *validator_open_regex(const char *dialect, const char *pattern,
                                       const struct regex_options *options, char *error,
                                       size_t size);

struct exec_options {
    double seconds;       /* for a batch, before it counts as hung; 0: 5 */
    double start_seconds; /* until its first line; 0: 20 */
};
struct validator *validator_open_exec(const char *command, const struct exec_options *options,
                                      char *error, size_t size);

struct url_options {
    double per_second;          /* questions, at most; 0: 10 */
    double seconds;             /* for one; 0: 10 */
    bool authorised;            /* hosts other than loopback may be asked */
    bool preflight;             /* validator->preflight is there */
    const char *const *headers; /* "NAME: VALUE", that are sent too; copied */
    size_t header_count;
    bool insecure;      /* the server's certificate is not looked at */
    const char *cacert; /* a file of those that are trusted; NULL: the system's */
};
struct validator *validator_open_url(const char *address, const struct url_options *options,
                                     char *error, size_t size);

void validator_close(struct validator *validator);

#endif
