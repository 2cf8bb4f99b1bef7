/* `corsim serve`: plays the responses of cases on loopback, by libmicrohttpd, so that a case can be
 * tried in a real browser or with curl. A case is played offline once, by the standard
 * (https://fetch.spec.whatwg.org/), which says what message each of its responses answers; a
 * request then gets the response of the next message that has its method and path and is, or is
 * not, a preflight like it. Invariants: what a request brings is only compared, never kept;
 * connections, request heads, bodies and time are bounded; bytes of a case are changed only where
 * --map says so.
 */
#include "case.h"
#include "commands.h"
#include "serve.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MOST_CASES = 10000,
    MOST_DEPTH = 16,
    MOST_CONNECTIONS = 64,
    SECONDS_PER_CONNECTION = 20,
    LONGEST_UPLOAD = 16 << 20,
};

/* ---- Loading ------------------------------------------------------------------------------ */

static struct cors_bytes path_of(struct cors_bytes url)
{
    const char *slashes = url.len > 3 ? memchr(url.at, ':', url.len - 2) : NULL;
    if (slashes == NULL || memcmp(slashes, "://", 3) != 0)
        return url;
    size_t from = (size_t)(slashes - url.at) + 3;
    while (from < url.len && strchr("/?#", url.at[from]) == NULL)
        from++;
    return (struct cors_bytes){url.at + from, url.len - from};
}

static void keep_message(struct served_case *served, const struct exchange *exchange, size_t fetch,
                         struct memory *memory)
{
    served->messages =
        memory_grow(served->messages, served->count, &served->capacity, sizeof *served->messages);
    served->messages[served->count++] = (struct message){
        .fetch = fetch,
        .preflight = exchange->preflight,
        .method = memory_copy(memory, exchange->method),
        .path = memory_copy(memory, path_of(exchange->url)),
        .headers = memory_copy_headers(memory, &exchange->headers),
        .body = memory_copy(memory, exchange->body),
        .answer = {.network_error = exchange->answer.network_error,
                   .status = exchange->answer.status,
                   .headers = memory_copy_headers(memory, &exchange->answer.headers),
                   .body = memory_copy(memory, exchange->answer.body)},
    };
}

static bool play_case(struct served_case *served, struct memory *memory,
                      struct complaint *complaint)
{
    struct player player;
    bool good = true;
    player_begin(&player);
    case_begin(&player, &served->file);
    for (size_t i = 0; i < served->file.fetch_count && good; i++) {
        const struct case_fetch *fetch = &served->file.fetches[i];
        const struct answers answers = {.at = fetch->answers, .count = fetch->answer_count};
        struct played played;
        case_wait(&player, fetch);
        good = play(&player, &fetch->description, &answers, &played, complaint);
        for (size_t j = 0; good && j < played.exchange_count; j++)
            if (!played.exchanges[j].missing && played.exchanges[j].from_cache != HTTP_CACHE)
                keep_message(served, &played.exchanges[j], i, memory);
    }
    player_end(&player);
    return good;
}

static bool load_case(struct served *served, const char *path, struct cors_bytes id)
{
    struct complaint complaint = {0};
    if (served->count == MOST_CASES)
        return complain(&served->complaint, "more than %d cases", MOST_CASES);
    served->cases =
        memory_grow(served->cases, served->count, &served->capacity, sizeof *served->cases);
    struct served_case *one = &served->cases[served->count];
    *one = (struct served_case){.id = memory_copy(&served->memory, id)};
    if (!case_read_file_to_play(&one->file, path, &complaint)) {
        char line[16] = "";
        if (complaint.line > 0)
            snprintf(line, sizeof line, ":%u:", complaint.line);
        return complain(&served->complaint, "%s%s %s", escaped_string(path), line, complaint.text);
    }
    served->count++;
    return play_case(one, &served->memory, &complaint) ||
           complain(&served->complaint, "%s: %s", escaped_string(path), complaint.text);
}

static bool ends_with_case(const char *name)
{
    size_t length = strlen(name);
    return length > 5 && strcmp(name + length - 5, ".case") == 0;
}

static bool load_entry(struct served *served, const char *root, const char *path, unsigned depth);

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool load_folder(struct served *served, const char *root, const char *path, unsigned depth)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, by_name);
    bool good = depth < MOST_DEPTH && count >= 0;
    if (!good)
        complain(&served->complaint, "cannot read the folder %s: %s", escaped_string(path),
                 count < 0 ? strerror(errno) : "too deep");
    for (int i = 0; i < count; i++) {
        if (good && entries[i]->d_name[0] != '.') {
            struct cors_bytes inner =
                memory_format(&served->memory, "%s/%s", path, entries[i]->d_name);
            good = load_entry(served, root, inner.at, depth + 1);
        }
        free(entries[i]);
    }
    free(entries);
    return good;
}

/* The id of a case is its path below the folder, without ".case". */
static bool load_entry(struct served *served, const char *root, const char *path, unsigned depth)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return complain(&served->complaint, "cannot read %s: %s", escaped_string(path),
                        strerror(errno));
    if (S_ISDIR(status.st_mode))
        return load_folder(served, root, path, depth);
    if (!ends_with_case(path) || !S_ISREG(status.st_mode))
        return true;
    const char *id = path + strlen(root);
    while (*id == '/')
        id++;
    return load_case(served, path, (struct cors_bytes){id, strlen(id) - 5});
}

static bool load(struct served *served, const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        if (!load_entry(served, path, path, 0))
            return false;
        return served->count > 0 ||
               complain(&served->complaint, "there is no case in %s", escaped_string(path));
    }
    served->alone = true;
    return load_case(served, path, CORS_BYTES(""));
}

static void unload(struct served *served)
{
    for (size_t i = 0; i < served->count; i++) {
        case_free(&served->cases[i].file);
        free(served->cases[i].messages);
    }
    free(served->cases);
    memory_free(&served->memory);
}

/* ---- Choosing a response ------------------------------------------------------------------ */

/* The case a path belongs to, and what is left of the path. */
static struct served_case *case_of(struct served *served, const char *uri, const char **rest)
{
    struct served_case *found = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < served->count; i++) {
        const struct cors_bytes id = served->cases[i].id;
        if (served->alone ||
            (id.len > longest && strncmp(uri + 1, id.at, id.len) == 0 && uri[1 + id.len] == '/')) {
            found = &served->cases[i];
            longest = id.len;
        }
    }
    *rest = served->alone ? uri : uri + 1 + longest;
    return found;
}

/* Of the messages that are like the request the first that has been answered least often: in order,
 * and again from the beginning when all have been. */
static struct message *message_for(struct served_case *served, const char *method, bool preflight,
                                   const char *path)
{
    struct message *found = NULL;
    for (size_t i = 0; i < served->count; i++) {
        struct message *message = &served->messages[i];
        if (message->preflight == preflight && bytes_are_string(message->method, method) &&
            bytes_are_string(message->path, path) &&
            (found == NULL || message->answered < found->answered))
            found = message;
    }
    return found;
}

/* ---- Answering ---------------------------------------------------------------------------- */

static enum MHD_Result send_page(struct MHD_Connection *connection, unsigned status,
                                 struct cors_bytes page)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(page.len, (void *)page.at, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
    MHD_add_response_header(response, "Content-Security-Policy",
                            "default-src 'none'; script-src 'unsafe-inline'; "
                            "style-src 'unsafe-inline'; connect-src *");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static bool is_named(struct cors_bytes name, const char *literal)
{
    struct cors_header header = {name, CORS_BYTES("")};
    struct cors_header_list list = {.at = &header, .count = 1};
    return cors_header_list_contains(&list, bytes_of(literal));
}

/* With --map: the page's origin is the one that is really used, and a redirect leads to where the
 * case's next message is served. */
static struct cors_bytes mapped(const struct served *served, const struct served_case *one,
                                const struct message *message, const struct cors_header *header,
                                struct memory *memory)
{
    const struct message *next = message + 1;
    const struct fetch_description *description = &one->file.fetches[message->fetch].description;
    if (served->map == NULL)
        return header->value;
    if (is_named(header->name, "Access-Control-Allow-Origin") &&
        bytes_are(header->value, description->origin))
        return bytes_of(served->map);
    if (is_named(header->name, "Location") && next < one->messages + one->count &&
        next->fetch == message->fetch)
        return served_url(served, one, next->path, memory);
    return header->value;
}

/* What frames the message is libmicrohttpd's; what it does not take as a header is left out. */
static void add_headers(struct MHD_Response *response, const struct served *served,
                        const struct served_case *one, const struct message *message,
                        struct memory *memory)
{
    const struct cors_header_list *headers = &message->answer.headers;
    for (size_t i = 0; i < headers->count; i++) {
        const struct cors_header *header = &headers->at[i];
        if (is_named(header->name, "Content-Length") ||
            is_named(header->name, "Transfer-Encoding") || is_named(header->name, "Connection"))
            continue;
        struct cors_bytes value = mapped(served, one, message, header, memory);
        if (MHD_add_response_header(response, memory_copy(memory, header->name).at,
                                    memory_copy(memory, value).at) != MHD_YES)
            fprintf(stderr, "corsim serve: cannot send the header %s\n", escaped(header->name));
    }
}

static enum MHD_Result send_message(struct MHD_Connection *connection, struct served *served,
                                    struct served_case *one, struct message *message)
{
    const struct answer *answer = &message->answer;
    struct memory memory = {0};
    message->answered++;
    /* A network error is played by closing the connection; so is what HTTP cannot say. */
    if (answer->network_error || answer->status < 200)
        return MHD_NO;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        answer->body.len, (void *)answer->body.at, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return MHD_NO;
    add_headers(response, served, one, message, &memory);
    enum MHD_Result result = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    memory_free(&memory);
    return result;
}

/* ---- Requests ----------------------------------------------------------------------------- */

struct visit {
    char *uri;
    size_t uploaded;
    bool begun;
};

static void *remember_uri(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct visit *visit = memory_allocate(sizeof *visit);
    (void)context;
    (void)connection;
    *visit = (struct visit){.uri = strdup(uri)};
    return visit;
}

static void forget_visit(void *context, struct MHD_Connection *connection, void **visit,
                         enum MHD_RequestTerminationCode code)
{
    struct visit *ended = *visit;
    (void)context;
    (void)connection;
    (void)code;
    if (ended != NULL)
        free(ended->uri);
    free(ended);
    *visit = NULL;
}

/* The path stays as it was sent: cases are about bytes. */
static size_t do_not_unescape(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static enum MHD_Result answer_uri(struct MHD_Connection *connection, struct served *served,
                                  const char *uri, const char *method)
{
    struct memory memory = {0};
    const char *rest = uri;
    bool preflight =
        strcmp(method, "OPTIONS") == 0 &&
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Access-Control-Request-Method");
    struct served_case *one = uri[0] == '/' ? case_of(served, uri, &rest) : NULL;
    struct message *message = one == NULL ? NULL : message_for(one, method, preflight, rest);
    if (message != NULL)
        return send_message(connection, served, one, message);
    unsigned status = MHD_HTTP_OK;
    struct cors_bytes page = served_page(served, uri, &status, &memory);
    enum MHD_Result result = send_page(connection, status, page);
    memory_free(&memory);
    return result;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    struct visit *visit = *state;
    (void)url;
    (void)version;
    (void)upload;
    if (visit == NULL || visit->uri == NULL)
        return MHD_NO;
    if (!visit->begun) { /* the head; a body may follow, and is not kept */
        visit->begun = true;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        visit->uploaded += *upload_size;
        *upload_size = 0;
        return visit->uploaded > LONGEST_UPLOAD ? MHD_NO : MHD_YES;
    }
    return answer_uri(connection, context, visit->uri, method);
}

/* ---- Running ------------------------------------------------------------------------------ */

/* Before the daemon's thread exists, so that it inherits the mask and signals come here. */
static sigset_t hold_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signals;
}

/* The port is known before the daemon's thread begins to read it. -1: errno says why. */
static int listen_on(struct served *served, struct sockaddr_in *address)
{
    const int yes = 1;
    socklen_t size = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)address, sizeof *address) == 0 &&
        listen(fd, MOST_CONNECTIONS) == 0 &&
        getsockname(fd, (struct sockaddr *)address, &size) == 0) {
        served->port = ntohs(address->sin_port);
        return fd;
    }
    close(fd);
    return -1;
}

static struct MHD_Daemon *start(struct served *served, int listener)
{
    return MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL, answer, served,
        MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_CONNECTION_LIMIT, (unsigned)MOST_CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SECONDS_PER_CONNECTION,
        MHD_OPTION_URI_LOG_CALLBACK, remember_uri, NULL, MHD_OPTION_NOTIFY_COMPLETED, forget_visit,
        NULL, MHD_OPTION_UNESCAPE_CALLBACK, do_not_unescape, NULL, MHD_OPTION_END);
}

static int run_server(const struct command *command, struct served *served, unsigned long port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int received = 0;
    if (inet_pton(AF_INET, served->host, &address.sin_addr) != 1)
        return usage_error(command, "--host \"%s\" is no IPv4 address",
                           escaped_string(served->host));
    int listener = listen_on(served, &address);
    if (listener < 0)
        return command_error(command, EXIT_USAGE, "cannot listen on %s port %lu: %s", served->host,
                             port, strerror(errno));
    sigset_t signals = hold_signals();
    struct MHD_Daemon *daemon = start(served, listener);
    if (daemon == NULL) {
        close(listener);
        return command_error(command, EXIT_USAGE, "libmicrohttpd cannot be started");
    }
    printf("http://%s:%u/\n", served->host, served->port);
    fflush(stdout);
    sigwait(&signals, &received);
    MHD_stop_daemon(daemon);
    return EXIT_HOLDS;
}

int command_serve(int argc, char **argv)
{
    struct served served = {.host = "127.0.0.1"};
    unsigned long port = 0;
    const struct option options[] = {
        {"port", 0, "NUMBER", "listen there; any free one unless given", OPTION_NUMBER, &port,
         NULL},
        {"host", 0, "ADDRESS", "IPv4 address to listen on (127.0.0.1)", OPTION_STRING, &served.host,
         NULL},
        {"map", 0, "ORIGIN", "the page's real origin", OPTION_STRING, &served.map, NULL},
    };
    const struct command command = {
        .name = "serve",
        .operands = "FILE.case|FOLDER",
        .summary = "Plays the responses of a case, or of every case in a folder, on loopback, so "
                   "that they can be tried in a browser or with curl. Prints its address when it "
                   "is ready, and ends on SIGINT or SIGTERM.",
        .example = "corsim serve corpus/cases --port 8080 --map http://localhost:8080",
        .notes =
            "A file's paths are served as they are in the case; in a folder they stand behind the\n"
            "case's id: /cors-check/wildcard/me. The pages at / and /-/ID describe the cases and\n"
            "can run them: open them as http://localhost:PORT/, which is another origin than\n"
            "http://127.0.0.1:PORT.\n\n"
            "Responses are sent byte for byte, so that Access-Control-Allow-Origin names the\n"
            "case's page, which is not yours. With --map ORIGIN it names ORIGIN where it named\n"
            "the case's page, and Location leads to where the case goes on here.",
        .least = 1,
        .most = 1,
        .options = options,
        .option_count = sizeof options / sizeof *options};
    struct command_line line;
    if (!command_parse(&command, argc, argv, &line))
        return line.status;
    int status;
    if (port > 65535)
        status = usage_error(&command, "--port is at most 65535");
    else if (!load(&served, line.operands[0]))
        status = command_error(&command, EXIT_USAGE, "%s", served.complaint.text);
    else
        status = run_server(&command, &served, port);
    unload(&served);
    command_line_free(&line);
    return status;
}
