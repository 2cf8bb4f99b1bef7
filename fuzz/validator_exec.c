/* Validators that are programs in any language, asked by lines: fuzz/protocol.md is the page on it.
 * A program may crash, hang, print what is no answer, print too much, or shut its pipes: each time
 * it is started anew, the origin at fault is found (the first one without an answer if it fails
 * alone too, else by bisection: a program that buffers its output has computed more than it said),
 * and the others are asked again. Invariants: no answer counts of a batch that was out of step; no
 * wait is longer than the options say, or than until the deadline, at which a program that is still
 * busy is ended; a program that fails on every origin is given up soon. */
#include "clock.h"
#include "validator_parts.h"
#include "validator_process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELLO "corsim-validator 1"

enum { RESTARTS_FREE = 24, QUESTIONS_FOR_A_RESTART = 8 };

struct exec {
    struct validator base;
    const char *command;
    double seconds, start_seconds;
    struct process process;
    char *lines; /* a batch, escaped */
    size_t capacity;
    char how[96]; /* the last one went */
    bool careful; /* it has been out of step */
    struct validator_values values;
};

/* A batch, or what is left of it. */
struct batch {
    const struct cors_bytes *origins;
    struct answer *answers;
    size_t count, offset; /* from the beginning of the whole */
};

/* ---- Start and end ------------------------------------------------------------------------- */

/* ": " and what the program said on stderr, for the end of a sentence. */
static void say_last_words(const struct exec *exec, char *error, size_t size)
{
    struct cors_bytes words = process_last_words(&exec->process);
    char escaped[240];
    size_t said = strlen(error);
    if (validator_escape(words, escaped, sizeof escaped) > 0)
        snprintf(error + said, size - said, "; it said: %s", escaped);
}

/* What may be why nothing gets in. */
static void remark(const struct exec *exec, char *text, size_t size)
{
    const struct cors_bytes words = process_last_words(&exec->process);
    char escaped[160];
    if (validator_escape(words, escaped, sizeof escaped) > 0)
        snprintf(text, size, "the program said: %s", escaped);
}

static bool refuse_start(struct exec *exec, bool at_once, const char *what, char *error,
                         size_t size)
{
    process_stop(&exec->process, at_once, exec->how, sizeof exec->how);
    validator_refuse(error, size, what, exec->how);
    say_last_words(exec, error, size);
    return false;
}

static bool wrong_hello(struct exec *exec, struct cors_bytes line, char *error, size_t size)
{
    char escaped[120];
    validator_escape(line, escaped, sizeof escaped);
    process_stop(&exec->process, true, exec->how, sizeof exec->how);
    validator_refuse(error, size, "the program's first line must be \"" HELLO "\"; it was \"%s\"",
                     escaped);
    return false;
}

static bool start(struct exec *exec, char *error, size_t size)
{
    if (!process_start(&exec->process, exec->command)) {
        validator_refuse(error, size, "the program cannot be started: %s", strerror(errno));
        return false;
    }
    double deadline = validator_until(&exec->base, exec->start_seconds);
    struct cors_bytes nothing = {NULL, 0}, line;
    while (!process_line(&exec->process, &line)) {
        switch (process_move(&exec->process, &nothing, deadline)) {
        case PROCESS_MOVED:
        case PROCESS_SHUT:
            break;
        case PROCESS_LATE:
            return refuse_start(exec, true, "the program did not print \"" HELLO "\" in time",
                                error, size);
        case PROCESS_ENDED:
            return refuse_start(exec, false, "the program %s before it printed \"" HELLO "\"",
                                error, size);
        case PROCESS_LINE_TOO_LONG:
            return wrong_hello(exec, (struct cors_bytes){exec->process.pending, PROCESS_LINE},
                               error, size);
        }
    }
    if (line.len == strlen(HELLO) && memcmp(line.at, HELLO, line.len) == 0)
        return true;
    return wrong_hello(exec, line, error, size);
}

/* ---- One exchange -------------------------------------------------------------------------- */

/* The batch as lines, in exec->lines; null: no memory. */
static struct cors_bytes write_lines(struct exec *exec, struct batch batch)
{
    size_t needed = 1, made = 0;
    for (size_t i = 0; i < batch.count; i++)
        needed += 4 * batch.origins[i].len + 2;
    if (needed > exec->capacity) {
        free(exec->lines);
        exec->lines = malloc(needed);
        exec->capacity = exec->lines == NULL ? 0 : needed;
        if (exec->lines == NULL)
            return (struct cors_bytes){NULL, 0};
    }
    for (size_t i = 0; i < batch.count; i++) {
        made += validator_escape(batch.origins[i], exec->lines + made, needed - made);
        exec->lines[made++] = '\n';
    }
    return (struct cors_bytes){exec->lines, made};
}

/* `-`, or a value and perhaps a tab and `credentials`. */
static struct answer read_answer(struct exec *exec, size_t which, struct cors_bytes origin,
                                 struct cors_bytes line)
{
    static const struct cors_bytes credentials = {"\tcredentials", 12};
    struct answer answer = {.kind = ANSWER_VALUE};
    char bytes[PROCESS_LINE];
    struct cors_bytes value = line;
    if (value.len >= credentials.len &&
        memcmp(value.at + value.len - credentials.len, credentials.at, credentials.len) == 0) {
        answer.credentials = true;
        value.len -= credentials.len;
    }
    if (value.len == 1 && *value.at == '-')
        return (struct answer){.kind = ANSWER_NONE};
    if (value.len > 0 && validator_unescape(&value, bytes)) {
        answer.value = validator_value(&exec->values, which, origin, value);
        return answer;
    }
    validator_complain(&exec->base, "the program answered with a line that is no answer", origin);
    return (struct answer){.kind = ANSWER_BROKEN,
                           .value = validator_value(&exec->values, which, origin, line)};
}

/* What came of writing a batch and reading its answers. */
struct exchanged {
    enum answer_kind trouble; /* ANSWER_NONE: none */
    size_t answered;          /* so many are there, if there is trouble */
    char what[200];           /* it was, as the beginning of a sentence */
};

static void stop_after(struct exec *exec, enum process_event event, struct exchanged *exchanged)
{
    process_stop(&exec->process, event == PROCESS_LATE || event == PROCESS_LINE_TOO_LONG, exec->how,
                 sizeof exec->how);
    size_t size = sizeof exchanged->what;
    exchanged->trouble = event == PROCESS_LATE            ? ANSWER_HUNG
                         : event == PROCESS_LINE_TOO_LONG ? ANSWER_BROKEN
                                                          : ANSWER_CRASHED;
    if (event == PROCESS_LATE)
        snprintf(exchanged->what, size, "the program did not answer within %g seconds",
                 exec->seconds);
    else if (event == PROCESS_LINE_TOO_LONG)
        snprintf(exchanged->what, size, "the program printed a line of more than %d bytes",
                 PROCESS_LINE);
    else if (memcmp(exec->how, "ended", 5) == 0)
        snprintf(exchanged->what, size, "the program %s", exec->how);
    else
        snprintf(exchanged->what, size, "the program closed its %s and %s",
                 event == PROCESS_SHUT ? "input" : "output", exec->how);
}

/* More lines than questions: whose they are cannot be known. */
static void stop_out_of_step(struct exec *exec, struct exchanged *exchanged)
{
    process_stop(&exec->process, true, exec->how, sizeof exec->how);
    exec->careful = true;
    exchanged->trouble = ANSWER_BROKEN;
    exchanged->answered = 0;
    snprintf(exchanged->what, sizeof exchanged->what,
             "the program printed more lines than it was asked (only answers may go to stdout)");
}

static void take_lines(struct exec *exec, struct batch batch, struct exchanged *exchanged)
{
    struct cors_bytes line;
    while (exchanged->answered < batch.count && process_line(&exec->process, &line)) {
        size_t i = exchanged->answered++;
        batch.answers[i] = read_answer(exec, batch.offset + i, batch.origins[i], line);
    }
}

/* Whether there is a line that nobody asked for, after as long as two answers took, between a
 * thousandth and a fiftieth of a second. Single questions are not slowed down unless it has been
 * out of step: then what is too much is seen before the next. */
static bool goes_on_talking(struct exec *exec, size_t count, double begun)
{
    struct cors_bytes nothing = {NULL, 0}, line;
    double now = clock_passed(), grace = 2 * (now - begun) / (double)count;
    if (grace < 0.001)
        grace = 0.001;
    if (grace > 0.02 || exec->careful)
        grace = 0.02;
    if (count == 1 && !exec->careful)
        grace = 0;
    while (!process_line(&exec->process, &line))
        if (process_move(&exec->process, &nothing, now + grace) != PROCESS_MOVED)
            return false;
    return true;
}

static struct exchanged exchange(struct exec *exec, struct batch batch, struct cors_bytes lines)
{
    struct exchanged exchanged = {.trouble = ANSWER_NONE};
    struct cors_bytes nothing = {NULL, 0}, line;
    double now = clock_passed();
    /* What comes before the question is no answer to it. */
    enum process_event event = process_move(&exec->process, &nothing, now);
    if (process_line(&exec->process, &line)) {
        stop_out_of_step(exec, &exchanged);
        return exchanged;
    }
    double deadline = validator_until(&exec->base, exec->seconds);
    bool shut = false;
    while (exchanged.answered < batch.count && (event == PROCESS_MOVED || event == PROCESS_LATE)) {
        event = process_move(&exec->process, shut ? &nothing : &lines, deadline);
        if (event == PROCESS_SHUT) { /* what it still says counts, and does not take long */
            shut = true;
            event = PROCESS_MOVED;
            deadline = clock_passed() + 0.2;
        }
        take_lines(exec, batch, &exchanged);
        if (event == PROCESS_LATE)
            break;
    }
    if (exchanged.answered < batch.count)
        stop_after(exec, shut && event != PROCESS_LINE_TOO_LONG ? PROCESS_SHUT : event, &exchanged);
    else if (goes_on_talking(exec, batch.count, now))
        stop_out_of_step(exec, &exchanged);
    return exchanged;
}

/* ---- Whose fault it was -------------------------------------------------------------------- */

static struct batch part(struct batch batch, size_t from, size_t count)
{
    return (struct batch){batch.origins + from, batch.answers + from, count, batch.offset + from};
}

static void forget_answers(struct batch batch)
{
    memset(batch.answers, 0, batch.count * sizeof *batch.answers);
}

/* False: it has been started anew too often. */
static bool may_restart(struct exec *exec)
{
    struct validator *base = &exec->base;
    if (++base->restarts <= RESTARTS_FREE + base->questions / QUESTIONS_FOR_A_RESTART)
        return true;
    size_t said = strlen(base->error);
    snprintf(base->error + said, sizeof base->error - said,
             "; given up after the program was started anew %llu times",
             (unsigned long long)base->restarts - 1);
    return false;
}

static bool ask_part(struct exec *exec, struct batch batch);

/* Asked alone, it failed. */
static bool convict(struct exec *exec, struct batch batch, const struct exchanged *exchanged)
{
    validator_complain(&exec->base, exchanged->what, *batch.origins);
    say_last_words(exec, exec->base.error, sizeof exec->base.error);
    struct cors_bytes what = {exchanged->what, strlen(exchanged->what)};
    *batch.answers = (struct answer){
        .kind = exchanged->trouble,
        .value = validator_value(&exec->values, batch.offset, *batch.origins, what)};
    return may_restart(exec) && validator_goes_on(&exec->base);
}

static bool bisect(struct exec *exec, struct batch batch)
{
    size_t half = batch.count / 2;
    return ask_part(exec, part(batch, 0, half)) &&
           ask_part(exec, part(batch, half, batch.count - half));
}

/* Asks the last origin that had an answer again: another answer now means that the program leaves
 * some out, and that those it gave belong to other origins. False: it cannot go on. */
static bool was_in_step(struct exec *exec, struct batch answered, bool *in_step)
{
    struct batch last = part(answered, answered.count - 1, 1);
    struct answer before = *last.answers;
    enum judgement judged = judge_answer(*last.origins, &before);
    uint64_t restarts = exec->base.restarts;
    if (!ask_part(exec, last))
        return false;
    if (last.answers->kind == ANSWER_UNASKED) { /* no time */
        *last.answers = before;
        return true;
    }
    *in_step = exec->base.restarts == restarts && last.answers->kind == before.kind &&
               last.answers->value.len == before.value.len &&
               judge_answer(*last.origins, last.answers) == judged;
    return true;
}

/* The first origin without an answer is asked alone. If it fails again, the answers before it
 * stand, unless they were out of step. If it does not, none stands. */
static bool find_the_guilty(struct exec *exec, struct batch batch, size_t answered)
{
    uint64_t restarts = exec->base.restarts;
    struct batch before = part(batch, 0, answered);
    struct batch after = part(batch, answered + 1, batch.count - answered - 1);
    bool in_step = true;
    if (!ask_part(exec, part(batch, answered, 1)))
        return false;
    if (validator_is_late(&exec->base))
        return true;
    if (exec->base.restarts == restarts)
        return bisect(exec, batch);
    if (answered > 0 && !was_in_step(exec, before, &in_step))
        return false;
    if (!in_step) {
        forget_answers(before);
        if (!ask_part(exec, before))
            return false;
    }
    return after.count == 0 || ask_part(exec, after);
}

/* That there was no time to is no error. */
static bool start_again(struct exec *exec)
{
    char error[sizeof exec->base.error];
    if (start(exec, error, sizeof error))
        return true;
    if (!validator_is_late(&exec->base))
        memcpy(exec->base.error, error, sizeof error);
    return false;
}

static bool ask_part(struct exec *exec, struct batch batch)
{
    struct validator *base = &exec->base;
    if (validator_is_late(base))
        return true;
    if (exec->process.pid == 0 && !start_again(exec))
        return validator_is_late(base);
    forget_answers(batch);
    struct cors_bytes lines = write_lines(exec, batch);
    if (lines.at == NULL) {
        snprintf(base->error, sizeof base->error, "out of memory");
        return false;
    }
    struct exchanged exchanged = exchange(exec, batch, lines);
    if (exchanged.trouble == ANSWER_NONE) {
        base->in_a_row = 0;
        return true;
    }
    if (exchanged.trouble == ANSWER_HUNG && validator_is_late(base))
        return true;
    forget_answers(part(batch, exchanged.answered, batch.count - exchanged.answered));
    if (batch.count == 1)
        return convict(exec, batch, &exchanged);
    validator_complain(base, exchanged.what, batch.origins[exchanged.answered]);
    say_last_words(exec, base->error, sizeof base->error);
    return may_restart(exec) && find_the_guilty(exec, batch, exchanged.answered);
}

/* ---- The validator ------------------------------------------------------------------------- */

static bool ask(struct validator *base, const struct cors_bytes *origins, size_t count,
                struct answer *answers)
{
    struct batch batch = {origins, answers, count, 0};
    if (count > VALIDATOR_BATCH) {
        snprintf(base->error, sizeof base->error, "more than %d origins at once", VALIDATOR_BATCH);
        return false;
    }
    base->questions += count;
    const bool goes_on = count == 0 || ask_part((struct exec *)base, batch);
    if (base->remark[0] == '\0')
        remark((const struct exec *)base, base->remark, sizeof base->remark);
    return goes_on;
}

static void close_exec(struct validator *base)
{
    struct exec *exec = (struct exec *)base;
    process_stop(&exec->process, false, exec->how, sizeof exec->how);
    free(exec->lines);
    free(exec);
}

struct validator *validator_open_exec(const char *command, const struct exec_options *options,
                                      char *error, size_t size)
{
    static const struct validator_kind kind = {"exec", VALIDATOR_BATCH, false, ask, close_exec};
    struct exec *exec = calloc(1, sizeof *exec);
    if (exec == NULL)
        return validator_refuse(error, size, "out of memory");
    exec->base.kind = &kind;
    exec->command = command;
    exec->seconds = options->seconds > 0 ? options->seconds : 5;
    exec->start_seconds = options->start_seconds > 0 ? options->start_seconds : 20;
    if (start(exec, error, size))
        return &exec->base;
    free(exec);
    return NULL;
}
