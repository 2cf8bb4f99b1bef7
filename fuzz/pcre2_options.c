/* The options of fuzz/pcre2_options.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pcre2_options.h"

#include <pcre2.h>
#include <string.h>

bool pcre2_flags(const char *flags, uint32_t *options)
{
    static const char letters[] = "imsx";
    static const uint32_t meanings[] = {PCRE2_CASELESS, PCRE2_MULTILINE, PCRE2_DOTALL,
                                        PCRE2_EXTENDED};
    bool known = true;
    for (; *flags != '\0'; flags++) {
        const char *letter = strchr(letters, *flags);
        if (letter == NULL)
            known = false;
        else
            *options |= meanings[letter - letters];
    }
    return known;
}

uint32_t pcre2_anchors(enum regex_match match)
{
    static const uint32_t anchors[] = {[REGEX_SEARCH] = 0,
                                       [REGEX_PREFIX] = PCRE2_ANCHORED,
                                       [REGEX_FULL] = PCRE2_ANCHORED | PCRE2_ENDANCHORED};
    return anchors[match];
}
