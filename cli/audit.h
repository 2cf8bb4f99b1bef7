/* `corsim audit`: what is wrong with a server's CORS, for a front end and for everybody else. What
 * is asked is planned by audit_probe.c, sent by audit_wire.c, judged by audit_judge*.c with the
 * rows of spec-tables/findings.tsv and fixes.tsv, and printed by audit_report*.c. Invariants: an
 * exchange is recorded once and never changed, so that findings name it by its index; every finding
 * has an exchange that shows it, but for requests that browsers do not send; all bytes below may
 * come from the network and are escaped by who prints them; everything lives until
 * audit_result_free(). */
#ifndef CORSIM_CLI_AUDIT_H
#define CORSIM_CLI_AUDIT_H

#include "engines.h"

/* ---- What was sent and came back ----------------------------------------------------------- */

/* Why a message was sent. */
enum audit_purpose {
    PURPOSE_FRONT_END,  /* the front end's own request, as a browser sends it */
    PURPOSE_STAND_IN,   /* GET in place of a method that is only sent with --send */
    PURPOSE_NO_ORIGIN,  /* as curl or another server asks: no Origin */
    PURPOSE_STRANGER,   /* an origin that nobody means */
    PURPOSE_NULL,       /* Origin: null: a sandboxed frame, a local file */
    PURPOSE_PLAIN_HTTP, /* the front end's origin with http in place of https */
    PURPOSE_HUNT,       /* an origin that is like the front end's: the hunt found it */
    PURPOSE_FRESH,      /* a query that no cache has an answer for */
    PURPOSE_NOT_FOUND,  /* a path that should not exist: 404 */
    PURPOSE_ERROR_PATH, /* the path of --error-path */
    PURPOSE_METHOD,     /* whether another method passes the preflight */
    PURPOSE_HEADER,     /* whether another header passes the preflight */
    PURPOSE_COUNT,
};
/* "front-end", "stranger"; and in words: "an origin that nobody means". */
extern const char *const audit_purpose_words[PURPOSE_COUNT];
extern const char *const audit_purpose_texts[PURPOSE_COUNT];

/* One message and its answer, in the order in which they were planned. */
struct audit_exchange {
    enum audit_purpose purpose;
    struct cors_bytes origin; /* what Origin said; null: none was sent */
    struct exchange exchange; /* play.h; .answer.network_error: no answer, .answer.message why */
    bool unsent;              /* planned, and not sent any more: ended early, --dry-run */
    double began, took;       /* seconds since the audit began; both 0 with unsent */
};

/* ---- What the front end gets --------------------------------------------------------------- */

/* What one engine makes of a request. */
struct audit_verdict {
    bool asked;               /* false: it was not come to, and nothing below counts */
    enum verdict verdict;     /* report.h */
    bool assumed;             /* decided with PURPOSE_STAND_IN's headers: the method was not sent */
    struct cors_bytes step;   /* "cors-check 4"; empty: none decided */
    const char *error;        /* id in errors.tsv; NULL: none */
    struct cors_bytes reason; /* a sentence or two */
    bool in_preflight;        /* the preflight decided */
    unsigned preflights, status;
    const size_t *exchanges; /* indices, in the order on the wire */
    size_t exchange_count;
};

/* A request of the front end: one for each --origin and -X. */
struct audit_request {
    struct cors_bytes origin, method, url;
    struct cors_header_list headers; /* as the script gives them */
    bool credentials;                /* credentials mode "include" */
    struct audit_verdict verdicts[ENGINE_COUNT];
};

/* What a page of an origin that nobody means can do here; each more than the one before. */
enum audit_reach { REACH_UNKNOWN = 0, REACH_NO, REACH_PUBLIC, REACH_WITH_CREDENTIALS };
extern const char *const audit_reach_words[]; /* "not known", "no", "without credentials", ... */

/* What it can send of what needs a preflight; asked are PUT and DELETE. */
struct audit_sending {
    enum audit_reach reach;
    struct cors_bytes methods; /* "PUT, DELETE"; empty: none */
};

struct audit_stranger {
    enum audit_reach read; /* read answers */
    struct audit_sending send;
    enum audit_reach disguised_read; /* the same under an origin that any site can get */
    struct cors_bytes disguises;     /* which, as "null, https://evil-app.example"; empty: none */
    struct audit_sending null_send;  /* with Origin: null */
    bool sends_simple; /* GET, HEAD and a form's POST: always, CORS does not stop them */
    size_t *exchanges; /* that show it, of the origin that nobody means */
    size_t exchange_count;
};

/* ---- What was found ------------------------------------------------------------------------ */

/* By impact: a stranger reads what only its user may; the front end does not work or somebody else
 * gets at it under conditions; it breaks now and then; it is untidy, or good to know. */
enum audit_severity { AUDIT_HIGH = 0, AUDIT_MEDIUM, AUDIT_LOW, AUDIT_NOTE, AUDIT_SEVERITIES };
extern const char *const audit_severity_words[AUDIT_SEVERITIES]; /* "high", ... */

struct audit_finding {
    const char *id;               /* of findings.tsv, "any-origin-credentials" */
    enum audit_severity severity; /* the row's, or less where `detail` says why */
    struct cors_bytes title;      /* a line */
    struct cors_bytes detail;     /* what was seen here, in a sentence or two */
    const char *explanation;      /* the row's: why it matters */
    const char *url;              /* the standard's text */
    const char *repair;           /* what to change, in a sentence, on any system */
    struct cors_bytes fix;        /* lines for result->system, \n between them; null: none */
    size_t *exchanges;            /* that show it, the most telling first */
    size_t exchange_count;
    struct cors_bytes case_name; /* "any-origin-credentials.case": unique */
    struct cors_bytes case_text; /* the case that shows it again; null: it cannot be one */
};

/* ---- All of it ----------------------------------------------------------------------------- */

/* What the origin hunt did. */
struct audit_hunt {
    bool ran;
    const char *why_not; /* NULL: it ran to its end or its budget; else a sentence's part */
    uint64_t asked;      /* requests it sent, not among the exchanges but for its witnesses */
    uint64_t budget;
    bool complete_nearby; /* everything within one edit was asked */
};

struct audit_result {
    struct memory memory; /* holds everything below */
    struct cors_bytes url;
    const struct cors_bytes *origins; /* of --origin */
    size_t origin_count;
    bool credentials, dry_run;
    const char *system;           /* a system of fixes.tsv, "nginx"; NULL: not known */
    struct cors_bytes system_how; /* "by --system", "guessed from Server: nginx/1.22.1" */
    struct audit_request *requests;
    size_t request_count;
    struct audit_exchange *exchanges;
    size_t exchange_count;
    struct audit_finding *findings; /* sorted: severity, then the order of findings.tsv */
    size_t finding_count;
    size_t counts[AUDIT_SEVERITIES];
    struct audit_stranger stranger;
    struct audit_hunt hunt;
    size_t sent, unanswered, most; /* messages, without the hunt's; --max-requests */
    double seconds;
    struct cors_bytes ended_early; /* why, in a sentence; null: it ran to its end */
    bool unreachable;              /* no message got an answer: exit status 3 */
};

void audit_result_free(struct audit_result *result);

/* audit_report*.c. Color only where output_to() would; text only. */
enum audit_format { AUDIT_TEXT, AUDIT_JSON, AUDIT_SARIF, AUDIT_JUNIT, AUDIT_HTML };
extern const struct choice audit_format_words[];
void audit_report(FILE *stream, enum audit_format format, enum colour colour,
                  const struct audit_result *result);

#endif
