/* HTTP Semantics, section "Date/Time Formats" (https://httpwg.org/specs/rfc9110.html#http.date):
 * the three formats of an HTTP-date, in any case, as a cache should read them. Invariants: all of
 * the value is a date or none of it is; a day that its month does not have is none; which day of
 * the week it was is not checked. */
#include "http_date.h"

#include "calendar.h"

/* What is left to read. */
struct cursor {
    struct cors_bytes text;
    size_t position;
    bool good; /* all so far was as expected */
};

struct date {
    unsigned year, month, day, hour, minute, second;
};

static bool skip(struct cursor *cursor, const char *word, size_t len)
{
    const bool is_there = cursor->text.len - cursor->position >= len &&
                          equal_but_for_case(cursor->text.at + cursor->position, word, len);
    if (is_there)
        cursor->position += len;
    return is_there;
}

static void expect(struct cursor *cursor, const char *word, size_t len)
{
    cursor->good = cursor->good && skip(cursor, word, len);
}

/* A number of so many digits. */
static unsigned number(struct cursor *cursor, size_t digits)
{
    unsigned value = 0;
    for (size_t i = 0; i < digits && cursor->good; i++) {
        const size_t at = cursor->position;
        cursor->good = at < cursor->text.len && is_ascii_digit(cursor->text.at[at]);
        if (cursor->good)
            value = value * 10 + (unsigned)(cursor->text.at[cursor->position++] - '0');
    }
    return value;
}

static unsigned month(struct cursor *cursor)
{
    const unsigned named =
        cursor->good ? month_named(bytes_slice(cursor->text, cursor->position, cursor->text.len))
                     : 0;
    cursor->good = named != 0;
    cursor->position += named != 0 ? 3 : 0;
    return named;
}

static void time_of_day(struct cursor *cursor, struct date *date)
{
    date->hour = number(cursor, 2);
    expect(cursor, ":", 1);
    date->minute = number(cursor, 2);
    expect(cursor, ":", 1);
    date->second = number(cursor, 2);
}

/* The name of a day: in full, or its first three letters. */
static void day_of_the_week(struct cursor *cursor, bool *in_full)
{
    static const struct cors_bytes names[] = {{"monday", 6},   {"tuesday", 7}, {"wednesday", 9},
                                              {"thursday", 8}, {"friday", 6},  {"saturday", 8},
                                              {"sunday", 6}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        *in_full = skip(cursor, names[i].at, names[i].len);
        if (*in_full || skip(cursor, names[i].at, 3))
            return;
    }
    cursor->good = false;
}

/* The last year with these two digits that is not more than 50 years ahead. */
static unsigned full_year(unsigned two_digits, unsigned year_now)
{
    const unsigned latest = year_now + 50;
    return latest - (latest - two_digits) % 100;
}

/* " 06 Nov 1994 08:49:37 GMT" and " 06-Nov-94 08:49:37 GMT" */
static void date_and_time(struct cursor *cursor, struct date *date, bool in_full, unsigned year_now)
{
    const char *const between = in_full ? "-" : " ";
    expect(cursor, " ", 1);
    date->day = number(cursor, 2);
    expect(cursor, between, 1);
    date->month = month(cursor);
    expect(cursor, between, 1);
    date->year = in_full ? full_year(number(cursor, 2), year_now) : number(cursor, 4);
    expect(cursor, " ", 1);
    time_of_day(cursor, date);
    expect(cursor, " GMT", 4);
}

/* " Nov  6 08:49:37 1994" */
static void asctime_date(struct cursor *cursor, struct date *date)
{
    expect(cursor, " ", 1);
    date->month = month(cursor);
    expect(cursor, " ", 1);
    date->day = number(cursor, skip(cursor, " ", 1) ? 1 : 2);
    expect(cursor, " ", 1);
    time_of_day(cursor, date);
    expect(cursor, " ", 1);
    date->year = number(cursor, 4);
}

static bool exists(const struct date *date)
{
    return date->day >= 1 && date->day <= days_of_month(date->month, date->year) &&
           date->hour < 24 && date->minute < 60 && date->second <= 60;
}

bool parse_http_date(struct cors_bytes value, uint64_t now, uint64_t *seconds)
{
    enum { SECONDS_OF_A_YEAR = 31556952 }; /* on average */
    struct cursor cursor = {.text = value, .good = value.len > 0};
    struct date date = {0};
    bool in_full = false;
    day_of_the_week(&cursor, &in_full);
    if (skip(&cursor, ",", 1))
        date_and_time(&cursor, &date, in_full, 1970 + (unsigned)(now / SECONDS_OF_A_YEAR));
    else if (!in_full)
        asctime_date(&cursor, &date);
    if (!cursor.good || cursor.position != value.len || !exists(&date))
        return false;
    *seconds =
        seconds_since_1970(date.year, date.month, date.day, date.hour, date.minute, date.second);
    return true;
}
