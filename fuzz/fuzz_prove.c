/* A dialect, a way of matching and flags in the first line, a pattern in the second, entries of an
 * allowlist in the others: what the prover says about them. */
#include "oracles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cors_bytes lines = input_bytes(data, size);
    const struct cors_bytes how = take_line(&lines);
    const struct cors_bytes pattern = take_line(&lines);
    prove_oracles(how, pattern, lines);
    return 0;
}
