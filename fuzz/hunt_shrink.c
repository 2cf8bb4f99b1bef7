/* A witness made the shortest of its tier and class that taking parts out leads to, and then plain:
 * letters that do not matter become an a. Invariant: what replaces a witness was let in by the
 * validator, can be sent, is not meant, and has the same tier and class. */
#include "hunt_parts.h"

#include <string.h>

enum {
    LONGEST_PART = 40, /* taken out at once */
    SHRINK_QUESTIONS = 4000,
    SLOW_QUESTIONS = 24, /* of a server */
};

struct shrinking {
    struct hunt *hunt;
    struct witness *witness;
    size_t left; /* questions */
};

static struct kind_of_witness kind_of(const struct shrinking *shrinking, struct cors_bytes origin)
{
    return kind_of_witness(shrinking->hunt->options->intent, origin, shrinking->hunt->suffixes);
}

/* What can have a certificate stays so. */
static bool same_kind(const struct shrinking *shrinking, struct cors_bytes origin)
{
    const struct hunt_options *options = shrinking->hunt->options;
    if (!origin_sendable(origin, options->profile) || intent_holds(options->intent, origin))
        return false;
    const struct kind_of_witness kind = kind_of(shrinking, origin);
    const size_t scheme = strcspn(shrinking->witness->origin, ":");
    return origin.len > scheme && memcmp(origin.at, shrinking->witness->origin, scheme + 1) == 0 &&
           kind.tier == shrinking->witness->kind.tier &&
           kind.class == shrinking->witness->kind.class &&
           kind.no_certificate <= shrinking->witness->kind.no_certificate;
}

/* The first of `origins` that is let in becomes the witness. */
static bool take_first(struct shrinking *shrinking, const struct origins *origins)
{
    for (size_t i = 0; i < origins->count;) {
        struct cors_bytes batch[HUNT_BATCH];
        bool allowed[HUNT_BATCH];
        size_t count = 0, asked = 0;
        /* Few at first: one of the shortest often is let in. */
        const size_t most = i == 0 ? 16 : HUNT_BATCH;
        while (count < most && i + count < origins->count && count < shrinking->left) {
            batch[count] = origins_at(origins, i + count);
            count++;
        }
        hunt_ask(shrinking->hunt, batch, count, allowed, &asked);
        shrinking->left -= asked;
        for (size_t j = 0; j < asked; j++)
            if (allowed[j]) {
                struct witness *witness = shrinking->witness;
                memcpy(witness->origin, batch[j].at, batch[j].len);
                witness->origin[batch[j].len] = '\0';
                witness->length = batch[j].len;
                witness->kind = kind_of(shrinking, batch[j]);
                return true;
            }
        if (asked < count || count == 0)
            return false;
        i += count;
    }
    return false;
}

static void add_without(struct shrinking *shrinking, size_t at, size_t part,
                        struct origins *origins)
{
    char text[LONGEST_ORIGIN + 1];
    const struct witness *witness = shrinking->witness;
    memcpy(text, witness->origin, at);
    memcpy(text + at, witness->origin + at + part, witness->length - at - part);
    const struct cors_bytes shorter = {text, witness->length - part};
    if (same_kind(shrinking, shorter))
        origins_add(origins, shorter);
}

/* What taking out one part leaves, the shortest first: of long parts some, of short ones all. */
static bool take_part_out(struct shrinking *shrinking)
{
    struct origins origins = {0};
    const size_t length = shrinking->witness->length;
    size_t part = length;
    for (; part > LONGEST_PART; part -= part / 8)
        for (size_t at = 0; at + part <= length; at += part / 8)
            add_without(shrinking, at, part, &origins);
    for (; part > 0; part--)
        for (size_t at = 0; at + part <= length; at++)
            add_without(shrinking, at, part, &origins);
    const bool taken = take_first(shrinking, &origins);
    origins_free(&origins);
    return taken;
}

static void make_plain(struct shrinking *shrinking)
{
    struct witness *witness = shrinking->witness;
    const char *host = strstr(witness->origin, "://");
    if (host == NULL)
        return;
    for (size_t at = (size_t)(host + 3 - witness->origin); at < witness->length; at++) {
        struct origins origin = {0};
        char text[LONGEST_ORIGIN + 1];
        memcpy(text, witness->origin, witness->length);
        text[at] = 'a';
        const struct cors_bytes plainer = {text, witness->length};
        const char old = witness->origin[at];
        const bool is_plainer = (old >= 'b' && old <= 'z') || (old >= '0' && old <= '9');
        if (is_plainer && same_kind(shrinking, plainer) && origins_add(&origin, plainer))
            take_first(shrinking, &origin);
        origins_free(&origin);
    }
}

void hunt_shrink(struct hunt *hunt, struct witness *witness)
{
    const bool is_slow = hunt->validator->kind->batch < HUNT_BATCH / 8;
    struct shrinking shrinking = {hunt, witness, is_slow ? SLOW_QUESTIONS : SHRINK_QUESTIONS};
    while (shrinking.left > 0 && take_part_out(&shrinking))
        ;
    if (shrinking.left > 0)
        make_plain(&shrinking);
}
