/* Findings, and the strings they are made of. No standard applies. Invariant: a string's offsets
 * rise or stay, and are of bytes that the file has, or of its end. */
#include "prove_config_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Bytes --------------------------------------------------------------------------------- */

struct cors_bytes piece(const struct reading *reading, uint32_t from, uint32_t to)
{
    return (struct cors_bytes){reading->bytes.at + from, to - from};
}

bool same_letters(struct cors_bytes bytes, const char *string)
{
    return bytes.len == strlen(string) && strncasecmp(bytes.at, string, bytes.len) == 0;
}

bool ends_with_letters(struct cors_bytes bytes, const char *string)
{
    const size_t len = strlen(string);
    return bytes.len >= len && strncasecmp(bytes.at + bytes.len - len, string, len) == 0;
}

bool mentions(struct cors_bytes bytes, const char *string)
{
    const size_t len = strlen(string);
    for (size_t i = 0; i + len <= bytes.len; i++)
        if (tolower((unsigned char)bytes.at[i]) == tolower((unsigned char)*string) &&
            strncasecmp(bytes.at + i, string, len) == 0)
            return true;
    return false;
}

struct decoded decode_begin(const struct reading *reading, size_t most)
{
    return (struct decoded){.at = memory_take(reading->memory, most + 1),
                            .offsets = memory_take(reading->memory, (most + 1) * sizeof(uint32_t))};
}

void decode_byte(struct decoded *decoded, char byte, uint32_t offset)
{
    decoded->at[decoded->len] = byte;
    decoded->offsets[decoded->len++] = offset;
}

void decode_code_point(struct decoded *decoded, uint32_t code_point, uint32_t offset)
{
    if (code_point < 0x80) {
        decode_byte(decoded, (char)code_point, offset);
    } else if (code_point < 0x800) {
        decode_byte(decoded, (char)(0xC0 | code_point >> 6), offset);
        decode_byte(decoded, (char)(0x80 | (code_point & 0x3F)), offset);
    } else if (code_point < 0x10000) {
        decode_byte(decoded, (char)(0xE0 | code_point >> 12), offset);
        decode_byte(decoded, (char)(0x80 | (code_point >> 6 & 0x3F)), offset);
        decode_byte(decoded, (char)(0x80 | (code_point & 0x3F)), offset);
    } else {
        decode_byte(decoded, (char)(0xF0 | (code_point >> 18 & 0x07)), offset);
        decode_byte(decoded, (char)(0x80 | (code_point >> 12 & 0x3F)), offset);
        decode_byte(decoded, (char)(0x80 | (code_point >> 6 & 0x3F)), offset);
        decode_byte(decoded, (char)(0x80 | (code_point & 0x3F)), offset);
    }
}

struct config_string decode_end(struct decoded *decoded, uint32_t offset)
{
    decoded->offsets[decoded->len] = offset;
    return (struct config_string){{decoded->at, decoded->len}, decoded->offsets};
}

struct config_string string_as_is(const struct reading *reading, uint32_t from, uint32_t to)
{
    struct decoded decoded = decode_begin(reading, to - from);
    for (uint32_t i = from; i < to; i++)
        decode_byte(&decoded, reading->bytes.at[i], i);
    return decode_end(&decoded, to);
}

struct config_string string_part(const struct reading *reading, struct config_string string,
                                 size_t from, size_t to)
{
    const struct cors_bytes part = {string.bytes.at + from, to - from};
    return (struct config_string){memory_copy(reading->memory, part), string.offsets + from};
}

struct config_string strings_join(const struct reading *reading, const struct config_string *parts,
                                  size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += parts[i].bytes.len;
    struct decoded joined = decode_begin(reading, len);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < parts[i].bytes.len; k++)
            decode_byte(&joined, parts[i].bytes.at[k], parts[i].offsets[k]);
    return decode_end(&joined, parts[count - 1].offsets[parts[count - 1].bytes.len]);
}

struct config_string *strings_split(const struct reading *reading, struct config_string string,
                                    const char *separators, size_t *count)
{
    size_t most = 1;
    for (size_t i = 0; i < string.bytes.len; i++)
        most += strchr(separators, string.bytes.at[i]) != NULL;
    struct config_string *parts = memory_take(reading->memory, most * sizeof *parts);
    *count = 0;
    for (size_t from = 0, to; from <= string.bytes.len; from = to + 1) {
        for (to = from; to < string.bytes.len; to++)
            if (string.bytes.at[to] != '\0' && strchr(separators, string.bytes.at[to]) != NULL)
                break;
        size_t begin = from, end = to;
        while (begin < end && isspace((unsigned char)string.bytes.at[begin]))
            begin++;
        while (end > begin && isspace((unsigned char)string.bytes.at[end - 1]))
            end--;
        if (begin < end)
            parts[(*count)++] = string_part(reading, string, begin, end);
    }
    return parts;
}

/* ---- Places -------------------------------------------------------------------------------- */

struct config_place place_of(const struct config *config, uint32_t offset)
{
    size_t from = 0, to = config->line_count;
    while (from + 1 < to) {
        const size_t middle = from + (to - from) / 2;
        if (config->lines[middle] <= offset)
            from = middle;
        else
            to = middle;
    }
    return (struct config_place){(unsigned)from + 1, offset - config->lines[from] + 1};
}

struct config_place config_place_of(const struct config *config,
                                    const struct config_finding *finding, size_t pattern,
                                    size_t column)
{
    if (pattern >= finding->check.pattern_count)
        return finding->place;
    const struct config_string *string = &finding->strings[pattern];
    const size_t index = column == 0 ? 0 : column - 1;
    return place_of(config, string->offsets[index > string->bytes.len ? string->bytes.len : index]);
}

/* ---- Findings ------------------------------------------------------------------------------ */

/* What is shown of the file: one line, without the blanks at its ends. */
static struct cors_bytes shown(const struct reading *reading, uint32_t from, uint32_t to)
{
    const char *bytes = reading->bytes.at;
    uint32_t end = from;
    while (end < to && bytes[end] != '\n' && bytes[end] != '\r' && end - from < MOST_TEXT)
        end++;
    while (end > from && isspace((unsigned char)bytes[end - 1]))
        end--;
    return memory_copy(reading->memory, piece(reading, from, end));
}

static struct config_finding *add(struct reading *reading, const struct found *found)
{
    struct config *config = reading->config;
    if (config->count == CONFIG_MOST_FINDINGS) {
        config->more++;
        return NULL;
    }
    config->findings =
        memory_grow(config->findings, config->count, &reading->capacity, sizeof *config->findings);
    reading->keys =
        memory_grow(reading->keys, config->count, &reading->key_capacity, sizeof *reading->keys);
    reading->keys[config->count] = found->key;
    struct config_finding *finding = &config->findings[config->count++];
    *finding = (struct config_finding){.place = place_of(config, found->from),
                                       .what = found->what,
                                       .text = shown(reading, found->from, found->to),
                                       .credentials = found->credentials};
    return finding;
}

void find_check(struct reading *reading, const struct found *found)
{
    struct config_finding *finding = add(reading, found);
    if (finding == NULL)
        return;
    struct cors_bytes *patterns = memory_take(reading->memory, found->count * sizeof *patterns);
    for (size_t i = 0; i < found->count; i++)
        patterns[i] = found->strings[i].bytes;
    finding->check = (struct prove_check){.preset = found->preset,
                                          .dialect = found->dialect,
                                          .match = found->match,
                                          .flags = found->flags,
                                          .patterns = patterns,
                                          .pattern_count = found->count,
                                          .credentials = found->credentials == CONFIG_CREDENTIALS};
    finding->strings = found->strings;
}

void find_any(struct reading *reading, const struct found *found)
{
    struct config_finding *finding = add(reading, found);
    if (finding == NULL)
        return;
    finding->check = (struct prove_check){.dialect = "any",
                                          .credentials = found->credentials == CONFIG_CREDENTIALS};
    finding->star = found->star;
}

void find_unread(struct reading *reading, const struct found *found, const char *reason)
{
    struct config_finding *finding = add(reading, found);
    if (finding != NULL)
        finding->unread = reason;
}

void find_broken(struct reading *reading, uint32_t at, const char *reason)
{
    if (reading->broken != NULL)
        return;
    reading->broken = reason;
    find_unread(
        reading,
        &(struct found){
            .from = at, .to = (uint32_t)reading->bytes.len, .what = "the file", .key = UINT64_MAX},
        reason);
}

/* ---- The end ------------------------------------------------------------------------------- */

struct sorted {
    struct config_finding finding;
    uint64_t key;
    size_t index;
};

static int by_place(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;
    if (a->finding.place.line != b->finding.place.line)
        return a->finding.place.line < b->finding.place.line ? -1 : 1;
    if (a->finding.place.column != b->finding.place.column)
        return a->finding.place.column < b->finding.place.column ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

void findings_end(struct reading *reading)
{
    struct config *config = reading->config;
    struct sorted *sorted = memory_allocate(config->count * sizeof *sorted);
    for (size_t i = 0; i < config->count; i++)
        sorted[i] = (struct sorted){config->findings[i], reading->keys[i], i};
    if (config->count > 0)
        qsort(sorted, config->count, sizeof *sorted, by_place);
    unsigned groups = 0;
    for (size_t i = 0; i < config->count; i++) {
        for (size_t before = 0; before < i && sorted[i].finding.group == 0; before++)
            if (sorted[before].key == sorted[i].key)
                sorted[i].finding.group = sorted[before].finding.group;
        if (sorted[i].finding.group == 0)
            sorted[i].finding.group = ++groups;
    }
    struct config_finding *findings =
        memory_take(reading->memory, config->count * sizeof *findings);
    for (size_t i = 0; i < config->count; i++)
        findings[i] = sorted[i].finding;
    free(config->findings);
    free(reading->keys);
    free(sorted);
    config->findings = findings;
}
