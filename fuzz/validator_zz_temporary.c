/* TEMPORARY until validator_dialect.c is there. */
#include "validator_parts.h"
__attribute__((weak)) struct validator *
validator_open_dialect(const char *dialect, const char *pattern,
                       const struct regex_options *options, char *error, size_t size)
{
    (void)dialect, (void)pattern, (void)options;
    return validator_refuse(error, size, "this dialect is not there yet");
}
