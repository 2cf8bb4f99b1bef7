/* What a browser can send, as a deterministic automaton that is made while it is walked: the same
 * language as origin_sendable of fuzz/model.h, but that the length of a host and whether a label in
 * Punycode survives are not asked; so it accepts that and a little more. */
#ifndef CORSIM_PROVE_SENDABLE_H
#define CORSIM_PROVE_SENDABLE_H

#include "lookup.h"
#include "model.h"

enum { SENDABLE_DEAD = 0, SENDABLE_START = 1, SENDABLE_BAD_PORTS = 256 };

struct sendable {
    enum profile profile;
    uint64_t *keys;        /* of the states: their fields, packed */
    struct fields *fields; /* of the states */
    uint32_t (*rows)[128];
    uint32_t count, capacity;
    struct lookup lookup;
    uint32_t bad_ports[2][SENDABLE_BAD_PORTS], bad_port_count[2]; /* by https */
    bool has_bad_ports; /* they are looked for once a port is asked about */
    struct prove_memory *memory;
};

bool sendable_open(struct sendable *sendable, enum profile profile, struct prove_memory *memory);
/* SENDABLE_DEAD also when memory is out, which memory->exhausted tells. */
uint32_t sendable_step(struct sendable *sendable, uint32_t state, unsigned byte);
bool sendable_accepts(struct sendable *sendable, uint32_t state);
/* Where in an origin a state is. */
enum sendable_part {
    SENDABLE_SCHEME,
    SENDABLE_NULL,
    SENDABLE_HOST,
    SENDABLE_ADDRESS,
    SENDABLE_PORT
};
enum sendable_part sendable_part(const struct sendable *sendable, uint32_t state);
/* Whether two bytes can ever be told apart is asked through this: a number for each behaviour. */
unsigned sendable_kind(const struct sendable *sendable, unsigned byte);

#endif
