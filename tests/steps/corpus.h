/* All cases under a folder, read once and played as often as wanted. */
#ifndef CORSIM_TESTS_CORPUS_H
#define CORSIM_TESTS_CORPUS_H

#include "case.h"

struct corpus {
    struct case_file *cases;
    size_t count;
    size_t capacity;
};

/* Sees each fetch that is played. */
typedef void look(void *context, const struct played *played);

/* False, after saying why, if a case cannot be read or there is none. */
bool corpus_read(struct corpus *corpus, const char *folder);
void corpus_free(struct corpus *corpus);
/* How many cases did not go as they expect; with `verbose` says which. */
size_t corpus_play(const struct corpus *corpus, bool tracing, bool verbose, look *see,
                   void *context);
/* The same, but stops at the first. */
bool corpus_fails(const struct corpus *corpus);

#endif
