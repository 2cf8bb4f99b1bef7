/* A process of its own for code that may crash or hang: libraries of users, POSIX regular
 * expressions. A batch is written into memory that both processes share; a byte through a socket
 * says that it is there, another that it is done; how far the worker is stands in the shared
 * memory, so that the question that brought it down is known at once. Invariants: the worker reads
 * only what was written before the byte; it has no other descriptor of ours that it could write to;
 * it ends when we do. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "clock.h"
#include "reached.h"
#include "validator_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    BYTES = 1 << 20, /* of all origins of a batch, each with a NUL */
    LOAD_SECONDS = 20,
    QUESTION_SECONDS = 2, /* for one, before it counts as hung */
};

struct shared {
    size_t count;
    volatile size_t done;
    size_t at[VALIDATOR_BATCH], len[VALIDATOR_BATCH];
    struct {
        bool trusted;
        size_t from, to;
    } answers[VALIDATOR_BATCH];
    char error[300];     /* why it could not be prepared */
    volatile bool tells; /* what it reached, in `counters`, if it was asked a single question */
    uint8_t counters[REACHED_COUNTERS];
    struct reached_constant constants[REACHED_CONSTANTS];
    size_t constant_count;
    char bytes[BYTES];
};

struct worker {
    struct worker_job job;
    struct shared *shared;
    pid_t pid; /* 0: not running */
    int socket;
    char ended[VALIDATOR_VALUE]; /* how the last one did */
};

/* ---- In the worker ------------------------------------------------------------------------- */

static void answer(const struct worker *worker, size_t which)
{
    struct shared *shared = worker->shared;
    size_t from = 0, to = shared->len[which];
    shared->answers[which].trusted = worker->job.trusts(
        worker->job.context, shared->bytes + shared->at[which], shared->len[which], &from, &to);
    shared->answers[which].from = from;
    shared->answers[which].to = to;
    shared->done = which + 1;
}

static void tell(struct shared *shared)
{
    const struct reached_constant *constants;
    reached_take(shared->counters);
    shared->constant_count = reached_constants(&constants);
    memcpy(shared->constants, constants, sizeof shared->constants);
}

static void work(const struct worker *worker, int socket)
{
    struct shared *shared = worker->shared;
    char go;
    while (recv(socket, &go, 1, 0) == 1) {
        const bool watched = shared->count == 1 && reached_tells();
        if (watched)
            reached_clear();
        while (shared->done < shared->count)
            answer(worker, shared->done);
        if (watched)
            tell(shared);
        shared->tells = reached_tells();
        if (send(socket, "d", 1, MSG_NOSIGNAL) != 1)
            break;
    }
}

static void be_worker(const struct worker *worker, int socket, pid_t parent)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    /* What it prints is none of our output. */
    int nothing = open("/dev/null", O_RDWR);
    for (int i = 0; i <= 2; i++)
        dup2(nothing, i);
    bool prepared = worker->job.prepare(worker->job.context, worker->shared->error,
                                        sizeof worker->shared->error);
    if (send(socket, prepared ? "r" : "e", 1, MSG_NOSIGNAL) == 1 && prepared)
        work(worker, socket);
    _exit(0);
}

/* ---- Here ---------------------------------------------------------------------------------- */

static void stop(struct worker *worker)
{
    if (worker->pid == 0)
        return;
    int status = 0;
    close(worker->socket);
    kill(-worker->pid, SIGKILL);
    kill(worker->pid, SIGKILL); /* where it is not yet a group */
    waitpid(worker->pid, &status, 0);
    worker->pid = 0;
}

/* Lets the dead say how they died. */
static void bury(struct worker *worker)
{
    int status = 0;
    close(worker->socket);
    waitpid(worker->pid, &status, 0);
    kill(-worker->pid, SIGKILL); /* what it left behind */
    worker->pid = 0;
    validator_describe_end(status, worker->ended, sizeof worker->ended);
}

/* Waits for a byte of the worker: 0 if it is dead, -1 if it is late. */
static int hear(const struct worker *worker, double until)
{
    struct pollfd descriptor = {.fd = worker->socket, .events = POLLIN};
    int ready;
    do {
        const double left = until - clock_passed();
        ready = poll(&descriptor, 1, left <= 0 ? 0 : (int)(left * 1000) + 1);
    } while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return -1;
    char byte = 0;
    return recv(worker->socket, &byte, 1, 0) == 1 ? byte : 0;
}

static bool start(struct worker *worker, char *error, size_t size)
{
    int sockets[2];
    pid_t parent = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0) {
        validator_refuse(error, size, "no socket for a worker process: %s", strerror(errno));
        return false;
    }
    fcntl(sockets[0], F_SETFD, FD_CLOEXEC);
    fcntl(sockets[1], F_SETFD, FD_CLOEXEC);
    worker->shared->error[0] = '\0';
    worker->pid = fork();
    if (worker->pid == 0) {
        close(sockets[0]);
        be_worker(worker, sockets[1], parent);
    }
    close(sockets[1]);
    worker->socket = sockets[0];
    if (worker->pid < 0) {
        worker->pid = 0;
        close(worker->socket);
        validator_refuse(error, size, "no worker process: %s", strerror(errno));
        return false;
    }
    setpgid(worker->pid, worker->pid);
    int heard = hear(worker, clock_passed() + LOAD_SECONDS);
    if (heard == 'r')
        return true;
    if (heard == 0) {
        bury(worker);
        validator_refuse(error, size, "it ended %s while it was loaded", worker->ended);
        return false;
    }
    worker->shared->error[sizeof worker->shared->error - 1] = '\0';
    validator_refuse(error, size, "%s",
                     heard == 'e' ? worker->shared->error : "it hung while it was loaded");
    stop(worker);
    return false;
}

/* How many of the origins fit; 0: not even the first. */
static size_t hand_over(struct shared *shared, const struct cors_bytes *origins, size_t count)
{
    size_t used = 0, fit = 0;
    while (fit < count && fit < VALIDATOR_BATCH && origins[fit].len < BYTES - used) {
        shared->at[fit] = used;
        shared->len[fit] = origins[fit].len;
        if (origins[fit].len > 0)
            memcpy(shared->bytes + used, origins[fit].at, origins[fit].len);
        used += origins[fit].len;
        shared->bytes[used++] = '\0';
        fit++;
    }
    shared->count = fit;
    shared->done = 0;
    return fit;
}

/* ANSWER_NONE: all answered; else why the answer to question `done` is missing. */
static enum answer_kind exchange(struct worker *worker, const struct validator *validator)
{
    if (send(worker->socket, "g", 1, MSG_NOSIGNAL) != 1) {
        bury(worker);
        return ANSWER_CRASHED;
    }
    for (;;) {
        size_t before = worker->shared->done;
        int heard = hear(worker, validator_until(validator, QUESTION_SECONDS));
        if (heard == 'd')
            return ANSWER_NONE;
        if (heard == 0) {
            bury(worker);
            return ANSWER_CRASHED;
        }
        const bool late = validator_is_late(validator);
        if (late || worker->shared->done == before) {
            stop(worker);
            return late ? ANSWER_UNASKED : ANSWER_HUNG;
        }
    }
}

static void take_answers(const struct shared *shared, const struct cors_bytes *origins, size_t done,
                         bool echo_matched, struct answer *answers)
{
    for (size_t i = 0; i < done; i++) {
        answers[i] = (struct answer){.kind = ANSWER_NONE};
        if (!shared->answers[i].trusted)
            continue;
        answers[i] = (struct answer){.kind = ANSWER_VALUE, .value = origins[i]};
        size_t from = shared->answers[i].from, to = shared->answers[i].to;
        if (echo_matched && from <= to && to <= origins[i].len && origins[i].len > 0)
            answers[i].value = (struct cors_bytes){origins[i].at + from, to - from};
    }
}

static void be_told(struct shared *shared, struct validator *validator)
{
    const size_t count = shared->constant_count; /* the library could have written there */
    validator->counters = shared->counters;
    validator->counter_count = REACHED_COUNTERS;
    validator->constants = shared->constants;
    validator->constant_count = count < REACHED_CONSTANTS ? count : REACHED_CONSTANTS;
}

bool worker_ask(struct worker *worker, struct validator *validator,
                const struct cors_bytes *origins, size_t count, bool echo_matched,
                struct answer *answers)
{
    for (size_t at = 0; at < count && !validator_is_late(validator);) {
        if (worker->pid == 0 && !start(worker, validator->error, sizeof validator->error))
            return false;
        size_t fit = hand_over(worker->shared, origins + at, count - at);
        if (fit == 0) {
            validator_complain(validator, "too long to be asked", origins[at]);
            return false;
        }
        enum answer_kind trouble = exchange(worker, validator);
        size_t done = worker->shared->done < fit ? worker->shared->done : fit;
        take_answers(worker->shared, origins + at, done, echo_matched, answers + at);
        at += done;
        validator->questions += done;
        if (worker->shared->tells)
            be_told(worker->shared, validator);
        if (done > 0)
            validator->in_a_row = 0;
        if (trouble == ANSWER_NONE || trouble == ANSWER_UNASKED)
            continue;
        validator->restarts++;
        if (done == fit)
            continue;
        char what[VALIDATOR_VALUE + 40];
        if (trouble == ANSWER_CRASHED)
            snprintf(what, sizeof what, "the validator ended %s", worker->ended);
        else
            snprintf(what, sizeof what, "the validator did not answer within 2 seconds");
        validator_complain(validator, what, origins[at]);
        answers[at] = (struct answer){.kind = trouble};
        if (trouble == ANSWER_CRASHED)
            answers[at].value = (struct cors_bytes){worker->ended, strlen(worker->ended)};
        at++;
        validator->questions++;
        if (!validator_goes_on(validator))
            return false;
    }
    return true;
}

struct worker *worker_open(struct worker_job job, char *error, size_t size)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL)
        return validator_refuse(error, size, "out of memory");
    worker->job = job;
    worker->shared = mmap(NULL, sizeof *worker->shared, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (worker->shared == MAP_FAILED) {
        free(worker);
        return validator_refuse(error, size, "out of memory");
    }
    if (start(worker, error, size))
        return worker;
    worker_close(worker);
    return NULL;
}

void worker_close(struct worker *worker)
{
    stop(worker);
    munmap(worker->shared, sizeof *worker->shared);
    free(worker);
}
