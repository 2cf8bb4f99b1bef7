/* The branches of a source file: of languages with braces here, of the others in
 * prove_config_blocks.c; and what is asked about them. Invariants: branches nest; a body lies
 * within the tokens; nothing is looked at beyond MOST_LOOKS. */
#include "prove_config_flow.h"

unsigned token_line(const struct code *code, uint32_t token)
{
    return place_of(code->reading->config, code->tokens[token].from).line;
}

/* ---- The list ------------------------------------------------------------------------------ */

struct branch *add_branch(struct code *code, enum branch_kind kind, uint32_t keyword)
{
    code->branches = memory_grow(code->branches, code->branch_count, &code->branch_capacity,
                                 sizeof *code->branches);
    struct branch *branch = &code->branches[code->branch_count++];
    *branch =
        (struct branch){.kind = kind, .keyword = keyword, .before = NOWHERE, .after = NOWHERE};
    return branch;
}

void join_branches(struct code *code, uint32_t before, uint32_t after)
{
    if (before == NOWHERE)
        return;
    code->branches[before].after = after;
    code->branches[after].before = before;
}

/* ---- Braces -------------------------------------------------------------------------------- */

static const char *const ifs[] = {"if", "elseif", NULL};
static const char *const others[] = {"for",   "while", "foreach", "switch", "try",
                                     "catch", "do",    "finally", "select", NULL};

static uint32_t statement_end(struct code *code, uint32_t at, unsigned depth);

/* PHP's `if (...): ... endif;`: the body ends where the next part of the same `if` begins. */
static uint32_t colon_end(struct code *code, uint32_t at)
{
    static const char *const ends[] = {"endif",    "endforeach", "endfor",
                                       "endwhile", "endswitch",  NULL};
    static const char *const parts[] = {"else", "elseif", NULL};
    static const char *const begins[] = {"if", "foreach", "for", "while", "switch", NULL};
    unsigned depth = 0;
    for (; at < code->count; at = token_after(code, at)) {
        ++*code->looks;
        if (depth == 0 && (is_one_of(code, at, ends) || is_one_of(code, at, parts)))
            return at;
        if (is_one_of(code, at, ends))
            depth--;
        if (is_one_of(code, at, begins) && token_is(code, at + 1, "(") &&
            token_is(code, token_after(code, at + 1), ":"))
            depth++;
    }
    return at;
}

/* The body that begins at a token; what is returned is behind it. */
static uint32_t read_body(struct code *code, uint32_t at, unsigned depth, struct branch *branch)
{
    const bool braces = token_is(code, at, "{") && code->tokens[at].partner != NOWHERE;
    const bool colon = code->language == CONFIG_PHP && token_is(code, at, ":");
    branch->from = braces || colon ? at + 1 : at;
    branch->to = braces  ? code->tokens[at].partner
                 : colon ? colon_end(code, at + 1)
                         : statement_end(code, at, depth);
    return braces ? branch->to + 1 : branch->to;
}

/* Go has no brackets around a condition, but braces behind it; those of a literal of a list stand
 * behind its type. */
static uint32_t go_condition_end(struct code *code, uint32_t at)
{
    while (at < code->count && !token_is(code, at, "{")) {
        ++*code->looks;
        const bool list = token_is(code, at, "]") || token_is(code, at, "[");
        at = token_after(code, at);
        if (list && is_name(code, at) && token_is(code, at + 1, "{"))
            at = token_after(code, at + 1);
    }
    return at;
}

/* What stands between the keyword and the body; where the body begins. */
static uint32_t read_head(struct code *code, uint32_t at, struct branch *branch)
{
    branch->cond_from = branch->cond_to = at;
    if (code->language == CONFIG_GO) {
        branch->cond_to = go_condition_end(code, at);
        for (uint32_t i = at; i < branch->cond_to; i = token_after(code, i))
            if (token_is(code, i, ";"))
                branch->cond_from = i + 1;
        return branch->cond_to;
    }
    if (!token_is(code, at, "(") || code->tokens[at].partner == NOWHERE)
        return at;
    branch->cond_from = at + 1;
    branch->cond_to = code->tokens[at].partner;
    return branch->cond_to + 1;
}

/* Where the statement ends that begins at a token: behind it. */
static uint32_t statement_end(struct code *code, uint32_t at, unsigned depth)
{
    struct branch branch;
    if (depth > MOST_DEPTH || *code->looks > MOST_LOOKS)
        return at;
    if (is_one_of(code, at, ifs) || is_one_of(code, at, others)) {
        uint32_t end = read_body(code, read_head(code, at + 1, &branch), depth + 1, &branch);
        while (token_is(code, end, "else") || token_is(code, end, "elseif"))
            end = statement_end(code, end + token_is(code, end, "else"), depth + 1);
        return end;
    }
    if (token_is(code, at, "{"))
        return token_after(code, at);
    for (uint32_t i = at; i < code->count; i = token_after(code, i)) {
        ++*code->looks;
        if (token_is(code, i, ";"))
            return i + 1;
        if (token_is(code, i, "}") || token_is(code, i, ")") || token_is(code, i, "else") ||
            (i > at && lines_end(code) && begins_statement(code, i)))
            return i;
    }
    return code->count;
}

/* An `if` with all that belongs to it. */
static void read_if(struct code *code, uint32_t keyword)
{
    uint32_t before = NOWHERE, at = keyword;
    for (;;) {
        const bool has_else = token_is(code, at, "else");
        const bool is_else = has_else && !token_is(code, at + 1, "if");
        struct branch branch = {.kind = is_else ? BRANCH_ELSE : BRANCH_IF,
                                .keyword = has_else && !is_else ? at + 1 : at,
                                .before = NOWHERE,
                                .after = NOWHERE};
        const uint32_t body = is_else ? at + 1 : read_head(code, branch.keyword + 1, &branch);
        const uint32_t end = read_body(code, body, 0, &branch);
        *add_branch(code, branch.kind, branch.keyword) = branch;
        join_branches(code, before, code->branch_count - 1);
        before = code->branch_count - 1;
        if (is_else || *code->looks > MOST_LOOKS ||
            !(token_is(code, end, "else") || token_is(code, end, "elseif")))
            return;
        at = end;
    }
}

/* Where the next label of a `switch` is; `to`: there is none. */
static uint32_t next_label(struct code *code, uint32_t at, uint32_t to)
{
    while (at < to && !token_is(code, at, "case") && !token_is(code, at, "default")) {
        ++*code->looks;
        at = token_after(code, at);
    }
    return at < to ? at : to;
}

/* Whether it is the origin that is compared with the cases, or they are conditions themselves. */
static bool asks_case(struct code *code, const struct branch *whole)
{
    const uint32_t from = whole->cond_from, to = whole->cond_to;
    return from == to || (from + 1 == to && token_is(code, from, "true")) ||
           is_origin(code, from, to);
}

/* `case 'a': case 'b': ...`. In Go no case runs into the next one; elsewhere one does that does not
 * leave, and then nothing is known of the next. */
static void read_cases(struct code *code, const struct branch *whole)
{
    for (uint32_t at = next_label(code, whole->from, whole->to); at < whole->to;) {
        struct branch branch = {.kind = BRANCH_CASE,
                                .keyword = at,
                                .cond_from = at + 1,
                                .of_from = whole->cond_from,
                                .of_to = whole->cond_to,
                                .before = NOWHERE,
                                .after = NOWHERE};
        uint32_t colon;
        do {
            colon = at;
            if (token_is(code, at, "default"))
                branch.kind = BRANCH_OTHER;
            while (colon < whole->to && !token_is(code, colon, ":") && !token_is(code, colon, "->"))
                colon = token_after(code, colon);
            at = next_label(code, colon, whole->to);
        } while (at == colon + 1 && at < whole->to && code->language != CONFIG_GO);
        branch.cond_to = colon < whole->to && asks_case(code, whole) ? colon : branch.cond_from;
        branch.from = colon + 1;
        branch.to = at;
        *add_branch(code, branch.kind, branch.keyword) = branch;
    }
}

/* Cases that another one runs into. */
static void find_fallthrough(struct code *code)
{
    const struct branch *before = NULL;
    for (uint32_t i = 0; i < code->branch_count && code->language != CONFIG_GO; i++) {
        struct branch *branch = &code->branches[i];
        const bool is_case =
            token_is(code, branch->keyword, "case") || token_is(code, branch->keyword, "default");
        if (branch->kind == BRANCH_CASE && before != NULL && before->to == branch->keyword &&
            !before->leaves)
            branch->kind = BRANCH_OTHER;
        if (is_case)
            before = branch;
    }
}

static void brace_branches(struct code *code)
{
    static const char *const keys[] = {".", "->", "?.", "::", NULL};
    for (uint32_t i = 0; i < code->count && *code->looks <= MOST_LOOKS; i++) {
        if (!is_name(code, i) || (i > 0 && is_one_of(code, i - 1, keys)))
            continue;
        if (token_is(code, i, "if") && !(i > 0 && token_is(code, i - 1, "else"))) {
            read_if(code, i);
        } else if (is_one_of(code, i, others)) {
            struct branch branch = {
                .kind = BRANCH_OTHER, .keyword = i, .before = NOWHERE, .after = NOWHERE};
            read_body(code, read_head(code, i + 1, &branch), 0, &branch);
            if (token_is(code, i, "switch"))
                read_cases(code, &branch);
            branch.cond_to = branch.cond_from;
            *add_branch(code, BRANCH_OTHER, i) = branch;
        }
    }
}

/* ---- What is asked about them -------------------------------------------------------------- */

bool is_in_body(const struct branch *branch, uint32_t token)
{
    return token >= branch->from && token < branch->to;
}

uint32_t branch_around(struct code *code, uint32_t token)
{
    uint32_t found = NOWHERE;
    *code->looks += code->branch_count;
    for (uint32_t i = 0; i < code->branch_count; i++)
        if (is_in_body(&code->branches[i], token) &&
            (found == NOWHERE || code->branches[i].to - code->branches[i].from <
                                     code->branches[found].to - code->branches[found].from))
            found = i;
    return found;
}

bool is_leaving(const struct code *code, uint32_t token)
{
    static const char *const words[] = {"return", "throw", "break", "continue", "goto", NULL};
    static const char *const go[] = {"panic", NULL};
    static const char *const php[] = {"exit", "die", "abort", "wp_die", NULL};
    static const char *const python[] = {"raise", "abort", NULL};
    static const char *const ruby[] = {"raise", "next", "halt", "abort", NULL};
    switch (code->language) {
    case CONFIG_GO:
        return is_one_of(code, token, words) || is_one_of(code, token, go);
    case CONFIG_PHP:
        return is_one_of(code, token, words) || is_one_of(code, token, php);
    case CONFIG_PYTHON:
        return is_one_of(code, token, words) || is_one_of(code, token, python);
    case CONFIG_RUBY:
        return is_one_of(code, token, words) || is_one_of(code, token, ruby);
    default:
        return is_one_of(code, token, words);
    }
}

/* Whether a word that leaves begins a statement, so that nothing before it in the statement decides
 * whether it is reached. */
static bool is_reached(const struct code *code, uint32_t token, const struct branch *branch)
{
    static const char *const before[] = {"{", "}", ";", "then", NULL};
    static const char *const answers[] = {"render", "redirect_to", "head", NULL};
    if (token == branch->from || is_one_of(code, token - 1, before))
        return true;
    /* Ruby: `head :forbidden and return`. */
    if (code->language == CONFIG_RUBY && token_is(code, token - 1, "and"))
        for (uint32_t i = token; i > branch->from; i--)
            if (code->tokens[i - 1].first)
                return is_one_of(code, i - 1, answers);
    return begins_statement(code, token);
}

static void find_leaving(struct code *code)
{
    for (uint32_t i = 0; i < code->count && *code->looks <= MOST_LOOKS; i++) {
        const uint32_t found = is_leaving(code, i) ? branch_around(code, i) : NOWHERE;
        if (found == NOWHERE)
            continue;
        struct branch *branch = &code->branches[found];
        const bool braces = branch->from > 0 && token_is(code, branch->from - 1, "{") &&
                            code->language != CONFIG_RUBY;
        const uint32_t opener = braces ? branch->from - 1 : code->tokens[branch->keyword].opener;
        if (code->tokens[i].opener == opener && is_reached(code, i, branch))
            branch->leaves = true;
    }
}

void code_branches(struct code *code)
{
    if (code->language == CONFIG_PYTHON)
        python_branches(code);
    else if (code->language == CONFIG_RUBY)
        ruby_branches(code);
    else
        brace_branches(code);
    find_leaving(code);
    find_fallthrough(code);
}

/* ---- Functions ----------------------------------------------------------------------------- */

static bool is_object(const struct code *code, uint32_t opener)
{
    static const char *const words[] = {",",  "(", ":",  "=",   "return", "[", "??",
                                        "||", "?", "&&", "and", "or",     NULL};
    return opener > 0 && is_one_of(code, opener - 1, words);
}

static bool is_branch(const struct code *code, uint32_t opener)
{
    for (uint32_t i = 0; i < code->branch_count; i++)
        if (code->branches[i].from == opener + 1)
            return true;
    return false;
}

/* Go: `func(...) {`, `func(...) bool {`, `func(...) (bool, error) {`; a block or a composite
 * literal looks like one otherwise. */
static bool is_go_function(const struct code *code, uint32_t opener)
{
    uint32_t at = opener;
    for (unsigned parts = 0; parts < 2 && at > 0; parts++) {
        if (is_name(code, at - 1))
            at--;
        if (at == 0 || !token_is(code, at - 1, ")") || code->tokens[at - 1].partner == NOWHERE)
            return false;
        at = code->tokens[at - 1].partner;
        if (at > 0 && token_is(code, at - 1, "func"))
            return true;
    }
    return false;
}

static uint32_t function_opener(struct code *code, uint32_t token)
{
    uint32_t opener = code->tokens[token].opener;
    for (; opener != NOWHERE; opener = code->tokens[opener].opener) {
        *code->looks += code->branch_count;
        if (token_byte(code, opener) == '{' && !is_branch(code, opener) &&
            !is_object(code, opener) &&
            (code->language != CONFIG_GO || code->tokens[opener].opener == NOWHERE ||
             is_go_function(code, opener)))
            return opener;
    }
    return NOWHERE;
}

void function_around(struct code *code, uint32_t token, uint32_t *from, uint32_t *to)
{
    *from = 0;
    *to = code->count;
    if (code->language != CONFIG_PYTHON && code->language != CONFIG_RUBY) {
        const uint32_t opener = function_opener(code, token);
        if (opener != NOWHERE && code->tokens[opener].partner != NOWHERE) {
            *from = opener + 1;
            *to = code->tokens[opener].partner;
        }
        return;
    }
    *code->looks += code->branch_count;
    for (uint32_t i = 0; i < code->branch_count; i++) {
        const struct branch *branch = &code->branches[i];
        if (branch->kind == BRANCH_FUNCTION && is_in_body(branch, token) &&
            branch->to - branch->from < *to - *from) {
            *from = branch->from;
            *to = branch->to;
        }
    }
}
