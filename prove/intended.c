/* The automaton of prove/intended.h. A number is, from its lowest bit: the phase (3 bits), https
 * (1), within brackets (1), the node of the hosts (21), the node of the ends (21), the port so far
 * (17: the port and one more). Invariant: what can no more be intended is one state. */
#include "intended.h"

#include <string.h>

enum { DEAD = 0, WORD = 1, HOST, PORT, HELD, IS_NULL };
enum { NODE_BITS = 21, PORT_BITS = 17, NO_NODE = 0 };

struct trie_node {
    uint32_t child, sibling, fail, shorter; /* `shorter`: the next along `fail` that has entries */
    uint32_t entry;                         /* the first, and one more */
    unsigned char byte;
};

struct place {
    unsigned phase, https, within;
    uint32_t host, below, port;
};

static uint64_t number_of(const struct place *place)
{
    if (place->phase == DEAD || place->phase == HELD)
        return place->phase;
    return place->phase | (uint64_t)place->https << 3 | (uint64_t)place->within << 4 |
           (uint64_t)place->host << 5 | (uint64_t)place->below << (5 + NODE_BITS) |
           place->port * ((uint64_t)1 << (5 + 2 * NODE_BITS));
}

static struct place place_of(uint64_t number)
{
    enum { NODES = (1 << NODE_BITS) - 1 };
    return (struct place){(unsigned)(number & 7),
                          (unsigned)(number >> 3 & 1),
                          (unsigned)(number >> 4 & 1),
                          (uint32_t)(number >> 5 & NODES),
                          (uint32_t)(number >> (5 + NODE_BITS) & NODES),
                          (uint32_t)(number >> (5 + 2 * NODE_BITS))};
}

/* ---- Building ------------------------------------------------------------------------------ */

static uint32_t child_of(const struct intended *intended, uint32_t node, unsigned byte)
{
    uint32_t child = intended->nodes[node].child;
    while (child != NO_NODE && intended->nodes[child].byte != byte)
        child = intended->nodes[child].sibling;
    return child;
}

/* NO_NODE: out of memory. */
static uint32_t new_node(struct intended *intended)
{
    if (intended->count == intended->capacity) {
        const uint32_t capacity = intended->capacity * 2;
        struct trie_node *nodes =
            capacity > 1U << NODE_BITS
                ? NULL
                : prove_grow(intended->memory, intended->nodes, intended->count * sizeof *nodes,
                             capacity * sizeof *nodes);
        if (nodes == NULL)
            return NO_NODE;
        intended->nodes = nodes;
        intended->capacity = capacity;
    }
    return intended->count++;
}

static bool add(struct intended *intended, uint32_t node, const struct cors_bytes text,
                uint32_t entry)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char byte = (unsigned char)text.at[i];
        uint32_t child = child_of(intended, node, byte);
        if (child == NO_NODE) {
            child = new_node(intended);
            if (child == NO_NODE)
                return false;
            intended->nodes[child].byte = byte;
            intended->nodes[child].sibling = intended->nodes[node].child;
            intended->nodes[node].child = child;
        }
        node = child;
    }
    intended->next_entry[entry] = intended->nodes[node].entry;
    intended->nodes[node].entry = entry + 1;
    return true;
}

/* Where a byte leads in the automaton of ends. */
static uint32_t go(const struct intended *intended, uint32_t node, unsigned byte)
{
    for (;;) {
        const uint32_t child = child_of(intended, node, byte);
        if (child != NO_NODE)
            return child;
        if (node == intended->below)
            return node;
        node = intended->nodes[node].fail;
    }
}

/* Breadth first, so that what `fail` leads to is done. */
static bool link_ends(struct intended *intended)
{
    uint32_t *queue = prove_take(intended->memory, intended->count * sizeof *queue);
    size_t from = 0, to = 0;
    if (queue == NULL)
        return false;
    intended->nodes[intended->below].fail = intended->below;
    queue[to++] = intended->below;
    while (from < to) {
        const uint32_t node = queue[from++];
        for (uint32_t child = intended->nodes[node].child; child != NO_NODE;
             child = intended->nodes[child].sibling) {
            struct trie_node *made = &intended->nodes[child];
            made->fail = node == intended->below
                             ? intended->below
                             : go(intended, intended->nodes[node].fail, made->byte);
            const struct trie_node *fail = &intended->nodes[made->fail];
            made->shorter = fail->entry != 0 ? made->fail : fail->shorter;
            queue[to++] = child;
        }
    }
    return true;
}

bool intended_open(struct intended *intended, const struct intent *intent, const bool *left_out,
                   struct prove_memory *memory)
{
    enum { FIRST = 1024, HOSTS = 1, BELOW = 2 };
    *intended = (struct intended){
        .intent = intent, .memory = memory, .count = 3, .capacity = FIRST, .below = BELOW};
    intended->nodes = prove_take(memory, FIRST * sizeof *intended->nodes);
    intended->next_entry = prove_take(memory, (intent->count + 1) * sizeof *intended->next_entry);
    if (intended->nodes == NULL || intended->next_entry == NULL)
        return false;
    for (uint32_t i = 0; i < intent->count; i++) {
        const struct intent_entry *entry = &intent->entries[i];
        const uint32_t dot = entry->below ? child_of(intended, BELOW, '.') : HOSTS;
        uint32_t root = dot;
        if (entry->null || (left_out != NULL && left_out[i]))
            continue;
        if (root == NO_NODE) {
            root = new_node(intended);
            if (root == NO_NODE)
                return false;
            intended->nodes[root].byte = '.';
            intended->nodes[BELOW].child = root;
        }
        if (!add(intended, root, entry->host, i))
            return false;
    }
    return link_ends(intended);
}

/* ---- Walking ------------------------------------------------------------------------------- */

static bool port_begins(uint32_t whole, uint32_t start)
{
    while (whole > start)
        whole /= 10;
    return whole == start;
}

/* Whether an entry of the list at a node holds: at the end of the host (`port` < 0), with this very
 * port, or with one that begins like that. */
enum asked { ASKED_END, ASKED_ANY, ASKED_SOME, ASKED_BEGIN, ASKED_PORT };

static bool entry_holds(const struct intent_entry *entry, bool https, enum asked asked,
                        uint32_t port)
{
    const uint16_t own = https ? 443 : 80;
    if (!(https ? entry->https : entry->http))
        return false;
    switch (asked) {
    case ASKED_END:
        return entry->port_kind != INTENT_PORT_NUMBER || entry->port == own;
    case ASKED_ANY:
        return entry->port_kind == INTENT_PORT_ANY;
    case ASKED_SOME:
        return entry->port_kind == INTENT_PORT_NUMBER;
    case ASKED_BEGIN:
        return entry->port_kind == INTENT_PORT_NUMBER && port_begins(entry->port, port);
    default:
        return entry->port_kind == INTENT_PORT_NUMBER && entry->port == port;
    }
}

static bool list_holds(const struct intended *intended, uint32_t node, bool https, enum asked asked,
                       uint32_t port)
{
    for (uint32_t entry = intended->nodes[node].entry; entry != 0;
         entry = intended->next_entry[entry - 1])
        if (entry_holds(&intended->intent->entries[entry - 1], https, asked, port))
            return true;
    return false;
}

static bool any_holds(const struct intended *intended, const struct place *place, enum asked asked,
                      uint32_t port)
{
    if (place->host != NO_NODE && list_holds(intended, place->host, place->https != 0, asked, port))
        return true;
    for (uint32_t node = place->below; node != NO_NODE; node = intended->nodes[node].shorter)
        if (list_holds(intended, node, place->https != 0, asked, port))
            return true;
    return false;
}

static void step_word(const struct intended *intended, struct place *place, unsigned byte)
{
    place->port++; /* bytes so far */
    if (place->port == 1 && byte == 'n')
        place->within = 1;
    else if (place->port == 5 && byte == 's')
        place->https = 1;
    if (place->within && place->port == 4)
        *place = (struct place){.phase = IS_NULL};
    else if (!place->within && place->port == 7U + place->https)
        *place = (struct place){
            .phase = HOST, .https = place->https, .host = 1, .below = intended->below};
}

static void step_host(const struct intended *intended, struct place *place, unsigned byte)
{
    if (byte == ':' && !place->within) {
        place->phase = any_holds(intended, place, ASKED_ANY, 0)    ? HELD
                       : any_holds(intended, place, ASKED_SOME, 0) ? PORT
                                                                   : DEAD;
        return;
    }
    place->within = (place->within && byte != ']') || byte == '[';
    place->host = place->host == NO_NODE ? NO_NODE : child_of(intended, place->host, byte);
    place->below = go(intended, place->below, byte);
    if (place->host == NO_NODE && intended->nodes[intended->below].child == NO_NODE)
        place->phase = DEAD;
}

uint64_t intended_step(const struct intended *intended, uint64_t state, unsigned byte)
{
    struct place place = place_of(state);
    if (place.phase == WORD)
        step_word(intended, &place, byte);
    else if (place.phase == HOST)
        step_host(intended, &place, byte);
    else if (place.phase == PORT) {
        const uint32_t port = (place.port == 0 ? 0 : place.port - 1) * 10 + (byte - '0');
        place.port = port + 1;
        if (byte < '0' || byte > '9' || port > UINT16_MAX ||
            !any_holds(intended, &place, ASKED_BEGIN, port))
            place.phase = DEAD;
    } else if (place.phase == IS_NULL)
        place.phase = DEAD;
    return number_of(&place);
}

bool intended_accepts(const struct intended *intended, uint64_t state)
{
    const struct place place = place_of(state);
    if (place.phase == IS_NULL) {
        for (size_t i = 0; i < intended->intent->count; i++)
            if (intended->intent->entries[i].null)
                return true;
        return false;
    }
    if (place.phase == HOST)
        return any_holds(intended, &place, ASKED_END, 0);
    return place.phase == HELD || (place.phase == PORT && place.port > 0 &&
                                   any_holds(intended, &place, ASKED_PORT, place.port - 1));
}

static void mark_list(const struct intended *intended, uint32_t node, const struct place *place,
                      bool *holds)
{
    const bool https = place->https != 0;
    for (uint32_t entry = intended->nodes[node].entry; entry != 0;
         entry = intended->next_entry[entry - 1])
        if (place->phase == HOST
                ? entry_holds(&intended->intent->entries[entry - 1], https, ASKED_END, 0)
                : entry_holds(&intended->intent->entries[entry - 1], https, ASKED_PORT,
                              place->port - 1))
            holds[entry - 1] = true;
}

bool intended_mark(const struct intended *intended, uint64_t state, bool *holds)
{
    const struct place place = place_of(state);
    if (place.phase == HELD)
        return false;
    for (size_t i = 0; i < intended->intent->count && place.phase == IS_NULL; i++)
        holds[i] = holds[i] || intended->intent->entries[i].null;
    if (place.phase != HOST && place.phase != PORT)
        return true;
    if (place.host != NO_NODE)
        mark_list(intended, place.host, &place, holds);
    for (uint32_t node = place.below; node != NO_NODE; node = intended->nodes[node].shorter)
        mark_list(intended, node, &place, holds);
    return true;
}
