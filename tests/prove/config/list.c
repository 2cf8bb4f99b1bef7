/* list FILE...: the findings of each file, one a line, as `expected` beside the files has them.
 * list --prefixes FILE...: reads every beginning of each file, from memory that ends where it ends,
 * and the file with a byte changed: nothing is to crash, and no place may lie outside. */
#include "output.h"
#include "prove_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const credentials_words[] = {"-", "no", "credentials"};

static const char *or_none(const char *text)
{
    return text == NULL ? "-" : text;
}

static void print_check(const struct config *config, const struct config_finding *finding)
{
    const struct prove_check *check = &finding->check;
    if (check->preset != NULL)
        printf("%s", check->preset);
    else
        printf("%s/%s", or_none(check->dialect), or_none(check->match));
    printf("\t%s\t%s", or_none(check->flags), credentials_words[finding->credentials]);
    if (finding->star)
        printf("\t(a star)");
    for (size_t i = 0; i < check->pattern_count; i++) {
        const struct config_place place = config_place_of(config, finding, i, 1);
        printf("\t%u:%u %s", place.line, place.column, escaped(check->patterns[i]));
    }
}

static void print(const char *name, const struct config *config)
{
    for (size_t i = 0; i < config->count; i++) {
        const struct config_finding *finding = &config->findings[i];
        printf("%s:%u:%u\t%u\t%s\t", name, finding->place.line, finding->place.column,
               finding->group, finding->what);
        if (finding->unread != NULL)
            printf("unread\t%s", finding->unread);
        else
            print_check(config, finding);
        putchar('\n');
    }
    if (config->more > 0)
        printf("%s: %zu more\n", name, config->more);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static bool list(const char *path)
{
    struct memory memory = {0};
    struct complaint complaint = {0};
    struct cors_bytes bytes;
    struct config config;
    const bool right = read_whole_file(path, CONFIG_MOST_BYTES, &bytes, &memory, &complaint) &&
                       read_config(path, CONFIG_UNKNOWN, bytes, &config, &memory, &complaint);
    if (right)
        print(base_name(path), &config);
    else
        printf("%s:%u: %s\n", base_name(path), complaint.line, complaint.text);
    memory_free(&memory);
    return right;
}

/* Whether all that was found lies within the file. */
static bool is_within(const struct config *config)
{
    for (size_t i = 0; i < config->count; i++) {
        const struct config_finding *finding = &config->findings[i];
        if (finding->place.line == 0 || finding->place.line > config->line_count ||
            finding->place.column == 0 || finding->what == NULL || finding->group == 0)
            return false;
        for (size_t k = 0; k < finding->check.pattern_count; k++)
            for (size_t c = 0; c <= finding->check.patterns[k].len + 1; c++)
                if (config_place_of(config, finding, k, c).line > config->line_count)
                    return false;
    }
    return true;
}

static bool read_copy(const char *path, enum config_kind kind, struct cors_bytes bytes)
{
    struct memory memory = {0};
    struct complaint complaint = {0};
    struct config config;
    char *copy = memory_allocate(bytes.len);
    memcpy(copy, bytes.at, bytes.len);
    const bool right = !read_config(path, kind, (struct cors_bytes){copy, bytes.len}, &config,
                                    &memory, &complaint) ||
                       is_within(&config);
    memory_free(&memory);
    free(copy);
    return right;
}

/* Bytes that mean something somewhere, put where they do not belong. */
static bool change_bytes(const char *path, enum config_kind kind, struct cors_bytes bytes)
{
    static const char changes[] = "\"'`/\\{}[]()#<:,*%$\n\xff";
    char *changed = memory_allocate(bytes.len);
    bool right = true;
    memcpy(changed, bytes.at, bytes.len);
    for (size_t i = 0; i < bytes.len && right; i += 7) {
        changed[i] = changes[i / 7 % (sizeof changes - 1)];
        right = read_copy(path, kind, (struct cors_bytes){changed, bytes.len});
        changed[i] = bytes.at[i];
    }
    free(changed);
    return right;
}

static bool prefixes(const char *path)
{
    struct memory memory = {0};
    struct complaint complaint = {0};
    struct cors_bytes bytes;
    bool right = read_whole_file(path, CONFIG_MOST_BYTES, &bytes, &memory, &complaint);
    const enum config_kind kind = right ? config_kind_of(path, bytes) : CONFIG_UNKNOWN;
    for (size_t len = 0; right && len <= bytes.len; len++)
        right = read_copy(path, kind, (struct cors_bytes){bytes.at, len});
    right = right && change_bytes(path, kind, bytes);
    printf("%s\t%s\n", right ? "ok" : "WRONG", base_name(path));
    memory_free(&memory);
    return right;
}

int main(int argc, char **argv)
{
    const bool all = argc > 1 && strcmp(argv[1], "--prefixes") == 0;
    bool right = true;
    for (int i = all ? 2 : 1; i < argc; i++)
        right = (all ? prefixes(argv[i]) : list(argv[i])) && right;
    return right ? 0 : 1;
}
