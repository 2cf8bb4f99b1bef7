/* A proof's result in words: what gets in, who can use it, which place of the pattern lets it in,
 * and what to write instead. Invariants: origins of witnesses are printable, everything else from
 * outside is escaped; a pattern is shown so that it can be copied, unless it holds what a terminal
 * must not get. */
#include "prove_report.h"

#include <string.h>

const char *const prove_verdict_words[] = {
    [PROVE_PROVEN] = "proven",
    [PROVE_BYPASS] = "bypass",
    [PROVE_UNDECIDED] = "undecided",
    [PROVE_MALFORMED] = "malformed",
};

enum prove_verdict report_verdict(const struct prove_report *report)
{
    if (report->unread != NULL)
        return PROVE_UNDECIDED;
    if (report->hunt != NULL && report->hunt->result->kinds > 0)
        return PROVE_BYPASS;
    return report->answer.verdict;
}

enum prove_verdict reports_verdict(const struct prove_reports *reports)
{
    static const unsigned weights[] = {
        [PROVE_PROVEN] = 0, [PROVE_UNDECIDED] = 1, [PROVE_MALFORMED] = 2, [PROVE_BYPASS] = 3};
    enum prove_verdict worst = PROVE_PROVEN;
    for (size_t i = 0; i < reports->count; i++)
        if (weights[report_verdict(&reports->at[i])] > weights[worst])
            worst = report_verdict(&reports->at[i]);
    return worst;
}

/* ---- Sentences ----------------------------------------------------------------------------- */

static size_t written_column(const struct written_pattern *written, size_t column)
{
    const size_t bytes = written->before + column - 1;
    size_t characters = 1;
    if (column == 0)
        return 0;
    for (size_t i = 0; i < bytes && i < written->text.len; i++)
        characters += ((unsigned char)written->text.at[i] & 0xC0) != 0x80;
    return characters;
}

size_t report_column(const struct prove_report *report, size_t pattern, size_t column)
{
    if (report->answer.in_old && report->old != NULL)
        return written_column(report->old, column);
    return pattern < report->pattern_count ? written_column(&report->patterns[pattern], column) : 0;
}

static const char *use_by_owner(const struct prove_report *report, const struct origin_parts *parts,
                                enum bypass_class class)
{
    const int length = (int)parts->host.len;
    if (class == CLASS_PORT && parts->port >= 0)
        return memory_format(report->memory, "whoever runs a server on port %d of that host",
                             (int)parts->port)
            .at;
    if (class == CLASS_TRAILING_DOT)
        return "the same host under a name with a dot, which is another origin";
    return memory_format(report->memory, "whoever takes over %.*s", length, parts->host.at).at;
}

static const char *use_by_stranger(const struct prove_report *report, struct cors_bytes origin,
                                   const struct origin_parts *parts, enum bypass_class class)
{
    enum profile browser;
    struct cors_bytes name;
    const bool astray = origin_goes_astray(origin, PROFILE_BROWSER, &browser, &name);
    if (!astray)
        name = parts->host;
    name.len -= name.len > 1 && name.at[name.len - 1] == '.';
    const size_t suffix = cors_public_suffix_by_libpsl(name);
    size_t from = suffix < name.len ? name.len - suffix - 1 : 0;
    while (from > 0 && name.at[from - 1] != '.')
        from--;
    const struct cors_bytes registrable = {name.at + from, name.len - from};
    if (class == CLASS_SHARED_SUFFIX)
        return memory_format(report->memory, "another customer can have %.*s", (int)registrable.len,
                             registrable.at)
            .at;
    return memory_format(report->memory, "a stranger can register %.*s%s%s%s", (int)registrable.len,
                         registrable.at, astray ? ", from which " : "",
                         astray ? browser_names[browser] : "", astray ? " loads it" : "")
        .at;
}

static const char *use_by_network(const struct origin_parts *parts, enum bypass_class class)
{
    if (class == CLASS_LOCAL)
        return "a program on the visitor's machine or in the visitor's network";
    if (parts->scheme.len == strlen("http"))
        return "anybody between a visitor and the network can answer for it";
    return "a host that only the visitor's own network knows";
}

const char *report_use(const struct prove_report *report, const struct prove_witness *witness)
{
    struct origin_parts parts;
    if (witness->kind.tier == TIER_NULL || !origin_take_apart(witness->origin, &parts) ||
        parts.opaque)
        return "any page can send null, from a sandboxed frame";
    switch (witness->kind.tier) {
    case TIER_STRANGER:
        return use_by_stranger(report, witness->origin, &parts, witness->kind.class);
    case TIER_OWNER:
        return use_by_owner(report, &parts, witness->kind.class);
    default:
        return use_by_network(&parts, witness->kind.class);
    }
}

static const char *place(const struct prove_report *report, size_t pattern, size_t column)
{
    if (report->place_of != NULL) {
        const struct file_place at = report->place_of(report, pattern, column);
        return memory_format(report->memory, "line %zu, column %zu", at.line, at.column).at;
    }
    if (report->answer.in_old)
        return memory_format(report->memory, "old pattern column %zu",
                             report_column(report, pattern, column))
            .at;
    const char *which = report->pattern_count < 2
                            ? "pattern column "
                            : memory_format(report->memory, "pattern %zu, column ", pattern + 1).at;
    return memory_format(report->memory, "%s%zu", which, report_column(report, pattern, column)).at;
}

/* "." in quotes, escaped where it must be. */
static const char *quoted(const struct prove_report *report, size_t pattern, size_t column)
{
    enum { LONGEST = 40 };
    const struct cors_bytes piece = pattern < report->pattern_count
                                        ? pattern_piece(report->patterns[pattern].pattern, column)
                                        : (struct cors_bytes){0};
    const bool whole = piece.len <= LONGEST;
    const int length = whole ? (int)piece.len : LONGEST;
    if (piece.len == 0)
        return "this";
    if (is_plain_text(piece) && whole)
        return memory_format(report->memory, "\"%.*s\"", length, piece.at).at;
    return memory_format(
               report->memory, "\"%s%s\"",
               escape_terminal((struct cors_bytes){piece.at, (size_t)length}, report->memory).at,
               whole ? "" : "...")
        .at;
}

static const char *within(const struct prove_report *report, enum bypass_class class)
{
    if (report->old != NULL)
        return "takes more than the old pattern";
    switch (class) {
    case CLASS_ANY_CHARACTER:
        return "stands for more than a dot";
    case CLASS_SCHEME:
        return "may stand behind the other scheme";
    case CLASS_PORT:
        return "lets other ports through";
    case CLASS_SUBDOMAIN:
        return "lets other hosts of that domain through";
    case CLASS_NULL:
        return "lets null through";
    default:
        return "takes more than what you listed";
    }
}

const char *report_cause(const struct prove_report *report, const struct prove_witness *witness)
{
    if (report->pattern_count == 0)
        return "every origin is";
    if (witness->column == 0)
        return "the pattern asks for nothing there";
    const char *piece = quoted(report, witness->pattern, witness->column);
    const char *where = place(report, witness->pattern, witness->column);
    switch (witness->cause) {
    case PROVE_NOTHING_BEFORE:
        return memory_format(report->memory, "nothing stands before %s: %s", piece, where).at;
    case PROVE_NOTHING_BEHIND:
        return memory_format(report->memory, "nothing stands behind %s: %s", piece, where).at;
    case PROVE_WITHIN:
        break;
    }
    return memory_format(report->memory, "%s %s: %s", piece, within(report, witness->kind.class),
                         where)
        .at;
}

const char *report_fix(const struct prove_report *report, size_t pattern)
{
    if (report->fix_count == 0)
        return NULL;
    if (report->fix_count != report->pattern_count)
        return report->fixes[0];
    if (bytes_are_string(report->patterns[pattern].text, report->fixes[pattern]))
        return NULL;
    return report->fixes[pattern];
}

const char *report_reason(const struct prove_report *report)
{
    const struct prove_answer *answer = &report->answer;
    if (report->unread != NULL)
        return report->unread;
    const char *reason = answer->reason == NULL ? "no reason is known" : answer->reason;
    if (answer->inexact != NULL && reason == answer->inexact)
        reason = memory_format(report->memory, "%s is not kept exactly", reason).at;
    const char *where =
        answer->column == 0
            ? ""
            : memory_format(report->memory, ": %s", place(report, answer->pattern, answer->column))
                  .at;
    if (report->unconfirmed == NULL)
        return memory_format(report->memory, "%s%s", reason, where).at;
    return memory_format(report->memory, "%s%s; what was found could not be tried: %s", reason,
                         where, report->unconfirmed)
        .at;
}

/* ---- Text ---------------------------------------------------------------------------------- */

enum { ASIDE = 8, WITNESS_WIDTH = 24 };

static void put_pattern(const struct output *output, struct cors_bytes pattern)
{
    if (is_plain_text(pattern))
        output_format(output, "%.*s", (int)pattern.len, pattern.at);
    else
        output_bytes(output, pattern);
}

void report_put_marked(const struct output *output, const struct written_pattern *pattern,
                       size_t column, unsigned indent)
{
    enum { WIDEST = 160 };
    const size_t at = written_column(pattern, column);
    if (at == 0 || pattern->text.len > WIDEST || !is_plain_text(pattern->text))
        return;
    output_format(output, "%*s%s\n%*s", (int)indent, "", pattern->text.at, (int)(indent + at - 1),
                  "");
    output_styled(output, STYLE_BAD, "^\n");
}

static void put_witness(const struct output *output, const struct prove_report *report,
                        const struct prove_witness *witness, bool verbose)
{
    output_styled(output, STYLE_BAD, "BYPASS");
    output_format(output, "  %-*.*s  %s%s\n", WITNESS_WIDTH, (int)witness->origin.len,
                  witness->origin.at, report_use(report, witness),
                  witness->kind.no_certificate ? " (no public certificate)" : "");
    output_format(output, "%*saccepted because %s\n", ASIDE, "", report_cause(report, witness));
    if (witness->answer.at != NULL && !bytes_are(witness->answer, witness->origin))
        output_format(output,
                      "%*sanswered with %s, so that what needs no credentials can be read\n", ASIDE,
                      "", escaped(witness->answer));
    if (verbose) {
        if (witness->pattern < report->pattern_count)
            report_put_marked(output, &report->patterns[witness->pattern], witness->column, ASIDE);
        output_format(output, "%*stier %s, class %s\n", ASIDE, "", tier_words[witness->kind.tier],
                      bypass_class_words[witness->kind.class]);
    }
}

static const char *sender(enum profile profile)
{
    switch (profile) {
    case PROFILE_CHROMIUM:
        return "Chromium cannot send";
    case PROFILE_FIREFOX:
        return "Firefox cannot send";
    case PROFILE_WEBKIT:
        return "WebKit cannot send";
    case PROFILE_URL:
        return "nobody who keeps to the URL Standard can send";
    default:
        return "no browser can send";
    }
}

static void put_proven(const struct output *output, const struct prove_report *report)
{
    output_styled(output, STYLE_GOOD, "PROVEN");
    output_format(output, "  %s an origin that this accepts and %s   (%.1f ms, %zu states)\n",
                  sender(report->profile),
                  report->old != NULL ? "the old one did not" : "you did not list",
                  report->answer.seconds * 1e3, report->answer.states);
    if (report->answer.astray.len == 0)
        return;
    output_styled(output, STYLE_CAUTION, "%-*s", ASIDE, "beware");
    output_paragraph(output, ASIDE, ASIDE,
                     bytes_of(astray_text(report->memory, report->answer.astray)));
}

static void put_undecided(const struct output *output, const struct prove_report *report)
{
    output_styled(output, STYLE_CAUTION, "UNDECIDED");
    output_format(output, "  %s\n", report_reason(report));
    if (report->unread != NULL)
        return;
    const struct prove_answer *answer = &report->answer;
    if (answer->in_old && report->old != NULL)
        report_put_marked(output, report->old, answer->column, ASIDE);
    else if (answer->pattern < report->pattern_count)
        report_put_marked(output, &report->patterns[answer->pattern], answer->column, ASIDE);
    if (report->out_of_time)
        output_format(output, "%*smore time may decide it: --budget 10s\n", ASIDE, "");
    if (report->hunt == NULL)
        output_format(output, "%*sa hunt may still find a bypass: --then-fuzz, or `corsim fuzz`\n",
                      ASIDE, "");
}

static void put_refused(const struct output *output, const struct dead_rule *refused, size_t count)
{
    enum { MOST_LINES = 20 };
    for (size_t i = 0; i < count && i < MOST_LINES; i++) {
        output_styled(output, STYLE_CAUTION, "%-*s", ASIDE, "refused");
        output_format(output, "%s, which you listed%s%s\n", escaped_string(refused[i].text),
                      refused[i].why == NULL ? "" : ": ",
                      refused[i].why == NULL ? "" : refused[i].why);
    }
    if (count > MOST_LINES)
        output_format(output, "%*sand %zu more\n", ASIDE, "", count - MOST_LINES);
}

static void put_allows(const struct output *output, const struct prove_report *report)
{
    for (size_t i = 0; i < report->allow_count; i++) {
        const struct allowed_glob *allowed = &report->allows[i];
        output_styled(output, STYLE_STRONG, "%-*s", ASIDE, i == 0 ? "allows" : "");
        if (allowed->is_exact)
            output_format(output, "%s\n", escaped_string(allowed->glob));
        else
            output_format(output, "%-*s  in part, as %s\n", WITNESS_WIDTH,
                          escaped_string(allowed->glob), escaped_string(allowed->member));
    }
    if (report->allows_more != NULL)
        output_format(output, "%*sand perhaps others: %s\n", ASIDE, "", report->allows_more);
    else if (report->allows != NULL && report->allow_count == 0)
        output_format(output, "%-*snothing that a browser can send\n", ASIDE, "allows");
}

/* Those that are new, with a number where there are several to tell apart. */
static void put_fixes(const struct output *output, const struct prove_report *report)
{
    const bool in_place = report->fix_count == report->pattern_count;
    bool is_first = true;
    for (size_t i = 0; i < report->fix_count; i++) {
        if (in_place && report_fix(report, i) == NULL)
            continue;
        output_styled(output, STYLE_GOOD, "%-*s", ASIDE, is_first ? "fix" : "");
        put_pattern(output, bytes_of(report->fixes[i]));
        if (in_place && report->pattern_count > 1)
            output_format(output, "   (pattern %zu)", i + 1);
        output_format(output, "\n");
        is_first = false;
    }
    if (report->advice != NULL) {
        output_styled(output, STYLE_GOOD, "%-*s", ASIDE, "fix");
        output_format(output, "%s\n", report->advice);
    }
}

static void put_report(const struct output *output, const struct prove_report *report, bool verbose)
{
    const struct prove_answer *answer = &report->answer;
    const bool is_read = report->unread == NULL;
    if (is_read && answer->verdict == PROVE_BYPASS)
        for (size_t i = 0; i < answer->witness_count && (verbose || i == 0); i++)
            put_witness(output, report, &answer->witnesses[i], verbose);
    else if (is_read && answer->verdict == PROVE_PROVEN)
        put_proven(output, report);
    else
        put_undecided(output, report);
    if (!is_read)
        return;
    if (report->fix_count == 0 && answer->witness_count > 1 && !verbose)
        output_format(output, "%*sand so do %zu of other kinds: -v shows them\n", ASIDE, "",
                      answer->witness_count - 1);
    put_fixes(output, report);
    if (report->file == NULL)
        put_refused(output, report->refused, report->refused_count);
    put_allows(output, report);
    if (report->certificate != NULL)
        output_format(output, "%-*s%s\n", ASIDE, "kept", escaped_string(report->certificate));
    if (report->hunt != NULL)
        hunt_text(output, report->hunt);
}

void prove_text(const struct output *output, const struct prove_reports *reports, bool verbose)
{
    for (size_t i = 0; i < reports->count; i++) {
        const struct prove_report *report = &reports->at[i];
        if (reports->is_config) {
            output_styled(output, STYLE_STRONG, "%s%s:%zu: %s", i == 0 ? "" : "\n",
                          escaped_string(report->file), report->place.line, report->system);
            output_format(output, "\n");
            for (size_t k = 0; k < report->pattern_count; k++) {
                output_format(output, "%*s", ASIDE, "");
                put_pattern(output, report->patterns[k].text);
                output_format(output, "\n");
            }
        }
        put_report(output, report, verbose);
    }
    if (reports->refused_count > 0)
        output_format(output, "\n");
    put_refused(output, reports->refused, reports->refused_count);
}
