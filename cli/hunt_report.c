/* A hunt's result in words, JSON and SARIF
 * (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html). Invariants: it is never said
 * that there is no bypass, only what was asked and found nothing; origins of witnesses are
 * printable, everything else from outside is escaped. */
#include "hunt_report.h"

#include "intent_options.h"
#include "sarif.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = TIER_COUNT * CLASS_COUNT };

static const char *const who[TIER_COUNT] = {
    [TIER_STRANGER] = "anybody, by registering a name",
    [TIER_OWNER] = "who controls another host or port of yours",
    [TIER_NETWORK] = "who sits in the visitor's network or on the visitor's machine",
    [TIER_NULL] = "anybody, by a sandboxed frame or a redirect",
};

static const char *const use[TIER_COUNT] = {
    [TIER_STRANGER] = "An attacker registers that name, puts a page there and brings a visitor to "
                      "it: the page's script reads what the server answers to the visitor.",
    [TIER_OWNER] = "An attacker who takes over that host (a forgotten DNS entry, a script injected "
                   "into its pages, another team's service) reads what the server answers to its "
                   "visitors.",
    [TIER_NETWORK] = "An attacker between a visitor and the network, or a program on the visitor's "
                     "machine, can answer for that host, as no certificate stands in the way, and "
                     "reads what the server answers to the visitor.",
    [TIER_NULL] = "An attacker puts a frame with sandbox=\"allow-scripts\" into any page: its "
                  "origin is null, and its script reads what the server answers to the visitor.",
};

const char *const bypass_class_how[CLASS_COUNT] = {
    [CLASS_REFLECTED] = "nothing of what is meant is in it",
    [CLASS_NULL] = "null is let in",
    [CLASS_PREFIX] = "only the beginning is looked at: a dot and more may follow",
    [CLASS_PREFIX_UNBROKEN] = "only the beginning is looked at: more may follow",
    [CLASS_SUFFIX_UNBROKEN] = "only the end is looked at: anything may stand before it",
    [CLASS_CONTAINS] = "what is meant may stand anywhere",
    [CLASS_SUBDOMAIN] = "another host of the domain of one that is meant",
    [CLASS_ANY_CHARACTER] = "a dot stands for any character",
    [CLASS_ONE_EDIT] = "another character is let through",
    [CLASS_SPECIAL] = "a character that one does not expect in a host",
    [CLASS_SCHEME] = "the scheme is not looked at",
    [CLASS_PORT] = "the port is not looked at",
    [CLASS_TRAILING_DOT] = "a dot at the end names the same host, with another origin",
    [CLASS_LOCAL] = "a local host or an address",
    [CLASS_SHARED_SUFFIX] = "another customer of the same domain",
    [CLASS_OTHER] = "a part of what is meant is in it",
};

/* ---- Which --------------------------------------------------------------------------------- */

const char *const browser_names[PROFILE_COUNT] = {
    [PROFILE_CHROMIUM] = "Chromium", [PROFILE_FIREFOX] = "Firefox", [PROFILE_WEBKIT] = "WebKit"};

enum { BROWSERS = 3 };
static const enum profile browsers[BROWSERS] = {PROFILE_CHROMIUM, PROFILE_FIREFOX, PROFILE_WEBKIT};

static int senders_of(const struct witness *witness)
{
    int count = 0;
    for (int i = 0; i < BROWSERS; i++)
        count += origin_sendable(bytes_of(witness->origin), browsers[i]);
    return count;
}

/* Of letters, digits, hyphens, and dots between them: what everybody takes for a host. */
static bool has_usual_host(const struct witness *witness)
{
    const char *host = strstr(witness->origin, "://");
    if (host == NULL)
        return true;
    host += 3;
    const char end = host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-.")];
    return (end == '\0' || end == ':') && host[0] != '.' && strstr(host, "..") == NULL;
}

static int by_weight(const void *a, const void *b)
{
    const struct witness *first = *(const struct witness *const *)a;
    const struct witness *second = *(const struct witness *const *)b;
    if (first->kind.tier != second->kind.tier)
        return first->kind.tier < second->kind.tier ? -1 : 1;
    if (first->kind.no_certificate != second->kind.no_certificate)
        return first->kind.no_certificate ? 1 : -1;
    if (has_usual_host(first) != has_usual_host(second))
        return has_usual_host(first) ? -1 : 1;
    if (senders_of(first) != senders_of(second))
        return senders_of(second) - senders_of(first);
    if (first->length != second->length)
        return first->length < second->length ? -1 : 1;
    return strcmp(first->origin, second->origin);
}

size_t hunt_witnesses(const struct hunt_result *result, const struct witness **out, size_t most)
{
    size_t count = 0;
    for (int tier = 0; tier < TIER_COUNT; tier++)
        for (int class = 0; class < CLASS_COUNT && count < most; class ++)
            if (result->witnesses[tier][class].found)
                out[count++] = &result->witnesses[tier][class];
    qsort((void *)out, count, sizeof(const struct witness *), by_weight);
    return count;
}

static bool lets_in_none(const struct hunt_result *result)
{
    return result->meant.asked > 0 && result->meant.let_in == 0;
}

static const char *none_text(const struct hunt_report *report)
{
    const bool has_remark = report->remark != NULL && report->remark[0] != '\0';
    return memory_format(report->memory,
                         "It lets in nothing of what you mean: is that the right validator, and "
                         "rightly asked?%s%s%s",
                         has_remark ? " (" : "", has_remark ? report->remark : "",
                         has_remark ? ")" : "")
        .at;
}

const char *hunt_undecided(const struct hunt_report *report)
{
    const struct hunt_result *result = report->result;
    const struct stage_report *fixed = &result->stages[STAGE_FIXED];
    if (result->gave_up)
        return result->error;
    /* Of a wildcard only a few hosts are asked about, which may be none of the owner's. */
    if (result->kinds == 0 && lets_in_none(result) && result->meant.has_listed)
        return none_text(report);
    return fixed->planned > 0 && fixed->asked == 0
               ? "The budget ended before anything was asked that is not meant."
               : NULL;
}

const char *astray_text(struct memory *memory, struct cors_bytes origin)
{
    enum profile browser;
    struct cors_bytes server;
    if (!origin_goes_astray(origin, PROFILE_BROWSER, &browser, &server))
        return "";
    return memory_format(memory,
                         "%.*s gets in too, as your * holds it, and %s loads it from %.*s: let "
                         "hosts have only letters, digits, hyphens and dots.",
                         (int)origin.len, origin.at, browser_names[browser], (int)server.len,
                         server.at)
        .at;
}

/* ---- Text ---------------------------------------------------------------------------------- */

static void put_paragraph(const struct output *output, const char *text)
{
    output_format(output, "        ");
    output_paragraph(output, 8, 8, bytes_of(text));
}

/* What not every browser does, or the server not always. */
static void put_limits(const struct output *output, const struct hunt_report *report,
                       const struct witness *witness)
{
    const int senders = senders_of(witness);
    if (senders < BROWSERS) {
        output_format(output, "        sent  by%s", senders == 0 ? " no browser known here" : "");
        for (int i = 0, named = 0; i < BROWSERS; i++)
            if (origin_sendable(bytes_of(witness->origin), browsers[i]))
                output_format(output, "%s %s", named++ == 0 ? "" : " and",
                              browser_names[browsers[i]]);
        output_format(output, "%s\n", senders == 1 ? " only" : "");
    }
    if (!witness->steady)
        put_paragraph(output,
                      memory_format(report->memory,
                                    "It is not let in always: %u of %u times. Who asks often "
                                    "enough gets in.",
                                    witness->let_in, witness->asked)
                          .at);
    if (witness->preflight_asked && !witness->preflight_passes)
        put_paragraph(output, "This is for requests without a preflight only, as a plain GET is: "
                              "the server lets no preflight of that origin through.");
}

/* What an attacker does: with the name that a browser loads such a page from, where it cuts the
 * host. */
static void put_use(const struct output *output, const struct hunt_report *report,
                    const struct witness *witness)
{
    enum profile browser;
    struct cors_bytes server;
    const char *text = use[witness->kind.tier];
    if (origin_goes_astray(bytes_of(witness->origin), PROFILE_BROWSER, &browser, &server))
        text = memory_format(report->memory, "%s cuts the host and loads it from %.*s. %s",
                             browser_names[browser], (int)server.len, server.at, text)
                   .at;
    put_paragraph(output, text);
}

static void put_witness(const struct output *output, const struct hunt_report *report,
                        const struct witness *witness)
{
    const enum tier tier = witness->kind.tier;
    output_styled(output, STYLE_BAD, "BYPASS  %s", witness->origin);
    output_format(output, "\n        who   %s\n        how   %s (%s)\n", who[tier],
                  bypass_class_how[witness->kind.class], bypass_class_words[witness->kind.class]);
    output_format(output, "        found at question %" PRIu64 ", %s%s\n", witness->executions,
                  report->only_asked ? "asked for" : stage_words[witness->found_by],
                  witness->credentials ? "; credentials are allowed too" : "");
    put_use(output, report, witness);
    put_limits(output, report, witness);
    if (witness->kind.no_certificate)
        put_paragraph(output, "No public certificate authority issues for this host: over https "
                              "this needs a certificate that the visitor trusts anyway.");
}

static void put_witnesses(const struct output *output, const struct hunt_report *report)
{
    const struct witness *all[KINDS];
    const size_t count = hunt_witnesses(report->result, all, KINDS);
    bool heading = false;
    for (size_t i = 0; i < count; i++)
        if (i == 0 || all[i]->kind.tier != all[i - 1]->kind.tier)
            put_witness(output, report, all[i]);
    if (report->result->is_reflecting)
        put_paragraph(output, report->result->reflects_http
                                  ? "Names that were made up are let in too: whatever asks is. "
                                    "Nothing else was looked for, as everything else follows."
                                  : "Names that were made up are let in too: whatever asks over "
                                    "https is. Nothing else was looked for, as everything else "
                                    "follows.");
    for (size_t i = 1; i < count; i++) {
        if (all[i]->kind.tier != all[i - 1]->kind.tier)
            continue;
        if (!heading)
            output_styled(output, STYLE_STRONG, "also\n");
        heading = true;
        output_format(output, "        %-8s %-16s %s%s%s%s\n", tier_words[all[i]->kind.tier],
                      bypass_class_words[all[i]->kind.class], all[i]->origin,
                      all[i]->kind.no_certificate ? "  (no certificate)" : "",
                      all[i]->steady ? "" : "  (not always)",
                      all[i]->preflight_asked && !all[i]->preflight_passes ? "  (no preflight)"
                                                                           : "");
    }
}

static void put_stage(const struct output *output, const struct hunt_result *result,
                      enum hunt_stage stage, const char *text)
{
    const struct stage_report *report = &result->stages[stage];
    if (report->asked == 0 && report->planned == 0)
        return;
    output_format(output, "  %8" PRIu64 "  %s", report->asked, text);
    if (report->planned > 0 && report->complete)
        output_format(output, ", all of them");
    else if (report->planned > 0)
        output_format(output, ", of %" PRIu64 ": not all", report->planned);
    output_format(output, "\n");
}

static void put_stages(const struct output *output, const struct hunt_report *report)
{
    const struct hunt_result *result = report->result;
    output_styled(output, STYLE_STRONG, "asked");
    output_format(output, "   %" PRIu64 " questions in %.2f s, seed %" PRIu64 "\n",
                  result->executions, result->seconds, report->seed);
    put_stage(output, result, STAGE_INTENDED, "origins that are meant");
    put_stage(output, result, STAGE_FIXED,
              report->only_asked ? "origins of --ask" : "origins of the known classes");
    put_stage(output, result, STAGE_WORDS, "origins made of words of the validator's own text");
    put_stage(output, result, STAGE_ONE_EDIT,
              "origins within one edit of those that are meant and that a browser sends");
    put_stage(output, result, STAGE_LEARNING, "to learn what it accepts");
    put_stage(output, result, STAGE_FUZZING, "origins changed at random");
    put_stage(output, result, STAGE_SHRINKING, "to make witnesses short and to confirm them");
}

/* As a word of a POSIX shell, between single quotes where it needs them. */
static void put_word(const struct output *output, const char *word)
{
    const bool plain = *word != '\0' && word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
                                                          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                          "0123456789-_./:,@%+=")] == '\0';
    output_format(output, " %s", plain ? "" : "'");
    for (; *word != '\0'; word++)
        if (*word == '\'')
            output_format(output, "'\\''");
        else
            output_format(output, "%c", *word);
    output_format(output, "%s", plain ? "" : "'");
}

/* The flags that `corsim prove` shares, which is asked about the same pattern. */
static void put_proof(const struct output *output, const struct hunt_report *report)
{
    bool has_dialect = false;
    put_paragraph(output, "This is no proof. About a pattern one can be had:");
    for (size_t i = 0; i < report->argument_count; i++)
        if (!is_plain_text(bytes_of(report->arguments[i])))
            return;
    output_format(output, "          corsim prove");
    for (size_t i = 0; i + 1 < report->argument_count; i += 2) {
        const char *name = report->arguments[i];
        has_dialect = has_dialect || strcmp(name, "--dialect") == 0;
        if (strcmp(name, "--echo") == 0)
            continue;
        if (strcmp(name, "--regex") != 0)
            put_word(output, name);
        put_word(output, report->arguments[i + 1]);
    }
    output_format(output, "%s\n", has_dialect ? "" : " --dialect pcre2");
}

static void put_none(const struct output *output, const struct hunt_report *report)
{
    const struct stage_report *near = &report->result->stages[STAGE_ONE_EDIT];
    const bool is_decided = hunt_undecided(report) == NULL;
    output_styled(output, is_decided ? STYLE_GOOD : STYLE_CAUTION, "%s",
                  is_decided ? "NONE FOUND" : "NOT DECIDED");
    output_format(output, "  %s\n", escaped_string(report->validator));
    if (!is_decided && !report->result->gave_up)
        put_paragraph(output, hunt_undecided(report));
    if (report->only_asked || !is_decided)
        return;
    if (near->complete && !report->result->is_public)
        put_paragraph(output, "Nothing within one edit of what you mean is accepted: that was "
                              "asked completely.");
    if (!report->is_pattern)
        put_paragraph(output, "This is no proof that there is none: what the questions below did "
                              "not touch is unknown.");
    else
        put_proof(output, report);
}

static void put_notes(const struct output *output, const struct hunt_notes *notes,
                      const char *heading, const char *tail)
{
    for (size_t i = 0; i < notes->count && i < HUNT_NOTES; i++) {
        output_styled(output, STYLE_CAUTION, "%-7s", heading);
        output_format(output, " %s%s\n", notes->at[i].text, tail);
    }
    if (notes->count > HUNT_NOTES)
        output_format(output, "        and %zu more\n", notes->count - HUNT_NOTES);
}

static void put_patterns(const struct output *output, const struct learned *learned)
{
    if (learned->states == 0)
        return;
    output_styled(output, STYLE_STRONG, "learnt");
    output_format(output, "  it appears to allow%s\n",
                  learned->pattern_count == 0 ? " nothing that a glob describes" : "");
    for (size_t i = 0; i < learned->pattern_count; i++)
        output_format(output, "        %s\n", learned->patterns[i]);
    if (learned->patterns_left_out > 0)
        output_format(output, "        and others (%zu)\n", learned->patterns_left_out);
    output_format(output, "        an automaton of %zu state%s %s with everything that was tried\n",
                  learned->states, learned->states == 1 ? "" : "s",
                  learned->complete ? "agrees" : "does not yet agree");
}

void hunt_text(const struct output *output, const struct hunt_report *report)
{
    const struct hunt_result *result = report->result;
    const bool is_decided = result->kinds > 0 || hunt_undecided(report) == NULL;
    if (lets_in_none(result) && is_decided) {
        output_styled(output, STYLE_CAUTION, "beware  ");
        output_paragraph(output, 8, 8, bytes_of(none_text(report)));
    }
    if (result->kinds > 0)
        put_witnesses(output, report);
    else
        put_none(output, report);
    if (result->is_public)
        put_paragraph(output, "It answers * to origins that are not meant: any page may read what "
                              "is served without credentials. For public data that is right.");
    put_patterns(output, &result->learned);
    for (size_t i = 0; i < result->astray.count && i < HUNT_NOTES; i++) {
        output_styled(output, STYLE_CAUTION, "beware  ");
        output_paragraph(
            output, 8, 8,
            bytes_of(astray_text(report->memory, bytes_of(result->astray.at[i].text))));
    }
    put_notes(output, &result->refused, "refused",
              report->only_asked ? "" : ", though it is meant");
    put_notes(output, &result->troubles, "trouble", "");
    if (result->gave_up)
        output_format(output, "ended   %s\n", result->error);
    put_stages(output, report);
    if (report->folder == NULL || result->kinds == 0)
        return;
    output_format(output, "kept    %s/: for each witness a case, and a script that asks again\n",
                  escaped_string(report->folder));
    if (report->older_cases > 0)
        output_format(output, "        cases of other hunts are there, too: %zu\n",
                      report->older_cases);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *engines_json(const struct witness *witness)
{
    json_t *array = json_array();
    for (int i = 0; i < BROWSERS; i++)
        if (origin_sendable(bytes_of(witness->origin), browsers[i]))
            json_array_append_new(array, json_string(choice_word(profile_words, (int)browsers[i])));
    return array;
}

static json_t *witness_json(const struct witness *witness)
{
    enum profile browser;
    struct cors_bytes server;
    json_t *object = json_pack(
        "{s:s, s:s, s:b, s:s, s:s, s:s, s:I, s:b, s:s}", "origin", witness->origin, "answer",
        witness->origin, "credentials", witness->credentials, "tier",
        tier_words[witness->kind.tier], "class", bypass_class_words[witness->kind.class],
        "found_by", stage_words[witness->found_by], "executions", (json_int_t)witness->executions,
        "certificate", !witness->kind.no_certificate, "use", use[witness->kind.tier]);
    json_object_set_new(object, "steady", json_boolean(witness->steady));
    json_object_set_new(object, "asked", json_integer(witness->asked));
    json_object_set_new(object, "let_in", json_integer(witness->let_in));
    json_object_set_new(object, "engines", engines_json(witness));
    if (origin_goes_astray(bytes_of(witness->origin), PROFILE_BROWSER, &browser, &server))
        json_object_set_new(object, "server", json_text(server));
    if (witness->preflight_asked)
        json_object_set_new(object, "preflight", json_boolean(witness->preflight_passes));
    return object;
}

static json_t *notes_json(const struct hunt_notes *notes)
{
    json_t *array = json_array();
    for (size_t i = 0; i < notes->count && i < HUNT_NOTES; i++)
        json_array_append_new(array, json_text(bytes_of(notes->at[i].text)));
    return array;
}

static json_t *stages_json(const struct hunt_result *result)
{
    json_t *object = json_object();
    for (int i = 0; i < STAGE_COUNT; i++) {
        const struct stage_report *stage = &result->stages[i];
        if (stage->asked == 0 && stage->planned == 0)
            continue;
        json_t *one = json_pack("{s:I}", "executions", (json_int_t)stage->asked);
        if (stage->planned > 0) {
            json_object_set_new(one, "planned", json_integer((json_int_t)stage->planned));
            json_object_set_new(one, "complete", json_boolean(stage->complete));
        }
        json_object_set_new(object, stage_words[i], one);
    }
    return object;
}

static void add_whole(json_t *object, const struct hunt_report *report)
{
    const struct hunt_result *result = report->result;
    const char *undecided = hunt_undecided(report);
    json_object_set_new(object, "reflecting", json_boolean(result->is_reflecting));
    json_object_set_new(object, "meant",
                        json_pack("{s:I, s:I}", "asked", (json_int_t)result->meant.asked, "let_in",
                                  (json_int_t)result->meant.let_in));
    if (result->learned.states > 0)
        json_object_set_new(object, "learned",
                            json_pack("{s:I, s:b}", "states", (json_int_t)result->learned.states,
                                      "complete", result->learned.complete));
    if (undecided != NULL)
        json_object_set_new(object, "error", json_text(bytes_of(undecided)));
}

json_t *hunt_json(const struct hunt_report *report)
{
    const struct hunt_result *result = report->result;
    const struct witness *all[KINDS];
    const size_t count = hunt_witnesses(result, all, KINDS);
    json_t *witnesses = json_array(), *patterns = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(witnesses, witness_json(all[i]));
    for (size_t i = 0; i < result->learned.pattern_count; i++)
        json_array_append_new(patterns, json_text(bytes_of(result->learned.patterns[i])));
    json_t *object = json_pack(
        "{s:s, s:I, s:f, s:I, s:o, s:o, s:o, s:o, s:o, s:b, s:I, s:o}", "verdict",
        count > 0 ? "bypass" : "none-found", "executions", (json_int_t)result->executions,
        "seconds", result->seconds, "seed", (json_int_t)report->seed, "witnesses", witnesses,
        "stages", stages_json(result), "refused", notes_json(&result->refused), "astray",
        notes_json(&result->astray), "troubles", notes_json(&result->troubles), "public",
        result->is_public, "unsteady", (json_int_t)result->unsteady, "allows", patterns);
    add_whole(object, report);
    return object;
}

/* ---- SARIF --------------------------------------------------------------------------------- */

const char *const tier_levels[TIER_COUNT] = {
    [TIER_STRANGER] = "error",
    [TIER_OWNER] = "warning",
    [TIER_NETWORK] = "warning",
    [TIER_NULL] = "error",
};

static json_t *sarif_of(const struct hunt_report *report, const struct witness *witness)
{
    const char *place = report->place == NULL ? report->validator : report->place;
    const char *place_is = report->place_is == NULL ? "pattern" : report->place_is;
    const struct cors_bytes message = memory_format(
        report->memory, "%s gets in and is not meant to: %s. It can be used by %s.",
        witness->origin, bypass_class_how[witness->kind.class], who[witness->kind.tier]);
    const struct sarif_result result = {
        .rule = bypass_class_words[witness->kind.class],
        .level = tier_levels[witness->kind.tier],
        .message = message.at,
        .locations = sarif_named_location(bytes_of(place), place_is),
        .fingerprint = memory_format(report->memory, "%s at %s", witness->origin, place),
        .properties = witness_json(witness)};
    return sarif_result(&result);
}

json_t *hunt_sarif_results(const struct hunt_report *report)
{
    const struct witness *all[KINDS];
    const size_t count = hunt_witnesses(report->result, all, KINDS);
    json_t *results = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(results, sarif_of(report, all[i]));
    return results;
}

json_t *bypass_class_rules(void)
{
    json_t *rules = json_array();
    for (int class = 0; class < CLASS_COUNT; class ++)
        json_array_append_new(rules,
                              sarif_rule(bypass_class_words[class], bypass_class_how[class]));
    return rules;
}

json_t *hunt_sarif(const struct hunt_report *report)
{
    return sarif_log("corsim fuzz", hunt_undecided(report), bypass_class_rules(),
                     hunt_sarif_results(report));
}
