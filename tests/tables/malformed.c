/* What the generator refuses. Each row below breaks a copy of one table; the generator must exit
 * with 1, write nothing, and complain at the very line and column, saying what it expected.
 * Arguments: the generator, a folder to work in, the tables. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_END ((size_t)-1)

struct malformation {
    const char *table;
    const char *find;    /* the first place where this stands becomes */
    const char *replace; /* this, */
    const char *at;      /* and the complaint is where this first stands in the broken copy, */
    size_t offset;       /* that many bytes on, or at the line's end; at NULL: in `replace` */
    const char *message; /* and has this in it */
};

static const struct malformation malformations[] = {
    /* Bytes */
    {"methods", "# sets", "# se\xFFts", NULL, 4, "byte 0xFF is not UTF-8"},
    {"methods", "# sets", "# \xC0\x80sets", NULL, 2, "byte 0xC0 is not UTF-8"},
    {"methods", "# sets", "# \xED\xA0\x80sets", NULL, 2, "byte 0xED is not UTF-8"},
    {"methods", "# sets", "# \xF4\x90\x80\x80sets", NULL, 2, "byte 0xF4 is not UTF-8"},
    {"methods", "summary\nGET", "summary\r\nGET", NULL, 7, "CR: expected lines that end in LF"},
    {"methods", "# sets", "# \x01sets", NULL, 2, "control byte 0x01"},
    {"methods", "# sets", "# \x7Fsets", NULL, 2, "control byte 0x7F"},
    {"forbidden-prefixes", "Sec-Fetch-Site\n", "Sec-Fetch-Site", NULL, 14,
     "expected LF at the end of the file"},
    /* Lines and cells */
    {"methods", "\nPUT", "\n\nPUT", NULL, 1, "blank line"},
    {"methods", "\nPUT", "\n# a remark\nPUT", NULL, 1, "comments above the header row only"},
    {"methods", "# sets", "#sets", NULL, 1, "expected \"# \" and a comment"},
    {"methods", "TRACK\tforbidden\t", "TRACK\tforbidden ", "TRACK", LINE_END,
     "2 cells: expected 3"},
    {"methods", "TRACK\tforbidden", "TRACK\tforbidden\tx", "x\tnever", 2, "unexpected cell"},
    {"methods", "TRACK\tforbidden", "TRACK\t", NULL, 6, "empty cell"},
    {"methods", "TRACK\t", "TRACK \t", NULL, 0, "without spaces at its ends"},
    {"methods", "TRACK\t", "TRACK\t ", NULL, 6, "without spaces at its ends"},
    {"methods", "TRACK\t", "-\t", NULL, 0, "expected a method, not \"-\""},
    /* Columns */
    {"methods", "method\tsets\tsummary", "method\tset\tsummary", NULL, 7,
     "column \"set\": expected \"sets\""},
    {"scope", "id\twhat\treason", "id\twhat\treason\twho", "abort\t", LINE_END,
     "3 cells: expected 4, next \"who\""},
    {"forbidden-prefixes",
     "prefix\tsummary\nproxy-\treserved for proxies\nsec-\treserved for headers that script cannot "
     "forge, such as Sec-Fetch-Site\n",
     "prefix\nproxy-\n", "prefix\nproxy", 0, "expected \"summary\" next"},
    /* Keys and words */
    {"methods", "TRACK\t", "get\t", NULL, 0, "duplicate \"get\": already in line"},
    {"header-names", "Via\t", "aCCept\t", NULL, 0, "duplicate \"aCCept\": already in line"},
    {"enumerations", "mode\tcors\t", "mode\tno-cors\t", NULL, 5, "duplicate \"no-cors\""},
    {"methods", "TRACK\tforbidden", "TRACK\tforbiden", NULL, 6, "unknown sets \"forbiden\""},
    {"methods", "TRACK\tforbidden", "TRACK\tsafe forbiden", NULL, 11, "unknown sets"},
    {"methods", "TRACK\tforbidden", "TRACK\tforbidden forbidden", NULL, 16, "twice"},
    {"header-names", "-no-cors\trange", "-no-cors\trang", "rang\t", 0, "unknown value-rule"},
    {"errors", "\tpreflight\tThe preflight was", "\tpreflight actual\tThe preflight was", NULL, 11,
     "expected a single word"},
    {"methods", "TRACK\t", "TR ACK\t", NULL, 0, "expected an HTTP token"},
    {"mime-types", "text/jscript\t", "text\t", NULL, 0, "a type, a slash and a subtype"},
    {"mime-types", "text/jscript\t", "text/j/script\t", NULL, 0, "a type, a slash and a subtype"},
    {"mime-types", "text/jscript\t", "text/JScript\t", NULL, 0, "a subtype, lower case"},
    {"mime-types", "text/jscript\t", "/jscript\t", NULL, 0, "a type, a slash and a subtype"},
    {"schemes", "\nftp\t", "\nFTP\t", NULL, 1, "lower-case words joined by hyphens"},
    {"errors", "\nBadPort", "\nbadPort", NULL, 1, "letters and digits, a capital first"},
    /* Values */
    {"byte-classes", "30-39 41-46", "39-30 41-46", NULL, 0, "bad bytes: expected HH, HH-HH"},
    {"byte-classes", "30-39 41-46", "30-39 4g-46", NULL, 6, "bad bytes"},
    {"byte-classes", "30-39 41-46", "30-3 41-46", NULL, 0, "bad bytes"},
    {"byte-classes", "30-39 41-46", "30-100 41-46", NULL, 0, "bad bytes"},
    {"byte-classes", "30-39 41-46", "30-39 +hex-digit", NULL, 6, "bad bytes"},
    {"byte-classes", "+forbidden-host", "+forbiden-host", NULL, 0, "bad bytes"},
    {"ports", "\n10080\t", "\n65536\t", NULL, 1, "expected a number, 0 to 65535"},
    {"ports", "\n10080\t", "\n010080\t", NULL, 1, "expected a number"},
    {"ports", "\n10080\t", "\n10080-10081\t", NULL, 1, "expected a number"},
    {"ports", "\n10080\t", "\n99999999999999999999\t", NULL, 1, "expected a number"},
    {"statuses", "200-299", "299-200", NULL, 0, "expected a number or a range, 0 to 999"},
    {"statuses", "200-299", "200-", NULL, 0, "expected a number or a range"},
    {"statuses", "200-299", "200-1000", NULL, 0, "expected a number or a range"},
    {"schemes", "\t443\t", "\thttps\t", NULL, 1, "expected a number"},
    {"dictionary-words", "headers\tnull\t", "headers\t\\n\t", NULL, 8, "bad escape"},
    {"dictionary-words", "headers\tnull\t", "headers\tab\\x0g\t", NULL, 10, "bad escape"},
    {"standards", "586cd2a", "586cd", NULL, 0, "expected a commit"},
    {"standards", "https://fetch.spec.whatwg.org/", "http://fetch.spec.whatwg.org/", NULL, 0,
     "expected an https:// URL"},
    {"algorithms", "sim/check.c", "sim/check.h", NULL, 0,
     "expected sim/ and the name of a .c file"},
    {"enumerations", "CORS_MODE_CORS", "MODE_CORS", NULL, 0, "enumerator that begins with CORS_"},
    {"steps", "cors-check\t4\tboth\t-\t", "cors-check\t4\tboth\t-\t0", NULL, 20,
     "64 lower-case hex digits"},
    {"steps", "cors-check\t4\t", "cors-check\t4.\t", NULL, 11, "expected a step's label"},
    {"steps", "cors-check\t4\t", "cors-check\t04\t", NULL, 11, "expected a step's label"},
    /* References */
    {"steps", "cors-check\t4\t", "cors-chek\t4\t", NULL, 0, "expected a row of algorithms"},
    {"steps", "cors-check\t4\tboth", "cors-check\t4\tsometimes", NULL, 13,
     "expected both, true, false, none or scope:ID"},
    {"steps", "cors-check\t4\tboth", "cors-check\t4\tscope:nothing", NULL, 19,
     "expected a row of scope"},
    {"steps", "cors-check\t4\tboth\t-", "cors-check\t4\ttrue\t-", NULL, 13, "expected the reason"},
    {"algorithms", "CORS check\tfetch", "CORS check\tfetsch", NULL, 11,
     "expected a row of standards"},
    {"errors", "\tcors-check\t2\t", "\tcors-chek\t2\t", NULL, 1, "expected a row of algorithms"},
    {"errors", "\tcors-check\t2\t", "\tcors-check\t99\t", NULL, 12, "unknown step \"99\""},
    {"decision-cors-check", "\t2\tMissing", "\t22\tMissing", NULL, 1, "unknown step \"22\""},
    {"decision-cors-check", "\t2\tMissing", "\t2\tMising", NULL, 3, "expected a row of errors"},
    /* What tables say together */
    {"header-names", "\trange\t-\t", "\t-\t-\t", NULL, 1, "expected a value rule if and only if"},
    {"header-names", "cors-non-wildcard\t-\t", "cors-non-wildcard\trange\t", NULL, 18,
     "expected a value rule if and only if"},
    {"errors", "4\tlist\t", "4\twildcard\t", NULL, 2, "expected another class"},
    {"errors", "4\twildcard\t", "4\t-\t", "4\tlist", 2, "expected above line"},
    {"errors", "7.7\t-\tpreflight\tAccess", "7.7\t-\tpreflight\taccess", NULL, 16,
     "which is the same error"},
    {"host-bytes", "\n7E\tany", "\n7E\thttp", "byte\t", 0, "byte 7E for the other scheme"},
    {"host-bytes", "\n7E\tany", "\n7D\thttps", NULL, 1, "already there"},
    {"host-bytes", "\n7E\tany", "\n80\tany", NULL, 1, "expected one byte, 00 to 7F"},
    {"host-bytes", "\n7E\tany", "\n7C-7E\tany", NULL, 1, "expected one byte, 00 to 7F"},
    {"host-bytes", "unloadable\tcut\n", "unloadable\tcuts\n", "cuts\n", 0, "unknown webkit"},
    {"enumerations", "mode\tcors\tCORS_MODE_CORS", "entry\tcors\tCORS_MODE_CORS", "mode\tsame", 0,
     "with the others of its enumeration"},
    /* Decision tables */
    {"decision-cors-check", "include\twildcard\ttrue\tfailure\t4\tWildcardOriginNotAllowed\n", "",
     "credentials-mode\tallow-origin\tallow-credentials\tverdict", 0,
     "incomplete: expected a row for credentials-mode=include, allow-origin=wildcard, "
     "allow-credentials=true"},
    {"decision-cors-check", "include\twildcard\tother-case\t", "include\twildcard\ttrue\t", NULL, 0,
     "overlaps line"},
    {"decision-cache-match", "expired\tany\tany", "any\tany\tany", "fresh\tsame\tsame\tsame\ttrue",
     0, "overlaps line"},
    {"decision-cors-check", "include\twildcard\ttrue\t", "include\tany\ttrue\t", NULL, 0,
     "overlaps line"},
    {"decision-cors-check", "include\twildcard\ttrue\t", "include\twildcard|star\ttrue\t", NULL, 17,
     "unknown class \"star\""},
    {"decision-cors-check", "#input\tallow-origin\tsame\t", "#input\tallow-origin\twildcard\t",
     NULL, 20, "class \"wildcard\" twice"},
    {"decision-cors-check", "#input\tallow-origin\tsame\t", "#input\tallow-origin\tany\t", NULL, 20,
     "expected a word, other than any"},
    {"decision-cors-check", "#input\tallow-origin\tsame\t", "#input\torigin\tsame\t", NULL, 7,
     "expected the columns' classes in the columns' order"},
    {"decision-cors-check", "#input\tallow-origin\tsame\t", "#input\tallow-origin same\t", NULL, 0,
     "expected #input, column, class and meaning"},
    {"decision-cors-check", "credentials-mode\tallow-origin\tallow-credentials\tverdict",
     "credentials-mode\tallow-origin\tx\tallow-credentials\tverdict", "omit\tabsent\tabsent",
     LINE_END, "6 cells: expected 7"},
    {"methods", "# sets", "#input\tmethod\tGET\tx\n# sets", NULL, 0, "in decision tables only"},
};

static const char *generator, *folder;
static char **tables;
static int table_count;

static char *join(const char *first, const char *second, const char *third)
{
    const size_t length = strlen(first) + strlen(second) + strlen(third);
    char *text = malloc(length + 1);
    if (text == NULL)
        exit(2);
    snprintf(text, length + 1, "%s%s%s", first, second, third);
    return text;
}

static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);
    if (file == NULL || text == NULL) {
        printf("cannot read %s\n", path);
        exit(2);
    }
    text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void write_all(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
        printf("cannot write %s\n", path);
        exit(2);
    }
}

/* Runs the generator on `paths`; its exit status, and what it said in *said. */
static int run(char *const *paths, int count, char **said)
{
    char *errors = join(folder, "/errors", ""),
         **arguments = calloc((size_t)count + 3, sizeof *arguments);
    int status = 0;
    if (arguments == NULL)
        exit(2);
    arguments[0] = join(generator, "", "");
    arguments[1] = join(folder, "/out", "");
    memcpy(arguments + 2, paths, (size_t)count * sizeof *arguments);
    const pid_t child = fork();
    if (child == 0) {
        if (freopen(errors, "wb", stderr) == NULL)
            _exit(126);
        execv(generator, arguments);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        exit(2);
    *said = read_all(errors);
    free(arguments[0]);
    free(arguments[1]);
    free(arguments);
    free(errors);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool wrote_something(void)
{
    char *path = join(folder, "/out/tables.h", "");
    const bool there = access(path, F_OK) == 0;
    unlink(path);
    free(path);
    return there;
}

static char *broken_copy(const struct malformation *m, const char *text)
{
    const char *place = strstr(text, m->find);
    if (place == NULL)
        return NULL;
    const size_t before = (size_t)(place - text);
    char *head = join(text, "", "");
    head[before] = '\0';
    char *broken = join(head, m->replace, place + strlen(m->find));
    free(head);
    return broken;
}

/* "path:line:column: " of where the complaint should be. */
static char *location(const struct malformation *m, const char *path, const char *text,
                      const char *broken)
{
    const char *place =
        m->at == NULL ? broken + (strstr(text, m->find) - text) : strstr(broken, m->at);
    unsigned line = 1, column = 1;
    if (place != NULL)
        place += m->offset == LINE_END ? strcspn(place, "\n") : m->offset;
    for (const char *at = broken; at < place && *at != '\0'; at++) {
        column = *at == '\n' ? 1 : column + 1;
        line += *at == '\n';
    }
    char numbers[40];
    snprintf(numbers, sizeof numbers, ":%u:%u: ", line, column);
    return join(path, numbers, "");
}

static bool is_refused(const struct malformation *m, char **paths, int index, const char *text)
{
    char *broken = broken_copy(m, text), *said = NULL;
    if (broken == NULL) {
        printf("%s: \"%s\" is not there to be broken\n", m->table, m->find);
        return false;
    }
    char *path = join(folder, "/broken/", m->table), *file = join(path, ".tsv", "");
    char *original = paths[index], *where = location(m, file, text, broken);
    write_all(file, broken);
    paths[index] = file;
    const int status = run(paths, table_count, &said);
    paths[index] = original;
    const char *complaint = strstr(said, where);
    bool right = status == 1 && complaint != NULL && !wrote_something();
    if (right) {
        char *end = strchr(complaint, '\n');
        *end = '\0';
        right = strstr(complaint, m->message) != NULL;
        *end = '\n';
    }
    if (!right)
        printf("%s: \"%s\" to \"%s\": expected \"%s%s\", status %d and:\n%s", m->table, m->find,
               m->replace, where, m->message, status, said);
    free(broken);
    free(said);
    free(path);
    free(file);
    free(where);
    return right;
}

static unsigned break_each_table(void)
{
    unsigned wrong = 0, count = 0;
    for (size_t i = 0; i < sizeof malformations / sizeof malformations[0]; i++) {
        const struct malformation *m = &malformations[i];
        char *end = join("/", m->table, ".tsv");
        int index = 0;
        while (index < table_count && strstr(tables[index], end) == NULL)
            index++;
        free(end);
        if (index == table_count) {
            printf("no table %s\n", m->table);
            wrong++;
            continue;
        }
        char *text = read_all(tables[index]);
        wrong += !is_refused(m, tables, index, text);
        count++;
        free(text);
    }
    printf("%u malformations, %u not refused as they should be\n", count, wrong);
    return wrong;
}

static unsigned expect(const char *what, char *const *paths, int count, int status,
                       const char *message)
{
    char *said = NULL;
    const int is = run(paths, count, &said);
    const bool right = is == status && strstr(said, message) != NULL && !wrote_something();
    if (!right)
        printf("%s: expected %d and \"%s\", not %d and:\n%s", what, status, message, is, said);
    free(said);
    return !right;
}

/* The tables as such: none too many, none missing, none unreadable. */
static unsigned break_the_set_of_tables(void)
{
    char **paths = calloc((size_t)table_count + 1, sizeof *paths), *said = NULL;
    char *unknown = join(folder, "/broken/unknown.tsv", "");
    unsigned wrong = 0;
    if (paths == NULL)
        exit(2);
    memcpy(paths, tables, (size_t)table_count * sizeof *paths);
    wrong += expect("a table too few", paths + 1, table_count - 1, 1, "expected table ");
    paths[table_count] = tables[0];
    wrong += expect("a table twice", paths, table_count + 1, 1, "twice");
    write_all(unknown, "# Unknown\na\tb\n1\t2\n");
    paths[table_count] = unknown;
    wrong += expect("an unknown table", paths, table_count + 1, 1, "unknown table");
    write_all(unknown, "");
    wrong += expect("an empty file", paths, table_count + 1, 1, "expected LF at the end");
    write_all(unknown, "# Only a comment\n");
    wrong += expect("no header row", paths, table_count + 1, 1, "expected a header row");
    write_all(unknown, "a\tb\n1\t2\n");
    wrong += expect("no title", paths, table_count + 1, 1, "what the table is for");
    unlink(unknown);
    wrong += expect("no such file", paths, table_count + 1, 1, "cannot be read");
    wrong += expect("no arguments", paths, 0, 2, "usage: gen");
    if (run(paths, table_count, &said) != 0 || said[0] != '\0' || !wrote_something()) {
        printf("the tables as they are: expected no complaint, but:\n%s", said);
        wrong++;
    }
    free(said);
    free(unknown);
    free(paths);
    return wrong;
}

static void make_folder(const char *name)
{
    char *path = join(folder, name, "");
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        printf("cannot make %s\n", path);
        exit(2);
    }
    free(path);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    generator = argv[1];
    folder = argv[2];
    tables = argv + 3;
    table_count = argc - 3;
    make_folder("");
    make_folder("/broken");
    make_folder("/out");
    wrote_something();
    const unsigned wrong = break_the_set_of_tables() + break_each_table();
    return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
