/* See audit_wire.h. Threads take probes one after the other; each has a player and a transport of
 * its own, and what they share is behind one lock: the count of what was sent, the clock of the
 * rate, and the memory in which everything is recorded. A server that asks to be left alone (429)
 * is, for as long as it says and this is bearable: https://www.rfc-editor.org/rfc/rfc6585#section-4
 */
#include "audit_wire.h"

#include "case.h"
#include "clock.h"
#include "url_text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    UNANSWERED_MOST = 4,    /* in a row, before a server counts as dead */
    UNANSWERED_AT_ONCE = 2, /* the same before it has ever answered */
    WAITS_MOST = 3,         /* for a server that says 429 */
    LONGEST_WAIT = 5,       /* seconds */
    CONNECTIONS_MOST = 16,
    BODY_MOST = 0, /* bytes that are recorded: CORS goes by headers, and reports are passed on */
};

struct wire {
    pthread_mutex_t lock;
    const struct audit_limits *limits;
    struct transport_flags flags;
    struct agent_settings settings;
    struct memory *memory;
    struct audit_exchange **sent; /* all, in the order in which they were sent */
    size_t sent_count, sent_capacity;
    size_t messages, answered, unanswered, in_a_row, waits;
    double began, next; /* seconds; when the next message may be sent */
    struct cors_bytes stopped;
};

/* One thread's part. */
struct asker {
    struct wire *wire;
    struct transport *transport;
    struct audit_probe *probe;
    enum audit_purpose purpose; /* of the message at hand */
};

/* ---- What may be sent ----------------------------------------------------------------------- */

static bool is_safe(struct cors_bytes method)
{
    return bytes_are_string(method, "GET") || bytes_are_string(method, "HEAD") ||
           bytes_are_string(method, "OPTIONS");
}

static bool is_named_host(const struct wire *wire, struct cors_bytes host)
{
    const struct string_list *follow = wire->limits->follow;
    if (bytes_are(host, wire->limits->host))
        return true;
    for (size_t i = 0; i < follow->count; i++)
        if (bytes_are_string(host, follow->at[i]))
            return true;
    return false;
}

static void refuse(struct answer *answer, struct memory *memory, const char *why)
{
    *answer = (struct answer){.network_error = true, .message = memory_copy_string(memory, why)};
}

/* Whether this message is none that an audit sends; the answer then says why. */
static bool is_withheld(struct asker *asker, const struct cors_network_request *request,
                        struct answer *answer, struct memory *memory)
{
    if (!is_named_host(asker->wire, request->url->host.serialized)) {
        asker->probe->other_host = true;
        refuse(answer, memory, "not asked: this is another host, which --follow would allow");
        return true;
    }
    if (asker->probe->only_preflight && !request->preflight) {
        asker->probe->withheld = true;
        refuse(answer, memory, "not sent: only the preflight is asked for here");
        return true;
    }
    return false;
}

/* Waits for its turn. False: nothing more is to be sent. */
static bool take_turn(struct wire *wire)
{
    pthread_mutex_lock(&wire->lock);
    const double now = clock_passed(), turn = wire->next > now ? wire->next : now;
    if (wire->stopped.at == NULL && wire->messages >= wire->limits->most)
        wire->stopped = memory_format(wire->memory, "the %lu messages of --max-requests were sent",
                                      wire->limits->most);
    if (wire->stopped.at == NULL && turn - wire->began >= wire->limits->whole)
        wire->stopped = memory_format(wire->memory, "the %.4g seconds of --max-time were over",
                                      wire->limits->whole);
    const bool may = wire->stopped.at == NULL;
    if (may) {
        wire->messages++;
        if (wire->limits->per_second > 0)
            wire->next = turn + 1 / wire->limits->per_second;
    }
    pthread_mutex_unlock(&wire->lock);
    if (may)
        clock_sleep(turn - now);
    return may;
}

/* ---- Recording ------------------------------------------------------------------------------ */

/* As the player gives them to the core. */
static void normalize_values(struct cors_header_list *headers)
{
    for (size_t i = 0; i < headers->count; i++)
        headers->at[i].value = cors_normalize_header_value(headers->at[i].value);
}

/* The lock is held. */
static struct audit_exchange *record(struct asker *asker,
                                     const struct cors_network_request *request,
                                     const struct answer *answer, double began)
{
    struct wire *wire = asker->wire;
    struct memory *memory = wire->memory;
    struct audit_exchange *exchange = memory_take(memory, sizeof *exchange);
    exchange->purpose = asker->purpose;
    exchange->origin =
        memory_copy(memory, combined_value(request->headers, CORS_BYTES("Origin"), memory));
    exchange->exchange = (struct exchange){
        .preflight = request->preflight,
        .method = memory_copy(memory, request->method),
        .url = url_to_text(request->url, CORS_URL_EXCLUDE_FRAGMENT, memory),
        .headers = memory_copy_headers(memory, request->headers),
        .body = memory_copy(memory, request->body),
        .include_credentials = request->include_credentials,
        .answer = answer_copy(answer, BODY_MOST, memory),
    };
    normalize_values(&exchange->exchange.answer.headers);
    exchange->unsent = wire->limits->dry_run;
    exchange->began = began - wire->began;
    exchange->took = wire->limits->dry_run ? 0 : clock_passed() - began;
    wire->sent = memory_grow(wire->sent, wire->sent_count, &wire->sent_capacity,
                             sizeof(struct audit_exchange *));
    wire->sent[wire->sent_count++] = exchange;
    return exchange;
}

static void add_to_probe(struct audit_probe *probe, struct audit_exchange *exchange)
{
    probe->exchanges = memory_grow(probe->exchanges, probe->exchange_count,
                                   &probe->exchange_capacity, sizeof(struct audit_exchange *));
    probe->exchanges[probe->exchange_count++] = exchange;
}

/* A server that no longer answers is not asked for ever. That it leaves preflights alone without an
 * answer says nothing yet about the rest, which is asked after them. The lock is held. */
static void count_answer(struct wire *wire, const struct answer *answer, bool preflight)
{
    if (!answer->network_error) {
        wire->answered++;
        wire->in_a_row = 0;
        return;
    }
    wire->unanswered++;
    if (preflight)
        return;
    wire->in_a_row++;
    if (wire->stopped.at == NULL &&
        wire->in_a_row >= (wire->answered == 0 ? UNANSWERED_AT_ONCE : UNANSWERED_MOST))
        wire->stopped = memory_format(wire->memory, "%zu messages in a row got no answer (%.*s)",
                                      wire->in_a_row, (int)answer->message.len, answer->message.at);
}

/* ---- What engines send alike ---------------------------------------------------------------- */

static bool same_header(const struct cors_header_list *a, const struct cors_header_list *b,
                        const char *name, struct memory *memory)
{
    return bytes_are(combined_value(a, bytes_of(name), memory),
                     combined_value(b, bytes_of(name), memory));
}

static bool same_message(const struct exchange *exchange,
                         const struct cors_network_request *request, struct cors_bytes url,
                         struct memory *memory)
{
    static const char *const names[] = {"Origin",
                                        "Access-Control-Request-Method",
                                        "Access-Control-Request-Headers",
                                        "Content-Type",
                                        "Authorization",
                                        "Cookie"};
    if (!bytes_are(exchange->method, request->method) || !bytes_are(exchange->url, url) ||
        exchange->include_credentials != request->include_credentials)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!same_header(&exchange->headers, request->headers, names[i], memory))
            return false;
    return true;
}

/* For an engine other than the standard: what was answered to the same message before. */
static struct audit_exchange *
find_same(struct asker *asker, const struct cors_network_request *request, struct memory *memory)
{
    struct wire *wire = asker->wire;
    const struct cors_bytes url = url_to_text(request->url, CORS_URL_EXCLUDE_FRAGMENT, memory);
    if (asker->probe->engine == CORS_ENGINE_SPEC)
        return NULL;
    for (size_t i = 0; i < wire->sent_count; i++)
        if (wire->sent[i]->exchange.preflight == request->preflight &&
            same_message(&wire->sent[i]->exchange, request, url, memory))
            return wire->sent[i];
    return NULL;
}

/* ---- One message ---------------------------------------------------------------------------- */

/* How long the server wants to be left alone; negative: longer than we wait. The lock is held. */
static double wait_wanted(struct wire *wire, const struct answer *answer)
{
    struct memory memory = {0};
    const struct cors_bytes after =
        combined_value(&answer->headers, CORS_BYTES("Retry-After"), &memory);
    double seconds = 1;
    if (after.at != NULL && after.len > 0 && after.len < 9 && after.at[0] >= '0' &&
        after.at[0] <= '9')
        seconds = strtod(after.at, NULL);
    memory_free(&memory);
    if (seconds <= LONGEST_WAIT && wire->waits++ < WAITS_MOST)
        return seconds;
    if (wire->stopped.at == NULL)
        wire->stopped = CORS_BYTES("the server answered 429, Too Many Requests");
    return -1;
}

/* In a dry run everybody is let in, so that everything that could be sent is shown. */
static void pretend(const struct cors_network_request *request, struct answer *answer,
                    struct memory *memory)
{
    struct cors_header headers[] = {
        {CORS_BYTES("Access-Control-Allow-Origin"),
         combined_value(request->headers, CORS_BYTES("Origin"), memory)},
        {CORS_BYTES("Access-Control-Allow-Credentials"), CORS_BYTES("true")},
        {CORS_BYTES("Access-Control-Allow-Methods"),
         combined_value(request->headers, CORS_BYTES("Access-Control-Request-Method"), memory)},
        {CORS_BYTES("Access-Control-Allow-Headers"),
         combined_value(request->headers, CORS_BYTES("Access-Control-Request-Headers"), memory)}};
    struct cors_header_list list = {.at = headers};
    while (list.count < sizeof headers / sizeof *headers && headers[list.count].value.at != NULL)
        list.count++;
    *answer = (struct answer){.status = 200, .headers = memory_copy_headers(memory, &list)};
}

static void send_message(struct asker *asker, const struct cors_network_request *request,
                         struct answer *answer, struct memory *memory)
{
    struct wire *wire = asker->wire;
    for (;;) {
        if (!take_turn(wire)) {
            refuse(answer, memory, "not sent: the audit has ended");
            return;
        }
        const double began = clock_passed();
        const double left = wire->began + wire->limits->whole - began;
        transport_begin_for(asker->transport,
                            left < wire->limits->seconds ? left : wire->limits->seconds);
        if (wire->limits->dry_run)
            pretend(request, answer, memory);
        else
            transport_ask(asker->transport, request, answer, memory);
        pthread_mutex_lock(&wire->lock);
        count_answer(wire, answer, request->preflight);
        const double wait =
            answer->network_error || answer->status != 429 ? 0 : wait_wanted(wire, answer);
        if (wait <= 0)
            add_to_probe(asker->probe, record(asker, request, answer, began));
        pthread_mutex_unlock(&wire->lock);
        if (wait <= 0)
            return;
        clock_sleep(wait);
    }
}

/* Whose cookie it is: no other host gets it, and none goes over http: that was given for https:. */
static bool may_have_cookie(const struct wire *wire, const struct cors_network_request *request)
{
    return request->include_credentials && wire->limits->cookie.at != NULL &&
           bytes_are(request->url->host.serialized, wire->limits->host) &&
           (bytes_are_string(request->url->scheme, "https") || !wire->limits->secure);
}

/* The headers with the cookie where one may be sent. */
static struct cors_header_list with_cookie(const struct wire *wire,
                                           const struct cors_network_request *request,
                                           struct memory *memory)
{
    const struct cors_header_list *given = request->headers;
    struct cors_header *headers = memory_take(memory, (given->count + 1) * sizeof *headers);
    struct cors_header_list list = {.at = headers, .count = given->count};
    if (given->count > 0)
        memcpy(headers, given->at, given->count * sizeof *headers);
    if (may_have_cookie(wire, request))
        headers[list.count++] = (struct cors_header){CORS_BYTES("Cookie"), wire->limits->cookie};
    return list;
}

static void ask_wire(void *context, const struct cors_network_request *given, struct answer *answer,
                     struct memory *memory)
{
    struct asker *asker = context;
    struct wire *wire = asker->wire;
    struct cors_network_request request = *given;
    const struct cors_header_list headers = with_cookie(wire, given, memory);
    request.headers = &headers;
    asker->purpose = asker->probe->purpose;
    if (is_withheld(asker, &request, answer, memory))
        return;
    if (!is_safe(request.method) && !wire->limits->send) {
        request.method = CORS_BYTES("GET");
        request.body = (struct cors_bytes){0};
        asker->probe->assumed = true;
        asker->purpose = PURPOSE_STAND_IN;
    }
    pthread_mutex_lock(&wire->lock);
    struct audit_exchange *same = find_same(asker, &request, memory);
    if (same != NULL)
        add_to_probe(asker->probe, same);
    pthread_mutex_unlock(&wire->lock);
    if (same != NULL)
        *answer = same->exchange.answer;
    else
        send_message(asker, &request, answer, memory);
}

/* ---- One probe ------------------------------------------------------------------------------ */

/* What was played lives until the player's next fetch. The lock is held. */
static void keep(struct wire *wire, struct audit_probe *probe, const struct played *played)
{
    probe->played = true;
    probe->verdict = verdict_of(played);
    probe->reason = memory_copy(wire->memory, reason_of(played, wire->memory));
    probe->outcome = played->outcome;
    probe->outcome.url = NULL;
    probe->outcome.body = (struct cors_bytes){0};
    probe->outcome.status_message = memory_copy(wire->memory, played->outcome.status_message);
    probe->outcome.headers = memory_copy_headers(wire->memory, &played->outcome.headers);
    probe->outcome.subject = memory_copy(wire->memory, played->outcome.subject);
}

/* Requests that are no script's are left unplayed. */
static void run_probe(struct asker *asker, struct player *player)
{
    struct played played;
    struct complaint complaint;
    const struct answers answers = {.ask = ask_wire, .context = asker};
    player->engine = asker->probe->engine;
    player->settings = asker->wire->settings;
    cors_cache_clear(&player->cache);
    const bool right = play(player, &asker->probe->description, &answers, &played, &complaint);
    pthread_mutex_lock(&asker->wire->lock);
    if (right)
        keep(asker->wire, asker->probe, &played);
    pthread_mutex_unlock(&asker->wire->lock);
}

/* ---- All probes ----------------------------------------------------------------------------- */

struct line {
    struct wire *wire;
    struct audit_probes *probes;
    size_t next; /* under the lock */
    const char *error;
};

static struct audit_probe *next_probe(struct line *line)
{
    pthread_mutex_lock(&line->wire->lock);
    struct audit_probe *probe = line->next < line->probes->count && line->wire->stopped.at == NULL
                                    ? &line->probes->at[line->next++]
                                    : NULL;
    pthread_mutex_unlock(&line->wire->lock);
    return probe;
}

/* A server that serves one connection at a time waits for us to close one: so each thread closes
 * its own as soon as nothing is left to be asked. */
static void *work(void *context)
{
    struct line *line = context;
    struct asker asker = {.wire = line->wire};
    const char *error;
    asker.transport = transport_open(&line->wire->flags, &error);
    if (asker.transport == NULL) {
        pthread_mutex_lock(&line->wire->lock);
        line->error = error;
        pthread_mutex_unlock(&line->wire->lock);
        return NULL;
    }
    struct player player;
    player_begin(&player);
    while ((asker.probe = next_probe(line)) != NULL)
        run_probe(&asker, &player);
    player_end(&player);
    transport_close(asker.transport);
    return NULL;
}

bool wire_run(struct wire *wire, struct audit_probes *probes, size_t first, bool in_parallel,
              const char **error)
{
    struct line line = {.wire = wire, .probes = probes, .next = first};
    pthread_t threads[CONNECTIONS_MOST];
    size_t count = 0, wanted = in_parallel ? wire->limits->parallel : 1;
    if (wanted > CONNECTIONS_MOST)
        wanted = CONNECTIONS_MOST;
    if (wanted > probes->count - first)
        wanted = probes->count - first;
    while (count + 1 < wanted && pthread_create(&threads[count], NULL, work, &line) == 0)
        count++;
    work(&line);
    for (size_t i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    *error = line.error;
    return line.error == NULL;
}

/* ---- Beginning and end ---------------------------------------------------------------------- */

struct wire *wire_open(const struct audit_limits *limits, const struct transport_flags *flags,
                       const struct agent_settings *settings, struct memory *memory)
{
    struct wire *wire = memory_allocate(sizeof *wire);
    *wire = (struct wire){.limits = limits,
                          .flags = *flags,
                          .settings = *settings,
                          .memory = memory,
                          .began = clock_passed()};
    pthread_mutex_init(&wire->lock, NULL);
    return wire;
}

void wire_close(struct wire *wire)
{
    pthread_mutex_destroy(&wire->lock);
    free(wire->sent);
    free(wire);
}

double wire_seconds_left(struct wire *wire)
{
    pthread_mutex_lock(&wire->lock);
    const double left =
        wire->stopped.at == NULL ? wire->limits->whole - (clock_passed() - wire->began) : 0;
    pthread_mutex_unlock(&wire->lock);
    return left > 0 ? left : 0;
}

/* Whether the URL itself was; that another path of the server is says nothing. */
static bool is_answered(const struct audit_result *result)
{
    for (size_t i = 0; i < result->exchange_count; i++)
        if (!result->exchanges[i].exchange.answer.network_error &&
            bytes_are(result->exchanges[i].exchange.url, result->url))
            return true;
    return false;
}

/* The first time that an exchange is met it gets the next number; the probes then hold the
 * result's own exchanges. */
void wire_result(const struct wire *wire, struct audit_probes *probes, struct audit_result *result)
{
    struct audit_exchange **from =
        memory_take(wire->memory, (wire->sent_count + 1) * sizeof(struct audit_exchange *));
    result->exchanges =
        memory_take(wire->memory, (wire->sent_count + 1) * sizeof *result->exchanges);
    for (size_t i = 0; i < probes->count; i++)
        for (size_t j = 0; j < probes->at[i].exchange_count; j++) {
            struct audit_exchange **held = &probes->at[i].exchanges[j];
            size_t number = 0;
            while (number < result->exchange_count && from[number] != *held)
                number++;
            if (number == result->exchange_count) {
                from[number] = *held;
                result->exchanges[result->exchange_count++] = **held;
            }
            *held = &result->exchanges[number];
        }
    result->sent = wire->limits->dry_run ? 0 : wire->messages;
    result->unanswered = wire->unanswered;
    result->most = wire->limits->most;
    result->seconds = wire->limits->dry_run ? 0 : clock_passed() - wire->began;
    result->ended_early = wire->stopped;
    result->unreachable = wire->messages > 0 && !wire->limits->dry_run && !is_answered(result);
}
