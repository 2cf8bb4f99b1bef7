/* The hunt for origins that a validator lets in, a browser can send and the owner does not mean:
 * fixed classes, then origins made of the words of the validator's own text, then everything within
 * one edit of what is meant, then learning the language that a black box accepts, then fuzzing, led
 * by coverage where the validator has counters. Invariants: only an answer that the CORS check lets
 * through counts (judge_answer); only what the profile's browsers send is a witness; the same
 * validator, options and seed ask the same questions in the same order, as far as executions and
 * not seconds bound them. */
#ifndef CORSIM_FUZZ_HUNT_H
#define CORSIM_FUZZ_HUNT_H

#include "candidates.h"
#include "learn.h"

#include <signal.h>

struct validator; /* fuzz/validator.h */

enum hunt_stage {
    STAGE_INTENDED = 0, /* whether what is meant is let in: no witnesses from here */
    STAGE_FIXED,
    STAGE_WORDS,
    STAGE_ONE_EDIT,
    STAGE_LEARNING,
    STAGE_FUZZING,
    STAGE_SHRINKING,
    STAGE_COUNT,
};
extern const char *const stage_words[STAGE_COUNT];

struct witness {
    bool found;
    char origin[LONGEST_ORIGIN + 1];
    size_t length;
    bool credentials;
    bool preflight_asked, preflight_passes; /* of servers; what of requests with a preflight */
    struct kind_of_witness kind;
    enum hunt_stage found_by;
    uint64_t executions; /* questions until it was found; what shrinking took is not counted */
    /* Of `asked` times that the validator was asked about it, it was let in `let_in` times; steady:
     * always. An unsteady one has not been made shorter. */
    unsigned asked, let_in;
    bool steady;
};

/* What was asked, and of how much there is: `planned` is 0 for stages without an end. */
struct stage_report {
    bool complete;
    uint64_t planned, asked;
};

enum { HUNT_NOTES = 8 };

/* Something that happened: a crash, a flood, an intended origin that is refused. */
struct hunt_note {
    char text[512]; /* escaped */
};
struct hunt_notes {
    struct hunt_note at[HUNT_NOTES];
    size_t count; /* of all; the first HUNT_NOTES are kept */
};

struct hunt_progress {
    enum hunt_stage stage;
    uint64_t executions;
    double seconds;
    size_t kinds; /* of witnesses */
    const struct witness *latest;
};

struct hunt_options {
    const struct intent *intent;
    enum profile profile;
    uint64_t seed;
    uint64_t executions;         /* at most; 0: no limit */
    double seconds;              /* at most; 0: no limit. One of both must be given */
    bool learn;                  /* the validator is slow or a black box */
    const struct origins *words; /* of the validator's text; may be NULL */
    const struct origins *ask;   /* only these; NULL: everything */
    void (*progress)(void *context, const struct hunt_progress *progress); /* may be NULL */
    void *context;
    const volatile sig_atomic_t *interrupted; /* not 0: ask nothing more; may be NULL */
};

struct hunt_result {
    struct witness witnesses[TIER_COUNT][CLASS_COUNT];
    size_t kinds;    /* how many of these were found */
    size_t unsteady; /* how many of these are not steady */
    /* It lets in names that were made up for asking this, over https; reflects_http: over http too.
     * Then there are no witnesses but those that this does not explain. */
    bool is_reflecting, reflects_http;
    struct {
        uint64_t asked, let_in;
        bool has_listed; /* the intent has one of `asked` by itself, not by a wildcard */
    } meant;             /* origins that are meant */
    bool is_public;      /* it answers `*` to somebody who is not meant */
    bool gave_up;        /* the validator could not go on: `error` says why */
    char error[512];
    struct stage_report stages[STAGE_COUNT];
    struct hunt_notes troubles, refused; /* refused: intended, or of `ask`,
                                            and not let in */
    struct hunt_notes astray;            /* held by a wildcard, let in, and a stranger's */
    struct learned learned; /* of STAGE_LEARNING, if that ran; never complete if a witness is not
                               what it says */
    uint64_t executions;
    double seconds;
};

/* False: out of memory. `result` is large: not for a small stack. */
bool hunt(struct validator *validator, const struct hunt_options *options,
          struct hunt_result *result);

#endif
