/* Copy this file, put your validator in, and say what you mean it to trust. */
#include "corsim_fuzz.h"

#include <string.h>

static int validate(const char *origin, size_t length)
{
    static const char trusted[] = "https://example.com"; /* as a prefix, which is the mistake */
    return length >= sizeof trusted - 1 && memcmp(origin, trusted, sizeof trusted - 1) == 0;
}

CORSIM_FUZZ(validate, "https://example.com", "https://example.com:*")
