/* A source file becomes tokens. No grammar is kept: only what it takes not to mistake a comment or
 * a string for code. Invariants: tokens do not overlap and rise; the opener of a token comes before
 * it, the partner of an opening bracket behind it. */
#include "prove_config_code.h"

#include <ctype.h>
#include <string.h>

/* Three bytes before two, so that the longest is found. */
static const char *const marks[] = {
    "===", "!==", "...", "=~", "!~", "==", "!=", "=>", "->", "::", "?.", "&&",
    "||",  ":=",  "+=",  "-=", ".=", ">=", "<=", "<<", "??", "|=", "&="};

struct tokenizer {
    struct code *code;
    uint32_t at;
    bool first;
    uint32_t openers[1000];
    uint32_t depth;
    uint32_t open[3];              /* of ( [ { each */
    uint32_t hopeless[TOKEN_MARK]; /* before it no token of this kind can end: not looked again */
    uint32_t here_from, here_to;   /* a here-document's text, passed over at the end of its line */
};

static char byte_at(const struct code *code, uint32_t at)
{
    const struct cors_bytes bytes = code->reading->bytes;
    return at < bytes.len ? bytes.at[at] : '\0';
}

static bool is_name_byte(const struct code *code, char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || (unsigned char)byte >= 0x80 ||
           (byte == '$' && code->language != CONFIG_GO) ||
           (byte == '@' && code->language == CONFIG_RUBY);
}

static struct token *add(struct tokenizer *tokenizer, enum token_kind kind, uint32_t to)
{
    struct code *code = tokenizer->code;
    code->tokens = memory_grow(code->tokens, code->count, &code->capacity, sizeof *code->tokens);
    struct token *token = &code->tokens[code->count++];
    *token = (struct token){
        .from = tokenizer->at,
        .to = to,
        .partner = NOWHERE,
        .opener = tokenizer->depth == 0 ? NOWHERE : tokenizer->openers[tokenizer->depth - 1],
        .kind = (uint8_t)kind,
        .first = tokenizer->first,
    };
    tokenizer->at = to;
    tokenizer->first = false;
    return token;
}

static size_t bracket_kind(char byte)
{
    return byte == '(' || byte == ')' ? 0 : byte == '[' || byte == ']' ? 1 : 2;
}

/* A closing bracket ends the innermost one of its kind; brackets within that are not closed stay
 * without a partner. */
static void close_bracket(struct tokenizer *tokenizer, char close)
{
    struct code *code = tokenizer->code;
    const size_t kind = bracket_kind(close);
    if (tokenizer->open[kind] == 0) {
        add(tokenizer, TOKEN_MARK, tokenizer->at + 1);
        return;
    }
    uint32_t depth = tokenizer->depth;
    for (bool found = false; !found; depth -= found ? 0 : 1) {
        const size_t top = bracket_kind(token_byte(code, tokenizer->openers[depth - 1]));
        tokenizer->open[top]--;
        found = top == kind;
    }
    const uint32_t opener = tokenizer->openers[depth - 1];
    tokenizer->depth = depth - 1;
    add(tokenizer, TOKEN_MARK, tokenizer->at + 1)->partner = opener;
    code->tokens[opener].partner = code->count - 1;
}

static bool add_mark(struct tokenizer *tokenizer)
{
    struct code *code = tokenizer->code;
    const char byte = byte_at(code, tokenizer->at);
    if (strchr(")]}", byte) != NULL) {
        close_bracket(tokenizer, byte);
        return true;
    }
    if (strchr("([{", byte) != NULL) {
        if (tokenizer->depth == sizeof tokenizer->openers / sizeof *tokenizer->openers) {
            find_broken(code->reading, tokenizer->at, "the brackets are nested too deep");
            return false;
        }
        add(tokenizer, TOKEN_MARK, tokenizer->at + 1);
        tokenizer->openers[tokenizer->depth++] = code->count - 1;
        tokenizer->open[bracket_kind(byte)]++;
        return true;
    }
    uint32_t len = 1;
    for (size_t i = 0; i < sizeof marks / sizeof *marks && len == 1; i++)
        if (byte == *marks[i] && tokenizer->at + strlen(marks[i]) <= code->reading->bytes.len &&
            memcmp(code->reading->bytes.at + tokenizer->at, marks[i], strlen(marks[i])) == 0)
            len = (uint32_t)strlen(marks[i]);
    add(tokenizer, TOKEN_MARK, tokenizer->at + len);
    return true;
}

static void add_name(struct tokenizer *tokenizer)
{
    struct code *code = tokenizer->code;
    uint32_t to = tokenizer->at + 1;
    while (is_name_byte(code, byte_at(code, to)) ||
           (byte_at(code, to) == '-' && code->language == CONFIG_TERRAFORM))
        to++;
    if (code->language == CONFIG_RUBY && (byte_at(code, to) == '?' || byte_at(code, to) == '!') &&
        byte_at(code, to + 1) != '=')
        to++;
    add(tokenizer, TOKEN_NAME, to);
}

/* Names behind which a value begins, and so a slash is not a division. */
static const char *const before_values[] = {
    "return", "typeof", "case", "in",  "of", "delete", "void",  "throw", "new",  "else",  "do",
    "if",     "unless", "when", "and", "or", "not",    "while", "until", "then", "yield", "await"};

/* Whether a pattern may begin here: what stands before it is no value. */
static bool may_be_pattern(const struct tokenizer *tokenizer)
{
    const struct code *code = tokenizer->code;
    if (code->count == 0)
        return true;
    const uint32_t last = code->count - 1;
    const struct token *token = &code->tokens[last];
    if (token->kind == TOKEN_MARK)
        return strchr(")]}", token_byte(code, last)) == NULL || tokenizer->first;
    if (token->kind != TOKEN_NAME)
        return false;
    for (size_t i = 0; i < sizeof before_values / sizeof *before_values; i++)
        if (token_is(code, last, before_values[i]))
            return true;
    /* Ruby: `origins /a/` is a call, `a / b` a division. */
    const char next = byte_at(code, tokenizer->at + 1);
    return code->language == CONFIG_RUBY && tokenizer->at > token->to && next != ' ' && next != '=';
}

/* What begins here and has an end of its own; `end` as string_end has it. */
static enum token_kind lexeme(const struct tokenizer *tokenizer, uint32_t *end)
{
    const struct code *code = tokenizer->code;
    const uint32_t at = tokenizer->at;
    *end = at < tokenizer->hopeless[TOKEN_STRING] ? NOWHERE : string_end(code, at);
    if (*end != NOWHERE)
        return TOKEN_STRING;
    *end = at < tokenizer->hopeless[TOKEN_WORDS] ? NOWHERE : words_end(code, at);
    if (*end != NOWHERE)
        return TOKEN_WORDS;
    *end = at < tokenizer->hopeless[TOKEN_PATTERN] || !may_be_pattern(tokenizer)
               ? NOWHERE
               : pattern_end(code, at);
    return TOKEN_PATTERN;
}

/* True if there was such a thing. What does not end is said, and not tried again in the same line,
 * or, where strings have many lines, in the file. */
static bool add_lexeme(struct tokenizer *tokenizer)
{
    struct code *code = tokenizer->code;
    uint32_t end = 0;
    const enum token_kind kind = lexeme(tokenizer, &end);
    if (end == NOWHERE)
        return false;
    if (end > tokenizer->at) {
        add(tokenizer, kind, end);
        return true;
    }
    const struct cors_bytes bytes = code->reading->bytes;
    const char *line = memchr(bytes.at + end, '\n', bytes.len - end);
    const bool has_lines = code->language == CONFIG_PHP || code->language == CONFIG_RUBY ||
                           bytes.at[end] == '`' || kind == TOKEN_WORDS || bytes.len - end < 3 ||
                           bytes.at[end] == bytes.at[end + 1];
    find_broken(code->reading, end,
                kind == TOKEN_PATTERN ? "a pattern is not closed" : "a string is not closed");
    tokenizer->hopeless[kind] =
        line == NULL || has_lines ? (uint32_t)bytes.len : (uint32_t)(line - bytes.at);
    add(tokenizer, TOKEN_MARK, end + 1);
    return true;
}

static void add_number(struct tokenizer *tokenizer)
{
    uint32_t to = tokenizer->at + 1;
    while (isalnum((unsigned char)byte_at(tokenizer->code, to)) ||
           byte_at(tokenizer->code, to) == '_')
        to++;
    add(tokenizer, TOKEN_NUMBER, to);
}

/* Blanks and ends of lines, and with these here-documents. */
static bool pass_blank(struct tokenizer *tokenizer)
{
    const struct code *code = tokenizer->code;
    if (tokenizer->here_to != 0 && tokenizer->at >= tokenizer->here_from) {
        tokenizer->at = tokenizer->here_to;
        tokenizer->here_to = 0;
        tokenizer->first = false;
        return true;
    }
    const char byte = byte_at(code, tokenizer->at);
    if (!isspace((unsigned char)byte))
        return false;
    tokenizer->first = tokenizer->first || byte == '\n';
    tokenizer->at++;
    return true;
}

/* Outside of <?php ... ?> a PHP file is text. */
static bool pass_text(struct tokenizer *tokenizer)
{
    const struct code *code = tokenizer->code;
    const struct cors_bytes bytes = code->reading->bytes;
    if (code->language != CONFIG_PHP)
        return false;
    if (tokenizer->at > 0 &&
        !(byte_at(code, tokenizer->at) == '?' && byte_at(code, tokenizer->at + 1) == '>'))
        return false;
    for (uint32_t i = tokenizer->at; i + 1 < bytes.len; i++)
        if (bytes.at[i] == '<' && bytes.at[i + 1] == '?') {
            i += 2;
            while (isalpha((unsigned char)byte_at(code, i)))
                i++;
            tokenizer->at = i + (byte_at(code, i) == '=' ? 1 : 0);
            return true;
        }
    tokenizer->at = (uint32_t)bytes.len;
    return true;
}

static bool next_token(struct tokenizer *tokenizer)
{
    struct code *code = tokenizer->code;
    if (pass_text(tokenizer) || pass_blank(tokenizer))
        return true;
    const uint32_t comment = comment_end(code, tokenizer->at);
    if (comment != NOWHERE) {
        if (comment == code->reading->bytes.len && byte_at(code, tokenizer->at + 1) == '*' &&
            (comment - tokenizer->at < 4 || byte_at(code, comment - 2) != '*' ||
             byte_at(code, comment - 1) != '/'))
            find_broken(code->reading, tokenizer->at, "a comment is not closed");
        tokenizer->at = comment;
        return true;
    }
    uint32_t rest = 0;
    const uint32_t here =
        tokenizer->here_to != 0 ? NOWHERE : here_document_end(code, tokenizer->at, &rest);
    if (here != NOWHERE) {
        tokenizer->here_from = rest;
        tokenizer->here_to = here;
    }
    if (add_lexeme(tokenizer))
        return true;
    const char byte = byte_at(code, tokenizer->at);
    if (isdigit((unsigned char)byte))
        add_number(tokenizer);
    else if (is_name_byte(code, byte))
        add_name(tokenizer);
    else
        return add_mark(tokenizer);
    return true;
}

void code_tokens(struct code *code)
{
    struct tokenizer tokenizer = {.code = code, .first = true};
    while (tokenizer.at < code->reading->bytes.len && next_token(&tokenizer))
        ;
    if (tokenizer.depth > 0)
        find_broken(code->reading, code->tokens[tokenizer.openers[tokenizer.depth - 1]].from,
                    "a bracket is not closed");
    tokenizer.at = (uint32_t)code->reading->bytes.len;
    tokenizer.depth = 0;
    tokenizer.first = true;
    add(&tokenizer, TOKEN_END, tokenizer.at);
    code->count--;
}

/* ---- Looking at tokens --------------------------------------------------------------------- */

struct cors_bytes token_bytes(const struct code *code, uint32_t token)
{
    if (token >= code->count)
        return CORS_BYTES("");
    return piece(code->reading, code->tokens[token].from, code->tokens[token].to);
}

bool token_is(const struct code *code, uint32_t token, const char *text)
{
    return token < code->count && code->tokens[token].kind != TOKEN_STRING &&
           bytes_are_string(token_bytes(code, token), text);
}

bool is_name(const struct code *code, uint32_t token)
{
    return token < code->count && code->tokens[token].kind == TOKEN_NAME;
}

char token_byte(const struct code *code, uint32_t token)
{
    const struct cors_bytes bytes = token_bytes(code, token);
    return bytes.len == 0 ? '\0' : *bytes.at;
}

uint32_t token_after(const struct code *code, uint32_t token)
{
    if (token >= code->count)
        return code->count;
    const struct token *at = &code->tokens[token];
    if (at->kind != TOKEN_MARK || strchr("([{", token_byte(code, token)) == NULL)
        return token + 1;
    return at->partner == NOWHERE ? code->count : at->partner + 1;
}

bool is_kotlin(const struct code *code)
{
    const struct cors_bytes path = bytes_of(code->reading->path);
    return ends_with_letters(path, ".kt") || ends_with_letters(path, ".kts");
}

bool lines_end(const struct code *code)
{
    return is_kotlin(code) || code->language == CONFIG_PYTHON || code->language == CONFIG_RUBY ||
           code->language == CONFIG_GO || code->language == CONFIG_TOML ||
           code->language == CONFIG_TERRAFORM || code->language == CONFIG_JAVASCRIPT;
}

/* A line that goes on with the one before it: `.freeze`, `+ x`, `? a`, `: b`, `&& c`; or the one
 * before it does not end: `a +`, `a =`. */
static bool goes_on(const struct code *code, uint32_t token)
{
    const char byte = token_byte(code, token);
    if (token == 0 || (code->tokens[token].kind == TOKEN_MARK && strchr(".+?:&|", byte) != NULL))
        return true;
    return code->tokens[token - 1].kind == TOKEN_MARK &&
           strchr("=+?:&|,([{.\\", token_byte(code, token - 1)) != NULL;
}

bool begins_statement(const struct code *code, uint32_t token)
{
    return code->tokens[token].first && !goes_on(code, token);
}

uint32_t expression_end(const struct code *code, uint32_t from)
{
    uint32_t at = from;
    while (at < code->count && *code->looks <= MOST_LOOKS) {
        const struct token *token = &code->tokens[at];
        ++*code->looks;
        const char byte = token_byte(code, at);
        if (token->kind == TOKEN_MARK && byte != '\0' && strchr(",;)]}", byte) != NULL)
            break;
        if (at > from && token->first && lines_end(code) && !goes_on(code, at)) {
            const bool in_braces =
                token->opener == NOWHERE || token_byte(code, token->opener) == '{';
            if (in_braces || code->language == CONFIG_JAVASCRIPT)
                break;
        }
        at = token_after(code, at);
    }
    return at;
}

uint32_t list_part_end(const struct code *code, uint32_t from, uint32_t to)
{
    uint32_t at = from;
    while (at < to && !token_is(code, at, ","))
        at = token_after(code, at);
    return at < to ? at : to;
}
