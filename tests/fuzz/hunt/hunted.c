/* Functions for `corsim fuzz --function`: one with a hole, one without, one that crashes on some.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

int ends_with(const char *origin, size_t length);
int equals(const char *origin, size_t length);
int crashes(const char *origin, size_t length);
int has_a_friend(const char *origin, size_t length);

__attribute__((visibility("default"))) int ends_with(const char *origin, size_t length)
{
    return length >= 11 && memcmp(origin + length - 11, "example.com", 11) == 0;
}

__attribute__((visibility("default"))) int equals(const char *origin, size_t length)
{
    return length == 19 && memcmp(origin, "https://example.com", 19) == 0;
}

__attribute__((visibility("default"))) int crashes(const char *origin, size_t length)
{
    if (memchr(origin, '$', length) != NULL)
        abort();
    return equals(origin, length);
}

/* Nothing that is meant leads to this one. */
__attribute__((visibility("default"))) int has_a_friend(const char *origin, size_t length)
{
    return equals(origin, length) || strcmp(origin, "https://legacy-partner.test") == 0;
}
