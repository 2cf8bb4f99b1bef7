/* The places of prove/search.h, in a queue that is never emptied: it is the product. */
#include "search.h"

#include "clock.h"

enum { MOST_EDGES = 12000000, LONGEST = UINT16_MAX };

static const char too_much_memory[] = "the search takes more memory than it may";

double prove_clock(void)
{
    enum { WAITED = 8 };
    return clock_processor() + clock_passed() / WAITED;
}

static bool stop(struct search *search, const char *why)
{
    if (search->stopped == NULL)
        search->stopped = why;
    return false;
}

/* ---- Places -------------------------------------------------------------------------------- */

static uint32_t hash_of(const struct product *product)
{
    return lookup_hash((uint64_t)product->wanted << 32 ^ (uint64_t)product->machine << 2 ^
                       product->before);
}

static bool is_same(const void *owner, uint32_t number, const void *thing)
{
    const struct product *other = &((const struct search *)owner)->products[number - 1];
    const struct product *made = thing;
    return other->wanted == made->wanted && other->machine == made->machine &&
           other->before == made->before;
}

static bool make_room(struct search *search)
{
    struct prove_memory *memory = search->memory;
    struct edges *edges = &search->edges;
    const uint32_t old = search->capacity;
    if (search->count >= search->most)
        return stop(search, "the search takes more states than it may");
    if (search->count < old)
        return true;
    search->products = prove_double(memory, search->products, old, sizeof *search->products);
    edges->first = prove_double(memory, edges->first, (size_t)old + 1, sizeof *edges->first);
    if (memory->exhausted || !lookup_double(&search->lookup, memory))
        return stop(search, too_much_memory);
    search->capacity = old * 2;
    for (uint32_t i = 0; i < search->count; i++)
        lookup_put(&search->lookup, hash_of(&search->products[i]), i + 1);
    return true;
}

/* The place's index, new or old; NO_PRODUCT: stopped. */
static uint32_t add(struct search *search, const struct product *made)
{
    const uint32_t hash = hash_of(made);
    uint32_t *number = lookup_find(&search->lookup, hash, is_same, search, made);
    if (*number != 0)
        return *number - 1;
    if (search->count == search->capacity || search->count >= search->most) {
        if (!make_room(search))
            return NO_PRODUCT;
        number = lookup_find(&search->lookup, hash, is_same, search, made);
    }
    search->products[search->count] = *made;
    *number = search->count + 1;
    return search->count++;
}

static void keep_edge(struct search *search, uint32_t to, unsigned class)
{
    struct edges *edges = &search->edges;
    if (edges->kept && edges->count == edges->capacity) {
        const uint32_t old = edges->capacity, capacity = old * 2;
        uint32_t *grown = NULL;
        unsigned char *classes = NULL;
        if (capacity <= MOST_EDGES)
            grown = prove_resize(search->memory, edges->to, old * sizeof *grown,
                                 capacity * sizeof *grown);
        if (grown != NULL) {
            edges->to = grown;
            classes = prove_resize(search->memory, edges->class, old, capacity);
        }
        edges->kept = classes != NULL;
        edges->class = classes, edges->capacity = capacity;
    }
    if (!edges->kept)
        return;
    edges->to[edges->count] = to;
    edges->class[edges->count++] = (unsigned char)class;
}

/* Every place that a class of bytes leads to, `further` bytes from here. */
static bool add_behind(struct search *search, uint32_t index, unsigned class, unsigned further)
{
    const struct product from = search->products[index];
    struct machine *machine = search->machine;
    const unsigned byte = search->classes->natural[class];
    struct product made = {.parent = index,
                           .level = (uint16_t)(from.level + further),
                           .before = (unsigned char)machine_side(machine, byte),
                           .class = (unsigned char)class};
    made.wanted = wanted_step(&search->wanted, from.wanted, class);
    if (made.wanted == WANTED_DEAD)
        return true;
    const struct moves *moves = machine_moves(machine, from.machine, (enum side)from.before, byte);
    if (moves == NULL)
        return stop(search, machine->stopped == NULL ? too_much_memory : machine->stopped);
    for (uint32_t i = 0; i < moves->count; i++) {
        made.machine = moves->moves[i].next;
        if (!hope_has(&search->hope, made.machine, (enum side)made.before))
            continue;
        const uint32_t to = add(search, &made);
        if (to == NO_PRODUCT)
            return false;
        if (further > 0)
            keep_edge(search, to, class);
    }
    return true;
}

/* ---- The search ---------------------------------------------------------------------------- */

/* From the places of `range` along a text, whose places are all new. */
static bool add_along(struct search *search, const char *text, uint32_t range[2])
{
    for (const char *byte = text; *byte != '\0'; byte++) {
        const uint32_t begin = search->count;
        const unsigned class = search->classes->of[(unsigned char)*byte];
        for (uint32_t i = range[0]; i < range[1]; i++)
            if (!add_behind(search, i, class, 0))
                return false;
        range[0] = begin, range[1] = search->count;
    }
    return true;
}

/* The places behind a scheme go first, together. */
static bool add_schemes(struct search *search)
{
    uint32_t *http = search->roots[0], *https = search->roots[1];
    http[0] = 0, http[1] = search->count;
    if (!add_along(search, "http", http))
        return false;
    https[0] = http[0], https[1] = http[1];
    return add_along(search, "s://", https) && add_along(search, "://", http);
}

static bool open_search(struct search *search)
{
    enum { FIRST = 1 << 12, FIRST_EDGES = 1 << 15, FIRST_GOALS = 1 << 10 };
    search->capacity = FIRST;
    search->goal_capacity = FIRST_GOALS, search->edges.capacity = FIRST_EDGES;
    search->products = prove_take(search->memory, FIRST * sizeof *search->products);
    search->goals = prove_take(search->memory, FIRST_GOALS * sizeof *search->goals);
    search->edges.first = prove_take(search->memory, (FIRST + 1) * sizeof *search->edges.first);
    search->edges.to = prove_take(search->memory, FIRST_EDGES * sizeof *search->edges.to);
    search->edges.class = prove_take(search->memory, FIRST_EDGES);
    search->edges.kept = true;
    if (!lookup_open(&search->lookup, FIRST, search->memory) || search->memory->exhausted)
        return stop(search, too_much_memory);
    const struct product start = {
        .wanted = WANTED_START, .machine = search->machine->start, .parent = NO_PRODUCT};
    return add(search, &start) != NO_PRODUCT && add_schemes(search);
}

static bool keep_goal(struct search *search, uint32_t place)
{
    if (search->goal_count == search->goal_capacity) {
        const size_t size = search->goal_capacity * sizeof *search->goals;
        uint32_t *goals = prove_resize(search->memory, search->goals, size, size * 2);
        if (goals == NULL)
            return stop(search, too_much_memory);
        search->goals = goals, search->goal_capacity *= 2;
    }
    search->goals[search->goal_count++] = place;
    return true;
}

/* Whether an origin may end at a place, and what of it. */
static bool look_at_end(struct search *search, uint32_t place)
{
    const struct product *at = &search->products[place];
    struct wanted_state *wanted = &search->wanted.states[at->wanted];
    if ((wanted->flags & WANTED_SENDABLE) == 0)
        return true;
    const int ends = machine_ends(search->machine, at->machine, (enum side)at->before);
    if (ends < 0)
        return stop(search,
                    search->machine->stopped == NULL ? too_much_memory : search->machine->stopped);
    if (ends > 0 && (wanted->flags & WANTED_INTENDED) != 0)
        wanted->flags |= WANTED_ACCEPTED;
    return ends == 0 || (wanted->flags & WANTED_GOAL) == 0 || keep_goal(search, place);
}

/* With a witness, half of the time is kept for better ones, and many places are enough. */
static bool may_go_on(struct search *search)
{
    enum { ENOUGH = 400000 };
    const bool found = search->has_witness || search->goal_count > 0;
    const double now = prove_clock();
    if (now > search->until || (found && now > search->from + (search->until - search->from) / 2))
        return stop(search, "the search takes longer than it may");
    return !found || search->count < ENOUGH ||
           stop(search, "the search takes more states than it may");
}

void search_run(struct search *search)
{
    enum { OFTEN = 256 };
    if (!open_search(search))
        return;
    uint32_t place = 0;
    for (; place < search->count; place++) {
        search->edges.first[place] = search->edges.count;
        if (place % OFTEN == 0 && !may_go_on(search))
            break;
        if (search->products[place].level == LONGEST) {
            stop(search, "the search takes longer origins than it may");
            break;
        }
        bool fine = look_at_end(search, place);
        for (unsigned class = 0; class < search->classes->count && fine; class ++)
            fine = add_behind(search, place, class, 1);
        if (!fine)
            break;
        if (search->memory->exhausted) {
            stop(search, too_much_memory);
            break;
        }
    }
    /* Where the search stopped some edges may be there; behind it there are none. */
    place += place < search->count;
    for (; place <= search->count; place++)
        search->edges.first[place] = search->edges.count;
}
