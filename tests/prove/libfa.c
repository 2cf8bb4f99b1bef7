/* The prover against libfa, an automata library that somebody else wrote: libfa reads the lines
 * that `ask -` reads, and prints for each what both say, or what differs. What is sendable,
 * accepted and intended is built again from its definition in libfa's own syntax, for origins of
 * the Fetch Standard's ABNF without IPv6 addresses; a pattern comes from the prover's tree, as
 * libfa reads other languages out of most patterns. Its own search is not for the shortest, so that
 * is here. Invariant: what is not serialised exactly is not compared. */
#define _POSIX_C_SOURCE 200809L
#include "corsim_prove.h"
#include "engines/question.h"
#include "pattern.h"

#include <fa.h>
#include <stdlib.h>

#define LABEL "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
#define BYTE "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
#define NEVER "\001" /* no origin has it */

enum { NONE = 100000 };
enum scheme { SCHEME_HTTPS, SCHEME_HTTP, SCHEME_COUNT };
static const char *const schemes[] = {"https://", "http://"};

/* ---- Automata ------------------------------------------------------------------------------ */

static struct fa *compile(const char *syntax)
{
    struct fa *made = NULL;
    if (fa_compile(syntax, strlen(syntax), &made) != 0) {
        fprintf(stderr, "libfa: cannot read %.200s\n", syntax);
        exit(2);
    }
    return made;
}

static struct fa *taken(struct fa *(*operation)(struct fa *, struct fa *), struct fa *a,
                        struct fa *b)
{
    struct fa *made = operation(a, b);
    fa_free(a);
    fa_free(b);
    if (made == NULL)
        exit(2);
    return made;
}

static struct fa *sendable_of(enum scheme scheme)
{
    struct fa *hosts = compile("(" LABEL "\\.)*" LABEL);
    hosts = taken(fa_minus, hosts, compile("([a-z0-9.-]*\\.)?([0-9]+|0x[0-9a-f]*)"));
    hosts = taken(fa_union, hosts, compile(BYTE "\\." BYTE "\\." BYTE "\\." BYTE));
    struct fa *ports = compile("(0|[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|"
                               "655[0-2][0-9]|6553[0-5])");
    ports = taken(fa_minus, ports, compile(scheme == SCHEME_HTTPS ? "443" : "80"));
    ports = taken(fa_union, taken(fa_concat, compile(":"), ports), compile("()"));
    struct fa *made = taken(fa_concat, compile(schemes[scheme]), hosts);
    made = taken(fa_concat, made, ports);
    fa_minimize(made);
    return made;
}

/* The fewest bytes that it accepts; NONE: none. Breadth first; `seen` keeps what was reached. */
static size_t shortest(struct fa *automaton)
{
    size_t room = 1;
    for (struct state *s = fa_state_initial(automaton); s != NULL; s = fa_state_next(s))
        room++;
    const size_t slots = 4 * room;
    struct state **queue = calloc(room, sizeof(struct state *)),
                 **seen = calloc(slots, sizeof(struct state *));
    size_t *distance = calloc(room, sizeof *distance);
    size_t count = 0, least = NONE;
    if (queue == NULL || seen == NULL || distance == NULL)
        exit(2);
    queue[count++] = seen[(size_t)fa_state_initial(automaton) / 16 % slots] =
        fa_state_initial(automaton);
    for (size_t at = 0; at < count && least == NONE; at++) {
        if (fa_state_is_accepting(queue[at]))
            least = distance[at];
        for (size_t i = 0; i < fa_state_num_trans(queue[at]); i++) {
            struct state *to;
            unsigned char from, until;
            fa_state_trans(queue[at], i, &to, &from, &until);
            size_t slot = (size_t)to / 16 % slots;
            while (seen[slot] != NULL && seen[slot] != to)
                slot = (slot + 1) % slots;
            if (seen[slot] == to)
                continue;
            seen[slot] = queue[count] = to;
            distance[count++] = distance[at] + 1;
        }
    }
    free(queue);
    free(seen);
    free(distance);
    return least;
}

/* ---- Patterns ------------------------------------------------------------------------------ */

struct writer {
    FILE *out;
    bool inexpressible;
};

static void write_byte(FILE *out, unsigned byte)
{
    fprintf(out, "%s%c", strchr("|()[].*+?{}\\^$", (int)byte) != NULL ? "\\" : "", (int)byte);
}

static void write_set(FILE *out, const struct byte_set *set)
{
    const char *between = "(";
    bool plain = false;
    for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++) {
        if (!set_has(set, byte))
            continue;
        plain = plain || strchr("[]\\^-", (int)byte) == NULL;
        if (strchr("[]\\^-", (int)byte) != NULL) {
            fputs(between, out);
            write_byte(out, byte);
            between = "|";
        }
    }
    if (plain) {
        fprintf(out, "%s[", between);
        for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
            if (set_has(set, byte) && strchr("[]\\^-", (int)byte) == NULL)
                fputc((int)byte, out);
        fputc(']', out);
        between = "|";
    }
    fputs(*between == '(' ? NEVER : ")", out);
}

static void write_node(struct writer *writer, const struct node *node);

static void write_children(struct writer *writer, const struct node *first, const char *between)
{
    fputc('(', writer->out);
    for (const struct node *child = first; child != NULL; child = child->next) {
        write_node(writer, child);
        fputs(child->next == NULL ? "" : between, writer->out);
    }
    fputc(')', writer->out);
}

static void write_node(struct writer *writer, const struct node *node)
{
    switch ((enum node_kind)node->kind) {
    case NODE_EMPTY:
        fputs("()", writer->out);
        return;
    case NODE_SET:
        write_set(writer->out, &node->set);
        return;
    case NODE_SEQUENCE:
    case NODE_GROUP:
        write_children(writer, node->first, "");
        return;
    case NODE_CHOICE:
        write_children(writer, node->first, "|");
        return;
    case NODE_REPEAT:
        write_children(writer, node->first, "");
        if (node->most == REPEAT_ENDLESS)
            fprintf(writer->out, "{%u,}", node->least);
        else
            fprintf(writer->out, "{%u,%u}", node->least, node->most);
        return;
    case NODE_ATOMIC:
    case NODE_ASSERTION:
    case NODE_LOOK:
    case NODE_REFERENCE:
        break;
    }
    writer->inexpressible = true;
}

static bool is_assertion(const struct node *node, enum meaning meaning)
{
    return node->kind == NODE_ASSERTION && node->meaning == meaning;
}

/* One branch at the top, whose ends may be asserted to be those of the text. */
static void write_branch(struct writer *writer, const struct node *first, enum pattern_match match)
{
    bool starts = match != PATTERN_SEARCH, ends = match == PATTERN_FULL;
    for (; first != NULL && is_assertion(first, MEANS_START); first = first->next)
        starts = true;
    fputs(starts ? "(" : "([ -~]*", writer->out);
    for (; first != NULL && !is_assertion(first, MEANS_END); first = first->next)
        write_node(writer, first);
    for (; first != NULL && is_assertion(first, MEANS_END); first = first->next)
        ends = true;
    writer->inexpressible |= first != NULL;
    fputs(ends ? "())" : "[ -~]*)", writer->out);
}

/* NULL: libfa cannot say it. */
static struct fa *accepted_of(const struct pattern *pattern)
{
    char *text = NULL;
    size_t length;
    struct writer writer = {open_memstream(&text, &length), false};
    const struct node *choice = pattern->root;
    while (choice->first->next == NULL && choice->first->first != NULL &&
           choice->first->first->next == NULL && choice->first->first->kind == NODE_GROUP &&
           choice->first->first->first->kind == NODE_CHOICE)
        choice = choice->first->first->first; /* a group around it all */
    for (const struct node *branch = choice->first; branch != NULL; branch = branch->next) {
        write_branch(&writer, branch->first, pattern->match);
        fputs(branch->next == NULL ? "" : "|", writer.out);
    }
    fclose(writer.out);
    struct fa *made = writer.inexpressible ? NULL : compile(text);
    free(text);
    return made;
}

/* ---- Intents ------------------------------------------------------------------------------- */

static void write_entry(FILE *out, const struct intent_entry *entry, enum scheme scheme)
{
    const unsigned default_port = scheme == SCHEME_HTTPS ? 443 : 80;
    fprintf(out, "%s%s", schemes[scheme], entry->below ? "[a-z0-9.-]+\\." : "");
    for (size_t i = 0; i < entry->host.len; i++)
        write_byte(out, (unsigned char)entry->host.at[i]);
    if (entry->port_kind == INTENT_PORT_ANY)
        fputs("(:[0-9]+)?", out);
    else if (entry->port_kind == INTENT_PORT_NUMBER && entry->port != default_port)
        fprintf(out, ":%u", entry->port);
}

static struct fa *intended_of(const struct intent *intent, enum scheme scheme)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    fputs(NEVER, out);
    for (size_t i = 0; i < intent->count; i++)
        if (scheme == SCHEME_HTTPS ? intent->entries[i].https : intent->entries[i].http) {
            fputc('|', out);
            write_entry(out, &intent->entries[i], scheme);
        }
    fclose(out);
    struct fa *made = compile(text);
    free(text);
    return made;
}

static size_t shortest_null(const struct intent *intent, struct fa *accepted)
{
    for (size_t i = 0; i < intent->count; i++)
        if (intent->entries[i].null)
            return NONE;
    struct fa *null = compile("null"), *both = fa_intersect(null, accepted);
    const size_t least = shortest(both);
    fa_free(both);
    fa_free(null);
    return least;
}

/* ---- Comparing ----------------------------------------------------------------------------- */

static size_t shortest_by_libfa(struct fa *const *sendable, struct fa *accepted,
                                const struct intent *intent)
{
    size_t least = shortest_null(intent, accepted);
    for (enum scheme scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        struct fa *both = fa_intersect(sendable[scheme], accepted);
        struct fa *made = taken(fa_minus, both, intended_of(intent, scheme));
        const size_t length = shortest(made);
        if (length != NONE && length - strlen(schemes[scheme]) < least)
            least = length - strlen(schemes[scheme]);
        fa_free(made);
    }
    return least;
}

static size_t behind(struct cors_bytes origin)
{
    const char *colon = memchr(origin.at, ':', origin.len);
    return colon == NULL ? origin.len : origin.len - (size_t)(colon - origin.at) - 3;
}

/* By the prover; `address`: the shortest by an IPv6 address, which is not compared. */
static size_t shortest_by_prover(const struct prove_answer *answer, size_t *address)
{
    size_t least = NONE;
    *address = NONE;
    for (size_t i = 0; i < answer->witness_count; i++) {
        const struct cors_bytes origin = answer->witnesses[i].origin;
        size_t *length = memchr(origin.at, '[', origin.len) == NULL ? &least : address;
        *length = behind(origin) < *length ? behind(origin) : *length;
    }
    return least;
}

static void compare(const struct prove_question *question, const struct pattern *pattern,
                    struct fa *const *sendable)
{
    struct prove_answer answer;
    struct fa *accepted = accepted_of(pattern);
    size_t address;
    if (accepted == NULL) {
        puts("inexpressible");
        return;
    }
    if (!prove(question, &answer))
        exit(2);
    if (answer.verdict == PROVE_PROVEN || answer.verdict == PROVE_BYPASS) {
        const size_t theirs = shortest_by_libfa(sendable, accepted, question->intent);
        const size_t ours = shortest_by_prover(&answer, &address);
        const bool same = ours == theirs || (address < ours && theirs > address);
        printf("%s %s: %zu and %zu\n", same ? "agree" : "WRONG",
               answer.verdict == PROVE_PROVEN ? "PROVEN" : "BYPASS", ours, theirs);
    } else {
        puts("undecided");
    }
    prove_free(&answer);
    fa_free(accepted);
}

static void ask(char *line, struct fa *const *sendable)
{
    struct prove_memory memory = {.limit = 64 << 20};
    struct pattern pattern;
    struct pattern_error error;
    struct intent intent = {0};
    struct intent_error wrong;
    struct prove_check check = {.dialect = next_field(&line), .match = next_field(&line)};
    check.flags = next_field(&line);
    if (strcmp(check.flags, "-") == 0)
        check.flags = "";
    char *const hex = next_field(&line), *end = hex;
    const struct cors_bytes text = {hex, decode_hex(&end)};
    check.patterns = &text, check.pattern_count = 1;
    while (*line != '\0') {
        const char *entry = next_field(&line);
        if (!intent_add(&intent, (struct cors_bytes){entry, strlen(entry)}, &wrong))
            exit(2);
    }
    struct pattern_source source = {.flags = check.flags, .text = text.at, .length = text.len};
    source.match = *check.match == 's'   ? PATTERN_SEARCH
                   : *check.match == 'p' ? PATTERN_PREFIX
                                         : PATTERN_FULL;
    while (source.dialect < DIALECT_COUNT &&
           strcmp(dialect_words[source.dialect], check.dialect) != 0)
        source.dialect++;
    const struct prove_question question = {
        .check = check, .profile = PROFILE_ABNF, .intent = &intent, .seconds = 20};
    if (pattern_parse(&source, &memory, &pattern, &error))
        compare(&question, &pattern, sendable);
    else
        puts("undecided");
    prove_release(&memory);
    intent_free(&intent);
}

int main(void)
{
    struct fa *sendable[] = {sendable_of(SCHEME_HTTPS), sendable_of(SCHEME_HTTP)};
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        ask(line, sendable);
        fflush(stdout);
    }
    free(line);
    fa_free(sendable[0]);
    fa_free(sendable[1]);
    return 0;
}
