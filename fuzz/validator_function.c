/* Validators that are C functions: int validate(const char *origin, size_t length). One that is
 * linked runs in process, at the full speed that coverage-guided fuzzing wants, and takes the
 * process down with it. One in a shared library runs in a worker (validator_worker.c), which reads
 * the origins of a batch from shared memory: one change of process for 512 questions. Invariant: no
 * code of a user's library, not even its constructors, ever runs in this process. */
#include "validator_parts.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct linked {
    struct validator base;
    int (*validate)(const char *, size_t);
};

static bool ask_linked(struct validator *base, const struct cors_bytes *origins, size_t count,
                       struct answer *answers)
{
    const struct linked *linked = (const struct linked *)base;
    for (size_t i = 0; i < count; i++) {
        answers[i] = (struct answer){.kind = ANSWER_NONE};
        /* Behind it a NUL, and not a byte more: a sanitizer sees what reads on. */
        char *copy = malloc(origins[i].len + 1);
        if (copy == NULL) {
            snprintf(base->error, sizeof base->error, "out of memory");
            return false;
        }
        if (origins[i].len > 0)
            memcpy(copy, origins[i].at, origins[i].len);
        copy[origins[i].len] = '\0';
        if (linked->validate(copy, origins[i].len) != 0)
            answers[i] = (struct answer){.kind = ANSWER_VALUE, .value = origins[i]};
        free(copy);
    }
    base->questions += count;
    return true;
}

static void close_linked(struct validator *base)
{
    free(base);
}

struct validator *validator_open_linked(int (*validate)(const char *, size_t))
{
    static const struct validator_kind kind = {"function", VALIDATOR_BATCH, true, ask_linked,
                                               close_linked};
    struct linked *linked = calloc(1, sizeof *linked);
    if (linked == NULL)
        return NULL;
    linked->base.kind = &kind;
    linked->validate = validate;
    return &linked->base;
}

struct library {
    struct validator base;
    struct worker *worker;
    const char *symbol; /* within `path`, behind a NUL */
    int (*validate)(const char *, size_t);
    char path[];
};

/* In the worker. */
static bool load(void *context, char *error, size_t size)
{
    struct library *library = context;
    void *handle = dlopen(library->path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = handle == NULL ? NULL : dlsym(handle, library->symbol);
    if (symbol == NULL) {
        const char *why = dlerror();
        if (why == NULL)
            why = "the symbol is null";
        validator_escape((struct cors_bytes){why, strlen(why)}, error, size);
        return false;
    }
    /* The one conversion that ISO C does not have and POSIX demands. */
    memcpy(&library->validate, &symbol, sizeof symbol);
    return true;
}

static bool trusts(void *context, const char *origin, size_t length, size_t *from, size_t *to)
{
    struct library *library = context;
    *from = 0;
    *to = length;
    return library->validate(origin, length) != 0;
}

static bool ask_library(struct validator *base, const struct cors_bytes *origins, size_t count,
                        struct answer *answers)
{
    struct library *library = (struct library *)base;
    return worker_ask(library->worker, base, origins, count, false, answers);
}

static void close_library(struct validator *base)
{
    worker_close(((struct library *)base)->worker);
    free(base);
}

/* dlopen looks for a name without a slash elsewhere than here. */
static struct library *library_named(const char *library_and_symbol, const char *colon)
{
    size_t len = strlen(library_and_symbol);
    struct library *library = calloc(1, sizeof *library + len + 3);
    if (library == NULL)
        return NULL;
    size_t before = (size_t)(colon - library_and_symbol);
    bool here = memchr(library_and_symbol, '/', before) == NULL;
    snprintf(library->path, len + 3, "%s%s", here ? "./" : "", library_and_symbol);
    library->path[before + (here ? 2 : 0)] = '\0';
    library->symbol = library->path + before + (here ? 3 : 1);
    return library;
}

struct validator *validator_open_function(const char *library_and_symbol, char *error, size_t size)
{
    static const struct validator_kind kind = {"function", VALIDATOR_BATCH, false, ask_library,
                                               close_library};
    const char *colon = strrchr(library_and_symbol, ':');
    if (colon == NULL || colon == library_and_symbol || colon[1] == '\0')
        return validator_refuse(error, size,
                                "a function is given as LIBRARY:SYMBOL, e.g. ./check.so:validate");
    struct library *library = library_named(library_and_symbol, colon);
    if (library == NULL)
        return validator_refuse(error, size, "out of memory");
    library->base.kind = &kind;
    library->worker = worker_open((struct worker_job){load, trusts, library}, error, size);
    if (library->worker == NULL) {
        free(library);
        return NULL;
    }
    return &library->base;
}
