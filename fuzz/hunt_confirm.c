/* The witnesses, once there are all: each is asked about again before anything is made of it, made
 * shorter if it was let in every time, and asked about again. One that is let in only now and then
 * stays as it was found, with how often it was: who tries often enough gets in. */
#include "hunt_parts.h"

#include <string.h>

enum {
    ASKED_LEAST = 3, /* times, with the first */
    ASKED_MOST = 10, /* of an unsteady one */
};

/* Until it was asked about so often. */
static void ask_again(struct hunt *hunt, struct witness *witness, unsigned times)
{
    const struct cors_bytes origin = {witness->origin, witness->length};
    bool allowed;
    while (witness->asked < times && hunt_ask(hunt, &origin, 1, &allowed, NULL)) {
        witness->asked++;
        witness->let_in += allowed;
        witness->steady = witness->steady && allowed;
    }
}

static void settle(struct hunt *hunt, struct witness *witness)
{
    ask_again(hunt, witness, ASKED_LEAST);
    const struct witness whole = *witness;
    bool is_doubtful = !witness->steady;
    if (witness->steady && hunt->options->ask == NULL)
        hunt_shrink(hunt, witness);
    if (strcmp(witness->origin, whole.origin) != 0) {
        witness->asked = witness->let_in = 1;
        ask_again(hunt, witness, ASKED_LEAST);
        is_doubtful = !witness->steady;
        if (is_doubtful)
            *witness = whole;
    }
    if (is_doubtful)
        ask_again(hunt, witness, ASKED_MOST);
    hunt->result->unsteady += !witness->steady;
}

/* Of servers: whether requests with a preflight get through, too. */
static void ask_preflight(struct hunt *hunt, struct witness *witness)
{
    struct validator *validator = hunt->validator;
    const struct cors_bytes origin = {witness->origin, witness->length};
    if (validator->preflight == NULL || !hunt_may_ask(hunt))
        return;
    const enum preflight_verdict verdict =
        validator->preflight(validator, origin, witness->credentials);
    hunt->asked += verdict != PREFLIGHT_UNASKED;
    witness->preflight_asked = verdict != PREFLIGHT_UNASKED;
    witness->preflight_passes = verdict == PREFLIGHT_PASSES;
}

/* While one is made shorter, others can be found. */
void hunt_confirm(struct hunt *hunt)
{
    for (bool more = true; more;) {
        more = false;
        for (int tier = 0; tier < TIER_COUNT; tier++)
            for (int class = 0; class < CLASS_COUNT; class ++) {
                struct witness *witness = &hunt->result->witnesses[tier][class];
                if (!witness->found || hunt->settled[tier][class])
                    continue;
                more = hunt->settled[tier][class] = true;
                settle(hunt, witness);
                ask_preflight(hunt, witness);
            }
    }
}
