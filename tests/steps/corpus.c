/* Reads and plays the cases of a folder. Nothing is judged here: a case says itself what it
 * expects. */
#define _XOPEN_SOURCE 700
#include "corpus.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPEN_FOLDERS = 16 };

static struct corpus *reading; /* nftw() hands nothing on */

static int read_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status;
    (void)ftw;
    size_t length = strlen(path);
    if (type != FTW_F || length < 5 || strcmp(path + length - 5, ".case") != 0)
        return 0;
    reading->cases =
        memory_grow(reading->cases, reading->count, &reading->capacity, sizeof(*reading->cases));
    struct complaint complaint = {0};
    if (!case_read_file(&reading->cases[reading->count], path, &complaint)) {
        fprintf(stderr, "%s:%u: %s\n", path, complaint.line, complaint.text);
        return 1;
    }
    reading->count++;
    return 0;
}

bool corpus_read(struct corpus *corpus, const char *folder)
{
    *corpus = (struct corpus){0};
    reading = corpus;
    int status = nftw(folder, read_entry, OPEN_FOLDERS, FTW_PHYS);
    if (status < 0)
        perror(folder);
    else if (corpus->count == 0)
        fprintf(stderr, "%s: no cases\n", folder);
    return status == 0 && corpus->count > 0;
}

void corpus_free(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++)
        case_free(&corpus->cases[i]);
    free(corpus->cases);
}

static bool play_case(struct player *player, const struct case_file *file, look *see, void *context)
{
    struct memory memory = {0};
    struct mismatches mismatches = {0};
    struct complaint complaint = {0};
    bool played_all = true;
    case_begin(player, file);
    for (size_t i = 0; i < file->fetch_count && played_all; i++) {
        const struct case_fetch *fetch = &file->fetches[i];
        const struct answers answers = {.at = fetch->answers, .count = fetch->answer_count};
        struct played played = {0};
        case_wait(player, fetch);
        played_all = play(player, &fetch->description, &answers, &played, &complaint);
        if (!played_all)
            break;
        case_compare(file, i, &played, &mismatches, &memory);
        if (see != NULL)
            see(context, &played);
    }
    bool holds = played_all && mismatches.count == 0;
    free(mismatches.at);
    memory_free(&memory);
    return holds;
}

size_t corpus_play(const struct corpus *corpus, bool tracing, bool verbose, look *see,
                   void *context)
{
    size_t failed = 0;
    struct player player;
    player_begin(&player);
    player.tracing = tracing;
    for (size_t i = 0; i < corpus->count; i++) {
        const struct case_file *file = &corpus->cases[i];
        if (play_case(&player, file, see, context))
            continue;
        failed++;
        if (verbose)
            printf("%.*s does not go as it expects\n", (int)file->path.len, file->path.at);
    }
    player_end(&player);
    return failed;
}

bool corpus_fails(const struct corpus *corpus)
{
    bool fails = false;
    struct player player;
    player_begin(&player);
    for (size_t i = 0; i < corpus->count && !fails; i++)
        fails = !play_case(&player, &corpus->cases[i], NULL, NULL);
    player_end(&player);
    return fails;
}
