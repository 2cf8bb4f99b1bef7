/* URLs and origins as text (https://url.spec.whatwg.org/, https://html.spec.whatwg.org/#origin),
 * for those who have words from outside and memory, but no arena. Invariant: all that a result
 * points to is in the memory given, or in the text that was parsed. */
#ifndef CORSIM_CLI_URL_TEXT_H
#define CORSIM_CLI_URL_TEXT_H

#include "memory.h"

/* `base` may be NULL. */
bool url_of_text(struct cors_url *url, struct cors_bytes text, const struct cors_url *base,
                 struct memory *memory);
struct cors_bytes url_to_text(const struct cors_url *url, enum cors_url_fragment fragment,
                              struct memory *memory);
struct cors_origin url_origin(const struct cors_url *url, struct memory *memory);
/* The serialized origin; "null" for an opaque one. */
struct cors_bytes origin_of_url(const struct cors_url *url, struct memory *memory);
/* The same of a URL that is text; null if it is none. */
struct cors_bytes origin_of_text(struct cors_bytes text, struct memory *memory);

#endif
