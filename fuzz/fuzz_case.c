/* A case, corpus/README.md: reading it, and writing it in canonical form. */
#include "oracles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct case_file file;
    struct complaint complaint;
    if (case_read(&file, "input", input_bytes(data, size), &complaint)) {
        case_writing_oracles(&file);
        case_free(&file);
    }
    return 0;
}
