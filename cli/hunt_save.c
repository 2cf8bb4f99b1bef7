/* Witnesses as files: a case, which `corsim run` plays, and a script that asks the validator again.
 * Invariant: a file is there whole or not at all: it is written under another name first. */
#include "case.h"
#include "hunt_report.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KINDS = TIER_COUNT * CLASS_COUNT };

struct file {
    FILE *stream;
    const char *path, *unfinished;
};

static bool begin_file(struct file *file, const struct hunt_report *report,
                       const struct witness *witness, const char *end, struct complaint *complaint)
{
    file->path =
        memory_format(report->memory, "%s/%s-%s%s", report->folder, tier_words[witness->kind.tier],
                      bypass_class_words[witness->kind.class], end)
            .at;
    file->unfinished = memory_format(report->memory, "%s.part", file->path).at;
    file->stream = fopen(file->unfinished, "w");
    return file->stream != NULL || complain(complaint, "cannot write %s: %s",
                                            escaped_string(file->unfinished), strerror(errno));
}

static bool end_file(struct file *file, struct complaint *complaint)
{
    bool right = ferror(file->stream) == 0;
    right = fclose(file->stream) == 0 && right;
    right = right && rename(file->unfinished, file->path) == 0;
    if (right)
        return true;
    complain(complaint, "cannot write %s: %s", escaped_string(file->path), strerror(errno));
    remove(file->unfinished);
    return false;
}

/* ---- The case ------------------------------------------------------------------------------ */

static bool play_witness(struct case_file *file, const struct witness *witness,
                         struct complaint *complaint)
{
    const struct cors_bytes origin = {witness->origin, witness->length};
    struct cors_header headers[] = {
        {CORS_BYTES("Access-Control-Allow-Origin"), origin},
        {CORS_BYTES("Access-Control-Allow-Credentials"), CORS_BYTES("true")},
    };
    const struct answer answer = {
        .status = 200,
        .headers = {.at = headers, .count = witness->credentials ? 2 : 1},
    };
    const struct answers answers = {.at = &answer, .count = 1};
    const struct fetch_description description = {
        .url = CORS_BYTES("https://server.example/"),
        .origin = origin,
        .credentials_mode =
            witness->credentials ? CORS_CREDENTIALS_INCLUDE : CORS_CREDENTIALS_SAME_ORIGIN,
    };
    struct player player;
    struct played played;
    player_begin(&player);
    player.tracing = true;
    const bool right = play(&player, &description, &answers, &played, complaint);
    if (right)
        case_record(file, &description, &played);
    player_end(&player);
    return right;
}

static bool save_case(const struct hunt_report *report, const struct witness *witness,
                      struct complaint *complaint)
{
    struct case_file content = {0};
    struct file file;
    content.title =
        memory_format(report->memory, "%s gets in, and is not meant to.", witness->origin);
    content.prose =
        memory_format(report->memory,
                      "Found by `corsim fuzz`: %s, class %s. The server answers as %s did; a right "
                      "one would not name this origin.",
                      tier_words[witness->kind.tier], bypass_class_words[witness->kind.class],
                      escaped_string(report->validator));
    case_add_flag(&content, "recorded");
    bool right = play_witness(&content, witness, complaint) &&
                 begin_file(&file, report, witness, ".case", complaint);
    if (right) {
        case_write(file.stream, &content);
        right = end_file(&file, complaint);
    }
    case_free(&content);
    return right;
}

/* ---- The script ---------------------------------------------------------------------------- */

/* As a word of a POSIX shell: between single quotes nothing is special. */
static void put_word(FILE *stream, const char *word)
{
    fputs(" '", stream);
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            fputs("'\\''", stream);
        else
            fputc(*word, stream);
    }
    fputc('\'', stream);
}

/* The arguments can be paths that begin where the hunt began. */
static void put_folder(FILE *stream)
{
    char folder[PATH_MAX];
    if (getcwd(folder, sizeof folder) == NULL)
        return;
    fputs("cd", stream);
    put_word(stream, folder);
    fputs(" || exit 2\n", stream);
}

static bool save_script(const struct hunt_report *report, const struct witness *witness,
                        struct complaint *complaint)
{
    struct file file;
    if (!begin_file(&file, report, witness, ".sh", complaint))
        return false;
    fputs("#!/bin/sh\n# Asks the validator once more about this origin; exit status 1: it is still "
          "let in.\n",
          file.stream);
    put_folder(file.stream);
    fputs("exec \"${CORSIM:-corsim}\" fuzz --no-save", file.stream);
    for (size_t i = 0; i < report->argument_count; i++)
        put_word(file.stream, report->arguments[i]);
    put_word(file.stream, "--ask");
    put_word(file.stream, witness->origin);
    fputc('\n', file.stream);
    if (!end_file(&file, complaint))
        return false;
    chmod(file.path, S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH);
    return true;
}

static size_t count_cases(const char *folder)
{
    size_t count = 0;
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return 0;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        const char *end = strrchr(entry->d_name, '.');
        count += end != NULL && strcmp(end, ".case") == 0;
    }
    closedir(directory);
    return count;
}

bool hunt_save(const struct hunt_report *report, size_t *older_cases, struct complaint *complaint)
{
    const struct witness *all[KINDS];
    const size_t count = hunt_witnesses(report->result, all, KINDS);
    if (mkdir(report->folder, S_IRWXU | S_IRWXG | S_IRWXO) != 0 && errno != EEXIST)
        return complain(complaint, "the folder %s cannot be made: %s",
                        escaped_string(report->folder), strerror(errno));
    for (size_t i = 0; i < count; i++)
        if (!save_case(report, all[i], complaint) || !save_script(report, all[i], complaint))
            return false;
    const size_t cases = count_cases(report->folder);
    *older_cases = cases > count ? cases - count : 0;
    return true;
}
