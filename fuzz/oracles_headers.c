/* Oracles for header lists and header values (oracles.h): each written anew from the Fetch Standard
 * (https://fetch.spec.whatwg.org/#terminology-headers), the plainest way there is. */
#include "oracles.h"

#include <string.h>

/* All values of that name with ", " between them. */
static struct cors_bytes naive_get(const struct cors_header_list *list, struct cors_bytes name,
                                   struct memory *memory)
{
    struct cors_bytes got = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct cors_bytes value = list->at[i].value;
        if (!equal_in_any_case(list->at[i].name, name))
            continue;
        const size_t before = got.at == NULL ? 0 : got.len + 2;
        char *joined = memory_take(memory, before + value.len + 1);
        if (got.at != NULL)
            memcpy(joined, got.at, got.len);
        if (got.at != NULL)
            memcpy(joined + got.len, ", ", 2);
        if (value.len > 0)
            memcpy(joined + before, value.at, value.len);
        got = (struct cors_bytes){joined, before + value.len};
    }
    return got;
}

static size_t count_of(const struct cors_header_list *list, struct cors_bytes name)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += equal_in_any_case(list->at[i].name, name);
    return count;
}

static bool comes_before(struct cors_bytes a, struct cors_bytes b)
{
    const size_t shorter = a.len < b.len ? a.len : b.len;
    const int order = memcmp(a.at, b.at, shorter);
    return order < 0 || (order == 0 && a.len < b.len);
}

static void sorting_oracle(const struct cors_header_list *list, struct cors_arena *arena)
{
    const struct cors_header_list sorted = cors_header_list_sort_and_combine(list, arena);
    for (size_t i = 0; i < list->count; i++)
        must_hold(count_of(&sorted, list->at[i].name) > 0, "sorting and combining keeps each name",
                  list->at[i].name);
    for (size_t i = 1; i < sorted.count; i++)
        must_hold(!comes_before(sorted.at[i].name, sorted.at[i - 1].name), "it is sorted",
                  sorted.at[i].name);
}

/* A list that is made shorter and longer again, on a copy: the caller's is not written to. */
static void changing_oracle(const struct cors_header_list *list, struct cors_bytes name,
                            struct cors_arena *arena)
{
    const struct cors_bytes new = CORS_BYTES("new");
    struct cors_header_list changed = {.at = list->at, .count = list->count};
    const size_t others = list->count - count_of(list, name);
    cors_header_list_set(&changed, name, new, arena);
    must_hold(changed.count == others + 1, "set leaves one header of the name", name);
    must_hold(bytes_are(cors_header_list_get(&changed, name, arena), new), "get gives what was set",
              name);
    cors_header_list_combine(&changed, name, new, arena);
    must_hold(bytes_are_string(cors_header_list_get(&changed, name, arena), "new, new"),
              "combine joins with a comma and a space", name);
    cors_header_list_delete(&changed, name, arena);
    must_hold(changed.count == others && !cors_header_list_contains(&changed, name),
              "delete takes all headers of the name and no other", name);
}

/* Names with no rule for their values are unsafe, each once, in lower case and in order. */
static void unsafe_names_oracle(const struct cors_header_list *list, struct cors_arena *arena)
{
    static const char *const ruled[] = {"accept", "accept-language", "content-language",
                                        "content-type", "range"};
    const struct cors_values names = cors_cors_unsafe_request_header_names(list, arena);
    for (size_t i = 1; i < names.count; i++)
        must_hold(comes_before(names.at[i - 1], names.at[i]), "unsafe names are a sorted set",
                  names.at[i]);
    for (size_t i = 0; i < list->count; i++) {
        bool listed = false;
        for (size_t j = 0; j < names.count && !listed; j++)
            listed = equal_in_any_case(names.at[j], list->at[i].name);
        for (size_t j = 0; j < sizeof ruled / sizeof *ruled && !listed; j++)
            listed = equal_in_any_case(bytes_of(ruled[j]), list->at[i].name);
        must_hold(listed, "a name without a rule is unsafe", list->at[i].name);
    }
}

/* What a name may be does not depend on its case; what is exposed can be read, but for cookies. */
static void name_oracle(struct cors_bytes name, struct cors_bytes other, struct cors_arena *arena)
{
    const struct cors_values exposed = {.kind = CORS_VALUES_LIST, .at = &other, .count = 1};
    const bool is_cookie = equal_in_any_case(name, CORS_BYTES("set-cookie")) ||
                           equal_in_any_case(name, CORS_BYTES("set-cookie2"));
    must_hold(cors_is_cors_safelisted_response_header_name(name, &exposed) == !is_cookie,
              "what is exposed can be read, but for cookies", name);
    must_hold(cors_is_forbidden_request_header(name, CORS_BYTES("TRACE"), arena) ==
                  cors_is_forbidden_request_header(other, CORS_BYTES("trace"), arena),
              "what is forbidden is so in any case", name);
}

void header_list_oracles(struct cors_header_list list, struct cors_arena *arena)
{
    struct memory memory = {0};
    for (size_t i = 0; i < list.count && !arena->exhausted; i++) {
        const struct cors_arena before = *arena;
        const struct cors_bytes name = other_case(list.at[i].name, &memory);
        must_hold(cors_header_list_contains(&list, name), "a list contains its names", name);
        must_hold(
            bytes_are(cors_header_list_get(&list, name, arena), naive_get(&list, name, &memory)),
            "get joins all values of a name", name);
        changing_oracle(&list, name, arena);
        name_oracle(list.at[i].name, name, arena);
        *arena = before;
    }
    sorting_oracle(&list, arena);
    unsafe_names_oracle(&list, arena);
    memory_free(&memory);
}

/* ---- Extracting values --------------------------------------------------------------------- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Takes what stands before the next comma, without the space around it. False: there is no more. */
static bool take_element(struct cors_bytes *value, struct cors_bytes *element)
{
    if (value->at == NULL)
        return false;
    const char *comma = value->len == 0 ? NULL : memchr(value->at, ',', value->len);
    *element = *value;
    if (comma != NULL)
        element->len = (size_t)(comma - value->at);
    *value = comma == NULL ? (struct cors_bytes){0}
                           : (struct cors_bytes){comma + 1, value->len - element->len - 1};
    while (element->len > 0 && is_space(element->at[0]))
        *element = (struct cors_bytes){element->at + 1, element->len - 1};
    while (element->len > 0 && is_space(element->at[element->len - 1]))
        element->len--;
    return true;
}

/* The values of a list of tokens against a naive list of them. */
void extraction_oracles(struct cors_bytes name, const struct cors_header_list *list,
                        struct cors_arena *arena)
{
    const struct cors_values values = cors_extract_header_list_values(name, list, arena);
    size_t count = 0;
    bool failure = false;
    must_hold((values.kind == CORS_VALUES_NULL) == (count_of(list, name) == 0),
              "null is no header of the name, and nothing else is", name);
    for (size_t i = 0; i < list->count; i++) {
        struct cors_bytes value = list->at[i].value, element;
        if (!equal_in_any_case(list->at[i].name, name))
            continue;
        while (take_element(&value, &element)) {
            failure = failure || (element.len > 0 && !is_naive_token(element));
            if (element.len == 0 || values.kind != CORS_VALUES_LIST)
                continue;
            must_hold(count < values.count && bytes_are(values.at[count], element),
                      "each element between commas is a value, in order", element);
            count++;
        }
    }
    must_hold((values.kind == CORS_VALUES_FAILURE) == failure,
              "failure is an element that is no token, and nothing else is", name);
    must_hold(count == values.count, "nothing else is a value", name);
}

/* ---- The CORS check ------------------------------------------------------------------------- */

void check_oracles(const struct cors_header_list *list, struct cors_arena *arena)
{
    const struct cors_bytes page = CORS_BYTES("https://app.example");
    struct memory memory = {0};
    const struct cors_bytes origin =
        naive_get(list, CORS_BYTES("Access-Control-Allow-Origin"), &memory);
    const struct cors_bytes credentials =
        naive_get(list, CORS_BYTES("Access-Control-Allow-Credentials"), &memory);
    const bool named = origin.at != NULL && bytes_are(origin, page);
    must_hold(cors_check(page, CORS_CREDENTIALS_OMIT, list, arena) ==
                  (named || bytes_are_string(origin, "*")),
              "without credentials the page, or *", origin);
    must_hold(cors_check(page, CORS_CREDENTIALS_INCLUDE, list, arena) ==
                  (named && bytes_are_string(credentials, "true")),
              "with credentials the page, and true", origin);
    memory_free(&memory);
}

/* ---- Range --------------------------------------------------------------------------------- */

static size_t digits_at(struct cors_bytes value, size_t from)
{
    size_t count = 0;
    while (from + count < value.len && value.at[from + count] >= '0' &&
           value.at[from + count] <= '9')
        count++;
    return count;
}

/* Whether one number, as digits, is not above another one. */
static bool is_ascending(struct cors_bytes first, struct cors_bytes last)
{
    while (first.len > 1 && first.at[0] == '0')
        first = (struct cors_bytes){first.at + 1, first.len - 1};
    while (last.len > 1 && last.at[0] == '0')
        last = (struct cors_bytes){last.at + 1, last.len - 1};
    return first.len < last.len ||
           (first.len == last.len && memcmp(first.at, last.at, first.len) <= 0);
}

/* bytes=FIRST-[LAST], of at most 128 bytes. */
bool is_naive_safelisted_range(struct cors_bytes value)
{
    static const char unit[] = "bytes=";
    const size_t start = sizeof unit - 1;
    if (value.len > 128 || value.len < start || memcmp(value.at, unit, start) != 0)
        return false;
    const size_t first = digits_at(value, start);
    const size_t dash = start + first;
    if (first == 0 || dash >= value.len || value.at[dash] != '-')
        return false;
    const size_t last = digits_at(value, dash + 1);
    if (dash + 1 + last != value.len)
        return false;
    return last == 0 || is_ascending((struct cors_bytes){value.at + start, first},
                                     (struct cors_bytes){value.at + dash + 1, last});
}
