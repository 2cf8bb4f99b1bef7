/* See audit_hunt.h. What is judged to be let in is the CORS check's
 * (https://fetch.spec.whatwg.org/#concept-cors-check), by fuzz/validator.h. Invariant: loopback
 * only unless authorised, which validator_open_url() holds to. */
#include "audit_hunt.h"

#include "hunt_report.h"
#include "validator.h"

#include <stdlib.h>
#include <string.h>

enum { FAST = 100000 /* questions a second: as fast as they are answered */ };

static bool read_intent(const struct lookalike_intent *meant, struct intent *intent,
                        struct complaint *complaint)
{
    enum { LISTS = 2 };
    const struct string_list *lists[LISTS] = {meant->origins, meant->patterns};
    struct intent_error error;
    for (size_t i = 0; i < LISTS; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            if (!intent_add(intent, bytes_of(lists[i]->at[j]), &error))
                return complain(complaint, "\"%s\": column %zu: expected %s",
                                escaped_string(lists[i]->at[j]), error.column, error.expected);
    return true;
}

bool intent_is_readable(const struct lookalike_intent *meant, struct complaint *complaint)
{
    struct intent intent = {0};
    const bool right = read_intent(meant, &intent, complaint);
    intent_free(&intent);
    return right;
}

bool is_meant(const struct lookalike_intent *meant, struct cors_bytes origin)
{
    struct intent intent = {0};
    const bool holds = read_intent(meant, &intent, NULL) && intent_holds(&intent, origin);
    intent_free(&intent);
    return holds;
}

static enum lookalike_user user_of(enum tier tier)
{
    switch (tier) {
    case TIER_STRANGER:
        return USED_BY_ANYBODY;
    case TIER_OWNER:
        return USED_BY_OTHER_HOSTS;
    case TIER_NULL:
        return USED_BY_FRAMES;
    case TIER_NETWORK:
    case TIER_COUNT:
        break;
    }
    return USED_BY_THE_NETWORK;
}

static enum lookalike_cause cause_of(enum bypass_class class)
{
    static const enum lookalike_cause causes[CLASS_COUNT] = {
        [CLASS_PREFIX] = CAUSE_PART,
        [CLASS_PREFIX_UNBROKEN] = CAUSE_PART,
        [CLASS_SUFFIX_UNBROKEN] = CAUSE_PART,
        [CLASS_CONTAINS] = CAUSE_PART,
        [CLASS_ANY_CHARACTER] = CAUSE_CHARACTER,
    };
    return causes[class];
}

static struct lookalike lookalike_of(struct cors_bytes origin, struct kind_of_witness kind,
                                     struct memory *memory)
{
    return (struct lookalike){.origin = memory_copy(memory, origin),
                              .user = user_of(kind.tier),
                              .cause = cause_of(kind.class),
                              .how = bypass_class_how[kind.class]};
}

size_t lookalikes(const struct lookalike_intent *meant, struct lookalike *out, size_t most,
                  struct memory *memory)
{
    struct intent intent = {0};
    struct origins origins = {0};
    struct public_suffixes *suffixes = public_suffixes_open();
    bool seen[TIER_COUNT][CLASS_COUNT] = {{false}};
    size_t count = 0;
    if (read_intent(meant, &intent, NULL))
        fixed_origins(&intent, PROFILE_BROWSER, &origins);
    for (size_t i = 0; i < origins.count && count < most; i++) {
        const struct cors_bytes origin = origins_at(&origins, i);
        const struct kind_of_witness kind = kind_of_witness(&intent, origin, suffixes);
        bool *known = &seen[kind.tier][kind.class];
        if (*known || kind.class == CLASS_REFLECTED || kind.class == CLASS_OTHER ||
            kind.class == CLASS_NULL || kind.class == CLASS_SCHEME)
            continue;
        *known = true;
        out[count++] = lookalike_of(origin, kind, memory);
    }
    public_suffixes_close(suffixes);
    origins_free(&origins);
    intent_free(&intent);
    return count;
}

/* ---- The hunt ------------------------------------------------------------------------------- */

static void take_witnesses(const struct hunt_result *result, struct audit_hunt_found *found,
                           struct memory *memory)
{
    enum { MOST = TIER_COUNT * CLASS_COUNT };
    const struct witness *witnesses[MOST];
    const size_t count = hunt_witnesses(result, witnesses, MOST);
    for (size_t i = 0; i < count && found->count < LOOKALIKES_MOST; i++)
        found->at[found->count++] =
            lookalike_of((struct cors_bytes){witnesses[i]->origin, witnesses[i]->length},
                         witnesses[i]->kind, memory);
    found->complete_nearby = result->stages[STAGE_ONE_EDIT].complete;
    found->asked = result->executions;
    if (result->gave_up)
        found->why_not = memory_copy_string(memory, result->error).at;
}

static void run(const struct audit_hunt_options *options, const struct intent *intent,
                struct validator *validator, struct audit_hunt_found *found, struct memory *memory)
{
    const struct hunt_options how = {.intent = intent,
                                     .profile = PROFILE_BROWSER,
                                     .seed = 1,
                                     .executions = options->budget,
                                     .seconds = options->whole,
                                     .learn = true};
    struct hunt_result *result = memory_allocate(sizeof *result);
    if (hunt(validator, &how, result))
        take_witnesses(result, found, memory);
    else
        found->why_not = "out of memory";
    free(result);
}

void audit_hunt(const struct audit_hunt_options *options, struct audit_hunt_found *found,
                struct memory *memory)
{
    char error[512] = "";
    struct intent intent = {0};
    const struct url_options how = {.per_second =
                                        options->per_second > 0 ? options->per_second : FAST,
                                    .seconds = options->seconds,
                                    .authorised = options->authorised};
    *found = (struct audit_hunt_found){0};
    struct validator *validator = NULL;
    if (read_intent(&options->meant, &intent, NULL))
        validator = validator_open_url(options->url, &how, error, sizeof error);
    if (validator != NULL)
        run(options, &intent, validator, found, memory);
    else
        found->why_not = error[0] == '\0' ? "out of memory" : memory_copy_string(memory, error).at;
    if (validator != NULL)
        validator_close(validator);
    intent_free(&intent);
}
