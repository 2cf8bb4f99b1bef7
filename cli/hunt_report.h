/* What `corsim fuzz` says of a hunt: for people, as JSON, as SARIF 2.1.0, and as files that show a
 * witness again. */
#ifndef CORSIM_CLI_HUNT_REPORT_H
#define CORSIM_CLI_HUNT_REPORT_H

#include "hunt.h"
#include "output.h"

struct hunt_report {
    const struct hunt_result *result;
    uint64_t seed;
    const char *validator;        /* what was asked, in a few words */
    const char *place, *place_is; /* the validator's name, and of what kind, for SARIF */
    const char *remark;           /* a validator's `remark`; NULL: none */
    bool is_pattern;              /* which `corsim prove` can say more about */
    bool only_asked;              /* the origins of --ask, and no hunt */
    const char *folder;           /* where the witnesses are kept; NULL: nowhere */
    size_t older_cases;           /* in the folder, of other hunts */
    const char *const *arguments; /* of the validator and the intent, for a reproducer */
    size_t argument_count;
    struct memory *memory;
};

/* Says on standard error how far a hunt is: on a terminal in one line that is written over, else in
 * a line for each stage and witness. */
struct hunt_watcher {
    const char *command; /* whose hunt it is; NULL: nothing is said */
    bool terminal;
    enum hunt_stage stage;
    size_t kinds;
};
struct hunt_watcher hunt_watch(const char *command);
/* hunt_options' `progress`; the context is a struct hunt_watcher. */
void hunt_show_progress(void *context, const struct hunt_progress *progress);
/* Before something else is printed. */
void hunt_clear_progress(const struct hunt_watcher *watcher);

/* In which way an origin is like one that is meant, in words. */
extern const char *const bypass_class_how[CLASS_COUNT];

/* Of the profiles that are browsers. */
extern const char *const browser_names[PROFILE_COUNT];

/* Of an origin that a wildcard holds and that is a stranger's: why that is so, and what helps. */
const char *astray_text(struct memory *memory, struct cors_bytes origin);

/* Why it cannot be said that nothing was found: the validator could not go on, or what was asked is
 * perhaps not the right one. NULL: it can. */
const char *hunt_undecided(const struct hunt_report *report);

/* The witnesses, the worst and most usual first; how many there are. */
size_t hunt_witnesses(const struct hunt_result *result, const struct witness **out, size_t most);

void hunt_text(const struct output *output, const struct hunt_report *report);
json_t *hunt_json(const struct hunt_report *report);
json_t *hunt_sarif(const struct hunt_report *report);
/* Its parts: an array of results, a rule for each class, and how bad a tier is. */
json_t *hunt_sarif_results(const struct hunt_report *report);
json_t *bypass_class_rules(void);
extern const char *const tier_levels[TIER_COUNT];

/* For each witness TIER-CLASS.case and TIER-CLASS.sh in the folder, which is made, and how many
 * other cases are there. False with a complaint. */
bool hunt_save(const struct hunt_report *report, size_t *older_cases, struct complaint *complaint);

#endif
