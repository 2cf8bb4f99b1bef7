/* RFC 6265bis, section 5.6, "The Set-Cookie Header Field"
 * (https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#set-cookie): from a header
 * value to a name, a value and attributes. Invariants: no byte is decoded or changed; of an
 * attribute that is repeated the last that makes sense counts; dates are cut to the 400 days that
 * the draft allows. */
#include "cookies.h"

enum { MOST_NAME_AND_VALUE = 4096, MOST_ATTRIBUTE_VALUE = 1024 };
enum { COOKIE_AGE_LIMIT = 400 * 24 * 60 * 60 };

static bool is_control(char c)
{
    const unsigned char byte = (unsigned char)c;
    return (byte < 0x20 && byte != '\t') || byte == 0x7F;
}

static bool has_control(struct cors_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (is_control(bytes.at[i]))
            return true;
    return false;
}

/* Where the first such byte is; the length if there is none. */
static size_t find_byte(struct cors_bytes bytes, char byte)
{
    const char *found = bytes.len == 0 ? NULL : memchr(bytes.at, byte, bytes.len);
    return found == NULL ? bytes.len : (size_t)(found - bytes.at);
}

/* What is left of a full stop or the like, and what is right of it. */
static void split_at(struct cors_bytes bytes, size_t at, struct cors_bytes *left,
                     struct cors_bytes *right)
{
    *left = bytes_slice(bytes, 0, at);
    *right = at < bytes.len ? bytes_slice(bytes, at + 1, bytes.len) : CORS_BYTES("");
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#ua-attribute-expires */
static void take_expires(const struct steps *caller, struct cors_bytes value,
                         struct received_cookie *cookie)
{
    struct steps s = begin(caller, "ua-attribute-expires");

    /* 1. The date. */
    uint64_t expiry_time = 0;
    const bool parsed = parse_a_cookie_date(&s, value, &expiry_time);

    /* 2. What is no date does not count. */
    if (whether(&s, "2", !parsed))
        return;

    /* 3. No cookie lives longer than 400 days. */
    const uint64_t limit = agent_of(&s)->now + COOKIE_AGE_LIMIT;

    /* 4. Later dates are cut to that. */
    if (whether(&s, "4", expiry_time > limit))
        expiry_time = limit;

    /* 5. Dates before 1970 have become that already. */
    /* 6. The attribute. */
    cookie->has_expires = cookie->expires_is_last = true;
    cookie->expires = expiry_time;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#ua-attribute-max-age */
static void take_max_age(const struct steps *caller, struct cors_bytes value,
                         struct received_cookie *cookie)
{
    struct steps s = begin(caller, "ua-attribute-max-age");
    const uint64_t now = agent_of(&s)->now;

    /* 1. Nothing does not count, */
    if (whether(&s, "1", value.len == 0))
        return;

    /* 2. nor does what begins with anything but a number, */
    const bool negative = value.at[0] == '-';
    const struct cors_bytes digits = bytes_slice(value, negative ? 1 : 0, value.len);
    if (whether(&s, "2", digits.len == 0 || !is_ascii_digit(digits.at[0])))
        return;

    /* 3. or goes on with anything else. */
    for (size_t i = 0; i < digits.len; i++)
        if (whether(&s, "3", !is_ascii_digit(digits.at[i])))
            return;

    /* 4. The number, as large as fits. */
    uint64_t delta_seconds = parse_delta_seconds(digits);

    /* 5. No cookie lives longer than 400 days: */
    /* 6. a larger number is cut to that. */
    if (whether(&s, "6", delta_seconds > COOKIE_AGE_LIMIT))
        delta_seconds = COOKIE_AGE_LIMIT;

    /* 7. Nothing and less: the beginning of time. Otherwise so many seconds from now. */
    const bool is_past = whether(&s, "7", negative || delta_seconds == 0);

    /* 8. The attribute. */
    cookie->has_max_age = true;
    cookie->expires_is_last = false;
    cookie->max_age = is_past ? 0 : now + delta_seconds;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#the-domain-attribute */
static void take_domain(const struct steps *caller, struct cors_bytes value,
                        struct received_cookie *cookie)
{
    struct steps s = begin(caller, "the-domain-attribute");

    /* 1. The domain. */
    struct cors_bytes cookie_domain = value;

    /* 2. A full stop in front has no meaning. */
    if (whether(&s, "2", value.len > 0 && value.at[0] == '.'))
        cookie_domain = bytes_slice(value, 1, value.len);

    /* 3. In lower case. */
    cookie_domain = bytes_lowercase(cookie_domain, arena_of(&s));

    /* 4. The attribute. */
    cookie->domain = cookie_domain;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#the-path-attribute */
static void take_path(const struct steps *caller, struct cors_bytes value,
                      struct received_cookie *cookie)
{
    struct steps s = begin(caller, "the-path-attribute");

    /* 1. A path begins with a slash. */
    if (whether(&s, "1", value.len == 0 || value.at[0] != '/')) {
        /* 1.a.1. What does not counts as if nothing were said. */
        value = null_bytes();
    }
    /* 1.b.1. What does is the path. */
    /* 2. The attribute. */
    cookie->path = value;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#the-samesite-attribute */
static void take_same_site(const struct steps *caller, struct cors_bytes value,
                           struct received_cookie *cookie)
{
    struct steps s = begin(caller, "the-samesite-attribute");

    /* 1. In an unknown word nothing is said. */
    enum cors_same_site_attribute enforcement = CORS_SAME_SITE_DEFAULT;

    /* 2. Every request. */
    if (whether(&s, "2", byte_case_insensitive_match(value, CORS_BYTES("None"))))
        enforcement = CORS_SAME_SITE_NONE;

    /* 3. Requests from the cookie's own site. */
    if (whether(&s, "3", byte_case_insensitive_match(value, CORS_BYTES("Strict"))))
        enforcement = CORS_SAME_SITE_STRICT;

    /* 4. These, and links that lead there. */
    if (whether(&s, "4", byte_case_insensitive_match(value, CORS_BYTES("Lax"))))
        enforcement = CORS_SAME_SITE_LAX;

    /* 5. The attribute. */
    cookie->same_site = enforcement;
}

/* The attributes, each by its section. */
static void take_attribute(const struct steps *s, struct cors_bytes name, struct cors_bytes value,
                           struct received_cookie *cookie)
{
    if (byte_case_insensitive_match(name, CORS_BYTES("Expires")))
        take_expires(s, value, cookie);
    else if (byte_case_insensitive_match(name, CORS_BYTES("Max-Age")))
        take_max_age(s, value, cookie);
    else if (byte_case_insensitive_match(name, CORS_BYTES("Domain")))
        take_domain(s, value, cookie);
    else if (byte_case_insensitive_match(name, CORS_BYTES("Path")))
        take_path(s, value, cookie);
    else if (byte_case_insensitive_match(name, CORS_BYTES("Secure")))
        cookie->secure = true;
    else if (byte_case_insensitive_match(name, CORS_BYTES("HttpOnly")))
        cookie->http_only = true;
    else if (byte_case_insensitive_match(name, CORS_BYTES("SameSite")))
        take_same_site(s, value, cookie);
    else if (byte_case_insensitive_match(name, CORS_BYTES("Partitioned")))
        cookie->partitioned = true;
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#set-cookie:~:text=parse%20the%20unparsed-attributes
 */
static void parse_the_attributes(const struct steps *caller, struct cors_bytes unparsed_attributes,
                                 struct received_cookie *cookie)
{
    struct steps s = begin(caller, "set-cookie-attributes");

    /* 1. As long as there are any: */
    while (whether(&s, "1", unparsed_attributes.len > 0)) {
        struct cors_bytes cookie_av, attribute_name, attribute_value;

        /* 2. The semicolon in front. */
        unparsed_attributes = bytes_slice(unparsed_attributes, 1, unparsed_attributes.len);

        /* 3. One attribute: */
        /* 3.a.1. what stands before the next semicolon, */
        /* 3.b.1. or all that is left. */
        const size_t semicolon = find_byte(unparsed_attributes, ';');
        cookie_av = bytes_slice(unparsed_attributes, 0, semicolon);
        unparsed_attributes = bytes_slice(unparsed_attributes, semicolon, unparsed_attributes.len);

        /* 4. Its name and value: */
        /* 4.a.1. left and right of the equals sign, */
        /* 4.b.1. or a name alone. */
        split_at(cookie_av, find_byte(cookie_av, '='), &attribute_name, &attribute_value);

        /* 5. Without whitespace around them. */
        attribute_name = strip_tab_or_space(attribute_name);
        attribute_value = strip_tab_or_space(attribute_value);

        /* 6. Too long a value does not count. */
        if (whether(&s, "6", attribute_value.len > MOST_ATTRIBUTE_VALUE))
            continue;

        /* 7. What it says. */
        take_attribute(&s, attribute_name, attribute_value, cookie);

        /* 8. The next one. */
    }
}

/* https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#set-cookie */
const char *parse_a_set_cookie_string(const struct steps *caller,
                                      struct cors_bytes set_cookie_string,
                                      struct received_cookie *cookie)
{
    struct steps s = begin(caller, "set-cookie");
    *cookie = (struct received_cookie){.name = set_cookie_string};

    /* 1. No control characters. */
    if (whether(&s, "1", has_control(set_cookie_string)))
        return "control-character";

    /* 2. What stands before the first semicolon is the cookie: */
    /* 2.a.1. and the rest, with the semicolon, its attributes. */
    /* 2.b.1. Without a semicolon there are none. */
    const size_t semicolon = find_byte(set_cookie_string, ';');
    const struct cors_bytes name_value_pair = bytes_slice(set_cookie_string, 0, semicolon);

    /* 3. Without an equals sign it is a value without a name. */
    const size_t equals = find_byte(name_value_pair, '=');
    if (whether(&s, "3", equals == name_value_pair.len)) {
        cookie->name = CORS_BYTES("");
        cookie->value = name_value_pair;
    } else {
        split_at(name_value_pair, equals, &cookie->name, &cookie->value);
    }

    /* 4. Without whitespace around them. */
    cookie->name = strip_tab_or_space(cookie->name);
    cookie->value = strip_tab_or_space(cookie->value);

    /* 5. Both together have at most 4096 bytes. */
    if (whether(&s, "5", cookie->name.len + cookie->value.len > MOST_NAME_AND_VALUE))
        return "too-long";

    /* 6. That is the cookie. */
    parse_the_attributes(&s, bytes_slice(set_cookie_string, semicolon, set_cookie_string.len),
                         cookie);
    return NULL;
}
