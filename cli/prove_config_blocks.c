/* The branches of Python, by the columns in which lines begin, and of Ruby, by `end`. Invariant: a
 * block that does not end, ends with the file. */
#include "prove_config_flow.h"

/* ---- Python -------------------------------------------------------------------------------- */

static unsigned token_column(const struct code *code, uint32_t token)
{
    return place_of(code->reading->config, code->tokens[token].from).column;
}

/* The body behind a keyword; what is returned is behind it. */
static uint32_t python_body(struct code *code, uint32_t keyword, struct branch *branch)
{
    uint32_t colon = keyword + 1;
    while (colon < code->count && !token_is(code, colon, ":"))
        colon = token_after(code, colon);
    branch->cond_from = keyword + 1;
    branch->cond_to = colon;
    branch->from = colon < code->count ? colon + 1 : colon;
    const bool in_line = branch->from < code->count && !code->tokens[branch->from].first;
    const unsigned column = token_column(code, keyword);
    uint32_t at = branch->from;
    while (at < code->count && *code->looks <= MOST_LOOKS &&
           !(code->tokens[at].first && (in_line || token_column(code, at) <= column))) {
        *code->looks += 10; /* a column is looked up */
        at = token_after(code, at);
    }
    branch->to = at;
    return at;
}

static void python_statement(struct code *code, uint32_t keyword, enum branch_kind kind)
{
    static const char *const parts[] = {"elif", "else", "except", "finally", NULL};
    uint32_t before = NOWHERE;
    for (uint32_t at = keyword;;) {
        struct branch branch = {.kind = kind, .keyword = at, .before = NOWHERE, .after = NOWHERE};
        if (kind == BRANCH_IF && token_is(code, at, "else"))
            branch.kind = BRANCH_ELSE;
        const uint32_t end = python_body(code, at, &branch);
        if (branch.kind != BRANCH_IF)
            branch.cond_to = branch.cond_from;
        *add_branch(code, branch.kind, at) = branch;
        if (kind == BRANCH_IF)
            join_branches(code, before, code->branch_count - 1);
        before = code->branch_count - 1;
        if (*code->looks > MOST_LOOKS || kind == BRANCH_FUNCTION || !is_one_of(code, end, parts) ||
            token_column(code, end) != token_column(code, keyword))
            return;
        at = end;
    }
}

void python_branches(struct code *code)
{
    static const char *const others[] = {"for", "while", "try", "with", "match", "case", NULL};
    for (uint32_t i = 0; i < code->count && *code->looks <= MOST_LOOKS; i++) {
        uint32_t at = i;
        if (!code->tokens[i].first || code->tokens[i].opener != NOWHERE)
            continue;
        if (token_is(code, at, "async"))
            at++;
        if (token_is(code, at, "if"))
            python_statement(code, at, BRANCH_IF);
        else if (token_is(code, at, "def") || token_is(code, at, "class"))
            python_statement(code, at, BRANCH_FUNCTION);
        else if (is_one_of(code, at, others) && !token_is(code, at + 1, "=") &&
                 !token_is(code, at + 1, "."))
            python_statement(code, at, BRANCH_OTHER);
    }
}

/* ---- Ruby ---------------------------------------------------------------------------------- */

struct ruby {
    struct code *code;
    uint32_t open[MOST_DEPTH]; /* branches that have no end yet */
    uint32_t depth;
};

static uint32_t ruby_line_end(struct code *code, uint32_t at)
{
    static const char *const ends[] = {"then", ";", "}", ")", "]", "do", NULL};
    for (uint32_t i = at; i < code->count; i = token_after(code, i)) {
        ++*code->looks;
        if (is_one_of(code, i, ends) || (i > at && begins_statement(code, i)))
            return i;
    }
    return code->count;
}

static uint32_t ruby_statement_begin(const struct code *code, uint32_t at)
{
    static const char *const begins[] = {";", "then", "do", "{", "|", "else", NULL};
    while (at > 0 && !(begins_statement(code, at)) && !is_one_of(code, at - 1, begins))
        at--;
    return at;
}

static void ruby_push(struct ruby *ruby, enum branch_kind kind, uint32_t keyword)
{
    struct code *code = ruby->code;
    struct branch *branch = add_branch(code, kind, keyword);
    branch->cond_from = branch->cond_to = branch->from = keyword + 1;
    branch->to = code->count;
    if (kind == BRANCH_IF) {
        branch->inverted = token_is(code, keyword, "unless");
        branch->cond_to = branch->from = ruby_line_end(code, keyword + 1);
    }
    if (ruby->depth < MOST_DEPTH)
        ruby->open[ruby->depth++] = code->branch_count - 1;
}

static uint32_t ruby_pop(struct ruby *ruby, uint32_t at)
{
    if (ruby->depth == 0)
        return NOWHERE;
    const uint32_t branch = ruby->open[--ruby->depth];
    ruby->code->branches[branch].to = at;
    return branch;
}

/* `elsif`, `else`, `when`, `rescue`: the next part of what is open. */
static void ruby_part(struct ruby *ruby, uint32_t at)
{
    const uint32_t before = ruby_pop(ruby, at);
    const bool of_if = before != NOWHERE && ruby->code->branches[before].kind == BRANCH_IF;
    enum branch_kind kind = BRANCH_OTHER;
    if (of_if)
        kind = token_is(ruby->code, at, "elsif") ? BRANCH_IF : BRANCH_ELSE;
    ruby_push(ruby, kind, at);
    if (of_if)
        join_branches(ruby->code, before, ruby->code->branch_count - 1);
}

/* `x if y`. */
static void ruby_modifier(struct code *code, uint32_t at)
{
    struct branch *branch = add_branch(code, BRANCH_IF, at);
    branch->inverted = token_is(code, at, "unless");
    branch->cond_from = at + 1;
    branch->cond_to = ruby_line_end(code, at + 1);
    branch->from = ruby_statement_begin(code, at);
    branch->to = at;
}

/* `do` of a loop that its keyword has opened already. */
static bool is_loop_do(const struct code *code, uint32_t at)
{
    static const char *const loops[] = {"while", "until", "for", NULL};
    return is_one_of(code, ruby_statement_begin(code, at), loops);
}

static void ruby_word(struct ruby *ruby, uint32_t at)
{
    static const char *const parts[] = {"elsif", "else", "when", "rescue", "ensure", NULL};
    static const char *const loops[] = {"while", "until", "for",    "case",
                                        "begin", "class", "module", NULL};
    static const char *const values[] = {"=", "(", ";", "then", "else", "do", "{", "|", NULL};
    struct code *code = ruby->code;
    const bool begins = (begins_statement(code, at)) || is_one_of(code, at - 1, values);
    if (token_is(code, at, "end"))
        ruby_pop(ruby, at);
    else if (is_one_of(code, at, parts) && (code->tokens[at].first || token_is(code, at, "else")))
        ruby_part(ruby, at);
    else if (token_is(code, at, "if") || token_is(code, at, "unless"))
        begins ? ruby_push(ruby, BRANCH_IF, at) : ruby_modifier(code, at);
    else if (token_is(code, at, "def"))
        ruby_push(ruby, BRANCH_FUNCTION, at);
    else if ((is_one_of(code, at, loops) && begins) ||
             (token_is(code, at, "do") && !is_loop_do(code, at)))
        ruby_push(ruby, BRANCH_OTHER, at);
}

void ruby_branches(struct code *code)
{
    static const char *const names[] = {".", ":", "&.", "::", NULL};
    struct ruby ruby = {.code = code};
    for (uint32_t i = 0; i < code->count && *code->looks <= MOST_LOOKS; i++)
        if (is_name(code, i) && !token_is(code, i + 1, ":") &&
            !(i > 0 && is_one_of(code, i - 1, names)))
            ruby_word(&ruby, i);
}
