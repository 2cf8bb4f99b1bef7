/* What `corsim session` reads, JSON Lines, with scripted responses. */
#include "oracles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    session_oracles(input_bytes(data, size));
    return 0;
}
