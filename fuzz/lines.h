/* Mutation of texts whose lines mean something by themselves: cases, header blocks. Most changes
 * are such that the text stays one of its kind: a line takes the place of one of the same name, a
 * header comes or goes, a value is mutated. The engine mutates the values, and now and then the
 * whole: it knows the dictionary and what was compared. */
#ifndef CORSIM_FUZZ_LINES_H
#define CORSIM_FUZZ_LINES_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's; other engines have none. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) __attribute__((weak));
/* libFuzzer's hooks: https://llvm.org/docs/LibFuzzer.html. AFL++ does not call them. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t most, unsigned seed);

/* Changes a line, takes one out, or adds one; the new size. */
size_t mutate_lines(uint8_t *data, size_t size, size_t most, unsigned seed);
/* `a` with some lines of `b`; the size of `out`. */
size_t cross_lines(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                   size_t most, unsigned seed);

#endif
