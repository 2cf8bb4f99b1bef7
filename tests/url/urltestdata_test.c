/* Every entry of the web platform tests' urltestdata.json: the URL record by the getters of the URL
 * class (https://url.spec.whatwg.org/#url-class), its origin, failure with and without a base URL,
 * that parsing a serialization gives the same serialization, and that no arena is too small. */
#include "wpt.h"
#include "url.h"

#include <stdio.h>
#include <stdlib.h>

static char memory[1 << 16];
static unsigned failures;
static size_t entry_number;

static struct cors_bytes getter(const struct cors_url *url, const char *key,
                                struct cors_arena *arena)
{
    const struct cors_bytes port = url->port == CORS_PORT_NULL
                                       ? CORS_BYTES("")
                                       : serialize_integer((uint64_t)url->port, arena);
    if (strcmp(key, "href") == 0)
        return cors_url_serialize(url, CORS_URL_WITH_FRAGMENT, arena);
    if (strcmp(key, "protocol") == 0)
        return BYTES_CONCAT(arena, url->scheme, CORS_BYTES(":"));
    if (strcmp(key, "username") == 0)
        return url->username;
    if (strcmp(key, "password") == 0)
        return url->password;
    if (strcmp(key, "host") == 0)
        return port.len == 0 ? url->host.serialized
                             : BYTES_CONCAT(arena, url->host.serialized, CORS_BYTES(":"), port);
    if (strcmp(key, "hostname") == 0)
        return url->host.serialized;
    if (strcmp(key, "port") == 0)
        return port;
    if (strcmp(key, "pathname") == 0)
        return url->path;
    const bool search = strcmp(key, "search") == 0;
    const struct cors_bytes value = search ? url->query : url->fragment;
    return value.len == 0 ? CORS_BYTES("")
                          : BYTES_CONCAT(arena, search ? CORS_BYTES("?") : CORS_BYTES("#"), value);
}

static void report(const json_t *entry, const char *what, struct cors_bytes expected,
                   struct cors_bytes actual)
{
    failures++;
    printf("FAIL: entry %zu <", entry_number);
    wpt_print(wpt_string(entry, "input"));
    printf("> against <");
    wpt_print(wpt_string(entry, "base"));
    printf(">: %s: expected <", what);
    wpt_print(expected);
    printf(">, got <");
    wpt_print(actual);
    printf(">\n");
}

static void expect(const json_t *entry, const char *what, struct cors_bytes expected,
                   struct cors_bytes actual)
{
    if (!bytes_equal(expected, actual))
        report(entry, what, expected, actual);
}

static bool parse(struct cors_url *url, struct cors_bytes input, struct cors_bytes base,
                  struct cors_arena *arena)
{
    struct cors_url base_url;
    if (!is_null(base) &&
        !cors_url_parse(&base_url, base, NULL, cors_domain_to_ascii_by_libidn2, arena))
        return false;
    return cors_url_parse(url, input, is_null(base) ? NULL : &base_url,
                          cors_domain_to_ascii_by_libidn2, arena);
}

static void check_success(const json_t *entry, const struct cors_url *url, struct cors_arena *arena)
{
    static const char *const keys[] = {"href",     "protocol", "username", "password", "host",
                                       "hostname", "port",     "pathname", "search",   "hash"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        expect(entry, keys[i], wpt_string(entry, keys[i]), getter(url, keys[i], arena));
    const struct cors_bytes origin = wpt_string(entry, "origin");
    const struct cors_origin actual = cors_url_origin(url, cors_domain_to_ascii_by_libidn2, arena);
    if (!is_null(origin))
        expect(entry, "origin", origin, cors_origin_serialize(&actual, arena));

    struct cors_url again;
    const struct cors_bytes href = cors_url_serialize(url, CORS_URL_WITH_FRAGMENT, arena);
    if (!parse(&again, href, null_bytes(), arena))
        report(entry, "href parsed again", href, null_bytes());
    else if (!cors_url_equals(url, &again, CORS_URL_WITH_FRAGMENT))
        report(entry, "href parsed again", href,
               cors_url_serialize(&again, CORS_URL_WITH_FRAGMENT, arena));
}

/* `relativeTo` says against which base URLs an input parses that fails without one; where it is not
 * given that is none. */
static void check_relative_to(const json_t *entry, struct cors_arena arena)
{
    static const char *const bases[] = {"http://h/p", "https://h/p", "file:///p", "a://h/p"};
    const struct cors_bytes relative_to = wpt_string(entry, "relativeTo");
    const struct cors_bytes input = wpt_string(entry, "input");
    struct cors_url url;
    bool success = false;
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        success |= parse(&url, input, (struct cors_bytes){bases[i], strlen(bases[i])}, &arena);
    if (success == is_null(relative_to))
        report(entry, "relativeTo", relative_to, CORS_BYTES("another result"));
    if (parse(&url, input, CORS_BYTES("mailto:x"), &arena) !=
        bytes_equal(relative_to, CORS_BYTES("any-base")))
        report(entry, "relativeTo an opaque path", relative_to, CORS_BYTES("another result"));
}

/* Parses with ever more memory, each time in an allocation of just that size. */
static void check_exhaustion(const json_t *entry, bool success, size_t enough)
{
    for (size_t size = 0; size < enough; size++) {
        void *small = malloc(size + 1);
        if (small == NULL)
            abort();
        struct cors_arena arena = cors_arena_over((char *)small + 1, size);
        struct cors_url url;
        const bool parsed =
            parse(&url, wpt_string(entry, "input"), wpt_string(entry, "base"), &arena);
        if (parsed && arena.exhausted)
            report(entry, "exhausted arena", CORS_BYTES("false"), CORS_BYTES("true"));
        if (!arena.exhausted && parsed != success)
            report(entry, "small arena", CORS_BYTES("the same"), CORS_BYTES("another result"));
        free(small);
    }
}

static void check_entry(const json_t *entry)
{
    const struct cors_bytes input = wpt_string(entry, "input");
    const struct cors_bytes base = wpt_string(entry, "base");
    struct cors_arena arena = cors_arena_over(memory, sizeof memory);
    struct cors_url url;
    const bool success = parse(&url, input, base, &arena);
    const size_t used = (size_t)(arena.at - memory);
    if (success == json_is_true(json_object_get(entry, "failure")))
        report(entry, "failure", success ? CORS_BYTES("true") : CORS_BYTES("false"),
               success ? CORS_BYTES("false") : CORS_BYTES("true"));
    else if (success)
        check_success(entry, &url, &arena);
    else if (is_null(base))
        check_relative_to(entry, arena);
    check_exhaustion(entry, success, used + 64);
}

int main(int argc, char **argv)
{
    int status;
    json_t *entries = wpt_load(argc, argv, "urltestdata.json", &status);
    if (entries == NULL)
        return status;
    size_t count = 0;
    const json_t *entry;
    json_array_foreach(entries, entry_number, entry)
    {
        if (!json_is_object(entry))
            continue;
        count++;
        check_entry(entry);
    }
    json_decref(entries);
    printf("%zu entries, %u failures\n", count, failures);
    return failures == 0 && count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
