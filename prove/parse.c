/* The frame of the parser: choices, sequences, quantifiers; the columns and flags of all. Each
 * question about a dialect is a row of spec-tables/dialects.tsv. */
#include "parse.h"

#include <string.h>

enum { MOST_DEPTH = 120, MOST_REPEAT = 1000, MOST_LENGTH = 1 << 21 };

void *refuse(struct parser *parser, size_t position, const char *what)
{
    if (parser->error->what == NULL)
        *parser->error = (struct pattern_error){.column = position + 1, .what = what};
    return NULL;
}

void *refuse_unmodelled(struct parser *parser, size_t position, const char *what)
{
    if (parser->error->what == NULL)
        *parser->error =
            (struct pattern_error){.column = position + 1, .what = what, .not_modelled = true};
    return NULL;
}

/* An interval that Perl, and now and then Java, takes for something else; the others refuse it. */
static void *refuse_interval(struct parser *parser, size_t position, const char *what)
{
    return parser->dialect == DIALECT_PERL || parser->dialect == DIALECT_JAVA
               ? refuse_unmodelled(parser, position, what)
               : refuse(parser, position, what);
}

bool is_known(struct parser *parser, enum meaning meaning, size_t position)
{
    if (meaning == MEANS_ERROR)
        refuse(parser, position, "this dialect knows no such construct");
    else if (meaning == MEANS_REFUSED)
        refuse_unmodelled(parser, position, "a construct that the prover does not know");
    return meaning != MEANS_ERROR && meaning != MEANS_REFUSED;
}

enum meaning meaning_of(const struct parser *parser, enum syntax syntax)
{
    return (enum meaning)dialect_syntax[parser->dialect][syntax];
}

struct node *new_node(struct parser *parser, enum node_kind kind, size_t position)
{
    struct node *node = prove_take(parser->memory, sizeof *node);
    if (node == NULL)
        return refuse_unmodelled(parser, position, "the pattern is too large");
    node->kind = (uint16_t)kind;
    node->column = (uint32_t)position + 1;
    return node;
}

struct node *new_set(struct parser *parser, const struct byte_set *set, size_t position)
{
    struct node *node = new_node(parser, NODE_SET, position);
    if (node != NULL)
        node->set = *set;
    return node;
}

bool is_at_end(const struct parser *parser)
{
    return parser->position >= parser->length;
}

bool looking_at(const struct parser *parser, const char *text)
{
    const size_t length = strlen(text);
    return parser->length - parser->position >= length &&
           memcmp(parser->at + parser->position, text, length) == 0;
}

/* ---- Atoms --------------------------------------------------------------------------------- */

bool pass_non_ascii(struct parser *parser)
{
    const size_t start = parser->position;
    const enum meaning unit = meaning_of(parser, SYNTAX_NON_ASCII);
    const unsigned char first = parser->at[start];
    size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (parser->ignore_case)
        return refuse_unmodelled(parser, start, "a character beyond ASCII, in any case") != NULL;
    parser->position++;
    if (unit == MEANS_BYTES)
        return true;
    if (first < 0xC2 || first > 0xF4 || (unit == MEANS_UNITS && first >= 0xF0))
        return refuse_unmodelled(parser, start, "a character that the prover does not know") !=
               NULL;
    for (; more > 0; more--, parser->position++)
        if (is_at_end(parser) || (parser->at[parser->position] & 0xC0) != 0x80)
            return refuse(parser, start, "this is not UTF-8") != NULL;
    return true;
}

static struct node *parse_literal(struct parser *parser)
{
    const size_t start = parser->position;
    const unsigned char byte = parser->at[start];
    struct byte_set set = {{0, 0}};
    if (byte >= 0x80)
        return pass_non_ascii(parser) ? new_set(parser, &set, start) : NULL;
    if (byte == 0x7F || (byte < FIRST_BYTE && strchr("\t\n\r", byte) == NULL) || byte == 0)
        return refuse_unmodelled(parser, start, "a control character");
    if (byte >= FIRST_BYTE)
        set_add(&set, byte);
    if (parser->ignore_case)
        fold_case(&set);
    parser->position++;
    return new_set(parser, &set, start);
}

static struct node *parse_assertion(struct parser *parser, enum meaning meaning)
{
    struct node *node = new_node(parser, NODE_ASSERTION, parser->position++);
    if (node != NULL)
        node->meaning = (uint16_t)meaning;
    return node;
}

/* The interval at the `{` here, if it is one: its end. 0: none; `error` is kept if it is wrong. */
static size_t interval(struct parser *parser, uint32_t bounds[2])
{
    size_t at = parser->position + 1;
    bool digits[2] = {false, false}, blank = false;
    int part = 0;
    bounds[0] = bounds[1] = 0;
    for (; at < parser->length && parser->at[at] != '}'; at++) {
        const unsigned char byte = parser->at[at];
        if (byte >= '0' && byte <= '9') {
            digits[part] = true;
            bounds[part] = bounds[part] > 100000 ? 100000 : bounds[part] * 10 + (byte - '0');
        } else if (byte == ',' && part == 0) {
            part = 1;
        } else if (byte == ' ' || byte == '\t') {
            blank = true;
        } else {
            return 0;
        }
    }
    if (at == parser->length || (part == 0 && !digits[0]))
        return 0;
    enum meaning meaning = MEANS_QUANTIFIER;
    if (blank)
        meaning = meaning_of(parser, SYNTAX_INTERVAL_WITH_BLANKS);
    else if (!digits[0])
        meaning = meaning_of(parser, digits[1] ? SYNTAX_INTERVAL_WITHOUT_LEAST
                                               : SYNTAX_INTERVAL_WITHOUT_BOTH);
    if (!is_known(parser, meaning, parser->position) || meaning == MEANS_LITERAL)
        return 0;
    if (part == 0)
        bounds[1] = bounds[0];
    else if (!digits[1])
        bounds[1] = REPEAT_ENDLESS;
    return at + 1;
}

static struct node *parse_brace(struct parser *parser)
{
    uint32_t bounds[2];
    if (interval(parser, bounds) != 0)
        return refuse_interval(parser, parser->position,
                               "nothing stands before this that it could repeat");
    if (parser->error->what != NULL ||
        !is_known(parser, meaning_of(parser, SYNTAX_INTERVAL_OPEN), parser->position))
        return NULL;
    return parse_literal(parser);
}

static struct node *parse_atom(struct parser *parser)
{
    const size_t start = parser->position;
    struct byte_set any;
    switch (parser->at[start]) {
    case '(':
        return parse_group(parser);
    case '[':
        return parse_class(parser);
    case '\\':
        return parse_escape(parser);
    case '.':
        parser->position++;
        set_of_meaning(MEANS_ANY, 0, &any);
        return new_set(parser, &any, start);
    case '^':
        return parse_assertion(parser, MEANS_START);
    case '$':
        return parse_assertion(parser, MEANS_END);
    case '*':
    case '+':
    case '?':
        return refuse(parser, start, "nothing stands before this that it could repeat");
    case '{':
        return parse_brace(parser);
    case ']':
        return is_known(parser, meaning_of(parser, SYNTAX_CLOSE_BRACKET), start)
                   ? parse_literal(parser)
                   : NULL;
    case '}':
        return is_known(parser, meaning_of(parser, SYNTAX_CLOSE_BRACE), start)
                   ? parse_literal(parser)
                   : NULL;
    default:
        return parse_literal(parser);
    }
}

/* ---- Quantifiers --------------------------------------------------------------------------- */

/* Passes blanks and comments where the flag x makes them so; true: there were some. */
static bool pass_blanks(struct parser *parser)
{
    const size_t start = parser->position;
    while (parser->extended && !parser->quoting && !is_at_end(parser)) {
        const unsigned char byte = parser->at[parser->position];
        if (byte == '#')
            while (!is_at_end(parser) && parser->at[parser->position] != '\n')
                parser->position++;
        else if (byte != 0 && strchr(" \t\n\r", byte) != NULL)
            parser->position++;
        else
            break;
    }
    return parser->position > start;
}

/* True: there was one. */
static bool parse_bounds(struct parser *parser, uint32_t bounds[2])
{
    if (is_at_end(parser))
        return false;
    const unsigned char byte = parser->at[parser->position];
    if (byte == '{') {
        const size_t end = interval(parser, bounds);
        if (end == 0)
            return false;
        if (bounds[1] != REPEAT_ENDLESS && bounds[0] > bounds[1])
            return refuse_interval(parser, parser->position, "more at least than at most") != NULL;
        if (bounds[0] > MOST_REPEAT || (bounds[1] > MOST_REPEAT && bounds[1] != REPEAT_ENDLESS))
            return refuse_unmodelled(parser, parser->position, "more than 1000 times") != NULL;
        parser->position = end;
        return true;
    }
    if (byte != '*' && byte != '+' && byte != '?')
        return false;
    bounds[0] = byte == '+';
    bounds[1] = byte == '?' ? 1 : REPEAT_ENDLESS;
    parser->position++;
    return true;
}

static bool is_quantifiable(const struct node *node)
{
    return node->kind != NODE_ASSERTION && node->kind != NODE_LOOK && node->kind != NODE_EMPTY;
}

static struct node *atomic_of(struct parser *parser, struct node *node)
{
    struct node *atomic = new_node(parser, NODE_ATOMIC, parser->position - 1);
    if (atomic != NULL)
        atomic->first = node;
    return atomic;
}

/* What follows a quantifier and changes it; `exact`: it was {n}. */
static struct node *parse_suffix(struct parser *parser, struct node *repeat, bool braced,
                                 bool exact)
{
    enum meaning meaning = MEANS_NESTED;
    if (looking_at(parser, "?"))
        meaning = meaning_of(parser, exact ? SYNTAX_LAZY_EXACT : SYNTAX_LAZY);
    else if (looking_at(parser, "+"))
        meaning = meaning_of(parser, braced ? SYNTAX_POSSESSIVE_INTERVAL : SYNTAX_POSSESSIVE);
    if (!is_known(parser, meaning, parser->position))
        return NULL;
    if (meaning == MEANS_LAZY && braced && repeat->most == 0 && parser->dialect == DIALECT_RUBY)
        return refuse_unmodelled(parser, parser->position, "a lazy repetition of nothing");
    if (meaning == MEANS_NESTED)
        return repeat;
    parser->position++;
    repeat->lazy = meaning == MEANS_LAZY;
    if (repeat->lazy)
        return repeat;
    if (parser->dialect == DIALECT_PYTHON && repeat->first->kind != NODE_SET)
        return refuse_unmodelled(parser, parser->position - 1,
                                 "possessive, of more than a character: Python errs there");
    if (parser->dialect == DIALECT_JAVA && node_length(repeat->first) == LENGTH_VARIES) {
        /* Java does not go back into an iteration, once it is over. */
        repeat->first = atomic_of(parser, repeat->first);
        if (repeat->first == NULL)
            return NULL;
    }
    return atomic_of(parser, repeat);
}

static bool has_assertion(const struct node *node)
{
    return node != NULL && (node->kind == NODE_ASSERTION || has_assertion(node->first) ||
                            has_assertion(node->next));
}

static struct node *parse_quantifiers(struct parser *parser, struct node *atom)
{
    uint32_t bounds[2];
    bool blanks = pass_blanks(parser);
    for (size_t start = parser->position, times = 0; parse_bounds(parser, bounds);
         start = parser->position, times++) {
        const bool braced = parser->at[start] == '{';
        if (!is_quantifiable(atom))
            return refuse_unmodelled(parser, start, "a quantifier of what takes up nothing");
        if (times > 0 && blanks)
            return refuse_unmodelled(parser, start, "blanks between two quantifiers");
        if (times > 0 && !is_known(parser, meaning_of(parser, SYNTAX_QUANTIFIER_TWICE), start))
            return NULL;
        if (parser->dialect == DIALECT_RUBY && bounds[1] > 1 &&
            (times > 0 ? atom->kind != NODE_REPEAT || atom->first->kind != NODE_SET
                       : has_assertion(atom) && node_is_nullable(atom)))
            return refuse_unmodelled(parser, start, "such a repetition: Onigmo errs there");
        struct node *repeat = new_node(parser, NODE_REPEAT, start);
        if (repeat == NULL)
            return NULL;
        if (parser->dialect == DIALECT_POSIX_ERE && bounds[1] > 1 && has_assertion(atom))
            return refuse_unmodelled(parser, start,
                                     "a repetition of an assertion: glibc errs there");
        repeat->first = atom;
        repeat->least = (uint16_t)bounds[0], repeat->most = (uint16_t)bounds[1];
        const bool exact =
            braced && memchr(parser->at + start, ',', parser->position - start) == NULL;
        atom = parse_suffix(parser, repeat, braced, exact);
        if (atom == NULL)
            return NULL;
        blanks = pass_blanks(parser);
    }
    return parser->error->what == NULL ? atom : NULL;
}

/* ---- Sequences and choices ----------------------------------------------------------------- */

/* Passes the end of what is quoted, which may be of nothing. */
static bool end_quote(struct parser *parser)
{
    parser->quoting = false;
    parser->position += strlen("\\E");
    return is_at_end(parser) || parser->at[parser->position] == '\0' ||
           strchr("*+?{", parser->at[parser->position]) == NULL ||
           refuse_unmodelled(parser, parser->position, "a quantifier of nothing") != NULL;
}

/* The last of what is quoted takes the quantifiers behind that. */
static struct node *parse_quoted(struct parser *parser)
{
    struct node *atom = parse_literal(parser);
    if (atom == NULL || !looking_at(parser, "\\E"))
        return atom;
    parser->quoting = false;
    parser->position += strlen("\\E");
    return parse_quantifiers(parser, atom);
}

static struct node *parse_quantified(struct parser *parser)
{
    if (parser->quoting)
        return parse_quoted(parser);
    struct node *atom = parse_atom(parser);
    return atom == NULL || parser->quoting ? atom : parse_quantifiers(parser, atom);
}

static struct node *parse_sequence(struct parser *parser)
{
    struct node *sequence = new_node(parser, NODE_SEQUENCE, parser->position);
    if (sequence == NULL)
        return NULL;
    struct node **end = &sequence->first;
    while (pass_blanks(parser), !is_at_end(parser)) {
        if (!parser->quoting && (looking_at(parser, "|") || looking_at(parser, ")")))
            break;
        if (parser->quoting && looking_at(parser, "\\E")) {
            if (!end_quote(parser))
                return NULL;
            continue;
        }
        struct node *atom = parse_quantified(parser);
        if (atom == NULL)
            return NULL;
        *end = atom;
        end = &atom->next;
    }
    return sequence;
}

struct node *parse_choice(struct parser *parser)
{
    struct node *choice = new_node(parser, NODE_CHOICE, parser->position);
    if (choice == NULL)
        return NULL;
    if (++parser->depth > MOST_DEPTH)
        return refuse_unmodelled(parser, parser->position, "groups within groups, too deep");
    struct node **end = &choice->first;
    for (bool more = true; more;) {
        *end = parse_sequence(parser);
        if (*end == NULL)
            return NULL;
        end = &(*end)->next;
        more = looking_at(parser, "|");
        parser->position += more;
    }
    parser->depth--;
    return choice;
}

/* ---- The whole ----------------------------------------------------------------------------- */

static bool read_flags(struct parser *parser, const struct pattern_source *source)
{
    for (const char *flag = source->flags == NULL ? "" : source->flags; *flag != '\0'; flag++)
        if (!parse_flag(parser, *flag, true, 0)) {
            parser->error->column = 0;
            return false;
        }
    return true;
}

static bool fill_groups(struct pattern *pattern, struct node *node)
{
    for (; node != NULL; node = node->next) {
        if (node->kind == NODE_GROUP && node->number > 0)
            pattern->groups[node->number] = node;
        if (!fill_groups(pattern, node->first))
            return false;
    }
    return true;
}

bool pattern_parse(const struct pattern_source *source, struct prove_memory *memory,
                   struct pattern *pattern, struct pattern_error *error)
{
    struct parser parser = {.dialect = source->dialect,
                            .at = (const unsigned char *)source->text,
                            .length = source->length,
                            .memory = memory,
                            .pattern = pattern,
                            .error = error};
    *error = (struct pattern_error){.what = NULL};
    *pattern = (struct pattern){.dialect = source->dialect, .match = source->match};
    if (source->length > MOST_LENGTH)
        return refuse_unmodelled(&parser, MOST_LENGTH, "the pattern is too long") != NULL;
    if (!read_flags(&parser, source))
        return false;
    pattern->root = parse_choice(&parser);
    if (pattern->root == NULL)
        return false;
    if (!is_at_end(&parser))
        return refuse_unmodelled(&parser, parser.position, "no group is open that this closes") !=
               NULL;
    if (parser.quoting)
        return refuse_unmodelled(&parser, parser.position, "\\Q without \\E") != NULL;
    if (parser.references_most > parser.groups ||
        (parser.numbered && parser.name_count > 0 && parser.dialect == DIALECT_RUBY))
        return refuse_unmodelled(&parser, parser.reference_column - 1,
                                 "a reference to what is no group here") != NULL;
    pattern->group_count = parser.groups;
    pattern->has_references = parser.references_most > 0;
    pattern->groups = prove_take(memory, (parser.groups + 1) * sizeof(struct node *));
    if (pattern->groups == NULL)
        return refuse_unmodelled(&parser, 0, "the pattern is too large") != NULL;
    return fill_groups(pattern, pattern->root);
}
