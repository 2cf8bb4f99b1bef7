/* Two engines of tests/prove: PCRE2 and the C library's POSIX extended expressions. Protocol:
 * engines/README.md. */
#define _POSIX_C_SOURCE 200809L
#define PCRE2_CODE_UNIT_WIDTH 8
#include "pcre2_options.h"
#include "question.h"

#include <pcre2.h>
#include <regex.h>
#include <stdlib.h>

static void answer_pcre2(struct question *question)
{
    int error;
    PCRE2_SIZE where;
    const char *text;
    size_t length;
    uint32_t flags = 0;
    (void)pcre2_flags(question->flags, &flags);
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)question->pattern, question->length, flags, &error, &where, NULL);
    if (code == NULL) {
        PCRE2_UCHAR why[256];
        pcre2_get_error_message(error, why, sizeof why);
        printf("error %s\n", (const char *)why);
        return;
    }
    const uint32_t how = pcre2_anchors(regex_match_of(question->match));
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    while (next_subject(question, &text, &length)) {
        const int made = pcre2_match(code, (PCRE2_SPTR)text, length, 0, how, data, NULL);
        putchar(made >= 0 ? '1' : made == PCRE2_ERROR_NOMATCH ? '0' : '?');
    }
    putchar('\n');
    pcre2_match_data_free(data);
    pcre2_code_free(code);
}

static void answer_posix(struct question *question)
{
    regex_t code;
    const char *text;
    size_t length;
    const int error =
        regcomp(&code, question->pattern,
                REG_EXTENDED | (strchr(question->flags, 'i') != NULL ? REG_ICASE : 0));
    if (error != 0) {
        char why[256];
        regerror(error, &code, why, sizeof why);
        printf("error %s\n", why);
        return;
    }
    while (next_subject(question, &text, &length)) {
        char subject[4096];
        regmatch_t found;
        if (length >= sizeof subject) {
            putchar('?');
            continue;
        }
        memcpy(subject, text, length);
        subject[length] = '\0';
        const bool any = regexec(&code, subject, 1, &found, 0) == 0;
        const bool starts = any && found.rm_so == 0, ends = any && (size_t)found.rm_eo == length;
        putchar('0' +
                (*question->match == 's' ? any : starts && (*question->match == 'p' || ends)));
    }
    putchar('\n');
    regfree(&code);
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t room = 0;
    while (argc == 2 && getline(&line, &room, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        struct question question = question_of(line);
        if (strcmp(argv[1], "pcre2") == 0)
            answer_pcre2(&question);
        else
            answer_posix(&question);
        fflush(stdout);
    }
    free(line);
    return argc == 2 ? 0 : 2;
}
