/* What sim/engine.c has, and what comes before the library's: the same, but one row may be switched
 * off. An engine without a deviation does what the standard says at that step; one without a
 * constant has the standard's. */
#include "switched.h"

#include "engine.h"

#include <string.h>

enum { CONSTANTS = sizeof(struct engine_constants) / sizeof(uint64_t) };

static enum switched_table table_off;
static size_t row_off;

void switch_off(enum switched_table table, size_t row)
{
    table_off = table;
    row_off = row;
}

bool deviated(const struct steps *s, enum deviation deviation)
{
    const struct deviation_row *row = &deviation_rows[deviation];
    if (table_off == SWITCHED_DEVIATION && row_off == deviation)
        return false;
    if (s->trace != NULL)
        trace_record(s, CORS_TRACE_DEVIATION, row->step, true, row->id, null_bytes());
    return true;
}

const struct engine_constants *constants_of_engine(enum cors_engine engine)
{
    static struct engine_constants constants;
    uint64_t own[CONSTANTS], standard[CONSTANTS];
    if (table_off != SWITCHED_CONSTANT || row_off >= CONSTANTS)
        return &engine_constants[engine];
    memcpy(own, &engine_constants[engine], sizeof own);
    memcpy(standard, &engine_constants[CORS_ENGINE_SPEC], sizeof standard);
    own[row_off] = standard[row_off];
    memcpy(&constants, own, sizeof constants);
    return &constants;
}
