/* `corsim run --against`: a case's messages go to a live server. The simulated browser stays in
 * the case's world, with its hosts and its https; below it each message is sent to the server
 * that stands for the origin of its URL, and a Location that names that server comes back as the
 * case's origin. So everything that a case expects, URLs too, can be compared as it stands. */
#ifndef CORSIM_CLI_AGAINST_H
#define CORSIM_CLI_AGAINST_H

#include "case.h"
#include "transport.h"

struct against_flags {
    struct string_list servers; /* --against URL, or ORIGIN=URL */
    double rate;                /* messages a second; 0: as fast as the server answers */
    struct transport_flags transport;
};

/* Their rows in a command's table of options: writes AGAINST_OPTION_COUNT of them. */
enum { AGAINST_OPTION_COUNT = TRANSPORT_OPTION_COUNT + 2 };
void against_options(struct option *options, struct against_flags *flags);
void against_flags_free(struct against_flags *flags);

struct against;

/* NULL, with a complaint, if a flag makes no sense. What the flags point to must outlive it. */
struct against *against_open(const struct against_flags *flags, struct complaint *complaint);
void against_close(struct against *against);

/* Why no live server can play this case; NULL: one can. Our own words. */
const char *against_refuses(const struct case_file *file);
/* case_play with the live server's answers. */
bool against_play(struct against *against, struct player *player, const struct case_file *file,
                  size_t index, struct played *played, struct complaint *complaint);

#endif
