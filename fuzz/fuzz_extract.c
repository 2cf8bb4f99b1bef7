/* A raw header block: the values of the headers that have a grammar, and the CORS check.
 * https://fetch.spec.whatwg.org/#extract-header-list-values */
#include "oracles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const single[] = {"Access-Control-Allow-Origin",
                                         "Access-Control-Max-Age",
                                         "Access-Control-Allow-Credentials",
                                         "Location",
                                         "Origin",
                                         "Cross-Origin-Resource-Policy"};
    struct cors_arena arena = input_arena();
    const struct cors_header_list list = header_block(input_bytes(data, size), &arena);
    extraction_oracles(CORS_BYTES("Access-Control-Allow-Methods"), &list, &arena);
    extraction_oracles(CORS_BYTES("Access-Control-Allow-Headers"), &list, &arena);
    extraction_oracles(CORS_BYTES("Access-Control-Expose-Headers"), &list, &arena);
    check_oracles(&list, &arena);
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        struct cors_values values =
            cors_extract_header_list_values(bytes_of(single[i]), &list, &arena);
        must_hold(values.kind != CORS_VALUES_LIST || values.count == 1,
                  "a header that there is one of has one value", bytes_of(single[i]));
    }
    return 0;
}
