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
    bool is_pattern;              /* which `corsim prove` can say more about */
    bool only_asked;              /* the origins of --ask, and no hunt */
    const char *folder;           /* where the witnesses are kept; NULL: nowhere */
    const char *const *arguments; /* of the validator and the intent, for a reproducer */
    size_t argument_count;
    struct memory *memory;
};

/* In which way an origin is like one that is meant, in words. */
extern const char *const bypass_class_how[CLASS_COUNT];

/* The witnesses, the worst and shortest first; how many there are. */
size_t hunt_witnesses(const struct hunt_result *result, const struct witness **out, size_t most);

void hunt_text(const struct output *output, const struct hunt_report *report);
json_t *hunt_json(const struct hunt_report *report);
json_t *hunt_sarif(const struct hunt_report *report);

/* For each witness TIER-CLASS.case and TIER-CLASS.sh in the folder, which is made. False with a
 * complaint. */
bool hunt_save(const struct hunt_report *report, struct complaint *complaint);

#endif
