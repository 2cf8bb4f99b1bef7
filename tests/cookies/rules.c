/* Every row of spec-tables/cookie-rules.tsv against the cases: each rule is the reason that some
 * case expects, for what the row says it is about, and no case expects another reason. That the
 * cases go as they expect is the business of the tests `corpus` and `engines.rows`.
 *
 *     cookie_rules CASES_DIR */
#include "corpus.h"
#include "texts.h"

#include <stdio.h>
#include <string.h>

enum { MOST_RULES = 100 };

/* Which fates each rule was seen to be the reason for: withheld, refused. */
struct seen {
    bool at[MOST_RULES][2];
    size_t unknown;
};

static void look_at(struct seen *seen, const struct cors_table *table,
                    const struct expected_cookies *cookies)
{
    for (size_t i = 0; i < cookies->count; i++) {
        const struct expected_cookie *cookie = &cookies->at[i];
        size_t row = 0;
        if (cookie->rule.at == NULL)
            continue;
        while (row < table->row_count &&
               !bytes_are_string(cookie->rule, cors_table_cell(table, row, 0)))
            row++;
        if (row < table->row_count) {
            seen->at[row][cookie->fate == CORS_COOKIE_REFUSED] = true;
        } else if (seen->unknown++ == 0) {
            printf("%.*s is no rule\n", (int)cookie->rule.len, cookie->rule.at);
        }
    }
}

static size_t judge(const struct seen *seen, const struct cors_table *table)
{
    size_t wrong = seen->unknown;
    for (size_t row = 0; row < table->row_count; row++) {
        const char *act = cors_table_cell(table, row, cors_table_column(table, "act"));
        const bool sent = strcmp(act, "stored") != 0, stored = strcmp(act, "sent") != 0;
        if (seen->at[row][false] == sent && seen->at[row][true] == stored)
            continue;
        wrong++;
        printf("%s is \"%s\": there is %s case of a cookie withheld and %s of one refused\n",
               cors_table_cell(table, row, 0), act, seen->at[row][false] ? "a" : "no",
               seen->at[row][true] ? "one" : "none");
    }
    return wrong;
}

int main(int argc, char **argv)
{
    const struct cors_table *table = cors_table_by_name("cookie-rules");
    struct corpus corpus = {0};
    struct seen seen = {0};
    if (argc != 2 || table->row_count > MOST_RULES || !corpus_read(&corpus, argv[1]))
        return 2;
    for (size_t i = 0; i < corpus.count; i++)
        for (size_t j = 0; j < corpus.cases[i].fetch_count; j++) {
            const struct case_fetch *fetch = &corpus.cases[i].fetches[j];
            look_at(&seen, table, &fetch->expect.cookies);
            for (size_t k = 0; k < fetch->override_count; k++)
                look_at(&seen, table, &fetch->overrides[k].expect.cookies);
        }
    const size_t wrong = judge(&seen, table);
    printf("%zu rules, %zu wrong\n", table->row_count, wrong);
    corpus_free(&corpus);
    return wrong > 0;
}
