/* Learning as a stage of the hunt (learn.h): witnesses are noted as they come by, and what the
 * stages before were told is known already. */
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
                                          .let_in = &hunt->let_in,
                                          .refused = &hunt->refused,
                                          .ask = ask,
                                          .context = hunt};
    learn_free(hunt->model);
    if (!learn_origins(&options, &hunt->result->learned, &hunt->model))
        hunt->exhausted = true;
}

void hunt_check_learnt(struct hunt *hunt)
{
    for (int tier = 0; hunt->model != NULL && tier < TIER_COUNT; tier++)
        for (int class = 0; class < CLASS_COUNT; class ++) {
            const struct witness *witness = &hunt->result->witnesses[tier][class];
            const struct cors_bytes origin = {witness->origin, witness->length};
            if (witness->found && !learnt(hunt->model, origin))
                hunt->result->learned.complete = false;
        }
}
