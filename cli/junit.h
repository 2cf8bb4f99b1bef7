/* Results as the JUnit XML that CI systems read, for `run`, `prove`, `fuzz` and `audit`. There is
 * no standard; what is printed is valid under both schemas in use, that of Apache Ant's reports and
 * that of Jenkins (tests/formats). */
#ifndef CORSIM_CLI_JUNIT_H
#define CORSIM_CLI_JUNIT_H

#include "output.h"

enum junit_status { JUNIT_PASSED = 0, JUNIT_FAILURE, JUNIT_ERROR };

/* The texts may hold bytes from outside. */
struct junit_case {
    const char *group; /* what it belongs to: a file, a system */
    const char *name;
    double seconds; /* 0 where it is not measured */
    enum junit_status status;
    const char *type;    /* not JUNIT_PASSED: an id of what is wrong */
    const char *message; /* the same as a sentence */
    const char *text;    /* everything there is to say */
};

void junit_print(const struct output *output, const char *suite, const struct junit_case *cases,
                 size_t count);

#endif
