/* What begins with a parenthesis: groups, look-arounds, comments, flags. */
#include "parse.h"

#include <string.h>

bool parse_flag(struct parser *parser, char letter, bool on, size_t position)
{
    enum meaning meaning = MEANS_ERROR;
    switch (letter) {
    case 'i':
        meaning = meaning_of(parser, SYNTAX_FLAG_I);
        break;
    case 'm':
        meaning = meaning_of(parser, SYNTAX_FLAG_M);
        break;
    case 's':
        meaning = meaning_of(parser, SYNTAX_FLAG_S);
        break;
    case 'x':
        meaning = meaning_of(parser, SYNTAX_FLAG_X);
        break;
    case 'g':
        meaning = meaning_of(parser, SYNTAX_FLAG_G);
        break;
    case 'd':
        meaning = meaning_of(parser, SYNTAX_FLAG_D);
        break;
    case 'y':
        meaning = meaning_of(parser, SYNTAX_FLAG_Y);
        break;
    default:
        refuse_unmodelled(parser, position, "a flag that the prover does not know");
        return false;
    }
    if (!is_known(parser, meaning, position))
        return false;
    if (meaning == MEANS_IGNORE_CASE)
        parser->ignore_case = on;
    if (meaning == MEANS_EXTENDED)
        parser->extended = on;
    if (meaning == MEANS_STICKY && parser->pattern->match == PATTERN_SEARCH)
        parser->pattern->match = PATTERN_PREFIX;
    return true;
}

/* The inside up to the closing parenthesis; flags end with it. */
static struct node *parse_inside(struct parser *parser, struct node *group, size_t start)
{
    const bool ignore_case = parser->ignore_case, extended = parser->extended;
    group->first = parse_choice(parser);
    parser->ignore_case = ignore_case, parser->extended = extended;
    if (group->first == NULL)
        return NULL;
    if (is_at_end(parser))
        return refuse(parser, start, "this group is not closed");
    parser->position++;
    return group;
}

/* ---- Look-arounds -------------------------------------------------------------------------- */

/* Nothing but characters, choices between them at the top. */
static bool is_simple(const struct node *look)
{
    for (const struct node *branch = look->first->first; branch != NULL; branch = branch->next)
        for (const struct node *child = branch->first; child != NULL; child = child->next)
            if (child->kind != NODE_SET)
                return false;
    return true;
}

static bool has_atomic(const struct node *node)
{
    for (; node != NULL; node = node->next)
        if (node->kind == NODE_ATOMIC || has_atomic(node->first))
            return true;
    return false;
}

static bool is_length_fine(struct parser *parser, const struct node *look, enum meaning meaning)
{
    if (meaning == MEANS_ANY_LENGTH)
        return true;
    if (meaning == MEANS_BOUNDED)
        return node_is_bounded(look->first);
    if (meaning == MEANS_SAME_LENGTH)
        return node_length(look->first) != LENGTH_VARIES &&
               !(parser->dialect == DIALECT_PERL && has_atomic(look->first));
    for (const struct node *branch = look->first->first; branch != NULL; branch = branch->next)
        if (node_length(branch) == LENGTH_VARIES)
            return false;
    return parser->dialect != DIALECT_RUBY || (is_simple(look) && !parser->ignore_case);
}

static struct node *parse_look(struct parser *parser, size_t start)
{
    struct node *look = new_node(parser, NODE_LOOK, start);
    if (look == NULL)
        return NULL;
    look->behind = parser->at[parser->position] == '<';
    parser->position += look->behind;
    look->negative = parser->at[parser->position++] == '!';
    const enum meaning meaning =
        meaning_of(parser, look->behind ? SYNTAX_LOOK_BEHIND : SYNTAX_LOOK_AHEAD);
    const uint32_t groups = parser->groups;
    if (!is_known(parser, meaning, start))
        return NULL;
    if (parser->behind > 0 && (parser->dialect == DIALECT_RUBY || parser->dialect == DIALECT_PERL))
        return refuse_unmodelled(parser, start, "a look-around within a look-behind");
    parser->behind += look->behind;
    struct node *made = parse_inside(parser, look, start);
    parser->behind -= look->behind;
    if (made == NULL)
        return NULL;
    if (!look->behind && !look->negative && parser->dialect == DIALECT_PERL &&
        node_is_nullable(look->first))
        return refuse_unmodelled(parser, start, "a look-ahead for nothing: Perl errs there");
    if (look->behind && ((parser->groups > groups && parser->dialect == DIALECT_RUBY) ||
                         !is_length_fine(parser, look, meaning)))
        return refuse_unmodelled(parser, start,
                                 "a look-behind for what varies in length, or is atomic");
    return made;
}

/* ---- Flags --------------------------------------------------------------------------------- */

/* Up to what ends the flags. */
static bool read_letters(struct parser *parser, bool *on, bool *any)
{
    for (; !is_at_end(parser) && !looking_at(parser, ":") && !looking_at(parser, ")");
         *any = true) {
        const unsigned char letter = parser->at[parser->position];
        if (letter == '-' && *on)
            *on = false;
        else if (letter == '-' || !parse_flag(parser, (char)letter, *on, parser->position))
            return refuse_unmodelled(parser, parser->position, "a flag") != NULL;
        parser->position++;
    }
    return true;
}

/* From here on, or in this group only. */
static struct node *parse_flags(struct parser *parser, size_t start)
{
    const bool ignore_case = parser->ignore_case, extended = parser->extended;
    const bool at_start = start == parser->flags_end;
    bool on = true, any = false;
    if (!read_letters(parser, &on, &any))
        return NULL;
    const unsigned char last = parser->at[parser->position - 1];
    if (is_at_end(parser) || !any || last == '-' || !on + !any > 1)
        return refuse_unmodelled(parser, start, "flags that the prover does not know");
    const bool scoped = looking_at(parser, ":");
    const enum meaning meaning =
        meaning_of(parser, scoped ? SYNTAX_FLAGS_GROUP : SYNTAX_FLAGS_REST);
    struct node *node = new_node(parser, scoped ? NODE_GROUP : NODE_EMPTY, start);
    if (node == NULL || !is_known(parser, meaning, start))
        return NULL;
    parser->position++;
    if (!scoped && (meaning != MEANS_AT_START || (at_start && on))) {
        parser->flags_end = at_start ? parser->position : parser->flags_end;
        if (meaning != MEANS_REST_AS_GROUP)
            return node;
    } else if (!scoped) {
        return refuse(parser, start, "flags must stand at the start here");
    }
    if (scoped)
        node = parse_inside(parser, node, start);
    else {
        node->kind = NODE_GROUP;
        node->first = parse_choice(parser);
        node = node->first == NULL ? NULL : node;
    }
    parser->ignore_case = ignore_case, parser->extended = extended;
    return node;
}

/* ---- Groups -------------------------------------------------------------------------------- */

static struct node *parse_comment(struct parser *parser, size_t start)
{
    if (!is_known(parser, meaning_of(parser, SYNTAX_GROUP_COMMENT), start))
        return NULL;
    while (!is_at_end(parser) && !looking_at(parser, ")"))
        if (parser->at[parser->position++] == '\\')
            return refuse_unmodelled(parser, start, "a comment with a backslash");
    if (is_at_end(parser))
        return refuse(parser, start, "this comment is not closed");
    parser->position++;
    return new_node(parser, NODE_EMPTY, start);
}

static struct node *parse_kept(struct parser *parser, size_t start)
{
    struct node *group = new_node(parser, NODE_GROUP, start);
    if (group == NULL)
        return NULL;
    group->number = ++parser->groups;
    if (parse_inside(parser, group, start) == NULL)
        return NULL;
    if (group->number <= MOST_REFERENCE)
        parser->closed[group->number] = true;
    return group;
}

static struct node *parse_plain(struct parser *parser, size_t start, enum node_kind kind,
                                enum syntax syntax)
{
    struct node *group = new_node(parser, kind, start);
    if (group == NULL || !is_known(parser, meaning_of(parser, syntax), start))
        return NULL;
    parser->position++;
    return parse_inside(parser, group, start);
}

static struct node *parse_named(struct parser *parser, size_t start, enum syntax syntax,
                                size_t prefix, char close)
{
    if (!is_known(parser, meaning_of(parser, syntax), start))
        return NULL;
    parser->position += prefix;
    return parse_name(parser, close) ? parse_kept(parser, start) : NULL;
}

struct node *parse_group(struct parser *parser)
{
    const size_t start = parser->position++;
    if (looking_at(parser, "*"))
        return refuse_unmodelled(parser, start, "a verb");
    if (parser->extended && !is_at_end(parser) &&
        strchr(" \t\n\r#", parser->at[parser->position]) != NULL)
        return refuse_unmodelled(parser, start, "a blank behind the parenthesis");
    if (!looking_at(parser, "?"))
        return parse_kept(parser, start);
    if (parser->dialect == DIALECT_POSIX_ERE)
        return refuse(parser, start + 1, "nothing stands before this that it could repeat");
    parser->position++;
    if (looking_at(parser, ":"))
        return parse_plain(parser, start, NODE_GROUP, SYNTAX_GROUP_PLAIN);
    if (looking_at(parser, ">"))
        return parse_plain(parser, start, NODE_ATOMIC, SYNTAX_GROUP_ATOMIC);
    if (looking_at(parser, "=") || looking_at(parser, "!") || looking_at(parser, "<=") ||
        looking_at(parser, "<!"))
        return parse_look(parser, start);
    if (looking_at(parser, "<"))
        return parse_named(parser, start, SYNTAX_GROUP_ANGLE_NAME, 1, '>');
    if (looking_at(parser, "P<"))
        return parse_named(parser, start, SYNTAX_GROUP_P_NAME, 2, '>');
    if (looking_at(parser, "P=")) {
        if (!is_known(parser, meaning_of(parser, SYNTAX_GROUP_P_REFERENCE), start))
            return NULL;
        parser->position += 2;
        return parse_named_reference(parser, start, ')');
    }
    if (looking_at(parser, "'"))
        return parse_named(parser, start, SYNTAX_GROUP_QUOTE_NAME, 1, '\'');
    if (looking_at(parser, "#"))
        return parse_comment(parser, start);
    return parse_flags(parser, start);
}
