/* The target of the two plain fuzzers: an input is an origin, and one that the validator accepts, a
 * browser sends and the intent does not hold ends the process with abort(). That is the oracle of
 * `corsim fuzz`; what is missing is everything else of it: no mutator, no dictionary, no counters
 * of the pattern. The validator is linked in (C, instrumented as this file is, as the function
 * bypass_validate), or asked as given.h says. What happens is kept in a file that is mapped, so
 * that it outlives the process and is shared by AFL++'s. */
#include "given.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

int bypass_validate(const char *origin, size_t length) __attribute__((weak));
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* engines.mjs reads this, as little-endian bytes. */
struct record {
    uint64_t executions;
    uint64_t found_at; /* milliseconds since 1970; 0: nothing was found */
    uint64_t length;
    char origin[488];
};

static struct given given;
static struct record *record;

static uint64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* afl-fuzz leaves its children behind when it is killed. */
static void die_with_parent(void)
{
    static pid_t done;
    if (done == getpid())
        return;
    done = getpid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const char *path = getenv("BYPASS_RECORD");
    const int file = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *memory = MAP_FAILED;
    die_with_parent();
    if (file >= 0 && ftruncate(file, sizeof *record) == 0)
        memory = mmap(NULL, sizeof *record, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        perror("BYPASS_RECORD");
        exit(2);
    }
    close(file);
    record = memory;
    if (!given_open(&given, bypass_validate))
        exit(2);
    return 0;
}

static void keep(struct cors_bytes origin)
{
    if (record->found_at != 0 || origin.len > sizeof record->origin)
        return;
    memcpy(record->origin, origin.at, origin.len);
    record->length = origin.len;
    record->found_at = milliseconds();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cors_bytes origin = {size == 0 ? "" : (const char *)data, size};
    struct answer answer;
    if (given.validator == NULL)
        LLVMFuzzerInitialize(NULL, NULL); /* an engine that does not call it */
    die_with_parent();
    record->executions++;
    if (!given_ask(&given, origin, &answer))
        exit(2);
    const enum judgement judgement = judge_answer(origin, &answer);
    if (judgement == JUDGED_REFUSED || judgement == JUDGED_PUBLIC)
        return 0;
    if (!origin_sendable(origin, PROFILE_BROWSER) || intent_holds(&given.intent, origin))
        return 0;
    keep(origin);
    abort();
}
