/* The Gregorian calendar, as dates in headers count by it: HTTP Semantics, section "Date/Time
 * Formats" (https://httpwg.org/specs/rfc9110.html#http.date), and RFC 6265bis, section 5.1.1.
 * Months and days count from 1, seconds from 1970; what lies before that is 0. */
#ifndef CORSIM_CALENDAR_H
#define CORSIM_CALENDAR_H

#include "infra.h"

/* The month whose name's first three letters, in any case, the text begins with; 0: none. */
unsigned month_named(struct cors_bytes text);
unsigned days_of_month(unsigned month, unsigned year);
/* Of a time that exists. */
uint64_t seconds_since_1970(unsigned year, unsigned month, unsigned day, unsigned hour,
                            unsigned minute, unsigned second);

#endif
