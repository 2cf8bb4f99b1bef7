/* The choice of prove/near.h: by how many bytes an entry's host has in common with the origin's, at
 * the beginning and at the end, each for a half of the places. */
#include "near.h"

#include <string.h>

struct ranking {
    struct intent_entry *at;
    size_t scores[NEAR_MOST / 2], count;
};

size_t common_start(struct cors_bytes a, struct cors_bytes b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && a.at[i] == b.at[i])
        i++;
    return i;
}

size_t common_end(struct cors_bytes a, struct cors_bytes b)
{
    size_t i = 0;
    while (i < a.len && i < b.len && a.at[a.len - 1 - i] == b.at[b.len - 1 - i])
        i++;
    return i;
}

static bool contains(struct cors_bytes text, struct cors_bytes part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (memcmp(text.at + i, part.at, part.len) == 0)
            return true;
    return false;
}

/* Keeps it if it is among the best; the worst, which is last, goes. */
static void rank(struct ranking *ranking, const struct intent_entry *entry, size_t score)
{
    enum { MOST = NEAR_MOST / 2 };
    size_t at = ranking->count;
    if (at == MOST && ranking->scores[MOST - 1] >= score)
        return;
    if (at < MOST)
        ranking->count++;
    else
        at--;
    for (; at > 0 && ranking->scores[at - 1] < score; at--) {
        ranking->scores[at] = ranking->scores[at - 1];
        ranking->at[at] = ranking->at[at - 1];
    }
    ranking->scores[at] = score;
    ranking->at[at] = *entry;
}

void near_find(struct near *near, const struct intent *intent, struct cors_bytes origin)
{
    struct intent_entry ends[NEAR_MOST / 2];
    struct ranking by_start = {.at = near->entries}, by_end = {.at = ends};
    struct origin_parts parts;
    near->intent = *intent;
    if (intent->count <= NEAR_MOST || !origin_take_apart(origin, &parts) || parts.opaque)
        return;
    for (size_t i = 0; i < intent->count; i++) {
        const struct intent_entry *entry = &intent->entries[i];
        if (entry->null)
            continue;
        const size_t within = contains(parts.host, entry->host) ? entry->host.len * 2 : 0;
        rank(&by_start, entry, common_start(parts.host, entry->host) + within);
        rank(&by_end, entry, common_end(parts.host, entry->host));
    }
    memcpy(near->entries + by_start.count, ends, by_end.count * sizeof *ends);
    near->intent = (struct intent){near->entries, by_start.count + by_end.count, NEAR_MOST};
}
