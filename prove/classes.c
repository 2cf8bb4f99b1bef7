/* The classes of prove/classes.h: all bytes as one, split by everything that may tell two apart. */
#include "classes.h"

#include <string.h>

const char natural_bytes[] =
    "abcdefghijklmnopqrstuvwxyz.0123456789-:/_[]~!$&'()*+,;=`{}\"|^<>?@#%\\ "
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

static void split(unsigned classes[128], const unsigned kinds[128])
{
    unsigned made[128], total = 0;
    for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++) {
        unsigned same = FIRST_BYTE;
        while (same < byte && (classes[same] != classes[byte] || kinds[same] != kinds[byte]))
            same++;
        made[byte] = same == byte ? total++ : made[same];
    }
    memcpy(classes, made, sizeof made);
}

static void split_by_machine(unsigned classes[128], const struct machine *machine)
{
    unsigned kinds[128] = {0};
    for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
        kinds[byte] = machine->classes[byte];
    split(classes, kinds);
}

static void split_by_hosts(unsigned classes[128], const struct intent *intent, const bool *left_out)
{
    unsigned kinds[128] = {0};
    for (size_t i = 0; i < intent->count; i++)
        for (size_t k = 0; k < intent->entries[i].host.len; k++) {
            if (left_out != NULL && left_out[i])
                break;
            const unsigned byte = (unsigned char)intent->entries[i].host.at[k] & 127U;
            kinds[byte] = byte;
        }
    kinds['.'] = '.';
    split(classes, kinds);
}

void classes_make(struct classes *classes, const struct machine *machine, const struct machine *old,
                  const struct intent *intent, const bool *left_out,
                  const struct sendable *sendable)
{
    unsigned made[128] = {0}, kinds[128] = {0}, numbers[128] = {0};
    split_by_hosts(made, intent, left_out);
    for (unsigned byte = FIRST_BYTE; byte <= LAST_BYTE; byte++)
        kinds[byte] = sendable_kind(sendable, byte);
    split(made, kinds);
    split_by_machine(made, machine);
    if (old != NULL)
        split_by_machine(made, old);
    *classes = (struct classes){0};
    for (const char *at = natural_bytes; *at != '\0'; at++) {
        const unsigned char byte = (unsigned char)*at;
        unsigned *number = &numbers[made[byte]]; /* and one more */
        if (*number == 0) {
            classes->natural[classes->count] = byte;
            *number = ++classes->count;
        }
        classes->of[byte] = (unsigned char)(*number - 1);
        set_add(&classes->members[*number - 1], byte);
    }
}
