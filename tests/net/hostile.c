/* A server that behaves badly in one chosen way, and the program that is run against it:
 *
 *     hostile MODE SECONDS KIBIBYTES PROGRAM ARGUMENT...
 *
 * serves MODE on a free port of 127.0.0.1, runs the program with every "{port}" in its arguments
 * replaced, and exits with the program's status; with 99 if it took more than SECONDS (it is killed
 * then) or more resident memory than KIBIBYTES, or died by a signal. The server ends with it, so
 * that no test leaves a process behind. A mode is a function that gets a connection on which a
 * request's head has been read; each connection has a process of its own. */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 99, HEAD_SIZE = 65536 };

#define OK "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n"

struct request {
    char head[HEAD_SIZE];
    size_t len;
};

/* False once the peer has gone. */
static bool put(int fd, const char *at, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, at, len);
        if (written <= 0)
            return false;
        at += written;
        len -= (size_t)written;
    }
    return true;
}

#define PUT(fd, literal) put((fd), (literal), sizeof(literal) - 1)

static void pause_forever(void)
{
    for (;;)
        pause();
}

static void drip(int fd, const char *at, size_t len)
{
    for (size_t i = 0; i < len && put(fd, at + i, 1); i++)
        usleep(100000);
}

static void silent(int fd, const struct request *request)
{
    (void)fd;
    (void)request;
    pause_forever();
}

static void tls_garbage(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "\x16\x03\x03\xff\xff this is no handshake \x1b[31m\a\r\n\r\n");
}

static void headers_forever(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, OK);
    while (PUT(fd, "X-Another: and so on and so on and so on\r\n")) {
    }
}

static void short_headers_forever(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, OK);
    while (PUT(fd, "a:\r\n")) {
    }
}

static void interim_flood(int fd, const struct request *request)
{
    (void)request;
    while (PUT(fd, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")) {
    }
}

static void interim_then_answer(int fd, const struct request *request)
{
    (void)request;
    PUT(fd,
        "HTTP/1.1 103 Early Hints\r\nAccess-Control-Allow-Origin: https://wrong.example\r\n\r\n");
    PUT(fd, OK "Content-Length: 2\r\n\r\nhi");
}

static void long_line(int fd, const struct request *request)
{
    static char value[1 << 20];
    (void)request;
    memset(value, 'a', sizeof value);
    PUT(fd, OK "X-Long: ");
    put(fd, value, sizeof value);
    PUT(fd, "\r\nContent-Length: 0\r\n\r\n");
}

/* As many different headers as fit into 256 KiB. */
static void many_headers(int fd, const struct request *request)
{
    char line[16];
    (void)request;
    PUT(fd, OK "Access-Control-Expose-Headers: *\r\nContent-Length: 0\r\n");
    for (unsigned i = 0; i < 26000; i++)
        put(fd, line, (size_t)snprintf(line, sizeof line, "%x:%x\r\n", i * 40503U % 65536, i % 16));
    PUT(fd, "\r\n");
}

static void long_body(int fd, const struct request *request)
{
    static char zeros[1 << 16];
    (void)request;
    PUT(fd, OK "Content-Length: 1073741824\r\n\r\n");
    for (unsigned i = 0; i < 16384 && put(fd, zeros, sizeof zeros); i++) {
    }
}

static void endless_body(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, OK "Transfer-Encoding: chunked\r\n\r\n");
    while (PUT(fd, "10\r\n0123456789abcdef\r\n")) {
    }
}

static void nul_in_header(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, OK "X-A: a\0b\r\nContent-Length: 0\r\n\r\n");
}

static void control_in_header(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 200 \x1b[2J\aOK\r\nAccess-Control-Allow-Origin: \x1b]0;gone\a\x01\x7f\r\n"
            "X-\xc2\x9b: 1\r\nX-C1: \xc2\x9b\x32J \xff\xfe\r\nConnection: close\r\n"
            "Content-Length: 0\r\n\r\n");
}

static void control_in_location(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 302 Found\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n"
            "Location: http://\x1b[31m\a/\r\nContent-Length: 0\r\n\r\n");
}

static void closes(int fd, const struct request *request)
{
    (void)fd;
    (void)request;
}

static void resets(int fd, const struct request *request)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    (void)request;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static void cut_in_headers(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Le");
}

static void cut_after_a_header(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n");
}

static void cut_in_body(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, OK "Content-Length: 100\r\n\r\nnot all");
}

static void cut_in_chunk(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, OK "Transfer-Encoding: chunked\r\n\r\n10\r\nnot all");
}

static void huge_chunk_size(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, OK "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffffffff\r\nabc\r\n");
}

static void two_lengths(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, OK "Content-Length: 99999999999999999999999999\r\n\r\nabc");
}

static void redirect(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 302 Found\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n"
            "Location: /again\r\nContent-Length: 0\r\n\r\n");
}

static void drip_headers(int fd, const struct request *request)
{
    static const char text[] = OK "X-Slow: yes yes yes yes yes yes yes yes yes yes yes yes yes yes"
                                  "yes yes yes yes yes yes yes yes yes yes yes yes yes yes\r\n\r\n";
    (void)request;
    drip(fd, text, sizeof text - 1);
}

static void drip_body(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, OK "\r\n");
    for (;;)
        drip(fd, "data: x\n\n", 9);
}

static void http_0_9(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "<html>Access-Control-Allow-Origin: *\r\n\r\n</html>");
}

static void switching_protocols(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 101 Switching Protocols\r\nAccess-Control-Allow-Origin: *\r\n\r\nwhatever");
}

static void bad_status(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 2x0 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\n");
}

static void folded(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin:\r\n  *\r\nX-Two: one\r\n\ttwo  \r\n"
            "Access-Control-Expose-Headers: x-two\r\nConnection: close\r\n"
            "Content-Length: 0\r\n\r\n");
}

static void trailer(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
            "Trailer: Access-Control-Allow-Origin\r\n\r\n2\r\nhi\r\n0\r\n"
            "Access-Control-Allow-Origin: *\r\n\r\n");
}

static void duplicate(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, OK "access-control-allow-origin: *\r\nContent-Length: 0\r\n\r\n");
}

/* The request's own bytes, as they arrived, for any method and preflight. */
static void echo(int fd, const struct request *request)
{
    char head[512];
    int len = snprintf(head, sizeof head,
                       OK "Access-Control-Allow-Headers: *\r\nAccess-Control-Allow-Methods: *\r\n"
                          "Content-Length: %zu\r\n\r\n",
                       request->len);
    put(fd, head, (size_t)len);
    put(fd, request->head, request->len);
}

/* Ordinary servers that know nothing of CORS, or half of it. */
#define CLOSE "Connection: close\r\nContent-Length: 0\r\n"

static void not_found(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 404 Not Found\r\n" CLOSE "\r\n");
}

static void unauthorized(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 401 Unauthorized\r\n" CLOSE "\r\n");
}

static void no_allow_headers(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 200 OK\r\n" CLOSE "Access-Control-Allow-Origin: *\r\n"
            "Access-Control-Allow-Headers: x-other\r\n\r\n");
}

static void no_allow_credentials(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 200 OK\r\n" CLOSE "Access-Control-Allow-Origin: https://app.example\r\n\r\n");
}

static void not_exposed(int fd, const struct request *request)
{
    (void)request;
    PUT(fd, "HTTP/1.1 200 OK\r\n" CLOSE "Access-Control-Allow-Origin: *\r\n"
            "X-Total-Count: 3\r\n\r\n");
}

static const struct mode {
    const char *name;
    void (*serve)(int fd, const struct request *request);
    bool at_once; /* answers before a request has been read */
} modes[] = {
    {"refused", NULL, true},
    {"silent", silent, true},
    {"tls-garbage", tls_garbage, true},
    {"closes", closes, false},
    {"resets", resets, true},
    {"headers-forever", headers_forever, false},
    {"short-headers-forever", short_headers_forever, false},
    {"interim-flood", interim_flood, false},
    {"interim-then-answer", interim_then_answer, false},
    {"long-line", long_line, false},
    {"many-headers", many_headers, false},
    {"long-body", long_body, false},
    {"endless-body", endless_body, false},
    {"nul-in-header", nul_in_header, false},
    {"control-in-header", control_in_header, false},
    {"control-in-location", control_in_location, false},
    {"cut-in-headers", cut_in_headers, false},
    {"cut-after-a-header", cut_after_a_header, false},
    {"cut-in-body", cut_in_body, false},
    {"cut-in-chunk", cut_in_chunk, false},
    {"huge-chunk-size", huge_chunk_size, false},
    {"huge-length", two_lengths, false},
    {"redirect", redirect, false},
    {"drip-headers", drip_headers, false},
    {"drip-body", drip_body, false},
    {"http-0.9", http_0_9, false},
    {"switching-protocols", switching_protocols, false},
    {"bad-status", bad_status, false},
    {"folded", folded, false},
    {"trailer", trailer, false},
    {"duplicate", duplicate, false},
    {"echo", echo, false},
    {"not-found", not_found, false},
    {"unauthorized", unauthorized, false},
    {"no-allow-headers", no_allow_headers, false},
    {"no-allow-credentials", no_allow_credentials, false},
    {"not-exposed", not_exposed, false},
};

static const struct mode *mode_named(const char *name)
{
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(modes[i].name, name) == 0)
            return &modes[i];
    fprintf(stderr, "hostile: no mode \"%s\"\n", name);
    exit(FAILED);
}

static void die(const char *what)
{
    fprintf(stderr, "hostile: %s: %s\n", what, strerror(errno));
    exit(FAILED);
}

static int listen_on_loopback(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 64) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        die("listen");
    *port = ntohs(address.sin_port);
    return fd;
}

/* Whether the head has come, and as much of a body as it announces. */
static bool is_whole(const struct request *request)
{
    const char *end = strstr(request->head, "\r\n\r\n");
    const char *length = strstr(request->head, "\r\nContent-Length: ");
    if (end == NULL)
        return false;
    size_t body = length == NULL || length > end ? 0 : strtoul(length + 18, NULL, 10);
    return request->len >= (size_t)(end - request->head) + 4 + body;
}

static void serve_connection(int fd, const struct mode *mode)
{
    static struct request request;
    while (!mode->at_once && !is_whole(&request) && request.len < sizeof request.head - 1) {
        ssize_t got = read(fd, request.head + request.len, sizeof request.head - 1 - request.len);
        if (got <= 0)
            return;
        request.len += (size_t)got;
    }
    mode->serve(fd, &request);
}

/* Reads what the peer still sends, so that closing does not reset what was answered. */
static void linger_and_close(int fd, const struct mode *mode)
{
    char rest[4096];
    if (mode->serve != resets) {
        shutdown(fd, SHUT_WR);
        while (read(fd, rest, sizeof rest) > 0) {
        }
    }
    close(fd);
}

static pid_t start_server(const struct mode *mode, int listener)
{
    pid_t server = fork();
    if (server != 0) {
        setpgid(server, server);
        return server;
    }
    setpgid(0, 0);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    alarm(300); /* should the driver be killed */
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            continue;
        if (fork() == 0) {
            alarm(300);
            serve_connection(fd, mode);
            linger_and_close(fd, mode);
            _exit(0);
        }
        close(fd);
    }
}

/* Replaces every "{port}" in the arguments. */
static void fill_in(char **arguments, unsigned port)
{
    for (; *arguments != NULL; arguments++) {
        char *at = NULL;
        while ((at = strstr(*arguments, "{port}")) != NULL) {
            size_t size = strlen(*arguments) + 8;
            char *filled = malloc(size);
            if (filled == NULL)
                die("malloc");
            snprintf(filled, size, "%.*s%u%s", (int)(at - *arguments), *arguments, port, at + 6);
            *arguments = filled; /* never freed: the program that gets it replaces this one */
        }
    }
}

static pid_t start_program(char **arguments, unsigned port, unsigned seconds)
{
    pid_t program = fork();
    if (program != 0)
        return program;
    fill_in(arguments, port);
    alarm(seconds);
    execv(arguments[0], arguments);
    die(arguments[0]);
    return -1;
}

static int judge(int status, const struct rusage *usage, long kibibytes)
{
    fflush(stdout);
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "hostile: ended by signal %d%s\n", WTERMSIG(status),
                WTERMSIG(status) == SIGALRM ? ": took too long" : "");
        return FAILED;
    }
    if (usage->ru_maxrss > kibibytes) {
        fprintf(stderr, "hostile: %ld KiB of memory, %ld were allowed\n", usage->ru_maxrss,
                kibibytes);
        return FAILED;
    }
    return WEXITSTATUS(status);
}

int main(int argc, char **argv)
{
    unsigned port = 0;
    int status = 0;
    struct rusage usage = {0};
    if (argc < 5) {
        fputs("usage: hostile MODE SECONDS KIBIBYTES PROGRAM ARGUMENT...\n", stderr);
        return FAILED;
    }
    const struct mode *mode = mode_named(argv[1]);
    int listener = listen_on_loopback(&port);
    pid_t server = mode->serve == NULL ? 0 : start_server(mode, listener);
    close(listener);
    pid_t program = start_program(argv + 4, port, (unsigned)strtoul(argv[2], NULL, 10));
    if (server < 0 || program < 0)
        die("fork");
    while (wait4(program, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    if (server > 0)
        kill(-server, SIGKILL);
    return judge(status, &usage, strtol(argv[3], NULL, 10));
}
