/* Apache httpd: SetEnvIf and SetEnvIfNoCase Origin
 * (https://httpd.apache.org/docs/2.4/mod/mod_setenvif.html), Header
 * (https://httpd.apache.org/docs/2.4/mod/mod_headers.html), RewriteCond, and the comparisons of
 * <If> (https://httpd.apache.org/docs/2.4/expr.html). Invariant: a header that depends on a
 * variable which such a directive sets is no check of its own. */
#include "prove_config_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct apache {
    struct reading *reading;
    struct directives directives;
    enum config_credentials credentials;
};

/* ---- SetEnvIf ------------------------------------------------------------------------------ */

/* Whether a pattern is one group from end to end, so that $1 is all that matched. */
static bool is_one_group(struct cors_bytes pattern)
{
    if (pattern.len < 4 || memcmp(pattern.at, "^(", 2) != 0 ||
        memcmp(pattern.at + pattern.len - 2, ")$", 2) != 0 || pattern.at[pattern.len - 3] == '\\' ||
        pattern.at[2] == '?')
        return false;
    size_t depth = 0;
    for (size_t i = 1; i + 2 < pattern.len; i++) {
        if (pattern.at[i] == '\\') {
            i++;
            continue;
        }
        depth += pattern.at[i] == '(' ? 1 : 0;
        depth -= pattern.at[i] == ')' && depth > 0 ? 1 : 0;
        if (depth == 0)
            return false;
    }
    return true;
}

static void read_set(const struct apache *apache, const struct directive *at, bool ignores)
{
    struct found found =
        found_at(at, ignores ? "Apache, SetEnvIfNoCase Origin" : "Apache, SetEnvIf Origin");
    found.credentials = apache->credentials;
    found.key = at->parent == SIZE_MAX ? 1 : (uint64_t)at->parent + 2;
    found.preset = ignores ? "apache-i" : "apache";
    if (at->count < 4)
        return;
    for (size_t i = 3; i < at->count; i++) {
        const struct cors_bytes variable = at->words[i].bytes;
        if (variable.len > 0 && *variable.at == '!') {
            find_unread(apache->reading, &found, "it unsets a variable");
            return;
        }
        if (mentions(variable, "$0") && !ignores)
            found.preset = "apache-matched";
        else if (mentions(variable, "$") && !mentions(variable, "$0") &&
                 !(mentions(variable, "$1") && is_one_group(at->words[2].bytes))) {
            find_unread(apache->reading, &found, "only a part of what matched is kept");
            return;
        }
    }
    find_word(apache->reading, &found, &at->words[2], 0);
}

/* Whether the variable's value was set by a SetEnvIf of the origin. */
static bool is_set(const struct apache *apache, struct cors_bytes name)
{
    for (size_t i = 0; i < apache->directives.count; i++) {
        const struct directive *at = &apache->directives.at[i];
        if ((word_is_like(at, 0, "SetEnvIf") || word_is_like(at, 0, "SetEnvIfNoCase")) &&
            word_is_like(at, 1, "Origin"))
            for (size_t w = 3; w < at->count; w++) {
                const struct cors_bytes word = at->words[w].bytes;
                if (word.len >= name.len && memcmp(word.at, name.at, name.len) == 0 &&
                    (word.len == name.len || word.at[name.len] == '='))
                    return true;
            }
        if (word_is_like(at, 0, "RewriteRule") && at->count > 3) {
            struct memory *memory = apache->reading->memory;
            const struct cors_bytes set = memory_format(memory, "E=%.*s:", (int)name.len, name.at);
            if (word_mentions(at, at->count - 1, set.at))
                return true;
        }
    }
    return false;
}

/* ---- Expressions --------------------------------------------------------------------------- */

struct expression {
    struct config_string text;
    size_t at;
};

static bool skip_word(struct expression *expression, const char *word)
{
    const struct cors_bytes bytes = expression->text.bytes;
    const size_t len = strlen(word);
    if (bytes.len - expression->at < len ||
        !same_letters((struct cors_bytes){bytes.at + expression->at, len}, word))
        return false;
    expression->at += len;
    return true;
}

static void skip_blanks(struct expression *expression)
{
    const struct cors_bytes bytes = expression->text.bytes;
    while (expression->at < bytes.len && isspace((unsigned char)bytes.at[expression->at]))
        expression->at++;
}

static bool skip_origin(struct expression *expression)
{
    static const char *const names[] = {"%{HTTP:Origin}", "%{HTTP_ORIGIN}",  "req('Origin')",
                                        "http('Origin')", "req(\"Origin\")", "%{req:Origin}"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (skip_word(expression, names[i]))
            return true;
    return false;
}

/* What stands between two delimiters; the position is behind the second one. */
static bool read_quoted(const struct apache *apache, struct expression *expression, char delimiter,
                        struct config_string *string)
{
    const struct cors_bytes bytes = expression->text.bytes;
    const size_t from = expression->at + 1;
    for (size_t i = from; i < bytes.len; i++) {
        if (bytes.at[i] == '\\')
            i++;
        else if (bytes.at[i] == delimiter) {
            *string = string_part(apache->reading, expression->text, from, i);
            expression->at = i + 1;
            return true;
        }
    }
    return false;
}

static void find_pattern(const struct apache *apache, struct expression *expression,
                         struct found *found)
{
    const struct cors_bytes bytes = expression->text.bytes;
    struct config_string pattern;
    skip_word(expression, "m");
    if (expression->at >= bytes.len || !ispunct((unsigned char)bytes.at[expression->at]) ||
        !read_quoted(apache, expression, bytes.at[expression->at], &pattern)) {
        find_unread(apache->reading, found, "the pattern could not be read");
        return;
    }
    const bool ignores = expression->at < bytes.len && bytes.at[expression->at] == 'i';
    found->preset = ignores ? "apache-i" : "apache";
    find_word(apache->reading, found, &pattern, 0);
}

static void find_equal(const struct apache *apache, struct expression *expression,
                       struct found *found)
{
    const struct cors_bytes bytes = expression->text.bytes;
    struct config_string string;
    const char quote = expression->at < bytes.len ? bytes.at[expression->at] : '\0';
    if ((quote != '\'' && quote != '"') || !read_quoted(apache, expression, quote, &string) ||
        mentions(string.bytes, "%{")) {
        find_unread(apache->reading, found, "what it is compared with could not be read");
        return;
    }
    found->dialect = "literal";
    found->match = "full";
    if (string.bytes.len > 0)
        find_word(apache->reading, found, &string, 0);
}

/* Each comparison with the origin. Together they are alternatives, unless an "and" joins them. */
static void read_expression(const struct apache *apache, struct config_string text,
                            const struct found *like)
{
    struct expression expression = {.text = text};
    size_t comparisons = 0;
    for (size_t i = 0; i < text.bytes.len; i++) {
        expression.at = i;
        comparisons += skip_origin(&expression) ? 1 : 0;
    }
    if (comparisons > 1 && mentions(text.bytes, "&&")) {
        find_unread(apache->reading, like, "several conditions must hold together");
        return;
    }
    expression.at = 0;
    while (expression.at < text.bytes.len) {
        struct found found = *like;
        if (!skip_origin(&expression)) {
            expression.at++;
            continue;
        }
        skip_blanks(&expression);
        if (skip_word(&expression, "=~") || skip_word(&expression, "!~")) {
            skip_blanks(&expression);
            find_pattern(apache, &expression, &found);
        } else if (skip_word(&expression, "==") || skip_word(&expression, "!=") ||
                   skip_word(&expression, "-eq") || skip_word(&expression, "eq")) {
            skip_blanks(&expression);
            find_equal(apache, &expression, &found);
        } else {
            find_unread(apache->reading, &found, "the condition could not be read");
        }
    }
}

static bool asks_origin(const struct directive *at)
{
    for (size_t i = 1; i < at->count; i++)
        if ((word_mentions(at, i, "http:origin") || word_mentions(at, i, "http_origin") ||
             word_mentions(at, i, "req('origin') ") || word_mentions(at, i, "req:origin")) &&
            !word_is_like(at, i, "expr=%{HTTP:Origin}"))
            return true;
    return false;
}

static void read_if(const struct apache *apache, const struct directive *at)
{
    struct found found = found_at(at, "Apache, a condition with %{HTTP:Origin}");
    found.credentials = apache->credentials;
    /* Without quotes the expression is several words: then it is read as it stands in the file. */
    const struct config_string text =
        at->count == 2 ? at->words[1]
                       : string_as_is(apache->reading, at->words[1].offsets[0], at->to);
    read_expression(apache, text, &found);
}

static void read_rewrite(const struct apache *apache, const struct directive *at)
{
    struct found found = found_at(at, "Apache, RewriteCond %{HTTP:Origin}");
    const bool ignores = word_mentions(at, 3, "NC");
    const size_t skip = at->words[2].bytes.len > 0 && *at->words[2].bytes.at == '!' ? 1 : 0;
    found.credentials = apache->credentials;
    found.preset = ignores ? "apache-i" : "apache";
    if (at->words[2].bytes.len > skip && strchr("=<>-", at->words[2].bytes.at[skip]) != NULL)
        find_unread(apache->reading, &found, "the condition could not be read");
    else
        find_word(apache->reading, &found, &at->words[2], skip);
}

/* ---- Header -------------------------------------------------------------------------------- */

static bool is_guarded(const struct apache *apache, const struct directive *at, size_t from)
{
    for (size_t i = from; i < at->count; i++) {
        const struct cors_bytes word = at->words[i].bytes;
        if (word.len > 4 && same_letters((struct cors_bytes){word.at, 4}, "env=") &&
            is_set(apache, (struct cors_bytes){word.at + 4, word.len - 4}))
            return true;
        if (word.len > 5 && same_letters((struct cors_bytes){word.at, 5}, "expr=") &&
            mentions(word, "http:origin"))
            return true;
    }
    for (size_t parent = at->parent; parent != SIZE_MAX;
         parent = apache->directives.at[parent].parent)
        if (asks_origin(&apache->directives.at[parent]))
            return true;
    return false;
}

static void find_header(const struct apache *apache, const struct directive *at, size_t value)
{
    struct found found = found_at(at, "Apache, Header Access-Control-Allow-Origin");
    const struct config_string *word = &at->words[value];
    const struct cors_bytes bytes = word->bytes;
    found.credentials = apache->credentials;
    found.key = at->parent == SIZE_MAX ? 1 : (uint64_t)at->parent + 2;
    if (is_guarded(apache, at, value + 1))
        return;
    if (mentions(bytes, "expr=") && mentions(bytes, "http:origin")) {
        find_any(apache->reading, &found);
    } else if (bytes.len > 4 && memcmp(bytes.at, "%{", 2) == 0 &&
               bytes_are_string((struct cors_bytes){bytes.at + bytes.len - 2, 2}, "}e")) {
        if (!is_set(apache, (struct cors_bytes){bytes.at + 2, bytes.len - 4}))
            find_unread(apache->reading, &found, "the value is a variable");
    } else if (mentions(bytes, "%{") || mentions(bytes, "expr=")) {
        find_unread(apache->reading, &found, "the value could not be read");
    } else {
        find_sent(apache->reading, &found, word);
    }
}

static void read_header(const struct apache *apache, const struct directive *at)
{
    static const char *const actions[] = {"set", "add", "append", "merge", "setifempty"};
    const size_t action = word_is_like(at, 1, "always") || word_is_like(at, 1, "onsuccess") ? 2 : 1;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (word_is_like(at, action, actions[i]) &&
            (word_is_like(at, action + 1, "Access-Control-Allow-Origin") ||
             word_is_like(at, action + 1, "Access-Control-Allow-Origin:")) &&
            at->count > action + 2)
            find_header(apache, at, action + 2);
    /* Header set ... "expr=%{HTTP:Origin} =~ ..." as a condition. */
    for (size_t i = action + 3; i < at->count; i++)
        if (word_mentions(at, i, "expr=") && word_mentions(at, i, "http:origin") &&
            word_is_like(at, action + 1, "Access-Control-Allow-Origin")) {
            struct found found = found_at(at, "Apache, a condition with %{HTTP:Origin}");
            found.credentials = apache->credentials;
            read_expression(apache, at->words[i], &found);
        }
}

static void read_directive(const struct apache *apache, const struct directive *at)
{
    if (word_is_like(at, 1, "Origin") && word_is_like(at, 0, "SetEnvIf"))
        read_set(apache, at, false);
    else if (word_is_like(at, 1, "Origin") && word_is_like(at, 0, "SetEnvIfNoCase"))
        read_set(apache, at, true);
    else if (at->is_block && (word_is_like(at, 0, "If") || word_is_like(at, 0, "ElseIf")) &&
             at->count > 1 && asks_origin(at))
        read_if(apache, at);
    else if (word_is_like(at, 0, "RewriteCond") && at->count > 2 &&
             (word_is_like(at, 1, "%{HTTP:Origin}") || word_is_like(at, 1, "%{HTTP_ORIGIN}")))
        read_rewrite(apache, at);
    else if (word_is_like(at, 0, "Header"))
        read_header(apache, at);
}

void read_apache(struct reading *reading)
{
    struct apache apache = {.reading = reading};
    uint64_t looks = 0;
    read_directives(reading, &apache.directives);
    if (mentions(reading->bytes, "Access-Control-Allow-Credentials"))
        apache.credentials = CONFIG_CREDENTIALS;
    for (size_t i = 0; i < apache.directives.count; i++) {
        looks += word_is_like(&apache.directives.at[i], 0, "Header") ? apache.directives.count : 1;
        if (looks > 50 << 20) {
            find_broken(reading, apache.directives.at[i].from,
                        "the file has too many directives from here on");
            break;
        }
        read_directive(&apache, &apache.directives.at[i]);
    }
    free(apache.directives.at);
}
