/* Whether a browser can send an origin that a check of origins accepts and its owner did not mean:
 * the shortest such origins, or a proof that there is none. The proof is about a profile (which
 * browsers send what) and about the dialect as spec-tables/dialects.tsv has it.
 *
 * Null and lengths: text is bytes with a length, and may have any byte; words (preset, dialect,
 * match, flags) end with a null. Ownership: what a question points to is the caller's, has to stay
 * until prove() returns, and is not changed; what an answer points to is the answer's, until
 * prove_free(), but for `reason` and `inexact`, which are constants. Threads: none is made, there
 * are no globals; questions may be asked at once in several threads, each with its own answer.
 * Invariants: nothing is guessed: what is not known exactly ends as undecided, with a reason and a
 * column; time, memory and states are bounded; the same question has the same answer, unless time
 * runs out; "shortest" counts the bytes behind the scheme. */
#ifndef CORSIM_PROVE_H
#define CORSIM_PROVE_H

#include "intent.h"

enum prove_verdict {
    PROVE_PROVEN = 0, /* there is no such origin */
    PROVE_BYPASS,     /* there is: the witnesses */
    PROVE_UNDECIDED,  /* `reason`; exit status 4 */
    PROVE_MALFORMED,  /* the check is none: `reason`, `pattern` and `column` say why */
};

/* How a system checks an origin. */
struct prove_check {
    const char *preset;  /* a word of presets.tsv; NULL: the three below say how */
    const char *dialect; /* a word of dialects.tsv; js and php are javascript and pcre2 */
    const char *match;   /* search, prefix or full */
    const char *flags;   /* letters of the dialect; NULL: none */
    /* What is configured; that one of them accepts is enough. */
    const struct cors_bytes *patterns;
    size_t pattern_count;
    bool credentials; /* it also allows credentials, for which some presets answer otherwise */
};

struct prove_question {
    struct prove_check check;
    /* If there is one: what counts is what `check` accepts and this does not. */
    const struct prove_check *old;
    enum profile profile;
    const struct intent *intent;            /* NULL, or empty: nothing is meant */
    const struct public_suffixes *suffixes; /* NULL: nothing is known to be registrable */
    /* Whether the real engine accepts, for patterns that are not kept exactly; NULL: there is none.
     * It is asked at most a few thousand times. */
    bool (*accepts)(void *context, struct cors_bytes origin);
    void *context;
    size_t nodes;   /* the most places of the product; 0: 2,000,000 */
    size_t memory;  /* the most bytes; 0: 200 MiB */
    double seconds; /* about the most: of the processor, and an eighth of what passes; 0: 1 */
};

/* Why the pattern accepts a witness: by what stands at `column`, or because nothing stands before
 * or behind it. */
enum prove_cause { PROVE_WITHIN = 0, PROVE_NOTHING_BEFORE, PROVE_NOTHING_BEHIND };

struct prove_witness {
    struct cors_bytes origin;
    struct cors_bytes answer; /* what is sent as Access-Control-Allow-Origin */
    struct kind_of_witness kind;
    enum prove_cause cause;
    size_t pattern; /* of the check's, from 0 */
    size_t column;  /* of that pattern, from 1, in bytes; 0: it has no place that decides */
};

enum { PROVE_MOST_WITNESSES = TIER_COUNT * CLASS_COUNT };

struct prove_answer {
    enum prove_verdict verdict;
    const char *reason;  /* undecided, malformed: why; else NULL */
    size_t pattern;      /* of the check's, from 0: where the column is */
    size_t column;       /* from 1; 0: none */
    bool in_old;         /* that pattern and column are of `old` */
    const char *inexact; /* what was over-approximated, at `inexact_column`; NULL: nothing */
    size_t inexact_column;
    size_t states;  /* places of the product that were reached; proven: these are all */
    double seconds; /* that passed */
    /* One for each tier and class that was met, the worst tier first and within it the shortest
     * first. The first of each tier is a shortest of that tier, if the whole product could be
     * searched (`is_whole`); of a class it is the shortest that was found. */
    struct prove_witness witnesses[PROVE_MOST_WITNESSES];
    size_t witness_count;
    bool is_whole;
    /* For each entry of the intent: surely no origin of it that a browser can send is accepted.
     * NULL: there is no intent, or nothing was searched. */
    bool *refused;
    /* Proven: an origin that is accepted and that a wildcard of the intent holds, of which a
     * browser asks a stranger's host for the page (origin_goes_astray). Null: of what was tried, a
     * host for each wildcard, there is none. */
    struct cors_bytes astray;
    bool refused_is_whole; /* of each of the others, surely one is accepted; else that is unknown */
    struct prove_own *own;
};

/* False: no memory for the answer itself. Whatever it returns, prove_free() has to be called. */
CORS_API bool prove(const struct prove_question *question, struct prove_answer *answer);
CORS_API void prove_free(struct prove_answer *answer);

#endif
