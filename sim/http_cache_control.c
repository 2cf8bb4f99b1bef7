/* HTTP Caching, sections "Field Definitions"
 * (https://httpwg.org/specs/rfc9111.html#header.field.definitions) and "Freshness"
 * (https://httpwg.org/specs/rfc9111.html#expiration.model): what a message says about how long it
 * may be kept. Invariants: of a directive or a header that comes twice the first counts; what is no
 * number of seconds is none at all, and what is no date is long past; `private` and `no-cache` that
 * name headers mean the whole response, as in most caches; nothing overflows. */
#include "http_cache.h"
#include "http_date.h"

/* The number behind `=` without its quotes. */
static struct cors_bytes unquoted(struct cors_bytes argument)
{
    return argument.len >= 2 && argument.at[0] == '"' && argument.at[argument.len - 1] == '"'
               ? bytes_slice(argument, 1, argument.len - 1)
               : argument;
}

/* 0 if it is no number: such a response is stale. */
static uint64_t seconds_in(struct cors_bytes argument)
{
    for (size_t i = 0; i < argument.len; i++)
        if (!is_ascii_digit(argument.at[i]))
            return 0;
    return parse_delta_seconds(argument);
}

static void add_directive(struct cache_control *control, struct cors_bytes name,
                          struct cors_bytes argument)
{
    const struct {
        struct cors_bytes name;
        bool *given;
    } flags[] = {
        {CORS_BYTES("public"), &control->is_public},
        {CORS_BYTES("private"), &control->is_private},
        {CORS_BYTES("no-store"), &control->no_store},
        {CORS_BYTES("no-cache"), &control->no_cache},
        {CORS_BYTES("must-revalidate"), &control->must_revalidate},
        {CORS_BYTES("must-understand"), &control->must_understand},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (byte_case_insensitive_match(name, flags[i].name))
            *flags[i].given = true;
    if (byte_case_insensitive_match(name, CORS_BYTES("max-age")) && !control->has_max_age) {
        control->has_max_age = true;
        control->max_age = seconds_in(unquoted(argument));
    }
    if (byte_case_insensitive_match(name, CORS_BYTES("s-maxage")) && !control->has_s_maxage) {
        control->has_s_maxage = true;
        control->s_maxage = seconds_in(unquoted(argument));
    }
}

struct cache_control cache_control_of(const struct cors_header_list *headers,
                                      struct cors_arena *arena)
{
    struct cache_control control = {0};
    const struct cors_values directives =
        header_list_get_decode_and_split(NULL, headers, CORS_BYTES("Cache-Control"), arena);
    for (size_t i = 0; i < directives.count; i++) {
        const struct cors_bytes directive = directives.at[i];
        const size_t equals = position_of(directive, 0, '=', '=');
        add_directive(&control, strip_tab_or_space(bytes_slice(directive, 0, equals)),
                      equals == directive.len
                          ? CORS_BYTES("")
                          : strip_tab_or_space(bytes_slice(directive, equals + 1, directive.len)));
    }
    return control;
}

bool date_in_header(const struct cors_header_list *headers, struct cors_bytes name, uint64_t now,
                    uint64_t *seconds)
{
    const size_t at = header_list_find(headers, name, 0);
    return at < headers->count &&
           parse_http_date(strip_tab_or_space(headers->at[at].value), now, seconds);
}

/* When the server made it: what it says, or else when it came. */
static uint64_t date_of(const struct cors_stored_response *stored)
{
    uint64_t date = 0;
    return date_in_header(&stored->headers, CORS_BYTES("Date"), stored->stored_at, &date)
               ? date
               : stored->stored_at;
}

/* https://httpwg.org/specs/rfc9111.html#field.age: of a list the first member; 0 if it is no
 * number. */
static uint64_t age_value(const struct cors_header_list *headers)
{
    const size_t at = header_list_find(headers, CORS_BYTES("Age"), 0);
    if (at == headers->count)
        return 0;
    const struct cors_bytes value = headers->at[at].value;
    return seconds_in(strip_tab_or_space(bytes_slice(value, 0, position_of(value, 0, ',', ','))));
}

static uint64_t difference(uint64_t later, uint64_t earlier)
{
    return later > earlier ? later - earlier : 0;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* https://httpwg.org/specs/rfc9111.html#age.calculations. Asking takes no time in a simulation, so
 * there is no delay to add. */
uint64_t current_age(const struct http_cache *cache, const struct cors_stored_response *stored)
{
    const uint64_t apparent_age = difference(stored->stored_at, date_of(stored));
    const uint64_t corrected_age_value = age_value(&stored->headers);
    const uint64_t corrected_initial_age =
        apparent_age > corrected_age_value ? apparent_age : corrected_age_value;
    const uint64_t resident_time = difference(cache->now, stored->stored_at);
    return sum(corrected_initial_age, resident_time);
}

/* https://httpwg.org/specs/rfc9111.html#heuristic.freshness: a tenth of the time since the last
 * change, where the server says when that was; else none, as with every browser. */
static uint64_t heuristic_freshness(const struct cors_stored_response *stored,
                                    const struct cache_control *control)
{
    uint64_t last_modified = 0;
    if (!control->is_public && (status_sets(stored->status) & STATUS_HEURISTICALLY_CACHEABLE) == 0)
        return 0;
    if (!date_in_header(&stored->headers, CORS_BYTES("Last-Modified"), stored->stored_at,
                        &last_modified))
        return 0;
    return difference(date_of(stored), last_modified) / 10;
}

/* https://httpwg.org/specs/rfc9111.html#calculating.freshness.lifetime */
uint64_t freshness_lifetime(const struct http_cache *cache,
                            const struct cors_stored_response *stored)
{
    const struct cache_control control = cache_control_of(&stored->headers, cache->arena);
    if (cache->shared && control.has_s_maxage)
        return control.s_maxage;
    if (control.has_max_age)
        return control.max_age;
    if (cors_header_list_contains(&stored->headers, CORS_BYTES("Expires"))) {
        uint64_t expires = 0;
        return date_in_header(&stored->headers, CORS_BYTES("Expires"), stored->stored_at, &expires)
                   ? difference(expires, date_of(stored))
                   : 0;
    }
    return heuristic_freshness(stored, &control);
}

static struct cors_bytes without_weakness(struct cors_bytes tag)
{
    return starts_with(tag, CORS_BYTES("W/")) ? bytes_slice(tag, 2, tag.len) : tag;
}

bool entity_tags_match(struct cors_bytes a, struct cors_bytes b)
{
    return bytes_equal(without_weakness(a), without_weakness(b));
}
