/* What stands within brackets. */
#include "parse.h"

#include <string.h>

struct class_reading {
    struct byte_set set;
    size_t start, first; /* of the class, and of what it holds */
    bool negated;
};

/* One thing in a class: a code, or a set (-1), or what is beyond ASCII (-2). */
enum { ITEM_SET = -1, ITEM_BEYOND = -2 };
struct item {
    int code;
    bool is_property;
    struct byte_set set;
};

static const struct {
    const char *name, *ranges;
    enum syntax needs;
} posix_names[] = {
    {"alpha", "AZaz", SYNTAX_CLASS_POSIX},   {"digit", "09", SYNTAX_CLASS_POSIX},
    {"alnum", "09AZaz", SYNTAX_CLASS_POSIX}, {"upper", "AZ", SYNTAX_CLASS_POSIX},
    {"lower", "az", SYNTAX_CLASS_POSIX},     {"space", "  ", SYNTAX_CLASS_POSIX},
    {"blank", "  ", SYNTAX_CLASS_POSIX},     {"punct", "!/:@[`{~", SYNTAX_CLASS_POSIX},
    {"cntrl", "", SYNTAX_CLASS_POSIX},       {"graph", "!~", SYNTAX_CLASS_POSIX},
    {"print", " ~", SYNTAX_CLASS_POSIX},     {"xdigit", "09AFaf", SYNTAX_CLASS_POSIX},
    {"word", "09AZ__az", SYNTAX_CLASS_WORD},
};

static void add_set(struct byte_set *to, const struct byte_set *set, bool negated)
{
    for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
        if (set_has(set, byte) != negated)
            set_add(to, byte);
}

/* [:name:] at the position. */
static bool parse_posix(struct parser *parser, struct byte_set *set)
{
    const size_t start = parser->position;
    parser->position += 2;
    const bool negated = looking_at(parser, "^");
    parser->position += negated;
    for (size_t i = 0; i < sizeof posix_names / sizeof *posix_names; i++) {
        const size_t length = strlen(posix_names[i].name), start_of_name = parser->position;
        if (!looking_at(parser, posix_names[i].name))
            continue;
        parser->position += length;
        if (!looking_at(parser, ":]")) {
            parser->position = start_of_name;
            continue;
        }
        if (!is_known(parser, meaning_of(parser, posix_names[i].needs), start) ||
            (negated && !is_known(parser, meaning_of(parser, SYNTAX_CLASS_POSIX_NEGATED), start)))
            return false;
        struct byte_set named = {{0, 0}};
        for (const char *range = posix_names[i].ranges; *range != '\0'; range += 2)
            for (unsigned byte = (unsigned char)range[0]; byte <= (unsigned char)range[1]; byte++)
                set_add(&named, byte);
        if (parser->ignore_case && negated && parser->dialect == DIALECT_RUBY)
            return refuse_unmodelled(parser, start, "what is not in a named class, in any case") !=
                   NULL;
        if (parser->ignore_case)
            fold_case(&named);
        add_set(set, &named, negated);
        parser->position += strlen(":]");
        return true;
    }
    return refuse_unmodelled(parser, start, "a class of characters by another name") != NULL;
}

static bool parse_class_escape(struct parser *parser, struct item *item)
{
    const size_t start = parser->position++;
    if (is_at_end(parser))
        return refuse(parser, start, "nothing stands behind the backslash") != NULL;
    const unsigned char byte = parser->at[parser->position];
    if (byte < FIRST_BYTE || byte > LAST_BYTE || (byte >= '0' && byte <= '9'))
        return refuse_unmodelled(parser, start, "a code in octal digits, or no ASCII") != NULL;
    const enum meaning meaning = (enum meaning)dialect_escapes[parser->dialect][1][byte];
    if (!is_known(parser, meaning, start))
        return false;
    if (meaning == MEANS_HEX_CODE || meaning == MEANS_UNICODE_CODE) {
        item->code = parse_code(parser, meaning);
        return item->code >= 0;
    }
    if (meaning == MEANS_PROPERTY) {
        item->code = ITEM_SET;
        item->is_property = true;
        return parse_property(parser, &item->set);
    }
    parser->position++;
    item->code = meaning == MEANS_LITERAL || byte == ' ' ? byte : ITEM_SET;
    if (meaning == MEANS_CONTROL) { /* which one does not matter, but for where a range begins */
        static const char letters[] = "abtnvfre", codes[] = "\a\b\t\n\v\f\r\x1B";
        const char *letter = strchr(letters, byte);
        const bool is_set =
            letter == NULL ||
            (byte == 'v' && (parser->dialect == DIALECT_PCRE2 || parser->dialect == DIALECT_PERL));
        item->code = is_set ? ITEM_SET : codes[letter - letters];
        item->set = (struct byte_set){{0, 0}};
        return true;
    }
    if (!set_of_meaning(meaning, byte, &item->set))
        return refuse_unmodelled(parser, start, "an escape that is no character") != NULL;
    return true;
}

static bool is_doubled(const struct parser *parser)
{
    const unsigned char byte = parser->at[parser->position];
    return parser->position + 1 < parser->length && parser->at[parser->position + 1] == byte &&
           byte != 0 && strchr("!#$%*+,.:;<=>?@^`~&", byte) != NULL;
}

/* What a raw byte in a class needs to be one. */
static bool is_raw_fine(struct parser *parser, unsigned char byte)
{
    enum meaning meaning = MEANS_LITERAL;
    const size_t at = parser->position;
    if (looking_at(parser, "&&"))
        meaning = meaning_of(parser, SYNTAX_CLASS_DOUBLED_AND);
    else if (is_doubled(parser))
        meaning = meaning_of(parser, SYNTAX_CLASS_DOUBLED);
    else if (byte != 0 && strchr("(){}/|", byte) != NULL)
        meaning = meaning_of(parser, SYNTAX_CLASS_SYNTAX_CHARACTER);
    else if (byte == '[')
        meaning = meaning_of(parser, SYNTAX_CLASS_NESTED);
    else if (byte == '-')
        meaning = meaning_of(parser, SYNTAX_CLASS_HYPHEN);
    else if (parser->extended && byte != 0 && strchr(" \t\n\r#", byte) != NULL)
        meaning = meaning_of(parser, SYNTAX_CLASS_BLANK_EXTENDED);
    return is_known(parser, meaning, at);
}

static bool parse_item(struct parser *parser, struct item *item)
{
    const size_t start = parser->position;
    const unsigned char byte = parser->at[start];
    item->set = (struct byte_set){{0, 0}};
    item->is_property = false;
    if (byte == '\\' && meaning_of(parser, SYNTAX_CLASS_BACKSLASH) == MEANS_ESCAPE)
        return parse_class_escape(parser, item);
    if (byte >= 0x80) {
        item->code = ITEM_BEYOND;
        return pass_non_ascii(parser);
    }
    if (looking_at(parser, "[:") || looking_at(parser, "[.") || looking_at(parser, "[=")) {
        const enum meaning meaning = meaning_of(
            parser, looking_at(parser, "[:") ? SYNTAX_CLASS_POSIX : SYNTAX_CLASS_COLLATING);
        if (!is_known(parser, meaning, start))
            return false;
        if (meaning == MEANS_POSIX) {
            item->code = ITEM_SET;
            return parse_posix(parser, &item->set);
        }
    }
    if (byte == 0x7F || byte == 0 || (byte < FIRST_BYTE && strchr("\t\n\r", byte) == NULL))
        return refuse_unmodelled(parser, start, "a control character") != NULL;
    if (!is_raw_fine(parser, byte))
        return false;
    parser->position++;
    item->code = byte;
    return true;
}

static void add_range(struct byte_set *set, int least, int most)
{
    for (int byte = least < FIRST_BYTE ? FIRST_BYTE : least; byte <= most && byte <= LAST_BYTE;
         byte++)
        set_add(set, (unsigned)byte);
}

/* What glibc would fold in a range's end: 1, a small letter; 2, a capital; 0, nothing. */
static int case_of(int code)
{
    if (code >= 'a' && code <= 'z')
        return 1;
    return code >= 'A' && code <= 'Z' ? 2 : 0;
}

/* A range's end, behind the hyphen that has been passed. */
static bool parse_range(struct parser *parser, struct class_reading *reading,
                        const struct item *from, size_t start)
{
    struct item to = {.code = ITEM_SET};
    if (from->code == ITEM_BEYOND)
        return refuse_unmodelled(parser, start, "a range from beyond ASCII") != NULL;
    if (!parse_item(parser, &to))
        return false;
    if (to.code == ITEM_BEYOND)
        return refuse_unmodelled(parser, start, "a range to beyond ASCII") != NULL;
    if (to.code == ITEM_SET) {
        if (!is_known(parser, meaning_of(parser, SYNTAX_CLASS_RANGE_TO_SET), start))
            return false;
        add_set(&reading->set, &to.set, false);
        add_range(&reading->set, from->code, from->code);
        set_add(&reading->set, '-');
        return true;
    }
    if (to.code < from->code)
        return refuse(parser, start, "a range from the higher to the lower") != NULL;
    if (parser->ignore_case && parser->dialect == DIALECT_POSIX_ERE &&
        case_of(from->code) != case_of(to.code))
        return refuse_unmodelled(parser, start, "a range from or to a letter, in any case") != NULL;
    add_range(&reading->set, from->code, to.code);
    if (!looking_at(parser, "-") || parser->position + 1 >= parser->length ||
        parser->at[parser->position + 1] == ']')
        return true;
    if (!is_known(parser, meaning_of(parser, SYNTAX_CLASS_HYPHEN_AFTER_RANGE), parser->position))
        return false;
    set_add(&reading->set, '-');
    parser->position++;
    return parser->at[parser->position] != '-' ||
           refuse_unmodelled(parser, parser->position, "more hyphens after a range") != NULL;
}

/* Whether behind the next character of a class, or a longer escape, there may be a hyphen. */
static bool is_followed_by_hyphen(const struct parser *parser)
{
    const size_t more = looking_at(parser, "\\") ? 2 : 1, at = parser->position + more;
    return (at < parser->length && parser->at[at] == '-') || looking_at(parser, "\\x") ||
           looking_at(parser, "\\u") || looking_at(parser, "\\c");
}

static bool parse_member(struct parser *parser, struct class_reading *reading)
{
    const size_t start = parser->position;
    struct item item = {.code = ITEM_SET};
    if (!parse_item(parser, &item))
        return false;
    if (parser->dialect == DIALECT_JAVASCRIPT_V && looking_at(parser, "--"))
        return refuse_unmodelled(parser, parser->position, "one class without another") != NULL;
    if (item.is_property && reading->negated && parser->dialect == DIALECT_JAVASCRIPT_V)
        return refuse_unmodelled(parser, start, "a property here: V8 errs with flag v") != NULL;
    const bool ranges = looking_at(parser, "-") && parser->position + 1 < parser->length &&
                        parser->at[parser->position + 1] != ']';
    if (ranges && item.code != ITEM_SET) {
        parser->position++;
        return parse_range(parser, reading, &item, start);
    }
    if (item.code >= 0)
        add_range(&reading->set, item.code, item.code);
    else
        add_set(&reading->set, &item.set, false);
    if (!ranges)
        return true;
    if (!is_known(parser, meaning_of(parser, SYNTAX_CLASS_RANGE_FROM_SET), start))
        return false;
    set_add(&reading->set, '-');
    parser->position++;
    if (parser->dialect == DIALECT_JAVASCRIPT && is_followed_by_hyphen(parser))
        return refuse_unmodelled(parser, parser->position, "a range behind that of a set") != NULL;
    return looking_at(parser, "-")
               ? refuse_unmodelled(parser, parser->position, "more hyphens after a set") != NULL
               : true;
}

static bool is_odd_collating(const struct parser *parser, const struct class_reading *reading)
{
    const unsigned char first = parser->at[reading->first];
    return reading->first == reading->start + 1 && parser->position > reading->first + 1 &&
           (first == ':' || first == '.' || first == '=') &&
           parser->at[parser->position - 1] == first;
}

struct node *parse_class(struct parser *parser)
{
    struct class_reading reading = {.start = parser->position};
    parser->position++;
    reading.negated = looking_at(parser, "^");
    parser->position += reading.negated;
    reading.first = parser->position;
    bool closed = looking_at(parser, "]") &&
                  meaning_of(parser, SYNTAX_CLASS_CLOSE_FIRST) == MEANS_EMPTY_CLASS;
    if (closed && parser->dialect == DIALECT_JAVASCRIPT_V)
        return refuse_unmodelled(parser, reading.start, "an empty class");
    while (!closed) {
        if (is_at_end(parser))
            return refuse(parser, reading.start, "this class is not closed");
        if (!parse_member(parser, &reading))
            return NULL;
        closed = looking_at(parser, "]");
    }
    if (reading.negated && parser->depth > 1 && parser->dialect == DIALECT_JAVASCRIPT_V)
        return refuse_unmodelled(parser, reading.start,
                                 "a negated class in a group: V8 errs where that is repeated");
    if (is_odd_collating(parser, &reading))
        return refuse_unmodelled(parser, reading.start, "a class that looks like a named one");
    parser->position++;
    if (parser->ignore_case)
        fold_case(&reading.set);
    struct byte_set set = {{0, 0}};
    add_set(&set, &reading.set, reading.negated);
    return new_set(parser, &set, reading.start);
}
