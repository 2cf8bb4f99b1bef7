/* The bench program: runs the operations and says how long one unit of each takes. It measures
 * nothing but time; instructions are counted from outside, by callgrind, which collects them only
 * within measured(). One line of tab-separated values per operation, so that bench/run can put the
 * peers beside them.
 *
 *     bench [--urls FOLDER] [--rounds N] [--milliseconds N] [OPERATION...]   time
 *     bench [--urls FOLDER] --repeat N OPERATION                             run N times, print
 *                                                                            nothing
 *     bench [--urls FOLDER] --list                                           names and units
 */
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_ROUNDS = 101 };

static struct operation operations[MOST_OPERATIONS];
static size_t operation_count;

void *bench_memory(size_t size)
{
    static struct block {
        struct block *next;
        max_align_t memory[];
    } * blocks; /* none is ever freed; a leak checker finds them all here */
    struct block *block = calloc(1, sizeof *block + size);
    if (block == NULL) {
        fputs("bench: no memory\n", stderr);
        exit(2);
    }
    block->next = blocks;
    blocks = block;
    return block->memory;
}

void bench_add(struct operation operation)
{
    if (operation_count == MOST_OPERATIONS) {
        fputs("bench: too many operations\n", stderr);
        exit(2);
    }
    operations[operation_count++] = operation;
}

/* All that callgrind counts happens in here. */
__attribute__((noinline)) void measured(const struct operation *operation);
void measured(const struct operation *operation)
{
    operation->run(operation->given);
}

static uint64_t nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void check(const struct operation *operation)
{
    if (operation->holds(operation->given))
        return;
    fprintf(stderr, "bench: %s: not the result that it must have\n", operation->name);
    exit(1);
}

static void repeat(const struct operation *operation, uint64_t times)
{
    for (uint64_t i = 0; i < times; i++) {
        if (operation->prepare != NULL)
            operation->prepare(operation->given);
        measured(operation);
    }
    check(operation);
}

/* Where there is something to prepare, what that takes is measured too and taken off. */
static double time_of(const struct operation *operation, uint64_t times)
{
    const uint64_t start = nanoseconds();
    repeat(operation, times);
    const uint64_t middle = nanoseconds();
    if (operation->prepare != NULL)
        for (uint64_t i = 0; i < times; i++)
            operation->prepare(operation->given);
    const uint64_t end = nanoseconds();
    const double preparing = operation->prepare == NULL ? 0 : (double)(end - middle);
    return ((double)(middle - start) - preparing) / (double)times;
}

/* How often an operation must be run to fill a round. */
static uint64_t times_for(const struct operation *operation, uint64_t milliseconds)
{
    uint64_t times = 1;
    for (;;) {
        const uint64_t start = nanoseconds();
        repeat(operation, times);
        if (nanoseconds() - start >= milliseconds * 1000000)
            return times;
        times *= 2;
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The first run of all warms up; the rounds after it are sorted. */
static void print_time(const struct operation *operation, size_t rounds, uint64_t milliseconds)
{
    double round[MOST_ROUNDS];
    const uint64_t times = times_for(operation, milliseconds);
    for (size_t i = 0; i < rounds; i++)
        round[i] = time_of(operation, times) / (double)operation->units;
    qsort(round, rounds, sizeof *round, compare);
    printf("%s\t%s\t%.1f\t%.1f\n", operation->name, operation->of, round[rounds / 2], round[0]);
}

static bool is_named(const struct operation *operation, char **names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(operation->name, names[i]) == 0)
            return true;
    return count == 0;
}

static uint64_t number(const char *text, uint64_t most)
{
    char *end;
    const uint64_t value = strtoumax(text, &end, 10);
    if (*end == '\0' && value > 0 && value <= most)
        return value;
    fprintf(stderr, "bench: %s: not a number from 1 to %" PRIu64 "\n", text, most);
    exit(2);
}

struct options {
    const char *urls;
    uint64_t rounds;
    uint64_t milliseconds;
    uint64_t repeat; /* 0: time them */
    bool list;
};

/* The index of the first argument that is no option. */
static int read_options(struct options *options, int argc, char **argv)
{
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--list") == 0)
            options->list = true;
        else if (i + 1 < argc && strcmp(argv[i], "--urls") == 0)
            options->urls = argv[++i];
        else if (i + 1 < argc && strcmp(argv[i], "--rounds") == 0)
            options->rounds = number(argv[++i], MOST_ROUNDS);
        else if (i + 1 < argc && strcmp(argv[i], "--milliseconds") == 0)
            options->milliseconds = number(argv[++i], 10000);
        else if (i + 1 < argc && strcmp(argv[i], "--repeat") == 0)
            options->repeat = number(argv[++i], 1000000000);
        else {
            fprintf(stderr, "bench: %s: no such option, or nothing behind it\n", argv[i]);
            exit(2);
        }
    }
    return i;
}

static void perform(const struct operation *operation, const struct options *options)
{
    if (options->list)
        printf("%s\t%s\t%zu\n", operation->name, operation->of, operation->units);
    else if (options->repeat > 0)
        repeat(operation, options->repeat);
    else
        print_time(operation, (size_t)options->rounds, options->milliseconds);
}

int main(int argc, char **argv)
{
    struct options options = {.urls = BENCH_FOLDER, .rounds = 11, .milliseconds = 20};
    const int first = read_options(&options, argc, argv);
    add_decisions();
    add_headers();
    add_urls(options.urls);

    int performed = 0;
    for (size_t i = 0; i < operation_count; i++) {
        if (!is_named(&operations[i], argv + first, argc - first))
            continue;
        perform(&operations[i], &options);
        performed++;
    }
    if (performed < argc - first || performed == 0) {
        fputs("bench: no operation of that name (--list shows them)\n", stderr);
        return 2;
    }
    return 0;
}
