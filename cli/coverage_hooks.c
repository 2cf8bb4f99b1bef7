/* The functions that a compiler calls with -fsanitize-coverage
 * (https://clang.llvm.org/docs/SanitizerCoverage.html,
 * https://gcc.gnu.org/onlinedocs/gcc/Instrumentation-Options.html): clang's inline-8bit-counters,
 * trace-pc-guard, trace-cmp and what -fsanitize=fuzzer-no-link has besides, gcc's trace-pc and
 * trace-cmp. They are the program's, not a library's, so that targets of libFuzzer keep its own; a
 * library that `corsim fuzz --function` loads finds them here. Invariant: none does anything but
 * tell fuzz/reached.h. */
#include "corsim.h"
#include "reached.h"

/* NOLINTBEGIN(bugprone-reserved-identifier): the names are the compilers'. */
/* The hash of a place is the caller's, whatever its kind. */
#define HERE ((uintptr_t)__builtin_return_address(0))

CORS_API void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *stop);
void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *stop)
{
    reached_add(start, stop);
}

CORS_API void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *stop);
void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *stop)
{
    (void)start, (void)stop;
}

CORS_API void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
    reached_place(HERE);
}

CORS_API void __sanitizer_cov_trace_pc_indir(uintptr_t callee);
void __sanitizer_cov_trace_pc_indir(uintptr_t callee)
{
    reached_place(HERE ^ callee);
}

CORS_API void __sanitizer_cov_trace_pc_guard(uint32_t *guard);
void __sanitizer_cov_trace_pc_guard(uint32_t *guard)
{
    reached_place((uintptr_t)guard);
}

CORS_API void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop);
void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop)
{
    (void)start, (void)stop;
}

#define COMPARISON(name, type)                                                                     \
    CORS_API void name(type one, type other);                                                      \
    void name(type one, type other)                                                                \
    {                                                                                              \
        reached_comparison(HERE, one, other);                                                      \
    }
COMPARISON(__sanitizer_cov_trace_cmp1, uint8_t)
COMPARISON(__sanitizer_cov_trace_cmp2, uint16_t)
COMPARISON(__sanitizer_cov_trace_cmp4, uint32_t)
COMPARISON(__sanitizer_cov_trace_cmp8, uint64_t)
/* The first is a constant of the code's. */
#define CONSTANT_COMPARISON(name, type)                                                            \
    CORS_API void name(type constant, type other);                                                 \
    void name(type constant, type other)                                                           \
    {                                                                                              \
        reached_comparison(HERE, constant, other);                                                 \
        reached_constant(constant, sizeof constant);                                               \
    }
CONSTANT_COMPARISON(__sanitizer_cov_trace_const_cmp1, uint8_t)
CONSTANT_COMPARISON(__sanitizer_cov_trace_const_cmp2, uint16_t)
CONSTANT_COMPARISON(__sanitizer_cov_trace_const_cmp4, uint32_t)
CONSTANT_COMPARISON(__sanitizer_cov_trace_const_cmp8, uint64_t)

/* How many cases, how many bits, and the cases. */
CORS_API void __sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases);
void __sanitizer_cov_trace_switch(uint64_t value, uint64_t *cases)
{
    for (uint64_t i = 0; i < cases[0]; i++) {
        reached_comparison(HERE + i, value, cases[2 + i]);
        reached_constant(cases[2 + i], (size_t)(cases[1] / 8));
    }
}

CORS_API void __sanitizer_cov_trace_div4(uint32_t by);
void __sanitizer_cov_trace_div4(uint32_t by)
{
    (void)by;
}

CORS_API void __sanitizer_cov_trace_div8(uint64_t by);
void __sanitizer_cov_trace_div8(uint64_t by)
{
    (void)by;
}

CORS_API void __sanitizer_cov_trace_gep(uintptr_t index);
void __sanitizer_cov_trace_gep(uintptr_t index)
{
    (void)index;
}

/* The least address of the stack that was reached, of which the code itself takes note. */
extern CORS_API _Thread_local uintptr_t __sancov_lowest_stack;
_Thread_local uintptr_t __sancov_lowest_stack;
/* NOLINTEND(bugprone-reserved-identifier) */
