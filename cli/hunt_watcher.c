/* How far a hunt is, on standard error (hunt_report.h). Invariant: a witness has only bytes that a
 * browser sends, so that it needs no escapes. */
#include "hunt_report.h"

#include <inttypes.h>
#include <unistd.h>

struct hunt_watcher hunt_watch(const char *command)
{
    return (struct hunt_watcher){.command = command, .terminal = isatty(STDERR_FILENO) != 0};
}

void hunt_show_progress(void *context, const struct hunt_progress *progress)
{
    struct hunt_watcher *watcher = context;
    if (watcher->command == NULL)
        return;
    if (watcher->terminal) {
        fprintf(stderr, "\r\033[K%s: %" PRIu64 " questions, %.1f s, %zu found", /* no newline */
                stage_words[progress->stage], progress->executions, progress->seconds,
                progress->kinds);
        return;
    }
    if (progress->stage != watcher->stage && progress->kinds == watcher->kinds)
        fprintf(stderr, "corsim %s: %s after %" PRIu64 " questions\n", watcher->command,
                stage_words[progress->stage], progress->executions);
    if (progress->latest != NULL && progress->kinds != watcher->kinds)
        fprintf(stderr, "corsim %s: found %s after %" PRIu64 " questions\n", watcher->command,
                progress->latest->origin, progress->executions);
    watcher->stage = progress->stage;
    watcher->kinds = progress->kinds;
}

void hunt_clear_progress(const struct hunt_watcher *watcher)
{
    if (watcher->command != NULL && watcher->terminal)
        fprintf(stderr, "\r\033[K");
}
