/* Pasted curl commands and the fetches that they are: commands.txt has both, this program holds the
 * one against the other. A block begins with "=== TITLE"; then comes the command, as it was copied,
 * a line "---", and the fetch in the words of a case, or the error. "(crlf)" in a title: the lines
 * of the command end as those of Windows do. What is "copied by" a browser was made by its own code
 * for "Copy as cURL" (DevTools' NetworkLogView.generateCurlCommand, Web Inspector's
 * WI.Resource.generateCURLCommand); the others are written in the form that browsers and people
 * use.
 */
#include "curl_fetch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct block {
    struct cors_bytes title, command, expected;
};

static bool is_marker(const char *line, const char *marker)
{
    return strncmp(line, marker, strlen(marker)) == 0;
}

static const char *end_of_line(const char *at)
{
    const char *newline = strchr(at, '\n');
    return newline == NULL ? at + strlen(at) : newline + 1;
}

/* Up to the line that begins with the marker, or to the end. */
static struct cors_bytes part(const char **at, const char *marker)
{
    struct cors_bytes text = {*at, 0};
    while (**at != '\0' && !is_marker(*at, marker))
        *at = end_of_line(*at);
    text.len = (size_t)(*at - text.at);
    return text;
}

static bool next_block(const char **at, struct block *block)
{
    if (!is_marker(*at, "=== "))
        return false;
    block->title = (struct cors_bytes){*at + 4, strcspn(*at + 4, "\n")};
    *at = end_of_line(*at);
    block->command = part(at, "---\n");
    *at = end_of_line(*at);
    block->expected = part(at, "=== ");
    return true;
}

static struct cors_bytes with_crlf(struct cors_bytes text, struct memory *memory)
{
    char *longer = memory_take(memory, 2 * text.len + 1), *end = longer;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\n')
            *end++ = '\r';
        *end++ = text.at[i];
    }
    return (struct cors_bytes){longer, (size_t)(end - longer)};
}

static void put(FILE *out, const char *what, struct cors_bytes value, struct memory *memory)
{
    if (value.at != NULL)
        fprintf(out, "%s%s%s\n", what, value.len > 0 ? " " : "", escape_terminal(value, memory).at);
}

static void put_list(FILE *out, const char *what, const struct string_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        fprintf(out, "%s %s\n", what, list->at[i]);
}

static void put_transport(FILE *out, const struct transport_flags *flags)
{
    if (flags->insecure)
        fprintf(out, "insecure\n");
    if (flags->cacert != NULL)
        fprintf(out, "cacert %s\n", flags->cacert);
    if (flags->proxy != NULL)
        fprintf(out, "proxy %s\n", flags->proxy);
    if (flags->max_seconds > 0)
        fprintf(out, "max-time %g\n", flags->max_seconds);
    if (flags->connect_seconds > 0)
        fprintf(out, "connect-timeout %g\n", flags->connect_seconds);
    if (flags->http_1_1)
        fprintf(out, "http1.1\n");
    if (flags->http_2)
        fprintf(out, "http2\n");
    put_list(out, "resolve", &flags->resolve);
    put_list(out, "connect-to", &flags->connect_to);
}

static void put_fetch(FILE *out, const struct curl_fetch *fetch, struct memory *memory)
{
    const struct fetch_description *description = &fetch->description;
    for (size_t i = 0; i < fetch_key_count; i++)
        put(out, fetch_keys[i].key, fetch_key_get(&fetch_keys[i], description), memory);
    for (size_t i = 0; i < description->headers.count; i++)
        fprintf(out, "header %s: %s\n", escape_terminal(description->headers.at[i].name, memory).at,
                escape_terminal(description->headers.at[i].value, memory).at);
    put(out, "user-agent", fetch->headers.user_agent, memory);
    put(out, "accept-language", fetch->headers.accept_language, memory);
    put(out, "cookies", bytes_of(fetch->cookies), memory);
    put(out, "added", fetch->headers.added, memory);
    if (fetch->navigation)
        fprintf(out, "navigation\n");
    put_transport(out, &fetch->transport);
}

static bool holds(const struct block *block, struct memory *memory)
{
    char *text = NULL;
    size_t len = 0;
    struct curl_fetch fetch;
    struct complaint complaint = {0};
    FILE *out = open_memstream(&text, &len);
    struct cors_bytes command = memory_copy(memory, block->command);
    if (strstr(memory_copy(memory, block->title).at, "(crlf)") != NULL)
        command = memory_copy(memory, with_crlf(command, memory));
    if (out == NULL)
        return false;
    if (curl_fetch_read(&fetch, command.at, SHELL_ANY, NULL, memory, &complaint)) {
        put_fetch(out, &fetch, memory);
        transport_flags_free(&fetch.transport);
    } else {
        fprintf(out, "error %s\n", complaint.text);
    }
    fclose(out);
    const bool right = bytes_are((struct cors_bytes){text, len}, block->expected);
    printf("%s %.*s\n", right ? "ok" : "FAIL", (int)block->title.len, block->title.at);
    if (!right)
        printf("expected:\n%.*sactual:\n%s", (int)block->expected.len, block->expected.at, text);
    free(text);
    return right;
}

int main(int argc, char **argv)
{
    enum { LONGEST = 1 << 20, LEAST = 40 };
    struct memory memory = {0}, own = {0};
    struct complaint complaint = {0};
    struct cors_bytes text;
    struct block block;
    size_t count = 0, wrong = 0;
    if (argc != 2 || !read_whole_file(argv[1], LONGEST, &text, &own, &complaint)) {
        fprintf(stderr, "usage: commands_test FILE %s\n", complaint.text);
        return 2;
    }
    for (const char *at = text.at; next_block(&at, &block); count++) {
        wrong += !holds(&block, &memory);
        memory_reset(&memory);
    }
    printf("%zu commands, %zu wrong\n", count, wrong);
    memory_free(&memory);
    memory_free(&own);
    return wrong == 0 && count >= LEAST ? 0 : 1;
}
