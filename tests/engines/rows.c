/* Every row of deviations.tsv, and of engines.tsv where it names a case: for each browser that has
 * it the case says so, goes as it says with the row, and does not without it (switched.c). And
 * every case in corpus/cases/engines belongs to some row.
 *
 *     engine_rows CASES_DIR [--self-test] */
#include "switched.h"

#include "case.h"
#include "texts.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

/* What is wrong with a row for one browser; NULL: nothing. */
typedef const char *verdict;

static const char NO_BLOCK[] = "has no \"expect\" block for it that names the row";
static const char FAILS[] = "does not go as it says";
static const char SURVIVES[] = "goes as it says without the row, too";

static bool holds(const struct case_file *file, enum cors_engine engine)
{
    struct player player;
    struct played played;
    struct memory memory = {0};
    struct complaint complaint = {0};
    struct mismatches mismatches = {0};
    bool played_all = true;
    player_begin(&player);
    player.engine = engine;
    for (size_t i = 0; i < file->fetch_count && played_all; i++) {
        played_all = case_play(&player, file, i, &played, &complaint);
        if (played_all)
            case_compare(file, i, &played, &mismatches, &memory);
    }
    const bool as_expected = played_all && mismatches.count == 0;
    free(mismatches.at);
    memory_free(&memory);
    player_end(&player);
    return as_expected;
}

static bool names(struct cors_bytes ids, const char *id)
{
    const size_t length = strlen(id);
    for (size_t from = 0; from < ids.len;) {
        size_t to = from;
        while (to < ids.len && ids.at[to] != ' ')
            to++;
        if (to - from == length && memcmp(ids.at + from, id, length) == 0)
            return true;
        from = to + 1;
    }
    return false;
}

/* Whether a block for that browser gives the row as its reason. */
static bool says(const struct case_file *file, enum cors_engine engine, const char *id)
{
    for (size_t i = 0; i < file->fetch_count; i++)
        for (size_t j = 0; j < file->fetches[i].override_count; j++) {
            const struct engine_expectation *override = &file->fetches[i].overrides[j];
            if ((override->engines >> engine & 1) != 0 && names(override->deviations, id))
                return true;
        }
    return false;
}

static verdict judge(const struct case_file *file, enum cors_engine engine, const char *id,
                     enum switched_table off, size_t row)
{
    switch_off(SWITCHED_NONE, 0);
    if (!says(file, engine, id))
        return NO_BLOCK;
    if (!holds(file, engine))
        return FAILS;
    switch_off(off, row);
    const bool survives = holds(file, engine);
    switch_off(SWITCHED_NONE, 0);
    return survives ? SURVIVES : NULL;
}

/* ---- The rows ----------------------------------------------------------------------------- */

/* What is counted. `off` is what a row's table calls for; the self-test switches nothing off. */
struct tally {
    const char *folder;
    bool silent, nothing_off;
    size_t judged, wrong, survivors;
};

static const char *cell(const struct cors_table *table, size_t row, const char *column)
{
    return cors_table_cell(table, row, cors_table_column(table, column));
}

/* Whether the browser is another one than the standard by this row. */
static bool has_row(const struct cors_table *table, size_t row, const char *engine)
{
    if (cors_table_column(table, "spec") == table->column_count)
        return strcmp(cell(table, row, engine), "yes") == 0;
    return strcmp(cell(table, row, engine), cell(table, row, "spec")) != 0;
}

static void report(struct tally *tally, const char *id, const char *engine, const char *path,
                   const char *what)
{
    tally->wrong++;
    if (!tally->silent)
        printf("%s, %s: %s %s\n", id, engine, path, what);
}

static void judge_row(struct tally *tally, const struct cors_table *table, size_t row,
                      enum switched_table off)
{
    const char *id = cors_table_cell(table, row, 0);
    const char *name = cell(table, row, "case");
    char path[PATH_SIZE];
    struct case_file file;
    struct complaint complaint = {0};
    if (*name == '\0' && off == SWITCHED_CONSTANT)
        return; /* the table says why */
    snprintf(path, sizeof path, "%s/%s.case", tally->folder, name);
    if (!case_read_file(&file, path, &complaint)) {
        report(tally, id, "all", path, complaint.text);
        return;
    }
    for (const struct choice *engine = engine_words + 1; engine->word != NULL; engine++) {
        if (!has_row(table, row, engine->word))
            continue;
        verdict wrong = judge(&file, (enum cors_engine)engine->value, id,
                              tally->nothing_off ? SWITCHED_NONE : off, row);
        tally->judged++;
        tally->survivors += wrong == SURVIVES;
        if (wrong != NULL)
            report(tally, id, engine->word, path, wrong);
    }
    case_free(&file);
}

static void judge_table(struct tally *tally, const char *name, enum switched_table off)
{
    const struct cors_table *table = cors_table_by_name(name);
    for (size_t row = 0; row < table->row_count; row++)
        judge_row(tally, table, row, off);
}

/* What a profile says was seen in the real browser, and not only read. */
static void judge_seen(struct tally *tally)
{
    const struct cors_table *table = cors_table_by_name("deviations");
    for (size_t row = 0; row < table->row_count; row++)
        if (strncmp(cell(table, row, "seen"), "laboratory", sizeof "laboratory" - 1) != 0)
            report(tally, cors_table_cell(table, row, 0), "all", "deviations.tsv",
                   "says that no browser was seen to do it");
}

/* ---- The cases ---------------------------------------------------------------------------- */

static bool is_named(const char *table_name, const char *name)
{
    const struct cors_table *table = cors_table_by_name(table_name);
    for (size_t row = 0; row < table->row_count; row++)
        if (strcmp(cell(table, row, "case"), name) == 0)
            return true;
    return false;
}

static bool judge_cases(struct tally *tally)
{
    static const char ending[] = ".case";
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/engines", tally->folder);
    DIR *folder = opendir(path);
    if (folder == NULL) {
        perror(path);
        return false;
    }
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        const size_t length = strlen(entry->d_name);
        if (length < sizeof ending || strcmp(entry->d_name + length - 5, ending) != 0)
            continue;
        snprintf(path, sizeof path, "engines/%.*s", (int)(length - 5), entry->d_name);
        if (!is_named("deviations", path) && !is_named("engines", path))
            report(tally, "no row", "all", path, "belongs to none");
    }
    closedir(folder);
    return true;
}

/* ---- Self-test ---------------------------------------------------------------------------- */

static bool self_test(const char *folder)
{
    struct tally tally = {.folder = folder, .silent = true, .nothing_off = true};
    struct tally nowhere = {.folder = "no such folder", .silent = true};
    struct case_file plain;
    struct complaint complaint = {0};
    char path[PATH_SIZE];
    judge_table(&tally, "deviations", SWITCHED_DEVIATION);
    judge_table(&tally, "engines", SWITCHED_CONSTANT);
    if (tally.judged == 0 || tally.survivors + 8 < tally.judged || tally.wrong < tally.judged) {
        printf("of %zu rows that were not switched off, %zu were reported\n", tally.judged,
               tally.survivors);
        return false;
    }
    judge_table(&nowhere, "deviations", SWITCHED_DEVIATION);
    if (nowhere.wrong != cors_table_by_name("deviations")->row_count || judge_cases(&nowhere)) {
        printf("cases that do not exist were not reported\n");
        return false;
    }
    snprintf(path, sizeof path, "%s/cors-check/another-origin.case", folder);
    if (!case_read_file(&plain, path, &complaint)) {
        printf("%s:%u: %s\n", path, complaint.line, complaint.text);
        return false;
    }
    verdict about = judge(&plain, CORS_ENGINE_CHROMIUM, "max-age-is-signed", SWITCHED_NONE, 0);
    case_free(&plain);
    if (about != NO_BLOCK)
        printf("a case that says nothing of a browser was not reported\n");
    return about == NO_BLOCK;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[2], "--self-test") == 0)
        return self_test(argv[1]) ? 0 : 1;
    if (argc != 2) {
        fprintf(stderr, "usage: engine_rows CASES_DIR [--self-test]\n");
        return 2;
    }
    struct tally tally = {.folder = argv[1]};
    judge_table(&tally, "deviations", SWITCHED_DEVIATION);
    judge_table(&tally, "engines", SWITCHED_CONSTANT);
    judge_seen(&tally);
    if (!judge_cases(&tally))
        return 2;
    printf("%zu rows and browsers, %zu wrong\n", tally.judged, tally.wrong);
    return tally.judged == 0 || tally.wrong > 0;
}
