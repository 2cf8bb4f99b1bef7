/* One question, answered: parse, build, search; each witness checked against the model, sorted by
 * tier and class, and traced to the part of the pattern that let it through. */
#include "search.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_CANDIDATES = 3000, MOST_NODES = 2000000, MOST_MEMORY = 200 << 20 };

struct prove_own {
    struct prove_memory memory;
    struct search search;
    struct machine machine;
    struct pattern pattern;
};

static bool end(struct prove_answer *answer, enum prove_verdict verdict, const char *reason,
                size_t column)
{
    answer->verdict = verdict;
    answer->reason = reason;
    answer->column = column;
    return true;
}

/* ---- Reading the question ------------------------------------------------------------------ */

static bool read_source(const struct prove_question *question, struct pattern_source *source)
{
    static const char *const matches[] = {"search", "prefix", "full"};
    const struct prove_check *check = &question->check;
    const char *dialect = check->dialect;
    *source = (struct pattern_source){.text = check->patterns[0].at,
                                      .length = check->patterns[0].len,
                                      .flags = check->flags == NULL ? "" : check->flags};
    if (strcmp(dialect, "js") == 0)
        dialect = "javascript";
    if (strcmp(dialect, "php") == 0)
        dialect = "pcre2";
    while (source->dialect < DIALECT_COUNT && strcmp(dialect_words[source->dialect], dialect) != 0)
        source->dialect++;
    while (source->match <= PATTERN_FULL && strcmp(matches[source->match], check->match) != 0)
        source->match++;
    return source->dialect < DIALECT_COUNT && source->match <= PATTERN_FULL;
}

/* ---- Witnesses ----------------------------------------------------------------------------- */

/* The bytes on the way to a place; and the states that took them, if asked for. */
static struct cors_bytes text_of(struct search *search, uint32_t place, uint32_t **through)
{
    size_t length = 0, at;
    for (uint32_t i = place; search->products[i].parent != NO_PRODUCT;
         i = search->products[i].parent)
        length++;
    char *text = prove_take(search->memory, length + 1);
    uint32_t *states = prove_take(search->memory, (length + 1) * sizeof *states);
    if (text == NULL || states == NULL)
        return (struct cors_bytes){0};
    at = length;
    for (uint32_t i = place; at > 0; i = search->products[i].parent) {
        text[--at] = (char)search->products[i].byte;
        states[at] = search->products[i].through;
    }
    *through = states;
    return (struct cors_bytes){text, length};
}

static size_t same_start(struct cors_bytes a, struct cors_bytes b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && a.at[i] == b.at[i])
        i++;
    return i;
}

static size_t same_end(struct cors_bytes a, struct cors_bytes b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && a.at[a.len - 1 - i] == b.at[b.len - 1 - i])
        i++;
    return i;
}

/* The byte with which it goes astray from what is intended: the farthest that any entry goes. */
static size_t astray_at(const struct intent *intent, struct cors_bytes origin)
{
    const char *colon = memchr(origin.at, ':', origin.len);
    const size_t start = colon == NULL ? 0 : (size_t)(colon - origin.at) + 3;
    const struct cors_bytes host = {origin.at + start, origin.len - start};
    size_t best = 0, best_same = 0;
    for (size_t i = 0; i < intent->count && start > 0; i++) {
        const struct intent_entry *entry = &intent->entries[i];
        const bool https = start == strlen("https://");
        if (entry->null)
            continue;
        const size_t front = same_start(host, entry->host), back = same_end(host, entry->host);
        size_t at = front, same = front;
        if (back > front || (entry->below && back == entry->host.len && back < host.len)) {
            same = back;
            at = host.len - back - (back < host.len);
        }
        if (!(https ? entry->https : entry->http) && front == host.len)
            at = 0, same = 0;
        if (same >= best_same)
            best = at, best_same = same;
    }
    return start + best < origin.len ? start + best : origin.len - 1;
}

static void find_cause(struct search *search, struct prove_witness *witness,
                       const uint32_t *through)
{
    const struct state *states = search->machine->states;
    const size_t at = astray_at(search->question->intent, witness->origin);
    size_t near = at;
    witness->column = states[through[at]].column;
    if (witness->column > 0)
        return;
    while (near < witness->origin.len && states[through[near]].column == 0)
        near++;
    if (near < witness->origin.len) {
        witness->cause = PROVE_NOTHING_BEFORE;
        witness->column = states[through[near]].column;
        return;
    }
    for (near = at; near > 0 && states[through[near]].column == 0;)
        near--;
    witness->cause = PROVE_NOTHING_BEHIND;
    witness->column = states[through[near]].column;
}

/* Kept, if it is the first of its tier and class. False: it is no witness after all. */
static bool keep(struct search *search, struct prove_answer *answer, uint32_t place)
{
    const struct prove_question *question = search->question;
    uint32_t *through = NULL;
    struct prove_witness witness = {.origin = text_of(search, place, &through)};
    if (witness.origin.at == NULL || !origin_sendable(witness.origin, question->profile) ||
        intent_holds(question->intent, witness.origin))
        return false;
    if (search->machine->inexact != NULL &&
        (question->accepts == NULL || !question->accepts(question->context, witness.origin)))
        return false;
    witness.kind = kind_of_witness(question->intent, witness.origin, question->suffixes);
    for (size_t i = 0; i < answer->witness_count; i++)
        if (answer->witnesses[i].kind.tier == witness.kind.tier &&
            answer->witnesses[i].kind.class == witness.kind.class)
            return true;
    if (answer->witness_count == PROVE_MOST_WITNESSES)
        return true;
    find_cause(search, &witness, through);
    size_t at = answer->witness_count++;
    for (; at > 0 && answer->witnesses[at - 1].kind.tier > witness.kind.tier; at--)
        answer->witnesses[at] = answer->witnesses[at - 1];
    answer->witnesses[at] = witness;
    return true;
}

static void collect(struct search *search, struct prove_answer *answer)
{
    uint32_t place = NO_PRODUCT;
    size_t candidates = 0, failed = 0;
    while (candidates < MOST_CANDIDATES && (place = search_next(search, place)) != NO_PRODUCT) {
        candidates++;
        failed += !keep(search, answer, place);
    }
    answer->states = search->count;
    answer->seconds = prove_clock() - (search->until - search->question->seconds);
    if (answer->witness_count > 0)
        end(answer, PROVE_BYPASS, NULL, 0);
    else if (search->stopped != NULL)
        end(answer, PROVE_UNDECIDED, search->stopped, 0);
    else if (failed > 0 && search->machine->inexact != NULL)
        end(answer, PROVE_UNDECIDED, search->machine->inexact, search->machine->inexact_column);
    else if (failed > 0)
        end(answer, PROVE_UNDECIDED, "no witness was one that the browser's host rules allow", 0);
    else
        end(answer, PROVE_PROVEN, NULL, 0);
}

bool prove(const struct prove_question *given, struct prove_answer *answer)
{
    struct prove_question question = *given;
    struct pattern_source source;
    struct pattern_error error;
    *answer = (struct prove_answer){0};
    struct prove_own *own = answer->own = calloc(1, sizeof *own);
    if (own == NULL)
        return false;
    if (question.seconds == 0)
        question.seconds = 1;
    own->memory.limit = question.memory == 0 ? MOST_MEMORY : question.memory;
    own->search =
        (struct search){.question = &question,
                        .machine = &own->machine,
                        .memory = &own->memory,
                        .until = prove_clock() + question.seconds,
                        .most = (uint32_t)(question.nodes == 0 ? MOST_NODES : question.nodes)};
    if (!read_source(&question, &source))
        return end(answer, PROVE_MALFORMED, "there is no such dialect, or way of matching", 0);
    if (!pattern_parse(&source, &own->memory, &own->pattern, &error) ||
        !machine_build(&own->pattern, &own->memory, &own->machine, &error))
        return end(answer, error.not_modelled ? PROVE_UNDECIDED : PROVE_MALFORMED, error.what,
                   error.column);
    answer->inexact = own->machine.inexact;
    answer->inexact_column = own->machine.inexact_column;
    if (!search_open(&own->search))
        return end(answer, PROVE_UNDECIDED, own->search.stopped, 0);
    collect(&own->search, answer);
    own->search.question = NULL;
    return true;
}

void prove_free(struct prove_answer *answer)
{
    if (answer->own != NULL)
        prove_release(&answer->own->memory);
    free(answer->own);
    *answer = (struct prove_answer){0};
}
