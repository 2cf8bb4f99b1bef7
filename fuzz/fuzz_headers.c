/* A raw header block: the operations on header lists, and a list's values.
 * https://fetch.spec.whatwg.org/#terminology-headers */
#include "oracles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cors_arena arena = input_arena();
    header_list_oracles(header_block(input_bytes(data, size), &arena), &arena);
    return 0;
}
