/* Seconds of two clocks of POSIX (clock_gettime). Invariant: only differences of one clock mean
 * something. */
#ifndef CORSIM_FUZZ_CLOCK_H
#define CORSIM_FUZZ_CLOCK_H

double clock_passed(void);    /* that passed; it never goes back */
double clock_processor(void); /* that this thread took of a processor */
/* Until so many seconds have passed, whatever signals come; not at all for 0 and less. */
void clock_sleep(double seconds);

#endif
