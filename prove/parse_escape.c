/* What begins with a backslash outside of a class, and the sets that both places share. */
#include "parse.h"

#include <string.h>

static const char *bytes_of(enum meaning meaning, bool *negated)
{
    static const char word[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    *negated = meaning == MEANS_NOT_DIGIT || meaning == MEANS_NOT_WORD ||
               meaning == MEANS_NOT_SPACE || meaning == MEANS_NOT_HEX || meaning == MEANS_ANY;
    switch (meaning) {
    case MEANS_DIGIT:
    case MEANS_NOT_DIGIT:
        return "0123456789";
    case MEANS_WORD:
    case MEANS_NOT_WORD:
        return word;
    case MEANS_SPACE:
    case MEANS_NOT_SPACE:
        return " ";
    case MEANS_HEX:
    case MEANS_NOT_HEX:
        return "0123456789ABCDEFabcdef";
    case MEANS_CONTROL:
    case MEANS_ANY:
        return "";
    default:
        return NULL;
    }
}

bool set_of_meaning(enum meaning meaning, unsigned char literal, struct byte_set *set)
{
    bool negated;
    *set = (struct byte_set){{0, 0}};
    if (meaning == MEANS_LITERAL) {
        set_add(set, literal);
        return true;
    }
    const char *bytes = bytes_of(meaning, &negated);
    if (bytes == NULL)
        return false;
    for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
        if ((strchr(bytes, (int)byte) != NULL) != negated)
            set_add(set, byte);
    return true;
}

void fold_case(struct byte_set *set)
{
    for (unsigned small = 'a'; small <= 'z'; small++) {
        const unsigned capital = small - ('a' - 'A');
        if (set_has(set, small) || set_has(set, capital)) {
            set_add(set, small);
            set_add(set, capital);
        }
    }
}

static int hex_value(unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = byte == 0 ? NULL : strchr(digits, byte | (byte >= 'A' ? 0x20 : 0));
    return found == NULL ? -1 : (int)(found - digits);
}

int parse_code(struct parser *parser, enum meaning meaning)
{
    const size_t start = parser->position - 1;
    const int count = meaning == MEANS_HEX_CODE ? 2 : 4;
    int code = 0;
    parser->position++;
    for (int i = 0; i < count; i++, parser->position++) {
        const int digit = is_at_end(parser) ? -1 : hex_value(parser->at[parser->position]);
        if (digit < 0) {
            refuse_unmodelled(parser, start, "a code of other than this many digits");
            return -1;
        }
        code = code * 16 + digit;
    }
    if (code >= 0x80) {
        refuse_unmodelled(parser, start, "a code beyond ASCII");
        return -1;
    }
    return code;
}

static bool is_octal(const struct parser *parser, size_t at)
{
    return at < parser->length && parser->at[at] >= '0' && parser->at[at] <= '7';
}

static struct node *parse_reference(struct parser *parser, size_t start)
{
    const enum meaning meaning = meaning_of(parser, SYNTAX_REFERENCE);
    uint32_t number = 0;
    if (looking_at(parser, "0") ||
        (parser->dialect == DIALECT_GO && is_octal(parser, parser->position) &&
         is_octal(parser, parser->position + 1)))
        return refuse_unmodelled(parser, start, "a code in octal digits");
    if (!is_known(parser, meaning, start))
        return NULL;
    while (!is_at_end(parser) && parser->at[parser->position] >= '0' &&
           parser->at[parser->position] <= '9' && number < 10000)
        number = number * 10 + (parser->at[parser->position++] - '0');
    if (number == 0 || number > 9)
        return refuse_unmodelled(parser, start, "a number after a backslash");
    if (!parser->closed[number] &&
        !is_known(parser, meaning_of(parser, SYNTAX_REFERENCE_OPEN), start))
        return NULL;
    parser->numbered = true;
    return new_reference(parser, number, start);
}

static struct node *parse_coded(struct parser *parser, enum meaning meaning, size_t start)
{
    struct byte_set set = {{0, 0}};
    const int code = parse_code(parser, meaning);
    if (code < 0)
        return NULL;
    if (code >= FIRST_BYTE && code <= LAST_BYTE)
        set_add(&set, (unsigned)code);
    if (parser->ignore_case)
        fold_case(&set);
    return new_set(parser, &set, start);
}

struct node *parse_escape(struct parser *parser)
{
    const size_t start = parser->position++;
    struct byte_set set;
    if (is_at_end(parser))
        return refuse(parser, start, "nothing stands behind the backslash");
    const unsigned char byte = parser->at[parser->position];
    if (byte >= '0' && byte <= '9')
        return parse_reference(parser, start);
    if (byte < FIRST_BYTE || byte > LAST_BYTE)
        return refuse_unmodelled(parser, start, "a backslash before what is no ASCII");
    const enum meaning meaning = (enum meaning)dialect_escapes[parser->dialect][0][byte];
    if (!is_known(parser, meaning, start))
        return NULL;
    if (meaning == MEANS_HEX_CODE || meaning == MEANS_UNICODE_CODE)
        return parse_coded(parser, meaning, start);
    if (meaning == MEANS_NAME_REFERENCE) {
        parser->position++;
        if (!looking_at(parser, "<"))
            return refuse_unmodelled(parser, start, "a reference in another form than \\k<name>");
        parser->position++;
        return parse_named_reference(parser, start, '>');
    }
    if (meaning == MEANS_PROPERTY)
        return parse_property(parser, &set) ? new_set(parser, &set, start) : NULL;
    const bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    if (meaning == MEANS_LITERAL && letter && parser->ignore_case)
        return refuse_unmodelled(parser, start, "a letter behind a backslash, in any case");
    parser->position++;
    if (meaning == MEANS_QUOTE) {
        parser->quoting = true;
        return new_node(parser, NODE_EMPTY, start);
    }
    if (set_of_meaning(meaning, byte, &set)) {
        if (parser->ignore_case)
            fold_case(&set);
        return new_set(parser, &set, start);
    }
    struct node *node = new_node(parser, NODE_ASSERTION, start);
    if (node != NULL)
        node->meaning = (uint16_t)meaning;
    return node;
}
