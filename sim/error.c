/* Which row of spec-tables/errors.tsv a network error is: by the algorithm and step that decided,
 * and where one step has several errors, by the class of the value it was about. Nothing here is
 * asked before the fetch is over, and nothing it says changes the result. */
#include "fetch.h"
#include "tables.h"

struct cors_bytes subject_of(const struct simulation *simulation)
{
    /* A value that another algorithm looked at is not what this error is about. */
    return simulation->subject_algorithm == simulation->algorithm ? simulation->subject
                                                                  : null_bytes();
}

static bool same_name(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

/* A serialized origin parses as a URL that has the very same origin. */
static bool is_serialized_origin(const struct simulation *simulation, struct cors_bytes value)
{
    struct cors_url url;
    cors_domain_to_ascii *domain_to_ascii = simulation->agent->domain_to_ascii;
    if (bytes_equal(value, CORS_BYTES("null")))
        return true;
    if (!cors_url_parse(&url, value, NULL, domain_to_ascii, simulation->arena))
        return false;
    struct cors_origin origin = cors_url_origin(&url, domain_to_ascii, simulation->arena);
    return bytes_equal(cors_origin_serialize(&origin, simulation->arena), value);
}

static bool is_redirect(struct cors_bytes status)
{
    return status.len == 3 && status.at[0] == '3' && status.at[1] == '0' &&
           (status_sets((uint16_t)(300 + (status.at[2] - '0'))) & STATUS_REDIRECT) != 0;
}

static bool has_class(const struct simulation *simulation, enum error_class class)
{
    const struct cors_bytes subject = subject_of(simulation);
    const struct serialized_origin *origin =
        &simulation->serialized_origin[simulation->engine != 0 && simulation->in_preflight];
    switch (class) {
    case ERROR_CLASS_ANY:
        return true;
    case ERROR_CLASS_WILDCARD:
        return bytes_equal(subject, CORS_BYTES("*")) ||
               same_name(simulation->subject_name, "name beside *");
    case ERROR_CLASS_LIST:
        return bytes_contain(subject, ',') || bytes_contain(subject, ' ');
    case ERROR_CLASS_NOT_AN_ORIGIN:
        return bytes_contain(subject, '*') || !is_serialized_origin(simulation, subject);
    case ERROR_CLASS_TAINTED:
        return !origin->opaque && bytes_equal(origin->bytes, CORS_BYTES("null"));
    case ERROR_CLASS_OPAQUE:
        return origin->opaque;
    case ERROR_CLASS_REDIRECT:
        return is_redirect(subject);
    case ERROR_CLASS_METHODS:
        return same_name(simulation->subject_name, "methods");
    case ERROR_CLASS_HEADERS:
        return same_name(simulation->subject_name, "headerNames");
    }
    return false;
}

const char *error_of(const struct simulation *simulation)
{
    for (size_t i = 0; i < error_row_count; i++) {
        const struct error_row *row = &error_rows[i];
        if (same_name(row->algorithm, simulation->algorithm) &&
            same_name(row->step, simulation->step) && has_class(simulation, row->class))
            return row->id;
    }
    return NULL;
}
