/* What the algorithms tell a trace, and what they must not: they show every condition they look at,
 * but the deciding step and its subject belong to their callers. */
#include "http_test.h"

static struct cors_trace_event events[512];

/* Runs with a trace; the steps as "algorithm: step held; ..." of everything that is a condition. */
static const char *conditions_of(const struct cors_trace *trace)
{
    char *text = next_text();
    size_t len = 0;
    const char *algorithm = "";
    for (size_t i = 0; i < trace->count && len < 3800; i++) {
        const struct cors_trace_event *event = &trace->at[i];
        if (event->kind != CORS_TRACE_WHEN)
            continue;
        if (strcmp(algorithm, event->algorithm) != 0)
            len += (size_t)snprintf(text + len, 4096 - len, "%s%s:", len == 0 ? "" : "; ",
                                    event->algorithm);
        algorithm = event->algorithm;
        len +=
            (size_t)snprintf(text + len, 4096 - len, " %s%s", event->step, event->held ? "+" : "-");
    }
    return text;
}

struct watched {
    struct cors_arena arena;
    struct cors_trace trace;
    struct simulation simulation;
    struct steps steps;
};

static struct watched *watch(void)
{
    static struct watched watched;
    watched = (struct watched){
        .arena = fresh_arena(),
        .trace = {.at = events, .capacity = COUNT(events)},
        .simulation = {.algorithm = "caller", .step = "1", .subject = CORS_BYTES("subject")},
        .steps = {.algorithm = "caller"},
    };
    watched.simulation.arena = &watched.arena;
    watched.steps.simulation = &watched.simulation;
    watched.steps.trace = &watched.trace;
    return &watched;
}

static void nothing_was_decided(const struct watched *watched)
{
    assert_string_equal(watched->simulation.algorithm, "caller");
    assert_string_equal(watched->simulation.step, "1");
    assert_string_equal(text_of(watched->simulation.subject), "`subject`");
    assert_false(watched->trace.truncated);
}

static void safelisted_request_header(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *value;
        const char *conditions;
    } rows[] = {
        {"Accept", "a", "cors-safelisted-request-header: 1- 2.a-"},
        {"Accept", "(", "cors-safelisted-request-header: 1- 2.a+"},
        {"Accept-Language", "/", "cors-safelisted-request-header: 1- 2.b+"},
        {"X", "", "cors-safelisted-request-header: 1- 2.e+"},
        {"Content-Type", "text/html",
         "cors-safelisted-request-header: 1- 2.c.1-; parse-a-mime-type: 4- 5- 9- 11-; "
         "cors-safelisted-request-header: 2.c.3- 2.c.4+"},
        {"Content-Type", "text",
         "cors-safelisted-request-header: 1- 2.c.1-; parse-a-mime-type: 4- 5+; "
         "cors-safelisted-request-header: 2.c.3+"},
        {"Range", "bytes=-1",
         "cors-safelisted-request-header: 1-; simple-range-header-value: 2- 4- 5- 7- 10- 11- 13- "
         "16- 17- 18-; cors-safelisted-request-header: 2.d.2- 2.d.3+"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct watched *watched = watch();
        is_cors_safelisted_request_header(&watched->steps, bytes_of(rows[i].name),
                                          bytes_of(rows[i].value), &watched->arena);
        assert_string_equal(conditions_of(&watched->trace), rows[i].conditions);
        nothing_was_decided(watched);
    }
}

static void forbidden_and_no_cors(void **state)
{
    (void)state;
    struct watched *watched = watch();
    assert_true(is_forbidden_request_header(&watched->steps, CORS_BYTES("X-HTTP-Method"),
                                            CORS_BYTES("GET,TRACE"), &watched->arena));
    assert_string_equal(conditions_of(&watched->trace),
                        "forbidden-request-header: 1- 2- 3+; "
                        "header-value-get-decode-and-split: 5.2- 5.6- 5.2- 5.6+; "
                        "forbidden-request-header: 3.2- 3.2+");
    nothing_was_decided(watched);
    watched = watch();
    assert_false(is_no_cors_safelisted_request_header(&watched->steps, CORS_BYTES("Range"),
                                                      CORS_BYTES("bytes=0-"), &watched->arena));
    assert_string_equal(conditions_of(&watched->trace), "no-cors-safelisted-request-header: 1+");
    nothing_was_decided(watched);
}

static void extraction(void **state)
{
    (void)state;
    struct watched *watched = watch();
    const struct cors_header_list list = list_of("Access-Control-Allow-Methods: PUT\n"
                                                 "Access-Control-Allow-Methods: (");
    extract_header_list_values(&watched->steps, CORS_BYTES("Access-Control-Allow-Methods"), &list,
                               &watched->arena);
    assert_string_equal(conditions_of(&watched->trace),
                        "extract-header-list-values: 1- 2-; extract-header-values: 1-; "
                        "extract-header-list-values: 4.2-; extract-header-values: 1+; "
                        "extract-header-list-values: 4.2+");
    nothing_was_decided(watched);
}

static void unsafe_names(void **state)
{
    (void)state;
    struct watched *watched = watch();
    const struct cors_header_list list = list_of("X: 1\nAccept: a");
    cors_unsafe_request_header_names(&watched->steps, &list, &watched->arena);
    assert_string_equal(conditions_of(&watched->trace),
                        "cors-safelisted-request-header: 1- 2.e+; "
                        "cors-unsafe-request-header-names: 4.1+; "
                        "cors-safelisted-request-header: 1- 2.a-; "
                        "cors-unsafe-request-header-names: 4.1- 5-");
    nothing_was_decided(watched);
}

/* A trace that is too small is cut short; the answer is the same. */
static void small_trace(void **state)
{
    (void)state;
    for (size_t capacity = 0; capacity < 8; capacity++) {
        struct watched *watched = watch();
        watched->trace.capacity = capacity;
        assert_true(is_cors_safelisted_request_header(&watched->steps, CORS_BYTES("Content-Type"),
                                                      CORS_BYTES("text/plain;charset=a"),
                                                      &watched->arena));
        assert_int_equal(watched->trace.count, capacity);
        assert_true(watched->trace.truncated);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(safelisted_request_header),
        cmocka_unit_test(forbidden_and_no_cors),
        cmocka_unit_test(extraction),
        cmocka_unit_test(unsafe_names),
        cmocka_unit_test(small_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
