/* What letters and ways of matching are to PCRE2:
 * https://www.pcre.org/current/doc/html/pcre2api.html. */
#ifndef CORSIM_FUZZ_PCRE2_OPTIONS_H
#define CORSIM_FUZZ_PCRE2_OPTIONS_H

#include "regex_match.h"

#include <stdbool.h>
#include <stdint.h>

/* For pcre2_compile: the letters i, m, s and x, added to `options`. False: there was another, which
 * is passed over. */
bool pcre2_flags(const char *flags, uint32_t *options);
/* For pcre2_match. */
uint32_t pcre2_anchors(enum regex_match match);

#endif
