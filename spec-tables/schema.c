/* The tables' columns and what may stand in their cells. A complaint says what was expected, at
 * the cell. */
#include "schema.h"

#include <stdio.h>
#include <string.h>

/* What becomes of a byte in a host; the enumerators of host_bytes.h. */
#define HOST_BYTE_WORDS "rejected unloadable lowered as-is escaped cut"

/* What the findings of an audit are put right by. */
#define FIX_WORDS "allow once options errors vary expose refuse cookie"

/* What a construct of a regular expression can mean; the enumerators of dialects.h. The first is
 * what anything is that has no row. */
#define MEANING_WORDS                                                                              \
    "error refused literal space end word-start word-end start not-boundary any "                  \
    "not-digit not-space not-hex quote control not-word boundary digit hex unicode-code "          \
    "word hex-code quantifier lazy nested atomic yes branches any-length same-length "             \
    "rest-of-group at-start rest-as-group reference empty empty-class posix escape "               \
    "ignore-case lines dot-all extended ignored sticky bytes units code-points "                   \
    "bounded property name-reference"

const struct schema schemas[] = {
    {"standards",
     {{"standard", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"title", KIND_TEXT, 0, NULL, 0, 0},
      {"repository", KIND_TEXT, 0, NULL, 0, 0},
      {"commit", KIND_COMMIT, OPTIONAL, NULL, 0, 0},
      {"url", KIND_URL, 0, NULL, 0, 0}},
     NULL},
    {"algorithms",
     {{"algorithm", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"title", KIND_TEXT, 0, NULL, 0, 0},
      {"standard", KIND_REFERENCE, 0, "standards", 0, 0},
      {"url", KIND_URL, 0, NULL, 0, 0},
      {"file", KIND_FILE, 0, NULL, 0, 0}},
     NULL},
    {"scope",
     {{"id", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"what", KIND_TEXT, 0, NULL, 0, 0},
      {"reason", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"steps",
     {{"algorithm", KIND_REFERENCE, KEY, "algorithms", 0, 0},
      {"step", KIND_STEP, KEY | OPTIONAL, NULL, 0, 0},
      {"outcomes", KIND_OUTCOMES, 0, NULL, 0, 0},
      {"reason", KIND_TEXT, OPTIONAL, NULL, 0, 0},
      {"sha256", KIND_SHA256, 0, NULL, 0, 0},
      {"summary", KIND_TEXT, OPTIONAL, NULL, 0, 0}},
     NULL},
    {"errors",
     {{"id", KIND_NAME, KEY, NULL, 0, 0},
      {"algorithm", KIND_REFERENCE, KEY, "algorithms", 0, 0},
      {"step", KIND_STEP_OF, KEY, "algorithm", 0, 0},
      {"class", KIND_WORD, KEY | OPTIONAL,
       "wildcard list not-an-origin tainted opaque redirect methods headers", 0, 0},
      {"stage", KIND_WORD, 0, "preflight actual any", 0, 0},
      {"means", KIND_TEXT, 0, NULL, 0, 0},
      {"fix", KIND_TEXT, 0, NULL, 0, 0},
      {"where", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"cookie-rules",
     {{"id", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"act", KIND_WORD, 0, "sent stored both", 0, 0},
      {"algorithm", KIND_REFERENCE, 0, "algorithms", 0, 0},
      {"step", KIND_STEP_OF, 0, "algorithm", 0, 0},
      {"means", KIND_TEXT, 0, NULL, 0, 0},
      {"fix", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"methods",
     {{"method", KIND_TOKEN, KEY | CASELESS, NULL, 0, 0},
      {"sets", KIND_WORDS, OPTIONAL, "cors-safelisted safe forbidden normalized", 0, 0},
      {"summary", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"header-names",
     {{"name", KIND_TOKEN, KEY | CASELESS, NULL, 0, 0},
      {"sets", KIND_WORDS, OPTIONAL,
       "cors-safelisted-request no-cors-safelisted-request forbidden-request method-override "
       "privileged-no-cors cors-non-wildcard request-body cors-safelisted-response "
       "forbidden-response",
       0, 0},
      {"value-rule", KIND_WORD, OPTIONAL, "accept language content-type range", 0, 0},
      {"abnf", KIND_WORD, OPTIONAL,
       "origin-or-null-or-wildcard origin-or-null true field-names one-or-more-field-names methods "
       "method delta-seconds single-url resource-policy",
       0, 0},
      {"summary", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"mime-types",
     {{"essence", KIND_ESSENCE, KEY, NULL, 0, 0},
      {"sets", KIND_WORDS, 0, "cors-safelisted javascript", 0, 0},
      {"summary", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"forbidden-prefixes",
     {{"prefix", KIND_TOKEN, KEY | CASELESS, NULL, 0, 0}, {"summary", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"byte-classes",
     {{"class", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"bytes", KIND_BYTES, 0, NULL, 0, 0},
      {"url", KIND_URL, 0, NULL, 0, 0},
      {"summary", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"statuses",
     {{"status", KIND_NUMBERS, KEY, NULL, 0, 999},
      {"sets", KIND_WORDS, 0, "null-body ok range redirect heuristically-cacheable", 0, 0},
      {"summary", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"ports",
     {{"port", KIND_NUMBER, KEY, NULL, 0, 65535}, {"service", KIND_TEXT, OPTIONAL, NULL, 0, 0}},
     NULL},
    {"schemes",
     {{"scheme", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"sets", KIND_WORDS, 0, "special local http-s fetch", 0, 0},
      {"default-port", KIND_NUMBER, OPTIONAL, NULL, 0, 65535},
      {"summary", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"destinations",
     {{"destination", KIND_IDENTIFIER, KEY | OPTIONAL, NULL, 0, 0},
      {"constant", KIND_CONSTANT, 0, NULL, 0, 0},
      {"sets", KIND_WORDS, OPTIONAL, "script-like", 0, 0},
      {"accept", KIND_TEXT, OPTIONAL, NULL, 0, 0},
      {"summary", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"enumerations",
     {{"enumeration", KIND_WORD, KEY,
       "mode credentials-mode redirect-mode cache-mode referrer-policy embedder-policy initiator "
       "entry result engine",
       0, 0},
      {"value", KIND_IDENTIFIER, KEY | OPTIONAL, NULL, 0, 0},
      {"constant", KIND_CONSTANT, 0, NULL, 0, 0},
      {"summary", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"dictionary-words",
     {{"dictionary", KIND_WORD, KEY, "headers url origin case session pattern", 0, 0},
      {"word", KIND_ESCAPED, KEY, NULL, 0, 0},
      {"summary", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"engines",
     {{"constant", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"spec", KIND_NUMBER, OPTIONAL, NULL, 0, 1000000000},
      {"chromium", KIND_NUMBER, OPTIONAL, NULL, 0, 1000000000},
      {"firefox", KIND_NUMBER, OPTIONAL, NULL, 0, 1000000000},
      {"webkit", KIND_NUMBER, OPTIONAL, NULL, 0, 1000000000},
      {"case", KIND_CASE, OPTIONAL, NULL, 0, 0},
      {"summary", KIND_TEXT, 0, NULL, 0, 0},
      {"seen", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"deviations",
     {{"id", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"algorithm", KIND_REFERENCE, 0, "algorithms", 0, 0},
      {"step", KIND_STEP_OF, OPTIONAL, "algorithm", 0, 0},
      {"chromium", KIND_WORD, 0, "yes no", 0, 0},
      {"firefox", KIND_WORD, 0, "yes no", 0, 0},
      {"webkit", KIND_WORD, 0, "yes no", 0, 0},
      {"kind", KIND_WORD, 0, "accepts rejects fewer-preflights more-preflights wire latitude error",
       0, 0},
      {"what", KIND_TEXT, 0, NULL, 0, 0},
      {"case", KIND_CASE, 0, NULL, 0, 0},
      {"seen", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"presets",
     {{"preset", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"system", KIND_TEXT, 0, NULL, 0, 0},
      {"setting", KIND_TEXT, 0, NULL, 0, 0},
      {"when", KIND_TEXT, KEY | OPTIONAL, NULL, 0, 0},
      {"steps", KIND_WORDS, OPTIONAL,
       "trim trim-start lower unslash no-default-port undelimited undelimited-slashes end-anchor "
       "unstar quote any-scheme star first-star outer-stars overlap-star question subdomains "
       "whole-labels ports alone authority brackets star-opens",
       0, 0},
      {"dialect", KIND_WORD, OPTIONAL, "any literal glob several pcre2 python javascript ruby re2",
       0, 0},
      {"match", KIND_WORD, OPTIONAL, "full search prefix suffix", 0, 0},
      {"flags", KIND_WORD, OPTIONAL, "i given lasting", 0, 0},
      {"case", KIND_WORD, OPTIONAL, "exact ignored scheme lowered", 0, 0},
      {"part", KIND_WORD, OPTIONAL, "origin url unbracketed host comma-parts", 0, 0},
      {"malformed", KIND_WORD, OPTIONAL, "refused error nothing", 0, 0},
      {"answer", KIND_WORD, 0, "origin matched configured star unexpanded refused unknown", 0, 0},
      {"credentials", KIND_WORD, OPTIONAL, "same origin refused error", 0, 0},
      {"version", KIND_TEXT, 0, NULL, 0, 0},
      {"known", KIND_WORD, 0, "run source", 0, 0},
      {"source", KIND_TEXT, 0, NULL, 0, 0},
      {"summary", KIND_TEXT, OPTIONAL, NULL, 0, 0}},
     NULL},
    {"findings",
     {{"id", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"severity", KIND_WORD, 0, "high medium low note", 0, 0},
      {"title", KIND_TEXT, 0, NULL, 0, 0},
      {"explanation", KIND_TEXT, 0, NULL, 0, 0},
      {"url", KIND_URL, 0, NULL, 0, 0},
      {"fix", KIND_WORD, 0, FIX_WORDS, 0, 0},
      {"repair", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"fixes",
     {{"fix", KIND_WORD, KEY, FIX_WORDS, 0, 0},
      {"system", KIND_WORD, KEY,
       "express django flask fastapi rails laravel php go nginx apache caddy spring bucket", 0, 0},
      {"lines", KIND_ESCAPED, 0, NULL, 0, 0}},
     NULL},
    {"messages",
     {{"engine", KIND_WORD, KEY, "chromium firefox webkit", 0, 0},
      {"sort", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"algorithm", KIND_REFERENCE, KEY | OPTIONAL, "algorithms", 0, 0},
      {"step", KIND_STEP_OF, KEY | OPTIONAL, "algorithm", 0, 0},
      {"class", KIND_WORD, KEY | OPTIONAL,
       "wildcard several space-or-comma comma not-a-url redirect methods redirected "
       "cross-origin tainted redirected-away to-ftp to-local to-insecure at-once same-origin-mode "
       "unfollowing no-cors-mode not-a-token under-cors to-file "
       "to-unknown to-userinfo not-http keepalive opaque-page to-blob to-closed to-system "
       "to-mixed unopened unfit crossed redirect-followed tainting put",
       0, 0},
      {"stage", KIND_WORD, KEY, "preflight actual any", 0, 0},
      {"api", KIND_WORD, KEY, "fetch xhr any", 0, 0},
      {"text", KIND_ESCAPED, 0, NULL, 0, 0}},
     NULL},
    {"dialects",
     {{"place", KIND_WORD, KEY, "escape class syntax", 0, 0},
      {"construct", KIND_ESCAPED, KEY, NULL, 0, 0},
      {"pcre2", KIND_WORD, 0, MEANING_WORDS, 0, 0},
      {"javascript", KIND_WORD, 0, MEANING_WORDS, 0, 0},
      {"javascript-u", KIND_WORD, 0, MEANING_WORDS, 0, 0},
      {"javascript-v", KIND_WORD, 0, MEANING_WORDS, 0, 0},
      {"python", KIND_WORD, 0, MEANING_WORDS, 0, 0},
      {"ruby", KIND_WORD, 0, MEANING_WORDS, 0, 0},
      {"go", KIND_WORD, 0, MEANING_WORDS, 0, 0},
      {"java", KIND_WORD, 0, MEANING_WORDS, 0, 0},
      {"posix-ere", KIND_WORD, 0, MEANING_WORDS, 0, 0},
      {"perl", KIND_WORD, 0, MEANING_WORDS, 0, 0},
      {"example", KIND_TEXT, OPTIONAL, NULL, 0, 0}},
     NULL},
    {"host-bytes",
     {{"byte", KIND_BYTES, KEY, NULL, 0, 0},
      {"scheme", KIND_WORD, KEY, "any http https", 0, 0},
      {"character", KIND_TEXT, 0, NULL, 0, 0},
      {"fetch-abnf", KIND_WORD, 0, "as-is rejected", 0, 0},
      {"url-standard", KIND_WORD, 0, "as-is lowered rejected", 0, 0},
      {"chromium", KIND_WORD, 0, HOST_BYTE_WORDS, 0, 0},
      {"firefox", KIND_WORD, 0, HOST_BYTE_WORDS, 0, 0},
      {"webkit", KIND_WORD, 0, HOST_BYTE_WORDS, 0, 0}},
     NULL},
    {"host-shapes",
     {{"shape", KIND_IDENTIFIER, KEY, NULL, 0, 0},
      {"scheme", KIND_WORD, KEY, "any http https", 0, 0},
      {"authority", KIND_TEXT, 0, NULL, 0, 0},
      {"fetch-abnf", KIND_WORD, 0, "yes no", 0, 0},
      {"url-standard", KIND_TEXT, 0, NULL, 0, 0},
      {"chromium", KIND_TEXT, 0, NULL, 0, 0},
      {"firefox", KIND_TEXT, 0, NULL, 0, 0},
      {"webkit", KIND_TEXT, 0, NULL, 0, 0}},
     NULL},
    {"decision-cors-check",
     {{"verdict", KIND_WORD, 0, "success failure", 0, 0},
      {"step", KIND_STEP_OF, 0, NULL, 0, 0},
      {"error", KIND_REFERENCE, OPTIONAL, "errors", 0, 0}},
     "cors-check"},
    {"decision-preflight-method",
     {{"verdict", KIND_WORD, 0, "continue network-error", 0, 0},
      {"step", KIND_STEP_OF, OPTIONAL, NULL, 0, 0},
      {"error", KIND_REFERENCE, OPTIONAL, "errors", 0, 0}},
     "cors-preflight-fetch"},
    {"decision-preflight-header",
     {{"verdict", KIND_WORD, 0, "continue network-error", 0, 0},
      {"step", KIND_STEP_OF, OPTIONAL, NULL, 0, 0},
      {"error", KIND_REFERENCE, OPTIONAL, "errors", 0, 0}},
     "cors-preflight-fetch"},
    {"decision-cache-match",
     {{"match", KIND_WORD, 0, "yes no", 0, 0},
      {"because", KIND_WORD, 0, "expired key origin url credentials name all", 0, 0}},
     "cache-match"},
    {"decision-main-fetch",
     {{"branch", KIND_STEP_OF, 0, NULL, 0, 0},
      {"tainting-after", KIND_WORD, 0, "basic cors opaque unchanged", 0, 0},
      {"runs", KIND_WORD, 0, "scheme-fetch http-fetch http-fetch-with-preflight network-error", 0,
       0},
      {"error", KIND_REFERENCE, OPTIONAL, "errors", 0, 0}},
     "main-fetch"},
};

const size_t schema_count = sizeof schemas / sizeof schemas[0];

static const struct schema *schema_named(const char *name)
{
    for (size_t i = 0; i < schema_count; i++)
        if (strcmp(schemas[i].name, name) == 0)
            return &schemas[i];
    return NULL;
}

const struct table *table_named(const struct tables *tables, const char *name)
{
    const struct schema *schema = schema_named(name);
    return schema == NULL ? NULL : tables->at[schema - schemas];
}

unsigned host_schemes_of(const struct table *table, size_t row)
{
    const char *scheme = text_at(table, row, "scheme");
    return strcmp(scheme, "any") == 0 ? 3 : strcmp(scheme, "http") == 0 ? 1 : 2;
}

const char *words_of(const char *table, const char *column)
{
    const struct column *at = schema_named(table)->columns;
    while (strcmp(at->name, column) != 0)
        at++;
    return at->words;
}

bool is_decision_table(const struct table *table)
{
    return schema_named(table->name)->decides != NULL;
}

/* ---- One cell ------------------------------------------------------------------------------ */

static size_t hex_digits(const char *text)
{
    return strspn(text, "0123456789abcdef");
}

static bool is_identifier(const char *text)
{
    const size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && text[0] != '-' && text[length - 1] != '-' &&
           (text[length] == '\0' || strcmp(text + length, "?") == 0);
}

static bool is_essence(const char *text)
{
    const size_t type = strcspn(text, "/");
    return text[type] == '/' && is_token(text + type + 1) && type > 0 &&
           is_token(copy_text(text, type)) &&
           text[strcspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static bool is_step(const char *text)
{
    for (;;) {
        const size_t digits = strspn(text, "0123456789");
        const size_t letters = digits > 0 ? 0 : *text >= 'a' && *text <= 'z';
        if (digits + letters == 0 || text[0] == '0')
            return false;
        text += digits + letters;
        if (*text == '\0')
            return true;
        if (*text++ != '.')
            return false;
    }
}

static bool is_name(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    return *text >= 'A' && *text <= 'Z' && text[strspn(text, letters)] == '\0';
}

static bool is_constant(const char *text)
{
    return strncmp(text, "CORS_", 5) == 0 &&
           text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

static bool is_file(const char *text)
{
    const size_t length = strlen(text);
    return length > 6 && memcmp(text, "sim/", 4) == 0 && strcmp(text + length - 2, ".c") == 0 &&
           4 + strspn(text + 4, "abcdefghijklmnopqrstuvwxyz0123456789_") == length - 2;
}

/* "engines/max-age-cap" */
static bool is_case(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    const size_t folder = strspn(text, letters);
    const char *name = text + folder + 1;
    return folder > 0 && text[folder] == '/' && *name != '\0' &&
           name[strspn(name, letters)] == '\0';
}

static bool is_commit(const char *text)
{
    return hex_digits(text) >= 7 && text[hex_digits(text)] == '\0';
}

/* What a cell of that kind should have been, or NULL if it is well-formed. */
static const char *expected(const struct column *column, const char *text)
{
    switch (column->kind) {
    case KIND_TOKEN:
        return is_token(text) ? NULL : "an HTTP token";
    case KIND_ESSENCE:
        return is_essence(text) ? NULL : "a type, a slash and a subtype, lower case";
    case KIND_IDENTIFIER:
        return is_identifier(text) ? NULL : "lower-case words joined by hyphens";
    case KIND_NAME:
        return is_name(text) ? NULL : "letters and digits, a capital first";
    case KIND_CONSTANT:
        return is_constant(text) ? NULL : "an enumerator that begins with CORS_";
    case KIND_URL:
        return strncmp(text, "https://", 8) == 0 && strchr(text, ' ') == NULL ? NULL
                                                                              : "an https:// URL";
    case KIND_FILE:
        return is_file(text) ? NULL : "sim/ and the name of a .c file";
    case KIND_CASE:
        return is_case(text) ? NULL : "a folder, a slash and a case's name, without .case";
    case KIND_COMMIT:
        return is_commit(text) ? NULL : "a commit: 7 hex digits";
    case KIND_SHA256:
        return strlen(text) == 64 && hex_digits(text) == 64 ? NULL : "64 lower-case hex digits";
    case KIND_STEP:
    case KIND_STEP_OF:
        return is_step(text) ? NULL : "a step's label, such as 4 or 12.d.1";
    default:
        return NULL;
    }
}

static void check_words(const struct table *table, const struct column *column,
                        const struct cell *cell)
{
    const char *rest = cell->text, *word;
    size_t length;
    while (next_word(&rest, &word, &length)) {
        const unsigned at = cell->column + (unsigned)(word - cell->text);
        if (!list_contains(column->words, word, length))
            complain(table->path, cell->line, at, "unknown %s \"%.*s\": expected of: %s",
                     column->name, (int)length, word, column->words);
        if (column->kind == KIND_WORD && word != cell->text)
            complain(table->path, cell->line, at, "expected a single word");
        for (const char *before = cell->text, *other; before < word;) {
            size_t other_length = 0;
            if (next_word(&before, &other, &other_length) && other < word &&
                other_length == length && memcmp(other, word, length) == 0)
                complain(table->path, cell->line, at, "\"%.*s\" twice", (int)length, word);
        }
    }
}

static void check_numbers(const struct table *table, const struct column *column,
                          const struct cell *cell)
{
    long from = 0, to = 0;
    const bool range = column->kind == KIND_NUMBERS;
    if (!parse_numbers(cell->text, &from, &to) || (!range && from != to) || from < column->least ||
        to > column->most)
        complain(table->path, cell->line, cell->column, "\"%s\": expected a number%s, %ld to %ld",
                 cell->text, range ? " or a range" : "", column->least, column->most);
}

static void check_bytes(const struct table *table, size_t row, const struct cell *cell)
{
    bool bytes[256] = {false};
    size_t where = 0;
    if (!parse_bytes(cell->text, table, row, bytes, &where))
        complain(table->path, cell->line, cell->column + (unsigned)where,
                 "bad bytes: expected HH, HH-HH (upper-case hex, in order) or + and a class above");
}

static void check_escaped(const struct table *table, const struct cell *cell)
{
    size_t length, where = 0;
    unsigned char *bytes = take(strlen(cell->text) + 1);
    if (!parse_escaped(cell->text, bytes, &length, &where))
        complain(table->path, cell->line, cell->column + (unsigned)where,
                 "bad escape: expected \\xHH or \\\\");
}

static void check_cell(const struct table *table, const struct column *column, size_t row,
                       const struct cell *cell)
{
    if (cell->text[0] == '\0') {
        if (!(column->flags & OPTIONAL))
            complain(table->path, cell->line, cell->column, "expected a %s, not \"-\"",
                     column->name);
        return;
    }
    const char *should = expected(column, cell->text);
    if (should != NULL)
        complain(table->path, cell->line, cell->column, "\"%s\": expected %s", cell->text, should);
    else if (column->kind == KIND_WORD || column->kind == KIND_WORDS)
        check_words(table, column, cell);
    else if (column->kind == KIND_NUMBER || column->kind == KIND_NUMBERS)
        check_numbers(table, column, cell);
    else if (column->kind == KIND_BYTES)
        check_bytes(table, row, cell);
    else if (column->kind == KIND_ESCAPED)
        check_escaped(table, cell);
}

/* ---- One table ----------------------------------------------------------------------------- */

static size_t schema_columns(const struct schema *schema)
{
    size_t count = 0;
    while (count < MOST_SCHEMA_COLUMNS && schema->columns[count].name != NULL)
        count++;
    return count;
}

/* Where the schema's columns begin: behind the inputs of a decision table. */
static size_t first_column(const struct schema *schema, const struct table *table)
{
    const size_t own = schema_columns(schema);
    return schema->decides != NULL && table->columns > own ? table->columns - own : 0;
}

static bool check_header(const struct schema *schema, const struct table *table)
{
    const size_t own = schema_columns(schema), first = first_column(schema, table);
    for (size_t i = 0; i < own; i++) {
        if (first + i >= table->columns) {
            complain(table->path, table->header[0].line, 1, "%zu columns: expected \"%s\" next",
                     table->columns, schema->columns[i].name);
            return false;
        }
        const struct cell *cell = &table->header[first + i];
        if (strcmp(cell->text, schema->columns[i].name) != 0) {
            complain(table->path, cell->line, cell->column, "column \"%s\": expected \"%s\"",
                     cell->text, schema->columns[i].name);
            return false;
        }
    }
    if (first + own < table->columns) {
        const struct cell *cell = &table->header[first + own];
        complain(table->path, cell->line, cell->column, "unexpected column \"%s\"", cell->text);
        return false;
    }
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Header names and methods are looked up without regard to case. */
static bool same_key(const struct column *column, const char *a, const char *b)
{
    if (!(column->flags & CASELESS))
        return strcmp(a, b) == 0;
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

static bool same_keys(const struct schema *schema, const struct table *table, size_t a, size_t b)
{
    for (size_t i = 0; i < schema_columns(schema); i++)
        if ((schema->columns[i].flags & KEY) &&
            !same_key(&schema->columns[i], cell_at(table, a, i)->text, cell_at(table, b, i)->text))
            return false;
    return true;
}

static void check_keys(const struct schema *schema, const struct table *table)
{
    size_t last = 0;
    for (size_t i = 0; i < schema_columns(schema); i++)
        if (schema->columns[i].flags & KEY)
            last = i;
    for (size_t row = 1; row < table->rows; row++)
        for (size_t before = 0; before < row; before++)
            if (same_keys(schema, table, row, before)) {
                const struct cell *cell = cell_at(table, row, last);
                complain(table->path, cell->line, cell->column,
                         "duplicate \"%s\": already in line %u", cell->text,
                         cell_at(table, before, 0)->line);
                break;
            }
}

static void check_rows(const struct schema *schema, const struct table *table)
{
    const size_t own = schema_columns(schema), first = first_column(schema, table);
    if (table->rows == 0)
        complain(table->path, table->header[0].line, 1, "expected rows below the header row");
    for (size_t row = 0; row < table->rows; row++)
        for (size_t i = 0; i < own; i++)
            check_cell(table, &schema->columns[i], row, cell_at(table, row, first + i));
    if (schema->decides == NULL && table->input_count > 0)
        complain(table->path, table->inputs[0].column.line, 1,
                 "#input: expected in decision tables only");
    if (schema->decides == NULL)
        check_keys(schema, table);
    else
        check_decision(table, first);
}

/* ---- References ---------------------------------------------------------------------------- */

static bool is_in_first_column(const struct table *table, const char *text)
{
    for (size_t row = 0; row < table->rows; row++)
        if (strcmp(cell_at(table, row, 0)->text, text) == 0)
            return true;
    return false;
}

static bool is_step_of(const struct table *steps, const char *algorithm, const char *step)
{
    for (size_t row = 0; row < steps->rows; row++)
        if (strcmp(cell_at(steps, row, 0)->text, algorithm) == 0 &&
            strcmp(cell_at(steps, row, 1)->text, step) == 0)
            return true;
    return false;
}

static void check_outcomes(const struct tables *tables, const struct table *table, size_t row,
                           const struct cell *cell)
{
    const char *reason = text_at(table, row, "reason");
    const bool one = strcmp(cell->text, "true") == 0 || strcmp(cell->text, "false") == 0;
    if (strncmp(cell->text, "scope:", 6) == 0) {
        if (!is_in_first_column(table_named(tables, "scope"), cell->text + 6))
            complain(table->path, cell->line, cell->column + 6, "\"%s\": expected a row of scope",
                     cell->text + 6);
    } else if (!one && !list_contains("both none", cell->text, strlen(cell->text))) {
        complain(table->path, cell->line, cell->column,
                 "\"%s\": expected both, true, false, none or scope:ID", cell->text);
    }
    if (one && reason[0] == '\0')
        complain(table->path, cell->line, cell->column,
                 "one outcome only: expected the reason in column reason");
}

static void check_reference(const struct tables *tables, const struct schema *schema,
                            const struct table *table, size_t row, const struct column *column,
                            const struct cell *cell)
{
    if (cell->text[0] == '\0')
        return;
    if (column->kind == KIND_REFERENCE &&
        !is_in_first_column(table_named(tables, column->words), cell->text))
        complain(table->path, cell->line, cell->column, "\"%s\": expected a row of %s", cell->text,
                 column->words);
    if (column->kind == KIND_STEP_OF) {
        const char *algorithm =
            column->words == NULL ? schema->decides : text_at(table, row, column->words);
        if (!is_step_of(table_named(tables, "steps"), algorithm, cell->text))
            complain(table->path, cell->line, cell->column,
                     "unknown step \"%s\": expected a step of %s in steps.tsv", cell->text,
                     algorithm);
    }
    if (column->kind == KIND_OUTCOMES)
        check_outcomes(tables, table, row, cell);
}

static void check_references(const struct tables *tables, const struct schema *schema,
                             const struct table *table)
{
    const size_t own = schema_columns(schema), first = first_column(schema, table);
    for (size_t row = 0; row < table->rows; row++)
        for (size_t i = 0; i < own; i++)
            check_reference(tables, schema, table, row, &schema->columns[i],
                            cell_at(table, row, first + i));
}

/* A safelisted request-header has a rule for its value, and nothing else has one. */
static void check_value_rules(const struct table *table)
{
    for (size_t row = 0; row < table->rows; row++) {
        const struct cell *cell = cell_at(table, row, column_index(table, "value-rule"));
        static const char set[] = "cors-safelisted-request";
        if (list_contains(text_at(table, row, "sets"), set, sizeof set - 1) !=
            (cell->text[0] != '\0'))
            complain(table->path, cell->line, cell->column,
                     "expected a value rule if and only if the sets name %s", set);
    }
}

static bool same_cells(const struct table *table, size_t a, size_t b, size_t from, size_t to)
{
    for (size_t i = from; i <= to; i++)
        if (strcmp(cell_at(table, a, i)->text, cell_at(table, b, i)->text) != 0)
            return false;
    return true;
}

/* A step and a class give one error; the row for any value stands below those with a class; one
 * error has one text. */
static void check_errors(const struct table *table)
{
    const size_t id = 0, algorithm = 1, step = 2, class = 3, stage = 4, means = 5, where = 7;
    for (size_t row = 1; row < table->rows; row++)
        for (size_t above = 0; above < row; above++) {
            const unsigned line = cell_at(table, above, id)->line;
            const struct cell *cell = cell_at(table, row, class);
            if (same_cells(table, row, above, algorithm, stage))
                complain(table->path, cell->line, cell->column,
                         "the step, class and stage of line %u: expected another class", line);
            else if (same_cells(table, row, above, algorithm, step) &&
                     cell_at(table, above, class)->text[0] == '\0')
                complain(table->path, cell->line, cell->column,
                         "expected above line %u, which is for any other value", line);
            cell = cell_at(table, row, means);
            if (same_cells(table, row, above, id, id) &&
                !same_cells(table, row, above, means, where))
                complain(table->path, cell->line, cell->column,
                         "expected the text of line %u, which is the same error", line);
        }
}

/* Some browser deviates, and the step that it is at is one where something is done. A constant that
 * is the same everywhere needs no case; the other ones do. */
static void check_engines(const struct table *deviations, const struct table *constants)
{
    for (size_t row = 0; row < deviations->rows; row++) {
        const struct cell *cell = cell_at(deviations, row, column_index(deviations, "chromium"));
        if (strcmp(cell[0].text, "no") == 0 && strcmp(cell[1].text, "no") == 0 &&
            strcmp(cell[2].text, "no") == 0)
            complain(deviations->path, cell->line, cell->column, "expected a yes in some column");
    }
    for (size_t row = 0; row < constants->rows; row++) {
        const struct cell *spec = cell_at(constants, row, column_index(constants, "spec"));
        const struct cell *cell = cell_at(constants, row, column_index(constants, "case"));
        const bool same = strcmp(spec[0].text, spec[1].text) == 0 &&
                          strcmp(spec[0].text, spec[2].text) == 0 &&
                          strcmp(spec[0].text, spec[3].text) == 0;
        if (!same && cell->text[0] == '\0')
            complain(constants->path, cell->line, cell->column,
                     "a browser has another number: expected the case that shows it");
    }
}

/* Every byte of ASCII has one outcome for each scheme. */
static void check_host_bytes(const struct table *table)
{
    unsigned seen[128] = {0};
    for (size_t row = 0; row < table->rows; row++) {
        const struct cell *cell = cell_at(table, row, 0);
        const char *text = cell->text;
        unsigned byte, schemes = host_schemes_of(table, row);
        if (!parse_hex_byte(&text, &byte) || *text != '\0' || byte > 127)
            complain(table->path, cell->line, cell->column, "\"%s\": expected one byte, 00 to 7F",
                     cell->text);
        else if ((seen[byte] & schemes) != 0)
            complain(table->path, cell->line, cell->column, "\"%s\": already there", cell->text);
        else
            seen[byte] |= schemes;
    }
    for (unsigned byte = 0; byte < 128; byte++)
        if (seen[byte] != (1 << HOST_SCHEMES) - 1)
            complain(table->path, table->header[0].line, 1, "expected rows of byte %02X for %s",
                     byte, seen[byte] == 0 ? "any scheme" : "the other scheme");
}

/* The rows of an enumeration stand together, in the order of the enumerators. */
static void check_enumerations(const struct table *table)
{
    const char *names = words_of("enumerations", "enumeration"), *word;
    for (size_t length; next_word(&names, &word, &length);) {
        size_t last = table->rows;
        for (size_t row = 0; row < table->rows; row++) {
            const struct cell *cell = cell_at(table, row, 0);
            if (!word_is(word, length, cell->text))
                continue;
            if (last != table->rows && last + 1 != row)
                complain(table->path, cell->line, cell->column,
                         "\"%s\": expected below line %u, with the others of its enumeration",
                         cell->text, cell_at(table, last, 0)->line);
            last = row;
        }
        if (last == table->rows)
            complain(table->path, table->header[0].line, 1, "expected rows of enumeration %.*s",
                     (int)length, word);
    }
}

void check_tables(const struct tables *tables)
{
    for (size_t i = 0; i < schema_count; i++)
        if (check_header(&schemas[i], tables->at[i]))
            check_rows(&schemas[i], tables->at[i]);
    if (complaints() > 0)
        return;
    for (size_t i = 0; i < schema_count; i++)
        check_references(tables, &schemas[i], tables->at[i]);
    check_enumerations(table_named(tables, "enumerations"));
    check_value_rules(table_named(tables, "header-names"));
    check_errors(table_named(tables, "errors"));
    check_host_bytes(table_named(tables, "host-bytes"));
    check_engines(table_named(tables, "deviations"), table_named(tables, "engines"));
}
