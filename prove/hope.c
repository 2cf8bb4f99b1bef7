/* The walk of prove/hope.h: every place of the machine, and then back from where it accepts. */
#include "hope.h"

enum { MOST_PLACES = 8000, FIRST_LINKS = 1024, MOST_LINKS = 1 << 19, SEEN = 2 };

struct link {
    uint32_t from, next; /* the next that leads to the same place, and one more */
};

struct walk {
    struct machine *machine;
    unsigned char *has;         /* by place and side: whether it can accept, and SEEN */
    uint32_t *queue, *links_to; /* the first link to a place, and one more */
    struct link *links;
    uint32_t count, link_count, link_capacity, size;
};

static bool make_room(struct walk *walk)
{
    const size_t size = walk->link_capacity * sizeof *walk->links;
    struct link *links = walk->link_capacity >= MOST_LINKS
                             ? NULL
                             : prove_resize(walk->machine->memory, walk->links, size, size * 2);
    if (links == NULL)
        return false;
    walk->links = links, walk->link_capacity *= 2;
    return true;
}

static bool add(struct walk *walk, uint32_t from, uint32_t to)
{
    if (to >= walk->size || (walk->link_count == walk->link_capacity && !make_room(walk)))
        return false;
    walk->links[walk->link_count] = (struct link){from, walk->links_to[to]};
    walk->links_to[to] = ++walk->link_count;
    if ((walk->has[to] & SEEN) == 0) {
        walk->has[to] = SEEN;
        walk->queue[walk->count++] = to;
    }
    return true;
}

static bool expand(struct walk *walk, uint32_t at)
{
    struct machine *machine = walk->machine;
    const enum side before = (enum side)(at % SIDE_COUNT);
    for (unsigned class = 0; class < machine->class_count; class ++) {
        unsigned byte = FIRST_BYTE;
        while (byte < LAST_BYTE && machine->classes[byte] != class)
            byte++;
        const struct moves *moves = machine_moves(machine, at / SIDE_COUNT, before, byte);
        if (moves == NULL)
            return false;
        for (uint32_t i = 0; i < moves->count; i++)
            if (!add(walk, at, moves->moves[i].next * SIDE_COUNT + machine_side(machine, byte)))
                return false;
    }
    const int ends = machine_ends(machine, at / SIDE_COUNT, before);
    walk->has[at] = (unsigned char)(SEEN | (ends > 0));
    return ends >= 0;
}

static void spread(struct walk *walk)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < walk->count; i++)
        if ((walk->has[walk->queue[i]] & 1) != 0) {
            const uint32_t place = walk->queue[i];
            walk->queue[i] = walk->queue[count];
            walk->queue[count++] = place;
        }
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t link = walk->links_to[walk->queue[i]]; link != 0;
             link = walk->links[link - 1].next) {
            const uint32_t from = walk->links[link - 1].from;
            if ((walk->has[from] & 1) == 0) {
                walk->has[from] |= 1;
                walk->queue[count++] = from;
            }
        }
}

void hope_find(struct hope *hope, struct machine *machine)
{
    struct prove_memory *memory = machine->memory;
    struct walk walk = {
        .machine = machine, .size = MOST_PLACES * SIDE_COUNT, .link_capacity = FIRST_LINKS};
    const uint32_t start = machine->start * SIDE_COUNT + SIDE_EDGE;
    *hope = (struct hope){0};
    walk.has = prove_take(memory, walk.size);
    walk.queue = prove_take(memory, walk.size * sizeof *walk.queue);
    walk.links_to = prove_take(memory, walk.size * sizeof *walk.links_to);
    walk.links = prove_take(memory, FIRST_LINKS * sizeof *walk.links);
    if (walk.has == NULL || walk.queue == NULL || walk.links_to == NULL || walk.links == NULL ||
        start >= walk.size)
        return;
    walk.has[start] = SEEN;
    walk.queue[walk.count++] = start;
    for (uint32_t i = 0; i < walk.count; i++)
        if (!expand(&walk, walk.queue[i]))
            return;
    spread(&walk);
    for (uint32_t i = 0; i < walk.size; i++)
        walk.has[i] &= 1;
    *hope = (struct hope){walk.has, walk.size};
}
