/* SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html). Invariants: every
 * document is valid under the schema of that version, whatever was found and whatever bytes it
 * holds; a result that is no failure has no level (section 3.27.10). */
#include "sarif.h"

#include <ctype.h>
#include <string.h>

json_t *sarif_result(const struct sarif_result *result)
{
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:{s:o}, s:o}", "ruleId", result->rule, "kind",
                  result->kind == NULL ? "fail" : result->kind, "level",
                  result->level == NULL ? "none" : result->level, "message", "text",
                  json_text(bytes_of(result->message)), "locations", result->locations);
    if (result->fingerprint.at != NULL)
        json_object_set_new(object, "partialFingerprints",
                            json_pack("{s:o}", "witness/v1", json_text(result->fingerprint)));
    if (result->properties != NULL)
        json_object_set_new(object, "properties", result->properties);
    return object;
}

json_t *sarif_rule(const char *id, const char *description)
{
    return json_pack("{s:s, s:{s:s}}", "id", id, "shortDescription", "text", description);
}

json_t *sarif_named_location(struct cors_bytes name, const char *kind)
{
    return json_pack("[{s:[{s:o, s:s}]}]", "logicalLocations", "fullyQualifiedName",
                     json_text(name), "kind", kind);
}

static bool is_percent_encoded(struct cors_bytes text, size_t at)
{
    return at + 2 < text.len && text.at[at] == '%' && isxdigit((unsigned char)text.at[at + 1]) &&
           isxdigit((unsigned char)text.at[at + 2]);
}

/* What stands in a URI as it is (https://www.rfc-editor.org/rfc/rfc3986#section-2), but for the
 * delimiters, of which `delimiters` are kept; everything else is percent-encoded. A % is kept where
 * it is one among the delimiters and begins an encoded byte. */
static const char *encoded(struct cors_bytes text, const char *delimiters, struct memory *memory)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-._~/!$&'()*+,;=@";
    char *uri = memory_take(memory, 3 * text.len + 1), *end = uri;
    for (size_t i = 0; i < text.len; i++) {
        const char byte = text.at[i];
        if (byte != '\0' && (strchr(plain, byte) != NULL || strchr(delimiters, byte) != NULL) &&
            (byte != '%' || is_percent_encoded(text, i)))
            *end++ = byte;
        else
            end += snprintf(end, 4, "%%%02X", (unsigned)(unsigned char)byte);
    }
    return uri;
}

/* Of the scheme, host and port, up to the slash. */
static size_t origin_length(struct cors_bytes url)
{
    size_t length = 0, slashes = 0;
    for (; length < url.len && strchr("?#", url.at[length]) == NULL; length++)
        if (url.at[length] == '/' && ++slashes == 3)
            break;
    return length;
}

json_t *sarif_url_location(struct cors_bytes url, struct memory *memory)
{
    const size_t origin = origin_length(url);
    const bool has_slash = origin < url.len && url.at[origin] == '/';
    const size_t from = origin + (has_slash ? 1 : 0);
    const char *fragment = memchr(url.at, '#', url.len);
    const size_t to = fragment == NULL ? url.len : (size_t)(fragment - url.at);
    const struct cors_bytes rest = {url.at + from, to - from};
    const bool is_path = rest.len > 0 && strchr("/?#", rest.at[0]) == NULL;
    const struct cors_bytes uri =
        memory_format(memory, "%s%s", is_path ? "" : "./", encoded(rest, "?%", memory));
    return json_pack("[{s:{s:{s:s, s:s}}}]", "physicalLocation", "artifactLocation", "uri", uri.at,
                     "uriBaseId", "SERVER");
}

void sarif_set_origin(json_t *log, struct cors_bytes url, struct memory *memory)
{
    const struct cors_bytes origin = {url.at, origin_length(url)};
    const struct cors_bytes base = memory_format(memory, "%s/", encoded(origin, ":[]", memory));
    json_t *run = json_array_get(json_object_get(log, "runs"), 0);
    json_object_set_new(run, "originalUriBaseIds",
                        json_pack("{s:{s:s}}", "SERVER", "uri", base.at));
}

json_t *sarif_file_location(const char *path, size_t line, size_t column, struct memory *memory)
{
    return json_pack("[{s:{s:{s:s}, s:{s:I, s:I}}}]", "physicalLocation", "artifactLocation", "uri",
                     encoded(bytes_of(path), "", memory), "region", "startLine", (json_int_t)line,
                     "startColumn", (json_int_t)column);
}

json_t *sarif_log(const char *tool, const char *trouble, json_t *rules, json_t *results)
{
    json_t *invocation = json_pack("{s:b}", "executionSuccessful", trouble == NULL);
    if (trouble != NULL)
        json_object_set_new(invocation, "toolExecutionNotifications",
                            json_pack("[{s:s, s:{s:o}}]", "level", "error", "message", "text",
                                      json_text(bytes_of(trouble))));
    return json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:s, s:o}}, s:[o], s:s, s:o}]}", "$schema",
                     "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs",
                     "tool", "driver", "name", tool, "version", cors_version(), "informationUri",
                     "https://fetch.spec.whatwg.org/#cors-check", "rules", rules, "invocations",
                     invocation, "columnKind", "unicodeCodePoints", "results", results);
}
