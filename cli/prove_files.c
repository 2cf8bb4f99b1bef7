/* The checks of files in their order. Invariants: nothing that was found is left out: what could
 * not be read, and a file without a check, are reports that are not proven; what is refused counts
 * as dead only if every check refuses it, as a file has checks for several places. */
#include "prove_files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a report's places are taken from. */
struct config_source {
    const struct config *config;
    const struct config_finding *finding;
};

static struct file_place place_of(const struct prove_report *report, size_t pattern, size_t column)
{
    const struct config_source *source = report->places;
    const struct config_place place =
        config_place_of(source->config, source->finding, pattern, column);
    return (struct file_place){place.line, place.column};
}

static struct prove_report *add_report(struct prove_reports *reports)
{
    reports->at = memory_grow(reports->at, reports->count, &reports->capacity, sizeof *reports->at);
    reports->at[reports->count] = (struct prove_report){0};
    return &reports->at[reports->count++];
}

static void add_unread(const struct prove_settings *settings, const char *path, const char *why,
                       struct prove_reports *reports)
{
    *add_report(reports) = (struct prove_report){.file = path,
                                                 .place = {1, 1},
                                                 .system = "the file",
                                                 .unread = why,
                                                 .profile = settings->profile,
                                                 .memory = settings->memory};
}

static const struct written_pattern *written(const struct prove_settings *settings,
                                             const struct config_finding *finding)
{
    const size_t count = finding->check.pattern_count;
    struct written_pattern *patterns =
        memory_take(settings->memory, (count + 1) * sizeof *patterns);
    for (size_t i = 0; i < count; i++)
        patterns[i] = (struct written_pattern){.text = finding->check.patterns[i],
                                               .pattern = finding->check.patterns[i]};
    return patterns;
}

/* Where it is, on a terminal only: a line that is written over. */
static void show_progress(const struct prove_report *report)
{
    if (isatty(STDERR_FILENO) == 0)
        return;
    fprintf(stderr, "\r\033[K"); /* no newline */
    if (report != NULL)
        fprintf(stderr, "%s:%zu", escaped_string(report->file), report->place.line);
    fflush(stderr);
}

static void prove_finding(const struct prove_settings *settings, const char *path,
                          const struct config *config, const struct config_finding *finding,
                          struct prove_reports *reports)
{
    struct config_source *source = memory_take(settings->memory, sizeof *source);
    struct real_engine engine = {0};
    struct prove_report *report = add_report(reports);
    *source = (struct config_source){config, finding};
    *report = (struct prove_report){.file = path,
                                    .place = {finding->place.line, finding->place.column},
                                    .system = finding->what,
                                    .unread = finding->unread,
                                    .profile = settings->profile,
                                    .memory = settings->memory,
                                    .place_of = place_of,
                                    .places = source};
    if (finding->unread != NULL)
        return;
    show_progress(report);
    report->patterns = written(settings, finding);
    report->pattern_count = finding->check.pattern_count;
    const bool has_engine = real_engine_of(&finding->check, &engine, settings->memory);
    prove_ask(settings, &finding->check, NULL, has_engine ? &engine : NULL, report);
    real_engine_close(&engine);
    for (size_t i = 0; i < report->answer.witness_count && finding->star; i++)
        report->answer.witnesses[i].answer = CORS_BYTES("*");
}

static bool prove_file(const struct prove_settings *settings, const char *path,
                       enum config_kind kind, struct prove_reports *reports,
                       struct complaint *complaint)
{
    struct cors_bytes bytes;
    struct complaint wrong = {0};
    struct config *config = memory_take(settings->memory, sizeof *config);
    const char *name = memory_copy_string(settings->memory, path).at;
    if (!read_whole_file(path, CONFIG_MOST_BYTES, &bytes, settings->memory, &wrong))
        return complain(complaint, "%s %s", escaped_string(path), wrong.text);
    if (!read_config(path, kind, bytes, config, settings->memory, &wrong)) {
        add_unread(settings, name, memory_copy_string(settings->memory, wrong.text).at, reports);
        return true;
    }
    for (size_t i = 0; i < config->count; i++)
        prove_finding(settings, name, config, &config->findings[i], reports);
    if (config->count == 0)
        add_unread(settings, name, "no origin check was found in it", reports);
    if (config->more > 0)
        add_unread(
            settings, name,
            memory_format(settings->memory, "%zu more checks were left out", config->more).at,
            reports);
    return true;
}

/* What no check lets in; nothing, if one of them is not known well enough. */
static void find_refused(const struct prove_settings *settings, struct prove_reports *reports)
{
    const struct intent *intent = settings->intent;
    size_t *times = memory_take(settings->memory, (intent->count + 1) * sizeof *times);
    struct dead_rule *rules = memory_take(settings->memory, (intent->count + 1) * sizeof *rules);
    for (size_t i = 0; i < reports->count; i++) {
        const struct prove_report *report = &reports->at[i];
        if (report->unread != NULL || report_verdict(report) > PROVE_BYPASS)
            return;
        for (size_t k = 0; k < report->refused_count; k++)
            times[report->refused[k].entry]++;
    }
    for (size_t i = 0; i < intent->count; i++)
        if (times[i] == reports->count)
            rules[reports->refused_count++] = (struct dead_rule){
                .text = memory_copy(settings->memory, intent->entries[i].text).at, .entry = i};
    reports->refused = rules;
}

bool prove_files(const struct prove_settings *settings, const char *const *paths, size_t count,
                 enum config_kind kind, struct prove_reports *reports, struct complaint *complaint)
{
    reports->is_config = true;
    for (size_t i = 0; i < count; i++)
        if (!prove_file(settings, paths[i], kind, reports, complaint))
            return false;
    show_progress(NULL);
    find_refused(settings, reports);
    return true;
}
