/* Which kind of file it is, and who reads it. A name decides where it is known; then what stands in
 * the file. Invariants: a file with a NUL byte is not text and is not read; every offset fits into
 * 32 bits. */
#include "prove_config_flow.h"

#include "options.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>

const char *const config_kind_words[CONFIG_KINDS] = {
    "",           "nginx",     "apache",     "haproxy", "caddy", "yaml", "json", "xml",  "toml",
    "properties", "terraform", "javascript", "python",  "php",   "ruby", "go",   "java",
};

struct kind_by_text {
    const char *text;
    enum config_kind kind;
};

/* The end of a name; a longer one stands before its own end. */
static const struct kind_by_text names[] = {
    {"nginx.conf", CONFIG_NGINX},
    {".nginx", CONFIG_NGINX},
    {".htaccess", CONFIG_APACHE},
    {"httpd.conf", CONFIG_APACHE},
    {"apache2.conf", CONFIG_APACHE},
    {"haproxy.cfg", CONFIG_HAPROXY},
    {"Caddyfile", CONFIG_CADDY},
    {".caddy", CONFIG_CADDY},
    {".yaml", CONFIG_YAML},
    {".yml", CONFIG_YAML},
    {".json", CONFIG_JSON},
    {".xml", CONFIG_XML},
    {".toml", CONFIG_TOML},
    {".properties", CONFIG_PROPERTIES},
    {".tf", CONFIG_TERRAFORM},
    {".hcl", CONFIG_TERRAFORM},
    {".js", CONFIG_JAVASCRIPT},
    {".mjs", CONFIG_JAVASCRIPT},
    {".cjs", CONFIG_JAVASCRIPT},
    {".jsx", CONFIG_JAVASCRIPT},
    {".ts", CONFIG_JAVASCRIPT},
    {".mts", CONFIG_JAVASCRIPT},
    {".cts", CONFIG_JAVASCRIPT},
    {".tsx", CONFIG_JAVASCRIPT},
    {".py", CONFIG_PYTHON},
    {".php", CONFIG_PHP},
    {".rb", CONFIG_RUBY},
    {".ru", CONFIG_RUBY},
    {".go", CONFIG_GO},
    {".java", CONFIG_JAVA},
    {".kt", CONFIG_JAVA},
    {".kts", CONFIG_JAVA},
};

/* The first of these that the file mentions. */
static const struct kind_by_text contents[] = {
    {"<?php", CONFIG_PHP},
    {"<CORSConfiguration", CONFIG_XML},
    {"<CorsConfig", CONFIG_XML},
    {"<CorsRule", CONFIG_XML},
    {"$http_origin", CONFIG_NGINX},
    {"SetEnvIf", CONFIG_APACHE},
    {"<VirtualHost", CONFIG_APACHE},
    {"<IfModule", CONFIG_APACHE},
    {"http-response ", CONFIG_HAPROXY},
    {"http-request ", CONFIG_HAPROXY},
    {"header_regexp", CONFIG_CADDY},
    {"reverse_proxy", CONFIG_CADDY},
    {"proxy_pass", CONFIG_NGINX},
    {"add_header", CONFIG_NGINX},
    {"Header set", CONFIG_APACHE},
};

enum config_kind config_kind_of(const char *path, struct cors_bytes bytes)
{
    const struct cors_bytes name = bytes_of(path);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (ends_with_letters(name, names[i].text))
            return names[i].kind;
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
        if (mentions(bytes, contents[i].text))
            return contents[i].kind;
    return bytes.len > 0 && (*bytes.at == '{' || *bytes.at == '[') ? CONFIG_JSON : CONFIG_UNKNOWN;
}

static void find_lines(struct config *config, struct cors_bytes bytes, struct memory *memory)
{
    size_t count = 1;
    for (size_t i = 0; i < bytes.len; i++)
        count += bytes.at[i] == '\n';
    uint32_t *lines = memory_take(memory, count * sizeof *lines);
    config->lines = lines;
    config->line_count = count;
    lines++;
    for (uint32_t i = 0; i < bytes.len; i++)
        if (bytes.at[i] == '\n')
            *lines++ = i + 1;
}

void read_code(struct reading *reading)
{
    uint64_t looks = 0;
    struct code code = {.reading = reading, .language = reading->config->kind, .looks = &looks};
    if (mentions(reading->bytes, "access-control-allow-credentials"))
        code.credentials = CONFIG_CREDENTIALS;
    code_tokens(&code);
    code_branches(&code);
    code_options(&code);
    code_compares(&code);
    code_headers(&code);
    code_compared(&code);
    code_unknown_settings(&code);
    if (looks > MOST_LOOKS)
        find_broken(reading, 0, "the file is too large to be read whole");
    free(code.tokens);
    free(code.branches);
    free(code.comparisons);
}

static void read_kind(struct reading *reading)
{
    switch (reading->config->kind) {
    case CONFIG_NGINX:
        read_nginx(reading);
        break;
    case CONFIG_APACHE:
        read_apache(reading);
        break;
    case CONFIG_HAPROXY:
        read_haproxy(reading);
        break;
    case CONFIG_CADDY:
        read_caddy(reading);
        break;
    case CONFIG_YAML:
    case CONFIG_JSON:
        read_yaml(reading);
        break;
    case CONFIG_PROPERTIES:
        read_properties(reading);
        break;
    case CONFIG_XML:
        read_xml(reading);
        break;
    default:
        read_code(reading);
        break;
    }
}

static bool words_of_kinds(struct memory *memory, struct complaint *complaint)
{
    const struct cors_bytes words = alternatives(config_kind_words + 1, CONFIG_KINDS - 1, memory);
    return complain(complaint, "is of no known kind: say --config-kind %s", words.at);
}

bool read_config(const char *path, enum config_kind kind, struct cors_bytes bytes,
                 struct config *config, struct memory *memory, struct complaint *complaint)
{
    *config = (struct config){.kind = kind != CONFIG_UNKNOWN ? kind : config_kind_of(path, bytes)};
    if (complaint != NULL)
        complaint->line = 0;
    if (bytes.len > CONFIG_MOST_BYTES)
        return complain(complaint, "is longer than %d bytes", CONFIG_MOST_BYTES);
    find_lines(config, bytes, memory);
    const char *nul = bytes.len == 0 ? NULL : memchr(bytes.at, '\0', bytes.len);
    if (nul != NULL) {
        if (complaint != NULL)
            complaint->line = place_of(config, (uint32_t)(nul - bytes.at)).line;
        return complain(complaint, "is no text: it holds a NUL byte");
    }
    if (config->kind == CONFIG_UNKNOWN)
        return words_of_kinds(memory, complaint);
    struct reading reading = {.bytes = bytes, .path = path, .memory = memory, .config = config};
    read_kind(&reading);
    findings_end(&reading);
    return true;
}
