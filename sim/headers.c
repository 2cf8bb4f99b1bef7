/* Fetch Standard, sections "HTTP" and "Headers" (https://fetch.spec.whatwg.org/#http,
 * https://fetch.spec.whatwg.org/#terminology-headers): quoted strings and header lists. Invariants:
 * a list with capacity 0 is its caller's array and is copied before the first change; a list that
 * does not fit the arena is left as it was; nothing here takes more than n log n steps, however
 * many headers of one name there are. */
#include "headers.h"

/* Appends to a value that is the last thing in the arena, so that it grows where it stands. */
static void append(struct cors_bytes *value, struct cors_bytes piece, struct cors_arena *arena)
{
    char *room = arena == NULL || piece.len == 0 ? NULL : ARENA_NEW(arena, char, piece.len);
    if (room == NULL)
        return;
    memcpy(room, piece.at, piece.len);
    if (value->len == 0)
        value->at = room;
    value->len += piece.len;
}

/* https://fetch.spec.whatwg.org/#collect-an-http-quoted-string */
struct cors_bytes collect_an_http_quoted_string(struct cors_bytes input, size_t *position,
                                                struct cors_arena *arena)
{
    /* 1. Where it starts. */
    const size_t position_start = *position;

    /* 2. Nothing of the value is known. */
    struct cors_bytes value = CORS_BYTES("");

    /* 3. The caller saw the opening quote. */
    /* 4. It is not part of the value. */
    *position += 1;

    /* 5. Up to the closing quote, or to the end if there is none. */
    for (;;) {
        /* 5.1. Everything up to a quote or a backslash stands for itself. */
        const size_t from = *position;
        *position = position_of(input, from, '"', '\\');
        append(&value, bytes_slice(input, from, *position), arena);

        /* 5.2. The end closes it as well as a quote does. */
        if (*position >= input.len)
            break;

        /* 5.3. Which of the two it was. */
        const char quote_or_backslash = input.at[*position];

        /* 5.4. Go on behind it. */
        *position += 1;

        /* 5.5. A backslash gives the next byte, whatever it is, to the value. */
        if (quote_or_backslash == '\\') {
            /* 5.5.1. With nothing behind it, it stands for itself. */
            if (*position >= input.len) {
                append(&value, CORS_BYTES("\\"), arena);
                break;
            }

            /* 5.5.2. The escaped byte. */
            append(&value, bytes_slice(input, *position, *position + 1), arena);

            /* 5.5.3. Go on behind it. */
            *position += 1;
        }
        /* 5.6. Anything else ends the string. */
        else {
            /* 5.6.1. It can only be the quote. */
            /* 5.6.2. The string is complete. */
            break;
        }
    }

    /* 6. The value without quotes and escapes, for whoever wants it. */
    if (arena != NULL)
        return arena->exhausted ? CORS_BYTES("") : value;

    /* 7. The string as it was written. */
    return bytes_slice(input, position_start, *position);
}

size_t header_list_find(const struct cors_header_list *list, struct cors_bytes name, size_t from)
{
    const struct cors_header *const headers = list->at;
    const size_t count = list->count;
    while (from < count && !byte_case_insensitive_match(headers[from].name, name))
        from++;
    return from;
}

/* https://fetch.spec.whatwg.org/#header-list-contains */
bool cors_header_list_contains(const struct cors_header_list *list, struct cors_bytes name)
{
    return header_list_find(list, name, 0) < list->count;
}

/* The values of all headers of that name, of which `first` is the first, joined by ", ". */
static struct cors_bytes joined_values(const struct cors_header_list *list, struct cors_bytes name,
                                       size_t first, struct cors_arena *arena)
{
    size_t len = list->at[first].value.len;
    for (size_t i = header_list_find(list, name, first + 1); i < list->count;
         i = header_list_find(list, name, i + 1))
        len += 2 + list->at[i].value.len;
    char *joined = ARENA_NEW(arena, char, len);
    if (joined == NULL)
        return null_bytes();
    char *at = joined;
    for (size_t i = first; i < list->count; i = header_list_find(list, name, i + 1)) {
        const struct cors_bytes value = list->at[i].value;
        if (i > first) {
            *at++ = ',';
            *at++ = ' ';
        }
        if (value.len > 0)
            memcpy(at, value.at, value.len);
        at += value.len;
    }
    return (struct cors_bytes){joined, len};
}

/* https://fetch.spec.whatwg.org/#concept-header-list-get */
struct cors_bytes cors_header_list_get(const struct cors_header_list *list, struct cors_bytes name,
                                       struct cors_arena *arena)
{
    /* 1. No header of that name: null. */
    const size_t first = header_list_find(list, name, 0);
    if (first == list->count)
        return null_bytes();

    /* 2. All its values in order; a single one needs no copy. */
    if (header_list_find(list, name, first + 1) == list->count)
        return list->at[first].value;
    return joined_values(list, name, first, arena);
}

/* https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split */
struct cors_values header_list_get_decode_and_split(const struct steps *caller,
                                                    const struct cors_header_list *list,
                                                    struct cors_bytes name,
                                                    struct cors_arena *arena)
{
    struct steps s = begin(caller, "header-list-get-decode-split");

    /* 1. All values of that name, joined, or null. */
    struct cors_bytes value = cors_header_list_get(list, name, arena);
    show(&s, "1", "value", value);

    /* 2. No such header: null, which is not the empty list. */
    if (whether(&s, "2", is_null(value)))
        return (struct cors_values){.kind = CORS_VALUES_NULL};

    /* 3. What stands between the commas. */
    return header_value_get_decode_and_split(&s, value, arena);
}

struct cors_values cors_header_list_get_decode_and_split(const struct cors_header_list *list,
                                                         struct cors_bytes name,
                                                         struct cors_arena *arena)
{
    return header_list_get_decode_and_split(NULL, list, name, arena);
}

static size_t count_commas(struct cors_bytes value)
{
    size_t count = 0;
    for (size_t i = 0; i < value.len; i++)
        count += value.at[i] == ',';
    return count;
}

/* https://fetch.spec.whatwg.org/#header-value-get-decode-and-split */
struct cors_values header_value_get_decode_and_split(const struct steps *caller,
                                                     struct cors_bytes value,
                                                     struct cors_arena *arena)
{
    struct steps s = begin(caller, "header-value-get-decode-and-split");

    /* 1. The string has the bytes for its code points. */
    const struct cors_bytes input = not_null(value);

    /* 2. Start at its first. */
    size_t position = 0;

    /* 3. No values yet. There will be at most one more than there are commas. */
    struct cors_bytes *values = ARENA_NEW(arena, struct cors_bytes, count_commas(input) + 1);
    size_t count = 0;
    if (values == NULL)
        return (struct cors_values){.kind = CORS_VALUES_NULL};

    /* 4. The temporary value is all from here to the position. */
    size_t temporary_value_start = position;

    /* 5. One value after the other. */
    for (;;) {
        /* 5.1. Go to the next quote or comma. */
        position = position_of(input, position, '"', ',');

        /* 5.2. A quote: the commas up to its counterpart separate nothing. */
        if (whether(&s, "5.2", position < input.len && input.at[position] == '"')) {
            /* 5.2.1. Take the quoted string as it stands. */
            collect_an_http_quoted_string(input, &position, NULL);

            /* 5.2.2. The value may go on behind it. */
            if (whether(&s, "5.2.2", position < input.len))
                continue;
        }

        /* 5.3. Space around a value is not part of it. */
        struct cors_bytes temporary_value =
            strip_tab_or_space(bytes_slice(input, temporary_value_start, position));

        /* 5.4. It is a value, empty or not. */
        values[count++] = temporary_value;
        show(&s, "5.4", "temporaryValue", temporary_value);

        /* 5.5. The next one starts behind the comma. */
        temporary_value_start = position + 1;

        /* 5.6. At the end there is no next one. */
        if (whether(&s, "5.6", position >= input.len)) {
            arena->at = (char *)(values + count);
            return (struct cors_values){CORS_VALUES_LIST, values, count};
        }

        /* 5.7. Nothing but a comma can be here. */
        /* 5.8. Go on behind it. */
        position += 1;
    }
}

struct cors_header_list header_list_clone(const struct cors_header_list *list, size_t spare,
                                          struct cors_arena *arena)
{
    struct cors_header_list clone = {
        .at = ARENA_NEW(arena, struct cors_header, list->count + spare),
        .count = list->count,
        .capacity = list->count + spare,
    };
    if (clone.at == NULL)
        return (struct cors_header_list){0};
    if (list->count > 0)
        memcpy(clone.at, list->at, list->count * sizeof *list->at);
    return clone;
}

/* Makes the list one that may be written to and has room for `spare` more; false: no memory. */
static bool make_room(struct cors_header_list *list, size_t spare, struct cors_arena *arena)
{
    if (list->capacity >= list->count + spare)
        return true;
    /* Twice as much each time, so that n appends copy no more than 2n headers. */
    struct cors_header_list grown =
        header_list_clone(list, spare == 0 ? 0 : list->count + spare + 3, arena);
    if (grown.at == NULL)
        return false;
    *list = grown;
    return true;
}

/* Appends to a list as lists are appended to: names are not looked at. */
static void list_append(struct cors_header_list *list, struct cors_bytes name,
                        struct cors_bytes value, struct cors_arena *arena)
{
    if (make_room(list, 1, arena))
        list->at[list->count++] = (struct cors_header){name, value};
}

/* https://fetch.spec.whatwg.org/#concept-header-list-append */
void cors_header_list_append(struct cors_header_list *list, struct cors_bytes name,
                             struct cors_bytes value, struct cors_arena *arena)
{
    /* 1. Headers of one name are spelled alike: as the first of them. */
    const size_t first = header_list_find(list, name, 0);
    if (first < list->count)
        name = list->at[first].name;

    /* 2. The new one comes last. */
    list_append(list, name, value, arena);
}

/* Removes the headers of that name from index `from` on; the list may be written to. */
static void remove_from(struct cors_header_list *list, struct cors_bytes name, size_t from)
{
    size_t kept = header_list_find(list, name, from);
    for (size_t i = kept; i < list->count; i++)
        if (!byte_case_insensitive_match(list->at[i].name, name))
            list->at[kept++] = list->at[i];
    list->count = kept;
}

/* https://fetch.spec.whatwg.org/#concept-header-list-delete */
void cors_header_list_delete(struct cors_header_list *list, struct cors_bytes name,
                             struct cors_arena *arena)
{
    if (cors_header_list_contains(list, name) && make_room(list, 0, arena))
        remove_from(list, name, 0);
}

/* https://fetch.spec.whatwg.org/#concept-header-list-set */
void cors_header_list_set(struct cors_header_list *list, struct cors_bytes name,
                          struct cors_bytes value, struct cors_arena *arena)
{
    /* 1. The first header of that name gets the value and the others go. */
    const size_t first = header_list_find(list, name, 0);
    if (first < list->count) {
        if (make_room(list, 0, arena)) {
            list->at[first].value = value;
            remove_from(list, name, first + 1);
        }
    }
    /* 2. Without one it is appended. */
    else
        list_append(list, name, value, arena);
}

/* https://fetch.spec.whatwg.org/#concept-header-list-combine */
void cors_header_list_combine(struct cors_header_list *list, struct cors_bytes name,
                              struct cors_bytes value, struct cors_arena *arena)
{
    /* 1. The first header of that name has the value appended to its own; others stay. */
    const size_t first = header_list_find(list, name, 0);
    if (first < list->count) {
        struct cors_bytes combined =
            BYTES_CONCAT(arena, list->at[first].value, CORS_BYTES(", "), value);
        if (!arena->exhausted && make_room(list, 0, arena))
            list->at[first].value = combined;
    }
    /* 2. Without one it is appended. */
    else
        list_append(list, name, value, arena);
}

/* Merges two sorted runs, from[0..middle) and from[middle..end), into `to`; equal ones keep their
 * order. */
static void merge(const struct cors_header *from, size_t middle, size_t end, struct cors_header *to)
{
    size_t a = 0;
    size_t b = middle;
    for (size_t i = 0; i < end; i++) {
        bool take_a = a < middle && (b == end || !byte_less_than(from[b].name, from[a].name));
        to[i] = from[take_a ? a++ : b++];
    }
}

/* Puts the name where it belongs among the first `count`, which are sorted. */
static void insert(struct cors_bytes *names, size_t count, struct cors_bytes name)
{
    for (; count > 0 && byte_less_than(name, names[count - 1]); count--)
        names[count] = names[count - 1];
    names[count] = name;
}

/* Sorts by name, byte for byte; headers of one name keep their order. */
static void sort_by_name(struct cors_header *headers, size_t count, struct cors_header *spare)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t left = count - low;
            merge(headers + low, left < width ? left : width, left < 2 * width ? left : 2 * width,
                  spare + low);
        }
        memcpy(headers, spare, count * sizeof *headers);
    }
}

/* Sorts many names; what it needs for that it gives back. */
static void sort_many(struct cors_bytes *names, size_t count, struct cors_arena *arena)
{
    char *const mark = arena->at;
    struct cors_header *headers = ARENA_NEW(arena, struct cors_header, count);
    struct cors_header *spare = ARENA_NEW(arena, struct cors_header, count);
    if (spare != NULL) {
        for (size_t i = 0; i < count; i++)
            headers[i] = (struct cors_header){.name = names[i]};
        sort_by_name(headers, count, spare);
        for (size_t i = 0; i < count; i++)
            names[i] = headers[i].name;
    }
    arena->at = mark;
}

/* Sorts lower-cased names and drops all but one of equal ones; how many are left. */
static size_t sort_set(struct cors_bytes *names, size_t count, struct cors_arena *arena)
{
    if (count > FEW)
        sort_many(names, count, arena);
    else
        for (size_t i = 1; i < count; i++)
            insert(names, i, names[i]);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || !bytes_equal(names[kept - 1], names[i]))
            names[kept++] = names[i];
    return kept;
}

/* https://fetch.spec.whatwg.org/#convert-header-names-to-a-sorted-lowercase-set */
struct cors_values
cors_convert_header_names_to_a_sorted_lowercase_set(const struct cors_bytes *names, size_t count,
                                                    struct cors_arena *arena)
{
    /* 1. A new set. */
    struct cors_bytes *header_names_set = ARENA_NEW(arena, struct cors_bytes, count);
    if (header_names_set == NULL)
        return (struct cors_values){.kind = CORS_VALUES_NULL};

    /* 2. Every name in lower case. What is in it twice is found by sorting, not by searching. */
    for (size_t i = 0; i < count; i++)
        header_names_set[i] = bytes_lowercase(names[i], arena);

    /* 3. In the order of their bytes. */
    count = sort_set(header_names_set, count, arena);
    if (arena->exhausted)
        return (struct cors_values){.kind = CORS_VALUES_NULL};
    return (struct cors_values){CORS_VALUES_LIST, header_names_set, count};
}

struct cors_values sorted_header_names(const struct cors_header_list *list,
                                       struct cors_arena *arena)
{
    struct cors_bytes *names = ARENA_NEW(arena, struct cors_bytes, list->count);
    if (names == NULL)
        return (struct cors_values){.kind = CORS_VALUES_NULL};
    for (size_t i = 0; i < list->count; i++)
        names[i] = list->at[i].name;
    return cors_convert_header_names_to_a_sorted_lowercase_set(names, list->count, arena);
}

/* The list's headers, names in lower case, sorted by them: what belongs together stands together.
 * NULL: no memory. */
static struct cors_header *group_by_name(const struct cors_header_list *list,
                                         struct cors_arena *arena)
{
    struct cors_header *groups = ARENA_NEW(arena, struct cors_header, list->count);
    struct cors_header *spare = ARENA_NEW(arena, struct cors_header, list->count);
    if (spare == NULL)
        return NULL;
    for (size_t i = 0; i < list->count; i++)
        groups[i] =
            (struct cors_header){bytes_lowercase(list->at[i].name, arena), list->at[i].value};
    sort_by_name(groups, list->count, spare);
    return arena->exhausted ? NULL : groups;
}

/* The headers of that name, which are the first from `at` on. */
static struct cors_header_list group_of(struct cors_bytes name, struct cors_header *at,
                                        const struct cors_header *end)
{
    struct cors_header_list group = {.at = at};
    while (at + group.count < end && bytes_equal(at[group.count].name, name))
        group.count++;
    return group;
}

/* https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine */
struct cors_header_list cors_header_list_sort_and_combine(const struct cors_header_list *list,
                                                          struct cors_arena *arena)
{
    /* 1. A new list. It will not be longer than this one. */
    struct cors_header_list headers =
        header_list_clone(&(struct cors_header_list){0}, list->count, arena);

    /* 2. All names, each once, in lower case. */
    const struct cors_values names = sorted_header_names(list, arena);

    /* 3. One name after the other. Its headers are the next group, so that none is searched for. */
    struct cors_header *groups = group_by_name(list, arena);
    if (groups == NULL)
        return (struct cors_header_list){0};
    struct cors_header_list group = {.at = groups};
    for (size_t i = 0; i < names.count; i++) {
        const struct cors_bytes name = names.at[i];
        group = group_of(name, group.at + group.count, groups + list->count);

        /* 3.1. Set-Cookie is the one header whose values cannot be joined. */
        if (bytes_equal(name, CORS_BYTES("set-cookie"))) {
            /* 3.1.1. Its values, in order. */
            /* 3.1.2. Each of them on its own. */
            for (size_t j = 0; j < group.count; j++) {
                /* 3.1.2.1. One header a value. */
                list_append(&headers, name, group.at[j].value, arena);
            }
        }
        /* 3.2. All others become one header. */
        else {
            /* 3.2.1. All values, joined. */
            struct cors_bytes value = cors_header_list_get(&group, name, arena);

            /* 3.2.2. There is one, the name came from the list. */
            /* 3.2.3. One header a name. */
            list_append(&headers, name, value, arena);
        }
    }

    /* 4. The new list. */
    return arena->exhausted ? (struct cors_header_list){0} : headers;
}

/* https://fetch.spec.whatwg.org/#header-name */
bool cors_is_header_name(struct cors_bytes name)
{
    return is_token(name);
}

/* https://fetch.spec.whatwg.org/#header-value */
bool cors_is_header_value(struct cors_bytes value)
{
    return strip_tab_or_space(value).len == value.len && !bytes_contain(value, '\0') &&
           !bytes_contain(value, '\n') && !bytes_contain(value, '\r');
}

/* https://fetch.spec.whatwg.org/#http-whitespace-byte */
static bool is_http_whitespace(char c)
{
    return c == '\t' || c == '\n' || c == '\r' || c == ' ';
}

/* https://fetch.spec.whatwg.org/#concept-header-value-normalize */
struct cors_bytes cors_normalize_header_value(struct cors_bytes potential_value)
{
    struct cors_bytes value = potential_value;
    while (value.len > 0 && is_http_whitespace(value.at[0])) {
        value.at++;
        value.len--;
    }
    while (value.len > 0 && is_http_whitespace(value.at[value.len - 1]))
        value.len--;
    return value;
}

bool values_contain(const struct cors_values *values, struct cors_bytes value)
{
    for (size_t i = 0; i < values->count; i++)
        if (bytes_equal(values->at[i], value))
            return true;
    return false;
}
