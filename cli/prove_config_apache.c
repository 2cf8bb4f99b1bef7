/* Apache httpd: SetEnvIf and SetEnvIfNoCase Origin
 * (https://httpd.apache.org/docs/2.4/mod/mod_setenvif.html), Header
 * (https://httpd.apache.org/docs/2.4/mod/mod_headers.html), RewriteCond, and the comparisons of
 * <If> (https://httpd.apache.org/docs/2.4/expr.html). Invariants: a header that depends on a
 * variable is no check of its own only if the variable is given by conditions of the origin alone;
 * a condition that is negated, or that may hold without the origin, is said. */
#include "prove_config_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct apache {
    struct reading *reading;
    struct directives directives;
    enum config_credentials credentials;
    bool refuses;          /* something in the file turns origins away */
    uint64_t *looks;       /* at directives, for what decides about another one */
    unsigned char *guards; /* of each directive that gives or asks: 1 + enum guard; 0: not known */
};

enum { MOST_STEPS = 4, MOST_DIRECTIVE_LOOKS = 50 << 20 };

static const char negated_reason[] = "the condition is negated";

static bool mentions_origin(struct cors_bytes text)
{
    return mentions(text, ":origin}") || mentions(text, "http_origin") ||
           mentions(text, "('origin')") || mentions(text, "(\"origin\")");
}

static bool is_set_env_if(const struct directive *at)
{
    return word_is_like(at, 0, "SetEnvIf") || word_is_like(at, 0, "SetEnvIfNoCase");
}

/* The directive of a header that is sent: where its value is; 0: it is none. */
static size_t header_value(const struct directive *at)
{
    static const char *const actions[] = {"set", "add", "append", "merge", "setifempty"};
    const size_t action = word_is_like(at, 1, "always") || word_is_like(at, 1, "onsuccess") ? 2 : 1;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (word_is_like(at, 0, "Header") && word_is_like(at, action, actions[i]) &&
            (word_is_like(at, action + 1, "Access-Control-Allow-Origin") ||
             word_is_like(at, action + 1, "Access-Control-Allow-Origin:")) &&
            at->count > action + 2)
            return action + 2;
    return 0;
}

/* Whether a directive, or one of its block, turns requests away. */
static bool is_refusal(const struct directive *at)
{
    if (word_is_like(at, 0, "Require"))
        return word_is_like(at, 1, "all") && word_is_like(at, 2, "denied");
    if (word_is_like(at, 0, "Redirect"))
        return true;
    if (!word_is_like(at, 0, "RewriteRule") || at->count < 4)
        return false;
    const struct cors_bytes flags = at->words[3].bytes;
    return mentions(flags, "[F]") || mentions(flags, "[F,") || mentions(flags, ",F]") ||
           mentions(flags, ",F,") || mentions(flags, "forbidden") || mentions(flags, "[R=4");
}

static bool block_refuses(const struct apache *apache, size_t block)
{
    bool refuses = false;
    for (size_t i = block + 1; i < apache->directives.at[block].end; i++) {
        const struct directive *at = &apache->directives.at[i];
        if (header_value(at) > 0)
            return false;
        refuses = refuses || is_refusal(at);
    }
    return refuses;
}

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

/* How the headers use a variable: whether one depends on it not being set, and whether one that
 * depends on it sends something else. */
struct use {
    bool negated, other;
};

static struct use use_of(const struct apache *apache, struct cors_bytes variable)
{
    const char *sign = memchr(variable.at, '=', variable.len);
    const int len = (int)(sign == NULL ? variable.len : (size_t)(sign - variable.at));
    struct memory *memory = apache->reading->memory;
    const struct cors_bytes set = memory_format(memory, "env=%.*s", len, variable.at);
    const struct cors_bytes unset = memory_format(memory, "env=!%.*s", len, variable.at);
    const struct cors_bytes sent = memory_format(memory, "%%{%.*s}e", len, variable.at);
    struct use use = {0};
    *apache->looks += apache->directives.count;
    for (size_t i = 0; i < apache->directives.count; i++) {
        const struct directive *at = &apache->directives.at[i];
        const size_t value = header_value(at);
        for (size_t w = value + 1; value > 0 && w < at->count; w++) {
            use.negated = use.negated || word_is_like(at, w, unset.at);
            use.other =
                use.other || (word_is_like(at, w, set.at) && !word_is_like(at, value, sent.at));
        }
    }
    return use;
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
        const struct use use = use_of(apache, variable);
        if (use.negated) {
            find_unread(apache->reading, &found, negated_reason);
            return;
        }
        if (mentions(variable, "$0") && !ignores && !use.other)
            found.preset = "apache-matched";
        else if (mentions(variable, "$") && !mentions(variable, "$0") &&
                 !(mentions(variable, "$1") && is_one_group(at->words[2].bytes))) {
            find_unread(apache->reading, &found, "only a part of what matched is kept");
            return;
        }
    }
    find_word(apache->reading, &found, &at->words[2], 0);
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
    static const char *const names[] = {
        "%{HTTP:Origin}",  "%{HTTP_ORIGIN}", "req('Origin')",        "http('Origin')",
        "req(\"Origin\")", "%{req:Origin}",  "req_novary('Origin')", "%{req_novary:Origin}"};
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

/* A pattern in its delimiters, with its flag. NULL: it was read. */
static const char *read_pattern(const struct apache *apache, struct expression *expression,
                                struct config_string *pattern, const char **preset)
{
    const struct cors_bytes bytes = expression->text.bytes;
    skip_blanks(expression);
    skip_word(expression, "m");
    if (expression->at >= bytes.len || !ispunct((unsigned char)bytes.at[expression->at]) ||
        !read_quoted(apache, expression, bytes.at[expression->at], pattern))
        return "the pattern could not be read";
    *preset = skip_word(expression, "i") ? "apache-i" : "apache";
    return NULL;
}

static const char *read_equal(const struct apache *apache, struct expression *expression,
                              struct config_string *string)
{
    const struct cors_bytes bytes = expression->text.bytes;
    skip_blanks(expression);
    const char quote = expression->at < bytes.len ? bytes.at[expression->at] : '\0';
    if ((quote != '\'' && quote != '"') || !read_quoted(apache, expression, quote, string) ||
        mentions(string->bytes, "%{"))
        return "what it is compared with could not be read";
    return NULL;
}

/* A comparison with the origin, which has been passed. False: it asks for there being one. */
static bool read_comparison(const struct apache *apache, struct expression *expression,
                            struct found *found, const char **reason)
{
    struct config_string string = {{"", 0}, NULL};
    skip_blanks(expression);
    const bool matches = skip_word(expression, "=~"), differs = skip_word(expression, "!~");
    const bool unequal = skip_word(expression, "!=");
    if (matches || differs) {
        *reason = read_pattern(apache, expression, &string, &found->preset);
    } else if (skip_word(expression, "==") || skip_word(expression, "=") || unequal) {
        *reason = read_equal(apache, expression, &string);
        if (*reason == NULL && string.bytes.len == 0)
            return false;
        found->dialect = "literal";
        found->match = "full";
    } else {
        *reason = "the condition could not be read";
        return true;
    }
    if (differs || unequal)
        *reason = negated_reason;
    struct config_string *kept = memory_take(apache->reading->memory, sizeof *kept);
    *kept = string;
    found->strings = kept;
    found->count = 1;
    return true;
}

/* What an expression says of the origin, as it is gone through. */
struct said {
    size_t comparisons;
    bool reports;
    bool joins;    /* several must hold */
    bool negates;  /* all or a part of it */
    bool unread;   /* a comparison is negated or could not be read */
    bool without;  /* it may hold without the origin: an alternative does not ask for it */
    bool has_part; /* the alternative at hand asks for it */
};

/* One comparison of whatever else, a sign, or a byte. */
static void pass_other(const struct apache *apache, struct expression *expression,
                       struct said *said)
{
    struct config_string string;
    const char *preset;
    const struct cors_bytes bytes = expression->text.bytes;
    const char byte = bytes.at[expression->at];
    const bool word = expression->at == 0 || isspace((unsigned char)bytes.at[expression->at - 1]);
    if (skip_word(expression, "=~") || skip_word(expression, "!~")) {
        if (read_pattern(apache, expression, &string, &preset) != NULL)
            said->unread = true;
    } else if (skip_word(expression, "!=")) {
        return;
    } else if (skip_word(expression, "||") || (word && skip_word(expression, "or "))) {
        said->without = said->without || !said->has_part;
        said->has_part = false;
    } else if (skip_word(expression, "&&") || (word && skip_word(expression, "and "))) {
        said->joins = true;
    } else if (byte == '!' || (word && skip_word(expression, "not "))) {
        said->negates = true;
        expression->at += byte == '!' ? 1 : 0;
    } else if ((byte != '\'' && byte != '"') || expression->at == 0 ||
               !read_quoted(apache, expression, byte, &string)) {
        expression->at++;
    }
}

/* Goes through an expression; what it finds is reported if `said` wants it. */
static void read_parts(const struct apache *apache, struct config_string text,
                       const struct found *like, struct said *said)
{
    struct expression expression = {.text = text};
    while (expression.at < text.bytes.len) {
        struct found found = *like;
        const char *reason = NULL;
        const bool exists = skip_word(&expression, "-n ") || skip_word(&expression, "-z ");
        if (!skip_origin(&expression)) {
            pass_other(apache, &expression, said);
            continue;
        }
        if (exists || !read_comparison(apache, &expression, &found, &reason))
            continue;
        said->comparisons++;
        said->has_part = true;
        said->unread = said->unread || reason == negated_reason;
        if (said->reports && reason != NULL)
            find_unread(apache->reading, &found, reason);
        else if (said->reports)
            find_check(apache->reading, &found);
    }
    said->without = said->without || !said->has_part;
}

/* What follows from an expression that holds. Its comparisons are alternatives, if several of them
 * do not have to hold; with `like` they are reported. */
static enum guard read_expression(const struct apache *apache, struct config_string text,
                                  const struct found *like)
{
    struct said said = {0};
    const struct found none = {0};
    read_parts(apache, text, &none, &said);
    if (said.comparisons == 0)
        return mentions(text.bytes, "env") ? GUARD_UNREAD : GUARD_NONE;
    const char *reason =
        said.comparisons > 1 && said.joins ? "several conditions must hold together"
        : said.negates                     ? negated_reason
        : said.without && !said.unread     ? "the condition holds for other reasons too"
                                           : NULL;
    if (reason != NULL && like != NULL)
        find_unread(apache->reading, like, reason);
    said.reports = true;
    said.comparisons = 0;
    if (reason == NULL && like != NULL)
        read_parts(apache, text, like, &said);
    return reason == NULL && !said.unread ? GUARD_READ : GUARD_UNREAD;
}

static bool asks_origin(const struct directive *at)
{
    for (size_t i = 1; i < at->count; i++)
        if (mentions_origin(at->words[i].bytes) && !word_is_like(at, i, "expr=%{HTTP:Origin}"))
            return true;
    return false;
}

/* The expression of an <If>: without quotes it is several words, and is read as it stands. */
static struct config_string expression_of(const struct apache *apache, const struct directive *at)
{
    return at->count == 2 ? at->words[1]
                          : string_as_is(apache->reading, at->words[1].offsets[0], at->to);
}

static bool is_if(const struct directive *at)
{
    return at->is_block && at->count > 1 &&
           (word_is_like(at, 0, "If") || word_is_like(at, 0, "ElseIf"));
}

static enum guard guard_of_if(const struct apache *apache, size_t index)
{
    if (apache->guards[index] == 0) {
        const struct config_string text = expression_of(apache, &apache->directives.at[index]);
        apache->guards[index] = (unsigned char)(1 + read_expression(apache, text, NULL));
    }
    return apache->guards[index] - 1;
}

static void read_if(const struct apache *apache, size_t index)
{
    const struct directive *at = &apache->directives.at[index];
    struct found found = found_at(at, "Apache, a condition with %{HTTP:Origin}");
    const struct config_string text = expression_of(apache, at);
    found.credentials = apache->credentials;
    /* Those that a block turns away are not those that are let in. */
    if (!block_refuses(apache, index) || guard_of_if(apache, index) != GUARD_READ)
        read_expression(apache, text, &found);
}

/* ---- RewriteCond --------------------------------------------------------------------------- */

/* Whether what a condition is for turns requests away. */
static bool rule_refuses(const struct apache *apache, size_t index)
{
    const struct directive *directives = apache->directives.at;
    for (size_t i = index + 1; i < apache->directives.count; i++) {
        *apache->looks += 1;
        if (directives[i].parent == directives[index].parent &&
            word_is_like(&directives[i], 0, "RewriteRule"))
            return is_refusal(&directives[i]);
    }
    return false;
}

/* What a RewriteCond asks. */
static enum guard guard_of_condition(const struct directive *at)
{
    if (at->count < 3 || !asks_origin(at))
        return GUARD_NONE;
    if (!word_is_like(at, 1, "%{HTTP:Origin}") && !word_is_like(at, 1, "%{HTTP_ORIGIN}"))
        return GUARD_UNREAD;
    if (word_is(at, 2, "!^$") || word_is(at, 2, "!=\"\"") || word_is(at, 2, "!="))
        return GUARD_NONE;
    return *at->words[2].bytes.at == '!' ? GUARD_UNREAD : GUARD_READ;
}

static bool is_or(const struct directive *at)
{
    return word_mentions(at, 3, "[OR") || word_mentions(at, 3, ",OR") ||
           word_mentions(at, 3, "ornext");
}

/* What the conditions of a RewriteRule say: all must hold; those with [OR] are alternatives. */
static enum guard guard_of_rule(const struct apache *apache, size_t rule)
{
    const struct directive *directives = apache->directives.at;
    enum guard guard = GUARD_NONE, alternatives = GUARD_NONE;
    bool is_first = true;
    size_t from = rule;
    while (from > 0 && !(directives[from - 1].parent == directives[rule].parent &&
                         word_is_like(&directives[from - 1], 0, "RewriteRule")))
        from--;
    *apache->looks += rule - from;
    for (size_t i = from; i < rule; i++) {
        if (directives[i].parent != directives[rule].parent ||
            !word_is_like(&directives[i], 0, "RewriteCond"))
            continue;
        const enum guard one = guard_of_condition(&directives[i]);
        alternatives = is_first || one == alternatives ? one : GUARD_UNREAD;
        is_first = !is_or(&directives[i]);
        if (is_first)
            guard = stronger_guard(guard, alternatives);
    }
    return guard;
}

static void read_rewrite(const struct apache *apache, size_t index)
{
    const struct directive *at = &apache->directives.at[index];
    const bool refuses = rule_refuses(apache, index);
    const enum guard guard = guard_of_condition(at);
    struct found found = found_at(at, "Apache, RewriteCond %{HTTP:Origin}");
    found.credentials = apache->credentials;
    found.preset =
        word_mentions(at, 3, "NC") || word_mentions(at, 3, "nocase") ? "apache-i" : "apache";
    if (guard == GUARD_UNREAD)
        find_unread(apache->reading, &found,
                    *at->words[2].bytes.at == '!' ? negated_reason
                                                  : "more than the origin is compared");
    else if (guard == GUARD_READ && !refuses && strchr("=<>-", *at->words[2].bytes.at) != NULL)
        find_unread(apache->reading, &found, "the condition could not be read");
    else if (guard == GUARD_READ && !refuses)
        find_word(apache->reading, &found, &at->words[2], 0);
}

/* ---- Header -------------------------------------------------------------------------------- */

/* What gives a variable its value. */
struct giver {
    bool given, checked, unchecked, unread;
    bool reflects; /* the origin, without a check */
};

static enum guard guard_of(const struct apache *apache, size_t index, size_t from, unsigned steps);

/* Case does not count in their names. */
static bool gives(struct cors_bytes word, struct cors_bytes name)
{
    return name.len > 0 && word.len >= name.len && strncasecmp(word.at, name.at, name.len) == 0 &&
           (word.len == name.len || word.at[name.len] == '=');
}

/* The word of a directive that gives a variable its value; 0: none does. */
static size_t giving_word(const struct directive *at, struct cors_bytes name)
{
    static const char *const setters[] = {"SetEnv", "PassEnv", "SetEnvIfExpr", "BrowserMatch",
                                          "BrowserMatchNoCase"};
    size_t first = is_set_env_if(at) ? 3 : 0;
    for (size_t i = 0; i < sizeof setters / sizeof *setters; i++)
        if (word_is_like(at, 0, setters[i]))
            first = i < 2 ? 1 : 2;
    for (size_t w = first; first > 0 && w < at->count; w++)
        if (gives(at->words[w].bytes, name))
            return w;
    if (!word_is_like(at, 0, "RewriteRule") || at->count < 4)
        return 0;
    const struct cors_bytes flags = at->words[at->count - 1].bytes;
    for (size_t i = 0; i + 2 + name.len < flags.len; i++)
        if (same_letters((struct cors_bytes){flags.at + i, 2}, "E=") &&
            strncasecmp(flags.at + i + 2, name.at, name.len) == 0 &&
            flags.at[i + 2 + name.len] == ':')
            return at->count - 1;
    return 0;
}

/* Whether a variable is asked for that another directive of this kind sets. */
static bool asks_variable(const struct apache *apache, const struct directive *at)
{
    *apache->looks += apache->directives.count;
    for (size_t i = 0; i < apache->directives.count; i++)
        if (is_set_env_if(&apache->directives.at[i]) &&
            giving_word(&apache->directives.at[i], at->words[1].bytes) > 0)
            return true;
    return false;
}

static enum guard guard_of_giver(const struct apache *apache, size_t index, unsigned steps)
{
    const struct directive *at = &apache->directives.at[index];
    if (is_set_env_if(at) && word_is_like(at, 1, "Origin"))
        return GUARD_READ;
    if (*apache->looks > MOST_DIRECTIVE_LOOKS)
        return GUARD_UNREAD;
    if (apache->guards[index] != 0)
        return apache->guards[index] - 1;
    enum guard guard = guard_of(apache, index, at->count, steps + 1);
    if (word_is_like(at, 0, "SetEnvIfExpr"))
        guard = stronger_guard(guard, read_expression(apache, at->words[1], NULL));
    if (word_is_like(at, 0, "RewriteRule"))
        guard = stronger_guard(guard, guard_of_rule(apache, index));
    if (is_set_env_if(at) && guard == GUARD_NONE && asks_variable(apache, at))
        guard = GUARD_UNREAD;
    apache->guards[index] = (unsigned char)(1 + guard);
    return guard;
}

static struct giver giver_of(const struct apache *apache, struct cors_bytes name, unsigned steps)
{
    struct giver giver = {.unread = steps == MOST_STEPS};
    *apache->looks += apache->directives.count;
    for (size_t i = 0; i < apache->directives.count && !giver.unread; i++) {
        const struct directive *at = &apache->directives.at[i];
        const size_t word = giving_word(at, name);
        if (word == 0)
            continue;
        const enum guard guard = guard_of_giver(apache, i, steps);
        giver.given = true;
        giver.checked = giver.checked || guard == GUARD_READ;
        giver.unread = giver.unread || guard == GUARD_UNREAD;
        giver.unchecked = giver.unchecked || guard == GUARD_NONE;
        giver.reflects =
            giver.reflects || (guard == GUARD_NONE && mentions_origin(at->words[word].bytes));
    }
    return giver;
}

static enum guard guard_of_variable(const struct apache *apache, struct cors_bytes name,
                                    unsigned steps)
{
    const struct giver giver = giver_of(apache, name, steps);
    if (!giver.given || giver.unread || (giver.checked && giver.unchecked))
        return GUARD_UNREAD;
    return giver.checked ? GUARD_READ : GUARD_NONE;
}

/* env=NAME, env=!NAME and expr=... of a Header. */
static enum guard guard_of_word(const struct apache *apache, const struct config_string *string,
                                unsigned steps)
{
    const struct cors_bytes word = string->bytes;
    if (word.len > 5 && same_letters((struct cors_bytes){word.at, 5}, "expr="))
        return read_expression(apache, *string, NULL);
    if (word.len < 5 || !same_letters((struct cors_bytes){word.at, 4}, "env="))
        return GUARD_NONE;
    if (word.at[4] != '!')
        return guard_of_variable(apache, (struct cors_bytes){word.at + 4, word.len - 4}, steps);
    return guard_of_variable(apache, (struct cors_bytes){word.at + 5, word.len - 5}, steps) ==
                   GUARD_NONE
               ? GUARD_NONE
               : GUARD_UNREAD;
}

/* An <Else> or <ElseIf> is where the <If> before it does not hold. */
static enum guard guard_of_else(const struct apache *apache, size_t index)
{
    const struct directive *directives = apache->directives.at;
    if (!word_is_like(&directives[index], 0, "Else") &&
        !word_is_like(&directives[index], 0, "ElseIf"))
        return GUARD_NONE;
    for (size_t i = index; i > 0; i--) {
        const struct directive *before = &directives[i - 1];
        if (before->parent != directives[index].parent)
            continue;
        if (is_if(before) && asks_origin(before))
            return GUARD_UNREAD;
        if (!word_is_like(before, 0, "ElseIf"))
            return GUARD_NONE;
    }
    return GUARD_NONE;
}

/* What is asked around a directive, and by its words from one on. */
static enum guard guard_of(const struct apache *apache, size_t index, size_t from, unsigned steps)
{
    const struct directive *directives = apache->directives.at;
    enum guard guard = GUARD_NONE;
    for (size_t i = from; i < directives[index].count; i++)
        guard = stronger_guard(guard, guard_of_word(apache, &directives[index].words[i], steps));
    for (size_t at = directives[index].parent; at != SIZE_MAX; at = directives[at].parent) {
        guard = stronger_guard(guard, guard_of_else(apache, at));
        if (is_if(&directives[at]))
            guard = stronger_guard(guard, guard_of_if(apache, at));
    }
    return guard;
}

static void find_reflected(const struct apache *apache, const struct found *found, enum guard guard)
{
    if (guard == GUARD_UNREAD || apache->refuses)
        find_unread(apache->reading, found, guard_unread_reason);
    else
        find_any(apache->reading, found);
}

static void find_header(const struct apache *apache, size_t index, size_t value)
{
    const struct directive *at = &apache->directives.at[index];
    struct found found = found_at(at, "Apache, Header Access-Control-Allow-Origin");
    const struct config_string *word = &at->words[value];
    const struct cors_bytes bytes = word->bytes;
    const enum guard guard = guard_of(apache, index, value + 1, 0);
    const bool variable =
        bytes.len > 4 && memcmp(bytes.at, "%{", 2) == 0 && ends_with_letters(bytes, "}e");
    found.credentials = apache->credentials;
    found.key = at->parent == SIZE_MAX ? 1 : (uint64_t)at->parent + 2;
    if (guard == GUARD_READ)
        return;
    if (mentions(bytes, "expr=") && mentions_origin(bytes)) {
        find_reflected(apache, &found, guard);
    } else if (variable) {
        const struct cors_bytes name = {bytes.at + 2, bytes.len - 4};
        const struct giver giver = giver_of(apache, name, 0);
        if (giver.reflects)
            find_reflected(apache, &found, guard);
        else if (!giver.checked || giver.unchecked || giver.unread)
            find_unread(apache->reading, &found,
                        giver.checked || giver.unread ? guard_unread_reason
                                                      : "the value is a variable");
    } else if (mentions(bytes, "%{") || mentions(bytes, "expr=")) {
        find_unread(apache->reading, &found, "the value could not be read");
    } else if (guard == GUARD_UNREAD && bytes_are_string(bytes, "*")) {
        find_unread(apache->reading, &found, guard_unread_reason);
    } else {
        find_sent(apache->reading, &found, word);
    }
}

static void read_header(const struct apache *apache, size_t index)
{
    const struct directive *at = &apache->directives.at[index];
    const size_t value = header_value(at);
    struct found found = found_at(at, "Apache, Header Access-Control-Allow-Origin");
    if (value == 0) {
        const size_t action = word_is_like(at, 1, "always") ? 2 : 1;
        if (word_mentions(at, action, "edit") && word_mentions(at, action + 1, "Allow-Origin"))
            find_unread(apache->reading, &found, "how the header is sent could not be read");
        return;
    }
    find_header(apache, index, value);
    /* Header set ... "expr=%{HTTP:Origin} =~ ..." as a condition. */
    found.what = "Apache, a condition with %{HTTP:Origin}";
    found.credentials = apache->credentials;
    for (size_t i = value + 1; i < at->count; i++)
        if (word_mentions(at, i, "expr="))
            read_expression(apache, at->words[i], &found);
}

static void read_directive(const struct apache *apache, size_t index)
{
    const struct directive *at = &apache->directives.at[index];
    struct found found = found_at(at, "Apache, Access-Control-Allow-Origin");
    found.credentials = apache->credentials;
    if (is_set_env_if(at) && word_is_like(at, 1, "Origin")) {
        read_set(apache, at, word_is_like(at, 0, "SetEnvIfNoCase"));
    } else if (is_set_env_if(at) && word_mentions(at, 1, "Origin")) {
        found.what = "Apache, SetEnvIf";
        find_unread(apache->reading, &found, "which header this is could not be read");
    } else if (word_is_like(at, 0, "SetEnvIfExpr") && at->count > 2) {
        found.what = "Apache, SetEnvIfExpr";
        read_expression(apache, at->words[1], &found);
    } else if (is_if(at) && asks_origin(at)) {
        read_if(apache, index);
    } else if (word_is_like(at, 0, "RewriteCond") && at->count > 2) {
        read_rewrite(apache, index);
    } else if (word_is_like(at, 0, "Header")) {
        read_header(apache, index);
    }
}

/* Whether it turns origins away: then what is not guarded need not be reached by all. */
static bool refuses_origins(const struct apache *apache, size_t index)
{
    const struct directive *at = &apache->directives.at[index];
    if (word_is_like(at, 0, "Require") && asks_origin(at))
        return true;
    if (is_if(at) && asks_origin(at))
        return block_refuses(apache, index);
    return is_refusal(at) && word_is_like(at, 0, "RewriteRule") &&
           guard_of_rule(apache, index) != GUARD_NONE;
}

void read_apache(struct reading *reading)
{
    uint64_t looks = 0;
    struct apache apache = {.reading = reading, .looks = &looks};
    read_directives(reading, &apache.directives);
    apache.guards = memory_allocate(apache.directives.count);
    memset(apache.guards, 0, apache.directives.count);
    if (mentions(reading->bytes, "Access-Control-Allow-Credentials"))
        apache.credentials = CONFIG_CREDENTIALS;
    for (size_t i = 0; i < apache.directives.count && !apache.refuses; i++)
        apache.refuses = looks > MOST_DIRECTIVE_LOOKS || refuses_origins(&apache, i);
    for (size_t i = 0; i < apache.directives.count; i++) {
        looks += word_is_like(&apache.directives.at[i], 0, "Header") ? apache.directives.count : 1;
        if (looks > MOST_DIRECTIVE_LOOKS) {
            find_broken(reading, apache.directives.at[i].from,
                        "the file has too many directives from here on");
            break;
        }
        read_directive(&apache, i);
    }
    free(apache.guards);
    free(apache.directives.at);
}
