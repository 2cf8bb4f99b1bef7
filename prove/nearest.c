/* The search of prove/nearest.h. A trail is a place of the product with a state of each walk, and
 * the trail that it came from. */
#include "nearest.h"

#include <limits.h>
#include <string.h>

enum {
    FIRST = 1 << 10, /* trails, for which there is room at once */
    MOST_STRANGENESS = 1023,
    LENGTH_SHIFT = 42,
    STRANGENESS_SHIFT = 32,
    MOST_FAILURES = 100,
    SUFFIX_WEIGHT = 4
};

struct trail {
    uint64_t who;
    uint32_t place, parent;
    uint16_t node, length, strangeness;
    unsigned char byte;
    bool done;   /* the host has ended: straight to the nearest goal */
    bool closed; /* its turn has been */
};

#define NO_TRAIL UINT32_MAX
#define NO_WAY UINT32_MAX

/* ---- Distances ----------------------------------------------------------------------------- */

/* The edges, by where they lead to. */
struct backward {
    uint32_t *first, *from;
};

static bool turn_edges(const struct search *search, struct backward *backward)
{
    const struct edges *edges = &search->edges;
    backward->first = prove_take(search->memory, (search->count + 2) * sizeof *backward->first);
    backward->from = prove_take(search->memory, (edges->count + 1) * sizeof *backward->from);
    if (backward->first == NULL || backward->from == NULL)
        return false;
    uint32_t *next = backward->first + 1; /* moved on while the edges are put in */
    for (uint32_t i = 0; i < edges->count; i++)
        next[edges->to[i] + 1]++;
    for (uint32_t i = 0; i < search->count; i++)
        next[i + 1] += next[i];
    for (uint32_t place = 0; place < search->count; place++)
        for (uint32_t i = edges->first[place]; i < edges->first[place + 1]; i++)
            backward->from[next[edges->to[i]]++] = place;
    return true;
}

static enum sendable_part part_of(const struct search *search, uint32_t place)
{
    return (enum sendable_part)search->wanted.states[search->products[place].wanted].part;
}

/* From the places in the queue, whose distance is known, to all others: within hosts, or
 * anywhere.*/
static void spread(const struct search *search, const struct backward *backward, uint32_t *queue,
                   uint32_t count, uint32_t *distances, bool within_hosts)
{
    for (uint32_t at = 0; at < count; at++) {
        const uint32_t place = queue[at];
        for (uint32_t i = backward->first[place]; i < backward->first[place + 1]; i++) {
            const uint32_t from = backward->from[i];
            if (distances[from] != NO_WAY ||
                (within_hosts && part_of(search, place) == SENDABLE_PORT))
                continue;
            distances[from] = distances[place] + 1;
            queue[count++] = from;
        }
    }
}

/* Whether a host may end at a place: there is a goal, or a port before one. */
static bool is_host_end(const struct nearest *nearest, uint32_t place)
{
    const struct search *search = nearest->search;
    const struct edges *edges = &search->edges;
    if (part_of(search, place) != SENDABLE_HOST || nearest->to_goal[place] == NO_WAY)
        return false;
    if (nearest->to_goal[place] == 0)
        return true;
    const unsigned colon = search->classes->of[':'];
    for (uint32_t i = edges->first[place]; i < edges->first[place + 1]; i++)
        if (edges->class[i] == colon && part_of(search, edges->to[i]) == SENDABLE_PORT &&
            nearest->to_goal[edges->to[i]] != NO_WAY)
            return true;
    return false;
}

static bool keep_live(struct nearest *nearest)
{
    const struct search *search = nearest->search;
    const struct edges *all = &search->edges;
    struct edges *live = &nearest->live;
    live->first = prove_take(search->memory, (search->count + 1) * sizeof *live->first);
    live->to = prove_take(search->memory, (all->count + 1) * sizeof *live->to);
    live->class = prove_take(search->memory, all->count + 1);
    if (live->first == NULL || live->to == NULL || live->class == NULL)
        return false;
    for (uint32_t place = 0; place < search->count; place++) {
        live->first[place] = live->count;
        for (uint32_t i = all->first[place]; i < all->first[place + 1]; i++)
            if (nearest->to_goal[all->to[i]] != NO_WAY) {
                live->to[live->count] = all->to[i];
                live->class[live->count++] = all->class[i];
            }
    }
    live->first[search->count] = live->count;
    return true;
}

bool nearest_open(struct nearest *nearest, const struct search *search)
{
    const size_t size = (search->count + 1) * sizeof(uint32_t);
    struct backward backward;
    *nearest = (struct nearest){
        .search = search, .memory = search->memory, .capacity = FIRST, .heap_capacity = FIRST};
    if (!search->edges.kept || !turn_edges(search, &backward) ||
        !who_open(&nearest->names, search->question->intent, search->question->suffixes,
                  search->memory))
        return false;
    uint32_t *queue = prove_take(search->memory, size), count = 0;
    nearest->to_goal = prove_take(search->memory, size);
    nearest->to_end = prove_take(search->memory, size);
    nearest->trails = prove_take(search->memory, FIRST * sizeof *nearest->trails);
    nearest->heap = prove_take(search->memory, FIRST * sizeof *nearest->heap);
    if (!lookup_open(&nearest->lookup, FIRST, search->memory) || search->memory->exhausted)
        return false;
    memset(nearest->to_goal, 255, size);
    memset(nearest->to_end, 255, size);
    for (; count < search->goal_count; count++) {
        queue[count] = search->goals[count];
        nearest->to_goal[queue[count]] = 0;
    }
    spread(search, &backward, queue, count, nearest->to_goal, false);
    count = 0;
    for (uint32_t place = 0; place < search->count; place++)
        if (is_host_end(nearest, place)) {
            queue[count++] = place;
            nearest->to_end[place] = 0;
        }
    spread(search, &backward, queue, count, nearest->to_end, true);
    return keep_live(nearest);
}

/* ---- Trails -------------------------------------------------------------------------------- */

/* At least so many bytes are missing; NO_WAY: it leads nowhere. */
static uint32_t missing(const struct nearest *nearest, const struct nearest_question *question,
                        const struct trail *trail)
{
    uint32_t least = nearest->to_goal[trail->place];
    if (least == NO_WAY || trail->done)
        return least;
    const uint32_t who = who_least(&nearest->names, question->who, trail->who);
    if (who > least)
        least = who;
    if (question->form != NULL && question->form->least[trail->node] > least)
        least = question->form->least[trail->node];
    const unsigned most = who_most(&nearest->names, trail->who);
    if (nearest->to_end[trail->place] > most || least == UINT16_MAX)
        return NO_WAY;
    return least;
}

static uint32_t hash_of(const struct trail *trail)
{
    return lookup_hash(trail->who ^ (uint64_t)trail->place << 20 ^ (uint64_t)trail->node << 50 ^
                       (uint64_t)trail->done << 3);
}

static bool is_same(const void *owner, uint32_t number, const void *thing)
{
    const struct trail *other = &((const struct nearest *)owner)->trails[number - 1];
    const struct trail *made = thing;
    return other->who == made->who && other->place == made->place && other->node == made->node &&
           other->done == made->done;
}

static bool make_room(struct nearest *nearest)
{
    struct prove_memory *memory = nearest->memory;
    const uint32_t old = nearest->capacity;
    if (nearest->count == old) {
        nearest->trails = prove_double(memory, nearest->trails, old, sizeof *nearest->trails);
        nearest->capacity = memory->exhausted ? old : old * 2;
    }
    if (!memory->exhausted && lookup_is_full(&nearest->lookup, nearest->count) &&
        lookup_double(&nearest->lookup, memory))
        for (uint32_t i = 0; i < nearest->count; i++)
            lookup_put(&nearest->lookup, hash_of(&nearest->trails[i]), i + 1);
    return !memory->exhausted;
}

/* A heap of keys: the least possible length, strangeness, and the trail, the latest first. */
static bool push(struct nearest *nearest, uint64_t key)
{
    if (nearest->heap_count == nearest->heap_capacity) {
        nearest->heap = prove_double(nearest->memory, nearest->heap, nearest->heap_capacity,
                                     sizeof *nearest->heap);
        if (nearest->memory->exhausted)
            return false;
        nearest->heap_capacity *= 2;
    }
    uint32_t at = nearest->heap_count++;
    for (; at > 0 && nearest->heap[(at - 1) / 2] > key; at = (at - 1) / 2)
        nearest->heap[at] = nearest->heap[(at - 1) / 2];
    nearest->heap[at] = key;
    return true;
}

static uint64_t pop(struct nearest *nearest)
{
    const uint64_t least = nearest->heap[0], last = nearest->heap[--nearest->heap_count];
    uint32_t at = 0;
    for (uint32_t child; (child = at * 2 + 1) < nearest->heap_count; at = child) {
        if (child + 1 < nearest->heap_count && nearest->heap[child + 1] < nearest->heap[child])
            child++;
        if (nearest->heap[child] >= last)
            break;
        nearest->heap[at] = nearest->heap[child];
    }
    nearest->heap[at] = last;
    return least;
}

static uint64_t cost_of(const struct trail *trail)
{
    return (uint64_t)trail->length << 10 | trail->strangeness;
}

static uint16_t stranger_by(const struct trail *trail, unsigned more)
{
    const unsigned sum = trail->strangeness + more;
    return (uint16_t)(sum > MOST_STRANGENESS ? MOST_STRANGENESS : sum);
}

static void add_trail(struct nearest *nearest, const struct nearest_question *question,
                      const struct trail *made)
{
    const uint32_t rest = missing(nearest, question, made);
    if (rest == NO_WAY || (uint32_t)made->length + rest >= UINT16_MAX)
        return;
    const uint32_t hash = hash_of(made);
    const uint32_t *number = lookup_find(&nearest->lookup, hash, is_same, nearest, made);
    uint32_t index = nearest->count;
    if (*number != 0) {
        index = *number - 1;
        struct trail *other = &nearest->trails[index];
        if (other->closed ||
            cost_of(other) < cost_of(made)) /* else what is put later reads better */
            return;
        *other = *made;
    } else {
        nearest->failed = nearest->failed || !make_room(nearest);
        if (nearest->failed)
            return;
        nearest->trails[index] = *made;
        lookup_put(&nearest->lookup, hash, ++nearest->count);
    }
    const uint64_t length = made->length + rest;
    const uint64_t strangeness =
        stranger_by(made, SUFFIX_WEIGHT * who_strangeness(&nearest->names, made->who));
    if (!push(nearest,
              length << LENGTH_SHIFT | strangeness << STRANGENESS_SHIFT | (uint32_t)~index))
        nearest->failed = true;
}

/* How badly a byte reads in a host. */
static unsigned strangeness_of(unsigned byte)
{
    if (byte >= 'a' && byte <= 'z')
        return 0;
    return byte == '.' ? 1 : byte >= '0' && byte <= '9' ? 3 : byte == '-' ? 4 : 30;
}

/* ---- The search ---------------------------------------------------------------------------- */

struct walk {
    struct nearest *nearest;
    const struct nearest_question *question;
    uint32_t index;     /* of the trail */
    struct trail trail; /* a copy */
};

/* A byte further, along the arcs of the form that have it. */
static void take_byte(const struct walk *walk, uint32_t to, unsigned byte, uint16_t node)
{
    struct who_steps steps = {.count = 0};
    struct trail made = walk->trail;
    made.parent = walk->index, made.place = to, made.node = node;
    made.byte = (unsigned char)byte;
    made.length++, made.strangeness = stranger_by(&walk->trail, strangeness_of(byte));
    made.closed = false;
    if (walk->question->who == WHO_ANY)
        add_trail(walk->nearest, walk->question, &made);
    else
        who_step(&walk->nearest->names, walk->question->who, walk->trail.who, byte, &steps);
    for (unsigned i = 0; i < steps.count; i++) {
        made.who = steps.states[i];
        add_trail(walk->nearest, walk->question, &made);
    }
}

/* Of the bytes in a set the one that reads best; or each, if the walk tells them apart. */
static void take_set(const struct walk *walk, uint32_t to, const struct byte_set *set,
                     unsigned natural, uint16_t node)
{
    const bool each = who_is_in_suffix(walk->trail.who);
    if ((set->bits[0] | set->bits[1]) == 0)
        return;
    if (!each && set_has(set, natural)) {
        take_byte(walk, to, natural, node);
        return;
    }
    if (each)
        for (size_t i = strlen(who_suffix_bytes); i-- > 0;)
            if (set_has(set, (unsigned char)who_suffix_bytes[i]))
                take_byte(walk, to, (unsigned char)who_suffix_bytes[i], node);
    for (const char *at = natural_bytes; *at != '\0' && !each; at++)
        if (set_has(set, (unsigned char)*at)) {
            take_byte(walk, to, (unsigned char)*at, node);
            break;
        }
}

static void take_edge(const struct walk *walk, uint32_t to, unsigned class)
{
    const struct classes *classes = walk->nearest->search->classes;
    const struct byte_set members = classes->members[class];
    const struct template *form = walk->question->form;
    const unsigned natural = classes->natural[class];
    if (form == NULL) {
        take_set(walk, to, &members, natural, 0);
        return;
    }
    for (uint16_t i = form->first[walk->trail.node]; i < form->first[walk->trail.node + 1]; i++) {
        const struct arc *arc = &form->arcs[i];
        const struct byte_set set = {
            {members.bits[0] & arc->set.bits[0], members.bits[1] & arc->set.bits[1]}};
        take_set(walk, to, &set, natural, arc->to);
    }
}

/* The host ends here, and what is left is the way to the nearest goal. */
static void end_host(const struct walk *walk, uint32_t place, unsigned byte)
{
    struct trail made = walk->trail;
    made.done = true, made.closed = false, made.place = place, made.parent = walk->index;
    made.byte = (unsigned char)byte;
    made.length = (uint16_t)(made.length + (byte != 0));
    add_trail(walk->nearest, walk->question, &made);
}

static void go_on(const struct walk *walk)
{
    const struct nearest *nearest = walk->nearest;
    const struct nearest_question *question = walk->question;
    const struct search *search = nearest->search;
    const struct edges *edges = &nearest->live;
    const uint32_t place = walk->trail.place;
    const bool in_host = part_of(search, place) == SENDABLE_HOST;
    const bool ends = in_host && who_ends(&nearest->names, walk->trail.who) &&
                      (question->form == NULL || question->form->ends[walk->trail.node]);
    if (ends && !question->port && nearest->to_goal[place] == 0)
        end_host(walk, place, 0);
    /* What reads best is put last, and so goes on first. */
    for (uint32_t i = edges->first[place + 1]; i-- > edges->first[place];) {
        const uint32_t to = edges->to[i];
        if (part_of(search, to) != SENDABLE_PORT)
            take_edge(walk, to, edges->class[i]);
        else if (ends)
            end_host(walk, to, ':');
    }
}

/* From the end of a trail straight to a goal. */
static size_t finish(const struct nearest *nearest, uint32_t place, char *text)
{
    const struct search *search = nearest->search;
    const struct edges *edges = &nearest->live;
    size_t length = 0;
    while (nearest->to_goal[place] > 0)
        for (uint32_t i = edges->first[place]; i < edges->first[place + 1]; i++)
            if (nearest->to_goal[edges->to[i]] < nearest->to_goal[place]) {
                text[length++] = (char)search->classes->natural[edges->class[i]];
                place = edges->to[i];
                break;
            }
    return length;
}

static struct cors_bytes text_of(const struct nearest *nearest, const struct trail *last)
{
    const struct search *search = nearest->search;
    const struct trail *root = last;
    while (root->parent != NO_TRAIL)
        root = &nearest->trails[root->parent];
    const bool https = root->byte == 's';
    const size_t start = https ? strlen("https://") : strlen("http://");
    const size_t length = start + last->length + nearest->to_goal[last->place];
    char *text = prove_take(search->memory, length + 1);
    if (text == NULL)
        return (struct cors_bytes){0};
    memcpy(text, https ? "https://" : "http://", start);
    size_t at = start + last->length;
    finish(nearest, last->place, text + at);
    for (const struct trail *trail = last; trail != root; trail = &nearest->trails[trail->parent])
        if (trail->byte != 0)
            text[--at] = (char)trail->byte;
    return (struct cors_bytes){text, length};
}

static void add_roots(struct nearest *nearest, const struct nearest_question *question)
{
    enum { HTTP_STRANGENESS = 200 };
    nearest->count = nearest->heap_count = 0;
    nearest->failed = false;
    lookup_clear(&nearest->lookup, FIRST);
    for (int https = 1; https >= 0; https--)
        for (uint32_t place = nearest->search->roots[https][0];
             place < nearest->search->roots[https][1] && question->schemes[https]; place++) {
            const struct trail root = {.who = who_start(question->who, https != 0),
                                       .place = place,
                                       .parent = NO_TRAIL,
                                       .strangeness = https ? 0 : HTTP_STRANGENESS,
                                       .byte = https ? 's' : 0};
            add_trail(nearest, question, &root);
        }
}

enum found nearest_find(struct nearest *nearest, const struct nearest_question *question)
{
    enum { OFTEN = 1024 };
    size_t failures = 0, turns = 0;
    add_roots(nearest, question);
    while (nearest->heap_count > 0 && !nearest->failed) {
        const uint32_t index = ~(uint32_t)pop(nearest);
        const struct walk walk = {nearest, question, index, nearest->trails[index]};
        if (walk.trail.closed)
            continue;
        if (nearest->count > question->most ||
            (++turns % OFTEN == 0 && prove_clock() > nearest->search->latest))
            return FOUND_TOO_FAR;
        nearest->trails[index].closed = true;
        if (!walk.trail.done)
            go_on(&walk);
        else if (question->is_it(question->context, text_of(nearest, &walk.trail)))
            return FOUND_ONE;
        else if (++failures > MOST_FAILURES || prove_clock() > nearest->search->latest)
            return FOUND_TOO_FAR; /* the real engine may take long */
    }
    return nearest->failed || nearest->search->stopped != NULL ? FOUND_TOO_FAR : FOUND_NONE;
}
