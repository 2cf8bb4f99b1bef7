/* For fuzzing your own origin validator with libFuzzer, AFL++ or no engine at all: see template.c,
 * and fuzz/README.md for how to build it. A target says what it validates with and what it means to
 * trust; an origin that a browser can send, that is trusted and that is not meant ends the process
 * with abort(), after saying on standard error who could use it. */
#ifndef CORSIM_FUZZ_H
#define CORSIM_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct corsim_fuzz {
    /* Not 0: the origin is trusted, and echoed. It is not NUL-terminated. */
    int (*validate)(const char *origin, size_t length);
    const char *const *intended; /* entries as fuzz/intent.h has them; NULL ends them */
};

/* One input, which is an origin. Always 0. */
int corsim_fuzz_one(const struct corsim_fuzz *fuzz, const uint8_t *data, size_t size);
/* The origin made another one; the new size. Half of the calls are the engine's own mutation. */
size_t corsim_fuzz_mutate(const struct corsim_fuzz *fuzz, uint8_t *data, size_t size, size_t most,
                          unsigned seed);

/* What the engines call. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* CORSIM_FUZZ(validate, "https://example.com", "null") makes a target. */
#define CORSIM_FUZZ(validate, ...)                                                                 \
    static const char *const corsim_fuzz_intended[] = {__VA_ARGS__, NULL};                         \
    static const struct corsim_fuzz corsim_fuzz_this = {validate, corsim_fuzz_intended};           \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                                   \
    {                                                                                              \
        return corsim_fuzz_one(&corsim_fuzz_this, data, size);                                     \
    }                                                                                              \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)         \
    {                                                                                              \
        return corsim_fuzz_mutate(&corsim_fuzz_this, data, size, most, seed);                      \
    }

#ifdef __cplusplus
}
#endif

#endif
