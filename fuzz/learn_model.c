/* The learner's model: an automaton whose states are the leaves of a discrimination tree. Node 0 is
 * the root, whose suffix is empty; a transition that leads to a node that is no leaf (any more) is
 * carried on from there by asking. */
#include "learn_parts.h"

#include <string.h>

static size_t add_node(struct learning *learning)
{
    struct node *node = &learning->nodes[learning->node_count];
    node->leaf = true;
    node->child[0] = node->child[1] = 0;
    return learning->node_count++;
}

/* False: there are too many. Each state needs two nodes at most. */
static bool add_state(struct learning *learning, const struct word *access, bool accepting,
                      size_t leaf)
{
    if (learning->state_count == LEARN_STATES) {
        learning->end = LEARNED_TOO_LARGE;
        return false;
    }
    struct state *state = &learning->states[learning->state_count];
    state->accepting = accepting;
    state->access = *access;
    state->leaf = leaf;
    memset(state->to, 0, sizeof state->to);
    learning->nodes[leaf].state = learning->state_count++;
    return true;
}

void model_begin(struct learning *learning)
{
    const struct word empty = word_of(CORS_BYTES(""));
    const size_t root = add_node(learning);
    learning->nodes[root].leaf = false;
    learning->nodes[root].suffix = empty;
    const size_t leaf = add_node(learning);
    learning->nodes[root].child[false] = leaf;
    (void)add_state(learning, &empty, false, leaf); /* the first one */
}

static struct word step_word(const struct learning *learning, size_t state, size_t symbol)
{
    struct word word = learning->states[state].access;
    word_add(&word, symbol_bytes(learning, symbol));
    return word;
}

static bool advance(struct learning *learning, size_t state, size_t symbol, bool answer)
{
    size_t *to = &learning->states[state].to[symbol];
    struct node *node = &learning->nodes[*to];
    if (node->child[answer] == 0) { /* the root only: the first word that is let in */
        const struct word access = step_word(learning, state, symbol);
        const size_t leaf = add_node(learning);
        if (!add_state(learning, &access, answer, leaf))
            return false;
        node->child[answer] = leaf;
    }
    *to = node->child[answer];
    return true;
}

/* Carries each unknown transition on by one question. */
static bool advance_some(struct learning *learning, bool *closed)
{
    struct {
        size_t state, symbol;
    } at[LEARN_BATCH];
    bool answers[LEARN_BATCH];
    size_t count = 0;
    for (size_t i = 0; i < learning->state_count; i++)
        for (size_t j = 0; j < learning->symbol_count && count < LEARN_BATCH; j++) {
            const struct node *node = &learning->nodes[learning->states[i].to[j]];
            if (node->leaf)
                continue;
            at[count].state = i;
            at[count].symbol = j;
            learning->batch[count] = step_word(learning, i, j);
            if (node->suffix.too_long)
                learning->batch[count].too_long = true;
            word_add(&learning->batch[count++], word_bytes(&node->suffix));
        }
    *closed = count == 0;
    if (!learn_ask(learning, learning->batch, count, answers))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!advance(learning, at[i].state, at[i].symbol, answers[i]))
            return false;
    return true;
}

bool model_close(struct learning *learning)
{
    for (bool closed = false; !closed;)
        if (!advance_some(learning, &closed))
            return false;
    return true;
}

static size_t next_state(const struct learning *learning, size_t state, size_t symbol)
{
    const struct node *node = &learning->nodes[learning->states[state].to[symbol]];
    return node->leaf ? node->state : 0;
}

bool model_allows(const struct learning *learning, struct cors_bytes word)
{
    struct reading reading;
    if (!learn_in_language(learning, word) || !symbols_read(learning, word, &reading))
        return false;
    size_t state = 0;
    for (size_t i = 0; i < reading.count; i++)
        state = next_state(learning, state, reading.at[i].symbol);
    return learning->states[state].accepting;
}

/* ---- Counterexamples ----------------------------------------------------------------------- */

/* The access word of the state after `from` symbols, and then the rest of the word. */
static struct word continued(const struct learning *learning, const struct reading *reading,
                             const size_t *states, size_t from)
{
    struct word word = learning->states[states[from]].access;
    for (size_t i = from; i < reading->count; i++)
        word_add(&word, symbol_bytes(learning, reading->at[i].symbol));
    return word;
}

static bool split(struct learning *learning, size_t from, size_t symbol, const struct word *suffix,
                  bool answer)
{
    const size_t old = next_state(learning, from, symbol), node = learning->states[old].leaf;
    const struct word access = step_word(learning, from, symbol);
    if (learning->state_count == LEARN_STATES) {
        learning->end = LEARNED_TOO_LARGE;
        return false;
    }
    const size_t mine = add_node(learning), its = add_node(learning);
    learning->nodes[node].leaf = false;
    learning->nodes[node].suffix = *suffix;
    learning->nodes[node].child[answer] = mine;
    learning->nodes[node].child[!answer] = its;
    learning->nodes[its].state = old;
    learning->states[old].leaf = its;
    return add_state(learning, &access, learning->states[old].accepting, mine);
}

/* The word, read as symbols, has another answer than the model's: one state becomes two. */
static bool split_by(struct learning *learning, const struct reading *reading, bool allowed)
{
    size_t states[LONGEST_ORIGIN + 1] = {0};
    for (size_t i = 0; i < reading->count; i++)
        states[i + 1] = next_state(learning, states[i], reading->at[i].symbol);
    /* The answer is right with the word from `low` on, and wrong from `high` on. */
    size_t low = 0, high = reading->count;
    bool answer;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        const struct word word = continued(learning, reading, states, middle);
        if (!learn_ask(learning, &word, 1, &answer))
            return false;
        *(answer == allowed ? &low : &high) = middle;
    }
    struct word suffix = word_of(CORS_BYTES(""));
    for (size_t i = high; i < reading->count; i++)
        word_add(&suffix, symbol_bytes(learning, reading->at[i].symbol));
    return split(learning, states[low], reading->at[low].symbol, &suffix, allowed) &&
           model_close(learning);
}

static bool correct_once(struct learning *learning, struct cors_bytes word, bool allowed)
{
    struct reading reading;
    bool answer;
    if (!symbols_read(learning, word, &reading))
        return true;
    const struct word joined = symbols_join(learning, &reading);
    if (!learn_ask(learning, &joined, 1, &answer))
        return false;
    if (answer != allowed)
        return symbols_refine(learning, word, allowed) && model_close(learning);
    return split_by(learning, &reading, allowed);
}

bool model_correct(struct learning *learning, const struct word *words, const bool *allowed,
                   size_t count, bool *changed)
{
    enum { TRIES = 4 * (LEARN_STATES + LEARN_SYMBOLS) };
    size_t tries = 0;
    for (size_t i = 0; i < count; i++) {
        const struct cors_bytes word = word_bytes(&words[i]);
        if (!learn_in_language(learning, word))
            continue;
        for (; model_allows(learning, word) != allowed[i]; tries++) {
            *changed = true;
            if (tries == TRIES) {
                learning->end = LEARNED_TOO_LARGE;
                return false;
            }
            if (!correct_once(learning, word, allowed[i]))
                return false;
        }
    }
    return true;
}

/* ---- Walks --------------------------------------------------------------------------------- */

/* How many symbols each state is away from being let in; SIZE_MAX: it never is. */
static void distances(const struct learning *learning, size_t *distance)
{
    for (size_t i = 0; i < LEARN_STATES; i++)
        distance[i] = i < learning->state_count && learning->states[i].accepting ? 0 : SIZE_MAX;
    for (bool better = true; better;) {
        better = false;
        for (size_t i = 0; i < learning->state_count; i++)
            for (size_t j = 0; j < learning->symbol_count; j++) {
                const size_t there = distance[next_state(learning, i, j)];
                if (there != SIZE_MAX && there + 1 < distance[i]) {
                    distance[i] = there + 1;
                    better = true;
                }
            }
    }
}

struct word model_walk(struct learning *learning)
{
    size_t distance[LEARN_STATES];
    distances(learning, distance);
    size_t state = learn_below(learning, learning->state_count);
    struct word word = learning->states[state].access;
    for (size_t left = 1 + learn_below(learning, 3); left > 0; left--) {
        const size_t symbol = learn_below(learning, learning->symbol_count);
        const size_t next = next_state(learning, state, symbol);
        if (distance[next] == SIZE_MAX)
            continue;
        word_add(&word, symbol_bytes(learning, symbol));
        state = next;
    }
    while (distance[state] != SIZE_MAX && distance[state] > 0)
        for (size_t j = 0; j < learning->symbol_count; j++)
            if (distance[next_state(learning, state, j)] == distance[state] - 1) {
                word_add(&word, symbol_bytes(learning, j));
                state = next_state(learning, state, j);
                break;
            }
    return word;
}
