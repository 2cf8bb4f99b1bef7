/* Reading case files: the format is in corpus/README.md. Invariants: nothing that is not understood
 * is passed over; every complaint has a line; what a case says is bounded in size, lines, blocks
 * and fetches before anything is built from it. */
#include "case.h"

#include "texts.h"
#include "url_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A line without its end. */
struct line {
    unsigned number;
    struct cors_bytes text;
};

/* `-- name argument --` and the lines below it. */
struct block {
    unsigned number;
    struct cors_bytes name;
    struct line *lines;
    size_t line_count;
};

struct reader {
    struct case_file *file;
    struct complaint *complaint;
    struct line *lines;
    size_t line_count;
    struct block *blocks;
    size_t block_count;
    bool only_plays; /* what is expected need not be said */
};

__attribute__((format(printf, 3, 4))) static bool refuse(struct reader *reader, unsigned line,
                                                         const char *format, ...)
{
    if (reader->complaint == NULL)
        return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reader->complaint->text, sizeof reader->complaint->text, format, arguments);
    va_end(arguments);
    reader->complaint->line = line;
    return false;
}

static void *take(struct reader *reader, size_t size)
{
    return memory_take(&reader->file->memory, size);
}

/* ---- Bytes -------------------------------------------------------------------------------- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static struct cors_bytes trim_end(struct cors_bytes text)
{
    while (text.len > 0 && is_space(text.at[text.len - 1]))
        text.len--;
    return text;
}

static struct cors_bytes trim(struct cors_bytes text)
{
    while (text.len > 0 && is_space(*text.at)) {
        text.at++;
        text.len--;
    }
    return trim_end(text);
}

/* Takes the first word of the text; the text begins with the next one. */
static struct cors_bytes first_word(struct cors_bytes *text)
{
    struct cors_bytes word = {text->at, 0};
    while (word.len < text->len && !is_space(text->at[word.len]))
        word.len++;
    *text = trim((struct cors_bytes){text->at + word.len, text->len - word.len});
    return word;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool unescape(struct reader *reader, unsigned line, struct cors_bytes text,
                     struct cors_bytes *value)
{
    *value = text;
    if (text.len == 0 || memchr(text.at, '\\', text.len) == NULL)
        return true;
    char *made = take(reader, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        size_t left = text.len - i;
        if (text.at[i] != '\\') {
            made[len++] = text.at[i];
        } else if (left >= 2 && text.at[i + 1] == '\\') {
            made[len++] = '\\';
            i += 1;
        } else if (left >= 4 && text.at[i + 1] == 'x' && hex_digit(text.at[i + 2]) >= 0 &&
                   hex_digit(text.at[i + 3]) >= 0) {
            made[len++] = (char)(hex_digit(text.at[i + 2]) * 16 + hex_digit(text.at[i + 3]));
            i += 3;
        } else {
            return refuse(reader, line, "a backslash begins \\xHH or \\\\, nothing else");
        }
    }
    *value = (struct cors_bytes){made, len};
    return true;
}

static bool read_number(struct reader *reader, unsigned line, const char *what,
                        struct cors_bytes text, uint64_t most, uint64_t *number)
{
    *number = 0;
    bool right = text.len > 0;
    for (size_t i = 0; i < text.len && right; i++) {
        right = text.at[i] >= '0' && text.at[i] <= '9' && *number <= most / 10;
        *number = *number * 10 + (uint64_t)(text.at[i] - '0');
    }
    if (right && *number <= most)
        return true;
    return refuse(reader, line, "%s is a whole number up to %llu, not \"%s\"", what,
                  (unsigned long long)most, escaped(text));
}

static bool check_hosts(struct reader *reader, unsigned line, struct cors_bytes text)
{
    struct cors_bytes host;
    for (size_t i = 0; i < reader->file->flag_count; i++)
        if (bytes_are_string(reader->file->flags[i], "recorded"))
            return true;
    if (hosts_are_reserved(text, &host))
        return true;
    return refuse(reader, line,
                  "the host \"%s\" may belong to somebody: cases use names under .example, .test, "
                  ".invalid and localhost, or addresses that are loopback, private or set aside "
                  "for documentation",
                  escaped(host));
}

/* "unknown WHAT "x"; did you mean "y"? Known are: a, b, c" */
static bool refuse_unknown(struct reader *reader, unsigned line, const char *what,
                           struct cors_bytes given, const char *const *known, size_t count)
{
    struct memory memory = {0};
    struct cors_bytes list = CORS_BYTES("");
    for (size_t i = 0; i < count; i++)
        list = memory_format(&memory, "%s%s%s", list.at, i == 0 ? "" : ", ", known[i]);
    const char *nearest = nearest_word(given, known, count);
    refuse(reader, line, "unknown %s \"%s\"%s%s%s: known are %s", what, escaped(given),
           nearest == NULL ? "" : " (did you mean \"", nearest == NULL ? "" : nearest,
           nearest == NULL ? "" : "\"?)", list.at);
    memory_free(&memory);
    return false;
}

/* ---- Lines and blocks --------------------------------------------------------------------- */

static bool split_lines(struct reader *reader, struct cors_bytes text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] == '\n';
    if (count > CASE_LINE_LIMIT)
        return refuse(reader, CASE_LINE_LIMIT, "a case has at most %d lines", CASE_LINE_LIMIT);
    reader->lines = take(reader, count * sizeof *reader->lines);
    for (size_t from = 0; from < text.len;) {
        size_t to = from;
        while (to < text.len && text.at[to] != '\n')
            to++;
        struct line *line = &reader->lines[reader->line_count++];
        line->number = (unsigned)reader->line_count;
        line->text = (struct cors_bytes){text.at + from, to - from};
        if (line->text.len > 0 && line->text.at[line->text.len - 1] == '\r')
            line->text.len--;
        if (!is_plain_text(line->text))
            return refuse(reader, line->number,
                          "control characters, invisible ones and bytes that are not UTF-8 are "
                          "written as \\xHH");
        from = to + 1;
    }
    return true;
}

static bool looks_like_block(struct cors_bytes text)
{
    return text.len >= 3 && memcmp(text.at, "-- ", 3) == 0;
}

static bool begin_block(struct reader *reader, const struct line *line)
{
    struct cors_bytes text = trim_end(line->text);
    if (text.len < 7 || memcmp(text.at + text.len - 3, " --", 3) != 0)
        return refuse(reader, line->number,
                      "a line that begins with \"-- \" begins a block: -- name -- (in a body, "
                      "write the first dash as \\x2d)");
    if (reader->block_count == CASE_BLOCK_LIMIT)
        return refuse(reader, line->number, "a case has at most %d blocks", CASE_BLOCK_LIMIT);
    reader->blocks[reader->block_count++] = (struct block){
        .number = line->number,
        .name = trim((struct cors_bytes){text.at + 3, text.len - 6}),
        .lines = (struct line *)line + 1,
    };
    return true;
}

static bool split_blocks(struct reader *reader)
{
    size_t count = 0;
    for (size_t i = 0; i < reader->line_count; i++)
        count += looks_like_block(reader->lines[i].text);
    reader->blocks = take(reader, (count + 1) * sizeof *reader->blocks);
    for (size_t i = 0; i < reader->line_count; i++) {
        const struct line *line = &reader->lines[i];
        if (looks_like_block(line->text)) {
            if (!begin_block(reader, line))
                return false;
        } else if (reader->block_count > 0) {
            reader->blocks[reader->block_count - 1].line_count++;
        }
    }
    for (size_t i = 0; i < reader->block_count; i++) {
        struct block *block = &reader->blocks[i];
        while (block->line_count > 0 && trim(block->lines[block->line_count - 1].text).len == 0)
            block->line_count--;
    }
    return true;
}

/* ---- Claim, prose, flags ------------------------------------------------------------------ */

static bool read_title(struct reader *reader, size_t lines)
{
    struct cors_bytes title = lines == 0 ? CORS_BYTES("") : trim_end(reader->lines[0].text);
    if (title.len == 0 || is_space(*title.at))
        return refuse(reader, 1, "the first line is the claim: what this case shows, a sentence");
    if (strchr(".!?", title.at[title.len - 1]) == NULL)
        return refuse(reader, 1, "the claim is a sentence and ends like one, with a full stop");
    if (lines > 1 && trim(reader->lines[1].text).len > 0)
        return refuse(reader, 2, "an empty line stands below the claim");
    reader->file->title = title;
    return true;
}

static bool read_flag(struct reader *reader, unsigned line, struct cors_bytes flag)
{
    for (size_t i = 0; i < reader->file->flag_count; i++)
        if (bytes_are(reader->file->flags[i], flag))
            return refuse(reader, line, "the flag \"%s\" stands here twice", escaped(flag));
    for (size_t i = 0; i < case_flag_count; i++) {
        if (bytes_are_string(flag, case_flags[i].flag)) {
            ((struct cors_bytes *)reader->file->flags)[reader->file->flag_count++] = flag;
            return true;
        }
    }
    const char **known = memory_allocate((case_flag_count + 1) * sizeof *known);
    for (size_t i = 0; i < case_flag_count; i++)
        known[i] = case_flags[i].flag;
    refuse_unknown(reader, line, "flag", flag, known, case_flag_count);
    free(known);
    return false;
}

static bool read_flags(struct reader *reader, const struct line *line)
{
    const size_t prefix = sizeof "Flags:" - 1;
    struct cors_bytes rest =
        trim((struct cors_bytes){line->text.at + prefix, line->text.len - prefix});
    reader->file->flags = take(reader, (rest.len / 2 + 1) * sizeof *reader->file->flags);
    while (rest.len > 0)
        if (!read_flag(reader, line->number, first_word(&rest)))
            return false;
    return true;
}

static bool is_flags_line(struct cors_bytes text)
{
    return text.len >= 6 && memcmp(text.at, "Flags:", 6) == 0;
}

static bool read_preamble(struct reader *reader)
{
    size_t lines = reader->line_count;
    if (reader->block_count > 0)
        lines = reader->blocks[0].number - 1;
    if (!read_title(reader, lines))
        return false;
    size_t last = lines;
    while (last > 1 && trim(reader->lines[last - 1].text).len == 0)
        last--;
    for (size_t i = 1; i < last; i++) {
        const struct line *line = &reader->lines[i];
        if (!is_flags_line(line->text))
            continue;
        if (i + 1 < last)
            return refuse(reader, line->number, "the flags are the last line before the blocks");
        if (trim(reader->lines[i - 1].text).len > 0)
            return refuse(reader, line->number, "an empty line stands above the flags");
        if (!read_flags(reader, line))
            return false;
        last--;
    }
    size_t first = 1;
    while (first < last && trim(reader->lines[first].text).len == 0)
        first++;
    while (last > first && trim(reader->lines[last - 1].text).len == 0)
        last--;
    if (first < last) {
        const char *from = reader->lines[first].text.at;
        struct cors_bytes end = reader->lines[last - 1].text;
        reader->file->prose = (struct cors_bytes){from, (size_t)(end.at + end.len - from)};
    }
    return true;
}

/* ---- Keys and headers --------------------------------------------------------------------- */

/* A line `key value` of a block; false at the block's end. */
struct entry {
    unsigned line;
    struct cors_bytes key;
    struct cors_bytes text;  /* as it stands there, trimmed */
    struct cors_bytes value; /* without escapes */
};

static bool read_entry(struct reader *reader, const struct line *line, struct entry *entry)
{
    struct cors_bytes rest = trim(line->text);
    entry->line = line->number;
    entry->key = first_word(&rest);
    entry->text = rest;
    return unescape(reader, line->number, rest, &entry->value);
}

/* `Name: value`; an empty name is a name that can be tried. */
static bool read_header(struct reader *reader, unsigned line, struct cors_bytes text,
                        struct cors_bytes *name, struct cors_bytes *value)
{
    const char *colon = text.len == 0 ? NULL : memchr(text.at, ':', text.len);
    if (colon == NULL)
        return refuse(reader, line, "a header is written Name: value, not \"%s\"", escaped(text));
    size_t len = (size_t)(colon - text.at);
    struct cors_bytes raw = {text.at, len};
    if (trim(raw).len != raw.len)
        return refuse(reader, line, "space at either end of a header's name is written as \\x20");
    return unescape(reader, line, raw, name) &&
           unescape(reader, line, trim((struct cors_bytes){colon + 1, text.len - len - 1}),
                    value) &&
           check_hosts(reader, line, *value);
}

/* `Name: value` or `!Name`. */
static bool read_expected_header(struct reader *reader, unsigned line, struct cors_bytes text,
                                 struct expected_header *header)
{
    header->line = line;
    header->absent = text.len > 0 && *text.at == '!';
    if (!header->absent)
        return read_header(reader, line, text, &header->name, &header->value);
    struct cors_bytes name = {text.at + 1, text.len - 1};
    if (name.len == 0 || memchr(name.at, ':', name.len) != NULL || trim(name).len != name.len)
        return refuse(reader, line, "a header that must be absent is written !Name, not \"%s\"",
                      escaped(text));
    return unescape(reader, line, name, &header->name);
}

static bool read_choice(struct reader *reader, const struct entry *entry,
                        const struct choice *choices, int *value)
{
    const struct choice *choice = choice_find(choices, entry->value);
    if (choice != NULL) {
        *value = choice->value;
        return true;
    }
    const char *words[32];
    size_t count = 0;
    for (; choices->word != NULL && count < 32; choices++)
        words[count++] = choices->word;
    return refuse_unknown(reader, entry->line, "value", entry->value, words, count);
}

static bool read_yes_no(struct reader *reader, const struct entry *entry, enum answered *said)
{
    int value = 0;
    if (!read_choice(reader, entry, yes_no_words, &value))
        return false;
    *said = value == 1 ? SAID_YES : SAID_NO;
    return true;
}

/* ---- agent, wait, fetch ------------------------------------------------------------------- */

static bool read_http_cache(struct reader *reader, const struct entry *entry,
                            struct agent_settings *agent)
{
    enum answered cache = UNSAID;
    const bool good = read_yes_no(reader, entry, &cache);
    agent->http_cache = cache == SAID_YES;
    return good;
}

static bool read_shared_cache(struct reader *reader, const struct entry *entry,
                              struct agent_settings *agent)
{
    int cache = SHARED_CACHE_NO;
    const bool good = read_choice(reader, entry, shared_cache_words, &cache);
    agent->shared_cache = (enum shared_cache)cache;
    return good;
}

static bool read_cookies(struct reader *reader, const struct entry *entry,
                         struct agent_settings *agent)
{
    enum answered cookies = UNSAID;
    const bool good = read_yes_no(reader, entry, &cookies);
    agent->cookies = cookies == SAID_YES;
    return good;
}

static bool read_third_party_cookies(struct reader *reader, const struct entry *entry,
                                     struct agent_settings *agent)
{
    int third_party = CORS_THIRD_PARTY_COOKIES_BY_ENGINE;
    const bool good = read_choice(reader, entry, third_party_cookies_words, &third_party);
    agent->third_party_cookies = (enum cors_third_party_cookies)third_party;
    return good;
}

static bool read_agent_key(struct reader *reader, const struct entry *entry, const char *key,
                           struct agent_settings *agent)
{
    enum answered cache = UNSAID;
    if (strcmp(key, "now") == 0)
        return read_number(reader, entry->line, key, entry->value, UINT32_MAX, &agent->now);
    if (strcmp(key, "max-age-limit") == 0)
        return read_number(reader, entry->line, key, entry->value, UINT32_MAX,
                           &agent->max_age_limit);
    if (strcmp(key, "preflight-cache") == 0 && !read_yes_no(reader, entry, &cache))
        return false;
    if (cache == SAID_NO)
        agent->no_preflight_cache = true;
    if (strcmp(key, "http-cache") == 0)
        return read_http_cache(reader, entry, agent);
    if (strcmp(key, "shared-cache") == 0)
        return read_shared_cache(reader, entry, agent);
    if (strcmp(key, "cookies") == 0)
        return read_cookies(reader, entry, agent);
    if (strcmp(key, "third-party-cookies") == 0)
        return read_third_party_cookies(reader, entry, agent);
    if (strcmp(key, "user-agent") == 0)
        agent->user_agent = entry->value;
    if (strcmp(key, "accept-language") == 0)
        agent->accept_language = entry->value;
    return true;
}

static bool read_agent(struct reader *reader, const struct block *block)
{
    static const char *const keys[] = {
        "now",     "max-age-limit",       "preflight-cache", "http-cache",     "shared-cache",
        "cookies", "third-party-cookies", "user-agent",      "accept-language"};
    struct agent_settings *agent = &reader->file->agent;
    bool seen[sizeof keys / sizeof *keys] = {false};
    reader->file->has_agent = true;
    for (size_t i = 0; i < block->line_count; i++) {
        struct entry entry;
        size_t key = 0;
        if (trim(block->lines[i].text).len == 0)
            continue;
        if (!read_entry(reader, &block->lines[i], &entry))
            return false;
        while (key < sizeof keys / sizeof *keys && !bytes_are_string(entry.key, keys[key]))
            key++;
        if (key == sizeof keys / sizeof *keys)
            return refuse_unknown(reader, entry.line, "key", entry.key, keys, key);
        if (seen[key])
            return refuse(reader, entry.line, "%s is given twice", keys[key]);
        seen[key] = true;
        if (!read_agent_key(reader, &entry, keys[key], agent))
            return false;
    }
    return true;
}

static bool is_url_key(const struct fetch_key *key)
{
    static const char *const keys[] = {"url", "origin", "page", "top-level", "referrer"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(key->key, keys[i]) == 0)
            return true;
    return false;
}

static bool refuse_fetch_key(struct reader *reader, const struct entry *entry)
{
    const char *keys[64];
    size_t count = 0;
    for (; count < fetch_key_count && count < 63; count++)
        keys[count] = fetch_keys[count].key;
    keys[count++] = "header";
    return refuse_unknown(reader, entry->line, "key", entry->key, keys, count);
}

static bool read_fetch_entry(struct reader *reader, const struct entry *entry,
                             struct fetch_description *description, bool *seen)
{
    struct complaint complaint = {0};
    if (bytes_are_string(entry->key, "header")) {
        struct cors_header *header = &description->headers.at[description->headers.count++];
        return read_header(reader, entry->line, entry->text, &header->name, &header->value);
    }
    const struct fetch_key *key = fetch_key_find(entry->key);
    if (key == NULL)
        return refuse_fetch_key(reader, entry);
    if (seen[key - fetch_keys])
        return refuse(reader, entry->line, "%s is given twice", key->key);
    seen[key - fetch_keys] = true;
    if (is_url_key(key) && !check_hosts(reader, entry->line, entry->value))
        return false;
    return fetch_key_set(key, description, entry->value, &complaint) ||
           refuse(reader, entry->line, "%s", complaint.text);
}

static bool read_fetch(struct reader *reader, const struct block *block, struct case_fetch *fetch)
{
    bool seen[64] = {false};
    fetch->line = block->number;
    fetch->description.headers.at =
        take(reader, (block->line_count + 1) * sizeof *fetch->description.headers.at);
    for (size_t i = 0; i < block->line_count; i++) {
        struct entry entry;
        if (trim(block->lines[i].text).len == 0)
            continue;
        if (!read_entry(reader, &block->lines[i], &entry) ||
            !read_fetch_entry(reader, &entry, &fetch->description, seen))
            return false;
    }
    struct memory memory = {0};
    struct complaint complaint = {0};
    struct cors_request request;
    bool right = fetch_request(&fetch->description, &request, &memory, &complaint);
    memory_free(&memory);
    return right || refuse(reader, fetch->line, "this fetch cannot be made: %s", complaint.text);
}

/* ---- response, network error -------------------------------------------------------------- */

static bool read_status(struct reader *reader, const struct block *block, struct answer *answer)
{
    uint64_t status;
    if (block->line_count == 0)
        return refuse(reader, block->number, "a response begins with its status");
    struct cors_bytes rest = trim(block->lines[0].text);
    struct cors_bytes word = first_word(&rest);
    if (!read_number(reader, block->lines[0].number, "a response's status", word, 999, &status))
        return false;
    answer->status = (uint16_t)status;
    return unescape(reader, block->lines[0].number, rest, &answer->status_message);
}

/* The lines from `first` on; lines between are joined by newlines. */
static bool read_body(struct reader *reader, const struct block *block, size_t first,
                      struct cors_bytes *body)
{
    size_t most = 0, len = 0;
    for (size_t i = first; i < block->line_count; i++)
        most += block->lines[i].text.len + 1;
    if (most == 0)
        return true;
    char *made = take(reader, most);
    for (size_t i = first; i < block->line_count; i++) {
        struct cors_bytes line;
        if (!unescape(reader, block->lines[i].number, trim_end(block->lines[i].text), &line))
            return false;
        if (i > first)
            made[len++] = '\n';
        if (line.len > 0)
            memcpy(made + len, line.at, line.len);
        len += line.len;
    }
    *body = (struct cors_bytes){made, len};
    return true;
}

static bool read_response(struct reader *reader, const struct block *block, struct answer *answer)
{
    if (!read_status(reader, block, answer))
        return false;
    answer->headers.at = take(reader, block->line_count * sizeof *answer->headers.at);
    for (size_t i = 1; i < block->line_count; i++) {
        const struct line *line = &block->lines[i];
        if (trim(line->text).len == 0)
            return read_body(reader, block, i + 1, &answer->body);
        struct cors_header *header = &answer->headers.at[answer->headers.count++];
        if (!read_header(reader, line->number, trim(line->text), &header->name, &header->value))
            return false;
    }
    return true;
}

static bool read_network_error(struct reader *reader, const struct block *block,
                               struct answer *answer)
{
    answer->network_error = true;
    if (block->line_count == 0)
        return true;
    if (block->line_count > 1)
        return refuse(reader, block->lines[1].number, "a network error has one line, its message");
    return unescape(reader, block->lines[0].number, trim(block->lines[0].text), &answer->message);
}

/* ---- expect ------------------------------------------------------------------------------- */

enum expect_key {
    EXPECT_DEVIATION, /* of a browser only, and there always */
    EXPECT_RESULT,
    EXPECT_STEP,
    EXPECT_ERROR,
    EXPECT_IN_PREFLIGHT,
    EXPECT_SUBJECT,
    EXPECT_SENT,
    EXPECT_PREFLIGHTS,
    EXPECT_FROM_CACHE,
    EXPECT_READABLE,
    EXPECT_STATUS,
    EXPECT_URL,
    EXPECT_REDIRECTED,
    EXPECT_HEADER,
    EXPECT_COOKIE,
    EXPECT_BODY,
    EXPECT_KEYS,
};

static const char *const expect_keys[EXPECT_KEYS] = {
    "deviation",  "result",   "step",   "error", "in-preflight", "subject", "sent",   "preflights",
    "from-cache", "readable", "status", "url",   "redirected",   "header",  "cookie", "body"};

static bool read_count(struct reader *reader, const struct entry *entry, const char *what,
                       struct expected_number *number)
{
    uint64_t value;
    if (!read_number(reader, entry->line, what, entry->value, 999, &value))
        return false;
    *number = (struct expected_number){.given = true, .value = (unsigned)value};
    return true;
}

/* "withheld sid same-site-lax"; no name has a "=", so that alone stands for none. */
static bool read_cookie(struct reader *reader, const struct entry *entry,
                        struct expected_cookies *cookies)
{
    struct expected_cookie *cookie = &((struct expected_cookie *)cookies->at)[cookies->count++];
    struct cors_bytes rest = entry->text;
    const struct cors_bytes word = first_word(&rest);
    const struct choice *fate = choice_find(cookie_fate_words, word);
    if (fate == NULL) {
        static const char *const known[] = {"sent", "withheld", "stored", "removed", "refused"};
        return refuse_unknown(reader, entry->line, "fate of a cookie", word, known, 5);
    }
    cookie->line = entry->line;
    cookie->fate = (enum cors_cookie_fate)fate->value;
    const struct cors_bytes name = first_word(&rest);
    cookie->name = CORS_BYTES("");
    return (rest.len == 0 || unescape(reader, entry->line, rest, &cookie->rule)) &&
           (bytes_are_string(name, "=") || unescape(reader, entry->line, name, &cookie->name));
}

static bool read_step(struct reader *reader, const struct entry *entry, struct expectation *expect)
{
    struct cors_bytes rest = entry->value;
    expect->algorithm = first_word(&rest);
    expect->step = first_word(&rest);
    if (expect->step.len == 0 || rest.len > 0)
        return refuse(reader, entry->line, "a step is written as in \"cors-check 4\", not \"%s\"",
                      escaped(entry->value));
    return true;
}

static bool read_expect_value(struct reader *reader, enum expect_key key, const struct entry *entry,
                              struct expectation *expect)
{
    int result = 0;
    switch (key) {
    case EXPECT_DEVIATION:
        return true;
    case EXPECT_RESULT:
        if (!read_choice(reader, entry, result_words, &result))
            return false;
        expect->says_result = true;
        expect->result = (enum cors_result)result;
        return true;
    case EXPECT_STEP:
        return read_step(reader, entry, expect);
    case EXPECT_ERROR:
        expect->error = entry->value;
        return true;
    case EXPECT_IN_PREFLIGHT:
        return read_yes_no(reader, entry, &expect->in_preflight);
    case EXPECT_SUBJECT:
        expect->subject = entry->value;
        return true;
    case EXPECT_SENT:
        return read_count(reader, entry, "sent", &expect->sent);
    case EXPECT_PREFLIGHTS:
        return read_count(reader, entry, "preflights", &expect->preflights);
    case EXPECT_FROM_CACHE:
        return read_yes_no(reader, entry, &expect->from_cache);
    case EXPECT_READABLE:
        return read_yes_no(reader, entry, &expect->readable);
    case EXPECT_STATUS:
        return read_count(reader, entry, "status", &expect->status);
    case EXPECT_URL:
        expect->url = entry->value;
        return true;
    case EXPECT_REDIRECTED:
        return read_yes_no(reader, entry, &expect->redirected);
    case EXPECT_HEADER:
        return read_expected_header(
            reader, entry->line, entry->text,
            &((struct expected_header *)expect->headers.at)[expect->headers.count++]);
    case EXPECT_COOKIE:
        return read_cookie(reader, entry, &expect->cookies);
    case EXPECT_BODY:
        expect->body = entry->value;
        return true;
    case EXPECT_KEYS:
        break;
    }
    return false;
}

/* Whether the tables say of the browsers that they are otherwise there. */
static bool is_deviation_of(const struct cors_table *table, struct cors_bytes id, unsigned engines)
{
    for (size_t row = 0; row < table->row_count; row++) {
        if (!bytes_are_string(id, cors_table_cell(table, row, 0)))
            continue;
        for (const struct choice *engine = engine_words + 1; engine->word != NULL; engine++) {
            const char *cell = cors_table_cell(table, row, cors_table_column(table, engine->word));
            const size_t spec = cors_table_column(table, "spec");
            const bool differs = spec == table->column_count
                                     ? strcmp(cell, "yes") == 0
                                     : strcmp(cell, cors_table_cell(table, row, spec)) != 0;
            if ((engines >> engine->value & 1) != 0 && !differs)
                return false;
        }
        return true;
    }
    return false;
}

static bool read_deviations(struct reader *reader, const struct entry *entry,
                            struct engine_expectation *override)
{
    struct cors_bytes rest = entry->value;
    override->deviations = entry->value;
    if (rest.len == 0)
        return refuse(reader, entry->line, "deviation names rows of deviations.tsv");
    while (rest.len > 0) {
        const struct cors_bytes id = first_word(&rest);
        if (!is_deviation_of(cors_table_by_name("deviations"), id, override->engines) &&
            !is_deviation_of(cors_table_by_name("engines"), id, override->engines))
            return refuse(reader, entry->line,
                          "\"%s\" is no row of deviations.tsv or engines.tsv that says so of "
                          "these browsers",
                          escaped(id));
    }
    return true;
}

static bool says_what_happens(struct reader *reader, const struct block *block,
                              const bool seen[EXPECT_KEYS])
{
    return reader->only_plays || (seen[EXPECT_RESULT] && seen[EXPECT_STEP]) ||
           refuse(reader, block->number,
                  "an expectation has both, a result and a step: %s is missing",
                  seen[EXPECT_RESULT] ? "step" : "result");
}

/* -- expect --, or with an override -- expect BROWSER... --. */
static bool read_expect(struct reader *reader, const struct block *block,
                        struct expectation *expect, struct engine_expectation *override)
{
    bool seen[EXPECT_KEYS] = {false};
    const size_t first_key = override == NULL ? EXPECT_RESULT : EXPECT_DEVIATION;
    expect->line = block->number;
    expect->headers.at = take(reader, (block->line_count + 1) * sizeof *expect->headers.at);
    expect->cookies.at = take(reader, (block->line_count + 1) * sizeof *expect->cookies.at);
    for (size_t i = 0; i < block->line_count; i++) {
        struct entry entry;
        size_t key = first_key;
        if (trim(block->lines[i].text).len == 0)
            continue;
        if (!read_entry(reader, &block->lines[i], &entry))
            return false;
        while (key < EXPECT_KEYS && !bytes_are_string(entry.key, expect_keys[key]))
            key++;
        if (key == EXPECT_KEYS)
            return refuse_unknown(reader, entry.line, "key", entry.key, expect_keys + first_key,
                                  EXPECT_KEYS - first_key);
        if (seen[key] && key != EXPECT_HEADER && key != EXPECT_COOKIE)
            return refuse(reader, entry.line, "%s is given twice", expect_keys[key]);
        seen[key] = true;
        if (key == EXPECT_DEVIATION && !read_deviations(reader, &entry, override))
            return false;
        if (!read_expect_value(reader, (enum expect_key)key, &entry, expect))
            return false;
    }
    if (override != NULL)
        return seen[EXPECT_DEVIATION] ||
               refuse(reader, block->number,
                      "what is expected of a browser names its row: deviation is missing");
    return says_what_happens(reader, block, seen);
}

/* ---- sent, trace -------------------------------------------------------------------------- */

static bool read_request_line(struct reader *reader, const struct line *line,
                              struct expected_request *request)
{
    struct cors_bytes rest = trim(line->text);
    struct cors_bytes method = first_word(&rest);
    struct cors_bytes url = first_word(&rest);
    const bool with = bytes_are_string(rest, "with credentials");
    const bool without = bytes_are_string(rest, "without credentials");
    request->line = line->number;
    if (url.len == 0 || (rest.len > 0 && !with && !without) ||
        memchr(method.at, ':', method.len) != NULL)
        return refuse(reader, line->number,
                      "a request on the wire begins with METHOD URL, perhaps \"with credentials\" "
                      "or \"without credentials\", not \"%s\"",
                      escaped(trim(line->text)));
    if (with || without)
        request->credentials = with ? SAID_YES : SAID_NO;
    return unescape(reader, line->number, method, &request->method) &&
           unescape(reader, line->number, url, &request->url);
}

static bool read_sent(struct reader *reader, const struct block *block,
                      struct expected_requests *sent)
{
    struct expected_request *requests = take(reader, (block->line_count + 1) * sizeof *requests);
    struct expected_header *headers = take(reader, (block->line_count + 1) * sizeof *headers);
    struct expected_request *request = NULL;
    *sent = (struct expected_requests){.given = true, .line = block->number, .at = requests};
    for (size_t i = 0; i < block->line_count; i++) {
        const struct line *line = &block->lines[i];
        bool right = true;
        if (trim(line->text).len == 0) {
            request = NULL;
        } else if (request == NULL) {
            request = &requests[sent->count++];
            request->headers.at = headers;
            right = read_request_line(reader, line, request);
        } else {
            request->headers.count++;
            right = read_expected_header(reader, line->number, trim(line->text), headers++);
        }
        if (!right)
            return false;
    }
    return true;
}

static bool read_trace(struct reader *reader, const struct block *block, struct case_fetch *fetch)
{
    struct cors_bytes *lines = take(reader, (block->line_count + 1) * sizeof *lines);
    unsigned *numbers = take(reader, (block->line_count + 1) * sizeof *numbers);
    fetch->trace_line = block->number;
    fetch->trace = lines;
    fetch->trace_lines = numbers;
    for (size_t i = 0; i < block->line_count; i++) {
        struct cors_bytes text = trim_end(block->lines[i].text);
        if (text.len == 0)
            continue;
        numbers[fetch->trace_count] = block->lines[i].number;
        lines[fetch->trace_count++] = text;
    }
    if (fetch->trace_count == 0)
        return refuse(reader, block->number, "a trace has at least one line");
    return true;
}

/* ---- The script --------------------------------------------------------------------------- */

/* Where in the script the reader is. */
struct script {
    struct case_fetch *fetch;    /* the last one; NULL: none yet */
    bool expected;               /* it has its expectation */
    struct cookie_visit *visits; /* of the fetch that comes */
    size_t visit_count;
    unsigned visit_line;
    bool waits;
    unsigned wait_line;
    uint64_t wait;
    struct answer *answers;
    unsigned *answer_lines;
};

static bool finish_fetch(struct reader *reader, const struct script *script)
{
    if (script->fetch != NULL && !script->expected && !reader->only_plays)
        return refuse(reader, script->fetch->line, "this fetch has no -- expect -- block");
    return true;
}

static bool begin_fetch(struct reader *reader, const struct block *block, struct script *script)
{
    if (!finish_fetch(reader, script))
        return false;
    if (reader->file->fetch_count == CASE_FETCH_LIMIT)
        return refuse(reader, block->number, "a case has at most %d fetches", CASE_FETCH_LIMIT);
    struct case_fetch *fetch = &reader->file->fetches[reader->file->fetch_count++];
    fetch->visits = script->visits;
    fetch->visit_count = script->visit_count;
    script->visits += script->visit_count;
    script->visit_count = 0;
    fetch->waits = script->waits;
    fetch->wait = script->wait;
    fetch->answers = script->answers;
    fetch->answer_lines = script->answer_lines;
    script->fetch = fetch;
    script->expected = script->waits = false;
    return read_fetch(reader, block, fetch);
}

static bool is_http_url(struct cors_bytes text)
{
    struct memory memory = {0};
    struct cors_url url;
    const bool is = url_of_text(&url, text, NULL, &memory) && cors_url_is_http_s(&url);
    memory_free(&memory);
    return is;
}

/* -- cookies URL --: the user goes there, and gets these. */
static bool read_visit(struct reader *reader, const struct block *block, struct cors_bytes url,
                       struct script *script)
{
    struct cookie_visit *visit = &script->visits[script->visit_count];
    struct cors_bytes *values = take(reader, (block->line_count + 1) * sizeof *values);
    if (!finish_fetch(reader, script))
        return false;
    if (script->waits)
        return refuse(reader, block->number, "cookies come before -- wait --");
    *visit = (struct cookie_visit){.set_cookies = values, .line = block->number};
    script->visit_line = block->number;
    script->visit_count++;
    reader->file->agent.cookies = true;
    for (size_t i = 0; i < block->line_count; i++) {
        const struct cors_bytes text = trim(block->lines[i].text);
        if (text.len > 0 &&
            !unescape(reader, block->lines[i].number, text, &values[visit->count++]))
            return false;
    }
    if (url.len == 0)
        return refuse(reader, block->number, "cookies are of a URL: -- cookies https://host/ --");
    return check_hosts(reader, block->number, url) &&
           unescape(reader, block->number, url, &visit->url) &&
           (is_http_url(visit->url) ||
            refuse(reader, block->number, "\"%s\" is no http: or https: URL", escaped(url)));
}

static bool begin_wait(struct reader *reader, const struct block *block, struct cors_bytes seconds,
                       struct script *script)
{
    if (!finish_fetch(reader, script))
        return false;
    if (script->waits)
        return refuse(reader, block->number, "after -- wait -- comes a fetch");
    if (block->line_count > 0)
        return refuse(reader, block->lines[0].number, "nothing stands below -- wait --");
    script->waits = true;
    script->wait_line = block->number;
    return read_number(reader, block->number, "wait", seconds, UINT32_MAX, &script->wait);
}

static bool read_purpose(struct reader *reader, const struct block *block, struct cors_bytes word,
                         enum answer_purpose *purpose)
{
    static const char *const known[] = {"preflight", "actual"};
    if (word.len == 0)
        *purpose = ANSWER_TO_ANY;
    else if (bytes_are_string(word, "preflight"))
        *purpose = ANSWER_TO_PREFLIGHT;
    else if (bytes_are_string(word, "actual"))
        *purpose = ANSWER_TO_ACTUAL;
    else
        return refuse_unknown(reader, block->number, "purpose of a response", word, known, 2);
    return true;
}

static bool read_answer(struct reader *reader, const struct block *block, struct script *script,
                        struct cors_bytes purpose, bool network_error)
{
    struct case_fetch *fetch = script->fetch;
    if (fetch == NULL || script->expected || script->waits)
        return refuse(reader, block->number,
                      "a response belongs behind its fetch, before what is "
                      "expected");
    struct answer *answer = script->answers++;
    fetch->answer_count++;
    *script->answer_lines++ = block->number;
    return read_purpose(reader, block, purpose, &answer->purpose) &&
           (network_error ? read_network_error(reader, block, answer)
                          : read_response(reader, block, answer));
}

/* The browsers that a block's name goes on with. */
static bool read_engines(struct reader *reader, const struct block *block, struct cors_bytes words,
                         unsigned *engines)
{
    const char *known[] = {"chromium", "firefox", "webkit"};
    *engines = 0;
    while (words.len > 0) {
        const struct cors_bytes word = first_word(&words);
        const struct choice *engine = choice_find(engine_words + 1, word);
        if (engine == NULL)
            return refuse_unknown(reader, block->number, "browser", word, known, 3);
        if ((*engines >> engine->value & 1) != 0)
            return refuse(reader, block->number, "%s stands here twice", engine->word);
        *engines |= 1U << engine->value;
    }
    return true;
}

/* The override for exactly these browsers; a new one must not share a browser with another. */
static struct engine_expectation *override_for(struct reader *reader, const struct block *block,
                                               struct case_fetch *fetch, unsigned engines)
{
    for (size_t i = 0; i < fetch->override_count; i++) {
        if (fetch->overrides[i].engines == engines)
            return &fetch->overrides[i];
        if ((fetch->overrides[i].engines & engines) != 0) {
            refuse(reader, block->number, "another block speaks of one of these browsers already");
            return NULL;
        }
    }
    enum { ENGINES = 3 };
    if (fetch->overrides == NULL)
        fetch->overrides = take(reader, ENGINES * sizeof *fetch->overrides);
    struct engine_expectation *override = &fetch->overrides[fetch->override_count++];
    override->engines = engines;
    return override;
}

static bool read_expectation(struct reader *reader, const struct block *block,
                             struct script *script, unsigned engines)
{
    struct case_fetch *fetch = script->fetch;
    if (engines == 0 && script->expected)
        return refuse(reader, block->number, "this fetch has an -- expect -- block already");
    if (engines == 0) {
        script->expected = true;
        return read_expect(reader, block, &fetch->expect, NULL);
    }
    if (!script->expected)
        return refuse(reader, block->number, "this block belongs behind -- expect --");
    struct engine_expectation *override = override_for(reader, block, fetch, engines);
    if (override == NULL)
        return false;
    if (override->deviations.at != NULL)
        return refuse(reader, block->number, "this fetch has such a block already");
    return read_expect(reader, block, &override->expect, override);
}

static bool read_requests(struct reader *reader, const struct block *block,
                          struct case_fetch *fetch, unsigned engines)
{
    struct expected_requests *sent = &fetch->sent;
    if (engines != 0) {
        struct engine_expectation *override = override_for(reader, block, fetch, engines);
        if (override == NULL)
            return false;
        if (override->deviations.at == NULL)
            return refuse(reader, block->number,
                          "this block belongs behind -- expect -- for the same browsers");
        sent = &override->sent;
    }
    if (sent->given)
        return refuse(reader, block->number, "this fetch has such a block already");
    return read_sent(reader, block, sent);
}

static bool read_outcome(struct reader *reader, const struct block *block, struct script *script)
{
    struct case_fetch *fetch = script->fetch;
    struct cors_bytes rest = block->name;
    const struct cors_bytes name = first_word(&rest);
    unsigned engines;
    if (fetch == NULL || script->waits)
        return refuse(reader, block->number, "this block belongs behind a fetch");
    if (!read_engines(reader, block, rest, &engines))
        return false;
    if (bytes_are_string(name, "expect"))
        return read_expectation(reader, block, script, engines);
    if (!script->expected)
        return refuse(reader, block->number, "this block belongs behind -- expect --");
    if (bytes_are_string(name, "sent"))
        return read_requests(reader, block, fetch, engines);
    if (fetch->trace_line > 0)
        return refuse(reader, block->number, "this fetch has such a block already");
    return read_trace(reader, block, fetch);
}

/* Where the block belongs, by its first word; NETWORK_ERROR has two. */
enum block_kind {
    BLOCK_AGENT,
    BLOCK_COOKIES,
    BLOCK_FETCH,
    BLOCK_RESPONSE,
    BLOCK_NETWORK_ERROR,
    BLOCK_EXPECT,
    BLOCK_SENT,
    BLOCK_TRACE,
    BLOCK_WAIT,
    BLOCK_KINDS,
};

static const char *const block_names[BLOCK_KINDS] = {
    "agent", "cookies", "fetch", "response", "network error", "expect", "sent", "trace", "wait"};

/* *rest is what stands behind the kind. */
static enum block_kind kind_of(const struct block *block, struct cors_bytes *rest)
{
    *rest = block->name;
    const struct cors_bytes word = first_word(rest);
    size_t kind = 0;
    if (bytes_are_string(word, "network")) {
        const struct cors_bytes second = first_word(rest);
        return bytes_are_string(second, "error") ? BLOCK_NETWORK_ERROR : BLOCK_KINDS;
    }
    while (kind < BLOCK_KINDS && !bytes_are_string(word, block_names[kind]))
        kind++;
    const bool goes_on = kind == BLOCK_RESPONSE || kind == BLOCK_EXPECT || kind == BLOCK_SENT ||
                         kind == BLOCK_WAIT || kind == BLOCK_COOKIES;
    return rest->len > 0 && !goes_on ? BLOCK_KINDS : (enum block_kind)kind;
}

static bool read_block(struct reader *reader, const struct block *block, struct script *script)
{
    struct cors_bytes rest;
    const enum block_kind kind = kind_of(block, &rest);
    switch (kind) {
    case BLOCK_WAIT:
        return begin_wait(reader, block, rest, script);
    case BLOCK_AGENT:
        if (block != reader->blocks)
            return refuse(reader, block->number, "the agent is the first block");
        return read_agent(reader, block);
    case BLOCK_COOKIES:
        return read_visit(reader, block, rest, script);
    case BLOCK_FETCH:
        return begin_fetch(reader, block, script);
    case BLOCK_RESPONSE:
    case BLOCK_NETWORK_ERROR:
        return read_answer(reader, block, script, rest, kind == BLOCK_NETWORK_ERROR);
    case BLOCK_EXPECT:
    case BLOCK_SENT:
    case BLOCK_TRACE:
        return read_outcome(reader, block, script);
    case BLOCK_KINDS:
        break;
    }
    return refuse_unknown(reader, block->number, "block", block->name, block_names, BLOCK_KINDS);
}

static bool read_script(struct reader *reader)
{
    struct script script = {0};
    size_t fetches = 0;
    for (size_t i = 0; i < reader->block_count; i++)
        fetches += bytes_are_string(reader->blocks[i].name, "fetch");
    reader->file->fetches = take(reader, (fetches + 1) * sizeof *reader->file->fetches);
    script.answers = take(reader, (reader->block_count + 1) * sizeof *script.answers);
    script.answer_lines = take(reader, (reader->block_count + 1) * sizeof *script.answer_lines);
    script.visits = take(reader, (reader->block_count + 1) * sizeof *script.visits);
    for (size_t i = 0; i < reader->block_count; i++)
        if (!read_block(reader, &reader->blocks[i], &script))
            return false;
    if (script.waits)
        return refuse(reader, script.wait_line, "after -- wait -- comes a fetch");
    if (script.visit_count > 0)
        return refuse(reader, script.visit_line, "after -- cookies -- comes a fetch");
    if (reader->file->fetch_count == 0)
        return refuse(reader, (unsigned)reader->line_count, "there is no -- fetch -- in this case");
    return finish_fetch(reader, &script);
}

static bool read_text(struct case_file *file, const char *path, struct cors_bytes text,
                      bool only_plays, struct complaint *complaint)
{
    *file = (struct case_file){0};
    struct reader reader = {.file = file, .complaint = complaint, .only_plays = only_plays};
    file->path = memory_copy_string(&file->memory, path);
    if (text.len > CASE_SIZE_LIMIT) {
        refuse(&reader, 1, "a case has at most %d bytes", CASE_SIZE_LIMIT);
        case_free(file);
        return false;
    }
    struct cors_bytes copy = memory_copy(&file->memory, text);
    if (split_lines(&reader, copy) && split_blocks(&reader) && read_preamble(&reader) &&
        read_script(&reader))
        return true;
    case_free(file);
    return false;
}

bool case_read(struct case_file *file, const char *path, struct cors_bytes text,
               struct complaint *complaint)
{
    return read_text(file, path, text, false, complaint);
}

void case_free(struct case_file *file)
{
    memory_free(&file->memory);
    *file = (struct case_file){0};
}

/* ---- Files -------------------------------------------------------------------------------- */

static bool read_file(struct case_file *file, const char *path, bool only_plays,
                      struct complaint *complaint)
{
    struct memory memory = {0};
    struct cors_bytes text = {0};
    bool right = read_whole_file(path, CASE_SIZE_LIMIT, &text, &memory, complaint) &&
                 read_text(file, path, text, only_plays, complaint);
    memory_free(&memory);
    return right;
}

bool case_read_file(struct case_file *file, const char *path, struct complaint *complaint)
{
    return read_file(file, path, false, complaint);
}

bool case_read_file_to_play(struct case_file *file, const char *path, struct complaint *complaint)
{
    return read_file(file, path, true, complaint);
}
