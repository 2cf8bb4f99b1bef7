/* The lines of a sequence diagram: see sequence.h. No standard applies. Invariants: a header is one
 * line for each time it was sent, under the name that the Fetch Standard writes, with its value as
 * it came. */
#include "sequence.h"

#include <string.h>

/* "name: value", whatever bytes the value holds. */
static struct cors_bytes header_line(const char *name, struct cors_bytes value,
                                     struct memory *memory)
{
    const size_t length = strlen(name);
    char *line = memory_take(memory, length + 2 + value.len + 1);
    memcpy(line, name, length);
    memcpy(line + length, ": ", 2);
    if (value.len > 0)
        memcpy(line + length + 2, value.at, value.len);
    return (struct cors_bytes){line, length + 2 + value.len};
}

static size_t add_headers(struct cors_bytes *lines, const struct cors_header_list *list,
                          const char *const *names, size_t name_count, struct memory *memory)
{
    size_t count = 0;
    for (size_t i = 0; i < name_count; i++)
        for (size_t j = 0; j < list->count; j++) {
            const struct cors_header_list one = {.at = &list->at[j], .count = 1};
            if (cors_header_list_contains(&one, bytes_of(names[i])))
                lines[count++] = header_line(names[i], list->at[j].value, memory);
        }
    return count;
}

struct sequence_lines sequence_request(const struct exchange *exchange, struct memory *memory)
{
    static const char *const names[] = {"Origin", "Access-Control-Request-Method",
                                        "Access-Control-Request-Headers"};
    struct cors_bytes *lines =
        memory_take(memory, (exchange->headers.count + 1) * sizeof(struct cors_bytes));
    lines[0] = memory_format(memory, "%.*s %.*s%s", (int)exchange->method.len, exchange->method.at,
                             (int)exchange->url.len, exchange->url.at,
                             exchange->preflight ? " (preflight)" : "");
    return (struct sequence_lines){lines, 1 + add_headers(lines + 1, &exchange->headers, names,
                                                          sizeof names / sizeof *names, memory)};
}

struct sequence_lines sequence_answer(const struct exchange *exchange, struct memory *memory)
{
    static const char *const names[] = {"Access-Control-Allow-Origin",
                                        "Access-Control-Allow-Credentials",
                                        "Access-Control-Allow-Methods",
                                        "Access-Control-Allow-Headers",
                                        "Access-Control-Expose-Headers",
                                        "Access-Control-Max-Age",
                                        "Vary",
                                        "Location"};
    const struct answer *answer = &exchange->answer;
    struct cors_bytes *lines =
        memory_take(memory, (answer->headers.count + 1) * sizeof(struct cors_bytes));
    if (answer->network_error) {
        lines[0] = memory_format(memory, "no response: %.*s", (int)answer->message.len,
                                 answer->message.at == NULL ? "" : answer->message.at);
        return (struct sequence_lines){lines, 1};
    }
    lines[0] = memory_format(memory, "%u%s", answer->status,
                             exchange->from_cache == NO_CACHE       ? ""
                             : exchange->from_cache == SHARED_CACHE ? " (from a shared cache)"
                                                                    : " (from its HTTP cache)");
    return (struct sequence_lines){lines, 1 + add_headers(lines + 1, &answer->headers, names,
                                                          sizeof names / sizeof *names, memory)};
}
