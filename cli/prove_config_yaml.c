/* The settings of systems that are configured in YAML or JSON: Traefik, Envoy and Istio, Kong,
 * Spring, Nelmio, and the CORS rules of buckets. Names are the same whatever their dashes,
 * underscores and case. Invariants: a name that speaks of allowed origins and belongs to none of
 * these is said; so is what sends the header itself beside them. */
#include "prove_config_tree.h"
#include "prove_config_words.h"

#include <string.h>

struct walk {
    struct reading *reading;
    size_t visits;                          /* aliases may show a node often */
    const struct node *nelmio;              /* its defaults */
    bool has_nelmio, has_azure, has_spring; /* the file mentions them */
};

enum { MOST_VISITS = 1 << 20 };

static const char header_name[] = "Access-Control-Allow-Origin";
static const char no_system[] = "which system reads this is not known";

/* What a map's siblings say about cookies. */
static enum config_credentials credentials_of(const struct node *node)
{
    if (node == NULL)
        return CONFIG_CREDENTIALS_UNSAID;
    if (node->kind == NODE_MAP)
        return credentials_of(value_of(node, "value"));
    return is_true(node) ? CONFIG_CREDENTIALS : CONFIG_CREDENTIALS_NO;
}

static bool is_placeholder(const struct node *node)
{
    const struct cors_bytes bytes = node->text.bytes;
    return node->tagged || mentions(bytes, "${") || mentions(bytes, "%env(") ||
           mentions(bytes, "{{") ||
           (bytes.len > 2 && *bytes.at == '%' && bytes.at[bytes.len - 1] == '%');
}

/* Nothing, or a word for it. */
static bool is_null(const struct node *node)
{
    return node->kind == NODE_SCALAR &&
           (node->text.bytes.len == 0 ||
            (node->plain &&
             (same_letters(node->text.bytes, "null") || bytes_are_string(node->text.bytes, "~"))));
}

/* Spring takes a.b.c for nested maps too. */
static struct cors_bytes last_part(struct cors_bytes name)
{
    for (size_t i = name.len; i > 0; i--)
        if (name.at[i - 1] == '.')
            return (struct cors_bytes){name.at + i, name.len - i};
    return name;
}

static struct found found_in(const struct node *map, const struct node *key,
                             const struct node *value, const char *what)
{
    struct found found = {.from = key->from, .to = value->to, .what = what};
    found.key = (uint64_t)map->from + 1;
    return found;
}

/* ---- Lists of strings ---------------------------------------------------------------------- */

static void find_strings(struct reading *reading, struct found *found, const char *preset,
                         const struct config_string *strings, size_t count)
{
    if (count == 0)
        return;
    if (preset == NULL) {
        find_unread(reading, found, no_system);
        return;
    }
    found->preset = preset;
    found->strings = strings;
    found->count = count;
    find_check(reading, found);
}

void find_setting(struct reading *reading, struct found *found, const char *preset,
                  struct config_string value)
{
    if (mentions(value.bytes, "${") || mentions(value.bytes, "@{")) {
        find_unread(reading, found, "the value comes from outside of the file");
        return;
    }
    /* Where commas have another meaning within brackets, the preset knows it. */
    const bool splits = preset != NULL && strncmp(preset, "traefik", strlen("traefik")) == 0;
    size_t count;
    const struct config_string *parts = strings_split(reading, value, splits ? "," : "", &count);
    find_strings(reading, found, preset, parts, count);
}

/* A list of scalars, or one scalar, in which commas separate if `commas`. */
static void find_list(struct walk *walk, struct found found, const char *preset,
                      const struct node *value, bool commas)
{
    struct node *const one = (struct node *)value;
    struct node *const *items = value->kind == NODE_LIST ? value->children : &one;
    const size_t count = value->kind == NODE_LIST ? value->count : 1;
    struct config_string *strings =
        memory_take(walk->reading->memory, (count + 1) * sizeof *strings);
    size_t kept = 0;
    bool outside = false;
    if (value->kind == NODE_SCALAR && commas && !is_placeholder(value)) {
        find_setting(walk->reading, &found, preset, value->text);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct node *item = items[i];
        if (item->kind != NODE_SCALAR)
            find_unread(walk->reading, &found, "there is more than strings in the list");
        else if (is_placeholder(item))
            outside = true;
        else if (!is_null(item))
            strings[kept++] = item->text;
    }
    if (outside)
        find_unread(walk->reading, &found, "the value comes from outside of the file");
    if (kept > 0)
        find_strings(walk->reading, &found, preset, strings, kept);
}

/* ---- Envoy and Istio ----------------------------------------------------------------------- */

struct matcher {
    const char *key, *preset, *match;
};

static const struct matcher matchers[] = {
    {"exact", "envoy-exact", "full"},     {"prefix", "envoy-prefix", "prefix"},
    {"suffix", "envoy-suffix", "suffix"}, {"contains", NULL, "search"},
    {"safe_regex", "envoy", NULL},        {"regex", "envoy", NULL},
};

static void read_matcher(struct walk *walk, const struct node *item, struct found found)
{
    const bool ignores = is_true(value_of(item, "ignore_case"));
    for (size_t i = 0; i < sizeof matchers / sizeof *matchers; i++) {
        const struct node *value = value_of(item, matchers[i].key);
        if (value != NULL && value->kind == NODE_MAP)
            value = value_of(value, "regex");
        if (value == NULL)
            continue;
        found.from = value->from;
        found.to = value->to;
        if (value->kind != NODE_SCALAR || is_placeholder(value)) {
            find_unread(walk->reading, &found, "the value comes from outside of the file");
            return;
        }
        found.preset = matchers[i].preset;
        if (matchers[i].match != NULL && (ignores || found.preset == NULL)) {
            found.preset = NULL;
            found.dialect = "literal";
            found.match = matchers[i].match;
            found.flags = ignores ? "i" : NULL;
        }
        struct config_string *string = memory_take(walk->reading->memory, sizeof *string);
        *string = value->text;
        found.strings = string;
        found.count = 1;
        find_check(walk->reading, &found);
        return;
    }
    found.from = item->from;
    found.to = item->to;
    find_unread(walk->reading, &found, "this way to match could not be read");
}

/* True if the value is a list of matchers. */
static bool read_matchers(struct walk *walk, const struct node *value, const struct found *found)
{
    if (value->kind != NODE_LIST || value->count == 0 || value->children[0]->kind != NODE_MAP)
        return false;
    for (size_t i = 0; i < value->count; i++)
        read_matcher(walk, value->children[i], *found);
    return true;
}

/* ---- Systems ------------------------------------------------------------------------------- */

/* Whose allowedOrigins these are: what stands beside them tells. */
static void read_allowed_origins(struct walk *walk, const struct node *map, const struct node *key,
                                 const struct node *value)
{
    struct found found = found_in(map, key, value, "allowedOrigins");
    const char *preset = NULL;
    found.credentials = credentials_of(value_of(map, "allowCredentials"));
    if (value_of(map, "maxAgeInSeconds") != NULL || walk->has_azure) {
        found.what = "Azure Storage, allowedOrigins";
        preset = "azure";
    } else if (bytes_are_string(last_part(key->text.bytes), "AllowedOrigins") ||
               value_of(map, "maxAgeSeconds") != NULL) {
        found.what = "Amazon S3, AllowedOrigins";
        preset = "s3";
    } else if (walk->has_spring || value_of(map, "allowCredentials") != NULL) {
        found.what = "Spring, allowedOrigins";
        preset = "spring-7";
    }
    find_list(walk, found, preset, value, true);
}

static void read_nelmio(struct walk *walk, const struct node *map, const struct node *key,
                        const struct node *value)
{
    struct found found = found_in(map, key, value, "Nelmio, allow_origin");
    const struct node *regex = value_of(map, "origin_regex");
    const struct node *credentials = value_of(map, "allow_credentials");
    if (regex == NULL)
        regex = value_of(walk->nelmio, "origin_regex");
    if (credentials == NULL)
        credentials = value_of(walk->nelmio, "allow_credentials");
    found.credentials = credentials_of(credentials);
    if (regex != NULL && (regex->kind != NODE_SCALAR || is_placeholder(regex)))
        find_unread(walk->reading, &found, "whether these are patterns is not said in the file");
    else
        find_list(walk, found, is_true(regex) ? "nelmio-regex" : "nelmio", value, false);
}

static void read_kong(struct walk *walk, const struct node *map)
{
    const struct node *name = value_of(map, "name"), *config = value_of(map, "config");
    const struct node *plugin = value_of(map, "plugin");
    const bool is_cors =
        (name != NULL && name->kind == NODE_SCALAR && bytes_are_string(name->text.bytes, "cors")) ||
        (plugin != NULL && plugin->kind == NODE_SCALAR &&
         bytes_are_string(plugin->text.bytes, "cors"));
    if (!is_cors)
        return;
    struct found found = {.from = map->from,
                          .to = map->to,
                          .what = "Kong, cors without origins",
                          .star = true,
                          .key = (uint64_t)map->from + 1,
                          .credentials = credentials_of(value_of(config, "credentials"))};
    const struct node *origins = value_of(config, "origins");
    if (origins == NULL || is_null(origins) ||
        (origins->kind == NODE_LIST && origins->count == 0)) {
        find_any(walk->reading, &found);
        return;
    }
    found.star = false;
    found.what = "Kong, origins";
    found.from = origins->from;
    found.to = origins->to;
    find_list(walk, found, "kong", origins, false);
}

/* ---- The header itself --------------------------------------------------------------------- */

/* What it is always sent with. Some systems want a text in quotes, within those of the file. */
static void find_header_value(struct walk *walk, struct found *found, struct config_string value)
{
    const struct cors_bytes bytes = value.bytes;
    found->what = header_name;
    if (bytes.len > 2 && *bytes.at == '\'' && bytes.at[bytes.len - 1] == '\'')
        value = string_part(walk->reading, value, 1, bytes.len - 1);
    if (mentions(value.bytes, "%") || mentions(value.bytes, "$") || mentions(value.bytes, "{"))
        find_unread(walk->reading, found, "the value is put together elsewhere");
    else
        find_sent(walk->reading, found, &value);
}

/* KEY: value, and "key: KEY, value: ..." */
static bool read_header(struct walk *walk, const struct node *map, const struct node *key,
                        const struct node *value)
{
    if (value->kind == NODE_SCALAR && same_letters(value->text.bytes, header_name))
        value = value_of(map, "value");
    else if (!ends_with_letters(key->text.bytes, header_name))
        return false;
    if (value == NULL)
        return false;
    struct found found = found_in(map, key, value, header_name);
    if (value->kind == NODE_SCALAR && !is_placeholder(value))
        find_header_value(walk, &found, value->text);
    else
        find_unread(walk->reading, &found, "how the header is sent could not be read");
    return true;
}

/* A text that sends it: NAME:value, NAME=value, or a piece of another configuration. A text that
 * only has its name, as a list of headers does, sends nothing. */
static void read_header_text(struct walk *walk, const struct node *outer, const struct node *scalar)
{
    const struct config_string *text = &scalar->text;
    const size_t len = strlen(header_name);
    size_t at = 0;
    while (at + len < text->bytes.len &&
           !same_letters((struct cors_bytes){text->bytes.at + at, len}, header_name))
        at++;
    if (at + len >= text->bytes.len)
        return;
    struct found found = found_in(outer, scalar, scalar, header_name);
    const size_t sign = at + len;
    const bool begins = at == 0 || text->bytes.at[at - 1] == '.';
    if (begins && strchr(":=", text->bytes.at[sign]) != NULL && !mentions(text->bytes, "\n")) {
        size_t from = sign + 1;
        while (from < text->bytes.len && text->bytes.at[from] == ' ')
            from++;
        find_header_value(walk, &found, string_part(walk->reading, *text, from, text->bytes.len));
    } else if (mentions(text->bytes, "header") || strchr(":=\"'", text->bytes.at[sign]) != NULL) {
        find_unread(walk->reading, &found, "how the header is sent could not be read");
    }
}

/* ---- By name ------------------------------------------------------------------------------- */

/* A name of a setting that decides about origins, whoever reads it. */
static bool speaks_of_origins(struct cors_bytes name)
{
    return mentions(name, "origin") && (mentions(name, "allow") || mentions(name, "cors"));
}

/* One entry of a map; `in_cors`: what the map is the value of speaks of CORS. */
static void read_entry(struct walk *walk, const struct node *map, const struct node *key,
                       const struct node *value, bool in_cors)
{
    const struct cors_bytes name = key->text.bytes;
    struct found found = found_in(map, key, value, "Traefik, accessControlAllowOriginList");
    if (read_header(walk, map, key, value))
        return;
    if (same_key(name, "accessControlAllowOriginList") ||
        ends_with_letters(name, ".headers.accesscontrolalloworiginlist")) {
        found.credentials = credentials_of(value_of(map, "accessControlAllowCredentials"));
        find_list(walk, found, "traefik-list", value, true);
    } else if (same_key(name, "accessControlAllowOriginListRegex") ||
               ends_with_letters(name, ".headers.accesscontrolalloworiginlistregex")) {
        found.what = "Traefik, accessControlAllowOriginListRegex";
        found.credentials = credentials_of(value_of(map, "accessControlAllowCredentials"));
        find_list(walk, found, "traefik", value, true);
    } else if (same_key(last_part(name), "allowedOrigins")) {
        read_allowed_origins(walk, map, key, value);
    } else if (same_key(last_part(name), "allowedOriginPatterns")) {
        found.what = "Spring, allowedOriginPatterns";
        found.credentials = credentials_of(value_of(map, "allowCredentials"));
        find_list(walk, found, "spring-patterns", value, true);
    } else if (same_key(name, "allow_origin_string_match") || same_key(name, "allowOrigins")) {
        found.what = "Envoy, allow_origin_string_match";
        found.credentials = credentials_of(value_of(map, "allow_credentials"));
        if (!read_matchers(walk, value, &found)) {
            found.what = "allowOrigins";
            find_list(walk, found, NULL, value, false);
        }
    } else if (same_key(name, "allowOrigin") && walk->has_nelmio) {
        read_nelmio(walk, map, key, value);
    } else if (same_key(name, "allowOrigin") && value->kind == NODE_SCALAR) {
        found.what = "allowOrigin";
        find_unread(walk->reading, &found, no_system);
    } else if (same_key(name, "allowOrigin")) {
        found.what = "Envoy, allow_origin";
        found.credentials = credentials_of(value_of(map, "allow_credentials"));
        find_list(walk, found, "envoy-exact", value, false);
    } else if (same_key(name, "origin") && value_of(map, "method") != NULL) {
        found.what = "Google Cloud Storage, origin";
        find_list(walk, found, "gcs", value, false);
    } else if (speaks_of_origins(name) || (in_cors && !walk->has_nelmio)) {
        found.what = "a name that speaks of origins";
        find_unread(walk->reading, &found, no_system);
    }
}

/* "traefik....headers.accesscontrolalloworiginlist=a,b" in a list of labels. */
static void read_label(struct walk *walk, const struct node *parent, const struct node *item)
{
    const struct cors_bytes bytes = item->text.bytes;
    const char *sign = bytes.len == 0 ? NULL : memchr(bytes.at, '=', bytes.len);
    if (sign == NULL)
        return;
    const size_t name_len = (size_t)(sign - bytes.at);
    const struct cors_bytes name = {bytes.at, name_len};
    const bool regex = ends_with_letters(name, ".headers.accesscontrolalloworiginlistregex");
    const bool list = ends_with_letters(name, ".headers.accesscontrolalloworiginlist");
    if (!regex && !list) {
        struct found found = found_in(parent, item, item, "a name that speaks of origins");
        if (speaks_of_origins(name) && !mentions(name, header_name) && !mentions(name, " "))
            find_unread(walk->reading, &found, no_system);
        return;
    }
    struct found found = found_in(parent, item, item,
                                  regex ? "Traefik, accessControlAllowOriginListRegex"
                                        : "Traefik, accessControlAllowOriginList");
    find_setting(walk->reading, &found, regex ? "traefik" : "traefik-list",
                 string_part(walk->reading, item->text, name_len + 1, bytes.len));
}

static void walk_node(struct walk *walk, const struct node *node, unsigned depth, bool in_cors);

/* A key, which stands at `index`, and its value. */
static void walk_entry(struct walk *walk, const struct node *map, size_t index, unsigned depth,
                       bool in_cors)
{
    const struct node *key = map->children[index], *value = map->children[index + 1];
    const struct cors_bytes name = key->text.bytes;
    const bool is_name = key->kind == NODE_SCALAR && name.len > 0;
    if (is_name && same_key(name, "nelmio_cors"))
        walk->nelmio = value_of(value, "defaults");
    if (is_name && walk->visits < MOST_VISITS &&
        (mentions(name, "origin") ||
         (value->kind == NODE_SCALAR && same_letters(value->text.bytes, header_name)))) {
        walk->visits += map->count / 8;
        read_entry(walk, map, key, value, in_cors);
    } else if (value->kind == NODE_SCALAR) {
        read_header_text(walk, map, value);
    }
    walk_node(walk, key, depth + 1, false);
    walk_node(walk, value, depth + 1, is_name && mentions(name, "cors"));
}

static void walk_node(struct walk *walk, const struct node *node, unsigned depth, bool in_cors)
{
    if (depth > 2 * MOST_DEPTH || walk->visits >= MOST_VISITS) {
        if (depth <= 2 * MOST_DEPTH)
            find_broken(walk->reading, node->from, "the file is too large to be read whole");
        return;
    }
    walk->visits++;
    if (node->kind == NODE_MAP)
        read_kong(walk, node);
    for (size_t i = 0; node->kind == NODE_MAP && i + 1 < node->count; i += 2)
        walk_entry(walk, node, i, depth, in_cors);
    for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++) {
        const struct node *child = node->children[i];
        if (child->kind == NODE_SCALAR) {
            read_label(walk, node, child);
            read_header_text(walk, node, child);
        }
        walk_node(walk, child, depth + 1, in_cors);
    }
}

void read_yaml(struct reading *reading)
{
    struct tree tree;
    struct walk walk = {.reading = reading,
                        .has_nelmio = mentions(reading->bytes, "nelmio"),
                        .has_azure = mentions(reading->bytes, "Microsoft.Storage"),
                        .has_spring = mentions(reading->bytes, "spring") ||
                                      mentions(reading->bytes, "management:") ||
                                      mentions(bytes_of(reading->path), "application")};
    read_tree(reading, &tree);
    for (size_t i = 0; i < tree.count; i++)
        walk_node(&walk, tree.documents[i], 0, false);
    free_tree(&tree);
}
