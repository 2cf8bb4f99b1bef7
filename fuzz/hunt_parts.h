/* What the stages of the hunt share: asking within the budget, and taking note of what the answers
 * mean. */
#ifndef CORSIM_FUZZ_HUNT_PARTS_H
#define CORSIM_FUZZ_HUNT_PARTS_H

#include "hunt.h"
#include "validator_parts.h"

enum { HUNT_BATCH = 512 };

struct hunt {
    struct validator *validator;
    const struct hunt_options *options;
    struct hunt_result *result;
    enum hunt_stage stage;
    struct public_suffixes *suffixes;
    uint64_t asked, asked_most; /* in this stage's part of the budget */
    double began, end;          /* of the clock; end 0: no limit */
    double next_progress;
    uint64_t next_look; /* at the clock: after so many questions */
    size_t batch;       /* how many are asked at once: fewer where that takes long */
    uint64_t answered;  /* questions that got an answer that is one */
    bool over;          /* nothing more can be asked */
    bool exhausted;     /* out of memory */
    bool looked;        /* whether whatever asks is let in */
    bool settled[TIER_COUNT][CLASS_COUNT]; /* witnesses that were asked about again */
    struct origins let_in, refused;        /* what the learner need not ask */
    struct learning *model;                /* or NULL */
};

/* Whether one more question may be asked; looks at the clock only now and then. */
bool hunt_may_ask(struct hunt *hunt);
/* Asks about `count` origins in order. False: budget or validator ended before all of them; then
 * `asked`, if not NULL, says how many answers there are. `allowed[i]`: the page may read. */
bool hunt_ask(struct hunt *hunt, const struct cors_bytes *origins, size_t count, bool *allowed,
              size_t *asked);

/* A witness made shorter, as far as the budget goes; its tier and class stay. */
void hunt_shrink(struct hunt *hunt, struct witness *witness);
/* Asks about each witness again that was not yet, makes it shorter, and asks again. */
void hunt_confirm(struct hunt *hunt);
/* Learning of what a black box accepts; until the budget ends. */
void hunt_learn(struct hunt *hunt);
/* Takes back that all is learnt, where a witness says something else. */
void hunt_check_learnt(struct hunt *hunt);
void hunt_fuzz(struct hunt *hunt);

#endif
