/* What the parts of `corsim audit` share: the audit under way, its probes, and how a finding is
 * made. Invariant: judges only read what was played; none sends anything. */
#ifndef CORSIM_CLI_AUDIT_PARTS_H
#define CORSIM_CLI_AUDIT_PARTS_H

#include "audit_wire.h"
#include "texts.h"

struct audit {
    const struct command *command;
    struct memory *memory; /* the result's */
    struct audit_limits limits;
    struct transport_flags transport;
    struct agent_settings settings;
    struct audit_probes probes;
    struct audit_result result;
    struct cors_url url;
    struct cors_origin server, page; /* of the URL, and of the first --origin */
    struct cors_header_list headers; /* of the front end's requests */
    struct cors_bytes body, error_path;
    struct string_list origins, methods, intend;
    struct cors_bytes hidden; /* headers that the front end cannot read, joined by ", " */
    bool credentials, says_methods;
    unsigned once; /* a number that no other audit of this server has had */
};

/* ---- audit_probe.c -------------------------------------------------------------------------- */

/* The front end's requests in every engine, and what is asked besides. */
void plan_front_end(struct audit *audit);
void plan_probes(struct audit *audit);
struct lookalike; /* audit_hunt.h */
void plan_lookalike(struct audit *audit, enum audit_purpose purpose,
                    const struct lookalike *lookalike);
/* What they give: result->requests and result->stranger. */
void read_probes(struct audit *audit);

/* audit_stranger.c: result->stranger, which read_probes() reads too. */
void read_stranger(struct audit *audit);

/* ---- Reading what was played ---------------------------------------------------------------- */

/* A header's values, combined; null: there is none. */
struct cors_bytes header_of(struct audit *audit, const struct audit_exchange *exchange,
                            const char *name);
/* The last exchange of a probe that got an answer, of its preflights or not; NULL: none. */
const struct audit_exchange *last_answer(const struct audit_probe *probe, bool preflight);
/* Whether the probe's preflight was answered so that the request may follow. */
bool passed_preflight(const struct audit_probe *probe);
/* The next probe from *from on that was made for that purpose and played; NULL: no more. */
const struct audit_probe *next_of(const struct audit *audit, enum audit_purpose purpose,
                                  size_t *from);
/* The first one. */
const struct audit_probe *first_of(const struct audit *audit, enum audit_purpose purpose);
/* What an exchange lets a page of its origin do with what came back. */
enum audit_reach reach_of(struct audit *audit, const struct audit_exchange *exchange);
/* Whether Access-Control-Allow-Credentials is true there. */
bool allows_credentials(struct audit *audit, const struct audit_exchange *exchange);
/* Whether what came back has gone through a cache, or lain in one. */
bool is_of_a_cache(struct audit *audit, const struct audit_exchange *exchange);
bool is_ok(const struct audit_exchange *exchange);
/* Whether a list of names, as Access-Control-Allow-Methods has them, holds that one. */
bool list_has(struct cors_bytes list, struct cors_bytes name, bool caseless);

/* ---- audit_secrets.c ------------------------------------------------------------------------ */

/* Takes the values of cookies and of Authorization out of everything that was recorded. */
void hide_secrets(struct audit *audit);

/* ---- Findings: audit_judge.c ---------------------------------------------------------------- */

/* The finding of that row of findings.tsv, new or as it is, shown by this exchange too. The detail
 * is taken the first time only; its arguments may be from the network. */
struct audit_finding *find(struct audit *audit, enum finding which, const struct audit_probe *probe,
                           const struct audit_exchange *exchange, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Makes a finding less severe than its row. */
void soften(struct audit_finding *finding, enum audit_severity severity);
bool has_finding(const struct audit *audit, enum finding which);

/* Everything that is wrong: calls the judges, then sorts, counts, and adds fixes and cases. */
void judge(struct audit *audit);
void judge_front_end(struct audit *audit); /* audit_judge_front_end.c */
void judge_strangers(struct audit *audit); /* audit_judge_strangers.c */
void judge_caching(struct audit *audit);   /* audit_judge_caching.c */
void judge_behaviour(struct audit *audit); /* audit_judge_behaviour.c */

/* audit_fix.c: the system that answered, if it was not given, and the fixes for it. */
void guess_system(struct audit *audit);
bool is_system(const char *name);
/* Their names, joined by ", ". */
struct cors_bytes system_names(struct memory *memory);
void add_fixes(struct audit *audit);

/* audit_case.c: the answers that a probe got, to play it again by; what was withheld gets none. */
struct answer *answers_of(struct audit *audit, const struct audit_probe *probe, size_t *count);
/* A case that shows a finding again, by the probe that showed it. */
void add_case(struct audit *audit, struct audit_finding *finding, const struct audit_probe *probe);
bool save_cases(const struct audit_result *result, const char *folder, struct complaint *complaint);

#endif
