/* The fuzzing dictionaries are in the syntax that libFuzzer and AFL++ both read: comments, and
 * lines name="word" where a word is printable ASCII with \\, \" and \xHH, not empty, at most 128
 * bytes, and in the dictionary once. Arguments: the files. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 4000, LONGEST = 128 };

struct word {
    size_t length;
    unsigned char bytes[LONGEST];
};

static int hex(int c)
{
    const char *digits = "0123456789ABCDEF", *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits);
}

/* What is wrong with a line, or NULL; the word that it stands for. */
static const char *parse(const char *line, struct word *word)
{
    const size_t name = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789_");
    word->length = 0;
    if (name == 0 || line[name] != '=' || line[name + 1] != '"')
        return "expected name=\"";
    const char *at = line + name + 2;
    while (*at != '"') {
        unsigned byte = (unsigned char)*at++;
        if (byte < 0x20 || byte > 0x7E)
            return "expected printable ASCII and a closing quote";
        if (byte == '\\' && *at == 'x') {
            if (hex(at[1]) < 0 || hex(at[2]) < 0)
                return "expected \\xHH";
            byte = (unsigned)(hex(at[1]) * 16 + hex(at[2]));
            at += 3;
        } else if (byte == '\\' && *at != '\\' && *at != '"') {
            return "expected \\\\, \\\" or \\xHH";
        } else if (byte == '\\') {
            byte = (unsigned char)*at++;
        }
        if (word->length == LONGEST)
            return "expected at most 128 bytes";
        word->bytes[word->length++] = (unsigned char)byte;
    }
    if (strcmp(at, "\"\n") != 0)
        return "expected nothing behind the closing quote";
    return word->length == 0 ? "expected a word that is not empty" : NULL;
}

static bool is_new(const struct word *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (words[i].length == words[count].length &&
            memcmp(words[i].bytes, words[count].bytes, words[count].length) == 0)
            return false;
    return true;
}

static unsigned check(const char *path)
{
    static struct word words[MOST_WORDS];
    char line[2048];
    unsigned number = 0, wrong = 0;
    size_t count = 0;
    FILE *file = fopen(path, "rb");
    while (file != NULL && fgets(line, sizeof line, file) != NULL && count < MOST_WORDS) {
        number++;
        if (line[0] == '#')
            continue;
        const char *why = parse(line, &words[count]);
        if (why == NULL && !is_new(words, count))
            why = "the word is there twice";
        if (why != NULL)
            printf("%s:%u: %s\n", path, number, why);
        wrong += why != NULL;
        count++;
    }
    if (file != NULL)
        fclose(file);
    printf("%s: %zu words\n", path, count);
    return wrong + (count < 20);
}

/* The parser itself refuses what it should. */
static unsigned check_parser(void)
{
    static const char *const wrong[] = {
        "x=\"\"\n",    "=\"a\"\n",     "x=a\n",         "x=\"a\n",          "x=\"a\"b\n",
        "x=\"\\n\"\n", "x=\"\\x1\"\n", "x=\"\\xzz\"\n", "x=\"\xC3\xA9\"\n",
    };
    struct word word;
    unsigned accepted = 0;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        if (parse(wrong[i], &word) == NULL) {
            printf("accepted: %s", wrong[i]);
            accepted++;
        }
    if (parse("x_1=\"a\\\"\\\\\\x0A\"\n", &word) != NULL || word.length != 4 ||
        memcmp(word.bytes, "a\"\\\n", 4) != 0)
        accepted++;
    return accepted;
}

int main(int argc, char **argv)
{
    unsigned wrong = check_parser() + (argc < 2);
    for (int i = 1; i < argc; i++)
        wrong += check(argv[i]);
    return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
