/* What a pasted request says about the page that made it: the Origin header
 * (https://fetch.spec.whatwg.org/#origin-header), fetch metadata
 * (https://w3c.github.io/webappsec-fetch-metadata/), cookies and the referrer. Invariant: no header
 * that a browser would not let script set is among the script's. */
#include "curl_fetch.h"

#include "curl_data.h"
#include "url_text.h"

#include <string.h>

static enum cors_mode mode_of(const struct browser_headers *headers)
{
    const struct choice *choice =
        headers->mode.at == NULL ? NULL : choice_find(mode_words, headers->mode);
    return choice == NULL || choice->value == CORS_MODE_NAVIGATE ||
                   choice->value == CORS_MODE_WEBSOCKET
               ? CORS_MODE_DEFAULT
               : (enum cors_mode)choice->value;
}

static bool is_cross_origin(const struct fetch_description *description, struct memory *memory)
{
    return !bytes_are(origin_of_text(description->url, memory), description->origin);
}

/* The page is where the referrer says, if that is of its origin at all; more than its origin is
 * sent across origins only under a policy that wants that. */
static void take_referrer(struct curl_fetch *fetch, struct memory *memory)
{
    struct fetch_description *description = &fetch->description;
    const struct cors_bytes referrer = fetch->headers.referrer;
    struct cors_url url;
    if (referrer.at == NULL || !url_of_text(&url, referrer, NULL, memory) ||
        !bytes_are(origin_of_url(&url, memory), description->origin))
        return;
    description->page = referrer;
    if ((url.path.len > 1 || url.query.at != NULL) && is_cross_origin(description, memory))
        description->referrer_policy = CORS_REFERRER_POLICY_UNSAFE_URL;
}

static bool take_origin(struct curl_fetch *fetch, const char *origin, struct memory *memory,
                        struct complaint *complaint)
{
    struct cors_bytes referrer;
    fetch->description.origin = origin == NULL ? fetch->headers.origin : bytes_of(origin);
    if (fetch->description.origin.at != NULL)
        return true;
    referrer = fetch->headers.referrer.at == NULL ? (struct cors_bytes){0}
                                                  : origin_of_text(fetch->headers.referrer, memory);
    return referrer.at == NULL
               ? complain(complaint,
                          "the command has no Origin header, so --origin has to say whose "
                          "page asks, as --origin https://app.example")
               : complain(complaint,
                          "the command has no Origin header, so --origin has to say whose page "
                          "asks; its Referer is of --origin %s",
                          escaped(referrer));
}

/* What the browser sent it was allowed to send, so each cookie has the attributes that this takes.
 */
static const char *cookies_of(const struct curl_fetch *fetch, struct memory *memory)
{
    static const char https[] = "https:";
    const struct cors_bytes url = fetch->description.url;
    const bool secure = url.len > strlen(https) && memcmp(url.at, https, strlen(https)) == 0;
    struct cors_bytes rest = fetch->headers.cookie;
    struct curl_body cookies = {.bytes = CORS_BYTES("")};
    while (rest.len > 0) {
        const char *end = memchr(rest.at, ';', rest.len);
        const size_t len = end == NULL ? rest.len : (size_t)(end - rest.at);
        curl_append(&cookies, "", (struct cors_bytes){rest.at, len}, memory);
        curl_append(&cookies, "", bytes_of(secure ? "; Secure; SameSite=None;" : ";"), memory);
        rest = end == NULL ? CORS_BYTES("") : (struct cors_bytes){end + 1, rest.len - len - 1};
    }
    return cookies.bytes.at;
}

static void describe(struct curl_fetch *fetch, const struct curl_command *command,
                     struct memory *memory)
{
    struct fetch_description *description = &fetch->description;
    description->method = command->method;
    description->headers = fetch->headers.script;
    description->body = command->body;
    if (command->body.at != NULL)
        description->body_type =
            command->body_type.at == NULL ? CORS_BYTES("") : command->body_type;
    description->mode = mode_of(&fetch->headers);
    fetch->cookies =
        fetch->headers.cookie.at == NULL ? command->cookie_file : cookies_of(fetch, memory);
    if (fetch->headers.credentials && is_cross_origin(description, memory))
        description->credentials_mode = CORS_CREDENTIALS_INCLUDE;
    if (fetch->headers.no_cache)
        description->cache_mode = CORS_CACHE_RELOAD;
    fetch->navigation =
        fetch->headers.mode.at != NULL && bytes_are_string(fetch->headers.mode, "navigate");
    take_referrer(fetch, memory);
}

bool curl_fetch_read(struct curl_fetch *fetch, const char *given, enum shell shell,
                     const char *origin, struct memory *memory, struct complaint *complaint)
{
    struct curl_command command;
    struct cors_bytes text;
    *fetch = (struct curl_fetch){0};
    if (!curl_command_text(given, &text, memory, complaint) ||
        !curl_command_read(&command, text, shell, memory, complaint))
        return false;
    fetch->headers = browser_headers_of(&command.headers, memory);
    fetch->transport = command.transport;
    fetch->description.url = command.url;
    if (!take_origin(fetch, origin, memory, complaint)) {
        transport_flags_free(&fetch->transport);
        return false;
    }
    describe(fetch, &command, memory);
    return true;
}

const char *curl_fetch_note(const struct curl_fetch *fetch, struct memory *memory)
{
    const struct browser_headers *headers = &fetch->headers;
    struct cors_bytes note = CORS_BYTES("");
    if (headers->added.at != NULL)
        note = memory_format(memory,
                             "In the pasted command these headers are the browser's own, not the "
                             "script's: %s. ",
                             headers->added.at);
    if (headers->credentials && fetch->description.credentials_mode == CORS_CREDENTIALS_INCLUDE)
        note =
            memory_format(memory,
                          "%sCookies went along to another origin, or would have, so credentials "
                          "are taken to be \"include\". ",
                          note.at);
    if (headers->no_cache)
        note = memory_format(memory,
                             "%sThe browser went past its cache, as it does while DevTools has it "
                             "disabled: that asks for no preflight. ",
                             note.at);
    if (fetch->navigation)
        note = memory_format(memory,
                             "%sThe command was copied from the load of a page, which CORS does "
                             "not ask about: here it is what a script's fetch() would do. ",
                             note.at);
    return note.len == 0 ? NULL : memory_format(memory, "%.*s", (int)note.len - 1, note.at).at;
}
