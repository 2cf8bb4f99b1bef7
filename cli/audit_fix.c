/* What to change on the system that answers: the rows of spec-tables/fixes.tsv with the words of
 * this front end in the places of theirs. Which system it is is said by --system or guessed from
 * the headers that systems send about themselves
 * (https://httpwg.org/specs/rfc9110.html#field.server). Invariants: what is put in comes from the
 * command line and is plain text; from the server come only names of headers, of letters, digits,
 * - and _; a line is left out or repeated as its
 * beginning says, and everything in braces that is no word of ours stays as it is. */
#include "audit_parts.h"
#include "case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Which system --------------------------------------------------------------------------- */

/* Part of a header's value, and whose it is; the more telling first, as a framework stands behind a
 * server. */
static const struct {
    const char *header, *part, *system;
} signs[] = {
    {"X-Powered-By", "Express", "express"},
    {"X-Powered-By", "PHP", "php"},
    {"X-Powered-By", "Phusion", "rails"},
    {"Set-Cookie", "laravel_session", "laravel"},
    {"Set-Cookie", "csrftoken=", "django"},
    {"Set-Cookie", "JSESSIONID=", "spring"},
    {"X-Runtime", "", "rails"},
    {"x-amz-request-id", "", "bucket"},
    {"Server", "AmazonS3", "bucket"},
    {"Server", "uvicorn", "fastapi"},
    {"Server", "Werkzeug", "flask"},
    {"Server", "WSGIServer", "django"},
    {"Server", "WEBrick", "rails"},
    {"Server", "Puma", "rails"},
    {"Server", "Caddy", "caddy"},
    {"Server", "nginx", "nginx"},
    {"Server", "openresty", "nginx"},
    {"Server", "Apache", "apache"},
};

bool is_system(const char *name)
{
    for (size_t i = 0; i < fix_text_count; i++)
        if (strcmp(fix_texts[i].system, name) == 0)
            return true;
    return false;
}

struct cors_bytes system_names(struct memory *memory)
{
    struct cors_bytes names = CORS_BYTES("");
    const char *fix = fix_texts[0].fix;
    for (size_t i = 0; i < fix_text_count && strcmp(fix_texts[i].fix, fix) == 0; i++)
        names = memory_format(memory, "%s%s%s", names.at, i == 0 ? "" : ", ", fix_texts[i].system);
    return names;
}

static bool contains(struct cors_bytes text, const char *part)
{
    const size_t len = strlen(part);
    for (size_t i = 0; text.at != NULL && i + len <= text.len; i++)
        if (strncasecmp(text.at + i, part, len) == 0)
            return true;
    return false;
}

void guess_system(struct audit *audit)
{
    struct audit_result *result = &audit->result;
    if (result->system != NULL)
        return;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        for (size_t j = 0; j < result->exchange_count; j++) {
            const struct cors_bytes value =
                header_of(audit, &result->exchanges[j], signs[i].header);
            if (!contains(value, signs[i].part))
                continue;
            result->system = signs[i].system;
            result->system_how = memory_format(audit->memory, "guessed from \"%s: %.*s\"",
                                               signs[i].header, (int)value.len, value.at);
            return;
        }
}

/* ---- Words ---------------------------------------------------------------------------------- */

/* A text that grows. */
struct text {
    char *at;
    size_t len, capacity;
};

static void put(struct text *text, const char *at, size_t len)
{
    while (text->capacity - text->len < len + 1) {
        text->capacity = text->capacity == 0 ? 1024 : 2 * text->capacity;
        text->at = memory_reallocate(text->at, text->capacity);
    }
    memcpy(text->at + text->len, at, len);
    text->len += len;
}

static void put_string(struct text *text, const char *string)
{
    put(text, string, strlen(string));
}

/* A list's words, and how one is written. */
struct words_list {
    const struct cors_bytes *at;
    size_t count;
};

static void put_pattern(struct text *text, struct cors_bytes word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (strchr(".+*?()[]{}^$|\\", word.at[i]) != NULL)
            put_string(text, "\\");
        put(text, &word.at[i], 1);
    }
}

static void put_symbol(struct text *text, struct cors_bytes word)
{
    put_string(text, ":");
    for (size_t i = 0; i < word.len; i++) {
        const char c = word.at[i];
        const char lower = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        put(text, &lower, 1);
    }
}

/* `how`: 0, a quotation mark, `:` for symbols, `|` for alternatives of a pattern. */
static void put_list(struct text *text, struct words_list list, char how)
{
    for (size_t i = 0; i < list.count; i++) {
        if (i > 0)
            put_string(text, how == '|' ? "|" : ", ");
        if (how == '|')
            put_pattern(text, list.at[i]);
        else if (how == ':')
            put_symbol(text, list.at[i]);
        else {
            put(text, &how, how != 0);
            put(text, list.at[i].at, list.at[i].len);
            put(text, &how, how != 0);
        }
    }
}

/* What the front end needs, as lists of words. */
struct needs {
    struct words_list origins, methods, headers, expose;
    bool credentials;
};

static struct words_list split(struct cors_bytes joined, struct memory *memory)
{
    struct cors_bytes *words = memory_take(memory, (joined.len / 2 + 1) * sizeof *words);
    struct words_list list = {.at = words};
    for (size_t at = 0; at < joined.len;) {
        const char *comma = memchr(joined.at + at, ',', joined.len - at);
        const size_t end = comma == NULL ? joined.len : (size_t)(comma - joined.at);
        words[list.count++] =
            cors_normalize_header_value((struct cors_bytes){joined.at + at, end - at});
        at = end + 1;
    }
    return list;
}

static struct needs needs_of(struct audit *audit)
{
    const size_t count = audit->methods.count, headers = audit->headers.count;
    struct cors_bytes *methods = memory_take(audit->memory, (count + 1) * sizeof *methods);
    struct cors_bytes *names = memory_take(audit->memory, (headers + 1) * sizeof *names);
    struct needs needs = {.origins = {audit->result.origins, audit->result.origin_count},
                          .methods = {methods, count},
                          .headers = {names, headers},
                          .expose = split(audit->hidden, audit->memory),
                          .credentials = audit->credentials};
    for (size_t i = 0; i < count; i++)
        methods[i] = bytes_of(audit->methods.at[i]);
    for (size_t i = 0; i < headers; i++)
        names[i] = audit->headers.at[i].name;
    if (headers == 0)
        names[needs.headers.count++] = CORS_BYTES("Content-Type");
    return needs;
}

/* ---- Filling in ----------------------------------------------------------------------------- */

/* What stands in braces at `at`, if it is a word of ours: puts it and returns its length; else 0.
 */
static size_t put_word(struct text *text, const struct needs *needs, const char *at,
                       struct cors_bytes origin)
{
    const struct {
        const char *word;
        struct words_list list;
    } lists[] = {{"{origins", needs->origins},
                 {"{methods", needs->methods},
                 {"{headers", needs->headers},
                 {"{expose", needs->expose}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const size_t len = strlen(lists[i].word);
        if (strncmp(at, lists[i].word, len) != 0)
            continue;
        if (at[len] == '}') {
            put_list(text, lists[i].list, 0);
            return len + 1;
        }
        if (at[len] == ':' && at[len + 1] != '\0' && at[len + 2] == '}') {
            put_list(text, lists[i].list, at[len + 1]);
            return len + 3;
        }
    }
    if (strncmp(at, "{origin}", strlen("{origin}")) == 0) {
        put(text, origin.at, origin.len);
        return strlen("{origin}");
    }
    if (strncmp(at, "{Credentials}", strlen("{Credentials}")) == 0) {
        put_string(text, needs->credentials ? "True" : "False");
        return strlen("{Credentials}");
    }
    return 0;
}

static void put_line(struct text *text, const struct needs *needs, struct cors_bytes line,
                     struct cors_bytes origin)
{
    static const char *const marks[] = {"{if-credentials}", "{if-no-credentials}", "{each-origin}"};
    for (size_t i = 0; i < line.len;) {
        size_t taken = 0;
        for (size_t j = 0; j < sizeof marks / sizeof *marks; j++)
            if (strncmp(line.at + i, marks[j], strlen(marks[j])) == 0)
                taken = strlen(marks[j]);
        if (taken == 0)
            taken = put_word(text, needs, line.at + i, origin);
        if (taken == 0)
            put(text, line.at + i, 1);
        i += taken == 0 ? 1 : taken;
    }
    put_string(text, "\n");
}

static void put_lines(struct text *text, const struct needs *needs, struct cors_bytes line)
{
    if ((contains(line, "{if-credentials}") && !needs->credentials) ||
        (contains(line, "{if-no-credentials}") && needs->credentials))
        return;
    const size_t times = contains(line, "{each-origin}") ? needs->origins.count : 1;
    for (size_t i = 0; i < times; i++)
        put_line(text, needs, line, needs->origins.at[i]);
}

static const char *fix_lines(const char *fix, const char *system)
{
    for (size_t i = 0; i < fix_text_count; i++)
        if (strcmp(fix_texts[i].fix, fix) == 0 && strcmp(fix_texts[i].system, system) == 0)
            return fix_texts[i].lines;
    return strcmp(fix, "allow") == 0 ? NULL : fix_lines("allow", system);
}

static const char *fix_of_row(const char *id)
{
    for (size_t i = 0; i < FINDING_COUNT; i++)
        if (strcmp(finding_texts[i].id, id) == 0)
            return finding_texts[i].fix;
    return "allow";
}

void add_fixes(struct audit *audit)
{
    const struct needs needs = needs_of(audit);
    if (audit->result.system == NULL)
        return;
    for (size_t i = 0; i < audit->result.finding_count; i++) {
        struct audit_finding *finding = &audit->result.findings[i];
        struct text text = {0};
        const char *lines = fix_lines(fix_of_row(finding->id), audit->result.system);
        for (const char *at = lines; at != NULL && *at != '\0';) {
            const size_t len = strcspn(at, "\n");
            put_lines(&text, &needs, (struct cors_bytes){at, len});
            at += len + (at[len] == '\n');
        }
        if (text.len > 0)
            finding->fix = memory_copy(audit->memory, (struct cors_bytes){text.at, text.len - 1});
        free(text.at);
    }
}
