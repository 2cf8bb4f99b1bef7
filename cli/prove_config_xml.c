/* The CORS rules of buckets in XML, by expat: Amazon S3's AllowedOrigin, Azure Storage's
 * AllowedOrigins with commas, Google Cloud Storage's Origin. Invariant: a file that declares
 * entities is not read on, as what they stand for is not where they stand. */
#include "prove_config_tree.h"

#include <expat.h>
#include <string.h>

struct xml {
    struct reading *reading;
    XML_Parser parser;
    unsigned depth;
    const char *inside;  /* the element whose text is taken; NULL */
    struct decoded text; /* one after the other: it has room for the whole file */
    uint32_t from;
    uint64_t rule; /* the last one that began */
    const char *problem;
};

struct element {
    const char *name, *what, *preset;
};

static const struct element elements[] = {
    {"AllowedOrigin", "Amazon S3, AllowedOrigin", "s3"},
    {"AllowedOrigins", "Azure Storage, AllowedOrigins", "azure"},
    {"Origin", "Google Cloud Storage, Origin", "gcs"},
};

/* The name without what stands before a colon. */
static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon == NULL ? name : colon + 1;
}

static uint32_t place(const struct xml *xml)
{
    const XML_Index index = XML_GetCurrentByteIndex(xml->parser);
    const size_t len = xml->reading->bytes.len;
    return index < 0 || (size_t)index > len ? (uint32_t)len : (uint32_t)index;
}

static void begin(void *context, const XML_Char *name, const XML_Char **attributes)
{
    (void)attributes;
    struct xml *xml = context;
    const char *local = local_name(name);
    if (++xml->depth > MOST_DEPTH) {
        xml->problem = "the file is nested too deep";
        XML_StopParser(xml->parser, XML_FALSE);
        return;
    }
    if (strcmp(local, "CORSRule") == 0 || strcmp(local, "CorsRule") == 0 ||
        strcmp(local, "Cors") == 0)
        xml->rule = (uint64_t)place(xml) + 1;
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (strcmp(local, elements[i].name) == 0) {
            xml->inside = elements[i].name;
            xml->from = place(xml);
            xml->text.len = 0;
        }
}

static void text(void *context, const XML_Char *bytes, int len)
{
    struct xml *xml = context;
    const uint32_t from = place(xml);
    const bool as_is = XML_GetCurrentByteCount(xml->parser) == len;
    if (xml->inside == NULL)
        return;
    for (int i = 0; i < len && xml->text.len < xml->reading->bytes.len; i++)
        decode_byte(&xml->text, bytes[i], as_is ? from + (uint32_t)i : from);
}

static void end(void *context, const XML_Char *name)
{
    struct xml *xml = context;
    xml->depth--;
    if (xml->inside == NULL || strcmp(local_name(name), xml->inside) != 0)
        return;
    const uint32_t to = place(xml);
    struct decoded copy = decode_begin(xml->reading, xml->text.len);
    for (size_t i = 0; i < xml->text.len; i++)
        decode_byte(&copy, xml->text.at[i], xml->text.offsets[i]);
    const struct config_string string = decode_end(&copy, to);
    struct found found = {.from = xml->from, .to = to, .key = xml->rule};
    const char *preset = "s3";
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (xml->inside == elements[i].name) {
            found.what = elements[i].what;
            preset = elements[i].preset;
        }
    xml->inside = NULL;
    find_setting(xml->reading, &found, preset, string);
}

static void entity(void *context, const XML_Char *name, int is_parameter, const XML_Char *value,
                   int len, const XML_Char *base, const XML_Char *system, const XML_Char *public,
                   const XML_Char *notation)
{
    struct xml *xml = context;
    (void)name, (void)is_parameter, (void)value, (void)len;
    (void)base, (void)system, (void)public, (void)notation;
    xml->problem = "the file declares entities";
    XML_StopParser(xml->parser, XML_FALSE);
}

void read_xml(struct reading *reading)
{
    struct xml xml = {.reading = reading, .parser = XML_ParserCreate(NULL)};
    if (xml.parser == NULL)
        return;
    xml.text = decode_begin(reading, reading->bytes.len);
    XML_SetUserData(xml.parser, &xml);
    XML_SetElementHandler(xml.parser, begin, end);
    XML_SetCharacterDataHandler(xml.parser, text);
    XML_SetEntityDeclHandler(xml.parser, entity);
    if (XML_Parse(xml.parser, reading->bytes.at, (int)reading->bytes.len, 1) != XML_STATUS_OK) {
        const char *problem =
            xml.problem != NULL ? xml.problem : XML_ErrorString(XML_GetErrorCode(xml.parser));
        find_broken(reading, place(&xml),
                    memory_format(reading->memory, "this is not well-formed: %s", problem).at);
    }
    XML_ParserFree(xml.parser);
}
