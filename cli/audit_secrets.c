/* Reports and cases are passed on, kept by CI and shown by code scanning: the values of Cookie,
 * Set-Cookie, Authorization and Proxy-Authorization
 * (https://httpwg.org/specs/rfc9110.html#field.authorization) are taken out of what was recorded as
 * soon as everything has been sent. Invariant: names and attributes of cookies stay, as the judges
 * go by them. */
#include "audit_parts.h"
#include "browser_headers.h"

#include <string.h>

/* A Set-Cookie without the cookie's value. */
static struct cors_bytes without_value(struct cors_bytes set_cookie, struct memory *memory)
{
    const char *end = set_cookie.len == 0 ? NULL : memchr(set_cookie.at, ';', set_cookie.len);
    const size_t pair = end == NULL ? set_cookie.len : (size_t)(end - set_cookie.at);
    const char *equals = pair == 0 ? NULL : memchr(set_cookie.at, '=', pair);
    const size_t name = equals == NULL ? 0 : (size_t)(equals - set_cookie.at) + 1;
    return memory_format(memory, "%.*s(not shown)%.*s", (int)name, set_cookie.at,
                         (int)(set_cookie.len - pair), set_cookie.at + pair);
}

static void hide(const struct cors_header_list *headers, struct memory *memory)
{
    for (size_t i = 0; i < headers->count; i++) {
        struct cors_header *header = &headers->at[i];
        if (is_header_named(header->name, "set-cookie"))
            header->value = without_value(header->value, memory);
        else if (is_secret_header(header->name))
            header->value = CORS_BYTES("(not shown)");
    }
}

void hide_secrets(struct audit *audit)
{
    const struct audit_result *result = &audit->result;
    for (size_t i = 0; i < result->exchange_count; i++) {
        hide(&result->exchanges[i].exchange.headers, audit->memory);
        hide(&result->exchanges[i].exchange.answer.headers, audit->memory);
    }
    hide(&audit->headers, audit->memory);
    for (size_t i = 0; i < audit->probes.count; i++)
        hide(&audit->probes.at[i].description.headers, audit->memory);
}
