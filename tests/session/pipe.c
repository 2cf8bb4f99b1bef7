/* A session held over pipes, line by line: an answer comes before the next line is written, and
 * 10,000 scripted fetches take no more memory than 100. Fetches of ever new URLs fill the preflight
 * cache, which is as large as it will be from the beginning, but only now becomes resident.
 *
 *     pipe CORSIM */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    FEW = 100,
    MANY = 10000,
    URLS = 20,
    ALLOWANCE = 128, /* KiB: a page here or there is the allocator's */
    CACHE = 2 * 256, /* KiB: the preflight cache and the copy from before a fetch */
    SECONDS = 240,
};

static void fail(const char *what)
{
    fprintf(stderr, "FAIL: %s\n", what);
    exit(1);
}

static pid_t start(const char *corsim, FILE **in, FILE **out)
{
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0)
        fail("pipe");
    pid_t child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[0]);
        close(to[1]);
        close(from[0]);
        close(from[1]);
        execl(corsim, corsim, "session", (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    *in = fdopen(to[1], "w");
    *out = fdopen(from[0], "r");
    if (*in == NULL || *out == NULL)
        fail("fdopen");
    return child;
}

/* Resident memory now, in KiB. */
static long resident(pid_t child)
{
    char name[64], line[256];
    long kibibytes = -1;
    snprintf(name, sizeof name, "/proc/%ld/status", (long)child);
    FILE *file = fopen(name, "r");
    if (file == NULL) {
        printf("SKIP: there is no %s\n", name);
        exit(77);
    }
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmRSS: %ld kB", &kibibytes) == 1)
            break;
    fclose(file);
    return kibibytes;
}

/* Preflighted; bodies and headers of different lengths. */
static void fetch(FILE *in, FILE *out, unsigned number, unsigned url)
{
    static char answer[1 << 20];
    char id[32];
    snprintf(id, sizeof id, "{\"id\":%u,", number);
    fprintf(in,
            "{\"op\":\"fetch\",\"id\":%u,\"url\":\"https://api.example/%u\","
            "\"origin\":\"https://app.example\",\"method\":\"PUT\","
            "\"headers\":[[\"X-%u\",\"%0*u\"]],\"responses\":["
            "{\"status\":204,\"headers\":[[\"Access-Control-Allow-Origin\",\"*\"],"
            "[\"Access-Control-Allow-Methods\",\"*\"],[\"Access-Control-Max-Age\",\"600\"],"
            "[\"Access-Control-Allow-Headers\",\"x-%u\"]]},"
            "{\"headers\":[[\"Access-Control-Allow-Origin\",\"*\"]],\"body\":\"%0*u\"}]}\n",
            number, url, url, (int)(1 + number % 50), 1, url, (int)(1 + number % 5000), 1);
    fflush(in);
    if (fgets(answer, sizeof answer, out) == NULL)
        fail("no answer");
    if (strncmp(answer, id, strlen(id)) != 0 || strstr(answer, "\"result\":\"cors\"") == NULL)
        fail(answer);
}

int main(int argc, char **argv)
{
    FILE *in = NULL, *out = NULL;
    unsigned number = 0;
    int status = 0;
    if (argc != 2)
        fail("usage: pipe CORSIM");
    signal(SIGPIPE, SIG_IGN);
    alarm(SECONDS);
    pid_t child = start(argv[1], &in, &out);
    for (; number < FEW; number++)
        fetch(in, out, number, number % URLS);
    const long few = resident(child);
    for (; number < MANY; number++)
        fetch(in, out, number, number % URLS);
    const long many = resident(child);
    for (; number < 2 * MANY; number++)
        fetch(in, out, number, number);
    const long most = resident(child);
    fclose(in);
    waitpid(child, &status, 0);
    fclose(out);
    printf("KiB after %d fetches: %ld, after %d: %ld, after as many of new URLs: %ld\n", FEW, few,
           MANY, many, most);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail("the session did not end well");
    if (many > few + ALLOWANCE || most > few + CACHE + ALLOWANCE)
        fail("memory grows with the number of fetches");
    return 0;
}
