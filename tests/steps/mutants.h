/* The places in sim/check.c where something is decided, each of which can be made to decide
 * otherwise. mutated_check.c is check.c with these in the place of its conditions. */
#ifndef CORSIM_TESTS_MUTANTS_H
#define CORSIM_TESTS_MUTANTS_H

#include "fetch.h"

/* `where` is the text of the condition and `line` where it stands. */
bool mutated(int line, const char *where, bool condition);
bool mutated_equal(int line, const char *where, struct cors_bytes a, struct cors_bytes b);
enum cors_credentials_mode mutated_mode(int line, enum cors_credentials_mode mode);

#endif
