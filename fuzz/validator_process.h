/* A program that runs beside us, in its own process group, with pipes to its three ends: what
 * validator_exec.c talks to. Invariants: nothing here waits longer than until `deadline`; what the
 * program says on stderr is read and thrown away but for its beginning; no SIGPIPE comes out. */
#ifndef CORSIM_FUZZ_VALIDATOR_PROCESS_H
#define CORSIM_FUZZ_VALIDATOR_PROCESS_H

#include "corsim.h"

#include <sys/types.h>

enum { PROCESS_LINE = 8192, PROCESS_SAID = 2048 };

struct process {
    pid_t pid; /* 0: not running */
    int in, out, err;
    char pending[PROCESS_LINE]; /* read from `out` */
    size_t taken, pending_length;
    char said[PROCESS_SAID]; /* on stderr */
    size_t said_length;
};

enum process_event {
    PROCESS_MOVED = 0, /* something was written or read */
    PROCESS_LATE,      /* the deadline is past */
    PROCESS_ENDED,     /* it closed its output */
    PROCESS_SHUT,      /* it closed its input */
    PROCESS_LINE_TOO_LONG,
};

/* Runs `command` by the shell; false: errno says why not. */
bool process_start(struct process *process, const char *command);
/* Writes of `out` what goes, and reads what comes, once. Null: whether the program still takes any
 * input does not matter. */
enum process_event process_move(struct process *process, struct cors_bytes *out, double deadline);
/* The next whole line, without its end, until the next move; false: there is none yet. */
bool process_line(struct process *process, struct cors_bytes *line);
/* Ends it and all of its group, after a fifth of a second or `at_once`, and says how it ended:
 * "with exit status 3". What it said stays. */
void process_stop(struct process *process, bool at_once, char *how, size_t size);
/* What it said on stderr that tells the most, or nothing. */
struct cors_bytes process_last_words(const struct process *process);

#endif
