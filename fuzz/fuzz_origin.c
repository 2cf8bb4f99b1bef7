/* A raw origin: what the parser makes of it against the independent model, both ways. */
#include "oracles.h"
#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cors_arena arena = input_arena();
    const struct cors_bytes text = input_bytes(data, size);
    struct cors_url url = {0};
    struct origin_parts parts;
    struct cors_bytes serialized = {0};
    if (cors_url_parse(&url, text, NULL, cors_domain_to_ascii_by_libidn2, &arena) &&
        cors_url_is_http_s(&url)) {
        const struct cors_origin origin = cors_url_origin(&url, NULL, &arena);
        serialized = cors_origin_serialize(&origin, &arena);
        must_hold(cors_is_url_potentially_trustworthy(&url, NULL, &arena) ==
                      cors_is_origin_potentially_trustworthy(&origin),
                  "a URL is trusted as its origin is", text);
    }
    const bool is_origin =
        bytes_are_string(text, "null") || (serialized.at != NULL && bytes_are(text, serialized));
    must_hold(is_origin == origin_sendable(text, PROFILE_URL),
              "sendable is what the parser gives back unchanged", text);
    for (enum profile profile = PROFILE_ABNF; profile < PROFILE_COUNT; profile++)
        must_hold(is_origin || !origin_sendable(text, profile), "no browser sends more", text);
    must_hold(is_origin == origin_take_apart(text, &parts), "what is sendable has parts", text);
    return 0;
}
