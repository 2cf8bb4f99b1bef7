/* Lines: a URL behind "> " that the user goes to, and Set-Cookie values that come back.
 * https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#storage-model */
#include "oracles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cookie_oracles(input_bytes(data, size));
    return 0;
}
