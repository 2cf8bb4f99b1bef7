/* The settings of frameworks in source files: names that are given origins or patterns. Which name
 * is whose depends on what else the file mentions: the first row that fits counts. Invariants: a
 * value of a shape that the framework does not take, or that cannot be read, is said; only an empty
 * list, false and null are not, as they let nothing in. */
#include "prove_config_code.h"

#include "prove_pattern.h"

#include <stdlib.h>
#include <string.h>

#define IN(language) (1u << CONFIG_##language)

/* `string`, `list`, `pattern`: the preset of one string, of the strings of a list, of patterns.
 * NULL: the system takes none; "literal": it compares, and a star is every origin; "function": what
 * the setting holds is code. */
struct option {
    unsigned languages;
    const char *name;
    const char *needs; /* what the file must mention; NULL: nothing */
    const char *what;
    const char *string, *list, *pattern;
    const char *credentials; /* the setting beside it */
};

static const struct option options[] = {
    {IN(JAVASCRIPT), "origin", "@koa/cors", "Koa, origin", "koa-string", NULL, NULL, "credentials"},
    {IN(JAVASCRIPT), "origin", "hono/cors", "Hono, origin", "hono-string", "hono-list", NULL,
     "credentials"},
    {IN(JAVASCRIPT), "origin", "@fastify/cors", "Fastify, origin", "fastify-string", "fastify-list",
     "fastify", "credentials"},
    {IN(JAVASCRIPT), "origin", "fastify-cors", "Fastify, origin", "fastify-string", "fastify-list",
     "fastify", "credentials"},
    {IN(JAVASCRIPT), "origin", "@hapi/", "hapi, cors.origin", NULL, "hapi", NULL, "credentials"},
    {IN(JAVASCRIPT), "origin", "cors", "Express cors, origin", "express-string", "express-list",
     "express", "credentials"},
    {IN(JAVASCRIPT), "allowedOrigins", "aws", "Amazon S3, allowedOrigins", NULL, "s3", NULL, NULL},
    {IN(PYTHON), "CORS_ALLOWED_ORIGINS", NULL, "Django, CORS_ALLOWED_ORIGINS", NULL,
     "django-cors-headers-list", NULL, "CORS_ALLOW_CREDENTIALS"},
    {IN(PYTHON), "CORS_ORIGIN_WHITELIST", NULL, "Django, CORS_ORIGIN_WHITELIST", NULL,
     "django-cors-headers-list", NULL, "CORS_ALLOW_CREDENTIALS"},
    {IN(PYTHON), "CORS_ALLOWED_ORIGIN_REGEXES", NULL, "Django, CORS_ALLOWED_ORIGIN_REGEXES", NULL,
     "django-cors-headers", "django-cors-headers", "CORS_ALLOW_CREDENTIALS"},
    {IN(PYTHON), "CORS_ORIGIN_REGEX_WHITELIST", NULL, "Django, CORS_ORIGIN_REGEX_WHITELIST", NULL,
     "django-cors-headers", "django-cors-headers", "CORS_ALLOW_CREDENTIALS"},
    {IN(PYTHON), "CORS_ALLOW_ALL_ORIGINS", NULL, "Django, CORS_ALLOW_ALL_ORIGINS", NULL, NULL, NULL,
     "CORS_ALLOW_CREDENTIALS"},
    {IN(PYTHON), "CORS_ORIGIN_ALLOW_ALL", NULL, "Django, CORS_ORIGIN_ALLOW_ALL", NULL, NULL, NULL,
     "CORS_ALLOW_CREDENTIALS"},
    {IN(PYTHON), "allow_origins", "fastapi", "FastAPI, allow_origins", NULL, "fastapi-list", NULL,
     "allow_credentials"},
    {IN(PYTHON), "allow_origin_regex", "fastapi", "FastAPI, allow_origin_regex", "fastapi", NULL,
     "fastapi", "allow_credentials"},
    {IN(PYTHON), "allow_origins", "CORSMiddleware", "Starlette, allow_origins", NULL,
     "starlette-list", NULL, "allow_credentials"},
    {IN(PYTHON), "allow_origin_regex", "CORSMiddleware", "Starlette, allow_origin_regex",
     "starlette", NULL, "starlette", "allow_credentials"},
    {IN(PYTHON), "origins", "flask_cors", "Flask-CORS, origins", "flask-cors", "flask-cors",
     "flask-cors-regex", "supports_credentials"},
    {IN(PYTHON), "CORS_ORIGINS", "flask_cors", "Flask-CORS, CORS_ORIGINS", "flask-cors",
     "flask-cors", "flask-cors-regex", "CORS_SUPPORTS_CREDENTIALS"},
    {IN(PYTHON), "AllowedOrigins", "boto", "Amazon S3, AllowedOrigins", NULL, "s3", NULL, NULL},
    {IN(PHP), "allowed_origins", NULL, "Laravel, allowed_origins", NULL, "laravel", NULL,
     "supports_credentials"},
    {IN(PHP), "allowed_origins_patterns", NULL, "Laravel, allowed_origins_patterns", NULL,
     "laravel-patterns", NULL, "supports_credentials"},
    {IN(PHP), "allowedOrigins", NULL, "Laravel, allowedOrigins", NULL, "laravel", NULL,
     "supportsCredentials"},
    {IN(PHP), "allowedOriginsPatterns", NULL, "Laravel, allowedOriginsPatterns", NULL,
     "laravel-patterns", NULL, "supportsCredentials"},
    {IN(RUBY), "origins", "cors", "rack-cors, origins", "rack-cors", "rack-cors", "rack-cors-regex",
     "credentials"},
    {IN(GO), "AllowedOrigins", "rs/cors", "rs/cors, AllowedOrigins", NULL, "rs-cors", NULL,
     "AllowCredentials"},
    {IN(GO), "AllowedOrigins", "go-chi/cors", "go-chi/cors, AllowedOrigins", NULL, "chi-cors", NULL,
     "AllowCredentials"},
    {IN(GO), "AllowedOrigins", "gorilla/handlers", "gorilla/handlers, AllowedOrigins", NULL,
     "gorilla", NULL, "AllowCredentials"},
    {IN(GO), "AllowedOrigins", "aws", "Amazon S3, AllowedOrigins", NULL, "s3", NULL, NULL},
    {IN(GO), "AllowOrigins", "gin-contrib/cors", "gin, AllowOrigins", NULL, "gin-list", NULL,
     "AllowCredentials"},
    {IN(GO), "AllowAllOrigins", "gin-contrib/cors", "gin, AllowAllOrigins", NULL, NULL, NULL,
     "AllowCredentials"},
    {IN(GO), "AllowOrigins", "labstack/echo/v5", "Echo 5, AllowOrigins", NULL, "echo-5", NULL,
     "AllowCredentials"},
    {IN(GO), "AllowOrigins", "labstack/echo", "Echo, AllowOrigins", NULL, "echo", NULL,
     "AllowCredentials"},
    {IN(GO), "AllowOrigins", "gofiber/fiber", "Fiber, AllowOrigins", NULL, "fiber", NULL,
     "AllowCredentials"},
    {IN(GO), "AllowedDomains", "go-restful", "go-restful, AllowedDomains", NULL, "go-restful", NULL,
     "CookiesAllowed"},
    {IN(GO), "AllowedOrigins", "cors", "an unknown library, AllowedOrigins", NULL, NULL, NULL,
     NULL},
    {IN(GO), "AllowOrigins", "cors", "an unknown library, AllowOrigins", NULL, NULL, NULL, NULL},
    {IN(GO), "AllowOriginFunc", NULL, "AllowOriginFunc", "function", NULL, NULL, NULL},
    {IN(GO), "AllowOriginsFunc", NULL, "AllowOriginsFunc", "function", NULL, NULL, NULL},
    {IN(GO), "AllowOriginRequestFunc", NULL, "AllowOriginRequestFunc", "function", NULL, NULL,
     NULL},
    {IN(GO), "AllowOriginVaryRequestFunc", NULL, "AllowOriginVaryRequestFunc", "function", NULL,
     NULL, NULL},
    {IN(GO), "AllowOriginWithContextFunc", NULL, "AllowOriginWithContextFunc", "function", NULL,
     NULL, NULL},
    {IN(GO), "AllowedOriginValidator", NULL, "gorilla/handlers, AllowedOriginValidator", "function",
     NULL, NULL, NULL},
    {IN(JAVA), "allowedOrigins", NULL, "Spring, allowedOrigins", "spring-7", "spring-7", NULL,
     "allowCredentials"},
    {IN(JAVA), "setAllowedOrigins", NULL, "Spring, setAllowedOrigins", "spring-7", "spring-7", NULL,
     "setAllowCredentials"},
    {IN(JAVA), "addAllowedOrigin", NULL, "Spring, addAllowedOrigin", "spring-7", "spring-7", NULL,
     "setAllowCredentials"},
    {IN(JAVA), "allowedOriginPatterns", NULL, "Spring, allowedOriginPatterns", "spring-patterns",
     "spring-patterns", NULL, "allowCredentials"},
    {IN(JAVA), "setAllowedOriginPatterns", NULL, "Spring, setAllowedOriginPatterns",
     "spring-patterns", "spring-patterns", NULL, "setAllowCredentials"},
    {IN(JAVA), "addAllowedOriginPattern", NULL, "Spring, addAllowedOriginPattern",
     "spring-patterns", "spring-patterns", NULL, "setAllowCredentials"},
    {IN(JAVA), "origins", "CrossOrigin", "Spring, @CrossOrigin origins", "spring-7", "spring-7",
     NULL, "allowCredentials"},
    {IN(JAVA), "originPatterns", "CrossOrigin", "Spring, @CrossOrigin originPatterns",
     "spring-patterns", "spring-patterns", NULL, "allowCredentials"},
    {IN(TOML), "accessControlAllowOriginList", NULL, "Traefik, accessControlAllowOriginList", NULL,
     "traefik-list", NULL, "accessControlAllowCredentials"},
    {IN(TOML), "accessControlAllowOriginListRegex", NULL,
     "Traefik, accessControlAllowOriginListRegex", NULL, "traefik", NULL,
     "accessControlAllowCredentials"},
    {IN(TERRAFORM), "allowed_origins", "azurerm", "Azure Storage, allowed_origins", NULL, "azure",
     NULL, NULL},
    {IN(TERRAFORM), "allowed_origins", NULL, "Amazon S3, allowed_origins", NULL, "s3", NULL, NULL},
    {IN(TERRAFORM), "origin", "google_storage", "Google Cloud Storage, origin", NULL, "gcs", NULL,
     NULL},
    {IN(TERRAFORM), "allow_origins", NULL, "an unknown resource, allow_origins", NULL, NULL, NULL,
     NULL},
};
enum { OPTIONS = sizeof options / sizeof *options };

/* Calls and annotations that let every origin in when they are not told otherwise. */
struct bare_call {
    unsigned languages;
    const char *name, *needs, *what;
    const char *const *told; /* the names that tell */
    bool star;
    const char *preset; /* of origins that are its arguments; NULL: they are no origins */
};

static const char *const told_flask[] = {"origins",        "resources", "CORS_ORIGINS",
                                         "CORS_RESOURCES", "**",        NULL};
static const char *const told_express[] = {"origin", "...", NULL};
static const char *const told_spring[] = {"origins", "originPatterns", NULL};
static const struct bare_call bare_calls[] = {
    {IN(PYTHON), "CORS", "flask_cors", "Flask-CORS, without origins", told_flask, false, NULL},
    {IN(PYTHON), "cross_origin", "flask_cors", "Flask-CORS, without origins", told_flask, false,
     NULL},
    {IN(JAVASCRIPT), "cors", "cors", "Express cors, without origin", told_express, true, NULL},
    {IN(JAVASCRIPT), "enableCors", NULL, "Nest, without origin", told_express, true, NULL},
    {IN(JAVA), "CrossOrigin", NULL, "Spring, @CrossOrigin", told_spring, true, "spring-7"},
};
enum { BARE_CALLS = sizeof bare_calls / sizeof *bare_calls };

/* ---- Credentials --------------------------------------------------------------------------- */

/* A name, or a string that has it for its value. */
static bool is_word(const struct code *code, uint32_t token, const char *word)
{
    const struct cors_bytes bytes = token_bytes(code, token);
    const size_t len = strlen(word);
    if (token < code->count && code->tokens[token].kind == TOKEN_STRING)
        return bytes.len == len + 2 && memcmp(bytes.at + 1, word, len) == 0;
    return bytes.len == len && memcmp(bytes.at, word, len) == 0;
}

static bool gives_value(const struct code *code, uint32_t token)
{
    return token_is(code, token, ":") || token_is(code, token, "=") ||
           token_is(code, token, "=>") || token_is(code, token, "(");
}

/* What a setting beside an option says: one of the same brackets, in Ruby of the lines that follow.
 */
static enum config_credentials credentials_beside(struct code *code, uint32_t token,
                                                  const struct option *option)
{
    const uint32_t opener = code->tokens[token].opener;
    uint32_t from = opener == NOWHERE ? 0 : opener + 1, to = code->count;
    if (opener != NOWHERE && code->tokens[opener].partner != NOWHERE)
        to = code->tokens[opener].partner;
    if (code->language == CONFIG_RUBY) {
        from = token + 1;
        to = code->count;
    }
    if (option->credentials == NULL || *code->looks > MOST_LOOKS)
        return CONFIG_CREDENTIALS_UNSAID;
    *code->looks += to - from;
    for (uint32_t i = from; i < to; i++) {
        if (code->language == CONFIG_RUBY && token_is(code, i, option->name))
            break;
        const uint32_t sign = token_is(code, i + 1, "]") ? i + 2 : i + 1;
        if (!is_word(code, i, option->credentials) || !gives_value(code, sign))
            continue;
        const struct cors_bytes said = token_bytes(code, sign + 1);
        if (same_letters(said, "true") || same_letters(said, "\"true\"") ||
            (token_is(code, sign, "(") && token_is(code, sign + 1, ")")))
            return CONFIG_CREDENTIALS;
        return same_letters(said, "false") || same_letters(said, "\"false\"")
                   ? CONFIG_CREDENTIALS_NO
                   : CONFIG_CREDENTIALS_UNSAID;
    }
    return CONFIG_CREDENTIALS_UNSAID;
}

/* ---- Findings of an option's values -------------------------------------------------------- */

static const char *language_word(enum config_kind language)
{
    switch (language) {
    case CONFIG_JAVASCRIPT:
        return "js";
    case CONFIG_PYTHON:
        return "python";
    case CONFIG_RUBY:
        return "ruby";
    case CONFIG_GO:
        return "go";
    case CONFIG_PHP:
        return "php";
    default:
        return "java";
    }
}

const char *pattern_dialect(struct code *code, const struct value *value, struct found *found)
{
    struct complaint complaint;
    struct pattern_flags flags;
    const struct pattern_language *language = pattern_language(language_word(code->language));
    char letters[LITERAL_LETTERS + 1] = "";
    if (strlen(value->letters) > LITERAL_LETTERS)
        return "the flags of a pattern could not be read";
    for (const char *letter = value->letters; *letter != '\0'; letter++) {
        if (language->delimiters != NULL && strchr(language->letters, *letter) == NULL)
            return "a pattern has a flag that its language does not know";
        if (strchr(letters, *letter) == NULL)
            letters[strlen(letters)] = *letter;
    }
    if (!pattern_flags(language, letters, value->string.bytes, &flags, code->reading->memory,
                       &complaint))
        return memory_copy_string(code->reading->memory, complaint.text).at;
    if (flags.at_start)
        found->match = "prefix";
    found->dialect = flags.dialect;
    found->flags = *flags.flags == '\0' ? NULL : flags.flags;
    return NULL;
}

/* All strings of one preset are one finding; `taken` says which those are. */
static void find_strings(struct code *code, const struct values *values, struct found found,
                         const char *preset, bool (*taken)(const struct value *value))
{
    struct config_string *strings =
        memory_take(code->reading->memory, values->count * sizeof *strings);
    size_t count = 0;
    for (size_t i = 0; i < values->count; i++) {
        const struct value *value = &values->at[i];
        if (value->kind == VALUE_STRING && taken(value))
            strings[count++] = value->string;
    }
    if (count == 0)
        return;
    found.strings = strings;
    found.count = count;
    if (preset == NULL) {
        find_unread(code->reading, &found, "no preset knows what this string means here");
        return;
    }
    found.preset = preset;
    find_check(code->reading, &found);
}

/* A preset has one dialect: a flag that makes another of it leaves only the dialect. */
static void find_patterns(struct code *code, const struct values *values, struct found found,
                          const char *preset)
{
    for (size_t i = 0; i < values->count; i++) {
        const struct value *value = &values->at[i];
        if (value->kind != VALUE_PATTERN)
            continue;
        struct found one = found;
        one.match = "search";
        const char *reason = pattern_dialect(code, value, &one);
        if (preset == NULL)
            reason = "no preset knows what a pattern means here";
        if (reason != NULL) {
            find_unread(code->reading, &one, reason);
            continue;
        }
        struct config_string *string = memory_take(code->reading->memory, sizeof *string);
        *string = value->string;
        one.strings = string;
        one.count = 1;
        if (one.dialect == NULL ||
            strncmp(one.dialect, "javascript-", strlen("javascript-")) != 0) {
            one.preset = preset;
            one.dialect = one.match = NULL;
        }
        find_check(code->reading, &one);
    }
}

static bool is_single(const struct value *value)
{
    return !value->listed;
}

static bool is_listed(const struct value *value)
{
    return value->listed;
}

static bool is_any(const struct value *value)
{
    (void)value;
    return true;
}

/* gin takes "/pattern/" for a pattern. */
static bool is_slashed(const struct value *value)
{
    return value->string.bytes.len > 0 && *value->string.bytes.at == '/';
}

static bool is_not_slashed(const struct value *value)
{
    return !is_slashed(value);
}

static void find_values(struct code *code, const struct option *option, const struct found *found,
                        const struct values *values)
{
    const char *said = NULL;
    if (option->list != NULL && strncmp(option->list, "gin", 3) == 0) {
        find_strings(code, values, *found, option->list, is_not_slashed);
        find_strings(code, values, *found, "gin-regex", is_slashed);
    } else if (option->string == option->list || option->list == NULL) {
        find_strings(code, values, *found, option->string, is_any);
    } else {
        /* One string where a list is wanted: some systems take it for a list of one. */
        find_strings(code, values, *found,
                     code->language == CONFIG_JAVASCRIPT ? option->string : option->list,
                     is_single);
        find_strings(code, values, *found, option->list, is_listed);
    }
    find_patterns(code, values, *found, option->pattern);
    for (size_t i = 0; i < values->count; i++) {
        const struct value *value = &values->at[i];
        if (value->kind == VALUE_TRUE) {
            find_any(code->reading, found);
        } else if (value->kind == VALUE_UNREAD &&
                   (said == NULL || strcmp(said, value->reason) != 0)) {
            said = value->reason;
            find_unread(code->reading, found, value->reason);
        }
    }
}

/* ---- Where an option's value stands -------------------------------------------------------- */

/* Types: `origin: string` declares, it does not set. */
static bool is_type(const struct code *code, uint32_t token)
{
    static const char *const types[] = {"string", "String", "boolean",  "any",    "unknown",
                                        "RegExp", "str",    "list",     "bool",   "List",
                                        "number", "Array",  "Optional", "object", "never"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (token_is(code, token, types[i]))
            return !token_is(code, token + 1, "(");
    return false;
}

struct place {
    uint32_t from, to; /* tokens of the value; several arguments may stand there */
    bool is_function;
};

/* In Ruby a call without brackets: everything up to the end of the line. */
static bool command_value(const struct code *code, uint32_t token, struct place *place)
{
    if (token > 0 && token_is(code, token - 1, "."))
        return false;
    if (token_is(code, token + 1, "do") || token_is(code, token + 1, "{") ||
        token_is(code, token + 1, "&")) {
        *place = (struct place){token, token + 1, true};
        return true;
    }
    if (token_is(code, token + 1, "=") || code->tokens[token + 1].first)
        return false;
    const uint32_t from = token + 1;
    uint32_t to = expression_end(code, from);
    while (token_is(code, to, ","))
        to = expression_end(code, to + 1);
    *place = (struct place){from, to, false};
    return to > from;
}

/* `{ origin }` and `{ origin(x) { } }` of JavaScript, within brackets of a call that is about
 * CORS. */
static bool short_value(const struct code *code, uint32_t token, struct place *place)
{
    const uint32_t opener = code->tokens[token].opener;
    if (opener == NOWHERE || token_byte(code, opener) != '{' || opener < 2 || token == 0 ||
        !is_name(code, token) ||
        !(token_is(code, token - 1, "{") || token_is(code, token - 1, ",")))
        return false;
    const struct cors_bytes callee = token_bytes(code, opener - 2);
    if (!(token_is(code, opener - 1, "(") || token_is(code, opener - 1, ":")) ||
        !ends_with_letters(callee, "cors"))
        return false;
    *place = (struct place){token, token + 1, token_is(code, token + 1, "(")};
    return place->is_function || token_is(code, token + 1, ",") || token_is(code, token + 1, "}");
}

static bool option_value(const struct code *code, uint32_t token, struct place *place)
{
    uint32_t sign = token + 1;
    const uint32_t opener = code->tokens[token].opener;
    if (code->language == CONFIG_RUBY && !token_is(code, sign, "("))
        return command_value(code, token, place);
    if (code->tokens[token].kind == TOKEN_STRING && token_is(code, sign, "]"))
        sign++;
    const bool takes_call = code->language == CONFIG_JAVA || code->language == CONFIG_GO ||
                            code->language == CONFIG_RUBY;
    if (takes_call && token_is(code, sign, "(") && code->tokens[sign].partner != NOWHERE) {
        *place = (struct place){sign + 1, code->tokens[sign].partner, false};
        return true;
    }
    if (code->language == CONFIG_JAVASCRIPT) {
        if (!token_is(code, sign, ":"))
            return short_value(code, token, place);
        if (opener == NOWHERE || token_byte(code, opener) != '{' || is_type(code, sign + 1))
            return false;
    } else if (code->language == CONFIG_PYTHON && token_is(code, sign, ":") &&
               is_type(code, sign + 1)) {
        while (sign < code->count && !token_is(code, sign, "=") && !code->tokens[sign].first)
            sign++;
    }
    if (!token_is(code, sign, ":") && !token_is(code, sign, "=") && !token_is(code, sign, "=>"))
        return false;
    *place = (struct place){sign + 1, expression_end(code, sign + 1), false};
    return place->to > place->from;
}

/* ---- Groups -------------------------------------------------------------------------------- */

/* Alternatives stand in the same brackets; in Java's chains of calls in the same statement. */
static uint64_t group_key(const struct code *code, uint32_t token)
{
    const uint32_t opener = code->tokens[token].opener;
    const uint64_t block = opener == NOWHERE ? 1 : (uint64_t)code->tokens[opener].from + 2;
    if (code->language == CONFIG_RUBY)
        return (uint64_t)code->tokens[token].from + 2;
    if (code->language != CONFIG_JAVA || token == 0 || !token_is(code, token - 1, "."))
        return block;
    if (!token_is(code, token, "allowedOrigins") && !token_is(code, token, "allowedOriginPatterns"))
        return block;
    uint32_t at = token;
    while (at > 0 && token - at < 5000 && !token_is(code, at - 1, ";") && at - 1 != opener &&
           !token_is(code, at - 1, "}"))
        at--;
    return (uint64_t)code->tokens[at].from + 2;
}

/* ---- Every option -------------------------------------------------------------------------- */

/* gin reads a star within a string only if it is told to. */
static const struct option *with_wildcards(struct code *code, uint32_t token,
                                           const struct option *option, struct option *other)
{
    if (option->list == NULL || strcmp(option->list, "gin-list") != 0)
        return option;
    *other = *option;
    other->credentials = "AllowWildcard";
    if (credentials_beside(code, token, other) == CONFIG_CREDENTIALS)
        other->list = "gin";
    other->credentials = option->credentials;
    return other;
}

static void read_option(struct code *code, const struct option *option, uint32_t token)
{
    struct place place;
    struct option other;
    struct values values = {0};
    if (!option_value(code, token, &place))
        return;
    const struct found found = {.from = code->tokens[token].from,
                                .to = code->tokens[place.to - (place.to > place.from)].to,
                                .what = option->what,
                                .credentials = credentials_beside(code, token, option),
                                .key = group_key(code, token)};
    if (place.is_function || (option->string != NULL && strcmp(option->string, "function") == 0)) {
        if (!token_is(code, place.from, "nil"))
            find_unread(code->reading, &found, "a function decides");
        return;
    }
    for (uint32_t from = place.from; from < place.to && *code->looks <= MOST_LOOKS;) {
        const uint32_t to = list_part_end(code, from, place.to);
        read_values(code, from, to, &values);
        from = to + 1;
    }
    find_values(code, with_wildcards(code, token, option, &other), &found, &values);
    free(values.at);
}

/* The row of a name, by what the file mentions. */
static const struct option *option_of(const struct code *code, const bool *fits, uint32_t token)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (fits[i] && is_word(code, token, options[i].name))
            return &options[i];
    return NULL;
}

static bool is_told(struct code *code, const struct bare_call *call, uint32_t from, uint32_t to)
{
    *code->looks += to - from;
    for (const char *const *word = call->told; *word != NULL; word++) {
        if (strncmp(*word, "CORS_", 5) == 0 && mentions(code->reading->bytes, *word))
            return true;
        for (uint32_t i = from; i < to; i++)
            if (is_word(code, i, *word) || (strcmp(*word, "**") == 0 && token_is(code, i, "*")))
                return true;
    }
    return false;
}

/* The object that a call gets: itself, or where its name is given it. False: it is not here. */
static bool arguments_of(struct code *code, uint32_t *from, uint32_t *to)
{
    if (*from + 1 != *to || !is_name(code, *from) || code->language != CONFIG_JAVASCRIPT)
        return true;
    for (uint32_t i = 0; i + 2 < code->count; i++)
        if (i != *from && bytes_are(token_bytes(code, i), token_bytes(code, *from))) {
            uint32_t at = i + 1;
            while (at < i + 6 && !token_is(code, at, "=") && !code->tokens[at].first)
                at++;
            if (token_is(code, at, "=")) {
                *from = at + 1;
                *to = expression_end(code, at + 1);
                return true;
            }
        }
    return false;
}

/* Whether this is a call or an annotation, not a definition or a mention. */
static bool is_call(const struct code *code, const struct bare_call *call, uint32_t token)
{
    static const char *const definitions[] = {"function", "def", "class", "interface", "."};
    if (code->language == CONFIG_JAVA)
        return token > 0 && token_is(code, token - 1, "@");
    for (size_t i = 0; token > 0 && i < sizeof definitions / sizeof *definitions; i++)
        if (token_is(code, token - 1, definitions[i]) && strcmp(call->name, "enableCors") != 0)
            return false;
    return token_is(code, token + 1, "(");
}

static void read_bare_call(struct code *code, const struct bare_call *call, uint32_t token)
{
    const bool has_arguments = token_is(code, token + 1, "(");
    if (has_arguments && code->tokens[token + 1].partner == NOWHERE)
        return;
    uint32_t from = token + 2, to = has_arguments ? code->tokens[token + 1].partner : token + 2;
    const struct found found = {.from = code->tokens[token].from,
                                .to = code->tokens[has_arguments ? to : token].to,
                                .what = call->what,
                                .star = call->star,
                                .key = (uint64_t)code->tokens[token].from + 2};
    if (*code->looks > MOST_LOOKS)
        return;
    *code->looks += code->count;
    if (!arguments_of(code, &from, &to)) {
        find_unread(code->reading, &found, "its options are not in this file");
        return;
    }
    if (is_told(code, call, from, to))
        return;
    struct values values = {0};
    if (call->preset != NULL && from < to && !token_is(code, from + 1, "="))
        read_values(code, from, to, &values);
    if (values.count > 0)
        find_values(code, &(struct option){.string = call->preset, .list = call->preset}, &found,
                    &values);
    else if (code->language == CONFIG_JAVASCRIPT && from < to && !token_is(code, from, "{"))
        find_unread(code->reading, &found, "a function decides");
    else
        find_any(code->reading, &found);
    free(values.at);
}

void code_options(struct code *code)
{
    bool fits[OPTIONS], call_fits[BARE_CALLS];
    for (size_t i = 0; i < OPTIONS; i++)
        fits[i] = (options[i].languages & 1u << code->language) != 0 &&
                  (options[i].needs == NULL || mentions(code->reading->bytes, options[i].needs));
    for (size_t i = 0; i < BARE_CALLS; i++)
        call_fits[i] =
            (bare_calls[i].languages & 1u << code->language) != 0 &&
            (bare_calls[i].needs == NULL || mentions(code->reading->bytes, bare_calls[i].needs));
    for (uint32_t i = 0; i < code->count && *code->looks <= MOST_LOOKS; i++) {
        if (code->tokens[i].kind != TOKEN_NAME && code->tokens[i].kind != TOKEN_STRING)
            continue;
        const struct option *option = option_of(code, fits, i);
        if (option != NULL)
            read_option(code, option, i);
        for (size_t c = 0; c < BARE_CALLS; c++)
            if (call_fits[c] && token_is(code, i, bare_calls[c].name) &&
                is_call(code, &bare_calls[c], i))
                read_bare_call(code, &bare_calls[c], i);
    }
}

/* ---- Settings of no row -------------------------------------------------------------------- */

static bool has_finding(const struct code *code, uint32_t token)
{
    const struct config *config = code->reading->config;
    const unsigned line = place_of(config, code->tokens[token].from).line;
    for (size_t i = 0; i < config->count; i++)
        if (config->findings[i].place.line == line)
            return true;
    return false;
}

/* The header's name, with or without quotes, which in TOML are several tokens. */
static bool is_header_name(const struct code *code, uint32_t token)
{
    static const char begin[] = "Access-Control-Allow-";
    const uint32_t len = sizeof begin - 1, from = code->tokens[token].from;
    if (code->tokens[token].kind == TOKEN_STRING)
        return mentions(token_bytes(code, token), "Access-Control-Allow-Origin");
    return token_is(code, token, "Origin") && from >= len &&
           same_letters(piece(code->reading, from - len, from), begin);
}

/* A name of a setting that decides about origins, whoever reads it. */
static bool speaks_of_origins(const struct code *code, uint32_t token)
{
    const struct cors_bytes name = token_bytes(code, token);
    return is_name(code, token) && mentions(name, "origin") &&
           (mentions(name, "allow") || mentions(name, "cors")) &&
           (token_is(code, token + 1, "=") || token_is(code, token + 1, "{"));
}

void code_unknown_settings(struct code *code)
{
    if (code->language != CONFIG_TOML && code->language != CONFIG_TERRAFORM)
        return;
    for (uint32_t i = 0; i < code->count && *code->looks <= MOST_LOOKS; i++) {
        const bool header = is_header_name(code, i);
        if (!header && !speaks_of_origins(code, i))
            continue;
        *code->looks += code->reading->config->count;
        if (has_finding(code, i))
            continue;
        const struct found found = {.from = code->tokens[i].from,
                                    .to = code->tokens[i].to,
                                    .what = header ? "Access-Control-Allow-Origin"
                                                   : "a name that speaks of origins",
                                    .key = group_key(code, i)};
        find_unread(code->reading, &found,
                    header ? "how the header is sent could not be read"
                           : "which system reads this is not known");
    }
}
