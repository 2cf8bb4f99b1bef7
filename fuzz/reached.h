/* What code reached that was compiled with -fsanitize-coverage
 * (https://clang.llvm.org/docs/SanitizerCoverage.html): counters of 8 bits, as the hunt wants them
 * (fuzz/validator.h). The compiler's calls come in by cli/coverage_hooks.c, in the process that
 * loaded the code, of which there is one at a time: what is reached is the process's, and so the
 * one thing in fuzz/ that is global. Invariant: nothing is allocated, and nothing fails; what has
 * no room shares counters with something else. */
#ifndef CORSIM_FUZZ_REACHED_H
#define CORSIM_FUZZ_REACHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REACHED_COUNTERS = 1 << 14, REACHED_CONSTANTS = 64 };

/* What the code compares with: bytes of hosts only, in the order in which they stand in memory. */
struct reached_constant {
    char bytes[sizeof(uint64_t)];
    size_t length;
};

/* The compiler's: counters that the code itself counts in. */
void reached_add(uint8_t *start, uint8_t *stop);
/* A place was reached. */
void reached_place(uintptr_t place);
/* Two numbers were compared there: how near they came is worth a counter, too. */
void reached_comparison(uintptr_t place, uint64_t one, uint64_t other);
/* It was compared with this, which is the code's own and has `size` bytes. */
void reached_constant(uint64_t constant, size_t size);

/* Whether any code told anything. */
bool reached_tells(void);
/* Sets all to 0. */
void reached_clear(void);
/* What was counted since, in `counters`, of which there are REACHED_COUNTERS. */
void reached_take(uint8_t *counters);
/* The constants so far, of which there are at most REACHED_CONSTANTS; how many. */
size_t reached_constants(const struct reached_constant **constants);

#endif
