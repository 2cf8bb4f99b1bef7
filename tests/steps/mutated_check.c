/* sim/check.c with every condition, comparison and constant of its steps open to change. The linker
 * takes this instead of the library's check.c. */
#include "mutants.h"

#define when(s, step, condition)                                                                   \
    when(s, step, mutated(__LINE__, "when " step ": " #condition, condition))
#define is_null(bytes) mutated(__LINE__, "is_null(" #bytes ")", is_null(bytes))
#define bytes_equal(a, b) mutated_equal(__LINE__, "bytes_equal(" #a ", " #b ")", a, b)
#define CORS_CREDENTIALS_INCLUDE mutated_mode(__LINE__, CORS_CREDENTIALS_INCLUDE)

#include "../../sim/check.c" /* NOLINT(bugprone-suspicious-include): that is the point */
