/* One check, asked about: the prover, the real engine where the prover is not sure, a repair, a
 * hunt where nothing was decided; all of it into a report. */
#ifndef CORSIM_CLI_PROVE_ASK_H
#define CORSIM_CLI_PROVE_ASK_H

#include "prove_engine.h"
#include "prove_report.h"

/* What is the same for all checks of a command line. */
struct prove_settings {
    enum profile profile;
    const struct intent *intent;
    const struct public_suffixes *suffixes;
    double seconds; /* 0: the prover's own, and a hunt's own */
    bool then_fuzz, allows;
    const char *certificate; /* where one is to be written; NULL: nowhere */
    struct memory *memory;
};

/* `report` holds the patterns as they were written, and gets the rest. `engine` may be NULL: there
 * is none that could be asked. */
void prove_ask(const struct prove_settings *settings, const struct prove_check *check,
               const struct prove_check *old, struct real_engine *engine,
               struct prove_report *report);

#endif
