/* Mutation of origins: most changes give another origin that a browser can send and that is near
 * one that is meant. Plain C, for any engine: libFuzzer's hook and AFL++'s wrap it (corsim_fuzz.h,
 * mutator_afl.c). Invariants: the same bytes, intent and seed give the same bytes; never more than
 * `most`. */
#ifndef CORSIM_FUZZ_MUTATOR_H
#define CORSIM_FUZZ_MUTATOR_H

#include "intent.h"

/* The origin in `data`, which has room for `most` bytes, made another one; the new size. */
size_t origin_mutate(const struct intent *intent, uint8_t *data, size_t size, size_t most,
                     unsigned seed);

/* What is between `from` and `to` of `size` bytes becomes `by`, unless that makes more than `most`;
 * the new size. */
size_t text_replace(char *text, size_t size, size_t most, size_t from, size_t to,
                    struct cors_bytes by);

#endif
