/* Cases against a live server. The network under the player is transport.h's, after the origin
 * of a message's URL was replaced (HTTP-network fetch,
 * https://fetch.spec.whatwg.org/#http-network-fetch). Invariants: nothing is sent to a host that
 * no flag names; what the server says is changed nowhere but in a Location that names itself;
 * the clock that a case moves is the simulated browser's, nobody waits for it. */
#include "against.h"

#include "browser_headers.h"
#include "url_text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A server and what it stands for. */
struct server {
    struct cors_bytes stands_for; /* an origin; null: the first that no other stands for */
    struct cors_url url;
    struct cors_bytes origin; /* the server's own */
};

struct against {
    struct memory memory; /* of the servers */
    struct server *servers;
    size_t server_count;
    struct cors_bytes first; /* in the case under way: what the server without a
                                name stands for */
    struct memory of_case;
    struct transport *transport;
    const struct against_flags *flags;
    struct timespec next; /* no message goes out before */
};

/* ---- The flags ---------------------------------------------------------------------------- */

void against_options(struct option *options, struct against_flags *flags)
{
    options[0] = (struct option){"against",
                                 0,
                                 "[ORIGIN=]URL",
                                 "ask this server instead of the script; for a case with several "
                                 "hosts once for each, as https://api.example=http://localhost:80",
                                 OPTION_STRINGS,
                                 &flags->servers,
                                 NULL};
    options[1] = (struct option){
        "rate",       0,   "N", "with --against: messages a second, at most", OPTION_SECONDS,
        &flags->rate, NULL};
    transport_options(options + 2, &flags->transport);
}

void against_flags_free(struct against_flags *flags)
{
    string_list_free(&flags->servers);
    transport_flags_free(&flags->transport);
}

/* An origin, which may end with a slash. */
static bool read_origin(struct cors_bytes text, struct cors_url *url, struct cors_bytes *origin,
                        struct memory *memory)
{
    if (!url_of_text(url, text, NULL, memory) || !cors_url_is_http_s(url) || url->path.len > 1 ||
        url->query.at != NULL || url->fragment.at != NULL || cors_url_includes_credentials(url))
        return false;
    *origin = origin_of_url(url, memory);
    return true;
}

static bool read_server(struct against *against, const char *given, struct complaint *complaint)
{
    struct server *server = &against->servers[against->server_count++];
    const char *equals = strchr(given, '=');
    struct cors_url ignored;
    if (equals != NULL && !read_origin((struct cors_bytes){given, (size_t)(equals - given)},
                                       &ignored, &server->stands_for, &against->memory))
        return complain(complaint,
                        "--against \"%s\": what stands before = is no origin, like "
                        "https://api.example",
                        escaped_string(given));
    if (!read_origin(bytes_of(equals == NULL ? given : equals + 1), &server->url, &server->origin,
                     &against->memory))
        return complain(complaint,
                        "--against \"%s\" takes scheme, host and port of a server, like "
                        "http://localhost:8080: the paths are the case's",
                        escaped_string(given));
    for (size_t i = 0; i + 1 < against->server_count; i++)
        if (bytes_are(against->servers[i].stands_for, server->stands_for))
            return complain(complaint, "--against \"%s\": two servers for one origin",
                            escaped_string(given));
    return true;
}

struct against *against_open(const struct against_flags *flags, struct complaint *complaint)
{
    struct against *against = memory_allocate(sizeof *against);
    const char *error = NULL;
    *against = (struct against){.flags = flags};
    against->servers =
        memory_take(&against->memory, flags->servers.count * sizeof *against->servers);
    bool right = true;
    for (size_t i = 0; i < flags->servers.count && right; i++)
        right = read_server(against, flags->servers.at[i], complaint);
    if (right && (against->transport = transport_open(&flags->transport, &error)) == NULL)
        right = complain(complaint, "%s", error);
    if (right)
        return against;
    against_close(against);
    return NULL;
}

void against_close(struct against *against)
{
    if (against == NULL)
        return;
    transport_close(against->transport);
    memory_free(&against->memory);
    memory_free(&against->of_case);
    free(against);
}

/* ---- One message -------------------------------------------------------------------------- */

static const struct server *server_for(struct against *against, struct cors_bytes origin)
{
    const struct server *unnamed = NULL;
    for (size_t i = 0; i < against->server_count; i++) {
        if (bytes_are(against->servers[i].stands_for, origin))
            return &against->servers[i];
        if (against->servers[i].stands_for.at == NULL)
            unnamed = &against->servers[i];
    }
    if (unnamed != NULL && against->first.at == NULL)
        against->first = memory_copy(&against->of_case, origin);
    return bytes_are(against->first, origin) ? unnamed : NULL;
}

static struct cors_url moved(const struct cors_url *url, const struct cors_url *to)
{
    struct cors_url result = *url;
    result.scheme = to->scheme;
    result.host = to->host;
    result.port = to->port;
    return result;
}

/* A Location with the server's own name leads back into the case. */
static void map_location(const struct server *server, const struct cors_url *asked,
                         struct cors_header *header, struct memory *memory)
{
    struct cors_url location;
    if (!is_header_named(header->name, "location") ||
        !url_of_text(&location, header->value, NULL, memory) ||
        !bytes_are(origin_of_url(&location, memory), server->origin))
        return;
    const struct cors_url back = moved(&location, asked);
    header->value = url_to_text(&back, CORS_URL_WITH_FRAGMENT, memory);
}

/* Waits until the next message may go out. */
static void keep_rate(struct against *against)
{
    enum { NANOSECONDS = 1000000000 };
    struct timespec now;
    if (against->flags->rate <= 0)
        return;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &against->next, NULL) != 0)
        ;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const double gap = 1 / against->flags->rate;
    const double nanoseconds = (double)now.tv_nsec + (gap - (double)(long)gap) * NANOSECONDS;
    against->next = now;
    against->next.tv_sec += (long)gap + (nanoseconds >= NANOSECONDS ? 1 : 0);
    against->next.tv_nsec =
        (long)(nanoseconds >= NANOSECONDS ? nanoseconds - NANOSECONDS : nanoseconds);
}

static void ask_server(void *context, const struct cors_network_request *request,
                       struct answer *answer, struct memory *memory)
{
    struct against *against = context;
    const struct cors_bytes origin = origin_of_url(request->url, memory);
    const struct server *server = server_for(against, origin);
    if (server == NULL) {
        *answer = (struct answer){
            .network_error = true,
            .message = memory_format(memory, "no server stands for %s: name one, --against %s=URL",
                                     origin.at, origin.at)};
        return;
    }
    const struct cors_url url = moved(request->url, &server->url);
    struct cors_network_request sent = *request;
    sent.url = &url;
    keep_rate(against);
    transport_ask(against->transport, &sent, answer, memory);
    for (size_t i = 0; i < answer->headers.count; i++)
        map_location(server, request->url, &answer->headers.at[i], memory);
}

/* ---- A case ------------------------------------------------------------------------------- */

const char *against_refuses(const struct case_file *file)
{
    for (size_t i = 0; i < file->fetch_count; i++)
        for (size_t j = 0; j < file->fetches[i].answer_count; j++)
            if (file->fetches[i].answers[j].network_error)
                return "its script has a network error, and no server can be told to "
                       "fail";
    return NULL;
}

bool against_play(struct against *against, struct player *player, const struct case_file *file,
                  size_t index, struct played *played, struct complaint *complaint)
{
    const struct case_fetch *fetch = &file->fetches[index];
    const struct answers answers = {.ask = ask_server, .context = against};
    const char *user_agent = against->flags->transport.user_agent;
    if (index == 0) {
        case_begin(player, file);
        memory_reset(&against->of_case);
        against->first = (struct cors_bytes){0};
        /* Some servers refuse requests without one, which no browser sends. */
        if (user_agent != NULL)
            player->settings.user_agent =
                *user_agent == '\0' ? (struct cors_bytes){0} : bytes_of(user_agent);
        else if (player->settings.user_agent.at == NULL)
            player->settings.user_agent =
                memory_format(&against->of_case, "corsim/%s", cors_version());
    }
    case_wait(player, fetch);
    complaint->line = fetch->line;
    transport_begin(against->transport);
    return play(player, &fetch->description, &answers, played, complaint);
}
