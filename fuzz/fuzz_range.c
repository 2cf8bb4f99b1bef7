/* A raw value of Range: whether it is safelisted, against a naive answer.
 * https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
#include "oracles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cors_arena arena = input_arena();
    const struct cors_bytes value = input_bytes(data, size);
    must_hold(cors_is_cors_safelisted_request_header(CORS_BYTES("rAnge"), value, &arena) ==
                  is_naive_safelisted_range(value),
              "safelisted is bytes=FIRST-[LAST] and no other range", value);
    return 0;
}
