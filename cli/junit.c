/* JUnit XML. Invariants: valid under the schemas that junit.h names, whatever bytes the texts hold;
 * the time of day is SOURCE_DATE_EPOCH where that is set
 * (https://reproducible-builds.org/specs/source-date-epoch/), so that output can be compared. */
#include "junit.h"

#include <stdlib.h>
#include <time.h>

static const char *const elements[] = {[JUNIT_FAILURE] = "failure", [JUNIT_ERROR] = "error"};

static size_t count_of(const struct junit_case *cases, size_t count, enum junit_status status)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += cases[i].status == status;
    return found;
}

static double seconds_of(const struct junit_case *cases, size_t count)
{
    double seconds = 0;
    for (size_t i = 0; i < count; i++)
        seconds += cases[i].seconds;
    return seconds;
}

/* In UTC, as the schema wants it: without a zone. */
static void timestamp(char *text, size_t size)
{
    const char *given = getenv("SOURCE_DATE_EPOCH");
    const time_t now = given == NULL ? time(NULL) : (time_t)strtoll(given, NULL, 10);
    struct tm utc;
    if (gmtime_r(&now, &utc) == NULL || strftime(text, size, "%Y-%m-%dT%H:%M:%S", &utc) == 0)
        snprintf(text, size, "1970-01-01T00:00:00");
}

static void put_case(const struct output *output, const struct junit_case *one)
{
    struct memory memory = {0};
    output_format(output, "    <testcase classname=\"%s\" name=\"%s\" time=\"%.4f\"",
                  escape_xml(bytes_of(one->group), &memory).at,
                  escape_xml(bytes_of(one->name), &memory).at, one->seconds);
    if (one->status == JUNIT_PASSED)
        output_format(output, "/>\n");
    else
        output_format(output, ">\n      <%s message=\"%s\" type=\"%s\">%s</%s>\n    </testcase>\n",
                      elements[one->status], escape_xml(bytes_of(one->message), &memory).at,
                      escape_xml(bytes_of(one->type), &memory).at,
                      escape_xml(bytes_of(one->text), &memory).at, elements[one->status]);
    memory_free(&memory);
}

void junit_print(const struct output *output, const char *suite, const struct junit_case *cases,
                 size_t count)
{
    char when[32];
    timestamp(when, sizeof when);
    output_format(output,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                  "  <testsuite name=\"%s\" package=\"corsim\" id=\"0\" hostname=\"localhost\" "
                  "timestamp=\"%s\"\n             tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
                  "time=\"%.4f\">\n    <properties>\n      <property name=\"version\" "
                  "value=\"%s\"/>\n    </properties>\n",
                  suite, when, count, count_of(cases, count, JUNIT_FAILURE),
                  count_of(cases, count, JUNIT_ERROR), seconds_of(cases, count), cors_version());
    for (size_t i = 0; i < count; i++)
        put_case(output, &cases[i]);
    output_format(output, "    <system-out/>\n    <system-err/>\n  </testsuite>\n</testsuites>\n");
}
