/* A certificate of an answer: a text that `corsim verify-certificate` checks by itself, without the
 * prover. What it says, and why that suffices, is in CERTIFICATE.md. Invariants: the file is either
 * written whole or not at all; what the checker's own rules cannot show gets no certificate. */
#ifndef CORSIM_PROVE_CERTIFICATE_H
#define CORSIM_PROVE_CERTIFICATE_H

#include "corsim_prove.h"

/* Whether the certificate in a file holds. */
typedef bool certificate_check(const char *path);

/* Of an answer that is proven or a bypass, to the same question; it is written beside `path` first,
 * asked about there, and then renamed. False: `reason` (a constant) says why there is none; a file
 * that was there before stays as it was. */
bool certificate_write(const struct prove_question *question, const struct prove_answer *answer,
                       const char *path, certificate_check *holds, const char **reason);

#endif
