/* URL parsing over the URLs of a file, one a line: by libcorsim and by libcurl's URL API. A record
 * is what a decision needs; parsing and serializing is what the peers do, whose results are
 * serialized URLs. */
#include "bench.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_URLS = 256, LONGEST_LINE = 1024 };

/* Without these libcurl refuses wss: and spaces. */
enum { CURL_FLAGS = CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE };

struct urls {
    struct cors_bytes at[MOST_URLS]; /* each with a NUL behind it, for libcurl */
    size_t count;
    cors_domain_to_ascii *domain_to_ascii;
    size_t parsed;
    size_t length; /* of all serializations together, so that they are made */
    char memory[16 * LONGEST_LINE];
    CURLU *curl_url;
};

static void parse_all(void *given)
{
    struct urls *urls = given;
    struct cors_url url;
    urls->parsed = 0;
    for (size_t i = 0; i < urls->count; i++) {
        struct cors_arena arena = cors_arena_over(urls->memory, sizeof urls->memory);
        urls->parsed += cors_url_parse(&url, urls->at[i], NULL, urls->domain_to_ascii, &arena);
    }
}

static void parse_and_serialize_all(void *given)
{
    struct urls *urls = given;
    struct cors_url url;
    urls->parsed = 0;
    urls->length = 0;
    for (size_t i = 0; i < urls->count; i++) {
        struct cors_arena arena = cors_arena_over(urls->memory, sizeof urls->memory);
        if (!cors_url_parse(&url, urls->at[i], NULL, urls->domain_to_ascii, &arena))
            continue;
        urls->parsed++;
        urls->length += cors_url_serialize(&url, CORS_URL_WITH_FRAGMENT, &arena).len;
    }
}

static void parse_all_by_curl(void *given)
{
    struct urls *urls = given;
    urls->parsed = 0;
    for (size_t i = 0; i < urls->count; i++)
        urls->parsed +=
            curl_url_set(urls->curl_url, CURLUPART_URL, urls->at[i].at, CURL_FLAGS) == CURLUE_OK;
}

static void parse_and_serialize_all_by_curl(void *given)
{
    struct urls *urls = given;
    char *serialized;
    urls->parsed = 0;
    for (size_t i = 0; i < urls->count; i++) {
        if (curl_url_set(urls->curl_url, CURLUPART_URL, urls->at[i].at, CURL_FLAGS) != CURLUE_OK ||
            curl_url_get(urls->curl_url, CURLUPART_URL, &serialized, 0) != CURLUE_OK)
            continue;
        urls->parsed++;
        curl_free(serialized);
    }
}

static bool parsed_all(const void *given)
{
    const struct urls *urls = given;
    return urls->parsed == urls->count;
}

static struct urls *read_urls(const char *folder, const char *file)
{
    struct urls *urls = bench_memory(sizeof *urls);
    char line[LONGEST_LINE];
    snprintf(line, sizeof line, "%s/%s", folder, file);
    FILE *stream = fopen(line, "r");
    if (stream == NULL) {
        perror(line);
        exit(2);
    }
    while (urls->count < MOST_URLS && fgets(line, sizeof line, stream) != NULL) {
        const size_t len = strcspn(line, "\n");
        char *copy = bench_memory(len + 1);
        memcpy(copy, line, len);
        urls->at[urls->count++] = (struct cors_bytes){copy, len};
    }
    fclose(stream);
    return urls;
}

static void add(const char *name, void (*run)(void *), struct urls *urls)
{
    bench_add((struct operation){
        .name = name,
        .of = "URL",
        .units = urls->count,
        .run = run,
        .holds = parsed_all,
        .given = urls,
    });
}

void add_urls(const char *folder)
{
    struct urls *urls = read_urls(folder, "urls.txt");
    urls->domain_to_ascii = cors_domain_to_ascii_by_libidn2;
    urls->curl_url = curl_url();
    add("url/parse", parse_all, urls);
    add("url/parse-serialize", parse_and_serialize_all, urls);
    add("url/libcurl-set", parse_all_by_curl, urls);
    add("url/libcurl-set-get", parse_and_serialize_all_by_curl, urls);

    struct urls *international = read_urls(folder, "urls-international.txt");
    international->domain_to_ascii = cors_domain_to_ascii_by_libidn2;
    add("url/international", parse_and_serialize_all, international);
}
