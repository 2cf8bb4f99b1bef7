/* The order in which Chromium keeps the headers of a request: it names the first of them that a
 * preflight does not allow, and that is neither the script's order nor the alphabet's. */
#ifndef CORSIM_CLI_CHROMIUM_HEADERS_H
#define CORSIM_CLI_CHROMIUM_HEADERS_H

#include "memory.h"

enum chromium_api { CHROMIUM_FETCH, CHROMIUM_XMLHTTPREQUEST };

/* Reorders names, which are in lower case; returns how many are left, each once. For fetch() it
 * does not matter in which order they come. `hinted`: the URL is one to which client hints are
 * sent. */
size_t chromium_header_order(struct cors_bytes *names, size_t count, enum chromium_api api,
                             bool hinted, struct memory *memory);

#endif
