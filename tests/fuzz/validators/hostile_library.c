/* What a user's library may do to who loads it. Each function trusts all but what it does evil at.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT int trusts_long(const char *origin, size_t length);
EXPORT int evil(const char *origin, size_t length);
EXPORT int always_evil(const char *origin, size_t length);

/* A NUL stands behind the origin, too. */
int trusts_long(const char *origin, size_t length)
{
    return length > 10 && strlen(origin) == length;
}

int evil(const char *origin, size_t length)
{
    if (length == 5 && memcmp(origin, "crash", 5) == 0)
        abort();
    if (length == 4 && memcmp(origin, "exit", 4) == 0)
        exit(3);
    while (length == 4 && memcmp(origin, "hang", 4) == 0)
        sleep(1);
    if (length == 5 && memcmp(origin, "print", 5) == 0)
        printf("%0100000d", 1);
    return 1;
}

int always_evil(const char *origin, size_t length)
{
    (void)origin;
    (void)length;
    abort();
}
