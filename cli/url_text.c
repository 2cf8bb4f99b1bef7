/* URLs and origins as text, by the core's parser and serializers (https://url.spec.whatwg.org/).
 * Invariant: an arena is sized by what goes in, so that none of these runs full;
 * what a result does not need is given back at once. */
#include "url_text.h"

static struct cors_arena arena_for(size_t len, struct memory *memory)
{
    size_t size = 8192 + 32 * len;
    return cors_arena_over(memory_take(memory, size), size);
}

static size_t length_of(const struct cors_url *url)
{
    return url->scheme.len + url->username.len + url->password.len + url->host.serialized.len +
           url->path.len + url->query.len + url->fragment.len;
}

bool url_of_text(struct cors_url *url, struct cors_bytes text, const struct cors_url *base,
                 struct memory *memory)
{
    struct cors_arena arena = arena_for(text.len + (base == NULL ? 0 : length_of(base)), memory);
    return cors_url_parse(url, text, base, cors_domain_to_ascii_by_libidn2, &arena);
}

struct cors_bytes url_to_text(const struct cors_url *url, enum cors_url_fragment fragment,
                              struct memory *memory)
{
    struct memory scratch = {0};
    struct cors_arena arena = arena_for(length_of(url), &scratch);
    const struct cors_bytes text = memory_copy(memory, cors_url_serialize(url, fragment, &arena));
    memory_free(&scratch);
    return text;
}

struct cors_origin url_origin(const struct cors_url *url, struct memory *memory)
{
    struct cors_arena arena = arena_for(length_of(url), memory);
    return cors_url_origin(url, cors_domain_to_ascii_by_libidn2, &arena);
}

struct cors_bytes origin_of_url(const struct cors_url *url, struct memory *memory)
{
    struct memory scratch = {0};
    struct cors_arena arena = arena_for(length_of(url), &scratch);
    const struct cors_origin origin = url_origin(url, &scratch);
    const struct cors_bytes text = memory_copy(memory, cors_origin_serialize(&origin, &arena));
    memory_free(&scratch);
    return text;
}

struct cors_bytes origin_of_text(struct cors_bytes text, struct memory *memory)
{
    struct memory scratch = {0};
    struct cors_url url;
    const struct cors_bytes origin = url_of_text(&url, text, NULL, &scratch)
                                         ? origin_of_url(&url, memory)
                                         : (struct cors_bytes){0};
    memory_free(&scratch);
    return origin;
}
