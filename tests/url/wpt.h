/* The web platform tests' URL data, for the tests that run through it. The files are not part of
 * the project: where their folder is missing a test is skipped, but not in CI. Strings in the files
 * may have lone surrogates, which no UTF-8 has: they become U+FFFD, as in a browser. */
#ifndef CORSIM_TESTS_URL_WPT_H
#define CORSIM_TESTS_URL_WPT_H

#include "corsim.h"

#include <jansson.h>

enum { SKIP = 77 };

/* The array in the file of that name in the folder that CORSIM_WPT_DIR names, or else `argv[1]`; on
 * failure a message, and *status is what to exit with. */
json_t *wpt_load(int argc, char **argv, const char *name, int *status);

/* A string member; null if it is null or absent. */
struct cors_bytes wpt_string(const json_t *entry, const char *key);

/* Prints what has control characters in it. */
void wpt_print(struct cors_bytes bytes);

/* The input percent-encoded as JavaScript's encodeURIComponent does, in an https: URL's host; the
 * tests of hosts are written in these terms. */
struct cors_bytes wpt_url_with_host(struct cors_bytes host, struct cors_arena *arena);

#endif
