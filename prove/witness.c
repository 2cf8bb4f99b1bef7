/* Finding the witnesses of prove/witness.h. The first origin of the product is the shortest of all;
 * those of the other tiers are looked for one by one. Each is held against the model of fuzz/,
 * which shares nothing with the automata. */
#include "witness.h"

#include "candidates.h"
#include "near.h"
#include "nearest.h"

#include <string.h>

enum {
    MOST_ASKED = 3000,
    FIRST_GOALS = 100,
    MOST_TRAILS = 60000,
    MOST_CLASS_TRAILS = 500,
    MOST_ENTRIES = 4,
    MOST_CANDIDATES = 1 << 18,
    MOST_TRIED = 2000
};

size_t witness_length(struct cors_bytes origin)
{
    const char *slash = memchr(origin.at, '/', origin.len);
    return slash == NULL ? origin.len : origin.len - (size_t)(slash - origin.at) - 2;
}

static bool is_accepted(struct witnesses *witnesses, struct cors_bytes origin)
{
    const struct prove_question *question = witnesses->search->question;
    if (witnesses->search->machine->inexact == NULL)
        return true;
    if (question->accepts == NULL || witnesses->asked >= MOST_ASKED)
        return false;
    witnesses->asked++;
    return question->accepts(question->context, origin);
}

bool witnesses_offer(struct witnesses *witnesses, struct cors_bytes origin,
                     struct kind_of_witness *kind)
{
    const struct prove_question *question = witnesses->search->question;
    if (origin.at == NULL || !origin_sendable(origin, question->profile) ||
        intent_holds(question->intent, origin) || !is_accepted(witnesses, origin)) {
        witnesses->failed++;
        return false;
    }
    struct near near;
    near_find(&near, question->intent, origin);
    *kind = kind_of_witness(&near.intent, origin, question->suffixes);
    struct prove_witness *best = &witnesses->best[kind->tier][kind->class];
    if (best->origin.at != NULL && witness_length(best->origin) <= witness_length(origin))
        return true;
    witnesses->count += best->origin.at == NULL;
    *best = (struct prove_witness){.origin = origin, .answer = origin, .kind = *kind};
    return true;
}

/* The bytes on the way to a place. */
static struct cors_bytes text_of(const struct search *search, uint32_t place)
{
    size_t length = 0;
    for (uint32_t i = place; search->products[i].parent != NO_PRODUCT;
         i = search->products[i].parent)
        length++;
    char *text = prove_take(search->memory, length + 1);
    if (text == NULL)
        return (struct cors_bytes){0};
    for (size_t at = length; at > 0; place = search->products[place].parent)
        text[--at] = (char)search->classes->natural[search->products[place].class];
    return (struct cors_bytes){text, length};
}

/* ---- Looking for what is not there yet ------------------------------------------------------- */

struct sought {
    struct witnesses *witnesses;
    int tier, class; /* -1: any */
};

static bool is_sought(void *context, struct cors_bytes origin)
{
    const struct sought *sought = context;
    struct kind_of_witness kind;
    return witnesses_offer(sought->witnesses, origin, &kind) &&
           (sought->tier < 0 || kind.tier == (enum tier)sought->tier) &&
           (sought->class < 0 || kind.class == (enum bypass_class)sought->class);
}

static void find_tiers(struct witnesses *witnesses, struct nearest *nearest, enum tier first)
{
    static const enum who whos[] = {
        [TIER_STRANGER] = WHO_STRANGER, [TIER_OWNER] = WHO_OWNER, [TIER_NETWORK] = WHO_NETWORK};
    for (enum tier tier = TIER_STRANGER; tier <= TIER_NETWORK; tier++) {
        struct sought sought = {witnesses, (int)tier, -1};
        struct nearest_question question = {.who = whos[tier],
                                            .schemes = {tier != TIER_OWNER, true},
                                            .most = MOST_TRAILS,
                                            .is_it = is_sought,
                                            .context = &sought};
        if (tier == first)
            continue;
        enum found found = nearest_find(nearest, &question);
        if (found == FOUND_NONE && tier == TIER_NETWORK) { /* public suffixes, empty labels */
            question.who = WHO_ANY, question.most = MOST_CLASS_TRAILS;
            nearest_find(nearest, &question);
        }
        witnesses->is_whole = witnesses->is_whole && found != FOUND_TOO_FAR;
    }
}

/* The shortest of a class for an entry: a stranger's, if more may follow the host, and anybody's.
 */
static void find_class(struct witnesses *witnesses, struct nearest *nearest, struct template *form,
                       enum bypass_class class, const struct intent_entry *entry)
{
    const bool open = class == CLASS_PREFIX || class == CLASS_PREFIX_UNBROKEN ||
                      class == CLASS_CONTAINS || class == CLASS_SPECIAL;
    struct sought sought = {witnesses, -1, (int)class};
    struct nearest_question question = {.schemes = {true, true},
                                        .form = form,
                                        .port = class == CLASS_PORT,
                                        .most = MOST_CLASS_TRAILS,
                                        .is_it = is_sought,
                                        .context = &sought};
    if (!template_of_class(form, class, entry->host))
        return;
    if (class == CLASS_SCHEME)
        question.schemes[0] = !entry->http, question.schemes[1] = !entry->https;
    if (open) {
        question.who = WHO_STRANGER, sought.tier = TIER_STRANGER;
        nearest_find(nearest, &question);
    }
    question.who = WHO_ANY, sought.tier = -1;
    nearest_find(nearest, &question);
}

/* Whether an entry before has the same host, for the same schemes. */
static bool is_repeated(const struct intent *intent, size_t entry)
{
    const struct intent_entry *own = &intent->entries[entry];
    for (size_t i = 0; i < entry; i++) {
        const struct intent_entry *other = &intent->entries[i];
        if (!other->null && other->host.len == own->host.len && other->http == own->http &&
            other->https == own->https && memcmp(other->host.at, own->host.at, own->host.len) == 0)
            return true;
    }
    return false;
}

static void find_classes(struct witnesses *witnesses, struct nearest *nearest)
{
    const struct intent *intent = witnesses->search->question->intent;
    struct template *form = prove_take(witnesses->search->memory, sizeof *form);
    for (size_t i = 0; i < intent->count && i < MOST_ENTRIES && form != NULL; i++)
        for (enum bypass_class class = 0; class < CLASS_COUNT; class ++) {
            const bool once = class == CLASS_SPECIAL || class == CLASS_LOCAL;
            if (!intent->entries[i].null && !(once && i > 0) && !is_repeated(intent, i))
                find_class(witnesses, nearest, form, class, &intent->entries[i]);
        }
}

/* What is worth a try, without the product, until there is a witness. */
void witnesses_try(struct witnesses *witnesses, size_t most)
{
    struct search *search = witnesses->search;
    const struct prove_question *question = search->question;
    struct origins origins = {.most = MOST_CANDIDATES};
    struct kind_of_witness kind;
    struct intent first = *question->intent;
    if (first.count > MOST_ENTRIES)
        first.count = MOST_ENTRIES;
    fixed_origins(&first, question->profile, &origins);
    for (size_t i = 0; i < origins.count && i < most && witnesses->count == 0; i++) {
        const struct cors_bytes origin = origins_at(&origins, i);
        if (prove_clock() > search->latest)
            break;
        if (machine_accepts(search->machine, origin.at, origin.len) <= 0 ||
            (search->wanted.old != NULL &&
             machine_accepts(search->wanted.old->machine, origin.at, origin.len) != 0))
            continue;
        char *copy = prove_take(search->memory, origin.len + 1);
        if (copy == NULL)
            break;
        memcpy(copy, origin.at, origin.len);
        witnesses_offer(witnesses, (struct cors_bytes){copy, origin.len}, &kind);
    }
    origins_free(&origins);
    witnesses->failed = 0; /* these are not the product's */
    search->has_witness = witnesses->count > 0;
}

void witnesses_find(struct witnesses *witnesses)
{
    struct search *search = witnesses->search;
    struct kind_of_witness kind = {.tier = TIER_COUNT};
    const bool exact = search->machine->inexact == NULL;
    struct nearest nearest;
    enum tier first = TIER_COUNT;
    witnesses->is_whole = search->stopped == NULL;
    if (search->goal_count == 0 && search->stopped != NULL && !search->memory->exhausted)
        witnesses_try(witnesses, MOST_TRIED);
    if (search->goal_count == 0 || (!exact && search->question->accepts == NULL)) {
        witnesses->failed += search->goal_count;
        return;
    }
    const uint32_t most = exact ? FIRST_GOALS : MOST_ASKED;
    for (uint32_t i = 0; i < search->goal_count && i < most; i++) {
        if (witnesses_offer(witnesses, text_of(search, search->goals[i]), &kind) &&
            first == TIER_COUNT && witnesses->failed == 0)
            first = kind.tier;
        if (!exact && prove_clock() > search->latest) /* the real engine may take long */
            break;
    }
    for (uint32_t i = 0; i < search->goal_count; i++) {
        const struct product *goal = &search->products[search->goals[i]];
        if (search->wanted.states[goal->wanted].part == SENDABLE_NULL)
            witnesses_offer(witnesses, text_of(search, search->goals[i]), &kind);
    }
    if (!nearest_open(&nearest, search)) {
        witnesses->is_whole = false;
        return;
    }
    find_tiers(witnesses, &nearest, first);
    find_classes(witnesses, &nearest);
}
