/* Names: of groups, in references to them, and of properties of characters. */
#include "parse.h"

#include <string.h>

enum { MOST_NAME = 32 };

static bool is_word(unsigned char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_';
}

/* ---- Groups -------------------------------------------------------------------------------- */

/* The length of the name at the position; 0: none that every dialect takes. */
static size_t name_length(struct parser *parser, char close)
{
    const unsigned char *at = parser->at + parser->position;
    const size_t left = parser->length - parser->position;
    size_t length = 0;
    while (length < left && is_word(at[length]))
        length++;
    if (length == 0 || length == left || length > MOST_NAME || at[length] != (unsigned char)close ||
        (at[0] >= '0' && at[0] <= '9') ||
        (parser->dialect == DIALECT_JAVA && memchr(at, '_', length) != NULL))
        return 0;
    return length;
}

static const struct group_name *name_of(const struct parser *parser, size_t length)
{
    for (unsigned i = 0; i < parser->name_count; i++)
        if (parser->names[i].length == length &&
            memcmp(parser->at + parser->names[i].start, parser->at + parser->position, length) == 0)
            return &parser->names[i];
    return NULL;
}

bool parse_name(struct parser *parser, char close)
{
    const size_t start = parser->position, length = name_length(parser, close);
    if (length == 0)
        return refuse_unmodelled(parser, start, "a name of a group: letters and digits") != NULL;
    if (name_of(parser, length) != NULL)
        return refuse_unmodelled(parser, start, "a name that another group has") != NULL;
    if (parser->name_count == MOST_NAMES)
        return refuse_unmodelled(parser, start, "so many groups with names") != NULL;
    parser->names[parser->name_count++] = (struct group_name){start, length, parser->groups + 1};
    parser->position += length + 1;
    return true;
}

struct node *new_reference(struct parser *parser, uint32_t number, size_t start)
{
    if (parser->behind > 0 && parser->dialect == DIALECT_PYTHON)
        return refuse_unmodelled(parser, start, "a reference within a look-behind");
    struct node *node = new_node(parser, NODE_REFERENCE, start);
    if (node == NULL)
        return NULL;
    node->number = number;
    node->ignore_case = parser->ignore_case;
    if (number > parser->references_most) {
        parser->references_most = number;
        parser->reference_column = (uint32_t)start + 1;
    }
    return node;
}

struct node *parse_named_reference(struct parser *parser, size_t start, char close)
{
    const size_t length = name_length(parser, close);
    const struct group_name *name = length == 0 ? NULL : name_of(parser, length);
    if (name == NULL || name->number > MOST_REFERENCE || !parser->closed[name->number])
        return refuse_unmodelled(parser, start, "a reference to a name that is not complete yet");
    parser->position += length + 1;
    return new_reference(parser, name->number, start);
}

/* ---- Properties ---------------------------------------------------------------------------- */

/* Those of ASCII that every dialect with properties has, as ranges. */
static const struct {
    const char *name, *ranges;
} properties[] = {
    {"L", "AZaz"},
    {"Lu", "AZ"},
    {"Ll", "az"},
    {"N", "09"},
    {"Nd", "09"},
    {"P", "!#%*,/:;?@[]__{{}}"},
    {"S", "$$++<>^^``||~~"},
    {"Z", "  "},
    {"Zs", "  "},
};

bool parse_property(struct parser *parser, struct byte_set *set)
{
    const size_t start = parser->position - 1;
    const bool negated = parser->at[parser->position++] == 'P';
    const unsigned char *at = parser->at + parser->position;
    const size_t left = parser->length - parser->position;
    struct byte_set found = {{0, 0}};
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++) {
        const size_t length = strlen(properties[i].name);
        if (left < length + 2 || at[0] != '{' || at[length + 1] != '}' ||
            memcmp(at + 1, properties[i].name, length) != 0)
            continue;
        if (parser->ignore_case && (i == 1 || i == 2))
            break;
        for (const char *range = properties[i].ranges; *range != '\0'; range += 2)
            for (unsigned byte = (unsigned char)range[0]; byte <= (unsigned char)range[1]; byte++)
                set_add(&found, byte);
        *set = (struct byte_set){{0, 0}};
        for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
            if (set_has(&found, byte) != negated)
                set_add(set, byte);
        parser->position += length + 2;
        return true;
    }
    return refuse_unmodelled(parser, start, "a property that the prover does not know") != NULL;
}
