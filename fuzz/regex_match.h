/* Which part of an origin a pattern has to match. */
#ifndef CORSIM_FUZZ_REGEX_MATCH_H
#define CORSIM_FUZZ_REGEX_MATCH_H

enum regex_match { REGEX_SEARCH = 0, REGEX_PREFIX, REGEX_FULL };

/* Of the words search, prefix and full; another is taken for the first. */
enum regex_match regex_match_of(const char *word);

#endif
