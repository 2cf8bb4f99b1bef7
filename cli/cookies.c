/* Cookies from flags and files, and back; see cookies.h. The format is Netscape's as curl writes
 * it: domain, whether what is below it counts, path, whether it is secure, expiry in seconds since
 * 1970 or 0, name and value, between tabs; "#HttpOnly_" before the domain. Invariants: a file that
 * cannot be read as that is refused with its line; what is written cannot break out of its line. */
#include "cookies.h"

#include "report.h"
#include "texts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LARGEST_FILE = 4 << 20, FIELDS = 7, LONGEST_NAME = 200 };

/* ---- Reading ------------------------------------------------------------------------------ */

static struct cors_bytes trim(struct cors_bytes text)
{
    while (text.len > 0 && strchr(" \t\r", *text.at) != NULL) {
        text.at++;
        text.len--;
    }
    while (text.len > 0 && strchr(" \t\r", text.at[text.len - 1]) != NULL)
        text.len--;
    return text;
}

/* What stands before the byte; the text goes on behind it. */
static struct cors_bytes take_up_to(struct cors_bytes *text, char byte)
{
    const char *end = text->len == 0 ? NULL : memchr(text->at, byte, text->len);
    const size_t len = end == NULL ? text->len : (size_t)(end - text->at);
    const struct cors_bytes part = {text->at, len};
    const size_t skipped = end == NULL ? len : len + 1;
    *text = (struct cors_bytes){text->at + skipped, text->len - skipped};
    return part;
}

static bool takes(struct cors_bytes *text, const char *prefix)
{
    const size_t len = strlen(prefix);
    if (text->len < len || strncasecmp(text->at, prefix, len) != 0)
        return false;
    *text = (struct cors_bytes){text->at + len, text->len - len};
    return true;
}

static bool is_attribute(struct cors_bytes part)
{
    static const char *const names[] = {"expires", "max-age",  "domain",   "path",
                                        "secure",  "httponly", "samesite", "partitioned"};
    const struct cors_bytes name = trim(take_up_to(&part, '='));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (name.len == strlen(names[i]) && strncasecmp(name.at, names[i], name.len) == 0)
            return true;
    return false;
}

/* "a=1; b=2; Secure": each cookie with the attributes behind it. */
static bool load_string(struct player *player, struct cors_bytes given, struct cors_bytes url,
                        struct memory *memory, struct complaint *complaint)
{
    struct cors_bytes *cookies = memory_take(memory, (given.len + 1) * sizeof *cookies);
    struct cookie_visit visit = {.url = url, .set_cookies = cookies};
    while (given.len > 0) {
        const struct cors_bytes part = trim(take_up_to(&given, ';'));
        struct cors_bytes *last = visit.count == 0 ? NULL : &cookies[visit.count - 1];
        if (part.len > 0 && last != NULL && is_attribute(part))
            last->len = (size_t)(part.at + part.len - last->at);
        else if (part.len > 0)
            cookies[visit.count++] = part;
    }
    return player_visit(player, &visit, complaint);
}

static bool read_seconds(struct cors_bytes text, uint64_t *seconds)
{
    *seconds = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || *seconds > UINT64_MAX / 100)
            return false;
        *seconds = *seconds * 10 + (uint64_t)(text.at[i] - '0');
    }
    return text.len > 0;
}

static bool read_boolean(struct cors_bytes text, bool *is)
{
    *is = bytes_are_string(text, "TRUE");
    return *is || bytes_are_string(text, "FALSE");
}

/* A line of seven fields. The domain is that of a URL's host: lower case, without a dot before it.
 */
static bool read_fields(struct cors_bytes line, struct cors_cookie *cookie, struct memory *memory)
{
    struct cors_bytes field[FIELDS];
    bool below;
    size_t count = 0;
    uint64_t expires;
    for (; count < FIELDS && line.len > 0; count++)
        field[count] = take_up_to(&line, '\t');
    if (count == FIELDS - 1)
        field[count++] = CORS_BYTES(""); /* curl leaves an empty value out */
    if (count < FIELDS || line.len > 0 || !read_boolean(field[1], &below) ||
        !read_boolean(field[3], &cookie->secure) || !read_seconds(field[4], &expires))
        return false;
    if (field[0].len > 0 && field[0].at[0] == '.')
        field[0] = (struct cors_bytes){field[0].at + 1, field[0].len - 1};
    char *host = memory_take(memory, field[0].len + 1);
    for (size_t i = 0; i < field[0].len; i++)
        host[i] = (char)(field[0].at[i] >= 'A' && field[0].at[i] <= 'Z' ? field[0].at[i] + 32
                                                                        : field[0].at[i]);
    cookie->host = (struct cors_bytes){host, field[0].len};
    cookie->host_only = !below;
    cookie->path = field[2];
    cookie->expiry_time = expires == 0 ? CORS_COOKIE_SESSION : expires;
    cookie->name = field[5];
    cookie->value = field[6];
    return field[0].len > 0 && field[2].len > 0 && field[2].at[0] == '/';
}

/* Our own comment above a cookie: "# corsim: SameSite=None; Partitioned=https://example.com" */
static void read_comment(struct cors_bytes text, struct cors_cookie *cookie)
{
    *cookie = (struct cors_cookie){0};
    while (text.len > 0) {
        struct cors_bytes part = trim(take_up_to(&text, ';'));
        if (takes(&part, "SameSite="))
            cookie->same_site = bytes_are_string(part, "None")     ? CORS_SAME_SITE_NONE
                                : bytes_are_string(part, "Lax")    ? CORS_SAME_SITE_LAX
                                : bytes_are_string(part, "Strict") ? CORS_SAME_SITE_STRICT
                                                                   : CORS_SAME_SITE_DEFAULT;
        else if (takes(&part, "Partitioned="))
            cookie->partition = part;
    }
}

static bool load_line(struct player *player, struct cors_bytes line, struct cors_bytes url,
                      struct cors_cookie *next, struct memory *memory, struct complaint *complaint)
{
    struct cors_cookie cookie = *next;
    const struct cors_bytes whole = trim(line);
    struct cors_bytes rest = whole;
    if (takes(&rest, "# corsim:")) {
        read_comment(rest, next);
        return true;
    }
    *next = (struct cors_cookie){0};
    if (takes(&rest, "Set-Cookie:")) {
        const struct cors_bytes value = trim(rest);
        const struct cookie_visit visit = {.url = url, .set_cookies = &value, .count = 1};
        return player_visit(player, &visit, complaint);
    }
    cookie.http_only = takes(&line, "#HttpOnly_");
    if (whole.len == 0 || (whole.at[0] == '#' && !cookie.http_only))
        return true;
    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    if (!read_fields(line, &cookie, memory))
        return complain(complaint, "a cookie has seven fields with tabs between them: domain, TRUE "
                                   "or FALSE, path, TRUE or FALSE, seconds, name, value");
    cookie.creation_time = cookie.last_access_time = player->settings.now;
    if (cookie.expiry_time > player->settings.now)
        player_put_cookie(player, &cookie);
    return true;
}

static bool load_file(struct player *player, const char *path, struct cors_bytes url,
                      struct memory *memory, struct complaint *complaint)
{
    struct cors_bytes text;
    struct cors_cookie next = {0};
    if (!read_whole_file(path, LARGEST_FILE, &text, memory, complaint))
        return false;
    for (unsigned number = 1; text.len > 0; number++) {
        const struct cors_bytes line = take_up_to(&text, '\n');
        if (load_line(player, line, url, &next, memory, complaint))
            continue;
        complaint->line = number;
        return false;
    }
    return true;
}

bool cookies_load(struct player *player, const char *given, struct cors_bytes url,
                  struct memory *memory, struct complaint *complaint)
{
    return strchr(given, '=') != NULL ? load_string(player, bytes_of(given), url, memory, complaint)
                                      : load_file(player, given, url, memory, complaint);
}

/* ---- Writing ------------------------------------------------------------------------------ */

static const char *same_site_word(const struct cors_cookie *cookie)
{
    static const char *const words[] = {[CORS_SAME_SITE_DEFAULT] = NULL,
                                        [CORS_SAME_SITE_NONE] = "None",
                                        [CORS_SAME_SITE_LAX] = "Lax",
                                        [CORS_SAME_SITE_STRICT] = "Strict"};
    return words[cookie->same_site];
}

static void put(FILE *stream, struct cors_bytes bytes)
{
    if (bytes.len > 0)
        fwrite(bytes.at, 1, bytes.len, stream);
}

/* What a tab or a newline would break is left out: a cookie has neither but for tabs within. */
static bool can_be_written(const struct cors_cookie *cookie)
{
    const struct cors_bytes parts[] = {cookie->host, cookie->path, cookie->name, cookie->value};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (size_t j = 0; j < parts[i].len; j++)
            if ((unsigned char)parts[i].at[j] < 0x20)
                return false;
    return true;
}

static void write_cookie(FILE *stream, const struct cors_cookie *cookie)
{
    const char *same_site = same_site_word(cookie);
    if (same_site != NULL || cookie->partition.at != NULL) {
        fprintf(stream, "# corsim:%s%s%s",
                same_site == NULL ? "" : " SameSite=", same_site == NULL ? "" : same_site,
                same_site == NULL ? "" : ";");
        if (cookie->partition.at != NULL) {
            fputs(" Partitioned=", stream);
            put(stream, cookie->partition);
        }
        fputc('\n', stream);
    }
    fputs(cookie->http_only ? "#HttpOnly_" : "", stream);
    fputs(cookie->host_only ? "" : ".", stream);
    put(stream, cookie->host);
    fprintf(stream, "\t%s\t", cookie->host_only ? "FALSE" : "TRUE");
    put(stream, cookie->path);
    fprintf(stream, "\t%s\t%llu\t", cookie->secure ? "TRUE" : "FALSE",
            cookie->expiry_time == CORS_COOKIE_SESSION ? 0ULL
                                                       : (unsigned long long)cookie->expiry_time);
    put(stream, cookie->name);
    fputc('\t', stream);
    put(stream, cookie->value);
    fputc('\n', stream);
}

bool cookies_save(const struct player *player, const char *path, struct complaint *complaint)
{
    const bool to_stdout = strcmp(path, "-") == 0;
    FILE *stream = to_stdout ? stdout : fopen(path, "w");
    struct cors_cookie cookie;
    if (stream == NULL)
        return complain(complaint, "cannot write %s: %s", escaped_string(path), strerror(errno));
    fputs("# Netscape HTTP Cookie File\n", stream);
    for (size_t position = 0; cors_cookie_store_next(&player->cookies, &position, &cookie);)
        if (can_be_written(&cookie))
            write_cookie(stream, &cookie);
    const bool failed = ferror(stream) != 0;
    if ((to_stdout ? fflush(stream) : fclose(stream)) != 0 || failed)
        return complain(complaint, "cannot write %s", escaped_string(path));
    return true;
}

static struct cors_bytes as_set_cookie(const struct cors_cookie *cookie, uint64_t now,
                                       struct memory *memory)
{
    const char *same_site = same_site_word(cookie);
    const bool persists = cookie->expiry_time != CORS_COOKIE_SESSION;
    const struct cors_bytes life =
        persists ? memory_format(memory, "; Max-Age=%llu",
                                 (unsigned long long)(cookie->expiry_time - now))
                 : CORS_BYTES("");
    return memory_format(
        memory, "%.*s%s%.*s%s%.*s; Path=%.*s%s%s%s%s%s", (int)cookie->name.len, cookie->name.at,
        cookie->name.len > 0 ? "=" : "", (int)cookie->value.len, cookie->value.at,
        cookie->host_only ? "" : "; Domain=", cookie->host_only ? 0 : (int)cookie->host.len,
        cookie->host.at, (int)cookie->path.len, cookie->path.at, life.at,
        cookie->secure ? "; Secure" : "", cookie->http_only ? "; HttpOnly" : "",
        same_site == NULL ? "" : "; SameSite=", same_site == NULL ? "" : same_site);
}

const struct cookie_visit *cookies_as_visits(const struct player *player, size_t *count,
                                             struct memory *memory)
{
    struct cors_cookie cookie;
    size_t cookies = 0;
    *count = 0;
    for (size_t position = 0; cors_cookie_store_next(&player->cookies, &position, &cookie);)
        cookies++;
    struct cookie_visit *visits = memory_take(memory, (cookies + 1) * sizeof *visits);
    for (size_t position = 0; cors_cookie_store_next(&player->cookies, &position, &cookie);) {
        struct cors_bytes *value = memory_take(memory, sizeof *value);
        if (cookie.partition.at != NULL)
            continue;
        *value = as_set_cookie(&cookie, player->settings.now, memory);
        visits[(*count)++] = (struct cookie_visit){
            .url = memory_format(memory, "%s://%.*s/", cookie.secure ? "https" : "http",
                                 (int)cookie.host.len, cookie.host.at),
            .set_cookies = value,
            .count = 1,
        };
    }
    return visits;
}

/* ---- What became of them ------------------------------------------------------------------ */

/* A cell of the rule's row, NULL if there is no such rule. */
static const char *cell_of(const char *rule, const char *column)
{
    const struct cors_table *table = cors_table_by_name("cookie-rules");
    for (size_t row = 0; row < table->row_count; row++)
        if (strcmp(cors_table_cell(table, row, 0), rule) == 0)
            return cors_table_cell(table, row, cors_table_column(table, column));
    return NULL;
}

/* The first cookie of that fate in the last request or its answer. */
static const struct cors_cookie_decision *first_of(const struct played *played,
                                                   enum cors_cookie_fate fate)
{
    const unsigned last = played->outcome.sent + played->outcome.preflights - 1;
    for (size_t i = 0; i < played->cookie_count; i++)
        if (played->cookies[i].fate == fate &&
            (played->cookies[i].message == last ||
             (fate == CORS_COOKIE_REFUSED && played->cookies[i].message == COOKIE_OF_VISIT)))
            return &played->cookies[i];
    return NULL;
}

struct cors_bytes cookie_reason(const struct played *played, const char **fix,
                                struct memory *memory)
{
    const struct cors_cookie_decision *cookie = first_of(played, CORS_COOKIE_WITHHELD);
    const bool sent = cookie != NULL;
    const char *but = "But the";
    if (cookie == NULL)
        cookie = first_of(played, CORS_COOKIE_REFUSED);
    if (cookie == NULL || played->outcome.sent == 0 || unanswered(played) != NULL)
        return (struct cors_bytes){0};
    if (played->outcome.result == CORS_RESULT_NETWORK_ERROR)
        but = "And the";
    const char *means = cell_of(cookie->rule, "means");
    *fix = cell_of(cookie->rule, "fix");
    return memory_format(memory, "%s %scookie \"%.*s\" was not %s, because %s.", but,
                         cookie->ends_with_session ? "session " : "",
                         cookie->name.len < LONGEST_NAME ? (int)cookie->name.len : LONGEST_NAME,
                         cookie->name.at, sent ? "sent" : "kept",
                         means == NULL ? "of a rule without a name" : means);
}
