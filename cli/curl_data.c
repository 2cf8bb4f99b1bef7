/* Bodies and header lines in curl's notation (https://curl.se/docs/manpage.html, -H, -d and
 * --data-urlencode). Invariant: no file of more than LONGEST_DATA bytes is read. */
#include "curl_data.h"

#include "commands.h"
#include "output.h"

#include <string.h>

bool curl_header(const char *line, struct cors_header *header)
{
    const char *colon = strchr(line, ':');
    const size_t length = strlen(line);
    if (colon != NULL) {
        header->name = (struct cors_bytes){line, (size_t)(colon - line)};
        header->value = cors_normalize_header_value(bytes_of(colon + 1));
        return header->value.len > 0;
    }
    header->name = (struct cors_bytes){line, length - (length > 0)};
    header->value = CORS_BYTES("");
    return length > 1 && line[length - 1] == ';';
}

int curl_headers(const struct command *command, const struct string_list *lines,
                 struct cors_header *headers)
{
    for (size_t i = 0; i < lines->count; i++)
        if (!curl_header(lines->at[i], &headers[i]))
            return usage_error(command,
                               "-H \"%s\" is no header: write \"Name: value\", or \"Name;\" for an "
                               "empty value",
                               escaped_string(lines->at[i]));
    return EXIT_HOLDS;
}

bool curl_file_data(const char *path, enum curl_file how, struct cors_bytes *data,
                    struct memory *memory, struct complaint *complaint)
{
    struct complaint why = {0};
    if (!read_whole_file(path, LONGEST_DATA, data, memory, &why))
        return complain(complaint, "%s: %s", escaped_string(path), why.text);
    char *kept = memory_take(memory, data->len + 1);
    size_t length = 0;
    for (size_t i = 0; i < data->len; i++)
        if (how == FILE_AS_IT_IS || strchr("\r\n", data->at[i]) == NULL)
            kept[length++] = data->at[i];
    *data = (struct cors_bytes){kept, length};
    return true;
}

bool curl_data(const char *given, enum curl_file how, struct cors_bytes *data,
               struct memory *memory, struct complaint *complaint)
{
    *data = bytes_of(given);
    return given[0] != '@' || curl_file_data(given + 1, how, data, memory, complaint);
}

void curl_append(struct curl_body *body, const char *between, struct cors_bytes more,
                 struct memory *memory)
{
    const size_t len = body->bytes.len, gap = body->bytes.at == NULL ? 0 : strlen(between);
    const size_t needed = len + gap + more.len + 1;
    if (body->room == NULL || needed > body->capacity) {
        body->capacity = 2 * needed;
        body->room = memory_take(memory, body->capacity);
        if (len > 0)
            memcpy(body->room, body->bytes.at, len);
    }
    memcpy(body->room + len, between, gap);
    if (more.len > 0)
        memcpy(body->room + len + gap, more.at, more.len);
    body->room[len + gap + more.len] = '\0';
    body->bytes = (struct cors_bytes){body->room, len + gap + more.len};
}

static bool is_unreserved(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr("-._~", c) != NULL);
}

static struct cors_bytes urlencode(struct cors_bytes bytes, struct memory *memory)
{
    static const char digits[] = "0123456789ABCDEF";
    char *encoded = memory_take(memory, 3 * bytes.len + 1);
    char *end = encoded;
    for (size_t i = 0; i < bytes.len; i++) {
        const unsigned char c = (unsigned char)bytes.at[i];
        if (is_unreserved((char)c)) {
            *end++ = (char)c;
            continue;
        }
        *end++ = '%';
        *end++ = digits[c >> 4];
        *end++ = digits[c & 15];
    }
    return (struct cors_bytes){encoded, (size_t)(end - encoded)};
}

bool curl_urlencoded(const char *given, struct cors_bytes *data, struct memory *memory,
                     struct complaint *complaint)
{
    const size_t name = strcspn(given, "=@");
    struct cors_bytes content = bytes_of(given);
    struct curl_body body = {0};
    if (given[name] == '=')
        content = bytes_of(given + name + 1);
    else if (given[name] == '@' &&
             !curl_file_data(given + name + 1, FILE_AS_IT_IS, &content, memory, complaint))
        return false;
    if (given[name] != '\0' && name > 0) {
        curl_append(&body, "", (struct cors_bytes){given, name}, memory);
        curl_append(&body, "", CORS_BYTES("="), memory);
    }
    curl_append(&body, "", urlencode(content, memory), memory);
    *data = body.bytes;
    return true;
}
