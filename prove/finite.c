/* The groups of prove/finite.h, and all walks through what they hold, in the order in which an
 * engine would try them. */
#include "finite.h"

#include <string.h>

static uint32_t slot_of(struct builder *builder, uint32_t group)
{
    struct finite **finite = builder->finite[builder->index];
    return finite == NULL || finite[group] == NULL ? NO_STATE : finite[group]->slot;
}

static bool put_walk(struct builder *builder, struct walks *walks, const struct walk *first,
                     const struct walk *second)
{
    if (walks->count == MOST_WALKS || first->count + second->count > MOST_STEPS)
        return false;
    const uint32_t count = first->count + second->count;
    builder->steps += count;
    struct step *steps = prove_take(builder->memory, count * sizeof *steps);
    struct walk *at = walks->count % 64 != 0
                          ? walks->at
                          : prove_resize(builder->memory, walks->at, walks->count * sizeof *at,
                                         (walks->count + 64) * sizeof *at);
    if (steps == NULL || at == NULL)
        return false;
    if (first->count > 0)
        memcpy(steps, first->steps, first->count * sizeof *steps);
    if (second->count > 0)
        memcpy(steps + first->count, second->steps, second->count * sizeof *steps);
    walks->at = at;
    at[walks->count++] = (struct walk){steps, count, 0};
    return true;
}

static bool put_step(struct builder *builder, struct walks *walks, const struct step *step)
{
    const struct walk walk = {step, step != NULL, 0}, none = {NULL, 0, 0};
    return put_walk(builder, walks, &walk, &none);
}

/* Each of the first with each of the second. */
static bool multiply(struct builder *builder, const struct walks *first, const struct walks *second,
                     struct walks *product)
{
    for (uint32_t i = 0; i < first->count; i++)
        for (uint32_t k = 0; k < second->count; k++)
            if (!put_walk(builder, product, &first->at[i], &second->at[k]))
                return false;
    return true;
}

static bool walks_of_all(struct builder *builder, const struct node *node, struct walks *walks)
{
    struct walks all = {NULL, 0};
    if (!put_step(builder, &all, NULL))
        return false;
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        struct walks own = {NULL, 0}, product = {NULL, 0};
        if (!finite_walks(builder, child, &own) || !multiply(builder, &all, &own, &product))
            return false;
        all = product;
    }
    *walks = all;
    return true;
}

static bool walks_of_choice(struct builder *builder, const struct node *node, struct walks *walks)
{
    const struct walk none = {NULL, 0, 0};
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        struct walks own = {NULL, 0};
        if (!finite_walks(builder, child, &own))
            return false;
        for (uint32_t i = 0; i < own.count; i++)
            if (!put_walk(builder, walks, &own.at[i], &none))
                return false;
    }
    return true;
}

/* In front of each walk: nothing is kept of the groups within a node. */
static bool reset_walks(struct builder *builder, const struct node *node, struct walks *walks)
{
    const uint32_t slot =
        node->kind == NODE_GROUP && node->number > 0 ? slot_of(builder, node->number) : NO_STATE;
    const struct step step = {.kind = STEP_BIND, .slot = (uint16_t)slot};
    struct walks one = {NULL, 0}, product = {NULL, 0};
    if (dialect_syntax[builder->pattern->dialect][SYNTAX_UNSET_GROUP] != MEANS_EMPTY)
        return true;
    if (slot != NO_STATE) {
        if (!put_step(builder, &one, &step) || !multiply(builder, &one, walks, &product))
            return false;
        *walks = product;
    }
    for (const struct node *child = node->first; child != NULL; child = child->next)
        if (!reset_walks(builder, child, walks))
            return false;
    return true;
}

static bool walks_of_repeat(struct builder *builder, const struct node *node, struct walks *walks)
{
    const struct walk none = {NULL, 0, 0};
    struct walks once = {NULL, 0}, all = {NULL, 0};
    if (node->most == REPEAT_ENDLESS || !finite_walks(builder, node->first, &once) ||
        !reset_walks(builder, node->first, &once) || !put_step(builder, &all, NULL))
        return false;
    for (uint32_t i = node->most; i-- > 0;) {
        struct walks more = {NULL, 0};
        const bool optional = i >= node->least;
        if ((optional && node->lazy && !put_step(builder, &more, NULL)) ||
            !multiply(builder, &once, &all, &more) ||
            (optional && !node->lazy && !put_walk(builder, &more, &none, &none)))
            return false;
        all = more;
    }
    *walks = all;
    return true;
}

static bool walks_of_group(struct builder *builder, const struct node *node, struct walks *walks)
{
    const uint32_t slot = node->number == 0 ? NO_STATE : slot_of(builder, node->number);
    if (slot == NO_STATE)
        return walks_of_all(builder, node, walks);
    const struct finite *finite = builder->finite[builder->index][node->number];
    for (uint32_t i = 0; i < finite->walk_count; i++) {
        const struct step bind = {
            .kind = STEP_BIND, .slot = (uint16_t)slot, .word = finite->walks[i].word};
        const struct walk end = {&bind, 1, 0};
        if (!put_walk(builder, walks, &finite->walks[i], &end))
            return false;
    }
    return true;
}

bool finite_walks(struct builder *builder, const struct node *node, struct walks *walks)
{
    struct step step = {.node = node, .kind = STEP_NODE};
    switch (node->kind) {
    case NODE_EMPTY:
        return put_step(builder, walks, NULL);
    case NODE_SET:
        step.kind = STEP_BYTE;
        for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++) {
            step.byte = (unsigned char)byte;
            if (set_has(&node->set, byte) && !put_step(builder, walks, &step))
                return false;
        }
        return true;
    case NODE_SEQUENCE:
        return walks_of_all(builder, node, walks);
    case NODE_CHOICE:
        return walks_of_choice(builder, node, walks);
    case NODE_REPEAT:
        return walks_of_repeat(builder, node, walks);
    case NODE_GROUP:
        return walks_of_group(builder, node, walks);
    case NODE_ASSERTION:
    case NODE_LOOK:
        return put_step(builder, walks, &step);
    default:
        return false; /* what an atomic group or a reference matches depends on what surrounds it */
    }
}

/* ---- Words --------------------------------------------------------------------------------- */

/* The number of a walk's word, from 1; 0: no memory. */
static uint32_t word_of(struct builder *builder, struct finite *finite, const struct walk *walk)
{
    unsigned char *text = prove_take(builder->memory, walk->count + 1);
    uint32_t length = 0;
    if (text == NULL)
        return 0;
    for (uint32_t i = 0; i < walk->count; i++)
        if (walk->steps[i].kind == STEP_BYTE)
            text[length++] = walk->steps[i].byte;
    for (uint32_t i = 1; i <= finite->word_count; i++)
        if (finite->words[i].length == length && memcmp(finite->words[i].at, text, length) == 0)
            return i;
    finite->words[++finite->word_count].at = text;
    finite->words[finite->word_count].length = length;
    return finite->word_count;
}

/* A slot for so many words; NO_STATE: there is none. */
static uint32_t take_slot(struct machine *machine, uint32_t group, uint32_t words)
{
    enum { MOST_HELD = 4096 }; /* words of all slots together */
    unsigned shift = 0;
    uint64_t held = words;
    for (uint32_t i = 0; i < machine->slot_count; i++) {
        held *= machine->slots[i].words;
        for (uint32_t most = 1; most <= machine->slots[i].words; most <<= 1)
            shift++;
    }
    if (machine->slot_count == MOST_SLOTS || held > MOST_HELD)
        return NO_STATE;
    machine->slots[machine->slot_count] = (struct slot){group, words, shift};
    return machine->slot_count++;
}

/* False: no memory; else the group may be left as it is. */
static bool find_words(struct builder *builder, uint32_t number)
{
    struct finite *finite = prove_take(builder->memory, sizeof *finite);
    struct walks walks = {NULL, 0};
    if (finite == NULL)
        return false;
    finite->group = builder->pattern->groups[number];
    if (!finite_walks(builder, finite->group->first, &walks) || walks.count == 0)
        return !builder->memory->exhausted;
    finite->walks = walks.at, finite->walk_count = walks.count;
    finite->words = prove_take(builder->memory, (walks.count + 1) * sizeof *finite->words);
    if (finite->words == NULL)
        return false;
    for (uint32_t i = 0; i < walks.count; i++) {
        walks.at[i].word = word_of(builder, finite, &walks.at[i]);
        if (walks.at[i].word == 0)
            return false;
    }
    finite->slot = take_slot(builder->machine, number, finite->word_count);
    if (finite->slot != NO_STATE)
        builder->finite[builder->index][number] = finite;
    return true;
}

/* ---- Which groups -------------------------------------------------------------------------- */

/* What stands around a node. */
struct around {
    const struct node *node;
    const struct around *outer;
};

struct survey {
    const struct node **look; /* of each group: the innermost around it */
    unsigned char *wanted;    /* something refers to it */
    unsigned char *unfit;
};

static bool is_around(const struct around *around, const struct node *node)
{
    while (around != NULL && around->node != node)
        around = around->outer;
    return around != NULL;
}

static void look_at_group(struct survey *survey, const struct pattern *pattern,
                          const struct node *node, const struct around *around)
{
    /* Java does not forget what a group took within an atomic one, or a repetition, that failed. */
    const bool remembers = pattern->dialect == DIALECT_JAVA;
    for (const struct around *at = around; at != NULL; at = at->outer) {
        if (at->node->kind == NODE_LOOK && survey->look[node->number] == NULL)
            survey->look[node->number] = at->node;
        if ((at->node->kind == NODE_LOOK && at->node->behind) ||
            ((at->node->kind == NODE_ATOMIC || at->node->kind == NODE_REPEAT) && remembers) ||
            (at->node->kind == NODE_REPEAT && at->node->most > 1 &&
             node_is_nullable(at->node->first)))
            survey->unfit[node->number] = true;
    }
}

static void look_at_reference(struct survey *survey, const struct pattern *pattern,
                              const struct node *node, const struct around *around)
{
    const struct node *look = survey->look[node->number];
    survey->wanted[node->number] = true;
    if (is_around(around, pattern->groups[node->number]) ||
        (look != NULL && !is_around(around, look)))
        survey->unfit[node->number] = true;
    for (; around != NULL; around = around->outer)
        if (around->node->kind == NODE_LOOK && around->node->behind)
            survey->unfit[node->number] = true;
}

static void look_at_all(struct survey *survey, const struct pattern *pattern,
                        const struct node *node, const struct around *outer, bool references)
{
    for (; node != NULL; node = node->next) {
        const struct around around = {node, outer};
        if (!references && node->kind == NODE_GROUP && node->number > 0)
            look_at_group(survey, pattern, node, outer);
        if (references && node->kind == NODE_REFERENCE)
            look_at_reference(survey, pattern, node, outer);
        look_at_all(survey, pattern, node->first, &around, references);
    }
}

bool find_finite(struct builder *builder)
{
    const struct pattern *pattern = builder->pattern;
    const size_t count = pattern->group_count + 1;
    if (!pattern->has_references)
        return true;
    struct survey survey = {prove_take(builder->memory, count * sizeof(struct node *)),
                            prove_take(builder->memory, count), prove_take(builder->memory, count)};
    struct finite **finite = prove_take(builder->memory, count * sizeof(struct finite *));
    if (survey.look == NULL || survey.wanted == NULL || survey.unfit == NULL || finite == NULL)
        return false;
    builder->finite[builder->index] = finite;
    look_at_all(&survey, pattern, pattern->root, NULL, false);
    look_at_all(&survey, pattern, pattern->root, NULL, true);
    /* A group within another has the higher number. */
    for (uint32_t number = pattern->group_count; number > 0; number--)
        if (survey.wanted[number] && !survey.unfit[number] && !find_words(builder, number))
            return false;
    return true;
}
