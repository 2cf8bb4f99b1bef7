/* A case, corpus/README.md: its fetches are played, in every profile and in ways that must come to
 * the same. Most changes of a byte make it no case any more, so lines are changed. */
#include "lines.h"
#include "oracles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct case_file file;
    struct complaint complaint;
    if (case_read(&file, "input", input_bytes(data, size), &complaint)) {
        case_oracles(&file);
        memory_oracles(&file);
        case_free(&file);
    }
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    return mutate_lines(data, size, most, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t most, unsigned seed)
{
    return cross_lines(a, a_size, b, b_size, out, most, seed);
}
