/* Whether a browser can send an origin that a pattern accepts and the owner did not mean: the
 * shortest such origins, or a proof that there is none. The proof is about a profile (which
 * browsers send what) and about the dialect as spec-tables/dialects.tsv has it. Invariants: nothing
 * is guessed: what is not known exactly ends as undecided, with a reason and a column; time and
 * memory are bounded; "shortest" counts what stands behind the scheme. */
#ifndef CORSIM_PROVE_H
#define CORSIM_PROVE_H

#include "intent.h"

enum prove_verdict { PROVE_PROVEN = 0, PROVE_BYPASS, PROVE_UNDECIDED, PROVE_MALFORMED };

/* How a system checks an origin. */
struct prove_check {
    const char *preset;  /* a word of presets.tsv; NULL: the three below say how */
    const char *dialect; /* a column of dialects.tsv */
    const char *match;   /* search, prefix or full */
    const char *flags;   /* letters; NULL: none */
    /* What is configured; that one of them accepts is enough. */
    const struct cors_bytes *patterns;
    size_t pattern_count;
};

struct prove_question {
    struct prove_check check;
    enum profile profile;
    const struct intent *intent;
    const struct public_suffixes *suffixes;
    /* What the real engine says, for patterns that are not kept exactly; NULL: there is none. */
    bool (*accepts)(void *context, struct cors_bytes origin);
    void *context;
    size_t nodes, memory; /* the most; 0: 2000000, and 200 MiB */
    double seconds;       /* 0: 1 */
};

/* Why the pattern accepts a witness. */
enum prove_cause { PROVE_WITHIN = 0, PROVE_NOTHING_BEFORE, PROVE_NOTHING_BEHIND };

struct prove_witness {
    struct cors_bytes origin; /* the answer's */
    struct kind_of_witness kind;
    enum prove_cause cause;
    size_t pattern; /* of the check's, from 0 */
    size_t column;  /* of that pattern, from 1; 0: it decides nothing */
};

enum { PROVE_MOST_WITNESSES = 64 };

struct prove_answer {
    enum prove_verdict verdict;
    const char *reason;  /* undecided, malformed: why */
    size_t pattern;      /* of the check's, from 0: where the column is */
    size_t column;       /* from 1; 0: none */
    const char *inexact; /* what was over-approximated, at `inexact_column`; NULL: nothing */
    size_t inexact_column;
    size_t states; /* of the product that were reached */
    double seconds;
    /* The shortest for each tier and class that was met, the worst tier first. */
    struct prove_witness witnesses[PROVE_MOST_WITNESSES];
    size_t witness_count;
    bool *refused; /* for each entry of the intent: no origin of it was accepted; NULL: unknown */
    struct prove_own *own;
};

/* False: no memory for the answer itself. */
bool prove(const struct prove_question *question, struct prove_answer *answer);
void prove_free(struct prove_answer *answer);

#endif
