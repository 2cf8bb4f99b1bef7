/* Oracles for the command's readers. A case that is read can be written and read again as the same;
 * what that is, is case.h's. In `corsim session` every line gets one answer, in order, that is JSON
 * and says that it could not be understood, that it was done, or what became of the fetch. Standard
 * input and output are put aside meanwhile, so one session at a time. */
#include "oracles.h"

#include "commands.h"
#include "transport.h"

#include <stdlib.h>
#include <string.h>

static struct cors_bytes written(const struct case_file *file)
{
    struct cors_bytes text = {0};
    char *at = NULL;
    FILE *stream = open_memstream(&at, &text.len);
    case_write(stream, file);
    fclose(stream);
    text.at = at;
    return text;
}

void case_writing_oracles(const struct case_file *file)
{
    struct case_file again;
    struct complaint complaint;
    const struct cors_bytes text = written(file);
    must_hold(case_read(&again, "written", text, &complaint), "what is written can be read", text);
    const struct cors_bytes twice = written(&again);
    must_hold(bytes_are(text, twice), "and is written the same", twice);
    case_free(&again);
    free((void *)text.at);
    free((void *)twice.at);
}

/* ---- Sessions ------------------------------------------------------------------------------- */

static size_t count_lines(struct cors_bytes text)
{
    size_t count = 0;
    for (struct cors_bytes line = text; line.len > 0; count++)
        take_line(&line);
    return count;
}

/* What the session says to `text`, to be freed. */
static struct cors_bytes session_output(struct cors_bytes text)
{
    static char name[] = "session";
    char *arguments[] = {name, NULL}, *said = NULL;
    struct cors_bytes output = {0};
    FILE *const standard_input = stdin, *const standard_output = stdout;
    stdin = fmemopen((void *)text.at, text.len, "r");
    stdout = open_memstream(&said, &output.len);
    const int status = command_session(1, arguments);
    fclose(stdin);
    fclose(stdout);
    stdin = standard_input;
    stdout = standard_output;
    must_hold(status == EXIT_HOLDS, "a session ends well", text);
    output.at = said;
    return output;
}

static bool is_answer(const json_t *object)
{
    static const char *const says[] = {"error", "ok", "result"};
    const bool refused = json_is_object(json_object_get(object, "error"));
    size_t count = 0;
    for (size_t i = 0; i < sizeof says / sizeof *says; i++)
        count += json_object_get(object, says[i]) != NULL;
    /* A fetch has both: its error is a string, or null. */
    return json_object_get(object, "id") != NULL &&
           (count == 1 || (count == 2 && !refused && json_object_get(object, "ok") == NULL));
}

void session_oracles(struct cors_bytes text)
{
    if (text.len == 0)
        return;
    const struct cors_bytes output = session_output(text);
    must_hold(count_lines(output) == count_lines(text), "each line has one answer", output);
    for (struct cors_bytes rest = output; rest.len > 0;) {
        const struct cors_bytes line = take_line(&rest);
        json_t *object =
            json_loadb(line.at, line.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
        must_hold(is_answer(object), "an answer is JSON and says what happened", line);
        json_decref(object);
    }
    free((void *)output.at);
}

/* ---- In place of cli/transport.c: no input can make a target ask anybody anything ---------------
 */

void transport_options(struct option *options, struct transport_flags *flags)
{
    static bool unused;
    (void)flags;
    for (size_t i = 0; i < TRANSPORT_OPTION_COUNT; i++)
        options[i] = (struct option){.name = "no-network", .kind = OPTION_TRUE, .target = &unused};
}

void transport_flags_free(struct transport_flags *flags)
{
    *flags = (struct transport_flags){0};
}

struct transport *transport_open(const struct transport_flags *flags, const char **error)
{
    (void)flags;
    *error = "there is no network here";
    return NULL;
}

void transport_close(struct transport *transport)
{
    (void)transport;
}

void transport_begin(struct transport *transport)
{
    (void)transport;
}

void transport_ask(void *context, const struct cors_network_request *request, struct answer *answer,
                   struct memory *memory)
{
    (void)context;
    (void)request;
    (void)memory;
    *answer = (struct answer){.network_error = true};
}

const char *transport_note(const struct transport *transport)
{
    (void)transport;
    return NULL;
}
