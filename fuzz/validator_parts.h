/* What the implementations of fuzz/validator.h share: sentences about what went wrong, the escaping
 * of the line protocol, values that outlive the reading of them, and a worker process for code that
 * may crash. Invariant: what came from a validator is escaped before it is put into a sentence. */
#ifndef CORSIM_FUZZ_VALIDATOR_PARTS_H
#define CORSIM_FUZZ_VALIDATOR_PARTS_H

#include "validator.h"

#include <stdarg.h>

enum {
    VALIDATOR_BATCH = 512,
    VALIDATOR_VALUE = 256,  /* bytes of a value that is not the origin's own */
    VALIDATOR_IN_A_ROW = 8, /* questions without an answer before it is given up */
};

/* Values that are not the origin, one for each question of a batch. */
struct validator_values {
    char at[VALIDATOR_BATCH][VALIDATOR_VALUE];
};

/* `bytes` as a slice that lives as long as `values`: the origin's own where they are the same, else
 * a copy for question `which`, cut if need be. */
struct cors_bytes validator_value(struct validator_values *values, size_t which,
                                  struct cors_bytes origin, struct cors_bytes bytes);

/* \xHH for what is not printable ASCII, \\ for the backslash; NUL-terminated, cut at `size`, which
 * is not 0. Returns the length; 4 * len + 1 bytes hold everything. */
size_t validator_escape(struct cors_bytes bytes, char *out, size_t size);
/* The other way round, in place; false: another escape, or a byte that should have been one. */
bool validator_unescape(struct cors_bytes *bytes, char *in_place);

/* A sentence into `error`; always NULL, to be returned. */
void *validator_refuse(char *error, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A sentence about this origin into validator->error: `what`, and "at" which origin. */
void validator_complain(struct validator *validator, const char *what, struct cors_bytes origin);
/* One more answer that is none. False: too many of them; validator->error says so too. */
bool validator_goes_on(struct validator *validator);

/* Whether validator->deadline is past. */
bool validator_is_late(const struct validator *validator);
/* `seconds` from now, but not beyond validator->deadline; of clock_passed(). */
double validator_until(const struct validator *validator, double seconds);

/* How a process ended, as part of a sentence: "with exit status 3", "by signal 11 (...)". */
void validator_describe_end(int status, char *out, size_t size);

/* Of validator_open_regex. */
struct validator *validator_open_pcre2(const char *pattern, const struct regex_options *options,
                                       char *error, size_t size);
struct validator *validator_open_posix(const char *pattern, const struct regex_options *options,
                                       char *error, size_t size);

/* Code that may crash, in a process of its own: asked in batches through shared memory. */
struct worker_job {
    /* In the worker, once. False: it cannot be; `error` says why. */
    bool (*prepare)(void *context, char *error, size_t size);
    /* In the worker. True: trusted, by the part of the origin from `from` to `to`. */
    bool (*trusts)(void *context, const char *origin, size_t length, size_t *from, size_t *to);
    void *context;
};
struct worker;
/* Asks `count` questions; `echo_matched`: the answer is the part, not the origin. */
bool worker_ask(struct worker *worker, struct validator *validator,
                const struct cors_bytes *origins, size_t count, bool echo_matched,
                struct answer *answers);
struct worker *worker_open(struct worker_job job, char *error, size_t size);
void worker_close(struct worker *worker);

#endif
