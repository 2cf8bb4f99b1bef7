/* Oracles for whole fetches (https://fetch.spec.whatwg.org/#concept-fetch), on a case: its fetches
 * are played as they are and in other ways whose outcome must be the same, or not worse. What the
 * case itself expects is not looked at: a mutated case expects anything. */
#include "oracles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is compared of a fetch. */
struct verdict {
    bool possible; /* no script could make the request: nothing else counts */
    enum cors_result result;
    const char *algorithm, *step, *error;
    bool in_preflight;
    unsigned sent, preflights;
    uint16_t status;
    size_t header_count; /* but for Access-Control-Allow-Origin */
    uint64_t wire;       /* a hash of all messages that went out */
};

/* How the fetches of a case are played. */
struct playing {
    enum cors_engine engine;
    bool untraced;
    bool apart;     /* each with empty caches */
    bool same_caps; /* no engine's own limit on max-age counts */
};

struct played_case {
    struct verdict *verdicts;
    size_t count;
    bool *deviated; /* from here on the engine had deviated from the standard, or could have */
};

static uint64_t hash(uint64_t hash, struct cors_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ (unsigned char)bytes.at[i]) * 1099511628211U;
    return (hash ^ 0x100) * 1099511628211U;
}

static uint64_t hash_of_wire(const struct played *played)
{
    uint64_t sum = 14695981039346656037U;
    for (size_t i = 0; i < played->exchange_count; i++) {
        const struct exchange *exchange = &played->exchanges[i];
        sum = hash(hash(hash(sum, exchange->method), exchange->url), exchange->body);
        for (size_t j = 0; j < exchange->headers.count; j++)
            sum = hash(hash(sum, exchange->headers.at[j].name), exchange->headers.at[j].value);
        sum = sum * 4 + (exchange->include_credentials ? 2 : 0) + exchange->preflight;
    }
    return sum;
}

static size_t count_of_headers(const struct cors_header_list *headers)
{
    size_t count = 0;
    for (size_t i = 0; i < headers->count; i++)
        count += !equal_in_any_case(headers->at[i].name, CORS_BYTES("Access-Control-Allow-Origin"));
    return count;
}

static struct verdict verdict_of(const struct played *played)
{
    const struct cors_outcome *outcome = &played->outcome;
    return (struct verdict){
        .possible = true,
        .result = outcome->result,
        .algorithm = outcome->algorithm,
        .step = outcome->step,
        .error = outcome->error,
        .in_preflight = outcome->in_preflight,
        .sent = outcome->sent,
        .preflights = outcome->preflights,
        .status = outcome->status,
        .header_count = count_of_headers(&outcome->headers),
        .wire = hash_of_wire(played),
    };
}

static bool same_words(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_outcome(const struct verdict *a, const struct verdict *b)
{
    return a->possible == b->possible && a->result == b->result &&
           same_words(a->algorithm, b->algorithm) && same_words(a->step, b->step) &&
           same_words(a->error, b->error) && a->in_preflight == b->in_preflight &&
           a->sent == b->sent && a->preflights == b->preflights && a->status == b->status;
}

/* For messages: what was decided, and where. */
static struct cors_bytes words_of(const struct verdict *verdict)
{
    static char text[200];
    snprintf(text, sizeof text, "%s, %s %s (%s)",
             verdict->possible ? choice_word(result_words, (int)verdict->result) : "impossible",
             verdict->algorithm == NULL ? "-" : verdict->algorithm,
             verdict->step == NULL ? "-" : verdict->step,
             verdict->error == NULL ? "no error" : verdict->error);
    return bytes_of(text);
}

/* ---- One fetch, by itself ------------------------------------------------------------------- */

/* Responses that the browser took from its HTTP cache. */
static size_t count_of_reused(const struct played *played)
{
    size_t count = 0;
    for (size_t i = 0; i < played->exchange_count; i++)
        count += played->exchanges[i].from_cache == HTTP_CACHE;
    return count;
}

static size_t count_of_preflights(const struct played *played)
{
    size_t count = 0;
    for (size_t i = 0; i < played->exchange_count; i++)
        count += played->exchanges[i].preflight;
    return count;
}

static bool trace_has_step(const struct cors_trace *trace, const char *algorithm, const char *step)
{
    for (size_t i = 0; i < trace->count; i++)
        if (trace->at[i].kind == CORS_TRACE_WHEN &&
            strcmp(trace->at[i].algorithm, algorithm) == 0 && same_words(trace->at[i].step, step))
            return true;
    return false;
}

static bool trace_has_deviation(const struct cors_trace *trace)
{
    for (size_t i = 0; i < trace->count; i++)
        if (trace->at[i].kind == CORS_TRACE_DEVIATION)
            return true;
    return false;
}

/* The trace, the messages and the outcome tell the same story. */
static void story_oracle(const struct played *played)
{
    const struct cors_outcome *outcome = &played->outcome;
    const struct verdict verdict = verdict_of(played);
    const struct cors_bytes words = words_of(&verdict);
    const size_t preflights = count_of_preflights(played);
    must_hold((outcome->result == CORS_RESULT_NETWORK_ERROR) == (outcome->error != NULL),
              "a network error has its id, and nothing else has one", words);
    must_hold(outcome->preflights == preflights &&
                  outcome->sent == played->exchange_count - preflights - count_of_reused(played),
              "the outcome counts the messages that went out", words);
    must_hold(outcome->algorithm != NULL &&
                  trace_has_step(played->trace, outcome->algorithm, outcome->step),
              "the trace has the step that decided", words);
    must_hold(played->engine != CORS_ENGINE_SPEC || !trace_has_deviation(played->trace),
              "the standard does not deviate from itself", words);
    must_hold(outcome->readable ==
                  (outcome->result == CORS_RESULT_BASIC || outcome->result == CORS_RESULT_CORS),
              "script reads basic and CORS responses only", words);
}

/* ---- A case, in one way --------------------------------------------------------------------- */

/* Where the numbers of spec-tables/engines.tsv may count, which leave no trace: long URLs, and many
 * bytes in safelisted headers. */
static bool is_beyond_limits(const struct case_fetch *fetch, const struct played *played)
{
    enum { LONG_URL = 1000, MANY_BYTES = 600 };
    size_t sum = 0;
    for (size_t i = 0; i < fetch->description.headers.count; i++)
        sum += fetch->description.headers.at[i].value.len;
    for (size_t i = 0; i < played->exchange_count; i++)
        if (played->exchanges[i].url.len > LONG_URL)
            return true;
    return sum > MANY_BYTES;
}

static void play_case(const struct case_file *file, struct playing how, struct wire *wire,
                      struct played_case *all, struct memory *memory)
{
    static struct player player;
    bool deviated = false;
    if (player.arena_memory == NULL)
        player_begin(&player);
    player.engine = how.engine;
    player.tracing = !how.untraced;
    all->count = file->fetch_count;
    all->verdicts = memory_take(memory, all->count * sizeof *all->verdicts);
    all->deviated = memory_take(memory, all->count * sizeof *all->deviated);
    case_begin(&player, file);
    if (how.same_caps && player.settings.max_age_limit == 0)
        player.settings.max_age_limit = 600;
    for (size_t i = 0; i < file->fetch_count; i++) {
        const struct case_fetch *fetch = &file->fetches[i];
        const struct answers answers = {.at = fetch->answers, .count = fetch->answer_count};
        struct played played;
        case_wait(&player, fetch);
        if (how.apart)
            player_clear_caches(&player);
        if (!play(&player, &fetch->description, &answers, &played, NULL))
            continue;
        all->verdicts[i] = verdict_of(&played);
        if (!how.untraced)
            story_oracle(&played);
        if (wire != NULL)
            wire_oracles(wire, &fetch->description, &played, &player.settings);
        deviated = deviated || is_beyond_limits(fetch, &played) ||
                   (played.trace != NULL && trace_has_deviation(played.trace));
        all->deviated[i] = deviated;
    }
}

/* ---- The same case, otherwise --------------------------------------------------------------- */

static struct cors_header_list headers_in_other_case(const struct cors_header_list *headers,
                                                     struct memory *memory)
{
    static const char *const lists[] = {"Access-Control-Allow-Headers",
                                        "Access-Control-Expose-Headers"};
    struct cors_header_list changed = memory_copy_headers(memory, headers);
    for (size_t i = 0; i < changed.count; i++) {
        struct cors_header *header = &changed.at[i];
        for (size_t j = 0; j < sizeof lists / sizeof *lists; j++)
            if (equal_in_any_case(header->name, bytes_of(lists[j])))
                header->value = other_case(header->value, memory);
        header->name = other_case(header->name, memory);
    }
    return changed;
}

/* What allows no less than before: all that a request may ask for is listed, and who asks without
 * credentials is anybody. */
static struct cors_header_list more_allowed(const struct case_fetch *fetch,
                                            const struct cors_header_list *headers,
                                            struct memory *memory)
{
    const struct cors_header_list *given = &fetch->description.headers;
    struct cors_header_list more = {
        .at = memory_take(memory, (headers->count + given->count + 9) * sizeof *more.at)};
    for (size_t i = 0; i < headers->count; i++) {
        struct cors_header header = headers->at[i];
        if (equal_in_any_case(header.name, CORS_BYTES("Access-Control-Allow-Origin")) &&
            fetch->description.credentials_mode != CORS_CREDENTIALS_INCLUDE)
            continue;
        more.at[more.count++] = header;
    }
    if (fetch->description.credentials_mode != CORS_CREDENTIALS_INCLUDE)
        more.at[more.count++] =
            (struct cors_header){CORS_BYTES("Access-Control-Allow-Origin"), CORS_BYTES("*")};
    more.at[more.count++] =
        (struct cors_header){CORS_BYTES("Access-Control-Expose-Headers"), CORS_BYTES("X-More")};
    static const char *const methods[] = {"GET", "PUT", "DELETE", "PATCH"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        more.at[more.count++] =
            (struct cors_header){CORS_BYTES("Access-Control-Allow-Methods"), bytes_of(methods[i])};
    if (is_naive_token(fetch->description.method))
        more.at[more.count++] = (struct cors_header){CORS_BYTES("Access-Control-Allow-Methods"),
                                                     fetch->description.method};
    for (size_t i = 0; i < given->count; i++)
        if (is_naive_token(given->at[i].name))
            more.at[more.count++] =
                (struct cors_header){CORS_BYTES("Access-Control-Allow-Headers"), given->at[i].name};
    return more;
}

enum change { CHANGE_CASE, CHANGE_ALLOW_MORE };

static struct case_file changed_case(const struct case_file *file, enum change change,
                                     struct memory *memory)
{
    struct case_file changed = *file;
    changed.fetches = memory_take(memory, file->fetch_count * sizeof *changed.fetches);
    for (size_t i = 0; i < file->fetch_count; i++) {
        const struct case_fetch *before = &file->fetches[i];
        struct case_fetch *fetch = &changed.fetches[i];
        struct answer *answers = memory_take(memory, before->answer_count * sizeof *answers);
        *fetch = *before;
        fetch->answers = answers;
        for (size_t j = 0; j < before->answer_count; j++) {
            answers[j] = before->answers[j];
            answers[j].headers = change == CHANGE_CASE
                                     ? headers_in_other_case(&answers[j].headers, memory)
                                     : more_allowed(before, &answers[j].headers, memory);
        }
        if (change == CHANGE_CASE)
            fetch->description.headers =
                headers_in_other_case(&before->description.headers, memory);
    }
    return changed;
}

/* ---- Relations between two plays ------------------------------------------------------------ */

static void tracing_oracle(const struct case_file *file, const struct played_case *plain,
                           struct memory *memory)
{
    struct played_case untraced;
    play_case(file, (struct playing){.untraced = true}, NULL, &untraced, memory);
    for (size_t i = 0; i < plain->count; i++)
        must_hold(same_outcome(&plain->verdicts[i], &untraced.verdicts[i]) &&
                      plain->verdicts[i].wire == untraced.verdicts[i].wire,
                  "to be watched changes nothing", words_of(&plain->verdicts[i]));
}

static void names_oracle(const struct case_file *file, enum cors_engine engine,
                         const struct played_case *plain, struct memory *memory)
{
    const struct case_file changed = changed_case(file, CHANGE_CASE, memory);
    struct played_case other;
    play_case(&changed, (struct playing){.engine = engine, .untraced = true, .same_caps = true},
              NULL, &other, memory);
    for (size_t i = 0; i < plain->count; i++)
        must_hold(same_outcome(&plain->verdicts[i], &other.verdicts[i]),
                  "the case of header names does not matter", words_of(&plain->verdicts[i]));
}

static void allowing_oracle(const struct case_file *file, struct memory *memory)
{
    const struct case_file changed = changed_case(file, CHANGE_ALLOW_MORE, memory);
    const struct playing apart = {.untraced = true, .apart = true};
    struct played_case less, more;
    play_case(file, apart, NULL, &less, memory);
    play_case(&changed, apart, NULL, &more, memory);
    for (size_t i = 0; i < less.count; i++) {
        const struct verdict *before = &less.verdicts[i], *after = &more.verdicts[i];
        if (!before->possible || before->result == CORS_RESULT_NETWORK_ERROR)
            continue;
        must_hold(after->result == before->result && after->status == before->status,
                  "allowing more never turns success into failure", words_of(after));
        must_hold(after->header_count >= before->header_count, "allowing more never hides a header",
                  words_of(after));
    }
}

static void engines_oracle(const struct case_file *file, struct memory *memory)
{
    struct played_case spec;
    play_case(file, (struct playing){.same_caps = true}, NULL, &spec, memory);
    for (enum cors_engine engine = CORS_ENGINE_SPEC; engine <= CORS_ENGINE_WEBKIT; engine++) {
        struct played_case browser;
        play_case(file, (struct playing){.engine = engine, .same_caps = true}, NULL, &browser,
                  memory);
        for (size_t i = 0; i < spec.count; i++)
            must_hold(browser.deviated[i] ||
                          (same_outcome(&spec.verdicts[i], &browser.verdicts[i]) &&
                           spec.verdicts[i].wire == browser.verdicts[i].wire),
                      "an engine differs from the standard only where it said that it deviates",
                      words_of(&browser.verdicts[i]));
        names_oracle(file, engine, &browser, memory);
    }
}

/* ---- A cached preflight --------------------------------------------------------------------- */

/* A server that always answers alike: what it answered to a fetch, once more. */
struct again {
    const struct exchange *exchanges;
    size_t count;
    size_t next; /* the message expected next; preflights may be missing */
};

static void answer_again(void *context, const struct cors_network_request *request,
                         struct answer *answer, struct memory *memory)
{
    struct again *again = context;
    (void)memory;
    while (again->next < again->count && !request->preflight &&
           again->exchanges[again->next].preflight)
        again->next++;
    if (again->next < again->count && again->exchanges[again->next].preflight == request->preflight)
        *answer = again->exchanges[again->next++].answer;
    else
        answer->network_error = true;
}

/* The exchanges, so that they outlive the player's next fetch. */
static struct again kept(const struct played *played, struct memory *memory)
{
    struct exchange *exchanges = memory_take(memory, played->exchange_count * sizeof *exchanges);
    for (size_t i = 0; i < played->exchange_count; i++) {
        exchanges[i] = played->exchanges[i];
        exchanges[i].answer.headers =
            memory_copy_headers(memory, &played->exchanges[i].answer.headers);
    }
    return (struct again){.exchanges = exchanges, .count = played->exchange_count};
}

/* What is in the cache can be read, and was remembered just now. */
static void entries_oracle(const struct player *player)
{
    struct cors_cache_entry entry;
    for (size_t position = 0; cors_cache_next(&player->cache, &position, &entry);) {
        must_hold(entry.stored_at == player->settings.now, "an entry is as old as it is",
                  entry.url);
        must_hold((entry.method.at == NULL) != (entry.header_name.at == NULL),
                  "an entry is for a method, or for a header name", entry.url);
    }
}

/* What a preflight that is remembered lets through, a preflight that is made would have too: the
 * same fetch again, of the same server, ends as it did before. */
static void cache_oracle(const struct case_file *file, struct memory *memory)
{
    struct player player;
    player_begin(&player);
    case_begin(&player, file);
    player.settings.http_cache = false; /* what they hold would end some of them otherwise */
    player.settings.shared_cache = SHARED_CACHE_NO;
    for (size_t i = 0; i < file->fetch_count; i++) {
        const struct case_fetch *fetch = &file->fetches[i];
        const struct answers scripted = {.at = fetch->answers, .count = fetch->answer_count};
        struct played played;
        cors_cache_clear(&player.cache);
        if (!play(&player, &fetch->description, &scripted, &played, NULL))
            continue;
        const struct verdict live = verdict_of(&played);
        entries_oracle(&player);
        struct again again = kept(&played, memory);
        const struct answers alike = {.ask = answer_again, .context = &again};
        play(&player, &fetch->description, &alike, &played, NULL);
        const struct verdict cached = verdict_of(&played);
        must_hold(cached.result == live.result && cached.status == live.status,
                  "a remembered preflight lets through what a live one does", words_of(&cached));
        must_hold(cached.preflights <= live.preflights, "and asks for no more preflights",
                  words_of(&cached));
    }
    player_end(&player);
}

void case_oracles(const struct case_file *file)
{
    struct memory memory = {0};
    struct played_case plain;
    struct wire *wire = wire_begin();
    play_case(file, (struct playing){0}, wire, &plain, &memory);
    wire_end(wire);
    tracing_oracle(file, &plain, &memory);
    allowing_oracle(file, &memory);
    cache_oracle(file, &memory);
    engines_oracle(file, &memory);
    memory_free(&memory);
}
