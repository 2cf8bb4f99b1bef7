/* The cause of prove/cause.h. Of all ways in which the machine takes the bytes, the one is looked
 * at in which the pattern itself, not the mode of matching, takes the most. What matters there is
 * the byte with which the origin goes astray from what is intended. */
#include "cause.h"

#include "near.h"

#include <string.h>

/* ---- Which part took which byte ------------------------------------------------------------ */

struct step {
    uint32_t place, before, through, back; /* `back`: the step of the byte before */
    uint32_t taken;                        /* bytes that the pattern itself took so far */
};

struct steps {
    struct machine *machine;
    struct step *at;
    uint32_t count, capacity;
    uint32_t *latest; /* by place and side: the last step that led there, and one more */
    uint32_t latest_count;
};

/* NULL: no memory. */
static uint32_t *latest_at(struct steps *steps, const struct step *step)
{
    const uint32_t at = step->place * SIDE_COUNT + step->before;
    if (at >= steps->latest_count) {
        const uint32_t count = machine_places(steps->machine) * 2 * SIDE_COUNT;
        uint32_t *latest =
            prove_resize(steps->machine->memory, steps->latest,
                         steps->latest_count * sizeof *latest, count * sizeof *latest);
        if (latest == NULL)
            return NULL;
        steps->latest = latest, steps->latest_count = count;
    }
    return &steps->latest[at];
}

static bool add_step(struct steps *steps, const struct step *made, uint32_t layer)
{
    uint32_t *latest = latest_at(steps, made);
    if (latest == NULL)
        return false;
    if (*latest > layer) {
        if (made->taken > steps->at[*latest - 1].taken)
            steps->at[*latest - 1] = *made;
        return true;
    }
    if (steps->count == steps->capacity) {
        const size_t size = steps->capacity * sizeof *steps->at;
        struct step *at = prove_resize(steps->machine->memory, steps->at, size, size * 2);
        if (at == NULL)
            return false;
        steps->at = at, steps->capacity *= 2;
    }
    steps->at[steps->count++] = *made;
    *latest = steps->count;
    return true;
}

static bool take_byte(struct steps *steps, uint32_t from, uint32_t to, unsigned byte)
{
    for (uint32_t i = from; i < to; i++) {
        const struct step at = steps->at[i];
        const struct moves *moves =
            machine_moves(steps->machine, at.place, (enum side)at.before, byte);
        if (moves == NULL)
            return false;
        for (uint32_t k = 0; k < moves->count; k++) {
            const struct move move = moves->moves[k];
            const struct step made = {move.next, machine_side(steps->machine, byte), move.through,
                                      i,
                                      at.taken + (steps->machine->states[move.through].column > 0)};
            if (!add_step(steps, &made, to))
                return false;
        }
    }
    return true;
}

/* The states that took the bytes; NULL: not accepted, or no memory. */
static uint32_t *states_through(struct machine *machine, struct cors_bytes text)
{
    enum { FIRST = 256 };
    struct steps steps = {.machine = machine, .capacity = FIRST, .count = 1, .latest_count = FIRST};
    uint32_t from = 0, best = 0;
    steps.at = prove_take(machine->memory, FIRST * sizeof *steps.at);
    steps.latest = prove_take(machine->memory, FIRST * sizeof *steps.latest);
    uint32_t *through = prove_take(machine->memory, (text.len + 1) * sizeof *through);
    if (steps.at == NULL || steps.latest == NULL || through == NULL)
        return NULL;
    steps.at[0] = (struct step){.place = machine->start, .before = SIDE_EDGE};
    for (size_t i = 0; i < text.len; i++) {
        const uint32_t to = steps.count;
        if (!take_byte(&steps, from, to, (unsigned char)text.at[i]))
            return NULL;
        from = to;
    }
    for (uint32_t i = from; i < steps.count; i++)
        if (machine_ends(machine, steps.at[i].place, (enum side)steps.at[i].before) > 0 &&
            (best == 0 || steps.at[i].taken > steps.at[best].taken))
            best = i;
    if (best == 0)
        return NULL;
    for (size_t i = text.len; i > 0; best = steps.at[best].back)
        through[--i] = steps.at[best].through;
    return through;
}

/* ---- Where an origin goes astray ----------------------------------------------------------- */

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
        const size_t front = common_start(host, entry->host), back = common_end(host, entry->host);
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

bool find_cause(struct machine *machine, const struct intent *intent, struct prove_witness *witness)
{
    const struct state *states = machine->states;
    const size_t at = astray_at(intent, witness->origin), length = witness->origin.len;
    const uint32_t *through = states_through(machine, witness->origin);
    size_t near = at;
    if (through == NULL)
        return !machine->memory->exhausted;
    while (near < length && states[through[near]].column == 0)
        near++;
    witness->cause = near == at ? PROVE_WITHIN : PROVE_NOTHING_BEFORE;
    if (near == length) {
        for (near = at; near > 0 && states[through[near]].column == 0;)
            near--;
        witness->cause = PROVE_NOTHING_BEHIND;
    }
    witness->column = states[through[near]].column;
    witness->pattern = states[through[near]].pattern;
    return true;
}
