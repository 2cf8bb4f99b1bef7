/* Oracles for memory, which is the caller's (sim/corsim.h): an arena that is too small makes a
 * fetch say so, and one that is large enough makes no difference to what comes out. How small is
 * taken from the case itself, so that inputs differ in it and each always means the same. */
#include "oracles.h"

#include <stdlib.h>
#include <string.h>

enum { AMPLE = 8 << 20, SMALLEST = 64, LARGEST = 24 << 10, SIZES = 4, CACHE_SIZE = 16 << 10 };

/* A server with a script, as play.h has it, but for cors_fetch itself. */
struct script {
    const struct case_fetch *fetch;
    size_t next;
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
    *response = (struct cors_network_response){given->status, given->status_message, given->headers,
                                               given->body};
    return given->network_error ? CORS_NETWORK_ERROR : CORS_NETWORK_RESPONSE;
}

/* Once, with an arena and a small cache of their own size, so that AddressSanitizer sees their
 * ends. */
static enum cors_status run(struct cors_outcome *outcome, const struct case_fetch *fetch,
                            const struct cors_request *request, enum cors_engine engine,
                            char *memory, size_t size)
{
    char *cache_memory = memory_allocate(CACHE_SIZE);
    struct script script = {.fetch = fetch};
    struct cors_cache cache = cors_cache_over(cache_memory, CACHE_SIZE);
    struct cors_arena arena = cors_arena_over(memory, size);
    struct cors_agent agent = {
        .server = {.answer = answer, .context = &script},
        .engine = engine,
        .cache = &cache,
        .domain_to_ascii = cors_domain_to_ascii_by_libidn2,
        .public_suffix = cors_public_suffix_by_libpsl,
    };
    const enum cors_status status = cors_fetch(outcome, request, &agent, &arena);
    free(cache_memory);
    return status;
}

static void memory_oracle(const struct case_fetch *fetch, const struct cors_request *request,
                          uint64_t seed)
{
    static char *ample;
    const enum cors_engine engine = (enum cors_engine)(seed % (CORS_ENGINE_WEBKIT + 1));
    struct cors_outcome outcome, other;
    if (ample == NULL)
        ample = memory_allocate(AMPLE);
    if (run(&outcome, fetch, request, engine, ample, AMPLE) != CORS_OK)
        return;
    for (size_t i = 0; i < SIZES; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        const size_t size = SMALLEST + (size_t)(seed >> 33) % LARGEST;
        char *memory = memory_allocate(size);
        const enum cors_status status = run(&other, fetch, request, engine, memory, size);
        must_hold(status == CORS_OK || status == CORS_NO_MEMORY,
                  "want of memory is said to be that", fetch->description.url);
        must_hold(status != CORS_OK ||
                      (other.result == outcome.result && strcmp(other.step, outcome.step) == 0),
                  "a smaller arena makes no difference but that", fetch->description.url);
        free(memory);
    }
}

void memory_oracles(const struct case_file *file)
{
    struct memory memory = {0};
    uint64_t seed = file->fetch_count;
    for (size_t i = 0; i < file->fetch_count; i++) {
        const struct case_fetch *fetch = &file->fetches[i];
        struct cors_request request;
        struct complaint complaint;
        for (size_t j = 0; j < fetch->description.url.len; j++)
            seed = seed * 31 + (unsigned char)fetch->description.url.at[j];
        seed = seed * 31 + file->title.len + file->prose.len;
        if (fetch_request(&fetch->description, &request, &memory, &complaint))
            memory_oracle(fetch, &request, seed);
    }
    memory_free(&memory);
}
