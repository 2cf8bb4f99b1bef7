/* The clocks of fuzz/clock.h. */
#include "clock.h"

#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double clock_passed(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double clock_processor(void)
{
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

void clock_sleep(double seconds)
{
    if (seconds <= 0)
        return;
    struct timespec left = {.tv_sec = (time_t)seconds};
    left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
    while (nanosleep(&left, &left) != 0)
        ;
}
