/* Two engines of tests/prove: PCRE2 and the C library's POSIX extended expressions. Protocol:
 * engines/README.md. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t unhex(const char *hex, char *out)
{
    size_t length = 0;
    unsigned byte;
    while (sscanf(hex + 2 * length, "%2x", &byte) == 1)
        out[length++] = (char)byte;
    out[length] = '\0';
    return length;
}

static void answer_pcre2(const char *match, const char *flags, const char *source, size_t length,
                         char *subjects)
{
    uint32_t options = 0;
    for (; *flags != '\0'; flags++)
        options |= *flags == 'i'   ? PCRE2_CASELESS
                   : *flags == 'm' ? PCRE2_MULTILINE
                   : *flags == 's' ? PCRE2_DOTALL
                   : *flags == 'x' ? PCRE2_EXTENDED
                                   : 0;
    int error;
    PCRE2_SIZE where;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)source, length, options, &error, &where, NULL);
    if (code == NULL) {
        PCRE2_UCHAR text[256];
        pcre2_get_error_message(error, text, sizeof text);
        printf("error %s\n", (const char *)text);
        return;
    }
    const uint32_t how = strcmp(match, "search") == 0   ? 0
                         : strcmp(match, "prefix") == 0 ? PCRE2_ANCHORED
                                                        : PCRE2_ANCHORED | PCRE2_ENDANCHORED;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    for (char *subject = strtok(subjects, ","), text[4096]; subject != NULL;
         subject = strtok(NULL, ",")) {
        const size_t len = unhex(subject, text);
        putchar(pcre2_match(code, (PCRE2_SPTR)text, len, 0, how, data, NULL) >= 0 ? '1' : '0');
    }
    putchar('\n');
    pcre2_match_data_free(data);
    pcre2_code_free(code);
}

static void answer_posix(const char *match, const char *flags, const char *source, char *subjects)
{
    regex_t code;
    const int error =
        regcomp(&code, source, REG_EXTENDED | (strchr(flags, 'i') != NULL ? REG_ICASE : 0));
    if (error != 0) {
        char text[256];
        regerror(error, &code, text, sizeof text);
        printf("error %s\n", text);
        return;
    }
    for (char *subject = strtok(subjects, ","), text[4096]; subject != NULL;
         subject = strtok(NULL, ",")) {
        regmatch_t found;
        const size_t len = unhex(subject, text);
        const bool any = regexec(&code, text, 1, &found, 0) == 0;
        const bool starts = any && found.rm_so == 0, ends = any && (size_t)found.rm_eo == len;
        putchar(strcmp(match, "search") == 0 ? '0' + any
                                             : '0' + (starts && (*match == 'p' || ends)));
    }
    putchar('\n');
    regfree(&code);
}

int main(int argc, char **argv)
{
    static char line[1 << 20], source[1 << 19];
    while (argc == 2 && fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *flags = strchr(line, '\t'), *hex = strchr(flags + 1, '\t');
        char *subjects = strchr(hex + 1, '\t');
        *flags++ = *hex++ = *subjects++ = '\0';
        const size_t length = unhex(hex, source);
        if (strcmp(argv[1], "pcre2") == 0)
            answer_pcre2(line, flags, source, length, subjects);
        else
            answer_posix(line, flags, source, subjects);
    }
    return argc == 2 ? 0 : 2;
}
