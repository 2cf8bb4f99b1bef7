/* Rows of presets.tsv, found by name and by the string that is configured. PCRE2 searches for their
 * `when`, as the table's head says. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "preset.h"

#include <pcre2.h>

#include <string.h>

/* What people call them, where that is no name of a row: the setting that is used most. */
static const struct {
    const char *alias, *preset;
} aliases[] = {
    {"actix", "actix-list"},
    {"hono", "hono-list"},
    {"koa", "koa-string"},
    {"tower", "tower-http-list"},
};

const struct preset_row *preset_find(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i].alias, name) == 0)
            name = aliases[i].preset;
    for (size_t i = 0; i < preset_row_count; i++)
        if (strcmp(preset_rows[i].preset, name) == 0)
            return &preset_rows[i];
    return NULL;
}

static const struct preset_row *behind(const struct preset_row *row)
{
    return row + 1 < preset_rows + preset_row_count ? row + 1 : NULL;
}

const struct preset_row *preset_next(const struct preset_row *row)
{
    if (row == NULL)
        return preset_rows;
    const struct preset_row *next = row;
    while (next != NULL && strcmp(next->preset, row->preset) == 0)
        next = behind(next);
    return next;
}

bool preset_open(struct preset_rules *rules, const struct preset_row *first)
{
    *rules = (struct preset_rules){.rows = first};
    rules->match = pcre2_match_data_create(1, NULL);
    for (const struct preset_row *row = first;
         row != NULL && rules->count < PRESET_MOST_ROWS && strcmp(row->preset, first->preset) == 0;
         row = behind(row)) {
        int error = 0;
        PCRE2_SIZE where = 0;
        if (*row->when != '\0' &&
            (rules->whens[rules->count] = pcre2_compile((PCRE2_SPTR)row->when, strlen(row->when), 0,
                                                        &error, &where, NULL)) == NULL)
            return false;
        rules->count++;
    }
    return rules->match != NULL;
}

const struct preset_row *preset_row_of(const struct preset_rules *rules, size_t from,
                                       const char *text, size_t length)
{
    for (size_t i = from; i < rules->count; i++) {
        if (rules->whens[i] == NULL)
            return &rules->rows[i];
        const int found =
            pcre2_match(rules->whens[i], (PCRE2_SPTR)text, length, 0, 0, rules->match, NULL);
        if (found >= 0)
            return &rules->rows[i];
        if (found != PCRE2_ERROR_NOMATCH)
            return NULL;
    }
    return NULL;
}

void preset_close(struct preset_rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        pcre2_code_free(rules->whens[i]);
    pcre2_match_data_free(rules->match);
}
