/* Runs every fetch of every case with the arena cut at every allocation: one byte short of what the
 * allocation needs. It must say CORS_NO_MEMORY, and the sanitizers nothing: each cut arena is a
 * block of its own, so that a byte written or read behind its end is seen.
 *
 * Which cuts there are is watched in a run with an ample arena. Only an allocation that reaches
 * further than all before it can be the first that does not fit, so those are all the cuts. */
#include "case.h"

#include "infra.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AMPLE = 8 << 20, MOST_CUTS = 300, CACHE_SIZE = 64 << 10, TRACE_SIZE = 4096 };

/* The reach of allocations, in bytes from the arena's start, ever further. */
static struct {
    const char *start; /* NULL: not watching */
    size_t *reach;
    size_t count;
    size_t capacity;
} watch;

void *arena_take_watched(struct cors_arena *arena, size_t size, size_t align)
{
    char *taken = cors_arena_take(arena, size, align);
    if (watch.start == NULL || taken == NULL || taken < watch.start || taken >= watch.start + AMPLE)
        return taken;
    size_t reach = (size_t)(taken + size - watch.start);
    if (watch.count == 0 || reach > watch.reach[watch.count - 1]) {
        watch.reach = memory_grow(watch.reach, watch.count, &watch.capacity, sizeof *watch.reach);
        watch.reach[watch.count++] = reach;
    }
    return taken;
}

/* A fetch of a case, and the answers given so far. */
struct script {
    const struct case_file *file;
    const struct case_fetch *fetch;
    const struct cors_request *request;
    size_t next;
    uint64_t now;
    struct cors_cache cache;
    char cache_before[CACHE_SIZE];
    size_t cache_used_before;
};

static enum cors_network_result answer(void *context, const struct cors_network_request *request,
                                       struct cors_network_response *response,
                                       struct cors_arena *arena)
{
    struct script *script = context;
    (void)request;
    (void)arena;
    if (script->next == script->fetch->answer_count)
        return CORS_NETWORK_ERROR;
    const struct answer *given = &script->fetch->answers[script->next++];
    if (given->network_error)
        return CORS_NETWORK_ERROR;
    *response = (struct cors_network_response){given->status, given->status_message, given->headers,
                                               given->body};
    return CORS_NETWORK_RESPONSE;
}

static enum cors_status run(struct script *script, char *memory, size_t size)
{
    static struct cors_trace_event events[TRACE_SIZE];
    struct cors_trace trace = {.at = events, .capacity = TRACE_SIZE};
    struct cors_arena arena = cors_arena_over(memory, size);
    struct cors_outcome outcome;
    struct cors_agent agent = {
        .server = {.answer = answer, .context = script},
        .cache = script->file->agent.no_preflight_cache ? NULL : &script->cache,
        .now = script->now,
        .max_age_limit = script->file->agent.max_age_limit,
        .domain_to_ascii = cors_domain_to_ascii_by_libidn2,
        .public_suffix = cors_public_suffix_by_libpsl,
        .user_agent = script->file->agent.user_agent,
        .accept_language = script->file->agent.accept_language,
        .trace = &trace,
    };
    script->next = 0;
    memcpy(script->cache.at, script->cache_before, script->cache_used_before);
    script->cache.used = script->cache_used_before;
    return cors_fetch(&outcome, script->request, &agent, &arena);
}

static bool run_cut(struct script *script, size_t size)
{
    char *memory = memory_allocate(size);
    enum cors_status status = run(script, memory, size);
    free(memory);
    if (status == CORS_NO_MEMORY)
        return true;
    printf("%s:%u: with %zu bytes of arena the status is %d\n", escaped(script->file->path),
           script->fetch->line, size, (int)status);
    return false;
}

/* The number of cuts; *right becomes false if one went wrong. */
static size_t cut_fetch(struct script *script, char *ample, bool *right)
{
    memcpy(script->cache_before, script->cache.at, script->cache.used);
    script->cache_used_before = script->cache.used;
    watch.start = ample;
    watch.count = 0;
    enum cors_status status = run(script, ample, AMPLE);
    watch.start = NULL;
    if (status != CORS_OK || watch.count == 0) {
        printf("%s:%u: with an ample arena the status is %d\n", escaped(script->file->path),
               script->fetch->line, (int)status);
        *right = false;
        return 0;
    }
    size_t cuts = watch.count < MOST_CUTS ? watch.count : MOST_CUTS;
    for (size_t i = 0; i < cuts; i++)
        if (!run_cut(script, watch.reach[i * watch.count / cuts] - 1))
            *right = false;
    run(script, ample, AMPLE);
    return cuts;
}

static size_t cut_case(const struct case_file *file, char *ample, bool *right)
{
    static char cache_memory[CACHE_SIZE];
    struct memory memory = {0};
    struct script *script = memory_allocate(sizeof *script);
    *script = (struct script){.file = file,
                              .now = file->agent.now,
                              .cache = cors_cache_over(cache_memory, sizeof cache_memory)};
    size_t cuts = 0;
    for (size_t i = 0; i < file->fetch_count; i++) {
        struct cors_request request;
        struct complaint complaint;
        script->fetch = &file->fetches[i];
        script->request = &request;
        script->now += script->fetch->wait;
        if (fetch_request(&script->fetch->description, &request, &memory, &complaint))
            cuts += cut_fetch(script, ample, right);
    }
    free(script);
    memory_free(&memory);
    return cuts;
}

int main(int argc, char **argv)
{
    char *ample = memory_allocate(AMPLE);
    size_t cases = 0, cuts = 0;
    bool right = true;
    for (int i = 1; i < argc; i++) {
        struct case_file file;
        struct complaint complaint = {0};
        if (!case_read_file(&file, argv[i], &complaint)) {
            printf("%s:%u: %s\n", argv[i], complaint.line, complaint.text);
            right = false;
            continue;
        }
        cuts += cut_case(&file, ample, &right);
        case_free(&file);
        cases++;
    }
    free(ample);
    free(watch.reach);
    printf("%zu cases, %zu cuts\n", cases, cuts);
    return right && cases > 0 && cuts > cases ? 0 : 1;
}
