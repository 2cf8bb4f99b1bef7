/* What the model asks about hosts with labels that begin like Punycode, which Firefox and WebKit
 * check and Chromium does not: spec-tables/host-shapes.tsv. */
#ifndef CORSIM_FUZZ_IDNA_H
#define CORSIM_FUZZ_IDNA_H

#include "corsim.h"

#include <stdbool.h>

/* Whether `host`, in lower case, is what https://url.spec.whatwg.org/#concept-domain-to-ascii makes
 * of the code points that its labels stand for. */
bool host_survives_idna(struct cors_bytes host);

#endif
