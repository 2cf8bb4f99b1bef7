/* Fetch Standard, section "Methods" (https://fetch.spec.whatwg.org/#methods). Methods are
 * case-sensitive: only the six that normalisation knows are ever changed, and a forbidden method is
 * forbidden in any case. */
#include "headers.h"

/* https://fetch.spec.whatwg.org/#concept-method */
bool cors_is_method(struct cors_bytes method)
{
    return is_token(method);
}

/* https://fetch.spec.whatwg.org/#cors-safelisted-method */
bool cors_is_cors_safelisted_method(struct cors_bytes method)
{
    return (method_sets(method) & METHOD_CORS_SAFELISTED) != 0;
}

/* https://fetch.spec.whatwg.org/#forbidden-method */
bool cors_is_forbidden_method(struct cors_bytes method)
{
    return (method_sets(method) & METHOD_FORBIDDEN) != 0;
}

/* https://fetch.spec.whatwg.org/#concept-method-normalize */
struct cors_bytes cors_normalize_method(struct cors_bytes method)
{
    return method_normalized(method);
}
