/* Fetch Standard, section "Responses" (https://fetch.spec.whatwg.org/#responses): the location URL
 * and the four filtered responses. Invariants: a filtered response has an internal response, which
 * is neither filtered nor a network error; what a filter hides is not reachable through the fields
 * of the filtered response. */
#include "engine.h"
#include "headers.h"
#include "url.h"

static struct cors_values joined_location(const struct steps *s,
                                          const struct cors_header_list *list)
{
    struct cors_bytes *value = ARENA_NEW(arena_of(s), struct cors_bytes, 1);
    if (value == NULL)
        return (struct cors_values){.kind = CORS_VALUES_FAILURE};
    *value = cors_header_list_get(list, CORS_BYTES("Location"), arena_of(s));
    return (struct cors_values){CORS_VALUES_LIST, value, 1};
}

/* https://fetch.spec.whatwg.org/#concept-response-location-url step 2, where browsers take another
 * of several values, or none. */
static void browsers_location(const struct steps *s, const struct cors_header_list *list,
                              struct cors_values *values)
{
    static const struct cors_bytes name = {"Location", 8};
    const size_t first = header_list_find(list, name, 0);
    size_t filled = first;
    while (filled < list->count && list->at[filled].value.len == 0)
        filled = header_list_find(list, name, filled + 1);
    const bool several =
        first < list->count && header_list_find(list, name, first + 1) < list->count;
    const bool empty = first < list->count && filled == list->count;
    if (empty && !several && deviates(s, CORS_DEV_EMPTY_LOCATION_FAILS))
        *values = (struct cors_values){.kind = CORS_VALUES_FAILURE};
    else if (empty && deviates(s, CORS_DEV_EMPTY_LOCATION_IS_NONE))
        *values = (struct cors_values){.kind = CORS_VALUES_NULL};
    else if (several && !empty && deviates(s, CORS_DEV_FIRST_LOCATION_COUNTS))
        *values = (struct cors_values){CORS_VALUES_LIST, &list->at[filled].value, 1};
    else if (several && deviates(s, CORS_DEV_LOCATIONS_ARE_JOINED))
        *values = joined_location(s, list);
}

/* Each byte beyond ASCII as %XX. */
static struct cors_bytes escape_beyond_ascii(struct cors_bytes bytes, struct cors_arena *arena)
{
    static const char digits[] = "0123456789ABCDEF";
    char *text = ARENA_NEW(arena, char, 3 * bytes.len);
    size_t length = 0;
    for (size_t i = 0; text != NULL && i < bytes.len; i++) {
        const unsigned char byte = (unsigned char)bytes.at[i];
        if (byte < 0x80) {
            text[length++] = bytes.at[i];
            continue;
        }
        text[length++] = '%';
        text[length++] = digits[byte >> 4];
        text[length++] = digits[byte & 0xF];
    }
    return text == NULL ? null_bytes() : (struct cors_bytes){text, length};
}

/* https://fetch.spec.whatwg.org/#concept-response-location-url */
enum location location_url(const struct steps *caller, const struct response *response,
                           struct cors_bytes request_fragment, struct cors_url *location)
{
    struct steps s = begin(caller, "response-location-url");

    /* 1. Only a redirect status has a location. */
    if (whether(&s, "1", (status_sets(response->status) & STATUS_REDIRECT) == 0))
        return LOCATION_NULL;

    /* 2. The value of Location: null, failure or a header value. */
    struct cors_values values = extract_header_list_values(&s, CORS_BYTES("Location"),
                                                           &response->header_list, arena_of(&s));
    browsers_location(&s, &response->header_list, &values);
    struct cors_bytes value = values.kind == CORS_VALUES_LIST ? values.at[0] : null_bytes();
    if (has_byte_beyond_ascii(value) && deviates(&s, CORS_DEV_LOCATION_IS_LATIN_1))
        value = from_latin_1(value, arena_of(&s));
    if (!is_null(value) && !is_utf8(value) && deviates(&s, CORS_DEV_LOCATION_BYTES_ARE_ESCAPED))
        value = escape_beyond_ascii(value, arena_of(&s));
    enum location kind = values.kind == CORS_VALUES_NULL ? LOCATION_NULL : LOCATION_FAILURE;
    show(&s, "2", "location", value);

    /* 3. A value is parsed against the URL that answered. */
    if (whether(&s, "3", values.kind == CORS_VALUES_LIST))
        kind = cors_url_parse(location, value, response_url(response),
                              agent_of(&s)->domain_to_ascii, arena_of(&s))
                   ? LOCATION_URL
                   : LOCATION_FAILURE;

    /* 4. A target without a fragment inherits the request's. */
    if (whether(&s, "4", kind == LOCATION_URL && is_null(location->fragment)))
        location->fragment = request_fragment;

    /* 5. Null, failure or the URL. */
    return kind;
}

static struct response *filtered_response(const struct steps *caller, struct response *internal,
                                          struct response view)
{
    struct response *filtered = ARENA_NEW(arena_of(caller), struct response, 1);
    if (filtered == NULL)
        return network_error(caller);
    *filtered = view;
    filtered->internal = internal;
    return filtered;
}

/* The headers of `list` that `visible` lets through. */
static struct cors_header_list
headers_where(const struct steps *caller, const struct response *response,
              bool (*visible)(const struct response *, struct cors_bytes name))
{
    const struct cors_header_list *list = &response->header_list;
    struct cors_header_list kept = {
        .at = ARENA_NEW(arena_of(caller), struct cors_header, list->count),
        .capacity = list->count,
    };
    if (kept.at == NULL)
        return (struct cors_header_list){0};
    for (size_t i = 0; i < list->count; i++)
        if (visible(response, list->at[i].name))
            kept.at[kept.count++] = list->at[i];
    return kept;
}

static bool visible_in_basic(const struct response *response, struct cors_bytes name)
{
    (void)response;
    return !cors_is_forbidden_response_header_name(name);
}

static bool visible_in_cors(const struct response *response, struct cors_bytes name)
{
    if (response->exposes_accept && byte_case_insensitive_match(name, CORS_BYTES("Accept")))
        return true;
    return response->exposes_all
               ? !cors_is_forbidden_response_header_name(name)
               : is_cors_safelisted_response_header_name(name, &response->exposed);
}

/* https://fetch.spec.whatwg.org/#concept-filtered-response-basic */
struct response *basic_filtered_response(const struct steps *caller, struct response *response)
{
    struct response view = *response;
    view.type = RESPONSE_BASIC;
    view.header_list = headers_where(caller, response, visible_in_basic);
    return filtered_response(caller, response, view);
}

/* https://fetch.spec.whatwg.org/#concept-filtered-response-cors */
struct response *cors_filtered_response(const struct steps *caller, struct response *response)
{
    struct response view = *response;
    view.type = RESPONSE_CORS;
    view.header_list = headers_where(caller, response, visible_in_cors);
    return filtered_response(caller, response, view);
}

/* https://fetch.spec.whatwg.org/#concept-filtered-response-opaque */
struct response *opaque_filtered_response(const struct steps *caller, struct response *response)
{
    return filtered_response(caller, response, (struct response){.type = RESPONSE_OPAQUE});
}

/* https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect */
struct response *opaque_redirect_filtered_response(const struct steps *caller,
                                                   struct response *response)
{
    return filtered_response(caller, response,
                             (struct response){
                                 .type = RESPONSE_OPAQUE_REDIRECT,
                                 .url_list = response->url_list,
                                 .url_origins = response->url_origins,
                                 .url_count = response->url_count,
                             });
}
