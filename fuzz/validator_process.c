/* Programs beside us: started by the shell in a group of their own, so that what they start in turn
 * ends with them; https://pubs.opengroup.org/onlinepubs/9699919799/ (fork, poll, setpgid).
 * Invariants: see validator_process.h. */
#include "validator_process.h"

#include "clock.h"
#include "validator_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READ = 0, WRITE = 1 };

static void close_all(const int *descriptors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        close(descriptors[i]);
}

/* In the child. */
static void become(const char *command, int in, int out, int err)
{
    setpgid(0, 0);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    signal(SIGPIPE, SIG_DFL);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

bool process_start(struct process *process, const char *command)
{
    int ends[6];
    for (size_t i = 0; i < 6; i += 2) {
        if (pipe(ends + i) != 0) {
            int why = errno;
            close_all(ends, i);
            errno = why;
            return false;
        }
    }
    for (size_t i = 0; i < 6; i++)
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    *process = (struct process){.in = ends[WRITE], .out = ends[2 + READ], .err = ends[4 + READ]};
    process->pid = fork();
    if (process->pid == 0)
        become(command, ends[READ], ends[2 + WRITE], ends[4 + WRITE]);
    int why = errno;
    close_all((const int[]){ends[READ], ends[2 + WRITE], ends[4 + WRITE]}, 3);
    if (process->pid < 0) {
        process->pid = 0;
        close_all((const int[]){process->in, process->out, process->err}, 3);
        errno = why;
        return false;
    }
    setpgid(process->pid, process->pid);
    fcntl(process->in, F_SETFL, O_NONBLOCK);
    fcntl(process->out, F_SETFL, O_NONBLOCK);
    fcntl(process->err, F_SETFL, O_NONBLOCK);
    return true;
}

/* write without the signal: it is blocked, and taken away if it came. */
static ssize_t write_quietly(int descriptor, struct cors_bytes bytes)
{
    sigset_t pipe_signal, before, pending;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    ssize_t written = write(descriptor, bytes.at, bytes.len);
    int why = errno;
    if (written < 0 && why == EPIPE && !sigismember(&pending, SIGPIPE)) {
        const struct timespec at_once = {0, 0};
        sigtimedwait(&pipe_signal, NULL, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return written;
}

static void hear_complaints(struct process *process)
{
    char scrap[4096];
    ssize_t got = read(process->err, scrap, sizeof scrap);
    if (got == 0) {
        close(process->err);
        process->err = -1; /* poll passes over it */
        return;
    }
    size_t room = sizeof process->said - process->said_length;
    size_t len = got < 0 ? 0 : (size_t)got < room ? (size_t)got : room;
    memcpy(process->said + process->said_length, scrap, len);
    process->said_length += len;
}

static enum process_event hear_answers(struct process *process)
{
    process->pending_length -= process->taken;
    memmove(process->pending, process->pending + process->taken, process->pending_length);
    process->taken = 0;
    size_t room = sizeof process->pending - process->pending_length;
    if (room == 0)
        return PROCESS_LINE_TOO_LONG;
    ssize_t got = read(process->out, process->pending + process->pending_length, room);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        return PROCESS_ENDED;
    process->pending_length += got < 0 ? 0 : (size_t)got;
    return PROCESS_MOVED;
}

enum process_event process_move(struct process *process, struct cors_bytes *out, double deadline)
{
    struct pollfd ends[] = {
        {.fd = process->out, .events = POLLIN},
        {.fd = process->err, .events = POLLIN},
        {.fd = out->at != NULL ? process->in : -1, .events = (short)(out->len > 0 ? POLLOUT : 0)}};
    double left = deadline - clock_passed();
    int ready = poll(ends, 3, left <= 0 ? 0 : (int)(left * 1000) + 1);
    if (ready == 0 || (ready > 0 && left <= 0 && ends[0].revents == 0))
        return PROCESS_LATE;
    if (ready < 0)
        return PROCESS_MOVED; /* a signal */
    if (ends[1].revents != 0)
        hear_complaints(process);
    if (ends[0].revents != 0) {
        enum process_event event = hear_answers(process);
        if (event != PROCESS_MOVED)
            return event;
    }
    if ((ends[2].revents & POLLERR) != 0)
        return PROCESS_SHUT;
    if (ends[2].revents != 0) {
        ssize_t written = write_quietly(process->in, *out);
        if (written < 0 && errno != EAGAIN && errno != EINTR)
            return PROCESS_SHUT;
        if (written > 0)
            *out = (struct cors_bytes){out->at + written, out->len - (size_t)written};
    }
    return PROCESS_MOVED;
}

bool process_line(struct process *process, struct cors_bytes *line)
{
    const char *from = process->pending + process->taken;
    const char *end = memchr(from, '\n', process->pending_length - process->taken);
    if (end == NULL)
        return false;
    size_t len = (size_t)(end - from);
    process->taken += len + 1;
    if (len > 0 && from[len - 1] == '\r')
        len--;
    *line = (struct cors_bytes){from, len};
    return true;
}

/* Gives the program a moment to end by itself, so that it says how. */
static void await_end(pid_t pid, char *how, size_t size)
{
    static const char ended[] = "ended ";
    const struct timespec moment = {0, 5000000};
    int status = 0;
    for (int i = 0; i < 40; i++) {
        if (waitpid(pid, &status, WNOHANG) == pid) {
            snprintf(how, size, "%s", ended);
            validator_describe_end(status, how + strlen(how), size - strlen(how));
            return;
        }
        nanosleep(&moment, NULL);
    }
    kill(-pid, SIGKILL);
    waitpid(pid, &status, 0);
    snprintf(how, size, "had to be killed");
}

void process_stop(struct process *process, bool at_once, char *how, size_t size)
{
    if (process->pid == 0)
        return;
    close(process->in);
    if (at_once)
        kill(-process->pid, SIGKILL);
    await_end(process->pid, how, size);
    kill(-process->pid, SIGKILL); /* what it left behind */
    process->pid = 0;
    while (process->err >= 0 && process->said_length < sizeof process->said) {
        size_t before = process->said_length;
        hear_complaints(process);
        if (process->said_length == before)
            break;
    }
    close(process->out);
    if (process->err >= 0)
        close(process->err);
}

static bool tells(struct cors_bytes line)
{
    static const char *const words[] = {"rror", "xception", "panic", "not found"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        for (size_t at = 0; at + len <= line.len; at++)
            if (memcmp(line.at + at, words[i], len) == 0)
                return true;
    }
    return false;
}

struct cors_bytes process_last_words(const struct process *process)
{
    struct cors_bytes left = {process->said, process->said_length}, last = {"", 0};
    while (left.len > 0) {
        const char *end = memchr(left.at, '\n', left.len);
        size_t len = end == NULL ? left.len : (size_t)(end - left.at);
        struct cors_bytes line = {left.at, len};
        len += end == NULL ? 0 : 1;
        left = (struct cors_bytes){left.at + len, left.len - len};
        if (tells(line))
            return line;
        if (line.len > 0)
            last = line;
    }
    return last;
}
