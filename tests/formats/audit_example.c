/* Prints a made-up result of `corsim audit`: audit_example KIND FORMAT. KIND is `found` (two
 * findings and a front end that is blocked in one browser), `hostile` (the same, everything that
 * can come from a server or a person being an attack on a terminal or a document), `nothing`,
 * `dry-run` or `unreachable`. What is printed is judged by schemas.sh and browser.mjs. */
#include "audit.h"

#include <stdlib.h>
#include <string.h>

#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* Markup of every context, control characters, characters that turn the direction or are invisible,
 * what is no UTF-8, NUL, and what ends the blocks of other formats. */
static const struct cors_bytes attacks[] = {
    TEXT("<script>window.hostile=1</script>"),
    TEXT("\"><img src=http://evil.test/a onerror=window.hostile=2>"),
    TEXT("'><svg onload=window.hostile=3>"),
    TEXT("</title></style><script src=http://evil.test/b></script>"),
    TEXT("</text></svg></pre><iframe srcdoc='<script>parent.hostile=4</script>'></iframe>"),
    TEXT("--><script>window.hostile=5</script><!--"),
    TEXT("]]><script>window.hostile=6</script><![CDATA["),
    TEXT("&lt;script&gt; &#60;script&#62; &amp;"),
    TEXT("javascript:window.hostile=7"),
    TEXT("<link rel=stylesheet href=http://evil.test/c><base href=http://evil.test/>"),
    TEXT("</style><style>@import 'http://evil.test/d';body{background:url(http://evil.test/e)}"),
    TEXT("<meta http-equiv=refresh content='0;url=http://evil.test/f'>"),
    TEXT("\033]0;title\007\033[31mred\033[2J \x9b"
         "31m \b\r\n\t\v\f\x7f"),
    TEXT("\xe2\x80\xaetxet desrever\xe2\x80\xac \xe2\x80\x8b\xef\xbb\xbf\xe2\x80\xa8"),
    TEXT("\xff\xfe\xc0\xbc\xe0\x80\xbc\xed\xa0\x80\xf5 \xc3"),
    TEXT("a\0b<script>window.hostile=8</script>"),
    TEXT("::set-output name=a::b\n##vso[task]\n%0A%s%n%d"),
    TEXT("\xef\xbf\xbe\xef\xb7\x90 \xf0\x9f\x98\x80 \xe6\xbc\xa2\xe5\xad\x97 \\ \\x1b"),
};
enum { ATTACKS = sizeof attacks / sizeof *attacks, MOST_HEADERS = ATTACKS + 4 };

static bool hostile;

/* A harmless text, or with `hostile` the next attack behind it. */
static struct cors_bytes given(const char *harmless, struct memory *memory)
{
    static size_t next;
    const struct cors_bytes attack = attacks[next++ % ATTACKS];
    const size_t length = strlen(harmless);
    if (!hostile)
        return bytes_of(harmless);
    char *text = memory_take(memory, length + attack.len + 1);
    memcpy(text, harmless, length);
    memcpy(text + length, attack.at, attack.len);
    return (struct cors_bytes){text, length + attack.len};
}

static struct cors_header_list headers_of(const char *const pairs[][2], size_t count,
                                          struct memory *memory)
{
    struct cors_header *list = memory_take(memory, MOST_HEADERS * sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct cors_header){bytes_of(pairs[i][0]), given(pairs[i][1], memory)};
    for (size_t i = 0; hostile && i < ATTACKS; i++)
        list[count++] = (struct cors_header){i % 2 == 0 ? CORS_BYTES("Vary") : attacks[i],
                                             attacks[ATTACKS - 1 - i]};
    return (struct cors_header_list){.at = list, .count = count};
}

static void add_exchanges(struct audit_result *result)
{
    static const char *const asked[][2] = {{"Origin", "https://app.example"},
                                           {"Access-Control-Request-Method", "PUT"}};
    static const char *const allowed[][2] = {{"Access-Control-Allow-Origin", "https://app.example"},
                                             {"access-control-allow-credentials", "true"}};
    struct memory *memory = &result->memory;
    struct audit_exchange *at = memory_take(memory, 3 * sizeof *at);
    for (size_t i = 0; i < 3; i++) {
        at[i] = (struct audit_exchange){
            .purpose = i == 2 ? PURPOSE_STRANGER : PURPOSE_FRONT_END,
            .origin = i == 1 ? (struct cors_bytes){NULL, 0} : given("https://app.example", memory),
            .exchange = {.preflight = i == 0,
                         .method = given(i == 0 ? "OPTIONS" : "PUT", memory),
                         .url = given("https://api.example/me", memory),
                         .headers = headers_of(asked, 2, memory),
                         .answer = {.network_error = i == 2,
                                    .message = given("Connection reset", memory),
                                    .status = 204,
                                    .status_message = given("No Content", memory),
                                    .headers = headers_of(allowed, 2, memory)}},
            .unsent = result->dry_run};
    }
    result->exchanges = at;
    result->exchange_count = 3;
}

static void add_requests(struct audit_result *result)
{
    static const size_t indices[] = {0, 1};
    struct memory *memory = &result->memory;
    result->requests = memory_take(memory, sizeof *result->requests);
    result->request_count = 1;
    *result->requests = (struct audit_request){.origin = given("https://app.example", memory),
                                               .method = given("PUT", memory),
                                               .url = result->url,
                                               .credentials = true};
    const struct cors_bytes step = given("cors-check 4", memory), why = given("No.", memory);
    for (size_t i = 0; i < ENGINE_COUNT; i++)
        result->requests->verdicts[i] =
            (struct audit_verdict){.verdict = i == 2 ? VERDICT_BLOCKED : VERDICT_ALLOWED,
                                   .asked = !result->unreachable,
                                   .assumed = i == 1,
                                   .step = step,
                                   .error = "MissingAllowOriginHeader",
                                   .reason = why,
                                   .preflights = 1,
                                   .status = 204,
                                   .exchanges = indices,
                                   .exchange_count = 2};
}

static void add_findings(struct audit_result *result)
{
    static size_t indices[] = {2, 0, 1};
    struct memory *memory = &result->memory;
    struct audit_finding *at = memory_take(memory, 2 * sizeof *at);
    for (size_t i = 0; i < 2; i++) {
        at[i] = (struct audit_finding){
            .id = i == 0 ? "any-origin-credentials" : "no-max-age",
            .severity = i == 0 ? AUDIT_HIGH : AUDIT_NOTE,
            .title = given("Any origin is let in", memory),
            .detail = given("It was let in.", memory),
            .explanation = "Why it matters.",
            .url = "https://fetch.spec.whatwg.org/#concept-cors-check",
            .repair = "Compare with a list.",
            .fix = given("if (a < b && \"c\") {\n\treturn '\\.d';\n}\n", memory),
            .exchanges = indices,
            .exchange_count = 3,
            .case_name = given(i == 0 ? "any.case" : "age.case", memory),
            .case_text = given("A claim.\n\n-- fetch --\n", memory)};
        result->counts[at[i].severity]++;
    }
    result->findings = at;
    result->finding_count = 2;
}

static void make(struct audit_result *result, const char *kind)
{
    struct memory *memory = &result->memory;
    hostile = strcmp(kind, "hostile") == 0;
    result->dry_run = strcmp(kind, "dry-run") == 0;
    result->unreachable = strcmp(kind, "unreachable") == 0;
    result->url = given("https://api.example/me", memory);
    struct cors_bytes *origin = memory_take(memory, sizeof *origin);
    *origin = given("https://app.example", memory);
    result->origins = origin;
    result->origin_count = 1;
    result->credentials = true;
    result->system = "nginx";
    result->system_how = given("guessed from Server: nginx", memory);
    result->most = 150;
    result->seconds = 0.25;
    add_exchanges(result);
    if (result->dry_run)
        return;
    add_requests(result);
    result->sent = 3;
    result->unanswered = result->unreachable ? 3 : 1;
    result->stranger = (struct audit_stranger){
        .read = REACH_PUBLIC,
        .send = {.reach = REACH_PUBLIC, .methods = given("PUT", memory)},
        .disguised_read = REACH_WITH_CREDENTIALS,
        .disguises = given("null", memory),
        .null_send = {.reach = REACH_WITH_CREDENTIALS, .methods = given("DELETE", memory)}};
    result->hunt = (struct audit_hunt){.ran = true, .asked = 40, .budget = 400};
    if (strcmp(kind, "nothing") == 0)
        return;
    result->ended_early = given("Two messages in a row were not answered.", memory);
    add_findings(result);
}

int main(int argc, char **argv)
{
    struct audit_result result = {0};
    if (argc != 3)
        return 2;
    const struct choice *format = choice_find(audit_format_words, bytes_of(argv[2]));
    if (format == NULL)
        return 2;
    make(&result, argv[1]);
    audit_report(stdout, (enum audit_format)format->value, COLOUR_NEVER, &result);
    memory_free(&result.memory);
    return 0;
}
