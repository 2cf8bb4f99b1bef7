/* Recordings of a browser's network: HTTP Archive 1.2, as the browsers' own tools export it (there
 * is no standard; http://www.softwareishard.com/blog/har-12-spec/ is what they go by). har_read.c
 * takes one apart, har_fetches.c puts preflights, requests and redirects together again, har_play.c
 * plays each fetch with the answers that were recorded, har_report.c says what came of it.
 *
 * What the three of them record differs, and tests/har has recordings of each: Chrome and Firefox
 * list preflights and each redirect, Safari lists neither and keeps nothing of an answer that it
 * blocks but the sentence of its console; Firefox does not say what it blocked. */
#ifndef CORSIM_CLI_HAR_H
#define CORSIM_CLI_HAR_H

#include "browser_headers.h"
#include "report.h"

enum {
    LONGEST_HAR = 128 << 20, /* bytes */
    MOST_ENTRIES = 20000,
    FARTHEST_ENTRY = 300, /* entries of one fetch are not farther from each other */
};

/* One entry. Cookies and secrets are not in it: they are replaced when it is read. */
struct har_entry {
    size_t number;  /* from 1, as in the file */
    uint64_t began; /* seconds since 1970; 0 where the recording does not say */
    struct cors_bytes method, url;
    struct cors_header_list request_headers;
    bool has_cookies;
    bool has_body;
    struct cors_bytes body_type; /* null: not said */
    struct cors_bytes page;      /* the URL of the page; null: not said */
    struct cors_bytes type;      /* what Chrome calls it: "fetch", "image", ...; null */
    struct cors_bytes error;     /* what the browser says of its failure; null */
    bool from_cache;
    unsigned status; /* 0: there is no answer */
    struct cors_bytes status_message;
    struct cors_header_list headers; /* of the answer */
    struct browser_headers browser;  /* what the request's say */
    bool taken;                      /* it is part of a fetch */
};

struct har {
    struct har_entry *at;
    size_t count;
    enum cors_engine recorder; /* CORS_ENGINE_SPEC: none of the three */
    struct cors_bytes creator; /* as it calls itself: "WebInspector 537.36" is Chrome; empty: not */
};

/* False with a complaint that names the entry. */
bool har_read(struct har *har, struct cors_bytes text, struct memory *memory,
              struct complaint *complaint);

bool is_redirect(const struct har_entry *entry);

/* ---- Fetches ------------------------------------------------------------------------------ */

/* A request and the preflight that was recorded for it. */
struct har_hop {
    const struct har_entry *request;
    const struct har_entry *preflight; /* NULL: none */
};

/* A fetch of a page's script. */
struct har_fetch {
    struct fetch_description description;
    const struct har_hop *hops; /* the request, and where it was redirected to */
    size_t hop_count;
};

/* What is not explained, and how often. */
enum har_other {
    OTHER_SAME_ORIGIN,
    OTHER_NO_CORS,
    OTHER_PAGE_LOAD,
    OTHER_NOT_HTTP,
    OTHER_NO_ORIGIN,
    OTHER_LONE_PREFLIGHT,
    OTHERS
};

struct har_fetches {
    struct har_fetch *at;
    size_t count;
    size_t others[OTHERS];
};

/* `origin` of the page where the recording does not say; may be null. */
void har_find_fetches(struct har_fetches *fetches, struct har *har, struct cors_bytes origin,
                      struct memory *memory);

/* ---- Playing ------------------------------------------------------------------------------ */

enum har_verdict { HAR_ALLOWED, HAR_BLOCKED, HAR_OPAQUE, HAR_UNDECIDED };

/* What is known of a fetch's preflight. */
enum har_preflight {
    PREFLIGHT_NOT_NEEDED,
    PREFLIGHT_RECORDED,
    PREFLIGHT_REMEMBERED, /* an earlier one still counts */
    PREFLIGHT_MISSING,    /* one was needed, and the recording has none */
};

enum har_recorded { RECORDED_NOTHING, RECORDED_ALLOWED, RECORDED_BLOCKED };

struct har_judgement {
    enum har_verdict verdict;
    enum har_preflight preflight;
    enum har_recorded recorded; /* what the browser made of it, where it says so */
    bool agrees;                /* with what was recorded, as far as that says something */
    struct cors_bytes words;    /* of the recording; null */
    const char *error;          /* id in errors.tsv, where only those words say why; NULL */
    const char *notes[6];
    size_t note_count;
};

/* Plays a fetch; `played` lives until the player's next fetch. False with a complaint if no script
 * could make this request. */
bool har_play(struct player *player, const struct har *har, const struct har_fetch *fetch,
              struct played *played, struct har_judgement *judgement, struct complaint *complaint);

/* ---- Reporting ---------------------------------------------------------------------------- */

extern const char *const har_verdict_words[];   /* "allowed", ... */
extern const char *const har_preflight_words[]; /* "not needed", ... */
extern const char *const har_other_words[];     /* "of the page's own origin", ... */
extern const char *const har_other_names[];     /* the same in JSON: "sameOrigin", ... */

struct har_report {
    const struct har_fetch *fetch;
    const struct har_judgement *judgement;
    struct report report;
};

void har_text_fetch(const struct output *output, const struct har_report *report);
json_t *har_json_fetch(const struct har_report *report);

#endif
