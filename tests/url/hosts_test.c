/* Every entry of the web platform tests' toascii.json and IdnaTestV2.json, as the host of a URL and
 * through ever smaller arenas. What libidn2 cannot do is listed, with the reason, in
 * idna-differences.tsv: an entry that fails and is not listed fails the test, and so does one that
 * is listed and passes.
 *   hosts_test FOLDER FILE [DIFFERENCES] */
#include "wpt.h"
#include "url.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_DIFFERENCES = 500, MOST_REASONS = 50 };

static char memory[1 << 17];

/* A row of idna-differences.tsv. */
struct difference {
    char input[512]; /* escaped as wpt_print and JSON have it: \xHH, all but printable ASCII */
    char reason[32];
    bool seen;
};

static struct difference differences[MOST_DIFFERENCES];
static size_t difference_count;

/* Printable ASCII as it is and every other byte as \xHH. */
static void escape(char *escaped, size_t size, struct cors_bytes bytes)
{
    size_t used = 0;
    escaped[0] = '\0';
    for (size_t i = 0; i < bytes.len && used + 5 < size; i++) {
        const unsigned char c = (unsigned char)bytes.at[i];
        used += (size_t)snprintf(escaped + used, size - used,
                                 c > 0x20 && c < 0x7F && c != '\\' ? "%c" : "\\x%02X", c);
    }
}

static bool load_differences(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        printf("FAIL: cannot read %s\n", path);
        return false;
    }
    char line[1024];
    bool good = true;
    while (good && fgets(line, sizeof line, file) != NULL) {
        if (*line == '#' || strncmp(line, "input\t", 6) == 0)
            continue;
        struct difference *difference = &differences[difference_count];
        good = difference_count < MOST_DIFFERENCES &&
               sscanf(line, "%511[^\t]\t%31[^\t\n]", difference->input, difference->reason) == 2;
        difference_count++;
    }
    fclose(file);
    if (!good)
        printf("FAIL: %s: row %zu is malformed\n", path, difference_count);
    return good;
}

static struct difference *difference_of(struct cors_bytes input)
{
    char escaped[512];
    escape(escaped, sizeof escaped, input);
    for (size_t i = 0; i < difference_count; i++)
        if (strcmp(differences[i].input, escaped) == 0)
            return &differences[i];
    return NULL;
}

static struct cors_bytes host_of(struct cors_bytes input, struct cors_arena *arena)
{
    struct cors_url url;
    const struct cors_bytes string = wpt_url_with_host(input, arena);
    return cors_url_parse(&url, string, NULL, cors_domain_to_ascii_by_libidn2, arena)
               ? url.host.serialized
               : null_bytes();
}

static bool same(struct cors_bytes a, struct cors_bytes b)
{
    return is_null(a) == is_null(b) && bytes_equal(a, b);
}

/* Converts with ever more memory, each time in an allocation of just that size. */
static bool check_exhaustion(struct cors_bytes input, struct cors_bytes expected)
{
    bool good = true;
    bool enough = false;
    for (size_t size = 0; !enough; size += size / 32 + 1) {
        char *small = malloc(size + 1);
        if (small == NULL)
            abort();
        struct cors_arena arena = cors_arena_over(small + 1, size);
        const struct cors_bytes host = host_of(input, &arena);
        enough = !arena.exhausted;
        good &= enough ? same(host, expected) : is_null(host);
        free(small);
    }
    return good;
}

static bool check_entry(const json_t *entry)
{
    const struct cors_bytes input = wpt_string(entry, "input");
    if (input.len == 0)
        return true; /* cannot be a URL's host; WPT leaves it out, too */
    const struct cors_bytes expected = wpt_string(entry, "output");
    struct cors_arena arena = cors_arena_over(memory, sizeof memory);
    const struct cors_bytes actual = host_of(input, &arena);
    struct difference *difference = difference_of(input);
    if (difference != NULL)
        difference->seen = true;
    bool good = same(expected, actual) == (difference == NULL);
    if (!good) {
        char escaped[512];
        escape(escaped, sizeof escaped, input);
        printf("FAIL: %s%s: expected <", escaped,
               difference == NULL ? "" : " (listed as a difference)");
        wpt_print(expected);
        printf(">, got <");
        wpt_print(actual);
        printf(">\n");
    }
    if (!check_exhaustion(input, actual)) {
        good = false;
        printf("FAIL: <");
        wpt_print(input);
        printf(">: another result in a small arena\n");
    }
    return good;
}

/* How many entries each reason stands for. */
static void print_differences(void)
{
    for (size_t i = 0; i < difference_count; i++) {
        size_t count = 0;
        bool first = true;
        for (size_t j = 0; j < difference_count; j++) {
            if (strcmp(differences[i].reason, differences[j].reason) != 0)
                continue;
            first &= j >= i;
            count++;
        }
        if (first)
            printf("  %zu entries differ: %s\n", count, differences[i].reason);
    }
}

int main(int argc, char **argv)
{
    int status;
    if (argc < 3)
        return EXIT_FAILURE;
    json_t *entries = wpt_load(argc, argv, argv[2], &status);
    if (entries == NULL)
        return status;
    if (argc > 3 && !load_differences(argv[3]))
        return EXIT_FAILURE;
    size_t count = 0;
    size_t failures = 0;
    size_t i;
    const json_t *entry;
    json_array_foreach(entries, i, entry)
    {
        if (!json_is_object(entry))
            continue;
        count++;
        failures += check_entry(entry) ? 0 : 1;
    }
    for (size_t j = 0; j < difference_count; j++) {
        if (!differences[j].seen) {
            failures++;
            printf("FAIL: %s is listed as a difference but is no entry\n", differences[j].input);
        }
    }
    json_decref(entries);
    printf("%zu entries, %zu failures\n", count, failures);
    print_differences();
    return failures == 0 && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
