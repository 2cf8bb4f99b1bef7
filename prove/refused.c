/* What prove/refused.h says, read off the product: it holds every origin that can be sent and is
 * accepted, so also those that are intended. What the product cannot tell, as it stopped or as it
 * has forgotten behind a port to which entry that belongs, the machine is asked about: for an entry
 * with one origin for each scheme that is exact, for others an origin that is accepted is enough.
 */
#include "refused.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST_HOST = 1024, LONGEST_ORIGIN = LONGEST_HOST + 32, MOST_ASKED = 1000 };

/* One origin of an entry, below its host or it, with a port or the scheme's own (0): its length in
 * `text`; 0: it is too long. */
static size_t write_origin(const struct intent_entry *entry, bool https, unsigned port,
                           char text[LONGEST_ORIGIN])
{
    if (entry->null)
        return (size_t)snprintf(text, LONGEST_ORIGIN, "null");
    if (entry->host.len > LONGEST_HOST)
        return 0;
    int length = snprintf(text, LONGEST_ORIGIN, "%s://%s%.*s", https ? "https" : "http",
                          entry->below ? "a." : "", (int)entry->host.len, entry->host.at);
    if (port != 0 && port != (https ? 443U : 80U))
        length += snprintf(text + length, LONGEST_ORIGIN - (size_t)length, ":%u", port);
    return (size_t)length;
}

bool entry_is_refused(struct machine *machine, const struct intent_entry *entry)
{
    char text[LONGEST_ORIGIN];
    const unsigned port = entry->port_kind == INTENT_PORT_NUMBER ? entry->port : 0;
    if (entry->null || entry->below || entry->port_kind == INTENT_PORT_ANY)
        return false;
    for (int https = 0; https < 2; https++) {
        const size_t length = write_origin(entry, https != 0, port, text);
        if ((https ? entry->https : entry->http) &&
            (length == 0 || machine_accepts(machine, text, length) != 0))
            return false;
    }
    return true;
}

/* Whether one of a few origins of the entry can be sent and is accepted. */
static bool is_one_accepted(struct search *search, const struct intent_entry *entry)
{
    static const unsigned ports[] = {0, 8080, 8443, 3000};
    const size_t count = entry->port_kind == INTENT_PORT_ANY ? sizeof ports / sizeof *ports : 1;
    char text[LONGEST_ORIGIN];
    for (size_t i = 0; i < count * 2; i++) {
        const bool https = i % 2 != 0;
        const unsigned port = entry->port_kind == INTENT_PORT_NUMBER ? entry->port : ports[i / 2];
        const size_t length = write_origin(entry, https, port, text);
        if (length > 0 && (entry->null || (https ? entry->https : entry->http)) &&
            origin_sendable((struct cors_bytes){text, length}, search->question->profile) &&
            machine_accepts(search->machine, text, length) > 0)
            return true;
    }
    return false;
}

void refused_find(struct search *search, struct prove_answer *answer)
{
    const struct intent *intent = search->question->intent;
    const struct wanted *wanted = &search->wanted;
    bool *accepted = prove_take(search->memory, intent->count + 1), all = search->stopped == NULL;
    answer->refused = intent->count == 0 ? NULL : prove_take(search->memory, intent->count);
    answer->refused_is_whole = true;
    if (answer->refused == NULL || accepted == NULL)
        return;
    for (uint32_t i = WANTED_START; i < wanted->count; i++)
        if ((wanted->states[i].flags & WANTED_ACCEPTED) != 0 &&
            !intended_mark(&wanted->intended, wanted->states[i].intended, accepted))
            all = false;
    for (size_t i = 0, asked = 0; i < intent->count; i++) {
        const struct intent_entry *entry = &intent->entries[i];
        const bool is_left_out = search->left_out != NULL && search->left_out[i];
        const bool is_known =
            is_left_out || all ||
            (search->stopped == NULL && !entry->null && entry->port_kind != INTENT_PORT_ANY);
        if (!accepted[i] && !is_known && asked++ < MOST_ASKED)
            accepted[i] = is_one_accepted(search, entry);
        answer->refused[i] = !accepted[i] && (is_known || entry_is_refused(search->machine, entry));
        if (!answer->refused[i] && (!accepted[i] || search->machine->inexact != NULL))
            answer->refused_is_whole = false;
    }
}
