/* Reproducers: the probe that showed a finding, as a case file (corpus/README.md) with the answers
 * that were recorded. It is played once more, in the standard's engine and without a network, so
 * that the case says what is to be expected. Invariant: a case that is written passes. */
#include "audit_parts.h"
#include "case.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct answer *answers_of(struct audit *audit, const struct audit_probe *probe, size_t *count)
{
    struct answer *answers =
        memory_take(audit->memory, (probe->exchange_count + 1) * sizeof *answers);
    *count = 0;
    for (size_t i = 0; i < probe->exchange_count; i++) {
        struct answer *answer = &answers[(*count)++];
        *answer = probe->exchanges[i]->exchange.answer;
        answer->purpose =
            probe->exchanges[i]->exchange.preflight ? ANSWER_TO_PREFLIGHT : ANSWER_TO_ACTUAL;
    }
    if (probe->withheld || probe->other_host)
        answers[(*count)++] = (struct answer){.purpose = ANSWER_TO_ACTUAL,
                                              .network_error = true,
                                              .message = CORS_BYTES("not sent by the audit")};
    return answers;
}

static struct cors_bytes written(struct audit *audit, const struct audit_finding *finding,
                                 const struct fetch_description *description,
                                 const struct played *played)
{
    char *text = NULL;
    size_t size = 0;
    struct case_file file = {0};
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return (struct cors_bytes){0};
    file.title = memory_format(&file.memory, "%.*s.", (int)finding->title.len, finding->title.at);
    file.prose = memory_format(&file.memory, "Recorded from a live server by `corsim audit`: %.*s",
                               (int)finding->detail.len, finding->detail.at);
    case_add_flag(&file, "recorded");
    file.has_agent = audit->settings.user_agent.at != NULL;
    file.agent = audit->settings;
    case_record(&file, description, played);
    case_write(stream, &file);
    case_free(&file);
    if (fclose(stream) != 0)
        size = 0;
    const struct cors_bytes copy = memory_copy(
        audit->memory, size == 0 ? (struct cors_bytes){0} : (struct cors_bytes){text, size});
    free(text);
    return copy;
}

void add_case(struct audit *audit, struct audit_finding *finding, const struct audit_probe *probe)
{
    struct player player;
    struct played played;
    struct answers answers = {0};
    answers.at = answers_of(audit, probe, &answers.count);
    player_begin(&player);
    player.settings = audit->settings;
    finding->case_name = memory_format(audit->memory, "%s.case", finding->id);
    if (play(&player, &probe->description, &answers, &played, NULL) && !played.missing)
        finding->case_text = written(audit, finding, &probe->description, &played);
    player_end(&player);
}

/* ---- Saving --------------------------------------------------------------------------------- */

static bool save_case(const struct audit_finding *finding, const char *folder,
                      struct complaint *complaint)
{
    struct memory memory = {0};
    const char *path = memory_format(&memory, "%s/%s", folder, finding->case_name.at).at;
    FILE *stream = fopen(path, "w");
    bool right = stream != NULL;
    if (right) {
        right = fwrite(finding->case_text.at, 1, finding->case_text.len, stream) ==
                finding->case_text.len;
        right = fclose(stream) == 0 && right;
    }
    if (!right)
        complain(complaint, "cannot write %s: %s", escaped_string(path), strerror(errno));
    memory_free(&memory);
    return right;
}

bool save_cases(const struct audit_result *result, const char *folder, struct complaint *complaint)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return complain(complaint, "cannot make the folder %s: %s", escaped_string(folder),
                        strerror(errno));
    for (size_t i = 0; i < result->finding_count; i++)
        if (result->findings[i].case_text.at != NULL &&
            !save_case(&result->findings[i], folder, complaint))
            return false;
    return true;
}
