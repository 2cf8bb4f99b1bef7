/* What the tests of this folder share: a simulation over fixed memory, and URLs, clients and
 * requests made from strings. */
#ifndef CORSIM_TESTS_ENTRY_H
#define CORSIM_TESTS_ENTRY_H

#include "fetch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MEMORY_SIZE = 1 << 18, EVENT_COUNT = 1 << 12 };

struct world {
    struct cors_arena arena;
    struct cors_agent agent;
    struct cors_trace trace;
    struct simulation simulation;
    struct response network_error;
    struct steps top;
    char *memory;
    struct cors_trace_event *events;
};

/* Whether the worlds have a trace: what is decided must not depend on it. */
static bool worlds_are_watched;

static inline int watch(void **state)
{
    (void)state;
    worlds_are_watched = true;
    return 0;
}

static inline int look_away(void **state)
{
    (void)state;
    worlds_are_watched = false;
    return 0;
}

#define RUN_WATCHED_AND_UNWATCHED(tests)                                                           \
    (cmocka_run_group_tests_name("watched", (tests), watch, NULL) +                                \
     cmocka_run_group_tests_name("unwatched", (tests), look_away, NULL))

/* Use: struct world w; begin_world(&w); ... end_world(&w); */
static inline void begin_world(struct world *w)
{
    *w = (struct world){0};
    w->memory = malloc(MEMORY_SIZE);
    w->events = calloc(EVENT_COUNT, sizeof *w->events);
    assert_non_null(w->memory);
    assert_non_null(w->events);
    w->arena = cors_arena_over(w->memory, MEMORY_SIZE);
    w->trace = (struct cors_trace){.at = w->events, .capacity = EVENT_COUNT};
    w->network_error.type = RESPONSE_ERROR;
    w->simulation = (struct simulation){
        .agent = &w->agent,
        .arena = &w->arena,
        .network_error = &w->network_error,
    };
    w->top = (struct steps){
        .simulation = &w->simulation,
        .trace = worlds_are_watched ? &w->trace : NULL,
        .algorithm = "test",
    };
}

static inline void end_world(struct world *w)
{
    assert_false(w->arena.exhausted);
    free(w->events);
    free(w->memory);
}

static inline struct cors_bytes bytes_of(const char *text)
{
    return text == NULL ? (struct cors_bytes){0} : (struct cors_bytes){text, strlen(text)};
}

static inline const char *text_of(struct world *w, struct cors_bytes bytes)
{
    if (bytes.at == NULL)
        return "(null)";
    char *text = ARENA_NEW(&w->arena, char, bytes.len + 1);
    assert_non_null(text);
    memcpy(text, bytes.at, bytes.len);
    text[bytes.len] = '\0';
    return text;
}

static inline const struct cors_url *url_of(struct world *w, const char *text)
{
    struct cors_url *url = ARENA_NEW(&w->arena, struct cors_url, 1);
    assert_non_null(url);
    if (!cors_url_parse(url, bytes_of(text), NULL, NULL, &w->arena))
        fail_msg("not a URL: %s", text);
    return url;
}

/* "null" is an opaque origin of its own. */
static inline struct cors_origin origin_of(struct world *w, const char *text)
{
    if (strcmp(text, "null") == 0)
        return (struct cors_origin){.kind = CORS_ORIGIN_OPAQUE, .id = 1};
    return cors_url_origin(url_of(w, text), NULL, &w->arena);
}

/* A request for the last of up to four URLs, which were redirects. */
static inline void give_urls(struct world *w, struct request *request, const char *const urls[4])
{
    request->url_list = ARENA_NEW(&w->arena, struct cors_url, REDIRECT_LIMIT + 1);
    request->url_origins = ARENA_NEW(&w->arena, struct cors_origin, REDIRECT_LIMIT + 1);
    request->url_count = 0;
    for (size_t i = 0; i < 4 && urls[i] != NULL; i++) {
        request->url_list[i] = *url_of(w, urls[i]);
        request->url_origins[i] = origin_of(w, urls[i]);
        request->url_count++;
    }
}

/* The header's values, joined; "(null)" if there is none. */
static inline const char *header(struct world *w, const struct cors_header_list *list,
                                 const char *name)
{
    return text_of(w, cors_header_list_get(list, bytes_of(name), &w->arena));
}

/* Where it was decided: "algorithm step", or "" if nothing was. */
static inline const char *decided(struct world *w)
{
    if (w->simulation.algorithm == NULL)
        return "";
    char *text = ARENA_NEW(&w->arena, char, 200);
    assert_non_null(text);
    snprintf(text, 200, "%s %s", w->simulation.algorithm, w->simulation.step);
    return text;
}

/* "Name: value" lines as a list; at most 8. One space behind the colon is not part of the value. */
static inline struct cors_header_list headers_of(struct world *w, const char *const lines[8])
{
    struct cors_header_list list = {.at = ARENA_NEW(&w->arena, struct cors_header, 8)};
    for (size_t i = 0; i < 8 && lines[i] != NULL; i++) {
        const char *colon = strchr(lines[i], ':');
        assert_non_null(colon);
        list.at[list.count++] = (struct cors_header){
            .name = {lines[i], (size_t)(colon - lines[i])},
            .value = bytes_of(colon + 1 + (colon[1] == ' ')),
        };
    }
    return list;
}

#define CHECK_TEXT(row, got, expected)                                                             \
    do {                                                                                           \
        const char *got_ = (got);                                                                  \
        const char *expected_ = (expected);                                                        \
        if (strcmp(got_, expected_) != 0)                                                          \
            fail_msg("%s: got %s, expected %s", (row), got_, expected_);                           \
    } while (0)

#endif
