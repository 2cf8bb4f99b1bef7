/* Engines that do without one row of spec-tables/deviations.tsv or spec-tables/engines.tsv. */
#ifndef CORSIM_TESTS_SWITCHED_H
#define CORSIM_TESTS_SWITCHED_H

#include <stddef.h>

enum switched_table { SWITCHED_NONE, SWITCHED_DEVIATION, SWITCHED_CONSTANT };

/* Takes that row (from 0) out, and puts back the one that was out. */
void switch_off(enum switched_table table, size_t row);

#endif
