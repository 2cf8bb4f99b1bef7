/* Why a machine accepts an origin: which part of the pattern took which byte. */
#ifndef CORSIM_PROVE_CAUSE_H
#define CORSIM_PROVE_CAUSE_H

#include "corsim_prove.h"
#include "machine.h"

/* Fills in cause, pattern and column of a witness that the machine accepts. False: no memory. */
bool find_cause(struct machine *machine, const struct intent *intent,
                struct prove_witness *witness);

#endif
