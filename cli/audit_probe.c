/* What an audit asks: the front end's own requests in every engine, and fetches by others and of
 * other things that show how the server decides. Each is a fetch of a page's script
 * (https://fetch.spec.whatwg.org/#fetch-method), so that a browser could send it and a case can
 * repeat it. Invariants: the list depends on the options alone; what is no part of the front end's
 * requests is GET, HEAD or a preflight only. */
#include "audit_hunt.h"
#include "audit_parts.h"
#include "case.h"

#include <string.h>
#include <strings.h>

/* Names that nobody has, in a domain that nobody can have:
 * https://www.rfc-editor.org/rfc/rfc6761#section-6.5 */
#define STRANGER "https://corsim-audit.example"
#define NO_SUCH_PATH "corsim-audit-no-such-path"
#define NO_SUCH_METHOD "CORSIM"
#define NO_SUCH_HEADER "x-corsim-audit"

/* ---- Planning ------------------------------------------------------------------------------- */

static struct audit_probe *plan(struct audit *audit, enum audit_purpose purpose,
                                struct cors_bytes origin)
{
    struct audit_probes *probes = &audit->probes;
    probes->at = memory_grow(probes->at, probes->count, &probes->capacity, sizeof *probes->at);
    struct audit_probe *probe = &probes->at[probes->count++];
    *probe = (struct audit_probe){.purpose = purpose,
                                  .description = {.url = audit->result.url,
                                                  .origin = origin,
                                                  .method = CORS_BYTES("GET"),
                                                  .credentials_mode = CORS_CREDENTIALS_INCLUDE}};
    return probe;
}

/* The front end's. */
static enum cors_credentials_mode credentials_of(const struct audit *audit)
{
    return audit->credentials ? CORS_CREDENTIALS_INCLUDE : CORS_CREDENTIALS_SAME_ORIGIN;
}

static struct cors_header_list one_header(struct audit *audit, struct cors_bytes name,
                                          struct cors_bytes value)
{
    struct cors_header *header = memory_take(audit->memory, sizeof *header);
    *header = (struct cors_header){name, value};
    return (struct cors_header_list){.at = header, .count = 1};
}

/* Asks only whether the request would be let through. */
static struct audit_probe *plan_preflight(struct audit *audit, enum audit_purpose purpose,
                                          struct cors_bytes origin, struct cors_bytes method)
{
    struct audit_probe *probe = plan(audit, purpose, origin);
    probe->only_preflight = true;
    probe->description.method = method;
    if (purpose == PURPOSE_METHOD || purpose == PURPOSE_HEADER)
        probe->description.credentials_mode = credentials_of(audit);
    return probe;
}

static void plan_header(struct audit *audit, enum audit_purpose purpose, struct cors_bytes origin,
                        struct cors_bytes name, struct cors_bytes value)
{
    plan_preflight(audit, purpose, origin, CORS_BYTES("GET"))->description.headers =
        one_header(audit, name, value);
}

static bool has_body(struct cors_bytes method)
{
    return !bytes_are_string(method, "GET") && !bytes_are_string(method, "HEAD");
}

void plan_front_end(struct audit *audit)
{
    struct audit_result *result = &audit->result;
    const size_t methods = audit->methods.count;
    result->request_count = audit->origins.count * methods;
    result->requests = memory_take(audit->memory, result->request_count * sizeof *result->requests);
    for (size_t i = 0; i < result->request_count; i++) {
        const struct cors_bytes method = bytes_of(audit->methods.at[i % methods]);
        result->requests[i] = (struct audit_request){.origin = result->origins[i / methods],
                                                     .method = method,
                                                     .url = result->url,
                                                     .headers = audit->headers,
                                                     .credentials = audit->credentials};
        for (size_t engine = 0; engine < ENGINE_COUNT; engine++) {
            struct audit_probe *probe = plan(audit, PURPOSE_FRONT_END, result->requests[i].origin);
            probe->engine = (enum cors_engine)engine;
            probe->request = i;
            probe->description.method = method;
            probe->description.headers = audit->headers;
            probe->description.credentials_mode = credentials_of(audit);
            if (has_body(method))
                probe->description.body = audit->body;
        }
    }
}

/* The URL with another last segment, without query. */
static struct cors_bytes sibling(struct audit *audit)
{
    struct cors_bytes url = audit->result.url;
    const char *end = memchr(url.at, '?', url.len);
    size_t len = end == NULL ? url.len : (size_t)(end - url.at);
    while (len > 0 && url.at[len - 1] != '/')
        len--;
    return memory_format(audit->memory, "%.*s" NO_SUCH_PATH, (int)len, url.at);
}

static void plan_errors(struct audit *audit, struct cors_bytes origin)
{
    struct audit_probe *probe = plan(audit, PURPOSE_NOT_FOUND, origin);
    probe->description.url = sibling(audit);
    probe->description.credentials_mode = credentials_of(audit);
    if (audit->error_path.at == NULL)
        return;
    probe = plan(audit, PURPOSE_ERROR_PATH, origin);
    probe->description.url = audit->error_path;
    probe->description.credentials_mode = credentials_of(audit);
}

/* What the server's allowlists hold besides what the front end needs; and, of what it needs, each
 * by itself, so that it is known which of it a preflight is refused for. */
static void plan_lists(struct audit *audit, struct cors_bytes origin)
{
    static const char *const methods[] = {"PUT", "DELETE", "PATCH", NO_SUCH_METHOD};
    static const char *const headers[][2] = {{"content-type", "application/json"},
                                             {"authorization", "Bearer corsim-audit"},
                                             {NO_SUCH_HEADER, "1"}};
    struct audit_probe *get = plan_preflight(audit, PURPOSE_METHOD, origin, CORS_BYTES("GET"));
    get->description.api = CORS_ENTRY_XMLHTTPREQUEST;
    get->description.use_cors_preflight = true;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        plan_preflight(audit, PURPOSE_METHOD, origin, bytes_of(methods[i]));
    for (size_t i = 0; i < audit->methods.count && audit->says_methods; i++)
        plan_preflight(audit, PURPOSE_METHOD, origin, bytes_of(audit->methods.at[i]));
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        plan_header(audit, PURPOSE_HEADER, origin, bytes_of(headers[i][0]),
                    bytes_of(headers[i][1]));
    for (size_t i = 0; i < audit->headers.count; i++)
        plan_header(audit, PURPOSE_HEADER, origin, audit->headers.at[i].name,
                    audit->headers.at[i].value);
}

/* A shared cache in front of the server answers for it: what the server itself says needs a URL
 * that nobody has asked for yet. */
static void plan_fresh(struct audit *audit, struct cors_bytes origin)
{
    const struct cors_bytes origins[] = {origin, CORS_BYTES(STRANGER)};
    const struct cors_bytes url = audit->result.url;
    for (unsigned i = 0; i < sizeof origins / sizeof *origins; i++)
        plan(audit, PURPOSE_FRESH, origins[i])->description.url =
            memory_format(audit->memory, "%.*s%scorsim-audit=%u-%u", (int)url.len, url.at,
                          memchr(url.at, '?', url.len) == NULL ? "?" : "&", i, audit->once);
}

/* An origin that is not meant: what it may read, and send after a preflight. */
static void plan_foreign(struct audit *audit, enum audit_purpose purpose, struct cors_bytes origin)
{
    plan(audit, purpose, origin);
    plan_preflight(audit, purpose, origin, CORS_BYTES("PUT"));
    plan_preflight(audit, purpose, origin, CORS_BYTES("DELETE"));
}

void plan_lookalike(struct audit *audit, enum audit_purpose purpose,
                    const struct lookalike *lookalike)
{
    struct audit_probe *probe = plan(audit, purpose, lookalike->origin);
    probe->user = (int)lookalike->user;
    probe->cause = (int)lookalike->cause;
    probe->how = lookalike->how;
}

static void plan_plain_http(struct audit *audit, struct cors_bytes origin)
{
    static const char https[] = "https://";
    const size_t len = sizeof https - 1;
    const struct lookalike_intent meant = {&audit->origins, &audit->intend};
    if (origin.len <= len || memcmp(origin.at, https, len) != 0)
        return;
    const struct lookalike plain = {
        .origin =
            memory_format(audit->memory, "http://%.*s", (int)(origin.len - len), origin.at + len),
        .user = USED_BY_THE_NETWORK,
        .how = "the same host, without TLS"};
    if (!is_meant(&meant, plain.origin))
        plan_lookalike(audit, PURPOSE_PLAIN_HTTP, &plain);
}

/* A plain image load, or curl: nothing says where it comes from. */
static void plan_no_origin(struct audit *audit, struct cors_bytes origin)
{
    plan(audit, PURPOSE_NO_ORIGIN, origin)->description.mode = CORS_MODE_NO_CORS;
}

static void plan_lookalikes(struct audit *audit)
{
    const struct lookalike_intent meant = {&audit->origins, &audit->intend};
    struct lookalike found[LOOKALIKES_MOST];
    const size_t count = lookalikes(&meant, found, LOOKALIKES_MOST, audit->memory);
    for (size_t i = 0; i < count; i++)
        plan_lookalike(audit, PURPOSE_HUNT, &found[i]);
}

void plan_probes(struct audit *audit)
{
    const struct cors_bytes first = audit->result.origins[0];
    plan_no_origin(audit, first);
    plan(audit, PURPOSE_METHOD, first)->description.credentials_mode = credentials_of(audit);
    struct audit_probe *head = plan(audit, PURPOSE_METHOD, first);
    head->description.method = CORS_BYTES("HEAD");
    head->description.credentials_mode = credentials_of(audit);
    plan_errors(audit, first);
    plan_foreign(audit, PURPOSE_STRANGER, CORS_BYTES(STRANGER));
    plan_foreign(audit, PURPOSE_NULL, CORS_BYTES("null"));
    for (size_t i = 0; i < audit->result.origin_count; i++)
        plan_plain_http(audit, audit->result.origins[i]);
    plan_fresh(audit, first);
    plan_lists(audit, first);
    plan_lookalikes(audit);
}

/* ---- Reading -------------------------------------------------------------------------------- */

static size_t *indices_of(struct audit *audit, const struct audit_probe *probe)
{
    size_t *indices = memory_take(audit->memory, (probe->exchange_count + 1) * sizeof *indices);
    for (size_t i = 0; i < probe->exchange_count; i++)
        indices[i] = (size_t)(probe->exchanges[i] - audit->result.exchanges);
    return indices;
}

static unsigned preflights_of(const struct audit_probe *probe)
{
    unsigned count = 0;
    for (size_t i = 0; i < probe->exchange_count; i++)
        count += probe->exchanges[i]->exchange.preflight;
    return count;
}

static void read_front_end(struct audit *audit, const struct audit_probe *probe)
{
    const struct cors_outcome *outcome = &probe->outcome;
    audit->result.requests[probe->request].verdicts[probe->engine] = (struct audit_verdict){
        .asked = probe->played,
        .verdict = probe->verdict,
        .assumed = probe->assumed,
        .step = probe->played ? outcome_step(outcome, audit->memory) : CORS_BYTES(""),
        .error = outcome->error,
        .reason = probe->reason,
        .in_preflight = outcome->in_preflight,
        .preflights = preflights_of(probe),
        .status = outcome->status,
        .exchanges = indices_of(audit, probe),
        .exchange_count = probe->exchange_count};
}

enum audit_reach reach_of(struct audit *audit, const struct audit_exchange *exchange)
{
    const struct cors_bytes allowed = header_of(audit, exchange, "Access-Control-Allow-Origin");
    if (exchange->exchange.answer.network_error)
        return REACH_UNKNOWN;
    if (allowed.at == NULL)
        return REACH_NO;
    if (bytes_are_string(allowed, "*"))
        return REACH_PUBLIC;
    if (!bytes_are(allowed, exchange->origin))
        return REACH_NO;
    return allows_credentials(audit, exchange) ? REACH_WITH_CREDENTIALS : REACH_PUBLIC;
}

void read_probes(struct audit *audit)
{
    for (size_t i = 0; i < audit->probes.count; i++)
        if (audit->probes.at[i].purpose == PURPOSE_FRONT_END)
            read_front_end(audit, &audit->probes.at[i]);
    read_stranger(audit);
}

struct cors_bytes header_of(struct audit *audit, const struct audit_exchange *exchange,
                            const char *name)
{
    return combined_value(&exchange->exchange.answer.headers, bytes_of(name), audit->memory);
}

const struct audit_exchange *last_answer(const struct audit_probe *probe, bool preflight)
{
    for (size_t i = probe->exchange_count; i > 0; i--) {
        const struct exchange *exchange = &probe->exchanges[i - 1]->exchange;
        if (exchange->preflight == preflight && !exchange->answer.network_error)
            return probe->exchanges[i - 1];
    }
    return NULL;
}

bool passed_preflight(const struct audit_probe *probe)
{
    return probe->withheld && last_answer(probe, true) != NULL;
}

const struct audit_probe *next_of(const struct audit *audit, enum audit_purpose purpose,
                                  size_t *from)
{
    while (*from < audit->probes.count) {
        const struct audit_probe *probe = &audit->probes.at[(*from)++];
        if (probe->purpose == purpose && probe->played && probe->exchange_count > 0)
            return probe;
    }
    return NULL;
}

const struct audit_probe *first_of(const struct audit *audit, enum audit_purpose purpose)
{
    size_t from = 0;
    return next_of(audit, purpose, &from);
}

bool allows_credentials(struct audit *audit, const struct audit_exchange *exchange)
{
    return bytes_are_string(header_of(audit, exchange, "Access-Control-Allow-Credentials"), "true");
}

bool list_has(struct cors_bytes list, struct cors_bytes name, bool caseless)
{
    for (size_t at = 0; at < list.len;) {
        const char *comma = memchr(list.at + at, ',', list.len - at);
        const size_t end = comma == NULL ? list.len : (size_t)(comma - list.at);
        const struct cors_bytes one =
            cors_normalize_header_value((struct cors_bytes){list.at + at, end - at});
        if (one.len == name.len && (caseless ? strncasecmp(one.at, name.at, one.len)
                                             : memcmp(one.at, name.at, one.len)) == 0)
            return true;
        at = end + 1;
    }
    return false;
}

bool is_of_a_cache(struct audit *audit, const struct audit_exchange *exchange)
{
    static const char *const names[] = {
        "Age", "X-Cache", "X-Cache-Status", "CF-Cache-Status", "X-Varnish", "Cache-Status"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (header_of(audit, exchange, names[i]).at != NULL)
            return true;
    return false;
}

bool is_ok(const struct audit_exchange *exchange)
{
    const unsigned status = exchange->exchange.answer.status;
    return !exchange->exchange.answer.network_error && status >= 200 && status < 300;
}
