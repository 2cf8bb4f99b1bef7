/* A raw value of Content-Type: parsing it, https://mimesniff.spec.whatwg.org/#parse-a-mime-type */
#include "oracles.h"

#include "fetch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cors_arena arena = input_arena();
    const struct cors_bytes value = cors_normalize_header_value(input_bytes(data, size));
    const struct mime_type type = parse_a_mime_type(value, &arena);
    struct cors_header header = {CORS_BYTES("content-TYPE"), value};
    const struct cors_header_list list = {.at = &header, .count = 1};
    const bool safelisted = cors_is_cors_safelisted_request_header(header.name, value, &arena);
    extract_a_mime_type(NULL, &list, &arena);
    must_hold(!safelisted || !type.failure, "what is safelisted is a type", value);
    if (type.failure)
        return 0;
    must_hold(bytes_equal(type.essence, bytes_lowercase(type.essence, &arena)),
              "an essence is lower case", type.essence);
    must_hold(bytes_equal(parse_a_mime_type(type.essence, &arena).essence, type.essence),
              "an essence is a type with that essence", type.essence);
    if (!is_null(type.charset)) {
        const struct cors_bytes made = serialize_with_charset(value, CORS_BYTES("UTF-8"), &arena);
        must_hold(bytes_equal(parse_a_mime_type(made, &arena).charset, CORS_BYTES("UTF-8")),
                  "a charset that is set is parsed again", made);
    }
    return 0;
}
