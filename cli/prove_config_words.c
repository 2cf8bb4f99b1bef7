/* nginx.conf, httpd.conf, haproxy.cfg and Caddyfile become directives. Each has its own quotes and
 * its own idea of a backslash; most leave one in front of an ordinary byte, so that patterns need
 * no second one. Invariant: the end of the file ends every word, directive and block. */
#include "prove_config_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum lexeme { WORD = 0, END_OF_DIRECTIVE, OPEN, CLOSE, END_OF_FILE };

struct lexer {
    struct reading *reading;
    enum config_kind kind;
    uint32_t at;
    bool at_line; /* no word of this line was read */
    bool in_tag;  /* Apache: <...> */
    size_t depth;
};

static char byte_at(const struct lexer *lexer, uint32_t at)
{
    const struct cors_bytes bytes = lexer->reading->bytes;
    return at < bytes.len ? bytes.at[at] : '\0';
}

static bool is_end(const struct lexer *lexer)
{
    return lexer->at >= lexer->reading->bytes.len;
}

/* Which bytes a backslash changes or hides; in HAProxy a quote only where it would end or begin
 * something. */
static bool is_escaped(const struct lexer *lexer, char quote, char next)
{
    switch (lexer->kind) {
    case CONFIG_NGINX:
        return strchr("\"'\\trn", next) != NULL;
    case CONFIG_APACHE:
        return next == '\\' || (quote != '\0' && next == quote);
    case CONFIG_HAPROXY:
        if (quote == '\'')
            return false;
        return strchr(" \\#trn", next) != NULL || next == quote ||
               (quote == '\0' && (next == '"' || next == '\''));
    default:
        return quote == '"' && next == '"';
    }
}

/* How many bytes a backslash takes, and what it makes of them; 0: it is an ordinary byte. */
static unsigned escape(const struct lexer *lexer, uint32_t at, char quote, char *value)
{
    const char next = byte_at(lexer, at + 1);
    const bool has_blanks = lexer->kind == CONFIG_NGINX || lexer->kind == CONFIG_HAPROXY;
    *value = next;
    if (next == '\0' || !is_escaped(lexer, quote, next))
        return 0;
    if (has_blanks && next == 't')
        *value = '\t';
    else if (has_blanks && next == 'r')
        *value = '\r';
    else if (has_blanks && next == 'n')
        *value = '\n';
    return 2;
}

static const char *quotes_of(enum config_kind kind)
{
    return kind == CONFIG_CADDY ? "\"`" : "\"'";
}

static bool ends_word(const struct lexer *lexer)
{
    const char byte = byte_at(lexer, lexer->at);
    if (isspace((unsigned char)byte))
        return true;
    if (lexer->kind == CONFIG_NGINX)
        return byte == ';' ||
               (byte == '{' && !(lexer->at > 0 && byte_at(lexer, lexer->at - 1) == '$'));
    return lexer->in_tag && byte == '>' && strchr("\r\n", byte_at(lexer, lexer->at + 1)) != NULL;
}

/* Behind the closing quote, or NOWHERE. Where words end with their line at the latest, so do
 * quotes. */
static uint32_t quote_end(const struct lexer *lexer, uint32_t at)
{
    const char quote = byte_at(lexer, at);
    const bool has_lines = lexer->kind == CONFIG_NGINX || lexer->kind == CONFIG_CADDY;
    char value;
    for (uint32_t i = at + 1; i < lexer->reading->bytes.len; i++) {
        if (byte_at(lexer, i) == '\n' && !has_lines)
            return NOWHERE;
        if (byte_at(lexer, i) == '\\') {
            const unsigned len = escape(lexer, i, quote, &value);
            i += len > 0 ? len - 1 : 0;
        } else if (byte_at(lexer, i) == quote) {
            return i + 1;
        }
    }
    return NOWHERE;
}

static void copy(const struct lexer *lexer, struct decoded *decoded, uint32_t from, uint32_t to,
                 char quote)
{
    for (uint32_t i = from; i < to;) {
        char value = '\0';
        const unsigned len = byte_at(lexer, i) == '\\' ? escape(lexer, i, quote, &value) : 0;
        decode_byte(decoded, len > 0 ? value : byte_at(lexer, i), i);
        i += len > 0 ? len : 1;
    }
}

/* Where a word ends. HAProxy has quotes within words too. */
static bool read_word(struct lexer *lexer, struct config_string *word)
{
    const uint32_t from = lexer->at, end = (uint32_t)lexer->reading->bytes.len;
    const char *quotes = quotes_of(lexer->kind);
    uint32_t spans[2] = {from, from};
    char quote = byte_at(lexer, from);
    if (strchr(quotes, quote) != NULL) {
        const uint32_t close = quote_end(lexer, from);
        if (close == NOWHERE) {
            find_broken(lexer->reading, from, "a quote is not closed");
            lexer->at = end;
            return false;
        }
        spans[0] = from + 1;
        spans[1] = close - 1;
        lexer->at = close;
    } else {
        quote = '\0';
        char value;
        while (!is_end(lexer) && !ends_word(lexer)) {
            const unsigned len =
                byte_at(lexer, lexer->at) == '\\' ? escape(lexer, lexer->at, quote, &value) : 0;
            lexer->at += len > 0 ? len : 1;
        }
        lexer->at = lexer->at > end ? end : lexer->at;
        spans[1] = lexer->at;
    }
    struct decoded decoded = decode_begin(lexer->reading, spans[1] - spans[0]);
    copy(lexer, &decoded, spans[0], spans[1], quote);
    *word = decode_end(&decoded, spans[1]);
    return true;
}

/* Blanks, continued lines, and comments. True at the end of a line. */
static bool pass_blanks(struct lexer *lexer)
{
    const bool continues = lexer->kind == CONFIG_APACHE || lexer->kind == CONFIG_CADDY;
    while (!is_end(lexer)) {
        const char byte = byte_at(lexer, lexer->at);
        if (byte == '#' && (lexer->kind != CONFIG_APACHE || lexer->at_line)) {
            while (!is_end(lexer) && byte_at(lexer, lexer->at) != '\n')
                lexer->at++;
        } else if (byte == '\\' && continues && byte_at(lexer, lexer->at + 1) == '\n') {
            lexer->at += 2;
        } else if (byte == '\\' && continues && byte_at(lexer, lexer->at + 1) == '\r' &&
                   byte_at(lexer, lexer->at + 2) == '\n') {
            lexer->at += 3;
        } else if (byte == '\n') {
            lexer->at++;
            return true;
        } else if (isspace((unsigned char)byte)) {
            lexer->at++;
        } else {
            return false;
        }
    }
    return false;
}

/* Apache's <If ...> and </If>. */
static enum lexeme read_tag(struct lexer *lexer, struct config_string *word)
{
    const bool closes = byte_at(lexer, lexer->at + 1) == '/';
    lexer->at++;
    if (closes) {
        while (!is_end(lexer) && byte_at(lexer, lexer->at) != '\n')
            lexer->at++;
        return CLOSE;
    }
    lexer->in_tag = true;
    return !is_end(lexer) && !isspace((unsigned char)byte_at(lexer, lexer->at)) &&
                   read_word(lexer, word)
               ? WORD
               : END_OF_DIRECTIVE;
}

static enum lexeme next(struct lexer *lexer, struct config_string *word)
{
    const bool line_ended = pass_blanks(lexer);
    if (is_end(lexer))
        return END_OF_FILE;
    if (line_ended && lexer->kind != CONFIG_NGINX) {
        lexer->at_line = true;
        return END_OF_DIRECTIVE;
    }
    if (line_ended)
        return next(lexer, word);
    const char byte = byte_at(lexer, lexer->at);
    const char behind = byte_at(lexer, lexer->at + 1);
    const bool alone = behind == '\0' || isspace((unsigned char)behind);
    if (lexer->kind == CONFIG_NGINX && strchr(";{}", byte) != NULL) {
        lexer->at++;
        return byte == ';' ? END_OF_DIRECTIVE : byte == '{' ? OPEN : CLOSE;
    }
    if (lexer->kind == CONFIG_CADDY && alone && (byte == '{' || byte == '}')) {
        lexer->at++;
        return byte == '{' ? OPEN : CLOSE;
    }
    if (lexer->kind == CONFIG_APACHE && lexer->in_tag && byte == '>') {
        lexer->at++;
        lexer->in_tag = false;
        return OPEN;
    }
    const bool first = lexer->at_line;
    lexer->at_line = false;
    if (lexer->kind == CONFIG_APACHE && first && byte == '<')
        return read_tag(lexer, word);
    return read_word(lexer, word) ? WORD : END_OF_FILE;
}

/* ---- Directives ---------------------------------------------------------------------------- */

struct builder {
    struct lexer lexer;
    struct directives *out;
    struct config_string *words;
    size_t count, capacity;
    size_t open[MOST_DEPTH];
    uint32_t from;
};

static void end_directive(struct builder *builder, bool is_block)
{
    struct lexer *lexer = &builder->lexer;
    struct directives *out = builder->out;
    lexer->in_tag = false;
    if (builder->count == 0 && !is_block)
        return;
    struct config_string *words =
        memory_take(lexer->reading->memory, (builder->count + 1) * sizeof *words);
    if (builder->count > 0)
        memcpy(words, builder->words, builder->count * sizeof *words);
    else
        *words = string_as_is(lexer->reading, lexer->at, lexer->at);
    out->at = memory_grow(out->at, out->count, &out->capacity, sizeof *out->at);
    out->at[out->count++] = (struct directive){
        .from = builder->count > 0 ? builder->from : lexer->at,
        .to = lexer->at,
        .words = words,
        .count = builder->count > 0 ? builder->count : 1,
        .parent = lexer->depth == 0 ? SIZE_MAX : builder->open[lexer->depth - 1],
        .end = out->count,
        .is_block = is_block,
    };
    builder->count = 0;
}

static void close_block(struct builder *builder)
{
    struct lexer *lexer = &builder->lexer;
    end_directive(builder, false);
    if (lexer->depth == 0)
        return;
    lexer->depth--;
    builder->out->at[builder->open[lexer->depth]].end = builder->out->count;
}

static bool open_block(struct builder *builder)
{
    struct lexer *lexer = &builder->lexer;
    end_directive(builder, true);
    if (lexer->depth == MOST_DEPTH) {
        find_broken(lexer->reading, lexer->at - 1, "the blocks are nested too deep");
        return false;
    }
    builder->open[lexer->depth++] = builder->out->count - 1;
    return true;
}

static bool build(struct builder *builder)
{
    struct config_string word;
    switch (next(&builder->lexer, &word)) {
    case WORD:
        if (builder->count == 0)
            builder->from = word.offsets[0];
        builder->words =
            memory_grow(builder->words, builder->count, &builder->capacity, sizeof *builder->words);
        builder->words[builder->count++] = word;
        return true;
    case END_OF_DIRECTIVE:
        end_directive(builder, false);
        return true;
    case OPEN:
        return open_block(builder);
    case CLOSE:
        close_block(builder);
        return true;
    default:
        return false;
    }
}

void read_directives(struct reading *reading, struct directives *directives)
{
    struct builder builder = {
        .lexer = {.reading = reading, .kind = reading->config->kind, .at_line = true},
        .out = directives};
    while (build(&builder))
        ;
    const bool unclosed = builder.lexer.depth > 0;
    if (unclosed)
        find_broken(reading, directives->at[builder.open[builder.lexer.depth - 1]].from,
                    "a block is not closed");
    while (builder.lexer.depth > 0)
        close_block(&builder);
    end_directive(&builder, false);
    free(builder.words);
}

/* ---- Guards -------------------------------------------------------------------------------- */

const char guard_unread_reason[] = "what else decides about the origin could not be read";

enum guard stronger_guard(enum guard left, enum guard right)
{
    return left > right ? left : right;
}

/* ---- Words --------------------------------------------------------------------------------- */

bool word_is(const struct directive *directive, size_t word, const char *text)
{
    return word < directive->count && bytes_are_string(directive->words[word].bytes, text);
}

bool word_is_like(const struct directive *directive, size_t word, const char *text)
{
    return word < directive->count && same_letters(directive->words[word].bytes, text);
}

bool word_mentions(const struct directive *directive, size_t word, const char *text)
{
    return word < directive->count && mentions(directive->words[word].bytes, text);
}

struct found found_at(const struct directive *directive, const char *what)
{
    return (struct found){.from = directive->from,
                          .to = directive->to,
                          .what = what,
                          .key = (uint64_t)directive->from + 1};
}

void find_word(struct reading *reading, struct found *found, const struct config_string *word,
               size_t skip)
{
    struct config_string *string = memory_take(reading->memory, sizeof *string);
    *string = string_part(reading, *word, skip, word->bytes.len);
    found->strings = string;
    found->count = 1;
    find_check(reading, found);
}

void find_sent(struct reading *reading, struct found *found, const struct config_string *value)
{
    if (bytes_are_string(value->bytes, "*")) {
        found->star = true;
        find_any(reading, found);
    } else if (value->bytes.len > 0) {
        found->dialect = "literal";
        found->match = "full";
        find_word(reading, found, value, 0);
    }
}
