/* The adapter to libidn2 where the web platform tests do not reach: strictness, Punycode (with the
 * samples of RFC 3492, https://www.rfc-editor.org/rfc/rfc3492#section-7.1), the Bidi Rule, joiners,
 * limits, and the letters about which libidn2 is not asked. */
#include "url.h"

#include <idn2.h>
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

static char memory[1 << 19];

/* The domain in ASCII, or null for failure. */
static struct cors_bytes to_ascii(struct cors_bytes domain, bool be_strict)
{
    struct cors_arena arena = cors_arena_over(memory, sizeof memory);
    struct cors_bytes result;
    return cors_domain_to_ascii_by_libidn2(domain, be_strict, &result, &arena) ? result
                                                                               : null_bytes();
}

static void expect(const char *domain, bool be_strict, const char *expected)
{
    const struct cors_bytes actual =
        to_ascii((struct cors_bytes){domain, strlen(domain)}, be_strict);
    if (is_null(actual) != (expected == NULL) ||
        (expected != NULL && !bytes_equal(actual, (struct cors_bytes){expected, strlen(expected)})))
        fail_msg("<%s> is <%.*s>, not <%s>", domain, (int)actual.len,
                 is_null(actual) ? "" : actual.at, expected == NULL ? "failure" : expected);
}

static void being_strict_adds_checks(void **state)
{
    (void)state;
    static const struct {
        const char *domain;
        const char *lax;
        const char *strict;
    } rows[] = {
        {"A.Example", "a.example", "a.example"},
        {"a.example.", "a.example.", "a.example."},
        {"a..example", "a..example", NULL},
        {".", ".", NULL},
        {"", "", NULL},
        {"a_b.example", "a_b.example", NULL},
        {"-a.example", "-a.example", NULL},
        {"a-.example", "a-.example", NULL},
        {"ab--c.example", "ab--c.example", NULL},
        {"xn--a.example", "xn--a.example", NULL},
        {"xn--fa-hia.example", "xn--fa-hia.example", "xn--fa-hia.example"},
        {"XN--FA-HIA.example", "xn--fa-hia.example", "xn--fa-hia.example"},
        {"fa\xC3\x9F.example", "xn--fa-hia.example", "xn--fa-hia.example"},
        {"-\xC3\x9F.example", "xn----qfa.example", NULL},
        {"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg.example",
         "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg.example",
         "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg.example"},
        {"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.example",
         "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.example", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        expect(rows[i].domain, false, rows[i].lax);
        expect(rows[i].domain, true, rows[i].strict);
    }
}

static void labels_that_are_no_domain(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "xn--.\xC3\xA9",         /* nothing in Punycode */
        "xn--abc-.\xC3\xA9",     /* ASCII in Punycode */
        "xn--bcher-KVA\xC3\xA9", /* not ASCII */
        "xn--99999999.\xC3\xA9", /* overflow */
        "xn--a-0hc.\xC3\xA9",    /* a left-to-right and a right-to-left letter */
        "xn--ls8h=.\xC3\xA9",    /* no digit */
        "\xCC\x88.example",      /* begins with a mark */
        "a\xCC\x88.\xCC\x88",    /* likewise */
        "\xEF\xBF\xBD.example",  /* U+FFFD */
        "\xED\xA0\x80.example",  /* not UTF-8 */
        "\xC3\xA9\xFF",          /* not UTF-8 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(rows[i], false, NULL);
    assert_null(to_ascii(CORS_BYTES("\xC3\xA9\0x"), false).at);
}

static void the_bidi_rule_is_about_all_labels(void **state)
{
    (void)state;
    static const struct {
        const char *domain;
        const char *ascii;
    } rows[] = {
        {"\xD7\x90", "xn--4db"},       /* alef */
        {"1a.\xC3\xA9", "1a.xn--9ca"}, /* no right-to-left label */
        {"1a.\xD7\x90", NULL},         /* 1: begins with a number */
        {"a1.\xD7\x90", "a1.xn--4db"}, /* */
        {"a-.\xD7\x90", NULL},         /* 6: ends with a hyphen */
        {"a.\xD7\x90"
         "1",
         "a.xn--1-zhc"},                       /* 3: ends with a number */
        {"a.\xD7\x90-", NULL},                 /* 3 */
        {"a.\xD7\x90z", NULL},                 /* 2: left-to-right */
        {"a.\xD7\x90\xD6\xB8", "a.xn--gdb1c"}, /* 3: a mark at the end */
        {"a.\xD7\x90-\xD6\xB8", NULL},         /* 3: a mark behind a hyphen */
        {"\xD8\xA7\xD9\xA1", "xn--mgb0j"},     /* alef, Arabic-Indic 1 */
        {"\xD8\xA7\xD9\xA1"
         "1",
         NULL},                          /* 4: both kinds of numbers */
        {"\xD9\xA1\xD8\xA7", NULL},      /* 1: begins with a number */
        {"a\xD7\x90", NULL},             /* 5 */
        {"\xE2\x99\xA5.\xD7\x90", NULL}, /* 1: begins with a symbol */
        {"a\xE2\x99\xA5"
         "b.\xD7\x90",
         "xn--ab-t0x.xn--4db"},                       /* a symbol inside */
        {"\xE2\xA0\x80.\xD7\x90", "xn--6ii.xn--4db"}, /* a left-to-right symbol */
        {"\xD7\x90..a", "xn--4db..a"},                /* an empty label has no direction */
        {"xn--4db.1\xC3\xA9", NULL},                  /* in Punycode it is right-to-left, too */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(rows[i].domain, false, rows[i].ascii);
}

static void joiners_stand_between_what_they_join(void **state)
{
    (void)state;
    static const struct {
        const char *domain;
        bool valid;
    } rows[] = {
        {"a\xE2\x80\x8Dz", false},
        {"a\xE2\x80\x8Cz", false},
        {"\xE2\x80\x8D", false},
        {"\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8D\xE0\xA4\xB7", true},
        {"\xE0\xA4\x95\xE0\xA5\x8D\xE2\x80\x8C\xE0\xA4\xB7", true},
        {"\xE0\xA4\x95\xE2\x80\x8C\xE0\xA4\xB7", false},
        {"\xD8\xA8\xE2\x80\x8C\xD8\xA8", true},
        {"\xD8\xA8\xE2\x80\x8D\xD8\xA8", false},
        {"\xD8\xA8\xD9\x8E\xE2\x80\x8C\xD9\x8E\xD8\xA8", true},
        {"\xD8\xA8\xE2\x80\x8C", false},
        {"\xE2\x80\x8C\xD8\xA8", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct cors_bytes domain = {rows[i].domain, strlen(rows[i].domain)};
        const struct cors_bytes actual = to_ascii(domain, false);
        assert_int_equal(is_null(actual), !rows[i].valid);
        uint8_t *answer = NULL; /* libidn2 alone agrees about these */
        const int result =
            idn2_lookup_u8((const uint8_t *)rows[i].domain, &answer, IDN2_NONTRANSITIONAL);
        assert_int_equal(result == IDN2_OK, rows[i].valid);
        if (result == IDN2_OK)
            expect(rows[i].domain, false, (const char *)answer);
        idn2_free(answer);
    }
}

static void punycode_round_trips(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "egbpdaj6bu4bxfgehfvwxn",
        "ihqwcrb4cv8a8dqg056pqjye",
        "ihqwctvzc91f659drss3x8bo0yb",
        "Proprostnemluvesky-uyb24dma41a",
        "4dbcagdahymbxekheh6e0a7fei0b",
        "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd",
        "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa",
        "989aomsvi5e83db1d2a355cv1e0vak1dwrv93d5xbh15a0dt30a5jpsd879ccm6fea98c",
        "b1abfaaepdrnnbgefbadotcwatmq2g4l",
        "PorqunopuedensimplementehablarenEspaol-fmd56a",
        "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g",
        "3B-ww4c5e180e575a65lsy2b",
        "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n",
        "Hello-Another-Way--fc4qua05auwb3674vfr0b",
        "2-u9tlzr9756bt3uc0v",
        "MajiKoi5-783gue6qz075azm5e",
        "de-jg4avhby1noc0d",
        "d9juau41awczczp",
        "-> $1.00 <--",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct cors_arena arena = cors_arena_over(memory, sizeof memory);
        const struct cors_bytes punycode = {rows[i], strlen(rows[i])};
        uint32_t code_points[PUNYCODE_MOST_BYTES];
        size_t count;
        assert_true(punycode_decode(punycode, code_points, &count));
        const char *start = arena.at;
        assert_true(append_punycode(&arena, code_points, count));
        assert_true(bytes_equal(appended_since(start, &arena), punycode));
    }
}

static void what_is_no_punycode_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {"a-b=",  "99999999", "99999b",
                                       "0000h", "-\xC3",    "kb99999999a"};
    uint32_t code_points[PUNYCODE_MOST_BYTES];
    size_t count;
    char *many = malloc(PUNYCODE_MOST_BYTES + 1);
    assert_non_null(many);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_false(
            punycode_decode((struct cors_bytes){rows[i], strlen(rows[i])}, code_points, &count));
    memset(many, 'a', PUNYCODE_MOST_BYTES + 1);
    assert_true(
        punycode_decode((struct cors_bytes){many, PUNYCODE_MOST_BYTES}, code_points, &count));
    assert_int_equal(count, PUNYCODE_MOST_BYTES);
    assert_false(
        punycode_decode((struct cors_bytes){many, PUNYCODE_MOST_BYTES + 1}, code_points, &count));
    free(many);
}

/* A label of many code points, the most that ICU takes and one more; and many labels. */
static void labels_have_a_limit(void **state)
{
    (void)state;
    char domain[3 * PUNYCODE_MOST_CODE_POINTS + 4];
    for (size_t i = 0; i <= PUNYCODE_MOST_CODE_POINTS; i++)
        memcpy(domain + 3 * i, "\xE6\x97\xA5", 3);
    const size_t most = sizeof domain - 4;
    assert_non_null(to_ascii((struct cors_bytes){domain, most}, false).at);
    assert_null(to_ascii((struct cors_bytes){domain, most + 3}, false).at);
    for (size_t i = 2; i + 3 <= sizeof domain; i += 3)
        memcpy(domain + i, ".\xC3\xA9", 3);
    assert_non_null(to_ascii((struct cors_bytes){domain + 2, 3000}, false).at);
}

/* A dozen marks on a letter are normalized, hundreds are refused. */
static void marks_have_a_limit(void **state)
{
    (void)state;
    char domain[2000] = "e";
    for (size_t i = 1; i + 2 <= sizeof domain; i += 2)
        memcpy(domain + i, i % 4 == 1 ? "\xCC\xA3" : "\xCC\x81", 2);
    assert_non_null(to_ascii((struct cors_bytes){domain, 25}, false).at);
    assert_null(to_ascii((struct cors_bytes){domain, 1001}, false).at);
    expect("e\xCC\x81\xCC\xA3", false, "xn--lsa503l"); /* U+1EB9 U+0301 */
}

static void libidn2_agrees_about_common_letters(void **state)
{
    (void)state;
    static const uint32_t ranges[][2] = {
        {0x00E0, 0x00F6}, {0x00F8, 0x00FF}, {0x03AC, 0x03CE}, {0x0430, 0x045F}, {0x05D0, 0x05EA},
        {0x0620, 0x063F}, {0x0641, 0x064A}, {0x0904, 0x0939}, {0x0E01, 0x0E30}, {0x3041, 0x3096},
        {0x30A1, 0x30FA}, {0x4E00, 0x9FEF}, {0xAC00, 0xD7A3}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        for (uint32_t c = ranges[i][0]; c <= ranges[i][1]; c++) {
            char letter[4] = {0};
            if (c < 0x800) {
                letter[0] = (char)(0xC0 | c >> 6);
                letter[1] = (char)(0x80 | (c & 0x3F));
            } else {
                letter[0] = (char)(0xE0 | c >> 12);
                letter[1] = (char)(0x80 | (c >> 6 & 0x3F));
                letter[2] = (char)(0x80 | (c & 0x3F));
            }
            uint8_t *answer = NULL;
            assert_int_equal(idn2_lookup_u8((const uint8_t *)letter, &answer, IDN2_NONTRANSITIONAL),
                             IDN2_OK);
            expect(letter, false, (const char *)answer);
            idn2_free(answer);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(being_strict_adds_checks),
        cmocka_unit_test(labels_that_are_no_domain),
        cmocka_unit_test(the_bidi_rule_is_about_all_labels),
        cmocka_unit_test(joiners_stand_between_what_they_join),
        cmocka_unit_test(punycode_round_trips),
        cmocka_unit_test(what_is_no_punycode_is_refused),
        cmocka_unit_test(labels_have_a_limit),
        cmocka_unit_test(marks_have_a_limit),
        cmocka_unit_test(libidn2_agrees_about_common_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
