/* An origin in the first line, entries of an allowlist in the others: what fuzz/intent.h says. */
#include "oracles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cors_bytes lines = input_bytes(data, size);
    const struct cors_bytes origin = take_line(&lines);
    intent_oracles(origin, lines);
    return 0;
}
