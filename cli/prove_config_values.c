/* Which strings and patterns an expression of a source file stands for. Read are literals, literals
 * put together, lists and calls that make a list or a pattern of literals, and names that are given
 * such a value once in the file. Invariant: anything else is a value with a reason; nothing that an
 * expression holds is left out. */
#include "prove_config_code.h"

#include <stdlib.h>
#include <string.h>

struct expression {
    uint32_t from, to; /* tokens */
    unsigned depth;
    bool listed;
};

static void read_expression(struct code *code, struct expression expression, struct values *values);

static struct value *add(struct values *values, const struct expression *expression,
                         enum value_kind kind)
{
    values->at = memory_grow(values->at, values->count, &values->capacity, sizeof *values->at);
    struct value *value = &values->at[values->count++];
    *value = (struct value){.kind = kind,
                            .listed = expression->listed,
                            .from = expression->from,
                            .to = expression->to,
                            .letters = ""};
    return value;
}

static void add_unread(struct values *values, const struct expression *expression,
                       const char *reason)
{
    add(values, expression, VALUE_UNREAD)->reason = reason;
}

static void add_string(struct code *code, struct values *values,
                       const struct expression *expression, uint32_t token)
{
    struct config_string string;
    const char *reason = token_string(code, token, &string);
    if (reason != NULL)
        add_unread(values, expression, reason);
    else
        add(values, expression, VALUE_STRING)->string = string;
}

bool is_one_of(const struct code *code, uint32_t token, const char *const *words)
{
    for (; *words != NULL; words++)
        if (token_is(code, token, *words))
            return true;
    return false;
}

/* ---- Why an expression cannot be read ------------------------------------------------------ */

static const char *reason_of(const struct code *code, uint32_t from, uint32_t to)
{
    static const char *const functions[] = {"=>", "function", "lambda", "def",   "func", "fn",
                                            "do", "->",       "|",      "async", "proc", NULL};
    static const char *const environment[] = {"env",     "environ", "getenv", "Getenv", "ENV",
                                              "process", "config",  "var",    "System", NULL};
    static const char *const conditions[] = {"?", "if", "||", "??", "or", "&&", "and", "?:", NULL};
    const char *reason = "an expression stands here";
    if (to - from > 10000)
        return "a long expression stands here";
    *code->looks += 20 * (uint64_t)(to - from); /* as many words are looked for */
    for (uint32_t i = from; i < to; i++) {
        if (code->tokens[i].partner == NOWHERE && code->tokens[i].kind == TOKEN_MARK &&
            strchr("([{", token_byte(code, i)) != NULL)
            return "a bracket is not closed";
        if (is_one_of(code, i, functions))
            return "a function decides";
        if (is_one_of(code, i, environment))
            reason = "the value comes from outside of the file";
        else if (is_one_of(code, i, conditions) && strcmp(reason, "an expression stands here") == 0)
            reason = "a condition chooses the value";
    }
    for (uint32_t i = from; i < to && strcmp(reason, "an expression stands here") == 0; i++)
        if (token_is(code, i, "("))
            reason = "the value is what a call returns";
    return reason;
}

/* ---- Names --------------------------------------------------------------------------------- */

/* Behind the = that gives a name its value, if this token is where that happens; NOWHERE. A type
 * may stand between them. */
static uint32_t given_value(const struct code *code, uint32_t token)
{
    const uint32_t opener = code->tokens[token].opener;
    if (opener != NOWHERE && token_byte(code, opener) == '(')
        return NOWHERE;
    uint32_t at = token + 1;
    if (token_is(code, at, "=") || token_is(code, at, ":="))
        return at + 1;
    const bool has_type = token_is(code, at, ":") || (code->language == CONFIG_GO && token > 0 &&
                                                      token_is(code, token - 1, "var"));
    for (unsigned i = 0; has_type && i < 12 && at < code->count; i++) {
        if (token_is(code, at, "="))
            return at + 1;
        if (token_is(code, at, ",") || token_is(code, at, ";") || code->tokens[at].first)
            return NOWHERE;
        at = token_after(code, at);
    }
    return NOWHERE;
}

/* Whether this mention of a name may change what it holds. */
static bool is_changed(const struct code *code, uint32_t token)
{
    static const char *const changes[] = {"push",   "add",     "append", "extend", "update",
                                          "addAll", "unshift", "splice", "remove", "discard",
                                          "insert", "concat!", "delete", "pop",    NULL};
    static const char *const operators[] = {"+=", "<<", "|=", "||=", ".=", "&=", NULL};
    const uint32_t next = token + 1;
    if (is_one_of(code, next, operators))
        return true;
    if (token_is(code, next, "[") && code->tokens[next].partner != NOWHERE)
        return token_is(code, code->tokens[next].partner + 1, "=");
    return (token_is(code, next, ".") || token_is(code, next, "->")) &&
           is_one_of(code, next + 1, changes);
}

/* The one place where a name gets its value; NOWHERE, and why. */
static uint32_t value_of_name(struct code *code, struct cors_bytes name, const char **reason)
{
    uint32_t found = NOWHERE;
    if (*code->looks > MOST_LOOKS) {
        *reason = "there are too many names in the file";
        return NOWHERE;
    }
    *code->looks += code->count;
    for (uint32_t i = 0; i < code->count; i++) {
        struct cors_bytes other = token_bytes(code, i);
        /* PHP: `$this->known` is declared as $known. */
        if (code->language == CONFIG_PHP && name.len > 0 && *name.at != '$' && other.len > 1 &&
            *other.at == '$')
            other = (struct cors_bytes){other.at + 1, other.len - 1};
        if (code->tokens[i].kind != TOKEN_NAME || !bytes_are(other, name))
            continue;
        const uint32_t given = given_value(code, i);
        if (is_changed(code, i) || (given != NOWHERE && found != NOWHERE)) {
            *reason = "the value of a variable changes in the file";
            return NOWHERE;
        }
        if (given != NOWHERE)
            found = given;
    }
    if (found == NOWHERE)
        *reason = "a variable stands here, whose value is not in the file";
    return found;
}

/* A name, or names with dots between: only the last one is looked for. */
static bool is_chain(const struct code *code, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        const bool is_dot = token_is(code, i, ".") || token_is(code, i, "::") ||
                            token_is(code, i, "->") || token_is(code, i, "?.");
        if ((i - from) % 2 == 0 ? !is_name(code, i) : !is_dot)
            return false;
    }
    return (to - from) % 2 == 1;
}

static void read_name(struct code *code, struct expression expression, struct values *values)
{
    static const char *const yes[] = {"true", "True", "TRUE", NULL};
    static const char *const no[] = {"false", "False", "FALSE", "null",      "None",
                                     "nil",   "NULL",  "Null",  "undefined", NULL};
    if (is_one_of(code, expression.from, yes)) {
        add(values, &expression, VALUE_TRUE);
        return;
    }
    if (is_one_of(code, expression.from, no)) {
        add(values, &expression, VALUE_FALSE);
        return;
    }
    static const char *const outside[] = {"env", "environ", "ENV", "var", "process", NULL};
    for (uint32_t i = expression.from; i < expression.to; i++)
        if (is_one_of(code, i, outside)) {
            add_unread(values, &expression, "the value comes from outside of the file");
            return;
        }
    const char *reason = NULL;
    const uint32_t value = value_of_name(code, token_bytes(code, expression.to - 1), &reason);
    if (value == NOWHERE) {
        add_unread(values, &expression, reason);
        return;
    }
    expression.from = value;
    expression.to = expression_end(code, value);
    expression.depth++;
    read_expression(code, expression, values);
}

/* ---- Lists --------------------------------------------------------------------------------- */

/* In PHP's 'key' => 'value' the value, in Go's and Python's "key": true the key. */
static void read_element(struct code *code, struct expression element, struct values *values)
{
    for (uint32_t i = element.from; i < element.to; i = token_after(code, i)) {
        if (token_is(code, i, "=>") && code->language == CONFIG_PHP) {
            element.from = i + 1;
            break;
        }
        if (token_is(code, i, ":") && code->tokens[element.from].kind == TOKEN_STRING) {
            element.to = i;
            break;
        }
    }
    if (token_is(code, element.from, "...") || token_is(code, element.from, "*"))
        element.from++;
    read_expression(code, element, values);
}

static void read_list(struct code *code, struct expression list, struct values *values)
{
    list.listed = true;
    list.depth++;
    for (uint32_t at = list.from; at < list.to;) {
        struct expression element = list;
        element.from = at;
        element.to = list_part_end(code, at, list.to);
        if (element.from < element.to)
            read_element(code, element, values);
        at = element.to + 1;
    }
}

static void read_words(struct code *code, struct expression expression, struct values *values)
{
    const struct token *token = &code->tokens[expression.from];
    const struct config_string all = string_as_is(code->reading, token->from + 3, token->to - 1);
    if (token_byte(code, expression.from) == '%' &&
        (mentions(all.bytes, "#{") || mentions(all.bytes, "\\"))) {
        add_unread(values, &expression, "something is put into the string");
        return;
    }
    const char kind = code->reading->bytes.at[token->from + 1];
    if (kind == 'q' || kind == 'Q') {
        add(values, &expression, VALUE_STRING)->string = all;
        return;
    }
    size_t count;
    const struct config_string *words = strings_split(code->reading, all, " \t\r\n", &count);
    expression.listed = true;
    for (size_t i = 0; i < count; i++)
        add(values, &expression, VALUE_STRING)->string = words[i];
}

/* ---- Patterns ------------------------------------------------------------------------------ */

static void read_pattern(struct code *code, struct expression expression, struct values *values)
{
    const struct token *token = &code->tokens[expression.from];
    const char *bytes = code->reading->bytes.at;
    uint32_t from = token->from + 1, to = token->to;
    if (bytes[token->from] == '%')
        from += 2;
    while (to > from && strchr("abcdefghijklmnopqrstuvwxyz", bytes[to - 1]) != NULL &&
           bytes[to - 1] != '\0')
        to--;
    const struct config_string pattern = string_as_is(code->reading, from, to - 1);
    if (code->language == CONFIG_RUBY && mentions(pattern.bytes, "#{")) {
        add_unread(values, &expression, "something is put into the pattern");
        return;
    }
    struct value *value = add(values, &expression, VALUE_PATTERN);
    value->string = pattern;
    value->letters = memory_copy(code->reading->memory, piece(code->reading, to, token->to)).at;
}

struct flag_word {
    const char *word;
    char letter;
};

/* The letters that stand for the second argument of a call that makes a pattern; NULL: unknown. */
static const char *letters_of(struct code *code, uint32_t from, uint32_t to)
{
    static const struct flag_word words[] = {
        {"I", 'i'},           {"IGNORECASE", 'i'}, {"CASE_INSENSITIVE", 'i'},
        {"true", 'i'},        {"M", 'm'},          {"MULTILINE", 'm'},
        {"S", 's'},           {"DOTALL", 's'},     {"X", 'x'},
        {"VERBOSE", 'x'},     {"COMMENTS", 'x'},   {"EXTENDED", 'x'},
        {"IGNORE_CASE", 'i'},
    };
    char *letters = memory_take(code->reading->memory, to - from + 1);
    struct config_string string;
    if (to - from == 1 && code->tokens[from].kind == TOKEN_STRING)
        return token_string(code, from, &string) == NULL ? string.bytes.at : NULL;
    if (to - from == 1 && token_is(code, from, "0"))
        return letters;
    for (uint32_t i = from; i < to; i++) {
        if (!is_name(code, i) || token_is(code, i + 1, ".") || token_is(code, i + 1, "::") ||
            token_is(code, i + 1, "="))
            continue;
        char letter = '\0';
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            if (token_is(code, i, words[w].word))
                letter = words[w].letter;
        if (letter == '\0')
            return NULL;
        letters[strlen(letters)] = letter;
    }
    return letters;
}

static void read_made_pattern(struct code *code, struct expression arguments, struct values *values)
{
    const uint32_t end = list_part_end(code, arguments.from, arguments.to);
    struct values inner = {0};
    struct expression first = arguments;
    first.to = end;
    first.depth++;
    read_expression(code, first, &inner);
    const char *letters = end < arguments.to ? letters_of(code, end + 1, arguments.to) : "";
    const struct value *source = inner.count == 1 ? inner.at : NULL;
    if (source == NULL || source->kind == VALUE_UNREAD)
        add_unread(values, &arguments,
                   source == NULL ? "a pattern is put together" : source->reason);
    else if (letters == NULL)
        add_unread(values, &arguments, "the flags of a pattern could not be read");
    else if (source->kind != VALUE_STRING && source->kind != VALUE_PATTERN)
        add_unread(values, &arguments, "a pattern is put together");
    else {
        struct value *value = add(values, &arguments, VALUE_PATTERN);
        value->string = source->string;
        value->letters = *letters == '\0' ? source->letters : letters;
    }
    free(inner.at);
}

/* ---- Expressions --------------------------------------------------------------------------- */

/* Literals with the language's sign between them, or in Python nothing. */
static bool read_joined(struct code *code, struct expression expression, struct values *values)
{
    const char *sign = code->language == CONFIG_PHP ? "." : "+";
    size_t count = 0;
    for (uint32_t i = expression.from; i < expression.to; i++) {
        if (code->tokens[i].kind == TOKEN_STRING)
            count++;
        else if (!token_is(code, i, sign))
            return false;
    }
    struct config_string *parts = memory_take(code->reading->memory, count * sizeof *parts);
    const char *reason = NULL;
    count = 0;
    for (uint32_t i = expression.from; i < expression.to; i++)
        if (code->tokens[i].kind == TOKEN_STRING && reason == NULL)
            reason = token_string(code, i, &parts[count++]);
    if (reason != NULL)
        add_unread(values, &expression, reason);
    else if (count == 0)
        return false;
    else
        add(values, &expression, VALUE_STRING)->string = strings_join(code->reading, parts, count);
    return true;
}

/* A call, a Go literal with its type, or an index. */
static bool read_call(struct code *code, struct expression expression, struct values *values)
{
    static const char *const lists[] = {
        "Set",       "of",    "asList",       "listOf",    "setOf",   "arrayOf",   "mutableListOf",
        "list",      "tuple", "set",          "frozenset", "array",   "from",      "singletonList",
        "singleton", "toset", "mutableSetOf", "tolist",    "collect", "ArrayList", "HashSet",
        NULL};
    static const char *const patterns[] = {"RegExp", "compile", "MustCompile", "Compile",
                                           "Regex",  "new",     NULL};
    const uint32_t close = expression.to - 1, open = code->tokens[close].partner;
    if (open == NOWHERE || open <= expression.from || open >= close)
        return false;
    struct expression inside = expression;
    inside.from = open + 1;
    inside.to = close;
    const bool go_literal =
        code->language == CONFIG_GO && token_is(code, close, "}") &&
        (token_is(code, expression.from, "[") || token_is(code, expression.from, "map"));
    const uint32_t callee = token_is(code, open - 1, ">") ? open - 2 : open - 1;
    if (go_literal || (token_is(code, close, ")") &&
                       (is_one_of(code, callee, lists) || token_is(code, open - 1, ">")))) {
        read_list(code, inside, values);
        return true;
    }
    if (token_is(code, close, ")") && is_one_of(code, open - 1, patterns) &&
        !(token_is(code, open - 1, "new") && code->language != CONFIG_RUBY)) {
        read_made_pattern(code, inside, values);
        return true;
    }
    return false;
}

/* Whether brackets that begin and end here enclose all of it. */
static bool encloses(const struct code *code, const struct expression *expression, const char *open)
{
    return token_is(code, expression->from, open) &&
           code->tokens[expression->from].partner == expression->to - 1;
}

static bool read_enclosed(struct code *code, struct expression expression, struct values *values)
{
    struct expression inside = expression;
    inside.from++;
    inside.to--;
    const bool is_set = code->language == CONFIG_JAVA || code->language == CONFIG_PYTHON;
    if (encloses(code, &expression, "[") || (is_set && encloses(code, &expression, "{"))) {
        read_list(code, inside, values);
        return true;
    }
    if (!encloses(code, &expression, "("))
        return false;
    if (list_part_end(code, inside.from, inside.to) < inside.to) {
        read_list(code, inside, values);
    } else {
        inside.depth++;
        read_expression(code, inside, values);
    }
    return true;
}

/* What changes nothing, at either end. */
static void strip(const struct code *code, struct expression *expression)
{
    if (token_is(code, expression->from, "new") && expression->to - expression->from > 1)
        expression->from++;
    if (code->language == CONFIG_PHP && token_is(code, expression->from, "&"))
        expression->from++;
    if (expression->to - expression->from > 2 && token_is(code, expression->to - 1, "freeze") &&
        token_is(code, expression->to - 2, "."))
        expression->to -= 2;
    if (code->language == CONFIG_JAVASCRIPT)
        for (uint32_t i = expression->from; i + 1 < expression->to; i = token_after(code, i))
            if (token_is(code, i, "as") || token_is(code, i, "satisfies"))
                expression->to = i > expression->from ? i : expression->to;
}

static void read_expression(struct code *code, struct expression expression, struct values *values)
{
    if (expression.from >= expression.to)
        return;
    if (expression.depth > 16 || values->count > 100000 || *code->looks > MOST_LOOKS) {
        add_unread(values, &expression, "the value is nested too deep, or too long");
        return;
    }
    *code->looks += expression.to - expression.from;
    strip(code, &expression);
    const enum token_kind kind = (enum token_kind)code->tokens[expression.from].kind;
    if (expression.to - expression.from == 1 && kind == TOKEN_STRING)
        add_string(code, values, &expression, expression.from);
    else if (expression.to - expression.from == 1 && kind == TOKEN_PATTERN)
        read_pattern(code, expression, values);
    else if (expression.to - expression.from == 1 && kind == TOKEN_WORDS)
        read_words(code, expression, values);
    else if (is_chain(code, expression.from, expression.to))
        read_name(code, expression, values);
    else if (!read_enclosed(code, expression, values) && !read_joined(code, expression, values) &&
             !read_call(code, expression, values))
        add_unread(values, &expression, reason_of(code, expression.from, expression.to));
}

void read_values(struct code *code, uint32_t from, uint32_t to, struct values *values)
{
    read_expression(code, (struct expression){.from = from, .to = to}, values);
}
