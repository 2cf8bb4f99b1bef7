/* RFC 6265bis, section 5.1.1, "Dates"
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#cookie-date): the date of
 * Expires, in whatever form it comes. Seconds count from 1970; what lies before is 0, which no
 * clock of ours is before. Invariant: nothing is read beyond the given bytes, and no number has
 * more than four digits. */
#include "calendar.h"
#include "cookies.h"

/* What has been found so far; the members of `date` are found in any order. */
struct cookie_date {
    bool found_time, found_day_of_month, found_month, found_year;
    unsigned hour, minute, second, day_of_month, month, year;
};

static bool is_delimiter(char c)
{
    const unsigned char byte = (unsigned char)c;
    return byte == 0x09 || (byte >= 0x20 && byte <= 0x2F) || (byte >= 0x3B && byte <= 0x40) ||
           (byte >= 0x5B && byte <= 0x60) || (byte >= 0x7B && byte <= 0x7E);
}

/* The number of `least` to `most` digits at *at, which moves behind them. False: there is none. */
static bool read_digits(struct cors_bytes token, size_t *at, size_t least, size_t most,
                        unsigned *number)
{
    const size_t start = *at;
    *number = 0;
    while (*at < token.len && *at - start < most && is_ascii_digit(token.at[*at]))
        *number = *number * 10 + (unsigned)(token.at[(*at)++] - '0');
    return *at - start >= least;
}

/* Whether no further digit stands there. */
static bool ends(struct cors_bytes token, size_t at)
{
    return at == token.len || !is_ascii_digit(token.at[at]);
}

static bool read_number(struct cors_bytes token, size_t least, size_t most, unsigned *number)
{
    size_t at = 0;
    return read_digits(token, &at, least, most, number) && ends(token, at);
}

static bool read_colon(struct cors_bytes token, size_t *at)
{
    return *at < token.len && token.at[(*at)++] == ':';
}

static bool read_time(struct cors_bytes token, struct cookie_date *date)
{
    size_t at = 0;
    return read_digits(token, &at, 1, 2, &date->hour) && read_colon(token, &at) &&
           read_digits(token, &at, 1, 2, &date->minute) && read_colon(token, &at) &&
           read_digits(token, &at, 1, 2, &date->second) && ends(token, at);
}

static bool read_month(struct cors_bytes token, unsigned *month)
{
    const unsigned named = month_named(token);
    if (named != 0)
        *month = named;
    return named != 0;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#cookie-date step 2 */
static void process_token(const struct steps *s, struct cors_bytes token, struct cookie_date *date)
{
    const struct cookie_date before = *date;

    /* 2.1. The first time of day. */
    if (whether(s, "2.1", !date->found_time && read_time(token, date))) {
        date->found_time = true;
        return;
    }
    date->hour = before.hour;
    date->minute = before.minute;
    date->second = before.second;

    /* 2.2. The first number of one or two digits: the day. */
    if (whether(s, "2.2",
                !date->found_day_of_month && read_number(token, 1, 2, &date->day_of_month))) {
        date->found_day_of_month = true;
        return;
    }
    if (!date->found_day_of_month)
        date->day_of_month = before.day_of_month;

    /* 2.3. The first name of a month. */
    if (whether(s, "2.3", !date->found_month && read_month(token, &date->month))) {
        date->found_month = true;
        return;
    }

    /* 2.4. The first number of two to four digits that is not the day: the year. */
    if (whether(s, "2.4", !date->found_year && read_number(token, 2, 4, &date->year)))
        date->found_year = true;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#cookie-date */
bool parse_a_cookie_date(const struct steps *caller, struct cors_bytes cookie_date,
                         uint64_t *seconds)
{
    struct steps s = begin(caller, "cookie-date");
    struct cookie_date date = {0};

    /* 1. What stands between delimiters. */
    /* 2. Each of them, in order. */
    for (size_t from = 0, to = 0; from < cookie_date.len; from = to + 1) {
        to = from;
        while (to < cookie_date.len && !is_delimiter(cookie_date.at[to]))
            to++;
        if (to > from)
            process_token(&s, bytes_slice(cookie_date, from, to), &date);
    }

    /* 3. 70 to 99 are of the last century, */
    if (whether(&s, "3", date.found_year && date.year >= 70 && date.year <= 99))
        date.year += 1900;

    /* 4. and 0 to 69 of this one. */
    if (whether(&s, "4", date.found_year && date.year <= 69)) {
        /* 4.1. Some take them otherwise. */
        date.year += 2000;
    }

    /* 5. Nothing may be missing or out of range. */
    if (whether(&s, "5",
                !date.found_day_of_month || !date.found_month || !date.found_year ||
                    !date.found_time || date.day_of_month < 1 || date.day_of_month > 31 ||
                    date.year < 1601 || date.hour > 23 || date.minute > 59 || date.second > 59))
        return false;

    /* 6. There must be such a day. */
    if (whether(&s, "6", date.day_of_month > days_of_month(date.month, date.year)))
        return false;

    /* 7. That date. */
    *seconds = seconds_since_1970(date.year, date.month, date.day_of_month, date.hour, date.minute,
                                  date.second);
    return true;
}
