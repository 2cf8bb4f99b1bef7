/* Regular expressions of other languages, each matched by the language's own interpreter over the
 * line protocol (fuzz/protocol.md): a program of a few lines for each, in the table below. The
 * pattern goes to it as hexadecimal digits within one argument, so nothing in it can mean anything
 * to a shell. Matching from the start or of the whole is what the language has for that (re.match,
 * Matcher.lookingAt, the flag y); where it has nothing, the pattern is put between the anchors of
 * the whole string, after it was compiled alone. Invariants: the same origin has the same answer
 * (no lastIndex is kept); a program ends with what it prints on stderr after "corsim error: ". */
#include "validator_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_PATTERN = 16384 };

#define ERROR_MARK "corsim error: "
/* Between the two the program is one word for the shell, whatever is in it. */
#define BY_ARGUMENT(run) "exec " run " \"$(cat <<'END'\n"
#define AFTER_ARGUMENT "END\n)\" "
/* A file that is gone as soon as it is open. */
#define FROM_FILE "f=$(mktemp) || exit 1; cat >\"$f\" <<'END'\n"

/* The argument of all: match:flags:echo:pattern. */

static const char javascript[] =
    "const [match, flags, echo, hex] = process.argv[1].split(':');\n"
    "const { readSync, writeSync } = require('fs');\n"
    "const say = (line) => writeSync(1, line + '\\n');\n"
    "let pattern;\n"
    "try {\n"
    "  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });\n"
    "  const source = decoder.decode(Buffer.from(hex, 'hex'));\n"
    "  pattern = new RegExp(source, flags + (match === 'prefix' ? 'y' : ''));\n"
    "  const none = '[\\\\s\\\\S]';\n"
    "  if (match === 'full')\n"
    "    pattern = new RegExp(`(?<!${none})(?:${source})(?!${none})`, flags);\n"
    "} catch (error) {\n"
    "  console.error('corsim error: the pattern is none: %s',\n"
    "                error.message.replace(/[\\r\\n]/g, ' '));\n"
    "  process.exit(1);\n"
    "}\n"
    "const byte = (_, code) => code === '\\\\' ? code : String.fromCharCode(`0${code}`);\n"
    "const escape = (c) => `\\\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;\n"
    "const chunk = Buffer.alloc(65536);\n"
    "let rest = '', length;\n"
    "say('corsim-validator 1');\n"
    "while ((length = readSync(0, chunk)) > 0) {\n"
    "  const lines = (rest + chunk.latin1Slice(0, length)).split('\\n');\n"
    "  rest = lines.pop();\n"
    "  for (const line of lines) {\n"
    "    const origin = line.replace(/\\\\(\\\\|x..)/g, byte);\n"
    "    pattern.lastIndex = 0;\n"
    "    const found = pattern.exec(origin);\n"
    "    const value = found === null ? '' : echo === 'matched' ? found[0] : origin;\n"
    "    say(value.replace(/[^ -[\\]-~]/g, escape) || '-');\n"
    "  }\n"
    "}\n";

static const char python[] =
    "import re, sys\n"
    "match, flags, echo, code = sys.argv[1].split(':')\n"
    "try:\n"
    "    options = sum(re.RegexFlag[flag.upper()] for flag in flags)\n"
    "    pattern = re.compile(bytes.fromhex(code).decode(), options)\n"
    "except Exception as error:\n"
    "    sys.exit('corsim error: the pattern is none: %s' % error)\n"
    "ways = {'search': pattern.search, 'prefix': pattern.match, 'full': pattern.fullmatch}\n"
    "find = ways[match]\n"
    "byte = lambda e: e[1] if e[1] == '\\\\' else chr(int(e[1][1:], 16))\n"
    "print('corsim-validator 1', flush=True)\n"
    "for line in open(0, encoding='latin-1', newline='\\n'):\n"
    "    origin = re.sub(r'\\\\(\\\\|x..)', byte, line.rstrip('\\n'))\n"
    "    found = find(origin)\n"
    "    value = '' if not found else found[0] if echo == 'matched' else origin\n"
    "    value = re.sub(r'[^ -\\[\\]-~]', lambda c: '\\\\x%02x' % ord(c[0]), value)\n"
    "    print(value or '-', flush=True)\n";

static const char ruby[] =
    "match, flags, echo, code = ARGV[0].split(':', -1)\n"
    "letters = { 'i' => Regexp::IGNORECASE, 'm' => Regexp::MULTILINE, 'x' => Regexp::EXTENDED }\n"
    "options = flags.chars.sum { |flag| letters[flag] }\n"
    "source = [code].pack('H*').force_encoding('UTF-8')\n"
    "whole = '(?:' + source + (flags.include?('x') ? \"\\n)\" : ')')\n"
    "begin\n"
    "  pattern = Regexp.new(source, options)\n"
    "  pattern = Regexp.new('\\A' + whole, options) if match == 'prefix'\n"
    "  pattern = Regexp.new('\\A' + whole + '\\z', options) if match == 'full'\n"
    "rescue RegexpError, ArgumentError => error\n"
    "  abort('corsim error: the pattern is none: ' + error.message.tr(\"\\r\\n\", ' '))\n"
    "end\n"
    "$stdout.sync = true\n"
    "puts 'corsim-validator 1'\n"
    "$stdin.each_line(chomp: true) do |line|\n"
    "  origin = line.b.gsub(/\\\\(?:\\\\|x..)/) { |e| e[1] == 'x' ? e[2, 2].hex.chr : e[1] }\n"
    "  origin.force_encoding('UTF-8') if origin.ascii_only?\n"
    "  found = pattern.match(origin)\n"
    "  value = !found ? '' : echo == 'matched' ? found[0] : origin\n"
    "  value = value.b.gsub(/[^ -\\[\\]-~]/n) { |c| format('\\\\x%02x', c.ord) }\n"
    "  puts(value.empty? ? '-' : value)\n"
    "end\n";

static const char go[] =
    "package main\n"
    "import (\"bufio\"; \"encoding/hex\"; \"fmt\"; \"os\"; \"regexp\"; \"strconv\"; \"strings\")\n"
    "func compiled(pattern string) *regexp.Regexp {\n"
    "  made, err := regexp.Compile(pattern)\n"
    "  if err != nil {\n"
    "    fmt.Fprintf(os.Stderr, \"corsim error: the pattern is none: %s\\n\",\n"
    "      strings.ReplaceAll(err.Error(), \"\\n\", \" \"))\n"
    "    os.Exit(1)\n"
    "  }\n"
    "  return made\n"
    "}\n"
    "func main() {\n"
    "  part := strings.Split(os.Args[1], \":\")\n"
    "  source, _ := hex.DecodeString(part[3])\n"
    "  flags := \"\"\n"
    "  if part[1] != \"\" { flags = \"(?\" + part[1] + \")\" }\n"
    "  pattern := compiled(flags + string(source))\n"
    "  if part[0] == \"prefix\" { pattern = compiled(flags + `\\A(?:` + string(source) + `)`) }\n"
    "  if part[0] == \"full\" { pattern = compiled(flags + `\\A(?:` + string(source) + `)\\z`) }\n"
    "  other := regexp.MustCompile(`[^ -\\[\\]-~]`)\n"
    "  fmt.Println(\"corsim-validator 1\")\n"
    "  for in := bufio.NewScanner(os.Stdin); in.Scan(); {\n"
    "    quoted := `\"` + strings.ReplaceAll(in.Text(), `\"`, `\\\"`) + `\"`\n"
    "    origin, _ := strconv.Unquote(quoted)\n"
    "    value := \"-\"\n"
    "    if found := pattern.FindStringIndex(origin); found != nil {\n"
    "      if part[2] == \"matched\" { origin = origin[found[0]:found[1]] }\n"
    "      if origin != \"\" { value = other.ReplaceAllStringFunc(origin, escape) }\n"
    "    }\n"
    "    fmt.Println(value)\n"
    "  }\n"
    "}\n"
    "func escape(c string) string {\n"
    "  return `\\x` + strings.ReplaceAll(fmt.Sprintf(\"% x\", c), \" \", `\\x`)\n"
    "}\n";

/* A delimiter that the pattern does not have: nothing in it is a modifier. Where PHP's limit of
 * steps is reached preg_match says false, and so would a server. */
static const char php[] =
    "[$match, $flags, $echo, $code] = explode(':', $argv[1]);\n"
    "$source = hex2bin($code);\n"
    "set_error_handler(function ($number, $said) {\n"
    "    $said = strtr(preg_replace('/^[^:]*: /', '', $said), \"\\r\\n\", '  ');\n"
    "    fwrite(STDERR, \"corsim error: the pattern is none: $said\\n\");\n"
    "    exit(1);\n"
    "});\n"
    "$unused = array_diff(range(\"\\1\", \"\\7\"), str_split($source));\n"
    "if (!$unused) trigger_error('preg: it has every delimiter');\n"
    "$mark = reset($unused);\n"
    "preg_match($mark . $source . $mark . $flags, '');\n"
    "$end = str_contains($flags, 'x') ? \"\\n)\" : ')';\n"
    "if ($match === 'full') $source = '(?:' . $source . $end . '\\z';\n"
    "$pattern = $mark . $source . $mark . $flags . ($match === 'search' ? '' : 'A');\n"
    "preg_match($pattern, '');\n"
    "restore_error_handler();\n"
    "$byte = fn($e) => $e[1] === '\\\\' ? '\\\\' : hex2bin(substr($e[1], 1));\n"
    "$escape = fn($c) => sprintf('\\x%02x', ord($c[0]));\n"
    "fwrite(STDOUT, \"corsim-validator 1\\n\");\n"
    "while (($line = fgets(STDIN)) !== false) {\n"
    "    $line = rtrim($line, \"\\n\");\n"
    "    $origin = preg_replace_callback('/\\\\\\\\(\\\\\\\\|x..)/', $byte, $line);\n"
    "    $value = '';\n"
    "    if (preg_match($pattern, $origin, $found)) $value = $echo === 'matched' ? $found[0] : "
    "$origin;\n"
    "    $value = preg_replace_callback('/[^ -\\[\\]-~]/', $escape, $value);\n"
    "    fwrite(STDOUT, ($value === '' ? '-' : $value) . \"\\n\");\n"
    "}\n";

/* Within parentheses always: an empty pattern means the last one that matched. */
static const char perl[] =
    "my ($match, $flags, $echo, $code) = split /:/, $ARGV[0], -1;\n"
    "my ($source, $set) = (pack('H*', $code), $flags && \"(?$flags)\");\n"
    "my $whole = '(?:' . $set . $source . ($flags =~ /x/ ? \"\\n)\" : ')');\n"
    "$whole = '\\A' . $whole if $match ne 'search';\n"
    "$whole .= '\\z' if $match eq 'full';\n"
    "my $pattern = eval { qr/$set$source/; qr/$whole/ };\n"
    "unless (defined $pattern) {\n"
    "    (my $said = $@) =~ s/ at -e line .*//s;\n"
    "    $said =~ tr/\\r\\n/  /;\n"
    "    print STDERR \"corsim error: the pattern is none: $said\\n\";\n"
    "    exit 1;\n"
    "}\n"
    "$| = 1;\n"
    "print \"corsim-validator 1\\n\";\n"
    "while (defined(my $origin = <STDIN>)) {\n"
    "    chomp $origin;\n"
    "    $origin =~ s/\\\\(\\\\|x(..))/defined $2 ? chr hex $2 : $1/ge;\n"
    "    my $value = $origin =~ $pattern ? $echo eq 'matched' ? $& : $origin : '';\n"
    "    $value =~ s/([^ -\\[\\]-~])/sprintf '\\x%02x', ord $1/ge;\n"
    "    print length $value ? $value : '-', \"\\n\";\n"
    "}\n";

static const char java[] =
    "import java.io.*; import java.nio.*; import java.util.regex.*;\n"
    "import static java.nio.charset.StandardCharsets.*;\n"
    "class Dialect {\n"
    "  static Pattern compiled(String flags, String hex) throws Exception {\n"
    "    byte[] bytes = new byte[hex.length() / 2];\n"
    "    for (int i = 0; i < bytes.length; i++)\n"
    "      bytes[i] = (byte)Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);\n"
    "    int options = 0;\n"
    "    for (char flag : flags.toCharArray())\n"
    "      options |= flag == 'i' ? Pattern.CASE_INSENSITIVE : flag == 'm' ? Pattern.MULTILINE\n"
    "               : flag == 's' ? Pattern.DOTALL : Pattern.COMMENTS;\n"
    "    CharBuffer source = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));\n"
    "    return Pattern.compile(source.toString(), options);\n"
    "  }\n"
    "  public static void main(String[] args) throws Exception {\n"
    "    String[] part = args[0].split(\":\", -1);\n"
    "    Pattern pattern = null;\n"
    "    try {\n"
    "      pattern = compiled(part[1], part[3]);\n"
    "    } catch (Exception error) {\n"
    "      String said = error.getMessage().replaceAll(\"\\\\R\", \" \");\n"
    "      System.err.println(\"corsim error: the pattern is none: \" + said);\n"
    "      System.exit(1);\n"
    "    }\n"
    "    var escaped = Pattern.compile(\"\\\\\\\\(\\\\\\\\|x(..))\");\n"
    "    var other = Pattern.compile(\"[^ -\\\\[\\\\]-~]\");\n"
    "    var in = new BufferedReader(new InputStreamReader(System.in, ISO_8859_1));\n"
    "    System.out.println(\"corsim-validator 1\");\n"
    "    for (String line; (line = in.readLine()) != null; System.out.flush()) {\n"
    "      String origin = escaped.matcher(line).replaceAll(e -> Matcher.quoteReplacement(\n"
    "        e.group(2) == null ? e.group(1) : \"\" + (char)Integer.parseInt(e.group(2), 16)));\n"
    "      Matcher match = pattern.matcher(origin);\n"
    "      boolean found = part[0].equals(\"search\") ? match.find()\n"
    "        : part[0].equals(\"prefix\") ? match.lookingAt() : match.matches();\n"
    "      String value = !found ? \"\" : part[2].equals(\"matched\") ? match.group() : origin;\n"
    "      value = other.matcher(value).replaceAll(\n"
    "        c -> String.format(\"\\\\\\\\x%02x\", (int)c.group().charAt(0)));\n"
    "      System.out.println(value.isEmpty() ? \"-\" : value);\n"
    "    }\n"
    "  }\n"
    "}\n";

static const struct dialect {
    const char *word, *interpreter, *flags;
    const char *before, *program, *after; /* the command, and then the argument */
} dialects[] = {
    {"javascript", "node", "imsuv", BY_ARGUMENT("node -e"), javascript, AFTER_ARGUMENT},
    {"python", "python3", "imsx", BY_ARGUMENT("python3 -I -c"), python, AFTER_ARGUMENT},
    {"ruby", "ruby", "imx", BY_ARGUMENT("ruby --disable=gems -e"), ruby, AFTER_ARGUMENT},
    {"go", "go", "ims", FROM_FILE, go,
     "END\nmv \"$f\" \"$f.go\"; export GOFLAGS= GO111MODULE=off GOTOOLCHAIN=local\n"
     "go build -o \"$f\" \"$f.go\" </dev/null >&2 || { rm -f \"$f\" \"$f.go\"; exit 1; }\n"
     "exec 3<\"$f\"; rm -f \"$f\" \"$f.go\"; exec /proc/self/fd/3 "},
    {"php", "php", "imsx", BY_ARGUMENT("php -n -r"), php, AFTER_ARGUMENT},
    {"perl", "perl", "imsx", BY_ARGUMENT("perl -e"), perl, AFTER_ARGUMENT},
    {"java", "java", "imsx", FROM_FILE, java,
     "END\nexec 3<\"$f\"; rm -f \"$f\"; exec java -Xshare:auto --source 11 /dev/fd/3 "},
};
static const size_t dialect_count = sizeof dialects / sizeof *dialects;

/* ---- The command --------------------------------------------------------------------------- */

static const struct dialect *dialect_of(const char *word)
{
    for (size_t i = 0; i < dialect_count; i++)
        if (strcmp(dialects[i].word, word) == 0)
            return &dialects[i];
    return NULL;
}

static bool has_flags(const struct dialect *dialect, const char *flags)
{
    return flags[strspn(flags, dialect->flags)] == '\0';
}

static void append(char **to, const char *text)
{
    const size_t len = strlen(text);
    memcpy(*to, text, len + 1);
    *to += len;
}

static void append_hex(char **to, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (; *text != '\0'; text++) {
        *(*to)++ = digits[(unsigned char)*text >> 4];
        *(*to)++ = digits[*text & 15];
    }
    **to = '\0';
}

/* What the shell runs; NULL: out of memory. The flags are letters, so nothing is left to quote. */
static char *command_of(const struct dialect *dialect, const char *pattern,
                        const struct regex_options *options, const char *flags)
{
    static const char *const match_words[] = {"search", "prefix", "full"};
    char *command = malloc(strlen(dialect->before) + strlen(dialect->program) +
                           strlen(dialect->after) + strlen(flags) + 2 * strlen(pattern) + 400);
    char *end = command;
    if (command == NULL)
        return NULL;
    append(&end, "command -v ");
    append(&end, dialect->interpreter);
    append(&end, " >/dev/null || { echo '" ERROR_MARK "there is no ");
    append(&end, dialect->interpreter);
    append(&end, " here, which patterns of the dialect ");
    append(&end, dialect->word);
    append(&end, " need' >&2; exit 1; }\n");
    append(&end, dialect->before);
    append(&end, dialect->program);
    append(&end, dialect->after);
    append(&end, match_words[options->match]);
    append(&end, ":");
    append(&end, flags);
    append(&end, options->echo_matched ? ":matched:" : ":origin:");
    append_hex(&end, pattern);
    return command;
}

/* ---- The validator ------------------------------------------------------------------------- */

/* A program, and the command that it is started anew with. */
struct spoken {
    struct validator base;
    struct validator *program;
    char *command;
};

static bool ask(struct validator *base, const struct cors_bytes *origins, size_t count,
                struct answer *answers)
{
    struct validator *program = ((struct spoken *)base)->program;
    memcpy(program->error, base->error, sizeof base->error);
    program->deadline = base->deadline;
    const bool goes_on = program->kind->ask(program, origins, count, answers);
    memcpy(base->error, program->error, sizeof base->error);
    base->questions = program->questions;
    base->restarts = program->restarts;
    base->in_a_row = program->in_a_row;
    return goes_on;
}

static void close_spoken(struct validator *base)
{
    struct spoken *spoken = (struct spoken *)base;
    validator_close(spoken->program);
    free(spoken->command);
    free(spoken);
}

/* Only what the program itself said, where it said something. */
static void *refuse_as_said(const char *said, char *error, size_t size)
{
    const char *mark = strstr(said, ERROR_MARK);
    return validator_refuse(error, size, "%s", mark == NULL ? said : mark + sizeof ERROR_MARK - 1);
}

static struct validator *start(const struct dialect *dialect, const char *pattern,
                               const struct regex_options *options, const char *flags, char *error,
                               size_t size)
{
    static const struct validator_kind kind = {"regex", VALIDATOR_BATCH, false, ask, close_spoken};
    static const struct exec_options times = {.seconds = 3, .start_seconds = 120};
    char said[600] = "out of memory";
    struct spoken *spoken = calloc(1, sizeof *spoken);
    if (spoken != NULL)
        spoken->command = command_of(dialect, pattern, options, flags);
    if (spoken != NULL && spoken->command != NULL)
        spoken->program = validator_open_exec(spoken->command, &times, said, sizeof said);
    if (spoken != NULL && spoken->program != NULL) {
        spoken->base.kind = &kind;
        return &spoken->base;
    }
    if (spoken != NULL)
        free(spoken->command);
    free(spoken);
    return refuse_as_said(said, error, size);
}

enum regex_match regex_match_of(const char *word)
{
    return strcmp(word, "full") == 0     ? REGEX_FULL
           : strcmp(word, "prefix") == 0 ? REGEX_PREFIX
                                         : REGEX_SEARCH;
}

struct validator *validator_open_regex(const char *dialect_word, const char *pattern,
                                       const struct regex_options *options, char *error,
                                       size_t size)
{
    if (strcmp(dialect_word, "pcre2") == 0)
        return validator_open_pcre2(pattern, options, error, size);
    if (strcmp(dialect_word, "posix-ere") == 0)
        return validator_open_posix(pattern, options, error, size);
    const struct dialect *dialect = dialect_of(dialect_word);
    const char *flags = options->flags == NULL ? "" : options->flags;
    char escaped[60];
    validator_escape((struct cors_bytes){dialect_word, strlen(dialect_word)}, escaped,
                     sizeof escaped);
    if (dialect == NULL)
        return validator_refuse(error, size,
                                "there is no dialect %s: it is pcre2, posix-ere, "
                                "javascript, python, ruby, go, php, perl or java",
                                escaped);
    if (!has_flags(dialect, flags) || strlen(flags) > strlen(dialect->flags))
        return validator_refuse(error, size, "%s patterns have the flags %s here, each once",
                                dialect->word, dialect->flags);
    if (strlen(pattern) > LONGEST_PATTERN)
        return validator_refuse(error, size, "the pattern is longer than %d bytes",
                                LONGEST_PATTERN);
    return start(dialect, pattern, options, flags, error, size);
}
