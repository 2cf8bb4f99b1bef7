/* HTTP Semantics, section "Date/Time Formats": what other files need of http_date.c. */
#ifndef CORSIM_HTTP_DATE_H
#define CORSIM_HTTP_DATE_H

#include "infra.h"

/* The seconds since 1970 of an HTTP-date, 0 for all that is earlier. False: it is none. `now` tells
 * the century where the date does not. */
bool parse_http_date(struct cors_bytes value, uint64_t now, uint64_t *seconds);

#endif
