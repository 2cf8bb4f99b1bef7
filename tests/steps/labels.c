/* Holds the step comments of sim/ against spec-tables/{algorithms,steps,scope}.tsv: every step of
 * the tables is in the code, in the standard's order, with the table's words; every label that the
 * code uses is in the tables; a step whose outcomes are in the table has a condition in the code.
 *
 * An algorithm is the functions whose comment, directly above them, holds its link; a long one may
 * be several such functions, each in order by itself. The layout is clang-format's: a function's
 * braces stand alone in column 0.
 *
 *     labels SOURCE_DIR              check
 *     labels SOURCE_DIR --self-test  break copies of check.c and of the tables, and see it noticed
 */
#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FIELDS = 6, MAX_ROWS = 4000, MAX_SOURCES = 100, COMMENT_SIZE = 2000 };

/* ---- Tables -------------------------------------------------------------------------------- */

struct row {
    char *field[MAX_FIELDS];
    unsigned line;
    bool seen;      /* a function or a label in the code; a use of the scope */
    bool condition; /* a condition in the code */
};

struct table {
    const char *name;
    char *text;
    struct row row[MAX_ROWS];
    size_t count;
};

enum { ALGORITHM, TITLE, STANDARD, URL, FILE_NAME };     /* algorithms.tsv */
enum { STEP_OF, STEP, OUTCOMES, REASON, HASH, SUMMARY }; /* steps.tsv */
enum { SCOPE };                                          /* scope.tsv */

struct source {
    char name[64];
    char *text;
};

struct checker {
    struct table algorithms, steps, scope;
    struct source source[MAX_SOURCES];
    size_t source_count;
    bool print;
    char messages[200000]; /* for the self-test */
    size_t errors;
};

static void complain(struct checker *checker, const char *format, ...)
{
    char message[COMMENT_SIZE + 600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    checker->errors++;
    if (checker->print)
        printf("%s\n", message);
    size_t used = strlen(checker->messages);
    snprintf(checker->messages + used, sizeof(checker->messages) - used, "%s\n", message);
}

static char *read_file(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(2);
    }
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    if (text == NULL || fread(text, 1, size, file) != size) {
        perror(path);
        exit(2);
    }
    text[size] = '\0';
    fclose(file);
    return text;
}

/* Cuts one line into its fields. */
static void read_row(struct checker *checker, struct table *table, char *line, unsigned number,
                     size_t columns)
{
    struct row row = {.line = number};
    size_t fields = 0;
    for (char *field = line; field != NULL && fields < MAX_FIELDS;) {
        row.field[fields++] = field;
        field = strchr(field, '\t');
        if (field != NULL)
            *field++ = '\0';
    }
    if (fields != columns)
        complain(checker, "%s:%u: %zu columns, not %zu", table->name, number, fields, columns);
    else if (table->count < MAX_ROWS)
        table->row[table->count++] = row;
}

/* The first line that is no comment names the columns. */
static void read_table(struct checker *checker, struct table *table, size_t columns)
{
    bool named = false;
    unsigned number = 0;
    table->count = 0;
    for (char *line = table->text; *line != '\0';) {
        char *end = strchr(line, '\n');
        char *next = end == NULL ? line + strlen(line) : end + 1;
        if (end != NULL)
            *end = '\0';
        number++;
        if (line[0] != '#' && line[0] != '\0') {
            if (named)
                read_row(checker, table, line, number, columns);
            named = true;
        }
        line = next;
    }
}

static struct row *find(struct table *table, int column, const char *value)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->row[i].field[column], value) == 0)
            return &table->row[i];
    return NULL;
}

static struct row *find_step(struct checker *checker, const char *algorithm, const char *label)
{
    for (size_t i = 0; i < checker->steps.count; i++) {
        struct row *row = &checker->steps.row[i];
        if (strcmp(row->field[STEP_OF], algorithm) == 0 && strcmp(row->field[STEP], label) == 0)
            return row;
    }
    return NULL;
}

static bool is_scope(const struct row *step)
{
    return strncmp(step->field[OUTCOMES], "scope:", 6) == 0;
}

static bool has_outcomes(const struct row *step)
{
    const char *outcomes = step->field[OUTCOMES];
    return strcmp(outcomes, "both") == 0 || strcmp(outcomes, "true") == 0 ||
           strcmp(outcomes, "false") == 0;
}

/* The tables by themselves. */
static void check_tables(struct checker *checker)
{
    for (size_t i = 0; i < checker->steps.count; i++) {
        struct row *step = &checker->steps.row[i];
        bool one_outcome = has_outcomes(step) && strcmp(step->field[OUTCOMES], "both") != 0;
        if (find(&checker->algorithms, ALGORITHM, step->field[STEP_OF]) == NULL)
            complain(checker, "steps.tsv:%u: no algorithm %s", step->line, step->field[STEP_OF]);
        if (is_scope(step)) {
            struct row *scope = find(&checker->scope, SCOPE, step->field[OUTCOMES] + 6);
            if (scope == NULL)
                complain(checker, "steps.tsv:%u: %s is not in scope.tsv", step->line,
                         step->field[OUTCOMES]);
            else
                scope->seen = true;
        } else if (!has_outcomes(step) && strcmp(step->field[OUTCOMES], "none") != 0) {
            complain(checker, "steps.tsv:%u: no such outcomes: %s", step->line,
                     step->field[OUTCOMES]);
        }
        if (one_outcome != (strcmp(step->field[REASON], "-") != 0))
            complain(checker, "steps.tsv:%u: a reason is for steps with one outcome", step->line);
        if (strspn(step->field[HASH], "0123456789abcdef") != 64)
            complain(checker, "steps.tsv:%u: not a sha256", step->line);
        if (find_step(checker, step->field[STEP_OF], step->field[STEP]) != step)
            complain(checker, "steps.tsv:%u: a second row for the step", step->line);
    }
    for (size_t i = 0; i < checker->algorithms.count; i++)
        if (find(&checker->steps, STEP_OF, checker->algorithms.row[i].field[ALGORITHM]) == NULL)
            complain(checker, "algorithms.tsv:%u: no steps", checker->algorithms.row[i].line);
}

/* ---- The code ------------------------------------------------------------------------------ */

struct function {
    const struct source *source;
    const char *algorithm; /* NULL: none is linked */
    const struct row *last;
    bool free; /* steps are not held against anything, or that has been complained about */
};

static unsigned line_of(const struct function *function, const char *at)
{
    unsigned line = 1;
    for (const char *c = function->source->text; c < at; c++)
        line += *c == '\n';
    return line;
}

/* The text of a comment in one line, without the stars at the line starts. */
static void fold_comment(const char *from, const char *to, char out[COMMENT_SIZE])
{
    size_t length = 0;
    bool gap = false;
    for (const char *c = from; c < to && length + 2 < COMMENT_SIZE; c++) {
        if (isspace((unsigned char)*c)) {
            if (*c == '\n') {
                while (c + 1 < to && isspace((unsigned char)c[1]))
                    c++;
                if (c + 1 < to && c[1] == '*')
                    c++;
            }
            gap = length > 0;
            continue;
        }
        if (gap)
            out[length++] = ' ';
        gap = false;
        out[length++] = *c;
    }
    out[length] = '\0';
}

/* The length of the label that the text begins with ("2.d.1" in "2.d.1. Text"); 0: none. */
static size_t label_length(const char *text)
{
    size_t at = strspn(text, "0123456789");
    if (at == 0)
        return 0;
    while (text[at] == '.') {
        size_t digits = strspn(text + at + 1, "0123456789");
        if (digits > 0)
            at += 1 + digits;
        else if (islower((unsigned char)text[at + 1]) && text[at + 2] == '.')
            at += 2;
        else
            break;
    }
    return text[at] == '.' && text[at + 1] == ' ' ? at : 0;
}

/* Takes " [scope: id]" off the end of the text; returns the id, or NULL. */
static const char *cut_scope(char *text)
{
    char *scope = strstr(text, "[scope: ");
    size_t length = strlen(text);
    if (scope == NULL || text[length - 1] != ']')
        return NULL;
    text[length - 1] = '\0';
    char *end = scope;
    while (end > text && end[-1] == ' ')
        end--;
    *end = '\0';
    return scope + strlen("[scope: ");
}

/* A comment that begins with a label. */
static void check_label(struct checker *checker, struct function *function, const char *at,
                        char *text)
{
    const char *file = function->source->name;
    unsigned line = line_of(function, at);
    size_t length = label_length(text);
    text[length] = '\0';
    const char *label = text;
    char *summary = text + length + 1;
    summary += strspn(summary, " ");
    const char *scope = cut_scope(summary);
    if (function->algorithm == NULL) {
        if (!function->free)
            complain(checker, "%s:%u: step %s in a function without a link", file, line, label);
        function->free = true;
        return;
    }
    struct row *step = find_step(checker, function->algorithm, label);
    if (step == NULL) {
        complain(checker, "%s:%u: %s %s: no such step", file, line, function->algorithm, label);
        return;
    }
    if (step->seen)
        complain(checker, "%s:%u: %s %s: twice", file, line, function->algorithm, label);
    if (function->last != NULL && step < function->last)
        complain(checker, "%s:%u: %s %s: after %s", file, line, function->algorithm, label,
                 function->last->field[STEP]);
    if (strcmp(summary, step->field[SUMMARY]) != 0)
        complain(checker, "%s:%u: %s %s: \"%s\" here, \"%s\" in steps.tsv", file, line,
                 function->algorithm, label, summary, step->field[SUMMARY]);
    if (is_scope(step) != (scope != NULL) ||
        (scope != NULL && strcmp(scope, step->field[OUTCOMES] + 6) != 0))
        complain(checker, "%s:%u: %s %s: scope is %s here, %s in steps.tsv", file, line,
                 function->algorithm, label, scope == NULL ? "-" : scope, step->field[OUTCOMES]);
    step->seen = true;
    function->last = step;
}

/* A call that may say which step it is about: its name and its first two arguments. */
struct call {
    const char *name;
    size_t name_length;
    char subject[8];   /* "s" or "&s" */
    char argument[64]; /* the literal; or a name */
    bool literal;
};

static const char *read_word(const char *at, char *out, size_t size)
{
    size_t length = 0;
    for (at += strspn(at, " \n"); isalnum((unsigned char)*at) || strchr("_&", *at) != NULL; at++) {
        if (*at == '\0')
            break;
        if (length + 1 < size)
            out[length++] = *at;
    }
    out[length] = '\0';
    return at + strspn(at, " \n");
}

/* Reads the first two arguments from behind the opening parenthesis. */
static void read_arguments(const char *at, struct call *call)
{
    at = read_word(at, call->subject, sizeof(call->subject));
    call->argument[0] = '\0';
    if (*at++ != ',')
        return;
    at += strspn(at, " \n");
    call->literal = *at == '"';
    if (!call->literal) {
        read_word(at, call->argument, sizeof(call->argument));
        return;
    }
    size_t length = strcspn(at + 1, "\"");
    if (length >= sizeof(call->argument))
        length = 0;
    memcpy(call->argument, at + 1, length);
    call->argument[length] = '\0';
}

static bool is_called(const struct call *call, const char *name)
{
    return strlen(name) == call->name_length && memcmp(call->name, name, call->name_length) == 0;
}

/* A call that shows a value or takes a decision instead of looking at a condition. */
static bool is_without_condition(const struct call *call)
{
    return is_called(call, "let") || is_called(call, "decide") ||
           (call->name_length >= 4 && memcmp(call->name, "show", 4) == 0);
}

static void check_begin(struct checker *checker, const struct function *function,
                        const struct call *call)
{
    const char *file = function->source->name;
    unsigned line = line_of(function, call->name);
    if (find(&checker->algorithms, ALGORITHM, call->argument) == NULL)
        complain(checker, "%s:%u: no algorithm %s", file, line, call->argument);
    else if (function->algorithm == NULL || strcmp(function->algorithm, call->argument) != 0)
        complain(checker, "%s:%u: %s begins in a function that links to %s", file, line,
                 call->argument, function->algorithm == NULL ? "nothing" : function->algorithm);
}

static bool is_algorithm_in(const struct row *algorithm, const struct source *source)
{
    const char *file = strrchr(algorithm->field[FILE_NAME], '/');
    return file != NULL && strcmp(file + 1, source->name) == 0;
}

/* Whether any algorithm of the file has such a step: a helper may show values for several. */
static bool is_step_in(struct checker *checker, const struct source *source, const char *label)
{
    for (size_t i = 0; i < checker->algorithms.count; i++) {
        const struct row *algorithm = &checker->algorithms.row[i];
        if (is_algorithm_in(algorithm, source) &&
            find_step(checker, algorithm->field[ALGORITHM], label) != NULL)
            return true;
    }
    return false;
}

/* A call that names a step: when, unless, whether, let, show, decide, and what is made of them. */
static void check_step_call(struct checker *checker, const struct function *function,
                            const struct call *call)
{
    const char *file = function->source->name;
    unsigned line = line_of(function, call->name);
    if (function->algorithm == NULL) {
        if (!is_without_condition(call) || !is_step_in(checker, function->source, call->argument))
            complain(checker, "%s:%u: step \"%s\" in a function without a link", file, line,
                     call->argument);
        return;
    }
    struct row *step = find_step(checker, function->algorithm, call->argument);
    if (step == NULL)
        complain(checker, "%s:%u: \"%s\": no such step of %s", file, line, call->argument,
                 function->algorithm);
    else if (is_without_condition(call) || is_scope(step))
        return;
    else if (!has_outcomes(step))
        complain(checker, "%s:%u: a condition, but the outcomes of %s %s are %s", file, line,
                 function->algorithm, call->argument, step->field[OUTCOMES]);
    else
        step->condition = true;
}

/* Steps begin with a number; an algorithm in prose is one step, "-". */
static bool is_label(const char *argument)
{
    return isdigit((unsigned char)argument[0]) || strcmp(argument, "-") == 0;
}

/* A helper may hand on the label that it was given as `step`; any other must be a literal. */
static void check_call(struct checker *checker, const struct function *function,
                       const struct call *call)
{
    const bool of_steps = strcmp(call->subject, "s") == 0 || strcmp(call->subject, "&s") == 0;
    const bool primitive = is_called(call, "when") || is_called(call, "unless") ||
                           is_called(call, "whether") || is_called(call, "let") ||
                           is_called(call, "decide");
    if (is_called(call, "begin"))
        check_begin(checker, function, call);
    else if (of_steps && call->literal && is_label(call->argument))
        check_step_call(checker, function, call);
    else if (primitive && strcmp(call->argument, "step") != 0)
        complain(checker, "%s:%u: %.*s() without a literal", function->source->name,
                 line_of(function, call->name), (int)call->name_length, call->name);
}

static const char *after_literal(const char *at)
{
    char quote = *at++;
    while (*at != '\0' && *at != quote)
        at += *at == '\\' && at[1] != '\0' ? 2 : 1;
    return *at == '\0' ? at : at + 1;
}

static const char *check_word(struct checker *checker, struct function *function, const char *at)
{
    struct call call = {.name = at};
    while (isalnum((unsigned char)at[call.name_length]) || at[call.name_length] == '_')
        call.name_length++;
    at += call.name_length;
    if (*at == '(') {
        read_arguments(at + 1, &call);
        check_call(checker, function, &call);
    }
    return at;
}

static void check_body(struct checker *checker, struct function *function, const char *at,
                       const char *end)
{
    while (at < end) {
        if (*at == '"' || *at == '\'') {
            at = after_literal(at);
        } else if (at[0] == '/' && at[1] == '*') {
            const char *close = strstr(at, "*/");
            char text[COMMENT_SIZE];
            fold_comment(at + 2, close == NULL ? end : close, text);
            if (label_length(text) > 0)
                check_label(checker, function, at, text);
            at = close == NULL ? end : close + 2;
        } else if (isalpha((unsigned char)*at) || *at == '_') {
            at = check_word(checker, function, at);
        } else {
            at++;
        }
    }
}

/* The comment that ends where the function's head begins. */
static void comment_above(const char *text, const char *head, char out[COMMENT_SIZE])
{
    out[0] = '\0';
    if (head - text < 5 || memcmp(head - 3, "*/\n", 3) != 0)
        return;
    const char *open = head - 4;
    while (open > text && memcmp(open, "/*", 2) != 0)
        open--;
    fold_comment(open + 2, head - 3, out);
}

/* The algorithm whose link is in the comment. */
static struct row *linked_algorithm(struct checker *checker, const char *comment)
{
    for (const char *link = strstr(comment, "https://"); link != NULL;
         link = strstr(link + 1, "https://")) {
        size_t length = strcspn(link, " ()<>\",;");
        while (length > 0 && (link[length - 1] == '.' || link[length - 1] == ':'))
            length--;
        for (size_t i = 0; i < checker->algorithms.count; i++) {
            struct row *row = &checker->algorithms.row[i];
            if (strlen(row->field[URL]) == length && memcmp(row->field[URL], link, length) == 0)
                return row;
        }
    }
    return NULL;
}

/* Where the head of the function whose body opens at `open` begins: behind a comment, an empty line
 * or another function. */
static const char *head_of(const char *text, const char *open)
{
    const char *head = open;
    while (head > text) {
        const char *line = head - 1;
        while (line > text && line[-1] != '\n')
            line--;
        size_t length = (size_t)(head - line);
        if (length <= 1 || *line == '}' || memcmp(head - 3, "*/\n", 3) == 0)
            break;
        head = line;
    }
    return head;
}

/* Links a function to the algorithm in the comment above it, if the table has it in this file. */
static void link_function(struct checker *checker, struct function *function, const char *comment)
{
    struct row *algorithm = linked_algorithm(checker, comment);
    if (algorithm == NULL || !is_algorithm_in(algorithm, function->source))
        return;
    function->algorithm = algorithm->field[ALGORITHM];
    algorithm->seen = true;
}

/* Files without a listed algorithm may number their comments as they like. */
static bool has_algorithms(const struct checker *checker, const struct source *source)
{
    for (size_t i = 0; i < checker->algorithms.count; i++) {
        if (is_algorithm_in(&checker->algorithms.row[i], source))
            return true;
    }
    return false;
}

static void check_source(struct checker *checker, const struct source *source)
{
    const char *text = source->text;
    for (const char *open = strstr(text, "\n{\n"); open != NULL; open = strstr(open, "\n{\n")) {
        open++;
        const char *close = strstr(open, "\n}\n");
        const char *end = close == NULL ? open + strlen(open) : close;
        struct function function = {.source = source, .free = !has_algorithms(checker, source)};
        char comment[COMMENT_SIZE];
        comment_above(text, head_of(text, open), comment);
        link_function(checker, &function, comment);
        check_body(checker, &function, open, end);
        open = end;
    }
}

/* What the tables have and the code has not. */
static void check_all_seen(struct checker *checker)
{
    for (size_t i = 0; i < checker->algorithms.count; i++) {
        const struct row *row = &checker->algorithms.row[i];
        if (!row->seen)
            complain(checker, "%s: no function for %s", row->field[FILE_NAME],
                     row->field[ALGORITHM]);
    }
    for (size_t i = 0; i < checker->steps.count; i++) {
        struct row *step = &checker->steps.row[i];
        const struct row *algorithm = find(&checker->algorithms, ALGORITHM, step->field[STEP_OF]);
        if (algorithm == NULL || !algorithm->seen)
            continue;
        if (!step->seen && strcmp(step->field[STEP], "-") != 0)
            complain(checker, "%s: %s %s is missing", algorithm->field[FILE_NAME],
                     step->field[STEP_OF], step->field[STEP]);
        if (!step->condition && has_outcomes(step))
            complain(checker, "%s: %s %s has no condition, its outcomes are %s",
                     algorithm->field[FILE_NAME], step->field[STEP_OF], step->field[STEP],
                     step->field[OUTCOMES]);
    }
}

static size_t check(struct checker *checker)
{
    checker->errors = 0;
    checker->messages[0] = '\0';
    read_table(checker, &checker->algorithms, 5);
    read_table(checker, &checker->steps, 6);
    read_table(checker, &checker->scope, 3);
    check_tables(checker);
    for (size_t i = 0; i < checker->source_count; i++)
        check_source(checker, &checker->source[i]);
    check_all_seen(checker);
    return checker->errors;
}

static void load(struct checker *checker, const char *root)
{
    char folder[1024];
    snprintf(folder, sizeof(folder), "%s/spec-tables", root);
    struct table *tables[] = {&checker->algorithms, &checker->steps, &checker->scope};
    const char *const names[] = {"algorithms.tsv", "steps.tsv", "scope.tsv"};
    for (size_t i = 0; i < 3; i++) {
        tables[i]->name = names[i];
        tables[i]->text = read_file(folder, names[i]);
    }
    snprintf(folder, sizeof(folder), "%s/sim", root);
    DIR *sim = opendir(folder);
    if (sim == NULL) {
        perror(folder);
        exit(2);
    }
    for (struct dirent *entry = readdir(sim); entry != NULL; entry = readdir(sim)) {
        size_t length = strlen(entry->d_name);
        struct source *source = &checker->source[checker->source_count];
        if (length < 3 || length >= sizeof(source->name) ||
            strcmp(entry->d_name + length - 2, ".c") != 0 || checker->source_count == MAX_SOURCES)
            continue;
        memcpy(source->name, entry->d_name, length + 1);
        source->text = read_file(folder, entry->d_name);
        checker->source_count++;
    }
    closedir(sim);
}

static void unload(struct checker *checker)
{
    free(checker->algorithms.text);
    free(checker->steps.text);
    free(checker->scope.text);
    for (size_t i = 0; i < checker->source_count; i++)
        free(checker->source[i].text);
    free(checker);
}

/* ---- Self-test ----------------------------------------------------------------------------- */

/* One way to break check.c ("sim") or a table, and the words in which it must be noticed. */
struct mutant {
    const char *what, *where, *from, *to, *notice;
};

static const struct mutant mutants[] = {
    {"a label dropped", "sim", "/* 5. ", "/* ", "cors-check 5 is missing"},
    {"an unknown label", "sim", "/* 5. ", "/* 55. ", "cors-check 55: no such step"},
    {"a label twice", "sim", "/* 3. ", "/* 2. ", "cors-check 2: twice"},
    {"labels out of order", "sim", "/* 8. ", "/* 1. ", "cors-check 1: after 7"},
    {"other words", "sim", "/* 5. Without", "/* 5. With", "cors-check 5: \"With "},
    {"a scope of its own", "sim", "success. */", "success. [scope: x] */", "scope is x here"},
    {"an unknown label in a call", "sim", "\"7\", bytes", "\"77\", bytes", "\"77\": no such step"},
    {"an unknown algorithm", "sim", "\"cors-check\"", "\"cors-chek\"", "no algorithm cors-chek"},
    {"another algorithm", "sim", "\"cors-check\"", "\"http-fetch\"", "http-fetch begins in"},
    {"no condition", "sim", "when(&s, \"7\", ", "(", "cors-check 7 has no condition"},
    {"no literal", "sim", "when(&s, \"7\", ", "when(&s, seven, ", "when() without a literal"},
    {"no link", "sim", "#concept-cors-check", "#concept-cors", "no function for cors-check"},
    {"a row dropped", "steps", "\ncors-check\t6\t", "\n#", "cors-check 6: no such step"},
    {"a row for no step", "steps", "\ncors-check\t8\t", "\ncors-check\t9\t", "9 is missing"},
    {"no condition expected", "steps", "\ncors-check\t7\tboth", "\ncors-check\t7\tnone",
     "the outcomes of cors-check 7 are none"},
    {"outcomes that do not exist", "steps", "\ncors-check\t7\tboth", "\ncors-check\t7\tmany",
     "no such outcomes: many"},
    {"one outcome without a reason", "steps", "\ncors-check\t7\tboth", "\ncors-check\t7\ttrue",
     "a reason is for steps with one outcome"},
    {"a scope that does not exist", "steps", "\ncors-check\t6\tnone",
     "\ncors-check\t6\tscope:nowhere", "scope:nowhere is not in scope.tsv"},
    {"steps of no algorithm", "algorithms", "\ncors-check\t", "\ncors-chk\t",
     "no algorithm cors-check"},
    {"another file", "algorithms", "sim/check.c", "sim/chuck.c",
     "sim/chuck.c: no function for cors-check"},
};

/* Replaces the first `from` in *text; false: there is none. */
static bool replace(char **text, const char *from, const char *to)
{
    char *at = strstr(*text, from);
    if (at == NULL)
        return false;
    size_t size = strlen(*text) + strlen(to) + 1;
    char *changed = malloc(size);
    if (changed == NULL)
        return false;
    snprintf(changed, size, "%.*s%s%s", (int)(at - *text), *text, to, at + strlen(from));
    free(*text);
    *text = changed;
    return true;
}

static bool is_noticed(const char *root, const struct mutant *mutant)
{
    struct checker *checker = calloc(1, sizeof(*checker));
    if (checker == NULL)
        exit(2);
    load(checker, root);
    char **text =
        strcmp(mutant->where, "steps") == 0 ? &checker->steps.text : &checker->algorithms.text;
    if (strcmp(mutant->where, "sim") == 0)
        for (size_t i = 0; i < checker->source_count; i++)
            if (strcmp(checker->source[i].name, "check.c") == 0)
                text = &checker->source[i].text;
    bool changed = replace(text, mutant->from, mutant->to);
    check(checker);
    bool noticed = changed && strstr(checker->messages, mutant->notice) != NULL;
    printf("%s: %s\n", mutant->what,
           noticed ? "noticed" : (changed ? "NOT NOTICED" : "NOT POSSIBLE"));
    unload(checker);
    return noticed;
}

static int self_test(const char *root)
{
    size_t missed = 0, count = sizeof(mutants) / sizeof(mutants[0]);
    for (size_t i = 0; i < count; i++)
        missed += !is_noticed(root, &mutants[i]);
    printf("%zu of %zu changes noticed\n", count - missed, count);
    return missed > 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[2], "--self-test") == 0)
        return self_test(argv[1]);
    struct checker *checker = argc == 2 ? calloc(1, sizeof(*checker)) : NULL;
    if (checker == NULL) {
        fprintf(stderr, "usage: labels SOURCE_DIR [--self-test]\n");
        return 2;
    }
    load(checker, argv[1]);
    checker->print = true;
    size_t errors = check(checker);
    printf("%zu algorithms, %zu steps, %zu errors\n", checker->algorithms.count,
           checker->steps.count, errors);
    unload(checker);
    return errors > 0;
}
