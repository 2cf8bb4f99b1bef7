/* The Gregorian calendar (https://httpwg.org/specs/rfc9110.html#http.date). Invariant: no loop runs
 * longer than there are months. */
#include "calendar.h"

unsigned month_named(struct cors_bytes text)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (unsigned i = 0; i < 12 && text.len >= 3; i++)
        if (equal_but_for_case(text.at, names + (size_t)i * 3, 3))
            return i + 1;
    return 0;
}

static bool is_leap_year(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

unsigned days_of_month(unsigned month, unsigned year)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap_year(year) ? 1U : 0U);
}

/* From the year 1 up to, not including, `year`. */
static unsigned leap_years_before(unsigned year)
{
    return (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
}

uint64_t seconds_since_1970(unsigned year, unsigned month, unsigned day, unsigned hour,
                            unsigned minute, unsigned second)
{
    if (year < 1970)
        return 0;
    uint64_t days =
        (uint64_t)(year - 1970) * 365 + leap_years_before(year) - leap_years_before(1970) + day - 1;
    for (unsigned earlier = 1; earlier < month; earlier++)
        days += days_of_month(earlier, year);
    return ((days * 24 + hour) * 60 + minute) * 60 + second;
}
