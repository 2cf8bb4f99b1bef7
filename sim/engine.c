/* Engines: see engine.h. These two are by themselves so that a test can put others in their place,
 * which leave out one row of spec-tables/deviations.tsv or engines.tsv: some case must then fail.
 */
#include "engine.h"

bool deviated(const struct steps *s, enum deviation deviation)
{
    const struct deviation_row *row = &deviation_rows[deviation];
    if (s->trace != NULL)
        trace_record(s, CORS_TRACE_DEVIATION, row->step, true, row->id, null_bytes());
    return true;
}

const struct engine_constants *constants_of_engine(enum cors_engine engine)
{
    return &engine_constants[engine];
}
