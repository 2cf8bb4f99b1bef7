/* Learning as a stage of the hunt (learn.h): witnesses are noted as they come by. */
#include "hunt_parts.h"

enum { LEARN_QUESTIONS = 4000 };

static bool ask(void *context, const struct cors_bytes *origins, size_t count, bool *allowed)
{
    return hunt_ask(context, origins, count, allowed, NULL);
}

void hunt_learn(struct hunt *hunt)
{
    const struct learn_options options = {.intent = hunt->options->intent,
                                          .profile = hunt->options->profile,
                                          .seed = hunt->options->seed,
                                          .most_questions = LEARN_QUESTIONS,
                                          .ask = ask,
                                          .context = hunt};
    if (!learn_origins(&options, &hunt->result->learned))
        hunt->exhausted = true;
}
