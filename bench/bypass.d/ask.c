/* Asks the validator that is given (given.h) about each line of standard input, which is an Origin
 * header's value. One line comes out for each, fields between tabs: what would be sent (escaped as
 * in fuzz/protocol.md; `-`: nothing), whether a browser can send the origin and whether it is meant
 * (1 or 0), and the registrable domain of its host by the public suffix list's ICANN part, which is
 * what the scanners make theirs of (empty: an address, or one label). */
#include "given.h"
#include "validator_parts.h"

#include <libpsl.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_LINE = 1024, SUFFIX = PSL_TYPE_ICANN };

static const char *registrable(const psl_ctx_t *list, const char *host)
{
    const char *domain = "";
    const bool is_address = host[0] == '[' || host[strspn(host, "0123456789.")] == '\0';
    if (is_address || list == NULL)
        return domain;
    while (!psl_is_public_suffix2(list, host, SUFFIX)) {
        domain = host;
        const char *dot = strchr(host, '.');
        if (dot == NULL)
            return "";
        host = dot + 1;
    }
    return domain;
}

static void put_domain(const psl_ctx_t *list, struct cors_bytes origin)
{
    char host[LONGEST_LINE] = "";
    struct origin_parts parts;
    if (origin_take_apart(origin, &parts) && !parts.opaque && parts.host.len < sizeof host) {
        memcpy(host, parts.host.at, parts.host.len);
        host[parts.host.len] = '\0';
    }
    printf("\t%s\n", registrable(list, host));
}

static bool ask(struct given *given, const psl_ctx_t *list, struct cors_bytes origin)
{
    struct answer answer;
    char value[4 * VALIDATOR_VALUE + LONGEST_LINE * 4] = "-";
    if (!given_ask(given, origin, &answer))
        return false;
    if (answer.kind == ANSWER_VALUE)
        validator_escape(answer.value, value, sizeof value);
    printf("%s\t%d\t%d", value, origin_sendable(origin, PROFILE_BROWSER),
           intent_holds(&given->intent, origin));
    put_domain(list, origin);
    return true;
}

int main(void)
{
    static struct given given;
    char line[LONGEST_LINE];
    int status = 0;
    if (!given_open(&given, NULL))
        return 2;
    const psl_ctx_t *list = psl_builtin();
    while (status == 0 && fgets(line, sizeof line, stdin) != NULL) {
        const struct cors_bytes origin = {line, strcspn(line, "\n")};
        line[origin.len] = '\0';
        if (!ask(&given, list, origin))
            status = 1;
    }
    given_close(&given);
    return status;
}
