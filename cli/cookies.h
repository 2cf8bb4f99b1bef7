/* Cookies of the command: what -b and -c of `check` mean (curl's flags, and its Netscape format),
 * and what became of cookies as sentences (spec-tables/cookie-rules.tsv). Which cookie goes along
 * is the core's to say. */
#ifndef CORSIM_CLI_COOKIES_H
#define CORSIM_CLI_COOKIES_H

#include "play.h"

/* Puts into the player's store what `given` says: with a "=" in it cookies that the URL's host set,
 * with the attributes of Set-Cookie if any are given ("sid=1; Secure; SameSite=None"); else the
 * name of a file: Netscape's format, or lines "Set-Cookie: ...". */
bool cookies_load(struct player *player, const char *given, struct cors_bytes url,
                  struct memory *memory, struct complaint *complaint);
/* Writes the store as curl would, "-" to standard output. What the format has no field for stands
 * in a comment above the cookie, which cookies_load() reads. */
bool cookies_save(const struct player *player, const char *path, struct complaint *complaint);
/* What is in the store, as visits that would have set it. Partitioned cookies are left out: no
 * visit sets one for another site. */
const struct cookie_visit *cookies_as_visits(const struct player *player, size_t *count,
                                             struct memory *memory);

/* "But the session cookie "sid" was not sent, because ...": of the first cookie that the last
 * request lacks, and of the first that its answer did not set; null: there is none. *fix is what to
 * change. */
struct cors_bytes cookie_reason(const struct played *played, const char **fix,
                                struct memory *memory);

#endif
