/* A raw URL, and in a second line the base: parsing and serializing, https://url.spec.whatwg.org/
 */
#include "oracles.h"
#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cors_arena arena = input_arena();
    struct cors_bytes rest = input_bytes(data, size);
    const struct cors_bytes input = take_line(&rest), base_line = take_line(&rest);
    struct cors_url base, url, again;
    const bool has_base =
        base_line.at != NULL &&
        cors_url_parse(&base, base_line, NULL, cors_domain_to_ascii_by_libidn2, &arena);
    if (!cors_url_parse(&url, input, has_base ? &base : NULL, cors_domain_to_ascii_by_libidn2,
                        &arena))
        return 0;
    const struct cors_bytes text = cors_url_serialize(&url, CORS_URL_WITH_FRAGMENT, &arena);
    must_hold(cors_url_parse(&again, text, NULL, cors_domain_to_ascii_by_libidn2, &arena),
              "a serialized URL can be parsed", text);
    must_hold(bytes_are(cors_url_serialize(&again, CORS_URL_WITH_FRAGMENT, &arena), text),
              "and is serialized the same", text);
    must_hold(cors_url_equals(&url, &again, CORS_URL_WITH_FRAGMENT), "and equals it", text);
    const struct cors_origin origin = cors_url_origin(&url, NULL, &arena);
    const struct cors_bytes serialized = cors_origin_serialize(&origin, &arena);
    must_hold(!cors_url_is_http_s(&url) || origin_sendable(serialized, PROFILE_URL),
              "the model knows that a browser can send the origin", serialized);
    return 0;
}
