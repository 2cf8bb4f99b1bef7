/* What the bench measures: a list of operations, each of which can be run any number of times. What
 * is needed before a run and what can be checked after it stands outside of what is measured.
 * Invariants: an operation always does the same, and leaves nothing behind for the next run. */
#ifndef CORSIM_BENCH_H
#define CORSIM_BENCH_H

#include "corsim.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
/* A struct cors_header of two literals, in a static array. */
#define HEADER(name, value)                                                                        \
    {                                                                                              \
        {name, sizeof(name) - 1},                                                                  \
        {                                                                                          \
            value, sizeof(value) - 1                                                               \
        }                                                                                          \
    }

struct operation {
    const char *name;
    const char *of;               /* what one unit is: "decision", "URL", "header" */
    size_t units;                 /* how many of them a run has */
    void (*prepare)(void *given); /* before every run, not measured; or NULL */
    void (*run)(void *given);
    bool (*holds)(const void *given); /* whether the last run gave what it must */
    void *given;
};

/* Memory for everything that lives as long as the program; ends it when there is none. */
void *bench_memory(size_t size);
/* Adds an operation, and may be called about MOST_OPERATIONS times. */
enum { MOST_OPERATIONS = 64 };
void bench_add(struct operation operation);

/* decisions.c, headers.c, urls.c */
void add_decisions(void);
void add_headers(void);
void add_urls(const char *folder);

#endif
