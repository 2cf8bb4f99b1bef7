/* `corsim prove --config`: every origin check that can be found in files, each proven. */
#ifndef CORSIM_CLI_PROVE_FILES_H
#define CORSIM_CLI_PROVE_FILES_H

#include "prove_ask.h"
#include "prove_config.h"

/* Adds a report for each check, and for each that looks like one and could not be read. What is
 * wrong with a file as a whole is a report too. False: one cannot be opened, as the complaint
 * says. */
bool prove_files(const struct prove_settings *settings, const char *const *paths, size_t count,
                 enum config_kind kind, struct prove_reports *reports, struct complaint *complaint);

#endif
