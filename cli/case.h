/* Case files (corpus/README.md): reader and writer. A case is a claim, why it holds, and a script:
 * fetches, the answers they get, and what is expected. The reader accepts nothing it does not
 * understand and says file and line; it keeps the line of every part. The writer gives the
 * canonical form: write(read(text)) reads the same, and a canonical text comes back unchanged. */
#ifndef CORSIM_CASE_H
#define CORSIM_CASE_H

#include "play.h"

enum {
    CASE_SIZE_LIMIT = 4 << 20, /* bytes of a file */
    CASE_FETCH_LIMIT = 1000,   /* fetches in a file */
    CASE_BLOCK_LIMIT = 5000,   /* blocks in a file */
    CASE_LINE_LIMIT = 100000,  /* lines in a file */
};

/* A yes, a no, or nothing said. */
enum answered { UNSAID = 0, SAID_NO, SAID_YES };

/* A header that must be there with that value, or must not be there. */
struct expected_header {
    unsigned line;
    bool absent;
    struct cors_bytes name;
    struct cors_bytes value; /* all values of that name, joined by ", " */
};

struct expected_headers {
    const struct expected_header *at;
    size_t count;
};

/* A number that may not be given. */
struct expected_number {
    bool given;
    unsigned value;
};

/* `cookie  withheld sid same-site-lax`: what became of it, and by which rule; null: by any, or
 * none. */
struct expected_cookie {
    unsigned line;
    enum cors_cookie_fate fate;
    struct cors_bytes name;
    struct cors_bytes rule;
};

struct expected_cookies {
    const struct expected_cookie *at;
    size_t count;
};

/* -- expect --. What is null or not given is not looked at. Result and step are always given, but
 * for a browser, and where a case was only read to be played. */
struct expectation {
    unsigned line;
    bool says_result;
    enum cors_result result;
    struct cors_bytes algorithm; /* `step  cors-check 4` */
    struct cors_bytes step;
    enum answered in_preflight;
    struct cors_bytes error;
    struct cors_bytes subject;
    struct expected_number sent, preflights;
    enum answered from_cache;
    enum answered readable;
    struct expected_number status;
    struct cors_bytes url;
    enum answered redirected;
    struct expected_headers headers;
    struct expected_cookies cookies;
    struct cors_bytes body;
};

/* One request of -- sent --. */
struct expected_request {
    unsigned line;
    struct cors_bytes method;
    struct cors_bytes url;
    enum answered credentials; /* whether cookies and the like may go along */
    struct expected_headers headers;
};

/* -- sent --: all messages on the wire. */
struct expected_requests {
    bool given;
    unsigned line;
    const struct expected_request *at;
    size_t count;
};

/* -- expect BROWSER... --, and -- sent BROWSER... --: what is otherwise there, and why. */
struct engine_expectation {
    unsigned engines;             /* each 1 << its enumerator */
    struct expectation expect;    /* what differs */
    struct cors_bytes deviations; /* ids in deviations.tsv or engines.tsv; null: no such block */
    struct expected_requests sent;
};

struct case_fetch {
    unsigned line;
    const struct cookie_visit *visits; /* -- cookies URL -- before it */
    size_t visit_count;
    bool waits; /* -- wait N -- before it */
    uint64_t wait;
    struct fetch_description description;
    const struct answer *answers;
    const unsigned *answer_lines;
    size_t answer_count;
    struct expectation expect;
    struct expected_requests sent;
    struct engine_expectation *overrides;
    size_t override_count;
    unsigned trace_line;            /* 0: there is no -- trace -- block */
    const struct cors_bytes *trace; /* lines as they stand in the file */
    const unsigned *trace_lines;
    size_t trace_count;
};

struct case_file {
    struct memory memory;
    struct cors_bytes path;
    struct cors_bytes title; /* the claim */
    struct cors_bytes prose; /* why; null: nothing said */
    const struct cors_bytes *flags;
    size_t flag_count;
    bool has_agent;
    struct agent_settings agent;
    struct case_fetch *fetches;
    size_t fetch_count;
};

/* A case from its text (which is copied). On false the complaint has the line; the case is empty
 * and need not be freed. */
bool case_read(struct case_file *file, const char *path, struct cors_bytes text,
               struct complaint *complaint);
/* The same from a file or, for "-", from standard input. */
bool case_read_file(struct case_file *file, const char *path, struct complaint *complaint);
/* The same for those who do not judge it: a fetch need not say what is expected of it, nor all of
 * that. What is not said is zero. */
bool case_read_file_to_play(struct case_file *file, const char *path, struct complaint *complaint);
void case_free(struct case_file *file);

/* The canonical text. */
void case_write(FILE *stream, const struct case_file *file);
/* The -- expect -- block with everything that can be expected of what was played. */
void case_write_outcome(FILE *stream, const struct played *played);

/* Adds what was played as one more fetch with everything that can be expected of it, so that a live
 * run becomes a case; `title` and flags are the caller's to set. The flag `recorded` lets a case
 * name hosts that are not reserved. Everything is copied. */
void case_record(struct case_file *file, const struct fetch_description *description,
                 const struct played *played);
/* A copy of all of an answer but what its body has beyond so many bytes. */
struct answer answer_copy(const struct answer *answer, size_t body_most, struct memory *memory);
void case_add_flag(struct case_file *file, const char *flag);

/* Trace events as the lines of a -- trace -- block. */
size_t trace_lines(const struct cors_trace *trace, struct cors_bytes **lines,
                   struct memory *memory);

/* Whether the host of every URL in the text is one that can belong to nobody: reserved names
 * (RFC 2606, RFC 6761), loopback, private and documentation addresses. *host is the one that is
 * not. */
bool hosts_are_reserved(struct cors_bytes text, struct cors_bytes *host);

/* A flag of corpus/flags.tsv. */
struct case_flag {
    const char *flag;
    const char *meaning;
};
extern const struct case_flag case_flags[];
extern const size_t case_flag_count;

/* All values of a header joined by ", ", or null:
 * https://fetch.spec.whatwg.org/#concept-header-list-get */
struct cors_bytes combined_value(const struct cors_header_list *headers, struct cors_bytes name,
                                 struct memory *memory);

/* ---- Playing a case ----------------------------------------------------------------------- */

/* One expectation that did not hold. Bytes live in the memory given. */
struct mismatch {
    unsigned line;          /* of the block */
    size_t fetch;           /* from 1 */
    struct cors_bytes what; /* "step", "header ETag", "sent 2 Origin" */
    struct cors_bytes expected;
    struct cors_bytes actual;
};

struct mismatches {
    struct mismatch *at;
    size_t count;
    size_t capacity;
};

/* What a fetch expects of an engine, overrides applied. */
struct expectation expectation_for(const struct case_fetch *fetch, enum cors_engine engine,
                                   struct memory *memory);
/* Whether the case has something of its own for that browser. */
bool case_overrides(const struct case_file *file, enum cors_engine engine);
/* Compares what was played with what fetch number `index` (from 0) expects of that engine; appends
 * what differs. */
void case_compare(const struct case_file *file, size_t index, const struct played *played,
                  struct mismatches *mismatches, struct memory *memory);
/* The same without its script and its trace, which are about scripted answers. */
void case_compare_expected(const struct case_file *file, size_t index, const struct played *played,
                           struct mismatches *mismatches, struct memory *memory);
/* Plays fetch number `index` (from 0) of a case with its scripted answers: begins the case before
 * the first one, waits where the case waits. Fetches must be played in order. */
bool case_play(struct player *player, const struct case_file *file, size_t index,
               struct played *played, struct complaint *complaint);
/* What case_play does before the fetch, for those who have other answers. Prepares a player for a
 * case (settings, nothing remembered) and, before each fetch, the visits and the waiting. */
void case_begin(struct player *player, const struct case_file *file);
void case_wait(struct player *player, const struct case_fetch *fetch);

#endif
