/* What is worth asking about, made from what the owner means: an intent, and nothing that is known
 * of the validator but the words in its text. Invariants: everything that is added is an origin
 * that the profile sends and that the intent does not hold (intended_origins and astray_origins:
 * that it does hold); the same intent gives the same origins in the same order. */
#ifndef CORSIM_FUZZ_CANDIDATES_H
#define CORSIM_FUZZ_CANDIDATES_H

#include "intent.h"
#include "origins.h"

enum {
    LONGEST_ORIGIN = 320, /* bytes of an origin that is asked about */
};

/* One origin for each entry, for a wildcard's two. */
void intended_origins(const struct intent *intent, enum profile profile, struct origins *out);

/* Of each wildcard origins that it holds, of which a browser asks a stranger's host for the page
 * (origin_goes_astray). None, if no browser of the profile does so. */
void astray_origins(const struct intent *intent, enum profile profile, struct origins *out);

/* The classes of bypasses, the most usual first; of a long intent, some entries after the other. */
void fixed_origins(const struct intent *intent, enum profile profile, struct origins *out);

/* Everything that differs from one of intended_origins by one character inserted, taken out or
 * replaced, or by two neighbours swapped: complete, if `out` is not exhausted. */
void near_origins(const struct intent *intent, enum profile profile, struct origins *out);

/* Words of a validator's own text (a pattern, a program, strings of a library), as hosts, before
 * and behind intended ones, in the place of their labels, and, where one ends as a host does,
 * behind another one and a run of digits or letters. */
void word_origins(const struct intent *intent, enum profile profile, const struct origins *words,
                  struct origins *out);
/* The words of a text: runs of the bytes of hosts, regular expressions' escapes undone; for {n}, n
 * digits and n letters. At most `most` are added. */
void origin_words(struct cors_bytes text, size_t most, struct origins *words);

#endif
