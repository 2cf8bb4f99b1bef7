/* Reading the web platform tests' URL data; see wpt.h. */
#include "wpt.h"
#include "url.h"
#include "tables.h"

#include <stdio.h>
#include <stdlib.h>

/* The whole file with a NUL behind it, to be freed; or NULL. */
static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    char *text = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        const long length = ftell(file);
        rewind(file);
        text = length < 0 ? NULL : malloc((size_t)length + 1);
        if (text != NULL) {
            *size = fread(text, 1, (size_t)length, file);
            text[*size] = '\0';
        }
    }
    fclose(file);
    return text;
}

/* The UTF-16 code unit of an escape \uXXXX, or -1. */
static long code_unit(const char *at)
{
    if (at[0] != '\\' || at[1] != 'u')
        return -1;
    long unit = 0;
    for (int i = 2; i < 6; i++) {
        if (!byte_is(at[i], BYTE_HEX_DIGIT))
            return -1;
        unit = unit * 16 + (long)hex_value(at[i]);
    }
    return unit;
}

static void replace_lone_surrogates(char *text)
{
    while (*text != '\0') {
        const long unit = code_unit(text);
        if (unit < 0) {
            text += text[0] == '\\' && text[1] != '\0' ? 2 : 1;
            continue;
        }
        const long next = code_unit(text + 6);
        if (unit >= 0xD800 && unit <= 0xDBFF && next >= 0xDC00 && next <= 0xDFFF) {
            text += 12;
            continue;
        }
        if (unit >= 0xD800 && unit <= 0xDFFF)
            memcpy(text + 2, "fffd", 4);
        text += 6;
    }
}

json_t *wpt_load(int argc, char **argv, const char *name, int *status)
{
    *status = EXIT_FAILURE;
    char path[4096];
    size_t size = 0;
    const char *folder = getenv("CORSIM_WPT_DIR");
    if (folder == NULL)
        folder = argc > 1 ? argv[1] : ".";
    snprintf(path, sizeof path, "%s/%s", folder, name);
    char *text = read_file(path, &size);
    if (text == NULL) {
        const char *ci = getenv("CI");
        const bool in_ci = ci != NULL && *ci != '\0';
        printf("%s: cannot read %s: set CORSIM_WPT_DIR\n", in_ci ? "FAIL" : "SKIP", path);
        *status = in_ci ? EXIT_FAILURE : SKIP;
        return NULL;
    }
    replace_lone_surrogates(text);
    json_error_t error;
    json_t *entries = json_loadb(text, size, JSON_ALLOW_NUL, &error);
    free(text);
    if (!json_is_array(entries) || json_array_size(entries) == 0) {
        printf("FAIL: %s:%d: %s\n", path, error.line, error.text);
        json_decref(entries);
        return NULL;
    }
    return entries;
}

struct cors_bytes wpt_string(const json_t *entry, const char *key)
{
    const json_t *value = json_object_get(entry, key);
    if (!json_is_string(value))
        return null_bytes();
    return (struct cors_bytes){json_string_value(value), json_string_length(value)};
}

void wpt_print(struct cors_bytes bytes)
{
    if (is_null(bytes))
        printf("null");
    for (size_t i = 0; i < bytes.len; i++) {
        const unsigned char c = (unsigned char)bytes.at[i];
        if (c < 0x20 || c == 0x7F || c == '\\')
            printf("\\x%02X", c);
        else
            putchar(c);
    }
}

struct cors_bytes wpt_url_with_host(struct cors_bytes host, struct cors_arena *arena)
{
    const char *start = arena->at;
    append(arena, "https://", 8);
    append_utf8_percent_encoded(arena, host, BYTE_COMPONENT_SET);
    append(arena, "/x", 2);
    return appended_since(start, arena);
}
