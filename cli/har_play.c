/* A recorded fetch, played: the player makes the request as the recording browser's engine does,
 * and gets the recorded answers (https://fetch.spec.whatwg.org/#concept-fetch). Invariants: an
 * answer that was not recorded is made up in one case only, a preflight whose request went out all
 * the same, and then a note says so; whatever the play gives is held against what the recording
 * says of the outcome. */
#include "har.h"

#include "words.h"

#include <stdlib.h>
#include <string.h>

/* Who answers the player. */
struct recording {
    const struct har_fetch *fetch;
    size_t hop;
    bool made_up; /* the answer to a preflight */
    bool unknown; /* an answer was asked for that is not recorded */
};

/* ---- Answers ------------------------------------------------------------------------------ */

static bool has_answer(const struct har_entry *entry)
{
    return entry != NULL && entry->status > 0;
}

static void give(const struct har_entry *entry, struct answer *answer)
{
    *answer = (struct answer){
        .status = (uint16_t)entry->status,
        .status_message = entry->status_message.at == NULL ? CORS_BYTES("") : entry->status_message,
        .headers = entry->headers,
        .body = CORS_BYTES("")};
}

static void give_nothing(struct recording *recording, struct answer *answer)
{
    recording->unknown = true;
    *answer = (struct answer){.network_error = true,
                              .message = CORS_BYTES("the recording does not have the answer")};
}

static struct cors_bytes asked(const struct cors_network_request *request, const char *name,
                               struct memory *memory)
{
    for (size_t i = 0; i < request->headers->count; i++)
        if (is_header_named(request->headers->at[i].name, name))
            return memory_copy(memory, request->headers->at[i].value);
    return CORS_BYTES("");
}

/* The answer of a server that allows what was asked, and nothing that is remembered. */
static void give_permission(struct recording *recording, const struct cors_network_request *request,
                            struct answer *answer, struct memory *memory)
{
    enum { HEADERS = 5 };
    struct cors_header *headers = memory_take(memory, HEADERS * sizeof *headers);
    headers[0] = (struct cors_header){CORS_BYTES("Access-Control-Allow-Origin"),
                                      asked(request, "Origin", memory)};
    headers[1] =
        (struct cors_header){CORS_BYTES("Access-Control-Allow-Credentials"), CORS_BYTES("true")};
    headers[2] = (struct cors_header){CORS_BYTES("Access-Control-Allow-Methods"),
                                      asked(request, "Access-Control-Request-Method", memory)};
    headers[3] = (struct cors_header){CORS_BYTES("Access-Control-Allow-Headers"),
                                      asked(request, "Access-Control-Request-Headers", memory)};
    headers[4] = (struct cors_header){CORS_BYTES("Access-Control-Max-Age"), CORS_BYTES("0")};
    recording->made_up = true;
    *answer = (struct answer){.status = 204,
                              .status_message = CORS_BYTES("No Content"),
                              .headers = {.at = headers, .count = HEADERS}};
}

/* A preflight belongs to the request that comes next, and a redirect leads to the next hop. */
static void ask_recording(void *context, const struct cors_network_request *request,
                          struct answer *answer, struct memory *memory)
{
    struct recording *recording = context;
    const struct har_fetch *fetch = recording->fetch;
    const struct har_hop *hop =
        recording->hop < fetch->hop_count ? &fetch->hops[recording->hop] : NULL;
    if (hop == NULL) {
        give_nothing(recording, answer);
    } else if (request->preflight) {
        if (has_answer(hop->preflight))
            give(hop->preflight, answer);
        else if (hop->preflight == NULL && has_answer(hop->request))
            give_permission(recording, request, answer, memory);
        else
            give_nothing(recording, answer);
    } else {
        recording->hop++;
        if (has_answer(hop->request))
            give(hop->request, answer);
        else
            give_nothing(recording, answer);
    }
}

/* ---- Playing ------------------------------------------------------------------------------ */

static const struct har_entry *last_entry(const struct har_fetch *fetch)
{
    return fetch->hops[fetch->hop_count - 1].request;
}

/* Chrome and Safari say what they blocked; Firefox only has no answer to what it did not send. */
static enum har_recorded recorded_of(const struct har *har, const struct har_entry *last)
{
    if (last->error.at != NULL || last->status == 0)
        return RECORDED_BLOCKED;
    return har->recorder == CORS_ENGINE_CHROMIUM || har->recorder == CORS_ENGINE_WEBKIT
               ? RECORDED_ALLOWED
               : RECORDED_NOTHING;
}

static bool is_allowed(const struct played *played)
{
    return played->outcome.result != CORS_RESULT_NETWORK_ERROR;
}

static bool fits(const struct played *played, enum har_recorded recorded)
{
    return recorded == RECORDED_NOTHING || is_allowed(played) == (recorded == RECORDED_ALLOWED);
}

/* What is played, and how. */
struct attempt {
    struct player *player;
    const struct har_fetch *fetch;
    struct fetch_description description;
    struct recording recording;
    struct played *played;
    struct complaint *complaint;
};

static bool attempt(struct attempt *attempt)
{
    attempt->recording = (struct recording){.fetch = attempt->fetch};
    const struct answers answers = {.ask = ask_recording, .context = &attempt->recording};
    return play(attempt->player, &attempt->description, &answers, attempt->played,
                attempt->complaint);
}

/* The same once more, from the same cache. Only what this gives is to be remembered. */
static bool attempt_from(struct attempt *again, const char *cache, size_t used)
{
    if (used > 0)
        memcpy(again->player->cache.at, cache, used);
    again->player->cache.used = used;
    return attempt(again);
}

static void note(struct har_judgement *judgement, const char *text)
{
    if (judgement->note_count < sizeof judgement->notes / sizeof *judgement->notes)
        judgement->notes[judgement->note_count++] = text;
}

static bool was_preflighted(const struct har_fetch *fetch)
{
    for (size_t i = 0; i < fetch->hop_count; i++)
        if (fetch->hops[i].preflight != NULL)
            return true;
    return false;
}

/* A recording does not say everything about a request. What it does not say is taken so that the
 * outcome is the recorded one, if that can be: that credentials were included, or that something
 * listened to an upload. */
static bool attempt_until_it_fits(struct attempt *first, enum har_recorded recorded,
                                  struct har_judgement *judgement)
{
    enum cors_credentials_mode *credentials = &first->description.credentials_mode;
    const size_t used = first->player->cache.used;
    char *cache = memory_allocate(used + 1);
    memcpy(cache, first->player->cache.at, used);
    bool right = attempt(first);
    if (right && was_preflighted(first->fetch) && first->played->outcome.preflights == 0) {
        first->player->settings.no_preflight_cache = true;
        right = attempt(first);
        first->player->settings.no_preflight_cache = false;
        if (right && first->played->outcome.preflights == 0) {
            first->description.use_cors_preflight = true;
            right = attempt_from(first, cache, used);
            note(judgement, "Nothing in the request asks for the preflight that was recorded: "
                            "something listens to its upload.");
        } else {
            note(judgement, "The browser sent a preflight although an earlier one should still "
                            "count: DevTools with \"Disable cache\" does that, and so does a host "
                            "that is an IP address in Firefox.");
        }
    }
    if (right && !fits(first->played, recorded) && !first->recording.unknown &&
        *credentials == CORS_CREDENTIALS_SAME_ORIGIN) {
        *credentials = CORS_CREDENTIALS_INCLUDE;
        right = attempt_from(first, cache, used);
        if (right && fits(first->played, recorded)) {
            note(judgement, "What was recorded fits only if credentials were included, so they "
                            "are taken to be: the recording itself shows no cookie.");
        } else if (right) {
            *credentials = CORS_CREDENTIALS_SAME_ORIGIN;
            right = attempt_from(first, cache, used);
        }
    }
    free(cache);
    return right;
}

/* ---- Judging ------------------------------------------------------------------------------ */

static bool asks_for_preflight(const struct fetch_description *description)
{
    struct memory scratch = {0};
    size_t size = 8192;
    for (size_t i = 0; i < description->headers.count; i++)
        size +=
            256 + 8 * (description->headers.at[i].name.len + description->headers.at[i].value.len);
    struct cors_arena arena = cors_arena_over(memory_take(&scratch, size), size);
    const bool asks =
        !cors_is_cors_safelisted_method(description->method) ||
        cors_cors_unsafe_request_header_names(&description->headers, &arena).count > 0;
    memory_free(&scratch);
    return asks;
}

static void note_missing(const struct har *har, const struct attempt *attempt,
                         struct har_judgement *judgement)
{
    const bool sent = attempt->recording.made_up;
    if (har->recorder == CORS_ENGINE_WEBKIT)
        note(judgement,
             sent ? "The request needs a preflight. Safari's recordings have none; since the "
                    "request went out, it was allowed, or an earlier one still counted."
                  : "The request needs a preflight. Safari's recordings have none, so its answer "
                    "is not known.");
    else
        note(judgement,
             sent ? "The request needs a preflight and none is recorded: one from before the "
                    "recording was still remembered, or it was left out of the recording. Since "
                    "the request went out, it was allowed."
                  : "The request needs a preflight, none is recorded, and the request was not "
                    "answered: the recording does not say which of the two failed.");
}

static void judge_preflight(const struct har *har, const struct attempt *attempt,
                            struct har_judgement *judgement)
{
    if (was_preflighted(attempt->fetch)) {
        judgement->preflight = PREFLIGHT_RECORDED;
    } else if (attempt->played->outcome.preflights > 0) {
        judgement->preflight = PREFLIGHT_MISSING;
        note_missing(har, attempt, judgement);
    } else if (attempt->played->outcome.sent > 0 && asks_for_preflight(&attempt->description)) {
        judgement->preflight = PREFLIGHT_REMEMBERED;
        note(judgement, "No preflight went out: what an earlier one allowed still counts "
                        "(Access-Control-Max-Age).");
    }
}

/* The sentences of WebKit's console, which are all that its recording keeps of a blocked answer. */
static const char *error_in_words(struct cors_bytes words)
{
    static const char *const rows[][2] = {
        {"Preflight response is not successful", "PreflightInvalidStatus"},
        {"Cannot use wildcard in Access-Control-Allow-Origin", "WildcardOriginNotAllowed"},
        {"Access-Control-Allow-Origin cannot contain more", "MultipleAllowOriginValues"},
        {"Credentials flag is true, but", "InvalidAllowCredentials"},
        {"Method ", "MethodDisallowedByPreflightResponse"},
        {"Request header field ", "HeaderDisallowedByPreflightResponse"},
        {"Origin ", "MissingAllowOriginHeader"},
    };
    for (size_t i = 0; words.at != NULL && i < sizeof rows / sizeof *rows; i++)
        if (strncmp(words.at, rows[i][0], strlen(rows[i][0])) == 0)
            return rows[i][1];
    return NULL;
}

/* Chrome has one word for everything that it forbids; the others are the network's. */
static bool is_of_network(struct cors_bytes error)
{
    return error.at != NULL && strncmp(error.at, "net::", 5) == 0 &&
           !bytes_are_string(error, "net::ERR_FAILED");
}

static void judge_unknown(const struct har *har, struct har_judgement *judgement)
{
    judgement->verdict = HAR_UNDECIDED;
    judgement->agrees = true;
    if (is_of_network(judgement->words)) {
        note(judgement, "The connection failed, or something in the browser forbade it: CORS was "
                        "not asked.");
    } else if (har->recorder == CORS_ENGINE_WEBKIT && judgement->words.at != NULL) {
        judgement->error = error_in_words(judgement->words);
        judgement->verdict = judgement->error == NULL ? HAR_UNDECIDED : HAR_BLOCKED;
        if (judgement->error != NULL && strcmp(judgement->error, "MissingAllowOriginHeader") == 0)
            note(judgement, "Safari says the same of a header that is missing and of one that "
                            "names another origin.");
        note(judgement,
             "Safari's recording has no headers of an answer that it blocked, only "
             "this sentence: ask the server itself with `corsim check --engine webkit`.");
    } else {
        note(judgement, "The recording has no answer to go by: ask the server itself with `corsim "
                        "check`.");
    }
}

static void judge(const struct har *har, const struct attempt *attempt,
                  struct har_judgement *judgement)
{
    const struct played *played = attempt->played;
    judge_preflight(har, attempt, judgement);
    if (!is_allowed(played) && attempt->recording.unknown) {
        judge_unknown(har, judgement);
        return;
    }
    judgement->verdict = is_allowed(played) ? HAR_ALLOWED : HAR_BLOCKED;
    if (played->outcome.result == CORS_RESULT_OPAQUE ||
        played->outcome.result == CORS_RESULT_OPAQUE_REDIRECT)
        judgement->verdict = HAR_OPAQUE;
    judgement->agrees = fits(played, judgement->recorded);
    if (!judgement->agrees && is_allowed(played))
        note(judgement, "By its headers the answer may be read, but the recording says that it "
                        "failed: something other than CORS did that.");
    else if (!judgement->agrees)
        note(judgement, "By its headers the answer may not be read, but the recording says that "
                        "it was: an extension or a flag of the browser may have allowed it.");
    if (last_entry(attempt->fetch)->from_cache)
        note(judgement, "The answer came from the browser's cache, with the headers that it was "
                        "stored with.");
}

bool har_play(struct player *player, const struct har *har, const struct har_fetch *fetch,
              struct played *played, struct har_judgement *judgement, struct complaint *complaint)
{
    const struct har_entry *first = fetch->hops[0].request, *last = last_entry(fetch);
    struct attempt attempt = {.player = player,
                              .fetch = fetch,
                              .description = fetch->description,
                              .played = played,
                              .complaint = complaint};
    *judgement = (struct har_judgement){.recorded = recorded_of(har, last), .words = last->error};
    /* Time never goes back. */
    if (first->began > player->settings.now)
        player->settings.now = first->began;
    if (!attempt_until_it_fits(&attempt, judgement->recorded, judgement))
        return false;
    judge(har, &attempt, judgement);
    return true;
}
