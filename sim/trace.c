/* The trace: which steps were looked at, in order, in the caller's array. It decides nothing; when
 * the array is full the rest is dropped and `truncated` says so. */
#include "trace.h"

void trace_record(const struct steps *s, enum cors_trace_kind kind, const char *step, bool held,
                  const char *name, struct cors_bytes value)
{
    struct cors_trace *trace = s->trace;
    if (trace->count == trace->capacity) {
        trace->truncated = true;
        return;
    }
    trace->at[trace->count++] = (struct cors_trace_event){
        .kind = kind,
        .depth = s->depth,
        .algorithm = s->algorithm,
        .step = step,
        .held = held,
        .name = name,
        .value = value,
    };
}

void trace_enter(const struct steps *caller, const char *algorithm)
{
    const struct steps s = {caller->simulation, caller->trace, algorithm, caller->depth + 1};
    trace_record(&s, CORS_TRACE_ENTER, NULL, false, NULL, null_bytes());
}
