/* nginx: conditions of if (https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#if), the
 * values of variables that maps and set give, and what both say of the origin where a header is
 * sent. Invariants: a directive of rewriting only guards what comes after it; a location within
 * another one is guarded by neither; what recursion or many values would take too long for is
 * GUARD_UNREAD. */
#include "prove_config_nginx.h"

#include <string.h>
#include <strings.h>

enum { MOST_STEPS = 8, MOST_VALUE = 255 };

static const char header_name[] = "Access-Control-Allow-Origin";

/* ---- Words ----------------------------------------------------------------------------------- */

struct cors_bytes nginx_variable(struct cors_bytes word)
{
    while (word.len > 0 && *word.at == '(')
        word = (struct cors_bytes){word.at + 1, word.len - 1};
    while (word.len > 0 && word.at[word.len - 1] == ')')
        word.len--;
    if (word.len < 2 || *word.at != '$')
        return (struct cors_bytes){"", 0};
    word = (struct cors_bytes){word.at + 1, word.len - 1};
    if (word.len > 2 && *word.at == '{' && word.at[word.len - 1] == '}')
        word = (struct cors_bytes){word.at + 1, word.len - 2};
    return memchr(word.at, '$', word.len) == NULL ? word : (struct cors_bytes){"", 0};
}

static bool are_same_names(struct cors_bytes left, struct cors_bytes right)
{
    return left.len > 0 && left.len == right.len && strncasecmp(left.at, right.at, left.len) == 0;
}

static bool is_variable(const struct directive *directive, size_t word, struct cors_bytes name)
{
    return word < directive->count &&
           are_same_names(nginx_variable(directive->words[word].bytes), name);
}

bool nginx_is_origin(const struct directive *directive, size_t word)
{
    return is_variable(directive, word, bytes_of("http_origin"));
}

bool nginx_mentions_header(const struct directive *directive, size_t from)
{
    for (size_t i = from; i < directive->count; i++)
        if (word_mentions(directive, i, header_name))
            return true;
    return false;
}

bool nginx_is_header(const struct directive *directive)
{
    return word_is(directive, 0, "add_header")
               ? word_is_like(directive, 1, header_name) && directive->count > 2
               : word_is(directive, 0, "more_set_headers") && nginx_mentions_header(directive, 1);
}

/* ---- Conditions ---------------------------------------------------------------------------- */

bool nginx_condition(const struct nginx *nginx, size_t index, struct condition *condition)
{
    const struct directive *at = &nginx->directives.at[index];
    const size_t first = word_is(at, 1, "(") ? 2 : 1;
    const size_t last = at->count - (word_is(at, at->count - 1, ")") ? 2 : 1);
    if (!word_is(at, 0, "if") || at->count < 2 || (last != first && last != first + 2))
        return false;
    *condition = (struct condition){.variable = nginx_variable(at->words[first].bytes),
                                    .sign = {"", 0},
                                    .value = {"", 0},
                                    .word = &at->words[last]};
    if (last == first)
        return condition->variable.len > 0;
    condition->sign = at->words[first + 1].bytes;
    condition->value = condition->word->bytes;
    /* The bracket that ends the condition ends the last word, if that has no quotes. */
    if (last == at->count - 1 && ends_with_letters(condition->value, ")"))
        condition->value.len--;
    return condition->variable.len > 0;
}

bool is_negated(const struct condition *condition)
{
    return condition->sign.len > 0 && *condition->sign.at == '!';
}

bool is_of_origin(const struct condition *condition)
{
    return same_letters(condition->variable, "http_origin") && condition->sign.len > 0 &&
           condition->value.len > 0;
}

enum answer { NO = 0, YES, MAYBE };

/* Whether a condition holds where its variable has this value. */
static enum answer holds_for(const struct condition *condition, struct cors_bytes value)
{
    const bool equal = bytes_are(condition->value, value);
    if (mentions(value, "$") || mentions(condition->value, "$"))
        return MAYBE;
    if (condition->sign.len == 0)
        return value.len > 0 && !bytes_are_string(value, "0") ? YES : NO;
    if (bytes_are_string(condition->sign, "="))
        return equal ? YES : NO;
    if (bytes_are_string(condition->sign, "!="))
        return equal ? NO : YES;
    return MAYBE;
}

/* An answer that holds nothing worth reading. */
static bool is_empty_answer(const struct directive *at)
{
    return word_is(at, 0, "return") && at->count > 1 &&
           (*at->words[1].bytes.at != '2' || word_is(at, 1, "204"));
}

bool nginx_is_refusal(struct nginx *nginx, size_t index)
{
    const struct directive *block = &nginx->directives.at[index];
    bool ends = false;
    if (!word_is(block, 0, "if"))
        return false;
    nginx->looks += block->end - index;
    for (size_t i = index + 1; i < block->end; i++) {
        const struct directive *at = &nginx->directives.at[i];
        if (nginx_is_header(at) || word_is(at, 0, "break"))
            return false;
        ends = ends || is_empty_answer(at);
    }
    return ends;
}

/* ---- What a variable may hold -------------------------------------------------------------- */

static const struct config_string empty_string = {{"", 0}, NULL};

static void add_value(struct unchecked *unchecked, const struct config_string *value)
{
    for (size_t i = 0; i < unchecked->count; i++)
        if (bytes_are(unchecked->values[i]->bytes, value->bytes))
            return;
    if (unchecked->count == MOST_VALUES)
        unchecked->unread = true;
    else
        unchecked->values[unchecked->count++] = value;
}

/* A value that is set, or put behind the one that is there. */
static void add_set(struct unchecked *unchecked, struct cors_bytes name,
                    const struct config_string *value)
{
    const struct cors_bytes bytes = value->bytes;
    const size_t own = name.len + strlen("${}");
    if (bytes.len <= own || bytes.at[1] != '{' ||
        !are_same_names(nginx_variable((struct cors_bytes){bytes.at, own}), name)) {
        add_value(unchecked, value);
        return;
    }
    const struct cors_bytes suffix = {bytes.at + own, bytes.len - own};
    if (unchecked->suffix_count == MOST_VALUES || mentions(suffix, "$"))
        unchecked->unread = true;
    else
        unchecked->suffixes[unchecked->suffix_count++] = suffix;
}

static bool ends_with(struct cors_bytes bytes, struct cors_bytes end)
{
    return bytes.len >= end.len && memcmp(bytes.at + bytes.len - end.len, end.at, end.len) == 0;
}

/* Whether a value can be put together from those and the suffixes. */
static bool can_be(const struct unchecked *unchecked, struct cors_bytes value)
{
    bool can[MOST_VALUE + 1] = {false};
    if (value.len > MOST_VALUE)
        return true;
    for (size_t len = 0; len <= value.len; len++) {
        const struct cors_bytes begin = {value.at, len};
        for (size_t i = 0; i < unchecked->count; i++)
            can[len] = can[len] || bytes_are(unchecked->values[i]->bytes, begin) ||
                       mentions(unchecked->values[i]->bytes, "$");
        for (size_t i = 0; i < unchecked->suffix_count; i++)
            can[len] = can[len] || (ends_with(begin, unchecked->suffixes[i]) &&
                                    can[len - unchecked->suffixes[i].len]);
    }
    return can[value.len];
}

/* ---- Variables that are mapped ------------------------------------------------------------- */

bool nginx_refuses(struct cors_bytes value)
{
    return value.len == 0 || bytes_are_string(value, "0") || same_letters(value, "false") ||
           same_letters(value, "off");
}

bool nginx_is_refused(struct nginx *nginx, size_t map, struct cors_bytes value)
{
    const struct directive *at = &nginx->directives.at[map];
    const struct cors_bytes name =
        at->count > 2 ? nginx_variable(at->words[2].bytes) : (struct cors_bytes){"", 0};
    struct condition condition;
    nginx->looks += nginx->directives.count;
    for (size_t i = 0; i < nginx->directives.count; i++) {
        if (!nginx_condition(nginx, i, &condition) || !are_same_names(condition.variable, name) ||
            !nginx_is_refusal(nginx, i))
            continue;
        const enum answer answer = holds_for(&condition, value);
        if (answer != MAYBE)
            return answer == YES;
    }
    return nginx_refuses(value);
}

bool nginx_is_entry(const struct directive *at)
{
    return at->count > 1 && !word_is(at, 0, "include");
}

/* What a map of strings makes of a value; NULL: nothing. */
static const struct directive *entry_for(const struct nginx *nginx, size_t map,
                                         struct cors_bytes value)
{
    const struct directive *entry = NULL;
    for (size_t i = map + 1; i < nginx->directives.at[map].end; i++) {
        const struct directive *at = &nginx->directives.at[i];
        if (nginx_is_entry(at) && are_same_names(at->words[0].bytes, value))
            return at;
        if (nginx_is_entry(at) && word_is(at, 0, "default"))
            entry = at;
    }
    return entry;
}

/* Whether entry_for can say it: no patterns, nothing elsewhere, no words with a meaning. */
static bool is_of_strings(const struct nginx *nginx, size_t map)
{
    for (size_t i = map + 1; i < nginx->directives.at[map].end; i++) {
        const struct directive *at = &nginx->directives.at[i];
        const struct cors_bytes key = at->words[0].bytes;
        if (!nginx_is_entry(at) || key.len == 0 || *key.at == '~' || *key.at == '\\')
            return false;
    }
    return true;
}

/* The values that a map may give to what it is asked for in vain. */
static void collect_map(struct nginx *nginx, size_t map, struct unchecked *unchecked,
                        unsigned steps)
{
    const struct directive *at = &nginx->directives.at[map];
    const bool origin = nginx_is_origin(at, 1);
    struct unchecked source = {0};
    bool has_default = false;
    if (!origin)
        nginx_collect(nginx, nginx_variable(at->words[1].bytes), map, &source, steps + 1);
    unchecked->given = true;
    unchecked->asked =
        unchecked->asked || origin || source.asked || word_mentions(at, 1, "http_origin");
    nginx->looks += at->end - map;
    if (source.asked && !source.unread && source.suffix_count == 0 && is_of_strings(nginx, map)) {
        for (size_t i = 0; i < source.count; i++) {
            const struct directive *entry = entry_for(nginx, map, source.values[i]->bytes);
            add_value(unchecked, entry == NULL ? &empty_string : &entry->words[1]);
            unchecked->unread = unchecked->unread || mentions(source.values[i]->bytes, "$");
        }
        return;
    }
    for (size_t i = map + 1; i < at->end; i++) {
        const struct directive *entry = &nginx->directives.at[i];
        const bool is_default = word_is(entry, 0, "default") && entry->count > 1;
        has_default = has_default || is_default;
        unchecked->unread = unchecked->unread || (!origin && word_is(entry, 0, "include"));
        if (nginx_is_entry(entry) &&
            (!origin || nginx_is_refused(nginx, map, entry->words[1].bytes) ||
             (is_default && !unchecked->of_header)))
            add_value(unchecked, &entry->words[1]);
    }
    if (!has_default)
        add_value(unchecked, &empty_string);
}

/* ---- Variables that are set ---------------------------------------------------------------- */

/* A location within another one does not do what that does, but sends its headers. */
static bool is_inner(const struct nginx *nginx, size_t index)
{
    const struct directive *directives = nginx->directives.at;
    const size_t parent = directives[index].parent;
    return parent != SIZE_MAX && word_is(&directives[index], 0, "location") &&
           word_is(&directives[parent], 0, "location");
}

/* Whether a `set` is done whenever a directive behind it is reached. */
static bool is_always_before(const struct nginx *nginx, size_t set, size_t index)
{
    for (size_t at = index; set < index && at != SIZE_MAX && !is_inner(nginx, at);
         at = nginx->directives.at[at].parent)
        if (nginx->directives.at[at].parent == nginx->directives.at[set].parent)
            return true;
    return false;
}

/* By code, by an answer, by chance, by an address. */
static bool is_given_elsewhere(const struct directive *at, struct cors_bytes name)
{
    static const char *const givers[] = {"set_", "js_set",        "perl_set",        "js_var",
                                         "geo",  "split_clients", "auth_request_set"};
    if (!is_variable(at, 1, name) && !is_variable(at, 2, name))
        return false;
    for (size_t i = 0; i < sizeof givers / sizeof *givers; i++)
        if (strncmp(at->words[0].bytes.at, givers[i], strlen(givers[i])) == 0)
            return true;
    return false;
}

void nginx_collect(struct nginx *nginx, struct cors_bytes name, size_t index,
                   struct unchecked *unchecked, unsigned steps)
{
    bool has_value = false;
    nginx->looks += nginx->directives.count;
    if (steps > MOST_STEPS || nginx->looks > MOST_DIRECTIVE_LOOKS) {
        unchecked->given = unchecked->asked = unchecked->unread = true;
        return;
    }
    for (size_t i = 0; i < nginx->directives.count; i++) {
        const struct directive *at = &nginx->directives.at[i];
        if (word_is(at, 0, "map") && at->is_block && is_variable(at, 2, name)) {
            collect_map(nginx, i, unchecked, steps);
            has_value = true;
        } else if (word_is(at, 0, "set") && at->count > 2 && is_variable(at, 1, name)) {
            const enum guard guard = nginx_guard(nginx, i, steps + 1);
            unchecked->given = true;
            unchecked->asked = unchecked->asked || guard != GUARD_NONE;
            unchecked->reflects =
                unchecked->reflects || (guard == GUARD_NONE && nginx_is_origin(at, 2));
            unchecked->withdrawn =
                unchecked->withdrawn || (guard != GUARD_NONE && nginx_refuses(at->words[2].bytes));
            has_value = has_value || (guard == GUARD_NONE && is_always_before(nginx, i, index));
            if (guard != GUARD_READ)
                add_set(unchecked, name, &at->words[2]);
        } else if (is_given_elsewhere(at, name)) {
            unchecked->given = unchecked->unread = true;
        }
    }
    if (!has_value)
        add_value(unchecked, &empty_string);
}

/* ---- What guards a directive --------------------------------------------------------------- */

/* What it says of an origin that a condition holds, or that it does not. */
static enum guard guard_of_condition(struct nginx *nginx, size_t index, bool holds, unsigned steps)
{
    struct condition condition;
    struct unchecked unchecked = {0};
    if (!nginx_condition(nginx, index, &condition))
        return GUARD_NONE;
    if (is_of_origin(&condition))
        return is_negated(&condition) != holds ? GUARD_READ : GUARD_UNREAD;
    if (same_letters(condition.variable, "http_origin"))
        return GUARD_NONE;
    nginx_collect(nginx, condition.variable, index, &unchecked, steps + 1);
    if (!unchecked.asked)
        return GUARD_NONE;
    if (unchecked.unread)
        return GUARD_UNREAD;
    if (unchecked.suffix_count > 0)
        return holds && bytes_are_string(condition.sign, "=") && !mentions(condition.value, "$") &&
                       !can_be(&unchecked, condition.value)
                   ? GUARD_READ
                   : GUARD_UNREAD;
    for (size_t i = 0; i < unchecked.count; i++)
        if (holds_for(&condition, unchecked.values[i]->bytes) != (holds ? NO : YES))
            return GUARD_UNREAD;
    return GUARD_READ;
}

/* Whether what follows a directive of the rewrite module is not done. */
static bool stops(const struct directive *at)
{
    return word_is(at, 0, "break") || (word_is(at, 0, "return") && !is_empty_answer(at)) ||
           (word_is(at, 0, "rewrite") &&
            (word_is(at, at->count - 1, "break") || word_is(at, at->count - 1, "last")));
}

static bool has_inner(const struct nginx *nginx, size_t index)
{
    const size_t parent = nginx->directives.at[index].parent;
    for (size_t i = parent; parent != SIZE_MAX && i < nginx->directives.at[parent].end; i++)
        if (nginx->directives.at[i].parent == parent && is_inner(nginx, i))
            return true;
    return false;
}

/* What the blocks that refuse say of a directive of the same block. Only rewriting has an order. */
static enum guard guard_of_refusals(struct nginx *nginx, size_t at, unsigned steps)
{
    const struct directive *directives = nginx->directives.at;
    const size_t parent = directives[at].parent;
    const bool ordered = word_is(&directives[at], 0, "if") || word_is(&directives[at], 0, "set");
    const size_t from = parent == SIZE_MAX ? 0 : parent + 1;
    const size_t to = parent == SIZE_MAX ? nginx->directives.count : directives[parent].end;
    enum guard guard = GUARD_NONE;
    bool stopped = has_inner(nginx, at);
    nginx->looks += 2 * (to - from);
    for (size_t i = from; i < (ordered ? at : to); i++) {
        const size_t block = directives[i].parent;
        const bool is_of_this = block == parent || (word_is(&directives[block], 0, "if") &&
                                                    directives[block].parent == parent);
        if (block == parent && nginx_is_refusal(nginx, i)) {
            const enum guard one = guard_of_condition(nginx, i, false, steps);
            guard = stronger_guard(guard, stopped && one == GUARD_READ ? GUARD_UNREAD : one);
        }
        stopped = stopped || (is_of_this && stops(&directives[i]));
    }
    return guard;
}

enum guard nginx_guard(struct nginx *nginx, size_t index, unsigned steps)
{
    enum guard guard = GUARD_NONE;
    if (steps > MOST_STEPS || nginx->looks > MOST_DIRECTIVE_LOOKS)
        return GUARD_UNREAD;
    for (size_t at = index; at != SIZE_MAX && guard != GUARD_READ;
         at = nginx->directives.at[at].parent) {
        if (at != index)
            guard = stronger_guard(guard, guard_of_condition(nginx, at, true, steps));
        if (!is_inner(nginx, at))
            guard = stronger_guard(guard, guard_of_refusals(nginx, at, steps));
    }
    return guard;
}
